//! What happens to a nation, drawn by a seed: its own month, and between that every kind of change to whomever it falls on.
//!
//! A change that the register's rules forbid is no change; so a plan can be played again from anywhere, also by whoever was killed
//! in the middle of it.

use informasjonsmodell::tekst::Foedselsnummer;
use informasjonsmodell::{Endring, Entitet, Handling, Hendelsestype as H, Persondokument, Registrering, Utvelger};
use register::{Personnummer, Register};
use serde_json::{Value, json};
use syntetisk_befolkning::Nasjon;

use crate::kilde::tid;
use crate::vern::{bosted, ny};

/// A stream of its own, the same each time.
#[derive(Clone)]
pub struct Lodd(pub u64);

impl Lodd {
    pub fn under(&mut self, antall: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % antall
    }
}

/// Kinds of changes beside those of the month.
const SLAG: u64 = 17;
/// Of so many groups one comes to the register later.
const SENERE: u32 = 8;

enum Post {
    Maaned(Vec<Registrering>),
    Senere(Vec<Persondokument>),
    Trukket(u64),
}

/// What is there at first, and what happens then, in order.
pub struct Plan {
    pub grunnlag: Vec<Persondokument>,
    poster: Vec<Post>,
}

impl Plan {
    pub fn ny(froe: u64, personer: u32) -> Self {
        let nasjon = Nasjon::new(froe, personer).unwrap();
        let mut lodd = Lodd(froe ^ 0x5DEE_CE66);
        let (mut grunnlag, mut senere) = (Vec::new(), Vec::new());
        for gruppe in 0..nasjon.grupper() {
            let dokumenter = nasjon.gruppe(gruppe);
            if gruppe % SENERE == SENERE - 1 {
                senere.push(Post::Senere(dokumenter));
            } else {
                grunnlag.extend(dokumenter);
            }
        }
        let mut maaned: std::collections::VecDeque<_> = nasjon.siste_maaned().map(Post::Maaned).collect();
        let mut poster = Vec::new();
        while !maaned.is_empty() || !senere.is_empty() {
            match lodd.under(8) {
                0 => poster.extend(senere.pop()),
                1..5 => poster.extend(maaned.pop_front()),
                _ => poster.push(Post::Trukket(lodd.under(1 << 30))),
            }
        }
        Plan { grunnlag, poster }
    }

    pub fn antall(&self) -> usize {
        self.poster.len()
    }

    /// Everybody who is there at first, in one transaction.
    pub fn befolk(&self, register: &Register, naa: i64) {
        let opprett = |d: &Persondokument| Registrering {
            tidspunkt: tid(0),
            handling: Handling::Opprett(Box::new(d.clone())),
        };
        let alle: Vec<_> = self.grunnlag.iter().map(opprett).collect();
        register.utfoer(&alle, naa).unwrap();
    }

    /// Plays one. Whether anything came of it.
    pub fn spill(&self, nr: usize, register: &Register, naa: i64) -> bool {
        let minutt = u32::try_from(nr).unwrap() * 3 + 1;
        let registreringer = match &self.poster[nr] {
            Post::Maaned(registreringer) => registreringer.clone(),
            Post::Senere(dokumenter) => {
                let opprett = |d: &Persondokument| Registrering {
                    tidspunkt: tid(minutt),
                    handling: Handling::Opprett(Box::new(d.clone())),
                };
                dokumenter.iter().map(opprett).collect()
            }
            Post::Trukket(froe) => match trukket(&mut Lodd(*froe), register, minutt) {
                Some(handling) => vec![Registrering {
                    tidspunkt: tid(minutt),
                    handling,
                }],
                None => return false,
            },
        };
        match register.utfoer(&registreringer, naa) {
            Ok(_) => true,
            Err(register::Feil::Regel(_)) => false,
            Err(feil) => panic!("{feil}"),
        }
    }
}

fn korriger(entitet: &str, innhold: Value) -> Endring {
    let Endring::RegistrereNy(ny) = ny(entitet, innhold) else {
        panic!("a new value");
    };
    Endring::Korrigere {
        hvilken: Utvelger::Gjeldende(Entitet::fra_navn(entitet).unwrap()),
        ny,
    }
}

fn annuller(entitet: Entitet) -> Endring {
    Endring::Annullere {
        hvilken: Utvelger::Gjeldende(entitet),
    }
}

/// A number of somebody who is there.
fn noen(lodd: &mut Lodd, register: &Register) -> Option<(Personnummer, Foedselsnummer)> {
    let les = register.les().unwrap();
    let antall = u64::from(register.antall_personer().unwrap());
    let person = Personnummer::fra_indeks(u32::try_from(1 + lodd.under(antall)).unwrap());
    let nummer = les.gjeldende_nummer(person).unwrap()?;
    Some((person, Foedselsnummer::new(&nummer)?))
}

fn trukket(lodd: &mut Lodd, register: &Register, minutt: u32) -> Option<Handling> {
    let slag = lodd.under(SLAG);
    let (person, nummer) = noen(lodd, register)?;
    let gate = format!("Gate{minutt}veien");
    let opphoer = |entitet| Endring::Opphoere {
        hvilken: Utvelger::Gjeldende(entitet),
        opphoerstidspunkt: tid(minutt),
    };
    let (hendelsestype, endringer) = match slag {
        0 | 1 => {
            let (_, dublett) = noen(lodd, register)?;
            return Some(Handling::SlaaSammen {
                gjeldende: nummer,
                dublett,
            });
        }
        2 | 3 => {
            // Somebody who was merged, and those who have the number now.
            let les = register.les().unwrap();
            let antall = register.antall_personer().unwrap();
            let sammen = (1..=antall).map(Personnummer::fra_indeks);
            let sammen: Vec<_> = sammen.filter(|p| !les.er_noen(*p).unwrap()).collect();
            let under = sammen.get(usize::try_from(lodd.under(sammen.len().max(1) as u64)).unwrap())?;
            let gjenopprettet = les.gjeldende_nummer(*under).unwrap()?;
            let over = les.finn(&gjenopprettet.parse().unwrap()).unwrap()?;
            return Some(Handling::Splitt {
                gjeldende: Foedselsnummer::new(&les.gjeldende_nummer(over).unwrap()?)?,
                gjenopprettet: Foedselsnummer::new(&gjenopprettet)?,
            });
        }
        4 => (
            H::EndringINavn,
            vec![ny(
                "navn",
                json!({"fornavn": format!("NY{minutt}"), "etternavn": "BREKKE"}),
            )],
        ),
        5 => (
            H::EndringINavn,
            vec![korriger(
                "navn",
                json!({"fornavn": format!("RETT{minutt}"), "etternavn": "VIK"}),
            )],
        ),
        6 => (H::EndringIBostedsadresse, vec![ny("bostedsadresse", bosted(&gate))]),
        7 => (
            H::EndringIBostedsadresseUtenFlytting,
            vec![korriger("bostedsadresse", bosted(&gate))],
        ),
        8 => (H::EndringIBostedsadresse, vec![annuller(Entitet::Bostedsadresse)]),
        9 => (
            H::EndringIAdressebeskyttelse,
            vec![ny("adressebeskyttelse", json!({"graderingsnivaa": "fortrolig"}))],
        ),
        10 => (
            H::EndringIAdressebeskyttelse,
            vec![opphoer(Entitet::Adressebeskyttelse)],
        ),
        // An erasure: everything of where the person has lived goes.
        11 | 12 => (
            H::EndringIAdressebeskyttelse,
            vec![
                ny("adressebeskyttelse", json!({"graderingsnivaa": "strengtFortrolig"})),
                ny(
                    "postadresse",
                    json!({"adressegradering": "ugradert", "postboksadresse": {"postboks": "KRIPOS"}}),
                ),
            ],
        ),
        13 => (
            H::PersonErDoed,
            vec![
                ny("doedsfall", json!({"doedsdato": "2026-01-01"})),
                ny("status", json!({"status": "doed"})),
            ],
        ),
        14 => (
            H::EndringIDoedsfall,
            vec![
                annuller(Entitet::Doedsfall),
                korriger("status", json!({"status": "bosatt"})),
            ],
        ),
        15 => (H::PersonErOpphoert, vec![]),
        _ => {
            let les = register.les().unwrap();
            let kontakt = les.gjeldende_nummer(person).unwrap()?;
            let (_, doed) = noen(lodd, register)?;
            let bo = json!({"person": {"foedselsEllerDNummer": kontakt}, "skifteform": "annet",
                "attestutstedelsesdato": "2025-05-05",
                "adresse": {"adresselinje": ["Skiftegata 1"], "poststedsnavn": "OSLO", "postnummer": "0001"}});
            return Some(Handling::Registrer {
                person: doed,
                hendelsestype: H::EndringIKontaktopplysningerForDoedsbo,
                endringer: vec![ny("kontaktinformasjonForDoedsbo", bo)],
            });
        }
    };
    Some(Handling::Registrer {
        person: nummer,
        hendelsestype,
        endringer,
    })
}
