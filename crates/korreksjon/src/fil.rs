//! A file of corrections: a line of JSON for each person.
//!
//! ```text
//!  {"person": "…", "hendelsestype": "endringISivilstand", "endringer": [{"korriger": "sivilstand", "ny": {…}}]}
//!  {"person": "…", "hendelsestype": "endringIBostedsadresse", "endringer": [{"registrerNy": "bostedsadresse", "ny": {…}}]}
//!  {"person": "…", "hendelsestype": "endringINavn", "endringer": [{"annuller": "navn"}]}        what it is: {"lik": {…}}
//!  {"person": "…", "hendelsestype": "endringIOpphold", "endringer": [{"opphoer": "opphold", "opphoerstidspunkt": "…"}]}
//!  {"person": "…", "meldOppdatert": true}
//! ```
//! An entry is written as in the persondokument, with its metadata. The file stays where it is: it is read from there as the
//! job goes on, and must be the same all the time.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use identifikator::Folkeregisteridentifikator;
use informasjonsmodell::tekst::Foedselsnummer;
use informasjonsmodell::{Endring, Entitet, Hendelsestype, Opplysning, Persondokument, Tidspunkt, Utvelger};
use register::Rettelse;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::feil::Feil;

/// Longest line. Units: bytes. Source: our choice; an entry takes some hundreds.
pub const LINJE_BYTE_MAKS: u64 = 1 << 18;

/// Changes of one line, at most. Source: our choice.
const ENDRINGER_MAKS: usize = 50;

/// What is wrong with a line: the rule and the field, never what it says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Linjefeil(String);

fn feil(hva: &str) -> Linjefeil {
    Linjefeil(hva.to_owned())
}

/// A correction of one person: the number, and what is to be done.
type Person = (u64, Vec<Rettelse>);

/// An open file, known by its bytes.
#[derive(Debug)]
pub struct Fil {
    sti: PathBuf,
    fil: File,
    sha256: String,
    byte: u64,
    linjer: u64,
}

impl Fil {
    /// Opens a file and reads all of it once: every line must say something that can be done.
    ///
    /// # Errors
    /// [`Feil::Fil`], [`Feil::Linje`] for the first line that does not.
    pub fn aapne(sti: &Path) -> Result<Self, Feil> {
        let io = |kilde| Feil::Fil {
            sti: sti.to_owned(),
            hva: "den kan ikke leses",
            kilde: Some(kilde),
        };
        let sti = std::path::absolute(sti).map_err(io)?;
        let mut fil = File::open(&sti).map_err(io)?;
        let mut sum = Sha256::new();
        let (mut byte, mut linjer) = (0, 0);
        let mut leser = BufReader::with_capacity(1 << 20, &mut fil);
        let mut linje = Vec::new();
        loop {
            let lest = les_linje(&mut leser, &mut linje).map_err(io)?;
            if lest == 0 {
                break;
            }
            linjer += 1;
            sum.update(&linje);
            byte += lest;
            if let Err(Linjefeil(hva)) = les_person(&linje) {
                return Err(Feil::Linje {
                    sti,
                    linje: linjer,
                    hva,
                });
            }
        }
        let mut sha256 = String::with_capacity(64);
        for b in sum.finalize() {
            use std::fmt::Write as _;
            // Writing to a String has no way to fail.
            let _ = write!(sha256, "{b:02x}");
        }
        Ok(Fil {
            sti,
            fil,
            sha256,
            byte,
            linjer,
        })
    }

    /// Where it lies.
    #[must_use]
    pub fn sti(&self) -> &Path {
        &self.sti
    }

    /// SHA-256, 64 hex.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Its length.
    #[must_use]
    pub fn byte(&self) -> u64 {
        self.byte
    }

    /// Its lines.
    #[must_use]
    pub fn linjer(&self) -> u64 {
        self.linjer
    }

    /// Reads lines from a byte on, at most `maks`; gives them, and the byte that the next one begins at.
    ///
    /// # Errors
    /// [`Feil::Fil`] if it is not what it was.
    pub fn les(&mut self, fra: u64, maks: usize) -> Result<(Vec<Person>, u64), Feil> {
        let sti = self.sti.clone();
        let endret = move |kilde| Feil::Fil {
            sti: sti.clone(),
            hva: "den er ikke den samme som da korreksjonen begynte",
            kilde,
        };
        let byte = self.fil.metadata().map_err(|k| endret(Some(k)))?.len();
        if byte != self.byte {
            return Err(endret(None));
        }
        self.fil.seek(SeekFrom::Start(fra)).map_err(|k| endret(Some(k)))?;
        let mut leser = BufReader::with_capacity(1 << 16, &mut self.fil);
        let (mut ut, mut her, mut linje) = (Vec::new(), fra, Vec::new());
        while ut.len() < maks {
            let lest = les_linje(&mut leser, &mut linje).map_err(|k| endret(Some(k)))?;
            if lest == 0 {
                break;
            }
            her += lest;
            ut.push(les_person(&linje).map_err(|_| endret(None))?);
        }
        Ok((ut, her))
    }
}

// A line with its end; bytes that were read, 0 at the end of the file.
fn les_linje(leser: &mut impl std::io::BufRead, linje: &mut Vec<u8>) -> std::io::Result<u64> {
    linje.clear();
    let lest = leser.take(LINJE_BYTE_MAKS + 1).read_until(b'\n', linje)?;
    Ok(lest as u64)
}

/// Reads one line.
pub(crate) fn les_person(linje: &[u8]) -> Result<Person, Linjefeil> {
    if linje.len() as u64 > LINJE_BYTE_MAKS {
        return Err(feil("linjen er for lang"));
    }
    let Ok(Value::Object(mut felt)) = serde_json::from_slice(linje) else {
        return Err(feil("linjen er ikke et JSON-objekt"));
    };
    let nummer = tekst(&mut felt, "person")?;
    let nummer = Folkeregisteridentifikator::parse(&nummer)
        .ok()
        .and_then(|_| Foedselsnummer::new(&nummer)?.som_tekst().parse().ok())
        .ok_or_else(|| feil("person: er ikke et gyldig fødselsnummer eller D-nummer"))?;
    let rettelse = if felt.get("meldOppdatert").is_some() {
        if felt.remove("meldOppdatert") != Some(Value::Bool(true)) {
            return Err(feil("meldOppdatert: skal være true"));
        }
        Rettelse::MeldOppdatert
    } else {
        let navn = tekst(&mut felt, "hendelsestype")?;
        let hendelsestype = Hendelsestype::fra_navn(&navn).ok_or_else(|| feil("hendelsestype: ukjent"))?;
        let Some(Value::Array(liste)) = felt.remove("endringer") else {
            return Err(feil("endringer: mangler"));
        };
        if liste.is_empty() || liste.len() > ENDRINGER_MAKS {
            return Err(feil("endringer: ingen, eller for mange"));
        }
        let endringer = liste.into_iter().map(les_endring).collect::<Result<_, _>>()?;
        Rettelse::Endre {
            hendelsestype,
            endringer,
        }
    };
    tom(&felt)?;
    Ok((nummer, vec![rettelse]))
}

fn les_endring(verdi: Value) -> Result<Endring, Linjefeil> {
    let Value::Object(mut felt) = verdi else {
        return Err(feil("endringer: en av dem er ikke et objekt"));
    };
    let slag = ["registrerNy", "korriger", "annuller", "opphoer"];
    let slag = slag.into_iter().find(|slag| felt.contains_key(*slag));
    let slag = slag.ok_or_else(|| feil("endringer: velg registrerNy, korriger, annuller eller opphoer"))?;
    let entitet = tekst(&mut felt, slag)?;
    let entitet = Entitet::fra_navn(&entitet).ok_or_else(|| feil("endringer: ukjent entitet"))?;
    let mut opplysning = |navn: &str| match felt.remove(navn) {
        None => Ok(None),
        Some(verdi) => les_opplysning(entitet, verdi).map(Some),
    };
    let ny = opplysning("ny")?.map(Box::new);
    let hvilken = match opplysning("lik")? {
        None => Utvelger::Gjeldende(entitet),
        Some(lik) => Utvelger::Lik(Box::new(lik.innhold)),
    };
    let opphoerstidspunkt = if slag == "opphoer" {
        Tidspunkt::parse(&tekst(&mut felt, "opphoerstidspunkt")?)
    } else {
        None
    };
    tom(&felt)?;
    match (slag, ny, opphoerstidspunkt) {
        ("registrerNy", Some(ny), None) => Ok(Endring::RegistrereNy(ny)),
        ("korriger", Some(ny), None) => Ok(Endring::Korrigere { hvilken, ny }),
        ("annuller", None, None) => Ok(Endring::Annullere { hvilken }),
        ("opphoer", None, Some(opphoerstidspunkt)) => Ok(Endring::Opphoere {
            hvilken,
            opphoerstidspunkt,
        }),
        ("opphoer", None, None) => Err(feil("opphoerstidspunkt: er ikke et tidspunkt")),
        _ => Err(feil("ny: skal stå ved registrerNy og korriger, og bare der")),
    }
}

fn les_opplysning(entitet: Entitet, verdi: Value) -> Result<Opplysning, Linjefeil> {
    let verdi = if entitet.er_liste() { json!([verdi]) } else { verdi };
    let dokument = Persondokument::les(json!({ entitet.navn(): verdi }));
    // The model's own words: the path and the rule, and nothing of what stood there.
    let dokument = dokument.map_err(|brudd| Linjefeil(brudd.to_string()))?;
    let mut alle = dokument.opplysninger.into_iter();
    alle.next().ok_or_else(|| feil("en oppføring er tom"))
}

fn tekst(felt: &mut Map<String, Value>, navn: &str) -> Result<String, Linjefeil> {
    match felt.remove(navn) {
        Some(Value::String(tekst)) => Ok(tekst),
        _ => Err(Linjefeil(format!("{navn}: mangler, eller er ikke en tekst"))),
    }
}

// What is misspelt is not passed over. Its name is not repeated: it may be anything.
fn tom(felt: &Map<String, Value>) -> Result<(), Linjefeil> {
    if felt.is_empty() {
        Ok(())
    } else {
        Err(feil("et felt som ikke hører til her"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_is_to_be_done_or_what_is_wrong_without_saying_who() {
        let nr = "01819099940";
        let god = [
            format!(r#"{{"person":"{nr}","meldOppdatert":true}}"#),
            format!(
                r#"{{"person":"{nr}","hendelsestype":"endringISivilstand","endringer":[{{"korriger":"sivilstand","ny":{{"sivilstand":"ugift","gyldighetstidspunkt":"2020-01-01T00:00:00+01:00"}}}}]}}"#
            ),
            format!(
                r#"{{"person":"{nr}","hendelsestype":"endringINavn","endringer":[{{"annuller":"navn","lik":{{"fornavn":"STILLE","etternavn":"FJELLBEKK"}}}}]}}"#
            ),
            format!(
                r#"{{"person":"{nr}","hendelsestype":"endringIOpphold","endringer":[{{"opphoer":"opphold","opphoerstidspunkt":"2024-01-01T00:00:00+01:00"}}]}}"#
            ),
        ];
        let gyldig = Folkeregisteridentifikator::parse(nr).is_ok();
        for linje in &god {
            assert_eq!(les_person(linje.as_bytes()).is_ok(), gyldig, "{linje}");
        }
        for daarlig in [
            r#"{"person":"12345678901","meldOppdatert":true}"#.to_owned(),
            r#"{"person":12,"meldOppdatert":true}"#.to_owned(),
            "[]".to_owned(),
            "ikke json 12345678901".to_owned(),
            format!(r#"{{"person":"{nr}"}}"#),
            format!(r#"{{"person":"{nr}","hendelsestype":"hemmelig","endringer":[]}}"#),
            format!(r#"{{"person":"{nr}","meldOppdatert":true,"navn":"OLA"}}"#),
            format!(
                r#"{{"person":"{nr}","hendelsestype":"endringINavn","endringer":[{{"registrerNy":"navn","ny":{{"fornavn":7}}}}]}}"#
            ),
        ] {
            let Err(Linjefeil(hva)) = les_person(daarlig.as_bytes()) else {
                panic!("{daarlig}")
            };
            for hemmelig in [nr, "12345678901", "OLA", "hemmelig"] {
                assert!(!hva.contains(hemmelig), "{hva}");
            }
        }
    }
}
