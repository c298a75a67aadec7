//! Release: an answer leaves only when the audit record of it has been written.

use std::sync::Arc;

use crate::Projeksjon;
use crate::projektor::{Leveranse, Svar};

/// What an audit record is told. Criteria are kinds, never their values; the numbers are sealed by whoever writes them.
#[derive(Clone, Copy, Debug)]
pub struct Revisjonspost<'a> {
    /// The endpoint, as the access matrix names it.
    pub endepunkt: &'static str,
    /// The projection.
    pub projeksjon: Projeksjon,
    /// Organisation number of the data controller.
    pub konsument: &'a str,
    /// Organisation number of the one who called for it.
    pub leverandoer: Option<&'a str>,
    /// The grant that opened.
    pub avtale: &'a str,
    /// `jti` of the token.
    pub token: Option<&'a str>,
    /// Trace id of the request.
    pub sporing: &'a str,
    /// What was delivered, person by person; empty when nothing was.
    pub leveranser: &'a [Leveranse],
    /// Which items of a feed were delivered: first and last number, both included.
    pub feed: Option<(u64, u64)>,
    /// HTTP status of the answer.
    pub status: u16,
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
    /// A stored entry could not be written; half an answer is none.
    #[error("en lagret opplysning er skadet")]
    Skadet,
}

/// Where audit records go. Returns only when the record is durable.
pub trait Revisjon: Send + Sync {
    /// Writes one record.
    ///
    /// # Errors
    /// [`RevisjonUtilgjengelig`]; the answer is then withheld.
    fn skriv(&self, post: &Revisjonspost<'_>) -> Result<(), RevisjonUtilgjengelig>;
}

/// Bytes that may leave. Only [`Frigivelse`] makes them.
#[derive(Debug)]
pub struct Frigitt(Vec<u8>);

impl Frigitt {
    /// The bytes.
    #[must_use]
    pub fn byte(&self) -> &[u8] {
        &self.0
    }

    /// The bytes, for the body of an answer.
    #[must_use]
    pub fn til_kropp(self) -> Vec<u8> {
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

    /// Releases an answer, once its record is written. `post.leveranser` is filled from the answer itself.
    ///
    /// # Errors
    /// [`Holdt`]: nothing leaves.
    pub fn frigi(&self, svar: Svar, post: &Revisjonspost<'_>) -> Result<Frigitt, Holdt> {
        if svar.skadet {
            return Err(Holdt::Skadet);
        }
        self.revisjon.skriv(&Revisjonspost {
            leveranser: &svar.leveranser,
            ..*post
        })?;
        Ok(Frigitt(svar.ut))
    }

    /// Records a refusal or an answer without persons.
    ///
    /// # Errors
    /// [`RevisjonUtilgjengelig`].
    pub fn noter(&self, post: &Revisjonspost<'_>) -> Result<(), RevisjonUtilgjengelig> {
        self.revisjon.skriv(post)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Full;

    impl Revisjon for Full {
        fn skriv(&self, _: &Revisjonspost<'_>) -> Result<(), RevisjonUtilgjengelig> {
            Err(RevisjonUtilgjengelig)
        }
    }

    #[test]
    fn nothing_leaves_when_the_record_cannot_be_written() {
        let svar = Svar::new(crate::Format::Json);
        let post = Revisjonspost {
            endepunkt: "GET personer/{personidentifikator}",
            projeksjon: Projeksjon::MedHjemmel,
            konsument: "",
            leverandoer: None,
            avtale: "",
            token: None,
            sporing: "",
            leveranser: &[],
            feed: None,
            status: 200,
        };
        assert!(Frigivelse::new(Arc::new(Full)).frigi(svar, &post).is_err());
    }
}
