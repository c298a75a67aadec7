//! A story told to two registers at once, step by step; a step may differ, or happen in one of them alone.

use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use ikkeinnblanding::{Par, Tilfeldig};
use informasjonsmodell::{Endring, Handling, Hendelsestype, Persondokument, Registrering};
use register::{Register, Steder};
use serde_json::{Value, json};

use crate::felles::{self, Bygger, NAA, nr, person, tid};
use crate::flate::Api;

#[derive(Clone, Debug)]
enum Hva {
    Utfoer(Handling),
    Mange(Vec<Handling>),
    Importer(Box<Persondokument>),
}

/// A story. Every step has its own minute and second whether or not it happens, so that what one register alone is told
/// moves nothing in the other.
pub struct Bygg {
    steg: Vec<Par<Option<Hva>>>,
    /// Chance for texts.
    pub t: Tilfeldig,
    /// Numbers to ask for, those that matter first.
    pub numre: Vec<String>,
}

impl Bygg {
    pub fn ny(froe: u64) -> Self {
        Bygg {
            steg: Vec::new(),
            t: Tilfeldig::new(froe),
            numre: Vec::new(),
        }
    }

    fn sp(&mut self, a: Option<Hva>, b: Option<Hva>) {
        self.steg.push(Par { a, b });
    }

    /// Steps so far.
    pub fn antall(&self) -> usize {
        self.steg.len()
    }

    /// Whether every step happened in both: then the registers have equally many events, and equal identifiers of them.
    pub fn like_mange(&self) -> bool {
        self.steg.iter().all(|s| s.a.is_some() == s.b.is_some())
    }

    /// Somebody to ask for.
    pub fn spoer_om(&mut self, n: u32) {
        if !self.numre.contains(&nr(n)) {
            self.numre.push(nr(n));
        }
    }

    /// The same person in both.
    pub fn opprett(&mut self, dokument: &Bygger) {
        self.opprett_ulikt(dokument, dokument);
    }

    /// A person who differs.
    pub fn opprett_ulikt(&mut self, a: &Bygger, b: &Bygger) {
        let hva = |d: &Bygger| Some(Hva::Utfoer(Handling::Opprett(Box::new(d.dokument()))));
        self.sp(hva(a), hva(b));
    }

    /// Documents taken in from outside; `None`: not in that one.
    pub fn importer(&mut self, a: Option<&Bygger>, b: Option<&Bygger>) {
        let hva = |d: Option<&Bygger>| d.map(|d| Hva::Importer(Box::new(d.dokument())));
        self.sp(hva(a), hva(b));
    }

    /// The same event in both.
    pub fn hendelse(&mut self, n: u32, type_: Hendelsestype, endringer: Vec<Endring>) {
        self.ulikt(n, type_, endringer.clone(), endringer);
    }

    /// An event that differs.
    pub fn ulikt(&mut self, n: u32, type_: Hendelsestype, a: Vec<Endring>, b: Vec<Endring>) {
        let hva = |endringer| Some(Hva::Utfoer(felles::registrering(n, type_, endringer)));
        self.sp(hva(a), hva(b));
    }

    /// The same event by name of two types.
    pub fn ulike_typer(&mut self, n: u32, a: (Hendelsestype, Vec<Endring>), b: (Hendelsestype, Vec<Endring>)) {
        let hva = |(type_, endringer)| Some(Hva::Utfoer(felles::registrering(n, type_, endringer)));
        self.sp(hva(a), hva(b));
    }

    /// An event in one alone.
    pub fn bare_a(&mut self, n: u32, type_: Hendelsestype, endringer: Vec<Endring>) {
        self.sp(Some(Hva::Utfoer(felles::registrering(n, type_, endringer))), None);
    }

    /// Something else in both.
    pub fn begge(&mut self, handling: Handling) {
        let hva = Some(Hva::Utfoer(handling));
        self.sp(hva.clone(), hva);
    }

    /// Much at once, in one commit.
    pub fn mange(&mut self, handlinger: Vec<Handling>) {
        let hva = Some(Hva::Mange(handlinger));
        self.sp(hva.clone(), hva);
    }

    /// Something else in one alone.
    pub fn handling_a(&mut self, handling: Handling) {
        self.sp(Some(Hva::Utfoer(handling)), None);
    }

    /// A text that is now short and now long, with letters that every format has to escape.
    pub fn tekst(&mut self) -> String {
        const TEGN: [char; 12] = ['a', 'e', 'k', 'ø', 'å', 'Š', ' ', '&', '<', '"', '\'', '7'];
        let lengde = match self.t.under(8) {
            0 => 1,
            1 => 300,
            _ => 3 + self.t.under(30),
        };
        let tegn: String = (0..lengde).map(|_| TEGN[self.t.under(TEGN.len())]).collect();
        format!("x{tegn}x")
    }

    /// Two texts that are not the same.
    pub fn par_av_tekster(&mut self) -> (String, String) {
        let (a, b) = (self.tekst(), self.tekst());
        if a == b { (a, format!("{b}y")) } else { (a, b) }
    }

    /// The first of the registers, with key files of its own.
    pub async fn par_med_egne_noekler(&self) -> (tempfile::TempDir, Api) {
        let mappe = tempfile::tempdir().unwrap();
        let register = Arc::new(aapne(mappe.path()));
        for (plass, steg) in self.steg.iter().enumerate() {
            gjoer(&register, plass, steg.a.as_ref());
        }
        (mappe, Api::ny(register, self.numre.clone()).await)
    }

    /// Both registers, told the story up to a step.
    pub fn registre(&self, til: usize) -> (tempfile::TempDir, Par<Arc<Register>>) {
        let mappe = tempfile::tempdir().unwrap();
        let lag = |navn: &str| {
            let sti = mappe.path().join(navn);
            kopier(&NOEKLER.path().join("noekler"), &sti.join("noekler"));
            Arc::new(aapne(&sti))
        };
        let par = Par {
            a: lag("a"),
            b: lag("b"),
        };
        for (plass, steg) in self.steg.iter().take(til).enumerate() {
            gjoer(&par.a, plass, steg.a.as_ref());
            gjoer(&par.b, plass, steg.b.as_ref());
        }
        (mappe, par)
    }

    /// The consumer API over both.
    pub async fn par(&self) -> (tempfile::TempDir, Par<Api>) {
        self.par_til(self.steg.len()).await
    }

    pub async fn par_til(&self, til: usize) -> (tempfile::TempDir, Par<Api>) {
        let (mappe, registre) = self.registre(til);
        let mut numre = self.numre.clone();
        // Who asks must have someone to ask for.
        if numre.is_empty() {
            numre.push(nr(1));
        }
        let par = Par {
            a: Api::ny(registre.a, numre.clone()).await,
            b: Api::ny(registre.b, numre).await,
        };
        (mappe, felles_soekbart(par))
    }
}

/// Both are searched by what either has.
pub fn felles_soekbart(mut par: Par<Api>) -> Par<Api> {
    par.a.soekbart.extend_from_slice(&par.b.soekbart);
    par.b.soekbart.clone_from(&par.a.soekbart);
    par
}

/// A register that can be searched.
pub fn aapne(mappe: &Path) -> Register {
    Register::aapne_med_visning(mappe, &Steder::default(), Arc::new(soek::Soekevisning)).unwrap()
}

/// Tells a register that has heard the story so far some more of it.
pub fn fortell(bygg: &Bygg, register: &Register, steg: Range<usize>) {
    for plass in steg {
        gjoer(register, plass, bygg.steg[plass].a.as_ref());
    }
}

fn gjoer(register: &Register, plass: usize, hva: Option<&Hva>) {
    let minutt = u32::try_from(plass).unwrap();
    let sekunder = NAA + 60 * i64::from(minutt);
    match hva {
        None => {}
        Some(Hva::Utfoer(handling)) => {
            let registrering = Registrering {
                tidspunkt: tid(minutt),
                handling: handling.clone(),
            };
            if let Err(feil) = register.utfoer(&[registrering], sekunder) {
                panic!("steg {plass}: {feil}");
            }
        }
        Some(Hva::Mange(handlinger)) => {
            let registreringer: Vec<_> = handlinger
                .iter()
                .map(|handling| Registrering {
                    tidspunkt: tid(minutt),
                    handling: handling.clone(),
                })
                .collect();
            register.utfoer(&registreringer, sekunder).unwrap();
        }
        Some(Hva::Importer(dokument)) => {
            register.importer(dokument, tid(minutt), sekunder).unwrap();
        }
    }
}

/// Key files that every register of the tests has: then identifiers and ETags can be compared.
static NOEKLER: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let mappe = tempfile::tempdir().unwrap();
    aapne(mappe.path());
    mappe
});

fn kopier(fra: &Path, til: &Path) {
    std::fs::create_dir_all(til).unwrap();
    for fil in std::fs::read_dir(fra).unwrap() {
        let fil = fil.unwrap();
        std::fs::copy(fil.path(), til.join(fil.file_name())).unwrap();
    }
}

/// A person with what everybody has and something of each open kind.
pub fn rik(n: u32) -> Bygger {
    person(n)
        .bosatt("Revegata")
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

/// An address of a kind, with a text in it.
pub fn adresse(entitet: &str, tekst: &str, grad: &str) -> Value {
    let vei = json!({"kommunenummer": "0301", "adressenavn": tekst, "adressenummer": {"husnummer": "7"},
        "poststed": {"poststedsnavn": "OSLO", "postnummer": "0001"}});
    match entitet {
        "bostedsadresse" => {
            json!({"vegadresse": vei, "adressegradering": grad, "flyttedato": "2020-02-02", "grunnkrets": 1234})
        }
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
