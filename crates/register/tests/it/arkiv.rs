//! The archive and the event documents by identifier, retention, numbers of events, and several writers at once.

use identifikator::Folkeregisteridentifikator;
use informasjonsmodell::{Handling, Hendelsestype as H, Registrering};
use register::{Dokumentidentifikator, Dokumentmangel, Sekvens};
use serde_json::json;
use tilgang::{Format, Projeksjon, Svar, Utvalg};

use crate::felles::{
    NAA, Prove, annuller, bosted, nr, ny, person, registrering, sammenslaaing, skifte, splitting, tid,
};

const MH: Projeksjon = Projeksjon::MedHjemmel;
const MAANED: i64 = 30 * 86_400;

fn mangel(prove: &Prove, id: Dokumentidentifikator, eldste: i64) -> (Option<Dokumentmangel>, Option<Dokumentmangel>) {
    let les = prove.register().les().unwrap();
    let mut svar = Svar::new(Format::Json);
    let person = les.vis_arkiv(id, eldste, &mut svar, MH, Utvalg::alt(MH)).unwrap().err();
    (person, les.hendelse(id, eldste, MH).unwrap().err())
}

fn utfoer_ved(prove: &Prove, naa: i64, n: u32, fornavn: &str) {
    let endring = ny("navn", json!({"fornavn": fornavn, "etternavn": "BREKKE"}));
    let registrering = Registrering {
        tidspunkt: tid(5),
        handling: registrering(n, H::EndringINavn, vec![endring]),
    };
    prove.register().utfoer(&[registrering], naa).unwrap();
}

#[test]
fn a_version_is_past_retention_when_it_has_been_history_that_long_and_an_event_when_it_is_that_old() {
    let prove = Prove::new();
    prove.opprett(&person(1));
    utfoer_ved(&prove, NAA + MAANED, 1, "LYS");
    utfoer_ved(&prove, NAA + 2 * MAANED, 1, "KLAR");
    let feed = prove.feed(MH);
    let check = |nr: usize, eldste: i64, person: bool, hendelse: bool| {
        let funnet = |finnes: bool| (!finnes).then_some(Dokumentmangel::ForGammelt);
        let id = feed[nr].persondokument.unwrap();
        assert_eq!(mangel(&prove, id, eldste).0, funnet(person), "person {nr} {eldste}");
        let id = feed[nr].hendelsesdokument.unwrap();
        assert_eq!(mangel(&prove, id, eldste).1, funnet(hendelse), "hendelse {nr} {eldste}");
    };
    check(0, NAA + MAANED, true, false);
    check(0, NAA + MAANED + 1, false, false);
    check(1, NAA + MAANED, true, true);
    check(1, NAA + 2 * MAANED + 1, false, false);
    // The present version never grows old.
    check(2, NAA + 999 * MAANED, true, false);
}

#[test]
fn an_identifier_that_is_made_up_or_of_the_other_kind_names_nothing() {
    let prove = Prove::new();
    prove.opprett(&person(1));
    let element = prove.siste();
    let (person, hendelse) = (element.persondokument.unwrap(), element.hendelsesdokument.unwrap());
    assert_eq!(mangel(&prove, person, 0), (None, Some(Dokumentmangel::Ukjent)));
    assert_eq!(mangel(&prove, hendelse, 0), (Some(Dokumentmangel::Ukjent), None));
    let oppdiktet = Dokumentidentifikator::parse("0123456789abcdef0123456789abcdef").unwrap();
    let ukjent = Some(Dokumentmangel::Ukjent);
    assert_eq!(mangel(&prove, oppdiktet, 0), (ukjent, ukjent));
}

#[test]
fn each_event_has_a_number_and_a_transaction_may_take_several() {
    let prove = Prove::new();
    let opprett = |n| Handling::Opprett(Box::new(person(n).dokument()));
    let seq = |fra: u64, til: u64| (fra..=til).map(Sekvens).collect::<Vec<_>>();
    let handlinger = vec![
        opprett(1),
        opprett(2),
        sammenslaaing(1, 2),
        splitting(1, 2),
        skifte(
            1,
            11,
            Some((H::EndringIStatus, vec![ny("status", json!({"status": "utflyttet"}))])),
        ),
    ];
    assert_eq!(prove.utfoer(handlinger).unwrap().sekvenser, seq(1, 8));
    assert_eq!(prove.utfoer(vec![opprett(3)]).unwrap().sekvenser, seq(9, 9));
    assert_eq!(prove.register().siste_sekvens().unwrap(), Sekvens(9));
    for projeksjon in Projeksjon::ALLE {
        let feed = prove.feed(projeksjon);
        let numre: Vec<u64> = feed.iter().map(|e| e.sekvensnummer).collect();
        assert_eq!(numre, (1..=numre.len() as u64).collect::<Vec<_>>(), "{projeksjon:?}");
        assert_eq!(
            prove.register().les().unwrap().siste_sekvensnummer(projeksjon).unwrap(),
            numre.len() as u64
        );
    }
    prove.sjekk();
}

#[test]
fn writers_and_readers_at_once_leave_a_whole_register() {
    const RUNDER: u32 = 25;
    let mut prove = Prove::new();
    for n in 1..=3 {
        prove.opprett(&person(n));
    }
    let register = prove.register();
    std::thread::scope(|omraade| {
        for n in 1..=3u32 {
            omraade.spawn(move || {
                for runde in 0..RUNDER {
                    // Every text is new; every second request is refused, and takes its text with it.
                    let navn = json!({"fornavn": format!("A{runde}"), "etternavn": "B", "kilde": format!("kilde {n} {runde}")});
                    let mut handlinger = vec![registrering(n, H::EndringINavn, vec![ny("navn", navn)])];
                    if runde % 2 == 1 {
                        handlinger.push(registrering(n, H::EndringIDoedsfall, vec![annuller("doedsfall")]));
                    }
                    let registreringer: Vec<_> = handlinger
                        .into_iter()
                        .map(|handling| Registrering { tidspunkt: tid(runde + 1), handling })
                        .collect();
                    assert_eq!(register.utfoer(&registreringer, NAA).is_ok(), runde % 2 == 0);
                }
            });
        }
        omraade.spawn(move || {
            let id = Folkeregisteridentifikator::parse(&nr(1)).unwrap();
            for _ in 0..200 {
                let les = register.les().unwrap();
                let person = les.finn(&id).unwrap().unwrap();
                let mut svar = Svar::new(Format::Json);
                les.vis(person, &mut svar, MH, Utvalg::alt(MH), id.to_u64()).unwrap();
            }
        });
    });
    prove.gjenaapne();
    for n in 1..=3 {
        let navn = prove.mh(n)["navn"].clone();
        assert_eq!(navn.as_array().unwrap().len() as u32, 1 + RUNDER.div_ceil(2));
        for oppfoering in navn.as_array().unwrap().iter().filter(|o| o["etternavn"] == json!("B")) {
            let runde = oppfoering["fornavn"].as_str().unwrap().trim_start_matches('A');
            assert_eq!(oppfoering["kilde"], json!(format!("kilde {n} {runde}")));
        }
    }
    prove.sjekk();
}

const UTEN: Projeksjon = Projeksjon::MedHjemmelUtenGraderte;

#[test]
fn retention_of_a_version_is_not_shortened_by_an_event_that_the_caller_never_heard_of() {
    let prove = Prove::new();
    prove.opprett(&person(1).gradering("fortrolig"));
    let id = prove.siste().persondokument.unwrap();
    // A move that only med hjemmel hears of supersedes the version for med hjemmel alone.
    let flytting = vec![ny("bostedsadresse", bosted("Ekorngata", "fortrolig"))];
    prove.registrer(1, H::EndringIBostedsadresse, flytting);
    let les = prove.register().les().unwrap();
    let mangel = |projeksjon| {
        let mut svar = Svar::new(Format::Json);
        let utfall = les.vis_arkiv(id, NAA + MAANED, &mut svar, projeksjon, Utvalg::alt(projeksjon));
        utfall.unwrap().err()
    };
    assert_eq!(mangel(MH), Some(Dokumentmangel::ForGammelt));
    assert_eq!(mangel(UTEN), None);
}

#[test]
fn an_event_document_has_the_type_of_the_callers_own_feed_and_there_is_none_of_what_it_never_heard_of() {
    let prove = Prove::new();
    prove.opprett(&person(1).gradering("fortrolig"));
    let skjult = ny("bostedsadresse", bosted("Ekorngata", "fortrolig"));
    let navn = ny("navn", json!({"fornavn": "NY", "etternavn": "BREKKE"}));
    prove.registrer(1, H::EndringIBostedsadresse, vec![skjult, navn]);
    let begge = prove.siste().hendelsesdokument.unwrap();
    prove.registrer(
        1,
        H::EndringIBostedsadresse,
        vec![ny("bostedsadresse", bosted("Revegata", "fortrolig"))],
    );
    let uhoert = prove.siste();
    let les = prove.register().les().unwrap();
    let type_ = |projeksjon| les.hendelse(begge, 0, projeksjon).unwrap().unwrap().hendelsestype;
    assert_eq!(type_(MH), H::EndringIBostedsadresse);
    assert_eq!(type_(UTEN), H::EndringINavn);
    let mangel = les.hendelse(uhoert.hendelsesdokument.unwrap(), 0, UTEN).unwrap().err();
    assert_eq!(mangel, Some(Dokumentmangel::Ukjent));
    assert!(
        prove
            .arkiv_om_det_finnes(uhoert.persondokument.unwrap(), UTEN)
            .is_none()
    );
    assert!(prove.arkiv_om_det_finnes(uhoert.persondokument.unwrap(), MH).is_some());
}
