//! What is asked of the register: one change to one person, or to two where the change is between them.
//!
//! A producer, an importer and the generator of the synthetic nation all speak to the register in these words. What they
//! lead to (history, events, who gets them) is the register's affair.

use crate::Tidspunkt;
use crate::entitet::{Entitet, Innhold};
use crate::hendelse::Hendelsestype;
use crate::opplysning::{Opplysning, Persondokument};
use crate::tekst::Foedselsnummer;

/// One request, and when the register is to say that it happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Registrering {
    /// Becomes `ajourholdstidspunkt` of the event, and of entries that do not carry their own.
    pub tidspunkt: Tidspunkt,
    /// What is to be done.
    pub handling: Handling,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Handling {
    /// A person the register does not have. Gives personErOpprettet.
    Opprett(Box<Persondokument>),
    /// A change to one person; gives one event of the type.
    Registrer {
        /// Any number the person has or has had.
        person: Foedselsnummer,
        /// The type of the event.
        hendelsestype: Hendelsestype,
        /// What changes.
        endringer: Vec<Endring>,
    },
    /// The person gets a new number: the old becomes `opphoert`. Gives endringIIdentifikasjonsnummer on the old number,
    /// then the event in `etter` on the new one, if any.
    SkiftIdentifikator {
        /// The number in use.
        gammel: Foedselsnummer,
        /// The entry of the new number, `iBruk`.
        ny: Box<Opplysning>,
        /// The status event that follows, with its changes.
        etter: Option<(Hendelsestype, Vec<Endring>)>,
    },
    /// Two numbers turn out to be one person. Gives personErOpphoertSomDublett on `dublett` and
    /// personErViderefoertSomGjeldendeVedSammenslaaing on `gjeldende`.
    SlaaSammen {
        /// The number that lives on.
        gjeldende: Foedselsnummer,
        /// The number that ends.
        dublett: Foedselsnummer,
    },
    /// Two numbers were joined wrongly. Gives personErEndretVedSplitting on `gjeldende` and
    /// personErGjenopprettetVedSplitting on `gjenopprettet`.
    Splitt {
        /// The person who keeps the rest.
        gjeldende: Foedselsnummer,
        /// The number that becomes a person again.
        gjenopprettet: Foedselsnummer,
    },
}

/// What happens to one entry.
#[derive(Clone, Debug, PartialEq)]
pub enum Endring {
    /// A new value. A current predecessor of a one-at-a-time entity becomes history.
    RegistrereNy(Box<Opplysning>),
    /// The value was wrong: it is replaced, nothing is kept as history.
    Korrigere {
        /// Which entry.
        hvilken: Utvelger,
        /// What should have been registered.
        ny: Box<Opplysning>,
    },
    /// The entry was wrong altogether: it is removed.
    Annullere {
        /// Which entry.
        hvilken: Utvelger,
    },
    /// The ending of what ended at a time was wrong: it is current again.
    Gjenoppta {
        /// Of which entity.
        entitet: Entitet,
        /// When it was said to have ended.
        opphoert: Tidspunkt,
    },
    /// The current entry was wrong: it is removed, and what it took over from is current again.
    Angre {
        /// Of which entity; one that has one at a time.
        entitet: Entitet,
    },
    /// The entry ended without a successor.
    Opphoere {
        /// Which entry.
        hvilken: Utvelger,
        /// When it ended.
        opphoerstidspunkt: Tidspunkt,
    },
}

/// Which entry a change concerns, among those the register holds now.
#[derive(Clone, Debug, PartialEq)]
pub enum Utvelger {
    /// The one current entry of an entity.
    Gjeldende(Entitet),
    /// The current entry that says exactly this; the way to point at one of several.
    Lik(Box<Innhold>),
}
