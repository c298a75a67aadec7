//! The stable name of an item in its URL, made from its title.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

/// Longest slug before its serial. Units: bytes, all ASCII. Source: our choice.
const BYTE_MAKS: usize = 80;

/// Lower-case letters, digits and hyphens, with `_2` and so on at the end when the title has been used before.
///
/// Source: the serial is the published form (`20210624_2`); the rest is our choice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

impl Slug {
    /// Makes one that is not `brukt`.
    pub(crate) fn fra_tittel(tittel: &str, reserve: &str, brukt: impl Fn(&str) -> bool) -> Self {
        let mut ut = String::new();
        for tegn in tittel.chars() {
            legg_til(&mut ut, tegn);
        }
        // Everything is ASCII.
        ut.truncate(BYTE_MAKS);
        let ut = ut.trim_matches('-');
        let ut = if ut.is_empty() { reserve } else { ut };
        if !brukt(ut) {
            return Slug(ut.to_owned());
        }
        let mut nummer = 2_u64;
        loop {
            let ny = format!("{ut}_{nummer}");
            if !brukt(&ny) {
                return Slug(ny);
            }
            nummer += 1;
        }
    }

    /// Reads one from the file, or from a path.
    pub(crate) fn les(tekst: &str) -> Option<Self> {
        let lovlig = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
        let lengde = (1..=BYTE_MAKS + 21).contains(&tekst.len());
        (lengde && tekst.bytes().all(lovlig)).then(|| Slug(tekst.to_owned()))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn legg_til(ut: &mut String, tegn: char) {
    for liten in tegn.to_lowercase() {
        match liten {
            'æ' => ut.push_str("ae"),
            'ø' => ut.push_str("oe"),
            'å' => ut.push_str("aa"),
            'đ' => ut.push('d'),
            'ŋ' => ut.push('n'),
            'ŧ' => ut.push('t'),
            annet => {
                // The letter without its marks, where it is an ASCII one.
                let grunn = std::iter::once(annet).nfd().next().filter(char::is_ascii_alphanumeric);
                match grunn {
                    Some(grunn) => ut.push(grunn),
                    None if ut.ends_with('-') => {}
                    None => ut.push('-'),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn sjekk(tittel: &str, ventet: &str) {
        let slug = Slug::fra_tittel(tittel, "melding", |_| false);
        assert_eq!(slug.as_str(), ventet);
        assert_eq!(Slug::les(ventet), Some(slug));
    }

    #[test]
    fn norwegian_letters_are_written_out_and_the_rest_are_hyphens() {
        sjekk(
            "LØST: Forsinket hendelsesliste, 21. august",
            "loest-forsinket-hendelsesliste-21-august",
        );
        sjekk("Ærlig talt, så Øker det på", "aerlig-talt-saa-oeker-det-paa");
        sjekk("Áššu – café  «x»", "assu-cafe-x");
        sjekk("Работы", "melding");
        sjekk("...", "melding");
        sjekk(
            &"a b".repeat(60),
            "a-ba-ba-ba-ba-ba-ba-ba-ba-ba-ba-ba-ba-ba-ba-ba-ba-ba-ba-ba-ba-ba-ba-ba-ba-ba-ba",
        );
    }

    #[test]
    fn a_title_that_was_used_before_gets_a_serial() {
        let brukt = ["20210624", "20210624_2"];
        let ny = |tittel: &str| Slug::fra_tittel(tittel, "x", |s| brukt.contains(&s)).to_string();
        assert_eq!(ny("20210624"), "20210624_3");
        // A title cannot look like another's serial.
        assert_eq!(ny("20210624_2"), "20210624-2");
        for galt in ["", "A", "a/b", "æ", &"a".repeat(200)] {
            assert_eq!(Slug::les(galt), None, "{galt}");
        }
    }
}
