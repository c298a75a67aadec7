use serde_json::json;

use super::*;

fn byte(verdi: &Value) -> Vec<u8> {
    verdi.to_string().into_bytes()
}

#[test]
fn a_page_of_events_may_have_gaps_and_new_types_but_must_rise_from_what_was_asked_for() {
    let side = |numre: &[u64]| {
        let en =
            |nr: &u64| json!({"sequenceNumber": nr.to_string(), "personId": "a1", "eventType": "NoeNytt", "nytt": 1});
        byte(&json!({"results": numre.iter().map(en).collect::<Vec<_>>()}))
    };
    let numre = |kropp: &[u8]| {
        les_hendelser(kropp, 5)
            .ok()
            .map(|side| side.iter().map(|h| h.sekvensnummer).collect::<Vec<_>>())
    };
    assert_eq!(numre(&side(&[])), Some(vec![]));
    assert_eq!(numre(b"{\"results\":null}"), Some(vec![]));
    assert_eq!(numre(&side(&[5, 6, 9])), Some(vec![5, 6, 9]));
    for feil in [&[4, 5][..], &[5, 5], &[7, 6], &[u64::MAX]] {
        assert_eq!(numre(&side(feil)), None, "{feil:?}");
    }
    let mange: Vec<u64> = (5..5 + HENDELSER_MAKS as u64).collect();
    assert_eq!(numre(&side(&mange)).map(|n| n.len()), Some(HENDELSER_MAKS));
    assert_eq!(numre(&side(&(5..=5 + HENDELSER_MAKS as u64).collect::<Vec<_>>())), None);
    for kropp in ["", "[]", "{\"results\":{}}", "{\"results\":[1]}", "<html>"] {
        assert_eq!(numre(kropp.as_bytes()), None, "{kropp}");
    }
}

#[test]
fn an_event_needs_a_number_and_a_person_and_bears_anything_else() {
    let en = |verdi: Value| les_hendelse(&byte(&verdi)).ok();
    let hel = en(json!({"sequenceNumber": "7", "personId": "a1", "eventType": "ChangeInName", "nin": "12859012335"}));
    let hel = hel.unwrap();
    assert_eq!((hel.sekvensnummer, hel.nummer.as_deref()), (7, Some("12859012335")));
    assert!(!format!("{hel:?}").contains("12859012335") && !format!("{hel:?}").contains("a1"));
    let uten_type = en(json!({"sequenceNumber": 7, "personId": "a1", "eventType": null}));
    assert_eq!(uten_type.unwrap().type_, "Unknown");
    for galt in [
        json!({"personId": "a1"}),
        json!({"sequenceNumber": "0", "personId": "a1"}),
        json!({"sequenceNumber": "-1", "personId": "a1"}),
        json!({"sequenceNumber": "1x", "personId": "a1"}),
        json!({"sequenceNumber": "1"}),
        json!({"sequenceNumber": "1", "personId": ""}),
        json!({"sequenceNumber": "1", "personId": "a,b"}),
        json!({"sequenceNumber": "1", "personId": "x".repeat(65)}),
    ] {
        assert_eq!(en(galt.clone()), None, "{galt}");
    }
}

#[test]
fn a_bulk_answer_has_each_person_once_and_no_more_than_were_asked_for() {
    let les = |verdi: Value, spurt| les_personer(&byte(&verdi), spurt).ok().map(|p| p.len());
    let en = |id: &str| json!({"id": id, "sequenceNumber": 3, "nyttFelt": {}});
    assert_eq!(les(json!([]), 2), Some(0));
    assert_eq!(les(json!([en("a"), en("b")]), 2), Some(2));
    assert_eq!(les(json!([en("a"), en("a")]), 2), None);
    assert_eq!(les(json!([en("a"), en("b")]), 1), None);
    assert_eq!(les(json!([{"id": "a"}]), 1), Some(1));
    for galt in [
        json!({}),
        json!([1]),
        json!([{}]),
        json!([{"id": 7}]),
        json!([{"id": "a", "sequenceNumber": "x"}]),
    ] {
        assert_eq!(les(galt.clone(), 5), None, "{galt}");
    }
    let person = les_person(&byte(&json!({"id": "a1", "name": [{"familyName": "FJELLBEKK"}]}))).unwrap();
    assert_eq!(format!("{person:?}"), "Person(2 felt)");
}

#[test]
fn a_page_of_ids_is_where_it_was_asked_for_and_no_longer() {
    let les = |verdi: Value| les_side(&byte(&verdi), 10, 3).ok().map(|s| s.len());
    assert_eq!(
        les(json!({"results": ["a", "b"], "startIndex": 10, "endIndex": 11})),
        Some(2)
    );
    assert_eq!(les(json!({"results": ["a", "b"]})), Some(2));
    assert_eq!(les(json!({"results": [], "startIndex": 0, "endIndex": -1})), Some(0));
    for galt in [
        json!({"results": ["a", "b"], "startIndex": 0, "endIndex": 1}),
        json!({"results": ["a", "b"], "startIndex": 10, "endIndex": 12}),
        json!({"results": ["a", "a"]}),
        json!({"results": ["a", 7]}),
        json!({"results": ["a", "b", "c", "d"]}),
        json!(["a"]),
    ] {
        assert_eq!(les(galt.clone()), None, "{galt}");
    }
    assert_eq!(les_antall(b"{\"matchCount\":7}").ok(), Some(7));
    assert!(les_antall(b"{\"matchCount\":-7}").is_err() && les_antall(b"7").is_err());
}

#[test]
fn of_an_error_the_names_of_parameters_are_read_and_no_more() {
    let felt = |kropp: &str| les_feilfelt(kropp.as_bytes());
    assert_eq!(
        felt(r#"{"status":400,"errors":{"informationParts":["missing"],"12859012335":["x"]}}"#),
        ["informationParts"]
    );
    for kropp in ["", "<html>", "[]", r#"{"errors":7}"#] {
        assert!(felt(kropp).is_empty(), "{kropp}");
    }
    assert!(er_problem(b"{\"status\":404}") && !er_problem(b"<html>") && !er_problem(b"{}"));
}

fn gyldige() -> Vec<Vec<u8>> {
    vec![
        byte(
            &json!({"results": [{"sequenceNumber": "5", "personId": "a1", "eventType": "ChangeInName", "nin": "12859012335"}]}),
        ),
        byte(&json!([{"id": "a1", "sequenceNumber": 3, "name": []}])),
        byte(&json!({"results": ["a1", "b2"], "startIndex": 5, "endIndex": 6})),
        byte(&json!({"matchCount": 7})),
        byte(&json!({"status": 400, "errors": {"nin": ["x"]}})),
    ]
}

/// A neighbour is not believed: whatever it answers is read or refused.
fn proev(kropp: &[u8]) {
    if let Ok(side) = les_hendelser(kropp, 5) {
        assert!(side.len() <= HENDELSER_MAKS && side.iter().all(|h| h.sekvensnummer >= 5));
    }
    if let Ok(side) = les_side(kropp, 5, 3) {
        assert!(side.len() <= 3 && side.iter().all(|id| er_personid(id)));
    }
    if let Ok(personer) = les_personer(kropp, 3) {
        assert!(personer.len() <= 3 && personer.iter().all(|p| er_personid(p.id())));
    }
    let _ = (les_person(kropp), les_hendelse(kropp), les_antall(kropp));
    assert!(les_feilfelt(kropp).len() <= 10);
    let _ = er_problem(kropp);
}

const ORD: &[&str] = &[
    "\"sequenceNumber\":",
    "\"results\":[",
    "\"personId\":",
    "\"id\":",
    "\"startIndex\":",
    "18446744073709551615",
];

fuzz::maal!(paalitelighet_15_fuzz_personapi, 4_000, ORD, gyldige, proev);
