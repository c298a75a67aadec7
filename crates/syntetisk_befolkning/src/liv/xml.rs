//! A few elements of XML, written in the order that a schema asks for.

use std::fmt::Write as _;

/// Text of a document under way.
pub(super) struct Xml(String);

impl Xml {
    /// A document with a root of a namespace.
    pub(super) fn dokument(rot: &str, navnerom: &str, innhold: impl FnOnce(&mut Xml)) -> String {
        let mut ut = Xml(String::with_capacity(1_024));
        let _ = write!(
            ut.0,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><{rot} xmlns=\"{navnerom}\">"
        );
        innhold(&mut ut);
        let _ = write!(ut.0, "</{rot}>");
        ut.0
    }

    /// An element with others in it.
    pub(super) fn i(&mut self, navn: &str, innhold: impl FnOnce(&mut Xml)) {
        let _ = write!(self.0, "<{navn}>");
        innhold(self);
        let _ = write!(self.0, "</{navn}>");
    }

    /// An element with a text.
    pub(super) fn t(&mut self, navn: &str, tekst: impl AsRef<str>) {
        let _ = write!(self.0, "<{navn}>");
        for tegn in tekst.as_ref().chars() {
            match tegn {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                annet => self.0.push(annet),
            }
        }
        let _ = write!(self.0, "</{navn}>");
    }

    /// The same, where there is a text.
    pub(super) fn kanskje(&mut self, navn: &str, tekst: Option<impl AsRef<str>>) {
        if let Some(tekst) = tekst {
            self.t(navn, tekst);
        }
    }

    /// A boolean.
    pub(super) fn er(&mut self, navn: &str, er: bool) {
        self.t(navn, if er { "true" } else { "false" });
    }
}

/// A text in the letters that every schema has: those of Sami, Polish and some others are written without their marks, as older systems
/// write them.
pub(super) fn enkle_tegn(tekst: &str) -> String {
    tekst
        .chars()
        .map(|tegn| match tegn {
            'Č' => 'C',
            'č' => 'c',
            'Đ' => 'D',
            'đ' => 'd',
            'ē' => 'e',
            'Ł' => 'L',
            'ł' => 'l',
            'Ŋ' | 'Ń' => 'N',
            'ŋ' | 'ń' => 'n',
            'Š' | 'Ś' => 'S',
            'š' | 'ś' => 's',
            'Ŧ' => 'T',
            'ŧ' => 't',
            'Ž' | 'Ż' => 'Z',
            'ž' | 'ż' => 'z',
            annet => annet,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_escaped_and_elements_close() {
        let xml = Xml::dokument("rot", "urn:x", |x| {
            x.i("a", |x| x.t("b", "<&>"));
            x.kanskje("c", None::<&str>);
            x.er("d", true);
        });
        assert_eq!(
            xml,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rot xmlns=\"urn:x\"><a><b>&lt;&amp;&gt;</b></a><d>true</d></rot>"
        );
        assert_eq!(enkle_tegn("Áŋŋá ČÆØÅ"), "Ánná CÆØÅ");
    }
}
