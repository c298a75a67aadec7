//! A story told to two copies at once, step by step; a step may differ, or happen in one of them alone.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use helsekopi::{Bolk, Kopi, Stilling};
use identifikator::Folkeregisteridentifikator;
use ikkeinnblanding::Par;
use informasjonsmodell::{Entitet, Hendelsestype, Tidspunkt};
use kartverk::Tabell;
use serde_json::{Value, json};

use super::flate::Api;

/// The table of addresses of every copy here.
pub static KART: LazyLock<Arc<Tabell>> = LazyLock::new(|| Arc::new(Tabell::syntetisk()));

/// The `n`th synthetic number, always the same.
pub fn nr(n: u32) -> String {
    let foran = format!("{:02}8171", n % 28 + 1);
    let slutt = |slutt: u32| format!("{foran}{:05}", 49_999 - (n / 28) * 300 - slutt);
    let gyldig = |tekst: &String| Folkeregisteridentifikator::parse(tekst).is_ok();
    (0..300).map(slutt).find(gyldig).unwrap()
}

fn tid(plass: usize) -> Tidspunkt {
    Tidspunkt::parse(&format!("2026-02-01T{:02}:{:02}:00+01:00", plass / 60, plass % 60)).unwrap()
}

/// A document under construction.
#[derive(Clone)]
pub struct Dok(pub Value);

/// Person `n`, with what everybody has and something of each open kind.
pub fn rik(n: u32) -> Dok {
    const FORNAVN: [&str; 4] = ["STILLE", "VARM", "SOMMERLIG", "MILD"];
    let fornavn = FORNAVN[n as usize % FORNAVN.len()];
    Dok(json!({}))
        .med(
            "identifikasjonsnummer",
            json!({"status": "iBruk", "foedselsEllerDNummer": nr(n), "identifikatortype": "foedselsnummer"}),
        )
        .med("status", json!({"status": "bosatt"}))
        .med("kjoenn", json!({"kjoenn": "kvinne"}))
        .med("foedsel", json!({"foedselsdato": "1971-01-01", "foedselsaar": "1971"}))
        .med("navn", json!({"fornavn": fornavn, "etternavn": "FJELLBEKK"}))
        .med("bostedsadresse", adresse("bostedsadresse", "Revegata", "ugradert"))
        .med(
            "sivilstand",
            json!({"sivilstand": "gift", "sivilstandsdato": "2019-01-01", "relatertVedSivilstand": nr(700)}),
        )
        .med("statsborgerskap", json!({"statsborgerskap": "NOR"}))
        .med("identitetsgrunnlag", json!({"identitetsgrunnlagstatus": "kontrollert"}))
        .med(
            "innflytting",
            json!({"fraflyttingsland": "SWE", "fraflyttingsstedIUtlandet": "Elgby"}),
        )
}

impl Dok {
    /// Adds an entry: metadata, then what it says.
    pub fn med(mut self, entitet: &str, innhold: Value) -> Self {
        let mut ut = json!({"ajourholdstidspunkt": "2020-01-01T12:00:00+01:00", "erGjeldende": true, "kilde": "KILDE_DSF",
            "gyldighetstidspunkt": "2020-01-01T00:00:00+01:00"});
        for (navn, verdi) in innhold.as_object().unwrap() {
            ut[navn] = verdi.clone();
        }
        if Entitet::fra_navn(entitet).is_some_and(|e| !e.er_liste()) {
            self.0[entitet] = ut;
        } else {
            let liste = self.0.as_object_mut().unwrap().entry(entitet).or_insert(json!([]));
            liste.as_array_mut().unwrap().push(ut);
        }
        self
    }

    /// Removes an entity.
    pub fn uten(mut self, entitet: &str) -> Self {
        self.0.as_object_mut().unwrap().remove(entitet);
        self
    }

    /// In place of what there was.
    pub fn i_stedet(self, entitet: &str, innhold: Value) -> Self {
        self.uten(entitet).med(entitet, innhold)
    }

    /// Has a protection.
    pub fn gradering(self, grad: &str) -> Self {
        self.med("adressebeskyttelse", json!({"graderingsnivaa": grad}))
    }

    /// Goes by another name, which everybody is told.
    pub fn heter(self, fornavn: &str) -> Self {
        self.i_stedet("navn", json!({"fornavn": fornavn, "etternavn": "FJELLBEKK"}))
    }
}

/// An address of a kind, with a text in it.
pub fn adresse(entitet: &str, tekst: &str, grad: &str) -> Value {
    // Where the synthetic table knows the code, with a grunnkrets and a bydel to each.
    let kode = if tekst.len().is_multiple_of(2) { "1007" } else { "1003" };
    let vei = json!({"kommunenummer": "5001", "adressenavn": tekst, "adressekode": kode, "adressenummer": {"husnummer": "12"},
        "poststed": {"poststedsnavn": "TRONDHEIM", "postnummer": format!("70{:02}", tekst.len())}});
    match entitet {
        "bostedsadresse" => json!({"vegadresse": vei, "adressegradering": grad, "flyttedato": "2020-02-02",
            "grunnkrets": 100 + tekst.len()}),
        "deltBosted" => json!({"vegadresse": vei, "adressegradering": grad, "startdatoForKontrakt": "2020-02-02"}),
        "oppholdsadresse" => json!({"vegadresse": vei, "adressegradering": grad}),
        "postadresse" => json!({"postadresseIFrittFormat": {"adresselinje": [tekst]}, "adressegradering": grad}),
        "postadresseIUtlandet" => {
            json!({"utenlandskAdresseIFrittFormat": {"adresselinje": [tekst], "landkode": "SE"}, "adressegradering": grad})
        }
        annet => panic!("{annet} er ingen adresse"),
    }
}

/// The same entry, no longer current.
pub fn historisk(mut innhold: Value) -> Value {
    innhold["erGjeldende"] = false.into();
    innhold["opphoerstidspunkt"] = "2019-06-06T00:00:00+02:00".into();
    innhold
}

#[derive(Clone)]
enum Hva {
    Dokument(String, Hendelsestype, Value),
    Kontakt(String, Option<&'static str>),
}

/// A story. Every step has its own minute whether or not it happens.
#[derive(Default)]
pub struct Bygg {
    foerst: Vec<Par<Value>>,
    steg: Vec<Par<Option<Hva>>>,
    /// Whom the story is of.
    pub numre: Vec<String>,
}

impl Bygg {
    /// Somebody who was there from the start, the same in both.
    pub fn fra_start(&mut self, n: u32, dok: &Dok) {
        self.fra_start_ulikt(n, dok, dok);
    }

    /// Somebody who was there from the start, and differs.
    pub fn fra_start_ulikt(&mut self, n: u32, a: &Dok, b: &Dok) {
        self.numre.push(nr(n));
        self.foerst.push(Par {
            a: a.0.clone(),
            b: b.0.clone(),
        });
    }

    /// The source tells of the same in both.
    pub fn hendelse(&mut self, n: u32, type_: Hendelsestype, dok: &Dok) {
        self.ulikt(n, type_, Some(dok), Some(dok));
    }

    /// The source tells of one thing in one and another in the other; `None`: of nothing.
    pub fn ulikt(&mut self, n: u32, type_: Hendelsestype, a: Option<&Dok>, b: Option<&Dok>) {
        let hva = |dok: Option<&Dok>| dok.map(|dok| Hva::Dokument(nr(n), type_, dok.0.clone()));
        self.steg.push(Par { a: hva(a), b: hva(b) });
    }

    /// KRR answers; `None` of a side: it is not asked there.
    pub fn kontakt(&mut self, n: u32, a: Option<Option<&'static str>>, b: Option<Option<&'static str>>) {
        let hva = |krr: Option<Option<&'static str>>| krr.map(|krr| Hva::Kontakt(nr(n), krr));
        self.steg.push(Par { a: hva(a), b: hva(b) });
    }

    /// Every document of the story, of either side.
    fn dokumenter(&self) -> Vec<&Value> {
        let foerst = self.foerst.iter().flat_map(|par| [&par.a, &par.b]);
        let senere = self.steg.iter().flat_map(|par| [&par.a, &par.b]).flatten();
        let senere = senere.filter_map(|hva| match hva {
            Hva::Dokument(_, _, dokument) => Some(dokument),
            Hva::Kontakt(..) => None,
        });
        foerst.chain(senere).collect()
    }

    /// The Person API over both.
    pub fn par(&self) -> Par<Api> {
        let dokumenter = self.dokumenter();
        let lag = |side: fn(&Par<Value>) -> &Value, steg: fn(&Par<Option<Hva>>) -> Option<&Hva>| {
            let mappe = raskt();
            kopier(&NOEKLER.path().join("noekler"), &mappe.path().join("noekler"));
            let kopi = aapne(mappe.path());
            let foerst = self
                .foerst
                .iter()
                .map(|par| side(par).clone())
                .chain([rik(900).0, rik(901).0]);
            let les = |dokument| (None, register::les_vist(dokument).unwrap());
            ta_inn(
                &kopi,
                0,
                Bolk {
                    dokumenter: foerst.map(les).collect(),
                    stilling: Some(Stilling::Foelger { neste: 1 }),
                    foerste_lasting: true,
                    ..Bolk::default()
                },
            );
            for (plass, par) in self.steg.iter().enumerate() {
                match steg(par) {
                    None => {}
                    Some(Hva::Dokument(nummer, type_, dokument)) => ta_inn(
                        &kopi,
                        plass + 1,
                        Bolk {
                            dokumenter: vec![les(dokument.clone())],
                            hendelser: vec![(nummer.parse().unwrap(), Some(*type_))],
                            ..Bolk::default()
                        },
                    ),
                    Some(Hva::Kontakt(nummer, krr)) => {
                        let svar = (nummer.parse().unwrap(), krr.map(|krr| krr.as_bytes().to_vec()));
                        kopi.ta_inn_kontakt(&[svar], tid(plass + 1)).unwrap();
                    }
                }
            }
            Api::ny(mappe, kopi, &self.numre, &dokumenter)
        };
        Par {
            a: lag(|par| &par.a, |par| par.a.as_ref()),
            b: lag(|par| &par.b, |par| par.b.as_ref()),
        }
    }
}

fn ta_inn(kopi: &Kopi, plass: usize, bolk: Bolk) {
    let inntatt = kopi.ta_inn(&bolk, tid(plass)).unwrap();
    assert_eq!(inntatt.avvist, 0);
}

fn aapne(mappe: &Path) -> Kopi {
    Kopi::aapne_med_kart(mappe, KART.clone()).unwrap()
}

/// A folder where writing is not waited for, if there is one: what is kept here is thrown away.
fn raskt() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap()
}

/// Key files that every copy of the tests has: then ids can be compared. Those of contact data are each copy's own.
static NOEKLER: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let mappe = tempfile::tempdir().unwrap();
    aapne(mappe.path());
    mappe
});

fn kopier(fra: &Path, til: &Path) {
    std::fs::create_dir_all(til).unwrap();
    for fil in std::fs::read_dir(fra).unwrap() {
        let fil = fil.unwrap();
        if !fil.path().is_file() {
            continue;
        }
        std::fs::copy(fil.path(), til.join(fil.file_name())).unwrap();
    }
}
