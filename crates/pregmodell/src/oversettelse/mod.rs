//! From a released Norwegian document to a person of the contract.
//!
//! What lives here: the reading ([`dokument`]), what is hidden ([`vern`]), the person and the addresses. What does not: rights. What a caller may see is the
//! projection's and the profile's.
//!
//! What a newcomer gets wrong: to hand it a stored document. It takes what `tilgang` released, of [`crate::Profil::projeksjon`], with the
//! entities of [`crate::Profil::entiteter`] and their history.

mod adresse;
mod dokument;
mod person;
mod vern;

use std::fmt;

use identifikator::Dato;
use kartverk::Tabell;

pub use dokument::Feil;

use crate::{Person, Personfelt};

/// What the translation is told beside the document.
#[derive(Clone, Copy, Debug, Default)]
pub struct Grunnlag<'g> {
    /// The table of places and the day whose bydeler are given. Without it there is no bydel, and no grunnkrets but the register's.
    pub steder: Option<(&'g Tabell, Dato)>,
    /// Whether the person's present address is graded klientadresse. The projection leaves the address out whole, so the document cannot tell; without this
    /// such a person has no current address where PREG shows a fixed text. It may be set for a profile that is told of it alone.
    pub klientadresse: bool,
}

/// Something that the contract could not say.
#[derive(Clone, PartialEq, Eq)]
pub enum Merknad {
    /// A country without a number; it stands as 990.
    UkjentLand {
        /// Where.
        felt: Personfelt,
        /// The register's letters, where they have that form.
        landkode: Option<String>,
    },
}

impl fmt::Debug for Merknad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Merknad::UkjentLand { felt, .. } => write!(f, "UkjentLand({felt:?}, ***)"),
        }
    }
}

/// A person, translated; nothing is withheld yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Oversatt {
    /// The person, under the number in use.
    pub person: Person,
    /// A row for each number that is no longer in use, the last first: number, RegStatus 6, and the number in use.
    pub utgaatte: Vec<Person>,
    /// What the contract could not say.
    pub merknader: Vec<Merknad>,
}

/// Translates a person.
///
/// Shape: `norsk` is one person as Folkeregisteret's lookup writes it, released and masked.
/// Errors: [`Feil`] when it is no person; a member of an unknown form is as if it were absent.
///
/// ```
/// use pregmodell::{Grunnlag, Profil, oversett};
///
/// let norsk = br#"{"identifikasjonsnummer":[{"erGjeldende":true,"status":"iBruk","foedselsEllerDNummer":"12855700628",
///     "identifikatortype":"foedselsnummer"}],"status":[{"erGjeldende":true,"status":"bosatt"}]}"#;
/// let mut oversatt = oversett(norsk, &Grunnlag::default())?;
/// assert_eq!(oversatt.person.reg_status.verdi(), Some(&1));
/// let blanking = Profil::UtenHjemmel.blank(&mut oversatt.person);
/// assert!(oversatt.person.ektefelle.er_holdt_tilbake() && blanking.med_verdi.is_empty());
/// # Ok::<(), pregmodell::Feil>(())
/// ```
pub fn oversett(norsk: &[u8], grunnlag: &Grunnlag<'_>) -> Result<Oversatt, Feil> {
    let dokument = dokument::Dokument::les(norsk)?;
    let numre = person::numre(&dokument)?;
    let mut ut = person::person(&dokument, &numre);
    ut.person.adresser = adresse::adresser(&dokument, grunnlag, &ut.person.nin);
    let utgaatte = numre.utgaatte.iter();
    ut.utgaatte = utgaatte
        .map(|(gammelt, post)| person::utgaatt(gammelt, *post, numre.nin))
        .collect();
    Ok(ut)
}
