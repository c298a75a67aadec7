//! Endings of persons and what undoes them: opphoer and reaktivering, death and annulled death.

use informasjonsmodell::Hendelsestype as H;
use serde_json::json;
use tilgang::Projeksjon;

use crate::felles::{Prove, annuller, bosted, korriger, ny, opphoer, person};

#[test]
fn an_ended_person_keeps_number_and_status_and_comes_back_whole() {
    let prove = Prove::new();
    prove.opprett(
        &person(1)
            .bosatt("Ekorngata")
            .med("statsborgerskap", json!({"statsborgerskap": "NOR"})),
    );
    prove.registrer(
        1,
        H::EndringINavn,
        vec![ny("navn", json!({"fornavn": "LYS", "etternavn": "BREKKE"}))],
    );
    let foer = prove.mh(1);
    let arkivert = prove.siste().persondokument.unwrap();
    prove.registrer(
        1,
        H::PersonErOpphoert,
        vec![ny("status", json!({"status": "opphoert"}))],
    );
    let opphoert = prove.mh(1);
    assert_eq!(opphoert.as_object().unwrap().len(), 2);
    assert_eq!(opphoert["identifikasjonsnummer"][0]["status"], json!("opphoert"));
    assert_eq!(opphoert["status"].as_array().unwrap().len(), 1);
    assert_eq!(prove.arkiv(arkivert, Projeksjon::MedHjemmel), foer.to_string());
    let feil = prove.proev(
        1,
        H::EndringINavn,
        vec![ny("navn", json!({"fornavn": "A", "etternavn": "B"}))],
    );
    assert_eq!(feil.unwrap_err().to_string(), "personen er opphørt");
    prove.sjekk();

    prove.registrer(
        1,
        H::PersonErReaktivert,
        vec![ny("navn", json!({"fornavn": "KLAR", "etternavn": "VIK"}))],
    );
    let etter = prove.mh(1);
    // What the event said itself is not taken from before, except as far as it was history already.
    let navn: Vec<_> = etter["navn"]
        .as_array()
        .unwrap()
        .iter()
        .map(|n| n["fornavn"].clone())
        .collect();
    assert_eq!(navn, [json!("KLAR"), json!("STILLE1")]);
    for entitet in ["bostedsadresse", "statsborgerskap", "foedsel", "kjoenn"] {
        assert_eq!(etter[entitet], foer[entitet], "{entitet}");
    }
    let status: Vec<_> = etter["status"].as_array().unwrap().iter().collect();
    assert_eq!(status.iter().filter(|s| s["erGjeldende"] == json!(true)).count(), 1);
    assert!(
        status
            .iter()
            .any(|s| s["status"] == json!("bosatt") && s["erGjeldende"] == json!(true))
    );
    assert_eq!(etter["identifikasjonsnummer"][0]["status"], json!("iBruk"));
    prove.sjekk();
}

#[test]
fn an_ending_without_a_status_gets_one() {
    let prove = Prove::new();
    prove.opprett(&person(1));
    prove.registrer(1, H::PersonErOpphoert, vec![]);
    assert_eq!(prove.mh(1)["status"][0]["status"], json!("opphoert"));
    assert_eq!(
        prove.typer(Projeksjon::OffentligUtenHjemmel, 1)[0].0,
        "personErOpphoert"
    );
    prove.sjekk();
}

#[test]
fn a_person_imported_as_ended_can_be_restored() {
    let prove = Prove::new();
    let nummer = json!({"status": "opphoert", "foedselsEllerDNummer": crate::felles::nr(1), "identifikatortype": "foedselsnummer"});
    let opphoert = crate::felles::Bygger(json!({}))
        .med("identifikasjonsnummer", nummer)
        .med("status", json!({"status": "opphoert"}));
    prove.importer(&opphoert).unwrap();
    let feil = prove.proev(1, H::EndringIStatus, vec![ny("status", json!({"status": "bosatt"}))]);
    assert_eq!(feil.unwrap_err().to_string(), "personen er opphørt");
    prove.registrer(
        1,
        H::PersonErReaktivert,
        vec![ny("status", json!({"status": "bosatt"}))],
    );
    assert_eq!(prove.mh(1)["identifikasjonsnummer"][0]["status"], json!("iBruk"));
    prove.sjekk();
}

#[test]
fn a_death_closes_the_address_and_an_annulled_death_leaves_none() {
    let prove = Prove::new();
    prove.opprett(&person(1).bosatt("Ekorngata"));
    prove.registrer(
        1,
        H::PersonErDoed,
        vec![
            ny("doedsfall", json!({"doedsdato": "2026-01-01"})),
            ny("status", json!({"status": "doed"})),
            opphoer("bostedsadresse"),
        ],
    );
    let doed = prove.mh(1);
    assert_eq!(doed["bostedsadresse"][0]["erGjeldende"], json!(false));
    assert_eq!(doed["status"].as_array().unwrap().len(), 2);
    assert_eq!(prove.typer(Projeksjon::Privat, 1)[0].0, "endringIPerson");
    prove.registrer(
        1,
        H::PersonErReaktivert,
        vec![
            annuller("doedsfall"),
            korriger("status", json!({"status": "bosatt"})),
            ny("bostedsadresse", bosted("Ekorngata", "ugradert")),
        ],
    );
    let igjen = prove.mh(1);
    assert!(igjen.get("doedsfall").is_none());
    assert_eq!(igjen["status"][0]["status"], json!("bosatt"));
    assert_eq!(igjen["bostedsadresse"][0]["erGjeldende"], json!(true));
    assert_eq!(
        prove
            .siste_endringer()
            .iter()
            .map(|(e, t)| format!("{e} {t}"))
            .collect::<Vec<_>>(),
        ["status korrigere", "doedsfall annullere", "bostedsadresse registrereNy"]
    );
    assert_eq!(prove.typer(Projeksjon::MedHjemmel, 2)[0].0, "personErReaktivert");
    prove.sjekk();
}

#[test]
fn invariant_9_kjoenn_og_foedselsdato_leses_aldri_av_nummeret() {
    // The number's date is 2 January 1990; the fields say otherwise, and every projection shows the fields.
    let prove = Prove::new();
    let avvik = person(1).uten("kjoenn").uten("foedsel");
    for (kjoenn, dato, aar) in [("mann", "1971-07-07", "1971"), ("kvinne", "2003-03-03", "2003")] {
        let dokument = avvik
            .clone()
            .med("kjoenn", json!({"kjoenn": kjoenn}))
            .med("foedsel", json!({"foedselsdato": dato, "foedselsaar": aar}));
        prove.importer(&dokument).unwrap();
        for projeksjon in Projeksjon::ALLE {
            let vist = prove.vis(1, projeksjon);
            assert_eq!(vist["kjoenn"][0]["kjoenn"], json!(kjoenn), "{projeksjon:?}");
            assert_eq!(vist["foedsel"][0]["foedselsdato"], json!(dato), "{projeksjon:?}");
            assert_eq!(vist["foedsel"][0]["foedselsaar"], json!(aar), "{projeksjon:?}");
        }
    }
    // And nothing is shown where the fields are missing.
    prove.importer(&avvik).unwrap();
    let vist = prove.mh(1);
    assert!(vist.get("kjoenn").is_none() && vist.get("foedsel").is_none());

    // What a number hints at is for checking and explaining, so the crates that show persons never ask.
    let crates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut lest = 0;
    for navn in ["register", "tilgang", "folkeregister"] {
        let mut mapper = vec![crates.join(navn).join("src")];
        while let Some(mappe) = mapper.pop() {
            for fil in std::fs::read_dir(mappe).unwrap().map(|f| f.unwrap().path()) {
                if fil.is_dir() {
                    mapper.push(fil);
                } else {
                    let tekst = std::fs::read_to_string(&fil).unwrap();
                    lest += 1;
                    for kall in ["kjoenn_antydet", "mulige_foedselsdatoer", "foedselsdatoer_under"] {
                        assert!(!tekst.contains(kall), "{} bruker {kall}", fil.display());
                    }
                }
            }
        }
    }
    assert!(lest > 40, "{lest}");
}
