//! The macros that declare the model: one line a field gives the struct, its table, its reader and its writer.

/// Declares text types: a newtype with its form.
macro_rules! teksttyper {
    ($( $(#[$doc:meta])* $navn:ident { maks $maks:literal, $( moenster $moenster:literal, )? passer $passer:expr, $beskrivelse:literal } )*) => { $(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $navn(Box<str>);

        impl $navn {
            /// The form of this text.
            pub const FORM: crate::skjema::Tekstform = crate::skjema::Tekstform {
                navn: stringify!($navn),
                lengde_maks: $maks,
                moenster: teksttyper!(@moenster $($moenster)?),
                passer: $passer,
                beskrivelse: $beskrivelse,
            };

            /// Makes the text, if it has the form.
            #[must_use]
            pub fn new(tekst: &str) -> Option<Self> {
                let passer: fn(&str) -> bool = $passer;
                (crate::tekst::mangel(tekst, &Self::FORM).is_none() && passer(tekst)).then(|| Self(tekst.into()))
            }

            /// The text.
            #[must_use]
            pub fn som_tekst(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Debug for $navn {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($navn), "(***)"))
            }
        }

        impl crate::verdi::Verdi for $navn {
            const ART: crate::skjema::Art = crate::skjema::Art::Tekst(&Self::FORM);

            fn les(verdi: serde_json::Value, sti: &crate::feil::Sti) -> Result<Self, crate::feil::Lesefeil> {
                let tekst = crate::verdi::les_tekst(verdi, sti)?;
                match crate::tekst::mangel(&tekst, &Self::FORM) {
                    Some(grunn) => Err(crate::feil::Lesefeil::new(sti, grunn)),
                    None => Ok(Self(tekst.into())),
                }
            }

            fn skriv(&self, skriver: &mut crate::verdi::Skriver) {
                crate::verdi::skriv_tekst(&mut skriver.ut, &self.0);
            }
        }
    )* };
    (@moenster $moenster:literal) => { Some($moenster) };
    (@moenster) => { None };
}

/// Declares code lists: an enum with the contract's values and room for values that came later.
macro_rules! kodelister {
    ($( $(#[$doc:meta])* $navn:ident { $( $variant:ident $tekst:literal ),* $(,)? } $( | { $( $svariant:ident $stekst:literal ),* $(,)? } )? )*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $navn {
            $( #[doc = concat!("`", $tekst, "`.")] $variant, )*
            $( $( #[doc = concat!("`", $stekst, "`; later than OpenAPI 1.5.")] $svariant, )* )?
            /// A value that came after this model was written; kept as received.
            Annen(Box<str>),
        }

        impl $navn {
            /// The list as data.
            pub const LISTE: crate::skjema::Kodeliste = crate::skjema::Kodeliste {
                navn: stringify!($navn),
                verdier: &[ $( $tekst ),* ],
                senere: &[ $( $( $stekst ),* )? ],
            };

            /// The value on the wire.
            #[must_use]
            pub fn som_tekst(&self) -> &str {
                match self {
                    $( Self::$variant => $tekst, )*
                    $( $( Self::$svariant => $stekst, )* )?
                    Self::Annen(tekst) => tekst,
                }
            }

            /// Reads a value; one that is not in the list becomes [`Self::Annen`].
            #[must_use]
            pub fn fra_tekst(tekst: &str) -> Self {
                match tekst {
                    $( $tekst => Self::$variant, )*
                    $( $( $stekst => Self::$svariant, )* )?
                    annen => Self::Annen(annen.into()),
                }
            }
        }

        impl crate::verdi::Verdi for $navn {
            const ART: crate::skjema::Art = crate::skjema::Art::Kode(&Self::LISTE);

            fn les(verdi: serde_json::Value, sti: &crate::feil::Sti) -> Result<Self, crate::feil::Lesefeil> {
                let tekst = crate::verdi::les_tekst(verdi, sti)?;
                if !crate::tekst::er_kode(&tekst) {
                    return Err(crate::feil::Lesefeil::new(sti, crate::feil::Grunn::Form("kode fra kodelisten")));
                }
                Ok(Self::fra_tekst(&tekst))
            }

            fn skriv(&self, skriver: &mut crate::verdi::Skriver) {
                crate::verdi::skriv_tekst(&mut skriver.ut, self.som_tekst());
            }
        }
    )* };
}

/// Declares object types. `!` = required, `?` = optional, `*` = list, `+` = required list; `=> Klasse` makes the field removable;
/// `senere` marks what is not in OpenAPI 1.5; `| [..]` names fields that exclude each other.
macro_rules! objekter {
    ($( $(#[$doc:meta])* $navn:ident { $( $felt:ident $json:literal $krav:tt $type:ty $(=> $klasse:ident)? $([$senere:ident])? , )* } $( | [ $( $valg:literal ),* ] )? )*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $navn {
            $( #[doc = concat!("`", $json, "`.")] pub $felt: objekter!(@type $krav $type), )*
            /// Members that the model does not know, as received.
            pub ukjente: serde_json::Map<String, serde_json::Value>,
        }

        impl $navn {
            /// The table of this type.
            pub const SKJEMA: crate::skjema::Skjema = crate::skjema::Skjema {
                navn: stringify!($navn),
                felter: &[ $( crate::verdi::felt(
                    $json,
                    <$type as crate::verdi::Verdi>::ART,
                    objekter!(@krevd $krav),
                    objekter!(@liste $krav),
                    objekter!(@klasse $($klasse)?),
                    objekter!(@senere $($senere)?),
                ), )* ],
                valg: &[ $( $( $valg ),* )? ],
            };

            /// Writes the members of the object, without the braces.
            pub(crate) fn skriv_medlemmer(&self, skriver: &mut crate::verdi::Skriver) {
                $( objekter!(@skriv $krav self.$felt, $json, objekter!(@klasse $($klasse)?), skriver); )*
                crate::verdi::skriv_ukjente(&self.ukjente, skriver);
            }

            /// Reads the members from an object; what the model does not know is left in `ukjente`.
            pub(crate) fn les_medlemmer(objekt: serde_json::Map<String, serde_json::Value>, sti: &crate::feil::Sti) -> Result<Self, crate::feil::Lesefeil> {
                crate::verdi::sjekk_valg(&objekt, Self::SKJEMA.valg, sti)?;
                #[allow(unused_mut, reason = "one type has no fields")]
                let mut objekt = objekt;
                $( let $felt = objekter!(@hent $krav &mut objekt, $json, sti)?; )*
                Ok(Self { $( $felt, )* ukjente: objekt })
            }
        }

        impl crate::verdi::Verdi for $navn {
            const ART: crate::skjema::Art = crate::skjema::Art::Objekt(&Self::SKJEMA);

            fn les(verdi: serde_json::Value, sti: &crate::feil::Sti) -> Result<Self, crate::feil::Lesefeil> {
                Self::les_medlemmer(crate::verdi::les_objekt(verdi, sti)?, sti)
            }

            fn skriv(&self, skriver: &mut crate::verdi::Skriver) {
                skriver.aapne();
                self.skriv_medlemmer(skriver);
                skriver.lukk();
            }
        }
    )* };
    (@type ! $type:ty) => { $type };
    (@type ? $type:ty) => { Option<$type> };
    (@type * $type:ty) => { Vec<$type> };
    (@type + $type:ty) => { Vec<$type> };
    (@krevd !) => { true };
    (@krevd +) => { true };
    (@krevd $_:tt) => { false };
    (@liste *) => { true };
    (@liste +) => { true };
    (@liste $_:tt) => { false };
    (@klasse $klasse:ident) => { Some(crate::skjema::Feltklasse::$klasse) };
    (@klasse) => { None };
    (@senere $senere:ident) => { true };
    (@senere) => { false };
    (@hent ! $objekt:expr, $json:literal, $sti:expr) => { crate::verdi::hent_krevd($objekt, $json, $sti) };
    (@hent ? $objekt:expr, $json:literal, $sti:expr) => { crate::verdi::hent_valgfri($objekt, $json, $sti) };
    (@hent * $objekt:expr, $json:literal, $sti:expr) => { crate::verdi::hent_liste($objekt, $json, $sti) };
    (@hent + $objekt:expr, $json:literal, $sti:expr) => { crate::verdi::hent_krevd_liste($objekt, $json, $sti) };
    (@skriv ! $felt:expr, $json:literal, $klasse:expr, $skriver:expr) => {
        $skriver.medlem($json, $klasse, |s| crate::verdi::Verdi::skriv(&$felt, s));
    };
    (@skriv ? $felt:expr, $json:literal, $klasse:expr, $skriver:expr) => {
        if let Some(verdi) = &$felt {
            $skriver.medlem($json, $klasse, |s| crate::verdi::Verdi::skriv(verdi, s));
        }
    };
    (@skriv + $felt:expr, $json:literal, $klasse:expr, $skriver:expr) => {
        objekter!(@skriv * $felt, $json, $klasse, $skriver);
    };
    (@skriv * $felt:expr, $json:literal, $klasse:expr, $skriver:expr) => {
        if !$felt.is_empty() {
            $skriver.medlem($json, $klasse, |s| crate::verdi::skriv_liste(&$felt, s));
        }
    };
}
