//! What the program lets be done to it, and the nation that it is done to.

use std::sync::Arc;

use jiff::Timestamp;
use lager::oeyeblikksbilde::Navn;
use register::Register;
use saksbehandling::{Saksbehandler, Tid};
use serde::{Deserialize, Serialize};

use crate::Feil;

/// A snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bilde {
    /// Its name.
    pub navn: String,
    /// When it was taken, real time.
    pub tatt: Timestamp,
    /// The last event in it, in the register's own order.
    pub siste_hendelse: u64,
    /// Persons in it.
    pub personer: u32,
    /// What it takes on the disk, at most. Units: bytes.
    pub byte: u64,
    /// How long it took, writing held back meanwhile. Units: ms.
    pub millisekunder: u64,
}

/// What a restore came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Gjenopprettet {
    /// The last event of the nation now.
    pub siste_hendelse: u64,
    /// Persons in it.
    pub personer: u32,
    /// How long all of it took. Units: ms.
    pub millisekunder: u64,
    /// How long calls were held back. Units: ms.
    pub stengt_millisekunder: u64,
}

/// The register's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Klokkestand {
    /// What it shows.
    pub naa: Timestamp,
    /// How many times faster than real time it goes; 0: it stands still.
    pub faktor: u32,
    /// Whether somebody has set it.
    pub stilt: bool,
}

/// The nation that is served now. Whoever holds it keeps it from being changed for another.
#[derive(Debug)]
pub struct Nasjon {
    /// The register.
    pub register: Arc<Register>,
    /// Who takes in messages.
    pub saker: Arc<Saksbehandler>,
    /// The register's time.
    pub tid: Tid,
    /// Mottak is frozen: messages wait in line.
    pub frosset: bool,
}

/// A test environment. Everything here may take a while: never called where others wait.
pub trait Testmiljoe: Send + Sync + 'static {
    /// The nation; waits a while for one that is being changed.
    ///
    /// # Errors
    /// [`Feil::UnderBytte`].
    fn nasjon(&self) -> Result<Nasjon, Feil>;

    /// Takes a snapshot. Reading goes on, writing waits.
    ///
    /// # Errors
    /// [`Feil::BildeFinnes`], [`Feil::Mislyktes`].
    fn ta_bilde(&self, navn: &Navn) -> Result<Bilde, Feil>;

    /// The snapshots, by name.
    ///
    /// # Errors
    /// [`Feil::Mislyktes`].
    fn bilder(&self) -> Result<Vec<Bilde>, Feil>;

    /// Removes a snapshot, and the keys in it.
    ///
    /// # Errors
    /// [`Feil::UkjentBilde`], [`Feil::Mislyktes`].
    fn slett_bilde(&self, navn: &Navn) -> Result<(), Feil>;

    /// Puts a snapshot back; `None`: the nation as it was at first, and no snapshot is left but that one. When this returns,
    /// calls are answered by it.
    ///
    /// # Errors
    /// [`Feil::UkjentBilde`], [`Feil::IngenFoerste`], [`Feil::UnderBytte`], [`Feil::Mislyktes`]; the nation is then as it was.
    fn gjenopprett(&self, navn: Option<&Navn>) -> Result<Gjenopprettet, Feil>;

    /// The clock.
    ///
    /// # Errors
    /// [`Feil::UnderBytte`].
    fn klokke(&self) -> Result<Klokkestand, Feil>;

    /// Sets the clock, from now on; `None`: it shows real time again.
    ///
    /// # Errors
    /// [`Feil::Ugyldig`] for a time that no clock can show.
    fn sett_klokke(&self, til: Option<(Timestamp, u32)>) -> Result<(), Feil>;

    /// Enters in the audit log that something is about to be done, before it is done. `hva` is a word of the program.
    ///
    /// # Errors
    /// [`Feil::Mislyktes`]; then it is not done.
    fn noter(&self, hva: &'static str) -> Result<(), Feil>;
}
