//! Somebody has come to live here.

use identifikator::{Folkeregisteridentifikator, Identifikatortype};
use informasjonsmodell::kodeverk::{Familierelasjontype, Personstatus};
use informasjonsmodell::{
    Dato, Endring, Entitet, Handling, Hendelsestype, Registrering, Tidspunkt, Utvelger, tekst::Foedselsnummer,
};
use meldinger::tre::Element;
use register::{Feil, Personbilde};
use serde_json::{Value, json};

use super::identitet::{self, Identifikasjon};
use super::nytt::{self, Dokumentbygger};
use super::{Kontekst, Utfall, adresse, familie, fylt};
use crate::bygg::{self, Aarsak};
use crate::person::Person as _;
use crate::tid;
use crate::vedtak::Grunn;

/// Effects: whoever has no foedselsnummer is given one, a D-number ends; status bosatt, innflytting, bostedsadresse, permit,
/// and relations with both ends.
///
/// Source: folkeregister reference 9.4, and 6.5 ("D-number holder gets fødselsnummer"). What is only claimed is looked at: our
/// choice, ADR 0032.
pub(super) fn innflytting(k: &mut Kontekst<'_, '_>, forespoersel: &Element) -> Result<Utfall, Feil> {
    let Some(e) = forespoersel.ett("kandidat") else {
        k.innvend(Grunn::MangelfullMelding);
        return Utfall::INGEN_NY;
    };
    let (Some(dag), Some(foedt)) = (k.dato(forespoersel, "registreringsdato"), k.dato(e, "foedselsdato")) else {
        return Utfall::INGEN_NY;
    };
    let Some(naar) = k.midnatt(dag) else {
        return Utfall::INGEN_NY;
    };
    let nummer = e.tekst("foedselsEllerDNummer").filter(|n| !n.is_empty());
    let kjent = match nummer {
        Some(nummer) => match k.person(Some(nummer))? {
            Some(person) => Some(person),
            None => return Utfall::INGEN_NY,
        },
        None => None,
    };
    let identifikasjon = Identifikasjon::les(forespoersel);
    let land: Vec<String> = e
        .ett("statsborgerskap")
        .into_iter()
        .flat_map(|liste| liste.alle("statsborgerskap"))
        .map(|l| l.verdi().to_owned())
        .collect();
    let m = Melding {
        e,
        dag,
        foedt,
        naar,
        identifikasjon,
        land,
    };
    match &kjent {
        Some(person) => {
            k.krev(!person.er_doed(), Grunn::PersonErDoed);
            k.krev(person.status() != Some(&Personstatus::Bosatt), Grunn::AlleredeBosatt);
            k.krev(person.foedselsdato().is_none_or(|d| d == foedt), Grunn::MaaVurderes);
            identitet::proev_duf(k, &m.identifikasjon.duf, Some(person.person))?;
            for entitet in [
                Entitet::Identifikasjonsnummer,
                Entitet::Status,
                Entitet::Innflytting,
                Entitet::Bostedsadresse,
                Entitet::Oppholdsadresse,
                Entitet::Opphold,
                Entitet::Identitetsgrunnlag,
                Entitet::Navn,
                Entitet::Postadresse,
                Entitet::Sivilstand,
            ] {
                k.etter_alt(person, naar, entitet, |_| true);
            }
        }
        None => identitet::proev_dublett(k, e, foedt, &m.land, &m.identifikasjon)?,
    }
    let relasjoner = les_relasjoner(k, e)?;
    proev_slekt(k, kjent.as_ref(), &m, &relasjoner);
    // A claim is not what the register tells others as true.
    let paastand = e.ett("sivilstand").and_then(|s| s.ja("erPaastandsbasert"));
    k.krev(paastand != Some(true), Grunn::MaaVurderes);
    let ektefelle = ektefelle(k, e, kjent.as_ref(), &relasjoner);
    let bosted = e.ett("bostedsadresse").map(|b| adresse::bosted(kjent.as_ref(), b, dag));
    let bosted: Vec<_> = bosted
        .and_then(|b| bygg::innhold(Entitet::Bostedsadresse, b).ok())
        .into_iter()
        .collect();
    let andre: Vec<&Personbilde> = relasjoner.iter().filter_map(|r| r.hvem.as_ref().ok()).collect();
    k.proev_steder(kjent.as_ref(), &bosted, &andre)?;
    if !k.er_uten_innvendinger() {
        return Utfall::INGEN_NY;
    }
    bosett(k, kjent.as_ref(), &m, &relasjoner, ektefelle.as_ref())
}

struct Melding<'m> {
    e: &'m Element,
    dag: Dato,
    foedt: Dato,
    naar: Tidspunkt,
    identifikasjon: Identifikasjon,
    land: Vec<String>,
}

/// Somebody that the candidate is related to.
struct Relasjon {
    rolle: String,
    min_rolle: &'static str,
    /// In the register; otherwise what is told of them.
    hvem: Result<Personbilde, Value>,
}

fn les_relasjoner(k: &mut Kontekst<'_, '_>, e: &Element) -> Result<Vec<Relasjon>, Feil> {
    let mut ut = Vec::new();
    for r in e.alle("familierelasjon") {
        k.krev(r.ja("erPaastandsbasert") != Some(true), Grunn::MaaVurderes);
        let Some(rolle) = fylt(r, "relatertPersonsRolle") else {
            k.innvend(Grunn::MangelfullMelding);
            continue;
        };
        let min_rolle = match (rolle.as_str(), e.tekst("kjoenn")) {
            ("mor" | "far" | "medmor", _) => "barn",
            ("soesken", _) => "soesken",
            ("ektefelleEllerPartner", _) => "ektefelleEllerPartner",
            (_, Some("kvinne")) => "mor",
            (_, Some("mann")) => "far",
            // A parent of unknown gender cannot be told of.
            _ => {
                k.innvend(Grunn::MangelfullMelding);
                continue;
            }
        };
        let hvem = match fylt(r, "foedselsEllerDNummer") {
            Some(nummer) => match k.person(Some(&nummer))? {
                Some(person) => Ok(person),
                None => continue,
            },
            None => {
                let Some(navn) = r.ett("navn") else {
                    k.innvend(Grunn::ManglerIdentifikator);
                    continue;
                };
                Err(json!({
                    "navn": identitet::navn(navn),
                    "foedselsdato": r.tekst("foedselsdato").and_then(|t| t.get(..10)),
                    "statsborgerskap": fylt(r, "statsborgerskap"),
                    "kjoenn": r.tekst("kjoenn").filter(|kjoenn| *kjoenn != "ukjent"),
                }))
            }
        };
        ut.push(Relasjon { rolle, min_rolle, hvem });
    }
    Ok(ut)
}

const FORELDRE: [Familierelasjontype; 3] = [
    Familierelasjontype::Mor,
    Familierelasjontype::Far,
    Familierelasjontype::Medmor,
];

// Nobody is somebody's parent and child, or has three parents, or is older than a parent.
fn proev_slekt(k: &mut Kontekst<'_, '_>, kjent: Option<&Personbilde>, m: &Melding<'_>, relasjoner: &[Relasjon]) {
    let antall = |p: &Personbilde| FORELDRE.iter().map(|rolle| p.som_er(rolle).len()).sum::<usize>();
    let mut foreldre = kjent.map_or(0, antall);
    let mut moedre = kjent.map_or(0, |p| p.som_er(&Familierelasjontype::Mor).len());
    for r in relasjoner {
        let annen = r.hvem.as_ref().ok();
        if let (Some(annen), Some(kjent)) = (annen, kjent) {
            k.krev(annen.person != kjent.person, Grunn::SammePerson);
            if er_i_slekt(kjent, annen) || er_i_slekt(annen, kjent) {
                let samme = kjent.relasjoner().any(|rel| {
                    let til_annen = rel
                        .relatert_person
                        .as_ref()
                        .is_some_and(|n| annen.har_nummer(n.som_tekst()));
                    til_annen && rel.relatert_persons_rolle.som_tekst() == r.rolle
                });
                // What they are to each other already is not made something else by this.
                k.krev(samme, Grunn::Registerregel);
                continue;
            }
        }
        match r.rolle.as_str() {
            "mor" | "far" | "medmor" => {
                foreldre += 1;
                moedre += usize::from(r.rolle == "mor");
                k.krev(foreldre <= 2 && moedre <= 1, Grunn::HarForelder);
                if let Some(annen) = annen {
                    k.etter_foedsel(annen, m.foedt);
                }
            }
            "barn" => {
                let Some(barn) = annen else { continue };
                let har_mor = r.min_rolle == "mor" && !barn.som_er(&Familierelasjontype::Mor).is_empty();
                k.krev(!har_mor, Grunn::AnnenMor);
                k.krev(antall(barn) < 2, Grunn::HarForelder);
                let yngre = barn.foedselsdato().is_none_or(|dag| dag.dager() > m.foedt.dager());
                k.krev(yngre, Grunn::DatoFoerFoedsel);
            }
            _ => {}
        }
    }
}

fn er_i_slekt(a: &Personbilde, b: &Personbilde) -> bool {
    a.relasjoner()
        .any(|r| r.relatert_person.as_ref().is_some_and(|n| b.har_nummer(n.som_tekst())))
}

/// A spouse who is in the register, and since when.
struct Ektefelle {
    dag: Dato,
    sivilstand: String,
}

// Both ends of a marriage say the same: the spouse is free, and becomes married by this.
fn ektefelle(
    k: &mut Kontekst<'_, '_>,
    e: &Element,
    kjent: Option<&Personbilde>,
    relasjoner: &[Relasjon],
) -> Option<Ektefelle> {
    let sivilstand = e.ett("sivilstand").and_then(|s| fylt(s, "sivilstand"))?;
    if let Some(person) = kjent {
        k.krev(person.ektefelle().is_none(), Grunn::AlleredeGift);
    }
    let annen = relasjoner
        .iter()
        .find_map(|r| r.hvem.as_ref().ok().filter(|_| r.rolle == "ektefelleEllerPartner"))?;
    if !matches!(
        sivilstand.as_str(),
        "gift" | "separert" | "registrertPartner" | "separertPartner"
    ) {
        k.innvend(Grunn::SivilstandAvviker);
        return None;
    }
    k.krev(!annen.er_doed(), Grunn::PersonErDoed);
    k.krev(annen.ektefelle().is_none(), Grunn::AlleredeGift);
    let dag = e
        .alle("familierelasjon")
        .filter(|r| r.tekst("relatertPersonsRolle") == Some("ektefelleEllerPartner"))
        .find_map(|r| r.tekst("vigselsdato").and_then(tid::dato));
    let Some(dag) = dag else {
        k.innvend(Grunn::MangelfullMelding);
        return None;
    };
    k.krev(dag.dager() <= k.tid.dag.dager(), Grunn::DatoIFramtiden);
    k.etter_foedsel(annen, dag);
    let naar = k.midnatt(dag)?;
    for person in [Some(annen), kjent].into_iter().flatten() {
        k.etter_alt(person, naar, Entitet::Sivilstand, |_| true);
    }
    Some(Ektefelle { dag, sivilstand })
}

fn bosett(
    k: &mut Kontekst<'_, '_>,
    kjent: Option<&Personbilde>,
    m: &Melding<'_>,
    relasjoner: &[Relasjon],
    ektefelle: Option<&Ektefelle>,
) -> Result<Utfall, Feil> {
    let har_fnr = kjent.is_some_and(|p| {
        let nummer = Folkeregisteridentifikator::parse(&p.nummer);
        nummer.is_ok_and(|n| n.identifikatortype() == Identifikatortype::Foedselsnummer)
    });
    let kjoenn = identitet::kjoenn(m.e.tekst("kjoenn"));
    let tildelt = if har_fnr {
        None
    } else {
        match nytt::tildel(k, Identifikatortype::Foedselsnummer, m.foedt, kjoenn)? {
            Some(tildelt) => Some(tildelt),
            None => return Utfall::INGEN_NY,
        }
    };
    let nummer = tildelt
        .as_ref()
        .map(|t| t.nummer.clone())
        .or(kjent.map(|p| p.nummer.clone()))
        .unwrap_or_default();
    let mut endringer = kommet(k, kjent, m);
    let (egne, andres) = familie(k, &nummer, kjent, m, relasjoner, ektefelle);
    endringer.extend(egne);
    match (kjent, &tildelt) {
        (None, Some(tildelt)) => {
            ny_person(k, m, tildelt, kjoenn.is_some());
            k.hendelse(&nummer, Hendelsestype::PersonErBosatt, endringer);
        }
        (Some(person), Some(tildelt)) => {
            endringer.extend(om_en_kjent(k, person, m));
            let (Ok(innhold), Some(gammel)) = (
                bygg::innhold(Entitet::Identifikasjonsnummer, tildelt.verdi()),
                Foedselsnummer::new(&person.nummer),
            ) else {
                k.innvend(Grunn::MangelfullMelding);
                return Utfall::INGEN_NY;
            };
            k.registrer(Registrering {
                tidspunkt: k.tid.tidspunkt,
                handling: Handling::SkiftIdentifikator {
                    gammel,
                    ny: Box::new(bygg::opplysning(Aarsak::INNFLYTTING, m.naar, innhold)),
                    etter: Some((Hendelsestype::PersonErBosatt, endringer)),
                },
            });
        }
        (Some(person), None) => {
            endringer.extend(om_en_kjent(k, person, m));
            k.hendelse(&nummer, Hendelsestype::PersonErBosatt, endringer);
        }
        (None, None) => {}
    }
    for (annen, hendelsestype, endringer) in andres {
        k.hendelse(&annen, hendelsestype, endringer);
    }
    Ok(Utfall::Registrert(tildelt.map(|t| t.opprettet())))
}

// What makes somebody resident.
fn kommet(k: &mut Kontekst<'_, '_>, kjent: Option<&Personbilde>, m: &Melding<'_>) -> Vec<Endring> {
    let (aarsak, naar) = (Aarsak::INNFLYTTING, m.naar);
    let mut ut = k.ny(aarsak, naar, Entitet::Status, json!({"status": "bosatt"}));
    let fra = json!({"fraflyttingsland": fylt(m.e, "fraflyttingsland")});
    ut.extend(k.ny(aarsak, naar, Entitet::Innflytting, fra));
    if let Some(bosted) = m.e.ett("bostedsadresse") {
        let verdi = adresse::bosted(kjent, bosted, m.dag);
        ut.extend(k.ny(aarsak, naar, Entitet::Bostedsadresse, verdi));
    }
    if let Some(opphold) = m.e.ett("opphold") {
        let dag = |navn: &str| opphold.tekst(navn).and_then(|t| t.get(..10));
        let verdi = json!({
            "oppholdstillatelse": opphold.tekst("oppholdstillatelse"),
            "oppholdFra": dag("oppholdFra"),
            "oppholdTil": dag("oppholdTil"),
        });
        ut.extend(k.ny(aarsak, naar, Entitet::Opphold, verdi));
    }
    ut
}

// Who somebody new is; the rest is what makes them resident.
fn ny_person(k: &mut Kontekst<'_, '_>, m: &Melding<'_>, tildelt: &nytt::Nummer, har_kjoenn: bool) {
    let mut ut = Dokumentbygger::new(Aarsak::INNFLYTTING, m.naar);
    ut.ta(Entitet::Identifikasjonsnummer, tildelt.verdi());
    let grunnlag = m.e.tekst("legitimasjonskontroll");
    ut.ta(
        Entitet::Identitetsgrunnlag,
        json!({"identitetsgrunnlagstatus": grunnlag}),
    );
    if har_kjoenn {
        ut.ta(Entitet::Kjoenn, json!({"kjoenn": m.e.tekst("kjoenn")}));
    }
    let sted = fylt(m.e, "foedested");
    ut.ta(
        Entitet::Foedsel,
        identitet::foedsel(m.foedt, true, m.e.tekst("foedeland"), sted.as_deref()),
    );
    ut.ta_alle(Entitet::Navn, m.e.ett("navn").map(identitet::navn));
    ut.ta_alle(
        Entitet::Statsborgerskap,
        m.land.iter().map(|l| json!({"statsborgerskap": l})),
    );
    for (entitet, verdi) in m.identifikasjon.entiteter() {
        ut.ta(entitet, verdi);
    }
    if let Some(post) = m.e.ett("postadresse") {
        ut.ta(Entitet::Postadresse, adresse::post(None, post));
    }
    ut.opprett(k);
}

// What is new about somebody who was here.
fn om_en_kjent(k: &mut Kontekst<'_, '_>, person: &Personbilde, m: &Melding<'_>) -> Vec<Endring> {
    let (aarsak, naar) = (Aarsak::INNFLYTTING, m.naar);
    let mut ut = Vec::new();
    if person.gjeldende(Entitet::Oppholdsadresse).next().is_some() {
        ut.push(Endring::Opphoere {
            hvilken: Utvelger::Gjeldende(Entitet::Oppholdsadresse),
            opphoerstidspunkt: naar,
        });
    }
    let grunnlag = json!({"identitetsgrunnlagstatus": m.e.tekst("legitimasjonskontroll")});
    let verdier = [
        (Entitet::Identitetsgrunnlag, Some(grunnlag)),
        (Entitet::Navn, m.e.ett("navn").map(identitet::navn)),
        (
            Entitet::Postadresse,
            m.e.ett("postadresse").map(|p| adresse::post(Some(person), p)),
        ),
    ];
    let alle = verdier
        .into_iter()
        .filter_map(|(entitet, verdi)| Some((entitet, verdi?)));
    for (entitet, verdi) in alle.chain(m.identifikasjon.entiteter()) {
        let Ok(innhold) = bygg::innhold(entitet, verdi) else {
            k.innvend(Grunn::MangelfullMelding);
            continue;
        };
        if !person.gjeldende(entitet).any(|o| o.innhold == innhold) {
            ut.push(bygg::ny(aarsak, naar, innhold));
        }
    }
    ut
}

/// What others are told: who, of what, and what changes.
type Andres = Vec<(String, Hendelsestype, Vec<Endring>)>;

// Marriage and kin: what goes into the candidate's own event, and what others get.
fn familie(
    k: &mut Kontekst<'_, '_>,
    nummer: &str,
    kjent: Option<&Personbilde>,
    m: &Melding<'_>,
    relasjoner: &[Relasjon],
    ektefelle: Option<&Ektefelle>,
) -> (Vec<Endring>, Andres) {
    let (mut egne, mut andres) = (Vec::new(), Andres::new());
    sivilstand(k, nummer, m, relasjoner, ektefelle, &mut egne, &mut andres);
    // Nobody is told to be a spouse whose sivilstand does not say so.
    let relasjoner = relasjoner
        .iter()
        .filter(|r| r.rolle != "ektefelleEllerPartner" || ektefelle.is_some());
    slektskap(k, nummer, kjent, m, relasjoner, &mut egne, &mut andres);
    (egne, andres)
}

fn sivilstand(
    k: &mut Kontekst<'_, '_>,
    nummer: &str,
    m: &Melding<'_>,
    relasjoner: &[Relasjon],
    ektefelle: Option<&Ektefelle>,
    egne: &mut Vec<Endring>,
    andres: &mut Andres,
) {
    let Some(slag) = m.e.ett("sivilstand").and_then(|s| fylt(s, "sivilstand")) else {
        return;
    };
    let annen = relasjoner
        .iter()
        .filter(|r| r.rolle == "ektefelleEllerPartner")
        .find_map(|r| r.hvem.as_ref().ok());
    let (Some(ektefelle), Some(annen)) = (ektefelle, annen) else {
        let verdi = json!({"sivilstand": slag});
        egne.extend(k.ny(Aarsak::INNFLYTTING, m.naar, Entitet::Sivilstand, verdi));
        return;
    };
    let Some(naar) = k.midnatt(ektefelle.dag) else { return };
    let gift_med = |k: &mut Kontekst<'_, '_>, hvem: &str| {
        let verdi = json!({
            "sivilstand": ektefelle.sivilstand,
            "sivilstandsdato": ektefelle.dag.to_string(),
            "relatertVedSivilstand": hvem,
        });
        k.ny(Aarsak::INNFLYTTING, naar, Entitet::Sivilstand, verdi)
    };
    egne.extend(gift_med(k, &annen.nummer));
    let endringer = gift_med(k, nummer);
    andres.push((annen.nummer.clone(), Hendelsestype::EndringISivilstand, endringer));
}

fn slektskap<'p>(
    k: &mut Kontekst<'_, '_>,
    nummer: &str,
    kjent: Option<&Personbilde>,
    m: &Melding<'_>,
    relasjoner: impl Iterator<Item = &'p Relasjon>,
    egne: &mut Vec<Endring>,
    andres: &mut Andres,
) {
    for r in relasjoner {
        match &r.hvem {
            Ok(annen) => {
                if kjent.is_none_or(|p| !er_i_slekt(p, annen)) {
                    let verdi = familie::relasjon(&annen.nummer, &r.rolle, r.min_rolle);
                    egne.extend(k.ny(Aarsak::INNFLYTTING, m.naar, Entitet::Familierelasjon, verdi));
                }
                if kjent.is_none_or(|p| !er_i_slekt(annen, p)) {
                    let verdi = familie::relasjon(nummer, r.min_rolle, &r.rolle);
                    let endringer = k.ny(Aarsak::INNFLYTTING, m.naar, Entitet::Familierelasjon, verdi);
                    andres.push((annen.nummer.clone(), Hendelsestype::EndringIFamilierelasjon, endringer));
                }
            }
            Err(bi_person) => {
                let verdi = json!({
                    "relatertPersonUtenFolkeregisteridentifikator": bi_person,
                    "relatertPersonsRolle": r.rolle,
                    "minRolleForPerson": r.min_rolle,
                });
                egne.extend(k.ny(Aarsak::INNFLYTTING, m.naar, Entitet::Familierelasjon, verdi));
            }
        }
    }
}
