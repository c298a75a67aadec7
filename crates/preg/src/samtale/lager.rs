//! The conversations that are open: in memory, bounded, each bound to a user as that user was.
//!
//! ```text
//!  id ──▶ conversation ── known, not ended? ── key of that generation? ── signature true? ── user as it was? ──▶ in
//!            └ no ──▶ BadContextToken             └ no ──▶ the same           └ no ──▶ InvalidSecurity   └ no ──▶ ended, BadContextToken
//! ```
//! They are forgotten when the process stops; a client that is told `BadContextToken` opens another by itself. What newcomers
//! get wrong: that who opened a conversation was let in says nothing of now. Whether the user is still as it was is asked at
//! each call.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use jiff::{Timestamp, ToSpan as _};
use zeroize::Zeroizing;

use super::anmodning::Anmodning;
use super::bevis::Bevis;
use super::psha1::{NOEKKEL_BYTE, samtalenoekkel};
use super::svar::{self, Utstedt};
use super::utgave::{Aerend, Utgave};
use super::{Aapning, Avslutning, Fornyelse};
use crate::feil::Feil;
use crate::konvolutt::{Avslag, Returadresse, skriv_med};

/// How many, and how long. Source: our choice, but for the ten hours (README of the contract, 3.3).
#[derive(Clone, Copy, Debug)]
pub struct Innstillinger {
    /// How long a key lasts. Units: seconds. A client of WCF asks for another when six tenths have gone.
    pub varighet_s: i64,
    /// How long a key lasts beside the one that came after it. Units: seconds.
    pub overgang_s: i64,
    /// Most that are open; then the user that has the most loses the one that has been idle the longest.
    pub samtidige: usize,
    /// Most that a user has open; then the one that has been idle the longest is ended.
    pub per_bruker: usize,
}

impl Default for Innstillinger {
    fn default() -> Self {
        Innstillinger {
            varighet_s: 36_000,
            overgang_s: 300,
            samtidige: 10_000,
            per_bruker: 500,
        }
    }
}

/// Whoever has the users.
pub trait Brukere {
    /// Somebody who is let in.
    type Innlogget;

    /// Lets a user in who has shown a password before, if it is still open and as it was by its mark.
    ///
    /// Shape: `merke` is what the conversation was opened with. It is another when the password or the rights have changed.
    fn fortsatt(&self, brukernavn: &str, merke: u64, naa: Timestamp) -> Option<Self::Innlogget>;
}

/// Whose a conversation is to be: a user who has just shown a password.
#[derive(Clone, Copy, Debug)]
pub struct Eier<'e> {
    /// User name.
    pub brukernavn: &'e str,
    /// The user's mark, read *before* the password was looked at: a change in between ends the conversation at its first call.
    pub merke: u64,
}

/// Chance, for one opening or renewal. Wiped when it is dropped.
pub struct Tilfeldig(Zeroizing<[u8; Tilfeldig::BYTE]>);

impl Tilfeldig {
    /// Bytes of it.
    pub const BYTE: usize = NOEKKEL_BYTE + 16;

    /// Draws it.
    ///
    /// # Errors
    /// [`Feil::Intern`]: the system has none.
    pub fn trekk() -> Result<Self, Feil> {
        let mut ut = Zeroizing::new([0; Self::BYTE]);
        SystemRandom::new().fill(ut.as_mut_slice()).map_err(|_| Feil::Intern)?;
        Ok(Tilfeldig(ut))
    }

    /// Chance that was drawn elsewhere. Must never be used twice.
    #[must_use]
    pub fn av(byte: [u8; Self::BYTE]) -> Self {
        Tilfeldig(Zeroizing::new(byte))
    }

    fn entropi(&self) -> &[u8] {
        self.0.get(..NOEKKEL_BYTE).unwrap_or_default()
    }

    fn id(&self) -> String {
        let mut ut = [0; 16];
        ut.iter_mut()
            .zip(self.0.iter().skip(NOEKKEL_BYTE))
            .for_each(|(til, fra)| *til = *fra);
        format!("urn:uuid:{}", uuid::Builder::from_random_bytes(ut).into_uuid())
    }
}

impl std::fmt::Debug for Tilfeldig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tilfeldig(***)")
    }
}

struct Noekkel {
    generasjon: Option<String>,
    noekkel: Zeroizing<[u8; NOEKKEL_BYTE]>,
    til: Timestamp,
}

struct Samtale {
    utgave: Utgave,
    brukernavn: String,
    merke: u64,
    /// The newest last. At most two.
    noekler: Vec<Noekkel>,
    sist: Timestamp,
}

impl Samtale {
    fn er_over(&self, naa: Timestamp) -> bool {
        self.noekler.iter().all(|n| n.til <= naa)
    }
}

/// Conversations that are open.
pub struct Samtaler {
    innstillinger: Innstillinger,
    aapne: Mutex<BTreeMap<String, Samtale>>,
}

impl std::fmt::Debug for Samtaler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Samtaler")
    }
}

fn etter(naa: Timestamp, sekunder: i64) -> Timestamp {
    naa.checked_add(sekunder.seconds()).unwrap_or(naa)
}

impl Samtaler {
    /// None yet.
    #[must_use]
    pub fn new(innstillinger: Innstillinger) -> Self {
        Samtaler {
            innstillinger,
            aapne: Mutex::default(),
        }
    }

    fn laas(&self) -> MutexGuard<'_, BTreeMap<String, Samtale>> {
        self.aapne.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many are open, those among them that have run out and not been taken away yet. For metrics.
    #[must_use]
    pub fn antall(&self) -> usize {
        self.laas().len()
    }

    /// Opens a conversation for a user who has shown a password.
    ///
    /// Shape: the whole answer, in its envelope; HTTP 200.
    #[must_use]
    pub fn aapne(&self, aapning: &Aapning, eier: Eier<'_>, naa: Timestamp, tilfeldig: &Tilfeldig) -> String {
        let anmodning = &aapning.anmodning;
        let id = tilfeldig.id();
        let til = etter(naa, self.innstillinger.varighet_s);
        let ny = Samtale {
            utgave: anmodning.utgave,
            brukernavn: eier.brukernavn.to_owned(),
            merke: eier.merke,
            noekler: vec![Noekkel {
                generasjon: None,
                noekkel: samtalenoekkel(&anmodning.entropi, tilfeldig.entropi()),
                til,
            }],
            sist: naa,
        };
        {
            let mut aapne = self.laas();
            self.gi_plass(&mut aapne, eier.brukernavn, naa);
            aapne.insert(id.clone(), ny);
        }
        let utstedt = Utstedt {
            samtale: &id,
            generasjon: None,
            entropi: tilfeldig.entropi(),
            fra: naa,
            til,
        };
        svar_med(
            &aapning.retur,
            anmodning,
            Aerend::Aapning,
            naa,
            &svar::utstedt(anmodning, &utstedt),
        )
    }

    /// Lets in whoever makes a call in a conversation.
    ///
    /// # Errors
    /// [`Feil::UkjentSamtale`] if there is no such conversation now, or its user is not as it was; [`Feil::Sikkerhet`] if the
    /// signature is not by its key.
    pub fn slipp_inn<B: Brukere>(&self, bevis: &Bevis, brukere: &B, naa: Timestamp) -> Result<B::Innlogget, Feil> {
        let ukjent = Feil::UkjentSamtale(bevis.utgave);
        let (brukernavn, merke, noekkel) = {
            let mut aapne = self.laas();
            let samtale = aapne.get(&bevis.samtale).filter(|s| s.utgave == bevis.utgave);
            let samtale = samtale.ok_or(ukjent.clone())?;
            if samtale.er_over(naa) {
                aapne.remove(&bevis.samtale);
                return Err(ukjent);
            }
            let noekkel = samtale
                .noekler
                .iter()
                .find(|n| n.generasjon == bevis.generasjon && n.til > naa);
            let noekkel = noekkel.ok_or(ukjent.clone())?.noekkel.clone();
            (samtale.brukernavn.clone(), samtale.merke, noekkel)
        };
        if !bevis.stemmer(&noekkel) {
            return Err(Feil::Sikkerhet);
        }
        let inne = brukere.fortsatt(&brukernavn, merke, naa);
        let mut aapne = self.laas();
        match inne {
            Some(inne) => {
                // It may have been ended meanwhile; then this call was before that.
                if let Some(samtale) = aapne.get_mut(&bevis.samtale) {
                    samtale.sist = samtale.sist.max(naa);
                }
                Ok(inne)
            }
            None => {
                aapne.remove(&bevis.samtale);
                Err(ukjent)
            }
        }
    }

    /// Gives a conversation a new key, for a user who has shown a password again.
    ///
    /// Shape: as [`Samtaler::aapne`]. The key before it lasts some minutes more.
    ///
    /// # Errors
    /// As [`Samtaler::slipp_inn`]; [`Feil::Anmodning`] if what is to be renewed is not what the request is made in;
    /// [`Feil::Sikkerhet`] if the conversation is another user's.
    pub fn forny<B: Brukere>(
        &self,
        fornyelse: &Fornyelse,
        eier: Eier<'_>,
        brukere: &B,
        naa: Timestamp,
        tilfeldig: &Tilfeldig,
    ) -> Result<String, Avslag> {
        let anmodning = &fornyelse.anmodning;
        let avslag = |feil| Avslag {
            feil,
            retur: fornyelse.retur.clone(),
        };
        let til = etter(naa, self.innstillinger.varighet_s);
        self.er_i(&fornyelse.bevis, anmodning, brukere, naa).map_err(avslag)?;
        let generasjon = tilfeldig.id();
        {
            let mut aapne = self.laas();
            let samtale = aapne.get_mut(&fornyelse.bevis.samtale);
            let samtale = samtale.ok_or_else(|| avslag(Feil::UkjentSamtale(anmodning.utgave)))?;
            if samtale.brukernavn != eier.brukernavn {
                return Err(avslag(Feil::Sikkerhet));
            }
            // The one that was used lasts on; any other is older.
            let brukt = &fornyelse.bevis.generasjon;
            samtale.noekler.retain(|n| n.generasjon == *brukt);
            for n in &mut samtale.noekler {
                n.til = n.til.min(etter(naa, self.innstillinger.overgang_s));
            }
            samtale.noekler.push(Noekkel {
                generasjon: Some(generasjon.clone()),
                noekkel: samtalenoekkel(&anmodning.entropi, tilfeldig.entropi()),
                til,
            });
            samtale.merke = eier.merke;
        }
        let utstedt = Utstedt {
            samtale: &fornyelse.bevis.samtale,
            generasjon: Some(&generasjon),
            entropi: tilfeldig.entropi(),
            fra: naa,
            til,
        };
        let kropp = svar::utstedt(anmodning, &utstedt);
        Ok(svar_med(&fornyelse.retur, anmodning, Aerend::Fornyelse, naa, &kropp))
    }

    /// Ends a conversation.
    ///
    /// Shape: the whole answer, in its envelope; HTTP 200.
    ///
    /// # Errors
    /// As [`Samtaler::slipp_inn`]; [`Feil::Anmodning`] if what is to be ended is not what the request is made in.
    pub fn avslutt<B: Brukere>(&self, avslutning: &Avslutning, brukere: &B, naa: Timestamp) -> Result<String, Avslag> {
        let anmodning = &avslutning.anmodning;
        let sjekket = self.er_i(&avslutning.bevis, anmodning, brukere, naa);
        sjekket.map_err(|feil| Avslag {
            feil,
            retur: avslutning.retur.clone(),
        })?;
        self.laas().remove(&avslutning.bevis.samtale);
        let kropp = svar::avsluttet(anmodning);
        Ok(svar_med(&avslutning.retur, anmodning, Aerend::Avslutning, naa, &kropp))
    }

    /// Ends every conversation of a user. That a user is closed or changed is seen at the next call without it; this takes the keys
    /// out of memory.
    pub fn avslutt_bruker(&self, brukernavn: &str) {
        self.laas().retain(|_, samtale| samtale.brukernavn != brukernavn);
    }

    fn er_i<B: Brukere>(&self, bevis: &Bevis, anmodning: &Anmodning, brukere: &B, naa: Timestamp) -> Result<(), Feil> {
        self.slipp_inn(bevis, brukere, naa)?;
        let samme = bevis.utgave == anmodning.utgave && anmodning.maal.as_ref().is_some_and(|maal| bevis.er_i(maal));
        samme.then_some(()).ok_or(Feil::Anmodning(anmodning.utgave))
    }

    // Room for one more of a user's. Looks at all of them: an opening has cost a password.
    fn gi_plass(&self, aapne: &mut BTreeMap<String, Samtale>, brukernavn: &str, naa: Timestamp) {
        aapne.retain(|_, samtale| !samtale.er_over(naa));
        let antall = |aapne: &BTreeMap<String, Samtale>, navn: &str| {
            aapne.values().filter(|samtale| samtale.brukernavn == navn).count()
        };
        while antall(aapne, brukernavn) >= self.innstillinger.per_bruker.max(1) {
            ta_ut(aapne, brukernavn);
        }
        while aapne.len() >= self.innstillinger.samtidige.max(1) {
            let mut per: BTreeMap<&str, usize> = BTreeMap::new();
            for samtale in aapne.values() {
                *per.entry(&samtale.brukernavn).or_default() += 1;
            }
            let flest = per.into_iter().max_by_key(|(_, antall)| *antall);
            match flest.map(|(navn, _)| navn.to_owned()) {
                Some(navn) => ta_ut(aapne, &navn),
                None => return,
            }
        }
    }
}

// The one of a user's that has been idle the longest.
fn ta_ut(aapne: &mut BTreeMap<String, Samtale>, brukernavn: &str) {
    let egne = aapne.iter().filter(|(_, samtale)| samtale.brukernavn == brukernavn);
    let lengst = egne.min_by_key(|(_, samtale)| samtale.sist).map(|(id, _)| id.clone());
    if let Some(id) = lengst {
        aapne.remove(&id);
    }
}

fn svar_med(retur: &Returadresse, anmodning: &Anmodning, aerend: Aerend, naa: Timestamp, kropp: &str) -> String {
    skriv_med(retur, &svar::handling(anmodning, aerend), naa, kropp)
}

#[cfg(test)]
mod tests {
    use super::super::Henvendelse;
    use super::super::tests::{aapning, naa};
    use super::*;

    fn samtaler(samtidige: usize, per_bruker: usize) -> Samtaler {
        Samtaler::new(Innstillinger {
            samtidige,
            per_bruker,
            ..Innstillinger::default()
        })
    }

    fn aapne(samtaler: &Samtaler, brukernavn: &str, nr: u8) -> String {
        let xml = aapning(Utgave::Feb2005);
        let Ok(Henvendelse::Aapning(aapning)) = super::super::les(xml.as_bytes(), None, naa()) else {
            panic!("{xml}");
        };
        let tilfeldig = Tilfeldig::av([nr; Tilfeldig::BYTE]);
        let eier = Eier { brukernavn, merke: 1 };
        let svar = samtaler.aapne(&aapning, eier, etter(naa(), i64::from(nr)), &tilfeldig);
        assert!(svar.contains(&tilfeldig.id()), "{svar}");
        tilfeldig.id()
    }

    fn aapne_for(samtaler: &Samtaler) -> Vec<(String, String)> {
        let aapne = samtaler.laas();
        let mut ut: Vec<_> = aapne
            .iter()
            .map(|(id, s)| (s.sist, s.brukernavn.clone(), id.clone()))
            .collect();
        ut.sort();
        ut.into_iter().map(|(_, navn, id)| (navn, id)).collect()
    }

    #[test]
    fn a_user_has_so_many_and_loses_its_own_that_was_idle_the_longest() {
        let samtaler = samtaler(100, 2);
        let b = aapne(&samtaler, "b", 1);
        let foerste = aapne(&samtaler, "a", 2);
        let annen = aapne(&samtaler, "a", 3);
        // Used, and so not idle any more.
        samtaler.laas().get_mut(&foerste).unwrap().sist = etter(naa(), 4);
        let tredje = aapne(&samtaler, "a", 5);
        let par = |navn: &str, id: &String| (navn.to_owned(), id.clone());
        assert_eq!(
            aapne_for(&samtaler),
            [par("b", &b), par("a", &foerste), par("a", &tredje)]
        );
        assert!(!aapne_for(&samtaler).contains(&par("a", &annen)));
        samtaler.avslutt_bruker("a");
        assert_eq!(aapne_for(&samtaler), [par("b", &b)]);
    }

    #[test]
    fn when_all_is_full_whoever_has_the_most_gives_way() {
        let samtaler = samtaler(4, 3);
        let b = aapne(&samtaler, "b", 1);
        for nr in 2..5 {
            aapne(&samtaler, "a", nr);
        }
        let c = aapne(&samtaler, "c", 6);
        let navn = |samtaler: &Samtaler| {
            aapne_for(samtaler)
                .into_iter()
                .map(|(navn, _)| navn)
                .collect::<String>()
        };
        assert_eq!(navn(&samtaler), "baac");
        // Nobody who has one loses it to one who has two.
        aapne(&samtaler, "d", 7);
        assert_eq!(navn(&samtaler), "bacd");
        assert!(aapne_for(&samtaler).iter().any(|(_, id)| *id == b || *id == c));
        for nr in 10..40 {
            aapne(&samtaler, "d", nr);
            assert!(samtaler.antall() <= 4);
        }
        // What has run out makes room first.
        let xml = aapning(Utgave::Feb2005);
        let Ok(Henvendelse::Aapning(aapning)) = super::super::les(xml.as_bytes(), None, naa()) else {
            panic!();
        };
        let eier = Eier {
            brukernavn: "e",
            merke: 1,
        };
        let senere = etter(naa(), 40_000);
        let _ = samtaler.aapne(&aapning, eier, senere, &Tilfeldig::av([99; Tilfeldig::BYTE]));
        assert_eq!(navn(&samtaler), "e");
    }

    #[test]
    fn chance_is_drawn_and_never_printed() {
        let [a, b] = [Tilfeldig::trekk().unwrap(), Tilfeldig::trekk().unwrap()];
        assert_ne!(a.entropi(), b.entropi());
        assert_ne!(a.id(), b.id());
        assert_eq!(format!("{a:?}"), "Tilfeldig(***)");
    }
}
