//! The map from old to new: every PREG field beside Persontjenesten's field and Folkeregisteret's, what is new and what is gone.
//!
//! Made of the same table as the contract itself, so it cannot say what the translation does not know. Written in Norwegian, for those who move.

use crate::felt::{Beskrivelse, Merke, Plass};
use crate::{Adressefelt, Personfelt};

/// One line of the map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kartrad {
    /// `Person`, `Address`, or `Persontjenesten` for what PREG never had.
    pub del: &'static str,
    /// PREG's field; empty for what is new.
    pub preg: &'static str,
    /// Kind of value, and width where there is one.
    pub form: String,
    /// PREG's column.
    pub kolonne: &'static str,
    /// Fields of Person API v3.
    pub person_api: Vec<&'static str>,
    /// Fields of Folkeregisteret.
    pub freg: Vec<&'static str>,
    /// `videreført`, `endret`, `utledet`, `borte` or `ny`.
    pub merke: &'static str,
    /// How it is made.
    pub merknad: &'static str,
}

/// Columns that PREG had for its own use.
const EGNE_KOLONNER: [(&str, &str, &str); 4] = [
    ("Person", "CreatedDate", "PREGs egen radopplysning."),
    (
        "Person",
        "UpdatedDate",
        "PREGs egen radopplysning; spør etter registeredAt i Persontjenesten.",
    ),
    ("Address", "CreatedDate", "PREGs egen radopplysning."),
    (
        "Address",
        "UpdatedDate",
        "PREGs egen radopplysning; spør etter registeredAt i Persontjenesten.",
    ),
];

/// What Persontjenesten has and PREG never had: field, source, what it is.
///
/// Source: preg reference 2, and the table of the Person API's translation.
const NYE: &[(&str, &str, &str)] = &[
    ("falseIdentity", "falskIdentitet", "Falsk identitet."),
    (
        "identityVerification",
        "identitetsgrunnlag",
        "Hvor sikker identiteten er.",
    ),
    (
        "residuaryEstateContactInformation",
        "kontaktinformasjonForDoedsbo",
        "Kontakt for dødsbo.",
    ),
    (
        "identificationDocument",
        "legitimasjonsdokument",
        "Legitimasjonsdokument.",
    ),
    (
        "foreignPersonIdentificationNumber",
        "utenlandskPersonidentifikasjon",
        "Utenlandsk personnummer.",
    ),
    (
        "sharedResidence",
        "deltBosted",
        "Delt bosted; gir aldri noen adresse i PREG.",
    ),
    (
        "presentAddress",
        "oppholdsadresse",
        "Oppholdsadresse som eget felt; i PREG bare en kode på bostedsadressen, eller adressen når det ikke er noe bosted.",
    ),
    (
        "gender",
        "kjoenn",
        "Kjønn som eget felt i kontrakten; i PREG bare en kolonne, og lest av nummeret.",
    ),
    ("birthInNorway", "foedselINorge", "Fødsel ved norsk institusjon."),
    ("useOfSamiLanguage", "brukAvSamiskSpraak", "Bruk av samisk språk."),
    (
        "samiParliamentElectoralRegistryStatus",
        "forholdTilSametingetsValgmanntall",
        "Utgått i Folkeregisteret.",
    ),
    (
        "preferredContactAddress",
        "preferertKontaktadresse",
        "Utgått i Folkeregisteret.",
    ),
    ("citizenshipRetention", "bibehold", "Bibehold av norsk statsborgerskap."),
    ("stayOnSvalbard", "oppholdPaaSvalbard", "Opphold på Svalbard."),
    (
        "guardianshipOrFuturePowerOfAttorney",
        "vergemaalEllerFremtidsfullmakt",
        "Vergemål og fremtidsfullmakt.",
    ),
    (
        "deprivedLegalAuthority",
        "fratattRettsligHandleevne",
        "Ligger i modellen, aldri med innhold.",
    ),
    ("commonContactRegisterInformation", "", "Kontaktopplysninger fra KRR."),
    ("id", "", "Persontjenestens egen nøkkel."),
    ("sequenceNumber", "", "Hvor i hendelsesstrømmen personen er."),
];

fn rad(del: &'static str, felt: &'static Beskrivelse) -> Kartrad {
    let bredde = felt.bredde.map(|bredde| format!(" ({bredde})")).unwrap_or_default();
    let hvor = match felt.plass {
        Plass::Kontrakt => "",
        Plass::Kolonne => ", bare kolonne",
        Plass::Hl7 => ", bare HL7",
    };
    Kartrad {
        del,
        preg: felt.navn,
        form: format!("{}{bredde}{hvor}", felt.art.navn()),
        kolonne: felt.kolonne.unwrap_or_default(),
        person_api: felt.person_api.to_vec(),
        freg: felt.freg.to_vec(),
        merke: felt.merke.navn(),
        merknad: felt.merknad,
    }
}

/// The map, in the order it is written.
#[must_use]
pub fn rader() -> Vec<Kartrad> {
    let personfelter = Personfelt::ALLE.iter().map(|felt| rad("Person", felt.beskrivelse()));
    let adressefelter = Adressefelt::ALLE.iter().map(|felt| rad("Address", felt.beskrivelse()));
    let egne = EGNE_KOLONNER.iter().map(|(del, navn, merknad)| Kartrad {
        del,
        preg: navn,
        form: "tidspunkt, bare kolonne".to_owned(),
        kolonne: navn,
        person_api: Vec::new(),
        freg: Vec::new(),
        merke: Merke::Borte.navn(),
        merknad,
    });
    let nye = NYE.iter().map(|(api, freg, merknad)| Kartrad {
        del: "Persontjenesten",
        preg: "",
        form: String::new(),
        kolonne: "",
        person_api: vec![api],
        freg: Some(*freg).filter(|freg| !freg.is_empty()).into_iter().collect(),
        merke: "ny",
        merknad,
    });
    personfelter.chain(adressefelter).chain(egne).chain(nye).collect()
}

/// The map as a page of Markdown: fields, then codes.
///
/// ```
/// let side = pregmodell::kart::markdown();
/// assert!(side.contains("| MaritalStatus | heltall (1) |"));
/// ```
#[must_use]
pub fn markdown() -> String {
    let mut ut = String::from(
        "# Fra PREG til Persontjenesten\n\nHvert felt i PREG ved siden av feltet i Person API v3 og kilden i Folkeregisteret. Flere kilder: den første som sier noe.\n",
    );
    for (del, overskrift) in [
        ("Person", "Person"),
        ("Address", "Adresse"),
        ("Persontjenesten", "Nytt i Persontjenesten"),
    ] {
        ut.push_str(&format!(
            "\n## {overskrift}\n\n| PREG | form | kolonne | Person API v3 | Folkeregisteret | hva | merknad |\n|---|---|---|---|---|---|---|\n"
        ));
        for rad in rader().iter().filter(|rad| rad.del == del) {
            let celler = [
                rad.preg,
                &rad.form,
                rad.kolonne,
                &rad.person_api.join(", "),
                &rad.freg.join(", "),
                rad.merke,
                rad.merknad,
            ];
            ut.push_str(&format!("| {} |\n", celler.join(" | ")));
        }
    }
    ut.push_str("\n## Koder\n");
    for tabell in crate::koder::ALLE {
        ut.push_str(&format!(
            "\n### {}\n\nFra {}.\n\n| kode | PREG | Folkeregisteret | merknad |\n|---|---|---|---|\n",
            tabell.felt, tabell.freg
        ));
        for rad in tabell.rader {
            let celler = [rad.kode, rad.tekst, &rad.freg.join(", "), rad.merknad];
            ut.push_str(&format!("| {} |\n", celler.join(" | ")));
        }
    }
    ut
}

/// The fields of the map as CSV: semicolon, quotes where they are needed, a line of heads first, lines ended by LF.
#[must_use]
pub fn csv() -> String {
    let mut ut = String::from("del;preg;form;kolonne;person_api_v3;folkeregisteret;hva;merknad\n");
    for rad in rader() {
        let celler = [
            rad.del,
            rad.preg,
            &rad.form,
            rad.kolonne,
            &rad.person_api.join(" "),
            &rad.freg.join(" "),
            rad.merke,
            rad.merknad,
        ];
        ut.push_str(&celler.map(celle).join(";"));
        ut.push('\n');
    }
    ut
}

fn celle(tekst: &str) -> String {
    if tekst.contains([';', '"', '\n']) {
        format!("\"{}\"", tekst.replace('"', "\"\""))
    } else {
        tekst.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_in_docs_are_the_map() {
        let mappe = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/preg");
        for (fil, kommando, ventet) in [
            ("kart.md", "preg kart", markdown()),
            ("kart.csv", "preg kart --csv", csv()),
        ] {
            let er = std::fs::read_to_string(mappe.join(fil)).unwrap_or_default();
            assert!(
                er == ventet,
                "docs/preg/{fil} er ikke kartet; skriv den med: persontjenesten {kommando}"
            );
        }
    }

    #[test]
    fn every_line_has_all_its_cells() {
        for linje in markdown().lines().filter(|linje| linje.starts_with("| ")) {
            assert!(matches!(linje.matches(" | ").count(), 6 | 3), "{linje}");
        }
        assert_eq!(celle("a;\"b"), "\"a;\"\"b\"");
        assert_eq!(csv().lines().count(), rader().len() + 1);
    }
}
