//! What `sak` asks of the process that has the folder.

use std::borrow::Cow;
use std::collections::BTreeSet;

use anyhow::{Context, Result};
use axum::http::HeaderMap;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use saksbehandling::{Avgjoerelse, Hva, Sak, Saksnr, Tillegg, Tilstand};
use serde::{Deserialize, Serialize};
use tilgang::Revisjonspost;
use tjenesteflate::sporing::{self, Spor};

use super::{Arbeid, Svar};
use crate::mappe::klokke;

/// What is asked of cases.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "hva")]
pub enum Saksvalg {
    /// Those that wait, for somebody or in line, from a number on.
    Liste {
        /// The first.
        fra: Saksnr,
        /// At most so many.
        maks: usize,
    },
    /// One.
    Vis {
        /// Which.
        nr: Saksnr,
        /// With the message, where it is kept.
        melding: bool,
    },
    /// Decides one.
    Avgjoer {
        /// Which.
        nr: Saksnr,
        /// How: `godkjenn`, `avvis`, `avslaa`, `avbryt`.
        avgjoerelse: String,
        /// The kommune that an address in the message is in.
        kommunenummer: Option<String>,
        /// The number that the person has already.
        eksisterende: Option<String>,
    },
    /// The files that came with the message of one.
    Vedlegg {
        /// Which.
        nr: Saksnr,
    },
}

/// A file that came with a message.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Vedleggsvisning {
    /// As the message names it: for whoever reads, not for a path.
    pub navn: String,
    /// What it holds, in base64.
    pub innhold: String,
}

/// A case as it is shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Saksvisning {
    /// Its number here.
    pub nr: Saksnr,
    /// Its number as the sender sees it.
    pub saksnummer: String,
    /// The kind of message.
    pub meldingstype: String,
    /// Who sent it.
    pub organisasjon: String,
    /// What the sender calls the message.
    pub avsenders_meldingsidentifikator: String,
    /// When it was received.
    pub opprettet: String,
    /// Where it stands.
    pub tilstand: String,
    /// What has happened to it, in order.
    pub hendelser: Vec<String>,
    /// Numbers of those who may be whom the message is about, with the message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mulige: Vec<String>,
    /// What files came with it are called, with the message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vedlegg: Vec<String>,
    /// The message, where it was asked for and is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub melding: Option<String>,
}

fn visning(sak: &Sak) -> Saksvisning {
    let koder = |grunner: &[saksbehandling::Grunn]| {
        let alle: Vec<&str> = grunner.iter().map(|g| g.kode()).collect();
        if alle.is_empty() {
            String::new()
        } else {
            format!(": {}", alle.join(", "))
        }
    };
    let hendelser = sak.hendelser.iter().map(|h| match &h.hva {
        Hva::TilManuellBehandling { frist, grunner } => {
            format!(
                "{}  til manuell behandling, frist {frist}{}",
                h.tidspunkt,
                koder(grunner)
            )
        }
        Hva::Beslutning {
            beslutning,
            resultat,
            grunner,
            ..
        } => format!(
            "{}  {}, {}{}",
            h.tidspunkt,
            beslutning.kode(),
            resultat.kode(),
            koder(grunner)
        ),
    });
    Saksvisning {
        nr: sak.nr,
        saksnummer: sak.saksnummer(),
        meldingstype: sak.ressurs.clone(),
        organisasjon: sak.organisasjon.clone(),
        avsenders_meldingsidentifikator: sak.melding.clone(),
        opprettet: sak.opprettet.clone(),
        tilstand: match sak.tilstand {
            Tilstand::IKoe => "i kø",
            Tilstand::VenterPaaFoedsel => "venter på fødsel",
            Tilstand::TilManuellBehandling => "til manuell behandling",
            Tilstand::Avgjort => "avgjort",
        }
        .to_owned(),
        hendelser: hendelser.collect(),
        mulige: Vec::new(),
        vedlegg: Vec::new(),
        melding: None,
    }
}

impl Arbeid {
    pub(super) fn sak(&self, valg: Saksvalg) -> Result<Svar> {
        let saker = self.0.saker()?;
        let funnet = match valg {
            Saksvalg::Liste { fra, maks } => saker.aapne_saker(fra, maks)?.iter().map(visning).collect(),
            Saksvalg::Vis { nr, melding } => {
                let sak = saker
                    .sak(nr)?
                    .context("saken finnes ikke; se persontjenesten sak liste")?;
                let mut vist = visning(&sak);
                if melding && let Some(xml) = saker.melding(nr)? {
                    self.noter_lest_melding(&sak, "sak vis --melding")?;
                    vist.mulige.clone_from(&sak.mulige);
                    vist.vedlegg = saker.filer(nr)?.into_iter().map(|fil| fil.navn).collect();
                    vist.melding = Some(String::from_utf8(xml).context("meldingen er ikke tekst")?);
                }
                vec![vist]
            }
            Saksvalg::Vedlegg { nr } => {
                let sak = saker
                    .sak(nr)?
                    .context("saken finnes ikke; se persontjenesten sak liste")?;
                let filer = saker.filer(nr)?;
                if !filer.is_empty() {
                    self.noter_lest_melding(&sak, "sak vedlegg")?;
                }
                let vist = filer.into_iter().map(|fil| Vedleggsvisning {
                    navn: fil.navn,
                    innhold: BASE64_STANDARD.encode(fil.innhold),
                });
                return Ok(Svar::Vedlegg {
                    vedlegg: vist.collect(),
                });
            }
            Saksvalg::Avgjoer {
                nr,
                avgjoerelse,
                kommunenummer,
                eksisterende,
            } => {
                let avgjoerelse = match avgjoerelse.as_str() {
                    "godkjenn" => Avgjoerelse::Godkjenn,
                    "avvis" => Avgjoerelse::Avvis,
                    "avslaa" => Avgjoerelse::Avslaa,
                    "avbryt" => Avgjoerelse::Avbryt,
                    _ => anyhow::bail!("velg godkjenn, avvis, avslaa eller avbryt"),
                };
                let tillegg = Tillegg {
                    kommunenummer,
                    eksisterende,
                };
                vec![visning(&saker.avgjoer_med(
                    nr,
                    avgjoerelse,
                    &tillegg,
                    &self.0.tid()?,
                )?)]
            }
        };
        Ok(Svar::Saker { saker: funnet })
    }

    // Who reads what a message says of somebody is in the log, with those it names, before anything is shown.
    fn noter_lest_melding(&self, sak: &Sak, hvordan: &'static str) -> Result<()> {
        let logg = self.0.revisjon(super::audit::innstillinger())?;
        let spor = Spor::from_headers(&HeaderMap::new(), sporing::random())
            .id()
            .to_string();
        let nevnte: BTreeSet<&str> = sak.personer.iter().chain(&sak.mulige).map(String::as_str).collect();
        let spurt: Vec<u64> = nevnte.into_iter().filter_map(|nr| nr.parse().ok()).collect();
        let lesing = Revisjonspost {
            konsument: "driften",
            klient: "sak vis",
            kriterier: &[Cow::Owned(format!("sak {}", sak.nr))],
            spurt: &spurt,
            ..Revisjonspost::new("saksbehandling", hvordan, &spor, 200)
        };
        let post = self.0.mappe.revisjonsforsegler()?.lag(&lesing, klokke()())?;
        logg.skriv_og_vent(post)?;
        Ok(())
    }
}
