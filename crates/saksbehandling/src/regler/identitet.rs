//! Who somebody is, as a message tells it: name, birth, citizenship, documents, numbers of other countries.

use std::collections::BTreeSet;

use informasjonsmodell::{Dato, Entitet};
use meldinger::tre::Element;
use register::Feil;
use serde_json::{Value, json};

use super::{Kontekst, fylt};
use crate::dublett::{Landet, Trekk};
use crate::vedtak::Grunn;

/// A name in parts.
pub(super) fn navn(e: &Element) -> Value {
    json!({"fornavn": fylt(e, "fornavn"), "mellomnavn": fylt(e, "mellomnavn"), "etternavn": fylt(e, "etternavn")})
}

/// A gender; `None` where the message does not know.
pub(super) fn kjoenn(tekst: Option<&str>) -> Option<identifikator::Kjoenn> {
    match tekst {
        Some("kvinne") => Some(identifikator::Kjoenn::Kvinne),
        Some("mann") => Some(identifikator::Kjoenn::Mann),
        _ => None,
    }
}

/// A birth. Where only a date that may not be right is known, the register keeps the year (our choice).
pub(super) fn foedsel(dag: Dato, er_kjent: bool, land: Option<&str>, sted: Option<&str>) -> Value {
    json!({
        "foedselsdato": er_kjent.then(|| dag.to_string()),
        "foedselsaar": format!("{:04}", dag.aar()),
        "foedeland": land,
        "foedested": sted,
    })
}

/// `identifikasjon` of a message: what goes to which entity.
#[derive(Default)]
pub(super) struct Identifikasjon {
    pub duf: BTreeSet<String>,
    pub utenlandske: Vec<Value>,
    pub dokumenter: Vec<Value>,
    /// Somebody has confirmed a copy of a document, or the identity itself.
    pub bekreftet: bool,
}

impl Identifikasjon {
    pub fn les(forespoersel: &Element) -> Self {
        let mut ut = Identifikasjon::default();
        for e in forespoersel.alle("identifikasjon") {
            ut.bekreftet |= e
                .ett("identitetsbekreftelse")
                .and_then(|b| b.ja("identitetErBekreftet"))
                == Some(true);
            if let Some(nummer) = e.ett("personidentifikasjon") {
                ut.ta_nummer(nummer);
            }
            if let Some(dokument) = e.ett("dokumentgrunnlag") {
                let kopi = dokument.ett("dokumentkopi");
                ut.bekreftet |= kopi.and_then(|k| fylt(k, "rettkjentKopiBekreftetAv")).is_some();
                let dag = |navn: &str| dokument.tekst(navn).and_then(|t| t.get(..10)).map(str::to_owned);
                ut.dokumenter.push(json!({
                    "identifikasjonsdokumentnummer": fylt(dokument, "identifikasjonsdokumentnummer").map(|nr| uten_mellomrom(&nr)),
                    "identifikasjonsdokumenttype": fylt(dokument, "identifikasjonsdokumenttype"),
                    "utstederland": fylt(dokument, "utstederland"),
                    "utstedernavn": fylt(dokument, "utstedernavn"),
                    "gyldigFra": dag("gyldigFra"),
                    "gyldigTil": dag("gyldigTil"),
                }));
            }
        }
        ut
    }

    fn ta_nummer(&mut self, e: &Element) {
        let Some(nummer) = fylt(e, "identifikasjonsnummer").map(|nr| uten_mellomrom(&nr)) else {
            return;
        };
        if e.tekst("identifikasjonsnummertype") == Some(DUF) {
            self.duf.insert(nummer);
        } else {
            self.utenlandske.push(utenlandsk(e, &nummer));
        }
    }

    /// Entities that somebody new comes with.
    pub fn entiteter(&self) -> impl Iterator<Item = (Entitet, Value)> {
        let duf = self
            .duf
            .iter()
            .map(|nummer| (Entitet::UtlendingsmyndighetenesIdentifikasjonsnummer, duf(nummer)));
        let utenlandske = self.utenlandske.iter().cloned();
        let dokumenter = self.dokumenter.iter().cloned();
        duf.chain(utenlandske.map(|v| (Entitet::UtenlandskPersonidentifikasjon, v)))
            .chain(dokumenter.map(|v| (Entitet::Legitimasjonsdokument, v)))
    }

    /// `identitetsgrunnlag`: somebody has looked at a document, there is one, there is none. Where a control is still asked for,
    /// nobody has (our choice).
    pub fn grunnlag(&self, kontroll_kreves: bool) -> &'static str {
        match (self.bekreftet && !kontroll_kreves, self.dokumenter.is_empty()) {
            (true, _) => "kontrollert",
            (false, false) => "ikkeKontrollert",
            (false, true) => "ingenStatus",
        }
    }
}

/// How messages call a number of the immigration authorities.
pub(super) const DUF: &str = "utlendingsmyndighetenesIdentifikasjonsnummer";

/// The entry of a number of the immigration authorities.
pub(super) fn duf(nummer: &str) -> Value {
    json!({"identifikasjonsnummer": nummer, "identifikasjonsnummertype": DUF, "utstederland": "NOR"})
}

/// The entry of a number that another country gave.
pub(super) fn utenlandsk(e: &Element, nummer: &str) -> Value {
    json!({
        "identifikasjonsnummer": nummer,
        "identifikasjonsnummertype": fylt(e, "identifikasjonsnummertype"),
        "utstederland": fylt(e, "utstederland"),
    })
}

/// Numbers are kept without spaces, so that they are found however they are written (our choice).
pub(super) fn uten_mellomrom(nummer: &str) -> String {
    nummer.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Looks for whoever may be somebody who is to be given a number; objects, and notes who, if there are any.
pub(super) fn proev_dublett(
    k: &mut Kontekst<'_, '_>,
    kandidat: &Element,
    foedt: Dato,
    land: &[String],
    identifikasjon: &Identifikasjon,
) -> Result<(), Feil> {
    let mut trekk = Trekk {
        foedt: Some(foedt),
        land: land.iter().cloned().collect(),
        ..Trekk::default()
    };
    if let Some(navn) = kandidat.ett("navn") {
        trekk.med_navn(&["fornavn", "mellomnavn", "etternavn"].map(|del| navn.tekst(del).unwrap_or_default()));
    }
    let felt = |v: &Value, navn: &str| v.get(navn).and_then(Value::as_str).map(str::to_owned);
    let numre = |verdier: &[Value], nummer: &str| -> BTreeSet<Landet> {
        let alle = verdier.iter();
        alle.filter_map(|v| Landet::new(&felt(v, "utstederland")?, &felt(v, nummer)?))
            .collect()
    };
    trekk.dokumenter = numre(&identifikasjon.dokumenter, "identifikasjonsdokumentnummer");
    trekk.utenlandske = numre(&identifikasjon.utenlandske, "identifikasjonsnummer");
    let les = k.lager.les()?;
    for person in crate::dublett::finn(&les, &trekk)? {
        k.innvend(Grunn::MuligDublett);
        k.mulige.insert(format!("{:011}", les.nummer(person)?));
    }
    proev_duf(k, &identifikasjon.duf, None)
}

/// Objects where a number of the immigration authorities is another's.
pub(super) fn proev_duf(
    k: &mut Kontekst<'_, '_>,
    numre: &BTreeSet<String>,
    person: Option<register::Personnummer>,
) -> Result<(), Feil> {
    let les = k.lager.les()?;
    for nummer in numre {
        let hva = soek::Kjennetegn::Duf(nummer.clone());
        for annen in soek::finn_med(&les, tilgang::Projeksjon::MedHjemmel, &hva)? {
            if Some(annen) != person {
                k.innvend(Grunn::DufNummerIBruk);
                k.mulige.insert(format!("{:011}", les.nummer(annen)?));
            }
        }
    }
    Ok(())
}
