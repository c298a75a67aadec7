//! The clients that may ask the built-in issuers for tokens, their scopes and their public keys.
//!
//! A key lives one year from the moment it is registered, like those of Maskinporten. Neither expired nor removed keys
//! are forgotten: the issuer must be able to say that a key has expired, and history that it was there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};

use identifikator::Organisasjonsnummer;
use jiff::{SignedDuration, Timestamp};

use super::feil::Feil;
use super::linje::{Klientlinje, Noekkelinnhold};
use super::modell::{Rettighet, sjekk_tekst};
use super::register::Avtaleregister;
use crate::token::Offentlignoekkel;

/// Life of a registered key. Units: seconds. Source: Maskinporten's documentation (ADR 0007), MP-121 ("keys live one year from upload").
pub const KLIENTNOEKKEL_LEVETID_S: i64 = 365 * 24 * 3600;
/// Most keys of a client. Source: our choice.
const NOEKLER_MAKS: usize = 16;
/// Most scopes of a client. Source: our choice.
const SCOPES_MAKS: usize = 64;

/// A client as it is to be registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NyKlient {
    /// Its identifier, chosen by whoever registers it.
    pub klient_id: String,
    /// The organisation that it belongs to.
    pub organisasjon: Organisasjonsnummer,
    /// The scopes that it may ask for.
    pub scopes: BTreeSet<String>,
    /// Its public keys.
    pub noekler: Vec<Offentlignoekkel>,
}

/// A public key of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Klientnoekkel {
    /// The key.
    pub noekkel: Offentlignoekkel,
    /// First moment at which it is no longer taken.
    pub utloeper: Timestamp,
}

/// A registered client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Klient {
    /// Its identifier.
    pub klient_id: String,
    /// The organisation that it belongs to.
    pub organisasjon: Organisasjonsnummer,
    /// The scopes that it may ask for.
    pub scopes: BTreeSet<String>,
    /// Its keys by name, expired ones included.
    pub noekler: BTreeMap<String, Klientnoekkel>,
    /// When it was registered.
    pub registrert: Timestamp,
    /// When it was closed.
    pub avsluttet: Option<Timestamp>,
}

/// One step of a client's history: when, by whom, and the client afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Klienthendelse {
    /// When.
    pub tid: Timestamp,
    /// By whom.
    pub av: String,
    /// What, as the file names it.
    pub hva: &'static str,
    /// The client as it was afterwards.
    pub klient: Arc<Klient>,
}

impl Avtaleregister {
    /// An open client.
    #[must_use]
    pub fn klient(&self, klient_id: &str) -> Option<Arc<Klient>> {
        let klienter = self.klienter.read().unwrap_or_else(PoisonError::into_inner);
        klienter
            .gjeldende
            .get(klient_id)
            .filter(|klient| klient.avsluttet.is_none())
            .cloned()
    }

    /// Every client there ever was, by identifier.
    #[must_use]
    pub fn klienter(&self) -> Vec<Arc<Klient>> {
        let klienter = self.klienter.read().unwrap_or_else(PoisonError::into_inner);
        klienter.gjeldende.values().cloned().collect()
    }

    /// Everything that happened to a client, in order.
    #[must_use]
    pub fn klienthistorikk(&self, klient_id: &str) -> Vec<Klienthendelse> {
        let klienter = self.klienter.read().unwrap_or_else(PoisonError::into_inner);
        klienter.historikk.get(klient_id).cloned().unwrap_or_default()
    }

    /// Registers a client with its first keys. `av` is who does it.
    ///
    /// # Errors
    /// [`Feil::KlientFinnes`], [`Feil::Klientid`], [`Feil::Scope`], [`Feil::NoekkelFinnes`], [`Feil::ForMange`], [`Feil::Logg`].
    pub fn registrer_klient(&self, ny: &NyKlient, av: &str, naa: Timestamp) -> Result<Arc<Klient>, Feil> {
        let linje = Klientlinje::Registrert {
            klient_id: ny.klient_id.clone(),
            organisasjon: ny.organisasjon.to_string(),
            scopes: ny.scopes.iter().cloned().collect(),
            noekler: ny
                .noekler
                .iter()
                .map(|noekkel| Noekkelinnhold::ny(noekkel, naa))
                .collect(),
        };
        self.skriv_klient(linje, av, naa)
    }

    /// Adds a key to a client; it lives one year from now.
    ///
    /// # Errors
    /// [`Feil::UkjentKlient`], [`Feil::NoekkelFinnes`], [`Feil::ForMange`], [`Feil::Logg`].
    pub fn legg_til_noekkel(
        &self,
        klient_id: &str,
        noekkel: &Offentlignoekkel,
        av: &str,
        naa: Timestamp,
    ) -> Result<Arc<Klient>, Feil> {
        let noekkel = Noekkelinnhold::ny(noekkel, naa);
        self.skriv_klient(
            Klientlinje::NoekkelLagtTil {
                klient_id: klient_id.to_owned(),
                noekkel,
            },
            av,
            naa,
        )
    }

    /// Removes a key from a client at once.
    ///
    /// # Errors
    /// [`Feil::UkjentKlient`], [`Feil::UkjentNoekkel`], [`Feil::Logg`].
    pub fn fjern_noekkel(&self, klient_id: &str, kid: &str, av: &str, naa: Timestamp) -> Result<Arc<Klient>, Feil> {
        let linje = Klientlinje::NoekkelFjernet {
            klient_id: klient_id.to_owned(),
            kid: kid.to_owned(),
        };
        self.skriv_klient(linje, av, naa)
    }

    /// Replaces the scopes that a client may ask for.
    ///
    /// # Errors
    /// [`Feil::UkjentKlient`], [`Feil::Scope`], [`Feil::ForMange`], [`Feil::Logg`].
    pub fn sett_scopes(
        &self,
        klient_id: &str,
        scopes: &BTreeSet<String>,
        av: &str,
        naa: Timestamp,
    ) -> Result<Arc<Klient>, Feil> {
        let scopes = scopes.iter().cloned().collect();
        self.skriv_klient(
            Klientlinje::ScopesSatt {
                klient_id: klient_id.to_owned(),
                scopes,
            },
            av,
            naa,
        )
    }

    /// Closes a client, for good; its identifier is not used again.
    ///
    /// # Errors
    /// [`Feil::UkjentKlient`], [`Feil::Logg`].
    pub fn avslutt_klient(&self, klient_id: &str, av: &str, naa: Timestamp) -> Result<Arc<Klient>, Feil> {
        self.skriv_klient(
            Klientlinje::Avsluttet {
                klient_id: klient_id.to_owned(),
            },
            av,
            naa,
        )
    }

    fn skriv_klient(&self, linje: Klientlinje, av: &str, naa: Timestamp) -> Result<Arc<Klient>, Feil> {
        sjekk_tekst("hvem som gjør endringen", av)?;
        let mut filer = self.filer();
        let neste = {
            let klienter = self.klienter.read().unwrap_or_else(PoisonError::into_inner);
            klienter.anvend(&linje, naa)?
        };
        filer.klienter.skriv(naa, av, &linje)?;
        let mut klienter = self.klienter.write().unwrap_or_else(PoisonError::into_inner);
        Ok(klienter.sett_inn(neste, linje.hva(), naa, av))
    }
}

/// The clients in memory.
#[derive(Default)]
pub(super) struct Klienter {
    gjeldende: BTreeMap<String, Arc<Klient>>,
    historikk: BTreeMap<String, Vec<Klienthendelse>>,
}

impl Klienter {
    /// Takes in one line of the file.
    pub(super) fn ta_inn(&mut self, tid: Timestamp, av: &str, linje: Klientlinje) -> Result<(), &'static str> {
        let klient = self.anvend(&linje, tid).map_err(|_| "endringen bryter en regel")?;
        self.sett_inn(klient, linje.hva(), tid, av);
        Ok(())
    }

    fn sett_inn(&mut self, klient: Klient, hva: &'static str, tid: Timestamp, av: &str) -> Arc<Klient> {
        let klient = Arc::new(klient);
        let steg = Klienthendelse {
            tid,
            av: av.to_owned(),
            hva,
            klient: Arc::clone(&klient),
        };
        self.historikk.entry(klient.klient_id.clone()).or_default().push(steg);
        self.gjeldende.insert(klient.klient_id.clone(), Arc::clone(&klient));
        klient
    }

    /// The client as it is after a change, or why the change is not allowed. Changes nothing itself.
    fn anvend(&self, linje: &Klientlinje, tid: Timestamp) -> Result<Klient, Feil> {
        let aapen = |klient_id: &str| {
            let klient = self
                .gjeldende
                .get(klient_id)
                .filter(|klient| klient.avsluttet.is_none());
            klient.map(|klient| Klient::clone(klient)).ok_or(Feil::UkjentKlient)
        };
        match linje {
            Klientlinje::Registrert {
                klient_id,
                organisasjon,
                scopes,
                noekler,
            } => {
                if !er_klient_id(klient_id) {
                    return Err(Feil::Klientid);
                }
                if self.gjeldende.contains_key(klient_id) {
                    return Err(Feil::KlientFinnes);
                }
                let mut klient = Klient {
                    klient_id: klient_id.clone(),
                    organisasjon: Organisasjonsnummer::parse(organisasjon).map_err(|_| Feil::UkjentKlient)?,
                    scopes: les_scopes(scopes)?,
                    noekler: BTreeMap::new(),
                    registrert: tid,
                    avsluttet: None,
                };
                noekler.iter().try_for_each(|noekkel| legg_til(&mut klient, noekkel))?;
                Ok(klient)
            }
            Klientlinje::NoekkelLagtTil { klient_id, noekkel } => {
                let mut klient = aapen(klient_id)?;
                legg_til(&mut klient, noekkel)?;
                Ok(klient)
            }
            Klientlinje::NoekkelFjernet { klient_id, kid } => {
                let mut klient = aapen(klient_id)?;
                klient.noekler.remove(kid).ok_or(Feil::UkjentNoekkel)?;
                Ok(klient)
            }
            Klientlinje::ScopesSatt { klient_id, scopes } => Ok(Klient {
                scopes: les_scopes(scopes)?,
                ..aapen(klient_id)?
            }),
            Klientlinje::Avsluttet { klient_id } => Ok(Klient {
                avsluttet: Some(tid),
                ..aapen(klient_id)?
            }),
        }
    }
}

fn legg_til(klient: &mut Klient, innhold: &Noekkelinnhold) -> Result<(), Feil> {
    if klient.noekler.len() == NOEKLER_MAKS {
        return Err(Feil::ForMange {
            hva: "nøkler",
            maks: NOEKLER_MAKS,
        });
    }
    let noekkel = Offentlignoekkel::fra_klient(innhold.jwk.to_string().as_bytes())?;
    let utloeper = innhold.utloeper.parse().map_err(|_| Feil::UkjentNoekkel)?;
    let kid = noekkel.kid().to_owned();
    match klient.noekler.insert(kid, Klientnoekkel { noekkel, utloeper }) {
        None => Ok(()),
        Some(_) => Err(Feil::NoekkelFinnes),
    }
}

fn les_scopes(scopes: &[String]) -> Result<BTreeSet<String>, Feil> {
    if scopes.len() > SCOPES_MAKS {
        return Err(Feil::ForMange {
            hva: "scopes",
            maks: SCOPES_MAKS,
        });
    }
    let lest = scopes
        .iter()
        .map(|scope| Rettighet::fra_scope(scope).map(|_| scope.clone()).ok_or(Feil::Scope));
    lest.collect()
}

fn er_klient_id(id: &str) -> bool {
    let tegn = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.' | b'_');
    (1..=64).contains(&id.len()) && id.bytes().all(tegn)
}

impl Noekkelinnhold {
    fn ny(noekkel: &Offentlignoekkel, naa: Timestamp) -> Self {
        let levetid = SignedDuration::from_secs(KLIENTNOEKKEL_LEVETID_S);
        let utloeper = naa.checked_add(levetid).unwrap_or(Timestamp::MAX);
        Noekkelinnhold {
            jwk: noekkel.til_jwk(),
            utloeper: utloeper.to_string(),
        }
    }
}

impl Klientlinje {
    fn hva(&self) -> &'static str {
        match self {
            Klientlinje::Registrert { .. } => "registrert",
            Klientlinje::NoekkelLagtTil { .. } => "noekkel_lagt_til",
            Klientlinje::NoekkelFjernet { .. } => "noekkel_fjernet",
            Klientlinje::ScopesSatt { .. } => "scopes_satt",
            Klientlinje::Avsluttet { .. } => "avsluttet",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::Signeringsnoekkel;
    use std::sync::LazyLock;

    static NOEKKEL: LazyLock<Signeringsnoekkel> = LazyLock::new(|| Signeringsnoekkel::generer().unwrap());

    fn naa() -> Timestamp {
        "2026-01-01T00:00:00Z".parse().unwrap()
    }

    fn med_kid(kid: &str) -> Offentlignoekkel {
        let mut jwk = NOEKKEL.offentlig().til_jwk();
        jwk["kid"] = kid.into();
        Offentlignoekkel::fra_klient(jwk.to_string().as_bytes()).unwrap()
    }

    fn ny(klient_id: &str) -> NyKlient {
        NyKlient {
            klient_id: klient_id.to_owned(),
            organisasjon: Organisasjonsnummer::parse("310000000").unwrap(),
            scopes: ["folkeregister:deling/finans".to_owned()].into(),
            noekler: vec![med_kid("en")],
        }
    }

    fn tomt() -> (tempfile::TempDir, Avtaleregister) {
        let mappe = tempfile::tempdir().unwrap();
        let register = Avtaleregister::aapne(&mappe.path().join("avtale")).unwrap();
        (mappe, register)
    }

    #[test]
    fn a_client_with_its_history_is_the_same_after_a_restart() {
        let (mappe, register) = tomt();
        register.registrer_klient(&ny("k1"), "a", naa()).unwrap();
        register.legg_til_noekkel("k1", &med_kid("to"), "b", naa()).unwrap();
        register.fjern_noekkel("k1", "en", "c", naa()).unwrap();
        register
            .sett_scopes("k1", &["a:b".to_owned(), "c:d".to_owned()].into(), "d", naa())
            .unwrap();
        register.registrer_klient(&ny("k2"), "a", naa()).unwrap();
        register.avslutt_klient("k2", "e", naa()).unwrap();
        let k1 = register.klient("k1").unwrap();
        assert_eq!(k1.noekler.keys().collect::<Vec<_>>(), ["to"]);
        assert_eq!(k1.scopes.len(), 2);
        assert!(register.klient("k2").is_none() && register.klient("k3").is_none());
        let historikk = register.klienthistorikk("k1");
        let hva: Vec<_> = historikk.iter().map(|steg| (steg.hva, steg.av.as_str())).collect();
        assert_eq!(
            hva,
            [
                ("registrert", "a"),
                ("noekkel_lagt_til", "b"),
                ("noekkel_fjernet", "c"),
                ("scopes_satt", "d")
            ]
        );
        let alle = register.klienter();
        drop(register);
        let igjen = Avtaleregister::aapne(&mappe.path().join("avtale")).unwrap();
        assert_eq!((igjen.klienter(), igjen.klienthistorikk("k1")), (alle, historikk));
    }

    #[test]
    fn a_key_lives_one_year_from_its_own_registration() {
        let (_mappe, register) = tomt();
        register.registrer_klient(&ny("k"), "a", naa()).unwrap();
        let senere = naa() + SignedDuration::from_hours(24);
        let klient = register.legg_til_noekkel("k", &med_kid("to"), "a", senere).unwrap();
        assert_eq!(klient.noekler["en"].utloeper.to_string(), "2027-01-01T00:00:00Z");
        assert_eq!(klient.noekler["to"].utloeper.to_string(), "2027-01-02T00:00:00Z");
    }

    #[test]
    fn what_breaks_a_rule_is_refused_and_changes_nothing() {
        let (mappe, register) = tomt();
        register.registrer_klient(&ny("k"), "a", naa()).unwrap();
        let fil = mappe.path().join("avtale/klienter.jsonl");
        let (foer, bytes) = (register.klienter(), std::fs::read(&fil).unwrap());
        for id in ["", "A", "a b", "æ", "a/b", &"x".repeat(65)] {
            assert!(
                matches!(register.registrer_klient(&ny(id), "a", naa()), Err(Feil::Klientid)),
                "{id}"
            );
        }
        assert!(matches!(
            register.registrer_klient(&ny("k"), "a", naa()),
            Err(Feil::KlientFinnes)
        ));
        let dobbel = NyKlient {
            noekler: vec![med_kid("x"), med_kid("x")],
            ..ny("n")
        };
        assert!(matches!(
            register.registrer_klient(&dobbel, "a", naa()),
            Err(Feil::NoekkelFinnes)
        ));
        let mange = NyKlient {
            noekler: (0..17).map(|i| med_kid(&i.to_string())).collect(),
            ..ny("n")
        };
        assert!(matches!(
            register.registrer_klient(&mange, "a", naa()),
            Err(Feil::ForMange { maks: 16, .. })
        ));
        let scopes = NyKlient {
            scopes: ["to ord".to_owned()].into(),
            ..ny("n")
        };
        assert!(matches!(
            register.registrer_klient(&scopes, "a", naa()),
            Err(Feil::Scope)
        ));
        let scopes = NyKlient {
            scopes: (0..65).map(|i| format!("s:{i}")).collect(),
            ..ny("n")
        };
        assert!(matches!(
            register.registrer_klient(&scopes, "a", naa()),
            Err(Feil::ForMange { maks: 64, .. })
        ));
        assert!(matches!(
            register.legg_til_noekkel("k", &med_kid("en"), "a", naa()),
            Err(Feil::NoekkelFinnes)
        ));
        assert!(matches!(
            register.fjern_noekkel("k", "to", "a", naa()),
            Err(Feil::UkjentNoekkel)
        ));
        assert!(matches!(
            register.avslutt_klient("ukjent", "a", naa()),
            Err(Feil::UkjentKlient)
        ));
        assert!(matches!(register.avslutt_klient("k", " ", naa()), Err(Feil::Tekst(_))));
        assert_eq!((register.klienter(), std::fs::read(&fil).unwrap()), (foer, bytes));
    }

    #[test]
    fn a_closed_clients_identifier_is_not_used_again() {
        let (_mappe, register) = tomt();
        register.registrer_klient(&ny("k"), "a", naa()).unwrap();
        register.avslutt_klient("k", "a", naa()).unwrap();
        assert!(matches!(
            register.registrer_klient(&ny("k"), "a", naa()),
            Err(Feil::KlientFinnes)
        ));
        assert!(matches!(
            register.sett_scopes("k", &BTreeSet::new(), "a", naa()),
            Err(Feil::UkjentKlient)
        ));
    }

    #[test]
    fn the_file_holds_public_keys_only() {
        let (mappe, register) = tomt();
        register.registrer_klient(&ny("k"), "a", naa()).unwrap();
        let tekst = std::fs::read_to_string(mappe.path().join("avtale/klienter.jsonl")).unwrap();
        let linje: serde_json::Value = serde_json::from_str(tekst.trim_end()).unwrap();
        let jwk = linje["innhold"]["registrert"]["noekler"][0]["jwk"].as_object().unwrap();
        let felt: BTreeSet<&str> = jwk.keys().map(String::as_str).collect();
        assert_eq!(felt, BTreeSet::from(["kty", "use", "kid", "n", "e", "alg"]));
    }
}
