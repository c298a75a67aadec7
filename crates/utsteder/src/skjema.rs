//! The form of a token request: content type, and parameters given once.
//!
//! What each issuer does with the parameters is its own. A newcomer's mistake is to take the last of two equal parameters:
//! another reader takes the first.

use std::collections::BTreeMap;

/// The one content type. Source: RFC 6749 section 4.4.2; Maskinporten's documentation, ADR 0007.
pub(crate) const SKJEMATYPE: &str = "application/x-www-form-urlencoded";
/// Most parameters. Source: our choice; a request has five or six.
const PARAMETRE_MAKS: usize = 64;

/// Reads a form. Unknown parameters are kept, repeated ones refused (RFC 6749 section 3.2).
pub(crate) fn les(innholdstype: Option<&str>, kropp: &[u8]) -> Result<BTreeMap<String, String>, &'static str> {
    let type_uten_parametre = innholdstype.and_then(|verdi| verdi.split(';').next()).map(str::trim);
    if !type_uten_parametre.is_some_and(|verdi| verdi.eq_ignore_ascii_case(SKJEMATYPE)) {
        return Err("Content-Type must be application/x-www-form-urlencoded");
    }
    let mut ut = BTreeMap::new();
    for (navn, verdi) in form_urlencoded::parse(kropp) {
        if ut.len() == PARAMETRE_MAKS {
            return Err("Too many parameters");
        }
        if ut.insert(navn.into_owned(), verdi.into_owned()).is_some() {
            return Err("A parameter is given twice");
        }
    }
    Ok(ut)
}
