//! What may happen to an entry.

use identifikator::Folkeregisteridentifikator;
use jiff::Timestamp;

use crate::oppfoering::{Kanal, Leverandoer, Oppfoering, Spraak, epostadresse, ferskgrense_s, mobilnummer, postkasse};
use crate::terning::Terning;

/// A change that somebody makes, or that time makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endring {
    /// Registers somebody who was not, or was deleted; of one who is registered, new e-mail and mobile number.
    Registrer,
    /// Takes the person out.
    Slett,
    /// A new e-mail address.
    Epost,
    /// A new mobile number.
    Mobil,
    /// Says that both are right.
    Bekreft,
    /// Lets both become older than may be used: as if nobody had touched them for two years.
    LaUtloepe,
    /// Says no to electronic communication.
    Reserver,
    /// Takes that back.
    OpphevReservasjon,
    /// A mailbox, or none.
    Postkasse(Option<Leverandoer>),
    /// A language.
    Spraak(Spraak),
}

impl Endring {
    /// A change that fits an entry, by the dice of the next version.
    pub(crate) fn trekk(oppfoering: Option<&Oppfoering>, terning: &mut Terning) -> Self {
        let Some(person) = oppfoering.filter(|person| !person.slettet) else {
            return Endring::Registrer;
        };
        match terning.under(100) {
            0..3 => Endring::Slett,
            3..6 if person.reservert_s.is_none() => Endring::Reserver,
            0..20 if person.reservert_s.is_some() => Endring::OpphevReservasjon,
            3..25 => Endring::Epost,
            25..45 => Endring::Mobil,
            45..75 => Endring::Bekreft,
            75..80 => Endring::LaUtloepe,
            80..88 => Endring::Postkasse(Some(Leverandoer::Digipost)),
            88..94 => Endring::Postkasse(Some(Leverandoer::EBoks)),
            94..96 => Endring::Postkasse(None),
            kast => Endring::Spraak(match kast {
                96 => Spraak::Bokmaal,
                97 => Spraak::Nynorsk,
                98 => Spraak::Engelsk,
                _ => Spraak::Nordsamisk,
            }),
        }
    }

    /// The entry afterwards; `None` when there is nobody to change, or the person may have no entry.
    pub(crate) fn utfoer(
        self,
        oppfoering: Option<Oppfoering>,
        person: Folkeregisteridentifikator,
        terning: &mut Terning,
        naa: Timestamp,
    ) -> Option<Oppfoering> {
        if !crate::oppfoering::kan_ha_oppfoering(person) {
            return None;
        }
        let naa_s = naa.as_second();
        if self == Endring::Registrer {
            let foer = oppfoering.filter(|foer| !foer.slettet).unwrap_or_default();
            return Some(Oppfoering {
                epost: Some(Kanal::ny(epostadresse(terning), naa_s)),
                mobil: Some(Kanal::ny(mobilnummer(terning), naa_s)),
                spraak: foer.spraak.or(Some(Spraak::Bokmaal)),
                spraak_oppdatert_s: foer.spraak_oppdatert_s.or(Some(naa_s)),
                ..foer
            });
        }
        let mut ny = oppfoering.filter(|foer| !foer.slettet)?;
        match self {
            Endring::Registrer => {}
            Endring::Slett => {
                ny = Oppfoering {
                    slettet: true,
                    reservasjon_oppdatert_s: ny.reservasjon_oppdatert_s,
                    ..Oppfoering::default()
                };
            }
            Endring::Epost => ny.epost = Some(Kanal::ny(epostadresse(terning), naa_s)),
            Endring::Mobil => ny.mobil = Some(Kanal::ny(mobilnummer(terning), naa_s)),
            Endring::Bekreft => ny.kanaler().for_each(|kanal| kanal.verifisert_s = Some(naa_s)),
            Endring::LaUtloepe => {
                let gammel_s = ferskgrense_s(naa).saturating_sub(180 * 86_400);
                ny.kanaler().for_each(|kanal| {
                    kanal.oppdatert_s = kanal.oppdatert_s.min(gammel_s);
                    kanal.validert_s = kanal.validert_s.map(|tid| tid.min(gammel_s));
                    kanal.verifisert_s = None;
                });
            }
            Endring::Reserver => (ny.reservert_s, ny.reservasjon_oppdatert_s) = (Some(naa_s), Some(naa_s)),
            Endring::OpphevReservasjon => (ny.reservert_s, ny.reservasjon_oppdatert_s) = (None, Some(naa_s)),
            Endring::Postkasse(leverandoer) => ny.postkasse = leverandoer.map(|l| postkasse(terning, l)),
            Endring::Spraak(spraak) => (ny.spraak, ny.spraak_oppdatert_s) = (Some(spraak), Some(naa_s)),
        }
        Some(ny)
    }
}
