//! What a request can be answered with instead of what it asked for.
//!
//! One table: code, text and status. Texts are Norwegian and of the rule alone. What newcomers get wrong: a wrong password is not here. It
//! is a fault of the envelope, or 401 without one, so that it looks as it does in the HL7 face. Source: preg reference 3.5 and 6.8.

use preg::Tjenestefeil;
use preg::feil::Feilsvar;
use preg::konvolutt::Returadresse;
use preg::xml::Skriver;

use crate::{NAVNEROM, wsdl};

/// Why an operation was not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Feil {
    /// Not eleven digits.
    #[error("Nummeret må ha elleve siffer.")]
    UgyldigNummer,
    /// Too little to search on.
    #[error("Søket trenger fornavn eller etternavn, og i tillegg fødselsdato eller en del av adressen.")]
    ForFaaKriterier,
    /// Too many, or too much.
    #[error("For mange treff, eller et for stort svar. Spør smalere.")]
    ForMange,
    /// Not for this user.
    #[error("Brukeren har ikke rett til dette.")]
    IkkeRett,
    /// Our own mistake; what it was is in our log.
    #[error("Feil i tjenesten. Ingenting er utlevert; prøv igjen senere.")]
    Intern,
    /// Nothing can be answered just now.
    #[error("Tjenesten kan ikke svare akkurat nå. Ingenting er utlevert; prøv igjen om litt.")]
    Utilgjengelig,
    /// The service has come to its end.
    #[error("Tjenesten er avviklet. Bruk Persontjenesten.")]
    Avviklet,
    /// The request is not of the contract; which element.
    #[error("Forespørselen følger ikke kontrakten: {0}.")]
    Forespoersel(&'static str),
}

impl Feil {
    /// `ErrorCode`, and the status without SOAP.
    #[must_use]
    pub fn kode(&self) -> (&'static str, u16) {
        match self {
            Feil::UgyldigNummer => ("InvalidNin", 400),
            Feil::ForFaaKriterier => ("TooFewCriteria", 400),
            Feil::ForMange => ("TooManyHits", 400),
            Feil::IkkeRett => ("NotAuthorised", 403),
            Feil::Intern => ("Internal", 500),
            Feil::Utilgjengelig => ("Internal", 503),
            Feil::Avviklet => ("ServiceRetired", 410),
            Feil::Forespoersel(_) => ("InvalidRequest", 400),
        }
    }

    /// As SOAP.
    #[must_use]
    pub fn soap(&self, retur: &Returadresse) -> Feilsvar {
        let tekst = self.to_string();
        let (kode, status) = self.kode();
        let svar = Tjenestefeil {
            avsenders: status < 500,
            tekst: &tekst,
            spraak: "nb",
            handling: &wsdl::feilhandling(),
            detalj: &element(kode, &tekst),
        }
        .svar(retur);
        // A client that is to come back is told so by the status; all others have that of a fault.
        match self {
            Feil::Utilgjengelig => Feilsvar { status, ..svar },
            _ => svar,
        }
    }
}

/// The element `Fault`.
#[must_use]
pub fn element(kode: &str, melding: &str) -> String {
    let mut x = Skriver::new();
    x.i("Fault", &[("xmlns", NAVNEROM)], |x| {
        x.tekst("ErrorCode", &[], kode);
        x.tekst("Message", &[], melding);
    });
    x.ferdig()
}
