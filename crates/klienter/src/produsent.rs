//! A producer's client: sends messages to mottak by two-way TLS, and reads what became of them.
//!
//! Source: folkeregister reference 9.1 and 9.3. A message may be sent again as often as it takes: the sender's own name for it
//! makes it one. What comes back is handed on as the objects it came as.

use serde_json::Value;

use crate::adresse::Adresse;
use crate::tilkobling::{Feil, Svar, Tilkobling, Valg};

/// Longest answer to a message. Units: bytes. Source: our choice; a receipt takes three hundred.
const KVITTERING_BYTE_MAKS: usize = 64 * 1024;
/// Longest page of feedback. Units: bytes. Source: our choice; a thousand items take half of it.
const SIDE_BYTE_MAKS: usize = 8 << 20;
/// Items in a page. Source: the register's own limit.
pub const SIDE_MAKS: usize = 1_000;

/// What the register said of a message at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kvittering {
    /// What the register calls it.
    pub referanse: String,
}

/// Why a message was not received.
#[derive(Debug, thiserror::Error)]
pub enum Sendefeil {
    /// The register refused it, and would refuse it again.
    #[error("meldingen ble ikke tatt imot: status {status}{}", .kode.as_deref().map(|k| format!(" ({k})")).unwrap_or_default())]
    Avvist {
        /// The HTTP status.
        status: u16,
        /// The register's error code, if it gave one.
        kode: Option<String>,
    },
    /// It may go better later.
    #[error(transparent)]
    Naa(#[from] Feil),
}

/// A producer, with its certificate.
#[derive(Clone, Debug)]
pub struct Produsent {
    base: Adresse,
    tilkobling: Tilkobling,
}

impl Produsent {
    /// Sets up a producer. `base` is the register's address, `ca` the one issuer that is trusted, `eget` certificate and key: PEM.
    ///
    /// # Errors
    /// [`Feil::Adresse`] and [`Feil::Oppsett`].
    pub fn new(base: &str, ca: &[u8], eget: &[u8], valg: Valg) -> Result<Self, Feil> {
        let base = Adresse::les(base, &valg)?;
        let tilkobling = Tilkobling::med_sertifikat(&base, valg, ca, eget)?;
        Ok(Produsent { base, tilkobling })
    }

    /// Sends a message to a resource of mottak. When this returns, it is durable there.
    ///
    /// # Errors
    /// [`Sendefeil`]; after [`Sendefeil::Naa`] the same message may be sent again, and may have been received.
    pub async fn send(&self, ressurs: &str, xml: String) -> Result<Kvittering, Sendefeil> {
        let url = self.base.under("folkeregisteret/mottak/api", &[ressurs], &[]);
        let forespoersel = self.tilkobling.klient().post(url);
        let forespoersel = forespoersel
            .header("content-type", "application/xml")
            .header("accept", "application/xml")
            .body(xml);
        let svar = self.tilkobling.send(forespoersel, KVITTERING_BYTE_MAKS).await?;
        let status = svar.status.as_u16();
        match status {
            202 => {
                let referanse = mellom(&svar, "folkeregisterReferanse");
                let referanse = referanse.ok_or(Feil::Format("kvitteringen mangler folkeregisterReferanse"))?;
                Ok(Kvittering { referanse })
            }
            400..=428 | 430..=499 => Err(Sendefeil::Avvist {
                status,
                kode: mellom(&svar, "feilkode").filter(|kode| er_kode(kode)),
            }),
            _ => Err(Feil::Status { status, kode: None }.into()),
        }
    }

    /// What the producer has been told from a number on, in order, at most [`SIDE_MAKS`].
    ///
    /// # Errors
    /// [`Feil`].
    pub async fn tilbakemeldinger(&self, fra: u64) -> Result<Vec<Value>, Feil> {
        self.side(&[("seq", &fra.to_string()), ("pageSize", &SIDE_MAKS.to_string())])
            .await
    }

    /// The last things that the producer has been told, the latest last.
    ///
    /// # Errors
    /// [`Feil`].
    pub async fn siste_tilbakemeldinger(&self, antall: usize) -> Result<Vec<Value>, Feil> {
        let antall = antall.clamp(1, SIDE_MAKS).to_string();
        let mut side = self.side(&[("direction", "eldre"), ("pageSize", &antall)]).await?;
        side.sort_by_key(nummer);
        Ok(side)
    }

    async fn side(&self, spoerring: &[(&str, &str)]) -> Result<Vec<Value>, Feil> {
        let url = self
            .base
            .under("folkeregisteret/tilbakemelding/api/v2", &["hendelser"], spoerring);
        let forespoersel = self.tilkobling.klient().get(url).header("accept", "application/json");
        let svar = self.tilkobling.send(forespoersel, SIDE_BYTE_MAKS).await?;
        if svar.status.as_u16() != 200 {
            return Err(Feil::Status {
                status: svar.status.as_u16(),
                kode: crate::tilkobling::les_kode(&svar.kropp, &["kode"]),
            });
        }
        serde_json::from_slice(&svar.kropp).map_err(|_| Feil::Format("tilbakemeldingen er ikke en liste"))
    }
}

/// The number of an item of feedback; 0 where it has none.
#[must_use]
pub fn nummer(hendelse: &Value) -> u64 {
    let id = hendelse.get("id").and_then(Value::as_str);
    id.and_then(|id| id.parse().ok()).unwrap_or(0)
}

/// What the sender calls the message that an item is about.
#[must_use]
pub fn meldingsnavn(hendelse: &Value) -> Option<&str> {
    let referanse = hendelse.pointer("/hendelseinfo/sak/meldingsreferanse");
    let referanse = referanse.or_else(|| hendelse.pointer("/hendelseinfo/meldingsreferanse"))?;
    referanse.get("avsendersMeldingsidentifikator")?.as_str()
}

/// The text of the first element of a name, in an answer that is as simple as the register's own are.
fn mellom(svar: &Svar, navn: &str) -> Option<String> {
    let tekst = std::str::from_utf8(&svar.kropp).ok()?;
    let (_, etter) = tekst.split_once(&format!("<{navn}>"))?;
    let (innhold, _) = etter.split_once("</")?;
    Some(innhold.to_owned())
}

fn er_kode(kode: &str) -> bool {
    let sifre = kode.bytes().filter(u8::is_ascii_digit).count();
    (1..=64).contains(&kode.len()) && sifre <= 6 && kode.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_item_is_known_by_its_number_and_by_what_the_sender_calls_the_message() {
        let flat = json!({"id": "7", "hendelseinfo": {"meldingsreferanse": {"avsendersMeldingsidentifikator": "A1"}}});
        let dyp = json!({"id": "8", "hendelseinfo": {"sak": {"meldingsreferanse": {"avsendersMeldingsidentifikator": "A2"}}}});
        assert_eq!((nummer(&flat), meldingsnavn(&flat)), (7, Some("A1")));
        assert_eq!((nummer(&dyp), meldingsnavn(&dyp)), (8, Some("A2")));
        assert_eq!((nummer(&json!({})), meldingsnavn(&json!([]))), (0, None));
    }

    #[test]
    fn only_what_looks_like_a_code_is_told_on() {
        assert!(er_kode("FREG-044"));
        for tekst in ["", "12859012335", "STILLE FJELLBEKK", "<a>"] {
            assert!(!er_kode(tekst), "{tekst}");
        }
    }
}
