//! No line of the log, no metric and no error holds anything about a person.

use std::collections::BTreeSet;

use serde_json::Value;
use tilgang::Pakke;

use crate::http::{Kall, Svar};
use crate::program::{Tjener, kjoer_paa, ny_mappe};

/// Fields whose text is somebody's name, address or number.
const PERSONLIGE: [&str; 17] = [
    "fornavn",
    "mellomnavn",
    "etternavn",
    "forkortetNavn",
    "adressenavn",
    "adressetilleggsnavn",
    "coAdressenavn",
    "adresselinje",
    "postbokseier",
    "byEllerStedsnavn",
    "poststedsnavn",
    "foedested",
    "foedselsEllerDNummer",
    "relatertPerson",
    "relatertVedSivilstand",
    "ansvarlig",
    "identifikasjonsnummer",
];

/// Every text that must not be seen: whole values, and names by themselves.
pub fn personopplysninger(verdi: &Value, navn: &str, ut: &mut BTreeSet<String>) {
    match verdi {
        Value::Object(o) => o.iter().for_each(|(navn, v)| personopplysninger(v, navn, ut)),
        Value::Array(liste) => liste.iter().for_each(|v| personopplysninger(v, navn, ut)),
        Value::String(tekst) if PERSONLIGE.contains(&navn) && tekst.chars().count() > 2 => {
            ut.insert(tekst.clone());
        }
        _ => {}
    }
}

/// Which of the texts stand in a text, as words by themselves.
pub fn funn(tekst: &str, ord: &BTreeSet<String>) -> Vec<String> {
    let er_ord = |c: char| c.is_alphanumeric();
    let staar = |o: &String| {
        tekst.match_indices(o.as_str()).any(|(fra, treff)| {
            let foer = tekst[..fra].chars().next_back();
            let etter = tekst[fra + treff.len()..].chars().next();
            !foer.is_some_and(er_ord) && !etter.is_some_and(er_ord)
        })
    };
    ord.iter().filter(|o| staar(o)).cloned().collect()
}

/// A walk through everything, right and wrong; gives back the answers that were no success.
pub fn gaa(tjener: &Tjener, personer: &[Value], antall: usize) -> Vec<Svar> {
    let mh = Pakke::OffentligMedHjemmel;
    let mut svar = Vec::new();
    for pakke in Pakke::ALLE {
        let token = tjener.kommando(&["token", "--pakke", pakke.kortnavn()]).lyktes();
        let kall = |sti: &str| Kall::ny(tjener, pakke, sti).token(token.trim());
        for person in personer.iter().take(antall) {
            let nr = person["identifikasjonsnummer"][0]["foedselsEllerDNummer"]
                .as_str()
                .unwrap();
            let navn = person["navn"][0]["etternavn"].as_str().unwrap_or("x").replace(' ', "+");
            let kropp = serde_json::json!({"foedselsEllerDNummer": [nr, navn]}).to_string();
            let kode = |verdi: &str| verdi.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
            for sti in [
                format!("personer/{nr}"),
                format!("personer/{nr}?part=historikk&part={}", kode(&navn)),
                format!("personer/{nr}1"),
                format!("personer/arkiv/{nr}"),
                format!("personer/entydigsoek?identifikasjonsnummer={nr}&navn={}", kode(&navn)),
                format!("personer/soek?navn={}", kode(&navn)),
                format!("hendelser/{nr}"),
                format!("hendelser/feed?seq={nr}&seq={nr}"),
                format!("ukjent/{nr}/{}", kode(&navn)),
            ] {
                svar.push(kall(&sti).send());
                svar.push(
                    kall(&sti)
                        .aksept("application/xml")
                        .hode("user-agent", nr)
                        .hode("x-request-id", nr)
                        .send(),
                );
                svar.push(
                    kall(&sti)
                        .aksept(&format!("text/{nr}"))
                        .hode("if-none-match", &format!("\"{nr}\""))
                        .send(),
                );
            }
            svar.push(kall(&format!("hendelser/feed?seq=1&{nr}={nr}")).metode("DELETE").send());
            for (type_, kropp) in [
                ("application/json", kropp.clone()),
                ("application/xml", kropp.clone()),
                (nr, kropp.clone()),
                ("application/json", format!("{{\"{nr}\":\"{nr}\"}}")),
                (
                    "application/json",
                    format!("{{\"foedselsEllerDNummer\":[\"{nr}\",{nr}]}}"),
                ),
                ("application/xml", format!("<a{nr}>{navn}</a{nr}>")),
            ] {
                svar.push(kall("personer/bulkoppslag?somBestilt=true").post(type_, kropp).send());
            }
            let gal = Kall::ny(tjener, pakke, &format!("personer/{nr}")).token(&format!("{nr}.{nr}.{nr}"));
            svar.push(gal.send());
            let gal = Kall::ny(tjener, pakke, &format!("personer/{nr}")).hode("traceparent", &format!("00-{nr}"));
            svar.push(gal.send());
        }
        if pakke == mh {
            for linje in kall("hendelser/feed?seq=1")
                .send()
                .ok()
                .json()
                .as_array()
                .unwrap()
                .iter()
                .take(100)
            {
                for (felt, sti) in [("hendelsesdokument", "hendelser"), ("persondokument", "personer/arkiv")] {
                    if let Some(id) = linje["hendelse"][felt].as_str() {
                        kall(&format!("{sti}/{id}")).send().ok();
                    }
                }
            }
        }
    }
    svar.into_iter().filter(|s| s.status >= 300).collect()
}

#[test]
fn invariant_6_ingen_logglinje_holder_personopplysninger() {
    let mut tjener = Tjener::i_mappe(
        &ny_mappe(),
        &["--personer", "200"],
        &[("PERSONTJENESTEN_LOGG", "trace")],
    );
    let ut = tjener.mappe.join("ut");
    tjener.kommando(&["export", ut.to_str().unwrap()]).lyktes();
    let filer = std::fs::read_dir(&ut)
        .unwrap()
        .map(|f| std::fs::read(f.unwrap().path()).unwrap());
    let personer: Vec<Value> = filer.map(|b| serde_json::from_slice(&b).unwrap()).collect();
    let mut ord = BTreeSet::new();
    personer.iter().for_each(|p| personopplysninger(p, "", &mut ord));
    assert!(ord.len() > 500, "{}", ord.len());

    let feil = gaa(&tjener, &personer, 60);
    assert!(feil.len() > 5_000, "{}", feil.len());
    // The command socket takes whole documents: one that is known, one that is changed, one that is wrong.
    let mut endret = personer[0].clone();
    endret["navn"][0]["fornavn"] = "LOGGPRØVE".into();
    ord.insert("LOGGPRØVE".to_owned());
    let gal = endret
        .to_string()
        .replacen("LOGGPRØVE", "LOGGPRØVE\\u0000", 1)
        .replace("\"erGjeldende\":true", "\"erGjeldende\":7");
    let inn = ny_mappe();
    for (navn, tekst) in [
        ("a.json", personer[1].to_string()),
        ("b.json", endret.to_string()),
        ("c.json", gal),
    ] {
        std::fs::write(inn.join(navn), tekst).unwrap();
    }
    let import = kjoer_paa(&tjener.mappe, &["import", "persondokument", inn.to_str().unwrap()]);
    assert_eq!(import.ut, "0 nye, 1 endret, 1 uendret, 1 avvist\n");
    tjener.kommando(&["verify"]).lyktes();
    let maalinger = Kall::admin(&tjener, "/metrics").send_utenom().tekst();
    assert!(maalinger.contains("hentSisteVersjonAvPerson") || maalinger.contains("personidentifikator"));
    assert_eq!(tjener.avbryt().0.code(), Some(0));

    let logg = tjener.logglinjer();
    assert!(logg.lines().count() > 1_000, "{}", logg.lines().count());
    for linje in logg.lines() {
        assert!(serde_json::from_str::<Value>(linje).is_ok(), "{linje}");
    }
    assert_eq!(funn(&logg, &ord), Vec::<String>::new());
    assert_eq!(funn(&maalinger, &ord), Vec::<String>::new());
    assert_eq!(funn(&import.feil, &ord), Vec::<String>::new());
    let kropper: BTreeSet<String> = feil.iter().map(Svar::tekst).collect();
    for kropp in &kropper {
        assert_eq!(funn(kropp, &ord), Vec::<String>::new());
    }
    let hoder: BTreeSet<String> = feil.iter().map(|s| format!("{:?}", s.hoder)).collect();
    for hode in &hoder {
        assert_eq!(funn(hode, &ord), Vec::<String>::new());
    }
    std::fs::remove_dir_all(inn).unwrap();
}

#[test]
fn a_text_is_found_as_a_word_by_itself() {
    let ord: BTreeSet<String> = ["29911799853", "LUR FJELL"].map(str::to_owned).into();
    assert_eq!(funn("sti=/personer/29911799853?x", &ord).len(), 1);
    assert_eq!(funn("navn=\"LUR FJELL\" nr 29911799853", &ord).len(), 2);
    assert_eq!(funn("1299117998530 LUR FJELLVANT", &ord).len(), 0);
}
