//! Search as one would write it with all the time in the world: everybody, one by one, by the document that a caller gets.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::Value;
use soek::{Adressekriterier, Entydigkriterier, Husnummer, Kriterier};
use soek::{fonetikk, navn};

pub fn liste<'a>(person: &'a Value, entitet: &str) -> Vec<&'a Value> {
    match &person[entitet] {
        Value::Array(liste) => liste.iter().collect(),
        Value::Null => Vec::new(),
        en => vec![en],
    }
}

fn er_gjeldende(oppfoering: &Value) -> bool {
    oppfoering["erGjeldende"] != false
}

pub fn av<'a>(person: &'a Value, entitet: &str, historisk: bool) -> Vec<&'a Value> {
    let mut ut = liste(person, entitet);
    ut.retain(|o| historisk || er_gjeldende(o));
    ut
}

fn ordene(navn_: &Value, deler: &[&str]) -> Vec<String> {
    deler
        .iter()
        .filter_map(|d| navn_[*d].as_str())
        .flat_map(navn::words)
        .collect()
}

fn likt(a: &str, b: &str, fonetisk: bool) -> bool {
    if fonetisk { fonetikk::alike(a, b) } else { a == b }
}

const DELER: [&str; 3] = ["fornavn", "mellomnavn", "etternavn"];

/// What a kommunenummer has become by now: all that the lines of the table lead to, one step at a time.
fn blitt_til(nummer: &str) -> Vec<&str> {
    static STEG: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(|| {
        let linjer = include_str!("../../data/kommuner.tsv").lines();
        linjer
            .filter_map(|linje| {
                let felt: Vec<&str> = linje.split('\t').collect();
                Some((felt[0], felt.get(4)?.split(',').collect()))
            })
            .collect()
    });
    let mut her = vec![nummer];
    while let Some(i) = her.iter().position(|n| STEG.contains_key(n)) {
        let gammelt = her.swap_remove(i);
        her.extend(&STEG[gammelt]);
    }
    her
}

/// By the number that is shown, and of what is current by that of today, if there is but one it can be.
pub fn ligger_i(ventet: &str, vist: &str, gjeldende: bool) -> bool {
    vist.starts_with(ventet) || (gjeldende && blitt_til(vist).iter().all(|n| n.starts_with(ventet)))
}

fn adresse(oppfoering: &Value, k: &Adressekriterier, eksakt: bool, uten_husnummer: bool) -> bool {
    let veg = &oppfoering["vegadresse"];
    let matrikkel = &oppfoering["matrikkeladresse"];
    let tekst = |verdier: &[&Value]| verdier.iter().find_map(|v| v.as_str()).map(str::to_owned);
    let kommune = tekst(&[
        &veg["kommunenummer"],
        &matrikkel["matrikkelnummer"]["kommunenummer"],
        &oppfoering["ukjentBosted"]["bostedskommune"],
    ]);
    let postnummer = tekst(&[&veg["poststed"]["postnummer"], &matrikkel["poststed"]["postnummer"]]);
    let tall = veg["adressenummer"]["husnummer"]
        .as_str()
        .map(|t| t.parse::<u16>().unwrap());
    let bokstav = veg["adressenummer"]["husbokstav"].as_str().map(str::to_uppercase);
    let er = |ventet: &Option<String>, har: Option<String>| ventet.is_none() || *ventet == har;
    let ligger = |ventet: &Option<String>| {
        ventet.as_ref().is_none_or(|v| {
            kommune
                .as_ref()
                .is_some_and(|kommune| ligger_i(v, kommune, er_gjeldende(oppfoering)))
        })
    };
    er(&k.postnummer, postnummer)
        && ligger(&k.kommunenummer)
        && ligger(&k.fylkesnummer)
        && k.gate.as_ref().is_none_or(|g| {
            veg["adressenavn"]
                .as_str()
                .is_some_and(|n| navn::normalise(n).starts_with(g.as_str()))
        })
        && k.husnummer.is_none_or(
            |Husnummer {
                 tall: ventet,
                 bokstav: b,
             }| {
                let b = b.map(|b| b.to_string());
                tall == Some(ventet) && (b == bokstav || (!eksakt && b.is_none()))
            },
        )
        && (!uten_husnummer || tall.is_none())
}

pub fn passer(person: &Value, k: &Kriterier) -> bool {
    let navnet = k.navn.ord.is_empty()
        || av(person, "navn", k.historisk).iter().any(|n| {
            let har = ordene(n, &DELER);
            k.navn
                .ord
                .iter()
                .all(|o| har.iter().any(|h| likt(h, o, k.navn.fonetisk)))
        });
    let mut adresser = av(person, "bostedsadresse", k.historisk);
    if k.oppholdsadresse {
        adresser.extend(av(person, "oppholdsadresse", k.historisk));
    }
    let foedsel = |felt: &str| {
        av(person, "foedsel", false)
            .first()
            .and_then(|f| f[felt].as_str().map(str::to_owned))
    };
    let aar = foedsel("foedselsaar").map(|a| a.parse::<u16>().unwrap());
    let doed = av(person, "status", false).iter().any(|s| s["status"] == "doed");
    let ber_om_aar = k.foedselsaar_fra.is_some() || k.foedselsaar_til.is_some();
    navnet
        && (k.adresse == Adressekriterier::default() || adresser.iter().any(|a| adresse(a, &k.adresse, false, false)))
        && k.kjoenn
            .as_ref()
            .is_none_or(|v| av(person, "kjoenn", false).iter().any(|o| o["kjoenn"] == v.as_str()))
        && k.foedselsdato.is_none_or_eq(foedsel("foedselsdato"))
        && (!ber_om_aar
            || aar
                .is_some_and(|a| k.foedselsaar_fra.is_none_or(|f| f <= a) && k.foedselsaar_til.is_none_or(|t| a <= t)))
        && (k.doede || !doed)
}

pub fn passer_entydig(person: &Value, k: &Entydigkriterier) -> bool {
    let siste = k.navn.ord.len().saturating_sub(1);
    let navnet = k.navn.ord.is_empty()
        || av(person, "navn", k.historisk).iter().any(|n| {
            k.navn.ord.iter().enumerate().all(|(nr, o)| {
                let deler: &[&str] = match nr {
                    0 => &["fornavn"],
                    nr if nr == siste => &["etternavn"],
                    _ => &DELER,
                };
                ordene(n, deler).iter().any(|h| likt(h, o, k.navn.fonetisk))
            })
        });
    let ber_om_adresse = k.adresse != Adressekriterier::default() || k.uten_husnummer;
    let landnummer = |entitet: &str, felt: &str, ventet: &soek::Landnummer| {
        av(person, entitet, false)
            .iter()
            .any(|o| o["utstederland"] == ventet.land.as_str() && o[felt] == ventet.nummer.as_str())
    };
    navnet
        && (!ber_om_adresse
            || av(person, "bostedsadresse", k.historisk)
                .iter()
                .any(|a| adresse(a, &k.adresse, true, k.uten_husnummer)))
        && k.foedselsdato.is_none_or_eq(
            av(person, "foedsel", false)
                .first()
                .and_then(|f| f["foedselsdato"].as_str().map(str::to_owned)),
        )
        && k.identifikasjonsnummer.is_none_or(|nr| {
            let nr = format!("{nr:011}");
            liste(person, "identifikasjonsnummer")
                .iter()
                .any(|o| o["foedselsEllerDNummer"] == nr.as_str())
        })
        && k.duf.as_ref().is_none_or(|nr| {
            av(person, "utlendingsmyndighetenesIdentifikasjonsnummer", false)
                .iter()
                .any(|o| o["identifikasjonsnummer"] == nr.as_str())
        })
        && k.utenlandsk
            .as_ref()
            .is_none_or(|v| landnummer("utenlandskPersonidentifikasjon", "identifikasjonsnummer", v))
        && k.legitimasjon
            .as_ref()
            .is_none_or(|v| landnummer("legitimasjonsdokument", "identifikasjonsdokumentnummer", v))
}

trait IngenEllerLik {
    fn is_none_or_eq(&self, annen: Option<String>) -> bool;
}

impl IngenEllerLik for Option<String> {
    fn is_none_or_eq(&self, annen: Option<String>) -> bool {
        self.is_none() || *self == annen
    }
}
