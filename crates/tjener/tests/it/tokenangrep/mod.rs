//! The attacks on tokens and grants, over a real socket, against the whole program; and what must not be refused.
//!
//! The issuer is the test's own, so that every signature can be made; the endpoint for grants is the built-in issuer's.

mod forfalskninger;
mod grants;
mod gyldige;
pub mod utsteder;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use folkeregister::openapi::Operasjon;
use serde_json::Value;
use tilgang::{Pakke, Projeksjon, Tabell};

use crate::program::{PROGRAM, Tjener, ny_mappe};
use forfalskninger::{Forfalskning, MERKE};

/// No answer takes longer; guards against one that never comes.
const FRIST: Duration = Duration::from_secs(60);

pub fn naa() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

/// An answer as it stood on the wire.
struct Svar {
    status: u16,
    hoder: String,
    kropp: Vec<u8>,
}

impl Svar {
    fn hode(&self, navn: &str) -> Option<&str> {
        let treff = |l: &'_ &str| l.split_once(':').is_some_and(|(n, _)| n.eq_ignore_ascii_case(navn));
        self.hoder
            .lines()
            .find(treff)
            .and_then(|l| l.split_once(": "))
            .map(|(_, v)| v)
    }
}

/// Sends exactly these lines; `kropp` goes with its length.
fn send(base: &str, metode: &str, sti: &str, linjer: &[Vec<u8>], kropp: Option<&str>) -> Svar {
    let vert = base.strip_prefix("http://").unwrap();
    let mut ut =
        format!("{metode} {sti} HTTP/1.1\r\nhost: {vert}\r\nconnection: close\r\naccept: application/json\r\n")
            .into_bytes();
    for linje in linjer {
        ut.extend_from_slice(linje);
        ut.extend_from_slice(b"\r\n");
    }
    if let Some(kropp) = kropp {
        ut.extend_from_slice(
            format!("content-type: application/json\r\ncontent-length: {}\r\n", kropp.len()).as_bytes(),
        );
    }
    ut.extend_from_slice(b"\r\n");
    ut.extend_from_slice(kropp.unwrap_or_default().as_bytes());
    let mut forbindelse = TcpStream::connect(vert).unwrap();
    forbindelse.set_read_timeout(Some(FRIST)).unwrap();
    let _ = forbindelse.write_all(&ut);
    let mut svar = Vec::new();
    let _ = forbindelse.read_to_end(&mut svar);
    let slutt = svar.windows(4).position(|v| v == b"\r\n\r\n").unwrap();
    let hoder = String::from_utf8(svar[..slutt].to_vec()).unwrap();
    let status = hoder.split(' ').nth(1).unwrap().parse().unwrap();
    Svar {
        status,
        hoder,
        kropp: svar[slutt + 4..].to_vec(),
    }
}

/// A call of an operation that a good token would have an answer to.
fn kall(pakke: Pakke, operasjon: Operasjon) -> (&'static str, String, Option<String>) {
    let under = operasjon.sti().strip_prefix("/v1/").unwrap();
    let under = match operasjon {
        Operasjon::HentFeedSide => format!("{under}?seq=1"),
        _ => {
            let ledd = under
                .split('/')
                .map(|l| if l.starts_with('{') { "30908299902" } else { l });
            ledd.collect::<Vec<_>>().join("/")
        }
    };
    let kropp = match operasjon {
        Operasjon::HentPersoner => Some(r#"{"foedselsEllerDNummer":["30908299902"]}"#.to_owned()),
        Operasjon::HentArkivpersoner | Operasjon::HentHendelseDokumenter => {
            Some(r#"{"dokumentidentifikator":["x"]}"#.to_owned())
        }
        Operasjon::LagJobbTilpasset => Some("{}".to_owned()),
        _ => None,
    };
    let metode = if operasjon.metode() == "post" { "POST" } else { "GET" };
    (metode, format!("/{}/v1/{under}", pakke.sti()), kropp)
}

fn operasjoner(pakke: Pakke) -> Vec<Operasjon> {
    let rett = Tabell::felles().rett(Projeksjon::for_pakke(pakke, true));
    Operasjon::ALLE
        .into_iter()
        .filter(|o| rett.kan_kalle(o.navn()))
        .collect()
}

/// Holds a refusal to the contract's form, and gives what is left of it when reference and reason are taken out.
fn sjekk_avslag(f: &Forfalskning, hvor: &str, svar: &Svar) -> (u16, String) {
    let navn = format!("{} på {hvor}", f.navn);
    let alt = format!("{}\n{}", svar.hoder, String::from_utf8_lossy(&svar.kropp));
    assert!(!alt.contains(MERKE), "{navn}: svaret gjentar innholdet i tokenet");
    for del in f
        .linjer
        .iter()
        .flat_map(|l| l.split(|b| matches!(b, b'.' | b' ')))
        .filter(|d| d.len() > 15)
    {
        let del = String::from_utf8_lossy(&del[..15]).into_owned();
        assert!(!alt.contains(&del), "{navn}: svaret gjentar en del av tokenet");
    }
    assert_eq!(svar.hode("cache-control"), Some("no-store"), "{navn}");
    if svar.status == 431 {
        // More header than is read: refused before anybody is asked.
        return (431, String::new());
    }
    assert!(matches!(svar.status, 401 | 403), "{navn}: {} {alt}", svar.status);
    let mut kropp: Value = serde_json::from_slice(&svar.kropp).unwrap();
    let utfordring = svar.hode("www-authenticate");
    if svar.status == 401 {
        let utfordring = utfordring.unwrap_or_else(|| panic!("{navn}: uten WWW-Authenticate"));
        // The reason is the same in both places, and one of ours.
        let grunn = kropp["feilmelding"].as_str().unwrap();
        assert!(
            utfordring == "Bearer" || utfordring.ends_with(&format!("error_description=\"{grunn}\"")),
            "{navn}: {utfordring}"
        );
        assert!(utfordring.is_ascii() && utfordring.len() < 120, "{navn}: {utfordring}");
    } else {
        let for_lite = utfordring.is_none_or(|u| u.starts_with("Bearer error=\"insufficient_scope\""));
        assert!(for_lite, "{navn}: {utfordring:?}");
    }
    let referanse = kropp["tilleggsinformasjon"]["referanse"].take();
    assert_eq!(referanse.as_str().map(str::len), Some(32), "{navn}");
    assert!(kropp["feilmelding"].take().is_string(), "{navn}");
    (svar.status, kropp.to_string())
}

struct Program {
    tjener: Tjener,
    utsteder: String,
}

impl Program {
    /// The program as in production, with grants and persons of a demo and with the test's own issuer.
    fn start(mappe: &std::path::Path) -> Self {
        let utsteder = utsteder::publiser();
        let fil = mappe.with_extension("toml");
        let innstillinger = format!(
            "data = \"{}\"\n[tjener]\nadresse = \"127.0.0.1:0\"\nadmin = \"127.0.0.1:0\"\n[revisjon]\nreserve_mib = 1\n[maskinporten]\nutsteder = \"{utsteder}\"\n",
            mappe.display()
        );
        std::fs::write(&fil, innstillinger).unwrap();
        let mut kommando = std::process::Command::new(PROGRAM);
        kommando.args(["serve", "--config"]).arg(&fil);
        let tjener = Tjener::med(kommando, mappe, &[]);
        std::fs::remove_file(fil).unwrap();
        Program { tjener, utsteder }
    }

    /// Sends every forgery to the operations; gives how many were accepted, by name, and how many were sent.
    fn angrip(&self, pakke: Pakke, operasjoner: &[Operasjon]) -> (Vec<String>, usize, BTreeSet<String>) {
        let mut godtatt = Vec::new();
        let mut antall = 0;
        let mut former: BTreeMap<u16, BTreeSet<String>> = BTreeMap::new();
        let mut navn = BTreeSet::new();
        for operasjon in operasjoner {
            // Anew for each operation: what is right but for one thing must be right while it is tried.
            for f in forfalskninger::alle(&self.utsteder, pakke.scope(), naa()) {
                let (metode, sti, kropp) = kall(pakke, *operasjon);
                let svar = send(&self.tjener.base, metode, &sti, &f.linjer, kropp.as_deref());
                antall += 1;
                if svar.status < 400 || matches!(svar.status, 404 | 406) {
                    // An answer, or a refusal that only somebody who was let in can get.
                    godtatt.push(format!("{} på {metode} {}: {}", f.navn, operasjon.sti(), svar.status));
                    continue;
                }
                let (status, form) = sjekk_avslag(&f, operasjon.sti(), &svar);
                former.entry(status).or_default().insert(form);
                navn.insert(f.navn);
            }
        }
        for (status, former) in former {
            assert_eq!(former.len(), 1, "{status}: {former:?}");
        }
        (godtatt, antall, navn)
    }
}

#[test]
fn paalitelighet_11_tokenangrep() {
    let mappe = ny_mappe();
    // The built-in issuer first: it makes the nation, the clients and the grants too.
    let mut demo = Tjener::i_mappe(&mappe, &["--personer", "150"], &[]);
    let (grants, grants_godtatt, grants_gyldige, grants_avvist) = grants::proev(&demo);
    demo.behold_mappen();
    assert_eq!(demo.avbryt().0.code(), Some(0));
    drop(demo);

    let program = Program::start(&mappe);
    let mh = Pakke::OffentligMedHjemmel;
    let (mut godtatt, mut sendt, navn) = program.angrip(mh, &operasjoner(mh));
    for pakke in [Pakke::Finans, Pakke::PresseUtenFolkeregisteridentifikator] {
        let (g, s, _) = program.angrip(pakke, &operasjoner(pakke)[..2]);
        godtatt.extend(g);
        sendt += s;
    }

    let mut avvist = Vec::new();
    let mut gyldige = 0;
    for pakke in [mh, Pakke::Privat] {
        for (navn, verdi) in gyldige::varianter(&program.utsteder, pakke.scope(), naa()) {
            let (_, sti, _) = kall(pakke, Operasjon::HentFeedSide);
            let linje = format!("authorization: {verdi}").into_bytes();
            let svar = send(&program.tjener.base, "GET", &sti, &[linje], None);
            gyldige += 1;
            if svar.status != 200 {
                avvist.push(format!(
                    "{navn}: {} {}",
                    svar.status,
                    String::from_utf8_lossy(&svar.kropp)
                ));
            }
        }
    }
    let forfalskninger = navn.len() + grants;
    println!("TALL 11 tokenangrep_forfalskninger {forfalskninger} antall >= 150");
    println!("TALL 11 tokenangrep_sendt {} antall >= 2000", sendt + grants);
    println!(
        "TALL 11 tokenangrep_godtatt {} antall = 0",
        godtatt.len() + grants_godtatt.len()
    );
    println!("TALL 11 tokenangrep_gyldige {} antall >= 100", gyldige + grants_gyldige);
    println!(
        "TALL 11 tokenangrep_feilaktig_avvist {} antall = 0",
        avvist.len() + grants_avvist.len()
    );
    assert_eq!((godtatt, grants_godtatt), (Vec::new(), Vec::new()));
    assert_eq!((avvist, grants_avvist), (Vec::new(), Vec::new()));
    assert!(forfalskninger >= 150 && sendt >= 2_000, "{forfalskninger} {sendt}");
    assert!(gyldige + grants_gyldige >= 100, "{gyldige} {grants_gyldige}");
}
