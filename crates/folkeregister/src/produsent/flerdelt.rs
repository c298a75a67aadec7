//! A message with files: `multipart/form-data`.
//!
//! Source: folkeregister reference 9.2: the XML part is `rekvisisjon`, file parts are `vedlegg`, or `vedlegg1` and so on. That
//! messages of other kinds may call theirs `melding`, and the limits, are our choice.

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, header};
use meldinger::tre::BYTE_MAKS;
use multer::{Constraints, Multipart, SizeLimit};
use saksbehandling::Fil;

use super::feil::Feil;

/// Bytes of all files of a message. Source: our choice.
pub(super) const FILER_BYTE_MAKS: usize = 16 * 1024 * 1024;
/// Files of a message. Source: our choice.
const FILER_MAKS: usize = 50;
/// Characters of a file's name. Source: our choice; schemas let it be 4 000.
const NAVN_TEGN_MAKS: usize = 255;

/// Reads the parts of a body that is all there.
pub(super) async fn les(hoder: &HeaderMap, kropp: Bytes) -> Result<(Vec<u8>, Vec<Fil>), Feil> {
    let innholdstype = hoder.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let skille = innholdstype
        .and_then(|v| multer::parse_boundary(v).ok())
        .ok_or(Feil::Flerdelt("Content-Type mangler boundary"))?;
    let stroem = Body::from(kropp).into_data_stream();
    let grenser = Constraints::new().size_limit(SizeLimit::new().whole_stream(stor(BYTE_MAKS + FILER_BYTE_MAKS)));
    let mut deler = Multipart::with_constraints(stroem, skille, grenser);
    let uleselig = |_| Feil::Flerdelt("en del er ikke skrevet som den skal");
    let mut xml = None;
    let mut filer: Vec<Fil> = Vec::new();
    while let Some(del) = deler.next_field().await.map_err(uleselig)? {
        let navn = del.name().unwrap_or_default().to_owned();
        if navn == "rekvisisjon" || navn == "melding" {
            if xml.is_some() {
                return Err(Feil::Flerdelt("meldingen står to ganger"));
            }
            let byte = del.bytes().await.map_err(uleselig)?;
            if byte.len() > BYTE_MAKS {
                return Err(Feil::Flerdelt("meldingen er for stor"));
            }
            xml = Some(byte.to_vec());
            continue;
        }
        if !er_vedlegg(&navn) {
            return Err(Feil::Flerdelt("en del har et ukjent navn; bruk rekvisisjon og vedlegg"));
        }
        let filnavn = del
            .file_name()
            .filter(|n| !n.is_empty())
            .ok_or(Feil::Flerdelt("et vedlegg mangler filename"))?
            .to_owned();
        if filnavn.chars().count() > NAVN_TEGN_MAKS {
            return Err(Feil::Flerdelt("filename er lengre enn 255 tegn"));
        }
        if filer.iter().any(|fil| fil.navn == filnavn) {
            return Err(Feil::Flerdelt("to vedlegg har samme filename"));
        }
        if filer.len() == FILER_MAKS {
            return Err(Feil::Flerdelt("det er flere enn 50 vedlegg"));
        }
        let innhold = del.bytes().await.map_err(uleselig)?.to_vec();
        filer.push(Fil { navn: filnavn, innhold });
    }
    let xml = xml.ok_or(Feil::Flerdelt("delen rekvisisjon mangler"))?;
    Ok((xml, filer))
}

fn stor(byte: usize) -> u64 {
    u64::try_from(byte).unwrap_or(u64::MAX)
}

// `vedlegg`, or that and a number.
fn er_vedlegg(navn: &str) -> bool {
    navn.strip_prefix("vedlegg")
        .is_some_and(|nr| nr.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn del(navn: &str, fil: Option<&str>, innhold: &str) -> String {
        let fil = fil.map(|f| format!("; filename=\"{f}\"")).unwrap_or_default();
        format!("--x\r\nContent-Disposition: form-data; name=\"{navn}\"{fil}\r\n\r\n{innhold}\r\n")
    }

    async fn les_tekst(type_: &str, kropp: String) -> Result<(Vec<u8>, Vec<Fil>), String> {
        let mut hoder = HeaderMap::new();
        hoder.insert(header::CONTENT_TYPE, type_.parse().unwrap());
        les(&hoder, Bytes::from(kropp)).await.map_err(|feil| feil.to_string())
    }

    #[tokio::test]
    async fn a_message_and_its_files_come_apart() {
        let kropp = [
            del("rekvisisjon", None, "<a/>"),
            del("vedlegg", Some("pass.pdf"), "en"),
            del("vedlegg2", Some("rekvisisjon.pdf"), "to"),
            "--x--\r\n".to_owned(),
        ]
        .concat();
        let (xml, filer) = les_tekst("multipart/form-data; boundary=x", kropp).await.unwrap();
        assert_eq!(xml, b"<a/>");
        let navn: Vec<(&str, &[u8])> = filer.iter().map(|f| (f.navn.as_str(), f.innhold.as_slice())).collect();
        assert_eq!(
            navn,
            [("pass.pdf", b"en".as_slice()), ("rekvisisjon.pdf", b"to".as_slice())]
        );
    }

    #[tokio::test]
    async fn what_is_no_message_with_files_is_refused_with_the_rule() {
        let slutt = "--x--\r\n";
        for (type_, kropp, regel) in [
            ("multipart/form-data", String::new(), "boundary"),
            ("multipart/form-data; boundary=x", String::new(), "ikke skrevet"),
            ("multipart/form-data; boundary=x", slutt.to_owned(), "mangler"),
            (
                "multipart/form-data; boundary=x",
                del("rekvisisjon", None, "<a/>"),
                "ikke skrevet",
            ),
            (
                "multipart/form-data; boundary=x",
                [&del("rekvisisjon", None, "<a/>"), &del("fil", Some("a"), "x"), slutt].concat(),
                "ukjent navn",
            ),
            (
                "multipart/form-data; boundary=x",
                [&del("rekvisisjon", None, "<a/>"), &del("vedlegg", None, "x"), slutt].concat(),
                "filename",
            ),
            (
                "multipart/form-data; boundary=x",
                [&del("vedlegg", Some("a"), "x"), &del("vedlegg", Some("a"), "x"), slutt].concat(),
                "samme filename",
            ),
            (
                "multipart/form-data; boundary=x",
                [&del("melding", None, "<a/>"), &del("rekvisisjon", None, "<a/>"), slutt].concat(),
                "to ganger",
            ),
        ] {
            let feil = les_tekst(type_, kropp).await.unwrap_err();
            assert!(feil.contains(regel), "{feil} / {regel}");
        }
    }
}
