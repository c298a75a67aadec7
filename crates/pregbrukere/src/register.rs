//! Organisations and users, as an append-only file of changes says that they are.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};

use identifikator::Organisasjonsnummer;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use tilgang::avtale::privatfil;
use tilgang::endringslogg::{self, Endringslogg};

use crate::Feil;
use crate::passord::Passord;

const FIL: &str = "brukere.jsonl";
static NORGE: TimeZone = jiff::tz::get!("Europe/Oslo");
/// Most characters of a field of the order form. Source: our choice.
const FELT_MAKS: usize = 200;

/// The kinds of organisations on the order form. Source: PREG reference 9.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "kinds by their own names")]
pub enum Organisasjonstype {
    Spesialisthelsetjeneste,
    Helsedirektoratet,
    Folkehelseinstituttet,
    KommunalTjeneste,
    Fastlege,
    Tannlege,
    Apotek,
    AnnenHelseaktoer,
}

/// Who answers for the use in an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "fields by their own names")]
pub struct Kontaktperson {
    pub navn: String,
    pub epost: String,
    pub telefon: String,
}

/// What an organisation's users may.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rettigheter {
    /// Which fields they are shown.
    pub profil: String,
    /// May issue, revise, link and unlink help numbers.
    pub hjelpenummer: bool,
    /// May send files to be matched.
    pub filmatch: bool,
}

/// An order: the fields of the form. Source: PREG reference 9.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Bestilling {
    /// Name of the organisation.
    pub navn: String,
    /// Its kind.
    pub organisasjonstype: Organisasjonstype,
    /// Who signed: the responsible or the daily manager.
    pub underskrevet_av: String,
    /// When.
    pub underskrevet: Date,
    /// Who answers for the use.
    pub kontaktperson: Kontaktperson,
    /// The record system, as Normen defines one.
    pub journalsystem: String,
    /// What it is to be used for.
    pub formaal: String,
    /// It is a member of Helsenettet.
    pub medlem_av_helsenettet: bool,
    /// The terms of annex 1 are accepted.
    pub vilkaar_godtatt: bool,
    /// What it is given.
    pub rettigheter: Rettigheter,
}

/// A user name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Brukernavn(String);

impl Brukernavn {
    /// Reads one.
    ///
    /// # Errors
    /// [`Feil::UgyldigBrukernavn`].
    pub fn new(tekst: &str) -> Result<Self, Feil> {
        let lovlig = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-_".contains(&b);
        if (3..=64).contains(&tekst.len()) && tekst.bytes().all(lovlig) {
            Ok(Brukernavn(tekst.to_owned()))
        } else {
            Err(Feil::UgyldigBrukernavn)
        }
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Brukernavn {
    type Error = Feil;

    fn try_from(tekst: String) -> Result<Self, Feil> {
        Brukernavn::new(&tekst)
    }
}

impl From<Brukernavn> for String {
    fn from(navn: Brukernavn) -> Self {
        navn.0
    }
}

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisasjon {
    /// Its latest order.
    pub bestilling: Bestilling,
    /// The first day that it has no access; none while it has.
    pub slutt: Option<Date>,
    /// Users, closed ones too.
    pub brukere: BTreeSet<Brukernavn>,
}

/// A user.
#[derive(Clone, PartialEq, Eq)]
pub struct Bruker {
    /// Whose it is.
    pub organisasjon: Organisasjonsnummer,
    /// The first day that it cannot sign in.
    pub slutt: Option<Date>,
    /// The line that last changed it: who signed in before that does so anew.
    pub(crate) endret: u64,
    pub(crate) hash: String,
}

impl std::fmt::Debug for Bruker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bruker")
            .field("organisasjon", &self.organisasjon)
            .field("slutt", &self.slutt)
            .finish_non_exhaustive()
    }
}

/// One change.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
enum Linje {
    Bestilt {
        organisasjonsnummer: String,
        bestilling: Box<Bestilling>,
    },
    OrganisasjonAvsluttet {
        organisasjonsnummer: String,
        fra: Date,
        grunn: String,
    },
    BrukerOpprettet {
        brukernavn: Brukernavn,
        organisasjonsnummer: String,
        hash: String,
    },
    PassordByttet {
        brukernavn: Brukernavn,
        hash: String,
    },
    BrukerAvsluttet {
        brukernavn: Brukernavn,
        fra: Date,
        grunn: String,
    },
}

#[derive(Default)]
pub(crate) struct Tilstand {
    pub organisasjoner: BTreeMap<String, Organisasjon>,
    pub brukere: BTreeMap<Brukernavn, Bruker>,
}

fn orgnr(tekst: &str) -> Result<Organisasjonsnummer, Feil> {
    Organisasjonsnummer::parse(tekst).map_err(|_| Feil::Motsigelse)
}

impl Tilstand {
    fn ta(&mut self, nr: u64, linje: Linje) -> Result<(), Feil> {
        match linje {
            Linje::Bestilt {
                organisasjonsnummer,
                bestilling,
            } => {
                orgnr(&organisasjonsnummer)?;
                let brukere = self.organisasjoner.remove(&organisasjonsnummer).map(|o| o.brukere);
                let brukere = brukere.unwrap_or_default();
                // What its users may has changed.
                for navn in &brukere {
                    self.brukere.entry(navn.clone()).and_modify(|bruker| bruker.endret = nr);
                }
                self.organisasjoner.insert(
                    organisasjonsnummer,
                    Organisasjon {
                        bestilling: *bestilling,
                        slutt: None,
                        brukere,
                    },
                );
            }
            Linje::OrganisasjonAvsluttet {
                organisasjonsnummer,
                fra,
                ..
            } => {
                let organisasjon = self.organisasjoner.get_mut(&organisasjonsnummer);
                organisasjon.ok_or(Feil::Motsigelse)?.slutt = Some(fra);
            }
            Linje::BrukerOpprettet {
                brukernavn,
                organisasjonsnummer,
                hash,
            } => {
                let organisasjon = self.organisasjoner.get_mut(&organisasjonsnummer);
                organisasjon.ok_or(Feil::Motsigelse)?.brukere.insert(brukernavn.clone());
                let bruker = Bruker {
                    organisasjon: orgnr(&organisasjonsnummer)?,
                    slutt: None,
                    endret: nr,
                    hash,
                };
                if self.brukere.insert(brukernavn, bruker).is_some() {
                    return Err(Feil::Motsigelse);
                }
            }
            Linje::PassordByttet { brukernavn, hash } => {
                let bruker = self.brukere.get_mut(&brukernavn).ok_or(Feil::Motsigelse)?;
                (bruker.hash, bruker.endret) = (hash, nr);
            }
            Linje::BrukerAvsluttet { brukernavn, fra, .. } => {
                let bruker = self.brukere.get_mut(&brukernavn).ok_or(Feil::Motsigelse)?;
                bruker.slutt = Some(fra);
            }
        }
        Ok(())
    }
}

/// Organisations and users.
pub struct Brukerregister {
    logg: Mutex<Endringslogg>,
    tilstand: RwLock<Tilstand>,
    profiler: Vec<String>,
}

impl std::fmt::Debug for Brukerregister {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Brukerregister")
    }
}

/// The day of a time where PREG is: ends count from midnight there.
#[must_use]
pub fn dagen(naa: Timestamp) -> Date {
    naa.to_zoned(NORGE.clone()).date()
}

/// Whether something has ended by a day.
pub(crate) fn er_slutt(slutt: Option<Date>, dag: Date) -> bool {
    slutt.is_some_and(|slutt| slutt <= dag)
}

fn felt(navn: &'static str, verdi: &str) -> Result<(), Feil> {
    let tegn = verdi.chars().count();
    let grei = !verdi.trim().is_empty() && tegn <= FELT_MAKS && !verdi.chars().any(char::is_control);
    if grei { Ok(()) } else { Err(Feil::Felt(navn)) }
}

impl Brukerregister {
    /// Opens the register in a folder, or makes it. `profiler`: those that there are.
    ///
    /// # Errors
    /// [`Feil::Logg`] if the file is damaged or others may read it; [`Feil::Motsigelse`].
    pub fn aapne(mappe: &Path, profiler: &[&str]) -> Result<Self, Feil> {
        privatfil::sikre_mappe(mappe).map_err(endringslogg::Feil::from)?;
        let (logg, lest) = Endringslogg::aapne::<Linje>(&mappe.join(FIL))?;
        let mut tilstand = Tilstand::default();
        for linje in lest {
            tilstand.ta(linje.nr, linje.innhold)?;
        }
        Ok(Brukerregister {
            logg: Mutex::new(logg),
            tilstand: RwLock::new(tilstand),
            profiler: profiler.iter().map(|p| (*p).to_owned()).collect(),
        })
    }

    pub(crate) fn tilstand(&self) -> RwLockReadGuard<'_, Tilstand> {
        self.tilstand.read().unwrap_or_else(PoisonError::into_inner)
    }

    // Looks at what is, and writes what is to be, with nobody in between.
    fn endre(&self, naa: Timestamp, av: &str, lag: impl FnOnce(&Tilstand) -> Result<Linje, Feil>) -> Result<(), Feil> {
        let mut logg = self.logg.lock().unwrap_or_else(PoisonError::into_inner);
        let linje = lag(&self.tilstand())?;
        let nr = logg.skriv(naa, av, &linje)?;
        let mut tilstand = self.tilstand.write().unwrap_or_else(PoisonError::into_inner);
        tilstand.ta(nr, linje)
    }

    /// Registers an order: of a new organisation, or a new one of an organisation that is known, whose access then begins again.
    ///
    /// # Errors
    /// [`Feil::Vilkaar`], [`Feil::Felt`], [`Feil::UkjentProfil`], [`Feil::Logg`].
    pub fn bestill(
        &self,
        organisasjon: Organisasjonsnummer,
        bestilling: Bestilling,
        naa: Timestamp,
        av: &str,
    ) -> Result<(), Feil> {
        let b = &bestilling;
        let felter = [
            ("navn", &b.navn),
            ("hvem som har underskrevet", &b.underskrevet_av),
            ("kontaktpersonens navn", &b.kontaktperson.navn),
            ("kontaktpersonens e-post", &b.kontaktperson.epost),
            ("kontaktpersonens telefon", &b.kontaktperson.telefon),
            ("journalsystem", &b.journalsystem),
            ("formål", &b.formaal),
        ];
        for (navn, verdi) in felter {
            felt(navn, verdi)?;
        }
        if !b.medlem_av_helsenettet {
            return Err(Feil::Vilkaar("medlem av Helsenettet"));
        }
        if !b.vilkaar_godtatt {
            return Err(Feil::Vilkaar("vilkårene er godtatt"));
        }
        if b.underskrevet > dagen(naa) {
            return Err(Feil::Vilkaar("bestillingen er underskrevet"));
        }
        if !self.profiler.contains(&b.rettigheter.profil) {
            return Err(Feil::UkjentProfil);
        }
        self.endre(naa, av, |_| {
            Ok(Linje::Bestilt {
                organisasjonsnummer: organisasjon.as_str().to_owned(),
                bestilling: Box::new(bestilling),
            })
        })
    }

    /// Ends an organisation's access, from a day on; its users' with it.
    ///
    /// # Errors
    /// [`Feil::UkjentOrganisasjon`], [`Feil::SluttTilbake`], [`Feil::Felt`], [`Feil::Logg`].
    pub fn avslutt_organisasjon(
        &self,
        organisasjon: Organisasjonsnummer,
        fra: Date,
        grunn: &str,
        naa: Timestamp,
        av: &str,
    ) -> Result<(), Feil> {
        felt("grunn", grunn)?;
        self.endre(naa, av, |tilstand| {
            gjeldende(tilstand, organisasjon, dagen(naa))?;
            ikke_tilbake(fra, naa)?;
            Ok(Linje::OrganisasjonAvsluttet {
                organisasjonsnummer: organisasjon.as_str().to_owned(),
                fra,
                grunn: grunn.to_owned(),
            })
        })
    }

    /// Makes a user of an organisation.
    ///
    /// # Errors
    /// [`Feil::UkjentOrganisasjon`], [`Feil::BrukernavnIBruk`], [`Feil::UgyldigPassord`], [`Feil::Logg`].
    pub fn opprett_bruker(
        &self,
        brukernavn: &Brukernavn,
        organisasjon: Organisasjonsnummer,
        passord: &Passord,
        naa: Timestamp,
        av: &str,
    ) -> Result<(), Feil> {
        passord.sjekk(brukernavn.as_str())?;
        let hash = passord.hash()?;
        self.endre(naa, av, |tilstand| {
            gjeldende(tilstand, organisasjon, dagen(naa))?;
            // One that was closed too: whoever reads a log must know who it was.
            if tilstand.brukere.contains_key(brukernavn) {
                return Err(Feil::BrukernavnIBruk);
            }
            Ok(Linje::BrukerOpprettet {
                brukernavn: brukernavn.clone(),
                organisasjonsnummer: organisasjon.as_str().to_owned(),
                hash,
            })
        })
    }

    /// Gives a user another password.
    ///
    /// # Errors
    /// [`Feil::UkjentBruker`], [`Feil::UgyldigPassord`], [`Feil::Logg`].
    pub fn bytt_passord(
        &self,
        brukernavn: &Brukernavn,
        passord: &Passord,
        naa: Timestamp,
        av: &str,
    ) -> Result<(), Feil> {
        passord.sjekk(brukernavn.as_str())?;
        let hash = passord.hash()?;
        self.endre(naa, av, |tilstand| {
            aapen_bruker(tilstand, brukernavn, dagen(naa))?;
            Ok(Linje::PassordByttet {
                brukernavn: brukernavn.clone(),
                hash,
            })
        })
    }

    /// Closes a user from a day on.
    ///
    /// # Errors
    /// [`Feil::UkjentBruker`], [`Feil::SluttTilbake`], [`Feil::Felt`], [`Feil::Logg`].
    pub fn avslutt_bruker(
        &self,
        brukernavn: &Brukernavn,
        fra: Date,
        grunn: &str,
        naa: Timestamp,
        av: &str,
    ) -> Result<(), Feil> {
        felt("grunn", grunn)?;
        self.endre(naa, av, |tilstand| {
            aapen_bruker(tilstand, brukernavn, dagen(naa))?;
            ikke_tilbake(fra, naa)?;
            Ok(Linje::BrukerAvsluttet {
                brukernavn: brukernavn.clone(),
                fra,
                grunn: grunn.to_owned(),
            })
        })
    }

    /// Every organisation, by number.
    #[must_use]
    pub fn organisasjoner(&self) -> BTreeMap<String, Organisasjon> {
        self.tilstand().organisasjoner.clone()
    }

    /// A user, closed or not.
    #[must_use]
    pub fn bruker(&self, brukernavn: &Brukernavn) -> Option<Bruker> {
        self.tilstand().brukere.get(brukernavn).cloned()
    }
}

fn gjeldende(tilstand: &Tilstand, organisasjon: Organisasjonsnummer, dag: Date) -> Result<&Organisasjon, Feil> {
    let funnet = tilstand.organisasjoner.get(organisasjon.as_str());
    funnet
        .filter(|o| !er_slutt(o.slutt, dag))
        .ok_or(Feil::UkjentOrganisasjon)
}

fn aapen_bruker<'t>(tilstand: &'t Tilstand, brukernavn: &Brukernavn, dag: Date) -> Result<&'t Bruker, Feil> {
    let funnet = tilstand.brukere.get(brukernavn);
    funnet.filter(|b| !er_slutt(b.slutt, dag)).ok_or(Feil::UkjentBruker)
}

fn ikke_tilbake(fra: Date, naa: Timestamp) -> Result<(), Feil> {
    if fra < dagen(naa) {
        Err(Feil::SluttTilbake)
    } else {
        Ok(())
    }
}
