//! The synthetic nation keeps every rule: whoever tests against it meets no person that cannot be.

use std::collections::BTreeMap;

use informasjonsmodell::Persondokument;
use konsistens::{Regel, gjennomgaa};
use register::{Kilde, Register};
use syntetisk_befolkning::Nasjon;

use crate::folk::naa;

struct Kildenasjon<'n>(&'n Nasjon);

impl Kilde for Kildenasjon<'_> {
    fn grupper(&self) -> u32 {
        self.0.grupper()
    }

    fn foer(&self, gruppe: u32) -> u32 {
        self.0.personer_foer(gruppe)
    }

    fn dokumenter(&self, gruppe: u32) -> Vec<Persondokument> {
        self.0.gruppe(gruppe)
    }
}

fn sjekk(register: &Register, naar: &str) -> u64 {
    let (mut fra, mut personer, mut brudd) = (1, 0, BTreeMap::<Regel, Vec<u32>>::new());
    loop {
        // Each part of its own reading, as `verify --regler` has it.
        let del = gjennomgaa(&register.les().unwrap(), fra, 5_000, &mut |p, regler| {
            for regel in regler {
                brudd.entry(*regel).or_default().push(p.nummer());
            }
        })
        .unwrap();
        assert_eq!(del.uleselige, 0);
        personer += del.personer;
        match del.neste {
            Some(neste) => fra = neste.nummer(),
            None => break,
        }
    }
    let antall: BTreeMap<&str, (usize, &[u32])> = brudd
        .iter()
        .map(|(regel, hvem)| (regel.kode(), (hvem.len(), &hvem[..hvem.len().min(5)])))
        .collect();
    assert!(brudd.is_empty(), "{naar}: {antall:?}");
    personer
}

/// Before and after the month whose events are played: 5 000 persons here, 100 000 in the long form.
#[test]
fn paalitelighet_06_nasjonen_holder_reglene() {
    let lang = std::env::var("PAALITELIGHET").is_ok_and(|v| v == "lang");
    let nasjon = Nasjon::new(2026, if lang { 100_000 } else { 5_000 }).unwrap();
    let mappe = tempfile::tempdir().unwrap();
    let register = Register::aapne(mappe.path()).unwrap();
    register
        .last_inn(&Kildenasjon(&nasjon), 1, naa(), naa().sekunder(), &mut |_| {})
        .unwrap();
    sjekk(&register, "før den siste måneden");
    for registreringer in nasjon.siste_maaned() {
        register.utfoer(&registreringer, naa().sekunder()).unwrap();
    }
    let personer = sjekk(&register, "etter den siste måneden");
    println!("TALL 06 nasjonen_regelbrudd 0 brudd = 0");
    println!("TALL 06 nasjonen_personer {personer} personer >= 5000");
}
