//! Comparing: whole answers, and the first place where they part.

use std::collections::BTreeMap;

use http::header;

use crate::{Flate, Foresporsel, Par, Svar, Tilfeldig, spoer};

/// How alike two answers must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likhet {
    /// To the byte.
    Byte,
    /// To the byte, once the surface's opaque words are numbered in the order in which each side said them first, the same
    /// word having the same number throughout. For stores with different numbers of events, whose keyed identifiers differ
    /// as any two keyed identifiers do. An ETag is opaque too: equal pages must have equal ones, and only they.
    Omdoept,
}

/// Where two answers part.
#[derive(Clone, Debug)]
pub struct Forskjell {
    /// The request.
    pub foresporsel: String,
    /// The part of the answer: `status`, `hode etag`, `kropp, byte 17`.
    pub sted: String,
    /// What stands there in each, shortened.
    pub utdrag: Par<String>,
}

impl std::fmt::Display for Forskjell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}\n  {}\n  a: {}\n  b: {}",
            self.foresporsel, self.sted, self.utdrag.a, self.utdrag.b
        )
    }
}

/// What a comparison did and found.
#[derive(Clone, Debug, Default)]
pub struct Utfall {
    /// Requests that both sides answered.
    pub spurt: usize,
    /// How many times each status was given; a run that only refuses has compared nothing.
    pub statuser: BTreeMap<u16, usize>,
    /// What differed, at most `FUNN_MAKS`.
    pub funn: Vec<Forskjell>,
}

/// Findings kept; the first is what matters.
pub const FUNN_MAKS: usize = 8;

const UTDRAG_BYTE: usize = 60;

/// Asks both sides everything a caller can ask, and compares.
///
/// An answer with an ETag is asked for again with `If-None-Match`: its own, the other side's, the weak form, one that is
/// nobody's, and any. With [`Likhet::Omdoept`] the other side's says nothing and is left out.
pub async fn sammenlikn<F: Flate>(par: &Par<F>, kaller: F::Kaller, likhet: Likhet, froe: u64) -> Utfall {
    let mut utfall = Utfall::default();
    let mut ord = Par {
        a: Ordbok::default(),
        b: Ordbok::default(),
    };
    let router = Par {
        a: par.a.router(),
        b: par.b.router(),
    };
    for (nr, rute) in par.a.ruter().into_iter().enumerate() {
        let froe = froe ^ u64::try_from(nr).unwrap_or(0).wrapping_mul(0x2545_f491_4f6c_dd1d);
        let a = par.a.foresporsler(kaller, rute, &mut Tilfeldig::new(froe));
        let b = par.b.foresporsler(kaller, rute, &mut Tilfeldig::new(froe));
        if !a.iter().map(|f| &f.navn).eq(b.iter().map(|f| &f.navn)) {
            utfall.meld(Forskjell {
                foresporsel: format!("{rute:?}"),
                sted: "hva det kan spørres om".to_owned(),
                utdrag: Par {
                    a: format!("{} forespørsler", a.len()),
                    b: format!("{} forespørsler", b.len()),
                },
            });
            continue;
        }
        for (a, b) in a.into_iter().zip(b) {
            let svar = Par {
                a: spoer(&router.a, &a).await,
                b: spoer(&router.b, &b).await,
            };
            utfall.noter(par, &mut ord, likhet, &a.navn, &svar);
            let etag = |svar: &Svar| svar.hode("etag").and_then(|e| String::from_utf8(e.to_vec()).ok());
            let (Some(egen_a), Some(egen_b)) = (etag(&svar.a), etag(&svar.b)) else {
                continue;
            };
            let mut med = vec![
                ("egen", egen_a.clone(), egen_b.clone()),
                ("svak", format!("W/{egen_a}"), format!("W/{egen_b}")),
                ("ukjent", "\"0\"".to_owned(), "\"0\"".to_owned()),
                ("flere", format!("\"0\", {egen_a}"), format!("\"0\", {egen_b}")),
                ("enhver", "*".to_owned(), "*".to_owned()),
            ];
            if likhet == Likhet::Byte {
                med.push(("den andres", egen_b, egen_a));
            }
            for (navn, etag_a, etag_b) in med {
                let igjen = |f: &Foresporsel, etag: &str| f.clone().hode(header::IF_NONE_MATCH, etag);
                let svar = Par {
                    a: spoer(&router.a, &igjen(&a, &etag_a)).await,
                    b: spoer(&router.b, &igjen(&b, &etag_b)).await,
                };
                let navn = format!("{} If-None-Match: {navn}", a.navn);
                utfall.noter(par, &mut ord, likhet, &navn, &svar);
            }
        }
    }
    utfall
}

impl Utfall {
    fn meld(&mut self, forskjell: Forskjell) {
        if self.funn.len() < FUNN_MAKS {
            self.funn.push(forskjell);
        }
    }

    fn noter<F: Flate>(&mut self, par: &Par<F>, ord: &mut Par<Ordbok>, likhet: Likhet, navn: &str, svar: &Par<Svar>) {
        self.spurt += 1;
        *self.statuser.entry(svar.a.status).or_default() += 1;
        let forskjell = match likhet {
            Likhet::Byte => foerste_forskjell(&svar.a, &svar.b),
            Likhet::Omdoept => {
                let a = ord.a.omdoep(&svar.a, |o| par.a.er_ugjennomsiktig(o));
                let b = ord.b.omdoep(&svar.b, |o| par.b.er_ugjennomsiktig(o));
                foerste_forskjell(&a, &b)
            }
        };
        if let Some((sted, a, b)) = forskjell {
            self.meld(Forskjell {
                foresporsel: navn.to_owned(),
                sted,
                utdrag: Par { a, b },
            });
        }
    }
}

/// The first place where two answers part: status, then headers, then body.
fn foerste_forskjell(a: &Svar, b: &Svar) -> Option<(String, String, String)> {
    let tekst = |byte: &[u8]| String::from_utf8_lossy(byte).into_owned();
    if a.status != b.status {
        return Some(("status".to_owned(), a.status.to_string(), b.status.to_string()));
    }
    let (mut hoder_a, mut hoder_b) = (a.hoder.iter(), b.hoder.iter());
    loop {
        match (hoder_a.next(), hoder_b.next()) {
            (None, None) => break,
            (a, b) => {
                let navn = a.or(b).map_or("", |(navn, _)| navn);
                let vis = |h: Option<&(String, Vec<u8>)>| {
                    h.map_or_else(
                        || "mangler".to_owned(),
                        |(n, v)| format!("{n}: {}", tekst(synlig(n, v))),
                    )
                };
                let (a, b) = (vis(a), vis(b));
                if a != b {
                    return Some((format!("hode {navn}"), a, b));
                }
            }
        }
    }
    if a.kropp == b.kropp {
        return None;
    }
    let felles = a.kropp.iter().zip(&b.kropp).take_while(|(a, b)| a == b).count();
    let fra = felles.saturating_sub(UTDRAG_BYTE / 2);
    let utdrag = |byte: &[u8]| tekst(byte.get(fra..byte.len().min(fra + UTDRAG_BYTE)).unwrap_or_default());
    let sted = format!("kropp, byte {felles} ({} mot {} byte)", a.kropp.len(), b.kropp.len());
    Some((sted, utdrag(&a.kropp), utdrag(&b.kropp)))
}

/// What of a header is compared: all of it, except our own random step in a trace.
fn synlig<'a>(navn: &str, verdi: &'a [u8]) -> &'a [u8] {
    // Version, id and the hyphens: 2 + 1 + 32 + 1.
    const TRACE_FORAN: usize = 36;
    if navn == "traceparent" {
        verdi.get(..TRACE_FORAN).unwrap_or(verdi)
    } else {
        verdi
    }
}

/// Numbers for opaque words, in the order they were first said.
#[derive(Debug, Default)]
struct Ordbok(BTreeMap<Vec<u8>, usize>);

impl Ordbok {
    fn nummer(&mut self, ord: &[u8]) -> Vec<u8> {
        let neste = self.0.len();
        let nummer = self.0.entry(ord.to_vec()).or_insert(neste);
        format!("⟨{nummer}⟩").into_bytes()
    }

    fn omdoep(&mut self, svar: &Svar, er_ugjennomsiktig: impl Fn(&str) -> bool) -> Svar {
        let hoder = svar
            .hoder
            .iter()
            .map(|(navn, verdi)| {
                let etag = navn == header::ETAG.as_str();
                (navn.clone(), if etag { self.nummer(verdi) } else { verdi.clone() })
            })
            .collect();
        let mut kropp = Vec::with_capacity(svar.kropp.len());
        let mut rest = svar.kropp.as_slice();
        while !rest.is_empty() {
            let er_ord = |byte: &u8| byte.is_ascii_alphanumeric();
            let lengde = rest.iter().take_while(|b| er_ord(b)).count();
            let (ord, etter) = rest.split_at(lengde);
            match std::str::from_utf8(ord) {
                Ok(tekst) if !ord.is_empty() && er_ugjennomsiktig(tekst) => kropp.extend(self.nummer(ord)),
                _ => kropp.extend_from_slice(ord),
            }
            let annet = etter.iter().take_while(|b| !er_ord(b)).count();
            let (mellom, neste) = etter.split_at(annet);
            kropp.extend_from_slice(mellom);
            rest = neste;
        }
        Svar {
            status: svar.status,
            hoder,
            kropp,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn svar(hoder: &[(&str, &str)], kropp: &str) -> Svar {
        Svar {
            status: 200,
            hoder: hoder
                .iter()
                .map(|(n, v)| ((*n).to_owned(), v.as_bytes().to_vec()))
                .collect(),
            kropp: kropp.as_bytes().to_vec(),
        }
    }

    #[track_caller]
    fn check(a: &Svar, b: &Svar, sted: Option<&str>) {
        let fikk = foerste_forskjell(a, b).map(|(sted, ..)| sted);
        assert_eq!(fikk.as_deref(), sted);
    }

    #[test]
    fn answers_part_at_the_first_place() {
        let lik = svar(&[("etag", "\"1\"")], "[1]");
        check(&lik, &lik, None);
        check(
            &lik,
            &Svar {
                status: 304,
                ..lik.clone()
            },
            Some("status"),
        );
        check(&lik, &svar(&[("etag", "\"2\"")], "[1]"), Some("hode etag"));
        check(&lik, &svar(&[], "[1]"), Some("hode etag"));
        check(&lik, &svar(&[("etag", "\"1\""), ("x", "")], "[1]"), Some("hode x"));
        check(
            &lik,
            &svar(&[("etag", "\"1\"")], "[2]"),
            Some("kropp, byte 1 (3 mot 3 byte)"),
        );
        check(
            &lik,
            &svar(&[("etag", "\"1\"")], "[1]x"),
            Some("kropp, byte 3 (3 mot 4 byte)"),
        );
    }

    #[test]
    fn our_own_step_in_a_trace_is_no_difference_and_its_id_is() {
        let spor = |id: &str, ledd: &str| svar(&[("traceparent", &format!("00-{}-{ledd}-00", id.repeat(32)))], "");
        check(&spor("1", "aaaaaaaaaaaaaaaa"), &spor("1", "bbbbbbbbbbbbbbbb"), None);
        check(&spor("1", "aa"), &spor("2", "aa"), Some("hode traceparent"));
    }

    #[test]
    fn renaming_keeps_who_is_who() {
        let er = |ord: &str| ord.starts_with('x');
        let omdoep = |kropper: &[&str]| {
            let mut bok = Ordbok::default();
            kropper
                .iter()
                .map(|k| bok.omdoep(&svar(&[], k), er).kropp)
                .collect::<Vec<_>>()
        };
        assert_eq!(omdoep(&["[xa,xb,1]", "[xa]"]), omdoep(&["[xq,xr,1]", "[xq]"]));
        assert_ne!(omdoep(&["[xa,xb,1]", "[xa]"]), omdoep(&["[xq,xr,1]", "[xr]"]));
        assert_ne!(omdoep(&["[xa,xb]"]), omdoep(&["[xa,xa]"]));
        assert_ne!(omdoep(&["[xa,1]"]), omdoep(&["[xa,2]"]));
        assert_eq!(omdoep(&["blåbær xa"]), omdoep(&["blåbær xc"]));
    }
}
