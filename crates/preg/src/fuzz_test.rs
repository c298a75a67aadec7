//! Bytes from clients: read or refused without a panic, nothing of them in an error, and any answer can be read back.

use jiff::tz::Offset;

use crate::hl7::{self, Foresporsel, Innhold, Kvittering, Modus, Svarhode, Svarkode};
use crate::{Operasjon, konvolutt};

const ORD: &[&str] = &[
    "<s:Header>",
    "</s:Header>",
    " s:mustUnderstand=\"1\"",
    "<a:Action>http://tempuri.org/IPersonRegistry/AddPerson</a:Action>",
    "<o:Nonce>AA==</o:Nonce>",
    " Type=\"#PasswordDigest\"",
    " xsi:nil=\"true\"",
    " nullFlavor=\"NI\"",
    "<hl7:value/>",
    "<hl7:value value=\"1984\"/>",
    "<hl7:low value=\"19840101\"/>",
    "extension=\"",
    "qualifier=\"MID\"",
    "use=\"OLD\"",
    "<hl7:subject>",
    "<hl7:identifiedPerson>",
    "FindCandidates",
    "UnlinkPersonRecords",
    "20260114",
    "2026-01-14T10:00:00Z",
    "<!DOCTYPE",
    "<![CDATA[",
    "&#13;",
];

/// What a password looks like in the texts below, so that it can be looked for in answers.
const PASSORD: &str = "hemmelig-ord-9f31";

fn naa() -> jiff::Timestamp {
    "2026-01-14T10:00:00Z".parse().unwrap()
}

fn gyldige() -> Vec<Vec<u8>> {
    let kropper = [
        (
            Operasjon::FindCandidates,
            "<query><hl7:controlActProcess><hl7:queryByParameter><hl7:initialQuantity value='5'/><hl7:parameterList>\
             <hl7:personName><hl7:value><hl7:given>Ola</hl7:given><hl7:family>Test</hl7:family></hl7:value></hl7:personName>\
             <hl7:personBirthTime><hl7:value><hl7:low value='1984'/><hl7:high value='198512'/></hl7:value></hl7:personBirthTime>\
             </hl7:parameterList></hl7:queryByParameter></hl7:controlActProcess></query>",
        ),
        (
            Operasjon::GetDemographics,
            "<query><hl7:id root='1.2.3.4'/><hl7:controlActProcess><hl7:queryByParameter><hl7:parameterList>\
             <hl7:identifiedPersonIdentifier><hl7:value extension='80000000000'/></hl7:identifiedPersonIdentifier>\
             </hl7:parameterList></hl7:queryByParameter></hl7:controlActProcess></query>",
        ),
        (
            Operasjon::RevisePersonRecord,
            "<request><hl7:controlActProcess><hl7:subject><hl7:registrationRequest><hl7:subject1><hl7:identifiedPerson>\
             <hl7:id extension='80000000000'/><hl7:identifiedPerson><hl7:name><hl7:given>Ola</hl7:given></hl7:name>\
             <hl7:telecom value='tel:1' nullFlavor='NI'/><hl7:birthTime value='1984'/><hl7:addr use='TMP'><hl7:city>X</hl7:city>\
             </hl7:addr></hl7:identifiedPerson></hl7:identifiedPerson></hl7:subject1></hl7:registrationRequest></hl7:subject>\
             </hl7:controlActProcess></request>",
        ),
        (
            Operasjon::LinkPersonRecords,
            "<request><hl7:controlActProcess><hl7:subject><hl7:registrationRequest><hl7:subject1><hl7:identifiedPerson>\
             <hl7:id extension='90000000000'/><hl7:identifiedBy><hl7:otherIdentifiedPerson><hl7:id extension='80000000000'/>\
             </hl7:otherIdentifiedPerson></hl7:identifiedBy></hl7:identifiedPerson></hl7:subject1></hl7:registrationRequest>\
             </hl7:subject></hl7:controlActProcess></request>",
        ),
    ];
    let mut ut = Vec::new();
    for (operasjon, kropp) in kropper {
        for versjon in [konvolutt::Soapversjon::V11, konvolutt::Soapversjon::V12] {
            let navn = operasjon.navn();
            ut.push(
                format!(
                    "<s:Envelope xmlns:s='{}' xmlns:a='{}' xmlns:o='{}' xmlns:u='{}' xmlns:hl7='{}' \
                     xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'><s:Header><a:Action \
                     s:mustUnderstand='1'>{}</a:Action><a:MessageID>urn:uuid:1</a:MessageID><o:Security><u:Timestamp>\
                     <u:Created>2026-01-14T09:59:00Z</u:Created><u:Expires>2026-01-14T10:04:00Z</u:Expires></u:Timestamp>\
                     <o:UsernameToken><o:Username>b</o:Username><o:Password>{PASSORD}</o:Password></o:UsernameToken>\
                     </o:Security></s:Header><s:Body><{navn} xmlns='http://tempuri.org/'>{kropp}</{navn}></s:Body>\
                     </s:Envelope>",
                    versjon.navnerom(),
                    konvolutt::NS_ADRESSERING,
                    konvolutt::NS_SIKKERHET,
                    konvolutt::NS_SIKKERHETSVERKTOEY,
                    hl7::NAVNEROM,
                    operasjon.handling(),
                )
                .into_bytes(),
            );
        }
    }
    ut
}

fn proev(byte: &[u8]) {
    let konvolutt = match konvolutt::les(byte, None, naa()) {
        Ok(konvolutt) => konvolutt,
        Err(avslag) => {
            let svar = avslag.svar();
            assert!(meldinger::tre::les(svar.kropp.as_bytes()).is_ok(), "{}", svar.kropp);
            // What may come back of a request is its message id alone.
            let id = avslag.retur.melding_id.as_deref().unwrap_or_default();
            assert!(!svar.kropp.contains(PASSORD) || id.contains(PASSORD));
            return;
        }
    };
    assert!(!format!("{konvolutt:?} {:?}", konvolutt.bruker).contains(PASSORD));
    let operasjon = konvolutt.operasjon;
    let (hode, foresporsel, detaljer) = Foresporsel::les(operasjon, &konvolutt.kropp);
    let _ = hode.sjekk(operasjon, Modus::Test);
    let kvittering = Kvittering::av(detaljer);
    let svarhode = Svarhode {
        id: hl7::Id::default(),
        opprettet: naa(),
        forskyvning: Offset::UTC,
        modus: Modus::Test,
    };
    let innhold = match &foresporsel {
        Foresporsel::Soek(soek) => Innhold::Soek {
            kode: Svarkode::IngenTreff,
            totalt: 0,
            gjenstaar: 0,
            treff: &[],
            soek,
        },
        Foresporsel::Oppslag(oppslag) => Innhold::Oppslag {
            kode: Svarkode::IngenTreff,
            treff: None,
            oppslag,
        },
        Foresporsel::Ny(_) | Foresporsel::Endring(_) => Innhold::Registrering(None),
        Foresporsel::Kobling(_) | Foresporsel::Frakobling(_) => Innhold::Kobling,
    };
    let kropp = hl7::skriv(operasjon, &svarhode, &hode, &kvittering, &innhold);
    let svar = konvolutt::skriv(&konvolutt.retur, operasjon, naa(), &kropp);
    if svar.len() <= meldinger::tre::BYTE_MAKS {
        assert!(meldinger::tre::les(svar.as_bytes()).is_ok(), "{svar:.2000}");
    }
}

#[test]
fn the_texts_that_the_fuzzer_begins_with_are_read() {
    for byte in gyldige() {
        let lest = konvolutt::les(&byte, None, naa());
        assert!(lest.is_ok(), "{:?}\n{}", lest.err(), String::from_utf8_lossy(&byte));
    }
}

fuzz::maal!(paalitelighet_15_fuzz_preg, 10_000, ORD, gyldige, proev);
