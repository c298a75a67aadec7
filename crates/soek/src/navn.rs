//! Names and street names as they are compared: one spelling for what people write in several ways.
//!
//! Lower case; letters of the Latin script as a to z, so that `Åse`, `Aase` and `A` with a loose ring are the same;
//! words apart by one space. Letters of other scripts stand as they are. What a newcomer gets wrong: this is about
//! spelling alone. `Christian` and `Kristian` are two names here; that they are heard alike is for `fonetikk` to say.
//!
//! Each letter is rewritten by itself, so what begins a name begins the rewritten name too: a prefix may be searched for
//! by its rewritten form. That is why å is written aa, and not the other way round.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// What is left out without parting words: apostrophes and what is typed in their place, the dot of l·l, and signs that
/// stand for no width. Hyphens and all else part words.
const INGENTING: &[char] = &[
    '\'', '`', '\u{00b4}', '\u{00b7}', '\u{02b9}', '\u{02bb}', '\u{02bc}', '\u{02be}', '\u{02bf}', '\u{02c8}',
    '\u{2018}', '\u{2019}', '\u{201b}', '\u{2032}', '\u{00ad}', '\u{200c}', '\u{200d}', '\u{200e}', '\u{200f}',
    '\u{2060}', '\u{feff}', '\u{fe0e}', '\u{fe0f}',
];

/// Letters that are no other letter with a mark. Source: our choice; the letters of passports (ICAO Doc 9303, part 3,
/// section 6) but for ə, which stands with the rest here.
const BOKSTAVER: &[(char, &str)] = &[
    ('æ', "ae"),
    ('ø', "oe"),
    ('œ', "oe"),
    ('ß', "ss"),
    ('đ', "d"),
    ('ð', "d"),
    ('ɖ', "d"),
    ('ɗ', "d"),
    ('þ', "th"),
    ('ŋ', "n"),
    ('ł', "l"),
    ('ı', "i"),
    ('ŧ', "t"),
    ('ħ', "h"),
    ('ə', "e"),
    ('ǝ', "e"),
    ('ɛ', "e"),
    ('ɔ', "o"),
    ('ɓ', "b"),
    ('ƙ', "k"),
    ('ĸ', "k"),
    ('ǥ', "g"),
    ('ȷ', "j"),
    ('ʒ', "z"),
    ('ƶ', "z"),
];

/// Letters that a mark makes another letter: ä is æ, ö is ø, å is å, and ü is y, as it is heard and sorted in Norwegian.
/// Every other mark is left out.
const MED_MERKE: &[(char, char, &str)] = &[
    ('a', '\u{030a}', "aa"),
    ('a', '\u{0308}', "ae"),
    ('o', '\u{0308}', "oe"),
    ('o', '\u{030b}', "oe"),
    ('u', '\u{0308}', "y"),
    ('u', '\u{030b}', "y"),
];

/// The text as it is compared: words of at least one letter or digit, one space between.
///
/// Shape: empty when there is no letter or digit. The same again when rewritten again.
/// Units: time linear in the text; at most eleven times its bytes (one sign of Arabic is a sentence).
///
/// ```
/// assert_eq!(soek::navn::normalise(" Anne-Marie  O’Brien "), "anne marie obrien");
/// assert_eq!(soek::navn::normalise("Åse Ødegård"), soek::navn::normalise("AASE OEDEGAARD"));
/// ```
#[must_use]
pub fn normalise(tekst: &str) -> String {
    let mut ut = String::with_capacity(tekst.len() + tekst.len() / 4);
    let mut forrige = Forrige::Mellomrom;
    // Upper case has forms that only come apart when they are lower case, so it is composed on both sides of that.
    let tegn = tekst.chars().filter(|c| !INGENTING.contains(c));
    for c in tegn.nfkc().flat_map(char::to_lowercase).nfkc() {
        forrige = if let 'a'..='z' | '0'..='9' = c {
            skille(&mut ut, forrige);
            ut.push(c);
            Forrige::Latinsk(c)
        } else if is_combining_mark(c) {
            merke(&mut ut, c, forrige)
        } else if INGENTING.contains(&c) {
            forrige
        } else if c.is_alphanumeric() {
            skille(&mut ut, forrige);
            bokstav(&mut ut, c)
        } else {
            Forrige::Mellomrom
        };
    }
    ut
}

/// The words of the text as they are compared, in order; none is empty.
///
/// ```
/// assert_eq!(soek::navn::words("Anne-Marie d'Angelo"), ["anne", "marie", "dangelo"]);
/// ```
#[must_use]
pub fn words(tekst: &str) -> Vec<String> {
    normalise(tekst)
        .split(' ')
        .filter(|ord| !ord.is_empty())
        .map(str::to_owned)
        .collect()
}

/// What was last seen; tells what a loose mark belongs to.
#[derive(Clone, Copy)]
enum Forrige {
    Mellomrom,
    /// A letter a to z as it came, or with marks taken off.
    Latinsk(char),
    Annet,
}

fn skille(ut: &mut String, forrige: Forrige) {
    if matches!(forrige, Forrige::Mellomrom) && !ut.is_empty() {
        ut.push(' ');
    }
}

/// A mark that made no letter with the one before it.
fn merke(ut: &mut String, c: char, forrige: Forrige) -> Forrige {
    match forrige {
        // Of a letter with two marks, the other may be the one that matters.
        Forrige::Latinsk(grunn) => {
            if let Some((_, _, som)) = MED_MERKE.iter().find(|m| m.0 == grunn && m.1 == c) {
                ut.pop();
                ut.push_str(som);
                return Forrige::Latinsk('e');
            }
        }
        Forrige::Annet => ut.push(c),
        Forrige::Mellomrom => {}
    }
    forrige
}

fn bokstav(ut: &mut String, c: char) -> Forrige {
    if let Some((_, som)) = BOKSTAVER.iter().find(|b| b.0 == c) {
        ut.push_str(som);
        return Forrige::Latinsk('e');
    }
    let mut grunn = None;
    let mut som = None;
    decompose_canonical(c, |del| match grunn {
        None => grunn = Some(del),
        Some(g) => som = som.or_else(|| MED_MERKE.iter().find(|m| m.0 == g && m.1 == del).map(|m| m.2)),
    });
    match (grunn, som) {
        (_, Some(som)) => {
            ut.push_str(som);
            Forrige::Latinsk('e')
        }
        (Some(g @ 'a'..='z'), None) => {
            ut.push(g);
            Forrige::Latinsk(g)
        }
        (Some(g), None) if BOKSTAVER.iter().any(|b| b.0 == g) => bokstav(ut, g),
        _ => {
            ut.push(c);
            Forrige::Annet
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{normalise, words};

    #[track_caller]
    fn check(tekst: &str, ventet: &str) {
        assert_eq!(normalise(tekst), ventet, "{tekst}");
    }

    #[test]
    fn case_and_accents_do_not_matter() {
        check("ANDRÉ", "andre");
        check("Zoë Renée", "zoe renee");
        check("Nguyễn Thị Ánh", "nguyen thi anh");
        check("IŞIK Işık İnci", "isik isik inci");
    }

    #[test]
    fn the_norwegian_letters_are_their_older_spellings_and_those_of_the_neighbours() {
        for tekst in ["Åse", "Aase", "ÅSE", "A\u{30a}se", "\u{212b}se"] {
            check(tekst, "aase");
        }
        for tekst in ["Sæther", "Saether", "Säther", "Sa\u{308}ther", "SÆTHER"] {
            check(tekst, "saether");
        }
        for tekst in ["Bjørn", "Bjoern", "Björn", "Bjo\u{308}rn", "Bjœrn", "Bjǿrn", "Bjőrn"] {
            check(tekst, "bjoern");
        }
        check("Müller", "myller");
    }

    #[test]
    fn letters_of_sami_and_other_languages_are_their_plain_spellings() {
        check("Áđđá Čállit Šáŋá Ŧat Žon", "adda callit sana tat zon");
        check(
            "Łukasz Weiß Peña François Guðrún Þór",
            "lukasz weiss pena francois gudrun thor",
        );
        check(
            "Ćosić Dağ Özgür Źrebak Şahin Đorđe Ǯǥ Əli",
            "cosic dag oezgyr zrebak sahin dorde zg eli",
        );
    }

    #[test]
    fn hyphens_part_words_and_apostrophes_do_not() {
        check("Anne-Marie", "anne marie");
        check("Anne\u{2010}Marie Anne\u{2013}Marie", "anne marie anne marie");
        for tekst in ["O'Brien", "O’Brien", "O`Brien", "O´Brien", "OBrien", "O\u{2bc}Brien"] {
            check(tekst, "obrien");
        }
        check("D'Angelo", "dangelo");
        check("Abd-ul-Ra\u{ad}him", "abd ul rahim");
    }

    #[test]
    fn spaces_of_all_sorts_are_one() {
        check(
            "\u{feff} Kari\u{a0}\u{2003}\t\r\nNord\u{202f}mann\u{3000}",
            "kari nord mann",
        );
        check("Ka\u{200d}ri", "kari");
        check("", "");
        check(" - . , ", "");
        check("\u{301}\u{308}", "");
    }

    #[test]
    fn other_scripts_stand_as_they_are() {
        check("Андрей ЙОРДАН", "андрей йордан");
        check("И\u{306}ордан", "йордан");
        check("محمد", "محمد");
        check("王小明 ΟΔΟΣ", "王小明 οδοσ");
        check("राज", "राज");
    }

    #[test]
    fn streets_keep_their_words_and_short_forms() {
        check("Karl Johans gt. 12 B", "karl johans gt 12 b");
        check("Øvre Slottsgate", "oevre slottsgate");
        assert_ne!(normalise("Skogveien"), normalise("Skogvegen"));
    }

    #[test]
    fn what_begins_a_name_begins_it_when_rewritten() {
        for navn in ["Haaland", "Håland", "Ødegård", "Þórsson", "Weiß"] {
            let hele = normalise(navn);
            for (plass, _) in navn.char_indices() {
                assert!(hele.starts_with(&normalise(navn.split_at(plass).0)), "{navn} {plass}");
            }
        }
    }

    #[test]
    fn nothing_grows_beyond_eleven_times() {
        let verst = "\u{fdfa}".repeat(1_000);
        assert!(normalise(&verst).len() <= 11 * verst.len());
        let merker = format!("a{}", "\u{301}".repeat(100_000));
        assert_eq!(normalise(&merker), "a");
    }

    proptest! {
        #[test]
        fn rewritten_again_it_is_the_same(tekst in "\\PC{0,40}") {
            let en = normalise(&tekst);
            prop_assert_eq!(normalise(&en), en);
        }

        #[test]
        fn any_text_gives_words_that_are_not_empty(tekst in any::<String>()) {
            let en = normalise(&tekst);
            prop_assert_eq!(&normalise(&en), &en);
            prop_assert!(en.len() <= 11 * tekst.len());
            let ord = words(&tekst);
            prop_assert!(ord.iter().all(|o| !o.is_empty() && !o.contains(' ')));
            prop_assert_eq!(ord.join(" "), en);
        }

        #[test]
        fn latin_names_become_plain_letters(tekst in "[a-zA-ZæøåÆØÅäöüéèêáčđŋšŧžłßñçðþćğıýźż' -]{0,30}") {
            let en = normalise(&tekst);
            prop_assert!(en.bytes().all(|b| b.is_ascii_lowercase() || b == b' '), "{en}");
        }
    }
}
