//! The synthetic table fits the addresses of the synthetic nation.

use identifikator::Dato;
use informasjonsmodell::Innhold;
use informasjonsmodell::typer::{Matrikkeladresse as Matrikkel, Vegadresse as Veg};
use kartverk::{Adresse, Matrikkeladresse, Omraade, Tabell, Vegadresse, kommune, kommune_uansett_dag};
use syntetisk_befolkning::{Nasjon, REFERANSEDATO};

fn sted<'t>(tabell: &'t Tabell, veg: Option<&Veg>, matrikkel: Option<&Matrikkel>, dag: Dato) -> Option<Omraade<'t>> {
    if let Some(veg) = veg {
        let nummer = veg.adressenummer.as_ref()?;
        let adresse = Vegadresse {
            kommunenummer: veg.kommunenummer.som_tekst(),
            adressekode: veg.adressekode.as_ref()?.som_tekst(),
            husnummer: nummer.husnummer.som_tekst(),
            husbokstav: nummer.husbokstav.as_ref().map(|b| b.som_tekst()),
        };
        return tabell.omraade_for_adresse(&Adresse::Veg(adresse), dag);
    }
    let matrikkel = matrikkel?;
    let adresse = Matrikkeladresse {
        kommunenummer: matrikkel.matrikkelnummer.kommunenummer.som_tekst(),
        gaardsnummer: matrikkel.matrikkelnummer.gaardsnummer?,
        bruksnummer: matrikkel.matrikkelnummer.bruksnummer?,
        festenummer: matrikkel.matrikkelnummer.festenummer,
        undernummer: matrikkel.undernummer,
    };
    tabell.omraade_for_adresse(&Adresse::Matrikkel(adresse), dag)
}

fn kommunenummer<'a>(veg: Option<&'a Veg>, matrikkel: Option<&'a Matrikkel>) -> Option<&'a str> {
    let av_veg = veg.map(|v| v.kommunenummer.som_tekst());
    av_veg.or(matrikkel.map(|m| m.matrikkelnummer.kommunenummer.som_tekst()))
}

#[derive(Debug, Default)]
struct Telling {
    bosted_veg: u32,
    bosted_matrikkel: u32,
    andre: u32,
    med_bydel: u32,
    uten_kommune_i_dag: u32,
}

#[test]
fn every_address_of_the_nation_has_the_grunnkrets_it_says_and_a_bydel_where_there_are_any() {
    let nasjon = Nasjon::new(2026, 6_000).unwrap();
    let tabell = Tabell::syntetisk();
    let mut t = Telling::default();
    for dokument in (0..nasjon.grupper()).flat_map(|nr| nasjon.gruppe(nr)) {
        for opplysning in &dokument.opplysninger {
            let (veg, matrikkel, grunnkrets) = match &opplysning.innhold {
                Innhold::Bostedsadresse(a) => (a.vegadresse.as_ref(), a.matrikkeladresse.as_ref(), a.grunnkrets),
                Innhold::Oppholdsadresse(a) => (a.vegadresse.as_ref(), a.matrikkeladresse.as_ref(), None),
                Innhold::DeltBosted(a) => (a.vegadresse.as_ref(), a.matrikkeladresse.as_ref(), None),
                _ => continue,
            };
            let Some(nummer) = kommunenummer(veg, matrikkel) else {
                continue;
            };
            assert!(kommune_uansett_dag(nummer).is_some());
            if nummer == "2100" || kommune(nummer, REFERANSEDATO).is_none() {
                // Svalbard has no grunnkretser in the table, and a kommune that is no more has no streets today.
                assert!(sted(&tabell, veg, matrikkel, REFERANSEDATO).is_none());
                t.uten_kommune_i_dag += 1;
                continue;
            }
            let omraade = sted(&tabell, veg, matrikkel, REFERANSEDATO).unwrap();
            assert!(omraade.grunnkretsnummer.to_string().starts_with(nummer) && omraade.grunnkretsnavn.is_some());
            let har_bydeler = ["0301", "1103", "4601", "5001"].contains(&nummer);
            assert_eq!(omraade.geografisk_bydel.is_some(), har_bydeler, "{nummer}");
            t.med_bydel += u32::from(har_bydeler);
            match grunnkrets {
                Some(grunnkrets) if veg.is_some() => {
                    assert_eq!(omraade.grunnkretsnummer.freg(), grunnkrets);
                    assert_eq!(
                        tabell.omraade_for_grunnkrets(nummer, grunnkrets, REFERANSEDATO),
                        Some(omraade)
                    );
                    t.bosted_veg += 1;
                }
                // The documents give it by a street that a cadastral address has not: what they say is what holds.
                Some(grunnkrets) => {
                    let egen = tabell
                        .omraade_for_grunnkrets(nummer, grunnkrets, REFERANSEDATO)
                        .unwrap();
                    assert_eq!(egen.geografisk_bydel.is_some(), har_bydeler);
                    t.bosted_matrikkel += 1;
                }
                None => t.andre += 1,
            }
        }
    }
    assert!(
        t.bosted_veg > 4_000 && t.bosted_matrikkel > 100 && t.andre > 100 && t.med_bydel > 1_000,
        "{t:?}"
    );
    assert!(t.uten_kommune_i_dag > 0, "{t:?}");
}
