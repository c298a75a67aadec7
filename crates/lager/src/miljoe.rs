//! One LMDB environment: one file, many readers, one writer, tables of bytes.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering, fence};

use heed::types::Bytes;
use heed::{CommitOrAbort, Env, EnvOpenOptions, PutFlags, RoTxn, RwTxn, WithoutTls};

use crate::Feil;

/// Largest file an environment may grow to: address space, not disk. 1 TiB.
///
/// Source: our choice; 6 million persons at 2.4 KB need 15 GB.
const KART_BYTE: usize = 1 << 40;

/// Readers at the same time; each request holds one while it copies.
///
/// Source: LMDB's default of 126 ends in MDB_READERS_FULL under load; our choice.
const LESERE_MAKS: u32 = 2_048;

/// Tables in one environment.
const TABELLER_MAKS: u32 = 64;

/// A read transaction: sees one moment of the environment, whatever is written meanwhile.
pub type Les<'m> = RoTxn<'m, WithoutTls>;

/// As [`Les`], for one who outlives the [`Miljoe`] that it came from.
pub type Varig = RoTxn<'static, WithoutTls>;

/// The write transaction: one at a time; nothing of it exists until [`Miljoe::bekreft`].
pub type Skriv<'m> = RwTxn<'m>;

/// A key and its value, as they lie in the map.
pub type Rad<'t> = (&'t [u8], &'t [u8]);

/// Bytes of a page, as LMDB chooses it where ours runs.
const SIDE_BYTE: u64 = 4_096;

/// Use of an environment's address space and reader slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kart {
    /// What the file may grow to. Units: bytes.
    pub byte: u64,
    /// How far it has grown; free pages count. Units: bytes.
    pub brukt_byte: u64,
    /// Reader slots that have been taken at the same time.
    pub lesere: u32,
    /// Reader slots there are.
    pub lesere_maks: u32,
}

/// A table of an environment.
#[derive(Clone, Copy)]
pub struct Tabell(heed::Database<'static, Bytes, Bytes>);

/// An open environment.
pub struct Miljoe {
    env: Env<WithoutTls>,
    ute: AtomicBool,
    // Writers that have begun.
    skrivere: AtomicU64,
}

impl std::fmt::Debug for Miljoe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Miljoe").field("sti", &self.env.path()).finish()
    }
}

impl Miljoe {
    /// Opens or makes an environment in a folder, with its tables in the order named.
    ///
    /// Stale reader slots of a process that was killed are cleared.
    ///
    /// # Errors
    /// [`Feil::Fil`] if the folder cannot be made, [`Feil::Lmdb`] if LMDB refuses the file.
    pub fn aapne<const N: usize>(mappe: &Path, tabeller: [&str; N]) -> Result<(Self, [Tabell; N]), Feil> {
        std::fs::create_dir_all(mappe).map_err(Feil::fil(mappe))?;
        let mut valg = EnvOpenOptions::new().read_txn_without_tls();
        valg.map_size(KART_BYTE).max_readers(LESERE_MAKS).max_dbs(TABELLER_MAKS);
        // SAFETY: the folder belongs to one process at a time (`mappe::Laas`), the environment is opened once in it, and
        // nothing else of ours touches the file; sync is on and WRITEMAP off, so LMDB's own promises hold.
        #[expect(
            unsafe_code,
            reason = "heed's open is unsafe because others could change the mapped file; the folder lock forbids it"
        )]
        let env = unsafe { valg.open(mappe) }?;
        env.clear_stale_readers()?;
        let skriv = env.write_txn()?;
        let laget = env.create_databases_and_commit(skriv, |aapner, skriv| -> Result<_, heed::Error> {
            let mut ut = Vec::with_capacity(N);
            for navn in tabeller {
                ut.push(aapner.create_database::<Bytes, Bytes>(skriv, Some(navn))?);
            }
            // The vector has exactly N entries: one was pushed for each name.
            let ut: [_; N] = ut
                .try_into()
                .map_err(|_| heed::Error::Io(std::io::ErrorKind::Other.into()))?;
            Ok(CommitOrAbort::<_, ()>::Commit(ut))
        })?;
        match laget {
            CommitOrAbort::Commit(tabeller) => Ok((
                Miljoe {
                    env,
                    ute: AtomicBool::new(false),
                    skrivere: AtomicU64::new(0),
                },
                tabeller.map(Tabell),
            )),
            CommitOrAbort::Abort(()) => Err(Feil::Skadet("tabeller")),
        }
    }

    /// Starts reading: everything read through it is of one moment.
    ///
    /// # Errors
    /// [`Feil::Lmdb`], for example when all reader slots are taken.
    pub fn les(&self) -> Result<Les<'_>, Feil> {
        self.ved_ett_oeyeblikk(|| self.env.read_txn())
    }

    /// Starts reading, for as long as the reader likes.
    ///
    /// # Errors
    /// [`Feil::Lmdb`], for example when all reader slots are taken.
    pub fn les_varig(&self) -> Result<Varig, Feil> {
        self.ved_ett_oeyeblikk(|| self.env.clone().static_read_txn())
    }

    /// Begins to read, and begins again if a writer began meanwhile.
    ///
    /// LMDB's reader takes the number of the last transaction, and then what it committed from one of two pages that the
    /// transactions write by turns. If two came between, it has what the second wrote, which may not be durable yet and is not
    /// what the next reader gets. The second begins after the first has ended; so if nobody has begun, there was one at the most.
    fn ved_ett_oeyeblikk<T>(&self, begynn: impl Fn() -> Result<T, heed::Error>) -> Result<T, Feil> {
        loop {
            let foer = self.skrivere.load(Ordering::SeqCst);
            let les = begynn().map_err(|feil| self.merk(feil))?;
            fence(Ordering::SeqCst);
            if self.skrivere.load(Ordering::SeqCst) == foer {
                return Ok(les);
            }
        }
    }

    /// Starts writing; waits for the writer before.
    ///
    /// # Errors
    /// [`Feil::Lmdb`].
    pub fn skriv(&self) -> Result<Skriv<'_>, Feil> {
        let skriv = self.env.write_txn().map_err(|feil| self.merk(feil))?;
        self.skrivere.fetch_add(1, Ordering::SeqCst);
        Ok(skriv)
    }

    fn merk(&self, feil: heed::Error) -> Feil {
        if matches!(feil, heed::Error::Mdb(heed::MdbError::Panic)) {
            self.ute.store(true, Ordering::Relaxed);
            return Feil::MaaAapnesPaaNytt;
        }
        feil.into()
    }

    /// Whether the environment has refused to write until it is opened anew. Reading goes on.
    ///
    /// LMDB takes no more writes after the page that says what is committed could not be written, because it cannot know
    /// what lies there.
    pub fn maa_aapnes_paa_nytt(&self) -> bool {
        self.ute.load(Ordering::Relaxed)
    }

    /// Makes everything written durable and visible, or nothing of it.
    ///
    /// # Errors
    /// [`Feil::Lmdb`], for example when the disk is full; then nothing was changed.
    pub fn bekreft(skriv: Skriv<'_>) -> Result<(), Feil> {
        Ok(skriv.commit()?)
    }

    /// Copies the environment as it is at one moment to a new file, free pages left out, and makes it durable. Reading
    /// and writing go on.
    ///
    /// # Errors
    /// [`Feil::Fil`] if the file is there already or cannot be written, [`Feil::Lmdb`] if the copy fails.
    pub fn kopier(&self, til: &Path) -> Result<(), Feil> {
        let mut valg = std::fs::OpenOptions::new();
        valg.write(true).read(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut valg, 0o600);
        let mut fil = valg.open(til).map_err(Feil::fil(til))?;
        self.env.copy_to_file(&mut fil, heed::CompactionOption::Enabled)?;
        fil.sync_all().map_err(Feil::fil(til))
    }

    /// How much of what the environment may grow to is in use, and who reads.
    pub fn kart(&self) -> Kart {
        let info = self.env.info();
        Kart {
            byte: u64::try_from(info.map_size).unwrap_or(u64::MAX),
            // Pages are numbered from nought; all have the size that the file system's pages have.
            brukt_byte: u64::try_from(info.last_page_number)
                .unwrap_or(u64::MAX)
                .saturating_add(1)
                .saturating_mul(SIDE_BYTE),
            lesere: info.number_of_readers,
            lesere_maks: info.maximum_number_of_readers,
        }
    }

    /// Frees the reader slots of processes that are gone; gives how many.
    ///
    /// # Errors
    /// [`Feil::Lmdb`].
    pub fn rydd_lesere(&self) -> Result<usize, Feil> {
        Ok(self.env.clear_stale_readers()?)
    }

    /// Bytes on disk.
    ///
    /// # Errors
    /// [`Feil::Lmdb`].
    pub fn byte_paa_disk(&self) -> Result<u64, Feil> {
        Ok(self.env.real_disk_size()?)
    }
}

impl Tabell {
    /// The value of a key, as it lies in the map: no copy.
    ///
    /// # Errors
    /// [`Feil::Lmdb`].
    pub fn hent<'t>(&self, les: &'t Les<'_>, noekkel: &[u8]) -> Result<Option<&'t [u8]>, Feil> {
        Ok(self.0.get(les, noekkel)?)
    }

    /// Writes a value, replacing the one before.
    ///
    /// # Errors
    /// [`Feil::Lmdb`].
    pub fn sett(&self, skriv: &mut Skriv<'_>, noekkel: &[u8], verdi: &[u8]) -> Result<(), Feil> {
        Ok(self.0.put(skriv, noekkel, verdi)?)
    }

    /// Writes a value under a key greater than every key in the table: fills pages to the brim.
    ///
    /// # Errors
    /// [`Feil::Lmdb`] if the key is not greater.
    pub fn legg_til(&self, skriv: &mut Skriv<'_>, noekkel: &[u8], verdi: &[u8]) -> Result<(), Feil> {
        Ok(self.0.put_with_flags(skriv, PutFlags::APPEND, noekkel, verdi)?)
    }

    /// Removes a key; `false` if it was not there.
    ///
    /// # Errors
    /// [`Feil::Lmdb`].
    pub fn slett(&self, skriv: &mut Skriv<'_>, noekkel: &[u8]) -> Result<bool, Feil> {
        Ok(self.0.delete(skriv, noekkel)?)
    }

    /// Removes the first keys, at most so many, and gives how many that was.
    ///
    /// # Errors
    /// [`Feil::Lmdb`].
    pub fn slett_foerste(&self, skriv: &mut Skriv<'_>, antall: usize) -> Result<usize, Feil> {
        let mut slettet = 0;
        let mut siste = None;
        for rad in self.0.iter(skriv)?.take(antall) {
            siste = Some(rad?.0.to_vec());
            slettet += 1;
        }
        if let Some(siste) = siste {
            let til = std::ops::Bound::Included(siste.as_slice());
            self.0.delete_range(skriv, &(std::ops::Bound::Unbounded, til))?;
        }
        Ok(slettet)
    }

    /// Removes everything.
    ///
    /// # Errors
    /// [`Feil::Lmdb`].
    pub fn toem(&self, skriv: &mut Skriv<'_>) -> Result<(), Feil> {
        Ok(self.0.clear(skriv)?)
    }

    /// Number of keys.
    ///
    /// # Errors
    /// [`Feil::Lmdb`].
    pub fn antall(&self, les: &Les<'_>) -> Result<u64, Feil> {
        Ok(self.0.len(les)?)
    }

    /// Bytes in the table's pages: the table's share of the file.
    ///
    /// # Errors
    /// [`Feil::Lmdb`].
    pub fn byte_i_sider(&self, les: &Les<'_>) -> Result<u64, Feil> {
        let stat = self.0.stat(les)?;
        let sider = stat.branch_pages + stat.leaf_pages + stat.overflow_pages;
        Ok(u64::try_from(sider)
            .unwrap_or(u64::MAX)
            .saturating_mul(u64::from(stat.page_size)))
    }

    /// Keys from `fra` (included) to the end, in order.
    ///
    /// # Errors
    /// [`Feil::Lmdb`].
    pub fn fra<'t>(&self, les: &'t Les<'_>, fra: &[u8]) -> Result<impl Iterator<Item = Result<Rad<'t>, Feil>>, Feil> {
        // LMDB has no empty key: from nothing is from the start.
        let start = if fra.is_empty() {
            std::ops::Bound::Unbounded
        } else {
            std::ops::Bound::Included(fra)
        };
        let omraade = (start, std::ops::Bound::Unbounded);
        Ok(self.0.range(les, &omraade)?.map(|rad| rad.map_err(Feil::from)))
    }

    /// Keys that start with `prefiks`, in order.
    ///
    /// # Errors
    /// [`Feil::Lmdb`].
    pub fn med_prefiks<'t>(
        &self,
        les: &'t Les<'_>,
        prefiks: &[u8],
    ) -> Result<impl Iterator<Item = Result<Rad<'t>, Feil>>, Feil> {
        Ok(self.0.prefix_iter(les, prefiks)?.map(|rad| rad.map_err(Feil::from)))
    }

    /// The greatest key that starts with `prefiks`.
    ///
    /// # Errors
    /// [`Feil::Lmdb`].
    pub fn siste_med_prefiks<'t>(&self, les: &'t Les<'_>, prefiks: &[u8]) -> Result<Option<Rad<'t>>, Feil> {
        Ok(self.0.rev_prefix_iter(les, prefiks)?.next().transpose()?)
    }

    /// The greatest key.
    ///
    /// # Errors
    /// [`Feil::Lmdb`].
    pub fn siste<'t>(&self, les: &'t Les<'_>) -> Result<Option<Rad<'t>>, Feil> {
        Ok(self.0.last(les)?)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;

    /// The number that each of many readers sees never falls, however long it was kept waiting in the middle of beginning.
    #[test]
    fn no_reader_sees_an_earlier_moment_than_it_has_seen() {
        const NOEKKEL: &[u8] = b"n";
        let mappe = tempfile::tempdir().unwrap();
        let (miljoe, [tabell]) = Miljoe::aapne(mappe.path(), ["t"]).unwrap();
        let skriv = |n: u64| {
            let mut skriv = miljoe.skriv().unwrap();
            tabell.sett(&mut skriv, NOEKKEL, &n.to_be_bytes()).unwrap();
            Miljoe::bekreft(skriv).unwrap();
        };
        skriv(0);
        let ferdig = AtomicBool::new(false);
        let les = |nr: usize| {
            let (mut sist, mut ganger, mut tilbake) = (0, 0u64, 0u64);
            while !ferdig.load(Ordering::Relaxed) {
                let naa = if nr.is_multiple_of(2) {
                    let les = miljoe.les().unwrap();
                    u64::from_be_bytes(tabell.hent(&les, NOEKKEL).unwrap().unwrap().try_into().unwrap())
                } else {
                    let les = miljoe.les_varig().unwrap();
                    u64::from_be_bytes(tabell.hent(&les, NOEKKEL).unwrap().unwrap().try_into().unwrap())
                };
                tilbake += u64::from(naa < sist);
                sist = naa;
                ganger += 1;
            }
            (ganger, tilbake)
        };
        let (ganger, tilbake) = std::thread::scope(|traader| {
            let les = &les;
            let lesere: Vec<_> = (0..16).map(|nr| traader.spawn(move || les(nr))).collect();
            let fra = std::time::Instant::now();
            for n in 1.. {
                skriv(n);
                if n >= 200 && fra.elapsed().as_millis() > 1_500 {
                    break;
                }
            }
            ferdig.store(true, Ordering::Relaxed);
            let utfall = lesere.into_iter().map(|leser| leser.join().unwrap());
            utfall.fold((0, 0), |sum, en| (sum.0 + en.0, sum.1 + en.1))
        });
        assert_eq!(tilbake, 0, "av {ganger}");
        assert!(ganger > 1_000);
    }
}
