//! A password, and its hash.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use zeroize::Zeroizing;

use crate::Feil;

/// Fewest characters of a password. Source: our choice.
pub const PASSORD_MIN: usize = 14;
/// Most characters of a password; more costs the one who checks. Source: our choice.
pub const PASSORD_MAKS: usize = 128;
/// Characters of one that is made here: 32 to draw among, so five bits each.
const LAGET_TEGN: usize = 24;
/// Without those that are taken for each other.
const TEGN: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Memory of a hash. Units: KiB. Source: OWASP's recommendation for Argon2id, as iterations and lanes are.
#[cfg(not(test))]
const MINNE_KIB: u32 = 19 * 1_024;
#[cfg(test)]
const MINNE_KIB: u32 = 64;
const RUNDER: u32 = 2;
const BANER: u32 = 1;

/// A password. Prints as stars, and is wiped from memory when it is let go.
#[derive(Clone)]
pub struct Passord(Zeroizing<String>);

impl std::fmt::Debug for Passord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passord(***)")
    }
}

impl Passord {
    /// As it was sent.
    #[must_use]
    pub fn new(tekst: String) -> Self {
        Passord(Zeroizing::new(tekst))
    }

    /// A new one, drawn.
    ///
    /// # Errors
    /// [`Feil::Hash`] if chance fails.
    pub fn lag() -> Result<Self, Feil> {
        let mut byte = Zeroizing::new([0; LAGET_TEGN]);
        SystemRandom::new().fill(byte.as_mut()).map_err(|_| Feil::Hash)?;
        let tegn = byte.iter().filter_map(|b| TEGN.get(usize::from(b & 31)));
        Ok(Passord::new(tegn.map(|b| char::from(*b)).collect()))
    }

    /// To be shown once, to the one who has made it.
    #[must_use]
    pub fn vis(&self) -> &str {
        &self.0
    }

    pub(crate) fn byte(&self) -> &[u8] {
        self.0.as_bytes()
    }

    pub(crate) fn sjekk(&self, brukernavn: &str) -> Result<(), Feil> {
        let tegn = self.0.chars().count();
        if (PASSORD_MIN..=PASSORD_MAKS).contains(&tegn) && self.0.as_str() != brukernavn {
            Ok(())
        } else {
            Err(Feil::UgyldigPassord)
        }
    }

    /// The hash, in PHC form, with a salt of its own.
    pub(crate) fn hash(&self) -> Result<String, Feil> {
        let mut salt = [0; 16];
        SystemRandom::new().fill(&mut salt).map_err(|_| Feil::Hash)?;
        let hash = argon()?.hash_password_with_salt(self.byte(), &salt);
        Ok(hash.map_err(|_| Feil::Hash)?.to_string())
    }

    /// Whether a hash is of it. Takes as long whichever it is.
    pub(crate) fn passer(&self, hash: &str) -> bool {
        let (Ok(argon), Ok(hash)) = (argon(), PasswordHash::new(hash)) else {
            return false;
        };
        argon.verify_password(self.byte(), &hash).is_ok()
    }
}

fn argon() -> Result<Argon2<'static>, Feil> {
    let valg = Params::new(MINNE_KIB, RUNDER, BANER, None).map_err(|_| Feil::Hash)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, valg))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_hash_and_no_other() {
        let passord = Passord::lag().unwrap();
        let hash = passord.hash().unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=2,p=1$"), "{hash}");
        assert!(passord.passer(&hash) && !Passord::lag().unwrap().passer(&hash));
        assert!(!passord.passer("") && !passord.passer("$argon2id$"));
        // The same password has another hash each time.
        assert_ne!(passord.hash().unwrap(), hash);
        assert!(!hash.contains(passord.vis()));
        assert_eq!(format!("{passord:?}"), "Passord(***)");
        passord.sjekk("a").unwrap();
        for feil in ["kort", "x".repeat(129).as_str(), "brukernavn-a-b-c"] {
            assert!(Passord::new(feil.to_owned()).sjekk("brukernavn-a-b-c").is_err());
        }
    }
}
