//! Erasure and its crashes, seen from inside: every stored byte is opened and read.

use informasjonsmodell::{Endring, Hendelsestype as H};
use serde_json::json;

use crate::felles::{Prove, bosted, ny, person, postboks, tid};
use crate::ramme::{self, Ramme};
use crate::register::{Register, Steg};
use crate::{Feil, innlasting};

const HEMMELIG: [&str; 5] = ["Hemmeliggata", "Gammelgata", "Skiftegata", "Utestad", "Framtidsted"];

fn sett_strengt() -> Vec<Endring> {
    vec![
        ny("adressebeskyttelse", json!({"graderingsnivaa": "strengtFortrolig"})),
        ny("postadresse", postboks("KRIPOS")),
    ]
}

/// A person with addresses now, before and corrected, and with places outside them.
fn befolket() -> Prove {
    let prove = Prove::new();
    let skifte = json!({"person": {"foedselsEllerDNummer": crate::felles::nr(2)}, "skifteform": "annet",
        "attestutstedelsesdato": "2025-05-05",
        "adresse": {"adresselinje": ["Skiftegata 1"], "poststedsnavn": "OSLO", "postnummer": "0001"}});
    let mut bred = person(1)
        .bosatt("Gammelgata")
        .med("innflytting", json!({"fraflyttingsland": "SWE", "fraflyttingsstedIUtlandet": "Utestad"}))
        .med("oppholdsadresse", json!({"vegadresse": {"kommunenummer": "0301", "adressenavn": "Hemmeliggata"}, "adressegradering": "klientadresse"}))
        .med("kontaktinformasjonForDoedsbo", skifte);
    // What the model does not know may be a place.
    bred.0["framtidigEntitet"] = json!({"verdi": "Framtidsted"});
    prove.opprett(&bred);
    prove.opprett(&person(2).bosatt("Nabogata"));
    prove.registrer(
        1,
        H::EndringIBostedsadresse,
        vec![ny("bostedsadresse", bosted("Hemmeliggata", "ugradert"))],
    );
    prove.registrer(
        1,
        H::EndringIBostedsadresse,
        vec![crate::felles::annuller("bostedsadresse")],
    );
    prove.registrer(1, H::EndringIInnflytting, vec![crate::felles::annuller("innflytting")]);
    prove
}

/// Everything that is stored, opened with whatever keys are stored.
fn alt_som_kan_leses(register: &Register) -> String {
    let les = register.miljoe.les().unwrap();
    let noekler = register.noekler.les().unwrap();
    let t = &register.tabeller;
    let mut ut = String::new();
    for tabell in [
        t.personer,
        t.identifikatorer,
        t.feed,
        t.tekster,
        t.meta,
        register.journal.tabell(),
    ] {
        for rad in tabell.fra(&les, &[]).unwrap() {
            ut.push_str(&String::from_utf8_lossy(rad.unwrap().1));
        }
    }
    for rad in t.personer.fra(&les, &[]).unwrap() {
        let (plass, verdi) = rad.unwrap();
        let person = u32::from_be_bytes(plass[..4].try_into().unwrap());
        let ramme = Ramme::ALLE[usize::from(plass[4])];
        if ramme == Ramme::Hode {
            continue;
        }
        for generasjon in 0..=3 {
            let noekkel = noekler.hent(person, generasjon).unwrap();
            if let Ok(byte) = ramme::pakk_opp(ramme, person, verdi, noekkel.as_ref()) {
                ut.push_str(&String::from_utf8_lossy(&byte));
            }
        }
    }
    ut
}

fn har_noekkel(register: &Register, person: u32, generasjon: u8) -> bool {
    register
        .noekler
        .les()
        .unwrap()
        .hent(person, generasjon)
        .unwrap()
        .is_some()
}

#[test]
fn an_erasure_leaves_no_byte_that_can_be_read_and_no_key() {
    let prove = befolket();
    let foer = alt_som_kan_leses(prove.register());
    for ord in HEMMELIG {
        assert!(foer.contains(ord), "{ord}");
    }
    assert!(har_noekkel(prove.register(), 1, 0));
    // Copies of the sealed frames, as a backup would hold them.
    let kopi: Vec<(Ramme, Vec<u8>)> = {
        let les = prove.register().les().unwrap();
        let rammer = Ramme::ALLE.into_iter().filter(|r| r.forsegles());
        rammer
            .filter_map(|r| Some((r, les.ramme(r, 1).unwrap()?.to_vec())))
            .collect()
    };
    assert!(!kopi.is_empty());
    prove.registrer(1, H::EndringIAdressebeskyttelse, sett_strengt());
    let etter = alt_som_kan_leses(prove.register());
    for ord in HEMMELIG {
        assert!(!etter.contains(ord), "{ord}");
    }
    assert!(etter.contains("KRIPOS") && etter.contains("Nabogata"));
    assert!(!har_noekkel(prove.register(), 1, 0));
    assert!(har_noekkel(prove.register(), 1, 1) && har_noekkel(prove.register(), 2, 0));
    let les = prove.register().les().unwrap();
    let naavaerende = les.noekkel(1, 1).unwrap();
    for (ramme, byte) in kopi {
        assert!(ramme::pakk_opp(ramme, 1, &byte, naavaerende.as_ref()).is_err());
    }
    prove.sjekk();
}

#[test]
fn a_reading_that_began_before_an_erasure_ends_as_of_its_own_moment() {
    let prove = befolket();
    let les = prove.register().les().unwrap();
    prove.registrer(1, H::EndringIAdressebeskyttelse, sett_strengt());
    let person = crate::lesing::Personnummer(1);
    assert!(les.post(person).unwrap().is_some());
    drop(les);
    let les = prove.register().les().unwrap();
    assert!(les.post(person).unwrap().is_some());
}

#[test]
fn a_process_that_dies_between_two_commits_of_an_erasure_finishes_it_or_never_began() {
    for steg in [Steg::Noekler, Steg::Register, Steg::Oedelagt] {
        let mut prove = befolket();
        let foer = prove.mh(1);
        *prove.register().stopp_ved.lock().unwrap() = Some(steg);
        let utfall = prove.proev(1, H::EndringIAdressebeskyttelse, sett_strengt());
        // Key destruction is finished later; the caller is told that the erasure is committed.
        assert_eq!(utfall.is_ok(), steg == Steg::Oedelagt);
        prove.gjenaapne();
        let register = prove.register();
        if steg == Steg::Noekler {
            assert_eq!(prove.mh(1), foer);
            assert!(har_noekkel(register, 1, 0));
        } else {
            assert!(!har_noekkel(register, 1, 0), "{steg:?}");
            let lest = alt_som_kan_leses(register);
            assert!(HEMMELIG.iter().all(|ord| !lest.contains(ord)), "{steg:?}");
            assert!(lest.contains("KRIPOS"));
            let les = register.miljoe.les().unwrap();
            assert_eq!(
                register
                    .tabeller
                    .meta
                    .med_prefiks(&les, b"slett_noekkel/")
                    .unwrap()
                    .count(),
                0
            );
        }
        prove.sjekk();
        // And the same erasure can be asked for again.
        prove.registrer(1, H::EndringIAdressebeskyttelse, sett_strengt());
        assert!(!alt_som_kan_leses(prove.register()).contains("Hemmeliggata"));
        prove.sjekk();
    }
}

#[test]
fn a_damaged_index_stops_searches_and_not_the_register() {
    let mut prove = befolket();
    let register = prove.register();
    let les = register.miljoe.les().unwrap();
    let rader = register.tabeller.indeks.foerste.fra(&les, &[]).unwrap();
    let rader: Vec<_> = rader
        .map(|r| r.map(|(n, v)| (n.to_vec(), v.to_vec())).unwrap())
        .collect();
    drop(les);
    let mut skriv = register.miljoe.skriv().unwrap();
    for (noekkel, mut verdi) in rader {
        verdi[0] ^= 1;
        register
            .tabeller
            .indeks
            .foerste
            .sett(&mut skriv, &noekkel, &verdi)
            .unwrap();
    }
    lager::Miljoe::bekreft(skriv).unwrap();
    assert!(!register.verifiser(&mut |_| {}).unwrap().is_empty());
    prove.registrer(1, H::EndringIStatus, vec![ny("status", json!({"status": "utflyttet"}))]);
    assert!(
        prove
            .register()
            .les()
            .unwrap()
            .indeks(tilgang::Projeksjon::MedHjemmel)
            .is_err()
    );
    prove.gjenaapne();
    assert!(
        prove
            .register()
            .les()
            .unwrap()
            .indeks(tilgang::Projeksjon::MedHjemmel)
            .is_ok()
    );
    prove.sjekk();
}

#[test]
fn a_block_of_the_index_that_is_put_back_as_it_was_is_damage() {
    let prove = befolket();
    for n in 3..=8 {
        prove.opprett(&person(n).bosatt("Nabogata"));
    }
    let register = prove.register();
    let blokker = || {
        let les = register.miljoe.les().unwrap();
        let rader = register.tabeller.indeks.foerste.fra(&les, &[]).unwrap();
        let rader = rader.map(|r| r.map(|(n, v)| (n.to_vec(), v.to_vec())).unwrap());
        let i_blokk = |(noekkel, _): &(Vec<u8>, Vec<u8>)| !matches!(noekkel.last_chunk(), Some([0, 0] | [0xFF, 0xFF]));
        rader.filter(i_blokk).collect::<std::collections::BTreeMap<_, _>>()
    };
    let foer = blokker();
    prove.registrer(1, H::EndringIStatus, vec![ny("status", json!({"status": "utflyttet"}))]);
    let etter = blokker();
    let endret = foer
        .iter()
        .filter(|(noekkel, verdi)| etter.get(*noekkel).is_some_and(|v| v != *verdi));
    let endret: Vec<_> = endret.collect();
    assert!(!endret.is_empty());
    for (noekkel, gammel) in endret {
        let sett = |verdi: &[u8]| {
            let mut skriv = register.miljoe.skriv().unwrap();
            register
                .tabeller
                .indeks
                .foerste
                .sett(&mut skriv, noekkel, verdi)
                .unwrap();
            lager::Miljoe::bekreft(skriv).unwrap();
        };
        // It opens, since it lay there once: the term's first row says that it is not what was left.
        sett(gammel);
        assert!(!register.verifiser(&mut |_| {}).unwrap().is_empty());
        sett(&etter[noekkel]);
        assert!(register.verifiser(&mut |_| {}).unwrap().is_empty());
    }
}

#[test]
fn a_process_that_dies_before_the_old_key_of_the_index_is_destroyed_destroys_it_when_it_starts() {
    let mut prove = befolket();
    let fil = prove.mappe.path().join("noekler/indeks");
    let gammel = std::fs::read(&fil).unwrap();
    *prove.register().stopp_ved.lock().unwrap() = Some(Steg::Indeks);
    assert!(prove.register().forny_noekler(false).is_err());
    assert_eq!(std::fs::read(&fil).unwrap(), gammel);
    prove.gjenaapne();
    assert_ne!(std::fs::read(&fil).unwrap(), gammel);
    assert!(!fil.with_extension("ny").exists());
    prove.sjekk();
    // One that dies after it leaves nothing but what nobody can read, and that is taken away by the next.
    *prove.register().stopp_ved.lock().unwrap() = Some(Steg::Indeksrest);
    assert!(prove.register().forny_noekler(false).is_err());
    let rader = |prove: &Prove| {
        let register = prove.register();
        let les = register.miljoe.les().unwrap();
        register
            .tabeller
            .indeks
            .begge()
            .map(|tabell| tabell.antall(&les).unwrap())
    };
    assert!(rader(&prove).iter().all(|antall| *antall > 0));
    prove.gjenaapne();
    assert!(rader(&prove).iter().all(|antall| *antall > 0));
    assert_eq!(prove.register().verifiser(&mut |_| {}).unwrap(), []);
    prove.register().forny_noekler(false).unwrap();
    assert_eq!(rader(&prove).iter().filter(|antall| **antall > 0).count(), 1);
    prove.sjekk();
    // One that dies before it goes on under the key it had; and one that fails tries again.
    for steg in [Steg::Indeksstykke, Steg::Indeksbytte] {
        let gjeldende = std::fs::read(&fil).unwrap();
        for _ in 0..2 {
            *prove.register().stopp_ved.lock().unwrap() = Some(steg);
            assert!(prove.register().forny_noekler(false).is_err());
            assert_eq!(std::fs::read(&fil).unwrap(), gjeldende);
            prove.sjekk();
        }
        prove.gjenaapne();
        assert_eq!(std::fs::read(&fil).unwrap(), gjeldende);
        assert!(!fil.with_extension("ny").exists());
        prove.sjekk();
        *prove.register().stopp_ved.lock().unwrap() = Some(steg);
        assert!(prove.register().forny_noekler(true).is_err());
        *prove.register().stopp_ved.lock().unwrap() = None;
        prove.register().forny_noekler(true).unwrap();
        assert_ne!(std::fs::read(&fil).unwrap(), gjeldende);
        assert_eq!(rader(&prove).iter().filter(|antall| **antall > 0).count(), 1);
        prove.sjekk();
    }
    // And one that dies before the index lies under it never takes it in use.
    prove.lukk();
    let gjeldende = std::fs::read(&fil).unwrap();
    std::fs::copy(&fil, fil.with_extension("ny")).unwrap();
    std::fs::write(fil.with_extension("ny"), [9; 32]).unwrap();
    prove.gjenaapne();
    assert_eq!(std::fs::read(&fil).unwrap(), gjeldende);
    assert!(!fil.with_extension("ny").exists());
    prove.sjekk();
}

#[test]
fn a_process_that_dies_between_two_commits_of_a_creation_leaves_a_whole_register() {
    for steg in [Steg::Noekler, Steg::Register] {
        let mut prove = befolket();
        let antall = prove.register().antall_personer().unwrap();
        *prove.register().stopp_ved.lock().unwrap() = Some(steg);
        let dokument = person(3).bosatt("Nygata").med(
            "statsborgerskap",
            json!({"statsborgerskap": "NOR", "kilde": "en ny tekst"}),
        );
        let opprett = || vec![informasjonsmodell::Handling::Opprett(Box::new(dokument.dokument()))];
        assert!(prove.utfoer(opprett()).is_err());
        prove.gjenaapne();
        let finnes = steg == Steg::Register;
        assert_eq!(prove.register().antall_personer().unwrap(), antall + u32::from(finnes));
        prove.sjekk();
        // The next person takes the number, and a key of its own.
        prove.opprett(&person(4).bosatt("Annengata"));
        assert_eq!(prove.utfoer(opprett()).is_ok(), !finnes);
        for n in [1, 2, 3, 4] {
            assert!(prove.mh(n)["navn"].is_array());
        }
        prove.sjekk();
    }
}

#[test]
fn a_load_that_dies_before_it_says_it_is_done_is_empty_when_opened() {
    struct To;
    impl innlasting::Kilde for To {
        fn grupper(&self) -> u32 {
            1
        }
        fn foer(&self, _: u32) -> u32 {
            0
        }
        fn dokumenter(&self, _: u32) -> Vec<informasjonsmodell::Persondokument> {
            (1..=2).map(|n| person(n).bosatt("Ekorngata").dokument()).collect()
        }
    }
    let mut prove = Prove::new();
    prove.register().last_inn(&To, 1, tid(0), 0, &mut |_| {}).unwrap();
    // As if the last commit, which takes the mark away, never came.
    prove.register().sett_merke("innlasting", b"underveis").unwrap();
    prove.gjenaapne();
    assert!(prove.register().avbrutt_innlasting().unwrap());
    assert_eq!(prove.register().antall_personer().unwrap(), 0);
    prove.sjekk();
    prove.register().last_inn(&To, 1, tid(0), 0, &mut |_| {}).unwrap();
    prove.sjekk();
}

#[test]
fn a_text_that_a_refused_request_brought_takes_no_number_from_another() {
    let mut prove = befolket();
    let med = |kilde: &str| ny("navn", json!({"fornavn": "LYS", "etternavn": "BREKKE", "kilde": kilde}));
    let avvist = prove.utfoer(vec![
        crate::felles::registrering(1, H::EndringINavn, vec![med("avvist")]),
        crate::felles::registrering(1, H::EndringIDoedsfall, vec![crate::felles::annuller("doedsfall")]),
    ]);
    assert!(matches!(avvist, Err(Feil::Regel(_))));
    prove.registrer(1, H::EndringINavn, vec![med("godtatt")]);
    prove.gjenaapne();
    assert_eq!(prove.mh(1)["navn"][0]["kilde"], json!("godtatt"));
    prove.sjekk();
}

#[test]
fn an_index_that_is_being_made_otherwise_when_a_renewal_begins_is_left_alone() {
    let prove = befolket();
    let register = prove.register();
    let indeks = register.indeks.as_ref().unwrap();
    std::thread::scope(|traader| {
        let mut skriv = register.miljoe.skriv().unwrap();
        register.bygg_indeks(indeks, &mut skriv).unwrap();
        let fornyer = traader.spawn(|| register.forny_noekler(false).map(|_| ()));
        // Long enough for it to come as far as it can.
        std::thread::sleep(std::time::Duration::from_millis(200));
        assert!(!indeks.endrede().foeres());
        lager::Miljoe::bekreft(skriv).unwrap();
        fornyer.join().unwrap().unwrap();
    });
    prove.sjekk();
}
