//! Everything that the program says outside bodies, in one run: nothing of it may be about a person of the nation.
//!
//! The log at its loudest, from start to stop of both ways to serve; the error texts of every command; metrics, health and
//! the error bodies of every interface; bytes that are no HTTP. What is looked for is taken from the register's own
//! documents. The control is the same search over what may hold it.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;
use tilgang::Pakke;

use crate::http::{Kall, send_byte};
use crate::invariant_6::{funn, gaa, personopplysninger};
use crate::program::{PROGRAM, Tjener, Utskrift, kjoer_paa, ny_mappe};

/// Words of the log, of HTTP and of JSON that a name could be. Names are in capitals, so there are few.
const EGNE_ORD: [&str; 12] = [
    "INFO", "WARN", "ERROR", "DEBUG", "TRACE", "POST", "HEAD", "JSON", "HTTP", "HELP", "TYPE", "ANNEN",
];

/// Every text in a document that is a number of eleven digits, wherever it stands.
fn numre(verdi: &Value, ut: &mut BTreeSet<String>) {
    match verdi {
        Value::Object(o) => o.values().for_each(|v| numre(v, ut)),
        Value::Array(liste) => liste.iter().for_each(|v| numre(v, ut)),
        Value::String(t) if t.len() == 11 && t.bytes().all(|b| b.is_ascii_digit()) => drop(ut.insert(t.clone())),
        _ => {}
    }
}

/// Street and house number, as they stand next to each other in an address.
fn adresser(verdi: &Value, ut: &mut BTreeSet<String>) {
    match verdi {
        Value::Object(o) => {
            let nummer = o
                .get("adressenummer")
                .and_then(|n| n.get("husnummer"))
                .and_then(Value::as_str);
            if let (Some(navn), Some(nummer)) = (o.get("adressenavn").and_then(Value::as_str), nummer) {
                ut.insert(format!("{navn} {nummer}"));
            }
            o.values().for_each(|v| adresser(v, ut));
        }
        Value::Array(liste) => liste.iter().for_each(|v| adresser(v, ut)),
        _ => {}
    }
}

/// What must not be seen: numbers, whole values, the single words of names, streets with their numbers; names as a path
/// has them coded, too.
fn naaler(personer: &[Value]) -> BTreeSet<String> {
    let mut hele = BTreeSet::new();
    let mut ut = BTreeSet::new();
    for person in personer {
        personopplysninger(person, "", &mut hele);
        numre(person, &mut ut);
        adresser(person, &mut ut);
    }
    let ord = hele
        .iter()
        .flat_map(|t| t.split([' ', '-']))
        .filter(|o| o.chars().count() >= 4);
    ut.extend(ord.filter(|o| !EGNE_ORD.contains(o)).map(str::to_owned));
    ut.extend(
        hele.iter()
            .map(|t| t.bytes().map(|b| format!("%{b:02X}")).collect::<String>()),
    );
    ut.extend(hele.iter().map(|t| t.replace(' ', "+")));
    ut.extend(hele);
    ut.retain(|o| !EGNE_ORD.contains(&o.as_str()));
    ut
}

/// Collects what the program has said, and what it was allowed to say.
#[derive(Default)]
struct Sagt {
    utenom: Vec<(String, String)>,
    kropper: String,
}

impl Sagt {
    /// What a command wrote: errors must say nothing; its answer is what was asked for.
    fn kommando(&mut self, hva: &[&str], ut: Utskrift) {
        self.utenom.push((hva.join(" "), ut.feil));
        self.kropper.push_str(&ut.ut);
    }
}

#[test]
fn invariant_6_ingenting_utenfor_kroppene_handler_om_noen() {
    let mappe = ny_mappe();
    let spor = [("PERSONTJENESTEN_LOGG", "trace")];
    let mut tjener = Tjener::i_mappe(&mappe, &["--personer", "150"], &spor);
    tjener.behold_mappen();
    let ut = ny_mappe();
    tjener.kommando(&["export", ut.to_str().unwrap()]).lyktes();
    let filer: Vec<_> = std::fs::read_dir(&ut).unwrap().map(|f| f.unwrap().path()).collect();
    let les = |fil: &std::path::PathBuf| serde_json::from_slice(&std::fs::read(fil).unwrap()).unwrap();
    let personer: Vec<Value> = filer.iter().map(les).collect();
    let naaler = naaler(&personer);
    assert!(naaler.len() > 800, "{}", naaler.len());
    let nr = filer[0].file_stem().unwrap().to_str().unwrap().to_owned();
    let navn = personer[0]["navn"][0]["etternavn"].as_str().unwrap().to_owned();

    let mut sagt = Sagt::default();
    for svar in gaa(&tjener, &personer, 12) {
        sagt.utenom.push((
            format!("svar {}", svar.status),
            format!("{:?} {}", svar.hoder, svar.tekst()),
        ));
    }
    kommandoer(&tjener, &mut sagt, &nr, &navn, ut.to_str().unwrap());
    andre_grensesnitt(&tjener, &mut sagt, &nr, &navn);
    assert_eq!(tjener.avbryt().0.code(), Some(0));
    sagt.utenom.push(("loggen til demo".into(), tjener.logglinjer()));
    drop(tjener);

    // Without a server; then as in production, from start to stop.
    for hva in [
        &["verify"][..],
        &["replay"],
        &["audit", "verify"],
        &["oppslag", &nr],
        &["token", "--pakke", "finans"],
    ] {
        sagt.kommando(hva, kjoer_paa(&mappe, hva));
    }
    let fil = mappe.with_extension("toml");
    let tekst = format!(
        "data = \"{}\"\n[tjener]\nadresse = \"127.0.0.1:0\"\nadmin = \"127.0.0.1:0\"\n",
        mappe.display()
    );
    std::fs::write(&fil, tekst).unwrap();
    let mut kommando = std::process::Command::new(PROGRAM);
    kommando.args(["serve", "--config"]).arg(&fil);
    let mut tjener = Tjener::med(kommando, &mappe, &spor);
    for sti in [
        format!("personer/{nr}"),
        format!("personer/soek?navn={navn}"),
        format!("hendelser/{nr}"),
    ] {
        Kall::ny(&tjener, Pakke::OffentligMedHjemmel, &sti.replace(' ', "+")).send_utenom();
    }
    sagt.utenom
        .push(("velkomsten til serve".into(), tjener.velkomst.join("\n")));
    assert_eq!(tjener.avbryt().0.code(), Some(0));
    let logg = tjener.logglinjer();
    assert!(logg.contains("request answered"), "en linje for hvert kall");
    sagt.utenom.push(("loggen til serve".into(), logg));
    std::fs::remove_file(fil).unwrap();
    std::fs::remove_dir_all(ut).unwrap();

    let mange: usize = sagt.utenom.iter().map(|(_, tekst)| tekst.len()).sum();
    assert!(mange > 1_000_000, "{mange}");
    let lekkasjer: BTreeSet<(&str, Vec<String>)> = sagt
        .utenom
        .iter()
        .map(|(hvor, tekst)| (hvor.as_str(), funn(tekst, &naaler)))
        .filter(|(_, f)| !f.is_empty())
        .collect();
    assert_eq!(lekkasjer, BTreeSet::new());
    // The control: the same search finds what it looks for in bodies, and in a log that one line has been slipped into.
    assert!(funn(&sagt.kropper, &naaler).len() > 5);
    let (_, logg) = sagt.utenom.iter().find(|(hvor, _)| hvor == "loggen til demo").unwrap();
    for linje in [
        format!("{{\"level\":\"INFO\",\"fields\":{{\"message\":\"slo opp\",\"nr\":\"{nr}\"}}}}"),
        format!("fant ikke /v1/personer/{nr}?part=navn"),
        format!("thread 'x' panicked at Navn {{ etternavn: {navn:?} }}"),
    ] {
        assert!(!funn(&format!("{logg}{linje}\n"), &naaler).is_empty(), "{linje}");
    }
}

/// Every command, right and wrong, against the server.
fn kommandoer(tjener: &Tjener, sagt: &mut Sagt, nr: &str, navn: &str, eksportert: &str) {
    let inn = ny_mappe();
    let skriv = |fil: &str, tekst: &str| {
        let sti = inn.join(fil);
        std::fs::write(&sti, tekst).unwrap();
        sti.to_str().unwrap().to_owned()
    };
    skriv(
        "a.json",
        &format!("{{\"navn\":[{{\"fornavn\":7,\"etternavn\":\"{navn}\"}}],\"x\":\"{nr}\"}}"),
    );
    skriv(
        "b.xml",
        &format!("<folkeregisterperson><{navn}>{nr}</{navn}></folkeregisterperson>"),
    );
    skriv("c.json", &format!("\"{nr}"));
    let jwk = skriv(
        "jwk",
        &format!("{{\"kty\":\"{navn}\",\"n\":\"{nr}\",\"kid\":\"{nr}\"}}"),
    );
    let bevis = skriv(
        "bevis",
        &format!("{{\"post\":\"{nr}\",\"nr\":0,\"sti\":[\"{nr}\"],\"hode\":\"{navn}\"}}"),
    );
    let hode = skriv("hode", &format!("{navn}\n{nr}\n"));
    let mappe = inn.to_str().unwrap().to_owned();
    let org = ["--organisasjon", "310000000"];
    for hva in [
        &["oppslag", nr][..],
        &["oppslag", nr, "--part", "navn", "--pakke", "finans"],
        &["oppslag", nr, "--part", navn],
        &["oppslag", nr, "--pakke", "presse"],
        &["soek", "--navn", navn, "--vis"],
        &["soek", "--navn", navn, "--pakke", "presse"],
        &["soek", "--navn", navn, "--postnummer", nr],
        &["soek", nr, navn],
        &["soek", "--entydig", "--navn", navn, "--identifikasjonsnummer", nr],
        &["soek", "--entydig", "--navn", navn, "--identifikasjonsnummer", navn],
        &["soek", "--kriterier", &jwk],
        &["feed", "--pakke", "offentlig-med-hjemmel"],
        &["feed", "--pakke", "privat"],
        &["navngitte"],
        &["navngitte", "--json"],
        &["import", "persondokument", &mappe],
        &["import", "persondokument", eksportert],
        &["audit", "innsyn", nr],
        &["audit", "verify"],
        &["audit", "verify", "--hode", &hode],
        &["audit", "hode"],
        &["audit", "bevis", "0"],
        &["audit", "bevis", nr],
        &["klient", "vis"],
        &[
            "klient",
            "registrer",
            "--id",
            "ny",
            org[0],
            org[1],
            "--scope",
            "a:b/c",
            "--jwk",
            &jwk,
        ],
        &["klient", "avslutt", "--id", "ukjent"],
        &["klient", "fjern-noekkel", "--id", "ukjent", "--kid", "x"],
        &["avtale", "vis"],
        &["avtale", "trekk", "999", "--grunn", "x"],
        &["verify"],
    ] {
        sagt.kommando(hva, tjener.kommando(hva));
    }
    sagt.kommando(&["nummer", "sjekk"], crate::program::kjoer(&["nummer", "sjekk", nr]));
    sagt.kommando(
        &["audit", "sjekk"],
        crate::program::kjoer(&["audit", "sjekk", &bevis, "--noekkel", "x"]),
    );
    sagt.kommando(&["config", "check"], crate::program::kjoer(&["config", "check", &jwk]));
    std::fs::remove_dir_all(inn).unwrap();
}

/// What is beside Folkeregisteret, and what is no HTTP at all.
fn andre_grensesnitt(tjener: &Tjener, sagt: &mut Sagt, nr: &str, navn: &str) {
    let kodet = navn.replace(' ', "+");
    for sti in [
        "/metrics",
        "/readyz",
        "/livez",
        &format!("/{nr}"),
        &format!("/metrics?{nr}={kodet}"),
    ] {
        let svar = Kall::admin(tjener, sti).send_utenom();
        sagt.utenom
            .push((sti.len().to_string(), format!("{:?} {}", svar.hoder, svar.tekst())));
    }
    for (sti, kropp) in [
        ("/maskinporten/token", format!("grant_type={kodet}&assertion={nr}")),
        (
            "/maskinporten/token",
            format!("assertion={nr}.{nr}.{nr}&grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ),
        ("/maskinporten/jwk", nr.to_owned()),
        ("/utforsker/", nr.to_owned()),
    ] {
        let svar = Kall::rot(tjener, sti)
            .post("application/x-www-form-urlencoded", kropp)
            .send_utenom();
        sagt.utenom
            .push((sti.to_owned(), format!("{:?} {}", svar.hoder, svar.tekst())));
    }
    for sti in [
        format!("/{nr}"),
        format!("/utforsker/{nr}"),
        format!("/maskinporten/{kodet}"),
        format!("/folkeregisteret/openapi/{nr}.json"),
    ] {
        let svar = Kall::rot(tjener, &sti).send_utenom();
        sagt.utenom.push((
            "en sti som ikke finnes".into(),
            format!("{:?} {}", svar.hoder, svar.tekst()),
        ));
    }
    let lang = "x".repeat(40_000);
    for byte in [
        format!("GET /{nr} HTTP/1.1\r\nhost: x\r\n{nr}\r\n\r\n"),
        format!("GET /{nr} HTTP/1.1\r\nhost: {nr}\r\nx-{nr}: {lang}\r\n\r\n"),
        format!("{nr} {navn} HTTP/9.9\r\n\r\n"),
        format!("GET /folkeregisteret/api/privat/v1/personer/{nr} HTTP/1.1\r\nhost: x\r\nhost: {nr}\r\n\r\n"),
        format!(
            "POST /folkeregisteret/api/privat/v1/personer/bulkoppslag HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: {nr}\r\n\r\n{nr}"
        ),
    ] {
        let svar = send_byte(tjener, byte.as_bytes(), Duration::from_secs(20));
        sagt.utenom.push((
            "det som ikke er HTTP".into(),
            format!("{:?} {}", svar.hoder, svar.tekst()),
        ));
    }
}
