//! `RequestSecurityToken`: to open a conversation, to get it a new key, to end it.
//!
//! What decides something is held strictly; what only wishes for something that we decide (lifetime, whom it applies to) is
//! passed over. What newcomers get wrong: the entropy is a secret. It is taken out of the tree, and what is left of it is wiped.
//!
//! Source: WS-Trust February 2005, 5, 7 and 8; README of the contract, 3.3; what WCF sends, by its published source.

use meldinger::tre::Element;
use zeroize::Zeroizing;

use super::form::{Peker, bare, base64, er, peker, tall, tekst};
use super::psha1::NOEKKEL_BYTE;
use super::utgave::{Aerend, Utgave};
use crate::konvolutt::{ADRESSE_MAKS, NS_SIKKERHETSVERKTOEY, attributt, visk};

/// Least entropy of a client. Units: bytes. Source: our choice; WCF sends as many as the key has.
const ENTROPI_MIN: usize = 16;
/// Most entropy of a client. Units: bytes. Source: our choice.
const ENTROPI_MAKS: usize = 128;
/// Bits of the key. Source: the published policy, Basic256.
const NOEKKEL_BIT: usize = NOEKKEL_BYTE * 8;

/// What was asked for.
pub(crate) struct Anmodning {
    pub utgave: Utgave,
    /// To be repeated in the answer.
    pub kontekst: Option<String>,
    /// Of the client; empty where a conversation is ended.
    pub entropi: Zeroizing<Vec<u8>>,
    /// The conversation that is renewed or ended, and which key of it.
    pub maal: Option<(String, Option<String>)>,
}

/// Reads one, whose name and action are known to be right. `None`: it is not valid.
pub(crate) fn les(kropp: &mut Element, utgave: Utgave, aerend: Aerend) -> Option<Anmodning> {
    let ut = les_deler(kropp, utgave, aerend);
    visk(kropp);
    ut
}

fn les_deler(kropp: &Element, utgave: Utgave, aerend: Aerend) -> Option<Anmodning> {
    let rom = utgave.tillit();
    if !bare(kropp, &[("", "Context")]) || !kropp.verdi().is_empty() {
        return None;
    }
    let kontekst = attributt(kropp, "", "Context");
    if kontekst.is_some_and(|k| k.len() > ADRESSE_MAKS) {
        return None;
    }
    let (mut slag, mut type_, mut entropi, mut bit, mut maal) = (None, None, None, None, None);
    for del in &kropp.barn {
        if del.navnerom != rom {
            // What it applies to: one service is served here.
            if del.navn == "AppliesTo" {
                continue;
            }
            return None;
        }
        let sett = match (del.navn.as_str(), aerend) {
            ("RequestType", _) => slag.replace(tekst(del)?).is_some(),
            ("TokenType", _) => type_.replace(tekst(del)?).is_some(),
            ("KeySize", _) => bit.replace(tall(del)?).is_some(),
            ("Entropy", Aerend::Aapning | Aerend::Fornyelse) => entropi.replace(les_entropi(del, utgave)?).is_some(),
            ("RenewTarget", Aerend::Fornyelse) | ("CancelTarget", Aerend::Avslutning) => {
                maal.replace(les_maal(del, utgave)?).is_some()
            }
            ("ComputedKeyAlgorithm", _) if tekst(del)? == utgave.beregning() => false,
            ("KeyType", _) if tekst(del)? == format!("{rom}/SymmetricKey") => false,
            // Ours to decide.
            ("Lifetime" | "Renewing", _) => false,
            _ => true,
        };
        if sett {
            return None;
        }
    }
    let passer = slag? == utgave.anmodningstype(aerend)
        && type_.is_none_or(|t| t == utgave.tokentype())
        && bit.is_none_or(|bit| bit == NOEKKEL_BIT)
        // The policy demands the entropy of both.
        && entropi.is_some() == (aerend != Aerend::Avslutning)
        && maal.is_some() == (aerend != Aerend::Aapning);
    passer.then(|| Anmodning {
        utgave,
        kontekst: kontekst.map(str::to_owned),
        entropi: entropi.unwrap_or_default(),
        maal,
    })
}

fn les_entropi(element: &Element, utgave: Utgave) -> Option<Zeroizing<Vec<u8>>> {
    let [hemmelighet] = super::form::barn(element, utgave.tillit(), ["BinarySecret"])?;
    if !bare(element, &[]) || !bare(hemmelighet, &[("", "Type"), (NS_SIKKERHETSVERKTOEY, "Id")]) {
        return None;
    }
    let slag = attributt(hemmelighet, "", "Type");
    if slag.is_some_and(|slag| slag != utgave.engangsverdi()) {
        return None;
    }
    base64(hemmelighet, ENTROPI_MIN..=ENTROPI_MAKS)
}

fn les_maal(element: &Element, utgave: Utgave) -> Option<(String, Option<String>)> {
    let [referanse] = element.barn.as_slice() else {
        return None;
    };
    if !bare(element, &[]) || !element.verdi().is_empty() {
        return None;
    }
    match peker(referanse, utgave)? {
        Peker::Samtale(id, generasjon) => Some((id.to_owned(), generasjon.map(str::to_owned))),
        Peker::Her(_) => None,
    }
}

/// Which edition a body asks in, if it asks for a token.
pub(crate) fn utgave(kropp: &Element) -> Option<Utgave> {
    let utgave = Utgave::med_tillit(&kropp.navnerom)?;
    er(kropp, utgave.tillit(), "RequestSecurityToken").then_some(utgave)
}
