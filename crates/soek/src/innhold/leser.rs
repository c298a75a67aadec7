//! One pass over the text of an entry: members that are asked for are taken as they lie, all else is passed by.
//!
//! An entry is read as often as anybody changes, and a nation's at once, so it is not made into values first. What a
//! newcomer gets wrong: this does not judge JSON. It reads what `informasjonsmodell` wrote; of what is passed by, no more is
//! looked at than where it ends.

use std::borrow::Cow;

/// The text of an entry, from where the reading has come.
pub(crate) struct Leser<'a> {
    rest: &'a str,
}

/// A value that can be read.
pub(crate) trait Les<'a>: Sized {
    /// Reads the value that comes; `None` if it is another kind of value.
    fn les(leser: &mut Leser<'a>) -> Option<Self>;
}

impl<'a> Les<'a> for Cow<'a, str> {
    fn les(leser: &mut Leser<'a>) -> Option<Self> {
        let (med_tegn, tekst) = leser.tekst()?;
        if tekst.contains('\\') {
            return serde_json::from_str(med_tegn).ok().map(Cow::Owned);
        }
        Some(Cow::Borrowed(tekst))
    }
}

/// An integer; `None` of any other value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Heltall(pub Option<i64>);

impl<'a> Les<'a> for Heltall {
    fn les(leser: &mut Leser<'a>) -> Option<Self> {
        let hele = leser.rest.trim_ascii_start();
        leser.hopp()?;
        let verdi = hele.get(..hele.len().checked_sub(leser.rest.len())?)?;
        Some(Heltall(verdi.parse().ok()))
    }
}

/// What is written as `null` is not there.
impl<'a, T: Les<'a>> Les<'a> for Option<T> {
    fn les(leser: &mut Leser<'a>) -> Option<Self> {
        leser.rest = leser.rest.trim_ascii_start();
        if let Some(rest) = leser.rest.strip_prefix("null") {
            leser.rest = rest;
            return Some(None);
        }
        T::les(leser).map(Some)
    }
}

/// Reads a whole entry.
pub(crate) fn les<'a, T: Les<'a>>(kropp: &'a [u8]) -> Option<T> {
    let mut leser = Leser {
        rest: std::str::from_utf8(kropp).ok()?,
    };
    let lest = T::les(&mut leser)?;
    leser.rest.trim_ascii_start().is_empty().then_some(lest)
}

impl<'a> Leser<'a> {
    /// Reads an object; `medlem` is told the name of each member, and must read its value or pass it by.
    pub fn objekt(&mut self, mut medlem: impl FnMut(&mut Self, &'a str) -> Option<()>) -> Option<()> {
        self.tegn("{")?;
        if self.tegn("}").is_some() {
            return Some(());
        }
        loop {
            let (_, navn) = self.tekst()?;
            self.tegn(":")?;
            medlem(self, navn)?;
            if self.tegn(",").is_none() {
                return self.tegn("}");
            }
        }
    }

    /// Passes a value by.
    pub fn hopp(&mut self) -> Option<()> {
        let mut dybde = 0usize;
        loop {
            self.rest = self.rest.trim_ascii_start();
            match self.rest.bytes().next()? {
                b'"' => {
                    self.tekst()?;
                }
                b'{' | b'[' => {
                    dybde += 1;
                    self.fram(1)?;
                }
                b'}' | b']' => {
                    dybde = dybde.checked_sub(1)?;
                    self.fram(1)?;
                }
                b',' | b':' if dybde > 0 => self.fram(1)?,
                _ => {
                    let slutt = |b: u8| matches!(b, b',' | b':' | b'}' | b']' | b'"' | b'{' | b'[') || b <= b' ';
                    let lengde = self.rest.bytes().position(slutt).unwrap_or(self.rest.len());
                    // A sign that ends a value is none.
                    self.fram((lengde > 0).then_some(lengde)?)?;
                }
            }
            if dybde == 0 {
                return Some(());
            }
        }
    }

    // A text with its quotes, and what stands between them as it is written.
    fn tekst(&mut self) -> Option<(&'a str, &'a str)> {
        let hele = self.rest.trim_ascii_start();
        let mut rest = hele.strip_prefix('"')?.bytes().enumerate();
        let lengde = loop {
            match rest.next()? {
                (lengde, b'"') => break lengde,
                (_, b'\\') => {
                    rest.next()?;
                }
                _ => {}
            }
        };
        let (med_tegn, rest) = hele.split_at_checked(lengde + 2)?;
        self.rest = rest;
        Some((med_tegn, med_tegn.get(1..lengde + 1)?))
    }

    fn tegn(&mut self, tegn: &str) -> Option<()> {
        self.rest = self.rest.trim_ascii_start().strip_prefix(tegn)?;
        Some(())
    }

    fn fram(&mut self, byte: usize) -> Option<()> {
        self.rest = self.rest.get(byte..)?;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    /// The texts of an object, and of the object in it that is called `inni`.
    #[derive(Debug, Default, PartialEq)]
    struct Proeve<'a> {
        a: Option<Cow<'a, str>>,
        inni: Option<Box<Proeve<'a>>>,
    }

    impl<'a> Les<'a> for Box<Proeve<'a>> {
        fn les(leser: &mut Leser<'a>) -> Option<Self> {
            let mut ut = Box::<Proeve<'a>>::default();
            leser.objekt(|leser, navn| {
                match navn {
                    "a" => ut.a = Les::les(leser)?,
                    "inni" => ut.inni = Les::les(leser)?,
                    _ => leser.hopp()?,
                }
                Some(())
            })?;
            Some(ut)
        }
    }

    // The same, by way of values.
    fn fasit(verdi: &Value) -> Option<Box<Proeve<'_>>> {
        let objekt = verdi.as_object()?;
        let mut ut = Box::<Proeve<'_>>::default();
        match objekt.get("a") {
            None | Some(Value::Null) => {}
            Some(a) => ut.a = Some(a.as_str()?.into()),
        }
        match objekt.get("inni") {
            None | Some(Value::Null) => {}
            Some(inni) => ut.inni = Some(fasit(inni)?),
        }
        Some(ut)
    }

    fn verdi() -> impl Strategy<Value = Value> {
        let blad = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,8}".prop_map(Value::from),
            prop::sample::select(vec!["\"", "\\", "a\"b\\", "{", "]", "\\\"", "æ\n", "\u{1f600}"])
                .prop_map(Value::from),
        ];
        let navn = prop::sample::select(vec!["a", "inni", "b", "å", "\"", "\\a"]);
        blad.prop_recursive(4, 24, 5, move |inni| {
            prop_oneof![
                1 => prop::collection::vec(inni.clone(), 0..4).prop_map(Value::from),
                4 => prop::collection::vec((navn.clone(), inni), 0..5)
                    .prop_map(|alle| alle.into_iter().map(|(n, v)| (n.to_owned(), v)).collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_the_values_say(verdi in verdi(), pen in any::<bool>()) {
            let tekst = if pen { serde_json::to_string_pretty(&verdi) } else { serde_json::to_string(&verdi) }.unwrap();
            prop_assert_eq!(les::<Box<Proeve<'_>>>(tekst.as_bytes()), fasit(&verdi));
        }

        #[test]
        fn any_bytes_are_read_or_not(byte in prop::collection::vec(any::<u8>(), 0..60), tegn in "[{}\\[\\]\",:\\\\an ]{0,40}") {
            let _ = les::<Box<Proeve<'_>>>(&byte);
            let _ = les::<Box<Proeve<'_>>>(tegn.as_bytes());
            let _ = les::<Box<Proeve<'_>>>(format!("{{\"b\":{tegn}").as_bytes());
        }
    }

    #[test]
    fn a_number_is_read_and_another_value_is_passed_by() {
        for (tekst, ventet) in [
            ("1234", Some(1234)),
            (" -7 ", Some(-7)),
            ("0", Some(0)),
            ("1.5", None),
            ("1e3", None),
            ("\"12\"", None),
            ("true", None),
            ("[1, {\"a\": 2}]", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(les::<Heltall>(tekst.as_bytes()), Some(Heltall(ventet)), "{tekst}");
        }
        assert_eq!(les::<Option<Heltall>>(b"null"), Some(None));
        assert_eq!(les::<Heltall>(b""), None);
        assert_eq!(les::<Heltall>(b"[1"), None);
    }

    #[test]
    fn what_is_cut_off_is_not_read() {
        let hel = json!({"b": [1, {"a": "x"}], "a": "en tekst", "inni": {"a": "\"to\""}}).to_string();
        assert!(les::<Box<Proeve<'_>>>(hel.as_bytes()).is_some());
        for lengde in 0..hel.len() {
            assert_eq!(les::<Box<Proeve<'_>>>(&hel.as_bytes()[..lengde]), None, "{lengde}");
        }
        assert_eq!(les::<Box<Proeve<'_>>>(format!("{hel}x").as_bytes()), None);
    }
}
