//! Writing XML: elements opened and closed in pairs, texts escaped.
//!
//! Not reading: that is `meldinger::tre`, behind the guard. What newcomers get wrong: a character that XML 1.0 cannot
//! carry is left out, since one such in a register of millions would make every answer with it unreadable.

/// Writes one document, or a part of one.
#[derive(Default)]
pub struct Skriver {
    ut: String,
}

impl Skriver {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Skriver {
            ut: String::with_capacity(4 * 1024),
        }
    }

    /// What was written.
    #[must_use]
    pub fn ferdig(self) -> String {
        self.ut
    }

    /// Bytes so far.
    #[must_use]
    pub fn lengde(&self) -> usize {
        self.ut.len()
    }

    /// What is XML already.
    pub fn raa(&mut self, xml: &str) {
        self.ut.push_str(xml);
    }

    /// An element with elements in it.
    pub fn i(&mut self, navn: &str, attributter: &[(&str, &str)], inni: impl FnOnce(&mut Self)) {
        self.start(navn, attributter);
        self.ut.push('>');
        inni(self);
        self.slutt(navn);
    }

    /// An element with a text.
    pub fn tekst(&mut self, navn: &str, attributter: &[(&str, &str)], tekst: &str) {
        self.i(navn, attributter, |x| x.unnslipp(tekst, false));
    }

    /// An element with nothing in it.
    pub fn tom(&mut self, navn: &str, attributter: &[(&str, &str)]) {
        self.start(navn, attributter);
        self.ut.push_str("/>");
    }

    fn start(&mut self, navn: &str, attributter: &[(&str, &str)]) {
        self.ut.push('<');
        self.ut.push_str(navn);
        for (navn, verdi) in attributter {
            self.ut.push(' ');
            self.ut.push_str(navn);
            self.ut.push_str("=\"");
            self.unnslipp(verdi, true);
            self.ut.push('"');
        }
    }

    fn slutt(&mut self, navn: &str) {
        self.ut.push_str("</");
        self.ut.push_str(navn);
        self.ut.push('>');
    }

    // White space that a reader would make something else of is a reference. XML 1.0, 2.11 and 3.3.3.
    fn unnslipp(&mut self, tekst: &str, i_attributt: bool) {
        for tegn in tekst.chars() {
            match tegn {
                '&' => self.ut.push_str("&amp;"),
                '<' => self.ut.push_str("&lt;"),
                '>' => self.ut.push_str("&gt;"),
                '"' if i_attributt => self.ut.push_str("&quot;"),
                '\r' => self.ut.push_str("&#13;"),
                '\n' if i_attributt => self.ut.push_str("&#10;"),
                '\t' if i_attributt => self.ut.push_str("&#9;"),
                '\t' | '\n' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}' => {
                    self.ut.push(tegn);
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn whatever_is_written_is_read_back(tekst in any::<String>(), verdi in any::<String>()) {
            let mut x = Skriver::new();
            x.tekst("a", &[("b", &verdi)], &tekst);
            let lest = meldinger::tre::les(x.ferdig().as_bytes()).unwrap();
            let kan = |t: &str| t.chars().filter(|c| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)).collect::<String>();
            prop_assert_eq!(&lest.tekst, &kan(&tekst));
            prop_assert_eq!(&lest.attributter[0].2, &kan(&verdi));
        }
    }
}
