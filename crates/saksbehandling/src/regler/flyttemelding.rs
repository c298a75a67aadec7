//! Somebody has told the post of a new address.

use informasjonsmodell::{Endring, Entitet, Hendelsestype, Utvelger};
use meldinger::tre::Element;
use register::{Feil, Personbilde};
use serde_json::{Value, json};

use super::{Kontekst, Utfall, adresse, fylt};
use crate::bygg::{self, Aarsak};
use crate::person::Person as _;
use crate::sak::{Beslutning, Hva, Tilstand};
use crate::saker;
use crate::vedtak::{Grunn, Vedtak};

/// Effects: a postal address, here or abroad, of each who moves; a street is a bostedsadresse, and somebody looks at it first.
/// Only what is consented to is used; without consent the message is refused, and nothing of it is kept.
///
/// Source: folkeregister reference 9.4. What an annulment does to what has been registered: our choice, ADR 0032.
pub(super) fn flytting(k: &mut Kontekst<'_, '_>, forespoersel: &Element) -> Result<Utfall, Feil> {
    let (Some(ny), Some(dag)) = (forespoersel.ett("nyAdresse"), k.dato(forespoersel, "registreringsdato")) else {
        return Ok(Utfall::Avvist);
    };
    let samtykke = |type_: &str| {
        let mut alle = forespoersel
            .alle("samtykke")
            .filter(|s| s.tekst("samtykketype") == Some(type_));
        let mut noen = false;
        alle.all(|s| {
            noen = true;
            s.tekst("samtykkeverdi") == Some("samtykkeErGitt")
        }) && noen
    };
    let (slag, trengs) = if ny.ett("vegadresse").is_some() {
        (Adresseslag::Veg, "vegadresse")
    } else if ny.ett("postboksadresse").is_some() {
        (Adresseslag::Postboks, "postadresse")
    } else {
        (Adresseslag::Utland, "utenlandskAdresse")
    };
    let annullering = forespoersel.ja("erAnnullering") == Some(true);
    if !annullering && !samtykke(trengs) {
        k.innvend(Grunn::UtenSamtykke);
        return Ok(Utfall::Avvist);
    }
    let id = forespoersel.tekst("adresseendringsidentifikator").unwrap_or_default();
    k.adresseendring = (!annullering).then(|| saker::adresseendring(k.organisasjon, id));
    let mut personer = Vec::new();
    for person in forespoersel.alle("personSomFlytter") {
        personer.extend(k.person(person.tekst("foedselsnummer"))?);
    }
    let Some(naar) = ny
        .tekst("flyttedato")
        .and_then(crate::tid::dato)
        .and_then(|d| k.midnatt(d))
    else {
        k.innvend(Grunn::MangelfullMelding);
        return Ok(Utfall::Avvist);
    };
    if annullering {
        return tilbake(k, id, slag, ny, &personer);
    }
    if slag == Adresseslag::Veg {
        // What others say of where somebody lives is looked at.
        k.innvend(Grunn::MaaVurderes);
        k.krev(k.kommune.is_some(), Grunn::ManglerKommunenummer);
    }
    let mut noe = false;
    for person in &personer {
        k.krev(!person.er_doed(), Grunn::PersonErDoed);
        let verdi = slag.verdi(k, person, ny, &dag.to_string());
        let Ok(innhold) = bygg::innhold(slag.entitet(), verdi) else {
            // Without a kommune there is no bostedsadresse; that has been said.
            k.krev(slag == Adresseslag::Veg, Grunn::MangelfullMelding);
            continue;
        };
        if person.gjeldende(slag.entitet()).any(|o| o.innhold == innhold) {
            continue;
        }
        noe = true;
        k.etter_alt(person, naar, slag.entitet(), |_| true);
        k.proev_steder(Some(person), std::slice::from_ref(&innhold), &[])?;
        let endringer = vec![bygg::ny(Aarsak::POSTEN, naar, innhold)];
        k.hendelse(&person.nummer, slag.hendelsestype(), endringer);
    }
    if !noe && k.er_uten_innvendinger() {
        return Ok(Utfall::Alt(Vedtak::AlleredeRegistrert));
    }
    Utfall::INGEN_NY
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Adresseslag {
    Veg,
    Postboks,
    Utland,
}

impl Adresseslag {
    fn entitet(self) -> Entitet {
        match self {
            Adresseslag::Veg => Entitet::Bostedsadresse,
            Adresseslag::Postboks => Entitet::Postadresse,
            Adresseslag::Utland => Entitet::PostadresseIUtlandet,
        }
    }

    fn hendelsestype(self) -> Hendelsestype {
        match self {
            Adresseslag::Veg => Hendelsestype::EndringIBostedsadresse,
            Adresseslag::Postboks | Adresseslag::Utland => Hendelsestype::EndringIKontaktinformasjon,
        }
    }

    fn verdi(self, k: &mut Kontekst<'_, '_>, person: &Personbilde, ny: &Element, dag: &str) -> Value {
        let grad = adresse::gradering(Some(person), None);
        match self {
            Adresseslag::Veg => {
                let flyttet = fylt(ny, "flyttedato");
                let flyttet = flyttet.as_deref().and_then(|d| d.get(..10)).unwrap_or(dag);
                let kommune = k.kommune.clone();
                let veg = ny.ett("vegadresse").map(|v| adresse::vegadresse(v, kommune.as_deref()));
                json!({"vegadresse": veg, "adressegradering": grad, "flyttedato": flyttet})
            }
            Adresseslag::Postboks => adresse::post(Some(person), ny),
            Adresseslag::Utland => {
                let abroad = ny.ett("utenlandskPostadresse").map(|u| adresse::internasjonal(k, u));
                json!({"utenlandskAdresse": abroad, "adressegradering": grad})
            }
        }
    }
}

// What was sent with the same name is taken back: where it waits, it is stopped; where it was registered and still stands, it
// goes.
fn tilbake(
    k: &mut Kontekst<'_, '_>,
    id: &str,
    slag: Adresseslag,
    ny: &Element,
    personer: &[Personbilde],
) -> Result<Utfall, Feil> {
    let sted = saker::adresseendring(k.organisasjon, id);
    let nr = k
        .register
        .sak(&sted)?
        .and_then(|byte| <[u8; 4]>::try_from(byte.as_slice()).ok());
    let sak = match nr {
        Some(nr) => saker::les_sak(k.register.sak(&saker::saksplass(b'S', u32::from_be_bytes(nr)))?)
            .ok()
            .flatten(),
        None => None,
    };
    let Some(sak) = sak else {
        k.innvend(Grunn::IngenOpplysning);
        return Ok(Utfall::Avvist);
    };
    if sak.tilstand != Tilstand::Avgjort {
        return Ok(Utfall::Alt(Vedtak::Tilbakekalt(sak.nr)));
    }
    let godkjent = sak.hendelser.iter().any(|h| {
        matches!(
            &h.hva,
            Hva::Beslutning {
                beslutning: Beslutning::Godkjent,
                ..
            }
        )
    });
    if !godkjent {
        return Ok(Utfall::Alt(Vedtak::AlleredeRegistrert));
    }
    for person in personer {
        let entitet = slag.entitet();
        // Where it was registered with a kommune, that is not in the message: what the rest says is compared.
        let naa = person.gjeldende(entitet).next();
        if slag == Adresseslag::Veg {
            k.kommune = naa.and_then(|o| match &o.innhold {
                informasjonsmodell::Innhold::Bostedsadresse(b) => {
                    Some(b.vegadresse.as_ref()?.kommunenummer.som_tekst().to_owned())
                }
                _ => None,
            });
        }
        let verdi = slag.verdi(k, person, ny, "");
        let like = bygg::innhold(entitet, verdi).is_ok_and(|innhold| naa.is_some_and(|o| o.innhold == innhold));
        if !like {
            k.innvend(Grunn::EndretSiden);
            continue;
        }
        let endring = if person.historiske(entitet).next().is_some() {
            Endring::Angre { entitet }
        } else {
            Endring::Annullere {
                hvilken: Utvelger::Gjeldende(entitet),
            }
        };
        k.hendelse(&person.nummer, slag.hendelsestype(), vec![endring]);
    }
    Utfall::INGEN_NY
}
