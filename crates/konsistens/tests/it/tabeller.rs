//! Runs every table of `eksempler/regler`.

use std::collections::BTreeSet;

use konsistens::{Regel, gjennomgaa};
use register::Register;

use crate::folk::{dokument, importer};

/// What stands in the second column where the register does not take somebody in.
const AVVIST: &str = "avvist av registeret";

fn brudd(personer: &str) -> String {
    let mappe = tempfile::tempdir().unwrap();
    let register = Register::aapne(mappe.path()).unwrap();
    let mut navn = Vec::new();
    for person in personer.split(';') {
        let ord: Vec<&str> = person.split_whitespace().collect();
        let (hvem, resten) = ord.split_first().unwrap();
        if !importer(&register, &dokument(hvem, resten)) {
            return AVVIST.to_owned();
        }
        navn.push((*hvem).to_owned());
    }
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
            let ble = brudd(personer);
            if ble != *ventet {
                avvik.push(format!("{personer} ({hvorfor})\n  ble    {ble}\n  ventet {ventet}"));
            }
            holdt += usize::from(*ventet == "-");
            brutt.extend(ventet.split(", ").filter_map(|b| Regel::fra_kode(b.split_once(' ')?.1)));
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
