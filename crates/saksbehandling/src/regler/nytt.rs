//! Somebody new: a number, and the document that they come with.

use identifikator::{Bestilling, Identifikatortype, Kjoenn};
use informasjonsmodell::{Dato, Entitet, Handling, Innhold, Opplysning, Persondokument, Registrering, Tidspunkt};
use register::Feil;
use serde_json::{Value, json};

use super::Kontekst;
use crate::bygg::{self, Aarsak};
use crate::vedtak::{Grunn, Opprettet};

/// A number that was given out.
#[derive(Clone)]
pub(super) struct Nummer {
    pub nummer: String,
    /// The date in it is not the birth date.
    pub avviker: bool,
    slag: Identifikatortype,
}

impl Nummer {
    pub fn opprettet(&self) -> Opprettet {
        Opprettet {
            nummer: self.nummer.clone(),
            dnummer: self.slag == Identifikatortype::DNummer,
            avviker: self.avviker,
        }
    }

    /// What its entry says.
    pub fn verdi(&self) -> Value {
        let slag = match self.slag {
            Identifikatortype::DNummer => "dNummer",
            Identifikatortype::Foedselsnummer => "foedselsnummer",
        };
        json!({"status": "iBruk", "foedselsEllerDNummer": self.nummer, "identifikatortype": slag})
    }
}

/// The next free number; objects where there is none.
///
/// Whoever has no known gender is given a woman's: digits tell nothing of anybody (our choice).
pub(super) fn tildel(
    k: &mut Kontekst<'_, '_>,
    slag: Identifikatortype,
    dag: Dato,
    kjoenn: Option<Kjoenn>,
) -> Result<Option<Nummer>, Feil> {
    let kalender = |d: Dato| identifikator::Dato::new(d.aar(), d.maaned()?, d.dag()?);
    let (Some(i_dag), Some(foedt)) = (kalender(k.tid.dag), kalender(dag)) else {
        k.innvend(Grunn::MangelfullMelding);
        return Ok(None);
    };
    let bestilling = Bestilling::paa_dag(i_dag, slag, foedt, kjoenn.unwrap_or(Kjoenn::Kvinne), k.serie);
    let mut feil = None;
    let register = &*k.register;
    let tildelt = k
        .numre
        .tildel_ledig(&bestilling, |nummer| match register.finn(&nummer.to_string()) {
            Ok(funnet) => funnet.is_some(),
            Err(e) => {
                feil = Some(e);
                true
            }
        });
    if let Some(feil) = feil {
        return Err(feil);
    }
    let tildelt = tildelt.ok().map(|t| Nummer {
        nummer: t.identifikator.to_string(),
        avviker: t.avviker_fra_foedselsdato,
        slag,
    });
    k.krev(tildelt.is_some(), Grunn::IngenLedigeNumre);
    Ok(tildelt)
}

/// What somebody comes with, all of it valid from one moment.
pub(super) struct Dokumentbygger {
    aarsak: Aarsak,
    naar: Tidspunkt,
    opplysninger: Vec<Opplysning>,
    passer: bool,
}

impl Dokumentbygger {
    pub fn new(aarsak: Aarsak, naar: Tidspunkt) -> Self {
        Dokumentbygger {
            aarsak,
            naar,
            opplysninger: Vec::new(),
            passer: true,
        }
    }

    pub fn ta(&mut self, entitet: Entitet, verdi: Value) {
        match bygg::innhold(entitet, verdi) {
            Ok(innhold) => self.ta_innhold(self.aarsak, innhold),
            Err(bygg::PasserIkke) => self.passer = false,
        }
    }

    /// What came out of a part of the message; nothing is nothing, and what the register cannot hold is objected to.
    pub fn ta_alle(&mut self, entitet: Entitet, verdier: impl IntoIterator<Item = Value>) {
        verdier.into_iter().for_each(|verdi| self.ta(entitet, verdi));
    }

    pub fn ta_innhold(&mut self, aarsak: Aarsak, innhold: Innhold) {
        self.opplysninger.push(bygg::opplysning(aarsak, self.naar, innhold));
    }

    /// Asks the register for the person; objects if it cannot hold it.
    pub fn opprett(self, k: &mut Kontekst<'_, '_>) {
        if !self.passer {
            k.innvend(Grunn::MangelfullMelding);
            return;
        }
        let dokument = Persondokument {
            opplysninger: self.opplysninger,
            ukjente: serde_json::Map::new(),
        };
        k.registrer(Registrering {
            tidspunkt: k.tid.tidspunkt,
            handling: Handling::Opprett(Box::new(dokument)),
        });
    }
}
