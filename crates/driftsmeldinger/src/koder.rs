//! The code lists: what a notice is, whom it is about, what it does.
//!
//! The words are the same on the wire, in the file and on the command line.

use serde::{Deserialize, Serialize};

macro_rules! koder {
    ($(#[$ytre:meta])* $navn:ident { $($(#[$indre:meta])* $variant:ident = $kode:literal),* $(,)? }) => {
        $(#[$ytre])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $navn {
            $($(#[$indre])* #[serde(rename = $kode)] $variant),*
        }

        impl $navn {
            /// Every one, in order.
            pub const ALLE: &'static [$navn] = &[$($navn::$variant),*];

            /// Its word.
            #[must_use]
            pub const fn kode(self) -> &'static str {
                match self { $($navn::$variant => $kode),* }
            }

            /// Reads [`Self::kode`] back.
            #[must_use]
            pub fn fra_kode(kode: &str) -> Option<Self> {
                Self::ALLE.iter().copied().find(|k| k.kode() == kode)
            }
        }

        impl std::fmt::Display for $navn {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.kode())
            }
        }
    };
}

koder!(
    /// What a notice is about.
    ///
    /// Source: the table of kinds of notices, 2018-2026; the words are our choice.
    Slag {
        /// Planned maintenance, of everything, of some packages, or on the producers' side.
        PlanlagtVedlikehold = "planlagtVedlikehold",
        /// An urgent change on the same day.
        Hasteendring = "hasteendring",
        /// A feed that lags, or a package that is not updated.
        Forsinkelse = "forsinkelse",
        /// Something that went wrong.
        Driftsfeil = "driftsfeil",
        /// Something went wrong at somebody else's.
        Tredjepart = "tredjepart",
        /// New grants and accesses do not take effect.
        Tilgangsstyring = "tilgangsstyring",
        /// Many persons are changed at once.
        Masseendring = "masseendring",
    }
);

koder!(
    /// What a news item is about.
    Nyhetsslag {
        /// The contract changes.
        Kontraktsendring = "kontraktsendring",
        /// Something about the quality of the data.
        Datakvalitet = "datakvalitet",
        /// Test data and test environments.
        Testdata = "testdata",
        /// A meeting of users.
        Forum = "forum",
        /// A survey.
        Undersoekelse = "undersoekelse",
        /// Terms of use; published at least a month before they apply.
        Vilkaar = "vilkaar",
        /// Anything else.
        Informasjon = "informasjon",
    }
);

koder!(
    /// A service that a notice can be about.
    Tjeneste {
        /// Everything that consumers call.
        Konsument = "konsument",
        /// Of that, the list of events alone.
        Hendelsesliste = "hendelsesliste",
        /// Of that, the searches alone.
        Soek = "soek",
        /// Of that, the extracts alone.
        Uttrekk = "uttrekk",
        /// What producers send to.
        Mottak = "mottak",
        /// What producers are told by.
        Tilbakemelding = "tilbakemelding",
        /// Lookup in a browser.
        Online = "online",
        /// Ordering and granting access.
        Tilgangsstyring = "tilgangsstyring",
        /// News and notices themselves.
        Nyheter = "nyheter",
    }
);

impl Tjeneste {
    /// Whether a notice about this one is about the other too.
    #[must_use]
    pub fn omfatter(self, annen: Tjeneste) -> bool {
        self == annen || (self == Tjeneste::Konsument && annen.er_konsumentside())
    }

    /// Whether producers call it.
    #[must_use]
    pub fn er_produsentside(self) -> bool {
        matches!(self, Tjeneste::Mottak | Tjeneste::Tilbakemelding)
    }

    /// Whether it can go on with nothing new: consumers' feeds are held, and what mottak takes in waits in line.
    #[must_use]
    pub fn kan_staa_stille(self) -> bool {
        self == Tjeneste::Mottak || self.er_konsumentside()
    }

    /// Whether it is on the consumers' side.
    #[must_use]
    pub fn er_konsumentside(self) -> bool {
        matches!(
            self,
            Tjeneste::Konsument | Tjeneste::Hendelsesliste | Tjeneste::Soek | Tjeneste::Uttrekk
        )
    }
}

koder!(
    /// Another environment than this installation.
    Miljoe {
        /// Production.
        Produksjon = "produksjon",
        /// The consumers' test.
        Konsumenttest = "konsumenttest",
        /// The producers' test.
        Produsenttest = "produsenttest",
        /// What is to come.
        Playground = "playground",
    }
);

koder!(
    /// What a notice does to those it is about, the weakest first.
    Virkning {
        /// Nothing.
        Ingen = "ingen",
        /// Calls may fail now and then.
        Ustabilitet = "ustabilitet",
        /// What is new comes late.
        Forsinket = "forsinket",
        /// It answers, with nothing new; mottak takes in, and what became of it comes afterwards.
        IkkeOppdatert = "ikkeOppdatert",
        /// It does not answer.
        Nedetid = "nedetid",
    }
);

koder!(
    /// Where a notice stands.
    Tilstand {
        /// Told of beforehand.
        Varslet = "varslet",
        /// Under way.
        Paagaar = "paagaar",
        /// Over.
        Loest = "loest",
        /// Moved to later, at a time that is known or not.
        Utsatt = "utsatt",
        /// Not to be.
        Avlyst = "avlyst",
    }
);

koder!(
    /// Whose fault it is when it is somebody else's.
    Tredjepart {
        /// Altinn; while it is down, delegated tokens cannot be had.
        Altinn = "altinn",
        /// Maskinporten.
        Maskinporten = "maskinporten",
        /// Kontakt- og reservasjonsregisteret.
        Krr = "krr",
        /// ID-porten.
        IdPorten = "idPorten",
        /// The network.
        Nettverk = "nettverk",
        /// The firewall.
        Brannmur = "brannmur",
        /// Another.
        Annen = "annen",
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back_and_none_stands_twice() {
        fn sjekk<T: Copy + PartialEq + std::fmt::Debug>(
            alle: &[T],
            kode: fn(T) -> &'static str,
            les: fn(&str) -> Option<T>,
        ) {
            for en in alle {
                assert_eq!(les(kode(*en)), Some(*en));
            }
            assert_eq!(les("finnesIkke"), None);
        }
        sjekk(Slag::ALLE, Slag::kode, Slag::fra_kode);
        sjekk(Nyhetsslag::ALLE, Nyhetsslag::kode, Nyhetsslag::fra_kode);
        sjekk(Tjeneste::ALLE, Tjeneste::kode, Tjeneste::fra_kode);
        sjekk(Miljoe::ALLE, Miljoe::kode, Miljoe::fra_kode);
        sjekk(Virkning::ALLE, Virkning::kode, Virkning::fra_kode);
        sjekk(Tilstand::ALLE, Tilstand::kode, Tilstand::fra_kode);
        sjekk(Tredjepart::ALLE, Tredjepart::kode, Tredjepart::fra_kode);
    }

    #[test]
    fn the_consumers_side_has_parts_and_the_producers_is_none_of_them() {
        for del in Tjeneste::ALLE {
            assert_eq!(Tjeneste::Konsument.omfatter(*del), del.er_konsumentside(), "{del}");
            assert_eq!(Tjeneste::Mottak.omfatter(*del), *del == Tjeneste::Mottak, "{del}");
        }
        assert!(!Tjeneste::Uttrekk.omfatter(Tjeneste::Konsument));
    }
}
