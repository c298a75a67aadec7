//! Disclosures about protected persons, on the whole program: counted, listed for review, and the list itself recorded.

use tilgang::Pakke;

use crate::delt::navngitt;
use crate::http::Kall;
use crate::program::Tjener;

#[test]
fn what_left_about_protected_persons_is_listed_and_so_is_the_reading_of_the_list() {
    let tjener = Tjener::start(150);
    let (doed, fortrolig, strengt) = (navngitt("doed"), navngitt("fortrolig"), navngitt("strengt-fortrolig"));
    let token = |pakke: Pakke| {
        tjener
            .kommando(&["token", "--pakke", pakke.kortnavn()])
            .lyktes()
            .trim()
            .to_owned()
    };
    let kall = |pakke: Pakke, sti: &str| Kall::ny(&tjener, pakke, sti).token(&token(pakke));
    assert_eq!(tjener.kommando(&["audit", "vernede"]).lyktes(), "0 utleveringer\n");
    kall(Pakke::Finans, &format!("personer/{doed}")).send().ok();
    // A package that sees no address of theirs is on the list all the same: that somebody asked is the point.
    let ett = kall(Pakke::Finans, &format!("personer/{fortrolig}?part=navn"))
        .send()
        .ok();
    let kropp = serde_json::json!({ "foedselsEllerDNummer": [doed, fortrolig, strengt] }).to_string();
    kall(Pakke::OffentligMedHjemmel, "personer/bulkoppslag")
        .post("application/json", kropp)
        .send()
        .ok();
    let liste = tjener.kommando(&["audit", "vernede"]).lyktes();
    let linjer: Vec<&str> = liste.lines().collect();
    assert_eq!(linjer.len(), 3, "{liste}");
    let sporing = ett.hode("traceparent").split('-').nth(1).unwrap().to_owned();
    for del in ["310000000", "finans", "persontjenesten-demo", &sporing] {
        assert!(linjer[0].contains(del), "{del}: {liste}");
    }
    assert!(
        linjer[0].ends_with("  1") && linjer[1].ends_with("  2") && linjer[2] == "2 utleveringer",
        "{liste}"
    );
    for nummer in [&doed, &fortrolig, &strengt] {
        assert!(!liste.contains(nummer.as_str()), "sealed unless asked for");
    }
    let med = tjener.kommando(&["audit", "vernede", "--personer"]).lyktes();
    let linjer: Vec<&str> = med.lines().collect();
    assert!(
        linjer[0].contains(&fortrolig) && linjer[1].contains(&strengt) && !med.contains(&doed),
        "{med}"
    );
    // Within a time.
    let senere = tjener
        .kommando(&["audit", "vernede", "--fra", "2100-01-01T00:00:00Z"])
        .lyktes();
    assert_eq!(senere, "0 utleveringer\n");
    let tidligere = tjener
        .kommando(&["audit", "vernede", "--til", "2020-01-01T00:00:00Z"])
        .lyktes();
    assert_eq!(tidligere, "0 utleveringer\n");
    // The readings are in the log.
    let mut lesinger = 0;
    revisjonslogg::gjennomgaa(&tjener.mappe.join("revisjon"), 0, &mut |lest| {
        let post = revisjonslogg::post::Post::les(&lest.byte).unwrap();
        lesinger += usize::from(post.endepunkt == "audit vernede");
        true
    })
    .unwrap();
    assert_eq!(lesinger, 5);
    let maalinger = Kall::admin(&tjener, "/metrics").send_utenom().ok().tekst();
    for linje in ["pakke=\"finans\"} 1", "pakke=\"offentlig-med-hjemmel\"} 2"] {
        assert!(
            maalinger.contains(&format!("protected_disclosures_total{{{linje}")),
            "{maalinger}"
        );
    }
    assert!(maalinger.contains("protected_disclosures_alarm_total 0"));
    // More than a hundred in an hour is told of, once, without saying who they are.
    let kropp = serde_json::json!({ "foedselsEllerDNummer": vec![&fortrolig; 100] }).to_string();
    for _ in 0..2 {
        let liste = kall(Pakke::OffentligMedHjemmel, "personer/bulkoppslag?somBestilt=true");
        liste.post("application/json", kropp.clone()).send().ok();
    }
    let maalinger = Kall::admin(&tjener, "/metrics").send_utenom().ok().tekst();
    assert!(maalinger.contains("protected_disclosures_alarm_total 1"), "{maalinger}");
    let logg = tjener.logglinjer();
    assert!(
        logg.contains("see audit vernede") && !logg.contains(&fortrolig),
        "{logg}"
    );
}
