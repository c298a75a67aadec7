//! The parameters of the operations, one table each.
//!
//! Source: OpenAPI 1.5 "offentlig med hjemmel", `parameters` of each operation.

use serde_json::{Map, Value, json};

/// A parameter.
#[derive(Debug)]
pub(super) struct Parameter {
    navn: &'static str,
    slag: Slag,
    tekst: &'static str,
}

#[derive(Clone, Copy, Debug)]
enum Slag {
    /// In the path, text.
    StiTekst,
    /// In the path, a number of 64 bits.
    StiTall,
    /// In the query, text.
    Tekst,
    /// In the query, `true` or `false`.
    Boolsk,
    /// In the query, a number of 32 bits.
    Tall32,
    /// In the query and required, a number of 64 bits.
    KrevdTall,
    /// In the query, repeated, each value once.
    Mengde,
}

const fn p(navn: &'static str, slag: Slag, tekst: &'static str) -> Parameter {
    Parameter { navn, slag, tekst }
}

impl Parameter {
    pub(super) fn beskriv(&self) -> Value {
        let skjema = match self.slag {
            Slag::StiTekst | Slag::Tekst => json!({"type": "string"}),
            Slag::Boolsk => json!({"type": "boolean"}),
            Slag::StiTall | Slag::KrevdTall => json!({"type": "integer", "format": "int64"}),
            Slag::Tall32 => json!({"type": "integer", "format": "int32"}),
            Slag::Mengde => json!({"uniqueItems": true, "type": "array", "items": {"type": "string"}}),
        };
        let i_sti = matches!(self.slag, Slag::StiTekst | Slag::StiTall);
        let mut ut = Map::new();
        ut.insert("name".into(), self.navn.into());
        ut.insert("in".into(), if i_sti { "path" } else { "query" }.into());
        ut.insert("description".into(), self.tekst.into());
        ut.insert(
            "required".into(),
            (i_sti || matches!(self.slag, Slag::KrevdTall)).into(),
        );
        ut.insert("style".into(), if i_sti { "simple" } else { "form" }.into());
        ut.insert("explode".into(), (!i_sti).into());
        ut.insert("schema".into(), skjema);
        Value::Object(ut)
    }
}

const PART: Parameter = p(
    "part",
    Slag::Mengde,
    "Entitet, alias eller historikk; gjentas for flere. Uten part leveres person-basis.",
);

pub(super) const FEED: &[Parameter] = &[p("seq", Slag::KrevdTall, "Sekvensnummeret det leses fra og med.")];

pub(super) const HENDELSE: &[Parameter] = &[p(
    "hendelsesidentifikator",
    Slag::StiTekst,
    "Hendelsesdokumentets identifikator, fra hendelseslisten.",
)];

pub(super) const ARKIVPERSON: &[Parameter] = &[
    p(
        "dokumentidentifikator",
        Slag::StiTekst,
        "Persondokumentets identifikator, fra hendelseslisten eller et uttrekk.",
    ),
    PART,
];

pub(super) const PERSONER: &[Parameter] = &[
    PART,
    p(
        "somBestilt",
        Slag::Boolsk,
        "Svar i samme rekkefølge som spørsmålet, med feilmelding der et nummer ikke finnes eller er utgått.",
    ),
];

pub(super) const ARKIVPERSONER: &[Parameter] = &[PART];

pub(super) const PERSON: &[Parameter] = &[
    p(
        "personidentifikator",
        Slag::StiTekst,
        "Fødselsnummer eller D-nummer, 11 siffer.",
    ),
    PART,
];

pub(super) const ENTYDIGSOEK: &[Parameter] = &[
    p(
        "identifikasjonsnummer",
        Slag::Tekst,
        "Fødselsnummer eller D-nummer, 11 siffer; også et personen har hatt.",
    ),
    p(
        "utenlandskpersonidentifikasjon",
        Slag::Tekst,
        "Utenlandsk nummer med landkode først: tre bokstaver, bindestrek, nummer.",
    ),
    p(
        "legitimasjonsdokument",
        Slag::Tekst,
        "Dokumentnummer med landkode først: tre bokstaver, bindestrek, nummer.",
    ),
    p(
        "utlendingsmyndighetenesidentifikasjonsnummer",
        Slag::Tekst,
        "DUF-nummer.",
    ),
    p("foedselsdato", Slag::Tekst, "Fødselsdato, ÅÅÅÅMMDD."),
    p(
        "navn",
        Slag::Tekst,
        "Minst to ord: først et fra fornavnet, sist et fra etternavnet, hele ord.",
    ),
    p("postnummer", Slag::Tekst, "Postnummer, 4 siffer."),
    p(
        "adressenavn",
        Slag::Tekst,
        "Gatenavn, eller minst de tre første tegnene.",
    ),
    p("husnummer", Slag::Tekst, "Husnummer, med bokstav når adressen har det."),
    PART,
    p(
        "soekFonetisk",
        Slag::Boolsk,
        "Navn som ligner, treffer også. Uten verdi: false.",
    ),
    p(
        "opplysningsgrunnlag",
        Slag::Tekst,
        "gjeldende, eller historisk for også tidligere navn og adresser. Uten verdi: gjeldende.",
    ),
];

pub(super) const PERSONSOEK: &[Parameter] = &[
    p("navn", Slag::Tekst, "Ett eller flere hele ord fra navnet."),
    p("kjoenn", Slag::Tekst, "mann eller kvinne."),
    p("foedselsdato", Slag::Tekst, "Fødselsdato, ÅÅÅÅMMDD."),
    p("foedselsaarFraOgMed", Slag::Tekst, "Tidligste fødselsår, 4 siffer."),
    p("foedselsaarTilOgMed", Slag::Tekst, "Seneste fødselsår, 4 siffer."),
    p("adressenavn", Slag::Tekst, "Minst de tre første tegnene av gatenavnet."),
    p("husnummer", Slag::Tekst, "Husnummer, med eller uten bokstav."),
    p("postnummer", Slag::Tekst, "Postnummer, 4 siffer."),
    p("kommunenummer", Slag::Tekst, "Kommunenummer, 4 siffer."),
    p("fylkesnummer", Slag::Tekst, "Fylkesnummer, 2 siffer."),
    p(
        "inkluderOppholdsadresse",
        Slag::Boolsk,
        "Oppholdsadresser treffer også. Uten verdi: false.",
    ),
    p(
        "soekFonetisk",
        Slag::Boolsk,
        "Navn som ligner, treffer også. Uten verdi: false.",
    ),
    p("inkluderDoede", Slag::Boolsk, "Døde treffer også. Uten verdi: false."),
    p(
        "opplysningsgrunnlag",
        Slag::Tekst,
        "gjeldende, eller historisk for også tidligere navn og adresser. Uten verdi: gjeldende.",
    ),
    p("maksTreff", Slag::Tall32, "Flest treff i svaret, høyst 10 000."),
];

pub(super) const KOMPLETT: &[Parameter] = &[p(
    "feedsekvensnr",
    Slag::Tekst,
    "Uttrekket gjelder til og med dette sekvensnummeret. Uten verdi: det siste.",
)];

pub(super) const BATCH: &[Parameter] = &[
    p("jobbid", Slag::StiTekst, "Uttrekkets identifikator, fra bestillingen."),
    p("batchnr", Slag::StiTall, "Porsjonens nummer, fra 0."),
];
