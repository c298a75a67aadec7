//! Shares of a nation of 20 000 against the numbers they imitate, with tolerances that say how closely.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use informasjonsmodell::kodeverk::{Adressegradering, Personstatus};
use informasjonsmodell::{Entitet, Innhold, Persondokument};
use syntetisk_befolkning::Nasjon;

use super::{dokumenter, gjeldende, status};

fn nasjonen() -> Vec<Persondokument> {
    dokumenter(&Nasjon::new(2026, 20_000).unwrap())
}

fn promille(del: usize, hele: usize) -> usize {
    del * 1_000 / hele
}

#[track_caller]
fn check(hva: &str, funnet: usize, ventet: usize, slingring: usize) {
    assert!(
        funnet.abs_diff(ventet) <= slingring,
        "{hva}: {funnet}, ventet {ventet} ± {slingring} promille"
    );
}

fn bosatte(dokumenter: &[Persondokument]) -> Vec<&Persondokument> {
    dokumenter
        .iter()
        .filter(|d| status(d) == Personstatus::Bosatt)
        .collect()
}

fn foedselsaar(d: &Persondokument) -> usize {
    match &gjeldende(d, Entitet::Foedsel).next().unwrap().innhold {
        Innhold::Foedsel(f) => f.foedselsaar.som_tekst().parse().unwrap(),
        _ => panic!("ikke en fødsel"),
    }
}

/// Source: our choice of shares.
#[test]
fn statuses_have_their_shares() {
    let dokumenter = nasjonen();
    let mut antall: BTreeMap<Personstatus, usize> = BTreeMap::new();
    for d in &dokumenter {
        *antall.entry(status(d)).or_default() += 1;
    }
    for (slag, ventet, slingring) in [
        (Personstatus::Bosatt, 735, 25),
        (Personstatus::Doed, 115, 20),
        (Personstatus::Utflyttet, 60, 12),
        (Personstatus::Inaktiv, 38, 10),
        (Personstatus::Midlertidig, 29, 9),
        (Personstatus::Opphoert, 11, 5),
        (Personstatus::IkkeBosatt, 7, 4),
        (Personstatus::Foedselsregistrert, 3, 3),
    ] {
        check(
            slag.som_tekst(),
            promille(antall[&slag], dokumenter.len()),
            ventet,
            slingring,
        );
    }
    assert!(antall[&Personstatus::Forsvunnet] >= 2);
    assert_eq!(antall.len(), 9, "alle statuser unntatt aktiv, som ingen har");
}

/// Source: SSB table 07459, shares by ten years of age at the turn of 2025, rounded from general knowledge.
#[test]
fn ages_are_those_of_norway_within_four_percent() {
    let dokumenter = nasjonen();
    let bosatte = bosatte(&dokumenter);
    let mut antall = [0; 9];
    for d in &bosatte {
        antall[((2025 - foedselsaar(d)) / 10).min(8)] += 1;
    }
    for (aldersgruppe, ventet) in [102, 118, 127, 140, 129, 134, 113, 90, 48].into_iter().enumerate() {
        check(
            &format!("{aldersgruppe}0-årene"),
            promille(antall[aldersgruppe], bosatte.len()),
            ventet,
            40,
        );
    }
}

/// Source: SSB table 06079, rounded from general knowledge: 39, 28, 12, 13, 8 percent.
#[test]
fn households_are_those_of_norway_within_nine_percent() {
    let dokumenter = nasjonen();
    let mut boende: HashMap<String, usize> = HashMap::new();
    for d in bosatte(&dokumenter) {
        for o in gjeldende(d, Entitet::Bostedsadresse) {
            let Innhold::Bostedsadresse(a) = &o.innhold else {
                continue;
            };
            let id = a.adresse_identifikator_fra_matrikkelen.as_ref();
            if let Some(id) = id.or(a.naer_adresse_identifikator_fra_matrikkelen.as_ref()) {
                *boende.entry(id.som_tekst().to_owned()).or_default() += 1;
            }
        }
    }
    let mut stoerrelser = [0; 5];
    for &antall in boende.values() {
        stoerrelser[(antall - 1).min(4)] += 1;
    }
    for (plass, ventet) in [390, 280, 120, 130, 80].into_iter().enumerate() {
        check(
            &format!("husholdninger på {}", plass + 1),
            promille(stoerrelser[plass], boende.len()),
            ventet,
            90,
        );
    }
}

/// Source: kommuner by population; Oslo has 13 percent.
#[test]
fn people_live_where_people_live() {
    let dokumenter = nasjonen();
    let mut kommuner: BTreeMap<String, usize> = BTreeMap::new();
    for d in bosatte(&dokumenter) {
        for o in gjeldende(d, Entitet::Bostedsadresse) {
            if let Innhold::Bostedsadresse(a) = &o.innhold
                && let Some(veg) = &a.vegadresse
            {
                *kommuner.entry(veg.kommunenummer.som_tekst().to_owned()).or_default() += 1;
            }
        }
    }
    let alle: usize = kommuner.values().sum();
    for (nummer, ventet) in [("0301", 130), ("4601", 53), ("5001", 39), ("1103", 27), ("3301", 19)] {
        check(nummer, promille(kommuner[nummer], alle), ventet, 15);
    }
    assert!(kommuner.len() > 320, "{}", kommuner.len());
}

/// Source: our choice; see the table of shares in the source of the traits.
#[test]
fn protection_is_rare_but_there() {
    let dokumenter = nasjonen();
    let mut antall: BTreeMap<&str, usize> = BTreeMap::new();
    for d in &dokumenter {
        for o in gjeldende(d, Entitet::Adressebeskyttelse) {
            if let Innhold::Adressebeskyttelse(a) = &o.innhold {
                *antall
                    .entry(if a.graderingsnivaa == Adressegradering::Fortrolig {
                        "fortrolig"
                    } else {
                        "streng"
                    })
                    .or_default() += 1;
            }
        }
        if gjeldende(d, Entitet::Bostedsadresse)
            .any(|o| o.innhold.gradering() == Some(&Adressegradering::Klientadresse))
        {
            *antall.entry("klient").or_default() += 1;
        }
    }
    assert!((2..30).contains(&antall["fortrolig"]), "{antall:?}");
    assert!((1..20).contains(&antall["streng"]), "{antall:?}");
    assert!((4..40).contains(&antall["klient"]), "{antall:?}");
}

/// Three entities never carry data in documents of today: withdrawn, retired, or never used.
#[test]
fn every_entity_that_can_be_shown_occurs() {
    let dokumenter = nasjonen();
    let finnes: BTreeSet<Entitet> = dokumenter
        .iter()
        .flat_map(|d| d.opplysninger.iter().map(|o| o.entitet()))
        .collect();
    let mangler: Vec<_> = Entitet::ALLE.iter().filter(|e| !finnes.contains(e)).copied().collect();
    let uten_data = [
        Entitet::PreferertKontaktadresse,
        Entitet::ForholdTilSametingetsValgmanntall,
        Entitet::FratattRettsligHandleevne,
    ];
    assert_eq!(mangler, uten_data);
}

/// Each form and code that a reader may meet is in the text of some document.
#[test]
fn every_form_occurs() {
    let tekst: String = nasjonen()
        .iter()
        .map(|d| String::from_utf8(d.til_json()).unwrap())
        .collect::<Vec<_>>()
        .join("\n");
    for del in [
        "\"ukjentBosted\":{}",
        "\"bostedskommune\"",
        "\"matrikkeladresse\"",
        "\"husbokstav\"",
        "\"postboksadresse\"",
        "\"postadresseIFrittFormat\"",
        "\"utenlandskAdresseIFrittFormat\"",
        "\"utenlandskAdresse\":{",
        "\"adressenErUkjent\":true",
        "\"militaer\"",
        "\"utenriks\"",
        "\"paaSvalbard\"",
        "\"pendler\"",
        "\"naerAdresseIdentifikatorFraMatrikkelen\"",
        "\"coAdressenavn\"",
        "\"adressetilleggsnavn\"",
        "\"mellomnavn\"",
        "\"forkortetNavn\"",
        "\"originaltNavn\"",
        "\"relatertPersonUtenFolkeregisteridentifikator\"",
        "\"ansvarligUtenIdentifikator\"",
        "\"ansvar\":\"mor\"",
        "\"ansvar\":\"andre\"",
        "\"medmor\"",
        "\"registrertPartner\"",
        "\"separert\"",
        "\"advokat\":{",
        "\"organisasjon\":{",
        "\"rettIdentitetErUkjent\"",
        "\"stadfestetFremtidsfullmakt\"",
        "\"midlertidigForVoksen\"",
        "\"navnFoedselsdato\"",
        "\"omfang\"",
        "\"Kommuneregulering\"",
        "\"KILDE_DSF\"",
        "\"Årsakskode fra DSF: \"",
        "\"rekkefoelgenummer\":22",
        "\"soersamisk\"",
        "\"lulesamisk\"",
        "\"harIkkeLengerBibehold\"",
        "\"permanent\"",
        "\"dokumentkontrollstatus\"",
        "Kripos",
        "Skatt Nord",
    ] {
        assert!(tekst.contains(del), "{del}");
    }
}

/// Source: the size that the store is dimensioned for, 4.2-5 KB where documents have their history.
#[test]
fn documents_have_the_size_of_real_ones() {
    let dokumenter = nasjonen();
    let byte: usize = dokumenter.iter().map(|d| d.til_json().len()).sum();
    let snitt = byte / dokumenter.len();
    assert!((4_200..=5_000).contains(&snitt), "{snitt}");
}
