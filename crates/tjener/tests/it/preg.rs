//! PREG's orders and users by command: on a folder that nobody serves, and on one that is served.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::program::{PROGRAM, Tjener, kjoer_paa, ny_mappe};

const ORGNR: &str = "312000008";

fn bestill(uten: &str) -> Vec<&'static str> {
    let alle = [
        ("--orgnr", Some(ORGNR)),
        ("--navn", Some("Prøvekommune")),
        ("--organisasjonstype", Some("kommunalTjeneste")),
        ("--underskrevet-av", Some("daglig leder")),
        ("--underskrevet", Some("2026-01-31")),
        ("--kontaktperson", Some("kontakten")),
        ("--kontakt-epost", Some("kontakt@eksempel.no")),
        ("--kontakt-telefon", Some("00000000")),
        ("--journalsystem", Some("journal")),
        ("--formaal", Some("utprøving")),
        ("--medlem-av-helsenettet", None),
        ("--vilkaar-godtatt", None),
        ("--profil", Some("preg_med_hjemmel")),
        ("--filmatch", None),
    ];
    let mut ut = vec!["preg", "bestill"];
    for (navn, verdi) in alle.into_iter().filter(|(navn, _)| *navn != uten) {
        ut.push(navn);
        ut.extend(verdi);
    }
    ut
}

/// Runs a command with a line to read.
fn med_linje(mappe: &Path, argumenter: &[&str], linje: &str) -> (bool, String) {
    let mut barn = Command::new(PROGRAM)
        .args(argumenter)
        .arg("--data")
        .arg(mappe)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    barn.stdin.take().unwrap().write_all(linje.as_bytes()).unwrap();
    let ut = barn.wait_with_output().unwrap();
    let tekst = String::from_utf8(ut.stdout).unwrap() + &String::from_utf8(ut.stderr).unwrap();
    (ut.status.success(), tekst)
}

fn filer(mappe: &Path) -> Vec<u8> {
    let mut ut = Vec::new();
    for fil in std::fs::read_dir(mappe).unwrap() {
        let sti = fil.unwrap().path();
        if sti.is_dir() {
            ut.extend(filer(&sti));
        } else {
            ut.extend(std::fs::read(&sti).unwrap());
        }
    }
    ut
}

fn inneholder(alt: &[u8], del: &str) -> bool {
    alt.windows(del.len()).any(|vindu| vindu == del.as_bytes())
}

fn foelg(kommando: &dyn Fn(&[&str]) -> (bool, String), mappe: &Path) {
    let lyktes = |argumenter: &[&str]| {
        let (lyktes, tekst) = kommando(argumenter);
        assert!(lyktes, "{argumenter:?}: {tekst}");
        tekst
    };
    let feilet = |argumenter: &[&str]| {
        let (lyktes, tekst) = kommando(argumenter);
        assert!(!lyktes, "{argumenter:?}: {tekst}");
        tekst
    };
    let ny = ["preg", "bruker", "ny", "proeve.journal", "--orgnr", ORGNR];
    assert!(feilet(&ny).contains("ingen gjeldende bestilling"));
    for vilkaar in ["--medlem-av-helsenettet", "--vilkaar-godtatt"] {
        assert!(feilet(&bestill(vilkaar)).contains("vilkåret er ikke oppfylt"));
    }
    lyktes(&bestill(""));
    let passord = lyktes(&ny);
    let passord = passord.trim();
    assert_eq!(passord.len(), 24, "a drawn password, alone on its line");
    assert!(feilet(&ny).contains("i bruk"));
    let valgt = "et passord som er valgt";
    let (ble, tekst) = med_linje(
        mappe,
        &["preg", "bruker", "passord", "proeve.journal", "--passord-fra-stdin"],
        &format!("{valgt}\n"),
    );
    assert!(ble && !tekst.contains(valgt), "{tekst}");
    let kort = med_linje(
        mappe,
        &["preg", "bruker", "passord", "proeve.journal", "--passord-fra-stdin"],
        "kort\n",
    );
    assert!(!kort.0 && kort.1.contains("14 til 128 tegn"), "{}", kort.1);
    // A demo has an order of its own beside it.
    let vaar = || {
        let liste: Value = serde_json::from_str(&lyktes(&["preg", "liste", "--json"])).unwrap();
        let alle = liste.as_array().unwrap();
        alle.iter().find(|en| en["organisasjon"] == ORGNR).unwrap().clone()
    };
    let liste = vaar();
    assert_eq!(liste["bestilling"]["rettigheter"]["profil"], "preg_med_hjemmel");
    assert_eq!(liste["brukere"][0]["brukernavn"], "proeve.journal");
    assert_eq!(liste["brukere"][0].get("slutt"), None);
    lyktes(&["preg", "bruker", "avslutt", "proeve.journal", "--grunn", "sluttet"]);
    assert!(feilet(&["preg", "bruker", "passord", "proeve.journal"]).contains("avsluttet"));
    lyktes(&["preg", "avslutt", "--orgnr", ORGNR, "--grunn", "oppsagt"]);
    let liste = vaar();
    assert!(liste["slutt"].is_string() && liste["brukere"][0]["slutt"].is_string());
    let alt = filer(&mappe.join("preg"));
    assert!(inneholder(&alt, "$argon2id$"));
    assert!(
        !inneholder(&alt, passord) && !inneholder(&alt, valgt),
        "a password in a file"
    );
}

/// Runs commands on a folder, and gives what one of them printed: where it went well, without what was said beside.
fn paa(mappe: &Path) -> impl Fn(&[&str]) -> (bool, String) {
    |argumenter| {
        let ut = kjoer_paa(mappe, argumenter);
        if ut.kode == Some(0) {
            (true, ut.ut)
        } else {
            (false, ut.feilet())
        }
    }
}

#[test]
fn orders_and_users_are_kept_in_a_folder_that_nobody_serves() {
    let mappe = ny_mappe();
    foelg(&paa(&mappe), &mappe);
}

#[test]
fn and_in_one_that_is_served_while_it_is_served() {
    let tjener = Tjener::start(50);
    foelg(&paa(&tjener.mappe), &tjener.mappe);
}
