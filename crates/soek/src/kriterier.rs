//! What is searched for, once it has been read and is known to make sense.

/// What an address must say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adressekriterier {
    /// How the name of the street begins, normalised; at least three characters.
    pub gate: Option<String>,
    /// House number.
    pub husnummer: Option<Husnummer>,
    /// Four digits.
    pub postnummer: Option<String>,
    /// Four digits.
    pub kommunenummer: Option<String>,
    /// Two digits.
    pub fylkesnummer: Option<String>,
}

impl Adressekriterier {
    /// How many there are.
    #[must_use]
    pub fn antall(&self) -> usize {
        usize::from(self.gate.is_some())
            + usize::from(self.husnummer.is_some())
            + usize::from(self.postnummer.is_some())
            + usize::from(self.kommunenummer.is_some())
            + usize::from(self.fylkesnummer.is_some())
    }
}

/// A house number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Husnummer {
    /// Without leading zeros.
    pub tall: u16,
    /// Upper case.
    pub bokstav: Option<char>,
}

impl Husnummer {
    /// Reads `12`, `12B`, `12 b`.
    #[must_use]
    pub fn les(tekst: &str) -> Option<Self> {
        let siffer = tekst.find(|c: char| !c.is_ascii_digit()).unwrap_or(tekst.len());
        let (tall, rest) = tekst.split_at_checked(siffer)?;
        if tall.len() > 4 {
            return None;
        }
        let tall = tall.parse().ok()?;
        let rest = rest.trim();
        let bokstav = Husnummer::bokstav(rest);
        (rest.is_empty() || bokstav.is_some()).then_some(Husnummer { tall, bokstav })
    }

    /// One letter, in upper case.
    pub(crate) fn bokstav(tekst: &str) -> Option<char> {
        let mut tegn = tekst.chars().flat_map(char::to_uppercase);
        match (tegn.next(), tegn.next()) {
            (Some(bokstav), None) if bokstav.is_alphabetic() => Some(bokstav),
            _ => None,
        }
    }

    pub(crate) fn tekst(self) -> String {
        match self.bokstav {
            Some(bokstav) => format!("{}{bokstav}", self.tall),
            None => self.tall.to_string(),
        }
    }
}

/// Words of a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Navnekriterier {
    /// Whole words, normalised, in the order they were given.
    pub ord: Vec<String>,
    /// Whether what sounds alike fits.
    pub fonetisk: bool,
}

/// A country's code and a number that it gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landnummer {
    /// Three letters.
    pub land: String,
    /// The number, as it is written.
    pub nummer: String,
}

impl Landnummer {
    /// Reads `AFG-1458-4555`: the country ends at the first hyphen (our choice).
    #[must_use]
    pub fn les(tekst: &str) -> Option<Self> {
        let (land, nummer) = tekst.split_once('-')?;
        (land.len() == 3 && land.bytes().all(|b| b.is_ascii_alphabetic()) && !nummer.is_empty()).then(|| Landnummer {
            land: land.to_ascii_uppercase(),
            nummer: nummer.to_owned(),
        })
    }

    pub(crate) fn tekst(&self) -> String {
        format!("{}-{}", self.land, self.nummer)
    }
}

/// What `personer/soek` asks for. All of it must fit; nothing asked fits everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kriterier {
    /// Words that stand in one name.
    pub navn: Navnekriterier,
    /// As the register writes it.
    pub kjoenn: Option<String>,
    /// `YYYY-MM-DD`.
    pub foedselsdato: Option<String>,
    /// First year of birth.
    pub foedselsaar_fra: Option<u16>,
    /// Last year of birth.
    pub foedselsaar_til: Option<u16>,
    /// What one address says.
    pub adresse: Adressekriterier,
    /// An oppholdsadresse fits as well as a bostedsadresse.
    pub oppholdsadresse: bool,
    /// The dead too.
    pub doede: bool,
    /// Former names and addresses too.
    pub historisk: bool,
}

/// What `personer/entydigsoek` asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entydigkriterier {
    /// The first word in the fornavn, the last in the etternavn, the others anywhere: two at least, or none.
    pub navn: Navnekriterier,
    /// A number that the person has or has had.
    pub identifikasjonsnummer: Option<u64>,
    /// Number from another country.
    pub utenlandsk: Option<Landnummer>,
    /// Number of a document.
    pub legitimasjon: Option<Landnummer>,
    /// Number of the immigration authorities.
    pub duf: Option<String>,
    /// `YYYY-MM-DD`.
    pub foedselsdato: Option<String>,
    /// What the bostedsadresse says. A house number fits only with the same letter, or the same lack of one.
    pub adresse: Adressekriterier,
    /// The address has no house number.
    pub uten_husnummer: bool,
    /// Former names and addresses too.
    pub historisk: bool,
}
