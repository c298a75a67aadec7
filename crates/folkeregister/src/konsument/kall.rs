//! One call: its request as far as the handlers need it, and the answers they make.

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use informasjonsmodell::xml::les::Bulk;
use informasjonsmodell::{Grunn, Lesefeil, Sti, json, xml};
use tilgang::{Format, Frigitt, Svar, Utvalg};
use tjenesteflate::forhandling::{Aksept, Innholdstype, Medietype};
use tjenesteflate::kropp;
use tjenesteflate::spoerring::Spoerring;

use super::adgang::Adgang;
use super::feil::Feil;
use super::tilstand::Folkeregister;

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
    pub adgang: Adgang,
    pub deler: http::request::Parts,
    pub kropp: Body,
    /// The path's own parameter, decoded.
    pub ledd: Option<String>,
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
        let byte = kropp::read(
            std::mem::take(&mut self.kropp),
            &self.deler.headers,
            kropp::Grense::default(),
        )
        .await?;
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

    /// Releases an answer: the audit record is written, then the bytes may leave.
    pub fn frigi(&self, svar: Svar) -> Result<Response, Feil> {
        let format = svar.format();
        let ukjente = svar.ukjente_i_xml();
        if ukjente > 0 {
            tracing::debug!(antall = ukjente, "felt som modellen ikke kjenner ble utelatt i XML");
        }
        let frigitt = self.api.frigivelse.frigi(svar, &self.adgang.post(200))?;
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
    svar(frigitt.til_kropp(), medietype)
}

/// An answer without persons: a schema, a number.
pub(crate) fn svar(kropp: impl Into<Body>, medietype: Medietype) -> Response {
    let mut svar = Response::new(kropp.into());
    *svar.status_mut() = StatusCode::OK;
    if let Ok(type_) = HeaderValue::try_from(medietype.to_string()) {
        svar.headers_mut().insert(header::CONTENT_TYPE, type_);
    }
    svar
}
