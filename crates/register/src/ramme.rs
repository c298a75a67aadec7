//! Frames: the parts of a record, each with rows and bodies of one protection class, each packed apart.
//!
//! A record is up to seven values under one person number: (person, frame). A caller's answer reads the frames it may see
//! and no other, so neither the size nor the time of one depends on what lies in another.
//!
//! ```text
//!  Hode               identifiers and present protection, then open current rows; plain bytes
//!  AapenHistorisk     numbers and names that were; compressed
//!  AdresseGjeldende   open current addresses; compressed, sealed
//!  AdresseHistorisk   open former addresses; compressed, sealed
//!  AdresseGradert     every graded address; compressed, sealed
//!  TaushetGjeldende   what only some packages see; compressed
//!  TaushetHistorisk   history that only some packages see, and versions no longer held; compressed
//! ```
//! Bytes of a frame before packing: `basis`, number of rows, the rows' bytes with their length first, the bodies.

use informasjonsmodell::{Entitet, Omraade};
use lager::forsegling::Noekkel;
use tilgang::Grad;

use crate::Feil;
use crate::koding::{Leser, skriv_lengde, skriv_tall};
use crate::ordbok;
use crate::rad::{Rad, Radvisning, Rammetilstand, les_rad, skriv_rad};

const SKADET: Feil = Feil::Skadet("ramme");

/// A part of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Ramme {
    Hode = 0,
    AapenHistorisk = 1,
    AdresseGjeldende = 2,
    AdresseHistorisk = 3,
    AdresseGradert = 4,
    TaushetGjeldende = 5,
    TaushetHistorisk = 6,
}

impl Ramme {
    pub const ALLE: [Ramme; 7] = [
        Ramme::Hode,
        Ramme::AapenHistorisk,
        Ramme::AdresseGjeldende,
        Ramme::AdresseHistorisk,
        Ramme::AdresseGradert,
        Ramme::TaushetGjeldende,
        Ramme::TaushetHistorisk,
    ];

    /// Which frame a row belongs in, for a person whose present protection is `vern`.
    pub fn for_rad(rad: &Rad, vern: Grad) -> Ramme {
        let naa = rad.holdt() && rad.gjeldende();
        let Some(entitet) = rad.entitet else {
            return Ramme::TaushetGjeldende;
        };
        match entitet.omraade() {
            // What a strengt fortrolig person has is one open postadresse.
            Omraade::Adresse if vern == Grad::StrengtFortrolig && rad.grad == Grad::Ugradert => Ramme::AdresseGjeldende,
            Omraade::Adresse if vern.max(rad.grad) > Grad::Ugradert => Ramme::AdresseGradert,
            Omraade::Adresse if naa => Ramme::AdresseGjeldende,
            Omraade::Adresse => Ramme::AdresseHistorisk,
            Omraade::Aapen if naa => Ramme::Hode,
            Omraade::Aapen if rad.holdt() && matches!(entitet, Entitet::Identifikasjonsnummer | Entitet::Navn) => {
                Ramme::AapenHistorisk
            }
            Omraade::Taushet if naa => Ramme::TaushetGjeldende,
            Omraade::Aapen | Omraade::Taushet => Ramme::TaushetHistorisk,
        }
    }

    /// Sealed under the person's key.
    pub fn forsegles(self) -> bool {
        matches!(
            self,
            Ramme::AdresseGjeldende | Ramme::AdresseHistorisk | Ramme::AdresseGradert
        )
    }

    /// The key in the table of records.
    pub fn plass(self, person: u32) -> [u8; 5] {
        let [a, b, c, d] = person.to_be_bytes();
        [a, b, c, d, self as u8]
    }
}

/// Writes the rows of a frame, unpacked. Rows are in wire order of entity, then place, then `fra`.
pub(crate) fn skriv_rader(ut: &mut Vec<u8>, rader: &[&Rad]) {
    let basis = rader.iter().map(|r| r.fra).min().unwrap_or(0);
    skriv_tall(ut, basis);
    skriv_lengde(ut, rader.len());
    let mut hoder = Vec::with_capacity(rader.len() * 24);
    let mut kropper = Vec::new();
    let mut tilstand = Rammetilstand::default();
    let mut forrige: Option<&Rad> = None;
    for rad in rader {
        let samme = forrige.is_some_and(|f| f.kropp == rad.kropp && f.spenn == rad.spenn);
        skriv_rad(&mut hoder, rad, basis, samme, &mut tilstand);
        if !samme {
            kropper.extend_from_slice(&rad.kropp);
        }
        forrige = Some(rad);
    }
    skriv_lengde(ut, hoder.len());
    ut.extend_from_slice(&hoder);
    ut.extend_from_slice(&kropper);
}

/// Goes through the rows of an unpacked frame.
pub(crate) fn les_rader<'a>(
    byte: &'a [u8],
    mut se: impl FnMut(Radvisning<'a>) -> Result<(), Feil>,
) -> Result<(), Feil> {
    let mut leser = Leser::new(byte);
    let basis = leser.tall()?;
    let antall = leser.lengde()?;
    let lengde = leser.lengde()?;
    let mut hoder = Leser::new(leser.ta(lengde)?);
    let mut kropper = Leser::new(leser.rest());
    let mut forrige: (&[u8], &[u8]) = (&[], &[]);
    let mut tilstand = Rammetilstand::default();
    // A row takes at least five bytes, so a damaged count cannot make this long.
    if antall > lengde {
        return Err(SKADET);
    }
    for _ in 0..antall {
        se(les_rad(&mut hoder, basis, &mut kropper, &mut forrige, &mut tilstand)?)?;
    }
    if hoder.er_tom() && kropper.er_tom() {
        Ok(())
    } else {
        Err(SKADET)
    }
}

/// Packs the bytes of a frame: compressed where that is shorter, sealed where it must be.
pub(crate) fn pakk(ramme: Ramme, person: u32, byte: Vec<u8>, noekkel: Option<&Noekkel>) -> Result<Vec<u8>, Feil> {
    if ramme == Ramme::Hode {
        return Ok(byte);
    }
    let pakket = ordbok::pakk(&byte)?;
    match (ramme.forsegles(), noekkel) {
        (false, _) => Ok(pakket),
        (true, Some(noekkel)) => Ok(noekkel.forsegl(&ramme.plass(person), &pakket)?),
        (true, None) => Err(SKADET),
    }
}

/// Unpacks a frame other than the head, which needs none.
pub(crate) fn pakk_opp(ramme: Ramme, person: u32, byte: &[u8], noekkel: Option<&Noekkel>) -> Result<Vec<u8>, Feil> {
    match (ramme.forsegles(), noekkel) {
        (false, _) => ordbok::pakk_opp(byte),
        (true, Some(noekkel)) => ordbok::pakk_opp(&noekkel.aapne(&ramme.plass(person), byte)?),
        (true, None) => Err(SKADET),
    }
}
