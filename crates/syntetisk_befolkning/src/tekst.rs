//! The model's text types from our own lists and numbers, which always have the right form.

use informasjonsmodell::tekst as modell;

macro_rules! tekster {
    ($( $(#[$doc:meta])* $navn:ident $type:ident ),* $(,)?) => { $(
        $(#[$doc])*
        pub(crate) fn $navn(tekst: &str) -> modell::$type {
            // Texts come from this crate's lists and number writers; tests build whole nations of them.
            modell::$type::new(tekst).expect("a text of our own has the form")
        }
    )* };
}

tekster! {
    /// Free text.
    fri Tekst,
    /// Part of a name.
    navnedel Navnedel,
    /// Shortened name.
    forkortet ForkortetNavn,
    /// Name of an organisation.
    organisasjonsnavn Organisasjonsnavn,
    /// Nine digits.
    organisasjonsnummer Organisasjonsnummer,
    /// Four digits of a kommune.
    kommunenummer Kommunenummer,
    /// Four digits of a postal place.
    postnummer Postnummer,
    /// Two letters of a country.
    land2 Land2,
    /// Three letters of a country.
    land3 Land3,
    /// Up to four digits of a house.
    husnummer Husnummer,
    /// One letter of a house.
    husbokstav Husbokstav,
    /// An identifier of another register.
    identifikator Identifikator,
}

/// Decimal digits of a number, padded with zeros to `N`.
fn siffer<const N: usize>(mut tall: u64) -> [u8; N] {
    let mut ut = [b'0'; N];
    for plass in ut.iter_mut().rev() {
        *plass = b'0' + u8::try_from(tall % 10).unwrap_or(0);
        tall /= 10;
    }
    ut
}

#[expect(
    clippy::expect_used,
    reason = "the bytes are digits, and the forms ask for a count of digits"
)]
/// A fødselsnummer or D-number from its value.
pub(crate) fn foedselsnummer(tall: u64) -> modell::Foedselsnummer {
    let siffer = siffer::<11>(tall);
    modell::Foedselsnummer::new(std::str::from_utf8(&siffer).expect("digits")).expect("eleven digits")
}

#[expect(
    clippy::expect_used,
    reason = "the bytes are digits, and the form asks for a count of digits"
)]
/// A year.
pub(crate) fn aarstall(aar: u16) -> modell::Aarstall {
    let siffer = siffer::<4>(u64::from(aar));
    modell::Aarstall::new(std::str::from_utf8(&siffer).expect("digits")).expect("four digits")
}
