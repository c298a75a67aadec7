//! What each operation does, and what it says no to.

use preg::Operasjon::{
    AddPerson, FindCandidates, GetDemographics, LinkPersonRecords, RevisePersonRecord, UnlinkPersonRecords,
};

use crate::oppsett::*;

const LINNEA: &str = "<h:name><h:given>Linnea</h:given><h:family>Turistad</h:family></h:name>\
    <h:administrativeGenderCode code='F'/><h:birthTime value='19951130'/>";

#[tokio::test]
async fn everybody_of_the_copy_is_looked_up_and_nobody_else() {
    let prove = Prove::ny().await;
    let alle = prove.alle();
    for (_, nummer) in alle.iter().take(40) {
        for bruker in [MED, UTEN] {
            let svar = prove.kall(bruker, GetDemographics, &oppslag(nummer)).await;
            assert_eq!(svarkode(&svar), "OK");
            assert_eq!(kvittering(&svar).0, "AA");
        }
    }
    prove.logg.ta();
    let ukjent = nummer(0);
    for annet in [ukjent.as_str(), "80000000017"] {
        let svar = prove.kall(UTEN, GetDemographics, &oppslag(annet)).await;
        assert_eq!((svarkode(&svar), kvittering(&svar).0.as_str()), ("NF", "AA"));
        assert!(finn(&svar, "subject").is_none());
        let [notert] = <[_; 1]>::try_from(prove.logg.ta()).unwrap();
        assert_eq!(notert.spurt, [annet.parse::<u64>().unwrap()]);
        assert!(notert.levert.is_empty() && notert.kriterier.contains(&"treff=0".to_owned()));
    }
}

#[tokio::test]
async fn a_lookup_is_recorded_with_who_asked_for_whom_and_what_was_blank() {
    let prove = Prove::ny().await;
    let (_, nummer) = prove.alle().remove(0);
    prove.slaa_opp(UTEN, &nummer).await.unwrap();
    let [notert] = <[_; 1]>::try_from(prove.logg.ta()).unwrap();
    let tall: u64 = nummer.parse().unwrap();
    assert_eq!(
        (notert.endepunkt, notert.klient.as_str(), notert.konsument.as_str()),
        ("GetDemographics", UTEN, "310000019")
    );
    assert_eq!((notert.spurt, notert.levert), (vec![tall], vec![tall]));
    assert_eq!(notert.projeksjon, Some(tilgang::Projeksjon::OffentligUtenHjemmel));
    for ventet in ["treff=1", "blankt=MothersNIN", "blankt=DufNo"] {
        assert!(notert.kriterier.contains(&ventet.to_owned()), "{ventet}");
    }
    // And nothing of the person.
    assert!(notert.kriterier.iter().all(|k| !k.contains(&nummer)));
    prove.slaa_opp(MED, &nummer).await.unwrap();
    assert!(prove.logg.ta()[0].kriterier.iter().all(|k| !k.starts_with("blankt=")));
}

#[tokio::test]
async fn what_is_not_recorded_is_not_told() {
    let prove = Prove::ny().await;
    let (_, nummer) = prove.alle().remove(0);
    prove.logg.full.store(true, std::sync::atomic::Ordering::SeqCst);
    let svar = prove
        .post(&Konvolutt::ny(MED, GetDemographics, &oppslag(&nummer)).xml())
        .await;
    assert_eq!((svar.status, svar.hoder["retry-after"].to_str().unwrap()), (503, "10"));
    assert!(!svar.tekst().contains(&nummer) && svar.tekst().contains("Receiver"));
}

#[tokio::test]
async fn a_help_number_is_issued_once_a_message_and_only_to_who_may() {
    let prove = Prove::ny().await;
    let ny = rolle(None, LINNEA, &[]);
    for bruker in [MED, UTEN] {
        let svar = prove.kall(bruker, AddPerson, &ny).await;
        assert_eq!(kvittering(&svar), ("AE".to_owned(), vec!["PROFILE-DENIED".to_owned()]));
        assert!(finn(&svar, "subject").is_none());
    }
    let mut konvolutt = Konvolutt::ny(FH, AddPerson, &ny);
    let foerste = prove.post(&konvolutt.xml()).await.innhold();
    assert_eq!(kvittering(&foerste), ("AA".to_owned(), vec![]));
    let nummer = id_i(&foerste);
    assert!(nummer.starts_with(['8', '9']) && nummer.len() == 11);
    // The answer got lost, and the message comes again: now there is a person of that name and birth, which is the same one.
    assert_eq!(id_i(&prove.post(&konvolutt.xml()).await.innhold()), nummer);
    konvolutt.innhold = rolle(None, &LINNEA.replace("Linnea", "Lina"), &[]);
    let annet = prove.post(&konvolutt.xml()).await.innhold();
    assert!(kvittering(&annet).1.contains(&"KEY205".to_owned()) && kvittering(&annet).0 == "AE");
    // Another message is another number, and is told that there may be one already.
    let neste = prove.kall(FH, AddPerson, &ny).await;
    assert_ne!(id_i(&neste), nummer);
    assert_eq!(kvittering(&neste), ("AA".to_owned(), vec!["ADD-DUPLICATE".to_owned()]));
    let tom = prove.kall(FH, AddPerson, &rolle(None, "<h:desc/>", &[])).await;
    assert_eq!(kvittering(&tom), ("AE".to_owned(), vec!["ADD-INSUFFICIENT".to_owned()]));
    let ukjent = prove
        .kall(FH, AddPerson, &rolle(None, "<h:desc>unknown</h:desc>", &[]))
        .await;
    assert_eq!(kvittering(&ukjent).0, "AA");
}

#[tokio::test]
async fn what_is_registered_is_shown_to_all_and_telecom_to_whoever_sent_it() {
    let prove = Prove::ny().await;
    let mer = format!(
        "{LINNEA}<h:telecom value='mailto:en@post.example' use='H'/><h:asOtherIDs><h:id root='1.2.3' extension='XX1'/></h:asOtherIDs>\
         <h:addr use='H'><h:streetAddressLine>Calle 5</h:streetAddressLine><h:postalCode>28001</h:postalCode>\
         <h:city>MADRID</h:city><h:country>ES</h:country></h:addr>\
         <h:addr use='TMP'><h:streetAddressLine>Gjestegata 9</h:streetAddressLine><h:postalCode>7010</h:postalCode></h:addr>"
    );
    let ny = prove.kall(FH, AddPerson, &rolle(None, &mer, &[])).await;
    let nummer = id_i(&ny);
    assert_eq!(alle(&ny, "telecom").len(), 1);
    for bruker in [MED, FH_ANNEN] {
        let person = prove.slaa_opp(bruker, &nummer).await.unwrap();
        let steder: Vec<&str> = alle(&person, "addr").iter().map(|a| attr(a, "use")).collect();
        assert_eq!(steder, ["H", "TMP"]);
        assert_eq!(finn(&person, "given").unwrap().verdi(), "Linnea");
    }
    let endret = "<h:birthTime nullFlavor='NI'/><h:addr use='H' nullFlavor='NI'/><h:deceasedInd value='true'/>";
    let svar = prove
        .kall(FH_ANNEN, RevisePersonRecord, &rolle(Some(&nummer), endret, &[]))
        .await;
    assert_eq!(kvittering(&svar).0, "AA");
    assert!(alle(&svar, "telecom").is_empty() && alle(&svar, "asOtherIDs").is_empty());
    assert!(finn(&svar, "birthTime").is_none() && attr(finn(&svar, "deceasedInd").unwrap(), "value") == "true");
    let steder: Vec<&str> = alle(&svar, "addr").iter().map(|a| attr(a, "use")).collect();
    assert_eq!(
        (steder, finn(&svar, "family").unwrap().verdi()),
        (vec!["TMP"], "Turistad")
    );
    let (_, folk) = prove.alle().remove(0);
    for (hvem, kode) in [(folk.as_str(), "REVISE-NOT-FH"), ("80000000017", "KEY204")] {
        let svar = prove
            .kall(FH, RevisePersonRecord, &rolle(Some(hvem), endret, &[]))
            .await;
        assert_eq!(kvittering(&svar), ("AE".to_owned(), vec![kode.to_owned()]));
    }
}

#[tokio::test]
async fn a_number_is_put_under_another_and_let_go() {
    let prove = Prove::ny().await;
    let (_, folk) = prove.alle().remove(0);
    let ny = rolle(None, LINNEA, &[]);
    let a = id_i(&prove.kall(FH, AddPerson, &ny).await);
    let b = id_i(&prove.kall(FH, AddPerson, &ny).await);
    let koble = |over: &str, under: &str| rolle(Some(over), "", &[under]);
    let ukjent = nummer(0);
    let (a, b, folk) = (a.as_str(), b.as_str(), folk.as_str());
    let kode = |svar: &meldinger::tre::Element| {
        (
            kvittering(svar).0,
            kvittering(svar).1.first().cloned().unwrap_or_default(),
        )
    };
    let ae = |kode: &str| ("AE".to_owned(), kode.to_owned());
    let aa = ("AA".to_owned(), String::new());
    for (over, under, ventet) in [
        (a, a, ae("LINK-SELF")),
        (a, folk, ae("LINK-OFFICIAL-ID")),
        (ukjent.as_str(), a, ae("KEY204")),
        (a, "80000000017", ae("KEY204")),
        (b, a, aa.clone()),
        (folk, a, ae("LINK-SUPERSEDED")),
        (folk, b, aa.clone()),
    ] {
        let svar = prove.kall(FH, LinkPersonRecords, &koble(over, under)).await;
        assert_eq!(kode(&svar), ventet);
    }
    // All lead to the person of the register now, where the others stand as alternates.
    for nummer in [a, b, folk] {
        let person = prove.slaa_opp(UTEN, nummer).await.unwrap();
        assert_eq!(attr(person.ett("id").unwrap(), "extension"), folk);
        let andre = alle(&person, "otherIdentifiedPerson");
        let andre: Vec<&str> = andre.iter().map(|e| attr(e.ett("id").unwrap(), "extension")).collect();
        assert!(andre.contains(&a) && andre.contains(&b));
    }
    let svar = prove
        .kall(
            FH,
            RevisePersonRecord,
            &rolle(Some(a), "<h:birthTime value='1996'/>", &[]),
        )
        .await;
    assert_eq!(kode(&svar), ae("LINK-SUPERSEDED"));
    for (over, under, ventet) in [
        (b, a, ae("LINK-NONE")),
        (folk, a, aa.clone()),
        (folk, a, ae("LINK-NONE")),
    ] {
        let svar = prove.kall(FH, UnlinkPersonRecords, &koble(over, under)).await;
        assert_eq!(kode(&svar), ventet);
    }
    let person = prove.slaa_opp(UTEN, a).await.unwrap();
    assert_eq!(attr(person.ett("id").unwrap(), "extension"), a);
    let svar = prove.kall(MED, LinkPersonRecords, &koble(folk, a)).await;
    assert_eq!(kode(&svar), ae("PROFILE-DENIED"));
}

#[tokio::test]
async fn a_search_gives_those_who_fit_in_order_with_their_number() {
    let prove = Prove::ny().await;
    for (n, navn) in [
        ("Åse Marie", "Prøvland"),
        ("Aase", "Berg-Prøvland"),
        ("Asta", "Proevland"),
    ]
    .into_iter()
    .enumerate()
    {
        prove.ta_inn(dokument(&nummer(n), navn, "ugradert", None));
    }
    prove
        .kall(
            FH,
            AddPerson,
            &rolle(
                None,
                &LINNEA.replace("Linnea", "Åse").replace("Turistad", "Prøvland"),
                &[],
            ),
        )
        .await;
    let navn = |svar: &meldinger::tre::Element| -> Vec<String> {
        alle(svar, "given")
            .iter()
            .filter(|e| !e.verdi().is_empty())
            .map(|e| e.verdi().to_owned())
            .collect()
    };
    let tid = foedt("19840417");
    let svar = prove.kall(UTEN, FindCandidates, &soek("Åse", "Prøvland", &tid)).await;
    // The query is repeated behind the persons.
    assert_eq!(navn(&svar), ["Åse", "Marie", "Aase", "Åse"]);
    assert_eq!(attr(finn(&svar, "resultTotalQuantity").unwrap(), "value"), "2");
    let svar = prove.kall(UTEN, FindCandidates, &soek("A", "Prøvland", &tid)).await;
    assert_eq!(attr(finn(&svar, "resultTotalQuantity").unwrap(), "value"), "3");
    let svar = prove
        .kall(UTEN, FindCandidates, &soek("Åse", "Prøvland", &foedt("1995")))
        .await;
    assert_eq!((svarkode(&svar), navn(&svar).len()), ("OK", 2));
    let svar = prove
        .kall(UTEN, FindCandidates, &soek("Åse", "Prøvland", &foedt("19840418")))
        .await;
    assert_eq!((svarkode(&svar), kvittering(&svar).0.as_str()), ("NF", "AA"));
    // Too little, and twice what is to be once.
    for lite in [
        soek("Åse", "Prøvland", ""),
        parametre(&tid),
        soek("Åse", "B", &format!("{tid}{}", foedt("1990"))),
    ] {
        let svar = prove.kall(UTEN, FindCandidates, &lite).await;
        assert_eq!((svarkode(&svar), kvittering(&svar).0.as_str()), ("QE", "AE"));
    }
    let en = parametre("").replace("<h:parameterList>", "<h:initialQuantity value='1'/><h:parameterList>");
    let en = en.replace(
        "</h:parameterList>",
        &soek("A", "Prøvland", &tid).replace("<h:queryByParameter><h:parameterList>", ""),
    );
    let en = en.replace("</h:queryByParameter></h:queryByParameter>", "</h:queryByParameter>");
    let svar = prove.kall(UTEN, FindCandidates, &en).await;
    let tall = |navn: &str| attr(finn(&svar, navn).unwrap(), "value").to_owned();
    assert_eq!(
        [
            "resultTotalQuantity",
            "resultCurrentQuantity",
            "resultRemainingQuantity"
        ]
        .map(tall),
        ["3", "1", "2"]
    );
}
