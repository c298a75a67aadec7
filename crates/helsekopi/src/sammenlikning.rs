//! Whether the copy is what its source is, person by person: asked of the source, and of nothing that the copy believes of it.
//!
//! Somebody may change while it is looked at. Who differs is asked for again after a pause, and counts only if that does not help.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use identifikator::{FellesHjelpenummer, Folkeregisteridentifikator};
use informasjonsmodell::{Entitet, Innhold, Persondokument};
use klienter::folkeregister::{BULK_ANTALL_MAKS, Batch, Identifikatorer, Pauser, Venter};
use register::Personnummer;

use crate::{Feil, Kilde, Kopi, hjelpenummer, testpersoner};

/// How often whoever differs is looked at again, and the pause before that. Source: our choice.
const FORSOEK: u32 = 10;
const PAUSE: Duration = Duration::from_secs(1);

/// What a comparison found. Names nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rapport {
    /// Persons of the source that were looked at.
    pub personer: u64,
    /// Persons of the source that the copy does not have.
    pub mangler: u64,
    /// Persons of the copy whom the source does not know.
    pub ukjente: u64,
    /// Reserved test persons of the copy, whom the source does not have and who are not looked at.
    pub testpersoner: u64,
    /// Persons of the copy who are known by a common help number alone, whom the source does not have and who are not looked at.
    pub med_bare_hjelpenummer: u64,
    /// Persons who differ.
    pub ulike: u64,
    /// How many differ in each entity.
    pub i_entitet: BTreeMap<&'static str, u64>,
}

impl Rapport {
    /// Whether the two are the same.
    #[must_use]
    pub fn er_lik(&self) -> bool {
        self.mangler == 0 && self.ukjente == 0 && self.ulike == 0
    }
}

/// Compares everybody. `framdrift` is told how many persons have been looked at.
///
/// # Errors
/// [`Feil::Kilde`] where the source does not answer; [`Feil`] where the copy cannot be read.
pub async fn sammenlikn(
    kopi: &Arc<Kopi>,
    kilde: &dyn Kilde,
    vent: &Venter,
    framdrift: &mut (dyn FnMut(u64) + Send),
) -> Result<Rapport, Feil> {
    let mut rapport = Rapport::default();
    let mut sett = vec![false; kopi.register().antall_personer()? as usize + 1];
    let seq = kilde.siste().await?;
    if seq > 0 {
        let jobb = kilde.bestill(seq).await?;
        let mut pauser = Pauser::default();
        let mut nr = 0;
        loop {
            let dokumenter = match kilde.batch(&jobb, nr).await? {
                Batch::Slutt => break,
                Batch::IkkeKlar(vent_s) => {
                    vent(pauser.neste(vent_s)).await;
                    continue;
                }
                Batch::Identifikatorer(Identifikatorer::Dokumenter(dokumenter)) => dokumenter,
                Batch::Identifikatorer(Identifikatorer::Personer(_)) => {
                    return Err(Feil::Loegn("et komplett uttrekk har personer i stedet for dokumenter"));
                }
            };
            nr += 1;
            for del in dokumenter.chunks(BULK_ANTALL_MAKS) {
                let numre = kilde.arkiv(del).await?.into_iter().filter_map(|dokument| {
                    let dokument = register::les_vist(dokument.into_objekt().into()).ok()?;
                    hovednummer(&dokument)
                });
                let numre: Vec<_> = numre.collect();
                rapport.personer += numre.len() as u64;
                se_paa(kopi, kilde, vent, &numre, &mut rapport, &mut sett).await?;
                framdrift(rapport.personer);
            }
        }
    }
    // Who is in the copy and was not met.
    let mut rest = Vec::new();
    {
        let les = kopi.les()?;
        for (nr, sett) in (0u32..).zip(&sett).skip(1) {
            let person = Personnummer::fra_indeks(nr);
            if !sett && les.register().er_noen(person)? {
                let nummer = les.register().gjeldende_nummer(person)?;
                if nummer.as_deref().is_some_and(|n| FellesHjelpenummer::parse(n).is_ok()) {
                    rapport.med_bare_hjelpenummer += 1;
                    continue;
                }
                let nummer = nummer.and_then(|n| Folkeregisteridentifikator::parse(&n).ok());
                match nummer {
                    Some(n) if testpersoner::er_reservert(les.register(), n.to_u64())? => rapport.testpersoner += 1,
                    nummer => rest.extend(nummer),
                }
            }
        }
    }
    for del in rest.chunks(BULK_ANTALL_MAKS) {
        rapport.personer += del.len() as u64;
        se_paa(kopi, kilde, vent, del, &mut rapport, &mut sett).await?;
        framdrift(rapport.personer);
    }
    Ok(rapport)
}

/// The number in use, or the first one.
fn hovednummer(dokument: &Persondokument) -> Option<Folkeregisteridentifikator> {
    let nummer = |o: &informasjonsmodell::Opplysning| match &o.innhold {
        Innhold::Identifikasjonsnummer(i) => Folkeregisteridentifikator::parse(i.foedselsnummer.som_tekst()).ok(),
        _ => None,
    };
    let i_bruk = |o: &&informasjonsmodell::Opplysning| o.metadata.er_gjeldende != Some(false);
    let alle = || dokument.av(Entitet::Identifikasjonsnummer);
    alle().find(i_bruk).and_then(nummer).or_else(|| alle().find_map(nummer))
}

enum Utfall {
    Likt,
    Mangler,
    Ukjent,
    Ulikt(Vec<&'static str>),
}

async fn se_paa(
    kopi: &Arc<Kopi>,
    kilde: &dyn Kilde,
    vent: &Venter,
    numre: &[Folkeregisteridentifikator],
    rapport: &mut Rapport,
    sett: &mut [bool],
) -> Result<(), Feil> {
    let mut igjen = numre.to_vec();
    for forsoek in 0..FORSOEK {
        if igjen.is_empty() {
            return Ok(());
        }
        if forsoek > 0 {
            vent(PAUSE).await;
        }
        let svar = kilde.oppslag(&igjen).await?;
        if svar.len() != igjen.len() {
            return Err(Feil::Loegn("et bulkoppslag har et annet antall svar enn spørsmål"));
        }
        let siste = forsoek + 1 == FORSOEK;
        let mut ulike = Vec::new();
        let les = kopi.les()?;
        for (nummer, svar) in igjen.into_iter().zip(svar) {
            let fasit = svar.person.map(|p| register::les_vist(p.into_objekt().into()));
            let utfall = match (les.register().finn(&nummer)?, fasit) {
                (None, None) => Utfall::Likt,
                (None, Some(_)) => Utfall::Mangler,
                (Some(_), None) => Utfall::Ukjent,
                (Some(person), Some(fasit)) => {
                    if let Some(plass) = sett.get_mut(person.nummer() as usize) {
                        *plass = true;
                    }
                    // Help numbers are the copy's own.
                    let mitt = les.register().eksporter(person)?.map(hjelpenummer::uten_hjelpenumre);
                    match (mitt, fasit) {
                        (Some(mitt), Ok(fasit)) => match forskjeller(&mitt, &fasit) {
                            ulikt if ulikt.is_empty() => Utfall::Likt,
                            ulikt => Utfall::Ulikt(ulikt),
                        },
                        _ => Utfall::Ulikt(Vec::new()),
                    }
                }
            };
            match utfall {
                Utfall::Likt => {}
                _ if !siste => ulike.push(nummer),
                Utfall::Mangler => rapport.mangler += 1,
                Utfall::Ukjent => rapport.ukjente += 1,
                Utfall::Ulikt(entiteter) => {
                    rapport.ulike += 1;
                    for entitet in entiteter {
                        *rapport.i_entitet.entry(entitet).or_default() += 1;
                    }
                }
            }
        }
        igjen = ulike;
    }
    Ok(())
}

/// The entities in which two documents differ; order among entries counts.
fn forskjeller(a: &Persondokument, b: &Persondokument) -> Vec<&'static str> {
    let ulik = |entitet: &&Entitet| !a.av(**entitet).eq(b.av(**entitet));
    let mut ut: Vec<_> = Entitet::ALLE.iter().filter(ulik).map(|e| e.navn()).collect();
    if a.ukjente != b.ukjente {
        ut.push("ukjente felt");
    }
    ut
}
