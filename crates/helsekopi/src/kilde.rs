//! Where the copy is read from: Folkeregisteret's consumer API as this crate needs it.
//!
//! A trait, so that a source that lies, is slow or is down can be put in the place of the client.

use identifikator::Folkeregisteridentifikator;
use informasjonsmodell::Entitet;
use klienter::folkeregister::{Batch, Bestilling, Bulksvar, Feedsvar, Feil, Jobb, Klient, Persondokument};
use tilgang::token::Framtid;
use tilgang::{Projeksjon, Tabell};

/// What is asked of the source. Every answer may be wrong.
pub trait Kilde: Send + Sync {
    /// The number of the newest event.
    fn siste(&self) -> Framtid<'_, Result<u64, Feil>>;
    /// A page of the feed from a number on, that one included.
    fn feed<'a>(&'a self, fra: u64, etag: Option<&'a str>) -> Framtid<'a, Result<Feedsvar, Feil>>;
    /// One answer for each of at most 1000 persons, in order.
    fn oppslag<'a>(&'a self, personer: &'a [Folkeregisteridentifikator]) -> Framtid<'a, Result<Vec<Bulksvar>, Feil>>;
    /// Orders everybody, as they were at a number of the feed.
    fn bestill(&self, seq: u64) -> Framtid<'_, Result<Jobb, Feil>>;
    /// One batch of an order.
    fn batch<'a>(&'a self, jobb: &'a Jobb, nr: u64) -> Framtid<'a, Result<Batch, Feil>>;
    /// At most 1000 documents of the archive.
    fn arkiv<'a>(&'a self, dokumenter: &'a [String]) -> Framtid<'a, Result<Vec<Persondokument>, Feil>>;
}

/// Everything that med hjemmel may be told, history included.
fn alt() -> Vec<&'static str> {
    let rett = Tabell::felles().rett(Projeksjon::MedHjemmel);
    let entiteter = rett.kan.entiteter().map(Entitet::navn);
    entiteter.chain(["historikk"]).collect()
}

impl Kilde for Klient {
    fn siste(&self) -> Framtid<'_, Result<u64, Feil>> {
        Box::pin(self.siste_sekvensnummer())
    }

    fn feed<'a>(&'a self, fra: u64, etag: Option<&'a str>) -> Framtid<'a, Result<Feedsvar, Feil>> {
        Box::pin(Klient::feed(self, fra, etag))
    }

    fn oppslag<'a>(&'a self, personer: &'a [Folkeregisteridentifikator]) -> Framtid<'a, Result<Vec<Bulksvar>, Feil>> {
        Box::pin(async move { self.bulkoppslag(personer, &alt(), true).await })
    }

    fn bestill(&self, seq: u64) -> Framtid<'_, Result<Jobb, Feil>> {
        Box::pin(async move {
            let feedsekvensnr = Some(seq);
            self.bestill_uttrekk(&Bestilling::Komplett { feedsekvensnr }).await
        })
    }

    fn batch<'a>(&'a self, jobb: &'a Jobb, nr: u64) -> Framtid<'a, Result<Batch, Feil>> {
        Box::pin(self.uttrekksbatch(jobb, nr))
    }

    fn arkiv<'a>(&'a self, dokumenter: &'a [String]) -> Framtid<'a, Result<Vec<Persondokument>, Feil>> {
        Box::pin(async move { self.bulkoppslag_arkiv(dokumenter, &alt()).await })
    }
}
