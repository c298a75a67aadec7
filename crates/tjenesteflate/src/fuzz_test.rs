//! Bytes from outside as a path, a query and headers: read or refused.

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::etag::{Etag, IfNoneMatch};
use crate::forhandling::{Aksept, Innholdstype, Medietype};
use crate::spoerring::Spoerring;
use crate::sporing::{Spor, TRACEPARENT};
use crate::sti;

const ORD: &[&str] = &[
    "part=",
    "seq=",
    "somBestilt=true",
    "&",
    "%2F",
    "%5C",
    "%00",
    "%C3%A6",
    "%c0%af",
    "+",
    "..",
    ";",
    "//",
    "application/json",
    "application/xml",
    "*/*",
    ";q=0.001",
    ";q=1.0000",
    ";charset=utf-8",
    ";profile=\"a\\\"b\"",
    ",",
    "W/\"x\"",
    "\"x\"",
    "*",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
];

fn gyldige() -> Vec<Vec<u8>> {
    [
        "part=navn&part=historikk&seq=1&somBestilt=false",
        "/folkeregisteret/api/privat/v1/personer/30908299902",
        "application/xml;q=0.9, application/json;charset=utf-8, */*;q=0.1",
        "W/\"abc\", \"def\"",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    ]
    .map(Into::into)
    .to_vec()
}

fn proev_adresse(byte: &[u8]) {
    let Ok(tekst) = std::str::from_utf8(byte) else { return };
    let ledd: Result<Vec<String>, _> = sti::segments(tekst).collect();
    assert_eq!(ledd.is_ok(), sti::check(tekst).is_ok());
    for ledd in ledd.into_iter().flatten() {
        assert!(!ledd.contains(['/', '\\', '\0']));
    }
    if let Ok(spoerring) = Spoerring::parse(Some(tekst)) {
        let _ = (
            spoerring.text("part"),
            spoerring.int64("seq"),
            spoerring.boolean("somBestilt"),
        );
        let _ = spoerring.require_known(&["part", "seq"]);
        let tegn: usize = spoerring.all("part").map(str::len).sum();
        assert!(tegn <= tekst.len());
    }
}

/// The bytes as one header line, and as several: a line feed begins the next.
fn proev_hoder(byte: &[u8]) {
    let med = |navn: HeaderName| -> HeaderMap {
        let linjer = byte.split(|b| *b == b'\n').take(200);
        linjer
            .filter_map(|l| Some((navn.clone(), HeaderValue::from_bytes(l).ok()?)))
            .collect()
    };
    let aksept = Aksept::from_headers(&med(header::ACCEPT));
    for tilbud in [[Medietype::JSON, Medietype::XML], [Medietype::XML, Medietype::ATOM]] {
        if let Ok(valgt) = aksept.choose(&tilbud) {
            assert!(tilbud.contains(valgt));
        }
    }
    if let Ok(Some(type_)) = Innholdstype::from_headers(&med(header::CONTENT_TYPE)) {
        let _ = type_.is(&Medietype::JSON);
    }
    let _ = IfNoneMatch::from_headers(&med(header::IF_NONE_MATCH)).matches(&Etag::of_public(b"x"));
    let spor = Spor::from_headers(&med(TRACEPARENT), [7; 24]).traceparent();
    assert_eq!(spor.len(), 55);
}

fuzz::maal!(
    paalitelighet_15_fuzz_sti_og_spoerring,
    6_000,
    ORD,
    gyldige,
    proev_adresse
);
fuzz::maal!(paalitelighet_15_fuzz_hoder, 6_000, ORD, gyldige, proev_hoder);
