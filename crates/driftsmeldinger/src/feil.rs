//! Why the board says no. The texts are shown by the command line; none repeats what was written.

use tilgang::endringslogg;

use crate::koder::Tilstand;

/// Why notices could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// The file, or a line of it.
    #[error(transparent)]
    Fil(#[from] endringslogg::Feil),
    /// A text is empty or too long.
    #[error("{hva} mangler eller er lengre enn {maks} tegn")]
    Tekst {
        /// Title or text.
        hva: &'static str,
        /// The limit. Units: characters.
        maks: usize,
    },
    /// A text has characters that cannot be shown everywhere.
    #[error("{hva} har et kontrolltegn")]
    Kontrolltegn {
        /// Title or text.
        hva: &'static str,
    },
    /// A text has a person's number in it.
    #[error(
        "{hva} inneholder et gyldig fødselsnummer, D-nummer eller hjelpenummer; meldinger skal ikke handle om personer"
    )]
    Identifikator {
        /// Title or text.
        hva: &'static str,
    },
    /// A period ends before it begins.
    #[error("{hva} slutt er ikke etter dens start")]
    Tidsrom {
        /// Which period.
        hva: &'static str,
    },
    /// Something that the rest of the notice needs is absent, or something is there that does not fit.
    #[error("{0}")]
    Passer(&'static str),
    /// The state cannot follow the one before.
    #[error("en melding som er {fra}, kan ikke bli {til}")]
    Overgang {
        /// The state it has.
        fra: Tilstand,
        /// The state that was asked for.
        til: Tilstand,
    },
    /// The notice is over, and is not changed any more.
    #[error("meldingen er {0} og endres ikke mer; publiser en ny som viser til den")]
    Avsluttet(Tilstand),
    /// The item was made by a change of another.
    #[error("saken følger en annen melding og endres ikke for seg; endre den den viser til")]
    Oppfoelging,
    /// Nothing to do.
    #[error("oppgi hva som skal endres")]
    IngenEndring,
    /// No such notice.
    #[error("det finnes ingen slik melding; se persontjenesten driftsmelding liste")]
    UkjentMelding,
    /// No such item to point at.
    #[error("saken som meldingen viser til, finnes ikke")]
    UkjentHenvisning,
    /// As many items, or changes of one, as there may be.
    #[error("det er allerede {maks} {hva}; flere tas ikke imot")]
    ForMange {
        /// Items or updates.
        hva: &'static str,
        /// The limit.
        maks: usize,
    },
}
