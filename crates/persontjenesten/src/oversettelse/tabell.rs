//! What the table is made of: schemas, fields, codes, and where each has its value from.
//!
//! The rows themselves stand in [`super::skjemaer`] and [`super::kodelister`]; people read them in
//! `eksempler/persontjenesten/oversettelse.md`, which a test holds equal to these. What a newcomer gets wrong: a field is never
//! translated by code of its own. Whatever is special about one is a mark on its row.

use super::Adresseslag;
use crate::Versjon;

/// An English schema, and which Norwegian types it is the translation of.
#[derive(Debug)]
pub struct Skjema {
    /// Name in the contract.
    pub navn: &'static str,
    /// The types of the model, or the objects of KRR, that it is made from. Empty: the service writes it itself.
    pub norske: &'static [&'static str],
    /// It begins with the six fields of metadata.
    pub metadata: bool,
    /// It stands alone and has no history, so one that is over is left out.
    pub uten_historikk: bool,
    /// It is an address that place is added to.
    pub adresse: Option<Adresseslag>,
    /// Its fields, in the order they are written.
    pub felter: &'static [Felt],
}

impl Skjema {
    /// The fields that a version has, in order.
    pub fn felter_i(&self, versjon: Versjon) -> impl Iterator<Item = &'static Felt> {
        self.felter.iter().filter(move |felt| felt.finnes_i(versjon))
    }

    /// Place of the field with a Norwegian name, looked for from `fra` on and round; never a twin's.
    ///
    /// Documents mostly come in the order of the table, so the next field is the likely one.
    pub(crate) fn finn(&self, norsk: &str, fra: usize) -> Option<usize> {
        let er = |felt: &Felt| matches!(felt.kilde, Kilde::Freg(navn) | Kilde::Krr(navn) if navn == norsk);
        let bak = self.felter.get(fra..).unwrap_or_default();
        match bak.iter().position(er) {
            Some(nr) => Some(fra + nr),
            None => self.felter.iter().take(fra).position(er),
        }
    }

    /// Place of the field that has the same value too. It stands just before.
    pub(crate) fn tvilling_av(&self, nr: usize) -> Option<usize> {
        let forrige = nr.checked_sub(1)?;
        let er = matches!(
            (self.felter.get(forrige)?.kilde, self.felter.get(nr)?.kilde),
            (Kilde::Tvilling(a), Kilde::Freg(b)) if a == b
        );
        er.then_some(forrige)
    }

    /// Place of the field that is added from a source.
    pub(crate) fn finn_beriket(&self, hva: Beriket) -> Option<usize> {
        self.felter
            .iter()
            .position(|felt| matches!(felt.kilde, Kilde::Berikelse(b) if b == hva))
    }
}

/// One English field.
#[derive(Clone, Copy, Debug)]
pub struct Felt {
    /// Name in the contract.
    pub navn: &'static str,
    /// Where its value is from.
    pub kilde: Kilde,
    /// What the value is, one by one where it is a list.
    pub form: Form,
    /// How many values there are on each side.
    pub antall: Antall,
    /// The fact of an address that it tells, for what is added to the address.
    pub fakta: Option<Fakta>,
    /// Version 2 does not have it.
    pub fra_v3: bool,
    /// The contract calls it deprecated.
    pub foreldet: bool,
    /// The contract lets it be null; so it says of most.
    pub nullbar: bool,
}

/// Where a field has its value from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kilde {
    /// A field of the register.
    Freg(&'static str),
    /// A field of the register that another field is the translation of already.
    Tvilling(&'static str),
    /// A field of the contact register.
    Krr(&'static str),
    /// Added from a register of places.
    Berikelse(Beriket),
    /// The service itself.
    Tjenesten,
}

impl Kilde {
    /// The Norwegian name that its value is read under.
    #[must_use]
    pub fn norsk(self) -> Option<&'static str> {
        match self {
            Kilde::Freg(navn) | Kilde::Tvilling(navn) | Kilde::Krr(navn) => Some(navn),
            Kilde::Berikelse(_) | Kilde::Tjenesten => None,
        }
    }
}

/// What is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beriket {
    /// Name of the kommune in the field before.
    Kommunenavn,
    /// Number of its fylke.
    Fylkesnummer,
    /// Name of its fylke.
    Fylkesnavn,
    /// Grunnkrets as a number, without the kommune; where the register has none itself.
    Grunnkretstall,
    /// Grunnkrets, eight digits.
    Grunnkretsnummer,
    /// Name of the grunnkrets.
    Grunnkretsnavn,
    /// The bydel that gives health and social services.
    Bydelskode,
    /// Its name.
    Bydelsnavn,
    /// The bydel on the map.
    GeografiskBydelskode,
    /// Its name.
    GeografiskBydelsnavn,
}

/// What a value is.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// Text, unchanged.
    Tekst,
    /// An integer of 64 bits.
    Heltall,
    /// An integer of 32 bits.
    Heltall32,
    /// `true` or `false`.
    Boolsk,
    /// A date, which becomes midnight UTC.
    Dato,
    /// A point in time.
    Tidspunkt,
    /// A code.
    Kode(&'static Kodeliste),
    /// An object.
    Objekt(&'static Skjema),
}

/// How many values a field has, here and in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Antall {
    /// One of one.
    En,
    /// A list of a list.
    Liste,
    /// One of a list: the first that can be translated.
    Foerste,
    /// One of a list that has one alone; nothing of a longer one.
    Eneste,
}

/// What a field tells of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fakta {
    /// The cadastre's identifier of the address.
    Identifikator,
    /// The cadastre's identifier of an address near it.
    NaerIdentifikator,
    /// The kommune; names are added after it, in an address or not.
    Kommunenummer,
    /// Code of the street in the kommune.
    Adressekode,
    /// House number.
    Husnummer,
    /// House letter.
    Husbokstav,
    /// First part of a cadastral number.
    Gaardsnummer,
    /// Second part.
    Bruksnummer,
    /// Third part.
    Festenummer,
    /// Fourth part.
    Undernummer,
    /// Grunnkrets as the register has it.
    Grunnkrets,
}

/// A list of codes.
#[derive(Debug)]
pub struct Kodeliste {
    /// Name in the contract.
    pub navn: &'static str,
    /// Name of the code list in the model, or of the field in KRR.
    pub norsk: &'static str,
    /// The codes, in contract order.
    pub koder: &'static [Kode],
    /// What a code that is not in the list becomes. `None`: the field is left out.
    pub ukjent: Option<&'static str>,
    /// Its codes are KRR's.
    pub krr: bool,
    /// Version 2 does not have it.
    pub fra_v3: bool,
}

/// One code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kode {
    /// The English value.
    pub engelsk: &'static str,
    /// The Norwegian value.
    pub norsk: &'static str,
    /// Which of the two sides has it.
    pub art: Kodeart,
}

/// Which side has a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kodeart {
    /// Both.
    Vanlig,
    /// The register does not; the copy does.
    Egen,
    /// The contracts do not have it yet: it is known and not written.
    Reservert,
}

impl Kodeliste {
    /// The English value of a Norwegian one, if it may be written.
    #[must_use]
    pub fn oversett(&self, norsk: &str) -> Option<&'static str> {
        let kode = self.koder.iter().find(|kode| kode.norsk == norsk)?;
        (kode.art != Kodeart::Reservert).then_some(kode.engelsk)
    }

    /// The values that the contract has, in its order.
    pub fn verdier(&self) -> impl Iterator<Item = &'static str> {
        let skrives = |kode: &&Kode| kode.art != Kodeart::Reservert;
        self.koder.iter().filter(skrives).map(|kode| kode.engelsk)
    }
}

impl Felt {
    /// Whether a version has it.
    #[must_use]
    pub fn finnes_i(&self, versjon: Versjon) -> bool {
        !self.fra_v3 || versjon == Versjon::V3
    }

    const fn ny(navn: &'static str, kilde: Kilde, form: Form) -> Self {
        Felt {
            navn,
            kilde,
            form,
            antall: Antall::En,
            fakta: None,
            fra_v3: false,
            foreldet: false,
            nullbar: true,
        }
    }

    pub(super) const fn antall(mut self, antall: Antall) -> Self {
        self.antall = antall;
        self
    }

    pub(super) const fn liste(self) -> Self {
        self.antall(Antall::Liste)
    }

    pub(super) const fn fakta(mut self, fakta: Fakta) -> Self {
        self.fakta = Some(fakta);
        self
    }

    pub(super) const fn fra_v3(mut self) -> Self {
        self.fra_v3 = true;
        self
    }

    pub(super) const fn foreldet(mut self) -> Self {
        self.foreldet = true;
        self
    }

    pub(super) const fn aldri_null(mut self) -> Self {
        self.nullbar = false;
        self
    }
}

pub(super) const fn freg(navn: &'static str, norsk: &'static str, form: Form) -> Felt {
    Felt::ny(navn, Kilde::Freg(norsk), form)
}

pub(super) const fn tvilling(navn: &'static str, norsk: &'static str, form: Form) -> Felt {
    Felt::ny(navn, Kilde::Tvilling(norsk), form)
}

pub(super) const fn krr(navn: &'static str, norsk: &'static str, form: Form) -> Felt {
    Felt::ny(navn, Kilde::Krr(norsk), form)
}

pub(super) const fn beriket(navn: &'static str, hva: Beriket, form: Form) -> Felt {
    Felt::ny(navn, Kilde::Berikelse(hva), form)
}

pub(super) const fn tjeneste(navn: &'static str, form: Form) -> Felt {
    Felt::ny(navn, Kilde::Tjenesten, form)
}

const fn ny_kode(engelsk: &'static str, norsk: &'static str, art: Kodeart) -> Kode {
    Kode { engelsk, norsk, art }
}

pub(super) const fn kode(engelsk: &'static str, norsk: &'static str) -> Kode {
    ny_kode(engelsk, norsk, Kodeart::Vanlig)
}

pub(super) const fn egen(engelsk: &'static str, norsk: &'static str) -> Kode {
    ny_kode(engelsk, norsk, Kodeart::Egen)
}

pub(super) const fn reservert(engelsk: &'static str, norsk: &'static str) -> Kode {
    ny_kode(engelsk, norsk, Kodeart::Reservert)
}
