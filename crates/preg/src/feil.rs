//! SOAP faults: what a request that cannot be answered is answered with.
//!
//! One table of texts, codes and statuses. What is wrong with the *message* of HL7 is not a fault but an acknowledgement
//! (`hl7::kvittering`). What newcomers get wrong: a fault tells the rule and nothing of what was sent, and one for a wrong
//! password is the same, letter by letter, as one for a name that does not exist.

use informasjonsmodell::Lesefeil;

use crate::konvolutt::{NS_ADRESSERING, NS_SIKKERHET, Returadresse, Soapversjon};
use crate::operasjon::NAVNEROM;
use crate::samtale::{SAMTALE_DES, SAMTALE_FEB, TILLIT_DES, TILLIT_FEB, Utgave};
use crate::xml::Skriver;

/// Why a request has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Feil {
    /// User name or password.
    #[error("At least one security token in the message could not be validated.")]
    Innlogging,
    /// The security header: absent, of a form that is not taken, or its timestamp is outside the window.
    #[error("An error occurred when verifying security for the message.")]
    Sikkerhet,
    /// There is no such conversation, or not any more: the client opens another.
    #[error("The security context of the message is not known here, or has ended.")]
    UkjentSamtale(Utgave),
    /// What is asked of a conversation cannot be read, or is not of the one that it is asked in.
    #[error("The request for a security token is not valid.")]
    Anmodning(Utgave),
    /// No operation has this action or this element in the body.
    #[error("The action or the body of the message belongs to no operation of this service.")]
    UkjentHandling,
    /// Action and body, or the action of the transport and that of the message, are of two operations.
    #[error("The action of the message does not fit its body.")]
    HandlingPasserIkke,
    /// Neither the message nor the transport states an action.
    #[error("The message states no action.")]
    HandlingMangler,
    /// An addressing header twice, or too long.
    #[error("An addressing header is not valid.")]
    Adressehode,
    /// Answers go back over the same connection, and nowhere else.
    #[error("Answers are sent to the anonymous address only.")]
    BareAnonymt,
    /// A header that must be understood, and is not.
    #[error("A header that must be understood is not known here.")]
    MaaForstaas,
    /// An envelope of neither SOAP 1.1 nor 1.2.
    #[error("The envelope is of neither SOAP 1.1 nor SOAP 1.2.")]
    Soapversjon,
    /// Not well-formed, with a DTD, too large or too deep.
    #[error("The message is not XML that is read here: {}", engelsk(.0))]
    Xml(Lesefeil),
    /// XML, but no envelope with one body with one element.
    #[error("The message is not an envelope with one body that holds one element.")]
    Form,
    /// No service at this path. Has no body: HTTP 404.
    #[error("no service here")]
    FeilSti,
    /// The day that the service ends has come. Says where to go instead.
    #[error("This service is retired; use Persontjenesten.")]
    Avviklet,
    /// Our own mistake; what it was is in our log.
    #[error("The service failed; nothing was changed.")]
    Intern,
}

// The guard speaks Norwegian, and this contract English. Place and rule, never what was sent.
fn engelsk(feil: &Lesefeil) -> String {
    match &feil.grunn {
        informasjonsmodell::Grunn::IkkeXml(byte) => format!("not well-formed at byte {byte}."),
        _ => "a limit on size, depth or number, or something that is not allowed (DTD, entity, encoding).".to_owned(),
    }
}

/// Namespace and name of a code below that of SOAP.
type Underkode = (&'static str, &'static str);

/// How a fault looks.
struct Form {
    /// HTTP status. Source: README of the contract, 3.5.
    status: u16,
    /// SOAP 1.2's code, without prefix; SOAP 1.1 has its own names for two of them.
    kode: &'static str,
    underkoder: &'static [Underkode],
}

impl Feil {
    // One match, no wildcard arm. Source: README of the contract, 3.5; SOAP 1.2 part 1, 5.4.6; WS-Addressing 1.0 SOAP
    // Binding, 6.4; Web Services Security 1.1, 12; WS-SecureConversation, 9; WS-Trust, 11.
    fn form(&self) -> Form {
        let (status, kode, underkoder): (u16, &'static str, &'static [Underkode]) = match self {
            Feil::Innlogging => (500, "Sender", &[(NS_SIKKERHET, "FailedAuthentication")]),
            Feil::Sikkerhet => (500, "Sender", &[(NS_SIKKERHET, "InvalidSecurity")]),
            Feil::UkjentSamtale(Utgave::Feb2005) => (500, "Sender", &[(SAMTALE_FEB, "BadContextToken")]),
            Feil::UkjentSamtale(Utgave::Des2005) => (500, "Sender", &[(SAMTALE_DES, "BadContextToken")]),
            Feil::Anmodning(Utgave::Feb2005) => (500, "Sender", &[(TILLIT_FEB, "InvalidRequest")]),
            Feil::Anmodning(Utgave::Des2005) => (500, "Sender", &[(TILLIT_DES, "InvalidRequest")]),
            Feil::UkjentHandling => (500, "Sender", &[(NS_ADRESSERING, "ActionNotSupported")]),
            Feil::HandlingPasserIkke => (
                500,
                "Sender",
                &[
                    (NS_ADRESSERING, "InvalidAddressingHeader"),
                    (NS_ADRESSERING, "ActionMismatch"),
                ],
            ),
            Feil::HandlingMangler => (500, "Sender", &[(NS_ADRESSERING, "MessageAddressingHeaderRequired")]),
            Feil::Adressehode => (500, "Sender", &[(NS_ADRESSERING, "InvalidAddressingHeader")]),
            Feil::BareAnonymt => (
                500,
                "Sender",
                &[
                    (NS_ADRESSERING, "InvalidAddressingHeader"),
                    (NS_ADRESSERING, "OnlyAnonymousAddressSupported"),
                ],
            ),
            Feil::MaaForstaas => (500, "MustUnderstand", &[]),
            Feil::Soapversjon => (500, "VersionMismatch", &[]),
            Feil::Xml(_) | Feil::Form => (400, "Sender", &[]),
            Feil::FeilSti => (404, "Sender", &[]),
            Feil::Avviklet => (500, "Receiver", &[(NAVNEROM, "ServiceRetired")]),
            Feil::Intern => (500, "Receiver", &[]),
        };
        Form {
            status,
            kode,
            underkoder,
        }
    }

    /// The fault as an HTTP answer.
    ///
    /// Shape: `relates_to` is the message id of the request, where it had one; `adressert` says whether the request had
    /// headers of WS-Addressing, since one without is not answered with them.
    #[must_use]
    pub fn svar(&self, versjon: Soapversjon, adressert: bool, relates_to: Option<&str>) -> Feilsvar {
        let form = self.form();
        if *self == Feil::FeilSti {
            return Feilsvar {
                status: form.status,
                innholdstype: None,
                kropp: String::new(),
            };
        }
        let kropp = i_konvolutt(
            versjon,
            adressert,
            relates_to,
            self.handling(&form),
            |x| match versjon {
                Soapversjon::V11 => self.v11(x, &form),
                Soapversjon::V12 => self.v12(x, &form),
            },
        );
        Feilsvar {
            status: form.status,
            innholdstype: Some(versjon.innholdstype()),
            kropp,
        }
    }

    // WS-Addressing 1.0 SOAP Binding, 6: its own faults have one action, those of SOAP and others another.
    fn handling(&self, form: &Form) -> &'static str {
        match form.underkoder.first() {
            Some((NS_ADRESSERING, _)) => "http://www.w3.org/2005/08/addressing/fault",
            _ => "http://www.w3.org/2005/08/addressing/soap/fault",
        }
    }

    fn v12(&self, x: &mut Skriver, form: &Form) {
        x.i("s:Code", &[], |x| {
            x.tekst("s:Value", &[], &format!("s:{}", form.kode));
            underkoder(x, form.underkoder);
        });
        x.i("s:Reason", &[], |x| {
            x.tekst("s:Text", &[("xml:lang", "en")], &self.to_string())
        });
    }

    // SOAP 1.1 has room for one code: the narrowest is written (Web Services Security 1.1, 12; for WS-Addressing our choice).
    fn v11(&self, x: &mut Skriver, form: &Form) {
        match form.underkoder.last() {
            Some((ns, kode)) => x.tekst("faultcode", &[("xmlns:f", ns)], &format!("f:{kode}")),
            None => {
                let kode = match form.kode {
                    "Sender" => "Client",
                    "Receiver" => "Server",
                    annen => annen,
                };
                x.tekst("faultcode", &[], &format!("s:{kode}"));
            }
        }
        x.tekst("faultstring", &[("xml:lang", "en")], &self.to_string());
    }
}

fn underkoder(x: &mut Skriver, koder: &[Underkode]) {
    if let Some(((ns, kode), flere)) = koder.split_first() {
        x.i("s:Subcode", &[], |x| {
            x.tekst("s:Value", &[("xmlns:f", ns)], &format!("f:{kode}"));
            // As deep as the table.
            underkoder(x, flere);
        });
    }
}

/// A fault in its envelope.
fn i_konvolutt(
    versjon: Soapversjon,
    adressert: bool,
    relates_to: Option<&str>,
    handling: &str,
    fault: impl FnOnce(&mut Skriver),
) -> String {
    let mut x = Skriver::new();
    x.raa("<?xml version=\"1.0\" encoding=\"utf-8\"?>");
    let mut rom = vec![("xmlns:s", versjon.navnerom())];
    if adressert {
        rom.push(("xmlns:a", NS_ADRESSERING));
    }
    x.i("s:Envelope", &rom, |x| {
        if adressert {
            x.i("s:Header", &[], |x| {
                x.tekst("a:Action", &[("s:mustUnderstand", "1")], handling);
                if let Some(id) = relates_to {
                    x.tekst("a:RelatesTo", &[], id);
                }
            });
        }
        x.i("s:Body", &[], |x| x.i("s:Fault", &[], fault));
    });
    x.ferdig()
}

/// A fault that a service declares in its WSDL: a text for people, and an element of the service's own as the detail.
///
/// `PersonRegistry` declares none (README of the contract, 3.5); Personregister-XML does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tjenestefeil<'f> {
    /// Whether whoever asked can do something about it; else the service failed.
    pub avsenders: bool,
    /// One sentence, of the rule alone.
    pub tekst: &'f str,
    /// Language of the sentence.
    pub spraak: &'f str,
    /// `wsa:Action` of the fault.
    pub handling: &'f str,
    /// The element of the detail, as XML.
    pub detalj: &'f str,
}

impl Tjenestefeil<'_> {
    /// The fault as an HTTP answer: 500, as of all faults that are not about the form.
    #[must_use]
    pub fn svar(&self, retur: &Returadresse) -> Feilsvar {
        let versjon = retur.versjon;
        let relates_to = retur.melding_id.as_deref();
        let kropp = i_konvolutt(versjon, retur.adressert, relates_to, self.handling, |x| match versjon {
            Soapversjon::V11 => {
                let kode = if self.avsenders { "s:Client" } else { "s:Server" };
                x.tekst("faultcode", &[], kode);
                x.tekst("faultstring", &[("xml:lang", self.spraak)], self.tekst);
                x.i("detail", &[], |x| x.raa(self.detalj));
            }
            Soapversjon::V12 => {
                let kode = if self.avsenders { "s:Sender" } else { "s:Receiver" };
                x.i("s:Code", &[], |x| x.tekst("s:Value", &[], kode));
                x.i("s:Reason", &[], |x| {
                    x.tekst("s:Text", &[("xml:lang", self.spraak)], self.tekst)
                });
                x.i("s:Detail", &[], |x| x.raa(self.detalj));
            }
        });
        Feilsvar {
            status: 500,
            innholdstype: Some(versjon.innholdstype()),
            kropp,
        }
    }
}

/// A fault as an HTTP answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feilsvar {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`; `None` where there is no body.
    pub innholdstype: Option<&'static str>,
    /// The envelope, or nothing.
    pub kropp: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use meldinger::tre;

    fn alle() -> Vec<Feil> {
        vec![
            Feil::Innlogging,
            Feil::Sikkerhet,
            Feil::UkjentSamtale(Utgave::Feb2005),
            Feil::UkjentSamtale(Utgave::Des2005),
            Feil::Anmodning(Utgave::Feb2005),
            Feil::Anmodning(Utgave::Des2005),
            Feil::UkjentHandling,
            Feil::HandlingPasserIkke,
            Feil::HandlingMangler,
            Feil::Adressehode,
            Feil::BareAnonymt,
            Feil::MaaForstaas,
            Feil::Soapversjon,
            Feil::Xml(tre::les(b"<a").unwrap_err()),
            Feil::Form,
            Feil::Avviklet,
            Feil::Intern,
        ]
    }

    #[test]
    fn every_fault_is_an_envelope_of_the_version_asked_with_one_code_and_one_text() {
        for feil in alle() {
            for versjon in [Soapversjon::V11, Soapversjon::V12] {
                let svar = feil.svar(versjon, true, Some("urn:uuid:1<&"));
                let rot = tre::les(svar.kropp.as_bytes()).unwrap();
                assert_eq!(rot.navnerom, versjon.navnerom());
                let fault = rot.ett("Body").and_then(|b| b.ett("Fault")).unwrap();
                match versjon {
                    Soapversjon::V11 => {
                        let tekster: Vec<_> = fault.barn.iter().map(|b| b.navn.as_str()).collect();
                        assert_eq!(tekster, ["faultcode", "faultstring"]);
                    }
                    Soapversjon::V12 => {
                        let kode = fault.ett("Code").and_then(|k| k.tekst("Value")).unwrap();
                        assert!(kode.starts_with("s:"));
                        let tekst = fault.ett("Reason").and_then(|r| r.tekst("Text")).unwrap();
                        assert_eq!(tekst, feil.to_string());
                    }
                }
                assert!(matches!(svar.status, 400 | 500));
            }
        }
        let sti = Feil::FeilSti.svar(Soapversjon::V12, true, None);
        assert_eq!((sti.status, sti.innholdstype, sti.kropp.as_str()), (404, None, ""));
    }

    #[test]
    fn a_request_without_addressing_is_not_answered_with_it() {
        let svar = Feil::Intern.svar(Soapversjon::V11, false, None);
        assert!(!svar.kropp.contains("addressing") && svar.kropp.contains("s:Server"));
        let nestet = Feil::HandlingPasserIkke.svar(Soapversjon::V12, true, None).kropp;
        assert!(nestet.contains("f:InvalidAddressingHeader") && nestet.contains("f:ActionMismatch"));
        assert!(nestet.contains("addressing/fault<"));
    }
}
