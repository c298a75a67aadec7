//! Monsters: texts that have broken readers of many kinds, tried on every target whatever its format.

use crate::BYTE_MAKS;

/// The monsters, none longer than [`BYTE_MAKS`].
#[must_use]
pub fn uhyrer() -> Vec<Vec<u8>> {
    let lang = |bit: &str| bit.repeat(BYTE_MAKS / bit.len()).into_bytes();
    let om = |foran: &str, bit: &str, bak: &str| {
        let ganger = (BYTE_MAKS - foran.len() - bak.len()) / bit.len();
        format!("{foran}{}{bak}", bit.repeat(ganger)).into_bytes()
    };
    let nummerert = |foran: &str, bit: &dyn Fn(usize) -> String, bak: &str| {
        let mut ut = foran.to_owned();
        for nr in 0.. {
            let bit = bit(nr);
            if ut.len() + bit.len() + bak.len() > BYTE_MAKS {
                break;
            }
            ut.push_str(&bit);
        }
        (ut + bak).into_bytes()
    };
    let mut latter = String::from("<!DOCTYPE x [<!ENTITY e0 \"ha\">");
    for nr in 1..10 {
        let forrige = format!("&e{};", nr - 1).repeat(10);
        latter.push_str(&format!("<!ENTITY e{nr} \"{forrige}\">"));
    }
    let utf16 = |stor: bool| -> Vec<u8> {
        let tekst = "\u{feff}<?xml version=\"1.0\"?><!DOCTYPE x><x/>";
        let enhet = |e: u16| if stor { e.to_be_bytes() } else { e.to_le_bytes() };
        tekst.encode_utf16().flat_map(enhet).collect()
    };
    vec![
        Vec::new(),
        vec![0],
        vec![0; BYTE_MAKS],
        vec![0xff; BYTE_MAKS],
        vec![0x80; BYTE_MAKS],
        (0..=255).collect(),
        b"\xef\xbb\xbf{}".to_vec(),
        utf16(true),
        utf16(false),
        b"{\"a\":\"\xc3\"}".to_vec(),
        b"\xed\xa0\x80\xed\xb0\x80".to_vec(),
        // Depth.
        lang("["),
        lang("{\"a\":"),
        lang("<a>"),
        lang("("),
        lang("a.b."),
        om("a = ", "[", ""),
        om("", "[a.", ""),
        // Width.
        om("[", "1,", "1]"),
        om("{\"a\":\"", "\\u0000", "\"}"),
        nummerert("{", &|nr| format!("\"a{nr}\":0,"), "\"a\":0}"),
        om("{", "\"a\":0,", "\"a\":0}"),
        nummerert("<a", &|nr| format!(" a{nr}=''"), "/>"),
        nummerert("<a", &|nr| format!(" xmlns:a{nr}='u'"), "/>"),
        om("<a", " a=''", "/>"),
        om("<a>", "&#65;", "</a>"),
        om("<a>", "<!---->", "</a>"),
        format!("{latter}]><x>&e9;</x>").into_bytes(),
        b"<!DOCTYPE x SYSTEM \"file:///etc/hostname\"><x/>".to_vec(),
        // Numbers.
        lang("9"),
        om("{\"a\":", "9", "}"),
        om("{\"a\":1e", "9", "}"),
        om("{\"a\":0.", "0", "1}"),
        om("-", "0", ""),
        // Lists with separators, in headers, queries and forms.
        lang("a;q=0.1,"),
        lang("a/b;c=d,"),
        lang("\"\\\"\","),
        lang("W/\"x\","),
        lang("a=b&"),
        lang("&="),
        lang("%41"),
        lang("%C3%A6"),
        lang("%"),
        lang("/"),
        lang("/.."),
        lang("\r\n"),
        lang("\n\n"),
        lang("æ"),
        lang("\u{1F600}"),
        lang("a\u{308}"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_monster_is_longer_than_a_text_may_be() {
        let alle = uhyrer();
        assert!(alle.iter().all(|u| u.len() <= BYTE_MAKS));
        assert!(alle.iter().filter(|u| u.len() > BYTE_MAKS / 2).count() > 30);
    }
}
