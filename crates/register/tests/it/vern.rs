//! Protection: fortrolig set and lifted, klientadresse, strengt fortrolig.

use informasjonsmodell::Hendelsestype as H;
use serde_json::json;
use tilgang::Projeksjon;

use crate::felles::{Prove, bosted, korriger, nr, ny, opphoer, person, postboks};

const GATE: &str = "Hemmelighetsgata";

fn beskyttelse(grad: &str) -> informasjonsmodell::Endring {
    ny("adressebeskyttelse", json!({"graderingsnivaa": grad}))
}

fn ser(prove: &Prove, n: u32) -> Vec<Projeksjon> {
    let ser = |p: &Projeksjon| prove.tekst(n, *p).unwrap().contains(GATE);
    Projeksjon::ALLE.into_iter().filter(ser).collect()
}

#[test]
fn fortrolig_takes_the_address_from_all_but_med_hjemmel_and_its_archive_and_gives_it_back() {
    let prove = Prove::new();
    prove.opprett(&person(1).bosatt(GATE));
    let arkivert = prove.siste().persondokument.unwrap();
    assert_eq!(ser(&prove, 1).len(), Projeksjon::ALLE.len());
    prove.registrer(1, H::EndringIAdressebeskyttelse, vec![beskyttelse("fortrolig")]);
    assert_eq!(ser(&prove, 1), [Projeksjon::MedHjemmel]);
    assert_eq!(prove.mh(1)["bostedsadresse"][0]["adressegradering"], json!("fortrolig"));
    assert!(!prove.arkiv(arkivert, Projeksjon::MedHjemmelUtenGraderte).contains(GATE));
    assert!(prove.arkiv(arkivert, Projeksjon::MedHjemmel).contains(GATE));
    assert_eq!(prove.typer(Projeksjon::Finans, 1)[0].0, "endringIAdressebeskyttelse");
    // A move of the protected person is nobody else's business, and is graded whatever the message says.
    let foer = prove.feed(Projeksjon::Finans).len();
    prove.registrer(
        1,
        H::EndringIBostedsadresse,
        vec![ny("bostedsadresse", bosted("Nygata", "ugradert"))],
    );
    assert_eq!(prove.mh(1)["bostedsadresse"][0]["adressegradering"], json!("fortrolig"));
    assert_eq!(prove.feed(Projeksjon::Finans).len(), foer);
    assert_eq!(prove.feed(Projeksjon::MedHjemmelUtenGraderte).len(), 2);
    prove.sjekk();
    prove.registrer(
        1,
        H::EndringIAdressebeskyttelse,
        vec![
            korriger("bostedsadresse", bosted(GATE, "ugradert")),
            opphoer("adressebeskyttelse"),
        ],
    );
    assert_eq!(ser(&prove, 1).len(), Projeksjon::ALLE.len());
    prove.sjekk();
}

#[test]
fn a_klientadresse_is_hidden_alone() {
    let prove = Prove::new();
    prove.opprett(
        &person(1)
            .med("bostedsadresse", bosted(GATE, "klientadresse"))
            .med("postadresse", postboks("77")),
    );
    assert_eq!(ser(&prove, 1), [Projeksjon::MedHjemmel]);
    for projeksjon in Projeksjon::ALLE {
        assert!(prove.tekst(1, projeksjon).unwrap().contains("\"77\""), "{projeksjon:?}");
    }
    prove.sjekk();
}

#[test]
fn strengt_fortrolig_erases_and_keeps_the_open_postadresse_of_the_same_event() {
    let prove = Prove::new();
    let utland = json!({"fraflyttingsland": "SWE", "fraflyttingsstedIUtlandet": GATE});
    prove.opprett(
        &person(1)
            .bosatt(GATE)
            .med("innflytting", utland)
            .med("postadresse", postboks("GAMMEL")),
    );
    prove.opprett(&person(2).bosatt(GATE).med(
        "sivilstand",
        json!({"sivilstand": "gift", "relatertVedSivilstand": nr(1)}),
    ));
    let arkivert = prove.feed(Projeksjon::MedHjemmel)[0].persondokument.unwrap();
    let opprettet = prove.feed(Projeksjon::MedHjemmel)[0].hendelsesdokument.unwrap();
    let ektefelle = prove.mh(2);
    prove.registrer(
        1,
        H::EndringIAdressebeskyttelse,
        vec![ny("postadresse", postboks("KRIPOS")), beskyttelse("strengtFortrolig")],
    );
    let borte = |tekst: &str| !tekst.contains(GATE) && !tekst.contains("GAMMEL") && !tekst.contains("SWE");
    for projeksjon in Projeksjon::ALLE {
        let vist = prove.tekst(1, projeksjon).unwrap();
        assert!(borte(&vist) && vist.contains("KRIPOS"), "{projeksjon:?}");
        assert!(borte(&prove.arkiv(arkivert, projeksjon)), "{projeksjon:?}");
    }
    assert!(borte(&prove.hendelse(opprettet).to_string()));
    assert!(borte(&prove.eksport(1).to_string()));
    // The spouse is another person.
    assert_eq!(prove.mh(2), ektefelle);
    assert_eq!(
        prove
            .siste_endringer()
            .iter()
            .map(|(e, t)| format!("{e} {t}"))
            .collect::<Vec<_>>(),
        ["kontaktadresse registrereNy", "adressebeskyttelse registrereNy"]
    );
    for (entitet, innhold) in [
        ("bostedsadresse", bosted(GATE, "ugradert")),
        (
            "oppholdsadresse",
            json!({"adressenErUkjent": true, "adressegradering": "ugradert"}),
        ),
        (
            "postadresse",
            json!({"adressegradering": "fortrolig", "postboksadresse": {"postboks": "1"}}),
        ),
    ] {
        let feil = prove
            .proev(1, H::EndringIBostedsadresse, vec![ny(entitet, innhold)])
            .unwrap_err();
        assert_eq!(
            feil.to_string(),
            "personen er strengt fortrolig; bare en ugradert postadresse kan registreres"
        );
    }
    // Nor does a place come in by the back door, and what replaces the postadresse is open too.
    prove.registrer(
        1,
        H::EndringIUtflytting,
        vec![ny(
            "utflytting",
            json!({"tilflyttingsland": "DNK", "tilflyttingsstedIUtlandet": GATE}),
        )],
    );
    prove.registrer(
        1,
        H::EndringIKontaktinformasjon,
        vec![ny("postadresse", postboks("SKATT NORD"))],
    );
    assert!(!prove.eksport(1).to_string().contains("DNK"));
    assert!(prove.tekst(1, Projeksjon::Presse).unwrap().contains("SKATT NORD"));
    prove.sjekk();
    // Lifted, with a new address in the same event: what was erased stays so.
    prove.registrer(
        1,
        H::EndringIAdressebeskyttelse,
        vec![
            ny("bostedsadresse", bosted("Nygata", "ugradert")),
            opphoer("adressebeskyttelse"),
        ],
    );
    for projeksjon in Projeksjon::ALLE {
        assert!(prove.tekst(1, projeksjon).unwrap().contains("Nygata"), "{projeksjon:?}");
        assert!(borte(&prove.arkiv(arkivert, projeksjon)), "{projeksjon:?}");
    }
    prove.sjekk();
}

#[test]
fn an_address_in_the_event_that_sets_strengt_fortrolig_is_refused() {
    let prove = Prove::new();
    prove.opprett(&person(1));
    let endringer = vec![
        ny("bostedsadresse", bosted(GATE, "ugradert")),
        beskyttelse("strengtFortrolig"),
    ];
    assert!(prove.proev(1, H::EndringIAdressebeskyttelse, endringer).is_err());
    assert_eq!(prove.feed(Projeksjon::MedHjemmel).len(), 1);
    prove.sjekk();
}

#[test]
fn a_merger_gives_both_the_stricter_protection_and_erases_both() {
    for (gjeldende, dublett) in [(1, 2), (2, 1)] {
        let prove = Prove::new();
        prove.opprett(&person(1).bosatt(GATE));
        prove.opprett(
            &person(2)
                .gradering("strengtFortrolig")
                .med("postadresse", postboks("KRIPOS")),
        );
        let arkivert = prove.feed(Projeksjon::MedHjemmel)[0].persondokument.unwrap();
        prove.slaa_sammen(gjeldende, dublett);
        for n in [1, 2] {
            let vist = prove.mh(n);
            assert_eq!(
                vist["adressebeskyttelse"][0]["graderingsnivaa"],
                json!("strengtFortrolig")
            );
            assert_eq!(ser(&prove, n), []);
        }
        assert!(!prove.arkiv(arkivert, Projeksjon::MedHjemmel).contains(GATE));
        prove.sjekk();
        prove.splitt(gjeldende, dublett);
        assert_eq!((ser(&prove, 1), ser(&prove, 2)), (vec![], vec![]));
        prove.sjekk();
    }
}

#[test]
fn protection_that_came_while_two_were_one_stays_with_both() {
    let prove = Prove::new();
    prove.opprett(&person(1));
    prove.opprett(&person(2).bosatt(GATE));
    prove.slaa_sammen(1, 2);
    prove.registrer(1, H::EndringIAdressebeskyttelse, vec![beskyttelse("fortrolig")]);
    prove.splitt(1, 2);
    assert_eq!(ser(&prove, 2), [Projeksjon::MedHjemmel]);
    assert_eq!(
        prove.mh(2)["adressebeskyttelse"][0]["graderingsnivaa"],
        json!("fortrolig")
    );
    prove.sjekk();
}

#[test]
fn an_estate_contact_of_a_strengt_fortrolig_person_loses_its_address_and_can_be_imported_again() {
    let kontakt = json!({"person": {"foedselsEllerDNummer": nr(9)}, "skifteform": "annet", "attestutstedelsesdato": "2025-05-05",
        "adresse": {"adresselinje": [GATE], "poststedsnavn": "OSLO", "postnummer": "0001"}});
    let dokument = person(1).bosatt(GATE).med("kontaktinformasjonForDoedsbo", kontakt);
    let prove = Prove::new();
    prove.opprett(&dokument);
    prove.registrer(1, H::EndringIAdressebeskyttelse, vec![beskyttelse("strengtFortrolig")]);
    for projeksjon in Projeksjon::ALLE {
        let vist = prove.vis(1, projeksjon);
        assert!(
            vist["kontaktinformasjonForDoedsbo"][0].get("adresse").is_none(),
            "{projeksjon:?}"
        );
    }
    let eksport = crate::felles::Bygger(prove.eksport(1));
    assert_eq!(prove.importer(&eksport).unwrap(), register::Importutfall::Lik);
    prove.sjekk();
}

fn relasjon(n: u32, rolle: &str) -> serde_json::Value {
    json!({"relatertPerson": nr(n), "relatertPersonsRolle": rolle, "minRolleForPerson": if rolle == "barn" { "mor" } else { "barn" }})
}

fn delt(gate: &str) -> serde_json::Value {
    let mut ut = bosted(gate, "ugradert");
    ut["startdatoForKontrakt"] = json!("2024-01-01");
    ut.as_object_mut().unwrap().remove("flyttedato");
    ut.as_object_mut().unwrap().remove("grunnkrets");
    ut
}

fn opphold(gate: &str) -> serde_json::Value {
    let mut ut = bosted(gate, "ugradert");
    ut["oppholdsadressedato"] = json!("2024-01-01");
    ut.as_object_mut().unwrap().remove("flyttedato");
    ut.as_object_mut().unwrap().remove("grunnkrets");
    ut
}

/// A parent (1) in a street, a child (2) that has its other home there and stayed there before, and a spouse (3) who stays there.
fn familie() -> Prove {
    let prove = Prove::new();
    prove.opprett(&person(1).bosatt(GATE).med("familierelasjon", relasjon(2, "barn")).med(
        "sivilstand",
        json!({"sivilstand": "gift", "relatertVedSivilstand": nr(3)}),
    ));
    prove.opprett(
        &person(2)
            .bosatt("Revegata")
            .med("deltBosted", delt(GATE))
            .med("oppholdsadresse", opphold("Bjørnegata"))
            .med("familierelasjon", relasjon(1, "mor")),
    );
    prove.opprett(&person(3).bosatt("Revegata").med("oppholdsadresse", opphold(GATE)).med(
        "sivilstand",
        json!({"sivilstand": "gift", "relatertVedSivilstand": nr(1)}),
    ));
    prove
}

fn alle_ser(prove: &Prove, n: u32, gate: &str) -> usize {
    let ser = |p: &Projeksjon| prove.tekst(n, *p).unwrap().contains(gate);
    Projeksjon::ALLE.into_iter().filter(ser).count()
}

#[test]
fn where_somebody_is_fortrolig_does_not_show_through_those_near() {
    let prove = familie();
    let barnet = prove.feed(Projeksjon::MedHjemmelUtenGraderte)[1]
        .persondokument
        .unwrap();
    assert!(alle_ser(&prove, 2, GATE) > 1 && alle_ser(&prove, 3, GATE) > 1);
    let foer = prove.feed(Projeksjon::MedHjemmelUtenGraderte).len();
    prove.registrer(1, H::EndringIAdressebeskyttelse, vec![beskyttelse("fortrolig")]);
    for n in [1, 2, 3] {
        assert_eq!(ser(&prove, n), [Projeksjon::MedHjemmel], "{n}");
    }
    // In every version, and nothing else of theirs.
    assert!(!prove.arkiv(barnet, Projeksjon::MedHjemmelUtenGraderte).contains(GATE));
    assert!(prove.arkiv(barnet, Projeksjon::MedHjemmel).contains(GATE));
    assert!(alle_ser(&prove, 2, "Revegata") > 1 && alle_ser(&prove, 2, "Bjørnegata") > 1);
    assert_eq!(prove.mh(2)["deltBosted"][0]["adressegradering"], json!("fortrolig"));
    // Those who saw it are told, after the event itself.
    let typer = prove.typer(Projeksjon::MedHjemmelUtenGraderte, foer);
    assert_eq!(
        typer.iter().map(|(type_, _)| *type_).collect::<Vec<_>>(),
        ["endringIAdressebeskyttelse", "personErOppdatert", "personErOppdatert"]
    );
    prove.sjekk();
    // Raised, and not lowered when the protection is lifted: it is open again when it is registered again.
    prove.registrer(1, H::EndringIAdressebeskyttelse, vec![opphoer("adressebeskyttelse")]);
    assert_eq!(ser(&prove, 2), [Projeksjon::MedHjemmel]);
    prove.sjekk();
}

#[test]
fn what_is_registered_of_somebody_near_afterwards_is_guarded_too() {
    let prove = familie();
    prove.registrer(
        1,
        H::EndringIBostedsadresse,
        vec![korriger("bostedsadresse", bosted(GATE, "klientadresse"))],
    );
    assert_eq!(
        prove.mh(3)["oppholdsadresse"][0]["adressegradering"],
        json!("klientadresse")
    );
    prove.registrer(
        2,
        H::EndringIOppholdsadresse,
        vec![ny("oppholdsadresse", opphold(GATE))],
    );
    for n in [1, 2, 3] {
        assert_eq!(ser(&prove, n), [Projeksjon::MedHjemmel], "{n}");
    }
    // Who is near from now on is near.
    prove.opprett(&person(4).bosatt("Revegata").med("oppholdsadresse", opphold(GATE)));
    assert!(ser(&prove, 4).len() > 1);
    prove.registrer(
        4,
        H::EndringIFamilierelasjon,
        vec![ny("familierelasjon", relasjon(1, "mor"))],
    );
    assert_eq!(ser(&prove, 4), [Projeksjon::MedHjemmel]);
    prove.sjekk();
    // Through one to the next: 5 stays where 4 does, and has nothing to do with 1.
    prove.opprett(
        &person(5)
            .med("oppholdsadresse", opphold(GATE))
            .med("familierelasjon", relasjon(4, "mor")),
    );
    assert_eq!(ser(&prove, 5), [Projeksjon::MedHjemmel]);
    prove.sjekk();
}

#[test]
fn of_somebody_strengt_fortrolig_nothing_near_is_left_on_the_disk() {
    let prove = familie();
    prove.opprett(
        &person(6)
            .med(
                "kontaktinformasjonForDoedsbo",
                json!({"person": {"foedselsEllerDNummer": nr(5)}, "skifteform": "annet", "attestutstedelsesdato": "2025-05-05",
                    "adresse": {"adresselinje": [format!("{GATE} 7")], "poststedsnavn": "OSLO", "postnummer": "0001"}}),
            )
            .med("familierelasjon", relasjon(1, "barn")),
    );
    prove.registrer(
        1,
        H::EndringIFamilierelasjon,
        vec![ny("familierelasjon", relasjon(6, "mor"))],
    );
    assert!(ser(&prove, 6).len() > 1);
    // Another home of the child, where the parent never was: it may be there now.
    prove.registrer(2, H::EndringIDeltBosted, vec![ny("deltBosted", delt("Ulvegata"))]);
    prove.registrer(1, H::EndringIAdressebeskyttelse, vec![beskyttelse("strengtFortrolig")]);
    for n in [1, 2, 3, 6] {
        assert!(ser(&prove, n).is_empty(), "{n}");
        assert!(!prove.eksport(n).to_string().contains(GATE), "{n}");
    }
    assert_eq!(alle_ser(&prove, 2, "Ulvegata"), 0);
    assert!(alle_ser(&prove, 2, "Bjørnegata") > 1 && alle_ser(&prove, 2, "Revegata") > 1);
    let fil = std::fs::read(prove.mappe.path().join("register/data.mdb")).unwrap();
    assert!(!fil.windows(GATE.len()).any(|v| v == GATE.as_bytes()));
    prove.sjekk();
    // A child of somebody who may be anywhere gets no other home.
    prove.registrer(2, H::EndringIDeltBosted, vec![ny("deltBosted", delt("Ulvegata"))]);
    assert_eq!(alle_ser(&prove, 2, "Ulvegata"), 0);
    prove.sjekk();
}

#[test]
fn nobody_is_told_of_an_address_that_was_never_theirs_to_see() {
    let prove = familie();
    prove.registrer(1, H::EndringIAdressebeskyttelse, vec![beskyttelse("fortrolig")]);
    let utenfor = [
        Projeksjon::MedHjemmelUtenGraderte,
        Projeksjon::Finans,
        Projeksjon::Privat,
    ];
    let foer = utenfor.map(|p| prove.feed(p).len());
    let hjemmel = prove.feed(Projeksjon::MedHjemmel).len();
    prove.registrer(
        2,
        H::EndringIOppholdsadresse,
        vec![ny("oppholdsadresse", opphold(GATE))],
    );
    assert_eq!(
        prove.mh(2)["oppholdsadresse"][0]["adressegradering"],
        json!("fortrolig")
    );
    // One event, and not one more for what was done with it.
    assert_eq!(prove.typer(Projeksjon::MedHjemmel, hjemmel).len(), 1);
    // Those outside hear that the open one is gone, as they would of one that came graded.
    for (p, foer) in utenfor.into_iter().zip(foer) {
        let typer = prove.typer(p, foer);
        assert!(
            typer.len() <= 1 && !typer.iter().any(|(t, _)| *t == "personErOppdatert"),
            "{p:?} {typer:?}"
        );
    }
    // The same of an import, which is at rest when it has said it once.
    let dokument = person(7)
        .bosatt("Revegata")
        .med("oppholdsadresse", opphold(GATE))
        .med("familierelasjon", relasjon(1, "mor"));
    prove.importer(&dokument).unwrap();
    assert_eq!(ser(&prove, 7), [Projeksjon::MedHjemmel]);
    assert_eq!(prove.importer(&dokument).unwrap(), register::Importutfall::Lik);
    prove.sjekk();
}

#[test]
fn a_second_home_that_is_not_kept_costs_no_key_and_is_told_to_nobody() {
    let prove = familie();
    prove.registrer(1, H::EndringIAdressebeskyttelse, vec![beskyttelse("strengtFortrolig")]);
    let slettinger = || std::fs::read(prove.mappe.path().join("slettinger/liste")).unwrap();
    let dokument = person(2)
        .bosatt("Revegata")
        .med("deltBosted", delt("Ulvegata"))
        .med("oppholdsadresse", opphold("Bjørnegata"))
        .med("familierelasjon", relasjon(1, "mor"));
    let foer = (slettinger(), prove.feed(Projeksjon::MedHjemmel).len());
    for _ in 0..3 {
        assert_eq!(prove.importer(&dokument).unwrap(), register::Importutfall::Lik);
    }
    assert_eq!((slettinger(), prove.feed(Projeksjon::MedHjemmel).len()), foer);
    prove.sjekk();
}

#[test]
fn who_was_merged_is_near_to_whom_both_were() {
    for grad in ["fortrolig", "strengtFortrolig"] {
        // 8 is the same woman as 1, who is the mother.
        let prove = familie();
        prove.opprett(&person(8).bosatt(GATE));
        prove.slaa_sammen(8, 1);
        assert!(ser(&prove, 2).len() > 1);
        prove.registrer(8, H::EndringIAdressebeskyttelse, vec![beskyttelse(grad)]);
        for n in [2, 3] {
            assert!(
                !ser(&prove, n).contains(&Projeksjon::Finans) && ser(&prove, n).len() < 2,
                "{n} {grad}"
            );
        }
        prove.sjekk();
        // She was protected under her other number already.
        let prove = familie();
        prove.opprett(&person(8).gradering(grad));
        prove.slaa_sammen(8, 1);
        for n in [2, 3] {
            assert!(ser(&prove, n).len() < 2, "{n} {grad}");
        }
        prove.sjekk();
        // The one who stays there was merged, and comes back.
        let prove = familie();
        prove.opprett(&person(9));
        prove.slaa_sammen(9, 3);
        prove.registrer(1, H::EndringIAdressebeskyttelse, vec![beskyttelse(grad)]);
        prove.splitt(9, 3);
        assert!(ser(&prove, 3).len() < 2, "{grad}");
        prove.sjekk();
    }
}

#[test]
fn what_stood_under_the_kommunes_former_number_is_the_same_place() {
    let prove = Prove::new();
    let naa = |mut verdi: serde_json::Value| {
        verdi["vegadresse"]["kommunenummer"] = json!("1508");
        verdi
    };
    prove.opprett(&person(1).med("bostedsadresse", naa(bosted(GATE, "ugradert"))).med(
        "sivilstand",
        json!({"sivilstand": "gift", "relatertVedSivilstand": nr(3)}),
    ));
    prove.opprett(&person(3).med("oppholdsadresse", opphold(GATE)).med(
        "sivilstand",
        json!({"sivilstand": "gift", "relatertVedSivilstand": nr(1)}),
    ));
    prove.registrer(
        3,
        H::EndringIOppholdsadresse,
        vec![ny("oppholdsadresse", naa(opphold(GATE)))],
    );
    let foerst = prove.feed(Projeksjon::MedHjemmel)[1].persondokument.unwrap();
    prove.registrer(1, H::EndringIAdressebeskyttelse, vec![beskyttelse("fortrolig")]);
    assert_eq!(ser(&prove, 3), [Projeksjon::MedHjemmel]);
    assert!(!prove.arkiv(foerst, Projeksjon::MedHjemmelUtenGraderte).contains(GATE));
    prove.sjekk();
}

#[test]
fn strengt_fortrolig_goes_on_through_the_next_as_fortrolig_does() {
    for grad in ["fortrolig", "strengtFortrolig"] {
        let prove = familie();
        prove.opprett(
            &person(4)
                .bosatt("Revegata")
                .med("deltBosted", delt(GATE))
                .med("familierelasjon", relasjon(3, "far")),
        );
        prove.registrer(
            3,
            H::EndringIFamilierelasjon,
            vec![ny("familierelasjon", relasjon(4, "barn"))],
        );
        assert!(ser(&prove, 4).len() > 1);
        prove.registrer(1, H::EndringIAdressebeskyttelse, vec![beskyttelse(grad)]);
        assert!(ser(&prove, 4).len() < 2, "{grad}");
        prove.sjekk();
    }
}
