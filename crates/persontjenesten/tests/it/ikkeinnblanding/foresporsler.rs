//! What can be asked of each operation. No wildcard: a new operation does not compile before it has its requests.

use std::collections::BTreeSet;

use http::Method;
use ikkeinnblanding::{Foresporsel, Tilfeldig};
use persontjenesten::openapi::Operasjon;
use persontjenesten::{EventType, InformationPart, Versjon};
use serde_json::Value;

use super::bygg::nr;
use super::flate::{Api, Kaller, SPOR};
use crate::api::soek::kod;

/// A number that was never issued to anyone here.
const UKJENT: u32 = 800;

/// Everything that documents say and a search has a field for: current or not, shown or not.
pub fn soekbart(dokumenter: &[&Value]) -> Vec<(&'static str, String)> {
    let mut ut = BTreeSet::new();
    for dokument in dokumenter {
        let av = |entitet: &str| dokument[entitet].as_array().into_iter().flatten();
        let mut ta = |felt, verdi: Option<&str>| {
            if let Some(verdi) = verdi {
                ut.insert((felt, verdi.to_owned()));
            }
        };
        for navn in av("navn") {
            ta("GivenName", navn["fornavn"].as_str());
            ta("FamilyName", navn["etternavn"].as_str());
        }
        for foedt in av("foedsel") {
            ta("BirthDate", foedt["foedselsdato"].as_str());
        }
        ta("DeathDate", dokument["doedsfall"]["doedsdato"].as_str());
        for entitet in ["bostedsadresse", "oppholdsadresse", "deltBosted"] {
            for adresse in av(entitet) {
                let vei = &adresse["vegadresse"];
                let gate = vei["adressenavn"].as_str();
                ta("StreetAddress", gate);
                let med_hus = gate.map(|gate| format!("{gate} 12"));
                ta("StreetAddress", med_hus.as_deref());
                ta("PostalCode", vei["poststed"]["postnummer"].as_str());
                ta("CityName", vei["poststed"]["poststedsnavn"].as_str());
                ta("MunicipalityNumber", vei["kommunenummer"].as_str());
                let krets = adresse["grunnkrets"].as_u64().map(|krets| format!("5001{krets:04}"));
                ta("BasicStatisticalUnit", krets.as_deref());
            }
        }
    }
    // What places of the synthetic table derive to, and what no document has.
    for (felt, verdi) in [
        ("BasicStatisticalUnit", "50010808"),
        ("BasicStatisticalUnit", "50010804"),
        ("PostalCode", "9999"),
        ("StreetAddress", "Ingensteds"),
    ] {
        ut.insert((felt, verdi.to_owned()));
    }
    ut.into_iter().collect()
}

/// Every request of a caller to an operation.
pub fn alle(api: &Api, kaller: Kaller, operasjon: Operasjon, tilfeldig: &mut Tilfeldig) -> Vec<Foresporsel> {
    if operasjon == Operasjon::Ping {
        let ping = Foresporsel::get("/ping").hode(tjenesteflate::sporing::TRACEPARENT, SPOR);
        return vec![ping.clone(), ping.metode(Method::POST)];
    }
    if !operasjon.finnes_i(kaller.omfang().versjon()) {
        return vec![kaller.kall(operasjon.sti(), Some(""))];
    }
    let mut ut = match operasjon {
        Operasjon::EventLatest => vec![kaller.kall("/event/latest", None), kaller.kall("/event/latest/", None)],
        Operasjon::Event => hendelser(kaller),
        Operasjon::PersonById => med_id(api, kaller, tilfeldig),
        Operasjon::PersonGetByNin => med_nummer(api, kaller),
        Operasjon::PersonBulkById | Operasjon::PersonBulkByNin => flere(api, kaller, operasjon),
        Operasjon::SearchPerson => dokumenter(api, kaller),
        Operasjon::SearchMatchList => ider(api, kaller, operasjon, &[""]),
        Operasjon::SearchPagedMatchList => ider(api, kaller, operasjon, &["", "&PageSize=2&IndexOffset=1"]),
        Operasjon::SearchMatchCount => ider(api, kaller, operasjon, &[""]),
        Operasjon::Ping => Vec::new(),
    };
    // What is wrong with a call is told without a look at anybody.
    let skjema = operasjon.skjema(kaller.omfang().versjon()).map(|_| "");
    let sti = operasjon.sti().replace("{id}", &api.personer[0].1);
    ut.push(kaller.uten_token(&sti, skjema));
    ut.push(kaller.kall(
        &format!("{sti}?informationParts=Ukjent&includeAinResults=7&sequenceNumber=x"),
        skjema,
    ));
    ut.push(
        kaller
            .kall(&sti, skjema)
            .metode(Method::PATCH)
            .omdoept(format!("{kaller:?} PATCH {sti}")),
    );
    ut
}

fn deler(historikk: bool) -> String {
    let navn: Vec<&str> = InformationPart::ALLE.iter().map(|d| d.navn()).collect();
    format!("informationParts={}&includeHistory={historikk}", navn.join(","))
}

fn hendelser(kaller: Kaller) -> Vec<Foresporsel> {
    let mut ut = vec![String::new()];
    ut.extend((1..=12).map(|fra| format!("?sequenceNumber={fra}")));
    ut.push("?sequenceNumber=999999".to_owned());
    ut.push("?maxLimit=2&sequenceNumber=2".to_owned());
    ut.extend(
        EventType::ALLE
            .iter()
            .map(|type_| format!("?eventTypes={}", type_.navn())),
    );
    ut.into_iter()
        .map(|spoerring| kaller.kall(&format!("/event{spoerring}"), None))
        .collect()
}

fn med_id(api: &Api, kaller: Kaller, tilfeldig: &mut Tilfeldig) -> Vec<Foresporsel> {
    let mut ut = Vec::new();
    for (nr, (_, id)) in api.personer.iter().enumerate() {
        let mut spoerringer = vec![deler(false), deler(true)];
        if nr == 0 {
            spoerringer.extend(
                InformationPart::ALLE
                    .iter()
                    .map(|del| format!("informationParts={}", del.navn())),
            );
            for _ in 0..8 {
                let noen = tilfeldig.noen(InformationPart::ALLE, 4);
                let noen: Vec<&str> = noen.iter().map(|del| del.navn()).collect();
                spoerringer.push(format!("includeHistory=true&informationParts=Name,{}", noen.join(",")));
            }
        }
        for spoerring in spoerringer {
            ut.push(kaller.kall(&format!("/person/{id}?{}", spoerring.trim_end_matches(',')), None));
        }
    }
    ut.push(kaller.kall(
        "/person/00000000-0000-0000-0000-000000000000?informationParts=Name",
        None,
    ));
    ut
}

/// Numbers of those asked for, of their relatives who are not here, of nobody, and DUF numbers of the kinds.
fn numre(api: &Api) -> Vec<String> {
    let mut ut: Vec<String> = api.personer.iter().map(|(nummer, _)| nummer.clone()).collect();
    ut.extend([700, 701, 702, 703, UKJENT].map(nr));
    ut.extend(["201012345601", "201112345602", "999999999999", "tull"].map(str::to_owned));
    ut
}

fn med_nummer(api: &Api, kaller: Kaller) -> Vec<Foresporsel> {
    let sti = format!("/person/get-by-nin?{}", deler(true));
    let numre = numre(api);
    numre
        .iter()
        .map(|nummer| kaller.kall(&sti, Some(&format!("nin={nummer}"))))
        .collect()
}

fn flere(api: &Api, kaller: Kaller, operasjon: Operasjon) -> Vec<Foresporsel> {
    let (felt, verdier): (_, Vec<String>) = match operasjon {
        Operasjon::PersonBulkById => ("personIds", api.personer.iter().map(|(_, id)| id.clone()).collect()),
        _ => ("nins", numre(api)),
    };
    let alle = format!("{felt}={}", verdier.join(","));
    let mut ut = Vec::new();
    for historikk in [false, true] {
        let sti = format!("{}?{}", operasjon.sti(), deler(historikk));
        ut.push(kaller.kall(&sti, Some(&alle)));
    }
    for del in [
        "ResidentialAddress",
        "CommonContactRegisterInformation",
        "Status,FamilyRelation",
    ] {
        ut.push(kaller.kall(&format!("{}?informationParts={del}", operasjon.sti()), Some(&alle)));
    }
    ut
}

fn felt((felt, verdi): &(&str, String)) -> String {
    format!("{felt}={}", kod(verdi))
}

fn dokumenter(api: &Api, kaller: Kaller) -> Vec<Foresporsel> {
    let sti = format!("/search/person?{}", deler(true));
    let av = |navn: &'static str| api.soekbart.iter().filter(move |(felt, _)| *felt == navn);
    let mut skjemaer = Vec::new();
    for fornavn in av("GivenName") {
        let navn = format!("FullName={}", kod(&format!("fjell {}", fornavn.1.to_lowercase())));
        for foedt in av("BirthDate") {
            let ved = format!("{navn}&{}", felt(foedt));
            skjemaer.push(ved.clone());
            // An address that excludes somebody tells no more than one that finds them.
            for ved_sted in ["StreetAddress", "PostalCode", "CityName", "MunicipalityNumber"] {
                skjemaer.extend(av(ved_sted).map(|sted| format!("{ved}&{}", felt(sted))));
            }
            skjemaer.push(format!("{ved}&Gender=Male"));
            skjemaer.push(format!("{ved}&Gender=Female"));
        }
    }
    for ved_sted in ["StreetAddress", "MunicipalityNumber"] {
        skjemaer.extend(av(ved_sted).map(|sted| format!("FamilyName=fjellbekk&{}", felt(sted))));
    }
    if kaller.omfang().versjon() == Versjon::V3 {
        skjemaer.extend(av("PostalCode").map(|sted| format!("FamilyName=fjellbekk&{}", felt(sted))));
    }
    skjemaer.push("FullName=ab".to_owned());
    skjemaer.iter().map(|skjema| kaller.kall(&sti, Some(skjema))).collect()
}

fn ider(api: &Api, kaller: Kaller, operasjon: Operasjon, sider: &[&str]) -> Vec<Foresporsel> {
    let mut skjemaer = vec![String::new()];
    let v3 = kaller.omfang().versjon() == Versjon::V3;
    let mut steder = Vec::new();
    for en in &api.soekbart {
        match en.0 {
            // Not a field of these.
            "CityName" => {}
            "BirthDate" => {
                skjemaer.push(format!("BirthDateFrom={0}&BirthDateTo={0}", kod(&en.1)));
                skjemaer.push(format!("BirthDateTo={}", kod(&en.1)));
            }
            "DeathDate" => {
                if v3 {
                    skjemaer.push(format!("DeathDateFrom={0}&DeathDateTo={0}", kod(&en.1)));
                }
            }
            "StreetAddress" | "PostalCode" | "MunicipalityNumber" | "BasicStatisticalUnit" => {
                steder.push(felt(en));
                skjemaer.push(felt(en));
                skjemaer.push(format!("FamilyName=fjellbekk&{}", felt(en)));
            }
            _ => skjemaer.push(felt(en)),
        }
    }
    // Two parts of an address together.
    for to in steder.windows(2) {
        if to[0].split('=').next() != to[1].split('=').next() {
            skjemaer.push(to.join("&"));
        }
    }
    for status in [
        "Active",
        "Resident",
        "Disappeared",
        "Temporary",
        "NotResident",
        "Emigrated",
        "RegisteredAtBirth",
    ] {
        skjemaer.push(format!("PersonStatuses={status}"));
        skjemaer.push(format!("PersonStatuses=Active,{status}&Gender=Female"));
    }
    skjemaer.push("Gender=Male".to_owned());
    skjemaer.push("Gender=Tull".to_owned());
    let mut ut = Vec::new();
    for skjema in &skjemaer {
        for side in sider {
            let skjema = format!("{skjema}{side}");
            ut.push(kaller.kall(operasjon.sti(), Some(skjema.trim_start_matches('&'))));
        }
    }
    let med_ain = format!("{}?includeAinResults=true", operasjon.sti());
    ut.push(kaller.kall(&med_ain, Some("")));
    // Past the end.
    ut.push(kaller.kall(operasjon.sti(), Some(&format!("IndexOffset={}", api.antall))));
    ut
}
