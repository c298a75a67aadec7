//! The rules by name.

macro_rules! regler {
    ($( $variant:ident $kode:literal $sier:literal ),* $(,)?) => {
        /// A rule. What it says exactly is in its function (`regler/`) and its table (`eksempler/regler`).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Regel {
            $( #[doc = $sier] $variant, )*
        }

        impl Regel {
            /// Every one.
            pub const ALLE: &'static [Regel] = &[ $( Regel::$variant ),* ];

            /// Its name in what operators are shown.
            #[must_use]
            pub fn kode(self) -> &'static str {
                match self { $( Regel::$variant => $kode ),* }
            }

            /// What must hold, in a sentence.
            #[must_use]
            pub fn sier(self) -> &'static str {
                match self { $( Regel::$variant => $sier ),* }
            }

            /// The one with a name.
            #[must_use]
            pub fn fra_kode(kode: &str) -> Option<Self> {
                Regel::ALLE.iter().copied().find(|r| r.kode() == kode)
            }
        }
    };
}

regler! {
    EktefellerGjensidig "ektefeller-gjensidig"
        "To som er gift, partnere eller separert, står hos hverandre med samme sivilstand og dato.",
    EktefelleLever "ektefelle-lever"
        "Ingen levende er gift med eller separert fra en som er død.",
    EtterlattFraDoeden "etterlatt-fra-doeden"
        "Den som er enke, enkemann eller gjenlevende partner etter noen, er det fra dagen den andre døde.",
    EktefelleRelasjon "ektefelle-relasjon"
        "To levende har relasjonen ektefelle eller partner når de er gift eller separert, og ellers ikke.",
    ForeldreOgBarn "foreldre-og-barn"
        "Barn og forelder står hos hverandre med samme rolle, og et barn har høyst to foreldre.",
    Foreldreansvar "foreldreansvar"
        "Foreldreansvar står likt hos barnet og hos den som har det.",
    EnGjeldende "en-gjeldende"
        "Av det som bare finnes én av om gangen, er høyst én oppføring gjeldende.",
    EttBosted "ett-bosted"
        "En bosatt person har én gjeldende bostedsadresse; en strengt fortrolig har ingen.",
    DoedUtenAdresse "doed-uten-adresse"
        "En død person har ingen gjeldende adresse.",
    StatusOgDoedsfall "status-og-doedsfall"
        "Den som har et dødsfall, har status død, og omvendt.",
    Numre "numre"
        "En person har høyst ett nummer i bruk, og hvert nummer fører til personen, eller til den som førte det videre.",
    Historikk "historikk"
        "Ingen opplysning slutter før den begynner, og det som bare finnes én av om gangen, overlapper ikke; den gjeldende er den siste.",
    VernetAdresse "vernet-adresse"
        "En vernet adresse står ikke åpnere hos noen i familien eller i et dødsbo enn hos den som bor der.",
    StrengtFortrolig "strengt-fortrolig"
        "En strengt fortrolig person har ingen adresse, bortsett fra en åpen postadresse.",
}

#[cfg(test)]
mod tests {
    use super::Regel;

    #[test]
    fn every_rule_has_a_name_of_its_own() {
        for regel in Regel::ALLE {
            assert_eq!(Regel::fra_kode(regel.kode()), Some(*regel));
            assert!(regel.sier().ends_with('.'));
        }
        assert_eq!(Regel::fra_kode("annet"), None);
    }
}
