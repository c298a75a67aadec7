//! Who calls, and what the audit record is told of a call.
//!
//! What a newcomer gets wrong: the right to help numbers needs both the profile and the order. A profile that mirrors a package without it
//! does not get it because somebody ticked a box. Source: rettighetspakker.yaml, `preg`; PREG reference 9; ADR 0051.

use std::borrow::Cow;

use pregbrukere::Innlogget;
use pregmodell::{Brukerrett, Profil, Rett};
use tilgang::Revisjonspost;

/// The service's name in audit records.
pub const TJENESTE: &str = "preg";

/// A user who was let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kaller {
    /// The user, as it signed in.
    pub brukernavn: String,
    /// Organisation number.
    pub organisasjon: String,
    /// What it is shown.
    pub profil: Profil,
    fh: bool,
    filematch: bool,
    /// Trace id of the call.
    pub sporing: String,
}

impl Kaller {
    /// Of one who was let in; `None` where the order names a profile that there is none of, who is shown nothing.
    #[must_use]
    pub fn ny(inne: &Innlogget, sporing: &str) -> Option<Self> {
        let profil = Profil::fra_navn(&inne.rettigheter.profil)?;
        Some(Kaller {
            brukernavn: inne.brukernavn.as_str().to_owned(),
            organisasjon: inne.organisasjon.as_str().to_owned(),
            profil,
            fh: inne.rettigheter.hjelpenummer,
            filematch: inne.rettigheter.filmatch,
            sporing: sporing.to_owned(),
        })
    }

    /// Whether it may do what takes a right.
    #[must_use]
    pub fn har(&self, rett: Rett) -> bool {
        let brukerrett = Brukerrett {
            profil: self.profil,
            filematch: self.filematch,
        };
        brukerrett.har(rett) && (rett != Rett::Fh || self.fh)
    }

    /// The record of a call of this user.
    #[must_use]
    pub fn post<'a>(&'a self, kall: &'a Kall) -> Revisjonspost<'a> {
        Revisjonspost {
            projeksjon: Some(self.profil.projeksjon()),
            konsument: &self.organisasjon,
            klient: &self.brukernavn,
            avtale: self.profil.navn(),
            kriterier: &kall.kriterier,
            spurt: &kall.spurt,
            enkelt: kall.enkelt,
            ..Revisjonspost::new(kall.tjeneste, kall.operasjon, &self.sporing, 200)
        }
    }
}

/// What is told of a call: kinds of criteria and codes, never a value but the numbers, which are sealed.
#[derive(Clone, Debug)]
pub struct Kall {
    /// [`TJENESTE`], or that of another face.
    pub tjeneste: &'static str,
    /// The operation.
    pub operasjon: &'static str,
    /// Kinds of criteria, the code of the answer, hits.
    pub kriterier: Vec<Cow<'static, str>>,
    /// Numbers asked for.
    pub spurt: Vec<u64>,
    /// One person was asked for, and not a list.
    pub enkelt: bool,
}

impl Kall {
    /// Of an operation of the HL7 service.
    #[must_use]
    pub fn ny(operasjon: &'static str) -> Self {
        Kall {
            tjeneste: TJENESTE,
            operasjon,
            kriterier: Vec::new(),
            spurt: Vec::new(),
            enkelt: false,
        }
    }

    /// With a word more.
    pub fn merk(&mut self, merke: impl Into<Cow<'static, str>>) {
        self.kriterier.push(merke.into());
    }
}
