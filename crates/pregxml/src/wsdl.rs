//! The WSDL of the service at the address that it has: one port of SOAP 1.2 and one of SOAP 1.1.
//!
//! Both ask for a user name over TLS. That of SOAP 1.2 has WS-Addressing as the other face has; that of SOAP 1.1 is for clients without it.
//! What newcomers get wrong: the faults are declared here, unlike in the HL7 face, so a client gets them as typed exceptions.

use preg::Operasjoner as _;
use preg::wsdl::{NAVNEROM_POLICY, brukernavnpolicy};
use preg::xml::Skriver;

use crate::{NAVNEROM, Operasjon};

const HTTP: &str = "http://schemas.xmlsoap.org/soap/http";

/// One port: its name, prefix of its binding, whether WS-Addressing is used.
struct Port {
    navn: &'static str,
    prefiks: &'static str,
    adressering: bool,
}

const PORTER: [Port; 2] = [
    Port {
        navn: "soap12",
        prefiks: "soap12",
        adressering: true,
    },
    Port {
        navn: "soap11",
        prefiks: "soap",
        adressering: false,
    },
];

/// `wsa:Action` of the typed fault.
#[must_use]
pub fn feilhandling() -> String {
    format!("{NAVNEROM}:Fault")
}

/// The WSDL of a service at this address; `xsd` is where its schema lies.
#[must_use]
pub fn wsdl(adresse: &str, xsd: &str) -> String {
    let mut x = Skriver::new();
    x.raa("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    let mut rom = vec![
        ("xmlns:wsdl", "http://schemas.xmlsoap.org/wsdl/"),
        ("xmlns:soap", "http://schemas.xmlsoap.org/wsdl/soap/"),
        ("xmlns:soap12", "http://schemas.xmlsoap.org/wsdl/soap12/"),
        ("xmlns:xsd", "http://www.w3.org/2001/XMLSchema"),
        ("xmlns:tns", NAVNEROM),
        ("name", "Personregister"),
        ("targetNamespace", NAVNEROM),
    ];
    rom.extend(NAVNEROM_POLICY);
    x.i("wsdl:definitions", &rom, |x| {
        for port in PORTER {
            brukernavnpolicy(x, &format!("{}_policy", port.navn), port.adressering);
        }
        x.i("wsdl:types", &[], |x| {
            x.i("xsd:schema", &[], |x| {
                x.tom("xsd:import", &[("namespace", NAVNEROM), ("schemaLocation", xsd)]);
            });
        });
        meldinger(x);
        porttype(x);
        PORTER.iter().for_each(|port| binding(x, port));
        x.i("wsdl:service", &[("name", "Personregister")], |x| {
            for port in PORTER {
                let navn = [("name", port.navn), ("binding", &format!("tns:{}", port.navn))];
                x.i("wsdl:port", &navn, |x| {
                    x.tom(&format!("{}:address", port.prefiks), &[("location", adresse)]);
                });
            }
        });
    });
    x.ferdig()
}

fn melding(x: &mut Skriver, navn: &str, del: &str, element: &str) {
    x.i("wsdl:message", &[("name", navn)], |x| {
        x.tom("wsdl:part", &[("name", del), ("element", &format!("tns:{element}"))]);
    });
}

fn meldinger(x: &mut Skriver) {
    for operasjon in Operasjon::ALLE {
        let navn = operasjon.navn();
        melding(x, &format!("{navn}In"), "parameters", navn);
        melding(x, &format!("{navn}Out"), "parameters", operasjon.svarnavn());
    }
    melding(x, "Fault", "fault", "Fault");
}

fn porttype(x: &mut Skriver) {
    x.i("wsdl:portType", &[("name", "Personregister")], |x| {
        for operasjon in Operasjon::ALLE {
            let navn = operasjon.navn();
            x.i("wsdl:operation", &[("name", navn)], |x| {
                x.tekst(
                    "wsdl:documentation",
                    &[],
                    crate::kontrakt::foresporsel(operasjon).merknad,
                );
                for (element, melding, handling) in [
                    ("wsdl:input", "In", operasjon.handling()),
                    ("wsdl:output", "Out", operasjon.svarhandling()),
                ] {
                    let melding = format!("tns:{navn}{melding}");
                    x.tom(element, &[("message", &melding), ("wsaw:Action", &handling)]);
                }
                let feil = [
                    ("name", "Fault"),
                    ("message", "tns:Fault"),
                    ("wsaw:Action", &feilhandling()),
                ];
                x.tom("wsdl:fault", &feil);
            });
        }
    });
}

fn binding(x: &mut Skriver, port: &Port) {
    let soap = |navn: &str| format!("{}:{navn}", port.prefiks);
    let navn = [("name", port.navn), ("type", "tns:Personregister")];
    x.i("wsdl:binding", &navn, |x| {
        x.tom("wsp:PolicyReference", &[("URI", &format!("#{}_policy", port.navn))]);
        x.tom(&soap("binding"), &[("transport", HTTP), ("style", "document")]);
        for operasjon in Operasjon::ALLE {
            x.i("wsdl:operation", &[("name", operasjon.navn())], |x| {
                let handling = operasjon.handling();
                x.tom(&soap("operation"), &[("soapAction", &handling), ("style", "document")]);
                for retning in ["wsdl:input", "wsdl:output"] {
                    x.i(retning, &[], |x| x.tom(&soap("body"), &[("use", "literal")]));
                }
                x.i("wsdl:fault", &[("name", "Fault")], |x| {
                    x.tom(&soap("fault"), &[("name", "Fault"), ("use", "literal")]);
                });
            });
        }
    });
}
