//! The named cases as the consumers see them, and the protection of everybody in the nation.

use informasjonsmodell::Entitet;
use serde_json::Value;
use tilgang::{Pakke, Projeksjon, Tabell};

use crate::delt::{alle_numre, hele_feeden, kall, med_oppslag, navngitt, personer};

const MH: Pakke = Pakke::OffentligMedHjemmel;

/// Everything a package may see of an entity list, as a query.
fn alt(pakke: Pakke) -> String {
    let rett = Tabell::felles().rett(Projeksjon::for_pakke(pakke, true));
    let deler: String = rett.kan.entiteter().map(|e| format!("&part={}", e.navn())).collect();
    format!("?part=historikk{deler}")
}

fn person(pakke: Pakke, navn: &str) -> Value {
    kall(pakke, &format!("personer/{}{}", navngitt(navn), alt(pakke)))
        .send()
        .ok()
        .json()
}

/// The entries of an entity.
fn av<'a>(person: &'a Value, entitet: &str) -> Vec<&'a Value> {
    match &person[entitet] {
        Value::Array(liste) => liste.iter().collect(),
        Value::Null => Vec::new(),
        ett => vec![ett],
    }
}

fn gjeldende<'a>(person: &'a Value, entitet: &str) -> Vec<&'a Value> {
    av(person, entitet)
        .into_iter()
        .filter(|o| o["erGjeldende"] == true)
        .collect()
}

fn adresser(person: &Value) -> Vec<(&'static str, &Value)> {
    let med_navn = |e: &Entitet| {
        av(person, e.navn())
            .into_iter()
            .map(|o| (e.navn(), o))
            .collect::<Vec<_>>()
    };
    Entitet::ADRESSER.iter().flat_map(med_navn).collect()
}

fn status(person: &Value) -> String {
    gjeldende(person, "status")[0]["status"].as_str().unwrap().to_owned()
}

fn vern(person: &Value) -> Option<&str> {
    gjeldende(person, "adressebeskyttelse")
        .first()
        .and_then(|a| a["graderingsnivaa"].as_str())
}

fn alle(pakke: Pakke) -> Vec<Value> {
    let numre: Vec<String> = alle_numre().iter().cloned().collect();
    personer(pakke, &alt(pakke), &numre)
}

// The open postadresse, and nothing that tells of a place.
#[track_caller]
fn er_uten_sted(person: &Value) {
    for (entitet, adresse) in adresser(person) {
        assert_eq!(entitet, "postadresse");
        assert_eq!(
            (&adresse["adressegradering"], &adresse["erGjeldende"]),
            (&Value::from("ugradert"), &Value::from(true))
        );
    }
    for entitet in ["innflytting", "utflytting"] {
        for o in av(person, entitet) {
            for felt in [
                "fraflyttingsland",
                "fraflyttingsstedIUtlandet",
                "tilflyttingsland",
                "tilflyttingsstedIUtlandet",
            ] {
                assert!(o[felt].is_null(), "{entitet} {felt}");
            }
        }
    }
    for o in av(person, "kontaktinformasjonForDoedsbo") {
        assert!(o["adresse"].is_null());
    }
    for o in av(person, "oppholdPaaSvalbard") {
        assert!(o["fraflyttingskommunenummer"].is_null() && o["fraflyttingsland"].is_null());
    }
}

#[test]
fn a_strengt_fortrolig_person_has_an_open_postadresse_and_no_other_place() {
    for pakke in med_oppslag() {
        let p = person(pakke, "strengt-fortrolig");
        assert_eq!(vern(&p), Some("strengtFortrolig"), "{pakke}");
        assert_eq!(adresser(&p).len(), 1);
        let mut antall = 0;
        for p in alle(pakke).iter().filter(|p| vern(p) == Some("strengtFortrolig")) {
            er_uten_sted(p);
            antall += 1;
        }
        assert!(antall >= 2, "{antall}");
    }
}

#[test]
fn neither_archive_nor_event_tells_where_a_strengt_fortrolig_person_was() {
    let strenge: Vec<String> = alle(MH)
        .iter()
        .filter(|p| vern(p) == Some("strengtFortrolig"))
        .flat_map(|p| {
            av(p, "identifikasjonsnummer")
                .into_iter()
                .map(|i| i["foedselsEllerDNummer"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        })
        .collect();
    let mut dokumenter = 0;
    for linje in hele_feeden(MH) {
        let hendelse = &linje["hendelse"];
        if !strenge
            .iter()
            .any(|nr| hendelse["folkeregisteridentifikator"] == nr.as_str())
        {
            continue;
        }
        if let Some(id) = hendelse["persondokument"].as_str() {
            let arkivert = kall(MH, &format!("personer/arkiv/{id}{}", alt(MH))).send().ok().json();
            er_uten_sted(&arkivert);
            dokumenter += 1;
        }
        if let Some(id) = hendelse["hendelsesdokument"].as_str() {
            let tykk = kall(MH, &format!("hendelser/{id}")).send().ok().json();
            for endring in tykk["hendelse"]["egenskapshendelse"].as_array().into_iter().flatten() {
                for entitet in Entitet::ADRESSER {
                    let adresse = &endring[entitet.navn()];
                    assert!(
                        adresse.is_null()
                            || (entitet == Entitet::Postadresse && adresse["adressegradering"] == "ugradert"),
                        "{}",
                        entitet.navn()
                    );
                }
                for flytting in [&endring["innflytting"], &endring["utflytting"]] {
                    assert!(flytting["fraflyttingsland"].is_null() && flytting["tilflyttingsland"].is_null());
                }
            }
        }
    }
    assert!(dokumenter > strenge.len(), "{dokumenter}");
}

#[test]
fn graded_addresses_go_to_med_hjemmel_alone() {
    let sett = alle(MH);
    let graderte = |grad: &str| {
        sett.iter()
            .flat_map(adresser)
            .filter(|(_, a)| a["adressegradering"] == grad)
            .count()
    };
    assert!(graderte("fortrolig") > 0 && graderte("klientadresse") > 0);
    assert_eq!(graderte("strengtFortrolig"), 0);
    for pakke in med_oppslag().filter(|p| *p != MH) {
        for p in alle(pakke) {
            let alle_aapne = adresser(&p).iter().all(|(_, a)| a["adressegradering"] == "ugradert");
            assert!(alle_aapne, "{pakke}");
            assert!(vern(&p) != Some("fortrolig") || adresser(&p).is_empty(), "{pakke}");
        }
        let fortrolig = person(pakke, "fortrolig");
        assert_eq!(vern(&fortrolig), Some("fortrolig"));
        let klient = person(pakke, "klientadresse");
        let felles = person(MH, "klientadresse");
        assert!(adresser(&klient).len() < adresser(&felles).len());
    }
    let fortrolig = person(MH, "fortrolig");
    assert!(!adresser(&fortrolig).is_empty());
    assert!(
        adresser(&fortrolig)
            .iter()
            .all(|(_, a)| a["adressegradering"] == "fortrolig")
    );
}

#[test]
fn hidden_statuses_are_aktiv_outside_med_hjemmel() {
    for (navn, ekte) in [
        ("forsvunnet", "forsvunnet"),
        ("foedselsregistrert", "foedselsregistrert"),
        ("midlertidig-d-nummer", "midlertidig"),
        ("ikke-bosatt", "ikkeBosatt"),
    ] {
        assert_eq!(status(&person(MH, navn)), ekte);
        for pakke in med_oppslag().filter(|p| *p != MH) {
            assert_eq!(status(&person(pakke, navn)), "aktiv", "{pakke} {navn}");
        }
    }
    for (navn, ventet) in [
        ("doed", "doed"),
        ("utflyttet", "utflyttet"),
        ("opphoert", "opphoert"),
        ("inaktiv-d-nummer", "inaktiv"),
        ("tvilling", "bosatt"),
    ] {
        for pakke in med_oppslag() {
            assert_eq!(status(&person(pakke, navn)), ventet, "{pakke} {navn}");
        }
    }
}

#[test]
fn a_person_with_two_numbers_is_found_by_both() {
    for navn in ["dublett", "d-nummer-til-foedselsnummer"] {
        for pakke in med_oppslag() {
            let p = person(pakke, navn);
            let numre: Vec<_> = av(&p, "identifikasjonsnummer")
                .into_iter()
                .map(|i| i["foedselsEllerDNummer"].as_str().unwrap().to_owned())
                .collect();
            assert_eq!(numre.len(), 2, "{pakke} {navn}");
            assert!(numre.contains(&navngitt(navn)));
            for nr in numre {
                let svar = kall(pakke, &format!("personer/{nr}{}", alt(pakke))).send().ok();
                assert_eq!(svar.json(), p, "{pakke} {navn}");
            }
            let gjelder = gjeldende(&p, "identifikasjonsnummer");
            assert_eq!(gjelder.len(), 1);
            assert_eq!(gjelder[0]["status"], "iBruk");
        }
    }
}

#[test]
fn each_named_case_shows_what_its_name_says() {
    for (navn, entiteter) in [
        ("doed", &["doedsfall"][..]),
        ("doedsbo", &["doedsfall", "kontaktinformasjonForDoedsbo"]),
        ("utflyttet", &["utflytting"]),
        ("postadresse-i-utlandet", &["postadresseIUtlandet", "bibehold"]),
        ("postboks", &["postadresse"]),
        ("vergemaal", &["vergemaalEllerFremtidsfullmakt", "rettsligHandleevne"]),
        ("fremtidsfullmakt", &["vergemaalEllerFremtidsfullmakt"]),
        ("samisk", &["brukAvSamiskSpraak"]),
        ("falsk-identitet", &["falskIdentitet"]),
        ("delt-bosted", &["deltBosted"]),
        ("pendler", &["oppholdsadresse"]),
        (
            "innvandret",
            &["utlendingsmyndighetenesIdentifikasjonsnummer", "opphold", "innflytting"],
        ),
        ("midlertidig-d-nummer", &["utenlandskPersonidentifikasjon"]),
    ] {
        let p = person(MH, navn);
        for entitet in entiteter {
            assert!(!gjeldende(&p, entitet).is_empty(), "{navn} {entitet}");
        }
    }
    for navn in ["doed", "utflyttet"] {
        assert!(gjeldende(&person(MH, navn), "bostedsadresse").is_empty(), "{navn}");
    }
    for (navn, ventet) in [("tvilling", 21), ("tvilling-to", 22)] {
        assert_eq!(person(MH, navn)["foedselINorge"][0]["rekkefoelgenummer"], ventet);
    }
    for (navn, ventet) in [("gift", "gift"), ("skilt", "skilt"), ("enke", "enkeEllerEnkemann")] {
        assert_eq!(gjeldende(&person(MH, navn), "sivilstand")[0]["sivilstand"], ventet);
    }
    assert_eq!(av(&person(MH, "navneendring"), "navn").len(), 2);
    assert!(gjeldende(&person(MH, "ukjent-bosted"), "bostedsadresse")[0]["ukjentBosted"].is_object());
    assert!(gjeldende(&person(MH, "matrikkeladresse"), "bostedsadresse")[0]["matrikkeladresse"].is_object());
}

#[test]
fn a_verge_and_a_spouse_are_named_only_where_the_package_has_them() {
    let verge = navngitt("verge");
    for pakke in med_oppslag() {
        let p = person(pakke, "vergemaal");
        let vergemaal = gjeldende(&p, "vergemaalEllerFremtidsfullmakt")[0];
        let ser = matches!(pakke, Pakke::OffentligMedHjemmel | Pakke::Finans);
        let ventet = if ser { Value::from(verge.as_str()) } else { Value::Null };
        assert_eq!(vergemaal["verge"]["foedselsEllerDNummer"], ventet, "{pakke}");
        assert_eq!(p.to_string().contains(&verge), ser, "{pakke}");
        let gift = person(pakke, "gift");
        let sivilstand = gjeldende(&gift, "sivilstand")[0];
        assert_eq!(!sivilstand["relatertVedSivilstand"].is_null(), ser, "{pakke}");
    }
}

#[test]
fn a_stay_on_svalbard_goes_to_svalbard_alone() {
    let nr = navngitt("svalbard");
    for pakke in med_oppslag() {
        let svar = kall(pakke, &format!("personer/{nr}?part=oppholdPaaSvalbard")).send();
        if pakke == Pakke::Svalbard {
            assert!(svar.ok().json()["oppholdPaaSvalbard"].is_array());
        } else {
            assert_eq!(svar.status, 400, "{pakke}");
        }
    }
}

#[test]
fn registermetadata_follow_the_package() {
    for pakke in med_oppslag() {
        let tekst: String = alle(pakke).iter().map(Value::to_string).collect();
        let har = |felt: &str| tekst.contains(&format!("\"{felt}\":"));
        assert_eq!(har("kilde"), pakke == MH, "{pakke}");
        assert_eq!(har("aarsak"), pakke == MH, "{pakke}");
        assert!(
            har("ajourholdstidspunkt") && har("gyldighetstidspunkt") && har("opphoerstidspunkt"),
            "{pakke}"
        );
        let kretser = matches!(
            pakke,
            Pakke::OffentligMedHjemmel | Pakke::OffentligUtenHjemmel | Pakke::Svalbard
        );
        for felt in ["grunnkrets", "stemmekrets", "skolekrets", "kirkekrets"] {
            assert_eq!(har(felt), kretser, "{pakke} {felt}");
        }
        for felt in ["fraflyttingsstedIUtlandet", "tilflyttingsstedIUtlandet"] {
            assert!(!har(felt) || pakke == MH, "{pakke} {felt}");
        }
    }
}
