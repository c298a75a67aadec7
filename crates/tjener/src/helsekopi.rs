//! The role of the health sector's copy: reads Folkeregisteret as any consumer would, in a folder of its own.
//!
//! Nothing of Folkeregisteret's role is reached from here but its address; it may be another process, or the real one.
//!
//! ```text
//!  first load (not searchable)  ──▶  opened again, with what persons are found by  ──▶  follows the feed, until the stop
//!                                                                                  └─▶  and KRR, where there is one
//! ```

mod krr;
mod steder;
mod tilstand;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use helsekopi::{Foelger, Hjelpenummerfoelger, Hjelpenummersteg, Kilde, Kopi, Maaling, Steg, Stilling};
use hjelpenummer::Hjelpenumre;
use informasjonsmodell::{Forskyvning, Tidspunkt};
use klienter::{folkeregister, maskinporten};
use lager::mappe::Laas;
use tilgang::Pakke;
use tilgang::token::Signeringsnoekkel;
use tjenesteflate::maalinger::{Error, Maalere};
use tjenesteflate::stopp::Stopp;

use crate::mappe::klokke;
use krr::Krrleser;

pub use krr::{ALDER_MAKS as KRR_ALDER_MAKS, Krroppsett, RUNDE as KRR_RUNDE};
pub use steder::{Oppsett as Stedsoppsett, legg_i_mappe};
pub use tilstand::Tilstand;

/// Between questions when there is nothing new, unless set otherwise. Source: our choice.
pub const INTERVALL: Duration = Duration::from_millis(200);
/// First and longest wait after something failed; each is twice the former. Source: our choice.
const ETTER_FEIL: Duration = Duration::from_millis(500);
const ETTER_FEIL_MAKS: Duration = Duration::from_secs(60);
/// Between rounds of upkeep, as the register's own.
const AJOURHOLD: Duration = Duration::from_secs(3600);
/// Tries that the client makes by itself when the source asks us to wait; after that it is told of.
const FORSOEK_MAKS: u32 = 10;

/// Where the copy lies, where it is read from, and as whom.
#[derive(Clone)]
pub struct Oppsett {
    /// Its folder.
    pub mappe: PathBuf,
    /// Folkeregisteret, without a slash at the end.
    pub folkeregister: String,
    /// The issuer of tokens, with its slash.
    pub maskinporten: String,
    /// Our client.
    pub klient_id: String,
    /// Its key.
    pub noekkel: Arc<Signeringsnoekkel>,
    /// How we connect.
    pub valg: klienter::Valg,
    /// Between questions when there is nothing new.
    pub intervall: Duration,
    /// Whether this is a test environment. Elsewhere a copy with reserved test persons is not opened.
    pub testmiljoe: bool,
    /// KRR, where contact data are kept.
    pub krr: Option<Krroppsett>,
    /// Where the table of addresses is.
    pub steder: Stedsoppsett,
}

impl std::fmt::Debug for Oppsett {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Oppsett")
            .field("mappe", &self.mappe)
            .finish_non_exhaustive()
    }
}

/// The role, set up and not begun.
pub struct Rolle {
    oppsett: Oppsett,
    kilde: Arc<dyn Kilde>,
    maaling: Arc<Maaling>,
    krr: Option<Krrleser>,
    hjelpenumre: Option<Arc<Hjelpenumre>>,
    tilstand: Arc<Tilstand>,
    _laas: Laas,
}

impl Rolle {
    /// Takes the folder, and registers what is measured.
    pub fn new(oppsett: Oppsett, maalere: &Maalere) -> Result<Self> {
        std::fs::create_dir_all(&oppsett.mappe)
            .with_context(|| format!("mappen til helsekopien: {}", oppsett.mappe.display()))?;
        let laas = Laas::ta(&oppsett.mappe)?;
        let maaling = Arc::<Maaling>::default();
        registrer(maalere, &maaling)?;
        let token = maskinporten::Innstillinger {
            utsteder: oppsett.maskinporten.clone(),
            klient_id: oppsett.klient_id.clone(),
            noekkel: oppsett.noekkel.clone(),
            konsument: None,
            valg: oppsett.valg,
        };
        let token = maskinporten::Klient::new(token, klokke()).context("Maskinporten for helsekopien")?;
        let innstillinger = folkeregister::Innstillinger {
            valg: oppsett.valg,
            forsoek_maks: FORSOEK_MAKS,
            ..folkeregister::Innstillinger::new(&oppsett.folkeregister, Pakke::OffentligMedHjemmel, klokke())
        };
        let kilde = folkeregister::Klient::new(innstillinger, Arc::new(token)).context("kilden til helsekopien")?;
        let kilde: Arc<dyn Kilde> = Arc::new(kilde);
        let krr = oppsett
            .krr
            .clone()
            .map(|krr| Krrleser::new(krr, oppsett.valg, maalere))
            .transpose()?;
        let steder = steder::Steder::aapne(&oppsett.steder)?;
        let tilstand = Arc::new(Tilstand {
            kopi: Arc::default(),
            stanset: AtomicBool::new(false),
            kilde: kilde.clone(),
            folkeregister: oppsett.folkeregister.clone(),
            maaling: maaling.clone(),
            krr: krr.as_ref().map(|krr| (krr.maaling().clone(), krr.alder_maks())),
            steder,
        });
        Ok(Rolle {
            oppsett,
            kilde,
            maaling,
            krr,
            hjelpenumre: None,
            tilstand,
            _laas: laas,
        })
    }

    /// With the register of help numbers, which is followed into the copy.
    pub fn with_hjelpenumre(self, hjelpenumre: Arc<Hjelpenumre>) -> Self {
        Rolle {
            hjelpenumre: Some(hjelpenumre),
            ..self
        }
    }

    /// What others in this process may know of it.
    pub fn tilstand(&self) -> Arc<Tilstand> {
        self.tilstand.clone()
    }

    /// Goes on until the program stops. What is wrong with the copy itself ends it, with a word in the log; what it has is whole.
    pub async fn driv(self, mut stopp: Stopp) {
        let arbeid = self.les_og_foelg();
        tokio::select! {
            () = stopp.wait() => {}
            utfall = arbeid => if let Err(feil) = utfall {
                self.tilstand.stanset.store(true, Ordering::Relaxed);
                tracing::error!(feil = %format!("{feil:#}"), "helsekopien er stanset; start programmet på nytt når årsaken er rettet");
            }
        }
        self.tilstand.kopi.fjern();
    }

    async fn les_og_foelg(&self) -> Result<()> {
        let laster = self.aapne(true).await?;
        if let Stilling::Laster { foerste: true, .. } = laster.stilling()? {
            tracing::info!("helsekopien fylles for første gang");
            self.tilstand.steder.uten_aa_fortelle(&laster)?;
            self.foelg(laster, true).await?;
        } else {
            drop(laster);
        }
        let kopi = self.aapne(false).await?;
        self.tilstand.kopi.sett(kopi.clone());
        let krr = async {
            match &self.krr {
                Some(krr) => krr.foelg(kopi.clone()).await,
                None => std::future::pending().await,
            }
        };
        let hjelpenumre = async {
            match &self.hjelpenumre {
                Some(kilde) => foelg_hjelpenumre(&kopi, kilde).await,
                None => std::future::pending().await,
            }
        };
        let steder = self.tilstand.steder.foelg(kopi.clone());
        // Beside the feed: in a large nation it takes minutes.
        let vedlikehold = hold_ved_like(&kopi);
        tokio::try_join!(self.foelg(kopi.clone(), false), krr, hjelpenumre, steder, vedlikehold)?;
        Ok(())
    }

    async fn aapne(&self, for_lasting: bool) -> Result<Arc<Kopi>> {
        let mappe = self.oppsett.mappe.clone();
        let kart = self.tilstand.kartverk().naa();
        let kopi = tokio::task::spawn_blocking(move || -> Result<Kopi, helsekopi::Feil> {
            let kopi = if for_lasting {
                Kopi::aapne_for_lasting(&mappe)?
            } else {
                Kopi::aapne_med_kart(&mappe, kart)?
            };
            kopi.register().start_arkivstroem(&mappe.join("arkivstroem"))?;
            Ok(kopi)
        });
        let kopi = kopi.await??;
        if !self.oppsett.testmiljoe && kopi.har_testpersoner()? {
            bail!(
                "kopien har reserverte testpersoner, og kan bare brukes i et testmiljø; flytt mappen bort, så leses alt inn på nytt"
            );
        }
        Ok(Arc::new(kopi))
    }

    /// `bare_lasting`: until everybody is there.
    async fn foelg(&self, kopi: Arc<Kopi>, bare_lasting: bool) -> Result<()> {
        let mut foelger = Foelger::new(kopi.clone(), self.kilde.clone(), klokke()).with_maaling(self.maaling.clone());
        let mut etter_feil = ETTER_FEIL;
        loop {
            if bare_lasting && matches!(kopi.stilling()?, Stilling::Foelger { .. }) {
                tracing::info!("alle er lest inn i helsekopien");
                return Ok(());
            }
            let pause = match foelger.steg().await {
                Ok(steg) => {
                    if etter_feil > ETTER_FEIL {
                        tracing::info!("kilden til helsekopien svarer igjen");
                    }
                    etter_feil = ETTER_FEIL;
                    match steg {
                        Steg::TokInn(_) | Steg::Videre => Duration::ZERO,
                        Steg::Vent(vent) => vent,
                        Steg::Ajour => self.oppsett.intervall,
                    }
                }
                Err(feil @ (helsekopi::Feil::Kilde(_) | helsekopi::Feil::Loegn(_))) => {
                    if etter_feil == ETTER_FEIL {
                        let feil = anyhow::Error::from(feil);
                        tracing::warn!(feil = %format!("{feil:#}"), "kilden til helsekopien svarer ikke som den skal; det prøves igjen, og det som er lest, gjelder");
                    }
                    let pause = etter_feil;
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

/// Help numbers are issued in this process, so their log is read as often as one would ask another's.
async fn foelg_hjelpenumre(kopi: &Arc<Kopi>, kilde: &Arc<Hjelpenumre>) -> Result<()> {
    let foelger = Arc::new(Hjelpenummerfoelger::new(kopi.clone(), kilde.clone(), klokke()));
    let mut sett = None;
    loop {
        // The log's last number is a look at one row, and is all that is read when nothing has come.
        let siste = kilde.siste()?;
        if sett == Some(siste) {
            tokio::time::sleep(INTERVALL).await;
            continue;
        }
        let foelger = foelger.clone();
        match tokio::task::spawn_blocking(move || foelger.steg()).await?? {
            Hjelpenummersteg::TokInn { .. } => {}
            Hjelpenummersteg::Vent => tokio::time::sleep(INTERVALL).await,
            Hjelpenummersteg::Ajour => sett = Some(siste),
        }
    }
}

/// What is erased is gone from the disk within the hour.
async fn hold_ved_like(kopi: &Arc<Kopi>) -> Result<()> {
    // Whoever stops waiting for it stops it.
    let _slutt = Avbryt(kopi);
    loop {
        ajourhold(kopi).await?;
        tokio::time::sleep(AJOURHOLD).await;
    }
}

struct Avbryt<'k>(&'k Arc<Kopi>);

impl Drop for Avbryt<'_> {
    fn drop(&mut self) {
        self.0.register().avbryter().avbryt();
    }
}

async fn ajourhold(kopi: &Arc<Kopi>) -> Result<()> {
    let kopi = kopi.clone();
    let naa = Tidspunkt::new(klokke()().as_second(), 0, 0, Forskyvning::Utc).context("klokka")?;
    let arbeid = tokio::task::spawn_blocking(move || kopi.ajourhold(naa));
    if let Err(feil) = arbeid.await? {
        let feil = anyhow::Error::from(feil);
        tracing::error!(feil = %format!("{feil:#}"), "helsekopiens nøkkellagre kunne ikke skrives på nytt; ødelagte nøkler ligger i frie sider");
    }
    Ok(())
}

/// What the operator sees of the copy.
fn registrer(maalere: &Maalere, maaling: &Arc<Maaling>) -> Result<(), Error> {
    let les = |verdi: fn(helsekopi::Tall) -> u64| {
        let maaling = maaling.clone();
        move || verdi(maaling.tall())
    };
    maalere.register_reading(
        "healthcopy_source_sequence",
        "Det siste sekvensnummeret som kilden til helsekopien er kjent for å ha",
        les(|t| t.kildens_siste),
    )?;
    maalere.register_reading(
        "healthcopy_lag_events",
        "Hendelser hos kilden som ikke er i helsekopien",
        les(|t| {
            t.neste
                .map_or(t.kildens_siste, |neste| (t.kildens_siste + 1).saturating_sub(neste))
        }),
    )?;
    maalere.register_reading(
        "healthcopy_loading",
        "1 mens alle leses inn i helsekopien, første gang eller på nytt",
        les(|t| u64::from(t.neste.is_none())),
    )?;
    maalere.register_reading(
        "healthcopy_caught_up_timestamp_seconds",
        "Da helsekopien sist hadde alt som kilden har, i sekunder siden 1970; 0 om det ikke har vært siden starten",
        les(|t| t.ajour.and_then(|t| u64::try_from(t.as_second()).ok()).unwrap_or(0)),
    )?;
    maalere.register_counting(
        "healthcopy_failed_reads",
        "Ganger kilden til helsekopien ikke ga et svar som kunne brukes",
        les(|t| t.feil),
    )?;
    maalere.register_counting(
        "healthcopy_documents",
        "Dokumenter fra kilden som er tatt inn i helsekopien",
        les(|t| t.dokumenter),
    )?;
    maalere.register_counting(
        "healthcopy_refused_documents",
        "Dokumenter fra kilden som ikke kunne leses, var en annens, eller ikke kan være en person",
        les(|t| t.avvist + t.uleselig),
    )?;
    maalere.register_counting(
        "healthcopy_events",
        "Hendelser som helsekopien har fortalt om, i alle lister til sammen",
        les(|t| t.hendelser),
    )
}
