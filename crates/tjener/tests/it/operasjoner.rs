//! Every operation in every package: who gets an answer, and who gets which refusal.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use folkeregister::openapi::Operasjon;
use tilgang::{Pakke, Projeksjon, Tabell};

use crate::delt::{alle_numre, delt, hele_feeden, kall, med_oppslag, navngitt, token};
use crate::http::{Kall, Svar};
use crate::soek::navn_og_dato;

/// An event document and the person's document after it.
static DOKUMENTER: LazyLock<(String, String)> = LazyLock::new(|| {
    let feed = hele_feeden(Pakke::OffentligMedHjemmel);
    let siste = feed
        .iter()
        .rev()
        .find(|h| h["hendelse"]["hendelsesdokument"].is_string())
        .unwrap();
    let tekst = |navn: &str| siste["hendelse"][navn].as_str().unwrap().to_owned();
    (tekst("hendelsesdokument"), tekst("persondokument"))
});

/// Name and date of birth of somebody.
static ENTYDIG: LazyLock<String> = LazyLock::new(|| {
    let nr = navngitt("fortrolig");
    let person = kall(Pakke::OffentligMedHjemmel, &format!("personer/{nr}")).send().ok();
    navn_og_dato(&person.json())
});

fn kan_kalle(pakke: Pakke, operasjon: Operasjon) -> bool {
    let rett = Tabell::felles().rett(Projeksjon::for_pakke(pakke, true));
    rett.kan_kalle(operasjon.navn())
}

/// An extract of a package's own, for those that have any.
fn jobb(pakke: Pakke) -> &'static str {
    static JOBBER: LazyLock<BTreeMap<Pakke, String>> = LazyLock::new(|| {
        let med = Pakke::ALLE.into_iter();
        let med = med.filter(|p| kan_kalle(*p, Operasjon::LagJobbTilpasset));
        let bestill = |pakke: Pakke| {
            let kall = riktig(pakke, Operasjon::LagJobbTilpasset).token(&token(pakke));
            (pakke, kall.send().ok().json()["jobbId"].as_str().unwrap().to_owned())
        };
        med.map(bestill).collect()
    });
    JOBBER.get(&pakke).map_or("1", String::as_str)
}

/// A call of an operation that is right in every way, with no token yet.
fn riktig(pakke: Pakke, operasjon: Operasjon) -> Kall {
    let (hendelse, person) = &*DOKUMENTER;
    let under = operasjon.sti().strip_prefix("/v1/").unwrap();
    let sti = match operasjon {
        Operasjon::HentFeedSide => format!("{under}?seq=1"),
        Operasjon::HentHendelseDokument => format!("hendelser/{hendelse}"),
        Operasjon::HentArkivperson => format!("personer/arkiv/{person}"),
        Operasjon::HentSisteVersjonAvPerson => format!("personer/{}", navngitt("tvilling")),
        Operasjon::EntydigSoek => format!("{under}?{}", &*ENTYDIG),
        Operasjon::Personsoek => format!("{under}?{}", &*ENTYDIG),
        Operasjon::HentBatch => format!("uttrekk/{}/batch/0", jobb(pakke)),
        _ => under.to_owned(),
    };
    let kall = Kall::ny(delt(), pakke, &sti);
    match operasjon {
        Operasjon::HentPersoner => kall.post(
            "application/json",
            format!("{{\"foedselsEllerDNummer\":[\"{}\"]}}", navngitt("tvilling")),
        ),
        Operasjon::HentArkivpersoner => kall.post(
            "application/json",
            format!("{{\"dokumentidentifikator\":[\"{person}\"]}}"),
        ),
        Operasjon::HentHendelseDokumenter => kall.post(
            "application/json",
            format!("{{\"dokumentidentifikator\":[\"{hendelse}\"]}}"),
        ),
        Operasjon::LagJobbTilpasset => kall.post(
            "application/json",
            r#"{"personstatustyper":["bosatt"],"foedselsaarFraOgMed":"2001","foedselsaarTilOgMed":"2001"}"#,
        ),
        _ => kall,
    }
}

fn hver() -> impl Iterator<Item = (Pakke, Operasjon)> {
    Pakke::ALLE
        .into_iter()
        .flat_map(|pakke| Operasjon::ALLE.into_iter().map(move |o| (pakke, o)))
}

#[track_caller]
fn feilkode(svar: &Svar, status: u16, kode: &str) {
    assert_eq!(svar.status, status);
    let kropp = svar.json();
    assert_eq!(kropp["feilkode"], kode);
    assert_eq!(kropp["httpStatus"], status);
    assert_eq!(kropp["alvorlighetsgrad"], "WARNING");
    assert!(
        kropp["tilleggsinformasjon"]["referanse"]
            .as_str()
            .is_some_and(|r| r.len() == 32)
    );
}

#[test]
fn the_right_package_is_answered_and_the_others_are_refused_the_operation() {
    for (pakke, operasjon) in hver() {
        let kall = riktig(pakke, operasjon).token(&token(pakke));
        let kall = match operasjon {
            Operasjon::HentPersonXsd | Operasjon::HentHendelseXsd | Operasjon::HentFeedXsd
                if kan_kalle(pakke, operasjon) =>
            {
                kall.aksept("application/xml")
            }
            _ => kall,
        };
        let svar = kall.send();
        if !kan_kalle(pakke, operasjon) {
            feilkode(&svar, 403, "FREG-004");
        } else {
            assert_eq!(svar.status, 200, "{pakke} {operasjon:?} {}", svar.tekst());
            assert!(!svar.kropp.is_empty());
        }
    }
}

#[test]
fn every_operation_answers_in_xml_as_in_json() {
    for (pakke, operasjon) in hver() {
        let svar = riktig(pakke, operasjon)
            .token(&token(pakke))
            .aksept("application/xml")
            .send();
        let ventet = if kan_kalle(pakke, operasjon) { 200 } else { 403 };
        assert_eq!(
            (svar.status, svar.medietype()),
            (ventet, "application/xml"),
            "{pakke} {operasjon:?}"
        );
    }
}

#[test]
fn nobody_is_answered_without_a_token() {
    let paa_engelsk = "Bearer";
    for (pakke, operasjon) in hver() {
        let svar = riktig(pakke, operasjon).send();
        feilkode(&svar, 401, "FREG-002");
        assert_eq!(svar.hode("www-authenticate"), paa_engelsk);
        let svar = riktig(pakke, operasjon)
            .aksept("application/xml")
            .send()
            .med_status(401);
        assert!(svar.tekst().contains("<feilkode>FREG-002</feilkode>"));
    }
}

#[test]
fn a_token_that_is_not_whole_is_no_token() {
    let ekte = token(Pakke::Finans);
    let (hode, signatur) = ekte.rsplit_once('.').unwrap();
    let vendt: String = signatur.chars().rev().collect();
    for galt in [
        "x",
        "a.b.c",
        &format!("{hode}."),
        hode,
        &format!("{hode}.{vendt}"),
        &"x".repeat(20_000),
    ] {
        let svar = kall(Pakke::Finans, "hendelser/feed?seq=1").token(galt).send();
        feilkode(&svar, 401, "FREG-002");
        assert!(
            svar.hode("www-authenticate")
                .starts_with("Bearer error=\"invalid_token\"")
        );
    }
    for hode in [
        format!("Basic {ekte}"),
        ekte.clone(),
        format!("Bearer {ekte} {ekte}"),
        "Bearer".to_owned(),
    ] {
        let svar = kall(Pakke::Finans, "hendelser/feed?seq=1")
            .hode("authorization", &hode)
            .send();
        feilkode(&svar, 401, "FREG-002");
    }
}

#[test]
fn the_token_of_one_package_does_not_open_another() {
    for (pakke, operasjon) in hver() {
        for annen in Pakke::ALLE.into_iter().filter(|annen| *annen != pakke) {
            let svar = riktig(pakke, operasjon).token(&token(annen)).send();
            assert_eq!(svar.status, 403, "{annen} i {pakke} {operasjon:?}");
            feilkode(&svar, 403, "FREG-003");
        }
    }
}

#[test]
fn an_unknown_part_looks_like_one_outside_the_package() {
    for pakke in med_oppslag() {
        let rett = Tabell::felles().rett(Projeksjon::for_pakke(pakke, true));
        let utenfor = informasjonsmodell::Entitet::ALLE.iter().filter(|e| !rett.kan.har(**e));
        let mut delene: Vec<String> = utenfor.map(|e| e.navn().to_owned()).collect();
        assert!(!delene.is_empty());
        delene.extend(
            [
                "tull",
                "",
                "navn-historikk",
                "forholdTilSametingetsValgmanntall",
                "f%C3%B8dsel",
            ]
            .map(str::to_owned),
        );
        for operasjon in [
            Operasjon::HentSisteVersjonAvPerson,
            Operasjon::HentPersoner,
            Operasjon::HentArkivperson,
            Operasjon::HentArkivpersoner,
        ] {
            if !kan_kalle(pakke, operasjon) {
                continue;
            }
            for aksept in ["application/json", "application/xml"] {
                let mut kropper = std::collections::BTreeSet::new();
                for del in &delene {
                    let svar = med_spoerring(pakke, operasjon, &format!("part={del}"))
                        .aksept(aksept)
                        .send();
                    let kropp = uten_referanse(&svar.med_status(400).tekst());
                    kropper.insert(kropp);
                }
                assert_eq!(kropper.len(), 1, "{pakke} {operasjon:?} {kropper:?}");
            }
        }
    }
}

/// A right call of an operation with a query.
fn med_spoerring(pakke: Pakke, operasjon: Operasjon, spoerring: &str) -> Kall {
    let (_, person) = &*DOKUMENTER;
    let (sti, kropp) = match operasjon {
        Operasjon::HentSisteVersjonAvPerson => (format!("personer/{}", navngitt("tvilling")), None),
        Operasjon::HentArkivperson => (format!("personer/arkiv/{person}"), None),
        Operasjon::HentPersoner => (
            "personer/bulkoppslag".to_owned(),
            Some(format!("{{\"foedselsEllerDNummer\":[\"{}\"]}}", navngitt("tvilling"))),
        ),
        _ => (
            "personer/bulkoppslag/arkiv".to_owned(),
            Some(format!("{{\"dokumentidentifikator\":[\"{person}\"]}}")),
        ),
    };
    let kall = kall(pakke, &format!("{sti}?{spoerring}"));
    match kropp {
        Some(kropp) => kall.post("application/json", kropp),
        None => kall,
    }
}

/// A reference is a new one in each answer.
fn uten_referanse(tekst: &str) -> String {
    match (tekst.find("<value>"), tekst.find("</value>")) {
        (Some(fra), Some(til)) => format!("{}{}", &tekst[..fra], &tekst[til..]),
        _ => tekst.to_owned(),
    }
}

#[test]
fn a_number_that_nobody_has_is_404_and_one_that_is_none_is_400() {
    let ukjent = "01810050032";
    assert!(!alle_numre().contains(ukjent));
    for pakke in med_oppslag() {
        let nr = ledig_nummer();
        assert_eq!(
            kall(pakke, &format!("personer/{nr}")).send().med_status(404).json()["kode"],
            "FREG-006"
        );
        for galt in ["1", "abc", "12345678901", "%20", "29911799853x"] {
            let svar = kall(pakke, &format!("personer/{galt}")).send().med_status(400);
            assert_eq!(svar.json()["kode"], "FREG-010");
        }
    }
    for sti in [
        "personer/arkiv/x",
        "hendelser/x",
        "hendelser/00000000000000000000000000000000",
    ] {
        let svar = kall(Pakke::OffentligMedHjemmel, sti).send().med_status(404);
        assert_eq!(svar.json()["kode"], "FREG-007");
    }
}

/// A well-formed synthetic number that nobody in the nation has.
pub fn ledig_nummer() -> String {
    let mulige = (0..1_000_u32).map(|nr| format!("018100{nr:03}"));
    let gyldig = mulige.flat_map(|ni| (0..100_u32).map(move |k| format!("{ni}{k:02}")));
    let mut ledige = gyldig.filter(|nr| identifikator::Folkeregisteridentifikator::parse(nr).is_ok());
    ledige.find(|nr| !alle_numre().contains(nr)).unwrap()
}

#[test]
fn bulk_keeps_the_order_only_when_asked_to() {
    let (a, b, nr) = (navngitt("tvilling"), navngitt("doed"), ledig_nummer());
    let kropp = serde_json::json!({"foedselsEllerDNummer": [b, nr, a, "tull", b]}).to_string();
    for pakke in med_oppslag() {
        let spoer = |spoerring: &str| {
            let kall = kall(pakke, &format!("personer/bulkoppslag{spoerring}"));
            kall.post("application/json", kropp.clone()).send().ok().json()
        };
        let bestilt = spoer("?somBestilt=true");
        let bestilt = bestilt["oppslag"].as_array().unwrap();
        let numre: Vec<_> = bestilt
            .iter()
            .map(|o| o["foedselsEllerDNummer"].as_str().unwrap())
            .collect();
        assert_eq!(numre, [b.as_str(), nr.as_str(), a.as_str(), "tull", b.as_str()]);
        // Unknown and impossible look the same.
        assert_eq!(bestilt[1]["feilmelding"], bestilt[3]["feilmelding"]);
        assert!(bestilt[1]["folkeregisterperson"].is_null() && bestilt[0]["feilmelding"].is_null());
        assert_eq!(bestilt[0], bestilt[4]);
        for spoerring in ["", "?somBestilt=false"] {
            let fritt = spoer(spoerring);
            assert_eq!(fritt["oppslag"].as_array().unwrap().len(), 2);
        }
    }
}

#[test]
fn the_whole_nation_in_every_package_is_as_the_documents_say() {
    let numre: Vec<String> = alle_numre().iter().cloned().collect();
    for pakke in med_oppslag() {
        let rett = Tabell::felles().rett(Projeksjon::for_pakke(pakke, true));
        let deler: Vec<String> = rett.kan.entiteter().map(|e| format!("part={}", e.navn())).collect();
        let spoerring = format!("?part=historikk&{}", deler.join("&"));
        for format in ["application/json", "application/xml"] {
            for del in numre.chunks(1_000) {
                let kropp = serde_json::json!({ "foedselsEllerDNummer": del }).to_string();
                let kall = kall(pakke, &format!("personer/bulkoppslag{spoerring}")).aksept(format);
                let svar = kall.post("application/json", kropp).send().ok();
                assert_eq!(svar.tekst().matches("oppslag").count() > 0, !del.is_empty());
            }
        }
    }
}
