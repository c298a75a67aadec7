//! Personregister-XML on the same persons as the HL7 service: lookup, search, masking and audit are [`Personregister`]'s.
//!
//! What lives here: its questions in our words, and our answers in its. What does not: elements and envelopes (`pregxml`).
//!
//! What a newcomer gets wrong: to call this where calls are served. It waits for the audit record, on a thread that may. Source: ADR 0051, 0053.

use std::borrow::Cow;
use std::sync::Arc;

use pregbrukere::Innlogget;
use pregmodell::Person;
use pregxml::{Foedt, Kjoenn, Nummer, Nummerstatus, Registerfeil, Soek, Soekesvar};
use soek::kopi::Datointervall;
use tokio::runtime::Handle;

use crate::Feil;
use crate::kaller::{Kall, Kaller};
use crate::oppslag::{Funnet, Personregister, Uttak};
use crate::soek::{Adressekriterium, Gate, Kriterier, Utfall};

/// The face's name in audit records.
pub const TJENESTE_XML: &str = "pregxml";

/// The operation of a call whose operation could not be read.
const UKJENT: &str = "ukjent";

/// Persons of the copy and of the register of help numbers, for Personregister-XML.
#[derive(Clone, Debug)]
pub struct XmlRegister(pub Arc<Personregister>);

impl From<Feil> for Registerfeil {
    fn from(feil: Feil) -> Self {
        match feil {
            Feil::Fylles | Feil::Etterslep | Feil::Utilgjengelig => Registerfeil::Utilgjengelig,
            Feil::Intern => Registerfeil::Intern,
        }
    }
}

fn kaller(fra: &pregxml::Kaller) -> Result<Kaller, Registerfeil> {
    Kaller::ny(&fra.innlogget, &fra.spor).ok_or_else(|| {
        tracing::error!("en bestilling nevner en profil som ikke finnes");
        Registerfeil::Intern
    })
}

fn kall(fra: &pregxml::Kaller) -> Kall {
    Kall {
        tjeneste: TJENESTE_XML,
        ..Kall::ny(fra.operasjon.navn())
    }
}

/// No more than year and month, or less, is a day's place too: both ends are of the same text.
fn foedt(foedt: Option<Foedt>) -> Datointervall {
    match foedt {
        None => Datointervall::default(),
        Some(Foedt::Dato(dato)) => Datointervall {
            fra: Some(dato),
            til: Some(dato),
        },
        Some(Foedt::Mellom(fra, til)) => Datointervall { fra, til },
    }
}

fn kriterier(soek: &Soek) -> Option<Kriterier> {
    let gate = soek.gatenavn.as_deref().map(Gate::les);
    // A street of no letters is nobody's.
    if gate == Some(None) {
        return None;
    }
    let adresse = Adressekriterium {
        gate: gate.flatten(),
        postnummer: soek.postnummer.clone(),
        kommune: soek.kommunenummer.clone(),
        ..Adressekriterium::default()
    };
    Some(Kriterier {
        gitte: [&soek.fornavn, &soek.mellomnavn]
            .into_iter()
            .flatten()
            .cloned()
            .collect(),
        etternavn: soek.etternavn.clone(),
        foedt: foedt(soek.foedt),
        kjoenn: soek.kjoenn.map(|kjoenn| match kjoenn {
            Kjoenn::Kvinne => 0,
            Kjoenn::Mann => 1,
        }),
        doed: (!soek.med_doede).then_some(false),
        adresser: Some(adresse)
            .filter(|adresse| *adresse != Adressekriterium::default())
            .into_iter()
            .collect(),
        numre: Vec::new(),
    })
}

impl XmlRegister {
    fn frigi(&self, uttak: Uttak, fra: &pregxml::Kaller, kall: Kall) -> Result<Vec<Option<Funnet>>, Registerfeil> {
        let kaller = kaller(fra)?;
        Ok(Handle::current().block_on(self.0.frigi(uttak, &kaller, kall))?)
    }

    fn hent(&self, fra: &pregxml::Kaller, numre: &[Nummer]) -> Result<Vec<Option<Funnet>>, Registerfeil> {
        let mut kall = kall(fra);
        kall.spurt = numre.iter().filter_map(|nummer| nummer.as_str().parse().ok()).collect();
        kall.enkelt = numre.len() == 1;
        let uttak = self.0.hent(fra.profil, numre.iter().map(Nummer::as_str))?;
        self.frigi(uttak, fra, kall)
    }
}

impl pregxml::Personregister for XmlRegister {
    fn personer(&self, kaller: &pregxml::Kaller, numre: &[Nummer]) -> Result<Vec<Option<Person>>, Registerfeil> {
        let funnet = self.hent(kaller, numre)?;
        Ok(funnet.into_iter().map(|en| en.map(|en| en.person)).collect())
    }

    fn soek(&self, kaller: &pregxml::Kaller, soek: &Soek) -> Result<Soekesvar, Registerfeil> {
        let mut kall = kall(kaller);
        let Some(kriterier) = kriterier(soek) else {
            let uttak = self.0.tomt(kaller.profil);
            self.frigi(uttak, kaller, kall)?;
            return Ok(Soekesvar::default());
        };
        kall.kriterier = kriterier.slag().into_iter().map(Cow::Borrowed).collect();
        let antall = usize::try_from(soek.treff_maks).unwrap_or(usize::MAX);
        let treff = match self.0.soek(kaller.profil, &kriterier, antall)? {
            Utfall::Treff(treff) => treff,
            Utfall::ForMange => return Err(Registerfeil::ForMange),
        };
        kall.merk(format!("totalt={}", treff.totalt));
        let funnet = self.frigi(treff.uttak, kaller, kall)?;
        Ok(Soekesvar {
            personer: funnet.into_iter().flatten().map(|en| en.person).collect(),
            totalt: u32::try_from(treff.totalt).unwrap_or(u32::MAX),
        })
    }

    fn noter_avslag(
        &self,
        innlogget: &Innlogget,
        operasjon: Option<pregxml::Operasjon>,
        kode: &'static str,
        spor: &str,
    ) -> Result<(), Registerfeil> {
        let kall = Kall {
            tjeneste: TJENESTE_XML,
            ..Kall::ny(operasjon.map_or(UKJENT, pregxml::Operasjon::navn))
        };
        let kaller = Kaller::ny(innlogget, spor).ok_or(Registerfeil::Intern)?;
        let post = tilgang::Revisjonspost {
            feilkode: Some(kode),
            ..kaller.post(&kall)
        };
        let notert = Handle::current().block_on(self.0.frigivelse.noter(&post));
        notert.map_err(|_| Registerfeil::Utilgjengelig)
    }

    fn sjekk(&self, kaller: &pregxml::Kaller, nummer: &Nummer) -> Result<Nummerstatus, Registerfeil> {
        let funnet = self.hent(kaller, std::slice::from_ref(nummer))?.pop().flatten();
        Ok(Nummerstatus {
            kjent: funnet.is_some(),
            avloest_av: funnet
                .filter(|en| en.nummer() != nummer.as_str())
                .and_then(|en| Nummer::elleve(en.nummer())),
        })
    }
}
