//! The table that is asked now, while another takes its place.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use crate::fil::Feil;
use crate::tabell::{Tabell, Utgave};

/// The table's name in its folder.
pub const TABELLFIL: &str = "adresser.kart";

/// The table in use. Share it.
///
/// Whoever has taken [`Kartverk::naa`] goes on with that table until it lets go, so that one answer comes from one table.
pub struct Kartverk {
    naa: RwLock<Arc<Tabell>>,
}

impl Kartverk {
    /// Takes a table into use.
    #[must_use]
    pub fn new(tabell: Tabell) -> Self {
        Kartverk {
            naa: RwLock::new(Arc::new(tabell)),
        }
    }

    /// Takes the table of a folder into use, if there is one. What to do when there is none is for the caller to say: a
    /// synthetic table must not be taken for a real one.
    ///
    /// # Errors
    /// [`Feil::Fil`], [`Feil::Skadet`].
    pub fn aapne(mappe: &Path) -> Result<Option<Self>, Feil> {
        let sti = mappe.join(TABELLFIL);
        if !sti.exists() {
            return Ok(None);
        }
        Ok(Some(Kartverk::new(Tabell::les(&sti)?)))
    }

    /// The table in use.
    #[must_use]
    pub fn naa(&self) -> Arc<Tabell> {
        Arc::clone(&self.naa.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts a table in place of the one in use; gives the one before.
    pub fn bytt(&self, tabell: Tabell) -> Arc<Tabell> {
        let ny = Arc::new(tabell);
        std::mem::replace(&mut *self.naa.write().unwrap_or_else(PoisonError::into_inner), ny)
    }

    /// Keeps a table in a folder and takes it into use: first the file, so that a restart finds what was in use.
    ///
    /// # Errors
    /// [`Feil::Fil`]; then the table before is still in use.
    pub fn ta_i_bruk(&self, tabell: Tabell, mappe: &Path) -> Result<Utgave, Feil> {
        std::fs::create_dir_all(mappe).map_err(|kilde| lager::Feil::Fil {
            sti: mappe.to_owned(),
            kilde,
        })?;
        tabell.skriv(&mappe.join(TABELLFIL))?;
        let utgave = tabell.utgave();
        self.bytt(tabell);
        Ok(utgave)
    }
}

impl fmt::Debug for Kartverk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.naa().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use identifikator::Dato;

    use super::*;
    use crate::{Adresse, Vegadresse};

    #[test]
    fn a_table_takes_the_place_of_another_while_many_ask_and_each_answer_is_of_one() {
        let kart = Kartverk::new(Tabell::syntetisk());
        let slutt = AtomicBool::new(false);
        let dag = Dato::new(2026, 1, 1).unwrap();
        std::thread::scope(|traader| {
            for _ in 0..4 {
                traader.spawn(|| {
                    while !slutt.load(Ordering::Relaxed) {
                        let tabell = kart.naa();
                        let veg = Vegadresse {
                            kommunenummer: "0301",
                            adressekode: "1000",
                            husnummer: "1",
                            husbokstav: None,
                        };
                        let finnes = tabell.omraade_for_adresse(&Adresse::Veg(veg), dag).is_some();
                        assert_eq!(finnes, tabell.er_syntetisk());
                    }
                });
            }
            for _ in 0..20 {
                assert!(kart.bytt(Tabell::tom()).er_syntetisk());
                assert!(!kart.bytt(Tabell::syntetisk()).er_syntetisk());
            }
            slutt.store(true, Ordering::Relaxed);
        });
    }

    #[test]
    fn a_folder_without_a_table_has_none_and_one_that_was_taken_into_use_is_found_again() {
        let mappe = tempfile::tempdir().unwrap();
        let mappe = mappe.path().join("kartverk");
        assert!(Kartverk::aapne(&mappe).unwrap().is_none());
        let kart = Kartverk::new(Tabell::tom());
        let utgave = kart.ta_i_bruk(Tabell::syntetisk(), &mappe).unwrap();
        assert_eq!(kart.naa().utgave(), utgave);
        assert_eq!(Kartverk::aapne(&mappe).unwrap().unwrap().naa().utgave(), utgave);
        std::fs::write(mappe.join(TABELLFIL), "skadet").unwrap();
        assert!(matches!(Kartverk::aapne(&mappe), Err(Feil::Skadet(_))));
    }
}
