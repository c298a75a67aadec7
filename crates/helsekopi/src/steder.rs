//! What a new table of addresses changes in what persons are shown, and telling of it.
//!
//! ```text
//!  t    Stedsstilling, as JSON: the table that views have been told of, and how far the telling of another is
//! ```
//! A place is not kept: it is added when a person is shown. So nothing here is changed by a new table, and whoever has fetched a person
//! would not hear of it. What each view is shown of current addresses is looked up in both tables; where they differ, that view hears that
//! the person was corrected.
//!
//! What a newcomer gets wrong: a view that is not shown an address must not hear that its district has another name. It is asked, view by
//! view, of what the view is shown, in the commit that tells.

use identifikator::Dato;
use informasjonsmodell::{Entitet, Tidspunkt};
use kartverk::{Stedsangivelse, Tabell};
use register::Personnummer;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tilgang::Entitetsmengde;

use crate::hendelse::Kopihendelse;
use crate::omfang::PROJEKSJONER;
use crate::rader::{self, Feedskriver, Rader};
use crate::{Feil, Kopi, Omfang};

/// Persons that one commit looks at. Source: our choice: some tens of milliseconds.
const PERSONER: u32 = 1_000;
const RAD: &[u8] = b"t";
const SKADET: Feil = Feil::Skadet("hvilken tabell over adresser det er fortalt om");
/// Addresses that a place is added to.
const ADRESSER: [Entitet; 3] = [Entitet::Bostedsadresse, Entitet::Oppholdsadresse, Entitet::DeltBosted];

/// Which table views have been told of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stedsstilling {
    /// The edition; of a telling under way the one before.
    pub utgave: String,
    /// The edition that is being told of, and who is looked at next.
    pub fortelles: Option<(String, u32)>,
}

/// What one step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stedssteg {
    /// Some persons were looked at; so many views heard of somebody.
    Videre(u64),
    /// Everybody has been looked at.
    Ferdig,
}

impl Kopi {
    /// Which table views have been told of; none where nobody said.
    ///
    /// # Errors
    /// [`Feil`] if the files refuse or are damaged.
    pub fn stedsstilling(&self) -> Result<Option<Stedsstilling>, Feil> {
        les(&self.register().les()?)
    }

    /// Says that views have been told of a table, without telling: where nobody has been shown anything yet.
    ///
    /// # Errors
    /// [`Feil`] if the files refuse.
    pub fn sett_steder(&self, tabell: &Tabell, tidspunkt: Tidspunkt) -> Result<(), Feil> {
        self.sett_stedsstilling(
            &Stedsstilling {
                utgave: tabell.utgave().to_string(),
                fortelles: None,
            },
            tidspunkt,
        )
    }

    fn sett_stedsstilling(&self, stilling: &Stedsstilling, tidspunkt: Tidspunkt) -> Result<(), Feil> {
        let byte = serde_json::to_vec(stilling).map_err(|_| SKADET)?;
        self.register()
            .behandle(tidspunkt.sekunder(), |b| -> Result<(), Feil> {
                Ok(b.sett_sak(RAD, Some(&byte))?)
            })?;
        Ok(())
    }

    /// Looks at some persons, and tells each view of those whose places it is shown otherwise now. To be called until it is done; it goes
    /// on where it was, after a stop too.
    ///
    /// `gammel` and `ny` are the same tables in each call, and readers are given `ny` before the first. Where the telling of yet another was
    /// not done, it begins anew; `gammel` is then to be one that all who have a place differ from.
    ///
    /// # Errors
    /// [`Feil`] if the files refuse or are damaged.
    pub fn fortell_om_steder(
        &self,
        gammel: &Tabell,
        ny: &Tabell,
        dag: Dato,
        tidspunkt: Tidspunkt,
    ) -> Result<Stedssteg, Feil> {
        let (fra_utgave, til_utgave) = (gammel.utgave().to_string(), ny.utgave().to_string());
        let neste = match self.stedsstilling()? {
            Some(stilling) if stilling.utgave == til_utgave && stilling.fortelles.is_none() => {
                return Ok(Stedssteg::Ferdig);
            }
            Some(Stedsstilling {
                fortelles: Some((utgave, neste)),
                ..
            }) if utgave == til_utgave => neste,
            _ => 1,
        };
        let antall = self.register().antall_personer()?;
        let slutt = antall.saturating_add(1).min(neste.saturating_add(PERSONER));
        let ferdig = slutt > antall;
        let stilling = Stedsstilling {
            utgave: if ferdig { til_utgave.clone() } else { fra_utgave },
            fortelles: (!ferdig).then_some((til_utgave, slutt)),
        };
        let (fortalt, _) = self
            .register()
            .behandle(tidspunkt.sekunder(), |b| -> Result<u64, Feil> {
                // Nobody else writes meanwhile, so what a view was shown before this commit is what it is shown now.
                let funn = self.finn_endrede(neste..slutt, gammel, ny, dag)?;
                let mut skriver = Feedskriver::default();
                let mut fortalt = 0;
                for (person, nummer, omfang) in &funn {
                    let mut sist = rader::person_sist(b, *person)?;
                    for omfang in omfang {
                        let gitt = skriver.legg_til(b, *omfang, *person, Kopihendelse::Rettet, *nummer)?;
                        fortalt += 1;
                        if let Some(plass) = sist.get_mut(*omfang as usize) {
                            *plass = gitt;
                        }
                    }
                    rader::sett_person_sist(b, *person, sist)?;
                }
                skriver.lukk(b)?;
                let byte = serde_json::to_vec(&stilling).map_err(|_| SKADET)?;
                b.sett_sak(RAD, Some(&byte))?;
                Ok(fortalt)
            })?;
        Ok(Stedssteg::Videre(fortalt))
    }

    /// Persons whose places some views are shown otherwise, by number and view.
    fn finn_endrede(
        &self,
        personer: std::ops::Range<u32>,
        gammel: &Tabell,
        ny: &Tabell,
        dag: Dato,
    ) -> Result<Vec<Endret>, Feil> {
        let les = self.register().les()?;
        let entiteter: Entitetsmengde = ADRESSER.into_iter().collect();
        let mut funn = Vec::new();
        for person in personer.map(Personnummer::fra_indeks) {
            if !les.er_noen(person)? {
                continue;
            }
            let mut hvem = Vec::new();
            for projeksjon in PROJEKSJONER {
                let vist = les.opplysninger(person, projeksjon, entiteter)?;
                let endret = vist
                    .iter()
                    .filter(|o| o.gjeldende)
                    .any(|o| er_endret(&o.kropp, gammel, ny, dag));
                if endret {
                    hvem.extend(Omfang::ALLE.into_iter().filter(|o| o.projeksjon() == projeksjon));
                }
            }
            if !hvem.is_empty() {
                hvem.sort_unstable();
                funn.push((person, les.nummer(person)?, hvem));
            }
        }
        Ok(funn)
    }
}

/// Who, the number to tell it on, and the views that hear of it.
type Endret = (Personnummer, u64, Vec<Omfang>);

fn les(rader: &impl Rader) -> Result<Option<Stedsstilling>, Feil> {
    let byte = rader.rad(RAD)?;
    byte.map(|byte| serde_json::from_slice(&byte).map_err(|_| SKADET))
        .transpose()
}

/// Whether what is added to an item is another with another table.
fn er_endret(kropp: &[u8], gammel: &Tabell, ny: &Tabell, dag: Dato) -> bool {
    // A body that is no object says of no place; that the store is whole is looked after elsewhere.
    let Ok(innhold) = serde_json::from_slice::<Value>(kropp) else {
        return false;
    };
    let angivelse = angivelse(&innhold);
    gammel.omraade(&angivelse, dag) != ny.omraade(&angivelse, dag)
}

/// What a released item says of where it lies, as the translation to the Person API reads it.
fn angivelse(innhold: &Value) -> Stedsangivelse<'_> {
    let tekst = |sti| innhold.pointer(sti).and_then(Value::as_str);
    let tall = |sti| innhold.pointer(sti).and_then(Value::as_i64);
    Stedsangivelse {
        kommunenummer: tekst("/vegadresse/kommunenummer")
            .or(tekst("/matrikkeladresse/matrikkelnummer/kommunenummer"))
            .or(tekst("/ukjentBosted/bostedskommune")),
        adressekode: tekst("/vegadresse/adressekode"),
        husnummer: tekst("/vegadresse/adressenummer/husnummer"),
        husbokstav: tekst("/vegadresse/adressenummer/husbokstav"),
        gaardsnummer: tall("/matrikkeladresse/matrikkelnummer/gaardsnummer"),
        bruksnummer: tall("/matrikkeladresse/matrikkelnummer/bruksnummer"),
        festenummer: tall("/matrikkeladresse/matrikkelnummer/festenummer"),
        undernummer: tall("/matrikkeladresse/undernummer"),
        grunnkrets: tall("/grunnkrets"),
    }
}
