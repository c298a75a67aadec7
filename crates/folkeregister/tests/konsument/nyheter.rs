//! News and notices over HTTP, and what a tied notice does to the consumer API and to nothing else.

use std::collections::BTreeSet;
use std::str::FromStr as _;

use atom_syndication::Feed;
use driftsmeldinger::{
    Endring, Innhold, Masseendring, Nyhetsinnhold, Nyhetsslag, Pakkestart, Slag, Tidsrom, Tilstand, Tjeneste, Virkning,
    tid,
};
use proptest::prelude::*;

use super::*;

fn sek(sekunder: i64) -> Timestamp {
    Timestamp::from_second(NAA_S + sekunder).unwrap()
}

fn feil(tittel: &str) -> Innhold {
    Innhold {
        tjenester: [Tjeneste::Soek].into(),
        virkning: Virkning::Ustabilitet,
        ..Innhold::ny(
            Slag::Driftsfeil,
            tittel,
            "Feil oppstod kl. 13:45 <b>& vi</b> feilsøker.\nMer kommer.",
        )
    }
}

fn nede(tjeneste: Tjeneste, pakker: &[Pakke]) -> Innhold {
    Innhold {
        tjenester: [tjeneste].into(),
        pakker: pakker.iter().copied().collect(),
        virkning: Virkning::Nedetid,
        knyttet: true,
        ..Innhold::ny(Slag::Hasteendring, "Nede", "Nede en stund.")
    }
}

impl Prove {
    /// An open call: no token.
    async fn aapent(&self, metode: &str, sti: &str, hoder: &[(header::HeaderName, &str)]) -> Svar {
        let mut bygger = Request::builder().method(metode).uri(format!("/folkeregisteret/{sti}"));
        for (navn, verdi) in hoder {
            bygger = bygger.header(navn, *verdi);
        }
        let svar = self
            .ruter
            .clone()
            .oneshot(bygger.body(Body::empty()).unwrap())
            .await
            .unwrap();
        let (deler, kropp) = svar.into_parts();
        Svar {
            status: deler.status,
            hoder: deler.headers,
            kropp: kropp.collect().await.unwrap().to_bytes().to_vec(),
        }
    }

    async fn les(&self, sti: &str) -> Value {
        let svar = self.aapent("GET", sti, &[]).await;
        assert_eq!(svar.status, StatusCode::OK, "{sti}");
        svar.json()
    }

    fn publiser(&self, innhold: Innhold, tilstand: Tilstand, naa: Timestamp) -> u64 {
        self.tavle.publiser(innhold, tilstand, "prøve", naa).unwrap().nummer.0
    }
}

fn hode<'a>(svar: &'a Svar, navn: &str) -> &'a str {
    svar.hoder.get(navn).map_or("", |v| v.to_str().unwrap())
}

#[tokio::test]
async fn a_list_is_filtered_and_read_page_by_page() {
    let prove = Prove::ny();
    assert_eq!(prove.les("driftsmeldinger").await, json!([]));
    for nr in 0..5 {
        let mut innhold = feil(&format!("Feil {nr}"));
        if nr % 2 == 0 {
            innhold.pakker = [Pakke::Finans].into();
        }
        prove.publiser(innhold, Tilstand::Paagaar, sek(nr * 60));
    }
    let masse = Innhold {
        planlagt: Tidsrom {
            fra: Some(sek(0)),
            til: None,
        },
        masseendring: Some(Masseendring {
            hendelser: Some(0),
            typer: Vec::new(),
            rekkefoelge: vec![Pakkestart {
                pakke: Pakke::Presse,
                fra: sek(0),
            }],
        }),
        ..Innhold::ny(Slag::Masseendring, "Masse", "Ingen hendelser.")
    };
    prove.publiser(masse, Tilstand::Varslet, sek(600));
    let numre = |svar: &Value| -> Vec<u64> {
        svar.as_array()
            .unwrap()
            .iter()
            .map(|m| m["nummer"].as_u64().unwrap())
            .collect()
    };
    assert_eq!(numre(&prove.les("driftsmeldinger").await), [6, 5, 4, 3, 2, 1]);
    assert_eq!(numre(&prove.les("driftsmeldinger?pakke=presse").await), [6, 4, 2]);
    assert_eq!(numre(&prove.les("driftsmeldinger?slag=masseendring").await), [6]);
    assert_eq!(
        numre(&prove.les("driftsmeldinger?tilstand=paagaar&pakke=finans").await),
        [5, 4, 3, 2, 1]
    );
    let fra = tid::iso(sek(180)).replace('+', "%2B");
    assert_eq!(
        numre(&prove.les(&format!("driftsmeldinger?fra={fra}")).await),
        [6, 5, 4]
    );
    let (mut sti, mut sett) = ("driftsmeldinger?pakke=finans&antall=2".to_owned(), Vec::new());
    loop {
        let svar = prove.aapent("GET", &sti, &[]).await;
        sett.extend(numre(&svar.json()));
        let lenke = hode(&svar, "link").to_owned();
        let Some(neste) = lenke.strip_prefix("<http://127.0.0.1:1/folkeregisteret/") else {
            break;
        };
        sti = neste.strip_suffix(">; rel=\"next\"").unwrap().to_owned();
    }
    assert_eq!(sett, [6, 5, 4, 3, 2, 1]);
    for galt in [
        "pakke=ukjent",
        "slag=x",
        "tilstand=x",
        "fra=x",
        "foer=-1",
        "antall=0",
        "antall=101",
        "pakker=finans",
        "slag=forum",
    ] {
        let svar = prove.aapent("GET", &format!("driftsmeldinger?{galt}"), &[]).await;
        assert_eq!(svar.status, StatusCode::BAD_REQUEST, "{galt}");
        let kropp = svar.json();
        assert!(
            ["FREG-008", "FREG-028"].contains(&kropp["kode"].as_str().unwrap()),
            "{kropp}"
        );
    }
}

#[tokio::test]
async fn an_item_has_an_address_of_its_own_and_the_lists_are_apart() {
    let prove = Prove::ny();
    let nummer = prove.publiser(feil("Ustabilt søk på Øya"), Tilstand::Paagaar, sek(0));
    let nyhet = Nyhetsinnhold {
        bakoverkompatibel: Some(true),
        ..Nyhetsinnhold::ny(Nyhetsslag::Kontraktsendring, "Nytt felt", "Valgfritt.")
    };
    prove.tavle.publiser_nyhet(&nyhet, "prøve", sek(1)).unwrap();
    let endring = Endring {
        tilstand: Some(Tilstand::Loest),
        ..Endring::default()
    };
    prove
        .tavle
        .endre(driftsmeldinger::Saksnummer(nummer), &endring, "prøve", sek(60))
        .unwrap();
    let sak = prove.les("driftsmeldinger/ustabilt-soek-paa-oeya").await;
    assert_eq!(
        (&sak["versjon"], &sak["tilstand"], &sak["iKraft"]),
        (&json!(2), &json!("loest"), &json!(false))
    );
    assert_eq!(sak["oppdateringer"][0]["tilstand"], "loest");
    let egen = prove.les("driftsmeldinger/loest-ustabilt-soek-paa-oeya").await;
    assert_eq!(egen["viserTil"], json!({"nummer": 1, "url": sak["url"]}));
    assert_eq!(prove.les("nyheter/nytt-felt").await["bakoverkompatibel"], true);
    for borte in [
        "driftsmeldinger/nytt-felt",
        "nyheter/ustabilt-soek-paa-oeya",
        "nyheter/x",
        "driftsmeldinger/%C3%A6",
    ] {
        let svar = prove.aapent("GET", borte, &[]).await;
        assert_eq!(
            (svar.status, svar.json()["kode"].as_str()),
            (StatusCode::NOT_FOUND, Some("FREG-051")),
            "{borte}"
        );
    }
    for (sti, aksept) in [
        ("nyheter", "application/xml"),
        ("rss.xml", "application/json"),
        ("atom.xml", "application/rss+xml"),
    ] {
        let svar = prove.aapent("GET", sti, &[(header::ACCEPT, aksept)]).await;
        assert_eq!(svar.status, StatusCode::NOT_ACCEPTABLE, "{sti}");
    }
    let svar = prove.aapent("POST", "nyheter", &[]).await;
    assert_eq!(
        (svar.status, svar.json()["kode"].as_str()),
        (StatusCode::METHOD_NOT_ALLOWED, Some("FREG-016"))
    );
    // Nothing of this was a disclosure.
    assert!(prove.logg.poster.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_has_not_changed_is_304_and_head_is_get_without_its_body() {
    let prove = Prove::ny();
    prove.publiser(feil("En"), Tilstand::Paagaar, sek(-30));
    for sti in [
        "driftsmeldinger",
        "driftsmeldinger/en",
        "nyheter",
        "rss.xml",
        "atom.xml",
    ] {
        let svar = prove.aapent("GET", sti, &[]).await;
        let etag = hode(&svar, "etag").to_owned();
        assert_eq!(
            (svar.status, hode(&svar, "cache-control")),
            (StatusCode::OK, "no-cache"),
            "{sti}"
        );
        let uendret = prove.aapent("GET", sti, &[(header::IF_NONE_MATCH, &etag)]).await;
        assert_eq!(
            (uendret.status, uendret.kropp.len()),
            (StatusCode::NOT_MODIFIED, 0),
            "{sti}"
        );
        assert_eq!(hode(&uendret, "etag"), etag);
        let head = prove.aapent("HEAD", sti, &[]).await;
        assert_eq!(
            (head.status, head.kropp.len(), hode(&head, "etag")),
            (StatusCode::OK, 0, etag.as_str()),
            "{sti}"
        );
        if sti != "nyheter" {
            assert_eq!(hode(&svar, "last-modified"), tid::gmt(sek(-30)), "{sti}");
        }
    }
    let etag = hode(&prove.aapent("GET", "driftsmeldinger", &[]).await, "etag").to_owned();
    prove.publiser(feil("To"), Tilstand::Paagaar, sek(0));
    let ny = prove
        .aapent("GET", "driftsmeldinger", &[(header::IF_NONE_MATCH, &etag)])
        .await;
    assert_eq!(ny.status, StatusCode::OK);
}

#[tokio::test]
async fn atom_is_read_by_a_reader_of_atom_and_says_what_the_list_says() {
    let prove = Prove::ny();
    let tom = prove.aapent("GET", "atom.xml", &[]).await;
    assert_eq!(Feed::read_from(&tom.kropp[..]).unwrap().entries(), []);
    prove.publiser(feil("Søk & \"treff\" <nå>"), Tilstand::Paagaar, sek(0));
    let nyhet = Nyhetsinnhold::ny(Nyhetsslag::Forum, "Brukerforum", "I mai.");
    prove.tavle.publiser_nyhet(&nyhet, "prøve", sek(60)).unwrap();
    let svar = prove.aapent("GET", "atom.xml", &[]).await;
    assert_eq!(hode(&svar, "content-type"), "application/atom+xml");
    let feed = Feed::from_str(std::str::from_utf8(&svar.kropp).unwrap()).unwrap();
    assert_eq!(feed.id(), "http://127.0.0.1:1/folkeregisteret/atom.xml");
    assert_eq!(feed.updated().timestamp(), NAA_S + 60);
    let [nyest, eldst] = feed.entries() else {
        panic!("to saker")
    };
    assert_eq!(
        (nyest.title().as_str(), nyest.categories()[0].term()),
        ("Brukerforum", "forum")
    );
    // A reader may give text back with its escapes or without; the element is text, and not markup.
    assert!(eldst.title().as_str().contains("treff"));
    assert_eq!(
        eldst.id(),
        "http://127.0.0.1:1/folkeregisteret/driftsmeldinger/soek-treff-naa"
    );
    assert_eq!(eldst.published().unwrap().timestamp(), NAA_S);
    assert_eq!(eldst.links()[0].href(), eldst.id());
    assert!(eldst.content().unwrap().value().unwrap().contains("Tilstand: paagaar."));
}

#[tokio::test]
async fn while_a_tied_notice_says_down_the_consumer_api_of_its_packages_is_down_and_nothing_else() {
    let prove = Prove::ny();
    for pakke in [Pakke::Finans, Pakke::OffentligUtenHjemmel] {
        prove.gi(OFFENTLIG, pakke, false, false);
    }
    let finans = prove.token(OFFENTLIG, Pakke::Finans, None).unwrap();
    let andre = prove.token(OFFENTLIG, Pakke::OffentligUtenHjemmel, None).unwrap();
    let siste = "hendelser/siste/sekvensnummer";
    let kall = |pakke, sti| {
        let token = if pakke == Pakke::Finans {
            finans.clone()
        } else {
            andre.clone()
        };
        let prove = &prove;
        async move { prove.kall(&token, pakke, sti, None).await }
    };
    // Maintenance of the producers' side, and what is not tied, touches nobody here.
    let mottak = Innhold {
        knyttet: false,
        ..nede(Tjeneste::Mottak, &[])
    };
    prove.publiser(mottak, Tilstand::Paagaar, sek(0));
    let fritt = Innhold {
        knyttet: false,
        ..nede(Tjeneste::Konsument, &[])
    };
    prove.publiser(fritt, Tilstand::Paagaar, sek(0));
    assert_eq!(kall(Pakke::Finans, siste).await.status, StatusCode::OK);
    let tilfelle = prove.publiser(nede(Tjeneste::Konsument, &[Pakke::Finans]), Tilstand::Paagaar, sek(0));
    let foert = prove.logg.poster.lock().unwrap().len();
    for sti in [siste, "personer/xsd", "personer/28899149892", "uttrekk/1/batch/0"] {
        let svar = kall(Pakke::Finans, sti).await;
        assert_eq!(svar.status, StatusCode::SERVICE_UNAVAILABLE, "{sti}");
        assert_eq!(svar.json()["kode"], "FREG-050");
        assert_eq!(hode(&svar, "retry-after"), "60");
    }
    // With no token it is the same answer, and none of them is a disclosure.
    let uten = prove.aapent("GET", &format!("api/finans/v1/{siste}"), &[]).await;
    assert_eq!(
        (uten.status, uten.json()["kode"].as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, Some("FREG-050"))
    );
    assert_eq!(prove.logg.poster.lock().unwrap().len(), foert);
    let xml = prove
        .aapent(
            "GET",
            &format!("api/finans/v1/{siste}"),
            &[(header::ACCEPT, "application/xml")],
        )
        .await;
    assert!(
        String::from_utf8(xml.kropp)
            .unwrap()
            .contains("<feilkode>FREG-050</feilkode>")
    );
    assert_eq!(kall(Pakke::OffentligUtenHjemmel, siste).await.status, StatusCode::OK);
    assert_eq!(
        prove.les("driftsmeldinger?pakke=finans&tilstand=paagaar").await[0]["iKraft"],
        true
    );
    assert_eq!(
        prove.aapent("GET", "openapi/finans.json", &[]).await.status,
        StatusCode::OK
    );
    let loes = Endring {
        tilstand: Some(Tilstand::Loest),
        ..Endring::default()
    };
    prove
        .tavle
        .endre(driftsmeldinger::Saksnummer(tilfelle), &loes, "prøve", sek(30))
        .unwrap();
    assert_eq!(kall(Pakke::Finans, siste).await.status, StatusCode::OK);
    // A part of the service alone; and how long to wait, where that is known.
    let uttrekk = Innhold {
        planlagt: Tidsrom {
            fra: Some(sek(-60)),
            til: Some(sek(25)),
        },
        automatisk: true,
        ..nede(Tjeneste::Uttrekk, &[])
    };
    prove.publiser(uttrekk, Tilstand::Varslet, sek(30));
    let svar = kall(Pakke::Finans, "uttrekk/1/batch/0").await;
    assert_eq!(
        (svar.status, hode(&svar, "retry-after")),
        (StatusCode::SERVICE_UNAVAILABLE, "25")
    );
    assert_eq!(kall(Pakke::Finans, siste).await.status, StatusCode::OK);
    prove.klokke.store(NAA_S + 25, Ordering::SeqCst);
    assert_ne!(
        kall(Pakke::Finans, "uttrekk/1/batch/0").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    // What is held back is not down; holding it is the register's.
    let holdt = Innhold {
        virkning: Virkning::IkkeOppdatert,
        ..nede(Tjeneste::Konsument, &[])
    };
    prove.publiser(holdt, Tilstand::Paagaar, sek(25));
    assert_eq!(kall(Pakke::Finans, siste).await.status, StatusCode::OK);
}

/// What is done between two polls.
#[derive(Clone, Debug)]
enum Steg {
    Feil,
    Nyhet,
    Endre(u64, Tilstand),
    Les,
}

fn steg() -> impl Strategy<Value = Steg> {
    prop_oneof![
        Just(Steg::Feil),
        Just(Steg::Nyhet),
        (1_u64..10, prop::sample::select(Tilstand::ALLE.to_vec())).prop_map(|(nr, t)| Steg::Endre(nr, t)),
        Just(Steg::Les),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Whoever polls, and reads the body only when it is another, is shown each item as new once, in order.
    #[test]
    fn a_reader_that_polls_with_its_etag_sees_every_item_once(steg in prop::collection::vec(steg(), 1..20)) {
        let kjoretid = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        kjoretid.block_on(async {
            let prove = Prove::ny();
            let (mut etag, mut sett) = (String::new(), Vec::<String>::new());
            for (nr, steg) in steg.into_iter().chain([Steg::Les]).enumerate() {
                let naa = sek(i64::try_from(nr).unwrap());
                match steg {
                    Steg::Feil => { prove.publiser(feil("Feil på søk"), Tilstand::Paagaar, naa); }
                    Steg::Nyhet => {
                        let nyhet = Nyhetsinnhold::ny(Nyhetsslag::Informasjon, "Feil på søk", "x");
                        prove.tavle.publiser_nyhet(&nyhet, "prøve", naa).unwrap();
                    }
                    Steg::Endre(nummer, tilstand) => {
                        let endring = Endring { tilstand: Some(tilstand), ..Endring::default() };
                        let _ = prove.tavle.endre(driftsmeldinger::Saksnummer(nummer), &endring, "prøve", naa);
                    }
                    Steg::Les => {
                        let svar = prove.aapent("GET", "atom.xml", &[(header::IF_NONE_MATCH, &etag)]).await;
                        etag = hode(&svar, "etag").to_owned();
                        if svar.status == StatusCode::NOT_MODIFIED {
                            continue;
                        }
                        let feed = Feed::read_from(&svar.kropp[..]).unwrap();
                        let kjent: BTreeSet<String> = sett.iter().cloned().collect();
                        let nye: Vec<String> = feed.entries().iter().rev().map(|e| e.id().to_owned()).filter(|id| !kjent.contains(id)).collect();
                        sett.extend(nye);
                    }
                }
            }
            let publisert: Vec<String> = prove.tavle.siste(usize::MAX).iter().rev().map(|sak| match sak {
                driftsmeldinger::Sak::Melding(m) => format!("http://127.0.0.1:1/folkeregisteret/driftsmeldinger/{}", m.slug),
                driftsmeldinger::Sak::Nyhet(n) => format!("http://127.0.0.1:1/folkeregisteret/nyheter/{}", n.slug),
            }).collect();
            assert_eq!(sett, publisert);
        });
    }
}
