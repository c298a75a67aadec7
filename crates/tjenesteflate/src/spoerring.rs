//! Reading a query string, strictly.
//!
//! Repeated parameters keep their order, escapes must be whole, text must be UTF-8, and the number and size are
//! limited. The readers give an error that names the *parameter* the handler asked for and never the value; a fault in
//! a parameter that nobody asked for is told by its place, since its name may be anything at all.
//!
//! What newcomers get wrong: a parameter that may be given once must be read with one of the single readers. They
//! refuse a second one, where taking the first or the last would let two parts of a chain read different things.

use crate::prosent::{self, Pluss};

/// Bytes in a whole query string. Source: our choice; as for the whole URI in [`crate::vern::URI_BYTES_MAKS`].
pub const BYTES_MAKS: usize = 8 * 1024;
/// Parameters in one query string. Source: our choice; the largest contract has some 35 values of `part`.
pub const PARAMETRE_MAKS: usize = 128;

/// Bytes in a form. Source: our choice; a hundred person ids of 64 characters, all of them escaped, are some 20 kB.
pub const SKJEMA_BYTES_MAKS: usize = 32 * 1024;
/// Fields in a form. Source: our choice; the largest contract has a hundred identifiers.
pub const SKJEMAFELT_MAKS: usize = 256;

/// What is wrong with a query. Never holds a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Longer than [`BYTES_MAKS`].
    #[error("Spørrestrengen er for lang; største tillatte lengde er {BYTES_MAKS} byte")]
    ForLang,
    /// More parameters than [`PARAMETRE_MAKS`].
    #[error("Spørrestrengen har for mange parametre; høyeste tillatte antall er {PARAMETRE_MAKS}")]
    ForMange,
    /// A `%` without two hex digits after it.
    #[error("Parameter nummer {nummer} i spørrestrengen har ugyldig prosentkoding")]
    Escape {
        /// Which parameter, counted from 1.
        nummer: usize,
    },
    /// The decoded bytes are not UTF-8.
    #[error("Parameter nummer {nummer} i spørrestrengen er ikke gyldig UTF-8")]
    Utf8 {
        /// Which parameter, counted from 1.
        nummer: usize,
    },
    /// A control character, NUL among them.
    #[error("Parameter nummer {nummer} i spørrestrengen har et ulovlig kontrolltegn")]
    Kontrolltegn {
        /// Which parameter, counted from 1.
        nummer: usize,
    },
    /// A parameter that the resource does not know.
    #[error("Parameter nummer {nummer} i spørrestrengen er ukjent for denne ressursen")]
    Ukjent {
        /// Which parameter, counted from 1.
        nummer: usize,
    },
    /// A parameter that may be given once was given again.
    #[error("Parameteren {navn} er oppgitt flere ganger; den kan bare oppgis én gang")]
    Gjentatt {
        /// The parameter's name, as the resource spells it.
        navn: &'static str,
    },
    /// A required parameter is not there.
    #[error("Parameteren {navn} mangler")]
    Mangler {
        /// The parameter's name, as the resource spells it.
        navn: &'static str,
    },
    /// Not a whole number of 64 bits.
    #[error("Parameteren {navn} må være et heltall")]
    IkkeHeltall {
        /// The parameter's name, as the resource spells it.
        navn: &'static str,
    },
    /// Neither `true` nor `false`.
    #[error("Parameteren {navn} må være true eller false")]
    IkkeBoolsk {
        /// The parameter's name, as the resource spells it.
        navn: &'static str,
    },
}

/// The parameters of one query string, decoded and in order.
#[derive(Clone, Default)]
pub struct Spoerring(Vec<(String, String)>);

impl std::fmt::Debug for Spoerring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Values may be names and identifiers.
        write!(f, "Spoerring({} parametre)", self.0.len())
    }
}

impl Spoerring {
    /// Reads what stands after the `?`, if anything.
    ///
    /// Shape: `name=value` joined by `&`; no `=` means the empty value, and empty pieces are skipped. `+` is a space.
    pub fn parse(raa: Option<&str>) -> Result<Self, Error> {
        Self::les(raa.unwrap_or_default(), BYTES_MAKS, PARAMETRE_MAKS)
    }

    /// Reads a body of `application/x-www-form-urlencoded`, which is written as a query is, within limits of its own.
    ///
    /// Errors: as [`Spoerring::parse`]; bytes that are not UTF-8 are a fault of the first field.
    pub fn parse_skjema(kropp: &[u8]) -> Result<Self, Error> {
        let raa = std::str::from_utf8(kropp).map_err(|_| Error::Utf8 { nummer: 1 })?;
        Self::les(raa, SKJEMA_BYTES_MAKS, SKJEMAFELT_MAKS)
    }

    fn les(raa: &str, bytes_maks: usize, antall_maks: usize) -> Result<Self, Error> {
        if raa.len() > bytes_maks {
            return Err(Error::ForLang);
        }
        let mut parametre = Vec::new();
        for par in raa.split('&').filter(|par| !par.is_empty()) {
            if parametre.len() == antall_maks {
                return Err(Error::ForMange);
            }
            let nummer = parametre.len() + 1;
            let (navn, verdi) = par.split_once('=').unwrap_or((par, ""));
            parametre.push((decode(navn, nummer)?, decode(verdi, nummer)?));
        }
        Ok(Self(parametre))
    }

    /// All values of a parameter that may be repeated, in the order given.
    pub fn all<'a>(&'a self, navn: &'static str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(n, _)| n == navn)
            .map(|(_, verdi)| verdi.as_str())
    }

    /// As [`Spoerring::all`], for a contract whose names are read without regard to case.
    pub fn all_any_case<'a>(&'a self, navn: &'static str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(n, _)| n.eq_ignore_ascii_case(navn))
            .map(|(_, verdi)| verdi.as_str())
    }

    /// The text of a parameter that may be given once. Given without a value it is the empty text.
    ///
    /// Errors: [`Error::Gjentatt`].
    pub fn text(&self, navn: &'static str) -> Result<Option<&str>, Error> {
        let mut verdier = self.all(navn);
        let foerste = verdier.next();
        if verdier.next().is_some() {
            return Err(Error::Gjentatt { navn });
        }
        Ok(foerste)
    }

    /// The whole number of a parameter that may be given once: an optional minus and digits, within 64 bits.
    ///
    /// Errors: [`Error::Gjentatt`], [`Error::IkkeHeltall`].
    pub fn int64(&self, navn: &'static str) -> Result<Option<i64>, Error> {
        let Some(tekst) = self.text(navn)? else { return Ok(None) };
        // The standard reader also takes a leading plus, which no contract shows.
        match tekst.parse() {
            Ok(tall) if !tekst.starts_with('+') => Ok(Some(tall)),
            _ => Err(Error::IkkeHeltall { navn }),
        }
    }

    /// The truth of a parameter that may be given once: exactly `true` or `false`.
    ///
    /// Errors: [`Error::Gjentatt`], [`Error::IkkeBoolsk`].
    pub fn boolean(&self, navn: &'static str) -> Result<Option<bool>, Error> {
        match self.text(navn)? {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(Error::IkkeBoolsk { navn }),
        }
    }

    /// Refuses parameters that are not in `kjente`.
    ///
    /// Errors: [`Error::Ukjent`] with the place of the first.
    pub fn require_known(&self, kjente: &[&str]) -> Result<(), Error> {
        match self.0.iter().position(|(navn, _)| !kjente.contains(&navn.as_str())) {
            Some(plass) => Err(Error::Ukjent { nummer: plass + 1 }),
            None => Ok(()),
        }
    }
}

/// Turns an optional parameter into a required one.
///
/// Errors: [`Error::Mangler`].
pub fn require<T>(navn: &'static str, verdi: Option<T>) -> Result<T, Error> {
    verdi.ok_or(Error::Mangler { navn })
}

fn decode(kodet: &str, nummer: usize) -> Result<String, Error> {
    prosent::decode(kodet, Pluss::Mellomrom).map_err(|feil| match feil {
        prosent::Error::Escape => Error::Escape { nummer },
        prosent::Error::Utf8 => Error::Utf8 { nummer },
        prosent::Error::Kontrolltegn => Error::Kontrolltegn { nummer },
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn parse(raa: &str) -> Spoerring {
        Spoerring::parse(Some(raa)).unwrap()
    }

    #[test]
    fn repeated_parameters_keep_their_order() {
        let s = parse("part=navn&seq=1&part=person-basis&&part=");
        assert_eq!(s.all("part").collect::<Vec<_>>(), ["navn", "person-basis", ""]);
        assert_eq!(s.all("finnesIkke").count(), 0);
    }

    #[test]
    fn names_and_values_are_decoded_and_split_at_the_first_equals() {
        let s = parse("etter%6eavn=Pr%C3%B8ve+X%2BY&a=b=c&flagg");
        assert_eq!(s.text("etternavn"), Ok(Some("Prøve X+Y")));
        assert_eq!(s.text("a"), Ok(Some("b=c")));
        assert_eq!(s.text("flagg"), Ok(Some("")));
        assert_eq!(s.text("borte"), Ok(None));
    }

    #[test]
    fn faults_in_the_text_are_told_by_place() {
        for (raa, feil) in [
            ("a=1&b=%zz", Error::Escape { nummer: 2 }),
            ("%ff=1", Error::Utf8 { nummer: 1 }),
            ("&&a=1&b=2&c=%00", Error::Kontrolltegn { nummer: 3 }),
        ] {
            assert_eq!(Spoerring::parse(Some(raa)).map(drop), Err(feil));
        }
    }

    #[test]
    fn a_single_parameter_may_not_be_given_twice() {
        let s = parse("seq=1&seq=1&flagg=true&flagg=false");
        assert_eq!(s.text("seq"), Err(Error::Gjentatt { navn: "seq" }));
        assert_eq!(s.int64("seq"), Err(Error::Gjentatt { navn: "seq" }));
        assert_eq!(s.boolean("flagg"), Err(Error::Gjentatt { navn: "flagg" }));
    }

    #[test]
    fn whole_numbers_are_read_to_the_ends_of_64_bits_and_no_further() {
        for (raa, forventet) in [
            ("seq=0", Ok(Some(0))),
            ("seq=-1", Ok(Some(-1))),
            ("seq=007", Ok(Some(7))),
            ("seq=9223372036854775807", Ok(Some(i64::MAX))),
            ("seq=-9223372036854775808", Ok(Some(i64::MIN))),
            ("seq=9223372036854775808", Err(Error::IkkeHeltall { navn: "seq" })),
            ("seq=", Err(Error::IkkeHeltall { navn: "seq" })),
            ("seq=%2B1", Err(Error::IkkeHeltall { navn: "seq" })),
            ("seq=+1", Err(Error::IkkeHeltall { navn: "seq" })),
            ("seq=1.0", Err(Error::IkkeHeltall { navn: "seq" })),
            ("seq=%D9%A1", Err(Error::IkkeHeltall { navn: "seq" })),
            ("annet=1", Ok(None)),
        ] {
            assert_eq!(parse(raa).int64("seq"), forventet, "{raa}");
        }
    }

    #[test]
    fn truth_is_spelled_in_one_way() {
        for (raa, forventet) in [
            ("b=true", Ok(Some(true))),
            ("b=false", Ok(Some(false))),
            ("b=TRUE", Err(Error::IkkeBoolsk { navn: "b" })),
            ("b=1", Err(Error::IkkeBoolsk { navn: "b" })),
            ("b", Err(Error::IkkeBoolsk { navn: "b" })),
            ("", Ok(None)),
        ] {
            assert_eq!(parse(raa).boolean("b"), forventet, "{raa}");
        }
    }

    #[test]
    fn required_and_unknown_parameters_are_told() {
        let s = parse("seq=1&hemmelig=12");
        assert_eq!(s.int64("seq").and_then(|v| require("seq", v)), Ok(1));
        assert_eq!(
            s.text("part").and_then(|v| require("part", v)),
            Err(Error::Mangler { navn: "part" })
        );
        assert_eq!(s.require_known(&["seq"]), Err(Error::Ukjent { nummer: 2 }));
        assert_eq!(s.require_known(&["seq", "hemmelig"]), Ok(()));
    }

    #[test]
    fn size_and_number_are_limited() {
        assert_eq!(Spoerring::parse(Some(&"a".repeat(BYTES_MAKS))).map(drop), Ok(()));
        assert_eq!(
            Spoerring::parse(Some(&"a".repeat(BYTES_MAKS + 1))).map(drop),
            Err(Error::ForLang)
        );
        assert_eq!(Spoerring::parse(Some(&"a&".repeat(PARAMETRE_MAKS))).map(drop), Ok(()));
        assert_eq!(
            Spoerring::parse(Some(&"a&".repeat(PARAMETRE_MAKS + 1))).map(drop),
            Err(Error::ForMange)
        );
    }

    #[test]
    fn a_form_is_read_as_a_query_within_limits_of_its_own() {
        let s = Spoerring::parse_skjema(b"nins=1%2C2&NINS=3").unwrap();
        assert_eq!(s.all_any_case("nins").collect::<Vec<_>>(), ["1,2", "3"]);
        assert_eq!(s.all("nins").collect::<Vec<_>>(), ["1,2"]);
        for (kropp, feil) in [
            (vec![b'a'; SKJEMA_BYTES_MAKS + 1], Error::ForLang),
            (b"a&".repeat(SKJEMAFELT_MAKS + 1), Error::ForMange),
            (b"a=\xff".to_vec(), Error::Utf8 { nummer: 1 }),
        ] {
            assert_eq!(Spoerring::parse_skjema(&kropp).map(drop), Err(feil));
        }
        assert!(Spoerring::parse_skjema(&b"a&".repeat(SKJEMAFELT_MAKS)).is_ok());
    }

    #[test]
    fn neither_errors_nor_debug_show_a_value() {
        let s = parse("seq=12859012335");
        assert!(!format!("{s:?} {:?} {}", s.boolean("seq"), s.boolean("seq").unwrap_err()).contains("1285"));
    }

    proptest! {
        #[test]
        fn any_text_gives_a_value_or_an_error(raa in any::<String>()) {
            let _ = Spoerring::parse(Some(&raa));
        }
    }
}
