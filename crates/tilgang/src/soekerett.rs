//! Rett til treff: which criteria together entitle a package to the one person that they point out.

use crate::{Pakke, Projeksjon};

/// A kind of criterion of `entydigsoek`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kriterium {
    /// Name, two words at least.
    Navn = 0,
    /// Foedselsnummer or D-nummer.
    Identifikasjonsnummer = 1,
    /// Number of another country.
    UtenlandskPersonidentifikasjon = 2,
    /// Number of a document.
    Legitimasjonsdokument = 3,
    /// Number of the immigration authorities.
    UtlendingsmyndighetenesIdentifikasjonsnummer = 4,
    /// Date of birth.
    Foedselsdato = 5,
    /// Street.
    Adressenavn = 6,
    /// House number.
    Husnummer = 7,
    /// Postnummer.
    Postnummer = 8,
}

impl Kriterium {
    /// Every kind.
    pub const ALLE: [Kriterium; 9] = [
        Kriterium::Navn,
        Kriterium::Identifikasjonsnummer,
        Kriterium::UtenlandskPersonidentifikasjon,
        Kriterium::Legitimasjonsdokument,
        Kriterium::UtlendingsmyndighetenesIdentifikasjonsnummer,
        Kriterium::Foedselsdato,
        Kriterium::Adressenavn,
        Kriterium::Husnummer,
        Kriterium::Postnummer,
    ];

    /// Its name as a parameter.
    #[must_use]
    pub fn navn(self) -> &'static str {
        match self {
            Kriterium::Navn => "navn",
            Kriterium::Identifikasjonsnummer => "identifikasjonsnummer",
            Kriterium::UtenlandskPersonidentifikasjon => "utenlandskpersonidentifikasjon",
            Kriterium::Legitimasjonsdokument => "legitimasjonsdokument",
            Kriterium::UtlendingsmyndighetenesIdentifikasjonsnummer => "utlendingsmyndighetenesidentifikasjonsnummer",
            Kriterium::Foedselsdato => "foedselsdato",
            Kriterium::Adressenavn => "adressenavn",
            Kriterium::Husnummer => "husnummer",
            Kriterium::Postnummer => "postnummer",
        }
    }
}

/// Kinds of criteria as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kriteriemengde(u16);

impl Kriteriemengde {
    /// Whether a kind is in the set.
    #[must_use]
    pub fn har(self, kriterium: Kriterium) -> bool {
        self.0 & (1 << kriterium as u8) != 0
    }

    fn har_alle(self, andre: Self) -> bool {
        self.0 & andre.0 == andre.0
    }
}

impl FromIterator<Kriterium> for Kriteriemengde {
    fn from_iter<I: IntoIterator<Item = Kriterium>>(iter: I) -> Self {
        Kriteriemengde(iter.into_iter().fold(0, |sum, k| sum | 1 << k as u8))
    }
}

/// Who has the right that a combination gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hvem {
    Alle,
    /// Not where it would confirm a guessed number (our choice).
    MedIdentifikator,
    MedHjemmelOgEid,
    MedHjemmel,
}

use Kriterium::{
    Adressenavn, Foedselsdato, Husnummer, Identifikasjonsnummer, Legitimasjonsdokument, Navn, Postnummer,
    UtenlandskPersonidentifikasjon, UtlendingsmyndighetenesIdentifikasjonsnummer,
};

/// Source: the access matrix, `soek.entydigsoek.rett_til_treff`.
const KOMBINASJONER: [(&[Kriterium], Hvem); 10] = [
    (&[Navn, Identifikasjonsnummer], Hvem::MedIdentifikator),
    (&[Navn, Foedselsdato], Hvem::Alle),
    (&[Navn, Adressenavn, Husnummer], Hvem::Alle),
    (&[Navn, Postnummer], Hvem::Alle),
    (&[Navn, Adressenavn, Postnummer], Hvem::Alle),
    (&[Navn, UtenlandskPersonidentifikasjon], Hvem::MedHjemmelOgEid),
    (&[Navn, Legitimasjonsdokument], Hvem::MedHjemmelOgEid),
    (&[Navn, UtlendingsmyndighetenesIdentifikasjonsnummer], Hvem::MedHjemmel),
    (&[Foedselsdato, Legitimasjonsdokument], Hvem::MedHjemmel),
    (&[Foedselsdato, UtenlandskPersonidentifikasjon], Hvem::MedHjemmel),
];

impl Hvem {
    fn har(self, pakke: Pakke) -> bool {
        match self {
            Hvem::Alle => true,
            Hvem::MedIdentifikator => !matches!(
                pakke,
                Pakke::PrivatUtenFolkeregisteridentifikator | Pakke::PresseUtenFolkeregisteridentifikator
            ),
            // Svalbard is shown what med hjemmel is shown.
            Hvem::MedHjemmelOgEid => Hvem::MedHjemmel.har(pakke) || pakke == Pakke::UtstederEid,
            Hvem::MedHjemmel => matches!(pakke, Pakke::OffentligMedHjemmel | Pakke::Svalbard),
        }
    }
}

/// Whether the criteria of a search together give a package the right to a hit. More of them only narrow it.
#[must_use]
pub fn rett_til_treff(projeksjon: Projeksjon, kriterier: Kriteriemengde) -> bool {
    let pakke = projeksjon.pakke();
    KOMBINASJONER
        .into_iter()
        .any(|(krever, hvem)| hvem.har(pakke) && kriterier.har_alle(krever.iter().copied().collect()))
}

/// Whether a package may ask by a kind of criterion at all: it is part of something that gives it the right to a hit.
#[must_use]
pub fn kan_soekes_med(projeksjon: Projeksjon, kriterium: Kriterium) -> bool {
    let pakke = projeksjon.pakke();
    KOMBINASJONER
        .into_iter()
        .any(|(krever, hvem)| hvem.har(pakke) && krever.contains(&kriterium))
}
