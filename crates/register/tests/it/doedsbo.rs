//! The estate contact: those who may not see the number see birth date and name in its place.

use informasjonsmodell::{Endring, Handling, Hendelsestype as H, Utvelger};
use register::Importutfall::{Endret, Lik};
use serde_json::{Value, json};
use tilgang::{Projeksjon, Tabell};

use crate::felles::{Bygger, Prove, bosted, korriger, nr, ny, opphoer, opplysning, person, registrering, skifte};

pub fn kontakt(n: u32) -> Value {
    json!({"person": {"foedselsEllerDNummer": nr(n)}, "skifteform": "annet", "attestutstedelsesdato": "2025-05-05",
        "adresse": {"adresselinje": ["Ekorngata 1"], "poststedsnavn": "OSLO", "postnummer": "0001"}})
}

const UTEN_NUMMER: [Projeksjon; 5] = [
    Projeksjon::Privat,
    Projeksjon::PrivatUtenFolkeregisteridentifikator,
    Projeksjon::Presse,
    Projeksjon::PresseUtenFolkeregisteridentifikator,
    Projeksjon::UtstederEid,
];

#[track_caller]
fn check(prove: &Prove, n: u32, nummer: u32, erstatning: &Value) {
    for projeksjon in Projeksjon::ALLE {
        let vist = prove.vis(n, projeksjon)["kontaktinformasjonForDoedsbo"][0]["person"].clone();
        if UTEN_NUMMER.contains(&projeksjon) {
            assert_eq!(vist, *erstatning, "{projeksjon:?}");
        } else {
            assert_eq!(vist, json!({"foedselsEllerDNummer": nr(nummer)}), "{projeksjon:?}");
        }
    }
    assert_eq!(
        prove.eksport(n)["kontaktinformasjonForDoedsbo"][0]["person"],
        json!({"foedselsEllerDNummer": nr(nummer)})
    );
    prove.sjekk();
}

fn erstatning(n: u32) -> Value {
    json!({"foedselsdato": "1990-01-01", "personnavn": {"fornavn": format!("STILLE{n}"), "etternavn": "FJELLBEKK"}})
}

#[test]
fn a_registered_contact_is_shown_by_name_to_those_who_may_not_see_the_number() {
    let prove = Prove::new();
    prove.opprett(&person(1));
    prove.opprett(&person(2));
    prove.opprett(&person(3));
    prove.registrer(
        1,
        H::EndringIKontaktopplysningerForDoedsbo,
        vec![ny("kontaktinformasjonForDoedsbo", kontakt(2))],
    );
    check(&prove, 1, 2, &erstatning(2));
    prove.registrer(
        1,
        H::EndringIKontaktopplysningerForDoedsbo,
        vec![korriger("kontaktinformasjonForDoedsbo", kontakt(3))],
    );
    check(&prove, 1, 3, &erstatning(3));
    let hendelse = prove.hendelse(prove.siste().hendelsesdokument.unwrap());
    assert!(!hendelse.to_string().contains("STILLE3"));
}

#[test]
fn an_imported_contact_is_too_and_the_document_is_equal_afterwards() {
    let prove = Prove::new();
    prove.opprett(&person(2));
    prove.opprett(&person(1));
    let dokument = person(1).med("kontaktinformasjonForDoedsbo", kontakt(2));
    assert_eq!(prove.importer(&dokument).unwrap(), Endret);
    assert_eq!(prove.importer(&dokument).unwrap(), Lik);
    check(&prove, 1, 2, &erstatning(2));
    assert_eq!(prove.eksport(1), dokument.0);
    let direkte = person(3).med("kontaktinformasjonForDoedsbo", kontakt(2));
    prove.importer(&direkte).unwrap();
    check(&prove, 3, 2, &erstatning(2));
}

#[test]
fn a_contact_outside_the_register_or_without_facts_is_shown_by_nothing() {
    let prove = Prove::new();
    prove.opprett(&person(1).med("kontaktinformasjonForDoedsbo", kontakt(2)));
    check(&prove, 1, 2, &json!({}));
    prove.opprett(&person(4).uten("navn").uten("foedsel"));
    prove.opprett(&person(3).med("kontaktinformasjonForDoedsbo", kontakt(4)));
    check(&prove, 3, 4, &json!({}));
    prove.opprett(&person(6).uten("navn"));
    prove.opprett(&person(5).med("kontaktinformasjonForDoedsbo", kontakt(6)));
    check(&prove, 5, 6, &json!({"foedselsdato": "1990-01-01"}));
}

const GATE: &str = "Ekorngata";

fn bo(n: u32, kontakter: &[u32]) -> Bygger {
    let dokument = person(n).bosatt("Revegata");
    kontakter
        .iter()
        .fold(dokument, |d, k| d.med("kontaktinformasjonForDoedsbo", kontakt(*k)))
}

fn ser(prove: &Prove, n: u32) -> Vec<Projeksjon> {
    let ser = |p: &Projeksjon| prove.tekst(n, *p).unwrap().contains(GATE);
    Projeksjon::ALLE.into_iter().filter(ser).collect()
}

fn vern(prove: &Prove, n: u32, grad: &str) {
    let endring = ny("adressebeskyttelse", json!({"graderingsnivaa": grad}));
    prove.registrer(n, H::EndringIAdressebeskyttelse, vec![endring]);
}

/// What each feed has, from item `fra` on.
fn nytt(prove: &Prove, foer: &[usize]) -> Vec<(Projeksjon, Vec<(&'static str, String)>)> {
    let feeder = Projeksjon::ALLE.into_iter().zip(foer);
    feeder.map(|(p, fra)| (p, prove.typer(p, *fra))).collect()
}

fn lengder(prove: &Prove) -> Vec<usize> {
    Projeksjon::ALLE.into_iter().map(|p| prove.feed(p).len()).collect()
}

/// Whether the register's files hold a text anywhere, in pages that are free too.
fn paa_disk(prove: &Prove, tekst: &str) -> bool {
    let fil = std::fs::read(prove.mappe.path().join("register/data.mdb")).unwrap();
    fil.windows(tekst.len()).any(|v| v == tekst.as_bytes())
}

#[test]
fn the_address_of_a_protected_contact_goes_where_the_contacts_own_goes() {
    for (grad, ventet) in [
        ("fortrolig", vec![Projeksjon::MedHjemmel]),
        ("strengtFortrolig", vec![]),
    ] {
        let prove = Prove::new();
        prove.opprett(&person(2).gradering(grad));
        prove.opprett(&person(4).med("bostedsadresse", bosted(GATE, "klientadresse")));
        prove.opprett(&bo(1, &[2]));
        assert_eq!(ser(&prove, 1), ventet, "opprettet, {grad}");
        prove.importer(&bo(3, &[2])).unwrap();
        assert_eq!(ser(&prove, 3), ventet, "importert, {grad}");
        assert_eq!(prove.importer(&bo(3, &[2])).unwrap(), Lik);
        prove.opprett(&person(5));
        let ny = ny("kontaktinformasjonForDoedsbo", kontakt(2));
        prove.registrer(5, H::EndringIKontaktopplysningerForDoedsbo, vec![ny]);
        assert_eq!(ser(&prove, 5), ventet, "registrert, {grad}");
        let hendelse = prove.hendelse(prove.siste().hendelsesdokument.unwrap()).to_string();
        assert_eq!(hendelse.contains(GATE), !ventet.is_empty());
        // An address of the contact's own that is graded is enough.
        prove.opprett(&bo(6, &[4]));
        assert_eq!(ser(&prove, 6), [Projeksjon::MedHjemmel]);
        prove.sjekk();
    }
}

#[test]
fn a_contact_who_becomes_fortrolig_takes_the_address_out_of_every_version_and_the_feeds_say_so() {
    let prove = Prove::new();
    prove.opprett(&person(2));
    prove.opprett(&bo(1, &[2]));
    let arkivert = prove.siste().persondokument.unwrap();
    let rettet = korriger("kontaktinformasjonForDoedsbo", {
        let mut ny = kontakt(2);
        ny["skifteform"] = json!("offentlig");
        ny
    });
    prove.registrer(1, H::EndringIKontaktopplysningerForDoedsbo, vec![rettet]);
    let hendelse = prove.siste().hendelsesdokument.unwrap();
    assert_eq!(ser(&prove, 1).len(), Projeksjon::ALLE.len());
    let (foer, foer_mh) = (lengder(&prove), prove.mh(1));
    vern(&prove, 2, "fortrolig");
    assert_eq!(ser(&prove, 1), [Projeksjon::MedHjemmel]);
    assert_eq!(prove.mh(1), foer_mh);
    for projeksjon in Projeksjon::ALLE {
        let ser = projeksjon == Projeksjon::MedHjemmel;
        assert_eq!(prove.arkiv(arkivert, projeksjon).contains(GATE), ser, "{projeksjon:?}");
    }
    assert!(prove.hendelse(hendelse).to_string().contains(GATE));
    // The estate is to be read again by those who see it otherwise now, and by nobody else.
    for (projeksjon, nytt) in nytt(&prove, &foer) {
        let generell = Tabell::felles().rett(projeksjon).generaliserte_hendelser;
        let type_ = if generell {
            "endringIPerson"
        } else {
            "personErOppdatert"
        };
        let om_boet: Vec<_> = nytt.into_iter().filter(|(_, n)| *n == nr(1)).collect();
        let ventet = if projeksjon == Projeksjon::MedHjemmel {
            vec![]
        } else {
            vec![(type_, nr(1))]
        };
        assert_eq!(om_boet, ventet, "{projeksjon:?}");
    }
    prove.sjekk();
    // Lifted: what was registered of a hidden person stays hidden until it is registered anew.
    prove.registrer(2, H::EndringIAdressebeskyttelse, vec![opphoer("adressebeskyttelse")]);
    assert_eq!(ser(&prove, 1), [Projeksjon::MedHjemmel]);
    prove.sjekk();
    let igjen = korriger("kontaktinformasjonForDoedsbo", kontakt(2));
    prove.registrer(1, H::EndringIKontaktopplysningerForDoedsbo, vec![igjen]);
    assert_eq!(ser(&prove, 1).len(), Projeksjon::ALLE.len());
    prove.sjekk();
}

#[test]
fn a_contact_who_becomes_strengt_fortrolig_has_the_address_erased_in_every_version() {
    let prove = Prove::new();
    prove.opprett(&person(2));
    prove.opprett(&bo(1, &[2]));
    prove.opprett(&bo(7, &[8]));
    let arkivert = prove.feed(Projeksjon::MedHjemmel)[1].persondokument.unwrap();
    let annen = korriger("kontaktinformasjonForDoedsbo", kontakt(3));
    prove.registrer(1, H::EndringIKontaktopplysningerForDoedsbo, vec![annen]);
    let annet_bo = prove.mh(7);
    let foer = lengder(&prove);
    vern(&prove, 2, "strengtFortrolig");
    // The present entry names another, so only earlier versions are touched, and no feed has anything to tell.
    assert_eq!(ser(&prove, 1).len(), Projeksjon::ALLE.len());
    for projeksjon in Projeksjon::ALLE {
        let arkiv = prove.arkiv(arkivert, projeksjon);
        assert!(
            !arkiv.contains(GATE) && arkiv.contains("kontaktinformasjonForDoedsbo"),
            "{projeksjon:?}"
        );
    }
    assert!(
        nytt(&prove, &foer)
            .iter()
            .all(|(_, n)| n.iter().all(|(_, n)| *n != nr(1)))
    );
    assert_eq!(prove.mh(7), annet_bo);
    prove.sjekk();
    // The present one too, and everyone is told.
    prove.opprett(&person(3));
    let foer = lengder(&prove);
    vern(&prove, 3, "strengtFortrolig");
    assert_eq!(ser(&prove, 1), []);
    for (projeksjon, nytt) in nytt(&prove, &foer) {
        assert_eq!(nytt.iter().filter(|(_, n)| *n == nr(1)).count(), 1, "{projeksjon:?}");
    }
    assert_eq!(
        prove.vis(1, Projeksjon::Finans)["bostedsadresse"][0]["vegadresse"]["adressenavn"],
        "Revegata"
    );
    assert!(!prove.eksport(1).to_string().contains(GATE));
    // What went out says that there was an address, and comes back as nothing new, to a register that knows nobody too.
    let eksport = Bygger(prove.eksport(1));
    assert_eq!(prove.importer(&eksport).unwrap(), Lik);
    let mut utenfra = eksport.clone();
    for bo in utenfra.0["kontaktinformasjonForDoedsbo"].as_array_mut().unwrap() {
        bo["adresse"] = kontakt(3)["adresse"].clone();
    }
    assert!(utenfra.0.to_string().contains(GATE));
    assert_eq!(prove.importer(&utenfra).unwrap(), Lik);
    let annet = Prove::new();
    annet.importer(&eksport).unwrap();
    assert!(!annet.tekst(1, Projeksjon::MedHjemmel).unwrap().contains("SLETTET"));
    assert_eq!(annet.eksport(1), eksport.0);
    // The entry can still be named by what it said.
    let endring = Endring::Annullere {
        hvilken: Utvelger::Lik(Box::new(opplysning("kontaktinformasjonForDoedsbo", kontakt(3)).innhold)),
    };
    prove.registrer(1, H::EndringIKontaktopplysningerForDoedsbo, vec![endring]);
    assert!(prove.mh(1).get("kontaktinformasjonForDoedsbo").is_none());
    prove.sjekk();
}

#[test]
fn a_contact_is_found_by_any_number_and_whatever_happens_to_the_two() {
    // Protected under a new number.
    let prove = Prove::new();
    prove.opprett(&person(2));
    prove.opprett(&bo(1, &[2]));
    prove.utfoer(vec![skifte(2, 3, None)]).unwrap();
    vern(&prove, 3, "fortrolig");
    assert_eq!(ser(&prove, 1), [Projeksjon::MedHjemmel]);
    prove.sjekk();

    // Merged into someone who is protected; split from them again.
    let prove = Prove::new();
    prove.opprett(&person(2));
    prove.opprett(&person(3).gradering("fortrolig"));
    prove.opprett(&bo(1, &[2]));
    prove.slaa_sammen(3, 2);
    assert_eq!(ser(&prove, 1), [Projeksjon::MedHjemmel]);
    prove.sjekk();
    prove.splitt(3, 2);
    assert_eq!(ser(&prove, 1), [Projeksjon::MedHjemmel]);
    prove.sjekk();

    // Merged, and the one who lives on is protected later.
    let prove = Prove::new();
    prove.opprett(&person(2));
    prove.opprett(&person(3));
    prove.opprett(&bo(1, &[2]));
    prove.slaa_sammen(3, 2);
    vern(&prove, 3, "strengtFortrolig");
    assert_eq!(ser(&prove, 1), []);
    prove.sjekk();

    // Named before the register knew the person; and by a number that was given to a protected person later.
    let prove = Prove::new();
    prove.opprett(&bo(1, &[2, 4]));
    assert_eq!(ser(&prove, 1).len(), Projeksjon::ALLE.len());
    prove.importer(&person(2).gradering("strengtFortrolig")).unwrap();
    assert_eq!(ser(&prove, 1).len(), Projeksjon::ALLE.len());
    prove.opprett(&person(3).gradering("fortrolig"));
    prove.utfoer(vec![skifte(3, 4, None)]).unwrap();
    assert_eq!(ser(&prove, 1), [Projeksjon::MedHjemmel]);
    prove.sjekk();

    // The estate's own number was merged into another, which is not told, and its archive is guarded all the same.
    let prove = Prove::new();
    prove.opprett(&person(2));
    prove.opprett(&bo(1, &[2]));
    let arkivert = prove.siste().persondokument.unwrap();
    prove.opprett(&person(5));
    prove.slaa_sammen(5, 1);
    let foer = lengder(&prove);
    vern(&prove, 2, "strengtFortrolig");
    assert!(!prove.arkiv(arkivert, Projeksjon::MedHjemmel).contains(GATE));
    assert!(
        nytt(&prove, &foer)
            .iter()
            .all(|(_, n)| n.iter().all(|(_, n)| *n == nr(2)))
    );
    prove.sjekk();

    // Whoever is named as contact for the own estate.
    let prove = Prove::new();
    prove.opprett(&person(1));
    let eget = ny("kontaktinformasjonForDoedsbo", kontakt(1));
    prove.registrer(1, H::EndringIKontaktopplysningerForDoedsbo, vec![eget]);
    vern(&prove, 1, "fortrolig");
    prove.importer(&bo(2, &[2]).gradering("strengtFortrolig")).unwrap();
    assert_eq!((ser(&prove, 1), ser(&prove, 2)), (vec![Projeksjon::MedHjemmel], vec![]));
    prove.sjekk();

    // All in one transaction, the estate last.
    let prove = Prove::new();
    let strengt = ny("adressebeskyttelse", json!({"graderingsnivaa": "strengtFortrolig"}));
    prove
        .utfoer(vec![
            Handling::Opprett(Box::new(person(2).dokument())),
            Handling::Opprett(Box::new(bo(1, &[2]).dokument())),
            registrering(2, H::EndringIAdressebeskyttelse, vec![strengt]),
            Handling::Opprett(Box::new(bo(3, &[2]).dokument())),
        ])
        .unwrap();
    assert_eq!((ser(&prove, 1), ser(&prove, 3)), (vec![], vec![]));
    prove.sjekk();
}

#[test]
fn the_address_of_a_protected_dead_persons_estate_is_guarded_as_the_dead_persons_own() {
    let prove = Prove::new();
    prove.opprett(&person(2));
    prove.opprett(&bo(1, &[2]).gradering("fortrolig"));
    assert_eq!(ser(&prove, 1), [Projeksjon::MedHjemmel]);
    prove.sjekk();
}

#[test]
fn what_tells_of_a_place_is_never_on_the_disk_in_clear() {
    let prove = Prove::new();
    let utland = json!({"fraflyttingsland": "SWE", "fraflyttingsstedIUtlandet": "Hemmelighamn"});
    prove.opprett(&person(2));
    prove.opprett(&bo(1, &[2]).med("innflytting", utland));
    let annet = json!({"fraflyttingsland": "SWE", "fraflyttingsstedIUtlandet": "Skjulestad"});
    prove.registrer(1, H::EndringIInnflytting, vec![korriger("innflytting", annet)]);
    vern(&prove, 2, "strengtFortrolig");
    for tekst in [GATE, "Revegata", "Hemmelighamn", "Skjulestad"] {
        assert!(!paa_disk(&prove, tekst), "{tekst}");
    }
    // The search would have found it.
    assert!(paa_disk(&prove, "STILLE2"));
}

#[test]
fn a_correction_of_a_hidden_address_of_an_estate_is_told_to_nobody_who_may_not_see_it() {
    let prove = Prove::new();
    prove.opprett(&person(2).gradering("fortrolig"));
    prove.opprett(&bo(1, &[2]));
    let foer = lengder(&prove);
    let vist: Vec<_> = Projeksjon::ALLE.map(|p| prove.tekst(1, p)).into();
    let mut rettet = kontakt(2);
    rettet["adresse"]["adresselinje"] = json!(["Rådyrstien 9"]);
    rettet["gyldighetstidspunkt"] = json!("2020-01-01T00:00:00+01:00");
    rettet["kilde"] = json!("KILDE_DSF");
    let endring = korriger("kontaktinformasjonForDoedsbo", rettet);
    prove.registrer(1, H::EndringIKontaktopplysningerForDoedsbo, vec![endring]);
    for ((projeksjon, hendelser), vist) in nytt(&prove, &foer).into_iter().zip(vist) {
        let ser = projeksjon == Projeksjon::MedHjemmel;
        assert_eq!(hendelser.len(), usize::from(ser), "{projeksjon:?}");
        assert_eq!(prove.tekst(1, projeksjon) == vist, !ser, "{projeksjon:?}");
    }
    prove.sjekk();
}
