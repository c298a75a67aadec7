//! The store of help numbers, and what is done with them.
//!
//! ```text
//!  numre     nummer u64           → which record, and the number that it is under
//!  barn      over u64, under u64  → nothing: one flat level
//!  fakta     id u32               → what is known, sealed under the number's own key
//!  logg      seq u64              → what was done, by whom and when
//!  loggfakta seq u64              → what was known before and after, sealed under the same key
//!  meldinger hash of who and id   → the entry that the message led to
//!  meldingstid tid u64, hash      → nothing: in the order that they are forgotten in
//!  meta                           → id, number of issued, next id
//! ```
//! A number is durable in the list of issued ones before anything else is written, its key before its facts. Whatever a process
//! dies between, a number that somebody was told is here, and one that nobody was told is nobody's.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use identifikator::{Dato, FellesHjelpenummer, Folkeregisteridentifikator, Nummer};
use lager::forsegling::Noekkel;
use lager::slettinger::Lagerid;
use lager::{Les, Miljoe, Noekkellager, Skriv, Tabell};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::logg::Rad as Loggrad;
use crate::utstedte::Utstedte;
use crate::{Avsender, Fakta, Feil, Handling, Innfoering, Loggfakta, Revisjon};

/// How long a message that comes again gets the number that it got. Units: seconds. Source: our choice, PREG reference 4.8.
const HUSKES_S: i64 = 24 * 3_600;
/// Messages that are forgotten at a time, so that no call pays for many.
const GLEMMES: usize = 64;
/// Numbers that are drawn before it is given up. One in six cannot be used, and of 165 million few are.
const TREKK_MAKS: u32 = 10_000;
/// Numbers that can be put under another at a time. Source: our choice.
const KNYTTES_MAKS: usize = 100;
const FORMAT: u32 = 1;
/// A number has one key for as long as it is.
const GENERASJON: u8 = 0;
const DOEGN_S: i64 = 86_400;

/// Gives nine digits to build a number on; what does not fit is drawn again.
pub type Trekk<'t> = &'t mut dyn FnMut() -> Result<u32, Feil>;

/// Where the files lie that are not to be in a backup of the store, or on its disk.
#[derive(Clone, Debug, Default)]
pub struct Steder {
    /// Folder of the list of issued numbers; `utstedt` beside the store if absent.
    pub utstedt: Option<PathBuf>,
    /// Folder of a mirror of the keys.
    pub noekkelspeil: Option<PathBuf>,
}

/// The number that others are put under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverNummer {
    /// A help number.
    Hjelpenummer(FellesHjelpenummer),
    /// A number of the register. The caller has found that somebody has it, and that no other number has taken its place.
    Folkeregister(Folkeregisteridentifikator),
}

impl OverNummer {
    fn tall(self) -> u64 {
        match self {
            OverNummer::Hjelpenummer(nummer) => nummer.to_u64(),
            OverNummer::Folkeregister(nummer) => nummer.to_u64(),
        }
    }
}

/// What is known of a help number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oppslag {
    /// The number.
    pub nummer: FellesHjelpenummer,
    /// The number that it is under, a help number or one of the register; as it is written.
    pub over: Option<u64>,
    /// Help numbers under it.
    pub under: Vec<FellesHjelpenummer>,
    /// What is registered.
    pub fakta: Fakta,
    /// When it was issued. Units: seconds since 1970.
    pub utstedt_s: i64,
    /// When something last changed.
    pub endret_s: i64,
    /// Whom it was issued to: organisation number.
    pub organisasjon: String,
}

/// A number that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Utstedt {
    /// The number.
    pub nummer: FellesHjelpenummer,
    /// It was given before, to the same message.
    pub gjentatt: bool,
}

/// The store.
pub struct Hjelpenumre {
    miljoe: Miljoe,
    t: Tabeller,
    noekler: Noekkellager,
    // Held by whoever writes, from the first look to the last sync.
    utstedte: Mutex<Utstedte>,
}

#[derive(Clone, Copy)]
struct Tabeller {
    numre: Tabell,
    barn: Tabell,
    fakta: Tabell,
    logg: Tabell,
    loggfakta: Tabell,
    meldinger: Tabell,
    meldingstid: Tabell,
    meta: Tabell,
}

/// A number as it is stored.
#[derive(Clone, Serialize, Deserialize)]
struct Rad {
    id: u32,
    over: Option<u64>,
    utstedt_s: i64,
    endret_s: i64,
    organisasjon: String,
}

const ID: &[u8] = b"id";
const FORMATET: &[u8] = b"format";
const NESTE_ID: &[u8] = b"neste_id";
const UTSTEDTE: &[u8] = b"utstedte";

impl std::fmt::Debug for Hjelpenumre {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hjelpenumre")
    }
}

/// Draws nine digits, each as likely.
///
/// # Errors
/// [`Feil::Trekning`] if chance fails.
pub fn tilfeldig() -> Result<u32, Feil> {
    let antall = FellesHjelpenummer::GRUNNTALL_MAKS - FellesHjelpenummer::GRUNNTALL_MIN + 1;
    // As many bits as are needed; what is above is drawn again, so that no number is likelier.
    let maske = antall.next_power_of_two() - 1;
    for _ in 0..TREKK_MAKS {
        let mut byte = [0; 4];
        SystemRandom::new().fill(&mut byte).map_err(|_| Feil::Trekning)?;
        let trukket = u32::from_be_bytes(byte) & maske;
        if trukket < antall {
            return Ok(FellesHjelpenummer::GRUNNTALL_MIN + trukket);
        }
    }
    Err(Feil::Trekning)
}

pub(crate) fn les_nummer(nummer: u64) -> Result<FellesHjelpenummer, Feil> {
    FellesHjelpenummer::parse(&format!("{nummer:011}")).map_err(|_| Feil::Skadet("nummer"))
}

fn hjelpenummer(nummer: &Nummer) -> Result<FellesHjelpenummer, Feil> {
    match nummer {
        Nummer::FellesHjelpenummer(nummer) => Ok(*nummer),
        _ => Err(Feil::IkkeHjelpenummer),
    }
}

fn les_json<T: DeserializeOwned>(byte: &[u8], hva: &'static str) -> Result<T, Feil> {
    serde_json::from_slice(byte).map_err(|_| Feil::Skadet(hva))
}

fn som_json(verdi: &impl Serialize) -> Result<Vec<u8>, Feil> {
    serde_json::to_vec(verdi).map_err(|_| Feil::Skadet("json"))
}

fn ledd(over: u64, under: u64) -> [u8; 16] {
    let mut ut = [0; 16];
    let byte = over.to_be_bytes().into_iter().chain(under.to_be_bytes());
    ut.iter_mut().zip(byte).for_each(|(til, fra)| *til = fra);
    ut
}

fn faktasted(id: u32) -> Vec<u8> {
    [b"hjelpenummer fakta ".as_slice(), &id.to_be_bytes()].concat()
}

fn loggsted(seq: u64) -> Vec<u8> {
    [b"hjelpenummer logg ".as_slice(), &seq.to_be_bytes()].concat()
}

// Who sent it and what it called it, by a hash: a message's id is the sender's, of any length.
fn meldingsnoekkel(avsender: &Avsender, melding: &str) -> [u8; 16] {
    let mut hash = Sha256::new();
    for del in [&avsender.organisasjon, &avsender.bruker, melding] {
        hash.update((del.len() as u64).to_be_bytes());
        hash.update(del.as_bytes());
    }
    let mut ut = [0; 16];
    ut.iter_mut().zip(hash.finalize()).for_each(|(til, fra)| *til = fra);
    ut
}

fn tall(byte: Option<&[u8]>) -> Result<u64, Feil> {
    match byte {
        None => Ok(0),
        Some(byte) => byte
            .try_into()
            .map(u64::from_be_bytes)
            .map_err(|_| Feil::Skadet("meta")),
    }
}

impl Hjelpenumre {
    /// Opens the store in a folder, or makes it. The caller holds the folder's lock ([`lager::mappe::Laas`]).
    ///
    /// # Errors
    /// [`Feil::ManglerUtstedte`] where the list of issued numbers is not the store's or has too few; [`Feil::Lager`] if the files
    /// refuse.
    pub fn aapne(mappe: &Path, steder: &Steder) -> Result<Self, Feil> {
        let rot = mappe.join("hjelpenummer");
        let navn = [
            "numre",
            "barn",
            "fakta",
            "logg",
            "loggfakta",
            "meldinger",
            "meldingstid",
            "meta",
        ];
        let (miljoe, [numre, barn, fakta, logg, loggfakta, meldinger, meldingstid, meta]) =
            Miljoe::aapne(&rot.join("data"), navn)?;
        let t = Tabeller {
            numre,
            barn,
            fakta,
            logg,
            loggfakta,
            meldinger,
            meldingstid,
            meta,
        };
        let noekler = Noekkellager::aapne(
            &rot.join("noekler"),
            &mappe.join("noekler").join("hjelpenummer"),
            steder.noekkelspeil.as_deref(),
        )?;
        let (id, minst) = Self::identitet(&miljoe, t.meta)?;
        let i_mappen = rot.join("utstedt");
        let liste = steder.utstedt.as_deref().unwrap_or(&i_mappen);
        let ut = Hjelpenumre {
            utstedte: Mutex::new(Utstedte::aapne(liste, id, minst)?),
            miljoe,
            t,
            noekler,
        };
        if minst == 0 {
            let utstedte = ut.laas();
            let mut skriv = ut.miljoe.skriv()?;
            ut.noter_utstedte(&mut skriv, &utstedte)?;
            Miljoe::bekreft(skriv)?;
        }
        Ok(ut)
    }

    // Which store this is, and how many entries its list has had.
    fn identitet(miljoe: &Miljoe, meta: Tabell) -> Result<(Lagerid, u64), Feil> {
        let les = miljoe.les()?;
        let funnet = meta.hent(&les, FORMATET)?;
        if let Some(format) = funnet {
            if format != FORMAT.to_be_bytes() {
                return Err(Feil::Skadet("formatet er et annet"));
            }
            let id = meta.hent(&les, ID)?.and_then(|id| id.try_into().ok());
            return Ok((id.ok_or(Feil::Skadet("meta"))?, tall(meta.hent(&les, UTSTEDTE)?)?));
        }
        drop(les);
        let id = Noekkel::tilfeldig()?.foerste_halvdel();
        let mut skriv = miljoe.skriv()?;
        meta.sett(&mut skriv, FORMATET, &FORMAT.to_be_bytes())?;
        meta.sett(&mut skriv, ID, &id)?;
        Miljoe::bekreft(skriv)?;
        Ok((id, 0))
    }

    fn laas(&self) -> MutexGuard<'_, Utstedte> {
        self.utstedte.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn noter_utstedte(&self, skriv: &mut Skriv<'_>, utstedte: &Utstedte) -> Result<(), Feil> {
        let antall = utstedte.innfoeringer().to_be_bytes();
        Ok(self.t.meta.sett(skriv, UTSTEDTE, &antall)?)
    }

    /// Issues a number; durable when this returns. The same message of the same sender within a day gets the number it got.
    ///
    /// `ukjent`: it was said that nothing is known of the person. `melding`: what the sender calls the message.
    ///
    /// # Errors
    /// [`Feil::ForLite`], [`Feil::Ugyldig`], [`Feil::AnnetInnhold`]; [`Feil::Trekning`] if no number can be drawn.
    pub fn utsted(
        &self,
        fakta: &Fakta,
        ukjent: bool,
        melding: Option<&str>,
        avsender: &Avsender,
        tid_s: i64,
        trekk: Trekk<'_>,
    ) -> Result<Utstedt, Feil> {
        fakta.sjekk(dag(tid_s)?)?;
        if !ukjent && !fakta.sier_noe() {
            return Err(Feil::ForLite);
        }
        let mut utstedte = self.laas();
        let melding = melding.map(|melding| meldingsnoekkel(avsender, melding));
        if let Some(foer) = melding.map(|m| self.besvart(&m, fakta, tid_s)).transpose()?.flatten() {
            return Ok(Utstedt {
                nummer: foer,
                gjentatt: true,
            });
        }
        let nummer = trekk_ledig(&utstedte, trekk)?;
        // From here on it is nobody else's, whatever happens.
        utstedte.ta(nummer.to_u64())?;
        let noekkel = Noekkel::tilfeldig()?;
        let mut skriv = self.miljoe.skriv()?;
        let id = u32::try_from(tall(self.t.meta.hent(&skriv, NESTE_ID)?)?).map_err(|_| Feil::Trekning)?;
        self.t
            .meta
            .sett(&mut skriv, NESTE_ID, &(u64::from(id) + 1).to_be_bytes())?;
        let rad = Rad {
            id,
            over: None,
            utstedt_s: tid_s,
            endret_s: tid_s,
            organisasjon: avsender.organisasjon.clone(),
        };
        self.sett_rad(&mut skriv, nummer, &rad)?;
        self.sett_fakta(&mut skriv, id, &noekkel, fakta)?;
        let loggfakta = Loggfakta {
            foer: None,
            etter: Some(fakta.clone()),
        };
        let logg = Loggrad {
            id,
            nummer: nummer.to_u64(),
            handling: Handling::Utstedt,
            avsender: avsender.clone(),
            tid_s,
        };
        let seq = self.loggfoer(&mut skriv, &logg, Some((&noekkel, &loggfakta)))?;
        if let Some(melding) = melding {
            self.t.meldinger.sett(&mut skriv, &melding, &seq.to_be_bytes())?;
            let sted = [tid_s.to_be_bytes().as_slice(), &melding].concat();
            self.t.meldingstid.sett(&mut skriv, &sted, &[])?;
        }
        self.glem_meldinger(&mut skriv, tid_s)?;
        self.noter_utstedte(&mut skriv, &utstedte)?;
        // The key first: one without a record is harmless, a record without its key is not.
        let pakket = self.noekler.pakk(&noekkel)?;
        let mut noekler = self.noekler.skriv();
        noekler.sett_pakket(id, GENERASJON, &pakket);
        noekler.bekreft()?;
        Miljoe::bekreft(skriv)?;
        Ok(Utstedt {
            nummer,
            gjentatt: false,
        })
    }

    // The number that a message got, if it is not forgotten.
    fn besvart(&self, melding: &[u8; 16], fakta: &Fakta, tid_s: i64) -> Result<Option<FellesHjelpenummer>, Feil> {
        let les = self.miljoe.les()?;
        let Some(seq) = self.t.meldinger.hent(&les, melding)? else {
            return Ok(None);
        };
        let seq = tall(Some(seq))?;
        let innfoering = self.innfoering(&les, seq)?;
        if innfoering.tid_s.saturating_add(HUSKES_S) < tid_s {
            return Ok(None);
        }
        drop(les);
        if self.loggfakta(seq)?.etter.as_ref() == Some(fakta) {
            Ok(Some(innfoering.nummer))
        } else {
            Err(Feil::AnnetInnhold)
        }
    }

    fn glem_meldinger(&self, skriv: &mut Skriv<'_>, tid_s: i64) -> Result<(), Feil> {
        let mut gamle = Vec::new();
        for rad in self.t.meldingstid.fra(skriv, &[])?.take(GLEMMES) {
            let (sted, _) = rad?;
            let (tid, melding) = sted.split_first_chunk::<8>().ok_or(Feil::Skadet("meldinger"))?;
            if i64::from_be_bytes(*tid).saturating_add(HUSKES_S) >= tid_s {
                break;
            }
            gamle.push((sted.to_vec(), melding.to_vec()));
        }
        for (sted, melding) in gamle {
            self.t.meldingstid.slett(skriv, &sted)?;
            // Of a message that came again after it was forgotten, the later one stands.
            let tid = sted.split_first_chunk::<8>().map(|(tid, _)| i64::from_be_bytes(*tid));
            let seq = self
                .t
                .meldinger
                .hent(skriv, &melding)?
                .map(|seq| tall(Some(seq)))
                .transpose()?;
            if let Some(seq) = seq
                && Some(self.innfoering(skriv, seq)?.tid_s) == tid
            {
                self.t.meldinger.slett(skriv, &melding)?;
            }
        }
        Ok(())
    }

    /// Revises what is registered; durable when this returns. Gives what is known now.
    ///
    /// # Errors
    /// [`Feil::IkkeHjelpenummer`], [`Feil::Ukjent`], [`Feil::Erstattet`], [`Feil::Ugyldig`].
    pub fn revider(
        &self,
        nummer: &Nummer,
        revisjon: Revisjon,
        avsender: &Avsender,
        tid_s: i64,
    ) -> Result<Oppslag, Feil> {
        let nummer = hjelpenummer(nummer)?;
        {
            let _laas = self.laas();
            let mut skriv = self.miljoe.skriv()?;
            let mut rad = self.rad(&skriv, nummer)?.ok_or(Feil::Ukjent)?;
            if rad.over.is_some() {
                return Err(Feil::Erstattet);
            }
            let noekkel = self.noekkel(rad.id)?;
            let foer = self.les_fakta(&skriv, rad.id, &noekkel)?;
            let etter = revisjon.paa(&foer);
            etter.sjekk(dag(tid_s)?)?;
            if foer != etter {
                rad.endret_s = tid_s;
                self.sett_rad(&mut skriv, nummer, &rad)?;
                self.sett_fakta(&mut skriv, rad.id, &noekkel, &etter)?;
                let loggfakta = Loggfakta {
                    foer: Some(foer),
                    etter: Some(etter),
                };
                let logg = Loggrad {
                    id: rad.id,
                    nummer: nummer.to_u64(),
                    handling: Handling::Revidert,
                    avsender: avsender.clone(),
                    tid_s,
                };
                self.loggfoer(&mut skriv, &logg, Some((&noekkel, &loggfakta)))?;
                Miljoe::bekreft(skriv)?;
            }
        }
        self.slaa_opp(nummer)?.ok_or(Feil::Ukjent)
    }

    /// Puts help numbers, and those under them, under another number: all of them or none; durable when this returns.
    ///
    /// # Errors
    /// [`Feil::IkkeHjelpenummer`], [`Feil::TilSegSelv`], [`Feil::Ukjent`], [`Feil::Erstattet`], [`Feil::ForMange`].
    pub fn knytt(&self, over: OverNummer, under: &[Nummer], avsender: &Avsender, tid_s: i64) -> Result<(), Feil> {
        if under.len() > KNYTTES_MAKS {
            return Err(Feil::ForMange);
        }
        let _laas = self.laas();
        let mut skriv = self.miljoe.skriv()?;
        if let OverNummer::Hjelpenummer(nummer) = over {
            let rad = self.rad(&skriv, nummer)?.ok_or(Feil::Ukjent)?;
            if rad.over.is_some() {
                return Err(Feil::Erstattet);
            }
        }
        let mut flyttes = Vec::new();
        for nummer in under {
            let nummer = hjelpenummer(nummer)?;
            if nummer.to_u64() == over.tall() {
                return Err(Feil::TilSegSelv);
            }
            let rad = self.rad(&skriv, nummer)?.ok_or(Feil::Ukjent)?;
            if rad.over.is_some() {
                return Err(Feil::Erstattet);
            }
            if !flyttes.contains(&nummer) {
                flyttes.push(nummer);
            }
        }
        for nummer in flyttes {
            let medfoelgende = self.barn(&skriv, nummer.to_u64())?;
            for barn in medfoelgende {
                self.t.barn.slett(&mut skriv, &ledd(nummer.to_u64(), barn.to_u64()))?;
                self.legg_under(&mut skriv, over.tall(), barn, avsender, tid_s)?;
            }
            self.legg_under(&mut skriv, over.tall(), nummer, avsender, tid_s)?;
        }
        Ok(Miljoe::bekreft(skriv)?)
    }

    fn legg_under(
        &self,
        skriv: &mut Skriv<'_>,
        over: u64,
        nummer: FellesHjelpenummer,
        avsender: &Avsender,
        tid_s: i64,
    ) -> Result<(), Feil> {
        let mut rad = self.rad(skriv, nummer)?.ok_or(Feil::Skadet("numre"))?;
        rad.over = Some(over);
        rad.endret_s = tid_s;
        self.sett_rad(skriv, nummer, &rad)?;
        self.t.barn.sett(skriv, &ledd(over, nummer.to_u64()), &[])?;
        self.loggfoer_ledd(skriv, nummer, rad.id, Handling::Knyttet { over }, avsender, tid_s)
    }

    fn loggfoer_ledd(
        &self,
        skriv: &mut Skriv<'_>,
        nummer: FellesHjelpenummer,
        id: u32,
        handling: Handling,
        avsender: &Avsender,
        tid_s: i64,
    ) -> Result<(), Feil> {
        let logg = Loggrad {
            id,
            nummer: nummer.to_u64(),
            handling,
            avsender: avsender.clone(),
            tid_s,
        };
        self.loggfoer(skriv, &logg, None)?;
        Ok(())
    }

    /// Takes a help number out from under another; durable when this returns. It is its own record again, with what was known of it;
    /// numbers that came along with it stay.
    ///
    /// # Errors
    /// [`Feil::IkkeHjelpenummer`], [`Feil::Ukjent`], [`Feil::IkkeKnyttet`].
    pub fn loes(&self, over: u64, under: &Nummer, avsender: &Avsender, tid_s: i64) -> Result<(), Feil> {
        let nummer = hjelpenummer(under)?;
        let _laas = self.laas();
        let mut skriv = self.miljoe.skriv()?;
        let mut rad = self.rad(&skriv, nummer)?.ok_or(Feil::Ukjent)?;
        if rad.over != Some(over) {
            return Err(Feil::IkkeKnyttet);
        }
        rad.over = None;
        rad.endret_s = tid_s;
        self.sett_rad(&mut skriv, nummer, &rad)?;
        self.t.barn.slett(&mut skriv, &ledd(over, nummer.to_u64()))?;
        self.loggfoer_ledd(&mut skriv, nummer, rad.id, Handling::Loest { over }, avsender, tid_s)?;
        Ok(Miljoe::bekreft(skriv)?)
    }

    /// What is known of a number; none of one that is not here.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn slaa_opp(&self, nummer: FellesHjelpenummer) -> Result<Option<Oppslag>, Feil> {
        let les = self.miljoe.les()?;
        let Some(rad) = self.rad(&les, nummer)? else {
            return Ok(None);
        };
        let fakta = self.les_fakta(&les, rad.id, &self.noekkel(rad.id)?)?;
        Ok(Some(Oppslag {
            nummer,
            over: rad.over,
            under: self.barn(&les, nummer.to_u64())?,
            fakta,
            utstedt_s: rad.utstedt_s,
            endret_s: rad.endret_s,
            organisasjon: rad.organisasjon,
        }))
    }

    /// The help numbers under a number of any kind, in order.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn under(&self, over: u64) -> Result<Vec<FellesHjelpenummer>, Feil> {
        self.barn(&self.miljoe.les()?, over)
    }

    /// Entries of the log from a number on, that one included, at most `maks`.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn logg(&self, fra: u64, maks: usize) -> Result<Vec<Innfoering>, Feil> {
        let les = self.miljoe.les()?;
        let mut ut = Vec::new();
        for rad in self.t.logg.fra(&les, &fra.max(1).to_be_bytes())?.take(maks) {
            let (seq, byte) = rad?;
            ut.push(les_json::<Loggrad>(byte, "logg")?.innfoering(tall(Some(seq))?)?);
        }
        Ok(ut)
    }

    /// The number of the last entry of the log; 0 before the first.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn siste(&self) -> Result<u64, Feil> {
        self.siste_i(&self.miljoe.les()?)
    }

    /// What was known before and after an entry.
    ///
    /// # Errors
    /// [`Feil::Ukjent`] if there is no such entry.
    pub fn loggfakta(&self, seq: u64) -> Result<Loggfakta, Feil> {
        let les = self.miljoe.les()?;
        let rad = self.t.logg.hent(&les, &seq.to_be_bytes())?.ok_or(Feil::Ukjent)?;
        let rad: Loggrad = les_json(rad, "logg")?;
        match self.t.loggfakta.hent(&les, &seq.to_be_bytes())? {
            None => Ok(Loggfakta::default()),
            Some(forseglet) => {
                let byte = self.noekkel(rad.id)?.aapne(&loggsted(seq), forseglet)?;
                les_json(&byte, "logg")
            }
        }
    }

    /// How many numbers were ever issued, told to somebody or not.
    #[must_use]
    pub fn antall_utstedt(&self) -> usize {
        self.laas().antall()
    }

    /// Whether a number was ever issued.
    #[must_use]
    pub fn er_utstedt(&self, nummer: FellesHjelpenummer) -> bool {
        self.laas().har(nummer.to_u64())
    }

    /// Whether the disk failed so that nothing can be written before the store is opened anew.
    #[must_use]
    pub fn maa_aapnes_paa_nytt(&self) -> bool {
        self.miljoe.maa_aapnes_paa_nytt() || self.noekler.maa_aapnes_paa_nytt()
    }

    fn rad(&self, les: &Les<'_>, nummer: FellesHjelpenummer) -> Result<Option<Rad>, Feil> {
        let byte = self.t.numre.hent(les, &nummer.to_u64().to_be_bytes())?;
        byte.map(|byte| les_json(byte, "numre")).transpose()
    }

    fn sett_rad(&self, skriv: &mut Skriv<'_>, nummer: FellesHjelpenummer, rad: &Rad) -> Result<(), Feil> {
        let byte = som_json(rad)?;
        Ok(self.t.numre.sett(skriv, &nummer.to_u64().to_be_bytes(), &byte)?)
    }

    fn noekkel(&self, id: u32) -> Result<Noekkel, Feil> {
        let noekkel = self.noekler.les()?.hent(id, GENERASJON)?;
        noekkel.ok_or(Feil::Skadet("et hjelpenummer uten nøkkel"))
    }

    fn les_fakta(&self, les: &Les<'_>, id: u32, noekkel: &Noekkel) -> Result<Fakta, Feil> {
        let forseglet = self
            .t
            .fakta
            .hent(les, &id.to_be_bytes())?
            .ok_or(Feil::Skadet("fakta"))?;
        les_json(&noekkel.aapne(&faktasted(id), forseglet)?, "fakta")
    }

    fn sett_fakta(&self, skriv: &mut Skriv<'_>, id: u32, noekkel: &Noekkel, fakta: &Fakta) -> Result<(), Feil> {
        let forseglet = noekkel.forsegl(&faktasted(id), &som_json(fakta)?)?;
        Ok(self.t.fakta.sett(skriv, &id.to_be_bytes(), &forseglet)?)
    }

    fn barn(&self, les: &Les<'_>, over: u64) -> Result<Vec<FellesHjelpenummer>, Feil> {
        let prefiks = over.to_be_bytes();
        let mut ut = Vec::new();
        for rad in self.t.barn.med_prefiks(les, &prefiks)? {
            let (sted, _) = rad?;
            let under = sted.get(prefiks.len()..).ok_or(Feil::Skadet("barn"))?;
            ut.push(les_nummer(tall(Some(under))?)?);
        }
        Ok(ut)
    }

    fn siste_i(&self, les: &Les<'_>) -> Result<u64, Feil> {
        tall(self.t.logg.siste(les)?.map(|(seq, _)| seq))
    }

    fn innfoering(&self, les: &Les<'_>, seq: u64) -> Result<Innfoering, Feil> {
        let byte = self.t.logg.hent(les, &seq.to_be_bytes())?.ok_or(Feil::Skadet("logg"))?;
        les_json::<Loggrad>(byte, "logg")?.innfoering(seq)
    }

    fn loggfoer(
        &self,
        skriv: &mut Skriv<'_>,
        rad: &Loggrad,
        fakta: Option<(&Noekkel, &Loggfakta)>,
    ) -> Result<u64, Feil> {
        let seq = self.siste_i(skriv)? + 1;
        self.t.logg.legg_til(skriv, &seq.to_be_bytes(), &som_json(rad)?)?;
        if let Some((noekkel, fakta)) = fakta {
            let forseglet = noekkel.forsegl(&loggsted(seq), &som_json(fakta)?)?;
            self.t.loggfakta.legg_til(skriv, &seq.to_be_bytes(), &forseglet)?;
        }
        Ok(seq)
    }
}

fn dag(tid_s: i64) -> Result<Dato, Feil> {
    let dager = i32::try_from(tid_s.div_euclid(DOEGN_S)).map_err(|_| Feil::Ugyldig("tidspunkt"))?;
    Dato::from_dager_siden_1970(dager).ok_or(Feil::Ugyldig("tidspunkt"))
}

fn trekk_ledig(utstedte: &Utstedte, trekk: Trekk<'_>) -> Result<FellesHjelpenummer, Feil> {
    for _ in 0..TREKK_MAKS {
        // One that no control digits can be made for is drawn again.
        if let Ok(nummer) = FellesHjelpenummer::from_grunntall(trekk()?)
            && !utstedte.har(nummer.to_u64())
        {
            return Ok(nummer);
        }
    }
    Err(Feil::Trekning)
}
