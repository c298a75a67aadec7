//! `SearchPersons`: every combination of names and birth, which is what P22-1 mended, and the bounds of an answer.
//!
//! Source: preg reference 4.5, 6.8 and 6.9. How a name is matched is the register's; here it is the small one of the tests.

use meldinger::tre::Element;
use pregmodell::{Felt, Person};

use crate::felles::{Folk, MED, feilkode, les, nasjon, spoer, svar, tjeneste};

/// Somebody with three names, a day of birth and a place.
fn en() -> Person {
    let nasjon = nasjon();
    let hel = |p: &&Person| {
        let adresse = p.gjeldende_adresse();
        p.mellomnavn.er_verdi()
            && p.fornavn.er_verdi()
            && p.foedselsdato.verdi().is_some_and(|d| d.dag().is_some())
            && adresse.is_some_and(|a| a.postnummer.er_verdi() && a.kommunenummer.er_verdi() && a.gatenavn.er_verdi())
    };
    nasjon.personer.iter().find(hel).unwrap().clone()
}

fn tekst(felt: &Felt<String>) -> String {
    felt.verdi().unwrap().clone()
}

fn funnet(svar: &Element, nin: &str) -> bool {
    let personer = svar.ett("Persons").unwrap();
    personer.barn.iter().any(|person| person.tekst("NIN") == Some(nin))
}

#[test]
fn every_combination_of_name_and_birth_finds_its_person_or_is_too_little() {
    let person = en();
    let nin = tekst(&person.nin);
    let dag = person.foedselsdato.verdi().unwrap().to_string();
    let (aar, maaned) = (&dag[..4], &dag[..7]);
    let etter = (aar.parse::<u32>().unwrap() + 1).to_string();
    let foer = (aar.parse::<u32>().unwrap() - 1).to_string();
    let navn = [
        ("GivenName", tekst(&person.fornavn)),
        ("MiddleName", tekst(&person.mellomnavn)),
        ("Sn", tekst(&person.etternavn)),
    ];
    // What is said of birth, and whether it fits.
    let foedt: [(&[(&str, &str)], bool); 13] = [
        (&[], true),
        (&[("DateOfBirth", &dag)], true),
        (&[("DateOfBirth", maaned)], true),
        (&[("DateOfBirth", aar)], true),
        (&[("DateOfBirthFrom", &dag)], true),
        (&[("DateOfBirthTo", &dag)], true),
        (&[("DateOfBirthFrom", &dag), ("DateOfBirthTo", &dag)], true),
        (&[("DateOfBirthFrom", aar), ("DateOfBirthTo", maaned)], true),
        (&[("DateOfBirthFrom", &foer), ("DateOfBirthTo", &etter)], true),
        (&[("DateOfBirth", &etter)], false),
        (&[("DateOfBirthFrom", &etter)], false),
        (&[("DateOfBirthTo", &foer)], false),
        (&[("DateOfBirth", "")], true),
    ];
    let tjeneste = tjeneste(nasjon(), MED);
    let (mut funn, mut for_lite, mut ingen) = (0, 0, 0);
    for utvalg in 0..8_u8 {
        let valgt: Vec<(&str, &str)> = navn
            .iter()
            .enumerate()
            .filter(|(nr, _)| utvalg & (1 << nr) != 0)
            .map(|(_, (navn, verdi))| (*navn, verdi.as_str()))
            .collect();
        let har_navn = utvalg & 0b101 != 0;
        for (foedt, passer) in foedt {
            let felter: Vec<(&str, &str)> = valgt.iter().copied().chain(foedt.iter().copied()).collect();
            let (status, kropp) = spoer(&tjeneste, "SearchPersons", &felter);
            let har_dato = foedt.iter().any(|(_, verdi)| !verdi.is_empty());
            if !har_navn || !har_dato {
                assert_eq!(
                    (status, feilkode(&kropp).as_str()),
                    (400, "TooFewCriteria"),
                    "{felter:?}"
                );
                for_lite += 1;
                continue;
            }
            assert_eq!(status, 200, "{felter:?} {kropp}");
            let svar = les(&kropp);
            assert_eq!(funnet(&svar, &nin), passer, "{felter:?}");
            if passer { funn += 1 } else { ingen += 1 }
        }
    }
    assert_eq!((funn, ingen, for_lite), (6 * 8, 6 * 3, 8 * 13 - 6 * 11));
}

#[test]
fn a_part_of_an_address_is_enough_beside_a_name_and_gender_and_middle_name_are_not() {
    let person = en();
    let nin = tekst(&person.nin);
    let adresse = person.gjeldende_adresse().unwrap().clone();
    let etternavn = tekst(&person.etternavn);
    let kjoenn = person.kjoenn.verdi().unwrap().to_string();
    let tjeneste = tjeneste(nasjon(), MED);
    for felt in [
        ("PostalCode", tekst(&adresse.postnummer)),
        ("St", tekst(&adresse.kommunenummer)),
        ("StreetName", tekst(&adresse.gatenavn)),
    ] {
        let felter = [
            ("Sn", etternavn.as_str()),
            (felt.0, felt.1.as_str()),
            ("Gender", kjoenn.as_str()),
        ];
        assert!(funnet(&svar(&tjeneste, "SearchPersons", &felter), &nin), "{}", felt.0);
    }
    for felter in [
        vec![("Sn", etternavn.as_str()), ("Gender", kjoenn.as_str())],
        vec![("MiddleName", "X"), ("DateOfBirth", "1984")],
        vec![("Gender", kjoenn.as_str()), ("PostalCode", "5003")],
        vec![],
    ] {
        let (_, kropp) = spoer(&tjeneste, "SearchPersons", &felter);
        assert_eq!(feilkode(&kropp), "TooFewCriteria", "{felter:?}");
    }
}

#[test]
fn an_answer_has_as_many_as_were_asked_for_and_tells_of_the_rest() {
    let nasjon = nasjon();
    // The letter that most first names begin with.
    let begynner = |bokstav: &str| {
        let navn = nasjon.personer.iter().filter_map(|person| person.fornavn.verdi());
        navn.filter(|navn| navn.starts_with(bokstav)).count()
    };
    let bokstav = ["A", "B", "E", "I", "J", "K", "L", "M", "S"]
        .into_iter()
        .max_by_key(|b| begynner(b))
        .unwrap();
    let tjeneste = tjeneste(nasjon.clone(), MED);
    let antall = |felter: &[(&str, &str)]| {
        let alle = [("DateOfBirthFrom", "1900"), ("GivenName", bokstav)];
        let alle: Vec<(&str, &str)> = alle.iter().chain(felter).copied().collect();
        let svar = svar(&tjeneste, "SearchPersons", &alle);
        let totalt: usize = svar.tekst("TotalHits").unwrap().parse().unwrap();
        let personer = &svar.ett("Persons").unwrap().barn;
        // Former addresses are not in an answer to a search.
        assert!(personer.iter().all(|p| p.ett("Addresses").unwrap().barn.len() <= 1));
        assert_eq!(
            svar.tekst("Truncated"),
            Some(if totalt > personer.len() { "true" } else { "false" })
        );
        (totalt, personer.len())
    };
    let (totalt, vanlig) = antall(&[]);
    assert!(totalt > 25, "{totalt}");
    assert_eq!(vanlig, 25);
    assert_eq!(antall(&[("MaxHits", "1")]), (totalt, 1));
    assert_eq!(antall(&[("MaxHits", "4000000000")]), (totalt, totalt.min(100)));
    let (levende, _) = antall(&[("IncludeDead", "false")]);
    assert!(levende < totalt, "some of them are dead");
    assert_eq!(antall(&[("IncludeDead", "true")]), (totalt, 25));
}

#[test]
fn too_many_and_what_the_register_cannot_do_are_faults_of_their_own() {
    use pregxml::Registerfeil;
    let felter = [("Sn", "A"), ("DateOfBirth", "1984")];
    for (svikt, kode, status) in [
        (Registerfeil::ForMange, "TooManyHits", 400),
        (Registerfeil::IkkeRett, "NotAuthorised", 403),
        (Registerfeil::Intern, "Internal", 500),
        (Registerfeil::Utilgjengelig, "Internal", 503),
    ] {
        let folk = Folk {
            svikt: Some(svikt),
            ..nasjon()
        };
        let tjeneste = tjeneste(folk, MED);
        for (operasjon, felter) in [
            ("SearchPersons", &felter[..]),
            ("GetPerson", &[("NIN", "12855700628")]),
            ("GetPersons", &[("NIN", "12855700628")]),
            ("CheckNIN", &[("NIN", "12855700628")]),
        ] {
            let (fikk, kropp) = spoer(&tjeneste, operasjon, felter);
            assert_eq!((fikk, feilkode(&kropp).as_str()), (status, kode));
        }
    }
    let (status, kropp) = spoer(
        &tjeneste(nasjon(), "en_profil_som_ikke_finnes"),
        "SearchPersons",
        &felter,
    );
    assert_eq!((status, feilkode(&kropp).as_str()), (403, "NotAuthorised"));
}

#[test]
fn a_service_that_has_come_to_its_end_says_so_to_its_users_alone_and_ninety_days_before() {
    let naa = crate::felles::naa();
    let om = |sekunder: i64| naa + jiff::SignedDuration::from_secs(sekunder);
    let felter = [("NIN", "80012345287")];
    let slutter = |slutt| tjeneste(nasjon(), MED).with_slutt(slutt);
    assert_eq!(spoer(&slutter(om(1)), "CheckNIN", &felter).0, 200);
    let (status, kropp) = spoer(&slutter(naa), "CheckNIN", &felter);
    assert_eq!((status, feilkode(&kropp).as_str()), (410, "ServiceRetired"));
    assert_eq!(crate::felles::kall(&slutter(naa), "feil", b"x").status, 401);
    let dager = |dager: i64| slutter(om(dager * 86_400)).varslet_slutt(naa).is_some();
    assert!(!dager(91) && dager(90) && dager(-1));
    assert_eq!(tjeneste(nasjon(), MED).varslet_slutt(naa), None);
}

#[test]
fn a_request_that_is_not_of_the_contract_is_refused_and_not_guessed_at() {
    let tjeneste = tjeneste(nasjon(), MED);
    let sn = ("Sn", "A");
    for felter in [
        vec![sn, ("DateOfBirth", "1984-02-30")],
        vec![sn, ("DateOfBirth", "17.03.1984")],
        vec![sn, ("DateOfBirth", "1984"), ("DateOfBirthTo", "1985")],
        vec![sn, ("DateOfBirthFrom", "1985"), ("DateOfBirthTo", "1984")],
        vec![sn, sn, ("DateOfBirth", "1984")],
        vec![sn, ("DateOfBirth", "1984"), ("Gender", "K")],
        vec![sn, ("PostalCode", "503")],
        vec![sn, ("DateOfBirth", "1984"), ("MaxHits", "0")],
        vec![sn, ("DateOfBirth", "1984"), ("MaxHits", "-1")],
        vec![sn, ("DateOfBirth", "1984"), ("IncludeDead", "ja")],
        vec![sn, ("DateOfBirth", "1984"), ("Phone", "1")],
        vec![sn, ("DateOfBirth", "<NIN>1</NIN>")],
    ] {
        let (status, kropp) = spoer(&tjeneste, "SearchPersons", &felter);
        assert_eq!(
            (status, feilkode(&kropp).as_str()),
            (400, "InvalidRequest"),
            "{felter:?}"
        );
    }
    let mange = vec![("NIN", "12855700628"); 1_001];
    for (operasjon, felter, kode) in [
        ("GetPersons", &mange[..], "InvalidRequest"),
        ("GetPersons", &[], "InvalidRequest"),
        ("GetPerson", &[], "InvalidRequest"),
        ("GetPerson", &[("NIN", "")], "InvalidNin"),
        ("GetPerson", &[("NIN", "1285570062")], "InvalidNin"),
        ("GetAddresses", &[("NIN", "1285570062x")], "InvalidNin"),
        ("CheckNIN", &[], "InvalidRequest"),
        ("DropPersons", &[], "InvalidRequest"),
    ] {
        let (status, kropp) = spoer(&tjeneste, operasjon, felter);
        assert_eq!((status, feilkode(&kropp).as_str()), (400, kode), "{operasjon}");
        assert!(!kropp.contains("12855"), "nothing of what was sent comes back");
    }
}

#[test]
fn many_numbers_are_answered_in_their_order_each_with_what_became_of_it() {
    let nasjon = nasjon();
    let tjeneste = tjeneste(nasjon.clone(), MED);
    let numre: Vec<String> = nasjon.personer.iter().take(400).map(|p| tekst(&p.nin)).collect();
    let mut spurt: Vec<&str> = numre.iter().rev().map(String::as_str).collect();
    spurt.insert(3, "80012345287");
    spurt.insert(5, "ikke et nummer");
    spurt.push(&numre[0]);
    let felter: Vec<(&str, &str)> = spurt.iter().map(|n| ("NIN", *n)).collect();
    let (status, kropp) = spoer(&tjeneste, "GetPersons", &felter);
    assert_eq!(status, 200);
    let rader: Vec<&str> = kropp.split("<Result>").skip(1).collect();
    assert_eq!(rader.len(), spurt.len());
    for (rad, nummer) in rader.iter().zip(&spurt) {
        assert!(rad.starts_with(&format!("<RequestedNIN>{nummer}</RequestedNIN>")));
        let status = match *nummer {
            "80012345287" => "NotFound",
            "ikke et nummer" => "InvalidNin",
            _ => "Found",
        };
        assert!(rad.contains(&format!("<Status>{status}</Status>")));
        assert_eq!(rad.contains(&format!("<Person><NIN>{nummer}</NIN>")), status == "Found");
    }
}

#[test]
fn a_number_is_told_of_without_telling_of_the_person() {
    let nasjon = nasjon();
    let nin = tekst(&nasjon.personer[0].nin);
    let tjeneste = tjeneste(nasjon, MED);
    let sjekk = |nummer: &str| {
        let svar = svar(&tjeneste, "CheckNIN", &[("NIN", nummer)]);
        let slag: Vec<String> = svar
            .barn
            .iter()
            .filter(|b| b.navn == "Kind")
            .map(|b| b.tekst.clone())
            .collect();
        let en = |navn: &str| svar.tekst(navn).unwrap_or_default().to_owned();
        (slag.join(" "), en("ValidForm"), en("Known"), en("SupersededBy"))
    };
    let ventet =
        |slag: &str, form: &str, kjent: &str| (slag.to_owned(), form.to_owned(), kjent.to_owned(), String::new());
    let (slag, form, kjent, _) = sjekk(&nin);
    assert!(matches!(slag.as_str(), "F" | "D") && form == "true" && kjent == "true");
    assert_eq!(sjekk("80012345287"), ventet("FH", "true", "false"));
    assert_eq!(sjekk("80012345288"), ventet("", "false", "false"));
    assert_eq!(sjekk("312000008"), ventet("", "false", "false"));
    assert_eq!(sjekk("tulløyball"), ventet("", "false", "false"));
}
