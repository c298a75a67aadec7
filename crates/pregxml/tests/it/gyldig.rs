//! Every answer is valid by our schema, held by libxml2: for persons of a nation under every profile, and for persons made of anything.

use informasjonsmodell::Dato;
use preg::xml::Skriver;
use pregmodell::{Adresse, Felt, Person};
use pregmodell::{Desimal, Vist};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use crate::felles::{Folk, alle_profiler, feilkode, nasjon, spoer, tjeneste};
use crate::kontrakter::{mappe, python};

const DOEM: &str = "../../../preg/tests/it/doem.py";

/// The judge's words, one for each message; `None` where there is no judge and that is allowed.
fn doem(navn: &str, meldinger: &[String]) -> Option<Vec<String>> {
    let mappe = mappe(navn);
    let skjema = mappe.join("personregister.xsd");
    std::fs::write(&skjema, pregxml::xsd::xsd()).unwrap();
    let inn: String = meldinger.iter().map(|m| format!("{m}\0")).collect();
    let ut = python("lxml.etree", DOEM, &[&skjema], inn.as_bytes());
    std::fs::remove_dir_all(mappe).unwrap();
    let ut: Vec<String> = ut?.lines().map(str::to_owned).collect();
    assert_eq!(ut.len(), meldinger.len());
    Some(ut)
}

fn alle_svar(folk: &Folk, profil: &'static str) -> Vec<String> {
    let tjeneste = tjeneste(folk.clone(), profil);
    let mut ut = Vec::new();
    let mut spoer = |operasjon: &str, felter: &[(&str, &str)]| {
        let (_, kropp) = spoer(&tjeneste, operasjon, felter);
        // The judge reads texts, and a declaration of bytes is not for it.
        ut.push(
            kropp
                .trim_start_matches("<?xml version=\"1.0\" encoding=\"utf-8\"?>")
                .to_owned(),
        );
    };
    let numre: Vec<&str> = folk
        .personer
        .iter()
        .filter_map(|p| p.nin.verdi().map(String::as_str))
        .collect();
    let numre: Vec<(&str, &str)> = numre
        .into_iter()
        .filter(|n| n.len() == 11)
        .map(|n| ("NIN", n))
        .collect();
    for nummer in &numre {
        spoer("GetPerson", &[*nummer]);
    }
    for nummer in numre.iter().step_by(5) {
        spoer("GetAddresses", &[*nummer]);
    }
    let mut mange: Vec<(&str, &str)> = numre.iter().copied().take(998).collect();
    mange.push(("NIN", "x"));
    mange.push(("NIN", "80012345287"));
    spoer("GetPersons", &mange);
    for nummer in ["80012345287", "x", "201012345678"] {
        spoer("CheckNIN", &[("NIN", nummer)]);
        spoer("GetPerson", &[("NIN", nummer)]);
    }
    for fornavn in ["A", "B", "E", "S"] {
        spoer(
            "SearchPersons",
            &[("GivenName", fornavn), ("DateOfBirthFrom", "1900"), ("MaxHits", "100")],
        );
    }
    spoer("SearchPersons", &[("GivenName", "A")]);
    ut
}

#[test]
fn every_answer_about_a_nation_is_valid_by_our_schema_under_every_profile() {
    let folk = nasjon();
    let mut svar = Vec::new();
    for profil in alle_profiler() {
        svar.extend(alle_svar(&folk, profil));
    }
    // It is worth something only if it meets what it is about.
    let alle = svar.concat();
    for ventet in [
        "<PostalType>4</PostalType>",
        "<PostalType>6</PostalType>",
        "<PostalType>7</PostalType>",
        "<MothersNIN></MothersNIN>",
        "<DateAdrFrom xsi:nil=\"true\"/>",
        "<Addresses></Addresses>",
        "<RegStatus>5</RegStatus>",
        "<ErrorCode>",
    ] {
        assert!(alle.contains(ventet), "{ventet}");
    }
    let Some(dommer) = doem("nasjon", &svar) else { return };
    for (svar, dom) in svar.iter().zip(dommer) {
        assert_eq!(dom, "gyldig", "{svar:.3000}");
    }
}

fn felt<T: std::fmt::Debug + Clone + 'static>(verdi: impl Strategy<Value = T> + 'static) -> BoxedStrategy<Felt<T>> {
    prop_oneof![
        3 => verdi.prop_map(Felt::Verdi),
        1 => Just(Felt::Ingen),
        1 => Just(Felt::HoldtTilbake),
    ]
    .boxed()
}

/// A person of anything, in every field: also what no register should hold.
fn noen() -> impl Strategy<Value = Person> {
    let tekst = felt(prop_oneof![
        ".{0,60}",
        "[A-ZÆØÅ ]{0,80}",
        "[0-9]{1,13}",
        "\\PC*",
        Just("\u{0}<&>]]>\r\n".to_owned())
    ]);
    let tall = felt(any::<i32>());
    let dato = felt((1_000_u16..=9_999, 1u8..=12, 1u8..=31, 0..3).prop_filter_map(
        "no such day",
        |(aar, maaned, dag, slag)| match slag {
            0 => Dato::hel(aar, maaned, dag),
            1 => Dato::aar_maaned(aar, maaned),
            _ => Dato::bare_aar(aar),
        },
    ));
    let tekster = || proptest::collection::vec(tekst.clone(), 20);
    let adresse = (
        tekster(),
        proptest::collection::vec(tall.clone(), 3),
        proptest::collection::vec(dato.clone(), 3),
        felt(any::<bool>()),
        felt(any::<i64>().prop_map(Desimal)),
    )
        .prop_map(|(t, tall, dato, gjeldende, desimal)| {
            let mut t = t.into_iter();
            let mut neste = || t.next().unwrap();
            Adresse {
                nin: neste(),
                gjeldende,
                dato_fra: dato[0],
                posttype: tall[0],
                dato_posttype: dato[1],
                gatenavn: neste(),
                gatekode: neste(),
                husnummer: tall[1],
                husbokstav: neste(),
                bolignummer: neste(),
                gaardsnummer: neste(),
                bruksnummer: neste(),
                co_adresse: neste(),
                linje_1: neste(),
                linje_2: neste(),
                linje_3: neste(),
                dato_postadresse: dato[2],
                adresselinje: neste(),
                postnummer: neste(),
                poststed: neste(),
                kommunenavn: neste(),
                kommunenummer: neste(),
                land: neste(),
                grunnkrets: tall[2],
                bydelskode: neste(),
                bydelsnavn: neste(),
                valgkrets: neste(),
                skolekrets: Felt::Ingen,
                x_koordinat: desimal,
                y_koordinat: desimal,
            }
        });
    (
        tekster(),
        proptest::collection::vec(tall, 6),
        proptest::collection::vec(dato, 10),
        proptest::collection::vec(adresse, 0..4),
    )
        .prop_map(|(t, tall, dato, adresser)| {
            let mut t = t.into_iter();
            let mut neste = || t.next().unwrap();
            Person {
                nin: neste(),
                fornavn: neste(),
                mellomnavn: neste(),
                etternavn: neste(),
                tidligere_etternavn: neste(),
                dato_navn: dato[0],
                foedselsdato: dato[1],
                kjoenn: tall[0],
                foedested: neste(),
                reg_status: tall[1],
                dato_status: dato[2],
                land_status: tall[2],
                sivilstand: tall[3],
                dato_sivilstand: dato[3],
                ektefelle: neste(),
                mor: neste(),
                far: neste(),
                barn: Felt::Verdi(vec!["1".to_owned()]),
                gammelt_nummer: neste(),
                nytt_nummer: neste(),
                statsborgerskap: neste(),
                dato_statsborgerskap: dato[4],
                statsborgerskapskode: neste(),
                foreldreansvar: neste(),
                dato_foreldreansvar: dato[5],
                foreldreansvar_tall: tall[4],
                dato_foreldreansvar_tall: dato[6],
                uten_handleevne: neste(),
                dato_uten_handleevne: dato[7],
                arbeidstillatelse: neste(),
                dato_arbeidstillatelse: dato[8],
                duf_nummer: neste(),
                adresser,
            }
        })
}

#[test]
fn whatever_a_person_is_made_of_the_answer_is_valid_and_says_what_it_holds() {
    let mut loeper = TestRunner::deterministic();
    let strategi = noen();
    let personer: Vec<Person> = (0..250)
        .map(|_| strategi.new_tree(&mut loeper).unwrap().current())
        .collect();
    let svar: Vec<String> = personer
        .iter()
        .flat_map(|person| {
            [
                pregxml::svar::get_person("x", Some(person)),
                pregxml::svar::get_addresses("x", Some(person), false),
            ]
        })
        .collect();
    for (person, svar) in personer.iter().zip(svar.iter().step_by(2)) {
        // Read back by the reader of messages: names are what they were, or cut where they are too long.
        let rot = meldinger::tre::les(svar.as_bytes()).unwrap();
        let lest = rot.ett("Person").unwrap();
        let gatenavn: Vec<_> = lest
            .ett("Addresses")
            .unwrap()
            .barn
            .iter()
            .map(|a| a.ett("StreetName").unwrap().tekst.clone())
            .collect();
        let ventet: Vec<_> = person.adresser.iter().map(|a| skrevet(a.gatenavn.verdi())).collect();
        assert_eq!(gatenavn, ventet);
        if let Vist::Tekst(navn) = person.vis(pregmodell::Personfelt::GivenName) {
            let hele = skrevet(Some(&navn.to_owned()));
            assert!(hele.starts_with(lest.ett("GivenName").unwrap().tekst.as_str()));
        }
    }
    let Some(dommer) = doem("noen", &svar) else { return };
    for (svar, dom) in svar.iter().zip(dommer) {
        assert_eq!(dom, "gyldig", "{svar:.3000}");
    }
}

/// A text as XML can carry it.
fn skrevet(tekst: Option<&String>) -> String {
    let mut x = Skriver::new();
    x.tekst("a", &[], tekst.map_or("", String::as_str));
    meldinger::tre::les(x.ferdig().as_bytes()).unwrap().tekst
}

#[test]
fn the_judge_says_no_to_what_is_not_valid() {
    let folk = nasjon();
    let (_, svar) = spoer(
        &tjeneste(folk.clone(), "preg_med_hjemmel"),
        "GetPerson",
        &[("NIN", folk.personer[0].nin.verdi().unwrap())],
    );
    let svar = svar
        .trim_start_matches("<?xml version=\"1.0\" encoding=\"utf-8\"?>")
        .to_owned();
    let galt = [
        svar.replacen("<Custody>", "<Forvaring>", 1)
            .replacen("</Custody>", "</Forvaring>", 1),
        svar.replacen("<NewNIN></NewNIN>", "", 1),
        svar.replacen("<NewNIN></NewNIN>", "<NewNIN>000000000000</NewNIN>", 1),
        svar.replacen(
            "<ParentalResponsibility xsi:nil=\"true\"/>",
            "<ParentalResponsibility></ParentalResponsibility>",
            1,
        ),
        svar.replacen("<DateOfBirth>", "<DateOfBirth>x", 1),
        svar.replacen("urn:persontjenesten", "urn:annet", 1),
    ];
    assert!(galt.iter().all(|g| *g != svar));
    if let Some(dommer) = doem("galt", &galt) {
        assert_eq!(dommer, vec!["ugyldig"; galt.len()]);
    }
}

#[test]
fn a_fault_is_valid_too() {
    let tjeneste = tjeneste(nasjon(), "preg_med_hjemmel");
    let (_, kropp) = spoer(&tjeneste, "SearchPersons", &[]);
    assert_eq!(feilkode(&kropp), "TooFewCriteria");
    if let Some(dommer) = doem("feil", &[kropp]) {
        assert_eq!(dommer, ["gyldig"]);
    }
}
