//! The schema that clients make their code of: 404 types of elements and 70 lists of codes, from a source of our own.
//!
//! `kontrakt/hl7v3.skjema` has names, order, number and codes; [`les`] reads it and [`til_xsd`] gives it as XSD.
//!
//! ```text
//! type SC av ST blandet        a type that stands on another; `abstrakt`, `blandet` (text between the elements)
//! type AD blandet_type av ANY  the same said of the type alone and not of what it adds: three types are published so
//!   enten *                    one of those until `slutt`, any number of times (`1`: once)
//!     city adxp.city ?         element, type, number: ? none or one, * any number, 1 once; n behind it: may be nil
//!   slutt
//!   useablePeriod SXCM_TS *
//!   @use liste:PostalAddressUse krevd    attribute: a list of codes, required
//!   @isNotOrdered xs:boolean =false      one with a default
//! koder NullFlavor xs:string   the only values of a text
//!   NI UNK MSK
//! ```
//! Not here: any judging of requests, which are read leniently. What newcomers get wrong: the schema is for those who
//! generate code, so names of types count: clients have classes with those names.

use crate::hl7;
use crate::xml::Skriver;

/// The source.
const KILDE: &str = include_str!("../kontrakt/hl7v3.skjema");

/// The source cannot be read: our own mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("skjemaet kan ikke leses, linje {linje}")]
pub struct Feil {
    /// Line, from 1.
    pub linje: usize,
}

/// The schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skjema<'k> {
    /// Types of elements, in order.
    pub typer: Vec<Type<'k>>,
    /// Lists of codes: name, what they are of, the codes.
    pub koder: Vec<(&'k str, &'k str, Vec<&'k str>)>,
}

/// A type of elements.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Type<'k> {
    navn: &'k str,
    abstrakt: bool,
    blandet: bool,
    blandet_type: bool,
    av: Option<&'k str>,
    ledd: Vec<Ledd<'k>>,
    attributter: Vec<Attributt<'k>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Ledd<'k> {
    Element(Element<'k>),
    Enten(Antall, Vec<Element<'k>>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Element<'k> {
    navn: &'k str,
    slag: &'k str,
    antall: Antall,
    nil: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Antall {
    Ett,
    NullEllerEtt,
    Flere,
}

impl Antall {
    fn les(tekst: &str) -> Option<Self> {
        match tekst {
            "1" => Some(Antall::Ett),
            "?" => Some(Antall::NullEllerEtt),
            "*" => Some(Antall::Flere),
            _ => None,
        }
    }

    fn grenser(self) -> [(&'static str, &'static str); 2] {
        let (minst, hoeyst) = match self {
            Antall::Ett => ("1", "1"),
            Antall::NullEllerEtt => ("0", "1"),
            Antall::Flere => ("0", "unbounded"),
        };
        [("minOccurs", minst), ("maxOccurs", hoeyst)]
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Attributt<'k> {
    navn: &'k str,
    slag: &'k str,
    krevd: bool,
    standard: Option<&'k str>,
}

/// Reads our own source.
///
/// # Errors
/// [`Feil`] with the line; a test holds that there is none.
pub fn les() -> Result<Skjema<'static>, Feil> {
    les_kilde(KILDE)
}

fn les_kilde(kilde: &str) -> Result<Skjema<'_>, Feil> {
    let mut skjema = Skjema {
        typer: Vec::new(),
        koder: Vec::new(),
    };
    let mut aapen: Option<(Antall, Vec<Element<'_>>)> = None;
    for (nr, linje) in kilde.lines().enumerate() {
        if !linje.starts_with('#') {
            les_linje(&mut skjema, &mut aapen, linje).ok_or(Feil { linje: nr + 1 })?;
        }
    }
    if aapen.is_some() {
        let linje = kilde.lines().count();
        return Err(Feil { linje });
    }
    Ok(skjema)
}

fn les_linje<'k>(
    skjema: &mut Skjema<'k>,
    aapen: &mut Option<(Antall, Vec<Element<'k>>)>,
    linje: &'k str,
) -> Option<()> {
    let ord: Vec<&str> = linje.split_ascii_whitespace().collect();
    let innrykket = linje.starts_with(' ');
    match (innrykket, ord.as_slice()) {
        (false, ["type", navn, resten @ ..]) if aapen.is_none() => {
            let mut ny = Type {
                navn,
                ..Type::default()
            };
            let mut resten = resten.iter();
            while let Some(ord) = resten.next() {
                match *ord {
                    "abstrakt" => ny.abstrakt = true,
                    "blandet" => ny.blandet = true,
                    "blandet_type" => ny.blandet_type = true,
                    "av" => ny.av = Some(resten.next()?),
                    _ => return None,
                }
            }
            skjema.typer.push(ny);
        }
        (false, ["koder", navn, av]) if aapen.is_none() => skjema.koder.push((navn, av, Vec::new())),
        (true, koder) if !skjema.koder.is_empty() => skjema.koder.last_mut()?.2.extend(koder),
        (true, ["enten", antall]) if aapen.is_none() => *aapen = Some((Antall::les(antall)?, Vec::new())),
        (true, ["slutt"]) => {
            let (antall, deler) = aapen.take()?;
            skjema.typer.last_mut()?.ledd.push(Ledd::Enten(antall, deler));
        }
        (true, [navn, slag, resten @ ..]) if navn.starts_with('@') => {
            let (krevd, standard) = match resten {
                [] => (false, None),
                ["krevd"] => (true, None),
                [standard] => (false, Some(standard.strip_prefix('=')?)),
                _ => return None,
            };
            skjema.typer.last_mut()?.attributter.push(Attributt {
                navn: navn.strip_prefix('@')?,
                slag,
                krevd,
                standard,
            });
        }
        (true, [navn, slag, antall]) => {
            let element = Element {
                navn,
                slag,
                antall: Antall::les(antall.strip_suffix('n').unwrap_or(antall))?,
                nil: antall.ends_with('n'),
            };
            match aapen {
                Some((_, deler)) => deler.push(element),
                None => skjema.typer.last_mut()?.ledd.push(Ledd::Element(element)),
            }
        }
        _ => return None,
    }
    Some(())
}

/// A name of the schema as the XSD refers to it.
fn kvalifisert(navn: &str) -> String {
    if navn.starts_with("xs:") {
        navn.to_owned()
    } else {
        format!("tns:{navn}")
    }
}

/// Gives the schema as XSD 1.0.
#[must_use]
pub fn til_xsd(skjema: &Skjema<'_>) -> String {
    let mut x = Skriver::new();
    x.raa("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    let rom = [
        ("xmlns:xs", "http://www.w3.org/2001/XMLSchema"),
        ("xmlns:tns", hl7::NAVNEROM),
        ("elementFormDefault", "qualified"),
        ("targetNamespace", hl7::NAVNEROM),
    ];
    x.i("xs:schema", &rom, |x| {
        for t in &skjema.typer {
            x.raa("\n");
            skriv_type(x, t);
        }
        for (navn, av, koder) in &skjema.koder {
            x.raa("\n");
            x.i("xs:simpleType", &[("name", navn)], |x| {
                x.i("xs:restriction", &[("base", &kvalifisert(av))], |x| {
                    koder
                        .iter()
                        .for_each(|kode| x.tom("xs:enumeration", &[("value", kode)]));
                });
            });
        }
        x.raa("\n");
    });
    x.ferdig()
}

fn skriv_type(x: &mut Skriver, t: &Type<'_>) {
    let mut attributter = vec![("name", t.navn)];
    if t.abstrakt {
        attributter.push(("abstract", "true"));
    }
    let blandet = if t.blandet { "true" } else { "false" };
    if t.blandet_type || (t.blandet && t.av.is_none()) {
        attributter.push(("mixed", "true"));
    }
    x.i("xs:complexType", &attributter, |x| match t.av {
        None => skriv_innhold(x, t),
        Some(av) => x.i("xs:complexContent", &[("mixed", blandet)], |x| {
            x.i("xs:extension", &[("base", &kvalifisert(av))], |x| skriv_innhold(x, t));
        }),
    });
}

fn skriv_innhold(x: &mut Skriver, t: &Type<'_>) {
    if !t.ledd.is_empty() {
        x.i("xs:sequence", &[], |x| {
            for ledd in &t.ledd {
                match ledd {
                    Ledd::Element(element) => skriv_element(x, element),
                    Ledd::Enten(antall, deler) => x.i("xs:choice", &antall.grenser(), |x| {
                        deler.iter().for_each(|element| skriv_element(x, element));
                    }),
                }
            }
        });
    }
    for a in &t.attributter {
        let mut attributter = vec![("name", a.navn)];
        if a.krevd {
            attributter.push(("use", "required"));
        }
        if let Some(standard) = a.standard {
            attributter.push(("default", standard));
        }
        match a.slag.strip_prefix("liste:") {
            None => {
                let slag = kvalifisert(a.slag);
                attributter.push(("type", &slag));
                x.tom("xs:attribute", &attributter);
            }
            Some(av) => x.i("xs:attribute", &attributter, |x| {
                x.i("xs:simpleType", &[], |x| {
                    x.tom("xs:list", &[("itemType", &kvalifisert(av))])
                });
            }),
        }
    }
}

fn skriv_element(x: &mut Skriver, element: &Element<'_>) {
    let slag = kvalifisert(element.slag);
    let [minst, hoeyst] = element.antall.grenser();
    let mut attributter = vec![minst, hoeyst, ("name", element.navn), ("type", &slag)];
    if element.nil {
        attributter.push(("nillable", "true"));
    }
    x.tom("xs:element", &attributter);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_source_is_read_and_every_name_in_it_stands_for_something() {
        let skjema = les().unwrap();
        assert_eq!((skjema.typer.len(), skjema.koder.len()), (404, 70));
        let kjent = |navn: &str| {
            let navn = navn.strip_prefix("liste:").unwrap_or(navn);
            navn.starts_with("xs:")
                || skjema.typer.iter().any(|t| t.navn == navn)
                || skjema.koder.iter().any(|(n, ..)| *n == navn)
        };
        for t in &skjema.typer {
            assert!(t.av.is_none_or(kjent), "{}", t.navn);
            for ledd in &t.ledd {
                let deler = match ledd {
                    Ledd::Element(element) => std::slice::from_ref(element),
                    Ledd::Enten(_, deler) => deler.as_slice(),
                };
                assert!(deler.iter().all(|d| kjent(d.slag)), "{}", t.navn);
            }
            assert!(t.attributter.iter().all(|a| kjent(a.slag)), "{}", t.navn);
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_of_by_its_line() {
        for (kilde, linje) in [
            ("type A\n  b C 2", 2),
            ("type A\n  b C", 2),
            ("type A over B", 1),
            ("  b C 1", 1),
            ("type A\n  enten *\n    b C ?", 3),
            ("type A\n  slutt", 2),
            ("type A\n  @b C alltid", 2),
            ("type A\n\n", 2),
        ] {
            assert_eq!(les_kilde(kilde), Err(Feil { linje }), "{kilde}");
        }
    }
}
