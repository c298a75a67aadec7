//! Reading the path of a request: its segments, decoded, or what is wrong with it.
//!
//! [`crate::vern`] checks every path with [`check`] before a handler runs, so a handler's own extractors only ever
//! see text that is whole. What newcomers miss: routing is done on the *encoded* path. `%2F` is therefore part of a
//! segment for the router and a separator for whoever decodes too late, which is why it is refused.

use crate::prosent::{self, Pluss};

/// What is wrong with a path. Says nothing of the path itself, which may hold an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A `%` without two hex digits after it.
    #[error("Stien har ugyldig prosentkoding i ledd {ledd}")]
    Escape {
        /// Which segment, counted from 1.
        ledd: usize,
    },
    /// The decoded bytes are not UTF-8.
    #[error("Stien er ikke gyldig UTF-8 i ledd {ledd}")]
    Utf8 {
        /// Which segment, counted from 1.
        ledd: usize,
    },
    /// A control character, NUL among them.
    #[error("Stien har et ulovlig kontrolltegn i ledd {ledd}")]
    Kontrolltegn {
        /// Which segment, counted from 1.
        ledd: usize,
    },
    /// A slash or backslash inside a segment.
    #[error("Stien har en kodet skråstrek i ledd {ledd}")]
    Skraastrek {
        /// Which segment, counted from 1.
        ledd: usize,
    },
}

/// Reads the segments of an encoded path.
///
/// Shape: what lies between the slashes, in order; the empty text before the first slash is not a segment, one after
/// a last slash is. `+` stands for itself.
pub fn segments(sti: &str) -> impl Iterator<Item = Result<String, Error>> + '_ {
    let uten_foerste = sti.strip_prefix('/').unwrap_or(sti);
    uten_foerste.split('/').zip(1..).map(|(kodet, ledd)| {
        let dekodet = prosent::decode(kodet, Pluss::Seg).map_err(|feil| match feil {
            prosent::Error::Escape => Error::Escape { ledd },
            prosent::Error::Utf8 => Error::Utf8 { ledd },
            prosent::Error::Kontrolltegn => Error::Kontrolltegn { ledd },
        })?;
        if dekodet.contains(['/', '\\']) {
            return Err(Error::Skraastrek { ledd });
        }
        Ok(dekodet)
    })
}

/// Checks that every segment of an encoded path can be read.
pub fn check(sti: &str) -> Result<(), Error> {
    // Most paths say what they mean: nothing is encoded in them, so there is nothing that decoding could bring to light.
    if sti.bytes().all(|b| b.is_ascii_graphic() && b != b'%' && b != b'\\') {
        return Ok(());
    }
    segments(sti).try_for_each(|ledd| ledd.map(drop))
}

/// Scheme and host of a call as the caller wrote them, for a description that says where its service is.
///
/// Shape: no slash at the end. The host is the caller's own text: it is for the answer to that caller alone, and escaped in it.
#[must_use]
pub fn rot_av_kall(protokoll: &str, foresporsel: &axum::extract::Request) -> String {
    let hode = foresporsel.headers().get(http::header::HOST);
    let vert = hode.and_then(|verdi| verdi.to_str().ok());
    let vert = vert.or_else(|| foresporsel.uri().authority().map(http::uri::Authority::as_str));
    format!("{protokoll}://{}", vert.unwrap_or("localhost"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn read(sti: &str) -> Result<Vec<String>, Error> {
        segments(sti).collect()
    }

    #[test]
    fn segments_are_decoded_one_by_one() {
        assert_eq!(
            read("/v1/personer/a%20b+c"),
            Ok(vec!["v1".into(), "personer".into(), "a b+c".into()])
        );
        assert_eq!(read("/"), Ok(vec![String::new()]));
        assert_eq!(read("/a/"), Ok(vec!["a".into(), String::new()]));
        assert_eq!(read("//"), Ok(vec![String::new(), String::new()]));
        assert_eq!(read("*"), Ok(vec!["*".into()]));
    }

    #[test]
    fn each_fault_names_its_segment_and_nothing_of_its_text() {
        for (sti, feil) in [
            ("/v1/%zz", Error::Escape { ledd: 2 }),
            ("/%ff", Error::Utf8 { ledd: 1 }),
            ("/v1/x/%00", Error::Kontrolltegn { ledd: 3 }),
            ("/v1/a%2Fb", Error::Skraastrek { ledd: 2 }),
            ("/v1/a%5cb", Error::Skraastrek { ledd: 2 }),
        ] {
            assert_eq!(check(sti), Err(feil));
        }
        assert_eq!(check("/v1/%"), Err(Error::Escape { ledd: 2 }));
        assert_eq!(
            Error::Escape { ledd: 2 }.to_string(),
            "Stien har ugyldig prosentkoding i ledd 2"
        );
    }
}
