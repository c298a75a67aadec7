//! What is said of a person in HL7's messages, as plain types.
//!
//! No type here prints what it holds: `Debug` gives its name alone. What newcomers get wrong: [`Felt`] has three values, and
//! `HoldtTilbake` says nothing of whether there is something behind it. Whoever withholds a field does so for every person
//! of that caller, whether the register has it or not.

use jiff::civil::Date;

/// `Debug` that gives the name of the type alone: what is in it is about somebody.
macro_rules! taus {
    ($($navn:ident),*) => {$(
        impl std::fmt::Debug for $navn {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($navn))
            }
        }
    )*};
}
pub(crate) use taus;

/// A field of an answer.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Felt<T> {
    /// The register has nothing, or it does not belong in this answer: no element.
    #[default]
    Mangler,
    /// What the register has.
    Verdi(T),
    /// Not for this caller: the element is there, and blank. Source: README of the contract, 5.
    HoldtTilbake,
}

impl<T> std::fmt::Debug for Felt<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Felt::Mangler => "Mangler",
            Felt::Verdi(_) => "Verdi(***)",
            Felt::HoldtTilbake => "HoldtTilbake",
        })
    }
}

impl<T> Felt<T> {
    /// A value, where there is one.
    #[must_use]
    pub fn av(verdi: Option<T>) -> Self {
        verdi.map_or(Felt::Mangler, Felt::Verdi)
    }
}

/// HL7's `II`: a root and, of most, a number under it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Id {
    /// OID.
    pub rot: String,
    /// What stands under it.
    pub nummer: Option<String>,
}

/// Root of foedselsnummer. Source: README of the contract, 4.3, as the next two.
pub const ROT_F: &str = "2.16.578.1.12.4.1.4.1";
/// Root of d-nummer.
pub const ROT_D: &str = "2.16.578.1.12.4.1.4.2";
/// Root of common help numbers.
pub const ROT_FH: &str = "2.16.578.1.12.4.1.4.3";

impl Id {
    /// An identifier of a person, with the root that its first digit says.
    #[must_use]
    pub fn person(nummer: &str) -> Self {
        Id {
            rot: rot_av(nummer).to_owned(),
            nummer: Some(nummer.to_owned()),
        }
    }

    /// Eleven digits, where it has them. Digits are trusted, roots are not. Source: README of the contract, 4.3.
    #[must_use]
    pub fn sifre(&self) -> Option<&str> {
        let nummer = self.nummer.as_deref()?;
        (nummer.len() == 11 && nummer.bytes().all(|b| b.is_ascii_digit())).then_some(nummer)
    }

    /// Whether root and first digit say the same.
    #[must_use]
    pub fn er_enig(&self) -> bool {
        self.sifre().is_some_and(|sifre| rot_av(sifre) == self.rot)
    }
}

fn rot_av(nummer: &str) -> &'static str {
    match nummer.bytes().next() {
        Some(b'0'..=b'3') => ROT_F,
        Some(b'4'..=b'7') => ROT_D,
        _ => ROT_FH,
    }
}

/// A date, whole or in part. Shape: no day without a month; what there is, is in the calendar.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dato {
    aar: i16,
    maaned: Option<i8>,
    dag: Option<i8>,
}

impl Dato {
    /// Reads `YYYY`, `YYYYMM` or `YYYYMMDD`, and passes over a time of day behind the last. `None`: not a date.
    ///
    /// Source: README of the contract, 4.4 (TS); that a time of day is passed over is our choice.
    #[must_use]
    pub fn les(tekst: &str) -> Option<Dato> {
        let tekst = tekst.trim();
        let sifre: String = tekst.chars().take_while(char::is_ascii_digit).collect();
        let rest = tekst.strip_prefix(sifre.as_str())?;
        let bare_sone_eller_broek = rest.is_empty() || (sifre.len() >= 8 && rest.starts_with(['+', '-', '.']));
        let tall = |fra: usize, til: usize| sifre.get(fra..til)?.parse::<i16>().ok();
        if !bare_sone_eller_broek || rest.len() > 12 {
            return None;
        }
        let aar = tall(0, 4).filter(|a| *a >= 1)?;
        let (maaned, dag) = match sifre.len() {
            4 => (None, None),
            6 => (tall(4, 6), None),
            8 | 10 | 12 | 14 => (tall(4, 6), tall(6, 8)),
            _ => return None,
        };
        let [maaned, dag] = [maaned, dag].map(|t| t.and_then(|t| i8::try_from(t).ok()));
        Date::new(aar, maaned.unwrap_or(1), dag.unwrap_or(1)).ok()?;
        Some(Dato { aar, maaned, dag })
    }

    /// A whole date.
    #[must_use]
    pub fn hel(dato: Date) -> Dato {
        Dato {
            aar: dato.year(),
            maaned: Some(dato.month()),
            dag: Some(dato.day()),
        }
    }

    /// The first day that it may be.
    #[must_use]
    pub fn foerste(self) -> Date {
        let dato = Date::new(self.aar, self.maaned.unwrap_or(1), self.dag.unwrap_or(1));
        dato.unwrap_or(Date::MIN)
    }

    /// The last day that it may be.
    #[must_use]
    pub fn siste(self) -> Date {
        match (self.maaned, self.dag) {
            (_, Some(_)) => self.foerste(),
            (Some(_), None) => self.foerste().last_of_month(),
            (None, None) => self.foerste().last_of_year(),
        }
    }
}

impl std::fmt::Display for Dato {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}", self.aar)?;
        for del in [self.maaned, self.dag].into_iter().flatten() {
            write!(f, "{del:02}")?;
        }
        Ok(())
    }
}

/// A name.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Navn {
    /// First names, blank between them.
    pub fornavn: Felt<String>,
    /// Middle names, blank between them.
    pub mellomnavn: Felt<String>,
    /// Last name, which may be several words.
    pub etternavn: Felt<String>,
}

/// What an address is for; the codes are HL7's `PostalAddressUse`. Source: README of the contract, 4.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "HL7's own codes")]
pub enum Adressebruk {
    Bad,
    Conf,
    H,
    Hp,
    Hv,
    Tmp,
    Wp,
    Dir,
    Pub,
    Phys,
    Pst,
}

impl Adressebruk {
    const ALLE: [(Adressebruk, &'static str); 11] = [
        (Adressebruk::Bad, "BAD"),
        (Adressebruk::Conf, "CONF"),
        (Adressebruk::H, "H"),
        (Adressebruk::Hp, "HP"),
        (Adressebruk::Hv, "HV"),
        (Adressebruk::Tmp, "TMP"),
        (Adressebruk::Wp, "WP"),
        (Adressebruk::Dir, "DIR"),
        (Adressebruk::Pub, "PUB"),
        (Adressebruk::Phys, "PHYS"),
        (Adressebruk::Pst, "PST"),
    ];

    /// As the wire has it.
    #[must_use]
    pub fn kode(self) -> &'static str {
        Self::ALLE.iter().find(|(b, _)| *b == self).map_or("", |(_, kode)| kode)
    }

    /// The one with this code.
    #[must_use]
    pub fn les(kode: &str) -> Option<Self> {
        Self::ALLE.iter().find(|(_, k)| *k == kode).map(|(b, _)| *b)
    }
}

/// An address. Each part is an element of its own on the wire. Source: README of the contract, 4.4 (AD).
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Adresse {
    /// What it is for.
    pub bruk: Vec<Adressebruk>,
    /// `careOf`.
    pub c_o: Felt<String>,
    /// `streetAddressLine`, in order.
    pub adresselinjer: Vec<Felt<String>>,
    /// `streetName`.
    pub gatenavn: Felt<String>,
    /// `houseNumber`.
    pub husnummer: Felt<String>,
    /// `unitID`: bolignummer.
    pub bolignummer: Felt<String>,
    /// `postBox`.
    pub postboks: Felt<String>,
    /// `postalCode`.
    pub postnummer: Felt<String>,
    /// `city`.
    pub poststed: Felt<String>,
    /// `county`: kommune, by number or name.
    pub kommune: Felt<String>,
    /// `country`.
    pub land: Felt<String>,
    /// `censusTract`: grunnkrets.
    pub grunnkrets: Felt<String>,
    /// `precinct`: bydel.
    pub bydel: Felt<String>,
}

impl Adresse {
    /// An address of which the caller is shown nothing but that an address has these parts.
    ///
    /// Source: `GetDemographics-response-blanked.xml`.
    #[must_use]
    pub fn holdt_tilbake(bruk: Adressebruk) -> Self {
        Adresse {
            bruk: vec![bruk],
            adresselinjer: vec![Felt::HoldtTilbake],
            postnummer: Felt::HoldtTilbake,
            poststed: Felt::HoldtTilbake,
            ..Adresse::default()
        }
    }

    /// A protected address: the fixed text and nothing else.
    ///
    /// Source: README of the contract, 5; `GetDemographics-response-code7.xml`.
    #[must_use]
    pub fn sperret(bruk: Adressebruk, tekst: &str) -> Self {
        Adresse {
            bruk: vec![bruk, Adressebruk::Conf],
            adresselinjer: vec![Felt::Verdi(tekst.to_owned())],
            ..Adresse::default()
        }
    }
}

/// HL7's `CE`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Kodet {
    /// The code.
    pub kode: String,
    /// OID of its list.
    pub system: Option<String>,
    /// Name of its list.
    pub systemnavn: Option<String>,
    /// What it means, in words.
    pub tekst: Option<String>,
}

/// Gender, as HL7 has it. Source: README of the contract, 4.4.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kjoenn {
    /// `F`.
    Kvinne,
    /// `M`.
    Mann,
    /// `UN`.
    Ukjent,
}

/// `telecom`.
#[derive(Clone, PartialEq, Eq)]
pub struct Telekom {
    /// `tel:…` or `mailto:…`.
    pub verdi: String,
    /// Codes of `TelecommunicationAddressUse`.
    pub bruk: Vec<String>,
}

/// How two persons are related: code and OID are HL7's `PersonalRelationshipRoleType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slektskap {
    /// `MTH`.
    Mor,
    /// `FTH`.
    Far,
    /// `SPS`.
    Ektefelle,
    /// `CHILD`.
    Barn,
}

/// Whether a number is in use. Source: README of the contract, 4.7 (`statusCode`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rollestatus {
    /// `active`.
    #[default]
    Aktiv,
    /// `terminated`: superseded or annulled.
    Avsluttet,
}

/// A person in an answer. Which fields go into which answer the writer knows. Source: README of the contract, 4.7.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Svarperson {
    /// The primary number, which is never withheld.
    pub id: Id,
    /// Whether it is in use.
    pub status: Rollestatus,
    /// Code of address protection, where the caller may know it.
    pub skjerming: Felt<String>,
    /// The name in use.
    pub navn: Navn,
    /// Former names.
    pub tidligere_navn: Vec<Navn>,
    /// Telephone and mail, of help numbers.
    pub telekom: Vec<Telekom>,
    /// Gender.
    pub kjoenn: Felt<Kjoenn>,
    /// Birth.
    pub foedt: Felt<Dato>,
    /// Whether dead.
    pub doed: Felt<bool>,
    /// Date of death.
    pub doedsdato: Felt<Dato>,
    /// Addresses, the current one first.
    pub adresser: Vec<Adresse>,
    /// Marital status, by DSF's digit.
    pub sivilstand: Felt<Kodet>,
    /// Citizenships.
    pub statsborgerskap: Vec<Felt<Kodet>>,
    /// Passports and the like, of help numbers.
    pub andre_id: Vec<Id>,
    /// Relatives.
    pub slekt: Vec<(Slektskap, Felt<Id>)>,
    /// Place of birth; its use is written as `PHYS`.
    pub foedested: Felt<Adresse>,
    /// Status in the register and since when.
    pub registerstatus: Felt<(Kodet, Option<Dato>)>,
    /// Superseded numbers that lead here.
    pub erstattede: Vec<Id>,
    /// Last change of the record.
    pub endret: Option<Dato>,
}

taus!(Id, Dato, Navn, Adresse, Kodet, Kjoenn, Telekom, Svarperson);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_as_far_as_it_goes() {
        for (tekst, skrevet, foerste, siste) in [
            ("1984", "1984", "1984-01-01", "1984-12-31"),
            (" 198402 ", "198402", "1984-02-01", "1984-02-29"),
            ("19840317", "19840317", "1984-03-17", "1984-03-17"),
            ("19840317101500+0200", "19840317", "1984-03-17", "1984-03-17"),
            ("19840317101500.123", "19840317", "1984-03-17", "1984-03-17"),
        ] {
            let dato = Dato::les(tekst).unwrap();
            assert_eq!(dato.to_string(), skrevet);
            assert_eq!(dato.foerste().to_string(), foerste);
            assert_eq!(dato.siste().to_string(), siste);
        }
        for tekst in [
            "",
            "84",
            "0000",
            "19840230",
            "19841301",
            "198",
            "1984-03-17",
            "19840317x",
            "１９８４",
        ] {
            assert!(Dato::les(tekst).is_none(), "{tekst}");
        }
    }

    #[test]
    fn digits_are_trusted_and_roots_are_not() {
        assert_eq!(Id::person("17938412081").rot, ROT_F);
        assert_eq!(Id::person("57938426211").rot, ROT_D);
        assert_eq!(Id::person("91234567026").rot, ROT_FH);
        let uenig = Id {
            rot: ROT_FH.to_owned(),
            nummer: Some("17938412081".to_owned()),
        };
        assert!(!uenig.er_enig() && uenig.sifre().is_some());
        assert_eq!(format!("{uenig:?} {:?}", Felt::Verdi(uenig.clone())), "Id Verdi(***)");
    }
}
