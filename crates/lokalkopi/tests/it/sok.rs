//! The two search operations that a load needs, without criteria, answered by the copy's own search.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::routing::post;
use helsekopi::Omfang as Visning;
use persontjenesten::Versjon;
use persontjenesten::api::ruteliste;
use persontjenesten::openapi::{Omfang, Operasjon};
use soek::kopi::Kriterier;

use crate::oppsett::Plass;

fn visning(omfang: Omfang) -> Visning {
    match omfang {
        Omfang::MedHjemmel | Omfang::Full => Visning::FullMedGraderte,
        Omfang::Begrenset => Visning::Begrenset,
        Omfang::UtenHjemmel => Visning::UtenHjemmel,
    }
}

fn side(plass: &Plass, omfang: Omfang, skjema: &Bytes) -> String {
    let felt = |navn: &str| {
        let verdi = form_urlencoded::parse(skjema).find(|(n, _)| n == navn);
        verdi.map(|(_, verdi)| verdi.parse::<u64>().unwrap())
    };
    let (hopp, antall) = (felt("IndexOffset").unwrap_or(0), felt("PageSize").unwrap_or(1000));
    let kopi = plass.hent();
    let les = kopi.les().unwrap();
    let funnet = les
        .finn_side(
            visning(omfang),
            &Kriterier::default(),
            hopp,
            usize::try_from(antall).unwrap(),
        )
        .unwrap();
    let ider: Vec<String> = funnet.iter().map(|person| les.id(*person).to_string()).collect();
    let slutt = (hopp + ider.len() as u64).saturating_sub(1);
    serde_json::json!({"results": ider, "startIndex": hopp, "endIndex": slutt}).to_string()
}

fn antall(plass: &Plass, omfang: Omfang) -> String {
    let kopi = plass.hent();
    let antall = kopi
        .les()
        .unwrap()
        .tell(visning(omfang), &Kriterier::default())
        .unwrap();
    serde_json::json!({"matchCount": antall}).to_string()
}

/// The routes that the service itself does not serve.
pub fn ruter(plass: &Arc<Plass>) -> Router {
    let mut ruter = Router::new();
    for omfang in Omfang::ALLE {
        let tjent = |operasjon: Operasjon| {
            let versjon: Versjon = omfang.versjon();
            ruteliste(versjon).iter().any(|rute| rute.operasjon == operasjon)
        };
        let sti = |operasjon: Operasjon| format!("{}{}", omfang.sti(), operasjon.sti());
        let json = [(CONTENT_TYPE, "application/json")];
        if !tjent(Operasjon::SearchPagedMatchList) {
            let plass = plass.clone();
            let svar = move |skjema: Bytes| async move { (json, side(&plass, omfang, &skjema)) };
            ruter = ruter.route(&sti(Operasjon::SearchPagedMatchList), post(svar));
        }
        if !tjent(Operasjon::SearchMatchCount) {
            let plass = plass.clone();
            let json = [(CONTENT_TYPE, "application/json")];
            let svar = move || async move { (json, antall(&plass, omfang)) };
            ruter = ruter.route(&sti(Operasjon::SearchMatchCount), post(svar));
        }
    }
    ruter
}
