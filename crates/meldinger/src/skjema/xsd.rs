//! A schema as XSD.

use quick_xml::escape::escape;

use super::{Antall, Gruppe, Hva, INNEBYGDE, Ledd, Skjema, Teksttype, Type};
use crate::signatur;

/// Whom an XSD is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Everybody: an XML signature is a reference to its own schema, in a file beside this one.
    Fullstendig,
    /// The library that we validate by: any element of the signature's namespace may stand for a signature, since the library
    /// reads no second schema without a file; no lengths, since it counts bytes; and no patterns, since it knows only those of
    /// the outermost type, and takes long over them. All are checked beside it.
    Bibliotek,
}

/// Gives a schema as XSD 1.0.
#[must_use]
pub fn til_xsd(skjema: &Skjema, form: Form) -> String {
    let mut ut = Skriver {
        ut: String::with_capacity(16 * 1024),
        innrykk: 0,
        form,
    };
    ut.dokument(skjema);
    ut.ut
}

struct Skriver {
    ut: String,
    innrykk: usize,
    form: Form,
}

impl Skriver {
    fn linje(&mut self, tekst: &str) {
        self.ut.extend(std::iter::repeat_n("  ", self.innrykk));
        self.ut.push_str(tekst);
        self.ut.push('\n');
    }

    fn i(&mut self, element: &str, attributter: &str, inni: impl FnOnce(&mut Self)) {
        self.linje(&format!("<xs:{element}{attributter}>"));
        self.innrykk += 1;
        inni(self);
        self.innrykk -= 1;
        self.linje(&format!("</xs:{element}>"));
    }

    fn dokument(&mut self, skjema: &Skjema) {
        let ns = escape(&skjema.navnerom);
        let mut har_signatur = false;
        skjema.hvert_element(|_, hva| har_signatur |= *hva == Hva::Signatur);
        let refererer = har_signatur && self.form == Form::Fullstendig;
        let ds = if refererer {
            format!(" xmlns:ds=\"{}\"", signatur::NAVNEROM)
        } else {
            String::new()
        };
        self.linje("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        let attributter = format!(
            " xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns=\"{ns}\"{ds} targetNamespace=\"{ns}\" \
             elementFormDefault=\"qualified\""
        );
        self.i("schema", &attributter, |ut| {
            if refererer {
                let (ns, fil) = (signatur::NAVNEROM, signatur::FIL);
                ut.linje(&format!("<xs:import namespace=\"{ns}\" schemaLocation=\"{fil}\"/>"));
            }
            for (navn, t) in &skjema.roetter {
                ut.linje(&format!(
                    "<xs:element name=\"{}\" type=\"{}\"/>",
                    escape(navn),
                    escape(t)
                ));
            }
            for (navn, t) in &skjema.typer {
                match t {
                    Type::Gruppe(gruppe) => ut.gruppe(navn, gruppe),
                    Type::Tekst(tekst) => ut.tekst(&format!(" name=\"{}\"", escape(navn)), tekst),
                }
            }
        });
    }

    fn gruppe(&mut self, navn: &str, gruppe: &Gruppe) {
        let abstrakt = if gruppe.abstrakt { " abstract=\"true\"" } else { "" };
        self.i("complexType", &format!(" name=\"{}\"{abstrakt}", escape(navn)), |ut| {
            let innhold = |ut: &mut Self| ut.i("sequence", "", |ut| ut.leddene(&gruppe.innhold));
            match &gruppe.av {
                None => innhold(ut),
                Some(av) => ut.i("complexContent", "", |ut| {
                    ut.i("extension", &format!(" base=\"{}\"", escape(av)), innhold);
                }),
            }
        });
    }

    fn leddene(&mut self, ledd: &[Ledd]) {
        for del in ledd {
            match del {
                Ledd::Enten(deler, n) => self.i("choice", &antall(*n), |ut| ut.leddene(deler)),
                Ledd::Og(deler, n) => self.i("sequence", &antall(*n), |ut| ut.leddene(deler)),
                Ledd::Element {
                    navn,
                    hva,
                    antall: n,
                    nillable,
                } => self.element(navn, hva, &antall(*n), *nillable),
            }
        }
    }

    fn element(&mut self, navn: &str, hva: &Hva, antall: &str, nillable: bool) {
        let nil = if nillable { " nillable=\"true\"" } else { "" };
        let navn = escape(navn);
        match hva {
            Hva::Type(t) => {
                let t = kvalifisert(t);
                self.linje(&format!("<xs:element name=\"{navn}\" type=\"{t}\"{antall}{nil}/>"));
            }
            Hva::Noe => self.linje(&format!("<xs:element name=\"{navn}\"{antall}{nil}/>")),
            Hva::Tekst(tekst) => self.i("element", &format!(" name=\"{navn}\"{antall}{nil}"), |ut| {
                ut.tekst("", tekst)
            }),
            Hva::Signatur => self.linje(&match self.form {
                Form::Fullstendig => format!("<xs:element ref=\"ds:Signature\"{antall}/>"),
                Form::Bibliotek => {
                    let ns = signatur::NAVNEROM;
                    format!("<xs:any namespace=\"{ns}\" processContents=\"skip\"{antall}/>")
                }
            }),
        }
    }

    fn tekst(&mut self, attributter: &str, tekst: &Teksttype) {
        let alt = self.form == Form::Fullstendig;
        self.i("simpleType", attributter, |ut| {
            let av = kvalifisert(&tekst.av);
            ut.i("restriction", &format!(" base=\"{av}\""), |ut| {
                let mut krav = |navn: &str, verdi: &str| ut.linje(&format!("<xs:{navn} value=\"{}\"/>", escape(verdi)));
                for (navn, tall) in [
                    ("length", tekst.lengde),
                    ("minLength", tekst.minst),
                    ("maxLength", tekst.hoeyst),
                ] {
                    if let Some(tall) = tall.filter(|_| alt) {
                        krav(navn, &tall.to_string());
                    }
                }
                tekst.moenstre.iter().filter(|_| alt).for_each(|m| krav("pattern", m));
                tekst.koder.iter().for_each(|k| krav("enumeration", k));
            });
        });
    }
}

fn kvalifisert(navn: &str) -> String {
    let innebygd = INNEBYGDE.contains(&navn);
    format!("{}{}", if innebygd { "xs:" } else { "" }, escape(navn))
}

fn antall(n: Antall) -> String {
    let mut ut = String::new();
    if n.minst != 1 {
        ut.push_str(&format!(" minOccurs=\"{}\"", n.minst));
    }
    match n.hoeyst {
        Some(1) => {}
        Some(hoeyst) => ut.push_str(&format!(" maxOccurs=\"{hoeyst}\"")),
        None => ut.push_str(" maxOccurs=\"unbounded\""),
    }
    ut
}
