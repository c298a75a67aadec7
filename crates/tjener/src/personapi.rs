//! The Person API beside the health sector's copy, and the demo's own HelseID.
//!
//! What lives here: what the API stands on is put together, and which public addresses proofs may be made for. What does not: a rule of
//! who may see what (`tilgang`), and the copy itself ([`crate::helsekopi`]). What a newcomer gets wrong: it serves a copy with a folder of
//! its own, so it goes on while the nation of the register beside it is changed.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};
use axum::Router;
use klienter::jwks::HttpKilde;
use persontjenesten::Versjon;
use persontjenesten::api::{self, Innstillinger, PersonApi, Strupegrenser, Struping, Tellere};
use persontjenesten::testdata::{self, Testdata, Testmiljoe};
use tilgang::Frigivelse;
use tilgang::token::dpop::{Bevislager, Origo};
use tilgang::token::helseid::{
    Helseidverifikator, Innstillinger as Verifikatorinnstillinger, MOTTAKER_TESTDATA, Scope,
};
use tjenesteflate::maalinger::Maalere;
use tjenesteflate::utforsker::Dokument;
use tjenesteflate::vern::Vakt;
use utsteder::helseid::{Helseid, Innstillinger as Utstederinnstillinger, Tokenoenske};

use crate::helsekopi::Tilstand;
use crate::mappe::{Aapen, Adresser, klokke};

/// How the API is to be served.
#[derive(Clone, Debug)]
pub struct Oppsett {
    /// The authority of another HelseID; the built-in one when absent.
    pub helseid: Option<String>,
    /// Public addresses of the service besides those it listens on.
    pub offentlige_adresser: Vec<String>,
    /// What can be chosen.
    pub innstillinger: Innstillinger,
    /// What each consumer may use.
    pub struping: Strupegrenser,
    /// Whether this is a test environment, where test persons may be reserved.
    pub testmiljoe: bool,
}

/// The role: it answers for as long as the program runs.
pub struct Rolle {
    api: Arc<PersonApi>,
    testdata: Option<(Testmiljoe, Arc<Testdata>)>,
    helseid: Option<Arc<Helseid>>,
    maalere: Maalere,
}

/// Where the built-in HelseID stands, below a base address.
pub fn helseid_under(base: &str) -> String {
    format!("{base}{HELSEIDSTI}")
}

/// The path of the built-in HelseID.
pub const HELSEIDSTI: &str = "/helseid";

impl Rolle {
    /// Puts it together. Fetches nothing yet.
    pub fn new(
        oppsett: &Oppsett,
        (aapen, adresser): (&Aapen, &Adresser),
        tilstand: &Tilstand,
        frigivelse: Frigivelse,
        vakt: &Vakt,
        maalere: &Maalere,
    ) -> Result<Self> {
        let (utsteder, helseid) = match &oppsett.helseid {
            Some(utsteder) => (utsteder.clone(), None),
            None => {
                let innebygd = aapne_helseid(aapen, adresser)?;
                (innebygd.utsteder().to_owned(), Some(innebygd))
            }
        };
        let noekler = HttpKilde::for_helseid(&utsteder, klienter::Valg::default()).context("HelseID")?;
        let mut origoer = Vec::new();
        let egne = [Some(&adresser.folkeregister), adresser.tls.as_ref()];
        for adresse in egne.into_iter().flatten().chain(&oppsett.offentlige_adresser) {
            let origo = Origo::les(adresse).with_context(|| format!("den offentlige adressen {adresse}"))?;
            origoer.push(origo);
        }
        let bevis = Bevislager::aapne(&aapen.mappe.brukte_bevis()).context("brukte DPoP-bevis")?;
        let innstillinger = Verifikatorinnstillinger::new(utsteder, Arc::new(noekler), origoer, Arc::new(bevis));
        let testdata = Testmiljoe::naar(oppsett.testmiljoe).map(|testmiljoe| {
            let verifikator = Verifikatorinnstillinger {
                utsteder: innstillinger.utsteder.clone(),
                mottaker: MOTTAKER_TESTDATA.to_owned(),
                noekler: innstillinger.noekler.clone(),
                algoritmer: innstillinger.algoritmer.clone(),
                origoer: innstillinger.origoer.clone(),
                bevis: innstillinger.bevis.clone(),
                ..innstillinger
            };
            let testdata = Testdata {
                kopi: tilstand.kopiplass().clone(),
                frigivelse: frigivelse.clone(),
                verifikator: Arc::new(Helseidverifikator::new(verifikator)),
                avtaler: aapen.avtaler.clone(),
                klokke: klokke(),
                vakt: Some(vakt.clone()),
            };
            (testmiljoe, Arc::new(testdata))
        });
        let verifikator = Arc::new(Helseidverifikator::new(innstillinger));
        let maalt = verifikator.clone();
        maalere.register_reading("dpop_used_proofs", "DPoP-bevis som er brukt og huskes", move || {
            u64::try_from(maalt.antall_brukte_bevis()).unwrap_or(u64::MAX)
        })?;
        let api = Arc::new(PersonApi {
            kopi: tilstand.kopiplass().clone(),
            maaling: tilstand.maaling().clone(),
            frigivelse,
            verifikator,
            avtaler: aapen.avtaler.clone(),
            klokke: klokke(),
            kartverk: tilstand.kartverk().clone(),
            innstillinger: oppsett.innstillinger.clone(),
            tellere: Tellere::new(maalere)?,
            struping: Struping::new(oppsett.struping, Arc::new(Instant::now), maalere)?,
            vakt: Some(vakt.clone()),
        });
        Ok(Rolle {
            api,
            testdata,
            helseid,
            maalere: maalere.clone(),
        })
    }

    /// Every route of both versions, and in a test environment those of reserved test persons; whole paths.
    pub fn ruter(&self) -> Router {
        let ruter = api::ruter(&self.api, &self.maalere);
        match &self.testdata {
            Some((testmiljoe, testdata)) => ruter.merge(testdata::ruter(*testmiljoe, testdata, &self.maalere)),
            None => ruter,
        }
    }

    /// The built-in HelseID, if it is that which is trusted; relative to its name.
    pub fn helseid(&self) -> Option<Router> {
        let helseid = self.helseid.clone()?;
        Some(utsteder::helseid::ruter(helseid, klokke()))
    }

    /// A bearer token of the demo's client for what a document of the explorer describes: version 2, both branches, or reserved test persons.
    /// A token of version 3 is of use to nobody who cannot make proofs.
    pub fn token_til_utforsker(&self, aapen: &Aapen, tittel: &str) -> Option<String> {
        let scope = if tittel == tittel_av(Versjon::V2) {
            [Scope::LesMedHjemmel, Scope::LesUtenHjemmel].map(Scope::navn).join(" ")
        } else if tittel == TESTDATA {
            Scope::Testdata.navn().to_owned()
        } else {
            return None;
        };
        let noekkel = utsteder::les_eller_lag_noekkel(&aapen.mappe.klientnoekkel()).ok()?;
        let (klient_id, organisasjon) = crate::demo::helseklient(false).ok()?;
        let oenske = Tokenoenske {
            noekkel: &noekkel,
            klient_id,
            scope: &scope,
            organisasjon,
            dpop: None,
        };
        let svar = self.helseid.as_ref()?.be_om_token(&oenske, klokke()()).ok()?;
        Some(svar.access_token)
    }

    /// The documents, for the explorer.
    pub fn dokumenter(&self) -> impl Iterator<Item = Dokument> + '_ {
        let openapi = api::dokumentruter()
            .into_iter()
            .filter(|rute| rute.dokument == api::Dokument::Openapi);
        let personapi = openapi.map(|rute| Dokument {
            tittel: tittel_av(rute.versjon),
            url: rute.sti.to_owned(),
        });
        let testdata = self.testdata.iter().map(|_| Dokument {
            tittel: TESTDATA.to_owned(),
            url: testdata::OPENAPI.to_owned(),
        });
        personapi.chain(testdata)
    }
}

const TESTDATA: &str = "reservert-testdata";

fn tittel_av(versjon: Versjon) -> String {
    format!("person-api-v{}", versjon.nummer())
}

fn aapne_helseid(aapen: &Aapen, adresser: &Adresser) -> Result<Arc<Helseid>> {
    let mut innstillinger = Utstederinnstillinger::new(helseid_under(&adresser.folkeregister));
    innstillinger.delegeringer = crate::demo::helseid_delegeringer()?;
    let mappe = aapen.mappe.helseidnoekler();
    let helseid = Helseid::aapne(innstillinger, &mappe, aapen.avtaler.clone(), klokke()());
    Ok(Arc::new(helseid.context("den innebygde HelseID")?))
}

/// The scopes of the Person API, and of reserved test persons.
pub fn scopes() -> BTreeSet<String> {
    let alle = Scope::ALLE.into_iter();
    alle.map(|scope| scope.navn().to_owned()).collect()
}
