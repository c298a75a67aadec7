//! The table as a file: one piece, with a hash of everything at its end.
//!
//! ```text
//!  "KARTVRK1" │ synthetic? u8 │ seven counts, u32 each │ kommuner u16… │ grunnkretser u32… │ ends of names u32… │ names
//!             │ streets u64… │ cadastral u128… │ geographical (u32 i32 i32 u32)… │ services (the same)… │ SHA-256
//! ```
//!
//! All numbers are little-endian. A file that is not exactly this, lists that are not sorted or point outside of each other
//! included, is not read: whatever it holds would be looked up by the thousand. It has no persons in it.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::adresse::KRETSBIT;
use crate::innlesing::Linjefeil;
use crate::tabell::{Tabell, Tilhoerighet, Utgave};

const MERKE: &[u8; 8] = b"KARTVRK1";
const HODE_BYTE: usize = MERKE.len() + 1 + 7 * 4;
const HASH_BYTE: usize = 32;
/// Largest file that is read. Units: bytes. Source: our choice, ten times the nation's.
const FIL_BYTE_MAKS: u64 = 256 * 1024 * 1024;

/// Why there is no table. Holds no content of the files: a line has a number and a rule.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// The operating system refused while a file to be imported was read.
    #[error("filen kan ikke leses")]
    Les(#[source] std::io::Error),
    /// Something in a file to be imported that makes the whole of it useless.
    #[error(transparent)]
    Innhold(#[from] Linjefeil),
    /// The table's own file.
    #[error(transparent)]
    Fil(#[from] lager::Feil),
    /// The table's own file is not one.
    #[error("adressetabellen er skadet eller laget av en annen utgave ({0}); les inn adressene på nytt")]
    Skadet(&'static str),
}

/// The hash of what a table would be as a file.
pub(crate) fn utgave(tabell: &Tabell) -> Utgave {
    let mut hash = Sha256::new();
    skriv(tabell, |byte| hash.update(byte));
    Utgave(hash.finalize().into())
}

/// Everything but the hash.
fn skriv(tabell: &Tabell, mut ut: impl FnMut(&[u8])) {
    ut(MERKE);
    ut(&[u8::from(tabell.syntetisk)]);
    let antall = [
        tabell.kommuner.len(),
        tabell.kretser.len(),
        tabell.navn.len(),
        tabell.veg.len(),
        tabell.matrikkel.len(),
        tabell.geografisk.len(),
        tabell.tjeneste.len(),
    ];
    antall
        .iter()
        .for_each(|n| ut(&u32::try_from(*n).unwrap_or(u32::MAX).to_le_bytes()));
    tabell.kommuner.iter().for_each(|n| ut(&n.to_le_bytes()));
    tabell.kretser.iter().for_each(|n| ut(&n.to_le_bytes()));
    tabell.navneslutt.iter().for_each(|n| ut(&n.to_le_bytes()));
    ut(tabell.navn.as_bytes());
    tabell.veg.iter().for_each(|n| ut(&n.to_le_bytes()));
    tabell.matrikkel.iter().for_each(|n| ut(&n.to_le_bytes()));
    for rad in tabell.geografisk.iter().chain(&tabell.tjeneste) {
        ut(&rad.krets.to_le_bytes());
        ut(&rad.fra.to_le_bytes());
        ut(&rad.til.to_le_bytes());
        ut(&rad.bydel.to_le_bytes());
    }
}

impl Tabell {
    /// Writes the table: whoever reads the file sees the old one or this one, also after a stop.
    ///
    /// # Errors
    /// [`Feil::Fil`].
    pub fn skriv(&self, sti: &Path) -> Result<(), Feil> {
        let mut byte = Vec::with_capacity(self.byte() + HODE_BYTE + HASH_BYTE);
        skriv(self, |del| byte.extend_from_slice(del));
        byte.extend_from_slice(&self.utgave.0);
        Ok(lager::mappe::bytt_fil(sti, &byte)?)
    }

    /// Reads a table.
    ///
    /// # Errors
    /// [`Feil::Fil`] when the operating system refuses, [`Feil::Skadet`] when the file is not one of ours, whole and unchanged.
    pub fn les(sti: &Path) -> Result<Self, Feil> {
        let feil = |kilde| lager::Feil::Fil {
            sti: sti.to_owned(),
            kilde,
        };
        let fil = File::open(sti).map_err(feil)?;
        let lengde = fil.metadata().map_err(feil)?.len();
        if lengde > FIL_BYTE_MAKS {
            return Err(Feil::Skadet("for stor"));
        }
        let mut byte = Vec::with_capacity(usize::try_from(lengde).unwrap_or(0));
        fil.take(FIL_BYTE_MAKS).read_to_end(&mut byte).map_err(feil)?;
        Tabell::fra_byte(&byte)
    }

    /// Reads a table of the bytes of its file.
    ///
    /// # Errors
    /// [`Feil::Skadet`].
    pub fn fra_byte(byte: &[u8]) -> Result<Self, Feil> {
        let (innhold, hash) = byte.split_last_chunk::<HASH_BYTE>().ok_or(Feil::Skadet("for kort"))?;
        if Sha256::digest(innhold).as_slice() != hash {
            return Err(Feil::Skadet("kontrollsummen"));
        }
        let tabell = les(innhold, *hash).ok_or(Feil::Skadet("formen"))?;
        if er_ordnet(&tabell) {
            Ok(tabell)
        } else {
            Err(Feil::Skadet("rekkefølgen"))
        }
    }
}

/// Takes the parts of a file, and nothing after the last.
fn les(innhold: &[u8], hash: [u8; HASH_BYTE]) -> Option<Tabell> {
    let rest = innhold.strip_prefix(MERKE)?;
    let (syntetisk, rest) = rest.split_first()?;
    let (hode, mut rest) = rest.split_at_checked(7 * 4)?;
    let antall: Vec<usize> = hode
        .as_chunks::<4>()
        .0
        .iter()
        .map(|n| usize::try_from(u32::from_le_bytes(*n)).ok())
        .collect::<Option<_>>()?;
    let &[kommuner, kretser, navn, veg, matrikkel, geografisk, tjeneste] = antall.as_slice() else {
        return None;
    };
    let mut ta = |antall: usize, bredde: usize| {
        let (del, etter) = rest.split_at_checked(antall.checked_mul(bredde)?)?;
        rest = etter;
        Some(del)
    };
    let u16er = |del: &[u8]| del.as_chunks().0.iter().map(|n| u16::from_le_bytes(*n)).collect();
    let u32er = |del: &[u8]| del.as_chunks().0.iter().map(|n| u32::from_le_bytes(*n)).collect();
    let kommuner = u16er(ta(kommuner, 2)?);
    let (navneslutt_antall, kretser) = (kretser, u32er(ta(kretser, 4)?));
    let navneslutt = u32er(ta(navneslutt_antall, 4)?);
    let navn = std::str::from_utf8(ta(navn, 1)?).ok()?.to_owned();
    let veg = ta(veg, 8)?
        .as_chunks()
        .0
        .iter()
        .map(|n| u64::from_le_bytes(*n))
        .collect();
    let matrikkel = ta(matrikkel, 16)?
        .as_chunks()
        .0
        .iter()
        .map(|n| u128::from_le_bytes(*n))
        .collect();
    let geografisk = tilhoerigheter(ta(geografisk, 16)?);
    let tjeneste = tilhoerigheter(ta(tjeneste, 16)?);
    let slutt = rest.is_empty() && *syntetisk <= 1;
    slutt.then_some(Tabell {
        syntetisk: *syntetisk == 1,
        kommuner,
        kretser,
        navneslutt,
        navn,
        veg,
        matrikkel,
        geografisk,
        tjeneste,
        utgave: Utgave(hash),
    })
}

fn tilhoerigheter(del: &[u8]) -> Vec<Tilhoerighet> {
    let rader = del.as_chunks::<4>().0.as_chunks::<4>().0.iter();
    rader
        .map(|[krets, fra, til, bydel]| Tilhoerighet {
            krets: u32::from_le_bytes(*krets),
            fra: i32::from_le_bytes(*fra),
            til: i32::from_le_bytes(*til),
            bydel: u32::from_le_bytes(*bydel),
        })
        .collect()
}

/// Whether lists rise, and point inside of each other.
fn er_ordnet(tabell: &Tabell) -> bool {
    let kretser = tabell.kretser.len();
    let innenfor = |plass: u128, antall: usize| usize::try_from(plass).is_ok_and(|plass| plass < antall);
    let veg = tabell.veg.iter();
    let matrikkel = tabell.matrikkel.iter();
    tabell.kommuner.is_sorted_by(|a, b| a < b)
        && tabell.kretser.is_sorted_by(|a, b| a < b)
        && tabell.navneslutt.is_sorted()
        && tabell
            .navneslutt
            .last()
            .is_none_or(|slutt| usize::try_from(*slutt) == Ok(tabell.navn.len()))
        && tabell.veg.is_sorted_by(|a, b| a >> KRETSBIT < b >> KRETSBIT)
        && tabell.matrikkel.is_sorted_by(|a, b| a >> KRETSBIT < b >> KRETSBIT)
        && veg
            .map(|rad| u128::from(*rad))
            .all(|rad| innenfor(rad & 0xffff, kretser) && innenfor(rad >> 52, tabell.kommuner.len()))
        && matrikkel
            .into_iter()
            .all(|rad| innenfor(rad & 0xffff, kretser) && innenfor(rad >> 84, tabell.kommuner.len()))
        && [&tabell.geografisk, &tabell.tjeneste].iter().all(|rader| {
            let hele = rader.iter().all(|rad| rad.fra < rad.til);
            hele && rader.is_sorted_by(|a, b| a.krets < b.krets || (a.krets == b.krets && a.til <= b.fra))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn som_fil(tabell: &Tabell) -> Vec<u8> {
        let mut byte = Vec::new();
        skriv(tabell, |del| byte.extend_from_slice(del));
        byte.extend_from_slice(&tabell.utgave.0);
        byte
    }

    /// With a hash that is right, so that what stands behind it is looked at.
    fn med_hash(mut innhold: Vec<u8>) -> Vec<u8> {
        let hash: [u8; 32] = Sha256::digest(&innhold).into();
        innhold.extend_from_slice(&hash);
        innhold
    }

    #[test]
    fn a_table_that_is_written_and_read_is_the_same() {
        let mappe = tempfile::tempdir().unwrap();
        for tabell in [Tabell::tom(), Tabell::syntetisk()] {
            let sti = mappe.path().join("tabell");
            tabell.skriv(&sti).unwrap();
            let lest = Tabell::les(&sti).unwrap();
            assert!(lest == tabell);
            assert_eq!(utgave(&lest), tabell.utgave());
        }
        assert!(matches!(Tabell::les(&mappe.path().join("ingen")), Err(Feil::Fil(_))));
    }

    #[test]
    fn a_file_that_is_changed_cut_or_longer_is_not_read() {
        let hel = som_fil(&crate::syntetisk::liten());
        assert!(Tabell::fra_byte(&hel).is_ok());
        for plass in 0..hel.len() {
            let mut endret = hel.clone();
            endret[plass] ^= 1;
            assert!(matches!(Tabell::fra_byte(&endret), Err(Feil::Skadet(_))), "{plass}");
        }
        for lengde in 0..hel.len() {
            assert!(
                matches!(Tabell::fra_byte(&hel[..lengde]), Err(Feil::Skadet(_))),
                "{lengde}"
            );
        }
        let mut lang = hel;
        lang.push(0);
        assert!(Tabell::fra_byte(&lang).is_err());
    }

    #[test]
    fn a_file_with_a_right_hash_and_wrong_content_is_not_read() {
        let god = crate::syntetisk::liten();
        assert!(god.veg.len() > 2 && god.matrikkel.len() > 2 && god.geografisk.len() > 2 && god.kommuner.len() > 1);
        let endringer: [fn(&mut Tabell); 9] = [
            |t| t.veg.swap(0, 1),
            |t| t.matrikkel.swap(0, 1),
            |t| t.veg[0] |= 0xffff,
            |t| t.matrikkel[2] = 1023 << 84,
            |t| t.kommuner.swap(0, 1),
            |t| t.kretser.swap(0, 1),
            |t| t.navneslutt[1] = 0,
            |t| t.geografisk.swap(0, 1),
            |t| t.geografisk[0].til = t.geografisk[0].fra,
        ];
        for (nr, endring) in endringer.iter().enumerate() {
            let mut endret = god.clone();
            endring(&mut endret);
            let mut byte = Vec::new();
            skriv(&endret, |del| byte.extend_from_slice(del));
            assert!(
                matches!(Tabell::fra_byte(&med_hash(byte)), Err(Feil::Skadet("rekkefølgen"))),
                "{nr}"
            );
        }
        let mut uten_hash = som_fil(&god);
        uten_hash.truncate(uten_hash.len() - HASH_BYTE);
        uten_hash.push(0);
        assert!(matches!(
            Tabell::fra_byte(&med_hash(uten_hash)),
            Err(Feil::Skadet("formen"))
        ));
        assert!(Tabell::fra_byte(&med_hash(Vec::new())).is_err());
        let mut antall = MERKE.to_vec();
        antall.push(0);
        antall.extend_from_slice(&[0xff; 28]);
        assert!(
            Tabell::fra_byte(&med_hash(antall)).is_err(),
            "counts that no file has room for"
        );
    }

    /// Bytes of any kind, with a hash put behind them so that they are looked at.
    fn proev(byte: &[u8]) {
        let _ = Tabell::fra_byte(byte);
        if let Ok(tabell) = Tabell::fra_byte(&med_hash(byte.to_vec())) {
            assert!(tabell.byte() <= byte.len());
            assert_eq!(utgave(&tabell), tabell.utgave());
        }
    }

    fn gyldige() -> Vec<Vec<u8>> {
        let mut liten = som_fil(&crate::syntetisk::liten());
        let mut tom = som_fil(&Tabell::tom());
        liten.truncate(liten.len() - HASH_BYTE);
        tom.truncate(tom.len() - HASH_BYTE);
        vec![liten, tom]
    }

    fuzz::maal!(
        paalitelighet_15_fuzz_adressetabell,
        2_000,
        &["KARTVRK1", "\u{0}\u{0}\u{0}\u{1}"],
        gyldige,
        proev
    );
}
