//! Atom 1.0. Source: RFC 4287.

use driftsmeldinger::{Sak, tid};
use informasjonsmodell::xml::skriv::{skriv_attributt, skriv_tekst};
use jiff::Timestamp;

use super::vis;
use crate::konsument::ROT;

pub(super) fn skriv(base: &str, saker: &[Sak], endret: Option<Timestamp>) -> Vec<u8> {
    let mut ut = Vec::new();
    let selv = format!("{base}/{ROT}/atom.xml");
    ut.extend_from_slice(
        br#"<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="nb">"#,
    );
    element(&mut ut, "id", &selv);
    element(&mut ut, "title", "Folkeregisteret: nyheter og driftsmeldinger");
    // An Atom feed has a time even when nothing has been told.
    element(&mut ut, "updated", &tid::iso(endret.unwrap_or(Timestamp::UNIX_EPOCH)));
    ut.extend_from_slice(b"<author><name>Folkeregisteret</name></author>");
    lenke(&mut ut, "self", "application/atom+xml", &selv);
    lenke(
        &mut ut,
        "alternate",
        "application/json",
        &format!("{base}/{ROT}/driftsmeldinger"),
    );
    for sak in saker {
        let adresse = vis::adresse(base, sak);
        ut.extend_from_slice(b"<entry>");
        element(&mut ut, "id", &adresse);
        element(&mut ut, "title", vis::tittel(sak));
        element(&mut ut, "published", &tid::iso(sak.publisert()));
        element(&mut ut, "updated", &tid::iso(sak.oppdatert()));
        lenke(&mut ut, "alternate", "application/json", &adresse);
        ut.extend_from_slice(b"<category term=\"");
        skriv_attributt(&mut ut, vis::kategori(sak));
        ut.extend_from_slice(b"\"/><content type=\"text\">");
        skriv_tekst(&mut ut, &vis::som_tekst(sak));
        ut.extend_from_slice(b"</content></entry>");
    }
    ut.extend_from_slice(b"</feed>");
    ut
}

fn element(ut: &mut Vec<u8>, navn: &str, tekst: &str) {
    ut.extend_from_slice(format!("<{navn}>").as_bytes());
    skriv_tekst(ut, tekst);
    ut.extend_from_slice(format!("</{navn}>").as_bytes());
}

fn lenke(ut: &mut Vec<u8>, rel: &str, type_: &str, href: &str) {
    ut.extend_from_slice(format!("<link rel=\"{rel}\" type=\"{type_}\" href=\"").as_bytes());
    skriv_attributt(ut, href);
    ut.extend_from_slice(b"\"/>");
}
