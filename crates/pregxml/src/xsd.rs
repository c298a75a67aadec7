//! The schema of the contract, made of the same table as reader and writer.
//!
//! What newcomers get wrong: a date may be a year, or a year and a month, so `Date` is a union and generated code has it as text: a birth
//! year that is known is not to be lost because the day is not (ADR 0053).

use preg::xml::Skriver;

use crate::kontrakt::{self, Antall, Felt, Kodeliste, Slag, Type};
use crate::{NAVNEROM, Operasjon};

/// The schema as XSD 1.0.
#[must_use]
pub fn xsd() -> String {
    let mut x = Skriver::new();
    x.raa("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    let rom = [
        ("xmlns:xs", "http://www.w3.org/2001/XMLSchema"),
        ("xmlns:tns", NAVNEROM),
        ("elementFormDefault", "qualified"),
        ("targetNamespace", NAVNEROM),
    ];
    x.i("xs:schema", &rom, |x| {
        for operasjon in Operasjon::ALLE {
            for type_ in [kontrakt::foresporsel(operasjon), kontrakt::svar(operasjon)] {
                x.raa("\n");
                x.i("xs:element", &[("name", type_.navn)], |x| {
                    merknad(x, type_.merknad);
                    skriv_type(x, &type_, None);
                });
            }
        }
        x.raa("\n");
        x.tom("xs:element", &[("name", "Fault"), ("type", "tns:Fault")]);
        for type_ in kontrakt::typer() {
            x.raa("\n");
            skriv_type(x, &type_, Some(type_.merknad));
        }
        x.raa("\n");
        dato(x);
        for liste in kontrakt::KODELISTER {
            x.raa("\n");
            kodeliste(x, liste);
        }
        x.raa("\n");
    });
    x.ferdig()
}

fn merknad(x: &mut Skriver, tekst: &str) {
    if !tekst.is_empty() {
        x.i("xs:annotation", &[], |x| {
            x.tekst("xs:documentation", &[("xml:lang", "nb")], tekst);
        });
    }
}

// With a text for a type that has a name, without for that of an element.
fn skriv_type(x: &mut Skriver, type_: &Type, tekst: Option<&str>) {
    let navn = [("name", type_.navn)];
    let attributter = if tekst.is_some() { navn.as_slice() } else { &[] };
    x.i("xs:complexType", attributter, |x| {
        merknad(x, tekst.unwrap_or_default());
        x.i("xs:sequence", &[], |x| {
            type_.felter.iter().for_each(|felt| skriv_felt(x, felt));
        });
    });
}

fn skriv_felt(x: &mut Skriver, felt: &Felt) {
    let maks = match felt.antall {
        Antall::EttTil(maks) => maks.to_string(),
        Antall::Flere => "unbounded".to_owned(),
        Antall::Ett | Antall::NullEllerEtt => "1".to_owned(),
    };
    let minst = match felt.antall {
        Antall::Ett | Antall::EttTil(_) => "1",
        Antall::NullEllerEtt | Antall::Flere => "0",
    };
    let slag = match felt.slag {
        Slag::Tekst(None) => Some("xs:string".to_owned()),
        Slag::Tekst(Some(_)) | Slag::Siffer(_) => None,
        Slag::Heltall => Some("xs:int".to_owned()),
        Slag::Dato => Some("tns:Date".to_owned()),
        Slag::Boolsk => Some("xs:boolean".to_owned()),
        Slag::Desimal => Some("xs:decimal".to_owned()),
        Slag::Kode(liste) => Some(format!("tns:{}", liste.navn)),
        Slag::Type(navn) => Some(format!("tns:{navn}")),
    };
    let mut attributter = vec![("minOccurs", minst), ("maxOccurs", &maks), ("name", felt.navn)];
    if let Some(slag) = &slag {
        attributter.push(("type", slag));
    }
    if felt.nil {
        attributter.push(("nillable", "true"));
    }
    if let Some(standard) = felt.standard {
        attributter.push(("default", standard));
    }
    x.i("xs:element", &attributter, |x| {
        merknad(x, felt.merknad);
        let (fasett, verdi) = match felt.slag {
            Slag::Tekst(Some(bredde)) => ("xs:maxLength", bredde.to_string()),
            Slag::Siffer(antall) => ("xs:pattern", format!("[0-9]{{{antall}}}")),
            _ => return,
        };
        x.i("xs:simpleType", &[], |x| {
            x.i("xs:restriction", &[("base", "xs:string")], |x| {
                x.tom(fasett, &[("value", &verdi)]);
            });
        });
    });
}

fn dato(x: &mut Skriver) {
    x.i("xs:simpleType", &[("name", "Date")], |x| {
        merknad(x, "En dag, eller bare måneden eller året når dagen ikke er kjent.");
        x.tom("xs:union", &[("memberTypes", "xs:date xs:gYearMonth xs:gYear")]);
    });
}

fn kodeliste(x: &mut Skriver, liste: &Kodeliste) {
    x.i("xs:simpleType", &[("name", liste.navn)], |x| {
        x.i("xs:restriction", &[("base", "xs:string")], |x| {
            for (kode, tekst) in liste.koder {
                x.i("xs:enumeration", &[("value", kode)], |x| merknad(x, tekst));
            }
        });
    });
}
