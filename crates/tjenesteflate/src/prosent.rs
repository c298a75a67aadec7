//! Percent-decoding, strict. Used for paths and queries, which differ only in what `+` means.

/// What is wrong with an encoded text. Says nothing of the text itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    #[error("ugyldig prosentkoding")]
    Escape,
    #[error("ikke gyldig UTF-8")]
    Utf8,
    #[error("ulovlig kontrolltegn")]
    Kontrolltegn,
}

/// What `+` stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pluss {
    Seg,
    Mellomrom,
}

/// Decodes a text: every `%` must be followed by two hex digits, the result must be UTF-8 without control characters.
pub(crate) fn decode(kodet: &str, pluss: Pluss) -> Result<String, Error> {
    let mut ut = Vec::with_capacity(kodet.len());
    let mut bytes = kodet.bytes();
    while let Some(byte) = bytes.next() {
        ut.push(match byte {
            b'%' => {
                let hoey = bytes.next().and_then(hex).ok_or(Error::Escape)?;
                let lav = bytes.next().and_then(hex).ok_or(Error::Escape)?;
                hoey << 4 | lav
            }
            b'+' if pluss == Pluss::Mellomrom => b' ',
            annet => annet,
        });
    }
    let tekst = String::from_utf8(ut).map_err(|_| Error::Utf8)?;
    if tekst.chars().any(char::is_control) {
        return Err(Error::Kontrolltegn);
    }
    Ok(tekst)
}

/// The value of one hex digit, of either case.
pub(crate) fn hex(siffer: u8) -> Option<u8> {
    match siffer {
        b'0'..=b'9' => Some(siffer - b'0'),
        b'a'..=b'f' => Some(siffer - b'a' + 10),
        b'A'..=b'F' => Some(siffer - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(kodet: &str, forventet: Result<&str, Error>) {
        assert_eq!(decode(kodet, Pluss::Mellomrom).as_deref(), forventet.as_ref().copied());
    }

    #[test]
    fn escapes_are_two_hex_digits_and_text_is_utf8() {
        check("", Ok(""));
        check("%C3%86rlig+%e6%97%a5", Ok("Ærlig 日"));
        check("Ærlig", Ok("Ærlig"));
        check("%2B%25", Ok("+%"));
        for daarlig in ["%", "%4", "%4g", "%%41", "a%-1b", "%u0041"] {
            check(daarlig, Err(Error::Escape));
        }
        for daarlig in ["%ff", "%c3", "%c0%80", "%ed%a0%80"] {
            check(daarlig, Err(Error::Utf8));
        }
        for daarlig in ["%00", "%0d%0a", "a%7fb", "%c2%85"] {
            check(daarlig, Err(Error::Kontrolltegn));
        }
        assert_eq!(decode("a+b", Pluss::Seg).as_deref(), Ok("a+b"));
    }

    proptest! {
        #[test]
        fn any_text_gives_a_value_or_an_error(kodet in any::<String>()) {
            let _ = decode(&kodet, Pluss::Mellomrom);
        }

        #[test]
        fn encoding_every_byte_and_decoding_gives_the_text_back(tekst in "[^\\p{Cc}]*") {
            let kodet: String = tekst.bytes().map(|b| format!("%{b:02x}")).collect();
            prop_assert_eq!(decode(&kodet, Pluss::Seg), Ok(tekst));
        }
    }
}
