//! Whoever has a common help number, in PREG's contract.
//!
//! What lives here: the eight facts as fields of the contract. What does not: telecom and other ids, which are nobody's but the
//! organisation's that sent them (`hl7::svarperson`). What a newcomer gets wrong: to read a fact out of the number. It tells nothing.
//! Source: PREG reference 4.8, 6 and 7; what stands in which field is our choice, ADR 0051.

use hjelpenummer::{Adresse as Registrert, Adressebruk, Fakta, Kjoenn, Oppslag};
use pregmodell::koder::REG_STATUS;
use pregmodell::tekst::{er_siffer, kutt, les_yyyymmdd, linjer, rens};
use pregmodell::{Adresse, Felt, Person};

/// Widths of the contract. Source: PREG reference 6.1, 6.6 and 8.4.
const NAVN: usize = 50;
const CO: usize = 25;
const LINJE: usize = 30;
const POSTSTED: usize = 27;

/// The order that addresses stand in, the current one first.
const REKKEFOELGE: [Adressebruk; 4] = [
    Adressebruk::Hjem,
    Adressebruk::Midlertidig,
    Adressebruk::Arbeid,
    Adressebruk::Post,
];

/// The person; nothing is withheld yet.
pub(crate) fn person(oppslag: &Oppslag) -> Person {
    let Fakta {
        navn,
        kjoenn,
        foedselsdato,
        doed,
        doedsdato,
        adresser,
        sivilstand,
        foedested,
        kontakt: _,
        andre_id: _,
    } = &oppslag.fakta;
    let tekst = |tekst: &str, bredde| Felt::from(rens(tekst).map(|tekst| kutt(&tekst, bredde)));
    let dato = |dato: Option<hjelpenummer::Delvisdato>| Felt::from(dato.and_then(|d| les_yyyymmdd(&d.tekst())));
    let er_doed = *doed == Some(true);
    let mut ut = Person {
        nin: Felt::Verdi(oppslag.nummer.as_str().to_owned()),
        foedselsdato: dato(*foedselsdato),
        kjoenn: match kjoenn {
            Some(Kjoenn::Kvinne) => Felt::Verdi(0),
            Some(Kjoenn::Mann) => Felt::Verdi(1),
            Some(Kjoenn::Ukjent) | None => Felt::Ingen,
        },
        reg_status: Felt::from(REG_STATUS.fra_freg("doed").and_then(|k| k.tall()).filter(|_| er_doed)),
        dato_status: dato(doedsdato.filter(|_| er_doed)),
        sivilstand: Felt::from(sivilstand.map(i32::from)),
        ..Person::default()
    };
    if let Some(navn) = navn {
        ut.fornavn = tekst(&navn.fornavn, NAVN);
        ut.mellomnavn = tekst(&navn.mellomnavn, NAVN);
        ut.etternavn = tekst(&navn.etternavn, NAVN);
    }
    if let Some(sted) = foedested {
        let deler: Vec<&str> = [sted.sted.trim(), sted.land.trim()]
            .into_iter()
            .filter(|del| !del.is_empty())
            .collect();
        ut.foedested = tekst(&deler.join(", "), NAVN);
    }
    for bruk in REKKEFOELGE {
        for en in adresser.iter().filter(|en| en.bruk == bruk) {
            let gjeldende = ut.adresser.is_empty();
            ut.adresser.push(adresse(en, &ut.nin, gjeldende));
        }
    }
    ut
}

fn adresse(fra: &Registrert, nin: &Felt<String>, gjeldende: bool) -> Adresse {
    let tekst = |tekst: &str, bredde| rens(tekst).map(|tekst| kutt(&tekst, bredde));
    let deler: Vec<String> = fra.linjer.iter().filter_map(|linje| rens(linje)).collect();
    // A post code of another country is no PREG post code: it goes before its place.
    let norsk_postnummer = er_siffer(fra.postnummer.trim(), 4);
    let sted = match norsk_postnummer {
        true => tekst(&fra.poststed, POSTSTED),
        false => tekst(&format!("{} {}", fra.postnummer, fra.poststed), POSTSTED),
    };
    let [linje_1, linje_2, linje_3] = linjer(&deler, None, LINJE);
    let kommune = fra.kommune.trim();
    let (nummer, navn) = match er_siffer(kommune, 4) {
        true => (Some(kommune.to_owned()), None),
        false => (None, rens(kommune)),
    };
    Adresse {
        nin: nin.clone(),
        gjeldende: Felt::Verdi(gjeldende),
        co_adresse: tekst(&fra.co, CO).into(),
        linje_1: linje_1.into(),
        linje_2: linje_2.into(),
        linje_3: linje_3.into(),
        adresselinje: deler.first().cloned().into(),
        postnummer: norsk_postnummer.then(|| fra.postnummer.trim().to_owned()).into(),
        poststed: sted.into(),
        kommunenummer: nummer.into(),
        kommunenavn: navn.into(),
        land: rens(&fra.land).into(),
        ..Adresse::default()
    }
}
