//! A row: one version of one opplysning, the interval in which the register held it, and where its body lies.
//!
//! ```text
//!  fra            til
//!   |--- held -----|          a closed row stays for the archive
//!                  |--- held, no longer current --- ...   a new row over the same body
//! ```
//! Bytes of a row in a frame (all numbers as in `koding`):
//!
//! ```text
//!  entitet+mangler  merker  merker2  plass  fra-basis  [til-fra slutt]  [ajourhold] [kilde] [aarsak] [gyldighet] [opphoer] [kjede]
//!  kropp: lengde + 1, or 0 for the body of the row before   [antall spenn, then klasse, fra - forrige til, lengde]
//! ```

use informasjonsmodell::skjema::{Feltklasse, Spenn};
use informasjonsmodell::{Entitet, Tidspunkt};
use tilgang::Grad;

use crate::Feil;
use crate::ajourhold::{self, Ledd};
use crate::koding::{Leser, les_tid, skriv_heltall, skriv_lengde, skriv_tall, skriv_tid};

const SKADET: Feil = Feil::Skadet("rad");

fn skadet() -> Feil {
    SKADET
}

/// How a row came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Opprinnelse {
    /// A new value.
    Ny = 0,
    /// It replaced a wrong one.
    Korrigert = 1,
    /// The same value, from now on history because a new one took over.
    Avloest = 2,
    /// The same value, ended without a successor.
    Opphoert = 3,
    /// The same value, held again.
    Gjenopptatt = 4,
}

/// Why the register no longer holds a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Slutt {
    /// A row over the same body took over.
    Videre = 0,
    /// It was wrong, and another row says what is right.
    Korrigert = 1,
    /// It was wrong altogether.
    Annullert = 2,
    /// The person was ended.
    PersonOpphoert = 3,
    /// A value that has no history was replaced.
    Erstattet = 4,
}

/// One version of one opplysning.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rad {
    /// `None`: members at the top of a document that are no entity of the model; kept, never delivered.
    pub entitet: Option<Entitet>,
    /// Place among the entries of its entity in the document.
    pub plass: i64,
    pub fra: u64,
    pub opprinnelse: Opprinnelse,
    pub til: Option<(u64, Slutt)>,
    pub er_gjeldende: Option<bool>,
    pub ajourholdstidspunkt: Option<Tidspunkt>,
    /// Number of an interned text.
    pub kilde: Option<u32>,
    /// Number of an interned text.
    pub aarsak: Option<u32>,
    pub gyldighetstidspunkt: Option<Tidspunkt>,
    pub opphoerstidspunkt: Option<Tidspunkt>,
    pub grad: Grad,
    pub skjult_status: bool,
    /// Times before changes that some callers cannot see; only rows that say something new have any.
    pub kjede: Vec<Ledd>,
    pub kropp: Vec<u8>,
    pub spenn: Vec<Spenn>,
}

impl Rad {
    /// Entity, place and event: what rows are ordered by.
    pub fn orden(&self) -> (u8, i64, u64) {
        (self.entitet.map_or(UKJENT, |e| e as u8), self.plass, self.fra)
    }

    /// Held now.
    pub fn holdt(&self) -> bool {
        self.til.is_none()
    }

    /// Current: an entry that does not say is current (our choice).
    pub fn gjeldende(&self) -> bool {
        self.er_gjeldende != Some(false)
    }
}

/// A row as it lies in a frame, nothing copied.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Radvisning<'a> {
    pub entitet: Option<Entitet>,
    pub plass: i64,
    pub fra: u64,
    pub opprinnelse: Opprinnelse,
    pub til: Option<(u64, Slutt)>,
    pub er_gjeldende: Option<bool>,
    pub ajourholdstidspunkt: Option<Tidspunkt>,
    pub kilde: Option<u32>,
    pub aarsak: Option<u32>,
    pub gyldighetstidspunkt: Option<Tidspunkt>,
    pub opphoerstidspunkt: Option<Tidspunkt>,
    pub grad: Grad,
    pub skjult_status: bool,
    /// What this frame's copy of the row lacks; 0: it is the whole row.
    pub mangler: u8,
    pub kropp: &'a [u8],
    spenn: &'a [u8],
    kjede: &'a [u8],
}

impl Radvisning<'_> {
    /// Entity, place and event: what rows are ordered by.
    pub fn orden(&self) -> (u8, i64, u64) {
        (self.entitet.map_or(UKJENT, |e| e as u8), self.plass, self.fra)
    }

    pub fn holdt_ved(&self, seq: u64) -> bool {
        self.fra <= seq && self.til.is_none_or(|(til, _)| til > seq)
    }

    pub fn gjeldende(&self) -> bool {
        self.er_gjeldende != Some(false)
    }

    /// Reads the removable members into a buffer that is used again for every row.
    pub fn les_spenn(&self, ut: &mut Vec<Spenn>) -> Result<(), Feil> {
        ut.clear();
        let mut leser = Leser::new(self.spenn);
        let mut forrige = 0u32;
        while !leser.er_tom() {
            let klasse = Feltklasse::fra_tall(leser.byte()?).ok_or_else(skadet)?;
            let fra = forrige.checked_add(leser.tall32()?).ok_or_else(skadet)?;
            let til = fra.checked_add(leser.tall32()?).ok_or_else(skadet)?;
            if til as usize > self.kropp.len() {
                return Err(SKADET);
            }
            ut.push(Spenn { klasse, fra, til });
            // Spans lie in order of their first byte; an inner one starts after an outer one.
            forrige = fra;
        }
        Ok(())
    }

    /// The times before changes that some callers cannot see.
    pub fn les_kjede(&self) -> Result<Vec<Ledd>, Feil> {
        ajourhold::les(self.kjede)
    }

    pub fn til_rad(self) -> Result<Rad, Feil> {
        let mut spenn = Vec::new();
        self.les_spenn(&mut spenn)?;
        Ok(Rad {
            entitet: self.entitet,
            plass: self.plass,
            fra: self.fra,
            opprinnelse: self.opprinnelse,
            til: self.til,
            er_gjeldende: self.er_gjeldende,
            ajourholdstidspunkt: self.ajourholdstidspunkt,
            kilde: self.kilde,
            aarsak: self.aarsak,
            gyldighetstidspunkt: self.gyldighetstidspunkt,
            opphoerstidspunkt: self.opphoerstidspunkt,
            grad: self.grad,
            skjult_status: self.skjult_status,
            kjede: self.les_kjede()?,
            kropp: self.kropp.to_vec(),
            spenn,
        })
    }
}

// First flag byte.
const HAR_TIL: u8 = 1;
const GJELDENDE: u8 = 2;
const IKKE_GJELDENDE: u8 = 4;
const HAR_AJOURHOLD: u8 = 8;
const HAR_KILDE: u8 = 16;
const HAR_AARSAK: u8 = 32;
const HAR_GYLDIGHET: u8 = 64;
const HAR_OPPHOER: u8 = 128;
// Second flag byte: bits 0-2 opprinnelse (5-7: Ny, Korrigert, Gjenopptatt with a chain of times), 3-4 grad, 5 skjult status, 6 has spans, 7 has a place other than the next.
const SKJULT: u8 = 32;
const HAR_SPENN: u8 = 64;
const HAR_PLASS: u8 = 128;
// The entity number of what is no entity.
const UKJENT: u8 = 63;
// Where in that byte stands what the row lacks.
const MANGLER_FRA_BIT: u32 = 6;

/// State that rows of a frame share while it is written or read.
#[derive(Debug, Default)]
pub(crate) struct Rammetilstand {
    forrige_tid: Option<Tidspunkt>,
    forrige_entitet: Option<Option<Entitet>>,
    neste_plass: i64,
}

impl Rammetilstand {
    fn ventet_plass(&self, entitet: Option<Entitet>) -> i64 {
        if self.forrige_entitet == Some(entitet) {
            self.neste_plass
        } else {
            0
        }
    }

    fn flytt(&mut self, entitet: Option<Entitet>, plass: i64) {
        self.forrige_entitet = Some(entitet);
        self.neste_plass = plass.saturating_add(1);
    }
}

// The code of an origin whose row has a chain; the others end a row and have none.
fn med_kjede(opprinnelse: Opprinnelse) -> Option<u8> {
    match opprinnelse {
        Opprinnelse::Ny => Some(5),
        Opprinnelse::Korrigert => Some(6),
        Opprinnelse::Gjenopptatt => Some(7),
        Opprinnelse::Avloest | Opprinnelse::Opphoert => None,
    }
}

/// Writes a row. `samme_kropp`: the body is that of the row before.
pub(crate) fn skriv_rad(
    ut: &mut Vec<u8>,
    rad: &Rad,
    mangler: u8,
    basis: u64,
    samme_kropp: bool,
    tilstand: &mut Rammetilstand,
) {
    let mut merker = 0;
    let mut sett = |vilkaar: bool, bit: u8| merker |= if vilkaar { bit } else { 0 };
    sett(rad.til.is_some(), HAR_TIL);
    sett(rad.er_gjeldende == Some(true), GJELDENDE);
    sett(rad.er_gjeldende == Some(false), IKKE_GJELDENDE);
    sett(rad.ajourholdstidspunkt.is_some(), HAR_AJOURHOLD);
    sett(rad.kilde.is_some(), HAR_KILDE);
    sett(rad.aarsak.is_some(), HAR_AARSAK);
    sett(rad.gyldighetstidspunkt.is_some(), HAR_GYLDIGHET);
    sett(rad.opphoerstidspunkt.is_some(), HAR_OPPHOER);
    let har_plass = rad.plass != tilstand.ventet_plass(rad.entitet);
    let har_spenn = !samme_kropp && !rad.spenn.is_empty();
    let har_kjede = med_kjede(rad.opprinnelse).filter(|_| !rad.kjede.is_empty());
    let merker2 = har_kjede.unwrap_or(rad.opprinnelse as u8)
        | (rad.grad as u8) << 3
        | if rad.skjult_status { SKJULT } else { 0 }
        | if har_spenn { HAR_SPENN } else { 0 }
        | if har_plass { HAR_PLASS } else { 0 };
    ut.push(rad.entitet.map_or(UKJENT, |e| e as u8) | mangler << MANGLER_FRA_BIT);
    ut.push(merker);
    ut.push(merker2);
    if har_plass {
        skriv_heltall(ut, rad.plass);
    }
    tilstand.flytt(rad.entitet, rad.plass);
    skriv_tall(ut, rad.fra.saturating_sub(basis));
    if let Some((til, slutt)) = rad.til {
        skriv_tall(ut, til.saturating_sub(rad.fra));
        ut.push(slutt as u8);
    }
    if let Some(tid) = rad.ajourholdstidspunkt {
        skriv_tid(ut, tid, &mut tilstand.forrige_tid);
    }
    for tekst in [rad.kilde, rad.aarsak].into_iter().flatten() {
        skriv_tall(ut, u64::from(tekst));
    }
    for tid in [rad.gyldighetstidspunkt, rad.opphoerstidspunkt].into_iter().flatten() {
        skriv_tid(ut, tid, &mut tilstand.forrige_tid);
    }
    if har_kjede.is_some() {
        ajourhold::skriv(ut, &rad.kjede);
    }
    if samme_kropp {
        skriv_tall(ut, 0);
        return;
    }
    skriv_lengde(ut, rad.kropp.len().saturating_add(1));
    if har_spenn {
        let mut byte = Vec::with_capacity(rad.spenn.len() * 4);
        let mut forrige = 0;
        for s in &rad.spenn {
            byte.push(s.klasse as u8);
            skriv_tall(&mut byte, u64::from(s.fra - forrige));
            skriv_tall(&mut byte, u64::from(s.til - s.fra));
            forrige = s.fra;
        }
        skriv_lengde(ut, byte.len());
        ut.extend_from_slice(&byte);
    }
}

/// Reads a row. `kropper`: what is left of the bodies; `forrige`: body and spans of the row before.
pub(crate) fn les_rad<'a>(
    leser: &mut Leser<'a>,
    basis: u64,
    kropper: &mut Leser<'a>,
    forrige: &mut (&'a [u8], &'a [u8]),
    tilstand: &mut Rammetilstand,
) -> Result<Radvisning<'a>, Feil> {
    let foerste = leser.byte()?;
    let mangler = foerste >> MANGLER_FRA_BIT;
    let entitet = match foerste & UKJENT {
        UKJENT => None,
        tall => Some(Entitet::fra_tall(tall).ok_or_else(skadet)?),
    };
    let merker = leser.byte()?;
    let merker2 = leser.byte()?;
    let har = |bit: u8| merker & bit != 0;
    let plass = if merker2 & HAR_PLASS != 0 {
        leser.heltall()?
    } else {
        tilstand.ventet_plass(entitet)
    };
    tilstand.flytt(entitet, plass);
    let fra = basis.checked_add(leser.tall()?).ok_or_else(skadet)?;
    let til = if har(HAR_TIL) {
        let til = fra.checked_add(leser.tall()?).ok_or_else(skadet)?;
        let slutt = match leser.byte()? {
            0 => Slutt::Videre,
            1 => Slutt::Korrigert,
            2 => Slutt::Annullert,
            3 => Slutt::PersonOpphoert,
            4 => Slutt::Erstattet,
            _ => return Err(SKADET),
        };
        Some((til, slutt))
    } else {
        None
    };
    let tid = |leser: &mut Leser<'a>, bit: u8, tilstand: &mut Rammetilstand| -> Result<Option<Tidspunkt>, Feil> {
        if har(bit) {
            les_tid(leser, &mut tilstand.forrige_tid).map(Some)
        } else {
            Ok(None)
        }
    };
    let ajourholdstidspunkt = tid(leser, HAR_AJOURHOLD, tilstand)?;
    let kilde = if har(HAR_KILDE) { Some(leser.tall32()?) } else { None };
    let aarsak = if har(HAR_AARSAK) { Some(leser.tall32()?) } else { None };
    let gyldighetstidspunkt = tid(leser, HAR_GYLDIGHET, tilstand)?;
    let opphoerstidspunkt = tid(leser, HAR_OPPHOER, tilstand)?;
    let (opprinnelse, har_kjede) = match merker2 & 7 {
        0 => (Opprinnelse::Ny, false),
        1 => (Opprinnelse::Korrigert, false),
        2 => (Opprinnelse::Avloest, false),
        3 => (Opprinnelse::Opphoert, false),
        4 => (Opprinnelse::Gjenopptatt, false),
        5 => (Opprinnelse::Ny, true),
        6 => (Opprinnelse::Korrigert, true),
        _ => (Opprinnelse::Gjenopptatt, true),
    };
    let kjede = if har_kjede {
        let lengde = leser.lengde()?;
        leser.ta(lengde)?
    } else {
        &[]
    };
    match leser.lengde()?.checked_sub(1) {
        None => {}
        Some(lengde) => {
            let kropp = kropper.ta(lengde)?;
            let spenn = if merker2 & HAR_SPENN != 0 {
                let lengde = leser.lengde()?;
                leser.ta(lengde)?
            } else {
                &[]
            };
            *forrige = (kropp, spenn);
        }
    }
    Ok(Radvisning {
        entitet,
        plass,
        fra,
        opprinnelse,
        til,
        er_gjeldende: if har(GJELDENDE) {
            Some(true)
        } else {
            har(IKKE_GJELDENDE).then_some(false)
        },
        ajourholdstidspunkt,
        kilde,
        aarsak,
        gyldighetstidspunkt,
        opphoerstidspunkt,
        grad: Grad::fra_tall(merker2 >> 3 & 3),
        skjult_status: merker2 & SKJULT != 0,
        mangler,
        kropp: forrige.0,
        spenn: forrige.1,
        kjede,
    })
}
