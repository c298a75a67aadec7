//! The access matrix: each part in each view, for every person of a small nation.

use persontjenesten::InformationPart;
use persontjenesten::openapi::Omfang;
use serde_json::Value;
use tilgang::Grad;

use super::oppsett::{MED, Prove, UTEN, org};
use super::{alle_deler, kjoer, visning};

/// Parts that are never for whoever has no legal basis.
///
/// Source: access matrix, `offentlig_uten_hjemmel`, `tilgang: aldri`; contact data: `persontjenesten.scopes`.
const ALDRI_UTEN_HJEMMEL: [InformationPart; 14] = [
    InformationPart::CitizenshipRetention,
    InformationPart::UseOfSamiLanguage,
    InformationPart::FamilyRelation,
    InformationPart::BirthInNorway,
    InformationPart::ParentalResponsibility,
    InformationPart::SamiParliamentElectoralRegistryStatus,
    InformationPart::IdentificationDocument,
    InformationPart::ResidencePermit,
    InformationPart::ForeignPersonIdentificationNumber,
    InformationPart::ImmigrationAuthoritiesIdentificationNumber,
    InformationPart::StayOnSvalbard,
    InformationPart::PreferredContactAddress,
    InformationPart::DeprivedLegalAuthority,
    InformationPart::CommonContactRegisterInformation,
];

#[test]
fn each_part_is_given_where_the_view_is_shown_it_and_absent_elsewhere() {
    kjoer(async {
        let prove = Prove::med(persontjenesten::api::Innstillinger::default(), 400).await;
        let alle = prove.alle();
        let deler = format!("{}&includeHistory=true", alle_deler());
        let mut sett = std::collections::BTreeMap::new();
        for omfang in Omfang::ALLE {
            for hvem in [MED, UTEN] {
                let visning = visning(omfang, hvem == MED);
                for gruppe in alle.chunks(100) {
                    let ider: Vec<&str> = gruppe.iter().map(|(_, _, id)| id.as_str()).collect();
                    let skjema = format!("personIds={}", ider.join(","));
                    let svar = prove
                        .kall(hvem, omfang, &format!("/person/bulk-by-id?{deler}"), Some(&skjema))
                        .await;
                    let svar = svar.json();
                    assert_eq!(svar.as_array().unwrap().len(), gruppe.len());
                    for ((nr, _, _), person) in gruppe.iter().zip(svar.as_array().unwrap()) {
                        let norsk = prove.norsk(*nr, visning.projeksjon());
                        for del in InformationPart::ALLE {
                            let ventet = match del.entitet() {
                                // Not written where it is not current, or has no counterpart.
                                Some(entitet) => norsk.get(entitet.navn()).is_some(),
                                None => prove.har_kontakt(*nr, visning),
                            };
                            let fikk = person.get(del.egenskap()).is_some();
                            assert!(!fikk || ventet, "{omfang:?} {hvem} {del:?}");
                            let enkelt = matches!(del, InformationPart::Death | InformationPart::FalseIdentity);
                            assert!(fikk || !ventet || enkelt, "{omfang:?} {hvem} {del:?}");
                            *sett.entry((omfang, *del)).or_insert(0) += u32::from(fikk);
                        }
                    }
                }
            }
        }
        for del in InformationPart::ALLE {
            let antall = |omfang| sett[&(omfang, *del)];
            if ALDRI_UTEN_HJEMMEL.contains(del) {
                assert_eq!(antall(Omfang::UtenHjemmel), 0, "{del:?}");
            } else {
                assert_eq!(
                    antall(Omfang::UtenHjemmel) > 0,
                    antall(Omfang::MedHjemmel) > 0,
                    "{del:?}"
                );
            }
            // The two that stand for a legal basis are alike, and the restricted one has all but contact data.
            assert_eq!(antall(Omfang::MedHjemmel), antall(Omfang::Full), "{del:?}");
            let krr = *del == InformationPart::CommonContactRegisterInformation;
            assert_eq!(
                antall(Omfang::Begrenset) > 0,
                antall(Omfang::Full) > 0 && !krr,
                "{del:?}"
            );
        }
        assert!(
            sett.iter()
                .filter(|((o, _), antall)| *o == Omfang::Full && **antall > 0)
                .count()
                > 20
        );
    });
}

/// Every address of a person, and how it is graded.
fn grader(person: &Value) -> Vec<String> {
    let deler = [
        "residentialAddress",
        "presentAddress",
        "sharedResidence",
        "postalAddress",
        "foreignPostalAddress",
    ];
    let alle = deler.into_iter().filter_map(|del| person[del].as_array()).flatten();
    alle.map(|a| {
        a["addressConfidentiality"]
            .as_str()
            .unwrap_or("Unclassified")
            .to_owned()
    })
    .collect()
}

#[test]
fn a_graded_address_is_given_to_whoever_has_the_grant_for_it_and_to_nobody_else() {
    kjoer(async {
        let prove = Prove::med(persontjenesten::api::Innstillinger::default(), 600).await;
        let deler = "informationParts=AddressProtection,ResidentialAddress,PresentAddress,SharedResidence,PostalAddress,ForeignPostalAddress&includeHistory=true";
        let les = prove.kopi.les().unwrap();
        let vernede: Vec<_> = prove
            .alle()
            .into_iter()
            .filter(|(nr, _, _)| {
                les.register().vern(register::Personnummer::fra_indeks(*nr)).unwrap() != Grad::Ugradert
            })
            .take(100)
            .collect();
        drop(les);
        assert!(vernede.len() >= 2, "{}", vernede.len());
        let mut gradert = 0;
        for omfang in Omfang::ALLE {
            for hvem in [MED, UTEN] {
                for (nr, _, id) in &vernede {
                    let person = prove
                        .kall(hvem, omfang, &format!("/person/{id}?{deler}"), None)
                        .await
                        .json();
                    assert!(
                        person["addressProtection"].is_array(),
                        "that somebody is protected is told to all"
                    );
                    let ser = hvem == MED && matches!(omfang, Omfang::MedHjemmel | Omfang::Full);
                    let grader = grader(&person);
                    let strengt = person["addressProtection"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .any(|v| v["isValid"] == true && v["protectionLevel"] == "StrictlyConfidential");
                    assert!(!grader.iter().any(|g| g == "StrictlyConfidential"), "{nr}");
                    if !ser || strengt {
                        assert!(
                            grader.iter().all(|g| g == "Unclassified"),
                            "{omfang:?} {hvem} {grader:?}"
                        );
                        for del in ["residentialAddress", "presentAddress", "sharedResidence"] {
                            assert!(person.get(del).is_none(), "{omfang:?} {hvem} {del}");
                        }
                    }
                    gradert += grader.iter().filter(|g| *g == "Confidential").count();
                }
            }
        }
        assert!(gradert > 0);
    });
}

#[test]
fn a_grant_that_is_withdrawn_or_a_block_closes_the_door_at_once() {
    kjoer(async {
        let prove = Prove::ny().await;
        let id = &prove.alle()[0].2;
        let sti = format!("/person/{id}?informationParts=Name");
        let naa = jiff::Timestamp::from_second(super::oppsett::NAA_S).unwrap();
        assert_eq!(prove.kall(MED, Omfang::Full, &sti, None).await.status, 200);
        let hvem = tilgang::avtale::Sperret::Organisasjon(org(MED));
        prove.avtaler.sperr(&hvem, "prøve", "prøve", naa).unwrap();
        prove.logg.ta();
        let svar = prove.kall(MED, Omfang::Full, &sti, None).await;
        assert_eq!((svar.status, svar.kropp.len()), (403, 0));
        let poster = prove.logg.ta();
        assert_eq!(poster.len(), 1);
        assert_eq!(poster[0].feilkode.as_deref(), Some("sperret"));
        prove.avtaler.opphev_sperre(&hvem, "prøve", "prøve", naa).unwrap();
        let rettighet = tilgang::avtale::Rettighet::fra_scope(Omfang::Full.scope()).unwrap();
        let avtale = prove.avtaler.finn(org(MED), &rettighet, naa).unwrap();
        prove.avtaler.trekk(avtale.id, "prøve", "prøve", naa).unwrap();
        assert_eq!(prove.kall(MED, Omfang::Full, &sti, None).await.status, 403);
        assert_eq!(prove.logg.ta()[0].feilkode.as_deref(), Some("ingen-avtale"));
        // The other scopes have grants of their own.
        assert_eq!(prove.kall(MED, Omfang::MedHjemmel, &sti, None).await.status, 200);
    });
}
