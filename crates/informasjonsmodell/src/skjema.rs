//! The model described as data: one table per type, from which reading, writing, XML, XSD and OpenAPI all follow.
//!
//! A newcomer's mistake: adding a field to a Rust struct by hand. Fields are declared once, in [`crate::typer`] and
//! [`crate::entiteter`], and the macro makes both the struct and its table.

/// A type of the model with its fields in contract order.
#[derive(Debug)]
pub struct Skjema {
    /// Name of the complex type, as the contracts spell it.
    pub navn: &'static str,
    /// Fields in the order of the XSD sequence.
    pub felter: &'static [Felt],
    /// Names of fields that exclude each other; empty when none do.
    pub valg: &'static [&'static str],
}

impl Skjema {
    /// The field with a contract name.
    #[must_use]
    pub fn felt(&self, navn: &str) -> Option<&'static Felt> {
        self.felter.iter().find(|felt| felt.navn == navn)
    }
}

/// A field of a type.
#[derive(Debug)]
pub struct Felt {
    /// Name on the wire.
    pub navn: &'static str,
    /// What its value is.
    pub art: Art,
    /// The contract requires it.
    pub krevd: bool,
    /// It is a list.
    pub liste: bool,
    /// The class by which a package may be refused it; `None` = follows the entity.
    pub klasse: Option<Feltklasse>,
    /// Later than OpenAPI 1.5: in our schema, not in the public file.
    pub senere: bool,
}

impl Felt {
    /// Its name in event documents; differs in one place.
    ///
    /// Source: OpenAPI 1.5 and XSD `Hendelsedokument_v1.4`, type `Identitetsgrunnlag`.
    #[must_use]
    pub fn navn_i_hendelse(&self) -> &'static str {
        match self.navn {
            "identitetsgrunnlagstatus" => "legitimasjonskontroll",
            navn => navn,
        }
    }

    /// Event documents require it; differs in one place, `startdato` of `oppholdPaaSvalbard`.
    ///
    /// Source: OpenAPI 1.5, `hendelse.v1.OppholdPaaSvalbard`.
    #[must_use]
    pub fn krevd_i_hendelse(&self) -> bool {
        self.krevd && self.navn != "startdato"
    }
}

/// What a value is.
#[derive(Clone, Copy, Debug)]
pub enum Art {
    /// Free text or text of a given form.
    Tekst(&'static Tekstform),
    /// 64-bit integer.
    Heltall,
    /// `true` or `false`.
    Boolsk,
    /// A [`crate::Dato`].
    Dato,
    /// A [`crate::Tidspunkt`].
    Tidspunkt,
    /// A value of a code list.
    Kode(&'static Kodeliste),
    /// An object.
    Objekt(&'static Skjema),
}

/// A kind of text: its name in the XSD, its limits and its pattern.
#[derive(Debug)]
pub struct Tekstform {
    /// Name of the simple type.
    pub navn: &'static str,
    /// Longest text, in characters.
    pub lengde_maks: usize,
    /// XSD pattern, when the form is more than a length.
    pub moenster: Option<&'static str>,
    /// The same pattern as a check.
    pub passer: fn(&str) -> bool,
    /// The form in words, for an error text.
    pub beskrivelse: &'static str,
}

/// A code list: its name and the values that the contract prints.
#[derive(Debug)]
pub struct Kodeliste {
    /// Name of the simple type, as the contracts title it.
    pub navn: &'static str,
    /// Values in contract order.
    pub verdier: &'static [&'static str],
    /// Values that came after OpenAPI 1.5; not in `verdier`.
    pub senere: &'static [&'static str],
}

/// The removable fields: what a package can be refused inside an entity it may otherwise see.
///
/// Source: the access matrix, sections `fjern_felt`, `metadata` and `strengt_fortrolig_person`. Which caller is
/// refused which class stands in the access table, not here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Feltklasse {
    /// `sivilstand.relatertVedSivilstand`: the spouse.
    RelatertVedSivilstand = 0,
    /// `vergemaalEllerFremtidsfullmakt.verge.foedselsEllerDNummer`.
    VergeNummer = 1,
    /// `vergemaalEllerFremtidsfullmakt.verge.tjenesteomraade`.
    VergeTjenesteomraade = 2,
    /// `vergemaalEllerFremtidsfullmakt.verge.navnFoedselsdato.foedselsdato`.
    VergeFoedselsdato = 3,
    /// `kontaktinformasjonForDoedsbo.person.foedselsEllerDNummer`.
    KontaktNummer = 4,
    /// What replaces [`Feltklasse::KontaktNummer`] for those who may not see it; never delivered together with it.
    KontaktErstatning = 5,
    /// Place abroad of `innflytting` and `utflytting`.
    FlyttingSted = 6,
    /// Country of `innflytting` and `utflytting`.
    FlyttingLand = 7,
    /// `falskIdentitet.rettIdentitetVedIdentifikasjonsnummer`.
    RettIdentitetNummer = 8,
    /// The four kretser of `bostedsadresse`.
    Kretser = 9,
    /// `bostedsadresse.flyttedato`.
    Flyttedato = 10,
    /// `kontaktinformasjonForDoedsbo.adresse`.
    DoedsboAdresse = 11,
    /// `oppholdPaaSvalbard.fraflyttingskommunenummer` and its country.
    SvalbardFraflytting = 12,
    /// A field that the model does not know.
    Ukjent = 13,
}

impl Feltklasse {
    /// Every class, in order.
    pub const ALLE: [Feltklasse; 14] = [
        Feltklasse::RelatertVedSivilstand,
        Feltklasse::VergeNummer,
        Feltklasse::VergeTjenesteomraade,
        Feltklasse::VergeFoedselsdato,
        Feltklasse::KontaktNummer,
        Feltklasse::KontaktErstatning,
        Feltklasse::FlyttingSted,
        Feltklasse::FlyttingLand,
        Feltklasse::RettIdentitetNummer,
        Feltklasse::Kretser,
        Feltklasse::Flyttedato,
        Feltklasse::DoedsboAdresse,
        Feltklasse::SvalbardFraflytting,
        Feltklasse::Ukjent,
    ];

    /// Reads the stored number back.
    #[must_use]
    pub fn fra_tall(tall: u8) -> Option<Self> {
        Feltklasse::ALLE.get(usize::from(tall)).copied()
    }

    /// The class as one bit of a mask.
    #[must_use]
    pub fn bit(self) -> u32 {
        1 << (self as u8)
    }
}

/// A removable member inside a serialised body: from the quote of its name to the end of its value, without commas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spenn {
    /// Which class it belongs to.
    pub klasse: Feltklasse,
    /// First byte.
    pub fra: u32,
    /// One past the last byte.
    pub til: u32,
}
