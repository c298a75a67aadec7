//! The exclusive canonical form of chosen elements of a message, for signatures that are not of the whole of it.
//!
//! Elements are chosen by where they stand in our tree, never by an id: what is written out is what the caller has read, and
//! no other element can be put in its place. Bytes and tree are held together as for the whole ([`crate::verdi`]). What newcomers
//! get wrong: canonical bytes say nothing by themselves. The form of the signature, and the key, are the caller's to see to.

use bergshamra_c14n::{C14nMode, canonicalize_doc};
use bergshamra_xml::NodeSet;
use meldinger::signatur::Usann;
use meldinger::tre::Element;
use uppsala::{Document, NodeId, NodeKind};

use crate::verdi::{er_like, som_lest};

/// The algorithm that [`eksklusivt`] does. Source: W3C, Exclusive XML Canonicalization 1.0, without comments.
pub const EKSKLUSIV: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// Writes elements of a message in exclusive canonical form, without comments and without a list of prefixes.
///
/// Shape: `xml` is what `rot` was read from; a place is the number of each element among the elements of the one around it,
/// from the root and down, and the empty place is the root itself. One text for each place, in their order.
///
/// # Errors
/// [`Usann::Verdi`]: the library reads something else than we did, or there is no element at the place.
pub fn eksklusivt<const N: usize>(xml: &[u8], rot: &Element, steder: [&[usize]; N]) -> Result<[Vec<u8>; N], Usann> {
    let tekst = std::str::from_utf8(xml).map_err(|_| Usann::Verdi)?;
    // A byte order mark is no part of the document. Source: XML 1.0, 4.3.3.
    let tekst = som_lest(tekst.strip_prefix('\u{feff}').unwrap_or(tekst)).ok_or(Usann::Verdi)?;
    let dokument = uppsala::parse(&tekst).map_err(|_| Usann::Verdi)?;
    let node = dokument.document_element().ok_or(Usann::Verdi)?;
    if !er_like(&dokument, node, rot) {
        return Err(Usann::Verdi);
    }
    let mut ut = [const { Vec::new() }; N];
    for (ut, sted) in ut.iter_mut().zip(steder) {
        let mut node = node;
        for nr in sted {
            node = barn(&dokument, node).nth(*nr).ok_or(Usann::Verdi)?;
        }
        let utvalg = NodeSet::tree_without_comments(node, &dokument);
        let ingen: [&str; 0] = [];
        // Its errors may repeat what the message says, and are thrown away.
        *ut = canonicalize_doc(&dokument, C14nMode::Exclusive, Some(&utvalg), &ingen).map_err(|_| Usann::Verdi)?;
    }
    Ok(ut)
}

fn barn<'d>(dokument: &'d Document<'_>, node: NodeId) -> impl Iterator<Item = NodeId> + 'd {
    let er_element = |barn: &NodeId| matches!(dokument.node_kind(*barn), Some(NodeKind::Element(_)));
    dokument.children_iter(node).filter(er_element)
}

#[cfg(test)]
mod tests {
    use super::*;
    use meldinger::tre;

    #[track_caller]
    fn gir(xml: &str, sted: &[usize], ventet: &str) {
        let rot = tre::les(xml.as_bytes()).unwrap();
        let [lest] = eksklusivt(xml.as_bytes(), &rot, [sted]).unwrap();
        assert_eq!(String::from_utf8(lest).unwrap(), ventet);
    }

    #[test]
    fn an_element_has_the_namespaces_that_it_uses_and_no_others() {
        // The rules of Exclusive XML Canonicalization, 2.2 and 3, one at a time.
        gir(
            "<a xmlns='u' xmlns:p='v' xmlns:q='w'>\n <p:b  z='1' p:y = '2' >\t<c/><!-- k --><![CDATA[<]]>&#13;</p:b>\n</a>",
            &[0],
            "<p:b xmlns:p=\"v\" z=\"1\" p:y=\"2\">\t<c xmlns=\"u\"></c>&lt;&#xD;</p:b>",
        );
        gir(
            "<a xmlns:p='u'><p:b><p:c/></p:b></a>",
            &[0, 0],
            "<p:c xmlns:p=\"u\"></p:c>",
        );
        gir("<a xmlns='u'><b xmlns=''><c/></b></a>", &[0], "<b><c></c></b>");
        gir("<a b='&quot;&#10;'/>", &[], "<a b=\"&quot;&#xA;\"></a>");
        gir("\u{feff}<a>\r\n<b/>x<b c='1'/></a>", &[1], "<b c=\"1\"></b>");
    }

    #[test]
    fn what_is_not_read_alike_has_no_canonical_form() {
        let rot = tre::les(b"<a><b/></a>").unwrap();
        let ett = |xml: &str, sted: &[usize]| eksklusivt(xml.as_bytes(), &rot, [sted]);
        assert!(ett("<a><b/></a>", &[0]).is_ok());
        for (xml, sted) in [
            ("<a><b/></a>", [1].as_slice()),
            ("<a><b/></a>", &[0, 0]),
            ("<a><c/></a>", &[0]),
            ("<a><b/>x</a>", &[0]),
            ("<a><b d='1'/></a>", &[0]),
            ("<a><?p i?><b/></a>", &[0]),
            ("<a><b/></a", &[0]),
        ] {
            assert_eq!(ett(xml, sted), Err(Usann::Verdi), "{xml}");
        }
    }
}
