//! What can go wrong. Texts are shown by the command line, and hold no password.

use tilgang::endringslogg;

use crate::passord::{PASSORD_MAKS, PASSORD_MIN};

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// The file of changes.
    #[error(transparent)]
    Logg(#[from] endringslogg::Feil),
    /// No such organisation, or its access has ended.
    #[error("organisasjonen har ingen gjeldende bestilling")]
    UkjentOrganisasjon,
    /// No such user, or it is closed.
    #[error("brukeren finnes ikke, eller er avsluttet")]
    UkjentBruker,
    /// The name is or was somebody's.
    #[error("brukernavnet er i bruk, eller har vært det")]
    BrukernavnIBruk,
    /// A name that cannot be one.
    #[error("et brukernavn har 3 til 64 tegn: små bokstaver a til z, sifre, punktum, bindestrek og understrek")]
    UgyldigBrukernavn,
    /// A password that is too short, too long, or the user's name.
    #[error("et passord har {PASSORD_MIN} til {PASSORD_MAKS} tegn, og er ikke brukernavnet")]
    UgyldigPassord,
    /// A condition of the order form is not met. Names it.
    #[error("vilkåret er ikke oppfylt: {0}")]
    Vilkaar(&'static str),
    /// A field of the order form is missing or too long.
    #[error("{0} mangler eller er for lang")]
    Felt(&'static str),
    /// A profile that there is none of.
    #[error("ukjent profil")]
    UkjentProfil,
    /// An end before today.
    #[error("en slutt kan ikke settes tilbake i tid")]
    SluttTilbake,
    /// The hash could not be made.
    #[error("passordet kunne ikke hashes")]
    Hash,
    /// Lines of the file that cannot follow each other.
    #[error("filen med brukere sier noe som ikke kan følge av det før")]
    Motsigelse,
}

/// Why somebody was not let in. Says nothing of which it was: an unknown user, a wrong password, a closed user and one that is slowed
/// down are answered alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Avslag {
    /// Not let in.
    #[error("brukernavn eller passord er feil")]
    Feil,
    /// So many sign in at once that this one was not looked at.
    #[error("for mange innlogginger på en gang")]
    Opptatt,
}
