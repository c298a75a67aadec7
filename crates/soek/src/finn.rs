//! Finding: sets of persons, met block by block, and where sets cannot tell, the persons' own entries.

use informasjonsmodell::Entitet;
use register::{Feil, Indekslesing, Lesing, Personnummer, Treff};
use roaring::RoaringBitmap;
use tilgang::{Entitetsmengde, Projeksjon};

use crate::fonetikk;
use crate::kriterier::{Adressekriterier, Entydigkriterier, Kriterier, Navnekriterier};
use crate::passer::{passer, passer_entydig};
use crate::termer::{Adresseslag, slag};

/// Characters that a search by street has at least. Source: Folkeregisteret, "Søk".
pub const GATE_TEGN_MIN: usize = 3;

/// Most persons that a search gives. Source: Folkeregisteret, "Søk": above it, the search must be narrowed.
pub const TREFF_MAKS: usize = 10_000;

/// Whom a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Personliste {
    /// They, in the order of their numbers in the register.
    Personer(Vec<Personnummer>),
    /// More than [`TREFF_MAKS`].
    ForMange,
}

/// A question to the index.
#[derive(Debug)]
pub(crate) enum Uttrykk {
    /// Whoever one of the terms leads to.
    Term(Treff),
    /// Whoever is in all of them.
    Alle(Vec<Uttrykk>),
    /// Whoever is in one of them.
    Noen(Vec<Uttrykk>),
}

impl Uttrykk {
    // At most so many; what is asked first is what leads to fewest.
    fn antall(&self) -> u64 {
        match self {
            Uttrykk::Term(treff) => treff.antall(),
            Uttrykk::Alle(deler) => deler.iter().map(Uttrykk::antall).min().unwrap_or(0),
            Uttrykk::Noen(deler) => deler.iter().map(Uttrykk::antall).sum(),
        }
    }

    pub fn alle(mut deler: Vec<Uttrykk>) -> Self {
        deler.sort_by_key(Uttrykk::antall);
        Uttrykk::Alle(deler)
    }

    fn blokker(&self) -> RoaringBitmap {
        match self {
            Uttrykk::Term(treff) => treff.blokker().map(u32::from).collect(),
            Uttrykk::Alle(deler) => {
                let mut alle = deler.iter();
                let mut ut = alle.next().map(Uttrykk::blokker).unwrap_or_default();
                for del in alle {
                    ut &= del.blokker();
                }
                ut
            }
            Uttrykk::Noen(deler) => deler.iter().fold(RoaringBitmap::new(), |ut, del| ut | del.blokker()),
        }
    }

    fn personer(&self, indeks: &Indekslesing<'_>, blokk: u16) -> Result<RoaringBitmap, Feil> {
        match self {
            Uttrykk::Term(treff) => indeks.personer(treff, blokk),
            Uttrykk::Alle(deler) => {
                let mut alle = deler.iter();
                let mut ut = match alle.next() {
                    Some(foerste) => foerste.personer(indeks, blokk)?,
                    None => RoaringBitmap::new(),
                };
                for del in alle {
                    if ut.is_empty() {
                        break;
                    }
                    ut &= del.personer(indeks, blokk)?;
                }
                Ok(ut)
            }
            Uttrykk::Noen(deler) => {
                let mut ut = RoaringBitmap::new();
                for del in deler {
                    ut |= del.personer(indeks, blokk)?;
                }
                Ok(ut)
            }
        }
    }

    // Calls for each person until told to stop.
    pub fn hver(
        &self,
        indeks: &Indekslesing<'_>,
        mut ta: impl FnMut(Personnummer) -> Result<bool, Feil>,
    ) -> Result<(), Feil> {
        for blokk in self.blokker() {
            let blokk = u16::try_from(blokk).map_err(|_| Feil::Skadet("indeks"))?;
            for plass in self.personer(indeks, blokk)? {
                if !ta(Personnummer::fra_indeks(u32::from(blokk) << 16 | plass))? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// Finds everybody whom a projection is shown as the criteria say.
///
/// # Errors
/// [`Feil`] if the store is damaged or has no index.
pub fn finn(les: &Lesing<'_>, projeksjon: Projeksjon, kriterier: &Kriterier) -> Result<Personliste, Feil> {
    let indeks = les.indeks(projeksjon)?;
    let mut deler = navnedeler(&indeks, &kriterier.navn, kriterier.historisk)?;
    let mut term = |slag: u8, verdi: &Option<String>| -> Result<(), Feil> {
        if let Some(verdi) = verdi {
            deler.push(Uttrykk::Term(indeks.term(slag, verdi.as_bytes())?));
        }
        Ok(())
    };
    term(slag::KJOENN, &kriterier.kjoenn)?;
    term(slag::FOEDSELSDATO, &kriterier.foedselsdato)?;
    if kriterier.foedselsaar_fra.is_some() || kriterier.foedselsaar_til.is_some() {
        let intervall = (kriterier.foedselsaar_fra, kriterier.foedselsaar_til);
        deler.push(aar(&indeks, slag::FOEDSELSAAR, intervall)?);
    }
    if kriterier.adresse.antall() > 0 {
        let opphold = kriterier.oppholdsadresse;
        deler.push(adressene(&indeks, &kriterier.adresse, opphold, kriterier.historisk)?);
    }
    let mut levende = indeks.term(slag::LEVENDE, b"")?;
    if kriterier.doede {
        levende.og(indeks.term(slag::DOED, b"")?);
    }
    deler.push(Uttrykk::Term(levende));
    // Of what is current there is one entry, so that what fits apart fits together.
    let maa_sees = kriterier.historisk && (kriterier.navn.ord.len() > 1 || kriterier.adresse.antall() > 1);
    let mut ut = Vec::new();
    Uttrykk::alle(deler).hver(&indeks, |person| {
        if !maa_sees || passer(&les.opplysninger(person, projeksjon, soekte())?, kriterier) {
            ut.push(person);
        }
        Ok(ut.len() <= TREFF_MAKS)
    })?;
    Ok(if ut.len() > TREFF_MAKS {
        Personliste::ForMange
    } else {
        Personliste::Personer(ut)
    })
}

/// Finds the one person whom a projection is shown as the criteria say. `None`: there is nobody, or there are several.
///
/// # Errors
/// [`Feil`] if the store is damaged or has no index.
pub fn finn_entydig(
    les: &Lesing<'_>,
    projeksjon: Projeksjon,
    kriterier: &Entydigkriterier,
) -> Result<Option<Personnummer>, Feil> {
    let mut funnet = Vec::new();
    let mut ta = |person: Personnummer| -> Result<bool, Feil> {
        if passer_entydig(&les.opplysninger(person, projeksjon, entydige())?, kriterier) {
            funnet.push(person);
        }
        Ok(funnet.len() < 2)
    };
    if let Some(nummer) = kriterier.identifikasjonsnummer {
        match (les.finn_nummer(nummer)?, les.stedfortreder(nummer)?) {
            (Some(person), _) => {
                ta(person)?;
            }
            // As long a look as at whoever has the number: who may not look numbers up is not told by the time either.
            (None, Some(annen)) => {
                ta(annen)?;
            }
            (None, None) => {}
        }
    } else {
        let indeks = les.indeks(projeksjon)?;
        let mut deler = navnedeler(&indeks, &kriterier.navn, kriterier.historisk)?;
        let mut term = |slag: u8, verdi: Option<String>| -> Result<(), Feil> {
            if let Some(verdi) = verdi {
                deler.push(Uttrykk::Term(indeks.term(slag, verdi.as_bytes())?));
            }
            Ok(())
        };
        term(slag::FOEDSELSDATO, kriterier.foedselsdato.clone())?;
        term(slag::DUF, kriterier.duf.clone())?;
        term(slag::LEGITIMASJON, kriterier.legitimasjon.as_ref().map(|l| l.tekst()))?;
        term(slag::UTENLANDSK, kriterier.utenlandsk.as_ref().map(|l| l.tekst()))?;
        if kriterier.adresse.antall() > 0 {
            deler.push(adressene(&indeks, &kriterier.adresse, false, kriterier.historisk)?);
        }
        Uttrykk::alle(deler).hver(&indeks, ta)?;
    }
    Ok(match funnet.as_slice() {
        [en] => Some(*en),
        _ => None,
    })
}

fn soekte() -> Entitetsmengde {
    [Entitet::Navn, Entitet::Bostedsadresse, Entitet::Oppholdsadresse]
        .into_iter()
        .collect()
}

fn entydige() -> Entitetsmengde {
    [
        Entitet::Navn,
        Entitet::Bostedsadresse,
        Entitet::Foedsel,
        Entitet::Identifikasjonsnummer,
        Entitet::UtlendingsmyndighetenesIdentifikasjonsnummer,
        Entitet::UtenlandskPersonidentifikasjon,
        Entitet::Legitimasjonsdokument,
    ]
    .into_iter()
    .collect()
}

// One part for each word.
fn navnedeler(indeks: &Indekslesing<'_>, navn: &Navnekriterier, historisk: bool) -> Result<Vec<Uttrykk>, Feil> {
    let (naa, foer) = if navn.fonetisk {
        (slag::LYD, slag::LYD_FOER)
    } else {
        (slag::NAVN, slag::NAVN_FOER)
    };
    let mut ut = Vec::with_capacity(navn.ord.len() + 4);
    for ord in &navn.ord {
        let lyder = fonetikk::keys(ord);
        let noekler: Vec<&[u8]> = if navn.fonetisk {
            lyder.iter().map(|lyd| lyd.0.as_slice()).collect()
        } else {
            vec![ord.as_bytes()]
        };
        let mut treff = Treff::default();
        for noekkel in noekler {
            treff.og(indeks.term(naa, noekkel)?);
            if historisk {
                treff.og(indeks.term(foer, noekkel)?);
            }
        }
        ut.push(Uttrykk::Term(treff));
    }
    Ok(ut)
}

/// Years that the register can have: more than anybody has lived, and no more terms than that.
const FOERSTE_AAR: u16 = 1700;
const SISTE_AAR: u16 = 2200;

/// Whoever has one of the years, both ends included.
pub(crate) fn aar(
    indeks: &Indekslesing<'_>,
    slag: u8,
    (fra, til): (Option<u16>, Option<u16>),
) -> Result<Uttrykk, Feil> {
    let mut treff = Treff::default();
    for aar in fra.unwrap_or(FOERSTE_AAR).max(FOERSTE_AAR)..=til.unwrap_or(SISTE_AAR).min(SISTE_AAR) {
        treff.og(indeks.term(slag, format!("{aar:04}").as_bytes())?);
    }
    Ok(Uttrykk::Term(treff))
}

// One part for each of the person's addresses that may fit, and in it one for each thing that the address must say.
fn adressene(
    indeks: &Indekslesing<'_>,
    kriterier: &Adressekriterier,
    opphold: bool,
    historisk: bool,
) -> Result<Uttrykk, Feil> {
    let mut ut = Vec::with_capacity(4);
    let alle = [
        (Adresseslag::Bosted, true),
        (Adresseslag::BostedFoer, historisk),
        (Adresseslag::Opphold, opphold),
        (Adresseslag::OppholdFoer, opphold && historisk),
    ];
    for (adresse, _) in alle.into_iter().filter(|(_, med)| *med) {
        let mut deler = Vec::with_capacity(5);
        let mut term = |foerste: u8, verdi: Option<&str>| -> Result<(), Feil> {
            if let Some(verdi) = verdi {
                deler.push(Uttrykk::Term(indeks.term(adresse.slag(foerste), verdi.as_bytes())?));
            }
            Ok(())
        };
        term(slag::POSTNUMMER, kriterier.postnummer.as_deref())?;
        term(slag::KOMMUNE, kriterier.kommunenummer.as_deref())?;
        term(slag::FYLKE, kriterier.fylkesnummer.as_deref())?;
        term(slag::HUSNUMMER, kriterier.husnummer.map(|h| h.tekst()).as_deref())?;
        if let Some(gate) = &kriterier.gate {
            deler.push(Uttrykk::Term(indeks.som_begynner(adresse.slag(slag::GATE), gate)?));
        }
        ut.push(Uttrykk::alle(deler));
    }
    Ok(Uttrykk::Noen(ut))
}
