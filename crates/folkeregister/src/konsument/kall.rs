//! One call: its request as far as the handlers need it, and the answers they make.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::response::Response;
use http::{StatusCode, header};
use identifikator::Folkeregisteridentifikator;
use informasjonsmodell::xml::les::Bulk;
use informasjonsmodell::{Grunn, Lesefeil, Sti, json, xml};
use tilgang::{Format, Frigitt, Revisjonspost, Svar, Utvalg};
use tjenesteflate::forhandling::{Aksept, Innholdstype, Medietype};
use tjenesteflate::kropp;
use tjenesteflate::spoerring::Spoerring;
use tjenesteflate::stykker;

use crate::openapi::Operasjon;

use super::adgang::Adgang;
use super::feil::Feil;
use super::tilstand::Folkeregister;
use super::{soek, uttrekk};

/// Most identifiers in one bulk request.
///
/// Source: documented for persons; the same for documents is our choice.
pub const IDENTIFIKATORER_MAKS: usize = 1_000;

/// Longest identifier that is looked at; real ones have 11 or 32 characters.
///
/// Source: our choice, a bound on what is echoed.
const IDENTIFIKATOR_TEGN_MAKS: usize = 64;

/// A call that was let in.
pub(crate) struct Kall {
    pub api: Arc<Folkeregister>,
    pub adgang: Arc<Adgang>,
    /// Kinds of what is asked by, for the audit record.
    pub kriterier: Kriterier,
    pub deler: http::request::Parts,
    /// Behind a lock only because a body may not be shared; nobody shares it.
    pub kropp: Mutex<Body>,
    /// The path's own parameter, decoded.
    pub ledd: Option<String>,
    /// The one after it, where there are two.
    pub neste_ledd: Option<String>,
}

/// Kinds of what is asked by. Most calls have the path's parameter and no more.
#[derive(Clone)]
pub(crate) enum Kriterier {
    Ledd(Option<Cow<'static, str>>),
    Flere(Arc<[Cow<'static, str>]>),
}

impl Kriterier {
    pub fn alle(&self) -> &[Cow<'static, str>] {
        match self {
            Kriterier::Ledd(ledd) => ledd.as_slice(),
            Kriterier::Flere(flere) => flere,
        }
    }
}

impl Kall {
    pub fn spoerring(&self) -> Result<Spoerring, Feil> {
        Ok(Spoerring::parse(self.deler.uri.query())?)
    }

    /// What is asked for, within what the package has.
    pub fn utvalg(&self) -> Result<Utvalg, Feil> {
        let spoerring = self.spoerring()?;
        Ok(Utvalg::fra_part(self.adgang.projeksjon, spoerring.all("part"))?)
    }

    /// The form of the answer, by `Accept` alone.
    pub fn format(&self) -> Result<Format, Feil> {
        self.format_eller(Medietype::JSON)
    }

    fn format_eller(&self, foretrukket: Medietype) -> Result<Format, Feil> {
        let aksept = Aksept::from_headers(&self.deler.headers);
        let tilbud = if foretrukket == Medietype::XML {
            [Medietype::XML, Medietype::JSON]
        } else {
            [Medietype::JSON, Medietype::XML]
        };
        Ok(if *aksept.choose(&tilbud)? == Medietype::XML {
            Format::Xml
        } else {
            Format::Json
        })
    }

    /// The body, which can be taken once.
    pub fn ta_kropp(&mut self) -> Body {
        std::mem::take(self.kropp.get_mut().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the identifiers of a bulk request, and the form of its answer.
    ///
    /// An absent `Accept` means the form of the request. An absent `Content-Type` on POST is refused: it is needed.
    pub async fn les_bulk(&mut self, bulk: Bulk) -> Result<(Vec<String>, Format), Feil> {
        let innholdstype = Innholdstype::from_headers(&self.deler.headers)?;
        let medietype = match &innholdstype {
            Some(type_) if type_.is(&Medietype::JSON) => Medietype::JSON,
            Some(type_) if type_.is(&Medietype::XML) => Medietype::XML,
            _ => return Err(tjenesteflate::forhandling::InnholdstypeError::Ugyldig.into()),
        };
        let format = self.format_eller(medietype)?;
        let byte = kropp::read(self.ta_kropp(), &self.deler.headers, kropp::Grense::default()).await?;
        let for_mange = Feil::ForMange {
            maks: IDENTIFIKATORER_MAKS,
        };
        let identifikatorer = if medietype == Medietype::XML {
            match xml::les::bulk(&byte, bulk, IDENTIFIKATORER_MAKS) {
                Err(Lesefeil {
                    grunn: Grunn::ForMangeIdentifikatorer(_),
                    ..
                }) => return Err(for_mange),
                annet => annet?,
            }
        } else {
            les_json(&byte, bulk)?
        };
        if identifikatorer.len() > IDENTIFIKATORER_MAKS {
            return Err(for_mange);
        }
        let rot = Sti::rot().felt(bulk.element());
        for (nr, id) in identifikatorer.iter().enumerate() {
            if id.is_empty()
                || id.chars().count() > IDENTIFIKATOR_TEGN_MAKS
                || !id.chars().all(|c| c.is_ascii_graphic())
            {
                return Err(Lesefeil::new(&rot.indeks(nr), Grunn::Form("identifikator")).into());
            }
        }
        Ok((identifikatorer, format))
    }

    /// Kinds of what is asked by: names of the path's parameter and of the query's, and the parts that there are.
    ///
    /// A name that the contract does not know is left out: it could hold anything.
    pub fn finn_kriterier(operasjon: Operasjon, query: Option<&str>) -> Kriterier {
        const KJENTE: [&str; 2] = ["seq", "somBestilt"];
        let soekes = match operasjon {
            Operasjon::Personsoek => soek::PERSONSOEK,
            Operasjon::EntydigSoek => soek::ENTYDIGSOEK,
            Operasjon::LagJobbKomplett => uttrekk::KOMPLETT,
            _ => &[],
        };
        let ledd = operasjon.ledd().map(Cow::Borrowed);
        let spoerring = match query {
            // Most calls are a number and nothing else.
            None | Some("") => None,
            query => Spoerring::parse(query).ok(),
        };
        let Some(spoerring) = spoerring else {
            return Kriterier::Ledd(ledd);
        };
        let har = |navn: &&'static str| spoerring.all(navn).next().is_some();
        let mut ut: Vec<Cow<'static, str>> = ledd.into_iter().collect();
        let kjente = KJENTE.iter().chain(soekes).copied();
        ut.extend(kjente.filter(har).map(Cow::Borrowed));
        let parter = spoerring.all("part").filter(|p| tilgang::er_part(p));
        ut.extend(parter.take(tilgang::PART_MAKS).map(|p| Cow::Owned(format!("part={p}"))));
        Kriterier::Flere(ut.into())
    }

    /// The number that is asked for, in the path or as a criterion, where it is one.
    pub fn spurt(&self) -> Option<u64> {
        let tall = |tekst: &str| Folkeregisteridentifikator::parse(tekst).ok().map(|id| id.to_u64());
        match self.adgang.operasjon {
            Operasjon::HentSisteVersjonAvPerson => tall(self.ledd.as_deref()?),
            Operasjon::EntydigSoek => tall(self.spoerring().ok()?.text("identifikasjonsnummer").ok()??),
            _ => None,
        }
    }

    /// An answer without persons: it is recorded that it was asked for.
    pub async fn svar_uten_personer(&self, kropp: impl Into<Body>, medietype: Medietype) -> Result<Response, Feil> {
        let post = Revisjonspost {
            kriterier: self.kriterier.alle(),
            ..self.adgang.post(200)
        };
        self.api
            .frigivelse
            .noter(&post)
            .await
            .map_err(|_| Feil::Utilgjengelig)?;
        Ok(svar(kropp, medietype))
    }

    /// Releases an answer: the audit record is written, then the bytes may leave. `spurt`: the numbers asked for.
    pub async fn frigi(&self, svar: Svar, spurt: &[u64]) -> Result<Response, Feil> {
        let format = svar.format();
        let ukjente = svar.ukjente_i_xml();
        if ukjente > 0 {
            tracing::debug!(antall = ukjente, "felt som modellen ikke kjenner ble utelatt i XML");
        }
        let post = Revisjonspost {
            kriterier: self.kriterier.alle(),
            spurt,
            ..self.adgang.post(200)
        };
        let frigitt = self.api.frigivelse.frigi(svar, &post).await?;
        Ok(med_kropp(frigitt, medietype(format)))
    }
}

fn les_json(byte: &[u8], bulk: Bulk) -> Result<Vec<String>, Feil> {
    use serde_json::Value;
    let rot = Sti::rot();
    let feil = |sti: &Sti, grunn| Feil::from(Lesefeil::new(sti, grunn));
    let Value::Object(mut objekt) = json::les(byte)? else {
        return Err(feil(&rot, Grunn::FeilType("objekt")));
    };
    let liste = objekt.shift_remove(bulk.element());
    if !objekt.is_empty() {
        return Err(feil(&rot.ukjent(), Grunn::UkjentElement));
    }
    let sti = rot.felt(bulk.element());
    let liste = match liste {
        None => return Err(feil(&sti, Grunn::Mangler)),
        Some(Value::Array(liste)) => liste,
        Some(_) => return Err(feil(&sti, Grunn::FeilType("liste"))),
    };
    if liste.len() > IDENTIFIKATORER_MAKS {
        return Err(Feil::ForMange {
            maks: IDENTIFIKATORER_MAKS,
        });
    }
    liste
        .into_iter()
        .enumerate()
        .map(|(nr, verdi)| match verdi {
            Value::String(tekst) => Ok(tekst),
            _ => Err(feil(&sti.indeks(nr), Grunn::FeilType("tekst"))),
        })
        .collect()
}

pub(crate) fn medietype(format: Format) -> Medietype {
    match format {
        Format::Json => Medietype::JSON,
        Format::Xml => Medietype::XML,
    }
}

/// An answer of released bytes.
pub(crate) fn med_kropp(frigitt: Frigitt, medietype: Medietype) -> Response {
    svar(stykker::kropp(frigitt.til_kropp()), medietype)
}

/// An answer without persons: a schema, a number.
pub(crate) fn svar(kropp: impl Into<Body>, medietype: Medietype) -> Response {
    let mut svar = Response::new(kropp.into());
    *svar.status_mut() = StatusCode::OK;
    svar.headers_mut().insert(header::CONTENT_TYPE, medietype.header());
    svar
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORD: &[&str] = &[
        "\"foedselsEllerDNummer\":[",
        "\"dokumentidentifikator\":[",
        "\"30908299902\",",
        "null",
        "\\u0000",
        "1e400",
    ];

    fn gyldige() -> Vec<Vec<u8>> {
        vec![
            br#"{"foedselsEllerDNummer":["30908299902","x"]}"#.to_vec(),
            br#"{"dokumentidentifikator":[]}"#.to_vec(),
        ]
    }

    fn proev(byte: &[u8]) {
        for bulk in [Bulk::Personer, Bulk::Arkiv, Bulk::Hendelser] {
            if let Ok(liste) = les_json(byte, bulk) {
                assert!(liste.len() <= IDENTIFIKATORER_MAKS);
            }
        }
    }

    fuzz::maal!(paalitelighet_15_fuzz_bulk_json, 4_000, ORD, gyldige, proev);
}
