//! Every error code of the consumer API has a page in `docs/feil/`, and no page stands for a code that is not there.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a page that is absent or cannot be read is a failure"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use folkeregister::konsument::Feil;
use folkeregister::produsent;
use http::HeaderMap;
use informasjonsmodell::{Grunn, Lesefeil, Sti};
use meldinger::Meldingstype;
use meldinger::signatur::Usann;
use tilgang::avtale::{Avslag, Produsentavslag};
use tilgang::token::Tokenfeil;
use tilgang::virksomhet::Sertifikatfeil;
use tilgang::{Holdt, Pakke, RevisjonUtilgjengelig, UgyldigPart};
use tjenesteflate::forhandling::{IkkeAkseptabel, InnholdstypeError};
use tjenesteflate::sporing::{self, Spor};
use tjenesteflate::struping::{Vent, Ventform};
use tjenesteflate::vern::Rammefeil;
use tjenesteflate::{kropp, spoerring, sti};

/// One error for each place in [`plass`].
fn alle() -> Vec<Feil> {
    let lesefeil = Lesefeil::new(&Sti::rot(), Grunn::Mangler);
    let intern = Rammefeil::Intern {
        referanse: Spor::from_headers(&HeaderMap::new(), sporing::random()).id(),
    };
    let vent = Vent::new(Duration::from_secs(1), Ventform::Sekunder);
    vec![
        Feil::Avslag(Avslag::Token(Tokenfeil::Mangler)),
        Feil::Avslag(Avslag::Token(Tokenfeil::NoeklerUtilgjengelige)),
        Feil::Avslag(Avslag::ManglerScope(Pakke::Presse)),
        Feil::Avslag(Avslag::IngenAvtale(Pakke::Presse)),
        Feil::Avslag(Avslag::UkjentDelegeringskilde),
        Feil::UtenforPakken,
        Feil::Ramme(Rammefeil::UkjentSti),
        Feil::Ramme(Rammefeil::MetodeIkkeTillatt),
        Feil::Ramme(Rammefeil::Sti(sti::Error::Utf8 { ledd: 1 })),
        Feil::Ramme(Rammefeil::UriForLang),
        Feil::Ramme(Rammefeil::Spoerring(spoerring::Error::ForLang)),
        Feil::Ramme(Rammefeil::Kropp(kropp::Error::ForStor { bytes_maks: 1 })),
        Feil::Ramme(Rammefeil::Kropp(kropp::Error::Tidsavbrudd)),
        Feil::Ramme(Rammefeil::Kropp(kropp::Error::Brutt)),
        Feil::Ramme(Rammefeil::Kropp(kropp::Error::Koding)),
        Feil::Ramme(Rammefeil::IkkeAkseptabel(IkkeAkseptabel)),
        Feil::Ramme(Rammefeil::Innholdstype(InnholdstypeError::Ugyldig)),
        Feil::Ramme(intern),
        Feil::from(UgyldigPart),
        Feil::UgyldigIdentifikator,
        Feil::UkjentPerson,
        Feil::UkjentDokument,
        Feil::ForGammelt { maaneder: 36 },
        Feil::UlovligSekvensnummer { maaneder: 36 },
        Feil::UgyldigSekvensnummer,
        Feil::Innhold(lesefeil),
        Feil::ForMange { maks: 1_000 },
        Feil::ForMangeUttrekk,
        Feil::from(Holdt::Revisjon(RevisjonUtilgjengelig)),
        Feil::Intern,
        Feil::Ramme(Rammefeil::UgyldigForespoersel),
        Feil::Ramme(Rammefeil::HoderForStore { bytes_maks: 1 }),
        Feil::Avslag(Avslag::Sperret),
        Feil::Ramme(Rammefeil::ForMangeKall { vent }),
        Feil::Ramme(Rammefeil::Overlast { vent }),
        Feil::UgyldigKriterium {
            navn: "kjoenn",
            regel: "må være mann eller kvinne",
        },
        Feil::IkkeRettTilTreff,
        Feil::ForMangeTreff { maks: 10_000 },
        Feil::IkkeEntydig,
        Feil::UttrekkIkkeKlart,
        Feil::UkjentUttrekk,
        Feil::Nede { vent },
        Feil::UkjentSak,
    ]
}

/// Number of places in [`plass`].
const PLASSER: usize = 43;

/// Where an error stands in [`alle`]. No wildcard: a variant that is added must be given a place here and an error there.
fn plass(feil: &Feil) -> usize {
    match feil {
        Feil::Avslag(Avslag::Token(feil)) => usize::from(feil.er_midlertidig()),
        Feil::Avslag(Avslag::ManglerScope(_)) => 2,
        Feil::Avslag(Avslag::IngenAvtale(_)) => 3,
        Feil::Avslag(Avslag::UkjentDelegeringskilde) => 4,
        Feil::Avslag(Avslag::Sperret) => 32,
        Feil::UtenforPakken => 5,
        Feil::Ramme(ramme) => match ramme {
            Rammefeil::UkjentSti => 6,
            Rammefeil::MetodeIkkeTillatt => 7,
            Rammefeil::Sti(_) => 8,
            Rammefeil::UriForLang => 9,
            Rammefeil::Spoerring(_) => 10,
            Rammefeil::Kropp(kropp::Error::ForStor { .. }) => 11,
            Rammefeil::Kropp(kropp::Error::Tidsavbrudd) => 12,
            Rammefeil::Kropp(kropp::Error::Brutt) => 13,
            Rammefeil::Kropp(kropp::Error::Koding) => 14,
            Rammefeil::IkkeAkseptabel(_) => 15,
            Rammefeil::Innholdstype(_) => 16,
            Rammefeil::Intern { .. } => 17,
            Rammefeil::UgyldigForespoersel => 30,
            Rammefeil::HoderForStore { .. } => 31,
            Rammefeil::ForMangeKall { .. } => 33,
            Rammefeil::Overlast { .. } => 34,
        },
        Feil::UgyldigPart => 18,
        Feil::UgyldigIdentifikator => 19,
        Feil::UkjentPerson => 20,
        Feil::UkjentDokument => 21,
        Feil::ForGammelt { .. } => 22,
        Feil::UlovligSekvensnummer { .. } => 23,
        Feil::UgyldigSekvensnummer => 24,
        Feil::Innhold(_) => 25,
        Feil::ForMange { .. } => 26,
        Feil::ForMangeUttrekk => 27,
        Feil::UttrekkIkkeKlart => 39,
        Feil::UkjentUttrekk => 40,
        Feil::Nede { .. } => 41,
        Feil::UkjentSak => 42,
        Feil::UgyldigKriterium { .. } => 35,
        Feil::IkkeRettTilTreff => 36,
        Feil::ForMangeTreff { .. } => 37,
        Feil::IkkeEntydig => 38,
        Feil::Utilgjengelig => 28,
        Feil::Intern => 29,
    }
}

/// The pages of a series: code and text.
fn sider(serie: &str) -> BTreeMap<String, String> {
    let mappe = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/feil"));
    let mut ut = BTreeMap::new();
    for fil in std::fs::read_dir(mappe).unwrap() {
        let fil = fil.unwrap().path();
        let kode = fil.file_stem().unwrap().to_string_lossy().into_owned();
        if kode.starts_with(serie) {
            ut.insert(kode, std::fs::read_to_string(fil).unwrap());
        }
    }
    ut
}

/// A page names its code and its status, and has its two sections with something in them.
#[track_caller]
fn check_side(kode: &str, side: &str, status: u16) {
    assert!(side.starts_with(&format!("# {kode}: ")), "{kode}: overskriften");
    assert!(
        side.contains(&format!("\nHTTP-status: {status}\n")),
        "{kode}: HTTP-status skal være {status}"
    );
    for del in ["## Hva skjedde\n", "## Hva du kan prøve\n"] {
        let Some((_, rest)) = side.split_once(del) else {
            panic!("{kode}: mangler «{}»", del.trim_end());
        };
        let innhold = rest.split("\n## ").next().unwrap_or_default();
        assert!(!innhold.trim().is_empty(), "{kode}: «{}» er tom", del.trim_end());
    }
}

/// One error of the producers' interfaces for each variant. No wildcard below: a variant that is added must be placed.
fn produsenters() -> Vec<produsent::Feil> {
    use produsent::Feil as F;
    let lesefeil = Lesefeil::new(&Sti::rot(), Grunn::Mangler);
    let alle = vec![
        F::IngenSertifikat,
        F::Sertifikat(Sertifikatfeil::FeilSlag),
        F::Avslag(Produsentavslag::Sperret),
        F::Avslag(Produsentavslag::IngenRett),
        F::UtenRett(Meldingstype::Doedsfall),
        F::UtenRettTilKilde(Meldingstype::Doedsfall),
        F::Ramme(Rammefeil::UkjentSti),
        F::Xml(lesefeil),
        F::Skjema(Vec::new()),
        F::Signatur(Usann::Verdi),
        F::Meldingsid("for lang"),
        F::Vedlegg,
        F::Flerdelt("delen rekvisisjon mangler"),
        F::Parameter {
            navn: "seq",
            regel: "må være et heltall",
        },
        F::Nede { vent: 60 },
        F::Utilgjengelig,
        F::Intern,
    ];
    for feil in &alle {
        match feil {
            F::IngenSertifikat
            | F::Sertifikat(_)
            | F::Avslag(Produsentavslag::Sperret | Produsentavslag::IngenRett)
            | F::UtenRett(_)
            | F::UtenRettTilKilde(_)
            | F::Ramme(_)
            | F::Xml(_)
            | F::Skjema(_)
            | F::Signatur(_)
            | F::Meldingsid(_)
            | F::Vedlegg
            | F::Flerdelt(_)
            | F::Parameter { .. }
            | F::Nede { .. }
            | F::Utilgjengelig
            | F::Intern => {}
        }
    }
    alle
}

#[test]
fn the_list_has_one_error_for_each_place() {
    let plasser: Vec<usize> = alle().iter().map(plass).collect();
    assert_eq!(plasser, (0..PLASSER).collect::<Vec<_>>());
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let mut sider = sider("FREG-");
    // Those of test control are held against its own codes there.
    sider.retain(|kode, _| !kode.starts_with("FREG-06"));
    let mut statuser: BTreeMap<&str, BTreeSet<u16>> = BTreeMap::new();
    for feil in alle() {
        let (kode, status) = feil.kode();
        statuser.entry(kode).or_default().insert(status.as_u16());
    }
    for feil in produsenters() {
        let (kode, status) = feil.kode();
        statuser.entry(kode).or_default().insert(status.as_u16());
    }
    let koder: BTreeSet<&str> = statuser.keys().copied().collect();
    let har: BTreeSet<&str> = sider.keys().map(String::as_str).collect();
    assert_eq!(koder, har, "kodene og sidene i docs/feil");
    for (kode, status) in statuser {
        let [status] = status.into_iter().collect::<Vec<_>>()[..] else {
            panic!("{kode} har flere statuser");
        };
        check_side(kode, &sider[kode], status);
    }
}

#[test]
fn a_page_says_the_text_that_a_fixed_error_gives() {
    let vent = Vent::new(Duration::from_secs(1), Ventform::Sekunder);
    let sider = sider("FREG-");
    for feil in [
        Feil::Intern,
        Feil::UtenforPakken,
        Feil::UkjentPerson,
        Feil::UkjentDokument,
        Feil::UgyldigPart,
        Feil::UgyldigIdentifikator,
        Feil::Utilgjengelig,
        Feil::Avslag(Avslag::Sperret),
        Feil::Ramme(Rammefeil::ForMangeKall { vent }),
        Feil::Ramme(Rammefeil::Overlast { vent }),
        Feil::UgyldigKriterium {
            navn: "kjoenn",
            regel: "må være mann eller kvinne",
        },
        Feil::IkkeRettTilTreff,
        Feil::ForMangeTreff { maks: 10_000 },
        Feil::IkkeEntydig,
        Feil::ForMangeUttrekk,
        Feil::UttrekkIkkeKlart,
        Feil::UkjentUttrekk,
        Feil::Nede { vent },
        Feil::UkjentSak,
    ] {
        let (kode, _) = feil.kode();
        let melding = feil.melding();
        assert!(
            sider[kode].contains(&melding),
            "{kode}: siden mangler teksten «{melding}»"
        );
    }
}
