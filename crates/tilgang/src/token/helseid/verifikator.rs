//! The one way in: from the headers of a call to a [`Helseidtoken`].
//!
//! What lives here: the order of the checks. What does not: the checks. A newcomer's mistake is to move the proof before the
//! token: whoever has no token would then fill the memory of used proofs.

use std::fmt;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;

use super::framvisning::{Adgangsfeil, Framvisning, Godtar, Kall, les_framvisning};
use super::krav::{Helseidtoken, Maal, les_token};
use crate::token::TOKEN_LEVETID_MAKS_S;
use crate::token::dpop::{Bevis, Bevishode, Beviskrav, Bevislager, Brukt, Dpopfeil, Origo};
use crate::token::feil::Tokenfeil;
use crate::token::jws::{Algoritme, Form, Typ};
use crate::token::kontroll::{Signaturkontroll, Tidsbegrenset};
use crate::token::noekkellager::JwksKilde;

/// `aud` of tokens for the Person API. Source: the scopes' prefix; that it is exactly this is our choice, ADR 0035.
pub const MOTTAKER: &str = "nhn:hgd-persontjenesten-api";
/// How far two clocks may differ. Units: seconds. Source: HelseID's documentation ("a few seconds"), ADR 0035.
pub const HELSEID_TOLERANSE_S: i64 = 5;
/// Verified tokens kept. Source: our choice, as Maskinporten's.
const VERIFISERTE_MAKS: usize = 8192;
/// The values of `typ` that an access token has. Source: HelseID's documentation, ADR 0035.
const TYPER: [&str; 2] = ["at+jwt", "jwt"];

/// What a verifier trusts and tolerates.
pub struct Innstillinger {
    /// The issuer as its own metadata name it, compared character by character.
    pub utsteder: String,
    /// Whom tokens must be for.
    pub mottaker: String,
    /// Where the issuer's keys come from.
    pub noekler: Arc<dyn JwksKilde>,
    /// The algorithms that we take.
    pub algoritmer: Vec<Algoritme>,
    /// Difference of clocks tolerated. Units: seconds.
    pub toleranse_s: i64,
    /// Longest life of a token. Units: seconds.
    pub levetid_maks_s: i64,
    /// The public origins that a proof may be made for.
    pub origoer: Vec<Origo>,
    /// The memory of used proofs.
    pub bevis: Arc<Bevislager>,
    /// How many verified tokens are kept; 0 keeps none.
    pub verifiserte_maks: usize,
}

impl Innstillinger {
    /// The settings for an issuer and the Person API, with the defaults of this project.
    #[must_use]
    pub fn new(
        utsteder: impl Into<String>,
        noekler: Arc<dyn JwksKilde>,
        origoer: Vec<Origo>,
        bevis: Arc<Bevislager>,
    ) -> Self {
        Innstillinger {
            utsteder: utsteder.into(),
            mottaker: MOTTAKER.to_owned(),
            noekler,
            algoritmer: Algoritme::ALLE.to_vec(),
            toleranse_s: HELSEID_TOLERANSE_S,
            levetid_maks_s: TOKEN_LEVETID_MAKS_S,
            origoer,
            bevis,
            verifiserte_maks: VERIFISERTE_MAKS,
        }
    }
}

/// A token that was verified, and the header of the first proof that was right for it: a token is bound to one key.
struct Kjent {
    token: Arc<Helseidtoken>,
    bevishode: OnceLock<Bevishode>,
}

impl Tidsbegrenset for Kjent {
    fn sjekk_tid(&self, naa_s: i64, toleranse_s: i64) -> Result<(), Tokenfeil> {
        self.token.sjekk_tid(naa_s, toleranse_s)
    }
}

/// Lets calls in with tokens from one HelseID, the real one or ours.
///
/// Must be used inside a tokio runtime: keys are fetched by a task of its own.
pub struct Helseidverifikator {
    utsteder: String,
    mottaker: String,
    kontroll: Signaturkontroll<Kjent>,
    toleranse_s: i64,
    levetid_maks_s: i64,
    origoer: Vec<Origo>,
    bevis: Arc<Bevislager>,
}

impl Helseidverifikator {
    /// A verifier with an empty cache. Fetches nothing yet.
    #[must_use]
    pub fn new(innstillinger: Innstillinger) -> Self {
        let form = Form {
            typ: Typ::Kreves(&TYPER),
            algoritmer: &Algoritme::ALLE,
            baerer_noekkel: false,
        };
        let kontroll = Signaturkontroll::new(
            form,
            innstillinger.algoritmer,
            innstillinger.toleranse_s,
            innstillinger.noekler,
            innstillinger.verifiserte_maks,
        );
        Helseidverifikator {
            utsteder: innstillinger.utsteder,
            mottaker: innstillinger.mottaker,
            kontroll,
            toleranse_s: innstillinger.toleranse_s,
            levetid_maks_s: innstillinger.levetid_maks_s,
            origoer: innstillinger.origoer,
            bevis: innstillinger.bevis,
        }
    }

    /// Lets a call in at a time, or says why not. What it says of the proof is written when this is done; whoever can wait with that
    /// until the answer is ready calls [`Helseidverifikator::slipp_inn_med_bevis`].
    ///
    /// # Errors
    /// As [`Helseidverifikator::slipp_inn_med_bevis`].
    pub async fn slipp_inn(
        &self,
        kall: &Kall<'_>,
        godtar: Godtar,
        naa: Timestamp,
    ) -> Result<Arc<Helseidtoken>, Adgangsfeil> {
        let (token, brukt) = self.slipp_inn_med_bevis(kall, godtar, naa).await?;
        brukt.skriv().map_err(Adgangsfeil::Bevis)?;
        Ok(token)
    }

    /// Lets a call in at a time, or says why not. [`Brukt::skriv`] must go well before the call is answered.
    ///
    /// Shape: scheme; with DPoP exactly one proof; the token; that it was shown in the scheme that it is for; the proof, for
    /// this token and this call; that the proof was not used before. The token is remembered once verified, and with it what the
    /// header of a right proof said; the proof's signature is verified each time.
    /// Source: HelseID's documentation, ADR 0035; RFC 9449 section 7.1.
    ///
    /// # Errors
    /// [`Adgangsfeil`]: the first rule that is broken, or one for which [`Adgangsfeil::er_midlertidig`] when we cannot tell.
    pub async fn slipp_inn_med_bevis(
        &self,
        kall: &Kall<'_>,
        godtar: Godtar,
        naa: Timestamp,
    ) -> Result<(Arc<Helseidtoken>, Brukt), Adgangsfeil> {
        let (vist, tekst) = les_framvisning(kall.authorization)?;
        let bevis = match (vist, kall.dpop) {
            (Framvisning::Bearer, _) if godtar == Godtar::KunDpop => return Err(Adgangsfeil::KreverDpop),
            (Framvisning::Bearer, _) => None,
            (Framvisning::Dpop, []) => return Err(Adgangsfeil::Bevis(Dpopfeil::Mangler)),
            (Framvisning::Dpop, [bevis]) => Some(*bevis),
            (Framvisning::Dpop, _) => return Err(Adgangsfeil::Bevis(Dpopfeil::FlereHoder)),
        };
        let naa_s = naa.as_second();
        let maal = Maal {
            utsteder: &self.utsteder,
            mottaker: &self.mottaker,
            toleranse_s: self.toleranse_s,
            levetid_maks_s: self.levetid_maks_s,
        };
        let les = |nyttelast: &[u8]| -> Result<Kjent, Tokenfeil> {
            Ok(Kjent {
                token: Arc::new(les_token(nyttelast, &maal, naa_s)?),
                bevishode: OnceLock::new(),
            })
        };
        let (kjent, avtrykk) = self
            .kontroll
            .verifiser(tekst, naa_s, les)
            .await
            .map_err(|feil| Adgangsfeil::Token { vist, feil })?;
        let brukt = match (kjent.token.bundet_til(), bevis) {
            (None, None) => Brukt::ingen(),
            (Some(_), None) => return Err(Adgangsfeil::BundetSomBearer),
            (None, Some(_)) => return Err(Adgangsfeil::UbundetSomDpop),
            (Some(bundet_til), Some(bevis)) => {
                let krav = Beviskrav {
                    bundet_til: Some(bundet_til),
                    tokenavtrykk: Some(avtrykk.som_byte()),
                    metode: kall.metode,
                    origoer: &self.origoer,
                    sti: kall.sti,
                };
                let bevis = Bevis::les_med(bevis, kjent.bevishode.get()).map_err(Adgangsfeil::Bevis)?;
                let merke = bevis.kontroller(&krav, naa).map_err(Adgangsfeil::Bevis)?.merke();
                if kjent.bevishode.get().is_none()
                    && let Some(hode) = bevis.hode()
                {
                    let _ = kjent.bevishode.set(hode);
                }
                self.bevis.krev(merke).map_err(Adgangsfeil::Bevis)?
            }
        };
        Ok((Arc::clone(&kjent.token), brukt))
    }

    /// How often a token was remembered as verified, and how often it had to be verified. For metrics.
    #[must_use]
    pub fn oppslag(&self) -> (u64, u64) {
        self.kontroll.oppslag()
    }

    /// How many used proofs are remembered. For metrics.
    #[must_use]
    pub fn antall_brukte_bevis(&self) -> usize {
        self.bevis.antall()
    }

    #[cfg(test)]
    pub(super) fn antall_husket(&self) -> usize {
        self.kontroll.antall_husket()
    }
}

impl fmt::Debug for Helseidverifikator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Helseidverifikator")
            .field("utsteder", &self.utsteder)
            .finish_non_exhaustive()
    }
}
