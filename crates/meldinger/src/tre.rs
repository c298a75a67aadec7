//! A message as a tree, made of what the guard has seen and of nothing else.
//!
//! One reading of the bytes: what is validated is this tree, and what is acted on is this tree, so that two readers can
//! never see two messages. Comments are not in it. What newcomers get wrong: the text of an element is all of its own
//! text, also what stands on both sides of a comment.

use std::borrow::Cow;

use informasjonsmodell::xml::vern;
use informasjonsmodell::{Grunn, Lesefeil, Sti};
use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesStart, Event};

/// Bytes of a message. Source: our choice; the largest that the schemas call for is some 20 kB, and files come beside it.
pub const BYTE_MAKS: usize = 128 * 1024;

/// Elements and attributes of a message. Source: our choice; one with every element that the schemas have is some 300, and
/// each of them takes some hundreds of bytes.
pub const ELEMENTER_MAKS: usize = 2_048;

/// Bytes of the name of a namespace, which every element of it holds. Source: our choice; the longest of ours has 74.
pub const NAVNEROM_MAKS: usize = 256;

/// Prefixes that are declared at any one place, among which every name is looked for. Source: our choice.
pub const PREFIKSER_MAKS: usize = 64;

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
    let mut leser = Reader::from_str(vern::sjekk(xml)?);
    leser.config_mut().enable_all_checks(true);
    let mut aapne: Vec<Element> = Vec::new();
    let mut rot = None;
    let mut antall = Antall::default();
    loop {
        let Ok(hendelse) = leser.read_event() else {
            return Err(ikke_xml(&leser));
        };
        match hendelse {
            Event::Start(start) => {
                let element = element(&leser, &start, &aapne, &mut antall)?;
                aapne.push(element);
            }
            Event::Empty(start) => {
                let element = element(&leser, &start, &aapne, &mut antall)?;
                antall.prefikser -= element.prefikser.len();
                legg_til(&mut aapne, &mut rot, element);
            }
            Event::End(_) => {
                if let Some(element) = aapne.pop() {
                    antall.prefikser -= element.prefikser.len();
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

fn ikke_xml(leser: &Reader<&[u8]>) -> Lesefeil {
    Lesefeil::new(&Sti::rot(), Grunn::IkkeXml(leser.buffer_position()))
}

/// What there is of a message so far.
#[derive(Default)]
struct Antall {
    elementer: usize,
    /// Those declared by elements that are open.
    prefikser: usize,
}

fn element(
    leser: &Reader<&[u8]>,
    start: &BytesStart<'_>,
    aapne: &[Element],
    antall: &mut Antall,
) -> Result<Element, Lesefeil> {
    let mut ut = Element::default();
    antall.elementer += 1;
    let mut andre = Vec::new();
    for attributt in start.attributes().with_checks(false) {
        let attributt = attributt.map_err(|_| ikke_xml(leser))?;
        let (prefiks, navn) = delt(attributt.key.as_ref()).ok_or_else(|| ikke_xml(leser))?;
        let (prefiks, navn) = (prefiks.to_owned(), navn.to_owned());
        let verdi = verdi(leser, &attributt)?;
        match (prefiks.as_str(), navn.as_str()) {
            ("", "xmlns") => ut.prefikser.push((String::new(), verdi)),
            ("xmlns", _) => ut.prefikser.push((navn, verdi)),
            _ => andre.push((prefiks, navn, verdi)),
        }
    }
    for (prefiks, ns) in &ut.prefikser {
        antall.prefikser += 1;
        if ns.len() > NAVNEROM_MAKS {
            return Err(grense("et navnerom har flere enn 256 tegn"));
        }
        // Namespaces in XML 1.0, 2.2 and 3: only the default can be taken back, and two prefixes are taken.
        let tatt_tilbake = ns.is_empty() && !prefiks.is_empty();
        let reservert = prefiks == "xmlns" || ns == NAVNEROM_XMLNS || (prefiks == "xml") != (ns == NAVNEROM_XML);
        if tatt_tilbake || reservert {
            return Err(ikke_xml(leser));
        }
    }
    if antall.prefikser > PREFIKSER_MAKS {
        return Err(grense("flere enn 64 prefikser er deklarert på ett sted"));
    }
    let elementets_navn = start.name();
    let (prefiks, navn) = delt(elementets_navn.as_ref()).ok_or_else(|| ikke_xml(leser))?;
    ut.navnerom = navnerom(prefiks, &ut.prefikser, aapne)?.to_owned();
    navn.clone_into(&mut ut.navn);
    for (prefiks, navn, verdi) in andre {
        antall.elementer += 1;
        // An attribute without a prefix is in no namespace.
        let ns = match prefiks.as_str() {
            "" => "",
            prefiks => navnerom(prefiks, &ut.prefikser, aapne)?,
        };
        let ns = ns.to_owned();
        ut.attributter.push((ns, navn, verdi));
    }
    // The guard has seen to it that no name is written twice; by two prefixes it may still be.
    let mut med_prefiks: Vec<_> = ut.attributter.iter().filter(|(ns, ..)| !ns.is_empty()).collect();
    med_prefiks.sort_unstable();
    let like = |to: &[&(String, String, String)]| matches!(to, [a, b] if (&a.0, &a.1) == (&b.0, &b.1));
    if med_prefiks.windows(2).any(like) {
        return Err(ikke_xml(leser));
    }
    if antall.elementer > ELEMENTER_MAKS {
        return Err(grense("meldingen har flere enn 2 048 elementer og attributter"));
    }
    Ok(ut)
}

// A name as prefix and the rest. Namespaces in XML 1.0, section 4.
fn delt(navn: &str) -> Option<(&str, &str)> {
    let begynner = |del: &str| del.starts_with(|tegn: char| tegn.is_alphabetic() || tegn == '_');
    let (prefiks, lokalt) = match navn.split_once(':') {
        Some(delt) if !begynner(delt.0) => return None,
        Some(delt) => delt,
        None => ("", navn),
    };
    (begynner(lokalt) && !lokalt.contains(':')).then_some((prefiks, lokalt))
}

// What a prefix stands for. Namespaces are what their declarations say when they have been read as the attributes that they
// are, references and line breaks and all; the library's resolver takes them as they stand.
fn navnerom<'e>(prefiks: &str, egne: &'e [(String, String)], aapne: &'e [Element]) -> Result<&'e str, Lesefeil> {
    let ytre = aapne.iter().rev().flat_map(|element| &element.prefikser);
    let funnet = egne.iter().chain(ytre).find(|(p, _)| p == prefiks);
    match (prefiks, funnet) {
        (_, Some((_, ns))) => Ok(ns),
        ("", None) => Ok(""),
        ("xml", None) => Ok(NAVNEROM_XML),
        _ => Err(grense("et prefiks er ikke deklarert")),
    }
}

fn verdi(leser: &Reader<&[u8]>, attributt: &Attribute<'_>) -> Result<String, Lesefeil> {
    let verdi = attributt.normalized_value(XmlVersion::Implicit1_0);
    verdi.map(Cow::into_owned).map_err(|_| ikke_xml(leser))
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

    /// As a document. What was read is written so that it reads back the same; where a namespace is not declared, it is
    /// declared where it is first needed.
    #[must_use]
    pub fn til_xml(&self) -> String {
        let mut ut = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        self.skriv(&mut ut, &mut vec![("xml".into(), NAVNEROM_XML.into())]);
        ut
    }

    fn skriv<'e>(&'e self, ut: &mut String, prefikser: &mut Vec<(Cow<'e, str>, Cow<'e, str>)>) {
        let foer = prefikser.len();
        for (prefiks, ns) in &self.prefikser {
            prefikser.push((prefiks.into(), ns.into()));
        }
        let navn = if gjelder(prefikser, "").unwrap_or_default() == self.navnerom {
            self.navn.clone()
        } else if let Some(prefiks) = prefiks_for(prefikser, &self.navnerom) {
            format!("{prefiks}:{}", self.navn)
        } else if self.prefikser.iter().any(|(prefiks, _)| prefiks.is_empty()) && !self.navnerom.is_empty() {
            format!("{}:{}", nytt_prefiks(prefikser, &self.navnerom), self.navn)
        } else {
            match prefikser.iter_mut().skip(foer).find(|(prefiks, _)| prefiks.is_empty()) {
                Some((_, ns)) => *ns = "".into(),
                None => prefikser.push(("".into(), self.navnerom.as_str().into())),
            }
            self.navn.clone()
        };
        let mut attributter = String::new();
        for (ns, navn, verdi) in &self.attributter {
            attributter.push(' ');
            if !ns.is_empty() {
                let funnet = prefiks_for(prefikser, ns).map(str::to_owned);
                attributter.push_str(&funnet.unwrap_or_else(|| nytt_prefiks(prefikser, ns)));
                attributter.push(':');
            }
            attributter.push_str(navn);
            skriv_verdi(&mut attributter, verdi);
        }
        ut.push('<');
        ut.push_str(&navn);
        for (prefiks, ns) in prefikser.iter().skip(foer) {
            ut.push_str(if prefiks.is_empty() { " xmlns" } else { " xmlns:" });
            ut.push_str(prefiks);
            skriv_verdi(ut, ns);
        }
        ut.push_str(&attributter);
        ut.push('>');
        rydd(ut, &self.tekst, "\r");
        // As deep as the guard lets a message be.
        self.barn.iter().for_each(|barn| barn.skriv(ut, prefikser));
        ut.push_str("</");
        ut.push_str(&navn);
        ut.push('>');
        prefikser.truncate(foer);
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
        uten_blanke(&self.tekst)
    }

    /// Whether the first element in it with this name says yes; `None` where there is none.
    #[must_use]
    pub fn ja(&self, navn: &str) -> Option<bool> {
        self.tekst(navn).map(|verdi| matches!(verdi, "true" | "1"))
    }
}

/// Without white space as XML has it at either end.
pub(crate) fn uten_blanke(tekst: &str) -> &str {
    tekst.trim_matches([' ', '\t', '\n', '\r'])
}

const NAVNEROM_XML: &str = "http://www.w3.org/XML/1998/namespace";
const NAVNEROM_XMLNS: &str = "http://www.w3.org/2000/xmlns/";

type Prefikser<'e> = [(Cow<'e, str>, Cow<'e, str>)];

// What a prefix stands for here.
fn gjelder<'p>(prefikser: &'p Prefikser<'_>, prefiks: &str) -> Option<&'p str> {
    let funnet = prefikser.iter().rev().find(|(p, _)| p == prefiks);
    funnet.map(|(_, ns)| ns.as_ref())
}

fn prefiks_for<'p>(prefikser: &'p Prefikser<'_>, navnerom: &str) -> Option<&'p str> {
    let mut alle = prefikser.iter().rev().filter(|(p, ns)| !p.is_empty() && ns == navnerom);
    let funnet = alle.find(|(p, _)| gjelder(prefikser, p) == Some(navnerom));
    funnet.map(|(p, _)| p.as_ref())
}

fn nytt_prefiks<'e>(prefikser: &mut Vec<(Cow<'e, str>, Cow<'e, str>)>, navnerom: &'e str) -> String {
    let mut nr = 0;
    while gjelder(prefikser, &format!("n{nr}")).is_some() {
        nr += 1;
    }
    let ut = format!("n{nr}");
    prefikser.push((ut.clone().into(), navnerom.into()));
    ut
}

fn skriv_verdi(ut: &mut String, verdi: &str) {
    ut.push_str("=\"");
    rydd(ut, verdi, "\t\n\r");
    ut.push('"');
}

// White space that a reader would make something else of is written as references. XML 1.0, 2.11 and 3.3.3.
fn rydd(ut: &mut String, tekst: &str, blanke: &str) {
    for tegn in tekst.chars() {
        match tegn {
            '&' => ut.push_str("&amp;"),
            '<' => ut.push_str("&lt;"),
            '>' => ut.push_str("&gt;"),
            '"' => ut.push_str("&quot;"),
            tegn if blanke.contains(tegn) => ut.push_str(&format!("&#{};", u32::from(tegn))),
            tegn => ut.push(tegn),
        }
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
            (format!("<a>{}</a>", "<b/>".repeat(ELEMENTER_MAKS)), "2 048"),
            (format!("<a>{}</a>", "<b c=''/>".repeat(ELEMENTER_MAKS / 2)), "2 048"),
            (format!("<a xmlns='{}'/>", "n".repeat(NAVNEROM_MAKS + 1)), "256"),
            ("<a xmlns:p=''/>".to_owned(), "velformet"),
            (mange_prefikser(PREFIKSER_MAKS + 1), "64 prefikser"),
        ] {
            let feil = les(xml.as_bytes()).unwrap_err().to_string();
            assert!(feil.contains(hva), "{feil}");
        }
        assert!(les(mange_prefikser(PREFIKSER_MAKS).as_bytes()).is_ok());
        // Those that are closed do not count.
        let etter_hverandre = "<b xmlns:p='u'/><b xmlns:p='u'></b>".repeat(PREFIKSER_MAKS);
        assert!(les(format!("<a>{etter_hverandre}</a>").as_bytes()).is_ok());
    }

    fn mange_prefikser(antall: usize) -> String {
        let ett = |nr: usize| format!("<a xmlns:p{nr}='u' xmlns:q{nr}='u'>");
        let aapne: String = (0..antall / 2).map(ett).collect();
        let resten = if antall.is_multiple_of(2) {
            "<b/>"
        } else {
            "<b xmlns:p='u'/>"
        };
        format!("{aapne}{resten}{}", "</a>".repeat(antall / 2))
    }

    #[test]
    fn what_was_read_is_written_so_that_it_reads_back_the_same() {
        for xml in [
            "<a/>",
            "<p:a xmlns:p='u' xmlns='v'><b p:c='1' c='2'/><p:b xmlns=''><c/></p:b></p:a>",
            "<a xmlns='u' xmlns:n0='u' xmlns:n1='w' n0:x='1' n1:x='2'><n0:b xmlns:n0='w' n0:x='3'/></a>",
            "<a xml:lang='nb' xml:base='http://127.0.0.1/'/>",
            "<a xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:lang='nb'/>",
            "<a b='&#9;&#10;&#13;&#32;&quot;&apos;&lt;&gt;&amp;'>&#13;&#10;&#9;]]&gt;\r\n</a>",
            "<p:a xmlns:p='u'><p:b xmlns:p='v'><p:c/></p:b><p:c/></p:a>",
            "<a xmlns='u'><b xmlns=''><c xmlns='u'/></b></a>",
            "<a xmlns='&#117;' xmlns:p='v\n'><p:b xmlns='u'/><c/></a>",
        ] {
            let lest = les(xml.as_bytes()).unwrap();
            assert!(
                les(lest.til_xml().as_bytes()).unwrap() == lest,
                "{xml}\n{}",
                lest.til_xml()
            );
        }
        // One that was made by hand declares what it needs.
        let mut rot = Element::new("u", "a");
        rot.prefikser.push((String::new(), "v".to_owned()));
        rot.attributter.push(("w".to_owned(), "x".to_owned(), "1".to_owned()));
        rot.barn.push(Element::new("", "b"));
        let lest = les(rot.til_xml().as_bytes()).unwrap();
        assert_eq!((lest.navnerom.as_str(), lest.navn.as_str()), ("u", "a"));
        assert_eq!(lest.attributter, rot.attributter);
        assert_eq!(lest.barn[0].navnerom, "");
    }
}
