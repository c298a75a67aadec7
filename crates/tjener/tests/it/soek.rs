//! The two searches over a socket: what they find is what lookups show, and what they refuse they say why.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use folkeregister::openapi::Operasjon;
use serde_json::Value;
use tilgang::{Pakke, Projeksjon, Tabell};

use crate::delt::{alle_numre, kall, navngitt, personer};
use crate::http::Svar;
use crate::ugyldig::check;

const MH: Pakke = Pakke::OffentligMedHjemmel;
const ALT: &str = "?part=person-basis&part=historikk";

/// Everybody, as the package of the shared nation sees them.
static ALLE: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let numre: Vec<String> = alle_numre().iter().cloned().collect();
    personer(MH, ALT, &numre)
});

/// What holds now of a kind.
pub fn gjeldende<'a>(person: &'a Value, entitet: &str) -> Option<&'a Value> {
    let liste = person[entitet].as_array()?;
    liste.iter().find(|o| o["erGjeldende"] != false)
}

/// The number that a person has now.
pub fn nummer(person: &Value) -> String {
    gjeldende(person, "identifikasjonsnummer").unwrap()["foedselsEllerDNummer"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn i_url(tekst: &str) -> String {
    form_urlencoded::byte_serialize(tekst.as_bytes()).collect()
}

/// First and last name, and date of birth, as a query.
pub fn navn_og_dato(person: &Value) -> String {
    let navn = gjeldende(person, "navn").unwrap();
    let dato = gjeldende(person, "foedsel").unwrap()["foedselsdato"].as_str().unwrap();
    let ord = |felt: &str, siste: bool| {
        let mut ord = navn[felt].as_str().unwrap().split([' ', '-']);
        let valgt = if siste { ord.next_back() } else { ord.next() };
        valgt.unwrap().to_owned()
    };
    let navn = format!("{} {}", ord("fornavn", false), ord("etternavn", true));
    format!("navn={}&foedselsdato={}", i_url(&navn), dato.replace('-', ""))
}

fn soek(spoerring: &str) -> BTreeSet<String> {
    let svar = kall(MH, &format!("personer/soek?{spoerring}")).send().ok().json();
    let liste = svar["foedselsEllerDNummer"].as_array().unwrap();
    let numre: BTreeSet<String> = liste.iter().map(|n| n.as_str().unwrap().to_owned()).collect();
    assert_eq!(numre.len(), liste.len());
    numre
}

fn doed(person: &Value) -> bool {
    gjeldende(person, "status").is_some_and(|s| s["status"] == "doed")
}

/// The numbers of those whom lookups show so.
pub fn fasit(passer: impl Fn(&Value) -> bool) -> BTreeSet<String> {
    let ut: BTreeSet<String> = ALLE.iter().filter(|p| passer(p)).map(nummer).collect();
    assert!(!ut.is_empty());
    ut
}

#[test]
fn a_search_finds_those_whom_lookups_show_so() {
    let kvinner = |p: &Value| gjeldende(p, "kjoenn").is_some_and(|k| k["kjoenn"] == "kvinne");
    let aar = |p: &Value| gjeldende(p, "foedsel").and_then(|f| f["foedselsaar"].as_str()?.parse::<u16>().ok());
    assert_eq!(soek("kjoenn=kvinne"), fasit(|p| kvinner(p) && !doed(p)));
    assert_eq!(soek("kjoenn=kvinne&inkluderDoede=true"), fasit(kvinner));
    assert_eq!(
        soek("foedselsaarFraOgMed=1990&foedselsaarTilOgMed=1999"),
        fasit(|p| aar(p).is_some_and(|a| (1990..2000).contains(&a)) && !doed(p))
    );
    assert_eq!(soek("").len() + fasit(doed).len(), soek("inkluderDoede=true").len());
    let veg = |p: &Value| gjeldende(p, "bostedsadresse").map(|b| b["vegadresse"].clone());
    let bosatt = ALLE
        .iter()
        .find(|p| !doed(p) && veg(p).is_some_and(|v| v["adressenummer"]["husnummer"].is_string()));
    let ventet = veg(bosatt.unwrap()).unwrap();
    let sted = |felt: &str| ventet[felt].as_str().unwrap();
    let postnummer = ventet["poststed"]["postnummer"].as_str().unwrap();
    assert_eq!(
        soek(&format!("postnummer={postnummer}")),
        fasit(|p| {
            let bosted = gjeldende(p, "bostedsadresse");
            bosted.is_some_and(|b| {
                let steder = [&b["vegadresse"], &b["matrikkeladresse"]];
                steder.iter().any(|s| s["poststed"]["postnummer"] == postnummer)
            }) && !doed(p)
        })
    );
    let gate: String = sted("adressenavn").chars().take(3).collect();
    let husnummer = ventet["adressenummer"]["husnummer"].as_str().unwrap();
    let fant = soek(&format!(
        "adressenavn={}&husnummer={husnummer}&postnummer={postnummer}",
        i_url(&gate)
    ));
    assert!(fant.contains(&nummer(bosatt.unwrap())));
    assert_eq!(
        soek(&format!("kommunenummer={}&maksTreff=1", sted("kommunenummer"))).len(),
        1
    );
    assert_eq!(soek("navn=finneshverkenher"), BTreeSet::new());
    // A long name's words in any order, however they are written.
    let navn = gjeldende(bosatt.unwrap(), "navn").unwrap();
    let tekst = format!(
        "{} {}",
        navn["etternavn"].as_str().unwrap(),
        navn["fornavn"].as_str().unwrap()
    );
    for skrevet in [tekst.to_lowercase(), tekst.to_uppercase()] {
        assert!(soek(&format!("navn={}", i_url(&skrevet))).contains(&nummer(bosatt.unwrap())));
    }
}

#[test]
fn an_address_that_a_package_may_not_see_finds_nobody_for_it() {
    let nr = navngitt("fortrolig");
    let person = ALLE.iter().find(|p| nummer(p) == nr).unwrap();
    let bosted = gjeldende(person, "bostedsadresse").unwrap();
    let postnummer = bosted["vegadresse"]["poststed"]["postnummer"].as_str().unwrap();
    let spoerring = format!("{}&postnummer={postnummer}", navn_og_dato(person));
    for pakke in Pakke::ALLE {
        let uten = kall(pakke, &format!("personer/entydigsoek?{}", navn_og_dato(person))).send();
        assert_eq!(uten.status, 200, "{pakke}");
        let svar = kall(pakke, &format!("personer/entydigsoek?{spoerring}")).send();
        let ser = Tabell::felles().rett(Projeksjon::for_pakke(pakke, true)).ser_graderte();
        assert_eq!(svar.status, if ser { 200 } else { 404 }, "{pakke}");
    }
}

/// Two persons whom a name and a postnummer lead to, as a query.
fn to_med_samme_navn() -> Option<String> {
    let mut sett = std::collections::BTreeMap::new();
    for person in ALLE.iter().filter(|p| !doed(p)) {
        let (Some(navn), Some(bosted)) = (gjeldende(person, "navn"), gjeldende(person, "bostedsadresse")) else {
            continue;
        };
        let Some(postnummer) = bosted["vegadresse"]["poststed"]["postnummer"].as_str() else {
            continue;
        };
        for fornavn in navn["fornavn"].as_str()?.split([' ', '-']) {
            let noekkel = format!(
                "navn={}&postnummer={postnummer}",
                i_url(&format!("{fornavn} {}", navn["etternavn"].as_str()?))
            );
            *sett.entry(noekkel).or_insert(0) += 1;
        }
    }
    let to = sett.into_iter().filter(|(_, antall)| *antall == 2);
    to.map(|(spoerring, _)| spoerring).find(|s| soek(s).len() == 2)
}

#[test]
fn one_search_finds_exactly_the_person_meant_and_tells_nobody_of_two() {
    let mut entydige = 0;
    for person in ALLE.iter().take(60) {
        let spoerring = navn_og_dato(person);
        let svar = kall(MH, &format!("personer/entydigsoek?{spoerring}")).send();
        if svar.status == 200 {
            assert_eq!(nummer(&svar.json()), nummer(person));
            entydige += 1;
        }
    }
    assert!(entydige > 50, "{entydige}");
    let form = |svar: &Svar| {
        let kropp = svar.json();
        assert_eq!(kropp["kode"], "FREG-031");
        (svar.status, kropp)
    };
    // Nobody; and several, by a name that half of them have.
    let ingen = kall(MH, "personer/entydigsoek?navn=finnes+ikke&foedselsdato=19000101").send();
    let flere = to_med_samme_navn().expect("a nation of this size has two of one name at one postnummer");
    assert_eq!(soek(&flere).len(), 2);
    let flere = kall(MH, &format!("personer/entydigsoek?{flere}")).send();
    assert_eq!(form(&ingen), form(&flere));
}

#[test]
fn only_the_part_asked_for_is_given_of_the_one_found() {
    let person = ALLE.iter().find(|p| nummer(p) == navngitt("tvilling")).unwrap();
    let svar = kall(
        MH,
        &format!("personer/entydigsoek?{}&part=kjoenn", navn_og_dato(person)),
    );
    let funnet = svar.send().ok().json();
    assert_eq!(
        funnet.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["identifikasjonsnummer", "kjoenn"]
    );
    let xml = kall(MH, &format!("personer/entydigsoek?{}", navn_og_dato(person)))
        .aksept("application/xml")
        .send()
        .ok();
    assert!(xml.tekst().contains("<folkeregisterperson "));
    let liste = kall(MH, &format!("personer/soek?{}", navn_og_dato(person)))
        .aksept("application/xml")
        .send()
        .ok();
    let ventet = format!("<foedselsEllerDNummer>{}</foedselsEllerDNummer>", nummer(person));
    assert!(liste.tekst().contains(&ventet), "{}", liste.tekst());
    assert!(liste.tekst().contains("<personsoekResponse "));
}

#[test]
fn a_criterion_that_is_none_is_refused_by_name() {
    for spoerring in [
        "navn=",
        "navn=%20-%20",
        "kjoenn=kvinner",
        "foedselsdato=1990-01-01",
        "foedselsdato=19900230",
        "foedselsdato=199001",
        "foedselsaarFraOgMed=90",
        "foedselsaarFraOgMed=2000&foedselsaarTilOgMed=1999",
        "adressenavn=ab",
        "adressenavn=%20ab%20",
        "husnummer=B12",
        "husnummer=12BB",
        "husnummer=123456",
        "postnummer=501",
        "postnummer=%C2%B2%C2%B2%C2%B2%C2%B2",
        "kommunenummer=46011",
        "fylkesnummer=4",
        "opplysningsgrunnlag=alt",
        "opplysningsgrunnlag=",
        "maksTreff=0",
        "maksTreff=10001",
        "maksTreff=-1",
    ] {
        check(|| kall(MH, &format!("personer/soek?{spoerring}")), 400, "FREG-028");
    }
    let lang = "a".repeat(201);
    check(|| kall(MH, &format!("personer/soek?navn={lang}")), 400, "FREG-028");
    let mange = "a+".repeat(21);
    check(|| kall(MH, &format!("personer/soek?navn={mange}")), 400, "FREG-028");
    for spoerring in ["soekFonetisk=ja", "navn=a&navn=b", "maksTreff=ti", "inkluderDoede="] {
        check(|| kall(MH, &format!("personer/soek?{spoerring}")), 400, "FREG-008");
    }
    for spoerring in [
        "navn=Kari&foedselsdato=19900101",
        "navn=a+b&utenlandskpersonidentifikasjon=1458",
        "navn=a+b&legitimasjonsdokument=IR-1",
        "navn=a+b&legitimasjonsdokument=IRL-",
        "navn=a+b&utlendingsmyndighetenesidentifikasjonsnummer=1&utlendingsmyndighetenesIdentifikasjonsnummer=1",
    ] {
        check(
            || kall(MH, &format!("personer/entydigsoek?{spoerring}")),
            400,
            "FREG-028",
        );
    }
    check(
        || kall(MH, "personer/entydigsoek?navn=a+b&identifikasjonsnummer=12345678901"),
        400,
        "FREG-010",
    );
}

#[test]
fn who_asks_by_too_little_or_by_what_the_package_does_not_have_gets_nobody() {
    for spoerring in [
        "",
        "navn=a+b",
        "foedselsdato=19900101",
        "navn=a+b&husnummer=1",
        "foedselsdato=19900101&postnummer=0001",
        "adressenavn=Storgata&husnummer=1&postnummer=0001",
    ] {
        check(
            || kall(MH, &format!("personer/entydigsoek?{spoerring}")),
            400,
            "FREG-029",
        );
    }
    let nr = navngitt("tvilling");
    for pakke in [
        Pakke::PrivatUtenFolkeregisteridentifikator,
        Pakke::PresseUtenFolkeregisteridentifikator,
    ] {
        let sti = format!("personer/entydigsoek?navn=a+b&identifikasjonsnummer={nr}");
        assert_eq!(kall(pakke, &sti).send().med_status(400).json()["kode"], "FREG-028");
    }
    for pakke in Pakke::ALLE {
        let ser = matches!(pakke, Pakke::OffentligMedHjemmel | Pakke::Svalbard);
        let sti = "personer/entydigsoek?navn=a+b&utlendingsmyndighetenesidentifikasjonsnummer=201012345601";
        assert_eq!(kall(pakke, sti).send().status, if ser { 404 } else { 400 }, "{pakke}");
        let rett = Tabell::felles().rett(Projeksjon::for_pakke(pakke, true));
        let kan = rett.kan_kalle(Operasjon::Personsoek.navn());
        let svar = kall(pakke, "personer/soek?navn=finneshverkenher").send();
        assert_eq!(svar.status, if kan { 200 } else { 403 }, "{pakke}");
    }
}
