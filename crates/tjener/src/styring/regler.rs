//! What `verify --regler` asks of the process that has the folder: some persons at a time, each lot of one reading, so that a
//! large register neither keeps old pages for long nor answers late.

use std::borrow::Cow;

use anyhow::{Context, Result};
use axum::http::HeaderMap;
use informasjonsmodell::Entitet;
use tilgang::{Entitetsmengde, Grad, Leveranse, Revisjonspost};
use tjenesteflate::sporing::{self, Spor};

use super::{Arbeid, Svar};
use crate::mappe::klokke;

/// Persons in one answer. Source: our choice; some tenths of a second.
const PERSONER_PER_SVAR: usize = 2_000;

impl Arbeid {
    pub(super) fn verifiser_regler(&self, fra: u32, personer: bool) -> Result<Svar> {
        let register = &self.0.register;
        let les = register.les()?;
        let mut brytere = Vec::new();
        let rapport = konsistens::gjennomgaa(&les, fra, PERSONER_PER_SVAR, &mut |person, brudd| {
            if personer {
                brytere.push((person, brudd.clone()));
            }
        })?;
        let (mut hvem, mut leveranser) = (Vec::new(), Vec::new());
        for (person, brudd) in brytere {
            let nummer = les.gjeldende_nummer(person)?.context("en person uten nummer")?;
            leveranser.push(Leveranse {
                identifikator: les.nummer(person)?,
                entiteter: Entitetsmengde::av(Entitet::Identifikasjonsnummer),
                tilbakeholdt: Entitetsmengde::default(),
                historikk: false,
                grad: Grad::Ugradert,
                vern: les.vern(person)?,
            });
            hvem.extend(brudd.iter().map(|regel| (regel.kode().to_owned(), nummer.clone())));
        }
        drop(les);
        if !leveranser.is_empty() {
            self.noter_regelbrudd(&leveranser)?;
        }
        Ok(Svar::Regler {
            brudd: rapport
                .brudd
                .iter()
                .map(|(r, antall)| (r.kode().to_owned(), *antall))
                .collect(),
            hvem,
            sett: rapport.personer,
            uleselige: rapport.uleselige,
            neste: rapport.neste.map(register::Personnummer::nummer),
            av: register.antall_personer()?,
        })
    }

    // Who sees whom the rules do not hold for is in the log, before anything is shown; and those persons can see it.
    fn noter_regelbrudd(&self, leveranser: &[Leveranse]) -> Result<()> {
        let logg = self.0.revisjon(super::audit::innstillinger())?;
        let spor = Spor::from_headers(&HeaderMap::new(), sporing::random())
            .id()
            .to_string();
        let lesing = Revisjonspost {
            konsument: "driften",
            klient: "verify --regler",
            kriterier: &[Cow::Borrowed("personer")],
            leveranser,
            ..Revisjonspost::new("register", "verify --regler --personer", &spor, 200)
        };
        let post = self.0.mappe.revisjonsforsegler()?.lag(&lesing, klokke()())?;
        logg.skriv_og_vent(post)?;
        Ok(())
    }
}
