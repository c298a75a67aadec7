//! Whom a tailored extract holds: everybody who fits, however many.
//!
//! The set is made once, when the extract is ordered. Whoever reads of it later asks [`vises_fremdeles`], since what a person
//! was chosen by may have been hidden in the meantime.

use informasjonsmodell::Entitet;
use register::{Feil, Lesing, Personnummer};
use roaring::RoaringBitmap;
use tilgang::{Entitetsmengde, Projeksjon, Tabell};

use crate::finn::aar;
use crate::innhold::Adresse;
use crate::termer::{Adresseslag, slag};
use crate::uttrykk::Uttrykk;

/// A kind of status that an extract can be ordered of.
///
/// Source: OpenAPI 1.5, `TilpassetUttrekkJobbRequest.personstatustyper`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Personstatustype {
    /// Has a number in use, and none of the statuses below.
    Aktiv,
    /// Resident.
    Bosatt,
    /// Has moved abroad.
    Utflyttet,
    /// Dead.
    Doed,
    /// Inactive.
    Inaktiv,
}

impl Personstatustype {
    /// Every kind.
    pub const ALLE: [Personstatustype; 5] = [
        Personstatustype::Aktiv,
        Personstatustype::Bosatt,
        Personstatustype::Utflyttet,
        Personstatustype::Doed,
        Personstatustype::Inaktiv,
    ];

    /// Its name in an order.
    #[must_use]
    pub fn navn(self) -> &'static str {
        match self {
            Personstatustype::Aktiv => "aktiv",
            Personstatustype::Bosatt => "bosatt",
            Personstatustype::Utflyttet => "utflyttet",
            Personstatustype::Doed => "doed",
            Personstatustype::Inaktiv => "inaktiv",
        }
    }

    /// The statuses it covers, as they are shown: those who are not shown what hides behind `aktiv` are shown that.
    fn statuser(self) -> &'static [&'static str] {
        match self {
            Personstatustype::Aktiv => &["aktiv", "midlertidig", "ikkeBosatt", "forsvunnet", "foedselsregistrert"],
            Personstatustype::Bosatt => &["bosatt"],
            Personstatustype::Utflyttet => &["utflyttet"],
            Personstatustype::Doed => &["doed"],
            Personstatustype::Inaktiv => &["inaktiv"],
        }
    }
}

/// Where somebody lives, or stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kommune {
    /// By the oppholdsadresse; else by the bostedsadresse.
    pub opphold: bool,
    /// Four digits: the number that an address was registered with, or what that is today.
    pub nummer: String,
}

impl Kommune {
    fn adresseslag(&self) -> Adresseslag {
        if self.opphold {
            Adresseslag::Opphold
        } else {
            Adresseslag::Bosted
        }
    }

    fn entitet(&self) -> Entitet {
        if self.opphold {
            Entitet::Oppholdsadresse
        } else {
            Entitet::Bostedsadresse
        }
    }
}

/// Whom a tailored extract is to hold. All of it must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uttrekkskriterier {
    /// One of these.
    pub statuser: Vec<Personstatustype>,
    /// Lives or stays there.
    pub kommune: Option<Kommune>,
    /// First and last year of birth, both included.
    pub foedselsaar: (Option<u16>, Option<u16>),
    /// First and last year of death, both included.
    pub doedsaar: (Option<u16>, Option<u16>),
    /// As the register writes it.
    pub kjoenn: Option<String>,
    /// Three letters; one of the person's citizenships.
    pub statsborgerskap: Option<String>,
    /// As the register writes it.
    pub sivilstand: Option<String>,
}

impl Uttrekkskriterier {
    /// The entities that the criteria are about.
    #[must_use]
    pub fn entiteter(&self) -> Entitetsmengde {
        let gitt = |intervall: (Option<u16>, Option<u16>)| intervall.0.is_some() || intervall.1.is_some();
        let av = [
            (Entitet::Status, true),
            (Entitet::Foedsel, gitt(self.foedselsaar)),
            (Entitet::Doedsfall, gitt(self.doedsaar)),
            (Entitet::Kjoenn, self.kjoenn.is_some()),
            (Entitet::Statsborgerskap, self.statsborgerskap.is_some()),
            (Entitet::Sivilstand, self.sivilstand.is_some()),
        ];
        let kommune = self.kommune.as_ref().map(Kommune::entitet);
        av.into_iter()
            .filter_map(|(e, med)| med.then_some(e))
            .chain(kommune)
            .collect()
    }
}

/// Finds everybody whom a projection is shown as the criteria say, by their numbers in the register.
///
/// # Errors
/// [`Feil`] if the store is damaged or has no index.
pub fn finn_alle(
    les: &Lesing<'_>,
    projeksjon: Projeksjon,
    kriterier: &Uttrekkskriterier,
) -> Result<RoaringBitmap, Feil> {
    let indeks = les.indeks(projeksjon)?;
    let mut deler = Vec::with_capacity(7);
    let mut status = register::Treff::default();
    for vist in kriterier.statuser.iter().flat_map(|s| s.statuser()) {
        status.og(indeks.term(slag::STATUS, vist.as_bytes())?);
    }
    deler.push(Uttrykk::Term(status));
    for (slag, intervall) in [
        (slag::FOEDSELSAAR, kriterier.foedselsaar),
        (slag::DOEDSAAR, kriterier.doedsaar),
    ] {
        if intervall != (None, None) {
            deler.push(aar(&indeks, slag, intervall)?);
        }
    }
    for (slag, verdi) in [
        (slag::KJOENN, &kriterier.kjoenn),
        (slag::STATSBORGERSKAP, &kriterier.statsborgerskap),
        (slag::SIVILSTAND, &kriterier.sivilstand),
    ] {
        if let Some(verdi) = verdi {
            deler.push(Uttrykk::Term(indeks.term(slag, verdi.as_bytes())?));
        }
    }
    if let Some(kommune) = &kriterier.kommune {
        let slag = kommune.adresseslag().slag(slag::KOMMUNE);
        deler.push(Uttrykk::Term(indeks.term(slag, kommune.nummer.as_bytes())?));
    }
    let mut ut = RoaringBitmap::new();
    Uttrykk::alle(deler).hver(&indeks, |person| {
        ut.insert(person.nummer());
        Ok(true)
    })?;
    Ok(ut)
}

/// Whether a projection is shown, now, that a person lives or has lived in a kommune that it was once chosen by.
///
/// Who has moved is still shown to have lived there. Who has been protected since, or whose address has, is not.
///
/// # Errors
/// [`Feil`] if the store is damaged.
pub fn vises_fremdeles(
    les: &Lesing<'_>,
    projeksjon: Projeksjon,
    person: Personnummer,
    kommune: &Kommune,
) -> Result<bool, Feil> {
    let entitet = kommune.entitet();
    let rett = Tabell::felles().rett(projeksjon);
    let entiteter: Entitetsmengde = [entitet].into_iter().collect();
    let vist = les.opplysninger(person, projeksjon, entiteter.felles(rett.kan))?;
    // By what its number is today too, whether it is current still or not: it was when the person was chosen.
    let ligger_der = |kropp: &[u8]| {
        let kommuner = Adresse::les(kropp);
        let kommuner = kommuner.kommuner(kommune.adresseslag());
        kommuner.into_iter().flatten().any(|k| k == kommune.nummer)
    };
    Ok(vist.iter().any(|o| o.entitet == entitet && ligger_der(&o.kropp)))
}
