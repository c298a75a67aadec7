//! The named cases: the first groups of every nation, built by hand so that each surely is what its name says.
//!
//! They come before everything else, so they get the same numbers however large the nation is. Nothing happens to them
//! in the last month.

use identifikator::Kjoenn;

use crate::geografi::Kommunevalg;
use crate::land::Landvalg;
use crate::navn::Navnevalg;
use crate::terning::Terning;
use crate::tid::{AAR, Dag, GRUNNLAG};

use super::utstilling::{Bygg, gift, par};
use super::{
    Bibehold, Boligslag, Brudd, Doedsbokontakt, Falsk, Opphav, Oppholdsslag, Oppholdssted, Oppholdstillatelse, Plan,
    Pnr, Postadresse, Slutt, Verge, Vergemaal, Vergemaalsslag, Vern,
};

/// A named case: its name and what it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tilfelle {
    pub(crate) navn: &'static str,
    pub(crate) beskrivelse: &'static str,
}

const fn tilfelle(navn: &'static str, beskrivelse: &'static str) -> Tilfelle {
    Tilfelle { navn, beskrivelse }
}

/// The groups that hold the named cases, in order.
pub(crate) const FASTE: [Bygg; 6] = [familie, etterlatte, skilte, adresser, identitet, sjeldne];

/// A family of four: the mother took the father's name, and the children are twins.
fn familie(plan: &mut Plan, terning: &mut Terning) {
    let (mor, far) = par(plan, terning, 36, 12);
    gift(plan, terning, (mor, far), Brudd::Ingen);
    let foer = plan.person(mor).navn;
    let etternavn = plan.person(far).navn.etternavn;
    let dag = plan.ekteskap_av(mor).map_or(GRUNNLAG - AAR, |e| e.inngaatt);
    let person = plan.person_mut(mor);
    // Two draws may give one family name; a mellomnavn then shows that the name changed.
    person.navn = Navnevalg {
        etternavn,
        mellomnavn: Some(foer.etternavn),
        ..foer
    };
    person.tidligere_navn = Some((
        Navnevalg {
            mellomnavn: None,
            ..foer
        },
        dag,
    ));
    let foedt = GRUNNLAG - 8 * AAR - terning.mellom(0, 300);
    let Some(hjem) = plan.bor_i(mor) else { return };
    let barn = [21, 22].map(|rekkefoelge| {
        let barn = plan.foed(terning, foedt, mor, Some(far), etternavn);
        let person = plan.person_mut(barn);
        (person.rekkefoelge, person.slutt) = (rekkefoelge, Slutt::Ingen);
        plan.flytt_inn(barn, foedt, hjem);
        barn
    });
    plan.navngitte.extend([
        (tilfelle("gift", "Gift, bosatt, med to barn"), far),
        (
            tilfelle(
                "navneendring",
                "Endret navn da hun giftet seg; tidligere navn er historikk",
            ),
            mor,
        ),
        (
            tilfelle(
                "tvilling",
                "Tvilling, den førstefødte; mor og far er bosatt på samme adresse",
            ),
            barn[0],
        ),
        (tilfelle("tvilling-to", "Tvilling, den andrefødte"), barn[1]),
    ]);
}

/// Widow and husband, whose estate has a contact; one who died alone some years ago; and a child without parents.
fn etterlatte(plan: &mut Plan, terning: &mut Terning) {
    let (enke, ektefelle) = par(plan, terning, 74, 40);
    gift(plan, terning, (enke, ektefelle), Brudd::Ingen);
    let person = plan.person_mut(ektefelle);
    person.slutt = Slutt::Doed(GRUNNLAG - 90);
    person.trekk.doedsbo = Some(Doedsbokontakt::Advokat);
    let doed = plan.bosatt(terning, 87, Kjoenn::Mann);
    plan.person_mut(doed).slutt = Slutt::Doed(GRUNNLAG - 3 * AAR);
    let foreldreloes = foreldreloes(plan, terning);
    plan.navngitte.extend([
        (
            tilfelle(
                "foreldreloes",
                "Barn uten levende foreldre; andre har foreldreansvaret, og barnet har verge",
            ),
            foreldreloes,
        ),
        (tilfelle("enke", "Enke; ektefellen døde i høst"), enke),
        (
            tilfelle("doedsbo", "Død, med advokat som kontakt for dødsboet"),
            ektefelle,
        ),
        (tilfelle("doed", "Død for tre år siden; ingen gjeldende adresse"), doed),
    ]);
}

/// A child whose father and mother have died, with three years between.
fn foreldreloes(plan: &mut Plan, terning: &mut Terning) -> Pnr {
    let (mor, far) = par(plan, terning, 44, 14);
    let foedt = GRUNNLAG - 11 * AAR;
    let etternavn = plan.person(far).navn.etternavn;
    let barn = plan.foed(terning, foedt, mor, Some(far), etternavn);
    plan.person_mut(far).slutt = Slutt::Doed(GRUNNLAG - 4 * AAR);
    if let Some(hjem) = plan.bor_i(mor) {
        plan.flytt_inn(barn, foedt, hjem);
    }
    let doed = GRUNNLAG - AAR;
    plan.person_mut(mor).slutt = Slutt::Doed(doed);
    let person = plan.person_mut(barn);
    person.slutt = Slutt::Ingen;
    person.trekk.kast = 50;
    person.trekk.vergemaal = Some(Vergemaal {
        slag: Vergemaalsslag::Mindreaarig,
        fra: doed + 20,
        verge: Verge::Navn(1_234),
    });
    barn
}

/// Two who are divorced, and their child with delt bosted.
fn skilte(plan: &mut Plan, terning: &mut Terning) {
    let (mor, far) = par(plan, terning, 41, 14);
    let skilt = GRUNNLAG - 2 * AAR;
    let separert = skilt - AAR - 40;
    gift(plan, terning, (mor, far), Brudd::Skilt { separert, skilt });
    let foedt = GRUNNLAG - 10 * AAR;
    let etternavn = plan.person(far).navn.etternavn;
    let barn = plan.foed(terning, foedt, mor, Some(far), etternavn);
    plan.person_mut(barn).slutt = Slutt::Ingen;
    let Some(hjem) = plan.bor_i(mor) else { return };
    plan.flytt_inn(barn, foedt, hjem);
    let kommune = plan.naer(terning, hjem);
    let fars = plan.ny_husholdning(terning, separert, kommune);
    plan.flytt_inn(far, separert, fars);
    if let Some(bolig) = plan.siste_bolig(fars) {
        plan.sett_slag(bolig, Boligslag::Veg);
        plan.person_mut(barn).trekk.delt_bosted = Some((bolig, separert + 30));
    }
    plan.navngitte.extend([
        (
            tilfelle(
                "skilt",
                "Skilt etter separasjon; hele rekken av sivilstander er historikk",
            ),
            mor,
        ),
        (
            tilfelle("delt-bosted", "Barn med delt bosted hos den andre forelderen"),
            barn,
        ),
    ]);
}

/// Protected and unusual addresses.
fn adresser(plan: &mut Plan, terning: &mut Terning) {
    let siden = GRUNNLAG - AAR;
    let vernet = |plan: &mut Plan, terning: &mut Terning, vern: Vern| {
        let nr = plan.bosatt(terning, 34, Kjoenn::Kvinne);
        gjoer_vegadresse(plan, nr, Boligslag::Veg);
        plan.person_mut(nr).trekk.vern = Some((vern, siden));
        nr
    };
    let fortrolig = vernet(plan, terning, Vern::Fortrolig);
    let streng = vernet(plan, terning, Vern::StrengtFortrolig);
    let klient = vernet(plan, terning, Vern::Klientadresse);
    let ukjent = plan.bosatt(terning, 50, Kjoenn::Mann);
    gjoer_vegadresse(plan, ukjent, Boligslag::Ukjent { kommune_kjent: true });
    let matrikkel = plan.bosatt(terning, 61, Kjoenn::Mann);
    gjoer_vegadresse(plan, matrikkel, Boligslag::Matrikkel);
    let postboks = plan.bosatt(terning, 47, Kjoenn::Kvinne);
    plan.person_mut(postboks).trekk.postadresse = Some(Postadresse::Boks);
    let svalbard = plan.bosatt(terning, 29, Kjoenn::Mann);
    let bolig = ny_vegadresse(plan, terning);
    let trekk = &mut plan.person_mut(svalbard).trekk;
    trekk.oppholdssted = Some(Oppholdssted {
        slag: Oppholdsslag::PaaSvalbard,
        bolig,
        fra: GRUNNLAG - 200,
    });
    trekk.svalbard_fra = Some(GRUNNLAG - 200);
    let pendler = plan.bosatt(terning, 45, Kjoenn::Kvinne);
    let bolig = ny_vegadresse(plan, terning);
    plan.person_mut(pendler).trekk.oppholdssted = Some(Oppholdssted {
        slag: Oppholdsslag::Pendler,
        bolig,
        fra: GRUNNLAG - 300,
    });
    let land = Landvalg::trekk(terning);
    let utflyttet = |plan: &mut Plan, terning: &mut Terning, adresse: Option<bool>| {
        let nr = plan.bosatt(terning, 38, Kjoenn::Kvinne);
        let person = plan.person_mut(nr);
        person.slutt = Slutt::Utflyttet(GRUNNLAG - AAR - 100, land);
        person.trekk.postadresse_utland = adresse;
        nr
    };
    let uten = utflyttet(plan, terning, None);
    let med = utflyttet(plan, terning, Some(true));
    plan.person_mut(med).trekk.bibehold = Some(Bibehold::Har);
    plan.navngitte.extend([
        (
            tilfelle("fortrolig", "Adressebeskyttelse fortrolig; alle adresser er gradert"),
            fortrolig,
        ),
        (
            tilfelle(
                "strengt-fortrolig",
                "Adressebeskyttelse strengt fortrolig; bare en åpen postadresse finnes",
            ),
            streng,
        ),
        (
            tilfelle("klientadresse", "Bostedsadressen er gradert klientadresse"),
            klient,
        ),
        (
            tilfelle("ukjent-bosted", "Bosatt uten kjent adresse; bare kommunen er kjent"),
            ukjent,
        ),
        (
            tilfelle("matrikkeladresse", "Bostedsadresse med matrikkelnummer"),
            matrikkel,
        ),
        (tilfelle("postboks", "Postadresse med postboks"), postboks),
        (
            tilfelle("svalbard", "Opphold på Svalbard, fortsatt bosatt på fastlandet"),
            svalbard,
        ),
        (tilfelle("pendler", "Oppholdsadresse som pendler"), pendler),
        (tilfelle("utflyttet", "Utflyttet, uten adresse"), uten),
        (
            tilfelle(
                "postadresse-i-utlandet",
                "Utflyttet, med postadresse i utlandet og bibehold av statsborgerskap",
            ),
            med,
        ),
    ]);
}

fn ny_vegadresse(plan: &mut Plan, terning: &mut Terning) -> super::Bnr {
    let kommune = Kommunevalg::trekk(terning);
    let bolig = plan.ny_bolig(terning, kommune);
    plan.sett_slag(bolig, Boligslag::Veg);
    bolig
}

fn gjoer_vegadresse(plan: &mut Plan, nr: Pnr, slag: Boligslag) {
    if let Some(bolig) = plan.bor_i(nr).and_then(|hjem| plan.siste_bolig(hjem)) {
        plan.sett_slag(bolig, slag);
    }
}

/// A D-number person of an age, in the state some years lead to.
fn dnummer(plan: &mut Plan, terning: &mut Terning, tildelt: Dag, slutt: Slutt) -> Pnr {
    let nr = plan.dnummer(terning, tildelt);
    let bolig = ny_vegadresse(plan, terning);
    let person = plan.person_mut(nr);
    person.slutt = slutt;
    person.trekk.oppholdssted = Some(Oppholdssted {
        slag: Oppholdsslag::Norge,
        bolig,
        fra: tildelt,
    });
    nr
}

/// Numbers and identities.
fn identitet(plan: &mut Plan, terning: &mut Terning) {
    let innvandret = |plan: &mut Plan, terning: &mut Terning, aar: i32| {
        let land = Landvalg::trekk_utenfor_eoes(terning);
        let dag = GRUNNLAG - aar * AAR;
        let nr = plan.en_person(terning, dag - 27 * AAR, Opphav::Innvandret { dag, land });
        plan.person_mut(nr).slutt = Slutt::Ingen;
        plan.barndomshjem(terning, nr);
        (nr, dag)
    };
    let (byttet, dag) = innvandret(plan, terning, 3);
    plan.gi_tidligere_nummer(byttet, dag - 400, dag, false);
    let (flyktning, _) = innvandret(plan, terning, 2);
    let trekk = &mut plan.person_mut(flyktning).trekk;
    (trekk.duf, trekk.legitimasjon, trekk.kontrollert) = (true, true, true);
    trekk.opphold = Some(Oppholdstillatelse::Midlertidig);
    let dublett = plan.bosatt(terning, 40, Kjoenn::Mann);
    plan.gi_tidligere_nummer(dublett, GRUNNLAG - 3 * AAR, GRUNNLAG - AAR, true);
    let inaktiv = dnummer(
        plan,
        terning,
        GRUNNLAG - 7 * AAR,
        Slutt::Inaktiv(GRUNNLAG - 2 * AAR + 1),
    );
    let midlertidig = dnummer(plan, terning, GRUNNLAG - AAR, Slutt::Ingen);
    plan.person_mut(midlertidig).trekk.utenlandsk_nummer = true;
    let opphoert = dnummer(plan, terning, GRUNNLAG - 4 * AAR, Slutt::Opphoert(GRUNNLAG - AAR));
    let falsk = plan.bosatt(terning, 39, Kjoenn::Mann);
    plan.person_mut(falsk).trekk.falsk = Some(Falsk::Ukjent);
    let foedselsregistrert = plan.en_person(terning, GRUNNLAG - 2 * AAR, Opphav::Foedselsregistrert);
    let land = Landvalg::trekk(terning);
    let opphav = Opphav::IkkeBosatt {
        dag: GRUNNLAG - 3 * AAR,
        land,
    };
    let ikke_bosatt = plan.en_person(terning, GRUNNLAG - 44 * AAR, opphav);
    for nr in [foedselsregistrert, ikke_bosatt] {
        plan.person_mut(nr).slutt = Slutt::Ingen;
    }
    plan.person_mut(ikke_bosatt).trekk.postadresse_utland = Some(true);
    let forsvunnet = plan.bosatt(terning, 55, Kjoenn::Mann);
    plan.person_mut(forsvunnet).slutt = Slutt::Forsvunnet(GRUNNLAG - 20);
    plan.navngitte.extend([
        (
            tilfelle(
                "d-nummer-til-foedselsnummer",
                "Hadde D-nummer, fikk fødselsnummer ved innflytting",
            ),
            byttet,
        ),
        (
            tilfelle(
                "innvandret",
                "Innflyttet, med DUF-nummer, legitimasjon og midlertidig opphold",
            ),
            flyktning,
        ),
        (
            tilfelle(
                "dublett",
                "Gjeldende nummer etter sammenslåing; dubletten er historisk nummer",
            ),
            dublett,
        ),
        (
            tilfelle("inaktiv-d-nummer", "D-nummer eldre enn fem år, inaktivt"),
            inaktiv,
        ),
        (
            tilfelle(
                "midlertidig-d-nummer",
                "D-nummer i bruk, med utenlandsk personidentifikasjon",
            ),
            midlertidig,
        ),
        (tilfelle("opphoert", "Opphørt D-nummer uten etterfølger"), opphoert),
        (
            tilfelle("falsk-identitet", "Identiteten er falsk, den rette er ukjent"),
            falsk,
        ),
        (
            tilfelle("foedselsregistrert", "Født i Norge, ikke bosatt"),
            foedselsregistrert,
        ),
        (
            tilfelle("ikke-bosatt", "Har fødselsnummer, men er ikke bosatt"),
            ikke_bosatt,
        ),
        (tilfelle("forsvunnet", "Meldt savnet; status forsvunnet"), forsvunnet),
    ]);
}

/// Guardianship, language, and the rest.
fn sjeldne(plan: &mut Plan, terning: &mut Terning) {
    let verge = plan.bosatt(terning, 51, Kjoenn::Kvinne);
    let fra = GRUNNLAG - 3 * AAR;
    let under = |plan: &mut Plan, terning: &mut Terning, alder: i32, slag: Vergemaalsslag, verge: Verge| {
        let nr = plan.bosatt(terning, alder, Kjoenn::Mann);
        plan.person_mut(nr).trekk.vergemaal = Some(Vergemaal { slag, fra, verge });
        nr
    };
    let voksen = under(plan, terning, 78, Vergemaalsslag::Voksen, Verge::Person(verge));
    plan.person_mut(voksen).trekk.begrenset_handleevne = Some(fra);
    let fullmakt = under(plan, terning, 83, Vergemaalsslag::Fremtidsfullmakt, Verge::Navn(4_711));
    let samisk = plan.bosatt(terning, 20, Kjoenn::Kvinne);
    let kommune = Kommunevalg::trekk_samisk(terning);
    let bolig = plan.ny_bolig(terning, kommune);
    if let Some(hjem) = plan.bor_i(samisk) {
        plan.flytt(hjem, GRUNNLAG - 2 * AAR, bolig);
    }
    plan.person_mut(samisk).trekk.samisk = 1;
    plan.navngitte.extend([
        (
            tilfelle("vergemaal", "Voksen under vergemål, med begrenset rettslig handleevne"),
            voksen,
        ),
        (tilfelle("fremtidsfullmakt", "Stadfestet fremtidsfullmakt"), fullmakt),
        (tilfelle("verge", "Verge for en annen i registeret"), verge),
        (
            tilfelle("samisk", "Bruker nordsamisk, bosatt i en samisk kommune"),
            samisk,
        ),
    ]);
}
