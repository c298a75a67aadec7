//! Whatever is done with a family, in whatever order: where somebody protected lives shows through none of them.
//!
//! Not messages but the register's own operations, by registration, import and correction, with mergers and splits between.

use std::collections::BTreeSet;

use informasjonsmodell::tekst::Foedselsnummer;
use informasjonsmodell::{Endring, Entitet, Handling, Hendelsestype, Persondokument, Registrering, Utvelger};
use konsistens::{Regel, gjennomgaa};
use proptest::prelude::*;
use register::{Masseutvalg, Register, Rettelse};
use serde_json::{Value, json};

use crate::folk::{adresse, dokument, importer, naa, nr};

/// A mother, a father, their child, her sister under another number, his estate's heir.
const FOLK: [(&str, &[&str]); 5] = [
    (
        "A",
        &[
            "barn=C:mor",
            "sivilstand=gift:B:2010-06-05",
            "ektefelle=B",
            "bosted=Aveien_1",
        ],
    ),
    (
        "B",
        &[
            "barn=C:far",
            "sivilstand=gift:A:2010-06-05",
            "ektefelle=A",
            "far=E",
            "bosted=Bveien_1",
        ],
    ),
    ("C", &["mor=A", "far=B", "bosted=Aveien_1"]),
    ("D", &["bosted=Dveien_1"]),
    (
        "E",
        &["barn=B:far", "doed=2025-12-01", "bosted=-", "bo=advokat:Bveien_1"],
    ),
];
/// Where they live and stay.
const STEDER: [&str; 3] = ["Aveien_1", "Bveien_1", "Ekveien_1"];
const GRADER: [&str; 3] = ["ugradert", "klientadresse", "fortrolig"];

#[derive(Clone, Debug)]
enum Steg {
    Adresse(usize, usize, usize, usize),
    Import(usize, usize),
    Rett(usize, usize),
    Vern(usize, bool),
    Opphev(usize),
    Sammen,
    Fra,
}

fn steg() -> impl Strategy<Value = Steg> {
    let hvem = 0..FOLK.len();
    prop_oneof![
        4 => (hvem.clone(), 0..3_usize, 0..STEDER.len(), 0..GRADER.len()).prop_map(|(a, b, c, d)| Steg::Adresse(a, b, c, d)),
        // Of those who are never merged: a document that gives the one the other's family makes relations of one side.
        1 => (prop::sample::select(vec![1_usize, 2, 4]), 0..STEDER.len()).prop_map(|(a, b)| Steg::Import(a, b)),
        1 => (hvem.clone(), 0..STEDER.len()).prop_map(|(a, b)| Steg::Rett(a, b)),
        3 => (hvem.clone(), any::<bool>()).prop_map(|(a, b)| Steg::Vern(a, b)),
        1 => hvem.prop_map(Steg::Opphev),
        1 => Just(Steg::Sammen),
        1 => Just(Steg::Fra),
    ]
}

fn nummer(hvem: usize) -> Foedselsnummer {
    Foedselsnummer::new(&nr(FOLK[hvem].0, 0)).unwrap()
}

fn ny(entitet: &str, innhold: Value) -> Endring {
    let liste = json!({ entitet: [innhold] });
    let opplysning = Persondokument::les(liste).unwrap().opplysninger.remove(0);
    Endring::RegistrereNy(Box::new(opplysning))
}

// Whatever the register refuses it refuses: the rest is as it was.
fn utfoer(register: &Register, handling: Handling) {
    let registrering = Registrering {
        tidspunkt: naa(),
        handling,
    };
    match register.utfoer(&[registrering], naa().sekunder()) {
        Ok(_) | Err(register::Feil::Regel(_)) => {}
        Err(feil) => panic!("{feil}"),
    }
}

fn registrer(register: &Register, hvem: usize, hendelsestype: Hendelsestype, endring: Endring) {
    let handling = Handling::Registrer {
        person: nummer(hvem),
        hendelsestype,
        endringer: vec![endring],
    };
    utfoer(register, handling);
}

fn med_adresse(slag: usize, sted: usize, grad: usize) -> (Hendelsestype, Endring) {
    let mut verdi = adresse(&format!("{}/{}", GRADER[grad], STEDER[sted]));
    match slag {
        0 => (Hendelsestype::EndringIBostedsadresse, ny("bostedsadresse", verdi)),
        1 => {
            verdi["startdatoForKontrakt"] = json!("2025-01-01");
            (Hendelsestype::EndringIDeltBosted, ny("deltBosted", verdi))
        }
        _ => (Hendelsestype::EndringIOppholdsadresse, ny("oppholdsadresse", verdi)),
    }
}

fn gjoer(register: &Register, steg: &Steg) {
    match *steg {
        Steg::Adresse(hvem, slag, sted, grad) => {
            let (hendelsestype, endring) = med_adresse(slag, sted, grad);
            registrer(register, hvem, hendelsestype, endring);
        }
        Steg::Import(hvem, sted) => {
            let (navn, ord) = FOLK[hvem];
            let opphold = format!("opphold={}", STEDER[sted]);
            let ord: Vec<&str> = ord.iter().copied().chain([opphold.as_str()]).collect();
            importer(register, &dokument(navn, &ord));
        }
        Steg::Rett(hvem, sted) => {
            let tall = nummer(hvem).som_tekst().parse().unwrap();
            let naa = naa();
            let utfall = register.behandle(naa.sekunder(), |b| -> Result<_, register::Feil> {
                let (hendelsestype, endring) = med_adresse(2, sted, 0);
                let rettelse = Rettelse::Endre {
                    hendelsestype,
                    endringer: vec![endring],
                };
                let rettelser = [(tall, vec![rettelse])];
                b.rett(&Masseutvalg::Liste(&rettelser), naa, 1).map(|_| ())
            });
            utfall.unwrap();
        }
        Steg::Vern(hvem, strengt) => {
            let grad = if strengt { "strengtFortrolig" } else { "fortrolig" };
            let vern = ny("adressebeskyttelse", json!({"graderingsnivaa": grad}));
            registrer(register, hvem, Hendelsestype::EndringIAdressebeskyttelse, vern);
        }
        Steg::Opphev(hvem) => {
            let opphoer = Endring::Opphoere {
                hvilken: Utvelger::Gjeldende(Entitet::Adressebeskyttelse),
                opphoerstidspunkt: naa(),
            };
            registrer(register, hvem, Hendelsestype::EndringIAdressebeskyttelse, opphoer);
        }
        Steg::Sammen => utfoer(
            register,
            Handling::SlaaSammen {
                gjeldende: nummer(3),
                dublett: nummer(0),
            },
        ),
        Steg::Fra => utfoer(
            register,
            Handling::Splitt {
                gjeldende: nummer(3),
                gjenopprettet: nummer(0),
            },
        ),
    }
}

fn roepet(register: &Register) -> BTreeSet<u32> {
    let mut ut = BTreeSet::new();
    gjennomgaa(&register.les().unwrap(), 1, 1_000, &mut |person, regler| {
        if regler.contains(&Regel::VernetAdresse) || regler.contains(&Regel::StrengtFortrolig) {
            ut.insert(person.nummer());
        }
    })
    .unwrap();
    ut
}

fn tilfeller() -> u32 {
    let satt = std::env::var("TILFELLER").ok().and_then(|t| t.parse().ok());
    satt.unwrap_or(60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: tilfeller(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_operations_shows_where_somebody_protected_lives(steg in prop::collection::vec(steg(), 1..25)) {
        let mappe = tempfile::tempdir().unwrap();
        let register = Register::aapne(mappe.path()).unwrap();
        for (navn, ord) in FOLK {
            prop_assert!(importer(&register, &dokument(navn, ord)));
        }
        prop_assert_eq!(roepet(&register), BTreeSet::new());
        for (nr, ett) in steg.iter().enumerate() {
            gjoer(&register, ett);
            let roepet = roepet(&register);
            prop_assert!(roepet.is_empty(), "{:?} etter steg {nr}, {ett:?}", roepet);
        }
        prop_assert_eq!(register.verifiser(&mut |_| {}).unwrap(), []);
    }
}
