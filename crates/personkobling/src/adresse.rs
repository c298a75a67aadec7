//! A street as it is compared: its name in one word, whatever form the last part of it is written in, and its number.

use soek::navn::words;

/// Last parts of streets, and what all forms of each are taken for. Source: our choice, of how Norwegian streets are written.
const ENDELSER: [(&str, &str); 14] = [
    ("veien", "v"),
    ("vegen", "v"),
    ("veg", "v"),
    ("vei", "v"),
    ("vn", "v"),
    ("gaten", "g"),
    ("gata", "g"),
    ("gate", "g"),
    ("gt", "g"),
    ("plassen", "p"),
    ("plass", "p"),
    ("pl", "p"),
    ("stien", "s"),
    ("sti", "s"),
];

/// A street and a number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Gate {
    /// Its name; empty of none.
    pub(crate) navn: String,
    /// 0 of none.
    pub(crate) nummer: u16,
    /// 0 of none.
    pub(crate) bokstav: u8,
}

impl Gate {
    pub(crate) fn les(tekst: &str) -> Self {
        let mut ut = Gate::default();
        let mut ord = words(tekst);
        // "12b" and "12 b" alike, and what follows the number is no part of the street: the number of the dwelling.
        let nummer = ord
            .iter()
            .skip(1)
            .position(|en| en.starts_with(|c: char| c.is_ascii_digit()));
        if let Some(plass) = nummer.map(|foer| foer + 1) {
            let etter = ord.split_off(plass);
            let foerste = etter.first().map_or("", String::as_str);
            let siffer: String = foerste.chars().take_while(char::is_ascii_digit).collect();
            ut.nummer = siffer.parse().unwrap_or(0);
            let rest = foerste.get(siffer.len()..).unwrap_or_default();
            let bokstav = if rest.is_empty() {
                etter.get(1).map_or("", String::as_str)
            } else {
                rest
            };
            if let [en @ b'a'..=b'z'] = bokstav.as_bytes() {
                ut.bokstav = *en;
            }
        }
        ut.navn = ord.concat();
        for (endelse, kort) in ENDELSER {
            if let Some(stamme) = ut.navn.strip_suffix(endelse).filter(|stamme| stamme.len() > 1) {
                ut.navn = format!("{stamme}{kort}");
                break;
            }
        }
        ut
    }
}

#[cfg(test)]
mod tests {
    use super::Gate;

    #[test]
    fn forms_of_a_street_are_one() {
        let ventet = Gate {
            navn: "storg".into(),
            nummer: 12,
            bokstav: b'b',
        };
        for tekst in ["Storgata 12B", "STORGATEN 12 b", "Stor gt. 12 B H0102", "storgate 12b"] {
            assert_eq!(Gate::les(tekst), ventet, "{tekst}");
        }
        assert_eq!(Gate::les("7. juni-plassen 1").nummer, 1);
        assert_eq!(Gate::les(""), Gate::default());
    }
}
