//! What can be asked of each operation. No wildcard: a new operation does not compile before it has its requests.

use folkeregister::openapi::{AapenOperasjon, Operasjon};
use http::{Method, header};
use ikkeinnblanding::{Foresporsel, Tilfeldig};
use informasjonsmodell::Entitet;
use informasjonsmodell::xml::les::Bulk;
use register::Register;
use serde_json::{Value, json};
use soek::{Kommune, Personstatustype, Uttrekkskriterier};
use tilgang::Projeksjon;
use uttrekk::Bestilling;

use crate::felles::nr;
use crate::flate::{Api, Kaller, SPOR, Vei};

const JSON: &str = "application/json";
const XML: &str = "application/xml";
const ATOM: &str = "application/atom+xml";
const AKSEPT: [&str; 7] = [
    JSON,
    XML,
    ATOM,
    "*/*",
    "image/png",
    "application/xml;q=0.1, application/json;q=0.2",
    "text/plain",
];

/// A number that was never issued to anyone here.
const UKJENT: u32 = 900;

/// Everything that `part` can be, unknown ones included.
fn parter() -> Vec<String> {
    let entiteter = Entitet::ALLE.iter().map(|e| e.navn().to_owned());
    let andre = [
        "person-basis",
        "identitetsgrunnlag-utvidet",
        "relasjon-utvidet",
        "navn-historikk",
        "finnesIkke",
        "",
    ];
    entiteter.chain(andre.map(str::to_owned)).collect()
}

/// Queries of `part`: none, each alone, each with history, everybody's together, and some drawn by chance.
fn utvalg(api: &Api, tilfeldig: &mut Tilfeldig) -> Vec<String> {
    let alle = parter();
    let mut ut = vec![
        String::new(),
        "?part=historikk".to_owned(),
        "?part=person-basis&part=historikk&part=relasjon-utvidet".to_owned(),
        "?part=person-basis,historikk".to_owned(),
        "?part=PERSON-BASIS&part=Historikk".to_owned(),
    ];
    for part in &alle {
        if api.grundig || tilfeldig.en_av(3) {
            ut.push(format!("?part={part}"));
            ut.push(format!("?part={part}&part=historikk"));
        }
    }
    for _ in 0..if api.grundig { 12 } else { 4 } {
        let noen = tilfeldig.noen(&alle, 9);
        ut.push(format!("?part=navn&part={}", noen.join("&part=")));
        // Of what every package has, so that the answer is one.
        let aapne = [
            "navn",
            "status",
            "sivilstand",
            "bostedsadresse",
            "postadresse",
            "historikk",
        ];
        let noen = tilfeldig.noen(&aapne, 2);
        ut.push(format!("?part=kjoenn&part={}", noen.join("&part=")));
    }
    ut
}

/// Every request of a caller to a route.
pub fn alle(api: &Api, kaller: Kaller, vei: Vei, tilfeldig: &mut Tilfeldig) -> Vec<Foresporsel> {
    match vei {
        Vei::Pakke(operasjon) => under_pakken(api, kaller, operasjon, tilfeldig),
        Vei::Aapen(operasjon) => aapne(kaller, operasjon),
    }
}

/// What is open is asked for with a token and without.
fn aapne(kaller: Kaller, operasjon: AapenOperasjon) -> Vec<Foresporsel> {
    let stier: &[&str] = match operasjon {
        AapenOperasjon::HentDriftsmeldinger => &[
            "driftsmeldinger",
            "driftsmeldinger?pakke=finans&tilstand=paagaar",
            "driftsmeldinger?antall=1",
            "driftsmeldinger?personidentifikator=1",
        ],
        AapenOperasjon::HentDriftsmelding => &["driftsmeldinger/sak-1", "driftsmeldinger/finnes-ikke"],
        AapenOperasjon::HentNyheter => &["nyheter", "nyheter?slag=testdata&foer=4"],
        AapenOperasjon::HentNyhet => &["nyheter/nytt-2", "nyheter/sak-1"],
        AapenOperasjon::HentRss => &["rss.xml", "rss.xml?x=1"],
        AapenOperasjon::HentAtom => &["atom.xml", "atom.xml/"],
    };
    let mut ut = Vec::new();
    for (nr, sti) in stier.iter().enumerate() {
        let aapent = |aksept: &str| {
            Foresporsel::get(format!("/folkeregisteret/{sti}"))
                .hode(tjenesteflate::sporing::TRACEPARENT, SPOR)
                .hode(header::ACCEPT, aksept)
                .omdoept(format!("{kaller:?} GET {sti} {aksept}"))
        };
        let bearer = format!("Bearer {}", kaller.token());
        ut.push(aapent("*/*"));
        ut.push(aapent("*/*").hode(header::AUTHORIZATION, &bearer).kalt("med token"));
        // What the form and the method do is the same for every question.
        if nr > 0 {
            continue;
        }
        for aksept in [JSON, XML, "application/rss+xml"] {
            ut.push(aapent(aksept));
        }
        for metode in [Method::HEAD, Method::POST, Method::DELETE] {
            let navn = format!("{kaller:?} {metode} {sti}");
            ut.push(aapent("*/*").metode(metode).omdoept(navn));
        }
        ut.push(aapent("*/*").hode(header::IF_NONE_MATCH, "*").kalt("If-None-Match"));
        ut.push(aapent("*/*").hode(header::RANGE, "bytes=0-3").kalt("Range"));
    }
    ut
}

/// Every request of a caller to an operation of its package.
fn under_pakken(api: &Api, kaller: Kaller, operasjon: Operasjon, tilfeldig: &mut Tilfeldig) -> Vec<Foresporsel> {
    let mut ut = match operasjon {
        Operasjon::HentSisteVersjonAvPerson => oppslag(api, kaller, tilfeldig),
        Operasjon::HentPersoner => bulk(
            api,
            kaller,
            "personer/bulkoppslag",
            Bulk::Personer,
            &personlister(api, tilfeldig),
            tilfeldig,
        ),
        Operasjon::HentArkivperson => dokumenter(api, kaller, "personer/arkiv", true, tilfeldig),
        Operasjon::HentArkivpersoner => bulk(
            api,
            kaller,
            "personer/bulkoppslag/arkiv",
            Bulk::Arkiv,
            &dokumentlister(api, kaller, tilfeldig),
            tilfeldig,
        ),
        Operasjon::HentHendelseDokument => dokumenter(api, kaller, "hendelser", false, tilfeldig),
        Operasjon::HentHendelseDokumenter => bulk(
            api,
            kaller,
            "hendelser/bulkoppslag",
            Bulk::Hendelser,
            &dokumentlister(api, kaller, tilfeldig),
            tilfeldig,
        ),
        Operasjon::HentFeedSide => feed(api, kaller),
        Operasjon::SisteSekvensnummerIFeed => i_alle_former(kaller, "hendelser/siste/sekvensnummer"),
        Operasjon::HentHendelseXsd => i_alle_former(kaller, "hendelser/xsd"),
        Operasjon::HentFeedXsd => i_alle_former(kaller, "hendelser/feedxsd"),
        Operasjon::HentPersonXsd => i_alle_former(kaller, "personer/xsd"),
        Operasjon::EntydigSoek => soek(api, kaller, "personer/entydigsoek", tilfeldig),
        Operasjon::Personsoek => soek(api, kaller, "personer/soek", tilfeldig),
        Operasjon::LagJobbKomplett => i_alle_former(kaller, "uttrekk/komplett"),
        Operasjon::HentBatch => porsjoner(api, kaller),
        Operasjon::LagJobbTilpasset => bestillinger(api, kaller),
    };
    let sti = eksempel(api, operasjon);
    ut.extend(feilveier(kaller, &sti, operasjon.metode()));
    ut
}

/// Orders of a tailored extract, as they are sent: right ones, and some that are not.
fn bestillinger(api: &Api, kaller: Kaller) -> Vec<Foresporsel> {
    let alle = json!(["aktiv", "bosatt", "utflyttet", "doed", "inaktiv"]);
    let mut kropper = vec![
        json!({}),
        json!({"personstatustyper": alle}),
        json!({"personstatustyper": alle, "kjoenn": "kvinne", "bostedskommunenummer": "0301"}),
        json!({"personstatustyper": ["bosatt", "levende"]}),
        json!({"personstatustyper": alle, "kommunenummer": {"bostedskommunenummer": "0301", "oppholdskommunenummer": "0301"}}),
    ];
    for (_, verdi) in api
        .soekbart
        .iter()
        .flatten()
        .filter(|(navn, _)| *navn == "kommunenummer")
    {
        kropper.push(json!({"personstatustyper": alle, "kommunenummer": {"oppholdskommunenummer": verdi}}));
    }
    let mut ut: Vec<Foresporsel> = kropper
        .iter()
        .map(|kropp| {
            post(kaller, "uttrekk/tilpasset", JSON, None, kropp.to_string().into_bytes()).kalt(&kropp.to_string())
        })
        .collect();
    let kropp = || json!({"personstatustyper": alle}).to_string().into_bytes();
    ut.push(post(kaller, "uttrekk/tilpasset", XML, None, kropp()));
    ut.push(post(kaller, "uttrekk/tilpasset", JSON, Some(XML), kropp()));
    ut
}

/// Batches of extracts that are ordered now, by what persons can be chosen by, and of some that nobody ordered.
fn porsjoner(api: &Api, kaller: Kaller) -> Vec<Foresporsel> {
    let alle = Personstatustype::ALLE.to_vec();
    let mut kriterier: Vec<Uttrekkskriterier> = Personstatustype::ALLE
        .into_iter()
        .map(|status| Uttrekkskriterier {
            statuser: vec![status],
            ..Uttrekkskriterier::default()
        })
        .collect();
    let mut med = |velg: &dyn Fn(&mut Uttrekkskriterier)| {
        let mut ny = Uttrekkskriterier {
            statuser: alle.clone(),
            ..Uttrekkskriterier::default()
        };
        velg(&mut ny);
        if !kriterier.contains(&ny) {
            kriterier.push(ny);
        }
    };
    for (navn, verdi) in api.soekbart.iter().flatten() {
        match *navn {
            "kommunenummer" => {
                for opphold in [false, true] {
                    let nummer = verdi.clone();
                    med(&|k| {
                        k.kommune = Some(Kommune {
                            opphold,
                            nummer: nummer.clone(),
                        })
                    });
                }
            }
            "kjoenn" => med(&|k| k.kjoenn = Some(verdi.clone())),
            "foedselsdato" => {
                let aar = verdi.get(..4).and_then(|aar| aar.parse().ok());
                med(&|k| k.foedselsaar = (aar, aar));
            }
            _ => {}
        }
    }
    for land in ["NOR", "SWE", "AFG"] {
        med(&|k| k.statsborgerskap = Some(land.to_owned()));
    }
    for sivilstand in ["ugift", "gift", "skilt", "registrertPartner"] {
        med(&|k| k.sivilstand = Some(sivilstand.to_owned()));
    }
    med(&|k| k.doedsaar = (Some(1900), None));
    let mut bestillinger: Vec<Bestilling> = kriterier.into_iter().map(Bestilling::Tilpasset).collect();
    if kaller.faar_dokumenter() {
        bestillinger.extend([0, 1, 3, u64::MAX].map(|til| Bestilling::Komplett { til }));
    }
    let mut ut = Vec::new();
    for (bestilling, id) in bestillinger.iter().zip(api.bestill(kaller, &bestillinger)) {
        for nr in 0..3 {
            let sti = format!("uttrekk/{id}/batch/{nr}");
            ut.push(
                kaller
                    .get(&sti, Some(JSON))
                    .omdoept(format!("{kaller:?} {bestilling:?} porsjon {nr}")),
            );
        }
        let sti = format!("uttrekk/{id}/batch/0");
        ut.push(
            kaller
                .get(&sti, Some(XML))
                .omdoept(format!("{kaller:?} {bestilling:?} som XML")),
        );
    }
    let ukjent = format!("uttrekk/{}/batch/0", "0f".repeat(16));
    for sti in ["uttrekk/1/batch/0", "uttrekk/x/batch/-1", &ukjent] {
        ut.extend(i_alle_former(kaller, sti));
    }
    ut
}

/// A path of an operation.
fn eksempel(api: &Api, operasjon: Operasjon) -> String {
    let sti = operasjon.sti().trim_start_matches("/v1/");
    sti.replace("{personidentifikator}", &api.numre[0])
        .replace("{dokumentidentifikator}", &"0".repeat(32))
        .replace("{hendelsesidentifikator}", &"0".repeat(32))
        .replace("{jobbid}", "1")
        .replace("{batchnr}", "0")
}

/// What goes wrong before there is a person: methods, tokens, slashes, headers.
fn feilveier(kaller: Kaller, sti: &str, metode: &str) -> Vec<Foresporsel> {
    let f = |sti: &str| kaller.get(sti, Some(JSON));
    let annen = if metode == "get" { Method::POST } else { Method::GET };
    let andres = if kaller == Kaller::Finans {
        Kaller::Eid
    } else {
        Kaller::Finans
    };
    let uten = || kaller.uten_token(sti, Some(JSON));
    let bearer = |token: &str| uten().hode(header::AUTHORIZATION, &format!("Bearer {token}"));
    let halvt: String = kaller.token().chars().take(kaller.token().len() - 3).collect();
    let metoder = [
        Method::HEAD,
        Method::OPTIONS,
        Method::DELETE,
        Method::PUT,
        Method::PATCH,
        annen,
    ];
    let mut ut: Vec<Foresporsel> = metoder.into_iter().map(|m| f(sti).metode(m)).collect();
    ut.extend([
        uten().kalt("uten token"),
        bearer(andres.token()).kalt("en annen pakkes token"),
        bearer(&halvt).kalt("et avkuttet token"),
        bearer("").kalt("et tomt token"),
        bearer(kaller.token())
            .hode(header::AUTHORIZATION, &format!("Bearer {}", kaller.token()))
            .kalt("to token"),
        uten().hode(header::AUTHORIZATION, "Basic eDp5").kalt("Basic"),
        f(&format!("{sti}/")).kalt("skråstrek"),
        f(&format!("{sti}?ukjent=1&part=%ff")).kalt("uleselig spørring"),
        f(&format!("{sti}%2e%2e/x")).kalt("uleselig sti"),
        f(sti).hode(header::RANGE, "bytes=0-3").kalt("Range"),
        f(sti)
            .hode(header::IF_MODIFIED_SINCE, "Sun, 01 Feb 2026 00:00:00 GMT")
            .kalt("If-Modified-Since"),
        kaller.get(sti, None).kalt("uten Accept"),
    ]);
    ut
}

fn i_alle_former(kaller: Kaller, sti: &str) -> Vec<Foresporsel> {
    AKSEPT.iter().map(|aksept| kaller.get(sti, Some(aksept))).collect()
}

fn oppslag(api: &Api, kaller: Kaller, tilfeldig: &mut Tilfeldig) -> Vec<Foresporsel> {
    let mut ut = Vec::new();
    for (plass, nummer) in api.numre.iter().enumerate() {
        let sti = |spoerring: &str| format!("personer/{nummer}{spoerring}");
        if plass == 0 {
            for spoerring in utvalg(api, tilfeldig) {
                ut.push(kaller.get(&sti(&spoerring), Some(JSON)));
                ut.push(kaller.get(&sti(&spoerring), Some(XML)));
            }
            ut.extend(i_alle_former(kaller, &sti("")));
        } else {
            for spoerring in [
                "",
                "?part=person-basis&part=historikk&part=relasjon-utvidet",
                "?part=familierelasjon",
            ] {
                ut.push(kaller.get(&sti(spoerring), Some(JSON)));
            }
            ut.push(kaller.get(&sti("?part=historikk"), Some(XML)));
        }
    }
    let ukjent = nr(UKJENT);
    for andre in [
        ukjent.as_str(),
        "00000000000",
        "1",
        "abcdefghijk",
        "12345678901234567890",
        "%20",
        "-1",
    ] {
        ut.push(kaller.get(&format!("personer/{andre}"), Some(JSON)));
        ut.push(kaller.get(&format!("personer/{andre}?part=familierelasjon"), Some(XML)));
    }
    ut
}

/// Lists of numbers: each, all, with unknown and malformed ones among them, doubled, none, too many.
fn personlister(api: &Api, tilfeldig: &mut Tilfeldig) -> Vec<Vec<String>> {
    let alle = api.numre.clone();
    let mut blandet = alle.clone();
    blandet.extend(["1", "abc", "00000000000"].map(str::to_owned));
    blandet.push(nr(UKJENT));
    blandet.extend(alle.clone());
    let mut stokket = blandet.clone();
    for plass in (1..stokket.len()).rev() {
        stokket.swap(plass, tilfeldig.under(plass + 1));
    }
    let mange = vec![alle[0].clone(); 1_001];
    vec![
        alle,
        blandet,
        stokket,
        Vec::new(),
        mange,
        vec!["med mellomrom".to_owned()],
    ]
}

fn dokumentlister(api: &Api, kaller: Kaller, tilfeldig: &mut Tilfeldig) -> Vec<Vec<String>> {
    let tom = Vec::new();
    let dokumenter = api.dokumenter.get(&kaller).unwrap_or(&tom);
    let hendelser: Vec<String> = dokumenter.iter().filter_map(|d| d.hendelse.clone()).collect();
    let personer: Vec<String> = dokumenter.iter().filter_map(|d| d.person.clone()).collect();
    let mut blandet: Vec<String> = hendelser.iter().chain(&personer).cloned().collect();
    blandet.extend(["0".repeat(32), "x".to_owned(), api.numre[0].clone()]);
    let noen = tilfeldig.noen(&blandet, 3);
    vec![hendelser, personer, blandet, noen, Vec::new()]
}

fn post(kaller: Kaller, sti: &str, type_: &str, aksept: Option<&str>, kropp: Vec<u8>) -> Foresporsel {
    kaller
        .get(sti, aksept)
        .metode(Method::POST)
        .omdoept(format!("{kaller:?} POST {sti} {type_} {}", aksept.unwrap_or("")))
        .hode(header::CONTENT_TYPE, type_)
        .kropp(kropp)
}

fn bulk(
    api: &Api,
    kaller: Kaller,
    sti: &str,
    bulk: Bulk,
    lister: &[Vec<String>],
    tilfeldig: &mut Tilfeldig,
) -> Vec<Foresporsel> {
    let som_json = |liste: &[String]| json!({ bulk.element(): liste }).to_string().into_bytes();
    let som_xml = |liste: &[String]| {
        let element = bulk.element();
        let innhold: String = liste.iter().map(|id| format!("<{element}>{id}</{element}>")).collect();
        let rot = bulk.rot();
        format!("<{0} xmlns=\"{1}\">{innhold}</{0}>", rot.navn(), rot.navnerom()).into_bytes()
    };
    let mut spoerringer = vec![
        "",
        "?somBestilt=true",
        "?somBestilt=false&part=historikk&part=person-basis",
        "?somBestilt=kanskje",
        "?part=familierelasjon&somBestilt=true",
        "?part=finnesIkke",
    ];
    if !api.grundig {
        spoerringer = tilfeldig.noen(&spoerringer, 2);
    }
    let mut ut = Vec::new();
    for (nr, liste) in lister.iter().enumerate() {
        for spoerring in &spoerringer {
            let sti = format!("{sti}{spoerring}");
            for (type_, kropp) in [(JSON, som_json(liste)), (XML, som_xml(liste))] {
                for aksept in [None, Some(JSON), Some(XML)] {
                    let f = post(kaller, &sti, type_, aksept, kropp.clone());
                    ut.push(f.kalt(&format!("liste {nr}")));
                }
            }
        }
    }
    let liste = som_json(&lister[0]);
    for type_ in ["", "text/plain", "application/json; charset=latin1", "image/png"] {
        ut.push(post(kaller, sti, type_, Some(JSON), liste.clone()));
    }
    for (navn, kropp) in [
        ("tom", Vec::new()),
        ("ikke JSON", b"{\"".to_vec()),
        ("feil felt", b"{\"x\":[]}".to_vec()),
        ("feil type", format!("{{\"{}\":[1]}}", bulk.element()).into_bytes()),
    ] {
        ut.push(post(kaller, sti, JSON, None, kropp).kalt(navn));
    }
    for aksept in ["image/png", "*/*", ATOM] {
        ut.push(post(kaller, sti, JSON, Some(aksept), liste.clone()));
    }
    ut
}

fn dokumenter(api: &Api, kaller: Kaller, sti: &str, med_part: bool, tilfeldig: &mut Tilfeldig) -> Vec<Foresporsel> {
    let mut ut = Vec::new();
    let tom = Vec::new();
    for (nr, dokument) in api.dokumenter.get(&kaller).unwrap_or(&tom).iter().enumerate() {
        for (slag, id) in [("hendelse", &dokument.hendelse), ("person", &dokument.person)] {
            let Some(id) = id else { continue };
            let egen = med_part == (slag == "person");
            let mut spoerringer = vec![String::new()];
            if egen && med_part {
                spoerringer.push("?part=person-basis&part=historikk&part=relasjon-utvidet".to_owned());
                if api.grundig || tilfeldig.en_av(4) {
                    let utvalg = utvalg(api, tilfeldig);
                    spoerringer.extend(tilfeldig.noen(&utvalg, 6));
                }
            }
            for spoerring in spoerringer {
                for aksept in if egen { &[JSON, XML][..] } else { &[JSON][..] } {
                    let f = kaller.get(&format!("{sti}/{id}{spoerring}"), Some(aksept));
                    // Named by its place in the feed: the identifier is keyed.
                    ut.push(f.omdoept(format!("{kaller:?} GET {sti}/{slag} {nr}{spoerring} {aksept}")));
                }
            }
        }
    }
    let null = "0".repeat(32);
    for id in [null.as_str(), "x", "00112233445566778899aabbccddeeff", &api.numre[0]] {
        ut.push(kaller.get(&format!("{sti}/{id}"), Some(JSON)));
        ut.push(kaller.get(&format!("{sti}/{id}?part=finnesIkke"), Some(XML)));
    }
    ut
}

fn feed(api: &Api, kaller: Kaller) -> Vec<Foresporsel> {
    // From each number to beyond the end. The end is the caller's own, and that it is the same is compared elsewhere: had
    // the feeds different lengths, the names of these requests would differ.
    let siste = i64::try_from(api.siste[&kaller]).unwrap();
    let mut seq: Vec<String> = (-1..=siste + 2).map(|n| n.to_string()).collect();
    seq.extend([
        i64::MAX.to_string(),
        i64::MIN.to_string(),
        "9223372036854775808".to_owned(),
    ]);
    seq.extend(["", "x", "1.0", "+1", "%20", "1&seq=2"].map(str::to_owned));
    let mut ut = Vec::new();
    for seq in &seq {
        for aksept in [JSON, ATOM, XML] {
            ut.push(kaller.get(&format!("hendelser/feed?seq={seq}"), Some(aksept)));
        }
    }
    ut.push(kaller.get("hendelser/feed", Some(JSON)));
    ut.extend(i_alle_former(kaller, "hendelser/feed?seq=1"));
    ut
}

/// What somebody can be searched for by: names of parameters and values, of all that the register has of a few persons,
/// hidden or not.
pub fn soekbart(register: &Register, numre: &[String]) -> Vec<Vec<(&'static str, String)>> {
    let les = register.les().unwrap();
    let mut ut = Vec::new();
    for nummer in numre.iter().take(3) {
        let Some(person) = les.finn_nummer(nummer.parse().unwrap()).unwrap() else {
            continue;
        };
        let alle = Entitet::ALLE.iter().copied().collect();
        let mut verdier = Vec::new();
        for o in les.opplysninger(person, Projeksjon::MedHjemmel, alle).unwrap() {
            let verdi: Value = serde_json::from_slice(&o.kropp).unwrap();
            ta_verdier(o.entitet, &verdi, &mut verdier);
        }
        verdier.push(("identifikasjonsnummer", nummer.clone()));
        ut.push(verdier);
    }
    ut
}

fn ta_verdier(entitet: Entitet, verdi: &Value, ut: &mut Vec<(&'static str, String)>) {
    let veg = &verdi["vegadresse"];
    let nummer = |felt: &str| Some(format!("{}-{}", verdi["utstederland"].as_str()?, verdi[felt].as_str()?));
    let fornavn = verdi["fornavn"].as_str().and_then(|n| n.split(' ').next());
    let alle = [
        (
            "navn",
            fornavn.map(|f| format!("{f} {}", verdi["etternavn"].as_str().unwrap_or_default())),
        ),
        (
            "foedselsdato",
            verdi["foedselsdato"].as_str().map(|d| d.replace('-', "")),
        ),
        ("adressenavn", veg["adressenavn"].as_str().map(str::to_owned)),
        (
            "husnummer",
            veg["adressenummer"]["husnummer"].as_str().map(str::to_owned),
        ),
        ("postnummer", veg["poststed"]["postnummer"].as_str().map(str::to_owned)),
        ("kommunenummer", veg["kommunenummer"].as_str().map(str::to_owned)),
        ("kjoenn", verdi["kjoenn"].as_str().map(str::to_owned)),
        (
            "utlendingsmyndighetenesidentifikasjonsnummer",
            (entitet == Entitet::UtlendingsmyndighetenesIdentifikasjonsnummer)
                .then(|| verdi["identifikasjonsnummer"].as_str().map(str::to_owned))
                .flatten(),
        ),
        (
            "utenlandskpersonidentifikasjon",
            (entitet == Entitet::UtenlandskPersonidentifikasjon)
                .then(|| nummer("identifikasjonsnummer"))
                .flatten(),
        ),
        ("legitimasjonsdokument", nummer("identifikasjonsdokumentnummer")),
    ];
    ut.extend(
        alle.into_iter()
            .filter_map(|(navn, v)| Some((navn, v.filter(|v| !v.is_empty())?))),
    );
}

fn i_url(tekst: &str) -> String {
    let mut ut = String::new();
    for byte in tekst.bytes() {
        if byte.is_ascii_alphanumeric() {
            ut.push(char::from(byte));
        } else {
            ut.push_str(&format!("%{byte:02X}"));
        }
    }
    ut
}

fn soek(api: &Api, kaller: Kaller, sti: &str, tilfeldig: &mut Tilfeldig) -> Vec<Foresporsel> {
    let mut ut: Vec<String> = [
        "",
        "?navn=STILLE1+FJELLBEKK&foedselsdato=19900101",
        "?navn=FJELLBEKK&adressenavn=Ekorngata&husnummer=7",
        "?kommunenummer=0301&inkluderOppholdsadresse=true&inkluderDoede=true&maksTreff=10",
        "?navn=FJELLBEKK&husnummer=x",
    ]
    .map(str::to_owned)
    .to_vec();
    let bryter = ["", "&opplysningsgrunnlag=historisk", "&soekFonetisk=true"];
    let mer = [
        "",
        "&inkluderDoede=true",
        "&inkluderOppholdsadresse=true&inkluderDoede=true",
    ];
    for verdier in &api.soekbart {
        let navn: Vec<&str> = verdier
            .iter()
            .filter(|(n, _)| *n == "navn")
            .map(|(_, v)| v.as_str())
            .collect();
        for (parameter, verdi) in verdier {
            let navnet = navn
                .get(tilfeldig.under(navn.len().max(1)))
                .copied()
                .unwrap_or("STILLE1 FJELLBEKK");
            let kriterium = format!("&{parameter}={}", i_url(verdi));
            let kriterium = if *parameter == "navn" { String::new() } else { kriterium };
            let (b, m) = (bryter[tilfeldig.under(3)], mer[tilfeldig.under(3)]);
            // With a name and, where that is a search, without.
            ut.push(format!("?navn={}{kriterium}{b}{m}", i_url(navnet)));
            ut.push(format!("?x={kriterium}{b}{m}"));
            let andre: String = (0..3)
                .map(|_| &verdier[tilfeldig.under(verdier.len())])
                .filter(|(p, _)| p != parameter && *p != "navn")
                .map(|(p, v)| format!("&{p}={}", i_url(v)))
                .collect();
            ut.push(format!("?navn={}{kriterium}{andre}{b}{m}", i_url(navnet)));
        }
    }
    let bare_en = !api.grundig;
    ut.iter()
        .flat_map(|spoerring| {
            let begge = [JSON, XML];
            let en = usize::from(bare_en && tilfeldig.en_av(2));
            let valgt: Vec<&str> = if bare_en { vec![begge[en]] } else { begge.to_vec() };
            valgt
                .into_iter()
                .map(|aksept| kaller.get(&format!("{sti}{spoerring}"), Some(aksept)))
                .collect::<Vec<_>>()
        })
        .collect()
}
