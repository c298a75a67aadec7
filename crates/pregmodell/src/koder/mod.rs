//! PREG's codes beside the register's words, one table a field.
//!
//! What a newcomer gets wrong: the tables are not one to one. PREG has codes that nothing in the modern register means any more (no words
//! stand beside them, and they are never written), and several words may have one code; read backwards, a code means the first of them.
//! Source: preg reference 6.2-6.4 and 6.7.

mod landkoder;

pub use landkoder::{Land, STATSLOES, UOPPGITT, land, land_fra_alfa2, land_fra_nummer, landliste};

/// One code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Koderad {
    /// The code as it is written.
    pub kode: &'static str,
    /// PREG's word for it.
    pub tekst: &'static str,
    /// The register's values that give it. Empty: never written.
    pub freg: &'static [&'static str],
    /// Why, where it is not plain.
    pub merknad: &'static str,
}

impl Koderad {
    /// The code as a number, for fields that are numbers.
    #[must_use]
    pub fn tall(&self) -> Option<i32> {
        self.kode.parse().ok()
    }
}

/// The codes of one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kodetabell {
    /// The field.
    pub felt: &'static str,
    /// The register's field that gives it.
    pub freg: &'static str,
    /// The codes.
    pub rader: &'static [Koderad],
}

impl Kodetabell {
    /// The code of one of the register's values; `None` where PREG has none.
    #[must_use]
    pub fn fra_freg(&self, verdi: &str) -> Option<&'static Koderad> {
        self.rader.iter().find(|rad| rad.freg.contains(&verdi))
    }

    /// What a code means.
    #[must_use]
    pub fn fra_kode(&self, kode: &str) -> Option<&'static Koderad> {
        self.rader.iter().find(|rad| rad.kode == kode)
    }
}

const fn rad(kode: &'static str, tekst: &'static str, freg: &'static [&'static str], merknad: &'static str) -> Koderad {
    Koderad {
        kode,
        tekst,
        freg,
        merknad,
    }
}

/// `RegStatus`.
///
/// Source: preg reference 6.2. `ikkeBosatt` was 8 and 9; 9 is our choice, as there were eighty of them for each 8.
pub static REG_STATUS: Kodetabell = Kodetabell {
    felt: "RegStatus",
    freg: "status.status",
    rader: &[
        rad("1", "Bosatt; D-nummer: aktiv", &["bosatt", "midlertidig"], ""),
        rad(
            "2",
            "Utflyttet",
            &[],
            "Skrives ikke: døde med D-nummer har 5, og utflyttede 3.",
        ),
        rad("3", "Utvandret; D-nummer: inaktiv", &["utflyttet", "inaktiv"], ""),
        rad("4", "Forsvunnet", &["forsvunnet"], ""),
        rad("5", "Død", &["doed"], ""),
        rad("6", "Utgått fødselsnummer", &["opphoert"], ""),
        rad("7", "Fødselsregistrert", &["foedselsregistrert"], ""),
        rad(
            "8",
            "Annullert tilgang",
            &[],
            "Skrives ikke: registeret skiller ikke 8 fra 9.",
        ),
        rad("9", "Uregistrert person", &["ikkeBosatt"], ""),
    ],
};

/// `MaritalStatus`. Source: preg reference 6.3.
pub static MARITAL_STATUS: Kodetabell = Kodetabell {
    felt: "MaritalStatus",
    freg: "sivilstand.sivilstand",
    rader: &[
        rad("0", "Uoppgitt", &["uoppgitt"], ""),
        rad("1", "Ugift", &["ugift"], ""),
        rad("2", "Gift", &["gift"], ""),
        rad("3", "Enke/enkemann", &["enkeEllerEnkemann"], ""),
        rad("4", "Skilt", &["skilt"], ""),
        rad("5", "Separert", &["separert"], ""),
        rad("6", "Registrert partner", &["registrertPartner"], ""),
        rad("7", "Separert partner", &["separertPartner"], ""),
        rad("8", "Skilt partner", &["skiltPartner"], ""),
        rad("9", "Gjenlevende partner", &["gjenlevendePartner"], ""),
    ],
};

/// `Custody`.
///
/// Source: preg reference 6.4. `medmor` as A is our choice: she is neither mother nor father in PREG, and has the responsibility.
pub static CUSTODY: Kodetabell = Kodetabell {
    felt: "Custody",
    freg: "foreldreansvar.ansvar",
    rader: &[
        rad("D", "Delt", &["felles"], ""),
        rad("M", "Mor", &["mor"], ""),
        rad("F", "Far", &["far"], ""),
        rad("A", "Andre", &["andre", "medmor"], ""),
        rad("U", "Ukjent", &["ukjent"], ""),
        rad("C", "", &[], "Skrives ikke: hva koden betød, er ikke kjent."),
    ],
};

/// `WorkPermit`.
///
/// Source: preg reference 6.4. `midlertidig` as M is our choice: the register does not say whether its holder may work, so which of A, E and O it
/// would be is not known.
pub static WORK_PERMIT: Kodetabell = Kodetabell {
    felt: "WorkPermit",
    freg: "opphold.oppholdstillatelse",
    rader: &[
        rad(
            "A",
            "Arbeidstillatelse",
            &[],
            "Skrives ikke: registeret sier ikke om tillatelsen gir rett til arbeid.",
        ),
        rad("B", "Bosettingstillatelse", &["permanent"], ""),
        rad(
            "E",
            "Oppholdstillatelse etter EØS",
            &[],
            "Skrives ikke: registeret skiller den ikke ut.",
        ),
        rad("M", "Opplysning mangler", &["opplysningMangler", "midlertidig"], ""),
        rad("O", "Oppholdstillatelse uten arbeid", &[], "Skrives ikke: som A."),
    ],
};

/// `WithoutLegalCapacity`.
///
/// Source: preg reference 6.4. That a limitation is J is our choice.
pub static WITHOUT_LEGAL_CAPACITY: Kodetabell = Kodetabell {
    felt: "WithoutLegalCapacity",
    freg: "rettsligHandleevne.rettsligHandleevneomfang",
    rader: &[
        rad("J", "Ja", &["begrenset"], ""),
        rad(
            "N",
            "Nei",
            &[],
            "Skrives ikke: at ingenting er registrert, er ikke et nei.",
        ),
        rad("O", "", &[], "Skrives ikke: hva koden betød, er ikke kjent."),
    ],
};

/// `PostalType`; the words are those of the field that each code comes of.
///
/// Source: preg reference 6.7.
pub static POSTAL_TYPE: Kodetabell = Kodetabell {
    felt: "PostalType",
    freg: "adressebeskyttelse, adressegradering, ukjentBosted, oppholdAnnetSted",
    rader: &[
        rad("0", "Vanlig bosatt", &["bostedsadresse"], "Bare for bostedsadresse."),
        rad("1", "Utenriks", &["utenriks"], ""),
        rad("2", "Militær", &["militaer"], ""),
        rad("3", "Svalbard", &["paaSvalbard"], ""),
        rad(
            "4",
            "Klientadresse",
            &["klientadresse"],
            "Fast tekst i stedet for adressen.",
        ),
        rad("5", "Uten fast bopel", &["ukjentBosted"], ""),
        rad(
            "6",
            "Sperret adresse, strengt fortrolig",
            &["strengtFortrolig"],
            "Fast tekst i stedet for adressen.",
        ),
        rad(
            "7",
            "Sperret adresse, fortrolig",
            &["fortrolig"],
            "Fast tekst i stedet for adressen.",
        ),
        rad("8", "Pendler", &["pendler"], ""),
    ],
};

/// Column `GenderBackingValue`. Source: preg reference 6.1.
pub static GENDER: Kodetabell = Kodetabell {
    felt: "Gender",
    freg: "kjoenn.kjoenn",
    rader: &[rad("0", "Kvinne", &["kvinne"], ""), rad("1", "Mann", &["mann"], "")],
};

/// Every table.
pub static ALLE: &[&Kodetabell] = &[
    &REG_STATUS,
    &MARITAL_STATUS,
    &CUSTODY,
    &WORK_PERMIT,
    &WITHOUT_LEGAL_CAPACITY,
    &POSTAL_TYPE,
    &GENDER,
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use informasjonsmodell::kodeverk;

    use super::*;

    #[test]
    fn what_is_written_is_read_back_and_no_value_has_two_codes() {
        for tabell in ALLE {
            let koder: BTreeSet<_> = tabell.rader.iter().map(|rad| rad.kode).collect();
            assert_eq!(koder.len(), tabell.rader.len(), "{}", tabell.felt);
            let verdier: Vec<_> = tabell.rader.iter().flat_map(|rad| rad.freg).collect();
            assert_eq!(
                verdier.iter().collect::<BTreeSet<_>>().len(),
                verdier.len(),
                "{}",
                tabell.felt
            );
            for rad in tabell.rader {
                assert_eq!(tabell.fra_kode(rad.kode), Some(rad));
                assert!(
                    !rad.freg.is_empty() || !rad.merknad.is_empty(),
                    "{} {}",
                    tabell.felt,
                    rad.kode
                );
                for verdi in rad.freg {
                    assert_eq!(tabell.fra_freg(verdi), Some(rad), "{} {verdi}", tabell.felt);
                }
            }
            assert_eq!(tabell.fra_freg("finnesIkke"), None);
            assert_eq!(tabell.fra_kode(""), None);
        }
    }

    /// Each of the register's values has a code, or is named here as one that has none.
    #[test]
    fn every_value_of_the_register_has_its_code() {
        for (tabell, liste, uten) in [
            (&REG_STATUS, kodeverk::Personstatus::LISTE, &["aktiv"][..]),
            (&MARITAL_STATUS, kodeverk::Sivilstandstype::LISTE, &[]),
            (&CUSTODY, kodeverk::Foreldreansvarstype::LISTE, &[]),
            (&WORK_PERMIT, kodeverk::Oppholdstillatelsetype::LISTE, &[]),
            (&GENDER, kodeverk::Kjoenn::LISTE, &[]),
            (&POSTAL_TYPE, kodeverk::OppholdAnnetSted::LISTE, &[]),
            (&POSTAL_TYPE, kodeverk::Adressegradering::LISTE, &["ugradert"]),
        ] {
            for verdi in liste.verdier {
                assert_eq!(
                    tabell.fra_freg(verdi).is_none(),
                    uten.contains(verdi),
                    "{} {verdi}",
                    tabell.felt
                );
            }
        }
    }
}
