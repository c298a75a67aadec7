//! Builders and a register to play on. Every number is synthetic (month + 80), every name made up.

use identifikator::Folkeregisteridentifikator;
use informasjonsmodell::tekst::Foedselsnummer;
use informasjonsmodell::{
    Endring, Entitet, Handling, Hendelsestype, Opplysning, Persondokument, Registrering, Tidspunkt, Utvelger,
};
use serde_json::{Value, json};
use tilgang::token::Framtid;
use tilgang::{
    Entitetsmengde, Format, Frigivelse, Projeksjon, Revisjon, RevisjonUtilgjengelig, Revisjonspost, Svar, Utvalg,
};

// From the root of whoever takes this file in: the tests outside the crate, and those inside it.
use super::{
    Bilde, Dokumentidentifikator, Feedelement, Feil, Importutfall, Kvittering, ORDNET, Register, Steder, Termer,
    Visning,
};

/// When the tests commit, seconds since 1970.
pub const NAA: i64 = 1_767_222_000;

/// The `n`th synthetic number, always the same.
pub fn nummer(n: u32) -> Foedselsnummer {
    let foran = format!("{:02}8190", n % 28 + 1);
    (0..300u32)
        .map(|slutt| format!("{foran}{:05}", 99_999 - (n / 28) * 300 - slutt))
        .find(|tekst| Folkeregisteridentifikator::parse(tekst).is_ok())
        .and_then(|tekst| Foedselsnummer::new(&tekst))
        .unwrap()
}

/// The same number as text.
pub fn nr(n: u32) -> String {
    nummer(n).som_tekst().to_owned()
}

/// Minute `n` of the tests' time.
pub fn tid(n: u32) -> Tidspunkt {
    Tidspunkt::parse(&format!(
        "2026-01-{:02}T{:02}:{:02}:00+01:00",
        n / 1440 + 2,
        n / 60 % 24,
        n % 60
    ))
    .unwrap()
}

/// A document under construction.
#[derive(Clone)]
pub struct Bygger(pub Value);

/// A person with number `n`, and what everybody has.
pub fn person(n: u32) -> Bygger {
    Bygger(json!({}))
        .med(
            "identifikasjonsnummer",
            json!({"status": "iBruk", "foedselsEllerDNummer": nr(n), "identifikatortype": "foedselsnummer"}),
        )
        .med("status", json!({"status": "bosatt"}))
        .med("kjoenn", json!({"kjoenn": "kvinne"}))
        .med("foedsel", json!({"foedselsdato": "1990-01-01", "foedselsaar": "1990"}))
        .med(
            "navn",
            json!({"fornavn": format!("STILLE{n}"), "etternavn": "FJELLBEKK"}),
        )
}

/// An entry as it stands in a document: metadata, then what it says.
pub fn oppfoering(innhold: Value) -> Value {
    let mut ut = json!({"ajourholdstidspunkt": "2020-01-01T12:00:00+01:00", "erGjeldende": true, "kilde": "KILDE_DSF",
        "gyldighetstidspunkt": "2020-01-01T00:00:00+01:00"});
    for (navn, verdi) in innhold.as_object().unwrap() {
        ut[navn] = verdi.clone();
    }
    ut
}

/// A bostedsadresse in a street that does not exist.
pub fn bosted(gate: &str, grad: &str) -> Value {
    json!({"vegadresse": {"kommunenummer": "0301", "adressenavn": gate, "adressenummer": {"husnummer": "7"},
        "poststed": {"poststedsnavn": "OSLO", "postnummer": "0001"}},
        "adressegradering": grad, "flyttedato": "2020-01-01", "grunnkrets": 1234})
}

/// An open postadresse.
pub fn postboks(boks: &str) -> Value {
    json!({"adressegradering": "ugradert", "postboksadresse": {"postboks": boks}})
}

impl Bygger {
    /// Adds an entry.
    pub fn med(mut self, entitet: &str, innhold: Value) -> Self {
        if Entitet::fra_navn(entitet).is_some_and(|e| !e.er_liste()) {
            self.0[entitet] = oppfoering(innhold);
        } else {
            let liste = self.0.as_object_mut().unwrap().entry(entitet).or_insert(json!([]));
            liste.as_array_mut().unwrap().push(oppfoering(innhold));
        }
        self
    }

    /// Removes an entity.
    pub fn uten(mut self, entitet: &str) -> Self {
        self.0.as_object_mut().unwrap().remove(entitet);
        self
    }

    /// Lives in a street.
    pub fn bosatt(self, gate: &str) -> Self {
        self.med("bostedsadresse", bosted(gate, "ugradert"))
    }

    /// Has a protection.
    pub fn gradering(self, grad: &str) -> Self {
        self.med("adressebeskyttelse", json!({"graderingsnivaa": grad}))
    }

    /// The document.
    pub fn dokument(&self) -> Persondokument {
        Persondokument::les(self.0.clone()).unwrap()
    }
}

/// One entry with the metadata given, and no other.
pub fn opplysning(entitet: &str, innhold: Value) -> Opplysning {
    let liste = Entitet::fra_navn(entitet).unwrap().er_liste();
    let verdi = if liste { json!([innhold]) } else { innhold };
    let dokument = Persondokument::les(json!({ entitet: verdi })).unwrap();
    dokument.opplysninger.into_iter().next().unwrap()
}

/// A new value.
pub fn ny(entitet: &str, innhold: Value) -> Endring {
    Endring::RegistrereNy(Box::new(opplysning(entitet, innhold)))
}

/// A correction of the one current entry.
pub fn korriger(entitet: &str, innhold: Value) -> Endring {
    Endring::Korrigere {
        hvilken: gjeldende(entitet),
        ny: Box::new(opplysning(entitet, innhold)),
    }
}

/// The one current entry.
pub fn gjeldende(entitet: &str) -> Utvelger {
    Utvelger::Gjeldende(Entitet::fra_navn(entitet).unwrap())
}

/// The one current entry is removed.
pub fn annuller(entitet: &str) -> Endring {
    Endring::Annullere {
        hvilken: gjeldende(entitet),
    }
}

/// The one current entry ends.
pub fn opphoer(entitet: &str) -> Endring {
    Endring::Opphoere {
        hvilken: gjeldende(entitet),
        opphoerstidspunkt: tid(0),
    }
}

struct Ingen;

impl Revisjon for Ingen {
    fn skriv<'a>(&'a self, _: &Revisjonspost<'_>) -> Framtid<'a, Result<(), RevisjonUtilgjengelig>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// The bytes of an answer.
pub fn frigi(svar: Svar) -> String {
    let post = Revisjonspost::new("prøve", "GET personer/{personidentifikator}", "", 200);
    let frigivelse = Frigivelse::new(std::sync::Arc::new(Ingen));
    let mut frigitt = std::pin::pin!(frigivelse.frigi(svar, &post));
    let mut sammenheng = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(frigitt) = frigitt.as_mut().poll(&mut sammenheng) else {
        panic!("a record that is written at once is not waited for");
    };
    String::from_utf8(frigitt.unwrap().til_kropp()).unwrap()
}

/// A view that finds everybody by every text of everything.
pub struct Alt;

impl Visning for Alt {
    fn versjon(&self) -> u32 {
        1
    }

    fn entiteter(&self) -> Entitetsmengde {
        Entitet::ALLE.iter().copied().collect()
    }

    fn termer(&self, bilde: &Bilde<'_>, ut: &mut Termer) {
        for oppfoering in &bilde.oppfoeringer {
            let slag = (oppfoering.entitet as u8) << 1 | u8::from(oppfoering.gjeldende);
            let verdi: Value = serde_json::from_slice(&oppfoering.kropp).unwrap();
            let mut rest = vec![&verdi];
            while let Some(verdi) = rest.pop() {
                match verdi {
                    Value::String(tekst) => {
                        ut.legg_til(oppfoering.publikum, slag & !ORDNET, tekst.as_bytes());
                        ut.legg_til(oppfoering.publikum, slag | ORDNET, tekst.as_bytes());
                    }
                    Value::Array(liste) => rest.extend(liste),
                    Value::Object(objekt) => rest.extend(objekt.values()),
                    _ => {}
                }
            }
        }
    }
}

/// A register in a folder of its own.
pub struct Prove {
    pub mappe: tempfile::TempDir,
    visning: std::sync::Arc<dyn Visning>,
    aapent: Option<Register>,
    klokke: std::cell::Cell<u32>,
}

impl Prove {
    pub fn new() -> Self {
        Prove::med_visning(std::sync::Arc::new(Alt))
    }

    /// With an index of what a view gives.
    pub fn med_visning(visning: std::sync::Arc<dyn Visning>) -> Self {
        let mut prove = Prove {
            mappe: tempfile::tempdir().unwrap(),
            visning,
            aapent: None,
            klokke: std::cell::Cell::new(0),
        };
        prove.gjenaapne();
        prove
    }

    pub fn register(&self) -> &Register {
        self.aapent.as_ref().unwrap()
    }

    /// Closes the register and opens it again.
    pub fn gjenaapne(&mut self) {
        self.lukk();
        let visning = self.visning.clone();
        let aapent = Register::aapne_med_visning(self.mappe.path(), &Steder::default(), visning);
        self.aapent = Some(aapent.unwrap());
    }

    pub fn lukk(&mut self) {
        self.aapent = None;
    }

    /// Carries out requests, a minute after the ones before.
    pub fn utfoer(&self, handlinger: Vec<Handling>) -> Result<Kvittering, Feil> {
        self.klokke.set(self.klokke.get() + 1);
        let registreringer: Vec<Registrering> = handlinger
            .into_iter()
            .map(|handling| Registrering {
                tidspunkt: tid(self.klokke.get()),
                handling,
            })
            .collect();
        self.register().utfoer(&registreringer, NAA)
    }

    pub fn opprett(&self, bygger: &Bygger) {
        self.utfoer(vec![Handling::Opprett(Box::new(bygger.dokument()))])
            .unwrap();
    }

    pub fn proev(&self, n: u32, hendelsestype: Hendelsestype, endringer: Vec<Endring>) -> Result<Kvittering, Feil> {
        self.utfoer(vec![registrering(n, hendelsestype, endringer)])
    }

    #[track_caller]
    pub fn registrer(&self, n: u32, hendelsestype: Hendelsestype, endringer: Vec<Endring>) {
        self.proev(n, hendelsestype, endringer).unwrap();
    }

    #[track_caller]
    pub fn slaa_sammen(&self, gjeldende: u32, dublett: u32) {
        self.utfoer(vec![sammenslaaing(gjeldende, dublett)]).unwrap();
    }

    #[track_caller]
    pub fn splitt(&self, gjeldende: u32, gjenopprettet: u32) {
        self.utfoer(vec![splitting(gjeldende, gjenopprettet)]).unwrap();
    }

    pub fn importer(&self, bygger: &Bygger) -> Result<Importutfall, Feil> {
        self.klokke.set(self.klokke.get() + 1);
        self.register()
            .importer(&bygger.dokument(), tid(self.klokke.get()), NAA)
    }

    /// Everything a projection is shown of whoever has the number, as text; `None` if nobody has it.
    pub fn tekst(&self, n: u32, projeksjon: Projeksjon) -> Option<String> {
        let id = Folkeregisteridentifikator::parse(&nr(n)).unwrap();
        let les = self.register().les().unwrap();
        let person = les.finn(&id).unwrap()?;
        let mut svar = Svar::new(Format::Json);
        les.vis(person, &mut svar, projeksjon, Utvalg::alt(projeksjon), id.to_u64())
            .unwrap();
        Some(frigi(svar))
    }

    pub fn vis(&self, n: u32, projeksjon: Projeksjon) -> Value {
        serde_json::from_str(&self.tekst(n, projeksjon).unwrap()).unwrap()
    }

    pub fn mh(&self, n: u32) -> Value {
        self.vis(n, Projeksjon::MedHjemmel)
    }

    pub fn eksport(&self, n: u32) -> Value {
        let les = self.register().les().unwrap();
        let id = Folkeregisteridentifikator::parse(&nr(n)).unwrap();
        let dokument = les.eksporter(les.finn(&id).unwrap().unwrap()).unwrap().unwrap();
        serde_json::from_slice(&dokument.til_json()).unwrap()
    }

    pub fn feed(&self, projeksjon: Projeksjon) -> Vec<Feedelement> {
        self.register().les().unwrap().feed(projeksjon, 1, 100_000).unwrap()
    }

    /// What a feed got from item `fra` on: types and numbers.
    pub fn typer(&self, projeksjon: Projeksjon, fra: usize) -> Vec<(&'static str, String)> {
        let feed = self.feed(projeksjon);
        let typer = feed
            .iter()
            .map(|e| (e.hendelsestype.navn(), e.folkeregisteridentifikator.clone()));
        typer.skip(fra).collect()
    }

    /// The last item of med hjemmel's feed.
    pub fn siste(&self) -> Feedelement {
        self.feed(Projeksjon::MedHjemmel).pop().unwrap()
    }

    /// A document of the archive.
    pub fn arkiv(&self, id: Dokumentidentifikator, projeksjon: Projeksjon) -> String {
        self.arkiv_om_det_finnes(id, projeksjon).unwrap()
    }

    /// A document of the archive; `None` where the projection has no such document.
    pub fn arkiv_om_det_finnes(&self, id: Dokumentidentifikator, projeksjon: Projeksjon) -> Option<String> {
        let mut svar = Svar::new(Format::Json);
        let les = self.register().les().unwrap();
        let utfall = les.vis_arkiv(id, 0, &mut svar, projeksjon, Utvalg::alt(projeksjon));
        utfall.unwrap().ok().map(|()| frigi(svar))
    }

    /// An event document.
    pub fn hendelse(&self, id: Dokumentidentifikator) -> Value {
        let mut svar = Svar::new(Format::Json);
        let les = self.register().les().unwrap();
        let hendelse = les.hendelse(id, 0, Projeksjon::MedHjemmel).unwrap().unwrap();
        les.vis_hendelse(&hendelse, &mut svar, Projeksjon::MedHjemmel).unwrap();
        serde_json::from_str(&frigi(svar)).unwrap()
    }

    /// What the last event says it did: entity and kind of change, in order.
    pub fn siste_endringer(&self) -> Vec<(String, String)> {
        let hendelse = self.hendelse(self.siste().hendelsesdokument.unwrap());
        let liste = hendelse["hendelse"]["egenskapshendelse"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let tekst = |v: &Value| v.as_str().unwrap().to_owned();
        liste
            .iter()
            .map(|e| (tekst(&e["entitet"]), tekst(&e["entitetsendring"])))
            .collect()
    }

    /// The store is whole, and its views are what its records give.
    #[track_caller]
    pub fn sjekk(&self) {
        assert_eq!(self.register().verifiser(&mut |_| {}).unwrap(), []);
        let (foer, etter) = self.register().bygg_om(&mut |_| {}).unwrap();
        assert_eq!(foer, etter);
    }
}

pub fn registrering(n: u32, hendelsestype: Hendelsestype, endringer: Vec<Endring>) -> Handling {
    Handling::Registrer {
        person: nummer(n),
        hendelsestype,
        endringer,
    }
}

pub fn sammenslaaing(gjeldende: u32, dublett: u32) -> Handling {
    Handling::SlaaSammen {
        gjeldende: nummer(gjeldende),
        dublett: nummer(dublett),
    }
}

pub fn splitting(gjeldende: u32, gjenopprettet: u32) -> Handling {
    Handling::Splitt {
        gjeldende: nummer(gjeldende),
        gjenopprettet: nummer(gjenopprettet),
    }
}

/// A new number for the person with number `gammel`.
pub fn skifte(gammel: u32, nytt: u32, etter: Option<(Hendelsestype, Vec<Endring>)>) -> Handling {
    let innhold = json!({"status": "iBruk", "foedselsEllerDNummer": nr(nytt), "identifikatortype": "foedselsnummer"});
    Handling::SkiftIdentifikator {
        gammel: nummer(gammel),
        ny: Box::new(opplysning("identifikasjonsnummer", innhold)),
        etter,
    }
}

/// How many cases a property is tried on: `n`, or what `PROPTEST_CASES` says.
pub fn tilfeller(n: u32) -> proptest::test_runner::Config {
    let bestilt = std::env::var("PROPTEST_CASES").ok().and_then(|t| t.parse().ok());
    proptest::test_runner::Config {
        cases: bestilt.unwrap_or(n),
        failure_persistence: None,
        ..proptest::test_runner::Config::default()
    }
}
