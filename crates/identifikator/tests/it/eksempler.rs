//! Runs every table of `eksempler/identifikator`.

use std::collections::BTreeSet;
use std::fs;

use identifikator::{
    Bestilling, Dato, Folkeregisteridentifikator, Identifikatortype, Kjoenn, Kontrollregime, Nummertype, Regelsett,
    Serie, Tildeler, Tildelingstid, forklar, kapasitet, klassifiser,
};

use crate::tabell::{self, Rad};

#[track_caller]
fn dato(tekst: &str) -> Dato {
    tekst.parse().unwrap_or_else(|_| panic!("{tekst:?} is no date"))
}

#[track_caller]
fn find<T: std::fmt::Debug + Copy, const N: usize>(alle: [T; N], navn: &str) -> T {
    let treff = alle.into_iter().find(|verdi| format!("{verdi:?}") == navn);
    treff.unwrap_or_else(|| panic!("unknown value {navn:?}"))
}

#[track_caller]
fn ja_nei(tekst: &str) -> bool {
    match tekst {
        "ja" => true,
        "nei" => false,
        annet => panic!("{annet:?} is neither ja nor nei"),
    }
}

#[track_caller]
fn bestilling(rad: &Rad<'_>) -> Bestilling {
    let identifikatortype = [Identifikatortype::Foedselsnummer, Identifikatortype::DNummer]
        .into_iter()
        .find(|t| t.kode() == rad.get("type"))
        .unwrap_or_else(|| panic!("unknown type: {}", rad.show()));
    let kjoenn = match rad.get("kjønn") {
        "kvinne" => Kjoenn::Kvinne,
        "mann" => Kjoenn::Mann,
        annet => panic!("unknown kjønn {annet:?}"),
    };
    let serie = find(
        [Serie::Ordinaer, Serie::Nav, Serie::Nhn, Serie::Tenor],
        rad.get("serie"),
    );
    Bestilling::paa_dag(
        dato(rad.get("tildelt")),
        identifikatortype,
        dato(rad.get("fødselsdato")),
        kjoenn,
        serie,
    )
}

#[test]
fn every_table_in_the_folder_is_run() {
    let filer: BTreeSet<String> = fs::read_dir(tabell::mappe())
        .unwrap()
        .map(|fil| fil.unwrap().file_name().into_string().unwrap())
        .collect();
    let kjoert = [
        "feil.md",
        "foedselsdato.md",
        "kapasitet.md",
        "klassifisering.md",
        "kontrollsiffer.md",
        "regneeksempler.md",
        "tildeling.md",
    ];
    assert_eq!(filer.iter().map(String::as_str).collect::<Vec<_>>(), kjoert);
}

#[test]
fn kontrollsiffer() {
    for rad in tabell::read("kontrollsiffer.md").iter().flat_map(tabell::Tabell::rader) {
        let lest = Folkeregisteridentifikator::parse(rad.get("nummer"));
        let regimer = lest.map_or(&[][..], |nummer| nummer.kontrollregimer());
        for (kolonne, regime) in [
            ("dagens beregning", Kontrollregime::Til2031),
            ("ny beregning", Kontrollregime::Fra2032),
        ] {
            let ventet = match rad.get(kolonne) {
                "gyldig" => true,
                "ugyldig" => false,
                annet => panic!("{annet:?} is neither gyldig nor ugyldig"),
            };
            assert_eq!(regimer.contains(&regime), ventet, "{kolonne}: {}", rad.show());
        }
    }
}

#[test]
fn regneeksempler() {
    for rad in tabell::read("regneeksempler.md").iter().flat_map(tabell::Tabell::rader) {
        let rest: u8 = rad.get("rest").parse().unwrap();
        let forkastet = rad.get("nummer") == "forkastet";
        let tekst = if forkastet {
            format!("{}00", rad.get("ni siffer"))
        } else {
            rad.get("nummer").to_owned()
        };
        assert!(tekst.starts_with(rad.get("ni siffer")), "{}", rad.show());
        let forklaring = forklar(&tekst);
        let [k1, _] = forklaring.kontroller.as_slice() else {
            panic!("no control digits: {}", rad.show())
        };
        assert_eq!(k1.sum.to_string(), rad.get("S1"), "{}", rad.show());
        assert_eq!((k1.sum % 11).to_string(), rad.get("S1 mod 11"), "{}", rad.show());
        assert_eq!(k1.riktige_siffer(&[rest]).is_empty(), forkastet, "{}", rad.show());
        if !forkastet {
            assert_eq!(k1.rest, rest, "{}", rad.show());
            assert!(forklaring.er_gyldig(), "{}", rad.show());
        }
    }
}

#[test]
fn klassifisering() {
    for rad in tabell::read("klassifisering.md").iter().flat_map(tabell::Tabell::rader) {
        let svar = klassifiser(rad.get("nummer"));
        let typer: Vec<&str> = svar.nummertyper().map(Nummertype::navn).collect();
        assert_eq!(typer, rad.list("kan være"), "{}", rad.show());
        assert!(
            svar.numre().iter().all(|nummer| nummer.as_str() == rad.get("nummer")),
            "{}",
            rad.show()
        );
        let identifikator = svar.folkeregisteridentifikator();
        let serier: Vec<String> = identifikator
            .map_or(&[][..], |i| i.serier())
            .iter()
            .map(|serie| format!("{serie:?}"))
            .collect();
        assert_eq!(serier, rad.list("serier"), "{}", rad.show());
        let syntetisk = identifikator.is_some_and(|i| i.er_syntetisk());
        assert_eq!(syntetisk, ja_nei(rad.get("syntetisk")), "{}", rad.show());
    }
}

#[test]
fn mulige_foedselsdatoer() {
    for rad in tabell::read("foedselsdato.md").iter().flat_map(tabell::Tabell::rader) {
        let tildelt = match rad.get("tildelt") {
            "ukjent" => Tildelingstid::Ukjent,
            dag => match dag.strip_prefix("senest ") {
                Some(dag) => Tildelingstid::Senest(dato(dag)),
                None => Tildelingstid::Paa(dato(dag)),
            },
        };
        let nummer = Folkeregisteridentifikator::parse(rad.get("nummer"));
        let nummer = nummer.unwrap_or_else(|feil| panic!("{feil}: {}", rad.show()));
        let datoer: Vec<String> = nummer
            .mulige_foedselsdatoer(tildelt)
            .iter()
            .map(Dato::to_string)
            .collect();
        assert_eq!(datoer, rad.list("mulige fødselsdatoer"), "{}", rad.show());
    }
}

#[test]
fn tildeling_in_order() {
    let tabeller = tabell::read("tildeling.md");
    for rad in tabeller
        .iter()
        .filter(|t| t.has("numre i rekkefølge"))
        .flat_map(tabell::Tabell::rader)
    {
        let ventet = rad.list("numre i rekkefølge");
        assert!(!ventet.is_empty(), "{}", rad.show());
        let onsket = bestilling(&rad);
        let mut tildeler = Tildeler::new();
        for nummer in ventet {
            let tildelt = tildeler.tildel(&onsket).unwrap();
            assert_eq!(tildelt.identifikator.as_str(), nummer, "{}", rad.show());
            assert!(!tildelt.avviker_fra_foedselsdato, "{}", rad.show());
        }
    }
}

#[test]
fn tildeling_when_the_date_is_used_up() {
    let tabeller = tabell::read("tildeling.md");
    for rad in tabeller
        .iter()
        .filter(|t| t.has("brukt opp"))
        .flat_map(tabell::Tabell::rader)
    {
        let onsket = bestilling(&rad);
        let brukt = rad.list("brukt opp");
        let tid = Tildelingstid::Paa(dato(rad.get("tildelt")));
        let tildelt = Tildeler::new()
            .tildel_ledig(&onsket, |nummer| {
                let datoer = nummer.mulige_foedselsdatoer(tid);
                let dato = datoer.first().unwrap().to_string();
                brukt.iter().any(|b| {
                    b.strip_prefix("hele ")
                        .map_or(dato == *b, |maaned| dato.starts_with(maaned))
                })
            })
            .unwrap();
        assert_eq!(tildelt.dato.to_string(), rad.get("dato i nummeret"), "{}", rad.show());
        assert_eq!(
            tildelt.identifikator.mulige_foedselsdatoer(tid),
            [tildelt.dato],
            "{}",
            rad.show()
        );
        assert_eq!(
            tildelt.avviker_fra_foedselsdato,
            ja_nei(rad.get("avviker")),
            "{}",
            rad.show()
        );
    }
}

#[test]
fn kapasitet_of_series() {
    let tabeller = tabell::read("kapasitet.md");
    for rad in tabeller
        .iter()
        .filter(|t| t.has("individnumre"))
        .flat_map(tabell::Tabell::rader)
    {
        let regelsett = find(Regelsett::ALLE, rad.get("regelsett"));
        let (fra, til) = rad.get("født").split_once('-').unwrap();
        let (fra, til): (u16, u16) = (fra.parse().unwrap(), til.parse().unwrap());
        for aar in fra..=til {
            let intervaller: Vec<String> = regelsett
                .intervaller(aar)
                .iter()
                .map(|i| format!("{:03}-{:03}", i.fra, i.til))
                .collect();
            assert_eq!(intervaller, rad.list("individnumre"), "{aar}: {}", rad.show());
            let svar = kapasitet(Dato::new(aar, 6, 15).unwrap(), Serie::Tenor, regelsett, None).unwrap();
            assert_eq!(
                svar.kandidater.to_string(),
                rad.get("kandidater"),
                "{aar}: {}",
                rad.show()
            );
            assert_eq!(
                svar.gjennomsnitt().to_string(),
                rad.get("gjennomsnitt"),
                "{aar}: {}",
                rad.show()
            );
        }
        let intervaller = regelsett.intervaller(fra);
        assert_ne!(
            regelsett.intervaller(fra - 1),
            intervaller,
            "the series begins earlier: {}",
            rad.show()
        );
        let etter = Dato::new(til + 1, 6, 15).unwrap();
        let slutter = regelsett.intervaller(til + 1) != intervaller || !regelsett.har_dato(etter);
        assert!(slutter, "the series ends later: {}", rad.show());
    }
}

#[test]
fn kapasitet_of_dates() {
    let tabeller = tabell::read("kapasitet.md");
    for rad in tabeller
        .iter()
        .filter(|t| t.has("numre"))
        .flat_map(tabell::Tabell::rader)
    {
        let regelsett = find(Regelsett::ALLE, rad.get("regelsett"));
        let serie = find(
            [Serie::Ordinaer, Serie::Nav, Serie::Nhn, Serie::Tenor],
            rad.get("serie"),
        );
        let svar = kapasitet(dato(rad.get("fødselsdato")), serie, regelsett, None).unwrap();
        assert_eq!(svar.gyldige.to_string(), rad.get("numre"), "{}", rad.show());
    }
}

#[test]
fn feil() {
    for rad in tabell::read("feil.md").iter().flat_map(tabell::Tabell::rader) {
        let feil = Folkeregisteridentifikator::parse(rad.get("tekst")).unwrap_err();
        assert!(
            format!("{feil:?}").starts_with(rad.get("regel")),
            "{feil:?}: {}",
            rad.show()
        );
        assert_eq!(feil.to_string(), rad.get("melding"), "{}", rad.show());
    }
}
