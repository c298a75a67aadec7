//! The journal: one ordered log that every view follows.
//!
//! The trait is what `register` knows; embedded it is a table in the register's own environment, so that log and records
//! commit together. A log on another engine is another implementation.

use crate::{Feil, Les, Miljoe, Skriv, Tabell};

/// An ordered, dense log of entries, counted from 1.
pub trait Journal {
    /// What reading goes through.
    type Les<'a>;
    /// What writing goes through; nothing exists until it commits.
    type Skriv<'a>;

    /// The number of the last entry; 0 when there is none.
    ///
    /// # Errors
    /// [`Feil`] from the files below.
    fn siste(&self, les: &Self::Les<'_>) -> Result<u64, Feil>;

    /// Appends an entry and gives its number: the one after the last.
    ///
    /// # Errors
    /// [`Feil`] from the files below.
    fn legg_til(&self, skriv: &mut Self::Skriv<'_>, oppfoering: &[u8]) -> Result<u64, Feil>;

    /// One entry.
    ///
    /// # Errors
    /// [`Feil`] from the files below.
    fn hent<'t>(&self, les: &'t Self::Les<'_>, nummer: u64) -> Result<Option<&'t [u8]>, Feil>;

    /// Goes through entries from `fra` (included) in order, until `se` answers `false`.
    ///
    /// # Errors
    /// [`Feil`] from the files below; [`Feil::Skadet`] if a number is missing.
    fn gjennomgaa(&self, les: &Self::Les<'_>, fra: u64, se: &mut dyn FnMut(u64, &[u8]) -> bool) -> Result<(), Feil>;
}

/// The journal as a table of an LMDB environment.
#[derive(Clone, Copy)]
pub struct LmdbJournal(Tabell);

impl LmdbJournal {
    /// The journal in a table.
    #[must_use]
    pub fn new(tabell: Tabell) -> Self {
        LmdbJournal(tabell)
    }

    /// The table below.
    #[must_use]
    pub fn tabell(&self) -> Tabell {
        self.0
    }
}

fn nummer(noekkel: &[u8]) -> Result<u64, Feil> {
    noekkel
        .try_into()
        .map(u64::from_be_bytes)
        .map_err(|_| Feil::Skadet("journalnummer"))
}

impl Journal for LmdbJournal {
    type Les<'a> = Les<'a>;
    type Skriv<'a> = Skriv<'a>;

    fn siste(&self, les: &Les<'_>) -> Result<u64, Feil> {
        self.0.siste(les)?.map_or(Ok(0), |(noekkel, _)| nummer(noekkel))
    }

    fn legg_til(&self, skriv: &mut Skriv<'_>, oppfoering: &[u8]) -> Result<u64, Feil> {
        let neste = self.siste(skriv)?.checked_add(1).ok_or(Feil::Skadet("journalnummer"))?;
        self.0.legg_til(skriv, &neste.to_be_bytes(), oppfoering)?;
        Ok(neste)
    }

    fn hent<'t>(&self, les: &'t Les<'_>, nummer: u64) -> Result<Option<&'t [u8]>, Feil> {
        self.0.hent(les, &nummer.to_be_bytes())
    }

    fn gjennomgaa(&self, les: &Les<'_>, fra: u64, se: &mut dyn FnMut(u64, &[u8]) -> bool) -> Result<(), Feil> {
        let fra = fra.max(1);
        for (ventet, rad) in (fra..).zip(self.0.fra(les, &fra.to_be_bytes())?) {
            let (noekkel, verdi) = rad?;
            if nummer(noekkel)? != ventet {
                return Err(Feil::Skadet("hull i journalen"));
            }
            if !se(ventet, verdi) {
                break;
            }
        }
        Ok(())
    }
}

/// Opens an environment that holds nothing but a journal: for tests of what stands on one.
///
/// # Errors
/// As [`Miljoe::aapne`].
pub fn bare_journal(mappe: &std::path::Path) -> Result<(Miljoe, LmdbJournal), Feil> {
    let (miljoe, [tabell]) = Miljoe::aapne(mappe, ["journal"])?;
    Ok((miljoe, LmdbJournal(tabell)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_numbered_from_one_without_gaps() {
        let mappe = tempfile::tempdir().unwrap();
        let (miljoe, journal) = bare_journal(mappe.path()).unwrap();
        assert_eq!(journal.siste(&miljoe.les().unwrap()).unwrap(), 0);
        let mut skriv = miljoe.skriv().unwrap();
        for n in 1..=10u64 {
            assert_eq!(journal.legg_til(&mut skriv, &n.to_be_bytes()).unwrap(), n);
        }
        Miljoe::bekreft(skriv).unwrap();
        let les = miljoe.les().unwrap();
        let mut sett = Vec::new();
        journal
            .gjennomgaa(&les, 4, &mut |n, verdi| {
                assert_eq!(verdi, n.to_be_bytes());
                sett.push(n);
                n < 8
            })
            .unwrap();
        assert_eq!(sett, [4, 5, 6, 7, 8]);
        assert_eq!(journal.hent(&les, 11).unwrap(), None);
    }

    #[test]
    fn an_entry_that_was_not_committed_never_was() {
        let mappe = tempfile::tempdir().unwrap();
        let (miljoe, journal) = bare_journal(mappe.path()).unwrap();
        let mut skriv = miljoe.skriv().unwrap();
        journal.legg_til(&mut skriv, b"a").unwrap();
        drop(skriv);
        assert_eq!(journal.siste(&miljoe.les().unwrap()).unwrap(), 0);
    }
}
