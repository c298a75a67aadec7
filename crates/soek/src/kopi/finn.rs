//! The three answers: the first, a page, how many.
//!
//! Persons come in the order of their numbers in the copy. It is the same from one moment to the next, as a caller who goes from page to
//! page needs, and a number is given when a person is first read and never changed, so that the order tells of nothing that is hidden.
//! Who comes and goes between two pages moves whoever stands after them; the contract has no handle that could tell.

use register::{Feil, Indekslesing, Lesing, Personnummer, Treff};
use tilgang::Projeksjon;

use super::adresse::Slag;
use super::datoer::{Dekning, dekning};
use super::kriterier::{Adressekriterier, Datointervall, Gate, Kriterier};
use super::visning::{Del, START_TEGN, slag};
use crate::navn;
use crate::uttrykk::Uttrykk;

/// Most persons of a search for documents. Source: Person API, `search/person`.
pub const FOERSTE_MAKS: usize = 100;

/// Most persons of a page. Source: Person API, `PagedMatchListForm.PageSize`.
pub const SIDE_MAKS: usize = 10_000;

/// The first whom a projection is shown as the criteria say, [`FOERSTE_MAKS`] at most.
///
/// # Errors
/// [`Feil`] if the store is damaged or has no index.
pub fn finn_foerste(
    les: &Lesing<'_>,
    projeksjon: Projeksjon,
    kriterier: &Kriterier,
) -> Result<Vec<Personnummer>, Feil> {
    finn_side(les, projeksjon, kriterier, 0, FOERSTE_MAKS)
}

/// Some of those whom a projection is shown as the criteria say, in an order that stays: `antall` of them, [`SIDE_MAKS`] at most, after the
/// first `hopp`. Fewer than asked for: there are no more.
///
/// Units: both count persons. A page without criteria, or with one that is one term, costs what the page is, wherever it is; one of several
/// costs a meeting of sets for each 65 536 persons before it, and looks at none of them.
///
/// # Errors
/// [`Feil`] if the store is damaged or has no index.
pub fn finn_side(
    les: &Lesing<'_>,
    projeksjon: Projeksjon,
    kriterier: &Kriterier,
    hopp: u64,
    antall: usize,
) -> Result<Vec<Personnummer>, Feil> {
    finn_side_uten(les, projeksjon, kriterier, &[], hopp, antall)
}

/// As [`finn_side`], as if some persons were not there: `uten`, whether they fit or not.
///
/// Units: beside what [`finn_side`] costs, a look at each of `uten`, and a page that is longer by those of them who fit.
///
/// # Errors
/// [`Feil`] if the store is damaged or has no index.
pub fn finn_side_uten(
    les: &Lesing<'_>,
    projeksjon: Projeksjon,
    kriterier: &Kriterier,
    uten: &[Personnummer],
    hopp: u64,
    antall: usize,
) -> Result<Vec<Personnummer>, Feil> {
    let indeks = les.indeks(projeksjon)?;
    let hva = uttrykk(&indeks, kriterier)?;
    let antall = antall.min(SIDE_MAKS);
    let uten = passende(&indeks, &hva, uten)?;
    if uten.is_empty() {
        return hva.side(&indeks, hopp, antall);
    }
    let mut side = hva.side(&indeks, hopp, antall + uten.len())?;
    // Whoever is passed by before the page is not counted among those that were to be passed by.
    let foerst = side.first().map_or(0, |person| person.nummer());
    let foer = uten.partition_point(|person| *person < foerst);
    side.retain(|person| uten.binary_search(&person.nummer()).is_err());
    Ok(side.into_iter().skip(foer).take(antall).collect())
}

// Those of some persons who are in a question, in rising order, each once.
fn passende(indeks: &Indekslesing<'_>, hva: &Uttrykk, personer: &[Personnummer]) -> Result<Vec<u32>, Feil> {
    if personer.is_empty() {
        return Ok(Vec::new());
    }
    let mut personer: Vec<u32> = personer.iter().map(|person| person.nummer()).collect();
    personer.sort_unstable();
    personer.dedup();
    hva.blant(indeks, personer)
}

/// How many a projection is shown as the criteria say.
///
/// # Errors
/// [`Feil`] if the store is damaged or has no index.
pub fn tell(les: &Lesing<'_>, projeksjon: Projeksjon, kriterier: &Kriterier) -> Result<u64, Feil> {
    tell_uten(les, projeksjon, kriterier, &[])
}

/// As [`tell`], as if some persons were not there: `uten`, whether they fit or not.
///
/// # Errors
/// [`Feil`] if the store is damaged or has no index.
pub fn tell_uten(
    les: &Lesing<'_>,
    projeksjon: Projeksjon,
    kriterier: &Kriterier,
    uten: &[Personnummer],
) -> Result<u64, Feil> {
    let indeks = les.indeks(projeksjon)?;
    let hva = uttrykk(&indeks, kriterier)?;
    let uten = passende(&indeks, &hva, uten)?;
    Ok(hva.tell(&indeks)?.saturating_sub(uten.len() as u64))
}

/// Whoever a projection is shown to have a DUF number now; [`FOERSTE_MAKS`] at most.
///
/// # Errors
/// [`Feil`] if the store is damaged or has no index.
pub fn finn_duf(les: &Lesing<'_>, projeksjon: Projeksjon, nummer: &str) -> Result<Vec<Personnummer>, Feil> {
    let indeks = les.indeks(projeksjon)?;
    let hva = Uttrykk::Term(indeks.term(slag::DUF, nummer.as_bytes())?);
    hva.side(&indeks, 0, FOERSTE_MAKS)
}

/// The index, asked for terms of kinds that are all moved by as much.
struct Indeks<'i, 'l> {
    lesing: &'i Indekslesing<'l>,
    skift: u8,
}

impl Indeks<'_, '_> {
    fn slag(&self, slag: u8) -> u8 {
        slag.saturating_add(self.skift)
    }

    fn term(&self, slag: u8, verdi: &[u8]) -> Result<Treff, Feil> {
        self.lesing.term(self.slag(slag), verdi)
    }

    fn noen(&self, termer: &[(u8, &[u8])]) -> Result<Treff, Feil> {
        let termer: Vec<(u8, &[u8])> = termer.iter().map(|(slag, verdi)| (self.slag(*slag), *verdi)).collect();
        self.lesing.noen(&termer)
    }

    fn som_begynner(&self, slag: u8, start: &str) -> Result<Treff, Feil> {
        self.lesing.som_begynner(self.slag(slag), start)
    }

    fn intervall(
        &self,
        slag: u8,
        navn: &[&[u8]],
        verdier: impl FnOnce() -> Vec<register::Intervalldel>,
    ) -> Result<Treff, Feil> {
        self.lesing.intervall(self.slag(slag), navn, verdier)
    }
}

// Whoever is known by a help number alone is under terms of their own, and met by no question that does not ask for them.
fn uttrykk(lesing: &Indekslesing<'_>, kriterier: &Kriterier) -> Result<Uttrykk, Feil> {
    let av = |skift| uttrykk_for(&Indeks { lesing, skift }, kriterier);
    if !kriterier.ogsaa_hjelpenumre {
        return av(0);
    }
    Ok(Uttrykk::noen(vec![av(0)?, av(slag::HJELPENUMMER)?]))
}

fn uttrykk_for(indeks: &Indeks<'_, '_>, kriterier: &Kriterier) -> Result<Uttrykk, Feil> {
    let Kriterier {
        fullt_navn,
        fornavn,
        mellomnavn,
        etternavn,
        foedselsdato,
        foedt,
        doed,
        kjoenn,
        statuser,
        adresse,
        ogsaa_hjelpenumre: _,
    } = kriterier;
    let mut deler = Vec::new();
    let navnene = [
        (fullt_navn, Del::ALLE.as_slice()),
        (fornavn, &[Del::Fornavn]),
        (mellomnavn, &[Del::Mellomnavn]),
        (etternavn, &[Del::Etternavn]),
    ];
    for (ord, av) in navnene {
        let Some(ord) = ord else { continue };
        // A name without a letter is nobody's.
        if ord.ord().is_empty() {
            return Ok(ingen());
        }
        for ord in ord.ord() {
            let slagene: Vec<u8> = av.iter().map(|del| *del as u8).collect();
            deler.push(begynner(indeks, slag::NAVNESTART, slag::NAVN, &slagene, ord)?);
        }
    }
    if let Some(dato) = foedselsdato {
        deler.push(Uttrykk::Term(indeks.term(slag::FOEDT, dato.to_string().as_bytes())?));
    }
    for (slag, intervall) in [(slag::FOEDT, foedt), (slag::DOED, doed)] {
        if *intervall != Datointervall::default() {
            deler.push(mellom(indeks, slag, *intervall)?);
        }
    }
    if let Some(kjoenn) = kjoenn {
        deler.push(Uttrykk::Term(indeks.term(slag::KJOENN, kjoenn.as_bytes())?));
    }
    if !statuser.is_empty() {
        let mut treff = Treff::default();
        for status in statuser {
            treff.og(indeks.term(slag::STATUS, status.as_bytes())?);
        }
        deler.push(Uttrykk::Term(treff));
    }
    if *adresse != Adressekriterier::default() {
        deler.push(adressene(indeks, adresse)?);
    }
    if deler.is_empty() {
        deler.push(Uttrykk::Term(indeks.term(slag::ALLE, b"")?));
    }
    Ok(Uttrykk::alle(deler))
}

fn ingen() -> Uttrykk {
    Uttrykk::noen(Vec::new())
}

// Whoever has a text of one of some kinds that begins so.
fn begynner(indeks: &Indeks<'_, '_>, start: u8, hele: u8, av: &[u8], tekst: &str) -> Result<Uttrykk, Feil> {
    if tekst.chars().nth(START_TEGN).is_none() {
        let termer: Vec<(u8, &[u8])> = av.iter().map(|nr| (start + nr, tekst.as_bytes())).collect();
        return Ok(Uttrykk::Term(indeks.noen(&termer)?));
    }
    let mut treff = Treff::default();
    for nr in av {
        treff.og(indeks.som_begynner(hele + nr, tekst)?);
    }
    Ok(Uttrykk::Term(treff))
}

// Whoever has a date of a range.
fn mellom(indeks: &Indeks<'_, '_>, slag: u8, intervall: Datointervall) -> Result<Uttrykk, Feil> {
    let Dekning::Deler([fra, til], deler) = dekning(intervall) else {
        return Ok(ingen());
    };
    let treff = match deler.as_slice() {
        [register::Intervalldel::En(verdi)] => indeks.term(slag, verdi)?,
        _ => indeks.intervall(slag, &[fra.as_bytes(), til.as_bytes()], || deler)?,
    };
    Ok(Uttrykk::Term(treff))
}

// Whoever has one address that says all of it. Of each kind there is one, so that what its sets share is one address.
fn adressene(indeks: &Indeks<'_, '_>, kriterier: &Adressekriterier) -> Result<Uttrykk, Feil> {
    let lesninger: Vec<Option<&Gate>> = match &kriterier.gate {
        None => vec![None],
        Some(gate) => gate.lesninger().iter().map(Some).collect(),
    };
    let mut ut = Vec::new();
    for hvilken in Slag::ALLE {
        for gate in &lesninger {
            ut.push(en_adresse(indeks, hvilken, kriterier, *gate)?);
        }
    }
    Ok(Uttrykk::noen(ut))
}

fn en_adresse(
    indeks: &Indeks<'_, '_>,
    hvilken: Slag,
    kriterier: &Adressekriterier,
    gate: Option<&Gate>,
) -> Result<Uttrykk, Feil> {
    let Adressekriterier {
        gate: _,
        postnummer,
        poststed,
        kommunenummer,
        grunnkrets,
    } = kriterier;
    let poststed = poststed.as_deref().map(navn::normalise);
    let husnummer = gate.and_then(|gate| gate.husnummer).map(|husnummer| husnummer.tekst());
    let mut deler = Vec::new();
    for (foerste, verdi) in [
        (slag::POSTNUMMER, postnummer),
        (slag::POSTSTED, &poststed),
        (slag::KOMMUNE, kommunenummer),
        (slag::GRUNNKRETS, grunnkrets),
        (slag::HUSNUMMER, &husnummer),
    ] {
        if let Some(verdi) = verdi {
            deler.push(Uttrykk::Term(indeks.term(foerste + hvilken as u8, verdi.as_bytes())?));
        }
    }
    if let Some(gate) = gate {
        deler.push(begynner(
            indeks,
            slag::GATESTART,
            slag::GATE,
            &[hvilken as u8],
            &gate.navn,
        )?);
    }
    Ok(Uttrykk::alle(deler))
}
