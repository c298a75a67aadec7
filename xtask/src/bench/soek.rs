//! The two searches over HTTP, asked by what persons of the nation are called and where they live.

use std::time::Duration;

use anyhow::{Result, bail};
use serde_json::Value;

use super::Tabell;
use super::last::Last;

/// Persons that questions are made of.
const PERSONER: usize = 400;

fn gjeldende<'a>(person: &'a Value, entitet: &str) -> Option<&'a Value> {
    let liste = person.get(entitet)?.as_array()?;
    liste.iter().find(|o| o.get("erGjeldende") != Some(&Value::Bool(false)))
}

fn tekst<'a>(verdi: &'a Value, sti: &str) -> Option<&'a str> {
    verdi.pointer(sti)?.as_str()
}

/// A value of a query or a form.
pub(super) fn i_url(tekst: &str) -> String {
    tekst
        .bytes()
        .map(|byte| match byte {
            b if b.is_ascii_alphanumeric() => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect()
}

/// What one person is called, when it was born and where it lives, ready for a query.
struct Spor {
    fornavn: String,
    etternavn: String,
    dato: String,
    aar: String,
    gate: String,
    begynnelse: String,
    husnummer: String,
    postnummer: String,
    kommune: String,
}

fn spor(person: &Value) -> Option<Spor> {
    let navn = gjeldende(person, "navn")?;
    let veg = gjeldende(person, "bostedsadresse")?.get("vegadresse")?;
    let dato = tekst(gjeldende(person, "foedsel")?, "/foedselsdato")?;
    let gate = tekst(veg, "/adressenavn")?;
    let bokstav = tekst(veg, "/adressenummer/husbokstav").unwrap_or_default();
    Some(Spor {
        fornavn: i_url(tekst(navn, "/fornavn")?),
        etternavn: i_url(tekst(navn, "/etternavn")?),
        dato: dato.replace('-', ""),
        aar: dato.get(..4)?.to_owned(),
        gate: i_url(gate),
        begynnelse: i_url(&gate.chars().take(4).collect::<String>()),
        husnummer: format!("{}{bokstav}", tekst(veg, "/adressenummer/husnummer")?),
        postnummer: tekst(veg, "/poststed/postnummer")?.to_owned(),
        kommune: tekst(veg, "/kommunenummer")?.to_owned(),
    })
}

type Spoersmaal = (&'static str, fn(&Spor) -> String);

const ALLE: [Spoersmaal; 11] = [
    ("entydigsoek: name and date of birth", |s| {
        format!(
            "personer/entydigsoek?navn={}+{}&foedselsdato={}",
            s.fornavn, s.etternavn, s.dato
        )
    }),
    ("entydigsoek: name, street, number", |s| {
        format!(
            "personer/entydigsoek?navn={}+{}&adressenavn={}&husnummer={}",
            s.fornavn, s.etternavn, s.gate, s.husnummer
        )
    }),
    ("soek: name and date of birth", |s| {
        format!(
            "personer/soek?navn={}+{}&foedselsdato={}",
            s.fornavn, s.etternavn, s.dato
        )
    }),
    ("soek: name and date of birth, phonetic", |s| {
        format!(
            "personer/soek?navn={}+{}&foedselsdato={}&soekFonetisk=true",
            s.fornavn, s.etternavn, s.dato
        )
    }),
    ("soek: date of birth and gender", |s| {
        format!("personer/soek?kjoenn=kvinne&foedselsdato={}", s.dato)
    }),
    ("soek: first and last name", |s| {
        format!("personer/soek?navn={}+{}", s.fornavn, s.etternavn)
    }),
    ("soek: first and last name, phonetic", |s| {
        format!("personer/soek?navn={}+{}&soekFonetisk=true", s.fornavn, s.etternavn)
    }),
    ("soek: first and last name, with history", |s| {
        format!(
            "personer/soek?navn={}+{}&opplysningsgrunnlag=historisk",
            s.fornavn, s.etternavn
        )
    }),
    ("soek: street by four letters, last name, kommune", |s| {
        format!(
            "personer/soek?navn={}&adressenavn={}&kommunenummer={}",
            s.etternavn, s.begynnelse, s.kommune
        )
    }),
    ("soek: postnummer", |s| {
        format!("personer/soek?postnummer={}", s.postnummer)
    }),
    ("soek: year of birth and gender", |s| {
        format!(
            "personer/soek?kjoenn=kvinne&foedselsaarFraOgMed={0}&foedselsaarTilOgMed={0}",
            s.aar
        )
    }),
];

/// One row for each kind of question: one caller, then many.
pub(super) fn maal(
    last: &Last,
    numre: &[String],
    forbindelser: usize,
    runde: Duration,
    tabell: &mut Tabell,
) -> Result<()> {
    let steg = (numre.len() / PERSONER).max(1);
    let personer = numre.iter().step_by(steg).take(PERSONER);
    let spor: Vec<Spor> = personer
        .filter_map(|nr| spor(&last.svar(&format!("personer/{nr}"))?))
        .collect();
    for (navn, lag) in ALLE {
        let (mut spoersmaal, mut treff) = (Vec::new(), 0);
        for ressurs in spor.iter().map(lag) {
            // A question that is answered: one person was meant, or not more than a search gives.
            if let Some(svar) = last.svar(&ressurs) {
                let liste = svar.get("foedselsEllerDNummer").and_then(Value::as_array);
                treff += liste.map_or(1, Vec::len);
                spoersmaal.push(ressurs);
            }
        }
        if spoersmaal.is_empty() {
            bail!("ingen spørsmål fikk svar: {navn}");
        }
        let antall = spoersmaal.len();
        let alene = last.kjoer(&spoersmaal, "application/json", 1, runde)?;
        let mange = last.kjoer(&spoersmaal, "application/json", forbindelser, runde)?;
        tabell.rad(
            navn,
            format!("{:.2} ms", alene.p50_ms),
            format!(
                "median of one caller, p99 {:.2} ms; {:.0} requests/s; {:.1} hits on average, {antall} different questions",
                alene.p99_ms,
                mange.per_sekund,
                treff as f64 / antall as f64
            ),
        )?;
    }
    Ok(())
}
