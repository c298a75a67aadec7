//! What happens to a group in the thirty days before the reference date.
//!
//! A person takes part in one story at most, apart from stories that follow from an earlier one, so that no story spoils
//! the ground another stands on. Rates are per person and thirty days, with the yearly numbers they come from:
//!
//! ```text
//! deaths 45 000      by age           births 52 000      by mother's age     moves 1.0 million   14.7 per 1 000
//! marriages 20 000                    separations 11 000 divorces 9 500      immigration 65 000  emigration 38 000
//! D-numbers 100 000                   name changes 40 000 (our choice)       everything else: our choice
//! ```
//!
//! Source: round numbers of recent years from general knowledge of SSB's tables 05803 (births, deaths), 01222
//! (movements), 09588 (moves), 05707 (marriages, separations, divorces), for 5.6 million inhabitants.

use identifikator::{Identifikatortype, Kjoenn};

use crate::geografi::Kommunevalg;
use crate::land::Landvalg;
use crate::navn::{Navnevalg, trekk_etternavn};
use crate::terning::Terning;
use crate::tid::{self, AAR, Dag, GRUNNLAG, INSTITUSJON_FRA};

use super::{Bnr, Boligslag, Brudd, Nnr, Nummeroenske, Opphav, Plan, Pnr, Slutt, Vern};

/// Days the month has.
pub(crate) const DAGER: i32 = 30;

/// One transaction of the last month.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fortelling {
    pub(crate) dag: Dag,
    /// Seconds from local midnight.
    pub(crate) sekund: i32,
    pub(crate) nanosekund: u32,
    pub(crate) hva: Hva,
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hva {
    /// Everybody in the household moves.
    Flytting {
        til: Bnr,
        husholdning: super::Hnr,
    },
    Doed(Pnr),
    /// A child is born; the plan has it after the baseline.
    Foedsel(Pnr),
    /// The child of the month gets its name.
    Navnevalg(Pnr, Navnevalg),
    Vigsel(Pnr, Pnr),
    Separasjon(Pnr, Pnr),
    Skilsmisse(Pnr, Pnr),
    Navneendring(Pnr, Navnevalg),
    /// A new person of any kind: immigrant or D-number.
    Ny(Pnr),
    DNummerTilFoedselsnummer {
        person: Pnr,
        nytt: Nnr,
        bolig: Bnr,
    },
    EndretKjoenn {
        person: Pnr,
        nytt: Nnr,
    },
    Utvandring(Pnr, Landvalg),
    /// Somebody who had emigrated comes back.
    Gjeninnvandring {
        person: Pnr,
        bolig: Bnr,
    },
    Sammenslaaing {
        gjeldende: Pnr,
        dublett: Pnr,
    },
    Splitting {
        gjeldende: Pnr,
        gjenopprettet: Pnr,
    },
    Vern(Pnr, Vern),
    VernOpphevet(Pnr),
    /// The date of death was wrong.
    Doedsrettelse(Pnr),
    Inaktivering(Pnr),
    Reaktivering(Pnr),
    Opphoer(Pnr),
    /// An ended number is taken up again.
    Gjenaapning(Pnr),
    Forsvinning(Pnr),
    Enkelt(Pnr, Enkeltendring),
}

/// A change of one entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Enkeltendring {
    Identitetsgrunnlag,
    UtenlandskNummer,
    Duf,
    Legitimasjon,
    FalskIdentitet,
    FoedestedRettet,
    FoedselINorgeRettet,
    NavnRettet,
    Oppholdsadresse(Bnr),
    Postadresse,
    PostadresseAnnullert,
    PostadresseIUtlandet,
    SamiskSpraak,
    Statsborgerskap,
    Bibehold,
    Oppholdstillatelse,
    Svalbard,
    Vergemaal,
    VergemaalSlutt,
    RettsligHandleevne,
    BostedsadresseRettet,
    DeltBosted(Bnr),
    Foreldreansvar,
    InnflyttingRettet,
    UtflyttingRettet,
    DoedsfallRettet,
    Doedsbo,
}

impl Plan {
    /// Draws the stories of a random group.
    pub(super) fn trekk_maaned(&mut self, terning: &mut Terning) {
        let mut opptatt = vec![false; self.grunnlag];
        let personer: Vec<Pnr> = self.personer().collect();
        self.trekk_sammenslaaing(terning, &mut opptatt);
        for &nr in &personer {
            if opptatt.get(nr.plass()).copied().unwrap_or(true) {
                continue;
            }
            let person = self.person(nr);
            match (person.opphav, person.slutt) {
                (_, Slutt::Doed(dag)) => self.trekk_etter_doed(terning, nr, dag),
                (_, Slutt::Utflyttet(..)) => self.trekk_for_utflyttet(terning, nr),
                (_, Slutt::Opphoert(_)) if terning.per_100_000(300) => self.fortell(terning, Hva::Gjenaapning(nr)),
                (_, Slutt::Inaktiv(_)) if terning.per_100_000(400) => self.fortell(terning, Hva::Reaktivering(nr)),
                (Opphav::DNummer { tildelt, .. }, Slutt::Ingen) => {
                    self.trekk_for_dnummer_i_maaned(terning, nr, tildelt)
                }
                (Opphav::Norge | Opphav::Innvandret { .. }, Slutt::Ingen) => {
                    self.trekk_for_bosatt_i_maaned(terning, nr, &mut opptatt);
                }
                _ => {}
            }
        }
        self.trekk_nye(terning);
    }

    /// Puts a story on a day of the month, in office hours.
    pub(super) fn fortell(&mut self, terning: &mut Terning, hva: Hva) {
        let dag = GRUNNLAG + terning.mellom(0, DAGER - 1);
        self.fortell_paa(terning, dag, hva);
    }

    /// Puts a story on a given day.
    pub(super) fn fortell_paa(&mut self, terning: &mut Terning, dag: Dag, hva: Hva) {
        let sekund = terning.mellom(7 * 3600, 16 * 3600);
        let nanosekund = terning.under(1_000_000_000);
        self.fortellinger.push(Fortelling {
            dag,
            sekund,
            nanosekund,
            hva,
        });
    }

    fn trekk_sammenslaaing(&mut self, terning: &mut Terning, opptatt: &mut [bool]) {
        let (gjeldende, dublett) = (Pnr(0), Pnr(1));
        let (Some(a), Some(b)) = (self.personer.first(), self.personer.get(1)) else {
            return;
        };
        let er_par = matches!(b.opphav, Opphav::DNummer { .. }) && a.foedt == b.foedt && a.navn == b.navn;
        if er_par && terning.promille(400) {
            self.slaa_sammen(terning, gjeldende, dublett);
            opptatt.fill(true);
        }
    }

    /// A merger; one in four is taken back some days later.
    pub(super) fn slaa_sammen(&mut self, terning: &mut Terning, gjeldende: Pnr, dublett: Pnr) {
        let dag = GRUNNLAG + terning.mellom(0, DAGER - 12);
        self.fortell_paa(terning, dag, Hva::Sammenslaaing { gjeldende, dublett });
        if terning.promille(250) {
            self.splitt(terning, dag + terning.clone().mellom(2, 10), gjeldende, dublett);
        }
    }

    /// A merger is taken back.
    pub(super) fn splitt(&mut self, terning: &mut Terning, dag: Dag, gjeldende: Pnr, gjenopprettet: Pnr) {
        self.fortell_paa(
            terning,
            dag,
            Hva::Splitting {
                gjeldende,
                gjenopprettet,
            },
        );
    }

    fn trekk_etter_doed(&mut self, terning: &mut Terning, nr: Pnr, dag: Dag) {
        let nylig = dag > GRUNNLAG - 60;
        if nylig && terning.promille(30) && !self.har_levende_ektefelle(nr) {
            self.fortell(terning, Hva::Doedsrettelse(nr));
        } else if nylig && self.person(nr).trekk.doedsbo.is_none() && terning.promille(350) {
            self.fortell(terning, Hva::Enkelt(nr, Enkeltendring::Doedsbo));
        } else if nylig && terning.promille(15) && !self.har_levende_ektefelle(nr) {
            // Whoever was left, was left on the day of the death.
            self.fortell(terning, Hva::Enkelt(nr, Enkeltendring::DoedsfallRettet));
        }
    }

    fn har_levende_ektefelle(&self, nr: Pnr) -> bool {
        self.ekteskap_av(nr)
            .is_some_and(|e| self.person(e.annen(nr)).slutt == Slutt::Ingen)
    }

    fn trekk_for_utflyttet(&mut self, terning: &mut Terning, nr: Pnr) {
        // One of a family that went together does not come back alone.
        let alene = self.grunnlag == 1;
        match terning.under(100_000) {
            0..200 if alene => {
                let kommune = Kommunevalg::trekk(terning);
                let bolig = self.ny_bolig(terning, kommune);
                self.sett_slag(bolig, Boligslag::Veg);
                self.fortell(terning, Hva::Gjeninnvandring { person: nr, bolig });
            }
            200..700 => self.fortell(terning, Hva::Enkelt(nr, Enkeltendring::PostadresseIUtlandet)),
            700..760 => self.fortell(terning, Hva::Enkelt(nr, Enkeltendring::UtflyttingRettet)),
            760..800 if self.person(nr).trekk.bibehold.is_none() => {
                self.fortell(terning, Hva::Enkelt(nr, Enkeltendring::Bibehold));
            }
            _ => {}
        }
    }

    fn trekk_for_dnummer_i_maaned(&mut self, terning: &mut Terning, nr: Pnr, tildelt: Dag) {
        let utloep = tildelt + 5 * AAR + 1;
        if (GRUNNLAG..GRUNNLAG + DAGER).contains(&utloep) {
            // A nightly job, at three minutes to six past midnight.
            let sekund = terning.mellom(180, 360);
            let nanosekund = terning.under(1_000_000_000);
            self.fortellinger.push(Fortelling {
                dag: utloep,
                sekund,
                nanosekund,
                hva: Hva::Inaktivering(nr),
            });
            return;
        }
        match terning.under(100_000) {
            0..1_500 => {
                let kommune = Kommunevalg::trekk(terning);
                self.foedselsnummer_i_maaned(terning, nr, kommune);
            }
            1_500..1_600 => self.fortell(terning, Hva::Opphoer(nr)),
            1_600..1_700 => self.fortell(terning, Hva::Enkelt(nr, Enkeltendring::Identitetsgrunnlag)),
            1_700..1_800 => self.fortell(terning, Hva::Enkelt(nr, Enkeltendring::Duf)),
            1_800..1_900 => self.fortell(terning, Hva::Enkelt(nr, Enkeltendring::UtenlandskNummer)),
            1_900..2_100 => self.fortell(terning, Hva::Enkelt(nr, Enkeltendring::Legitimasjon)),
            2_100..2_130 => self.fortell(terning, Hva::Enkelt(nr, Enkeltendring::FalskIdentitet)),
            2_130..2_230 => {
                let kommune = Kommunevalg::trekk(terning);
                let bolig = self.ny_bolig(terning, kommune);
                self.sett_slag(bolig, Boligslag::Veg);
                self.fortell(terning, Hva::Enkelt(nr, Enkeltendring::Oppholdsadresse(bolig)));
            }
            _ => {}
        }
    }

    /// A D-number becomes a fødselsnummer in the month.
    pub(super) fn foedselsnummer_i_maaned(&mut self, terning: &mut Terning, nr: Pnr, kommune: Kommunevalg) {
        let bolig = self.ny_bolig(terning, kommune);
        self.sett_slag(bolig, Boligslag::Veg);
        let (foedt, kjoenn) = (self.person(nr).foedt, self.person(nr).kjoenn);
        let slag = Identifikatortype::Foedselsnummer;
        let nytt = self.bestill_nummer(Nummeroenske {
            foedt,
            kjoenn,
            slag,
            tildelt: GRUNNLAG,
        });
        self.fortell(
            terning,
            Hva::DNummerTilFoedselsnummer {
                person: nr,
                nytt,
                bolig,
            },
        );
    }

    fn trekk_for_bosatt_i_maaned(&mut self, terning: &mut Terning, nr: Pnr, opptatt: &mut [bool]) {
        let Some(husholdning) = self.bor_i(nr) else { return };
        let alder = tid::alder(self.person(nr).foedt, GRUNNLAG);
        let ledig = |opptatt: &[bool], p: Pnr| opptatt.get(p.plass()) == Some(&false);
        // Deaths in a million a month, by age.
        let doedelighet = match alder {
            ..40 => 30,
            40..60 => 180,
            60..70 => 650,
            70..80 => 1_700,
            80..90 => 5_500,
            _ => 18_000,
        };
        if terning.under(1_000_000) < doedelighet {
            for p in self.slektninger(nr) {
                sett(opptatt, p);
            }
            self.fortell(terning, Hva::Doed(nr));
            return;
        }
        let beboere: Vec<Pnr> = self.beboere(husholdning).collect();
        let alle_ledige = beboere.iter().all(|&p| ledig(opptatt, p));
        let foerst = beboere.first() == Some(&nr);
        let vernet = beboere.iter().any(|&p| self.person(p).trekk.vern.is_some());
        if foerst && alle_ledige && !vernet && terning.promille(15) {
            let kommune = self.naer(terning, husholdning);
            let til = self.ny_bolig(terning, kommune);
            for &p in &beboere {
                sett(opptatt, p);
            }
            self.fortell(terning, Hva::Flytting { til, husholdning });
            return;
        }
        if alder >= 18
            && let Some(samboer) = self.samboer(nr, &beboere).filter(|&s| ledig(opptatt, s))
            && self.trekk_for_par(terning, nr, samboer, alder, husholdning)
        {
            for p in [nr, samboer] {
                sett(opptatt, p);
            }
            return;
        }
        // Who lives alone gives nobody else's address away.
        let alene = beboere.len() == 1;
        let hva = match terning.under(100_000) {
            0..60 if alder >= 18 => {
                let etternavn = trekk_etternavn(terning);
                let navn = Navnevalg {
                    mellomnavn: Some(self.person(nr).navn.etternavn),
                    etternavn,
                    ..self.person(nr).navn
                };
                Some(Hva::Navneendring(nr, navn))
            }
            60..180 if alder >= 18 && alene => Some(Hva::Utvandring(nr, Landvalg::trekk(terning))),
            180..190 if alene && self.person(nr).trekk.vern.is_none() => Some(Hva::Vern(nr, Vern::Fortrolig)),
            190..194 if alene && self.person(nr).trekk.vern.is_none() => Some(Hva::Vern(nr, Vern::StrengtFortrolig)),
            194..204 if alene && self.person(nr).trekk.vern.is_none() => Some(Hva::Vern(nr, Vern::Klientadresse)),
            204..206 if alder >= 18 => Some(Hva::Forsvinning(nr)),
            206..900 if alene && matches!(self.person(nr).trekk.vern, Some((Vern::Fortrolig, _))) => {
                Some(Hva::VernOpphevet(nr))
            }
            900..1_100 => self.trekk_enkelt(terning, nr, alder).map(|e| Hva::Enkelt(nr, e)),
            1_100..1_102 if alder >= 18 && self.grunnlag == 1 => Some(self.endre_kjoenn(nr)),
            _ => None,
        };
        if let Some(hva) = hva {
            sett(opptatt, nr);
            self.fortell(terning, hva);
        }
    }

    /// A person's registered gender changes, and with it the number.
    pub(super) fn endre_kjoenn(&mut self, nr: Pnr) -> Hva {
        let foedt = self.person(nr).foedt;
        let kjoenn = match self.person(nr).kjoenn {
            Kjoenn::Kvinne => Kjoenn::Mann,
            Kjoenn::Mann => Kjoenn::Kvinne,
        };
        let slag = Identifikatortype::Foedselsnummer;
        let nytt = self.bestill_nummer(Nummeroenske {
            foedt,
            kjoenn,
            slag,
            tildelt: GRUNNLAG,
        });
        Hva::EndretKjoenn { person: nr, nytt }
    }

    /// Spouse, parents and children: those a death is told to.
    fn slektninger(&self, nr: Pnr) -> Vec<Pnr> {
        let person = self.person(nr);
        let ektefelle = self.ekteskap_av(nr).map(|e| e.annen(nr));
        [Some(nr), person.mor, person.far, ektefelle]
            .into_iter()
            .flatten()
            .chain(self.barn(nr))
            .collect()
    }

    /// The grown-up a person lives with, when they are not kin.
    pub(super) fn samboer(&self, nr: Pnr, beboere: &[Pnr]) -> Option<Pnr> {
        let person = self.person(nr);
        beboere.iter().copied().find(|&p| {
            let annen = self.person(p);
            let slekt = [annen.mor, annen.far].contains(&Some(nr))
                || [person.mor, person.far].contains(&Some(p))
                || (annen.mor.is_some() && annen.mor == person.mor);
            p != nr && !slekt && tid::alder(annen.foedt, GRUNNLAG) >= 18
        })
    }

    fn trekk_for_par(&mut self, terning: &mut Terning, nr: Pnr, samboer: Pnr, alder: i32, hjem: super::Hnr) -> bool {
        let yngste = self.barn(nr).map(|b| self.person(b).foedt).max().unwrap_or(0);
        let vernet = self.person(nr).trekk.vern.is_some();
        let kan_foede =
            !vernet && self.person(nr).kjoenn == Kjoenn::Kvinne && (20..43).contains(&alder) && yngste < GRUNNLAG - 500;
        if kan_foede && terning.promille(7) {
            let dag = GRUNNLAG + terning.mellom(0, DAGER - 1);
            self.foedsel_i_maaned(terning, dag, nr, samboer, hjem);
            return true;
        }
        match self.ekteskap_av(nr).map(|e| (e.annen(nr) == samboer, e.brudd)) {
            None if nr < samboer && self.person(samboer).ekteskap.is_none() && terning.per_100_000(450) => {
                self.fortell(terning, Hva::Vigsel(nr, samboer));
                true
            }
            Some((true, Brudd::Ingen)) if nr < samboer && terning.per_100_000(95) => {
                self.fortell(terning, Hva::Separasjon(nr, samboer));
                true
            }
            _ => self.trekk_skilsmisse(terning, nr),
        }
    }

    fn trekk_skilsmisse(&mut self, terning: &mut Terning, nr: Pnr) -> bool {
        let Some(ekteskap) = self.ekteskap_av(nr).copied() else {
            return false;
        };
        let annen = ekteskap.annen(nr);
        let lenge = matches!(ekteskap.brudd, Brudd::Separert(dag) if dag < GRUNNLAG - AAR);
        if lenge && nr < annen && self.er_bosatt(annen) && terning.promille(90) {
            self.fortell(terning, Hva::Skilsmisse(nr, annen));
            return true;
        }
        false
    }

    /// A child is born in the month, and named later in it when there is time.
    pub(super) fn foedsel_i_maaned(&mut self, terning: &mut Terning, dag: Dag, mor: Pnr, annen: Pnr, hjem: super::Hnr) {
        let etternavn = self.person(annen).navn.etternavn;
        let barn = self.foed(terning, dag, mor, Some(annen), etternavn);
        self.person_mut(barn).slutt = Slutt::Ingen;
        self.flytt_inn(barn, dag, hjem);
        let navn = self.person(barn).navn;
        self.fortell_paa(terning, dag, Hva::Foedsel(barn));
        let navnedag = dag + terning.mellom(6, 40);
        if navnedag < GRUNNLAG + DAGER {
            self.fortell_paa(terning, navnedag, Hva::Navnevalg(barn, navn));
        }
    }

    /// Immigrants and D-numbers that come in proportion to the people of the group.
    fn trekk_nye(&mut self, terning: &mut Terning) {
        let antall = u32::try_from(self.grunnlag).unwrap_or(0);
        if terning.per_100_000(85 * antall) {
            self.ny_innvandrer(terning);
        }
        if terning.per_100_000(130 * antall) {
            self.ny_dnummer(terning);
        }
    }

    /// Somebody gets a D-number in the month.
    pub(super) fn ny_dnummer(&mut self, terning: &mut Terning) {
        let dag = GRUNNLAG + terning.mellom(0, DAGER - 1);
        let nr = self.ny_dnummer_paa(terning, dag);
        self.fortell_paa(terning, dag, Hva::Ny(nr));
    }

    fn ny_dnummer_paa(&mut self, terning: &mut Terning, dag: Dag) -> Pnr {
        let nr = self.dnummer(terning, dag);
        if let Opphav::DNummer { tildelt, land } = self.person(nr).opphav {
            self.trekk_for_dnummer(terning, nr, tildelt, land);
        }
        nr
    }

    /// A plan of one person alone, who gets a D-number or comes to live here on a day after the baseline.
    pub(crate) fn nykommer(terning: &mut Terning, dag: Dag, dnummer: bool) -> (Self, Pnr) {
        let mut plan = Plan::default();
        let nr = if dnummer {
            plan.ny_dnummer_paa(terning, dag)
        } else {
            plan.ny_innvandrer_paa(terning, dag)
        };
        plan.lukk_grunnlag();
        (plan, nr)
    }

    /// Somebody immigrates in the month.
    pub(super) fn ny_innvandrer(&mut self, terning: &mut Terning) {
        let dag = GRUNNLAG + terning.mellom(0, DAGER - 1);
        let nr = self.ny_innvandrer_paa(terning, dag);
        self.fortell_paa(terning, dag, Hva::Ny(nr));
    }

    fn ny_innvandrer_paa(&mut self, terning: &mut Terning, dag: Dag) -> Pnr {
        let foedt = dag - terning.mellom(18 * AAR, 45 * AAR);
        let land = Landvalg::trekk(terning);
        let nr = self.en_person(terning, foedt, Opphav::Innvandret { dag, land });
        self.person_mut(nr).slutt = Slutt::Ingen;
        self.barndomshjem(terning, nr);
        nr
    }

    /// A change of one entity that fits the person.
    fn trekk_enkelt(&mut self, terning: &mut Terning, nr: Pnr, alder: i32) -> Option<Enkeltendring> {
        use Enkeltendring as E;
        let person = self.person(nr);
        let trekk = person.trekk;
        let opphav = person.opphav;
        let vernet = trekk.vern.is_some();
        let voksen = alder >= 18;
        let fremmed =
            matches!(opphav, Opphav::Innvandret { land, .. } if !land.land().eoes) && trekk.norsk_fra.is_none();
        let valg = match terning.under(26) {
            0..4 if voksen => E::Identitetsgrunnlag,
            4 if matches!(opphav, Opphav::Innvandret { .. }) => E::UtenlandskNummer,
            5 if fremmed => E::Duf,
            6 if matches!(opphav, Opphav::Innvandret { .. }) => E::Legitimasjon,
            7 if voksen && terning.promille(100) && trekk.falsk.is_none() => E::FalskIdentitet,
            8 => E::FoedestedRettet,
            9 if matches!(opphav, Opphav::Norge) && person.foedt >= INSTITUSJON_FRA => E::FoedselINorgeRettet,
            10 if person.tidligere_navn.is_none() => E::NavnRettet,
            11 | 12 if voksen && !vernet => {
                let kommune = Kommunevalg::trekk(terning);
                let bolig = self.ny_bolig(terning, kommune);
                self.sett_slag(bolig, Boligslag::Veg);
                E::Oppholdsadresse(bolig)
            }
            13..16 if !vernet => E::Postadresse,
            16 if trekk.postadresse.is_some() && !vernet => E::PostadresseAnnullert,
            17 => E::SamiskSpraak,
            18 if fremmed => E::Statsborgerskap,
            19 if fremmed && trekk.opphold.is_some() => E::Oppholdstillatelse,
            20 if voksen && trekk.svalbard_fra.is_none() => E::Svalbard,
            21 | 22 if voksen && trekk.vergemaal.is_none() => E::Vergemaal,
            23 if trekk.vergemaal.is_some() => E::VergemaalSlutt,
            24 if trekk.begrenset_handleevne.is_none() && trekk.vergemaal.is_some() => E::RettsligHandleevne,
            25 if !vernet => E::BostedsadresseRettet,
            _ => return None,
        };
        Some(valg)
    }
}

fn sett(opptatt: &mut [bool], nr: Pnr) {
    if let Some(plass) = opptatt.get_mut(nr.plass()) {
        *plass = true;
    }
}
