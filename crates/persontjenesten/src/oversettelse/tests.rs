use super::*;
use crate::Versjon;

/// A register of places with two kommuner and one grunnkrets, which remembers what it was asked.
#[derive(Default)]
struct Proevesteder {
    spurt: std::sync::Mutex<Vec<String>>,
}

impl Berikelse for Proevesteder {
    fn kommune(&self, kommunenummer: &str) -> Option<Kommune<'_>> {
        let (navn, fylkesnummer, fylkesnavn) = match kommunenummer {
            "0301" => ("Oslo", "03", "Oslo"),
            "5053" => ("Inder\u{f8}y", "50", "Tr\u{f8}ndelag \"T\""),
            _ => return None,
        };
        Some(Kommune {
            navn,
            fylkesnummer,
            fylkesnavn,
        })
    }

    fn sted(&self, a: &Adresse<'_>) -> Sted<'_> {
        self.spurt.lock().unwrap().push(format!(
            "{:?} {:?} {:?} {:?} {:?} {:?}{:?} {:?}/{:?}/{:?}/{:?} {:?}",
            a.slag,
            a.identifikator,
            a.naer_identifikator,
            a.kommunenummer,
            a.adressekode,
            a.husnummer,
            a.husbokstav,
            a.gaardsnummer,
            a.bruksnummer,
            a.festenummer,
            a.undernummer,
            a.grunnkrets
        ));
        if a.kommunenummer != Some("0301") {
            return Sted::default();
        }
        Sted {
            grunnkrets: Some(Grunnkrets {
                nummer: 3_010_401,
                navn: Some("Kretsen"),
            }),
            bydel: Some(Navngitt {
                kode: "030105",
                navn: "Bydelen",
            }),
            geografisk_bydel: Some(Navngitt {
                kode: "030116",
                navn: "Sentrum",
            }),
        }
    }
}

fn oversett(versjon: Versjon, norsk: &str, berikelse: &dyn Berikelse) -> (String, Telling) {
    let mut ut = Vec::new();
    let hode = Hode {
        id: "p\"1",
        sekvensnummer: 7,
        kontaktdata: None,
    };
    let telling = Oversetter::new(versjon, berikelse)
        .person(norsk.as_bytes(), &hode, &mut ut)
        .unwrap();
    let tekst = String::from_utf8(ut).unwrap();
    serde_json::from_str::<serde_json::Value>(&tekst).unwrap();
    let hale = r#""id":"p\"1","sequenceNumber":7}"#;
    let kropp = tekst.strip_prefix('{').unwrap().strip_suffix(hale).unwrap();
    (kropp.trim_end_matches(',').to_owned(), telling)
}

#[track_caller]
fn check(norsk: &str, ventet: &str) {
    for versjon in Versjon::ALLE {
        let (kropp, telling) = oversett(versjon, norsk, &IngenBerikelse);
        assert_eq!(kropp, ventet, "{versjon:?}");
        assert!(telling.er_tom(), "{telling:?}");
    }
}

#[track_caller]
fn check_telling(norsk: &str, ventet: &str, felt: usize, koder: usize, datoer: usize) {
    let (kropp, telling) = oversett(Versjon::V3, norsk, &IngenBerikelse);
    assert_eq!(kropp, ventet);
    let ventet = Telling {
        ukjente_felt: felt,
        ukjente_koder: koder,
        ufullstendige_datoer: datoer,
    };
    assert_eq!(telling, ventet);
}

#[test]
fn parts_come_in_the_order_of_the_contract_whatever_the_document_has() {
    let ventet = r#""norwegianIdentificationNumber":[{"isValid":true,"status":"InUse","identificationNumber":"12855700628","identificationNumberType":"NationalIdentityNumber"}],"gender":[{"gender":"Male"}],"death":{"isValid":true,"deceasedDate":"2024-02-22T00:00:00Z"},"name":[{"registeredAt":"2024-02-22T07:10:00.123456789+01:00","isValid":true,"givenName":"VAKKER","familyName":"BLOMST"}]"#;
    check(
        r#"{"navn":[{"etternavn":"BLOMST","erGjeldende":true,"fornavn":"VAKKER","ajourholdstidspunkt":"2024-02-22T07:10:00.123456789+01:00"}],
            "kjoenn":[{"kjoenn":"mann"}],"doedsfall":{"erGjeldende":true,"doedsdato":"2024-02-22"},
            "identifikasjonsnummer":[{"erGjeldende":true,"status":"iBruk","foedselsEllerDNummer":"12855700628","identifikatortype":"foedselsnummer"}]}"#,
        ventet,
    );
    check("{}", "");
    check(r#"{"navn":[]}"#, "");
    check(r#"{"navn":null,"kjoenn":[{"kjoenn":null}]}"#, r#""gender":[{}]"#);
}

#[test]
fn texts_numbers_and_times_are_as_they_were() {
    check(
        r#"{"navn":[{"fornavn":"\u00c5\ud83d\ude00\"\\/","etternavn":"ÆØÅ 😀"}],"foedselINorge":[{"rekkefoelgenummer":-9223372036854775808}]}"#,
        r#""birthInNorway":[{"multipleBirthNumber":-9223372036854775808}],"name":[{"givenName":"\u00c5\ud83d\ude00\"\\/","familyName":"ÆØÅ 😀"}]"#,
    );
    check(
        r#"{"status":[{"gyldighetstidspunkt":"2024-02-22T07:10:00","opphoerstidspunkt":"2024-02-22T07:10:00Z","status":"bosatt"}]}"#,
        r#""status":[{"validFrom":"2024-02-22T07:10:00Z","validTo":"2024-02-22T07:10:00Z","status":"Resident"}]"#,
    );
}

#[test]
fn a_single_item_that_is_over_is_not_shown_as_if_it_were_not() {
    check(r#"{"doedsfall":{"erGjeldende":false,"doedsdato":"2024-02-22"}}"#, "");
    check(r#"{"doedsfall":{"doedsdato":"2024-02-22","erGjeldende":false}}"#, "");
    check(r#"{"falskIdentitet":{"erGjeldende":false,"erFalsk":true}}"#, "");
    check(
        r#"{"falskIdentitet":{"erGjeldende":true,"erFalsk":true}}"#,
        r#""falseIdentity":{"isValid":true,"isFalseIdentity":true}"#,
    );
    check(
        r#"{"doedsfall":{"doedsdato":"2024-02-22"}}"#,
        r#""death":{"deceasedDate":"2024-02-22T00:00:00Z"}"#,
    );
    // In a list what is over is history.
    check(
        r#"{"kjoenn":[{"erGjeldende":false,"kjoenn":"mann"}]}"#,
        r#""gender":[{"isValid":false,"gender":"Male"}]"#,
    );
}

#[test]
fn twins_have_the_same_value() {
    check(
        r#"{"postadresse":[{"adressegradering":"ugradert","postadresseIFrittFormat":{"adresselinje":["A","B"],"poststed":{"postnummer":"0150"}}}]}"#,
        r#""postalAddress":[{"addressConfidentiality":"Unclassified","freeFormPostalAddress":{"adresselinje":["A","B"],"addressLine":["A","B"],"city":{"postalCode":"0150"}}}]"#,
    );
    check(
        r#"{"vergemaalEllerFremtidsfullmakt":[{"verge":{"navnFoedselsdato":{"personnavn":{"fornavn":"A","etternavn":"B"},"foedselsdato":"1949-12-01","statsborgerskap":["AIA"],"kjoenn":"kvinne"}}}]}"#,
        r#""guardianshipOrFuturePowerOfAttorney":[{"guardian":{"nameBirthDate":{"name":{"givenName":"A","familyName":"B"},"birthDate":"1949-12-01T00:00:00Z","citizenship":"AIA","gender":"Female"},"guardianInformation":{"personName":{"givenName":"A","familyName":"B"},"birthDate":"1949-12-01T00:00:00Z","citizenship":["AIA"],"gender":"Female"}}}]"#,
    );
    // A form with room for one country says nothing of two.
    check(
        r#"{"vergemaalEllerFremtidsfullmakt":[{"verge":{"navnFoedselsdato":{"statsborgerskap":["AIA","NOR"]}}}]}"#,
        r#""guardianshipOrFuturePowerOfAttorney":[{"guardian":{"nameBirthDate":{},"guardianInformation":{"citizenship":["AIA","NOR"]}}}]"#,
    );
    // What is unknown in it is counted once.
    check_telling(
        r#"{"vergemaalEllerFremtidsfullmakt":[{"verge":{"navnFoedselsdato":{"kjoenn":"ny","felt":1,"foedselsdato":"1949"}}}]}"#,
        r#""guardianshipOrFuturePowerOfAttorney":[{"guardian":{"nameBirthDate":{},"guardianInformation":{}}}]"#,
        1,
        1,
        1,
    );
}

#[test]
fn what_is_not_in_the_table_is_left_out_and_counted() {
    check_telling(
        r#"{"nytt":{"a":[1,{"b":null}]},"navn":[{"fornavn":"A","kallenavn":"X","etternavn":"B"}],"navn\u0020":1}"#,
        r#""name":[{"givenName":"A","familyName":"B"}]"#,
        3,
        0,
        0,
    );
    check_telling(
        r#"{"identitetsgrunnlag":[{"erGjeldende":true,"identitetsgrunnlagstatus":"unik"}]}"#,
        r#""identityVerification":[{"isValid":true}]"#,
        0,
        1,
        0,
    );
    check_telling(
        r#"{"brukAvSamiskSpraak":[{"spraak":["pitesamisk","lulesamisk","umesamisk"]}],"sivilstand":[{"sivilstand":"kjaerest"}]}"#,
        r#""maritalStatus":[{}],"useOfSamiLanguage":[{"language":["Lulesamisk"]}]"#,
        0,
        3,
        0,
    );
    check_telling(
        r#"{"brukAvSamiskSpraak":[{"spraak":["pitesamisk"]}],"rettsligHandleevne":[{"rettsligHandleevneomfang":["ny","begrenset","begrenset"]}]}"#,
        r#""useOfSamiLanguage":[{}],"legalAuthority":[{"legalAuthorityScope":"Limited"}]"#,
        0,
        2,
        0,
    );
    check_telling(
        r#"{"foedsel":[{"foedselsdato":"1949-12","foedselsaar":"1949"}]}"#,
        r#""birth":[{"birthYear":"1949"}]"#,
        0,
        0,
        1,
    );
}

#[test]
fn a_grade_that_nobody_knows_is_the_strictest() {
    check_telling(
        r#"{"adressebeskyttelse":[{"graderingsnivaa":"nytt"}],"postadresse":[{"adressegradering":"enda nyere"}]}"#,
        r#""addressProtection":[{"protectionLevel":"StrictlyConfidential"}],"postalAddress":[{"addressConfidentiality":"StrictlyConfidential"}]"#,
        0,
        2,
        0,
    );
}

#[test]
fn what_the_register_would_not_write_is_refused_and_nothing_is_left_of_it() {
    for (norsk, grunn) in [
        ("", Grunn::IkkeJson),
        ("[]", Grunn::FeilSlag),
        ("{} {}", Grunn::IkkeJson),
        (r#"{"navn":{}}"#, Grunn::FeilSlag),
        (r#"{"navn":["x"]}"#, Grunn::FeilSlag),
        (r#"{"navn":[{"fornavn":1}]}"#, Grunn::FeilSlag),
        (r#"{"doedsfall":[{}]}"#, Grunn::FeilSlag),
        (r#"{"navn":[{"fornavn":"A","fornavn":"B"}]}"#, Grunn::Duplikat),
        (r#"{"navn":[],"navn":[]}"#, Grunn::Duplikat),
        (
            r#"{"postadresse":[{"adressegradering":"fortrolig","adressegradering":"ugradert"}]}"#,
            Grunn::Duplikat,
        ),
        (r#"{"doedsfall":{"doedsdato":"2024-02-30"}}"#, Grunn::Tidsform),
        (r#"{"status":[{"ajourholdstidspunkt":"i g\u00e5r"}]}"#, Grunn::Tidsform),
        (r#"{"foedselINorge":[{"rekkefoelgenummer":1.5}]}"#, Grunn::FeilSlag),
        (r#"{"kjoenn":[{"kjoenn":"mann"}]"#, Grunn::IkkeJson),
    ] {
        let mut ut = b"foer".to_vec();
        let hode = Hode {
            id: "1",
            sekvensnummer: 1,
            kontaktdata: None,
        };
        let feil = Oversetter::new(Versjon::V3, &IngenBerikelse).person(norsk.as_bytes(), &hode, &mut ut);
        assert_eq!(feil.unwrap_err().grunn, grunn, "{norsk}");
        assert_eq!(ut, b"foer");
    }
}

#[test]
fn places_are_added_from_what_the_item_says() {
    let steder = Proevesteder::default();
    let norsk = r#"{"foedsel":[{"foedekommuneINorge":"5053","foedeland":"NOR"}],"sivilstand":[{"sivilstand":"gift","kommune":"0301","sted":"A"}],
        "bostedsadresse":[
          {"vegadresse":{"kommunenummer":"0301","adressenavn":"Gata","adressenummer":{"husnummer":"1","husbokstav":"B"},"adressekode":"10001"},
           "adresseIdentifikatorFraMatrikkelen":"14","adressegradering":"ugradert","grunnkrets":401,"skolekrets":2},
          {"ukjentBosted":{"bostedskommune":"9999"},"adressegradering":"ugradert"}],
        "oppholdsadresse":[{"adresseIdentifikatorFraMatrikkelen":"15","matrikkeladresse":{"matrikkelnummer":{"kommunenummer":"0301","gaardsnummer":1,"bruksnummer":2,"festenummer":3},"undernummer":4}}],
        "deltBosted":[{"naerAdresseIdentifikatorFraMatrikkelen":"16","ukjentBosted":{"bostedskommune":"0301"}}],
        "postadresse":[{"vegadresse":{"adressenummer":{"husnummer":"77"}}}]}"#;
    let (v3, telling) = oversett(Versjon::V3, norsk, &steder);
    assert!(telling.er_tom());
    let oslo = r#""municipalityNumber":"0301","municipalityName":"Oslo","countyNumber":"03","countyName":"Oslo""#;
    let bydel = r#""urbanDistrictCode":"030105","urbanDistrictName":"Bydelen","geographicalUrbanDistrictCode":"030116","geographicalUrbanDistrictName":"Sentrum""#;
    let krets = r#""fullBasicStatisticalUnitNumber":"03010401","basicStatisticalUnitName":"Kretsen""#;
    let tall = r#""basicStatisticalUnit":401"#;
    let ventet = [
        format!(r#""sharedResidence":[{{"unknownResidence":{{{oslo}}},"closeCadastralIdentifier":"16",{bydel},{tall},{krets}}}]"#),
        r#""birth":[{"birthMunicipalityNumber":"5053","birthMunicipalityName":"Inderøy","birthCountyNumber":"50","birthCountyName":"Trøndelag \"T\"","birthCountry":"NOR"}]"#.to_owned(),
        format!(r#""maritalStatus":[{{"status":"Married",{oslo},"place":"A"}}]"#),
        format!(
            r#""residentialAddress":[{{"streetAddress":{{{oslo},"addressName":"Gata","addressNumber":{{"houseNumber":"1","houseLetter":"B"}},"addressCode":"10001"}},"cadastralIdentifier":"14","addressConfidentiality":"Unclassified",{tall},{krets},"schoolDistrict":2,{bydel}}},{{"unknownResidence":{{"municipalityNumber":"9999"}},"addressConfidentiality":"Unclassified"}}]"#
        ),
        format!(
            r#""presentAddress":[{{"cadastralAddress":{{"cadastralNumber":{{{oslo},"municipalityLandNumber":1,"titleNumber":2,"leaseholdNumber":3}},"subNumber":4}},"cadastralIdentifier":"15",{bydel},{tall},{krets}}}]"#
        ),
        r#""postalAddress":[{"streetAddress":{"streetAddressNumber":{"houseNumber":"77"}}}]"#.to_owned(),
    ];
    assert_eq!(v3, ventet.join(","));
    assert_eq!(oversett(Versjon::V2, norsk, &steder).0, v3);
    let spurt = steder.spurt.into_inner().unwrap();
    assert_eq!(
        spurt[..4],
        [
            r#"Bostedsadresse Some("14") None Some("0301") Some("10001") Some("1")Some("B") None/None/None/None Some(401)"#,
            r#"Bostedsadresse None None Some("9999") None NoneNone None/None/None/None None"#,
            r#"Oppholdsadresse Some("15") None Some("0301") None NoneNone Some(1)/Some(2)/Some(3)/Some(4) None"#,
            r#"DeltBosted None Some("16") Some("0301") None NoneNone None/None/None/None None"#,
        ]
    );
}

#[test]
fn a_grunnkrets_that_the_register_does_not_agree_with_is_not_added() {
    let steder = Proevesteder::default();
    let norsk = |grunnkrets: &str| {
        format!(r#"{{"bostedsadresse":[{{"ukjentBosted":{{"bostedskommune":"0301"}}{grunnkrets}}}]}}"#)
    };
    let har = |norsk: String| {
        let (kropp, _) = oversett(Versjon::V3, &norsk, &steder);
        // The district is of the address, and stands.
        assert!(kropp.contains(r#""urbanDistrictCode":"030105""#), "{kropp}");
        (
            kropp.contains(r#""basicStatisticalUnit":"#),
            kropp.contains("fullBasic") && kropp.contains("basicStatisticalUnitName"),
        )
    };
    assert_eq!(har(norsk(r#","grunnkrets":401"#)), (true, true));
    assert_eq!(har(norsk(r#","grunnkrets":402"#)), (true, false));
    // The number is the register's alone on a bostedsadresse.
    assert_eq!(har(norsk("")), (false, true));
}

#[test]
fn contact_data_stand_in_the_person() {
    let mut oversetter = Oversetter::new(Versjon::V3, &IngenBerikelse);
    let kontaktdata = oversetter.kontaktdata(br#"{"status":"AKTIV"}"#).unwrap();
    let hode = Hode {
        id: "1",
        sekvensnummer: u64::MAX,
        kontaktdata: Some(&kontaktdata),
    };
    let mut ut = Vec::new();
    oversetter
        .person(br#"{"kjoenn":[{"kjoenn":"mann"}]}"#, &hode, &mut ut)
        .unwrap();
    assert_eq!(
        String::from_utf8(ut).unwrap(),
        r#"{"gender":[{"gender":"Male"}],"commonContactRegisterInformation":{"status":"Active"},"id":"1","sequenceNumber":18446744073709551615}"#
    );
}

#[test]
fn the_table_has_the_shape_that_the_translator_needs() {
    use super::tabell::{Form, Kilde, Skjema};
    use std::collections::BTreeSet;

    fn dybde(skjema: &'static Skjema) -> usize {
        let under = skjema.felter.iter().filter_map(|felt| match felt.form {
            Form::Objekt(under) => Some(dybde(under)),
            _ => None,
        });
        1 + under.max().unwrap_or(0)
    }
    // An end to the levels: the table has no circle.
    assert_eq!(dybde(&skjemaer::PERSON), 5);
    for skjema in skjemaer::ALLE {
        // A bit for each field.
        assert!(skjema.felter.len() <= 64, "{}", skjema.navn);
        let navn: BTreeSet<&str> = skjema.felter.iter().map(|felt| felt.navn).collect();
        assert_eq!(navn.len(), skjema.felter.len(), "{}", skjema.navn);
        let norske: Vec<&str> = skjema
            .felter
            .iter()
            .filter(|felt| !matches!(felt.kilde, Kilde::Tvilling(_)))
            .filter_map(|felt| felt.kilde.norsk())
            .collect();
        assert_eq!(
            norske.iter().collect::<BTreeSet<_>>().len(),
            norske.len(),
            "{}",
            skjema.navn
        );
        for (nr, felt) in skjema.felter.iter().enumerate() {
            if let Kilde::Tvilling(_) = felt.kilde {
                assert_eq!(skjema.tvilling_av(nr + 1), Some(nr), "{}", felt.navn);
            }
        }
        assert_eq!(
            skjema.metadata,
            skjema
                .felter
                .get(skjemaer::IS_VALID_PLASS)
                .is_some_and(|felt| felt.navn == "isValid")
        );
    }
}
