//! Transactions of the last month: each story of a plan as what a producer asks of the register.
//!
//! A transaction is a list of registreringer with one time. New entries carry `kilde`, `aarsak` and validity but no
//! `ajourholdstidspunkt`: the register stamps them. A newcomer's mistake is to close a superseded address here: that is
//! what the register does when the new one comes.

mod enkelt;
mod flytting;
mod liv;
mod nummer;

use informasjonsmodell::tekst::Foedselsnummer;
use informasjonsmodell::{
    Endring, Entitet, Handling, Hendelsestype, Innhold, Opplysning, Persondokument, Registrering, Tidspunkt, Utvelger,
};

use crate::dokument::{Aarsak, Skriver};
use crate::plan::{Fortelling, Hva, Plan, Pnr};
use crate::terning::Terning;
use crate::tid::{self, Dag};

/// Writes one transaction.
struct Transaksjon<'a> {
    plan: &'a Plan,
    numre: &'a [u64],
    skriver: Skriver<'a>,
    dag: Dag,
    tid: Tidspunkt,
    ut: Vec<Registrering>,
}

/// The transaction of a story. The dice must be those of the story alone.
pub(crate) fn transaksjon(plan: &Plan, numre: &[u64], fortelling: &Fortelling, terning: Terning) -> Vec<Registrering> {
    let Fortelling {
        dag,
        sekund,
        nanosekund,
        hva,
    } = *fortelling;
    let tid = tid::tidspunkt(dag, i64::from(sekund), nanosekund, 9);
    let mut skriver = Skriver::new(plan, numre, terning);
    skriver.sett_tid(dag, tid);
    let mut t = Transaksjon {
        plan,
        numre,
        skriver,
        dag,
        tid,
        ut: Vec::new(),
    };
    t.fortell(hva);
    t.ut
}

/// An entry that is valid from a day.
fn gyldig_fra(dag: Dag, aarsak: Aarsak, innhold: Innhold) -> Box<Opplysning> {
    Box::new(Opplysning {
        metadata: aarsak.ny(tid::midnatt(dag)),
        innhold,
    })
}

/// A new value valid from a day.
fn ny(dag: Dag, aarsak: Aarsak, innhold: Innhold) -> Endring {
    Endring::RegistrereNy(gyldig_fra(dag, aarsak, innhold))
}

/// The one current entry of an entity ends on a day.
fn slutt(entitet: Entitet, dag: Dag) -> Endring {
    Endring::Opphoere {
        hvilken: Utvelger::Gjeldende(entitet),
        opphoerstidspunkt: tid::midnatt(dag),
    }
}

/// The current entry that says this ends on a day.
fn slutt_paa(innhold: Innhold, dag: Dag) -> Endring {
    Endring::Opphoere {
        hvilken: Utvelger::Lik(Box::new(innhold)),
        opphoerstidspunkt: tid::midnatt(dag),
    }
}

/// The one current entry of an entity in a document.
fn gjeldende(dokument: &Persondokument, entitet: Entitet) -> Option<&Opplysning> {
    dokument.av(entitet).find(|o| o.metadata.er_gjeldende == Some(true))
}

/// The current entry of an entity corrected: validity and cause stay, the register stamps the time.
fn rettelse(foer: &Opplysning, innhold: Innhold) -> Endring {
    let mut metadata = foer.metadata.clone();
    metadata.ajourholdstidspunkt = None;
    let hvilken = Utvelger::Gjeldende(innhold.entitet());
    Endring::Korrigere {
        hvilken,
        ny: Box::new(Opplysning { metadata, innhold }),
    }
}

impl Transaksjon<'_> {
    fn fortell(&mut self, hva: Hva) {
        match hva {
            Hva::Flytting { til, husholdning } => self.flytting(til, husholdning),
            Hva::Doed(nr) => self.doed(nr),
            Hva::Foedsel(barn) => self.foedsel(barn),
            Hva::Navnevalg(barn, navn) => self.navnevalg(barn, &navn),
            Hva::Vigsel(a, b) => self.vigsel(a, b),
            Hva::Separasjon(a, b) => self.separasjon(a, b),
            Hva::Skilsmisse(a, b) => self.skilsmisse(a, b),
            Hva::Navneendring(nr, navn) => self.navneendring(nr, &navn),
            Hva::Ny(nr) => {
                let dokument = self.skriver.dokument(nr);
                self.gjoer(Handling::Opprett(Box::new(dokument)));
            }
            Hva::DNummerTilFoedselsnummer { person, nytt, bolig } => {
                self.dnummer_til_foedselsnummer(person, nytt, bolig)
            }
            Hva::EndretKjoenn { person, nytt } => self.endret_kjoenn(person, nytt),
            Hva::Utvandring(nr, land) => self.utvandring(nr, land),
            Hva::Gjeninnvandring { person, bolig } => self.gjeninnvandring(person, bolig),
            Hva::Sammenslaaing { gjeldende, dublett } => {
                let (gjeldende, dublett) = (self.skriver.fnr(gjeldende), self.skriver.fnr(dublett));
                self.gjoer(Handling::SlaaSammen { gjeldende, dublett });
            }
            Hva::Splitting {
                gjeldende,
                gjenopprettet,
            } => {
                let (gjeldende, gjenopprettet) = (self.skriver.fnr(gjeldende), self.skriver.fnr(gjenopprettet));
                self.gjoer(Handling::Splitt {
                    gjeldende,
                    gjenopprettet,
                });
            }
            Hva::Vern(nr, vern) => self.vern(nr, vern),
            Hva::VernOpphevet(nr) => self.vern_opphevet(nr),
            Hva::Doedsrettelse(nr) => self.doedsrettelse(nr),
            Hva::Inaktivering(nr) => self.inaktivering(nr),
            Hva::Reaktivering(nr) => self.reaktivering(nr),
            Hva::Opphoer(nr) => self.opphoer(nr),
            Hva::Gjenaapning(nr) => self.gjenaapning(nr),
            Hva::Forsvinning(nr) => self.forsvinning(nr),
            Hva::Enkelt(nr, endring) => self.enkelt(nr, endring),
        }
    }

    fn gjoer(&mut self, handling: Handling) {
        self.ut.push(Registrering {
            tidspunkt: self.tid,
            handling,
        });
    }

    /// One event of one person, unless nothing changes.
    fn registrer(&mut self, nr: Pnr, hendelsestype: Hendelsestype, endringer: Vec<Endring>) {
        let person = self.skriver.fnr(nr);
        self.registrer_nummer(person, hendelsestype, endringer);
    }

    fn registrer_nummer(&mut self, person: Foedselsnummer, hendelsestype: Hendelsestype, endringer: Vec<Endring>) {
        if !endringer.is_empty() {
            self.gjoer(Handling::Registrer {
                person,
                hendelsestype,
                endringer,
            });
        }
    }

    /// The document of a person as it stands in the baseline.
    ///
    /// Register times differ from those of the baseline itself; no change refers to them.
    fn dokument(&mut self, nr: Pnr) -> Persondokument {
        self.skriver.dokument(nr)
    }

    /// Ends the current entries of some entities, those that are there.
    fn slutter(&mut self, nr: Pnr, entiteter: &[Entitet], dag: Dag) -> Vec<Endring> {
        let dokument = self.dokument(nr);
        let har = |entitet: &&Entitet| gjeldende(&dokument, **entitet).is_some();
        entiteter
            .iter()
            .filter(har)
            .map(|&entitet| slutt(entitet, dag))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terning::Emne;

    #[test]
    fn every_story_leads_to_something() {
        let mut fortalt = 0;
        for gruppe in 0..30_000 {
            let plan = Plan::new(13, gruppe);
            let numre: Vec<u64> = (0..).take(plan.numre.len()).collect();
            for (nr, fortelling) in (0..).zip(&plan.fortellinger) {
                let terning = Terning::new(13, gruppe, Emne::Maaned).fortelling(nr);
                let registreringer = transaksjon(&plan, &numre, fortelling, terning);
                assert!(!registreringer.is_empty(), "gruppe {gruppe}: {:?}", fortelling.hva);
                fortalt += 1;
            }
        }
        assert!(fortalt > 800, "{fortalt}");
    }
}
