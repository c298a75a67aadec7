//! What stands in place of an address that is graded: a code, one of three texts, and nothing else.
//!
//! What a newcomer gets wrong: to mask each address by its own grade. Somebody with one hidden address has one row and no other, so that
//! neither the number of rows nor what is in them tells of what is hidden.

use tilgang::Grad;

use crate::Adresse;
use crate::verdi::Felt;

/// A grade that hides an address.
///
/// The order is that of strictness. Source: preg reference 5 and 6.7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Skjult {
    /// The address would tell that the person is a client.
    Klientadresse,
    /// Fortrolig.
    Fortrolig,
    /// Strengt fortrolig, and any grade that we do not know.
    StrengtFortrolig,
}

impl Skjult {
    /// Every one, by strictness.
    pub const ALLE: [Skjult; 3] = [Skjult::Klientadresse, Skjult::Fortrolig, Skjult::StrengtFortrolig];

    /// `None` for an open address.
    #[must_use]
    pub fn fra_grad(grad: Grad) -> Option<Self> {
        match grad {
            Grad::Ugradert => None,
            Grad::Klientadresse => Some(Skjult::Klientadresse),
            Grad::Fortrolig => Some(Skjult::Fortrolig),
            Grad::StrengtFortrolig => Some(Skjult::StrengtFortrolig),
        }
    }

    /// The code in `PostalType`.
    #[must_use]
    pub fn kode(self) -> i32 {
        match self {
            Skjult::Klientadresse => 4,
            Skjult::StrengtFortrolig => 6,
            Skjult::Fortrolig => 7,
        }
    }

    /// The text in place of the address.
    ///
    /// Source: 4 and 7: PREG's release notes, P23-1; 6: our choice, ruling 6.
    #[must_use]
    pub fn tekst(self) -> &'static str {
        match self {
            Skjult::Klientadresse => "Sperret adr. klientadr.",
            Skjult::StrengtFortrolig => "Sperret adr. strengt fortr.",
            Skjult::Fortrolig => "Sperret adr. fortrolig",
        }
    }

    /// The one row of somebody with a hidden address.
    #[must_use]
    pub fn rad(self, nin: Felt<String>) -> Adresse {
        Adresse {
            nin,
            gjeldende: Felt::Verdi(true),
            posttype: Felt::Verdi(self.kode()),
            linje_1: Felt::Verdi(self.tekst().to_owned()),
            adresselinje: Felt::Verdi(self.tekst().to_owned()),
            ..Adresse::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_fit_a_line_and_differ() {
        for skjult in Skjult::ALLE {
            assert!(skjult.tekst().chars().count() <= 30);
        }
        assert_eq!(Skjult::ALLE.map(Skjult::kode), [4, 7, 6]);
        assert!(Skjult::StrengtFortrolig > Skjult::Fortrolig && Skjult::Fortrolig > Skjult::Klientadresse);
    }
}
