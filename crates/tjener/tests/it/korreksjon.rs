//! Mass corrections over the whole program: feeds that stand still and come all and once, and a kill in the middle.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;
use tilgang::Pakke;

use crate::http::{Kall, Svar};
use crate::program::{Tjener, ny_mappe};

const MH: Pakke = Pakke::OffentligMedHjemmel;
const FINANS: Pakke = Pakke::Finans;
const REGEL: &str = "identitetsgrunnlag-unik";

fn token(tjener: &Tjener, pakke: Pakke) -> String {
    let ut = tjener.kommando(&["token", "--pakke", pakke.kortnavn()]).lyktes();
    ut.trim().to_owned()
}

fn hent(tjener: &Tjener, pakke: Pakke, token: &str, sti: &str) -> Svar {
    Kall::ny(tjener, pakke, sti)
        .token(token)
        .aksept("application/json")
        .send()
        .ok()
}

fn feed(tjener: &Tjener, pakke: Pakke, token: &str) -> Vec<Value> {
    let mut ut: Vec<Value> = Vec::new();
    loop {
        let side = hent(tjener, pakke, token, &format!("hendelser/feed?seq={}", ut.len() + 1)).json();
        let side = side.as_array().unwrap().clone();
        if side.is_empty() {
            break;
        }
        ut.extend(side);
    }
    for (nr, element) in (1..).zip(&ut) {
        assert_eq!(element["sekvensnummer"], nr);
    }
    ut
}

/// What items say, without what differs from one run to another: type and number.
fn sagt(elementer: &[Value]) -> Vec<(String, String)> {
    let tekst = |v: &Value| v.as_str().unwrap().to_owned();
    let om = |e: &Value| {
        let h = &e["hendelse"];
        (tekst(&h["hendelsetype"]), tekst(&h["folkeregisteridentifikator"]))
    };
    elementer.iter().map(om).collect()
}

fn status(tjener: &Tjener) -> Value {
    serde_json::from_str(&tjener.kommando(&["korreksjon", "status", "--json"]).lyktes()).unwrap()
}

fn vent_til(hva: &str, mut er: impl FnMut() -> bool) {
    let frist = Instant::now() + Duration::from_secs(60);
    while !er() {
        assert!(Instant::now() < frist, "{hva}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Writes everybody's document out, and gives one of somebody without protection: number and document.
fn en_uten_vern(tjener: &Tjener, mappe: &Path) -> (String, Value) {
    let ut = mappe.with_extension("eksport");
    let sti = ut.to_str().unwrap().to_owned();
    tjener.kommando(&["export", &sti]).lyktes();
    let mut filer: Vec<_> = std::fs::read_dir(&ut).unwrap().map(|f| f.unwrap().path()).collect();
    filer.sort();
    let funnet = filer.iter().find_map(|fil| {
        let dokument: Value = serde_json::from_slice(&std::fs::read(fil).unwrap()).unwrap();
        let bosatt = dokument["status"]
            .as_array()?
            .iter()
            .any(|s| s["status"] == "bosatt" && s["erGjeldende"] == true);
        let har = dokument.get("bostedsadresse").is_some() && dokument.get("adressebeskyttelse").is_none();
        (bosatt && har).then(|| (fil.file_stem().unwrap().to_str().unwrap().to_owned(), dokument))
    });
    std::fs::remove_dir_all(&ut).unwrap();
    funnet.unwrap()
}

#[test]
fn a_held_feed_stands_still_protection_passes_and_then_everything_comes_once_and_in_order() {
    let tjener = Tjener::start(200);
    let (mh, finans) = (token(&tjener, MH), token(&tjener, FINANS));
    let foer = [feed(&tjener, MH, &mh), feed(&tjener, FINANS, &finans)];
    let siste = |pakke, token: &str| hent(&tjener, pakke, token, "hendelser/siste/sekvensnummer").tekst();
    let sist = [siste(MH, &mh), siste(FINANS, &finans)];
    let side = format!("hendelser/feed?seq={}", foer[0].len());
    let etag = hent(&tjener, MH, &mh, &side).hode("etag").to_owned();

    let ut = tjener
        .kommando(&[
            "korreksjon",
            "start",
            "--regel",
            REGEL,
            "--holdt",
            "--per-sekund",
            "40",
            "--bakgrunn",
        ])
        .lyktes();
    assert_eq!(ut, "korreksjon 1\n");
    let feil = tjener.kommando(&["korreksjon", "start", "--regel", REGEL]).feilet();
    assert!(feil.contains("korreksjon 1 er ikke ferdig"), "{feil}");
    vent_til("ingen er rettet", || {
        status(&tjener)["korreksjoner"][0]["rettet"].as_u64() > Some(20)
    });
    // Corrected, answered as it is now, and the feeds are as they were.
    let uendret = Kall::ny(&tjener, MH, &side)
        .token(&mh)
        .aksept("application/json")
        .hode("if-none-match", &etag)
        .send();
    assert_eq!(uendret.status, 304);
    assert_eq!([siste(MH, &mh), siste(FINANS, &finans)], sist);
    assert!(status(&tjener)["hendelseslister"].as_array().unwrap().len() >= 10);
    let meldinger = Kall::rot(&tjener, "/folkeregisteret/driftsmeldinger")
        .send()
        .ok()
        .json();
    assert_eq!(meldinger[0]["tittel"], format!("Masseendring 1: {REGEL}"));
    assert_eq!(
        (&meldinger[0]["iKraft"], &meldinger[0]["virkning"]),
        (&true.into(), &"ikkeOppdatert".into())
    );

    // Somebody is protected in the middle of it.
    tjener.kommando(&["korreksjon", "pause", "1"]).lyktes();
    let (nummer, mut dokument) = en_uten_vern(&tjener, &tjener.mappe);
    let vern = serde_json::json!([{"graderingsnivaa": "strengtFortrolig", "erGjeldende": true}]);
    dokument["adressebeskyttelse"] = vern;
    let inn = tjener.mappe.with_extension("import");
    std::fs::create_dir_all(&inn).unwrap();
    std::fs::write(inn.join("en.json"), dokument.to_string()).unwrap();
    tjener
        .kommando(&["import", "persondokument", inn.to_str().unwrap()])
        .lyktes();
    std::fs::remove_dir_all(&inn).unwrap();
    let etter = feed(&tjener, MH, &mh);
    assert_eq!(etter.len(), foer[0].len() + 1);
    assert_eq!(
        sagt(&etter[foer[0].len()..]),
        [("personErOppdatert".to_owned(), nummer.clone())]
    );
    assert!(
        !hent(&tjener, FINANS, &finans, &format!("personer/{nummer}"))
            .tekst()
            .contains("adressenavn")
    );

    tjener.kommando(&["korreksjon", "fortsett", "1"]).lyktes();
    let ut = tjener.kommando(&["korreksjon", "foelg", "1"]).lyktes();
    assert!(ut.contains(", holdt, ferdig. "), "{ut}");
    let jobb = &status(&tjener)["korreksjoner"][0];
    let rettet = jobb["rettet"].as_u64().unwrap();
    let alt = feed(&tjener, MH, &mh);
    assert_eq!(alt[..etter.len()], etter);
    let nye = sagt(&alt[etter.len()..]);
    assert_eq!(nye.len() as u64, rettet);
    assert_eq!(jobb["elementer"]["offentlig-med-hjemmel"], rettet);
    let mut talt = BTreeMap::new();
    for (slag, nr) in &nye {
        assert_eq!(slag, "endringIIdentitetsgrunnlag");
        *talt.entry(nr).or_insert(0) += 1;
    }
    assert!(talt.values().all(|antall| *antall == 1) && talt.len() > 100);
    vent_til("meldingen gjelder fortsatt", || {
        let meldinger = Kall::rot(&tjener, "/folkeregisteret/driftsmeldinger")
            .send()
            .ok()
            .json();
        meldinger[0]["tilstand"] == "loest" && meldinger[0]["iKraft"] == false
    });
    assert_eq!(status(&tjener)["hendelseslister"], serde_json::json!([]));
    // Once is enough.
    let ut = tjener
        .kommando(&["korreksjon", "start", "--regel", REGEL, "--proev"])
        .lyktes();
    assert!(ut.contains(" 0 ville blitt rettet med 0 hendelser"), "{ut}");
    tjener.kommando(&["verify"]).lyktes();
    let (logg, audit) = (tjener.logglinjer(), tjener.kommando(&["audit", "verify"]).lyktes());
    assert!(!logg.contains(&nummer) && !audit.contains(&nummer));
}

#[test]
fn a_tied_notice_that_says_not_updated_holds_the_feeds_of_its_packages_until_it_is_lifted() {
    let tjener = Tjener::start(120);
    let (mh, finans) = (token(&tjener, MH), token(&tjener, FINANS));
    let antall = |pakke, token: &str| feed(&tjener, pakke, token).len();
    let foer = (antall(MH, &mh), antall(FINANS, &finans));
    let ut = tjener
        .kommando(&[
            "driftsmelding",
            "ny",
            "--slag",
            "planlagtVedlikehold",
            "--tittel",
            "Finans står",
            "--tekst",
            "x",
            "--tjeneste",
            "hendelsesliste",
            "--pakke",
            "finans",
            "--virkning",
            "ikkeOppdatert",
            "--knyttet",
            "--json",
        ])
        .lyktes();
    let melding: Value = serde_json::from_str(&ut).unwrap();
    vent_til("ikke holdt", || {
        !status(&tjener)["hendelseslister"].as_array().unwrap().is_empty()
    });
    tjener
        .kommando(&["korreksjon", "start", "--regel", "meld-oppdatert"])
        .lyktes();
    let etter = (antall(MH, &mh), antall(FINANS, &finans));
    assert!(etter.0 > foer.0 + 100);
    assert_eq!(etter.1, foer.1);
    tjener
        .kommando(&["driftsmelding", "loes", &melding["nummer"].to_string()])
        .lyktes();
    vent_til("ikke publisert", || {
        status(&tjener)["hendelseslister"] == serde_json::json!([])
    });
    assert_eq!(antall(FINANS, &finans) - foer.1, antall(MH, &mh) - foer.0);
}

#[test]
fn a_job_that_is_killed_in_the_middle_goes_on_and_gives_what_one_that_was_not_gives() {
    let mappe = ny_mappe();
    let valg = ["--personer", "300"];
    let alle = |tjener: &Tjener| -> Vec<Vec<(String, String)>> {
        [MH, Pakke::OffentligUtenHjemmel, FINANS, Pakke::Privat]
            .into_iter()
            .map(|p| sagt(&feed(tjener, p, &token(tjener, p))))
            .collect()
    };
    // As many in a commit, so that those who are corrected by the ordinary way come at the same places.
    let start = [
        "korreksjon",
        "start",
        "--regel",
        REGEL,
        "--holdt",
        "--per-sekund",
        "60",
        "--bakgrunn",
    ];
    let fasit = {
        let tjener = Tjener::start(300);
        tjener.kommando(&start).lyktes();
        tjener.kommando(&["korreksjon", "foelg", "1"]).lyktes();
        alle(&tjener)
    };
    for omgang in 0..4 {
        let mut tjener = Tjener::i_mappe(&mappe, &valg, &[]);
        tjener.behold_mappen();
        if omgang == 0 {
            tjener.kommando(&start).lyktes();
        }
        let rettet = |tjener: &Tjener| status(tjener)["korreksjoner"][0]["rettet"].as_u64().unwrap();
        let her = rettet(&tjener);
        vent_til("kom ikke videre", || rettet(&tjener) > her);
        // At another place of the round each time.
        std::thread::sleep(Duration::from_millis(7 * omgang));
        tjener.signal("KILL");
    }
    let tjener = Tjener::i_mappe(&mappe, &valg, &[]);
    tjener.kommando(&["korreksjon", "foelg", "1"]).lyktes();
    let fikk = alle(&tjener);
    for (fikk, ventet) in fikk.iter().zip(&fasit) {
        // Not the lists themselves: they are long.
        let foerste = fikk.iter().zip(ventet).position(|(a, b)| a != b);
        assert_eq!((fikk.len(), foerste), (ventet.len(), None));
    }
    tjener.kommando(&["verify"]).lyktes();
    tjener.kommando(&["replay"]).lyktes();
    assert!(alle(&tjener) == fasit);
    let meldinger = Kall::rot(&tjener, "/folkeregisteret/driftsmeldinger")
        .send()
        .ok()
        .json();
    let egne = meldinger.as_array().unwrap().iter();
    assert_eq!(
        egne.filter(|m| m["tittel"] == format!("Masseendring 1: {REGEL}"))
            .count(),
        1
    );
}

#[test]
fn a_file_is_taken_line_by_line_and_one_that_changes_stops_the_job() {
    let tjener = Tjener::start(120);
    let mh = token(&tjener, MH);
    let mut numre: Vec<String> = sagt(&feed(&tjener, MH, &mh)).into_iter().map(|(_, nr)| nr).collect();
    numre.sort();
    numre.dedup();
    let fil = tjener.mappe.with_extension("jsonl");
    let linje = |nr: &String| format!("{{\"person\":\"{nr}\",\"meldOppdatert\":true}}\n");
    std::fs::write(&fil, numre.iter().take(40).map(linje).collect::<String>()).unwrap();
    let sti = fil.to_str().unwrap();
    let foer = feed(&tjener, MH, &mh).len();
    let ut = tjener
        .kommando(&["korreksjon", "start", "--fil", sti, "--proev"])
        .lyktes();
    assert!(ut.contains("Prøvd; ingenting er endret. 40 sett på, 40 ville"), "{ut}");
    assert_eq!(feed(&tjener, MH, &mh).len(), foer);
    tjener
        .kommando(&["korreksjon", "start", "--fil", sti, "--per-sekund", "5", "--bakgrunn"])
        .lyktes();
    vent_til("kom ikke i gang", || {
        status(&tjener)["korreksjoner"][0]["rettet"].as_u64() > Some(0)
    });
    std::fs::write(&fil, linje(&numre[50])).unwrap();
    vent_til("stanset ikke", || {
        status(&tjener)["korreksjoner"][0]["tilstand"] == "feilet"
    });
    let vist = tjener.kommando(&["korreksjon", "status"]).lyktes();
    assert!(vist.contains("ikke den samme"), "{vist}");
    assert!(!vist.contains(&numre[0]));
    tjener.kommando(&["korreksjon", "stopp", "1"]).lyktes();
    // A line that says nothing that can be done: nothing is begun.
    std::fs::write(&fil, format!("{}{{\"person\":\"{}\"}}\n", linje(&numre[0]), numre[1])).unwrap();
    let feil = tjener.kommando(&["korreksjon", "start", "--fil", sti]).feilet();
    assert!(feil.contains("linje 2") && !feil.contains(&numre[1]), "{feil}");
    std::fs::remove_file(&fil).unwrap();
}
