//! What Kontakt- og reservasjonsregisteret says of persons: kept beside the records, each sealed under a key of its own person.
//!
//! The keys are a store of their own, apart from those of addresses: what Folkeregisteret erases leaves a person's e-mail address
//! where it was, and a person who leaves that register takes it from here for good, also from copies and the archive stream.
//!
//! ```text
//!  k person u32   generation u8, then what the register said, sealed
//!  x person u32   generations to be destroyed: written with what replaces them, removed when they are gone
//!  y              keys have been destroyed since the key store was written anew: what is left of them lies in free pages
//! ```

use std::collections::BTreeSet;
use std::path::Path;

use informasjonsmodell::Tidspunkt;
use lager::forsegling::Noekkel;
use lager::{Noekkellager, Noekkellesing};
use register::{Behandling, Personnummer};

use crate::hendelse::Kopihendelse;
use crate::rader::{self, Feedskriver, Rader};
use crate::{Feil, Kopi, Kopilesing, Omfang};

/// Rows of keys to be destroyed that are read at a time.
const BOLK: usize = 1_000;

const FORNYES: &[u8] = b"y";

const SKADET: Feil = Feil::Skadet("kontaktopplysninger");

/// What the register says of one person: the number that was asked for, and its answer without that number; none where it has
/// nothing on the person.
pub type Kontaktsvar = (u64, Option<Vec<u8>>);

fn kontaktnoekkel(person: Personnummer) -> [u8; 5] {
    let [a, b, c, d] = person.nummer().to_be_bytes();
    [b'k', a, b, c, d]
}

fn slettenoekkel(person: Personnummer) -> [u8; 5] {
    let [a, b, c, d] = person.nummer().to_be_bytes();
    [b'x', a, b, c, d]
}

// Where it belongs: one that was moved to another person or generation does not open.
fn sted(person: Personnummer, generasjon: u8) -> [u8; 6] {
    let [a, b, c, d] = person.nummer().to_be_bytes();
    [b'k', a, b, c, d, generasjon]
}

pub(crate) fn aapne_noekler(mappe: &Path) -> Result<Noekkellager, Feil> {
    let noekler = Noekkellager::aapne(
        &mappe.join("kontaktnoekler"),
        &mappe.join("noekler").join("kontakt"),
        None,
    )?;
    Ok(noekler)
}

impl Kopi {
    /// Takes in what Kontakt- og reservasjonsregisteret says, all of it or nothing. Who is not in the copy is passed over; what is
    /// as before is no news. Gives how many changed.
    ///
    /// # Errors
    /// [`Feil`] if the files refuse or are damaged.
    pub fn ta_inn_kontakt(&self, svar: &[Kontaktsvar], tidspunkt: Tidspunkt) -> Result<u64, Feil> {
        let mut noekler = self.kontaktnoekler().skriv();
        let mut nye = Vec::new();
        let (endret, _) = self
            .register()
            .behandle(tidspunkt.sekunder(), |b| -> Result<u64, Feil> {
                let mut skriver = Feedskriver::default();
                let mut sett = BTreeSet::new();
                let mut endret = 0;
                for (nummer, innhold) in svar {
                    let Some(person) = b.finn(&format!("{nummer:011}"))? else {
                        continue;
                    };
                    // Asked for by two numbers of one person: the first answer counts.
                    if !sett.insert(person) {
                        continue;
                    }
                    let foer = self.les_kontakt(b, None, person)?;
                    if foer.as_ref().map(|(_, innhold)| innhold) == innhold.as_ref() {
                        continue;
                    }
                    endret += 1;
                    self.sett_kontakt(
                        b,
                        person,
                        foer.map(|(generasjon, _)| generasjon),
                        innhold.as_deref(),
                        &mut nye,
                    )?;
                    fortell(b, &mut skriver, person)?;
                }
                skriver.lukk(b)?;
                // Keys first: one without a row is harmless, a row without its key is not.
                for (person, generasjon, noekkel) in &nye {
                    noekler.sett_pakket(*person, *generasjon, &self.kontaktnoekler().pakk(noekkel)?);
                }
                noekler.bekreft()?;
                Ok(endret)
            })?;
        self.oedelegg_kontaktnoekler(tidspunkt)?;
        Ok(endret)
    }

    /// `noekler`: the key store as it was before the rows, for a reader of an earlier moment.
    fn les_kontakt(
        &self,
        rader: &impl Rader,
        noekler: Option<&Noekkellesing>,
        person: Personnummer,
    ) -> Result<Option<(u8, Vec<u8>)>, Feil> {
        let Some(rad) = rader.rad(&kontaktnoekkel(person))? else {
            return Ok(None);
        };
        let (generasjon, forseglet) = rad.split_first().ok_or(SKADET)?;
        let noekkel = match noekler {
            Some(noekler) => noekler.hent(person.nummer(), *generasjon)?,
            None => None,
        };
        let noekkel = match noekkel {
            Some(noekkel) => noekkel,
            // A key is written before its row, so one that came since is there by now.
            None => {
                let naa = self.kontaktnoekler().les()?;
                naa.hent(person.nummer(), *generasjon)?.ok_or(SKADET)?
            }
        };
        let innhold = noekkel
            .aapne(&sted(person, *generasjon), forseglet)
            .map_err(|_| SKADET)?;
        Ok(Some((*generasjon, innhold)))
    }

    fn sett_kontakt(
        &self,
        b: &mut Behandling<'_>,
        person: Personnummer,
        gammel: Option<u8>,
        innhold: Option<&[u8]>,
        nye: &mut Vec<(u32, u8, Noekkel)>,
    ) -> Result<(), Feil> {
        if let Some(gammel) = gammel {
            let mut slettes = b.sak(&slettenoekkel(person))?.unwrap_or_default();
            slettes.push(gammel);
            b.sett_sak(&slettenoekkel(person), Some(&slettes))?;
        }
        let rad = match innhold {
            None => None,
            Some(innhold) => {
                // Each version under a key of its own: what was replaced is gone from every copy too.
                let generasjon = gammel.map_or(0, |g| g.wrapping_add(1));
                let noekkel = Noekkel::tilfeldig()?;
                let mut rad = vec![generasjon];
                rad.extend(noekkel.forsegl(&sted(person, generasjon), innhold)?);
                nye.push((person.nummer(), generasjon, noekkel));
                Some(rad)
            }
        };
        Ok(b.sett_sak(&kontaktnoekkel(person), rad.as_deref())?)
    }

    /// Destroys the keys of what was replaced or taken away.
    pub(crate) fn oedelegg_kontaktnoekler(&self, tidspunkt: Tidspunkt) -> Result<(), Feil> {
        loop {
            let rader = self.register().les()?.rader(b"x", BOLK)?;
            if rader.is_empty() {
                return Ok(());
            }
            let mut skriv = self.kontaktnoekler().skriv();
            for (noekkel, generasjoner) in &rader {
                let person = noekkel.get(1..).and_then(|p| p.try_into().ok()).ok_or(SKADET)?;
                let person = u32::from_be_bytes(person);
                generasjoner.iter().for_each(|g| skriv.oedelegg(person, *g));
            }
            skriv.bekreft()?;
            self.register()
                .behandle(tidspunkt.sekunder(), |b| -> Result<(), Feil> {
                    for (noekkel, _) in &rader {
                        b.sett_sak(noekkel, None)?;
                    }
                    Ok(b.sett_sak(FORNYES, Some(&[1]))?)
                })?;
        }
    }

    /// Takes what a stop left, and writes the key stores anew where keys have been destroyed, so that nothing is left of them.
    /// To be called now and then: what is erased is physically gone after it.
    ///
    /// # Errors
    /// [`Feil`] if the files refuse; what was there is then in use still.
    pub fn ajourhold(&self, tidspunkt: Tidspunkt) -> Result<(), Feil> {
        self.oedelegg_kontaktnoekler(tidspunkt)?;
        if self.register().les()?.rad(FORNYES)?.is_some() {
            self.kontaktnoekler().forny(false)?;
            self.register()
                .behandle(tidspunkt.sekunder(), |b| -> Result<(), Feil> {
                    Ok(b.sett_sak(FORNYES, None)?)
                })?;
        }
        if self.register().maa_fornyes()? {
            self.register().forny_noekler(false)?;
        }
        Ok(())
    }
}

fn fortell(b: &mut Behandling<'_>, skriver: &mut Feedskriver, person: Personnummer) -> Result<(), Feil> {
    let mut sist = rader::person_sist(b, person)?;
    let nummer = b.person(person)?.nummer.parse().map_err(|_| SKADET)?;
    for omfang in Omfang::ALLE.into_iter().filter(|o| o.ser_kontaktregister()) {
        let gitt = skriver.legg_til(b, omfang, person, Kopihendelse::Kontaktregister, nummer)?;
        if let Some(plass) = sist.get_mut(omfang as usize) {
            *plass = gitt;
        }
    }
    rader::sett_person_sist(b, person, sist)
}

impl Kopilesing<'_> {
    /// What Kontakt- og reservasjonsregisteret says of a person, as it was taken in; none where it has nothing, or where the view
    /// is not shown it.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn kontakt(&self, person: Personnummer, omfang: Omfang) -> Result<Option<Vec<u8>>, Feil> {
        if !omfang.ser_kontaktregister() {
            return Ok(None);
        }
        let funnet = self
            .kopi()
            .les_kontakt(self.register(), Some(self.kontaktnoekler()), person)?;
        Ok(funnet.map(|(_, innhold)| innhold))
    }
}
