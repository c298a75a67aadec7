//! What is added to a document while it is translated: names of places, grunnkrets, bydel.
//!
//! The data behind it are somebody else's; this is the door. What is handed out is only what the same released item says, so what
//! is added can tell of nothing that the caller was not given. What a newcomer gets wrong: there is no person here, and there must
//! not be one. A bydel that was looked up by person would tell of a hidden address.

/// A register of places.
///
/// Both questions are asked again and again during one translation, so they are answered from memory. An answer depends on the
/// question alone: never on who is asked about, who asks, or what was asked before.
pub trait Berikelse: Sync {
    /// The kommune with a number, today's or an earlier one.
    ///
    /// Asked for street addresses, cadastral numbers, unknown residence, birth and marital status, wherever a document has the number.
    /// `None`: no names are added.
    fn kommune(&self, kommunenummer: &str) -> Option<Kommune<'_>>;

    /// The place of an address.
    ///
    /// Asked once for each item of the three kinds of [`Adresseslag`], when all of it has been read.
    fn sted(&self, adresse: &Adresse<'_>) -> Sted<'_>;
}

/// A kommune and its fylke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kommune<'b> {
    /// Name of the kommune.
    pub navn: &'b str,
    /// Two digits.
    pub fylkesnummer: &'b str,
    /// Name of the fylke.
    pub fylkesnavn: &'b str,
}

/// Which kind of address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adresseslag {
    /// Where the person lives.
    Bostedsadresse,
    /// Where the person stays.
    Oppholdsadresse,
    /// A child's second home.
    DeltBosted,
}

/// What one released item says of an address; what it does not say is `None`.
///
/// Texts are as the document has them; one with an escape is not handed out.
/// Units: `grunnkrets` is the register's number without the kommune, so 401 is 0401.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Adresse<'a> {
    /// Which kind.
    pub slag: Adresseslag,
    /// The cadastre's identifier of the address.
    pub identifikator: Option<&'a str>,
    /// The cadastre's identifier of an address near it, where the address has none.
    pub naer_identifikator: Option<&'a str>,
    /// Kommune, from whichever form the address has.
    pub kommunenummer: Option<&'a str>,
    /// Code of the street in the kommune.
    pub adressekode: Option<&'a str>,
    /// House number.
    pub husnummer: Option<&'a str>,
    /// House letter.
    pub husbokstav: Option<&'a str>,
    /// Cadastral number, first part.
    pub gaardsnummer: Option<i64>,
    /// Cadastral number, second part.
    pub bruksnummer: Option<i64>,
    /// Cadastral number, third part.
    pub festenummer: Option<i64>,
    /// Cadastral number, fourth part.
    pub undernummer: Option<i64>,
    /// Grunnkrets as the register has it; bostedsadresse alone.
    pub grunnkrets: Option<i64>,
}

impl std::fmt::Debug for Adresse<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Adresse({:?}, ***)", self.slag)
    }
}

impl Adresse<'_> {
    pub(super) fn ny(slag: Adresseslag) -> Self {
        Adresse {
            slag,
            identifikator: None,
            naer_identifikator: None,
            kommunenummer: None,
            adressekode: None,
            husnummer: None,
            husbokstav: None,
            gaardsnummer: None,
            bruksnummer: None,
            festenummer: None,
            undernummer: None,
            grunnkrets: None,
        }
    }
}

/// Something with a code and a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Navngitt<'b> {
    /// Its code.
    pub kode: &'b str,
    /// Its name.
    pub navn: &'b str,
}

/// A grunnkrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grunnkrets<'b> {
    /// All eight digits: kommune, delområde, grunnkrets.
    pub nummer: u32,
    /// Its name, where it is known.
    pub navn: Option<&'b str>,
}

/// The place of an address; what is not known is `None` and not written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sted<'b> {
    /// Grunnkrets. Not written if it has more than eight digits, or if the item has a grunnkrets of its own that is another.
    pub grunnkrets: Option<Grunnkrets<'b>>,
    /// The bydel that gives health and social services, six digits.
    pub bydel: Option<Navngitt<'b>>,
    /// The bydel on the map, six digits.
    pub geografisk_bydel: Option<Navngitt<'b>>,
}

/// A register of places that knows none: nothing is added.
#[derive(Clone, Copy, Debug, Default)]
pub struct IngenBerikelse;

impl Berikelse for IngenBerikelse {
    fn kommune(&self, _: &str) -> Option<Kommune<'_>> {
        None
    }

    fn sted(&self, _: &Adresse<'_>) -> Sted<'_> {
        Sted::default()
    }
}
