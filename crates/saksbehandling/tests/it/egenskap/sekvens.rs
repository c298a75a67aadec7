//! One step of a sequence: a message of some kind, a decision, a message sent again, upkeep, or protection that changes.
//!
//! **A new kind of message:** a row in [`SLAG`]. `every_kind_with_rules_is_drawn` tells when one is missing.

use std::collections::BTreeSet;

use informasjonsmodell::tekst::Foedselsnummer;
use informasjonsmodell::{Endring, Entitet, Handling, Hendelsestype, Persondokument, Registrering, Utvelger};
use meldinger::Meldingstype as M;
use meldinger::tre::Element;
use proptest::prelude::*;
use saksbehandling::{Avgjoerelse, Avslag, Hindring, Hva, Tillegg, Tilstand};
use serde_json::{Value, json};

use crate::felles::{
    Farskap, Folk, SYKEHUS, TINGRETT, annullering, brudd, doedsbo, doedsfall, farskap, foedsel, melding, naa,
    uten_filer, vigsel,
};
use crate::nye;

/// Choices of a step: numbers that whatever is drawn takes from, one after another.
pub struct Valg<'v>(&'v [u16]);

impl Valg<'_> {
    fn tall(&mut self) -> usize {
        let (foerste, resten) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = resten;
        usize::from(*foerste)
    }

    fn av<'t, T>(&mut self, alle: &'t [T]) -> &'t T {
        &alle[self.tall() % alle.len()]
    }

    /// One in so many.
    fn sjelden(&mut self, av: usize) -> bool {
        self.tall() % av == av - 1
    }

    /// Somebody: now and then nobody whom the register has.
    pub fn person(&mut self, folk: &Folk) -> String {
        let alle: Vec<&String> = folk.numre.values().collect();
        (*self.av(&alle)).clone()
    }

    /// Somebody of a sort, where there is one and mostly; else anybody.
    fn helst(&mut self, folk: &Folk, slik: impl Fn(&str) -> bool) -> String {
        let passer: Vec<&String> = folk
            .numre
            .iter()
            .filter(|(navn, nr)| *navn != "ukjent" && slik(nr))
            .map(|p| p.1)
            .collect();
        let mest = !self.tall().is_multiple_of(4);
        let (en, hvem) = (self.person(folk), self.tall());
        if mest && !passer.is_empty() {
            passer[hvem % passer.len()].clone()
        } else {
            en
        }
    }

    /// Two, mostly married to each other.
    fn par(&mut self, folk: &Folk) -> (String, String) {
        let en = self.helst(folk, |nr| er(folk, nr, "sivilstand", "sivilstand", &GIFT));
        let kjent = folk.numre.iter().any(|(navn, nr)| *nr == en && navn != "ukjent");
        let med = if kjent {
            folk.gjeldende(&en, "sivilstand")
        } else {
            Vec::new()
        };
        let annen = self.person(folk);
        let med = med
            .first()
            .and_then(|s| s["relatertVedSivilstand"].as_str().map(str::to_owned));
        (en, med.filter(|_| !self.tall().is_multiple_of(4)).unwrap_or(annen))
    }

    /// Somebody and, as often as not, one that is something to that person.
    fn to(&mut self, folk: &Folk) -> (String, String) {
        let en = self.person(folk);
        let kjent = folk.numre.iter().any(|(navn, nr)| *nr == en && navn != "ukjent");
        let familie: Vec<String> = if kjent && self.tall().is_multiple_of(2) {
            naer(folk, &en).into_iter().filter(|n| *n != en).collect()
        } else {
            Vec::new()
        };
        let annen = if familie.is_empty() {
            self.person(folk)
        } else {
            self.av(&familie).clone()
        };
        (en, annen)
    }

    /// A day: most of them lately, some long ago, one to come.
    fn dato(&mut self) -> &'static str {
        const DATOER: [&str; 15] = [
            "2026-01-15",
            "2026-01-14",
            "2026-01-13",
            "2026-01-12",
            "2026-01-10",
            "2026-01-05",
            "2026-01-01",
            "2025-12-15",
            "2025-11-30",
            "2025-06-01",
            "2022-01-01",
            "2019-12-31",
            "2009-01-01",
            "1995-01-01",
            "2026-01-20",
        ];
        DATOER[self.tall() % DATOER.len()]
    }
}

const GIFT: [&str; 4] = ["gift", "separert", "registrertPartner", "separertPartner"];

// Whether a current entry of somebody says one of some words.
fn er(folk: &Folk, nr: &str, entitet: &str, felt: &str, ord: &[&str]) -> bool {
    folk.gjeldende(nr, entitet)
        .iter()
        .any(|o| o[felt].as_str().is_some_and(|verdi| ord.contains(&verdi)))
}

/// Makes a message of a kind.
pub type Lag = fn(&Folk, &mut Valg<'_>) -> Element;

/// Every kind of message, and how one is drawn.
pub const SLAG: &[(M, Lag)] = &[
    (M::Doedsfall, |folk, v| doedsfall(&v.person(folk), v.dato())),
    (M::AnnulleringAvDoedsfall, |folk, v| {
        annullering(&v.helst(folk, |nr| er(folk, nr, "status", "status", &["doed"])))
    }),
    (M::Foedsel, |folk, v| {
        let (mor, dato) = (
            v.helst(folk, |nr| er(folk, nr, "kjoenn", "kjoenn", &["kvinne"])),
            v.dato(),
        );
        // As often as not what the register has, so that most births are registered.
        let gift = folk.numre.iter().any(|(navn, nr)| *nr == mor && navn != "ukjent")
            && folk
                .gjeldende(&mor, "sivilstand")
                .iter()
                .any(|s| s["sivilstand"] == "gift" || s["sivilstand"] == "registrertPartner");
        let (feil, levende) = (v.sjelden(5), !v.sjelden(6));
        let plass = v.av(&[None, None, Some("21"), Some("22")]);
        foedsel(&mor, dato, gift != feil, levende, *plass)
    }),
    (M::Farskap, |folk, v| {
        let (barn, far) = v.to(folk);
        let ufoedt = v.tall().is_multiple_of(3);
        let mor = (ufoedt || v.tall().is_multiple_of(2)).then(|| v.person(folk));
        farskap(&Farskap {
            barn: (!ufoedt).then_some(barn.as_str()),
            far: &far,
            mor: mor.as_deref(),
            sammen: v.tall().is_multiple_of(2),
            uvisst: v.sjelden(4),
        })
    }),
    (M::Vigsel, |folk, v| {
        let ledig =
            |nr: &str| !er(folk, nr, "sivilstand", "sivilstand", &GIFT) && !er(folk, nr, "status", "status", &["doed"]);
        let (a, b) = (v.helst(folk, ledig), v.helst(folk, ledig));
        vigsel(&a, &b, v.dato(), v.sjelden(4))
    }),
    (M::Separasjon, |folk, v| {
        let (a, b) = v.par(folk);
        brudd("separasjon", &a, &b, v.dato())
    }),
    (M::Skilsmisse, |folk, v| {
        let (a, b) = v.par(folk);
        brudd("skilsmisse", &a, &b, v.dato())
    }),
    (M::KontaktopplysningerDoedsbo, |folk, v| {
        let (avdoed, person) = (
            v.helst(folk, |nr| er(folk, nr, "status", "status", &["doed"])),
            v.person(folk),
        );
        doedsbo(
            &avdoed,
            (!v.tall().is_multiple_of(3)).then_some(person.as_str()),
            v.dato(),
        )
    }),
    (M::RekvisisjonAvDNummerV5, |folk, v| rekvisisjon(folk, v, "v5")),
    (M::RekvisisjonAvDNummerV4, |folk, v| rekvisisjon(folk, v, "v4")),
    (M::EndringAvDNummerpersonV3, |folk, v| dnummerendring(folk, v, "v3")),
    (M::EndringAvDNummerpersonV2, |folk, v| dnummerendring(folk, v, "v2")),
    (M::FnrEndring, |folk, v| {
        let hvem = v.person(folk);
        let hva = *v.av(&[
            "navn=NYTT/NAVN",
            "land=NOR+ESP",
            "foedeland=ESP",
            "foedested=Prøveby",
            "kjoenn=kvinne",
            "kjoenn=mann",
            "foedt=1994-06-16",
            "foedt=1985-04-02",
        ]);
        let slag = *v.av(&["slag=endre", "slag=endre", "slag=korrigere"]);
        let vedtak = *v.av(&["vedtak", "vedtak", "uten"]);
        let kilde = *v.av(&["kilde=utlendingsmyndigheten", "kilde=annet"]);
        ny(folk, "fnrendring", &[&hvem, hva, slag, vedtak, kilde])
    }),
    (M::Innflytting, |folk, v| {
        let kjent = v.helst(folk, |nr| {
            er(folk, nr, "status", "status", &["midlertidig", "utflyttet"])
        });
        let ny_en = *v.av(&["DARJA/FJELLTOPP", "OLGA/VINTERBAKK", "GJEST/PRØVE"]);
        let hvem = if v.tall().is_multiple_of(2) {
            kjent.as_str()
        } else {
            ny_en
        };
        let foedt = foedt(folk, hvem).unwrap_or_else(|| v.dato().to_owned());
        let annen = v.person(folk);
        let slekt = match v.tall() % 6 {
            0 => format!("mor={annen}"),
            1 => format!("barn={annen}"),
            2 => format!("ektefelle={annen},2020-02-02"),
            3 => "soesken=Olga/Fjelltopp".to_owned(),
            _ => "alene".to_owned(),
        };
        let sivilstand = *v.av(&["sivilstand=ugift", "sivilstand=gift", "sivilstand=skilt"]);
        let paastand = if v.sjelden(6) { "paastand" } else { "vist" };
        let klient = if v.sjelden(4) { "klient" } else { "bolig" };
        let duf = *v.av(&["ingen", "ingen", "duf=202112345602", "duf=201912345603"]);
        ny(
            folk,
            "innflytting",
            &[hvem, &foedt, &slekt, sivilstand, paastand, klient, duf],
        )
    }),
    (M::FlyttemeldingFraPosten, |folk, v| {
        let (en, annen) = v.to(folk);
        let hvem = if v.tall().is_multiple_of(3) {
            format!("{en}+{annen}")
        } else {
            en
        };
        let adresse = *v.av(&["veg", "boks", "POL"]);
        let id = *v.av(&["id=F-1", "id=F-2", "id=F-3"]);
        let annullering = if v.sjelden(3) { "annullering" } else { "ny" };
        let samtykke = if v.sjelden(6) { "nei" } else { "ja" };
        ny(folk, "posten", &[&hvem, adresse, id, annullering, samtykke])
    }),
];

fn ny(folk: &Folk, slag: &str, ord: &[&str]) -> Element {
    nye::les(folk, slag, ord).unwrap().1
}

// The birth date that the register has of somebody, if it has one.
fn foedt(folk: &Folk, hvem: &str) -> Option<String> {
    if !folk.numre.iter().any(|(navn, nr)| nr == hvem && navn != "ukjent") {
        return None;
    }
    let foedsel = folk.gjeldende(hvem, "foedsel");
    foedsel.first()?["foedselsdato"].as_str().map(str::to_owned)
}

fn rekvisisjon(folk: &Folk, v: &mut Valg<'_>, versjon: &str) -> Element {
    let navn = *v.av(&["DARJA/FJELLTOPP", "DARIA/FJELLTOPP", "OLGA/VINTERBAKK", "GJEST/PRØVE"]);
    let dato = *v.av(&["1990-05-12", "1990-05-12", "1988-02-03", "1971-01-01", "2026-02-01"]);
    let duf = *v.av(&["ingen", "duf=202112345602", "duf=201912345603", "utl=90051212345"]);
    let adresse = *v.av(&["opphold", "ukjent"]);
    let post = if versjon == "v5" {
        *v.av(&["post", "hjemme=POL", "uten"])
    } else {
        "uten"
    };
    let kjoenn = *v.av(&["kjoenn=kvinne", "kjoenn=mann", "kjoenn=ukjent"]);
    let resten = *v.av(&["klient", "kontroll", "ukjentdag", "klar"]);
    ny(
        folk,
        "rekvisisjon",
        &[navn, dato, duf, adresse, post, kjoenn, resten, versjon],
    )
}

fn dnummerendring(folk: &Folk, v: &mut Valg<'_>, versjon: &str) -> Element {
    let hvem = v.helst(folk, |nr| {
        er(folk, nr, "identifikasjonsnummer", "identifikatortype", &["dNummer"])
    });
    let hva = *v.av(&[
        "navn=NYTT/NAVN",
        "navn=GJEST/PRØVE",
        "foedt=1988-02-04",
        "foedeland=LTU",
        "land=POL+LTU",
        "land=LTU",
        "kjoenn=mann",
        "kjoenn=ukjent",
        "personstatus=inaktiv",
        "personstatus=midlertidig",
        "opphold=Annenveien",
        "ikkeopphold",
        "post",
    ]);
    let bare_v3 = *v.av(&["hjemme=POL", "utl=12345", "utl=54321", "nyduf=202112345602"]);
    let hva = if versjon == "v3" && v.sjelden(3) { bare_v3 } else { hva };
    let slag = *v.av(&[
        "slag=endre",
        "slag=endre",
        "slag=korrigere",
        "slag=annullere",
        "slag=opphoere",
    ]);
    let kilde = if versjon == "v3" {
        *v.av(&["kilde=nav", "kilde=folkeregisteret"])
    } else {
        "kilde=nav"
    };
    ny(folk, "dnrendring", &[&hvem, hva, slag, kilde, versjon])
}

/// A step, as it is drawn and made smaller.
#[derive(Clone, Debug)]
pub enum Steg {
    Melding(u16, Vec<u16>),
    /// Decides the open case at a place, in one of the four ways.
    Avgjoer(u16, u8),
    /// The message at a place is sent again.
    Gjenta(u16),
    /// What the message at a place said is said again, under another name.
    PaaNytt(u16),
    /// Protection of somebody is set: what the authority does, and no message says.
    Vern(u16, bool),
    Ajourhold,
}

impl Steg {
    pub fn trekk() -> impl Strategy<Value = Self> {
        prop_oneof![
            12 => (0..SLAG.len() as u16, proptest::collection::vec(any::<u16>(), 16)).prop_map(|(s, v)| Steg::Melding(s, v)),
            5 => (any::<u16>(), 0..8u8).prop_map(|(n, hvordan)| Steg::Avgjoer(n, hvordan)),
            1 => any::<u16>().prop_map(Steg::Gjenta),
            1 => any::<u16>().prop_map(Steg::PaaNytt),
            1 => (any::<u16>(), any::<bool>()).prop_map(|(n, strengt)| Steg::Vern(n, strengt)),
            1 => Just(Steg::Ajourhold),
        ]
    }
}

/// What a step may have led to.
pub enum Skjedd {
    /// No event.
    Ingenting,
    /// A case of one of these kinds was decided, which concerns these.
    Avgjort {
        slag: BTreeSet<M>,
        berorte: BTreeSet<String>,
    },
    /// The register did it itself.
    Registeret,
}

/// A message that was sent.
pub struct Sendt {
    id: String,
    organisasjon: &'static str,
    slag: M,
    xml: String,
}

// Whom somebody is related to, and whom those are: events of a message reach no further.
fn naer(folk: &Folk, nr: &str) -> BTreeSet<String> {
    let les = folk.register.les().unwrap();
    let mut ut = BTreeSet::from([nr.to_owned()]);
    for _ in 0..2 {
        for nr in ut.clone() {
            let id = identifikator::Folkeregisteridentifikator::parse(&nr).unwrap();
            if les.finn(&id).unwrap().is_none() {
                continue;
            }
            for entitet in ["familierelasjon", "sivilstand", "foreldreansvar"] {
                for o in folk.gjeldende(&nr, entitet) {
                    let felt = ["relatertPerson", "relatertVedSivilstand", "ansvarlig", "ansvarssubjekt"];
                    ut.extend(felt.iter().filter_map(|f| Some(o[*f].as_str()?.to_owned())));
                }
            }
        }
    }
    ut
}

fn nevnte(xml: &str, ut: &mut BTreeSet<String>) {
    for del in xml.split(['<', '>']) {
        // A number that another country gave may be of eleven digits too.
        if identifikator::Folkeregisteridentifikator::parse(del).is_ok() {
            ut.insert(del.to_owned());
        }
    }
}

// What the tables call what became of a case; the newborn gets a name.
fn utfall(folk: &mut Folk, nr: u32) -> &'static str {
    let sak = folk.saker.sak(nr).unwrap().unwrap();
    for h in &sak.hendelser {
        if let Hva::Beslutning {
            opprettet: Some(ny), ..
        } = &h.hva
            && !folk.numre.values().any(|n| *n == ny.nummer)
        {
            let navn = format!("nyfoedt{}", folk.numre.len());
            folk.numre.insert(navn, ny.nummer.clone());
        }
    }
    match (sak.tilstand, sak.hendelser.last().map(|h| &h.hva)) {
        (Tilstand::VenterPaaFoedsel, _) => "venter",
        (_, Some(Hva::Beslutning { beslutning, .. })) => beslutning.kode(),
        _ => "manuell",
    }
}

/// Does a step; gives what was done, in words that hold no number, and what may have come of it.
pub fn gjoer(folk: &mut Folk, sendt: &mut Vec<Sendt>, steg: &Steg) -> (String, Skjedd) {
    match steg {
        Steg::Melding(slag, valg) => {
            let (slag, lag) = SLAG[usize::from(*slag) % SLAG.len()];
            let mut valg = Valg(valg);
            let organisasjon = *valg.av(&[SYKEHUS, TINGRETT]);
            let id = format!("P{}", sendt.len());
            let xml = melding(slag, &id, lag(folk, &mut valg));
            sendt.push(Sendt {
                id,
                organisasjon,
                slag,
                xml,
            });
            send(folk, sendt.last().unwrap())
        }
        Steg::Gjenta(hvilken) => match sendt.get(usize::from(*hvilken) % sendt.len().max(1)) {
            None => ("gjenta ingenting".to_owned(), Skjedd::Ingenting),
            Some(s) => {
                let igjen =
                    folk.saker
                        .ta_imot(s.organisasjon, s.slag, &uten_filer(s.xml.as_bytes()), &|_| true, &naa());
                assert!(igjen.is_ok_and(|m| m.gjentatt));
                (format!("gjenta {:?}", s.slag), Skjedd::Ingenting)
            }
        },
        Steg::PaaNytt(hvilken) => {
            let nr = usize::from(*hvilken) % sendt.len().max(1);
            let Some(s) = sendt.get(nr) else {
                return ("på nytt ingenting".to_owned(), Skjedd::Ingenting);
            };
            let xml = s.xml.replace(&format!(">{}<", s.id), &format!(">P{}<", sendt.len()));
            let igjen = Sendt {
                id: format!("P{}", sendt.len()),
                xml,
                ..*s
            };
            sendt.push(igjen);
            send(folk, sendt.last().unwrap())
        }
        Steg::Avgjoer(hvilken, hvordan) => avgjoer(folk, *hvilken, *hvordan),
        Steg::Vern(hvem, strengt) => vern(folk, *hvem, *strengt),
        Steg::Ajourhold => {
            folk.saker.ajourhold(&naa()).unwrap();
            ("ajourhold".to_owned(), Skjedd::Ingenting)
        }
    }
}

fn send(folk: &mut Folk, s: &Sendt) -> (String, Skjedd) {
    let mut berorte = beroerte(folk, &s.xml);
    let kjente: BTreeSet<String> = folk.numre.values().cloned().collect();
    let mottatt = match folk
        .saker
        .ta_imot(s.organisasjon, s.slag, &uten_filer(s.xml.as_bytes()), &|_| true, &naa())
    {
        Ok(mottatt) => mottatt,
        Err(Avslag::Skjema(avvik)) => panic!("{:?} ble ikke en gyldig melding: {avvik:?}\n{}", s.slag, s.xml),
        Err(feil) => panic!("{:?}: {feil}", s.slag),
    };
    let ble = utfall(folk, mottatt.sak);
    berorte.extend(folk.numre.values().filter(|nr| !kjente.contains(*nr)).cloned());
    let hvem: Vec<String> = {
        let mut ut = BTreeSet::new();
        nevnte(&s.xml, &mut ut);
        ut.iter().map(|n| folk.navn(n)).collect()
    };
    let dager: Vec<&str> = s
        .xml
        .split(['<', '>'])
        .filter(|d| d.len() == 10 && d.starts_with(['1', '2']) && d.contains('-'))
        .collect();
    let hva = format!("{ble}: {:?} {hvem:?} {dager:?}", s.slag);
    // Who was born, and whose fatherhood waited for it.
    let mut slag = BTreeSet::from([s.slag]);
    if s.slag == M::Foedsel {
        slag.insert(M::Farskap);
        berorte.extend(folk.numre.values().cloned());
    }
    match ble {
        "godkjent" => (hva, Skjedd::Avgjort { slag, berorte }),
        _ => (hva, Skjedd::Ingenting),
    }
}

fn beroerte(folk: &Folk, xml: &str) -> BTreeSet<String> {
    let mut navngitt = BTreeSet::new();
    nevnte(xml, &mut navngitt);
    let mut ut: BTreeSet<String> = navngitt.iter().flat_map(|nr| naer(folk, nr)).collect();
    // An event is on the number that somebody has now.
    let les = folk.register.les().unwrap();
    for nr in ut.clone() {
        let id = identifikator::Folkeregisteridentifikator::parse(&nr).unwrap();
        if let Some(person) = les.finn(&id).unwrap() {
            ut.extend(les.gjeldende_nummer(person).unwrap());
        }
    }
    ut
}

fn avgjoer(folk: &mut Folk, hvilken: u16, hvordan: u8) -> (String, Skjedd) {
    let aapne = folk.saker.aapne_saker(0, 1_000).unwrap();
    let Some(sak) = aapne.get(usize::from(hvilken) % aapne.len().max(1)) else {
        return ("avgjør ingenting".to_owned(), Skjedd::Ingenting);
    };
    let (navn, avgjoerelse) = match hvordan {
        0 => ("avvis", Avgjoerelse::Avvis),
        1 => ("avslaa", Avgjoerelse::Avslaa),
        2 => ("avbryt", Avgjoerelse::Avbryt),
        _ => ("godkjenn", Avgjoerelse::Godkjenn),
    };
    let xml = String::from_utf8(folk.saker.melding(sak.nr).unwrap().unwrap()).unwrap();
    let mut berorte = beroerte(folk, &xml);
    let kjente: BTreeSet<String> = folk.numre.values().cloned().collect();
    let (nr, meldingstype) = (sak.nr, sak.meldingstype().unwrap());
    let tillegg = Tillegg {
        kommunenummer: Some("4601".to_owned()),
        eksisterende: None,
    };
    let ble = match folk.saker.avgjoer_med(nr, avgjoerelse, &tillegg, &naa()) {
        Ok(_) => utfall(folk, nr).to_owned(),
        Err(Hindring::Grunner(grunner)) => {
            let koder: Vec<&str> = grunner.iter().map(|g| g.kode()).collect();
            format!("hindret av {}", koder.join(", "))
        }
        Err(feil) => panic!("{feil}"),
    };
    berorte.extend(folk.numre.values().filter(|nr| !kjente.contains(*nr)).cloned());
    let hva = format!("{navn} {meldingstype:?}, sak {nr}: {ble}");
    let mut slag = BTreeSet::from([meldingstype]);
    if meldingstype == M::Foedsel {
        slag.insert(M::Farskap);
        berorte.extend(folk.numre.values().cloned());
    }
    match ble.as_str() {
        "godkjent" => (hva, Skjedd::Avgjort { slag, berorte }),
        _ => (hva, Skjedd::Ingenting),
    }
}

/// Registers entries of somebody as the register's own operation does.
pub fn registrer(folk: &Folk, navn: &str, dokument: Value, hendelsestype: Hendelsestype) {
    let opplysninger = Persondokument::les(dokument).unwrap().opplysninger;
    let registrering = Registrering {
        tidspunkt: naa().tidspunkt,
        handling: Handling::Registrer {
            person: Foedselsnummer::new(&folk.nr(navn)).unwrap(),
            hendelsestype,
            endringer: opplysninger
                .into_iter()
                .map(|o| Endring::RegistrereNy(Box::new(o)))
                .collect(),
        },
    };
    folk.register.utfoer(&[registrering], naa().sekunder).unwrap();
}

// Somebody comes under protection, with the addresses graded as the authority does; or is no longer fortrolig.
fn vern(folk: &mut Folk, hvem: u16, strengt: bool) -> (String, Skjedd) {
    let navn: Vec<String> = folk.numre.keys().filter(|n| *n != "ukjent").cloned().collect();
    let navn = navn[usize::from(hvem) % navn.len()].clone();
    let nr = folk.nr(&navn);
    let vernet = folk.gjeldende(&nr, "adressebeskyttelse");
    if vernet.iter().any(|v| v["graderingsnivaa"] == "strengtFortrolig") {
        return ("vern er der".to_owned(), Skjedd::Ingenting);
    }
    let nivaa = if strengt { "strengtFortrolig" } else { "fortrolig" };
    let opphoer = !vernet.is_empty() && !strengt;
    if opphoer {
        let endringer = vec![Endring::Opphoere {
            hvilken: Utvelger::Gjeldende(Entitet::Adressebeskyttelse),
            opphoerstidspunkt: naa().tidspunkt,
        }];
        let registrering = Registrering {
            tidspunkt: naa().tidspunkt,
            handling: Handling::Registrer {
                person: Foedselsnummer::new(&nr).unwrap(),
                hendelsestype: Hendelsestype::EndringIAdressebeskyttelse,
                endringer,
            },
        };
        folk.register.utfoer(&[registrering], naa().sekunder).unwrap();
        return (format!("vern av {navn} oppheves"), Skjedd::Registeret);
    }
    let vern =
        json!({"adressebeskyttelse": [{"graderingsnivaa": nivaa, "gyldighetstidspunkt": naa().tidspunkt.to_string()}]});
    registrer(folk, &navn, vern, Hendelsestype::EndringIAdressebeskyttelse);
    (format!("vern av {navn}: {nivaa}"), Skjedd::Registeret)
}
