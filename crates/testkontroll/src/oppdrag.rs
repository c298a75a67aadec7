//! What can be asked, by HTTP and by command alike, and carrying it out.

use jiff::Timestamp;
use lager::oeyeblikksbilde::{NAVN_TEGN_MAKS, Navn};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::leser::Leser;
use crate::miljoe::Testmiljoe;
use crate::{Feil, hendelse, numre, person};

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "oppdrag", content = "med")]
pub enum Oppdrag {
    /// Take a snapshot: `navn`.
    TaBilde(Value),
    /// List the snapshots.
    Bilder,
    /// Remove one.
    SlettBilde(String),
    /// Put one back.
    Gjenopprett(String),
    /// Put the nation back as it was at first.
    Nullstill,
    /// Make a person with chosen facts.
    Person(Value),
    /// Let an event happen.
    Hendelse(Value),
    /// Read the clock.
    Klokke,
    /// Set the clock: `naa`, `faktor`, or `stilt` false.
    SettKlokke(Value),
}

impl Oppdrag {
    /// What the audit log calls it; nothing for what changes nothing.
    fn navn(&self) -> Option<&'static str> {
        match self {
            Oppdrag::TaBilde(_) => Some("oeyeblikksbilde ta"),
            Oppdrag::SlettBilde(_) => Some("oeyeblikksbilde slett"),
            Oppdrag::Gjenopprett(_) => Some("oeyeblikksbilde gjenopprett"),
            Oppdrag::Nullstill => Some("nullstill"),
            Oppdrag::Person(_) => Some("person"),
            Oppdrag::Hendelse(_) => Some("hendelse"),
            Oppdrag::SettKlokke(_) => Some("klokke still"),
            Oppdrag::Bilder | Oppdrag::Klokke => None,
        }
    }
}

fn navn(tekst: &str) -> Result<Navn, Feil> {
    Navn::new(tekst).ok_or_else(|| {
        let regel = format!("må være 1 til {NAVN_TEGN_MAKS} av tegnene a-z, 0-9 og bindestrek, ikke først eller sist");
        Feil::ugyldig("navn", regel)
    })
}

fn som_json(verdi: &impl Serialize) -> Result<Value, Feil> {
    serde_json::to_value(verdi).map_err(|_| Feil::Mislyktes("svaret kan ikke skrives".to_owned()))
}

/// Carries it out. The answer is as the interface shows it.
///
/// # Errors
/// [`Feil`]; nothing was changed then, unless it says otherwise.
pub fn utfoer(miljoe: &dyn Testmiljoe, oppdrag: Oppdrag) -> Result<Value, Feil> {
    // What is done is in the log before it is done: no record, no deed.
    if let Some(hva) = oppdrag.navn() {
        miljoe.noter(hva)?;
    }
    match oppdrag {
        Oppdrag::TaBilde(verdi) => {
            let mut leser = Leser::new("", verdi)?;
            let valgt = navn(&leser.krevd_tekst("navn")?)?;
            leser.slutt("navn")?;
            som_json(&miljoe.ta_bilde(&valgt)?)
        }
        Oppdrag::Bilder => Ok(json!({"oeyeblikksbilder": som_json(&miljoe.bilder()?)?})),
        Oppdrag::SlettBilde(tekst) => {
            miljoe.slett_bilde(&navn(&tekst)?)?;
            Ok(Value::Null)
        }
        Oppdrag::Gjenopprett(tekst) => som_json(&miljoe.gjenopprett(Some(&navn(&tekst)?))?),
        Oppdrag::Nullstill => som_json(&miljoe.gjenopprett(None)?),
        Oppdrag::Person(verdi) => {
            numre::bare_syntetiske(&verdi)?;
            person::opprett(&miljoe.nasjon()?, verdi)
        }
        Oppdrag::Hendelse(verdi) => {
            numre::bare_syntetiske(&verdi)?;
            hendelse::utloes(&miljoe.nasjon()?, verdi)
        }
        Oppdrag::Klokke => som_json(&miljoe.klokke()?),
        Oppdrag::SettKlokke(verdi) => {
            miljoe.sett_klokke(klokkevalg(verdi)?)?;
            som_json(&miljoe.klokke()?)
        }
    }
}

fn klokkevalg(verdi: Value) -> Result<Option<(Timestamp, u32)>, Feil> {
    let mut leser = Leser::new("", verdi)?;
    let (stilt, naa, faktor) = (leser.verdi("stilt"), leser.tekst("naa")?, leser.heltall("faktor")?);
    leser.slutt("naa, faktor og stilt")?;
    match (stilt, naa) {
        (Some(Value::Bool(false)), None) if faktor.is_none() => Ok(None),
        (None | Some(Value::Bool(true)), Some(naa)) => {
            let naa = naa
                .parse()
                .map_err(|_| Feil::ugyldig("naa", "må være et tidspunkt med sone, som 2026-03-01T12:00:00Z"))?;
            Ok(Some((naa, faktor.unwrap_or(1))))
        }
        (None | Some(Value::Bool(_)), _) => Err(Feil::ugyldig("$", "må ha naa, eller stilt false og ikke noe annet")),
        (Some(_), _) => Err(Feil::ugyldig("stilt", "må være true eller false")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_set_to_a_time_or_let_go() {
        let tid: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        assert_eq!(
            klokkevalg(json!({"naa": "2026-03-01T12:00:00Z"})).unwrap(),
            Some((tid, 1))
        );
        assert_eq!(
            klokkevalg(json!({"naa": "2026-03-01T13:00:00+01:00", "faktor": 0})).unwrap(),
            Some((tid, 0))
        );
        assert_eq!(klokkevalg(json!({"stilt": false})).unwrap(), None);
        for daarlig in [
            json!({}),
            json!([]),
            json!({"naa": "i morgen"}),
            json!({"naa": 5}),
            json!({"faktor": 2}),
            json!({"stilt": false, "faktor": 2}),
            json!({"stilt": false, "naa": "2026-03-01T12:00:00Z"}),
            json!({"stilt": "nei"}),
            json!({"naa": "2026-03-01T12:00:00Z", "faktor": -1}),
            json!({"naa": "2026-03-01T12:00:00Z", "sone": "x"}),
        ] {
            assert!(klokkevalg(daarlig.clone()).is_err(), "{daarlig}");
        }
    }

    #[test]
    fn what_is_asked_over_the_socket_is_what_is_carried_out() {
        for oppdrag in [
            Oppdrag::Bilder,
            Oppdrag::Gjenopprett("a".to_owned()),
            Oppdrag::Person(json!({"kjoenn": "mann"})),
        ] {
            let tekst = serde_json::to_string(&oppdrag).unwrap();
            assert_eq!(serde_json::from_str::<Oppdrag>(&tekst).unwrap(), oppdrag);
        }
    }
}
