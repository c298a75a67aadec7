//! The archive stream: what each commit changed, with its bytes, in files of its own.
//!
//! A backup and the entries after it give the store as it was after any commit. What an entry holds is the business of
//! whoever writes it; what is sealed in the store is sealed here.
//!
//! ```text
//!  <number of the first entry, 20 digits>.strm
//!    head    magic 8 │ store 16 │ chain before 32 │ sum 8
//!    entry   length u32 │ fra u64 │ til u64 │ chain 32 │ bytes         chain = SHA-256(chain before ‖ lengde ‖ fra ‖ til ‖ bytes)
//! ```
//! An entry covers the sequence numbers `fra..=til` of one commit and follows the one before without a gap; where one is
//! missing (a bulk load, a time without a stream) a new file begins, and nothing is replayed across it.
//!
//! An entry is durable before the commit that it tells of. One whose commit never came is cut off when the stream is
//! opened.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::slettinger::Lagerid;
use crate::{Feil, mappe};

const MAGI: &[u8; 8] = b"PTARKIV1";
const HODE: usize = 64;
const OPPFOERING: usize = 4 + 8 + 8 + 32;

/// A file is closed when it has grown past this. Units: bytes.
///
/// Source: our choice.
const FIL_BYTE: u64 = 64 << 20;

/// Largest entry. Units: bytes. A commit touches at most some thousands of records.
///
/// Source: our choice.
const OPPFOERING_BYTE_MAKS: usize = 1 << 30;

type Kjede = [u8; 32];

fn neste_kjede(kjede: &Kjede, lengde: u32, fra: u64, til: u64, byte: &[u8]) -> Kjede {
    let mut sum = Sha256::new();
    sum.update(kjede);
    sum.update(lengde.to_be_bytes());
    sum.update(fra.to_be_bytes());
    sum.update(til.to_be_bytes());
    sum.update(byte);
    sum.finalize().into()
}

fn filnavn(mappe: &Path, fra: u64) -> PathBuf {
    mappe.join(format!("{fra:020}.strm"))
}

/// The files of a stream, by the number of their first entry.
fn filer(mappe: &Path) -> Result<Vec<u64>, Feil> {
    let innhold = match std::fs::read_dir(mappe) {
        Ok(innhold) => innhold,
        Err(feil) if feil.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(feil) => return Err(Feil::fil(mappe)(feil)),
    };
    let mut ut = Vec::new();
    for fil in innhold {
        let navn = fil.map_err(Feil::fil(mappe))?.file_name();
        let nummer = navn.to_str().and_then(|n| n.strip_suffix(".strm"));
        ut.extend(nummer.and_then(|n| n.parse::<u64>().ok()));
    }
    ut.sort_unstable();
    Ok(ut)
}

fn hode(lager: &Lagerid, kjede: &Kjede) -> Vec<u8> {
    let mut ut = Vec::with_capacity(HODE);
    ut.extend_from_slice(MAGI);
    ut.extend_from_slice(lager);
    ut.extend_from_slice(kjede);
    let sum = Sha256::digest(&ut);
    ut.extend(sum.iter().take(8));
    ut
}

fn les_hode(byte: &[u8]) -> Option<(Lagerid, Kjede)> {
    let (innhold, sum) = byte.split_at_checked(HODE - 8)?;
    if !Sha256::digest(innhold).starts_with(sum) || sum.len() != 8 {
        return None;
    }
    let rest = innhold.strip_prefix(MAGI)?;
    let (lager, kjede) = rest.split_first_chunk::<16>()?;
    Some((*lager, kjede.try_into().ok()?))
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oppfoering {
    /// The first sequence number of the commit.
    pub fra: u64,
    /// The last.
    pub til: u64,
    /// What the commit changed.
    pub byte: Vec<u8>,
}

/// Reads one file of a stream.
struct Fil {
    fil: BufReader<File>,
    kjede: Kjede,
    plass: u64,
    slutt: u64,
}

enum Lest {
    Oppfoering(Oppfoering),
    Slutt,
    /// What follows is not an entry: a write that was cut off, or damage.
    Brudd,
}

impl Fil {
    fn aapne(sti: &Path, lager: &Lagerid) -> Result<Option<Self>, Feil> {
        let fil = File::open(sti).map_err(Feil::fil(sti))?;
        let slutt = fil.metadata().map_err(Feil::fil(sti))?.len();
        let mut fil = BufReader::new(fil);
        let mut byte = [0; HODE];
        if slutt < HODE as u64 {
            return Ok(None);
        }
        fil.read_exact(&mut byte).map_err(Feil::fil(sti))?;
        match les_hode(&byte) {
            Some((id, kjede)) if id == *lager => Ok(Some(Fil {
                fil,
                kjede,
                plass: HODE as u64,
                slutt,
            })),
            Some(_) => Err(Feil::AnnetLager),
            None => Ok(None),
        }
    }

    fn neste(&mut self) -> Result<Lest, Feil> {
        if self.plass == self.slutt {
            return Ok(Lest::Slutt);
        }
        let igjen = self.slutt - self.plass;
        let mut hode = [0; OPPFOERING];
        if igjen < OPPFOERING as u64 {
            return Ok(Lest::Brudd);
        }
        let uleselig = Feil::fil("arkivstrømmen");
        self.fil.read_exact(&mut hode).map_err(uleselig)?;
        let Some((lengde, rest)) = hode.split_first_chunk::<4>() else {
            return Ok(Lest::Brudd);
        };
        let Some((fra, rest)) = rest.split_first_chunk::<8>() else {
            return Ok(Lest::Brudd);
        };
        let Some((til, kjede)) = rest.split_first_chunk::<8>() else {
            return Ok(Lest::Brudd);
        };
        let lengde = u32::from_be_bytes(*lengde);
        let (fra, til) = (u64::from_be_bytes(*fra), u64::from_be_bytes(*til));
        if u64::from(lengde) > igjen - OPPFOERING as u64 || lengde as usize > OPPFOERING_BYTE_MAKS {
            return Ok(Lest::Brudd);
        }
        let mut byte = vec![0; lengde as usize];
        self.fil.read_exact(&mut byte).map_err(Feil::fil("arkivstrømmen"))?;
        let ventet = neste_kjede(&self.kjede, lengde, fra, til, &byte);
        if ventet != kjede || til < fra {
            return Ok(Lest::Brudd);
        }
        self.kjede = ventet;
        self.plass += OPPFOERING as u64 + u64::from(lengde);
        Ok(Lest::Oppfoering(Oppfoering { fra, til, byte }))
    }
}

/// Writes a stream.
#[derive(Debug)]
pub struct Skriver {
    mappe: PathBuf,
    lager: Lagerid,
    kjede: Kjede,
    /// The file that entries go to, and how long it is.
    fil: Option<(PathBuf, File, u64)>,
    /// The last sequence number that the stream has; 0 for none.
    siste: u64,
}

impl Skriver {
    /// Opens or makes the stream of a store whose last committed sequence number is `bekreftet`. Entries after it, whose
    /// commit never came, are cut off; so is a torn write at the end. [`Skriver::siste`] before `bekreftet` then means that
    /// the stream lacks something that the store has: a backup is needed before the two can give it back.
    ///
    /// # Errors
    /// [`Feil::Fil`]; [`Feil::AnnetLager`] for the stream of another store; [`Feil::StroemForan`] if the stream has commits
    /// that the store lacks: it is what the store is to be restored from, and nothing is cut.
    pub fn aapne(mappe_sti: &Path, lager: Lagerid, bekreftet: u64) -> Result<Self, Feil> {
        std::fs::create_dir_all(mappe_sti).map_err(Feil::fil(mappe_sti))?;
        let mut skriver = Skriver {
            mappe: mappe_sti.to_owned(),
            lager,
            kjede: [0; 32],
            fil: None,
            siste: 0,
        };
        if skriver.foran(bekreftet)? > 1 {
            return Err(Feil::StroemForan);
        }
        for nummer in filer(mappe_sti)?.into_iter().rev() {
            let sti = filnavn(mappe_sti, nummer);
            if nummer > bekreftet {
                std::fs::remove_file(&sti).map_err(Feil::fil(&sti))?;
                continue;
            }
            if skriver.fortsett(sti, bekreftet)? {
                break;
            }
        }
        Ok(skriver)
    }

    /// Entries that the store has not committed. A stop leaves one at the most: more belong to a store that knew more.
    fn foran(&self, bekreftet: u64) -> Result<usize, Feil> {
        let mut antall = 0;
        for nummer in filer(&self.mappe)?.into_iter().rev() {
            if let Some(mut fil) = Fil::aapne(&filnavn(&self.mappe, nummer), &self.lager)? {
                while let Lest::Oppfoering(oppfoering) = fil.neste()? {
                    antall += usize::from(oppfoering.til > bekreftet);
                }
            }
            if nummer <= bekreftet {
                break;
            }
        }
        Ok(antall)
    }

    /// Goes on in a file, if there is an entry in it to go on from.
    fn fortsett(&mut self, sti: PathBuf, bekreftet: u64) -> Result<bool, Feil> {
        let Some(mut fil) = Fil::aapne(&sti, &self.lager)? else {
            // The first write to it was cut off, or it is damaged: then what it had is missed below.
            std::fs::remove_file(&sti).map_err(Feil::fil(&sti))?;
            return Ok(false);
        };
        let (mut siste, mut kjede, mut lengde) = (0, fil.kjede, fil.plass);
        while let Lest::Oppfoering(oppfoering) = fil.neste()? {
            if oppfoering.til > bekreftet {
                break;
            }
            (siste, kjede, lengde) = (oppfoering.til, fil.kjede, fil.plass);
        }
        let aapen = OpenOptions::new().write(true).open(&sti).map_err(Feil::fil(&sti))?;
        if lengde != fil.slutt {
            // A disk that cannot be written is to be read from all the same; what follows is written over next time.
            let _ = aapen.set_len(lengde).and_then(|()| aapen.sync_all());
        }
        if siste == 0 {
            drop(aapen);
            std::fs::remove_file(&sti).map_err(Feil::fil(&sti))?;
            return Ok(false);
        }
        (self.siste, self.kjede) = (siste, kjede);
        self.fil = Some((sti, aapen, lengde));
        Ok(true)
    }

    /// The last sequence number that the stream has; 0 for none.
    #[must_use]
    pub fn siste(&self) -> u64 {
        self.siste
    }

    /// Appends an entry; it is durable when this returns. What follows a gap begins a new file.
    ///
    /// # Errors
    /// [`Feil::Fil`]: nothing is to be committed then. The next call takes back what this one left.
    pub fn legg_til(&mut self, fra: u64, til: u64, byte: &[u8]) -> Result<(), Feil> {
        let stor = |_| Feil::Skadet("oppføringen er for stor for arkivstrømmen");
        let lengde = u32::try_from(byte.len()).map_err(stor)?;
        let ny_fil = match &self.fil {
            None => true,
            Some((_, _, lengde)) => *lengde >= FIL_BYTE || Some(fra) != self.siste.checked_add(1),
        };
        if fra <= self.siste {
            // The commit that the last one told of did not come.
            self.ta_tilbake(fra.saturating_sub(1))?;
            return self.legg_til(fra, til, byte);
        }
        if ny_fil {
            // Across a gap the chain begins anew: what was before says nothing of what comes after.
            let kjede = if Some(fra) == self.siste.checked_add(1) {
                self.kjede
            } else {
                [0; 32]
            };
            let sti = filnavn(&self.mappe, fra);
            let mut valg = OpenOptions::new();
            valg.write(true).create(true).truncate(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut valg, 0o600);
            let mut fil = valg.open(&sti).map_err(Feil::fil(&sti))?;
            fil.write_all(&hode(&self.lager, &kjede))
                .and_then(|()| fil.sync_all())
                .map_err(Feil::fil(&sti))?;
            mappe::synk_mappe(&self.mappe)?;
            self.kjede = kjede;
            self.fil = Some((sti, fil, HODE as u64));
        }
        let Some((sti, fil, lagt)) = &mut self.fil else {
            return Err(Feil::Skadet("arkivstrømmen"));
        };
        let kjede = neste_kjede(&self.kjede, lengde, fra, til, byte);
        let mut ut = Vec::with_capacity(OPPFOERING + byte.len());
        ut.extend_from_slice(&lengde.to_be_bytes());
        ut.extend_from_slice(&fra.to_be_bytes());
        ut.extend_from_slice(&til.to_be_bytes());
        ut.extend_from_slice(&kjede);
        ut.extend_from_slice(byte);
        fil.set_len(*lagt)
            .and_then(|()| fil.seek(SeekFrom::Start(*lagt)))
            .and_then(|_| fil.write_all(&ut))
            .and_then(|()| fil.sync_data())
            .map_err(Feil::fil(&*sti))?;
        *lagt += ut.len() as u64;
        self.kjede = kjede;
        self.siste = til;
        Ok(())
    }

    /// Takes back the last entry: the commit that it told of did not come.
    ///
    /// # Errors
    /// [`Feil`] as when the stream is opened.
    pub fn ta_tilbake(&mut self, bekreftet: u64) -> Result<(), Feil> {
        let (mappe, lager) = (self.mappe.clone(), self.lager);
        *self = Skriver::aapne(&mappe, lager, bekreftet)?;
        Ok(())
    }

    /// Removes whole files whose entries are all at or before `til`; gives how many. The newest file stays.
    ///
    /// # Errors
    /// [`Feil::Fil`].
    pub fn rydd(&self, til: u64) -> Result<usize, Feil> {
        let filer = filer(&self.mappe)?;
        let mut fjernet = 0;
        for par in filer.windows(2) {
            let [fra, neste] = par else { continue };
            if *neste > til.saturating_add(1) {
                break;
            }
            let sti = filnavn(&self.mappe, *fra);
            std::fs::remove_file(&sti).map_err(Feil::fil(&sti))?;
            fjernet += 1;
        }
        Ok(fjernet)
    }
}

/// Why a replay could not go as far as it was asked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stans {
    /// It went all the way.
    Ingen,
    /// The stream ends here.
    Slutt,
    /// The next entry is missing: a bulk load, or a time without a stream.
    Hull,
    /// Something in the stream is damaged.
    Skadet,
}

/// Goes through the entries after `fra` and up to `til` in order. An entry is never cut: one that reaches past `til` is left.
///
/// Gives the last sequence number that was seen (`fra` itself, if none), and why it went no further.
///
/// # Errors
/// [`Feil::Fil`], [`Feil::AnnetLager`], or what `se` answers.
pub fn spill_av(
    mappe: &Path,
    lager: &Lagerid,
    fra: u64,
    til: u64,
    mut se: impl FnMut(Oppfoering) -> Result<(), Feil>,
) -> Result<(u64, Stans), Feil> {
    let filer = filer(mappe)?;
    let mut her = fra;
    // The file that has the entry after `fra` begins at or before it.
    let start = filer.partition_point(|f| *f <= fra.saturating_add(1)).saturating_sub(1);
    let mut kjede: Option<Kjede> = None;
    for nummer in filer.iter().skip(start) {
        if her >= til {
            return Ok((her, Stans::Ingen));
        }
        if *nummer > her.saturating_add(1) {
            return Ok((her, Stans::Hull));
        }
        let Some(mut fil) = Fil::aapne(&filnavn(mappe, *nummer), lager)? else {
            return Ok((her, Stans::Skadet));
        };
        if kjede.is_some_and(|kjede| kjede != fil.kjede) && fil.kjede != [0; 32] {
            return Ok((her, Stans::Skadet));
        }
        loop {
            match fil.neste()? {
                Lest::Slutt => break,
                Lest::Brudd => return Ok((her, Stans::Skadet)),
                Lest::Oppfoering(oppfoering) if oppfoering.til <= her => {}
                Lest::Oppfoering(oppfoering) if Some(oppfoering.fra) != her.checked_add(1) => {
                    return Ok((her, Stans::Hull));
                }
                Lest::Oppfoering(oppfoering) if oppfoering.til > til => return Ok((her, Stans::Ingen)),
                Lest::Oppfoering(oppfoering) => {
                    her = oppfoering.til;
                    se(oppfoering)?;
                }
            }
        }
        kjede = Some(fil.kjede);
    }
    Ok((her, if her >= til { Stans::Ingen } else { Stans::Slutt }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAGER: Lagerid = [3; 16];

    type Sett = (u64, u64, Vec<u8>);

    fn alle(mappe: &Path, fra: u64, til: u64) -> (Vec<Sett>, u64, Stans) {
        let mut ut = Vec::new();
        let (her, stans) = spill_av(mappe, &LAGER, fra, til, |o| {
            ut.push((o.fra, o.til, o.byte));
            Ok(())
        })
        .unwrap();
        (ut, her, stans)
    }

    fn skriver(mappe: &Path, bekreftet: u64) -> Skriver {
        Skriver::aapne(mappe, LAGER, bekreftet).unwrap()
    }

    #[test]
    fn entries_come_back_from_any_number_and_are_never_cut() {
        let mappe = tempfile::tempdir().unwrap();
        let mut s = skriver(mappe.path(), 10);
        s.legg_til(11, 11, b"a").unwrap();
        s.legg_til(12, 14, b"bcd").unwrap();
        drop(s);
        let mut s = skriver(mappe.path(), 14);
        assert_eq!(s.siste(), 14);
        s.legg_til(15, 15, b"e").unwrap();
        let (sett, her, stans) = alle(mappe.path(), 11, 14);
        assert_eq!((sett.len(), her, stans), (1, 14, Stans::Ingen));
        assert_eq!(alle(mappe.path(), 10, 13).1, 11);
        assert_eq!(
            alle(mappe.path(), 10, 99),
            (
                vec![
                    (11, 11, b"a".to_vec()),
                    (12, 14, b"bcd".to_vec()),
                    (15, 15, b"e".to_vec())
                ],
                15,
                Stans::Slutt
            )
        );
        assert_eq!(alle(mappe.path(), 3, 99).2, Stans::Hull);
        assert!(matches!(
            spill_av(mappe.path(), &[4; 16], 10, 99, |_| Ok(())),
            Err(Feil::AnnetLager)
        ));
    }

    #[test]
    fn what_was_never_committed_is_cut_off() {
        let mappe = tempfile::tempdir().unwrap();
        let mut s = skriver(mappe.path(), 0);
        s.legg_til(1, 1, b"a").unwrap();
        s.legg_til(2, 3, b"b").unwrap();
        s.ta_tilbake(1).unwrap();
        s.legg_til(2, 2, b"c").unwrap();
        assert_eq!(
            alle(mappe.path(), 0, 9).0,
            [(1, 1, b"a".to_vec()), (2, 2, b"c".to_vec())]
        );
        drop(s);
        // A stop leaves one entry too many. Two are a store that was put back from before.
        assert!(matches!(Skriver::aapne(mappe.path(), LAGER, 0), Err(Feil::StroemForan)));
        assert_eq!(skriver(mappe.path(), 1).siste(), 1);
        let mut s = skriver(mappe.path(), 0);
        assert_eq!(s.siste(), 0);
        s.legg_til(1, 1, b"d").unwrap();
        assert_eq!(alle(mappe.path(), 0, 9).0, [(1, 1, b"d".to_vec())]);
    }

    #[test]
    fn nothing_is_replayed_across_a_gap() {
        let mappe = tempfile::tempdir().unwrap();
        let mut s = skriver(mappe.path(), 0);
        s.legg_til(1, 1, b"a").unwrap();
        s.legg_til(5, 5, b"b").unwrap();
        assert_eq!(alle(mappe.path(), 0, 9), (vec![(1, 1, b"a".to_vec())], 1, Stans::Hull));
        assert_eq!(alle(mappe.path(), 4, 9), (vec![(5, 5, b"b".to_vec())], 5, Stans::Slutt));
        assert_eq!(s.rydd(4).unwrap(), 1);
        assert_eq!(s.rydd(99).unwrap(), 0);
    }

    #[test]
    fn a_torn_end_is_cut_off_and_no_flipped_bit_is_replayed() {
        let mappe = tempfile::tempdir().unwrap();
        let mut s = skriver(mappe.path(), 0);
        for n in 1..=3u8 {
            s.legg_til(u64::from(n), u64::from(n), &[n; 9]).unwrap();
        }
        drop(s);
        let sti = filnavn(mappe.path(), 1);
        let helt = std::fs::read(&sti).unwrap();
        for lengde in 0..helt.len() {
            std::fs::write(&sti, &helt[..lengde]).unwrap();
            let siste = skriver(mappe.path(), 3).siste();
            assert!(siste < 3);
            assert_eq!(alle(mappe.path(), 0, 9).1, siste);
        }
        for bit in 0..helt.len() * 8 {
            let mut skadet = helt.clone();
            skadet[bit / 8] ^= 1 << (bit % 8);
            std::fs::write(&sti, &skadet).unwrap();
            let mut sett = 0u8;
            let utfall = spill_av(mappe.path(), &LAGER, 0, 9, |o| {
                sett += 1;
                assert_eq!((o.fra, &o.byte), (u64::from(sett), &vec![sett; 9]));
                Ok(())
            });
            // A bit of the magic or the store makes it another file altogether.
            assert!(!matches!(utfall, Ok((3, Stans::Ingen | Stans::Slutt))), "bit {bit}");
        }
    }

    fn gyldige() -> Vec<Vec<u8>> {
        let mappe = tempfile::tempdir().unwrap();
        let mut s = skriver(mappe.path(), 0);
        s.legg_til(1, 1, b"en").unwrap();
        s.legg_til(2, 4, b"to til fire").unwrap();
        // Five entries in the form of `forseglet`.
        let mut fem = Vec::new();
        for nr in 0..5 {
            fem.extend_from_slice(&[0, nr + 3]);
            fem.extend_from_slice(&[0; 16]);
            fem.extend_from_slice(&[nr; 8]);
        }
        vec![std::fs::read(filnavn(mappe.path(), 1)).unwrap(), fem]
    }

    /// A file with a valid head and entries that the chain holds, so that what lies behind the chain is reached:
    /// `flags, length, fra 8, til 8, bytes` again and again. Without a flag a number is the one that should come.
    fn forseglet(byte: &[u8]) -> Vec<u8> {
        let mut kjede = [0; 32];
        let (mut ut, mut rest, mut neste) = (hode(&LAGER, &kjede), byte, 1_u64);
        while let Some(([flagg, lengde, tall @ ..], etter)) = rest.split_first_chunk::<18>() {
            let (byte, igjen) = etter.split_at(usize::from(*lengde).min(etter.len()));
            let (fra, til) = tall.split_at(8);
            let tall = |b: &[u8]| u64::from_be_bytes(b.try_into().unwrap());
            let fra = if flagg & 1 == 0 { neste } else { tall(fra) };
            let til = if flagg & 2 == 0 { fra } else { tall(til) };
            let lengde = u32::try_from(byte.len()).unwrap();
            kjede = neste_kjede(&kjede, lengde, fra, til, byte);
            ut.extend_from_slice(&lengde.to_be_bytes());
            ut.extend_from_slice(&fra.to_be_bytes());
            ut.extend_from_slice(&til.to_be_bytes());
            ut.extend_from_slice(&kjede);
            ut.extend_from_slice(byte);
            (neste, rest) = (til.wrapping_add(1), igjen);
        }
        ut
    }

    /// What is replayed is without a gap, whatever the file says; and who opens it to write never cuts what is committed.
    fn proev(byte: &[u8]) {
        for fil in [byte.to_vec(), forseglet(byte)] {
            let mappe = tempfile::tempdir().unwrap();
            std::fs::write(filnavn(mappe.path(), 1), &fil).unwrap();
            let mut her = 0;
            let utfall = spill_av(mappe.path(), &LAGER, 0, u64::MAX, |o| {
                assert!(o.fra == her + 1 && o.til >= o.fra && o.byte.len() < fil.len());
                her = o.til;
                Ok(())
            });
            if let Ok((naadd, _)) = utfall {
                assert_eq!(naadd, her);
            }
            if let Ok(mut s) = Skriver::aapne(mappe.path(), LAGER, her) {
                assert!(s.siste() <= her);
                let _ = her.checked_add(1).map(|neste| s.legg_til(neste, neste, b"ny"));
            }
        }
    }

    fuzz::maal!(paalitelighet_15_fuzz_arkivstroem, 400, &["PTARKIV1"], gyldige, proev);
}
