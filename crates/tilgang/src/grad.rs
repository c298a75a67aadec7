//! The grade of an address, ordered from open to strictest.

use informasjonsmodell::kodeverk::Adressegradering;

/// How strictly an address, or a person's addresses, are protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Grad {
    /// Anyone with access to addresses.
    #[default]
    Ugradert = 0,
    /// This address would reveal that the person is a client.
    Klientadresse = 1,
    /// Public bodies with legal basis.
    Fortrolig = 2,
    /// Nobody.
    StrengtFortrolig = 3,
}

impl Grad {
    /// The grade of a contract value. A value the model does not know is read as the strictest (our choice).
    #[must_use]
    pub fn fra_kode(kode: &Adressegradering) -> Self {
        match kode {
            Adressegradering::Ugradert => Grad::Ugradert,
            Adressegradering::Klientadresse => Grad::Klientadresse,
            Adressegradering::Fortrolig => Grad::Fortrolig,
            Adressegradering::StrengtFortrolig | Adressegradering::Annen(_) => Grad::StrengtFortrolig,
        }
    }

    /// Reads the stored number back; an unknown number is read as the strictest.
    #[must_use]
    pub fn fra_tall(tall: u8) -> Self {
        match tall {
            0 => Grad::Ugradert,
            1 => Grad::Klientadresse,
            2 => Grad::Fortrolig,
            _ => Grad::StrengtFortrolig,
        }
    }
}
