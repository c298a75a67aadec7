//! DUF numbers: duplicates annulled, ends of validity removed.
//!
//! Source: news of 2022-06 (24 000 duplicates annulled) and 2022-03-28 (the end of validity taken out). Of duplicates the one
//! that stands last in the document is kept, our choice, ADR 0028.

use informasjonsmodell::{Endring, Entitet, Hendelsestype, Opplysning, Utvelger};
use register::{Personbilde, Rettelse};

use super::{rettelse, som};

const DUF: Entitet = Entitet::UtlendingsmyndighetenesIdentifikasjonsnummer;
const HENDELSE: Hendelsestype = Hendelsestype::EndringIUtlendingsmyndighetenesIdentifikasjonsnummer;

pub(super) const ENTITETER: [Entitet; 1] = [DUF];

fn lik(o: &Opplysning) -> Utvelger {
    Utvelger::Lik(Box::new(o.innhold.clone()))
}

pub(super) fn dubletter(person: &Personbilde) -> Vec<Rettelse> {
    let alle: Vec<&Opplysning> = person.gjeldende(DUF).collect();
    let mut endringer = Vec::new();
    for (nr, o) in alle.iter().enumerate() {
        // One for each that comes later and says the same: the first that says so is taken each time.
        if alle.iter().skip(nr + 1).any(|senere| senere.innhold == o.innhold) {
            endringer.push(Endring::Annullere { hvilken: lik(o) });
        }
    }
    rettelse(HENDELSE, endringer)
}

pub(super) fn uten_slutt(person: &Personbilde) -> Vec<Rettelse> {
    let alle: Vec<&Opplysning> = person.gjeldende(DUF).collect();
    // Which of several that say the same is meant cannot be pointed out; the duplicates go first.
    let entydig = |o: &Opplysning| alle.iter().filter(|annen| annen.innhold == o.innhold).count() == 1;
    let med_slutt = alle
        .iter()
        .filter(|o| o.metadata.opphoerstidspunkt.is_some() && entydig(o));
    let endringer = med_slutt.map(|o| {
        let mut ny = som(o, o.innhold.clone(), o.metadata.gyldighetstidspunkt);
        ny.metadata.opphoerstidspunkt = None;
        Endring::Korrigere { hvilken: lik(o), ny }
    });
    rettelse(HENDELSE, endringer.collect())
}
