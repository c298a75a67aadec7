//! Whether a message is what its schema says.
//!
//! The rules are the schema's, as XSD; who reads XSD stands behind [`Skjemakontroll`]. It is given the tree and not the
//! bytes, and what it says is told on in words of our own: its own texts may repeat what the message says of somebody.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use uppsala::{Attribute, Document, QName, XmlResult, XsdRegex, XsdValidator};

use crate::signatur;
use crate::skjema::{Form, Hva, Skjema, Teksttype, Type, til_xsd};
use crate::tre::Element;

/// Where a message is not what its schema says. Holds names from the schema, and nothing of the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Avvik {
    /// The element, if it is one that the schema knows.
    pub element: Option<String>,
    /// What is wrong with it.
    pub hva: Galt,
}

/// What can be wrong with an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Galt {
    /// The message begins with another element than its schema says.
    Rot,
    /// It is missing, or there are too few.
    Mangler,
    /// It may not stand where it stands, or there are too many.
    Plass,
    /// It has an attribute that is not in the schema.
    Attributt,
    /// What it holds is not what it may hold.
    Innhold,
}

impl fmt::Display for Avvik {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.element, self.hva) {
            (_, Galt::Rot) => f.write_str("meldingen har et annet rotelement enn ressursen tar imot"),
            (Some(navn), Galt::Mangler) => write!(f, "elementet {navn} mangler, eller det er for få av det"),
            (None, Galt::Mangler) => f.write_str("et element mangler"),
            (Some(navn), Galt::Plass) => write!(f, "elementet {navn} kan ikke stå der det står"),
            (None, Galt::Plass) => f.write_str("et element som ikke er i skjemaet"),
            (Some(navn), Galt::Attributt) => write!(f, "elementet {navn} har et attributt som ikke er i skjemaet"),
            (None, Galt::Attributt) => f.write_str("et attributt som ikke er i skjemaet"),
            (Some(navn), Galt::Innhold) => write!(f, "elementet {navn} har et innhold som skjemaet ikke tillater"),
            (None, Galt::Innhold) => f.write_str("et innhold som skjemaet ikke tillater"),
        }
    }
}

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
    moenstre: HashMap<String, XsdRegex>,
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
            moenstre.insert(
                moenster.to_owned(),
                XsdRegex::compile(moenster).map_err(|_| Feil::Moenster)?,
            );
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

    // What the library lets by: attributes on elements with text, `xsi:nil` on any element as long as it says no, white
    // space around codes, patterns of types further down, and lengths, which it counts in bytes. As deep as the guard lets
    // a message be.
    fn ved_siden_av(&self, element: &Element, hva: &Hva, nillable: bool, ut: &mut Vec<Avvik>) {
        let mut si = |hva| {
            ut.push(Avvik {
                element: self.navn.get(&element.navn).cloned(),
                hva,
            });
        };
        let er_xsi = |navn: &str| match navn {
            "nil" => nillable,
            navn => matches!(navn, "type" | "schemaLocation" | "noNamespaceSchemaLocation"),
        };
        let fremmed = |(ns, navn, _): &(String, String, String)| ns != uppsala::XSI_NAMESPACE || !er_xsi(navn);
        if element.attributter.iter().any(fremmed) {
            si(Galt::Attributt);
        }
        match hva {
            Hva::Tekst(tekst) if !self.passer(element, tekst) => si(Galt::Innhold),
            Hva::Type(navn) => match self.skjema.type_av(navn) {
                Some(Type::Tekst(tekst)) if !self.passer(element, tekst) => si(Galt::Innhold),
                Some(Type::Gruppe(_)) => {
                    for barn in &element.barn {
                        match self.skjema.element(navn, &barn.navn) {
                            Some((Hva::Noe | Hva::Signatur, _)) | None => {}
                            Some((hva, nillable)) => self.ved_siden_av(barn, hva, nillable, ut),
                        }
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }

    fn passer(&self, element: &Element, tekst: &Teksttype) -> bool {
        let tegn = u32::try_from(element.tekst.chars().count()).unwrap_or(u32::MAX);
        let tomt = element.attributter.iter().any(|(_, navn, _)| navn == "nil") && element.tekst.is_empty();
        let mut har = true;
        self.skjema.tekstens_typer(tekst, |t| {
            har &= t.lengde.is_none_or(|lengde| tegn == lengde);
            har &= t.koder.is_empty() || t.koder.contains(&element.tekst);
            har &= t.minst.is_none_or(|minst| tegn >= minst) && t.hoeyst.is_none_or(|hoeyst| tegn <= hoeyst);
        });
        // Patterns last: a text that is too long for its type is not held against any.
        self.skjema.tekstens_typer(tekst, |t| {
            let mut moenstre = t.moenstre.iter().filter_map(|m| self.moenstre.get(m));
            har = har && (t.moenstre.is_empty() || moenstre.any(|m| m.is_match(&element.tekst)));
        });
        har || tomt
    }

    fn avvik(&self, tekst: &str) -> Avvik {
        // The library's texts have the name of an element between the first quotes, where they have any.
        let sitert = tekst.split('\'').nth(1).unwrap_or_default();
        let navn = sitert.rsplit('}').next().filter(|navn| self.navn.contains(*navn));
        let hva = if tekst.starts_with("No element declaration") {
            Galt::Rot
        } else if tekst.starts_with("Expected at least") || tekst.contains("must occur at least") {
            Galt::Mangler
        } else if tekst.starts_with("Unexpected element") || tekst.contains("does not match any choice") {
            Galt::Plass
        } else {
            Galt::Innhold
        };
        Avvik {
            element: navn.map(str::to_owned),
            hva,
        }
    }
}

impl Skjemakontroll for Xsdkontroll {
    fn sjekk(&self, melding: &Element) -> Vec<Avvik> {
        let mut ut = Vec::new();
        if let Some((_, rottype)) = self.skjema.roetter.iter().find(|(navn, _)| *navn == melding.navn) {
            self.ved_siden_av(melding, &Hva::Type(rottype.clone()), false, &mut ut);
        }
        for feil in self.melding.validate(&dokument(melding)) {
            let avvik = self.avvik(&feil.message);
            if !ut.contains(&avvik) {
                ut.push(avvik);
            }
        }
        if let Some(kontroll) = &self.signatur {
            let mut galt = false;
            hver_signatur(melding, &mut |signatur| {
                galt |= !kontroll.validate(&dokument(signatur)).is_empty()
            });
            if galt {
                ut.push(Avvik {
                    element: Some("Signature".to_owned()),
                    hva: Galt::Innhold,
                });
            }
        }
        ut.truncate(AVVIK_MAKS);
        ut
    }
}

// Every outermost element of the signature's namespace.
fn hver_signatur<'e>(element: &'e Element, ta: &mut impl FnMut(&'e Element)) {
    for barn in &element.barn {
        if barn.navnerom == signatur::NAVNEROM {
            ta(barn);
        } else {
            hver_signatur(barn, ta);
        }
    }
}

/// The library's own tree, made of ours: the bytes are read once.
fn dokument(melding: &Element) -> Document<'_> {
    let mut ut = Document::new();
    let rot = ut.root();
    legg_til(&mut ut, rot, melding);
    ut
}

fn legg_til<'e>(dokument: &mut Document<'e>, forelder: uppsala::NodeId, element: &'e Element) {
    let node = dokument.create_element(navn(&element.navnerom, &element.navn));
    if let Some(plass) = dokument.element_mut(node) {
        for (ns, lokalt, verdi) in &element.attributter {
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
    if !element.tekst.is_empty() {
        let tekst = dokument.create_text(element.tekst.as_str());
        dokument.append_child(node, tekst);
    }
    // As deep as the guard lets a message be.
    for barn in &element.barn {
        legg_til(dokument, node, barn);
    }
}

fn navn<'e>(navnerom: &'e str, lokalt: &'e str) -> QName<'e> {
    if navnerom.is_empty() {
        QName::local(lokalt)
    } else {
        QName::with_namespace(navnerom, lokalt)
    }
}
