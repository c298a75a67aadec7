//! Snapshots of what lies in a data folder, and putting one back so that a process that is killed at any point leaves the old
//! or the snapshot, never some of each.
//!
//! ```text
//!  MAPPE/oeyeblikksbilder/NAVN/innhold/...     copies of the parts, under the names that they have in the folder
//!  MAPPE/oeyeblikksbilder/NAVN/bilde           what the one who took it wants to know of it; there when the copy is whole
//!  MAPPE/oeyeblikksbilder/.ny/                 one being taken
//!  MAPPE/gjenoppretting/innhold/...            a copy that is to take its place
//!  MAPPE/gjenoppretting/besluttet              what goes in and what goes out; from when it is there, the restore is finished
//!                                              before anything in the folder is opened
//!  MAPPE/gjenoppretting/gammelt/...            what was there before, until it is removed
//! ```
//! For test environments alone: a snapshot copies keys, and what was erased comes back with them. What a newcomer gets wrong:
//! nothing may write to a part while it is copied, and nothing may have one open while it is put back; both are the caller's.
//!
//! What is put back is on the disk before it takes its place. A snapshot is not waited for ([`Oeyeblikksbilder::synk`] does that,
//! afterwards): it survives the process, and not a power cut in the seconds after.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::Feil;
use crate::mappe::{bytt_fil, synk_mappe};
use crate::noekkelfil::{fjern_hemmelig, lag_hemmelig_mappe};

const BILDER: &str = "oeyeblikksbilder";
const UNDERVEIS: &str = ".ny";
const INNHOLD: &str = "innhold";
const BILDE: &str = "bilde";
const GJENOPPRETTING: &str = "gjenoppretting";
const BESLUTTET: &str = "besluttet";
const GAMMELT: &str = "gammelt";
/// What LMDB keeps of who has an environment open.
const LMDB_LAAS: &str = "lock.mdb";
/// The folder of key files, which are overwritten before they are removed.
const NOEKLER: &str = "noekler";
/// Longest name. Source: our choice.
pub const NAVN_TEGN_MAKS: usize = 40;

/// A part of a data folder: a path below it, of at most one folder and a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Del {
    /// The file or folder with this path.
    En(&'static str),
    /// Every file whose path begins so.
    Alle(&'static str),
}

impl Del {
    fn har(self, sti: &str) -> bool {
        match self {
            Del::En(en) => en == sti,
            Del::Alle(prefiks) => sti.starts_with(prefiks),
        }
    }
}

/// A snapshot's name: small letters of the English alphabet, digits, and hyphens between them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Navn(String);

impl Navn {
    /// `None` for what is no name.
    #[must_use]
    pub fn new(tekst: &str) -> Option<Self> {
        let lovlig = tekst
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        let god = lovlig && !tekst.is_empty() && tekst.len() <= NAVN_TEGN_MAKS;
        (god && !tekst.starts_with('-') && !tekst.ends_with('-')).then(|| Navn(tekst.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn som_tekst(&self) -> &str {
        &self.0
    }
}

/// The snapshots of a data folder.
#[derive(Clone, Debug)]
pub struct Oeyeblikksbilder {
    mappe: PathBuf,
    deler: &'static [Del],
}

impl Oeyeblikksbilder {
    /// Of a folder, of these parts.
    #[must_use]
    pub fn new(mappe: &Path, deler: &'static [Del]) -> Self {
        Oeyeblikksbilder {
            mappe: mappe.to_owned(),
            deler,
        }
    }

    fn sti(&self, navn: &Navn) -> PathBuf {
        self.mappe.join(BILDER).join(&navn.0)
    }

    /// Whether there is one of this name.
    #[must_use]
    pub fn finnes(&self, navn: &Navn) -> bool {
        self.sti(navn).join(BILDE).is_file()
    }

    /// Copies the parts. Nothing writes to them meanwhile; that is the caller's to see to. `bilde` makes what is kept with the
    /// copy out of its size in bytes.
    ///
    /// # Errors
    /// [`Feil::Fil`], also when there is one of the name; what was begun is removed at the next.
    pub fn ta(&self, navn: &Navn, bilde: impl FnOnce(u64) -> Vec<u8>) -> Result<u64, Feil> {
        let rot = self.mappe.join(BILDER);
        lag_hemmelig_mappe(&rot)?;
        let ny = rot.join(UNDERVEIS);
        fjern_alt(&ny)?;
        let innhold = ny.join(INNHOLD);
        lag_hemmelig_mappe(&innhold)?;
        let mut byte = 0;
        for del in self.finn(&self.mappe)? {
            byte += kopier(&self.mappe.join(&del), &innhold.join(&del))?;
        }
        fs::write(ny.join(BILDE), bilde(byte)).map_err(Feil::fil(&ny))?;
        let sti = self.sti(navn);
        // Rename would put it in the place of an empty folder, and of no other.
        if sti.exists() {
            return Err(Feil::fil(&sti)(ErrorKind::AlreadyExists.into()));
        }
        fs::rename(&ny, &sti).map_err(Feil::fil(&sti))?;
        Ok(byte)
    }

    /// Those that are whole, by name, each with what is kept with it.
    ///
    /// # Errors
    /// [`Feil::Fil`].
    pub fn alle(&self) -> Result<Vec<(Navn, Vec<u8>)>, Feil> {
        let mut ut = Vec::new();
        for navn in navn_i(&self.mappe.join(BILDER))? {
            let Some(navn) = Navn::new(&navn) else { continue };
            let sti = self.sti(&navn).join(BILDE);
            match fs::read(&sti) {
                Ok(byte) => ut.push((navn, byte)),
                Err(feil) if feil.kind() == ErrorKind::NotFound => {}
                Err(feil) => return Err(Feil::fil(&sti)(feil)),
            }
        }
        Ok(ut)
    }

    /// Removes one; `false` if there was none of the name.
    ///
    /// # Errors
    /// [`Feil::Fil`].
    pub fn slett(&self, navn: &Navn) -> Result<bool, Feil> {
        let sti = self.sti(navn);
        if !sti.exists() {
            return Ok(false);
        }
        // What is left of one that was removed in part is no snapshot.
        fjern_fil(&sti.join(BILDE))?;
        fjern_alt(&sti)?;
        Ok(true)
    }

    /// Waits until a snapshot is on the disk.
    ///
    /// # Errors
    /// [`Feil::Fil`].
    pub fn synk(&self, navn: &Navn) -> Result<(), Feil> {
        synk(&self.sti(navn))?;
        synk_mappe(&self.mappe.join(BILDER))
    }

    /// Makes a copy of a snapshot ready to take its place, and waits until it is on the disk. The parts may be in use.
    ///
    /// # Errors
    /// [`Feil::Fil`].
    pub fn forbered(&self, navn: &Navn) -> Result<(), Feil> {
        let rot = self.mappe.join(GJENOPPRETTING);
        if rot.join(BESLUTTET).exists() {
            return Err(Feil::Skadet(GJENOPPRETTING));
        }
        fjern_alt(&rot)?;
        lag_hemmelig_mappe(&rot)?;
        let fra = self.sti(navn).join(INNHOLD);
        kopier(&fra, &rot.join(INNHOLD))?;
        synk(&rot.join(INNHOLD))
    }

    /// Puts what was made ready in its place. Nothing has the parts open. Once this has begun, it is finished by
    /// [`fullfoer`] if not by itself.
    ///
    /// # Errors
    /// [`Feil::Fil`]; the folder then has the old or must be finished.
    pub fn gjenopprett(&self) -> Result<(), Feil> {
        let rot = self.mappe.join(GJENOPPRETTING);
        let inn = self.finn(&rot.join(INNHOLD))?;
        if inn.is_empty() {
            return Err(Feil::Skadet(GJENOPPRETTING));
        }
        let ut = self.finn(&self.mappe)?;
        let linjer = inn.iter().map(|sti| format!("inn {sti}\n"));
        let bare_ute = ut.difference(&inn).map(|sti| format!("ut {sti}\n"));
        let tekst: String = linjer.chain(bare_ute).collect();
        bytt_fil(&rot.join(BESLUTTET), tekst.as_bytes())?;
        bytt_plass(&self.mappe)
    }

    /// Removes what a restore left: the nation from before it.
    ///
    /// # Errors
    /// [`Feil::Fil`].
    pub fn rydd(&self) -> Result<(), Feil> {
        fjern_alt(&self.mappe.join(GJENOPPRETTING))
    }

    /// Paths of the parts that are in a folder, of the same form as the data folder.
    fn finn(&self, mappe: &Path) -> Result<BTreeSet<String>, Feil> {
        let mut ut = BTreeSet::new();
        for navn in navn_i(mappe)? {
            let under: Vec<String> = navn_i(&mappe.join(&navn))?
                .into_iter()
                .map(|under| format!("{navn}/{under}"))
                .collect();
            let alle = std::iter::once(navn).chain(under);
            ut.extend(alle.filter(|sti| self.deler.iter().any(|del| del.har(sti))));
        }
        Ok(ut)
    }
}

/// Finishes a restore that was decided on, or removes one that was not. To be called before anything in the folder is opened.
/// Gives whether there was one to finish.
///
/// # Errors
/// [`Feil::Fil`]; nothing may be opened then.
pub fn fullfoer(mappe: &Path) -> Result<bool, Feil> {
    let rot = mappe.join(GJENOPPRETTING);
    let besluttet = rot.join(BESLUTTET).exists();
    if besluttet {
        bytt_plass(mappe)?;
    }
    fjern_alt(&rot)?;
    Ok(besluttet)
}

// Each step can be taken again: what is still among the new has not got its place.
fn bytt_plass(mappe: &Path) -> Result<(), Feil> {
    let rot = mappe.join(GJENOPPRETTING);
    let (nytt, gammelt) = (rot.join(INNHOLD), rot.join(GAMMELT));
    let besluttet = rot.join(BESLUTTET);
    let tekst = fs::read_to_string(&besluttet).map_err(Feil::fil(&besluttet))?;
    lag_hemmelig_mappe(&gammelt)?;
    let mut roerte = BTreeSet::from([mappe.to_owned()]);
    for linje in tekst.lines() {
        let (slag, sti) = linje.split_once(' ').ok_or(Feil::Skadet(BESLUTTET))?;
        let (her, ny, borte) = (mappe.join(sti), nytt.join(sti), gammelt.join(sti));
        let inn = slag == "inn";
        if inn && !ny.exists() {
            continue;
        }
        roerte.extend(her.parent().map(Path::to_owned));
        if her.exists() {
            lag_over(&borte)?;
            fs::rename(&her, &borte).map_err(Feil::fil(&her))?;
        }
        if inn {
            lag_over(&her)?;
            fs::rename(&ny, &her).map_err(Feil::fil(&her))?;
        }
    }
    for mappe in roerte {
        synk_mappe(&mappe)?;
    }
    fjern_fil(&besluttet)?;
    synk_mappe(&rot)
}

fn lag_over(sti: &Path) -> Result<(), Feil> {
    sti.parent().map_or(Ok(()), lag_hemmelig_mappe)
}

/// The names in a folder; none where there is no folder.
fn navn_i(mappe: &Path) -> Result<Vec<String>, Feil> {
    let innhold = match fs::read_dir(mappe) {
        Ok(innhold) => innhold,
        Err(feil) if matches!(feil.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(Vec::new()),
        Err(feil) => return Err(Feil::fil(mappe)(feil)),
    };
    let mut ut = Vec::new();
    for inne in innhold {
        // What is not text was not named here.
        ut.extend(inne.map_err(Feil::fil(mappe))?.file_name().into_string());
    }
    ut.sort();
    Ok(ut)
}

/// Copies a file or a folder; where the file system can share the content of two files, no content is moved. Gives the bytes.
fn kopier(fra: &Path, til: &Path) -> Result<u64, Feil> {
    if !fra.is_dir() {
        lag_over(til)?;
        return fs::copy(fra, til).map_err(Feil::fil(fra));
    }
    lag_hemmelig_mappe(til)?;
    let mut byte = 0;
    for navn in navn_i(fra)? {
        if navn != LMDB_LAAS {
            byte += kopier(&fra.join(&navn), &til.join(&navn))?;
        }
    }
    Ok(byte)
}

fn synk(sti: &Path) -> Result<(), Feil> {
    if !sti.is_dir() {
        return File::open(sti).and_then(|fil| fil.sync_all()).map_err(Feil::fil(sti));
    }
    for navn in navn_i(sti)? {
        synk(&sti.join(navn))?;
    }
    synk_mappe(sti)
}

fn fjern_fil(sti: &Path) -> Result<(), Feil> {
    match fs::remove_file(sti) {
        Err(feil) if feil.kind() != ErrorKind::NotFound => Err(Feil::fil(sti)(feil)),
        _ => Ok(()),
    }
}

/// Removes a folder and all in it, key files overwritten.
fn fjern_alt(sti: &Path) -> Result<(), Feil> {
    fjern_noekler(sti, false)?;
    match fs::remove_dir_all(sti) {
        Err(feil) if feil.kind() != ErrorKind::NotFound => Err(Feil::fil(sti)(feil)),
        _ => Ok(()),
    }
}

fn fjern_noekler(sti: &Path, er_noekler: bool) -> Result<(), Feil> {
    for navn in navn_i(sti)? {
        let inne = sti.join(&navn);
        if inne.is_dir() {
            fjern_noekler(&inne, er_noekler || navn == NOEKLER)?;
        } else if er_noekler {
            fjern_hemmelig(&inne)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DELER: &[Del] = &[
        Del::En("register"),
        Del::En("klokke"),
        Del::En("noekler/saker"),
        Del::Alle("noekler/personnoekler"),
    ];

    fn skriv(mappe: &Path, sti: &str, tekst: &str) {
        let sti = mappe.join(sti);
        fs::create_dir_all(sti.parent().unwrap()).unwrap();
        fs::write(sti, tekst).unwrap();
    }

    /// A folder with a nation in it, and what is not the nation's.
    fn nasjon() -> (tempfile::TempDir, Oeyeblikksbilder) {
        let mappe = tempfile::tempdir().unwrap();
        for (sti, tekst) in [
            ("register/data.mdb", "gammel nasjon"),
            ("register/lock.mdb", "lesere"),
            ("noekler/personnoekler", "null"),
            ("noekler/saker", "saksnøkkel"),
            ("noekler/revisjon", "loggens"),
            ("revisjon/0", "post 1\n"),
        ] {
            skriv(mappe.path(), sti, tekst);
        }
        let bilder = Oeyeblikksbilder::new(mappe.path(), DELER);
        (mappe, bilder)
    }

    /// What life does to it afterwards: a key is renewed, a file comes, another goes.
    fn lev(mappe: &Path) {
        fs::remove_file(mappe.join("noekler/personnoekler")).unwrap();
        for (sti, tekst) in [
            ("register/data.mdb", "ny nasjon"),
            ("noekler/personnoekler.1", "en"),
            ("klokke", "i morgen"),
            ("revisjon/0", "post 1\npost 2\n"),
        ] {
            skriv(mappe, sti, tekst);
        }
    }

    /// Everything in a folder but snapshots and what a restore leaves: path and content.
    fn alt(mappe: &Path) -> Vec<(String, String)> {
        fn samle(rot: &Path, under: &Path, ut: &mut Vec<(String, String)>) {
            for inne in fs::read_dir(under).unwrap() {
                let sti = inne.unwrap().path();
                let navn = sti.strip_prefix(rot).unwrap().to_str().unwrap().to_owned();
                if sti.is_dir() {
                    samle(rot, &sti, ut);
                } else {
                    ut.push((navn, fs::read_to_string(&sti).unwrap()));
                }
            }
        }
        let mut ut = Vec::new();
        samle(mappe, mappe, &mut ut);
        ut.retain(|(sti, _)| !sti.starts_with(BILDER) && !sti.starts_with(GJENOPPRETTING));
        ut.sort();
        ut
    }

    fn nasjonens(alt: &[(String, String)]) -> Vec<(String, String)> {
        let utenfor = |sti: &str| sti.starts_with("revisjon") || sti.ends_with("lock.mdb");
        alt.iter().filter(|(sti, _)| !utenfor(sti)).cloned().collect()
    }

    fn navn(tekst: &str) -> Navn {
        Navn::new(tekst).unwrap()
    }

    #[test]
    fn what_comes_back_is_what_was_taken_and_what_is_not_the_nations_stays() {
        let (mappe, bilder) = nasjon();
        let foer = alt(mappe.path());
        let byte = bilder.ta(&navn("foer"), |byte| byte.to_string().into_bytes()).unwrap();
        assert_eq!(bilder.alle().unwrap(), [(navn("foer"), byte.to_string().into_bytes())]);
        for _ in 0..2 {
            lev(mappe.path());
            bilder.forbered(&navn("foer")).unwrap();
            assert_ne!(nasjonens(&alt(mappe.path())), nasjonens(&foer));
            bilder.gjenopprett().unwrap();
            let etter = alt(mappe.path());
            assert_eq!(nasjonens(&etter), nasjonens(&foer));
            assert!(etter.contains(&("revisjon/0".to_owned(), "post 1\npost 2\n".to_owned())));
            bilder.rydd().unwrap();
            assert!(!mappe.path().join(GJENOPPRETTING).exists());
            fs::remove_file(mappe.path().join("noekler/personnoekler.1")).unwrap_err();
        }
        assert!(bilder.slett(&navn("foer")).unwrap());
        assert!(!bilder.slett(&navn("foer")).unwrap());
        assert!(bilder.alle().unwrap().is_empty());
    }

    #[test]
    fn a_restore_that_is_cut_off_anywhere_leaves_the_old_or_the_snapshot() {
        let (mappe, bilder) = nasjon();
        let taatt = nasjonens(&alt(mappe.path()));
        bilder.ta(&navn("a"), |_| Vec::new()).unwrap();
        lev(mappe.path());
        let levd = nasjonens(&alt(mappe.path()));
        // Before it was decided: the old.
        bilder.forbered(&navn("a")).unwrap();
        assert!(!fullfoer(mappe.path()).unwrap());
        assert_eq!(nasjonens(&alt(mappe.path())), levd);
        // After so many renames of those that it takes, in the order that they are taken.
        let (mut steg, mut avbrutt) = (0, true);
        while avbrutt {
            avbrutt = false;
            bilder.forbered(&navn("a")).unwrap();
            let rot = mappe.path().join(GJENOPPRETTING);
            let inn = bilder.finn(&rot.join(INNHOLD)).unwrap();
            let ute = bilder.finn(mappe.path()).unwrap();
            let inn_linjer = inn.iter().map(|s| ("inn", s.clone()));
            let ut_linjer = ute.difference(&inn).map(|s| ("ut", s.clone()));
            let linjer: Vec<_> = inn_linjer.chain(ut_linjer).collect();
            let tekst: String = linjer.iter().map(|(slag, sti)| format!("{slag} {sti}\n")).collect();
            bytt_fil(&rot.join(BESLUTTET), tekst.as_bytes()).unwrap();
            let mut flyttinger = Vec::new();
            for (slag, sti) in &linjer {
                let her = mappe.path().join(sti);
                if her.exists() {
                    flyttinger.push((her.clone(), rot.join(GAMMELT).join(sti)));
                }
                if *slag == "inn" {
                    flyttinger.push((rot.join(INNHOLD).join(sti), her));
                }
            }
            for (nr, (fra, til)) in flyttinger.iter().enumerate() {
                if nr == steg {
                    avbrutt = true;
                    break;
                }
                fs::create_dir_all(til.parent().unwrap()).unwrap();
                fs::rename(fra, til).unwrap();
            }
            assert!(fullfoer(mappe.path()).unwrap(), "{steg}");
            assert_eq!(nasjonens(&alt(mappe.path())), taatt, "{steg}");
            assert!(!rot.exists());
            lev(mappe.path());
            assert_eq!(nasjonens(&alt(mappe.path())), levd);
            steg += 1;
        }
        assert!(steg > 6, "{steg}");
    }

    #[test]
    fn one_that_is_cut_off_while_it_is_taken_is_none() {
        let (mappe, bilder) = nasjon();
        let ny = mappe.path().join(BILDER).join(UNDERVEIS);
        fs::create_dir_all(ny.join(INNHOLD)).unwrap();
        fs::create_dir_all(mappe.path().join(BILDER).join("halv")).unwrap();
        assert!(bilder.alle().unwrap().is_empty());
        assert!(!bilder.finnes(&navn("halv")));
        bilder.ta(&navn("hel"), |_| Vec::new()).unwrap();
        assert!(bilder.ta(&navn("hel"), |_| Vec::new()).is_err());
        assert_eq!(bilder.alle().unwrap().len(), 1);
        assert!(bilder.forbered(&navn("halv")).is_err() && bilder.gjenopprett().is_err());
        assert!(!fullfoer(mappe.path()).unwrap());
    }

    #[cfg(unix)]
    #[test]
    fn a_snapshot_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let (mappe, bilder) = nasjon();
        bilder.ta(&navn("a"), |_| Vec::new()).unwrap();
        bilder.synk(&navn("a")).unwrap();
        let tilgang = |sti: &Path| fs::metadata(sti).unwrap().permissions().mode() & 0o777;
        for sti in ["", "a", "a/innhold", "a/innhold/noekler"] {
            assert_eq!(tilgang(&mappe.path().join(BILDER).join(sti)), 0o700, "{sti}");
        }
    }

    #[test]
    fn a_name_is_no_path() {
        for god in ["a", "foer-doedsfall", "2026-01-01", &"a".repeat(NAVN_TEGN_MAKS)] {
            assert_eq!(navn(god).som_tekst(), god);
        }
        for daarlig in [
            "",
            "-a",
            "a-",
            ".",
            "..",
            ".ny",
            "a/b",
            "a\\b",
            "A",
            "æ",
            "a b",
            "a\0",
            &"a".repeat(NAVN_TEGN_MAKS + 1),
        ] {
            assert_eq!(Navn::new(daarlig), None, "{daarlig}");
        }
    }
}
