//! Signing in: a user name and a password come with every call.
//!
//! ```text
//!  name, password ──▶ keyed hash ──▶ remembered, and as it was? ──▶ in
//!                                    └ no ──▶ turns left? ──▶ Argon2id against the user's hash ──▶ in, and remembered
//!                                             └ no, or nobody by that name ──▶ Argon2id against a hash of nobody's ──▶ out
//! ```
//! What is remembered is HMAC-SHA-256 over name and password, under a key that is drawn when the process starts and lies in its
//! memory alone: whoever reads the store gets Argon2id hashes, as they would otherwise; whoever reads the process's memory gets the
//! passwords that are sent to it anyhow. A change of the user, its password or its organisation's order undoes it.
//!
//! An unknown user, a wrong password, a closed user and one that is slowed down all cost one Argon2id, and are answered alike.
//! Whoever is remembered is let in while somebody else guesses at their password: guessing keeps nobody out who is at work.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use identifikator::Organisasjonsnummer;
use jiff::Timestamp;

use crate::passord::Passord;
use crate::register::{Brukernavn, Brukerregister, Rettigheter, dagen, er_slutt};
use crate::{Avslag, Feil};

/// How it is done. Source: our choice, but for the five turns a minute (PREG reference 9).
#[derive(Clone, Copy, Debug)]
pub struct Innstillinger {
    /// How long somebody is remembered. Units: seconds.
    pub huskes_s: i64,
    /// Turns that a name from one place has, and gets back in a minute.
    pub forsoek: u32,
    /// Passwords that are looked at at the same time; each takes 19 MiB.
    pub samtidige: usize,
    /// How many may wait for that, and for how long.
    pub koe: usize,
    /// See `koe`.
    pub vent: Duration,
    /// Most that is remembered, of those let in and of those who tried.
    pub plasser: usize,
}

impl Default for Innstillinger {
    fn default() -> Self {
        Innstillinger {
            huskes_s: 600,
            forsoek: 5,
            samtidige: 4,
            koe: 64,
            vent: Duration::from_secs(2),
            plasser: 20_000,
        }
    }
}

/// Somebody who is let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Innlogget {
    /// The user.
    pub brukernavn: Brukernavn,
    /// Whose it is.
    pub organisasjon: Organisasjonsnummer,
    /// What it may.
    pub rettigheter: Rettigheter,
}

struct Husket {
    brukernavn: Brukernavn,
    endret: u64,
    inntil_s: i64,
}

/// Turns left of a name from a place.
struct Forsoek {
    igjen: f64,
    sist: Timestamp,
}

/// Lets users in.
pub struct Innlogging {
    register: Arc<Brukerregister>,
    innstillinger: Innstillinger,
    noekkel: hmac::Key,
    husket: Mutex<HashMap<[u8; 32], Husket>>,
    forsoek: Mutex<HashMap<[u8; 32], Forsoek>>,
    inne: Mutex<Inne>,
    ledig: Condvar,
    hashet: AtomicU64,
    /// The hash of a password that nobody has.
    ingens: String,
}

impl std::fmt::Debug for Innlogging {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Innlogging")
    }
}

/// Who looks at passwords, and who waits to.
#[derive(Default)]
struct Inne {
    arbeider: usize,
    venter: usize,
}

/// One that looks at a password; there are only so many.
struct Plass<'i>(&'i Innlogging);

impl Drop for Plass<'_> {
    fn drop(&mut self) {
        laas(&self.0.inne).arbeider -= 1;
        self.0.ledig.notify_one();
    }
}

fn laas<T>(laas: &Mutex<T>) -> MutexGuard<'_, T> {
    laas.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Innlogging {
    /// For the users of a register.
    ///
    /// # Errors
    /// [`Feil::Hash`] if chance fails.
    pub fn new(register: Arc<Brukerregister>, innstillinger: Innstillinger) -> Result<Self, Feil> {
        Ok(Innlogging {
            register,
            innstillinger,
            noekkel: hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new()).map_err(|_| Feil::Hash)?,
            husket: Mutex::default(),
            forsoek: Mutex::default(),
            inne: Mutex::default(),
            ledig: Condvar::new(),
            hashet: AtomicU64::new(0),
            ingens: Passord::lag()?.hash()?,
        })
    }

    fn merke(&self, deler: [&[u8]; 2]) -> [u8; 32] {
        let mut hmac = hmac::Context::with_key(&self.noekkel);
        for del in deler {
            hmac.update(&(del.len() as u64).to_be_bytes());
            hmac.update(del);
        }
        let mut ut = [0; 32];
        ut.iter_mut()
            .zip(hmac.sign().as_ref())
            .for_each(|(til, fra)| *til = *fra);
        ut
    }

    /// Lets somebody in who is remembered: takes microseconds, and waits for nobody. None: ask [`Innlogging::logg_inn`].
    #[must_use]
    pub fn husket(&self, brukernavn: &str, passord: &Passord, naa: Timestamp) -> Option<Innlogget> {
        let merke = self.merke([brukernavn.as_bytes(), passord.byte()]);
        let mut husket = laas(&self.husket);
        let funnet = husket.get(&merke)?;
        let inne = (funnet.inntil_s > naa.as_second())
            .then(|| self.slipp_inn(&funnet.brukernavn, Some(funnet.endret), naa))
            .flatten();
        if inne.is_none() {
            husket.remove(&merke);
        }
        inne
    }

    /// Lets somebody in, or not. `sted`: where it comes from, such as an address; turns are counted for each. Takes an
    /// Argon2id for whoever is not remembered: to be called where that holds up nobody.
    ///
    /// # Errors
    /// [`Avslag`].
    pub fn logg_inn(
        &self,
        brukernavn: &str,
        passord: &Passord,
        sted: &str,
        naa: Timestamp,
    ) -> Result<Innlogget, Avslag> {
        if let Some(inne) = self.husket(brukernavn, passord, naa) {
            return Ok(inne);
        }
        let _plass = self.plass()?;
        // A system that starts calls from many places at once: the first is let in for all of them.
        if let Some(inne) = self.husket(brukernavn, passord, naa) {
            return Ok(inne);
        }
        let forsoek = self.merke([brukernavn.as_bytes(), sted.as_bytes()]);
        let faar_proeve = self.bruk_forsoek(forsoek, naa)?;
        let navn = Brukernavn::new(brukernavn).ok().filter(|_| faar_proeve);
        let kjent = navn.and_then(|navn| {
            let inne = self.slipp_inn(&navn, None, naa)?;
            let (hash, endret) = self
                .register
                .tilstand()
                .brukere
                .get(&navn)
                .map(|b| (b.hash.clone(), b.endret))?;
            Some((inne, hash, endret))
        });
        // As much is done whether there is such a user or not.
        let hash = kjent.as_ref().map_or(self.ingens.as_str(), |(_, hash, _)| hash);
        self.hashet.fetch_add(1, Ordering::Relaxed);
        let passer = passord.passer(hash);
        let Some((inne, _, endret)) = kjent.filter(|_| passer) else {
            return Err(Avslag::Feil);
        };
        laas(&self.forsoek).remove(&forsoek);
        self.husk(brukernavn, passord, &inne.brukernavn, endret, naa);
        Ok(inne)
    }

    /// The mark of a user as it is now, for whoever lets it on without a password ([`Innlogging::fortsatt`]). To be read before the
    /// password is looked at, so that a change in between counts. None: nobody by that name.
    #[must_use]
    pub fn endringsmerke(&self, brukernavn: &str) -> Option<u64> {
        let navn = Brukernavn::new(brukernavn).ok()?;
        Some(self.register.tilstand().brukere.get(&navn)?.endret)
    }

    /// Lets somebody on who has shown a password before and something as good now, if the user is open and as it was: neither its
    /// password nor its organisation's order has changed since the mark was read.
    #[must_use]
    pub fn fortsatt(&self, brukernavn: &str, merke: u64, naa: Timestamp) -> Option<Innlogget> {
        self.slipp_inn(&Brukernavn::new(brukernavn).ok()?, Some(merke), naa)
    }

    /// How many passwords have been looked at since the start. For metrics.
    #[must_use]
    pub fn hashet(&self) -> u64 {
        self.hashet.load(Ordering::Relaxed)
    }

    fn plass(&self) -> Result<Plass<'_>, Avslag> {
        let Innstillinger {
            samtidige, koe, vent, ..
        } = self.innstillinger;
        let mut inne = laas(&self.inne);
        if inne.arbeider >= samtidige {
            if inne.venter >= koe {
                return Err(Avslag::Opptatt);
            }
            inne.venter += 1;
            let ventet = self
                .ledig
                .wait_timeout_while(inne, vent, |inne| inne.arbeider >= samtidige);
            inne = ventet.unwrap_or_else(PoisonError::into_inner).0;
            inne.venter -= 1;
            if inne.arbeider >= samtidige {
                return Err(Avslag::Opptatt);
            }
        }
        inne.arbeider += 1;
        Ok(Plass(self))
    }

    // Takes a turn, if there is one left.
    fn bruk_forsoek(&self, merke: [u8; 32], naa: Timestamp) -> Result<bool, Avslag> {
        let fullt = f64::from(self.innstillinger.forsoek);
        let igjen = |forsoek: &Forsoek| {
            let gaatt = naa.duration_since(forsoek.sist).as_secs_f64().max(0.0);
            (forsoek.igjen + gaatt * fullt / 60.0).min(fullt)
        };
        let mut alle = laas(&self.forsoek);
        if alle.len() >= self.innstillinger.plasser && !alle.contains_key(&merke) {
            alle.retain(|_, forsoek| igjen(forsoek) < fullt);
            if alle.len() >= self.innstillinger.plasser {
                return Err(Avslag::Opptatt);
            }
        }
        let forsoek = alle.entry(merke).or_insert(Forsoek {
            igjen: fullt,
            sist: naa,
        });
        let har = igjen(forsoek);
        let faar = har >= 1.0;
        *forsoek = Forsoek {
            igjen: if faar { har - 1.0 } else { har },
            sist: naa,
        };
        Ok(faar)
    }

    fn husk(&self, sendt: &str, passord: &Passord, brukernavn: &Brukernavn, endret: u64, naa: Timestamp) {
        let mut husket = laas(&self.husket);
        if husket.len() >= self.innstillinger.plasser {
            husket.retain(|_, h| h.inntil_s > naa.as_second());
        }
        if husket.len() < self.innstillinger.plasser {
            let ny = Husket {
                brukernavn: brukernavn.clone(),
                endret,
                inntil_s: naa.as_second().saturating_add(self.innstillinger.huskes_s),
            };
            husket.insert(self.merke([sendt.as_bytes(), passord.byte()]), ny);
        }
    }

    // What a user may now, if it is open, and as it was when it was remembered.
    fn slipp_inn(&self, brukernavn: &Brukernavn, endret: Option<u64>, naa: Timestamp) -> Option<Innlogget> {
        let dag = dagen(naa);
        let tilstand = self.register.tilstand();
        let bruker = tilstand.brukere.get(brukernavn)?;
        let organisasjon = tilstand.organisasjoner.get(bruker.organisasjon.as_str())?;
        if er_slutt(bruker.slutt, dag) || er_slutt(organisasjon.slutt, dag) {
            return None;
        }
        if endret.is_some_and(|endret| endret != bruker.endret) {
            return None;
        }
        Some(Innlogget {
            brukernavn: brukernavn.clone(),
            organisasjon: bruker.organisasjon,
            rettigheter: organisasjon.bestilling.rettigheter.clone(),
        })
    }
}

#[cfg(test)]
#[path = "innlogging_test.rs"]
mod innlogging_test;
