//! What is hidden: blank fields, graded addresses, and searches that find nobody by what they may not be shown with.

use preg::Operasjon::{FindCandidates, GetDemographics};

use crate::oppsett::*;

#[tokio::test]
async fn a_graded_address_is_a_text_for_everybody() {
    let prove = Prove::ny().await;
    for (n, (gradering, beskyttelse, tekst, kode)) in [
        ("klientadresse", None, "Sperret adr. klientadr.", "4"),
        ("fortrolig", Some("fortrolig"), "Sperret adr. fortrolig", "7"),
        ("ugradert", Some("strengtFortrolig"), "Sperret adr. strengt fortr.", "6"),
    ]
    .into_iter()
    .enumerate()
    {
        prove.ta_inn(dokument(&nummer(n), ("SKJERMA", "PROEVE"), gradering, beskyttelse));
        for bruker in [MED, UTEN, FH] {
            let svar = prove.kall(bruker, GetDemographics, &oppslag(&nummer(n))).await;
            let [adresse] = <[_; 1]>::try_from(alle(&svar, "addr")).unwrap();
            assert_eq!(attr(adresse, "use"), "HP CONF");
            let deler: Vec<_> = adresse
                .barn
                .iter()
                .map(|del| (del.navn.as_str(), del.verdi()))
                .collect();
            assert_eq!(deler, [("streetAddressLine", tekst)]);
            assert_eq!(attr(finn(&svar, "confidentialityCode").unwrap(), "code"), kode);
        }
    }
}

#[tokio::test]
async fn nobody_is_found_by_an_address_that_they_are_not_shown_with() {
    let prove = Prove::ny().await;
    for (n, (gradering, beskyttelse)) in [
        ("ugradert", None),
        ("klientadresse", None),
        ("fortrolig", Some("fortrolig")),
        ("ugradert", Some("strengtFortrolig")),
    ]
    .into_iter()
    .enumerate()
    {
        prove.ta_inn(dokument(&nummer(n), ("SKJERMA", "PROEVE"), gradering, beskyttelse));
    }
    let deler = [
        "<h:postalCode>7010</h:postalCode>",
        "<h:city>Trondheim</h:city>",
        "<h:county>5001</h:county>",
        "<h:streetAddressLine>Solvn. 12</h:streetAddressLine>",
        "<h:streetAddressLine>SOLVEIEN 12</h:streetAddressLine><h:postalCode>7010</h:postalCode>",
    ];
    for bruker in [MED, UTEN] {
        for deler in deler {
            for mer in [adresse(deler), format!("{}{}", adresse(deler), foedt("19840417"))] {
                let svar = prove
                    .kall(bruker, FindCandidates, &soek("Skjerma", "Proeve", &mer))
                    .await;
                assert_eq!(
                    attr(finn(&svar, "resultTotalQuantity").unwrap(), "value"),
                    "1",
                    "{deler}"
                );
                assert_eq!(attr(finn(&svar, "id").unwrap(), "root"), "2.16.578.1.12.4.5.1.1");
                let funnet = finn(&svar, "subject1").unwrap();
                assert_eq!(attr(finn(funnet, "id").unwrap(), "extension"), nummer(0));
            }
        }
        // Nor by the text in place of it.
        for tekst in ["Sperret adr. fortrolig", "Sperret adr. klientadr.", "Solvegen 13"] {
            let mer = adresse(&format!("<h:streetAddressLine>{tekst}</h:streetAddressLine>"));
            let svar = prove
                .kall(bruker, FindCandidates, &soek("Skjerma", "Proeve", &mer))
                .await;
            assert_eq!(svarkode(&svar), "NF");
        }
        let svar = prove
            .kall(bruker, FindCandidates, &soek("Skjerma", "Proeve", &foedt("19840417")))
            .await;
        assert_eq!(attr(finn(&svar, "resultTotalQuantity").unwrap(), "value"), "4");
    }
}

#[tokio::test]
async fn a_profile_without_legal_basis_is_shown_blanks_with_the_structure_kept() {
    let prove = Prove::ny().await;
    let alle_numre = prove.alle();
    let mut med_slekt = 0;
    for (_, nummer) in alle_numre.iter().take(60) {
        let med = prove.slaa_opp(MED, nummer).await.unwrap();
        let uten = prove.slaa_opp(UTEN, nummer).await.unwrap();
        // Each kind of relative stands once, without a number, whether there is one or not.
        let slekt = alle(&uten, "relationshipHolder");
        assert_eq!(
            (slekt.len(), slekt.iter().filter(|e| !e.barn.is_empty()).count()),
            (4, 0)
        );
        med_slekt += alle(&med, "relationshipHolder")
            .iter()
            .filter(|e| !e.barn.is_empty())
            .count();
        let navn = |e| finn(e, "family").map(|f: &meldinger::tre::Element| f.verdi().to_owned());
        assert_eq!(navn(&med), navn(&uten));
    }
    assert!(med_slekt > 20, "{med_slekt}");
}
