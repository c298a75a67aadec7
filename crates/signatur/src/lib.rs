//! Whether the XML signature of a message is true.
//!
//! ```text
//!  form          one Signature, one Reference to the whole, nothing but what it is read by        (form.rs)
//!   └▶ certificate  whose it is, and whether it holds: asked of whoever knows, [`Sertifikater`]
//!       └▶ key      RSA or ECDSA, of a length that is taken                                          (noekkel.rs)
//!           └▶ value  digest and signature by the library, over the tree that is read              (verdi.rs)
//! ```
//! The rules are our own and stand before the library `bergshamra`, which is then asked for what must not be written by hand:
//! canonical XML, the digest, the signature. It is given one key and no other way to one. Path validation is TLS's, behind
//! [`Sertifikater`]; no file and no network.
//!
//! For signatures of another form, [`eksklusivt`] writes chosen elements as canonical XML (kanonisk.rs).
//!
//! What newcomers get wrong: a signature that is true says nothing of who may send what, nor of when. It says that the
//! holder of a certificate wrote this document.
//!
//! ```
//! use meldinger::signatur::{Signaturkontroll as _, Usann};
//! use meldinger::tre;
//! use signatur::{Kontroll, Sertifikater};
//!
//! struct Ingen;
//! impl Sertifikater for Ingen {
//!     fn godta(&self, _eget: &[u8], _andre: &[Vec<u8>]) -> Result<(), Usann> {
//!         Err(Usann::Sertifikat)
//!     }
//! }
//! let xml = b"<a><Signature xmlns='http://www.w3.org/2000/09/xmldsig#'/></a>";
//! let melding = tre::les(xml)?;
//! assert_eq!(Kontroll(Ingen).sjekk(xml, &melding), Err(Usann::Form));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod form;
mod kanonisk;
mod noekkel;
mod verdi;

use meldinger::signatur::{Signaturkontroll, Usann};
use meldinger::tre::Element;

pub use form::SERTIFIKATER_MAKS;
pub use kanonisk::{EKSKLUSIV, eksklusivt};

/// Says whose certificate may have signed.
pub trait Sertifikater {
    /// Whether a certificate, DER, holds now, may sign, and is the sender's; the others came beside it, to build its path by.
    ///
    /// # Errors
    /// [`Usann::Sertifikat`] and those that follow it.
    fn godta(&self, eget: &[u8], andre: &[Vec<u8>]) -> Result<(), Usann>;
}

/// Holds signatures against messages, by certificates that somebody else says are good.
#[derive(Clone, Copy, Debug)]
pub struct Kontroll<S>(pub S);

impl<S: Sertifikater> Signaturkontroll for Kontroll<S> {
    fn sjekk(&self, xml: &[u8], melding: &Element) -> Result<(), Usann> {
        let form = form::les(melding)?;
        let (eget, andre) = form.sertifikater.split_first().ok_or(Usann::Noekkelinfo)?;
        let noekkel = noekkel::les(eget, form.slag)?;
        // Before the value: what nobody stands behind is not counted on.
        self.0.godta(eget, andre)?;
        verdi::sjekk(xml, melding, noekkel)
    }
}
