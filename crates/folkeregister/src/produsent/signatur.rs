//! Who may have signed a message: whoever sent it.
//!
//! By certificates of the issuers that connections are made with, read anew each time, so that an issuer that is taken out
//! is trusted in no signature either. What newcomers get wrong: the certificate of a signature is seldom that of the
//! connection; it is the organisation that must be the same.

use jiff::Timestamp;
use meldinger::signatur::Usann;
use signatur::Sertifikater;
use tilgang::avtale::{Avtaleregister, Produsentavslag};
use tilgang::virksomhet::Virksomhetssertifikat;
use tjenesteflate::tls::Klientutstedere;

/// The sender of a message, known by its connection, and who says whose a certificate is.
pub(super) struct Avsender<'a> {
    pub utstedere: Option<&'a Klientutstedere>,
    pub avtaler: &'a Avtaleregister,
    /// Nine digits.
    pub organisasjon: &'a str,
    pub naa: Timestamp,
}

impl Sertifikater for Avsender<'_> {
    fn godta(&self, eget: &[u8], andre: &[Vec<u8>]) -> Result<(), Usann> {
        let utstedere = self.utstedere.ok_or(Usann::IngenKontroll)?;
        if !utstedere.godtar(eget, andre, self.naa.as_second()) {
            return Err(Usann::Sertifikat);
        }
        let sertifikat = Virksomhetssertifikat::les_for_signatur(eget).map_err(|_| Usann::Virksomhet)?;
        if sertifikat.organisasjon().as_str() != self.organisasjon {
            return Err(Usann::Avsender);
        }
        match self.avtaler.slipp_inn_produsent(&sertifikat, self.naa) {
            Ok(_) => Ok(()),
            Err(Produsentavslag::Sperret) => Err(Usann::Sperret),
            // Withdrawn since the door: it may not send either.
            Err(Produsentavslag::IngenRett) => Err(Usann::Avsender),
        }
    }
}

#[cfg(test)]
#[path = "signatur_test.rs"]
mod tests;
