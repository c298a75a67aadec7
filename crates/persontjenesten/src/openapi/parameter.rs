//! Parameters and forms: names, limits, patterns. A handler checks by these, so that what the document says is what is done.

use crate::oversettelse::tabell::Kodeliste;
use crate::{EventType, InformationPart};

/// A parameter of the path, the query or a form.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name. In a form it is read without regard to case.
    pub navn: &'static str,
    /// Where it stands.
    pub sted: Sted,
    /// A call without it is refused.
    pub krevd: bool,
    /// What it may be.
    pub form: Verdiform,
    /// What it means.
    pub tekst: &'static str,
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sted {
    /// In the path.
    Sti,
    /// In the query.
    Spoerring,
    /// In the form of the body.
    Skjema,
}

/// What a parameter may be.
#[derive(Clone, Copy, Debug)]
pub enum Verdiform {
    /// Text of so many characters.
    Tekst {
        /// Fewest.
        min: usize,
        /// Most.
        maks: usize,
        /// What it is made of.
        moenster: Moenster,
    },
    /// An integer.
    Heltall {
        /// 64 bits, otherwise 32.
        langt: bool,
        /// Least.
        min: Option<i64>,
        /// Greatest.
        maks: Option<i64>,
        /// When it is not there.
        standard: Option<i64>,
    },
    /// `true` or `false`, in any case; false when it is not there.
    Boolsk,
    /// One value of a list.
    En(Liste),
    /// Values of a list, repeated or with commas.
    Flere {
        /// The list.
        liste: Liste,
        /// Fewest; 0 when it need not be there.
        min: usize,
    },
    /// Texts, repeated or with commas.
    Tekster {
        /// Fewest.
        min: usize,
        /// Most.
        maks: usize,
    },
}

/// A list that values are of.
#[derive(Clone, Copy, Debug)]
pub enum Liste {
    /// Parts of a person.
    InformationPart,
    /// Types of event.
    EventType,
    /// A code list.
    Kode(&'static Kodeliste),
}

impl Liste {
    /// Its name in the contract.
    #[must_use]
    pub fn navn(self) -> &'static str {
        match self {
            Liste::InformationPart => "InformationPart",
            Liste::EventType => "EventType",
            Liste::Kode(liste) => liste.navn,
        }
    }

    /// Whether a value is one of it, exactly as written.
    #[must_use]
    pub fn har(self, verdi: &str) -> bool {
        match self {
            Liste::InformationPart => InformationPart::fra_navn(verdi).is_some(),
            Liste::EventType => EventType::fra_navn(verdi).is_some(),
            Liste::Kode(liste) => liste.verdier().any(|v| v == verdi),
        }
    }
}

/// What a text is made of. All of it must fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moenster {
    /// Anything.
    Ingen,
    /// Names in version 2.
    NavnV2,
    /// Names in version 3.
    NavnV3,
    /// Streets in version 2.
    GateV2,
    /// Streets in version 3.
    GateV3,
    /// Four digits.
    Siffer4,
    /// Eight digits.
    Siffer8,
    /// A date or the beginning of one.
    Dato,
}

impl Moenster {
    /// The pattern, as the contract has it.
    #[must_use]
    pub fn tekst(self) -> Option<&'static str> {
        Some(match self {
            Moenster::Ingen => return None,
            Moenster::NavnV2 => r"[\p{L}\s\-]+",
            Moenster::NavnV3 => r"[\s]*[\p{L}]+[\p{L}\s\-\']*",
            Moenster::GateV2 => r"[\p{L}\s\p{N}]+",
            Moenster::GateV3 => r"[\s]*[\p{L}\p{N}]+[\p{L}\s\p{N}\-\.\'\,\/]*",
            Moenster::Siffer4 => "[0-9]{4}",
            Moenster::Siffer8 => "[0-9]{8}",
            Moenster::Dato => "^[0-9]{4}[0-9-]{0,6}",
        })
    }

    /// Whether the contract keeps it from validators that do not know classes of characters.
    #[must_use]
    pub fn utenfor_standarden(self) -> bool {
        matches!(self, Moenster::NavnV3 | Moenster::GateV3)
    }

    /// Whether the whole of a text fits.
    ///
    /// A letter is what Unicode calls alphabetic, somewhat more than `\p{L}`: vowel signs of some scripts, and numbers that are
    /// letters. A loose accent is none, here as in the contract, so a caller composes names (NFC).
    #[must_use]
    pub fn passer(self, tekst: &str) -> bool {
        let navn = |c: char| c.is_alphabetic() || c.is_whitespace();
        let gate = |c: char| c.is_alphanumeric() || c.is_whitespace();
        let siffer = |antall: usize| tekst.len() == antall && tekst.bytes().all(|b| b.is_ascii_digit());
        let foerste = tekst.trim_start().chars().next();
        match self {
            Moenster::Ingen => true,
            Moenster::NavnV2 => !tekst.is_empty() && tekst.chars().all(|c| navn(c) || c == '-'),
            Moenster::NavnV3 => {
                foerste.is_some_and(char::is_alphabetic) && tekst.chars().all(|c| navn(c) || "-'".contains(c))
            }
            Moenster::GateV2 => !tekst.is_empty() && tekst.chars().all(gate),
            Moenster::GateV3 => {
                foerste.is_some_and(char::is_alphanumeric) && tekst.chars().all(|c| gate(c) || "-.',/".contains(c))
            }
            Moenster::Siffer4 => siffer(4),
            Moenster::Siffer8 => siffer(8),
            Moenster::Dato => {
                let byte = tekst.as_bytes();
                (4..=10).contains(&byte.len())
                    && byte.iter().take(4).all(u8::is_ascii_digit)
                    && byte.iter().skip(4).all(|b| b.is_ascii_digit() || *b == b'-')
            }
        }
    }
}

/// What is wrong with a value. Says nothing of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.tekst())]
pub enum Brudd {
    /// Not there.
    Mangler,
    /// Given more than once where there may be one.
    Gjentatt,
    /// Too few characters.
    ForKort,
    /// Too many characters.
    ForLang,
    /// Characters that may not stand there.
    Form,
    /// No integer, or one outside the limits.
    Tall,
    /// Neither `true` nor `false`.
    Boolsk,
    /// Not in the list.
    UkjentVerdi,
    /// Too few values.
    ForFaa,
    /// Too many values.
    ForMange,
    /// No day, month or year.
    Dato,
    /// One of the names is needed.
    UtenNavn,
    /// Too few letters in all names together.
    FaaBokstaver,
    /// No date, municipality or street beside the name.
    UtenStedEllerDato,
    /// No date, municipality, street or postal code beside the name.
    UtenStedPostnummerEllerDato,
}

impl Brudd {
    /// The rule, as it is said of the field that breaks it.
    #[must_use]
    pub fn tekst(self) -> &'static str {
        match self {
            Brudd::Mangler => "is missing",
            Brudd::Gjentatt => "is given more than once",
            Brudd::ForKort => "is too short",
            Brudd::ForLang => "is too long",
            Brudd::Form => "has a form that is not allowed",
            Brudd::Tall => "is not an integer within the limits",
            Brudd::Boolsk => "is neither true nor false",
            Brudd::UkjentVerdi => "is not a value of the list",
            Brudd::ForFaa => "has too few values",
            Brudd::ForMange => "has too many values",
            Brudd::Dato => "is not a date of the form YYYY, YYYY-MM or YYYY-MM-DD",
            Brudd::UtenNavn => "or GivenName, MiddleName or FamilyName is needed",
            Brudd::FaaBokstaver => "has fewer than three letters, together with the other names",
            Brudd::UtenStedEllerDato => "or MunicipalityNumber, or StreetAddress of three letters, is needed",
            Brudd::UtenStedPostnummerEllerDato => {
                "or MunicipalityNumber, PostalCode, or StreetAddress of three letters, is needed"
            }
        }
    }
}

impl Verdiform {
    /// Whether values given for a parameter are what it may be: one for a single one, all of them for several.
    ///
    /// Values of several stand one by one here: [`Verdiform::del_opp`] comes first.
    ///
    /// # Errors
    /// [`Brudd`]: the first rule that one of them breaks.
    pub fn sjekk(&self, verdier: &[&str]) -> Result<(), Brudd> {
        let (min, maks) = match *self {
            Verdiform::Flere { min, .. } => (min, usize::MAX),
            Verdiform::Tekster { min, maks } => (min, maks),
            _ => (1, 1),
        };
        if verdier.len() < min {
            return Err(Brudd::ForFaa);
        }
        if verdier.len() > maks {
            return Err(Brudd::ForMange);
        }
        verdier.iter().try_for_each(|verdi| self.sjekk_en(verdi))
    }

    /// The values of a parameter as it was sent: repeated, and where there may be several, parted by commas too.
    ///
    /// Shape: as many as were sent, in their order, blanks around them taken away. A parameter of several that is sent empty has none.
    #[must_use]
    pub fn del_opp<'a>(&self, sendt: &[&'a str]) -> Vec<&'a str> {
        match self {
            Verdiform::Flere { .. } | Verdiform::Tekster { .. } => sendt
                .iter()
                .filter(|verdi| !verdi.trim().is_empty())
                .flat_map(|verdi| verdi.split(',').map(str::trim))
                .collect(),
            _ => sendt.to_vec(),
        }
    }

    fn sjekk_en(&self, verdi: &str) -> Result<(), Brudd> {
        let krev = |holder: bool, brudd: Brudd| if holder { Ok(()) } else { Err(brudd) };
        match *self {
            Verdiform::Tekst { min, maks, moenster } => {
                let antall = verdi.chars().take(maks.saturating_add(1)).count();
                krev(antall >= min, Brudd::ForKort)?;
                krev(antall <= maks, Brudd::ForLang)?;
                krev(moenster.passer(verdi), Brudd::Form)
            }
            Verdiform::Heltall { langt, min, maks, .. } => {
                // A sign or a leading zero is no way to write a number here.
                let siffer = !verdi.is_empty() && verdi.bytes().all(|b| b.is_ascii_digit());
                let form = siffer && (verdi == "0" || !verdi.starts_with('0'));
                let tall = verdi.parse::<i64>().ok().filter(|_| form).ok_or(Brudd::Tall)?;
                let bredde = langt || i32::try_from(tall).is_ok();
                let innenfor = min.is_none_or(|min| tall >= min) && maks.is_none_or(|maks| tall <= maks);
                krev(bredde && innenfor, Brudd::Tall)
            }
            Verdiform::Boolsk => {
                let er = |ord: &str| verdi.eq_ignore_ascii_case(ord);
                krev(er("true") || er("false"), Brudd::Boolsk)
            }
            Verdiform::En(liste) | Verdiform::Flere { liste, .. } => krev(liste.har(verdi), Brudd::UkjentVerdi),
            Verdiform::Tekster { .. } => krev(!verdi.is_empty(), Brudd::ForKort),
        }
    }
}

/// A form: `application/x-www-form-urlencoded`.
#[derive(Clone, Copy, Debug)]
pub struct Skjema {
    /// Its name in version 3; version 2 has none.
    pub navn: &'static str,
    /// A call without it is refused.
    pub krevd: bool,
    /// Its fields.
    pub felter: &'static [Parameter],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(moenster: Moenster, passer: &[&str], passer_ikke: &[&str]) {
        for tekst in passer {
            assert!(moenster.passer(tekst), "{moenster:?} {tekst:?}");
        }
        for tekst in passer_ikke {
            assert!(!moenster.passer(tekst), "{moenster:?} {tekst:?}");
        }
    }

    #[test]
    fn the_whole_of_a_text_must_fit_its_pattern() {
        check(
            Moenster::NavnV2,
            &["Å", "ær lig-", " - "],
            &["", "O'H", "a1", "a%", "A\u{30a}"],
        );
        check(
            Moenster::NavnV3,
            &["Å", "  O'H-n", "a '"],
            &["", " ", "-a", "'a", "a1", "a."],
        );
        check(Moenster::GateV2, &["Gata 1", "1", " "], &["", "Gata 1-2", "a.b"]);
        check(Moenster::GateV3, &["Gata 1-2", " 1/2, a.b'c"], &["", " ", "-1", "/"]);
        check(Moenster::Siffer4, &["0301"], &["301", "03011", "0a01", "٠٣٠١"]);
        check(Moenster::Siffer8, &["03010401"], &["0301040", ""]);
        check(
            Moenster::Dato,
            &["1980", "1980-", "1980-01-02", "19800102"],
            &["198", "1980/01", "a980", "1980-01-021"],
        );
    }

    #[test]
    fn several_values_are_repeated_or_have_commas_between() {
        let flere = Verdiform::Tekster { min: 1, maks: 3 };
        assert_eq!(flere.del_opp(&["a,b", " c "]), ["a", "b", "c"]);
        assert_eq!(flere.del_opp(&["a,,b"]), ["a", "", "b"]);
        assert_eq!(flere.sjekk(&flere.del_opp(&["a,,b"])), Err(Brudd::ForKort));
        assert_eq!(flere.sjekk(&flere.del_opp(&["", " "])), Err(Brudd::ForFaa));
        assert_eq!(flere.sjekk(&flere.del_opp(&["a,b,c,d"])), Err(Brudd::ForMange));
        let en = Verdiform::Tekst {
            min: 1,
            maks: 9,
            moenster: Moenster::Ingen,
        };
        assert_eq!(en.del_opp(&["a,b "]), ["a,b "]);
    }
}
