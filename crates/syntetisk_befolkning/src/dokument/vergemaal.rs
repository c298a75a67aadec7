//! Guardianship: the form since 2023-11-01, and the older one in historical entries.

use informasjonsmodell::Innhold;
use informasjonsmodell::entiteter as e;
use informasjonsmodell::kodeverk::{Vergemaalsomfang, Vergemaaltype};
use informasjonsmodell::tekst::Foedselsnummer;
use informasjonsmodell::typer::{NavnFoedselsdato, Personnavn, Tjenesteomraade, VergeRepresentantEllerFullmektig};

use crate::navn::{Navnevalg, trekk_etternavn};
use crate::plan::{Person, Verge, Vergemaal, Vergemaalsslag};
use crate::tekst::{fri, land3};
use crate::terning::Terning;
use crate::tid::{self, AAR, Dag};

use super::person::personnavn;
use super::{Aarsak, Skriver, ingen};

/// The day guardianship got its present form. Source: folkeregister reference 4.4.
const NY_FORM: Dag = tid::dag(2023, 11, 1);

/// Offices, as texts of the register. Source: folkeregister reference 4.4.
const EMBETER: [&str; 6] = [
    "statsforvalterenITroendelag",
    "statsforvaltarenIMoereOgRomsdal",
    "statsforvaltarenIVestfoldOgTelemark",
    "statsforvalterenITromsOgFinnmark",
    "statsforvalterenIAgder",
    "statsforvalterenINordland",
];

/// Tasks of a verge. Source: folkeregister reference 4.4, the known pairs.
const TJENESTER: [(&str, &str); 28] = [
    ("bank", "representasjonDagligbank"),
    ("bank", "taOppLaanKreditter"),
    ("bank", "selgeAksjerOgVerdipapirer"),
    ("forsikringsselskap", "forvalteForsikringsavtaler"),
    ("helfo", "refusjonForPrivatpersoner"),
    ("helfo", "fastlege"),
    ("husbanken", "bostoette"),
    ("husbanken", "startlaan"),
    ("inkassoselskap", "forhandleOgInngaaInkassoavtaler"),
    ("kartverket", "salgAvFastEiendomBorettslagsandel"),
    ("kartverket", "kjoepAvEiendom"),
    ("kartverket", "arvPrivatSkifteOgUskifte"),
    ("kommune", "byggOgEiendom"),
    ("kommune", "helseOgOmsorg"),
    ("kommune", "skattOgAvgift"),
    ("kommune", "sosialeTjenester"),
    ("kredittvurderingsselskap", "kredittsperre"),
    ("laanekassen", "laanOgStipend"),
    ("namsmannen", "gjeldsordning"),
    ("nav", "arbeid"),
    ("nav", "familie"),
    ("nav", "hjelpemidler"),
    ("nav", "pensjon"),
    ("pasientreiser", "refusjonAvPasientreiser"),
    ("skatteetaten", "endrePostadresse"),
    ("skatteetaten", "meldeFlytting"),
    ("tingretten", "privatSkifteAvDoedsbo"),
    ("oevrige", "avslutningAvHusleiekontrakter"),
];

/// Who the verge is, by number or by name.
fn utpek(nummer: Option<Foedselsnummer>, kast: u16, fra: Dag) -> VergeRepresentantEllerFullmektig {
    let uten = nummer.is_none();
    VergeRepresentantEllerFullmektig {
        navn: None,
        foedselsnummer: nummer,
        omfang: None,
        omfanget_er_innen_personlig_omraade: None,
        navn_foedselsdato: uten.then(|| NavnFoedselsdato {
            personnavn: Some(oppnevnt(kast)),
            foedselsdato: Some(tid::dato(fra - 40 * AAR - Dag::from(kast % 9_000))),
            statsborgerskap: vec![land3("NOR")],
            kjoenn: None,
            ukjente: ingen(),
        }),
        tjenesteomraade: Vec::new(),
        ukjente: ingen(),
    }
}

/// The made-up name of a verge without a number; the same throw always gives the same name.
fn oppnevnt(kast: u16) -> Personnavn {
    let mut terning = Terning::new(u64::from(kast), 0, crate::terning::Emne::Dokument);
    let etternavn = trekk_etternavn(&mut terning);
    personnavn(&Navnevalg::trekk(&mut terning, etternavn))
}

fn innhold(slag: Vergemaalsslag, kast: u16, verge: VergeRepresentantEllerFullmektig) -> Innhold {
    let vergemaaltype = match slag {
        Vergemaalsslag::Voksen => Vergemaaltype::Voksen,
        Vergemaalsslag::MidlertidigForVoksen => Vergemaaltype::MidlertidigForVoksen,
        Vergemaalsslag::Mindreaarig => Vergemaaltype::Mindreaarig,
        Vergemaalsslag::EnsligMindreaarigFlyktning => Vergemaaltype::EnsligMindreaarigFlyktning,
        Vergemaalsslag::Fremtidsfullmakt => Vergemaaltype::StadfestetFremtidsfullmakt,
    };
    let embete = EMBETER.get(usize::from(kast) % EMBETER.len()).copied();
    Innhold::VergemaalEllerFremtidsfullmakt(e::VergemaalRepresentasjonEllerFremtidsfullmakt {
        vergemaaltype: Some(vergemaaltype),
        embete: embete.map(fri),
        verge,
        ukjente: ingen(),
    })
}

/// A guardianship of the present form. `kast` decides office and tasks.
pub(crate) fn vergemaal(maal: &Vergemaal, verge: Option<Foedselsnummer>, kast: u16) -> Innhold {
    let navnekast = match maal.verge {
        Verge::Navn(kast) => kast,
        Verge::Person(_) => kast,
    };
    let mut utpekt = utpek(verge, navnekast, maal.fra);
    let antall = 2 + usize::from(kast % 4);
    let start = usize::from(kast) % TJENESTER.len();
    utpekt.tjenesteomraade = TJENESTER
        .iter()
        .cycle()
        .skip(start)
        .step_by(5)
        .take(antall)
        .map(|(virksomhet, oppgave)| Tjenesteomraade {
            verge_tjenestevirksomhet: Some(fri(virksomhet)),
            verge_tjenesteoppgave: Some(fri(oppgave)),
            ukjente: ingen(),
        })
        .collect();
    innhold(maal.slag, kast, utpekt)
}

/// A guardianship of the form of before 2023-11-01.
fn gammelt_vergemaal(maal: &Vergemaal, verge: Option<Foedselsnummer>, kast: u16) -> Innhold {
    let mut utpekt = utpek(verge, kast, maal.fra);
    utpekt.navn = utpekt
        .navn_foedselsdato
        .take()
        .and_then(|n| n.personnavn)
        .or_else(|| Some(oppnevnt(kast)));
    utpekt.omfang = Some(if kast.is_multiple_of(3) {
        Vergemaalsomfang::OekonomiskeInteresser
    } else {
        Vergemaalsomfang::PersonligeOgOekonomiskeInteresser
    });
    utpekt.omfanget_er_innen_personlig_omraade = kast.is_multiple_of(2).then_some(true);
    innhold(maal.slag, kast, utpekt)
}

impl Skriver<'_> {
    /// The number of a verge of the group.
    fn vergens_nummer(&self, verge: Verge) -> Option<Foedselsnummer> {
        match verge {
            Verge::Person(nr) => Some(self.fnr(nr)),
            Verge::Navn(_) => None,
        }
    }

    /// The present guardianship of a person.
    pub(crate) fn gjeldende_vergemaal(&self, person: &Person) -> Option<Innhold> {
        let maal = person.trekk.vergemaal?;
        let maal = Vergemaal {
            fra: maal.fra.max(NY_FORM),
            ..maal
        };
        Some(vergemaal(&maal, self.vergens_nummer(maal.verge), person.trekk.kast))
    }

    pub(super) fn verge(&mut self, person: &Person) {
        let Some(maal) = person.trekk.vergemaal else { return };
        let kast = person.trekk.kast;
        let nummer = self.vergens_nummer(maal.verge);
        let ender = person.slutt.dag();
        if maal.fra < NY_FORM {
            let mut metadata = self.meta(true, maal.fra, Aarsak::Vergemaal);
            self.opphoer(&mut metadata, NY_FORM.min(ender.unwrap_or(NY_FORM)));
            self.legg(metadata, gammelt_vergemaal(&maal, nummer, kast));
        }
        let mut metadata = self.meta(true, maal.fra.max(NY_FORM), Aarsak::Vergemaal);
        if let Some(dag) = ender {
            self.opphoer(&mut metadata, dag);
        }
        if let Some(innhold) = self.gjeldende_vergemaal(person) {
            self.legg(metadata, innhold);
        }
    }
}
