//! What a list is asked for: filters and paging, read strictly.

use driftsmeldinger::{Nyhetsslag, Saksnummer, Slag, Tilstand, Utvalg, tid};
use tilgang::Pakke;
use tjenesteflate::spoerring::Spoerring;

use crate::konsument::Feil;
use crate::openapi::AapenOperasjon;

/// Items on a page when nobody says otherwise. Source: our choice.
pub const ANTALL: usize = 20;
/// Most items on a page. Source: our choice; with the longest texts some megabytes.
pub const ANTALL_MAKS: usize = 100;

/// A question.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sporsmaal {
    pub utvalg: Utvalg,
    pub nyhetsslag: Option<Nyhetsslag>,
    pub foer: Option<Saksnummer>,
    pub antall: usize,
}

impl Sporsmaal {
    /// Reads it. A parameter that the list does not have is refused: passing a misspelt filter over would give more than
    /// was asked for.
    pub fn les(operasjon: AapenOperasjon, query: Option<&str>) -> Result<Self, Feil> {
        let spoerring = Spoerring::parse(query)?;
        spoerring.require_known(operasjon.parametre())?;
        let ugyldig = |navn, regel| Feil::UgyldigKriterium { navn, regel };
        let er_nyheter = operasjon == AapenOperasjon::HentNyheter;
        let mut ut = Sporsmaal {
            utvalg: Utvalg::default(),
            nyhetsslag: None,
            foer: None,
            antall: ANTALL,
        };
        if let Some(tekst) = spoerring.text("pakke")? {
            let pakke = Pakke::fra_kortnavn(tekst).ok_or(ugyldig("pakke", "må være en rettighetspakke"))?;
            ut.utvalg.pakke = Some(pakke);
        }
        if let Some(tekst) = spoerring.text("slag")? {
            let regel = "må være et av slagene i OpenAPI-dokumentet";
            if er_nyheter {
                ut.nyhetsslag = Some(Nyhetsslag::fra_kode(tekst).ok_or(ugyldig("slag", regel))?);
            } else {
                ut.utvalg.slag = Some(Slag::fra_kode(tekst).ok_or(ugyldig("slag", regel))?);
            }
        }
        if let Some(tekst) = spoerring.text("tilstand")? {
            let regel = "må være varslet, paagaar, loest, utsatt eller avlyst";
            ut.utvalg.tilstand = Some(Tilstand::fra_kode(tekst).ok_or(ugyldig("tilstand", regel))?);
        }
        if let Some(tekst) = spoerring.text("fra")? {
            let regel = "må være en dato eller et tidspunkt etter ISO 8601";
            ut.utvalg.fra = Some(tid::les(tekst).ok_or(ugyldig("fra", regel))?);
        }
        if let Some(tall) = spoerring.int64("foer")? {
            let tall = u64::try_from(tall).map_err(|_| ugyldig("foer", "må være et saksnummer"))?;
            ut.foer = Some(Saksnummer(tall));
        }
        if let Some(tall) = spoerring.int64("antall")? {
            let tall = usize::try_from(tall).ok().filter(|n| (1..=ANTALL_MAKS).contains(n));
            ut.antall = tall.ok_or(ugyldig("antall", "må være fra 1 til 100"))?;
        }
        Ok(ut)
    }
}
