//! Rows of the public address register.

use std::io::BufRead;

use super::rader::Radleser;
use super::{ADRESSER_MAKS, FRAMDRIFT_RADER, Framdrift, Linjefeil, Rapport, Regel};
use crate::adresse::{adressekode, bokstav, del, kommunetall, nummer, tall};
use crate::bygger::Bygger;
use crate::fil::Feil;
use crate::kommune_uansett_dag;

/// Longest name of a grunnkrets. Units: characters. Source: our choice.
const NAVN_TEGN_MAKS: usize = 100;

/// The columns that we use. Source: Kartverket, field list of the address register.
const KOLONNER: [&str; 11] = [
    "kommunenummer",
    "adressetype",
    "adressekode",
    "nummer",
    "bokstav",
    "gardsnummer",
    "bruksnummer",
    "festenummer",
    "undernummer",
    "grunnkretsnummer",
    "grunnkretsnavn",
];

/// What a row files an address under.
enum Sted {
    Veg([u64; 3]),
    Matrikkel([u128; 4]),
}

pub(super) fn les(
    kilde: impl BufRead,
    bygger: &mut Bygger,
    framdrift: &mut dyn FnMut(Framdrift),
) -> Result<Rapport, Feil> {
    let mut rader = Radleser::new(kilde, KOLONNER, b";")?;
    while rader.neste()? {
        match les_rad(rader.felt()) {
            Ok((kommune, sted, krets, navn)) => {
                let krets = bygger.krets(krets, navn).ok_or(Linjefeil::ForMange("grunnkretser"))?;
                let kommune = bygger.kommune(kommune).ok_or(Linjefeil::ForMange("kommuner"))?;
                match sted {
                    Sted::Veg(sted) => bygger.veg(kommune, sted, krets),
                    Sted::Matrikkel(deler) => bygger.matrikkel(kommune, deler, krets),
                }
                if bygger.antall() > ADRESSER_MAKS {
                    return Err(Linjefeil::ForMange("adresser").into());
                }
            }
            Err(regel) => rader.avvis(regel),
        }
        if rader.rapport.rader.is_multiple_of(FRAMDRIFT_RADER) {
            let (rader, byte) = (rader.rapport.rader, rader.byte());
            framdrift(Framdrift { rader, byte });
        }
    }
    framdrift(Framdrift {
        rader: rader.rapport.rader,
        byte: rader.byte(),
    });
    if bygger.antall() == 0 {
        return Err(Linjefeil::IngenRader.into());
    }
    Ok(rader.rapport)
}

/// Kommune, place, grunnkrets and its name.
fn les_rad(felt: [&str; 11]) -> Result<(u16, Sted, u32, &str), Regel> {
    let [
        kommunenummer,
        slag,
        kode,
        nr,
        bokstaven,
        gard,
        bruk,
        feste,
        under,
        krets,
        navn,
    ] = felt;
    let kommune = kommune_uansett_dag(kommunenummer)
        .and(kommunetall(kommunenummer))
        .ok_or(Regel::Kommunenummer)?;
    let sted = match slag {
        "vegadresse" => Sted::Veg([
            adressekode(kode).ok_or(Regel::Adressekode)?,
            nummer(nr).ok_or(Regel::Nummer)?,
            bokstav(bokstaven).ok_or(Regel::Bokstav)?,
        ]),
        "matrikkeladresse" => {
            let les = |tekst: &str| tall(tekst, 5).and_then(del).ok_or(Regel::Matrikkelnummer);
            let kanskje = |tekst: &str| if tekst.is_empty() { Ok(0) } else { les(tekst) };
            Sted::Matrikkel([les(gard)?, les(bruk)?, kanskje(feste)?, kanskje(under)?])
        }
        _ => return Err(Regel::Adressetype),
    };
    let nummer = Some(krets)
        .filter(|k| k.len() == 8)
        .and_then(|k| tall(k, 8))
        .ok_or(Regel::Grunnkretsnummer)?;
    if nummer / 10_000 != u32::from(kommune) {
        return Err(Regel::AnnenKommune);
    }
    if navn.chars().count() > NAVN_TEGN_MAKS {
        return Err(Regel::Grunnkretsnavn);
    }
    Ok((kommune, sted, nummer, navn))
}
