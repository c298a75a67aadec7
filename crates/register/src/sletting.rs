//! Erasure: what a person who becomes strengt fortrolig may not have, taken out of every version of the record.
//!
//! Destroying the person's key is the other half, and stands in `transaksjon`. Here is what lies outside sealed frames too.

use informasjonsmodell::Entitet;
use informasjonsmodell::skjema::{Feltklasse, Spenn};
use tilgang::Grad;

use crate::Sekvens;
use crate::post::Personpost;
use crate::rad::{Opprinnelse, Rad};

/// What tells of a place without being an address, and what we do not know the meaning of.
const STEDFESTENDE: [Feltklasse; 5] = [
    Feltklasse::FlyttingSted,
    Feltklasse::FlyttingLand,
    Feltklasse::DoedsboAdresse,
    Feltklasse::SvalbardFraflytting,
    Feltklasse::Ukjent,
];

fn maske() -> u32 {
    STEDFESTENDE.iter().fold(0, |sum, klasse| sum | klasse.bit())
}

/// Whether entries that every package's answer begins with can tell of a place without being an address.
///
/// Others that can (a move across the border, a stay on Svalbard) are sealed with what only some packages see.
pub(crate) fn kan_nevne_sted(entitet: Entitet) -> bool {
    entitet == Entitet::KontaktinformasjonForDoedsbo
}

/// Whether a row is the one address that a strengt fortrolig person has.
pub(crate) fn er_aapen_postadresse(rad: &Rad) -> bool {
    rad.entitet == Some(Entitet::Postadresse) && rad.grad == Grad::Ugradert && rad.holdt() && rad.gjeldende()
}

/// Everything of a person's addresses is removed, in every version: rows, and what other entries tell of a place.
///
/// The one open postadresse that came with the event stays.
pub(crate) fn slett_adresser(post: &mut Personpost, seq: Sekvens) {
    post.rader.retain(|rad| match rad.entitet {
        Some(entitet) if entitet.er_adresse() => {
            let fra_hendelsen = rad.fra == seq.0 && matches!(rad.opprinnelse, Opprinnelse::Ny | Opprinnelse::Korrigert);
            fra_hendelsen && er_aapen_postadresse(rad)
        }
        Some(_) => true,
        None => false,
    });
    fjern_steder(post);
}

/// Takes what tells of a place out of every other entry.
pub(crate) fn fjern_steder(post: &mut Personpost) {
    for rad in &mut post.rader {
        if !rad.entitet.is_some_and(Entitet::er_adresse) {
            (rad.kropp, rad.spenn) = uten_steder(std::mem::take(&mut rad.kropp), std::mem::take(&mut rad.spenn));
        }
    }
}

/// A body as a strengt fortrolig person has it.
pub(crate) fn uten_steder(kropp: Vec<u8>, spenn: Vec<Spenn>) -> (Vec<u8>, Vec<Spenn>) {
    let maske = maske();
    if spenn.iter().any(|s| maske & s.klasse.bit() != 0) {
        skjaer_bort(&kropp, &spenn, maske)
    } else {
        (kropp, spenn)
    }
}

/// A body without some of its removable members, and where the others lie now.
///
/// Cuts exactly as [`tilgang::kopier_uten`] copies.
pub(crate) fn skjaer_bort(kropp: &[u8], spenn: &[Spenn], bort: u32) -> (Vec<u8>, Vec<Spenn>) {
    // What is cut, in order, without overlap.
    let mut kutt: Vec<(usize, usize)> = Vec::new();
    for s in spenn.iter().filter(|s| bort & s.klasse.bit() != 0) {
        let (mut fra, mut til) = (s.fra as usize, s.til as usize);
        let slutt = kutt.last().map_or(0, |k| k.1);
        if fra < slutt {
            continue;
        }
        if kropp.get(til) == Some(&b',') {
            til += 1;
        } else {
            // The comma before stands in front of this cut, or of the cut that ends where this begins.
            let start = if fra == slutt {
                kutt.pop().map_or(fra, |k| k.0)
            } else {
                fra
            };
            fra = if start > 0 && kropp.get(start - 1) == Some(&b',') {
                start - 1
            } else {
                start
            };
        }
        kutt.push((fra, til));
    }
    let kuttet_foer = |plass: usize| -> usize { kutt.iter().map(|(fra, til)| plass.clamp(*fra, *til) - fra).sum() };
    let mut ut = Vec::with_capacity(kropp.len());
    let mut plass = 0;
    for (fra, til) in &kutt {
        ut.extend_from_slice(kropp.get(plass..*fra).unwrap_or_default());
        plass = *til;
    }
    ut.extend_from_slice(kropp.get(plass..).unwrap_or_default());
    let mut igjen = Vec::new();
    for s in spenn.iter().filter(|s| bort & s.klasse.bit() == 0) {
        let (fra, til) = (s.fra as usize, s.til as usize);
        let (ny_fra, ny_til) = (fra - kuttet_foer(fra), til - kuttet_foer(til));
        if let (true, Ok(fra), Ok(til)) = (ny_til > ny_fra, u32::try_from(ny_fra), u32::try_from(ny_til)) {
            igjen.push(Spenn {
                klasse: s.klasse,
                fra,
                til,
            });
        }
    }
    (ut, igjen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn cutting_away_is_copying_without_and_the_rest_is_found_again(
            medlemmer in prop::collection::vec((0u8..3, 0u8..3), 0..7),
            indre in prop::collection::vec(0u8..3, 0..4),
        ) {
            // Classes: 0 stays and is removable, 1 is cut, 2 is not removable. The last member is an object with members.
            let mut kropp = String::from("{");
            let mut spenn = Vec::new();
            let klasse = |slag: u8| match slag { 0 => Some(Feltklasse::Kretser), 1 => Some(Feltklasse::FlyttingSted), _ => None };
            for (nr, (verdi, slag)) in medlemmer.iter().enumerate() {
                if kropp.len() > 1 { kropp.push(','); }
                let fra = kropp.len() as u32;
                kropp.push_str(&format!("\"m{nr}\":{verdi}"));
                if let Some(klasse) = klasse(*slag) { spenn.push(Spenn { klasse, fra, til: kropp.len() as u32 }); }
            }
            if kropp.len() > 1 { kropp.push(','); }
            kropp.push_str("\"o\":{");
            for (nr, slag) in indre.iter().enumerate() {
                if nr > 0 { kropp.push(','); }
                let fra = kropp.len() as u32;
                kropp.push_str(&format!("\"i{nr}\":1"));
                if let Some(klasse) = klasse(*slag) { spenn.push(Spenn { klasse, fra, til: kropp.len() as u32 }); }
            }
            kropp.push_str("}}");
            let bort = Feltklasse::FlyttingSted.bit();
            let (kuttet, igjen) = skjaer_bort(kropp.as_bytes(), &spenn, bort);
            let mut kopi = Vec::new();
            tilgang::kopier_uten(&mut kopi, kropp.as_bytes(), &spenn, bort);
            prop_assert_eq!(&kuttet, &kopi);
            let beholdt: Vec<_> = spenn.iter().filter(|s| s.klasse == Feltklasse::Kretser).collect();
            prop_assert_eq!(igjen.len(), beholdt.len());
            for (foer, etter) in beholdt.iter().zip(&igjen) {
                prop_assert_eq!(&kropp.as_bytes()[foer.fra as usize..foer.til as usize], &kuttet[etter.fra as usize..etter.til as usize]);
            }
        }
    }
}
