use informasjonsmodell::Hendelsestype as H;
use serde_json::json;
use tilgang::Projeksjon::{self, Finans, MedHjemmel, OffentligUtenHjemmel, Privat};

use crate::felles::{NAA, Prove, bosted, korriger, nr, ny, opphoer, person};

fn typer(prove: &Prove, projeksjon: Projeksjon, fra: usize) -> Vec<(&'static str, String)> {
    prove.typer(projeksjon, fra)
}

fn navn(prove: &Prove, n: u32, til: &str) {
    prove.registrer(
        n,
        H::EndringINavn,
        vec![ny("navn", json!({"fornavn": til, "etternavn": "BREKKE"}))],
    );
}

fn vern(prove: &Prove, n: u32, nivaa: &str) {
    prove.registrer(
        n,
        H::EndringIAdressebeskyttelse,
        vec![ny("adressebeskyttelse", json!({"graderingsnivaa": nivaa}))],
    );
}

fn to_bosatte() -> Prove {
    let prove = Prove::new();
    prove.opprett(&person(1).bosatt("Revestien"));
    prove.opprett(&person(2).bosatt("Ulvestien"));
    prove
}

fn publiser_alt(prove: &Prove) {
    while prove.register().publiser(None, 2, NAA).unwrap().mer {}
}

#[test]
fn a_held_feed_stands_still_and_gets_everything_in_order_when_it_is_let_go() {
    let prove = to_bosatte();
    prove.register().hold_feeder(&[MedHjemmel], NAA).unwrap();
    navn(&prove, 1, "EN");
    navn(&prove, 2, "TO");
    assert_eq!(typer(&prove, MedHjemmel, 2), []);
    // Others go on.
    assert_eq!(typer(&prove, Finans, 2).len(), 2);
    // What is asked for is answered as it is now.
    assert_eq!(prove.mh(1)["navn"][0]["fornavn"], "EN");
    let status = prove.register().les().unwrap().feedstatus(MedHjemmel).unwrap();
    assert!(status.holdt && status.venter);
    assert_eq!(prove.register().publiser(None, 10, NAA).unwrap().elementer, 0);
    prove.sjekk();

    prove.register().slipp_feeder(&[MedHjemmel], NAA).unwrap();
    // Let go, and not caught up: what comes now waits behind what waits.
    navn(&prove, 1, "TRE");
    assert_eq!(typer(&prove, MedHjemmel, 2), []);
    let foerste = prove.register().publiser(None, 1, NAA).unwrap();
    assert_eq!((foerste.elementer, foerste.mer), (1, true));
    prove.sjekk();
    publiser_alt(&prove);
    let ventet: Vec<_> = [1, 2, 1].map(|n| ("endringINavn", nr(n))).into();
    assert_eq!(typer(&prove, MedHjemmel, 2), ventet);
    assert_eq!(typer(&prove, Finans, 2), ventet);
    navn(&prove, 2, "FIRE");
    assert_eq!(typer(&prove, MedHjemmel, 2).len(), 4);
    assert!(!prove.register().les().unwrap().feedstatus(MedHjemmel).unwrap().venter);
    prove.sjekk();
}

#[test]
fn protection_that_is_set_raised_and_lifted_goes_by_what_waits() {
    let prove = to_bosatte();
    prove.register().hold_feeder(&Projeksjon::ALLE, NAA).unwrap();
    navn(&prove, 1, "EN");
    vern(&prove, 1, "fortrolig");
    vern(&prove, 1, "strengtFortrolig");
    prove.registrer(1, H::EndringIAdressebeskyttelse, vec![opphoer("adressebeskyttelse")]);
    let sett = vec![("endringIAdressebeskyttelse", nr(1)); 3];
    assert_eq!(typer(&prove, MedHjemmel, 2), sett);
    prove.register().slipp_feeder(&Projeksjon::ALLE, NAA).unwrap();
    publiser_alt(&prove);
    assert_eq!(typer(&prove, MedHjemmel, 5), [("endringINavn", nr(1))]);
    prove.sjekk();
    // The newest document of a person is not of the last item.
    let les = prove.register().les().unwrap();
    let feed = les.feed(MedHjemmel, 1, 100).unwrap();
    let nyeste = les.persondokumenter(MedHjemmel, 6, |_| true).unwrap().unwrap();
    let en = les.persondokument(crate::Personnummer(1), nyeste[1]);
    assert_eq!(Some(en), feed[4].persondokument);
}

#[test]
fn an_address_that_is_graded_by_itself_goes_by_what_waits_and_a_move_does_not() {
    let prove = to_bosatte();
    prove.register().hold_feeder(&Projeksjon::ALLE, NAA).unwrap();
    prove.registrer(
        1,
        H::EndringIBostedsadresse,
        vec![ny("bostedsadresse", bosted("Gaupestien", "ugradert"))],
    );
    assert_eq!(typer(&prove, OffentligUtenHjemmel, 2), []);
    prove.registrer(
        1,
        H::EndringIBostedsadresseUtenFlytting,
        vec![korriger("bostedsadresse", bosted("Gaupestien", "klientadresse"))],
    );
    assert_eq!(typer(&prove, OffentligUtenHjemmel, 2).len(), 1);
    assert_eq!(typer(&prove, MedHjemmel, 2).len(), 1);
    prove.sjekk();
}

#[test]
fn who_is_made_with_protection_waits_and_so_does_what_a_feed_sees_of_something_else() {
    let prove = to_bosatte();
    prove.register().hold_feeder(&Projeksjon::ALLE, NAA).unwrap();
    prove.opprett(&person(3).bosatt("Jervestien").gradering("fortrolig"));
    assert!(Projeksjon::ALLE.into_iter().all(|p| prove.feed(p).len() == 2));
    // Of a change of name and protection, those who see no address see the name alone; it says nothing of protection.
    prove.registrer(
        1,
        H::PersonErOppdatert,
        vec![
            ny("navn", json!({"fornavn": "NYTT", "etternavn": "BREKKE"})),
            ny("adressebeskyttelse", json!({"graderingsnivaa": "fortrolig"})),
        ],
    );
    assert_eq!(prove.feed(MedHjemmel).len(), 3);
    for p in Projeksjon::ALLE {
        let rett = tilgang::Tabell::felles().rett(p);
        let ser = rett.kan.har(informasjonsmodell::Entitet::Bostedsadresse)
            || rett.kan.har(informasjonsmodell::Entitet::Adressebeskyttelse);
        assert_eq!(prove.feed(p).len() == 3, ser, "{p:?}");
    }
    prove.sjekk();
}

#[test]
fn packages_are_let_go_one_by_one_and_may_be_held_again_before_they_have_caught_up() {
    let prove = to_bosatte();
    let register = prove.register();
    register.hold_feeder(&Projeksjon::ALLE, NAA).unwrap();
    for nr in 0..4 {
        navn(&prove, 1, &format!("NAVN{nr}"));
    }
    register.slipp_feeder(&[MedHjemmel], NAA).unwrap();
    publiser_alt(&prove);
    assert_eq!((prove.feed(MedHjemmel).len(), prove.feed(Finans).len()), (6, 2));
    register.slipp_feeder(&[Finans, Privat], NAA).unwrap();
    // One of two that were let go is published first.
    assert!(!register.publiser(Some(&[Privat]), 100, NAA).unwrap().mer);
    assert_eq!((prove.feed(Privat).len(), prove.feed(Finans).len()), (6, 2));
    assert!(register.publiser(None, 1, NAA).unwrap().mer);
    register.hold_feeder(&[Finans], NAA).unwrap();
    assert!(!register.publiser(None, 100, NAA).unwrap().mer);
    assert_eq!(prove.feed(Finans).len(), 3);
    prove.sjekk();
    register.slipp_feeder(&Projeksjon::ALLE, NAA).unwrap();
    publiser_alt(&prove);
    assert!(Projeksjon::ALLE.into_iter().all(|p| prove.feed(p).len() == 6));
    prove.sjekk();
}

#[test]
fn a_journal_that_says_what_cannot_be_is_damage() {
    use crate::oppfoering::{Feeder, Journalpost};
    use crate::{Feil, Sekvens};
    let feeder: Feeder = [Finans].into_iter().collect();
    let mut ingen = super::Tilbakehold::default();
    for post in [
        Journalpost::Slipp(feeder),
        Journalpost::Publiser(feeder, Sekvens(1)),
        Journalpost::Publiser(feeder, Sekvens(9)),
    ] {
        assert!(matches!(ingen.ta(Sekvens(9), post), Err(Feil::Skadet(_))));
    }
    let mut holdt = super::Tilbakehold::default();
    holdt.ta(Sekvens(5), Journalpost::Hold(feeder)).unwrap();
    assert!(holdt.ta(Sekvens(9), Journalpost::Publiser(feeder, Sekvens(7))).is_err());
    holdt.ta(Sekvens(6), Journalpost::Slipp(feeder)).unwrap();
    assert!(holdt.ta(Sekvens(9), Journalpost::Publiser(feeder, Sekvens(4))).is_err());
}
