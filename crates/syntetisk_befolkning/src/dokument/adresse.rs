//! Addresses in every form, and who may not have them.
//!
//! ```text
//! strengt fortrolig   no address at all but one open postadresse with Kripos or Skatt Nord
//! fortrolig           every address carries `fortrolig`
//! klientadresse       the present bostedsadresse alone carries it
//! dead                no present address; those there were end on the day of death
//! D-number            no bostedsadresse
//! ```
//!
//! Source: folkeregister reference 4.3 "Address rules" and 6.5.

use informasjonsmodell::entiteter as e;
use informasjonsmodell::kodeverk::Adressegradering;
use informasjonsmodell::typer::UkjentBosted;
use informasjonsmodell::{Innhold, Registermetadata};

use crate::plan::{Bolig, Opphav, Person, Plan, Pnr, Slutt, Vern};
use crate::tekst::fri;
use crate::tid::{self, Dag, GRUNNLAG, OVERFOERT};

use super::adresseform::{
    aapen_postadresse, bostedsadresse, delt_bosted, innflytting, oppholdsadresse, postadresse, postadresse_i_utlandet,
    utflytting,
};
use super::person::kommet;
use super::{Aarsak, Skriver, ingen};

/// First day of the kommuner of 2024.
const REGULERING: Dag = tid::dag(2024, 1, 1);

/// The protection entry.
pub(crate) fn adressebeskyttelse(vern: Vern) -> Option<Innhold> {
    let graderingsnivaa = match vern {
        Vern::Klientadresse => return None,
        Vern::Fortrolig => Adressegradering::Fortrolig,
        Vern::StrengtFortrolig => Adressegradering::StrengtFortrolig,
    };
    Some(Innhold::Adressebeskyttelse(e::GraderingAvAdresse {
        graderingsnivaa,
        ukjente: ingen(),
    }))
}

/// The grade that every address of a person carries.
pub(crate) fn gradering(person: &Person) -> Adressegradering {
    match person.trekk.vern {
        Some((Vern::Fortrolig, _)) => Adressegradering::Fortrolig,
        _ => Adressegradering::Ugradert,
    }
}

/// The grade of a person's present bostedsadresse.
pub(crate) fn gradering_av_bosted(person: &Person) -> Adressegradering {
    match person.trekk.vern {
        Some((Vern::Klientadresse, _)) => Adressegradering::Klientadresse,
        _ => gradering(person),
    }
}

/// A dwelling of the person, to make the details of a contact address from.
fn en_bolig(plan: &Plan, person: &Person) -> Option<Bolig> {
    let sted = person.trekk.oppholdssted.map(|s| s.bolig);
    let bolig = person
        .bosteder
        .last()
        .and_then(|b| plan.siste_bolig(b.husholdning))
        .or(sted);
    bolig.map(|b| plan.bolig(b).clone())
}

impl Skriver<'_> {
    /// Protection, addresses, immigration and emigration.
    pub(super) fn adresser(&mut self, nr: Pnr) {
        let plan = self.plan;
        let person = plan.person(nr);
        let streng = matches!(person.trekk.vern, Some((Vern::StrengtFortrolig, _)));
        if let Some((vern, dag)) = person.trekk.vern {
            if let Some(innhold) = adressebeskyttelse(vern) {
                let metadata = self.meta(true, dag, Aarsak::Adressebeskyttelse);
                self.legg(metadata, innhold);
            }
            if streng {
                let metadata = self.meta(true, dag, Aarsak::Adressebeskyttelse);
                self.legg(metadata, aapen_postadresse(person.trekk.kast));
            }
        }
        if !streng {
            self.bostedsadresser(nr, person);
            self.andre_adresser(person);
        }
        self.flyttinger(person);
    }

    fn bostedsadresser(&mut self, nr: Pnr, person: &Person) {
        let plan = self.plan;
        let i_norge = matches!(person.opphav, Opphav::Norge | Opphav::Innvandret { .. });
        if !i_norge {
            return self.uten_bosted(person);
        }
        let mut botider = std::mem::take(&mut self.botider);
        plan.botider(nr, &mut botider);
        let slutt = match person.slutt {
            Slutt::Forsvunnet(_) => None,
            slutt => slutt.dag(),
        };
        let siste = botider.len().saturating_sub(1);
        for (plass, botid) in botider.iter().enumerate() {
            let til = botider.get(plass + 1).map(|neste| neste.fra).or(slutt);
            let bolig = plan.bolig(botid.bolig);
            let kommune = bolig.gate.kommune();
            // An address of before the electronic register has the number of its last day there.
            let registrert = if botid.fra < OVERFOERT {
                til.map_or(OVERFOERT, |t| (t - 1).min(OVERFOERT))
            } else {
                botid.fra
            };
            let nummer = kommune.nummer(registrert.max(botid.fra));
            let regulert =
                til.is_none_or(|t| t > REGULERING) && botid.fra < REGULERING && kommune.nummer(REGULERING) != nummer;
            let gjelder_naa = plass == siste && slutt.is_none();
            let grad = if gjelder_naa {
                gradering_av_bosted(person)
            } else {
                gradering(person)
            };
            let aarsak = if plass == 0 && matches!(person.opphav, Opphav::Innvandret { .. }) {
                Aarsak::Innflytting
            } else if plass == 0 {
                Aarsak::Foedsel
            } else {
                Aarsak::Flytting
            };
            let mut metadata = self.meta(gjelder_naa && !regulert, botid.fra, aarsak);
            if botid.fra < OVERFOERT {
                metadata.aarsak = Some(fri("Årsakskode fra DSF: "));
            }
            let ender = (plass == siste).then_some(slutt).flatten();
            if let Some(dag) = ender.filter(|_| !regulert) {
                self.opphoer(&mut metadata, dag);
            }
            self.legg(
                metadata,
                bostedsadresse(
                    bolig,
                    nummer,
                    botid.fra,
                    if regulert { gradering(person) } else { grad.clone() },
                ),
            );
            if regulert {
                let metadata = self.regulert(gjelder_naa, botid.fra, ender);
                self.legg(
                    metadata,
                    bostedsadresse(bolig, kommune.nummer(REGULERING), botid.fra, grad),
                );
            }
        }
        self.botider = botider;
    }

    /// Metadata of an address that got a new kommunenummer: written at the change, valid as before.
    fn regulert(&mut self, gjeldende: bool, fra: Dag, ender: Option<Dag>) -> Registermetadata {
        let mut metadata = self.meta(gjeldende, REGULERING, Aarsak::Kommuneregulering);
        metadata.gyldighetstidspunkt = Some(tid::midnatt(fra));
        if let Some(dag) = ender {
            self.opphoer(&mut metadata, dag);
        }
        metadata
    }

    /// A fødselsnummer without residence still has a bostedsadresse that says it is unknown; a D-number has none.
    fn uten_bosted(&mut self, person: &Person) {
        if matches!(person.opphav, Opphav::DNummer { .. }) {
            return;
        }
        let mut metadata = self.meta(true, kommet(person), Aarsak::Adresseoppdatering);
        if let Some(dag) = person.slutt.dag() {
            self.opphoer(&mut metadata, dag);
        }
        self.legg(
            metadata,
            Innhold::Bostedsadresse(e::Bostedsadresse {
                ukjent_bosted: Some(UkjentBosted {
                    bostedskommune: None,
                    ukjente: ingen(),
                }),
                vegadresse: None,
                matrikkeladresse: None,
                adresse_identifikator_fra_matrikkelen: None,
                naer_adresse_identifikator_fra_matrikkelen: None,
                adressegradering: gradering(person),
                flyttedato: None,
                grunnkrets: None,
                stemmekrets: None,
                skolekrets: None,
                kirkekrets: None,
                ukjente: ingen(),
            }),
        );
    }

    fn andre_adresser(&mut self, person: &Person) {
        let plan = self.plan;
        let trekk = person.trekk;
        let doed = match person.slutt {
            Slutt::Doed(dag) => Some(dag),
            _ => None,
        };
        let land = match person.opphav {
            Opphav::DNummer { land, .. } | Opphav::Innvandret { land, .. } | Opphav::IkkeBosatt { land, .. } => {
                Some(land)
            }
            _ => None,
        };
        if let Some((bolig, fra)) = trekk.delt_bosted {
            let metadata = self.meta(true, fra, Aarsak::Flytting);
            let slutt = person.foedt + 18 * tid::AAR + 5;
            self.legg(
                metadata,
                delt_bosted(plan.bolig(bolig), fra, Some(slutt), gradering(person)),
            );
        }
        if let Some(sted) = trekk.oppholdssted {
            let mut metadata = self.meta(true, sted.fra, Aarsak::Adresseoppdatering);
            if let Some(dag) = doed {
                self.opphoer(&mut metadata, dag);
            }
            self.legg(
                metadata,
                oppholdsadresse(plan.bolig(sted.bolig), sted.slag, land, sted.fra, gradering(person)),
            );
        }
        let bolig = en_bolig(plan, person);
        if let (Some(form), Some(bolig)) = (trekk.postadresse, &bolig) {
            let fra = kommet(person)
                .max(GRUNNLAG - 200 - Dag::from(trekk.kast % 1_500))
                .min(GRUNNLAG - 1);
            let metadata = self.meta(true, fra, Aarsak::Postadresse);
            self.legg(metadata, postadresse(bolig, form, trekk.kast, gradering(person)));
        }
        let (land, fra) = match (person.slutt, land) {
            (Slutt::Utflyttet(dag, land), _) => (land, dag),
            (_, Some(land)) => (land, kommet(person)),
            _ => return,
        };
        if let Some(i_felt) = trekk.postadresse_utland {
            let mut metadata = self.meta(true, fra, Aarsak::Postadresse);
            if let Some(dag) = doed {
                self.opphoer(&mut metadata, dag);
            }
            self.legg(
                metadata,
                postadresse_i_utlandet(bolig.as_ref(), land, i_felt, trekk.kast, gradering(person)),
            );
        }
    }

    fn flyttinger(&mut self, person: &Person) {
        if let Opphav::Innvandret { dag, land } = person.opphav {
            let metadata = self.meta(true, dag, Aarsak::Innflytting);
            self.legg(metadata, innflytting(land, person.trekk.kast % 5 < 3));
        }
        if let Slutt::Utflyttet(dag, land) = person.slutt {
            let metadata = self.meta(true, dag, Aarsak::Utflytting);
            self.legg(metadata, utflytting(land, dag, person.trekk.kast % 5 < 2));
        }
    }
}
