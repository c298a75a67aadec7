//! Whoever was merged, and whoever has changes that the copy has not read.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use helsekopi::{Foelger, Kilde, Stilling};
use identifikator::Folkeregisteridentifikator;
use informasjonsmodell::Hendelsestype;
use klienter::folkeregister::{Batch, Bulksvar, Feedhendelse, Feedsvar, Feil, Jobb, Persondokument};
use persontjenesten::InformationPart;
use persontjenesten::openapi::Omfang;
use serde_json::{Value, json};
use tilgang::Entitetsmengde;
use tilgang::token::Framtid;

use super::oppsett::{MED, NAA_S, Prove};
use super::soek::{antall, gaa, kod, navn_og_foedt};
use super::{alle_deler, kjoer};

#[test]
fn of_whoever_was_merged_only_the_end_is_told_and_by_the_id_alone() {
    kjoer(async {
        let prove = Prove::ny().await;
        let alle = prove.alle();
        let (over, under) = (&alle[0], &alle[1]);
        let mh = helsekopi::Omfang::FullMedGraderte.projeksjon();
        let mut dokument = prove.norsk(over.0, mh);
        let slag = prove.norsk(under.0, mh)["identifikasjonsnummer"][0]["identifikatortype"].clone();
        dokument["identifikasjonsnummer"]
            .as_array_mut()
            .unwrap()
            .push(json!({"erGjeldende": false,
            "foedselsEllerDNummer": under.1, "status": "opphoert", "identifikatortype": slag}));
        prove.ta_inn(
            vec![register::les_vist(dokument).unwrap()],
            vec![(
                under.1.parse().unwrap(),
                Some(Hendelsestype::PersonErOpphoertSomDublett),
            )],
        );
        for omfang in Omfang::ALLE {
            let hent = |deler: String| {
                let sti = format!("/person/{}?{deler}", under.2);
                let prove = &prove;
                async move { prove.kall(MED, omfang, &sti, None).await.json() }
            };
            for historikk in ["", "&includeHistory=true"] {
                let person = hent(format!("{}{historikk}", alle_deler())).await;
                let navn: Vec<&str> = person.as_object().unwrap().keys().map(String::as_str).collect();
                for navn in &navn {
                    assert!(
                        ["id", "sequenceNumber", "norwegianIdentificationNumber", "status"].contains(navn),
                        "{navn}"
                    );
                }
                assert_eq!((navn.len(), &person["id"]), (4, &json!(under.2)), "{omfang:?}");
                assert_eq!(person["status"], json!([{"isValid": true, "status": "Discontinued"}]));
                let numre = person["norwegianIdentificationNumber"].as_array().unwrap();
                assert!(!numre.is_empty());
                assert!(
                    numre
                        .iter()
                        .all(|n| n["isValid"] == false && n["status"] == "Discontinued"),
                    "{numre:?}"
                );
            }
            assert_eq!(hent("informationParts=Name".into()).await.as_object().unwrap().len(), 2);
            let status = hent("informationParts=Status".into()).await;
            assert_eq!(status["status"][0]["status"], "Discontinued");
            // Every number leads to the survivor.
            for nummer in [&over.1, &under.1] {
                let sti = "/person/get-by-nin?informationParts=Name";
                let svar = prove.kall(MED, omfang, sti, Some(&format!("nin={nummer}"))).await;
                assert_eq!(svar.json()["id"], over.2.as_str());
            }
        }
    });
}

/// A source that tells of somebody, and then answers nothing.
struct Taus {
    nummer: String,
    til: u64,
}

fn klar<'a, T: Send + 'a>(verdi: T) -> Framtid<'a, T> {
    Box::pin(std::future::ready(verdi))
}

fn svikt<T>() -> Result<T, Feil> {
    Err(klienter::Feil::Format("svikt").into())
}

impl Kilde for Taus {
    fn siste(&self) -> Framtid<'_, Result<u64, Feil>> {
        klar(Ok(self.til))
    }

    fn feed<'a>(&'a self, fra: u64, _: Option<&'a str>) -> Framtid<'a, Result<Feedsvar, Feil>> {
        let hendelser = (fra..=self.til).take(1_000).map(|sekvensnummer| Feedhendelse {
            sekvensnummer,
            hendelsetype: "endringIBostedsadresse".to_owned(),
            folkeregisteridentifikator: Some(self.nummer.clone()),
            hendelsesdokument: None,
            persondokument: None,
            ajourholdstidspunkt: None,
        });
        klar(Ok(Feedsvar::Side {
            hendelser: hendelser.collect(),
            etag: None,
        }))
    }

    fn oppslag<'a>(&'a self, _: &'a [Folkeregisteridentifikator]) -> Framtid<'a, Result<Vec<Bulksvar>, Feil>> {
        klar(svikt())
    }

    fn bestill(&self, _: u64) -> Framtid<'_, Result<Jobb, Feil>> {
        klar(svikt())
    }

    fn batch<'a>(&'a self, _: &'a Jobb, _: u64) -> Framtid<'a, Result<Batch, Feil>> {
        klar(svikt())
    }

    fn arkiv<'a>(&'a self, _: &'a [String]) -> Framtid<'a, Result<Vec<Persondokument>, Feil>> {
        klar(svikt())
    }
}

/// A number of the copy by which somebody has an address, and one of somebody else who has.
fn to_bosatte(prove: &Prove) -> [(String, String); 2] {
    let mh = helsekopi::Omfang::Begrenset.projeksjon();
    let har = |nr: u32| {
        let norsk = prove.norsk(nr, mh);
        let gjeldende = |v: &Value| v.as_array().is_some_and(|l| l.iter().any(|a| a["erGjeldende"] == true));
        gjeldende(&norsk["bostedsadresse"])
    };
    let mut alle = prove.alle().into_iter().filter(|(nr, _, _)| har(*nr));
    [(); 2].map(|()| alle.next().map(|(_, nummer, id)| (nummer, id)).unwrap())
}

async fn adresser(prove: &Prove, id: &str) -> bool {
    let sti = format!("/person/{id}?informationParts=ResidentialAddress,Name");
    let person = prove.kall(MED, Omfang::Full, &sti, None).await.json();
    assert!(person["name"].is_array());
    person.get("residentialAddress").is_some()
}

/// A follower of the copy, of a source that tells of one number up to an event.
fn foelger(prove: &Prove, nummer: &str, til: u64) -> Foelger {
    let klokke = prove.klokke.clone();
    let klokke: tilgang::token::Klokke =
        Arc::new(move || jiff::Timestamp::from_second(klokke.load(Ordering::SeqCst)).unwrap());
    let kilde = Taus {
        nummer: nummer.to_owned(),
        til,
    };
    Foelger::new(prove.kopi.clone(), Arc::new(kilde), klokke).with_maaling(prove.maaling.clone())
}

#[test]
fn nobody_is_found_by_an_address_that_is_kept_back() {
    kjoer(async {
        let prove = Prove::ny().await;
        let [(ulest, id), _] = to_bosatte(&prove);
        let person = prove.alle().into_iter().find(|p| p.2 == id).unwrap().0;
        let norsk = prove.norsk(person, helsekopi::Omfang::UtenHjemmel.projeksjon());
        let bosted = norsk["bostedsadresse"].as_array().unwrap();
        let bosted = bosted.iter().find(|a| a["erGjeldende"] == true).unwrap();
        let kommune = bosted
            .pointer("/vegadresse/kommunenummer")
            .or(bosted.pointer("/matrikkeladresse/matrikkelnummer/kommunenummer"));
        let kommune = format!("MunicipalityNumber={}", kommune.unwrap().as_str().unwrap());
        let (navn, foedt) = navn_og_foedt(&prove, person);
        let ved_adresse = format!("FullName={}&{kommune}", kod(&navn));
        let ved_dato = format!("FullName={}&BirthDate={foedt}", kod(&navn));
        let dokumenter = "/search/person?informationParts=Name,ResidentialAddress";
        let mut foer = Vec::new();
        for omfang in Omfang::ALLE {
            foer.push(gaa(&prove, MED, omfang, &kommune, 10_000).await);
            assert!(foer.last().unwrap().contains(&id));
            let svar = prove.kall(MED, omfang, dokumenter, Some(&ved_adresse)).await.json();
            assert!(
                svar["results"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|p| p["id"] == id.as_str())
            );
        }
        assert_eq!(foelger(&prove, &ulest, 0).steg().await.unwrap(), helsekopi::Steg::Ajour);
        assert!(foelger(&prove, &ulest, 1).steg().await.is_err());
        prove.klokke.store(NAA_S + 61, Ordering::SeqCst);
        for (omfang, foer) in Omfang::ALLE.into_iter().zip(&foer) {
            let ventet: Vec<String> = foer.iter().filter(|en| **en != id).cloned().collect();
            for side in [1, 2, 3, 10_000] {
                assert_eq!(
                    gaa(&prove, MED, omfang, &kommune, side).await,
                    ventet,
                    "{omfang:?} {side}"
                );
            }
            assert_eq!(antall(&prove, MED, omfang, &kommune).await, ventet.len() as u64);
            prove.logg.ta();
            let svar = prove.kall(MED, omfang, dokumenter, Some(&ved_adresse)).await.json();
            assert!(
                svar["results"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .all(|p| p["id"] != id.as_str())
            );
            let holdt = "holdt-tilbake=adresser-med-uleste-endringer".to_owned();
            assert!(prove.logg.ta()[0].kriterier.contains(&holdt));
            // By anything else they are found, and the address is not given.
            let svar = prove.kall(MED, omfang, dokumenter, Some(&ved_dato)).await.json();
            let funnet = svar["results"].as_array().unwrap();
            let funnet = funnet.iter().find(|p| p["id"] == id.as_str()).unwrap();
            assert!(funnet["name"].is_array() && funnet.get("residentialAddress").is_none());
            assert!(gaa(&prove, MED, omfang, "", 10_000).await.contains(&id));
        }
        // When it may be anybody, nobody is searched for by an address, and nothing else is refused.
        let mut langt_bak = foelger(&prove, &ulest, helsekopi::FORAN as u64 + 1_500);
        for _ in 0..3 {
            let _ = langt_bak.steg().await;
        }
        for omfang in Omfang::ALLE {
            for sti in ["/search/paged-match-list", "/search/match-count", dokumenter] {
                prove.logg.ta();
                let svar = prove.kall(MED, omfang, sti, Some(&ved_adresse)).await;
                assert_eq!((svar.status, svar.hode("retry-after")), (503, Some("60")), "{sti}");
                assert_eq!(prove.logg.ta()[0].feilkode.as_deref(), Some("kopien-er-etter"));
            }
            assert!(gaa(&prove, MED, omfang, "", 10_000).await.contains(&id));
        }
        prove.klokke.store(NAA_S + 62, Ordering::SeqCst);
        assert_eq!(foelger(&prove, &ulest, 0).steg().await.unwrap(), helsekopi::Steg::Ajour);
        assert!(gaa(&prove, MED, Omfang::Full, &kommune, 10_000).await.contains(&id));
    });
}

#[test]
fn addresses_of_whoever_has_unread_changes_are_kept_back_once_the_copy_is_too_far_behind() {
    kjoer(async {
        let prove = Prove::ny().await;
        let [(ulest, id), (_, annen)] = to_bosatte(&prove);
        assert!(matches!(prove.kopi.stilling().unwrap(), Stilling::Foelger { neste: 1 }));
        let foelger = |til| foelger(&prove, &ulest, til);
        // Nothing has been told of, and nothing is kept back; how old it is nobody knows.
        let svar = prove.kall(MED, Omfang::Full, "/event/latest", None).await;
        assert_eq!(svar.hode("age"), None);
        assert!(adresser(&prove, &id).await);
        assert_eq!(foelger(0).steg().await.unwrap(), helsekopi::Steg::Ajour);
        let mut bak = foelger(1);
        assert!(bak.steg().await.is_err());
        assert!(prove.maaling.er_ulest(ulest.parse().unwrap()));
        for (sekunder, vises) in [(0, true), (60, true), (61, false)] {
            prove.klokke.store(NAA_S + sekunder, Ordering::SeqCst);
            assert_eq!(adresser(&prove, &id).await, vises, "{sekunder}");
            // How old it is goes with every answer.
            let svar = prove.kall(MED, Omfang::Full, "/event/latest", None).await;
            assert_eq!(svar.hode("age"), Some(&*sekunder.to_string()));
            assert!(adresser(&prove, &annen).await, "nobody else is touched");
        }
        prove.logg.ta();
        let sti = format!("/person/{id}?{}", alle_deler());
        let person = prove.kall(MED, Omfang::Full, &sti, None).await.json();
        for del in InformationPart::ALLE {
            let adresse =
                del.egenskap().to_lowercase().contains("address") && *del != InformationPart::AddressProtection;
            assert!(!adresse || person.get(del.egenskap()).is_none(), "{del:?}");
        }
        let post = prove.logg.ta().remove(0);
        assert!(
            post.kriterier
                .contains(&"holdt-tilbake=adresser-med-uleste-endringer".to_owned())
        );
        let bosted = Entitetsmengde::av(informasjonsmodell::Entitet::Bostedsadresse);
        assert!(!post.leveranser[0].tilbakeholdt.felles(bosted).er_tom());
        // More than anybody has an overview of: it may be anybody.
        let mut langt_bak = foelger(helsekopi::FORAN as u64 + 1_500);
        for _ in 0..3 {
            let _ = langt_bak.steg().await;
        }
        assert!(!adresser(&prove, &annen).await);
        // Back where nothing is unread.
        prove.klokke.store(NAA_S + 62, Ordering::SeqCst);
        let mut frisk = foelger(0);
        assert_eq!(frisk.steg().await.unwrap(), helsekopi::Steg::Ajour);
        assert!(adresser(&prove, &annen).await);
    });
}
