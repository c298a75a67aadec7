//! A write that reads as it goes: for whoever decides by what the register holds at that moment, and keeps account of it in the
//! same commit.
//!
//! ```text
//!  saker   key ‖ ...  →  sealed under the store's key for cases      rows of whoever keeps account; the register knows none
//! ```
//! A commit that changes rows of cases and no person is an entry of the journal too, which no feed hears of: every commit has
//! its place in the one order, and its bytes in the archive stream.

use informasjonsmodell::{Entitet, Opplysning, Registrering};
use lager::forsegling::Noekkel;
use lager::{Les, Rad};
use tilgang::{Grad, Projeksjon};

use crate::lesing::{Lesing, Personnummer};
use crate::register::Register;
use crate::transaksjon::{Kvittering, Transaksjon};
use crate::{Feil, Sekvens};

/// A row of cases: key and value.
pub type Saksrad = (Vec<u8>, Vec<u8>);

/// A person as a write sees it: what the register holds of it then, whoever may be shown it.
///
/// Not for an answer: nothing of it has been through `tilgang`.
#[derive(Clone)]
pub struct Personbilde {
    /// Who.
    pub person: Personnummer,
    /// Its number in use, or the last one that was.
    pub nummer: String,
    /// Whether a number of it is in use.
    pub er_i_bruk: bool,
    /// Its present protection.
    pub vern: Grad,
    /// Every number it has or has had, those of persons merged into it included.
    pub numre: Vec<u64>,
    /// The one it was merged into, if it was: it is nobody itself then.
    pub viderefoert_til: Option<Personnummer>,
    /// What is held, current and not; `kilde` and `aarsak` are there for rules of mass corrections alone.
    pub opplysninger: Vec<Opplysning>,
    /// How each of `opplysninger` is guarded by itself: its own grade, of an estate's contact the contact's.
    pub grader: Vec<Grad>,
}

impl std::fmt::Debug for Personbilde {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Personbilde")
            .field("person", &self.person)
            .finish_non_exhaustive()
    }
}

impl Personbilde {
    /// The current entries of an entity.
    pub fn gjeldende(&self, entitet: Entitet) -> impl Iterator<Item = &Opplysning> {
        let er = move |o: &&Opplysning| o.entitet() == entitet && o.metadata.er_gjeldende == Some(true);
        self.opplysninger.iter().filter(er)
    }

    /// The entries of an entity that are no longer current.
    pub fn historiske(&self, entitet: Entitet) -> impl Iterator<Item = &Opplysning> {
        let er = move |o: &&Opplysning| o.entitet() == entitet && o.metadata.er_gjeldende != Some(true);
        self.opplysninger.iter().filter(er)
    }
}

/// A write under way.
pub struct Behandling<'r> {
    transaksjon: Transaksjon<'r>,
    register: &'r Register,
    saker_endret: bool,
}

impl std::fmt::Debug for Behandling<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Behandling")
    }
}

impl Register {
    /// Lets somebody read and write as one transaction: all of it, or, where it gives an error, nothing.
    ///
    /// `naa_sekunder` is the time of the commit, seconds since 1970.
    ///
    /// # Errors
    /// Those of `arbeid`, and [`Feil`] if the files refuse.
    pub fn behandle<T, E: From<Feil>>(
        &self,
        naa_sekunder: i64,
        arbeid: impl FnOnce(&mut Behandling<'_>) -> Result<T, E>,
    ) -> Result<(T, Kvittering), E> {
        let mut behandling = Behandling {
            transaksjon: Transaksjon::new(self, naa_sekunder)?,
            register: self,
            saker_endret: false,
        };
        match arbeid(&mut behandling) {
            Ok(svar) => Ok((svar, behandling.bekreft()?)),
            Err(feil) => {
                behandling.transaksjon.avbryt();
                Err(feil)
            }
        }
    }
}

impl<'r> Behandling<'r> {
    pub(crate) fn deler(&mut self) -> (&mut Transaksjon<'r>, &'r Register) {
        (&mut self.transaksjon, self.register)
    }

    fn bekreft(mut self) -> Result<Kvittering, Feil> {
        if self.saker_endret {
            self.transaksjon.foer_journal_over_saker()?;
        }
        self.transaksjon.bekreft()
    }

    /// Who has or has had a number, as of what has been written so far.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn finn(&self, nummer: &str) -> Result<Option<Personnummer>, Feil> {
        let Ok(tall) = nummer.parse() else { return Ok(None) };
        Ok(self.transaksjon.finn_tall(tall)?.map(Personnummer))
    }

    /// A person, as of what has been written so far.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn person(&mut self, person: Personnummer) -> Result<Personbilde, Feil> {
        Personbilde::av_post(person.0, &self.transaksjon.aapen(person.0)?.post, None, None)
    }

    /// Carries out a request. One that is refused may have been carried out in part: the whole write is then to be given up.
    ///
    /// # Errors
    /// [`Feil::Regel`] if the rules forbid it.
    pub fn utfoer(&mut self, registrering: &Registrering) -> Result<(), Feil> {
        self.transaksjon.utfoer(registrering)
    }

    /// As [`Register::hold_feeder`], in this commit.
    ///
    /// # Errors
    /// [`Feil`] if the files refuse.
    pub fn hold_feeder(&mut self, projeksjoner: &[Projeksjon]) -> Result<(), Feil> {
        self.transaksjon.hold(projeksjoner)
    }

    /// As [`Register::slipp_feeder`], in this commit.
    ///
    /// # Errors
    /// [`Feil`] if the files refuse.
    pub fn slipp_feeder(&mut self, projeksjoner: &[Projeksjon]) -> Result<(), Feil> {
        self.transaksjon.slipp(projeksjoner)
    }

    /// A row of cases.
    ///
    /// # Errors
    /// [`Feil`] if it is damaged.
    pub fn sak(&self, noekkel: &[u8]) -> Result<Option<Vec<u8>>, Feil> {
        hent(self.register, self.transaksjon.les(), noekkel)
    }

    /// Rows of cases whose keys begin so, from one on, at most `maks`, in the order of their keys.
    ///
    /// # Errors
    /// [`Feil`] if one is damaged.
    pub fn saker(&self, prefiks: &[u8], fra: &[u8], maks: usize) -> Result<Vec<Saksrad>, Feil> {
        rader(self.register, self.transaksjon.les(), prefiks, fra, maks)
    }

    /// As [`Lesing::har_sak`], as of what has been written so far.
    ///
    /// # Errors
    /// [`Feil`] if the files refuse.
    pub fn har_sak(&self, prefiks: &[u8]) -> Result<bool, Feil> {
        Ok(!self.saksnoekler(prefiks, prefiks, 1)?.is_empty())
    }

    /// As [`Lesing::saksnoekler`], as of what has been written so far.
    ///
    /// # Errors
    /// [`Feil`] if the files refuse.
    pub fn saksnoekler(&self, prefiks: &[u8], fra: &[u8], maks: usize) -> Result<Vec<Vec<u8>>, Feil> {
        noekler(self.register, self.transaksjon.les(), prefiks, fra, maks)
    }

    /// Writes a row of cases, or removes it.
    ///
    /// # Errors
    /// [`Feil`] if the files refuse.
    pub fn sett_sak(&mut self, noekkel: &[u8], verdi: Option<&[u8]>) -> Result<(), Feil> {
        self.saker_endret = true;
        let forseglet = verdi
            .map(|verdi| self.register.saksnoekkel.forsegl(&sted(noekkel), verdi))
            .transpose()?;
        self.transaksjon.sett_sak(noekkel, forseglet.as_deref())
    }
}

impl Lesing<'_> {
    /// A person as it is held, whoever may be shown it.
    ///
    /// For whoever checks the register; not for an answer: nothing of it has been through `tilgang`.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn personbilde(&self, person: Personnummer) -> Result<Personbilde, Feil> {
        Personbilde::av_post(person.0, &self.post(person)?.ok_or(Feil::Skadet("post"))?, None, None)
    }

    /// A row of cases.
    ///
    /// # Errors
    /// [`Feil`] if it is damaged.
    pub fn sak(&self, noekkel: &[u8]) -> Result<Option<Vec<u8>>, Feil> {
        hent(self.register, &self.les, noekkel)
    }

    /// Rows of cases whose keys begin so, from one on, at most `maks`, in the order of their keys.
    ///
    /// # Errors
    /// [`Feil`] if one is damaged.
    pub fn saker(&self, prefiks: &[u8], fra: &[u8], maks: usize) -> Result<Vec<Saksrad>, Feil> {
        rader(self.register, &self.les, prefiks, fra, maks)
    }

    /// Whether there is a row of cases whose key begins so. What it says is not opened: one that is damaged is there too.
    ///
    /// # Errors
    /// [`Feil`] if the files refuse.
    pub fn har_sak(&self, prefiks: &[u8]) -> Result<bool, Feil> {
        Ok(!self.saksnoekler(prefiks, prefiks, 1)?.is_empty())
    }

    /// Keys of rows of cases that begin so, from one on, at most `maks`, in order. What the rows say is not opened: those of
    /// damaged ones are among them.
    ///
    /// # Errors
    /// [`Feil`] if the files refuse.
    pub fn saksnoekler(&self, prefiks: &[u8], fra: &[u8], maks: usize) -> Result<Vec<Vec<u8>>, Feil> {
        noekler(self.register, &self.les, prefiks, fra, maks)
    }

    /// The number of the last commit that this reading sees.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn sist_bekreftet(&self) -> Result<Sekvens, Feil> {
        use lager::journal::Journal as _;
        Ok(Sekvens(self.register.journal.siste(&self.les)?))
    }
}

// Where a row belongs: one that was moved does not open.
fn sted(noekkel: &[u8]) -> Vec<u8> {
    [b"sak", noekkel].concat()
}

fn hent(register: &Register, les: &Les<'_>, noekkel: &[u8]) -> Result<Option<Vec<u8>>, Feil> {
    let forseglet = register.tabeller.saker.hent(les, noekkel)?;
    forseglet
        .map(|byte| aapne(&register.saksnoekkel, noekkel, byte))
        .transpose()
}

fn aapne(saksnoekkel: &Noekkel, noekkel: &[u8], forseglet: &[u8]) -> Result<Vec<u8>, Feil> {
    saksnoekkel
        .aapne(&sted(noekkel), forseglet)
        .map_err(|_| Feil::Skadet("sak"))
}

fn rader(register: &Register, les: &Les<'_>, prefiks: &[u8], fra: &[u8], maks: usize) -> Result<Vec<Saksrad>, Feil> {
    let aapnet = forseglede(register, les, prefiks, fra, maks)?.map(|rad| {
        let (noekkel, forseglet) = rad?;
        Ok((noekkel.to_vec(), aapne(&register.saksnoekkel, noekkel, forseglet)?))
    });
    aapnet.collect()
}

fn noekler(register: &Register, les: &Les<'_>, prefiks: &[u8], fra: &[u8], maks: usize) -> Result<Vec<Vec<u8>>, Feil> {
    let noekler = forseglede(register, les, prefiks, fra, maks)?.map(|rad| Ok(rad?.0.to_vec()));
    noekler.collect()
}

// Rows as they lie.
fn forseglede<'t, 'p>(
    register: &Register,
    les: &'t Les<'_>,
    prefiks: &'p [u8],
    fra: &'p [u8],
    maks: usize,
) -> Result<impl Iterator<Item = Result<Rad<'t>, lager::Feil>>, Feil> {
    let alle = register.tabeller.saker.fra(les, fra.max(prefiks))?;
    let slik = move |rad: &Result<Rad<'t>, _>| rad.as_ref().map_or(true, |(noekkel, _)| noekkel.starts_with(prefiks));
    Ok(alle.take_while(slik).take(maks))
}
