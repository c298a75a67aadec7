//! A message as it was sent, read and held against its schema.

use std::collections::BTreeSet;

use meldinger::Meldingstype;
use meldinger::signatur::{self, Signaturkontroll, Usann};
use meldinger::tre::{self, Element};
use sha2::{Digest, Sha256};

use crate::feil::Avslag;
use crate::koe::Jobb;
use crate::sak::{Sak, Saksnr, Tilstand};
use crate::saker::Saksbehandler;
use crate::tid::Tid;

/// Longest name that a sender may give a message. Units: characters. Source: our choice; schemas let them be 4 000.
const MELDING_TEGN_MAKS: usize = 255;

/// A message as it was sent.
#[derive(Clone, Copy)]
pub struct Innsendt<'m> {
    /// The XML.
    pub xml: &'m [u8],
    /// The files that came with it.
    pub filer: &'m [Fil],
    /// Who says whether its signature is true; without, none is taken. A message that has no signature needs nobody.
    pub signatur: Option<&'m dyn Signaturkontroll>,
}

impl std::fmt::Debug for Innsendt<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Innsendt")
    }
}

impl Innsendt<'_> {
    fn sjekk_signatur(&self, melding: &Element) -> Result<(), Avslag> {
        if !signatur::finnes(melding) {
            return Ok(());
        }
        let kontroll = self.signatur.ok_or(Avslag::Signatur(Usann::IngenKontroll))?;
        kontroll.sjekk(self.xml, melding).map_err(Avslag::Signatur)
    }

    // Of all of it: who sends the same with another file has sent something else.
    fn avtrykk(&self) -> [u8; 32] {
        let mut ut = Sha256::new_with_prefix(Sha256::digest(self.xml));
        let mut filer: Vec<&Fil> = self.filer.iter().collect();
        filer.sort_by(|a, b| a.navn.cmp(&b.navn));
        for fil in filer {
            ut.update(Sha256::digest(fil.navn.as_bytes()));
            ut.update(Sha256::digest(&fil.innhold));
        }
        ut.finalize().into()
    }
}

/// A file that came with a message.
#[derive(Clone, PartialEq, Eq)]
pub struct Fil {
    /// What it is called, as the message names it.
    pub navn: String,
    /// What it holds.
    pub innhold: Vec<u8>,
}

impl std::fmt::Debug for Fil {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fil")
    }
}

/// A message that was read, and is as its schema says.
pub struct Lest {
    pub(crate) jobb: Jobb,
    pub(crate) filer: Vec<Fil>,
}

impl Lest {
    /// As received while mottak is frozen: it gets its receipt, and waits in line until [`Saksbehandler::behandle_koe`]
    /// comes to it.
    #[must_use]
    pub fn i_koe(mut self) -> Self {
        self.jobb.frosset = true;
        self
    }
}

impl std::fmt::Debug for Lest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lest")
    }
}

/// What a sender is told at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mottatt {
    /// What we call the message.
    pub referanse: String,
    /// What the sender calls it; empty where it has no name.
    pub melding: String,
    /// The case, for our own account.
    pub sak: Saksnr,
    /// It had been received before.
    pub gjentatt: bool,
}

impl Saksbehandler {
    /// Reads a message and holds it against its schema: the first part of [`Saksbehandler::ta_imot`], which keeps a processor
    /// busy and waits for nothing.
    ///
    /// # Errors
    /// [`Avslag`]; nothing of it is kept then.
    pub fn les(
        &self,
        organisasjon: &str,
        meldingstype: Meldingstype,
        innsendt: &Innsendt<'_>,
        tillatt: &dyn Fn(&str) -> bool,
        tid: &Tid,
    ) -> Result<Lest, Avslag> {
        let Innsendt { xml, filer, .. } = *innsendt;
        let melding = tre::les(xml)?;
        let versjon = self.kontroller.sjekk(meldingstype, &melding).map_err(Avslag::Skjema)?;
        innsendt.sjekk_signatur(&melding)?;
        let innsending = melding.ett("innsending");
        let meldingsid = innsending
            .and_then(|i| i.tekst("avsendersMeldingsidentifikator"))
            .unwrap_or_default();
        let tegn = meldingsid.chars().count();
        if tegn > MELDING_TEGN_MAKS || (tegn == 0 && innsending.is_some()) {
            return Err(Avslag::Meldingsid);
        }
        let forespoersel = melding.ett("forespoersel");
        let kilde = forespoersel.and_then(|f| f.tekst("kilde"));
        if kilde.is_some_and(|kilde| !tillatt(kilde)) {
            return Err(Avslag::Kilde);
        }
        let mut navn: Vec<&str> = filer.iter().map(|fil| fil.navn.as_str()).collect();
        navn.sort_unstable();
        if navn != nevnte_filer(&melding) {
            return Err(Avslag::Vedlegg);
        }
        let ny = Sak {
            nr: 0,
            ressurs: meldingstype.ressurs().to_owned(),
            versjon: versjon.nummer.to_owned(),
            organisasjon: organisasjon.to_owned(),
            melding: meldingsid.to_owned(),
            saksreferanse: forespoersel
                .and_then(|f| f.tekst("avsendersSaksreferanse"))
                .filter(|r| !r.is_empty())
                .map(str::to_owned),
            referanse: uuid::Uuid::new_v4().to_string(),
            opprettet: tid.tidspunkt.to_string(),
            tilstand: Tilstand::Avgjort,
            personer: Vec::new(),
            mulige: Vec::new(),
            skjulte: Vec::new(),
            hendelser: Vec::new(),
        };
        let jobb = Jobb {
            sak: ny,
            meldingstype,
            melding,
            xml: xml.to_vec(),
            avtrykk: innsendt.avtrykk(),
            tid: *tid,
            frosset: false,
        };
        Ok(Lest {
            jobb,
            filer: filer.to_vec(),
        })
    }
}

// The files that a message names, in order; one may be named in two places.
fn nevnte_filer(melding: &Element) -> Vec<&str> {
    verdier(melding, |e| e.navn == "multipartnavn").into_iter().collect()
}

/// What stands in some of a message's elements, each once. As deep as a message may be ([`tre::les`]).
pub(crate) fn verdier(melding: &Element, hvilke: impl Fn(&Element) -> bool + Copy) -> BTreeSet<&str> {
    let mut ut: BTreeSet<&str> = melding.barn.iter().flat_map(|barn| verdier(barn, hvilke)).collect();
    if hvilke(melding) {
        ut.insert(melding.verdi());
    }
    ut
}
