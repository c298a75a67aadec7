//! Release: an answer leaves only when the audit record of it has been written.

use std::borrow::Cow;
use std::sync::Arc;

use crate::Projeksjon;
use crate::projektor::{Leveranse, Svar};
use crate::token::Framtid;

/// Which items of a feed were delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feedleveranse {
    /// First number.
    pub fra: u64,
    /// Last number, included.
    pub til: u64,
    /// SHA-256 of the page as it was delivered.
    pub avtrykk: [u8; 32],
}

/// What an audit record is told. Criteria are kinds, never their values; the numbers are sealed by whoever writes them.
///
/// Source: folkeregister pages on logging, ruling of the project on the form of a record.
#[derive(Clone, Copy, Debug)]
pub struct Revisjonspost<'a> {
    /// The service.
    pub tjeneste: &'static str,
    /// The endpoint, as the access matrix names it.
    pub endepunkt: &'static str,
    /// The projection; `None` where the caller was refused before there was one.
    pub projeksjon: Option<Projeksjon>,
    /// Organisation number of the data controller.
    pub konsument: &'a str,
    /// Organisation number of the one who called for it.
    pub leverandoer: Option<&'a str>,
    /// Where the delegation to the supplier stands.
    pub delegeringskilde: Option<&'a str>,
    /// The client that the token was given to.
    pub klient: &'a str,
    /// The grant that opened; empty where none did.
    pub avtale: &'a str,
    /// `jti` of the token.
    pub token: &'a str,
    /// The person that the token is restricted to, eleven digits. Sealed.
    pub sluttbruker: Option<&'a str>,
    /// Trace id of the request.
    pub sporing: &'a str,
    /// Kinds of criteria: names of parameters, and of the parts asked for.
    pub kriterier: &'a [Cow<'static, str>],
    /// Numbers asked for. Sealed.
    pub spurt: &'a [u64],
    /// One person was asked for, and not a list.
    pub enkelt: bool,
    /// What was delivered, person by person; empty when nothing was.
    pub leveranser: &'a [Leveranse],
    /// Which items of a feed were delivered.
    pub feed: Option<Feedleveranse>,
    /// HTTP status of the answer.
    pub status: u16,
    /// Code of a refusal.
    pub feilkode: Option<&'a str>,
}

impl<'a> Revisjonspost<'a> {
    /// A record of a call about which nothing else is known.
    #[must_use]
    pub fn new(tjeneste: &'static str, endepunkt: &'static str, sporing: &'a str, status: u16) -> Self {
        Revisjonspost {
            tjeneste,
            endepunkt,
            projeksjon: None,
            konsument: "",
            leverandoer: None,
            delegeringskilde: None,
            klient: "",
            avtale: "",
            token: "",
            sluttbruker: None,
            sporing,
            kriterier: &[],
            spurt: &[],
            enkelt: false,
            leveranser: &[],
            feed: None,
            status,
            feilkode: None,
        }
    }
}

/// The record could not be written, so nothing is disclosed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("revisjonsloggen kunne ikke skrives")]
pub struct RevisjonUtilgjengelig;

/// Why an answer was not released.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Holdt {
    /// The audit record could not be written.
    #[error(transparent)]
    Revisjon(#[from] RevisjonUtilgjengelig),
    /// The answer holds items of a feed, and the record does not say which. A fault of ours.
    #[error("svaret har feedelementer som revisjonsposten ikke nevner")]
    UtenFeed,
    /// A stored entry could not be written; half an answer is none.
    #[error("en lagret opplysning er skadet")]
    Skadet,
}

/// Where audit records go.
pub trait Revisjon: Send + Sync {
    /// Writes one record; ready when it is durable, or never will be ([`RevisjonUtilgjengelig`]; the answer is withheld).
    fn skriv<'a>(&'a self, post: &Revisjonspost<'_>) -> Framtid<'a, Result<(), RevisjonUtilgjengelig>>;
}

/// Unused bytes that an answer may hold. Source: our choice; a lookup is never moved.
const ROM_MAKS: usize = 16 * 1024;

/// Bytes that may leave. Only [`Frigivelse`] makes them.
#[derive(Debug)]
pub struct Frigitt(Vec<u8>);

impl Frigitt {
    /// The bytes.
    #[must_use]
    pub fn byte(&self) -> &[u8] {
        &self.0
    }

    /// The bytes, for the body of an answer. No more memory than they need is held while a slow client reads them.
    #[must_use]
    pub fn til_kropp(mut self) -> Vec<u8> {
        if self.0.capacity() - self.0.len() > ROM_MAKS {
            self.0.shrink_to_fit();
        }
        self.0
    }
}

/// The gate.
#[derive(Clone)]
pub struct Frigivelse {
    revisjon: Arc<dyn Revisjon>,
}

impl std::fmt::Debug for Frigivelse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Frigivelse")
    }
}

impl Frigivelse {
    /// A gate that writes its records to `revisjon`.
    #[must_use]
    pub fn new(revisjon: Arc<dyn Revisjon>) -> Self {
        Frigivelse { revisjon }
    }

    /// Releases an answer, once its record is written. `post.leveranser` and the hash of `post.feed` are filled from the
    /// answer itself.
    ///
    /// # Errors
    /// [`Holdt`]: nothing leaves.
    pub async fn frigi(&self, svar: Svar, post: &Revisjonspost<'_>) -> Result<Frigitt, Holdt> {
        if svar.skadet {
            return Err(Holdt::Skadet);
        }
        if svar.har_feed && post.feed.is_none() {
            return Err(Holdt::UtenFeed);
        }
        let varig = self.revisjon.skriv(&Revisjonspost {
            leveranser: &svar.leveranser,
            feed: post.feed.map(|f| Feedleveranse {
                avtrykk: svar.avtrykk(),
                ..f
            }),
            ..*post
        });
        varig.await?;
        Ok(Frigitt(svar.ut))
    }

    /// Records a refusal or an answer without persons.
    ///
    /// # Errors
    /// [`RevisjonUtilgjengelig`].
    pub async fn noter(&self, post: &Revisjonspost<'_>) -> Result<(), RevisjonUtilgjengelig> {
        self.revisjon.skriv(post).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Full;

    impl Revisjon for Full {
        fn skriv<'a>(&'a self, _: &Revisjonspost<'_>) -> Framtid<'a, Result<(), RevisjonUtilgjengelig>> {
            Box::pin(std::future::ready(Err(RevisjonUtilgjengelig)))
        }
    }

    struct Tar;

    impl Revisjon for Tar {
        fn skriv<'a>(&'a self, _: &Revisjonspost<'_>) -> Framtid<'a, Result<(), RevisjonUtilgjengelig>> {
            Box::pin(std::future::ready(Ok(())))
        }
    }

    #[tokio::test]
    async fn items_of_a_feed_leave_only_with_a_record_that_names_them() {
        let frigivelse = Frigivelse::new(Arc::new(Tar));
        let svar = || {
            let mut svar = Svar::new(crate::Format::Json);
            svar.feedlinjer(|ut| ut.extend_from_slice(b"{}"));
            svar
        };
        let post = Revisjonspost::new("prøve", "event", "", 200);
        assert_eq!(frigivelse.frigi(svar(), &post).await.unwrap_err(), Holdt::UtenFeed);
        let feed = Feedleveranse {
            fra: 1,
            til: 1,
            avtrykk: [0; 32],
        };
        let post = Revisjonspost {
            feed: Some(feed),
            ..post
        };
        assert!(frigivelse.frigi(svar(), &post).await.is_ok());
    }

    #[tokio::test]
    async fn what_a_service_calls_a_person_says_nothing_and_the_record_says_who() {
        let frigivelse = Frigivelse::new(Arc::new(Tar));
        let post = Revisjonspost::new("prøve", "search", "", 200);
        let svar = |navn: &str, format| {
            let mut svar = Svar::new(format);
            svar.navngitt(navn, 1, crate::Grad::Fortrolig);
            svar
        };
        let god = svar("0a-9f", crate::Format::Json);
        let [levert] = god.leveranser() else {
            panic!("one person")
        };
        assert_eq!((levert.identifikator, levert.vern), (1, crate::Grad::Fortrolig));
        assert!(levert.entiteter.er_tom());
        assert_eq!(frigivelse.frigi(god, &post).await.unwrap().byte(), b"\"0a-9f\"");
        for (navn, format) in [
            ("et navn", crate::Format::Json),
            ("\"", crate::Format::Json),
            ("å", crate::Format::Json),
            ("0a", crate::Format::Xml),
        ] {
            let utfall = frigivelse.frigi(svar(navn, format), &post).await;
            assert_eq!(utfall.unwrap_err(), Holdt::Skadet, "{navn}");
        }
    }

    #[tokio::test]
    async fn nothing_leaves_when_the_record_cannot_be_written() {
        let svar = Svar::new(crate::Format::Json);
        let post = Revisjonspost::new("prøve", "GET personer/{personidentifikator}", "", 200);
        assert!(Frigivelse::new(Arc::new(Full)).frigi(svar, &post).await.is_err());
    }
}
