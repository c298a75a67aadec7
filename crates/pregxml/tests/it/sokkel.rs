//! Over a socket: zeep against the WSDL that is served, with users whose passwords are hashed; and plain XML.

use std::process::Command;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use http::HeaderMap;
use identifikator::Organisasjonsnummer;
use pregbrukere::{
    Bestilling, Brukernavn, Brukerregister, Innlogging, Innstillinger, Kontaktperson, Organisasjonstype, Passord,
    Rettigheter,
};
use pregmodell::Profil;
use pregxml::ruter::{self, Oppsett};
use pregxml::{STI, STI_XML, Tjeneste};
use tjenesteflate::maalinger::Maalere;
use tjenesteflate::stopp;
use tjenesteflate::tjener::{Grenser, Tjener};
use tower::ServiceExt as _;

use crate::felles::{naa, nasjon};
use crate::kontrakter::hopp_over;

const PASSORD: &str = "et-langt-nok-passord-9f31";

/// Two users, of two organisations with a profile each.
fn innlogging(mappe: &std::path::Path) -> Innlogging {
    let profiler: Vec<&str> = Profil::ALLE.iter().map(|p| p.navn()).collect();
    let register = Arc::new(Brukerregister::aapne(&mappe.join("preg"), &profiler).unwrap());
    for (navn, nummer, profil) in [
        ("journal-med", "312000008", Profil::MedHjemmel),
        ("journal-uten", "310000000", Profil::UtenHjemmel),
    ] {
        let organisasjon = Organisasjonsnummer::parse(nummer).unwrap();
        let bestilling = Bestilling {
            navn: "PRØVEKLINIKKEN".to_owned(),
            organisasjonstype: Organisasjonstype::Fastlege,
            underskrevet_av: "daglig leder".to_owned(),
            underskrevet: "2026-01-01".parse().unwrap(),
            kontaktperson: Kontaktperson {
                navn: "kontakten".to_owned(),
                epost: "kontakt@klinikk.example".to_owned(),
                telefon: "00000000".to_owned(),
            },
            journalsystem: "PRØVEJOURNAL".to_owned(),
            formaal: "pasientadministrasjon".to_owned(),
            medlem_av_helsenettet: true,
            vilkaar_godtatt: true,
            rettigheter: Rettigheter {
                profil: profil.navn().to_owned(),
                hjelpenummer: false,
                filmatch: false,
            },
        };
        register.bestill(organisasjon, bestilling, naa(), "drift").unwrap();
        let passord = Passord::new(PASSORD.to_owned());
        let brukernavn = Brukernavn::new(navn).unwrap();
        register
            .opprett_bruker(&brukernavn, organisasjon, &passord, naa(), "drift")
            .unwrap();
    }
    Innlogging::new(register, Innstillinger::default()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn zeep_asks_by_the_served_wsdl_and_is_answered_by_both_versions_of_soap_and_without() {
    let tolk = std::env::var_os("ZEEP_PYTHON").unwrap_or_else(|| "python3".into());
    let finnes = Command::new(&tolk).args(["-c", "import zeep"]).output();
    if !finnes.is_ok_and(|svar| svar.status.success()) {
        hopp_over("python3 med zeep er ikke installert");
        return;
    }
    let mappe = tempfile::tempdir().unwrap();
    let folk = nasjon();
    let maalere = Maalere::new();
    let tjener = Tjener::bind(([127, 0, 0, 1], 0).into(), Grenser::default())
        .await
        .unwrap()
        .with_maalere("pregxml", &maalere);
    let adresse = format!("http://{}", tjener.address());
    let tjeneste = Arc::new(Tjeneste::new(folk.clone(), Arc::new(innlogging(mappe.path()))));
    let oppsett = Oppsett {
        adresse: None,
        protokoll: "http",
        klokke: Arc::new(naa),
        vakt: None,
    };
    let (signal, stopp) = stopp::pair();
    let kjoerer = tokio::spawn(tjener.serve(ruter::ruter(&tjeneste, &oppsett, &maalere), stopp));
    // Somebody with relatives and a former address, so that the two profiles differ.
    let person = folk
        .personer
        .iter()
        .find(|p| p.mor.er_verdi() && p.adresser.len() > 1 && p.etternavn.er_verdi() && p.foedselsdato.er_verdi())
        .unwrap();
    let tekst = |felt: &pregmodell::Felt<String>| felt.verdi().unwrap().clone();
    let argumenter = [
        adresse,
        PASSORD.to_owned(),
        tekst(&person.nin),
        tekst(&person.etternavn),
        person.foedselsdato.verdi().unwrap().to_string(),
        tekst(&person.mor),
        person.adresser.len().to_string(),
    ];
    let svar = tokio::task::spawn_blocking(move || {
        let program = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/zeep_klient.py");
        Command::new(tolk).arg(program).args(argumenter).output().unwrap()
    })
    .await
    .unwrap();
    signal.stopp();
    kjoerer.await.unwrap();
    let ut = String::from_utf8_lossy(&svar.stdout).into_owned();
    assert!(svar.status.success(), "{ut}\n{}", String::from_utf8_lossy(&svar.stderr));
    assert_eq!(ut.lines().last(), Some("FERDIG 2 porter"));
}

/// One request to the routes, without a socket: status, headers and body.
async fn ett_kall(slutt: Option<jiff::Timestamp>, foresporsel: Request<Body>) -> (u16, HeaderMap, String) {
    let tjeneste = crate::felles::tjeneste(nasjon(), crate::felles::MED);
    let tjeneste = match slutt {
        Some(slutt) => tjeneste.with_slutt(slutt),
        None => tjeneste,
    };
    let oppsett = Oppsett {
        adresse: Some("https://preg.example.test".to_owned()),
        protokoll: "https",
        klokke: Arc::new(naa),
        vakt: None,
    };
    let svar = ruter::ruter(&Arc::new(tjeneste), &oppsett, &Maalere::new())
        .oneshot(foresporsel)
        .await
        .unwrap();
    let (deler, kropp) = svar.into_parts();
    let byte = axum::body::to_bytes(kropp, 1 << 20).await.unwrap();
    (
        deler.status.as_u16(),
        deler.headers,
        String::from_utf8(byte.to_vec()).unwrap(),
    )
}

fn post(sti: &str, type_: &str, kropp: String) -> Request<Body> {
    let ut = Request::post(sti).header("content-type", type_);
    ut.header("authorization", "Basic dGVzdGJydWtlcjpzeW50ZXRpc2s=")
        .body(Body::from(kropp))
        .unwrap()
}

#[tokio::test]
async fn routes_keep_the_limits_and_tell_of_the_end() {
    let spoersmaal = crate::felles::element("CheckNIN", &[("NIN", "80012345287")]);
    let slutt = Some("2026-02-01T00:00:00Z".parse().unwrap());
    let (status, hoder, _) = ett_kall(slutt, post(STI_XML, "application/xml", spoersmaal.clone())).await;
    assert_eq!(
        (status, &hoder["sunset"]),
        (200, &"Sun, 01 Feb 2026 00:00:00 GMT".parse().unwrap())
    );
    let (status, hoder, _) = ett_kall(None, post(STI_XML, "text/xml; charset=utf-8", spoersmaal.clone())).await;
    assert!(status == 200 && !hoder.contains_key("sunset"));
    let stor = spoersmaal.replace("</NIN>", &format!("<!--{}--></NIN>", "x".repeat(140_000)));
    for (foresporsel, ventet) in [
        (post(STI_XML, "application/xml", stor), 413),
        (post(STI_XML, "text/xml; charset=iso-8859-1", spoersmaal.clone()), 415),
        (post(STI, "application/xml", spoersmaal.clone()), 415),
        (post(STI, "text/xml", spoersmaal), 400),
        (Request::get(STI).body(Body::empty()).unwrap(), 404),
        (Request::get(STI_XML).body(Body::empty()).unwrap(), 405),
    ] {
        let (status, _, kropp) = ett_kall(None, foresporsel).await;
        assert_eq!(status, ventet, "{kropp}");
        assert_eq!(kropp.is_empty(), ventet == 404);
    }
    let (status, _, wsdl) = ett_kall(None, Request::get(format!("{STI}?WSDL")).body(Body::empty()).unwrap()).await;
    let sted = format!("https://preg.example.test{STI}");
    assert!(status == 200 && wsdl.contains(&format!("location=\"{sted}\"")) && wsdl.contains(&format!("{sted}?xsd")));
}
