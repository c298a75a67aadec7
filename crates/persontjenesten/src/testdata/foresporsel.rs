//! A request for numbers, and how numbers are answered.

use helsekopi::{RESERVER_MAKS, Reservasjon, Reservering};
use identifikator::{Dato, Identifikatortype, Kjoenn};
use serde_json::{Map, Value, json};

use super::Feil;

/// Kinds of number, as the Person API has them.
pub(super) const SLAG: [(&str, Identifikatortype); 2] = [
    ("NationalIdentityNumber", Identifikatortype::Foedselsnummer),
    ("DNumber", Identifikatortype::DNummer),
];
/// Genders, as the Person API has them.
pub(super) const KJOENN: [(&str, Kjoenn); 2] = [("Female", Kjoenn::Kvinne), ("Male", Kjoenn::Mann)];

/// Reads a request. Every member but `count` must be there, and no other.
pub(super) fn les(byte: &[u8]) -> Result<Reservering, Feil> {
    let verdi = informasjonsmodell::json::les(byte).map_err(Feil::Dokument)?;
    let Value::Object(felter) = verdi else {
        return Err(Feil::Felt("$", "must be an object"));
    };
    if felter
        .keys()
        .any(|navn| !["kind", "birthDate", "gender", "count"].contains(&navn.as_str()))
    {
        return Err(Feil::Felt("$", "has an unknown member"));
    }
    let slag = valg(&felter, "kind", &SLAG)?;
    let kjoenn = valg(&felter, "gender", &KJOENN)?;
    let dato = felter.get("birthDate").and_then(Value::as_str).and_then(les_dato);
    let antall = match felter.get("count") {
        None => Some(1),
        Some(tall) => tall.as_u64().and_then(|tall| u16::try_from(tall).ok()),
    };
    Ok(Reservering {
        identifikatortype: slag,
        kjoenn,
        foedselsdato: dato.ok_or(Feil::Felt("birthDate", "must be a date, as 1990-01-31"))?,
        antall: antall
            .filter(|antall| (1..=RESERVER_MAKS).contains(antall))
            .ok_or(Feil::Felt("count", "must be 1 to 100"))?,
    })
}

fn valg<T: Copy>(felter: &Map<String, Value>, navn: &'static str, verdier: &[(&str, T)]) -> Result<T, Feil> {
    let valgt = felter.get(navn).and_then(Value::as_str);
    let treff = verdier.iter().find(|(verdi, _)| Some(*verdi) == valgt);
    treff
        .map(|(_, treff)| *treff)
        .ok_or(Feil::Felt(navn, "is missing, or not one of its values"))
}

fn les_dato(tekst: &str) -> Option<Dato> {
    let deler: Vec<&str> = tekst.split('-').collect();
    let [aar, maaned, dag] = deler.as_slice() else {
        return None;
    };
    let siffer = |t: &str, n: usize| t.len() == n && t.bytes().all(|b| b.is_ascii_digit());
    if !siffer(aar, 4) || !siffer(maaned, 2) || !siffer(dag, 2) {
        return None;
    }
    Dato::new(aar.parse().ok()?, maaned.parse().ok()?, dag.parse().ok()?)
}

/// A number that is set aside, as it is answered.
pub(super) fn til_json(reservasjon: &Reservasjon) -> Value {
    let navn = |verdi: Identifikatortype| SLAG.iter().find(|(_, v)| *v == verdi).map(|(navn, _)| *navn);
    let kjoenn = |verdi: Kjoenn| KJOENN.iter().find(|(_, v)| *v == verdi).map(|(navn, _)| *navn);
    let dato = reservasjon.foedselsdato;
    let tid = jiff::Timestamp::from_second(reservasjon.reservert_s)
        .map(|t| t.to_string())
        .ok();
    json!({
        "nin": reservasjon.nummer.as_str(),
        "kind": navn(reservasjon.identifikatortype),
        "birthDate": format!("{:04}-{:02}-{:02}", dato.aar(), dato.maaned(), dato.dag()),
        "gender": kjoenn(reservasjon.kjoenn),
        "deviatesFromBirthDate": reservasjon.avviker,
        "reservedAt": tid,
        "hasPerson": reservasjon.person,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_says_what_is_wrong_and_takes_nothing_it_does_not_know() {
        let god = json!({"kind": "DNumber", "birthDate": "1990-01-31", "gender": "Female", "count": 100});
        assert!(les(god.to_string().as_bytes()).is_ok_and(|r| r.antall == 100));
        for (navn, verdi, hvor) in [
            ("kind", json!("dNumber"), "kind"),
            ("kind", json!(null), "kind"),
            ("gender", json!("Other"), "gender"),
            ("birthDate", json!("1990-02-31"), "birthDate"),
            ("birthDate", json!("19900131"), "birthDate"),
            ("birthDate", json!("+990-01-31"), "birthDate"),
            ("count", json!(0), "count"),
            ("count", json!(101), "count"),
            ("count", json!("1"), "count"),
            ("count", json!(1.5), "count"),
            ("size", json!(1), "$"),
        ] {
            let mut gal = god.clone();
            if let Some(felter) = gal.as_object_mut() {
                felter.insert(navn.to_owned(), verdi);
            }
            let feil = les(gal.to_string().as_bytes()).err();
            assert!(matches!(feil, Some(Feil::Felt(felt, _)) if felt == hvor), "{gal}");
        }
        assert!(les(b"[]").is_err() && les(b"").is_err());
    }
}
