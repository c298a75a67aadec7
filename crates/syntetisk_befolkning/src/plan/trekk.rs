//! Rare traits: what few persons have, each with the share it is given with.
//!
//! Shares are of residents unless another group is named. Sources: general knowledge of public statistics where one
//! exists, otherwise our choice, large enough that every trait occurs among 20 000 persons:
//!
//! ```text
//! klientadresse 0.10 %   fortrolig 0.05 %   strengt fortrolig 0.02 %, those who live with them included   vergemål, grown-ups 0.7 %, children 0.03 %
//! fremtidsfullmakt 0.1 %   begrenset handleevne 0.03 %   samisk 0.3 % (Sami kommuner: 40 %)   delt bosted: see slekt
//! falsk identitet 0.03 %   Svalbard 0.05 %   bibehold 0.1 %   postadresse 3 %   oppholdsadresse 1.5 %
//! utenlandsk nummer 35 %, legitimasjonsdokument 60 % and DUF-nummer 75 % of those it can concern
//! ```

use crate::geografi::Kommunevalg;
use crate::land::Landvalg;
use crate::terning::Terning;
use crate::tid::{self, AAR, Dag, GRUNNLAG, OVERFOERT};

use super::{Bnr, Boligslag, Opphav, Plan, Pnr, Slutt};

/// Protection of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vern {
    /// One address reveals that the person is a client.
    Klientadresse,
    /// Every address is fortrolig.
    Fortrolig,
    /// No address at all.
    StrengtFortrolig,
}

/// Kind of guardianship.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vergemaalsslag {
    Voksen,
    MidlertidigForVoksen,
    Mindreaarig,
    EnsligMindreaarigFlyktning,
    Fremtidsfullmakt,
}

/// Who the verge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verge {
    /// Somebody of the group.
    Person(Pnr),
    /// Somebody without a number, made up from throws.
    Navn(u16),
}

/// A guardianship.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Vergemaal {
    pub(crate) slag: Vergemaalsslag,
    pub(crate) fra: Dag,
    pub(crate) verge: Verge,
}

/// What is known of the right identity behind a false one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Falsk {
    Ukjent,
    Opplysninger,
    Nummer(Pnr),
}

/// Residence permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Oppholdstillatelse {
    Midlertidig,
    Permanent,
    Mangler,
}

/// Kept Norwegian citizenship.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bibehold {
    Har,
    HarIkkeLenger,
    TrengerIkke,
}

/// Form of a postadresse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Postadresse {
    Boks,
    Veg,
    Fri,
}

/// Why a person stays elsewhere, or where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Oppholdsslag {
    Militaer,
    Utenriks,
    PaaSvalbard,
    Pendler,
    /// A Norwegian address without a reason.
    Norge,
    /// Not known.
    Ukjent,
}

/// An oppholdsadresse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Oppholdssted {
    pub(crate) slag: Oppholdsslag,
    pub(crate) bolig: Bnr,
    pub(crate) fra: Dag,
}

/// Contact for an estate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doedsbokontakt {
    Person,
    PersonUtenNummer,
    Advokat,
    Organisasjon,
}

/// The rare traits of a person.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Saertrekk {
    pub(crate) vern: Option<(Vern, Dag)>,
    pub(crate) vergemaal: Option<Vergemaal>,
    pub(crate) begrenset_handleevne: Option<Dag>,
    /// One bit a language: nord, soer, lule.
    pub(crate) samisk: u8,
    pub(crate) falsk: Option<Falsk>,
    pub(crate) legitimasjon: bool,
    pub(crate) utenlandsk_nummer: bool,
    pub(crate) duf: bool,
    pub(crate) opphold: Option<Oppholdstillatelse>,
    pub(crate) norsk_fra: Option<Dag>,
    pub(crate) bibehold: Option<Bibehold>,
    pub(crate) svalbard_fra: Option<Dag>,
    pub(crate) postadresse: Option<Postadresse>,
    pub(crate) postadresse_utland: Option<bool>,
    pub(crate) oppholdssted: Option<Oppholdssted>,
    pub(crate) delt_bosted: Option<(Bnr, Dag)>,
    pub(crate) doedsbo: Option<Doedsbokontakt>,
    /// The identity is controlled.
    pub(crate) kontrollert: bool,
    /// A throw below 60 000 that decides small things the same way everywhere.
    pub(crate) kast: u16,
}

impl Plan {
    /// Gives every person their traits.
    pub(super) fn gi_trekk(&mut self, terning: &mut Terning) {
        for plass in 0..self.personer.len() {
            let nr = Pnr(u16::try_from(plass).unwrap_or(u16::MAX));
            match self.person(nr).opphav {
                Opphav::Norge => {}
                Opphav::Innvandret { dag, land } => self.trekk_for_innvandret(terning, nr, dag, land),
                Opphav::DNummer { tildelt, land } => self.trekk_for_dnummer(terning, nr, tildelt, land),
                Opphav::Foedselsregistrert => {}
                Opphav::IkkeBosatt { .. } => self.person_mut(nr).trekk.postadresse_utland = Some(terning.promille(500)),
            }
            self.rydd_delt_bosted(nr);
            match self.person(nr).slutt {
                Slutt::Utflyttet(..) => {
                    let trekk = &mut self.person_mut(nr).trekk;
                    trekk.postadresse_utland = terning.promille(700).then(|| terning.promille(750));
                    if terning.promille(60) {
                        trekk.bibehold = Some(if terning.promille(700) {
                            Bibehold::Har
                        } else {
                            Bibehold::HarIkkeLenger
                        });
                    }
                }
                Slutt::Doed(dag) => {
                    let andel = if dag > GRUNNLAG - 2 * AAR { 800 } else { 60 };
                    if dag + 20 < GRUNNLAG && dag > OVERFOERT && terning.promille(andel) {
                        self.person_mut(nr).trekk.doedsbo = Some(doedsbokontakt(terning));
                    }
                }
                _ => {}
            }
            if self.er_bosatt(nr) {
                self.trekk_for_bosatt(terning, nr);
            }
        }
        self.del_vern();
    }

    /// Those who live with a protected person are protected too, or their address would tell; and a child's other home
    /// is not told of when the parent there is.
    fn del_vern(&mut self) {
        self.grunnlag = self.personer.len();
        let vernede: Vec<_> = self
            .personer()
            .filter_map(|nr| self.person(nr).trekk.vern.map(|vern| (nr, vern)))
            .filter(|(_, (vern, _))| *vern != Vern::Klientadresse)
            .collect();
        for (nr, (vern, fra)) in vernede {
            let beboere: Vec<Pnr> = self
                .bor_i(nr)
                .map(|hjem| self.beboere(hjem).collect())
                .unwrap_or_default();
            for beboer in beboere {
                let kommet = match self.person(beboer).opphav {
                    Opphav::Innvandret { dag, .. } => dag.max(fra),
                    _ => self.person(beboer).foedt.max(fra),
                };
                self.person_mut(beboer).trekk.vern = Some((vern, kommet.min(GRUNNLAG - 3)));
            }
            let barn: Vec<Pnr> = self.barn(nr).chain([nr]).collect();
            for b in barn {
                self.person_mut(b).trekk.delt_bosted = None;
            }
        }
    }

    fn trekk_for_innvandret(&mut self, terning: &mut Terning, nr: Pnr, dag: Dag, land: Landvalg) {
        let eoes = land.land().eoes;
        if terning.promille(400) && dag > tid::dag(1995, 1, 1) {
            let tildelt = dag - terning.mellom(100, 3 * AAR);
            self.gi_tidligere_nummer(nr, tildelt, dag, false);
        }
        let norsk_fra = dag + terning.mellom(7 * AAR, 12 * AAR);
        let trekk = &mut self.person_mut(nr).trekk;
        trekk.legitimasjon = terning.promille(600);
        trekk.utenlandsk_nummer = eoes && terning.promille(350);
        trekk.duf = !eoes && dag > tid::dag(1990, 1, 1) && terning.promille(750);
        trekk.kontrollert = trekk.legitimasjon;
        if norsk_fra < GRUNNLAG - 30 && terning.promille(if eoes { 150 } else { 650 }) {
            trekk.norsk_fra = Some(norsk_fra);
        } else if !eoes {
            trekk.opphold = Some(match GRUNNLAG - dag {
                ..1_095 => Oppholdstillatelse::Midlertidig,
                _ if terning.promille(30) => Oppholdstillatelse::Mangler,
                _ => Oppholdstillatelse::Permanent,
            });
        }
    }

    pub(super) fn trekk_for_dnummer(&mut self, terning: &mut Terning, nr: Pnr, tildelt: Dag, land: Landvalg) {
        let eoes = land.land().eoes;
        let kommune = Kommunevalg::trekk(terning);
        let bolig = self.ny_bolig(terning, kommune);
        self.sett_slag(bolig, Boligslag::Veg);
        let slag = match terning.under(100) {
            0..60 => Some(Oppholdsslag::Norge),
            60..85 => Some(Oppholdsslag::Utenriks),
            85..92 => Some(Oppholdsslag::Ukjent),
            _ => None,
        };
        let trekk = &mut self.person_mut(nr).trekk;
        trekk.oppholdssted = slag.map(|slag| Oppholdssted {
            slag,
            bolig,
            fra: tildelt,
        });
        trekk.legitimasjon = terning.promille(600);
        trekk.utenlandsk_nummer = eoes && terning.promille(350);
        trekk.duf = !eoes && terning.promille(400);
        trekk.kontrollert = trekk.legitimasjon;
        if slag.is_none() || terning.promille(150) {
            trekk.postadresse_utland = Some(terning.promille(700));
        }
    }

    /// Delt bosted asks for a child who lives here, and another parent who lives at the address.
    fn rydd_delt_bosted(&mut self, nr: Pnr) {
        let person = self.person(nr);
        let Some((bolig, fra)) = person.trekk.delt_bosted else {
            return;
        };
        let hjem = self.bor_i(nr);
        let gjelder = hjem.is_some()
            && [person.mor, person.far].into_iter().flatten().any(|forelder| {
                let bor_i = self.bor_i(forelder);
                bor_i.is_some() && bor_i != hjem && bor_i.and_then(|h| self.siste_bolig(h)) == Some(bolig)
            });
        let ny = (gjelder && fra < GRUNNLAG - 5 && tid::alder(person.foedt, GRUNNLAG) < 18).then_some((bolig, fra));
        self.person_mut(nr).trekk.delt_bosted = ny;
    }

    fn trekk_for_bosatt(&mut self, terning: &mut Terning, nr: Pnr) {
        let alder = tid::alder(self.person(nr).foedt, GRUNNLAG);
        let voksen = alder >= 18;
        // What a person has since a day, they have had since they came at the earliest.
        let kommet = match self.person(nr).opphav {
            Opphav::Innvandret { dag, .. } => dag,
            _ => self.person(nr).foedt,
        };
        let siden = |terning: &mut Terning, aar: i32| {
            terning
                .mellom((GRUNNLAG - aar * AAR).max(kommet + 3), GRUNNLAG - 3)
                .min(GRUNNLAG - 3)
        };
        if kommet > GRUNNLAG - 10 {
            return;
        }
        let i_samisk_kommune = self
            .bor_i(nr)
            .and_then(|h| self.siste_bolig(h))
            .is_some_and(|b| self.bolig(b).gate.kommune().er_samisk());
        let verge = self.en_voksen_i_gruppen(nr);
        let mut trekk = self.person(nr).trekk;
        trekk.kontrollert |= voksen && terning.promille(250);
        trekk.vern = match terning.under(100_000) {
            0..9 => Some(Vern::StrengtFortrolig),
            9..32 => Some(Vern::Fortrolig),
            32..132 => Some(Vern::Klientadresse),
            _ => None,
        }
        .map(|vern| (vern, siden(terning, 4)));
        let slag = match (terning.under(100_000), voksen) {
            (0..650, true) => Some(Vergemaalsslag::Voksen),
            (650..700, true) => Some(Vergemaalsslag::MidlertidigForVoksen),
            (700..800, true) if alder > 55 => Some(Vergemaalsslag::Fremtidsfullmakt),
            (0..20, false) => Some(Vergemaalsslag::Mindreaarig),
            (20..30, false) => Some(Vergemaalsslag::EnsligMindreaarigFlyktning),
            _ => None,
        };
        trekk.vergemaal = slag.map(|slag| {
            let verge = match verge {
                Some(verge) if terning.promille(700) => Verge::Person(verge),
                _ => Verge::Navn(terning.middels(60_000)),
            };
            Vergemaal {
                slag,
                fra: siden(terning, 12),
                verge,
            }
        });
        if let Some(Vergemaal {
            slag: Vergemaalsslag::Voksen,
            fra,
            ..
        }) = trekk.vergemaal
            && terning.promille(50)
        {
            trekk.begrenset_handleevne = Some(fra);
        }
        if terning.per_100_000(if i_samisk_kommune { 40_000 } else { 250 }) {
            trekk.samisk = match terning.under(100) {
                0..80 => 1,
                80..88 => 2,
                88..96 => 4,
                _ => 5,
            };
        }
        if terning.per_100_000(30) && voksen {
            trekk.falsk = Some(match (terning.under(3), verge) {
                (0, _) => Falsk::Ukjent,
                (1, Some(annen)) => Falsk::Nummer(annen),
                _ => Falsk::Opplysninger,
            });
        }
        if terning.per_100_000(100) && voksen && matches!(self.person(nr).opphav, Opphav::Norge) {
            trekk.bibehold = Some(if terning.promille(500) {
                Bibehold::Har
            } else {
                Bibehold::TrengerIkke
            });
        }
        trekk.postadresse = match terning.under(1_000) {
            0..12 => Some(Postadresse::Boks),
            12..24 => Some(Postadresse::Veg),
            24..30 => Some(Postadresse::Fri),
            _ => None,
        };
        let oppholdsslag = match (terning.under(100_000), voksen) {
            (0..50, true) => Some(Oppholdsslag::PaaSvalbard),
            (50..250, true) if alder < 22 => Some(Oppholdsslag::Militaer),
            (250..350, true) => Some(Oppholdsslag::Utenriks),
            (350..1_050, true) => Some(Oppholdsslag::Pendler),
            (1_050..1_550, true) => Some(Oppholdsslag::Norge),
            _ => None,
        };
        if let Some(slag) = oppholdsslag {
            let kommune = Kommunevalg::trekk(terning);
            let bolig = self.ny_bolig(terning, kommune);
            let form = if terning.promille(100) {
                Boligslag::Matrikkel
            } else {
                Boligslag::Veg
            };
            self.sett_slag(bolig, form);
            let fra = siden(terning, 2);
            trekk.oppholdssted = Some(Oppholdssted { slag, bolig, fra });
            if slag == Oppholdsslag::PaaSvalbard {
                trekk.svalbard_fra = Some(fra);
            }
        }
        self.person_mut(nr).trekk = trekk;
    }

    /// Another grown-up resident of the group.
    pub(super) fn en_voksen_i_gruppen(&self, nr: Pnr) -> Option<Pnr> {
        (0..self.personer.len())
            .filter_map(|plass| u16::try_from(plass).ok().map(Pnr))
            .find(|&p| p != nr && self.er_bosatt(p) && (20..75).contains(&tid::alder(self.person(p).foedt, GRUNNLAG)))
    }
}

/// A contact for an estate; heirs themselves are the commonest.
pub(crate) fn doedsbokontakt(terning: &mut Terning) -> Doedsbokontakt {
    match terning.under(100) {
        0..55 => Doedsbokontakt::Person,
        55..62 => Doedsbokontakt::PersonUtenNummer,
        62..90 => Doedsbokontakt::Advokat,
        _ => Doedsbokontakt::Organisasjon,
    }
}
