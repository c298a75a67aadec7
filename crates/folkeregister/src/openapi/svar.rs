//! Every status besides success, where it can occur, and its body: the one reviewed table.
//!
//! The public document has 304, 400, 401, 403, 404, 410 and 429, not all of them everywhere; the rest are ours. It gives
//! bodies for 401 and 403, and for some 404 and 410; the other bodies follow the documentation page on errors.

use serde_json::{Map, Value, json};

use super::operasjon::{BATCH, Innhold, Operasjon};
use super::{faste, referanse};

/// The body of an answer that is not success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feilkropp {
    /// None.
    Ingen,
    /// JSON: `kode` and `melding`. XML: `folkeregisterFeilmelding`, since the documentation has no XML form of the former.
    Generell,
    /// `folkeregisterFeilmelding` in every form.
    Feilmelding,
    /// `error`.
    Feedfeil,
    /// A batch without identifiers, perhaps with `feilmelding`.
    Uttrekk,
}

/// A status and where it can occur.
#[derive(Debug)]
pub struct Status {
    /// The HTTP status.
    pub status: u16,
    /// When it is given.
    pub tekst: &'static str,
    /// Its body.
    pub kropp: Feilkropp,
    /// Which operations can give it.
    pub gjelder: fn(Operasjon) -> bool,
}

fn alle(_: Operasjon) -> bool {
    true
}

fn med_kropp(operasjon: Operasjon) -> bool {
    operasjon.metode() == "post"
}

fn feed(operasjon: Operasjon) -> bool {
    operasjon == Operasjon::HentFeedSide
}

fn batch(operasjon: Operasjon) -> bool {
    operasjon == Operasjon::HentBatch
}

/// Those that read something from the caller that can be wrong.
fn med_inndata(operasjon: Operasjon) -> bool {
    !matches!(operasjon.innhold(), Innhold::Xsd | Innhold::Sekvensnummer)
}

/// Those that look for one thing.
fn en_ting(operasjon: Operasjon) -> bool {
    matches!(
        operasjon,
        Operasjon::HentHendelseDokument
            | Operasjon::HentArkivperson
            | Operasjon::EntydigSoek
            | Operasjon::HentSisteVersjonAvPerson
    )
}

/// The table. A status stands once for each body it can have; no operation is in two rows of one status.
///
/// Source: OpenAPI 1.5; documentation pages on status codes and on retention; the statuses it leaves out are our choice.
pub static STATUSER: [Status; 18] = [
    Status {
        status: 304,
        tekst: "Siden er uendret siden den versjonen If-None-Match viser til.",
        kropp: Feilkropp::Ingen,
        gjelder: feed,
    },
    Status {
        status: 400,
        tekst: "Feil i inndata, eller et dokument som er eldre enn oppbevaringstiden.",
        kropp: Feilkropp::Generell,
        gjelder: med_inndata,
    },
    Status {
        status: 401,
        tekst: "Token mangler eller er ugyldig.",
        kropp: Feilkropp::Feilmelding,
        gjelder: alle,
    },
    Status {
        status: 403,
        tekst: "Tokenet gir ikke tilgang til rettighetspakken.",
        kropp: Feilkropp::Feilmelding,
        gjelder: alle,
    },
    Status {
        status: 404,
        tekst: "Finnes ikke, eller peker ikke ut nøyaktig én person.",
        kropp: Feilkropp::Generell,
        gjelder: en_ting,
    },
    Status {
        status: 404,
        tekst: "Finnes ikke.",
        kropp: Feilkropp::Feedfeil,
        gjelder: feed,
    },
    Status {
        status: 404,
        tekst: "Porsjonen er ikke klar.",
        kropp: Feilkropp::Uttrekk,
        gjelder: batch,
    },
    Status {
        status: 405,
        tekst: "Adressen har ikke denne metoden.",
        kropp: Feilkropp::Generell,
        gjelder: alle,
    },
    Status {
        status: 406,
        tekst: "Accept kan ikke oppfylles; i hendelseslisten også når seq er mer enn 36 måneder gammelt.",
        kropp: Feilkropp::Generell,
        gjelder: alle,
    },
    Status {
        status: 408,
        tekst: "Innholdet i kallet kom for sent.",
        kropp: Feilkropp::Generell,
        gjelder: med_kropp,
    },
    Status {
        status: 410,
        tekst: "Uttrekket eller porsjonen finnes ikke.",
        kropp: Feilkropp::Uttrekk,
        gjelder: batch,
    },
    Status {
        status: 413,
        tekst: "Innholdet i kallet er for stort.",
        kropp: Feilkropp::Generell,
        gjelder: med_kropp,
    },
    Status {
        status: 414,
        tekst: "Adressen er for lang.",
        kropp: Feilkropp::Generell,
        gjelder: alle,
    },
    Status {
        status: 415,
        tekst: "Content-Type eller Content-Encoding kan ikke leses.",
        kropp: Feilkropp::Generell,
        gjelder: med_kropp,
    },
    Status {
        status: 429,
        tekst: "For mange kall eller uttrekk; vent så mange sekunder som Retry-After sier.",
        kropp: Feilkropp::Generell,
        gjelder: alle,
    },
    Status {
        status: 431,
        tekst: "Kallets hoder er for store eller for mange.",
        kropp: Feilkropp::Generell,
        gjelder: alle,
    },
    Status {
        status: 500,
        tekst: "Feil i tjenesten.",
        kropp: Feilkropp::Generell,
        gjelder: alle,
    },
    Status {
        status: 503,
        tekst: "Tjenesten kan ikke svare nå; vent så mange sekunder som Retry-After sier.",
        kropp: Feilkropp::Generell,
        gjelder: alle,
    },
];

impl Status {
    pub(super) fn beskriv(&self, operasjon: Operasjon) -> Value {
        let mut ut = Map::new();
        ut.insert("description".into(), self.tekst.into());
        if matches!(self.status, 429 | 503) {
            let hode = json!({"description": "Sekunder, høyst 60.", "schema": {"type": "integer"}});
            ut.insert("headers".into(), json!({"Retry-After": hode}));
        }
        let innhold = self.innhold(operasjon);
        if !innhold.is_empty() {
            ut.insert("content".into(), innhold.into());
        }
        Value::Object(ut)
    }

    fn innhold(&self, operasjon: Operasjon) -> Map<String, Value> {
        let (json, xml) = match self.kropp {
            Feilkropp::Ingen => return Map::new(),
            Feilkropp::Generell => (faste::FEIL, faste::FEILMELDING),
            Feilkropp::Feilmelding => (faste::FEILMELDING, faste::FEILMELDING),
            Feilkropp::Feedfeil => (faste::FEEDFEIL, faste::FEEDFEIL),
            Feilkropp::Uttrekk => (BATCH, BATCH),
        };
        let mut ut = Map::new();
        ut.insert("application/json".into(), json!({"schema": referanse(json)}));
        ut.insert("application/xml".into(), json!({"schema": referanse(xml)}));
        let ekstra = match (self.kropp, operasjon.innhold()) {
            (_, Innhold::Feed) => Some("application/atom+xml"),
            (Feilkropp::Feilmelding, Innhold::Sekvensnummer) => Some("text/plain"),
            _ => None,
        };
        if let Some(medium) = ekstra {
            ut.insert(medium.into(), json!({"schema": referanse(xml)}));
        }
        ut
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_operation_is_in_two_rows_of_one_status_and_every_row_is_used() {
        let mut brukt = [false; STATUSER.len()];
        for operasjon in Operasjon::ALLE {
            let mut sett = std::collections::BTreeSet::new();
            for (nr, status) in STATUSER.iter().enumerate() {
                if (status.gjelder)(operasjon) {
                    brukt[nr] = true;
                    assert!(sett.insert(status.status), "{operasjon:?} {}", status.status);
                }
            }
        }
        assert_eq!(brukt, [true; STATUSER.len()]);
    }
}
