//! The security header: a timestamp, and a user name with a password in plain text, which TLS protects.
//!
//! The form and the time are judged here, the password is not. Of the forms of UsernameToken only this one is taken: a
//! digest would make us keep passwords that can be read, and a nonce is of no use without one. Tokens and signatures of
//! other kinds are refused, and not passed over: who sends them believes that they protect something. Those of a conversation
//! are `samtale`'s to read, from a door that takes them.
//!
//! What newcomers get wrong: the window is held on the time that the message was made, whatever its sender says of when it
//! expires; else anybody could make a message that is good for ever.

use jiff::Timestamp;
use meldinger::tre::Element;
use zeroize::{Zeroize as _, Zeroizing};

use super::{NS_SIKKERHET, NS_SIKKERHETSVERKTOEY, attributt};
use crate::feil::Feil;
use crate::samtale::er_del;

/// How old a message may be, beside the skew. Units: seconds. Source: README of the contract, 3.2 (WCF's window).
pub const FORSINKELSE_S_MAKS: i64 = 300;
/// How far the sender's clock may be from ours. Units: seconds. Source: README of the contract, 3.2 (WCF's skew).
pub const SKJEVHET_S_MAKS: i64 = 300;
/// Longest user name and longest password. Units: characters. Source: our choice, a bound on what is hashed.
pub const TEGN_MAKS: usize = 256;

const PASSORDTEKST: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText";

/// A password as it was sent.
///
/// Never printed, never compared here, and wiped when it is dropped. It is moved out of the tree that was read and not
/// copied; what the reader left in memory that it gave back, and the bytes of the request itself, are not wiped.
pub struct Passord(Zeroizing<String>);

impl Passord {
    /// The password, for whoever compares it.
    #[must_use]
    pub fn byte(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl std::fmt::Debug for Passord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passord(***)")
    }
}

/// Who says that they send this.
pub struct Brukernavntoken {
    /// User name, without white space around it.
    pub brukernavn: String,
    /// Password.
    pub passord: Passord,
}

impl std::fmt::Debug for Brukernavntoken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Brukernavntoken(***)")
    }
}

/// Reads the security header among these blocks. `None`: it has no user name, and `i_samtale` it may be without.
///
/// # Errors
/// [`Feil::Sikkerhet`], whatever is wrong: absent, twice, another form, outside the window.
pub(super) fn les<'e>(
    blokker: impl Iterator<Item = &'e mut Element>,
    naa: Timestamp,
    i_samtale: bool,
) -> Result<Option<Brukernavntoken>, Feil> {
    let mut alle = blokker.filter(|b| b.navnerom == NS_SIKKERHET && b.navn == "Security");
    let (Some(hode), None) = (alle.next(), alle.next()) else {
        return Err(Feil::Sikkerhet);
    };
    les_hode(hode, naa, i_samtale)
}

fn les_hode(hode: &mut Element, naa: Timestamp, i_samtale: bool) -> Result<Option<Brukernavntoken>, Feil> {
    let (mut tidsstempel, mut token) = (None, None);
    for del in &mut hode.barn {
        let plass = match (del.navnerom.as_str(), del.navn.as_str()) {
            (NS_SIKKERHETSVERKTOEY, "Timestamp") => &mut tidsstempel,
            (NS_SIKKERHET, "UsernameToken") => &mut token,
            _ if i_samtale && er_del(del) => continue,
            _ => return Err(Feil::Sikkerhet),
        };
        if plass.replace(del).is_some() {
            return Err(Feil::Sikkerhet);
        }
    }
    sjekk_tid(tidsstempel.ok_or(Feil::Sikkerhet)?, naa)?;
    match token {
        Some(token) => les_token(token).map(Some),
        None if i_samtale => Ok(None),
        None => Err(Feil::Sikkerhet),
    }
}

fn sjekk_tid(tidsstempel: &Element, naa: Timestamp) -> Result<(), Feil> {
    let (mut laget, mut utloeper) = (None, None);
    for del in &tidsstempel.barn {
        let plass = match (del.navnerom.as_str(), del.navn.as_str()) {
            (NS_SIKKERHETSVERKTOEY, "Created") => &mut laget,
            (NS_SIKKERHETSVERKTOEY, "Expires") => &mut utloeper,
            _ => return Err(Feil::Sikkerhet),
        };
        let tid = tidspunkt(del.verdi()).ok_or(Feil::Sikkerhet)?;
        if plass.replace(tid).is_some() {
            return Err(Feil::Sikkerhet);
        }
    }
    // Both: README of the contract, 3.2.
    let (Some(laget), Some(utloeper)) = (laget, utloeper) else {
        return Err(Feil::Sikkerhet);
    };
    // Within the range of the type by far: its years are four digits.
    let sekunder = |a: Timestamp, b: Timestamp| a.as_millisecond().saturating_sub(b.as_millisecond());
    let alder = sekunder(naa, laget);
    let [skjevhet, forsinkelse] = [SKJEVHET_S_MAKS * 1_000, FORSINKELSE_S_MAKS * 1_000];
    let innenfor = alder >= -skjevhet && alder <= forsinkelse + skjevhet;
    if innenfor && utloeper > laget && sekunder(naa, utloeper) <= skjevhet {
        Ok(())
    } else {
        Err(Feil::Sikkerhet)
    }
}

// A time with a zone, as XML Schema writes it; the library takes more.
fn tidspunkt(tekst: &str) -> Option<Timestamp> {
    let form = tekst.len() <= 40 && tekst.bytes().all(|b| b.is_ascii_digit() || b"-+:.TZ".contains(&b));
    let dato = tekst.split_once('T')?.0;
    if !form || dato.len() != 10 {
        return None;
    }
    tekst.parse().ok()
}

fn les_token(token: &mut Element) -> Result<Brukernavntoken, Feil> {
    let (mut navn, mut passord) = (None, None);
    for del in &mut token.barn {
        // Nonce and Created belong to the digest.
        let plass = match (del.navnerom.as_str(), del.navn.as_str()) {
            (NS_SIKKERHET, "Username") => &mut navn,
            (NS_SIKKERHET, "Password") => &mut passord,
            _ => return Err(Feil::Sikkerhet),
        };
        if plass.replace(del).is_some() {
            return Err(Feil::Sikkerhet);
        }
    }
    let (Some(navn), Some(passord)) = (navn, passord) else {
        return Err(Feil::Sikkerhet);
    };
    let slag = attributt(passord, "", "Type").unwrap_or(PASSORDTEKST);
    let langt = |tekst: &str| tekst.is_empty() || tekst.chars().count() > TEGN_MAKS;
    let brukernavn = navn.verdi().to_owned();
    let deler = !navn.barn.is_empty() || !passord.barn.is_empty();
    if slag != PASSORDTEKST || deler || langt(&brukernavn) || langt(&passord.tekst) {
        return Err(Feil::Sikkerhet);
    }
    Ok(Brukernavntoken {
        brukernavn,
        passord: Passord(Zeroizing::new(std::mem::take(&mut passord.tekst))),
    })
}

/// Wipes every text of a header. As deep as the guard lets a message be.
pub(crate) fn visk(element: &mut Element) {
    element.tekst.zeroize();
    for (_, _, verdi) in &mut element.attributter {
        verdi.zeroize();
    }
    element.barn.iter_mut().for_each(visk);
}
