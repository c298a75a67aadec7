//! How a value of the model is read from a JSON value and written as JSON text.

use serde_json::{Map, Value};

use crate::feil::{Grunn, Lesefeil, Sti};
use crate::skjema::{Art, Felt, Feltklasse, Spenn};
use crate::{Dato, Tidspunkt};

/// Writes JSON text and notes where the removable members lie.
///
/// Members come in contract order, without white space; the bytes are what the store keeps and the wire carries.
#[derive(Debug, Default)]
pub struct Skriver {
    /// The text so far.
    pub ut: Vec<u8>,
    /// Removable members, in order of their first byte.
    pub spenn: Vec<Spenn>,
}

impl Skriver {
    /// Nothing yet, with room for what most opplysninger say.
    #[must_use]
    pub fn med_plass() -> Self {
        Skriver {
            ut: Vec::with_capacity(256),
            spenn: Vec::new(),
        }
    }

    /// Starts an object.
    pub fn aapne(&mut self) {
        self.ut.push(b'{');
    }

    /// Ends an object.
    pub fn lukk(&mut self) {
        self.ut.push(b'}');
    }

    /// Writes a member: comma where needed, name, and whatever `verdi` writes; notes its span when it has a class.
    pub fn medlem(&mut self, navn: &str, klasse: Option<Feltklasse>, verdi: impl FnOnce(&mut Self)) {
        if self.ut.last() != Some(&b'{') {
            self.ut.push(b',');
        }
        let fra = self.ut.len();
        let plass = self.spenn.len();
        skriv_tekst(&mut self.ut, navn);
        self.ut.push(b':');
        verdi(self);
        if let (Some(klasse), Ok(fra), Ok(til)) = (klasse, u32::try_from(fra), u32::try_from(self.ut.len())) {
            // An outer span comes before the spans inside it.
            self.spenn.insert(plass, Spenn { klasse, fra, til });
        }
    }
}

/// Writes a JSON string.
pub fn skriv_tekst(ut: &mut Vec<u8>, tekst: &str) {
    if tekst.bytes().all(|b| b >= 0x20 && b != b'"' && b != b'\\') {
        ut.push(b'"');
        ut.extend_from_slice(tekst.as_bytes());
        ut.push(b'"');
    } else if serde_json::to_writer(&mut *ut, tekst).is_err() {
        // Writing to memory has no way to fail; an empty text keeps the document well-formed if it ever did.
        ut.extend_from_slice(b"\"\"");
    }
}

/// A value of the model.
pub trait Verdi: Sized {
    /// What it is, for the table.
    const ART: Art;

    /// Reads it from a JSON value.
    ///
    /// # Errors
    /// [`Lesefeil`] with the place and the rule, never the value.
    fn les(verdi: Value, sti: &Sti) -> Result<Self, Lesefeil>;

    /// Writes it as JSON text.
    fn skriv(&self, skriver: &mut Skriver);
}

impl Verdi for i64 {
    const ART: Art = Art::Heltall;

    fn les(verdi: Value, sti: &Sti) -> Result<Self, Lesefeil> {
        verdi
            .as_i64()
            .ok_or_else(|| Lesefeil::new(sti, Grunn::FeilType("heltall")))
    }

    fn skriv(&self, skriver: &mut Skriver) {
        skriver.ut.extend_from_slice(self.to_string().as_bytes());
    }
}

impl Verdi for bool {
    const ART: Art = Art::Boolsk;

    fn les(verdi: Value, sti: &Sti) -> Result<Self, Lesefeil> {
        verdi
            .as_bool()
            .ok_or_else(|| Lesefeil::new(sti, Grunn::FeilType("true eller false")))
    }

    fn skriv(&self, skriver: &mut Skriver) {
        skriver.ut.extend_from_slice(if *self { b"true" } else { b"false" });
    }
}

impl Verdi for Dato {
    const ART: Art = Art::Dato;

    fn les(verdi: Value, sti: &Sti) -> Result<Self, Lesefeil> {
        let tekst = les_tekst(verdi, sti)?;
        Dato::parse(&tekst).ok_or_else(|| Lesefeil::new(sti, Grunn::Form("dato ÅÅÅÅ-MM-DD")))
    }

    fn skriv(&self, skriver: &mut Skriver) {
        skriver.ut.push(b'"');
        skriver.ut.extend_from_slice(self.to_string().as_bytes());
        skriver.ut.push(b'"');
    }
}

impl Verdi for Tidspunkt {
    const ART: Art = Art::Tidspunkt;

    fn les(verdi: Value, sti: &Sti) -> Result<Self, Lesefeil> {
        let tekst = les_tekst(verdi, sti)?;
        Tidspunkt::parse(&tekst)
            .ok_or_else(|| Lesefeil::new(sti, Grunn::Form("tidspunkt ÅÅÅÅ-MM-DDTtt:mm:ss[.n]±tt:mm")))
    }

    fn skriv(&self, skriver: &mut Skriver) {
        skriver.ut.push(b'"');
        Tidspunkt::skriv(*self, &mut skriver.ut);
        skriver.ut.push(b'"');
    }
}

/// Reads a JSON string.
pub(crate) fn les_tekst(verdi: Value, sti: &Sti) -> Result<String, Lesefeil> {
    match verdi {
        Value::String(tekst) => Ok(tekst),
        Value::Null => Err(Lesefeil::new(sti, Grunn::Null)),
        _ => Err(Lesefeil::new(sti, Grunn::FeilType("tekst"))),
    }
}

/// Reads a JSON object.
pub(crate) fn les_objekt(verdi: Value, sti: &Sti) -> Result<Map<String, Value>, Lesefeil> {
    match verdi {
        Value::Object(objekt) => Ok(objekt),
        Value::Null => Err(Lesefeil::new(sti, Grunn::Null)),
        _ => Err(Lesefeil::new(sti, Grunn::FeilType("objekt"))),
    }
}

/// Reads a member that must be there.
pub(crate) fn hent_krevd<T: Verdi>(
    objekt: &mut Map<String, Value>,
    felt: &'static str,
    sti: &Sti,
) -> Result<T, Lesefeil> {
    let sti = sti.felt(felt);
    match objekt.shift_remove(felt) {
        None => Err(Lesefeil::new(&sti, Grunn::Mangler)),
        Some(Value::Null) => Err(Lesefeil::new(&sti, Grunn::Null)),
        Some(verdi) => T::les(verdi, &sti),
    }
}

/// Reads a member that may be absent.
pub(crate) fn hent_valgfri<T: Verdi>(
    objekt: &mut Map<String, Value>,
    felt: &'static str,
    sti: &Sti,
) -> Result<Option<T>, Lesefeil> {
    if objekt.contains_key(felt) {
        hent_krevd(objekt, felt, sti).map(Some)
    } else {
        Ok(None)
    }
}

/// Reads a list; absent is empty, and a list that is there has at least one entry.
pub(crate) fn hent_liste<T: Verdi>(
    objekt: &mut Map<String, Value>,
    felt: &'static str,
    sti: &Sti,
) -> Result<Vec<T>, Lesefeil> {
    let sti = sti.felt(felt);
    match objekt.shift_remove(felt) {
        None => Ok(Vec::new()),
        Some(Value::Null) => Err(Lesefeil::new(&sti, Grunn::Null)),
        Some(Value::Array(liste)) if liste.is_empty() => Err(Lesefeil::new(&sti, Grunn::TomListe)),
        Some(Value::Array(liste)) => liste
            .into_iter()
            .enumerate()
            .map(|(nr, verdi)| T::les(verdi, &sti.indeks(nr)))
            .collect(),
        Some(_) => Err(Lesefeil::new(&sti, Grunn::FeilType("liste"))),
    }
}

/// Reads a list that must be there.
pub(crate) fn hent_krevd_liste<T: Verdi>(
    objekt: &mut Map<String, Value>,
    felt: &'static str,
    sti: &Sti,
) -> Result<Vec<T>, Lesefeil> {
    let liste = hent_liste(objekt, felt, sti)?;
    if liste.is_empty() {
        Err(Lesefeil::new(&sti.felt(felt), Grunn::Mangler))
    } else {
        Ok(liste)
    }
}

/// Refuses an object that holds more than one of members that exclude each other.
pub(crate) fn sjekk_valg(objekt: &Map<String, Value>, valg: &[&'static str], sti: &Sti) -> Result<(), Lesefeil> {
    if valg.iter().filter(|navn| objekt.contains_key(**navn)).count() > 1 {
        return Err(Lesefeil::new(sti, Grunn::FlereValg));
    }
    Ok(())
}

/// Writes the members that the model does not know, as they were received.
pub(crate) fn skriv_ukjente(ukjente: &Map<String, Value>, skriver: &mut Skriver) {
    for (navn, verdi) in ukjente {
        skriver.medlem(navn, Some(Feltklasse::Ukjent), |s| {
            if serde_json::to_writer(&mut s.ut, verdi).is_err() {
                s.ut.extend_from_slice(b"null");
            }
        });
    }
}

/// Writes a list as a JSON array.
pub(crate) fn skriv_liste<T: Verdi>(liste: &[T], skriver: &mut Skriver) {
    skriver.ut.push(b'[');
    for (nr, verdi) in liste.iter().enumerate() {
        if nr > 0 {
            skriver.ut.push(b',');
        }
        verdi.skriv(skriver);
    }
    skriver.ut.push(b']');
}

/// A constant [`Felt`] for the macro.
pub(crate) const fn felt(
    navn: &'static str,
    art: Art,
    krevd: bool,
    liste: bool,
    klasse: Option<Feltklasse>,
    senere: bool,
) -> Felt {
    Felt {
        navn,
        art,
        krevd,
        liste,
        klasse,
        senere,
    }
}
