//! The persons of a recording: Norwegian documents and contact data, in a file beside the answers, so that they are the same however the
//! nation's generator changes.
//!
//! They are made once, when a recording is: a small nation by a seed, of whom those are kept who have something that no other has, and
//! some who have every field and code of the model that their series of variants comes to.

use std::collections::BTreeSet;
use std::sync::Arc;

use helsekopi::{Bolk, Kopi, Stilling};
use informasjonsmodell::skjema::{Art, Skjema};
use informasjonsmodell::{Entitet, Hendelsestype, Registermetadata};
use persontjenesten::Versjon;
use persontjenesten::oversettelse::tabell::{Form, Skjema as Engelsk};
use persontjenesten::oversettelse::{Hode, Oversetter, Steder, skjemaer};
use serde_json::{Map, Value, json};
use syntetisk_befolkning::Nasjon;

use crate::api::oppsett::{spoer_om_alle, tid};

/// Seed and size of the nation that persons are taken from.
const FROE: (u64, u32) = (20_260_131, 3_000);
/// Persons of the nation who are given every field, and how many variants each entity has.
const FULLE: usize = 3;
const VARIANTER: usize = 60;

/// The persons of a recording.
///
/// Shape: `bolker`: each `forste`, `dokumenter`, `hendelser` (number, type), in the order they are taken in; a document is whole, or
/// `person`, the place of one in the first load, and `uten`, what it is without; `krr`: number, answer.
#[derive(Clone, Debug)]
pub struct Kilde(pub Value);

fn nummer(dokument: &Value) -> u64 {
    let nummer = dokument["identifikasjonsnummer"][0]["foedselsEllerDNummer"].as_str();
    nummer.unwrap().parse().unwrap()
}

impl Kilde {
    /// Fills a copy.
    pub async fn fyll(&self, kopi: &Arc<Kopi>) {
        for bolk in self.0["bolker"].as_array().unwrap() {
            let dokumenter = bolk["dokumenter"].as_array().unwrap();
            let hendelser = bolk["hendelser"].as_array().unwrap();
            let bolk = Bolk {
                dokumenter: dokumenter
                    .iter()
                    .map(|d| (None, register::les_vist(self.helt(d)).unwrap()))
                    .collect(),
                hendelser: hendelser
                    .iter()
                    .map(|h| (h[0].as_u64().unwrap(), Hendelsestype::fra_navn(h[1].as_str().unwrap())))
                    .collect(),
                stilling: Some(Stilling::Foelger { neste: 1 }),
                foerste_lasting: bolk["forste"] == true,
                ..Bolk::default()
            };
            assert_eq!(kopi.ta_inn(&bolk, tid()).unwrap().avvist, 0);
        }
        // Everybody has been asked about, so that what follows is fresh.
        assert_eq!(spoer_om_alle(kopi, false).await, 0);
        let krr = self.0["krr"].as_array().unwrap();
        let krr: Vec<_> = krr
            .iter()
            .map(|k| (k[0].as_u64().unwrap(), Some(k[1].to_string().into_bytes())))
            .collect();
        kopi.ta_inn_kontakt(&krr, tid()).unwrap();
    }

    fn helt(&self, dokument: &Value) -> Value {
        let Some(person) = dokument["person"].as_u64() else {
            return dokument.clone();
        };
        let mut helt = self.personer()[usize::try_from(person).unwrap()].clone();
        if let Some(uten) = dokument["uten"].as_str() {
            helt.as_object_mut().unwrap().remove(uten).unwrap();
        }
        helt
    }

    /// The persons of the first load, in order.
    pub fn personer(&self) -> &[Value] {
        self.0["bolker"][0]["dokumenter"].as_array().unwrap()
    }

    /// The number of one of them.
    pub fn nummer(&self, nr: usize) -> u64 {
        nummer(&self.personer()[nr])
    }

    /// The number of the one who is merged into another at the end.
    pub fn slaatt_sammen(&self) -> u64 {
        self.nummer(self.personer().len() - 1)
    }

    /// A value of the name or birth of the first who is an ordinary person.
    pub fn av(&self, entitet: &str, felt: &str) -> String {
        let gjeldende = |p: &&Value| p[entitet][0][felt].is_string() && p["adressebeskyttelse"].is_null();
        let person = self.personer()[FULLE..].iter().find(gjeldende).unwrap();
        person[entitet][0][felt].as_str().unwrap().to_owned()
    }

    /// Makes one.
    pub fn lag() -> Self {
        let nasjon = Nasjon::new(FROE.0, FROE.1).unwrap();
        let alle: Vec<Value> = (0..nasjon.grupper())
            .flat_map(|nr| nasjon.gruppe(nr))
            .map(|p| serde_json::from_slice(&p.til_json()).unwrap())
            .collect();
        let vanlig = |p: &&Value| p["adressebeskyttelse"].is_null() && p["doedsfall"].is_null();
        let mut personer: Vec<Value> = alle.iter().filter(vanlig).take(FULLE).cloned().collect();
        let andre: Vec<u64> = alle.iter().rev().take(20).map(nummer).collect();
        for (nr, person) in personer.iter_mut().enumerate() {
            gi_alt(person, nr, &andre);
        }
        let mut sett: BTreeSet<String> = personer.iter().flat_map(innhold).collect();
        let numre: BTreeSet<u64> = personer.iter().map(nummer).collect();
        for person in alle.iter().filter(|p| !numre.contains(&nummer(p))) {
            let nytt = innhold(person);
            if nytt.iter().any(|n| !sett.contains(n)) {
                sett.extend(nytt);
                personer.push(person.clone());
            }
        }
        let plain = |p: &&Value| vanlig(p) && !personer.iter().any(|q| nummer(q) == nummer(p));
        let siste: Vec<Value> = alle.iter().filter(plain).take(2).cloned().collect();
        personer.extend(siste);
        let krr = krr(&personer);
        let bolker = bolker(personer);
        Kilde(json!({"bolker": bolker, "krr": krr}))
    }
}

/// First everybody; then a change of each entity, told of as the register tells of it; then a merger.
fn bolker(personer: Vec<Value>) -> Vec<Value> {
    let mut ut = vec![json!({"forste": true, "dokumenter": personer, "hendelser": []})];
    let (over, under) = (personer[personer.len() - 2].clone(), &personer[personer.len() - 1]);
    let person = &personer[0];
    for &entitet in Entitet::ALLE {
        let Some(type_) = Hendelsestype::for_entitet(entitet) else {
            continue;
        };
        if matches!(entitet, Entitet::Identifikasjonsnummer | Entitet::Adressebeskyttelse) {
            continue;
        }
        if person.get(entitet.navn()).is_none() {
            continue;
        }
        let hendelser = json!([[nummer(person), type_.navn()]]);
        for uten in [Some(entitet.navn()), None] {
            ut.push(json!({"dokumenter": [{"person": 0, "uten": uten}], "hendelser": hendelser}));
        }
    }
    let mut over = over;
    let mut nummeret = under["identifikasjonsnummer"][0].clone();
    nummeret["erGjeldende"] = false.into();
    nummeret["status"] = "opphoert".into();
    over["identifikasjonsnummer"].as_array_mut().unwrap().push(nummeret);
    let hendelser = json!([[nummer(under), Hendelsestype::PersonErOpphoertSomDublett.navn()]]);
    ut.push(json!({"dokumenter": [over], "hendelser": hendelser}));
    ut
}

/// What a document has, as English: fields and codes.
fn innhold(norsk: &Value) -> BTreeSet<String> {
    let steder = steder();
    let hode = Hode {
        id: "",
        sekvensnummer: 1,
        kontaktdata: None,
    };
    let mut byte = Vec::new();
    let mut oversetter = Oversetter::new(Versjon::V3, &steder);
    oversetter
        .person(norsk.to_string().as_bytes(), &hode, &mut byte)
        .unwrap();
    let mut ut = BTreeSet::new();
    brukt(&serde_json::from_slice(&byte).unwrap(), &skjemaer::PERSON, &mut ut);
    ut
}

/// The fields and codes of an English document, as `Schema.field` and `List=Code`.
pub fn brukt(engelsk: &Value, skjema: &'static Engelsk, ut: &mut BTreeSet<String>) {
    for felt in skjema.felter {
        let Some(verdi) = engelsk.get(felt.navn) else { continue };
        ut.insert(format!("{}.{}", skjema.navn, felt.navn));
        let verdier = match verdi {
            Value::Array(liste) => liste.iter().collect(),
            annet => vec![annet],
        };
        for verdi in verdier {
            match felt.form {
                Form::Objekt(under) => brukt(verdi, under, ut),
                Form::Kode(liste) => drop(ut.insert(format!("{}={}", liste.navn, verdi.as_str().unwrap()))),
                _ => {}
            }
        }
    }
}

/// The places of a recording: those of the built-in table.
pub fn steder() -> Steder {
    static TABELL: std::sync::LazyLock<std::sync::Arc<kartverk::Tabell>> =
        std::sync::LazyLock::new(|| std::sync::Arc::new(kartverk::Tabell::syntetisk()));
    Steder::new(TABELL.clone(), identifikator::Dato::new(2026, 1, 1).unwrap())
}

/// Variant `nr` of a type, of those that exclude each other one.
fn variant(skjema: &Skjema, nr: usize, andre: &[u64]) -> Map<String, Value> {
    let valgt = |navn: &str| match skjema.valg {
        [] => true,
        valg if valg.contains(&navn) => valg[nr % valg.len()] == navn,
        _ => true,
    };
    let felter = skjema.felter.iter().filter(|felt| valgt(felt.navn));
    felter
        .map(|felt| {
            let verdi = match felt.art {
                Art::Tekst(_) if felt.navn == "rettsligHandleevneomfang" => json!("begrenset"),
                Art::Tekst(form) => json!(tekst(form, felt.navn, nr, andre)),
                // Kretser lie within three digits, and a date of stay is some days.
                Art::Heltall => json!(101 + nr % 3),
                Art::Boolsk => json!(nr.is_multiple_of(2)),
                Art::Dato => json!(format!("20{:02}-0{}-1{}", nr % 24, nr % 9 + 1, nr % 9)),
                Art::Tidspunkt => json!("2024-02-22T07:10:00+01:00"),
                // An address that is graded is not shown of everybody; the nation has those.
                Art::Kode(_) if felt.navn == "adressegradering" => json!("ugradert"),
                Art::Kode(liste) => json!(liste.verdier[nr / skjema.valg.len().max(1) % liste.verdier.len()]),
                Art::Objekt(under) => Value::Object(variant(under, nr / skjema.valg.len().max(1), andre)),
            };
            let verdi = if felt.liste { json!([verdi]) } else { verdi };
            (felt.navn.to_owned(), verdi)
        })
        .collect()
}

fn tekst(form: &informasjonsmodell::skjema::Tekstform, navn: &str, nr: usize, andre: &[u64]) -> String {
    let nummer = format!("{:011}", andre[nr % andre.len()]);
    let fast = match navn {
        "kommunenummer" | "bostedskommune" | "foedekommuneINorge" | "kommune" | "fraflyttingskommunenummer" => "4601",
        "adressekode" => "1007",
        "foedselsaar" => "1990",
        "organisasjonsnummer" | "ansvarligOrganisasjon" => "310000000",
        _ => "",
    };
    let ord = format!("{navn} {}", nr % 5);
    let kandidater = [fast, &ord, &nummer, "310000000", "0150", "NOR", "NO", "12", "B"];
    let passer = |k: &&str| !k.is_empty() && k.chars().count() <= form.lengde_maks && (form.passer)(k);
    let funnet = kandidater.into_iter().find(passer);
    funnet
        .unwrap_or_else(|| panic!("ingen tekst av formen {}", form.navn))
        .to_owned()
}

/// Gives a person every entity, in as many variants as there is something new in; the last is the current one.
fn gi_alt(person: &mut Value, hvem: usize, andre: &[u64]) {
    if hvem == 1 {
        let tid = "2024-02-22T07:10:00Z";
        person["adressebeskyttelse"] = json!([{"erGjeldende": false, "graderingsnivaa": "ugradert", "gyldighetstidspunkt": tid,
            "opphoerstidspunkt": tid, "ajourholdstidspunkt": tid}]);
    }
    for &entitet in Entitet::ALLE {
        if matches!(entitet, Entitet::Identifikasjonsnummer | Entitet::Adressebeskyttelse) {
            continue;
        }
        let mut oppfoeringer: Vec<Value> = Vec::new();
        let mut sett = BTreeSet::new();
        let antall = if entitet.er_liste() { VARIANTER } else { 1 };
        for nr in 0..antall {
            let mut ut = Map::new();
            for felt in &Registermetadata::FELTER {
                let verdi = match felt.art {
                    Art::Boolsk => json!(entitet.er_liste() && nr == 0 || !entitet.er_liste()),
                    Art::Tidspunkt => json!("2024-02-22T07:10:00Z"),
                    _ => json!(format!("{} {hvem}", felt.navn)),
                };
                ut.insert(felt.navn.to_owned(), verdi);
            }
            // An entity that is one has another variant in each.
            ut.extend(variant(
                entitet.skjema(),
                if entitet.er_liste() { nr } else { hvem },
                andre,
            ));
            let ut = Value::Object(ut);
            let alene = json!({entitet.navn(): if entitet.er_liste() { json!([ut]) } else { ut.clone() }});
            let nytt = innhold(&alene);
            if nytt.iter().any(|n| !sett.contains(n)) {
                sett.extend(nytt);
                oppfoeringer.push(ut);
            }
        }
        person[entitet.navn()] = if entitet.er_liste() {
            oppfoeringer.into()
        } else {
            oppfoeringer.remove(0)
        };
    }
}

/// Contact data: of the first all that there can be, of the rest a little, of every third nothing.
fn krr(personer: &[Value]) -> Vec<Value> {
    let tid = "2026-01-02T03:04:05Z";
    let alt = |nr: usize| {
        json!({
            "reservasjon": (["NEI", "JA"][nr % 2]), "status": (["AKTIV", "SLETTET", "IKKE_REGISTRERT"][nr % 3]),
            "reservasjonstidspunkt": tid, "reservasjon_oppdatert": tid,
            "varslingsstatus": (["KAN_VARSLES", "KAN_IKKE_VARSLES"][nr % 2]),
            "kontaktinformasjon": {"epostadresse": "en@post.example", "epostadresse_oppdatert": tid,
                "epostadresse_duplisert": (["JA", "NEI"][nr % 2]), "epostadresse_sist_verifisert": tid, "epostadresse_sist_validert": tid,
                "mobiltelefonnummer": "+4799999999", "mobiltelefonnummer_oppdatert": tid,
                "mobiltelefonnummer_duplisert": (["NEI", "JA"][nr % 2]), "mobiltelefonnummer_sist_verifisert": tid,
                "mobiltelefonnummer_sist_validert": tid},
            "digital_post": {"postkasseadresse": "en.person#0001", "postkasseleverandoeradresse": "310000000",
                "navn": "Syntepost"},
            "sertifikat": "-----BEGIN CERTIFICATE-----", "sertifikat_utloeper": tid, "spraak": "nn", "spraak_oppdatert": tid,
        })
    };
    let lite = json!({"reservasjon": "NEI", "status": "AKTIV", "varslingsstatus": "KAN_VARSLES", "spraak": "nb"});
    let alle = personer.iter().enumerate().filter(|(nr, _)| nr % 3 != 2);
    alle.map(|(nr, p)| json!([nummer(p), if nr < 8 { alt(nr) } else { lite.clone() }]))
        .collect()
}
