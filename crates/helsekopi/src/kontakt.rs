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
use crate::kontaktfoelger::Svart;
use crate::kontaktstilling::{Kontaktstilling, sett_stilling, spoer_snart, utsett, venter_ikke};
use crate::rader::{self, Feedskriver, Rader};
use crate::{Feil, Kopi, Kopilesing, Omfang};

/// Rows of keys to be destroyed that are read at a time.
const BOLK: usize = 1_000;

const FORNYES: &[u8] = b"y";

const SKADET: Feil = Feil::Skadet("kontaktopplysninger");

/// What the register says of one person: the number that was asked for, and its answer without that number; none where it has
/// nothing on the person.
pub type Kontaktsvar = (u64, Option<Vec<u8>>);

/// What was read of KRR, to be taken in together.
#[derive(Default)]
pub(crate) struct Kontaktbolk {
    /// Who was asked about, by which number, and what came of it.
    pub svar: Vec<Svart>,
    /// Persons without a number in use: of them nothing is kept.
    pub uten_nummer: Vec<Personnummer>,
    /// How far KRR is read with this; none where that is as before.
    pub stilling: Option<Kontaktstilling>,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Kontaktutfall {
    /// Persons of whom something else is kept than before.
    pub endret: u64,
    /// Persons who are asked about again later.
    pub utsatt: u64,
}

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
        self.skriv_kontakt(tidspunkt, |skriving| {
            let mut sett = BTreeSet::new();
            let mut endret = 0;
            for (nummer, innhold) in svar {
                let Some(person) = skriving.b.finn(&format!("{nummer:011}"))? else {
                    continue;
                };
                // Asked for by two numbers of one person: the first answer counts.
                if sett.insert(person) {
                    endret += u64::from(skriving.bytt(person, innhold.as_deref(), true)?);
                }
            }
            Ok(endret)
        })
    }

    /// Takes in what was read of KRR and how far it is read, all of it or nothing.
    ///
    /// An answer to a number that is not in use any more is nobody's: the person is asked about again.
    pub(crate) fn ta_inn_krr(&self, bolk: &Kontaktbolk, tidspunkt: Tidspunkt) -> Result<Kontaktutfall, Feil> {
        let naa_s = tidspunkt.sekunder();
        self.skriv_kontakt(tidspunkt, |skriving| {
            let mut utfall = Kontaktutfall::default();
            let spurte = bolk
                .svar
                .iter()
                .map(|(person, nummer, svar)| (*person, Some((*nummer, svar))));
            let uten = bolk.uten_nummer.iter().map(|person| (*person, None));
            for (person, svart) in spurte.chain(uten) {
                let bilde = skriving.b.person(person)?;
                let er_noen = bilde.viderefoert_til.is_none();
                if !er_noen || !bilde.er_i_bruk {
                    utfall.endret += u64::from(skriving.bytt(person, None, er_noen)?);
                    venter_ikke(skriving.b, person)?;
                    continue;
                }
                match svart {
                    Some((nummer, svar)) if bilde.nummer.parse() == Ok(nummer) => match svar {
                        Some(innhold) => {
                            utfall.endret += u64::from(skriving.bytt(person, innhold.as_deref(), true)?);
                            venter_ikke(skriving.b, person)?;
                        }
                        None => {
                            utfall.utsatt += 1;
                            utsett(skriving.b, person, naa_s)?;
                        }
                    },
                    _ => spoer_snart(skriving.b, person, naa_s)?,
                }
            }
            if let Some(stilling) = &bolk.stilling {
                sett_stilling(skriving.b, stilling)?;
            }
            Ok(utfall)
        })
    }

    fn skriv_kontakt<T>(
        &self,
        tidspunkt: Tidspunkt,
        arbeid: impl FnOnce(&mut Skriving<'_, '_>) -> Result<T, Feil>,
    ) -> Result<T, Feil> {
        let _laas = self.kontaktlaas();
        let mut noekler = self.kontaktnoekler().skriv();
        let (utfall, _) = self.register().behandle(tidspunkt.sekunder(), |b| -> Result<T, Feil> {
            let mut skriving = Skriving {
                kopi: self,
                b,
                feeder: Feedskriver::default(),
                nye: Vec::new(),
            };
            let utfall = arbeid(&mut skriving)?;
            let Skriving { b, feeder, nye, .. } = skriving;
            feeder.lukk(b)?;
            // Keys first: one without a row is harmless, a row without its key is not.
            for (person, generasjon, noekkel) in &nye {
                noekler.sett_pakket(*person, *generasjon, &self.kontaktnoekler().pakk(noekkel)?);
            }
            noekler.bekreft()?;
            Ok(utfall)
        })?;
        self.oedelegg_kontaktnoekler(tidspunkt)?;
        Ok(utfall)
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

    /// Destroys the keys of what was replaced or taken away. Whoever calls holds the lock of contact data.
    fn oedelegg_kontaktnoekler(&self, tidspunkt: Tidspunkt) -> Result<(), Feil> {
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
        {
            let _laas = self.kontaktlaas();
            self.oedelegg_kontaktnoekler(tidspunkt)?;
        }
        if self.register().les()?.rad(FORNYES)?.is_some() {
            self.forny_kontaktnoekler(tidspunkt)?;
        }
        if self.register().maa_fornyes()? {
            self.register().forny_noekler(false)?;
        }
        Ok(())
    }

    // Contact data are read and written meanwhile.
    fn forny_kontaktnoekler(&self, tidspunkt: Tidspunkt) -> Result<(), Feil> {
        let mut fornying = self
            .kontaktnoekler()
            .begynn_fornying(false, &self.register().avbryter().vakt())?;
        fornying.ta_igjen()?;
        let byttet = {
            let _laas = self.kontaktlaas();
            let byttet = fornying.bytt()?;
            // Of what was destroyed meanwhile, some came along: it is gone the next time.
            if byttet.fornyet().oedelagt_imens == 0 {
                self.register()
                    .behandle(tidspunkt.sekunder(), |b| -> Result<(), Feil> {
                        Ok(b.sett_sak(FORNYES, None)?)
                    })?;
            }
            byttet
        };
        byttet.rydd()?;
        Ok(())
    }
}

/// Contact data being written.
struct Skriving<'s, 'r> {
    kopi: &'s Kopi,
    b: &'s mut Behandling<'r>,
    feeder: Feedskriver,
    nye: Vec<(u32, u8, Noekkel)>,
}

impl Skriving<'_, '_> {
    /// Puts what KRR says in place of what it said; whether that is something else. `si_fra`: whoever is shown it hears of it.
    fn bytt(&mut self, person: Personnummer, innhold: Option<&[u8]>, si_fra: bool) -> Result<bool, Feil> {
        let foer = self.kopi.les_kontakt(self.b, None, person)?;
        if foer.as_ref().map(|(_, foer)| foer.as_slice()) == innhold {
            return Ok(false);
        }
        let gammel = foer.map(|(generasjon, _)| generasjon);
        self.kopi.sett_kontakt(self.b, person, gammel, innhold, &mut self.nye)?;
        if si_fra {
            fortell(self.b, &mut self.feeder, person)?;
        }
        Ok(true)
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
    pub(crate) fn har_kontakt(&self, person: Personnummer) -> Result<bool, Feil> {
        Ok(self.register().rad(&kontaktnoekkel(person))?.is_some())
    }

    /// What Kontakt- og reservasjonsregisteret says of a person, as it was taken in, however long ago; none where it has nothing, or
    /// where the view is not shown it. Whoever serves it asks [`Kopilesing::fersk_kontakt`].
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
