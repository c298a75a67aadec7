//! Reads answers, as a client does, into the types that they are written from. Not by the crate's own readers: those are
//! for requests.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use meldinger::tre::Element;
use preg::hl7::typer::{Adressebruk, Dato, Kjoenn, Rollestatus, Slektskap, Telekom};
use preg::hl7::{
    Adresse, Alvor, Detalj, Detaljkode, Felt, Foresporsel, Hode, Id, Kodet, Kvittering, Kvitteringskode, Modus, Navn,
    Svarhode, Svarkode, Svarperson,
};
use preg::{Operasjon, hl7};

/// An answer as what it is written from.
pub struct Svar {
    pub operasjon: Operasjon,
    pub hode: Svarhode,
    pub forespurt: Hode,
    pub kvittering: Kvittering,
    pub kode: Option<Svarkode>,
    pub antall: [u64; 3],
    pub personer: Vec<Svarperson>,
    pub foresporsel: Foresporsel,
}

fn barn<'e>(element: &'e Element, navn: &str) -> Vec<&'e Element> {
    element
        .barn
        .iter()
        .filter(|b| b.navn == navn && b.navnerom == hl7::NAVNEROM)
        .collect()
}

fn ned<'e>(element: &'e Element, sti: &str) -> Option<&'e Element> {
    sti.split('/')
        .try_fold(element, |her, navn| barn(her, navn).first().copied())
}

fn a<'e>(element: &'e Element, navn: &str) -> Option<&'e str> {
    element
        .attributter
        .iter()
        .find(|(_, n, _)| n == navn)
        .map(|(_, _, v)| v.as_str())
}

fn id(element: &Element) -> Id {
    Id {
        rot: a(element, "root").unwrap_or_default().to_owned(),
        nummer: a(element, "extension").map(str::to_owned),
    }
}

fn felt<T>(element: Option<&Element>, les: impl Fn(&Element) -> T) -> Felt<T> {
    match element {
        None => Felt::Mangler,
        Some(e) if a(e, "nullFlavor") == Some("MSK") => Felt::HoldtTilbake,
        Some(e) => Felt::Verdi(les(e)),
    }
}

fn tekster(element: &Element, navn: &str, kvalifikator: Option<&str>) -> Felt<String> {
    let deler: Vec<&str> = barn(element, navn)
        .into_iter()
        .filter(|b| kvalifikator.is_none() || a(b, "qualifier") == kvalifikator)
        .map(|b| b.tekst.as_str())
        .collect();
    match deler.as_slice() {
        [] => Felt::Mangler,
        [""] => Felt::HoldtTilbake,
        deler => Felt::Verdi(deler.join(" ")),
    }
}

fn navn(element: &Element) -> Navn {
    Navn {
        fornavn: tekster(element, "given", None),
        mellomnavn: tekster(element, "family", Some("MID")),
        etternavn: tekster(element, "family", Some("")),
    }
}

fn adresse(element: &Element) -> Adresse {
    let t = |navn: &str| tekster(element, navn, None);
    let linje = |e: &Element| match e.tekst.as_str() {
        "" => Felt::HoldtTilbake,
        tekst => Felt::Verdi(tekst.to_owned()),
    };
    Adresse {
        bruk: a(element, "use")
            .unwrap()
            .split(' ')
            .map(|k| Adressebruk::les(k).unwrap())
            .collect(),
        c_o: t("careOf"),
        adresselinjer: barn(element, "streetAddressLine").into_iter().map(linje).collect(),
        gatenavn: t("streetName"),
        husnummer: t("houseNumber"),
        bolignummer: t("unitID"),
        postboks: t("postBox"),
        postnummer: t("postalCode"),
        poststed: t("city"),
        kommune: t("county"),
        land: t("country"),
        grunnkrets: t("censusTract"),
        bydel: t("precinct"),
    }
}

fn kodet(element: &Element) -> Kodet {
    let les = |navn: &str| a(element, navn).map(str::to_owned);
    Kodet {
        kode: les("code").unwrap(),
        system: les("codeSystem"),
        systemnavn: les("codeSystemName"),
        tekst: les("displayName"),
    }
}

fn person(hendelse: &Element) -> Svarperson {
    let rolle = ned(hendelse, "subject1/identifiedPerson").unwrap();
    let selve = ned(rolle, "identifiedPerson").unwrap();
    let dato = |e: &Element| Dato::les(a(e, "value").unwrap()).unwrap();
    let alle_navn = barn(selve, "name");
    let ider = |element: &Element, sti: [&str; 2]| -> Vec<Id> {
        let deler = barn(element, sti[0]).into_iter();
        deler.flat_map(|d| ned(d, sti[1])).map(id).collect()
    };
    Svarperson {
        id: id(ned(rolle, "id").unwrap()),
        status: match a(ned(rolle, "statusCode").unwrap(), "code") {
            Some("terminated") => Rollestatus::Avsluttet,
            _ => Rollestatus::Aktiv,
        },
        skjerming: felt(ned(rolle, "confidentialityCode"), |e| a(e, "code").unwrap().to_owned()),
        navn: navn(alle_navn[0]),
        tidligere_navn: alle_navn[1..].iter().map(|n| navn(n)).collect(),
        telekom: barn(selve, "telecom")
            .into_iter()
            .map(|t| Telekom {
                verdi: a(t, "value").unwrap().to_owned(),
                bruk: a(t, "use").unwrap().split_whitespace().map(str::to_owned).collect(),
            })
            .collect(),
        kjoenn: felt(ned(selve, "administrativeGenderCode"), |e| {
            match a(e, "code").unwrap() {
                "F" => Kjoenn::Kvinne,
                "M" => Kjoenn::Mann,
                _ => Kjoenn::Ukjent,
            }
        }),
        foedt: felt(ned(selve, "birthTime"), dato),
        doed: felt(ned(selve, "deceasedInd"), |e| a(e, "value") == Some("true")),
        doedsdato: felt(ned(selve, "deceasedTime"), dato),
        adresser: barn(selve, "addr").into_iter().map(adresse).collect(),
        sivilstand: felt(ned(selve, "maritalStatusCode"), kodet),
        statsborgerskap: barn(selve, "asCitizen")
            .into_iter()
            .map(|c| felt(ned(c, "politicalNation/code"), kodet))
            .collect(),
        andre_id: ider(selve, ["asOtherIDs", "id"]),
        slekt: barn(selve, "personalRelationship")
            .into_iter()
            .map(|r| {
                let slag = match a(ned(r, "code").unwrap(), "code").unwrap() {
                    "MTH" => Slektskap::Mor,
                    "FTH" => Slektskap::Far,
                    "SPS" => Slektskap::Ektefelle,
                    _ => Slektskap::Barn,
                };
                let hvem = ned(r, "relationshipHolder/id");
                (slag, hvem.map_or(Felt::HoldtTilbake, |i| Felt::Verdi(id(i))))
            })
            .collect(),
        foedested: felt(ned(selve, "birthPlace/addr"), |e| Adresse {
            bruk: Vec::new(),
            ..adresse(e)
        }),
        registerstatus: Felt::Mangler,
        erstattede: barn(rolle, "identifiedBy")
            .into_iter()
            .map(|i| id(ned(i, "otherIdentifiedPerson/id").unwrap()))
            .collect(),
        endret: ned(hendelse, "effectiveTime").map(dato),
    }
}

/// Reads the wrapper of an answer.
pub fn les(omslag: &Element) -> Svar {
    let operasjon = Operasjon::med_navn(omslag.navn.strip_suffix("Response").unwrap()).unwrap();
    let melding = &omslag.barn[0];
    let (tid, sone) = a(ned(melding, "creationTime").unwrap(), "value").unwrap().split_at(14);
    let timer: i8 = sone[..3].parse().unwrap();
    let offset = Offset::constant(timer);
    let opprettet: Timestamp = offset
        .to_timestamp(DateTime::strptime("%Y%m%d%H%M%S", tid).unwrap())
        .unwrap();
    let modus = match a(ned(melding, "processingCode").unwrap(), "code").unwrap() {
        "P" => Modus::Produksjon,
        "T" => Modus::Test,
        _ => Modus::Feilsoeking,
    };
    let kvittering = ned(melding, "acknowledgement").unwrap();
    let handling = ned(melding, "controlActProcess").unwrap();
    let svarkode = ned(handling, "queryAck/queryResponseCode").map(|k| match a(k, "code").unwrap() {
        "OK" => Svarkode::Ok,
        "NF" => Svarkode::IngenTreff,
        _ => Svarkode::FeilISporring,
    });
    let antall = [
        "resultTotalQuantity",
        "resultCurrentQuantity",
        "resultRemainingQuantity",
    ]
    .map(|n| {
        let tall = ned(handling, &format!("queryAck/{n}"));
        tall.map_or(0, |t| a(t, "value").unwrap().parse().unwrap())
    });
    Svar {
        operasjon,
        hode: Svarhode {
            id: id(ned(melding, "id").unwrap()),
            opprettet,
            forskyvning: offset,
            modus,
        },
        forespurt: Hode {
            id: ned(kvittering, "targetMessage/id").map(id),
            avsender: ned(melding, "receiver/device/id").map(id),
            ..Hode::default()
        },
        kvittering: Kvittering {
            kode: match a(kvittering, "typeCode").unwrap() {
                "AA" => Kvitteringskode::Godtatt,
                "AE" => Kvitteringskode::Feil,
                _ => Kvitteringskode::Avvist,
            },
            detaljer: barn(kvittering, "acknowledgementDetail")
                .into_iter()
                .map(detalj)
                .collect(),
        },
        kode: svarkode,
        antall,
        personer: barn(handling, "subject")
            .into_iter()
            .map(|s| person(ned(s, "registrationEvent").unwrap()))
            .collect(),
        foresporsel: gjentatt(operasjon, handling),
    }
}

fn detalj(element: &Element) -> Detalj {
    let kode = a(ned(element, "code").unwrap(), "code").unwrap();
    let alle = [Detaljkode::Ns202, Detaljkode::Syn105, Detaljkode::LinkSuperseded];
    Detalj {
        alvor: match a(element, "typeCode").unwrap() {
            "E" => Alvor::Feil,
            "W" => Alvor::Advarsel,
            _ => Alvor::Opplysning,
        },
        kode: alle.into_iter().find(|k| k.kode().0 == kode).unwrap(),
        tekst: ned(element, "text").unwrap().verdi().to_owned(),
        sted: None,
    }
}

// The query that an answer repeats has the form of the one in a request.
fn gjentatt(operasjon: Operasjon, handling: &Element) -> Foresporsel {
    let rom = "http://tempuri.org/";
    let mut omslag = Element::new(rom, operasjon.navn());
    let mut del = Element::new(rom, operasjon.del());
    del.barn.push(handling.clone());
    omslag.barn.push(del);
    Foresporsel::les(operasjon, &omslag).1
}
