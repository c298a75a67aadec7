//! Every route stands in the access table, and nothing is open by accident.

use std::collections::BTreeSet;
use std::path::Path;

use folkeregister::konsument::{ROT, ruteliste};
use folkeregister::openapi::{AapenOperasjon, Operasjon};
use tilgang::{Pakke, Projeksjon, Tabell};

use crate::delt::{delt, token};
use crate::http::Kall;
use crate::personapi::hele;

const AAPNE: &str = include_str!("aapne_ruter.txt");

fn aapne() -> impl Iterator<Item = (&'static str, &'static str)> {
    let linjer = AAPNE.lines().filter(|l| !l.is_empty() && !l.starts_with('#'));
    linjer.map(|l| l.split_once(' ').unwrap())
}

/// A route's path with something in place of its parameters.
fn konkret(sti: &str) -> String {
    let ledd = sti.split('/').map(|l| if l.starts_with('{') { "1" } else { l });
    ledd.collect::<Vec<_>>().join("/")
}

#[test]
fn invariant_7_hver_rute_staar_i_tilgangstabellen() {
    let navn: BTreeSet<&str> = Operasjon::ALLE.iter().map(|o| o.navn()).collect();
    // The table names no endpoint that is no operation, and every operation is somebody's.
    let mut brukt = BTreeSet::new();
    for projeksjon in Projeksjon::ALLE {
        for endepunkt in Tabell::felles().rett(projeksjon).endepunkter() {
            assert!(navn.contains(endepunkt), "{endepunkt}");
            brukt.insert(endepunkt);
        }
    }
    assert_eq!(brukt, navn);
    let mut par = BTreeSet::new();
    for rute in ruteliste(true) {
        par.insert((rute.pakke, rute.operasjon));
        let sti = konkret(&format!("/{ROT}{}", rute.sti));
        assert!(sti.starts_with(&format!("/{}/v1/", rute.pakke.sti())), "{sti}");
        let kall = |token: &str| {
            let kall = Kall::rot(delt(), &sti).metode(&rute.operasjon.metode().to_uppercase());
            if token.is_empty() { kall } else { kall.token(token) }
        };
        // No token; no token that is one; the wrong package; the right one.
        assert_eq!(kall("").send().status, 401, "{sti}");
        assert_eq!(kall("a.b.c").send().status, 401, "{sti}");
        let annen = if rute.pakke == Pakke::Finans {
            Pakke::Presse
        } else {
            Pakke::Finans
        };
        assert_eq!(kall(&token(annen)).send().status, 403, "{sti}");
        let rett = Tabell::felles().rett(Projeksjon::for_pakke(rute.pakke, true));
        let slapp_inn = kall(&token(rute.pakke)).send().status != 403;
        assert_eq!(slapp_inn, rett.kan_kalle(rute.operasjon.navn()), "{sti}");
    }
    assert_eq!(par.len(), Pakke::ALLE.len() * Operasjon::ALLE.len());
    // Without the Svalbard package there is no route to it.
    assert!(ruteliste(false).all(|r| r.pakke != Pakke::Svalbard));
    assert_eq!(ruteliste(false).count() / 9, ruteliste(true).count() / 10);
}

#[test]
fn what_is_open_is_on_the_list_and_there() {
    for (metode, sti) in aapne().filter(|(metode, _)| *metode != "kilde") {
        let kall = match (sti.strip_prefix("admin"), sti.strip_prefix("hele")) {
            (Some(sti), _) => Kall::admin(delt(), sti),
            (_, Some(sti)) => Kall::rot(hele(), sti),
            _ => {
                // Names of what the demo tells.
                let sti = sti
                    .replace("{pakke}", "presse")
                    .replace("meldinger/{navn}", "meldinger/planlagt-vedlikehold-14-januar")
                    .replace("{navn}", "nye-syntetiske-testpersoner");
                Kall::rot(delt(), &sti)
            }
        };
        let status = kall.metode(metode).send_utenom().status;
        // A grant that is none is refused by its form, and not for want of a token; so is what is no JSON.
        let ventet = match (metode, sti) {
            ("POST" | "PUT", _) => 400,
            ("DELETE", _) => 404,
            (_, "/utforsker") => 308,
            _ => 200,
        };
        assert_eq!(status, ventet, "{metode} {sti}");
    }
}

#[test]
fn every_open_operation_is_on_the_list_and_under_no_package() {
    let paa_listen: BTreeSet<&str> = aapne()
        .filter(|(metode, _)| *metode == "GET")
        .map(|(_, sti)| sti)
        .collect();
    for operasjon in AapenOperasjon::ALLE {
        let sti = format!("/{ROT}{}", operasjon.sti());
        assert!(paa_listen.contains(sti.as_str()), "{sti}");
        assert!(
            Pakke::ALLE.iter().all(|p| !sti.starts_with(&format!("/{}", p.sti()))),
            "{sti}"
        );
    }
}

#[test]
fn every_route_of_test_control_is_on_the_list() {
    let under = |sti: &&(&str, &str)| sti.1.starts_with(testkontroll::ROT);
    let alle: Vec<(&str, &str)> = aapne().collect();
    let paa_listen: BTreeSet<(String, String)> = alle
        .iter()
        .filter(under)
        .map(|(metode, sti)| ((*metode).to_owned(), (*sti).to_owned()))
        .collect();
    let ruter = testkontroll::Rute::ALLE.into_iter();
    let ruter = ruter.map(|r| (r.metode().to_owned(), format!("{}{}", testkontroll::ROT, r.sti())));
    assert_eq!(paa_listen, ruter.collect());
}

#[test]
fn a_file_that_makes_routes_is_on_the_list() {
    let kilder: BTreeSet<String> = aapne()
        .filter(|(hva, _)| *hva == "kilde")
        .map(|(_, fil)| fil.to_owned())
        .collect();
    let rot = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut funnet = BTreeSet::new();
    for kasse in std::fs::read_dir(rot).unwrap() {
        let kilde = kasse.unwrap().path().join("src");
        // The clients call others and serve nobody; their servers are in tests.
        if kilde.is_dir() {
            finn_ruter(rot, &kilde, &mut funnet);
        }
    }
    assert_eq!(funnet, kilder);
}

fn finn_ruter(rot: &Path, mappe: &Path, ut: &mut BTreeSet<String>) {
    for oppfoering in std::fs::read_dir(mappe).unwrap() {
        let sti = oppfoering.unwrap().path();
        if sti.is_dir() {
            finn_ruter(rot, &sti, ut);
            continue;
        }
        let er_proeve = sti
            .file_stem()
            .is_some_and(|n| n.to_string_lossy().ends_with("test") || n == "tests");
        if er_proeve || sti.extension().is_none_or(|e| e != "rs") {
            continue;
        }
        let tekst = std::fs::read_to_string(&sti).unwrap();
        let program = tekst
            .split("#[cfg(test)]")
            .next()
            .unwrap()
            .lines()
            .filter(|l| !l.trim_start().starts_with("//"));
        let program: String = program.collect();
        if [".route(", ".route_service(", ".nest_service(", ".fallback_service("]
            .iter()
            .any(|r| program.contains(r))
        {
            let under = sti.strip_prefix(rot).unwrap().to_str().unwrap().replace('\\', "/");
            ut.insert(under);
        }
    }
}

#[test]
fn the_explorer_hands_out_no_token_by_itself() {
    let side = Kall::rot(delt(), "/utforsker/").send_utenom();
    assert_eq!(side.status, 200);
    let lenker = side.tekst();
    for fil in lenker.split('"').filter(|l| l.ends_with(".js") || l.ends_with(".css")) {
        assert!(!fil.contains("://"), "siden henter {fil} utenfra");
        let sti = if fil.starts_with('/') {
            fil.to_owned()
        } else {
            format!("/utforsker/{}", fil.trim_start_matches("./"))
        };
        assert_eq!(Kall::rot(delt(), &sti).send_utenom().status, 200, "{sti}");
    }
}
