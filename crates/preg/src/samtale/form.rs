//! Small questions of an element's form, which `bevis` and `anmodning` ask alike.
//!
//! Every one of them says no to what is not in the drawing, an unknown attribute as much as a text between elements. What newcomers
//! get wrong: to look for what is wanted and pass over the rest, which is how a message comes to be read in two ways.

use std::ops::RangeInclusive;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use meldinger::tre::Element;
use zeroize::{Zeroize as _, Zeroizing};

use super::utgave::Utgave;
use crate::konvolutt::{NS_SIKKERHET, NS_SIKKERHETSVERKTOEY, attributt};

/// Longest id of a context or a generation of one. Units: bytes. Source: our choice; ours have 45.
const ID_MAKS: usize = 128;
/// Namespace of WS-Security 1.1, whose `TokenType` may stand on a reference.
const NS_SIKKERHET_11: &str = "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd";

/// Whether it is this.
pub(crate) fn er(element: &Element, navnerom: &str, navn: &str) -> bool {
    element.navnerom == navnerom && element.navn == navn
}

/// Whether it has no attributes but these, by namespace and name.
pub(crate) fn bare(element: &Element, navn: &[(&str, &str)]) -> bool {
    let kjent = |(ns, n, _): &(String, String, String)| navn.contains(&(ns.as_str(), n.as_str()));
    element.attributter.iter().all(kjent)
}

/// The elements in it, which are these of one namespace in this order, with nothing but white space between.
pub(crate) fn barn<'e, const N: usize>(
    element: &'e Element,
    navnerom: &str,
    navn: [&str; N],
) -> Option<[&'e Element; N]> {
    let like = element.barn.len() == N && element.barn.iter().zip(navn).all(|(b, navn)| er(b, navnerom, navn));
    if !like || !element.verdi().is_empty() {
        return None;
    }
    element.barn.iter().collect::<Vec<_>>().try_into().ok()
}

/// Its text, where it has no elements.
pub(crate) fn tekst(element: &Element) -> Option<&str> {
    element.barn.is_empty().then(|| element.verdi())
}

/// Bytes written as base64, with white space as XML has it anywhere.
pub(crate) fn base64(element: &Element, lengde: RangeInclusive<usize>) -> Option<Zeroizing<Vec<u8>>> {
    if !element.barn.is_empty() || element.tekst.len() > 4 * lengde.end() + 64 {
        return None;
    }
    let mut tett: Vec<u8> = element.tekst.bytes().filter(|b| !b" \t\r\n".contains(b)).collect();
    let byte = STANDARD.decode(&tett).map(Zeroizing::new);
    tett.zeroize();
    byte.ok().filter(|b| lengde.contains(&b.len()))
}

/// A whole number, not negative, without a sign.
pub(crate) fn tall(element: &Element) -> Option<usize> {
    let tekst = tekst(element).filter(|t| t.len() <= 4 && t.bytes().all(|b| b.is_ascii_digit()))?;
    tekst.parse().ok()
}

/// Id of a context, or of a generation.
pub(crate) fn id(element: &Element) -> Option<String> {
    let tekst = bare(element, &[]).then(|| tekst(element)).flatten()?;
    (!tekst.is_empty() && tekst.len() <= ID_MAKS).then(|| tekst.to_owned())
}

/// What a token reference points to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Peker<'e> {
    /// An element of the same header, by its id.
    Her(&'e str),
    /// A context, and a generation of its key.
    Samtale(&'e str, Option<&'e str>),
}

/// Reads a token reference.
pub(crate) fn peker<'e>(element: &'e Element, utgave: Utgave) -> Option<Peker<'e>> {
    let paa_omslaget = [(NS_SIKKERHETSVERKTOEY, "Id"), (NS_SIKKERHET_11, "TokenType")];
    if !er(element, NS_SIKKERHET, "SecurityTokenReference") || !bare(element, &paa_omslaget) {
        return None;
    }
    let [referanse] = barn(element, NS_SIKKERHET, ["Reference"])?;
    let generasjon = (utgave.samtale(), "Instance");
    if !bare(referanse, &[("", "URI"), ("", "ValueType"), generasjon]) || !tekst(referanse)?.is_empty() {
        return None;
    }
    let slag = attributt(referanse, "", "ValueType");
    let slag_er = |navn: String| slag.is_none_or(|slag| slag == navn);
    let uri = attributt(referanse, "", "URI")?;
    let generasjon = attributt(referanse, generasjon.0, generasjon.1);
    match uri.strip_prefix('#') {
        Some(_) if generasjon.is_some() => None,
        Some(id) => (slag_er(utgave.tokentype()) || slag_er(utgave.avledet_type())).then_some(Peker::Her(id)),
        None => slag_er(utgave.tokentype()).then_some(Peker::Samtale(uri, generasjon)),
    }
}
