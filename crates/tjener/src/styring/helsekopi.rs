//! What `status` and `helsekopi sammenlign` ask of the process that keeps the health sector's copy.

use std::path::Path;

use anyhow::{Context, Result};

use super::{Svar, linje};
use crate::vert::Vert;

/// What runs here, and how far behind its sources it is.
pub fn status(vert: &Vert) -> Result<Svar> {
    let aapen = vert.naa()?;
    let mut linjer = Vec::new();
    let adresser = aapen.mappe.adresser()?;
    linjer.push(format!(
        "folkeregisteret     {} personer, siste endring {}  {}",
        aapen.register.antall_personer()?,
        aapen.register.siste_sekvens()?.0,
        adresser.folkeregister
    ));
    match vert.helsekopi() {
        Some(tilstand) => linjer.extend(tilstand.linjer()?),
        None => linjer.push("helsekopien         ikke her".to_owned()),
    }
    Ok(Svar::Linjer { linjer })
}

/// Whether the copy is what its source is.
pub fn sammenlign(vert: &Vert) -> Result<Svar> {
    let tilstand = vert.helsekopi().context(INGEN_KOPI)?;
    let rapport = tilstand.sammenlikn()?;
    let mut linjer = vec![format!(
        "{} personer sammenlignet: {} mangler i kopien, {} er ukjente for kilden, {} er ulike",
        rapport.personer, rapport.mangler, rapport.ukjente, rapport.ulike
    )];
    linjer.extend(
        rapport
            .i_entitet
            .iter()
            .map(|(entitet, antall)| format!("  {entitet:<28} {antall}")),
    );
    if rapport.testpersoner > 0 {
        linjer.push(format!(
            "  {} reserverte testpersoner, som kilden ikke har",
            rapport.testpersoner
        ));
    }
    if rapport.med_bare_hjelpenummer > 0 {
        linjer.push(format!(
            "  {} med bare felles hjelpenummer, som kilden ikke har",
            rapport.med_bare_hjelpenummer
        ));
    }
    Ok(Svar::Sammenlignet {
        linjer,
        lik: rapport.er_lik(),
    })
}

/// Takes a table of addresses into use.
pub fn legg_inn_steder(vert: &Vert, fil: &Path) -> Result<Svar> {
    let tilstand = vert.helsekopi().context(INGEN_KOPI)?;
    tilstand.legg_inn_steder(fil)?;
    Ok(linje("tatt i bruk".to_owned()))
}

const INGEN_KOPI: &str = "denne prosessen holder ingen helsekopi";
