//! The register: its environments, its keys, and the way in to reading and writing.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use lager::journal::{Journal, LmdbJournal};
use lager::{Les, Miljoe, Noekkelfil, Noekkellager, Skriv, Tabell};

use crate::dokumentid::Dokumentnoekkel;
use crate::lesing::{Lesing, Personnummer};
use crate::tekster::Tekster;
use crate::{Feil, Sekvens};

/// Format of the store that this program writes and reads.
const FORMAT: u32 = 3;

/// The tables of the register's environment.
#[derive(Clone, Copy)]
pub(crate) struct Tabeller {
    /// (person u32, frame u8) → frame.
    pub personer: Tabell,
    /// Number u64 → person u32.
    pub identifikatorer: Tabell,
    /// (number of an estate's contact u64, person whose estate it is u32) → nothing.
    pub kontakter: Tabell,
    /// (projection u8, chunk u32) → rows.
    pub feed: Tabell,
    /// Number u32 → text.
    pub tekster: Tabell,
    /// Names → what the store knows about itself.
    pub meta: Tabell,
}

/// An open register.
pub struct Register {
    pub(crate) mappe: PathBuf,
    pub(crate) miljoe: Miljoe,
    pub(crate) tabeller: Tabeller,
    pub(crate) journal: LmdbJournal,
    pub(crate) noekler: Noekkellager,
    pub(crate) dokumentnoekkel: Dokumentnoekkel,
    pub(crate) tekster: Tekster,
    // Held by a write from its first byte until its texts are settled: LMDB's own lock ends at the commit, before that.
    pub(crate) skrivelaas: Mutex<()>,
    #[cfg(test)]
    pub(crate) stopp_ved: Mutex<Option<Steg>>,
}

impl std::fmt::Debug for Register {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Register")
            .field("mappe", &self.mappe)
            .finish_non_exhaustive()
    }
}

/// Bytes on disk, table by table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plassbruk {
    /// Table and the bytes of its pages.
    pub tabeller: Vec<(&'static str, u64)>,
    /// The register's file.
    pub register_byte: u64,
    /// The key store's file.
    pub noekler_byte: u64,
}

impl Register {
    /// Opens the register in a folder, or makes it.
    ///
    /// Shape: `register/` (LMDB), `personnoekler/` (LMDB), `noekler/` (key files, mode 0600). The caller holds the folder's
    /// lock ([`lager::mappe::Laas`]).
    ///
    /// # Errors
    /// [`Feil::Format`] for a store of another version, [`Feil::Lager`] if the files refuse.
    pub fn aapne(mappe: &Path) -> Result<Self, Feil> {
        let hovednoekkel = Noekkelfil::les_eller_lag(&mappe.join("noekler").join("personnoekler"))?;
        let dokumentnoekkel = Noekkelfil::les_eller_lag(&mappe.join("noekler").join("dokumentidentifikatorer"))?;
        let navn = [
            "personer",
            "identifikatorer",
            "feed",
            "tekster",
            "meta",
            "journal",
            "kontakter",
        ];
        let (miljoe, [personer, identifikatorer, feed, tekster, meta, journal, kontakter]) =
            Miljoe::aapne(&mappe.join("register"), navn)?;
        let noekler = Noekkellager::aapne(&mappe.join("personnoekler"), hovednoekkel)?;
        let tabeller = Tabeller {
            personer,
            identifikatorer,
            kontakter,
            feed,
            tekster,
            meta,
        };
        sjekk_format(&miljoe, meta)?;
        let tekster = Tekster::les(tekster, &miljoe.les()?)?;
        let register = Register {
            mappe: mappe.to_owned(),
            miljoe,
            tabeller,
            journal: LmdbJournal::new(journal),
            noekler,
            dokumentnoekkel: Dokumentnoekkel::new(dokumentnoekkel.foerste_halvdel()),
            tekster,
            skrivelaas: Mutex::new(()),
            #[cfg(test)]
            stopp_ved: Mutex::new(None),
        };
        register.toem_uferdig_innlasting()?;
        register.oedelegg_utestaaende()?;
        Ok(register)
    }

    /// The register as it is now: everything read through it is of one moment.
    ///
    /// # Errors
    /// [`Feil::Lager`], for example when all reader slots are taken.
    pub fn les(&self) -> Result<Lesing<'_>, Feil> {
        Lesing::new(self)
    }

    pub(crate) fn finn(&self, les: &Les<'_>, nummer: u64) -> Result<Option<Personnummer>, Feil> {
        match self.tabeller.identifikatorer.hent(les, &nummer.to_be_bytes())? {
            None => Ok(None),
            Some(byte) => {
                let byte = byte.try_into().map_err(|_| Feil::Skadet("identifikator"))?;
                Ok(Some(Personnummer(u32::from_be_bytes(byte))))
            }
        }
    }

    /// Number of persons, those merged away included.
    ///
    /// # Errors
    /// [`Feil::Lager`].
    pub fn antall_personer(&self) -> Result<u32, Feil> {
        Ok(self.neste_person(&self.miljoe.les()?)? - 1)
    }

    /// The number of the last event of the journal.
    ///
    /// # Errors
    /// [`Feil::Lager`].
    pub fn siste_sekvens(&self) -> Result<Sekvens, Feil> {
        Ok(Sekvens(self.journal.siste(&self.miljoe.les()?)?))
    }

    pub(crate) fn neste_person(&self, les: &Les<'_>) -> Result<u32, Feil> {
        match self.tabeller.meta.hent(les, NESTE_PERSON)? {
            None => Ok(1),
            Some(byte) => match byte.try_into().map(u32::from_be_bytes) {
                Ok(neste) if neste > 0 => Ok(neste),
                _ => Err(Feil::Skadet("meta")),
            },
        }
    }

    pub(crate) fn sett_neste_person(&self, skriv: &mut Skriv<'_>, person: u32) -> Result<(), Feil> {
        Ok(self.tabeller.meta.sett(skriv, NESTE_PERSON, &person.to_be_bytes())?)
    }

    /// Reads a value that the one who made the store left in it.
    ///
    /// # Errors
    /// [`Feil::Lager`].
    pub fn merke(&self, navn: &str) -> Result<Option<Vec<u8>>, Feil> {
        let les = self.miljoe.les()?;
        Ok(self
            .tabeller
            .meta
            .hent(&les, merke(navn).as_bytes())?
            .map(<[u8]>::to_vec))
    }

    /// Leaves a value in the store, such as the seed of a synthetic nation.
    ///
    /// # Errors
    /// [`Feil::Lager`].
    pub fn sett_merke(&self, navn: &str, verdi: &[u8]) -> Result<(), Feil> {
        let mut skriv = self.miljoe.skriv()?;
        self.tabeller.meta.sett(&mut skriv, merke(navn).as_bytes(), verdi)?;
        Ok(Miljoe::bekreft(skriv)?)
    }

    /// Bytes on disk, table by table.
    ///
    /// # Errors
    /// [`Feil::Lager`].
    pub fn plassbruk(&self) -> Result<Plassbruk, Feil> {
        let les = self.miljoe.les()?;
        let t = &self.tabeller;
        let navngitte = [
            ("personer", t.personer),
            ("identifikatorer", t.identifikatorer),
            ("kontakter", t.kontakter),
            ("feed", t.feed),
            ("tekster", t.tekster),
            ("meta", t.meta),
            ("journal", self.journal.tabell()),
        ];
        let tabeller = navngitte
            .into_iter()
            .map(|(navn, t)| Ok((navn, t.byte_i_sider(&les)?)))
            .collect::<Result<_, Feil>>()?;
        Ok(Plassbruk {
            tabeller,
            register_byte: self.miljoe.byte_paa_disk()?,
            noekler_byte: self.noekler.byte_paa_disk()?,
        })
    }

    /// Destroys keys that a committed erasure left to be destroyed.
    ///
    /// An erasure writes the person's new key, commits the record with what is to be destroyed, and destroys the old key
    /// last. A process killed before the last step takes it when it starts again.
    pub(crate) fn oedelegg_utestaaende(&self) -> Result<(), Feil> {
        let les = self.miljoe.les()?;
        let mut utestaaende = Vec::new();
        for rad in self.tabeller.meta.med_prefiks(&les, SLETT_NOEKKEL)? {
            let (noekkel, _) = rad?;
            utestaaende.push(noekkel.to_vec());
        }
        drop(les);
        if utestaaende.is_empty() {
            return Ok(());
        }
        let mut skriv = self.noekler.skriv()?;
        for noekkel in &utestaaende {
            let [a, b, c, d, generasjon] = noekkel.get(SLETT_NOEKKEL.len()..).unwrap_or_default() else {
                return Err(Feil::Skadet("meta"));
            };
            self.noekler
                .oedelegg(&mut skriv, u32::from_be_bytes([*a, *b, *c, *d]), *generasjon)?;
        }
        Miljoe::bekreft(skriv)?;
        self.steg(Steg::Oedelagt)?;
        let mut skriv = self.miljoe.skriv()?;
        for noekkel in &utestaaende {
            self.tabeller.meta.slett(&mut skriv, noekkel)?;
        }
        Ok(Miljoe::bekreft(skriv)?)
    }

    pub(crate) fn merk_noekkel_for_sletting(
        &self,
        skriv: &mut Skriv<'_>,
        person: u32,
        generasjon: u8,
    ) -> Result<(), Feil> {
        let mut noekkel = SLETT_NOEKKEL.to_vec();
        noekkel.extend_from_slice(&person.to_be_bytes());
        noekkel.push(generasjon);
        Ok(self.tabeller.meta.sett(skriv, &noekkel, &[])?)
    }

    /// Writes one person's number into the index.
    pub(crate) fn sett_identifikator(&self, skriv: &mut Skriv<'_>, nummer: u64, person: u32) -> Result<(), Feil> {
        Ok(self
            .tabeller
            .identifikatorer
            .sett(skriv, &nummer.to_be_bytes(), &person.to_be_bytes())?)
    }

    pub(crate) fn laas_skriving(&self) -> MutexGuard<'_, ()> {
        self.skrivelaas.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The commits that one write or load consists of, between which a process can die.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Steg {
    /// New keys are durable, the records are not.
    Noekler,
    /// Records are durable, old keys are not destroyed.
    Register,
    /// Old keys are destroyed, which is not written down.
    Oedelagt,
    /// Everybody is loaded, which is not written down.
    Innlasting,
}

impl Register {
    /// Passes a point where a test lets the process die.
    #[cfg_attr(
        not(test),
        expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "tests stop here")
    )]
    pub(crate) fn steg(&self, _steg: Steg) -> Result<(), Feil> {
        #[cfg(test)]
        if *self.stopp_ved.lock().unwrap() == Some(_steg) {
            return Err(Feil::Skadet("stoppet av testen"));
        }
        Ok(())
    }
}

const NESTE_PERSON: &[u8] = b"neste_person";
const SLETT_NOEKKEL: &[u8] = b"slett_noekkel/";

fn merke(navn: &str) -> String {
    format!("merke/{navn}")
}

fn sjekk_format(miljoe: &Miljoe, meta: Tabell) -> Result<(), Feil> {
    const NAVN: &[u8] = b"format";
    let les = miljoe.les()?;
    let funnet = meta
        .hent(&les, NAVN)?
        .map(|b| b.try_into().map(u32::from_be_bytes).map_err(|_| Feil::Skadet("meta")))
        .transpose()?;
    drop(les);
    match funnet {
        Some(FORMAT) => Ok(()),
        Some(annet) => Err(Feil::Format(annet)),
        None => {
            let mut skriv = miljoe.skriv()?;
            meta.sett(&mut skriv, NAVN, &FORMAT.to_be_bytes())?;
            Ok(Miljoe::bekreft(skriv)?)
        }
    }
}
