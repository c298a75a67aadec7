//! How a schema is written: elements, complex types, code lists and text forms.

use std::collections::BTreeMap;

use crate::skjema::{Art, Felt, Kodeliste, Skjema, Tekstform};
use crate::xml::Side;
use crate::xml::skriv::{deklarasjon, skriv_attributt, skriv_tekst};

/// How often an element may stand.
#[derive(Clone, Copy)]
pub(super) enum Antall {
    En,
    HoeyestEn,
    MinstEn,
    Flere,
}

/// A schema under way.
pub(super) struct Skriver {
    ut: Vec<u8>,
    innrykk: usize,
}

impl Skriver {
    pub(super) fn new(navnerom: &str, beskrivelse: &str) -> Self {
        let mut ny = Skriver {
            ut: Vec::with_capacity(64 * 1024),
            innrykk: 0,
        };
        deklarasjon(&mut ny.ut);
        ny.ut.push(b'\n');
        ny.aapne(
            "schema",
            &[
                ("xmlns", navnerom),
                ("xmlns:xsd", "http://www.w3.org/2001/XMLSchema"),
                ("targetNamespace", navnerom),
                ("elementFormDefault", "qualified"),
                ("attributeFormDefault", "unqualified"),
            ],
        );
        ny.aapne("annotation", &[]);
        ny.linje(|ut| {
            ut.extend_from_slice(b"<xsd:documentation>");
            skriv_tekst(ut, beskrivelse);
            ut.extend_from_slice(b"</xsd:documentation>");
        });
        ny.lukk("annotation");
        ny
    }

    pub(super) fn slutt(mut self) -> String {
        self.lukk("schema");
        // Every piece that was written is text.
        String::from_utf8(self.ut).unwrap_or_default()
    }

    pub(super) fn rot(&mut self, navn: &str, navn_paa_type: &str) {
        self.tom("element", &[("name", navn), ("type", navn_paa_type)]);
    }

    pub(super) fn start_type(&mut self, navn: &str) {
        self.aapne("complexType", &[("name", navn)]);
        self.aapne("sequence", &[]);
    }

    pub(super) fn slutt_type(&mut self) {
        self.lukk("sequence");
        self.lukk("complexType");
    }

    pub(super) fn start_utvidelse(&mut self, navn: &str, basis: &str) {
        self.aapne("complexType", &[("name", navn)]);
        self.aapne("complexContent", &[]);
        self.aapne("extension", &[("base", basis)]);
        self.aapne("sequence", &[]);
    }

    pub(super) fn slutt_utvidelse(&mut self) {
        for navn in ["sequence", "extension", "complexContent", "complexType"] {
            self.lukk(navn);
        }
    }

    pub(super) fn start_valg(&mut self) {
        self.aapne("choice", &[("minOccurs", "0")]);
    }

    pub(super) fn slutt_valg(&mut self) {
        self.lukk("choice");
    }

    pub(super) fn element(&mut self, navn: &str, navn_paa_type: &str, antall: Antall) {
        let mut attributter = vec![("name", navn), ("type", navn_paa_type)];
        if matches!(antall, Antall::HoeyestEn | Antall::Flere) {
            attributter.push(("minOccurs", "0"));
        }
        if matches!(antall, Antall::MinstEn | Antall::Flere) {
            attributter.push(("maxOccurs", "unbounded"));
        }
        self.tom("element", &attributter);
    }

    /// The fields of a type; those that exclude each other as one choice, which may be left out.
    pub(super) fn felter(&mut self, side: Side, skjema: &Skjema) {
        let mut i_valg = false;
        for felt in skjema.felter {
            let er_valg = skjema.valg.contains(&felt.navn);
            match (i_valg, er_valg) {
                (false, true) => self.start_valg(),
                (true, false) => self.slutt_valg(),
                _ => {}
            }
            i_valg = er_valg;
            if er_valg && !felt.liste {
                self.element(navn_paa(side, felt), typenavn(felt.art), Antall::En);
            } else {
                self.felt(side, felt);
            }
        }
        if i_valg {
            self.slutt_valg();
        }
    }

    pub(super) fn felt(&mut self, side: Side, felt: &Felt) {
        let krevd = match side {
            Side::Person => felt.krevd,
            Side::Hendelse => felt.krevd_i_hendelse(),
        };
        let antall = match (krevd && felt.klasse.is_none(), felt.liste) {
            (true, true) => Antall::MinstEn,
            (true, false) => Antall::En,
            (false, true) => Antall::Flere,
            (false, false) => Antall::HoeyestEn,
        };
        self.element(navn_paa(side, felt), typenavn(felt.art), antall);
    }

    /// An element of another namespace, checked where the validator has its schema.
    pub(super) fn hva_som_helst(&mut self, navnerom: &str) {
        self.tom("any", &[("namespace", navnerom), ("processContents", "lax")]);
    }

    pub(super) fn attributtype(&mut self, navn: &str, attributter: &[&str]) {
        self.aapne("complexType", &[("name", navn)]);
        for attributt in attributter {
            self.tom(
                "attribute",
                &[("name", attributt), ("type", "xsd:string"), ("use", "required")],
            );
        }
        self.lukk("complexType");
    }

    pub(super) fn kodeliste(&mut self, navn: &str, verdier: impl IntoIterator<Item = &'static str>) {
        self.aapne("simpleType", &[("name", navn)]);
        self.aapne("restriction", &[("base", "xsd:string")]);
        for verdi in verdier {
            self.tom("enumeration", &[("value", verdi)]);
        }
        self.lukk("restriction");
        self.lukk("simpleType");
    }

    pub(super) fn grunntype(&mut self, navn: &str, basis: &str) {
        self.aapne("simpleType", &[("name", navn)]);
        self.tom("restriction", &[("base", basis)]);
        self.lukk("simpleType");
    }

    pub(super) fn tekstform(&mut self, form: &Tekstform) {
        let navn = formnavn(form);
        if form.navn == "Aarstall" {
            return self.grunntype(navn, "xsd:gYear");
        }
        let basis = if form.navn == "Tekst" { "xsd:string" } else { "Tekst" };
        self.aapne("simpleType", &[("name", navn)]);
        self.aapne("restriction", &[("base", basis)]);
        // Every pattern of the model bounds the length itself.
        match form.moenster {
            Some(moenster) => self.tom("pattern", &[("value", moenster)]),
            None => self.tom("maxLength", &[("value", &form.lengde_maks.to_string())]),
        }
        self.lukk("restriction");
        self.lukk("simpleType");
    }

    fn linje(&mut self, innhold: impl FnOnce(&mut Vec<u8>)) {
        self.ut.resize(self.ut.len() + 2 * self.innrykk, b' ');
        innhold(&mut self.ut);
        self.ut.push(b'\n');
    }

    fn tagg(&mut self, navn: &str, attributter: &[(&str, &str)], slutt: &str) {
        self.linje(|ut| {
            ut.extend_from_slice(b"<xsd:");
            ut.extend_from_slice(navn.as_bytes());
            for (navn, verdi) in attributter {
                ut.push(b' ');
                ut.extend_from_slice(navn.as_bytes());
                ut.extend_from_slice(b"=\"");
                skriv_attributt(ut, verdi);
                ut.push(b'"');
            }
            ut.extend_from_slice(slutt.as_bytes());
        });
    }

    fn tom(&mut self, navn: &str, attributter: &[(&str, &str)]) {
        self.tagg(navn, attributter, "/>");
    }

    fn aapne(&mut self, navn: &str, attributter: &[(&str, &str)]) {
        self.tagg(navn, attributter, ">");
        self.innrykk += 1;
    }

    fn lukk(&mut self, navn: &str) {
        self.innrykk = self.innrykk.saturating_sub(1);
        self.linje(|ut| {
            ut.extend_from_slice(b"</xsd:");
            ut.extend_from_slice(navn.as_bytes());
            ut.push(b'>');
        });
    }
}

/// The simple types that the complex ones use.
#[derive(Default)]
pub(super) struct Enkle {
    former: BTreeMap<&'static str, &'static Tekstform>,
    koder: BTreeMap<&'static str, &'static Kodeliste>,
    grunntyper: BTreeMap<&'static str, &'static str>,
}

impl Enkle {
    pub(super) fn tekstform(&mut self, form: &'static Tekstform) {
        self.former.insert(form.navn, form);
    }

    pub(super) fn noter(&mut self, art: Art) {
        match art {
            Art::Tekst(form) => self.tekstform(form),
            Art::Kode(liste) => {
                self.koder.insert(liste.navn, liste);
            }
            Art::Heltall | Art::Boolsk | Art::Dato | Art::Tidspunkt => {
                self.grunntyper.insert(typenavn(art), grunntype(art));
            }
            Art::Objekt(_) => {}
        }
    }

    pub(super) fn skriv(self, ut: &mut Skriver) {
        for (navn, basis) in self.grunntyper {
            ut.grunntype(navn, basis);
        }
        for form in self.former.into_values() {
            ut.tekstform(form);
        }
        for liste in self.koder.into_values() {
            ut.kodeliste(liste.navn, liste.verdier.iter().chain(liste.senere).copied());
        }
    }
}

fn navn_paa(side: Side, felt: &Felt) -> &'static str {
    match side {
        Side::Person => felt.navn,
        Side::Hendelse => felt.navn_i_hendelse(),
    }
}

fn typenavn(art: Art) -> &'static str {
    match art {
        Art::Tekst(form) => formnavn(form),
        Art::Heltall => "Heltall",
        Art::Boolsk => "Boolsk",
        Art::Dato => "Dato",
        Art::Tidspunkt => "DatoKlokkeslett",
        Art::Kode(liste) => liste.navn,
        Art::Objekt(skjema) => skjema.navn,
    }
}

fn grunntype(art: Art) -> &'static str {
    match art {
        Art::Heltall => "xsd:long",
        Art::Boolsk => "xsd:boolean",
        Art::Dato => "xsd:date",
        Art::Tidspunkt => "xsd:dateTime",
        Art::Tekst(_) | Art::Kode(_) | Art::Objekt(_) => "xsd:string",
    }
}

/// The published name of a text form, where it is another than ours.
fn formnavn(form: &Tekstform) -> &'static str {
    match form.navn {
        "Land2" => "LandkodeIsoAlfa2",
        "Land3" => "LandkodeIsoAlfa3",
        navn => navn,
    }
}
