//! Frames: the parts of a record, each with rows and bodies of one protection class, each packed apart.
//!
//! A record is up to eight values under one person number: (person, frame). A caller's answer reads the frames it may see
//! and no other, so neither the size nor the time of one depends on what lies in another.
//!
//! ```text
//!  Hode               identifiers and present protection, then open current rows; plain bytes, checksum
//!  AapenHistorisk     numbers and names that were; compressed
//!  AdresseGjeldende   open current addresses; compressed, sealed
//!  AdresseHistorisk   open former addresses; compressed, sealed
//!  AdresseGradert     every graded address; compressed, sealed
//!  TaushetGjeldende   what only some packages see; compressed, sealed
//!  TaushetHistorisk   history that only some packages see, and versions no longer held; compressed, sealed
//!  Sted               open current rows that tell of a place without being addresses; compressed, sealed
//! ```
//! What is compressed and not sealed ends in a checksum too. Bytes of a frame before packing: `basis`, number of rows, the rows' bytes with their length first, the bodies.

use informasjonsmodell::{Entitet, Omraade};
use lager::forsegling::Noekkel;
use tilgang::Grad;

use crate::Feil;
use crate::koding::{Leser, skriv_lengde, skriv_tall};
use crate::ordbok;
use crate::rad::{Rad, Radvisning, Rammetilstand, les_rad, skriv_rad};
use crate::{sjekksum, sletting};

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
    Sted = 7,
}

impl Ramme {
    pub const ALLE: [Ramme; 8] = [
        Ramme::Hode,
        Ramme::AapenHistorisk,
        Ramme::AdresseGjeldende,
        Ramme::AdresseHistorisk,
        Ramme::AdresseGradert,
        Ramme::TaushetGjeldende,
        Ramme::TaushetHistorisk,
        Ramme::Sted,
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
            Omraade::Aapen if naa && sletting::nevner_sted(rad) => Ramme::Sted,
            Omraade::Aapen if naa => Ramme::Hode,
            Omraade::Aapen if rad.holdt() && matches!(entitet, Entitet::Identifikasjonsnummer | Entitet::Navn) => {
                Ramme::AapenHistorisk
            }
            Omraade::Taushet if naa => Ramme::TaushetGjeldende,
            Omraade::Aapen | Omraade::Taushet => Ramme::TaushetHistorisk,
        }
    }

    /// Sealed under the person's key: every frame that can hold an address or tell of a place.
    pub fn forsegles(self) -> bool {
        !matches!(self, Ramme::Hode | Ramme::AapenHistorisk)
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

/// Packs the bytes of a frame: compressed where that is shorter, then sealed where it must be, else with a checksum.
pub(crate) fn pakk(ramme: Ramme, person: u32, byte: Vec<u8>, noekkel: Option<&Noekkel>) -> Result<Vec<u8>, Feil> {
    let plass = ramme.plass(person);
    // The head is read by every answer and stays plain.
    let mut pakket = if ramme == Ramme::Hode {
        byte
    } else {
        ordbok::pakk(&byte)?
    };
    match (ramme.forsegles(), noekkel) {
        (false, _) => {
            sjekksum::legg_paa(&plass, &mut pakket);
            Ok(pakket)
        }
        (true, Some(noekkel)) => Ok(noekkel.forsegl(&plass, &pakket)?),
        (true, None) => Err(SKADET),
    }
}

/// The bytes of a head: nothing is copied.
pub(crate) fn aapne_hode(person: u32, byte: &[u8]) -> Result<&[u8], Feil> {
    sjekksum::ta_av(&Ramme::Hode.plass(person), byte, "hode")
}

/// Unpacks a frame other than the head, which needs none.
pub(crate) fn pakk_opp(ramme: Ramme, person: u32, byte: &[u8], noekkel: Option<&Noekkel>) -> Result<Vec<u8>, Feil> {
    let plass = ramme.plass(person);
    match (ramme.forsegles(), noekkel) {
        (false, _) => ordbok::pakk_opp(sjekksum::ta_av(&plass, byte, "ramme")?),
        (true, Some(noekkel)) => ordbok::pakk_opp(&noekkel.aapne(&plass, byte)?),
        (true, None) => Err(SKADET),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ajourhold::Ledd;
    use crate::post::{Hode, Nummer};
    use crate::rad::{Opprinnelse, Slutt};
    use informasjonsmodell::Tidspunkt;
    use informasjonsmodell::skjema::{Feltklasse, Spenn};
    use proptest::prelude::*;

    fn tidspunkt() -> impl Strategy<Value = Option<Tidspunkt>> {
        prop::option::of(
            (0i64..4_000_000_000)
                .prop_map(|s| Tidspunkt::new(s, 0, 0, informasjonsmodell::Forskyvning::Minutter(60)).unwrap()),
        )
    }

    fn rad() -> impl Strategy<Value = Rad> {
        let entitet = prop::option::of((0..Entitet::ALLE.len()).prop_map(|n| Entitet::ALLE[n]));
        let opprinnelse = prop::sample::select(vec![
            Opprinnelse::Ny,
            Opprinnelse::Korrigert,
            Opprinnelse::Avloest,
            Opprinnelse::Opphoert,
            Opprinnelse::Gjenopptatt,
        ]);
        let slutt = prop::sample::select(vec![
            Slutt::Videre,
            Slutt::Korrigert,
            Slutt::Annullert,
            Slutt::PersonOpphoert,
            Slutt::Erstattet,
        ]);
        let kjede = prop::collection::vec((any::<u32>(), tidspunkt()), 0..4);
        (
            (
                entitet,
                -5i64..5,
                1u64..1_000_000,
                opprinnelse,
                prop::option::of((1u64..1_000, slutt)),
            ),
            (
                prop::option::of(any::<bool>()),
                tidspunkt(),
                prop::option::of(0u32..300),
                prop::option::of(0u32..300),
            ),
            (tidspunkt(), tidspunkt(), 0u8..4, any::<bool>(), kjede),
            (
                prop::collection::vec(any::<u8>(), 0..40),
                prop::collection::vec((0usize..14, 0u32..40, 0u32..40), 0..3),
            ),
        )
            .prop_map(|(a, b, c, d)| {
                let har_kjede = matches!(a.3, Opprinnelse::Ny | Opprinnelse::Korrigert | Opprinnelse::Gjenopptatt);
                let lengde = d.0.len() as u32;
                let mut spenn: Vec<Spenn> =
                    d.1.iter()
                        .map(|(klasse, x, y)| {
                            let (x, y) = (x % (lengde + 1), y % (lengde + 1));
                            Spenn {
                                klasse: Feltklasse::ALLE[*klasse],
                                fra: x.min(y),
                                til: x.max(y),
                            }
                        })
                        .collect();
                spenn.sort_by_key(|s| s.fra);
                Rad {
                    entitet: a.0,
                    plass: a.1,
                    fra: a.2,
                    opprinnelse: a.3,
                    til: a.4.map(|(til, slutt)| (a.2 + til, slutt)),
                    er_gjeldende: b.0,
                    ajourholdstidspunkt: b.1,
                    kilde: b.2,
                    aarsak: b.3,
                    gyldighetstidspunkt: c.0,
                    opphoerstidspunkt: c.1,
                    grad: Grad::fra_tall(c.2),
                    skjult_status: c.3,
                    kjede: if har_kjede {
                        c.4.into_iter().map(|(gjelder, foer)| Ledd { gjelder, foer }).collect()
                    } else {
                        Vec::new()
                    },
                    kropp: d.0,
                    spenn,
                }
            })
    }

    proptest! {
        #[test]
        fn rows_come_back_as_they_were(rader in prop::collection::vec(rad(), 0..8)) {
            let mut byte = Vec::new();
            skriv_rader(&mut byte, &rader.iter().collect::<Vec<_>>());
            let mut lest = Vec::new();
            les_rader(&byte, |rad| { lest.push(rad.til_rad()?); Ok(()) }).unwrap();
            prop_assert_eq!(lest, rader);
        }

        #[test]
        fn damaged_rows_are_read_or_refused(
            rader in prop::collection::vec(rad(), 1..5),
            skader in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        ) {
            let mut byte = Vec::new();
            skriv_rader(&mut byte, &rader.iter().collect::<Vec<_>>());
            for (plass, verdi) in skader {
                let plass = plass.index(byte.len());
                byte[plass] = verdi;
            }
            let _ = les_rader(&byte, |rad| rad.til_rad().map(|_| ()));
        }

        #[test]
        fn any_bytes_are_rows_a_head_and_a_frame_or_refused(byte in prop::collection::vec(any::<u8>(), 0..120)) {
            let _ = les_rader(&byte, |rad| rad.til_rad().map(|_| ()));
            if let Ok((_, rest)) = Hode::les(&byte) {
                let _ = les_rader(rest, |rad| rad.til_rad().map(|_| ()));
            }
            let noekkel = Noekkel::fra_byte([7; 32]);
            for ramme in Ramme::ALLE {
                let _ = pakk_opp(ramme, 1, &byte, Some(&noekkel));
            }
        }

        #[test]
        fn a_head_comes_back_as_it_was(
            vern in 0u8..4,
            generasjon in any::<u8>(),
            rammer in any::<u8>(),
            numre in prop::collection::vec((0u64..100_000_000_000, any::<bool>()), 0..4),
            viderefoert_til in prop::option::of(0..u32::MAX),
            overtatt in prop::collection::vec(any::<u32>(), 0..3),
            kontakter in prop::collection::vec(0u64..100_000_000_000, 0..3),
            rest in prop::collection::vec(any::<u8>(), 0..9),
        ) {
            let numre = numre.into_iter().map(|(verdi, i_bruk)| Nummer { verdi, i_bruk }).collect();
            let vern = Grad::fra_tall(vern);
            let hode = Hode { vern, noekkelgenerasjon: generasjon, numre, viderefoert_til, rammer, overtatt, kontakter };
            let mut byte = Vec::new();
            hode.skriv(&mut byte);
            byte.extend_from_slice(&rest);
            let lest = Hode::les(&byte).unwrap();
            prop_assert_eq!(lest, (hode, rest.as_slice()));
        }
    }
}
