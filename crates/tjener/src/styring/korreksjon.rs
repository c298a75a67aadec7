//! What `korreksjon` asks of the process that has the folder.

use std::borrow::Cow;
use std::path::PathBuf;

use anyhow::{Context, Result};
use informasjonsmodell::Tidspunkt;
use jiff::Timestamp;
use korreksjon::{Bestilling, Jobbnr, Regelvalg};
use saksbehandling::Tid;
use serde::{Deserialize, Serialize};
use tilgang::{Pakke, Projeksjon, Revisjonspost};
use tjenesteflate::sporing::{self, Spor};

use super::{Arbeid, Svar};
use crate::mappe::klokke;

/// A correction to be begun, or tried.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NyKorreksjon {
    /// The rule.
    pub regel: Option<Regelvalg>,
    /// From when what it registers anew is valid; now when absent.
    pub gjelder_fra: Option<Timestamp>,
    /// The text of its table.
    pub tabell: Option<String>,
    /// Or a file.
    pub fil: Option<PathBuf>,
    /// Short names of the packages whose feeds stand still.
    pub holdt: Vec<String>,
    /// When packages are let go.
    pub slipp: Vec<(String, Timestamp)>,
    /// Persons in a second.
    pub per_sekund: Option<u32>,
    /// Who asked, as the machine knows them.
    pub av: String,
}

/// Something to be done about corrections.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Korreksjonsoppdrag {
    /// Begins one.
    Start(Box<NyKorreksjon>),
    /// Tries a part of one.
    Proev {
        /// What.
        ny: Box<NyKorreksjon>,
        /// Where to go on.
        fra: Option<u64>,
    },
    /// Lets one wait.
    Pause { nr: u32, av: String },
    /// Lets one go on.
    Fortsett { nr: u32, av: String },
    /// Ends one.
    Stopp { nr: u32, av: String },
    /// Shows one, or all.
    Status { nr: Option<u32> },
    /// Goes on with what is to be done: for a folder that no process serves.
    Driv,
}

/// A feed that is held, or has not got everything since.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Feedvisning {
    /// The package's short name.
    pub pakke: String,
    /// With graded addresses; of med hjemmel, which has two feeds.
    pub graderte: bool,
    /// It stands still; else it was let go, and is being published.
    pub holdt: bool,
    /// As many events wait, at most.
    pub venter: u64,
}

/// What a part of a trial came to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Proevevisning {
    pub neste: Option<u64>,
    pub slutt: u64,
    pub sett: u64,
    pub rettet: u64,
    pub hendelser: u64,
    pub elementer: std::collections::BTreeMap<String, u64>,
    pub avvist: u64,
}

impl NyKorreksjon {
    fn bestilling(&self, naa: Timestamp) -> Result<Bestilling> {
        let pakke = |navn: &str| Pakke::fra_kortnavn(navn).context("ukjent rettighetspakke");
        let fra = self.gjelder_fra.unwrap_or(naa);
        let regel = self
            .regel
            .map(|regel| Ok::<_, anyhow::Error>((regel, tidspunkt(fra)?, self.tabell.clone())));
        Ok(Bestilling {
            regel: regel.transpose()?,
            fil: self.fil.clone(),
            holdt: self.holdt.iter().map(|navn| pakke(navn)).collect::<Result<_>>()?,
            slipp: self
                .slipp
                .iter()
                .map(|(navn, fra)| Ok((pakke(navn)?, fra.as_second())))
                .collect::<Result<_>>()?,
            per_sekund: self.per_sekund,
        })
    }

    fn hva(&self) -> String {
        let kilde = self.regel.map_or("fil", Regelvalg::navn);
        let modus = if self.holdt.is_empty() { "levende" } else { "holdt" };
        format!("{kilde}, {modus}")
    }
}

fn tidspunkt(naa: Timestamp) -> Result<Tidspunkt> {
    let tid = Tid::new(naa).context("tiden er utenfor det registeret har")?;
    Ok(tid.tidspunkt)
}

impl Arbeid {
    pub(super) fn korreksjon(&self, oppdrag: Korreksjonsoppdrag) -> Result<Svar> {
        let verk = self.0.verk();
        let naa = klokke()();
        let tid = Tid::new(naa).context("klokka viser en tid som registeret ikke har")?;
        let jobb = match oppdrag {
            Korreksjonsoppdrag::Start(ny) => {
                self.noter_korreksjon("korreksjon start", &ny.hva(), &ny.av)?;
                verk.bestill(&ny.bestilling(naa)?, &tid)?
            }
            Korreksjonsoppdrag::Proev { ny, fra } => {
                // The time is of the rule, and the same for each part.
                let fast = NyKorreksjon {
                    gjelder_fra: Some(ny.gjelder_fra.unwrap_or(naa)),
                    ..*ny
                };
                let proevd = verk.proev(&fast.bestilling(naa)?, fra, &tid)?;
                return Ok(Svar::Proevd(Proevevisning {
                    neste: proevd.neste,
                    slutt: proevd.slutt,
                    sett: proevd.sett,
                    rettet: proevd.rettet,
                    hendelser: proevd.hendelser,
                    elementer: proevd.elementer,
                    avvist: proevd.avvist,
                }));
            }
            Korreksjonsoppdrag::Pause { nr, av } => {
                self.noter_korreksjon("korreksjon pause", &nr.to_string(), &av)?;
                verk.pause(Jobbnr(nr), &tid)?
            }
            Korreksjonsoppdrag::Fortsett { nr, av } => {
                self.noter_korreksjon("korreksjon fortsett", &nr.to_string(), &av)?;
                verk.fortsett(Jobbnr(nr), &tid)?
            }
            Korreksjonsoppdrag::Stopp { nr, av } => {
                self.noter_korreksjon("korreksjon stopp", &nr.to_string(), &av)?;
                verk.stopp(Jobbnr(nr), &tid)?
            }
            Korreksjonsoppdrag::Status { nr: Some(nr) } => verk.jobb(Jobbnr(nr))?,
            Korreksjonsoppdrag::Status { nr: None } => {
                return Ok(Svar::Korreksjoner {
                    jobber: verk.jobber()?,
                    feeder: self.feeder()?,
                });
            }
            Korreksjonsoppdrag::Driv => {
                crate::korreksjonsdrift::runde(&self.0)?;
                return Ok(Svar::Korreksjoner {
                    jobber: Vec::new(),
                    feeder: Vec::new(),
                });
            }
        };
        Ok(Svar::Korreksjoner {
            jobber: vec![jobb],
            feeder: self.feeder()?,
        })
    }

    fn feeder(&self) -> Result<Vec<Feedvisning>> {
        let les = self.0.register.les()?;
        let mut ut = Vec::new();
        for projeksjon in Projeksjon::ALLE {
            let status = les.feedstatus(projeksjon)?;
            if status.venter {
                ut.push(Feedvisning {
                    pakke: projeksjon.pakke().kortnavn().to_owned(),
                    graderte: projeksjon.viser_graderte(),
                    holdt: status.holdt,
                    venter: status.oppfoeringer,
                });
            }
        }
        Ok(ut)
    }

    // Who changes very many persons is in the log, before it is done.
    fn noter_korreksjon(&self, hendelse: &'static str, hva: &str, av: &str) -> Result<()> {
        let logg = self.0.revisjon(super::audit::innstillinger())?;
        let spor = Spor::from_headers(&axum::http::HeaderMap::new(), sporing::random())
            .id()
            .to_string();
        let post = Revisjonspost {
            konsument: "driften",
            klient: "korreksjon",
            kriterier: &[Cow::Owned(hva.to_owned()), Cow::Owned(format!("av {av}"))],
            ..Revisjonspost::new("korreksjon", hendelse, &spor, 200)
        };
        let post = self.0.mappe.revisjonsforsegler()?.lag(&post, klokke()())?;
        logg.skriv_og_vent(post)?;
        Ok(())
    }
}
