//! The access table beside the public access matrix, cell by cell: our data file says what the matrix says, and the
//! compiled table decides as both say. Svalbard, which the matrix does not have, is held against the package it follows.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that fails panics"
)]

use std::collections::BTreeSet;

use informasjonsmodell::Entitet;
use informasjonsmodell::kodeverk::Personstatus;
use informasjonsmodell::skjema::Feltklasse;
use saphyr::{LoadableYamlNode, Yaml};
use tilgang::{Grad, Pakke, Projeksjon, Rett, Tabell, er_skjult_status};

const DATA: &str = include_str!("../data/rettighetspakker.toml");

/// The matrix, or `None` when it is absent and that is allowed.
fn matrise() -> Option<String> {
    let fil = std::env::var_os("PERSONTJENESTEN_KONTRAKTER")
        .map(|k| std::path::PathBuf::from(k).join("tilgang/rettighetspakker.yaml"));
    match fil {
        Some(fil) if fil.is_file() => Some(std::fs::read_to_string(fil).unwrap()),
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

/// Runs a check on the matrix, where there is one.
fn med_matrisen(sjekk: impl Fn(&Yaml<'_>)) {
    if let Some(tekst) = matrise() {
        sjekk(&Yaml::load_from_str(&tekst).unwrap()[0]);
    }
}

fn felt<'a, 'b>(yaml: &'b Yaml<'a>, navn: &str) -> &'b Yaml<'a> {
    yaml.as_mapping_get(navn)
        .unwrap_or_else(|| panic!("matrisen mangler {navn}"))
}

fn tekst<'b>(yaml: &'b Yaml<'_>, navn: &str) -> &'b str {
    felt(yaml, navn).as_str().unwrap()
}

/// `ja` and `nei`, which YAML 1.2 reads as text.
fn ja(yaml: &Yaml<'_>, navn: &str) -> bool {
    match tekst(yaml, navn) {
        "ja" => true,
        "nei" => false,
        annet => panic!("{navn}: {annet}"),
    }
}

fn liste(yaml: &Yaml<'_>) -> BTreeSet<String> {
    yaml.as_sequence()
        .unwrap()
        .iter()
        .map(|v| v.as_str().unwrap().to_owned())
        .collect()
}

fn medlemmer<'a, 'b>(yaml: &'b Yaml<'a>) -> impl Iterator<Item = (&'b str, &'b Yaml<'a>)> {
    yaml.as_mapping()
        .unwrap()
        .iter()
        .map(|(navn, verdi)| (navn.as_str().unwrap(), verdi))
}

/// The nine packages with their section of the matrix.
fn pakker<'a, 'b>(matrise: &'b Yaml<'a>) -> Vec<(Pakke, &'b str, &'b Yaml<'a>)> {
    let finn = |(navn, pakke): (&'b str, &'b Yaml<'a>)| {
        let scope = tekst(felt(pakke, "scope"), "verdi");
        let funnet = Pakke::ALLE.into_iter().find(|p| p.scope() == scope);
        (funnet.unwrap_or_else(|| panic!("ukjent scope {scope}")), navn, pakke)
    };
    let alle: Vec<_> = medlemmer(felt(matrise, "rettighetspakker")).map(finn).collect();
    assert_eq!(alle.len(), 9);
    alle
}

/// What a package sees at most.
fn rett(pakke: Pakke) -> &'static Rett {
    Tabell::felles().rett(Projeksjon::for_pakke(pakke, true))
}

/// A list of our data file.
fn fil(sti: &[&str]) -> BTreeSet<String> {
    let mut sted = &DATA.parse::<toml::Table>().unwrap().into();
    for navn in sti {
        let toml::Value::Table(tabell) = sted else {
            panic!("{sti:?}")
        };
        sted = tabell.get(*navn).unwrap_or_else(|| panic!("datafilen mangler {sti:?}"));
    }
    let navn = |v: &toml::Value| v.as_str().unwrap().to_owned();
    sted.as_array().unwrap().iter().map(navn).collect()
}

/// Names of packages in the matrix as packages.
fn som_pakker(matrise: &Yaml<'_>, navn: &Yaml<'_>) -> BTreeSet<Pakke> {
    let alle = pakker(matrise);
    if navn.as_str() == Some("alle_pakker") {
        return alle.iter().map(|(p, ..)| *p).collect();
    }
    let finn = |navn: &String| alle.iter().find(|(_, n, _)| n == navn).unwrap().0;
    liste(navn).iter().map(finn).collect()
}

#[test]
fn paths_and_scopes_are_those_of_the_matrix() {
    med_matrisen(|matrise| {
        for (pakke, _, celle) in pakker(matrise) {
            assert_eq!(tekst(felt(celle, "url"), "verdi"), format!("{}/", pakke.sti()));
        }
        let andre = felt(matrise, "andre_scopes").as_sequence().unwrap();
        for annet in andre.iter().filter(|a| tekst(a, "behandles_som") != "none") {
            let (pakke, ..) = pakker(matrise)
                .into_iter()
                .find(|(_, n, _)| *n == tekst(annet, "behandles_som"))
                .unwrap();
            assert_eq!(pakke.scope_segmentansvarlig(), Some(tekst(annet, "scope")));
        }
    });
}

#[test]
fn every_cell_of_the_endpoints_is_ours() {
    med_matrisen(|matrise| {
        for (pakke, _, celle) in pakker(matrise) {
            let mut ventet = BTreeSet::new();
            for (endepunkt, verdi) in medlemmer(felt(celle, "endepunkter")) {
                assert_eq!(
                    rett(pakke).kan_kalle(endepunkt),
                    ja(verdi, "tilgang"),
                    "{pakke} {endepunkt}"
                );
                if ja(verdi, "tilgang") {
                    ventet.insert(endepunkt.to_owned());
                }
            }
            assert_eq!(fil(&["pakke", pakke.kortnavn(), "endepunkter"]), ventet, "{pakke}");
            assert_eq!(rett(pakke).endepunkter().count(), ventet.len());
        }
    });
}

#[test]
fn every_cell_of_the_entities_is_ours() {
    med_matrisen(|matrise| {
        for (pakke, _, celle) in pakker(matrise) {
            let i_fil = |niva: &str| fil(&["pakke", pakke.kortnavn(), niva]);
            let mut sett = BTreeSet::new();
            for (navn, verdi) in medlemmer(felt(celle, "entiteter")) {
                let entitet = Entitet::fra_navn(navn).unwrap_or_else(|| panic!("ukjent entitet {navn}"));
                sett.insert(entitet.navn());
                let niva = tekst(verdi, "tilgang");
                for annet in ["basis", "alias", "eksplisitt"] {
                    assert_eq!(i_fil(annet).contains(navn), annet == niva, "{pakke} {navn} {annet}");
                }
                let historikk = niva != "aldri" && ja(verdi, "historikk");
                assert_eq!(i_fil("historikk").contains(navn), historikk, "{pakke} {navn} historikk");
                let r = rett(pakke);
                assert_eq!(r.basis.har(entitet), niva == "basis", "{pakke} {navn}");
                assert_eq!(r.kan.har(entitet), niva != "aldri", "{pakke} {navn}");
                assert_eq!(r.historikk.har(entitet), historikk, "{pakke} {navn}");
                for (gjeldende, ventet) in [(true, niva != "aldri"), (false, historikk)] {
                    let ser = r.avgjoer(Grad::Ugradert, entitet, gjeldende, Grad::Ugradert).is_some();
                    assert_eq!(ser, ventet, "{pakke} {navn} {gjeldende}");
                }
            }
            assert_eq!(sett, Entitet::ALLE.iter().map(|e| e.navn()).collect(), "{pakke}");
        }
    });
}

#[test]
fn every_alias_is_ours() {
    med_matrisen(|matrise| {
        for (pakke, _, celle) in pakker(matrise) {
            let alias = liste(felt(felt(celle, "part_alias"), "verdier"));
            assert_eq!(fil(&["pakke", pakke.kortnavn(), "part_alias"]), alias, "{pakke}");
            let r = rett(pakke);
            assert_eq!(
                r.identitetsgrunnlag_utvidet.is_some(),
                alias.contains("identitetsgrunnlag-utvidet")
            );
            assert_eq!(r.relasjon_utvidet.is_some(), alias.contains("relasjon-utvidet"));
            // What an alias gives is what the package may see of it.
            for mengde in [r.identitetsgrunnlag_utvidet, r.relasjon_utvidet].into_iter().flatten() {
                assert_eq!(mengde.felles(r.kan), mengde);
            }
            // What is to be had through an alias, and in no other way without its name, is in one.
            for (navn, verdi) in medlemmer(felt(celle, "entiteter")).filter(|(_, v)| tekst(v, "tilgang") == "alias") {
                let entitet = Entitet::fra_navn(navn).unwrap();
                let i_alias = [r.identitetsgrunnlag_utvidet, r.relasjon_utvidet];
                assert!(
                    i_alias.into_iter().flatten().any(|m| m.har(entitet)),
                    "{pakke} {navn} {verdi:?}"
                );
            }
        }
    });
}

#[test]
fn every_rule_on_metadata_is_ours() {
    med_matrisen(|matrise| {
        let metadata = felt(matrise, "metadata");
        for (navn, celle) in medlemmer(metadata) {
            let faar = som_pakker(matrise, felt(celle, "leveres_til"));
            for (pakke, ..) in pakker(matrise) {
                let se = |entitet, gjeldende| rett(pakke).avgjoer(Grad::Ugradert, entitet, gjeldende, Grad::Ugradert);
                let nekt = se(Entitet::Bostedsadresse, true).unwrap();
                let historisk = se(Entitet::Bostedsadresse, false).unwrap();
                let ser = match navn {
                    "erGjeldende" | "gyldighetstidspunkt" | "opphoerstidspunkt" => true,
                    "ajourholdstidspunkt" => !nekt.ajourholdstidspunkt,
                    "kilde" => !nekt.kilde,
                    "aarsak" => !nekt.aarsak,
                    "flyttedato_paa_historisk_adresse" => {
                        assert_eq!(nekt.felt & Feltklasse::Flyttedato.bit(), 0, "{pakke}");
                        historisk.felt & Feltklasse::Flyttedato.bit() == 0
                    }
                    "kretser_paa_bostedsadresse" => nekt.felt & Feltklasse::Kretser.bit() == 0,
                    annet => panic!("ukjent regel om metadata: {annet}"),
                };
                assert_eq!(ser, faar.contains(&pakke), "{pakke} {navn}");
                if matches!(navn, "ajourholdstidspunkt" | "kilde" | "aarsak") {
                    assert_eq!(
                        fil(&["metadata", navn]).contains(pakke.kortnavn()),
                        ser,
                        "{pakke} {navn}"
                    );
                }
            }
        }
    });
}

/// The class of a field that the matrix removes.
fn klasse(entitet: &str, sti: &str) -> Feltklasse {
    match (entitet, sti) {
        ("sivilstand", "relatertVedSivilstand") => Feltklasse::RelatertVedSivilstand,
        ("vergemaalEllerFremtidsfullmakt", "verge.foedselsEllerDNummer") => Feltklasse::VergeNummer,
        ("vergemaalEllerFremtidsfullmakt", "verge.tjenesteomraade") => Feltklasse::VergeTjenesteomraade,
        ("vergemaalEllerFremtidsfullmakt", "verge.navnFoedselsdato.foedselsdato") => Feltklasse::VergeFoedselsdato,
        ("kontaktinformasjonForDoedsbo", "person.foedselsEllerDNummer") => Feltklasse::KontaktNummer,
        ("innflytting", "fraflyttingsstedIUtlandet") | ("utflytting", "tilflyttingsstedIUtlandet") => {
            Feltklasse::FlyttingSted
        }
        ("falskIdentitet", "rettIdentitetVedIdentifikasjonsnummer") => Feltklasse::RettIdentitetNummer,
        _ => panic!("matrisen fjerner {entitet}.{sti}, som ingen klasse står for"),
    }
}

#[test]
fn every_removed_field_is_removed_by_us() {
    med_matrisen(|matrise| {
        for (navn, felter) in medlemmer(felt(matrise, "fjern_felt")) {
            let entitet = Entitet::fra_navn(navn).unwrap();
            for (sti, celle) in medlemmer(felter) {
                let fjernes = som_pakker(matrise, felt(celle, "fjernes_i"));
                for (pakke, ..) in pakker(matrise) {
                    if sti == "*" {
                        assert_eq!(
                            !rett(pakke).kan.har(entitet),
                            fjernes.contains(&pakke),
                            "{pakke} {navn}"
                        );
                        continue;
                    }
                    let klasse = klasse(navn, sti);
                    let i_fil = fil(&["nektet_felt", &format!("{klasse:?}")]).contains(pakke.kortnavn());
                    assert_eq!(i_fil, fjernes.contains(&pakke), "{pakke} {navn}.{sti}");
                    let Some(nekt) = rett(pakke).avgjoer(Grad::Ugradert, entitet, true, Grad::Ugradert) else {
                        assert!(!rett(pakke).kan.har(entitet));
                        continue;
                    };
                    assert_eq!(
                        nekt.felt & klasse.bit() != 0,
                        fjernes.contains(&pakke),
                        "{pakke} {navn}.{sti}"
                    );
                    if celle.as_mapping_get("erstattes_av").is_some() {
                        assert_eq!(klasse, Feltklasse::KontaktNummer);
                        let erstattes = nekt.felt & Feltklasse::KontaktErstatning.bit() == 0;
                        assert_eq!(erstattes, fjernes.contains(&pakke), "{pakke} {navn}.{sti}");
                    }
                }
            }
        }
    });
}

#[test]
fn every_feed_has_the_fields_of_the_matrix() {
    med_matrisen(|matrise| {
        let hendelser = felt(matrise, "hendelser");
        for (pakke, navn, _) in pakker(matrise) {
            let celle = felt(hendelser, navn);
            let felter = liste(felt(celle, "felter"));
            assert_eq!(fil(&["pakke", pakke.kortnavn(), "hendelsesfelt"]), felter, "{pakke}");
            let r = rett(pakke);
            assert_eq!(
                r.feed_identifikator,
                felter.contains("folkeregisteridentifikator"),
                "{pakke}"
            );
            assert_eq!(r.feed_dokumenter, felter.contains("persondokument"), "{pakke}");
            assert_eq!(r.feed_dokumenter, felter.contains("hendelsesdokument"), "{pakke}");
            assert_eq!(
                r.feed_ajourholdstidspunkt,
                felter.contains("ajourholdstidspunkt"),
                "{pakke}"
            );
            let typer = felt(celle, "typer");
            let generalisert = typer.as_sequence().is_some() && liste(typer) == ["endringIPerson".to_owned()].into();
            assert_eq!(r.generaliserte_hendelser, generalisert, "{pakke}");
        }
    });
}

#[test]
fn every_status_is_masked_as_the_matrix_says() {
    med_matrisen(|matrise| {
        let status = felt(matrise, "personstatus");
        let verdier = |navn: &str| liste(felt(felt(status, navn), "verdier"));
        assert_eq!(
            DATA.parse::<toml::Table>().unwrap()["skjulte_statuser"]
                .as_array()
                .unwrap()
                .len(),
            verdier("taushetsbelagte").len()
        );
        let synlig = felt(status, "synlig");
        for (pakke, ..) in pakker(matrise) {
            let ser = liste(felt(
                felt(
                    synlig,
                    if pakke == Pakke::OffentligMedHjemmel {
                        "offentlig_med_hjemmel"
                    } else {
                        "alle_andre"
                    },
                ),
                "verdier",
            ));
            for verdi in verdier("aapne").union(&verdier("taushetsbelagte")) {
                let kode = Personstatus::fra_tekst(verdi);
                assert!(!matches!(kode, Personstatus::Annen(_)), "{verdi}");
                assert_eq!(
                    !rett(pakke).maskerer(er_skjult_status(&kode)),
                    ser.contains(verdi),
                    "{pakke} {verdi}"
                );
            }
        }
        assert!(er_skjult_status(&Personstatus::fra_tekst("noeNytt")));
    });
}

#[test]
fn every_grade_of_an_address_goes_where_the_matrix_says() {
    med_matrisen(|matrise| {
        let regler = felt(matrise, "adresser_etter_gradering");
        let adresser = liste(felt(regler, "gjelder"));
        assert_eq!(
            adresser,
            Entitet::ADRESSER.iter().map(|e| e.navn().to_owned()).collect()
        );
        for (pakke, ..) in pakker(matrise) {
            for (navn, vern, grad, gjeldende) in [
                ("ugradert", Grad::Ugradert, Grad::Ugradert, true),
                ("klientadresse", Grad::Ugradert, Grad::Klientadresse, true),
                ("fortrolig", Grad::Ugradert, Grad::Fortrolig, true),
                ("fortrolig", Grad::Fortrolig, Grad::Fortrolig, true),
                ("strengtFortrolig", Grad::Ugradert, Grad::StrengtFortrolig, true),
                (
                    "historiske_adresser_ved_gjeldende_fortrolig",
                    Grad::Fortrolig,
                    Grad::Ugradert,
                    false,
                ),
            ] {
                let faar = felt(felt(regler, navn), "leveres_til");
                let ventet = som_pakker(matrise, faar).contains(&pakke);
                for entitet in Entitet::ADRESSER {
                    let ser = |p| {
                        Tabell::felles()
                            .rett(p)
                            .avgjoer(vern, entitet, gjeldende, grad)
                            .is_some()
                    };
                    assert_eq!(
                        ser(Projeksjon::for_pakke(pakke, true)),
                        ventet,
                        "{pakke} {navn} {entitet:?}"
                    );
                    // A private consumer without the grant sees as the packages without hjemmel do.
                    let uten = Projeksjon::for_pakke(pakke, false);
                    assert_eq!(ser(uten), ventet && navn == "ugradert", "{pakke} {navn} {entitet:?}");
                }
            }
        }
    });
}

#[test]
fn the_projection_without_graded_addresses_differs_in_them_alone() {
    let (med, uten) = (
        Tabell::felles().rett(Projeksjon::MedHjemmel),
        Tabell::felles().rett(Projeksjon::MedHjemmelUtenGraderte),
    );
    for &entitet in Entitet::ALLE {
        for gjeldende in [true, false] {
            let se = |rett: &Rett| rett.avgjoer(Grad::Ugradert, entitet, gjeldende, Grad::Ugradert);
            assert_eq!(se(med), se(uten), "{entitet:?}");
        }
    }
    assert!(med.endepunkter().eq(uten.endepunkter()));
}

#[test]
fn svalbard_is_offentlig_uten_hjemmel_and_the_stay() {
    let (svalbard, offentlig) = (rett(Pakke::Svalbard), rett(Pakke::OffentligUtenHjemmel));
    assert!(svalbard.endepunkter().eq(offentlig.endepunkter()));
    for &entitet in Entitet::ALLE {
        for vern in [
            Grad::Ugradert,
            Grad::Klientadresse,
            Grad::Fortrolig,
            Grad::StrengtFortrolig,
        ] {
            let se = |rett: &Rett| rett.avgjoer(vern, entitet, true, Grad::Ugradert);
            if entitet == Entitet::OppholdPaaSvalbard {
                assert!(se(svalbard).is_some());
            } else {
                assert_eq!(se(svalbard), se(offentlig), "{entitet:?}");
            }
        }
    }
    let har = |p: &Pakke| rett(*p).kan.har(Entitet::OppholdPaaSvalbard);
    assert_eq!(
        Pakke::ALLE.into_iter().filter(har).collect::<Vec<_>>(),
        [Pakke::Svalbard]
    );
}
