//! Writes that read as they go, rows of cases, and what is taken back.

use informasjonsmodell::{Endring, Entitet, Handling, Hendelsestype as H, Registrering};
use register::sikkerhetskopi::{Gjenoppretting, gjenopprett};
use register::{Feil, Sekvens};
use serde_json::{Value, json};
use tilgang::Projeksjon;

use crate::felles::{NAA, Prove, annuller, korriger, ny, opphoer, person, registrering, tid};

fn doed(prove: &Prove, n: u32) {
    let endringer = vec![
        ny(
            "doedsfall",
            json!({"gyldighetstidspunkt": "2026-01-02T00:00:00+01:00", "doedsdato": "2026-01-02"}),
        ),
        ny(
            "status",
            json!({"gyldighetstidspunkt": "2026-01-02T00:00:00+01:00", "status": "doed"}),
        ),
        opphoer("bostedsadresse"),
    ];
    prove.registrer(n, H::PersonErDoed, endringer);
}

fn opphev(prove: &Prove, n: u32) {
    let endringer = vec![
        annuller("doedsfall"),
        Endring::Angre {
            entitet: Entitet::Status,
        },
        Endring::Gjenoppta {
            entitet: Entitet::Bostedsadresse,
            opphoert: tid(0),
        },
    ];
    prove.registrer(n, H::PersonErReaktivert, endringer);
}

// Without the times of the register itself.
fn uten_ajourhold(mut verdi: Value) -> Value {
    match &mut verdi {
        Value::Object(felt) => {
            felt.remove("ajourholdstidspunkt");
            felt.values_mut().for_each(|v| *v = uten_ajourhold(v.take()));
        }
        Value::Array(liste) => liste.iter_mut().for_each(|v| *v = uten_ajourhold(v.take())),
        _ => {}
    }
    verdi
}

#[test]
fn what_is_taken_back_is_as_it_was_and_the_archive_knows_what_was_said_between() {
    let prove = Prove::new();
    prove.opprett(&person(1).bosatt("Prøveveien"));
    let foer = prove.mh(1);
    doed(&prove, 1);
    let doedsmeldt = prove.siste().persondokument.unwrap();
    assert_eq!(prove.mh(1)["status"][0]["status"], "doed");
    opphev(&prove, 1);
    assert_eq!(uten_ajourhold(prove.mh(1)), uten_ajourhold(foer));
    // Those who are told may read what is current again.
    let endringer = prove.siste_endringer();
    let er = |entitet: &str, endring: &str| endringer.contains(&(entitet.to_owned(), endring.to_owned()));
    assert!(
        er("doedsfall", "annullere") && er("status", "annullere"),
        "{endringer:?}"
    );
    assert!(
        er("status", "registrereNy") && er("bostedsadresse", "registrereNy"),
        "{endringer:?}"
    );
    assert!(prove.arkiv(doedsmeldt, Projeksjon::MedHjemmel).contains("\"doed\""));
    prove.sjekk();
    // And again, after a correction in between.
    doed(&prove, 1);
    prove.registrer(
        1,
        H::EndringIDoedsfall,
        vec![korriger("doedsfall", json!({"doedsdato": "2026-01-03"}))],
    );
    opphev(&prove, 1);
    assert_eq!(prove.mh(1)["status"], json!([prove.mh(1)["status"][0]]));
    prove.sjekk();
}

#[test]
fn what_never_was_is_not_taken_back() {
    let prove = Prove::new();
    prove.opprett(&person(1).bosatt("Prøveveien"));
    let status = Entitet::Status;
    let angre = Endring::Angre { entitet: status };
    assert!(prove.proev(1, H::EndringIStatus, vec![angre]).is_err());
    let gjenoppta = |entitet| Endring::Gjenoppta {
        entitet,
        opphoert: tid(0),
    };
    assert!(
        prove
            .proev(1, H::EndringIBostedsadresse, vec![gjenoppta(Entitet::Bostedsadresse)])
            .is_err()
    );
    doed(&prove, 1);
    let ny_adresse = ny("bostedsadresse", crate::felles::bosted("Annenveien", "ugradert"));
    prove.registrer(1, H::EndringIBostedsadresse, vec![ny_adresse]);
    // Somebody has an address by now.
    assert!(
        prove
            .proev(1, H::EndringIBostedsadresse, vec![gjenoppta(Entitet::Bostedsadresse)])
            .is_err()
    );
    prove.sjekk();
}

#[test]
fn an_address_that_comes_back_is_as_guarded_as_its_person_is() {
    let prove = Prove::new();
    prove.opprett(&person(1).bosatt("Prøveveien"));
    doed(&prove, 1);
    let vern = ny("adressebeskyttelse", json!({"graderingsnivaa": "fortrolig"}));
    prove.registrer(1, H::EndringIAdressebeskyttelse, vec![vern]);
    opphev(&prove, 1);
    assert!(prove.tekst(1, Projeksjon::MedHjemmel).unwrap().contains("Prøveveien"));
    for projeksjon in Projeksjon::ALLE {
        let ser = prove.tekst(1, projeksjon).unwrap().contains("Prøveveien");
        assert_eq!(ser, projeksjon == Projeksjon::MedHjemmel, "{projeksjon:?}");
    }
    // And of whoever has none left, none comes back.
    doed(&prove, 1);
    let vern = ny("adressebeskyttelse", json!({"graderingsnivaa": "strengtFortrolig"}));
    prove.registrer(1, H::EndringIAdressebeskyttelse, vec![vern]);
    let opphev = Endring::Gjenoppta {
        entitet: Entitet::Bostedsadresse,
        opphoert: tid(0),
    };
    assert!(prove.proev(1, H::EndringIBostedsadresse, vec![opphev]).is_err());
    assert!(!prove.tekst(1, Projeksjon::MedHjemmel).unwrap().contains("Prøveveien"));
    prove.sjekk();
}

#[test]
fn a_write_sees_what_it_has_written_and_leaves_nothing_when_it_gives_up() {
    let prove = Prove::new();
    prove.opprett(&person(1).bosatt("Prøveveien"));
    let register = prove.register();
    let foer = register.avtrykk_av_primaerdata().unwrap();
    let skriv = |gi_opp: bool| {
        register.behandle(NAA, |b| {
            let person = b.finn(crate::felles::nummer(1).som_tekst())?.unwrap();
            assert!(b.finn("12")?.is_none());
            let navn = ny("navn", json!({"fornavn": "NY", "etternavn": "FJELLBEKK"}));
            b.utfoer(&Registrering {
                tidspunkt: tid(9),
                handling: registrering(1, H::EndringINavn, vec![navn]),
            })?;
            let bilde = b.person(person)?;
            assert_eq!(bilde.gjeldende(Entitet::Navn).count(), 1);
            assert_eq!(bilde.historiske(Entitet::Navn).count(), 1);
            assert!(!format!("{bilde:?}").contains("NY"));
            b.sett_sak(b"sak 1", Some(b"PROVEVEIEN"))?;
            assert_eq!(b.sak(b"sak 1")?.as_deref(), Some(b"PROVEVEIEN".as_slice()));
            if gi_opp { Err(Feil::Skadet("gir opp")) } else { Ok(()) }
        })
    };
    skriv(true).unwrap_err();
    assert_eq!(register.avtrykk_av_primaerdata().unwrap(), foer);
    let ((), kvittering) = skriv(false).unwrap();
    assert_eq!(kvittering.sekvenser.len(), 1);
    assert_eq!(prove.mh(1)["navn"][0]["fornavn"], "NY");
    prove.sjekk();
}

#[test]
fn rows_of_cases_are_sealed_have_their_place_in_the_order_and_are_in_every_copy() {
    let mut prove = Prove::new();
    prove.opprett(&person(1));
    let utenfor = tempfile::tempdir().unwrap();
    let (stroem, rot) = (utenfor.path().join("stroem"), utenfor.path().join("kopier"));
    prove.register().start_arkivstroem(&stroem).unwrap();
    prove.register().sikkerhetskopier(&rot).unwrap();
    let sett = |prove: &Prove, noekkel: &[u8], verdi: Option<&[u8]>| {
        let utfall = prove.register().behandle(NAA, |b| b.sett_sak(noekkel, verdi));
        utfall.unwrap().1.sekvenser
    };
    let feed = prove.feed(Projeksjon::MedHjemmel).len();
    let nummer = sett(&prove, b"a1", Some(b"HEMMELIGSAK"));
    sett(&prove, b"a2", Some(b"to"));
    sett(&prove, b"b1", Some(b"tre"));
    sett(&prove, b"a3", Some(b"fire"));
    let siste = sett(&prove, b"a2", None);
    // A number each, and nobody hears of it.
    assert_eq!(siste[0].0, nummer[0].0 + 4);
    assert_eq!(prove.feed(Projeksjon::MedHjemmel).len(), feed);
    let rader = |register: &register::Register| {
        let les = register.les().unwrap();
        assert_eq!(les.sist_bekreftet().unwrap(), siste[0]);
        assert_eq!(les.sak(b"a2").unwrap(), None);
        assert_eq!(les.saker(b"a", b"a2", 9).unwrap(), [(b"a3".to_vec(), b"fire".to_vec())]);
        assert_eq!(les.saker(b"a", b"", 1).unwrap().len(), 1);
        les.saker(b"", b"", 9).unwrap()
    };
    let foer = rader(prove.register());
    assert_eq!(foer.len(), 3);
    prove.sjekk();
    let avtrykk = prove.register().avtrykk_av_primaerdata().unwrap();
    prove.gjenaapne();
    assert_eq!(rader(prove.register()), foer);
    // As a restore gives it.
    let maal = utenfor.path().join("ny");
    let bestilling = Gjenoppretting {
        rot,
        personnoekler: Some(prove.mappe.path().join("personnoekler")),
        noekler: prove.mappe.path().join("noekler"),
        arkivstroem: Some(stroem.clone()),
        slettinger: prove.mappe.path().join("slettinger"),
        til: None,
        maal: maal.clone(),
    };
    prove.lukk();
    gjenopprett(&bestilling, tid(20), NAA).unwrap();
    let ny = register::Register::aapne(&maal).unwrap();
    assert_eq!(ny.avtrykk_av_primaerdata().unwrap(), avtrykk);
    assert_eq!(rader(&ny), foer);
    for mappe in [prove.mappe.path(), &stroem] {
        assert!(!crate::sikkerhetskopi::ligger(mappe, b"HEMMELIGSAK"));
    }
}

#[test]
fn a_key_for_cases_that_is_lost_is_missed() {
    let mut prove = Prove::new();
    let sett = prove.register().behandle(NAA, |b| {
        b.sett_sak(b"en", Some(b"1"))?;
        b.sett_sak(b"to", Some(b"2"))
    });
    sett.unwrap();
    prove.lukk();
    std::fs::remove_file(prove.mappe.path().join("noekler/saker")).unwrap();
    let feil = register::Register::aapne(prove.mappe.path()).unwrap_err();
    assert!(matches!(feil, Feil::Lager(lager::Feil::ManglerNoekkel(_))), "{feil:?}");
}

#[test]
fn events_are_found_at_their_numbers_in_every_feed_that_was_told_of_them() {
    let prove = Prove::new();
    // More than are read at a time, and some that not all are told of.
    for n in 1..=90 {
        prove.opprett(&person(n).bosatt("Prøveveien"));
        if n % 3 == 0 {
            doed(&prove, n);
        }
    }
    let les = prove.register().les().unwrap();
    let siste = prove.register().siste_sekvens().unwrap();
    let alle = les.feednumre(Sekvens(1), siste).unwrap();
    for projeksjon in Projeksjon::ALLE {
        let mut hver_for_seg = Vec::new();
        for seq in 1..=siste.0 {
            let numre = les.feednumre(Sekvens(seq), Sekvens(seq)).unwrap();
            hver_for_seg.extend(numre.get(&projeksjon).into_iter().flatten().copied());
        }
        let feed: Vec<u64> = prove.feed(projeksjon).iter().map(|e| e.sekvensnummer).collect();
        assert_eq!(hver_for_seg, feed, "{projeksjon:?}");
        assert_eq!(
            alle.get(&projeksjon).cloned().unwrap_or_default(),
            feed,
            "{projeksjon:?}"
        );
    }
    assert!(
        les.feednumre(Sekvens(siste.0 + 1), Sekvens(u64::MAX))
            .unwrap()
            .is_empty()
    );
}

#[test]
fn while_it_is_held_still_nobody_writes_and_everybody_reads() {
    let prove = Prove::new();
    prove.opprett(&person(1));
    let register = prove.register();
    let stille = register.stille().unwrap();
    let ny = Registrering {
        tidspunkt: tid(1),
        handling: Handling::Opprett(Box::new(person(2).dokument())),
    };
    std::thread::scope(|s| {
        let skriver = s.spawn(|| register.utfoer(&[ny], NAA).unwrap());
        for _ in 0..100 {
            assert_eq!(register.antall_personer().unwrap(), 1);
            assert!(prove.tekst(1, Projeksjon::MedHjemmel).is_some());
            std::thread::yield_now();
        }
        assert!(!skriver.is_finished());
        drop(stille);
        skriver.join().unwrap();
    });
    assert_eq!(register.antall_personer().unwrap(), 2);
    prove.sjekk();
}
