//! What the API does where the copy is behind ([`helsekopi::Ajour`]): whose addresses are kept back, and when no search by address is answered.
//!
//! Source: ruling 19; ADR 0039.

use helsekopi::Ajour;

use super::feil::Feil;
use super::tilstand::PersonApi;

impl PersonApi {
    /// How the copy stands now.
    pub(super) fn ajour(&self) -> Ajour {
        Ajour::naa(&self.maaling, (self.klokke)(), self.innstillinger.etterslep_maks)
    }

    /// Numbers of those who are not to be found by an address: whose addresses are kept back. Taken before the moment that is searched.
    ///
    /// # Errors
    /// [`Feil::Etterslep`] when it may be anybody. Nobody found would be taken for an answer, and the page for the last (our choice).
    pub(super) fn uten_adresse(&self, ajour: Ajour) -> Result<Vec<u64>, Feil> {
        match ajour {
            Ajour::Ja => Ok(Vec::new()),
            Ajour::Uleste => Ok(self.maaling.uleste_numre()),
            Ajour::Uoversiktlig => Err(Feil::Etterslep),
        }
    }
}
