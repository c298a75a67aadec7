//! Random histories of a small place where many are called the same, and random questions about it.

use std::cell::Cell;
use std::io::Write as _;
use std::sync::Arc;

use informasjonsmodell::{Handling, Hendelsestype as H};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use register::Personnummer;
use serde_json::{Value, json};
use soek::{
    Adressekriterier, Entydigkriterier, Husnummer, Kriterier, Landnummer, Navnekriterier, Personliste, Soekevisning,
    finn, finn_entydig, navn,
};
use tilgang::{Format, Projeksjon, Svar, Utvalg};

use crate::fasit;
use crate::felles::{Bygger, Prove, frigi, nr, ny, person, postboks, tilfeller};

const FORNAVN: [&str; 6] = ["Kari", "Kåre", "Christian", "Kristian Ole", "Anne-Marie", "Ole"];
const ETTERNAVN: [&str; 5] = ["Fjellbekk", "Fjelbekk", "Dal", "Dahl Berg", "Åsen"];
const GATER: [&str; 5] = ["Storgata", "Stor gate", "Storåsveien", "Åsveien", "Øde"];
/// Two of today, one that was replaced, one that was so twice, and one that was divided between two of one fylke.
pub const KOMMUNER: [&str; 5] = ["0301", "4601", "1201", "0219", "1439"];
/// Those, what became of them, and one that somebody may believe is still there.
const SPURTE: [&str; 8] = ["0301", "4601", "1201", "0219", "1439", "4602", "3201", "3024"];
const FYLKER: [&str; 7] = ["03", "46", "12", "02", "14", "32", "30"];
const POSTNUMRE: [&str; 2] = ["0001", "5003"];
const DATOER: [&str; 3] = ["1990-01-01", "1990-01-02", "2001-12-24"];
const STATUSER: [&str; 5] = ["bosatt", "utflyttet", "doed", "midlertidig", "forsvunnet"];
const GRADER: [&str; 3] = ["ugradert", "klientadresse", "fortrolig"];
pub const PERSONER: u32 = 8;

#[derive(Clone, Debug)]
pub struct Adresse {
    gate: usize,
    husnummer: Option<(u16, Option<char>)>,
    postnummer: usize,
    kommune: usize,
    grad: usize,
    matrikkel: bool,
}

fn adresse() -> impl Strategy<Value = Adresse> {
    (
        0..GATER.len(),
        prop::option::weighted(0.8, (1u16..3, prop::option::of(prop::sample::select(vec!['A', 'b'])))),
        0..POSTNUMRE.len(),
        0..KOMMUNER.len(),
        prop_oneof![4 => Just(0usize), 1 => 1..GRADER.len()],
        prop::bool::weighted(0.1),
    )
        .prop_map(|(gate, husnummer, postnummer, kommune, grad, matrikkel)| Adresse {
            gate,
            husnummer,
            postnummer,
            kommune,
            grad,
            matrikkel,
        })
}

impl Adresse {
    fn json(&self) -> Value {
        let sted = json!({"poststedsnavn": "ET STED", "postnummer": POSTNUMRE[self.postnummer]});
        let kommune = KOMMUNER[self.kommune];
        let grad = GRADER[self.grad];
        if self.matrikkel {
            return json!({"adressegradering": grad, "matrikkeladresse":
                {"matrikkelnummer": {"kommunenummer": kommune, "gaardsnummer": 1, "bruksnummer": 2}, "poststed": sted}});
        }
        let mut veg = json!({"kommunenummer": kommune, "adressenavn": GATER[self.gate], "poststed": sted});
        if let Some((tall, bokstav)) = self.husnummer {
            veg["adressenummer"] = json!({"husnummer": tall.to_string()});
            if let Some(bokstav) = bokstav {
                veg["adressenummer"]["husbokstav"] = bokstav.to_string().into();
            }
        }
        json!({"adressegradering": grad, "vegadresse": veg})
    }
}

#[derive(Clone, Debug)]
pub enum Steg {
    Opprett(u32, usize, usize, Option<usize>, usize, usize, bool),
    Navn(u32, usize, usize),
    Flytt(u32, Adresse),
    Opphold(u32, Adresse),
    Status(u32, usize),
    Vern(u32, bool),
    Nummer(u32, u8),
    SlaaSammen(u32, u32),
    Splitt(u32, u32),
    Gjenaapne,
    Forny,
}

pub fn steg() -> impl Strategy<Value = Steg> {
    let p = || 0..PERSONER;
    prop_oneof![
        6 => (p(), 0..FORNAVN.len(), 0..ETTERNAVN.len(), prop::option::of(0..FORNAVN.len()), 0..DATOER.len(),
            0..STATUSER.len(), any::<bool>()).prop_map(|(p, f, e, m, d, s, k)| Steg::Opprett(p, f, e, m, d, s, k)),
        4 => (p(), 0..FORNAVN.len(), 0..ETTERNAVN.len()).prop_map(|(p, f, e)| Steg::Navn(p, f, e)),
        6 => (p(), adresse()).prop_map(|(p, a)| Steg::Flytt(p, a)),
        2 => (p(), adresse()).prop_map(|(p, a)| Steg::Opphold(p, a)),
        2 => (p(), 0..STATUSER.len()).prop_map(|(p, s)| Steg::Status(p, s)),
        1 => (p(), any::<bool>()).prop_map(|(p, strengt)| Steg::Vern(p, strengt)),
        1 => (p(), 0u8..3).prop_map(|(p, slag)| Steg::Nummer(p, slag)),
        1 => (p(), p()).prop_map(|(a, b)| Steg::SlaaSammen(a, b)),
        1 => (p(), p()).prop_map(|(a, b)| Steg::Splitt(a, b)),
        1 => Just(Steg::Gjenaapne),
        1 => Just(Steg::Forny),
    ]
}

pub fn utfoer(prove: &mut Prove, steg: &Steg) {
    // What the rules forbid is refused, and changes nothing.
    let _ = match steg {
        Steg::Opprett(n, fornavn, etternavn, mellomnavn, dato, status, kvinne) => {
            let mut bygger: Bygger = person(*n).uten("navn").uten("foedsel").uten("status").uten("kjoenn");
            let mut navn = json!({"fornavn": FORNAVN[*fornavn], "etternavn": ETTERNAVN[*etternavn]});
            if let Some(m) = mellomnavn {
                navn["mellomnavn"] = FORNAVN[*m].into();
            }
            bygger = bygger
                .med("navn", navn)
                .med(
                    "foedsel",
                    json!({"foedselsdato": DATOER[*dato], "foedselsaar": &DATOER[*dato][..4]}),
                )
                .med("status", json!({"status": STATUSER[*status]}))
                .med("kjoenn", json!({"kjoenn": if *kvinne { "kvinne" } else { "mann" }}));
            prove.utfoer(vec![Handling::Opprett(Box::new(bygger.dokument()))])
        }
        Steg::Navn(n, fornavn, etternavn) => prove.proev(
            *n,
            H::EndringINavn,
            vec![ny(
                "navn",
                json!({"fornavn": FORNAVN[*fornavn], "etternavn": ETTERNAVN[*etternavn]}),
            )],
        ),
        Steg::Flytt(n, adresse) => prove.proev(
            *n,
            H::EndringIBostedsadresse,
            vec![ny("bostedsadresse", adresse.json())],
        ),
        Steg::Opphold(n, adresse) => prove.proev(
            *n,
            H::EndringIOppholdsadresse,
            vec![ny("oppholdsadresse", adresse.json())],
        ),
        Steg::Status(n, status) => prove.proev(
            *n,
            H::EndringIStatus,
            vec![ny("status", json!({"status": STATUSER[*status]}))],
        ),
        Steg::Vern(n, strengt) => {
            let grad = if *strengt { "strengtFortrolig" } else { "fortrolig" };
            let mut endringer = vec![ny("adressebeskyttelse", json!({"graderingsnivaa": grad}))];
            if *strengt {
                endringer.push(ny("postadresse", postboks("1")));
            }
            prove.proev(*n, H::EndringIAdressebeskyttelse, endringer)
        }
        Steg::Nummer(n, slag) => {
            let (hendelse, endring) = match slag {
                0 => (
                    H::EndringIUtlendingsmyndighetenesIdentifikasjonsnummer,
                    ny(
                        "utlendingsmyndighetenesIdentifikasjonsnummer",
                        json!({"identifikasjonsnummer": "200000000001", "identifikasjonsnummertype": "DUF", "utstederland": "NOR"}),
                    ),
                ),
                1 => (
                    H::EndringIUtenlandskPersonidentifikasjon,
                    ny(
                        "utenlandskPersonidentifikasjon",
                        json!({"identifikasjonsnummer": "1458-4555", "identifikasjonsnummertype": "x", "utstederland": "AFG"}),
                    ),
                ),
                _ => (
                    H::EndringILegitimasjonsdokument,
                    ny(
                        "legitimasjonsdokument",
                        json!({"identifikasjonsdokumentnummer": "195509132386", "identifikasjonsdokumenttype": "pass", "utstederland": "IRL"}),
                    ),
                ),
            };
            prove.proev(*n, hendelse, vec![endring])
        }
        Steg::SlaaSammen(a, b) => prove.utfoer(vec![crate::felles::sammenslaaing(*a, *b)]),
        Steg::Splitt(a, b) => prove.utfoer(vec![crate::felles::splitting(*a, *b)]),
        Steg::Gjenaapne => {
            prove.gjenaapne();
            return;
        }
        Steg::Forny => {
            prove.register().forny_noekler(false).unwrap();
            return;
        }
    };
}

fn navnevalg(minst: usize) -> impl Strategy<Value = Navnekriterier> {
    let alle: Vec<String> = FORNAVN.iter().chain(&ETTERNAVN).flat_map(|n| navn::words(n)).collect();
    (
        prop::collection::vec(prop::sample::select(alle), minst..4),
        any::<bool>(),
    )
        .prop_map(|(ord, fonetisk)| Navnekriterier { ord, fonetisk })
}

fn adressevalg() -> impl Strategy<Value = Adressekriterier> {
    let gater: Vec<String> = GATER
        .iter()
        .flat_map(|g| {
            let hel = navn::normalise(g);
            let start: String = hel.chars().take(3).collect();
            [start, hel]
        })
        .collect();
    let valg = |verdier: &[&str]| {
        let verdier: Vec<String> = verdier.iter().map(|v| (*v).to_owned()).collect();
        prop::option::weighted(0.3, prop::sample::select(verdier))
    };
    (
        prop::option::weighted(0.5, prop::sample::select(gater)),
        prop::option::weighted(0.4, prop::sample::select(vec!["1", "1A", "2b", "2"])),
        valg(&POSTNUMRE),
        valg(&SPURTE),
        valg(&FYLKER),
    )
        .prop_map(
            |(gate, husnummer, postnummer, kommunenummer, fylkesnummer)| Adressekriterier {
                gate,
                husnummer: husnummer.and_then(Husnummer::les),
                postnummer,
                kommunenummer,
                fylkesnummer,
            },
        )
}

fn kriterier() -> impl Strategy<Value = Kriterier> {
    (
        navnevalg(0),
        prop::option::weighted(0.2, prop::sample::select(vec!["mann".to_owned(), "kvinne".to_owned()])),
        prop::option::weighted(0.2, prop::sample::select(DATOER.map(str::to_owned).to_vec())),
        prop::option::weighted(0.2, 1989u16..2003),
        prop::option::weighted(0.2, 1989u16..2003),
        prop_oneof![Just(Adressekriterier::default()), adressevalg()],
        any::<[bool; 3]>(),
    )
        .prop_map(
            |(
                navn,
                kjoenn,
                foedselsdato,
                foedselsaar_fra,
                foedselsaar_til,
                adresse,
                [oppholdsadresse, doede, historisk],
            )| {
                Kriterier {
                    navn,
                    kjoenn,
                    foedselsdato,
                    foedselsaar_fra,
                    foedselsaar_til,
                    adresse,
                    oppholdsadresse,
                    doede,
                    historisk,
                }
            },
        )
}

fn entydigkriterier() -> impl Strategy<Value = Entydigkriterier> {
    (
        navnevalg(2),
        prop::option::weighted(0.3, 0..PERSONER),
        prop::option::weighted(0.2, Just("200000000001".to_owned())),
        prop::option::weighted(0.2, Just(Landnummer::les("AFG-1458-4555").unwrap())),
        prop::option::weighted(0.2, Just(Landnummer::les("IRL-195509132386").unwrap())),
        prop::option::weighted(0.4, prop::sample::select(DATOER.map(str::to_owned).to_vec())),
        prop_oneof![Just(Adressekriterier::default()), adressevalg()],
        any::<[bool; 2]>(),
    )
        .prop_map(
            |(navn, person, duf, utenlandsk, legitimasjon, foedselsdato, adresse, [uten, historisk])| {
                Entydigkriterier {
                    navn,
                    identifikasjonsnummer: person.map(|n| nr(n).parse().unwrap()),
                    utenlandsk,
                    legitimasjon,
                    duf,
                    foedselsdato,
                    uten_husnummer: uten && adresse.gate.is_some() && adresse.husnummer.is_none(),
                    adresse,
                    historisk,
                }
            },
        )
}

/// Everybody who is found now goes by the number, and has the protection, that the record says: what is kept in memory is
/// of this moment. It asks after each step, so that there is something to be kept.
fn numre_er_naavaerende(prove: &Prove) {
    let les = prove.register().les().unwrap();
    let projeksjon = Projeksjon::MedHjemmel;
    for doede in [false, true] {
        let kriterier = Kriterier {
            doede,
            ..Kriterier::default()
        };
        let Personliste::Personer(funnet) = finn(&les, projeksjon, &kriterier).unwrap() else {
            panic!("the few are too many");
        };
        for person in funnet {
            let nummer = les.nummer(person).unwrap();
            let levert = |vis: &dyn Fn(&mut Svar)| {
                let mut svar = Svar::new(Format::Json);
                vis(&mut svar);
                let levert = svar.leveranser()[0];
                (levert.identifikator, levert.vern)
            };
            let i_liste = levert(&|svar| les.vis_nummer(person, svar, projeksjon).unwrap());
            let utvalg = Utvalg::alt(projeksjon);
            let alene = levert(&|svar| les.vis(person, svar, projeksjon, utvalg, nummer).unwrap());
            assert_eq!(i_liste, alene);
        }
    }
}

/// Everybody who is somebody, as a projection is shown them.
pub fn alle(prove: &Prove, projeksjon: Projeksjon) -> Vec<(Personnummer, Value)> {
    let les = prove.register().les().unwrap();
    let mut ut: Vec<(Personnummer, Value)> = Vec::new();
    for n in 0..PERSONER {
        let nummer = nr(n).parse().unwrap();
        let Some(person) = les.finn_nummer(nummer).unwrap() else {
            continue;
        };
        if ut.iter().all(|(p, _)| *p != person) {
            let mut svar = Svar::new(Format::Json);
            let utvalg = Utvalg::alt(projeksjon);
            les.vis(person, &mut svar, projeksjon, utvalg, nummer).unwrap();
            ut.push((person, serde_json::from_str(&frigi(svar)).unwrap()));
        }
    }
    ut.sort_by_key(|(person, _)| *person);
    ut
}

/// One value of the figure, past the harness, which keeps what a passing test prints with a macro.
pub fn tall(navn: &str, verdi: usize, enhet: &str, maal: &str) {
    let linje = format!("TALL 08 {navn} {verdi} {enhet} {maal}\n");
    std::io::stdout().write_all(linje.as_bytes()).unwrap();
}

#[test]
fn paalitelighet_08_et_soek_er_en_gjennomgang_av_alle() {
    let lang = std::env::var("PAALITELIGHET").as_deref() == Ok("lang");
    let mut proever = TestRunner::new(tilfeller(if lang { 1_000 } else { 100 }));
    let strategi = (
        prop::collection::vec(steg(), 1..60),
        prop::collection::vec(kriterier(), 50),
        prop::collection::vec(entydigkriterier(), 50),
    );
    let (spurt, treff) = (Cell::new(0), Cell::new(0));
    let utfall = proever.run(&strategi, |(historie, spoersmaal, entydige)| {
        let mut prove = Prove::med_visning(Arc::new(Soekevisning));
        for steg in &historie {
            utfoer(&mut prove, steg);
            numre_er_naavaerende(&prove);
        }
        for projeksjon in Projeksjon::ALLE {
            let alle = alle(&prove, projeksjon);
            let les = prove.register().les().unwrap();
            for k in &spoersmaal {
                let ventet: Vec<_> = alle
                    .iter()
                    .filter(|(_, p)| fasit::passer(p, k))
                    .map(|(n, _)| *n)
                    .collect();
                spurt.set(spurt.get() + 1);
                treff.set(treff.get() + usize::from(!ventet.is_empty()));
                let funnet = finn(&les, projeksjon, k).unwrap();
                prop_assert_eq!(funnet, Personliste::Personer(ventet), "{:?} {:?}", projeksjon, k);
            }
            for k in &entydige {
                let ventet: Vec<_> = alle
                    .iter()
                    .filter(|(_, p)| fasit::passer_entydig(p, k))
                    .map(|(n, _)| *n)
                    .collect();
                let ventet = if let [en] = ventet.as_slice() { Some(*en) } else { None };
                spurt.set(spurt.get() + 1);
                treff.set(treff.get() + usize::from(ventet.is_some()));
                prop_assert_eq!(
                    finn_entydig(&les, projeksjon, k).unwrap(),
                    ventet,
                    "{:?} {:?}",
                    projeksjon,
                    k
                );
            }
        }
        prove.sjekk();
        Ok(())
    });
    if let Err(feil) = utfall {
        panic!("{feil}");
    }
    tall(
        "spoersmaal",
        spurt.get(),
        "antall",
        if lang { ">= 1000000" } else { ">= 10000" },
    );
    // A question that nobody answers to shows little.
    tall(
        "spoersmaal_med_treff",
        treff.get() * 100 / spurt.get().max(1),
        "prosent",
        ">= 5",
    );
    assert!(treff.get() * 20 >= spurt.get());
    tall("manglende_eller_overfloedige", 0, "rader", "= 0");
}
