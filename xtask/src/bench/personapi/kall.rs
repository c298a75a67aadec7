//! Calls of the Person API, as bytes ready to send: so that the load costs less than what it measures.

use anyhow::Result;
use jiff::Timestamp;
use tilgang::token::dpop::NyttBevis;

use super::Miljoe;

/// The parts that a lookup asks for.
pub(super) const DELER: &str = "informationParts=Name,Birth,Gender,Status,NorwegianIdentificationNumber,AddressProtection,\
     ResidentialAddress,PostalAddress,Death";

/// The branch that is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gren {
    /// Version 2 with legal basis: a bearer token, or a bound token and a proof for each call.
    V2,
    /// Version 3 with full access: a bound token and a proof for each call, and nothing else.
    V3,
}

impl Gren {
    pub fn scope(self) -> &'static str {
        match self {
            Gren::V2 => "nhn:hgd-persontjenesten-api/read-with-legal-basis",
            Gren::V3 => "nhn:hgd-persontjenesten-api/full-access",
        }
    }

    pub fn sti(self) -> &'static str {
        match self {
            Gren::V2 => "/api/legal-basis",
            Gren::V3 => "/api/v3/full-access",
        }
    }
}

const BEARER: &str = "Bearer";

/// What stands before the proof and the body of a call.
fn hode(miljoe: &Miljoe, metode: &str, gren: Gren, ressurs: &str, (skjema, token): (&str, &str)) -> String {
    format!(
        "{metode} {}/{ressurs} HTTP/1.1\r\nHost: {}\r\nAuthorization: {skjema} {token}\r\nAccept: application/json\r\n",
        gren.sti(),
        miljoe.vert
    )
}

fn med_skjema(mut hode: String, skjema: &str) -> Vec<u8> {
    hode.push_str("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ");
    hode.push_str(&skjema.len().to_string());
    hode.push_str("\r\n\r\n");
    hode.push_str(skjema);
    hode.into_bytes()
}

/// A GET with a bearer token.
pub(super) fn hent(miljoe: &Miljoe, token: &str, ressurs: &str) -> Vec<u8> {
    (hode(miljoe, "GET", Gren::V2, ressurs, (BEARER, token)) + "\r\n").into_bytes()
}

/// A POST of a form with a bearer token.
pub(super) fn send_skjema(miljoe: &Miljoe, token: &str, ressurs: &str, skjema: &str) -> Vec<u8> {
    med_skjema(hode(miljoe, "POST", Gren::V2, ressurs, (BEARER, token)), skjema)
}

/// A lookup by number with a bearer token.
pub(super) fn med_bearer(miljoe: &Miljoe, token: &str, nummer: &str) -> Vec<u8> {
    let ressurs = format!("person/get-by-nin?{DELER}");
    send_skjema(miljoe, token, &ressurs, &format!("nin={nummer}"))
}

/// The path of a lookup by number, which proofs are for.
pub(super) fn dpopsti(gren: Gren) -> String {
    format!("{}/person/get-by-nin", gren.sti())
}

/// Proofs for lookups by number, made now, none of them alike.
pub(super) fn bevis(miljoe: &Miljoe, gren: Gren, token: &str, antall: usize) -> Result<Vec<String>> {
    let adresse = format!("{}{}", miljoe.base, dpopsti(gren));
    let foerste = Timestamp::now().as_nanosecond();
    let en = |nr: usize| {
        let bevis = NyttBevis {
            metode: "POST",
            adresse: &adresse,
            token: Some(token),
            nonce: None,
        };
        let jti = format!("{}-{foerste}-{nr}", std::process::id());
        anyhow::Ok(bevis.signer(&miljoe.dpopnoekkel, Timestamp::now(), &jti)?)
    };
    (0..antall).map(en).collect()
}

/// A lookup by number with a bound token and its proof.
pub(super) fn med_dpop(miljoe: &Miljoe, gren: Gren, (token, bevis): (&str, &str), nummer: &str) -> Vec<u8> {
    let ressurs = format!("person/get-by-nin?{DELER}");
    let hode = hode(miljoe, "POST", gren, &ressurs, ("DPoP", token)) + "DPoP: " + bevis + "\r\n";
    med_skjema(hode, &format!("nin={nummer}"))
}
