//! Events for which no producer has a message, as requests to the register itself.
//!
//! What a request says depends on what the register has now: an address that is to be guarded is the one that is there. Whoever
//! carries it out gives the person's entries, in the same transaction. Where they are not what the event needs, because
//! somebody else has changed them, there is no request.

use informasjonsmodell::entiteter as e;
use informasjonsmodell::kodeverk::{Adressegradering, Personstatus};
use informasjonsmodell::tekst::Foedselsnummer;
use informasjonsmodell::{
    Endring, Entitet, Handling, Hendelsestype, Innhold, Opplysning, Registrering, Tidspunkt, Utvelger,
};

use super::Liv;
use super::hendelse::{Hendelse, Hva};
use super::melding::{bolig, et_navn, postboks};
use super::tilstand::Pid;
use crate::dokument::{self, Aarsak};
use crate::land::Landvalg;
use crate::plan::{Verge, Vergemaal, Vergemaalsslag, Vern};
use crate::terning::Terning;
use crate::tid::{self, Dag};

/// What the register has of somebody now; `None` of somebody it does not have.
pub type Oppslag<'o> = dyn FnMut(&str) -> Option<Vec<Opplysning>> + 'o;

impl Liv {
    /// What is asked of the register, stamped with `tid`. `None` where a producer sends a message instead, somebody has no number,
    /// or what is there is not what it takes.
    pub fn registreringer(
        &self,
        hendelse: &Hendelse,
        tid: Tidspunkt,
        oppslag: &mut Oppslag<'_>,
    ) -> Option<Vec<Registrering>> {
        let mut skriver = Egenskriver {
            liv: self,
            dag: hendelse.id.dag,
            tid,
            kast: self.detaljer(hendelse.id),
            oppslag,
            ut: Vec::new(),
        };
        skriver.skriv(&hendelse.hva)?;
        (!skriver.ut.is_empty()).then_some(skriver.ut)
    }
}

struct Egenskriver<'a, 'o> {
    liv: &'a Liv,
    dag: Dag,
    tid: Tidspunkt,
    kast: Terning,
    oppslag: &'a mut Oppslag<'o>,
    ut: Vec<Registrering>,
}

/// A person, and what the register has of it now.
struct Her {
    nummer: Foedselsnummer,
    opplysninger: Vec<Opplysning>,
}

impl Her {
    fn gjeldende(&self, entitet: Entitet) -> Option<&Opplysning> {
        let mut alle = self
            .opplysninger
            .iter()
            .filter(|o| o.entitet() == entitet && o.metadata.er_gjeldende == Some(true));
        // A change can point at one alone.
        alle.next().filter(|_| alle.next().is_none())
    }

    fn status(&self) -> Option<&Personstatus> {
        match &self.gjeldende(Entitet::Status)?.innhold {
            Innhold::Status(s) => Some(&s.status),
            _ => None,
        }
    }
}

impl Egenskriver<'_, '_> {
    fn skriv(&mut self, hva: &Hva) -> Option<()> {
        match hva {
            Hva::Navnevalg { barn } => self.navnevalg(*barn),
            Hva::Flytting(alle) => self.flytting(alle),
            Hva::Postmelding(person) => {
                let innhold = postboks(&mut self.kast);
                self.en(
                    *person,
                    Hendelsestype::EndringIKontaktinformasjon,
                    Aarsak::Postadresse,
                    innhold,
                )
            }
            Hva::Utvandring(alle) => self.utvandring(alle),
            Hva::DNummerEndring(person) => self.dnummerendring(*person),
            Hva::Navneendring(person) => self.navneendring(*person),
            Hva::Statsborgerskap(person) => {
                let innhold = dokument::norsk(self.dag);
                self.en(
                    *person,
                    Hendelsestype::EndringIStatsborgerskap,
                    Aarsak::Statsborgerskap,
                    innhold,
                )
            }
            Hva::VernSatt(alle, strengt) => self.vern_satt(alle, *strengt),
            Hva::VernOpphevet(alle) => self.vern_opphevet(alle),
            Hva::Vergemaal(person) => {
                let kast = self.kast.middels(60_000);
                let maal = Vergemaal {
                    slag: Vergemaalsslag::Voksen,
                    fra: self.dag,
                    verge: Verge::Navn(kast),
                };
                let innhold = dokument::vergemaal(&maal, None, kast);
                self.en(*person, Hendelsestype::EndringIVergemaal, Aarsak::Vergemaal, innhold)
            }
            Hva::Sammenslaaing(gjeldende, dublett) => {
                let (gjeldende, dublett) = (self.bosatt(*gjeldende)?.nummer, self.finn(*dublett)?.nummer);
                self.gjoer(Handling::SlaaSammen { gjeldende, dublett });
                Some(())
            }
            Hva::Splitting(gjeldende, gjenopprettet) => {
                let gjeldende = self.bosatt(*gjeldende)?.nummer;
                let gjenopprettet = self.nummer(*gjenopprettet)?;
                self.gjoer(Handling::Splitt {
                    gjeldende,
                    gjenopprettet,
                });
                Some(())
            }
            Hva::Foedsel(_)
            | Hva::Farskap { .. }
            | Hva::Doedsfall { .. }
            | Hva::Doedsbo { .. }
            | Hva::Vigsel(..)
            | Hva::Separasjon(..)
            | Hva::Skilsmisse(..)
            | Hva::Innvandring(_)
            | Hva::DNummer(_)
            | Hva::Underlig(_) => None,
        }
    }

    fn nummer(&self, pid: Pid) -> Option<Foedselsnummer> {
        let nummer = self.liv.tilstand.person(pid)?.nummer;
        (nummer != 0).then(|| crate::tekst::foedselsnummer(nummer))
    }

    fn finn(&mut self, pid: Pid) -> Option<Her> {
        let nummer = self.nummer(pid)?;
        let opplysninger = (self.oppslag)(nummer.som_tekst())?;
        Some(Her { nummer, opplysninger })
    }

    fn bosatt(&mut self, pid: Pid) -> Option<Her> {
        self.finn(pid).filter(|her| her.status() == Some(&Personstatus::Bosatt))
    }

    fn gjoer(&mut self, handling: Handling) {
        self.ut.push(Registrering {
            tidspunkt: self.tid,
            handling,
        });
    }

    fn registrer(&mut self, her: &Her, hendelsestype: Hendelsestype, endringer: Vec<Endring>) {
        if !endringer.is_empty() {
            self.gjoer(Handling::Registrer {
                person: her.nummer.clone(),
                hendelsestype,
                endringer,
            });
        }
    }

    fn ny(&self, aarsak: Aarsak, innhold: Innhold) -> Endring {
        Endring::RegistrereNy(Box::new(Opplysning {
            metadata: aarsak.ny(tid::midnatt(self.dag)),
            innhold,
        }))
    }

    fn slutt(&self, entitet: Entitet) -> Endring {
        Endring::Opphoere {
            hvilken: Utvelger::Gjeldende(entitet),
            opphoerstidspunkt: tid::midnatt(self.dag),
        }
    }

    /// One new value of one person who is alive in the register.
    fn en(&mut self, person: Pid, hendelsestype: Hendelsestype, aarsak: Aarsak, innhold: Innhold) -> Option<()> {
        let her = self.finn(person)?;
        if !matches!(her.status()?, Personstatus::Bosatt | Personstatus::Midlertidig) {
            return None;
        }
        let endring = self.ny(aarsak, innhold);
        self.registrer(&her, hendelsestype, vec![endring]);
        Some(())
    }

    fn navnevalg(&mut self, barn: Pid) -> Option<()> {
        let her = self.finn(barn)?;
        let Innhold::Navn(foer) = &her.gjeldende(Entitet::Navn)?.innhold else {
            return None;
        };
        // Source: folkeregister reference 6.5: a provisional name has a star.
        if !foer.fornavn.som_tekst().contains('*') {
            return None;
        }
        let Innhold::Navn(mut valgt) = dokument::navn_innhold(&et_navn(&mut self.kast), false) else {
            return None;
        };
        // A child has the name of the family.
        (valgt.etternavn, valgt.mellomnavn) = (foer.etternavn.clone(), None);
        valgt.forkortet_navn = None;
        let endringer = vec![
            Endring::Annullere {
                hvilken: Utvelger::Gjeldende(Entitet::Navn),
            },
            self.ny(Aarsak::Navnevalg, Innhold::Navn(valgt)),
        ];
        self.registrer(&her, Hendelsestype::EndringINavn, endringer);
        Some(())
    }

    fn navneendring(&mut self, person: Pid) -> Option<()> {
        let her = self.bosatt(person)?;
        let Innhold::Navn(foer) = &her.gjeldende(Entitet::Navn)?.innhold else {
            return None;
        };
        let Innhold::Navn(mut nytt) = dokument::navn_innhold(&et_navn(&mut self.kast), false) else {
            return None;
        };
        // What one is called one keeps.
        nytt.fornavn = foer.fornavn.clone();
        nytt.forkortet_navn = None;
        let endring = self.ny(Aarsak::Navn, Innhold::Navn(nytt));
        self.registrer(&her, Hendelsestype::EndringINavn, vec![endring]);
        Some(())
    }

    fn flytting(&mut self, alle: &[Pid]) -> Option<()> {
        let til = bolig(&mut self.kast);
        for pid in alle {
            let her = self.bosatt(*pid)?;
            let kommune = til.gate.kommune().nummer(self.dag);
            let adresse = dokument::bostedsadresse(&til, kommune, self.dag, Adressegradering::Ugradert);
            let endring = self.ny(Aarsak::Flytting, adresse);
            self.registrer(&her, Hendelsestype::EndringIBostedsadresse, vec![endring]);
        }
        Some(())
    }

    fn utvandring(&mut self, alle: &[Pid]) -> Option<()> {
        let land = Landvalg::trekk(&mut self.kast);
        let kast = self.kast.middels(60_000);
        for pid in alle {
            let her = self.bosatt(*pid)?;
            let mut endringer = vec![
                self.ny(Aarsak::Utflytting, dokument::status(Personstatus::Utflyttet)),
                self.ny(Aarsak::Utflytting, dokument::utflytting(land, self.dag, true)),
            ];
            for entitet in [Entitet::Bostedsadresse, Entitet::Oppholdsadresse, Entitet::DeltBosted] {
                if her.gjeldende(entitet).is_some() {
                    endringer.push(self.slutt(entitet));
                }
            }
            let utland = dokument::postadresse_i_utlandet(None, land, false, kast, Adressegradering::Ugradert);
            endringer.push(self.ny(Aarsak::Utflytting, utland));
            self.registrer(&her, Hendelsestype::PersonErUtflyttet, endringer);
        }
        Some(())
    }

    fn dnummerendring(&mut self, person: Pid) -> Option<()> {
        let land = Landvalg::trekk(&mut self.kast);
        let kast = self.kast.middels(60_000);
        let innhold = dokument::postadresse_i_utlandet(None, land, false, kast, Adressegradering::Ugradert);
        self.en(
            person,
            Hendelsestype::EndringIKontaktinformasjon,
            Aarsak::Postadresse,
            innhold,
        )
    }

    fn vern_satt(&mut self, alle: &[Pid], strengt: bool) -> Option<()> {
        let kast = self.kast.middels(60_000);
        let vern = if strengt {
            Vern::StrengtFortrolig
        } else {
            Vern::Fortrolig
        };
        for pid in alle {
            let her = self.bosatt(*pid)?;
            if her.gjeldende(Entitet::Adressebeskyttelse).is_some() {
                return None;
            }
            let mut endringer = vec![self.ny(Aarsak::Adressebeskyttelse, dokument::adressebeskyttelse(vern)?)];
            if strengt {
                // The register itself deletes every address it has.
                endringer.push(self.ny(Aarsak::Adressebeskyttelse, dokument::aapen_postadresse(kast)));
            } else {
                endringer.extend(self.gradert(&her, &Adressegradering::Fortrolig));
            }
            self.registrer(&her, Hendelsestype::EndringIAdressebeskyttelse, endringer);
        }
        Some(())
    }

    fn vern_opphevet(&mut self, alle: &[Pid]) -> Option<()> {
        for pid in alle {
            let her = self.finn(*pid)?;
            her.gjeldende(Entitet::Adressebeskyttelse)?;
            let mut endringer = vec![self.slutt(Entitet::Adressebeskyttelse)];
            endringer.extend(self.gradert(&her, &Adressegradering::Ugradert));
            self.registrer(&her, Hendelsestype::EndringIAdressebeskyttelse, endringer);
        }
        Some(())
    }

    /// The person's present addresses with another grade; validity stays.
    fn gradert(&self, her: &Her, grad: &Adressegradering) -> Vec<Endring> {
        Entitet::ADRESSER
            .iter()
            .filter_map(|entitet| {
                let foer = her.gjeldende(*entitet)?;
                let mut innhold = foer.innhold.clone();
                if *sett_grad(&mut innhold)? == *grad {
                    return None;
                }
                *sett_grad(&mut innhold)? = grad.clone();
                let mut metadata = Aarsak::Adressebeskyttelse.ny(tid::midnatt(self.dag));
                metadata.gyldighetstidspunkt = foer.metadata.gyldighetstidspunkt;
                Some(Endring::Korrigere {
                    hvilken: Utvelger::Gjeldende(*entitet),
                    ny: Box::new(Opplysning { metadata, innhold }),
                })
            })
            .collect()
    }
}

fn sett_grad(innhold: &mut Innhold) -> Option<&mut Adressegradering> {
    match innhold {
        Innhold::Bostedsadresse(e::Bostedsadresse { adressegradering, .. })
        | Innhold::DeltBosted(e::DeltBosted { adressegradering, .. })
        | Innhold::Oppholdsadresse(e::Oppholdsadresse { adressegradering, .. })
        | Innhold::Postadresse(e::Kontaktadresse { adressegradering, .. })
        | Innhold::PostadresseIUtlandet(e::KontaktadresseIUtlandet { adressegradering, .. }) => Some(adressegradering),
        _ => None,
    }
}
