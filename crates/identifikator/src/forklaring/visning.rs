//! The explanation as plain text in Norwegian.

use std::fmt;

use crate::klassifisering::Nummertype;
use crate::kontroll::Kontrollregime;
use crate::regelsett::Regelsett;
use crate::serie::Kjoenn;

use super::{Forklaring, Kontroll, Mulighet, Regelutfall, TEGN_MAKS, Utfall, regler};

/// Width of the left-hand names.
const NAVNEBREDDE: usize = 10;
/// Width of one position's column.
const KOLONNE: usize = 4;
/// Width of a rule's name with its calculation, and of a period of assignment.
const REGELBREDDE: usize = 26;

impl fmt::Display for Forklaring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lest_som = self.lest_som.map_or("ikke noe kjent nummer", Nummertype::navn);
        writeln!(f, "Lest som: {lest_som}")?;
        if self.avkortet {
            writeln!(f, "Bare de første {TEGN_MAKS} tegnene er vist.")?;
        }
        writeln!(f)?;
        self.write_posisjoner(f)?;
        writeln!(f, "Regler")?;
        for regel in &self.regler {
            write_regel(f, regel)?;
        }
        writeln!(f)?;
        self.write_konklusjon(f)
    }
}

impl Forklaring {
    fn write_posisjoner(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.posisjoner.is_empty() {
            return Ok(());
        }
        write_rad(f, "posisjon", self.posisjoner.iter().map(|p| p.nummer.to_string()))?;
        write_rad(f, "tegn", self.posisjoner.iter().map(|p| synlig(p.tegn).to_string()))?;
        write_rad(
            f,
            "betydning",
            self.posisjoner.iter().map(|p| p.betydning.kortnavn().to_owned()),
        )?;
        for kontroll in &self.kontroller {
            write_kontroll(f, kontroll)?;
        }
        writeln!(f)
    }

    fn write_konklusjon(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let navn: Vec<&str> = self.klassifisering.nummertyper().map(Nummertype::navn).collect();
        if navn.is_empty() {
            writeln!(f, "Resultat: ugyldig")?;
        } else {
            writeln!(f, "Resultat: gyldig som {}", navn.join(" og som "))?;
        }
        if matches!(self.lest_som, Some(Nummertype::Foedselsnummer | Nummertype::DNummer)) {
            for regime in Kontrollregime::ALLE {
                let dom = if regler::godtas(&self.regler, regime) {
                    "gyldig"
                } else {
                    "ugyldig"
                };
                writeln!(f, "  {}: {dom}", regimenavn(regime))?;
            }
            if regler::bare_kontrollsifrene_stemmer(&self.regler) {
                writeln!(f, "  kontrollsifrene stemmer, men datodelen gjør det ikke")?;
            }
        }
        if !self.muligheter.is_empty() {
            writeln!(f, "Mulige fødselsdatoer")?;
        }
        for mulighet in &self.muligheter {
            write_mulighet(f, mulighet)?;
        }
        for merknad in &self.merknader {
            writeln!(f, "- {merknad}")?;
        }
        Ok(())
    }
}

fn write_rad(f: &mut fmt::Formatter<'_>, navn: &str, celler: impl Iterator<Item = String>) -> fmt::Result {
    write!(f, "{navn:<NAVNEBREDDE$}")?;
    for celle in celler {
        write!(f, "{celle:>KOLONNE$}")?;
    }
    writeln!(f)
}

fn write_kontroll(f: &mut fmt::Formatter<'_>, kontroll: &Kontroll) -> fmt::Result {
    let navn = kontroll.kontrollsiffer.kortnavn();
    write_rad(
        f,
        &format!("vekt {navn}"),
        kontroll.vekter.iter().map(ToString::to_string),
    )?;
    write_rad(f, "produkt", kontroll.produkter.iter().map(ToString::to_string))?;
    let (sumnavn, sum) = (kontroll.sumnavn(), kontroll.sum);
    writeln!(
        f,
        "{:<NAVNEBREDDE$} {sumnavn} = {sum}, {sumnavn} delt på 11 gir rest {}",
        "sum",
        sum % 11
    )
}

fn write_regel(f: &mut fmt::Formatter<'_>, regel: &Regelutfall) -> fmt::Result {
    let merke = match regel.utfall {
        Utfall::Oppfylt => "ja",
        Utfall::Brutt => "NEI",
        Utfall::IkkeVurdert => "-",
    };
    let navn = match regel.regime {
        Some(regime) => format!("{}, {}", regel.regel.navn(), regimenavn(regime)),
        None => regel.regel.navn().to_owned(),
    };
    writeln!(f, "  {merke:<3} {navn:<REGELBREDDE$} {}", regel.begrunnelse)
}

const fn regimenavn(regime: Kontrollregime) -> &'static str {
    match regime {
        Kontrollregime::Til2031 => "til 2031",
        Kontrollregime::Fra2032 => "fra 2032",
    }
}

fn write_mulighet(f: &mut fmt::Formatter<'_>, mulighet: &Mulighet) -> fmt::Result {
    let datoer: Vec<String> = mulighet.foedselsdatoer.iter().map(ToString::to_string).collect();
    let datoer = if datoer.is_empty() {
        "ingen".to_owned()
    } else {
        datoer.join(", ")
    };
    let kjoenn = match mulighet.kjoenn {
        Some(Kjoenn::Kvinne) => "; niende siffer er partall: kvinne",
        Some(Kjoenn::Mann) => "; niende siffer er oddetall: mann",
        None => "; sier verken kjønn eller århundre",
    };
    writeln!(
        f,
        "  tildelt {:<REGELBREDDE$} {datoer}{kjoenn}",
        periode(mulighet.regelsett)
    )
}

const fn periode(regelsett: Regelsett) -> &'static str {
    match regelsett {
        Regelsett::Foedselsnummer1964 => "til 2031",
        Regelsett::DNummer1964 => "før 16.11.2021",
        Regelsett::DNummer2021 => "16.11.2021-31.12.2031",
        Regelsett::Foedselsnummer2032 | Regelsett::DNummer2032 => "fra 2032",
    }
}

/// A character that cannot steer a terminal: printable ASCII and the Norwegian letters as they are, all else a question
/// mark.
fn synlig(tegn: char) -> char {
    if tegn.is_ascii_graphic() || "æøåÆØÅ".contains(tegn) {
        tegn
    } else {
        '?'
    }
}
