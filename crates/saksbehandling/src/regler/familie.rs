//! What goes between parents and children: relations, and who has responsibility.
//!
//! An entry of responsibility stands both on the child and on whoever has it, and says the same in both places.

use informasjonsmodell::entiteter::Foreldreansvar;
use informasjonsmodell::kodeverk::{Familierelasjontype, Foreldreansvarstype};
use informasjonsmodell::{Dato, Endring, Entitet, Hendelsestype, Innhold, Opplysning, Tidspunkt};
use register::{Feil, Personbilde};
use serde_json::{Value, json};

use super::Kontekst;
use crate::bygg::{self, Aarsak};
use crate::person::Person;
use crate::tid::{MYNDIG_AAR, aar_mellom};
use crate::vedtak::Grunn;

/// A relation to somebody.
pub(super) fn relasjon(nummer: &str, er: &str, jeg_er: &str) -> Value {
    json!({"relatertPerson": nummer, "relatertPersonsRolle": er, "minRolleForPerson": jeg_er})
}

/// A responsibility for a child.
pub(super) fn ansvar(slag: &str, barn: &str, ansvarlig: &str) -> Value {
    json!({"ansvar": slag, "ansvarssubjekt": barn, "ansvarlig": ansvarlig})
}

/// Whether a child is under age on a day. Whoever has no birth date is taken for grown up.
pub(super) fn er_mindreaarig(barn: &Personbilde, dag: Dato) -> bool {
    let alder = barn.foedselsdato().and_then(|foedt| aar_mellom(foedt, dag));
    alder.is_some_and(|alder| alder < MYNDIG_AAR)
}

/// What a parent is to a child, as the child has it.
fn rolle(barn: &Personbilde, forelder: &Personbilde) -> Option<&'static str> {
    let relasjon = barn.relasjoner().find(|r| {
        let nummer = r.relatert_person.as_ref().map(|n| n.som_tekst());
        nummer.is_some_and(|nummer| forelder.har_nummer(nummer))
    })?;
    match relasjon.relatert_persons_rolle {
        Familierelasjontype::Mor => Some("mor"),
        Familierelasjontype::Far => Some("far"),
        Familierelasjontype::Medmor => Some("medmor"),
        _ => None,
    }
}

fn er_om(ansvar: &Foreldreansvar, barn: &Personbilde) -> bool {
    let nummer = ansvar.ansvarssubjekt.as_ref();
    nummer.is_some_and(|nummer| barn.har_nummer(nummer.som_tekst()))
}

fn gjelder(ansvar: &Foreldreansvar, barn: &Personbilde, ansvarlig: &Personbilde) -> bool {
    let er = |nummer: Option<&informasjonsmodell::tekst::Foedselsnummer>, person: &Personbilde| {
        nummer.is_some_and(|nummer| person.har_nummer(nummer.som_tekst()))
    };
    er(ansvar.ansvarssubjekt.as_ref(), barn) && er(ansvar.ansvarlig.as_ref(), ansvarlig)
}

/// The entries that say that somebody has responsibility for a child, on one of the two.
pub(super) fn ansvar_for<'p>(
    paa: &'p Personbilde,
    barn: &'p Personbilde,
    ansvarlig: &'p Personbilde,
) -> impl Iterator<Item = &'p Foreldreansvar> {
    paa.ansvar().filter(move |a| gjelder(a, barn, ansvarlig))
}

fn slutt(ansvar: &Foreldreansvar, naar: Tidspunkt) -> Endring {
    bygg::opphoer(&Innhold::Foreldreansvar(ansvar.clone()), naar)
}

impl Kontekst<'_, '_> {
    /// Responsibility for a dead parent's children passes to the other parent who shared it; where nobody shared it, it is
    /// unknown until a court has spoken (our choice).
    ///
    /// Source: barnelova § 38.
    pub(super) fn ansvar_etter_doed(&mut self, doed: &Personbilde, dag: Dato, naar: Tidspunkt) -> Result<(), Feil> {
        let mut egne = Vec::new();
        for nummer in doed.som_er(&Familierelasjontype::Barn) {
            let Some(barn) = self.kjent(&nummer)? else { continue };
            if barn.er_doed() || !er_mindreaarig(&barn, dag) {
                continue;
            }
            let mut paa_barnet: Vec<Endring> = ansvar_for(&barn, &barn, doed).map(|a| slutt(a, naar)).collect();
            if paa_barnet.is_empty() {
                continue;
            }
            // What nobody had before a day does not end on it.
            for paa in [&barn, doed] {
                self.etter_alt(paa, naar, Entitet::Foreldreansvar, |o| {
                    let gjeldende = o.metadata.er_gjeldende == Some(true);
                    gjeldende && matches!(&o.innhold, Innhold::Foreldreansvar(a) if er_om(a, &barn))
                });
            }
            egne.extend(ansvar_for(doed, &barn, doed).map(|a| slutt(a, naar)));
            let mut noen_igjen = false;
            let andre: Vec<Foreldreansvar> = barn.ansvar().filter(|a| !gjelder(a, &barn, doed)).cloned().collect();
            for delt in andre {
                noen_igjen = true;
                let ansvarlig = delt.ansvarlig.as_ref().map(|n| n.som_tekst().to_owned());
                let Some(annen) = ansvarlig.map(|n| self.kjent(&n)).transpose()?.flatten() else {
                    continue;
                };
                let (Foreldreansvarstype::Felles, Some(slag)) = (&delt.ansvar, rolle(&barn, &annen)) else {
                    continue;
                };
                let alene = ansvar(slag, &barn.nummer, &annen.nummer);
                self.etter_alt(&annen, naar, Entitet::Foreldreansvar, |o| {
                    let gjeldende = o.metadata.er_gjeldende == Some(true);
                    gjeldende && matches!(&o.innhold, Innhold::Foreldreansvar(a) if gjelder(a, &barn, &annen))
                });
                paa_barnet.push(slutt(&delt, naar));
                paa_barnet.extend(self.ny(Aarsak::DOEDSFALL, naar, Entitet::Foreldreansvar, alene.clone()));
                let mut paa_annen: Vec<Endring> = ansvar_for(&annen, &barn, &annen).map(|a| slutt(a, naar)).collect();
                paa_annen.extend(self.ny(Aarsak::DOEDSFALL, naar, Entitet::Foreldreansvar, alene));
                self.hendelse(&annen.nummer, Hendelsestype::EndringIForeldreansvar, paa_annen);
            }
            if !noen_igjen {
                let ukjent = json!({"ansvar": "ukjent", "ansvarssubjekt": barn.nummer});
                paa_barnet.extend(self.ny(Aarsak::DOEDSFALL, naar, Entitet::Foreldreansvar, ukjent));
            }
            self.hendelse(&barn.nummer, Hendelsestype::EndringIForeldreansvar, paa_barnet);
        }
        self.hendelse(&doed.nummer, Hendelsestype::EndringIForeldreansvar, egne);
        Ok(())
    }

    // Objects where responsibility for a child has passed on since a death, or passed at another time than the death has now:
    // what the death did can then not be told from what came after.
    fn uendret_ansvar(&mut self, levende: &Personbilde, barn: &Personbilde, naar: Tidspunkt) -> Result<(), Feil> {
        let paa_barnet = || {
            let alle = barn.opplysninger.iter();
            alle.filter(|o| matches!(&o.innhold, Innhold::Foreldreansvar(a) if er_om(a, barn)))
        };
        let hans = |o: &&Opplysning| matches!(&o.innhold, Innhold::Foreldreansvar(a) if gjelder(a, barn, levende));
        let gikk_over: Vec<Tidspunkt> = paa_barnet()
            .filter(hans)
            .filter_map(|o| o.metadata.opphoerstidspunkt)
            .collect();
        if !gikk_over.contains(&naar) {
            let annen_dag = paa_barnet().any(|o| {
                let fra = o.metadata.gyldighetstidspunkt;
                o.metadata.er_gjeldende == Some(true) && fra.is_some_and(|fra| gikk_over.contains(&fra))
            });
            self.krev(!annen_dag, Grunn::EndretSiden);
            return Ok(());
        }
        let senere = |t: Option<Tidspunkt>| t.is_some_and(|t| t.rekkefoelge() > naar.rekkefoelge());
        let uendret =
            !paa_barnet().any(|o| senere(o.metadata.gyldighetstidspunkt) || senere(o.metadata.opphoerstidspunkt));
        self.krev(uendret, Grunn::EndretSiden);
        // Whoever shared it, and has it again, is alive.
        let endte = paa_barnet().filter(|o| o.metadata.opphoerstidspunkt == Some(naar));
        let delte: Vec<String> = endte
            .filter_map(|o| match &o.innhold {
                Innhold::Foreldreansvar(a) => Some(a.ansvarlig.as_ref()?.som_tekst().to_owned()),
                _ => None,
            })
            .collect();
        for nummer in delte {
            let annen = self.kjent(&nummer)?.filter(|annen| annen.person != levende.person);
            self.krev(annen.is_none_or(|annen| !annen.er_doed()), Grunn::EndretSiden);
        }
        Ok(())
    }

    /// What [`Kontekst::ansvar_etter_doed`] did is taken back, as far as it still stands.
    pub(super) fn ansvar_tilbake(&mut self, levende: &Personbilde, naar: Tidspunkt) -> Result<(), Feil> {
        let endte = |paa: &Personbilde, barn: &Personbilde| {
            paa.historiske(Entitet::Foreldreansvar).any(|o| {
                let av_barnet = matches!(&o.innhold, Innhold::Foreldreansvar(a)
                    if a.ansvarssubjekt.as_ref().is_some_and(|n| barn.har_nummer(n.som_tekst())));
                av_barnet && o.metadata.opphoerstidspunkt == Some(naar)
            })
        };
        let fra_da = |paa: &Personbilde, barn: &Personbilde| -> Vec<Endring> {
            let nye = paa.gjeldende(Entitet::Foreldreansvar).filter(|o| {
                let av_barnet = matches!(&o.innhold, Innhold::Foreldreansvar(a)
                    if a.ansvarssubjekt.as_ref().is_some_and(|n| barn.har_nummer(n.som_tekst())));
                av_barnet && o.metadata.gyldighetstidspunkt == Some(naar)
            });
            nye.map(|o| Endring::Annullere {
                hvilken: informasjonsmodell::Utvelger::Lik(Box::new(o.innhold.clone())),
            })
            .collect()
        };
        let gjenoppta = || Endring::Gjenoppta {
            entitet: Entitet::Foreldreansvar,
            opphoert: naar,
        };
        let mut egne = false;
        for nummer in levende.som_er(&Familierelasjontype::Barn) {
            let Some(barn) = self.kjent(&nummer)? else { continue };
            egne |= endte(levende, &barn);
            self.uendret_ansvar(levende, &barn, naar)?;
            let andre: Vec<String> = barn
                .ansvar()
                .filter_map(|a| Some(a.ansvarlig.as_ref()?.som_tekst().to_owned()))
                .collect();
            for annen in andre {
                let Some(annen) = self.kjent(&annen)? else { continue };
                if endte(&annen, &barn) {
                    let mut endringer = fra_da(&annen, &barn);
                    endringer.push(gjenoppta());
                    self.hendelse(&annen.nummer, Hendelsestype::EndringIForeldreansvar, endringer);
                }
            }
            if endte(&barn, &barn) {
                let mut endringer = fra_da(&barn, &barn);
                endringer.push(gjenoppta());
                self.hendelse(&barn.nummer, Hendelsestype::EndringIForeldreansvar, endringer);
            }
        }
        if egne {
            self.hendelse(
                &levende.nummer,
                Hendelsestype::EndringIForeldreansvar,
                vec![gjenoppta()],
            );
        }
        Ok(())
    }
}
