//! Signing in, and what it looks like from outside.

use std::sync::Arc;

use identifikator::Organisasjonsnummer;
use jiff::{SignedDuration, Timestamp};

use super::{Innlogging, Innstillinger};
use crate::{
    Avslag, Bestilling, Brukernavn, Brukerregister, Feil, Kontaktperson, Organisasjonstype, Passord, Rettigheter,
};

const PROFILER: [&str; 2] = ["grunn", "behandler"];

struct Prove {
    mappe: tempfile::TempDir,
    register: Arc<Brukerregister>,
}

fn org() -> Organisasjonsnummer {
    Organisasjonsnummer::parse("312000008").unwrap()
}

fn naa() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn om(sekunder: i64) -> Timestamp {
    naa() + SignedDuration::from_secs(sekunder)
}

fn bestilling() -> Bestilling {
    Bestilling {
        navn: "PRØVEKLINIKKEN".to_owned(),
        organisasjonstype: Organisasjonstype::Fastlege,
        underskrevet_av: "daglig leder".to_owned(),
        underskrevet: "2026-02-01".parse().unwrap(),
        kontaktperson: Kontaktperson {
            navn: "kontakten".to_owned(),
            epost: "kontakt@klinikk.example".to_owned(),
            telefon: "00000000".to_owned(),
        },
        journalsystem: "PRØVEJOURNAL".to_owned(),
        formaal: "pasientadministrasjon".to_owned(),
        medlem_av_helsenettet: true,
        vilkaar_godtatt: true,
        rettigheter: Rettigheter {
            profil: "grunn".to_owned(),
            hjelpenummer: true,
            filmatch: false,
        },
    }
}

fn navn(tekst: &str) -> Brukernavn {
    Brukernavn::new(tekst).unwrap()
}

fn pass(tekst: &str) -> Passord {
    Passord::new(format!("{tekst}-langt-nok-passord"))
}

impl Prove {
    fn new() -> Self {
        let mappe = tempfile::tempdir().unwrap();
        let register = Arc::new(Brukerregister::aapne(&mappe.path().join("preg"), &PROFILER).unwrap());
        register.bestill(org(), bestilling(), naa(), "drift").unwrap();
        register
            .opprett_bruker(&navn("journal-a"), org(), &pass("a"), naa(), "drift")
            .unwrap();
        Prove { mappe, register }
    }

    fn innlogging(&self) -> Innlogging {
        Innlogging::new(self.register.clone(), Innstillinger::default()).unwrap()
    }

    fn gjenaapne(&mut self) {
        let sti = self.mappe.path().join("preg");
        self.register = Arc::new(Brukerregister::aapne(&self.mappe.path().join("annet"), &PROFILER).unwrap());
        self.register = Arc::new(Brukerregister::aapne(&sti, &PROFILER).unwrap());
    }
}

#[test]
fn who_is_let_in_is_remembered_until_something_changes() {
    let prove = Prove::new();
    let i = prove.innlogging();
    let inn = |passord: &str, naa| i.logg_inn("journal-a", &pass(passord), "her", naa);
    assert_eq!(i.husket("journal-a", &pass("a"), naa()), None);
    let inne = inn("a", naa()).unwrap();
    assert_eq!((inne.organisasjon, inne.rettigheter.profil.as_str()), (org(), "grunn"));
    assert_eq!(i.husket("journal-a", &pass("a"), om(599)), Some(inne.clone()));
    assert_eq!(i.husket("journal-a", &pass("b"), om(1)), None);
    assert_eq!(i.husket("journal-b", &pass("a"), om(1)), None);
    assert_eq!(i.husket("journal-a", &pass("a"), om(600)), None);
    // A new password, and a new order: what it may now.
    inn("a", om(700)).unwrap();
    prove
        .register
        .bytt_passord(&navn("journal-a"), &pass("b"), om(701), "drift")
        .unwrap();
    assert_eq!(i.husket("journal-a", &pass("a"), om(702)), None);
    assert_eq!(inn("a", om(702)), Err(Avslag::Feil));
    inn("b", om(703)).unwrap();
    let mut ny = bestilling();
    ny.rettigheter.profil = "behandler".to_owned();
    prove.register.bestill(org(), ny, om(704), "drift").unwrap();
    assert_eq!(i.husket("journal-a", &pass("b"), om(705)), None);
    assert_eq!(inn("b", om(705)).unwrap().rettigheter.profil, "behandler");
    // Closed, from midnight on: also for whoever is remembered.
    prove
        .register
        .avslutt_bruker(
            &navn("journal-a"),
            "2026-03-02".parse().unwrap(),
            "sluttet",
            om(706),
            "drift",
        )
        .unwrap();
    assert!(i.husket("journal-a", &pass("b"), om(707)).is_some());
    let etter = "2026-03-01T23:00:00Z".parse().unwrap();
    assert_eq!(inn("b", etter), Err(Avslag::Feil));
}

#[test]
fn who_goes_on_without_a_password_does_so_until_something_changes() {
    let prove = Prove::new();
    let i = prove.innlogging();
    assert_eq!(i.endringsmerke("journal-b"), None);
    assert_eq!(i.endringsmerke("Journal A"), None);
    let foerst = i.endringsmerke("journal-a").unwrap();
    let inne = i.fortsatt("journal-a", foerst, naa()).unwrap();
    assert_eq!(inne, i.logg_inn("journal-a", &pass("a"), "her", naa()).unwrap());
    assert_eq!(i.fortsatt("journal-b", foerst, naa()), None);
    assert_eq!(i.fortsatt("journal-a", foerst + 1, naa()), None);
    // A new password, and a new order.
    let navnet = navn("journal-a");
    prove
        .register
        .bytt_passord(&navnet, &pass("b"), om(1), "drift")
        .unwrap();
    assert_eq!(i.fortsatt("journal-a", foerst, om(2)), None);
    let etter = i.endringsmerke("journal-a").unwrap();
    assert!(i.fortsatt("journal-a", etter, om(2)).is_some());
    prove.register.bestill(org(), bestilling(), om(3), "drift").unwrap();
    assert_eq!(i.fortsatt("journal-a", etter, om(4)), None);
    // Closed, from midnight on.
    let sist = i.endringsmerke("journal-a").unwrap();
    let fra = "2026-03-02".parse().unwrap();
    prove
        .register
        .avslutt_bruker(&navnet, fra, "sluttet", om(5), "drift")
        .unwrap();
    assert!(i.fortsatt("journal-a", sist, om(6)).is_some());
    let midnatt = "2026-03-01T23:00:00Z".parse().unwrap();
    assert_eq!(i.fortsatt("journal-a", sist, midnatt), None);
}

#[test]
fn an_organisation_that_ends_takes_its_users_along_until_it_orders_anew() {
    let mut prove = Prove::new();
    let i = prove.innlogging();
    let inn = |i: &Innlogging| i.logg_inn("journal-a", &pass("a"), "her", om(5)).is_ok();
    assert!(inn(&i));
    let i_dag = "2026-03-01".parse().unwrap();
    let tilbake = "2026-02-28".parse().unwrap();
    let slutt = |fra| {
        prove
            .register
            .avslutt_organisasjon(org(), fra, "opphørt", om(1), "drift")
    };
    assert!(matches!(slutt(tilbake), Err(Feil::SluttTilbake)));
    slutt(i_dag).unwrap();
    assert!(matches!(slutt(i_dag), Err(Feil::UkjentOrganisasjon)));
    assert!(!inn(&i));
    let ny = prove
        .register
        .opprett_bruker(&navn("journal-b"), org(), &pass("b"), om(2), "drift");
    assert!(matches!(ny, Err(Feil::UkjentOrganisasjon)));
    drop(i);
    prove.gjenaapne();
    let i = prove.innlogging();
    assert!(!inn(&i));
    prove.register.bestill(org(), bestilling(), om(3), "drift").unwrap();
    assert!(inn(&i));
}

#[test]
fn guesses_are_slowed_down_and_keep_nobody_out_who_is_at_work() {
    let prove = Prove::new();
    let i = prove.innlogging();
    i.logg_inn("journal-a", &pass("a"), "her", naa()).unwrap();
    let gjett = |sted: &str, passord: &str, naa| i.logg_inn("journal-a", &pass(passord), sted, naa);
    for _ in 0..5 {
        assert_eq!(gjett("der", "x", om(1)), Err(Avslag::Feil));
    }
    // The sixth is not looked at, right as it may be; nor is it said.
    let ny = prove.innlogging();
    assert_eq!(gjett("der", "y", om(1)), Err(Avslag::Feil));
    let uten_tur = i.forsoek.lock().unwrap().values().filter(|f| f.igjen < 1.0).count();
    assert_eq!(uten_tur, 1);
    // Whoever is remembered is let in all the while, and so is one from another place.
    assert!(gjett("der", "a", om(2)).is_ok());
    i.husket.lock().unwrap().clear();
    assert_eq!(gjett("der", "a", om(2)), Err(Avslag::Feil));
    assert!(gjett("her", "a", om(2)).is_ok());
    i.husket.lock().unwrap().clear();
    // A turn comes back each twelve seconds.
    assert_eq!(gjett("der", "a", om(12)), Err(Avslag::Feil));
    assert!(gjett("der", "a", om(14)).is_ok());
    assert!(ny.logg_inn("journal-a", &pass("a"), "der", om(2)).is_ok());
}

#[test]
fn unknown_wrong_closed_and_slowed_down_take_one_hash_each() {
    let prove = Prove::new();
    let i = prove.innlogging();
    prove
        .register
        .opprett_bruker(&navn("journal-b"), org(), &pass("b"), naa(), "drift")
        .unwrap();
    let i_dag = "2026-03-01".parse().unwrap();
    prove
        .register
        .avslutt_bruker(&navn("journal-b"), i_dag, "sluttet", naa(), "drift")
        .unwrap();
    let lange = "x".repeat(10_000);
    let nektes = [
        ("ingen-slik", "a"),
        ("journal-a", "x"),
        ("journal-b", "b"),
        ("Å", "a"),
        ("", ""),
        ("journal-a", lange.as_str()),
    ];
    for (bruker, passord) in nektes {
        for nr in 0..7 {
            let foer = i.hashet();
            assert_eq!(i.logg_inn(bruker, &pass(passord), passord, om(nr)), Err(Avslag::Feil));
            assert_eq!(i.hashet(), foer + 1);
        }
    }
    // Who is let in takes one too, and none after that.
    for _ in 0..3 {
        i.logg_inn("journal-a", &pass("a"), "annet sted", naa()).unwrap();
    }
    assert_eq!(i.hashet(), 6 * 7 + 1);
    assert_eq!(i.inne.lock().unwrap().arbeider, 0);
    // A hash of nobody's is as dear as somebody's.
    let dyrt = |hash: &str| hash.split('$').nth(3).map(str::to_owned);
    assert_eq!(
        dyrt(&i.ingens),
        dyrt(&prove.register.bruker(&navn("journal-a")).unwrap().hash)
    );
}

#[test]
fn so_many_are_looked_at_at_once_and_no_more_is_kept_than_there_is_room_for() {
    let prove = Prove::new();
    let faa = Innstillinger {
        plasser: 3,
        ..Innstillinger::default()
    };
    let i = Innlogging::new(prove.register.clone(), faa).unwrap();
    for nr in 0..3 {
        assert_eq!(
            i.logg_inn(&format!("gjett-{nr}"), &pass("x"), "her", naa()),
            Err(Avslag::Feil)
        );
    }
    assert_eq!(i.logg_inn("journal-a", &pass("a"), "her", naa()), Err(Avslag::Opptatt));
    // Those who have all their turns back are forgotten.
    assert!(i.logg_inn("journal-a", &pass("a"), "her", om(61)).is_ok());
    let ingen = Innstillinger {
        samtidige: 0,
        vent: std::time::Duration::from_millis(5),
        ..Innstillinger::default()
    };
    let i = Innlogging::new(prove.register.clone(), ingen).unwrap();
    assert_eq!(i.logg_inn("journal-a", &pass("a"), "her", naa()), Err(Avslag::Opptatt));
    assert_eq!(i.inne.lock().unwrap().arbeider, 0);
}

#[test]
fn a_system_that_starts_with_many_calls_at_once_is_let_in_by_one_of_them() {
    let prove = Prove::new();
    let en = Innstillinger {
        samtidige: 1,
        vent: std::time::Duration::from_secs(60),
        ..Innstillinger::default()
    };
    let i = Innlogging::new(prove.register.clone(), en).unwrap();
    std::thread::scope(|traader| {
        for _ in 0..40 {
            traader.spawn(|| i.logg_inn("journal-a", &pass("a"), "her", naa()).unwrap());
        }
    });
    assert_eq!(i.hashet(), 1);
    let inne = i.inne.lock().unwrap();
    assert_eq!((inne.arbeider, inne.venter), (0, 0));
}

#[test]
fn an_order_has_every_field_and_a_name_is_used_once() {
    let prove = Prove::new();
    let bestill = |endre: fn(&mut Bestilling)| {
        let mut b = bestilling();
        endre(&mut b);
        prove.register.bestill(org(), b, naa(), "drift")
    };
    assert!(matches!(
        bestill(|b| b.medlem_av_helsenettet = false),
        Err(Feil::Vilkaar(_))
    ));
    assert!(matches!(bestill(|b| b.vilkaar_godtatt = false), Err(Feil::Vilkaar(_))));
    assert!(matches!(
        bestill(|b| b.underskrevet = "2026-03-02".parse().unwrap()),
        Err(Feil::Vilkaar(_))
    ));
    assert!(matches!(bestill(|b| b.kontaktperson.navn.clear()), Err(Feil::Felt(_))));
    assert!(matches!(bestill(|b| b.formaal = "x".repeat(201)), Err(Feil::Felt(_))));
    assert!(matches!(
        bestill(|b| b.rettigheter.profil = "alt".to_owned()),
        Err(Feil::UkjentProfil)
    ));
    let lag = |bruker: &str, passord: &Passord| {
        prove
            .register
            .opprett_bruker(&navn(bruker), org(), passord, naa(), "drift")
    };
    assert!(matches!(lag("journal-a", &pass("a")), Err(Feil::BrukernavnIBruk)));
    assert!(matches!(
        lag("journal-b", &Passord::new("kort".to_owned())),
        Err(Feil::UgyldigPassord)
    ));
    let i_dag = "2026-03-01".parse().unwrap();
    prove
        .register
        .avslutt_bruker(&navn("journal-a"), i_dag, "sluttet", naa(), "drift")
        .unwrap();
    // Also when it is closed.
    assert!(matches!(lag("journal-a", &pass("a")), Err(Feil::BrukernavnIBruk)));
    let bytt = prove
        .register
        .bytt_passord(&navn("journal-a"), &pass("b"), naa(), "drift");
    assert!(matches!(bytt, Err(Feil::UkjentBruker)));
    for feil in ["", "ab", "Stor", "med blank", "æøå", "x".repeat(65).as_str()] {
        assert!(Brukernavn::new(feil).is_err(), "{feil}");
    }
}

#[test]
fn no_password_lies_in_the_file_or_in_a_word_of_ours() {
    let prove = Prove::new();
    let fil = std::fs::read_to_string(prove.mappe.path().join("preg/brukere.jsonl")).unwrap();
    assert!(!fil.contains("langt-nok") && fil.contains("$argon2id$"));
    let ord = format!(
        "{:?} {:?}",
        prove.register.bruker(&navn("journal-a")).unwrap(),
        pass("a")
    );
    assert!(!ord.contains("langt-nok") && !ord.contains("argon2id"), "{ord}");
}
