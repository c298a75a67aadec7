//! The token service: from a form and a proof to a token or a refusal.
//!
//! ```text
//!  form ▶ assertion ▶ scopes ▶ organisation ▶ blocks, grants ▶ proof and nonce ▶ both used now ▶ token
//! ```
//!
//! What a newcomer gets wrong: the challenge for a nonce comes before anything is marked as used, or a client that answers it
//! with the same assertion would be refused.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use identifikator::Organisasjonsnummer;
use jiff::Timestamp;
use serde_json::{Value, json};
use tilgang::avtale::{Avtaleregister, Klient, Rettighet};
use tilgang::token::dpop::{Bevis, Beviskrav, Dpopfeil, Kontrollert, NyttBevis, Origo};
use tilgang::token::helseid::{
    HELSEID_TOLERANSE_S, Klientpaastand, ORGNR_CHILD, ORGNR_PARENT, ORGNR_SUPPLIER, Scope, TENANCY,
};
use tilgang::token::{Algoritme, Signeringsfeil, TOKEN_LEVETID_MAKS_S, les_scope};

use super::avslag::Avslag;
use super::modell::{Delegering, Feil, Forespoersel, Innstillinger, Tokenoenske, Tokensvar, Underenhet};
use super::nonce::Noncer;
use super::paastand::{self, Sjekket};
use crate::gjenbruk::{BRUKTE_MAKS, Bruk, Brukte};
use crate::noekkelring::Noekkelring;
use crate::skjema::{self, SKJEMATYPE};

const GRANTTYPE: &str = "client_credentials";
/// Source: RFC 7523 section 2.2.
const PAASTANDSSLAG: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const TOKENSTI: &str = "/connect/token";
const JWKSSTI: &str = "/.well-known/openid-configuration/jwks";

/// For whom a token is.
#[derive(Clone, Copy)]
struct Virksomhet {
    forelder: Organisasjonsnummer,
    underenhet: Option<Organisasjonsnummer>,
    leverandoer: Option<Organisasjonsnummer>,
}

/// A built-in HelseID.
pub struct Helseid {
    innstillinger: Innstillinger,
    origo: Origo,
    register: Arc<Avtaleregister>,
    noekler: RwLock<Noekkelring>,
    noncer: Noncer,
    paastander: Brukte,
    bevis: Brukte,
}

impl Helseid {
    /// Opens an issuer whose keys lie in a folder; makes folder and key when they are not there.
    ///
    /// # Errors
    /// [`Feil::Utsteder`], [`Feil::Levetid`], [`Feil::Noekler`].
    pub fn aapne(
        innstillinger: Innstillinger,
        noekkelmappe: &Path,
        register: Arc<Avtaleregister>,
        naa: Timestamp,
    ) -> Result<Self, Feil> {
        let origo = Origo::les(&innstillinger.utsteder).map_err(|_| Feil::Utsteder)?;
        if innstillinger.utsteder.ends_with('/') {
            return Err(Feil::Utsteder);
        }
        if !(1..=TOKEN_LEVETID_MAKS_S).contains(&innstillinger.token_levetid_s) {
            return Err(Feil::Levetid);
        }
        let noekler = Noekkelring::aapne(noekkelmappe)?;
        tracing::info!(kid = noekler.aktiv().kid(), naa = %naa, "HelseID-utstederen er klar");
        Ok(Helseid {
            innstillinger,
            origo,
            register,
            noekler: RwLock::new(noekler),
            noncer: Noncer::new().ok_or(Feil::Signering(Signeringsfeil::Generering))?,
            paastander: Brukte::new(BRUKTE_MAKS),
            bevis: Brukte::new(BRUKTE_MAKS),
        })
    }

    /// The issuer's name.
    #[must_use]
    pub fn utsteder(&self) -> &str {
        &self.innstillinger.utsteder
    }

    /// The metadata document. Source: OpenID Connect Discovery 1.0 section 3; RFC 8414; RFC 9449 section 5.1.
    #[must_use]
    pub fn metadata(&self) -> Value {
        let utsteder = &self.innstillinger.utsteder;
        let algoritmer = Algoritme::ALLE.map(Algoritme::navn);
        json!({
            "issuer": utsteder,
            "jwks_uri": format!("{utsteder}{JWKSSTI}"),
            "token_endpoint": format!("{utsteder}{TOKENSTI}"),
            "grant_types_supported": [GRANTTYPE],
            "scopes_supported": Scope::ALLE.map(Scope::navn),
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": algoritmer,
            "dpop_signing_alg_values_supported": algoritmer,
            "authorization_details_types_supported": ["helseid_authorization"],
        })
    }

    /// The public keys at a time.
    #[must_use]
    pub fn jwks(&self, naa: Timestamp) -> Value {
        self.noekler.read().unwrap_or_else(PoisonError::into_inner).jwks(naa)
    }

    /// A nonce for the next proof. Goes into `DPoP-Nonce` with [`Avslag::BrukNonce`].
    #[must_use]
    pub fn ny_nonce(&self, naa: Timestamp) -> String {
        self.noncer.ny(naa.as_second())
    }

    /// Takes a new signing key into use. The former one is published until its last token has expired.
    ///
    /// # Errors
    /// [`Feil::Noekler`].
    pub fn roter(&self, naa: Timestamp) -> Result<(), Feil> {
        let siste_token_s = self.innstillinger.token_levetid_s + HELSEID_TOLERANSE_S;
        let mut noekler = self.noekler.write().unwrap_or_else(PoisonError::into_inner);
        noekler.roter(naa, siste_token_s)?;
        tracing::info!(kid = noekler.aktiv().kid(), "HelseID-utstederen har fått ny nøkkel");
        Ok(())
    }

    /// Answers a request to the token endpoint.
    ///
    /// # Errors
    /// [`Avslag`].
    pub fn token(&self, forespoersel: &Forespoersel<'_>, naa: Timestamp) -> Result<Tokensvar, Avslag> {
        let skjema = skjema::les(forespoersel.innholdstype, forespoersel.kropp).map_err(Avslag::Skjema)?;
        let paastand = les_paastand(&skjema)?;
        let klient_id = skjema.get("client_id").map(String::as_str);
        let utsteder = &self.innstillinger.utsteder;
        let sjekket = paastand::sjekk(paastand, klient_id, utsteder, &self.register, naa)?;
        let scopes = les_scopes(&skjema, &sjekket.klient)?;
        let virksomhet = self.finn_virksomhet(&sjekket)?;
        self.sjekk_tilgang(&sjekket.klient, virksomhet, &scopes, naa)?;
        let bevis = self.sjekk_bevis(forespoersel.dpop, &scopes, naa)?;
        self.bruk(&sjekket, bevis.as_ref(), naa)?;
        let bundet_til = bevis.as_ref().map(Kontrollert::noekkelavtrykk);
        self.lag(&sjekket.klient, virksomhet, &scopes, bundet_til, naa)
            .map_err(|_| Avslag::Internt)
    }

    /// Asks for a token as a client would: signs an assertion, and a proof with a nonce, and hands them to
    /// [`Helseid::token`].
    ///
    /// # Errors
    /// [`Feil::Avslag`] for whatever the endpoint refuses, [`Feil::Signering`].
    pub fn be_om_token(&self, oenske: &Tokenoenske<'_>, naa: Timestamp) -> Result<Tokensvar, Feil> {
        let ny_id = || uuid::Uuid::new_v4().to_string();
        let paastand = Klientpaastand {
            klient_id: oenske.klient_id.to_owned(),
            utsteder: self.innstillinger.utsteder.clone(),
            organisasjon: oenske.organisasjon,
        };
        let paastand = paastand.signer(oenske.noekkel, naa, &ny_id())?;
        let skjema = skjema_for(oenske.klient_id, oenske.scope, &paastand);
        let nonce = self.ny_nonce(naa);
        let bevis = NyttBevis {
            metode: "POST",
            adresse: &self.origo.adresse(TOKENSTI),
            token: None,
            nonce: Some(&nonce),
        };
        let bevis = oenske
            .dpop
            .map(|noekkel| bevis.signer(noekkel, naa, &ny_id()))
            .transpose()?;
        let dpop: Vec<&[u8]> = bevis.iter().map(String::as_bytes).collect();
        let forespoersel = Forespoersel {
            innholdstype: Some(SKJEMATYPE),
            kropp: skjema.as_bytes(),
            dpop: &dpop,
        };
        self.token(&forespoersel, naa).map_err(Feil::Avslag)
    }

    /// The organisations of the token: those that the assertion names and the client may name, else the client's own.
    fn finn_virksomhet(&self, sjekket: &Sjekket) -> Result<Virksomhet, Avslag> {
        let klient = &sjekket.klient;
        let egen = klient.organisasjon;
        let Some(valg) = sjekket.organisasjon else {
            return Ok(Virksomhet {
                forelder: egen,
                underenhet: None,
                leverandoer: None,
            });
        };
        let delegering = Delegering {
            forelder: valg.forelder,
            leverandoer: egen,
        };
        if valg.forelder != egen && !self.innstillinger.delegeringer.contains(&delegering) {
            return Err(Avslag::Organisasjon);
        }
        let paa_listen = |underenhet| {
            self.innstillinger.underenheter.contains(&Underenhet {
                klient_id: klient.klient_id.clone(),
                forelder: valg.forelder,
                underenhet,
            })
        };
        if valg.underenhet.is_some_and(|underenhet| !paa_listen(underenhet)) {
            return Err(Avslag::Organisasjon);
        }
        Ok(Virksomhet {
            forelder: valg.forelder,
            underenhet: valg.underenhet,
            leverandoer: (valg.forelder != egen).then_some(egen),
        })
    }

    /// No token for who is blocked, and none without a valid grant of the parent organisation for every scope.
    fn sjekk_tilgang(
        &self,
        klient: &Klient,
        virksomhet: Virksomhet,
        scopes: &[Scope],
        naa: Timestamp,
    ) -> Result<(), Avslag> {
        let organisasjoner = [virksomhet.forelder, klient.organisasjon];
        if self.register.er_sperret(&organisasjoner, &klient.klient_id) {
            return Err(Avslag::Sperret);
        }
        for scope in scopes {
            let rettighet = Rettighet::Scope(scope.navn().to_owned());
            if self.register.finn(virksomhet.forelder, &rettighet, naa).is_none() {
                return Err(Avslag::IngenAvtale);
            }
        }
        Ok(())
    }

    /// The proof, if there is one: right, and with a nonce of ours. None for a scope that takes bearer tokens.
    fn sjekk_bevis(&self, dpop: &[&[u8]], scopes: &[Scope], naa: Timestamp) -> Result<Option<Kontrollert>, Avslag> {
        let verdi = match dpop {
            [] if scopes.iter().any(|scope| scope.krever_dpop()) => return Err(Avslag::KreverDpop),
            [] => return Ok(None),
            [en] => en,
            _ => return Err(Avslag::Bevis(Dpopfeil::FlereHoder)),
        };
        let krav = Beviskrav {
            bundet_til: None,
            tokenavtrykk: None,
            metode: "POST",
            origoer: std::slice::from_ref(&self.origo),
            sti: TOKENSTI,
        };
        let bevis = Bevis::les(verdi).and_then(|bevis| bevis.kontroller(&krav, naa));
        let bevis = bevis.map_err(Avslag::Bevis)?;
        match bevis.nonce() {
            Some(nonce) if self.noncer.er_gyldig(nonce, naa.as_second()) => Ok(Some(bevis)),
            _ => Err(Avslag::BrukNonce),
        }
    }

    /// Marks proof and assertion as used.
    fn bruk(&self, sjekket: &Sjekket, bevis: Option<&Kontrollert>, naa: Timestamp) -> Result<(), Avslag> {
        let naa_s = naa.as_second();
        if let Some(bevis) = bevis {
            let merke = bevis.merke();
            match self.bevis.bruk(sha256(merke.navn()), merke.gyldig_til_s(), naa_s) {
                Bruk::Foerste => {}
                Bruk::Igjen => return Err(Avslag::Bevis(Dpopfeil::Gjenbrukt)),
                Bruk::Fullt => return Err(Avslag::Fullt),
            }
        }
        match self
            .paastander
            .bruk(sha256(&sjekket.kjennetegn), sjekket.husk_til_s, naa_s)
        {
            Bruk::Foerste => Ok(()),
            Bruk::Igjen => Err(Avslag::Brukt),
            Bruk::Fullt => Err(Avslag::Fullt),
        }
    }

    fn lag(
        &self,
        klient: &Klient,
        virksomhet: Virksomhet,
        scopes: &[Scope],
        bundet_til: Option<&[u8; 32]>,
        naa: Timestamp,
    ) -> Result<Tokensvar, Signeringsfeil> {
        let (iat, levetid) = (naa.as_second(), self.innstillinger.token_levetid_s);
        let scope = scopes.iter().map(|scope| scope.navn()).collect::<Vec<_>>().join(" ");
        let jti = uuid::Uuid::new_v4().to_string();
        let flere = virksomhet.leverandoer.is_some();
        let mut krav = json!({
            "iss": self.innstillinger.utsteder,
            "aud": scopes.first().map(|scope| scope.mottaker()),
            "nbf": iat,
            "iat": iat,
            "exp": iat.saturating_add(levetid),
            "jti": jti,
            "client_id": klient.klient_id,
            "scope": scope,
            "helseid://claims/client/amr": "private_key_jwt",
            TENANCY: if flere { "multi-tenant" } else { "single-tenant" },
            ORGNR_PARENT: virksomhet.forelder.to_string(),
        });
        if let Some(objekt) = krav.as_object_mut() {
            if let Some(underenhet) = virksomhet.underenhet {
                objekt.insert(ORGNR_CHILD.to_owned(), Value::from(underenhet.to_string()));
            }
            if let Some(leverandoer) = virksomhet.leverandoer {
                objekt.insert(ORGNR_SUPPLIER.to_owned(), Value::from(leverandoer.to_string()));
            }
            if let Some(avtrykk) = bundet_til {
                objekt.insert("cnf".to_owned(), json!({"jkt": URL_SAFE_NO_PAD.encode(avtrykk)}));
            }
        }
        let noekkel = self.noekler.read().unwrap_or_else(PoisonError::into_inner).aktiv();
        let access_token = noekkel.signer_som("at+jwt", &krav)?;
        tracing::info!(
            klient_id = klient.klient_id,
            jti,
            scope,
            bundet = bundet_til.is_some(),
            "token er utstedt"
        );
        Ok(Tokensvar {
            access_token,
            bundet: bundet_til.is_some(),
            expires_in: levetid,
            scope,
        })
    }
}

impl fmt::Debug for Helseid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Helseid")
            .field("utsteder", &self.innstillinger.utsteder)
            .finish_non_exhaustive()
    }
}

/// Takes the assertion out of the form.
fn les_paastand(skjema: &BTreeMap<String, String>) -> Result<&str, Avslag> {
    let felt = |navn: &str| skjema.get(navn).map(String::as_str);
    match felt("grant_type") {
        None => return Err(Avslag::Skjema("grant_type is missing")),
        Some(GRANTTYPE) => {}
        Some(_) => return Err(Avslag::Granttype),
    }
    if felt("client_assertion_type") != Some(PAASTANDSSLAG) {
        return Err(Avslag::Skjema("client_assertion_type must be the one of RFC 7523"));
    }
    felt("client_assertion").ok_or(Avslag::Skjema("client_assertion is missing"))
}

/// The scopes asked for: each known, on the client, and all of one API.
fn les_scopes(skjema: &BTreeMap<String, String>, klient: &Klient) -> Result<Vec<Scope>, Avslag> {
    let tekst = skjema.get("scope").ok_or(Avslag::Skjema("scope is missing"))?;
    let ord = les_scope(&Value::from(tekst.as_str())).ok_or(Avslag::Scope)?;
    let les = |navn: &String| {
        Scope::fra_navn(navn)
            .filter(|_| klient.scopes.contains(navn))
            .ok_or(Avslag::Scope)
    };
    let scopes: Vec<Scope> = ord.iter().map(les).collect::<Result<_, _>>()?;
    let mottakere: BTreeSet<&str> = scopes.iter().map(|scope| scope.mottaker()).collect();
    if mottakere.len() > 1 {
        return Err(Avslag::FlereMottakere);
    }
    Ok(scopes)
}

/// The form of a token request.
pub(super) fn skjema_for(klient_id: &str, scope: &str, paastand: &str) -> String {
    form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", GRANTTYPE)
        .append_pair("client_id", klient_id)
        .append_pair("scope", scope)
        .append_pair("client_assertion_type", PAASTANDSSLAG)
        .append_pair("client_assertion", paastand)
        .finish()
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut ut = [0; 32];
    ut.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    ut
}
