//! Persons in memory, as they are found by: some eighty bytes each.

use soek::fonetikk::NOEKLER_MAKS;

use crate::Foedt;
use crate::blokk::Blokk;
use crate::ordliste::{Ordliste, Ordnummer};

/// See [`Personer::andel`]. Source: our choice.
const ANDEL_MIN: usize = 10_000;

/// A word of a name and its place there, in four bytes.
#[derive(Clone, Copy)]
pub(crate) struct Navneord(pub(crate) u32);

/// Which name a word is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plass {
    Fornavn,
    Mellomnavn,
    Etternavn,
}

const ORD_BIT: u32 = 28;
const TIDLIGERE_BIT: u32 = 1 << 28;
const FOERST_BIT: u32 = 1 << 29;
/// Words that there is room for. Of more, those that come later are the last one; there are fewer names in the world.
pub(crate) const ORD_MAKS: u32 = (1 << ORD_BIT) - 1;

impl Navneord {
    pub(crate) fn new(ord: Ordnummer, plass: Plass, foerst: bool, gjeldende: bool) -> Self {
        let mut ut = ord.min(ORD_MAKS) | (plass as u32) << 30;
        if foerst {
            ut |= FOERST_BIT;
        }
        if !gjeldende {
            ut |= TIDLIGERE_BIT;
        }
        Navneord(ut)
    }

    pub(crate) fn ord(self) -> Ordnummer {
        self.0 & ORD_MAKS
    }

    pub(crate) fn plass(self) -> Plass {
        match self.0 >> 30 {
            0 => Plass::Fornavn,
            1 => Plass::Mellomnavn,
            _ => Plass::Etternavn,
        }
    }

    /// Another name begins here.
    pub(crate) fn foerst(self) -> bool {
        self.0 & FOERST_BIT != 0
    }

    pub(crate) fn gjeldende(self) -> bool {
        self.0 & TIDLIGERE_BIT == 0
    }
}

/// An address in twelve bytes.
#[derive(Clone, Copy)]
pub(crate) struct Sted {
    pub(crate) gate: Ordnummer,
    pub(crate) nummer: u16,
    pub(crate) bokstav: u8,
    pub(crate) gjeldende: bool,
    pub(crate) postnummer: u16,
    pub(crate) kommune: u16,
}

/// The persons that rows are held against.
///
/// Units: about 100 bytes a person, and nothing is read from anywhere else.
pub struct Personer {
    pub(crate) noekkel: Vec<u64>,
    pub(crate) foedt: Vec<Foedt>,
    /// 0 of a man, 1 of a woman, 2 of neither known.
    pub(crate) kjoenn: Vec<u8>,
    pub(crate) navn_til: Vec<u32>,
    pub(crate) navn: Vec<Navneord>,
    pub(crate) steder_til: Vec<u32>,
    pub(crate) steder: Vec<Sted>,
    pub(crate) ord: Ordliste,
    pub(crate) lyder: Vec<[u64; NOEKLER_MAKS]>,
    pub(crate) gater: Ordliste,
    /// How many have an address with each of 10 000 postal codes, and kommuner.
    pub(crate) postnumre: Vec<u32>,
    pub(crate) kommuner: Vec<u32>,
    pub(crate) dag: Blokk,
    pub(crate) navnepar: Blokk,
    pub(crate) bolig: Blokk,
    pub(crate) fornavn_aar: Blokk,
    pub(crate) etternavn_aar: Blokk,
}

impl std::fmt::Debug for Personer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Personer")
            .field("antall", &self.antall())
            .finish_non_exhaustive()
    }
}

impl Personer {
    /// How many there are.
    #[must_use]
    pub fn antall(&self) -> usize {
        self.noekkel.len()
    }

    /// Bytes that persons and keys take, without the words.
    #[must_use]
    pub fn byte(&self) -> usize {
        let blokker = [
            &self.dag,
            &self.navnepar,
            &self.bolig,
            &self.fornavn_aar,
            &self.etternavn_aar,
        ];
        let per_person = 8 + size_of::<Foedt>() + 1 + 4 + 4;
        self.noekkel.capacity() * per_person
            + self.navn.capacity() * size_of::<Navneord>()
            + self.steder.capacity() * size_of::<Sted>()
            + blokker.into_iter().map(Blokk::byte).sum::<usize>()
    }

    pub(crate) fn navn_av(&self, person: u32) -> &[Navneord] {
        utsnitt(&self.navn, &self.navn_til, person)
    }

    pub(crate) fn steder_av(&self, person: u32) -> &[Sted] {
        utsnitt(&self.steder, &self.steder_til, person)
    }

    /// A count as a share of all. Of few persons it is no share of a people, so that they are taken to be some of as many as [`ANDEL_MIN`].
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    pub(crate) fn andel(&self, antall: u32) -> f32 {
        antall.max(1) as f32 / self.noekkel.len().max(ANDEL_MIN) as f32
    }
}

fn utsnitt<'a, T>(alle: &'a [T], til: &[u32], person: u32) -> &'a [T] {
    let person = person as usize;
    let fra = person
        .checked_sub(1)
        .and_then(|foer| til.get(foer))
        .copied()
        .unwrap_or(0);
    let til = til.get(person).copied().unwrap_or(0);
    alle.get(fra as usize..til as usize).unwrap_or_default()
}
