//! Patterns of the schemas, in time that grows with the text alone.
//!
//! Not all of XSD's regular expressions: sets of characters one after another, each so many times, and several such rows
//! of which one fits. What a set takes, the one after it may not want: so no pattern is ever tried in two ways. A pattern
//! that needs more is refused when the program starts.

/// A pattern that has been read.
#[derive(Debug)]
pub(super) struct Moenster {
    grener: Vec<Vec<Ledd>>,
}

#[derive(Debug)]
struct Ledd {
    tegn: Sett,
    minst: u32,
    hoeyst: Option<u32>,
}

/// Characters, as ranges in order; those of ASCII as bits too.
#[derive(Clone, Debug)]
struct Sett {
    omraader: Vec<(u32, u32)>,
    ascii: u128,
}

const SISTE: u32 = char::MAX as u32;

impl Sett {
    fn new(mut omraader: Vec<(u32, u32)>) -> Self {
        omraader.sort_unstable();
        let mut ascii = 0;
        for tegn in 0..128_u32 {
            if omraader.iter().any(|(fra, til)| (*fra..=*til).contains(&tegn)) {
                ascii |= 1_u128 << tegn;
            }
        }
        Sett { omraader, ascii }
    }

    fn uten(tegn: &[char]) -> Self {
        let mut tegn: Vec<u32> = tegn.iter().map(|t| u32::from(*t)).collect();
        tegn.sort_unstable();
        let mut ut = Vec::new();
        let mut fra = 0;
        for tegn in tegn {
            if tegn > fra {
                ut.push((fra, tegn - 1));
            }
            fra = tegn + 1;
        }
        ut.push((fra, SISTE));
        Self::new(ut)
    }

    fn av(tegn: &[char]) -> Self {
        Self::new(tegn.iter().map(|t| (u32::from(*t), u32::from(*t))).collect())
    }

    fn har(&self, tegn: char) -> bool {
        let tegn = u32::from(tegn);
        if tegn < 128 {
            return self.ascii >> tegn & 1 == 1;
        }
        self.omraader.iter().any(|(fra, til)| (*fra..=*til).contains(&tegn))
    }

    fn deler(&self, annet: &Sett) -> bool {
        let moetes = |(a, b): &(u32, u32), (c, d): &(u32, u32)| a <= d && c <= b;
        self.omraader
            .iter()
            .any(|a| annet.omraader.iter().any(|b| moetes(a, b)))
    }
}

/// White space as XML has it.
const BLANKE: [char; 4] = [' ', '\t', '\n', '\r'];

impl Moenster {
    /// Reads a pattern; `None` if it is more than these are.
    pub(super) fn les(moenster: &str) -> Option<Self> {
        let mut grener = Vec::new();
        let mut gren = Vec::new();
        let mut tegn = moenster.chars().peekable();
        while let Some(t) = tegn.next() {
            if t == '|' {
                grener.push(std::mem::take(&mut gren));
                continue;
            }
            let (minst, hoeyst, sett);
            if t == '(' {
                let inni = tegn.next()?;
                sett = atom(inni, &mut tegn)?;
                if tegn.next() != Some(')') {
                    return None;
                }
            } else {
                sett = atom(t, &mut tegn)?;
            }
            match tegn.peek() {
                Some('*') => (minst, hoeyst) = (0, None),
                Some('+') => (minst, hoeyst) = (1, None),
                Some('?') => (minst, hoeyst) = (0, Some(1)),
                Some('{') => {
                    tegn.next();
                    let mut tall = String::new();
                    while tegn.peek().is_some_and(char::is_ascii_digit) {
                        tall.extend(tegn.next());
                    }
                    let antall = tall.parse().ok()?;
                    (minst, hoeyst) = (antall, Some(antall));
                    if tegn.peek() != Some(&'}') {
                        return None;
                    }
                }
                _ => (minst, hoeyst) = (1, Some(1)),
            }
            if matches!(tegn.peek(), Some('*' | '+' | '?' | '}')) {
                tegn.next();
            }
            gren.push(Ledd {
                tegn: sett,
                minst,
                hoeyst,
            });
        }
        grener.push(gren);
        grener.iter().all(|gren| entydig(gren)).then_some(Moenster { grener })
    }

    /// Whether the whole of a text fits.
    pub(super) fn passer(&self, tekst: &str) -> bool {
        self.grener.iter().any(|gren| {
            let mut tegn = tekst.chars().peekable();
            let tas = gren.iter().all(|ledd| {
                let mut antall = 0;
                while ledd.hoeyst.is_none_or(|hoeyst| antall < hoeyst)
                    && tegn.next_if(|tegn| ledd.tegn.har(*tegn)).is_some()
                {
                    antall = antall.saturating_add(1);
                }
                antall >= ledd.minst
            });
            tas && tegn.next().is_none()
        })
    }
}

// No set that may take more or fewer has a character that one after it may begin with.
fn entydig(gren: &[Ledd]) -> bool {
    gren.iter().enumerate().all(|(nr, ledd)| {
        if ledd.hoeyst == Some(ledd.minst) {
            return true;
        }
        let etter = gren.get(nr + 1..).unwrap_or_default();
        let til_og_med = etter.iter().position(|l| l.minst > 0).map_or(etter.len(), |p| p + 1);
        !etter.iter().take(til_og_med).any(|l| l.tegn.deler(&ledd.tegn))
    })
}

type Tegn<'m> = std::iter::Peekable<std::str::Chars<'m>>;

fn atom(tegn: char, resten: &mut Tegn<'_>) -> Option<Sett> {
    Some(match tegn {
        '.' => Sett::uten(&['\n', '\r']),
        '[' => klasse(resten)?,
        '\\' => match resten.next()? {
            's' => Sett::av(&BLANKE),
            'S' => Sett::uten(&BLANKE),
            t if t.is_ascii_punctuation() => Sett::av(&[t]),
            _ => return None,
        },
        '(' | ')' | '*' | '+' | '?' | '{' | '}' | ']' | '|' => return None,
        t => Sett::av(&[t]),
    })
}

fn klasse(resten: &mut Tegn<'_>) -> Option<Sett> {
    let mut ut = Vec::new();
    let mut forrige = None;
    let ett = |t: char, resten: &mut Tegn<'_>| match t {
        '\\' => resten.next().filter(char::is_ascii_punctuation),
        '[' | '^' => None,
        t => Some(t),
    };
    loop {
        let t = resten.next()?;
        if t == ']' {
            break;
        }
        if t == '-' && forrige.is_some() && resten.peek() != Some(&']') {
            let til = resten.next()?;
            let til = ett(til, resten)?;
            let fra: char = forrige.take()?;
            if fra > til {
                return None;
            }
            ut.push((u32::from(fra), u32::from(til)));
            continue;
        }
        let t = ett(t, resten)?;
        ut.push((u32::from(t), u32::from(t)));
        forrige = Some(t);
    }
    (!ut.is_empty()).then(|| Sett::new(ut))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Meldingstype, Svardokument};
    use uppsala::XsdRegex;

    /// Texts that bite: what each pattern is made of, and what lies just beside it.
    fn tekster(moenster: &str) -> Vec<String> {
        let mut tegn: Vec<char> = moenster.chars().collect();
        tegn.extend([
            ' ',
            '\t',
            '\n',
            '\r',
            '\u{A0}',
            '\u{2028}',
            '\u{85}',
            '0',
            '9',
            '٣',
            '１',
            'A',
            'Z',
            'a',
            'z',
            'é',
            'Å',
            'å',
            '÷',
            '×',
            '\u{301}',
            '\u{200B}',
            '\u{202E}',
            '\u{1F600}',
            '/',
            ':',
            '@',
            '[',
            '`',
            '{',
            '*',
            '+',
            ',',
            '\u{0}',
        ]);
        tegn.sort_unstable();
        tegn.dedup();
        let mut ut = vec![String::new()];
        for a in &tegn {
            ut.push(a.to_string());
            for b in &tegn {
                ut.push(format!("{a}{b}"));
            }
            for antall in [3, 4, 5, 11] {
                ut.push(a.to_string().repeat(antall));
                ut.push(format!("{}\n", a.to_string().repeat(antall)));
                ut.push(format!(" {}x", a.to_string().repeat(antall)));
            }
        }
        ut
    }

    #[test]
    fn every_pattern_of_the_schemas_says_what_the_library_says() {
        let mut skjemaer: Vec<_> = Svardokument::ALLE.iter().map(|d| d.skjema().unwrap()).collect();
        for meldingstype in Meldingstype::ALLE {
            skjemaer.extend(meldingstype.versjoner().iter().map(|v| v.skjema().unwrap()));
        }
        let mut moenstre: Vec<&str> = skjemaer.iter().flat_map(|s| s.moenstre()).collect();
        moenstre.sort_unstable();
        moenstre.dedup();
        assert!(moenstre.len() > 10);
        for moenster in moenstre {
            let vaart = Moenster::les(moenster).unwrap_or_else(|| panic!("{moenster}"));
            let deres = XsdRegex::compile(moenster).unwrap();
            for tekst in tekster(moenster) {
                assert_eq!(vaart.passer(&tekst), deres.is_match(&tekst), "{moenster} {tekst:?}");
            }
        }
    }

    #[test]
    fn what_could_be_tried_in_two_ways_is_refused() {
        for moenster in [
            "a*a",
            "[a-z]+[y-ø]",
            "a*b*a",
            "(ab)+",
            "[^a]",
            "\\d+",
            "a{1,2}",
            "(a|b)",
            "a)",
            "[z-a]",
            "[",
        ] {
            assert!(Moenster::les(moenster).is_none(), "{moenster}");
        }
        for (moenster, tekst, passer) in [
            ("a*b*c", "aabbc", true),
            ("a*b*c", "aabb", false),
            ("ab?", "a", true),
            ("(a){2}|b", "b", true),
            ("(a){2}|b", "a", false),
            ("[)-/]+", ")*+,-./", true),
            ("[a-]", "-", true),
        ] {
            assert_eq!(
                Moenster::les(moenster).unwrap().passer(tekst),
                passer,
                "{moenster} {tekst}"
            );
        }
    }
}
