//! When two registers are equal, and when the feeds of a copy have told of all that changed in it.
//!
//! Two registers are equal when they show med hjemmel the same of everybody, history included, byte for byte; when the same numbers lead
//! to the same persons; when everybody is protected alike; and when the three other views are shown the same but for two things
//! (ADR 0038): times of registration, which what a view cannot see may have moved, and the address of an estate, which the source
//! guards for good once its contact was protected. [`Tilstand`] is all that, and [`Tilstand::avtrykk`] a SHA-256 of it: the same on both
//! sides, whatever numbers persons have inside them, in whatever order they came.

use std::collections::{BTreeMap, BTreeSet};

use helsekopi::{Hendelse, Kopi, Kopihendelse, Omfang};
use register::{Personnummer, Register};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tilgang::{Format, Projeksjon, Svar, Utvalg};

use crate::kilde::{MH, frigi};

/// The views beside med hjemmel.
const ANDRE: [Projeksjon; 2] = [Projeksjon::MedHjemmelUtenGraderte, Projeksjon::OffentligUtenHjemmel];

/// What one person is, to whoever may ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct En {
    numre: BTreeSet<u64>,
    vern: String,
    mh: String,
    andre: [String; 2],
}

/// Everybody, by the number in use or the last one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tilstand(BTreeMap<u64, En>);

impl Tilstand {
    pub fn av(register: &Register) -> Self {
        let les = register.les().unwrap();
        let mut ut = BTreeMap::new();
        for person in les.personer_som_er_noen(register) {
            let nummer: u64 = les.gjeldende_nummer(person).unwrap().unwrap().parse().unwrap();
            let en = En {
                numre: les.numre(person).unwrap().into_iter().collect(),
                vern: format!("{:?}", les.vern(person).unwrap()),
                mh: vist_av(&les, person, MH),
                andre: ANDRE.map(|p| uten_tider(&vist_av(&les, person, p))),
            };
            assert!(ut.insert(nummer, en).is_none(), "two persons with one number");
        }
        Tilstand(ut)
    }

    /// SHA-256 of everything, each part with its length before it.
    pub fn avtrykk(&self) -> String {
        let mut sum = Sha256::new();
        let mut ta = |byte: &[u8]| {
            sum.update((byte.len() as u64).to_be_bytes());
            sum.update(byte);
        };
        for (nummer, en) in &self.0 {
            ta(&nummer.to_be_bytes());
            for n in &en.numre {
                ta(&n.to_be_bytes());
            }
            for tekst in [&en.vern, &en.mh].into_iter().chain(&en.andre) {
                ta(tekst.as_bytes());
            }
        }
        sum.finalize().iter().map(|b| format!("{b:02x}")).collect()
    }

    pub fn personer(&self) -> usize {
        self.0.len()
    }

    /// Person by person, so that one who differs is seen.
    #[track_caller]
    pub fn lik(&self, annen: &Tilstand) {
        for (nummer, en) in &self.0 {
            assert_eq!(Some(en), annen.0.get(nummer), "{nummer:011}");
        }
        let (mine, andres): (BTreeSet<_>, BTreeSet<_>) = (self.0.keys().collect(), annen.0.keys().collect());
        assert_eq!(mine, andres);
        assert_eq!(self.avtrykk(), annen.avtrykk());
    }
}

trait Noen {
    fn personer_som_er_noen(&self, register: &Register) -> Vec<Personnummer>;
}

impl Noen for register::Lesing<'_> {
    fn personer_som_er_noen(&self, register: &Register) -> Vec<Personnummer> {
        let antall = register.antall_personer().unwrap();
        let alle = (1..=antall).map(Personnummer::fra_indeks);
        alle.filter(|p| self.er_noen(*p).unwrap()).collect()
    }
}

pub fn vist_av(les: &register::Lesing<'_>, person: Personnummer, projeksjon: Projeksjon) -> String {
    let mut svar = Svar::new(Format::Json);
    les.vis(person, &mut svar, projeksjon, Utvalg::alt(projeksjon), 0)
        .unwrap();
    String::from_utf8(frigi(svar)).unwrap()
}

fn uten_tider(tekst: &str) -> String {
    fn fjern(verdi: &mut Value) {
        match verdi {
            Value::Array(liste) => liste.iter_mut().for_each(fjern),
            Value::Object(felt) => {
                felt.shift_remove("ajourholdstidspunkt");
                felt.values_mut().for_each(fjern);
            }
            _ => {}
        }
    }
    let mut verdi: Value = serde_json::from_str(tekst).unwrap();
    fjern(&mut verdi);
    let boer = verdi
        .get_mut("kontaktinformasjonForDoedsbo")
        .and_then(Value::as_array_mut);
    for bo in boer.into_iter().flatten() {
        bo.as_object_mut().unwrap().shift_remove("adresse");
    }
    verdi.to_string()
}

/// What a copy shows and has told, at a moment: what comes after is held against it.
#[derive(Default)]
pub struct Fortalt {
    vist: BTreeMap<(Omfang, u32), String>,
    feeder: BTreeMap<Omfang, Vec<Hendelse>>,
    /// Changes of what somebody is shown in a view, each with an event after it.
    pub endringer: u64,
}

impl Fortalt {
    /// Every feed begins with what it was and is dense; whoever is shown something else than before has an event since; a
    /// person's last event is that of the person's document; and nobody came to a view twice.
    pub fn hold_mot(&mut self, kopi: &Kopi) {
        let les = kopi.les().unwrap();
        let antall = kopi.register().antall_personer().unwrap();
        for omfang in Omfang::ALLE {
            let feed = les.hendelser(omfang, 1, usize::MAX).unwrap();
            assert!(
                feed.iter().map(|h| h.sekvensnummer).eq(1..=feed.len() as u64),
                "{omfang:?}"
            );
            assert_eq!(les.siste(omfang).unwrap(), feed.len() as u64);
            let foer = self.feeder.remove(&omfang).unwrap_or_default();
            assert!(
                feed.starts_with(&foer),
                "{omfang:?}: what was told is something else now"
            );
            let nye: BTreeSet<Personnummer> = feed[foer.len()..].iter().map(|h| h.person).collect();
            let mut sist = BTreeMap::new();
            let mut befolket = BTreeSet::new();
            for h in &feed {
                sist.insert(h.person, h.sekvensnummer);
                let to_ganger = h.hendelse == Kopihendelse::Befolket && !befolket.insert(h.person);
                assert!(!to_ganger, "{omfang:?}: told of twice as populated");
            }
            for nr in 1..=antall {
                let person = Personnummer::fra_indeks(nr);
                let naa = match les.register().er_noen(person).unwrap() {
                    true => vist_av(les.register(), person, omfang.projeksjon()),
                    false => String::new(),
                };
                // Whoever a view never saw and is shown nothing of is nobody to it.
                let ingen = naa.is_empty() || naa == "{}";
                let endret = self.vist.get(&(omfang, nr)).map_or(!ingen, |foer| *foer != naa);
                if endret {
                    assert!(
                        nye.contains(&person),
                        "{omfang:?}: changed and told nobody\n{:?}\n{naa}",
                        self.vist.get(&(omfang, nr))
                    );
                    self.endringer += 1;
                }
                self.vist.insert((omfang, nr), naa);
                assert_eq!(
                    les.sekvensnummer(person, omfang).unwrap(),
                    sist.get(&person).copied().unwrap_or_default()
                );
            }
            self.feeder.insert(omfang, feed);
        }
    }
}
