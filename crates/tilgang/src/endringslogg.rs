//! An append-only file of JSON lines, each bound to the one before.
//!
//! ```text
//!  {"nr":7,"tid":"…","av":"…","innhold":{…},"kjede":"<64 hex>"}\n
//!  └────────────── hashed ─────────────────┘
//!  kjede = SHA-256( kjede of line 6 ‖ the hashed bytes ),   kjede of line 0 = 32 zero bytes
//! ```
//!
//! The chain finds damage and hand-made edits anywhere but in a rewritten tail; it holds no key and proves nothing
//! against somebody who can write the file. What a line's content means, and whether it may follow the ones before it, is
//! known by whoever keeps such a file; grants and clients here, notices elsewhere. A change counts when its line, newline included, has been synced. So a last
//! line without newline was never acknowledged, and is dropped; anything else that does not fit stops the opening.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::avtale::privatfil;
use crate::token::json;

/// Longest line. Units: bytes. Source: our choice; a client with sixteen keys of 8192 bits is below 40 kB.
const LINJE_BYTES_MAKS: usize = 64 * 1024;
/// Largest file. Units: bytes. Source: our choice: about half a million changes.
const FIL_BYTES_MAKS: u64 = 256 * 1024 * 1024;
/// What stands between the hashed bytes and the chain value.
const FOER_KJEDE: &[u8] = br#","kjede":""#;
/// What stands after it, newline apart.
const ETTER_KJEDE: &[u8] = br#""}"#;

/// Why a file of changes could not be read or written. The texts are shown by the command line.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// The file system, or a file that others may read.
    #[error(transparent)]
    Fil(#[from] privatfil::Feil),
    /// A line is not what was written: damage, or somebody edited the file.
    #[error(
        "{fil} linje {linje} er skadet ({hva}); filen endres aldri på stedet, så hent den fra en sikkerhetskopi",
        fil = fil.display()
    )]
    Skadet {
        /// The file.
        fil: PathBuf,
        /// Which line, from 1.
        linje: u64,
        /// Which rule is broken.
        hva: &'static str,
    },
    /// A change would make a line, or a file, that is too long.
    #[error("endringen er for stor: en linje kan ha høyst {maks} byte")]
    ForStor {
        /// The limit. Units: bytes.
        maks: usize,
    },
    /// An earlier write failed in a way that leaves the end of the file unknown.
    #[error("en tidligere skriving mislyktes; start programmet på nytt før flere endringer")]
    Stengt,
}

impl Feil {
    /// What is said of a line that does not fit, by its number from 1.
    pub fn skadet(fil: &Path, linje: u64) -> impl Fn(&'static str) -> Feil {
        move |hva| Feil::Skadet {
            fil: fil.to_owned(),
            linje,
            hva,
        }
    }
}

/// One line without its chain value.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Linje<T> {
    /// 1, 2, 3 and so on.
    nr: u64,
    /// When it was written, RFC 3339.
    tid: String,
    /// Who made the change.
    av: String,
    /// The change.
    innhold: T,
}

/// The open file and where it stands.
pub struct Endringslogg {
    fil: File,
    sti: PathBuf,
    lengde: u64,
    nr: u64,
    kjede: [u8; 32],
    /// The end of the file is unknown since a write or a sync failed.
    stengt: bool,
}

impl std::fmt::Debug for Endringslogg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Endringslogg")
            .field("sti", &self.sti)
            .field("nr", &self.nr)
            .finish_non_exhaustive()
    }
}

/// A line as it was read, with its time.
#[derive(Debug)]
pub struct Lest<T> {
    /// Its number, from 1.
    pub nr: u64,
    /// When it was written.
    pub tid: Timestamp,
    /// Who made the change.
    pub av: String,
    /// The change.
    pub innhold: T,
}

impl Endringslogg {
    /// Opens or makes the file (mode 0600) and reads every line.
    ///
    /// # Errors
    /// [`Feil::Skadet`] with file and line, [`Feil::Fil`].
    pub fn aapne<T: DeserializeOwned>(sti: &Path) -> Result<(Self, Vec<Lest<T>>), Feil> {
        let fil = privatfil::aapne(sti)?;
        privatfil::lagre_mappe(sti)?;
        let bytes = privatfil::les_hele(sti, &fil, FIL_BYTES_MAKS)?;
        let mut logg = Endringslogg {
            fil,
            sti: sti.to_owned(),
            lengde: 0,
            nr: 0,
            kjede: [0; 32],
            stengt: false,
        };
        let mut lest = Vec::new();
        for linje in bytes.split_inclusive(|b| *b == b'\n') {
            let Some(uten_slutt) = linje.strip_suffix(b"\n") else {
                tracing::warn!(
                    fil = %sti.display(), bytes = linje.len(),
                    "siste linje mangler linjeslutt og ble aldri bekreftet; den fjernes"
                );
                logg.kutt()?;
                break;
            };
            let nr = as_u64(lest.len()) + 1;
            lest.push(logg.les_linje(uten_slutt).map_err(Feil::skadet(sti, nr))?);
            logg.lengde += as_u64(linje.len());
        }
        Ok((logg, lest))
    }

    /// Reads the next line and moves the chain on.
    fn les_linje<T: DeserializeOwned>(&mut self, linje: &[u8]) -> Result<Lest<T>, &'static str> {
        if linje.len() > LINJE_BYTES_MAKS {
            return Err("for lang");
        }
        let uten_slutt = linje.strip_suffix(ETTER_KJEDE).ok_or("kjedeverdien mangler")?;
        let delt = uten_slutt
            .len()
            .checked_sub(64 + FOER_KJEDE.len())
            .ok_or("kjedeverdien mangler")?;
        let (kropp, hale) = uten_slutt.split_at_checked(delt).ok_or("kjedeverdien mangler")?;
        let verdi = hale.strip_prefix(FOER_KJEDE).ok_or("kjedeverdien mangler")?;
        let kjede = neste_kjede(&self.kjede, kropp);
        if verdi != heks(&kjede).as_bytes() {
            return Err("kjedeverdien stemmer ikke med linjen og dem foran");
        }
        let mut dokument = kropp.to_vec();
        dokument.push(b'}');
        json::les_objekt(&dokument).map_err(|_| "ikke gyldig JSON")?;
        let linje: Linje<T> = serde_json::from_slice(&dokument).map_err(|_| "ukjent eller manglende felt")?;
        if linje.nr != self.nr + 1 {
            return Err("løpenummeret er ikke det neste");
        }
        let tid = linje.tid.parse().map_err(|_| "tiden kan ikke leses")?;
        self.nr = linje.nr;
        self.kjede = kjede;
        Ok(Lest {
            nr: linje.nr,
            tid,
            av: linje.av,
            innhold: linje.innhold,
        })
    }

    /// The number that the next line will have.
    #[must_use]
    pub fn neste_nr(&self) -> u64 {
        self.nr + 1
    }

    /// Appends a change. When this returns `Ok`, it is on the disk; otherwise it is not in the file.
    ///
    /// # Errors
    /// [`Feil::ForStor`], [`Feil::Fil`], [`Feil::Stengt`].
    pub fn skriv<T: Serialize>(&mut self, tid: Timestamp, av: &str, innhold: &T) -> Result<u64, Feil> {
        if self.stengt {
            return Err(Feil::Stengt);
        }
        let nr = self.neste_nr();
        let linje = Linje {
            nr,
            tid: tid.to_string(),
            av: av.to_owned(),
            innhold,
        };
        let for_stor = || Feil::ForStor { maks: LINJE_BYTES_MAKS };
        let mut bytes = serde_json::to_vec(&linje).map_err(|_| for_stor())?;
        // The closing brace moves to after the chain value.
        bytes.pop();
        let kjede = neste_kjede(&self.kjede, &bytes);
        bytes.extend_from_slice(FOER_KJEDE);
        bytes.extend_from_slice(heks(&kjede).as_bytes());
        bytes.extend_from_slice(ETTER_KJEDE);
        if bytes.len() > LINJE_BYTES_MAKS || self.lengde + as_u64(bytes.len()) >= FIL_BYTES_MAKS {
            return Err(for_stor());
        }
        bytes.push(b'\n');
        if let Err(feil) = self.fil.write_all(&bytes).and_then(|()| self.fil.sync_all()) {
            // A full disk leaves half a line. Take it away, so that the next change does not continue it; if even that
            // fails, nobody knows how the file ends.
            self.stengt = self.kutt().is_err();
            return Err(privatfil::Feil::io(&self.sti, "skrive til")(feil).into());
        }
        self.lengde += as_u64(bytes.len());
        self.nr = nr;
        self.kjede = kjede;
        Ok(nr)
    }

    /// Cuts the file after the last good line.
    fn kutt(&mut self) -> Result<(), Feil> {
        self.fil
            .set_len(self.lengde)
            .and_then(|()| self.fil.seek(SeekFrom::End(0)))
            .and_then(|_| self.fil.sync_all())
            .map_err(privatfil::Feil::io(&self.sti, "rette"))?;
        Ok(())
    }
}

fn neste_kjede(forrige: &[u8; 32], kropp: &[u8]) -> [u8; 32] {
    let mut sum = digest::Context::new(&digest::SHA256);
    sum.update(forrige);
    sum.update(kropp);
    let mut ut = [0; 32];
    ut.copy_from_slice(sum.finish().as_ref());
    ut
}

fn heks(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut ut, byte| {
            for halv in [byte >> 4, byte & 15] {
                ut.extend(char::from_digit(u32::from(halv), 16));
            }
            ut
        })
}

fn as_u64(lengde: usize) -> u64 {
    u64::try_from(lengde).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::avtale::Avtaleregister;
    use crate::avtale::linje::{Avtalelinje, Klientlinje, Produsentlinje};
    use std::fs;

    type Proeve = Vec<String>;

    fn tid() -> Timestamp {
        "2026-01-02T03:04:05Z".parse().unwrap()
    }

    fn med_linjer(antall: u64) -> (tempfile::TempDir, PathBuf, Vec<u8>) {
        let mappe = tempfile::tempdir().unwrap();
        let sti = mappe.path().join("logg.jsonl");
        let (mut logg, lest) = Endringslogg::aapne::<Proeve>(&sti).unwrap();
        assert!(lest.is_empty());
        for nr in 1..=antall {
            assert_eq!(logg.skriv(tid(), "prøve", &vec![format!("linje {nr}")]).unwrap(), nr);
        }
        let bytes = fs::read(&sti).unwrap();
        (mappe, sti, bytes)
    }

    fn les(sti: &Path) -> Result<Vec<Lest<Proeve>>, Feil> {
        Endringslogg::aapne(sti).map(|(_, lest)| lest)
    }

    #[test]
    fn lines_come_back_as_written_and_writing_goes_on() {
        let (_mappe, sti, _) = med_linjer(3);
        let (mut logg, lest) = Endringslogg::aapne::<Proeve>(&sti).unwrap();
        let lest: Vec<_> = lest
            .into_iter()
            .map(|linje| (linje.nr, linje.tid, linje.av, linje.innhold))
            .collect();
        assert_eq!(lest.len(), 3);
        assert_eq!(lest[2], (3, tid(), "prøve".to_owned(), vec!["linje 3".to_owned()]));
        assert_eq!(logg.skriv(tid(), "prøve", &vec!["x".to_owned()]).unwrap(), 4);
        assert_eq!(les(&sti).unwrap().len(), 4);
    }

    #[test]
    fn a_tail_cut_anywhere_gives_the_lines_before_it_and_writing_goes_on() {
        let (_mappe, sti, bytes) = med_linjer(3);
        let slutt: Vec<usize> = (0..bytes.len()).filter(|i| bytes[*i] == b'\n').map(|i| i + 1).collect();
        for lengde in 0..=bytes.len() {
            fs::write(&sti, &bytes[..lengde]).unwrap();
            let hele = slutt.iter().filter(|ende| **ende <= lengde).count();
            let (mut logg, lest) = Endringslogg::aapne::<Proeve>(&sti).unwrap();
            assert_eq!(lest.len(), hele, "{lengde}");
            logg.skriv(tid(), "prøve", &vec!["ny".to_owned()]).unwrap();
            assert_eq!(les(&sti).unwrap().len(), hele + 1);
        }
    }

    #[test]
    fn a_flipped_bit_anywhere_before_the_last_newline_stops_the_opening() {
        let (_mappe, sti, bytes) = med_linjer(2);
        for sted in 0..bytes.len() - 1 {
            for bit in [0, 3, 6] {
                let mut skadet = bytes.clone();
                skadet[sted] ^= 1 << bit;
                fs::write(&sti, &skadet).unwrap();
                assert!(matches!(les(&sti), Err(Feil::Skadet { .. })), "byte {sted}, bit {bit}");
                assert_eq!(fs::read(&sti).unwrap(), skadet, "a damaged file is left as it is");
            }
        }
    }

    #[test]
    fn a_removed_repeated_or_moved_line_stops_the_opening() {
        let (_mappe, sti, bytes) = med_linjer(3);
        let linjer: Vec<&[u8]> = bytes.split_inclusive(|b| *b == b'\n').collect();
        for utvalg in [&[1, 2][..], &[0, 2], &[0, 1, 1, 2], &[0, 2, 1], &[0, 1, 2, 2]] {
            fs::write(
                &sti,
                utvalg.iter().flat_map(|i| linjer[*i].to_vec()).collect::<Vec<_>>(),
            )
            .unwrap();
            assert!(matches!(les(&sti), Err(Feil::Skadet { .. })), "{utvalg:?}");
        }
        fs::write(&sti, [&bytes[..], b"\n"].concat()).unwrap();
        assert!(matches!(les(&sti), Err(Feil::Skadet { linje: 4, .. })));
    }

    #[test]
    fn a_change_that_is_too_large_leaves_the_file_as_it_was() {
        let (_mappe, sti, bytes) = med_linjer(1);
        let (mut logg, _) = Endringslogg::aapne::<Proeve>(&sti).unwrap();
        let svar = logg.skriv(tid(), "prøve", &vec!["x".repeat(LINJE_BYTES_MAKS)]);
        assert!(matches!(svar, Err(Feil::ForStor { .. })));
        assert_eq!(fs::read(&sti).unwrap(), bytes);
        assert_eq!(logg.skriv(tid(), "prøve", &vec!["y".to_owned()]).unwrap(), 2);
    }

    /// Lines with the chain that they should have, so that what is inside them is reached; and the file as it is.
    fn proev(byte: &[u8]) {
        let mappe = tempfile::tempdir().unwrap();
        let sti = mappe.path().join("logg.jsonl");
        let mut kjede = [0; 32];
        let mut hel = Vec::new();
        for linje in byte.split(|b| *b == b'\n') {
            let kropp = linje.strip_suffix(b"}").unwrap_or(linje);
            kjede = neste_kjede(&kjede, kropp);
            for del in [kropp, FOER_KJEDE, heks(&kjede).as_bytes(), ETTER_KJEDE, b"\n"] {
                hel.extend_from_slice(del);
            }
        }
        for innhold in [byte, &hel] {
            let skriv = |sti: &Path| {
                fs::write(sti, innhold).unwrap();
                #[cfg(unix)]
                fs::set_permissions(sti, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
            };
            skriv(&sti);
            let _ = Endringslogg::aapne::<Avtalelinje>(&sti);
            skriv(&sti);
            let _ = Endringslogg::aapne::<Klientlinje>(&sti);
            skriv(&sti);
            let _ = Endringslogg::aapne::<Produsentlinje>(&sti);
            // The whole folder, where the rules of grants and clients are held too.
            let avtaler = mappe.path().join("avtale");
            drop(Avtaleregister::aapne(&avtaler).unwrap());
            for fil in fs::read_dir(&avtaler).unwrap() {
                let fil = fil.unwrap().path();
                let foer = fs::read(&fil).unwrap();
                skriv(&fil);
                let _ = Avtaleregister::aapne(&avtaler);
                fs::write(&fil, foer).unwrap();
            }
        }
    }

    fn gyldige() -> Vec<Vec<u8>> {
        let avtale = r#"{"nr":1,"tid":"2026-01-02T03:04:05Z","av":"x","innhold":{"gitt":{"organisasjon":"310000000","scope":"a/b","graderte_adresser":false,"er_privat":true,"formaal":"x","hjemmel":"y","fra":"2026-01-02T03:04:05Z"}}}"#;
        let trukket = r#"{"nr":2,"tid":"2026-01-02T03:04:05Z","av":"x","innhold":{"trukket":{"id":1,"grunn":"x"}}}"#;
        let klient = r#"{"nr":1,"tid":"2026-01-02T03:04:05Z","av":"x","innhold":{"registrert":{"klient_id":"k","organisasjon":"310000000","scopes":["a/b"],"noekler":[{"jwk":{},"utloeper":"2027-01-02T03:04:05Z"}]}}}"#;
        let produsent = r#"{"nr":1,"tid":"2026-01-02T03:04:05Z","av":"x","innhold":{"gitt":{"organisasjon":"310000000","meldinger":["DOEDSFALL_V1"],"kilder":{"DOEDSFALL_V1":["helse"]},"formaal":"x","fra":"2026-01-02T03:04:05Z"}}}"#;
        let (_mappe, _, hel) = med_linjer(3);
        vec![
            format!("{avtale}\n{trukket}").into(),
            klient.into(),
            format!("{produsent}\n{trukket}").into(),
            hel,
        ]
    }

    fuzz::maal!(
        paalitelighet_15_fuzz_endringslogg,
        150,
        &[
            "\"nr\":2",
            "\"gitt\"",
            "\"endret\"",
            "\"noekkel_lagt_til\"",
            "\"meldinger\":[]",
            "\"kjede\":\"",
            "18446744073709551615"
        ],
        gyldige,
        proev
    );

    #[cfg(target_os = "linux")]
    #[test]
    fn a_write_that_fails_is_reported_and_closes_the_log_when_it_cannot_be_undone() {
        let (_mappe, sti, bytes) = med_linjer(1);
        let (mut logg, _) = Endringslogg::aapne::<Proeve>(&sti).unwrap();
        // A handle for reading only: the write fails, and so does the cutting.
        logg.fil = File::open(&sti).unwrap();
        assert!(matches!(logg.skriv(tid(), "prøve", &Proeve::new()), Err(Feil::Fil(_))));
        assert!(matches!(logg.skriv(tid(), "prøve", &Proeve::new()), Err(Feil::Stengt)));
        assert_eq!(fs::read(&sti).unwrap(), bytes);
    }
}
