//! XML answers against the schemas that the service itself serves, before two judges: one in Rust, one outside.
//!
//! Bulk answers, Atom and errors have no schema of their own; in them each person and each event is judged, and the rest
//! must be well-formed.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{LazyLock, Mutex};

use tilgang::Pakke;

use crate::delt;
use crate::program::hopp_over;

/// Namespace of events, needed by an event that is taken out of its Atom entry.
const NS_HENDELSE: &str = "folkeregisteret:tilgjengeliggjoering:hendelse:v1";

/// A schema that the service serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Skjema {
    Person,
    Hendelse,
    Feed,
}

impl Skjema {
    const ALLE: [Skjema; 3] = [Skjema::Person, Skjema::Hendelse, Skjema::Feed];

    fn sti(self) -> &'static str {
        match self {
            Skjema::Person => "personer/xsd",
            Skjema::Hendelse => "hendelser/xsd",
            Skjema::Feed => "hendelser/feedxsd",
        }
    }
}

static SKJEMAER: LazyLock<Vec<String>> = LazyLock::new(|| {
    let hent = |s: Skjema| delt::kall(Pakke::OffentligMedHjemmel, s.sti()).send().ok().tekst();
    Skjema::ALLE.into_iter().map(hent).collect()
});

static DOMMERE: LazyLock<Vec<uppsala::XsdValidator>> = LazyLock::new(|| {
    let dommer = |xsd: &String| uppsala::XsdValidator::from_schema(&uppsala::parse(xsd).unwrap()).unwrap();
    SKJEMAER.iter().map(dommer).collect()
});

/// Faults of an XML answer; empty when both judges let it pass.
pub fn feil(xml: &str) -> Vec<String> {
    let mut ut = Vec::new();
    if let Err(feil) = uppsala::parse(xml) {
        return vec![format!("ikke velformet: {feil}")];
    }
    // A schema is not judged by itself.
    if xml.contains("<xsd:schema ") {
        return ut;
    }
    let mut antall = 0;
    for (skjema, aapning, slutt) in [
        (Skjema::Person, "<folkeregisterperson ", "</folkeregisterperson>"),
        (Skjema::Hendelse, "<dokumentForHendelse ", "</dokumentForHendelse>"),
        (Skjema::Feed, "<ns2:lagretHendelse>", "</ns2:lagretHendelse>"),
    ] {
        for bit in biter(xml, aapning, slutt) {
            antall += 1;
            let bit = bit.replacen(
                "<ns2:lagretHendelse>",
                &format!("<ns2:lagretHendelse xmlns:ns2=\"{NS_HENDELSE}\">"),
                1,
            );
            ut.extend(doem(skjema, &bit));
        }
    }
    let tom = [
        "Response xmlns=",
        "<feed ",
        "<folkeregisterFeilmelding>",
        "<error>",
        "<sekvensnummer>",
    ];
    if antall == 0 && !tom.iter().any(|t| xml.contains(t)) {
        ut.push("svaret har en rot som ingen kjenner".to_owned());
    }
    ut
}

// Text never holds `<`, so a tag that is found is a tag.
fn biter<'a>(xml: &'a str, aapning: &'a str, slutt: &'a str) -> impl Iterator<Item = &'a str> {
    let mut rest = xml;
    std::iter::from_fn(move || {
        let fra = rest.find(aapning)?;
        let til = fra + rest[fra..].find(slutt)? + slutt.len();
        let bit = &rest[fra..til];
        rest = &rest[til..];
        Some(bit)
    })
}

fn doem(skjema: Skjema, xml: &str) -> Vec<String> {
    let nr = skjema as usize;
    let dokument = uppsala::parse(xml).unwrap();
    let mut ut: Vec<String> = DOMMERE[nr]
        .validate(&dokument)
        .iter()
        .map(ToString::to_string)
        .collect();
    ut.extend(LXML.lock().unwrap().as_mut().and_then(|l| l.doem(nr, xml)));
    ut
}

/// The judge outside this process.
struct Lxml {
    _barn: Child,
    inn: ChildStdin,
    ut: BufReader<ChildStdout>,
}

static LXML: LazyLock<Mutex<Option<Lxml>>> = LazyLock::new(|| Mutex::new(Lxml::start()));

impl Lxml {
    fn start() -> Option<Self> {
        let finnes = Command::new("python3").args(["-c", "import lxml.etree"]).output();
        if !finnes.is_ok_and(|svar| svar.status.success()) {
            hopp_over("python3 med lxml er ikke installert");
            return None;
        }
        let mut kommando = Command::new("python3");
        kommando.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/doem_med_lxml.py"));
        let mut barn = kommando.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let inn = barn.stdin.take().unwrap();
        let ut = BufReader::new(barn.stdout.take().unwrap());
        let mut lxml = Lxml { _barn: barn, inn, ut };
        for xsd in SKJEMAER.iter() {
            assert_eq!(lxml.send("skjema", xsd), "gyldig");
        }
        Some(lxml)
    }

    fn send(&mut self, hva: &str, tekst: &str) -> String {
        writeln!(self.inn, "{hva} {}", tekst.len()).unwrap();
        self.inn.write_all(tekst.as_bytes()).unwrap();
        self.inn.flush().unwrap();
        let mut linje = String::new();
        self.ut.read_line(&mut linje).unwrap();
        linje.trim_end().to_owned()
    }

    fn doem(&mut self, skjema: usize, xml: &str) -> Option<String> {
        Some(self.send(&skjema.to_string(), xml)).filter(|svar| svar != "gyldig")
    }
}

#[test]
fn both_judges_find_a_fault() {
    let person = |innhold: &str| {
        format!(
            "<folkeregisterperson xmlns=\"folkeregisteret:tilgjengeliggjoering:person:v1\">{innhold}</folkeregisterperson>"
        )
    };
    let riktig = person("<kjoenn><erGjeldende>true</erGjeldende><kjoenn>kvinne</kjoenn></kjoenn>");
    assert_eq!(feil(&riktig), Vec::<String>::new());
    let dommere = if LXML.lock().unwrap().is_some() { 2 } else { 1 };
    for galt in [
        "<kjoenn><kjoenn>rosa</kjoenn></kjoenn>",
        "<kjoenn><kjoenn>mann</kjoenn><erGjeldende>true</erGjeldende></kjoenn>",
        "<ukjent/>",
    ] {
        assert!(feil(&person(galt)).len() >= dommere, "{galt}");
    }
    assert_eq!(feil("<folkeregisterperson>").len(), 1);
    assert_eq!(feil("<noeAnnet/>").len(), 1);
}

#[test]
fn every_package_serves_the_same_schemas() {
    for pakke in Pakke::ALLE {
        for skjema in Skjema::ALLE {
            let svar = delt::kall(pakke, skjema.sti()).send().ok();
            assert_eq!(svar.medietype(), "application/xml");
            assert_eq!(svar.tekst(), SKJEMAER[skjema as usize], "{pakke} {skjema:?}");
        }
    }
}
