//! New values, corrections, annulments and endings: what becomes history, what the event says, and who hears of it.

use informasjonsmodell::Hendelsestype as H;
use serde_json::{Value, json};
use tilgang::Projeksjon;

use crate::felles::{Prove, annuller, bosted, korriger, ny, opphoer, person};

fn liste<'a>(dokument: &'a Value, entitet: &str) -> Vec<&'a Value> {
    dokument[entitet]
        .as_array()
        .map(|l| l.iter().collect())
        .unwrap_or_default()
}

#[track_caller]
fn endringer(prove: &Prove, ventet: &[(&str, &str)]) {
    let fikk = prove.siste_endringer();
    let fikk: Vec<_> = fikk.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(fikk, ventet);
}

#[test]
fn a_new_value_of_a_one_at_a_time_entity_makes_the_former_history() {
    let prove = Prove::new();
    prove.opprett(&person(1));
    prove.registrer(
        1,
        H::EndringINavn,
        vec![ny("navn", json!({"fornavn": "LYS", "etternavn": "BREKKE"}))],
    );
    let navn = prove.mh(1);
    let navn = liste(&navn, "navn");
    assert_eq!(
        (&navn[0]["fornavn"], &navn[0]["erGjeldende"]),
        (&json!("LYS"), &json!(true))
    );
    assert_eq!(
        (&navn[1]["fornavn"], &navn[1]["erGjeldende"]),
        (&json!("STILLE1"), &json!(false))
    );
    assert!(navn[1].get("opphoerstidspunkt").is_none());
    endringer(&prove, &[("navn", "registrereNy")]);
    prove.sjekk();
}

#[test]
fn a_new_value_of_a_parallel_entity_stands_beside_the_others() {
    let prove = Prove::new();
    prove.opprett(&person(1).med("statsborgerskap", json!({"statsborgerskap": "NOR"})));
    prove.registrer(
        1,
        H::EndringIStatsborgerskap,
        vec![ny("statsborgerskap", json!({"statsborgerskap": "SWE"}))],
    );
    let vist = prove.mh(1);
    assert!(
        liste(&vist, "statsborgerskap")
            .iter()
            .all(|s| s["erGjeldende"] == json!(true))
    );
    assert_eq!(liste(&vist, "statsborgerskap").len(), 2);
    prove.sjekk();
}

#[test]
fn a_single_object_is_replaced_and_leaves_no_history() {
    let prove = Prove::new();
    prove.opprett(&person(1).med("doedsfall", json!({"doedsdato": "2025-05-05"})));
    prove.registrer(
        1,
        H::EndringIDoedsfall,
        vec![ny("doedsfall", json!({"doedsdato": "2025-05-06"}))],
    );
    assert_eq!(prove.mh(1)["doedsfall"]["doedsdato"], json!("2025-05-06"));
    endringer(&prove, &[("doedsfall", "registrereNy")]);
    prove.sjekk();
}

#[test]
fn a_correction_leaves_nothing_and_an_annulment_only_its_event() {
    let prove = Prove::new();
    prove.opprett(&person(1).bosatt("Ekorngata"));
    prove.registrer(
        1,
        H::EndringINavn,
        vec![korriger("navn", json!({"fornavn": "KLAR", "etternavn": "VIK"}))],
    );
    assert_eq!(liste(&prove.mh(1), "navn").len(), 1);
    endringer(&prove, &[("navn", "korrigere")]);
    prove.registrer(1, H::EndringIBostedsadresse, vec![annuller("bostedsadresse")]);
    assert!(prove.mh(1).get("bostedsadresse").is_none());
    endringer(&prove, &[("bostedsadresse", "annullere")]);
    let hendelse = prove.hendelse(prove.siste().hendelsesdokument.unwrap());
    assert!(
        hendelse["hendelse"]["egenskapshendelse"][0]
            .get("bostedsadresse")
            .is_none()
    );
    assert!(!hendelse.to_string().contains("Ekorngata"));
    prove.sjekk();
}

#[test]
fn an_ending_is_a_correction_with_a_time_and_no_successor() {
    let prove = Prove::new();
    prove.opprett(&person(1).bosatt("Ekorngata"));
    prove.registrer(1, H::EndringIBostedsadresse, vec![opphoer("bostedsadresse")]);
    let vist = prove.mh(1);
    let adresser = liste(&vist, "bostedsadresse");
    assert_eq!(adresser.len(), 1);
    assert_eq!(adresser[0]["erGjeldende"], json!(false));
    assert_eq!(adresser[0]["opphoerstidspunkt"], json!("2026-01-02T00:00:00+01:00"));
    endringer(&prove, &[("bostedsadresse", "korrigere")]);
    prove.sjekk();
}

#[test]
fn what_comes_and_goes_within_one_event_was_never_held() {
    let prove = Prove::new();
    prove.opprett(&person(1));
    let lys = json!({"fornavn": "LYS", "etternavn": "BREKKE"});
    prove.registrer(1, H::EndringINavn, vec![ny("navn", lys.clone()), korriger("navn", lys)]);
    endringer(&prove, &[("navn", "registrereNy")]);
    assert_eq!(liste(&prove.mh(1), "navn").len(), 2);
    prove.registrer(
        1,
        H::EndringIBostedsadresse,
        vec![
            ny("bostedsadresse", bosted("Ekorngata", "ugradert")),
            annuller("bostedsadresse"),
            ny("statsborgerskap", json!({"statsborgerskap": "SWE"})),
        ],
    );
    endringer(&prove, &[("statsborgerskap", "registrereNy")]);
    prove.sjekk();
}

#[test]
fn a_type_with_a_request_of_its_own_and_a_change_of_numbers_are_refused() {
    let prove = Prove::new();
    prove.opprett(&person(1));
    let nummer =
        json!({"status": "iBruk", "foedselsEllerDNummer": crate::felles::nr(2), "identifikatortype": "foedselsnummer"});
    for (hendelsestype, endring) in [
        (
            H::PersonErOpprettet,
            ny("navn", json!({"fornavn": "A", "etternavn": "B"})),
        ),
        (H::EndringIPerson, ny("navn", json!({"fornavn": "A", "etternavn": "B"}))),
        (H::PersonErOpphoertSomDublett, annuller("navn")),
        (H::EndringIIdentifikasjonsnummer, ny("identifikasjonsnummer", nummer)),
        (H::EndringIIdentifikasjonsnummer, annuller("identifikasjonsnummer")),
    ] {
        let feil = prove.proev(1, hendelsestype, vec![endring]).unwrap_err();
        assert_eq!(feil.to_string(), "hendelsestypen kan ikke brukes i denne forespørselen");
    }
    assert_eq!(prove.feed(Projeksjon::MedHjemmel).len(), 1);
    assert_eq!(prove.tekst(2, Projeksjon::MedHjemmel), None);
    prove.sjekk();
}

#[test]
fn a_refused_request_leaves_nothing_of_the_ones_before_it_in_the_same_transaction() {
    let prove = Prove::new();
    prove.opprett(&person(1));
    let foer = prove.register().avtrykk_av_primaerdata().unwrap();
    let navn = ny(
        "navn",
        json!({"kilde": "en ny kilde", "fornavn": "A", "etternavn": "B"}),
    );
    let feil = prove.utfoer(vec![
        crate::felles::registrering(1, H::EndringINavn, vec![navn]),
        crate::felles::registrering(1, H::EndringIDoedsfall, vec![annuller("doedsfall")]),
    ]);
    assert_eq!(
        feil.unwrap_err().to_string(),
        "fant ingen gjeldende oppføring av doedsfall å endre"
    );
    assert_eq!(prove.register().avtrykk_av_primaerdata().unwrap(), foer);
    prove.sjekk();
}

#[test]
fn a_change_between_hidden_statuses_is_heard_of_by_med_hjemmel_alone() {
    let prove = Prove::new();
    prove.opprett(&person(1).uten("status").med("status", json!({"status": "midlertidig"})));
    let foer: Vec<_> = Projeksjon::ALLE
        .iter()
        .map(|p| (prove.feed(*p).len(), prove.tekst(1, *p)))
        .collect();
    prove.registrer(
        1,
        H::EndringIStatus,
        vec![ny("status", json!({"status": "ikkeBosatt"}))],
    );
    for (projeksjon, (antall, tekst)) in Projeksjon::ALLE.into_iter().zip(foer) {
        let med_hjemmel = matches!(projeksjon, Projeksjon::MedHjemmel | Projeksjon::MedHjemmelUtenGraderte);
        assert_eq!(
            prove.feed(projeksjon).len() - antall,
            usize::from(med_hjemmel),
            "{projeksjon:?}"
        );
        assert_eq!(prove.tekst(1, projeksjon) == tekst, !med_hjemmel, "{projeksjon:?}");
    }
    // Nor does a visible change in the same event tell of it.
    prove.registrer(
        1,
        H::EndringIStatus,
        vec![
            ny("status", json!({"status": "foedselsregistrert"})),
            ny("postadresse", crate::felles::postboks("12")),
        ],
    );
    assert_eq!(
        prove.typer(Projeksjon::OffentligUtenHjemmel, 1)[0].0,
        "endringIKontaktinformasjon"
    );
    prove.sjekk();
}

#[test]
fn each_package_gets_an_event_of_the_type_it_may_know() {
    let prove = Prove::new();
    prove.opprett(&person(1));
    prove.registrer(
        1,
        H::PersonErBosatt,
        vec![
            ny("status", json!({"status": "utflyttet"})),
            ny("innflytting", json!({"fraflyttingsland": "SWE"})),
            ny("bostedsadresse", bosted("Ekorngata", "ugradert")),
        ],
    );
    prove.registrer(
        1,
        H::EndringIFamilierelasjon,
        vec![ny(
            "familierelasjon",
            json!({"relatertPerson": crate::felles::nr(9), "relatertPersonsRolle": "barn"}),
        )],
    );
    let check = |projeksjon, ventet: &[&str]| {
        let typer: Vec<_> = prove.typer(projeksjon, 1).into_iter().map(|(t, _)| t).collect();
        assert_eq!(typer, ventet, "{projeksjon:?}");
    };
    check(Projeksjon::MedHjemmel, &["personErBosatt", "endringIFamilierelasjon"]);
    check(Projeksjon::Finans, &["personErBosatt", "endringIFamilierelasjon"]);
    check(Projeksjon::OffentligUtenHjemmel, &["personErBosatt"]);
    check(Projeksjon::UtstederEid, &["endringIStatus", "endringIBostedsadresse"]);
    check(Projeksjon::Privat, &["endringIPerson"]);
    check(Projeksjon::PresseUtenFolkeregisteridentifikator, &["endringIPerson"]);
    prove.sjekk();
}

#[test]
fn a_correction_in_a_field_that_a_package_may_not_see_changes_nothing_for_it() {
    let gift = |med: u32, aarsak: &str| {
        json!({"sivilstand": "gift", "sivilstandsdato": "2020-02-02", "aarsak": aarsak, "kilde": "KILDE_DSF",
            "gyldighetstidspunkt": "2020-01-01T00:00:00+01:00", "relatertVedSivilstand": crate::felles::nr(med)})
    };
    let prove = Prove::new();
    prove.opprett(&person(1));
    prove.registrer(1, H::EndringISivilstand, vec![ny("sivilstand", gift(8, "Vigsel"))]);
    let foer: Vec<_> = Projeksjon::ALLE
        .iter()
        .map(|p| (prove.feed(*p).len(), prove.tekst(1, *p)))
        .collect();
    // The cause, the spouse, the spouse by a new registration: the first two as corrections, the last makes history.
    prove.registrer(1, H::EndringISivilstand, vec![korriger("sivilstand", gift(8, "Navn"))]);
    prove.registrer(1, H::EndringISivilstand, vec![korriger("sivilstand", gift(9, "Navn"))]);
    prove.registrer(1, H::EndringISivilstand, vec![ny("sivilstand", gift(10, "Navn"))]);
    for (projeksjon, (antall, tekst)) in Projeksjon::ALLE.into_iter().zip(&foer) {
        let nye = match projeksjon {
            Projeksjon::MedHjemmel | Projeksjon::MedHjemmelUtenGraderte => 3,
            // Sees the spouse and the history, not the cause.
            Projeksjon::Finans => 2,
            _ => 0,
        };
        assert_eq!(prove.feed(projeksjon).len() - antall, nye, "{projeksjon:?}");
        assert_eq!(prove.tekst(1, projeksjon) == *tekst, nye == 0, "{projeksjon:?}");
    }
    let mh = prove.mh(1);
    assert_eq!(
        mh["sivilstand"][0]["ajourholdstidspunkt"],
        json!("2026-01-02T00:05:00+01:00")
    );
    // What can be seen gives the new time again.
    prove.registrer(
        1,
        H::EndringISivilstand,
        vec![korriger("sivilstand", json!({"sivilstand": "skilt"}))],
    );
    let ou = prove.vis(1, Projeksjon::OffentligUtenHjemmel);
    assert_eq!(
        ou["sivilstand"][0]["ajourholdstidspunkt"],
        json!("2026-01-02T00:06:00+01:00")
    );
    assert_eq!(prove.feed(Projeksjon::OffentligUtenHjemmel).len(), foer[2].0 + 1);
    prove.sjekk();
}
