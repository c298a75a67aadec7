//! Rows that say which bydel a grunnkrets belongs to, and when.

use std::collections::BTreeMap;
use std::io::BufRead;

use identifikator::Dato;

use super::rader::Radleser;
use super::{Linjefeil, Rapport, Regel, TILHOERIGHETER_MAKS};
use crate::adresse::tall;
use crate::bydel;
use crate::fil::Feil;
use crate::tabell::Tilhoerighet;

const KOLONNER: [&str; 4] = ["grunnkretsnummer", "bydelskode", "gyldigFra", "gyldigTil"];

pub(super) fn les(kilde: impl BufRead) -> Result<(Vec<Tilhoerighet>, Rapport), Feil> {
    let mut rader = Radleser::new(kilde, KOLONNER, b";,")?;
    // By grunnkrets and start, so that the neighbours of a new one are at hand.
    let mut sett: BTreeMap<(u32, i32), Tilhoerighet> = BTreeMap::new();
    while rader.neste()? {
        let lest = les_rad(rader.felt()).and_then(|rad| {
            if overlapper(&sett, rad) {
                Err(Regel::Overlapp)
            } else {
                Ok(rad)
            }
        });
        match lest {
            Ok(rad) => {
                sett.insert((rad.krets, rad.fra), rad);
                if sett.len() > TILHOERIGHETER_MAKS {
                    return Err(Linjefeil::ForMange("bydelstilhørigheter").into());
                }
            }
            Err(regel) => rader.avvis(regel),
        }
    }
    // An empty correspondence is one: a nation without the four kommuner. A file of nothing but faults is another kind of file.
    if sett.is_empty() && rader.rapport.rader > 0 {
        return Err(Linjefeil::IngenRader.into());
    }
    Ok((sett.into_values().collect(), rader.rapport))
}

fn overlapper(sett: &BTreeMap<(u32, i32), Tilhoerighet>, ny: Tilhoerighet) -> bool {
    let foer = sett.range(..(ny.krets, ny.til)).next_back();
    foer.is_some_and(|(_, rad)| rad.krets == ny.krets && ny.fra < rad.til)
}

fn les_rad([krets, kode, fra, til]: [&str; 4]) -> Result<Tilhoerighet, Regel> {
    let krets = Some(krets)
        .filter(|k| k.len() == 8)
        .and_then(|k| tall(k, 8))
        .ok_or(Regel::Grunnkretsnummer)?;
    let kode = Some(kode)
        .filter(|k| k.len() == 6)
        .and_then(|k| tall(k, 6))
        .ok_or(Regel::Bydelskode)?;
    if !bydel::finnes(kode) || kode / 100 != krets / 10_000 {
        return Err(Regel::Bydelskode);
    }
    let dag = |tekst: &str, ellers: i32| {
        if tekst.is_empty() {
            return Ok(ellers);
        }
        let dato: Dato = tekst.parse().map_err(|_| Regel::Tidsrom)?;
        Ok(dato.dager_siden_1970())
    };
    let (fra, til) = (dag(fra, i32::MIN)?, dag(til, i32::MAX)?);
    if fra >= til {
        return Err(Regel::Tidsrom);
    }
    Ok(Tilhoerighet {
        krets,
        fra,
        til,
        bydel: kode,
    })
}
