//! Contact data in the copy: who reads KRR, how it goes on, and what the operator sees of it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use helsekopi::{Kontaktfoelger, Kontaktkilde, Kontaktmaaling, Kontaktsteg, Kontakttall, Kopi};
use klienter::{krr, maskinporten};
use tilgang::token::Signeringsnoekkel;
use tjenesteflate::maalinger::{Error, Maalere};

use super::{ETTER_FEIL, ETTER_FEIL_MAKS};
use crate::mappe::klokke;

/// How long a round over everybody takes in a demo. Source: our choice.
pub const RUNDE: Duration = Duration::from_secs(24 * 3600);
/// How old contact data may be in a demo before they are not given. Source: our choice, three rounds.
pub const ALDER_MAKS: Duration = Duration::from_secs(72 * 3600);

/// Where KRR is, and as whom it is asked.
#[derive(Clone)]
pub struct Krroppsett {
    /// KRR, or what stands before `rest/v2/…`.
    pub adresse: String,
    /// The issuer of tokens, with its slash.
    pub maskinporten: String,
    /// Our client.
    pub klient_id: String,
    /// Its key.
    pub noekkel: Arc<Signeringsnoekkel>,
    /// Between questions when there is nothing new.
    pub intervall: Duration,
    /// How long a round over everybody takes.
    pub runde: Duration,
    /// How old what is given may be.
    pub alder_maks: Duration,
}

/// Who reads KRR.
pub struct Krrleser {
    oppsett: Krroppsett,
    kilde: Arc<dyn Kontaktkilde>,
    maaling: Arc<Kontaktmaaling>,
}

impl Krrleser {
    /// Sets it up, and registers what is measured. Nothing is asked yet.
    pub fn new(oppsett: Krroppsett, valg: klienter::Valg, maalere: &Maalere) -> Result<Self> {
        let token = maskinporten::Innstillinger {
            utsteder: oppsett.maskinporten.clone(),
            klient_id: oppsett.klient_id.clone(),
            noekkel: oppsett.noekkel.clone(),
            konsument: None,
            valg,
        };
        let token = maskinporten::Klient::new(token, klokke()).context("Maskinporten for kontaktregisteret")?;
        let innstillinger = krr::Innstillinger {
            adresse: oppsett.adresse.clone(),
            behov: krr::Behov::Alt,
            valg,
        };
        let kilde = krr::Klient::new(&innstillinger, Arc::new(token)).context("kontaktregisteret")?;
        let maaling = Arc::<Kontaktmaaling>::default();
        registrer(maalere, &maaling)?;
        Ok(Krrleser {
            oppsett,
            kilde: Arc::new(kilde),
            maaling,
        })
    }

    /// What it tells of itself.
    pub fn maaling(&self) -> &Arc<Kontaktmaaling> {
        &self.maaling
    }

    /// How old what is given may be.
    pub fn alder_maks(&self) -> Duration {
        self.oppsett.alder_maks
    }

    /// Goes on for good. What is wrong with KRR is waited out; what is wrong with the copy ends it.
    pub async fn foelg(&self, kopi: Arc<Kopi>) -> Result<()> {
        let mut foelger = Kontaktfoelger::new(kopi, self.kilde.clone(), klokke(), self.oppsett.runde)
            .with_maaling(self.maaling.clone());
        let mut etter_feil = ETTER_FEIL;
        loop {
            let pause = match foelger.steg().await {
                Ok(steg) => {
                    if etter_feil > ETTER_FEIL {
                        tracing::info!("kontaktregisteret svarer igjen");
                    }
                    etter_feil = ETTER_FEIL;
                    match steg {
                        Kontaktsteg::TokInn { .. } | Kontaktsteg::Videre => Duration::ZERO,
                        Kontaktsteg::Ajour => self.oppsett.intervall,
                    }
                }
                Err(helsekopi::Feil::Kontaktregister(feil)) => {
                    let bedt_om = feil.vent();
                    if etter_feil == ETTER_FEIL {
                        let feil = anyhow::Error::from(feil);
                        tracing::warn!(feil = %format!("{feil:#}"), "kontaktregisteret svarer ikke som det skal; det prøves igjen, og det som er lest, gjelder til det er for gammelt");
                    }
                    let pause = bedt_om.unwrap_or_default().max(etter_feil);
                    etter_feil = (etter_feil * 2).min(ETTER_FEIL_MAKS);
                    pause
                }
                Err(feil) => return Err(feil.into()),
            };
            if pause > Duration::ZERO {
                tokio::time::sleep(pause).await;
            }
        }
    }
}

/// What the operator sees of contact data.
fn registrer(maalere: &Maalere, maaling: &Arc<Kontaktmaaling>) -> Result<(), Error> {
    let les = |verdi: fn(&Kontakttall) -> u64| {
        let maaling = maaling.clone();
        move || verdi(&maaling.tall())
    };
    maalere.register_reading(
        "healthcopy_krr_lag_changes",
        "Endringer i kontaktregisterets endringsliste som ikke er i helsekopien",
        les(Kontakttall::etterslep),
    )?;
    maalere.register_reading(
        "healthcopy_krr_valid_timestamp_seconds",
        "Til da er alt i kontaktregisteret kjent i helsekopien, i sekunder siden 1970; 0 til alle er spurt om én gang",
        les(|t| {
            let per = t.stilling.as_ref().and_then(helsekopi::Kontaktstilling::gyldig_per);
            per.and_then(|per| u64::try_from(per).ok()).unwrap_or(0)
        }),
    )?;
    maalere.register_reading(
        "healthcopy_krr_caught_up_timestamp_seconds",
        "Da det sist ikke var noe å spørre kontaktregisteret om, i sekunder siden 1970; 0 om det ikke har vært siden starten",
        les(|t| t.ajour.and_then(|t| u64::try_from(t.as_second()).ok()).unwrap_or(0)),
    )?;
    maalere.register_reading(
        "healthcopy_krr_waiting",
        "Personer som kontaktregisteret skal spørres om, eller ikke har svart brukbart om",
        les(|t| t.ventende),
    )?;
    maalere.register_counting(
        "healthcopy_krr_failed_reads",
        "Ganger kontaktregisteret ikke ga et svar som kunne brukes",
        les(|t| t.feil),
    )?;
    maalere.register_counting(
        "healthcopy_krr_persons",
        "Personer som kontaktregisteret er spurt om",
        les(|t| t.spurt),
    )?;
    maalere.register_counting(
        "healthcopy_krr_changes",
        "Personer som kontaktregisteret sa noe annet om enn før",
        les(|t| t.endret),
    )?;
    maalere.register_counting(
        "healthcopy_krr_refused_persons",
        "Personer som kontaktregisteret ikke svarte brukbart om",
        les(|t| t.uleselig),
    )
}
