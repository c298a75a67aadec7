//! The fields of the contract as data, and the macro that declares them: one line a field gives the member, its row in the table, how it
//! is shown and how it is withheld.

use crate::verdi::Art;

/// Which fields are withheld together.
///
/// Source: our choice, ADR 0048: what one profile may see and another may not, and no finer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gruppe {
    /// Numbers, name, birth, gender, status, citizenship: what identifies.
    Person,
    /// Marital status.
    Sivilstand,
    /// Numbers of spouse, parents and children.
    Slekt,
    /// Parental responsibility.
    Foreldreansvar,
    /// Legal capacity.
    Handleevne,
    /// Residence permit, and the number of the immigration authorities.
    Opphold,
    /// Addresses.
    Adresse,
}

/// Where a field is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plass {
    /// In the contract class.
    Kontrakt,
    /// In PREG's tables alone.
    Kolonne,
    /// In neither: HL7 asks for it.
    Hl7,
}

/// What has become of a field in Persontjenesten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merke {
    /// The same fact in the same form.
    Videre,
    /// The same fact with other codes or in another form.
    Endret,
    /// Worked out from others.
    Utledet,
    /// Always blank here: the modern register does not have it, or PREG never filled it.
    Borte,
}

impl Merke {
    /// The word for it in tables.
    #[must_use]
    pub fn navn(self) -> &'static str {
        match self {
            Merke::Videre => "videreført",
            Merke::Endret => "endret",
            Merke::Utledet => "utledet",
            Merke::Borte => "borte",
        }
    }
}

/// One field of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beskrivelse {
    /// Its name in the contract, or of the column where the contract has none.
    pub navn: &'static str,
    /// What kind of value.
    pub art: Art,
    /// Most characters; `None` where nothing is known of a width.
    pub bredde: Option<usize>,
    /// What it is withheld with.
    pub gruppe: Gruppe,
    /// Where it is found.
    pub plass: Plass,
    /// Column in PREG's tables, where it is known.
    pub kolonne: Option<&'static str>,
    /// Folkeregisteret's fields that it comes of, `entitet.felt`; the first that says something. Empty: none.
    pub freg: &'static [&'static str],
    /// The fields of Person API v3 that say the same.
    pub person_api: &'static [&'static str],
    /// What has become of it.
    pub merke: Merke,
    /// How it is made, in Norwegian, for the map.
    pub merknad: &'static str,
}

/// 0 and the empty text are none.
pub(crate) const fn bredde(bredde: usize) -> Option<usize> {
    if bredde == 0 { None } else { Some(bredde) }
}

/// The empty text is none.
pub(crate) const fn kolonne(navn: &'static str) -> Option<&'static str> {
    if navn.is_empty() { None } else { Some(navn) }
}

/// Declares a type of the contract and its fields.
macro_rules! kontrakt {
    (
        $(#[$doc:meta])* $navn:ident, $(#[$feltdoc:meta])* $felter:ident, { $($ekstra:tt)* } {
            $( $medlem:ident $variant:ident $tekst:literal $type:ty, $bredde:literal $gruppe:ident $plass:ident $kolonne:literal
               [ $( $freg:literal ),* ] [ $( $api:literal ),* ] $merke:ident $merknad:literal; )*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Default, PartialEq, Eq)]
        pub struct $navn {
            $( #[doc = concat!("`", $tekst, "`.")] pub $medlem: $crate::verdi::Felt<$type>, )*
            $($ekstra)*
        }

        $(#[$feltdoc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $felter { $( #[doc = concat!("`", $tekst, "`.")] $variant, )* }

        impl $felter {
            /// Every field, in the contract's order.
            pub const ALLE: &'static [$felter] = &[ $( $felter::$variant ),* ];

            /// The row of the field in the table.
            #[must_use]
            pub fn beskrivelse(self) -> &'static $crate::felt::Beskrivelse {
                match self { $( $felter::$variant => const { &$crate::felt::Beskrivelse {
                    navn: $tekst,
                    art: <$type as $crate::verdi::Feltverdi>::ART,
                    bredde: $crate::felt::bredde($bredde),
                    gruppe: $crate::felt::Gruppe::$gruppe,
                    plass: $crate::felt::Plass::$plass,
                    kolonne: $crate::felt::kolonne($kolonne),
                    freg: &[ $( $freg ),* ],
                    person_api: &[ $( $api ),* ],
                    merke: $crate::felt::Merke::$merke,
                    merknad: $merknad,
                } }, )* }
            }
        }

        impl $navn {
            /// A field, by name.
            #[must_use]
            pub fn vis(&self, felt: $felter) -> $crate::verdi::Vist<'_> {
                match felt { $( $felter::$variant => $crate::verdi::vis(&self.$medlem), )* }
            }

            /// Withholds a field; tells whether it had a value.
            pub(crate) fn hold_tilbake(&mut self, felt: $felter) -> bool {
                match felt { $( $felter::$variant => $crate::verdi::hold_tilbake(&mut self.$medlem), )* }
            }
        }

        impl std::fmt::Debug for $navn {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($navn), "(***)"))
            }
        }
    };
}
