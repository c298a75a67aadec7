//! Events as the messages that producers send, by the schemas of the contract.
//!
//! A message is a function of the event and of the numbers that it names. Where somebody has no number yet there is no
//! message. Source: folkeregister reference 9.4, and the published schemas named at each.

mod adresser;
mod familie;

use informasjonsmodell::Innhold;
use informasjonsmodell::kodeverk::Adressegradering;

use super::Liv;
use super::hendelse::{Doedskilde, Hendelse, Hva, Underlig};
use super::tilstand::Pid;
use super::xml::Xml;
use crate::dokument;
use crate::geografi::Kommunevalg;
use crate::navn::{Navnevalg, trekk_etternavn};
use crate::plan::{Bolig, Boligslag, Postadresse};
use crate::terning::Terning;
use crate::tid::{self, Dag};

/// A message, who sends it and where to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Melding {
    /// The resource of mottak: `doedsfall_v1`.
    pub ressurs: &'static str,
    /// The producer, one of [`PRODUSENTER`].
    pub produsent: &'static str,
    /// What the sender calls it.
    pub navn: String,
    /// The message.
    pub xml: String,
}

/// Those who send.
pub const PRODUSENTER: [&str; 6] = [
    "sykehus",
    "tingrett",
    "nav",
    "udi",
    "posten",
    "folkeregistermyndigheten",
];

/// The resources that messages are made for.
pub const RESSURSER: [&str; 12] = [
    "doedsfall_v1",
    "foedsel_v1",
    "farskap_v1",
    "vigsel_v1",
    "separasjon_v1",
    "skilsmisse_v1",
    "kontaktopplysninger_doedsbo_v1",
    "innflytting_v1",
    "rekvisisjon_av_dnummer_v5",
    "flyttemelding_fra_posten_v1",
    "endring_av_dnummerperson_v3",
    "fnr_endring_v1",
];

/// Whose case it is with the sender: nobody's.
const SAKSBEHANDLER: &str = "Syntetisk Saksbehandler";

impl Liv {
    /// The message of an event, under the event's own name. `None` where no message exists for what happens, or somebody whom
    /// it names has no number.
    #[must_use]
    pub fn melding(&self, hendelse: &Hendelse) -> Option<Melding> {
        let navn = format!("liv-{}-{}", self.tilstand.froe, hendelse.id);
        self.melding_som(hendelse, navn)
    }

    /// The same, under a name of the sender's choice.
    pub(super) fn melding_som(&self, hendelse: &Hendelse, navn: String) -> Option<Melding> {
        let skriver = Meldingsskriver {
            liv: self,
            hendelse,
            dag: hendelse.id.dag,
            dato: tid::dato(hendelse.id.dag).to_string(),
            kast: self.detaljer(hendelse.id),
            navn: &navn,
        };
        let (produsent, ressurs, xml) = skriver.skriv()?;
        Some(Melding {
            ressurs,
            produsent,
            navn,
            xml,
        })
    }
}

struct Meldingsskriver<'a> {
    liv: &'a Liv,
    hendelse: &'a Hendelse,
    dag: Dag,
    dato: String,
    kast: Terning,
    navn: &'a str,
}

type Ferdig = Option<(&'static str, &'static str, String)>;

impl Meldingsskriver<'_> {
    fn skriv(mut self) -> Ferdig {
        match &self.hendelse.hva {
            Hva::Foedsel(f) => self.foedsel(*f),
            Hva::Farskap { barn, far, mor } => self.farskap(*barn, *far, *mor),
            Hva::Doedsfall { person, kilde, .. } => {
                let dato = self.dato.clone();
                self.doedsfall(*person, *kilde, &dato)
            }
            Hva::Doedsbo { person, arving } => self.doedsbo(*person, *arving),
            Hva::Vigsel(en, annen) => self.vigsel(*en, *annen),
            Hva::Separasjon(en, annen) => self.brudd(*en, *annen, None),
            Hva::Skilsmisse(en, annen, separert) => self.brudd(*en, *annen, Some(*separert)),
            Hva::Postmelding(person) => self.postmelding(*person),
            Hva::Innvandring(_) => self.innflytting(),
            Hva::DNummer(_) => self.rekvisisjon(),
            Hva::DNummerEndring(person) => self.dnummerendring(*person),
            Hva::Statsborgerskap(person) => self.statsborgerskap(*person),
            Hva::Underlig(Underlig::DoedSenere(person)) => {
                // So far ahead that it is to come also where the message is late.
                let senere = tid::dato(self.dag + 40).to_string();
                self.doedsfall(*person, Doedskilde::Helse, &senere)
            }
            Hva::Underlig(Underlig::VigselMedDoed(en, annen)) => self.vigsel(*en, *annen),
            Hva::Underlig(Underlig::SeparasjonUtenEkteskap(en, annen)) => self.brudd(*en, *annen, None),
            Hva::Navnevalg { .. }
            | Hva::Flytting(_)
            | Hva::Utvandring(_)
            | Hva::Navneendring(_)
            | Hva::VernSatt(..)
            | Hva::VernOpphevet(_)
            | Hva::Vergemaal(_)
            | Hva::Sammenslaaing(..)
            | Hva::Splitting(..) => None,
        }
    }

    fn nummer(&self, pid: Pid) -> Option<String> {
        self.liv.nummer(pid)
    }

    fn innsending(&self, x: &mut Xml) {
        x.i("innsending", |x| {
            x.t("avsendersMeldingsidentifikator", self.navn);
            x.t("avsendersInnsendingstidspunkt", self.hendelse.tid.to_string());
            x.t("kildesystem", "syntetisk nasjon");
        });
    }

    fn dokument(&self, rot: &str, navnerom: &str, forespoersel: impl FnOnce(&mut Xml)) -> String {
        Xml::dokument(rot, navnerom, |x| {
            self.innsending(x);
            x.i("forespoersel", forespoersel);
        })
    }
}

/// A box for letters somewhere.
pub(super) fn postboks(kast: &mut Terning) -> Innhold {
    let kommune = Kommunevalg::trekk(kast);
    let bolig = Bolig::trekk(kast, kommune);
    let nr = kast.middels(60_000);
    dokument::postadresse(&bolig, Postadresse::Boks, nr, Adressegradering::Ugradert)
}

/// A dwelling with a street address.
pub(super) fn bolig(kast: &mut Terning) -> Bolig {
    let kommune = Kommunevalg::trekk(kast);
    let mut bolig = Bolig::trekk(kast, kommune);
    bolig.slag = Boligslag::Veg;
    bolig
}

/// A name of chance.
pub(super) fn et_navn(kast: &mut Terning) -> Navnevalg {
    let etternavn = trekk_etternavn(kast);
    Navnevalg::trekk(kast, etternavn)
}
