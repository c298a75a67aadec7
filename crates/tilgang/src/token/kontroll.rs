//! What the verification of every issuer's access tokens shares: size, form, key, signature, and what is remembered.
//!
//! What lives here: the way from text to a payload whose signature is true, and the table of those that were verified a
//! moment ago. What does not: the claims, which each issuer's own reader is handed. A newcomer's mistake is to read a claim
//! before the signature: the reader is called after it, and is given nothing else.

use std::sync::Arc;

use super::feil::Tokenfeil;
use super::jws::{Algoritme, Form, JWS_BYTES_MAKS, Jwsfeil, Kompakt, X5c};
use super::noekkellager::{JwksKilde, Noekkellager, Noekkelmangel};
use super::verifisert::{Avtrykk, Oppfoering, Verifiserte};

/// A token that knows how long it may be used.
pub(super) trait Tidsbegrenset {
    /// Whether it may be used at a time. Units: seconds.
    fn sjekk_tid(&self, naa_s: i64, toleranse_s: i64) -> Result<(), Tokenfeil>;
}

/// One issuer's keys, and its tokens that were verified a moment ago.
pub(super) struct Signaturkontroll<T> {
    form: Form<'static>,
    algoritmer: Vec<Algoritme>,
    toleranse_s: i64,
    noekler: Noekkellager,
    verifiserte: Verifiserte<T>,
}

impl<T: Tidsbegrenset> Signaturkontroll<T> {
    /// `algoritmer` are those of the form that this verifier takes; `verifiserte_maks` of 0 remembers nothing.
    pub(super) fn new(
        form: Form<'static>,
        algoritmer: Vec<Algoritme>,
        toleranse_s: i64,
        noekler: Arc<dyn JwksKilde>,
        verifiserte_maks: usize,
    ) -> Self {
        Signaturkontroll {
            form,
            algoritmer,
            toleranse_s,
            noekler: Noekkellager::new(noekler),
            verifiserte: Verifiserte::new(verifiserte_maks),
        }
    }

    /// Verifies a token at a time; `les` reads the claims, and its token is remembered. Returns the token's own hash too.
    pub(super) async fn verifiser(
        &self,
        tekst: &str,
        naa_s: i64,
        les: impl FnOnce(&[u8]) -> Result<T, Tokenfeil>,
    ) -> Result<(Arc<T>, Avtrykk), Tokenfeil> {
        if tekst.len() > JWS_BYTES_MAKS {
            return Err(Tokenfeil::Jws(Jwsfeil::ForStor));
        }
        let avtrykk = Avtrykk::av(tekst);
        if let Some(kjent) = self.verifiserte.finn(avtrykk) {
            let noekkel = self.noekler.finn_hentet(&kjent.kid, naa_s);
            let gjelder = noekkel.is_some_and(|noekkel| *noekkel.avtrykk() == kjent.noekkelavtrykk);
            if gjelder && kjent.token.sjekk_tid(naa_s, self.toleranse_s).is_ok() {
                return Ok((kjent.token, avtrykk));
            }
            self.verifiserte.glem(avtrykk);
        }

        let jws = Kompakt::les_som(tekst, &self.form).map_err(Tokenfeil::Jws)?;
        if jws.x5c != X5c::Ingen {
            return Err(Tokenfeil::Sertifikatkjede);
        }
        if !self.algoritmer.contains(&jws.algoritme) {
            return Err(Tokenfeil::AlgoritmeIkkeTillatt);
        }
        let kid = jws.kid.as_deref().ok_or(Tokenfeil::UtenKid)?;
        let noekkel = self.noekler.finn(kid, naa_s).await.map_err(|mangel| match mangel {
            Noekkelmangel::Ukjent => Tokenfeil::UkjentNoekkel,
            Noekkelmangel::Utilgjengelig => Tokenfeil::NoeklerUtilgjengelige,
        })?;
        if !noekkel.binding().tillater(jws.algoritme) {
            return Err(Tokenfeil::AlgoritmeIkkeNoekkelens);
        }
        if !noekkel.har_signert(&jws) {
            return Err(Tokenfeil::Signatur);
        }
        let token = Arc::new(les(&jws.nyttelast)?);
        let oppfoering = Oppfoering {
            token: Arc::clone(&token),
            kid: kid.into(),
            noekkelavtrykk: *noekkel.avtrykk(),
        };
        self.verifiserte.husk(avtrykk, oppfoering);
        Ok((token, avtrykk))
    }

    /// How often a token was remembered, and how often not.
    pub(super) fn oppslag(&self) -> (u64, u64) {
        self.verifiserte.oppslag()
    }

    #[cfg(test)]
    pub(super) fn antall_husket(&self) -> usize {
        self.verifiserte.antall()
    }
}
