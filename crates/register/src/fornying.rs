//! Renewal: the key store and the index written anew, so that nothing is left of what was erased, while others read and write.
//!
//! Both take minutes in a nation of millions. What they read is one moment of the register; who has changed meanwhile is
//! noted, and is taken in again and again until there are few, and then once more while nobody writes, which is when the new
//! one takes the old one's place. What was erased meanwhile may have come along: then the register must be renewed again, and
//! says so ([`Register::maa_fornyes`]).

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use lager::noekkelfil::{erstatt, fjern_hemmelig};
use lager::{Avbruddsvakt, Avbryter, Fornyet, Indeksnoekkel, Les, Miljoe, Noekkelfil, Noekkellesing, Skriv};

use crate::Feil;
use crate::indeks::{Bygger, Endrer, Indeks, Plass, Sted, Stykkevis, toem_stykkevis};
use crate::post::Personpost;
use crate::register::{MAA_FORNYES, Register, Steg, indeksfil};
use crate::visning::Termer;

/// Changes that are taken in while nobody writes: some tens of milliseconds. Source: our choice.
const DE_SISTE: usize = if cfg!(debug_assertions) { 2 } else { 256 };
/// How often it is tried to come so far; the rest is then taken in while nobody writes, however many they are.
const RUNDER: u32 = 20;
/// Persons whose changes are written at a time.
const I_STYKKET: usize = 128;
/// Persons between each time that new keys are taken in, and that it is asked whether to go on: less than a second.
const MELLOM_NOEKLER: u32 = if cfg!(debug_assertions) { 8 } else { 1 << 14 };

fn ny_indeksfil(mappe: &Path) -> PathBuf {
    mappe.join("noekler").join("indeks.ny")
}

/// The register and its keys at one moment.
struct Bilde<'r> {
    les: Les<'r>,
    noekler: Noekkellesing,
}

/// While it is there, it is noted who changes.
struct Notering<'i>(&'i Indeks);

impl<'i> Notering<'i> {
    fn begynn(indeks: &'i Indeks) -> Self {
        indeks.endrede().begynn();
        Notering(indeks)
    }
}

impl Drop for Notering<'_> {
    fn drop(&mut self) {
        self.0.endrede().slutt();
    }
}

impl Register {
    /// Whether keys have been destroyed since the key store was last renewed: what is left of them lies in free pages.
    ///
    /// # Errors
    /// [`Feil::Lager`].
    pub fn maa_fornyes(&self) -> Result<bool, Feil> {
        Ok(self.tabeller.meta.hent(&self.miljoe.les()?, MAA_FORNYES)?.is_some())
    }

    /// Stops a renewal that is under way, when the register is about to be closed: it may take minutes, and nothing is lost by it.
    pub fn avbryter(&self) -> &Avbryter {
        &self.avbryter
    }

    /// Writes the key store and the index anew, so that nothing is left of what was erased before it began; the key store under
    /// a new key if `ny_noekkel`, which makes every copy of it from before useless. Reading and writing go on.
    ///
    /// # Errors
    /// [`Feil::Lager`] if the files refuse, if too much was written meanwhile, or if it was stopped; the old ones are then in use
    /// still, or the old keys with a new index.
    pub fn forny_noekler(&self, ny_noekkel: bool) -> Result<Fornyet, Feil> {
        let _en = self.fornyes.lock().unwrap_or_else(PoisonError::into_inner);
        let slettet_foer = {
            let _laas = self.laas_skriving();
            self.oedelegg_utestaaende()?;
            self.slettinger.innfoeringer()?
        };
        let vakt = self.avbryter.vakt();
        let mut noekler = self.noekler.begynn_fornying(ny_noekkel, &vakt)?;
        self.forny_indeks(&vakt, &mut || Ok(noekler.ta_igjen().map(|_| ())?))?;
        let mut runder = 0;
        while noekler.ta_igjen()? > DE_SISTE && runder < RUNDER {
            runder += 1;
        }
        let byttet = {
            // Nobody has packed a key that is not written yet.
            let _laas = self.laas_skriving();
            let byttet = noekler.bytt()?;
            if self.slettinger.innfoeringer()? == slettet_foer {
                let mut skriv = self.miljoe.skriv()?;
                self.tabeller.meta.slett(&mut skriv, MAA_FORNYES)?;
                Miljoe::bekreft(skriv)?;
            }
            byttet
        };
        Ok(byttet.rydd()?)
    }

    /// Makes the index, where it is not there whole.
    pub(crate) fn klargjoer_indeks(&self) -> Result<(), Feil> {
        let Some(indeks) = &self.indeks else { return Ok(()) };
        let ny = ny_indeksfil(&self.mappe);
        if !indeks.er_hel(self.tabeller.meta, &self.miljoe.les()?)? && ny.exists() {
            // The index is under the new key already, or it is made anew under it.
            let noekkel = Indeksnoekkel::new(&Noekkelfil::les_eller_lag(&ny)?)?;
            erstatt(&ny, &indeksfil(&self.mappe))?;
            indeks.ta_i_bruk(&Arc::new(noekkel));
        }
        if indeks.er_hel(self.tabeller.meta, &self.miljoe.les()?)? {
            // A key that was to take over and never did. What lay under it, or under the one before, opens for nobody, and is taken
            // away by the next renewal: a register is opened on a disk that cannot be written too.
            return if ny.exists() { Ok(fjern_hemmelig(&ny)?) } else { Ok(()) };
        }
        let mut skriv = self.miljoe.skriv()?;
        self.bygg_indeks(indeks, &mut skriv)?;
        Ok(Miljoe::bekreft(skriv)?)
    }

    /// Makes the index of all that the records are now, in a write under way.
    pub(crate) fn bygg_indeks(&self, indeks: &Indeks, skriv: &mut Skriv<'_>) -> Result<(), Feil> {
        let sted = indeks.nullstill(skriv)?;
        let noekler = self.noekler.les()?;
        let bygger = self.gjennomgaa(indeks, &sted, skriv, &noekler, &mut || Ok(()))?;
        bygger.ferdig(sted.tabell, skriv)?;
        indeks.sett_hel(self.tabeller.meta, skriv, &sted)
    }

    // Everybody's terms, to be written.
    fn gjennomgaa(
        &self,
        indeks: &Indeks,
        sted: &Sted,
        les: &Les<'_>,
        noekler: &Noekkellesing,
        innimellom: &mut dyn FnMut() -> Result<(), Feil>,
    ) -> Result<Bygger, Feil> {
        let mut bygger = Bygger::new(sted.noekkel.clone(), &self.mappe)?;
        for person in 1..self.neste_person(les)? {
            let post = self.les_post(person, les, noekler)?.ok_or(Feil::Skadet("post"))?;
            bygger.ta(person, &indeks.termer(&post))?;
            if person.is_multiple_of(MELLOM_NOEKLER) {
                innimellom()?;
            }
        }
        Ok(bygger)
    }

    fn les_post(&self, person: u32, les: &Les<'_>, noekler: &Noekkellesing) -> Result<Option<Personpost>, Feil> {
        Personpost::les(
            person,
            |r| Ok(self.tabeller.personer.hent(les, &r.plass(person))?),
            |generasjon| Ok(noekler.hent(person, generasjon)?),
        )
    }

    fn termer_av(&self, indeks: &Indeks, person: u32, les: &Les<'_>, noekler: &Noekkellesing) -> Result<Termer, Feil> {
        let post = self.les_post(person, les, noekler)?;
        Ok(post.map_or_else(Termer::ingen, |post| indeks.termer(&post)))
    }

    // The caller holds the write lock: a record and the key that it is under are of the same moment.
    fn bilde(&self) -> Result<Bilde<'_>, Feil> {
        Ok(Bilde {
            les: self.miljoe.les()?,
            noekler: self.noekler.les()?,
        })
    }

    /// Makes the index under a new key and destroys the old one, so that nothing is left of what was taken from it: what lies
    /// in free pages opens for nobody.
    fn forny_indeks(
        &self,
        vakt: &Avbruddsvakt<'_>,
        innimellom: &mut dyn FnMut() -> Result<(), Feil>,
    ) -> Result<(), Feil> {
        let Some(indeks) = &self.indeks else { return Ok(()) };
        let t = &self.tabeller;
        let ny_fil = ny_indeksfil(&self.mappe);
        let noekkel = Arc::new(Indeksnoekkel::new(&Noekkelfil::les_eller_lag(&ny_fil)?)?);
        let (_notering, gammel) = {
            // Whoever makes all of it says so in the write that does it: nobody is between saying so and having done it.
            let skriv = self.miljoe.skriv()?;
            (Notering::begynn(indeks), indeks.sted(t.meta, &skriv)?)
        };
        let gammel_plass = gammel.map_or(Plass::Andre, |sted| sted.plass);
        let ny = t.indeks.sted(gammel_plass.annen(), noekkel);
        // From an attempt that failed.
        toem_stykkevis(&self.miljoe, indeks, ny.tabell)?;
        let mut bilde = {
            let _laas = self.laas_skriving();
            indeks.endrede().ta()?;
            self.bilde()?
        };
        let bygger = self.gjennomgaa(indeks, &ny, &bilde.les, &bilde.noekler, &mut || {
            vakt.sjekk()?;
            innimellom()
        })?;
        let mut stykke = Stykkevis::new(&self.miljoe, indeks);
        bygger.gi(&mut |sted, verdi| {
            self.steg(Steg::Indeksstykke)?;
            vakt.sjekk()?;
            stykke.legg_til(ny.tabell, sted, verdi)
        })?;
        stykke.ferdig()?;
        let mut runder = 0;
        let (laas, siste) = loop {
            innimellom()?;
            let laas = self.laas_skriving();
            let endrede = indeks.endrede().ta()?;
            if endrede.len() <= DE_SISTE || runder == RUNDER {
                break (laas, endrede);
            }
            let neste = self.bilde()?;
            drop(laas);
            self.ta_igjen(indeks, &ny, &endrede, &bilde, &neste)?;
            bilde = neste;
            runder += 1;
        };
        self.steg(Steg::Indeksbytte)?;
        let mut skriv = self.miljoe.skriv()?;
        // Whoever makes all of it otherwise and waits for no lock but this one may have come between.
        if !indeks.endrede().foeres() {
            return Err(lager::Feil::ForMyeImens.into());
        }
        let noekler = self.noekler.les()?;
        self.endre(indeks, &ny, &siste, &bilde, &noekler, &mut skriv)?;
        indeks.sett_hel(t.meta, &mut skriv, &ny)?;
        indeks.bytter_sted(&skriv);
        // Who reads while it takes over knows both.
        indeks.gjoer_kjent(&ny.noekkel);
        Miljoe::bekreft(skriv)?;
        indeks.ta_i_bruk(&ny.noekkel);
        drop(laas);
        self.steg(Steg::Indeks)?;
        erstatt(&ny_fil, &indeksfil(&self.mappe))?;
        drop((bilde, noekler));
        self.steg(Steg::Indeksrest)?;
        toem_stykkevis(&self.miljoe, indeks, t.indeks.hent(gammel_plass))
    }

    // Takes in what has changed from one moment to another, piece by piece.
    fn ta_igjen(
        &self,
        indeks: &Indeks,
        ny: &Sted,
        endrede: &[u32],
        fra: &Bilde<'_>,
        til: &Bilde<'_>,
    ) -> Result<(), Feil> {
        let mut stykke = Stykkevis::new(&self.miljoe, indeks);
        for personer in endrede.chunks(I_STYKKET) {
            let mut endrer = Endrer::new(ny.clone(), indeks);
            for &person in personer {
                let foer = self.termer_av(indeks, person, &fra.les, &fra.noekler)?;
                let etter = self.termer_av(indeks, person, &til.les, &til.noekler)?;
                endrer.endre(person, &foer, &etter);
            }
            stykke.gjoer(|skriv| endrer.skriv(skriv))?;
        }
        stykke.ferdig()
    }

    // Takes in what has changed since a moment, in a write that nobody comes before.
    fn endre(
        &self,
        indeks: &Indeks,
        ny: &Sted,
        endrede: &[u32],
        fra: &Bilde<'_>,
        noekler: &Noekkellesing,
        skriv: &mut Skriv<'_>,
    ) -> Result<(), Feil> {
        let mut endrer = Endrer::new(ny.clone(), indeks);
        for &person in endrede {
            let foer = self.termer_av(indeks, person, &fra.les, &fra.noekler)?;
            let etter = self.termer_av(indeks, person, skriv, noekler)?;
            endrer.endre(person, &foer, &etter);
        }
        endrer.skriv(skriv)
    }
}
