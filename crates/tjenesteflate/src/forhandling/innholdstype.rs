//! `Content-Type`: what a request body says it is. Source: RFC 9110, 8.3.

use http::{HeaderMap, header};

use super::{
    Medietype,
    leser::{Leser, Ugyldig},
};

/// Why a `Content-Type` cannot be used: 415.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InnholdstypeError {
    /// It does not follow the grammar, or there are several.
    #[error("Content-Type kan ikke leses; oppgi én medietype, for eksempel application/json")]
    Ugyldig,
    /// The text is in another character set than UTF-8.
    #[error("Content-Type angir et annet tegnsett enn UTF-8; send innholdet som UTF-8")]
    Tegnsett,
}

/// The media type of a request body, which is UTF-8 if it is text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Innholdstype {
    hovedtype: String,
    undertype: String,
}

impl Innholdstype {
    /// Reads the header; `None` if the request has none.
    ///
    /// Errors: more than one header, bad grammar, a `charset` other than UTF-8. Other parameters are allowed and not
    /// looked at.
    pub fn from_headers(hoder: &HeaderMap) -> Result<Option<Self>, InnholdstypeError> {
        let mut linjer = hoder.get_all(header::CONTENT_TYPE).iter();
        let Some(linje) = linjer.next() else { return Ok(None) };
        if linjer.next().is_some() {
            return Err(InnholdstypeError::Ugyldig);
        }
        let tekst = linje.to_str().map_err(|_| InnholdstypeError::Ugyldig)?;
        Self::parse(tekst).map(Some)
    }

    /// Whether the body is of this type, parameters aside.
    pub fn is(&self, type_: &Medietype) -> bool {
        self.hovedtype == type_.hovedtype && self.undertype == type_.undertype
    }

    fn parse(tekst: &str) -> Result<Self, InnholdstypeError> {
        let ugyldig = InnholdstypeError::Ugyldig;
        let mut leser = Leser::new(tekst);
        leser.skip_space();
        let hovedtype = leser.token().ok_or(ugyldig)?.to_ascii_lowercase();
        if !leser.take('/') {
            return Err(ugyldig);
        }
        let undertype = leser.token().ok_or(ugyldig)?.to_ascii_lowercase();
        let mut tegnsett = false;
        while let Some((navn, verdi)) = leser.parameter().map_err(|Ugyldig| ugyldig)? {
            if navn.eq_ignore_ascii_case("charset") {
                if tegnsett {
                    return Err(ugyldig);
                }
                tegnsett = true;
                if !verdi.eq_ignore_ascii_case("utf-8") {
                    return Err(InnholdstypeError::Tegnsett);
                }
            }
        }
        if !leser.is_empty() || hovedtype.contains('*') || undertype.contains('*') {
            return Err(ugyldig);
        }
        Ok(Self { hovedtype, undertype })
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn read(linjer: &[&[u8]]) -> Result<Option<Innholdstype>, InnholdstypeError> {
        let hoder = linjer
            .iter()
            .map(|l| (header::CONTENT_TYPE, HeaderValue::from_bytes(l).unwrap()))
            .collect();
        Innholdstype::from_headers(&hoder)
    }

    #[track_caller]
    fn check(tekst: &str, forventet: Result<Medietype, InnholdstypeError>) {
        match (read(&[tekst.as_bytes()]), forventet) {
            (Ok(Some(lest)), Ok(type_)) => assert!(lest.is(&type_), "{tekst}"),
            (lest, forventet) => assert_eq!(lest.map(drop), forventet.map(drop), "{tekst}"),
        }
    }

    #[test]
    fn type_and_subtype_are_read_without_regard_to_case() {
        assert_eq!(read(&[]), Ok(None));
        check("application/json", Ok(Medietype::JSON));
        check(" Application/XML ; Charset=\"UTF-8\";a=b", Ok(Medietype::XML));
        check("text/plain;charset=utf-8;", Ok(Medietype::TEKST));
        assert!(!read(&[b"application/json"]).unwrap().unwrap().is(&Medietype::XML));
    }

    #[test]
    fn other_character_sets_are_refused() {
        check("application/xml;charset=iso-8859-1", Err(InnholdstypeError::Tegnsett));
        check("application/xml;charset=\"\"", Err(InnholdstypeError::Tegnsett));
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for daarlig in [
            "",
            "json",
            "application/",
            "application/json, application/xml",
            "application/*",
            "*/*",
            "application/json;charset",
            "application/json;charset=utf-8;charset=utf-8",
            "application/json x",
            "application/j\u{e6}son",
        ] {
            check(daarlig, Err(InnholdstypeError::Ugyldig));
        }
        assert_eq!(
            read(&[b"application/json", b"application/json"]),
            Err(InnholdstypeError::Ugyldig)
        );
    }

    proptest! {
        #[test]
        fn any_header_gives_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            if HeaderValue::from_bytes(&bytes).is_ok() {
                let _ = read(&[&bytes]);
            }
        }
    }
}
