//! The kill switch: an organisation or a client that is kept out at once, whatever token it holds.
//!
//! A block is a line in the file of grants, so it is durable, ordered with them, and stays in the history when it is
//! lifted. It is looked up on every call and at the issuer; nothing has to expire first.
//!
//! The one thing a newcomer gets wrong: a blocked organisation is kept out in every role, as the consumer, as the
//! supplier that calls for another, and as a producer. A client may be blocked that is registered elsewhere, by the name its
//! tokens have; a producer's certificate is a client by the hash of it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError};

use identifikator::Organisasjonsnummer;
use jiff::Timestamp;

use super::feil::Feil;
use super::linje::{Avtalelinje, Sperreinnhold};
use super::modell::sjekk_tekst;
use super::register::Avtaleregister;

/// Longest name of a client. Units: bytes. Source: our choice; as the longest `client_id` of a token that is taken.
const KLIENT_BYTES_MAKS: usize = 256;

/// Who is blocked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sperret {
    /// An organisation, as consumer, as supplier and as producer.
    Organisasjon(Organisasjonsnummer),
    /// A client, by `client_id`, or a producer's certificate, by its SHA-256 in hexadecimal.
    Klient(String),
}

impl fmt::Display for Sperret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Sperret::Organisasjon(nummer) => write!(f, "organisasjon {nummer}"),
            Sperret::Klient(id) => write!(f, "klient {id}"),
        }
    }
}

impl Sperret {
    pub(super) fn les(innhold: Sperreinnhold) -> Result<Self, &'static str> {
        Ok(match innhold {
            Sperreinnhold::Organisasjon(nummer) => {
                Sperret::Organisasjon(Organisasjonsnummer::parse(&nummer).map_err(|_| "ugyldig organisasjonsnummer")?)
            }
            Sperreinnhold::Klient(id) => Sperret::Klient(id),
        })
    }

    fn innhold(&self) -> Sperreinnhold {
        match self {
            Sperret::Organisasjon(nummer) => Sperreinnhold::Organisasjon(nummer.to_string()),
            Sperret::Klient(id) => Sperreinnhold::Klient(id.clone()),
        }
    }

    fn sjekk(&self) -> Result<(), Feil> {
        match self {
            Sperret::Organisasjon(_) => Ok(()),
            Sperret::Klient(id) => {
                let synlig = id.bytes().all(|b| b.is_ascii_graphic());
                if synlig && (1..=KLIENT_BYTES_MAKS).contains(&id.len()) {
                    Ok(())
                } else {
                    Err(Feil::Sperreklient)
                }
            }
        }
    }
}

/// A block that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sperre {
    /// Since when.
    pub tid: Timestamp,
    /// By whom.
    pub av: String,
    /// Why. For the operator alone.
    pub grunn: String,
}

/// The blocks that hold now.
#[derive(Default)]
pub(super) struct Sperrer(BTreeMap<Sperret, Arc<Sperre>>);

impl Sperrer {
    pub(super) fn sperr(&mut self, hvem: Sperret, tid: Timestamp, av: &str, grunn: String) -> Result<(), &'static str> {
        let av = av.to_owned();
        match self.0.insert(hvem, Arc::new(Sperre { tid, av, grunn })) {
            None => Ok(()),
            Some(_) => Err("den det gjelder er sperret fra før"),
        }
    }

    pub(super) fn opphev(&mut self, hvem: &Sperret) -> Result<(), &'static str> {
        self.0.remove(hvem).map(|_| ()).ok_or("den det gjelder er ikke sperret")
    }
}

impl Avtaleregister {
    /// Blocks an organisation or a client, from the next call on. `av` is who does it.
    ///
    /// # Errors
    /// [`Feil::AlleredeSperret`], [`Feil::Sperreklient`], [`Feil::Tekst`], [`Feil::Logg`].
    pub fn sperr(&self, hvem: &Sperret, grunn: &str, av: &str, naa: Timestamp) -> Result<(), Feil> {
        hvem.sjekk()?;
        self.skriv_sperre(hvem, grunn, av, naa, false)
    }

    /// Lifts a block.
    ///
    /// # Errors
    /// [`Feil::IkkeSperret`], [`Feil::Tekst`], [`Feil::Logg`].
    pub fn opphev_sperre(&self, hvem: &Sperret, grunn: &str, av: &str, naa: Timestamp) -> Result<(), Feil> {
        self.skriv_sperre(hvem, grunn, av, naa, true)
    }

    fn skriv_sperre(&self, hvem: &Sperret, grunn: &str, av: &str, naa: Timestamp, opphev: bool) -> Result<(), Feil> {
        sjekk_tekst("grunn", grunn)?;
        sjekk_tekst("hvem som gjør endringen", av)?;
        let mut filer = self.filer();
        let er_sperret = self.avtaler().sperrer.0.contains_key(hvem);
        let (innhold, grunn) = (hvem.innhold(), grunn.to_owned());
        let linje = match (opphev, er_sperret) {
            (false, true) => return Err(Feil::AlleredeSperret),
            (true, false) => return Err(Feil::IkkeSperret),
            (false, false) => Avtalelinje::Sperret { hvem: innhold, grunn },
            (true, true) => Avtalelinje::SperreOpphevet { hvem: innhold, grunn },
        };
        let nr = filer.avtaler.skriv(naa, av, &linje)?;
        let mut avtaler = self.avtaler.write().unwrap_or_else(PoisonError::into_inner);
        // Written and read are the same rules, so what was checked above is taken in here.
        let tatt_inn = avtaler.ta_inn(nr, naa, av, linje);
        debug_assert_eq!(tatt_inn, Ok(()));
        Ok(())
    }

    /// The blocks that hold now.
    #[must_use]
    pub fn sperrer(&self) -> Vec<(Sperret, Arc<Sperre>)> {
        let avtaler = self.avtaler();
        avtaler.sperrer.0.iter().map(|(h, s)| (h.clone(), s.clone())).collect()
    }

    /// Whether a call is kept out: by its client, or by any organisation that has a part in it.
    #[must_use]
    pub fn er_sperret(&self, organisasjoner: &[Organisasjonsnummer], klient_id: &str) -> bool {
        let avtaler = self.avtaler();
        let sperrer = &avtaler.sperrer.0;
        if sperrer.is_empty() {
            return false;
        }
        let organisasjon = |nummer: &Organisasjonsnummer| sperrer.contains_key(&Sperret::Organisasjon(*nummer));
        organisasjoner.iter().any(organisasjon) || sperrer.contains_key(&Sperret::Klient(klient_id.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nummer(tekst: &str) -> Organisasjonsnummer {
        Organisasjonsnummer::parse(tekst).unwrap()
    }

    fn naa() -> Timestamp {
        "2026-01-01T00:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_block_holds_until_it_is_lifted_and_over_a_restart() {
        let mappe = tempfile::tempdir().unwrap();
        let sti = mappe.path().join("avtale");
        let register = Avtaleregister::aapne(&sti).unwrap();
        let (org, annen) = (nummer("310000000"), nummer("310000019"));
        let (sperr_org, sperr_klient) = (Sperret::Organisasjon(org), Sperret::Klient("K/1".to_owned()));
        assert!(!register.er_sperret(&[org, annen], "k"));
        register.sperr(&sperr_org, "nøkkel på avveie", "vakten", naa()).unwrap();
        register
            .sperr(&sperr_klient, "feil i programmet", "vakten", naa())
            .unwrap();
        for register in [register, Avtaleregister::aapne(&mappe.path().join("tom")).unwrap()] {
            if register.sperrer().is_empty() {
                assert!(!register.er_sperret(&[org], "K/1"));
                continue;
            }
            assert!(register.er_sperret(&[annen, org], "k"), "in any role");
            assert!(register.er_sperret(&[annen], "K/1"));
            assert!(!register.er_sperret(&[annen], "K/2"));
            let igjen = register.sperr(&sperr_org, "x", "x", naa());
            assert!(matches!(igjen, Err(Feil::AlleredeSperret)));
        }
        let register = Avtaleregister::aapne(&sti).unwrap();
        assert_eq!(register.sperrer().len(), 2);
        assert!(register.er_sperret(&[org], "k"));
        register
            .opphev_sperre(&sperr_org, "ny nøkkel", "vakten", naa())
            .unwrap();
        assert!(!register.er_sperret(&[org], "k"));
        let igjen = register.opphev_sperre(&sperr_org, "x", "x", naa());
        assert!(matches!(igjen, Err(Feil::IkkeSperret)));
        drop(register);
        let register = Avtaleregister::aapne(&sti).unwrap();
        let (hvem, sperre) = register.sperrer().pop().unwrap();
        assert_eq!(
            (hvem, sperre.grunn.as_str(), sperre.av.as_str()),
            (sperr_klient, "feil i programmet", "vakten")
        );
    }

    #[test]
    fn a_block_says_whom_and_why() {
        let mappe = tempfile::tempdir().unwrap();
        let register = Avtaleregister::aapne(&mappe.path().join("avtale")).unwrap();
        for id in ["", "to ord", "æ", &"x".repeat(257)] {
            let feil = register.sperr(&Sperret::Klient(id.to_owned()), "grunn", "av", naa());
            assert!(matches!(feil, Err(Feil::Sperreklient)), "{id}");
        }
        let org = Sperret::Organisasjon(nummer("310000000"));
        assert!(matches!(register.sperr(&org, " ", "av", naa()), Err(Feil::Tekst(_))));
        assert!(register.sperrer().is_empty());
    }
}
