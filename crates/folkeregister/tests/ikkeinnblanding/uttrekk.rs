//! The moment of protection, seen in an extract that was ordered before it.

use informasjonsmodell::Hendelsestype as H;
use serde_json::json;
use soek::{Kommune, Personstatustype, Uttrekkskriterier};
use uttrekk::Bestilling;

use crate::bygg::{Bygg, fortell};
use crate::egenskaper::kjoer;
use crate::felles::{nr, ny, person, postboks};
use crate::flate::{Api, Kaller};

fn adresse(kommune: &str) -> serde_json::Value {
    json!({"adressegradering": "ugradert", "vegadresse": {"kommunenummer": kommune, "adressenavn": "Storgata",
        "poststed": {"poststedsnavn": "ET STED", "postnummer": "0001"}}})
}

/// Numbers of the first batch, and whether the extract is at its end there.
async fn porsjon(api: &Api, kaller: Kaller, id: &str, nr: u32) -> Vec<String> {
    let svar = api.json(&kaller.get(&format!("uttrekk/{id}/batch/{nr}"), None)).await;
    let liste = svar.get("foedselsEllerDNummer").map(|l| l.as_array().unwrap().clone());
    assert!(liste.is_some() || svar == json!({}));
    liste
        .unwrap_or_default()
        .iter()
        .map(|n| n.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn an_extract_that_was_ordered_before_the_protection_does_not_tell_of_the_place_after_it() {
    let mut bygg = Bygg::ny(1);
    for n in 1..=4 {
        let dokument = person(n).uten("bostedsadresse").med("bostedsadresse", adresse("4601"));
        bygg.opprett(&dokument.med("oppholdsadresse", adresse("4601")));
        bygg.spoer_om(n);
    }
    let bestilt_ved = bygg.antall();
    let vern = |grad: &str| ny("adressebeskyttelse", json!({"graderingsnivaa": grad}));
    bygg.hendelse(1, H::EndringIAdressebeskyttelse, vec![vern("fortrolig")]);
    bygg.hendelse(
        2,
        H::EndringIAdressebeskyttelse,
        vec![vern("strengtFortrolig"), ny("postadresse", postboks("1"))],
    );
    bygg.hendelse(
        3,
        H::EndringIBostedsadresse,
        vec![ny("bostedsadresse", adresse("0301"))],
    );
    kjoer(async {
        let (_mappe, par) = bygg.par_til(bestilt_ved).await;
        let api = par.a;
        let i_kommune = |opphold| {
            Bestilling::Tilpasset(Uttrekkskriterier {
                statuser: Personstatustype::ALLE.to_vec(),
                kommune: Some(Kommune {
                    opphold,
                    nummer: "4601".to_owned(),
                }),
                ..Uttrekkskriterier::default()
            })
        };
        let enhver = Bestilling::Tilpasset(Uttrekkskriterier {
            statuser: Personstatustype::ALLE.to_vec(),
            ..Uttrekkskriterier::default()
        });
        let kallere = [
            Kaller::MedHjemmel,
            Kaller::PrivatUtenTilgang,
            Kaller::OffentligUten,
            Kaller::PrivatUten,
            Kaller::Finans,
            Kaller::Eid,
        ];
        let mut bestilt = Vec::new();
        for kaller in kallere {
            let jobber = api.bestill(kaller, &[i_kommune(false), i_kommune(true), enhver.clone()]);
            let jobber: Vec<String> = jobber.iter().map(ToString::to_string).collect();
            let alle: Vec<String> = (1..=4).map(nr).collect();
            for jobb in &jobber {
                assert_eq!(porsjon(&api, kaller, jobb, 0).await, alle, "{kaller:?}");
                assert_eq!(porsjon(&api, kaller, jobb, 1).await, Vec::<String>::new());
            }
            bestilt.push((kaller, jobber));
        }
        fortell(&bygg, &api.register, bestilt_ved..bygg.antall());
        for (kaller, jobber) in bestilt {
            let ventet: &[u32] = if kaller == Kaller::MedHjemmel {
                &[1, 3, 4]
            } else {
                &[3, 4]
            };
            let ventet: Vec<String> = ventet.iter().map(|n| nr(*n)).collect();
            for jobb in &jobber[..2] {
                assert_eq!(porsjon(&api, kaller, jobb, 0).await, ventet, "{kaller:?}");
            }
            // Who was chosen by nothing that is hidden is delivered still.
            assert_eq!(porsjon(&api, kaller, &jobber[2], 0).await.len(), 4, "{kaller:?}");
        }
    });
}
