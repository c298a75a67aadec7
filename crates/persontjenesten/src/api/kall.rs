//! One call that was let in: its parameters, held against the contract's own list, and the answer it gets.
//!
//! A newcomer's mistake is to read a parameter in a handler. What the list of [`crate::openapi`] does not have is not looked at, and
//! what it has is right when a handler sees it. Names are read without regard to case (our choice; the contract does not say).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::header;
use http::request::Parts;
use identifikator::Folkeregisteridentifikator;
use tilgang::{Feedleveranse, Frigitt, Revisjonspost, Svar};
use tjenesteflate::forhandling::{Aksept, Innholdstype, InnholdstypeError, Medietype};
use tjenesteflate::kropp::{self, Grense};
use tjenesteflate::spoerring::{SKJEMA_BYTES_MAKS, Spoerring};
use tjenesteflate::stykker;

use super::adgang::Adgang;
use super::feil::Feil;
use super::tilstand::PersonApi;
use crate::openapi::{Brudd, Operasjon, Parameter, Sted, Verdiform};
use crate::{InformationPart, Versjon};

const SKJEMATYPE: Medietype = Medietype::new("application", "x-www-form-urlencoded");

/// A call that was let in.
#[derive(Clone)]
pub(super) struct Kall {
    pub api: Arc<PersonApi>,
    pub adgang: Arc<Adgang>,
    pub parametre: Arc<Parametre>,
}

/// The parameters of a call, each as the contract says that it must be.
#[derive(Default)]
pub(super) struct Parametre {
    verdier: BTreeMap<&'static str, Vec<String>>,
    /// Those of `informationParts`, as they were asked for.
    deler: Vec<InformationPart>,
}

const DELER: &str = "informationParts";

impl Parametre {
    /// Reads path, query and form.
    ///
    /// # Errors
    /// [`Feil::Ugyldig`] with every parameter that is wrong; [`Feil::Ramme`] for what cannot be read at all.
    pub async fn les(
        (operasjon, versjon): (Operasjon, Versjon),
        ledd: Option<&str>,
        deler: &Parts,
        kropp: Body,
    ) -> Result<Self, Feil> {
        Aksept::from_headers(&deler.headers).choose(&[Medietype::JSON])?;
        let spoerring = Spoerring::parse(deler.uri.query())?;
        let skjema = match operasjon.skjema(versjon) {
            None => (Spoerring::default(), [].as_slice()),
            Some(skjema) => {
                let innholdstype = Innholdstype::from_headers(&deler.headers)?;
                let uten = innholdstype.is_none();
                let riktig = innholdstype.map_or(!skjema.krevd, |type_| type_.is(&SKJEMATYPE));
                if !riktig {
                    return Err(InnholdstypeError::Ugyldig.into());
                }
                let grense = Grense {
                    bytes_maks: SKJEMA_BYTES_MAKS,
                    ..Grense::default()
                };
                let byte = kropp::read(kropp, &deler.headers, grense).await?;
                // What need not be there may be left out, its type with it.
                if uten && !byte.is_empty() {
                    return Err(InnholdstypeError::Ugyldig.into());
                }
                (Spoerring::parse_skjema(&byte)?, skjema.felter)
            }
        };
        let (skjema, felter) = skjema;
        let alle = operasjon.parametre(versjon).iter().chain(felter);
        let mut ut = Parametre::default();
        let mut galt = Vec::new();
        for parameter in alle {
            let sendt: Vec<&str> = match parameter.sted {
                Sted::Sti => ledd.into_iter().collect(),
                Sted::Spoerring => spoerring.all_any_case(parameter.navn).collect(),
                Sted::Skjema => skjema.all_any_case(parameter.navn).collect(),
            };
            match sjekk(parameter, &sendt) {
                Ok(None) => {}
                Ok(Some(verdier)) => {
                    ut.verdier.insert(parameter.navn, verdier);
                }
                Err(brudd) => galt.push((parameter.navn, brudd)),
            }
        }
        let deler = ut.alle(DELER).iter().filter_map(|navn| InformationPart::fra_navn(navn));
        ut.deler = deler.collect();
        if galt.is_empty() {
            Ok(ut)
        } else {
            Err(Feil::Ugyldig(galt))
        }
    }

    pub fn alle(&self, navn: &str) -> &[String] {
        self.verdier.get(navn).map(Vec::as_slice).unwrap_or_default()
    }

    pub fn en(&self, navn: &str) -> Option<&str> {
        self.alle(navn).first().map(String::as_str)
    }

    pub fn sann(&self, navn: &str) -> bool {
        self.en(navn).is_some_and(|verdi| verdi.eq_ignore_ascii_case("true"))
    }

    pub fn heltall(&self, navn: &str) -> Option<u64> {
        self.en(navn)?.parse().ok()
    }

    pub fn deler(&self) -> impl Iterator<Item = InformationPart> + '_ {
        self.deler.iter().copied()
    }

    /// Kinds of what is asked by, for the audit record: names, and the values of what are lists of the contract.
    pub fn kriterier(&self) -> Vec<Cow<'static, str>> {
        let mut ut: Vec<Cow<'static, str>> = Vec::new();
        for (navn, verdier) in &self.verdier {
            if *navn == DELER && verdier.len() == self.deler.len() {
                let mut deler: Vec<&'static str> = self.deler.iter().map(|del| del.kriterium()).collect();
                deler.sort_unstable();
                deler.dedup();
                ut.extend(deler.into_iter().map(Cow::Borrowed));
            } else if matches!(*navn, DELER | "eventTypes") {
                let mut verdier: Vec<&String> = verdier.iter().collect();
                verdier.sort();
                verdier.dedup();
                ut.extend(verdier.into_iter().map(|verdi| Cow::Owned(format!("{navn}={verdi}"))));
            } else {
                ut.push(Cow::Borrowed(navn));
            }
        }
        ut
    }

    /// The numbers of persons that are asked for; what is none is left out.
    pub fn spurt(&self) -> Vec<u64> {
        let alle = self.alle("nin").iter().chain(self.alle("nins"));
        alle.filter_map(|tekst| Folkeregisteridentifikator::parse(tekst).ok())
            .map(|id| id.to_u64())
            .collect()
    }
}

fn sjekk(parameter: &Parameter, sendt: &[&str]) -> Result<Option<Vec<String>>, Brudd> {
    if sendt.is_empty() {
        return if parameter.krevd { Err(Brudd::Mangler) } else { Ok(None) };
    }
    let flere = matches!(parameter.form, Verdiform::Flere { .. } | Verdiform::Tekster { .. });
    if !flere && sendt.len() > 1 {
        return Err(Brudd::Gjentatt);
    }
    let verdier = parameter.form.del_opp(sendt);
    parameter.form.sjekk(&verdier)?;
    Ok(Some(verdier.into_iter().map(str::to_owned).collect()))
}

impl Kall {
    /// Releases an answer: the audit record is written, then the bytes may be translated and leave. `merker`: what the record is told
    /// beside the parameters.
    pub async fn frigi(
        &self,
        svar: Svar,
        merker: Vec<Cow<'static, str>>,
        feed: Option<Feedleveranse>,
    ) -> Result<Frigitt, Feil> {
        let mut kriterier = self.parametre.kriterier();
        kriterier.extend(merker);
        let spurt = self.parametre.spurt();
        let post = Revisjonspost {
            kriterier: &kriterier,
            spurt: &spurt,
            feed,
            ..self.adgang.post(200)
        };
        Ok(self.api.frigivelse.frigi(svar, &post).await?)
    }
}

/// An answer of JSON.
pub(super) fn svar(kropp: Vec<u8>) -> Response {
    let mut svar = Response::new(stykker::kropp(kropp));
    svar.headers_mut()
        .insert(header::CONTENT_TYPE, Medietype::JSON.header());
    svar
}

/// Runs what takes milliseconds where it does not hold up other calls.
pub(super) async fn utenfor_loekka<T: Send + 'static>(
    arbeid: impl FnOnce() -> Result<T, Feil> + Send + 'static,
) -> Result<T, Feil> {
    tjenesteflate::arbeid::utenfor_loekka(arbeid)
        .await
        .unwrap_or(Err(Feil::Intern))
}
