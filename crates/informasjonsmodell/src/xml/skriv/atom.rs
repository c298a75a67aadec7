//! The feed as Atom: one page of thin events.
//!
//! A newcomer's mistake: the thin event says `hendelsetype`, the event document `hendelsestype`.

use super::{deklarasjon, skriv_attributt, skriv_tekst};
use crate::hendelse::Hendelsestype;
use crate::tidspunkt::{Forskyvning, Tidspunkt};
use crate::xml::{NS_ATOM, NS_HENDELSE};

/// Media type of the feed, as its links say.
pub const LINK_TYPE: &str = "application/atom+xml";

/// The start of an entry's id; the sequence number follows. Source: documentation of the feed, Atom example.
const TAG: &str = "tag:skatteetaten.no,2017-10-10:folkeregisteret:tilgjengeliggjoering:hendelse:v1:";

/// One page of the feed.
///
/// Units: sequence numbers, inclusive.
/// Source: documentation of the feed, Atom example; no `next` on the last page is our choice.
#[derive(Clone, Copy, Debug)]
pub struct Feed<'a> {
    /// Address of the package with version, without a slash at the end.
    pub base: &'a str,
    /// Title of the feed.
    pub tittel: &'a str,
    /// Who publishes it.
    pub utgiver: &'a str,
    /// The number the page was asked from.
    pub seq: u64,
    /// The number to ask from next: the last one on the page plus 1. `None` on the last page.
    pub neste: Option<u64>,
    /// When the newest event of the page was published.
    pub oppdatert: Tidspunkt,
}

/// One thin event.
#[derive(Clone, Copy, Debug)]
pub struct Hendelseslinje<'a> {
    /// Its number in the package's feed.
    pub sekvensnummer: u64,
    /// The person; `None` in packages without folkeregisteridentifikator.
    pub folkeregisteridentifikator: Option<&'a str>,
    /// What happened.
    pub hendelsestype: Hendelsestype,
    /// The event document, where the package has one.
    pub hendelsesdokument: Option<&'a str>,
    /// The person after the event, where the package has it.
    pub persondokument: Option<&'a str>,
    /// When the register wrote the event; `None` in packages that may not know it.
    pub ajourholdstidspunkt: Option<Tidspunkt>,
    /// When it was published in the feed.
    pub publisert: Tidspunkt,
}

/// Writes the start of a page, with the XML declaration.
pub fn feed_start(ut: &mut Vec<u8>, feed: &Feed<'_>) {
    deklarasjon(ut);
    tekst(ut, "<feed xmlns=\"");
    skriv_attributt(ut, NS_ATOM);
    tekst(ut, "\"><id>");
    skriv_tekst(ut, feed.base);
    tekst(ut, "/hendelser/feed</id><title>");
    skriv_tekst(ut, feed.tittel);
    tekst(ut, "</title><author><name>");
    skriv_tekst(ut, feed.utgiver);
    tekst(ut, "</name></author>");
    link(ut, "self", feed.base, feed.seq);
    link(ut, "first", feed.base, 0);
    if let Some(neste) = feed.neste {
        link(ut, "next", feed.base, neste);
    }
    oppdatert(ut, feed.oppdatert);
}

/// Writes one event of a page.
pub fn lagret_hendelse(ut: &mut Vec<u8>, linje: &Hendelseslinje<'_>) {
    let nummer = linje.sekvensnummer.to_string();
    tekst(ut, "<entry xmlns:ns2=\"");
    skriv_attributt(ut, NS_HENDELSE);
    tekst(ut, "\"><title>Hendelse</title><id>");
    tekst(ut, TAG);
    tekst(ut, &nummer);
    tekst(ut, "</id>");
    oppdatert(ut, linje.publisert);
    tekst(ut, "<content><ns2:lagretHendelse>");
    felt(ut, "sekvensnummer", &nummer);
    tekst(ut, "<ns2:hendelse>");
    for (navn, verdi) in [
        ("folkeregisteridentifikator", linje.folkeregisteridentifikator),
        ("hendelsetype", Some(linje.hendelsestype.navn())),
        ("hendelsesdokument", linje.hendelsesdokument),
        ("persondokument", linje.persondokument),
    ] {
        if let Some(verdi) = verdi {
            felt(ut, navn, verdi);
        }
    }
    if let Some(tid) = linje.ajourholdstidspunkt {
        felt(ut, "ajourholdstidspunkt", &tid.to_string());
    }
    tekst(ut, "</ns2:hendelse></ns2:lagretHendelse></content></entry>");
}

/// Writes the end of a page.
pub fn feed_slutt(ut: &mut Vec<u8>) {
    tekst(ut, "</feed>");
}

fn tekst(ut: &mut Vec<u8>, tekst: &str) {
    ut.extend_from_slice(tekst.as_bytes());
}

fn felt(ut: &mut Vec<u8>, navn: &str, verdi: &str) {
    for del in ["<ns2:", navn, ">"] {
        tekst(ut, del);
    }
    skriv_tekst(ut, verdi);
    for del in ["</ns2:", navn, ">"] {
        tekst(ut, del);
    }
}

fn link(ut: &mut Vec<u8>, rel: &str, base: &str, seq: u64) {
    for del in ["<link rel=\"", rel, "\" type=\"", LINK_TYPE, "\" href=\""] {
        tekst(ut, del);
    }
    skriv_attributt(ut, base);
    tekst(ut, "/hendelser/feed?seq=");
    tekst(ut, &seq.to_string());
    tekst(ut, "\"/>");
}

/// Atom's own times are in UTC with milliseconds, as the published example has them.
fn oppdatert(ut: &mut Vec<u8>, tid: Tidspunkt) {
    let nanosekunder = tid.nanosekunder() / 1_000_000 * 1_000_000;
    tekst(ut, "<updated>");
    Tidspunkt::new(tid.sekunder(), nanosekunder, 3, Forskyvning::Utc)
        .unwrap_or(tid)
        .skriv(ut);
    tekst(ut, "</updated>");
}
