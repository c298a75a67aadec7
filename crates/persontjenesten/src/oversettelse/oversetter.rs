//! The translator: one Norwegian document in, the English one out, in one pass and without a tree.
//!
//! It follows the table and nothing else, down as many levels as the table has. Each field is written where it is met, as a piece;
//! an object whose pieces did not come in the table's order is put in order when it ends. What a newcomer gets wrong: it decides
//! nothing about who may see what. It is given what has been released.

use informasjonsmodell::verdi::skriv_tekst;

use super::arbeid::{Arbeid, Utfall};
use super::berikelse::Berikelse;
use super::krr::Kontaktdata;
use super::skjemaer::PERSON;
use crate::Versjon;

/// What the service says of a person beside the document.
#[derive(Clone, Copy)]
pub struct Hode<'a> {
    /// Person id.
    pub id: &'a str,
    /// Number of the event that made the document.
    pub sekvensnummer: u64,
    /// Contact data, when they are asked for, may be seen, and exist.
    pub kontaktdata: Option<&'a Kontaktdata>,
}

/// What was not translated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Telling {
    /// Fields that the table does not have. Left out.
    pub ukjente_felt: usize,
    /// Codes that their list does not have, or may not write. Left out, or the strictest where it is a grade.
    pub ukjente_koder: usize,
    /// Dates without a day. Left out.
    pub ufullstendige_datoer: usize,
}

impl Telling {
    /// Whether everything was translated.
    #[must_use]
    pub fn er_tom(&self) -> bool {
        *self == Telling::default()
    }
}

/// Translates documents, one after another; keeps its working memory from one to the next.
///
/// ```
/// use persontjenesten::Versjon;
/// use persontjenesten::oversettelse::{Hode, IngenBerikelse, Oversetter};
///
/// let norsk = br#"{"kjoenn":[{"erGjeldende":true,"kjoenn":"kvinne"}]}"#;
/// let hode = Hode { id: "p1", sekvensnummer: 7, kontaktdata: None };
/// let mut ut = Vec::new();
/// Oversetter::new(Versjon::V3, &IngenBerikelse).person(norsk, &hode, &mut ut)?;
/// assert_eq!(ut, br#"{"gender":[{"isValid":true,"gender":"Female"}],"id":"p1","sequenceNumber":7}"#);
/// # Ok::<(), persontjenesten::oversettelse::Oversettelsesfeil>(())
/// ```
pub struct Oversetter<'b> {
    versjon: Versjon,
    berikelse: &'b dyn Berikelse,
    minne: Minne,
}

/// Fields that are open at a time in most documents: room for them is made at once.
const BITER: usize = 64;

/// Working memory of a translation.
pub(super) struct Minne {
    pub(super) biter: Vec<Bit>,
    pub(super) kladd: Vec<u8>,
}

/// A field that has been written: `"name":value` in the output.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bit {
    pub(super) felt: usize,
    pub(super) fra: usize,
    pub(super) til: usize,
}

impl<'b> Oversetter<'b> {
    /// A translator to a version, with what is added from a register of places.
    #[must_use]
    pub fn new(versjon: Versjon, berikelse: &'b dyn Berikelse) -> Self {
        Oversetter {
            versjon,
            berikelse,
            minne: Minne {
                biter: Vec::with_capacity(BITER),
                kladd: Vec::new(),
            },
        }
    }

    /// Appends the English document of a person.
    ///
    /// Shape: one object, fields in the order of the contract, what is absent left out.
    /// Source: ADR 0036; the table.
    ///
    /// # Errors
    /// [`super::Oversettelsesfeil`] for what is not a document as the register writes it; `ut` is then as it was.
    pub fn person(&mut self, norsk: &[u8], hode: &Hode<'_>, ut: &mut Vec<u8>) -> Utfall<Telling> {
        self.kjoer(norsk, ut, |arbeid| {
            let mut o = arbeid.start(&PERSON)?;
            arbeid.medlemmer(&mut o)?;
            if let Some(kontaktdata) = hode.kontaktdata {
                arbeid.tjeneste(&mut o, "commonContactRegisterInformation", |ut| {
                    ut.extend_from_slice(kontaktdata.json());
                });
            }
            arbeid.tjeneste(&mut o, "id", |ut| skriv_tekst(ut, hode.id));
            arbeid.tjeneste(&mut o, "sequenceNumber", |ut| {
                ut.extend_from_slice(itoa::Buffer::new().format(hode.sekvensnummer).as_bytes());
            });
            arbeid.slutt(&o);
            Ok(())
        })
    }

    /// Runs a translation of a whole text; on an error nothing of it is left.
    pub(super) fn kjoer(
        &mut self,
        norsk: &[u8],
        ut: &mut Vec<u8>,
        gjoer: impl FnOnce(&mut Arbeid<'_>) -> Utfall<()>,
    ) -> Utfall<Telling> {
        let foer = ut.len();
        let utfall = Arbeid::new(norsk, self.versjon, self.berikelse, &mut self.minne, ut).and_then(|mut arbeid| {
            gjoer(&mut arbeid)?;
            arbeid.ferdig()
        });
        if utfall.is_err() {
            ut.truncate(foer);
        }
        utfall
    }
}
