//! Finding: sets of persons, and where sets cannot tell, the persons' own entries.

use informasjonsmodell::Entitet;
use register::{Feil, Indekslesing, Intervalldel, Lesing, Personnummer};
use tilgang::{Entitetsmengde, Projeksjon};

use crate::fonetikk;
use crate::kriterier::{Adressekriterier, Entydigkriterier, Kriterier, Landnummer, Navnekriterier};
use crate::passer::{passer, passer_entydig};
use crate::termer::{Adresseslag, Del, UTEN_HUSNUMMER, med_bokstav, slag};
use crate::uttrykk::Uttrykk;

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
pub(crate) const FOERSTE_AAR: u16 = 1700;
pub(crate) const SISTE_AAR: u16 = 2200;

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

/// The years from one to another: tens where there are whole ones, none where the last is before the first.
pub(crate) fn aarene(mut fra: u16, til: u16) -> Vec<Intervalldel> {
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
