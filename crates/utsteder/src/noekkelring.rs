//! The issuer's keys: one that signs, and the public halves of those that signed a moment ago.
//!
//! ```text
//!  noekler/utsteder.pk8        PKCS#8, mode 0600: the key that signs
//!  noekler/tidligere.json      {"noekler":[{"jwk":{…},"til":"…"}]}: until the last token of each has expired
//! ```
//!
//! Rotation writes the second file first. If the process stops between the two, the signing key also stands among the
//! former ones, which does no harm.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tilgang::avtale::privatfil;
use tilgang::token::{Offentlignoekkel, Signeringsfeil, Signeringsnoekkel};

/// Largest key file. Units: bytes. Source: our choice; a key of 8192 bits is below 5 kB.
const NOEKKELFIL_BYTES_MAKS: u64 = 16 * 1024;
/// Largest file of former keys. Units: bytes. Source: our choice.
const TIDLIGERE_BYTES_MAKS: u64 = 64 * 1024;
/// Most former keys at once. Source: our choice, below what the verifier takes.
const TIDLIGERE_MAKS: usize = 30;

const AKTIV: &str = "utsteder.pk8";
const TIDLIGERE: &str = "tidligere.json";

/// Why keys could not be read, made or rotated. Never says anything of a key.
#[derive(Debug, thiserror::Error)]
pub enum Noekkelfeil {
    /// The file system, or a file that others may read.
    #[error(transparent)]
    Fil(#[from] privatfil::Feil),
    /// The file holds no key that we use.
    #[error("{sti} inneholder ikke en brukbar nøkkel", sti = sti.display())]
    Innhold {
        /// The file.
        sti: PathBuf,
        /// Why not.
        #[source]
        kilde: Signeringsfeil,
    },
    /// The file of former keys is damaged.
    #[error("{sti} kan ikke leses; slett den hvis ingen av tokenene trenger å gjelde lenger", sti = sti.display())]
    Tidligere {
        /// The file.
        sti: PathBuf,
    },
    /// A key could not be made or written.
    #[error(transparent)]
    Signering(#[from] Signeringsfeil),
    /// Keys are rotated faster than their tokens expire.
    #[error("det er allerede {TIDLIGERE_MAKS} tidligere nøkler med gyldige token; vent til noen er utløpt")]
    ForMange,
}

/// Reads a private key from a file, or makes one there (PKCS#8 DER, mode 0600).
///
/// # Errors
/// [`Noekkelfeil::Fil`] also when others may read the file.
pub fn les_eller_lag_noekkel(sti: &Path) -> Result<Signeringsnoekkel, Noekkelfeil> {
    match privatfil::les(sti, NOEKKELFIL_BYTES_MAKS)? {
        Some(der) => Signeringsnoekkel::fra_pkcs8(&der, None).map_err(|kilde| Noekkelfeil::Innhold {
            sti: sti.to_owned(),
            kilde,
        }),
        None => lag_noekkel(sti),
    }
}

fn lag_noekkel(sti: &Path) -> Result<Signeringsnoekkel, Noekkelfeil> {
    if let Some(mappe) = sti.parent().filter(|mappe| !mappe.as_os_str().is_empty()) {
        privatfil::sikre_mappe(mappe)?;
    }
    let noekkel = Signeringsnoekkel::generer()?;
    privatfil::erstatt(sti, noekkel.til_pkcs8()?.as_ref())?;
    Ok(noekkel)
}

/// A former key and the first moment at which it is no longer published.
struct Tidligere {
    noekkel: Offentlignoekkel,
    til: Timestamp,
}

/// The keys of one issuer, in one folder.
pub(crate) struct Noekkelring {
    mappe: PathBuf,
    aktiv: Arc<Signeringsnoekkel>,
    tidligere: Vec<Tidligere>,
}

impl Noekkelring {
    pub(crate) fn aapne(mappe: &Path) -> Result<Self, Noekkelfeil> {
        privatfil::sikre_mappe(mappe)?;
        let aktiv = Arc::new(les_eller_lag_noekkel(&mappe.join(AKTIV))?);
        let sti = mappe.join(TIDLIGERE);
        let tidligere = match privatfil::les(&sti, TIDLIGERE_BYTES_MAKS)? {
            None => Vec::new(),
            Some(bytes) => les_tidligere(&bytes).ok_or(Noekkelfeil::Tidligere { sti })?,
        };
        Ok(Noekkelring {
            mappe: mappe.to_owned(),
            aktiv,
            tidligere,
        })
    }

    pub(crate) fn aktiv(&self) -> Arc<Signeringsnoekkel> {
        Arc::clone(&self.aktiv)
    }

    /// The published set at a time: the signing key first.
    pub(crate) fn jwks(&self, naa: Timestamp) -> Value {
        let tidligere = self
            .tidligere
            .iter()
            .filter(|gammel| naa < gammel.til)
            .map(|gammel| &gammel.noekkel);
        let andre = tidligere
            .filter(|noekkel| noekkel.kid() != self.aktiv.kid())
            .map(Offentlignoekkel::til_jwk);
        let noekler: Vec<Value> = std::iter::once(self.aktiv.offentlig().til_jwk()).chain(andre).collect();
        json!({"keys": noekler})
    }

    /// Takes a new key into use; the present one is published until its last token has expired.
    pub(crate) fn roter(&mut self, naa: Timestamp, siste_token_s: i64) -> Result<(), Noekkelfeil> {
        let mut tidligere: Vec<Tidligere> = Vec::new();
        for gammel in &self.tidligere {
            if naa < gammel.til && gammel.noekkel.kid() != self.aktiv.kid() {
                tidligere.push(Tidligere {
                    noekkel: gammel.noekkel.clone(),
                    til: gammel.til,
                });
            }
        }
        if tidligere.len() >= TIDLIGERE_MAKS {
            return Err(Noekkelfeil::ForMange);
        }
        let til = naa
            .checked_add(SignedDuration::from_secs(siste_token_s))
            .unwrap_or(Timestamp::MAX);
        tidligere.push(Tidligere {
            noekkel: self.aktiv.offentlig().clone(),
            til,
        });
        privatfil::erstatt(&self.mappe.join(TIDLIGERE), skriv_tidligere(&tidligere).as_bytes())?;
        self.tidligere = tidligere;
        self.aktiv = Arc::new(lag_noekkel(&self.mappe.join(AKTIV))?);
        Ok(())
    }
}

fn skriv_tidligere(tidligere: &[Tidligere]) -> String {
    let noekler: Vec<Value> = tidligere
        .iter()
        .map(|gammel| json!({"jwk": gammel.noekkel.til_jwk(), "til": gammel.til.to_string()}))
        .collect();
    json!({"noekler": noekler}).to_string()
}

fn les_tidligere(bytes: &[u8]) -> Option<Vec<Tidligere>> {
    let dokument = tilgang::token::json::les_objekt(bytes).ok()?;
    let les = |oppfoering: &Value| {
        Some(Tidligere {
            noekkel: Offentlignoekkel::fra_utsteder(oppfoering.get("jwk")?.as_object()?).ok()?,
            til: oppfoering.get("til")?.as_str()?.parse().ok()?,
        })
    };
    dokument.get("noekler")?.as_array()?.iter().map(les).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tilgang::token::Noekkelsett;

    fn tid(sekunder: i64) -> Timestamp {
        Timestamp::from_second(sekunder).unwrap()
    }

    fn kider(ring: &Noekkelring, naa: i64) -> Vec<String> {
        let jwks = ring.jwks(tid(naa));
        let sett = Noekkelsett::les(jwks.to_string().as_bytes()).unwrap();
        let kider = jwks["keys"]
            .as_array()
            .unwrap()
            .iter()
            .map(|jwk| jwk["kid"].as_str().unwrap().to_owned());
        kider.inspect(|kid| assert!(sett.finn(kid).is_some())).collect()
    }

    #[test]
    fn the_key_is_made_once_and_kept() {
        let mappe = tempfile::tempdir().unwrap();
        let sti = mappe.path().join("noekler");
        let foerste = kider(&Noekkelring::aapne(&sti).unwrap(), 0);
        assert_eq!(foerste.len(), 1);
        assert_eq!(kider(&Noekkelring::aapne(&sti).unwrap(), 0), foerste);
    }

    #[test]
    fn a_former_key_is_published_until_its_tokens_have_expired_also_after_a_restart() {
        let mappe = tempfile::tempdir().unwrap();
        let sti = mappe.path().join("noekler");
        let mut ring = Noekkelring::aapne(&sti).unwrap();
        let gammel = kider(&ring, 0).remove(0);
        ring.roter(tid(1000), 130).unwrap();
        let ny = ring.aktiv().kid().to_owned();
        assert_ne!(gammel, ny);
        for ring in [ring, Noekkelring::aapne(&sti).unwrap()] {
            assert_eq!(kider(&ring, 1129), [ny.clone(), gammel.clone()]);
            assert_eq!(kider(&ring, 1130), std::slice::from_ref(&ny));
        }
    }

    #[test]
    fn a_stop_between_the_two_files_of_a_rotation_does_no_harm() {
        let mappe = tempfile::tempdir().unwrap();
        let sti = mappe.path().join("noekler");
        let mut ring = Noekkelring::aapne(&sti).unwrap();
        let gammel = std::fs::read(sti.join(AKTIV)).unwrap();
        let kid = ring.aktiv().kid().to_owned();
        ring.roter(tid(1000), 130).unwrap();
        privatfil::erstatt(&sti.join(AKTIV), &gammel).unwrap();
        let mut igjen = Noekkelring::aapne(&sti).unwrap();
        assert_eq!(kider(&igjen, 1001), std::slice::from_ref(&kid));
        igjen.roter(tid(1002), 130).unwrap();
        assert_eq!(kider(&igjen, 1131), [igjen.aktiv().kid().to_owned(), kid]);
    }

    #[test]
    fn former_keys_do_not_pile_up() {
        let mappe = tempfile::tempdir().unwrap();
        let mut ring = Noekkelring::aapne(&mappe.path().join("noekler")).unwrap();
        for runde in 0..3 {
            ring.roter(tid(1000 * runde), 130).unwrap();
            assert_eq!(ring.tidligere.len(), 1, "the one before has expired");
        }
        let noekkel = ring.aktiv().offentlig().clone();
        for nr in 0..TIDLIGERE_MAKS {
            let mut jwk = noekkel.til_jwk();
            jwk["kid"] = nr.to_string().into();
            let noekkel = Offentlignoekkel::fra_utsteder(jwk.as_object().unwrap()).unwrap();
            ring.tidligere.push(Tidligere {
                noekkel,
                til: tid(9000),
            });
        }
        let kid = ring.aktiv().kid().to_owned();
        assert!(matches!(ring.roter(tid(8999), 130), Err(Noekkelfeil::ForMange)));
        assert_eq!(ring.aktiv().kid(), kid);
        assert!(ring.roter(tid(9000), 130).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn the_key_file_is_the_owners_alone_and_refused_when_wider() {
        use std::os::unix::fs::PermissionsExt;
        let mappe = tempfile::tempdir().unwrap();
        let sti = mappe.path().join("noekler");
        drop(Noekkelring::aapne(&sti).unwrap());
        let fil = sti.join(AKTIV);
        assert_eq!(std::fs::metadata(&fil).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&fil, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(
            Noekkelring::aapne(&sti),
            Err(Noekkelfeil::Fil(privatfil::Feil::ForAapen { .. }))
        ));
    }

    #[test]
    fn damaged_files_are_refused_and_left_as_they_are() {
        let mappe = tempfile::tempdir().unwrap();
        let sti = mappe.path().join("noekler");
        drop(Noekkelring::aapne(&sti).unwrap());
        privatfil::erstatt(&sti.join(TIDLIGERE), b"{\"noekler\":[{}]}").unwrap();
        assert!(matches!(Noekkelring::aapne(&sti), Err(Noekkelfeil::Tidligere { .. })));
        std::fs::remove_file(sti.join(TIDLIGERE)).unwrap();
        privatfil::erstatt(&sti.join(AKTIV), b"ikke en noekkel").unwrap();
        assert!(matches!(Noekkelring::aapne(&sti), Err(Noekkelfeil::Innhold { .. })));
        assert_eq!(std::fs::read(sti.join(AKTIV)).unwrap(), b"ikke en noekkel");
    }
}
