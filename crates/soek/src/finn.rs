//! Finding: sets of persons, met block by block, and where sets cannot tell, the persons' own entries.

use std::borrow::Cow;

use informasjonsmodell::Entitet;
use register::{Blokkmengde, Feil, Indekslesing, Intervalldel, Lesing, Personnummer, Treff};
use tilgang::{Entitetsmengde, Projeksjon};

use crate::fonetikk;
use crate::kriterier::{Adressekriterier, Entydigkriterier, Kriterier, Landnummer, Navnekriterier};
use crate::passer::{passer, passer_entydig};
use crate::termer::{Adresseslag, Del, UTEN_HUSNUMMER, med_bokstav, slag};

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

    // Calls for a part of the persons at a time until told to stop.
    fn hver_bolk(
        &self,
        indeks: &Indekslesing<'_>,
        mut ta: impl FnMut(Bolk<'_>) -> Result<bool, Feil>,
    ) -> Result<(), Feil> {
        let blokker = self.blokker();
        if er_faa(self.antall(), blokker.len()) {
            ta(Bolk::Liste(self.liste(indeks)?))?;
            return Ok(());
        }
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

    // Calls for each person until told to stop, and says whether it is one of the sure ones.
    fn hver_sikker(
        &self,
        indeks: &Indekslesing<'_>,
        sikre: Option<&Uttrykk>,
        mut ta: impl FnMut(Personnummer, bool) -> Result<bool, Feil>,
    ) -> Result<(), Feil> {
        self.hver_bolk(indeks, |bolk| {
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

    // Calls for each person until told to stop.
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

/// Finds everybody whom a projection is shown as the criteria say.
///
/// # Errors
/// [`Feil`] if the store is damaged or has no index.
pub fn finn(les: &Lesing<'_>, projeksjon: Projeksjon, kriterier: &Kriterier) -> Result<Personliste, Feil> {
    let indeks = les.indeks(projeksjon)?;
    let hva = Hva::av(kriterier);
    let mut deler = hva.navnedeler(&indeks, &hva.tider())?;
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
    if hva.adressekrav() > 0 {
        deler.push(hva.adressene(&indeks)?);
    }
    deler.push(Uttrykk::Term(if kriterier.doede {
        indeks.noen(&[(slag::LEVENDE, b""), (slag::DOED, b"")])?
    } else {
        indeks.term(slag::LEVENDE, b"")?
    }));
    let deler = Uttrykk::alle(deler);
    let sikre = hva.sikre(&indeks)?;
    let entiteter = soekte(kriterier);
    let mut ut = Vec::new();
    deler.hver_sikker(&indeks, sikre.as_ref(), |person, sikker| {
        if sikker || passer(&les.opplysninger(person, projeksjon, entiteter)?, kriterier) {
            ut.push(person);
        }
        Ok(ut.len() <= TREFF_MAKS)
    })?;
    if ut.len() > TREFF_MAKS {
        return Ok(Personliste::ForMange);
    }
    Ok(Personliste::Personer(ut))
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
    let entiteter = entydige(kriterier);
    let mut ta = |person: Personnummer, sikker: bool| -> Result<bool, Feil> {
        if sikker || passer_entydig(&les.opplysninger(person, projeksjon, entiteter)?, kriterier) {
            funnet.push(person);
        }
        Ok(funnet.len() < 2)
    };
    if let Some(nummer) = kriterier.identifikasjonsnummer {
        match (les.finn_nummer(nummer)?, les.stedfortreder(nummer)?) {
            (Some(person), _) => {
                ta(person, false)?;
            }
            // As long a look as at whoever has the number: who may not look numbers up is not told by the time either.
            (None, Some(annen)) => {
                ta(annen, false)?;
            }
            (None, None) => {}
        }
    } else {
        let indeks = les.indeks(projeksjon)?;
        let hva = Hva::av_entydig(kriterier);
        let mut deler = hva.navnedeler(&indeks, &hva.tider())?;
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
        if hva.adressekrav() > 0 {
            deler.push(hva.adressene(&indeks)?);
        }
        Uttrykk::alle(deler).hver_sikker(&indeks, hva.sikre(&indeks)?.as_ref(), ta)?;
    }
    Ok(match funnet.as_slice() {
        [en] => Some(*en),
        _ => None,
    })
}

// What must be looked at, and no more: each may be a frame to open.
fn soekte(kriterier: &Kriterier) -> Entitetsmengde {
    let adresse = kriterier.adresse.antall() > 0;
    de_som_trengs(&[
        (Entitet::Navn, !kriterier.navn.ord.is_empty()),
        (Entitet::Bostedsadresse, adresse),
        (Entitet::Oppholdsadresse, adresse && kriterier.oppholdsadresse),
    ])
}

fn entydige(kriterier: &Entydigkriterier) -> Entitetsmengde {
    de_som_trengs(&[
        (Entitet::Navn, !kriterier.navn.ord.is_empty()),
        (
            Entitet::Bostedsadresse,
            kriterier.adresse.antall() > 0 || kriterier.uten_husnummer,
        ),
        (Entitet::Foedsel, kriterier.foedselsdato.is_some()),
        (
            Entitet::Identifikasjonsnummer,
            kriterier.identifikasjonsnummer.is_some(),
        ),
        (
            Entitet::UtlendingsmyndighetenesIdentifikasjonsnummer,
            kriterier.duf.is_some(),
        ),
        (Entitet::UtenlandskPersonidentifikasjon, kriterier.utenlandsk.is_some()),
        (Entitet::Legitimasjonsdokument, kriterier.legitimasjon.is_some()),
    ])
}

fn de_som_trengs(alle: &[(Entitet, bool)]) -> Entitetsmengde {
    alle.iter().filter(|(_, trengs)| *trengs).map(|(e, _)| *e).collect()
}

/// What is asked of names and addresses.
struct Hva<'k> {
    navn: &'k Navnekriterier,
    adresse: &'k Adressekriterier,
    opphold: bool,
    historisk: bool,
    /// As in `entydigsoek`: the first word in the fornavn and the last in the etternavn, a house number with just its letter.
    entydig: bool,
    uten_husnummer: bool,
}

impl<'k> Hva<'k> {
    fn av(kriterier: &'k Kriterier) -> Self {
        Hva {
            navn: &kriterier.navn,
            adresse: &kriterier.adresse,
            opphold: kriterier.oppholdsadresse,
            historisk: kriterier.historisk,
            entydig: false,
            uten_husnummer: false,
        }
    }

    fn av_entydig(kriterier: &'k Entydigkriterier) -> Self {
        Hva {
            navn: &kriterier.navn,
            adresse: &kriterier.adresse,
            opphold: false,
            historisk: kriterier.historisk,
            entydig: true,
            uten_husnummer: kriterier.uten_husnummer,
        }
    }

    // Whether names are present ones: those that are asked about.
    fn tider(&self) -> Vec<bool> {
        if self.historisk { vec![true, false] } else { vec![true] }
    }

    fn adressekrav(&self) -> usize {
        self.adresse.antall() + usize::from(self.uten_husnummer)
    }

    // One part for each word.
    fn navnedeler(&self, indeks: &Indekslesing<'_>, tider: &[bool]) -> Result<Vec<Uttrykk>, Feil> {
        let siste = self.navn.ord.len().saturating_sub(1);
        let mut ut = Vec::with_capacity(self.navn.ord.len() + 4);
        for (nr, ord) in self.navn.ord.iter().enumerate() {
            let lyder = self.navn.fonetisk.then(|| fonetikk::keys(ord));
            let noekler: Vec<&[u8]> = match &lyder {
                Some(lyder) => lyder.iter().map(|lyd| lyd.0.as_slice()).collect(),
                None => vec![ord.as_bytes()],
            };
            let deler: &[Del] = match nr {
                0 if self.entydig => &[Del::Fornavn],
                nr if self.entydig && nr == siste => &[Del::Etternavn],
                _ => &Del::ALLE,
            };
            // What is present and what is former are kept apart, since both are asked for apart as well.
            let mut av = Vec::with_capacity(tider.len());
            for gjeldende in tider {
                let slagene = deler.iter().map(|del| del.slag(*gjeldende, lyder.is_some()));
                let termer: Vec<(u8, &[u8])> = slagene
                    .flat_map(|slag| noekler.iter().map(move |noekkel| (slag, *noekkel)))
                    .collect();
                av.push(Uttrykk::Term(indeks.noen(&termer)?));
            }
            ut.extend(if av.len() > 1 {
                Some(Uttrykk::Noen(av))
            } else {
                av.pop()
            });
        }
        Ok(ut)
    }

    fn adresseslagene(&self) -> impl Iterator<Item = Adresseslag> {
        let alle = [
            (Adresseslag::Bosted, true),
            (Adresseslag::BostedFoer, self.historisk),
            (Adresseslag::Opphold, self.opphold),
            (Adresseslag::OppholdFoer, self.opphold && self.historisk),
        ];
        alle.into_iter().filter_map(|(adresse, med)| med.then_some(adresse))
    }

    // One part for each of the person's addresses that may fit.
    fn adressene(&self, indeks: &Indekslesing<'_>) -> Result<Uttrykk, Feil> {
        let mut ut = Vec::with_capacity(4);
        for adresse in self.adresseslagene() {
            ut.push(Uttrykk::alle(self.adressedeler(indeks, adresse)?));
        }
        Ok(Uttrykk::Noen(ut))
    }

    // One part for each thing that the address must say.
    fn adressedeler(&self, indeks: &Indekslesing<'_>, adresse: Adresseslag) -> Result<Vec<Uttrykk>, Feil> {
        let Adressekriterier {
            gate,
            husnummer,
            postnummer,
            kommunenummer,
            fylkesnummer,
        } = self.adresse;
        let mut deler = Vec::with_capacity(7);
        let mut term = |foerste: u8, verdi: Option<&str>| -> Result<(), Feil> {
            if let Some(verdi) = verdi {
                deler.push(Uttrykk::Term(indeks.term(adresse.slag(foerste), verdi.as_bytes())?));
            }
            Ok(())
        };
        term(slag::POSTNUMMER, postnummer.as_deref())?;
        term(slag::KOMMUNE, kommunenummer.as_deref())?;
        term(slag::FYLKE, fylkesnummer.as_deref())?;
        term(slag::HUSNUMMER, self.uten_husnummer.then_some(UTEN_HUSNUMMER))?;
        if let Some(husnummer) = husnummer {
            let (slag, eksakt) = (adresse.slag(slag::HUSNUMMER), husnummer.tekst());
            let bokstav = med_bokstav(husnummer.tall);
            let treff = if husnummer.bokstav.is_some() || self.entydig {
                indeks.term(slag, eksakt.as_bytes())?
            } else {
                indeks.noen(&[(slag, eksakt.as_bytes()), (slag, bokstav.as_bytes())])?
            };
            deler.push(Uttrykk::Term(treff));
        }
        if let Some(gate) = gate {
            deler.push(Uttrykk::Term(indeks.som_begynner(adresse.slag(slag::GATE), gate)?));
        }
        Ok(deler)
    }

    // Whoever is in it need not be looked at: of what is present there is one entry, and of what is former there is one
    // shown. `None`: nobody needs to be.
    fn sikre(&self, indeks: &Indekslesing<'_>) -> Result<Option<Uttrykk>, Feil> {
        let mut deler = Vec::with_capacity(2);
        if self.historisk && self.navn.ord.len() > 1 {
            let mut foer = self.navnedeler(indeks, &[false])?;
            foer.push(Uttrykk::Term(indeks.term(slag::ETT_NAVN_FOER, b"")?));
            let naa = Uttrykk::alle(self.navnedeler(indeks, &[true])?);
            deler.push(Uttrykk::Noen(vec![naa, Uttrykk::alle(foer)]));
        }
        if self.historisk && self.adressekrav() > 1 {
            let mut av = Vec::with_capacity(4);
            for adresse in self.adresseslagene() {
                let mut en = self.adressedeler(indeks, adresse)?;
                if let Some(slag) = adresse.ett() {
                    en.push(Uttrykk::Term(indeks.term(slag, b"")?));
                }
                av.push(Uttrykk::alle(en));
            }
            deler.push(Uttrykk::Noen(av));
        }
        Ok((!deler.is_empty()).then(|| Uttrykk::alle(deler)))
    }
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
    let (fra, til) = (
        fra.unwrap_or(FOERSTE_AAR).max(FOERSTE_AAR),
        til.unwrap_or(SISTE_AAR).min(SISTE_AAR),
    );
    let [fra_tekst, til_tekst] = [fra, til].map(siffer);
    if fra == til {
        return Ok(Uttrykk::Term(indeks.term(slag, &fra_tekst)?));
    }
    let treff = indeks.intervall(slag, &[&fra_tekst, &til_tekst], || aarene(fra, til))?;
    Ok(Uttrykk::Term(treff))
}

// Tens where there are whole ones.
fn aarene(mut fra: u16, til: u16) -> Vec<Intervalldel> {
    let mut ut = Vec::new();
    while fra <= til {
        let [a, b, c, d] = siffer(fra);
        let hel = d == b'0' && fra.saturating_add(9) <= til;
        ut.push(if hel {
            Intervalldel::Ti([a, b, c].into())
        } else {
            Intervalldel::En([a, b, c, d].into())
        });
        fra = fra.saturating_add(if hel { 10 } else { 1 });
    }
    ut
}

fn siffer(aar: u16) -> [u8; 4] {
    [1_000, 100, 10, 1].map(|del| b'0' + u8::try_from(aar / del % 10).unwrap_or_default())
}

/// One thing that persons are found by, without a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kjennetegn {
    /// Born on a day, `YYYY-MM-DD`.
    Foedselsdato(String),
    /// Born in a year.
    Foedselsaar(u16),
    /// A number of the immigration authorities.
    Duf(String),
    /// A number of a document.
    Legitimasjon(Landnummer),
    /// A number that another country gave.
    Utenlandsk(Landnummer),
}

/// Everybody whom a projection is shown with something, in the order of their numbers in the register; none where they are more
/// than [`TREFF_MAKS`].
///
/// For whoever compares persons, not for an answer: only what is current is found by.
///
/// # Errors
/// [`Feil`] if the store is damaged or has no index.
pub fn finn_med(les: &Lesing<'_>, projeksjon: Projeksjon, hva: &Kjennetegn) -> Result<Vec<Personnummer>, Feil> {
    let indeks = les.indeks(projeksjon)?;
    let (slag, verdi) = match hva {
        Kjennetegn::Foedselsdato(dato) => (slag::FOEDSELSDATO, dato.clone()),
        Kjennetegn::Foedselsaar(aar) => (slag::FOEDSELSAAR, format!("{aar:04}")),
        Kjennetegn::Duf(nummer) => (slag::DUF, nummer.clone()),
        Kjennetegn::Legitimasjon(nummer) => (slag::LEGITIMASJON, nummer.tekst()),
        Kjennetegn::Utenlandsk(nummer) => (slag::UTENLANDSK, nummer.tekst()),
    };
    let uttrykk = Uttrykk::Term(indeks.term(slag, verdi.as_bytes())?);
    let mut ut = Vec::new();
    uttrykk.hver(&indeks, |person| {
        ut.push(person);
        Ok(ut.len() <= TREFF_MAKS)
    })?;
    if ut.len() > TREFF_MAKS {
        ut.clear();
    }
    Ok(ut)
}
