//! Births, deaths, marriages, separations, divorces and names.

use informasjonsmodell::kodeverk::{Personstatus, Sivilstandstype};
use informasjonsmodell::{Endring, Entitet, Handling, Hendelsestype, Utvelger};

use crate::dokument::{self, Aarsak, Ansvarsledd, Skriver};
use crate::navn::Navnevalg;
use crate::plan::{Brudd, Plan, Pnr, Slutt};
use crate::tid::{self, Dag, GRUNNLAG};

use super::{Transaksjon, gjeldende, gyldig_fra, ny, rettelse, slutt, slutt_paa};

impl Transaksjon<'_> {
    pub(super) fn foedsel(&mut self, barn: Pnr) {
        let plan = self.plan;
        let dokument = self.skriver.dokument(barn);
        self.gjoer(Handling::Opprett(Box::new(dokument)));
        let person = plan.person(barn);
        let dag = person.foedt;
        let nummer = self.skriver.fnr(barn);
        let mut ledd = Vec::new();
        dokument::ansvar(plan, barn, &mut ledd);
        for forelder in [person.mor, person.far].into_iter().flatten() {
            let relasjon = dokument::foreldrerelasjon(plan, barn, forelder, nummer.clone(), false);
            let endring = ny(dag, Aarsak::Foedsel, relasjon);
            self.registrer(forelder, Hendelsestype::EndringIFamilierelasjon, vec![endring]);
            let endringer = ledd
                .iter()
                .filter(|l| l.ansvarlig == Some(forelder))
                .map(|&l| ny(dag, Aarsak::Foedsel, self.skriver.ansvarsinnhold(barn, l)))
                .collect();
            self.registrer(forelder, Hendelsestype::EndringIForeldreansvar, endringer);
        }
    }

    pub(super) fn navnevalg(&mut self, barn: Pnr, navn: &Navnevalg) {
        let annullere = Endring::Annullere {
            hvilken: Utvelger::Gjeldende(Entitet::Navn),
        };
        let valgt = ny(self.dag, Aarsak::Navnevalg, dokument::navn_innhold(navn, false));
        self.registrer(barn, Hendelsestype::EndringINavn, vec![annullere, valgt]);
    }

    pub(super) fn navneendring(&mut self, nr: Pnr, navn: &Navnevalg) {
        let endring = ny(self.dag, Aarsak::Navn, dokument::navn_innhold(navn, false));
        self.registrer(nr, Hendelsestype::EndringINavn, vec![endring]);
    }

    pub(super) fn vigsel(&mut self, a: Pnr, b: Pnr) {
        let Some(ekteskap) = self.plan.vigsel(a, b, self.dag) else {
            return;
        };
        for (en, annen) in [(a, b), (b, a)] {
            let nummer = self.skriver.fnr(annen);
            let gift = ny(
                self.dag,
                Aarsak::Vigsel,
                dokument::gift(self.plan, &ekteskap, nummer.clone()),
            );
            self.registrer(en, Hendelsestype::EndringISivilstand, vec![gift]);
            let relasjon = ny(self.dag, Aarsak::Vigsel, dokument::ektefelle(nummer));
            self.registrer(en, Hendelsestype::EndringIFamilierelasjon, vec![relasjon]);
        }
    }

    pub(super) fn separasjon(&mut self, a: Pnr, b: Pnr) {
        let slag = self.slag(a, Sivilstandstype::Separert, Sivilstandstype::SeparertPartner);
        for (en, annen) in [(a, b), (b, a)] {
            let nummer = self.skriver.fnr(annen);
            let innhold = dokument::partnerstatus(slag.clone(), self.dag, Some(nummer));
            let endring = ny(self.dag, Aarsak::Separasjon, innhold);
            self.registrer(en, Hendelsestype::EndringISivilstand, vec![endring]);
        }
    }

    pub(super) fn skilsmisse(&mut self, a: Pnr, b: Pnr) {
        let slag = self.slag(a, Sivilstandstype::Skilt, Sivilstandstype::SkiltPartner);
        for (en, annen) in [(a, b), (b, a)] {
            let nummer = self.skriver.fnr(annen);
            let innhold = dokument::partnerstatus(slag.clone(), self.dag, Some(nummer.clone()));
            let endring = ny(self.dag, Aarsak::Skilsmisse, innhold);
            self.registrer(en, Hendelsestype::EndringISivilstand, vec![endring]);
            let endring = slutt_paa(dokument::ektefelle(nummer), self.dag);
            self.registrer(en, Hendelsestype::EndringIFamilierelasjon, vec![endring]);
        }
    }

    fn slag(&self, nr: Pnr, gift: Sivilstandstype, partner: Sivilstandstype) -> Sivilstandstype {
        if self.plan.ekteskap_av(nr).is_some_and(|e| e.partnerskap) {
            partner
        } else {
            gift
        }
    }

    pub(super) fn doed(&mut self, nr: Pnr) {
        // Reported within two days; a death before the baseline would belong to it.
        let dag = (self.dag - self.skriver.terning.mellom(0, 2)).max(GRUNNLAG);
        let mut endringer = vec![
            ny(dag, Aarsak::Doedsfall, dokument::doedsfall(dag)),
            ny(dag, Aarsak::Doedsfall, dokument::status(Personstatus::Doed)),
        ];
        endringer.extend(self.slutter(nr, &Entitet::ADRESSER, dag));
        self.registrer(nr, Hendelsestype::PersonErDoed, endringer);
        if let Some(innhold) = self.skriver.gjeldende_vergemaal(self.plan.person(nr)) {
            self.registrer(nr, Hendelsestype::EndringIVergemaal, vec![slutt_paa(innhold, dag)]);
        }
        self.etterlatt(nr, dag);
        self.ansvar_etter_doed(nr, dag);
    }

    /// The spouse becomes a widow, and the relation ends on both sides.
    fn etterlatt(&mut self, nr: Pnr, dag: Dag) {
        let Some(ekteskap) = self.plan.ekteskap_av(nr) else {
            return;
        };
        let annen = ekteskap.annen(nr);
        let levde = !matches!(self.plan.person(annen).slutt, Slutt::Doed(_));
        if matches!(ekteskap.brudd, Brudd::Skilt { .. }) || !levde {
            return;
        }
        let slag = self.slag(
            nr,
            Sivilstandstype::EnkeEllerEnkemann,
            Sivilstandstype::GjenlevendePartner,
        );
        let innhold = dokument::partnerstatus(slag, dag, Some(self.skriver.fnr(nr)));
        let endring = ny(dag, Aarsak::Doedsfall, innhold);
        self.registrer(annen, Hendelsestype::EndringISivilstand, vec![endring]);
        for (en, tapt) in [(annen, nr), (nr, annen)] {
            let endring = slutt_paa(dokument::ektefelle(self.skriver.fnr(tapt)), dag);
            self.registrer(en, Hendelsestype::EndringIFamilierelasjon, vec![endring]);
        }
    }

    /// Responsibility for children passes to the other parent or to somebody else; a dead child needs none.
    fn ansvar_etter_doed(&mut self, nr: Pnr, dag: Dag) {
        let plan = self.plan;
        let etterpaa = plan.med_slutt(nr, Slutt::Doed(dag));
        let barna: Vec<Pnr> = plan.barn(nr).chain([nr]).collect();
        for barn in barna {
            let endringer = endret_ansvar(plan, &etterpaa, barn);
            let foreldre = [plan.person(barn).mor, plan.person(barn).far];
            for person in [Some(barn)].into_iter().chain(foreldre).flatten() {
                let egne = endringer
                    .iter()
                    .filter(|(l, _)| person == barn || l.ansvarlig == Some(person));
                let egne = egne
                    .map(|&(ledd, nytt)| ansvarsendring(&mut self.skriver, barn, ledd, nytt, dag))
                    .collect();
                self.registrer(person, Hendelsestype::EndringIForeldreansvar, egne);
            }
        }
    }

    /// The date was wrong: the person is taken up again, and the death registered anew with the right one.
    ///
    /// Source: folkeregister reference 6.5, "Death date corrected". The wrong
    /// status is corrected to the one before, and the address is current again.
    pub(super) fn doedsrettelse(&mut self, nr: Pnr) {
        let plan = self.plan;
        let Slutt::Doed(feil) = plan.person(nr).slutt else {
            return;
        };
        let dag = feil - 1;
        let dokument = self.dokument(nr);
        let endte = dokument.av(Entitet::Bostedsadresse).last();
        let adresse = endte
            .and_then(|o| o.metadata.opphoerstidspunkt)
            .map(|opphoert| Endring::Gjenoppta {
                entitet: Entitet::Bostedsadresse,
                opphoert,
            });
        let foer = dokument
            .av(Entitet::Status)
            .find(|o| o.metadata.er_gjeldende == Some(false));
        let Some(foer) = foer else { return };
        // Valid from when it was: the person was never dead, and the death to come is the later of the two.
        let mut igjen = gyldig_fra(self.dag, Aarsak::Annet, foer.innhold.clone());
        igjen.metadata.gyldighetstidspunkt = foer.metadata.gyldighetstidspunkt;
        let mut endringer = vec![
            Endring::Annullere {
                hvilken: Utvelger::Gjeldende(Entitet::Doedsfall),
            },
            Endring::Korrigere {
                hvilken: Utvelger::Gjeldende(Entitet::Status),
                ny: igjen,
            },
        ];
        let har_adresse = adresse.is_some();
        endringer.extend(adresse);
        self.registrer(nr, Hendelsestype::PersonErReaktivert, endringer);
        let mut endringer = vec![
            ny(dag, Aarsak::Doedsfall, dokument::doedsfall(dag)),
            ny(dag, Aarsak::Doedsfall, dokument::status(Personstatus::Doed)),
        ];
        endringer.extend(har_adresse.then(|| slutt(Entitet::Bostedsadresse, dag)));
        self.registrer(nr, Hendelsestype::PersonErDoed, endringer);
    }

    /// Details of a death change without a change of status.
    pub(super) fn doedsfall_rettet(&mut self, nr: Pnr) {
        let Slutt::Doed(dag) = self.plan.person(nr).slutt else {
            return;
        };
        let dokument = self.dokument(nr);
        let Some(foer) = gjeldende(&dokument, Entitet::Doedsfall) else {
            return;
        };
        let endring = rettelse(foer, dokument::doedsfall(dag - 1));
        self.registrer(nr, Hendelsestype::EndringIDoedsfall, vec![endring]);
    }

    pub(super) fn doedsbo(&mut self, nr: Pnr) {
        let arving = self.skriver.arving(nr);
        let slag = crate::plan::doedsbokontakt(&mut self.skriver.terning);
        let innhold = dokument::doedsbo(&mut self.skriver.terning, slag, arving, tid_foer(self.dag));
        let endring = ny(self.dag, Aarsak::Doedsbo, innhold);
        self.registrer(nr, Hendelsestype::EndringIKontaktopplysningerForDoedsbo, vec![endring]);
    }
}

/// The court's paper is some days old when it is registered.
fn tid_foer(dag: Dag) -> Dag {
    debug_assert!(tid::aar(dag) >= 2025, "the last month");
    dag - 4
}

/// What changes in the responsibility for a child between two plans: what ends, and what is new.
fn endret_ansvar(foer: &Plan, etter: &Plan, barn: Pnr) -> Vec<(Ansvarsledd, bool)> {
    let (mut ledd_foer, mut ledd_etter) = (Vec::new(), Vec::new());
    dokument::ansvar(foer, barn, &mut ledd_foer);
    dokument::ansvar(etter, barn, &mut ledd_etter);
    ledd_etter
        .into_iter()
        .filter_map(|l| match ledd_foer.iter().find(|f| f.er(&l)) {
            Some(f) if f.til.is_none() && l.til.is_some() => Some((l, false)),
            Some(_) => None,
            None => Some((l, true)),
        })
        .collect()
}

fn ansvarsendring(skriver: &mut Skriver<'_>, barn: Pnr, ledd: Ansvarsledd, nytt: bool, dag: Dag) -> Endring {
    let innhold = skriver.ansvarsinnhold(barn, ledd);
    if nytt {
        ny(dag, ledd.aarsak, innhold)
    } else {
        slutt_paa(innhold, dag)
    }
}
