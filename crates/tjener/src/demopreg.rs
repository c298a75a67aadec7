//! The demo's user of PREG: an order of the demo's consumer, and a password that is drawn the first time and kept in the folder.

use ::preg::hl7::Modus;
use anyhow::{Context, Result};
use identifikator::Organisasjonsnummer;
use jiff::SignedDuration;
use lager::noekkelfil::{les_hemmelig, skriv_hemmelig};
use pregbrukere::{Bestilling, Brukernavn, Kontaktperson, Organisasjonstype, Passord, Rettigheter, dagen};
use pregmodell::Profil;
use pregtjeneste::{ETTERSLEP_MAKS_S, Port};

use crate::demo::{GITT_AV, ORGANISASJON};
use crate::mappe::{Aapen, Mappe, klokke};
use crate::preg;

const BRUKER: &str = "persontjenesten-demo";
/// What the user is shown, and may: help numbers need a profile of their own.
const PROFIL: Profil = Profil::Hjelpenummer;

/// How the demo serves PREG: without TLS too, since it is reached from this machine alone.
pub fn oppsett() -> preg::Oppsett {
    preg::Oppsett {
        modus: Modus::Test,
        slutt: None,
        adresse: None,
        uten_tls: Port::UtenTlsTilUtvikling,
        etterslep_maks: SignedDuration::from_secs(ETTERSLEP_MAKS_S),
        steder: hjelpenummer::Steder::default(),
    }
}

/// Makes sure that the demo's user is there, and has the password that is in the folder.
pub fn sikre(aapen: &Aapen) -> Result<()> {
    let naa = klokke()();
    let brukere = aapen.pregbrukere()?;
    let organisasjon = Organisasjonsnummer::parse(ORGANISASJON)?;
    if !brukere.organisasjoner().contains_key(organisasjon.as_str()) {
        let bestilling = Bestilling {
            navn: "Demo".to_owned(),
            organisasjonstype: Organisasjonstype::Fastlege,
            underskrevet_av: GITT_AV.to_owned(),
            underskrevet: dagen(naa),
            kontaktperson: Kontaktperson {
                navn: GITT_AV.to_owned(),
                epost: "demo@example.invalid".to_owned(),
                telefon: "00000000".to_owned(),
            },
            journalsystem: "utprøving".to_owned(),
            formaal: "utprøving med syntetiske personer".to_owned(),
            medlem_av_helsenettet: true,
            vilkaar_godtatt: true,
            rettigheter: Rettigheter {
                profil: PROFIL.navn().to_owned(),
                hjelpenummer: true,
                filmatch: true,
            },
        };
        brukere.bestill(organisasjon, bestilling, naa, GITT_AV)?;
    }
    let navn = Brukernavn::new(BRUKER)?;
    let sti = aapen.mappe.demopassord();
    match (brukere.bruker(&navn).is_some(), sti.exists()) {
        (true, true) => {}
        // The file is the first to be there: a user whose password nobody has is of no use.
        (false, true) => {
            let passord = Passord::new(les_passord(&aapen.mappe)?);
            brukere.opprett_bruker(&navn, organisasjon, &passord, naa, GITT_AV)?;
        }
        (finnes, false) => {
            let passord = Passord::lag()?;
            skriv_hemmelig(&sti, passord.vis().as_bytes()).context("passordet til demoens bruker av PREG")?;
            if finnes {
                brukere.bytt_passord(&navn, &passord, naa, GITT_AV)?;
            } else {
                brukere.opprett_bruker(&navn, organisasjon, &passord, naa, GITT_AV)?;
            }
        }
    }
    Ok(())
}

/// The demo's user and its password, as HTTP Basic has them.
pub fn bruker_og_passord(mappe: &Mappe) -> Result<String> {
    Ok(format!("{BRUKER}:{}", les_passord(mappe)?))
}

fn les_passord(mappe: &Mappe) -> Result<String> {
    let byte = les_hemmelig(&mappe.demopassord()).context("fant ingen bruker av PREG; start demoen først")?;
    String::from_utf8(byte).context("passordet til demoens bruker av PREG")
}
