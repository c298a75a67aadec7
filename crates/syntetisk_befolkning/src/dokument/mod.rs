//! Documents of a group: the persondokument of each person as the register holds it when the baseline is taken.
//!
//! [`Skriver`] turns a plan into documents. Entries of one day in one group share their register time, as entries of one
//! transaction do. What is older than the electronic register ([`crate::tid::OVERFOERT`]) bears the marks of the old one:
//! `kilde` is `KILDE_DSF`, there is no `aarsak`, and some times are missing.

mod adresse;
mod adresseform;
mod doedsbo;
mod familie;
mod metadata;
mod person;
mod sjeldne;
mod vergemaal;

use identifikator::Kjoenn as Tallkjoenn;
use informasjonsmodell::tekst::Foedselsnummer;
use informasjonsmodell::{Innhold, Opplysning, Persondokument, Registermetadata, Tidspunkt};
use serde_json::{Map, Value};

use crate::plan::{Botid, Nnr, Plan, Pnr};
use crate::terning::Terning;
use crate::tid::Dag;

pub(crate) use adresse::adressebeskyttelse;
pub(crate) use adresseform::{
    aapen_postadresse, bostedsadresse, delt_bosted, innflytting, oppholdsadresse, postadresse, postadresse_i_utlandet,
    utflytting,
};
pub(crate) use doedsbo::{doedsbo, doedsfall};
pub(crate) use familie::{Ansvarsledd, alene, ansvar, ektefelle, foreldrerelasjon, gift, partnerstatus};
pub(crate) use metadata::Aarsak;
pub(crate) use person::{identifikasjonsnummer, navn_innhold, norsk, status};
pub(crate) use sjeldne::{
    begrenset_handleevne, dufnummer, falsk_identitet, legitimasjon, samisk, svalbard, utenlandsk_nummer,
};
pub(crate) use vergemaal::vergemaal;

/// Nothing that the model does not know.
pub(crate) fn ingen() -> Map<String, Value> {
    Map::new()
}

/// Entries of a person in rough numbers, so that most lists never grow.
const OPPLYSNINGER_VANLIG: usize = 24;

/// Writes the documents of one group.
pub(crate) struct Skriver<'a> {
    pub(crate) plan: &'a Plan,
    numre: &'a [u64],
    pub(crate) terning: Terning,
    /// Register time of each day something happened on.
    tider: Vec<(Dag, Tidspunkt)>,
    botider: Vec<Botid>,
    /// When this person was carried over from the old register.
    overfoert: Tidspunkt,
    ut: Vec<Opplysning>,
}

impl<'a> Skriver<'a> {
    /// A writer for a plan and the numbers it was given.
    pub(crate) fn new(plan: &'a Plan, numre: &'a [u64], mut terning: Terning) -> Self {
        let overfoert = metadata::overfoert(&mut terning);
        Skriver {
            plan,
            numre,
            terning,
            tider: Vec::new(),
            botider: Vec::new(),
            overfoert,
            ut: Vec::new(),
        }
    }

    /// Fixes the register time of a day; later entries of that day get it.
    pub(crate) fn sett_tid(&mut self, dag: Dag, tid: Tidspunkt) {
        self.tider.retain(|(d, _)| *d != dag);
        self.tider.push((dag, tid));
    }

    /// The document of a person.
    pub(crate) fn dokument(&mut self, nr: Pnr) -> Persondokument {
        self.overfoert = metadata::overfoert(&mut self.terning);
        self.ut = Vec::with_capacity(OPPLYSNINGER_VANLIG);
        self.identitet(nr);
        if !self.er_opphoert(nr) {
            self.foedsel(nr);
            self.familie(nr);
            self.navn(nr);
            self.adresser(nr);
            self.sjeldne(nr);
        }
        Persondokument {
            opplysninger: std::mem::take(&mut self.ut),
            ukjente: ingen(),
        }
    }

    fn legg(&mut self, metadata: Registermetadata, innhold: Innhold) {
        self.ut.push(Opplysning { metadata, innhold });
    }

    /// A number of the group as text.
    pub(crate) fn nummer(&self, nr: Nnr) -> Foedselsnummer {
        crate::tekst::foedselsnummer(self.numre.get(nr.plass()).copied().unwrap_or(0))
    }

    /// The number in use of a person.
    pub(crate) fn fnr(&self, nr: Pnr) -> Foedselsnummer {
        self.nummer(self.plan.person(nr).nummer)
    }
}

/// The model's word for a gender.
pub(crate) fn kjoenn(kjoenn: Tallkjoenn) -> informasjonsmodell::kodeverk::Kjoenn {
    match kjoenn {
        Tallkjoenn::Kvinne => informasjonsmodell::kodeverk::Kjoenn::Kvinne,
        Tallkjoenn::Mann => informasjonsmodell::kodeverk::Kjoenn::Mann,
    }
}
