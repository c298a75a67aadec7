//! What may stand in a field: nothing, a value, or that it is withheld.
//!
//! What a newcomer gets wrong: to treat "nothing" and "withheld" alike because both are written blank in XML. HL7 tells them apart
//! (`nullFlavor`), and the audit record must.

use std::fmt;

use informasjonsmodell::Dato;

/// A field of the contract.
///
/// `Debug` never shows the value.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Felt<T> {
    /// The register has nothing to say, or PREG has no way to say it.
    #[default]
    Ingen,
    /// A value.
    Verdi(T),
    /// Withheld by the caller's profile, whether there is a value or not.
    HoldtTilbake,
}

impl<T> fmt::Debug for Felt<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Felt::Ingen => "Ingen",
            Felt::Verdi(_) => "Verdi(***)",
            Felt::HoldtTilbake => "HoldtTilbake",
        })
    }
}

impl<T> Felt<T> {
    /// The value, if there is one to be shown.
    #[must_use]
    pub fn verdi(&self) -> Option<&T> {
        match self {
            Felt::Verdi(verdi) => Some(verdi),
            Felt::Ingen | Felt::HoldtTilbake => None,
        }
    }

    /// Whether there is a value to be shown.
    #[must_use]
    pub fn er_verdi(&self) -> bool {
        matches!(self, Felt::Verdi(_))
    }

    /// Whether it is withheld.
    #[must_use]
    pub fn er_holdt_tilbake(&self) -> bool {
        matches!(self, Felt::HoldtTilbake)
    }
}

impl<T> From<Option<T>> for Felt<T> {
    fn from(verdi: Option<T>) -> Self {
        verdi.map_or(Felt::Ingen, Felt::Verdi)
    }
}

/// What kind of value a field has in the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Art {
    /// Text.
    Tekst,
    /// Whole number.
    Heltall,
    /// Date; may be a year, or a year and a month.
    Dato,
    /// Yes or no.
    Boolsk,
    /// A number with two decimals.
    Desimal,
    /// Several texts.
    Tekster,
}

impl Art {
    /// The word for it in tables.
    #[must_use]
    pub fn navn(self) -> &'static str {
        match self {
            Art::Tekst => "tekst",
            Art::Heltall => "heltall",
            Art::Dato => "dato",
            Art::Boolsk => "ja/nei",
            Art::Desimal => "desimaltall",
            Art::Tekster => "tekster",
        }
    }
}

/// A number with two decimals, as hundredths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Desimal(pub i64);

/// A field looked at without knowing which it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Vist<'a> {
    /// Nothing.
    Ingen,
    /// Text.
    Tekst(&'a str),
    /// Whole number.
    Heltall(i32),
    /// Date.
    Dato(Dato),
    /// Yes or no.
    Boolsk(bool),
    /// A number with two decimals.
    Desimal(Desimal),
    /// Several texts.
    Tekster(&'a [String]),
    /// Withheld by the profile.
    HoldtTilbake,
}

impl fmt::Debug for Vist<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Vist::Ingen => "Ingen",
            Vist::HoldtTilbake => "HoldtTilbake",
            _ => "Verdi(***)",
        })
    }
}

impl Vist<'_> {
    /// As one text, for tables and files; `None` for nothing and for withheld.
    ///
    /// Shape: dates as [`crate::tekst::yyyymmdd`], yes and no as `J` and `N`, several texts with a blank between.
    #[must_use]
    pub fn som_tekst(&self) -> Option<String> {
        match self {
            Vist::Ingen | Vist::HoldtTilbake => None,
            Vist::Tekst(tekst) => Some((*tekst).to_owned()),
            Vist::Heltall(tall) => Some(tall.to_string()),
            Vist::Dato(dato) => Some(crate::tekst::yyyymmdd(*dato)),
            Vist::Boolsk(ja) => Some(if *ja { "J" } else { "N" }.to_owned()),
            Vist::Desimal(Desimal(tall)) => {
                let fortegn = if *tall < 0 { "-" } else { "" };
                let tall = tall.unsigned_abs();
                Some(format!("{fortegn}{}.{:02}", tall / 100, tall % 100))
            }
            Vist::Tekster(tekster) => Some(tekster.join(" ")),
        }
    }
}

/// A type that a field may have.
pub(crate) trait Feltverdi {
    const ART: Art;
    fn vis(&self) -> Vist<'_>;
}

impl Feltverdi for String {
    const ART: Art = Art::Tekst;
    fn vis(&self) -> Vist<'_> {
        Vist::Tekst(self)
    }
}

impl Feltverdi for i32 {
    const ART: Art = Art::Heltall;
    fn vis(&self) -> Vist<'_> {
        Vist::Heltall(*self)
    }
}

impl Feltverdi for Dato {
    const ART: Art = Art::Dato;
    fn vis(&self) -> Vist<'_> {
        Vist::Dato(*self)
    }
}

impl Feltverdi for bool {
    const ART: Art = Art::Boolsk;
    fn vis(&self) -> Vist<'_> {
        Vist::Boolsk(*self)
    }
}

impl Feltverdi for Desimal {
    const ART: Art = Art::Desimal;
    fn vis(&self) -> Vist<'_> {
        Vist::Desimal(*self)
    }
}

impl Feltverdi for Vec<String> {
    const ART: Art = Art::Tekster;
    fn vis(&self) -> Vist<'_> {
        Vist::Tekster(self)
    }
}

pub(crate) fn vis<T: Feltverdi>(felt: &Felt<T>) -> Vist<'_> {
    match felt {
        Felt::Ingen => Vist::Ingen,
        Felt::Verdi(verdi) => verdi.vis(),
        Felt::HoldtTilbake => Vist::HoldtTilbake,
    }
}

/// Withholds a field; tells whether it had a value.
pub(crate) fn hold_tilbake<T>(felt: &mut Felt<T>) -> bool {
    matches!(std::mem::replace(felt, Felt::HoldtTilbake), Felt::Verdi(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_one_text_and_never_shown_by_debug() {
        let felt = Felt::Verdi("FJELLVIK".to_owned());
        assert_eq!(vis(&felt).som_tekst().as_deref(), Some("FJELLVIK"));
        assert_eq!(format!("{felt:?} {:?}", vis(&felt)), "Verdi(***) Verdi(***)");
        assert_eq!(Vist::Desimal(Desimal(-105)).som_tekst().as_deref(), Some("-1.05"));
        assert_eq!(Vist::Boolsk(true).som_tekst().as_deref(), Some("J"));
        assert_eq!(Vist::HoldtTilbake.som_tekst(), None);
    }
}
