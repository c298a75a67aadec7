//! Requests, from trees to plain types.
//!
//! Read by the same table as the schema is made of, but leniently: order does not matter, and an empty element is as if it were not there. What
//! is asked is not passed over in silence: an element that is unknown or comes twice is refused. What newcomers get wrong: no value comes back
//! in an error.

use informasjonsmodell::Dato;
use meldinger::tre::Element;

use crate::kontrakt::{self, Antall, Felt, NUMMER_TEGN_MAKS, Slag, TREFF_MAKS, TREFF_VANLIG, Type};
use crate::{Feil, NAVNEROM, Nummer, Operasjon};

/// What is asked.
#[derive(Clone, PartialEq, Eq)]
pub enum Foresporsel {
    /// A person.
    Person(Spurt),
    /// Addresses; only the current one?
    Adresser(Spurt, bool),
    /// A search.
    Soek(Soek),
    /// Many persons; those that are no number are among them.
    Personer(Vec<Result<Spurt, String>>),
    /// A number, as it was sent.
    Sjekk(String),
}

/// A number that is asked for.
pub type Spurt = Nummer;

/// When somebody was born.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Foedt {
    /// A day, or any day of a month or a year.
    Dato(Dato),
    /// From and to, both included; each may be a month or a year.
    Mellom(Option<Dato>, Option<Dato>),
}

/// A gender that is searched by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kjoenn {
    /// 0.
    Kvinne,
    /// 1.
    Mann,
}

/// A search that is narrow enough to be tried.
#[derive(Clone, PartialEq, Eq)]
pub struct Soek {
    /// `GivenName`.
    pub fornavn: Option<String>,
    /// `MiddleName`.
    pub mellomnavn: Option<String>,
    /// `Sn`.
    pub etternavn: Option<String>,
    /// `DateOfBirth`, or the two ends.
    pub foedt: Option<Foedt>,
    /// `Gender`.
    pub kjoenn: Option<Kjoenn>,
    /// `PostalCode`.
    pub postnummer: Option<String>,
    /// `St`.
    pub kommunenummer: Option<String>,
    /// `StreetName`.
    pub gatenavn: Option<String>,
    /// `IncludeDead`.
    pub med_doede: bool,
    /// `MaxHits`, from 1 to [`TREFF_MAKS`].
    pub treff_maks: u32,
}

macro_rules! taus {
    ($($navn:ident),*) => {$(
        impl std::fmt::Debug for $navn {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($navn))
            }
        }
    )*};
}
taus!(Foresporsel, Foedt, Kjoenn, Soek);

impl Foresporsel {
    /// Reads the element of a request.
    ///
    /// # Errors
    /// [`Feil::Forespoersel`] with the element, [`Feil::UgyldigNummer`], [`Feil::ForFaaKriterier`].
    pub fn les(operasjon: Operasjon, kropp: &Element) -> Result<Self, Feil> {
        let verdier = Verdier::les(kropp, &kontrakt::foresporsel(operasjon))?;
        Ok(match operasjon {
            Operasjon::GetPerson => Foresporsel::Person(verdier.nummer()?),
            Operasjon::GetAddresses => {
                Foresporsel::Adresser(verdier.nummer()?, verdier.boolsk("CurrentOnly")?.unwrap_or(false))
            }
            Operasjon::SearchPersons => Foresporsel::Soek(soek(&verdier)?),
            Operasjon::GetPersons => Foresporsel::Personer(
                verdier
                    .alle("NIN")
                    .map(|tekst| Nummer::elleve(tekst).ok_or_else(|| tekst.to_owned()))
                    .collect(),
            ),
            Operasjon::CheckNin => {
                let tekst = verdier.en("NIN").ok_or(Feil::Forespoersel("NIN mangler"))?;
                Foresporsel::Sjekk(tekst.to_owned())
            }
        })
    }
}

/// What the fields of a request hold, in the order they came.
struct Verdier<'e>(Vec<(&'static str, &'e str)>);

impl<'e> Verdier<'e> {
    fn les(kropp: &'e Element, type_: &Type) -> Result<Self, Feil> {
        let mut ut: Vec<(&'static str, &'e str)> = Vec::with_capacity(kropp.barn.len());
        if !kropp.verdi().is_empty() {
            return Err(Feil::Forespoersel("tekst utenfor elementene"));
        }
        for barn in &kropp.barn {
            let felt = type_
                .felter
                .iter()
                .find(|felt| felt.navn == barn.navn && barn.navnerom == NAVNEROM);
            let felt = felt.ok_or(Feil::Forespoersel("et element som ikke er i kontrakten"))?;
            if !barn.barn.is_empty() {
                return Err(Feil::Forespoersel("elementer i et element som ikke har noen"));
            }
            let flere_lov = matches!(felt.antall, Antall::EttTil(_) | Antall::Flere);
            if !flere_lov && ut.iter().any(|(navn, _)| *navn == felt.navn) {
                return Err(Feil::Forespoersel("et element som står to ganger"));
            }
            sjekk_lengde(felt, barn.verdi())?;
            ut.push((felt.navn, barn.verdi()));
        }
        for felt in &type_.felter {
            let antall = || ut.iter().filter(|(navn, _)| *navn == felt.navn).count();
            match felt.antall {
                Antall::Ett if antall() != 1 => return Err(Feil::Forespoersel("et element som mangler")),
                Antall::EttTil(maks) if !(1..=maks).contains(&antall()) => {
                    return Err(Feil::Forespoersel("NIN skal stå fra 1 til 1000 ganger"));
                }
                _ => {}
            }
        }
        Ok(Verdier(ut))
    }

    fn alle(&self, navn: &'static str) -> impl Iterator<Item = &'e str> {
        self.0.iter().filter(move |(n, _)| *n == navn).map(|(_, verdi)| *verdi)
    }

    fn en(&self, navn: &'static str) -> Option<&'e str> {
        self.alle(navn).find(|verdi| !verdi.is_empty())
    }

    fn tekst(&self, navn: &'static str) -> Option<String> {
        self.en(navn).and_then(pregmodell::tekst::rens)
    }

    fn nummer(&self) -> Result<Nummer, Feil> {
        self.en("NIN").and_then(Nummer::elleve).ok_or(Feil::UgyldigNummer)
    }

    fn boolsk(&self, navn: &'static str) -> Result<Option<bool>, Feil> {
        match self.en(navn) {
            None => Ok(None),
            Some("true" | "1") => Ok(Some(true)),
            Some("false" | "0") => Ok(Some(false)),
            Some(_) => Err(Feil::Forespoersel("en verdi skal være true eller false")),
        }
    }

    fn dato(&self, navn: &'static str) -> Result<Option<Dato>, Feil> {
        let Some(tekst) = self.en(navn) else { return Ok(None) };
        let dato = Dato::parse(tekst).ok_or(Feil::Forespoersel("en dato skal være ÅÅÅÅ-MM-DD, ÅÅÅÅ-MM eller ÅÅÅÅ"))?;
        Ok(Some(dato))
    }

    fn siffer(&self, navn: &'static str) -> Result<Option<String>, Feil> {
        match self.en(navn) {
            Some(tekst) if !pregmodell::tekst::er_siffer(tekst, 4) => {
                Err(Feil::Forespoersel("PostalCode og St har fire siffer"))
            }
            funnet => Ok(funnet.map(str::to_owned)),
        }
    }
}

// What is longer than the contract says is refused, and not cut: another search would be made of it.
fn sjekk_lengde(felt: &Felt, verdi: &str) -> Result<(), Feil> {
    let maks = match felt.slag {
        Slag::Tekst(Some(maks)) => maks,
        _ => NUMMER_TEGN_MAKS,
    };
    if verdi.chars().count() > maks {
        return Err(Feil::Forespoersel("en verdi som er for lang"));
    }
    Ok(())
}

fn soek(verdier: &Verdier<'_>) -> Result<Soek, Feil> {
    let (fra, til) = (verdier.dato("DateOfBirthFrom")?, verdier.dato("DateOfBirthTo")?);
    let foedt = match (verdier.dato("DateOfBirth")?, fra, til) {
        (dato, None, None) => dato.map(Foedt::Dato),
        (Some(_), ..) => return Err(Feil::Forespoersel("DateOfBirth står alene, eller så står fra og til")),
        (None, Some(fra), Some(til)) if foerste(fra) > siste(til) => {
            return Err(Feil::Forespoersel("DateOfBirthFrom er etter DateOfBirthTo"));
        }
        (None, fra, til) => Some(Foedt::Mellom(fra, til)),
    };
    let kjoenn = match verdier.en("Gender") {
        None => None,
        Some("0") => Some(Kjoenn::Kvinne),
        Some("1") => Some(Kjoenn::Mann),
        Some(_) => return Err(Feil::Forespoersel("Gender er 0 eller 1")),
    };
    let treff_maks = match verdier.en("MaxHits") {
        None => TREFF_VANLIG,
        Some(tekst) => match tekst.parse::<u32>() {
            Ok(antall) if antall > 0 => antall.min(TREFF_MAKS),
            _ => return Err(Feil::Forespoersel("MaxHits er et tall fra 1")),
        },
    };
    let ut = Soek {
        fornavn: verdier.tekst("GivenName"),
        mellomnavn: verdier.tekst("MiddleName"),
        etternavn: verdier.tekst("Sn"),
        foedt,
        kjoenn,
        postnummer: verdier.siffer("PostalCode")?,
        kommunenummer: verdier.siffer("St")?,
        gatenavn: verdier.tekst("StreetName"),
        med_doede: verdier.boolsk("IncludeDead")?.unwrap_or(true),
        treff_maks,
    };
    if ut.er_smal() {
        Ok(ut)
    } else {
        Err(Feil::ForFaaKriterier)
    }
}

/// Year, month and day of the first day that a date may be.
fn foerste(dato: Dato) -> (u16, u8, u8) {
    (dato.aar(), dato.maaned().unwrap_or(1), dato.dag().unwrap_or(1))
}

/// The last one; no month has a 32nd, so it is after every day of its month.
fn siste(dato: Dato) -> (u16, u8, u8) {
    (dato.aar(), dato.maaned().unwrap_or(12), dato.dag().unwrap_or(32))
}

impl Foedt {
    /// Whether somebody born then may be meant. A birth that is known by year or month alone fits where any of its days does.
    #[must_use]
    pub fn passer(&self, dato: Dato) -> bool {
        let (fra, til) = match self {
            Foedt::Dato(dato) => (Some(*dato), Some(*dato)),
            Foedt::Mellom(fra, til) => (*fra, *til),
        };
        fra.is_none_or(|fra| siste(dato) >= foerste(fra)) && til.is_none_or(|til| foerste(dato) <= siste(til))
    }
}

impl Soek {
    /// Whether it is narrow enough. A gender with a postal code has a part of an address already. Source: preg reference 4.5, "Minimum input".
    #[must_use]
    pub fn er_smal(&self) -> bool {
        let navn = self.fornavn.is_some() || self.etternavn.is_some();
        let adresse = self.postnummer.is_some() || self.kommunenummer.is_some() || self.gatenavn.is_some();
        navn && (self.foedt.is_some() || adresse)
    }
}
