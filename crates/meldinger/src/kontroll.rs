//! Whether a message is what its schema says.
//!
//! Two judges, and both must say yes. Our own (`dommer`) goes through the tree with the schema beside it, and says of
//! what is wrong where it is and by which rule. What it finds nothing in is held against the schema as XSD, by whoever
//! reads XSD behind [`Skjemakontroll`]: it is given the tree and not the bytes, and what it says is told on in words of
//! our own, since its own texts may repeat what the message says of somebody. A newcomer's mistake is to ask it first: it
//! may take its time with a message that is not even of the right length.

mod avvik;
mod dommer;
mod moenster;
mod tekst;

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use uppsala::{Attribute, Document, QName, XmlResult, XsdValidator};

use crate::signatur;
use crate::skjema::{Form, Hva, Skjema, til_xsd};
use crate::tre::Element;
pub use avvik::{Avvik, Galt};
use moenster::Moenster;

/// Most faults that are told of. Source: our choice; who mends the first ones asks again.
pub const AVVIK_MAKS: usize = 10;

/// Holds messages against one schema.
pub trait Skjemakontroll: Send + Sync {
    /// What is wrong with a message, at most [`AVVIK_MAKS`]; nothing: it is valid.
    fn sjekk(&self, melding: &Element) -> Vec<Avvik>;
}

/// A schema that the library cannot use: our own mistake, since schemas come with the program.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// The whole of it.
    #[error("skjemaet kan ikke brukes")]
    Skjema(#[source] uppsala::XmlError),
    /// A pattern.
    #[error("et mønster i skjemaet kan ikke brukes")]
    Moenster,
}

/// By the library `uppsala`, and beside it what it was found not to say as XSD has it.
pub struct Xsdkontroll {
    skjema: Skjema,
    melding: XsdValidator,
    signatur: Option<XsdValidator>,
    navn: BTreeSet<String>,
    moenstre: HashMap<String, Moenster>,
}

impl fmt::Debug for Xsdkontroll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Xsdkontroll")
    }
}

impl Xsdkontroll {
    /// Makes ready to check messages.
    ///
    /// # Errors
    /// [`Feil`] if the schema has something that the library does not take.
    pub fn new(skjema: Skjema) -> Result<Self, Feil> {
        let les = |xsd: &str| -> XmlResult<XsdValidator> { XsdValidator::from_schema(&uppsala::parse(xsd)?) };
        let mut navn: BTreeSet<String> = skjema.roetter.iter().map(|(navn, _)| navn.clone()).collect();
        let mut har_signatur = false;
        skjema.hvert_element(|element, hva| {
            navn.insert(element.to_owned());
            har_signatur |= *hva == Hva::Signatur;
        });
        let mut moenstre = HashMap::new();
        for moenster in skjema.moenstre() {
            let lest = Moenster::les(moenster).ok_or(Feil::Moenster)?;
            moenstre.insert(moenster.to_owned(), lest);
        }
        let signatur = har_signatur
            .then(|| les(signatur::XSD))
            .transpose()
            .map_err(Feil::Skjema)?;
        Ok(Xsdkontroll {
            melding: les(&til_xsd(&skjema, Form::Bibliotek)).map_err(Feil::Skjema)?,
            signatur,
            navn,
            moenstre,
            skjema,
        })
    }

    fn av_biblioteket(&self, melding: &Element) -> Vec<Avvik> {
        let mut ut = Vec::new();
        for feil in self.melding.validate(&dokument(melding, Some(signatur::NAVNEROM))) {
            // The library's texts have the name of an element between the first quotes, where they have any.
            let sitert = feil.message.split('\'').nth(1).unwrap_or_default();
            let navn = sitert.rsplit('}').next().filter(|navn| self.navn.contains(*navn));
            let avvik = Avvik {
                sti: navn.unwrap_or_default().to_owned(),
                element: navn.map(str::to_owned),
                hva: Galt::Innhold,
            };
            if ut.len() < AVVIK_MAKS && !ut.contains(&avvik) {
                ut.push(avvik);
            }
        }
        ut
    }

    fn av_signaturen(&self, melding: &Element) -> Option<Avvik> {
        let kontroll = self.signatur.as_ref()?;
        let mut galt = None;
        let mut id = BTreeSet::new();
        hver_signatur(melding, &mut Vec::new(), &mut |element, sti| {
            let slapp = signatur::slipper_gjennom(element, true, &mut id);
            if slapp || !kontroll.validate(&dokument(element, None)).is_empty() {
                let kjente = sti.iter().copied().filter(|navn| self.navn.contains(*navn));
                galt.get_or_insert_with(|| kjente.collect::<Vec<_>>().join("/"));
            }
        });
        Some(Avvik {
            sti: galt?,
            element: Some("Signature".to_owned()),
            hva: Galt::Signatur,
        })
    }
}

impl Skjemakontroll for Xsdkontroll {
    fn sjekk(&self, melding: &Element) -> Vec<Avvik> {
        let mut ut = dommer::doem(self, melding);
        if ut.is_empty() {
            ut = self.av_biblioteket(melding);
        }
        if ut.is_empty() {
            ut.extend(self.av_signaturen(melding));
        }
        ut
    }
}

// Every outermost element that the schema of signatures knows, with the names of the elements that it is in and its own.
fn hver_signatur<'e>(element: &'e Element, sti: &mut Vec<&'e str>, ta: &mut impl FnMut(&'e Element, &[&'e str])) {
    for barn in &element.barn {
        sti.push(&barn.navn);
        if signatur::er_kjent(barn) {
            ta(barn, sti);
        } else {
            hver_signatur(barn, sti, ta);
        }
        sti.pop();
    }
}

/// The library's own tree, made of ours: the bytes are read once. What is in elements of the namespace `uten` stays out.
fn dokument<'e>(melding: &'e Element, uten: Option<&str>) -> Document<'e> {
    let mut ut = Document::new();
    let rot = ut.root();
    legg_til(&mut ut, rot, melding, uten);
    ut
}

fn legg_til<'e>(dokument: &mut Document<'e>, forelder: uppsala::NodeId, element: &'e Element, uten: Option<&str>) {
    let node = dokument.create_element(navn(&element.navnerom, &element.navn));
    if let Some(plass) = dokument.element_mut(node) {
        // Types that a message chooses have been judged, and the library takes too many of them.
        let valgt = |(ns, navn, _): &&(String, String, String)| ns == uppsala::XSI_NAMESPACE && navn == "type";
        for (ns, lokalt, verdi) in element.attributter.iter().filter(|a| !valgt(a)) {
            plass.attributes.push(Attribute {
                name: navn(ns, lokalt),
                value: verdi.as_str().into(),
            });
        }
        for (prefiks, ns) in &element.prefikser {
            plass
                .namespace_declarations
                .push((prefiks.as_str().into(), ns.as_str().into()));
        }
    }
    dokument.append_child(forelder, node);
    if uten == Some(element.navnerom.as_str()) {
        return;
    }
    if !element.tekst.is_empty() {
        let tekst = dokument.create_text(element.tekst.as_str());
        dokument.append_child(node, tekst);
    }
    // As deep as the guard lets a message be.
    for barn in &element.barn {
        legg_til(dokument, node, barn, uten);
    }
}

fn navn<'e>(navnerom: &'e str, lokalt: &'e str) -> QName<'e> {
    if navnerom.is_empty() {
        QName::local(lokalt)
    } else {
        QName::with_namespace(navnerom, lokalt)
    }
}
