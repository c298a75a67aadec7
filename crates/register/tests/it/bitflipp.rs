//! A bit that turns over anywhere in the files: an answer is right, or it is refused. It is never quietly another.
//!
//! Each damaged store is read by a process of its own, for LMDB may fall over what lies in a page.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use register::Register;
use tilgang::Projeksjon;

use crate::drap::{MAPPE, Tilfeldig, runder, tall};
use crate::felles::{Prove, nr, person};
use crate::invarianter::spill;

const PERSONER: u32 = 400;

/// Every answer that the register gives, a line each: what was asked, and what came.
fn svar(register: &Register) -> BTreeMap<String, String> {
    let mut ut = BTreeMap::new();
    let Ok(les) = register.les() else { return ut };
    for n in 1..=PERSONER + 20 {
        let id = identifikator::Folkeregisteridentifikator::parse(&nr(n)).unwrap();
        let lest = les.finn(&id).and_then(|funnet| match funnet {
            None => Ok("ingen".to_owned()),
            Some(p) => Ok(les
                .eksporter(p)?
                .map_or("ingen".to_owned(), |d| String::from_utf8(d.til_json()).unwrap())),
        });
        ut.insert(format!("person {n}"), lest.unwrap_or_else(|_| "feil".to_owned()));
    }
    for p in [Projeksjon::MedHjemmel, Projeksjon::Finans, Projeksjon::Presse] {
        for fra in [1, 200, 400] {
            let side = les.feed(p, fra, 200).map(|side| format!("{side:?}"));
            ut.insert(format!("feed {p:?} {fra}"), side.unwrap_or_else(|_| "feil".to_owned()));
        }
    }
    ut
}

#[test]
#[ignore = "startes av en annen prøve"]
fn barn_som_leser() {
    let Some(mappe) = std::env::var_os(MAPPE) else { return };
    let mut ut = String::new();
    match Register::aapne(Path::new(&mappe)) {
        Ok(register) => {
            for (hva, svar) in svar(&register) {
                ut += &format!("\nSVAR {hva}\t{svar}");
            }
        }
        Err(_) => ut += "\nNEKTET",
    }
    std::io::stdout()
        .write_all(format!("{ut}\nSLUTT\n").as_bytes())
        .unwrap();
}

fn les_i_egen_prosess(mappe: &Path) -> Option<BTreeMap<String, String>> {
    let ut = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "bitflipp::barn_som_leser",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(MAPPE, mappe)
        .stderr(Stdio::null())
        .output()
        .unwrap();
    let tekst = String::from_utf8_lossy(&ut.stdout).into_owned();
    tekst.contains("\nSLUTT").then(|| {
        let linjer = tekst.lines().filter_map(|l| l.strip_prefix("SVAR ")?.split_once('\t'));
        linjer.map(|(a, b)| (a.to_owned(), b.to_owned())).collect()
    })
}

#[test]
fn paalitelighet_05_en_bit_som_snur_gir_aldri_et_galt_svar() {
    let mut prove = Prove::new();
    for n in 1..=PERSONER {
        prove.opprett(&person(n).bosatt(&format!("Gate{n}veien")));
    }
    for x in 0..200 {
        spill(&prove, (u8::try_from(x % 14).unwrap(), x * 7 % PERSONER + 1, x));
    }
    prove.lukk();
    let hel = prove.mappe.path();
    let fasit = les_i_egen_prosess(hel).unwrap();
    assert!(fasit.len() > 400 && fasit.values().filter(|s| *s == "feil").count() == 0);
    let mut tilfeldig = Tilfeldig(4711);
    let runder = runder(120, 10_000);
    let (mut gale, mut borte, mut merket, mut falt) = (0, 0, 0, 0);
    for runde in 0..runder {
        let kopi = tempfile::tempdir().unwrap();
        lager::mappe::kopier(hel, kopi.path()).unwrap();
        let fil = kopi.path().join(if runde % 8 == 7 {
            "personnoekler/1/data.mdb"
        } else {
            "register/data.mdb"
        });
        let mut byte = std::fs::read(&fil).unwrap();
        let plass = usize::try_from(tilfeldig.neste(byte.len() as u64)).unwrap();
        byte[plass] ^= 1 << tilfeldig.neste(8);
        std::fs::write(&fil, byte).unwrap();
        let Some(fikk) = les_i_egen_prosess(kopi.path()) else {
            falt += 1;
            continue;
        };
        let mut noe = fikk.is_empty();
        for (hva, svar) in &fikk {
            let ventet = &fasit[hva];
            noe |= svar != ventet;
            if svar == "ingen" && ventet != svar {
                borte += 1;
                eprintln!("runde {runde}, {} plass {plass}: {hva} er borte", fil.display());
            } else if svar != "feil" && svar != ventet {
                gale += 1;
                eprintln!(
                    "runde {runde}, {} plass {plass}, {hva}:\n{svar}\n{ventet}",
                    fil.display()
                );
            }
        }
        merket += u32::from(noe);
    }
    tall(5, "bit_runder", runder, "runder", ">= 1");
    tall(5, "bit_merket_i_svar", merket, "runder", ">= 0");
    tall(5, "bit_prosessen_falt", falt, "runder", ">= 0");
    tall(5, "bit_galt_svar", gale, "svar", "= 0");
    tall(5, "bit_stille_borte", borte, "svar", "= 0");
    assert_eq!((gale, borte), (0, 0));
}
