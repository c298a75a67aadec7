//! A client of Persontjenesten's Person API, version 3 with bound tokens (DPoP) and version 2 with bearer tokens: events, persons by id and by
//! number, pages of everybody's ids, and how many they are.
//!
//! What lives here: one call each, tried again where that is right. What does not: a copy of what is answered (`lokalkopi`), and what it
//! means. The one thing a newcomer gets wrong: a number of a person goes in a form and never in an address, so it is in no log on the way;
//! and no error of this module holds what was asked for.

mod forsoek;
mod gren;
mod svar;

use std::fmt;
use std::sync::Arc;

use reqwest::StatusCode;
use tilgang::token::Klokke;

use crate::adresse::Adresse;
use crate::folkeregister::{Sperre, Venter, vent_virkelig};
use crate::helseid;
use crate::tilkobling::{self, Svar, Tilkobling, Valg};
use forsoek::Kall;

pub use gren::Gren;
pub use svar::{Hendelse, Person, er_personid};

/// Most persons in a bulk call. Source: Person API, `bulk-by-id` and `bulk-by-nin`.
pub const BULK_MAKS: usize = 100;
/// Most ids on a page. Source: Person API, `PageSize`.
pub const SIDE_MAKS: usize = 10_000;
/// Most events in an answer. Source: Person API, `GET event`.
pub const HENDELSER_MAKS: usize = 1_000;
/// Longest number of a person. Source: Person API, `nin`.
const NUMMER_TEGN_MAKS: usize = 12;
/// Longest answers. Units: bytes. Source: our choice.
const PERSON_BYTES_MAKS: usize = 4 * 1024 * 1024;
const BULK_BYTES_MAKS: usize = 64 * 1024 * 1024;
const HENDELSER_BYTES_MAKS: usize = 2 * 1024 * 1024;
const SIDE_BYTES_MAKS: usize = 2 * 1024 * 1024;
const LITE_BYTES_MAKS: usize = 64 * 1024;

/// Which Person API, and as what.
#[derive(Clone)]
pub struct Innstillinger {
    /// The host, or what stands before `api/…`, as the service's public name has it: proofs are made for it.
    pub adresse: String,
    /// The branch, which gives version and scope.
    pub gren: Gren,
    /// How we connect.
    pub valg: Valg,
    /// How often a call is tried in all when the service asks us to wait.
    pub forsoek_maks: u32,
    /// How often it is tried again when the connection breaks or the service has an error of its own.
    pub feil_maks: u32,
    /// The clock, for holding back calls while the service wants us to wait.
    pub klokke: Klokke,
    /// How to wait.
    pub vent: Venter,
}

impl Innstillinger {
    /// The settings with the defaults of this project: three tries, three more after errors, real waiting.
    #[must_use]
    pub fn new(adresse: impl Into<String>, gren: Gren, klokke: Klokke) -> Self {
        Innstillinger {
            adresse: adresse.into(),
            gren,
            valg: Valg::default(),
            forsoek_maks: 3,
            feil_maks: 3,
            klokke,
            vent: vent_virkelig(),
        }
    }
}

/// What is asked for of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Utvalg {
    /// Names of parts; at least one.
    pub deler: Vec<String>,
    /// Whether entries that are no longer valid are wanted too.
    pub historikk: bool,
}

/// Why the Person API gave no usable answer. Holds nothing of a person.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// No usable answer.
    #[error(transparent)]
    Tilkobling(#[from] tilkobling::Feil),
    /// No token or no proof.
    #[error("fikk ikke noe token til Persontjenesten")]
    Token(#[source] helseid::Feil),
    /// 401 with a token that is new.
    #[error(
        "Persontjenesten godtar ikke tokenet eller beviset; stemmer klokka, og er adressen den som tjenesten har utad?"
    )]
    Uautentisert,
    /// 403: scope, parent organisation or grant is missing.
    #[error("ingen tilgang til {0} i Persontjenesten")]
    IngenTilgang(Gren),
    /// 400: the call is refused; these parameters are named.
    #[error("Persontjenesten avviser kallet{}", felttekst(.felt))]
    Avvist {
        /// Names of parameters, as the contract has them.
        felt: Vec<String>,
    },
    /// 429 or 503, after waiting as often as we may.
    #[error("Persontjenesten ber oss vente; prøv igjen om {vent_s} sekunder")]
    ForMange {
        /// How long to wait now. Units: seconds.
        vent_s: u64,
    },
    /// What was to be asked cannot be: too many or too few, or not of the right form. Nothing was sent.
    #[error("kan ikke spørre om dette: {0}")]
    Spoersmaal(&'static str),
}

fn felttekst(felt: &[String]) -> String {
    if felt.is_empty() {
        return String::new();
    }
    format!(" på grunn av {}", felt.join(", "))
}

impl Feil {
    /// Whether the same may go well a little later.
    #[must_use]
    pub fn gaar_over(&self) -> bool {
        let nett = |feil: &tilkobling::Feil| match feil {
            tilkobling::Feil::Nett(_) => true,
            tilkobling::Feil::Status { status, .. } => *status >= 500,
            _ => false,
        };
        match self {
            Feil::ForMange { .. } => true,
            Feil::Tilkobling(feil) | Feil::Token(helseid::Feil::Tilkobling(feil)) => nett(feil),
            _ => false,
        }
    }
}

/// A client of one branch. Share it: it knows when the service wants us to wait.
pub struct Klient {
    innstillinger: Innstillinger,
    rot: Adresse,
    tilkobling: Tilkobling,
    helseid: Arc<helseid::Klient>,
    sperre: Sperre,
}

impl Klient {
    /// A client that has asked nothing yet. The HelseID client must have a key to bind tokens to for version 3.
    ///
    /// # Errors
    /// [`Feil::Tilkobling`] for an address that may not be used.
    pub fn new(innstillinger: Innstillinger, helseid: Arc<helseid::Klient>) -> Result<Self, Feil> {
        let rot = Adresse::les(&innstillinger.adresse, &innstillinger.valg).map_err(tilkobling::Feil::from)?;
        Ok(Klient {
            tilkobling: Tilkobling::new(&rot, innstillinger.valg)?,
            innstillinger,
            rot,
            helseid,
            sperre: Sperre::default(),
        })
    }

    /// The branch.
    #[must_use]
    pub fn gren(&self) -> Gren {
        self.innstillinger.gren
    }

    /// The newest event of the branch's feed; `None` of an empty one.
    ///
    /// # Errors
    /// [`Feil`].
    pub async fn siste_hendelse(&self) -> Result<Option<Hendelse>, Feil> {
        let svar = self.send(&Kall::hent("event/latest", LITE_BYTES_MAKS)).await?;
        self.finnes(&svar)?
            .map_or(Ok(None), |kropp| Ok(Some(svar::les_hendelse(kropp)?)))
    }

    /// Events from a number on, that number included: at most [`HENDELSER_MAKS`], in rising order. Numbers may have gaps.
    ///
    /// # Errors
    /// [`Feil`].
    pub async fn hendelser(&self, fra_inklusiv: u64) -> Result<Vec<Hendelse>, Feil> {
        let fra = fra_inklusiv.max(1);
        let kall = Kall::hent("event", HENDELSER_BYTES_MAKS).med("sequenceNumber", fra.to_string());
        let svar = self.send(&kall).await?;
        // Version 2 says 404 past the end.
        self.finnes(&svar)?
            .map_or(Ok(Vec::new()), |kropp| Ok(svar::les_hendelser(kropp, fra)?))
    }

    /// The person with an id; `None` when the service has none to show.
    ///
    /// # Errors
    /// [`Feil`].
    pub async fn person(&self, id: &str, utvalg: &Utvalg) -> Result<Option<Person>, Feil> {
        if !er_personid(id) {
            return Err(Feil::Spoersmaal("det er ikke en person-id"));
        }
        let kall = Kall::hent("person", PERSON_BYTES_MAKS).under(id).med_utvalg(utvalg);
        let svar = self.send(&kall).await?;
        let person = self.finnes(&svar)?.map(svar::les_person).transpose()?;
        match person {
            Some(person) if person.id() != id => Err(galt_svar("svaret er om en annen person enn det ble spurt om")),
            person => Ok(person),
        }
    }

    /// The person with a number, a former one too; `None` when nobody has it.
    ///
    /// # Errors
    /// [`Feil`].
    pub async fn person_med_nummer(&self, nummer: &str, utvalg: &Utvalg) -> Result<Option<Person>, Feil> {
        sjekk_numre(&[nummer])?;
        let kall = Kall::send("person/get-by-nin", PERSON_BYTES_MAKS)
            .med_utvalg(utvalg)
            .felt("nin", nummer);
        let svar = self.send(&kall).await?;
        Ok(self.finnes(&svar)?.map(svar::les_person).transpose()?)
    }

    /// 1 to [`BULK_MAKS`] persons by id, in any order; whom the service does not show is left out.
    ///
    /// # Errors
    /// [`Feil`]; [`tilkobling::Feil::Format`] where the answer has somebody who was not asked for.
    pub async fn personer(&self, ider: &[&str], utvalg: &Utvalg) -> Result<Vec<Person>, Feil> {
        sjekk_antall(ider.len())?;
        if !ider.iter().all(|id| er_personid(id)) {
            return Err(Feil::Spoersmaal("en av dem er ikke en person-id"));
        }
        let kall = Kall::send("person/bulk-by-id", BULK_BYTES_MAKS).med_utvalg(utvalg);
        let kall = ider.iter().fold(kall, |kall, id| kall.felt("personIds", id));
        let svar = self.send(&kall).await?;
        let personer = svar::les_personer(self.ok(&svar)?, ider.len())?;
        if personer.iter().any(|person| !ider.contains(&person.id())) {
            return Err(galt_svar("et bulksvar har en person som det ikke ble spurt om"));
        }
        Ok(personer)
    }

    /// The persons with 1 to [`BULK_MAKS`] numbers, each once and in any order; numbers that nobody has are left out.
    ///
    /// # Errors
    /// [`Feil`].
    pub async fn personer_med_numre(&self, numre: &[&str], utvalg: &Utvalg) -> Result<Vec<Person>, Feil> {
        sjekk_antall(numre.len())?;
        sjekk_numre(numre)?;
        let kall = Kall::send("person/bulk-by-nin", BULK_BYTES_MAKS).med_utvalg(utvalg);
        let kall = numre.iter().fold(kall, |kall, nummer| kall.felt("nins", nummer));
        let svar = self.send(&kall).await?;
        Ok(svar::les_personer(self.ok(&svar)?, numre.len())?)
    }

    /// Ids of everybody, a page of at most `antall` from a place on; a shorter page is the last. `hjelpenumre`: those who are known by an
    /// alternate identification number alone too.
    ///
    /// # Errors
    /// [`Feil`].
    pub async fn side(&self, indeks: u64, antall: usize, hjelpenumre: bool) -> Result<Vec<String>, Feil> {
        if !(1..=SIDE_MAKS).contains(&antall) || i32::try_from(indeks).is_err() {
            return Err(Feil::Spoersmaal("siden er for lang eller ligger for langt ute"));
        }
        let kall = Kall::send("search/paged-match-list", SIDE_BYTES_MAKS)
            .med("includeAinResults", hjelpenumre.to_string())
            .felt("IndexOffset", &indeks.to_string())
            .felt("PageSize", &antall.to_string());
        let svar = self.send(&kall).await?;
        Ok(svar::les_side(self.ok(&svar)?, indeks, antall)?)
    }

    /// How many [`Klient::side`] goes through.
    ///
    /// # Errors
    /// [`Feil`].
    pub async fn antall(&self, hjelpenumre: bool) -> Result<u64, Feil> {
        let kall = Kall::send("search/match-count", LITE_BYTES_MAKS).med("includeAinResults", hjelpenumre.to_string());
        let svar = self.send(&kall).await?;
        Ok(svar::les_antall(self.ok(&svar)?)?)
    }

    /// The body of an answer, or `None` of a 404 that is the service's own.
    fn finnes<'a>(&self, svar: &'a Svar) -> Result<Option<&'a [u8]>, Feil> {
        match svar.status {
            StatusCode::NOT_FOUND if svar::er_problem(&svar.kropp) => Ok(None),
            _ => self.ok(svar).map(Some),
        }
    }

    fn ok<'a>(&self, svar: &'a Svar) -> Result<&'a [u8], Feil> {
        match svar.status {
            StatusCode::OK => Ok(&svar.kropp),
            StatusCode::FORBIDDEN => Err(Feil::IngenTilgang(self.innstillinger.gren)),
            StatusCode::BAD_REQUEST => Err(Feil::Avvist {
                felt: svar::les_feilfelt(&svar.kropp),
            }),
            status => Err(tilkobling::Feil::Status {
                status: status.as_u16(),
                kode: None,
            }
            .into()),
        }
    }
}

fn galt_svar(hva: &'static str) -> Feil {
    tilkobling::Feil::Format(hva).into()
}

fn sjekk_antall(antall: usize) -> Result<(), Feil> {
    if (1..=BULK_MAKS).contains(&antall) {
        Ok(())
    } else {
        Err(Feil::Spoersmaal("et bulkoppslag må ha fra 1 til 100 personer"))
    }
}

fn sjekk_numre(numre: &[&str]) -> Result<(), Feil> {
    let godt =
        |nummer: &&str| (1..=NUMMER_TEGN_MAKS).contains(&nummer.len()) && nummer.bytes().all(|b| b.is_ascii_digit());
    if numre.iter().all(godt) {
        Ok(())
    } else {
        Err(Feil::Spoersmaal("et nummer har feil form"))
    }
}

impl fmt::Debug for Klient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Klient")
            .field("rot", &self.rot)
            .field("gren", &self.innstillinger.gren)
            .finish_non_exhaustive()
    }
}
