//! Answers of Folkeregisteret, checked as input from outside.
//!
//! New fields and new values are allowed by the contract and are kept or ignored; what we build on must be there.
//! `Debug` of everything here shows how much there is, never what it says.

use std::fmt;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::tilkobling::Feil;

/// Most events on a page. Source: folkeregister/README section 2 ("page size fixed at 1 000").
const FEEDSIDE_ANTALL_MAKS: usize = 1000;

/// A person as the register gave it, field for field.
#[derive(Clone, PartialEq)]
pub struct Persondokument(Map<String, Value>);

impl Persondokument {
    pub(super) fn les(kropp: &[u8]) -> Result<Self, Feil> {
        match serde_json::from_slice(kropp) {
            Ok(Value::Object(felt)) => Ok(Persondokument(felt)),
            _ => Err(Feil::Format("personen er ikke et JSON-objekt")),
        }
    }

    /// A person of an object that is at hand.
    #[must_use]
    pub fn fra_objekt(felt: Map<String, Value>) -> Self {
        Persondokument(felt)
    }

    /// One top-level field.
    #[must_use]
    pub fn felt(&self, navn: &str) -> Option<&Value> {
        self.0.get(navn)
    }

    /// The whole object.
    #[must_use]
    pub fn into_objekt(self) -> Map<String, Value> {
        self.0
    }
}

impl fmt::Debug for Persondokument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Persondokument({} felt)", self.0.len())
    }
}

/// One answer of a bulk call.
#[derive(Clone, PartialEq)]
pub struct Bulksvar {
    /// The identifier that was asked for.
    pub foedsels_eller_d_nummer: String,
    /// The person, or `None` when the register has no such person for us.
    pub person: Option<Persondokument>,
}

impl fmt::Debug for Bulksvar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bulksvar")
            .field("person", &self.person)
            .finish_non_exhaustive()
    }
}

/// A page of the feed, or that nothing is new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Feedsvar {
    /// 304: as the page with the given ETag.
    Uendret,
    /// A page; empty means caught up.
    Side {
        /// In rising sequence number.
        hendelser: Vec<Feedhendelse>,
        /// To be given when the same page is asked for again.
        etag: Option<String>,
    },
}

/// A thin event.
#[derive(Clone, PartialEq, Eq)]
pub struct Feedhendelse {
    /// Its number in the package's feed.
    pub sekvensnummer: u64,
    /// What happened, as the register spells it.
    pub hendelsetype: String,
    /// Whom it concerns; absent in packages without identifier.
    pub folkeregisteridentifikator: Option<String>,
    /// Identifier of the thick event.
    pub hendelsesdokument: Option<String>,
    /// Identifier of the person as it was afterwards.
    pub persondokument: Option<String>,
    /// When it was written, as text.
    pub ajourholdstidspunkt: Option<String>,
}

impl fmt::Debug for Feedhendelse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feedhendelse")
            .field("sekvensnummer", &self.sekvensnummer)
            .field("hendelsetype", &self.hendelsetype)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Feedlinje {
    sekvensnummer: u64,
    hendelse: Hendelselinje,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Hendelselinje {
    hendelsetype: String,
    folkeregisteridentifikator: Option<String>,
    hendelsesdokument: Option<String>,
    persondokument: Option<String>,
    ajourholdstidspunkt: Option<String>,
}

/// Reads a page: numbers rise, none is below what was asked for, and there are at most 1000.
pub(super) fn les_feed(kropp: &[u8], fra_inklusiv: u64) -> Result<Vec<Feedhendelse>, Feil> {
    let linjer: Vec<Feedlinje> =
        serde_json::from_slice(kropp).map_err(|_| Feil::Format("feeden er ikke en liste av hendelser"))?;
    if linjer.len() > FEEDSIDE_ANTALL_MAKS {
        return Err(Feil::Format("en side av feeden har mer enn 1000 hendelser"));
    }
    let mut minst = fra_inklusiv;
    let les = |linje: Feedlinje| {
        if linje.sekvensnummer < minst {
            return Err(Feil::Format("sekvensnumrene i feeden stiger ikke fra det vi ba om"));
        }
        minst = linje.sekvensnummer.saturating_add(1);
        let hendelse = linje.hendelse;
        Ok(Feedhendelse {
            sekvensnummer: linje.sekvensnummer,
            hendelsetype: hendelse.hendelsetype,
            folkeregisteridentifikator: hendelse.folkeregisteridentifikator,
            hendelsesdokument: hendelse.hendelsesdokument,
            persondokument: hendelse.persondokument,
            ajourholdstidspunkt: hendelse.ajourholdstidspunkt,
        })
    };
    linjer.into_iter().map(les).collect()
}

#[derive(Deserialize)]
struct Bulkdokument {
    // An answer without persons leaves the list out, as every empty list.
    #[serde(default)]
    oppslag: Vec<Bulklinje>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bulklinje {
    foedsels_eller_d_nummer: String,
    folkeregisterperson: Option<Map<String, Value>>,
}

/// Reads an object. A list of the fields' values would do for the derived reader too, and an empty one for an object
/// whose fields may all be absent: an empty answer where there was none.
pub(super) fn les_objekt<T: DeserializeOwned>(kropp: &[u8]) -> Option<T> {
    let foerste = kropp.iter().find(|b| !b.is_ascii_whitespace());
    serde_json::from_slice(kropp).ok().filter(|_| foerste == Some(&b'{'))
}

/// Reads a bulk answer: never more entries than identifiers asked for, and exactly as many `somBestilt`.
pub(super) fn les_bulk(kropp: &[u8], antall: usize, som_bestilt: bool) -> Result<Vec<Bulksvar>, Feil> {
    let dokument: Bulkdokument = les_objekt(kropp).ok_or(Feil::Format("bulksvaret har ikke en liste «oppslag»"))?;
    if dokument.oppslag.len() > antall || (som_bestilt && dokument.oppslag.len() != antall) {
        return Err(Feil::Format("bulksvaret har et annet antall enn det vi ba om"));
    }
    let les = |linje: Bulklinje| Bulksvar {
        foedsels_eller_d_nummer: linje.foedsels_eller_d_nummer,
        person: linje.folkeregisterperson.map(Persondokument),
    };
    Ok(dokument.oppslag.into_iter().map(les).collect())
}

/// Reads an answer of the archive: never more documents than were asked for.
pub(super) fn les_arkiv(kropp: &[u8], antall: usize) -> Result<Vec<Persondokument>, Feil> {
    let dokumenter: Vec<Map<String, Value>> =
        serde_json::from_slice(kropp).map_err(|_| Feil::Format("arkivsvaret er ikke en liste av dokumenter"))?;
    if dokumenter.len() > antall {
        return Err(Feil::Format("arkivsvaret har flere dokumenter enn vi ba om"));
    }
    Ok(dokumenter.into_iter().map(Persondokument).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn side(numre: &[u64]) -> Vec<u8> {
        let linje = |nr: &u64| {
            json!({"sekvensnummer": nr, "hendelse": {"hendelsetype": "endringINavn", "nyttFelt": {"a": 1},
                "folkeregisteridentifikator": "12859012335"}})
        };
        Value::from(numre.iter().map(linje).collect::<Vec<_>>())
            .to_string()
            .into_bytes()
    }

    #[test]
    fn a_page_may_have_gaps_and_new_fields_but_must_rise_from_what_was_asked_for() {
        let numre = |kropp: Vec<u8>| {
            les_feed(&kropp, 5)
                .map(|side| side.iter().map(|hendelse| hendelse.sekvensnummer).collect::<Vec<_>>())
                .ok()
        };
        assert_eq!(numre(side(&[])), Some(vec![]));
        assert_eq!(numre(side(&[5, 6, 9])), Some(vec![5, 6, 9]));
        for feil in [&[4, 5][..], &[5, 5], &[7, 6], &[u64::MAX, u64::MAX - 1]] {
            assert_eq!(numre(side(feil)), None, "{feil:?}");
        }
        assert_eq!(numre(side(&(5..1005).collect::<Vec<_>>())).unwrap().len(), 1000);
        assert_eq!(numre(side(&(5..1006).collect::<Vec<_>>())), None);
        for kropp in [
            "",
            "{}",
            "[1]",
            "[{\"sekvensnummer\":-1,\"hendelse\":{\"hendelsetype\":\"x\"}}]",
            "<feed/>",
        ] {
            assert_eq!(numre(kropp.as_bytes().to_vec()), None, "{kropp}");
        }
    }

    #[test]
    fn a_bulk_answer_has_as_many_entries_as_were_asked_for() {
        let svar = |antall: usize| {
            let linje = json!({"foedselsEllerDNummer": "12859012335", "feilmelding": {"feilmelding": "x"}});
            json!({"oppslag": vec![linje; antall]}).to_string()
        };
        let les =
            |kropp: &str, antall, som_bestilt| les_bulk(kropp.as_bytes(), antall, som_bestilt).ok().map(|s| s.len());
        assert_eq!(les(&svar(2), 2, true), Some(2));
        assert_eq!(les(&svar(1), 2, true), None);
        assert_eq!(les(&svar(1), 2, false), Some(1));
        assert_eq!(les(&svar(3), 2, false), None);
        assert_eq!(les("{}", 2, false), Some(0));
        assert_eq!(les("[]x", 2, false), None);
        assert_eq!(les("[]", 2, false), None);
    }

    #[test]
    fn nothing_of_a_person_is_shown() {
        let person = Persondokument::les(br#"{"navn":[{"etternavn":"FJELLBEKK"}]}"#).unwrap();
        let bulk = Bulksvar {
            foedsels_eller_d_nummer: "12859012335".to_owned(),
            person: Some(person),
        };
        assert_eq!(
            format!("{bulk:?}"),
            "Bulksvar { person: Some(Persondokument(1 felt)), .. }"
        );
        let side = format!("{:?}", les_feed(&side(&[7]), 1).unwrap());
        assert!(
            side.contains("sekvensnummer: 7") && !side.contains("12859012335"),
            "{side}"
        );
        let feil = Persondokument::les(br#"["FJELLBEKK"]"#).unwrap_err();
        assert!(!format!("{feil} {feil:?}").contains("FJELLBEKK"));
    }

    fn gyldige() -> Vec<Vec<u8>> {
        let bulk = json!({"oppslag": [{"foedselsEllerDNummer": "12859012335", "folkeregisterperson": {"navn": []}}]});
        vec![
            side(&[5, 6, 9]),
            bulk.to_string().into(),
            b"{\"kode\":\"FREG-001\"}".to_vec(),
            br#"{"foedselsEllerDNummer":["12859012335"],"dokumentidentifikator":["a1"]}"#.to_vec(),
            br#"{"jobbId":"a-1","feilmelding":"x"}"#.to_vec(),
            br#"{"navn":"A","maksTreff":1}"#.to_vec(),
        ]
    }

    /// A neighbour is not believed: whatever it answers is read or refused.
    fn proev(byte: &[u8]) {
        if let Ok(person) = Persondokument::les(byte) {
            let _ = format!("{person:?}");
        }
        if let Ok(side) = les_feed(byte, 5) {
            assert!(side.len() <= FEEDSIDE_ANTALL_MAKS && side.iter().all(|h| h.sekvensnummer >= 5));
        }
        if let Ok(bulk) = les_bulk(byte, 3, false) {
            assert!(bulk.len() <= 3);
        }
        if let Ok(arkiv) = les_arkiv(byte, 3) {
            assert!(arkiv.len() <= 3);
        }
        if let Ok(treff) = super::super::soek::les_treff(byte) {
            assert!(treff.len() <= super::super::TREFF_MAKS);
        }
        if let Ok(batch) = super::super::uttrekk::les_batch(byte) {
            let _ = format!("{batch:?}");
        }
        if let Ok(jobb) = super::super::uttrekk::les_jobb(byte) {
            assert!(jobb.to_string().bytes().all(|b| b.is_ascii_graphic()));
        }
        let melding = super::super::Melding::les(byte);
        assert!(!melding.for_den_som_spurte().contains(char::is_control));
        let _ = super::super::Kriterier::les(byte);
        let _ = crate::tilkobling::les_kode(byte, &["kode", "feilkode"]);
        if let Ok(tekst) = std::str::from_utf8(byte) {
            let _ = crate::adresse::Adresse::les(tekst, &crate::Valg::default());
        }
    }

    const ORD: &[&str] = &[
        "\"sekvensnummer\":",
        "\"oppslag\":[",
        "\"foedselsEllerDNummer\":[",
        "\"dokumentidentifikator\":[",
        "\"feilmelding\":",
        "\"jobbId\":",
        "http://127.0.0.1:1/",
        "https://",
        "18446744073709551615",
    ];

    fuzz::maal!(paalitelighet_15_fuzz_nabosvar, 4_000, ORD, gyldige, proev);
}
