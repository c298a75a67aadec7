//! Common help numbers: the door by which the service that issues them tells the copy's views of it.
//!
//! What lives here: the two events, in every feed whose view is shown identification numbers. What does not: issuing a number, and what is
//! known of whoever has one; that is the service's, and comes into the copy as any document does. What a newcomer gets wrong: to tell before
//! the document is there. Whoever reads the event asks for the person at once.

use identifikator::FellesHjelpenummer;
use informasjonsmodell::{Entitet, Tidspunkt};
use register::Personnummer;
use tilgang::Tabell;

use crate::rader::{self, Feedskriver};
use crate::{Feil, Kopi, Kopihendelse, Omfang};

/// What is told of a common help number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hjelpenummerhendelse {
    /// It was issued.
    Utstedt,
    /// What is known of whoever has it changed.
    Endret,
}

impl From<Hjelpenummerhendelse> for Kopihendelse {
    fn from(hendelse: Hjelpenummerhendelse) -> Self {
        match hendelse {
            Hjelpenummerhendelse::Utstedt => Kopihendelse::HjelpenummerUtstedt,
            Hjelpenummerhendelse::Endret => Kopihendelse::HjelpenummerEndret,
        }
    }
}

impl Kopi {
    /// Tells each view of help numbers of persons in the copy, in order: all of it or nothing, and on the disk when this returns. Gives how many
    /// events that was, over all views.
    ///
    /// Source: Person API, `CreatedAlternateIdentificationNumber` and `UpdatedAlternateIdentificationNumber`; access matrix: identification
    /// numbers are shown in every scope.
    ///
    /// # Errors
    /// [`Feil::UkjentPerson`]; others if the files refuse or are damaged.
    pub fn fortell_om_hjelpenumre(
        &self,
        hendelser: &[(Personnummer, FellesHjelpenummer, Hjelpenummerhendelse)],
        tidspunkt: Tidspunkt,
    ) -> Result<u64, Feil> {
        let ser = |omfang: &Omfang| {
            let rett = Tabell::felles().rett(omfang.projeksjon());
            rett.kan.har(Entitet::Identifikasjonsnummer)
        };
        let antall = self.register().antall_personer()?;
        if hendelser
            .iter()
            .any(|(person, ..)| !(1..=antall).contains(&person.nummer()))
        {
            return Err(Feil::UkjentPerson);
        }
        let (fortalt, _) = self
            .register()
            .behandle(tidspunkt.sekunder(), |b| -> Result<u64, Feil> {
                let (mut skriver, mut fortalt) = (Feedskriver::default(), 0);
                for (person, nummer, hendelse) in hendelser {
                    let mut sist = rader::person_sist(b, *person)?;
                    for (plass, omfang) in Omfang::ALLE.into_iter().enumerate().filter(|(_, omfang)| ser(omfang)) {
                        let gitt = skriver.legg_til(b, omfang, *person, (*hendelse).into(), nummer.to_u64())?;
                        fortalt += 1;
                        if let Some(plass) = sist.get_mut(plass) {
                            *plass = gitt;
                        }
                    }
                    rader::sett_person_sist(b, *person, sist)?;
                }
                skriver.lukk(b)?;
                Ok(fortalt)
            })?;
        Ok(fortalt)
    }
}
