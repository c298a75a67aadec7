//! Every kind of notice, what may follow what, what is in force, and the file.

use std::fs;

use informasjonsmodell::Hendelsestype;
use proptest::prelude::*;

use super::*;
use crate::koder::{Miljoe, Tredjepart, Virkning};
use crate::melding::{Masseendring, Pakkestart, Tidsrom};
use crate::nyhet::Gyldighet;
use crate::tid;

fn kl(tekst: &str) -> Timestamp {
    tid::les(tekst).unwrap()
}

fn rom(fra: &str, til: &str) -> Tidsrom {
    let les = |t: &str| Some(t).filter(|t| !t.is_empty()).map(kl);
    Tidsrom {
        fra: les(fra),
        til: les(til),
    }
}

struct Prove {
    mappe: tempfile::TempDir,
    tavle: Tavle,
}

impl Prove {
    fn ny() -> Self {
        let mappe = tempfile::tempdir().unwrap();
        let tavle = Tavle::aapne(&mappe.path().join("tavle")).unwrap();
        Prove { mappe, tavle }
    }

    fn sti(&self) -> std::path::PathBuf {
        self.mappe.path().join("tavle")
    }

    /// What another process would read now.
    fn lest(&self) -> Vec<Sak> {
        Tavle::aapne(&self.sti()).unwrap().siste(usize::MAX)
    }

    fn publiser(&self, innhold: Innhold, tilstand: Tilstand, naa: &str) -> Arc<Melding> {
        self.tavle.publiser(innhold, tilstand, "prøve", kl(naa)).unwrap()
    }

    fn bli(&self, nummer: Saksnummer, tilstand: Tilstand, naa: &str) -> (Arc<Melding>, Option<Arc<Melding>>) {
        let endring = Endring {
            tilstand: Some(tilstand),
            ..Endring::default()
        };
        self.tavle.endre(nummer, &endring, "prøve", kl(naa)).unwrap()
    }
}

/// One of each kind of notice in the public contracts' table, texts of our own.
fn hvert_slag() -> Vec<(&'static str, Innhold, Tilstand)> {
    use Tjeneste::{Hendelsesliste, Konsument, Mottak, Online, Soek, Tilbakemelding, Tilgangsstyring, Uttrekk};
    let vedlikehold = |tittel: &str, tekst: &str| Innhold::ny(Slag::PlanlagtVedlikehold, tittel, tekst);
    let feil = |tittel: &str, tekst: &str| Innhold::ny(Slag::Driftsfeil, tittel, tekst);
    let tredjepart = |hvem, tittel: &str, tekst: &str| Innhold {
        tredjepart: Some(hvem),
        ..Innhold::ny(Slag::Tredjepart, tittel, tekst)
    };
    vec![
        (
            "planned maintenance, whole register, down",
            Innhold {
                tjenester: [Konsument, Online, Mottak].into(),
                planlagt: rom("2026-02-10T18:00", "2026-02-11T06:00"),
                virkning: Virkning::Nedetid,
                ..vedlikehold(
                    "Planlagt vedlikehold 10. februar",
                    "Konsumenttjenestene er nede fra 18:00, i inntil 12 timer.",
                )
            },
            Tilstand::Varslet,
        ),
        (
            "planned maintenance, whole register, available with no new data",
            Innhold {
                tjenester: [Konsument].into(),
                planlagt: rom("2026-02-12T16:00", "2026-02-12T16:15"),
                virkning: Virkning::IkkeOppdatert,
                ..vedlikehold(
                    "Kort vedlikehold 12. februar",
                    "Tjenestene svarer, men oppdateres ikke i 15 minutter.",
                )
            },
            Tilstand::Varslet,
        ),
        (
            "planned maintenance, named packages",
            Innhold {
                tjenester: [Konsument].into(),
                pakker: [Pakke::Finans, Pakke::Presse].into(),
                planlagt: rom("2026-02-13T20:00", "2026-02-13T22:00"),
                virkning: Virkning::IkkeOppdatert,
                ..vedlikehold(
                    "Finans og presse oppdateres ikke fredag kveld",
                    "Pakkene svarer med dataene fra kl. 20:00.",
                )
            },
            Tilstand::Varslet,
        ),
        (
            "producer maintenance, mottak open, tilbakemelding delayed",
            Innhold {
                tjenester: [Tilbakemelding].into(),
                planlagt: rom("2026-02-14T18:00", "2026-02-14T20:00"),
                virkning: Virkning::Forsinket,
                ..vedlikehold(
                    "Tilbakemeldinger kommer senere lørdag",
                    "Mottak er åpent, og meldingene behandles etterpå.",
                )
            },
            Tilstand::Varslet,
        ),
        (
            "producer maintenance, mottak closed",
            Innhold {
                tjenester: [Mottak].into(),
                planlagt: rom("2026-02-15T18:00", ""),
                virkning: Virkning::Nedetid,
                ..vedlikehold(
                    "Mottak er stengt søndag kveld",
                    "Meldinger som avvises, må sendes på nytt senere.",
                )
            },
            Tilstand::Varslet,
        ),
        (
            "stale package, since when and until when",
            Innhold {
                tjenester: [Hendelsesliste].into(),
                pakker: [Pakke::PrivatUtenHjemmel].into(),
                faktisk: rom("2026-02-16T16:25", "2026-02-18T10:20"),
                virkning: Virkning::IkkeOppdatert,
                ..Innhold::ny(
                    Slag::Forsinkelse,
                    "Privat uten hjemmel var ikke oppdatert",
                    "Pakken var ikke oppdatert fra 16.02 16:25. Den ble oppdatert 18.02 10:20.",
                )
            },
            Tilstand::Loest,
        ),
        (
            "incident, who is hit, when it came",
            Innhold {
                tjenester: [Soek, Online].into(),
                faktisk: rom("2026-02-19T13:45", ""),
                virkning: Virkning::Ustabilitet,
                ..feil("Ustabilt søk", "Feil oppstod kl. 13:45. Vi feilsøker.")
            },
            Tilstand::Paagaar,
        ),
        (
            "incident in a test environment, solved",
            Innhold {
                tjenester: [Konsument].into(),
                miljoe: Some(Miljoe::Konsumenttest),
                faktisk: rom("2026-02-19T08:00", "2026-02-19T09:10"),
                virkning: Virkning::Nedetid,
                ..feil(
                    "LØST: Konsumenttest var nede",
                    "Feil oppstod kl. 08:00. Feil løst kl. 09:10.",
                )
            },
            Tilstand::Loest,
        ),
        (
            "third party",
            Innhold {
                tjenester: [Konsument].into(),
                virkning: Virkning::Ustabilitet,
                ..tredjepart(
                    Tredjepart::Altinn,
                    "Altinn er nede",
                    "Delegerte token fra Maskinporten kan ikke hentes.",
                )
            },
            Tilstand::Paagaar,
        ),
        (
            "access management",
            Innhold {
                tjenester: [Tilgangsstyring].into(),
                virkning: Virkning::Forsinket,
                ..Innhold::ny(
                    Slag::Tilgangsstyring,
                    "Nye tilganger virker ikke",
                    "Nye tilganger trer i kraft når feilen er rettet.",
                )
            },
            Tilstand::Paagaar,
        ),
        (
            "changed, pointing at the earlier notice",
            Innhold {
                tjenester: [Konsument].into(),
                planlagt: rom("2026-02-20T20:00", "2026-02-20T21:00"),
                virkning: Virkning::Nedetid,
                viser_til: Some(Saksnummer(1)),
                ..vedlikehold("ENDRET: Vedlikehold", "Nytt tidspunkt for det som ble varslet.")
            },
            Tilstand::Varslet,
        ),
        (
            "urgent change",
            Innhold {
                tjenester: [Konsument].into(),
                planlagt: rom("2026-02-20T15:00", "2026-02-20T15:05"),
                virkning: Virkning::Ustabilitet,
                automatisk: true,
                ..Innhold::ny(
                    Slag::Hasteendring,
                    "Hasteendring i dag kl. 15",
                    "Noen minutter med ustabilitet.",
                )
            },
            Tilstand::Varslet,
        ),
        (
            "mass change",
            Innhold {
                tjenester: [Hendelsesliste, Uttrekk].into(),
                planlagt: rom("2026-03-01T01:00", "2026-03-01T09:00"),
                virkning: Virkning::Forsinket,
                masseendring: Some(Masseendring {
                    hendelser: Some(2_100_000),
                    typer: vec![Hendelsestype::ALLE[0], Hendelsestype::ALLE[1]],
                    rekkefoelge: vec![
                        Pakkestart {
                            pakke: Pakke::OffentligMedHjemmel,
                            fra: kl("2026-03-01T01:00"),
                        },
                        Pakkestart {
                            pakke: Pakke::Finans,
                            fra: kl("2026-03-01T09:00"),
                        },
                    ],
                }),
                ..Innhold::ny(
                    Slag::Masseendring,
                    "Nye kommunenumre",
                    "Om lag 2,1 millioner hendelser. Uttrekk er stengt så lenge.",
                )
            },
            Tilstand::Varslet,
        ),
    ]
}

fn hver_nyhet() -> Vec<(&'static str, Nyhetsinnhold)> {
    let ny = Nyhetsinnhold::ny;
    let gjelder = |miljoe, fra: &str| Gyldighet { miljoe, fra: kl(fra) };
    vec![
        (
            "contract change: what, when, which environment first, events, compatibility",
            Nyhetsinnhold {
                gjelder: vec![
                    gjelder(Some(Miljoe::Playground), "2026-03-01"),
                    gjelder(Some(Miljoe::Konsumenttest), "2026-03-15"),
                    gjelder(None, "2026-04-01"),
                ],
                gir_hendelser: Some(false),
                bakoverkompatibel: Some(true),
                ..ny(
                    Nyhetsslag::Kontraktsendring,
                    "Nytt felt på opphold",
                    "Feltet er valgfritt.",
                )
            },
        ),
        (
            "data quality",
            ny(
                Nyhetsslag::Datakvalitet,
                "Manglende datoer rettes",
                "Rettes gjennom våren.",
            ),
        ),
        (
            "test data",
            ny(Nyhetsslag::Testdata, "Nye testpersoner", "Tilgjengelig fra fredag."),
        ),
        (
            "forum",
            ny(Nyhetsslag::Forum, "Brukerforum i mai", "Påmelding åpner snart."),
        ),
        (
            "survey",
            ny(
                Nyhetsslag::Undersoekelse,
                "Hva synes du om tjenestene?",
                "Svar innen påske.",
            ),
        ),
        (
            "terms of use, a month before",
            Nyhetsinnhold {
                gjelder: vec![gjelder(None, "2026-03-05")],
                ..ny(Nyhetsslag::Vilkaar, "Nye bruksvilkår", "Gjelder fra 5. mars.")
            },
        ),
        (
            "information",
            ny(
                Nyhetsslag::Informasjon,
                "Åpningstider i påsken",
                "Brukerstøtten holder stengt.",
            ),
        ),
    ]
}

#[test]
fn every_kind_of_notice_can_be_said_and_comes_back_from_the_file_as_it_was() {
    let prove = Prove::ny();
    let mut slag = BTreeSet::new();
    for (hva, innhold, tilstand) in hvert_slag() {
        slag.insert(innhold.slag);
        let melding = prove
            .tavle
            .publiser(innhold.clone(), tilstand, "prøve", kl("2026-02-01T09:00"));
        let melding = melding.unwrap_or_else(|feil| panic!("{hva}: {feil}"));
        assert_eq!(
            (&melding.innhold, melding.tilstand, melding.versjon),
            (&innhold, tilstand, 1),
            "{hva}"
        );
    }
    assert_eq!(slag.len(), Slag::ALLE.len());
    let mut slag = BTreeSet::new();
    for (hva, innhold) in hver_nyhet() {
        slag.insert(innhold.slag);
        let nyhet = prove.tavle.publiser_nyhet(&innhold, "prøve", kl("2026-02-01T09:00"));
        assert_eq!(
            nyhet.unwrap_or_else(|feil| panic!("{hva}: {feil}")).innhold,
            innhold,
            "{hva}"
        );
    }
    assert_eq!(slag.len(), Nyhetsslag::ALLE.len());
    assert_eq!(prove.lest(), prove.tavle.siste(usize::MAX));
}

#[test]
fn what_does_not_fit_together_is_refused_and_nothing_is_written() {
    let prove = Prove::ny();
    let naa = kl("2026-02-01T09:00");
    let god = || Innhold {
        tjenester: [Tjeneste::Konsument].into(),
        planlagt: rom("2026-02-10T18:00", "2026-02-10T20:00"),
        virkning: Virkning::Nedetid,
        ..Innhold::ny(Slag::PlanlagtVedlikehold, "Vedlikehold", "Nede.")
    };
    let feil: Vec<Innhold> = vec![
        Innhold {
            planlagt: Tidsrom::default(),
            ..god()
        },
        Innhold {
            planlagt: rom("2026-02-10T18:00", "2026-02-10T18:00"),
            ..god()
        },
        Innhold {
            tjenester: BTreeSet::new(),
            ..god()
        },
        Innhold {
            tredjepart: Some(Tredjepart::Altinn),
            ..god()
        },
        Innhold {
            slag: Slag::Tredjepart,
            ..god()
        },
        Innhold {
            masseendring: Some(Masseendring::default()),
            ..god()
        },
        Innhold {
            automatisk: true,
            planlagt: rom("2026-02-10T18:00", ""),
            ..god()
        },
        Innhold {
            knyttet: true,
            tjenester: [Tjeneste::Online].into(),
            ..god()
        },
        Innhold {
            tjenester: [Tjeneste::Tilbakemelding].into(),
            knyttet: true,
            virkning: Virkning::IkkeOppdatert,
            ..god()
        },
        Innhold {
            knyttet: true,
            virkning: Virkning::Forsinket,
            ..god()
        },
        Innhold {
            knyttet: true,
            miljoe: Some(Miljoe::Produksjon),
            ..god()
        },
        Innhold {
            viser_til: Some(Saksnummer(1)),
            ..god()
        },
        Innhold {
            tittel: " ".to_owned(),
            ..god()
        },
        Innhold {
            tekst: "Gjelder 30908299902".to_owned(),
            ..god()
        },
        Innhold {
            faktisk: rom("", "2026-02-10T18:00"),
            ..god()
        },
    ];
    for innhold in feil {
        assert!(
            prove
                .tavle
                .publiser(innhold.clone(), Tilstand::Varslet, "p", naa)
                .is_err(),
            "{innhold:?}"
        );
    }
    for tilstand in [Tilstand::Utsatt, Tilstand::Avlyst] {
        assert!(prove.tavle.publiser(god(), tilstand, "p", naa).is_err());
    }
    let vilkaar = Nyhetsinnhold {
        gjelder: vec![Gyldighet {
            miljoe: None,
            fra: kl("2026-02-28"),
        }],
        ..Nyhetsinnhold::ny(Nyhetsslag::Vilkaar, "Vilkår", "x")
    };
    assert!(prove.tavle.publiser_nyhet(&vilkaar, "p", naa).is_err());
    assert_eq!(prove.lest(), []);
    assert_eq!(fs::read(prove.sti().join(FIL)).unwrap(), b"");
}

#[test]
fn a_change_is_a_new_version_and_some_are_told_of_as_items_of_their_own() {
    let prove = Prove::ny();
    let vedlikehold = Innhold {
        tjenester: [Tjeneste::Konsument].into(),
        planlagt: rom("2026-02-10T18:00", "2026-02-10T20:00"),
        virkning: Virkning::Nedetid,
        ..Innhold::ny(Slag::PlanlagtVedlikehold, "Vedlikehold på tirsdag", "Nede.")
    };
    let melding = prove.publiser(vedlikehold.clone(), Tilstand::Varslet, "2026-02-01T09:00");
    let utsett = Endring {
        tilstand: Some(Tilstand::Utsatt),
        tekst: Some("Ny tid er torsdag.".to_owned()),
        planlagt: Some(rom("2026-02-12T18:00", "")),
        ..Endring::default()
    };
    let (ny, sak) = prove
        .tavle
        .endre(melding.nummer, &utsett, "p", kl("2026-02-02T09:00"))
        .unwrap();
    let sak = sak.unwrap();
    assert_eq!(
        (ny.versjon, ny.slug.as_str(), ny.tilstand),
        (2, "vedlikehold-paa-tirsdag", Tilstand::Utsatt)
    );
    assert_eq!(sak.innhold.tittel, "UTSATT: Vedlikehold på tirsdag");
    assert_eq!((sak.innhold.viser_til, sak.oppfoelging), (Some(melding.nummer), true));
    assert_eq!(sak.innhold.tekst, "Ny tid er torsdag.");
    assert_eq!(ny.publisert, melding.publisert);
    // The item about a change is changed no more.
    assert!(matches!(
        prove.tavle.endre(sak.nummer, &utsett, "p", kl("2026-02-02T09:00")),
        Err(Feil::Oppfoelging)
    ));
    // Beginning and ending a planned thing is no news; its being over is final.
    let (_, sak) = prove.bli(melding.nummer, Tilstand::Paagaar, "2026-02-12T18:02");
    assert_eq!(sak, None);
    let (loest, sak) = prove.bli(melding.nummer, Tilstand::Loest, "2026-02-12T19:10");
    assert_eq!(
        (sak, loest.innhold.faktisk),
        (None, rom("2026-02-12T18:02", "2026-02-12T19:10"))
    );
    assert!(matches!(
        prove.tavle.endre(melding.nummer, &utsett, "p", kl("2026-02-13")),
        Err(Feil::Avsluttet(Tilstand::Loest))
    ));
    let feil = prove.publiser(
        Innhold {
            tjenester: [Tjeneste::Mottak].into(),
            faktisk: rom("2026-02-13T08:00", ""),
            virkning: Virkning::Nedetid,
            ..Innhold::ny(Slag::Driftsfeil, "Mottak er nede", "Vi feilsøker.")
        },
        Tilstand::Paagaar,
        "2026-02-13T08:10",
    );
    let mer = Endring {
        tekst: Some("Årsaken er funnet.".to_owned()),
        ..Endring::default()
    };
    let (_, sak) = prove
        .tavle
        .endre(feil.nummer, &mer, "p", kl("2026-02-13T09:00"))
        .unwrap();
    assert_eq!(sak.unwrap().innhold.tittel, "OPPDATERING: Mottak er nede");
    let (loest, sak) = prove.bli(feil.nummer, Tilstand::Loest, "2026-02-13T10:00");
    assert_eq!(sak.unwrap().slug.as_str(), "loest-mottak-er-nede");
    assert_eq!(loest.innhold.faktisk, rom("2026-02-13T08:00", "2026-02-13T10:00"));
    assert_eq!(loest.oppdateringer.len(), 2);
    // The same title again.
    let igjen = prove.publiser(vedlikehold, Tilstand::Varslet, "2026-02-14T09:00");
    assert_eq!(igjen.slug.as_str(), "vedlikehold-paa-tirsdag_2");
    let (_, sak) = prove.bli(igjen.nummer, Tilstand::Avlyst, "2026-02-14T10:00");
    assert_eq!(sak.unwrap().innhold.tittel, "AVLYST: Vedlikehold på tirsdag");
    assert_eq!(prove.lest(), prove.tavle.siste(usize::MAX));
}

#[test]
fn a_tied_notice_holds_until_somebody_lifts_it_unless_it_ends_by_itself() {
    let prove = Prove::ny();
    let nede = |automatisk| Innhold {
        tjenester: [Tjeneste::Konsument].into(),
        pakker: [Pakke::Finans].into(),
        planlagt: rom("2026-02-10T18:00", "2026-02-10T20:00"),
        virkning: Virkning::Nedetid,
        knyttet: true,
        automatisk,
        ..Innhold::ny(Slag::PlanlagtVedlikehold, "Vedlikehold", "Nede.")
    };
    let melding = prove.publiser(nede(false), Tilstand::Varslet, "2026-02-01");
    let knyttet = |naa: &str| {
        prove
            .tavle
            .knyttet(Tjeneste::Uttrekk, Pakke::Finans, kl(naa))
            .map(|i| i.virkning)
    };
    assert_eq!(knyttet("2026-02-10T17:59"), None);
    assert_eq!(knyttet("2026-02-10T18:00"), Some(Virkning::Nedetid));
    assert_eq!(prove.tavle.antall_knyttede(kl("2026-02-10T17:59")), 0);
    assert_eq!(prove.tavle.antall_knyttede(kl("2026-02-10T18:00")), 1);
    assert_eq!(knyttet("2027-02-10T18:00"), Some(Virkning::Nedetid));
    assert_eq!(
        prove
            .tavle
            .knyttet(Tjeneste::Konsument, Pakke::Presse, kl("2026-02-10T19:00")),
        None
    );
    prove.bli(melding.nummer, Tilstand::Loest, "2026-02-10T19:30");
    assert_eq!(knyttet("2026-02-10T19:31"), None);
    prove.publiser(nede(true), Tilstand::Varslet, "2026-02-10T19:31");
    assert_eq!(knyttet("2026-02-10T19:59:59"), Some(Virkning::Nedetid));
    assert_eq!(knyttet("2026-02-10T20:00"), None);
    // Moved to a time that nobody knows yet: it is not in force.
    let flyttes = prove.publiser(nede(false), Tilstand::Varslet, "2026-02-10T21:00");
    assert!(knyttet("2026-02-10T21:00").is_some());
    prove.bli(flyttes.nummer, Tilstand::Utsatt, "2026-02-10T21:01");
    assert_eq!(knyttet("2026-02-10T21:02"), None);
    let aapen = Tavle::aapne(&prove.sti()).unwrap();
    assert_eq!(aapen.siste(usize::MAX), prove.tavle.siste(usize::MAX));
}

#[test]
fn the_strongest_notice_counts_and_producers_and_other_environments_do_not_touch_consumers() {
    let prove = Prove::ny();
    let naa = "2026-02-10T12:00";
    let om = |tjeneste, virkning, tittel: &str| Innhold {
        tjenester: [tjeneste].into(),
        virkning,
        ..Innhold::ny(Slag::Hasteendring, tittel, "x")
    };
    prove.publiser(om(Tjeneste::Mottak, Virkning::Nedetid, "a"), Tilstand::Paagaar, naa);
    prove.publiser(
        om(Tjeneste::Tilbakemelding, Virkning::Nedetid, "b"),
        Tilstand::Paagaar,
        naa,
    );
    let annet = Innhold {
        miljoe: Some(Miljoe::Konsumenttest),
        ..om(Tjeneste::Konsument, Virkning::Nedetid, "c")
    };
    prove.publiser(annet, Tilstand::Paagaar, naa);
    let virkning = |tjeneste| {
        prove
            .tavle
            .virkning(tjeneste, Some(Pakke::Privat), kl(naa))
            .map(|i| i.virkning)
    };
    for tjeneste in Tjeneste::ALLE.iter().filter(|t| t.er_konsumentside()) {
        assert_eq!(virkning(*tjeneste), None, "{tjeneste}");
        assert_eq!(
            prove.tavle.knyttet(*tjeneste, Pakke::Privat, kl(naa)),
            None,
            "{tjeneste}"
        );
    }
    assert_eq!(virkning(Tjeneste::Mottak), Some(Virkning::Nedetid));
    prove.publiser(
        om(Tjeneste::Konsument, Virkning::Forsinket, "d"),
        Tilstand::Paagaar,
        naa,
    );
    prove.publiser(
        om(Tjeneste::Uttrekk, Virkning::Ustabilitet, "e"),
        Tilstand::Paagaar,
        naa,
    );
    assert_eq!(virkning(Tjeneste::Uttrekk), Some(Virkning::Forsinket));
    let holdt = Innhold {
        knyttet: true,
        pakker: [Pakke::Privat].into(),
        ..om(Tjeneste::Hendelsesliste, Virkning::IkkeOppdatert, "f")
    };
    let holdt = prove.publiser(holdt, Tilstand::Paagaar, naa);
    let i_kraft = IKraft {
        virkning: Virkning::IkkeOppdatert,
        knyttet: true,
        melding: holdt.nummer,
        slutt: None,
    };
    assert_eq!(
        prove.tavle.knyttet(Tjeneste::Hendelsesliste, Pakke::Privat, kl(naa)),
        Some(i_kraft)
    );
    assert_eq!(virkning(Tjeneste::Soek), Some(Virkning::Forsinket));
}

#[test]
fn mottak_is_frozen_by_a_tied_notice_whatever_else_is_in_force_and_no_longer_than_it() {
    let prove = Prove::ny();
    let naa = "2026-02-10T12:00";
    let om = |virkning, tittel: &str| Innhold {
        tjenester: [Tjeneste::Mottak].into(),
        virkning,
        ..Innhold::ny(Slag::PlanlagtVedlikehold, tittel, "x")
    };
    let fryst = || prove.tavle.fryser_mottak(kl(naa));
    assert!(!fryst());
    prove.publiser(om(Virkning::IkkeOppdatert, "a"), Tilstand::Paagaar, naa);
    assert!(!fryst());
    let knyttet = |virkning, tittel| Innhold {
        knyttet: true,
        ..om(virkning, tittel)
    };
    let frys = prove.publiser(knyttet(Virkning::IkkeOppdatert, "b"), Tilstand::Paagaar, naa);
    assert!(fryst());
    // One that closes it is the stronger, and lifts nothing.
    let nede = prove.publiser(knyttet(Virkning::Nedetid, "c"), Tilstand::Paagaar, naa);
    let sterkest = prove.tavle.knyttet_for_produsenter(Tjeneste::Mottak, kl(naa));
    assert_eq!(sterkest.map(|i| i.virkning), Some(Virkning::Nedetid));
    assert!(fryst());
    let over = Endring {
        tilstand: Some(Tilstand::Loest),
        ..Endring::default()
    };
    prove.tavle.endre(frys.nummer, &over, "drift", kl(naa)).unwrap();
    assert!(!fryst());
    assert!(prove.tavle.knyttet_for_produsenter(Tjeneste::Mottak, kl(naa)).is_some());
    prove.tavle.endre(nede.nummer, &over, "drift", kl(naa)).unwrap();
    assert!(!fryst());
    // Consumers' feeds are another matter.
    let feeder = Innhold {
        tjenester: [Tjeneste::Konsument].into(),
        ..knyttet(Virkning::IkkeOppdatert, "d")
    };
    prove.publiser(feeder, Tilstand::Paagaar, naa);
    assert!(!fryst());
}

#[test]
fn a_damaged_file_is_told_of_with_file_and_line_and_an_unacknowledged_end_is_dropped() {
    let prove = Prove::ny();
    for nr in 1..=3 {
        let innhold = Innhold::ny(Slag::Hasteendring, &format!("Sak {nr}"), "x");
        prove.publiser(innhold, Tilstand::Paagaar, "2026-02-10T12:00");
    }
    let fil = prove.sti().join(FIL);
    let hel = fs::read(&fil).unwrap();
    let linjer: Vec<&[u8]> = hel.split_inclusive(|b| *b == b'\n').collect();
    let mut skadet = hel.clone();
    skadet[linjer[0].len() + 40] ^= 1;
    fs::write(&fil, &skadet).unwrap();
    let feil = Tavle::aapne(&prove.sti()).unwrap_err().to_string();
    assert!(feil.contains("tavle.jsonl linje 2 er skadet"), "{feil}");
    fs::write(&fil, &hel[..hel.len() - 5]).unwrap();
    assert_eq!(Tavle::aapne(&prove.sti()).unwrap().siste(9).len(), 2);
    assert_eq!(fs::read(&fil).unwrap(), linjer[..2].concat());
}

#[test]
fn a_line_that_breaks_the_rules_stops_the_reading_although_its_chain_is_right() {
    let melding = |nummer: u64, slug: &str| Tavlelinje::Melding {
        nummer,
        slug: slug.to_owned(),
        tilstand: Tilstand::Paagaar,
        innhold: Box::new((&Innhold::ny(Slag::Hasteendring, "Sak", "x")).into()),
    };
    let endret = |nummer, tilstand| Tavlelinje::Endret {
        nummer,
        endring: Box::new(
            (&Endring {
                tilstand: Some(tilstand),
                ..Endring::default()
            })
                .into(),
        ),
        egen_sak: None,
    };
    let rekker = [
        vec![melding(2, "a")],
        vec![melding(1, "a"), melding(2, "a")],
        vec![melding(1, "Å")],
        vec![melding(1, "a"), endret(2, Tilstand::Loest)],
        vec![melding(1, "a"), endret(1, Tilstand::Avlyst)],
        vec![melding(1, "a"), endret(1, Tilstand::Loest), endret(1, Tilstand::Loest)],
    ];
    for rekke in rekker {
        let mappe = tempfile::tempdir().unwrap();
        let sti = mappe.path().join("t");
        privatfil::sikre_mappe(&sti).unwrap();
        let (mut logg, _) = Endringslogg::aapne::<Tavlelinje>(&sti.join(FIL)).unwrap();
        for linje in &rekke {
            logg.skriv(kl("2026-02-10"), "p", linje).unwrap();
        }
        let feil = Tavle::aapne(&sti).unwrap_err().to_string();
        assert!(feil.contains(&format!("linje {} er skadet", rekke.len())), "{feil}");
    }
}

/// A step that may or may not be allowed.
#[derive(Clone, Debug)]
enum Steg {
    Melding(usize, &'static str),
    Nyhet(&'static str),
    Endring(u64, Option<Tilstand>, bool),
}

fn steg() -> impl Strategy<Value = Steg> {
    let tittel = prop::sample::select(vec!["Vedlikehold", "Feil på søk", "vedlikehold_2", "Ærøy"]);
    let tilstand = prop::option::of(prop::sample::select(Tilstand::ALLE.to_vec()));
    prop_oneof![
        (0..hvert_slag().len(), tittel.clone()).prop_map(|(slag, tittel)| Steg::Melding(slag, tittel)),
        tittel.prop_map(Steg::Nyhet),
        (1_u64..12, tilstand, any::<bool>()).prop_map(|(nr, tilstand, ny_tid)| Steg::Endring(nr, tilstand, ny_tid)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Numbers, names and order of what is published never change, whatever is done after, and the file gives the same.
    #[test]
    fn any_sequence_of_changes_keeps_numbers_names_and_order(steg in prop::collection::vec(steg(), 1..24)) {
        let prove = Prove::ny();
        let slag = hvert_slag();
        let mut kjent: Vec<(Saksnummer, String, Timestamp)> = Vec::new();
        for (nr, steg) in steg.into_iter().enumerate() {
            let naa = Timestamp::from_second(1_769_000_000 + i64::try_from(nr).unwrap() * 60).unwrap();
            let gikk = match steg {
                Steg::Melding(hvilket, tittel) => {
                    let (_, innhold, tilstand) = slag[hvilket].clone();
                    let innhold = Innhold { tittel: tittel.to_owned(), viser_til: None, ..innhold };
                    prove.tavle.publiser(innhold, tilstand, "p", naa).is_ok()
                }
                Steg::Nyhet(tittel) => {
                    let innhold = Nyhetsinnhold::ny(Nyhetsslag::Informasjon, tittel, "x");
                    prove.tavle.publiser_nyhet(&innhold, "p", naa).is_ok()
                }
                Steg::Endring(nummer, tilstand, ny_tid) => {
                    let planlagt = ny_tid.then_some(Tidsrom { fra: Some(naa), til: None });
                    let endring = Endring { tilstand, planlagt, ..Endring::default() };
                    prove.tavle.endre(Saksnummer(nummer), &endring, "p", naa).is_ok()
                }
            };
            let naa_kjent: Vec<_> = prove
                .tavle
                .siste(usize::MAX)
                .iter()
                .rev()
                .map(|s| (s.nummer(), s.slug().to_string(), s.publisert()))
                .collect();
            prop_assert!(naa_kjent.starts_with(&kjent));
            prop_assert!(gikk || naa_kjent.len() == kjent.len());
            prop_assert!(naa_kjent.is_sorted_by_key(|(nummer, _, publisert)| (*publisert, *nummer)));
            kjent = naa_kjent;
        }
        let slugger: BTreeSet<&String> = kjent.iter().map(|(_, slug, _)| slug).collect();
        prop_assert_eq!(slugger.len(), kjent.len());
        prop_assert_eq!(prove.lest(), prove.tavle.siste(usize::MAX));
        // Pages together are the whole.
        let (mut foer, mut sider) = (None, Vec::new());
        loop {
            let side = prove.tavle.meldinger(&Utvalg::default(), foer, 2);
            sider.extend(side.saker);
            foer = side.neste;
            if foer.is_none() { break; }
        }
        prop_assert_eq!(sider, prove.tavle.meldinger(&Utvalg::default(), None, usize::MAX).saker);
    }
}

fn gyldige() -> Vec<Vec<u8>> {
    let prove = Prove::ny();
    for (_, innhold, tilstand) in hvert_slag() {
        prove.publiser(innhold, tilstand, "2026-02-01T09:00");
    }
    for (_, innhold) in hver_nyhet() {
        prove
            .tavle
            .publiser_nyhet(&innhold, "p", kl("2026-02-01T09:00"))
            .unwrap();
    }
    prove.bli(Saksnummer(1), Tilstand::Utsatt, "2026-02-01T10:00");
    vec![fs::read(prove.sti().join(FIL)).unwrap()]
}

/// Contents in lines whose chain is right, so that what is inside them is reached.
fn proev(byte: &[u8]) {
    let mappe = tempfile::tempdir().unwrap();
    let mut saker = Saker::default();
    for linje in byte.split(|b| *b == b'\n') {
        let Some(slutt) = linje.windows(10).rposition(|v| v == b",\"kjede\":\"") else {
            continue;
        };
        let Some(start) = linje.windows(11).position(|v| v == b"\"innhold\":{") else {
            continue;
        };
        let innhold = linje.get(start + 10..slutt).unwrap_or_default();
        if let Ok(linje) = serde_json::from_slice::<Tavlelinje>(innhold) {
            let _ = saker.ta_inn(linje, kl("2026-02-01T10:00"));
        }
    }
    let sti = mappe.path().join("t");
    privatfil::sikre_mappe(&sti).unwrap();
    privatfil::erstatt(&sti.join(FIL), byte).unwrap();
    let _ = Tavle::aapne(&sti);
}

fuzz::maal!(
    paalitelighet_15_fuzz_driftsmeldinger,
    300,
    &[
        "\"endret\"",
        "\"nummer\":2",
        "\"tilstand\":\"loest\"",
        "\"egen_sak\":",
        "18446744073709551615"
    ],
    gyldige,
    proev
);
