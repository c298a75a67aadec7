//! Persons as one package is shown them: what every rival is filled with, and what the questions are made of.

use anyhow::Result;
use informasjonsmodell::Entitet;
use register::{Lesing, Opplysning, Personnummer};
use serde_json::Value;
use soek::{Husnummer, navn};
use tilgang::Projeksjon;

/// The package that everybody is asked for.
pub const PROJEKSJON: Projeksjon = Projeksjon::MedHjemmel;

/// A name, word by word as it is compared.
#[derive(Debug, Default)]
pub struct Navn {
    pub gjeldende: bool,
    pub fornavn: Vec<String>,
    pub mellomnavn: Vec<String>,
    pub etternavn: Vec<String>,
}

impl Navn {
    /// Every word, each once.
    pub fn ord(&self) -> Vec<&str> {
        let mut ut: Vec<&str> = [&self.fornavn, &self.mellomnavn, &self.etternavn]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        ut.sort_unstable();
        ut.dedup();
        ut
    }
}

/// The bostedsadresse.
#[derive(Debug, Default)]
pub struct Bosted {
    pub gate: Option<String>,
    pub husnummer: Option<Husnummer>,
    pub postnummer: Option<String>,
    pub kommune: Option<String>,
}

/// A person.
#[derive(Debug, Default)]
pub struct Person {
    /// The number in the store.
    pub plass: u32,
    /// The number that it goes by.
    pub nummer: u64,
    pub navn: Vec<Navn>,
    pub foedselsdato: Option<String>,
    pub foedselsaar: Option<u16>,
    pub kjoenn: Option<String>,
    pub doed: bool,
    pub bosted: Bosted,
}

impl Person {
    /// The present name.
    pub fn gjeldende_navn(&self) -> Option<&Navn> {
        self.navn.iter().find(|n| n.gjeldende)
    }
}

/// House number as text.
pub fn husnummer(nummer: Husnummer) -> String {
    match nummer.bokstav {
        Some(bokstav) => format!("{}{bokstav}", nummer.tall),
        None => nummer.tall.to_string(),
    }
}

fn tekst(verdi: &Value, sti: &str) -> Option<String> {
    verdi.pointer(sti)?.as_str().map(str::to_owned)
}

fn ordene(verdi: &Value, del: &str) -> Vec<String> {
    verdi
        .get(del)
        .and_then(Value::as_str)
        .map(navn::words)
        .unwrap_or_default()
}

fn bosted(kropp: &Value) -> Bosted {
    let Some(veg) = kropp.get("vegadresse") else {
        return Bosted {
            postnummer: tekst(kropp, "/matrikkeladresse/poststed/postnummer"),
            kommune: tekst(kropp, "/matrikkeladresse/matrikkelnummer/kommunenummer")
                .or_else(|| tekst(kropp, "/ukjentBosted/bostedskommune")),
            ..Bosted::default()
        };
    };
    let tall = tekst(veg, "/adressenummer/husnummer");
    let bokstav = tekst(veg, "/adressenummer/husbokstav").unwrap_or_default();
    Bosted {
        gate: tekst(veg, "/adressenavn").map(|g| navn::normalise(&g)),
        husnummer: tall.and_then(|t| Husnummer::les(&format!("{t}{bokstav}"))),
        postnummer: tekst(veg, "/poststed/postnummer"),
        kommune: tekst(veg, "/kommunenummer"),
    }
}

/// Reads one person. `None`: it is merged into another, and is nobody.
pub fn les(les: &Lesing<'_>, plass: u32) -> Result<Option<Person>> {
    let nr = Personnummer::fra_indeks(plass);
    let entiteter = [
        Entitet::Navn,
        Entitet::Foedsel,
        Entitet::Kjoenn,
        Entitet::Status,
        Entitet::Bostedsadresse,
    ];
    let nummer = les.nummer(nr)?;
    if les.finn_nummer(nummer)? != Some(nr) {
        return Ok(None);
    }
    let opplysninger = les.opplysninger(nr, PROJEKSJON, entiteter.into_iter().collect())?;
    let mut ut = Person {
        plass,
        nummer,
        ..Person::default()
    };
    for opplysning in &opplysninger {
        ta(opplysning, &mut ut)?;
    }
    Ok(Some(ut))
}

fn ta(opplysning: &Opplysning, ut: &mut Person) -> Result<()> {
    let kropp: Value = serde_json::from_slice(&opplysning.kropp)?;
    if opplysning.entitet == Entitet::Navn {
        ut.navn.push(Navn {
            gjeldende: opplysning.gjeldende,
            fornavn: ordene(&kropp, "fornavn"),
            mellomnavn: ordene(&kropp, "mellomnavn"),
            etternavn: ordene(&kropp, "etternavn"),
        });
    }
    if !opplysning.gjeldende {
        return Ok(());
    }
    match opplysning.entitet {
        Entitet::Foedsel => {
            ut.foedselsdato = tekst(&kropp, "/foedselsdato");
            ut.foedselsaar = tekst(&kropp, "/foedselsaar").and_then(|a| a.parse().ok());
        }
        Entitet::Kjoenn => ut.kjoenn = tekst(&kropp, "/kjoenn"),
        Entitet::Status => ut.doed = tekst(&kropp, "/status").as_deref() == Some("doed"),
        Entitet::Bostedsadresse => ut.bosted = bosted(&kropp),
        _ => {}
    }
    Ok(())
}
