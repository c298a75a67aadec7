//! Documents from outside: new, changed, equal, refused.

use register::Importutfall::{Endret, Lik, Ny};
use serde_json::json;
use tilgang::Projeksjon;

use crate::felles::{Bygger, Prove, nr, oppfoering, person, postboks, skifte};

const MH: Projeksjon = Projeksjon::MedHjemmel;

#[track_caller]
fn feiler(prove: &Prove, bygger: &Bygger, ventet: &str) {
    let foer = prove.register().avtrykk_av_primaerdata().unwrap();
    assert_eq!(prove.importer(bygger).unwrap_err().to_string(), ventet);
    assert_eq!(prove.register().avtrykk_av_primaerdata().unwrap(), foer);
    prove.sjekk();
}

#[test]
fn a_document_is_new_then_equal_then_changed_and_the_archive_keeps_what_was() {
    let prove = Prove::new();
    let dokument = person(1)
        .bosatt("Ekorngata")
        .med("statsborgerskap", json!({"statsborgerskap": "NOR"}));
    assert_eq!(prove.importer(&dokument).unwrap(), Ny);
    let foer = prove.tekst(1, MH).unwrap();
    let arkivert = prove.siste().persondokument.unwrap();
    assert_eq!(prove.importer(&dokument).unwrap(), Lik);
    assert_eq!(prove.feed(MH).len(), 1);
    let mut annet = dokument.clone();
    annet.0["statsborgerskap"] = json!([
        oppfoering(json!({"statsborgerskap": "SWE"})),
        oppfoering(json!({"statsborgerskap": "NOR"}))
    ]);
    assert_eq!(prove.importer(&annet).unwrap(), Endret);
    assert_eq!(prove.typer(MH, 1), [("personErOppdatert", nr(1))]);
    assert!(prove.siste().hendelsesdokument.is_none());
    assert_eq!(prove.eksport(1), annet.0);
    assert_eq!(prove.arkiv(arkivert, MH), foer);
    assert_eq!(prove.importer(&annet).unwrap(), Lik);
    prove.sjekk();
}

#[test]
fn order_alone_is_no_change() {
    let prove = Prove::new();
    let land = |a: &str, b: &str| {
        let statsborgerskap = |land: &str| json!({"statsborgerskap": land});
        person(1)
            .med("statsborgerskap", statsborgerskap(a))
            .med("statsborgerskap", statsborgerskap(b))
    };
    prove.importer(&land("NOR", "SWE")).unwrap();
    assert_eq!(prove.importer(&land("SWE", "NOR")).unwrap(), Lik);
    prove.sjekk();
}

#[test]
fn numbers_of_two_persons_and_two_current_names_are_refused_with_nothing_stored() {
    let prove = Prove::new();
    prove.importer(&person(1)).unwrap();
    prove.importer(&person(2)).unwrap();
    let nummer = json!({"status": "opphoert", "foedselsEllerDNummer": nr(2), "identifikatortype": "foedselsnummer"});
    let mut begge = person(1).med("identifikasjonsnummer", nummer);
    begge.0["identifikasjonsnummer"][1]["erGjeldende"] = json!(false);
    feiler(
        &prove,
        &begge,
        "identifikatorene i dokumentet tilhører flere personer i registeret",
    );
    let navn = json!({"fornavn": "LYS", "etternavn": "BREKKE", "kilde": "en kilde som ikke skal bli igjen"});
    feiler(
        &prove,
        &person(1).med("navn", navn.clone()),
        "dokumentet har flere gjeldende oppføringer av navn",
    );
    feiler(
        &prove,
        &person(3).med("navn", navn),
        "dokumentet har flere gjeldende oppføringer av navn",
    );
    feiler(
        &prove,
        &person(3).uten("identifikasjonsnummer"),
        "dokumentet mangler identifikasjonsnummer",
    );
    let ugyldig =
        json!({"status": "iBruk", "foedselsEllerDNummer": "00000000000", "identifikatortype": "foedselsnummer"});
    let ugyldig = person(3)
        .uten("identifikasjonsnummer")
        .med("identifikasjonsnummer", ugyldig);
    feiler(
        &prove,
        &ugyldig,
        "identifikasjonsnummer er ikke et gyldig fødselsnummer eller D-nummer",
    );
    assert_eq!(prove.register().antall_personer().unwrap(), 2);
}

#[test]
fn members_the_model_does_not_know_are_kept_and_shown_by_med_hjemmel_alone() {
    let prove = Prove::new();
    let mut dokument = person(1);
    dokument.0["navn"][0]["framtidigNavnefelt"] = json!({"dypt": ["UKJENT1"]});
    dokument.0["framtidigEntitet"] = json!([{"verdi": "UKJENT2"}]);
    assert_eq!(prove.importer(&dokument).unwrap(), Ny);
    assert_eq!(prove.importer(&dokument).unwrap(), Lik);
    assert_eq!(prove.eksport(1), dokument.0);
    for projeksjon in Projeksjon::ALLE {
        let vist = prove.tekst(1, projeksjon).unwrap();
        let med_hjemmel = matches!(projeksjon, MH | Projeksjon::MedHjemmelUtenGraderte);
        assert_eq!(vist.contains("UKJENT1"), med_hjemmel, "{projeksjon:?}");
        // Nobody has been given a right to an entity that is not known.
        assert!(!vist.contains("UKJENT2"), "{projeksjon:?}");
    }
    // What is no entity changes: it is stored, and there is nothing to tell anyone.
    let antall = prove.feed(MH).len();
    dokument.0["framtidigEntitet"] = json!([]);
    assert_eq!(prove.importer(&dokument).unwrap(), Endret);
    assert_eq!(prove.eksport(1), dokument.0);
    assert_eq!(prove.feed(MH).len(), antall);
    prove.sjekk();
}

#[test]
fn a_strengt_fortrolig_document_keeps_no_address_new_or_known() {
    let strengt = person(1)
        .bosatt("Hemmelighetsgata")
        .med("innflytting", json!({"fraflyttingsland": "SWE"}))
        .med("postadresse", postboks("KRIPOS"))
        .gradering("strengtFortrolig");
    for kjent in [false, true] {
        let prove = Prove::new();
        if kjent {
            // The open postadresse was there before, and is what the document says it still is.
            let foer = person(1)
                .bosatt("Hemmelighetsgata")
                .med("postadresse", postboks("KRIPOS"));
            assert_eq!(prove.importer(&foer).unwrap(), Ny);
        }
        assert_eq!(prove.importer(&strengt).unwrap(), if kjent { Endret } else { Ny });
        let eksport = prove.eksport(1).to_string();
        assert!(!eksport.contains("Hemmelighetsgata") && !eksport.contains("SWE"));
        for projeksjon in Projeksjon::ALLE {
            assert!(prove.tekst(1, projeksjon).unwrap().contains("KRIPOS"), "{projeksjon:?}");
        }
        assert_eq!(prove.importer(&strengt).unwrap(), Lik);
        prove.sjekk();
    }
}

#[test]
fn a_fortrolig_document_is_taken_as_it_is_and_is_equal_afterwards() {
    let prove = Prove::new();
    prove.importer(&person(1).bosatt("Ekorngata")).unwrap();
    let fortrolig = person(1).bosatt("Ekorngata").gradering("fortrolig");
    assert_eq!(prove.importer(&fortrolig).unwrap(), Endret);
    assert_eq!(prove.importer(&fortrolig).unwrap(), Lik);
    assert_eq!(prove.eksport(1), fortrolig.0);
    assert!(!prove.tekst(1, Projeksjon::Finans).unwrap().contains("Ekorngata"));
    prove.sjekk();
}

#[test]
fn a_number_that_a_document_leaves_out_still_finds_the_person() {
    let prove = Prove::new();
    prove.importer(&person(1)).unwrap();
    prove.utfoer(vec![skifte(1, 2, None)]).unwrap();
    assert_eq!(prove.importer(&person(2)).unwrap(), Endret);
    assert_eq!(prove.importer(&person(2)).unwrap(), Lik);
    assert_eq!(prove.mh(1), prove.mh(2));
    // The one that was in use is left out: it ends.
    assert_eq!(prove.importer(&person(1)).unwrap(), Endret);
    let numre = prove.mh(2)["identifikasjonsnummer"].clone();
    assert_eq!(
        numre
            .as_array()
            .unwrap()
            .iter()
            .filter(|n| n["status"] == json!("iBruk"))
            .count(),
        1
    );
    assert_eq!(prove.importer(&person(1)).unwrap(), Lik);
    prove.sjekk();
}

#[test]
fn a_hidden_field_that_an_import_changes_is_hidden_from_those_who_may_not_see_it() {
    let gift = |med: u32, ajourhold: &str| {
        let mut dokument = person(1).med(
            "sivilstand",
            json!({"sivilstand": "gift", "relatertVedSivilstand": nr(med)}),
        );
        dokument.0["sivilstand"][0]["ajourholdstidspunkt"] = json!(ajourhold);
        dokument
    };
    let prove = Prove::new();
    prove.importer(&gift(8, "2025-01-01T12:00:00+01:00")).unwrap();
    let foer = prove.tekst(1, Projeksjon::OffentligUtenHjemmel);
    assert_eq!(prove.importer(&gift(9, "2025-06-06T12:00:00+02:00")).unwrap(), Endret);
    assert_eq!(prove.tekst(1, Projeksjon::OffentligUtenHjemmel), foer);
    assert_eq!(prove.feed(Projeksjon::OffentligUtenHjemmel).len(), 1);
    assert_eq!(prove.feed(Projeksjon::Finans).len(), 2);
    assert_eq!(prove.eksport(1), gift(9, "2025-06-06T12:00:00+02:00").0);
    prove.sjekk();
}
