//! Bytes from clients, by SOAP and without it: answered without a panic, and every answer can be read.

use identifikator::Organisasjonsnummer;
use jiff::Timestamp;
use preg::{Operasjoner as _, konvolutt};
use pregbrukere::{Avslag, Brukernavn, Innlogget, Passord, Rettigheter};
use pregmodell::{Felt, Person};

use crate::{
    Inngang, Innslipp, Kall, Kaller, NAVNEROM, Nummer, Nummerstatus, Operasjon, Personregister, Registerfeil, Soek,
    Soekesvar, Tjeneste,
};

const ORD: &[&str] = &[
    "<p:NIN>",
    "</p:NIN>",
    "<p:NIN>80000000000</p:NIN>",
    "<p:CurrentOnly>true</p:CurrentOnly>",
    "<p:GivenName>Ola</p:GivenName>",
    "<p:Sn/>",
    "<p:DateOfBirth>1984-03</p:DateOfBirth>",
    "<p:DateOfBirthFrom>1984</p:DateOfBirthFrom>",
    "<p:DateOfBirthTo>9999-12-31</p:DateOfBirthTo>",
    "<p:MaxHits>4294967296</p:MaxHits>",
    "<p:MaxHits>0</p:MaxHits>",
    "xsi:nil=\"true\"",
    "CheckNIN",
    "SearchPersons",
    "0000-00-00",
    "<!DOCTYPE",
    "<![CDATA[",
    "&#13;",
    "&#0;",
];

/// Everybody is let in, and every number is somebody's.
pub struct Alle;

impl Innslipp for Alle {
    fn slipp_inn(&self, _: &str, _: &Passord, _: &str, _: Timestamp) -> Result<Innlogget, Avslag> {
        Ok(Innlogget {
            brukernavn: Brukernavn::new("fuzz").map_err(|_| Avslag::Feil)?,
            organisasjon: Organisasjonsnummer::parse("312000008").map_err(|_| Avslag::Feil)?,
            rettigheter: Rettigheter {
                profil: "preg_uten_hjemmel".to_owned(),
                hjelpenummer: false,
                filmatch: false,
            },
        })
    }
}

fn en() -> Person {
    Person {
        nin: Felt::Verdi("80000000000".to_owned()),
        fornavn: Felt::Verdi("Ola \u{1}<&>".to_owned()),
        adresser: vec![pregmodell::Adresse::default()],
        ..Person::default()
    }
}

impl Personregister for Alle {
    fn personer(&self, _: &Kaller, numre: &[Nummer]) -> Result<Vec<Option<Person>>, Registerfeil> {
        Ok(numre.iter().map(|_| Some(en())).collect())
    }

    fn soek(&self, _: &Kaller, soek: &Soek) -> Result<Soekesvar, Registerfeil> {
        assert!((1..=100).contains(&soek.treff_maks) && soek.er_smal());
        Ok(Soekesvar {
            personer: vec![en()],
            totalt: 7,
        })
    }

    fn sjekk(&self, _: &Kaller, nummer: &Nummer) -> Result<Nummerstatus, Registerfeil> {
        Ok(Nummerstatus {
            kjent: true,
            avloest_av: Some(nummer.clone()),
        })
    }

    fn noter_avslag(&self, _: &Innlogget, _: Option<Operasjon>, _: &'static str, _: &str) -> Result<(), Registerfeil> {
        Ok(())
    }
}

fn naa() -> Timestamp {
    "2026-01-14T10:00:00Z".parse().unwrap()
}

fn gyldige() -> Vec<Vec<u8>> {
    let kropper = [
        (Operasjon::GetPerson, "<p:NIN>80000000000</p:NIN>"),
        (
            Operasjon::GetAddresses,
            "<p:NIN>80000000000</p:NIN><p:CurrentOnly>1</p:CurrentOnly>",
        ),
        (
            Operasjon::SearchPersons,
            "<p:GivenName>Ola</p:GivenName><p:Sn>Test</p:Sn><p:DateOfBirth>1984-03-17</p:DateOfBirth><p:MaxHits>5</p:MaxHits>",
        ),
        (Operasjon::GetPersons, "<p:NIN>80000000000</p:NIN><p:NIN>x</p:NIN>"),
        (Operasjon::CheckNin, "<p:NIN>80000000000</p:NIN>"),
    ];
    let mut ut = Vec::new();
    for (operasjon, kropp) in kropper {
        let navn = operasjon.navn();
        let element = format!("<p:{navn} xmlns:p='{NAVNEROM}'>{kropp}</p:{navn}>");
        ut.push(element.clone().into_bytes());
        for versjon in [konvolutt::Soapversjon::V11, konvolutt::Soapversjon::V12] {
            ut.push(
                format!(
                    "<s:Envelope xmlns:s='{}' xmlns:a='{}' xmlns:o='{}' xmlns:u='{}'><s:Header><a:Action>{}</a:Action><o:Security>\
                     <u:Timestamp><u:Created>2026-01-14T09:59:00Z</u:Created><u:Expires>2026-01-14T10:04:00Z</u:Expires>\
                     </u:Timestamp><o:UsernameToken><o:Username>b</o:Username><o:Password>p</o:Password></o:UsernameToken>\
                     </o:Security></s:Header><s:Body>{element}</s:Body></s:Envelope>",
                    versjon.navnerom(),
                    konvolutt::NS_ADRESSERING,
                    konvolutt::NS_SIKKERHET,
                    konvolutt::NS_SIKKERHETSVERKTOEY,
                    operasjon.handling(),
                )
                .into_bytes(),
            );
        }
    }
    ut
}

fn svar(inngang: Inngang, byte: &[u8]) -> crate::Httpsvar {
    let tjeneste = Tjeneste::new(Alle, std::sync::Arc::new(Alle));
    tjeneste.svar(&Kall {
        inngang,
        handling: None,
        autorisasjon: Some("Basic Yjpw"),
        kropp: byte,
        sted: "",
        naa: naa(),
        spor: "",
    })
}

fn proev(byte: &[u8]) {
    for inngang in [Inngang::Soap, Inngang::Xml] {
        let svar = svar(inngang, byte);
        assert!(matches!(svar.status, 200 | 400 | 500), "{}", svar.status);
        if svar.kropp.len() <= meldinger::tre::BYTE_MAKS {
            let lest = meldinger::tre::les(svar.kropp.as_bytes());
            // A thousand persons have more elements than a request may have.
            let stor = svar.kropp.len() > 32 * 1024;
            assert!(stor || lest.is_ok(), "{:.2000}", svar.kropp);
        }
    }
}

#[test]
fn the_texts_that_the_fuzzer_begins_with_are_answered() {
    for byte in gyldige() {
        let inngang = if byte.starts_with(b"<s:") {
            Inngang::Soap
        } else {
            Inngang::Xml
        };
        let svar = svar(inngang, &byte);
        assert_eq!(svar.status, 200, "{}", svar.kropp);
    }
}

fuzz::maal!(paalitelighet_15_fuzz_pregxml, 10_000, ORD, gyldige, proev);
