//! Help numbers: from what a message says of a person to what is registered.
//!
//! What lives here: the eight facts, and telecom and other ids beside them, in the store's types. What does not: whether the sender may. What a
//! newcomer gets wrong: an address is replaced by its use, so one whose use is not known here must not be taken for another's.
//! Source: PREG reference 4.4, 4.8 and 4.9; ADR 0049 and 0051.

use hjelpenummer::{
    Adresse, Adressebruk, AnnenId, Delvisdato, Endring, Fakta, Foedested, Kjoenn, Kontakt, Navn, Revisjon,
};
use preg::hl7::typer::{Adressebruk as Hl7bruk, Dato, Kjoenn as Hl7kjoenn, Telekom};
use preg::hl7::{Adresse as Hl7adresse, Detalj, Detaljkode, Felt, Id, Kodet, Navn as Hl7navn, Oensket, Registrering};

/// Where a detail points.
const SUBJEKT: &str = "controlActProcess/subject/registrationRequest/subject1/identifiedPerson";

fn galt(hva: &str) -> Detalj {
    Detalj::feil(Detaljkode::Syn102, format!("{hva} is not one that can be registered.")).ved(SUBJEKT)
}

/// Whether the sender says that nothing is known of the person. Source: PREG reference 4.8.
pub(super) fn sier_ukjent(fra: &Registrering) -> bool {
    let beskrivelse = fra.beskrivelse.as_deref().unwrap_or_default().to_lowercase();
    beskrivelse.contains("unknown") || beskrivelse.contains("ukjent")
}

/// What is to be registered with a new number, and what cannot be.
pub(super) fn fakta(fra: &Registrering) -> Result<Fakta, Vec<Detalj>> {
    let mut detaljer = Vec::new();
    let mut ut = Fakta {
        navn: fra.navn.verdi().map(navn),
        kjoenn: fra.kjoenn.verdi().map(kjoenn),
        foedselsdato: fra.foedt.verdi().and_then(|d| dato(d, "birthTime", &mut detaljer)),
        doed: fra.doed.verdi().copied(),
        doedsdato: fra
            .doedsdato
            .verdi()
            .and_then(|d| dato(d, "deceasedTime", &mut detaljer)),
        sivilstand: fra.sivilstand.verdi().and_then(|kode| sivilstand(kode, &mut detaljer)),
        foedested: fra.foedested.verdi().map(foedested),
        kontakt: fra
            .telekom
            .verdi()
            .map(|alle| alle.iter().map(kontakt).collect())
            .unwrap_or_default(),
        andre_id: fra
            .andre_id
            .verdi()
            .map(|alle| alle.iter().map(annen_id).collect())
            .unwrap_or_default(),
        adresser: Vec::new(),
    };
    // Whoever has a date of death is dead.
    if ut.doedsdato.is_some() {
        ut.doed = ut.doed.or(Some(true));
    }
    for en in &fra.adresser {
        match bruk(&en.bruk) {
            Some(bruk) => ut.adresser.push(adresse(en, bruk)),
            None => detaljer.push(galt("The use of an address")),
        }
    }
    if detaljer.is_empty() { Ok(ut) } else { Err(detaljer) }
}

/// What is to be revised, and what cannot be.
pub(super) fn revisjon(fra: &Registrering) -> Result<Revisjon, Vec<Detalj>> {
    let mut detaljer = Vec::new();
    let mut ut = Revisjon {
        navn: endring(&fra.navn, |n| Some(navn(n))),
        kjoenn: endring(&fra.kjoenn, |k| Some(kjoenn(k))),
        foedselsdato: endring(&fra.foedt, |d| dato(d, "birthTime", &mut detaljer)),
        doed: endring(&fra.doed, |d| Some(*d)),
        doedsdato: endring(&fra.doedsdato, |d| dato(d, "deceasedTime", &mut detaljer)),
        sivilstand: endring(&fra.sivilstand, |kode| sivilstand(kode, &mut detaljer)),
        foedested: endring(&fra.foedested, |sted| Some(foedested(sted))),
        kontakt: endring(&fra.telekom, |alle| Some(alle.iter().map(kontakt).collect())),
        andre_id: endring(&fra.andre_id, |alle| Some(alle.iter().map(annen_id).collect())),
        adresser: Vec::new(),
    };
    if matches!((&ut.doed, &ut.doedsdato), (Endring::Uroert, Endring::Sett(_))) {
        ut.doed = Endring::Sett(true);
    }
    for en in &fra.adresser {
        let Some(bruk) = bruk(&en.bruk) else {
            detaljer.push(galt("The use of an address"));
            continue;
        };
        let ny = adresse(en, bruk);
        match ut.adresser.iter_mut().find(|(har, _)| *har == bruk) {
            Some((_, alle)) => alle.push(ny),
            None => ut.adresser.push((bruk, vec![ny])),
        }
    }
    for slettes in &fra.slett_adresser {
        match bruk(slettes) {
            // Cleared and set at once: what is set stands.
            Some(bruk) if ut.adresser.iter().any(|(har, _)| *har == bruk) => {}
            Some(bruk) => ut.adresser.push((bruk, Vec::new())),
            None => detaljer.push(galt("The use of an address")),
        }
    }
    if detaljer.is_empty() { Ok(ut) } else { Err(detaljer) }
}

fn endring<T, U>(fra: &Oensket<T>, som: impl FnOnce(&T) -> Option<U>) -> Endring<U> {
    match fra {
        Oensket::Ikke => Endring::Uroert,
        Oensket::Slett => Endring::Fjern,
        // What could not be read has a detail, and nothing is done then.
        Oensket::Sett(verdi) => som(verdi).map_or(Endring::Uroert, Endring::Sett),
    }
}

fn tekst(felt: &Felt<String>) -> String {
    match felt {
        Felt::Verdi(tekst) => tekst.clone(),
        Felt::Mangler | Felt::HoldtTilbake => String::new(),
    }
}

fn navn(fra: &Hl7navn) -> Navn {
    Navn {
        fornavn: tekst(&fra.fornavn),
        mellomnavn: tekst(&fra.mellomnavn),
        etternavn: tekst(&fra.etternavn),
    }
}

fn kjoenn(fra: &Hl7kjoenn) -> Kjoenn {
    match fra {
        Hl7kjoenn::Kvinne => Kjoenn::Kvinne,
        Hl7kjoenn::Mann => Kjoenn::Mann,
        Hl7kjoenn::Ukjent => Kjoenn::Ukjent,
    }
}

fn dato(fra: &Dato, hva: &'static str, detaljer: &mut Vec<Detalj>) -> Option<Delvisdato> {
    let lest = Delvisdato::les(&fra.to_string());
    if lest.is_none() {
        detaljer.push(galt(hva));
    }
    lest
}

fn sivilstand(fra: &Kodet, detaljer: &mut Vec<Detalj>) -> Option<u8> {
    let kode = fra.kode.parse().ok();
    let lest = kode.filter(|kode| (1..=hjelpenummer::SIVILSTAND_MAKS).contains(kode));
    if lest.is_none() {
        detaljer.push(galt("maritalStatusCode"));
    }
    lest
}

fn foedested(fra: &Hl7adresse) -> Foedested {
    let sted = match tekst(&fra.poststed) {
        sted if sted.is_empty() => tekst(&fra.kommune),
        sted => sted,
    };
    Foedested {
        sted,
        land: tekst(&fra.land),
    }
}

fn kontakt(fra: &Telekom) -> Kontakt {
    Kontakt {
        verdi: fra.verdi.clone(),
        bruk: fra.bruk.join(" "),
    }
}

fn annen_id(fra: &Id) -> AnnenId {
    AnnenId {
        system: fra.rot.clone(),
        verdi: fra.nummer.clone().unwrap_or_default(),
    }
}

/// What an address is for: home where nothing is said. `None`: for something that is not registered.
fn bruk(alle: &[Hl7bruk]) -> Option<Adressebruk> {
    if alle.is_empty() {
        return Some(Adressebruk::Hjem);
    }
    alle.iter().find_map(|bruk| match bruk {
        Hl7bruk::H | Hl7bruk::Hp => Some(Adressebruk::Hjem),
        Hl7bruk::Tmp | Hl7bruk::Hv => Some(Adressebruk::Midlertidig),
        Hl7bruk::Wp => Some(Adressebruk::Arbeid),
        Hl7bruk::Pst => Some(Adressebruk::Post),
        Hl7bruk::Bad | Hl7bruk::Conf | Hl7bruk::Dir | Hl7bruk::Pub | Hl7bruk::Phys => None,
    })
}

fn adresse(fra: &Hl7adresse, bruk: Adressebruk) -> Adresse {
    let mut linjer: Vec<String> = fra.adresselinjer.iter().map(tekst).filter(|l| !l.is_empty()).collect();
    let gate = [&fra.gatenavn, &fra.husnummer].map(tekst);
    let gate = gate.join(" ").trim().to_owned();
    if !gate.is_empty() && !linjer.contains(&gate) {
        linjer.push(gate);
    }
    let postboks = tekst(&fra.postboks);
    if !postboks.is_empty() {
        linjer.push(format!("Postboks {}", postboks.trim_start_matches("Postboks ")));
    }
    Adresse {
        bruk,
        co: tekst(&fra.c_o),
        linjer,
        postnummer: tekst(&fra.postnummer),
        poststed: tekst(&fra.poststed),
        kommune: tekst(&fra.kommune),
        land: tekst(&fra.land),
    }
}
