//! The schemas that are no part of the information model: bulk bodies, search answers, extracts, feed items, errors.
//!
//! Source: OpenAPI 1.5 "offentlig med hjemmel", section `components`; [`FEIL`] is the body that the documentation page on
//! errors shows and the public document leaves out.

use informasjonsmodell::kodeverk::{Kjoenn, Sivilstandstype};
use serde_json::{Map, Value, json};

use super::referanse;
use super::skjemaer::kode;

/// `kode` and `melding`: the general error body.
pub(super) const FEIL: &str = "folkeregisteret.feil.v1.Feil";
/// `folkeregisterFeilmelding`.
pub(super) const FEILMELDING: &str = "ske.folkeregister.exception.javaxrs.FolkeregisterFeilmelding";
/// `error`.
pub(super) const FEEDFEIL: &str = "ske.folkeregister.lesemodell.universal.feil.ErrorMessageForExternalUsers";

const PERSON_V1: &str = "folkeregisteret.tilgjengeliggjoering.person.v1";
const HENDELSE_V1: &str = "folkeregisteret.tilgjengeliggjoering.hendelse.v1";
const UTTREKK_V1: &str = "folkeregisteret.tilgjengeliggjoering.uttrekk.v1";
const HENDELSER: &str = "ske.folkeregister.rettighetspakke.hendelser";

/// Statuses that an extract can be asked for. Source: OpenAPI 1.5, `Personstatustyper`.
const PERSONSTATUSTYPER: [&str; 5] = ["aktiv", "bosatt", "utflyttet", "doed", "inaktiv"];

/// All of them, by component name.
pub(super) fn alle() -> Map<String, Value> {
    let tekst = || json!({"type": "string"});
    let tekster = || json!({"type": "array", "items": {"type": "string"}});
    let tall = || json!({"type": "integer", "format": "int64"});
    let status = || json!({"type": "integer", "format": "int32"});
    let i = |pakke: &str, navn: &str| referanse(&format!("{pakke}.{navn}"));
    let liste = |av: Value| json!({"type": "array", "items": av});
    let mut ut = Map::new();
    let mut ny = |navn: &str, krevd: &[&str], egenskaper: Value| {
        let tittel = navn.rsplit('.').next().unwrap_or(navn);
        ut.insert(navn.to_owned(), objekt(tittel, krevd, egenskaper));
    };
    for (navn, egenskap) in [
        (
            format!("{PERSON_V1}.bulk.request.PersonBulkoppslagRequest"),
            "foedselsEllerDNummer",
        ),
        (
            format!("{PERSON_V1}.bulk.arkiv.request.ArkivDokumentBulkoppslagRequest"),
            "dokumentidentifikator",
        ),
        (
            format!("{HENDELSE_V1}.bulk.request.HendelseBulkoppslagRequest"),
            "dokumentidentifikator",
        ),
        (
            format!("{PERSON_V1}.soek.response.PersonsoekResponse"),
            "foedselsEllerDNummer",
        ),
    ] {
        ny(&navn, &[], json!({egenskap: tekster()}));
    }
    let svar = format!("{PERSON_V1}.bulk.response");
    ny(
        &format!("{svar}.Feilmelding"),
        &["feilmelding"],
        json!({"feilmelding": tekst()}),
    );
    ny(
        &format!("{svar}.Oppslag"),
        &["foedselsEllerDNummer"],
        json!({
            "feilmelding": i(&svar, "Feilmelding"),
            "foedselsEllerDNummer": tekst(),
            "folkeregisterperson": i(PERSON_V1, "Folkeregisterperson"),
        }),
    );
    ny(
        &format!("{svar}.PersonBulkoppslagResponse"),
        &[],
        json!({"oppslag": liste(i(&svar, "Oppslag"))}),
    );
    ny(
        &format!("{UTTREKK_V1}.request.Kommunenummer"),
        &[],
        json!({"bostedskommunenummer": tekst(), "oppholdskommunenummer": tekst()}),
    );
    ny(
        &format!("{UTTREKK_V1}.request.TilpassetUttrekkJobbRequest"),
        &["personstatustyper"],
        json!({
            "doedsaarFraOgMed": tekst(),
            "doedsaarTilOgMed": tekst(),
            "foedselsaarFraOgMed": tekst(),
            "foedselsaarTilOgMed": tekst(),
            "kjoenn": kode("Kjoenn", Kjoenn::LISTE.verdier),
            "kommunenummer": i(&format!("{UTTREKK_V1}.request"), "Kommunenummer"),
            "personstatustyper": liste(kode("Personstatustyper", &PERSONSTATUSTYPER)),
            "sivilstandstype": kode("Sivilstandstype", Sivilstandstype::LISTE.verdier),
            "statsborgerskap": tekst(),
        }),
    );
    ny(
        &format!("{UTTREKK_V1}.response.UttrekkDataResponse"),
        &[],
        json!({"dokumentidentifikator": tekster(), "feilmelding": tekst(), "foedselsEllerDNummer": tekster()}),
    );
    ny(
        &format!("{UTTREKK_V1}.response.UttrekkJobbResponse"),
        &[],
        json!({"feilmelding": tekst(), "jobbId": tekst()}),
    );
    ny(FEIL, &["kode", "melding"], json!({"kode": tekst(), "melding": tekst()}));
    ny(
        FEILMELDING,
        &[],
        json!({
            "alvorlighetsgrad": tekst(),
            "feilkode": tekst(),
            "feilmelding": tekst(),
            "httpStatus": status(),
            "tilleggsinformasjon": {"type": "object", "additionalProperties": tekst()},
        }),
    );
    ny(
        FEEDFEIL,
        &[],
        json!({"code": tekst(), "feilreferanse": tekst(), "httpStatus": status(), "message": tekst()}),
    );
    ny(
        &format!("{HENDELSER}.HendelseMedDokumentIdentifikatorer"),
        &[],
        json!({
            "ajourholdstidspunkt": {"type": "string", "format": "date-time"},
            "folkeregisteridentifikator": tekst(),
            "hendelsesdokument": tekst(),
            "hendelsetype": tekst(),
            "persondokument": tekst(),
        }),
    );
    ny(
        &format!("{HENDELSER}.LagretHendelseMedDokumentIdentifikatorer"),
        &[],
        json!({"hendelse": i(HENDELSER, "HendelseMedDokumentIdentifikatorer"), "sekvensnummer": tall()}),
    );
    ny(
        &format!("{HENDELSER}.Sekvensnummer"),
        &[],
        json!({"sekvensnummer": tall()}),
    );
    if let Some(Value::Object(feedfeil)) = ut.get_mut(FEEDFEIL) {
        feedfeil.insert("xml".into(), json!({"name": "error"}));
    }
    ut
}

/// An object schema; `egenskaper` is a JSON object.
pub(super) fn objekt(tittel: &str, krevd: &[&str], egenskaper: Value) -> Value {
    let mut ut = Map::new();
    ut.insert("title".into(), tittel.into());
    if !krevd.is_empty() {
        ut.insert("required".into(), krevd.into());
    }
    ut.insert("type".into(), "object".into());
    ut.insert("properties".into(), egenskaper);
    Value::Object(ut)
}
