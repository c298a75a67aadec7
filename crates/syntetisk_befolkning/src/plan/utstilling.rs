//! The showcase: small groups after the named cases, one for each thing that seldom happens in a month.
//!
//! They make a nation of a few hundred show every kind of event; in a large one they drown.

use identifikator::Kjoenn;

use crate::geografi::Kommunevalg;
use crate::land::Landvalg;
use crate::navn::{Navnevalg, trekk_etternavn};
use crate::terning::Terning;
use crate::tid::{AAR, GRUNNLAG};

use super::{Brudd, Ekteskap, Enkeltendring, Hva, Plan, Pnr, Slutt, Vern};

/// Makes the group, and its stories.
pub(super) type Bygg = fn(&mut Plan, &mut Terning);

/// The groups of the showcase, in order.
pub(super) const UTSTILLING: [Bygg; 10] = [
    familie_med_foedsel,
    par_som_gifter_seg,
    par_som_skilles,
    dubletter,
    splitting,
    dnumre,
    vern,
    doedsfall,
    enkeltvis_bosatt,
    enkeltvis_andre,
];

fn en(plan: &mut Plan, terning: &mut Terning, alder: i32, kjoenn: Kjoenn) -> Pnr {
    plan.bosatt(terning, alder, kjoenn)
}

/// Two who live together since some years.
pub(super) fn par(plan: &mut Plan, terning: &mut Terning, alder: i32, aar: i32) -> (Pnr, Pnr) {
    let a = en(plan, terning, alder, Kjoenn::Kvinne);
    let b = en(plan, terning, alder + 2, Kjoenn::Mann);
    let fra = GRUNNLAG - aar * AAR - terning.mellom(10, 300);
    let kommune = Kommunevalg::trekk(terning);
    let hjem = plan.ny_husholdning(terning, fra, kommune);
    for p in [a, b] {
        plan.flytt_inn(p, fra, hjem);
    }
    (a, b)
}

/// Marries two, some days after they moved together.
pub(super) fn gift(plan: &mut Plan, terning: &mut Terning, (a, b): (Pnr, Pnr), brudd: Brudd) {
    let Some(medlemskap) = plan.person(a).bosteder.last().copied() else {
        return;
    };
    let Some(bolig) = plan.siste_bolig(medlemskap.husholdning) else {
        return;
    };
    let kast = terning.middels(60_000);
    let inngaatt = medlemskap.fra + 200;
    plan.vie(Ekteskap {
        a,
        b,
        inngaatt,
        brudd,
        partnerskap: false,
        kast,
        bolig,
    });
}

fn familie_med_foedsel(plan: &mut Plan, terning: &mut Terning) {
    let (mor, far) = par(plan, terning, 30, 4);
    plan.lukk_grunnlag();
    let Some(hjem) = plan.bor_i(mor) else { return };
    plan.foedsel_i_maaned(terning, GRUNNLAG + 3, mor, far, hjem);
    plan.ny_innvandrer(terning);
}

fn par_som_gifter_seg(plan: &mut Plan, terning: &mut Terning) {
    let (a, b) = par(plan, terning, 28, 3);
    plan.lukk_grunnlag();
    plan.fortell(terning, Hva::Vigsel(a, b));
}

fn par_som_skilles(plan: &mut Plan, terning: &mut Terning) {
    let skilles = par(plan, terning, 44, 15);
    gift(plan, terning, skilles, Brudd::Separert(GRUNNLAG - AAR - 40));
    let (a, b) = par(plan, terning, 39, 9);
    gift(plan, terning, (a, b), Brudd::Ingen);
    plan.lukk_grunnlag();
    plan.fortell(terning, Hva::Skilsmisse(skilles.0, skilles.1));
    plan.fortell(terning, Hva::Separasjon(a, b));
}

fn dubletter(plan: &mut Plan, terning: &mut Terning) {
    let (gjeldende, dublett) = plan.bygg_dublettpar(terning);
    plan.gi_trekk(terning);
    plan.lukk_grunnlag();
    plan.fortell(terning, Hva::Sammenslaaing { gjeldende, dublett });
}

fn splitting(plan: &mut Plan, terning: &mut Terning) {
    let (gjeldende, gjenopprettet) = plan.bygg_dublettpar(terning);
    plan.gi_trekk(terning);
    plan.lukk_grunnlag();
    plan.fortell_paa(
        terning,
        GRUNNLAG + 4,
        Hva::Sammenslaaing {
            gjeldende,
            dublett: gjenopprettet,
        },
    );
    plan.splitt(terning, GRUNNLAG + 15, gjeldende, gjenopprettet);
}

fn dnumre(plan: &mut Plan, terning: &mut Terning) {
    let nytt = plan.dnummer(terning, GRUNNLAG - 200);
    let utloeper = plan.dnummer(terning, GRUNNLAG - 5 * AAR + 8);
    let inaktiv = plan.dnummer(terning, GRUNNLAG - 7 * AAR);
    plan.person_mut(inaktiv).slutt = Slutt::Inaktiv(GRUNNLAG - 2 * AAR + 1);
    let opphoerer = plan.dnummer(terning, GRUNNLAG - 300);
    let opphoert = plan.bygg_opphoert(terning);
    plan.gi_trekk(terning);
    plan.lukk_grunnlag();
    let kommune = Kommunevalg::trekk(terning);
    plan.foedselsnummer_i_maaned(terning, nytt, kommune);
    plan.fortell_paa(terning, GRUNNLAG + 9, Hva::Inaktivering(utloeper));
    plan.fortell(terning, Hva::Reaktivering(inaktiv));
    plan.fortell(terning, Hva::Opphoer(opphoerer));
    plan.fortell(terning, Hva::Gjenaapning(opphoert));
    plan.ny_dnummer(terning);
}

fn vern(plan: &mut Plan, terning: &mut Terning) {
    let fortrolig = en(plan, terning, 33, Kjoenn::Kvinne);
    let streng = en(plan, terning, 35, Kjoenn::Kvinne);
    let klient = en(plan, terning, 24, Kjoenn::Mann);
    let opphevet = en(plan, terning, 52, Kjoenn::Mann);
    plan.person_mut(opphevet).trekk.vern = Some((Vern::Fortrolig, GRUNNLAG - 2 * AAR));
    plan.lukk_grunnlag();
    plan.fortell(terning, Hva::Vern(fortrolig, Vern::Fortrolig));
    plan.fortell(terning, Hva::Vern(streng, Vern::StrengtFortrolig));
    plan.fortell(terning, Hva::Vern(klient, Vern::Klientadresse));
    plan.fortell(terning, Hva::VernOpphevet(opphevet));
}

fn doedsfall(plan: &mut Plan, terning: &mut Terning) {
    let (enke, doed) = par(plan, terning, 76, 45);
    gift(plan, terning, (enke, doed), Brudd::Ingen);
    let rettes = en(plan, terning, 81, Kjoenn::Mann);
    plan.person_mut(rettes).slutt = Slutt::Doed(GRUNNLAG - 18);
    let presiseres = en(plan, terning, 85, Kjoenn::Kvinne);
    plan.person_mut(presiseres).slutt = Slutt::Doed(GRUNNLAG - 25);
    let bo = en(plan, terning, 88, Kjoenn::Kvinne);
    plan.person_mut(bo).slutt = Slutt::Doed(GRUNNLAG - 40);
    let savnet = en(plan, terning, 41, Kjoenn::Mann);
    plan.lukk_grunnlag();
    plan.fortell(terning, Hva::Doed(doed));
    plan.fortell(terning, Hva::Doedsrettelse(rettes));
    plan.fortell(terning, Hva::Enkelt(presiseres, Enkeltendring::DoedsfallRettet));
    plan.fortell(terning, Hva::Enkelt(bo, Enkeltendring::Doedsbo));
    plan.fortell(terning, Hva::Forsvinning(savnet));
}

fn enkeltvis_bosatt(plan: &mut Plan, terning: &mut Terning) {
    use Enkeltendring as E;
    let kommune = Kommunevalg::trekk(terning);
    let bolig = plan.ny_bolig(terning, kommune);
    let endringer = [
        E::FalskIdentitet,
        E::FoedestedRettet,
        E::FoedselINorgeRettet,
        E::NavnRettet,
        E::Postadresse,
        E::SamiskSpraak,
        E::Svalbard,
        E::Vergemaal,
        E::RettsligHandleevne,
        E::BostedsadresseRettet,
        E::Oppholdsadresse(bolig),
    ];
    let personer: Vec<Pnr> = (0..)
        .zip(endringer)
        .map(|(nr, _)| en(plan, terning, 25 + 3 * nr, Kjoenn::Kvinne))
        .collect();
    let (mor, far) = par(plan, terning, 37, 12);
    let etternavn = plan.person(far).navn.etternavn;
    let barn = plan.foed(terning, GRUNNLAG - 8 * AAR, mor, Some(far), etternavn);
    plan.person_mut(barn).slutt = Slutt::Ingen;
    // Parents share the responsibility, see `ansvar`.
    plan.person_mut(barn).trekk.kast = 50;
    if let Some(hjem) = plan.bor_i(mor) {
        plan.flytt_inn(barn, GRUNNLAG - 8 * AAR, hjem);
    }
    let nytt_navn = en(plan, terning, 29, Kjoenn::Mann);
    let endrer_kjoenn = en(plan, terning, 31, Kjoenn::Mann);
    let utvandrer = en(plan, terning, 26, Kjoenn::Kvinne);
    let flytter = en(plan, terning, 66, Kjoenn::Kvinne);
    let nytt_hjem = plan.ny_bolig(terning, kommune);
    plan.lukk_grunnlag();
    for (nr, endring) in personer.into_iter().zip(endringer) {
        plan.fortell(terning, Hva::Enkelt(nr, endring));
    }
    plan.fortell(terning, Hva::Enkelt(barn, E::Foreldreansvar));
    plan.fortell(terning, Hva::Enkelt(barn, E::DeltBosted(bolig)));
    let etternavn = trekk_etternavn(terning);
    let navn = Navnevalg {
        etternavn,
        ..plan.person(nytt_navn).navn
    };
    plan.fortell(terning, Hva::Navneendring(nytt_navn, navn));
    let hva = plan.endre_kjoenn(endrer_kjoenn);
    plan.fortell(terning, hva);
    let land = Landvalg::trekk(terning);
    plan.fortell(terning, Hva::Utvandring(utvandrer, land));
    if let Some(husholdning) = plan.bor_i(flytter) {
        plan.fortell(
            terning,
            Hva::Flytting {
                til: nytt_hjem,
                husholdning,
            },
        );
    }
}

fn enkeltvis_andre(plan: &mut Plan, terning: &mut Terning) {
    use Enkeltendring as E;
    let foedt = GRUNNLAG - 34 * AAR;
    let dag = GRUNNLAG - 8 * AAR;
    let innvandrede: Vec<Pnr> = (0..6)
        .map(|_| {
            let land = Landvalg::trekk_utenfor_eoes(terning);
            let nr = plan.en_person(terning, foedt, super::Opphav::Innvandret { dag, land });
            plan.person_mut(nr).slutt = Slutt::Ingen;
            plan.barndomshjem(terning, nr);
            nr
        })
        .collect();
    let utflyttede: Vec<Pnr> = (0..4).map(|_| plan.bygg_utflyttet(terning)).collect();
    let vergemaal = en(plan, terning, 63, Kjoenn::Mann);
    let postboks = en(plan, terning, 48, Kjoenn::Mann);
    plan.gi_trekk(terning);
    for &nr in &innvandrede {
        let trekk = &mut plan.person_mut(nr).trekk;
        (trekk.norsk_fra, trekk.vern) = (None, None);
        trekk.opphold = Some(super::Oppholdstillatelse::Midlertidig);
    }
    let land = Landvalg::trekk(terning);
    for &nr in &utflyttede {
        let dag = GRUNNLAG - 20;
        let person = plan.person_mut(nr);
        if person.slutt == Slutt::Ingen {
            person.slutt = Slutt::Utflyttet(dag, land);
        }
        person.trekk.bibehold = None;
        person.trekk.vern = None;
    }
    let fra = GRUNNLAG - 3 * AAR;
    plan.person_mut(vergemaal).trekk.vergemaal = Some(super::Vergemaal {
        slag: super::Vergemaalsslag::Voksen,
        fra,
        verge: super::Verge::Navn(77),
    });
    plan.person_mut(postboks).trekk.postadresse = Some(super::Postadresse::Boks);
    for nr in [vergemaal, postboks] {
        plan.person_mut(nr).trekk.vern = None;
    }
    plan.lukk_grunnlag();
    let endringer = [
        E::UtenlandskNummer,
        E::Duf,
        E::Legitimasjon,
        E::Statsborgerskap,
        E::Oppholdstillatelse,
        E::InnflyttingRettet,
    ];
    for (&nr, endring) in innvandrede.iter().zip(endringer) {
        plan.fortell(terning, Hva::Enkelt(nr, endring));
    }
    for (&nr, endring) in utflyttede
        .iter()
        .zip([E::PostadresseIUtlandet, E::UtflyttingRettet, E::Bibehold])
    {
        plan.fortell(terning, Hva::Enkelt(nr, endring));
    }
    if let Some(&nr) = utflyttede.last() {
        let kommune = Kommunevalg::trekk(terning);
        let bolig = plan.ny_bolig(terning, kommune);
        plan.fortell(terning, Hva::Gjeninnvandring { person: nr, bolig });
    }
    plan.fortell(terning, Hva::Enkelt(vergemaal, E::VergemaalSlutt));
    plan.fortell(terning, Hva::Enkelt(postboks, E::PostadresseAnnullert));
    plan.fortell(terning, Hva::Enkelt(postboks, E::Identitetsgrunnlag));
}
