//! Escaping: what a character becomes in element content and in an attribute.

/// What stands in for a character that XML 1.0 cannot carry: the Unicode replacement character.
///
/// The model refuses such characters at the door; the replacement only keeps a document well-formed should one get by.
const ERSTATNING: char = '\u{FFFD}';

/// Writes text as element content.
pub fn skriv_tekst(ut: &mut Vec<u8>, tekst: &str) {
    let b = tekst.as_bytes();
    let mut rest = b;
    while let Some(n) = rest.iter().position(|b| er_spesiell(*b)) {
        let (vanlig, fra) = rest.split_at(n);
        ut.extend_from_slice(vanlig);
        rest = match fra {
            [0xEF, 0xBF, 0xBE | 0xBF, etter @ ..] => {
                skriv_tegn(ut, ERSTATNING);
                etter
            }
            [b, etter @ ..] => {
                if *b == 0xEF {
                    ut.push(*b);
                } else {
                    skriv_tegn(ut, char::from(*b));
                }
                etter
            }
            [] => fra,
        };
    }
    ut.extend_from_slice(rest);
}

/// Writes text as the value of an attribute, without the quotes.
pub fn skriv_attributt(ut: &mut Vec<u8>, tekst: &str) {
    for tegn in tekst.chars() {
        match tegn {
            '"' => ut.extend_from_slice(b"&quot;"),
            // A parser turns white space in an attribute into spaces unless it is written as a reference.
            '\t' => ut.extend_from_slice(b"&#9;"),
            '\n' => ut.extend_from_slice(b"&#10;"),
            _ => skriv_tegn(ut, tegn),
        }
    }
}

/// Bytes that [`skriv_tekst`] cannot copy blindly; `0xEF` begins U+FFFE and U+FFFF among others.
fn er_spesiell(b: u8) -> bool {
    (b < 0x20 && b != b'\t' && b != b'\n') || matches!(b, b'&' | b'<' | b'>' | 0xEF)
}

/// Writes one character as element content.
pub(super) fn skriv_tegn(ut: &mut Vec<u8>, tegn: char) {
    match tegn {
        '&' => ut.extend_from_slice(b"&amp;"),
        '<' => ut.extend_from_slice(b"&lt;"),
        '>' => ut.extend_from_slice(b"&gt;"),
        // A bare carriage return would come back as a newline.
        '\r' => ut.extend_from_slice(b"&#13;"),
        tegn => {
            let tegn = if crate::tekst::kan_staa_i_xml(tegn) {
                tegn
            } else {
                ERSTATNING
            };
            ut.extend_from_slice(tegn.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_escaped_and_stays_well_formed() {
        for (tekst, ventet) in [
            ("a<b & c>d", "a&lt;b &amp; c&gt;d"),
            ("]]>", "]]&gt;"),
            ("\t\n\r", "\t\n&#13;"),
            ("\u{0}\u{1F}\u{FFFE}\u{FFFF}", "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
            ("ÆØÅ Áššu \u{FF21} \u{10000}", "ÆØÅ Áššu \u{FF21} \u{10000}"),
        ] {
            let mut ut = Vec::new();
            skriv_tekst(&mut ut, tekst);
            assert_eq!(String::from_utf8(ut).unwrap(), ventet);
        }
    }

    #[test]
    fn an_attribute_keeps_its_white_space_and_quotes() {
        let mut ut = Vec::new();
        skriv_attributt(&mut ut, "a\"b\t<&>\n\r");
        assert_eq!(ut, b"a&quot;b&#9;&lt;&amp;&gt;&#10;&#13;");
    }
}
