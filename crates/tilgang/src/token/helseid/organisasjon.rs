//! The organisations that a client names in its assertion (`authorization_details`): written by clients, read by the issuer.
//!
//! ```text
//!  {"type":"helseid_authorization","practitioner_role":{"organization":{"identifier":
//!     {"system":"urn:oid:1.0.6523","type":"ENH","value":"NO:ORGNR:<parent>:<child>"}}}}
//! ```
//!
//! What lives here: that form and no more. Whether the client may speak for the organisation is the issuer's to say. A
//! newcomer's mistake is to take a form that is nearly this one: what is not understood is refused, or a client would get a
//! token for another organisation than it meant.

use identifikator::Organisasjonsnummer;
use serde_json::{Map, Value, json};

const TYPE: &str = "helseid_authorization";
const SYSTEM: &str = "urn:oid:1.0.6523";
const FORAN: &str = "NO:ORGNR:";

/// The organisations that a client asks to act for.
///
/// Source: HelseID's documentation, ADR 0035.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Organisasjonsvalg {
    /// The parent organisation.
    pub forelder: Organisasjonsnummer,
    /// The unit below it.
    pub underenhet: Option<Organisasjonsnummer>,
}

impl Organisasjonsvalg {
    /// The value of `authorization_details`.
    #[must_use]
    pub fn til_krav(&self) -> Value {
        let underenhet = self.underenhet.map(|nummer| format!(":{nummer}")).unwrap_or_default();
        let verdi = format!("{FORAN}{}{underenhet}", self.forelder);
        json!({"type": TYPE, "practitioner_role": {"organization": {"identifier":
            {"system": SYSTEM, "type": "ENH", "value": verdi}}}})
    }

    /// Reads [`Organisasjonsvalg::til_krav`], alone or as the one element of an array. The parent's number may be followed by a
    /// colon and nothing.
    ///
    /// Errors: `None` when it is anything else, also for numbers whose check digit is wrong and for members that we do not know.
    #[must_use]
    pub fn les(verdi: &Value) -> Option<Self> {
        let detalj = match verdi {
            Value::Array(liste) => match liste.as_slice() {
                [en] => en,
                _ => return None,
            },
            en => en,
        };
        let detalj = med_medlemmer(detalj, 2)?;
        if detalj.get("type")?.as_str()? != TYPE {
            return None;
        }
        let rolle = med_medlemmer(detalj.get("practitioner_role")?, 1)?;
        let organisasjon = med_medlemmer(rolle.get("organization")?, 1)?;
        let identifikator = med_medlemmer(organisasjon.get("identifier")?, 3)?;
        let tekst = |felt: &str| identifikator.get(felt)?.as_str();
        if tekst("system")? != SYSTEM || tekst("type")? != "ENH" {
            return None;
        }
        let nummer = tekst("value")?.strip_prefix(FORAN)?;
        let (forelder, underenhet) = nummer.split_once(':').unwrap_or((nummer, ""));
        let underenhet = match underenhet {
            "" => None,
            underenhet => Some(Organisasjonsnummer::parse(underenhet).ok()?),
        };
        Some(Organisasjonsvalg {
            forelder: Organisasjonsnummer::parse(forelder).ok()?,
            underenhet,
        })
    }
}

fn med_medlemmer(verdi: &Value, antall: usize) -> Option<&Map<String, Value>> {
    verdi.as_object().filter(|objekt| objekt.len() == antall)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn org(nummer: &str) -> Organisasjonsnummer {
        Organisasjonsnummer::parse(nummer).unwrap()
    }

    #[test]
    fn what_is_written_is_read() {
        for underenhet in [None, Some(org("310000019"))] {
            let valg = Organisasjonsvalg {
                forelder: org("310000000"),
                underenhet,
            };
            assert_eq!(Organisasjonsvalg::les(&valg.til_krav()), Some(valg));
            assert_eq!(Organisasjonsvalg::les(&json!([valg.til_krav()])), Some(valg));
        }
        let krav = Organisasjonsvalg {
            forelder: org("310000000"),
            underenhet: Some(org("310000019")),
        };
        let krav = krav.til_krav();
        assert_eq!(
            krav["practitioner_role"]["organization"]["identifier"]["value"],
            "NO:ORGNR:310000000:310000019"
        );
    }

    #[test]
    fn what_is_nearly_it_is_refused() {
        let god = Organisasjonsvalg {
            forelder: org("310000000"),
            underenhet: None,
        };
        let god = god.til_krav();
        let med_verdi = |verdi: &str| {
            let mut krav = god.clone();
            krav["practitioner_role"]["organization"]["identifier"]["value"] = json!(verdi);
            krav
        };
        assert!(Organisasjonsvalg::les(&med_verdi("NO:ORGNR:310000000:")).is_some());
        for verdi in [
            "",
            "NO:ORGNR:",
            "NO:ORGNR::310000019",
            "NO:ORGNR:310000001",
            "NO:ORGNR:310000000:310000018",
            "NO:ORGNR:310000000:310000019:",
            "NO:ORGNR: 310000000",
            "no:orgnr:310000000",
            "310000000",
        ] {
            assert_eq!(Organisasjonsvalg::les(&med_verdi(verdi)), None, "{verdi}");
        }
        let mut annen_type = god.clone();
        annen_type["type"] = json!("helseid_authorization_2");
        let mut mer = god.clone();
        mer["practitioner_role"]["organization"]["identifier"]["assigner"] = json!("x");
        for verdi in [json!([]), json!([god, god]), json!(null), json!("x"), annen_type, mer] {
            assert_eq!(Organisasjonsvalg::les(&verdi), None, "{verdi}");
        }
    }
}
