//! An answer in its envelope.
//!
//! What newcomers get wrong: clients of WCF refuse an answer without a timestamp of its own in a security header.

use jiff::{Timestamp, ToSpan as _};

use super::{FORSINKELSE_S_MAKS, NS_ADRESSERING, NS_SIKKERHET, NS_SIKKERHETSVERKTOEY, Returadresse};
use crate::operasjon::Operasjoner;
use crate::xml::Skriver;

/// Puts an answer into an envelope.
///
/// Shape: `kropp` is the wrapper of the answer, as [`crate::hl7::skriv`] makes it. The timestamp is from `naa` and five
/// minutes on.
/// Source: README of the contract, 3.2; `soap-GetDemographics-response.xml`.
#[must_use]
pub fn skriv(retur: &Returadresse, operasjon: impl Operasjoner, naa: Timestamp, kropp: &str) -> String {
    skriv_med(retur, &operasjon.svarhandling(), naa, kropp)
}

/// Puts whatever answers by this action into an envelope.
pub(crate) fn skriv_med(retur: &Returadresse, handling: &str, naa: Timestamp, kropp: &str) -> String {
    let mut x = Skriver::new();
    x.raa("<?xml version=\"1.0\" encoding=\"utf-8\"?>");
    let mut rom = vec![
        ("xmlns:s", retur.versjon.navnerom()),
        ("xmlns:u", NS_SIKKERHETSVERKTOEY),
    ];
    if retur.adressert {
        rom.push(("xmlns:a", NS_ADRESSERING));
    }
    let maa = [("s:mustUnderstand", "1")];
    x.i("s:Envelope", &rom, |x| {
        x.i("s:Header", &[], |x| {
            if retur.adressert {
                x.tekst("a:Action", &maa, handling);
                if let Some(id) = &retur.melding_id {
                    x.tekst("a:RelatesTo", &[], id);
                }
            }
            x.i(
                "o:Security",
                &[("xmlns:o", NS_SIKKERHET), ("s:mustUnderstand", "1")],
                |x| {
                    x.i("u:Timestamp", &[("u:Id", "_0")], |x| {
                        x.tekst("u:Created", &[], &tid(naa));
                        let slutt = naa.checked_add(FORSINKELSE_S_MAKS.seconds()).unwrap_or(naa);
                        x.tekst("u:Expires", &[], &tid(slutt));
                    });
                },
            );
        });
        x.i("s:Body", &[], |x| x.raa(kropp));
    });
    x.ferdig()
}

/// UTC with milliseconds.
pub(crate) fn tid(tid: Timestamp) -> String {
    format!("{}", tid.strftime("%Y-%m-%dT%H:%M:%S%.3fZ"))
}
