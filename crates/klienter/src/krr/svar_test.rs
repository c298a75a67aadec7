//! Answers about the right persons, about wrong ones, and lists of changes that do not hang together.

use serde_json::json;

use super::*;
use crate::krr::Status;

/// A synthetic number, and others of the same day that are right too.
fn numre() -> Vec<Folkeregisteridentifikator> {
    let mulige = (0..1000).flat_map(|i| (0..100).map(move |k| format!("309082{i:03}{k:02}")));
    mulige
        .filter_map(|n| Folkeregisteridentifikator::parse(&n).ok())
        .take(5)
        .collect()
}

fn person(nummer: &Folkeregisteridentifikator) -> Value {
    json!({"personidentifikator": nummer.as_str(), "status": "AKTIV", "reservasjon": "NEI"})
}

fn svar(personer: &[Value]) -> Vec<u8> {
    json!({"personer": personer}).to_string().into()
}

#[test]
fn everyone_asked_for_is_in_one_list_in_the_order_asked() {
    let numre = numre();
    let mut daarlig = person(&numre[1]);
    daarlig["spraak"] = json!("xx");
    let kropp = svar(&[person(&numre[3]), daarlig, person(&numre[0])]);
    let svar = les_personer(&kropp, &numre[..4], Behov::Alt).unwrap();
    let lest: Vec<_> = svar.personer.iter().map(|p| p.personidentifikator).collect();
    assert_eq!(lest, [numre[0], numre[3]]);
    assert_eq!(
        (svar.uleselige.as_slice(), svar.uten_svar.as_slice()),
        (&numre[1..2], &numre[2..3])
    );
    // One who was named twice is asked for once, and answered once.
    let svar = les_personer(
        &self::svar(&[person(&numre[0])]),
        &[numre[0], numre[0], numre[1], numre[1]],
        Behov::Alt,
    )
    .unwrap();
    assert_eq!((svar.personer.len(), svar.uten_svar.len()), (1, 1));
}

#[test]
fn an_answer_about_others_or_about_one_twice_is_refused_whole() {
    let numre = numre();
    for kropp in [
        svar(&[person(&numre[2])]),
        svar(&[person(&numre[0]), person(&numre[0])]),
        svar(&[person(&numre[0]), person(&numre[1]), person(&numre[2])]),
        svar(&[json!({"status": "AKTIV"})]),
        svar(&[json!({"personidentifikator": "12345678901", "status": "AKTIV"})]),
        svar(&[json!(null)]),
        b"{}".to_vec(),
        b"[]".to_vec(),
        b"{\"personer\":{}}".to_vec(),
        b"{\"personer\":[],\"personer\":[]}".to_vec(),
        b"<html>".to_vec(),
        Vec::new(),
    ] {
        let feil = les_personer(&kropp, &numre[..2], Behov::Alt).unwrap_err();
        let tekst = format!("{feil} {feil:?}");
        assert!(matches!(feil, Feil::Format(_)) && !tekst.contains("309"), "{tekst}");
    }
}

fn side(fra: u64, til: u64, seneste: u64, personer: &[Value]) -> Vec<u8> {
    json!({"fraEndringsNummer": fra, "tilEndringsNummer": til, "senesteEndringsNummer": seneste, "personer": personer})
        .to_string()
        .into()
}

#[test]
fn a_page_of_changes_goes_forward_and_of_those_we_do_not_want_nothing_is_read() {
    let numre = numre();
    let alle = |_: &Folkeregisteridentifikator| true;
    // A field that could not be read stands in an entry that nobody wants.
    let mut uoensket = person(&numre[1]);
    uoensket["spraak"] = json!(7);
    let mut slettet = person(&numre[2]);
    slettet["status"] = json!("SLETTET");
    let mut ukjent = person(&numre[3]);
    ukjent["status"] = json!("IKKE_REGISTRERT");
    let mut varsel = person(&numre[0]);
    varsel["varslingsstatus"] = json!("KAN_VARSLES");
    let kropp = side(5, 9, 20, &[varsel, uoensket, slettet, ukjent]);
    let utenom = numre[1];
    let side_ = les_endringer(&kropp, 5, &|n| *n != utenom, Behov::Alt).unwrap();
    assert_eq!(
        (side_.fra, side_.til, side_.seneste, side_.er_siste()),
        (5, 9, 20, false)
    );
    assert!(side_.personer.iter().all(|p| p.varslingsstatus.is_none()));
    let status: Vec<Status> = side_.personer.iter().map(|p| p.status).collect();
    assert_eq!(
        (status.as_slice(), side_.uleselige.as_slice()),
        (&[Status::Aktiv, Status::Slettet][..], &numre[3..4])
    );
    // Nothing new: asked from after the newest, or of an empty list.
    assert!(
        les_endringer(&side(21, 20, 20, &[]), 21, &alle, Behov::Alt)
            .unwrap()
            .er_siste()
    );
    assert!(
        les_endringer(&side(1, 0, 0, &[]), 1, &alle, Behov::Alt)
            .unwrap()
            .er_siste()
    );
    for feil in [
        side(4, 9, 20, &[]),
        side(5, 21, 20, &[]),
        side(5, 4, 20, &[]),
        side(5, 5, 20, &[person(&numre[0]), person(&numre[1])]),
        side(21, 20, 20, &[person(&numre[0])]),
        side(5, 9, 20, &[person(&numre[0]), person(&numre[0])]),
        json!({"fraEndringsNummer": 5, "tilEndringsNummer": -1, "senesteEndringsNummer": 9, "personer": []})
            .to_string()
            .into(),
        json!({"fraEndringsNummer": 5, "tilEndringsNummer": "9", "senesteEndringsNummer": 9, "personer": []})
            .to_string()
            .into(),
        svar(&[]),
    ] {
        assert!(
            les_endringer(&feil, 5, &alle, Behov::Alt).is_err(),
            "{}",
            String::from_utf8_lossy(&feil)
        );
    }
}

fn gyldige() -> Vec<Vec<u8>> {
    let alle: Vec<Value> = numre().iter().map(person).collect();
    vec![svar(&alle), side(1, 5, 9, &alle)]
}

fn proev(byte: &[u8]) {
    let numre = numre();
    if let Ok(svar) = les_personer(byte, &numre, Behov::Alt) {
        assert_eq!(
            svar.personer.len() + svar.uleselige.len() + svar.uten_svar.len(),
            numre.len()
        );
        assert!(svar.personer.iter().all(|p| numre.contains(&p.personidentifikator)));
    }
    for fra in [1, 5] {
        if let Ok(side) = les_endringer(byte, fra, &|_| true, Behov::Alt) {
            assert!(side.er_siste() || side.til >= fra);
            assert!(side.personer.len() <= ANTALL_MAKS);
        }
    }
}

const ORD: &[&str] = &[
    "\"personer\":[",
    "\"status\":\"SLETTET\"",
    "\"kontaktinformasjon\":{\"epostadresse\":\"a@b.example\"",
    "\"mobiltelefonnummer\":\"91234567\"",
    "\"digital_post\":{\"postkasseadresse\":\"a#B\",\"postkasseleverandoeradresse\":\"984661185\"}",
    "\"sertifikat\":\"MAMCAQE=\"",
    "\"spraak_oppdatert\":\"2023-01-01T00:00:00+01\"",
    "\"tilEndringsNummer\":18446744073709551615",
    "null",
];

fuzz::maal!(paalitelighet_15_fuzz_kontaktsvar, 3_000, ORD, gyldige, proev);
