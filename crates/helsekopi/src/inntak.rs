//! Taking in what was read from the source: documents, what the source told of them, and how far it is read, in one commit.
//!
//! ```text
//!  documents ──▶ register::speil ──▶ what changed in each projection ─┐
//!  events of the source ──▶ whom each is about ───────────────────────┴▶ hendelse::fortelles ──▶ feeds of the views
//! ```

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use informasjonsmodell::{Entitet, Hendelsestype, Persondokument, Tidspunkt};
use register::{Behandling, Personnummer, Speilendring};
use tilgang::Tabell;

use crate::hendelse::{Aarsaker, forsinkede, fortelles};
use crate::kopi::Stilling;
use crate::omfang::PROJEKSJONER;
use crate::rader::{self, Feedskriver, Venter};
use crate::{Feil, Kopi, Omfang, hjelpenummer, kontaktstilling, testpersoner};

/// Longest wait before a number that could not be read is tried again. Units: seconds. Source: our choice.
const VENT_S_MAKS: i64 = 3_600;
/// The first such wait; each is twice the former. Units: seconds. Source: our choice.
const VENT_S_FOERST: i64 = 5;

/// What was read from the source, to be taken in together.
#[derive(Clone, Debug, Default)]
pub struct Bolk {
    /// Documents, each with a number to ask for it again by: the one it was asked for by, or of an extract one that it says.
    pub dokumenter: Vec<(Option<u64>, Persondokument)>,
    /// What the source told of, in its order: the number, and the type where we know it.
    pub hendelser: Vec<(u64, Option<Hendelsestype>)>,
    /// Numbers that the source told of and had no usable document of.
    pub mangler: Vec<u64>,
    /// How far the source is read with this; none where that is as before.
    pub stilling: Option<Stilling>,
    /// The copy is filled for the first time.
    pub foerste_lasting: bool,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inntatt {
    /// Whose the documents are, each as often as it had one.
    pub personer: Vec<Personnummer>,
    /// Documents that were taken in.
    pub dokumenter: u64,
    /// Persons who changed, whoever may see it.
    pub endret: u64,
    /// Persons who are new.
    pub nye: u64,
    /// Documents that cannot be a person.
    pub avvist: u64,
    /// Events, over all views.
    pub hendelser: u64,
}

impl Kopi {
    /// Takes in what was read, all of it or nothing. A document that the register's rules forbid is left out, and its number
    /// waits to be asked for again.
    ///
    /// # Errors
    /// [`Feil`] if the files refuse or are damaged.
    pub fn ta_inn(&self, bolk: &Bolk, tidspunkt: Tidspunkt) -> Result<Inntatt, Feil> {
        let mut utelatt = BTreeSet::new();
        loop {
            let mut ved = None;
            let utfall = self.register().behandle(tidspunkt.sekunder(), |b| {
                skriv(b, bolk, &utelatt, tidspunkt, &mut ved, Fra::Kilden)
            });
            match (utfall, ved) {
                (Ok((inntatt, _)), _) => {
                    return Ok(Inntatt {
                        avvist: utelatt.len() as u64,
                        ..inntatt
                    });
                }
                // Without that one; each round leaves one more out.
                (Err(Feil::Register(register::Feil::Regel(regel))), Some(nr)) => {
                    tracing::warn!(regel = %regel, "et dokument fra kilden kan ikke være en person; det prøves igjen senere");
                    utelatt.insert(nr);
                }
                (Err(feil), _) => return Err(feil),
            }
        }
    }
}

/// Takes in what does not come from the source: documents of reserved test persons, whose numbers have been looked at.
pub(crate) fn skriv_egne(b: &mut Behandling<'_>, bolk: &Bolk, tidspunkt: Tidspunkt) -> Result<Inntatt, Feil> {
    skriv(b, bolk, &BTreeSet::new(), tidspunkt, &mut None, Fra::Testdata)
}

/// Where documents come from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fra {
    Kilden,
    Testdata,
}

fn skriv(
    b: &mut Behandling<'_>,
    bolk: &Bolk,
    utelatt: &BTreeSet<usize>,
    tidspunkt: Tidspunkt,
    ved: &mut Option<usize>,
    fra: Fra,
) -> Result<Inntatt, Feil> {
    b.speilende();
    let med_hjelpenumre = hjelpenummer::har_knyttede(b)?;
    let mut inntatt = Inntatt::default();
    for (nr, (spurt, dokument)) in bolk.dokumenter.iter().enumerate() {
        if utelatt.contains(&nr) {
            if let Some(nummer) = spurt {
                utsett(b, *nummer, tidspunkt)?;
            }
            continue;
        }
        *ved = Some(nr);
        if fra == Fra::Kilden && (testpersoner::har_reservert(b, dokument)? || hjelpenummer::har_hjelpenummer(dokument))
        {
            // A number that is set aside, or issued here, is nobody's at the source: left out as what cannot be a person is.
            return Err(register::Feil::Regel(register::Regelbrudd::IdentifikatorIBruk).into());
        }
        let dokument = match med_hjelpenumre {
            true => hjelpenummer::med_knyttede(b, dokument)?,
            false => Cow::Borrowed(dokument),
        };
        inntatt.personer.push(b.speil(&dokument, tidspunkt)?);
        inntatt.dokumenter += 1;
        if let Some(nummer) = spurt {
            rader::venter_ikke(b, *nummer)?;
        }
    }
    *ved = None;
    for nummer in &bolk.mangler {
        utsett(b, *nummer, tidspunkt)?;
    }
    let endringer = b.speilet(&PROJEKSJONER)?;
    inntatt.endret = endringer.len() as u64;
    inntatt.nye = endringer.iter().filter(|e| e.ny).count() as u64;
    spoer_om_kontakt(b, bolk, &endringer, tidspunkt)?;
    inntatt.hendelser = fortell(b, bolk, endringer)?;
    if let Some(stilling) = &bolk.stilling {
        let byte = serde_json::to_vec(stilling).map_err(|_| Feil::Skadet("hvor langt kilden er lest"))?;
        b.sett_sak(rader::STILLING, Some(&byte))?;
    }
    Ok(inntatt)
}

/// Whoever is new, or goes by another number than before, is asked about in KRR soon. Not of those of the first load: a round over
/// everybody comes after it.
fn spoer_om_kontakt(
    b: &mut Behandling<'_>,
    bolk: &Bolk,
    endringer: &[Speilendring],
    tidspunkt: Tidspunkt,
) -> Result<(), Feil> {
    if bolk.foerste_lasting || kontaktstilling::les_stilling(b)?.is_none() {
        return Ok(());
    }
    for endring in endringer {
        let nytt_nummer = endring
            .synlig
            .iter()
            .any(|(_, e)| e.har(Entitet::Identifikasjonsnummer));
        if endring.ny || endring.opphoert || nytt_nummer {
            kontaktstilling::spoer_snart(b, endring.person, tidspunkt.sekunder())?;
        }
    }
    Ok(())
}

fn utsett(b: &mut Behandling<'_>, nummer: u64, tidspunkt: Tidspunkt) -> Result<(), Feil> {
    let forsoek = rader::forsoek(b, nummer)?;
    let vent = VENT_S_FOERST
        .checked_shl(u32::from(forsoek.min(16)))
        .map_or(VENT_S_MAKS, |vent| vent.min(VENT_S_MAKS));
    rader::sett_venter(
        b,
        Venter {
            nummer,
            forsoek: forsoek.saturating_add(1),
            neste_sekunder: tidspunkt.sekunder().saturating_add(vent),
        },
    )
}

/// Writes the feeds of the views.
fn fortell(b: &mut Behandling<'_>, bolk: &Bolk, endringer: Vec<Speilendring>) -> Result<u64, Feil> {
    let mut aarsaker: BTreeMap<Personnummer, (usize, Vec<(Hendelsestype, u64)>)> = BTreeMap::new();
    for (plass, (nummer, hendelsestype)) in bolk.hendelser.iter().enumerate() {
        let person = match hendelsestype {
            // The number that ended names the survivor by now.
            Some(Hendelsestype::PersonErOpphoertSomDublett) => b.eier(*nummer)?,
            _ => b.finn(&format!("{nummer:011}"))?,
        };
        if let Some(person) = person {
            let (_, typer) = aarsaker.entry(person).or_insert((plass, Vec::new()));
            typer.extend(hendelsestype.map(|t| (t, *nummer)));
        }
    }
    // As the source told of them; those of whom it said nothing come after.
    let mut i_rekke: BTreeMap<(usize, Personnummer), Option<Speilendring>> = BTreeMap::new();
    if !bolk.foerste_lasting {
        i_rekke.extend(aarsaker.iter().map(|(person, (plass, _))| ((*plass, *person), None)));
    }
    for endring in endringer {
        let plass = aarsaker.get(&endring.person).map_or(usize::MAX, |(plass, _)| *plass);
        i_rekke.insert((plass, endring.person), Some(endring));
    }
    let mut skriver = Feedskriver::default();
    let mut antall = 0;
    for ((_, person), endring) in i_rekke {
        let hendelser = aarsaker.remove(&person).map(|(_, typer)| typer).unwrap_or_default();
        let aarsak = Aarsaker {
            hendelser,
            ny: endring.as_ref().is_some_and(|e| e.ny),
            opphoert: endring.as_ref().is_some_and(|e| e.opphoert),
            foerste_lasting: bolk.foerste_lasting,
            nummer: endring.as_ref().map(|e| e.nummer).unwrap_or_default(),
        };
        let ventet = match bolk.foerste_lasting {
            true => Default::default(),
            false => rader::uten_egen(b, person)?,
        };
        let mut venter = ventet;
        let mut sist = None;
        for (omfang, venter) in Omfang::ALLE.into_iter().zip(&mut venter) {
            let projeksjon = omfang.projeksjon();
            let synlig = endring.iter().flat_map(|e| &e.synlig).find(|(p, _)| *p == projeksjon);
            let endret = synlig.map(|(_, endret)| *endret).unwrap_or_default();
            let rett = Tabell::felles().rett(projeksjon);
            let sene = forsinkede(rett, *venter, endret, &aarsak.hendelser);
            let fortalt = fortelles(rett, endret, &aarsak);
            *venter = sene.uten_egen.og(fortalt.uten_egen);
            for (hendelse, nummer) in sene.hendelser.into_iter().chain(fortalt.hendelser) {
                let gitt = skriver.legg_til(b, omfang, person, hendelse, nummer)?;
                antall += 1;
                let sist = match &mut sist {
                    Some(sist) => sist,
                    tom => tom.insert(rader::person_sist(b, person)?),
                };
                if let Some(plass) = sist.get_mut(omfang as usize) {
                    *plass = gitt;
                }
            }
        }
        if aarsak.opphoert {
            venter = Default::default();
        }
        if venter != ventet {
            rader::sett_uten_egen(b, person, &venter)?;
        }
        if let Some(sist) = sist {
            rader::sett_person_sist(b, person, sist)?;
        }
    }
    skriver.lukk(b)?;
    Ok(antall)
}
