//! A register in memory, made of a synthetic nation by the real translation, and calls without SOAP.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use identifikator::Organisasjonsnummer;
use informasjonsmodell::kodeverk::Adressegradering;
use informasjonsmodell::{Entitet, Persondokument};
use jiff::Timestamp;
use kartverk::Tabell;
use meldinger::tre::Element;
use pregbrukere::{Avslag, Brukernavn, Innlogget, Passord, Rettigheter};
use pregmodell::{Grunnlag, Person, Profil, oversett};
use pregxml::{
    Httpsvar, Inngang, Innslipp, Kall, Kaller, Kjoenn, NAVNEROM, Nummer, Nummerstatus, Operasjon, Personregister,
    Registerfeil, Soek, Soekesvar, Tjeneste,
};
use quick_xml::Reader;
use quick_xml::events::Event;
use syntetisk_befolkning::Nasjon;

/// The operation, where it was known, and why it was refused.
pub type Notert = (Option<Operasjon>, &'static str);

/// Persons by number. They are not blanked: that the service does it too is a part of what is tried.
#[derive(Clone, Default)]
pub struct Folk {
    pub personer: Arc<Vec<Person>>,
    pub indeks: Arc<BTreeMap<String, usize>>,
    /// What every question is answered with, when something is to fail.
    pub svikt: Option<Registerfeil>,
    /// Refusals that were recorded.
    pub avslag: Arc<Mutex<Vec<Notert>>>,
}

impl Folk {
    /// Of persons and the numbers that they had before.
    pub fn av(par: Vec<(Person, Vec<String>)>) -> Self {
        let mut indeks = BTreeMap::new();
        let mut personer = Vec::new();
        for (person, tidligere) in par {
            for nummer in tidligere.into_iter().chain(person.nin.verdi().cloned()) {
                indeks.insert(nummer, personer.len());
            }
            personer.push(person);
        }
        Folk {
            personer: Arc::new(personer),
            indeks: Arc::new(indeks),
            svikt: None,
            avslag: Arc::default(),
        }
    }

    pub fn finn(&self, nummer: &str) -> Option<&Person> {
        self.indeks.get(nummer).map(|plass| &self.personer[*plass])
    }

    fn svikt(&self) -> Result<(), Registerfeil> {
        self.svikt.map_or(Ok(()), Err)
    }
}

fn klientadresse(dokument: &Persondokument) -> bool {
    dokument.av(Entitet::Bostedsadresse).any(|o| {
        o.metadata.er_gjeldende != Some(false) && o.innhold.gradering() == Some(&Adressegradering::Klientadresse)
    })
}

static NASJON: LazyLock<Folk> = LazyLock::new(|| {
    let nasjon = Nasjon::new(53, 1_500).unwrap();
    let tabell = Tabell::syntetisk();
    let dag = identifikator::Dato::new(2026, 1, 1).unwrap();
    let dokumenter = (0..nasjon.grupper()).flat_map(|nr| nasjon.gruppe(nr));
    let par = dokumenter.map(|dokument| {
        let grunnlag = Grunnlag {
            steder: Some((&tabell, dag)),
            klientadresse: klientadresse(&dokument),
        };
        let oversatt = oversett(&dokument.til_json(), &grunnlag).unwrap();
        let tidligere = oversatt.utgaatte.iter().filter_map(|rad| rad.nin.verdi().cloned());
        (oversatt.person.clone(), tidligere.collect())
    });
    Folk::av(par.collect())
});

/// Fifteen hundred persons.
pub fn nasjon() -> Folk {
    NASJON.clone()
}

/// A person of a document's entities, beside a number and a name.
pub fn person(entiteter: &str) -> Person {
    let json = format!(
        r#"{{"identifikasjonsnummer":[{{"erGjeldende":true,"status":"iBruk","foedselsEllerDNummer":"12855700628","identifikatortype":"foedselsnummer"}}],
        "navn":[{{"erGjeldende":true,"fornavn":"SOLVEIG","etternavn":"FJELLVIK"}}]{entiteter}}}"#
    );
    oversett(json.as_bytes(), &Grunnlag::default()).unwrap().person
}

fn likt(har: Option<&String>, spurt: Option<&String>) -> bool {
    let ord = |tekst: &str| {
        tekst
            .to_lowercase()
            .split([' ', '-'])
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    spurt.is_none_or(|spurt| {
        let har = har.map(|har| ord(har)).unwrap_or_default();
        ord(spurt)
            .iter()
            .all(|ord| har.iter().any(|h| h.starts_with(ord.as_str())))
    })
}

fn passer(person: &Person, soek: &Soek) -> bool {
    let adresse = person.gjeldende_adresse().cloned().unwrap_or_default();
    let lik = |har: Option<&String>, spurt: &Option<String>| spurt.is_none() || har == spurt.as_ref();
    let kjoenn = soek.kjoenn.map(|kjoenn| match kjoenn {
        Kjoenn::Kvinne => 0,
        Kjoenn::Mann => 1,
    });
    likt(person.fornavn.verdi(), soek.fornavn.as_ref())
        && likt(person.mellomnavn.verdi(), soek.mellomnavn.as_ref())
        && likt(person.etternavn.verdi(), soek.etternavn.as_ref())
        && soek
            .foedt
            .is_none_or(|foedt| person.foedselsdato.verdi().is_some_and(|dato| foedt.passer(*dato)))
        && kjoenn.is_none_or(|kjoenn| person.kjoenn.verdi() == Some(&kjoenn))
        && lik(adresse.postnummer.verdi(), &soek.postnummer)
        && lik(adresse.kommunenummer.verdi(), &soek.kommunenummer)
        && likt(adresse.gatenavn.verdi(), soek.gatenavn.as_ref())
        && (soek.med_doede || person.reg_status.verdi() != Some(&5))
}

impl Personregister for Folk {
    fn personer(&self, _: &Kaller, numre: &[Nummer]) -> Result<Vec<Option<Person>>, Registerfeil> {
        self.svikt()?;
        Ok(numre.iter().map(|nummer| self.finn(nummer.as_str()).cloned()).collect())
    }

    fn soek(&self, _: &Kaller, soek: &Soek) -> Result<Soekesvar, Registerfeil> {
        self.svikt()?;
        let treff: Vec<Person> = self
            .personer
            .iter()
            .filter(|person| passer(person, soek))
            .cloned()
            .collect();
        Ok(Soekesvar {
            totalt: u32::try_from(treff.len()).unwrap(),
            personer: treff.into_iter().take(soek.treff_maks as usize).collect(),
        })
    }

    fn noter_avslag(
        &self,
        _: &Innlogget,
        operasjon: Option<Operasjon>,
        kode: &'static str,
        _: &str,
    ) -> Result<(), Registerfeil> {
        self.svikt()?;
        self.avslag.lock().unwrap().push((operasjon, kode));
        Ok(())
    }

    fn sjekk(&self, _: &Kaller, nummer: &Nummer) -> Result<Nummerstatus, Registerfeil> {
        self.svikt()?;
        let funnet = self.finn(nummer.as_str()).and_then(|person| person.nin.verdi());
        Ok(Nummerstatus {
            kjent: funnet.is_some(),
            avloest_av: funnet
                .filter(|nin| *nin != nummer.as_str())
                .and_then(|nin| Nummer::elleve(nin)),
        })
    }
}

/// Lets everybody in whose password is `syntetisk`, under one profile.
pub struct Doer(pub &'static str);

impl Innslipp for Doer {
    fn slipp_inn(&self, navn: &str, passord: &Passord, _: &str, _: Timestamp) -> Result<Innlogget, Avslag> {
        match passord.vis() {
            "syntetisk" => Ok(Innlogget {
                brukernavn: Brukernavn::new(navn).unwrap(),
                organisasjon: Organisasjonsnummer::parse("312000008").unwrap(),
                rettigheter: Rettigheter {
                    profil: self.0.to_owned(),
                    hjelpenummer: false,
                    filmatch: false,
                },
            }),
            "opptatt" => Err(Avslag::Opptatt),
            _ => Err(Avslag::Feil),
        }
    }
}

pub fn naa() -> Timestamp {
    "2026-01-14T10:00:00Z".parse().unwrap()
}

/// A service over persons, for a profile.
pub fn tjeneste(folk: Folk, profil: &'static str) -> Tjeneste<Folk> {
    Tjeneste::new(folk, Arc::new(Doer(profil)))
}

pub const MED: &str = "preg_med_hjemmel";

/// A call without SOAP.
pub fn kall(tjeneste: &Tjeneste<Folk>, passord: &str, kropp: &[u8]) -> Httpsvar {
    let autorisasjon = format!("Basic {}", BASE64_STANDARD.encode(format!("testbruker:{passord}")));
    tjeneste.svar(&Kall {
        inngang: Inngang::Xml,
        handling: None,
        autorisasjon: Some(&autorisasjon),
        kropp,
        sted: "127.0.0.1",
        naa: naa(),
        spor: "spor",
    })
}

/// The element of a request.
pub fn element(navn: &str, felter: &[(&str, &str)]) -> String {
    let inni: String = felter.iter().map(|(n, v)| format!("<{n}>{v}</{n}>")).collect();
    format!("<{navn} xmlns=\"{NAVNEROM}\">{inni}</{navn}>")
}

/// A request without SOAP: status and body.
pub fn spoer(tjeneste: &Tjeneste<Folk>, navn: &str, felter: &[(&str, &str)]) -> (u16, String) {
    let svar = kall(tjeneste, "syntetisk", element(navn, felter).as_bytes());
    (svar.status, svar.kropp)
}

/// The same, of which an answer is expected, as a tree.
#[track_caller]
pub fn svar(tjeneste: &Tjeneste<Folk>, navn: &str, felter: &[(&str, &str)]) -> Element {
    let (status, kropp) = spoer(tjeneste, navn, felter);
    assert_eq!(status, 200, "{kropp}");
    les(&kropp)
}

/// An answer as a tree, by a reader without the limits of requests: an answer may be larger. Names alone, without namespaces.
pub fn les(xml: &str) -> Element {
    let mut leser = Reader::from_str(xml);
    let mut aapne = vec![Element::default()];
    let ny = |navn: &str| Element {
        navn: navn.to_owned(),
        ..Element::default()
    };
    loop {
        match leser.read_event().unwrap() {
            Event::Start(start) => aapne.push(ny(start.name().as_ref())),
            Event::Empty(start) => aapne.last_mut().unwrap().barn.push(ny(start.name().as_ref())),
            Event::Text(tekst) => aapne.last_mut().unwrap().tekst.push_str(&tekst.xml10_content()),
            Event::End(_) => {
                let ferdig = aapne.pop().unwrap();
                aapne.last_mut().unwrap().barn.push(ferdig);
            }
            Event::Eof => return aapne.pop().unwrap().barn.pop().unwrap(),
            _ => {}
        }
    }
}

/// The code of a refusal.
#[track_caller]
pub fn feilkode(kropp: &str) -> String {
    let rot = meldinger::tre::les(kropp.as_bytes()).unwrap();
    assert_eq!((rot.navnerom.as_str(), rot.navn.as_str()), (NAVNEROM, "Fault"));
    rot.tekst("ErrorCode").unwrap().to_owned()
}

pub fn alle_profiler() -> [&'static str; 3] {
    Profil::ALLE.map(Profil::navn)
}
