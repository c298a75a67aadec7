//! PREG on the whole program: the printed call, HL7 over the port with TLS by a client of others' making, and a help number on its way from
//! PREG to the Person API.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::http::{Kall, Svar};
use crate::personapi::hele;
use crate::program::{PROGRAM, Tjener, hopp_over};

const STI: &str = "/Personregister.HL7/HL7/PersonRegistry.svc";
const STI_XML: &str = "/Personregister.XML/Personregister.svc/xml";

/// The demo's user and password.
fn bruker(tjener: &Tjener) -> (String, String) {
    let linje = tjener.kommando(&["preg", "demobruker"]).lyktes();
    let (navn, passord) = linje.trim_end().split_once(':').unwrap();
    (navn.to_owned(), passord.to_owned())
}

fn tid(om_s: i64) -> String {
    let naa = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(om_s);
    naa.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// An operation by SOAP, as the demo's user.
fn soap(tjener: &Tjener, operasjon: &str, del: (&str, &str), innhold: &str) -> Svar {
    let (navn, passord) = bruker(tjener);
    let (element, interaksjon) = del;
    let (laget, utloeper) = (tid(0), tid(300));
    let konvolutt = format!(
        "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' xmlns:a='http://www.w3.org/2005/08/addressing'><s:Header>\
         <a:Action s:mustUnderstand='1'>http://tempuri.org/IPersonRegistry/{operasjon}</a:Action><a:MessageID>urn:uuid:{interaksjon}</a:MessageID>\
         <o:Security s:mustUnderstand='1' xmlns:o='http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd' \
         xmlns:u='http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'>\
         <u:Timestamp><u:Created>{laget}</u:Created><u:Expires>{utloeper}</u:Expires></u:Timestamp>\
         <o:UsernameToken><o:Username>{navn}</o:Username><o:Password>{passord}</o:Password></o:UsernameToken></o:Security></s:Header>\
         <s:Body><{operasjon} xmlns='http://tempuri.org/'><{element} xmlns:h='urn:hl7-org:v3'><h:id root='1.2.3.4' extension='{laget}'/>\
         <h:versionCode code='NE2010NO'/><h:interactionId root='2.16.840.1.113883.1.6' extension='{interaksjon}'/>\
         <h:processingCode code='T'/><h:processingModeCode code='T'/><h:controlActProcess>{innhold}</h:controlActProcess></{element}>\
         </{operasjon}></s:Body></s:Envelope>"
    );
    Kall::rot(tjener, STI)
        .post("application/soap+xml; charset=utf-8", konvolutt)
        .send_utenom()
}

fn navngitt(tjener: &Tjener, navn: &str) -> String {
    let alle: Value = serde_json::from_str(&tjener.kommando(&["navngitte", "--json"]).lyktes()).unwrap();
    alle[navn].as_str().unwrap().to_owned()
}

#[test]
fn the_call_to_preg_that_the_demo_prints_works_as_it_is() {
    let tjener = hele();
    let fra = tjener.velkomst.iter().position(|l| l.contains("demobruker")).unwrap();
    let kall: String = tjener.velkomst[fra..fra + 2].join("\n");
    assert!(kall.contains(PROGRAM), "{kall}");
    let ut = Command::new("sh").args(["-c", &kall]).output().unwrap();
    if ut.status.code() == Some(127) {
        return hopp_over("curl er ikke installert");
    }
    let xml = String::from_utf8(ut.stdout).unwrap();
    assert!(xml.contains("<Sn>INGEFÆR</Sn>"), "{kall} {xml}");
}

#[test]
fn nobody_is_let_in_without_a_password_and_the_file_of_it_is_its_owners() {
    let tjener = hele();
    let nummer = navngitt(tjener, "tvilling");
    let kropp = format!("<GetPerson xmlns='urn:persontjenesten:preg:v1'><NIN>{nummer}</NIN></GetPerson>");
    let svar = Kall::rot(tjener, STI_XML)
        .post("application/xml", kropp)
        .send_utenom()
        .med_status(401);
    assert!(!svar.tekst().contains("INGEF"));
    let fil = tjener.mappe.join("noekler/demopreg");
    #[cfg(unix)]
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&fil.metadata().unwrap().permissions()) & 0o077,
        0
    );
    let (_, passord) = bruker(tjener);
    assert!(passord.len() >= 16 && !tjener.logglinjer().contains(&passord));
}

#[test]
fn zeep_calls_all_six_operations_over_tls() {
    let tjener = hele();
    let tolk = std::env::var_os("ZEEP_PYTHON").unwrap_or_else(|| "python3".into());
    let finnes = Command::new(&tolk).args(["-c", "import zeep"]).output();
    if !finnes.is_ok_and(|svar| svar.status.success()) {
        return hopp_over("python3 med zeep er ikke installert");
    }
    let tls: Value = serde_json::from_slice(&std::fs::read(tjener.mappe.join("adresser.json")).unwrap()).unwrap();
    let nummer = navngitt(tjener, "utflyttet");
    let (navn, passord) = bruker(tjener);
    let klient = concat!(env!("CARGO_MANIFEST_DIR"), "/../pregtjeneste/tests/it/zeep_klient.py");
    let svar = Command::new(&tolk)
        .arg(klient)
        .arg(format!("{}{STI}?wsdl", tls["tls"].as_str().unwrap()))
        .args([&nummer, &tid(0), &tid(300), &navn, &passord])
        // As one who knows the demo's issuer.
        .env("REQUESTS_CA_BUNDLE", tjener.mappe.join("tls/ca.pem"))
        .output()
        .unwrap();
    let ut = String::from_utf8(svar.stdout).unwrap();
    assert!(svar.status.success(), "{ut}{}", String::from_utf8_lossy(&svar.stderr));
    let linjer: Vec<&str> = ut.lines().collect();
    assert_eq!(
        (linjer.len(), linjer[0]),
        (8, format!("GetDemographics\tAA\tOK {nummer}").as_str())
    );
    assert!(linjer[7].starts_with("Fault\t"));
}

#[test]
fn a_help_number_of_preg_is_somebody_in_the_person_api_and_is_heard_of_there() {
    let tjener = hele();
    let foer = siste_hendelse(tjener);
    let person = "<h:subject><h:registrationRequest><h:subject1><h:identifiedPerson><h:identifiedPerson>\
        <h:name><h:given>Turid</h:given><h:family>Gjestrud</h:family></h:name><h:birthTime value='19840417'/></h:identifiedPerson>\
        </h:identifiedPerson></h:subject1></h:registrationRequest></h:subject>";
    let svar = soap(tjener, "AddPerson", ("request", "PRPA_IN101311NO01"), person)
        .ok()
        .tekst();
    let nummer = svar
        .split("extension=\"")
        .filter_map(|resten| resten.get(..11))
        .find(|nr| nr.starts_with(['8', '9']) && nr.bytes().all(|b| b.is_ascii_digit()))
        .unwrap_or_else(|| panic!("{svar}"))
        .to_owned();
    let frist = Instant::now() + Duration::from_secs(20);
    let hendelse = loop {
        let sti = format!("/api/legal-basis/event?sequenceNumber={}", foer + 1);
        let svar = v2(tjener, &sti);
        // Nothing has happened yet, where it is the first.
        let alle = if svar.status == 404 {
            Value::Null
        } else {
            svar.ok().json()
        };
        let funnet = alle["results"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|h| h.to_string().contains("CreatedAlternateIdentificationNumber"))
            .cloned();
        if let Some(funnet) = funnet {
            break funnet;
        }
        assert!(Instant::now() < frist, "{alle}");
        std::thread::sleep(Duration::from_millis(50));
    };
    let token = tjener
        .kommando(&["token", "--helseid", "--scope", "read-with-legal-basis"])
        .lyktes();
    let slaatt_opp = Kall::rot(tjener, "/api/legal-basis/person/get-by-nin?informationParts=Name")
        .token(token.trim_end())
        .hode("api-version", "2")
        .post("application/x-www-form-urlencoded", format!("nin={nummer}"))
        .send_utenom()
        .ok()
        .json();
    assert!(slaatt_opp["name"].to_string().contains("Gjestrud"), "{slaatt_opp}");
    assert_eq!(hendelse["personId"], slaatt_opp["id"]);
    // And in what the program tells of itself.
    let maalinger = Kall::admin(tjener, "/metrics").send_utenom().ok().tekst();
    assert!(
        maalinger
            .lines()
            .any(|l| l.starts_with("persontjenesten_preg_help_numbers ") && !l.ends_with(" 0")),
        "{maalinger}"
    );
}

fn v2(tjener: &Tjener, sti: &str) -> Svar {
    let token = tjener
        .kommando(&["token", "--helseid", "--scope", "read-with-legal-basis"])
        .lyktes();
    Kall::rot(tjener, sti)
        .token(token.trim_end())
        .hode("api-version", "2")
        .send_utenom()
}

fn siste_hendelse(tjener: &Tjener) -> u64 {
    let svar = v2(tjener, "/api/legal-basis/event/latest");
    if svar.status == 404 {
        // Nothing has happened yet.
        return 0;
    }
    svar.ok().json()["sequenceNumber"].as_str().unwrap().parse().unwrap()
}
