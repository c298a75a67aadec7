//! RSS 2.0. Times are GMT; the text is HTML that is nothing but text and line ends, since readers show it as HTML.

use driftsmeldinger::{Sak, tid};
use informasjonsmodell::xml::skriv::{skriv_attributt, skriv_tekst};
use jiff::Timestamp;

use super::vis;
use crate::konsument::ROT;

/// Minutes that a reader may wait before it asks again. Source: our choice.
const TTL_MINUTTER: &str = "5";

pub(super) fn skriv(base: &str, saker: &[Sak], endret: Option<Timestamp>) -> Vec<u8> {
    let mut ut = Vec::new();
    ut.extend_from_slice(br#"<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>"#);
    element(&mut ut, "title", "Folkeregisteret: nyheter og driftsmeldinger");
    element(&mut ut, "link", &format!("{base}/{ROT}/driftsmeldinger"));
    element(&mut ut, "description", "Nyheter, vedlikehold, feil og store endringer");
    element(&mut ut, "language", "nb-no");
    if let Some(endret) = endret {
        element(&mut ut, "lastBuildDate", &tid::gmt(endret));
    }
    element(&mut ut, "ttl", TTL_MINUTTER);
    ut.extend_from_slice(b"<atom:link rel=\"self\" type=\"application/rss+xml\" href=\"");
    skriv_attributt(&mut ut, &format!("{base}/{ROT}/rss.xml"));
    ut.extend_from_slice(b"\"/>");
    for sak in saker {
        let adresse = vis::adresse(base, sak);
        ut.extend_from_slice(b"<item>");
        element(&mut ut, "title", vis::tittel(sak));
        element(&mut ut, "link", &adresse);
        element(&mut ut, "description", &som_html(&vis::som_tekst(sak)));
        element(&mut ut, "category", vis::kategori(sak));
        // The address is the item's own for good, so it is its identity too.
        ut.extend_from_slice(b"<guid isPermaLink=\"true\">");
        skriv_tekst(&mut ut, &adresse);
        ut.extend_from_slice(b"</guid>");
        element(&mut ut, "pubDate", &tid::gmt(sak.publisert()));
        ut.extend_from_slice(b"</item>");
    }
    ut.extend_from_slice(b"</channel></rss>");
    ut
}

fn element(ut: &mut Vec<u8>, navn: &str, tekst: &str) {
    ut.extend_from_slice(format!("<{navn}>").as_bytes());
    skriv_tekst(ut, tekst);
    ut.extend_from_slice(format!("</{navn}>").as_bytes());
}

/// Text as HTML: nothing in it is markup but the line ends.
fn som_html(tekst: &str) -> String {
    let mut ut = String::with_capacity(tekst.len());
    for tegn in tekst.chars() {
        match tegn {
            '&' => ut.push_str("&amp;"),
            '<' => ut.push_str("&lt;"),
            '>' => ut.push_str("&gt;"),
            '\n' => ut.push_str("<br/>"),
            annet => ut.push(annet),
        }
    }
    ut
}
