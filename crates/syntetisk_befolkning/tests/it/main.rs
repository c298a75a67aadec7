//! The nation as a whole: reproducible, consistent, realistic, and its last month can be played on it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of it is test code, helpers of the tests included"
)]

mod fordeling;
mod gjenoppretting;
mod livsmeldinger;
mod maaned;
mod navngitte;
mod prove_register;
mod regler;
mod reproduserbar;

use informasjonsmodell::kodeverk::Personstatus;
use informasjonsmodell::{Entitet, Innhold, Opplysning, Persondokument};
use syntetisk_befolkning::Nasjon;

/// Every document of a nation.
fn dokumenter(nasjon: &Nasjon) -> Vec<Persondokument> {
    (0..nasjon.grupper()).flat_map(|nr| nasjon.gruppe(nr)).collect()
}

fn gjelder(opplysning: &Opplysning) -> bool {
    opplysning.metadata.er_gjeldende == Some(true)
}

/// Current entries of an entity.
fn gjeldende(dokument: &Persondokument, entitet: Entitet) -> impl Iterator<Item = &Opplysning> {
    dokument.av(entitet).filter(|o| gjelder(o))
}

/// Every number of a document, and whether it is the one in use (or, for an ended person, the ended one).
fn numre(dokument: &Persondokument) -> impl Iterator<Item = (&str, bool)> {
    dokument.av(Entitet::Identifikasjonsnummer).map(|o| match &o.innhold {
        Innhold::Identifikasjonsnummer(i) => (i.foedselsnummer.som_tekst(), gjelder(o)),
        annet => panic!("ikke et nummer: {:?}", annet.entitet()),
    })
}

fn nummer(dokument: &Persondokument) -> &str {
    numre(dokument).find(|(_, gjelder)| *gjelder).unwrap().0
}

fn status(dokument: &Persondokument) -> Personstatus {
    match &gjeldende(dokument, Entitet::Status).next().unwrap().innhold {
        Innhold::Status(s) => s.status.clone(),
        annet => panic!("ikke en status: {:?}", annet.entitet()),
    }
}
