//! Search by name, birth and address: whom a profile is shown who fits, in the contract's order.
//!
//! What lives here: the search that all faces of PREG stand on. What does not: parameters of a message, and what is too little to search by.
//!
//! ```text
//!  the copy's index ─▶ whom to look at ─▶ as the profile is shown them ─▶ fit, and how well ─▶ ordered, counted, cut
//!  help numbers     ─▶
//! ```
//! What a newcomer gets wrong: to trust the index with an address. It has where one lives, stays and lives half the time; PREG shows one
//! address, or a text in its place, and nobody is found by what they would not be shown with.
//!
//! Source: PREG reference 4.5 and 5; access matrix, `preg.soek`; ADR 0051.

mod hjelpeindeks;
mod kriterier;
mod passer;

use helsekopi::{Ajour, Kopilesing, Omfang};
use informasjonsmodell::Entitet;
use pregmodell::koder::GENDER;
use pregmodell::{Grunnlag, Person, Profil, oversett};
use register::Personnummer;
use soek::kopi::{Adressekriterier, Datointervall, Kriterier as Indekskriterier, Navneord};
use soek::navn::words;

pub use hjelpeindeks::Hjelpeindeks;
pub use kriterier::{Adressekriterium, Gate, Kriterier};
pub use passer::Klasse;

use crate::oppslag::{Hvem, har_klientadresse};
use crate::{Feil, Personregister, Uttak, hjelpeperson};
use passer::{Plass, passer};

/// Most hits that are told of; more is to be narrowed. Source: PREG reference 4.5 (ours).
pub const TREFF_MAKS: usize = 1_000;
/// Most who are looked at one by one. Source: our choice; some tenths of a second.
const KANDIDATER_MAKS: usize = 3_000;

/// What is read of each to see whether they fit.
const UTEN_ADRESSE: [Entitet; 6] = [
    Entitet::Identifikasjonsnummer,
    Entitet::Navn,
    Entitet::Foedsel,
    Entitet::Kjoenn,
    Entitet::Status,
    Entitet::Doedsfall,
];

/// How a search went.
#[derive(Debug)]
pub enum Utfall {
    /// Some, or none.
    Treff(Treff),
    /// More than are told of.
    ForMange,
}

/// Whoever fits.
#[derive(Debug)]
pub struct Treff {
    /// The first of them, not released yet.
    pub uttak: Uttak,
    /// How many fit.
    pub totalt: usize,
    /// How well the best fits.
    pub beste: Option<Klasse>,
}

/// A search at one moment.
struct Soek<'s> {
    register: &'s Personregister,
    les: &'s Kopilesing<'s>,
    ajour: Ajour,
    profil: Profil,
    kriterier: &'s Kriterier,
}

impl Personregister {
    /// Finds whoever fits, and reads the first `antall` of them.
    ///
    /// Shape: in order of how well the name fits, living before dead, last name, first name, number. A person is found by the name, and by
    /// the address of now, that the profile is shown; by a former last name only where nobody fits by one that they have.
    ///
    /// # Errors
    /// [`Feil::Fylles`]; [`Feil::Etterslep`] when it is asked by an address and nobody knows who has moved; [`Feil::Intern`].
    pub fn soek(&self, profil: Profil, kriterier: &Kriterier, antall: usize) -> Result<Utfall, Feil> {
        let kopi = (self.kopi)().ok_or(Feil::Fylles)?;
        let ajour = self.ajour();
        if ajour == Ajour::Uoversiktlig && !kriterier.adresser.is_empty() {
            return Err(Feil::Etterslep);
        }
        let les = kopi.les()?;
        let soek = Soek {
            register: self,
            les: &les,
            ajour,
            profil,
            kriterier,
        };
        let Some(mut funnet) = soek.alle()? else {
            return Ok(Utfall::ForMange);
        };
        if funnet.len() > TREFF_MAKS {
            return Ok(Utfall::ForMange);
        }
        funnet.sort_by(|(a, _), (b, _)| a.cmp(b));
        // One person has one number in use.
        funnet.dedup_by(|(a, _), (b, _)| a.4 == b.4);
        let (totalt, beste) = (funnet.len(), funnet.first().map(|(plass, _)| plass.0));
        let mut uttak = self.tomt(profil);
        for (_, hvem) in funnet.into_iter().take(antall) {
            self.ta_med(&les, ajour, Some(hvem), &mut uttak)?;
        }
        Ok(Utfall::Treff(Treff { uttak, totalt, beste }))
    }
}

impl Soek<'_> {
    /// Everybody who fits; `None`: too many to look at.
    fn alle(&self) -> Result<Option<Vec<(Plass, Hvem)>>, Feil> {
        if !self.kriterier.numre.is_empty() {
            return self.ved_nummer().map(Some);
        }
        let mut ut = self.hjelpenumre()?;
        let Some(kandidater) = self.kandidater(true)? else {
            return Ok(None);
        };
        self.vurder_alle(&kandidater, &mut ut)?;
        let smal = self.kriterier.foedt != Datointervall::default() || !self.kriterier.adresser.is_empty();
        if ut.is_empty() && self.kriterier.etternavn.is_some() && smal {
            // Too many to look at is nobody here: it was a search by the present name.
            let kandidater = self.kandidater(false)?.unwrap_or_default();
            self.vurder_alle(&kandidater, &mut ut)?;
        }
        Ok(Some(ut))
    }

    /// Whoever all the numbers lead to, if they fit.
    fn ved_nummer(&self) -> Result<Vec<(Plass, Hvem)>, Feil> {
        let mut ut: Option<(Plass, Hvem)> = None;
        for nummer in &self.kriterier.numre {
            let Some(hvem) = self.register.finn(self.les, nummer)? else {
                return Ok(Vec::new());
            };
            let plass = match &hvem {
                Hvem::Kopien(person, _) => self.vurder(*person)?,
                Hvem::Hjelpenummer(oppslag) => self.passer(hjelpeperson::person(oppslag)),
            };
            let Some(plass) = plass else { return Ok(Vec::new()) };
            if ut.as_ref().is_some_and(|(foer, _)| foer.4 != plass.4) {
                return Ok(Vec::new());
            }
            ut = Some((plass, hvem));
        }
        Ok(ut.into_iter().collect())
    }

    fn begynnelser(&self, med_etternavn: bool) -> Vec<String> {
        let etternavn = self.kriterier.etternavn.iter().filter(|_| med_etternavn);
        let tekster = self.kriterier.gitte.iter().chain(etternavn);
        tekster.flat_map(|tekst| words(tekst)).collect()
    }

    /// Whom the index leads to; `None`: too many.
    fn kandidater(&self, med_etternavn: bool) -> Result<Option<Vec<Personnummer>>, Feil> {
        let omfang = match self.profil {
            Profil::MedHjemmel => Omfang::Full,
            Profil::UtenHjemmel | Profil::Hjelpenummer => Omfang::UtenHjemmel,
        };
        let ord = self.begynnelser(med_etternavn);
        let kjoenn = self.kriterier.kjoenn.map(|kode| kode.to_string());
        let kjoenn = kjoenn.and_then(|kode| GENDER.fra_kode(&kode)?.freg.first().copied());
        let mut indeks = Indekskriterier {
            fullt_navn: (!ord.is_empty()).then(|| Navneord::av_del(&ord.join(" "))),
            foedt: self.kriterier.foedt,
            kjoenn: kjoenn.map(str::to_owned),
            ..Indekskriterier::default()
        };
        if self.les.tell(omfang, &indeks)? > KANDIDATER_MAKS as u64 {
            // Some who are found by post alone are not found then.
            indeks.adresse = self.adresse();
            if indeks.adresse == Adressekriterier::default() || self.les.tell(omfang, &indeks)? > KANDIDATER_MAKS as u64
            {
                return Ok(None);
            }
        }
        Ok(Some(self.les.finn_side(omfang, &indeks, 0, KANDIDATER_MAKS)?))
    }

    /// What the index can say of the first address that is asked by.
    fn adresse(&self) -> Adressekriterier {
        let Some(krav) = self.kriterier.adresser.first() else {
            return Adressekriterier::default();
        };
        Adressekriterier {
            postnummer: krav.postnummer.clone(),
            poststed: krav.poststed.clone(),
            ..Adressekriterier::default()
        }
    }

    fn vurder_alle(&self, kandidater: &[Personnummer], ut: &mut Vec<(Plass, Hvem)>) -> Result<(), Feil> {
        for person in kandidater {
            if let Some(plass) = self.vurder(*person)? {
                let nummer = self.les.register().nummer(*person)?;
                ut.push((plass, Hvem::Kopien(*person, nummer)));
            }
        }
        Ok(())
    }

    /// Where a person comes, if they fit as the profile is shown them.
    fn vurder(&self, person: Personnummer) -> Result<Option<Plass>, Feil> {
        let les = self.les.register();
        if !les.er_noen(person)? {
            return Ok(None);
        }
        let med_adresse = !self.kriterier.adresser.is_empty();
        // Whoever's address is kept back is not found by it.
        if med_adresse && self.ajour.holder(&self.register.maaling, les, person)? {
            return Ok(None);
        }
        let klientadresse = med_adresse && har_klientadresse(les, person)?;
        Ok(self.passer(self.som_vist(person, med_adresse, klientadresse)?))
    }

    fn passer(&self, mut person: Person) -> Option<Plass> {
        let _ = self.profil.blank(&mut person);
        passer(&person, self.kriterier)
    }

    /// A person as the profile would be shown them, for nobody to see.
    fn som_vist(&self, person: Personnummer, med_adresse: bool, klientadresse: bool) -> Result<Person, Feil> {
        let spurt = self.profil.entiteter().into_iter();
        let spurt = spurt
            .filter(|entitet| med_adresse || UTEN_ADRESSE.contains(entitet))
            .collect();
        let alle = self
            .les
            .register()
            .opplysninger(person, self.profil.projeksjon(), spurt)?;
        let mut dokument = serde_json::Map::new();
        for en in alle {
            let Ok(serde_json::Value::Object(mut kropp)) = serde_json::from_slice(&en.kropp) else {
                return Err(Feil::Intern);
            };
            kropp.insert("erGjeldende".to_owned(), en.gjeldende.into());
            let liste = dokument
                .entry(en.entitet.navn())
                .or_insert_with(|| serde_json::Value::Array(Vec::new()));
            if let Some(liste) = liste.as_array_mut() {
                liste.push(kropp.into());
            }
        }
        let byte = serde_json::Value::Object(dokument).to_string();
        let (tabell, dag) = (self.register.kartverk.naa(), self.register.dag());
        let steder = dag.map(|dag| (&*tabell, dag));
        Ok(oversett(byte.as_bytes(), &Grunnlag { steder, klientadresse })?.person)
    }

    /// Those who have a help number and fit.
    fn hjelpenumre(&self) -> Result<Vec<(Plass, Hvem)>, Feil> {
        let lager = &self.register.hjelpenumre;
        let aar = |dato: Option<informasjonsmodell::Dato>| dato.map(informasjonsmodell::Dato::aar);
        let aar = (aar(self.kriterier.foedt.fra), aar(self.kriterier.foedt.til));
        let mulige = self.register.hjelpeindeks.mulige(lager, &self.begynnelser(true), aar)?;
        let mut ut = Vec::new();
        for nummer in mulige {
            let Some(oppslag) = lager.slaa_opp(nummer)?.filter(|oppslag| oppslag.over.is_none()) else {
                continue;
            };
            if let Some(plass) = self.passer(hjelpeperson::person(&oppslag)) {
                ut.push((plass, Hvem::Hjelpenummer(Box::new(oppslag))));
            }
        }
        Ok(ut)
    }
}
