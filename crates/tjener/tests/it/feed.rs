//! The feed: dense from 1, the same in every form, and known again by its ETag.

use serde_json::Value;
use tilgang::Pakke;

use crate::delt::{hele_feeden, kall, token};
use crate::http::Kall;
use crate::program::Tjener;

/// Which members an item has, after `sekvensnummer`.
///
/// Source: the access matrix, section `hendelser`.
fn felter(pakke: Pakke) -> &'static [&'static str] {
    match pakke {
        Pakke::OffentligMedHjemmel => &[
            "folkeregisteridentifikator",
            "hendelsetype",
            "hendelsesdokument",
            "persondokument",
            "ajourholdstidspunkt",
        ],
        Pakke::Privat | Pakke::Presse => &["folkeregisteridentifikator", "hendelsetype"],
        Pakke::PrivatUtenFolkeregisteridentifikator | Pakke::PresseUtenFolkeregisteridentifikator => &["hendelsetype"],
        _ => &["folkeregisteridentifikator", "hendelsetype", "ajourholdstidspunkt"],
    }
}

#[test]
fn every_feed_is_dense_from_one_and_shows_what_its_package_has() {
    for pakke in Pakke::ALLE {
        let feed = hele_feeden(pakke);
        let siste = kall(pakke, "hendelser/siste/sekvensnummer").send().ok().json();
        assert_eq!(siste.as_u64().unwrap(), feed.len() as u64);
        for (h, nr) in feed.iter().zip(1_u64..) {
            assert_eq!(h["sekvensnummer"], nr, "{pakke}");
            let navn: Vec<&str> = h["hendelse"].as_object().unwrap().keys().map(String::as_str).collect();
            let type_ = h["hendelse"]["hendelsetype"].as_str().unwrap();
            // personErOppdatert has no thick event; personErOpphoertSomDublett no document of the person.
            let ventet: Vec<&str> = felter(pakke)
                .iter()
                .copied()
                .filter(|f| !(type_ == "personErOppdatert" && *f == "hendelsesdokument"))
                .filter(|f| !(type_ == "personErOpphoertSomDublett" && *f == "persondokument"))
                .collect();
            assert_eq!(navn, ventet, "{pakke} {nr} {type_}");
        }
        let generalisert = felter(pakke).len() < 3;
        assert_eq!(
            generalisert,
            feed.iter().all(|h| h["hendelse"]["hendelsetype"] == "endringIPerson"),
            "{pakke}"
        );
    }
}

#[test]
fn every_event_document_of_the_feed_can_be_read_and_says_the_same() {
    let mh = Pakke::OffentligMedHjemmel;
    let feed = hele_feeden(mh);
    for del in feed.chunks(1_000) {
        for (felt, sti) in [
            ("hendelsesdokument", "hendelser/bulkoppslag"),
            ("persondokument", "personer/bulkoppslag/arkiv"),
        ] {
            let med: Vec<&Value> = del.iter().filter(|h| h["hendelse"][felt].is_string()).collect();
            let ider: Vec<&str> = med.iter().map(|h| h["hendelse"][felt].as_str().unwrap()).collect();
            let kropp = serde_json::json!({ "dokumentidentifikator": ider }).to_string();
            for aksept in ["application/json", "application/xml"] {
                let svar = kall(mh, sti)
                    .aksept(aksept)
                    .post("application/json", kropp.clone())
                    .send()
                    .ok();
                if aksept == "application/xml" {
                    let rot = if felt == "persondokument" {
                        "<folkeregisterperson "
                    } else {
                        "<dokumentForHendelse "
                    };
                    assert_eq!(svar.tekst().matches(rot).count(), ider.len());
                    continue;
                }
                let svar = svar.json();
                let svar = svar.as_array().unwrap();
                assert_eq!(svar.len(), ider.len());
                if felt == "hendelsesdokument" {
                    for (tynn, tykk) in med.iter().zip(svar) {
                        let (tynn, hendelse) = (&tynn["hendelse"], &tykk["hendelse"]);
                        assert_eq!(tykk["dokumentidentifikator"], tynn["hendelsesdokument"]);
                        assert_eq!(hendelse["hendelsestype"], tynn["hendelsetype"]);
                        assert_eq!(hendelse["ajourholdstidspunkt"], tynn["ajourholdstidspunkt"]);
                        assert_eq!(
                            hendelse["folkeregisteridentifikator"],
                            tynn["folkeregisteridentifikator"]
                        );
                    }
                }
            }
        }
    }
}

fn mellom<'a>(tekst: &'a str, fra: &str, til: &str) -> Vec<&'a str> {
    tekst.split(fra).skip(1).map(|t| t.split(til).next().unwrap()).collect()
}

#[test]
fn atom_says_what_json_says() {
    for pakke in Pakke::ALLE {
        let siste = hele_feeden(pakke).len();
        for (seq, ventet) in [(0, 1_000), (1, 1_000), (siste - 4, 5), (siste, 1), (siste + 1, 0)] {
            let sti = format!("hendelser/feed?seq={seq}");
            let json = kall(pakke, &sti).send().ok().json();
            let json = json.as_array().unwrap();
            assert_eq!(json.len(), ventet, "{pakke} {seq}");
            let atom = kall(pakke, &sti).aksept("application/atom+xml").send().ok().tekst();
            let som_xml = kall(pakke, &sti).aksept("application/xml").send().ok().tekst();
            assert_eq!(atom, som_xml);
            let numre: Vec<u64> = mellom(&atom, "<ns2:sekvensnummer>", "<")
                .iter()
                .map(|n| n.parse().unwrap())
                .collect();
            let i_json: Vec<u64> = json.iter().map(|h| h["sekvensnummer"].as_u64().unwrap()).collect();
            assert_eq!(numre, i_json);
            for felt in felter(pakke) {
                let i_atom = mellom(&atom, &format!("<ns2:{felt}>"), "<");
                let i_json: Vec<_> = json.iter().filter_map(|h| h["hendelse"][felt].as_str()).collect();
                assert_eq!(i_atom, i_json, "{pakke} {felt}");
            }
            let base = format!("/{}/v1/hendelser/feed?seq=", pakke.sti());
            let lenke = |rel: &str| {
                let funnet = mellom(
                    &atom,
                    &format!("<link rel=\"{rel}\" type=\"application/atom+xml\" href=\""),
                    "\"",
                );
                funnet
                    .first()
                    .map(|l| l.split(&base).nth(1).unwrap().parse::<usize>().unwrap())
            };
            assert_eq!((lenke("self"), lenke("first")), (Some(seq), Some(0)));
            let neste = (seq < 2).then_some(1_001);
            assert_eq!(lenke("next"), neste, "{pakke} {seq}");
        }
    }
}

#[test]
fn the_last_number_has_three_forms() {
    for pakke in Pakke::ALLE {
        let siste = |aksept: &str| {
            kall(pakke, "hendelser/siste/sekvensnummer")
                .aksept(aksept)
                .send()
                .ok()
                .tekst()
        };
        let tall = siste("application/json");
        assert!(tall.parse::<u64>().unwrap() > 1_000);
        assert_eq!(siste("text/plain"), tall);
        assert!(siste("application/xml").ends_with(&format!("<sekvensnummer>{tall}</sekvensnummer></sekvensnummer>")));
    }
}

#[test]
fn an_etag_is_of_one_page_in_one_form_and_one_package() {
    let mut sett = std::collections::BTreeSet::new();
    for pakke in Pakke::ALLE {
        for aksept in ["application/json", "application/atom+xml"] {
            for seq in [1, 900] {
                let sti = format!("hendelser/feed?seq={seq}");
                let svar = kall(pakke, &sti).aksept(aksept).send().ok();
                let etag = svar.hode("etag").to_owned();
                assert!(
                    etag.starts_with('"') && etag.ends_with('"') && etag.len() > 10,
                    "{etag}"
                );
                assert!(sett.insert(etag.clone()), "{pakke} {aksept} {seq}");
                for kjent in [
                    etag.clone(),
                    format!("\"annen\", {etag}"),
                    format!("W/{etag}"),
                    "*".to_owned(),
                ] {
                    let uendret = kall(pakke, &sti)
                        .aksept(aksept)
                        .hode("if-none-match", &kjent)
                        .send()
                        .med_status(304);
                    assert_eq!(uendret.hode("etag"), etag);
                }
                let endret = kall(pakke, &sti)
                    .aksept(aksept)
                    .hode("if-none-match", "\"annen\"")
                    .send()
                    .ok();
                assert_eq!(endret.kropp, svar.kropp);
            }
        }
    }
}

/// Changes the name of one person by way of export and import, as an operator can.
fn endre_navn(tjener: &Tjener) {
    let mappe = tjener.mappe.join("ut");
    let sti = mappe.to_str().unwrap();
    tjener.kommando(&["export", sti]).lyktes();
    let fil = std::fs::read_dir(&mappe).unwrap().next().unwrap().unwrap().path();
    let mut person: Value = serde_json::from_slice(&std::fs::read(&fil).unwrap()).unwrap();
    let navn = person["navn"].as_array_mut().unwrap().iter_mut();
    navn.filter(|n| n["erGjeldende"] == true)
        .for_each(|n| n["fornavn"] = "OMDØPT".into());
    std::fs::remove_dir_all(&mappe).unwrap();
    std::fs::create_dir_all(&mappe).unwrap();
    std::fs::write(mappe.join("en.json"), person.to_string()).unwrap();
    let ut = tjener.kommando(&["import", "persondokument", sti]).lyktes();
    assert_eq!(ut, "0 nye, 1 endret, 0 uendret, 0 avvist\n");
    std::fs::remove_dir_all(&mappe).unwrap();
}

#[test]
fn a_page_that_grows_has_a_new_etag() {
    let tjener = Tjener::start(150);
    let mut foer = Vec::new();
    for pakke in Pakke::ALLE {
        let token = tjener.kommando(&["token", "--pakke", pakke.kortnavn()]).lyktes();
        let spoer = |sti: &str| Kall::ny(&tjener, pakke, sti).token(token.trim()).send();
        let siste: u64 = spoer("hendelser/siste/sekvensnummer").ok().tekst().parse().unwrap();
        let side = spoer(&format!("hendelser/feed?seq={siste}")).ok();
        let tom = spoer(&format!("hendelser/feed?seq={}", siste + 1)).ok();
        assert_eq!(tom.tekst(), "[]");
        foer.push((
            pakke,
            token,
            siste,
            side.hode("etag").to_owned(),
            tom.hode("etag").to_owned(),
        ));
    }
    endre_navn(&tjener);
    for (pakke, token, siste, side, tom) in foer {
        let spoer = |seq: u64, etag: &str| {
            let kall = Kall::ny(&tjener, pakke, &format!("hendelser/feed?seq={seq}"));
            kall.token(token.trim()).hode("if-none-match", etag).send().ok().json()
        };
        assert_eq!(spoer(siste, &side).as_array().unwrap().len(), 2, "{pakke}");
        let ny = spoer(siste + 1, &tom);
        assert_eq!(ny[0]["sekvensnummer"], siste + 1);
        let ventet = if felter(pakke).len() < 3 {
            "endringIPerson"
        } else {
            "personErOppdatert"
        };
        assert_eq!(ny[0]["hendelse"]["hendelsetype"], ventet, "{pakke}");
    }
}

#[test]
fn a_token_is_needed_for_a_page_that_is_known() {
    let mh = Pakke::OffentligMedHjemmel;
    let svar = kall(mh, "hendelser/feed?seq=1").send().ok();
    let kjent = kall(mh, "hendelser/feed?seq=1").hode("if-none-match", svar.hode("etag"));
    assert_eq!(kjent.uten_token().send().status, 401);
    let med_annen = kall(mh, "hendelser/feed?seq=1")
        .hode("if-none-match", "*")
        .token(&token(Pakke::Finans));
    assert_eq!(med_annen.send().status, 403);
}
