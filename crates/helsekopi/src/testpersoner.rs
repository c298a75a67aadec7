//! Reserved test persons: numbers that are set aside for an organisation, and the persons that it makes of them.
//!
//! ```text
//!  r nummer u64             who has the number, and what for, as JSON; there for as long as the copy's folder is
//!  e eier u32 nummer u64    the numbers of an organisation
//! ```
//! What lives here: who owns a number, that it is given once, and that what is made of it keeps to the owner's own numbers. What does
//! not: tokens, HTTP, and whether this is a test environment, which is for whoever wires the routes. Documents are taken in as those
//! of the source are ([`crate::inntak`]), so that a test person is as anybody else from there on.
//!
//! What a newcomer gets wrong: the source does not know these persons. A reading of everybody must leave them, a comparison must not
//! count them, and a document of the source must never be taken for one of them.

use std::collections::BTreeSet;
use std::sync::{MutexGuard, PoisonError};

use identifikator::{
    Bestilling, Dato, Folkeregisteridentifikator, Identifikatortype, Kjoenn, Organisasjonsnummer, Serie, Tildeler,
    TildelingFeil,
};
use informasjonsmodell::{Entitet, Hendelsestype, Innhold, Persondokument, Tidspunkt};
use register::{Behandling, Regelbrudd};
use serde::{Deserialize, Serialize};

use crate::inntak::{self, Bolk};
use crate::rader::Rader;
use crate::{Feil, Kopi, hjelpenummer};

/// Numbers that can be reserved at a time. Source: our choice.
pub const RESERVER_MAKS: u16 = 100;
/// Numbers that an organisation can have. Source: our choice.
pub const RESERVERTE_MAKS: usize = 10_000;
/// Where the months of the series lie. Source: Reserved Testdata API, numbers.
const MAANEDER: std::ops::RangeInclusive<u64> = 66..=77;
/// The member of a document that an ended one has beside its numbers.
const STATUS: &str = "status";

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Reservering {
    /// Kind of number.
    pub identifikatortype: Identifikatortype,
    /// The date that the numbers should carry.
    pub foedselsdato: Dato,
    /// The gender that they should fit.
    pub kjoenn: Kjoenn,
    /// How many, 1 to [`RESERVER_MAKS`].
    pub antall: u16,
}

/// A number that is set aside.
#[derive(Clone, PartialEq, Eq)]
pub struct Reservasjon {
    /// The number.
    pub nummer: Folkeregisteridentifikator,
    /// Its kind.
    pub identifikatortype: Identifikatortype,
    /// The birth date that was asked for.
    pub foedselsdato: Dato,
    /// The gender that was asked for.
    pub kjoenn: Kjoenn,
    /// The number carries another date, as the one asked for was used up.
    pub avviker: bool,
    /// When. Units: seconds since 1970.
    pub reservert_s: i64,
    /// There is a person with it now.
    pub person: bool,
}

impl std::fmt::Debug for Reservasjon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reservasjon")
            .field("person", &self.person)
            .finish_non_exhaustive()
    }
}

/// What came of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lagret {
    /// The person was not there before.
    pub ny: bool,
    /// Something changed.
    pub endret: bool,
}

/// Why something was not done. Holds no number.
#[derive(Debug, thiserror::Error)]
pub enum Testfeil {
    /// Nobody has reserved the number.
    #[error("nummeret er ikke reservert")]
    Ureservert,
    /// Another organisation has.
    #[error("nummeret er reservert av en annen organisasjon")]
    Fremmed,
    /// There is no person with the number.
    #[error("ingen person har nummeret")]
    IngenPerson,
    /// The document does not have the number that it was sent for.
    #[error("dokumentet har ikke nummeret det er sendt for")]
    AnnetNummer,
    /// A number of the document itself is not the organisation's.
    #[error("et identifikasjonsnummer i dokumentet er ikke reservert av organisasjonen")]
    EgetNummer,
    /// Somebody whom the document names is not the organisation's.
    #[error("dokumentet navngir noen som organisasjonen ikke har reservert nummeret til")]
    Navngitt,
    /// The organisation has as many as it can.
    #[error("organisasjonen har {RESERVERTE_MAKS} numre, og får ikke flere")]
    ForMange,
    /// No number can be given.
    #[error(transparent)]
    Tildeling(#[from] TildelingFeil),
    /// The register's rules forbid the document.
    #[error(transparent)]
    Regel(Regelbrudd),
    /// The copy.
    #[error(transparent)]
    Kopi(Feil),
}

impl From<Feil> for Testfeil {
    fn from(feil: Feil) -> Self {
        match feil {
            Feil::Register(register::Feil::Regel(regel)) => Testfeil::Regel(regel),
            annen => Testfeil::Kopi(annen),
        }
    }
}

impl From<register::Feil> for Testfeil {
    fn from(feil: register::Feil) -> Self {
        Feil::from(feil).into()
    }
}

/// What is stored of a number.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rad {
    eier: String,
    d_nummer: bool,
    foedselsdato: i32,
    mann: bool,
    avviker: bool,
    reservert_s: i64,
    /// The person was ended by its owner.
    avsluttet: bool,
}

const SKADET: Feil = Feil::Skadet("reserverte numre");

fn noekkel(nummer: u64) -> [u8; 9] {
    let [a, b, c, d, e, f, g, h] = nummer.to_be_bytes();
    [b'r', a, b, c, d, e, f, g, h]
}

fn eierprefiks(eier: Organisasjonsnummer) -> Result<[u8; 5], Feil> {
    let tall: u32 = eier.as_str().parse().map_err(|_| SKADET)?;
    let [a, b, c, d] = tall.to_be_bytes();
    Ok([b'e', a, b, c, d])
}

fn eiernoekkel(eier: Organisasjonsnummer, nummer: u64) -> Result<Vec<u8>, Feil> {
    let mut ut = eierprefiks(eier)?.to_vec();
    ut.extend_from_slice(&nummer.to_be_bytes());
    Ok(ut)
}

/// Whether the month of a number is one of the series.
fn i_serien(nummer: u64) -> bool {
    // Eleven digits: day, month, year, then five.
    MAANEDER.contains(&(nummer / 10_000_000 % 100))
}

fn les_rad(rader: &impl Rader, nummer: u64) -> Result<Option<Rad>, Feil> {
    match rader.rad(&noekkel(nummer))? {
        None => Ok(None),
        Some(byte) => serde_json::from_slice(&byte).map(Some).map_err(|_| SKADET),
    }
}

fn skriv_rad(b: &mut Behandling<'_>, nummer: u64, rad: &Rad) -> Result<(), Feil> {
    let byte = serde_json::to_vec(rad).map_err(|_| SKADET)?;
    Ok(b.sett_sak(&noekkel(nummer), Some(&byte))?)
}

/// Whether a number is set aside for test persons. Costs nothing for those of other series.
pub(crate) fn er_reservert(rader: &impl Rader, nummer: u64) -> Result<bool, Feil> {
    Ok(i_serien(nummer) && rader.rad(&noekkel(nummer))?.is_some())
}

/// Whether a document has a number of its own that is set aside: what the source sends never has.
pub(crate) fn har_reservert(rader: &impl Rader, dokument: &Persondokument) -> Result<bool, Feil> {
    for nummer in egne_numre(dokument) {
        if er_reservert(rader, nummer)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn egne_numre(dokument: &Persondokument) -> impl Iterator<Item = u64> + '_ {
    dokument
        .av(Entitet::Identifikasjonsnummer)
        .filter_map(|o| match &o.innhold {
            Innhold::Identifikasjonsnummer(i) => i.foedselsnummer.som_tekst().parse().ok(),
            _ => None,
        })
}

/// The row of a number that the organisation has.
fn eget(rader: &impl Rader, eier: Organisasjonsnummer, nummer: u64) -> Result<Rad, Testfeil> {
    let rad = les_rad(rader, nummer)?.ok_or(Testfeil::Ureservert)?;
    if rad.eier == eier.as_str() {
        Ok(rad)
    } else {
        Err(Testfeil::Fremmed)
    }
}

impl Kopi {
    fn testlaas(&self) -> MutexGuard<'_, ()> {
        self.laas_testpersoner().lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets numbers aside for an organisation, each given once for as long as the copy's folder is. On the disk when this returns.
    ///
    /// `tildelt`: the day, after which nobody can be born.
    ///
    /// # Errors
    /// [`Testfeil::ForMange`], [`Testfeil::Tildeling`]; nothing is set aside then. [`Testfeil::Kopi`] if the files refuse.
    pub fn reserver(
        &self,
        eier: Organisasjonsnummer,
        reservering: &Reservering,
        tildelt: Dato,
        tidspunkt: Tidspunkt,
    ) -> Result<Vec<Reservasjon>, Testfeil> {
        let Reservering {
            identifikatortype,
            foedselsdato,
            kjoenn,
            antall,
        } = *reservering;
        let bestilling = Bestilling::paa_dag(tildelt, identifikatortype, foedselsdato, kjoenn, Serie::Nhn);
        let prefiks = eierprefiks(eier)?;
        let (ut, _) = self.register().behandle(tidspunkt.sekunder(), |b| {
            let har = b.saksnoekler(&prefiks, &prefiks, RESERVERTE_MAKS)?.len();
            if har + usize::from(antall) > RESERVERTE_MAKS {
                return Err(Testfeil::ForMange);
            }
            // A new one: who has had which number is asked of the rows and of the copy alone.
            let mut tildeler = Tildeler::new();
            let mut ut = Vec::new();
            for _ in 0..antall {
                let mut feil = None;
                let tildelt = tildeler.tildel_ledig(&bestilling, |kandidat| {
                    brukt(b, kandidat.to_u64()).unwrap_or_else(|f| {
                        feil = Some(f);
                        true
                    })
                });
                if let Some(feil) = feil {
                    return Err(feil.into());
                }
                let tildelt = tildelt?;
                let nummer = tildelt.identifikator.to_u64();
                let rad = Rad {
                    eier: eier.as_str().to_owned(),
                    d_nummer: identifikatortype == Identifikatortype::DNummer,
                    foedselsdato: foedselsdato.dager_siden_1970(),
                    mann: kjoenn == Kjoenn::Mann,
                    avviker: tildelt.avviker_fra_foedselsdato,
                    reservert_s: tidspunkt.sekunder(),
                    avsluttet: false,
                };
                skriv_rad(b, nummer, &rad)?;
                b.sett_sak(&eiernoekkel(eier, nummer)?, Some(&[1]))?;
                ut.push(reservasjon(tildelt.identifikator, &rad, false)?);
            }
            Ok(ut)
        })?;
        Ok(ut)
    }

    /// The numbers of an organisation, in order.
    ///
    /// # Errors
    /// [`Feil`] if the files refuse or are damaged.
    pub fn reserverte(&self, eier: Organisasjonsnummer) -> Result<Vec<Reservasjon>, Feil> {
        let prefiks = eierprefiks(eier)?;
        let les = self.les()?;
        let les = les.register();
        let mut ut = Vec::new();
        for noekkel in les.saksnoekler(&prefiks, &prefiks, RESERVERTE_MAKS)? {
            let nummer: [u8; 8] = noekkel
                .get(prefiks.len()..)
                .and_then(|n| n.try_into().ok())
                .ok_or(SKADET)?;
            let nummer = u64::from_be_bytes(nummer);
            let rad = les_rad(les, nummer)?.ok_or(SKADET)?;
            let id = Folkeregisteridentifikator::parse(&format!("{nummer:011}")).map_err(|_| SKADET)?;
            let person = !rad.avsluttet && les.finn_nummer(nummer)?.is_some();
            ut.push(reservasjon(id, &rad, person)?);
        }
        Ok(ut)
    }

    /// Whether any number is set aside here: what is so must never serve as anything but a test environment.
    ///
    /// # Errors
    /// [`Feil`] if the files refuse.
    pub fn har_testpersoner(&self) -> Result<bool, Feil> {
        Ok(self.register().les()?.har_sak(b"r")?)
    }

    /// Takes in the whole document of a test person, as one of the source is taken in. On the disk, and told of in the feeds, when this returns.
    ///
    /// `navngitt`: every number that stands elsewhere in the document than as its own. They must all be the organisation's: a test person
    /// touches nobody else's persons, and nobody of the source's (our choice).
    ///
    /// # Errors
    /// [`Testfeil`]; nothing is changed then.
    pub fn lagre_testperson(
        &self,
        eier: Organisasjonsnummer,
        nummer: Folkeregisteridentifikator,
        dokument: Persondokument,
        navngitt: &BTreeSet<u64>,
        tidspunkt: Tidspunkt,
    ) -> Result<Lagret, Testfeil> {
        let _laas = self.testlaas();
        self.ta_inn_testperson(eier, nummer.to_u64(), dokument, navngitt, None, tidspunkt)
    }

    fn ta_inn_testperson(
        &self,
        eier: Organisasjonsnummer,
        nummer: u64,
        dokument: Persondokument,
        navngitt: &BTreeSet<u64>,
        avslutt: Option<Hendelsestype>,
        tidspunkt: Tidspunkt,
    ) -> Result<Lagret, Testfeil> {
        let egne: BTreeSet<u64> = egne_numre(&dokument).collect();
        let mut bolk = Bolk {
            dokumenter: vec![(None, dokument)],
            ..Bolk::default()
        };
        let (lagret, _) = self.register().behandle(tidspunkt.sekunder(), |b| {
            let rad = eget(b, eier, nummer)?;
            if !egne.contains(&nummer) {
                return Err(Testfeil::AnnetNummer);
            }
            // One text for what nobody has and what somebody else has: the document is no way to ask.
            let er_eget = |b: &Behandling<'_>, n: u64| match eget(b, eier, n) {
                Ok(_) => Ok(true),
                Err(Testfeil::Ureservert | Testfeil::Fremmed) => Ok(false),
                Err(feil) => Err(feil),
            };
            for n in &egne {
                if !er_eget(b, *n)? {
                    return Err(Testfeil::EgetNummer);
                }
            }
            for n in navngitt {
                if !er_eget(b, *n)? {
                    return Err(Testfeil::Navngitt);
                }
            }
            let hendelse = if rad.avsluttet {
                Some(Hendelsestype::PersonErReaktivert)
            } else {
                avslutt
            };
            bolk.hendelser = hendelse.map(|h| (nummer, Some(h))).into_iter().collect();
            let inntatt = inntak::skriv_egne(b, &bolk, tidspunkt)?;
            for n in egne {
                let mut rad = eget(b, eier, n)?;
                if rad.avsluttet != avslutt.is_some() {
                    rad.avsluttet = avslutt.is_some();
                    skriv_rad(b, n, &rad)?;
                }
            }
            Ok(Lagret {
                ny: inntatt.nye > 0 || rad.avsluttet,
                endret: inntatt.endret > 0,
            })
        })?;
        Ok(lagret)
    }

    /// The document of a test person, as it is held.
    ///
    /// # Errors
    /// [`Testfeil`].
    pub fn testperson(
        &self,
        eier: Organisasjonsnummer,
        nummer: Folkeregisteridentifikator,
    ) -> Result<Persondokument, Testfeil> {
        let les = self.les()?;
        let les = les.register();
        if eget(les, eier, nummer.to_u64())?.avsluttet {
            return Err(Testfeil::IngenPerson);
        }
        let person = les.finn(&nummer)?.ok_or(Testfeil::IngenPerson)?;
        let dokument = les.eksporter(person)?.ok_or(Testfeil::IngenPerson)?;
        // A help number that is under one of theirs is not the owner's to write.
        Ok(hjelpenummer::uten_hjelpenumre(dokument))
    }

    /// Ends a test person: nothing is left of the document but its numbers, and that it ended. The numbers stay the organisation's, and can be
    /// made a person again.
    ///
    /// # Errors
    /// [`Testfeil`].
    pub fn avslutt_testperson(
        &self,
        eier: Organisasjonsnummer,
        nummer: Folkeregisteridentifikator,
        tidspunkt: Tidspunkt,
    ) -> Result<(), Testfeil> {
        let _laas = self.testlaas();
        let dokument = self.testperson(eier, nummer)?;
        let slutt = avsluttet(&dokument, tidspunkt)?;
        let hendelse = Some(Hendelsestype::PersonErOpphoert);
        self.ta_inn_testperson(eier, nummer.to_u64(), slutt, &BTreeSet::new(), hendelse, tidspunkt)?;
        Ok(())
    }
}

/// The document of one that ended: its numbers, ended, and the status.
fn avsluttet(dokument: &Persondokument, tidspunkt: Tidspunkt) -> Result<Persondokument, Feil> {
    let navn = Entitet::Identifikasjonsnummer.navn();
    let mut verdi: serde_json::Value = serde_json::from_slice(&dokument.til_json()).map_err(|_| SKADET)?;
    let mut numre = verdi.get_mut(navn).map(serde_json::Value::take).ok_or(SKADET)?;
    for nummer in numre.as_array_mut().into_iter().flatten() {
        if let Some(felt) = nummer.as_object_mut() {
            felt.insert(STATUS.to_owned(), "opphoert".into());
        }
    }
    let tid = tidspunkt.to_string();
    let status = serde_json::json!([{"erGjeldende": true, "ajourholdstidspunkt": tid, "gyldighetstidspunkt": tid, "status": "opphoert"}]);
    Persondokument::les(serde_json::json!({navn: numre, STATUS: status})).map_err(|_| SKADET)
}

/// Whether a number was ever given, here or by the source.
fn brukt(b: &Behandling<'_>, nummer: u64) -> Result<bool, Feil> {
    Ok(b.sak(&noekkel(nummer))?.is_some() || b.finn(&format!("{nummer:011}"))?.is_some())
}

fn reservasjon(nummer: Folkeregisteridentifikator, rad: &Rad, person: bool) -> Result<Reservasjon, Feil> {
    Ok(Reservasjon {
        nummer,
        identifikatortype: if rad.d_nummer {
            Identifikatortype::DNummer
        } else {
            Identifikatortype::Foedselsnummer
        },
        foedselsdato: Dato::from_dager_siden_1970(rad.foedselsdato).ok_or(SKADET)?,
        kjoenn: if rad.mann { Kjoenn::Mann } else { Kjoenn::Kvinne },
        avviker: rad.avviker,
        reservert_s: rad.reservert_s,
        person,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_series_is_told_by_the_month_alone() {
        for (nummer, ventet) in [
            (1_669_000_000, true),
            (71_779_000_000, true),
            (1_819_000_000, false),
            (1_016_600_000, false),
        ] {
            assert_eq!(i_serien(nummer), ventet, "{nummer}");
        }
    }
}
