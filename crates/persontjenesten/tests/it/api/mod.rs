//! The Person API on a port: every operation, every branch, every refusal.

mod adgang;
mod hendelser;
mod hjelpenummer;
mod matrise;
mod operasjoner;
pub mod oppsett;
pub mod soek;
mod struping;
mod vern;

use persontjenesten::openapi::Omfang;

/// A runtime for one test.
pub fn kjoer<T>(framtid: impl Future<Output = T>) -> T {
    let mut bygger = tokio::runtime::Builder::new_multi_thread();
    bygger.worker_threads(2).enable_all().build().unwrap().block_on(framtid)
}

/// Every part, as a query.
pub fn alle_deler() -> String {
    let navn: Vec<&str> = persontjenesten::InformationPart::ALLE
        .iter()
        .map(|d| d.navn())
        .collect();
    format!("informationParts={}", navn.join(","))
}

/// What a branch is shown, for an organisation with or without the grant for graded addresses.
fn visning(omfang: Omfang, graderte: bool) -> helsekopi::Omfang {
    match (omfang, graderte) {
        (Omfang::MedHjemmel | Omfang::Full, true) => helsekopi::Omfang::FullMedGraderte,
        (Omfang::MedHjemmel | Omfang::Full, false) => helsekopi::Omfang::Full,
        (Omfang::Begrenset, _) => helsekopi::Omfang::Begrenset,
        (Omfang::UtenHjemmel, _) => helsekopi::Omfang::UtenHjemmel,
    }
}
