//! Bytes as a document: translated to something that is JSON and has the service's fields, or refused without a trace.

use super::{Adresse, Berikelse, Grunnkrets, Hode, Kommune, Navngitt, Oversetter, Sted};
use crate::Versjon;

const ORD: &[&str] = &[
    "\"navn\":[",
    "\"fornavn\":\"A\"",
    "\"erGjeldende\":false",
    "\"doedsfall\":{",
    "\"doedsdato\":\"1980\"",
    "\"bostedsadresse\":[{",
    "\"vegadresse\":{\"kommunenummer\":\"0301\"",
    "\"grunnkrets\":401",
    "\"adressegradering\":\"x\"",
    "\"postadresseIFrittFormat\":{\"adresselinje\":[\"A\"]}",
    "\"navnFoedselsdato\":{\"statsborgerskap\":[\"NOR\",\"SWE\"]}",
    "\"gyldighetstidspunkt\":\"2024-01-01T00:00:00\"",
    "\"rettsligHandleevneomfang\":[\"begrenset\"]",
    "\"status\":\"AKTIV\"",
    "\"kontaktinformasjon\":{\"epostadresse\":\"HEMMELIG\"}",
    "\"ukjent\":[[{}]]",
    "null",
    "\\ud83d\\ude00",
    "\\ud800",
];

struct Alltid;

impl Berikelse for Alltid {
    fn kommune(&self, _: &str) -> Option<Kommune<'_>> {
        Some(Kommune {
            navn: "\"\u{1}",
            fylkesnummer: "03",
            fylkesnavn: "\\",
        })
    }

    fn sted(&self, _: &Adresse<'_>) -> Sted<'_> {
        let noe = Some(Navngitt {
            kode: "03010401",
            navn: "\n",
        });
        Sted {
            grunnkrets: Some(Grunnkrets {
                nummer: 3_010_401,
                navn: Some("\n"),
            }),
            bydel: noe,
            geografisk_bydel: noe,
        }
    }
}

fn gyldige() -> Vec<Vec<u8>> {
    [
        r#"{"identifikasjonsnummer":[{"ajourholdstidspunkt":"2024-01-01T00:00:00.123+01:00","erGjeldende":true,"kilde":"K","aarsak":"A","status":"iBruk",
            "foedselsEllerDNummer":"12855700628","identifikatortype":"foedselsnummer"}],"navn":[{"fornavn":"A","etternavn":"B"}]}"#,
        r#"{"bostedsadresse":[{"vegadresse":{"kommunenummer":"0301","adressenavn":"G","adressenummer":{"husnummer":"1"}},"adressegradering":"ugradert","grunnkrets":401}],
            "deltBosted":[{"ukjentBosted":{"bostedskommune":"0301"},"startdatoForKontrakt":"2024-01-01","adressegradering":"fortrolig"}]}"#,
        r#"{"vergemaalEllerFremtidsfullmakt":[{"verge":{"navnFoedselsdato":{"personnavn":{"fornavn":"A","etternavn":"B"},"statsborgerskap":["NOR"]},
            "tjenesteomraade":[{"vergeTjenestevirksomhet":"x"}]}}],"brukAvSamiskSpraak":[{"spraak":["nordsamisk"]}]}"#,
        r#"{"reservasjon":"NEI","status":"AKTIV","kontaktinformasjon":{"epostadresse":"HEMMELIG"},"digital_post":{"postkasseadresse":"HEMMELIG"}}"#,
    ]
    .map(Into::into)
    .to_vec()
}

fn proev(byte: &[u8]) {
    for versjon in Versjon::ALLE {
        let mut oversetter = Oversetter::new(versjon, &Alltid);
        let kontaktdata = oversetter.kontaktdata(byte).ok();
        if let Some(data) = &kontaktdata {
            let verdi: serde_json::Value = serde_json::from_slice(data.json()).unwrap();
            let aktiv = verdi.get("status").is_some_and(|s| s == "Active");
            assert!(aktiv || verdi.get("contactInformation").is_none());
        }
        let hode = Hode {
            id: "1",
            sekvensnummer: 1,
            kontaktdata: kontaktdata.as_ref(),
        };
        let mut ut = b"foer".to_vec();
        match oversetter.person(byte, &hode, &mut ut) {
            Ok(_) => {
                let verdi: serde_json::Value = serde_json::from_slice(ut.strip_prefix(b"foer").unwrap()).unwrap();
                assert_eq!(verdi.get("sequenceNumber"), Some(&1.into()));
            }
            Err(feil) => {
                assert_eq!(ut, b"foer");
                assert!(feil.plass <= byte.len());
            }
        }
    }
}

fuzz::maal!(paalitelighet_15_fuzz_oversettelse, 4_000, ORD, gyldige, proev);

proptest::proptest! {
    #[test]
    fn any_bytes_are_translated_or_refused(byte: Vec<u8>) {
        proev(&byte);
    }
}
