//! `preg`: who has ordered PREG, and who may sign in to it.

use std::io::{BufRead as _, IsTerminal as _};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use pregbrukere::{Bestilling, Kontaktperson, Organisasjonstype, Rettigheter};
use pregmodell::{Profil, kart};

use super::klient::utfoer;
use super::{Datavalg, meld, skriv, skriv_linje};
use crate::styring::{Kommando, Passordtekst, Pregoppdrag, Svar, Utfoerer};

#[derive(Subcommand)]
pub enum Preg {
    /// Registrer en bestilling av tilgang, slik den står på skjemaet; en ny bestilling erstatter den forrige.
    Bestill(Box<Ny>),
    /// Si opp en organisasjons tilgang, for alle brukerne dens.
    Avslutt {
        /// Organisasjonsnummeret.
        #[arg(long)]
        orgnr: String,
        #[command(flatten)]
        slutt: Slutt,
    },
    /// Brukere, som logger inn med brukernavn og passord i hvert kall.
    #[command(subcommand)]
    Bruker(Bruker),
    /// Vis kartet fra PREG til Persontjenesten: hvert felt ved siden av det nye, og kilden i Folkeregisteret.
    Kart {
        /// Som CSV, uten kodene.
        #[arg(long)]
        csv: bool,
    },
    /// Vis demoens bruker og passordet, som brukernavn:passord.
    Demobruker {
        #[command(flatten)]
        data: Datavalg,
    },
    /// Vis organisasjonene og brukerne deres.
    Liste {
        /// Som JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        data: Datavalg,
    },
}

#[derive(Subcommand)]
pub enum Bruker {
    /// Lag en bruker. Passordet lages og vises én gang, om ikke --passord-fra-stdin er gitt.
    Ny {
        /// Organisasjonsnummeret.
        #[arg(long)]
        orgnr: String,
        #[command(flatten)]
        valg: Passordvalg,
    },
    /// Gi en bruker et nytt passord; det gamle slutter å virke straks.
    Passord {
        #[command(flatten)]
        valg: Passordvalg,
    },
    /// Steng en bruker.
    Avslutt {
        /// Brukernavnet.
        brukernavn: String,
        #[command(flatten)]
        slutt: Slutt,
    },
}

#[derive(Args)]
pub struct Passordvalg {
    /// Brukernavnet.
    brukernavn: String,
    /// Les passordet som én linje fra standard inn.
    #[arg(long)]
    passord_fra_stdin: bool,
    #[command(flatten)]
    data: Datavalg,
}

#[derive(Args)]
pub struct Slutt {
    /// Fra hvilken dag, som 2026-12-31; standard er i dag.
    #[arg(long)]
    fra: Option<Date>,
    /// Hvorfor.
    #[arg(long)]
    grunn: String,
    #[command(flatten)]
    data: Datavalg,
}

#[derive(Args)]
pub struct Ny {
    /// Organisasjonsnummeret.
    #[arg(long)]
    orgnr: String,
    /// Organisasjonens navn.
    #[arg(long)]
    navn: String,
    /// Hva slags organisasjon det er.
    #[arg(long, value_parser = les_type)]
    organisasjonstype: Organisasjonstype,
    /// Hvem som har underskrevet: ansvarlig eller daglig leder.
    #[arg(long)]
    underskrevet_av: String,
    /// Når bestillingen ble underskrevet, som 2026-01-31.
    #[arg(long)]
    underskrevet: Date,
    /// Kontaktpersonen, som er ansvarlig for bruken.
    #[arg(long)]
    kontaktperson: String,
    /// Kontaktpersonens e-postadresse.
    #[arg(long)]
    kontakt_epost: String,
    /// Kontaktpersonens telefonnummer.
    #[arg(long)]
    kontakt_telefon: String,
    /// Journalsystemet.
    #[arg(long)]
    journalsystem: String,
    /// Hva opplysningene skal brukes til.
    #[arg(long)]
    formaal: String,
    /// Organisasjonen er medlem av Helsenettet.
    #[arg(long)]
    medlem_av_helsenettet: bool,
    /// Vilkårene i vedlegg 1 er godtatt.
    #[arg(long)]
    vilkaar_godtatt: bool,
    /// Profilen, som sier hvilke felt brukerne ser.
    #[arg(long, value_parser = les_profil)]
    profil: Profil,
    /// Kan bestille, revidere, koble og løse felles hjelpenumre.
    #[arg(long)]
    hjelpenummer: bool,
    /// Kan sende filer til Filematch.
    #[arg(long)]
    filmatch: bool,
    #[command(flatten)]
    data: Datavalg,
}

/// A kind of organisation by the name it has in the store.
fn les_type(tekst: &str) -> Result<Organisasjonstype, String> {
    serde_json::from_value(serde_json::Value::from(tekst)).map_err(|_| {
        "velg blant: spesialisthelsetjeneste, helsedirektoratet, folkehelseinstituttet, kommunalTjeneste, fastlege, tannlege, apotek, \
         annenHelseaktoer"
            .to_owned()
    })
}

fn les_profil(tekst: &str) -> Result<Profil, String> {
    Profil::fra_navn(tekst).ok_or_else(|| {
        let alle: Vec<_> = Profil::ALLE.iter().map(|p| p.navn()).collect();
        format!("velg blant: {}", alle.join(", "))
    })
}

pub fn kjoer(valg: Preg) -> Result<()> {
    match valg {
        Preg::Bestill(ny) => {
            let oppdrag = Pregoppdrag::Bestill {
                organisasjon: ny.orgnr,
                bestilling: Box::new(Bestilling {
                    navn: ny.navn,
                    organisasjonstype: ny.organisasjonstype,
                    underskrevet_av: ny.underskrevet_av,
                    underskrevet: ny.underskrevet,
                    kontaktperson: Kontaktperson {
                        navn: ny.kontaktperson,
                        epost: ny.kontakt_epost,
                        telefon: ny.kontakt_telefon,
                    },
                    journalsystem: ny.journalsystem,
                    formaal: ny.formaal,
                    medlem_av_helsenettet: ny.medlem_av_helsenettet,
                    vilkaar_godtatt: ny.vilkaar_godtatt,
                    rettigheter: Rettigheter {
                        profil: ny.profil.navn().to_owned(),
                        hjelpenummer: ny.hjelpenummer,
                        filmatch: ny.filmatch,
                    },
                }),
            };
            utfoer(&ny.data, Kommando::Preg { oppdrag })
        }
        Preg::Avslutt { orgnr, slutt } => {
            let oppdrag = Pregoppdrag::AvsluttOrganisasjon {
                organisasjon: orgnr,
                fra: slutt.fra,
                grunn: slutt.grunn,
            };
            utfoer(&slutt.data, Kommando::Preg { oppdrag })
        }
        Preg::Bruker(Bruker::Ny { orgnr, valg }) => {
            let oppdrag = Pregoppdrag::BrukerNy {
                brukernavn: valg.brukernavn.clone(),
                organisasjon: orgnr,
                passord: les_passord(&valg)?,
            };
            vis_bruker(&valg.data, oppdrag)
        }
        Preg::Bruker(Bruker::Passord { valg }) => {
            let oppdrag = Pregoppdrag::BrukerPassord {
                brukernavn: valg.brukernavn.clone(),
                passord: les_passord(&valg)?,
            };
            vis_bruker(&valg.data, oppdrag)
        }
        Preg::Bruker(Bruker::Avslutt { brukernavn, slutt }) => {
            let oppdrag = Pregoppdrag::BrukerAvslutt {
                brukernavn,
                fra: slutt.fra,
                grunn: slutt.grunn,
            };
            utfoer(&slutt.data, Kommando::Preg { oppdrag })
        }
        Preg::Kart { csv: true } => skriv(kart::csv().as_bytes()),
        Preg::Kart { csv: false } => skriv(kart::markdown().as_bytes()),
        Preg::Demobruker { data } => skriv_linje(&crate::demopreg::bruker_og_passord(&data.mappe())?),
        Preg::Liste { json, data } => liste(&data, json),
    }
}

/// The password, where one is given. It is no argument: those are seen by everybody on the machine, and kept by shells.
fn les_passord(valg: &Passordvalg) -> Result<Option<Passordtekst>> {
    if !valg.passord_fra_stdin {
        return Ok(None);
    }
    let mut inn = std::io::stdin().lock();
    if inn.is_terminal() {
        bail!("standard inn er en terminal, som viser det som skrives; send passordet inn, eller la det lages");
    }
    let mut linje = zeroize::Zeroizing::new(String::new());
    inn.read_line(&mut linje).context("standard inn")?;
    Ok(Some(Passordtekst::new(linje.trim_end_matches(['\r', '\n']).to_owned())))
}

fn vis_bruker(data: &Datavalg, oppdrag: Pregoppdrag) -> Result<()> {
    let svar = Utfoerer::finn(&data.mappe())?.utfoer(Kommando::Preg { oppdrag })?;
    let Svar::Pregbruker { brukernavn, passord } = svar else {
        bail!("uventet svar");
    };
    match passord {
        // The password alone on standard output, so that it can be piped to where it is kept.
        Some(passord) => {
            meld(&format!("Passordet til {brukernavn}, som ikke vises igjen:"));
            skriv_linje(passord.vis())
        }
        None => skriv_linje(&format!("{brukernavn} har fått passordet")),
    }
}

fn liste(data: &Datavalg, json: bool) -> Result<()> {
    let oppdrag = Pregoppdrag::Liste;
    let svar = Utfoerer::finn(&data.mappe())?.utfoer(Kommando::Preg { oppdrag })?;
    let Svar::Preg { organisasjoner } = svar else {
        bail!("uventet svar");
    };
    if json {
        return skriv_linje(&serde_json::to_string_pretty(&organisasjoner)?);
    }
    if organisasjoner.is_empty() {
        return skriv_linje("Ingen har bestilt tilgang til PREG.");
    }
    for organisasjon in organisasjoner {
        let r = &organisasjon.bestilling.rettigheter;
        let rett = |har: bool, navn: &'static str| if har { navn } else { "" };
        let slutt = |dag: Option<Date>| dag.map_or_else(String::new, |dag| format!("  til {dag}"));
        skriv_linje(&format!(
            "{}  {}  {}{}{}{}",
            organisasjon.organisasjon,
            organisasjon.bestilling.navn,
            r.profil,
            rett(r.hjelpenummer, " hjelpenummer"),
            rett(r.filmatch, " filmatch"),
            slutt(organisasjon.slutt),
        ))?;
        for bruker in &organisasjon.brukere {
            skriv_linje(&format!("    {}{}", bruker.brukernavn, slutt(bruker.slutt)))?;
        }
    }
    Ok(())
}
