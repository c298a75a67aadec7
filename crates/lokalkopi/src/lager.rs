//! The store: persons as lines of one file that is added to, and how far the service is read in another.
//!
//! What happens to disk, in the order that makes a stop at any point harmless:
//! 1. New lines are added; the latest of an id counts. A line that was cut off by a stop is cut away when the copy is opened.
//! 2. The file is made durable, and only then is `stilling.json` replaced: it tells how much of the file must be whole.
//! 3. Lines that were replaced are written over, so that nothing of what was once known of somebody stays in the file.
//! 4. When half of the file is such lines it is written anew beside the old one, and `stilling.json` says which counts.
//!
//! Source: our choice, ADR 0041. Every file is its owner's alone.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::lager::mappe::{Laas, synk_mappe};
use ::lager::noekkelfil::les_hemmelig;

use crate::Feil;
use crate::person::{self, Objekt};
use crate::post::{self, BLANK, Hode, LINJE_BYTES_MAKS, Linje, Post};
use crate::stilling::{Fase, Stilling, Valg};

const FORMAT: u32 = 1;
const STILLING: &str = "stilling.json";
const STILLING_BYTES_MAKS: usize = 1024 * 1024;
/// A smaller file is not written anew. Units: bytes. Source: our choice.
const OMSKRIV_BYTES_MIN: u64 = 64 * 1024;

/// Something that is about to be done to disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skritt {
    /// Lines are added.
    Skriv,
    /// The file is made durable.
    Synk,
    /// `stilling.json` is replaced.
    Stilling,
    /// A line is written over.
    Overskriv,
    /// The file is written anew.
    Omskriv,
    /// An old file is removed.
    Slett,
}

/// Asked before each step to disk; an error stops there, as a process that dies does. For tests of what a stop leaves behind.
pub type Vakt = Arc<dyn Fn(Skritt) -> io::Result<()> + Send + Sync>;

/// Where somebody's line is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plass {
    fra: u64,
    lengde: u32,
    /// The event that the document is of.
    pub seq: Option<u64>,
    /// The load that met the person last.
    pub runde: u32,
    /// The line says that there is nobody.
    pub borte: bool,
}

/// The copy on disk, for this process alone.
pub struct Lager {
    mappe: PathBuf,
    fil: File,
    lengde: u64,
    indeks: HashMap<Box<str>, Plass>,
    /// Bytes of lines that count and are of somebody.
    levende: u64,
    antall: u64,
    i_runden: u64,
    erstattet: Vec<Plass>,
    stilling: Stilling,
    vakt: Vakt,
    stanset: bool,
    // Last, so that the folder is let go of when all else is.
    _laas: Laas,
}

fn feil(hva: &'static str) -> impl FnOnce(io::Error) -> Feil {
    move |kilde| Feil::Fil { hva, kilde }
}

fn hemmelig(sti: &Path, ny: bool) -> io::Result<File> {
    let mut valg = OpenOptions::new();
    valg.read(true).write(true).create_new(ny);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut valg, 0o600);
    valg.open(sti)
}

/// Puts a small file in the place of another, its owner's alone: whoever reads it sees the old content or the new.
pub(crate) fn bytt_hemmelig(sti: &Path, byte: &[u8]) -> Result<(), Feil> {
    let ny = sti.with_extension("ny");
    let skriv = || {
        match fs::remove_file(&ny) {
            Err(feil) if feil.kind() != io::ErrorKind::NotFound => return Err(feil),
            _ => {}
        }
        let mut fil = hemmelig(&ny, true)?;
        fil.write_all(byte)?;
        fil.sync_all()?;
        fs::rename(&ny, sti)
    };
    skriv().map_err(feil("skrive"))?;
    Ok(sti.parent().map_or(Ok(()), synk_mappe)?)
}

fn filnavn(nr: u32) -> String {
    format!("personer-{nr}.jsonl")
}

impl Lager {
    /// Opens the copy in a folder, or begins one.
    ///
    /// # Errors
    /// [`Feil::AndreValg`] if it is of something else, [`Feil::Skadet`] if what was stored is not there, [`Feil::Mappe`] if another process
    /// has the folder.
    pub fn aapne(mappe: &Path, valg: &Valg) -> Result<Self, Feil> {
        Self::aapne_med(mappe, valg, Arc::new(|_| Ok(())))
    }

    /// As [`Lager::aapne`], with somebody who is asked before each step to disk.
    ///
    /// # Errors
    /// As [`Lager::aapne`].
    pub fn aapne_med(mappe: &Path, valg: &Valg, vakt: Vakt) -> Result<Self, Feil> {
        let lager = Self::aapne_den_som_er(mappe, vakt.clone())?;
        match lager {
            Some(lager) if lager.stilling.valg == *valg => Ok(lager),
            Some(_) => Err(Feil::AndreValg),
            None => Self::begynn(mappe, valg, vakt),
        }
    }

    /// Opens the copy in a folder, whatever it is of; `None` where there is none.
    ///
    /// # Errors
    /// As [`Lager::aapne`].
    pub fn aapne_for_visning(mappe: &Path) -> Result<Option<Self>, Feil> {
        Self::aapne_den_som_er(mappe, Arc::new(|_| Ok(())))
    }

    /// Throws away the copy in a folder, a damaged one too.
    ///
    /// # Errors
    /// [`Feil::Mappe`] if another process has the folder, [`Feil::Fil`] if the operating system refuses.
    pub fn kast(mappe: &Path) -> Result<(), Feil> {
        let _laas = Laas::ta(mappe)?;
        rydd(mappe, None)?;
        for navn in [STILLING, crate::pasienter::FIL] {
            match fs::remove_file(mappe.join(navn)) {
                Err(kilde) if kilde.kind() != io::ErrorKind::NotFound => return Err(feil("slette")(kilde)),
                _ => {}
            }
        }
        Ok(synk_mappe(mappe)?)
    }

    fn begynn(mappe: &Path, valg: &Valg, vakt: Vakt) -> Result<Self, Feil> {
        let laas = Laas::ta(mappe)?;
        rydd(mappe, None)?;
        let fil = hemmelig(&mappe.join(filnavn(1)), true).map_err(feil("skrive"))?;
        let stilling = Stilling {
            format: FORMAT,
            valg: valg.clone(),
            fil: 1,
            ..Stilling::default()
        };
        let mut lager = Self::tomt(mappe, laas, fil, stilling);
        lager.vakt = vakt;
        lager.lagre(Fase::Start)?;
        Ok(lager)
    }

    fn tomt(mappe: &Path, laas: Laas, fil: File, stilling: Stilling) -> Self {
        Lager {
            mappe: mappe.to_owned(),
            fil,
            lengde: 0,
            indeks: HashMap::new(),
            levende: 0,
            antall: 0,
            i_runden: 0,
            erstattet: Vec::new(),
            stilling,
            vakt: Arc::new(|_| Ok(())),
            stanset: false,
            _laas: laas,
        }
    }

    fn aapne_den_som_er(mappe: &Path, vakt: Vakt) -> Result<Option<Self>, Feil> {
        let laas = Laas::ta(mappe)?;
        let sti = mappe.join(STILLING);
        if !sti.exists() {
            return Ok(None);
        }
        let byte = les_hemmelig(&sti)?;
        let stilling = Some(byte).filter(|byte| byte.len() <= STILLING_BYTES_MAKS);
        let stilling: Option<Stilling> = stilling.and_then(|byte| serde_json::from_slice(&byte).ok());
        let stilling = stilling.filter(|stilling| stilling.format == FORMAT);
        let stilling = stilling.ok_or(Feil::Skadet("stilling.json kan ikke leses"))?;
        rydd(mappe, Some(stilling.fil))?;
        let fil = hemmelig(&mappe.join(filnavn(stilling.fil)), false).map_err(|kilde| match kilde.kind() {
            io::ErrorKind::NotFound => Feil::Skadet("filen med personene er borte"),
            _ => feil("lese")(kilde),
        })?;
        let mut lager = Self::tomt(mappe, laas, fil, stilling);
        lager.les_inn()?;
        lager.vakt = vakt;
        Ok(Some(lager))
    }

    /// Reads the whole file; what was added after the last save is kept as far as it is whole.
    fn les_inn(&mut self) -> Result<(), Feil> {
        let mut leser = BufReader::new(self.fil.try_clone().map_err(feil("lese"))?);
        leser.rewind().map_err(feil("lese"))?;
        let (skal, antall) = (self.stilling.lengde, self.stilling.antall);
        let mut linje = Vec::new();
        loop {
            if self.lengde == skal && self.antall != antall {
                return Err(Feil::Skadet("det er et annet antall personer enn det som ble skrevet"));
            }
            linje.clear();
            let lest = (&mut leser).take(LINJE_BYTES_MAKS as u64).read_until(b'\n', &mut linje);
            if lest.map_err(feil("lese"))? == 0 {
                break;
            }
            match post::les::<Hode>(&linje) {
                Linje::Hel(hode) => self.ta_med(&hode, linje.len()),
                Linje::Blank if linje.ends_with(b"\n") => self.lengde += linje.len() as u64,
                _ if self.lengde >= skal => break,
                _ => return Err(Feil::Skadet("en linje er ikke som den ble skrevet")),
            }
        }
        if self.lengde < skal {
            return Err(Feil::Skadet("filen med personene er for kort"));
        }
        // What a stop cut off.
        self.fil.set_len(self.lengde).map_err(feil("skrive"))
    }

    fn ta_med(&mut self, hode: &Hode, lengde: usize) {
        let plass = Plass {
            fra: self.lengde,
            lengde: u32::try_from(lengde).unwrap_or(u32::MAX),
            seq: hode.seq,
            runde: hode.runde,
            borte: hode.er_borte(),
        };
        self.lengde += lengde as u64;
        self.sett(&hode.id, plass);
    }

    fn sett(&mut self, id: &str, plass: Plass) {
        let tell = |plass: Plass, runde: u32| {
            let levende = if plass.borte { 0 } else { u64::from(plass.lengde) };
            (levende, u64::from(!plass.borte), u64::from(plass.runde == runde))
        };
        let runde = self.stilling.runde;
        if let Some(foer) = self.indeks.insert(id.into(), plass) {
            let (levende, antall, i_runden) = tell(foer, runde);
            self.levende -= levende;
            self.antall -= antall;
            self.i_runden -= i_runden;
            self.erstattet.push(foer);
        }
        let (levende, antall, i_runden) = tell(plass, runde);
        self.levende += levende;
        self.antall += antall;
        self.i_runden += i_runden;
    }

    /// Persons in the copy.
    #[must_use]
    pub fn antall(&self) -> u64 {
        self.antall
    }

    /// Where the algorithm is.
    #[must_use]
    pub fn fase(&self) -> &Fase {
        &self.stilling.fase
    }

    /// The load that is going on, or was last.
    pub(crate) fn runde(&self) -> u32 {
        self.stilling.runde
    }

    /// Whom the load has met, also those who turned out not to be there.
    pub(crate) fn i_runden(&self) -> u64 {
        self.i_runden
    }

    pub(crate) fn valg(&self) -> &Valg {
        &self.stilling.valg
    }

    pub(crate) fn mappe(&self) -> &Path {
        &self.mappe
    }

    pub(crate) fn plass(&self, id: &str) -> Option<Plass> {
        self.indeks.get(id).copied()
    }

    /// Ids of everybody who is in the copy, in rising order.
    #[must_use]
    pub fn ider(&self) -> Vec<String> {
        self.velg(|plass| !plass.borte)
    }

    pub(crate) fn velg(&self, som: impl Fn(&Plass) -> bool) -> Vec<String> {
        let valgt = self.indeks.iter().filter(|(_, plass)| som(plass));
        let mut ider: Vec<String> = valgt.map(|(id, _)| id.to_string()).collect();
        ider.sort_unstable();
        ider
    }

    /// The person with an id, as the service gave it.
    ///
    /// # Errors
    /// [`Feil::Skadet`] if the line is not what was written.
    pub fn person(&self, id: &str) -> Result<Option<Objekt>, Feil> {
        match self.plass(id) {
            Some(plass) if !plass.borte => match post::les::<Post>(&self.linje(plass)?) {
                Linje::Hel(post) if post.id == id => Ok(post.person),
                _ => Err(Feil::Skadet("en linje er ikke som den ble skrevet")),
            },
            _ => Ok(None),
        }
    }

    /// The person with a number: whose it is now, else who had it and is there still, else whoever had it. Looks at everybody.
    ///
    /// # Errors
    /// As [`Lager::person`].
    pub fn person_med_nummer(&self, nummer: &str) -> Result<Option<Objekt>, Feil> {
        let mut funnet: Option<(u8, Objekt)> = None;
        for id in self.ider() {
            let Some(person) = self.person(&id)? else { continue };
            let treff = person::numre(&person).filter(|n| n.nummer == nummer);
            let levende = u8::from(!person::er_opphoert(&person));
            let rang = treff.map(|n| if n.gyldig { 2 } else { levende }).max();
            if let Some(rang) = rang.filter(|rang| funnet.as_ref().is_none_or(|(best, _)| rang > best)) {
                funnet = Some((rang, person));
            }
        }
        Ok(funnet.map(|(_, person)| person))
    }

    fn linje(&self, plass: Plass) -> Result<Vec<u8>, Feil> {
        let mut linje = vec![0; plass.lengde as usize];
        let mut fil = &self.fil;
        fil.seek(SeekFrom::Start(plass.fra))
            .and_then(|_| fil.read_exact(&mut linje))
            .map_err(feil("lese"))?;
        Ok(linje)
    }

    /// Adds persons. They count at once, and are durable from the next [`Lager::lagre`] on.
    pub(crate) fn skriv(&mut self, poster: &[Post]) -> Result<(), Feil> {
        let mut byte = Vec::new();
        let mut lengder = Vec::new();
        for post in poster {
            let foer = byte.len();
            let skrevet = post::skriv(post, &mut byte);
            let lengde = byte.len() - foer;
            if skrevet.is_err() || lengde > LINJE_BYTES_MAKS {
                return Err(Feil::Loegn("en person er større enn det som lagres"));
            }
            lengder.push(lengde);
        }
        let fra = self.lengde;
        self.utfoer(Skritt::Skriv, |lager| {
            lager.fil.seek(SeekFrom::Start(fra))?;
            lager.fil.write_all(&byte)
        })?;
        for (post, lengde) in poster.iter().zip(lengder) {
            let plass = Plass {
                fra: self.lengde,
                lengde: u32::try_from(lengde).unwrap_or(u32::MAX),
                seq: post.seq,
                runde: post.runde,
                borte: post.person.is_none(),
            };
            self.lengde += lengde as u64;
            self.sett(&post.id, plass);
        }
        Ok(())
    }

    /// Begins another load; counts from the next [`Lager::lagre`] on.
    pub(crate) fn ny_runde(&mut self) {
        self.stilling.runde += 1;
        let runde = self.stilling.runde;
        self.i_runden = self.indeks.values().filter(|plass| plass.runde == runde).count() as u64;
    }

    /// Makes all that was added durable, and then how far the service is read.
    pub(crate) fn lagre(&mut self, fase: Fase) -> Result<(), Feil> {
        self.utfoer(Skritt::Synk, |lager| lager.fil.sync_all())?;
        self.stilling.fase = fase;
        self.stilling.lengde = self.lengde;
        self.stilling.antall = self.antall;
        self.skriv_stilling()?;
        for plass in std::mem::take(&mut self.erstattet) {
            let blank = vec![BLANK; (plass.lengde as usize).saturating_sub(1)];
            self.utfoer(Skritt::Overskriv, |lager| {
                lager.fil.seek(SeekFrom::Start(plass.fra))?;
                lager.fil.write_all(&blank)
            })?;
        }
        let ferdig_lastet = matches!(self.stilling.fase, Fase::Foelger { .. });
        if ferdig_lastet && self.lengde > OMSKRIV_BYTES_MIN && self.levende < self.lengde / 2 {
            self.skriv_om()?;
        }
        Ok(())
    }

    fn skriv_stilling(&mut self) -> Result<(), Feil> {
        let byte = serde_json::to_vec_pretty(&self.stilling).map_err(io::Error::from);
        let byte = byte.map_err(feil("skrive"))?;
        self.proev(Skritt::Stilling)?;
        let utfall = bytt_hemmelig(&self.mappe.join(STILLING), &byte);
        self.stanset = utfall.is_err();
        utfall
    }

    /// The file anew, with the lines that count and are of somebody.
    fn skriv_om(&mut self) -> Result<(), Feil> {
        let (gammel, ny) = (self.stilling.fil, self.stilling.fil + 1);
        let sti = self.mappe.join(filnavn(ny));
        let mut plasser: Vec<(Box<str>, Plass)> = self.indeks.drain().filter(|(_, plass)| !plass.borte).collect();
        plasser.sort_unstable_by_key(|(_, plass)| plass.fra);
        // From here on an error leaves the index without what it had, so the copy must be opened again.
        self.stanset = true;
        (self.vakt)(Skritt::Omskriv).map_err(feil("skrive"))?;
        let mut ut = io::BufWriter::new(hemmelig(&sti, true).map_err(feil("skrive"))?);
        let mut lengde = 0;
        for (_, plass) in &mut plasser {
            ut.write_all(&self.linje(*plass)?).map_err(feil("skrive"))?;
            plass.fra = lengde;
            lengde += u64::from(plass.lengde);
        }
        let fil = ut.into_inner().map_err(|f| feil("skrive")(f.into_error()))?;
        (self.vakt)(Skritt::Synk).map_err(feil("skrive"))?;
        fil.sync_all().map_err(feil("skrive"))?;
        synk_mappe(&self.mappe)?;
        self.fil = fil;
        (self.lengde, self.levende) = (lengde, lengde);
        self.indeks = plasser.into_iter().collect();
        let runde = self.stilling.runde;
        self.i_runden = self.indeks.values().filter(|plass| plass.runde == runde).count() as u64;
        (self.stilling.fil, self.stilling.lengde) = (ny, lengde);
        self.stanset = false;
        self.skriv_stilling()?;
        let sti = self.mappe.join(filnavn(gammel));
        self.utfoer(Skritt::Slett, |_| fs::remove_file(sti))
    }

    fn proev(&mut self, skritt: Skritt) -> Result<(), Feil> {
        if self.stanset {
            return Err(Feil::Stanset);
        }
        (self.vakt)(skritt).map_err(|kilde| {
            self.stanset = true;
            feil("skrive")(kilde)
        })
    }

    /// A step to disk. After one that failed nobody knows what is there, so nothing more is written until the copy is opened again.
    fn utfoer(&mut self, skritt: Skritt, gjoer: impl FnOnce(&mut Self) -> io::Result<()>) -> Result<(), Feil> {
        self.proev(skritt)?;
        gjoer(self).map_err(|kilde| {
            self.stanset = true;
            feil("skrive")(kilde)
        })
    }
}

/// Removes files with persons, but for one.
fn rydd(mappe: &Path, behold: Option<u32>) -> Result<(), Feil> {
    let behold = behold.map(filnavn);
    for inne in fs::read_dir(mappe).map_err(feil("lese"))? {
        let inne = inne.map_err(feil("lese"))?;
        let navn = inne.file_name();
        let Some(navn) = navn.to_str() else { continue };
        let vaar = navn.starts_with("personer-") && navn.ends_with(".jsonl");
        if vaar && Some(navn) != behold.as_deref() {
            fs::remove_file(inne.path()).map_err(feil("slette"))?;
        }
    }
    Ok(())
}

/// Shows how much there is, and of nobody.
impl std::fmt::Debug for Lager {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lager")
            .field("antall", &self.antall)
            .field("lengde", &self.lengde)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "lager_test.rs"]
mod tests;
