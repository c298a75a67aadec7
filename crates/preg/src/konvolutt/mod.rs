//! The envelope: SOAP 1.1 and 1.2, WS-Addressing, WS-Security, from bytes to one body of one operation.
//!
//! [`les`] is the only door. It reads the bytes once, behind the guard of `meldinger::tre`, and what it hands on is that
//! tree. It says whether the *form* of the security header and its time are right; whether the password is, it does not
//! know (`Brukernavntoken` is for somebody who has the users). [`skriv`] puts an answer into an envelope.
//!
//! What newcomers get wrong: which version and which message a fault answers must be known before the fault is made, so
//! a refusal ([`Avslag`]) carries both.
//!
//! Not here: conversations, which `samtale::les` reads from the same envelopes; encryption; whether `wsa:To` is our own address, which only the server
//! behind its proxies knows ([`Konvolutt::til`]).

mod sikkerhet;
mod svar;

use jiff::Timestamp;
use meldinger::tre::{self, Element};

pub(crate) use sikkerhet::visk;
pub use sikkerhet::{Brukernavntoken, FORSINKELSE_S_MAKS, Passord, SKJEVHET_S_MAKS};
pub use svar::skriv;
pub(crate) use svar::{skriv_med, tid};

use crate::feil::{Feil, Feilsvar};
use crate::operasjon::{Operasjon, Operasjoner};
use crate::samtale::{self, Bevis};

/// Namespace of WS-Addressing 1.0.
pub const NS_ADRESSERING: &str = "http://www.w3.org/2005/08/addressing";
/// Namespace of WS-Security's own elements, and of its faults.
pub const NS_SIKKERHET: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
/// Namespace of timestamps and ids.
pub const NS_SIKKERHETSVERKTOEY: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
const ANONYM: &str = "http://www.w3.org/2005/08/addressing/anonymous";

/// Longest text of an addressing header. Units: bytes. Source: our choice; a `urn:uuid:` has 45.
pub const ADRESSE_MAKS: usize = 1_024;

/// Which SOAP an envelope is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Soapversjon {
    /// SOAP 1.1.
    V11,
    /// SOAP 1.2, that of the published binding.
    V12,
}

impl Soapversjon {
    /// Namespace of its envelope.
    #[must_use]
    pub fn navnerom(self) -> &'static str {
        match self {
            Soapversjon::V11 => "http://schemas.xmlsoap.org/soap/envelope/",
            Soapversjon::V12 => "http://www.w3.org/2003/05/soap-envelope",
        }
    }

    /// `Content-Type` of an answer.
    #[must_use]
    pub fn innholdstype(self) -> &'static str {
        match self {
            Soapversjon::V11 => "text/xml; charset=utf-8",
            Soapversjon::V12 => "application/soap+xml; charset=utf-8",
        }
    }

    // Whether a header block is for us: SOAP 1.1, 4.2.2; SOAP 1.2 part 1, 2.2.
    fn er_til_oss(self, blokk: &Element) -> bool {
        let navn = match self {
            Soapversjon::V11 => "actor",
            Soapversjon::V12 => "role",
        };
        match attributt(blokk, self.navnerom(), navn) {
            None | Some("") => true,
            Some(rolle) => matches!(
                rolle,
                "http://schemas.xmlsoap.org/soap/actor/next"
                    | "http://www.w3.org/2003/05/soap-envelope/role/next"
                    | "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver"
            ),
        }
    }

    // What is neither of the words for no is a yes: a header is not passed over because its sender misspelt it.
    fn maa_forstaas(self, blokk: &Element) -> bool {
        let verdi = attributt(blokk, self.navnerom(), "mustUnderstand");
        verdi.is_some_and(|v| !matches!(v.trim(), "0" | "false"))
    }
}

/// What an answer needs to know of the request's headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returadresse {
    /// SOAP of the request, and so of the answer.
    pub versjon: Soapversjon,
    /// `wsa:MessageID`.
    pub melding_id: Option<String>,
    /// Whether there was any header of WS-Addressing.
    pub adressert: bool,
}

/// A request that has passed, to `PersonRegistry` or to another service of these envelopes.
pub struct Konvolutt<O = Operasjon> {
    /// Where an answer goes.
    pub retur: Returadresse,
    /// `wsa:To`, where there is one; nobody has held it against our own address.
    pub til: Option<String>,
    /// User name and password, not yet compared with anything.
    pub bruker: Brukernavntoken,
    /// Which operation, by action and body alike.
    pub operasjon: O,
    /// The wrapper, for `hl7::Foresporsel::les`.
    pub kropp: Element,
}

impl<O: Operasjoner> std::fmt::Debug for Konvolutt<O> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Konvolutt({})", self.operasjon.navn())
    }
}

/// A request that is refused, with what its fault needs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{feil}")]
pub struct Avslag {
    /// Why.
    #[source]
    pub feil: Feil,
    /// Whom the fault answers.
    pub retur: Returadresse,
}

impl Avslag {
    /// The fault as an HTTP answer.
    #[must_use]
    pub fn svar(&self) -> Feilsvar {
        let retur = &self.retur;
        self.feil
            .svar(retur.versjon, retur.adressert, retur.melding_id.as_deref())
    }
}

impl Returadresse {
    /// That of a request of which nothing is known yet.
    pub(crate) fn ukjent() -> Self {
        Returadresse {
            versjon: Soapversjon::V12,
            melding_id: None,
            adressert: false,
        }
    }
}

/// Reads a request that shows a user name and a password.
///
/// Shape: `handling` is the action of the transport, the `SOAPAction` of SOAP 1.1 or the parameter of SOAP 1.2's
/// `Content-Type`, with or without quotes; the message must state the same or none. `naa` is the time now.
/// Errors: [`Avslag`] with the rule that was broken, and nothing of what was sent but its message id.
/// Source: README of the contract, 3.1, 3.2 and 3.5; what is refused beyond it is in ADR 0047.
pub fn les(xml: &[u8], handling: Option<&str>, naa: Timestamp) -> Result<Konvolutt, Avslag> {
    les_til(xml, handling, naa)
}

/// Reads a request to a service with operations of its own, by the same rules as [`les`].
///
/// # Errors
/// As [`les`].
pub fn les_til<O: Operasjoner>(xml: &[u8], handling: Option<&str>, naa: Timestamp) -> Result<Konvolutt<O>, Avslag> {
    let mut retur = Returadresse::ukjent();
    let lest = les_felles(xml, naa, &mut retur, false).and_then(|lest| {
        let bruker = lest.bruker.ok_or(Feil::Sikkerhet)?;
        let operasjon = lest.adresser.operasjon(handling, &lest.kropp)?;
        Ok((lest.adresser.til, bruker, operasjon, lest.kropp))
    });
    match lest {
        Ok((til, bruker, operasjon, kropp)) => Ok(Konvolutt {
            retur,
            til,
            bruker,
            operasjon,
            kropp,
        }),
        Err(feil) => Err(Avslag { feil, retur }),
    }
}

/// An envelope, of whatever is asked in it.
pub(crate) struct Lest {
    pub adresser: Adresser,
    pub bruker: Option<Brukernavntoken>,
    pub bevis: Option<Bevis>,
    pub kropp: Element,
}

/// Reads an envelope: all but what its action and its body are. Whether parts of a conversation are read, or refused as any other
/// unknown part of a security header, is `i_samtale`.
pub(crate) fn les_felles(xml: &[u8], naa: Timestamp, retur: &mut Returadresse, i_samtale: bool) -> Result<Lest, Feil> {
    let mut rot = tre::les(xml).map_err(Feil::Xml)?;
    if rot.navn != "Envelope" {
        return Err(Feil::Form);
    }
    let versjoner = [Soapversjon::V11, Soapversjon::V12];
    let versjon = versjoner.into_iter().find(|v| v.navnerom() == rot.navnerom);
    retur.versjon = versjon.ok_or(Feil::Soapversjon)?;
    // While the tree is whole, since it is held against the bytes. What is wrong with it is told in its turn.
    let bevis = if i_samtale {
        samtale::les_bevis(xml, &rot)
    } else {
        Ok(None)
    };
    let (hode, kropp) = del(&mut rot)?;
    let mut hode = hode.unwrap_or_default();
    let ut = les_hode(&mut hode, naa, retur, i_samtale);
    // A password that was not moved out, since something was wrong, is wiped where it lies.
    visk(&mut hode);
    let (adresser, bruker) = ut?;
    Ok(Lest {
        adresser,
        bruker,
        bevis: bevis?,
        kropp,
    })
}

fn les_hode(
    hode: &mut Element,
    naa: Timestamp,
    retur: &mut Returadresse,
    i_samtale: bool,
) -> Result<(Adresser, Option<Brukernavntoken>), Feil> {
    let adresser = Adresser::les(hode, retur)?;
    let versjon = retur.versjon;
    // Before security: whoever is asked to understand what it does not must say so, whoever asks.
    for blokk in hode.barn.iter().filter(|b| versjon.er_til_oss(b)) {
        if versjon.maa_forstaas(blokk) && !er_kjent(blokk) {
            return Err(Feil::MaaForstaas);
        }
    }
    let til_oss = hode.barn.iter_mut().filter(|b| versjon.er_til_oss(b));
    let bruker = sikkerhet::les(til_oss, naa, i_samtale)?;
    Ok((adresser, bruker))
}

// Header, if any, and the one element of the body.
fn del(rot: &mut Element) -> Result<(Option<Element>, Element), Feil> {
    let mut barn = std::mem::take(&mut rot.barn).into_iter();
    let mut neste = barn.next().ok_or(Feil::Form)?;
    let mut hode = None;
    if neste.navnerom == rot.navnerom && neste.navn == "Header" {
        hode = Some(neste);
        neste = barn.next().ok_or(Feil::Form)?;
    }
    if neste.navnerom != rot.navnerom || neste.navn != "Body" || barn.next().is_some() {
        return Err(Feil::Form);
    }
    let mut innhold = neste.barn.into_iter();
    match (innhold.next(), innhold.next()) {
        (Some(kropp), None) => Ok((hode, kropp)),
        _ => Err(Feil::Form),
    }
}

fn er_kjent(blokk: &Element) -> bool {
    match blokk.navnerom.as_str() {
        NS_ADRESSERING => matches!(
            blokk.navn.as_str(),
            "Action" | "To" | "MessageID" | "ReplyTo" | "FaultTo" | "From" | "RelatesTo"
        ),
        NS_SIKKERHET => blokk.navn == "Security",
        _ => false,
    }
}

/// Headers of WS-Addressing.
pub(crate) struct Adresser {
    handling: Option<String>,
    pub til: Option<String>,
}

impl Adresser {
    fn les(hode: &Element, retur: &mut Returadresse) -> Result<Self, Feil> {
        let egne = |b: &&Element| b.navnerom == NS_ADRESSERING;
        retur.adressert = hode.barn.iter().any(|b| egne(&b));
        let ett = |navn: &str| -> Result<Option<&Element>, Feil> {
            let mut alle = hode.barn.iter().filter(egne).filter(|b| b.navn == navn);
            match (alle.next(), alle.next()) {
                (Some(_), Some(_)) => Err(Feil::Adressehode),
                (funnet, _) => Ok(funnet),
            }
        };
        let tekst = |navn: &str| -> Result<Option<String>, Feil> {
            match ett(navn)?.map(Element::verdi) {
                Some(verdi) if verdi.is_empty() || verdi.len() > ADRESSE_MAKS => Err(Feil::Adressehode),
                funnet => Ok(funnet.map(str::to_owned)),
            }
        };
        retur.melding_id = tekst("MessageID")?;
        // We send nothing anywhere but back: an address here would make us a messenger to whomever the asker chose.
        for navn in ["ReplyTo", "FaultTo"] {
            if let Some(svar) = ett(navn)?
                && svar.tekst("Address") != Some(ANONYM)
            {
                return Err(Feil::BareAnonymt);
            }
        }
        Ok(Adresser {
            handling: tekst("Action")?,
            til: tekst("To")?,
        })
    }

    /// Every action that is stated: that of the message, and that of the transport.
    pub(crate) fn handlinger<'h>(&'h self, transportens: Option<&'h str>) -> impl Iterator<Item = &'h str> {
        let transportens = transportens
            .map(|h| h.trim().trim_matches('"'))
            .filter(|h| !h.is_empty());
        [self.handling.as_deref(), transportens].into_iter().flatten()
    }

    /// Action of the message, action of the transport and element of the body are of one operation.
    pub(crate) fn operasjon<O: Operasjoner>(&self, transportens: Option<&str>, kropp: &Element) -> Result<O, Feil> {
        let mut alle = O::alle().iter().copied();
        let i_kroppen = alle.find(|o| o.navn() == kropp.navn && kropp.navnerom == O::NAVNEROM);
        let i_kroppen = i_kroppen.ok_or(Feil::UkjentHandling)?;
        let mut oppgitt = self.handlinger(transportens).peekable();
        if oppgitt.peek().is_none() {
            return Err(Feil::HandlingMangler);
        }
        for handling in oppgitt {
            match O::alle().iter().copied().find(|o| o.handling() == handling) {
                None => return Err(Feil::UkjentHandling),
                Some(annen) if annen != i_kroppen => return Err(Feil::HandlingPasserIkke),
                Some(_) => {}
            }
        }
        Ok(i_kroppen)
    }
}

/// An attribute's value.
pub(crate) fn attributt<'e>(element: &'e Element, navnerom: &str, navn: &str) -> Option<&'e str> {
    let funnet = element
        .attributter
        .iter()
        .find(|(ns, n, _)| ns == navnerom && n == navn);
    funnet.map(|(_, _, verdi)| verdi.as_str())
}

#[cfg(test)]
mod tests;
