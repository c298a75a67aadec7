//! The demo's producers: one table of organisations that do not exist, each with a certificate of the demo's issuer and the
//! rights that one of its kind has.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use identifikator::Organisasjonsnummer;
use meldinger::Meldingstype::{self, *};
use tilgang::avtale::{Meldingskode, NyProdusent};

use crate::demo::GITT_AV;
use crate::demotls::Demotls;
use crate::mappe::{Aapen, klokke};

/// A producer of the demo.
struct Demoprodusent {
    /// Name of its files.
    navn: &'static str,
    /// Its number: well-formed, and nobody's.
    organisasjon: &'static str,
    /// What it may send.
    meldinger: &'static [Meldingstype],
    /// The `kilde` that it is, in messages of deaths: a hospital is not a court.
    kilde: Option<&'static str>,
}

const PRODUSENTER: [Demoprodusent; 6] = [
    Demoprodusent {
        navn: "sykehus",
        organisasjon: "314200004",
        meldinger: &[Doedsfall, AnnulleringAvDoedsfall, Foedsel, Farskap],
        kilde: Some("helse"),
    },
    Demoprodusent {
        navn: "tingrett",
        organisasjon: "314200012",
        meldinger: &[Doedsfall, Separasjon, Skilsmisse, KontaktopplysningerDoedsbo],
        kilde: Some("tingretten"),
    },
    Demoprodusent {
        navn: "nav",
        organisasjon: "314200020",
        meldinger: &[
            RekvisisjonAvDNummerV4,
            RekvisisjonAvDNummerV5,
            EndringAvDNummerpersonV2,
            EndringAvDNummerpersonV3,
            Farskap,
            Doedsfall,
        ],
        kilde: Some("nav"),
    },
    Demoprodusent {
        navn: "udi",
        organisasjon: "314200039",
        meldinger: &[
            RekvisisjonAvDNummerV4,
            RekvisisjonAvDNummerV5,
            EndringAvDNummerpersonV2,
            EndringAvDNummerpersonV3,
            Innflytting,
            FnrEndring,
        ],
        kilde: None,
    },
    Demoprodusent {
        navn: "posten",
        organisasjon: "314200047",
        meldinger: &[FlyttemeldingFraPosten],
        kilde: None,
    },
    Demoprodusent {
        navn: "folkeregistermyndigheten",
        organisasjon: "314200055",
        meldinger: Meldingstype::ALLE,
        kilde: None,
    },
];

/// Makes sure that each has its certificate, all of them anew when the issuer is, and that each has been given its rights. What
/// somebody has withdrawn since stays withdrawn.
pub fn sikre(aapen: &Aapen, tls: &Demotls, ny_utsteder: bool) -> Result<()> {
    let naa = klokke()();
    let kjente: BTreeSet<Organisasjonsnummer> = aapen.avtaler.produsenter().iter().map(|p| p.organisasjon).collect();
    for produsent in &PRODUSENTER {
        let organisasjon = Organisasjonsnummer::parse(produsent.organisasjon)?;
        let filer = tls.produsentfiler(produsent.navn);
        if ny_utsteder || !filer.sertifikat.exists() || !filer.noekkel.exists() {
            tls.lag_produsent(produsent.navn, organisasjon, naa)?;
        }
        if !kjente.contains(&organisasjon) {
            aapen
                .avtaler
                .gi_produsent(&produsent.rett(organisasjon)?, GITT_AV, naa)?;
        }
    }
    Ok(())
}

impl Demoprodusent {
    fn rett(&self, organisasjon: Organisasjonsnummer) -> Result<NyProdusent> {
        let mut kilder = BTreeMap::new();
        if let Some(kilde) = self.kilde {
            for type_ in self
                .meldinger
                .iter()
                .filter(|m| matches!(m, Doedsfall | AnnulleringAvDoedsfall))
            {
                kilder.insert(Meldingskode::parse(type_.kode())?, BTreeSet::from([kilde.to_owned()]));
            }
        }
        let meldinger: Result<_, _> = self.meldinger.iter().map(|m| Meldingskode::parse(m.kode())).collect();
        Ok(NyProdusent {
            organisasjon,
            meldinger: meldinger?,
            kilder,
            formaal: "utprøving med syntetiske personer".to_owned(),
            fra: klokke()(),
            til: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_of_well_formed_numbers_names_and_codes_each_once() {
        let numre: BTreeSet<_> = PRODUSENTER.iter().map(|p| p.organisasjon).collect();
        let navn: BTreeSet<_> = PRODUSENTER.iter().map(|p| p.navn).collect();
        assert_eq!((numre.len(), navn.len()), (PRODUSENTER.len(), PRODUSENTER.len()));
        for produsent in &PRODUSENTER {
            let organisasjon = Organisasjonsnummer::parse(produsent.organisasjon).unwrap();
            let rett = produsent.rett(organisasjon).unwrap();
            assert_eq!(rett.meldinger.len(), produsent.meldinger.len(), "{}", produsent.navn);
        }
    }
}
