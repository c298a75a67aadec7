use std::collections::BTreeMap;

use informasjonsmodell::kodeverk::{Adressegradering, Personstatus, Sivilstandstype};
use informasjonsmodell::{Entitet, Innhold, Persondokument};
use syntetisk_befolkning::{Nasjon, PERSONER_MIN};

use super::{dokumenter, gjeldende, nummer, numre, status};

const FROE: u64 = 2026;

/// The documents of the named cases.
fn tilfeller(froe: u64, antall: u32) -> BTreeMap<&'static str, Persondokument> {
    let nasjon = Nasjon::new(froe, antall).unwrap();
    let dokumenter = dokumenter(&nasjon);
    let finn = |nr: &str| dokumenter.iter().find(|d| nummer(d) == nr).unwrap().clone();
    nasjon
        .navngitte()
        .into_iter()
        .map(|t| (t.navn, finn(&t.identifikator)))
        .collect()
}

fn har(dokument: &Persondokument, entitet: Entitet) -> bool {
    gjeldende(dokument, entitet).next().is_some()
}

fn grader(dokument: &Persondokument) -> Vec<Adressegradering> {
    Entitet::ADRESSER
        .iter()
        .flat_map(|&e| dokument.av(e))
        .filter_map(|o| o.innhold.gradering().cloned())
        .collect()
}

#[test]
fn named_cases_are_the_same_whatever_the_size() {
    let liten = Nasjon::new(FROE, PERSONER_MIN).unwrap().navngitte();
    for antall in [PERSONER_MIN + 1, 250, 5_000] {
        assert_eq!(Nasjon::new(FROE, antall).unwrap().navngitte(), liten);
    }
    assert!(liten.len() >= 30);
    assert_ne!(Nasjon::new(FROE + 1, PERSONER_MIN).unwrap().navngitte(), liten);
}

#[test]
fn named_cases_are_printed_the_same_on_every_machine() {
    let navngitte = Nasjon::new(FROE, PERSONER_MIN).unwrap().navngitte();
    let finn = |navn: &str| navngitte.iter().find(|t| t.navn == navn).unwrap().identifikator.clone();
    assert_eq!(
        [finn("doed"), finn("strengt-fortrolig"), finn("dublett")],
        ["13913849730", "24909149874", "28838549979"]
    );
}

/// What each case promises, for several seeds.
#[test]
fn each_named_case_has_its_property() {
    for froe in [FROE, 1, 2, 3, 77] {
        let t = tilfeller(froe, 120);
        let statuser: [(&str, Personstatus); 16] = [
            ("doed", Personstatus::Doed),
            ("doedsbo", Personstatus::Doed),
            ("utflyttet", Personstatus::Utflyttet),
            ("postadresse-i-utlandet", Personstatus::Utflyttet),
            ("forsvunnet", Personstatus::Forsvunnet),
            ("foedselsregistrert", Personstatus::Foedselsregistrert),
            ("ikke-bosatt", Personstatus::IkkeBosatt),
            ("inaktiv-d-nummer", Personstatus::Inaktiv),
            ("midlertidig-d-nummer", Personstatus::Midlertidig),
            ("opphoert", Personstatus::Opphoert),
            ("d-nummer-til-foedselsnummer", Personstatus::Bosatt),
            ("dublett", Personstatus::Bosatt),
            ("vergemaal", Personstatus::Bosatt),
            ("enke", Personstatus::Bosatt),
            ("svalbard", Personstatus::Bosatt),
            ("tvilling", Personstatus::Bosatt),
        ];
        for (navn, ventet) in statuser {
            assert_eq!(status(&t[navn]), ventet, "{navn}");
        }
        for (navn, entitet) in [
            ("doed", Entitet::Doedsfall),
            ("doedsbo", Entitet::KontaktinformasjonForDoedsbo),
            ("utflyttet", Entitet::Utflytting),
            ("postadresse-i-utlandet", Entitet::PostadresseIUtlandet),
            ("postadresse-i-utlandet", Entitet::Bibehold),
            ("postboks", Entitet::Postadresse),
            ("vergemaal", Entitet::VergemaalEllerFremtidsfullmakt),
            ("vergemaal", Entitet::RettsligHandleevne),
            ("fremtidsfullmakt", Entitet::VergemaalEllerFremtidsfullmakt),
            ("svalbard", Entitet::OppholdPaaSvalbard),
            ("svalbard", Entitet::Oppholdsadresse),
            ("pendler", Entitet::Oppholdsadresse),
            ("samisk", Entitet::BrukAvSamiskSpraak),
            ("falsk-identitet", Entitet::FalskIdentitet),
            ("delt-bosted", Entitet::DeltBosted),
            ("innvandret", Entitet::UtlendingsmyndighetenesIdentifikasjonsnummer),
            ("innvandret", Entitet::Opphold),
            ("innvandret", Entitet::Legitimasjonsdokument),
            ("midlertidig-d-nummer", Entitet::UtenlandskPersonidentifikasjon),
        ] {
            assert!(har(&t[navn], entitet), "{navn} {entitet:?}");
        }
        assert!(!har(&t["doed"], Entitet::Bostedsadresse) && !har(&t["utflyttet"], Entitet::Bostedsadresse));
        assert!(
            grader(&t["fortrolig"])
                .iter()
                .all(|g| *g == Adressegradering::Fortrolig)
        );
        assert!(!grader(&t["fortrolig"]).is_empty());
        assert_eq!(grader(&t["strengt-fortrolig"]), [Adressegradering::Ugradert]);
        assert!(har(&t["strengt-fortrolig"], Entitet::Postadresse));
        assert_eq!(
            grader(&t["klientadresse"])
                .iter()
                .filter(|g| **g == Adressegradering::Klientadresse)
                .count(),
            1
        );
        assert!(!har(&t["klientadresse"], Entitet::Adressebeskyttelse));
        for navn in ["dublett", "d-nummer-til-foedselsnummer"] {
            let tidligere: Vec<_> = numre(&t[navn]).filter(|(_, gjelder)| !gjelder).collect();
            assert_eq!(tidligere.len(), 1, "{navn}");
            assert!(tidligere[0].0.as_bytes()[0] >= b'4', "et D-nummer har dag 41-71");
        }
        assert_eq!(t["opphoert"].opplysninger.len(), 2);
        assert!(t["navneendring"].av(Entitet::Navn).count() == 2);
        assert!(t["tvilling"].av(Entitet::Familierelasjon).count() == 2);
        sjekk_rekkefoelge(&t);
        sjekk_former(&t);
    }
}

fn sjekk_rekkefoelge(t: &BTreeMap<&str, Persondokument>) {
    for (navn, ventet) in [("tvilling", 21), ("tvilling-to", 22)] {
        let Innhold::FoedselINorge(f) = &gjeldende(&t[navn], Entitet::FoedselINorge).next().unwrap().innhold else {
            panic!("ikke foedselINorge")
        };
        assert_eq!(f.rekkefoelgenummer, Some(ventet));
    }
    for (navn, ventet) in [
        ("gift", Sivilstandstype::Gift),
        ("skilt", Sivilstandstype::Skilt),
        ("enke", Sivilstandstype::EnkeEllerEnkemann),
    ] {
        let Innhold::Sivilstand(s) = &gjeldende(&t[navn], Entitet::Sivilstand).next().unwrap().innhold else {
            panic!("ikke sivilstand")
        };
        assert_eq!(s.sivilstand, ventet, "{navn}");
        assert!(s.relatert_ved_sivilstand.is_some());
    }
    assert_eq!(t["skilt"].av(Entitet::Sivilstand).count(), 4);
}

fn sjekk_former(t: &BTreeMap<&str, Persondokument>) {
    let bosted = |navn: &str| match &gjeldende(&t[navn], Entitet::Bostedsadresse).next().unwrap().innhold {
        Innhold::Bostedsadresse(b) => b.clone(),
        _ => panic!("ikke bostedsadresse"),
    };
    assert!(bosted("ukjent-bosted").ukjent_bosted.unwrap().bostedskommune.is_some());
    assert!(bosted("matrikkeladresse").matrikkeladresse.is_some());
    let Innhold::Postadresse(p) = &gjeldende(&t["postboks"], Entitet::Postadresse).next().unwrap().innhold else {
        panic!("ikke postadresse")
    };
    assert!(p.postboksadresse.is_some());
    let verge = nummer(&t["verge"]);
    let Innhold::VergemaalEllerFremtidsfullmakt(v) =
        &gjeldende(&t["vergemaal"], Entitet::VergemaalEllerFremtidsfullmakt)
            .next()
            .unwrap()
            .innhold
    else {
        panic!("ikke vergemål")
    };
    assert_eq!(v.verge.foedselsnummer.as_ref().unwrap().som_tekst(), verge);
}
