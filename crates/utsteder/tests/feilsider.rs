//! Every MP code of the built-in issuer has a page in `docs/feil/`, and no page stands for a code that is not there.

#![expect(clippy::unwrap_used, reason = "a page that is absent or cannot be read is a failure")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use utsteder::Avslag;

/// Every refusal, in the order of [`plass`].
const ALLE: [Avslag; 21] = [
    Avslag::Skjema("x"),
    Avslag::Granttype,
    Avslag::Paastand("x"),
    Avslag::Brukt,
    Avslag::Klient,
    Avslag::Mottaker,
    Avslag::Sertifikat,
    Avslag::NoekkelUtloept,
    Avslag::X5c,
    Avslag::Signatur,
    Avslag::Utloept,
    Avslag::UtstedtIFramtiden,
    Avslag::Scope,
    Avslag::IngenAvtale,
    Avslag::IkkeDelegert,
    Avslag::UkjentDetaljtype,
    Avslag::Detaljverdi,
    Avslag::EgenKonsument,
    Avslag::Fullt,
    Avslag::Internt,
    Avslag::Sperret,
];

/// Where a refusal stands in [`ALLE`]. No wildcard: a variant that is added must be given a place here and there.
fn plass(avslag: Avslag) -> usize {
    match avslag {
        Avslag::Skjema(_) => 0,
        Avslag::Granttype => 1,
        Avslag::Paastand(_) => 2,
        Avslag::Brukt => 3,
        Avslag::Klient => 4,
        Avslag::Mottaker => 5,
        Avslag::Sertifikat => 6,
        Avslag::NoekkelUtloept => 7,
        Avslag::X5c => 8,
        Avslag::Signatur => 9,
        Avslag::Utloept => 10,
        Avslag::UtstedtIFramtiden => 11,
        Avslag::Scope => 12,
        Avslag::IngenAvtale => 13,
        Avslag::IkkeDelegert => 14,
        Avslag::UkjentDetaljtype => 15,
        Avslag::Detaljverdi => 16,
        Avslag::EgenKonsument => 17,
        Avslag::Fullt => 18,
        Avslag::Internt => 19,
        Avslag::Sperret => 20,
    }
}

/// The pages of the series: code and text.
fn sider() -> BTreeMap<String, String> {
    let mappe = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/feil"));
    let mut ut = BTreeMap::new();
    for fil in std::fs::read_dir(mappe).unwrap() {
        let fil = fil.unwrap().path();
        let kode = fil.file_stem().unwrap().to_string_lossy().into_owned();
        if kode.starts_with("MP-") {
            ut.insert(kode, std::fs::read_to_string(fil).unwrap());
        }
    }
    ut
}

#[test]
fn every_description_is_ascii_that_oauth_allows() {
    for avslag in ALLE {
        let kropp = avslag.kropp();
        let tekst = kropp["error_description"].as_str().unwrap();
        // RFC 6749 section 5.2: %x20-21 / %x23-5B / %x5D-7E.
        let tillatt = |b: u8| matches!(b, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e);
        assert!(!tekst.is_empty() && tekst.bytes().all(tillatt), "{tekst}");
    }
}

#[test]
fn the_list_has_one_refusal_for_each_place() {
    let plasser: Vec<usize> = ALLE.into_iter().map(plass).collect();
    assert_eq!(plasser, (0..ALLE.len()).collect::<Vec<_>>());
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let sider = sider();
    let koder: BTreeSet<&str> = ALLE.into_iter().filter_map(Avslag::mp_kode).collect();
    let har: BTreeSet<&str> = sider.keys().map(String::as_str).collect();
    assert_eq!(koder, har, "kodene og sidene i docs/feil");
}

#[test]
fn a_page_names_its_code_its_oauth_word_and_its_status_and_says_what_to_try() {
    let sider = sider();
    for avslag in ALLE {
        let Some(kode) = avslag.mp_kode() else { continue };
        let side = &sider[kode];
        for ventet in [
            format!("# {kode}: "),
            format!("\nHTTP-status: {}\n", avslag.status()),
            format!("\nerror: {}\n", avslag.feilkode()),
        ] {
            assert!(side.contains(&ventet), "{kode}: mangler «{}»", ventet.trim());
        }
        for del in ["## Hva skjedde\n", "## Hva du kan prøve\n"] {
            let Some((_, rest)) = side.split_once(del) else {
                panic!("{kode}: mangler «{}»", del.trim_end());
            };
            let innhold = rest.split("\n## ").next().unwrap_or_default();
            assert!(!innhold.trim().is_empty(), "{kode}: «{}» er tom", del.trim_end());
        }
    }
}
