//! The sixteen operations: method, path, parameters, body, and what a successful answer holds.
//!
//! Source: OpenAPI 1.5 "offentlig med hjemmel", section `paths`. Ids are the published ones, endings included.

use serde_json::{Map, Value, json};

use super::parameter::{self, Parameter};
use super::{referanse, svar};

/// An operation of the consumer API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operasjon {
    /// Event documents by identifier, many.
    HentHendelseDokumenter,
    /// One page of the feed.
    HentFeedSide,
    /// Schema of the feed.
    HentFeedXsd,
    /// Last sequence number of the feed.
    SisteSekvensnummerIFeed,
    /// Schema of the hendelsesdokument.
    HentHendelseXsd,
    /// One event document.
    HentHendelseDokument,
    /// One archived person.
    HentArkivperson,
    /// Persons by number, many.
    HentPersoner,
    /// Archived persons by document, many.
    HentArkivpersoner,
    /// The one person that fits.
    EntydigSoek,
    /// Numbers of those who fit.
    Personsoek,
    /// Schema of the persondokument.
    HentPersonXsd,
    /// One person.
    HentSisteVersjonAvPerson,
    /// Orders everything in the package.
    LagJobbKomplett,
    /// Orders those who fit.
    LagJobbTilpasset,
    /// One batch of an order.
    HentBatch,
}

/// What a successful answer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Innhold {
    /// One of a schema.
    En(&'static str),
    /// A list of a schema, and the XML root around it.
    Liste(&'static str, &'static str),
    /// The feed's list of items.
    Feed,
    /// A bare number.
    Sekvensnummer,
    /// A schema, as XML.
    Xsd,
}

const PERSON: &str = "folkeregisteret.tilgjengeliggjoering.person.v1.Folkeregisterperson";
const HENDELSE: &str = "folkeregisteret.tilgjengeliggjoering.hendelse.v1.DokumentForHendelse";
const JOBB: &str = "folkeregisteret.tilgjengeliggjoering.uttrekk.v1.response.UttrekkJobbResponse";
const LAGRET_HENDELSE: &str = "ske.folkeregister.rettighetspakke.hendelser.LagretHendelseMedDokumentIdentifikatorer";
/// Body of a batch, also when there is none.
pub(super) const BATCH: &str = "folkeregisteret.tilgjengeliggjoering.uttrekk.v1.response.UttrekkDataResponse";

impl Operasjon {
    /// Every operation, in the order of the paths of the public document.
    pub const ALLE: [Operasjon; 16] = [
        Operasjon::HentHendelseDokumenter,
        Operasjon::HentFeedSide,
        Operasjon::HentFeedXsd,
        Operasjon::SisteSekvensnummerIFeed,
        Operasjon::HentHendelseXsd,
        Operasjon::HentHendelseDokument,
        Operasjon::HentArkivperson,
        Operasjon::HentPersoner,
        Operasjon::HentArkivpersoner,
        Operasjon::EntydigSoek,
        Operasjon::Personsoek,
        Operasjon::HentPersonXsd,
        Operasjon::HentSisteVersjonAvPerson,
        Operasjon::LagJobbKomplett,
        Operasjon::LagJobbTilpasset,
        Operasjon::HentBatch,
    ];

    /// The published `operationId`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Operasjon::HentHendelseDokumenter => "hentHendelseDokumenter",
            Operasjon::HentFeedSide => "hentFeedSide",
            Operasjon::HentFeedXsd => "getFeedXsd",
            Operasjon::SisteSekvensnummerIFeed => "sisteSekvensnummerIFeed",
            Operasjon::HentHendelseXsd => "getXsd",
            Operasjon::HentHendelseDokument => "hentHendelseDokument",
            Operasjon::HentArkivperson => "hentArkivperson",
            Operasjon::HentPersoner => "hentPersoner",
            Operasjon::HentArkivpersoner => "hentArkivpersoner",
            Operasjon::EntydigSoek => "entydigSoek",
            Operasjon::Personsoek => "personsoek",
            Operasjon::HentPersonXsd => "getXsd_1",
            Operasjon::HentSisteVersjonAvPerson => "hentSisteVersjonAvPerson",
            Operasjon::LagJobbKomplett => "lagJobb_1",
            Operasjon::LagJobbTilpasset => "lagJobb",
            Operasjon::HentBatch => "hentBatch",
        }
    }

    /// Its name in the access matrix: method and path below the version.
    #[must_use]
    pub fn navn(self) -> &'static str {
        match self {
            Operasjon::HentSisteVersjonAvPerson => "GET personer/{personidentifikator}",
            Operasjon::HentPersoner => "POST personer/bulkoppslag",
            Operasjon::Personsoek => "GET personer/soek",
            Operasjon::EntydigSoek => "GET personer/entydigsoek",
            Operasjon::HentPersonXsd => "GET personer/xsd",
            Operasjon::HentArkivperson => "GET personer/arkiv/{dokumentidentifikator}",
            Operasjon::HentArkivpersoner => "POST personer/bulkoppslag/arkiv",
            Operasjon::HentFeedSide => "GET hendelser/feed",
            Operasjon::SisteSekvensnummerIFeed => "GET hendelser/siste/sekvensnummer",
            Operasjon::HentHendelseXsd => "GET hendelser/xsd",
            Operasjon::HentFeedXsd => "GET hendelser/feedxsd",
            Operasjon::HentHendelseDokument => "GET hendelser/{hendelsesidentifikator}",
            Operasjon::HentHendelseDokumenter => "POST hendelser/bulkoppslag",
            Operasjon::LagJobbKomplett => "GET uttrekk/komplett",
            Operasjon::LagJobbTilpasset => "POST uttrekk/tilpasset",
            Operasjon::HentBatch => "GET uttrekk/{jobbid}/batch/{batchnr}",
        }
    }

    /// The path below the package, with its parameters in braces.
    #[must_use]
    pub fn sti(self) -> &'static str {
        match self {
            Operasjon::HentHendelseDokumenter => "/v1/hendelser/bulkoppslag",
            Operasjon::HentFeedSide => "/v1/hendelser/feed",
            Operasjon::HentFeedXsd => "/v1/hendelser/feedxsd",
            Operasjon::SisteSekvensnummerIFeed => "/v1/hendelser/siste/sekvensnummer",
            Operasjon::HentHendelseXsd => "/v1/hendelser/xsd",
            Operasjon::HentHendelseDokument => "/v1/hendelser/{hendelsesidentifikator}",
            Operasjon::HentArkivperson => "/v1/personer/arkiv/{dokumentidentifikator}",
            Operasjon::HentPersoner => "/v1/personer/bulkoppslag",
            Operasjon::HentArkivpersoner => "/v1/personer/bulkoppslag/arkiv",
            Operasjon::EntydigSoek => "/v1/personer/entydigsoek",
            Operasjon::Personsoek => "/v1/personer/soek",
            Operasjon::HentPersonXsd => "/v1/personer/xsd",
            Operasjon::HentSisteVersjonAvPerson => "/v1/personer/{personidentifikator}",
            Operasjon::LagJobbKomplett => "/v1/uttrekk/komplett",
            Operasjon::LagJobbTilpasset => "/v1/uttrekk/tilpasset",
            Operasjon::HentBatch => "/v1/uttrekk/{jobbid}/batch/{batchnr}",
        }
    }

    /// The parameter of the path.
    #[must_use]
    pub fn ledd(self) -> Option<&'static str> {
        let (_, rest) = self.sti().split_once('{')?;
        rest.split_once('}').map(|(navn, _)| navn)
    }

    /// Whether it asks for one person, or one document of one.
    #[must_use]
    pub fn er_enkelt(self) -> bool {
        matches!(
            self,
            Operasjon::HentSisteVersjonAvPerson
                | Operasjon::HentArkivperson
                | Operasjon::HentHendelseDokument
                | Operasjon::EntydigSoek
        )
    }

    /// `get` or `post`, as the document spells it.
    #[must_use]
    pub fn metode(self) -> &'static str {
        if self.kropp().is_some() { "post" } else { "get" }
    }

    fn sammendrag(self) -> &'static str {
        match self {
            Operasjon::HentHendelseDokumenter => "Henter flere hendelsesdokumenter.",
            Operasjon::HentFeedSide => "Henter en side av hendelseslisten.",
            Operasjon::HentFeedXsd => "Henter XSD for hendelsene i hendelseslisten.",
            Operasjon::SisteSekvensnummerIFeed => "Henter hendelseslistens siste sekvensnummer.",
            Operasjon::HentHendelseXsd => "Henter XSD for hendelsesdokumentet.",
            Operasjon::HentHendelseDokument => "Henter ett hendelsesdokument.",
            Operasjon::HentArkivperson => "Henter en person slik den var etter en hendelse.",
            Operasjon::HentPersoner => "Henter flere personer.",
            Operasjon::HentArkivpersoner => "Henter flere personer slik de var etter en hendelse.",
            Operasjon::EntydigSoek => "Henter personen som kriteriene peker ut.",
            Operasjon::Personsoek => "Finner numrene til personer som passer med kriteriene.",
            Operasjon::HentPersonXsd => "Henter XSD for persondokumentet.",
            Operasjon::HentSisteVersjonAvPerson => "Henter en person.",
            Operasjon::LagJobbKomplett => "Bestiller uttrekk av alle personer i rettighetspakken.",
            Operasjon::LagJobbTilpasset => "Bestiller uttrekk av personer som passer med kriteriene.",
            Operasjon::HentBatch => "Henter én porsjon av et uttrekk.",
        }
    }

    fn parametre(self) -> &'static [Parameter] {
        match self {
            Operasjon::HentFeedSide => parameter::FEED,
            Operasjon::HentHendelseDokument => parameter::HENDELSE,
            Operasjon::HentArkivperson => parameter::ARKIVPERSON,
            Operasjon::HentPersoner => parameter::PERSONER,
            Operasjon::HentArkivpersoner => parameter::ARKIVPERSONER,
            Operasjon::EntydigSoek => parameter::ENTYDIGSOEK,
            Operasjon::Personsoek => parameter::PERSONSOEK,
            Operasjon::HentSisteVersjonAvPerson => parameter::PERSON,
            Operasjon::LagJobbKomplett => parameter::KOMPLETT,
            Operasjon::HentBatch => parameter::BATCH,
            Operasjon::HentHendelseDokumenter
            | Operasjon::HentFeedXsd
            | Operasjon::SisteSekvensnummerIFeed
            | Operasjon::HentHendelseXsd
            | Operasjon::HentPersonXsd
            | Operasjon::LagJobbTilpasset => &[],
        }
    }

    /// Schema of the body and its media types.
    fn kropp(self) -> Option<(&'static str, &'static [&'static str])> {
        const BEGGE: &[&str] = &["application/json", "application/xml"];
        match self {
            Operasjon::HentHendelseDokumenter => Some((
                "folkeregisteret.tilgjengeliggjoering.hendelse.v1.bulk.request.HendelseBulkoppslagRequest",
                BEGGE,
            )),
            Operasjon::HentPersoner => Some((
                "folkeregisteret.tilgjengeliggjoering.person.v1.bulk.request.PersonBulkoppslagRequest",
                BEGGE,
            )),
            Operasjon::HentArkivpersoner => Some((
                "folkeregisteret.tilgjengeliggjoering.person.v1.bulk.arkiv.request.ArkivDokumentBulkoppslagRequest",
                BEGGE,
            )),
            Operasjon::LagJobbTilpasset => Some((
                "folkeregisteret.tilgjengeliggjoering.uttrekk.v1.request.TilpassetUttrekkJobbRequest",
                &["application/json"],
            )),
            _ => None,
        }
    }

    pub(super) fn innhold(self) -> Innhold {
        match self {
            Operasjon::HentHendelseDokumenter => Innhold::Liste(HENDELSE, "hendelseBulkoppslagResponse"),
            Operasjon::HentArkivpersoner => Innhold::Liste(PERSON, "arkivDokumentBulkoppslagResponse"),
            Operasjon::HentFeedSide => Innhold::Feed,
            Operasjon::SisteSekvensnummerIFeed => Innhold::Sekvensnummer,
            Operasjon::HentFeedXsd | Operasjon::HentHendelseXsd | Operasjon::HentPersonXsd => Innhold::Xsd,
            Operasjon::HentHendelseDokument => Innhold::En(HENDELSE),
            Operasjon::HentArkivperson | Operasjon::EntydigSoek | Operasjon::HentSisteVersjonAvPerson => {
                Innhold::En(PERSON)
            }
            Operasjon::HentPersoner => {
                Innhold::En("folkeregisteret.tilgjengeliggjoering.person.v1.bulk.response.PersonBulkoppslagResponse")
            }
            Operasjon::Personsoek => {
                Innhold::En("folkeregisteret.tilgjengeliggjoering.person.v1.soek.response.PersonsoekResponse")
            }
            Operasjon::LagJobbKomplett | Operasjon::LagJobbTilpasset => Innhold::En(JOBB),
            Operasjon::HentBatch => Innhold::En(BATCH),
        }
    }

    /// The operation as the document shows it.
    pub(super) fn beskriv(self, tittel: &str) -> Value {
        let mut ut = Map::new();
        ut.insert("tags".into(), json!([tittel]));
        ut.insert("summary".into(), self.sammendrag().into());
        ut.insert("operationId".into(), self.id().into());
        let parametre: Vec<Value> = self.parametre().iter().map(Parameter::beskriv).collect();
        if !parametre.is_empty() {
            ut.insert("parameters".into(), parametre.into());
        }
        if let Some((skjema, medier)) = self.kropp() {
            let innhold: Map<String, Value> = medier
                .iter()
                .map(|medium| ((*medium).to_owned(), json!({"schema": referanse(skjema)})))
                .collect();
            ut.insert("requestBody".into(), json!({"content": innhold}));
        }
        let mut alle_svar = Map::new();
        let (status, vellykket) = self.vellykket();
        alle_svar.insert(status.to_owned(), vellykket);
        for status in svar::STATUSER.iter().filter(|status| (status.gjelder)(self)) {
            alle_svar.insert(status.status.to_string(), status.beskriv(self));
        }
        ut.insert("responses".into(), alle_svar.into());
        Value::Object(ut)
    }

    /// The status of a successful answer, and the answer.
    fn vellykket(self) -> (&'static str, Value) {
        let en = |skjema: Value| json!({"schema": skjema});
        match self.innhold() {
            Innhold::Xsd => (
                "default",
                json!({"description": "Skjemaet.", "content": {"application/xml": {}}}),
            ),
            Innhold::En(navn) => {
                let skjema = en(referanse(navn));
                let innhold = json!({"application/json": skjema, "application/xml": skjema});
                ("200", json!({"description": "Svaret.", "content": innhold}))
            }
            Innhold::Liste(navn, rot) => {
                let json_skjema = json!({"type": "array", "items": referanse(navn)});
                let mut xml_skjema = json_skjema.clone();
                if let Some(objekt) = xml_skjema.as_object_mut() {
                    objekt.insert("xml".into(), json!({"name": rot, "wrapped": true}));
                }
                let innhold = json!({"application/json": en(json_skjema), "application/xml": en(xml_skjema)});
                (
                    "200",
                    json!({"description": "Dokumentene som finnes.", "content": innhold}),
                )
            }
            Innhold::Feed => {
                let skjema = en(json!({"type": "array", "items": referanse(LAGRET_HENDELSE)}));
                let innhold = json!({
                    "application/json": skjema, "application/atom+xml": skjema, "application/xml": skjema,
                });
                let hode = json!({"ETag": {
                    "description": "Sidens versjon; sendes som If-None-Match neste gang.",
                    "schema": {"type": "string"},
                }});
                let tekst = "Hendelsene fra og med seq, tom når det ikke er flere.";
                (
                    "200",
                    json!({"description": tekst, "headers": hode, "content": innhold}),
                )
            }
            Innhold::Sekvensnummer => {
                let tall = en(json!({"type": "integer", "format": "int64"}));
                let objekt = en(referanse("ske.folkeregister.rettighetspakke.hendelser.Sekvensnummer"));
                let innhold = json!({"application/json": tall, "application/xml": objekt, "text/plain": tall});
                (
                    "200",
                    json!({"description": "Siste sekvensnummer.", "content": innhold}),
                )
            }
        }
    }
}
