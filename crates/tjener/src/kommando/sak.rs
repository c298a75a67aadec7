//! `sak`: what waits for somebody to decide, and deciding it.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use clap::Subcommand;

use super::{Datavalg, skriv_linje};
use crate::styring::{Kommando, Saksvalg, Saksvisning, Svar, Utfoerer};

#[derive(Subcommand)]
pub enum Sak {
    /// Vis sakene som er åpne: de som venter på noen, på en fødsel, eller i kø mens mottak er fryst.
    Liste {
        /// Fra og med dette nummeret.
        #[arg(long, default_value_t = 0)]
        fra: u32,
        /// Høyst så mange.
        #[arg(long, default_value_t = 100)]
        antall: usize,
        /// Som JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        data: Datavalg,
    },
    /// Vis én sak.
    Vis {
        /// Sakens nummer.
        nr: u32,
        /// Med meldingen, så lenge saken er åpen. Den sier noe om noen: vis den bare til den som behandler saken.
        #[arg(long)]
        melding: bool,
        /// Som JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        data: Datavalg,
    },
    /// Skriv filene som fulgte med meldingen, i en mappe. De sier noe om noen: slett dem når saken er avgjort.
    Vedlegg {
        /// Sakens nummer.
        nr: u32,
        /// Mappen; den lages, og bare du kan lese den.
        #[arg(long)]
        ut: PathBuf,
        #[command(flatten)]
        data: Datavalg,
    },
    /// Registrer det meldingen sier, selv om noe talte imot.
    Godkjenn(Godkjenning),
    /// Avvis meldingen: den er formelt uegnet.
    Avvis(Avgjoerelse),
    /// Avslå det meldingen ber om.
    Avslaa(Avslag),
    /// Avbryt saken.
    Avbryt(Avgjoerelse),
}

#[derive(clap::Args)]
pub struct Avgjoerelse {
    /// Sakens nummer.
    nr: u32,
    /// Som JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: Datavalg,
}

#[derive(clap::Args)]
pub struct Godkjenning {
    #[command(flatten)]
    sak: Avgjoerelse,
    /// Kommunen som adressen i meldingen er i, der meldingen ikke sier det.
    #[arg(long)]
    kommunenummer: Option<String>,
}

#[derive(clap::Args)]
pub struct Avslag {
    #[command(flatten)]
    sak: Avgjoerelse,
    /// Nummeret personen har fra før; avsender får det vite.
    #[arg(long)]
    eksisterende: Option<String>,
}

pub fn kjoer(valg: &Sak) -> Result<()> {
    let (valg, json, data) = match valg {
        Sak::Liste {
            fra,
            antall,
            json,
            data,
        } => (
            Saksvalg::Liste {
                fra: *fra,
                maks: *antall,
            },
            *json,
            data,
        ),
        Sak::Vis {
            nr,
            melding,
            json,
            data,
        } => (
            Saksvalg::Vis {
                nr: *nr,
                melding: *melding,
            },
            *json,
            data,
        ),
        Sak::Vedlegg { nr, ut, data } => return vedlegg(*nr, ut, data),
        Sak::Godkjenn(g) => avgjoer(&g.sak, "godkjenn", g.kommunenummer.as_ref(), None),
        Sak::Avvis(a) => avgjoer(a, "avvis", None, None),
        Sak::Avslaa(a) => avgjoer(&a.sak, "avslaa", None, a.eksisterende.as_ref()),
        Sak::Avbryt(a) => avgjoer(a, "avbryt", None, None),
    };
    let Svar::Saker { saker } = Utfoerer::finn(&data.mappe())?.utfoer(Kommando::Sak(valg))? else {
        bail!("uventet svar");
    };
    if json {
        return skriv_linje(&serde_json::to_string_pretty(&saker)?);
    }
    if saker.is_empty() {
        return skriv_linje("Ingen saker venter.");
    }
    saker.iter().flat_map(linjer).try_for_each(|l| skriv_linje(&l))
}

fn avgjoer<'a>(
    a: &'a Avgjoerelse,
    hvordan: &str,
    kommunenummer: Option<&String>,
    eksisterende: Option<&String>,
) -> (Saksvalg, bool, &'a Datavalg) {
    let valg = Saksvalg::Avgjoer {
        nr: a.nr,
        avgjoerelse: hvordan.to_owned(),
        kommunenummer: kommunenummer.cloned(),
        eksisterende: eksisterende.cloned(),
    };
    (valg, a.json, &a.data)
}

// A name that came with a message is no path: files are numbered, and told of by name.
fn vedlegg(nr: u32, ut: &Path, data: &Datavalg) -> Result<()> {
    let kommando = Kommando::Sak(Saksvalg::Vedlegg { nr });
    let Svar::Vedlegg { vedlegg } = Utfoerer::finn(&data.mappe())?.utfoer(kommando)? else {
        bail!("uventet svar");
    };
    if vedlegg.is_empty() {
        return skriv_linje("Saken har ingen filer.");
    }
    std::fs::create_dir_all(ut)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(ut, std::fs::Permissions::from_mode(0o700))?;
    }
    for (plass, fil) in (1..).zip(vedlegg) {
        let sti = ut.join(format!("sak-{nr}-vedlegg-{plass}"));
        std::fs::write(&sti, BASE64_STANDARD.decode(fil.innhold)?)?;
        skriv_linje(&format!("{}  {}", sti.display(), fil.navn.escape_debug()))?;
    }
    Ok(())
}

fn linjer(sak: &Saksvisning) -> Vec<String> {
    let mut ut = vec![format!(
        "{:>6}  {}  {}  {}  fra {}  {}",
        sak.nr, sak.saksnummer, sak.meldingstype, sak.tilstand, sak.organisasjon, sak.opprettet
    )];
    ut.extend(sak.hendelser.iter().map(|h| format!("        {h}")));
    ut.extend(sak.mulige.iter().map(|nr| format!("        kan være        {nr}")));
    let filer = sak.vedlegg.iter();
    ut.extend(filer.map(|navn| format!("        vedlegg         {}", navn.escape_debug())));
    ut.extend(sak.melding.iter().cloned());
    ut
}
