//! Runs `eksempler/preg/oversettelse.md`.

use std::path::Path;

use identifikator::Dato;
use kartverk::Tabell;
use pregmodell::{Adressefelt, Grunnlag, Oversatt, Person, Personfelt, oversett};

/// Who a document is of, where it does not say.
const NUMMER: &str = r#""identifikasjonsnummer":[{"erGjeldende":true,"status":"iBruk","foedselsEllerDNummer":"12855700628","identifikatortype":"foedselsnummer"}]"#;

#[test]
fn small_documents_are_translated_as_the_table_says() {
    let sti = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../eksempler/preg/oversettelse.md");
    let tekst = std::fs::read_to_string(sti).unwrap();
    assert!(tekst.contains("\nRegel: ") && tekst.contains("\nKilde: "));
    let rader: Vec<&str> = tekst.lines().filter(|linje| linje.starts_with("| ")).collect();
    let (mut antall, mut galt) = (0, Vec::new());
    for rad in rader {
        let celler: Vec<&str> = rad.trim_matches('|').split('|').map(str::trim).collect();
        let [hva, dokument, ventet] = celler[..] else {
            panic!("three cells: {rad}")
        };
        if hva == "hva" {
            continue;
        }
        galt.extend(check(hva, dokument.trim_matches('`'), ventet.trim_matches('`')));
        antall += 1;
    }
    assert!(galt.is_empty(), "{}", galt.join("\n"));
    assert!(antall >= 60, "only {antall} rows");
}

/// What a row says that is not so.
fn check(hva: &str, dokument: &str, ventet: &str) -> Vec<String> {
    let mut galt = Vec::new();
    let egne = dokument.contains("\"identifikasjonsnummer\":[");
    let norsk = match (egne, dokument.is_empty()) {
        (true, _) => format!("{{{dokument}}}"),
        (false, true) => format!("{{{NUMMER}}}"),
        (false, false) => format!("{{{NUMMER},{dokument}}}"),
    };
    let tabell = Tabell::syntetisk();
    let grunnlag = Grunnlag {
        steder: Dato::new(2026, 1, 1).map(|dag| (&tabell, dag)),
        klientadresse: hva.contains("(kjent klientadresse)"),
    };
    let oversatt = oversett(norsk.as_bytes(), &grunnlag).unwrap_or_else(|feil| panic!("{hva}: {feil}"));
    super::felles::holder(&oversatt.person);
    for paastand in ventet.split(';').map(str::trim) {
        let (navn, verdi) = paastand.split_once('=').unwrap_or_else(|| panic!("{hva}: {paastand}"));
        let fikk = slaa_opp(&oversatt, navn);
        if fikk != verdi {
            galt.push(format!("{hva}: {navn} er {fikk}, ikke {verdi}"));
        }
    }
    galt
}

fn slaa_opp(oversatt: &Oversatt, navn: &str) -> String {
    match navn {
        "adresser" => return oversatt.person.adresser.len().to_string(),
        "utgaatte" => return oversatt.utgaatte.len().to_string(),
        "merknader" => return oversatt.merknader.len().to_string(),
        _ => {}
    }
    let Some((foran, navn)) = navn.split_once('.') else {
        return personfelt(&oversatt.person, navn);
    };
    let nr: usize = foran[1..].parse().unwrap();
    if foran.starts_with('U') {
        return personfelt(&oversatt.utgaatte[nr], navn);
    }
    let felt = Adressefelt::ALLE.iter().find(|felt| felt.beskrivelse().navn == navn);
    let felt = felt.unwrap_or_else(|| panic!("no field {navn}"));
    oversatt.person.adresser[nr].vis(*felt).som_tekst().unwrap_or_default()
}

fn personfelt(person: &Person, navn: &str) -> String {
    let felt = Personfelt::ALLE.iter().find(|felt| felt.beskrivelse().navn == navn);
    let felt = felt.unwrap_or_else(|| panic!("no field {navn}"));
    person.vis(*felt).som_tekst().unwrap_or_default()
}
