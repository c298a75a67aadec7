//! From PREG's contract to the person of HL7's answers.
//!
//! What lives here: which field of the contract stands in which element. What does not: what is withheld, which is so already and stays so. What
//! a newcomer gets wrong: a graded address is a text and nothing beside it, also where the contract's row has a number or a date.
//! Source: PREG reference 4.4, 4.7 and 5, and its examples; what they leave open is our choice, ADR 0051.

use hjelpenummer::{Adressebruk as Registrertbruk, Oppslag};
use informasjonsmodell::Dato as Modelldato;
use preg::hl7::typer::{Adressebruk, Dato, Kjoenn, Rollestatus, Slektskap, Telekom};
use preg::hl7::{Adresse, Felt, Id, Kodet, Navn, Svarperson};
use pregmodell::koder::{MARITAL_STATUS, REG_STATUS};
use pregmodell::tekst::yyyymmdd;
use pregmodell::{Adresse as Rad, Felt as Modellfelt, Person, Skjult};

use crate::Funnet;

/// `RegStatus` of whoever is dead. Source: PREG reference 6.2.
const DOED: i32 = 5;

/// The person of an answer. `organisasjon`: who asks, since telecom and other ids go to nobody but the organisation that sent them.
pub(super) fn svarperson(funnet: &Funnet, organisasjon: &str) -> Svarperson {
    let person = &funnet.person;
    let registrert = funnet.hjelpenummer.as_deref();
    let mut ut = Svarperson {
        id: Id::person(funnet.nummer()),
        status: Rollestatus::Aktiv,
        skjerming: skjerming(person),
        navn: Navn {
            fornavn: felt(&person.fornavn, String::clone),
            mellomnavn: felt(&person.mellomnavn, String::clone),
            etternavn: felt(&person.etternavn, String::clone),
        },
        tidligere_navn: tidligere_navn(&person.tidligere_etternavn),
        kjoenn: felt(&person.kjoenn, |kode| match kode {
            0 => Kjoenn::Kvinne,
            1 => Kjoenn::Mann,
            _ => Kjoenn::Ukjent,
        }),
        foedt: felles(&person.foedselsdato, |dato| som_dato(*dato)),
        doed: felles(&person.reg_status, |kode| (*kode == DOED).then_some(true)),
        doedsdato: doedsdato(person),
        adresser: match registrert {
            Some(oppslag) => registrerte_adresser(person, oppslag),
            None => person.adresser.iter().map(adresse).collect(),
        },
        sivilstand: felt(&person.sivilstand, |kode| kodet(*kode, &MARITAL_STATUS, "sivilstand")),
        statsborgerskap: statsborgerskap(person),
        slekt: slekt(person),
        foedested: felt(&person.foedested, |sted| Adresse {
            poststed: Felt::Verdi(sted.clone()),
            ..Adresse::default()
        }),
        registerstatus: registerstatus(person),
        erstattede: funnet.erstattede().map(Id::person).collect(),
        ..Svarperson::default()
    };
    if let Some(oppslag) = registrert.filter(|oppslag| oppslag.organisasjon == organisasjon) {
        ut.telekom = telekom(oppslag);
        ut.andre_id = andre_id(oppslag);
    }
    ut
}

fn felt<T, U>(fra: &Modellfelt<T>, som: impl FnOnce(&T) -> U) -> Felt<U> {
    felles(fra, |verdi| Some(som(verdi)))
}

fn felles<T, U>(fra: &Modellfelt<T>, som: impl FnOnce(&T) -> Option<U>) -> Felt<U> {
    match fra {
        Modellfelt::Ingen => Felt::Mangler,
        Modellfelt::Verdi(verdi) => Felt::av(som(verdi)),
        Modellfelt::HoldtTilbake => Felt::HoldtTilbake,
    }
}

fn som_dato(dato: Modelldato) -> Option<Dato> {
    Dato::les(&yyyymmdd(dato))
}

fn kodet(kode: i32, tabell: &pregmodell::koder::Kodetabell, navn: &str) -> Kodet {
    let kode = kode.to_string();
    Kodet {
        tekst: tabell.fra_kode(&kode).map(|rad| rad.tekst.to_owned()),
        systemnavn: Some(navn.to_owned()),
        system: None,
        kode,
    }
}

/// The grade of the one row of somebody with a hidden address.
fn skjult(rad: &Rad) -> Option<Skjult> {
    let kode = rad.posttype.verdi()?;
    Skjult::ALLE.into_iter().find(|skjult| skjult.kode() == *kode)
}

fn skjerming(person: &Person) -> Felt<String> {
    let skjult = person.gjeldende_adresse().and_then(skjult);
    Felt::av(skjult.map(|skjult| skjult.kode().to_string()))
}

fn tidligere_navn(etternavn: &Modellfelt<String>) -> Vec<Navn> {
    match felt(etternavn, String::clone) {
        Felt::Mangler => Vec::new(),
        etternavn => vec![Navn {
            etternavn,
            ..Navn::default()
        }],
    }
}

fn doedsdato(person: &Person) -> Felt<Dato> {
    match (&person.reg_status, &person.dato_status) {
        (Modellfelt::HoldtTilbake, _) => Felt::HoldtTilbake,
        (Modellfelt::Verdi(DOED), dato) => felles(dato, |dato| som_dato(*dato)),
        _ => Felt::Mangler,
    }
}

fn registerstatus(person: &Person) -> Felt<(Kodet, Option<Dato>)> {
    let dato = person.dato_status.verdi().and_then(|dato| som_dato(*dato));
    felt(&person.reg_status, |kode| {
        (kodet(*kode, &REG_STATUS, "RegStatus"), dato)
    })
}

fn statsborgerskap(person: &Person) -> Vec<Felt<Kodet>> {
    let kode = felt(&person.statsborgerskap, |kode| Kodet {
        kode: kode.clone(),
        systemnavn: Some("land".to_owned()),
        ..Kodet::default()
    });
    vec![kode]
}

fn slekt(person: &Person) -> Vec<(Slektskap, Felt<Id>)> {
    let en = |fra: &Modellfelt<String>| felt(fra, |nummer| Id::person(nummer));
    let mut ut = vec![
        (Slektskap::Mor, en(&person.mor)),
        (Slektskap::Far, en(&person.far)),
        (Slektskap::Ektefelle, en(&person.ektefelle)),
    ];
    match &person.barn {
        Modellfelt::Ingen => {}
        Modellfelt::HoldtTilbake => ut.push((Slektskap::Barn, Felt::HoldtTilbake)),
        Modellfelt::Verdi(barn) => {
            ut.extend(barn.iter().map(|nr| (Slektskap::Barn, Felt::Verdi(Id::person(nr)))));
        }
    }
    ut
}

/// A row. What says where somebody lives goes in one line; lines of post stand after it where they say something else.
fn adresse(rad: &Rad) -> Adresse {
    let gjeldende = rad.gjeldende.verdi() == Some(&true);
    if let Some(skjult) = skjult(rad) {
        return Adresse::sperret(Adressebruk::Hp, skjult.tekst());
    }
    let linje = |fra: &Modellfelt<String>| felt(fra, String::clone);
    let mut linjer: Vec<Felt<String>> = Vec::new();
    for en in [&rad.adresselinje, &rad.linje_1, &rad.linje_2, &rad.linje_3].map(linje) {
        if en != Felt::Mangler && !linjer.contains(&en) {
            linjer.push(en);
        }
    }
    let kommune = match linje(&rad.kommunenummer) {
        Felt::Mangler => linje(&rad.kommunenavn),
        nummer => nummer,
    };
    Adresse {
        // A former one is a bad one by now: it must not be taken for where somebody lives.
        bruk: if gjeldende {
            vec![Adressebruk::Hp]
        } else {
            vec![Adressebruk::Hp, Adressebruk::Bad]
        },
        c_o: linje(&rad.co_adresse),
        adresselinjer: linjer,
        bolignummer: linje(&rad.bolignummer),
        postnummer: linje(&rad.postnummer),
        poststed: linje(&rad.poststed),
        kommune,
        land: linje(&rad.land),
        grunnkrets: felt(&rad.grunnkrets, |krets| format!("{krets:04}")),
        bydel: match linje(&rad.bydelsnavn) {
            Felt::Mangler => linje(&rad.bydelskode),
            navn => navn,
        },
        ..Adresse::default()
    }
}

/// Addresses that were registered with a help number, each for what it was registered for. The rows of the contract stand in the same order.
fn registrerte_adresser(person: &Person, oppslag: &Oppslag) -> Vec<Adresse> {
    let mut bruk: Vec<Adressebruk> = Vec::new();
    for slag in [
        Registrertbruk::Hjem,
        Registrertbruk::Midlertidig,
        Registrertbruk::Arbeid,
        Registrertbruk::Post,
    ] {
        let antall = oppslag.fakta.adresser.iter().filter(|en| en.bruk == slag).count();
        bruk.extend(std::iter::repeat_n(som_bruk(slag), antall));
    }
    let rader = person.adresser.iter().zip(bruk);
    rader
        .map(|(rad, bruk)| Adresse {
            bruk: vec![bruk],
            ..adresse(rad)
        })
        .collect()
}

fn som_bruk(bruk: Registrertbruk) -> Adressebruk {
    match bruk {
        Registrertbruk::Hjem => Adressebruk::H,
        Registrertbruk::Midlertidig => Adressebruk::Tmp,
        Registrertbruk::Arbeid => Adressebruk::Wp,
        Registrertbruk::Post => Adressebruk::Pst,
    }
}

fn telekom(oppslag: &Oppslag) -> Vec<Telekom> {
    let alle = oppslag.fakta.kontakt.iter();
    alle.map(|kontakt| Telekom {
        verdi: kontakt.verdi.clone(),
        bruk: kontakt.bruk.split_ascii_whitespace().map(str::to_owned).collect(),
    })
    .collect()
}

fn andre_id(oppslag: &Oppslag) -> Vec<Id> {
    let alle = oppslag.fakta.andre_id.iter();
    alle.map(|id| Id {
        rot: id.system.clone(),
        nummer: Some(id.verdi.clone()),
    })
    .collect()
}
