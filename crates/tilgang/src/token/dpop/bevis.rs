//! A proof, read, checked in a fixed order, and made.
//!
//! What lives here: the JWT itself. What does not: whether it was used before (`lager.rs`) and the form of addresses
//! (`htu.rs`). A newcomer's mistake is to check the signature first: it says nothing until the key is the token's, and it is
//! the one step that costs something.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::feil::Dpopfeil;
use super::htu::{Htu, Origo};
use crate::token::json::les_objekt;
use crate::token::jwk::{Offentlignoekkel, sha256, sha256_av};
use crate::token::jws::{Algoritme, Form, Jwsfeil, Kompakt, Typ, X5c};
use crate::token::signering::{Signeringsfeil, Signeringsnoekkel};

/// `typ` of a proof. Source: RFC 9449 section 4.2.
pub const BEVISTYPE: &str = "dpop+jwt";
/// Longest proof. Units: bytes. Source: our choice; with an RSA key of 8192 bits one has below 4 kB.
pub const BEVIS_BYTE_MAKS: usize = 8 * 1024;
/// Longest header that is kept. Source: our choice; with an RSA key of 8192 bits one has 1.5 kB.
const HODE_BYTE_MAKS: usize = 2 * 1024;
/// How far `iat` may lie ahead of our clock. Units: seconds. Source: HelseID's documentation (sample values), ADR 0035.
pub const FORAN_S: i64 = 5;
/// How far `iat` may lie behind our clock: 10 s of life and 5 s between clocks. Units: seconds. Source: the same.
pub const ELDRE_S: i64 = 10 + 5;
/// Longest `jti` and `nonce`. Units: bytes. Source: our choice.
const TEKST_BYTE_MAKS: usize = 256;

/// A proof whose form has been checked, and nothing else.
pub struct Bevis<'a> {
    jws: Kompakt<'a>,
    noekkel: Arc<Offentlignoekkel>,
}

/// The header of a proof that was right, as it was written, and what it said: read once, for proofs that come with it again.
///
/// A client writes the same header for every proof of a key. One that is equal byte for byte says the same, so its form and its
/// key are not looked at anew; the signature is, each time.
#[derive(Clone)]
pub struct Bevishode {
    tekst: Box<str>,
    algoritme: Algoritme,
    noekkel: Arc<Offentlignoekkel>,
}

/// Shows the name of the key alone.
impl fmt::Debug for Bevishode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bevishode").field("noekkel", &self.noekkel).finish()
    }
}

/// Shows nothing: until it has been used, a proof opens something.
impl fmt::Debug for Bevis<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bevis(***)")
    }
}

/// What a proof is held up against.
#[derive(Clone, Copy, Debug)]
pub struct Beviskrav<'a> {
    /// Thumbprint of the key that the token is bound to; absent where there is no token yet.
    pub bundet_til: Option<&'a [u8; 32]>,
    /// SHA-256 of the token that is shown; absent where there is none.
    pub tokenavtrykk: Option<&'a [u8; 32]>,
    /// The method of the request.
    pub metode: &'a str,
    /// The origins under which we are reached.
    pub origoer: &'a [Origo],
    /// The path of the request below the origin.
    pub sti: &'a str,
}

/// The name of a proof in the memory of used ones, and how long it could be used.
///
/// Shape: the first half of SHA-256 over thumbprint and `jti`, so that nothing of the proof is kept. 128 bits: who looks for
/// another proof of the same name finds it after 2^64 tries among its own, and only its own is then refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bevismerke {
    pub(super) navn: [u8; 16],
    pub(super) gyldig_til_s: i64,
}

impl Bevismerke {
    /// The name of a key's proof. `gyldig_til_s`: the last second in which it is taken.
    #[must_use]
    pub fn new(noekkelavtrykk: &[u8; 32], jti: &str, gyldig_til_s: i64) -> Self {
        let avtrykk = sha256_av(&[noekkelavtrykk, jti.as_bytes()]);
        let mut navn = [0; 16];
        for (til, fra) in navn.iter_mut().zip(avtrykk) {
            *til = fra;
        }
        Bevismerke { navn, gyldig_til_s }
    }

    /// The name itself, for whoever keeps a memory of another kind.
    #[must_use]
    pub fn navn(&self) -> &[u8; 16] {
        &self.navn
    }

    /// The last second in which the proof is taken. Units: seconds since 1970.
    #[must_use]
    pub fn gyldig_til_s(&self) -> i64 {
        self.gyldig_til_s
    }
}

/// A proof that is right. Only [`Bevis::kontroller`] makes one; it may still be a copy of one that was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kontrollert {
    merke: Bevismerke,
    noekkelavtrykk: [u8; 32],
    nonce: Option<String>,
}

impl Kontrollert {
    /// Its name in the memory of used proofs.
    #[must_use]
    pub fn merke(&self) -> Bevismerke {
        self.merke
    }

    /// Thumbprint of the key that made it. Source: RFC 7638.
    #[must_use]
    pub fn noekkelavtrykk(&self) -> &[u8; 32] {
        &self.noekkelavtrykk
    }

    /// `nonce`, for whoever gives them out.
    #[must_use]
    pub fn nonce(&self) -> Option<&str> {
        self.nonce.as_deref()
    }
}

impl<'a> Bevis<'a> {
    /// Reads the value of a `DPoP` header: size and form, `typ`, `alg`, and a key without private part.
    ///
    /// # Errors
    /// [`Dpopfeil`]; the first rule that is broken.
    pub fn les(verdi: &'a [u8]) -> Result<Self, Dpopfeil> {
        Self::les_med(verdi, None)
    }

    /// The same, where the header of an earlier proof is known: one that is equal to it is not read again.
    ///
    /// # Errors
    /// As [`Bevis::les`].
    pub fn les_med(verdi: &'a [u8], kjent: Option<&Bevishode>) -> Result<Self, Dpopfeil> {
        if verdi.len() > BEVIS_BYTE_MAKS {
            return Err(Dpopfeil::Jws(Jwsfeil::ForStor));
        }
        let tekst = std::str::from_utf8(verdi).map_err(|_| Dpopfeil::Jws(Jwsfeil::Base64))?;
        if let Some(kjent) = kjent
            && let Some(jws) = Kompakt::les_med_hode(tekst, &kjent.tekst, kjent.algoritme)
        {
            let noekkel = Arc::clone(&kjent.noekkel);
            return jws.map(|jws| Bevis { jws, noekkel }).map_err(Dpopfeil::Jws);
        }
        let form = Form {
            typ: Typ::Kreves(&[BEVISTYPE]),
            algoritmer: &Algoritme::ALLE,
            baerer_noekkel: true,
        };
        let jws = Kompakt::les_som(tekst, &form).map_err(Dpopfeil::Jws)?;
        if jws.x5c != X5c::Ingen {
            return Err(Dpopfeil::Jws(Jwsfeil::ForbudtHodefelt("x5c")));
        }
        let jwk = jws.jwk.as_ref().ok_or(Dpopfeil::UtenNoekkel)?;
        let noekkel = Offentlignoekkel::fra_bevis(jwk).map_err(Dpopfeil::Noekkel)?;
        let noekkel = Arc::new(noekkel);
        Ok(Bevis { jws, noekkel })
    }

    /// The header, for [`Bevis::les_med`]; none when it is too long to keep.
    #[must_use]
    pub fn hode(&self) -> Option<Bevishode> {
        let tekst = self.jws.hode();
        (tekst.len() <= HODE_BYTE_MAKS).then(|| Bevishode {
            tekst: tekst.into(),
            algoritme: self.jws.algoritme,
            noekkel: Arc::clone(&self.noekkel),
        })
    }

    /// Checks everything but whether it was used before.
    ///
    /// Shape: the key is the token's; signature; `ath`; `jti` present; `htm`; `htu`; `iat` not more than [`FORAN_S`] ahead
    /// and not more than [`ELDRE_S`] old; in that order.
    /// Source: RFC 9449 section 4.3; HelseID's documentation, ADR 0035.
    ///
    /// # Errors
    /// [`Dpopfeil`]; the first rule that is broken.
    pub fn kontroller(&self, krav: &Beviskrav<'_>, naa: Timestamp) -> Result<Kontrollert, Dpopfeil> {
        let noekkelavtrykk = *self.noekkel.avtrykk();
        if krav.bundet_til.is_some_and(|ventet| *ventet != noekkelavtrykk) {
            return Err(Dpopfeil::AnnenNoekkel);
        }
        if !self.noekkel.har_signert(&self.jws) {
            return Err(Dpopfeil::Signatur);
        }
        let innhold = les_objekt(&self.jws.nyttelast).map_err(Dpopfeil::Innhold)?;
        if let Some(ventet) = krav.tokenavtrykk {
            let ath = tekst(&innhold, "ath")?.ok_or(Dpopfeil::Krav("ath"))?;
            let ath = URL_SAFE_NO_PAD.decode(ath).map_err(|_| Dpopfeil::Krav("ath"))?;
            if ath != ventet {
                return Err(Dpopfeil::AnnetToken);
            }
        }
        let jti = tekst(&innhold, "jti")?.ok_or(Dpopfeil::Krav("jti"))?;
        if innhold
            .get("htm")
            .and_then(Value::as_str)
            .ok_or(Dpopfeil::Krav("htm"))?
            != krav.metode
        {
            return Err(Dpopfeil::AnnenMetode);
        }
        let htu = innhold
            .get("htu")
            .and_then(Value::as_str)
            .ok_or(Dpopfeil::Krav("htu"))?;
        let htu = Htu::les(htu).ok_or(Dpopfeil::AnnenAdresse)?;
        if !krav.origoer.iter().any(|origo| origo.passer(&htu, krav.sti)) {
            return Err(Dpopfeil::AnnenAdresse);
        }
        let iat = innhold.get("iat").and_then(Value::as_i64).filter(|iat| *iat > 0);
        let iat = iat.ok_or(Dpopfeil::Krav("iat"))?;
        let naa_s = naa.as_second();
        if iat > naa_s.saturating_add(FORAN_S) {
            return Err(Dpopfeil::IFramtiden);
        }
        let gyldig_til_s = iat.saturating_add(ELDRE_S);
        if gyldig_til_s < naa_s {
            return Err(Dpopfeil::ForGammelt);
        }
        Ok(Kontrollert {
            merke: Bevismerke::new(&noekkelavtrykk, jti, gyldig_til_s),
            noekkelavtrykk,
            nonce: tekst(&innhold, "nonce")?.map(str::to_owned),
        })
    }
}

/// A text of 1 to [`TEKST_BYTE_MAKS`] bytes, or nothing.
fn tekst<'a>(innhold: &'a Map<String, Value>, felt: &'static str) -> Result<Option<&'a str>, Dpopfeil> {
    let Some(verdi) = innhold.get(felt) else {
        return Ok(None);
    };
    let tekst = verdi
        .as_str()
        .filter(|tekst| (1..=TEKST_BYTE_MAKS).contains(&tekst.len()));
    tekst.map(Some).ok_or(Dpopfeil::Krav(felt))
}

/// A proof to be made.
#[derive(Clone, Copy)]
pub struct NyttBevis<'a> {
    /// The method of the request.
    pub metode: &'a str,
    /// The address of the request; query and fragment are left out.
    pub adresse: &'a str,
    /// The token that is shown, at an API.
    pub token: Option<&'a str>,
    /// The nonce that was given, at an issuer.
    pub nonce: Option<&'a str>,
}

impl NyttBevis<'_> {
    /// Makes the proof at a time. `jti` must be new for each.
    ///
    /// Source: RFC 9449 section 4.2.
    ///
    /// # Errors
    /// [`Signeringsfeil::Signering`].
    pub fn signer(&self, noekkel: &Signeringsnoekkel, naa: Timestamp, jti: &str) -> Result<String, Signeringsfeil> {
        let htu = self.adresse.split(['?', '#']).next().unwrap_or_default();
        let mut krav = json!({"jti": jti, "htm": self.metode, "htu": htu, "iat": naa.as_second()});
        if let Some(objekt) = krav.as_object_mut() {
            if let Some(token) = self.token {
                let ath = URL_SAFE_NO_PAD.encode(sha256(token.as_bytes()));
                objekt.insert("ath".to_owned(), Value::from(ath));
            }
            if let Some(nonce) = self.nonce {
                objekt.insert("nonce".to_owned(), Value::from(nonce));
            }
        }
        noekkel.signer_bevis(BEVISTYPE, &krav)
    }
}

/// Shows what it is for, and nothing of the token.
impl fmt::Debug for NyttBevis<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NyttBevis")
            .field("metode", &self.metode)
            .finish_non_exhaustive()
    }
}
