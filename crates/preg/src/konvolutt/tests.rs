use super::*;

const NAA: &str = "2026-01-14T10:00:00Z";
const PASSORD: &str = "synthetic <word> 93";

fn naa() -> Timestamp {
    NAA.parse().unwrap()
}

/// An envelope with parts that can be changed one at a time.
#[derive(Clone)]
struct Bygger {
    versjon: Soapversjon,
    adressering: String,
    laget: String,
    utloeper: String,
    token: String,
    sikkerhet: Option<String>,
    ekstra: String,
    kropp: String,
    handling: Option<&'static str>,
}

const PASSORDELEMENT: &str = "<o:Password>synthetic &lt;word&gt; 93</o:Password>";

fn god() -> Bygger {
    Bygger {
        versjon: Soapversjon::V12,
        adressering: "<a:Action s:mustUnderstand='1'>http://tempuri.org/IPersonRegistry/AddPerson</a:Action>\
            <a:MessageID>urn:uuid:7</a:MessageID><a:To s:mustUnderstand='1'>https://a.test/b.svc</a:To>"
            .to_owned(),
        laget: "2026-01-14T09:59:00.000Z".to_owned(),
        utloeper: "2026-01-14T10:04:00.000Z".to_owned(),
        token: format!("<o:Username> bruker </o:Username>{PASSORDELEMENT}"),
        sikkerhet: None,
        ekstra: String::new(),
        kropp: "<AddPerson xmlns='http://tempuri.org/'/>".to_owned(),
        handling: None,
    }
}

impl Bygger {
    fn xml(&self) -> String {
        let sikkerhet = self.sikkerhet.clone().unwrap_or_else(|| {
            format!(
                "<o:Security s:mustUnderstand='1'><u:Timestamp><u:Created>{}</u:Created><u:Expires>{}</u:Expires>\
                 </u:Timestamp><o:UsernameToken>{}</o:UsernameToken></o:Security>",
                self.laget, self.utloeper, self.token
            )
        });
        format!(
            "<s:Envelope xmlns:s='{}' xmlns:a='{NS_ADRESSERING}' xmlns:o='{NS_SIKKERHET}' \
             xmlns:u='{NS_SIKKERHETSVERKTOEY}'><s:Header>{}{sikkerhet}{}</s:Header><s:Body>{}</s:Body></s:Envelope>",
            self.versjon.navnerom(),
            self.adressering,
            self.ekstra,
            self.kropp
        )
    }

    fn les(&self) -> Result<Konvolutt, Avslag> {
        les(self.xml().as_bytes(), self.handling, naa())
    }

    #[track_caller]
    fn gir(&self, ventet: Feil) {
        let avslag = self.les().unwrap_err();
        assert_eq!(avslag.feil, ventet);
        let svar = avslag.svar();
        for tekst in [svar.kropp, avslag.to_string(), format!("{avslag:?}")] {
            assert!(!tekst.contains("word") && !tekst.contains("bruker"), "{tekst}");
        }
    }
}

#[test]
fn a_request_of_either_version_is_read_with_and_without_a_byte_order_mark() {
    for versjon in [Soapversjon::V11, Soapversjon::V12] {
        let bygger = Bygger { versjon, ..god() };
        for xml in [bygger.xml(), format!("\u{FEFF}{}", bygger.xml())] {
            let lest = les(xml.as_bytes(), None, naa()).unwrap();
            assert_eq!(lest.operasjon, Operasjon::AddPerson);
            assert_eq!(lest.bruker.brukernavn, "bruker");
            assert_eq!(lest.bruker.passord.byte(), PASSORD.as_bytes());
            assert_eq!(lest.til.as_deref(), Some("https://a.test/b.svc"));
            let retur = Returadresse {
                versjon,
                melding_id: Some("urn:uuid:7".to_owned()),
                adressert: true,
            };
            assert_eq!(lest.retur, retur);
            assert!(!format!("{lest:?} {:?} {:?}", lest.bruker, lest.bruker.passord).contains("word"));
        }
    }
}

#[test]
fn only_a_password_in_plain_text_is_taken() {
    let tekst = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText";
    let med = |token: String| Bygger { token, ..god() };
    assert!(
        med(format!(
            "<o:Username>b</o:Username><o:Password Type='{tekst}'>x</o:Password>"
        ))
        .les()
        .is_ok()
    );
    let digest = tekst.replace("Text", "Digest");
    for token in [
        format!("<o:Username>b</o:Username><o:Password Type='{digest}'>x</o:Password>"),
        "<o:Username>b</o:Username><o:Password Type=''>x</o:Password>".to_owned(),
        format!("<o:Username>b</o:Username>{PASSORDELEMENT}<o:Nonce>AA==</o:Nonce>"),
        format!("<o:Username>b</o:Username>{PASSORDELEMENT}<u:Created>{NAA}</u:Created>"),
        format!("<o:Username>b</o:Username>{PASSORDELEMENT}{PASSORDELEMENT}"),
        format!("<o:Username>b</o:Username><o:Username>c</o:Username>{PASSORDELEMENT}"),
        format!("<o:Username/>{PASSORDELEMENT}"),
        "<o:Username>b</o:Username><o:Password/>".to_owned(),
        "<o:Username>b</o:Username>".to_owned(),
        format!("<o:Username>b</o:Username><o:Password>{}</o:Password>", "x".repeat(257)),
        format!("<o:Username>{}</o:Username>{PASSORDELEMENT}", "x".repeat(257)),
    ] {
        med(token).gir(Feil::Sikkerhet);
    }
}

#[test]
fn the_security_header_is_there_once_and_has_nothing_else() {
    let tid = "<u:Timestamp><u:Created>2026-01-14T09:59:00Z</u:Created><u:Expires>2026-01-14T10:04:00Z</u:Expires></u:Timestamp>";
    let token = format!("<o:UsernameToken><o:Username>b</o:Username>{PASSORDELEMENT}</o:UsernameToken>");
    let hode = |inni: &str| format!("<o:Security>{inni}</o:Security>");
    let helt = format!("{tid}{token}");
    let med = |sikkerhet: String| Bygger {
        sikkerhet: Some(sikkerhet),
        ..god()
    };
    assert!(med(hode(&helt)).les().is_ok());
    for sikkerhet in [
        String::new(),
        hode(tid),
        hode(&token),
        hode(&format!("{helt}{tid}")),
        hode(&format!("{helt}{token}")),
        hode(&format!("{helt}<o:BinarySecurityToken/>")),
        hode(&format!(
            "{helt}<ds:Signature xmlns:ds='http://www.w3.org/2000/09/xmldsig#'/>"
        )),
        hode(&helt).repeat(2),
        format!("<o:Security s:role='urn:annen'>{helt}</o:Security>"),
    ] {
        med(sikkerhet).gir(Feil::Sikkerhet);
    }
}

#[test]
fn a_message_is_good_for_five_minutes_and_the_skew() {
    let kl = |laget: &str, utloeper: &str| Bygger {
        laget: format!("2026-01-14T{laget}"),
        utloeper: format!("2026-01-14T{utloeper}"),
        ..god()
    };
    for (laget, utloeper) in [
        ("09:50:00Z", "10:00:00Z"),
        ("10:05:00Z", "10:10:00Z"),
        ("09:59:00.123Z", "09:59:30Z"),
        ("10:59:00+01:00", "11:04:00+01:00"),
    ] {
        assert!(kl(laget, utloeper).les().is_ok(), "{laget}");
    }
    for (laget, utloeper) in [
        ("09:49:59.999Z", "10:10:00Z"),
        ("10:05:00.001Z", "10:10:00Z"),
        ("09:51:00Z", "09:54:59Z"),
        ("09:59:00Z", "09:59:00Z"),
        ("09:59:00Z", "09:58:00Z"),
        ("09:59:00", "10:04:00Z"),
        ("x", "10:04:00Z"),
        ("09:59:00Z", "10:04:00Z[UTC]"),
    ] {
        kl(laget, utloeper).gir(Feil::Sikkerhet);
    }
}

#[test]
fn action_and_body_are_of_one_operation() {
    let adressering = |handling: &str| format!("<a:Action>http://tempuri.org/IPersonRegistry/{handling}</a:Action>");
    let med = |handling: &str, transportens: Option<&'static str>| Bygger {
        adressering: adressering(handling),
        handling: transportens,
        ..god()
    };
    let add = "\"http://tempuri.org/IPersonRegistry/AddPerson\"";
    assert!(med("AddPerson", Some(add)).les().is_ok());
    assert!(med("AddPerson", Some("\"\"")).les().is_ok());
    med("GetDemographics", None).gir(Feil::HandlingPasserIkke);
    med("AddPerson", Some("http://tempuri.org/IPersonRegistry/GetDemographics")).gir(Feil::HandlingPasserIkke);
    med("AddPersons", None).gir(Feil::UkjentHandling);
    med("AddPerson", Some("urn:x")).gir(Feil::UkjentHandling);
    let uten = Bygger {
        adressering: String::new(),
        ..god()
    };
    uten.gir(Feil::HandlingMangler);
    let bare_transport = Bygger {
        handling: Some(add),
        versjon: Soapversjon::V11,
        ..uten
    };
    assert!(!bare_transport.les().unwrap().retur.adressert);
    for kropp in ["<AddPerson/>", "<Annet xmlns='http://tempuri.org/'/>"] {
        let kropp = kropp.to_owned();
        Bygger { kropp, ..god() }.gir(Feil::UkjentHandling);
    }
}

#[test]
fn a_header_that_must_be_understood_and_is_not_is_told_of() {
    let med = |ekstra: &str, versjon| Bygger {
        ekstra: ekstra.to_owned(),
        versjon,
        ..god()
    };
    let (v11, v12) = (Soapversjon::V11, Soapversjon::V12);
    for (ekstra, versjon) in [
        ("<x xmlns='urn:x' s:mustUnderstand='1'/>", v11),
        ("<x xmlns='urn:x' s:mustUnderstand='true'/>", v12),
        ("<x xmlns='urn:x' s:mustUnderstand='ja'/>", v12),
        ("<a:Annet s:mustUnderstand='1'/>", v12),
        (
            "<x xmlns='urn:x' s:mustUnderstand='1' s:role='http://www.w3.org/2003/05/soap-envelope/role/next'/>",
            v12,
        ),
    ] {
        med(ekstra, versjon).gir(Feil::MaaForstaas);
    }
    for (ekstra, versjon) in [
        ("<x xmlns='urn:x'/>", v12),
        ("<x xmlns='urn:x' s:mustUnderstand='0'/>", v11),
        ("<x xmlns='urn:x' s:mustUnderstand='false'/>", v12),
        ("<x xmlns='urn:x' mustUnderstand='1'/>", v12),
        ("<x xmlns='urn:x' s:mustUnderstand='1' s:role='urn:annen'/>", v12),
        ("<x xmlns='urn:x' s:mustUnderstand='1' s:actor='urn:annen'/>", v11),
    ] {
        assert!(med(ekstra, versjon).les().is_ok(), "{ekstra}");
    }
}

#[test]
fn answers_go_nowhere_but_back() {
    let med = |ekstra: &str| Bygger {
        ekstra: ekstra.to_owned(),
        ..god()
    };
    let svar = |navn: &str, hvor: &str| format!("<a:{navn}><a:Address>{hvor}</a:Address></a:{navn}>");
    assert!(med(&svar("ReplyTo", ANONYM)).les().is_ok());
    for navn in ["ReplyTo", "FaultTo"] {
        med(&svar(navn, "http://127.0.0.1:1/x")).gir(Feil::BareAnonymt);
        med(&format!("<a:{navn}/>")).gir(Feil::BareAnonymt);
    }
    med("<a:MessageID>urn:uuid:8</a:MessageID>").gir(Feil::Adressehode);
    med("<a:Action>http://tempuri.org/IPersonRegistry/AddPerson</a:Action>").gir(Feil::Adressehode);
    med(&svar("ReplyTo", ANONYM).repeat(2)).gir(Feil::Adressehode);
    let lang = format!("<a:MessageID>{}</a:MessageID>", "x".repeat(ADRESSE_MAKS + 1));
    Bygger {
        adressering: lang,
        ..god()
    }
    .gir(Feil::Adressehode);
}

#[test]
fn what_is_no_envelope_is_refused_with_400() {
    let xml = god().xml();
    let uten_kropp = xml.split("<s:Body>").next().unwrap().to_owned() + "</s:Envelope>";
    for (xml, ventet) in [
        ("<a/>".to_owned(), Feil::Form),
        (uten_kropp, Feil::Form),
        (xml.replace("<s:Body>", "<s:Body><b/>"), Feil::Form),
        (xml.replace("</s:Envelope>", "<b/></s:Envelope>"), Feil::Form),
        (xml.replace("2003/05/soap-envelope", "2099/soap"), Feil::Soapversjon),
    ] {
        let avslag = les(xml.as_bytes(), None, naa()).unwrap_err();
        assert_eq!(avslag.feil, ventet, "{xml}");
        let status = if ventet == Feil::Form { 400 } else { 500 };
        assert_eq!(avslag.svar().status, status);
    }
    for xml in ["", "<!DOCTYPE a><a/>", "<a>&x;</a>", "<a"] {
        let avslag = les(xml.as_bytes(), None, naa()).unwrap_err();
        assert!(matches!(avslag.feil, Feil::Xml(_)), "{xml}");
        assert_eq!(avslag.svar().status, 400);
    }
}

#[test]
fn an_answer_has_a_fresh_timestamp_and_tells_what_it_answers() {
    let lest = god().les().unwrap();
    let svar = skriv(&lest.retur, lest.operasjon, naa(), "<x/>");
    for del in [
        "<a:RelatesTo>urn:uuid:7</a:RelatesTo>",
        "<u:Created>2026-01-14T10:00:00.000Z</u:Created><u:Expires>2026-01-14T10:05:00.000Z</u:Expires>",
        "IPersonRegistry/AddPersonResponse</a:Action>",
        "<s:Body><x/></s:Body>",
    ] {
        assert!(svar.contains(del), "{svar}");
    }
    let uten = Returadresse {
        adressert: false,
        ..lest.retur
    };
    assert!(!skriv(&uten, lest.operasjon, naa(), "").contains("Action"));
}
