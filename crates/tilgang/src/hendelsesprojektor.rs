//! Projecting events: the event document, and the items of a feed page.
//!
//! An event document was true when it was written; it is shown under the person's *present* protection all the same.

use informasjonsmodell::json::{self, Metadatafelter};
use informasjonsmodell::verdi::skriv_tekst;
use informasjonsmodell::xml::skriv::{self as xml, Feed, Hendelsehode, Hendelseslinje};
use informasjonsmodell::{Entitet, Entitetsendring, Hendelsestype, Tidspunkt};

use crate::projektor::{Format, Leveranse, Rad, Svar, kopier_uten, synlig_metadata};
use crate::tabell::{Entitetsmengde, Rett, Tabell};
use crate::{Grad, Projeksjon};

/// Version of the form of event documents.
///
/// Source: the published examples say `1.0`; what the live service says now is not published (our choice).
pub const SKJEMAVERSJON: &str = "1.0";

/// What an event document says besides its entries.
#[derive(Clone, Copy, Debug)]
pub struct Hendelsesopplysning<'a> {
    /// Identifier of the document.
    pub dokumentidentifikator: &'a str,
    /// The number the event was issued on.
    pub folkeregisteridentifikator: &'a str,
    /// The type.
    pub hendelsestype: Hendelsestype,
    /// When the register says it happened.
    pub ajourholdstidspunkt: Tidspunkt,
}

/// Writes one event document into an answer.
#[derive(Debug)]
pub struct Hendelsesprojektor<'s> {
    rett: &'static Rett,
    vern: Grad,
    foerste: bool,
    levert: Leveranse,
    svar: &'s mut Svar,
}

impl Svar {
    /// Starts an event document. `vern` is the person's present protection.
    pub fn hendelse(
        &mut self,
        projeksjon: Projeksjon,
        vern: Grad,
        hendelse: &Hendelsesopplysning<'_>,
    ) -> Hendelsesprojektor<'_> {
        match self.format {
            Format::Json => {
                for (foran, verdi) in [
                    (&b"{\"dokumentidentifikator\":"[..], hendelse.dokumentidentifikator),
                    (b",\"skjemaversjon\":", SKJEMAVERSJON),
                    (
                        b",\"hendelse\":{\"folkeregisteridentifikator\":",
                        hendelse.folkeregisteridentifikator,
                    ),
                    (b",\"hendelsestype\":", hendelse.hendelsestype.navn()),
                    (b",\"ajourholdstidspunkt\":", &hendelse.ajourholdstidspunkt.to_string()),
                ] {
                    self.ut.extend_from_slice(foran);
                    skriv_tekst(&mut self.ut, verdi);
                }
            }
            Format::Xml => xml::dokument_start(
                &mut self.ut,
                &Hendelsehode {
                    dokumentidentifikator: hendelse.dokumentidentifikator,
                    skjemaversjon: SKJEMAVERSJON,
                    folkeregisteridentifikator: hendelse.folkeregisteridentifikator,
                    hendelsestype: hendelse.hendelsestype,
                    ajourholdstidspunkt: hendelse.ajourholdstidspunkt,
                },
            ),
        }
        Hendelsesprojektor {
            rett: Tabell::felles().rett(projeksjon),
            vern,
            foerste: true,
            levert: Leveranse {
                identifikator: hendelse.folkeregisteridentifikator.parse().unwrap_or_default(),
                entiteter: Entitetsmengde::default(),
                tilbakeholdt: Entitetsmengde::default(),
                historikk: false,
                grad: Grad::Ugradert,
                vern,
            },
            svar: self,
        }
    }
}

// The two sides of the contract name this field differently.
const I_PERSON: &[u8] = b"{\"identitetsgrunnlagstatus\":";
const I_HENDELSE: &[u8] = b"{\"legitimasjonskontroll\":";

impl Hendelsesprojektor<'_> {
    /// Shows what was done to one entry.
    pub fn vis(&mut self, endring: Entitetsendring, rad: &Rad<'_>) {
        let Some(navn) = rad.entitet.hendelsesnavn().entitet else {
            return;
        };
        let Some(nekt) = self.rett.avgjoer(self.vern, rad.entitet, true, rad.grad) else {
            return;
        };
        let metadata = Metadatafelter {
            er_gjeldende: None,
            ..synlig_metadata(&rad.metadata, nekt)
        };
        let mut kropp = Vec::with_capacity(rad.kropp.len());
        kopier_uten(&mut kropp, rad.kropp, rad.spenn, nekt.felt);
        let innhold = (endring != Entitetsendring::Annullere).then_some((&metadata, kropp.as_slice()));
        match self.svar.format {
            Format::Json => self.vis_json(endring, rad.entitet, navn, innhold),
            Format::Xml => match xml::egenskapshendelse(&mut self.svar.ut, rad.entitet, endring, innhold) {
                Ok(ukjente) => self.svar.ukjente_i_xml += ukjente,
                Err(_) => self.svar.skadet = true,
            },
        }
        self.levert.entiteter = self.levert.entiteter.og(Entitetsmengde::av(rad.entitet));
        if rad.entitet.er_adresse() {
            self.levert.grad = self.levert.grad.max(rad.grad.max(self.vern));
        }
    }

    fn vis_json(
        &mut self,
        endring: Entitetsendring,
        entitet: Entitet,
        navn: &str,
        innhold: Option<(&Metadatafelter<'_>, &[u8])>,
    ) {
        let ut = &mut self.svar.ut;
        ut.extend_from_slice(if self.foerste {
            b",\"egenskapshendelse\":[{"
        } else {
            b",{"
        });
        self.foerste = false;
        if let Some((metadata, kropp)) = innhold {
            skriv_tekst(ut, entitet.hendelsesnavn().egenskap);
            ut.push(b':');
            match kropp
                .strip_prefix(I_PERSON)
                .filter(|_| entitet == Entitet::Identitetsgrunnlag)
            {
                Some(rest) => json::skriv_oppfoering(ut, metadata, &[I_HENDELSE, rest].concat()),
                None => json::skriv_oppfoering(ut, metadata, kropp),
            }
            ut.push(b',');
        }
        ut.extend_from_slice(b"\"entitet\":");
        skriv_tekst(ut, navn);
        ut.extend_from_slice(b",\"entitetsendring\":");
        skriv_tekst(ut, endring.navn());
        ut.push(b'}');
    }

    /// Ends the document.
    pub fn ferdig(self) {
        match self.svar.format {
            Format::Json => self
                .svar
                .ut
                .extend_from_slice(if self.foerste { b"}}" } else { b"]}}" }),
            Format::Xml => xml::dokument_slutt(&mut self.svar.ut, None),
        }
        self.svar.leveranser.push(self.levert);
    }
}

/// One feed item, before a package's rules on what an item carries.
#[derive(Clone, Copy, Debug)]
pub struct Feedlinje<'a> {
    /// Its number in the package's feed.
    pub sekvensnummer: u64,
    /// The number the event was issued on.
    pub folkeregisteridentifikator: &'a str,
    /// The type, as this package sees it.
    pub hendelsestype: Hendelsestype,
    /// The event document.
    pub hendelsesdokument: Option<&'a str>,
    /// The person after the event.
    pub persondokument: Option<&'a str>,
    /// When the register says it happened.
    pub ajourholdstidspunkt: Tidspunkt,
    /// When it appeared in the feed.
    pub publisert: Tidspunkt,
}

/// What an Atom page says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Atomside<'a> {
    /// Address of the package with version, without a slash at the end.
    pub base: &'a str,
    /// The number the page was asked from.
    pub seq: u64,
    /// The number to ask from next; `None` on the last page.
    pub neste: Option<u64>,
    /// When the newest item appeared.
    pub oppdatert: Tidspunkt,
}

impl Svar {
    /// Writes a feed page: JSON array or Atom document, each item with what the package's items carry.
    pub fn feedside<'a>(
        &mut self,
        projeksjon: Projeksjon,
        side: &Atomside<'_>,
        linjer: impl IntoIterator<Item = Feedlinje<'a>>,
    ) {
        let rett = Tabell::felles().rett(projeksjon);
        match self.format {
            Format::Json => self.ut.push(b'['),
            Format::Xml => xml::feed_start(
                &mut self.ut,
                &Feed {
                    base: side.base,
                    tittel: "Hendelsesliste",
                    utgiver: "persontjenesten",
                    seq: side.seq,
                    neste: side.neste,
                    oppdatert: side.oppdatert,
                },
            ),
        }
        for (nr, linje) in linjer.into_iter().enumerate() {
            let synlig = Hendelseslinje {
                sekvensnummer: linje.sekvensnummer,
                folkeregisteridentifikator: Some(linje.folkeregisteridentifikator).filter(|_| rett.feed_identifikator),
                hendelsestype: linje.hendelsestype,
                hendelsesdokument: linje.hendelsesdokument.filter(|_| rett.feed_dokumenter),
                persondokument: linje.persondokument.filter(|_| rett.feed_dokumenter),
                ajourholdstidspunkt: Some(linje.ajourholdstidspunkt).filter(|_| rett.feed_ajourholdstidspunkt),
                publisert: linje.publisert,
            };
            match self.format {
                Format::Json => {
                    if nr > 0 {
                        self.ut.push(b',');
                    }
                    skriv_linje(&mut self.ut, &synlig);
                }
                Format::Xml => xml::lagret_hendelse(&mut self.ut, &synlig),
            }
        }
        match self.format {
            Format::Json => self.ut.push(b']'),
            Format::Xml => xml::feed_slutt(&mut self.ut),
        }
    }
}

fn skriv_linje(ut: &mut Vec<u8>, linje: &Hendelseslinje<'_>) {
    ut.extend_from_slice(b"{\"sekvensnummer\":");
    ut.extend_from_slice(linje.sekvensnummer.to_string().as_bytes());
    ut.extend_from_slice(b",\"hendelse\":{");
    let start = ut.len();
    for (navn, verdi) in [
        ("folkeregisteridentifikator", linje.folkeregisteridentifikator),
        // The feed says hendelsetype, the event document hendelsestype.
        ("hendelsetype", Some(linje.hendelsestype.navn())),
        ("hendelsesdokument", linje.hendelsesdokument),
        ("persondokument", linje.persondokument),
    ] {
        let Some(verdi) = verdi else { continue };
        if ut.len() > start {
            ut.push(b',');
        }
        skriv_tekst(ut, navn);
        ut.push(b':');
        skriv_tekst(ut, verdi);
    }
    if let Some(tid) = linje.ajourholdstidspunkt {
        ut.extend_from_slice(b",\"ajourholdstidspunkt\":\"");
        tid.skriv(ut);
        ut.push(b'"');
    }
    ut.extend_from_slice(b"}}");
}
