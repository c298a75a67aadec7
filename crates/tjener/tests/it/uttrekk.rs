//! Extracts over a socket: what the batches hold is what lookups show, an order outlives the program, and a batch is recorded
//! as what it delivered.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tilgang::Pakke;

use crate::delt::{alle_numre, delt, hele_feeden, kall, navngitt, personer};
use crate::http::{Kall, Svar};
use crate::program::Tjener;
use crate::ugyldig::check;

const MH: Pakke = Pakke::OffentligMedHjemmel;
/// Writing out a small nation takes a moment; a server that never does is not waited for.
const LENGST: Duration = Duration::from_secs(60);

fn gjeldende<'a>(person: &'a Value, entitet: &str) -> Option<&'a Value> {
    let liste = match &person[entitet] {
        Value::Array(liste) => liste.as_slice(),
        Value::Null => &[],
        // What there can be but one of.
        en => std::slice::from_ref(en),
    };
    liste.iter().find(|o| o["erGjeldende"] != false)
}

fn nummer(person: &Value) -> String {
    let id = gjeldende(person, "identifikasjonsnummer").unwrap();
    id["foedselsEllerDNummer"].as_str().unwrap().to_owned()
}

fn jobb(svar: &Svar) -> String {
    svar.json()["jobbId"].as_str().unwrap().to_owned()
}

/// Everything that an order holds, by the name of its member: batch by batch, waiting while it is not ready.
fn les(spoer: impl Fn(&str) -> Svar, jobb: &str, felt: &str) -> Vec<String> {
    let start = Instant::now();
    let (mut ut, mut nr) = (Vec::new(), 0);
    loop {
        let svar = spoer(&format!("uttrekk/{jobb}/batch/{nr}"));
        if svar.status == 404 {
            assert!(
                svar.json()["feilmelding"]
                    .as_str()
                    .is_some_and(|m| m.contains("ikke klart"))
            );
            assert!(start.elapsed() < LENGST);
            std::thread::yield_now();
            continue;
        }
        assert_eq!(svar.status, 200, "{}", svar.tekst());
        let svar = svar.json();
        let Some(liste) = svar.get(felt) else {
            assert_eq!(svar, json!({}));
            return ut;
        };
        let liste = liste.as_array().unwrap();
        assert!((1..=1_000).contains(&liste.len()));
        ut.extend(liste.iter().map(|v| v.as_str().unwrap().to_owned()));
        nr += 1;
    }
}

fn tilpasset(pakke: Pakke, bestilling: &Value) -> Vec<String> {
    let svar = kall(pakke, "uttrekk/tilpasset")
        .post("application/json", bestilling.to_string())
        .send()
        .ok();
    les(|sti| kall(pakke, sti).send(), &jobb(&svar), "foedselsEllerDNummer")
}

#[test]
fn a_tailored_extract_is_those_whom_lookups_show_so() {
    const STATUSER: [&str; 5] = ["aktiv", "bosatt", "utflyttet", "doed", "inaktiv"];
    let numre: Vec<String> = alle_numre().iter().cloned().collect();
    for pakke in [MH, Pakke::Finans, Pakke::PrivatUtenHjemmel] {
        let alle = personer(pakke, "?part=person-basis", &numre);
        let status = |p: &Value| {
            gjeldende(p, "status")
                .map_or("", |s| s["status"].as_str().unwrap())
                .to_owned()
        };
        // What hides behind `aktiv` for the others.
        let aktive = ["aktiv", "midlertidig", "ikkeBosatt", "forsvunnet", "foedselsregistrert"];
        let sammenlikn = |bestilling: Value, passer: &dyn Fn(&Value) -> bool| {
            let ventet: BTreeSet<String> = alle.iter().filter(|p| passer(p)).map(nummer).collect();
            let funnet = tilpasset(pakke, &bestilling);
            let antall = funnet.len();
            let funnet: BTreeSet<String> = funnet.into_iter().collect();
            assert_eq!(funnet.len(), antall, "{bestilling}: noen står to ganger");
            assert_eq!(funnet, ventet, "{pakke:?} {bestilling}");
            assert!(!ventet.is_empty(), "{bestilling}");
        };
        for en in STATUSER {
            let bestilling = json!({"personstatustyper": [en]});
            if en == "aktiv" {
                sammenlikn(bestilling, &|p| aktive.contains(&status(p).as_str()));
            } else if alle.iter().any(|p| status(p) == en) {
                sammenlikn(bestilling, &|p| status(p) == en);
            }
        }
        let med = |filter: Value| {
            let mut bestilling = json!({ "personstatustyper": STATUSER });
            bestilling
                .as_object_mut()
                .unwrap()
                .extend(filter.as_object().unwrap().clone());
            bestilling
        };
        let noen_av = |p: &Value| {
            status(p) == "doed" || STATUSER.contains(&status(p).as_str()) || aktive.contains(&status(p).as_str())
        };
        let er = |p: &Value, entitet: &str, felt: &str, verdi: &str| {
            let mut liste = p[entitet].as_array().into_iter().flatten();
            liste.any(|o| o["erGjeldende"] != false && o[felt] == verdi)
        };
        sammenlikn(med(json!({"kjoenn": "kvinne"})), &|p| {
            noen_av(p) && er(p, "kjoenn", "kjoenn", "kvinne")
        });
        sammenlikn(med(json!({"sivilstandstype": "gift"})), &|p| {
            noen_av(p) && er(p, "sivilstand", "sivilstand", "gift")
        });
        sammenlikn(
            med(json!({"statsborgerskap": "NOR", "foedselsaarFraOgMed": "2000"})),
            &|p| {
                let aar = gjeldende(p, "foedsel").and_then(|f| f["foedselsaar"].as_str());
                noen_av(p) && er(p, "statsborgerskap", "statsborgerskap", "NOR") && aar.is_some_and(|a| a >= "2000")
            },
        );
        sammenlikn(med(json!({"doedsaarFraOgMed": "2000"})), &|p| {
            let dato = gjeldende(p, "doedsfall").and_then(|d| d["doedsdato"].as_str());
            noen_av(p) && dato.is_some_and(|d| d >= "2000")
        });
        let kommune = |p: &Value| {
            let veg = gjeldende(p, "bostedsadresse").map(|a| a["vegadresse"]["kommunenummer"].clone());
            veg.and_then(|k| k.as_str().map(str::to_owned))
        };
        let en = alle.iter().find_map(kommune).unwrap();
        let funnet = tilpasset(pakke, &med(json!({"kommunenummer": {"bostedskommunenummer": en}})));
        let ventet: BTreeSet<String> = alle
            .iter()
            .filter(|p| noen_av(p) && kommune(p).as_ref() == Some(&en))
            .map(nummer)
            .collect();
        // By other forms of address than a street, too.
        assert!(ventet.is_subset(&funnet.into_iter().collect()) && !ventet.is_empty());
        let vernet = navngitt("fortrolig");
        if pakke != MH {
            let hos = personer(MH, "?part=bostedsadresse", std::slice::from_ref(&vernet));
            let hos = kommune(&hos[0]).unwrap();
            let funnet = tilpasset(pakke, &med(json!({"kommunenummer": {"bostedskommunenummer": hos}})));
            assert!(!funnet.contains(&vernet));
        }
    }
}

#[test]
fn a_complete_extract_is_the_newest_document_of_everybody() {
    let feed = hele_feeden(MH);
    let mut ventet = std::collections::BTreeMap::new();
    for rad in &feed {
        let hendelse = &rad["hendelse"];
        let nummer = hendelse["folkeregisteridentifikator"].as_str().unwrap();
        if let Some(dokument) = hendelse["persondokument"].as_str() {
            ventet.insert(nummer, dokument);
        }
    }
    let bestill = |spoerring: &str| {
        let svar = kall(MH, &format!("uttrekk/komplett{spoerring}")).send().ok();
        les(|sti| kall(MH, sti).send(), &jobb(&svar), "dokumentidentifikator")
    };
    let alle = bestill("");
    assert_eq!(bestill("?feedsekvensnr=99999999999999999999"), alle);
    assert!(bestill("?feedsekvensnr=0").is_empty());
    let unike: BTreeSet<&str> = alle.iter().map(String::as_str).collect();
    assert_eq!(unike.len(), alle.len());
    // A person has one document, even if it has had several numbers.
    assert!(unike.iter().all(|d| ventet.values().any(|v| v == d)));
    let personene: BTreeSet<String> = alle
        .chunks(1_000)
        .flat_map(|del| {
            let kropp = json!({ "dokumentidentifikator": del }).to_string();
            let svar =
                kall(MH, "personer/bulkoppslag/arkiv?part=identifikasjonsnummer").post("application/json", kropp);
            svar.send()
                .ok()
                .json()
                .as_array()
                .unwrap()
                .iter()
                .map(nummer)
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(personene.len(), alle.len());
    // Everybody whom a lookup shows, by the number they go by.
    let numre: Vec<String> = alle_numre().iter().cloned().collect();
    let alle_som_finnes: BTreeSet<String> = personer(MH, "", &numre).iter().map(nummer).collect();
    assert_eq!(personene, alle_som_finnes);
    // As of an earlier number there are fewer.
    let halvveis = bestill(&format!("?feedsekvensnr={}", feed.len() / 2));
    assert!(halvveis.len() < alle.len() && !halvveis.is_empty());
}

#[test]
fn what_is_not_an_order_is_refused_and_says_why() {
    let post = |kropp: &str| {
        let kropp = kropp.to_owned();
        move || kall(MH, "uttrekk/tilpasset").post("application/json", kropp.clone())
    };
    for kropp in [
        "{}",
        r#"{"personstatustyper":[]}"#,
        r#"{"personstatustyper":["levende"]}"#,
        r#"{"personstatustyper":["bosatt"],"kommunenummer":{"bostedskommunenummer":"4601","oppholdskommunenummer":"4601"}}"#,
        r#"{"personstatustyper":["bosatt"],"foedselsaarFraOgMed":"99"}"#,
        r#"{"personstatustyper":["bosatt"],"fylkesnummer":"46"}"#,
        "[",
    ] {
        check(post(kropp), 400, "FREG-011");
    }
    check(|| kall(MH, "uttrekk/komplett?feedsekvensnr=-1"), 400, "FREG-028");
    check(|| kall(MH, "uttrekk/komplett?feedsekvensnr=x"), 400, "FREG-028");
    check(
        || kall(MH, "uttrekk/tilpasset").post("application/xml", "<a/>"),
        415,
        "FREG-020",
    );
    for nr in ["-1", "x", "1.5"] {
        check(
            || kall(MH, &format!("uttrekk/{}/batch/{nr}", "0".repeat(32))),
            400,
            "FREG-028",
        );
    }
    for id in ["1", "0".repeat(32).as_str(), "x"] {
        let svar = kall(MH, &format!("uttrekk/{id}/batch/0")).send().med_status(410);
        assert!(svar.json()["feilmelding"].as_str().unwrap().contains("finnes ikke"));
        let xml = kall(MH, &format!("uttrekk/{id}/batch/0"))
            .aksept("application/xml")
            .send();
        assert!(xml.med_status(410).tekst().contains("<feilmelding>"));
    }
}

#[test]
fn an_order_is_read_by_the_package_that_made_it_and_has_one_end() {
    let bestilling = r#"{"personstatustyper":["bosatt"],"kjoenn":"kvinne"}"#;
    let svar = kall(Pakke::Finans, "uttrekk/tilpasset")
        .post("application/json", bestilling)
        .send()
        .ok();
    let jobb = jobb(&svar);
    let porsjon = |pakke: Pakke, nr: u32| kall(pakke, &format!("uttrekk/{jobb}/batch/{nr}")).send();
    assert_eq!(porsjon(MH, 0).status, 410);
    assert_eq!(porsjon(Pakke::UtstederEid, 0).status, 410);
    let foerste = porsjon(Pakke::Finans, 0).ok().json();
    assert!(foerste["foedselsEllerDNummer"].as_array().unwrap().len() > 100);
    // Read again, it is the same.
    assert_eq!(porsjon(Pakke::Finans, 0).ok().json(), foerste);
    assert_eq!(porsjon(Pakke::Finans, 1).ok().json(), json!({}));
    assert_eq!(porsjon(Pakke::Finans, 2).status, 410);
    let xml = kall(Pakke::Finans, &format!("uttrekk/{jobb}/batch/1"))
        .aksept("application/xml")
        .send()
        .ok();
    assert!(xml.tekst().ends_with("</uttrekkDataResponse>"), "{}", xml.tekst());
    // The packages without extracts have none.
    for pakke in [Pakke::Presse, Pakke::Privat] {
        let svar = kall(pakke, &format!("uttrekk/{jobb}/batch/0")).send().med_status(403);
        assert_eq!(svar.json()["feilkode"], "FREG-004");
    }
    let maalt = Kall::admin(delt(), "/metrics").send_utenom().tekst();
    for navn in [
        "extract_jobs{tilstand=\"klar\"}",
        "extract_events_to_read",
        "extract_store_bytes",
    ] {
        assert!(maalt.contains(navn), "{navn}");
    }
}

#[test]
fn an_order_outlives_a_program_that_is_killed() {
    let mut tjener = Tjener::start(150);
    tjener.behold_mappen();
    let mappe = tjener.mappe.clone();
    let spoer = |tjener: &Tjener, sti: &str| {
        let token = tjener.kommando(&["token", "--pakke", MH.kortnavn()]).lyktes();
        Kall::ny(tjener, MH, sti).token(token.trim())
    };
    let bestilling = r#"{"personstatustyper":["bosatt","doed","aktiv","utflyttet","inaktiv"]}"#;
    let komplett = jobb(&spoer(&tjener, "uttrekk/komplett").send().ok());
    let tilpasset = jobb(
        &spoer(&tjener, "uttrekk/tilpasset")
            .post("application/json", bestilling)
            .send()
            .ok(),
    );
    tjener.signal("KILL");
    while tjener.lever() {
        std::thread::yield_now();
    }
    drop(tjener);
    let tjener = Tjener::i_mappe(&mappe, &[], &[]);
    let token = tjener.kommando(&["token", "--pakke", MH.kortnavn()]).lyktes();
    let hent = |sti: &str| Kall::ny(&tjener, MH, sti).token(token.trim()).send();
    let dokumenter = les(hent, &komplett, "dokumentidentifikator");
    let numre = les(hent, &tilpasset, "foedselsEllerDNummer");
    assert!(
        dokumenter.len() >= 150 && numre.len() >= 140,
        "{} {}",
        dokumenter.len(),
        numre.len()
    );
    // The same orders made now are the same: nothing has happened since.
    let igjen = jobb(&hent("uttrekk/komplett").ok());
    assert_eq!(les(hent, &igjen, "dokumentidentifikator"), dokumenter);
}
