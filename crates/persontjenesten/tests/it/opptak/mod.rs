//! Answers of releases, recorded and held against what is served now. How to record a release: `tests/opptak/LES.md`.
//!
//! What a newcomer gets wrong: to mend a recording when this fails. A recording is what readers have built on; it is never changed. Either
//! the service is mended, or the change waits for the next major version.

mod kall;
mod kilde;
mod mutasjon;
mod sammenlikner;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use http::Method;
use kartverk::Tabell;
use persontjenesten::Versjon;
use persontjenesten::api::{Innstillinger, Utfasing, ruteliste};
use persontjenesten::endringslogg::{tjent, utgivelser};
use persontjenesten::openapi::{Rute, Sted};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::api::kjoer;
use crate::api::oppsett::{Prove, Svar, Vist};
use kall::Spurt;
use kilde::Kilde;
use sammenlikner::{Bilde, FORBINDELSEN, avvik};

/// A difference that is meant: release, file, name of the call, place, and why.
///
/// For a fault that was mended, and for nothing else. A test holds that each is one.
const UNNTAK: [(&str, &str, &str, &str, &str); 0] = [];

const DOKUMENT: &str = "openapi.json";
const AVTRYKK: &str = "avtrykk.txt";

fn rot() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/opptak")
}

fn les_json(sti: &Path) -> Value {
    let byte = std::fs::read(sti).unwrap_or_else(|feil| panic!("{}: {feil}", sti.display()));
    serde_json::from_slice(&byte).unwrap()
}

/// The recorded releases of a version, the oldest first: minor number, folder.
fn opptak(versjon: Versjon) -> Vec<(u16, PathBuf)> {
    let mut ut: Vec<(u16, PathBuf)> = std::fs::read_dir(rot())
        .unwrap()
        .filter_map(|fil| {
            let sti = fil.unwrap().path();
            let navn = sti.file_name()?.to_str()?;
            let under = navn.strip_prefix(&format!("v{}.", versjon.nummer()))?.parse().ok()?;
            Some((under, sti))
        })
        .collect();
    ut.sort();
    ut
}

/// The document of a recorded release.
pub fn dokument(versjon: Versjon, under: u16) -> Option<Value> {
    let alle = opptak(versjon);
    let (_, mappe) = alle.iter().find(|(u, _)| *u == under)?;
    Some(les_json(&mappe.join(DOKUMENT)))
}

/// The newest recorded release of a version, and its document.
pub fn nyeste(versjon: Versjon) -> (u16, Value) {
    let under = opptak(versjon)
        .last()
        .unwrap_or_else(|| panic!("ingen opptak av {versjon:?}"))
        .0;
    (under, dokument(versjon, under).unwrap())
}

/// The file of a route's answers.
fn filnavn(rute: &Rute) -> String {
    let sti = rute.operasjon.sti().trim_start_matches('/');
    let sti = sti.replace("/{id}", ".by-id").replace('/', ".");
    let gren = rute.omfang.and_then(|o| o.sti().rsplit('/').next());
    format!("{}.{sti}.jsonl", gren.unwrap_or("open"))
}

/// A service with the persons of a recording.
async fn tjeneste(kilde: &Kilde) -> Prove {
    let tid = |tekst: &str| tekst.parse().unwrap();
    let innstillinger = Innstillinger {
        utfasing: Some(Utfasing::new(tid("2026-08-31T00:00:00Z"), tid("2027-02-28T00:00:00Z")).unwrap()),
        ..Innstillinger::default()
    };
    let prove = Prove::med_tabell(innstillinger, 0, Tabell::syntetisk()).await;
    kilde.fyll(&prove.kopi).await;
    prove
}

/// Puts ids and numbers in.
fn fyll_inn(tekst: &str, kilde: &Kilde, prove: &Prove) -> String {
    let les = prove.kopi.les().unwrap();
    let mut ut = String::new();
    let mut rest = tekst;
    while let Some((foer, etter)) = rest.split_once('{') {
        let (hva, etter) = etter.split_once('}').unwrap();
        let (slag, hvem) = hva.split_once(':').unwrap();
        let siste = hvem == "siste";
        let nummer = if siste {
            kilde.slaatt_sammen()
        } else {
            kilde.nummer(hvem.parse().unwrap())
        };
        let tekst = format!("{nummer:011}");
        ut.push_str(foer);
        ut.push_str(&match slag {
            "nin" => tekst,
            // An id never leads to the survivor: the merged one's own place in the store.
            "id" if siste => les
                .id(register::Personnummer::fra_indeks(
                    u32::try_from(kilde.personer().len()).unwrap(),
                ))
                .to_string(),
            _ => {
                let id = identifikator::Folkeregisteridentifikator::parse(&tekst).unwrap();
                les.id(les.register().finn(&id).unwrap().unwrap()).to_string()
            }
        });
        rest = etter;
    }
    ut + rest
}

async fn spoer(prove: &Prove, kilde: &Kilde, rute_post: bool, spurt: &Spurt) -> Bilde {
    let metode = if rute_post { Method::POST } else { Method::GET };
    let sti = fyll_inn(&spurt.sti, kilde, prove);
    let skjema = spurt.skjema.as_ref().map(|s| fyll_inn(s, kilde, prove));
    let mut hoder = match (&spurt.hvem, spurt.token) {
        (Some(hvem), Some(token)) => {
            let vist = match token.versjon() {
                Versjon::V2 => Vist::Bearer,
                Versjon::V3 => Vist::Dpop,
            };
            let uten_spoerring = sti.split('?').next().unwrap();
            prove.vis(&prove.token(hvem, token, vist).unwrap(), vist, &metode, uten_spoerring)
        }
        _ => http::HeaderMap::new(),
    };
    for (navn, verdi) in &spurt.hoder {
        let navn: http::HeaderName = navn.parse().unwrap();
        hoder.insert(navn, verdi.parse().unwrap());
    }
    bilde(&prove.send(metode, &sti, hoder, skjema.as_deref()).await)
}

fn bilde(svar: &Svar) -> Bilde {
    let navn: BTreeSet<&str> = svar.hoder.keys().map(http::HeaderName::as_str).collect();
    let hoder = navn
        .into_iter()
        .filter(|navn| !FORBINDELSEN.contains(navn))
        .map(|navn| {
            let alle = svar.hoder.get_all(navn).iter().map(|v| v.to_str().unwrap());
            (navn.to_owned(), alle.collect::<Vec<_>>().join(", "))
        });
    Bilde {
        status: svar.status,
        hoder: hoder.collect(),
        kropp: (!svar.kropp.is_empty()).then(|| svar.json()),
    }
}

fn linje(spurt: &Spurt, bilde: &Bilde) -> String {
    let svar = json!({"status": bilde.status, "headers": bilde.hoder, "body": bilde.kropp});
    json!({"request": spurt.til_json(), "response": svar}).to_string()
}

/// The calls and answers of a file.
fn les_fil(sti: &Path) -> Vec<(Spurt, Bilde)> {
    let tekst = std::fs::read_to_string(sti).unwrap();
    tekst
        .lines()
        .map(|linje| {
            let verdi: Value = serde_json::from_str(linje).unwrap();
            let svar = &verdi["response"];
            let hoder: BTreeMap<String, String> = serde_json::from_value(svar["headers"].clone()).unwrap();
            let bilde = Bilde {
                status: svar["status"].as_u64().unwrap().try_into().unwrap(),
                hoder,
                kropp: Some(svar["body"].clone()).filter(|k| !k.is_null()),
            };
            (Spurt::les(&verdi["request"]), bilde)
        })
        .collect()
}

fn filer(mappe: &Path) -> BTreeSet<String> {
    let alle = std::fs::read_dir(mappe).unwrap();
    alle.map(|fil| fil.unwrap().file_name().into_string().unwrap())
        .collect()
}

fn er_svar(navn: &str) -> bool {
    navn.ends_with(".jsonl")
}

#[test]
fn every_recorded_answer_is_answered_so_still() {
    kjoer(async {
        let (mut antall, mut brukte) = (0, BTreeSet::new());
        let mut feil = Vec::new();
        for (versjon, (under, mappe)) in Versjon::ALLE
            .iter()
            .flat_map(|v| opptak(*v).into_iter().map(move |o| (*v, o)))
        {
            let kilde = Kilde(les_json(&mappe.join("personer.json")));
            let prove = tjeneste(&kilde).await;
            for fil in filer(&mappe).into_iter().filter(|fil| er_svar(fil)) {
                for (spurt, gammel) in les_fil(&mappe.join(&fil)) {
                    let ny = spoer(&prove, &kilde, spurt.skjema.is_some(), &spurt).await;
                    let utgave = format!("{}.{under}", versjon.nummer());
                    for avvik in avvik(&gammel, &ny) {
                        let unntatt = UNNTAK.iter().position(|(u, f, n, hvor, _)| {
                            *u == utgave && *f == fil && *n == spurt.navn && avvik.starts_with(hvor)
                        });
                        match unntatt {
                            Some(nr) => drop(brukte.insert(nr)),
                            None => feil.push(format!("{utgave} {fil} {}: {avvik}", spurt.navn)),
                        }
                    }
                    antall += 1;
                }
            }
        }
        feil.truncate(40);
        assert!(feil.is_empty(), "{feil:#?}");
        assert_eq!(brukte.len(), UNNTAK.len(), "et unntak er ingen forskjell");
        assert!(antall > 150, "{antall}");
    });
}

#[test]
fn the_newest_recording_has_every_route_and_every_status_that_they_can_be_made_to_give() {
    for versjon in Versjon::ALLE {
        let (_, mappe) = opptak(versjon).pop().unwrap();
        let har = filer(&mappe);
        let mangler: Vec<String> = ruteliste(versjon)
            .iter()
            .map(filnavn)
            .filter(|fil| !har.contains(fil))
            .collect();
        assert_eq!(
            mangler,
            Vec::<String>::new(),
            "kjør opptaket, som tests/opptak/LES.md sier: det legger til det som ikke er der"
        );
        for rute in ruteliste(versjon) {
            let statuser: BTreeSet<u16> = les_fil(&mappe.join(filnavn(&rute)))
                .iter()
                .map(|(_, b)| b.status)
                .collect();
            let mut ventet = BTreeSet::from([200, 400]);
            if rute.omfang.is_some() {
                ventet.extend([401, 403, 406]);
            }
            if rute.operasjon.skjema(versjon).is_some() {
                ventet.insert(415);
            }
            assert!(statuser.is_superset(&ventet), "{} {statuser:?}", rute.sti);
        }
    }
}

/// Schemas, and fields of `Person`, that no answer has, with the reason.
const UTEN_VERDI: [(&str, &str); 10] = [
    (
        "Person.samiParliamentElectoralRegistryStatus",
        "no package of the health sector sees it",
    ),
    ("SamiParliamentElectoralRegistry.", "as above"),
    ("Person.stayOnSvalbard", "for Svalbard's register alone"),
    ("StayOnSvalbard.", "as above"),
    ("Person.preferredContactAddress", "never filled since 2021"),
    ("PreferredContactAddress.", "as above"),
    ("FreeformAddress.", "stands in the one above alone"),
    ("Person.deprivedLegalAuthority", "never filled"),
    ("DeprivedLegalAuthority.", "as above"),
    (
        "AddressProtection.validTo",
        "what the protection was is shown to nobody",
    ),
];

#[test]
fn the_persons_of_a_recording_have_every_field_of_every_schema() {
    use persontjenesten::openapi::Omfang;
    use persontjenesten::oversettelse::skjemaer;
    for (versjon, omfang, minst) in [
        (Versjon::V2, Omfang::MedHjemmel, 300),
        (Versjon::V3, Omfang::Full, 300),
        (Versjon::V2, Omfang::UtenHjemmel, 150),
        (Versjon::V3, Omfang::Begrenset, 250),
    ] {
        let (_, mappe) = opptak(versjon).pop().unwrap();
        let mut brukt = BTreeSet::new();
        for rute in ruteliste(versjon).iter().filter(|r| r.omfang == Some(omfang)) {
            for (_, bilde) in les_fil(&mappe.join(filnavn(rute)))
                .iter()
                .filter(|(_, b)| b.status == 200)
            {
                use persontjenesten::openapi::Innhold;
                let kropp = bilde.kropp.as_ref().unwrap();
                let (skjema, verdier) = match rute.operasjon.innhold() {
                    Innhold::En(navn) => (navn, vec![kropp]),
                    Innhold::Liste(navn) => (navn, kropp.as_array().unwrap().iter().collect()),
                    Innhold::Tekster | Innhold::Ingenting => continue,
                };
                let skjema = skjemaer::ALLE.iter().find(|s| s.navn == skjema).unwrap();
                verdier.iter().for_each(|v| kilde::brukt(v, skjema, &mut brukt));
            }
        }
        assert!(brukt.len() >= minst, "{omfang:?} {}", brukt.len());
        if !omfang.ser_kontaktdata() {
            continue;
        }
        let i_svar: BTreeSet<&str> = brukt.iter().filter_map(|b| b.split_once('.')).map(|(s, _)| s).collect();
        let alle = skjemaer::ALLE
            .iter()
            .flat_map(|s| s.felter_i(versjon).map(move |f| (s.navn, f.navn)));
        // Frames of the search operations are there when those are.
        let servert = |skjema: &str| i_svar.contains(skjema) || !skjema.ends_with("Result");
        let mangler: Vec<String> = alle
            .filter(|(skjema, _)| servert(skjema))
            .map(|(skjema, felt)| format!("{skjema}.{felt}"))
            .filter(|f| !brukt.contains(f))
            .collect();
        let unntatt = |f: &str| {
            UTEN_VERDI
                .iter()
                .any(|(u, _)| f == *u || (u.ends_with('.') && f.starts_with(u)))
        };
        let uventet: Vec<&String> = mangler.iter().filter(|f| !unntatt(f)).collect();
        assert_eq!(uventet, Vec::<&String>::new(), "{versjon:?}");
        for (uten, _) in UTEN_VERDI {
            assert!(mangler.iter().any(|f| f.starts_with(uten)), "{uten} har verdi");
        }
    }
}

fn avtrykk(mappe: &Path) -> String {
    let linje = |navn: &String| {
        let sum = Sha256::digest(std::fs::read(mappe.join(navn)).unwrap());
        let sum: String = sum.iter().map(|b| format!("{b:02x}")).collect();
        format!("{sum}  {navn}\n")
    };
    filer(mappe).iter().filter(|navn| *navn != AVTRYKK).map(linje).collect()
}

#[test]
fn no_recording_was_changed_after_it_was_made() {
    for versjon in Versjon::ALLE {
        for (_, mappe) in opptak(versjon) {
            let skrevet = std::fs::read_to_string(mappe.join(AVTRYKK)).unwrap();
            assert!(skrevet == avtrykk(&mappe), "{}: et opptak rettes ikke", mappe.display());
        }
    }
}

#[test]
fn every_release_before_the_one_that_is_served_is_recorded() {
    for versjon in Versjon::ALLE {
        let tatt: Vec<u16> = opptak(versjon).into_iter().map(|(under, _)| under).collect();
        for utgivelse in utgivelser(versjon).filter(|u| u.dato.is_some()) {
            assert!(
                tatt.contains(&utgivelse.under),
                "{} er ikke tatt opp",
                utgivelse.nummer()
            );
        }
        assert!(tatt.iter().all(|under| utgivelser(versjon).any(|u| u.under == *under)));
    }
}

/// Records what is served: the files that are not there. What is there is left as it is.
#[test]
#[ignore = "writes a recording; see tests/opptak/LES.md"]
fn ta_opp() {
    kjoer(async {
        for versjon in Versjon::ALLE {
            let mappe = rot().join(format!("v{}", tjent(versjon)));
            std::fs::create_dir_all(&mappe).unwrap();
            let personer = mappe.join("personer.json");
            if !personer.exists() {
                std::fs::write(&personer, Kilde::lag().0.to_string()).unwrap();
            }
            let dokument = mappe.join(DOKUMENT);
            if !dokument.exists() {
                std::fs::write(&dokument, persontjenesten::openapi::dokument(versjon)).unwrap();
            }
            let kilde = Kilde(les_json(&personer));
            let prove = tjeneste(&kilde).await;
            for rute in ruteliste(versjon) {
                let fil = mappe.join(filnavn(&rute));
                if fil.exists() {
                    continue;
                }
                let mut linjer = String::new();
                for spurt in kall::alle(rute.operasjon, rute.omfang, &kilde) {
                    let bilde = spoer(&prove, &kilde, spurt.skjema.is_some(), &spurt).await;
                    // A call that is meant to be good and is not must not become the rule.
                    assert!(spurt.navn != "ok" || bilde.status == 200, "{} {bilde:?}", rute.sti);
                    linjer.push_str(&linje(&spurt, &bilde));
                    linjer.push('\n');
                }
                std::fs::write(&fil, linjer).unwrap();
            }
            std::fs::write(mappe.join(AVTRYKK), avtrykk(&mappe)).unwrap();
        }
    });
}

/// No parameter that an operation has is left unasked in a recording.
#[test]
fn every_parameter_is_asked_by_in_the_newest_recording() {
    for versjon in Versjon::ALLE {
        let (_, mappe) = opptak(versjon).pop().unwrap();
        for rute in ruteliste(versjon) {
            let alle: String = les_fil(&mappe.join(filnavn(&rute)))
                .iter()
                .map(|(s, _)| format!("{} {} ", s.sti, s.skjema.as_deref().unwrap_or_default()))
                .collect();
            let felter = rute.operasjon.skjema(versjon).map_or(&[][..], |s| s.felter);
            let parametre = rute.operasjon.parametre(versjon).iter().chain(felter);
            // What can be searched by is many, and an answer's form does not go by it.
            if rute.sti.contains("/search/") {
                continue;
            }
            for parameter in parametre.filter(|p| p.sted != Sted::Sti) {
                assert!(alle.contains(parameter.navn), "{} {}", rute.sti, parameter.navn);
            }
        }
    }
}
