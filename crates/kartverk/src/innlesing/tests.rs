//! Files as they are, and files that are made to hurt.

use std::collections::BTreeMap;

use identifikator::Dato;
use proptest::prelude::*;

use super::*;
use crate::{Adresse, Matrikkeladresse, Vegadresse};

const TOPP: &str = "lokalid;kommunenummer;kommunenavn;adressetype;adressetilleggsnavn;adressekode;adressenavn;nummer;bokstav;\
    gardsnummer;bruksnummer;festenummer;undernummer;adresseTekst;EPSG-kode;Nord;Øst;postnummer;poststed;grunnkretsnummer;\
    grunnkretsnavn;oppdateringsdato;datauttaksdato";
const BYDELER: &str =
    "grunnkretsnummer,bydelskode,gyldigFra,gyldigTil\n03010101,030101,2004-01-01,\n03011601,030116,,\n";

fn rad(kommune: &str, slag: &str, veg: [&str; 3], matrikkel: [&str; 4], krets: &str) -> String {
    let ([kode, nr, bokstav], [gard, bruk, feste, under]) = (veg, matrikkel);
    format!(
        "1;{kommune};X;{slag};;{kode};Prøveveien;{nr};{bokstav};{gard};{bruk};{feste};{under};Prøveveien;25833;1.5;2.5;0001;X;{krets};Prøvekrets;2026-01-01;2026-01-01"
    )
}

fn veg(kommune: &str, kode: &str, nr: &str, bokstav: &str, krets: &str) -> String {
    rad(kommune, "vegadresse", [kode, nr, bokstav], ["1", "2", "", ""], krets)
}

fn fil(rader: &[String]) -> String {
    format!("{TOPP}\n{}\n", rader.join("\n"))
}

fn les(adresser: &[u8], bydeler: &str) -> Result<(Tabell, Rapporter), Feil> {
    les_inn(adresser, bydeler.as_bytes(), None, &mut |_| {})
}

fn dag(aar: u16) -> Dato {
    Dato::new(aar, 6, 1).unwrap()
}

fn krets(tabell: &Tabell, kommune: &str, kode: &str, nr: &str, bokstav: Option<&str>) -> Option<String> {
    let veg = Vegadresse {
        kommunenummer: kommune,
        adressekode: kode,
        husnummer: nr,
        husbokstav: bokstav,
    };
    Some(
        tabell
            .omraade_for_adresse(&Adresse::Veg(veg), dag(2026))?
            .grunnkretsnummer
            .to_string(),
    )
}

#[test]
fn an_address_is_found_by_what_folkeregisteret_says_of_it() {
    let rader = [
        veg("0301", "1234", "5", "", "03010101"),
        veg("0301", "1234", "5", "b", "03010102"),
        veg("3301", "1234", "5", "", "33010101"),
        rad(
            "0301",
            "matrikkeladresse",
            ["", "", ""],
            ["10", "20", "", "3"],
            "03011601",
        ),
    ];
    let (tabell, rapporter) = les(fil(&rader).as_bytes(), BYDELER).unwrap();
    assert_eq!((tabell.antall_adresser(), tabell.antall_grunnkretser()), ((3, 1), 4));
    assert!(!tabell.er_syntetisk() && rapporter.adresser.rader == 4 && rapporter.adresser.antall_avvist() == 0);
    assert_eq!(krets(&tabell, "0301", "1234", "5", None).as_deref(), Some("03010101"));
    assert_eq!(
        krets(&tabell, "0301", "1234", "0005", Some("B")).as_deref(),
        Some("03010102")
    );
    assert_eq!(krets(&tabell, "3301", "1234", "5", None).as_deref(), Some("33010101"));
    for (kommune, kode, nr, bokstav) in [
        ("0301", "1234", "5", Some("C")),
        ("0301", "1234", "6", None),
        ("0301", "1235", "5", None),
        ("1103", "1234", "5", None),
    ] {
        assert_eq!(krets(&tabell, kommune, kode, nr, bokstav), None);
    }
    let mut matrikkel = Matrikkeladresse {
        kommunenummer: "0301",
        gaardsnummer: 10,
        bruksnummer: 20,
        festenummer: None,
        undernummer: Some(3),
    };
    let omraade = tabell
        .omraade_for_adresse(&Adresse::Matrikkel(matrikkel), dag(2026))
        .unwrap();
    // Sentrum: a bydel, but not one that serves anybody.
    assert_eq!(
        (omraade.geografisk_bydel.unwrap().kode, omraade.tjenestebydel),
        ("030116", None)
    );
    assert_eq!(omraade.grunnkretsnavn, Some("Prøvekrets"));
    matrikkel.undernummer = None;
    assert!(
        tabell
            .omraade_for_adresse(&Adresse::Matrikkel(matrikkel), dag(2026))
            .is_none()
    );
}

#[test]
fn a_bydel_holds_from_its_first_day_to_the_day_before_its_last() {
    let bydeler = "gyldigTil;grunnkretsnummer;bydelskode;gyldigFra\n2020-06-01;03010101;030101;2010-06-01\n;03010101;030102;2020-06-01\n";
    let adresser = fil(&[veg("0301", "1234", "5", "", "03010101")]);
    let (tabell, _) = les(adresser.as_bytes(), bydeler).unwrap();
    let kode = |dag: Dato| {
        tabell
            .omraade_for_grunnkrets("0301", 101, dag)
            .unwrap()
            .geografisk_bydel
            .map(|b| b.kode)
    };
    assert_eq!(kode(dag(2009)), None);
    assert_eq!(kode(dag(2010)), Some("030101"));
    assert_eq!(kode(Dato::new(2020, 5, 31).unwrap()), Some("030101"));
    assert_eq!(kode(dag(2020)), Some("030102"));
    // What Folkeregisteret says is written out whole also where the table knows nothing.
    let ukjent = tabell.omraade_for_grunnkrets("0301", 9999, dag(2026)).unwrap();
    assert_eq!(
        (
            ukjent.grunnkretsnummer.to_string().as_str(),
            ukjent.grunnkretsnavn,
            ukjent.geografisk_bydel
        ),
        ("03019999", None, None)
    );
    for (kommune, tall) in [
        ("0301", 0),
        ("0301", -1),
        ("0301", 10_000),
        ("0301", i64::MIN),
        ("0300", 101),
        ("", 101),
    ] {
        assert_eq!(tabell.omraade_for_grunnkrets(kommune, tall, dag(2026)), None);
    }
}

#[test]
fn the_bydel_that_gives_services_is_the_geographical_one_unless_a_table_says_otherwise() {
    let adresser = fil(&[veg("0301", "1234", "5", "", "03011601")]);
    let mut tjenester = "grunnkretsnummer,bydelskode,gyldigFra,gyldigTil\n03011601,030104,2020-01-01,\n".as_bytes();
    let (tabell, _) = les_inn(
        adresser.as_bytes(),
        BYDELER.as_bytes(),
        Some(&mut tjenester),
        &mut |_| {},
    )
    .unwrap();
    let par = |krets, aar| {
        let omraade = tabell.omraade_for_grunnkrets("0301", krets, dag(aar)).unwrap();
        (
            omraade.geografisk_bydel.map(|b| b.kode),
            omraade.tjenestebydel.map(|b| b.kode),
        )
    };
    assert_eq!(par(1601, 2026), (Some("030116"), Some("030104")));
    assert_eq!(par(1601, 2019), (Some("030116"), None));
    assert_eq!(par(101, 2026), (Some("030101"), Some("030101")));
}

#[test]
fn rows_that_break_a_rule_are_counted_with_line_and_rule_and_the_others_are_read() {
    let god = veg("0301", "1234", "5", "", "03010101");
    let matrikkel = |deler| rad("0301", "matrikkeladresse", ["", "", ""], deler, "03010101");
    let daarlige = [
        (Regel::Kommunenummer, veg("0300", "1234", "5", "", "03000101")),
        (Regel::Adressetype, god.replace("vegadresse", "postboks")),
        (Regel::Adressekode, veg("0301", "999", "5", "", "03010101")),
        (Regel::Adressekode, veg("0301", "", "5", "", "03010101")),
        (Regel::Nummer, veg("0301", "1234", "0", "", "03010101")),
        (Regel::Nummer, veg("0301", "1234", "", "", "03010101")),
        (Regel::Bokstav, veg("0301", "1234", "5", "AB", "03010101")),
        (Regel::Matrikkelnummer, matrikkel(["", "1", "", ""])),
        (Regel::Matrikkelnummer, matrikkel(["1", "2", "100000", ""])),
        (Regel::Grunnkretsnummer, veg("0301", "1234", "5", "", "3010101")),
        (Regel::Grunnkretsnummer, veg("0301", "1234", "5", "", "")),
        (Regel::AnnenKommune, veg("0301", "1234", "5", "", "11030101")),
        (Regel::Grunnkretsnavn, god.replace("Prøvekrets", &"x".repeat(101))),
        (Regel::AntallFelt, format!("{god};")),
        (Regel::AntallFelt, "x".to_owned()),
        (Regel::Anfoersel, format!("\"{god}")),
        (Regel::Styretegn, god.replace("Prøveveien", "Prøve\0veien")),
        (Regel::ForLang, god.replace("Prøveveien", &"x".repeat(100_000))),
    ];
    let mut rader = vec![god];
    rader.extend(daarlige.iter().map(|(_, rad)| rad.clone()));
    rader.push(veg("0301", "1234", "7", "", "03010101"));
    let (tabell, rapporter) = les(fil(&rader).as_bytes(), BYDELER).unwrap();
    assert_eq!(tabell.antall_adresser(), (2, 0));
    let ventet: Vec<(u64, Regel)> = (3..).zip(daarlige.iter().map(|(regel, _)| *regel)).collect();
    assert_eq!(rapporter.adresser.eksempler, ventet);
    assert_eq!(rapporter.adresser.avvist[&Regel::AntallFelt], 2);
    let tekst = format!("{rapporter:?}{}", Regel::Nummer);
    assert!(!tekst.contains("Prøve") && !tekst.contains("1234"), "{tekst}");
}

#[test]
fn rows_of_a_correspondence_have_their_rules_too() {
    let topp = "grunnkretsnummer,bydelskode,gyldigFra,gyldigTil";
    let adresser = fil(&[veg("0301", "1234", "5", "", "03010101")]);
    let daarlige = [
        (Regel::Grunnkretsnummer, "301010,030101,,"),
        (Regel::Bydelskode, "03010101,030118,,"),
        (Regel::Bydelskode, "03010101,30101,,"),
        (Regel::Bydelskode, "11030101,030101,,"),
        (Regel::Tidsrom, "03010101,030101,2020-13-01,"),
        (Regel::Tidsrom, "03010101,030101,2020-01-01,2020-01-01"),
        (Regel::Overlapp, "03010102,030102,2014-12-31,"),
        (Regel::Overlapp, "03010102,030102,,2010-01-02"),
        (Regel::Overlapp, "03010102,030102,2011-01-01,2012-01-01"),
        (Regel::Overlapp, "03010102,030102,,"),
        (Regel::AntallFelt, "03010101,030101"),
    ];
    let god = "03010102,030101,2010-01-01,2015-01-01\n03010102,030102,2015-01-01,\n03010102,030103,,2010-01-01\n03010103,030101,,";
    let rader: Vec<&str> = daarlige.iter().map(|(_, rad)| *rad).collect();
    let (_, rapporter) = les(adresser.as_bytes(), &format!("{topp}\n{god}\n{}", rader.join("\n"))).unwrap();
    let ventet: Vec<(u64, Regel)> = (6..).zip(daarlige.iter().map(|(regel, _)| *regel)).collect();
    assert_eq!(rapporter.bydeler.eksempler, ventet);
    assert!(matches!(
        les(adresser.as_bytes(), &format!("{topp}\nx,y,z,w")),
        Err(Feil::Innhold(Linjefeil::IngenRader))
    ));
    assert!(les(adresser.as_bytes(), topp).is_ok());
}

#[test]
fn an_address_in_two_grunnkretser_is_in_none() {
    let rader = [
        veg("0301", "1234", "5", "", "03010101"),
        veg("0301", "1234", "5", "", "03010102"),
        veg("0301", "1234", "6", "", "03010101"),
        veg("0301", "1234", "6", "", "03010101"),
    ];
    let (tabell, rapporter) = les(fil(&rader).as_bytes(), BYDELER).unwrap();
    assert_eq!((tabell.antall_adresser(), rapporter.tvetydige), ((1, 0), 1));
    assert_eq!(krets(&tabell, "0301", "1234", "5", None), None);
}

#[test]
fn marks_line_ends_and_the_order_of_columns_make_no_difference() {
    let rader = [
        veg("0301", "1234", "5", "", "03010101"),
        veg("0301", "1234", "6", "Å", "03010102"),
    ];
    let ren = fil(&rader);
    let (tabell, _) = les(ren.as_bytes(), BYDELER).unwrap();
    let snudd: String = ren
        .lines()
        .map(|l| l.rsplit(';').collect::<Vec<_>>().join(";") + "\r")
        .collect();
    for annen in [
        format!("\u{feff}{ren}"),
        ren.replace('\n', "\r\n"),
        ren.replace('\n', "\r"),
        ren.replacen('\n', "\r\n\r\n\n", 2),
        ren.trim_end().to_owned(),
        snudd,
        ren.replace("Prøveveien", "\"Prøve;\"\"veien\""),
        ren.replacen("kommunenummer", "KOMMUNENUMMER", 1),
        fil(&[rader[1].clone(), rader[0].clone()]),
    ] {
        assert_eq!(les(annen.as_bytes(), BYDELER).unwrap().0.utgave(), tabell.utgave());
    }
}

#[test]
fn what_makes_a_file_useless_is_told_and_no_table_is_made() {
    let ren = fil(&[veg("0301", "1234", "5", "", "03010101")]);
    let latin1: Vec<u8> = ren.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let latin1_rad: Vec<u8> = [TOPP.as_bytes(), b"\n", &latin1[TOPP.chars().count() + 1..]].concat();
    let utf16: Vec<u8> = [0xfeff]
        .into_iter()
        .chain(ren.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    for (fil, feil) in [
        (latin1, Linjefeil::IkkeUtf8(1)),
        (latin1_rad, Linjefeil::IkkeUtf8(2)),
        (utf16, Linjefeil::IkkeUtf8(1)),
        (Vec::new(), Linjefeil::Tom),
        (TOPP.into(), Linjefeil::IngenRader),
        (fil(&["x".to_owned()]).into(), Linjefeil::IngenRader),
        (
            ren.replacen("adressekode", "veikode", 1).into(),
            Linjefeil::ManglerKolonne("adressekode"),
        ),
        (
            ren.replacen("lokalid", "nummer", 1).into(),
            Linjefeil::GjentattKolonne("nummer"),
        ),
        (ren.replacen("lokalid", "\"lokalid", 1).into(), Linjefeil::Topplinje),
        (vec![b'x'; 1_000_000], Linjefeil::Topplinje),
        (";".repeat(10_000).into(), Linjefeil::Topplinje),
        (b"%PDF-1.7\n".to_vec(), Linjefeil::ManglerKolonne("kommunenummer")),
    ] {
        let svar = les(&fil, BYDELER);
        assert!(matches!(&svar, Err(Feil::Innhold(f)) if *f == feil), "{svar:?} {feil}");
    }
    assert!(Linjefeil::IkkeUtf8(7).to_string().contains("ISO-8859-1"));
}

#[test]
fn a_source_that_fails_in_the_middle_gives_no_table() {
    struct Brutt(usize);
    impl std::io::Read for Brutt {
        fn read(&mut self, til: &mut [u8]) -> std::io::Result<usize> {
            if self.0 == 0 {
                return Err(std::io::ErrorKind::ConnectionReset.into());
            }
            self.0 -= 1;
            let god = veg("0301", "1234", "5", "", "03010101");
            let tekst = if self.0 == 9 {
                format!("{TOPP}\n")
            } else {
                format!("{god}\n")
            };
            til[..tekst.len()].copy_from_slice(tekst.as_bytes());
            Ok(tekst.len())
        }
    }
    let svar = les_inn(
        std::io::BufReader::new(Brutt(10)),
        BYDELER.as_bytes(),
        None,
        &mut |_| {},
    );
    assert!(matches!(svar, Err(Feil::Les(_))));
}

proptest! {
    /// Every good row is found, every bad one counted, and the two are all there are.
    #[test]
    fn rows_are_found_or_counted(rader in prop::collection::vec((1000u32..1005, 0u32..6, prop::option::of("[A-Ca]"), 0u32..3), 1..60)) {
        let tekst: Vec<String> = rader.iter().map(|(kode, nr, bokstav, k)| {
            veg("0301", &kode.to_string(), &nr.to_string(), bokstav.as_deref().unwrap_or(""), &format!("0301010{k}"))
        }).collect();
        let mut ventet: BTreeMap<(u32, u32, String), std::collections::BTreeSet<u32>> = BTreeMap::new();
        for (kode, nr, bokstav, k) in rader.iter().filter(|(_, nr, ..)| *nr > 0) {
            let bokstav = bokstav.as_deref().unwrap_or("").to_uppercase();
            ventet.entry((*kode, *nr, bokstav)).or_default().insert(*k);
        }
        let svar = les(fil(&tekst).as_bytes(), BYDELER);
        if ventet.is_empty() {
            prop_assert!(svar.is_err());
            return Ok(());
        }
        let (tabell, rapporter) = svar.unwrap();
        prop_assert_eq!(rapporter.adresser.antall_avvist(), u64::try_from(rader.iter().filter(|r| r.1 == 0).count()).unwrap());
        for ((kode, nr, bokstav), kretser) in &ventet {
            let funnet = krets(&tabell, "0301", &kode.to_string(), &nr.to_string(), Some(bokstav));
            let en = (kretser.len() == 1).then(|| format!("0301010{}", kretser.first().unwrap()));
            prop_assert_eq!(funnet, en);
        }
    }
}

/// Bytes of any kind as a file of addresses, and as a correspondence.
fn proev(byte: &[u8]) {
    let god = fil(&[veg("0301", "1234", "5", "", "03010101")]);
    let svar = [
        les_inn(byte, BYDELER.as_bytes(), None, &mut |_| {}),
        les_inn(god.as_bytes(), byte, None, &mut |_| {}),
    ];
    for (tabell, rapporter) in svar.into_iter().flatten() {
        let (veg, matrikkel) = tabell.antall_adresser();
        assert!(u64::try_from(veg + matrikkel).unwrap() <= rapporter.adresser.rader);
        assert!(rapporter.adresser.eksempler.len() <= EKSEMPLER_MAKS);
    }
}

fn gyldige() -> Vec<Vec<u8>> {
    let rader = [
        veg("0301", "1234", "5", "B", "03010101"),
        rad(
            "1103",
            "matrikkeladresse",
            ["", "", ""],
            ["10", "20", "5", "3"],
            "11030101",
        ),
    ];
    vec![fil(&rader).into(), BYDELER.into()]
}

const ORD: &[&str] = &[
    "\"",
    "\"\"",
    ";",
    "\r\n",
    "\u{feff}",
    "vegadresse",
    "matrikkeladresse",
    "2020-02-30",
    "99999999",
];

fuzz::maal!(paalitelighet_15_fuzz_adresseregister, 2_000, ORD, gyldige, proev);
