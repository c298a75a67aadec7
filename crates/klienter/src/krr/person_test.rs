//! Every field with the values that its rule lets through, and those that it does not.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn nummer() -> Folkeregisteridentifikator {
    Folkeregisteridentifikator::parse("30908299902").unwrap()
}

fn full() -> Value {
    json!({
        "personidentifikator": "30908299902", "reservasjon": "NEI", "reservasjon_oppdatert": "2024-05-06T07:08:09Z",
        "status": "AKTIV", "varslingsstatus": "KAN_VARSLES",
        "kontaktinformasjon": {
            "epostadresse": "a@b.example", "epostadresse_oppdatert": "2025-01-02T03:04:05+02",
            "epostadresse_sist_verifisert": "2025-02-02T03:04:05+02:00", "epostadresse_sist_validert": "2025-02-02T03:04:05.5Z",
            "epostadresse_duplisert": "NEI",
            "mobiltelefonnummer": "+99912345678", "mobiltelefonnummer_oppdatert": "2025-01-02T01:04:05Z",
            "mobiltelefonnummer_duplisert": "JA",
        },
        "digital_post": {"postkasseadresse": "syntese#AB12", "postkasseleverandoeradresse": "984661185", "navn": "Postkassen"},
        "sertifikat": "MAMCAQE=", "sertifikat_utloeper": "2030-01-01T00:00:00Z",
        "spraak": "nn", "spraak_oppdatert": "2023-01-01T00:00:00+01", "nyttFelt": {"a": [1]},
    })
}

fn les(verdi: &Value, behov: Behov) -> Result<Kontaktperson, &'static str> {
    Kontaktperson::les(nummer(), verdi.as_object().unwrap(), behov).map_err(|Uleselig(felt)| felt)
}

fn med(sti: &str, verdi: Value) -> Result<Kontaktperson, &'static str> {
    let mut person = full();
    *person.pointer_mut(sti).unwrap() = verdi;
    les(&person, Behov::Alt)
}

#[test]
fn every_field_is_read_and_both_forms_of_time_are_the_same_time() {
    let person = les(&full(), Behov::Alt).unwrap();
    let info = person.kontaktinformasjon.as_ref().unwrap();
    let (epost, mobil) = (info.epost.as_ref().unwrap(), info.mobil.as_ref().unwrap());
    assert_eq!(
        (epost.verdi.as_str(), mobil.verdi.as_str()),
        ("a@b.example", "+99912345678")
    );
    assert_eq!(epost.oppdatert, mobil.oppdatert);
    assert_eq!(
        (epost.duplisert, mobil.duplisert, mobil.sist_validert),
        (Some(false), Some(true), None)
    );
    assert!(epost.sist_validert > epost.sist_verifisert);
    let post = person.digital_post.as_ref().unwrap();
    assert_eq!(
        (post.leverandoer.to_string().as_str(), post.leverandoernavn.as_deref()),
        ("984661185", Some("Postkassen"))
    );
    assert_eq!(
        (person.spraak, person.status, person.reservert),
        (Some(Spraak::Nynorsk), Status::Aktiv, false)
    );
    assert_eq!(person.sertifikat.as_deref(), Some("MAMCAQE="));
}

#[test]
fn what_was_not_asked_for_is_not_kept() {
    let person = les(&full(), Behov::DigitalPost).unwrap();
    assert!(person.kontaktinformasjon.is_none() && person.varslingsstatus.is_none() && person.spraak.is_none());
    assert!(person.digital_post.is_some() && person.sertifikat.is_some());
    let person = les(&full(), Behov::Kontaktinformasjon).unwrap();
    assert!(person.kontaktinformasjon.is_some() && person.spraak.is_some());
    assert!(person.digital_post.is_none() && person.sertifikat.is_none() && person.sertifikat_utloeper.is_none());
    // A field that is not read cannot be at fault either.
    let mut feil = full();
    feil["digital_post"] = json!(7);
    assert!(les(&feil, Behov::Kontaktinformasjon).is_ok() && les(&feil, Behov::Alt).is_err());
}

#[test]
fn one_who_is_not_active_has_no_contact_data_whatever_is_sent() {
    for status in ["SLETTET", "IKKE_REGISTRERT"] {
        let person = med("/status", json!(status)).unwrap();
        assert!(person.kontaktinformasjon.is_none() && person.digital_post.is_none() && person.sertifikat.is_none());
        assert!(person.spraak.is_none() && person.reservasjon_oppdatert.is_some());
    }
}

#[test]
fn a_value_that_breaks_its_rule_is_named_by_its_field() {
    let lang = "x".repeat(200_000);
    for (sti, verdier) in [
        ("/status", &[json!("aktiv"), json!(null), json!(1), json!("")][..]),
        ("/reservasjon", &[json!("KANSKJE"), json!(true)]),
        ("/varslingsstatus", &[json!("KAN")]),
        ("/spraak", &[json!("fi"), json!("NB"), json!(["nb"])]),
        (
            "/reservasjon_oppdatert",
            &[
                json!("2024-05-06"),
                json!("2024-05-06T07:08:09"),
                json!(17),
                json!("i går"),
                json!("2024-05-06T07:08:09+02[Europe/Oslo]"),
                json!("2024-13-06T07:08:09Z"),
                json!(lang),
            ],
        ),
        ("/kontaktinformasjon", &[json!([]), json!("x")]),
        (
            "/kontaktinformasjon/epostadresse",
            &[
                json!("uten krøll"),
                json!("@b"),
                json!("a@"),
                json!("a b@c"),
                json!(format!("{}@b.example", "x".repeat(41))),
                json!("a@b\n"),
                json!(lang),
            ],
        ),
        ("/kontaktinformasjon/epostadresse_duplisert", &[json!("ja")]),
        (
            "/kontaktinformasjon/mobiltelefonnummer",
            &[
                json!("1234567"),
                json!("21234567"),
                json!("+4721234567"),
                json!("004781234567"),
                json!("+479123456"),
                json!("123456789012345678901"),
                json!("91 23 45 67"),
                json!("+"),
                json!("9123456+"),
                json!("٩١٢٣٤٥٦٧"),
            ],
        ),
        (
            "/digital_post/postkasseadresse",
            &[json!("uten"), json!("#A"), json!("a#"), json!("a#b#c"), json!(null)],
        ),
        (
            "/digital_post/postkasseleverandoeradresse",
            &[json!("984661186"), json!(984_661_185), json!(null)],
        ),
        (
            "/sertifikat",
            &[
                json!("ikke base64"),
                json!("AAAA"),
                json!("MAMCAQE"),
                json!("M==="),
                json!(lang),
                json!("MAM\u{0}AQE="),
            ],
        ),
    ] {
        for verdi in verdier {
            let felt = sti.rsplit('/').next().unwrap();
            assert_eq!(med(sti, verdi.clone()).unwrap_err(), felt);
        }
    }
}

#[test]
fn a_value_at_the_edge_of_its_rule_is_taken() {
    for (sti, verdi) in [
        (
            "/kontaktinformasjon/epostadresse",
            json!(format!("{}@b.example", "æ".repeat(40))),
        ),
        ("/kontaktinformasjon/mobiltelefonnummer", json!("91234567")),
        ("/kontaktinformasjon/mobiltelefonnummer", json!("+4741234567")),
        ("/kontaktinformasjon/mobiltelefonnummer", json!("004791234567")),
        ("/kontaktinformasjon/mobiltelefonnummer", json!("+1234567890123456789")),
        ("/kontaktinformasjon/mobiltelefonnummer", json!(null)),
        ("/kontaktinformasjon", json!({})),
        ("/digital_post", json!(null)),
        ("/reservasjon", json!(null)),
        (
            "/sertifikat",
            json!("-----BEGIN CERTIFICATE-----\r\nMAMC\r\nAQE=\r\n-----END CERTIFICATE-----\n"),
        ),
    ] {
        assert!(med(sti, verdi.clone()).is_ok(), "{sti} {verdi}");
    }
}

#[test]
fn when_a_person_was_reserved_is_only_said_of_one_who_is() {
    let mut person = full();
    person["reservasjonstidspunkt"] = json!("2024-01-01T00:00:00Z");
    assert_eq!(les(&person, Behov::Alt).unwrap().reservasjonstidspunkt, None);
    person["reservasjon"] = json!("JA");
    let person = les(&person, Behov::Alt).unwrap();
    assert!(person.reservert && person.reservasjonstidspunkt.is_some());
}

#[test]
fn nothing_of_a_person_is_shown() {
    let person = les(&full(), Behov::Alt).unwrap();
    let vist = format!("{person:?} {:?} {:?}", person.kontaktinformasjon, person.digital_post);
    for hemmelig in ["example", "999", "syntese", "MAMC", "309"] {
        assert!(!vist.contains(hemmelig), "{vist}");
    }
}

proptest! {
    #[test]
    fn whatever_a_field_holds_it_is_kept_as_it_is_or_the_entry_is_not_read(tekst in ".{0,60}", felt in 0usize..3) {
        let sti = ["/kontaktinformasjon/epostadresse", "/kontaktinformasjon/mobiltelefonnummer", "/digital_post/postkasseadresse"][felt];
        if let Ok(person) = med(sti, json!(tekst)) {
            let info = person.kontaktinformasjon.unwrap();
            let verdi = [info.epost.unwrap().verdi, info.mobil.unwrap().verdi, person.digital_post.unwrap().postkasseadresse][felt].clone();
            prop_assert_eq!(verdi, tekst);
        }
    }
}
