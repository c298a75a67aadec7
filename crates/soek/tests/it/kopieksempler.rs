//! The table of the copy's search, `eksempler/persontjenesten/soek.md`, row by row.

use informasjonsmodell::{Dato, Hendelsestype as H};
use serde_json::{Value, json};
use soek::kopi::{Gateadresse, Kriterier, Navneord, finn_foerste, tell};
use tilgang::Projeksjon;

use crate::felles::{Prove, nummer, ny, person};
use crate::kopi::visning;
use crate::tabellfil::{self, Avsnitt};

fn adresse(entitet: &str, tekst: &str, grad: &str) -> Value {
    let deler: Vec<&str> = tekst.split('/').collect();
    let (gate, hus) = deler[0].rsplit_once(' ').unwrap();
    let (postnummer, poststed) = deler[1].split_once(' ').unwrap();
    let siffer = hus.trim_end_matches(char::is_alphabetic);
    let mut nummer = json!({"husnummer": siffer});
    if siffer != hus {
        nummer["husbokstav"] = hus[siffer.len()..].into();
    }
    let mut ut = json!({"adressegradering": grad, "vegadresse": {"kommunenummer": deler[2], "adressenavn": gate,
        "adressenummer": nummer, "poststed": {"poststedsnavn": poststed, "postnummer": postnummer}}});
    match entitet {
        "bostedsadresse" => ut["grunnkrets"] = deler[3].parse::<i64>().unwrap().into(),
        "deltBosted" => ut["startdatoForKontrakt"] = "2020-01-01".into(),
        _ => {}
    }
    ut
}

fn prove(side: &[Avsnitt]) -> (Prove, Vec<(String, u32)>) {
    let prove = Prove::med_visning(visning());
    let mut personer = Vec::new();
    for (n, rad) in (1u32..).zip(&tabellfil::finn(side, "Personer").rader) {
        let rad: &[String; 10] = rad.as_slice().try_into().unwrap();
        let [
            navn,
            fornavn,
            mellomnavn,
            etternavn,
            foedt,
            doed,
            status,
            bosted,
            opphold,
            delt,
        ] = rad;
        let mut hele = json!({"fornavn": fornavn, "etternavn": etternavn});
        if !mellomnavn.is_empty() {
            hele["mellomnavn"] = mellomnavn.as_str().into();
        }
        let kjoenn = if ["D", "E", "G", "H"].contains(&navn.as_str()) {
            "mann"
        } else {
            "kvinne"
        };
        let mut bygger = person(n)
            .uten("navn")
            .uten("foedsel")
            .uten("status")
            .uten("kjoenn")
            .uten("bostedsadresse");
        bygger = bygger
            .med("navn", hele)
            .med("kjoenn", json!({"kjoenn": kjoenn}))
            .med("status", json!({"status": status}))
            .med("foedsel", json!({"foedselsdato": foedt, "foedselsaar": &foedt[..4]}));
        if !doed.is_empty() {
            bygger = bygger.med("doedsfall", json!({"doedsdato": doed}));
        }
        if navn == "F" {
            bygger = bygger.gradering("fortrolig");
        }
        let grad = if navn == "H" { "klientadresse" } else { "ugradert" };
        let naa = [
            ("bostedsadresse", bosted),
            ("oppholdsadresse", opphold),
            ("deltBosted", delt),
        ];
        for (entitet, tekst) in naa {
            if navn == "A" && entitet == "bostedsadresse" {
                bygger = bygger.med(entitet, adresse(entitet, "Gamleveien 1/0155 OSLO/0301/401", grad));
            } else if !tekst.is_empty() {
                bygger = bygger.med(entitet, adresse(entitet, tekst, grad));
            }
        }
        prove.opprett(&bygger);
        if navn == "A" {
            let ny_adresse = adresse("bostedsadresse", bosted, grad);
            prove.registrer(n, H::EndringIBostedsadresse, vec![ny("bostedsadresse", ny_adresse)]);
        }
        personer.push((navn.clone(), n));
    }
    (prove, personer)
}

fn kriterier(tekst: &str) -> Kriterier {
    let mut ut = Kriterier::default();
    for (felt, verdi) in tekst.split("; ").filter_map(|krav| krav.split_once('=')) {
        let dato = || Some(Dato::parse(verdi).unwrap());
        let tekst = || Some(verdi.to_owned());
        match felt {
            "FullName" => ut.fullt_navn = Some(Navneord::av_fullt_navn(verdi)),
            "GivenName" => ut.fornavn = Some(Navneord::av_del(verdi)),
            "MiddleName" => ut.mellomnavn = Some(Navneord::av_del(verdi)),
            "FamilyName" => ut.etternavn = Some(Navneord::av_del(verdi)),
            "BirthDate" => ut.foedselsdato = dato(),
            "BirthDateFrom" => ut.foedt.fra = dato(),
            "BirthDateTo" => ut.foedt.til = dato(),
            "DeathDateFrom" => ut.doed.fra = dato(),
            "DeathDateTo" => ut.doed.til = dato(),
            "Gender" => ut.kjoenn = tekst(),
            "PersonStatuses" => ut.statuser = verdi.split(',').map(str::to_owned).collect(),
            "StreetAddress" => ut.adresse.gate = Some(Gateadresse::les(verdi)),
            "PostalCode" => ut.adresse.postnummer = tekst(),
            "CityName" => ut.adresse.poststed = tekst(),
            "MunicipalityNumber" => ut.adresse.kommunenummer = tekst(),
            "BasicStatisticalUnit" => ut.adresse.grunnkrets = tekst(),
            ukjent => panic!("{ukjent}"),
        }
    }
    ut
}

#[track_caller]
fn check(prove: &Prove, personer: &[(String, u32)], projeksjon: Projeksjon, soek: &str, ventet: &str) {
    let les = prove.register().les().unwrap();
    let k = kriterier(soek);
    let funnet = finn_foerste(&les, projeksjon, &k).unwrap();
    assert_eq!(tell(&les, projeksjon, &k).unwrap(), funnet.len() as u64);
    let navn = |(navn, n): &(String, u32)| {
        let nummer = nummer(*n).som_tekst().parse().unwrap();
        let person = les.finn_nummer(nummer).unwrap().unwrap();
        funnet.contains(&person).then(|| navn.clone())
    };
    let navnene: Vec<String> = personer.iter().filter_map(navn).collect();
    let navnene = if navnene.is_empty() {
        "ingen".to_owned()
    } else {
        navnene.join(" ")
    };
    assert_eq!(navnene, ventet, "{soek} {projeksjon:?}");
}

#[test]
fn each_row_of_the_table_finds_whom_it_says() {
    let side = tabellfil::les("soek.md");
    let (prove, personer) = prove(&side);
    let mut rader = 0;
    for overskrift in ["Navn", "Datoer", "Adresser", "Annet"] {
        for rad in &tabellfil::finn(&side, overskrift).rader {
            check(&prove, &personer, Projeksjon::MedHjemmel, &rad[0], &rad[1]);
            rader += 1;
        }
    }
    let projeksjoner = [
        Projeksjon::MedHjemmel,
        Projeksjon::MedHjemmelUtenGraderte,
        Projeksjon::OffentligUtenHjemmel,
    ];
    for rad in &tabellfil::finn(&side, "Det som er skjult").rader {
        for (projeksjon, ventet) in projeksjoner.into_iter().zip(&rad[1..]) {
            check(&prove, &personer, projeksjon, &rad[0], ventet);
        }
        rader += 1;
    }
    assert!(rader > 50, "{rader}");
}
