//! A cursor over JSON text: what is there is checked and handed on as it stands, nothing is built.
//!
//! What a newcomer gets wrong: a text's escapes are kept. They mean the same in what is written, and unescaping would cost a copy
//! of every name.

use informasjonsmodell::json::DYBDE_MAKS;

use super::feil::{Grunn, Oversettelsesfeil};

type Utfall<T> = Result<T, Oversettelsesfeil>;

/// Where in a document we are. No `Debug`: it holds the document.
#[derive(Clone, Copy)]
pub(super) struct Leser<'a> {
    inn: &'a str,
    plass: usize,
}

impl<'a> Leser<'a> {
    /// At the start of a document.
    pub(super) fn new(inn: &'a [u8]) -> Utfall<Self> {
        match std::str::from_utf8(inn) {
            Ok(inn) => Ok(Leser { inn, plass: 0 }),
            Err(feil) => Err(Oversettelsesfeil {
                grunn: Grunn::IkkeUtf8,
                plass: feil.valid_up_to(),
            }),
        }
    }

    pub(super) fn feil(&self, grunn: Grunn) -> Oversettelsesfeil {
        Oversettelsesfeil {
            grunn,
            plass: self.plass,
        }
    }

    /// Where we are, after blanks. Units: bytes.
    pub(super) fn plass(&mut self) -> usize {
        self.se();
        self.plass
    }

    /// The text from a place we have been at to here.
    pub(super) fn fra(&self, plass: usize) -> &'a str {
        self.inn.get(plass..self.plass).unwrap_or_default()
    }

    /// Goes back to a place we have been at.
    pub(super) fn tilbake_til(&mut self, plass: usize) {
        self.plass = plass;
    }

    /// The next byte that is no blank; it is not taken.
    pub(super) fn se(&mut self) -> Option<u8> {
        loop {
            match self.inn.as_bytes().get(self.plass) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.plass += 1,
                annet => return annet.copied(),
            }
        }
    }

    /// Takes a mark if it is next.
    pub(super) fn ta(&mut self, tegn: u8) -> bool {
        let er = self.se() == Some(tegn);
        self.plass += usize::from(er);
        er
    }

    /// Takes a mark that must be there.
    pub(super) fn krev(&mut self, tegn: u8) -> Utfall<()> {
        if self.ta(tegn) {
            return Ok(());
        }
        // Another kind of value where one is due, or no value at all.
        let verdi = matches!(
            self.se(),
            Some(b'{' | b'[' | b'"' | b't' | b'f' | b'n' | b'-' | b'0'..=b'9')
        );
        let start = matches!(tegn, b'{' | b'[' | b'"');
        Err(self.feil(if verdi && start {
            Grunn::FeilSlag
        } else {
            Grunn::IkkeJson
        }))
    }

    /// The document ends here.
    pub(super) fn slutt(&mut self) -> Utfall<()> {
        match self.se() {
            None => Ok(()),
            Some(_) => Err(self.feil(Grunn::IkkeJson)),
        }
    }

    /// Takes a text: what stands between the quotes, as it stands.
    pub(super) fn tekst(&mut self) -> Utfall<&'a str> {
        self.krev(b'"')?;
        let start = self.plass;
        loop {
            let rest = self.inn.as_bytes().get(self.plass..).unwrap_or_default();
            let slutt = rest.iter().position(|b| *b == b'"' || *b == b'\\' || *b < 0x20);
            self.plass += slutt.unwrap_or(rest.len());
            match slutt.and_then(|n| rest.get(n)) {
                Some(b'"') => {
                    let tekst = self.fra(start);
                    self.plass += 1;
                    return Ok(tekst);
                }
                Some(b'\\') => self.flukt()?,
                _ => return Err(self.feil(Grunn::IkkeJson)),
            }
        }
    }

    /// Takes an escape. Half a surrogate pair is no character, and a reader would refuse it.
    fn flukt(&mut self) -> Utfall<()> {
        let lengde = match self.inn.as_bytes().get(self.plass + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
            Some(b'u') => match (self.enhet(self.plass), self.enhet(self.plass + 6)) {
                (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
                (Some(0xd800..=0xdfff) | None, _) => return Err(self.feil(Grunn::IkkeJson)),
                (Some(_), _) => 6,
            },
            _ => return Err(self.feil(Grunn::IkkeJson)),
        };
        self.plass += lengde;
        Ok(())
    }

    // The number of `\uXXXX` at a place.
    fn enhet(&self, plass: usize) -> Option<u32> {
        let byte = self.inn.as_bytes().get(plass..plass.checked_add(6)?)?;
        let siffer = byte.strip_prefix(b"\\u")?;
        siffer.iter().try_fold(0, |sum, b| {
            let siffer = char::from(*b).to_digit(16)?;
            Some(sum * 16 + siffer)
        })
    }

    /// Takes the name of a member and its colon.
    pub(super) fn navn(&mut self) -> Utfall<&'a str> {
        if self.se() != Some(b'"') {
            return Err(self.feil(Grunn::IkkeJson));
        }
        let navn = self.tekst()?;
        self.krev(b':')?;
        Ok(navn)
    }

    /// Takes an integer of 64 bits.
    pub(super) fn heltall(&mut self) -> Utfall<i64> {
        let start = self.plass();
        match self.se() {
            Some(b'-' | b'0'..=b'9') => self.tall()?,
            Some(b'{' | b'[' | b'"' | b't' | b'f' | b'n') => return Err(self.feil(Grunn::FeilSlag)),
            _ => return Err(self.feil(Grunn::IkkeJson)),
        }
        // A fraction, an exponent, or more than there is room for: not what the table says.
        self.fra(start).parse().map_err(|_| Oversettelsesfeil {
            grunn: Grunn::FeilSlag,
            plass: start,
        })
    }

    /// Takes `true` or `false`.
    pub(super) fn boolsk(&mut self) -> Utfall<bool> {
        match self.se() {
            Some(b't') => self.ord("true").map(|()| true),
            Some(b'f') => self.ord("false").map(|()| false),
            Some(b'{' | b'[' | b'"' | b'n' | b'-' | b'0'..=b'9') => Err(self.feil(Grunn::FeilSlag)),
            _ => Err(self.feil(Grunn::IkkeJson)),
        }
    }

    /// Takes a word that has been seen to begin.
    pub(super) fn ord(&mut self, ord: &str) -> Utfall<()> {
        let rest = self.inn.as_bytes().get(self.plass..).unwrap_or_default();
        if !rest.starts_with(ord.as_bytes()) {
            return Err(self.feil(Grunn::IkkeJson));
        }
        self.plass += ord.len();
        Ok(())
    }

    fn siffer(&mut self) -> Utfall<usize> {
        let rest = self.inn.as_bytes().get(self.plass..).unwrap_or_default();
        let antall = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        self.plass += antall;
        if antall == 0 {
            return Err(self.feil(Grunn::IkkeJson));
        }
        Ok(antall)
    }

    fn rett_her(&mut self, tegn: &[u8]) -> bool {
        let er = self.inn.as_bytes().get(self.plass).is_some_and(|b| tegn.contains(b));
        self.plass += usize::from(er);
        er
    }

    fn tall(&mut self) -> Utfall<()> {
        self.rett_her(b"-");
        let null = self.inn.as_bytes().get(self.plass) == Some(&b'0');
        if self.siffer()? > 1 && null {
            return Err(self.feil(Grunn::IkkeJson));
        }
        if self.rett_her(b".") {
            self.siffer()?;
        }
        if self.rett_her(b"eE") {
            self.rett_her(b"+-");
            self.siffer()?;
        }
        Ok(())
    }

    /// Takes a value of any kind, with all that is in it.
    ///
    /// A loop and a row of bits, so a deep value costs no stack.
    pub(super) fn hopp_over(&mut self) -> Utfall<()> {
        // One bit a level, 1 where it is an object; DYBDE_MAKS is below 64.
        let (mut nivaaer, mut dybde) = (0u64, 0usize);
        loop {
            match self.se() {
                Some(tegn @ (b'{' | b'[')) => {
                    self.plass += 1;
                    let objekt = tegn == b'{';
                    if !self.ta(if objekt { b'}' } else { b']' }) {
                        if dybde >= DYBDE_MAKS {
                            return Err(self.feil(Grunn::ForDyp));
                        }
                        (nivaaer, dybde) = (nivaaer << 1 | u64::from(objekt), dybde + 1);
                        if objekt {
                            self.navn()?;
                        }
                        continue;
                    }
                }
                Some(b'"') => {
                    self.tekst()?;
                }
                Some(b't') => self.ord("true")?,
                Some(b'f') => self.ord("false")?,
                Some(b'n') => self.ord("null")?,
                Some(b'-' | b'0'..=b'9') => self.tall()?,
                _ => return Err(self.feil(Grunn::IkkeJson)),
            }
            // A value has ended; what it was in may end too.
            loop {
                if dybde == 0 {
                    return Ok(());
                }
                let objekt = nivaaer & 1 == 1;
                if self.ta(b',') {
                    if objekt {
                        self.navn()?;
                    }
                    break;
                }
                if !self.ta(if objekt { b'}' } else { b']' }) {
                    return Err(self.feil(Grunn::IkkeJson));
                }
                (nivaaer, dybde) = (nivaaer >> 1, dybde - 1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(tekst: &str, ventet: Result<(), Grunn>) {
        let mut leser = Leser::new(tekst.as_bytes()).unwrap();
        let utfall = leser.hopp_over().and_then(|()| leser.slutt());
        assert_eq!(utfall.map_err(|f| f.grunn), ventet, "{tekst}");
        // A second judge: what is JSON to us is JSON to others, and the other way, depth apart.
        if ventet != Err(Grunn::ForDyp) {
            let annen = serde_json::from_str::<serde_json::Value>(tekst).is_ok();
            assert_eq!(annen, ventet.is_ok(), "{tekst}");
        }
    }

    const JSON: [&str; 6] = [
        "{}",
        "[]",
        " [ 1 , -0 , 0.5e+7 , true , false , null ] ",
        r#"{"a":{"b":[{}]},"c":"\u00e6\ud83d\ude00\n"}"#,
        "-12",
        "1E9",
    ];

    const IKKE_JSON: [&str; 33] = [
        "",
        " ",
        "{",
        "}",
        "[1,]",
        "{,}",
        r#"{"a"}"#,
        r#"{"a":}"#,
        r#"{"a":1,}"#,
        "{1:2}",
        "[1 2]",
        "01",
        "-",
        "1.",
        ".5",
        "1e",
        "+1",
        "nul",
        "truex",
        r#""\x""#,
        r#""\u12"#,
        r#""\ud800""#,
        r#""\ud800\u0041""#,
        r#""\udc00""#,
        "\"\n\"",
        "\"",
        "[}",
        "{]",
        "1 1",
        "tru",
        "\"\\",
        "[\"a\":1]",
        "{\"a\" 1}",
    ];

    #[test]
    fn json_is_passed_over_and_what_is_not_json_is_refused() {
        for tekst in JSON {
            check(tekst, Ok(()));
        }
        for tekst in IKKE_JSON {
            check(tekst, Err(Grunn::IkkeJson));
        }
        let dyp = |antall: usize| format!("{}{}", "[".repeat(antall), "]".repeat(antall));
        check(&dyp(DYBDE_MAKS + 1), Ok(()));
        check(&dyp(DYBDE_MAKS + 2), Err(Grunn::ForDyp));
        assert_eq!(Leser::new(b"\"\xff\"").err().unwrap().grunn, Grunn::IkkeUtf8);
    }

    #[test]
    fn a_value_of_another_kind_is_told_from_what_is_no_value() {
        let grunn = |tekst: &str, les: fn(&mut Leser<'_>) -> Utfall<()>| {
            les(&mut Leser::new(tekst.as_bytes()).unwrap()).map_err(|f| f.grunn)
        };
        assert_eq!(grunn("12", |l| l.heltall().map(drop)), Ok(()));
        assert_eq!(grunn("-9223372036854775808", |l| l.heltall().map(drop)), Ok(()));
        for tekst in ["9223372036854775808", "1.0", "1e3", "\"1\"", "null", "{}", "true"] {
            assert_eq!(grunn(tekst, |l| l.heltall().map(drop)), Err(Grunn::FeilSlag), "{tekst}");
        }
        assert_eq!(grunn("1", |l| l.boolsk().map(drop)), Err(Grunn::FeilSlag));
        assert_eq!(grunn("?", |l| l.boolsk().map(drop)), Err(Grunn::IkkeJson));
        assert_eq!(grunn("1", |l| l.tekst().map(drop)), Err(Grunn::FeilSlag));
        assert_eq!(grunn("", |l| l.tekst().map(drop)), Err(Grunn::IkkeJson));
        assert_eq!(grunn("x", |l| l.krev(b'{')), Err(Grunn::IkkeJson));
    }
}
