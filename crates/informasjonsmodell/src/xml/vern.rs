//! The guard before every reader of XML from outside.
//!
//! A document is read once for its form alone, and refused whole if it is not well-formed UTF-8 or breaks one of the
//! limits here. Only then may a reader, or a library that builds a tree, see it: tree builders were measured to take time
//! quadratic in the number of attributes (seconds for 165 kB), so a limit on bytes alone is no defence. A newcomer's
//! mistake is to guard a part of a document: the guard must see the whole of it.

use quick_xml::Reader;
use quick_xml::events::{BytesDecl, BytesStart, Event};

use crate::feil::{Grunn, Lesefeil, Sti};

/// Deepest nesting of elements.
///
/// Source: our choice, a bound on hostile input; the documents of the contract have at most ten levels.
pub const DYBDE_MAKS: usize = 64;

/// Most attributes on one element, namespace declarations included.
///
/// Source: our choice, a bound on hostile input; the documents of the contract have at most four.
pub const ATTRIBUTTER_MAKS: usize = 64;

/// Most nodes in a document: elements, attributes, texts, references, comments.
///
/// Source: our choice, a bound on hostile input; the largest request, 1 000 identifiers, has 4 000 with its line breaks.
pub const NODER_MAKS: usize = 200_000;

/// Checks a document and gives it as text, without its byte order mark.
///
/// Shape: what comes back has one root element, no DOCTYPE, no processing instruction, no entity but the five predefined
/// ones and character references, and keeps within the limits of this module.
/// Errors: [`Grunn::IkkeXml`] with a byte offset, or [`Grunn::Xmlgrense`] with the limit; never what the document says.
/// Source: XML 1.0, fifth edition; which parts of it are refused is our choice.
pub fn sjekk(xml: &[u8]) -> Result<&str, Lesefeil> {
    // UTF-16 and UTF-32, with a byte order mark or known by the zero bytes around the first character.
    if matches!(xml, [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] | [0, _, ..] | [_, 0, ..]) {
        return Err(grense(TEGNSETT));
    }
    let uten_merke = xml.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(xml);
    let tekst = std::str::from_utf8(uten_merke).map_err(|feil| ikke_xml(feil.valid_up_to()))?;
    // One mark; the library would pass over another.
    if tekst.starts_with('\u{FEFF}') {
        return Err(ikke_xml(0));
    }
    if let Some((plass, _)) = tekst.char_indices().find(|(_, tegn)| !er_tegn(*tegn)) {
        return Err(ikke_xml(plass));
    }
    Vakt {
        leser: leser(tekst),
        dybde: 0,
        noder: 0,
        har_rot: false,
    }
    .les()?;
    Ok(tekst)
}

const TEGNSETT: &str = "tegnsettet må være UTF-8";

/// A reader with every check that the library has.
fn leser(tekst: &str) -> Reader<&[u8]> {
    let mut leser = Reader::from_str(tekst);
    leser.config_mut().enable_all_checks(true);
    leser
}

fn grense(hva: &'static str) -> Lesefeil {
    Lesefeil::new(&Sti::rot(), Grunn::Xmlgrense(hva))
}

fn ikke_xml(plass: usize) -> Lesefeil {
    Lesefeil::new(&Sti::rot(), Grunn::IkkeXml(u64::try_from(plass).unwrap_or(u64::MAX)))
}

/// A character that XML 1.0 knows.
fn er_tegn(tegn: char) -> bool {
    tegn == '\r' || crate::tekst::kan_staa_i_xml(tegn)
}

fn er_blank(tekst: &str) -> bool {
    tekst.bytes().all(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'))
}

/// What a reference stands for, from what is between `&` and `;`: a predefined entity or a character.
pub fn referanse(navn: &str) -> Option<char> {
    let (siffer, grunntall) = match navn {
        "amp" => return Some('&'),
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        _ => match (navn.strip_prefix("#x"), navn.strip_prefix('#')) {
            (Some(siffer), _) => (siffer, 16),
            (None, Some(siffer)) => (siffer, 10),
            (None, None) => return None,
        },
    };
    if siffer.is_empty() || !siffer.chars().all(|c| c.is_digit(grunntall)) {
        return None;
    }
    let kode = u32::from_str_radix(siffer, grunntall).ok()?;
    char::from_u32(kode).filter(|tegn| er_tegn(*tegn))
}

/// A name as XML has them; letters outside ASCII are not told apart further.
fn er_navn(navn: &str) -> bool {
    let vanlig = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b':' | b'-' | b'.');
    if let [foerste, resten @ ..] = navn.as_bytes()
        && foerste.is_ascii_alphabetic()
        && resten.iter().all(vanlig)
    {
        return true;
    }
    let bokstav = |c: char| c.is_ascii_alphabetic() || c == '_' || c == ':' || (!c.is_ascii() && c.is_alphabetic());
    let mut tegn = navn.chars();
    tegn.next().is_some_and(bokstav)
        && tegn.all(|c| {
            bokstav(c) || c.is_ascii_digit() || matches!(c, '-' | '.') || (!c.is_ascii() && !c.is_whitespace())
        })
}

/// What stands in a declaration: version, encoding, standalone, each once and in this order. XML 1.0, 2.8 and 2.9. The
/// library takes the first encoding that it finds; another reader may take the last.
fn er_deklarasjon(innhold: &str) -> bool {
    let Some(mut rest) = innhold.strip_prefix("xml") else {
        return false;
    };
    let blank = [' ', '\t', '\n', '\r'];
    for (navn, kan_mangle) in [("version", false), ("encoding", true), ("standalone", true)] {
        let etter = rest.trim_start_matches(blank);
        let Some(etter_navn) = etter.strip_prefix(navn) else {
            if kan_mangle {
                continue;
            }
            return false;
        };
        let verdi = etter_navn.trim_start_matches(blank).strip_prefix('=');
        let verdi = verdi.map(|v| v.trim_start_matches(blank));
        let delt = verdi.and_then(|v| {
            let tegn = v.chars().next().filter(|t| matches!(t, '"' | '\''))?;
            v.strip_prefix(tegn)?.split_once(tegn)
        });
        let Some((verdi, resten)) = delt.filter(|_| etter.len() < rest.len()) else {
            return false;
        };
        if navn == "standalone" && !matches!(verdi, "yes" | "no") {
            return false;
        }
        rest = resten;
    }
    rest.trim_start_matches(blank).is_empty()
}

struct Vakt<'a> {
    leser: Reader<&'a [u8]>,
    dybde: usize,
    noder: usize,
    har_rot: bool,
}

impl Vakt<'_> {
    fn ikke_velformet(&self) -> Lesefeil {
        Lesefeil::new(&Sti::rot(), Grunn::IkkeXml(self.leser.buffer_position()))
    }

    fn les(mut self) -> Result<(), Lesefeil> {
        let mut foerste = true;
        loop {
            let hendelse = match self.leser.read_event() {
                Ok(hendelse) => hendelse,
                Err(_) => {
                    let plass = self.leser.error_position();
                    return Err(Lesefeil::new(&Sti::rot(), Grunn::IkkeXml(plass)));
                }
            };
            match &hendelse {
                Event::Start(element) => {
                    self.element(element)?;
                    self.dybde += 1;
                    if self.dybde > DYBDE_MAKS {
                        return Err(grense("elementene er nøstet dypere enn 64 nivåer"));
                    }
                }
                Event::Empty(element) => self.element(element)?,
                Event::End(_) => self.dybde = self.dybde.saturating_sub(1),
                Event::Text(tekst) => {
                    self.node(1)?;
                    let tekst: &str = tekst;
                    if tekst.contains("]]>") || (self.dybde == 0 && !er_blank(tekst)) {
                        return Err(self.ikke_velformet());
                    }
                }
                Event::CData(_) => {
                    self.node(1)?;
                    if self.dybde == 0 {
                        return Err(self.ikke_velformet());
                    }
                }
                Event::GeneralRef(navn) => {
                    self.node(1)?;
                    let navn: &str = navn;
                    self.referanse(navn)?;
                    if self.dybde == 0 {
                        return Err(self.ikke_velformet());
                    }
                }
                Event::Comment(_) => self.node(1)?,
                Event::Decl(deklarasjon) if foerste => self.deklarasjon(deklarasjon)?,
                Event::Decl(_) => return Err(self.ikke_velformet()),
                Event::PI(_) => return Err(grense("behandlingsinstruks er ikke tillatt")),
                Event::DocType(_) => return Err(grense("DOCTYPE er ikke tillatt")),
                Event::Eof => {
                    return if self.har_rot && self.dybde == 0 {
                        Ok(())
                    } else {
                        Err(self.ikke_velformet())
                    };
                }
            }
            foerste = false;
        }
    }

    fn node(&mut self, antall: usize) -> Result<(), Lesefeil> {
        self.noder += antall;
        if self.noder > NODER_MAKS {
            return Err(grense("dokumentet har flere enn 200 000 noder"));
        }
        Ok(())
    }

    fn referanse(&self, navn: &str) -> Result<(), Lesefeil> {
        match referanse(navn) {
            Some(_) => Ok(()),
            None if navn.starts_with('#') => Err(self.ikke_velformet()),
            None => Err(grense("bare de fem forhåndsdefinerte entitetene er tillatt")),
        }
    }

    fn deklarasjon(&self, deklarasjon: &BytesDecl<'_>) -> Result<(), Lesefeil> {
        if !deklarasjon.version().is_ok_and(|versjon| versjon == "1.0") {
            return Err(self.ikke_velformet());
        }
        match deklarasjon.encoding() {
            Some(Ok(tegnsett)) if !tegnsett.eq_ignore_ascii_case("UTF-8") => Err(grense(TEGNSETT)),
            Some(Err(_)) => Err(self.ikke_velformet()),
            _ if er_deklarasjon(deklarasjon) => Ok(()),
            _ => Err(self.ikke_velformet()),
        }
    }

    fn element(&mut self, element: &BytesStart<'_>) -> Result<(), Lesefeil> {
        self.node(1)?;
        if self.dybde == 0 && std::mem::replace(&mut self.har_rot, true) {
            return Err(self.ikke_velformet());
        }
        let navn = element.name();
        if !er_navn(navn.as_ref()) {
            return Err(self.ikke_velformet());
        }
        // Counted before names are compared, and compared in order: every pair is what an attack would want.
        let mut navnene = Vec::new();
        for attributt in element.attributes().with_checks(false) {
            if navnene.len() == ATTRIBUTTER_MAKS {
                return Err(grense("et element har flere enn 64 attributter"));
            }
            let Ok(attributt) = attributt else {
                return Err(self.ikke_velformet());
            };
            navnene.push(attributt.key.into_inner());
            if !er_navn(attributt.key.as_ref()) || attributt.value.contains('<') {
                return Err(self.ikke_velformet());
            }
            if !attributt.value.contains('&') {
                continue;
            }
            for del in attributt.value.split('&').skip(1) {
                match del.split_once(';') {
                    Some((navn, _)) => self.referanse(navn)?,
                    None => return Err(self.ikke_velformet()),
                }
            }
        }
        self.node(navnene.len())?;
        navnene.sort_unstable();
        if navnene.windows(2).any(|to| to.first() == to.last()) {
            return Err(self.ikke_velformet());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grunn(xml: &str) -> Grunn {
        sjekk(xml.as_bytes()).unwrap_err().grunn
    }

    #[test]
    fn an_ordinary_document_passes() {
        for xml in [
            "<a/>",
            "\u{FEFF}<?xml version='1.0' encoding='utf-8' standalone='yes'?>\n<!-- k --><a b='&lt;1&#x41;'>x&amp;y<![CDATA[<z>]]></a>\n",
            "<å:b xmlns:å=\"u\">æ\r\n</å:b >",
        ] {
            assert!(sjekk(xml.as_bytes()).is_ok(), "{xml}");
        }
        assert_eq!(sjekk("\u{FEFF}<a/>".as_bytes()).unwrap(), "<a/>");
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        for xml in [
            "",
            " ",
            "a",
            "<a>",
            "</a>",
            "<a></b>",
            "<a/><b/>",
            "<a/>x",
            "<a/>&amp;",
            "<a b=1/>",
            "<a b='1' b='2'/>",
            "<a b='<'/>",
            "<a>]]></a>",
            "<a>&#0;</a>",
            "<a>&#xD800;</a>",
            "<a>&#x;</a>",
            "<a>&#+5;</a>",
            "<a>&</a>",
            "<a b='&'/>",
            "<1a/>",
            "<a><!-- -- --></a>",
            "<a/><?xml version='1.0'?>",
            "<?xml version='1.1'?><a/>",
            "<?xml encoding='UTF-8'?><a/>",
            "\u{FEFF}\u{FEFF}<a/>",
            "<?xml version='1.0' version='1.0'?><a/>",
            "<?xml version='1.0' encoding='UTF-8' encoding='UTF-16'?><a/>",
            "<?xml version='1.0' standalone='yes' encoding='UTF-8'?><a/>",
            "<?xml version='1.0' standalone='kanskje'?><a/>",
            "<?xml version='1.0'encoding='UTF-8'?><a/>",
            "<?xml version='1.0' a='b'?><a/>",
            " <?xml version='1.0'?><a/>",
            "<a>\u{1}</a>",
            "<a>\u{FFFF}</a>",
            "<a",
            "<![CDATA[x]]>",
        ] {
            assert!(matches!(grunn(xml), Grunn::IkkeXml(_)), "{xml}: {:?}", grunn(xml));
        }
    }

    #[test]
    fn what_breaks_a_limit_is_refused() {
        for xml in [
            "<!DOCTYPE a><a/>",
            "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><a>&x;</a>",
            "<a>&x;</a>",
            "<a b='&x;'/>",
            "<?php x?><a/>",
            "<a><?x y?></a>",
            "<?xml version='1.0' encoding='ISO-8859-1'?><a/>",
            "<?xml version='1.0' encoding='UTF-16'?><a/>",
        ] {
            assert!(matches!(grunn(xml), Grunn::Xmlgrense(_)), "{xml}: {:?}", grunn(xml));
        }
        for xml in [
            &b"\xFE\xFF\0<\0a\0/\0>"[..],
            b"\xFF\xFE<\0a\0/\0>\0",
            b"<\0a\0/\0>\0",
            b"\0\0\xFE\xFF\0\0\0<",
        ] {
            assert!(matches!(sjekk(xml).unwrap_err().grunn, Grunn::Xmlgrense(_)), "{xml:?}");
        }
    }

    #[test]
    fn each_limit_holds_at_its_edge() {
        let dypt = |n: usize| format!("{}{}", "<a>".repeat(n), "</a>".repeat(n));
        assert!(sjekk(dypt(DYBDE_MAKS).as_bytes()).is_ok());
        assert!(matches!(grunn(&dypt(DYBDE_MAKS + 1)), Grunn::Xmlgrense(_)));
        let bredt = |n: usize| format!("<a {}/>", (0..n).map(|i| format!("b{i}='' ")).collect::<String>());
        assert!(sjekk(bredt(ATTRIBUTTER_MAKS).as_bytes()).is_ok());
        assert!(matches!(grunn(&bredt(ATTRIBUTTER_MAKS + 1)), Grunn::Xmlgrense(_)));
        let langt = |n: usize| format!("<a>{}</a>", "<b/>".repeat(n));
        assert!(sjekk(langt(NODER_MAKS - 1).as_bytes()).is_ok());
        assert!(matches!(grunn(&langt(NODER_MAKS)), Grunn::Xmlgrense(_)));
    }
}
