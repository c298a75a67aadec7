//! The index of terms: in step with the records, under a key that can be destroyed, made again when it must be.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use informasjonsmodell::{Handling, Hendelsestype as H};
use register::{Personnummer, Register, Steder};
use serde_json::json;
use tilgang::Projeksjon;

use crate::felles::{Alt, NAA, Prove, bosted, ny, person, postboks, registrering, tid};

const GATE: &str = "PRØVEVEIEN";

/// Numbers of those whom a projection is led to by the street they live in.
fn bor_i(register: &Register, projeksjon: Projeksjon, start: &str) -> Vec<Personnummer> {
    let slag = (informasjonsmodell::Entitet::Bostedsadresse as u8) << 1 | 1 | register::ORDNET;
    let les = register.les().unwrap();
    let indeks = les.indeks(projeksjon).unwrap();
    let treff = indeks.som_begynner(slag, start).unwrap();
    let personer = indeks.personer(&treff, 0).unwrap();
    assert_eq!(treff.antall(), personer.antall());
    let alle: Vec<u32> = personer.plasser().map(u32::from).collect();
    assert_eq!(indeks.liste(&treff).unwrap(), alle);
    alle.into_iter().map(Personnummer::fra_indeks).collect()
}

fn aapne(prove: &Prove) -> Register {
    Register::aapne_med_visning(prove.mappe.path(), &Steder::default(), Arc::new(Alt)).unwrap()
}

fn strengt(prove: &Prove, n: u32) {
    prove.registrer(
        n,
        H::EndringIAdressebeskyttelse,
        vec![
            ny("adressebeskyttelse", json!({"graderingsnivaa": "strengtFortrolig"})),
            ny("postadresse", postboks("1")),
        ],
    );
}

#[test]
fn a_hidden_address_leads_nobody_who_is_not_shown_it() {
    let prove = Prove::new();
    for n in 1..=3 {
        prove.opprett(&person(n).bosatt(GATE));
    }
    prove.registrer(
        2,
        H::EndringIAdressebeskyttelse,
        vec![ny("adressebeskyttelse", json!({"graderingsnivaa": "fortrolig"}))],
    );
    let antall = |p| bor_i(prove.register(), p, "PRØ").len();
    assert_eq!(antall(Projeksjon::MedHjemmel), 3);
    assert_eq!(antall(Projeksjon::MedHjemmelUtenGraderte), 2);
    assert_eq!(antall(Projeksjon::Finans), 2);
    strengt(&prove, 2);
    assert_eq!(antall(Projeksjon::MedHjemmel), 2);
    prove.sjekk();
}

#[test]
fn what_was_taken_from_the_index_is_under_a_key_that_is_destroyed() {
    let mut prove = Prove::new();
    prove.opprett(&person(1).bosatt(GATE));
    prove.opprett(&person(2).bosatt(GATE));
    let fil = prove.mappe.path().join("noekler/indeks");
    let foer = std::fs::read(&fil).unwrap();
    strengt(&prove, 1);
    assert!(prove.register().maa_fornyes().unwrap());
    let leser = prove.register().les().unwrap();
    prove.register().forny_noekler(false).unwrap();
    // Who began to read before goes on.
    let indeks = leser.indeks(Projeksjon::MedHjemmel).unwrap();
    assert!(indeks.term(1, b"").unwrap().antall() == 0);
    drop(indeks);
    drop(leser);
    assert_ne!(std::fs::read(&fil).unwrap(), foer);
    assert!(!fil.with_extension("ny").exists());
    assert_eq!(bor_i(prove.register(), Projeksjon::MedHjemmel, "PRØVE").len(), 1);
    prove.sjekk();
    prove.gjenaapne();
    assert_eq!(bor_i(prove.register(), Projeksjon::MedHjemmel, "PRØVE").len(), 1);
    prove.registrer(
        2,
        H::EndringIBostedsadresse,
        vec![ny("bostedsadresse", bosted("ANNET", "ugradert"))],
    );
    assert_eq!(bor_i(prove.register(), Projeksjon::MedHjemmel, "PRØVE"), []);
    prove.sjekk();
}

// Where a person lives by the index, of one moment: asked for in three ways, which must all say the same.
fn bosteder(register: &Register, gater: [&str; 2]) -> [bool; 2] {
    let slag = (informasjonsmodell::Entitet::Bostedsadresse as u8) << 1 | 1 | register::ORDNET;
    let les = register.les().unwrap();
    let indeks = les.indeks(Projeksjon::MedHjemmel).unwrap();
    let har = |treff: register::Treff| {
        let liste = indeks.liste(&treff).unwrap();
        assert_eq!(indeks.personer(&treff, 0).unwrap().har(1), liste.contains(&1));
        liste.contains(&1)
    };
    let svar = gater.map(|gate| {
        let en = har(indeks.term(slag, gate.as_bytes()).unwrap());
        let start: String = gate.chars().take(4).collect();
        assert_eq!(har(indeks.som_begynner(slag, &start).unwrap()), en);
        en
    });
    let begge: Vec<_> = gater.iter().map(|gate| (slag, gate.as_bytes())).collect();
    assert!(har(indeks.noen(&begge).unwrap()));
    let intervall = indeks.intervall(slag, &[b"begge"], || {
        let del = |gate: &str| register::Intervalldel::En(gate.as_bytes().into());
        gater.iter().map(|gate| del(gate)).collect()
    });
    assert!(har(intervall.unwrap()));
    svar
}

/// Says so when it goes, whatever the reason.
struct Ferdig<'f>(&'f AtomicBool);

impl Drop for Ferdig<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn whoever_asks_while_somebody_moves_finds_them_in_one_place() {
    const ANNEN: &str = "ANNENGATEN";
    let prove = Prove::new();
    // So many that one of the streets is by block, and the other passes the border each time.
    for n in 1..=5 {
        prove.opprett(&person(n).bosatt(if n == 5 { ANNEN } else { GATE }));
    }
    for n in 6..=7 {
        prove.opprett(&person(n).bosatt(ANNEN));
    }
    let register = prove.register();
    let ferdig = AtomicBool::new(false);
    let spurt = AtomicUsize::new(0);
    std::thread::scope(|traader| {
        let spoer = || {
            traader.spawn(|| {
                let mut sett = [false; 2];
                while !ferdig.load(Ordering::SeqCst) {
                    let bor = bosteder(register, [GATE, ANNEN]);
                    assert_ne!(bor[0], bor[1]);
                    sett = [sett[0] | bor[0], sett[1] | bor[1]];
                    spurt.fetch_add(1, Ordering::SeqCst);
                }
                assert_eq!(sett, [true; 2]);
            })
        };
        let spoerrere = [spoer(), spoer(), spoer()];
        let _ferdig = Ferdig(&ferdig);
        for flytting in 0..200u8 {
            let gate = if flytting % 2 == 0 { ANNEN } else { GATE };
            let endring = ny("bostedsadresse", bosted(gate, "ugradert"));
            let registrering = informasjonsmodell::Registrering {
                tidspunkt: tid(9),
                handling: registrering(1, H::EndringIBostedsadresse, vec![endring]),
            };
            let foer = spurt.load(Ordering::SeqCst);
            register.utfoer(&[registrering], NAA).unwrap();
            assert_eq!(bosteder(register, [GATE, ANNEN]), [gate == GATE, gate == ANNEN]);
            // Everybody has asked of this moment before the next.
            while spurt.load(Ordering::SeqCst) < foer + 6 && !spoerrere.iter().any(|s| s.is_finished()) {
                std::thread::yield_now();
            }
        }
    });
    prove.sjekk();
}

// The nth of what is done while it is made anew: somebody comes, moves, is hidden, or is shown again.
fn hendelse(n: u32) -> Handling {
    let bor = |gate: &str| vec![ny("bostedsadresse", bosted(gate, "ugradert"))];
    match n % 6 {
        0 | 1 => Handling::Opprett(Box::new(person(n).bosatt(GATE).dokument())),
        2 => registrering(n - 2, H::EndringIBostedsadresse, bor("ANNENGATEN")),
        3 => registrering(
            n - 2,
            H::EndringIAdressebeskyttelse,
            vec![
                ny("adressebeskyttelse", json!({"graderingsnivaa": "strengtFortrolig"})),
                ny("postadresse", postboks("1")),
            ],
        ),
        4 => registrering(n - 4, H::EndringIBostedsadresse, bor(GATE)),
        _ => registrering(n - 5, H::EndringIBostedsadresse, bor(&format!("GATE{n}VEIEN"))),
    }
}

#[test]
fn who_writes_and_who_asks_go_on_while_it_is_made_anew() {
    const ANTALL: u32 = 600;
    let mut prove = Prove::new();
    for n in ANTALL..ANTALL + 40 {
        prove.opprett(&person(n).bosatt("STILLEVEIEN"));
    }
    let register = prove.register();
    let (ferdig, fornyet, spurt) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    let (mut maatte_igjen, mut sammen) = (0, 0);
    std::thread::scope(|traader| {
        let spoerrer = traader.spawn(|| {
            while !ferdig.load(Ordering::SeqCst) {
                // Whoever lives there all along is found all along, and nobody else.
                assert_eq!(bor_i(register, Projeksjon::MedHjemmel, "STILLE").len(), 40);
                spurt.fetch_add(1, Ordering::SeqCst);
            }
        });
        let fornyer = traader.spawn(|| {
            let mut maatte_igjen = 0;
            while !ferdig.load(Ordering::SeqCst) {
                let nr = fornyet.load(Ordering::SeqCst);
                register.forny_noekler(nr % 3 == 2).unwrap();
                maatte_igjen += usize::from(register.maa_fornyes().unwrap());
                fornyet.fetch_add(1, Ordering::SeqCst);
                // Who reads knows the key before and the key after: not the one before that.
                let foer = spurt.load(Ordering::SeqCst);
                while spurt.load(Ordering::SeqCst) < foer + 2 && !ferdig.load(Ordering::SeqCst) {
                    std::thread::yield_now();
                }
            }
            maatte_igjen
        });
        let slutt = Ferdig(&ferdig);
        for n in 0..ANTALL {
            let foer = fornyet.load(Ordering::SeqCst);
            let registrering = informasjonsmodell::Registrering {
                tidspunkt: tid(n),
                handling: hendelse(n),
            };
            register.utfoer(&[registrering], NAA).unwrap();
            sammen += u32::from(fornyet.load(Ordering::SeqCst) == foer);
        }
        drop(slutt);
        maatte_igjen = fornyer.join().unwrap();
        spoerrer.join().unwrap();
    });
    let antall = fornyet.load(Ordering::SeqCst);
    // Renewals went on while it was written, and of some what was erased came along.
    assert!(antall >= 3 && sammen > 100, "{antall} {sammen}");
    assert!(maatte_igjen > 0);
    let bor = |register: &Register| {
        ["PRØVE", "ANNEN", "GATE"].map(|start| {
            let mut alle = bor_i(register, Projeksjon::MedHjemmel, start);
            alle.sort_unstable();
            alle
        })
    };
    let foer = bor(prove.register());
    assert_eq!(foer.iter().map(Vec::len).collect::<Vec<_>>(), [0, 0, 100]);
    prove.sjekk();
    prove.register().forny_noekler(false).unwrap();
    assert!(!prove.register().maa_fornyes().unwrap());
    prove.sjekk();
    prove.gjenaapne();
    assert_eq!(bor(prove.register()), foer);
    prove.sjekk();
}

#[test]
fn a_renewal_that_is_stopped_is_soon_over_and_changes_nothing() {
    let mut prove = Prove::new();
    for n in 0..150 {
        prove.opprett(&person(n).bosatt(GATE));
    }
    strengt(&prove, 3);
    let fil = prove.mappe.path().join("noekler/indeks");
    let foer = std::fs::read(&fil).unwrap();
    let register = prove.register();
    std::thread::scope(|traader| {
        let fornyer = traader.spawn(|| register.forny_noekler(true));
        let mut stoppet = false;
        while !fornyer.is_finished() {
            // Begun, as the new key of the index is there.
            if fil.with_extension("ny").exists() {
                register.avbryter().avbryt();
                stoppet = true;
            }
        }
        assert!(stoppet);
        let utfall = fornyer.join().unwrap();
        assert!(matches!(utfall, Err(register::Feil::Lager(lager::Feil::Avbrutt))));
    });
    assert!(register.maa_fornyes().unwrap());
    assert_eq!(std::fs::read(&fil).unwrap(), foer);
    prove.sjekk();
    // What is begun after it is not stopped.
    prove.register().forny_noekler(true).unwrap();
    assert!(!prove.register().maa_fornyes().unwrap());
    prove.sjekk();
    prove.gjenaapne();
    assert_eq!(bor_i(prove.register(), Projeksjon::MedHjemmel, "PRØVE").len(), 149);
}

#[test]
fn whoever_copies_the_files_as_they_are_meets_no_renewal() {
    let prove = Prove::new();
    for n in 0..60 {
        prove.opprett(&person(n).bosatt(GATE));
    }
    let ferdig = AtomicBool::new(false);
    let register = prove.register();
    let navn = |under: &str| {
        let filer = std::fs::read_dir(prove.mappe.path().join(under)).unwrap();
        filer
            .map(|fil| fil.unwrap().file_name())
            .collect::<std::collections::BTreeSet<_>>()
    };
    std::thread::scope(|traader| {
        traader.spawn(|| {
            while !ferdig.load(Ordering::SeqCst) {
                match register.forny_noekler(true) {
                    Ok(_) | Err(register::Feil::Lager(lager::Feil::Avbrutt)) => {}
                    Err(feil) => panic!("{feil}"),
                }
            }
        });
        let slutt = Ferdig(&ferdig);
        for runde in 0..30u64 {
            std::thread::sleep(std::time::Duration::from_millis(runde * 7 % 40));
            let stille = register.stille().unwrap();
            let foer = ["noekler", "personnoekler"].map(navn);
            std::thread::sleep(std::time::Duration::from_millis(5));
            assert_eq!(["noekler", "personnoekler"].map(navn), foer);
            drop(stille);
        }
        drop(slutt);
    });
    prove.sjekk();
}

#[test]
fn an_index_that_is_made_otherwise_meanwhile_is_that_one() {
    let prove = Prove::new();
    for n in 0..120 {
        prove.opprett(&person(n).bosatt(GATE));
    }
    let ferdig = AtomicBool::new(false);
    let register = prove.register();
    let (mut oppgitt, mut fullfoert) = (0, 0);
    std::thread::scope(|traader| {
        let fornyer = traader.spawn(|| {
            let (mut oppgitt, mut fullfoert) = (0, 0);
            while !ferdig.load(Ordering::SeqCst) {
                match register.forny_noekler(false) {
                    Ok(_) => fullfoert += 1,
                    Err(register::Feil::Lager(lager::Feil::ForMyeImens)) => oppgitt += 1,
                    Err(feil) => panic!("{feil}"),
                }
            }
            (oppgitt, fullfoert)
        });
        let slutt = Ferdig(&ferdig);
        for _ in 0..40 {
            register.bygg_om(&mut |_| {}).unwrap();
            assert_eq!(bor_i(register, Projeksjon::MedHjemmel, "PRØVE").len(), 120);
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        drop(slutt);
        (oppgitt, fullfoert) = fornyer.join().unwrap();
    });
    assert!(oppgitt > 0 && fullfoert > 0, "{oppgitt} {fullfoert}");
    assert_eq!(bor_i(register, Projeksjon::MedHjemmel, "PRØVE").len(), 120);
    prove.sjekk();
    register.forny_noekler(false).unwrap();
    prove.sjekk();
}

#[test]
fn what_is_written_without_the_index_is_in_it_when_it_is_opened_again() {
    let mut prove = Prove::new();
    prove.opprett(&person(1).bosatt(GATE));
    prove.lukk();
    let uten = Register::aapne(prove.mappe.path()).unwrap();
    let endring = ny("bostedsadresse", bosted("ANNET", "ugradert"));
    let registrering = informasjonsmodell::Registrering {
        tidspunkt: tid(9),
        handling: registrering(1, H::EndringIBostedsadresse, vec![endring]),
    };
    uten.utfoer(&[registrering], NAA).unwrap();
    assert!(uten.les().unwrap().indeks(Projeksjon::MedHjemmel).is_err());
    drop(uten);
    let register = aapne(&prove);
    assert_eq!(bor_i(&register, Projeksjon::MedHjemmel, "PRØ"), []);
    assert_eq!(bor_i(&register, Projeksjon::MedHjemmel, "ANN").len(), 1);
    assert_eq!(register.verifiser(&mut |_| {}).unwrap(), []);
    drop(register);
    // As when the key is lost.
    std::fs::remove_file(prove.mappe.path().join("noekler/indeks")).unwrap();
    let register = aapne(&prove);
    assert_eq!(bor_i(&register, Projeksjon::MedHjemmel, "ANN").len(), 1);
    assert_eq!(register.verifiser(&mut |_| {}).unwrap(), []);
}

#[test]
fn a_place_is_in_the_index_and_not_on_the_disk() {
    let mut prove = Prove::new();
    prove.opprett(&person(1).bosatt(GATE));
    prove.lukk();
    let fil = std::fs::read(prove.mappe.path().join("register/data.mdb")).unwrap();
    for tekst in [GATE.as_bytes(), &GATE.as_bytes()[..6]] {
        assert!(!fil.windows(tekst.len()).any(|v| v == tekst));
    }
}
