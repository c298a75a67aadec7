//! What the Person API asks for, once it has been read and is known to make sense.

use informasjonsmodell::Dato;

use crate::kriterier::Husnummer;
use crate::navn;

/// Words of a full name that count. Source: Person API v3, `FullName`.
const FULLT_NAVN_ORD: usize = 3;

/// Words that words of a name begin with, as names are compared ([`navn::normalise`]).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Navneord(Vec<String>);

impl Navneord {
    /// Of a part of a name: every word of it.
    #[must_use]
    pub fn av_del(tekst: &str) -> Self {
        let mut ut = Navneord::default();
        ut.ta(tekst);
        ut
    }

    /// Of a full name: the first three words. What is written together counts as one, so `Anne-Marie` is one of the three and
    /// both its halves must be found (our choice); a word without a letter is none.
    #[must_use]
    pub fn av_fullt_navn(tekst: &str) -> Self {
        let mut ut = Navneord::default();
        let ord = tekst.split_whitespace().filter(|ord| !navn::normalise(ord).is_empty());
        ord.take(FULLT_NAVN_ORD).for_each(|ord| ut.ta(ord));
        ut
    }

    // Each once: one that is said twice is asked for once.
    fn ta(&mut self, tekst: &str) {
        for ord in navn::words(tekst) {
            if !self.0.contains(&ord) {
                self.0.push(ord);
            }
        }
    }

    /// They. None: nobody's name begins with it.
    #[must_use]
    pub fn ord(&self) -> &[String] {
        &self.0
    }
}

/// A street with number and letter, as one line of text.
///
/// What ends in a number, or a number and a letter, is read in two ways, and either fits: as a street and a house, and as the beginning of
/// a street that has a number in its name (`7. juni-gata`, `Felt 3`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gateadresse {
    lesninger: Vec<Gate>,
}

/// One reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Gate {
    /// How the name of the street begins, normalised, not empty.
    pub navn: String,
    /// Without a letter it fits any.
    pub husnummer: Option<Husnummer>,
}

impl Gateadresse {
    /// Reads `Storgata`, `Storgata 12`, `Storgata 12B`, `storgata 12 b`, `Storgata, 12`. What is not read as a house is the name.
    ///
    /// Shape: a text without letter or digit is nobody's street.
    #[must_use]
    pub fn les(tekst: &str) -> Self {
        let hus = del_av_husnummer(tekst).map(|(gate, husnummer)| (gate, Some(husnummer)));
        let gater = std::iter::once((tekst, None)).chain(hus);
        let lesninger = gater.map(|(gate, husnummer)| Gate {
            navn: navn::normalise(gate),
            husnummer,
        });
        Gateadresse {
            lesninger: lesninger.filter(|gate| !gate.navn.is_empty()).collect(),
        }
    }

    pub(super) fn lesninger(&self) -> &[Gate] {
        &self.lesninger
    }
}

// What stands before a number at the end, and the number; `None` where there is none, or where it is a part of a word.
fn del_av_husnummer(tekst: &str) -> Option<(&str, Husnummer)> {
    let ikke_tegn = |c: char| !c.is_alphanumeric();
    let hele = tekst.trim_end_matches(ikke_tegn);
    let (uten_bokstav, bokstav) = match hele.char_indices().next_back() {
        Some((plass, c)) if c.is_alphabetic() => {
            let (foran, bokstav) = hele.split_at_checked(plass)?;
            (foran.trim_end_matches(ikke_tegn), Some(Husnummer::bokstav(bokstav)?))
        }
        _ => (hele, None),
    };
    let foran = uten_bokstav.trim_end_matches(|c: char| c.is_ascii_digit());
    let siffer = uten_bokstav.strip_prefix(foran).filter(|siffer| siffer.len() <= 4)?;
    let tall = siffer.parse().ok()?;
    let gate = foran.trim_end_matches(ikke_tegn);
    // A number stands apart from the name.
    (gate.len() < foran.len()).then_some((gate, Husnummer { tall, bokstav }))
}

/// What one of the person's addresses must say, all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adressekriterier {
    /// Street and house.
    pub gate: Option<Gateadresse>,
    /// Four digits.
    pub postnummer: Option<String>,
    /// The whole name of the post town; case and spelling of letters do not matter (our choice: no beginning of it).
    pub poststed: Option<String>,
    /// Four digits: what the address is shown with, or what that is today.
    pub kommunenummer: Option<String>,
    /// Grunnkrets, eight digits.
    pub grunnkrets: Option<String>,
}

/// From one day to another, both included. An end that is known in part begins with its first day and ends with its last; one that is
/// not there is open.
///
/// A date of a person that is known in part fits when every day that it can be is within (our choice).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Datointervall {
    /// First.
    pub fra: Option<Dato>,
    /// Last.
    pub til: Option<Dato>,
}

/// What is asked for. All of it must fit; nothing asked fits everybody. Only what is current, and shown to whoever asks, is found by.
///
/// Source: Person API v3, `PersonSearchForm`, `PagedMatchListForm`, `MatchCountForm`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kriterier {
    /// Each word begins a word of the name, in any order.
    pub fullt_navn: Option<Navneord>,
    /// Each word begins a word of the fornavn.
    pub fornavn: Option<Navneord>,
    /// Each word begins a word of the mellomnavn.
    pub mellomnavn: Option<Navneord>,
    /// Each word begins a word of the etternavn.
    pub etternavn: Option<Navneord>,
    /// Born on the day, in the month or in the year. A year alone fits whoever has only a year of birth.
    pub foedselsdato: Option<Dato>,
    /// Born within.
    pub foedt: Datointervall,
    /// Died within.
    pub doed: Datointervall,
    /// As the register writes it.
    pub kjoenn: Option<String>,
    /// One of these, as the status is shown: whoever is not shown a status that hides behind `aktiv` finds by `aktiv`. None: any.
    pub statuser: Vec<String>,
    /// What one address says.
    pub adresse: Adressekriterier,
    /// Those too who are known by a felles hjelpenummer alone. Source: Person API, `includeAinResults`: not unless asked for.
    pub ogsaa_hjelpenumre: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Number and letter.
    type Hus = (u16, Option<char>);

    #[track_caller]
    fn check(tekst: &str, ventet: &[(&str, Option<Hus>)]) {
        let lest = Gateadresse::les(tekst);
        let har: Vec<_> = lest
            .lesninger()
            .iter()
            .map(|g| (g.navn.as_str(), g.husnummer.map(|h| (h.tall, h.bokstav))))
            .collect();
        assert_eq!(har, ventet, "{tekst}");
    }

    #[test]
    fn a_line_is_a_street_and_perhaps_a_house() {
        check("Storgata", &[("storgata", None)]);
        check("Storgata B", &[("storgata b", None)]);
        for tekst in ["Storgata 12", " STORGATA 12. ", "Storgata, 12", "Storgata 0012"] {
            let hele = navn::normalise(tekst);
            check(tekst, &[(hele.as_str(), None), ("storgata", Some((12, None)))]);
        }
        for tekst in ["Storgata 12b", "Storgata 12 B", "storgata 12-b"] {
            let hele = navn::normalise(tekst);
            check(tekst, &[(hele.as_str(), None), ("storgata", Some((12, Some('B'))))]);
        }
        check("Ås 1 å", &[("aas 1 aa", None), ("aas", Some((1, Some('Å'))))]);
        check("Felt 3 12", &[("felt 3 12", None), ("felt 3", Some((12, None)))]);
        check("7. juni-gata", &[("7 juni gata", None)]);
    }

    #[test]
    fn a_number_in_a_word_or_alone_is_no_house() {
        check("Storgata12", &[("storgata12", None)]);
        check("R7", &[("r7", None)]);
        check("Blokk H0101", &[("blokk h0101", None)]);
        check("Storgata 12345", &[("storgata 12345", None)]);
        check("Storgata 70000", &[("storgata 70000", None)]);
        check("12", &[("12", None)]);
        check("12 B", &[("12 b", None)]);
        check("Storgata \u{b2}", &[("storgata 2", None)]);
        for tekst in ["", " ", "-", ",", "/ '"] {
            check(tekst, &[]);
        }
    }

    #[test]
    fn a_full_name_is_its_first_three_words() {
        let ord = |tekst: &str| Navneord::av_fullt_navn(tekst).ord().join(" ");
        assert_eq!(ord("Kari  Anne\tNordmann Dal"), "kari anne nordmann");
        assert_eq!(ord("Anne-Marie O'Hara Dal Berg"), "anne marie ohara dal");
        assert_eq!(ord(" - Kari ' Dal"), "kari dal");
        assert_eq!(ord("Kari kari KARI Dal"), "kari");
        assert_eq!(Navneord::av_del("Kari Kåre Kari-Anne").ord(), ["kari", "kaare", "anne"]);
        assert!(Navneord::av_del(" -' ").ord().is_empty() && ord("").is_empty());
    }
}
