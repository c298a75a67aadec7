//! Whether a person fits what is searched by, and how well.
//!
//! What is compared is the contract's person under the caller's profile, as it would be shown: nothing that is hidden can fit. What a newcomer gets
//! wrong: the text in place of a graded address is no address. Source: PREG reference 4.5 and 5; ADR 0051.

use informasjonsmodell::Dato;
use pregmodell::{Adresse, Person, Skjult};
use soek::kopi::Datointervall;
use soek::navn::{normalise, words};
use unicode_normalization::UnicodeNormalization as _;

use super::kriterier::{Adressekriterium, Gate, Kriterier};

/// How well a name fits. The order is that of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Klasse {
    /// Each word is a whole word of the name, with its own æ, ø and å.
    Noeyaktig,
    /// A word begins one of the name's, or is spelled as it can be.
    Omtrent,
    /// By a last name that was.
    Tidligere,
}

/// Where a person comes in an answer: how well they fit, whether dead, names and number.
pub(super) type Plass = (Klasse, bool, String, String, String);

/// `RegStatus` of whoever is dead.
const DOED: i32 = 5;

/// Whether a person fits, and where they come then.
pub(super) fn passer(person: &Person, kriterier: &Kriterier) -> Option<Plass> {
    let doed = person.reg_status.verdi() == Some(&DOED);
    let klasse = navn(person, kriterier)?;
    let kjoenn = kriterier.kjoenn.is_none_or(|k| person.kjoenn.verdi() == Some(&k));
    let foedt = kriterier.foedt == Datointervall::default()
        || person
            .foedselsdato
            .verdi()
            .is_some_and(|dato| innenfor(*dato, kriterier.foedt));
    let i_live = kriterier.doed.is_none_or(|d| d == doed);
    let adresser = || kriterier.adresser.iter().all(|krav| adresse(person, krav));
    if !(kjoenn && foedt && i_live && adresser()) {
        return None;
    }
    let tekst = |felt: &pregmodell::Felt<String>| felt.verdi().map_or_else(String::new, |t| normalise(t));
    let nin = person.nin.verdi().cloned().unwrap_or_default();
    Some((klasse, doed, tekst(&person.etternavn), tekst(&person.fornavn), nin))
}

fn navn(person: &Person, kriterier: &Kriterier) -> Option<Klasse> {
    let deler = [&person.fornavn, &person.mellomnavn];
    let ord: Vec<(String, String)> = deler
        .iter()
        .filter_map(|felt| felt.verdi())
        .flat_map(|tekst| ordene(tekst))
        .collect();
    let mut klasse = Klasse::Noeyaktig;
    for (gitt, egne) in kriterier.gitte.iter().flat_map(|tekst| ordene(tekst)) {
        if !ord.iter().any(|(har, _)| har.starts_with(&gitt)) {
            return None;
        }
        if !ord.iter().any(|(har, deres)| *har == gitt && *deres == egne) {
            klasse = klasse.max(Klasse::Omtrent);
        }
    }
    let Some(etternavn) = &kriterier.etternavn else {
        return Some(klasse);
    };
    let har = |felt: &pregmodell::Felt<String>| felt.verdi().and_then(|navn| helt_eller_del(navn, etternavn));
    match har(&person.etternavn) {
        Some(her) => Some(klasse.max(her)),
        None => har(&person.tidligere_etternavn).map(|_| Klasse::Tidligere),
    }
}

/// Whether a last name is the whole of another, or one of its parts.
fn helt_eller_del(navn: &str, soekt: &str) -> Option<Klasse> {
    let (navnet, sokt) = (normalise(navn), normalise(soekt));
    if sokt.is_empty() {
        return None;
    }
    let klasse = |like: bool| if like { Klasse::Noeyaktig } else { Klasse::Omtrent };
    if navnet == sokt {
        return Some(klasse(egne(navn) == egne(soekt)));
    }
    let deler = ordene(navn);
    let like = deler.iter().filter(|(del, _)| *del == sokt);
    like.map(|(_, deres)| klasse(*deres == egne(soekt))).min()
}

/// Words as they are compared, each with its own letters æ, ø and å.
fn ordene(tekst: &str) -> Vec<(String, String)> {
    let deler = tekst.split(|c: char| c.is_whitespace() || c == '-');
    deler
        .flat_map(|del| {
            let egne = egne(del);
            words(del).into_iter().map(move |ord| (ord, egne.clone()))
        })
        .collect()
}

/// The letters æ, ø and å of a text in order: what tells `Åse` from `Aase`, which are compared alike.
fn egne(tekst: &str) -> String {
    let smaa = tekst.nfc().flat_map(char::to_lowercase);
    smaa.filter(|c| matches!(c, 'æ' | 'ø' | 'å')).collect()
}

/// First and last day that a date can be.
fn dager(dato: Dato) -> Option<(i32, i32)> {
    let (aar, maaned) = (dato.aar(), dato.maaned());
    let foerste = Dato::hel(aar, maaned.unwrap_or(1), dato.dag().unwrap_or(1))?;
    let i_maaned = maaned.unwrap_or(12);
    let siste = match dato.dag() {
        Some(_) => dato,
        None => (28..=31).rev().find_map(|dag| Dato::hel(aar, i_maaned, dag))?,
    };
    Some((foerste.dager()?, siste.dager()?))
}

fn innenfor(dato: Dato, intervall: Datointervall) -> bool {
    let Some((foerste, siste)) = dager(dato) else {
        return false;
    };
    let fra = intervall.fra.and_then(dager).map(|(fra, _)| fra);
    let til = intervall.til.and_then(dager).map(|(_, til)| til);
    fra.is_none_or(|fra| fra <= foerste) && til.is_none_or(|til| siste <= til)
}

/// Whether the address of now says what is asked, all of it.
fn adresse(person: &Person, krav: &Adressekriterium) -> bool {
    let Some(rad) = person.gjeldende_adresse() else {
        return false;
    };
    let skjult = Skjult::ALLE
        .iter()
        .any(|skjult| rad.posttype.verdi() == Some(&skjult.kode()));
    if skjult || rad.gjeldende.verdi() != Some(&true) {
        return false;
    }
    let lik = |felt: &pregmodell::Felt<String>, soekt: &Option<String>| {
        soekt
            .as_ref()
            .is_none_or(|soekt| felt.verdi().is_some_and(|har| normalise(har) == normalise(soekt)))
    };
    let kommune = krav.kommune.as_ref().is_none_or(|soekt| {
        rad.kommunenummer.verdi() == Some(soekt)
            || rad
                .kommunenavn
                .verdi()
                .is_some_and(|navn| normalise(navn) == normalise(soekt))
    });
    lik(&rad.postnummer, &krav.postnummer)
        && lik(&rad.poststed, &krav.poststed)
        && lik(&rad.land, &krav.land)
        && kommune
        && krav.gate.as_ref().is_none_or(|gate| gaten(rad, gate))
}

fn gaten(rad: &Adresse, soekt: &Gate) -> bool {
    let linjer = [&rad.adresselinje, &rad.linje_1, &rad.linje_2];
    let mut linjer = linjer.into_iter().filter_map(|linje| linje.verdi());
    linjer.any(|linje| Gate::les(linje).is_some_and(|har| har.dekker(soekt)))
}

#[cfg(test)]
mod tests {
    use pregmodell::Felt;

    use super::*;

    fn person(fornavn: &str, etternavn: &str) -> Person {
        let felt = |tekst: &str| Felt::Verdi(tekst.to_owned());
        Person {
            fornavn: felt(fornavn),
            etternavn: felt(etternavn),
            tidligere_etternavn: felt("Myrdal"),
            foedselsdato: Felt::from(Dato::hel(1984, 3, 17)),
            ..Person::default()
        }
    }

    fn klasse(gitte: &str, etternavn: &str) -> Option<Klasse> {
        let kriterier = Kriterier {
            gitte: vec![gitte.to_owned()],
            etternavn: Some(etternavn.to_owned()),
            ..Kriterier::default()
        };
        passer(&person("Åse Marie", "Berg-Østby Lie"), &kriterier).map(|plass| plass.0)
    }

    #[test]
    fn whole_names_come_before_beginnings_and_former_names_last() {
        assert_eq!(klasse("åse", "LIE"), Some(Klasse::Noeyaktig));
        assert_eq!(klasse("Marie Åse", "Berg-Østby Lie"), Some(Klasse::Noeyaktig));
        assert_eq!(klasse("Aase", "Lie"), Some(Klasse::Omtrent));
        assert_eq!(klasse("Åse", "Oestby"), Some(Klasse::Omtrent));
        assert_eq!(klasse("Mar", "berg"), Some(Klasse::Omtrent));
        assert_eq!(klasse("Åse", "myrdal"), Some(Klasse::Tidligere));
        for (gitte, etternavn) in [
            ("Åse", "Ber"),
            ("Åse", "Berg Lie"),
            ("arie", "Lie"),
            ("Åse", "-"),
            ("Kari", "Lie"),
        ] {
            assert_eq!(klasse(gitte, etternavn), None, "{gitte} {etternavn}");
        }
    }

    #[test]
    fn a_hidden_address_fits_nothing() {
        let mut person = person("A", "B");
        person.adresser = vec![Skjult::Fortrolig.rad(Felt::Ingen)];
        let krav = |linje: &str| Adressekriterium {
            gate: Gate::les(linje),
            ..Adressekriterium::default()
        };
        assert!(!adresse(&person, &krav(Skjult::Fortrolig.tekst())));
        person.adresser[0].posttype = Felt::Ingen;
        assert!(adresse(&person, &krav(Skjult::Fortrolig.tekst())));
    }

    #[test]
    fn a_date_known_in_part_fits_where_every_day_of_it_does() {
        let dato = |tekst: &str| Dato::parse(tekst);
        let i = |fra: &str, til: &str| Datointervall {
            fra: dato(fra),
            til: dato(til),
        };
        assert!(innenfor(dato("1984-03-17").unwrap(), i("1984", "1984")));
        assert!(innenfor(dato("1984").unwrap(), i("1984", "1984")));
        assert!(!innenfor(dato("1984").unwrap(), i("1984-01-01", "1984-12-30")));
        assert!(!innenfor(dato("1984-03-17").unwrap(), i("1984-03-18", "1984-03-18")));
    }
}
