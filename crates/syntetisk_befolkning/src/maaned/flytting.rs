//! Moves within the country, out of it and back, and protection of addresses.

use informasjonsmodell::kodeverk::{Adressegradering, Personstatus};
use informasjonsmodell::{Endring, Entitet, Hendelsestype, Innhold};

use crate::dokument::{self, Aarsak};
use crate::land::Landvalg;
use crate::plan::{Bnr, Hnr, Opphav, Plan, Pnr, Slutt, Vern};
use crate::tid::Dag;

use super::{Transaksjon, gjeldende, ny, rettelse, slutt};

/// An ungraded bostedsadresse from a day on.
pub(super) fn adresse(plan: &Plan, bolig: Bnr, dag: Dag) -> Innhold {
    let bolig = plan.bolig(bolig);
    dokument::bostedsadresse(bolig, bolig.gate.kommune().nummer(dag), dag, Adressegradering::Ugradert)
}

/// The same address with another grade.
fn gradert(innhold: &Innhold, gradering: &Adressegradering) -> Innhold {
    let mut ut = innhold.clone();
    match &mut ut {
        Innhold::Bostedsadresse(a) => a.adressegradering = gradering.clone(),
        Innhold::DeltBosted(a) => a.adressegradering = gradering.clone(),
        Innhold::Oppholdsadresse(a) => a.adressegradering = gradering.clone(),
        Innhold::Postadresse(a) => a.adressegradering = gradering.clone(),
        Innhold::PostadresseIUtlandet(a) => a.adressegradering = gradering.clone(),
        _ => {}
    }
    ut
}

impl Transaksjon<'_> {
    pub(super) fn flytting(&mut self, til: Bnr, husholdning: Hnr) {
        let plan = self.plan;
        for nr in plan.beboere(husholdning) {
            let endring = ny(self.dag, Aarsak::Flytting, adresse(plan, til, self.dag));
            self.registrer(nr, Hendelsestype::EndringIBostedsadresse, vec![endring]);
        }
    }

    pub(super) fn utvandring(&mut self, nr: Pnr, land: Landvalg) {
        let person = self.plan.person(nr);
        let kast = person.trekk.kast;
        let mut endringer = vec![
            ny(self.dag, Aarsak::Utflytting, dokument::status(Personstatus::Utflyttet)),
            ny(
                self.dag,
                Aarsak::Utflytting,
                dokument::utflytting(land, self.dag, kast.is_multiple_of(2)),
            ),
        ];
        endringer.extend(self.slutter(nr, &[Entitet::Bostedsadresse, Entitet::Oppholdsadresse], self.dag));
        let vernet = person.trekk.vern.is_some();
        if !vernet && kast % 10 < 7 {
            let innhold = dokument::postadresse_i_utlandet(None, land, false, kast, Adressegradering::Ugradert);
            endringer.push(ny(self.dag, Aarsak::Utflytting, innhold));
        }
        self.registrer(nr, Hendelsestype::PersonErUtflyttet, endringer);
    }

    pub(super) fn gjeninnvandring(&mut self, nr: Pnr, bolig: Bnr) {
        let Slutt::Utflyttet(_, land) = self.plan.person(nr).slutt else {
            return;
        };
        let mut endringer = self.bosetting(bolig, land);
        endringer.extend(self.slutter(nr, &[Entitet::PostadresseIUtlandet], self.dag));
        self.registrer(nr, Hendelsestype::PersonErBosatt, endringer);
    }

    /// Status, immigration and address of one who comes to live here.
    pub(super) fn bosetting(&mut self, bolig: Bnr, land: Landvalg) -> Vec<Endring> {
        let dag = self.dag;
        vec![
            ny(dag, Aarsak::Innflytting, dokument::status(Personstatus::Bosatt)),
            ny(dag, Aarsak::Innflytting, dokument::innflytting(land, true)),
            ny(dag, Aarsak::Innflytting, adresse(self.plan, bolig, dag)),
        ]
    }

    pub(super) fn vern(&mut self, nr: Pnr, vern: Vern) {
        let kast = self.plan.person(nr).trekk.kast;
        let beskyttelse = dokument::adressebeskyttelse(vern).map(|i| ny(self.dag, Aarsak::Adressebeskyttelse, i));
        let mut endringer: Vec<Endring> = beskyttelse.into_iter().collect();
        match vern {
            Vern::Fortrolig => endringer.extend(self.gradering(nr, &Entitet::ADRESSER, &Adressegradering::Fortrolig)),
            // The register itself deletes every address it has.
            Vern::StrengtFortrolig => {
                endringer.push(ny(
                    self.dag,
                    Aarsak::Adressebeskyttelse,
                    dokument::aapen_postadresse(kast),
                ));
            }
            Vern::Klientadresse => {
                let endringer = self.gradering(nr, &[Entitet::Bostedsadresse], &Adressegradering::Klientadresse);
                return self.registrer(nr, Hendelsestype::EndringIBostedsadresseUtenFlytting, endringer);
            }
        }
        self.registrer(nr, Hendelsestype::EndringIAdressebeskyttelse, endringer);
    }

    pub(super) fn vern_opphevet(&mut self, nr: Pnr) {
        let mut endringer = vec![slutt(Entitet::Adressebeskyttelse, self.dag)];
        endringer.extend(self.gradering(nr, &Entitet::ADRESSER, &Adressegradering::Ugradert));
        self.registrer(nr, Hendelsestype::EndringIAdressebeskyttelse, endringer);
    }

    /// The present addresses of some kinds get another grade.
    fn gradering(&mut self, nr: Pnr, entiteter: &[Entitet], grad: &Adressegradering) -> Vec<Endring> {
        let dokument = self.dokument(nr);
        entiteter
            .iter()
            .filter_map(|&entitet| gjeldende(&dokument, entitet))
            .map(|foer| rettelse(foer, gradert(&foer.innhold, grad)))
            .collect()
    }

    /// The country of a person, or the first of the list.
    pub(super) fn land(&mut self, nr: Pnr) -> Landvalg {
        match self.plan.person(nr).opphav {
            Opphav::Innvandret { land, .. } | Opphav::DNummer { land, .. } | Opphav::IkkeBosatt { land, .. } => land,
            Opphav::Norge | Opphav::Foedselsregistrert => Landvalg::trekk(&mut self.skriver.terning),
        }
    }
}
