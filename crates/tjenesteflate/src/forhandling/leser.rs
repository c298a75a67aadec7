//! The small grammar that `Accept` and `Content-Type` share: tokens, quoted strings, parameters.
//! Source: RFC 9110, 5.6.

use std::borrow::Cow;

/// Reads a header value from the left. Every reader leaves the rest in place when it finds nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leser<'a>(&'a str);

impl<'a> Leser<'a> {
    pub(super) fn new(tekst: &'a str) -> Self {
        Self(tekst)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn skip(&mut self, tegn: &[char]) {
        self.0 = self.0.trim_start_matches(tegn);
    }

    pub(super) fn skip_space(&mut self) {
        self.skip(&[' ', '\t']);
    }

    /// Takes one given character.
    pub(super) fn take(&mut self, tegn: char) -> bool {
        match self.0.strip_prefix(tegn) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    pub(super) fn token(&mut self) -> Option<&'a str> {
        let slutt = self.0.find(|c| !is_token(c)).unwrap_or(self.0.len());
        let (token, rest) = self.0.split_at_checked(slutt)?;
        if token.is_empty() {
            return None;
        }
        self.0 = rest;
        Some(token)
    }

    fn quoted(&mut self) -> Option<String> {
        let mut tegn = self.0.strip_prefix('"')?.chars();
        let mut ut = String::new();
        loop {
            match tegn.next()? {
                '"' => break,
                '\\' => ut.push(tegn.next()?),
                annet => ut.push(annet),
            }
        }
        self.0 = tegn.as_str();
        Some(ut)
    }

    /// Takes `;name=value`, with space round the semicolon. `Ok(None)` when there is no further parameter.
    pub(super) fn parameter(&mut self) -> Result<Option<(&'a str, Cow<'a, str>)>, Ugyldig> {
        loop {
            self.skip_space();
            if !self.take(';') {
                return Ok(None);
            }
            self.skip_space();
            if let Some(navn) = self.token() {
                if !self.take('=') {
                    return Err(Ugyldig);
                }
                let verdi = match self.token() {
                    Some(token) => Cow::Borrowed(token),
                    None => Cow::Owned(self.quoted().ok_or(Ugyldig)?),
                };
                return Ok(Some((navn, verdi)));
            }
            // The grammar allows an empty parameter.
        }
    }
}

/// The text does not follow the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ugyldig;

fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(tekst: &str, forventet: Result<&[(&str, &str)], Ugyldig>, rest: &str) {
        let mut leser = Leser::new(tekst);
        let mut ut = Vec::new();
        let utfall = loop {
            match leser.parameter() {
                Ok(Some((navn, verdi))) => ut.push((navn, verdi.into_owned())),
                Ok(None) => break Ok(()),
                Err(feil) => break Err(feil),
            }
        };
        let ut: Vec<_> = ut.iter().map(|(navn, verdi)| (*navn, verdi.as_str())).collect();
        assert_eq!(utfall.map(|()| ut.as_slice()), forventet);
        if forventet.is_ok() {
            assert_eq!(leser.0, rest);
        }
    }

    #[test]
    fn parameters_are_tokens_or_quoted_strings() {
        check("", Ok(&[]), "");
        check(";a=b ; c=\"d,\\\"e\"; ,x", Ok(&[("a", "b"), ("c", "d,\"e")]), ",x");
        check(";;a=\"\"", Ok(&[("a", "")]), "");
        for daarlig in [";a", ";a=", ";a=\"b", ";a =b", ";a=\"b\\", ";a=æ"] {
            check(daarlig, Err(Ugyldig), "");
        }
    }
}
