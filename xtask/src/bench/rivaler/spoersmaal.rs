//! The questions: the same for all, made of persons spread over the nation.

use std::collections::BTreeSet;

use anyhow::Result;
use register::Lesing;
use soek::{Adressekriterier, Entydigkriterier, Kriterier, Navnekriterier, Personliste};

use super::utdrag::{self, PROJEKSJON, Person};

/// Questions of a kind, at most.
const SPOERSMAAL_MAKS: usize = 300;
/// Fewer than these make no 99th percentile: the kind is left out, which is said.
pub const SPOERSMAAL_MIN: usize = 200;
/// Persons that questions are made of.
const PERSONER: u32 = 3_000;
/// Years that a range of years may have.
const AAR_MAKS: u16 = 110;

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spoersmaal {
    Soek(Box<Kriterier>),
    Entydig(Box<Entydigkriterier>),
}

impl Spoersmaal {
    /// What the address must say.
    pub fn adresse(&self) -> &Adressekriterier {
        match self {
            Spoersmaal::Soek(k) => &k.adresse,
            Spoersmaal::Entydig(k) => &k.adresse,
        }
    }
}

/// A kind of question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slag {
    EntydigNavnDato,
    EntydigNavnGateNummer,
    EtternavnDato,
    GateEtternavn,
    Flere,
    Navn,
    Fonetisk,
    Historisk,
    EttTreff,
    HundreTreff,
    TitusenTreff,
    Omtrent,
}

impl Slag {
    pub const ALLE: [Slag; 12] = [
        Slag::EntydigNavnDato,
        Slag::EntydigNavnGateNummer,
        Slag::EtternavnDato,
        Slag::GateEtternavn,
        Slag::Flere,
        Slag::Navn,
        Slag::Fonetisk,
        Slag::Historisk,
        Slag::EttTreff,
        Slag::HundreTreff,
        Slag::TitusenTreff,
        Slag::Omtrent,
    ];

    /// As it stands in the table.
    pub fn navn(self) -> &'static str {
        match self {
            Slag::EntydigNavnDato => "entydigsoek: name and date of birth",
            Slag::EntydigNavnGateNummer => "entydigsoek: name, street, number",
            Slag::EtternavnDato => "soek: last name and date of birth",
            Slag::GateEtternavn => "soek: street by four letters, last name",
            Slag::Flere => "soek: last name, kommune, ten years of birth, gender",
            Slag::Navn => "soek: first and last name",
            Slag::Fonetisk => "soek: first and last name, phonetic",
            Slag::Historisk => "soek: first and last name, with history",
            Slag::EttTreff => "soek: postnummer, date of birth, gender",
            Slag::HundreTreff => "soek: about 100, by place, years and gender",
            Slag::TitusenTreff => "soek: up to 9 999, by kommune, years and gender",
            Slag::Omtrent => "phonetic beside two fuzzy words and trigrams",
        }
    }

    /// Whether the rivals mean something else by it, so that hits are not compared: words at most one edit away, names
    /// that are at least 0.6 alike by trigrams.
    pub fn annen_mening(self) -> bool {
        self == Slag::Omtrent
    }

    /// Whether ours may take at most a fifth of PostgreSQL's time.
    pub fn femdel(self) -> bool {
        matches!(self, Slag::GateEtternavn | Slag::Fonetisk | Slag::Flere)
    }

    /// The questions of the kind.
    pub fn spoersmaal(self, les: &Lesing<'_>, personer: &[Person]) -> Result<Vec<Spoersmaal>> {
        let mut ut: Vec<Spoersmaal> = Vec::new();
        let mut sett = BTreeSet::new();
        for (nr, person) in personer.iter().enumerate() {
            if ut.len() == SPOERSMAAL_MAKS {
                break;
            }
            let laget = match self {
                Slag::HundreTreff => omraade(les, person, nr.is_multiple_of(2), !nr.is_multiple_of(3), 90, 110)?,
                Slag::TitusenTreff => omraade(les, person, true, !nr.is_multiple_of(3), 9_000, 9_999)?,
                annet => annet.av(person),
            };
            let Some(laget) = laget else { continue };
            // More fit than a search gives: the question has no answer to compare.
            let besvares = match &laget {
                Spoersmaal::Soek(k) => antall(les, k)?.is_some(),
                Spoersmaal::Entydig(_) => true,
            };
            if besvares && sett.insert(format!("{laget:?}")) {
                ut.push(laget);
            }
        }
        Ok(ut)
    }

    fn av(self, person: &Person) -> Option<Spoersmaal> {
        let navn = person.gjeldende_navn()?;
        let (foerste, siste) = (navn.fornavn.first()?.clone(), navn.etternavn.last()?.clone());
        let ord = |ord: Vec<String>| Navnekriterier { ord, fonetisk: false };
        let adresse = Adressekriterier::default();
        let soek = Kriterier::default();
        let entydig = Entydigkriterier {
            navn: ord(vec![foerste.clone(), siste.clone()]),
            ..Entydigkriterier::default()
        };
        let bosted = &person.bosted;
        let dato = person.foedselsdato.clone();
        Some(match self {
            Slag::EntydigNavnDato => Spoersmaal::Entydig(Box::new(Entydigkriterier {
                foedselsdato: Some(dato?),
                ..entydig
            })),
            Slag::EntydigNavnGateNummer => Spoersmaal::Entydig(Box::new(Entydigkriterier {
                adresse: Adressekriterier {
                    gate: Some(bosted.gate.clone()?),
                    husnummer: Some(bosted.husnummer?),
                    ..adresse
                },
                ..entydig
            })),
            Slag::EtternavnDato => Spoersmaal::Soek(Box::new(Kriterier {
                navn: ord(vec![siste]),
                foedselsdato: Some(dato?),
                ..soek
            })),
            Slag::GateEtternavn => Spoersmaal::Soek(Box::new(Kriterier {
                navn: ord(vec![siste]),
                adresse: Adressekriterier {
                    gate: Some(bosted.gate.as_ref()?.chars().take(4).collect()),
                    ..adresse
                },
                ..soek
            })),
            Slag::Flere => {
                let aar = person.foedselsaar?;
                Spoersmaal::Soek(Box::new(Kriterier {
                    navn: ord(vec![siste]),
                    kjoenn: Some(person.kjoenn.clone()?),
                    foedselsaar_fra: Some(aar.saturating_sub(5)),
                    foedselsaar_til: Some(aar.saturating_add(4)),
                    adresse: Adressekriterier {
                        kommunenummer: Some(bosted.kommune.clone()?),
                        ..adresse
                    },
                    ..soek
                }))
            }
            Slag::Navn | Slag::Fonetisk | Slag::Historisk | Slag::Omtrent => Spoersmaal::Soek(Box::new(Kriterier {
                navn: Navnekriterier {
                    ord: vec![foerste, siste],
                    fonetisk: matches!(self, Slag::Fonetisk | Slag::Omtrent),
                },
                historisk: self == Slag::Historisk,
                ..soek
            })),
            Slag::EttTreff => Spoersmaal::Soek(Box::new(Kriterier {
                kjoenn: Some(person.kjoenn.clone()?),
                foedselsdato: Some(dato?),
                adresse: Adressekriterier {
                    postnummer: Some(bosted.postnummer.clone()?),
                    ..adresse
                },
                ..soek
            })),
            Slag::HundreTreff | Slag::TitusenTreff => return None,
        })
    }
}

/// Persons spread over the nation.
pub fn personer(les: &Lesing<'_>, antall: u32) -> Result<Vec<Person>> {
    let steg = (antall / PERSONER).max(1);
    (1..=antall)
        .step_by(usize::try_from(steg)?)
        .filter_map(|plass| utdrag::les(les, plass).transpose())
        .collect()
}

// How many answer to it; `None` when more do than a search gives.
fn antall(les: &Lesing<'_>, kriterier: &Kriterier) -> Result<Option<usize>> {
    Ok(match soek::finn(les, PROJEKSJON, kriterier)? {
        Personliste::Personer(personer) => Some(personer.len()),
        Personliste::ForMange => None,
    })
}

// Those of the person's place and gender that are born from the person's year on, as many years as make so many hits.
fn omraade(
    les: &Lesing<'_>,
    person: &Person,
    kommune: bool,
    med_kjoenn: bool,
    minst: usize,
    hoeyst: usize,
) -> Result<Option<Spoersmaal>> {
    let bosted = &person.bosted;
    let (Some(aar), Some(kjoenn)) = (person.foedselsaar, person.kjoenn.clone()) else {
        return Ok(None);
    };
    let sted = if kommune { &bosted.kommune } else { &bosted.postnummer };
    let Some(sted) = sted.clone() else { return Ok(None) };
    let mut adresse = Adressekriterier::default();
    if kommune {
        adresse.kommunenummer = Some(sted);
    } else {
        adresse.postnummer = Some(sted);
    }
    let mut kriterier = Kriterier {
        kjoenn: med_kjoenn.then_some(kjoenn),
        foedselsaar_fra: Some(aar),
        adresse,
        ..Kriterier::default()
    };
    // The last year that does not give too many: more years never give fewer.
    let (mut lav, mut hoey) = (0, AAR_MAKS);
    while lav < hoey {
        let midt = (lav + hoey).div_ceil(2);
        kriterier.foedselsaar_til = Some(aar.saturating_add(midt - 1));
        match antall(les, &kriterier)? {
            Some(antall) if antall <= hoeyst => lav = midt,
            _ => hoey = midt - 1,
        }
    }
    if lav == 0 {
        return Ok(None);
    }
    kriterier.foedselsaar_til = Some(aar.saturating_add(lav - 1));
    let funnet = antall(les, &kriterier)?.unwrap_or(0);
    Ok((minst..=hoeyst)
        .contains(&funnet)
        .then(|| Spoersmaal::Soek(Box::new(kriterier))))
}
