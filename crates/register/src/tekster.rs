//! Interned texts: `kilde` and `aarsak` are the same few texts a million times over.
//!
//! A text gets a number the first time it is written and keeps it. A read takes a snapshot; a number that is newer than
//! the snapshot is read from the table.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use lager::{Les, Skriv, Tabell};

use crate::arkiv::Arkivpost;
use crate::{Feil, sjekksum};

/// The texts of a store.
#[derive(Debug)]
pub(crate) struct Tekster {
    tabell: Tabellnavn,
    kjente: RwLock<Arc<Vec<Arc<str>>>>,
    numre: Mutex<Numre>,
}

#[derive(Debug, Default)]
struct Numre {
    etter_tekst: HashMap<Arc<str>, u32>,
    // Given a number since the last commit.
    nye: Vec<(u32, Arc<str>)>,
}

struct Tabellnavn(Tabell);

impl std::fmt::Debug for Tabellnavn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("tekster")
    }
}

/// The texts as they were at one moment.
pub(crate) type Tekstbilde = Arc<Vec<Arc<str>>>;

impl Tekster {
    /// Reads the table.
    pub fn les(tabell: Tabell, les: &Les<'_>) -> Result<Self, Feil> {
        let mut kjente: Vec<Arc<str>> = Vec::new();
        let mut etter_tekst = HashMap::new();
        for rad in tabell.fra(les, &[])? {
            let (noekkel, verdi) = rad?;
            let nummer = u32::from_be_bytes(noekkel.try_into().map_err(|_| Feil::Skadet("tekst"))?);
            let tekst: Arc<str> = les_tekst(nummer, verdi)?.into();
            if usize::try_from(nummer).ok() != Some(kjente.len()) {
                return Err(Feil::Skadet("tekst"));
            }
            kjente.push(tekst.clone());
            etter_tekst.insert(tekst, nummer);
        }
        Ok(Tekster {
            tabell: Tabellnavn(tabell),
            kjente: RwLock::new(Arc::new(kjente)),
            numre: Mutex::new(Numre {
                etter_tekst,
                nye: Vec::new(),
            }),
        })
    }

    /// The texts known now.
    pub fn bilde(&self) -> Tekstbilde {
        self.kjente.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The number of a text, a new one if it has none. Several threads may ask at once.
    pub fn nummer(&self, tekst: &str) -> Result<u32, Feil> {
        let mut numre = self.numre.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(nummer) = numre.etter_tekst.get(tekst) {
            return Ok(*nummer);
        }
        let nummer = u32::try_from(numre.etter_tekst.len()).map_err(|_| Feil::Skadet("for mange tekster"))?;
        let tekst: Arc<str> = tekst.into();
        numre.etter_tekst.insert(tekst.clone(), nummer);
        numre.nye.push((nummer, tekst));
        Ok(nummer)
    }

    /// Writes what is new into a transaction that will commit, and gives how many; [`Tekster::bekreft`] with that number,
    /// or [`Tekster::forkast`], must follow.
    pub fn skriv_nye(&self, skriv: &mut Skriv<'_>) -> Result<usize, Feil> {
        let numre = self.numre.lock().unwrap_or_else(PoisonError::into_inner);
        for (nummer, tekst) in &numre.nye {
            let plass = nummer.to_be_bytes();
            let mut verdi = tekst.as_bytes().to_vec();
            sjekksum::legg_paa(&plass, &mut verdi);
            self.tabell.0.sett(skriv, &plass, &verdi)?;
        }
        Ok(numre.nye.len())
    }

    /// Enters what is new in the archive stream.
    pub fn arkiver_nye(&self, arkiv: &mut Arkivpost) {
        let numre = self.numre.lock().unwrap_or_else(PoisonError::into_inner);
        for (nummer, tekst) in &numre.nye {
            let plass = nummer.to_be_bytes();
            let mut verdi = tekst.as_bytes().to_vec();
            sjekksum::legg_paa(&plass, &mut verdi);
            arkiv.tekst(&plass, &verdi);
        }
    }

    /// The first `antall` that were written are now durable; others may have come meanwhile.
    pub fn bekreft(&self, antall: usize) {
        let mut numre = self.numre.lock().unwrap_or_else(PoisonError::into_inner);
        let antall = antall.min(numre.nye.len());
        if antall == 0 {
            return;
        }
        let mut kjente = self.kjente.write().unwrap_or_else(PoisonError::into_inner);
        let ny = Arc::make_mut(&mut kjente);
        ny.extend(numre.nye.drain(..antall).map(|(_, tekst)| tekst));
    }

    /// What was written never was: the numbers are free again.
    pub fn forkast(&self) {
        let mut numre = self.numre.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, tekst) in std::mem::take(&mut numre.nye) {
            numre.etter_tekst.remove(&tekst);
        }
    }

    /// A text by number, from the table when the snapshot is older.
    pub fn hent<'a>(&self, bilde: &'a Tekstbilde, les: &'a Les<'_>, nummer: u32) -> Result<&'a str, Feil> {
        let plass = usize::try_from(nummer).map_err(|_| Feil::Skadet("tekst"))?;
        if let Some(tekst) = bilde.get(plass) {
            return Ok(tekst);
        }
        let byte = self
            .tabell
            .0
            .hent(les, &nummer.to_be_bytes())?
            .ok_or(Feil::Skadet("tekst"))?;
        les_tekst(nummer, byte)
    }
}

/// A text as it is stored: UTF-8 and a checksum.
pub(crate) fn les_tekst(nummer: u32, verdi: &[u8]) -> Result<&str, Feil> {
    let byte = sjekksum::ta_av(&nummer.to_be_bytes(), verdi, "tekst")?;
    std::str::from_utf8(byte).map_err(|_| Feil::Skadet("tekst"))
}
