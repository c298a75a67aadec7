//! `RequestSecurityTokenResponse`: what a client makes its key of, and that a conversation is over.
//!
//! The order of elements is WCF's. The key itself is never sent: the client makes it of its own entropy and ours. What newcomers
//! get wrong: the references. A client puts the attached one into its signatures and the unattached one into targets.
//!
//! Source: README of the contract, 3.3; WS-Trust February 2005, 6; WS-Trust 1.3, 4.3 for the collection.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use zeroize::Zeroizing;

use super::anmodning::Anmodning;
use super::utgave::{Aerend, Utgave};
use crate::konvolutt::{NS_SIKKERHET, NS_SIKKERHETSVERKTOEY, tid};
use crate::xml::Skriver;

/// A key that is given out.
pub(crate) struct Utstedt<'u> {
    pub samtale: &'u str,
    pub generasjon: Option<&'u str>,
    pub entropi: &'u [u8],
    pub fra: Timestamp,
    pub til: Timestamp,
}

/// The body of the answer to an opening or a renewal.
pub(crate) fn utstedt(anmodning: &Anmodning, ny: &Utstedt<'_>) -> String {
    skriv(anmodning, |x, utgave| {
        let token_id = format!("uuid-{}", ny.samtale.trim_start_matches("urn:uuid:"));
        x.tekst("t:TokenType", &[], &utgave.tokentype());
        x.i("t:RequestedSecurityToken", &[], |x| {
            let rom = [("xmlns:c", utgave.samtale()), ("u:Id", token_id.as_str())];
            x.i("c:SecurityContextToken", &rom, |x| {
                x.tekst("c:Identifier", &[], ny.samtale);
                if let Some(generasjon) = ny.generasjon {
                    x.tekst("c:Instance", &[], generasjon);
                }
            });
        });
        let slag = utgave.tokentype();
        x.i("t:RequestedAttachedReference", &[], |x| {
            referanse(x, &[("ValueType", &slag), ("URI", &format!("#{token_id}"))]);
        });
        x.i("t:RequestedUnattachedReference", &[], |x| {
            let mut attributter = vec![("URI", ny.samtale), ("ValueType", &slag)];
            if let Some(generasjon) = ny.generasjon {
                attributter.extend([("xmlns:c", utgave.samtale()), ("c:Instance", generasjon)]);
            }
            referanse(x, &attributter);
        });
        x.i("t:RequestedProofToken", &[], |x| {
            x.tekst("t:ComputedKey", &[], &utgave.beregning())
        });
        x.i("t:Entropy", &[], |x| {
            let entropi = Zeroizing::new(STANDARD.encode(ny.entropi));
            x.tekst("t:BinarySecret", &[("Type", &utgave.engangsverdi())], &entropi);
        });
        x.i("t:Lifetime", &[], |x| {
            x.tekst("u:Created", &[], &tid(ny.fra));
            x.tekst("u:Expires", &[], &tid(ny.til));
        });
        x.tekst("t:KeySize", &[], "256");
    })
}

/// The body of the answer to an ending.
pub(crate) fn avsluttet(anmodning: &Anmodning) -> String {
    skriv(anmodning, |x, _| x.tom("t:RequestedTokenCancelled", &[]))
}

fn skriv(anmodning: &Anmodning, inni: impl FnOnce(&mut Skriver, Utgave)) -> String {
    let utgave = anmodning.utgave;
    let mut x = Skriver::new();
    let mut attributter = vec![("xmlns:t", utgave.tillit()), ("xmlns:u", NS_SIKKERHETSVERKTOEY)];
    if let Some(kontekst) = &anmodning.kontekst {
        attributter.push(("Context", kontekst));
    }
    match utgave {
        Utgave::Feb2005 => x.i("t:RequestSecurityTokenResponse", &attributter, |x| inni(x, utgave)),
        Utgave::Des2005 => {
            let ytre = [("xmlns:t", utgave.tillit())];
            x.i("t:RequestSecurityTokenResponseCollection", &ytre, |x| {
                x.i("t:RequestSecurityTokenResponse", &attributter, |x| inni(x, utgave));
            });
        }
    }
    x.ferdig()
}

fn referanse(x: &mut Skriver, attributter: &[(&str, &str)]) {
    x.i("o:SecurityTokenReference", &[("xmlns:o", NS_SIKKERHET)], |x| {
        x.tom("o:Reference", attributter)
    });
}

/// `wsa:Action` of an answer.
pub(crate) fn handling(anmodning: &Anmodning, aerend: Aerend) -> String {
    anmodning.utgave.svarhandling(aerend)
}
