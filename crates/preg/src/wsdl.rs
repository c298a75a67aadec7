//! Our own WSDL and the schema of the wrappers, made at the address that the service has.
//!
//! Two ports at one address. `WSHttpBinding_IPersonRegistry` is the published one with its policy, which asks for
//! WS-SecureConversation; `username` asks for a user name alone, for clients that are not WCF. What newcomers get wrong: the
//! ports are two descriptions of one place, and whoever reads what comes there reads both (`samtale::les`).
//! Source: `PersonRegistry.wsdl`; README of the contract, 3.1 and 3.3.

use crate::hl7;
use crate::operasjon::{NAVNEROM, Operasjon};
use crate::xml::Skriver;

/// Where the schemas lie, as the WSDL and one another refer to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lenker {
    /// That of wrappers.
    pub omslag: String,
    /// That of HL7's types.
    pub hl7: String,
}

impl Lenker {
    /// Beside the service, as WCF has them.
    #[must_use]
    pub fn ved(adresse: &str) -> Self {
        Lenker {
            omslag: format!("{adresse}?xsd=xsd0"),
            hl7: format!("{adresse}?xsd=xsd1"),
        }
    }
}

/// Prefixes of a policy, as attributes of the root.
pub const NAVNEROM_POLICY: [(&str, &str); 4] = [
    ("xmlns:wsp", "http://schemas.xmlsoap.org/ws/2004/09/policy"),
    ("xmlns:sp", "http://schemas.xmlsoap.org/ws/2005/07/securitypolicy"),
    ("xmlns:wsu", crate::konvolutt::NS_SIKKERHETSVERKTOEY),
    ("xmlns:wsaw", "http://www.w3.org/2006/05/addressing/wsdl"),
];

const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";
const PUBLISERT: &str = "WSHttpBinding_IPersonRegistry";
const BRUKERNAVN: &str = "username";
const TIL_MOTTAKER: &str = "http://schemas.xmlsoap.org/ws/2005/07/securitypolicy/IncludeToken/AlwaysToRecipient";

/// The schema of wrappers: an element for each request and each answer.
#[must_use]
pub fn omslag(lenker: &Lenker) -> String {
    let mut x = Skriver::new();
    x.raa("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    let rom = [
        ("xmlns:xs", "http://www.w3.org/2001/XMLSchema"),
        ("xmlns:hl7", hl7::NAVNEROM),
        ("elementFormDefault", "qualified"),
        ("targetNamespace", NAVNEROM),
    ];
    x.i("xs:schema", &rom, |x| {
        x.tom(
            "xs:import",
            &[("namespace", hl7::NAVNEROM), ("schemaLocation", &lenker.hl7)],
        );
        for operasjon in Operasjon::ALLE {
            let navn = operasjon.navn();
            ett_omslag(x, navn, operasjon.del(), operasjon.foresporselstype());
            ett_omslag(
                x,
                &format!("{navn}Response"),
                &format!("{navn}Result"),
                operasjon.svartype(),
            );
        }
    });
    x.ferdig()
}

fn ett_omslag(x: &mut Skriver, navn: &str, del: &str, slag: &str) {
    let slag = format!("hl7:{slag}");
    x.i("xs:element", &[("name", navn)], |x| {
        x.i("xs:complexType", &[], |x| {
            x.i("xs:sequence", &[], |x| {
                let del = [
                    ("minOccurs", "0"),
                    ("maxOccurs", "1"),
                    ("name", del),
                    ("type", slag.as_str()),
                ];
                x.tom("xs:element", &del);
            });
        });
    });
}

/// The WSDL of a service at this address.
#[must_use]
pub fn wsdl(adresse: &str, lenker: &Lenker) -> String {
    let mut x = Skriver::new();
    x.raa("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    let rom = [
        ("xmlns:wsdl", WSDL),
        ("xmlns:soap12", "http://schemas.xmlsoap.org/wsdl/soap12/"),
        ("xmlns:tns", NAVNEROM),
        ("xmlns:xsd", "http://www.w3.org/2001/XMLSchema"),
        NAVNEROM_POLICY[0],
        NAVNEROM_POLICY[1],
        NAVNEROM_POLICY[2],
        NAVNEROM_POLICY[3],
        ("xmlns:wsa10", crate::konvolutt::NS_ADRESSERING),
        ("name", "PersonRegistry"),
        ("targetNamespace", NAVNEROM),
    ];
    x.i("wsdl:definitions", &rom, |x| {
        policy(x, &format!("{PUBLISERT}_policy"), samtale);
        policy(x, BRUKERNAVN, brukernavn);
        typer(x, lenker);
        meldinger(x);
        porttype(x);
        binding(x, PUBLISERT, &format!("#{PUBLISERT}_policy"));
        binding(x, BRUKERNAVN, &format!("#{BRUKERNAVN}"));
        x.i("wsdl:service", &[("name", "PersonRegistry")], |x| {
            port(x, PUBLISERT, adresse);
            port(x, BRUKERNAVN, adresse);
        });
    });
    x.ferdig()
}

fn typer(x: &mut Skriver, lenker: &Lenker) {
    x.i("wsdl:types", &[], |x| {
        x.i(
            "xsd:schema",
            &[("targetNamespace", &format!("{NAVNEROM}Imports"))],
            |x| {
                for (sted, rom) in [(&lenker.omslag, NAVNEROM), (&lenker.hl7, hl7::NAVNEROM)] {
                    x.tom("xsd:import", &[("schemaLocation", sted), ("namespace", rom)]);
                }
            },
        );
    });
}

fn melding(operasjon: Operasjon, retning: &str) -> String {
    format!("IPersonRegistry_{}_{retning}Message", operasjon.navn())
}

fn meldinger(x: &mut Skriver) {
    for operasjon in Operasjon::ALLE {
        for (retning, slutt) in [("Input", ""), ("Output", "Response")] {
            x.i("wsdl:message", &[("name", &melding(operasjon, retning))], |x| {
                let element = format!("tns:{}{slutt}", operasjon.navn());
                x.tom("wsdl:part", &[("name", "parameters"), ("element", &element)]);
            });
        }
    }
}

fn porttype(x: &mut Skriver) {
    x.i("wsdl:portType", &[("name", "IPersonRegistry")], |x| {
        for operasjon in Operasjon::ALLE {
            x.i("wsdl:operation", &[("name", operasjon.navn())], |x| {
                for (element, retning, handling) in [
                    ("wsdl:input", "Input", operasjon.handling()),
                    ("wsdl:output", "Output", operasjon.svarhandling()),
                ] {
                    let melding = format!("tns:{}", melding(operasjon, retning));
                    x.tom(element, &[("wsaw:Action", &handling), ("message", &melding)]);
                }
            });
        }
    });
}

fn binding(x: &mut Skriver, navn: &str, policy: &str) {
    x.i(
        "wsdl:binding",
        &[("name", navn), ("type", "tns:IPersonRegistry")],
        |x| {
            x.tom("wsp:PolicyReference", &[("URI", policy)]);
            x.tom(
                "soap12:binding",
                &[("transport", "http://schemas.xmlsoap.org/soap/http")],
            );
            for operasjon in Operasjon::ALLE {
                x.i("wsdl:operation", &[("name", operasjon.navn())], |x| {
                    let handling = operasjon.handling();
                    x.tom("soap12:operation", &[("soapAction", &handling), ("style", "document")]);
                    for retning in ["wsdl:input", "wsdl:output"] {
                        x.i(retning, &[], |x| x.tom("soap12:body", &[("use", "literal")]));
                    }
                });
            }
        },
    );
}

fn port(x: &mut Skriver, navn: &str, adresse: &str) {
    x.i(
        "wsdl:port",
        &[("name", navn), ("binding", &format!("tns:{navn}"))],
        |x| {
            x.tom("soap12:address", &[("location", adresse)]);
            x.i("wsa10:EndpointReference", &[], |x| {
                x.tekst("wsa10:Address", &[], adresse);
                let rom = [("xmlns", "http://schemas.xmlsoap.org/ws/2006/02/addressingidentity")];
                x.i("Identity", &rom, |x| x.tekst("Dns", &[], vert(adresse)));
            });
        },
    );
}

// The host of an address, without port.
fn vert(adresse: &str) -> &str {
    let uten_skjema = adresse.split_once("://").map_or(adresse, |(_, resten)| resten);
    let vert = uten_skjema.split(['/', '?', '#']).next().unwrap_or_default();
    match vert.strip_prefix('[').and_then(|v| v.split_once(']')) {
        Some((ipv6, _)) => ipv6,
        None => vert.split(':').next().unwrap_or_default(),
    }
}

fn policy(x: &mut Skriver, id: &str, inni: impl FnOnce(&mut Skriver)) {
    x.i("wsp:Policy", &[("wsu:Id", id)], |x| {
        x.i("wsp:ExactlyOne", &[], |x| {
            x.i("wsp:All", &[], |x| {
                inni(x);
                x.tom("wsaw:UsingAddressing", &[]);
            });
        });
    });
}

/// An element with a policy in it.
fn med_policy(x: &mut Skriver, navn: &str, attributter: &[(&str, &str)], inni: impl FnOnce(&mut Skriver)) {
    x.i(navn, attributter, |x| x.i("wsp:Policy", &[], inni));
}

fn transport(x: &mut Skriver) {
    med_policy(x, "sp:TransportBinding", &[], |x| {
        med_policy(x, "sp:TransportToken", &[], |x| {
            x.tom("sp:HttpsToken", &[("RequireClientCertificate", "false")]);
        });
        med_policy(x, "sp:AlgorithmSuite", &[], |x| x.tom("sp:Basic256", &[]));
        med_policy(x, "sp:Layout", &[], |x| x.tom("sp:Strict", &[]));
        x.tom("sp:IncludeTimestamp", &[]);
    });
}

fn brukernavntoken(x: &mut Skriver) {
    med_policy(x, "sp:SignedSupportingTokens", &[], |x| {
        med_policy(x, "sp:UsernameToken", &[("sp:IncludeToken", TIL_MOTTAKER)], |x| {
            x.tom("sp:WssUsernameToken10", &[]);
        });
    });
}

fn wss11(x: &mut Skriver) {
    x.i("sp:Wss11", &[], |x| x.tom("wsp:Policy", &[]));
}

fn trust10(x: &mut Skriver) {
    med_policy(x, "sp:Trust10", &[], |x| {
        x.tom("sp:MustSupportIssuedTokens", &[]);
        x.tom("sp:RequireClientEntropy", &[]);
        x.tom("sp:RequireServerEntropy", &[]);
    });
}

/// The policy of a port that asks for a user name over TLS, for the WSDL of another service: the prefixes `wsp`, `sp`, `wsu` and
/// `wsaw` must stand for what they stand for here. `adressering`: whether WS-Addressing is said to be used.
pub fn brukernavnpolicy(x: &mut Skriver, id: &str, adressering: bool) {
    x.i("wsp:Policy", &[("wsu:Id", id)], |x| {
        x.i("wsp:ExactlyOne", &[], |x| {
            x.i("wsp:All", &[], |x| {
                brukernavn(x);
                if adressering {
                    x.tom("wsaw:UsingAddressing", &[]);
                }
            });
        });
    });
}

fn brukernavn(x: &mut Skriver) {
    transport(x);
    brukernavntoken(x);
}

fn samtale(x: &mut Skriver) {
    transport(x);
    med_policy(x, "sp:EndorsingSupportingTokens", &[], |x| {
        med_policy(
            x,
            "sp:SecureConversationToken",
            &[("sp:IncludeToken", TIL_MOTTAKER)],
            |x| {
                med_policy(x, "sp:BootstrapPolicy", &[], |x| {
                    x.i("sp:SignedParts", &[], |x| {
                        x.tom("sp:Body", &[]);
                        for navn in ["To", "From", "FaultTo", "ReplyTo", "MessageID", "RelatesTo", "Action"] {
                            let rom = crate::konvolutt::NS_ADRESSERING;
                            x.tom("sp:Header", &[("Name", navn), ("Namespace", rom)]);
                        }
                    });
                    x.i("sp:EncryptedParts", &[], |x| x.tom("sp:Body", &[]));
                    transport(x);
                    brukernavntoken(x);
                    wss11(x);
                    trust10(x);
                });
            },
        );
    });
    wss11(x);
    trust10(x);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_an_address_is_found() {
        for (adresse, ventet) in [
            ("https://preg.example/a/b.svc?x", "preg.example"),
            ("https://127.0.0.1:8443/PersonRegistry.svc", "127.0.0.1"),
            ("https://[::1]:8443/x", "::1"),
            ("preg.example", "preg.example"),
        ] {
            assert_eq!(vert(adresse), ventet);
        }
    }
}
