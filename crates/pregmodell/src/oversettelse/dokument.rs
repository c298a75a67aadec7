//! Reads a released document leniently: what is not there, or has another form than the model says, is nothing.
//!
//! What a newcomer gets wrong: to read it with the model's own reader. A released document lacks members that the model demands, because
//! somebody may not see them; and one strange entry must not take the whole person away.

use informasjonsmodell::{Dato, Entitet, Lesefeil, OPPLYSNINGER_MAKS, Tidspunkt, json};
use serde_json::{Map, Value};

use crate::tekst::{kutt, rens};

/// Why a document gives no person. Never a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Feil {
    /// Not JSON.
    #[error("persondokumentet kan ikke leses")]
    Json(#[source] Lesefeil),
    /// JSON, but no object.
    #[error("persondokumentet er ikke et objekt")]
    IkkeObjekt,
    /// More entries than one person can have.
    #[error("persondokumentet har flere enn {OPPLYSNINGER_MAKS} opplysninger")]
    ForMange,
    /// No number to be known by.
    #[error("persondokumentet har ikke noe nummer med elleve siffer")]
    UtenNummer,
}

/// A document.
pub(super) struct Dokument(Map<String, Value>);

impl Dokument {
    pub(super) fn les(norsk: &[u8]) -> Result<Self, Feil> {
        let Value::Object(rot) = json::les(norsk).map_err(Feil::Json)? else {
            return Err(Feil::IkkeObjekt);
        };
        let antall: usize = rot.values().map(|verdi| verdi.as_array().map_or(1, Vec::len)).sum();
        if antall > OPPLYSNINGER_MAKS {
            return Err(Feil::ForMange);
        }
        Ok(Dokument(rot))
    }

    /// Entries of an entity, in the document's order.
    pub(super) fn av(&self, entitet: Entitet) -> impl Iterator<Item = Post<'_>> {
        let verdi = self.0.get(entitet.navn());
        let liste = match verdi {
            Some(Value::Array(liste)) => liste.as_slice(),
            Some(verdi) => std::slice::from_ref(verdi),
            None => &[],
        };
        liste.iter().filter_map(Value::as_object).map(Post)
    }

    /// Current entries.
    pub(super) fn gjeldende(&self, entitet: Entitet) -> impl Iterator<Item = Post<'_>> {
        self.av(entitet).filter(|post| post.er_gjeldende())
    }

    /// The current entry; of several, the one that became valid last, then the first.
    pub(super) fn den(&self, entitet: Entitet) -> Option<Post<'_>> {
        siste(self.gjeldende(entitet))
    }
}

/// The entry that became valid last; of several alike, the first.
pub(super) fn siste<'d>(poster: impl Iterator<Item = Post<'d>>) -> Option<Post<'d>> {
    poster.reduce(|a, b| if b.orden() > a.orden() { b } else { a })
}

/// An entry, or an object in one.
#[derive(Clone, Copy)]
pub(super) struct Post<'d>(&'d Map<String, Value>);

impl<'d> Post<'d> {
    /// An entry that does not say that it is history is current.
    pub(super) fn er_gjeldende(self) -> bool {
        self.0.get("erGjeldende") != Some(&Value::Bool(false))
    }

    fn orden(self) -> Option<i128> {
        self.tidspunkt("gyldighetstidspunkt").map(Tidspunkt::rekkefoelge)
    }

    pub(super) fn objekt(self, navn: &str) -> Option<Post<'d>> {
        self.0.get(navn).and_then(Value::as_object).map(Post)
    }

    pub(super) fn har(self, navn: &str) -> bool {
        self.0.contains_key(navn)
    }

    /// A text as it stands.
    pub(super) fn raa(self, navn: &str) -> Option<&'d str> {
        self.0.get(navn).and_then(Value::as_str)
    }

    /// A text on one line.
    pub(super) fn tekst(self, navn: &str) -> Option<String> {
        self.raa(navn).and_then(rens)
    }

    /// A text on one line, cut to a width.
    pub(super) fn kuttet(self, navn: &str, bredde: usize) -> Option<String> {
        self.tekst(navn).map(|tekst| kutt(&tekst, bredde))
    }

    pub(super) fn tekster(self, navn: &str) -> Vec<String> {
        let liste = self
            .0
            .get(navn)
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        liste.iter().filter_map(Value::as_str).filter_map(rens).collect()
    }

    pub(super) fn tall(self, navn: &str) -> Option<i64> {
        self.0.get(navn).and_then(Value::as_i64)
    }

    pub(super) fn dato(self, navn: &str) -> Option<Dato> {
        self.raa(navn).and_then(Dato::parse)
    }

    pub(super) fn tidspunkt(self, navn: &str) -> Option<Tidspunkt> {
        self.raa(navn).and_then(Tidspunkt::parse)
    }

    /// The day that the entry is valid from, where it was written.
    pub(super) fn gyldig_fra(self) -> Option<Dato> {
        let tidspunkt = self.tidspunkt("gyldighetstidspunkt")?;
        Dato::fra_dager(tidspunkt.lokal_dag())
    }
}
