//! Mass corrections: what they do is what the same requests would do one by one, and nothing else.

use informasjonsmodell::{Entitet, Handling, Hendelsestype as H, Registrering};
use register::{Masseregel, Masseutvalg, Personbilde, Regelbrudd, Rettelse, Rettet};
use serde_json::json;
use tilgang::{Entitetsmengde, Projeksjon};

use crate::felles::{NAA, Prove, bosted, korriger, nr, nummer, ny, person, postboks, tid};

/// Everybody who is in use and has such an address moves; whoever has a name gets another.
struct Alle;

fn rettelser(person: &Personbilde) -> Vec<Rettelse> {
    let mut ut = Vec::new();
    if !person.er_i_bruk {
        return ut;
    }
    if let Some(bor) = person.gjeldende(Entitet::Bostedsadresse).next() {
        let grad = bor.innhold.gradering().map_or("ugradert", |g| g.som_tekst());
        ut.push(Rettelse::Endre {
            hendelsestype: H::EndringIBostedsadresseUtenFlytting,
            endringer: vec![ny("bostedsadresse", bosted("Nyveien", grad))],
        });
    }
    ut.push(Rettelse::Endre {
        hendelsestype: H::EndringINavn,
        endringer: vec![korriger("navn", json!({"fornavn": "RETTET", "etternavn": "BREKKE"}))],
    });
    ut
}

impl Masseregel for Alle {
    fn entiteter(&self) -> Entitetsmengde {
        [Entitet::Bostedsadresse].into_iter().collect()
    }

    fn vurder(&self, person: &Personbilde) -> Vec<Rettelse> {
        rettelser(person)
    }
}

/// Ordinary persons, and every kind that a change leads to more for.
fn befolket() -> Prove {
    let prove = Prove::new();
    for n in 1..=6 {
        prove.opprett(&person(n).bosatt(&format!("Gate{n}veien")));
    }
    prove.opprett(&person(7).bosatt("Skjulveien").gradering("fortrolig"));
    prove.opprett(
        &person(8)
            .gradering("strengtFortrolig")
            .med("postadresse", postboks("KRIPOS")),
    );
    prove.opprett(&person(9).med("bostedsadresse", bosted("Klientveien", "klientadresse")));
    prove.opprett(&person(10).bosatt("Dobbeltveien"));
    prove.opprett(&person(11).bosatt("Dobbeltveien"));
    prove.slaa_sammen(10, 11);
    let kontakt = json!({"person": {"foedselsEllerDNummer": nr(1)}, "skifteform": "annet",
        "attestutstedelsesdato": "2025-05-05", "adresse": {"adresselinje": ["Skiftegata 1"], "poststedsnavn": "OSLO", "postnummer": "0001"}});
    prove.opprett(
        &person(12)
            .bosatt("Boveien")
            .med("kontaktinformasjonForDoedsbo", kontakt),
    );
    prove.opprett(&person(13).bosatt("Sisteveien"));
    prove.registrer(13, H::PersonErOpphoert, vec![]);
    prove
}

fn rett(prove: &Prove, utvalg: &Masseutvalg<'_>, traader: usize) -> Rettet {
    let (rettet, kvittering) = prove
        .register()
        .behandle(NAA, |b| -> Result<_, register::Feil> {
            let rettet = b.rett(utvalg, tid(900), traader)?;
            b.sett_sak(b"Kproeve", Some(b"her"))?;
            Ok(rettet)
        })
        .unwrap();
    assert!(kvittering.sekvenser.len() as u64 >= rettet.hendelser);
    rettet
}

/// What a projection is shown of everybody, and what its feed has.
type Sett = (Projeksjon, Vec<Option<String>>, Vec<(&'static str, String)>);

fn alt_om(prove: &Prove) -> Vec<Sett> {
    Projeksjon::ALLE
        .into_iter()
        .map(|p| {
            let personer = (1..=13).map(|n| prove.tekst(n, p)).collect();
            let mut feed = prove.typer(p, 0);
            feed.sort();
            (p, personer, feed)
        })
        .collect()
}

#[test]
fn a_mass_correction_does_what_the_same_requests_do_one_by_one() {
    for traader in [1, 3] {
        let (masse, fasit) = (befolket(), befolket());
        let rettet = rett(&masse, &Masseutvalg::Omraade(1..1_000, &Alle), traader);
        // Two events each of ten, one of the strengt fortrolig and none of the merged and the ended.
        assert_eq!((rettet.sett, rettet.rettet, rettet.hendelser), (13, 11, 21));
        for n in (1..=9).chain([10, 12]) {
            let bilde = fasit
                .register()
                .behandle(NAA, |b| {
                    let person = b.finn(&nr(n))?.unwrap();
                    b.person(person)
                })
                .unwrap()
                .0;
            for rettelse in rettelser(&bilde) {
                let Rettelse::Endre {
                    hendelsestype,
                    endringer,
                } = rettelse
                else {
                    panic!()
                };
                let registrering = Registrering {
                    tidspunkt: tid(900),
                    handling: Handling::Registrer {
                        person: nummer(n),
                        hendelsestype,
                        endringer,
                    },
                };
                fasit.register().utfoer(&[registrering], NAA).unwrap();
            }
        }
        assert_eq!(alt_om(&masse), alt_om(&fasit));
        for n in 1..=13 {
            assert_eq!(masse.eksport(n), fasit.eksport(n));
        }
        masse.sjekk();
        // What came of it is counted as it came.
        for (p, antall) in Projeksjon::ALLE.into_iter().zip(rettet.elementer) {
            let nye = masse.typer(p, 0).len() - befolket().typer(p, 0).len();
            assert_eq!(nye as u64, antall, "{p:?}");
        }
    }
}

#[test]
fn a_trial_says_what_would_come_of_it_and_leaves_nothing() {
    let prove = befolket();
    let foer = (
        prove.register().avtrykk_av_visninger().unwrap(),
        prove.register().avtrykk_av_primaerdata().unwrap(),
    );
    let utvalg = Masseutvalg::Omraade(1..1_000, &Alle);
    let proevd = prove.register().proev_rettelse(&utvalg, tid(900), NAA, 2).unwrap();
    assert_eq!(
        foer,
        (
            prove.register().avtrykk_av_visninger().unwrap(),
            prove.register().avtrykk_av_primaerdata().unwrap(),
        )
    );
    assert_eq!(rett(&prove, &utvalg, 2), proevd);
    prove.sjekk();
}

#[test]
fn one_that_the_rules_refuse_is_left_as_it_was_and_the_others_are_corrected() {
    let prove = befolket();
    let foer: Vec<_> = (1..=13).map(|n| prove.tekst(n, Projeksjon::MedHjemmel)).collect();
    let navn = |n: u32, til: &str| {
        let rettelse = Rettelse::Endre {
            hendelsestype: H::EndringINavn,
            endringer: vec![korriger("navn", json!({"fornavn": til, "etternavn": "VIK"}))],
        };
        (nummer(n).som_tekst().parse::<u64>().unwrap(), vec![rettelse])
    };
    let hemmelig = Rettelse::Endre {
        hendelsestype: H::EndringIBostedsadresse,
        endringer: vec![ny("bostedsadresse", bosted("Hemmeligveien", "ugradert"))],
    };
    let mut strengt = navn(8, "NEI");
    strengt.1.push(hemmelig);
    let liste = [
        navn(2, "EN"),
        strengt,
        navn(99, "INGEN"),
        navn(13, "OPPHOERT"),
        // Twice: the last one is what is left.
        navn(2, "TO"),
        (navn(3, "").0, vec![Rettelse::MeldOppdatert]),
        (navn(7, "").0, vec![Rettelse::MeldOppdatert]),
    ];
    let rettet = rett(&prove, &Masseutvalg::Liste(&liste), 2);
    let avvist: Vec<_> = rettet.avvist.iter().map(|(nr, brudd)| (*nr, *brudd)).collect();
    assert_eq!(
        avvist,
        [
            (1, Regelbrudd::StrengtFortrolig),
            (2, Regelbrudd::UkjentPerson),
            (3, Regelbrudd::Opphoert)
        ]
    );
    assert_eq!((rettet.sett, rettet.rettet, rettet.hendelser), (7, 4, 4));
    for n in (1..=13).filter(|n| *n != 2) {
        assert_eq!(prove.tekst(n, Projeksjon::MedHjemmel), foer[n as usize - 1], "{n}");
    }
    assert_eq!(prove.mh(2)["navn"][0]["fornavn"], "TO");
    // What only says that a person is to be read again reaches everyone who can see the person, protected or not.
    for p in Projeksjon::ALLE {
        let feed = prove.typer(p, 0);
        let slag = ["personErOppdatert", "endringIPerson"];
        for n in [3, 7] {
            assert!(feed.iter().any(|(t, om)| slag.contains(t) && *om == nr(n)), "{p:?} {n}");
        }
    }
    assert!(
        !prove
            .tekst(8, Projeksjon::MedHjemmel)
            .unwrap()
            .contains("Hemmeligveien")
    );
    prove.sjekk();
}

#[test]
fn corrections_are_held_and_streamed_as_any_change_is() {
    let prove = befolket();
    let stroem = tempfile::tempdir().unwrap();
    prove.register().start_arkivstroem(stroem.path()).unwrap();
    let foer: Vec<_> = Projeksjon::ALLE.into_iter().map(|p| prove.feed(p)).collect();
    prove.register().hold_feeder(&Projeksjon::ALLE, NAA).unwrap();
    rett(&prove, &Masseutvalg::Omraade(1..5, &Alle), 2);
    rett(&prove, &Masseutvalg::Omraade(5..99, &Alle), 2);
    for (p, foer) in Projeksjon::ALLE.into_iter().zip(&foer) {
        assert_eq!(prove.feed(p), *foer);
    }
    prove.sjekk();
    crate::invarianter::slipp_alt(&prove);
    let fri = befolket();
    rett(&fri, &Masseutvalg::Omraade(1..99, &Alle), 1);
    for p in Projeksjon::ALLE {
        let mut ventet = fri.typer(p, 0);
        let mut fikk = prove.typer(p, 0);
        ventet.sort();
        fikk.sort();
        assert_eq!(fikk, ventet, "{p:?}");
    }
    prove.sjekk();
}
