//! Certificates of every form, made here: what each says, or which rule it breaks.

use rcgen::{
    CertificateParams, CustomExtension, DistinguishedName, DnType, DnValue, ExtendedKeyUsagePurpose, KeyPair,
    KeyUsagePurpose,
};

use super::Sertifikatfeil::{
    FeilSlag, Flere, Form, IngenOrganisasjon, Kontrollsiffer, Noekkelbruk, Personsertifikat, Uleselig, Ulike,
    UtvidetNoekkelbruk,
};
use super::*;

const ORG: &str = "310000000";
const ANNEN: &str = "310000019";

/// The same key in every run, so that the same bytes are tried; it opens nothing.
fn noekkel() -> KeyPair {
    let hode = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    let pkcs8 = [&hode[..], &[7; 32]].concat();
    KeyPair::try_from(pkcs8).unwrap()
}

/// An attribute of a subject, by the last number of its identifier under 2.5.4.
type Attributt<'a> = (u64, &'a str);
/// What is to be read of it: number and profile, or the rule that is broken.
type Ventet = Result<(&'static str, Profil), Sertifikatfeil>;
const OI: u64 = 97;
const SN: u64 = 5;

fn emne(attributter: &[Attributt<'_>]) -> DistinguishedName {
    let mut emne = DistinguishedName::new();
    emne.push(DnType::CountryName, "NO");
    emne.push(DnType::OrganizationName, "PRØVE 987654321");
    emne.push(DnType::CommonName, "312000008");
    emne.push(DnType::OrganizationalUnitName, "avdeling 311000004");
    for (nr, tekst) in attributter {
        emne.push(DnType::CustomDnType(vec![2, 5, 4, *nr]), *tekst);
    }
    emne
}

fn lag(endre: impl FnOnce(&mut CertificateParams)) -> Vec<u8> {
    let mut sertifikat = CertificateParams::default();
    sertifikat.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    endre(&mut sertifikat);
    sertifikat.self_signed(&noekkel()).unwrap().der().to_vec()
}

fn med_emne(attributter: &[Attributt<'_>]) -> Vec<u8> {
    lag(|s| s.distinguished_name = emne(attributter))
}

fn med_bruk(bruk: &[KeyUsagePurpose], utvidet: &[ExtendedKeyUsagePurpose]) -> Vec<u8> {
    lag(|s| {
        s.distinguished_name = emne(&[(OI, "NTRNO-310000000")]);
        s.key_usages = bruk.to_vec();
        s.extended_key_usages = utvidet.to_vec();
    })
}

#[track_caller]
fn sjekk(der: &[u8], ventet: Ventet) {
    let lest = Virksomhetssertifikat::les(der);
    let sagt = lest.map(|s| (s.organisasjon().to_string(), s.profil()));
    assert_eq!(sagt, ventet.map(|(nummer, profil)| (nummer.to_owned(), profil)));
}

#[test]
fn the_number_is_read_where_the_profiles_have_it_and_nowhere_else() {
    let (oi, sn) = ("organizationIdentifier", "serialNumber");
    let (en, to) = (Ok((ORG, Profil::Seid1)), Ok((ORG, Profil::Seid2)));
    let tabell: &[(&[Attributt<'_>], Ventet)] = &[
        (&[(OI, "NTRNO-310000000")], to),
        (&[(SN, "310000000")], en),
        (&[(SN, "310000000:7")], en),
        (&[(SN, "310000000-abc.7")], en),
        (&[(OI, "NTRNO-310000000"), (SN, "310000000")], to),
        (&[(OI, "NTRNO-310000000"), (SN, "310000000-2")], to),
        (&[(SN, "310000000"), (OI, "NTRNO-310000000")], to),
        // In SEID 2.0 the serial number is somebody else's affair, unless it looks like another organisation.
        (&[(OI, "NTRNO-310000000"), (SN, "4f7a-9")], to),
        (&[(OI, "NTRNO-310000000"), (SN, "310000019")], Err(Ulike)),
        (&[(OI, "NTRNO-310000000"), (SN, "310000001")], Err(Ulike)),
        (&[(OI, "NTRNO-310000000"), (SN, "310000019:1")], Err(Ulike)),
        // Neither the name, nor the unit, nor the common name.
        (&[], Err(IngenOrganisasjon)),
        (&[(OI, "NTRNO-310000001")], Err(Kontrollsiffer(oi))),
        (&[(SN, "310000001")], Err(Kontrollsiffer(sn))),
        // A bad identifier is not made good by a serial number.
        (&[(OI, "NTRNO-310000001"), (SN, "310000000")], Err(Kontrollsiffer(oi))),
        (&[(OI, "VATNO-310000000"), (SN, "310000000")], Err(Form(oi))),
        (&[(OI, "310000000")], Err(Form(oi))),
        (&[(OI, "ntrno-310000000")], Err(Form(oi))),
        (&[(OI, "NTRSE-310000000")], Err(Form(oi))),
        (&[(OI, "NTRNO-NOFOR.310000000")], Err(Form(oi))),
        (&[(OI, "NTRNO-3100000000")], Err(Form(oi))),
        (&[(OI, "NTRNO-31000000")], Err(Form(oi))),
        (&[(OI, "NTRNO-310000000 ")], Err(Form(oi))),
        (&[(OI, " NTRNO-310000000")], Err(Form(oi))),
        (&[(OI, "NTRNO-310000000-1")], Err(Form(oi))),
        (&[(OI, "NTRNO-٣١٠٠٠٠٠٠٠")], Err(Form(oi))),
        (&[(OI, "NTRNO-")], Err(Form(oi))),
        (&[(OI, "")], Err(Form(oi))),
        (&[(SN, "")], Err(Form(sn))),
        (&[(SN, "31000000")], Err(Form(sn))),
        (&[(SN, "3100000000")], Err(Form(sn))),
        (&[(SN, "310000000 ")], Err(Form(sn))),
        (&[(SN, " 310000000")], Err(Form(sn))),
        (&[(SN, "310000000/1")], Err(Form(sn))),
        (&[(SN, "310000000-a b")], Err(Form(sn))),
        (&[(SN, "310000000-å")], Err(Form(sn))),
        (&[(SN, "31000000٠")], Err(Form(sn))),
        (&[(SN, "NO310000000")], Err(Form(sn))),
        (&[(SN, "NTRNO-310000000")], Err(Form(sn))),
    ];
    for (attributter, ventet) in tabell {
        println!("{attributter:?}");
        sjekk(&med_emne(attributter), *ventet);
    }
    let lang = format!("310000000-{}", "x".repeat(55));
    sjekk(&med_emne(&[(SN, &lang)]), Err(Form(sn)));
}

#[test]
fn a_persons_certificate_is_refused_as_such_also_with_an_organisation_beside_the_person() {
    for person in [
        "01812345678",
        "01812345678-1",
        "01812345678:1",
        "UN:NO-9578-4050-abc",
        "9578-4505-00001pdEkL7",
        "9578-4050-123456789",
        "BP:NO-abc",
        "PNONO-01812345678",
        "PASNO-123",
        "IDCSE-123",
        "TINNO-01812345678",
    ] {
        println!("{person}");
        sjekk(&med_emne(&[(SN, person)]), Err(Personsertifikat));
        // An employee's: the organisation is where the person works.
        sjekk(
            &med_emne(&[(OI, "NTRNO-310000000"), (SN, person)]),
            Err(Personsertifikat),
        );
    }
    for navn in [4, 42] {
        sjekk(&med_emne(&[(SN, ORG), (navn, "PRØVE")]), Err(Personsertifikat));
        sjekk(
            &med_emne(&[(OI, "NTRNO-310000000"), (navn, "PRØVE")]),
            Err(Personsertifikat),
        );
    }
}

/// Two attributes of a kind, which the maker does not make: another of equal length is renamed. No signature is looked at.
fn to_av(nr: u8, en: &str, annen: &str) -> Vec<u8> {
    let der = med_emne(&[(u64::from(nr), en), (99, annen)]);
    let (fra, til) = ([0x55, 4, 99], [0x55, 4, nr]);
    let mut ut = der.clone();
    for plass in 0..der.len() - 3 {
        if der[plass..plass + 3] == fra {
            ut[plass..plass + 3].copy_from_slice(&til);
        }
    }
    assert_ne!(ut, der);
    ut
}

#[test]
fn what_may_stand_once_and_stands_twice_is_refused() {
    for annen in [ORG, ANNEN, "tull"] {
        sjekk(&to_av(5, ORG, annen), Err(Flere("serialNumber")));
        let (en, annen) = (format!("NTRNO-{ORG}"), format!("NTRNO-{annen}"));
        sjekk(&to_av(97, &en, &annen), Err(Flere("organizationIdentifier")));
    }
}

#[test]
fn a_text_of_another_kind_is_not_guessed_at() {
    for verdi in [
        DnValue::PrintableString("310000000".try_into().unwrap()),
        DnValue::Ia5String("310000000".try_into().unwrap()),
    ] {
        let der = lag(|s| {
            s.distinguished_name = DistinguishedName::new();
            s.distinguished_name.push(DnType::CustomDnType(vec![2, 5, 4, 5]), verdi);
        });
        sjekk(&der, Ok((ORG, Profil::Seid1)));
    }
    for verdi in [
        DnValue::BmpString("310000000".try_into().unwrap()),
        DnValue::TeletexString("310000000".try_into().unwrap()),
        DnValue::UniversalString("310000000".try_into().unwrap()),
    ] {
        let der = lag(|s| {
            s.distinguished_name = DistinguishedName::new();
            s.distinguished_name.push(DnType::CustomDnType(vec![2, 5, 4, 5]), verdi);
        });
        sjekk(&der, Err(Form("serialNumber")));
    }
}

#[test]
fn the_key_must_be_for_showing_who_one_is() {
    use ExtendedKeyUsagePurpose as Utvidet;
    use KeyUsagePurpose::{ContentCommitment, DataEncipherment, DigitalSignature, KeyEncipherment};
    let ja = Ok((ORG, Profil::Seid2));
    for (bruk, utvidet, ventet) in [
        (&[DigitalSignature][..], &[][..], ja),
        (&[DigitalSignature, KeyEncipherment], &[], ja),
        // Buypass puts both on one.
        (&[DigitalSignature, ContentCommitment], &[], ja),
        (&[DigitalSignature], &[Utvidet::ClientAuth], ja),
        (
            &[DigitalSignature],
            &[Utvidet::EmailProtection, Utvidet::ClientAuth],
            ja,
        ),
        (&[ContentCommitment], &[], Err(FeilSlag)),
        (&[ContentCommitment, KeyEncipherment], &[], Err(FeilSlag)),
        (&[ContentCommitment], &[Utvidet::ClientAuth], Err(FeilSlag)),
        (&[KeyEncipherment, DataEncipherment], &[], Err(Noekkelbruk)),
        (&[], &[], Err(Noekkelbruk)),
        (&[], &[Utvidet::ClientAuth], Err(Noekkelbruk)),
        (
            &[DigitalSignature],
            &[Utvidet::EmailProtection],
            Err(UtvidetNoekkelbruk),
        ),
        (&[DigitalSignature], &[Utvidet::ServerAuth], Err(UtvidetNoekkelbruk)),
        (&[DigitalSignature], &[Utvidet::Any], Err(UtvidetNoekkelbruk)),
    ] {
        println!("{bruk:?} {utvidet:?}");
        sjekk(&med_bruk(bruk, utvidet), ventet);
    }
}

#[test]
fn an_extension_that_stands_twice_is_not_chosen_from() {
    // A key usage of digitalSignature beside one of contentCommitment.
    let der = lag(|s| {
        s.distinguished_name = emne(&[(OI, "NTRNO-310000000")]);
        s.key_usages = vec![KeyUsagePurpose::ContentCommitment];
        let ogsaa = CustomExtension::from_oid_content(&[2, 5, 29, 15], vec![3, 2, 7, 0x80]);
        s.custom_extensions = vec![ogsaa];
    });
    sjekk(&der, Err(Uleselig));
}

#[test]
fn what_is_not_one_whole_certificate_is_refused() {
    let der = med_emne(&[(OI, "NTRNO-310000000")]);
    for lengde in 0..der.len() {
        sjekk(&der[..lengde], Err(Uleselig));
    }
    sjekk(&[&der[..], b"\0"].concat(), Err(Uleselig));
    sjekk(&[&der[..], &der].concat(), Err(Uleselig));
    sjekk(&vec![0x30; DER_BYTE_MAKS + 1], Err(Uleselig));
}

#[test]
fn a_certificate_is_told_from_another_of_the_same_organisation() {
    let (en, annen) = (med_emne(&[(OI, "NTRNO-310000000")]), med_emne(&[(SN, "310000000")]));
    let (en, annen) = (
        Virksomhetssertifikat::les(&en).unwrap(),
        Virksomhetssertifikat::les(&annen).unwrap(),
    );
    assert_ne!(en.avtrykk(), annen.avtrykk());
    assert_eq!(en.avtrykk().len(), 64);
    assert!(en.avtrykk().bytes().all(|b| b.is_ascii_hexdigit()));
    assert_eq!(format!("{en:?}"), "Virksomhetssertifikat(Seid2, ***)");
}

const ORD: &[&str] = &[
    "NTRNO-310000000",
    "310000000",
    "310000019",
    "UN:NO-9578-",
    "9578-",
    "PNONO-01812345678",
    "01812345678",
    "\u{3}U\u{4}a",
    "\u{3}U\u{4}\u{5}",
    "\u{3}U\u{1d}\u{f}",
    "\u{3}U\u{1d}%",
];

fn gyldige() -> Vec<Vec<u8>> {
    vec![
        med_emne(&[(OI, "NTRNO-310000000"), (SN, "310000000")]),
        med_emne(&[(SN, "310000000-7")]),
        med_emne(&[(SN, "UN:NO-9578-4050-abc")]),
        med_bruk(
            &[KeyUsagePurpose::DigitalSignature],
            &[ExtendedKeyUsagePurpose::ClientAuth],
        ),
        med_bruk(&[KeyUsagePurpose::ContentCommitment], &[]),
    ]
}

fn proev(byte: &[u8]) {
    match Virksomhetssertifikat::les(byte) {
        Ok(lest) => {
            let nummer = lest.organisasjon().to_string();
            assert!(byte.windows(9).any(|v| v == nummer.as_bytes()));
            assert!(!format!("{lest:?}").contains(&nummer));
        }
        // The texts are ours alone: no run of digits in them but the profile's own.
        Err(feil) => assert!(!feil.to_string().bytes().any(|b| b.is_ascii_digit())),
    }
}

fuzz::maal!(paalitelighet_15_fuzz_virksomhetssertifikat, 20_000, ORD, gyldige, proev);
