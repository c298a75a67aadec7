//! Personregister-XML on the same persons: what the HL7 service shows is what it shows, masking and record included.

use meldinger::tre::Element;
use preg::Operasjon;
use pregmodell::Profil;

use crate::oppsett::{FH, MED, Prove, UTEN, alle, dokument, finn, id_i, nummer, rolle};

/// The text of an element of an answer's person.
fn felt<'e>(person: &'e Element, navn: &str) -> &'e str {
    finn(person, navn).map_or("", |element| element.tekst.as_str())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_profile_is_shown_the_same_person_by_both_faces() {
    let prove = Prove::ny().await;
    for (bruker, profil) in [(MED, Profil::MedHjemmel), (UTEN, Profil::UtenHjemmel)] {
        let mut sett = 0;
        for (_, nummer) in prove.alle().into_iter().take(60) {
            let hl7 = prove.slaa_opp(bruker, &nummer).await;
            prove.logg.ta();
            let svar = prove.xml(bruker, &format!("<NIN>{nummer}</NIN>"), "GetPerson").await;
            let noterte = prove.logg.ta();
            assert_eq!(noterte.len(), 1);
            assert_eq!(
                (noterte[0].projeksjon, noterte[0].endepunkt),
                (Some(profil.projeksjon()), "GetPerson")
            );
            let person = finn(&svar, "Person");
            assert_eq!(hl7.is_some(), person.is_some());
            let (Some(hl7), Some(person)) = (hl7, person) else {
                continue;
            };
            assert_eq!(noterte[0].levert.len(), 1);
            // Names of those near stand there too, and somebody may have none.
            let (etternavn, familie) = (felt(person, "Sn"), alle(&hl7, "family"));
            assert!(etternavn.is_empty() || familie.iter().any(|navn| navn.tekst == etternavn));
            assert_eq!(felt(person, "NIN"), nummer);
            sett += 1;
        }
        assert!(sett > 40, "{sett}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_search_finds_by_what_is_shown_and_nobody_by_a_hidden_address() {
    let prove = Prove::ny().await;
    prove.ta_inn(dokument(&nummer(0), ("ASTRID", "SOLBREKKE"), "ugradert", None));
    prove.ta_inn(dokument(
        &nummer(1),
        ("ASTRI", "SOLBREKKE"),
        "fortrolig",
        Some("fortrolig"),
    ));
    let soek = "<Sn>SOLBREKKE</Sn><DateOfBirth>1984-04-17</DateOfBirth>";
    let sted = "<Sn>SOLBREKKE</Sn><PostalCode>7010</PostalCode>";
    for bruker in [MED, UTEN] {
        let svar = prove.xml(bruker, soek, "SearchPersons").await;
        assert_eq!(alle(&svar, "Person").len(), 2);
        let svar = prove.xml(bruker, sted, "SearchPersons").await;
        let funnet: Vec<&str> = alle(&svar, "Person")
            .into_iter()
            .map(|person| felt(person, "NIN"))
            .collect();
        assert_eq!(funnet, [nummer(0)]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_is_told_of_by_what_is_known_of_it() {
    let prove = Prove::ny().await;
    let ny = "<h:name><h:given>Liv</h:given><h:family>Haugstad</h:family></h:name><h:birthTime value='19840417'/>";
    let svar = prove.kall(FH, Operasjon::AddPerson, &rolle(None, ny, &[])).await;
    let hjelpenummer = id_i(&svar);
    let svar = prove.xml(FH, &format!("<NIN>{hjelpenummer}</NIN>"), "GetPerson").await;
    assert_eq!(felt(finn(&svar, "Person").unwrap(), "Sn"), "Haugstad");
    let (_, kjent) = prove.alle()[0].clone();
    for (nr, ventet) in [(hjelpenummer, "true"), (kjent, "true"), (nummer(7), "false")] {
        let svar = prove.xml(FH, &format!("<NIN>{nr}</NIN>"), "CheckNIN").await;
        assert_eq!(felt(&svar, "Known"), ventet);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_is_recorded_and_is_not_sent_where_it_cannot_be() {
    let prove = Prove::ny().await;
    for (operasjon, innhold, status, kode) in [
        ("GetPerson", "<NIN>123</NIN>", 400, "InvalidNin"),
        ("SearchPersons", "<Sn>A</Sn>", 400, "TooFewCriteria"),
        ("SearchPersons", "<Farge>A</Farge>", 400, "InvalidRequest"),
        ("Annet", "", 400, "InvalidRequest"),
        ("CheckNIN", "<NIN>tull</NIN>", 200, "InvalidNin"),
    ] {
        assert_eq!(prove.xml_status(MED, innhold, operasjon).await, status);
        let [notert] = <[_; 1]>::try_from(prove.logg.ta()).unwrap();
        assert_eq!((notert.klient.as_str(), notert.feilkode.as_deref()), (MED, Some(kode)));
        let navn = if operasjon == "Annet" { "ukjent" } else { operasjon };
        assert_eq!((notert.endepunkt, notert.levert.len()), (navn, 0));
    }
    assert_eq!(prove.xml_status(MED, "<NIN>1</NIN>", "GetPersons").await, 200);
    assert_eq!(prove.logg.ta().len(), 1);
    prove.logg.full.store(true, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(prove.xml_status(MED, "<NIN>123</NIN>", "GetPerson").await, 503);
}
