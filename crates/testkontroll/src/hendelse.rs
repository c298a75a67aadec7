//! Events: the register's own operation with chosen changes, two persons joined or split, or a producer's message taken in as
//! mottak does.

use std::collections::BTreeMap;

use identifikator::Organisasjonsnummer;
use informasjonsmodell::tekst::Foedselsnummer;
use informasjonsmodell::{Dato, Endring, Entitet, Handling, Hendelsestype, Registrering, Tidspunkt, Utvelger};
use meldinger::Meldingstype;
use register::{Lesing, Sekvens};
use saksbehandling::{Avslag, Hva, Innsendt, Tid, Tilstand, midnatt};
use serde_json::{Value, json};
use tilgang::Projeksjon;

use crate::leser::Leser;
use crate::person::{finn, opplysning};
use crate::{Feil, Nasjon};

/// Changes in one event. Source: our choice.
const ENDRINGER_MAKS: usize = 100;
const SLAG: &[&str] = &["ny", "korriger", "annuller", "opphoer", "gjenoppta", "angre"];
/// Who is said to have sent a message when nobody is named. Source: our choice, the demo's own organisation, which is nobody's.
const AVSENDER: &str = "310000000";

/// What was carried out: the events' numbers in the register's own order.
pub(crate) struct Svar(pub Vec<Sekvens>);

impl Svar {
    /// The number of an event, or of the last one.
    pub fn siste_for(&self, nr: usize) -> Sekvens {
        let sekvens = self.0.get(nr).or(self.0.last());
        sekvens.copied().unwrap_or(Sekvens(0))
    }

    /// Where the events stand in each feed, as the interface shows it.
    pub fn feednumre(&self, les: &Lesing<'_>) -> Result<Value, Feil> {
        let (Some(fra), Some(til)) = (self.0.first(), self.0.last()) else {
            return Ok(json!({}));
        };
        feednumre(les, *fra, *til)
    }
}

fn feednumre(les: &Lesing<'_>, fra: Sekvens, til: Sekvens) -> Result<Value, Feil> {
    let numre = les.feednumre(fra, til)?;
    let alle: BTreeMap<&str, Vec<u64>> = numre.into_iter().map(|(p, numre)| (kortnavn(p), numre)).collect();
    serde_json::to_value(alle).map_err(|_| Feil::Mislyktes("svaret kan ikke skrives".to_owned()))
}

/// A feed by the package whose it is; med hjemmel has two.
fn kortnavn(projeksjon: Projeksjon) -> &'static str {
    match projeksjon {
        Projeksjon::MedHjemmelUtenGraderte => "offentlig-med-hjemmel-uten-graderte-adresser",
        annen => annen.pakke().kortnavn(),
    }
}

/// Carries out requests as one commit.
pub(crate) fn utfoer(nasjon: &Nasjon, registreringer: &[Registrering]) -> Result<Svar, Feil> {
    let kvittering = nasjon.register.utfoer(registreringer, nasjon.tid.sekunder)?;
    Ok(Svar(kvittering.sekvenser))
}

/// Lets an event happen.
pub(crate) fn utloes(nasjon: &Nasjon, verdi: Value) -> Result<Value, Feil> {
    let mut leser = Leser::new("", verdi)?;
    if let Some(melding) = leser.objekt("melding")? {
        leser.slutt("melding alene")?;
        return ta_imot(nasjon, melding);
    }
    let handling = if let Some(mut to) = leser.objekt("slaaSammen")? {
        let (gjeldende, dublett) = (
            nummer(nasjon, &mut to, "gjeldende")?,
            nummer(nasjon, &mut to, "dublett")?,
        );
        to.slutt("gjeldende og dublett")?;
        Handling::SlaaSammen { gjeldende, dublett }
    } else if let Some(mut to) = leser.objekt("splitt")? {
        let gjeldende = nummer(nasjon, &mut to, "gjeldende")?;
        let gjenopprettet = nummer(nasjon, &mut to, "gjenopprettet")?;
        to.slutt("gjeldende og gjenopprettet")?;
        Handling::Splitt {
            gjeldende,
            gjenopprettet,
        }
    } else {
        registrer(nasjon, &mut leser)?
    };
    leser.slutt("person, hendelsestype og endringer; eller slaaSammen, splitt eller melding alene")?;
    let registrering = Registrering {
        tidspunkt: nasjon.tid.tidspunkt,
        handling,
    };
    let utfoert = utfoer(nasjon, &[registrering])?;
    Ok(json!({"sekvensnummer": utfoert.feednumre(&nasjon.register.les()?)?}))
}

fn nummer(nasjon: &Nasjon, leser: &mut Leser, navn: &str) -> Result<Foedselsnummer, Feil> {
    let tekst = leser.krevd_tekst(navn)?;
    let sti = leser.sti(navn);
    finn(nasjon, &sti, &tekst)?;
    Foedselsnummer::new(&tekst).ok_or_else(|| Feil::ugyldig(sti, "er ikke et fødselsnummer eller D-nummer"))
}

fn registrer(nasjon: &Nasjon, leser: &mut Leser) -> Result<Handling, Feil> {
    let person = nummer(nasjon, leser, "person")?;
    let navn = leser.krevd_tekst("hendelsestype")?;
    let hendelsestype = Hendelsestype::fra_navn(&navn)
        .ok_or_else(|| leser.feil("hendelsestype", "er ikke en hendelsestype i kontrakten"))?;
    let liste = leser.liste("endringer")?.unwrap_or_default();
    if liste.len() > ENDRINGER_MAKS {
        return Err(leser.feil("endringer", "har for mange endringer"));
    }
    let endringer = liste.into_iter().enumerate();
    let endringer = endringer.map(|(nr, verdi)| endring(&nasjon.tid, &format!("endringer[{nr}]"), verdi));
    Ok(Handling::Registrer {
        person,
        hendelsestype,
        endringer: endringer.collect::<Result<_, _>>()?,
    })
}

fn tidspunkt(leser: &mut Leser, navn: &str) -> Result<Option<Tidspunkt>, Feil> {
    let Some(tekst) = leser.tekst(navn)? else {
        return Ok(None);
    };
    // A day alone begins when it does in Norway.
    let hele = match Dato::parse(&tekst) {
        Some(dag) => midnatt(dag),
        None => Tidspunkt::parse(&tekst),
    };
    hele.map(Some)
        .ok_or_else(|| leser.feil(navn, "må være en dato, eller et tidspunkt med sone"))
}

fn endring(tid: &Tid, sted: &str, verdi: Value) -> Result<Endring, Feil> {
    let mut leser = Leser::new(sted, verdi)?;
    let slag = leser.valg("slag", SLAG)?.unwrap_or_else(|| "ny".to_owned());
    let navn = leser.krevd_tekst("entitet")?;
    let entitet = Entitet::fra_navn(&navn).ok_or_else(|| leser.feil("entitet", "er ikke en opplysning i modellen"))?;
    let gyldig = tidspunkt(&mut leser, "gyldighetstidspunkt")?.unwrap_or(tid.tidspunkt);
    let opphoert = tidspunkt(&mut leser, "opphoerstidspunkt")?;
    let mut les = |felt: &str| {
        let sti = leser.sti(felt);
        let verdi = leser.verdi(felt);
        verdi.map(|verdi| opplysning(entitet, verdi, &sti, gyldig)).transpose()
    };
    let (innhold, gammelt) = (les("innhold")?, les("gjelder")?);
    let krevd = |felt: &str| Feil::ugyldig(format!("{sted}.{felt}"), "mangler");
    // Which one: the one that says this, or the one there is.
    let hvilken = gammelt.map_or(Utvelger::Gjeldende(entitet), |o| Utvelger::Lik(Box::new(o.innhold)));
    leser.slutt("slag, entitet, innhold, gjelder, gyldighetstidspunkt og opphoerstidspunkt")?;
    Ok(match (slag.as_str(), innhold) {
        ("ny", Some(ny)) => Endring::RegistrereNy(Box::new(ny)),
        ("korriger", Some(ny)) => Endring::Korrigere {
            hvilken,
            ny: Box::new(ny),
        },
        ("ny" | "korriger", None) => return Err(krevd("innhold")),
        (_, Some(_)) => {
            return Err(Feil::ugyldig(
                format!("{sted}.innhold"),
                "hører bare til ny og korriger; pek på en oppføring med gjelder",
            ));
        }
        ("annuller", None) => Endring::Annullere { hvilken },
        ("gjenoppta", None) => Endring::Gjenoppta {
            entitet,
            opphoert: opphoert.ok_or_else(|| krevd("opphoerstidspunkt"))?,
        },
        ("angre", None) => Endring::Angre { entitet },
        (_, None) => Endring::Opphoere {
            hvilken,
            opphoerstidspunkt: opphoert.unwrap_or(tid.tidspunkt),
        },
    })
}

/// Takes in a message as mottak does, from whoever is said to have sent it, and tells what became of it.
fn ta_imot(nasjon: &Nasjon, mut melding: Leser) -> Result<Value, Feil> {
    let navn = melding.krevd_tekst("meldingstype")?;
    let slag = Meldingstype::fra_ressurs(&navn)
        .ok_or_else(|| melding.feil("meldingstype", "må være en ressurs i mottak, som doedsfall_v1"))?;
    let avsender = melding.tekst("avsender")?.unwrap_or_else(|| AVSENDER.to_owned());
    let avsender = Organisasjonsnummer::parse(&avsender)
        .map_err(|_| melding.feil("avsender", "må være et organisasjonsnummer"))?;
    let xml = melding.krevd_tekst("xml")?;
    melding.slutt("meldingstype, avsender og xml")?;
    let foer = nasjon.register.siste_sekvens()?;
    let innsendt = Innsendt {
        xml: xml.as_bytes(),
        filer: &[],
        // There is no connection to say who signed.
        signatur: None,
    };
    let lest = nasjon
        .saker
        .les(avsender.as_str(), slag, &innsendt, &|_| true, &nasjon.tid)
        .map_err(avslag)?;
    let lest = if nasjon.frosset { lest.i_koe() } else { lest };
    let mottatt = nasjon.saker.avgjoer_lest(lest).map_err(avslag)?;
    let etter = nasjon.register.siste_sekvens()?;
    let sak = nasjon.saker.sak(mottatt.sak).map_err(mislyktes)?;
    let sak = sak.ok_or_else(|| Feil::Mislyktes("saken finnes ikke".to_owned()))?;
    let tilstand = match sak.tilstand {
        Tilstand::IKoe => "iKoe",
        Tilstand::VenterPaaFoedsel => "venterPaaFoedsel",
        Tilstand::TilManuellBehandling => "tilManuellBehandling",
        Tilstand::Avgjort => "avgjort",
    };
    let beslutning = sak.hendelser.iter().rev().find_map(|h| match &h.hva {
        Hva::Beslutning { beslutning, .. } => Some(beslutning.kode()),
        Hva::TilManuellBehandling { .. } => None,
    });
    // Events of others that were committed meanwhile are among these; who waits for the last of them waits for its own too.
    let sekvensnummer = if etter > foer {
        feednumre(&nasjon.register.les()?, Sekvens(foer.0 + 1), etter)?
    } else {
        json!({})
    };
    Ok(json!({
        "meldingsreferanse": mottatt.referanse,
        "gjentatt": mottatt.gjentatt,
        "sak": mottatt.sak,
        "tilstand": tilstand,
        "beslutning": beslutning,
        "sekvensnummer": sekvensnummer,
    }))
}

fn mislyktes(feil: impl std::fmt::Display) -> Feil {
    Feil::Mislyktes(feil.to_string())
}

fn avslag(avslag: Avslag) -> Feil {
    match avslag {
        Avslag::Feil(feil) => mislyktes(feil),
        Avslag::Skjema(avvik) => {
            let alle: Vec<String> = avvik.iter().map(ToString::to_string).collect();
            Feil::Melding(format!("den er ikke gyldig etter skjemaet: {}", alle.join("; ")))
        }
        annet => Feil::Melding(annet.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn tid() -> Tid {
        let naa: Timestamp = "2026-06-01T12:00:00Z".parse().unwrap();
        Tid::new(naa).unwrap()
    }

    fn les(verdi: Value) -> Result<Endring, Feil> {
        endring(&tid(), "endringer[0]", verdi)
    }

    #[test]
    fn each_kind_of_change_can_be_asked_for() {
        let navn = json!({"fornavn": "NY", "etternavn": "TEST"});
        let ny = les(json!({"entitet": "navn", "innhold": navn, "gyldighetstidspunkt": "2026-05-01"})).unwrap();
        let Endring::RegistrereNy(o) = ny else { panic!() };
        assert_eq!(
            o.metadata.gyldighetstidspunkt.unwrap().to_string(),
            "2026-05-01T00:00:00+02:00"
        );
        assert!(matches!(
            les(json!({"slag": "korriger", "entitet": "navn", "innhold": navn})).unwrap(),
            Endring::Korrigere {
                hvilken: Utvelger::Gjeldende(Entitet::Navn),
                ..
            }
        ));
        let opphoer = json!({"slag": "opphoer", "entitet": "navn", "gjelder": navn, "opphoerstidspunkt": "2026-05-02T10:00:00+02:00"});
        assert!(matches!(
            les(opphoer).unwrap(),
            Endring::Opphoere {
                hvilken: Utvelger::Lik(_),
                ..
            }
        ));
        for slag in ["annuller", "angre", "opphoer"] {
            les(json!({"slag": slag, "entitet": "navn"})).unwrap();
        }
        les(json!({"slag": "gjenoppta", "entitet": "navn", "opphoerstidspunkt": "2026-05-01"})).unwrap();
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place_and_without_its_value() {
        for (verdi, sted) in [
            (json!("x"), "endringer[0]"),
            (json!({"entitet": "hemmelig"}), "endringer[0].entitet"),
            (json!({"entitet": "navn"}), "endringer[0].innhold"),
            (
                json!({"entitet": "navn", "innhold": {"fornavn": "HEMMELIG"}}),
                "endringer[0].innhold",
            ),
            (
                json!({"entitet": "navn", "innhold": "HEMMELIG", "slag": "ny"}),
                "endringer[0].innhold",
            ),
            (json!({"slag": "HEMMELIG", "entitet": "navn"}), "endringer[0].slag"),
            (
                json!({"slag": "annuller", "entitet": "navn", "innhold": {"fornavn": "HEMMELIG", "etternavn": "A"}}),
                "endringer[0].innhold",
            ),
            (
                json!({"slag": "gjenoppta", "entitet": "navn"}),
                "endringer[0].opphoerstidspunkt",
            ),
            (
                json!({"slag": "angre", "entitet": "navn", "gyldighetstidspunkt": "HEMMELIG"}),
                "endringer[0].gyldighetstidspunkt",
            ),
            (
                json!({"slag": "angre", "entitet": "navn", "HEMMELIG": 1}),
                "endringer[0]",
            ),
        ] {
            let feil = les(verdi.clone()).unwrap_err().to_string();
            assert!(feil.starts_with(&format!("{sted}: ")), "{feil} {verdi}");
            assert!(!feil.contains("HEMMELIG"), "{feil}");
        }
    }
}
