//! The decision: does this HelseID token open this branch of the Person API, now?
//!
//! What lives here: scope, parent organisation, blocks, grant, and whether graded addresses may be seen. What does not: the token
//! and its proof ([`crate::token::helseid`]), and what a branch shows. The one thing a newcomer gets wrong: the parent
//! organisation's grant is asked for, never the supplier's, and a token without one opens nothing, in version 2 either.

use std::sync::Arc;

use identifikator::Organisasjonsnummer;
use jiff::Timestamp;

use super::modell::{Avtaleid, Rettighet};
use super::register::Avtaleregister;
use crate::token::Sluttbruker;
use crate::token::helseid::{Helseidtoken, Scope};

/// A caller that may use a branch of the Person API. Only [`avgjoer_scope`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scopekaller {
    forelder: Organisasjonsnummer,
    leverandoer: Option<Organisasjonsnummer>,
    scope: Scope,
    graderte_adresser: bool,
    avtale: Avtaleid,
    klient_id: Arc<str>,
    jti: Option<Arc<str>>,
    sluttbruker: Option<Sluttbruker>,
}

impl Scopekaller {
    /// The parent organisation: grants, throttling and log go by it.
    #[must_use]
    pub fn forelder(&self) -> Organisasjonsnummer {
        self.forelder
    }

    /// The supplier that calls on its behalf. For the log.
    #[must_use]
    pub fn leverandoer(&self) -> Option<Organisasjonsnummer> {
        self.leverandoer
    }

    /// The scope that was opened.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// Whether graded (fortrolig) addresses may be seen.
    #[must_use]
    pub fn ser_graderte_adresser(&self) -> bool {
        self.graderte_adresser
    }

    /// The grant that opened it. For the log.
    #[must_use]
    pub fn avtale(&self) -> Avtaleid {
        self.avtale
    }

    /// `client_id` of the token. For the log.
    #[must_use]
    pub fn klient_id(&self) -> &str {
        &self.klient_id
    }

    /// `jti` of the token, if it has one. For the log.
    #[must_use]
    pub fn jti(&self) -> Option<&str> {
        self.jti.as_deref()
    }

    /// The end user of the token, if any. For the audit log.
    #[must_use]
    pub fn sluttbruker(&self) -> Option<&Sluttbruker> {
        self.sluttbruker.as_ref()
    }
}

/// Why a verified token does not open a branch. All are 403: we know who calls, and the answer is no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Scopeavslag {
    /// The token does not hold the scope of this branch.
    #[error("tokenet har ikke scopet som kreves")]
    ManglerScope,
    /// The token names no parent organisation.
    #[error("tokenet nevner ingen overordnet virksomhet")]
    ManglerForelder,
    /// The parent organisation has no grant for this scope at this time.
    #[error("virksomheten har ingen gyldig avtale for scopet")]
    IngenAvtale,
    /// An organisation of the token or its client is blocked. Which of them, and why, is not said.
    #[error("tilgangen er sperret")]
    Sperret,
}

impl Scopeavslag {
    /// `error` of `WWW-Authenticate`, where RFC 6750 has one for the case.
    #[must_use]
    pub fn feilkode(self) -> Option<&'static str> {
        match self {
            Scopeavslag::ManglerScope => Some("insufficient_scope"),
            Scopeavslag::ManglerForelder | Scopeavslag::IngenAvtale | Scopeavslag::Sperret => None,
        }
    }

    /// A word for the audit record.
    #[must_use]
    pub fn kode(self) -> &'static str {
        match self {
            Scopeavslag::ManglerScope => "mangler-scope",
            Scopeavslag::ManglerForelder => "mangler-virksomhet",
            Scopeavslag::IngenAvtale => "ingen-avtale",
            Scopeavslag::Sperret => "sperret",
        }
    }
}

/// Whether a grant for a scope can open graded addresses: the two that stand for a legal basis.
///
/// Source: ruling 3; access matrix, `persontjenesten.scopes`.
#[must_use]
pub fn kan_se_graderte(scope: Scope) -> bool {
    matches!(scope, Scope::LesMedHjemmel | Scope::FullTilgang)
}

/// Decides whether a verified token opens a scope at a time.
///
/// Shape: nobody in the call is blocked (parent, unit, supplier, client); the scope as a whole word; a parent organisation; a grant
/// that it, and never the supplier, holds now. Graded addresses where the grant says so, for the scopes that may have them.
/// Source: Person API v3, policy on the parent organisation; that version 2 needs it too is our choice: without it nobody is known
/// who a grant could be for.
///
/// # Errors
/// [`Scopeavslag`]: the first rule that is broken.
pub fn avgjoer_scope(
    register: &Avtaleregister,
    token: &Helseidtoken,
    scope: Scope,
    naa: Timestamp,
) -> Result<Scopekaller, Scopeavslag> {
    let organisasjoner: Vec<Organisasjonsnummer> = [token.forelder(), token.underenhet(), token.leverandoer()]
        .into_iter()
        .flatten()
        .collect();
    if register.er_sperret(&organisasjoner, token.klient_id()) {
        return Err(Scopeavslag::Sperret);
    }
    if !token.har_scope(scope.navn()) {
        return Err(Scopeavslag::ManglerScope);
    }
    let forelder = token.forelder().ok_or(Scopeavslag::ManglerForelder)?;
    let rettighet = Rettighet::Scope(scope.navn().to_owned());
    let avtale = register
        .finn(forelder, &rettighet, naa)
        .ok_or(Scopeavslag::IngenAvtale)?;
    Ok(Scopekaller {
        forelder,
        leverandoer: token.leverandoer(),
        scope,
        graderte_adresser: kan_se_graderte(scope) && avtale.ser_graderte_adresser(),
        avtale: avtale.id,
        klient_id: token.felles_klient_id(),
        jti: token.felles_jti(),
        sluttbruker: token.sluttbruker().cloned(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::feil::Feil;
    use super::super::modell::{Avtaleendring, NyAvtale};
    use super::super::sperre::Sperret;
    use super::*;
    use crate::token::helseid::{ORGNR_CHILD, ORGNR_PARENT, ORGNR_SUPPLIER, proevetoken};
    use crate::token::testverktoey::NAA_S;

    const FORELDER: &str = "310000000";
    const UNDERENHET: &str = "310000019";
    const LEVERANDOER: &str = "310000027";

    fn tid(sekunder: i64) -> Timestamp {
        Timestamp::from_second(sekunder).unwrap()
    }

    fn org(nummer: &str) -> Organisasjonsnummer {
        Organisasjonsnummer::parse(nummer).unwrap()
    }

    fn avtale(hvem: &str, scope: Scope, graderte: bool) -> NyAvtale {
        NyAvtale {
            organisasjon: org(hvem),
            rettighet: Rettighet::fra_scope(scope.navn()).unwrap(),
            graderte_adresser: graderte,
            er_privat: false,
            formaal: "prøve".to_owned(),
            hjemmel: "prøveloven § 1".to_owned(),
            fra: tid(NAA_S),
            til: Some(tid(NAA_S + 60)),
        }
    }

    fn register(avtaler: &[NyAvtale]) -> (tempfile::TempDir, Avtaleregister) {
        let mappe = tempfile::tempdir().unwrap();
        let register = Avtaleregister::aapne(&mappe.path().join("avtale")).unwrap();
        for avtale in avtaler {
            register.gi(avtale, "prøve", tid(NAA_S)).unwrap();
        }
        (mappe, register)
    }

    fn token(scope: &str, endring: impl FnOnce(&mut Value)) -> Helseidtoken {
        let mut krav = json!({
            "client_id": "klient", "scope": scope, "jti": "t", ORGNR_PARENT: FORELDER, ORGNR_CHILD: UNDERENHET,
            ORGNR_SUPPLIER: LEVERANDOER,
        });
        endring(&mut krav);
        proevetoken(krav, NAA_S)
    }

    #[test]
    fn scope_and_grant_together_open_that_branch_and_no_other() {
        let api: Vec<Scope> = Scope::ALLE.into_iter().filter(|s| *s != Scope::Testdata).collect();
        for har in &api {
            let (_mappe, register) = register(&[avtale(FORELDER, *har, false)]);
            for spurt in &api {
                let svar = avgjoer_scope(&register, &token(har.navn(), |_| {}), *spurt, tid(NAA_S));
                match svar {
                    Ok(kaller) => {
                        assert_eq!((har, kaller.scope()), (spurt, *har));
                        assert_eq!(
                            (kaller.forelder(), kaller.leverandoer()),
                            (org(FORELDER), Some(org(LEVERANDOER)))
                        );
                        assert_eq!((kaller.klient_id(), kaller.jti()), ("klient", Some("t")));
                        assert!(!kaller.ser_graderte_adresser());
                    }
                    Err(avslag) => assert!(har != spurt && avslag == Scopeavslag::ManglerScope),
                }
            }
            let alle: Vec<&str> = api.iter().map(|s| s.navn()).collect();
            for spurt in api.iter().filter(|s| *s != har) {
                let svar = avgjoer_scope(&register, &token(&alle.join(" "), |_| {}), *spurt, tid(NAA_S));
                assert_eq!(svar, Err(Scopeavslag::IngenAvtale));
            }
            for naa in [NAA_S - 1, NAA_S + 60] {
                let svar = avgjoer_scope(&register, &token(har.navn(), |_| {}), *har, tid(naa));
                assert_eq!(svar, Err(Scopeavslag::IngenAvtale));
            }
        }
    }

    #[test]
    fn without_a_parent_organisation_nothing_opens_and_no_one_elses_grant_counts() {
        let scope = Scope::LesUtenHjemmel;
        let (_mappe, register) = register(&[avtale(LEVERANDOER, scope, false), avtale(UNDERENHET, scope, false)]);
        let proev =
            |endring: fn(&mut Value)| avgjoer_scope(&register, &token(scope.navn(), endring), scope, tid(NAA_S));
        assert_eq!(proev(|_| {}), Err(Scopeavslag::IngenAvtale));
        let uten_forelder = proev(|krav| {
            krav[ORGNR_PARENT].take();
            let krav = krav.as_object_mut().unwrap();
            krav.shift_remove(ORGNR_PARENT);
            krav.shift_remove(ORGNR_CHILD);
        });
        assert_eq!(uten_forelder, Err(Scopeavslag::ManglerForelder));
    }

    #[test]
    fn whoever_is_blocked_in_any_part_of_the_call_is_kept_out() {
        let scope = Scope::FullTilgang;
        let (_mappe, register) = register(&[avtale(FORELDER, scope, false)]);
        let token = token(scope.navn(), |_| {});
        let proev = || avgjoer_scope(&register, &token, scope, tid(NAA_S));
        for hvem in [
            Sperret::Organisasjon(org(FORELDER)),
            Sperret::Organisasjon(org(UNDERENHET)),
            Sperret::Organisasjon(org(LEVERANDOER)),
            Sperret::Klient("klient".to_owned()),
        ] {
            assert!(proev().is_ok());
            register.sperr(&hvem, "prøve", "prøve", tid(NAA_S)).unwrap();
            assert_eq!(proev(), Err(Scopeavslag::Sperret), "{hvem}");
            register.opphev_sperre(&hvem, "prøve", "prøve", tid(NAA_S)).unwrap();
        }
    }

    #[test]
    fn graded_addresses_are_granted_for_the_two_scopes_that_may_have_them() {
        for scope in Scope::ALLE {
            let (_mappe, register) = register(&[]);
            let gitt = register.gi(&avtale(FORELDER, scope, true), "prøve", tid(NAA_S));
            assert_eq!(gitt.is_ok(), kan_se_graderte(scope), "{scope:?}");
            if gitt.is_ok() {
                let kaller = avgjoer_scope(&register, &token(scope.navn(), |_| {}), scope, tid(NAA_S)).unwrap();
                assert!(kaller.ser_graderte_adresser());
                continue;
            }
            assert!(matches!(gitt, Err(Feil::GraderteAdresser)));
            let id = register
                .gi(&avtale(FORELDER, scope, false), "prøve", tid(NAA_S))
                .unwrap()
                .id;
            let endring = Avtaleendring {
                graderte_adresser: Some(true),
                ..Avtaleendring::default()
            };
            let endret = register.endre(id, &endring, "prøve", tid(NAA_S));
            assert!(matches!(endret, Err(Feil::GraderteAdresser)), "{scope:?}");
        }
    }
}
