//! Runs every table of `eksempler/regler`.

use std::collections::BTreeSet;

use informasjonsmodell::Persondokument;
use konsistens::{Regel, gjennomgaa};
use register::{Kilde, Register};

use crate::folk::{dokument, importer, naa};

/// What stands in the second column where the register does not take somebody in.
const AVVIST: &str = "avvist av registeret";
/// What comes before the breaches of a row that the register guards by itself, where nothing does.
const LASTET: &str = "Lastet inn som det er: ";

/// Documents that an empty register takes as they are.
struct Fil(Vec<Persondokument>);

impl Kilde for Fil {
    fn grupper(&self) -> u32 {
        1
    }

    fn foer(&self, _: u32) -> u32 {
        0
    }

    fn dokumenter(&self, _: u32) -> Vec<Persondokument> {
        self.0.clone()
    }
}

fn ordene(personer: &str) -> impl Iterator<Item = (&str, Vec<&str>)> {
    personer.split(';').map(|person| {
        let mut ord = person.split_whitespace();
        (ord.next().unwrap(), ord.collect())
    })
}

fn brudd_lastet(personer: &str) -> String {
    let mappe = tempfile::tempdir().unwrap();
    let register = Register::aapne(mappe.path()).unwrap();
    let dokumenter = ordene(personer).map(|(hvem, ord)| Persondokument::les(dokument(hvem, &ord)).unwrap());
    register
        .last_inn(&Fil(dokumenter.collect()), 1, naa(), naa().sekunder(), &mut |_| {})
        .unwrap();
    brudd_i(&register, personer)
}

fn brudd(personer: &str) -> String {
    let mappe = tempfile::tempdir().unwrap();
    let register = Register::aapne(mappe.path()).unwrap();
    for (hvem, ord) in ordene(personer) {
        if !importer(&register, &dokument(hvem, &ord)) {
            return AVVIST.to_owned();
        }
    }
    brudd_i(&register, personer)
}

fn brudd_i(register: &Register, personer: &str) -> String {
    let navn: Vec<&str> = ordene(personer).map(|(hvem, _)| hvem).collect();
    assert_eq!(register.verifiser(&mut |_| {}).unwrap(), []);
    let mut alle = Vec::new();
    let rapport = gjennomgaa(&register.les().unwrap(), 1, 1_000, &mut |person, regler| {
        let hvem = &navn[person.nummer() as usize - 1];
        alle.extend(regler.iter().map(|r| format!("{hvem} {}", r.kode())));
    })
    .unwrap();
    assert_eq!(
        (rapport.personer, rapport.uleselige, rapport.neste),
        (navn.len() as u64, 0, None)
    );
    assert_eq!(rapport.brudd.values().sum::<u64>(), alle.len() as u64);
    if alle.is_empty() {
        "-".to_owned()
    } else {
        alle.join(", ")
    }
}

#[test]
fn each_rule_is_kept_and_broken_by_whom_its_table_says() {
    let mappe = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../eksempler/regler");
    let mut filer: Vec<_> = std::fs::read_dir(mappe).unwrap().map(|f| f.unwrap().path()).collect();
    filer.sort();
    let (mut avvik, mut brutt, mut holdt) = (Vec::new(), BTreeSet::new(), 0);
    for fil in filer.iter().filter(|f| !f.ends_with("README.md")) {
        let innhold = std::fs::read_to_string(fil).unwrap();
        assert!(
            innhold.contains("\nRegel: ") && innhold.contains("\nKilde: "),
            "{}",
            fil.display()
        );
        for rad in innhold.lines().filter(|l| l.starts_with("| ")).skip(1) {
            let celler: Vec<&str> = rad.trim_matches('|').split('|').map(str::trim).collect();
            let [personer, ventet, hvorfor] = celler.as_slice() else {
                panic!("{rad}")
            };
            let mut sjekk = |ble: String, ventet: &str| {
                if ble != ventet {
                    avvik.push(format!("{personer} ({hvorfor})\n  ble    {ble}\n  ventet {ventet}"));
                }
                brutt.extend(ventet.split(", ").filter_map(|b| Regel::fra_kode(b.split_once(' ')?.1)));
            };
            sjekk(brudd(personer), ventet);
            if let Some((_, lastet)) = hvorfor.split_once(LASTET) {
                sjekk(brudd_lastet(personer), lastet);
            }
            holdt += usize::from(*ventet == "-");
            // What the register refuses, or takes away, nobody can break here: `regler/tests.rs` does.
            if *ventet == AVVIST || hvorfor.starts_with("registeret sletter") {
                brutt.extend(fil.file_stem().and_then(|n| Regel::fra_kode(n.to_str()?)));
            }
        }
    }
    assert!(avvik.is_empty(), "{}", avvik.join("\n"));
    assert_eq!(
        brutt,
        Regel::ALLE.iter().copied().collect(),
        "en regel som ingen rad bryter"
    );
    assert!(holdt > 20, "{holdt}");
}

#[test]
fn a_register_is_gone_through_in_parts_and_a_part_knows_where_to_go_on() {
    let mappe = tempfile::tempdir().unwrap();
    let register = Register::aapne(mappe.path()).unwrap();
    for navn in ["A", "B", "C", "D", "E"] {
        let feil: &[&str] = if navn == "D" { &["status=doed"] } else { &[] };
        assert!(importer(&register, &dokument(navn, feil)));
    }
    let les = register.les().unwrap();
    let (mut fra, mut sett, mut brutt) = (1, Vec::new(), Vec::new());
    loop {
        let del = gjennomgaa(&les, fra, 2, &mut |p, _| brutt.push(p.nummer())).unwrap();
        sett.push(del.personer);
        match del.neste {
            Some(neste) => fra = neste.nummer(),
            None => break,
        }
    }
    assert_eq!((sett, brutt), (vec![2, 2, 1], vec![4]));
    assert_eq!(gjennomgaa(&les, 6, 2, &mut |_, _| {}).unwrap().personer, 0);
    assert_eq!(gjennomgaa(&les, 0, 9, &mut |_, _| {}).unwrap().personer, 5);
}
