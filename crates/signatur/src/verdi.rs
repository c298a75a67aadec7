//! The digest and the value of a signature, by the library, and that what it read is what we read.
//!
//! Canonical XML needs what our tree does not have, the white space between elements, so the library reads the bytes for
//! itself. Two readers could see two messages; so its document is held against our tree, element by element, before it is
//! asked. What it then says is said of the tree.

use std::borrow::Cow;

use bergshamra_dsig::verify::verify_document_with_source;
use bergshamra_dsig::{DsigContext, VerifyResult};
use bergshamra_keys::{Key, KeysManager};
use meldinger::signatur::Usann;
use meldinger::tre::Element;
use quick_xml::Reader;
use quick_xml::events::Event;
use uppsala::{Document, NodeId, NodeKind};

/// Whether the signature is true of the message, by one key. The form has been seen to.
pub(crate) fn sjekk(xml: &[u8], melding: &Element, noekkel: Key) -> Result<(), Usann> {
    let tekst = std::str::from_utf8(xml).map_err(|_| Usann::Verdi)?;
    // A byte order mark is no part of the document. Source: XML 1.0, 4.3.3.
    let tekst = tekst.strip_prefix('\u{feff}').unwrap_or(tekst);
    let tekst = som_lest(tekst).ok_or(Usann::Verdi)?;
    let dokument = uppsala::parse(&tekst).map_err(|_| Usann::Verdi)?;
    let rot = dokument.document_element().ok_or(Usann::Verdi)?;
    if !er_like(&dokument, rot, melding) {
        return Err(Usann::Verdi);
    }
    let mut noekler = KeysManager::new();
    noekler.add_key(noekkel);
    // Strict, and no key but ours: what the message says of keys is passed over.
    let kontekst = DsigContext::new(noekler);
    // Its errors repeat what the message says, and are thrown away.
    match verify_document_with_source(&kontekst, &dokument, Some(&tekst)) {
        Ok(VerifyResult::Valid { references, .. }) => match references.as_slice() {
            [en] if en.uri.is_empty() && en.digest_verified => Ok(()),
            _ => Err(Usann::Verdi),
        },
        _ => Err(Usann::Verdi),
    }
}

// The document with its white space as a reader of XML must see it, which the library forgets: every line end as one
// character, and in a start tag, values and all, every blank as a space. Source: XML 1.0, 2.11 and 3.3.3.
pub(crate) fn som_lest(tekst: &str) -> Option<String> {
    let tekst = if tekst.contains('\r') {
        Cow::Owned(tekst.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(tekst)
    };
    let mut ut = String::with_capacity(tekst.len());
    let mut leser = Reader::from_str(&tekst);
    let mut fra = 0;
    loop {
        let hendelse = leser.read_event().ok()?;
        let til = usize::try_from(leser.buffer_position()).ok()?;
        let del = tekst.get(fra..til)?;
        match hendelse {
            Event::Start(_) | Event::Empty(_) => ut.push_str(&del.replace(['\n', '\t'], " ")),
            Event::Eof => return Some(ut),
            _ => ut.push_str(del),
        }
        fra = til;
    }
}

// Whether an element of the library's says what ours says: name, namespaces, attributes, text, and the elements in it.
pub(crate) fn er_like(dokument: &Document<'_>, node: NodeId, vaart: &Element) -> bool {
    let Some(element) = dokument.element(node) else {
        return false;
    };
    let navn = (
        element.name.namespace_uri.as_deref().unwrap_or(""),
        &*element.name.local_name,
    );
    if navn != (vaart.navnerom.as_str(), vaart.navn.as_str()) {
        return false;
    }
    let deres = element.attributes.iter().map(|a| {
        let ns = a.name.namespace_uri.as_deref().unwrap_or("");
        (ns, &*a.name.local_name, &*a.value)
    });
    let vaare = vaart.attributter.iter();
    let deres_prefikser = element.namespace_declarations.iter().map(|(p, ns)| (&**p, &**ns));
    let vaare_prefikser = vaart.prefikser.iter();
    if !deres.eq(vaare.map(|(ns, navn, verdi)| (ns.as_str(), navn.as_str(), verdi.as_str())))
        || !deres_prefikser.eq(vaare_prefikser.map(|(p, ns)| (p.as_str(), ns.as_str())))
    {
        return false;
    }
    let mut tekst = String::new();
    let mut vaare = vaart.barn.iter();
    for barn in dokument.children_iter(node) {
        match dokument.node_kind(barn) {
            Some(NodeKind::Text(t) | NodeKind::CData(t)) => tekst.push_str(t),
            Some(NodeKind::Comment(_)) => {}
            // As deep as the guard lets a message be.
            Some(NodeKind::Element(_)) if vaare.next().is_some_and(|v| er_like(dokument, barn, v)) => {}
            _ => return false,
        }
    }
    tekst == vaart.tekst && vaare.next().is_none()
}
