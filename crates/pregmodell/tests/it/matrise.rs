//! The profiles against the access matrix itself, which wins over every other table.

use std::path::PathBuf;

use pregmodell::{Adressefelt, Personfelt, Profil, Skjult};
use saphyr::{LoadableYamlNode, Yaml};

fn matrise() -> Option<String> {
    let sted =
        std::env::var_os("PERSONTJENESTEN_KONTRAKTER").map(|k| PathBuf::from(k).join("tilgang/rettighetspakker.yaml"));
    match sted {
        Some(sted) if sted.exists() => Some(std::fs::read_to_string(sted).unwrap()),
        _ if std::env::var("KREV_ALT").as_deref() == Ok("1") => panic!("KREV_ALT=1 og ingen offentlige kontrakter"),
        _ => {
            // A direct write: the harness keeps what a passing test prints with a macro.
            let _ = std::io::Write::write_fmt(
                &mut std::io::stderr(),
                format_args!("HOPPET OVER: PERSONTJENESTEN_KONTRAKTER peker ikke på de offentlige kontraktene\n"),
            );
            None
        }
    }
}

fn gaa<'y>(yaml: &'y Yaml<'y>, sti: &[&str]) -> Option<&'y Yaml<'y>> {
    sti.iter().try_fold(yaml, |yaml, navn| yaml.as_mapping_get(navn))
}

fn tekst<'y>(yaml: &'y Yaml<'y>, sti: &[&str]) -> &'y str {
    gaa(yaml, sti)
        .and_then(Yaml::as_str)
        .unwrap_or_else(|| panic!("{sti:?}"))
}

/// Whether a package is delivered the field at a path of the register.
fn leveres(yaml: &Yaml<'_>, pakke: &str, sti: &str) -> bool {
    let (entitet, felt) = sti.split_once('.').unwrap();
    let fjernes = gaa(yaml, &["fjern_felt", entitet, felt, "fjernes_i"]).and_then(Yaml::as_sequence);
    if fjernes.is_some_and(|pakker| pakker.iter().any(|p| p.as_str() == Some(pakke))) {
        return false;
    }
    tekst(yaml, &["rettighetspakker", pakke, "entiteter", entitet, "tilgang"]) != "aldri"
}

#[test]
fn a_profile_is_shown_what_the_package_that_it_mirrors_is_delivered() {
    let Some(fil) = matrise() else { return };
    let dokumenter = Yaml::load_from_str(&fil).unwrap();
    let yaml = &dokumenter[0];
    let profiler = gaa(yaml, &["preg", "profiler"]).and_then(Yaml::as_mapping).unwrap();
    assert_eq!(profiler.len(), Profil::ALLE.len());
    for profil in Profil::ALLE {
        let sti = ["preg", "profiler", profil.navn()];
        let celle = |navn| tekst(yaml, &[sti[0], sti[1], sti[2], navn]);
        let mut pakke = celle("speiler");
        if let Some(annen) = Profil::fra_navn(pakke) {
            pakke = tekst(yaml, &["preg", "profiler", annen.navn(), "speiler"]);
            assert_eq!(annen.holder_tilbake(), profil.holder_tilbake());
        } else {
            assert_eq!(celle("adresser_med_gradering"), "nei");
        }
        assert_eq!(
            celle("hjelpenummer") == "rekvirere_og_endre",
            profil == Profil::Hjelpenummer
        );
        for entitet in profil.entiteter() {
            let celle = ["rettighetspakker", pakke, "entiteter", entitet.navn(), "tilgang"];
            assert_ne!(tekst(yaml, &celle), "aldri", "{}", entitet.navn());
        }
        let person = Personfelt::ALLE.iter().map(|felt| felt.beskrivelse());
        for felt in person.chain(Adressefelt::ALLE.iter().map(|felt| felt.beskrivelse())) {
            let fra = felt.freg;
            if !fra.is_empty() {
                let leveres = fra.iter().any(|sti| leveres(yaml, pakke, sti));
                assert_eq!(profil.ser(felt.gruppe), leveres, "{} {}", profil.navn(), felt.navn);
            }
        }
    }
}

#[test]
fn a_former_moving_day_is_for_the_package_that_has_it() {
    let Some(fil) = matrise() else { return };
    let dokumenter = Yaml::load_from_str(&fil).unwrap();
    let til = gaa(
        &dokumenter[0],
        &["metadata", "flyttedato_paa_historisk_adresse", "leveres_til"],
    );
    let til: Vec<&str> = til
        .and_then(Yaml::as_sequence)
        .unwrap()
        .iter()
        .filter_map(Yaml::as_str)
        .collect();
    for profil in Profil::ALLE {
        let holdt = profil
            .holder_tilbake()
            .contains(&pregmodell::Holdt::TidligereAdresse(Adressefelt::DateAdrFrom));
        assert_eq!(holdt, profil != Profil::MedHjemmel);
    }
    assert_eq!(til, ["offentlig_med_hjemmel"]);
}

#[test]
fn the_texts_and_codes_of_graded_addresses_are_the_matrix_and_the_ruling() {
    let Some(fil) = matrise() else { return };
    let dokumenter = Yaml::load_from_str(&fil).unwrap();
    for (navn, skjult) in [
        ("klientadresse", Skjult::Klientadresse),
        ("fortrolig", Skjult::Fortrolig),
        ("strengtFortrolig", Skjult::StrengtFortrolig),
    ] {
        let sti = ["preg", "gradert_adresse_tekst", navn];
        let kode = gaa(&dokumenter[0], &[sti[0], sti[1], sti[2], "kode"]).and_then(Yaml::as_integer);
        assert_eq!(kode, Some(i64::from(skjult.kode())));
        let tekst = tekst(&dokumenter[0], &[sti[0], sti[1], sti[2], "tekst"]);
        // The matrix has no text for the strictest; the ruling over it does.
        let ventet = if tekst.is_empty() {
            "Sperret adr. strengt fortr."
        } else {
            tekst
        };
        assert_eq!(skjult.tekst(), ventet);
    }
}
