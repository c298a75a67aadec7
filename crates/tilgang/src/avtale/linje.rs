//! The lines of the three files: what is written, apart from what the program thinks with.
//!
//! A field that is added later is optional; a field that is unknown stops the reading, since it may hold a limit that
//! an older program would not keep.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A change of the grants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Avtalelinje {
    Gitt(Avtaleinnhold),
    /// The whole grant as it is after the change.
    Endret {
        id: u64,
        avtale: Avtaleinnhold,
    },
    Trukket {
        id: u64,
        grunn: String,
    },
    Sperret {
        hvem: Sperreinnhold,
        grunn: String,
    },
    SperreOpphevet {
        hvem: Sperreinnhold,
        grunn: String,
    },
}

/// Who is blocked, in a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Sperreinnhold {
    Organisasjon(String),
    Klient(String),
}

/// A grant in a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Avtaleinnhold {
    pub organisasjon: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pakke: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    pub graderte_adresser: bool,
    pub er_privat: bool,
    pub formaal: String,
    pub hjemmel: String,
    pub fra: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub til: Option<String>,
}

/// A change of the registered clients.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Klientlinje {
    Registrert {
        klient_id: String,
        organisasjon: String,
        scopes: Vec<String>,
        noekler: Vec<Noekkelinnhold>,
    },
    NoekkelLagtTil {
        klient_id: String,
        noekkel: Noekkelinnhold,
    },
    NoekkelFjernet {
        klient_id: String,
        kid: String,
    },
    ScopesSatt {
        klient_id: String,
        scopes: Vec<String>,
    },
    Avsluttet {
        klient_id: String,
    },
}

/// A registered key in a line. It lives until `utloeper`, not a moment longer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Noekkelinnhold {
    pub jwk: Value,
    pub utloeper: String,
}

/// A change of the producers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Produsentlinje {
    Gitt(Produsentinnhold),
    /// The whole right as it is after the change.
    Endret {
        id: u64,
        produsent: Produsentinnhold,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        grunn: Option<String>,
    },
    Trukket {
        id: u64,
        grunn: String,
    },
}

/// A producer's right in a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Produsentinnhold {
    pub organisasjon: String,
    pub meldinger: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub kilder: BTreeMap<String, BTreeSet<String>>,
    pub formaal: String,
    pub fra: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub til: Option<String>,
}
