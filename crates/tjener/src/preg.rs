//! PREG beside the health sector's copy: the HL7 service and Personregister-XML, and the register of common help numbers.
//!
//! What lives here: what the two faces stand on is put together, and which of them answers on which port. What does not: a message, a field, a rule
//! of who may see what (`pregtjeneste`, `pregxml`, `pregmodell`), and who has ordered PREG ([`Aapen::pregbrukere`]). What a newcomer gets wrong:
//! a user name and a password come with every call, so nothing of this is on a port without TLS unless the settings say that it may be.

use std::sync::Arc;

use anyhow::{Context, Result};
use axum::Router;
use hjelpenummer::{Hjelpenumre, Steder};
use jiff::{SignedDuration, Timestamp};
use preg::hl7::Modus;
use preg::samtale::{self, Samtaler};
use pregbrukere::Innlogging;
use pregtjeneste::{Innstillinger, Personregister, Port, PregTjeneste, Tellere, XmlRegister, tilfeldig_id};
use pregxml::ruter::Oppsett as Xmloppsett;
use tilgang::Frigivelse;
use tjenesteflate::maalinger::Maalere;
use tjenesteflate::vern::Vakt;

use crate::helsekopi::Tilstand;
use crate::mappe::{Aapen, klokke};

/// How PREG is to be served.
#[derive(Clone, Debug)]
pub struct Oppsett {
    /// The mode that messages are of.
    pub modus: Modus,
    /// When it ends, once that is known.
    pub slutt: Option<Timestamp>,
    /// Scheme and host as users see them; those of the call when absent.
    pub adresse: Option<String>,
    /// What is spoken on the port without TLS of its own.
    pub uten_tls: Port,
    /// See `pregtjeneste::ETTERSLEP_MAKS_S`.
    pub etterslep_maks: SignedDuration,
    /// Where what is kept beside the register of help numbers lies.
    pub steder: Steder,
}

/// The role: it answers for as long as the program runs.
pub struct Rolle {
    hl7: Arc<PregTjeneste>,
    xml: Arc<pregxml::Tjeneste<XmlRegister>>,
    adresse: Option<String>,
    uten_tls: Port,
    vakt: Vakt,
    maalere: Maalere,
}

impl Rolle {
    /// Puts it together.
    pub fn new(
        oppsett: &Oppsett,
        aapen: &Aapen,
        (tilstand, hjelpenumre): (&Tilstand, &Arc<Hjelpenumre>),
        frigivelse: Frigivelse,
        vakt: &Vakt,
        maalere: &Maalere,
    ) -> Result<Self> {
        let kopiplass = tilstand.kopiplass().clone();
        let register = Arc::new(Personregister {
            kopi: Arc::new(move || kopiplass.hent()),
            maaling: tilstand.maaling().clone(),
            etterslep_maks: oppsett.etterslep_maks,
            hjelpenumre: hjelpenumre.clone(),
            hjelpeindeks: Arc::default(),
            kartverk: tilstand.kartverk().clone(),
            frigivelse,
            klokke: klokke(),
        });
        let brukere = aapen.pregbrukere()?;
        let innlogging = Innlogging::new(brukere, pregbrukere::Innstillinger::default()).context("PREGs brukere")?;
        let innlogging = Arc::new(innlogging);
        let samtaler = Arc::new(Samtaler::new(samtale::Innstillinger::default()));
        maal(maalere, &innlogging, &samtaler, hjelpenumre)?;
        let xml = pregxml::Tjeneste::new(XmlRegister(register.clone()), innlogging.clone());
        let xml = match oppsett.slutt {
            Some(slutt) => xml.with_slutt(slutt),
            None => xml,
        };
        let hl7 = PregTjeneste {
            register,
            innlogging,
            samtaler,
            klokke: klokke(),
            ider: Arc::new(tilfeldig_id),
            innstillinger: Innstillinger {
                modus: oppsett.modus,
                slutt: oppsett.slutt,
                adresse: oppsett.adresse.clone(),
            },
            tellere: Tellere::new(maalere)?,
            vakt: Some(vakt.clone()),
        };
        Ok(Rolle {
            hl7: Arc::new(hl7),
            xml: Arc::new(xml),
            adresse: oppsett.adresse.clone(),
            uten_tls: oppsett.uten_tls,
            vakt: vakt.clone(),
            maalere: maalere.clone(),
        })
    }

    /// Every route of both faces on the port without TLS, and on the one with it; whole paths.
    pub fn ruter(&self) -> [Router; 2] {
        [self.uten_tls, Port::Tls].map(|port| self.paa(port))
    }

    fn paa(&self, port: Port) -> Router {
        let ruter = self.hl7.ruter(port, &self.maalere);
        let Some(protokoll) = port.protokoll() else {
            return ruter;
        };
        let xml = Xmloppsett {
            adresse: self.adresse.clone(),
            protokoll,
            klokke: klokke(),
            vakt: Some(self.vakt.clone()),
        };
        ruter.merge(pregxml::ruter::ruter(&self.xml, &xml, &self.maalere))
    }
}

/// Opens the register of help numbers, for PREG and for the copy that follows it.
pub fn aapne_hjelpenumre(oppsett: &Oppsett, aapen: &Aapen) -> Result<Arc<Hjelpenumre>> {
    let aapnet = Hjelpenumre::aapne(&aapen.mappe.preg(), &oppsett.steder);
    Ok(Arc::new(aapnet.context("registeret over hjelpenumre")?))
}

fn maal(
    maalere: &Maalere,
    innlogging: &Arc<Innlogging>,
    samtaler: &Arc<Samtaler>,
    hjelpenumre: &Arc<Hjelpenumre>,
) -> Result<()> {
    let (innlogging, samtaler, hjelpenumre) = (innlogging.clone(), samtaler.clone(), hjelpenumre.clone());
    maalere.register_counting(
        "preg_passwords_hashed",
        "Passord til PREG som er sett etter med den langsomme hashen",
        move || innlogging.hashet(),
    )?;
    maalere.register_reading(
        "preg_conversations",
        "Åpne samtaler (WS-SecureConversation) med PREG",
        move || u64::try_from(samtaler.antall()).unwrap_or(u64::MAX),
    )?;
    maalere.register_reading("preg_help_numbers", "Felles hjelpenumre som er utstedt", move || {
        u64::try_from(hjelpenumre.antall_utstedt()).unwrap_or(u64::MAX)
    })?;
    Ok(())
}
