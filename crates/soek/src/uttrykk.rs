//! Questions to the index: sets of persons, met block by block.
//!
//! What lives here: how terms are put together and who is in what comes of it, in the order of their numbers. What does not: which
//! terms there are. A newcomer's mistake is to ask person by person: where many are in a question, it is answered a block of
//! 65 536 at a time, and one by one only where few are left.

use std::borrow::Cow;

use register::{Blokkmengde, Feil, Indekslesing, Personnummer, Treff};

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

    /// Whoever is in all of them.
    pub fn alle(mut deler: Vec<Uttrykk>) -> Self {
        deler.sort_by_key(Uttrykk::antall);
        Uttrykk::en_eller(deler, Uttrykk::Alle)
    }

    /// Whoever is in one of them; nobody is in none.
    pub fn noen(deler: Vec<Uttrykk>) -> Self {
        Uttrykk::en_eller(deler, Uttrykk::Noen)
    }

    // One alone is what it is: of a term, more is known.
    fn en_eller(mut deler: Vec<Uttrykk>, flere: impl FnOnce(Vec<Uttrykk>) -> Self) -> Self {
        match deler.pop() {
            Some(en) if deler.is_empty() => en,
            siste => {
                deler.extend(siste);
                flere(deler)
            }
        }
    }

    /// How many are in it, each counted once. Of one term it is known; else sets are counted, and nobody is looked at.
    pub fn tell(&self, indeks: &Indekslesing<'_>) -> Result<u64, Feil> {
        if let Uttrykk::Term(treff) = self
            && let Some(antall) = treff.antall_i_alt()
        {
            return Ok(antall);
        }
        let mut ut = 0;
        self.hver_bolk(indeks, 0, |bolk| {
            ut += bolk.antall();
            Ok(true)
        })?;
        Ok(ut)
    }

    /// Some of those who are in it, in rising order: passes `hopp` of them by, and gives `antall` at most.
    ///
    /// Units: of one term, what is passed by costs a look at each block's count; of several, a meeting of the block's sets.
    pub fn side(&self, indeks: &Indekslesing<'_>, mut hopp: u64, antall: usize) -> Result<Vec<Personnummer>, Feil> {
        let mut ut = Vec::new();
        if antall == 0 {
            return Ok(ut);
        }
        let fra = self.hopp_over(&mut hopp);
        self.hver_bolk(indeks, fra, |bolk| {
            let her = bolk.antall();
            if her <= hopp {
                hopp -= her;
                return Ok(true);
            }
            bolk.hver(|person| {
                if hopp > 0 {
                    hopp -= 1;
                } else {
                    ut.push(person);
                }
                Ok(ut.len() < antall)
            })?;
            Ok(ut.len() < antall)
        })?;
        Ok(ut)
    }

    /// Those of some persons who are in it. Shape: in rising order, as they must be given.
    pub fn blant(&self, indeks: &Indekslesing<'_>, mut personer: Vec<u32>) -> Result<Vec<u32>, Feil> {
        self.behold(indeks, &mut personer)?;
        Ok(personer)
    }

    // The block to go on from when all before it are passed by; what is left to pass by comes back in `hopp`.
    fn hopp_over(&self, hopp: &mut u64) -> u16 {
        let Uttrykk::Term(treff) = self else { return 0 };
        for blokk in treff.blokker() {
            match treff.antall_i_blokk(blokk) {
                Some(her) if her <= *hopp => *hopp -= her,
                _ => return blokk,
            }
        }
        u16::MAX
    }

    fn blokker(&self) -> Vec<u16> {
        match self {
            Uttrykk::Term(treff) => treff.blokker(),
            // Whoever is in all of them is where the first has them: what is rarest.
            Uttrykk::Alle(deler) => deler.first().map(Uttrykk::blokker).unwrap_or_default(),
            Uttrykk::Noen(deler) => {
                let mut ut: Vec<u16> = deler.iter().flat_map(Uttrykk::blokker).collect();
                ut.sort_unstable();
                ut.dedup();
                ut
            }
        }
    }

    // Everybody, in rising order: for few.
    fn liste(&self, indeks: &Indekslesing<'_>) -> Result<Vec<u32>, Feil> {
        match self {
            Uttrykk::Term(treff) => indeks.liste(treff),
            Uttrykk::Alle(deler) => {
                let Some((foerste, andre)) = deler.split_first() else {
                    return Ok(Vec::new());
                };
                let mut ut = foerste.liste(indeks)?;
                for del in andre {
                    del.behold(indeks, &mut ut)?;
                }
                Ok(ut)
            }
            Uttrykk::Noen(deler) => {
                let mut ut = Vec::new();
                for del in deler {
                    ut.append(&mut del.liste(indeks)?);
                }
                ut.sort_unstable();
                ut.dedup();
                Ok(ut)
            }
        }
    }

    // Leaves those of a list, in rising order, who are in it.
    fn behold(&self, indeks: &Indekslesing<'_>, personer: &mut Vec<u32>) -> Result<(), Feil> {
        match self {
            _ if personer.is_empty() => Ok(()),
            Uttrykk::Term(treff) => indeks.behold(personer, treff),
            Uttrykk::Alle(deler) => deler.iter().try_for_each(|del| del.behold(indeks, personer)),
            Uttrykk::Noen(deler) => {
                let mut ut = Vec::new();
                for del in deler {
                    let mut disse = personer.clone();
                    del.behold(indeks, &mut disse)?;
                    ut.append(&mut disse);
                }
                if deler.len() > 1 {
                    ut.sort_unstable();
                    ut.dedup();
                }
                *personer = ut;
                Ok(())
            }
        }
    }

    fn personer(&self, indeks: &Indekslesing<'_>, blokk: u16) -> Result<Cow<'_, Blokkmengde>, Feil> {
        match self {
            Uttrykk::Term(treff) => indeks.personer(treff, blokk),
            Uttrykk::Alle(deler) => {
                let Some((foerste, andre)) = deler.split_first() else {
                    return Ok(Cow::default());
                };
                let mut ut = foerste.personer(indeks, blokk)?;
                for del in andre {
                    ut = Cow::Owned(del.felles(indeks, &ut, blokk)?);
                }
                Ok(ut)
            }
            Uttrykk::Noen(deler) => {
                let del = |del| Uttrykk::personer(del, indeks, blokk);
                Ok(en_av(deler.iter().map(del).collect::<Result<_, _>>()?))
            }
        }
    }

    // Those of the persons of a block who are in it.
    fn felles(&self, indeks: &Indekslesing<'_>, personer: &Blokkmengde, blokk: u16) -> Result<Blokkmengde, Feil> {
        match self {
            _ if personer.er_tom() => Ok(Blokkmengde::default()),
            Uttrykk::Term(treff) => indeks.felles(personer, treff, blokk),
            Uttrykk::Alle(deler) => {
                let mut ut = Cow::Borrowed(personer);
                for del in deler {
                    ut = Cow::Owned(del.felles(indeks, &ut, blokk)?);
                }
                Ok(ut.into_owned())
            }
            Uttrykk::Noen(deler) => {
                let del = |del: &Uttrykk| del.felles(indeks, personer, blokk).map(Cow::Owned);
                Ok(en_av(deler.iter().map(del).collect::<Result<_, _>>()?).into_owned())
            }
        }
    }

    // Calls for a part of the persons at a time, from a block on, until told to stop.
    fn hver_bolk(
        &self,
        indeks: &Indekslesing<'_>,
        fra_blokk: u16,
        mut ta: impl FnMut(Bolk<'_>) -> Result<bool, Feil>,
    ) -> Result<(), Feil> {
        let mut blokker = self.blokker();
        if er_faa(self.antall(), blokker.len()) {
            let mut liste = self.liste(indeks)?;
            liste.retain(|p| *p >= person(fra_blokk, 0));
            ta(Bolk::Liste(liste))?;
            return Ok(());
        }
        blokker.retain(|b| *b >= fra_blokk);
        // As many blocks at a time as hold few; of the first of many, one: what is asked for may be full with it.
        let vindu = u64::try_from(blokker.len()).unwrap_or(u64::MAX) * VINDU / self.antall().max(1);
        for blokker in blokker.chunks(usize::try_from(vindu).unwrap_or(usize::MAX).max(1)) {
            for bolk in self.vindu(indeks, blokker)? {
                if !ta(bolk)? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    // Those of some blocks: one part of the question after the other, and when few are left, one by one.
    fn vindu(&self, indeks: &Indekslesing<'_>, blokker: &[u16]) -> Result<Vec<Bolk<'_>>, Feil> {
        let (foerste, andre) = match self {
            Uttrykk::Alle(deler) => match deler.split_first() {
                Some(delt) => delt,
                None => return Ok(Vec::new()),
            },
            annet => (annet, [].as_slice()),
        };
        let mut mengder = Vec::with_capacity(blokker.len());
        for blokk in blokker {
            mengder.push((*blokk, foerste.personer(indeks, *blokk)?));
        }
        let mut andre = andre.iter();
        while !andre.as_slice().is_empty() {
            mengder.retain(|(_, mengde)| !mengde.er_tom());
            if er_faa(mengder.iter().map(|(_, mengde)| mengde.antall()).sum(), mengder.len()) {
                let mut liste = Vec::new();
                for (blokk, mengde) in &mengder {
                    mengde.hver(|plass| liste.push(person(*blokk, plass)));
                }
                for del in andre {
                    del.behold(indeks, &mut liste)?;
                }
                return Ok(vec![Bolk::Liste(liste)]);
            }
            if let Some(del) = andre.next() {
                for (blokk, mengde) in &mut mengder {
                    *mengde = Cow::Owned(del.felles(indeks, mengde, *blokk)?);
                }
            }
        }
        let bolk = |(blokk, mengde)| Bolk::Blokk(blokk, mengde);
        Ok(mengder.into_iter().map(bolk).collect())
    }

    /// Calls for each person until told to stop, and says whether it is one of the sure ones.
    pub fn hver_sikker(
        &self,
        indeks: &Indekslesing<'_>,
        sikre: Option<&Uttrykk>,
        mut ta: impl FnMut(Personnummer, bool) -> Result<bool, Feil>,
    ) -> Result<(), Feil> {
        self.hver_bolk(indeks, 0, |bolk| {
            let sikre = match sikre {
                Some(sikre) if !bolk.er_tom() => Some(bolk.felles(sikre, indeks)?),
                _ => None,
            };
            let mut gaa_videre = true;
            bolk.hver(|person| {
                gaa_videre = ta(person, sikre.as_ref().is_none_or(|sikre| sikre.har(person)))?;
                Ok(gaa_videre)
            })?;
            Ok(gaa_videre)
        })
    }

    /// Calls for each person until told to stop.
    pub fn hver(
        &self,
        indeks: &Indekslesing<'_>,
        mut ta: impl FnMut(Personnummer) -> Result<bool, Feil>,
    ) -> Result<(), Feil> {
        self.hver_sikker(indeks, None, |person, _| ta(person))
    }
}

fn person(blokk: u16, plass: u16) -> u32 {
    u32::from(blokk) << 16 | u32::from(plass)
}

fn en_av(mut deler: Vec<Cow<'_, Blokkmengde>>) -> Cow<'_, Blokkmengde> {
    if deler.len() > 1 {
        return Cow::Owned(Blokkmengde::noen(deler.iter().map(AsRef::as_ref)));
    }
    deler.pop().unwrap_or_default()
}

/// Up to so many of a block are met one by one; more, a block at a time.
const FAA: u64 = 8;
/// Persons, about, of the blocks that are met together.
const VINDU: u64 = 65_536;

fn er_faa(antall: u64, blokker: usize) -> bool {
    antall <= FAA.saturating_mul(u64::try_from(blokker).unwrap_or(u64::MAX))
}

/// Some of those who are in a question, in rising order.
enum Bolk<'u> {
    Liste(Vec<u32>),
    Blokk(u16, Cow<'u, Blokkmengde>),
}

impl Bolk<'_> {
    fn er_tom(&self) -> bool {
        match self {
            Bolk::Liste(personer) => personer.is_empty(),
            Bolk::Blokk(_, personer) => personer.er_tom(),
        }
    }

    fn antall(&self) -> u64 {
        match self {
            Bolk::Liste(personer) => personer.len() as u64,
            Bolk::Blokk(_, personer) => personer.antall(),
        }
    }

    // Calls for each until told to stop.
    fn hver(&self, mut ta: impl FnMut(Personnummer) -> Result<bool, Feil>) -> Result<(), Feil> {
        let mut ta_alle = |personer: &mut dyn Iterator<Item = u32>| {
            for person in personer {
                if !ta(Personnummer::fra_indeks(person))? {
                    break;
                }
            }
            Ok(())
        };
        match self {
            Bolk::Liste(personer) => ta_alle(&mut personer.iter().copied()),
            Bolk::Blokk(blokk, personer) => ta_alle(&mut personer.plasser().map(|plass| person(*blokk, plass))),
        }
    }

    // Those of them who are in another question as well.
    fn felles(&self, uttrykk: &Uttrykk, indeks: &Indekslesing<'_>) -> Result<Bolk<'static>, Feil> {
        match self {
            Bolk::Liste(personer) => {
                let mut disse = personer.clone();
                uttrykk.behold(indeks, &mut disse)?;
                Ok(Bolk::Liste(disse))
            }
            Bolk::Blokk(blokk, personer) => {
                let disse = uttrykk.felles(indeks, personer, *blokk)?;
                Ok(Bolk::Blokk(*blokk, Cow::Owned(disse)))
            }
        }
    }

    fn har(&self, person: Personnummer) -> bool {
        match self {
            Bolk::Liste(personer) => personer.binary_search(&person.nummer()).is_ok(),
            // Of the same block as whoever is asked about.
            Bolk::Blokk(_, personer) => personer.har((person.nummer() & 0xFFFF) as u16),
        }
    }
}
