//! The door: paths, types, passwords, times, actions, modes, and the end of the service.

use http::Method;
use jiff::{SignedDuration, Timestamp};
use preg::Operasjon::{FindCandidates, GetDemographics};
use pregtjeneste::{Port, STI};

use crate::oppsett::*;

const SOAP12: [(&str, &str); 1] = [("content-type", "application/soap+xml; charset=utf-8")];

#[tokio::test]
async fn who_is_not_let_in_is_told_the_same_whoever_it_was() {
    let prove = Prove::ny().await;
    let (_, nummer) = prove.alle().remove(0);
    let svar = |endre: fn(&mut Konvolutt)| {
        let mut konvolutt = Konvolutt::ny(MED, GetDemographics, &oppslag(&nummer));
        konvolutt.melding = "samme".to_owned();
        endre(&mut konvolutt);
        let prove = &prove;
        async move { prove.post(&konvolutt.xml()).await }
    };
    let feil_passord = svar(|k| "et-annet-langt-passord".clone_into(&mut k.passord)).await;
    let feil_navn = svar(|k| "ingen-slik-bruker".clone_into(&mut k.bruker)).await;
    assert_eq!((feil_passord.status, feil_passord.tekst()), (500, feil_navn.tekst()));
    assert!(
        feil_passord
            .tekst()
            .contains("At least one security token in the message could not be validated.")
    );
    assert!(feil_passord.tekst().contains("f:FailedAuthentication"));
    for opprettet in [-601, 301] {
        let mut konvolutt = Konvolutt::ny(MED, GetDemographics, &oppslag(&nummer));
        konvolutt.opprettet = (naa() + SignedDuration::from_secs(opprettet)).to_string();
        let svar = prove.post(&konvolutt.xml()).await;
        assert_eq!(svar.status, 500);
        assert!(
            svar.tekst()
                .contains("An error occurred when verifying security for the message.")
        );
    }
    let annen = svar(|k| k.handling = FindCandidates.handling()).await;
    assert!(annen.status == 500 && annen.tekst().contains("ActionMismatch"));
    let ukjent = svar(|k| k.handling.push_str("Ikke")).await;
    assert!(ukjent.status == 500 && ukjent.tekst().contains("ActionNotSupported"));
    // Nobody was looked for, and nothing is on the record of somebody who is not known.
    assert!(prove.logg.ta().is_empty());
    assert_eq!(svar(|_| {}).await.status, 200);
}

#[tokio::test]
async fn a_message_for_another_mode_or_operation_is_refused_and_recorded() {
    let prove = Prove::ny().await;
    let (_, nummer) = prove.alle().remove(0);
    for (endre, kode) in [
        ((|k: &mut Konvolutt| k.modus = "P") as fn(&mut Konvolutt), "NS202"),
        (
            (|k: &mut Konvolutt| "PRPA_IN101305NO01".clone_into(&mut k.interaksjon)) as fn(&mut Konvolutt),
            "NS200",
        ),
    ] {
        let mut konvolutt = Konvolutt::ny(MED, GetDemographics, &oppslag(&nummer));
        endre(&mut konvolutt);
        let svar = prove.post(&konvolutt.xml()).await;
        assert_eq!(svar.status, 200);
        let innhold = svar.innhold();
        assert_eq!(kvittering(&innhold), ("AR".to_owned(), vec![kode.to_owned()]));
        assert_eq!(svarkode(&innhold), "QE");
        let [notert] = <[_; 1]>::try_from(prove.logg.ta()).unwrap();
        assert_eq!((notert.feilkode.as_deref(), notert.levert.len()), (Some("AR"), 0));
    }
}

#[tokio::test]
async fn what_is_no_message_is_answered_by_http() {
    let prove = Prove::ny().await;
    for sti in ["/Personregister.HL7/HL7/Annet.svc", "/Personregister.HL7/HL7"] {
        let svar = prove.send(Method::POST, sti, &SOAP12, b"<a/>").await;
        assert_eq!((svar.status, svar.kropp.len()), (404, 0));
    }
    for (kropp, status) in [
        (b"ikke xml".to_vec(), 400),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>".to_vec(), 400),
        (vec![b' '; 200 * 1024], 400),
        (b"<a/>".to_vec(), 400),
    ] {
        let svar = prove.send(Method::POST, STI, &SOAP12, &kropp).await;
        assert_eq!(svar.status, status);
        assert!(svar.tekst().contains("s:Sender"));
    }
    let svar = prove
        .send(Method::POST, STI, &[("content-type", "application/json")], b"{}")
        .await;
    assert_eq!(svar.status, 415);
    let svar = prove.send(Method::PUT, STI, &SOAP12, b"<a/>").await;
    assert_eq!(svar.status, 405);
}

#[tokio::test]
async fn soap_11_is_answered_as_such_with_and_without_a_byte_order_mark() {
    let prove = Prove::ny().await;
    let (_, nummer) = prove.alle().remove(0);
    let xml = Konvolutt::ny(MED, GetDemographics, &oppslag(&nummer)).xml();
    let xml = xml.replace(
        "http://www.w3.org/2003/05/soap-envelope",
        "http://schemas.xmlsoap.org/soap/envelope/",
    );
    let handling = format!("\"{}\"", GetDemographics.handling());
    let hoder = [
        ("content-type", "text/xml; charset=utf-8"),
        ("soapaction", handling.as_str()),
    ];
    for foran in ["", "\u{feff}"] {
        let svar = prove
            .send(Method::POST, STI, &hoder, format!("{foran}{xml}").as_bytes())
            .await;
        assert_eq!(
            (svar.status, svar.hoder["content-type"].to_str().unwrap()),
            (200, "text/xml; charset=utf-8")
        );
        assert_eq!(svarkode(&svar.innhold()), "OK");
    }
}

#[tokio::test]
async fn the_service_says_when_it_ends_and_ends_then() {
    let slutt: Timestamp = naa() + SignedDuration::from_hours(24 * 30);
    let prove = Prove::med(Some(slutt), Port::UtenTlsTilUtvikling).await;
    let (_, nummer) = prove.alle().remove(0);
    let svar = prove
        .post(&Konvolutt::ny(MED, GetDemographics, &oppslag(&nummer)).xml())
        .await;
    assert!(svar.hoder.contains_key("sunset"));
    assert_eq!(
        kvittering(&svar.innhold()),
        ("AA".to_owned(), vec!["SERVICE-RETIRING".to_owned()])
    );
    prove
        .klokke
        .store(slutt.as_second(), std::sync::atomic::Ordering::SeqCst);
    let mut konvolutt = Konvolutt::ny(MED, GetDemographics, &oppslag(&nummer));
    konvolutt.opprettet = slutt.to_string();
    let svar = prove.post(&konvolutt.xml()).await;
    assert!(
        svar.status == 500 && svar.tekst().contains("f:ServiceRetired") && svar.tekst().contains("Persontjenesten")
    );
}

#[tokio::test]
async fn without_tls_nothing_is_read() {
    let prove = Prove::med(None, Port::UtenTls).await;
    for metode in [Method::POST, Method::GET] {
        let svar = prove.send(metode, &format!("{STI}?wsdl"), &SOAP12, b"").await;
        assert_eq!(svar.status, 403);
    }
}

#[tokio::test]
async fn the_service_describes_itself_at_the_address_it_is_called_by() {
    let prove = Prove::ny().await;
    let wsdl = prove.send(Method::GET, &format!("{STI}?wsdl"), &[], b"").await;
    let adresse = format!("{}{STI}", prove.base);
    assert!(wsdl.status == 200 && wsdl.tekst().contains(&format!("location=\"{adresse}\"")));
    for skjema in ["xsd0", "xsd1"] {
        assert!(wsdl.tekst().contains(&format!("{adresse}?xsd={skjema}")));
        let xsd = prove.send(Method::GET, &format!("{STI}?xsd={skjema}"), &[], b"").await;
        assert!(xsd.status == 200 && xsd.tekst().contains("xs:schema"));
    }
    assert_eq!(prove.send(Method::GET, STI, &[], b"").await.status, 404);
}
