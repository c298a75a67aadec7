//! What is registered of whoever has a help number, and how it is revised.
//!
//! Source: PREG reference 4.8, 4.9 and 7: name, gender, birth date, dead or not, date of death, address, marital status and birth
//! place; and, as a published client sends them, ways to reach the person and other ids, which are kept and given to nobody else
//! than the organisation that sent them (our choice; the caller sees to it).

use identifikator::Dato;
use serde::{Deserialize, Serialize};

use crate::Feil;

/// Highest code of marital status. Source: PREG reference 6.3.
pub const SIVILSTAND_MAKS: u8 = 9;
/// Most characters of one text. Source: our choice; the widest field of PREG's contract has fifty.
const TEKST_MAKS: usize = 100;
/// Most entries of a list. Source: our choice.
const LISTE_MAKS: usize = 10;
/// Years that a date may lie in. Source: our choice.
const AAR: std::ops::RangeInclusive<u16> = 1850..=2200;

/// A date as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delvisdato {
    /// Year.
    pub aar: u16,
    /// Month, 1 to 12.
    pub maaned: Option<u8>,
    /// Day of the month; none without a month.
    pub dag: Option<u8>,
}

impl Delvisdato {
    /// Reads `YYYY`, `YYYYMM` or `YYYYMMDD`; none of what is no such date.
    #[must_use]
    pub fn les(tekst: &str) -> Option<Self> {
        if !tekst.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let del = |fra: usize, til: usize| tekst.get(fra..til).map(str::parse).transpose().ok().flatten();
        let to = |fra: usize| del(fra, fra + 2).and_then(|tall: u16| u8::try_from(tall).ok());
        let dato = match tekst.len() {
            4 => (del(0, 4)?, None, None),
            6 => (del(0, 4)?, Some(to(4)?), None),
            8 => (del(0, 4)?, Some(to(4)?), Some(to(6)?)),
            _ => return None,
        };
        let (aar, maaned, dag) = dato;
        let dato = Delvisdato { aar, maaned, dag };
        dato.foerste_dag()?;
        Some(dato)
    }

    /// As [`Delvisdato::les`] reads it.
    #[must_use]
    pub fn tekst(self) -> String {
        let del = |tall: Option<u8>| tall.map_or_else(String::new, |tall| format!("{tall:02}"));
        format!("{:04}{}{}", self.aar, del(self.maaned), del(self.dag))
    }

    /// The first day that it can be; none where it is no date.
    fn foerste_dag(self) -> Option<Dato> {
        if !AAR.contains(&self.aar) || (self.dag.is_some() && self.maaned.is_none()) {
            return None;
        }
        Dato::new(self.aar, self.maaned.unwrap_or(1), self.dag.unwrap_or(1))
    }

    /// The last day that it can be.
    fn siste_dag(self) -> Option<Dato> {
        let maaned = self.maaned.unwrap_or(12);
        match self.dag {
            Some(dag) => Dato::new(self.aar, maaned, dag),
            None => (28..=31).rev().find_map(|dag| Dato::new(self.aar, maaned, dag)),
        }
    }
}

/// Gender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kjoenn {
    /// Woman.
    Kvinne,
    /// Man.
    Mann,
    /// It is not known, or is neither.
    Ukjent,
}

/// A name, each part as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Navn {
    /// First names, with a blank between.
    pub fornavn: String,
    /// Middle name.
    pub mellomnavn: String,
    /// Last name.
    pub etternavn: String,
}

/// What an address is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Adressebruk {
    /// Home.
    Hjem,
    /// Where the person can be found in Norway for a time.
    Midlertidig,
    /// Work.
    Arbeid,
    /// Post.
    Post,
}

/// An address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "parts of an address by their own names")]
pub struct Adresse {
    pub bruk: Adressebruk,
    #[serde(default)]
    pub co: String,
    #[serde(default)]
    pub linjer: Vec<String>,
    #[serde(default)]
    pub postnummer: String,
    #[serde(default)]
    pub poststed: String,
    /// Number or name, as it was sent.
    #[serde(default)]
    pub kommune: String,
    /// Code or name, as it was sent.
    #[serde(default)]
    pub land: String,
}

/// Where the person was born.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Foedested {
    /// Place.
    pub sted: String,
    /// Country, code or name.
    pub land: String,
}

/// A way to reach the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kontakt {
    /// As a URL: `tel:` or `mailto:`.
    pub verdi: String,
    /// What it is for, as it was sent.
    #[serde(default)]
    pub bruk: String,
}

/// An id that somebody else gave, such as a passport's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnenId {
    /// The OID of what it is.
    pub system: String,
    /// The id.
    pub verdi: String,
}

/// What is registered. Nothing of it must be known: an unconscious stranger has a number too.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the facts by their own names")]
pub struct Fakta {
    pub navn: Option<Navn>,
    pub kjoenn: Option<Kjoenn>,
    pub foedselsdato: Option<Delvisdato>,
    pub doed: Option<bool>,
    pub doedsdato: Option<Delvisdato>,
    pub adresser: Vec<Adresse>,
    /// PREG's code, 1 to [`SIVILSTAND_MAKS`].
    pub sivilstand: Option<u8>,
    pub foedested: Option<Foedested>,
    pub kontakt: Vec<Kontakt>,
    pub andre_id: Vec<AnnenId>,
}

impl std::fmt::Debug for Fakta {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fakta").finish_non_exhaustive()
    }
}

/// What becomes of one fact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Endring<T> {
    /// As it was.
    #[default]
    Uroert,
    /// It is not known any more.
    Fjern,
    /// It is this.
    Sett(T),
}

impl<T> Endring<T> {
    fn paa(self, her: &mut Option<T>) {
        match self {
            Endring::Uroert => {}
            Endring::Fjern => *her = None,
            Endring::Sett(ny) => *her = Some(ny),
        }
    }
}

/// A revision: what is said replaces what is stored, what is not said stays.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the facts by their own names")]
pub struct Revisjon {
    pub navn: Endring<Navn>,
    pub kjoenn: Endring<Kjoenn>,
    pub foedselsdato: Endring<Delvisdato>,
    pub doed: Endring<bool>,
    pub doedsdato: Endring<Delvisdato>,
    /// For each use that is named, all addresses of that use; of an empty list, none.
    pub adresser: Vec<(Adressebruk, Vec<Adresse>)>,
    pub sivilstand: Endring<u8>,
    pub foedested: Endring<Foedested>,
    pub kontakt: Endring<Vec<Kontakt>>,
    pub andre_id: Endring<Vec<AnnenId>>,
}

impl std::fmt::Debug for Revisjon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Revisjon").finish_non_exhaustive()
    }
}

impl Revisjon {
    /// What it makes of what is stored.
    pub(crate) fn paa(self, foer: &Fakta) -> Fakta {
        let mut ut = foer.clone();
        self.navn.paa(&mut ut.navn);
        self.kjoenn.paa(&mut ut.kjoenn);
        self.foedselsdato.paa(&mut ut.foedselsdato);
        self.doed.paa(&mut ut.doed);
        self.doedsdato.paa(&mut ut.doedsdato);
        self.sivilstand.paa(&mut ut.sivilstand);
        self.foedested.paa(&mut ut.foedested);
        for (bruk, nye) in self.adresser {
            ut.adresser.retain(|adresse| adresse.bruk != bruk);
            ut.adresser.extend(nye);
        }
        liste(self.kontakt, &mut ut.kontakt);
        liste(self.andre_id, &mut ut.andre_id);
        // Whoever is not dead has no day of it.
        if ut.doed == Some(false) {
            ut.doedsdato = None;
        }
        ut
    }
}

fn liste<T>(endring: Endring<Vec<T>>, her: &mut Vec<T>) {
    match endring {
        Endring::Uroert => {}
        Endring::Fjern => her.clear(),
        Endring::Sett(ny) => *her = ny,
    }
}

fn tekst(felt: &'static str, verdi: &str) -> Result<(), Feil> {
    let grei = verdi.chars().count() <= TEKST_MAKS && !verdi.chars().any(char::is_control);
    if grei { Ok(()) } else { Err(Feil::Ugyldig(felt)) }
}

fn dato(felt: &'static str, dato: Option<Delvisdato>, i_dag: Dato) -> Result<(), Feil> {
    let Some(dato) = dato else { return Ok(()) };
    match dato.foerste_dag() {
        Some(dag) if dag <= i_dag => Ok(()),
        _ => Err(Feil::Ugyldig(felt)),
    }
}

impl Fakta {
    /// Whether anything at all is said that the person could be told apart by: gender, a name, or when they were born.
    #[must_use]
    pub fn sier_noe(&self) -> bool {
        let navn = self.navn.as_ref().is_some_and(|navn| {
            let deler = [&navn.fornavn, &navn.mellomnavn, &navn.etternavn];
            deler.iter().any(|del| !del.trim().is_empty())
        });
        let kjoenn = matches!(self.kjoenn, Some(Kjoenn::Kvinne | Kjoenn::Mann));
        navn || kjoenn || self.foedselsdato.is_some()
    }

    /// Whether it can be registered, on a day.
    pub(crate) fn sjekk(&self, i_dag: Dato) -> Result<(), Feil> {
        for navn in self.navn.iter().flat_map(|n| [&n.fornavn, &n.mellomnavn, &n.etternavn]) {
            tekst("navn", navn)?;
        }
        dato("fødselsdato", self.foedselsdato, i_dag)?;
        dato("dødsdato", self.doedsdato, i_dag)?;
        if self.doedsdato.is_some() && self.doed == Some(false) {
            return Err(Feil::Ugyldig("dødsdato"));
        }
        let foedt = self.foedselsdato.and_then(Delvisdato::foerste_dag);
        let doed = self.doedsdato.and_then(Delvisdato::siste_dag);
        if foedt.zip(doed).is_some_and(|(foedt, doed)| doed < foedt) {
            return Err(Feil::Ugyldig("dødsdato"));
        }
        if self
            .sivilstand
            .is_some_and(|kode| !(1..=SIVILSTAND_MAKS).contains(&kode))
        {
            return Err(Feil::Ugyldig("sivilstand"));
        }
        if self.adresser.len() > LISTE_MAKS {
            return Err(Feil::Ugyldig("adresse"));
        }
        for adresse in &self.adresser {
            let Adresse {
                bruk: _,
                co,
                linjer,
                postnummer,
                poststed,
                kommune,
                land,
            } = adresse;
            if linjer.len() > LISTE_MAKS {
                return Err(Feil::Ugyldig("adresse"));
            }
            for del in linjer.iter().chain([co, postnummer, poststed, kommune, land]) {
                tekst("adresse", del)?;
            }
        }
        for sted in self.foedested.iter().flat_map(|f| [&f.sted, &f.land]) {
            tekst("fødested", sted)?;
        }
        if self.kontakt.len() > LISTE_MAKS || self.andre_id.len() > LISTE_MAKS {
            return Err(Feil::Ugyldig("kontaktopplysninger"));
        }
        for del in self.kontakt.iter().flat_map(|k| [&k.verdi, &k.bruk]) {
            tekst("kontaktopplysninger", del)?;
        }
        for del in self.andre_id.iter().flat_map(|id| [&id.system, &id.verdi]) {
            tekst("annen identifikator", del)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn i_dag() -> Dato {
        Dato::new(2026, 1, 1).unwrap()
    }

    #[test]
    fn a_date_is_read_as_far_as_it_is_known_and_written_so() {
        for tekst in ["1984", "198402", "19840229"] {
            assert_eq!(Delvisdato::les(tekst).unwrap().tekst(), tekst);
        }
        for tekst in [
            "", "84", "19840230", "198413", "19840", "1984022", "+984", "1984-02", "00001212",
        ] {
            assert_eq!(Delvisdato::les(tekst), None, "{tekst}");
        }
    }

    #[test]
    fn what_cannot_be_is_refused_by_name() {
        let med = |endre: fn(&mut Fakta)| {
            let mut fakta = Fakta::default();
            endre(&mut fakta);
            match fakta.sjekk(i_dag()) {
                Ok(()) => "",
                Err(Feil::Ugyldig(felt)) => felt,
                Err(feil) => panic!("{feil}"),
            }
        };
        assert_eq!(med(|_| {}), "");
        assert_eq!(med(|f| f.foedselsdato = Delvisdato::les("2026")), "");
        assert_eq!(med(|f| f.foedselsdato = Delvisdato::les("20260102")), "fødselsdato");
        assert_eq!(med(|f| f.sivilstand = Some(0)), "sivilstand");
        assert_eq!(med(|f| f.sivilstand = Some(10)), "sivilstand");
        assert_eq!(
            med(|f| {
                f.foedselsdato = Delvisdato::les("20240102");
                f.doedsdato = Delvisdato::les("2024");
            }),
            ""
        );
        assert_eq!(
            med(|f| {
                f.foedselsdato = Delvisdato::les("20240102");
                f.doedsdato = Delvisdato::les("20240101");
            }),
            "dødsdato"
        );
        assert_eq!(
            med(|f| (f.doed, f.doedsdato) = (Some(false), Delvisdato::les("2024"))),
            "dødsdato"
        );
        assert_eq!(
            med(|f| f.navn = Some(Navn {
                etternavn: "x".repeat(101),
                ..Navn::default()
            })),
            "navn"
        );
        assert_eq!(
            med(|f| f.navn = Some(Navn {
                fornavn: "a\u{7}b".to_owned(),
                ..Navn::default()
            })),
            "navn"
        );
    }

    #[test]
    fn what_is_said_replaces_and_what_is_not_said_stays() {
        let bor = |bruk, linje: &str| Adresse {
            bruk,
            co: String::new(),
            linjer: vec![linje.to_owned()],
            postnummer: String::new(),
            poststed: String::new(),
            kommune: String::new(),
            land: String::new(),
        };
        let foer = Fakta {
            kjoenn: Some(Kjoenn::Mann),
            sivilstand: Some(2),
            doed: Some(true),
            doedsdato: Delvisdato::les("2025"),
            adresser: vec![bor(Adressebruk::Hjem, "A"), bor(Adressebruk::Midlertidig, "B")],
            ..Fakta::default()
        };
        assert_eq!(Revisjon::default().paa(&foer), foer);
        let etter = Revisjon {
            kjoenn: Endring::Fjern,
            sivilstand: Endring::Sett(3),
            doed: Endring::Sett(false),
            adresser: vec![(Adressebruk::Midlertidig, vec![bor(Adressebruk::Midlertidig, "C")])],
            ..Revisjon::default()
        }
        .paa(&foer);
        assert_eq!(
            (etter.kjoenn, etter.sivilstand, etter.doed, etter.doedsdato),
            (None, Some(3), Some(false), None)
        );
        assert_eq!(
            etter.adresser,
            [bor(Adressebruk::Hjem, "A"), bor(Adressebruk::Midlertidig, "C")]
        );
        let etter = Revisjon {
            adresser: vec![(Adressebruk::Hjem, Vec::new())],
            ..Revisjon::default()
        }
        .paa(&etter);
        assert_eq!(etter.adresser, [bor(Adressebruk::Midlertidig, "C")]);
    }

    proptest! {
        #[test]
        fn any_text_is_a_date_or_none(tekst in "\\PC{0,10}") {
            if let Some(dato) = Delvisdato::les(&tekst) {
                prop_assert_eq!(dato.tekst(), tekst);
                prop_assert!(dato.foerste_dag() <= dato.siste_dag());
            }
        }
    }
}
