//! `verify --regler` on the whole program: which rule is broken, how often, and, for one who asks and is recorded, by whom.

use serde_json::Value;

use crate::program::{Tjener, kjoer_paa, ny_mappe};

#[test]
fn an_operator_is_told_which_rule_is_broken_and_who_breaks_it_is_told_in_the_audit_log_too() {
    let mappe = ny_mappe();
    let mut tjener = Tjener::i_mappe(&mappe, &["--personer", "300"], &[]);
    tjener.behold_mappen();
    // A nation keeps them all.
    let ut = tjener.kommando(&["verify", "--regler"]).lyktes();
    assert!(ut.contains(" personer holdt opp mot 14 regler, 0 brudd\n"), "{ut}");
    // A document from outside says that somebody is dead, and where he lives; and that a woman is married to nobody who is.
    let navngitte: Value = serde_json::from_str(&tjener.kommando(&["navngitte", "--json"]).lyktes()).unwrap();
    let (gift, barn) = (
        navngitte["gift"].as_str().unwrap(),
        navngitte["tvilling"].as_str().unwrap(),
    );
    let eksport = mappe.join("eksport");
    tjener.kommando(&["export", eksport.to_str().unwrap()]).lyktes();
    let endret = mappe.join("endret");
    std::fs::create_dir_all(&endret).unwrap();
    let les = |nr: &str| -> Value {
        serde_json::from_slice(&std::fs::read(eksport.join(format!("{nr}.json"))).unwrap()).unwrap()
    };
    let skriv = |nr: &str, dokument: &Value| {
        std::fs::write(endret.join(format!("{nr}.json")), serde_json::to_vec(dokument).unwrap()).unwrap();
    };
    let mut dokument = les(gift);
    dokument["doedsfall"] = serde_json::json!({"doedsdato": "2025-12-24", "erGjeldende": true});
    skriv(gift, &dokument);
    let mut dokument = les(barn);
    for o in dokument["foreldreansvar"].as_array_mut().unwrap() {
        o["ansvar"] = "ukjent".into();
    }
    skriv(barn, &dokument);
    tjener
        .kommando(&["import", "persondokument", endret.to_str().unwrap()])
        .lyktes();

    let svar = tjener.kommando(&["verify", "--regler"]);
    assert_eq!(svar.kode, Some(1), "{svar:?}");
    let antall = |ut: &str, regel: &str| -> u64 {
        let linje = ut.lines().find(|l| l.starts_with(&format!("{regel} ")));
        linje.map_or(0, |l| l.split_whitespace().nth(1).unwrap().parse().unwrap())
    };
    for (regel, ventet) in [
        ("status-og-doedsfall", 1),
        ("doed-uten-adresse", 1),
        ("ektefelle-lever", 1),
        ("foreldreansvar", 3),
        ("historikk", 0),
    ] {
        assert_eq!(antall(&svar.ut, regel), ventet, "{regel}\n{}", svar.ut);
    }
    // How many, and not who.
    assert!(!svar.ut.contains(gift) && !svar.ut.contains(barn), "{}", svar.ut);
    assert!(!svar.feil.contains(gift), "{}", svar.feil);
    let innsyn = |nr: &str| tjener.kommando(&["audit", "innsyn", nr, "--alt"]).lyktes();
    let lest = |nr: &str| {
        innsyn(nr)
            .lines()
            .filter(|l| l.contains("verify --regler --personer"))
            .count()
    };
    assert_eq!(lest(gift), 0);
    let hvem = tjener.kommando(&["verify", "--regler", "--personer"]).ut;
    let har = |regel: &str, nr: &str| hvem.lines().any(|l| l.split_whitespace().eq([regel, nr]));
    assert!(har("doed-uten-adresse", gift) && har("foreldreansvar", barn), "{hvem}");
    assert_eq!((lest(gift), lest(barn)), (1, 1));
    tjener.kommando(&["verify", "--personer"]).sluttet_med(2);
    // The same without a server.
    assert_eq!(tjener.avbryt().0.code(), Some(0));
    assert_eq!(kjoer_paa(&mappe, &["verify", "--regler"]).ut, svar.ut);
    drop(tjener);
    std::fs::remove_dir_all(mappe).unwrap();
}
