//! The decision: does this verified token open this package, now?

use std::sync::Arc;

use identifikator::Organisasjonsnummer;
use jiff::Timestamp;

use super::modell::{Avtaleid, Rettighet};
use super::register::Avtaleregister;
use crate::Pakke;
use crate::token::{Delegering, Sluttbruker, Token, Tokenfeil};

/// A caller that may use a package. Only [`avgjoer`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kaller {
    konsument: Organisasjonsnummer,
    delegering: Option<Delegering>,
    pakke: Pakke,
    graderte_adresser: bool,
    avtale: Avtaleid,
    klient_id: Arc<str>,
    jti: Arc<str>,
    sluttbruker: Option<Sluttbruker>,
}

impl Kaller {
    /// The legal consumer: grants, throttling and log go by it.
    #[must_use]
    pub fn konsument(&self) -> Organisasjonsnummer {
        self.konsument
    }

    /// The organisation that calls on the consumer's behalf, and where that delegation stands. For the log.
    #[must_use]
    pub fn delegering(&self) -> Option<&Delegering> {
        self.delegering.as_ref()
    }

    /// The package that was opened.
    #[must_use]
    pub fn pakke(&self) -> Pakke {
        self.pakke
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

    /// `jti` of the token. For the log.
    #[must_use]
    pub fn jti(&self) -> &str {
        &self.jti
    }

    /// The person to whom the token is restricted, if any. For the audit log.
    #[must_use]
    pub fn sluttbruker(&self) -> Option<&Sluttbruker> {
        self.sluttbruker.as_ref()
    }
}

/// Why a caller does not get in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Avslag {
    /// There is no verified token.
    #[error("tokenet er ikke godtatt")]
    Token(#[source] Tokenfeil),
    /// The token is good, but holds no scope of this package.
    #[error("tokenet har ikke scope for pakken {0}")]
    ManglerScope(Pakke),
    /// The consumer has no grant for this package at this time.
    #[error("konsumenten har ingen gyldig avtale for pakken {0}")]
    IngenAvtale(Pakke),
    /// A supplier calls, and the delegation stands somewhere we do not know.
    #[error("delegeringskilden er ikke kjent")]
    UkjentDelegeringskilde,
    /// The consumer, its supplier or its client is blocked. Which of them, and why, is not said.
    #[error("tilgangen er sperret")]
    Sperret,
}

impl From<Tokenfeil> for Avslag {
    fn from(feil: Tokenfeil) -> Self {
        Avslag::Token(feil)
    }
}

/// How a refusal is answered; each API places these in its own contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Avslagsslag {
    /// 401: no token, or not a good one.
    Uautentisert,
    /// 403: we know who calls, and the answer is no.
    ManglerTilgang,
    /// 403: somebody has shut this caller out.
    Sperret,
    /// 503: we could not find out; the caller may try again.
    Utilgjengelig,
}

impl Avslag {
    /// The kind of answer.
    ///
    /// Source: ADR 0007.
    #[must_use]
    pub fn slag(self) -> Avslagsslag {
        match self {
            Avslag::Token(feil) if feil.er_midlertidig() => Avslagsslag::Utilgjengelig,
            Avslag::Token(_) => Avslagsslag::Uautentisert,
            Avslag::ManglerScope(_) | Avslag::IngenAvtale(_) | Avslag::UkjentDelegeringskilde => {
                Avslagsslag::ManglerTilgang
            }
            Avslag::Sperret => Avslagsslag::Sperret,
        }
    }
}

impl Avslag {
    /// `error` of `WWW-Authenticate`, where RFC 6750 has one for the case.
    #[must_use]
    pub fn feilkode(self) -> Option<&'static str> {
        match self {
            Avslag::Token(feil) => feil.feilkode(),
            Avslag::ManglerScope(_) => Some("insufficient_scope"),
            Avslag::IngenAvtale(_) | Avslag::UkjentDelegeringskilde | Avslag::Sperret => None,
        }
    }

    /// `error_description` of `WWW-Authenticate`; ASCII, as in [`Tokenfeil::beskrivelse`].
    #[must_use]
    pub fn beskrivelse(self) -> &'static str {
        match self {
            Avslag::Token(feil) => feil.beskrivelse(),
            Avslag::ManglerScope(_) => "Tokenet har ikke scope for pakken",
            Avslag::IngenAvtale(_) => "Konsumenten har ingen gyldig avtale for pakken",
            Avslag::UkjentDelegeringskilde => "Delegeringskilden er ikke kjent",
            Avslag::Sperret => "Tilgangen er sperret",
        }
    }
}

/// Decides whether a verified token opens a package at a time.
///
/// Shape: nobody in the call is blocked; the package's scope, or its `.segmentansvarlig` form, as a whole word; a delegation only from a known source;
/// a grant that the consumer (never the supplier) holds now.
/// Source: Maskinporten's documentation, ADR 0007; rettighetspakker.yaml, `andre_scopes`.
///
/// # Errors
/// [`Avslag`], never [`Avslag::Token`].
pub fn avgjoer(register: &Avtaleregister, token: &Token, pakke: Pakke, naa: Timestamp) -> Result<Kaller, Avslag> {
    let leverandoer = token.delegering().map(Delegering::leverandoer);
    let organisasjoner = [token.konsument(), leverandoer.unwrap_or(token.konsument())];
    if register.er_sperret(&organisasjoner, token.klient_id()) {
        return Err(Avslag::Sperret);
    }
    let segmentansvarlig = || {
        pakke
            .scope_segmentansvarlig()
            .is_some_and(|scope| token.har_scope(scope))
    };
    if !token.har_scope(pakke.scope()) && !segmentansvarlig() {
        return Err(Avslag::ManglerScope(pakke));
    }
    if token
        .delegering()
        .is_some_and(|delegering| !delegering.kilde_er_kjent())
    {
        return Err(Avslag::UkjentDelegeringskilde);
    }
    let avtale = register
        .finn(token.konsument(), &Rettighet::Pakke(pakke), naa)
        .ok_or(Avslag::IngenAvtale(pakke))?;
    Ok(Kaller {
        konsument: token.konsument(),
        delegering: token.delegering().cloned(),
        pakke,
        graderte_adresser: avtale.ser_graderte_adresser(),
        avtale: avtale.id,
        klient_id: token.felles_klient_id(),
        jti: token.felles_jti(),
        sluttbruker: token.sluttbruker().cloned(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::modell::NyAvtale;
    use super::*;
    use crate::token::testverktoey::{NAA_S, krav, les_krav};
    use serde_json::{Value, json};

    fn tid(sekunder: i64) -> Timestamp {
        Timestamp::from_second(sekunder).unwrap()
    }

    /// A register in which 310000000 has a grant for each of some packages, from `NAA_S` on for an hour.
    fn register(pakker: &[Pakke], er_privat: bool, graderte: bool) -> (tempfile::TempDir, Avtaleregister) {
        let mappe = tempfile::tempdir().unwrap();
        let register = Avtaleregister::aapne(&mappe.path().join("avtale")).unwrap();
        for pakke in pakker {
            let avtale = NyAvtale {
                organisasjon: Organisasjonsnummer::parse("310000000").unwrap(),
                rettighet: Rettighet::Pakke(*pakke),
                graderte_adresser: graderte,
                er_privat,
                formaal: "prøve".to_owned(),
                hjemmel: "prøveloven § 1".to_owned(),
                fra: tid(NAA_S),
                til: Some(tid(NAA_S + 3600)),
            };
            register.gi(&avtale, "prøve", tid(NAA_S)).unwrap();
        }
        (mappe, register)
    }

    fn token(endring: impl FnOnce(&mut Value)) -> Token {
        let mut krav = krav();
        endring(&mut krav);
        les_krav(&krav, NAA_S).unwrap()
    }

    #[test]
    fn scope_and_grant_together_open_the_package() {
        let (_mappe, register) = register(&[Pakke::OffentligMedHjemmel], false, false);
        let kaller = avgjoer(&register, &token(|_| {}), Pakke::OffentligMedHjemmel, tid(NAA_S)).unwrap();
        assert_eq!(
            (kaller.klient_id(), kaller.jti(), kaller.avtale()),
            ("klient-1", "jti-1", Avtaleid(1))
        );
        assert!(kaller.ser_graderte_adresser() && kaller.delegering().is_none() && kaller.sluttbruker().is_none());
    }

    #[test]
    fn a_scope_without_grant_and_a_grant_without_scope_open_nothing() {
        let (_mappe, register) = register(&[Pakke::Finans], false, false);
        let uten_avtale = avgjoer(&register, &token(|_| {}), Pakke::OffentligMedHjemmel, tid(NAA_S));
        assert_eq!(uten_avtale, Err(Avslag::IngenAvtale(Pakke::OffentligMedHjemmel)));
        let uten_scope = avgjoer(&register, &token(|_| {}), Pakke::Finans, tid(NAA_S));
        assert_eq!(uten_scope, Err(Avslag::ManglerScope(Pakke::Finans)));
        for naa in [NAA_S - 1, NAA_S + 3600] {
            let token = token(|krav| krav["scope"] = json!("folkeregister:deling/finans"));
            assert_eq!(
                avgjoer(&register, &token, Pakke::Finans, tid(naa)),
                Err(Avslag::IngenAvtale(Pakke::Finans))
            );
        }
    }

    #[test]
    fn a_segmentansvarlig_scope_opens_its_base_package_and_no_other() {
        let (_mappe, register) = register(&Pakke::ALLE, false, false);
        for pakke in Pakke::ALLE {
            let Some(scope) = pakke.scope_segmentansvarlig() else {
                continue;
            };
            let token = token(|krav| krav["scope"] = json!(scope));
            for maal in Pakke::ALLE {
                assert_eq!(
                    avgjoer(&register, &token, maal, tid(NAA_S)).is_ok(),
                    maal == pakke,
                    "{scope} {maal}"
                );
            }
        }
    }

    #[test]
    fn a_scope_is_a_whole_word() {
        let (_mappe, register) = register(&[Pakke::Privat, Pakke::PrivatUtenHjemmel], false, false);
        let token = token(|krav| krav["scope"] = json!("folkeregister:deling/privatutenhjemmel"));
        assert!(avgjoer(&register, &token, Pakke::PrivatUtenHjemmel, tid(NAA_S)).is_ok());
        let svar = avgjoer(&register, &token, Pakke::Privat, tid(NAA_S));
        assert_eq!(svar, Err(Avslag::ManglerScope(Pakke::Privat)));
    }

    #[test]
    fn a_supplier_gets_in_on_the_consumers_grant_from_a_known_source_only() {
        let (_mappe, register) = register(&[Pakke::OffentligMedHjemmel], false, false);
        let for_leverandoer = |konsument: &str, leverandoer: &str, kilde: &str| {
            let organisasjon = |nummer| json!({"authority": "iso6523-actorid-upis", "ID": format!("0192:{nummer}")});
            let token = token(|krav| {
                krav["consumer"] = organisasjon(konsument);
                krav["supplier"] = organisasjon(leverandoer);
                krav["delegation_source"] = json!(kilde);
            });
            avgjoer(&register, &token, Pakke::OffentligMedHjemmel, tid(NAA_S))
        };
        let kaller = for_leverandoer("310000000", "310000019", "https://tt02.altinn.no/").unwrap();
        assert_eq!(kaller.konsument().to_string(), "310000000");
        assert_eq!(kaller.delegering().unwrap().leverandoer().to_string(), "310000019");
        let ukjent = for_leverandoer("310000000", "310000019", "https://angriper.example/");
        assert_eq!(ukjent, Err(Avslag::UkjentDelegeringskilde));
        // The supplier's own grant is worth nothing to its customer.
        let byttet = for_leverandoer("310000019", "310000000", "https://tt02.altinn.no/");
        assert_eq!(byttet, Err(Avslag::IngenAvtale(Pakke::OffentligMedHjemmel)));
    }

    #[test]
    fn whoever_is_blocked_in_any_part_of_the_call_is_kept_out_until_it_is_lifted() {
        use super::super::sperre::Sperret;
        let (_mappe, register) = register(&[Pakke::OffentligMedHjemmel], false, false);
        let organisasjon = |nummer| json!({"authority": "iso6523-actorid-upis", "ID": format!("0192:{nummer}")});
        let token = token(|krav| {
            krav["supplier"] = organisasjon("310000019");
            krav["delegation_source"] = json!("https://tt02.altinn.no/");
        });
        let nummer = |tekst| Sperret::Organisasjon(Organisasjonsnummer::parse(tekst).unwrap());
        let proev = || avgjoer(&register, &token, Pakke::OffentligMedHjemmel, tid(NAA_S));
        for hvem in [
            nummer("310000000"),
            nummer("310000019"),
            Sperret::Klient("klient-1".to_owned()),
        ] {
            assert!(proev().is_ok());
            register.sperr(&hvem, "prøve", "prøve", tid(NAA_S)).unwrap();
            assert_eq!(proev(), Err(Avslag::Sperret), "{hvem}");
            register.opphev_sperre(&hvem, "prøve", "prøve", tid(NAA_S)).unwrap();
        }
        register
            .sperr(&Sperret::Klient("klient-2".to_owned()), "prøve", "prøve", tid(NAA_S))
            .unwrap();
        assert!(proev().is_ok());
    }

    #[test]
    fn a_private_consumer_sees_graded_addresses_by_its_grant_only() {
        for (er_privat, graderte, ventet) in [(false, false, true), (true, false, false), (true, true, true)] {
            let (_mappe, register) = register(&[Pakke::OffentligMedHjemmel], er_privat, graderte);
            let kaller = avgjoer(&register, &token(|_| {}), Pakke::OffentligMedHjemmel, tid(NAA_S)).unwrap();
            assert_eq!(kaller.ser_graderte_adresser(), ventet);
        }
    }

    #[test]
    fn each_refusal_has_its_kind_and_its_words() {
        for (avslag, slag, feilkode) in [
            (Avslag::Token(Tokenfeil::Mangler), Avslagsslag::Uautentisert, None),
            (
                Avslag::Token(Tokenfeil::Signatur),
                Avslagsslag::Uautentisert,
                Some("invalid_token"),
            ),
            (
                Avslag::Token(Tokenfeil::NoeklerUtilgjengelige),
                Avslagsslag::Utilgjengelig,
                None,
            ),
            (
                Avslag::ManglerScope(Pakke::Finans),
                Avslagsslag::ManglerTilgang,
                Some("insufficient_scope"),
            ),
            (Avslag::IngenAvtale(Pakke::Finans), Avslagsslag::ManglerTilgang, None),
            (Avslag::UkjentDelegeringskilde, Avslagsslag::ManglerTilgang, None),
            (Avslag::Sperret, Avslagsslag::Sperret, None),
        ] {
            assert_eq!((avslag.slag(), avslag.feilkode()), (slag, feilkode));
            assert!(avslag.beskrivelse().is_ascii() && !avslag.beskrivelse().contains('"'));
        }
    }
}
