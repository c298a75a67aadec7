//! A message as a tree, made of what the guard has seen and of nothing else.
//!
//! One reading of the bytes: what is validated is this tree, and what is acted on is this tree, so that two readers can
//! never see two messages. Comments are not in it. What newcomers get wrong: the text of an element is all of its own
//! text, also what stands on both sides of a comment.

use informasjonsmodell::xml::vern;
use informasjonsmodell::{Grunn, Lesefeil, Sti};
use quick_xml::NsReader;
use quick_xml::XmlVersion;
use quick_xml::escape::escape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{PrefixDeclaration, ResolveResult};

/// Bytes of a message. Source: our choice; the largest that the schemas call for is some 20 kB, and files come beside it.
pub const BYTE_MAKS: usize = 128 * 1024;

/// Elements of a message. Source: our choice; one with every element that the schemas have is some 300.
pub const ELEMENTER_MAKS: usize = 4_096;

/// An element, its namespaces resolved.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// Its namespace, empty where it has none.
    pub navnerom: String,
    /// Its name without a prefix.
    pub navn: String,
    /// Attributes but those that declare namespaces: namespace, name, value.
    pub attributter: Vec<(String, String, String)>,
    /// Prefixes declared here, and what they stand for.
    pub prefikser: Vec<(String, String)>,
    /// Its text, as written.
    pub tekst: String,
    /// Elements in it, in order.
    pub barn: Vec<Element>,
}

impl std::fmt::Debug for Element {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // What it says may be about somebody.
        f.write_str("Element")
    }
}

/// Reads a message.
///
/// # Errors
/// [`Lesefeil`] with the rule, never with what the message says.
pub fn les(xml: &[u8]) -> Result<Element, Lesefeil> {
    if xml.len() > BYTE_MAKS {
        return Err(grense("meldingen er større enn 128 kB"));
    }
    let mut leser = NsReader::from_str(vern::sjekk(xml)?);
    leser.config_mut().enable_all_checks(true);
    let mut aapne: Vec<Element> = Vec::new();
    let mut rot = None;
    let mut antall = 0;
    loop {
        let Ok(hendelse) = leser.read_event() else {
            return Err(ikke_xml(&leser));
        };
        match hendelse {
            Event::Start(start) => aapne.push(element(&leser, &start, &mut antall)?),
            Event::Empty(start) => {
                let element = element(&leser, &start, &mut antall)?;
                legg_til(&mut aapne, &mut rot, element);
            }
            Event::End(_) => {
                if let Some(element) = aapne.pop() {
                    legg_til(&mut aapne, &mut rot, element);
                }
            }
            Event::Text(tekst) => skriv(&mut aapne, &tekst.xml10_content()),
            Event::CData(tekst) => skriv(&mut aapne, &tekst.xml10_content()),
            Event::GeneralRef(navn) => match vern::referanse(&navn) {
                Some(tegn) => skriv(&mut aapne, tegn.encode_utf8(&mut [0; 4])),
                None => return Err(ikke_xml(&leser)),
            },
            Event::Eof => return rot.ok_or_else(|| ikke_xml(&leser)),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

fn legg_til(aapne: &mut [Element], rot: &mut Option<Element>, element: Element) {
    match aapne.last_mut() {
        Some(i) => i.barn.push(element),
        None => *rot = Some(element),
    }
}

fn skriv(aapne: &mut [Element], tekst: &str) {
    if let Some(element) = aapne.last_mut() {
        element.tekst.push_str(tekst);
    }
}

fn grense(hva: &'static str) -> Lesefeil {
    Lesefeil::new(&Sti::rot(), Grunn::Xmlgrense(hva))
}

fn ikke_xml(leser: &NsReader<&[u8]>) -> Lesefeil {
    Lesefeil::new(&Sti::rot(), Grunn::IkkeXml(leser.buffer_position()))
}

fn element(leser: &NsReader<&[u8]>, start: &BytesStart<'_>, antall: &mut usize) -> Result<Element, Lesefeil> {
    *antall += 1;
    if *antall > ELEMENTER_MAKS {
        return Err(grense("meldingen har flere enn 4 096 elementer"));
    }
    let navnerom = |funnet: ResolveResult<'_>| match funnet {
        ResolveResult::Bound(ns) => Ok(ns.as_ref().to_owned()),
        ResolveResult::Unbound => Ok(String::new()),
        ResolveResult::Unknown(_) => Err(grense("et prefiks er ikke deklarert")),
    };
    let (funnet, navn) = leser.resolver().resolve_element(start.name());
    let mut ut = Element {
        navnerom: navnerom(funnet)?,
        navn: navn.as_ref().to_owned(),
        ..Element::default()
    };
    for attributt in start.attributes() {
        let attributt = attributt.map_err(|_| ikke_xml(leser))?;
        let verdi = attributt
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|_| ikke_xml(leser))?
            .into_owned();
        match attributt.key.as_namespace_binding() {
            Some(PrefixDeclaration::Default) => ut.prefikser.push((String::new(), verdi)),
            Some(PrefixDeclaration::Named(prefiks)) => ut.prefikser.push((prefiks.to_owned(), verdi)),
            None => {
                let (funnet, navn) = leser.resolver().resolve_attribute(attributt.key);
                let (ns, navn) = (navnerom(funnet)?, navn.as_ref().to_owned());
                if ut.attributter.iter().any(|(a, b, _)| (a, b) == (&ns, &navn)) {
                    return Err(ikke_xml(leser));
                }
                ut.attributter.push((ns, navn, verdi));
            }
        }
    }
    Ok(ut)
}

impl Element {
    /// An element of a namespace, without anything in it.
    #[must_use]
    pub fn new(navnerom: &str, navn: &str) -> Self {
        Element {
            navnerom: navnerom.to_owned(),
            navn: navn.to_owned(),
            ..Element::default()
        }
    }

    /// As a document, every namespace declared where it is first needed.
    #[must_use]
    pub fn til_xml(&self) -> String {
        let mut ut = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        self.skriv(&mut ut, "");
        ut
    }

    fn skriv(&self, ut: &mut String, navnerom: &str) {
        ut.push('<');
        ut.push_str(&self.navn);
        if self.navnerom != navnerom {
            ut.push_str(&format!(" xmlns=\"{}\"", escape(&self.navnerom)));
        }
        for (prefiks, ns) in self.prefikser.iter().filter(|(prefiks, _)| !prefiks.is_empty()) {
            ut.push_str(&format!(" xmlns:{prefiks}=\"{}\"", escape(ns)));
        }
        for (nr, (ns, navn, verdi)) in self.attributter.iter().enumerate() {
            if ns.is_empty() {
                ut.push_str(&format!(" {navn}=\"{}\"", escape(verdi)));
            } else {
                ut.push_str(&format!(
                    " xmlns:n{nr}=\"{}\" n{nr}:{navn}=\"{}\"",
                    escape(ns),
                    escape(verdi)
                ));
            }
        }
        ut.push('>');
        ut.push_str(&escape(&self.tekst));
        self.barn.iter().for_each(|barn| barn.skriv(ut, &self.navnerom));
        ut.push_str("</");
        ut.push_str(&self.navn);
        ut.push('>');
    }

    /// The first element in it with this name, in its own namespace.
    #[must_use]
    pub fn ett(&self, navn: &str) -> Option<&Element> {
        self.barn
            .iter()
            .find(|barn| barn.navn == navn && barn.navnerom == self.navnerom)
    }

    /// Every element in it with this name, in its own namespace.
    pub fn alle<'e>(&'e self, navn: &'e str) -> impl Iterator<Item = &'e Element> {
        self.barn
            .iter()
            .filter(move |barn| barn.navn == navn && barn.navnerom == self.navnerom)
    }

    /// The text of the first element in it with this name, without white space around it; `None` where there is none.
    #[must_use]
    pub fn tekst(&self, navn: &str) -> Option<&str> {
        self.ett(navn).map(Element::verdi)
    }

    /// Its text without white space around it.
    #[must_use]
    pub fn verdi(&self) -> &str {
        self.tekst.trim_matches([' ', '\t', '\n', '\r'])
    }

    /// Whether the first element in it with this name says yes; `None` where there is none.
    #[must_use]
    pub fn ja(&self, navn: &str) -> Option<bool> {
        self.tekst(navn).map(|verdi| matches!(verdi, "true" | "1"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_has_what_the_bytes_say() {
        let rot = les(
            "<?xml version='1.0'?><p:a xmlns:p='u' xmlns='v'><p:b> en<!-- k -->&amp;<![CDATA[<to>]]> </p:b>\
            <b c='1' p:c='2'>annet</b><p:b/></p:a>"
                .as_bytes(),
        )
        .unwrap();
        assert_eq!((rot.navnerom.as_str(), rot.navn.as_str()), ("u", "a"));
        assert_eq!(rot.tekst("b"), Some("en&<to>"));
        assert_eq!(rot.alle("b").count(), 2);
        assert_eq!(rot.tekst("c"), None);
        let annen = &rot.barn[1];
        assert_eq!(annen.navnerom, "v");
        let attributt = |ns: &str, verdi: &str| (ns.to_owned(), "c".to_owned(), verdi.to_owned());
        assert_eq!(annen.attributter, [attributt("", "1"), attributt("u", "2")]);
    }

    #[test]
    fn what_is_no_message_is_refused_with_the_rule() {
        for (xml, hva) in [
            ("<!DOCTYPE a><a/>".to_owned(), "DOCTYPE"),
            ("<a><p:b/></a>".to_owned(), "prefiks"),
            ("<a xmlns:p='u' xmlns:q='u' p:x='1' q:x='2'/>".to_owned(), "velformet"),
            ("<a>".to_owned(), "velformet"),
            (format!("<a>{}</a>", " ".repeat(BYTE_MAKS)), "128 kB"),
            (format!("<a>{}</a>", "<b/>".repeat(ELEMENTER_MAKS)), "4 096"),
        ] {
            let feil = les(xml.as_bytes()).unwrap_err().to_string();
            assert!(feil.contains(hva), "{feil}");
        }
    }
}
