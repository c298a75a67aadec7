//! Our schemas and the public ones, unfolded from their roots: the same elements in the same order, as many times, with the
//! same texts allowed. Names of types do not count.

use meldinger::skjema::{Form, til_xsd};
use meldinger::tre::{self, Element};

use crate::dommere::skjemaer;
use crate::kontrakter::sted;

const XS: &str = "http://www.w3.org/2001/XMLSchema";

struct Utbretter<'x> {
    xsd: &'x Element,
    ut: Vec<String>,
}

fn attributt<'e>(element: &'e Element, navn: &str) -> Option<&'e str> {
    let funnet = element.attributter.iter().find(|(_, n, _)| n == navn);
    funnet.map(|(_, _, verdi)| verdi.as_str())
}

fn antall(element: &Element) -> String {
    let [minst, hoeyst] = ["minOccurs", "maxOccurs"].map(|n| attributt(element, n).unwrap_or("1"));
    format!("{minst}..{hoeyst}")
}

impl<'x> Utbretter<'x> {
    fn ved_navn(&self, slag: &str, navn: &str) -> Option<&'x Element> {
        self.xsd
            .barn
            .iter()
            .find(|t| t.navn == slag && attributt(t, "name") == Some(navn))
    }

    fn alt(mut self) -> Vec<String> {
        self.ut
            .push(format!("navnerom {:?}", attributt(self.xsd, "targetNamespace")));
        self.ut
            .push(format!("form {:?}", attributt(self.xsd, "elementFormDefault")));
        for rot in self.xsd.alle("element") {
            self.element(rot, "");
        }
        self.ut
    }

    fn element(&mut self, element: &'x Element, sti: &str) {
        if let Some(annet) = attributt(element, "ref") {
            self.ut.push(format!("{sti} {annet} {}", antall(element)));
            return;
        }
        let sti = format!("{sti}/{}", attributt(element, "name").unwrap());
        let nil = attributt(element, "nillable").unwrap_or("false");
        self.ut.push(format!("{sti} {} nillable={nil}", antall(element)));
        if let Some(gruppe) = element.ett("complexType") {
            self.gruppe(gruppe, &sti);
        } else if let Some(tekst) = element.ett("simpleType") {
            self.tekst(tekst, &sti);
        } else if let Some(t) = attributt(element, "type") {
            self.av_type(t, &sti);
        } else {
            self.ut.push(format!("{sti} hva som helst"));
        }
    }

    fn av_type(&mut self, t: &str, sti: &str) {
        if let Some(gruppe) = self.ved_navn("complexType", t) {
            self.gruppe(gruppe, sti);
        } else if let Some(tekst) = self.ved_navn("simpleType", t) {
            self.tekst(tekst, sti);
        } else {
            self.ut.push(format!("{sti} er {}", t.rsplit(':').next().unwrap()));
        }
    }

    fn gruppe(&mut self, gruppe: &'x Element, sti: &str) {
        if let Some(abstrakt) = attributt(gruppe, "abstract") {
            self.ut.push(format!("{sti} abstrakt={abstrakt}"));
        }
        let innhold = match gruppe.ett("complexContent").and_then(|i| i.ett("extension")) {
            Some(utvidelse) => {
                let av = self
                    .ved_navn("complexType", attributt(utvidelse, "base").unwrap())
                    .unwrap();
                self.gruppe(av, sti);
                utvidelse
            }
            None => gruppe,
        };
        for del in &innhold.barn {
            match del.navn.as_str() {
                "sequence" if antall(del) == "1..1" => self.leddene(del, sti),
                "sequence" | "choice" => self.ledd(del, sti),
                _ => assert_eq!(del.navn, "annotation", "{sti}"),
            }
        }
    }

    fn leddene(&mut self, del: &'x Element, sti: &str) {
        for ledd in &del.barn {
            self.ledd(ledd, sti);
        }
    }

    fn ledd(&mut self, ledd: &'x Element, sti: &str) {
        assert_eq!(ledd.navnerom, XS);
        match ledd.navn.as_str() {
            "element" => self.element(ledd, sti),
            "annotation" => {}
            navn @ ("sequence" | "choice") => {
                self.ut.push(format!("{sti} {navn} {} {{", antall(ledd)));
                self.leddene(ledd, sti);
                self.ut.push(format!("{sti} }}"));
            }
            annet => panic!("{sti} {annet}"),
        }
    }

    fn tekst(&mut self, tekst: &'x Element, sti: &str) {
        let krav = tekst.ett("restriction").unwrap();
        let mut alle = Vec::new();
        for krav in krav.barn.iter().filter(|k| k.navn != "annotation") {
            alle.push(format!("{}={}", krav.navn, attributt(krav, "value").unwrap()));
        }
        alle.sort();
        if !alle.is_empty() {
            self.ut.push(format!("{sti} {}", alle.join(" ")));
        }
        self.av_type(attributt(krav, "base").unwrap(), sti);
    }
}

#[test]
fn our_schemas_say_what_the_public_ones_say() {
    let Some(mappe) = sted("folkeregister/kontrakter") else {
        return;
    };
    for (fil, skjema) in skjemaer() {
        let vaart = til_xsd(&skjema, Form::Fullstendig);
        let deres = std::fs::read(mappe.join(format!("{fil}.xsd"))).unwrap();
        let utbrett = |xsd: &[u8]| {
            let xsd = tre::les(xsd).unwrap();
            let ut = Vec::new();
            Utbretter { xsd: &xsd, ut }.alt()
        };
        let (vaart, deres) = (utbrett(vaart.as_bytes()), utbrett(&deres));
        assert!(deres.len() > 20, "{fil}");
        for (a, b) in vaart.iter().zip(&deres) {
            assert_eq!(a, b, "{fil}");
        }
        assert_eq!(vaart.len(), deres.len(), "{fil}");
    }
}
