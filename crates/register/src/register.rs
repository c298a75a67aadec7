//! The register: its environments, its keys, and the way in to reading and writing.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lager::arkivstroem;
use lager::forsegling::Noekkel;
use lager::journal::{Journal, LmdbJournal};
use lager::slettinger::{Lagerid, Slag, Sletting, Slettingsliste};
use lager::{Avbryter, Indeksnoekkel, Kart, Les, Miljoe, Noekkelfil, Noekkellager, Noekkelskriving, Skriv, Tabell};

use crate::dokumentid::Dokumentnoekkel;
use crate::indeks::{self, Indeks, Indekstabeller};
use crate::lesing::{Lesing, Personnummer};
use crate::nummerminne::Nummerminne;
use crate::tekster::Tekster;
use crate::visning::Visning;
use crate::{Feil, Sekvens, sjekksum};

/// Format of the store that this program writes and reads.
const FORMAT: u32 = 8;

/// The tables of the register's environment.
#[derive(Clone, Copy)]
pub(crate) struct Tabeller {
    /// (person u32, frame u8) → frame.
    pub personer: Tabell,
    /// Number u64 → person u32, checksum.
    pub identifikatorer: Tabell,
    /// First six digits u32 → how many numbers in the index begin with them, u32, checksum.
    pub antall: Tabell,
    /// (number of an estate's contact u64, person whose estate it is u32) → nothing.
    pub kontakter: Tabell,
    /// (projection u8, chunk u32) → rows.
    pub feed: Tabell,
    /// Number u32 → text.
    pub tekster: Tabell,
    /// Terms → persons (`indeks`).
    pub indeks: Indekstabeller,
    /// Rows of cases, sealed (`behandling`).
    pub saker: Tabell,
    /// Projection u8 → whether its feed is held, and the first entry of the journal that waits for it (`tilbakehold`).
    pub tilbakehold: Tabell,
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
    pub(crate) id: Lagerid,
    pub(crate) slettinger: Slettingsliste,
    pub(crate) arkiv: Mutex<Option<arkivstroem::Skriver>>,
    pub(crate) dokumentnoekkel: Dokumentnoekkel,
    pub(crate) saksnoekkel: Noekkel,
    pub(crate) tekster: Tekster,
    pub(crate) indeks: Option<Indeks>,
    pub(crate) numre: Nummerminne,
    // Held by a write from its first byte until its texts are settled: LMDB's own lock ends at the commit, before that.
    pub(crate) skrivelaas: Mutex<()>,
    // One renewal of keys and index at a time (`fornying`).
    pub(crate) fornyes: Mutex<()>,
    pub(crate) avbryter: Avbryter,
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

/// Where the files lie that are not to be on the same disk as the register, or not in a backup of it.
#[derive(Clone, Debug, Default)]
pub struct Steder {
    /// Folder of the erasure list; `slettinger` in the data folder if absent.
    pub slettinger: Option<PathBuf>,
    /// Folder of a mirror of the key store; no mirror if absent.
    pub noekkelspeil: Option<PathBuf>,
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
    /// Shape: `register/` (LMDB), `personnoekler/` (LMDB), `noekler/` (key files, mode 0600), `slettinger/` (the erasure
    /// list). The caller holds the folder's lock ([`lager::mappe::Laas`]).
    ///
    /// # Errors
    /// [`Feil::Format`] for a store of another version, [`Feil::Lager`] if the files refuse.
    pub fn aapne(mappe: &Path) -> Result<Self, Feil> {
        Self::aapne_med(mappe, &Steder::default())
    }

    /// As [`Register::aapne`], with some of the files elsewhere.
    ///
    /// # Errors
    /// As [`Register::aapne`].
    pub fn aapne_med(mappe: &Path, steder: &Steder) -> Result<Self, Feil> {
        Self::aapne_fullt(mappe, steder, None)
    }

    /// As [`Register::aapne_med`], with an index of what a view gives. It is made now if it is not there or is another
    /// view's, which takes some seconds for each hundred thousand persons.
    ///
    /// # Errors
    /// As [`Register::aapne`].
    pub fn aapne_med_visning(mappe: &Path, steder: &Steder, visning: Arc<dyn Visning>) -> Result<Self, Feil> {
        Self::aapne_fullt(mappe, steder, Some(visning))
    }

    fn aapne_fullt(mappe: &Path, steder: &Steder, visning: Option<Arc<dyn Visning>>) -> Result<Self, Feil> {
        let noekkelfil = mappe.join("noekler").join("dokumentidentifikatorer");
        if mappe.join("register").join("data.mdb").exists() && !noekkelfil.exists() {
            // A new one would make every document id that consumers hold name nothing.
            return Err(lager::Feil::ManglerNoekkel(noekkelfil).into());
        }
        let dokumentnoekkel = Noekkelfil::les_eller_lag(&noekkelfil)?;
        let (miljoe, tabeller, journal) = Self::aapne_miljoe(&mappe.join("register"))?;
        let meta = tabeller.meta;
        let saksnoekkel = les_saksnoekkel(mappe, tabeller.saker, &miljoe)?;
        let id = sjekk_format(&miljoe, meta)?;
        let noekler = Noekkellager::aapne(
            &mappe.join("personnoekler"),
            &mappe.join("noekler"),
            steder.noekkelspeil.as_deref(),
        )?;
        let i_mappen = mappe.join("slettinger");
        let (stamme, kjente) = les_liste(&miljoe, meta)?;
        let i_mappen = steder.slettinger.as_deref().unwrap_or(&i_mappen);
        let slettinger = Slettingsliste::aapne(i_mappen, stamme, kjente)?;
        let tekster = Tekster::les(tabeller.tekster, &miljoe.les()?)?;
        let indeks = visning.map(|v| aapne_indeks(mappe, v, tabeller.indeks)).transpose()?;
        let register = Register {
            mappe: mappe.to_owned(),
            miljoe,
            tabeller,
            journal,
            noekler,
            id,
            slettinger,
            arkiv: Mutex::new(None),
            dokumentnoekkel: Dokumentnoekkel::new(dokumentnoekkel.foerste_halvdel()),
            saksnoekkel,
            tekster,
            indeks,
            numre: Nummerminne::new(),
            skrivelaas: Mutex::new(()),
            fornyes: Mutex::new(()),
            avbryter: Avbryter::default(),
            #[cfg(test)]
            stopp_ved: Mutex::new(None),
        };
        if kjente == 0 {
            register.noter_slettinger()?;
        }
        register.toem_uferdig_innlasting()?;
        register.oedelegg_utestaaende()?;
        register.klargjoer_indeks()?;
        Ok(register)
    }

    /// The environment alone, as a copy of it is looked into.
    pub(crate) fn aapne_miljoe(mappe: &Path) -> Result<(Miljoe, Tabeller, LmdbJournal), Feil> {
        let navn = [
            "personer",
            "identifikatorer",
            "feed",
            "tekster",
            "meta",
            "journal",
            "kontakter",
            "antall",
            "indeks",
            "saker",
            "tilbakehold",
            "indeks2",
        ];
        let (
            miljoe,
            [
                personer,
                identifikatorer,
                feed,
                tekster,
                meta,
                journal,
                kontakter,
                antall,
                indeks,
                saker,
                tilbakehold,
                andre,
            ],
        ) = Miljoe::aapne(mappe, navn)?;
        let tabeller = Tabeller {
            personer,
            identifikatorer,
            antall,
            kontakter,
            feed,
            tekster,
            indeks: Indekstabeller { foerste: indeks, andre },
            saker,
            tilbakehold,
            meta,
        };
        Ok((miljoe, tabeller, LmdbJournal::new(journal)))
    }

    /// Writes down how many entries the erasure list has, so that it is missed if it has fewer some day.
    pub(crate) fn noter_slettinger(&self) -> Result<(), Feil> {
        let antall = self.slettinger.innfoeringer()?;
        let mut skriv = self.miljoe.skriv()?;
        self.tabeller.meta.sett(&mut skriv, SLETTINGER, &antall.to_be_bytes())?;
        Ok(Miljoe::bekreft(skriv)?)
    }

    /// Gives a restored store an id of its own.
    pub(crate) fn ny_identitet(&self) -> Result<Lagerid, Feil> {
        let id = ny_id()?;
        let mut skriv = self.miljoe.skriv()?;
        self.tabeller.meta.sett(&mut skriv, ID, &id)?;
        Miljoe::bekreft(skriv)?;
        Ok(id)
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
            None => self.sjekk_at_mangler(les, nummer).map(|()| None),
            Some(byte) => les_indeks(nummer, byte).map(Some),
        }
    }

    /// That a number is not found is believed when as many numbers that begin as it does lie there as were put there: a
    /// key that a bit has turned in, or a page that lies somewhere else now, is a number that nobody seems to have.
    fn sjekk_at_mangler(&self, les: &Les<'_>, nummer: u64) -> Result<(), Feil> {
        let gruppe = gruppe(nummer);
        let ventet = match self.tabeller.antall.hent(les, &gruppe.to_be_bytes())? {
            None => 0,
            Some(byte) => les_antall(gruppe, byte)?,
        };
        let fra = u64::from(gruppe) * GRUPPE;
        let mut funnet = 0;
        for rad in self.tabeller.identifikatorer.fra(les, &fra.to_be_bytes())? {
            let (noekkel, verdi) = rad?;
            let her = noekkel.try_into().map(u64::from_be_bytes);
            let her = her.map_err(|_| Feil::Skadet("identifikator"))?;
            if her >= fra + GRUPPE {
                break;
            }
            les_indeks(her, verdi)?;
            funnet += 1;
        }
        if funnet == ventet {
            Ok(())
        } else {
            Err(Feil::Skadet("identifikator"))
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
            ("antall", t.antall),
            ("kontakter", t.kontakter),
            ("feed", t.feed),
            ("tekster", t.tekster),
            ("indeks", t.indeks.foerste),
            ("indeks2", t.indeks.andre),
            ("saker", t.saker),
            ("tilbakehold", t.tilbakehold),
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
    /// An erasure writes the person's new key, commits the record with what is to be destroyed, enters it in the erasure
    /// list, and destroys the old key last. A process killed before the last step takes the rest when it starts again.
    pub(crate) fn oedelegg_utestaaende(&self) -> Result<(), Feil> {
        let les = self.miljoe.les()?;
        let mut utestaaende = Vec::new();
        for rad in self.tabeller.meta.med_prefiks(&les, SLETT_NOEKKEL)? {
            let (noekkel, verdi) = rad?;
            utestaaende.push((
                noekkel.to_vec(),
                les_sletting(noekkel, verdi).ok_or(Feil::Skadet("meta"))?,
            ));
        }
        drop(les);
        if utestaaende.is_empty() {
            return Ok(());
        }
        let slettinger: Vec<Sletting> = utestaaende.iter().map(|(_, s)| *s).collect();
        self.slettinger.legg_til(&slettinger)?;
        self.steg(Steg::Listet)?;
        let mut skriv = self.noekler.skriv();
        for sletting in &slettinger {
            skriv.oedelegg(sletting.person, sletting.generasjon);
        }
        skriv.bekreft()?;
        self.steg(Steg::Oedelagt)?;
        let mut skriv = self.miljoe.skriv()?;
        for (noekkel, _) in &utestaaende {
            self.tabeller.meta.slett(&mut skriv, noekkel)?;
        }
        self.tabeller.meta.sett(&mut skriv, MAA_FORNYES, &[])?;
        let antall = self.slettinger.innfoeringer()?;
        self.tabeller.meta.sett(&mut skriv, SLETTINGER, &antall.to_be_bytes())?;
        Ok(Miljoe::bekreft(skriv)?)
    }

    /// Throws the index away: it is made anew when the register is opened with a view.
    pub(crate) fn glem_indeks(&self) -> Result<(), Feil> {
        let t = &self.tabeller;
        indeks::toem(self.indeks.as_ref(), t.indeks, t.meta, &self.miljoe)
    }

    /// Whether the disk failed so that nothing can be written before the register is opened anew. Reading goes on.
    pub fn maa_aapnes_paa_nytt(&self) -> bool {
        self.miljoe.maa_aapnes_paa_nytt() || self.noekler.maa_aapnes_paa_nytt()
    }

    /// Use of the register's address space and reader slots.
    pub fn kart(&self) -> Kart {
        self.miljoe.kart()
    }

    /// As [`Register::kart`], of the store of keys.
    #[must_use]
    pub fn noekkelkart(&self) -> Kart {
        self.noekler.kart()
    }

    /// When the last event was committed: seconds since 1970; `None` before the first.
    ///
    /// # Errors
    /// [`Feil::Lager`], [`Feil::Skadet`].
    pub fn siste_bekreftet(&self) -> Result<Option<i64>, Feil> {
        // Entries that are no events stand between; not as many as this in a row but where a job finds nobody to correct.
        const BAKOVER: u64 = 1_000;
        let les = self.les()?;
        let siste = self.siste_sekvens()?.0;
        for seq in (siste.saturating_sub(BAKOVER).max(1)..=siste).rev() {
            if let Some(oppfoering) = les.oppfoering(Sekvens(seq))? {
                return Ok(Some(oppfoering.bekreftet_sekunder));
            }
        }
        Ok(None)
    }

    pub(crate) fn merk_noekkel_for_sletting(&self, skriv: &mut Skriv<'_>, sletting: Sletting) -> Result<(), Feil> {
        let mut noekkel = SLETT_NOEKKEL.to_vec();
        noekkel.extend_from_slice(&sletting.person.to_be_bytes());
        noekkel.push(sletting.generasjon);
        let mut verdi = sletting.seq.to_be_bytes().to_vec();
        verdi.push(u8::from(sletting.slag == Slag::StrengtFortrolig));
        Ok(self.tabeller.meta.sett(skriv, &noekkel, &verdi)?)
    }

    /// Writes one person's number into the index.
    pub(crate) fn sett_identifikator(&self, skriv: &mut Skriv<'_>, nummer: u64, person: u32) -> Result<(), Feil> {
        let t = &self.tabeller;
        if t.identifikatorer.hent(skriv, &nummer.to_be_bytes())?.is_none() {
            let gruppe = gruppe(nummer);
            let foer = t.antall.hent(skriv, &gruppe.to_be_bytes())?;
            let foer = foer.map_or(Ok(0), |byte| les_antall(gruppe, byte))?;
            t.antall
                .sett(skriv, &gruppe.to_be_bytes(), &antallsverdi(gruppe, foer + 1))?;
        }
        Ok(self
            .tabeller
            .identifikatorer
            .sett(skriv, &nummer.to_be_bytes(), &indeksverdi(nummer, person))?)
    }

    /// Takes a number out of the index. Whoever has it from now on is to be written in the same commit.
    pub(crate) fn fjern_identifikator(&self, skriv: &mut Skriv<'_>, nummer: u64) -> Result<(), Feil> {
        let t = &self.tabeller;
        if !t.identifikatorer.slett(skriv, &nummer.to_be_bytes())? {
            return Ok(());
        }
        let gruppe = gruppe(nummer);
        let byte = t
            .antall
            .hent(skriv, &gruppe.to_be_bytes())?
            .ok_or(Feil::Skadet("antall"))?;
        match les_antall(gruppe, byte)?.checked_sub(1).ok_or(Feil::Skadet("antall"))? {
            0 => {
                t.antall.slett(skriv, &gruppe.to_be_bytes())?;
                Ok(())
            }
            igjen => Ok(t
                .antall
                .sett(skriv, &gruppe.to_be_bytes(), &antallsverdi(gruppe, igjen))?),
        }
    }

    /// Keeps everybody from writing until it is let go; reading goes on. For one who copies the files as they are.
    ///
    /// # Errors
    /// [`Feil::Lager`].
    pub fn stille(&self) -> Result<Stillhet<'_>, Feil> {
        // A renewal puts files in the place of others beside those who write. One that is under way is stopped: it is begun again
        // within the hour.
        self.avbryter.avbryt();
        let fornyes = self.fornyes.lock().unwrap_or_else(PoisonError::into_inner);
        let laas = self.laas_skriving();
        let noekler = self.noekler.skriv();
        Ok(Stillhet {
            _skriv: self.miljoe.skriv()?,
            _noekler: noekler,
            _laas: laas,
            _fornyes: fornyes,
        })
    }

    pub(crate) fn laas_skriving(&self) -> MutexGuard<'_, ()> {
        self.skrivelaas.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// While it is held nothing is written: [`Register::stille`].
// Let go in the order that a write lets go in.
pub struct Stillhet<'r> {
    _skriv: Skriv<'r>,
    _noekler: Noekkelskriving<'r>,
    _laas: MutexGuard<'r, ()>,
    _fornyes: MutexGuard<'r, ()>,
}

impl std::fmt::Debug for Stillhet<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stillhet")
    }
}

/// The commits that one write or load consists of, between which a process can die.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Steg {
    /// New keys are durable, the records are not.
    Noekler,
    /// The stream has the entry, the records are not durable.
    Arkivert,
    /// Records are durable, old keys are not destroyed.
    Register,
    /// The erasure is in the list, the old keys are not destroyed.
    Listet,
    /// Old keys are destroyed, which is not written down.
    Oedelagt,
    /// Everybody is loaded, which is not written down.
    Innlasting,
    /// The index is being made under a new key.
    Indeksstykke,
    /// It is made, all but the last, and the old one is in use.
    Indeksbytte,
    /// The index lies under its new key, and the old one is not destroyed.
    Indeks,
    /// The old key of the index is destroyed, and what lay under it is there still.
    Indeksrest,
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

pub(crate) const NESTE_PERSON: &[u8] = b"neste_person";
const SLETT_NOEKKEL: &[u8] = b"slett_noekkel/";
pub(crate) const MAA_FORNYES: &[u8] = b"maa_fornyes";
const ID: &[u8] = b"id";
/// Whose erasures the list has: kept through a restore, for what was erased stays erased.
const STAMME: &[u8] = b"stamme";
/// How many entries the erasure list has had.
const SLETTINGER: &[u8] = b"slettinger";

/// What a store knows of its erasure list: whose it is, and how many entries it has had.
pub(crate) fn les_liste(miljoe: &Miljoe, meta: Tabell) -> Result<(Lagerid, u64), Feil> {
    let les = miljoe.les()?;
    let stamme = meta.hent(&les, STAMME)?.ok_or(Feil::Skadet("meta"))?;
    let stamme = stamme.try_into().map_err(|_| Feil::Skadet("meta"))?;
    let antall = meta
        .hent(&les, SLETTINGER)?
        .map(|b| b.try_into().map(u64::from_be_bytes));
    let antall = antall.transpose().map_err(|_| Feil::Skadet("meta"))?;
    Ok((stamme, antall.unwrap_or(0)))
}

pub(crate) fn indeksfil(mappe: &Path) -> PathBuf {
    mappe.join("noekler").join("indeks")
}

fn aapne_indeks(mappe: &Path, visning: Arc<dyn Visning>, tabeller: Indekstabeller) -> Result<Indeks, Feil> {
    let noekkel = Noekkelfil::les_eller_lag(&indeksfil(mappe))?;
    Ok(Indeks::new(visning, Indeksnoekkel::new(&noekkel)?, tabeller))
}

fn les_sletting(noekkel: &[u8], verdi: &[u8]) -> Option<Sletting> {
    let [a, b, c, d, generasjon] = noekkel.strip_prefix(SLETT_NOEKKEL)? else {
        return None;
    };
    let (seq, [slag]) = verdi.split_first_chunk::<8>()? else {
        return None;
    };
    Some(Sletting {
        person: u32::from_be_bytes([*a, *b, *c, *d]),
        seq: u64::from_be_bytes(*seq),
        generasjon: *generasjon,
        slag: if *slag == 1 {
            Slag::StrengtFortrolig
        } else {
            Slag::Innhold
        },
    })
}

fn merke(navn: &str) -> String {
    format!("merke/{navn}")
}

/// The store's own id, once the format is one that we read.
// A key of its own for rows of cases. A new one would open none of those that are there.
fn les_saksnoekkel(mappe: &Path, saker: Tabell, miljoe: &Miljoe) -> Result<Noekkel, Feil> {
    let fil = mappe.join("noekler").join("saker");
    if !fil.exists() && saker.fra(&miljoe.les()?, &[])?.next().is_some() {
        return Err(lager::Feil::ManglerNoekkel(fil).into());
    }
    Ok(Noekkelfil::les_eller_lag(&fil)?)
}

fn sjekk_format(miljoe: &Miljoe, meta: Tabell) -> Result<Lagerid, Feil> {
    const NAVN: &[u8] = b"format";
    let les = miljoe.les()?;
    let funnet = meta
        .hent(&les, NAVN)?
        .map(|b| b.try_into().map(u32::from_be_bytes).map_err(|_| Feil::Skadet("meta")))
        .transpose()?;
    let id = meta
        .hent(&les, ID)?
        .map(|b| b.try_into().map_err(|_| Feil::Skadet("meta")));
    let id = id.transpose()?;
    drop(les);
    match funnet {
        Some(FORMAT) => id.ok_or(Feil::Skadet("meta")),
        Some(annet) => Err(Feil::Format(annet)),
        None => {
            let mut skriv = miljoe.skriv()?;
            meta.sett(&mut skriv, NAVN, &FORMAT.to_be_bytes())?;
            let id = ny_id()?;
            meta.sett(&mut skriv, ID, &id)?;
            meta.sett(&mut skriv, STAMME, &id)?;
            Miljoe::bekreft(skriv)?;
            Ok(id)
        }
    }
}

/// What the index says of a number. The checksum is over both: a bit that turns is never somebody else.
pub(crate) fn indeksverdi(nummer: u64, person: u32) -> Vec<u8> {
    let mut verdi = person.to_be_bytes().to_vec();
    sjekksum::legg_paa(&nummer.to_be_bytes(), &mut verdi);
    verdi
}

pub(crate) fn les_indeks(nummer: u64, verdi: &[u8]) -> Result<Personnummer, Feil> {
    let byte = sjekksum::ta_av(&nummer.to_be_bytes(), verdi, "identifikator")?;
    let byte = byte.try_into().map_err(|_| Feil::Skadet("identifikator"))?;
    Ok(Personnummer(u32::from_be_bytes(byte)))
}

/// Numbers that begin with the same six digits.
const GRUPPE: u64 = 100_000;

/// The first six digits of a number.
pub(crate) fn gruppe(nummer: u64) -> u32 {
    u32::try_from(nummer / GRUPPE).unwrap_or(u32::MAX)
}

pub(crate) fn antallsverdi(gruppe: u32, antall: u32) -> Vec<u8> {
    let mut verdi = antall.to_be_bytes().to_vec();
    sjekksum::legg_paa(&gruppe.to_be_bytes(), &mut verdi);
    verdi
}

pub(crate) fn les_antall(gruppe: u32, verdi: &[u8]) -> Result<u32, Feil> {
    let byte = sjekksum::ta_av(&gruppe.to_be_bytes(), verdi, "identifikator")?;
    let byte = byte.try_into().map_err(|_| Feil::Skadet("identifikator"))?;
    Ok(u32::from_be_bytes(byte))
}

/// How many numbers of a sorted list begin alike.
pub(crate) fn tell_grupper(numre: &[(u64, u32)]) -> impl Iterator<Item = (u32, u32)> + '_ {
    let like = numre.chunk_by(|a, b| gruppe(a.0) == gruppe(b.0));
    like.filter_map(|like| Some((gruppe(like.first()?.0), u32::try_from(like.len()).ok()?)))
}

fn ny_id() -> Result<Lagerid, Feil> {
    Ok(lager::forsegling::Noekkel::tilfeldig()?.foerste_halvdel())
}
