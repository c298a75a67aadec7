//! Persons as rows: number, name, birth date, address, and what must not be overlooked about them.

use anyhow::Result;
use klienter::folkeregister::Persondokument;
use serde_json::Value;
use tilgang::{Pakke, Projeksjon, Utvalg};

use super::super::skriv_linje;

/// What a row is made of. Every package has these.
const PART: &[&str] = &[
    "navn",
    "foedsel",
    "bostedsadresse",
    "oppholdsadresse",
    "postadresse",
    "adressebeskyttelse",
    "doedsfall",
];
/// Asked for where the package has it: some give it to nobody who does not ask, and some to nobody at all.
const NUMMER: &str = "identifikasjonsnummer";

const OVERSKRIFT: [&str; 5] = ["Nummer", "Navn", "Født", "Adresse", "Merknad"];

/// The `part` parameters for a table.
pub fn part(pakke: Pakke) -> Vec<&'static str> {
    let mut ut = PART.to_vec();
    if Utvalg::fra_part(Projeksjon::for_pakke(pakke, true), [NUMMER]).is_ok() {
        ut.push(NUMMER);
    }
    ut
}

type Rad = [String; 5];

/// Writes rows under one another, as they come.
#[derive(Default)]
pub struct Tabell {
    bredder: [usize; 5],
    begynt: bool,
}

impl Tabell {
    pub fn skriv(&mut self, rader: &[Rad]) -> Result<()> {
        let overskrift = OVERSKRIFT.map(str::to_owned);
        let alle = std::iter::once(&overskrift).chain(rader);
        for rad in alle.clone() {
            for (bredde, celle) in self.bredder.iter_mut().zip(rad) {
                *bredde = (*bredde).max(celle.chars().count());
            }
        }
        let foer = usize::from(std::mem::replace(&mut self.begynt, true));
        alle.skip(foer).try_for_each(|rad| skriv_linje(&self.linje(rad)))
    }

    fn linje(&self, rad: &Rad) -> String {
        let celler = rad.iter().zip(self.bredder);
        let linje: String = celler.map(|(celle, bredde)| format!("{celle:bredde$}  ")).collect();
        linje.trim_end().to_owned()
    }
}

/// A row. A person who can no longer be looked up has a number and nothing more.
pub fn rad(nummer: &str, person: Option<&Persondokument>) -> Rad {
    let rad = match person {
        None => [
            nummer.to_owned(),
            String::new(),
            String::new(),
            String::new(),
            "finnes ikke lenger".to_owned(),
        ],
        Some(person) => [
            nummer.to_owned(),
            navn(person),
            foedt(person),
            adresse(person),
            merknad(person),
        ],
    };
    // What stands in a register may hold what a terminal obeys.
    rad.map(|celle| celle.chars().filter(|c| !c.is_control()).collect())
}

/// The number that the person has now, where the package gives it.
pub fn nummer(person: &Persondokument) -> &str {
    let nr = gjeldende(person, NUMMER).and_then(|nr| tekst(nr, "foedselsEllerDNummer"));
    nr.unwrap_or("-")
}

fn gjeldende<'a>(person: &'a Persondokument, entitet: &str) -> Option<&'a Value> {
    match person.felt(entitet)? {
        Value::Array(liste) => liste.iter().find(|o| o.get("erGjeldende") != Some(&Value::Bool(false))),
        annet => Some(annet),
    }
}

fn tekst<'a>(verdi: &'a Value, felt: &str) -> Option<&'a str> {
    verdi.get(felt)?.as_str().filter(|t| !t.is_empty())
}

fn sammen<'a>(deler: impl IntoIterator<Item = Option<&'a str>>, mellom: &str) -> String {
    deler.into_iter().flatten().collect::<Vec<_>>().join(mellom)
}

fn navn(person: &Persondokument) -> String {
    let felt = ["fornavn", "mellomnavn", "etternavn"];
    gjeldende(person, "navn").map_or_else(String::new, |n| sammen(felt.map(|f| tekst(n, f)), " "))
}

fn foedt(person: &Persondokument) -> String {
    let foedsel = gjeldende(person, "foedsel");
    let dato = foedsel.and_then(|f| tekst(f, "foedselsdato").or_else(|| tekst(f, "foedselsaar")));
    dato.unwrap_or_default().to_owned()
}

/// Where the person lives; otherwise stays; otherwise gets post.
fn adresse(person: &Persondokument) -> String {
    let steder = ["bostedsadresse", "oppholdsadresse", "postadresse"];
    let mulige = steder.iter().filter_map(|sted| gjeldende(person, sted));
    mulige.map(sted).find(|a| !a.is_empty()).unwrap_or_default()
}

fn sted(adresse: &Value) -> String {
    if let Some(veg) = adresse.get("vegadresse") {
        let nummer = veg
            .get("adressenummer")
            .map(|n| sammen([tekst(n, "husnummer"), tekst(n, "husbokstav")], ""));
        let gate = sammen(
            [tekst(veg, "adressenavn"), nummer.as_deref().filter(|n| !n.is_empty())],
            " ",
        );
        return med_poststed(gate, veg);
    }
    if let Some(matrikkel) = adresse.get("matrikkeladresse") {
        let nummer = matrikkel.get("matrikkelnummer");
        let tall = ["gaardsnummer", "bruksnummer", "festenummer"].map(|f| nummer.and_then(|n| n.get(f)?.as_i64()));
        let tall: Vec<_> = tall.into_iter().flatten().map(|t| t.to_string()).collect();
        let tall = sammen(
            [Some("gnr/bnr"), Some(tall.join("/").as_str()).filter(|t| !t.is_empty())],
            " ",
        );
        return med_poststed(tall, matrikkel);
    }
    if let Some(boks) = adresse.get("postboksadresse") {
        return med_poststed(tekst(boks, "postboks").unwrap_or_default().to_owned(), boks);
    }
    if let Some(fritt) = adresse.get("postadresseIFrittFormat") {
        let linjer = fritt.get("adresselinje").and_then(Value::as_array);
        let linjer = linjer.into_iter().flatten().map(Value::as_str);
        return med_poststed(sammen(linjer, ", "), fritt);
    }
    if let Some(utland) = adresse.get("utenlandskAdresse") {
        let felt = [
            "adressenavn",
            "bygning",
            "postboks",
            "postkode",
            "byEllerStedsnavn",
            "region",
            "landkode",
        ];
        return sammen(felt.map(|f| tekst(utland, f)), ", ");
    }
    match adresse.get("ukjentBosted") {
        Some(ukjent) => sammen([Some("ukjent bosted"), tekst(ukjent, "bostedskommune")], ", kommune "),
        None => String::new(),
    }
}

fn med_poststed(gate: String, adresse: &Value) -> String {
    let poststed = adresse.get("poststed");
    let poststed = poststed.map(|p| sammen([tekst(p, "postnummer"), tekst(p, "poststedsnavn")], " "));
    sammen(
        [
            Some(gate.as_str()).filter(|g| !g.is_empty()),
            poststed.as_deref().filter(|p| !p.is_empty()),
        ],
        ", ",
    )
}

/// Protection first: whoever reads the row must not read an address aloud before this.
fn merknad(person: &Persondokument) -> String {
    let vern = gjeldende(person, "adressebeskyttelse").and_then(|v| tekst(v, "graderingsnivaa"));
    let paa_adressen = ["bostedsadresse", "oppholdsadresse", "postadresse"]
        .iter()
        .filter_map(|sted| tekst(gjeldende(person, sted)?, "adressegradering"));
    let grader = vern.into_iter().chain(paa_adressen).filter(|g| *g != "ugradert");
    let strenghet = |grad: &&str| match *grad {
        "klientadresse" => 0,
        "strengtFortrolig" => 2,
        _ => 1,
    };
    let vern = grader.max_by_key(strenghet).map(|grad| match grad {
        "strengtFortrolig" => "STRENGT FORTROLIG".to_owned(),
        "klientadresse" => "KLIENTADRESSE".to_owned(),
        annen => format!("{} ADRESSE", annen.to_uppercase()),
    });
    let doed = person.felt("doedsfall").map(|d| match tekst(d, "doedsdato") {
        Some(dato) => format!("død {dato}"),
        None => "død".to_owned(),
    });
    sammen([vern.as_deref(), doed.as_deref()], ", ")
}

#[cfg(test)]
mod tests;
