//! A register of the simplest kind, to play transactions on.

use std::collections::HashMap;

use informasjonsmodell::kodeverk::Identifikatorstatuskode;
use informasjonsmodell::{Endring, Entitet, Handling, Innhold, Opplysning, Persondokument, Registrering, Utvelger};
use syntetisk_befolkning::Nasjon;

use super::{dokumenter, gjelder, numre};

/// Documents by number; a merged person keeps the document it had, to be taken back by a splitting.
pub struct Proveregister {
    pub dokumenter: Vec<Persondokument>,
    plass: HashMap<String, usize>,
    foer_sammenslaaing: HashMap<String, (usize, Persondokument)>,
}

impl Proveregister {
    pub fn new(nasjon: &Nasjon) -> Self {
        let mut register = Proveregister {
            dokumenter: Vec::new(),
            plass: HashMap::new(),
            foer_sammenslaaing: HashMap::new(),
        };
        for dokument in dokumenter(nasjon) {
            register.opprett(dokument);
        }
        register
    }

    fn opprett(&mut self, dokument: Persondokument) {
        for (nummer, _) in numre(&dokument) {
            let forrige = self.plass.insert(nummer.to_owned(), self.dokumenter.len());
            assert_eq!(forrige, None, "et nytt nummer finnes fra før");
        }
        self.dokumenter.push(dokument);
    }

    fn finn(&self, nummer: &str) -> usize {
        *self
            .plass
            .get(nummer)
            .expect("en transaksjon gjelder et nummer registeret har")
    }

    pub fn dokument(&self, nummer: &str) -> &Persondokument {
        &self.dokumenter[self.finn(nummer)]
    }

    pub fn gjoer(&mut self, registrering: &Registrering) {
        match &registrering.handling {
            Handling::Opprett(dokument) => self.opprett((**dokument).clone()),
            Handling::Registrer { person, endringer, .. } => {
                let plass = self.finn(person.som_tekst());
                assert!(!endringer.is_empty());
                for endring in endringer {
                    anvend(&mut self.dokumenter[plass], endring);
                }
            }
            Handling::SkiftIdentifikator { gammel, ny, etter } => {
                let plass = self.finn(gammel.som_tekst());
                avslutt_nummer(&mut self.dokumenter[plass]);
                let Innhold::Identifikasjonsnummer(i) = &ny.innhold else {
                    panic!("ikke et nummer")
                };
                assert_eq!(self.plass.insert(i.foedselsnummer.som_tekst().to_owned(), plass), None);
                self.dokumenter[plass].opplysninger.push((**ny).clone());
                for endring in etter.iter().flat_map(|(_, endringer)| endringer) {
                    anvend(&mut self.dokumenter[plass], endring);
                }
            }
            Handling::SlaaSammen { gjeldende, dublett } => {
                let (til, fra) = (self.finn(gjeldende.som_tekst()), self.finn(dublett.som_tekst()));
                assert_ne!(til, fra);
                self.foer_sammenslaaing
                    .insert(dublett.som_tekst().to_owned(), (fra, self.dokumenter[fra].clone()));
                self.plass.insert(dublett.som_tekst().to_owned(), til);
            }
            Handling::Splitt {
                gjeldende,
                gjenopprettet,
            } => {
                let (plass, dokument) = self
                    .foer_sammenslaaing
                    .remove(gjenopprettet.som_tekst())
                    .expect("bare det som er slått sammen, splittes");
                assert_eq!(self.finn(gjenopprettet.som_tekst()), self.finn(gjeldende.som_tekst()));
                self.dokumenter[plass] = dokument;
                self.plass.insert(gjenopprettet.som_tekst().to_owned(), plass);
            }
        }
    }
}

fn avslutt_nummer(dokument: &mut Persondokument) {
    let gammel = velg(dokument, &Utvelger::Gjeldende(Entitet::Identifikasjonsnummer));
    let gammel = &mut dokument.opplysninger[gammel];
    gammel.metadata.er_gjeldende = Some(false);
    if let Innhold::Identifikasjonsnummer(i) = &mut gammel.innhold {
        i.status = Identifikatorstatuskode::Opphoert;
    }
}

/// The one entry that is meant; to find none or several is a fault of the transaction.
fn velg(dokument: &Persondokument, utvelger: &Utvelger) -> usize {
    let passer = |o: &Opplysning| match utvelger {
        Utvelger::Gjeldende(entitet) => o.entitet() == *entitet,
        Utvelger::Lik(innhold) => o.innhold == **innhold,
    };
    let treff: Vec<usize> = (0..)
        .zip(&dokument.opplysninger)
        .filter(|(_, o)| gjelder(o) && passer(o))
        .map(|(plass, _)| plass)
        .collect();
    assert_eq!(
        treff.len(),
        1,
        "en endring peker på én gjeldende opplysning: {utvelger:?}"
    );
    treff[0]
}

fn anvend(dokument: &mut Persondokument, endring: &Endring) {
    match endring {
        Endring::RegistrereNy(ny) => {
            let entitet = ny.entitet();
            if !entitet.er_parallell() {
                for o in dokument.opplysninger.iter_mut().filter(|o| o.entitet() == entitet) {
                    o.metadata.er_gjeldende = Some(false);
                }
            } else {
                let finnes = dokument
                    .opplysninger
                    .iter()
                    .any(|o| gjelder(o) && o.innhold == ny.innhold);
                assert!(!finnes, "det samme registreres to ganger: {entitet:?}");
            }
            assert_eq!(ny.metadata.er_gjeldende, Some(true));
            assert!(ny.metadata.gyldighetstidspunkt.is_some() || entitet == Entitet::Foedsel);
            dokument.opplysninger.push((**ny).clone());
        }
        Endring::Gjenoppta { entitet, opphoert } => {
            let endte =
                |o: &&mut Opplysning| o.entitet() == *entitet && o.metadata.opphoerstidspunkt == Some(*opphoert);
            let mut endte: Vec<&mut Opplysning> = dokument.opplysninger.iter_mut().filter(endte).collect();
            assert_eq!(endte.len(), 1, "en endring peker på én opplysning som sluttet da");
            let metadata = &mut endte[0].metadata;
            (metadata.er_gjeldende, metadata.opphoerstidspunkt) = (Some(true), None);
        }
        Endring::Angre { .. } => panic!("nasjonen angrer ingenting"),
        Endring::Korrigere { hvilken, ny } => {
            let plass = velg(dokument, hvilken);
            assert_eq!(dokument.opplysninger[plass].entitet(), ny.entitet());
            assert_ne!(
                dokument.opplysninger[plass].innhold, ny.innhold,
                "en rettelse retter noe"
            );
            dokument.opplysninger[plass] = (**ny).clone();
        }
        Endring::Annullere { hvilken } => {
            let plass = velg(dokument, hvilken);
            dokument.opplysninger.remove(plass);
        }
        Endring::Opphoere {
            hvilken,
            opphoerstidspunkt,
        } => {
            let plass = velg(dokument, hvilken);
            let metadata = &mut dokument.opplysninger[plass].metadata;
            let fra = metadata.gyldighetstidspunkt.map_or(i64::MIN, |t| t.sekunder());
            assert!(fra <= opphoerstidspunkt.sekunder(), "noe slutter før det begynte");
            (metadata.er_gjeldende, metadata.opphoerstidspunkt) = (Some(false), Some(*opphoerstidspunkt));
        }
    }
}
