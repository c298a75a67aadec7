//! One entry of one entity, and the persondokument they make together.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::entitet::{Entitet, Innhold};
use crate::feil::{Grunn, Lesefeil, Sti};
use crate::json;
use crate::metadata::Registermetadata;
use crate::skjema::Feltklasse;
use crate::verdi::{Skriver, les_objekt, skriv_tekst};

/// Most entries one person may have; real persons have some dozens.
///
/// Source: our choice, a bound on hostile input.
pub const OPPLYSNINGER_MAKS: usize = 10_000;

/// One entry of one entity: what it says, and what the register says about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Opplysning {
    /// What the register says about the entry.
    pub metadata: Registermetadata,
    /// What the entry says.
    pub innhold: Innhold,
}

impl Opplysning {
    /// Which entity it is an entry of.
    #[must_use]
    pub fn entitet(&self) -> Entitet {
        self.innhold.entitet()
    }

    fn les(entitet: Entitet, verdi: Value, sti: &Sti) -> Result<Self, Lesefeil> {
        let mut objekt = les_objekt(verdi, sti)?;
        let metadata = Registermetadata::ta_ut(&mut objekt, sti)?;
        Ok(Opplysning {
            metadata,
            innhold: Innhold::les(entitet, Value::Object(objekt), sti)?,
        })
    }
}

/// A person as a list of opplysninger.
///
/// Shape: entries in document order, grouped by entity when written. What a document held that the model does not know
/// at the top is kept in `ukjente` and given back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Persondokument {
    /// The entries.
    pub opplysninger: Vec<Opplysning>,
    /// Members at the top that are no entity of the model.
    pub ukjente: Map<String, Value>,
}

impl Persondokument {
    /// Reads a document in the service's own JSON.
    ///
    /// # Errors
    /// [`Lesefeil`] with the place and the rule, never the value. Nothing is repaired: a document is taken whole or not.
    pub fn les_json(tekst: &[u8]) -> Result<Self, Lesefeil> {
        Self::les(json::les(tekst)?)
    }

    /// Reads a document from a JSON value.
    ///
    /// # Errors
    /// As [`Persondokument::les_json`].
    pub fn les(verdi: Value) -> Result<Self, Lesefeil> {
        let rot = Sti::rot();
        let mut objekt = les_objekt(verdi, &rot)?;
        let mut opplysninger = Vec::new();
        for &entitet in Entitet::ALLE {
            let sti = rot.felt(entitet.navn());
            match objekt.shift_remove(entitet.navn()) {
                None => {}
                Some(Value::Null) => return Err(Lesefeil::new(&sti, Grunn::Null)),
                Some(Value::Array(liste)) if entitet.er_liste() => {
                    if liste.is_empty() {
                        return Err(Lesefeil::new(&sti, Grunn::TomListe));
                    }
                    if opplysninger.len() + liste.len() > OPPLYSNINGER_MAKS {
                        return Err(Lesefeil::new(&rot, Grunn::ForMange(OPPLYSNINGER_MAKS)));
                    }
                    for (nr, verdi) in liste.into_iter().enumerate() {
                        opplysninger.push(Opplysning::les(entitet, verdi, &sti.indeks(nr))?);
                    }
                }
                Some(verdi @ Value::Object(_)) if !entitet.er_liste() => {
                    opplysninger.push(Opplysning::les(entitet, verdi, &sti)?)
                }
                Some(_) => {
                    return Err(Lesefeil::new(
                        &sti,
                        Grunn::FeilType(if entitet.er_liste() { "liste" } else { "objekt" }),
                    ));
                }
            }
        }
        Ok(Persondokument {
            opplysninger,
            ukjente: objekt,
        })
    }

    /// Entries of one entity, in document order.
    pub fn av(&self, entitet: Entitet) -> impl Iterator<Item = &Opplysning> {
        self.opplysninger.iter().filter(move |o| o.entitet() == entitet)
    }

    /// Names of the members that the model does not know: at the top of the document, and `entitet.medlem` below it.
    ///
    /// They are kept. To whoever wrote the document by hand they may be a slip of the pen.
    #[must_use]
    pub fn ukjente_medlemmer(&self) -> BTreeSet<String> {
        let mut ut: BTreeSet<String> = self.ukjente.keys().cloned().collect();
        for opplysning in &self.opplysninger {
            let mut skriver = Skriver::default();
            opplysning.innhold.skriv(&mut skriver);
            for spenn in skriver.spenn.iter().filter(|s| s.klasse == Feltklasse::Ukjent) {
                let medlem = skriver.ut.get(spenn.fra as usize..).unwrap_or_default();
                let navn = serde_json::Deserializer::from_slice(medlem)
                    .into_iter::<String>()
                    .next();
                if let Some(Ok(navn)) = navn {
                    ut.insert(format!("{}.{navn}", opplysning.entitet().navn()));
                }
            }
        }
        ut
    }

    /// Writes the document in the service's own JSON: everything, current and historical.
    #[must_use]
    pub fn til_json(&self) -> Vec<u8> {
        let mut skriver = Skriver::default();
        skriver.aapne();
        for &entitet in Entitet::ALLE {
            let mut foerste = true;
            for opplysning in self.av(entitet) {
                if foerste {
                    if skriver.ut.last() != Some(&b'{') {
                        skriver.ut.push(b',');
                    }
                    skriv_tekst(&mut skriver.ut, entitet.navn());
                    skriver.ut.push(b':');
                    if entitet.er_liste() {
                        skriver.ut.push(b'[');
                    }
                } else {
                    skriver.ut.push(b',');
                }
                foerste = false;
                skriv_opplysning(opplysning, &mut skriver.ut);
            }
            if !foerste && entitet.er_liste() {
                skriver.ut.push(b']');
            }
        }
        crate::verdi::skriv_ukjente(&self.ukjente, &mut skriver);
        skriver.lukk();
        skriver.ut
    }
}

fn skriv_opplysning(opplysning: &Opplysning, ut: &mut Vec<u8>) {
    let mut kropp = Skriver::default();
    opplysning.innhold.skriv(&mut kropp);
    json::skriv_oppfoering(ut, &opplysning.metadata.felter(), &kropp.ut);
}
