//! Changes of number, mergers and splittings: every number finds the person.

use informasjonsmodell::Hendelsestype as H;
use serde_json::json;
use tilgang::Projeksjon;

use crate::felles::{Prove, nr, ny, opphoer, person, sammenslaaing, skifte, splitting};

const MH: Projeksjon = Projeksjon::MedHjemmel;

/// The name that whoever has the number goes by.
#[track_caller]
fn navn(prove: &Prove, n: u32) -> String {
    prove.mh(n)["navn"][0]["fornavn"].as_str().unwrap().to_owned()
}

#[track_caller]
fn feiler(prove: &Prove, handling: informasjonsmodell::Handling, ventet: &str) {
    let foer = prove.register().avtrykk_av_primaerdata().unwrap();
    assert_eq!(prove.utfoer(vec![handling]).unwrap_err().to_string(), ventet);
    assert_eq!(prove.register().avtrykk_av_primaerdata().unwrap(), foer);
}

#[test]
fn a_new_number_gives_an_event_on_the_old_and_a_status_event_on_the_new() {
    let prove = Prove::new();
    prove.opprett(&person(1));
    let bosatt = vec![ny("status", json!({"status": "bosatt"}))];
    prove
        .utfoer(vec![skifte(1, 2, Some((H::PersonErBosatt, bosatt)))])
        .unwrap();
    assert_eq!(
        prove.typer(MH, 1),
        [("endringIIdentifikasjonsnummer", nr(1)), ("personErBosatt", nr(2))]
    );
    let vist = prove.mh(1);
    assert_eq!(vist, prove.mh(2));
    let numre = vist["identifikasjonsnummer"].as_array().unwrap();
    assert_eq!(
        (&numre[0]["status"], &numre[0]["foedselsEllerDNummer"]),
        (&json!("iBruk"), &json!(nr(2)))
    );
    assert_eq!(
        (&numre[1]["status"], &numre[1]["erGjeldende"]),
        (&json!("opphoert"), &json!(false))
    );
    // Those without the identifier hear nothing of its change.
    assert_eq!(prove.feed(Projeksjon::PresseUtenFolkeregisteridentifikator).len(), 2);
    feiler(
        &prove,
        skifte(1, 3, None),
        "fant ingen gjeldende oppføring av identifikasjonsnummer å endre",
    );
    feiler(
        &prove,
        skifte(2, 1, None),
        "identifikatoren tilhører allerede en annen person i registeret",
    );
    prove.sjekk();
}

#[test]
fn a_merger_leads_both_numbers_to_the_survivor_and_tells_of_both() {
    let prove = Prove::new();
    prove.opprett(&person(1).bosatt("Ekorngata"));
    prove.opprett(&person(2).bosatt("Elggata"));
    let dublett = prove.feed(MH)[1].persondokument.unwrap();
    let foer = prove.arkiv(dublett, MH);
    prove.slaa_sammen(1, 2);
    assert_eq!(
        prove.typer(MH, 2),
        [
            ("personErOpphoertSomDublett", nr(2)),
            ("personErViderefoertSomGjeldendeVedSammenslaaing", nr(1))
        ]
    );
    let feed = prove.feed(MH);
    assert!(feed[2].persondokument.is_none());
    assert!(feed[3].persondokument.is_some());
    assert_eq!(prove.mh(1), prove.mh(2));
    assert_eq!(prove.arkiv(dublett, MH), foer);
    assert_eq!(
        prove.siste_endringer(),
        [("identifikasjonsnummer".to_owned(), "registrereNy".to_owned())]
    );
    let numre = prove.mh(1)["identifikasjonsnummer"].clone();
    assert_eq!(numre[1]["status"], json!("opphoert"));
    assert_eq!(numre[1]["erGjeldende"], json!(false));
    // The survivor looks the same to those without the identifier; the ended one is gone.
    let uten = prove.typer(Projeksjon::PresseUtenFolkeregisteridentifikator, 2);
    assert_eq!(uten.len(), 1);
    feiler(&prove, sammenslaaing(1, 2), "identifikatorene tilhører samme person");
    feiler(
        &prove,
        sammenslaaing(1, 3),
        "ingen person i registeret har identifikatoren",
    );
    prove.sjekk();
}

#[test]
fn a_splitting_restores_the_person_as_it_was() {
    let prove = Prove::new();
    prove.opprett(&person(1));
    prove.opprett(&person(2).bosatt("Elggata"));
    let foer = prove.mh(2);
    prove.slaa_sammen(1, 2);
    prove.splitt(1, 2);
    assert_eq!(
        prove.typer(MH, 4),
        [
            ("personErEndretVedSplitting", nr(1)),
            ("personErGjenopprettetVedSplitting", nr(2))
        ]
    );
    assert_eq!(
        (navn(&prove, 1), navn(&prove, 2)),
        ("STILLE1".to_owned(), "STILLE2".to_owned())
    );
    let mut etter = prove.mh(2);
    assert_eq!(etter["identifikasjonsnummer"][0]["status"], json!("iBruk"));
    etter["identifikasjonsnummer"] = foer["identifikasjonsnummer"].clone();
    assert_eq!(etter, foer);
    assert_eq!(prove.mh(1)["identifikasjonsnummer"].as_array().unwrap().len(), 1);
    feiler(
        &prove,
        splitting(1, 2),
        "identifikatoren er ikke slått sammen med den andre",
    );
    prove.sjekk();
    // And they can be joined the other way.
    prove.slaa_sammen(2, 1);
    assert_eq!(navn(&prove, 1), "STILLE2");
    prove.sjekk();
}

#[test]
fn a_chain_of_mergers_can_be_split_at_any_link_and_again() {
    let prove = Prove::new();
    for n in 1..=3 {
        prove.opprett(&person(n));
    }
    prove.slaa_sammen(2, 1);
    prove.slaa_sammen(3, 2);
    for n in 1..=3 {
        assert_eq!(navn(&prove, n), "STILLE3");
    }
    prove.sjekk();
    // Two takes one with it.
    prove.splitt(3, 2);
    assert_eq!(
        (1..=3).map(|n| navn(&prove, n)).collect::<Vec<_>>(),
        ["STILLE2", "STILLE2", "STILLE3"]
    );
    prove.sjekk();
    prove.splitt(2, 1);
    assert_eq!(
        (1..=3).map(|n| navn(&prove, n)).collect::<Vec<_>>(),
        ["STILLE1", "STILLE2", "STILLE3"]
    );
    prove.sjekk();
    // The inner link first, while the one between is still merged.
    prove.slaa_sammen(2, 1);
    prove.slaa_sammen(3, 2);
    prove.splitt(3, 1);
    assert_eq!(
        (1..=3).map(|n| navn(&prove, n)).collect::<Vec<_>>(),
        ["STILLE1", "STILLE3", "STILLE3"]
    );
    prove.sjekk();
    prove.splitt(3, 2);
    assert_eq!(
        (1..=3).map(|n| navn(&prove, n)).collect::<Vec<_>>(),
        ["STILLE1", "STILLE2", "STILLE3"]
    );
    assert_eq!(prove.mh(2)["identifikasjonsnummer"].as_array().unwrap().len(), 1);
    prove.sjekk();
}

#[test]
fn every_number_a_person_has_had_finds_the_person() {
    let prove = Prove::new();
    prove.opprett(&person(1));
    prove.opprett(&person(2));
    prove.utfoer(vec![skifte(1, 11, None)]).unwrap();
    prove.utfoer(vec![skifte(2, 12, None)]).unwrap();
    prove.utfoer(vec![skifte(12, 22, None)]).unwrap();
    prove.slaa_sammen(11, 2);
    for n in [1, 2, 11, 12, 22] {
        assert_eq!(navn(&prove, n), "STILLE1");
    }
    assert_eq!(prove.mh(1)["identifikasjonsnummer"].as_array().unwrap().len(), 5);
    // Of the dublett's numbers only the one that the merger ended can be in use again.
    feiler(
        &prove,
        splitting(1, 2),
        "identifikatoren er ikke slått sammen med den andre",
    );
    prove.splitt(1, 22);
    for n in [2, 12, 22] {
        assert_eq!(navn(&prove, n), "STILLE2");
    }
    prove.sjekk();
}

#[test]
fn a_person_who_has_ended_survives_no_merger() {
    let prove = Prove::new();
    prove.opprett(&person(1));
    prove.opprett(&person(2));
    prove.registrer(1, H::PersonErOpphoert, vec![]);
    feiler(&prove, sammenslaaing(1, 2), "personen er opphørt");
    prove.slaa_sammen(2, 1);
    prove.registrer(1, H::EndringIStatus, vec![opphoer("status")]);
    prove.sjekk();
}
