//! Cases: opened once, told of in order, kept no longer than they are needed.

use informasjonsmodell::tekst::Foedselsnummer;
use informasjonsmodell::{Endring, Handling, Hendelsestype, Persondokument, Registrering};
use meldinger::Meldingstype as M;
use saksbehandling::{Avgjoerelse, Avslag, Hindring, Hva, Tilstand};
use serde_json::json;
use tilgang::Projeksjon;

use crate::felles::{
    Farskap, Folk, SYKEHUS, TINGRETT, aapne, doedsfall, farskap, foedsel, melding, naa, uten_filer, vigsel,
};

#[test]
fn a_message_sent_again_leads_to_nothing_more_and_is_answered_the_same() {
    let folk = Folk::new();
    let xml = melding(M::Doedsfall, "A-1", doedsfall(&folk.nr("ungkar"), "2026-01-10"));
    let ta = |organisasjon: &str, xml: &str| {
        folk.saker.ta_imot(
            organisasjon,
            M::Doedsfall,
            &uten_filer(xml.as_bytes()),
            &|_| true,
            &naa(),
        )
    };
    let foerste = ta(SYKEHUS, &xml).unwrap();
    let feed = || {
        let les = folk.register.les().unwrap();
        les.feed(Projeksjon::MedHjemmel, 1, 10_000).unwrap().len()
    };
    let antall = feed();
    let igjen = ta(SYKEHUS, &xml).unwrap();
    assert_eq!(
        (&igjen.referanse, igjen.sak, igjen.gjentatt),
        (&foerste.referanse, foerste.sak, true)
    );
    assert_eq!((foerste.melding.as_str(), feed()), ("A-1", antall));
    assert_eq!(folk.saker.tilbakemeldinger(SYKEHUS, 1, true, 10).unwrap().len(), 1);
    // The same name for something else, and the same thing from somebody else.
    let annen = melding(M::Doedsfall, "A-1", doedsfall(&folk.nr("ugift"), "2026-01-10"));
    assert!(matches!(ta(SYKEHUS, &annen), Err(Avslag::MeldingsidBrukt)));
    let andres = ta(TINGRETT, &xml).unwrap();
    assert_ne!(andres.sak, foerste.sak);
    let sak = folk.saker.sak(andres.sak).unwrap().unwrap();
    assert_eq!(sak.saksnummer(), "2026/0000002");
    assert_eq!(sak.saksreferanse.as_deref(), Some("S-1"));
}

#[test]
fn an_organisation_is_told_of_its_own_messages_and_of_no_other() {
    let folk = Folk::new();
    for (organisasjon, navn) in [
        (SYKEHUS, "ungkar"),
        (TINGRETT, "ugift"),
        (SYKEHUS, "ukjent"),
        (SYKEHUS, "separert"),
    ] {
        let melding = doedsfall(&folk.nr(navn), "2026-01-10");
        folk.send(organisasjon, M::Doedsfall, melding).unwrap();
    }
    let sett = |organisasjon: &str, seq, nyere, maks| -> Vec<(u64, u32)> {
        let alle = folk.saker.tilbakemeldinger(organisasjon, seq, nyere, maks).unwrap();
        alle.iter().map(|t| (t.seq, t.sak.nr)).collect()
    };
    assert_eq!(sett(SYKEHUS, 1, true, 100), [(1, 1), (2, 3), (3, 4)]);
    assert_eq!(sett(SYKEHUS, 2, true, 1), [(2, 3)]);
    assert_eq!(sett(SYKEHUS, 4, true, 100), []);
    assert_eq!(sett(SYKEHUS, 3, false, 2), [(3, 4), (2, 3)]);
    assert_eq!(sett(SYKEHUS, u64::MAX, false, 100), [(3, 4), (2, 3), (1, 1)]);
    assert_eq!(sett(SYKEHUS, 0, true, 100).len(), 3);
    assert_eq!(sett(TINGRETT, 1, true, 100), [(1, 2)]);
    assert_eq!(sett("999999999", 1, true, 100), []);
    // What somebody decides comes after.
    folk.saker.avgjoer(3, Avgjoerelse::Avslaa, &naa()).unwrap();
    assert_eq!(sett(SYKEHUS, 4, true, 100), [(4, 3)]);
    let avgjoer = |nr| folk.saker.avgjoer(nr, Avgjoerelse::Avslaa, &naa());
    assert!(matches!(avgjoer(3), Err(Hindring::Avgjort)));
    assert!(matches!(avgjoer(99), Err(Hindring::Ukjent)));
}

#[test]
fn what_is_no_message_opens_no_case() {
    let folk = Folk::new();
    let god = melding(M::Doedsfall, "A-1", doedsfall(&folk.nr("ungkar"), "2026-01-10"));
    let ta = |meldingstype, xml: &str| {
        let utfall = folk
            .saker
            .ta_imot(SYKEHUS, meldingstype, &uten_filer(xml.as_bytes()), &|_| true, &naa());
        utfall.unwrap_err()
    };
    assert!(matches!(ta(M::Doedsfall, "<a>"), Avslag::Xml(_)));
    assert!(matches!(ta(M::Vigsel, &god), Avslag::Skjema(_)));
    assert!(matches!(
        ta(M::Doedsfall, &god.replace("2026-01-10", "i fjor")),
        Avslag::Skjema(_)
    ));
    assert!(matches!(
        ta(M::Doedsfall, &god.replace(">A-1<", "><")),
        Avslag::Meldingsid
    ));
    let langt = format!(">{}<", "x".repeat(256));
    assert!(matches!(
        ta(M::Doedsfall, &god.replace(">A-1<", &langt)),
        Avslag::Meldingsid
    ));
    let vedlegg = god.replace(
        "</forespoersel>",
        "<vedlegg><multipartnavn>a.pdf</multipartnavn></vedlegg></forespoersel>",
    );
    assert!(matches!(ta(M::Doedsfall, &vedlegg), Avslag::Vedlegg));
    let kilde = folk.saker.ta_imot(
        SYKEHUS,
        M::Doedsfall,
        &uten_filer(god.as_bytes()),
        &|kilde| kilde != "helse",
        &naa(),
    );
    assert!(matches!(kilde, Err(Avslag::Kilde)));
    assert_eq!(folk.saker.sak(1).unwrap(), None);
    assert_eq!(folk.saker.aapne_saker(0, 10).unwrap(), []);
}

fn til_vurdering(folk: &Folk) -> u32 {
    let melding = vigsel(&folk.nr("ung"), &folk.nr("ungkar"), "2026-01-10", false);
    folk.send(SYKEHUS, M::Vigsel, melding).unwrap().sak
}

fn ligger(mappe: &std::path::Path, byte: &[u8]) -> bool {
    std::fs::read_dir(mappe).unwrap().any(|fil| {
        let sti = fil.unwrap().path();
        if sti.is_dir() {
            return ligger(&sti, byte);
        }
        std::fs::read(sti).unwrap().windows(byte.len()).any(|v| v == byte)
    })
}

#[test]
fn a_message_is_kept_sealed_while_its_case_is_open_and_gone_afterwards() {
    let folk = Folk::new();
    let sak = til_vurdering(&folk);
    let melding = folk.saker.melding(sak).unwrap().unwrap();
    assert!(String::from_utf8(melding).unwrap().contains("Prøverådhuset"));
    let aapne_saker = folk.saker.aapne_saker(0, 10).unwrap();
    let slik: Vec<_> = aapne_saker
        .iter()
        .map(|s| (s.nr, s.tilstand, s.personer.len()))
        .collect();
    assert_eq!(slik, [(sak, Tilstand::TilManuellBehandling, 2)]);
    assert!(!ligger(folk.mappe.path(), "Prøverådhuset".as_bytes()));
    folk.saker.avgjoer(sak, Avgjoerelse::Avslaa, &naa()).unwrap();
    assert_eq!(folk.saker.melding(sak).unwrap(), None);
    assert_eq!(folk.saker.aapne_saker(0, 10).unwrap(), []);
    assert_eq!(folk.saker.sak(sak).unwrap().unwrap().personer, Vec::<String>::new());
}

#[test]
fn a_case_about_somebody_who_has_come_into_hiding_is_stopped_and_says_nothing_of_why() {
    let folk = Folk::new();
    let sak = til_vurdering(&folk);
    assert_eq!(folk.saker.ajourhold(&naa()).unwrap(), 0);
    assert!(folk.saker.melding(sak).unwrap().is_some());
    let vern = json!({"adressebeskyttelse": [{"graderingsnivaa": "strengtFortrolig"}]});
    let vern = Persondokument::les(vern).unwrap().opplysninger.remove(0);
    let registrering = Registrering {
        tidspunkt: naa().tidspunkt,
        handling: Handling::Registrer {
            person: Foedselsnummer::new(&folk.nr("ungkar")).unwrap(),
            hendelsestype: Hendelsestype::EndringIAdressebeskyttelse,
            endringer: vec![Endring::RegistrereNy(Box::new(vern))],
        },
    };
    folk.register.utfoer(&[registrering], naa().sekunder).unwrap();
    assert_eq!(folk.saker.ajourhold(&naa()).unwrap(), 1);
    assert_eq!(folk.saker.melding(sak).unwrap(), None);
    let sak = folk.saker.sak(sak).unwrap().unwrap();
    let Some(Hva::Beslutning {
        beslutning,
        resultat,
        grunner,
        ..
    }) = sak.hendelser.last().map(|h| &h.hva)
    else {
        panic!("{sak:?}")
    };
    assert_eq!(
        (beslutning.kode(), resultat.kode(), grunner.len()),
        ("avbrutt", "maaSendesPaaNytt", 0)
    );
}

/// Nothing of such a person has been erased since: the case can be decided, and is not sent back for ever.
#[test]
fn a_case_about_somebody_who_was_in_hiding_when_it_came_waits_as_any_other() {
    let folk = Folk::new();
    let melding = vigsel(&folk.nr("ung"), &folk.nr("skjult"), "2026-01-10", false);
    let sak = folk.send(SYKEHUS, M::Vigsel, melding).unwrap().sak;
    assert_eq!(folk.saker.sak(sak).unwrap().unwrap().skjulte, [folk.nr("skjult")]);
    assert_eq!(folk.saker.ajourhold(&naa()).unwrap(), 0);
    let sak = folk.saker.avgjoer(sak, Avgjoerelse::Godkjenn, &naa()).unwrap();
    assert_eq!((sak.tilstand, sak.skjulte.len()), (Tilstand::Avgjort, 0));
}

#[test]
fn a_case_whose_message_was_not_restored_is_stopped_and_waits_for_nothing() {
    let mut folk = Folk::new();
    let f = Farskap {
        barn: None,
        far: &folk.nr("ungkar"),
        mor: Some(&folk.nr("ugift")),
        sammen: false,
        uvisst: false,
    };
    let sak = folk.send(SYKEHUS, M::Farskap, farskap(&f)).unwrap().sak;
    // As a restore to another folder gives it: cases are in the register, messages are not.
    let annet = tempfile::tempdir().unwrap();
    folk.saker = aapne(&folk.register, annet.path());
    let godkjent = folk.saker.avgjoer(sak, Avgjoerelse::Godkjenn, &naa());
    assert!(matches!(godkjent, Err(Hindring::UtenMelding)));
    assert_eq!(folk.saker.ajourhold(&naa()).unwrap(), 1);
    let foedsel = foedsel(&folk.nr("ugift"), "2026-01-12", false, true, None);
    let foedt = folk.send(SYKEHUS, M::Foedsel, foedsel).unwrap().sak;
    assert_eq!(folk.saker.sak(foedt).unwrap().unwrap().tilstand, Tilstand::Avgjort);
    assert_eq!(folk.saker.sak(sak).unwrap().unwrap().hendelser.len(), 1);
}

#[test]
fn what_lies_there_without_a_case_is_thrown_away() {
    let folk = Folk::new();
    let sak = til_vurdering(&folk);
    let Folk { mappe, saker, .. } = folk;
    drop(saker);
    // The same messages beside a register that knows none of them, as a stop between the two leaves it.
    let annet = Folk::new();
    let saker = aapne(&annet.register, mappe.path());
    assert!(saker.melding(sak).unwrap().is_some());
    assert_eq!(saker.ajourhold(&naa()).unwrap(), 0);
    assert_eq!(saker.melding(sak).unwrap(), None);
}

#[test]
fn messages_that_come_together_are_decided_as_if_they_had_come_one_by_one() {
    // Each from a thread of its own: some are of the same person, some say the same, some cannot be carried out.
    let folk = Folk::new();
    let navn = [
        "ungkar", "ugift", "separert", "ukjent", "skjult", "ung", "enslig", "partner1",
    ];
    let sendt: Vec<(String, String)> = (0..64)
        .map(|nr| {
            let hvem = navn[nr % navn.len()];
            let id = format!("S-{}", nr % 48);
            let xml = melding(
                M::Doedsfall,
                &id,
                doedsfall(&folk.nr(navn[(nr % 48) % navn.len()]), "2026-01-10"),
            );
            (hvem.to_owned(), xml)
        })
        .collect();
    let posten = |nr: usize| {
        let deler = crate::nye::les(&folk, "posten", &["skjult", "boks", &format!("id=P-{nr}")]).unwrap();
        melding(deler.0, &format!("P-{nr}"), deler.1)
    };
    let forbudt: Vec<String> = (0..8).map(posten).collect();
    let start = std::sync::Barrier::new(sendt.len() + forbudt.len());
    let svar: Vec<_> = std::thread::scope(|s| {
        let traader: Vec<_> = sendt
            .iter()
            .map(|(_, xml)| (M::Doedsfall, xml))
            .chain(forbudt.iter().map(|xml| (M::FlyttemeldingFraPosten, xml)))
            .map(|(type_, xml)| {
                let (folk, start) = (&folk.saker, &start);
                s.spawn(move || {
                    start.wait();
                    folk.ta_imot(SYKEHUS, type_, &uten_filer(xml.as_bytes()), &|_| true, &naa())
                })
            })
            .collect();
        traader.into_iter().map(|t| t.join().unwrap().unwrap()).collect()
    });
    // 48 names, and eight that the register forbids: each is one case, and whoever sent the same was told the same.
    let saker: std::collections::BTreeSet<u32> = svar.iter().map(|m| m.sak).collect();
    assert_eq!(saker, (1..=56).collect());
    for (a, (_, xml)) in svar.iter().zip(&sendt) {
        for (b, (_, annen)) in svar.iter().zip(&sendt) {
            assert_eq!(a.sak == b.sak, xml == annen);
            assert_eq!(a.referanse == b.referanse, xml == annen);
        }
    }
    let godkjente = |nummer: &str| {
        let les = folk.register.les().unwrap();
        let feed = les.feed(Projeksjon::MedHjemmel, 1, 10_000).unwrap();
        let doed = feed.iter().filter(|e| e.hendelsestype == Hendelsestype::PersonErDoed);
        doed.filter(|e| e.folkeregisteridentifikator == nummer).count()
    };
    for hvem in navn.iter().filter(|n| **n != "ukjent") {
        assert_eq!(godkjente(&folk.nr(hvem)), 1, "{hvem}");
    }
    // In the order of their numbers, and nothing told twice.
    let fortalt = folk.saker.tilbakemeldinger(SYKEHUS, 1, true, 1_000).unwrap();
    let numre: Vec<u32> = fortalt.iter().map(|t| t.sak.nr).collect();
    assert!(numre.windows(2).all(|par| par[0] < par[1]), "{numre:?}");
    for sak in svar.iter().skip(sendt.len()).map(|m| m.sak) {
        let sak = folk.saker.sak(sak).unwrap().unwrap();
        assert_eq!(sak.tilstand, Tilstand::TilManuellBehandling);
        assert!(folk.saker.melding(sak.nr).unwrap().is_some());
    }
    assert_eq!(folk.register.verifiser(&mut |_| {}).unwrap(), []);
}
