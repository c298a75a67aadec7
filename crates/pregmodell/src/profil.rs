//! Profiles: which fields a user is shown, and how the rest is withheld.
//!
//! Withholding is the last step before an answer is written. What a newcomer gets wrong: to let it do the work of the projection. The document that is
//! translated is the profile's projection already; this makes the contract say so, in the same fields for everybody, whether there was a value or not.
//!
//! Source: ruling 6 and `rettighetspakker.yaml`, `preg`; the three profiles of preg reference 5 give way to them (ADR 0048).

use std::collections::BTreeSet;

use informasjonsmodell::Entitet;
use tilgang::Projeksjon;

use crate::felt::Gruppe;
use crate::{Adressefelt, Person, Personfelt};

/// What a user may see. One for each user name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profil {
    /// `preg_med_hjemmel`.
    MedHjemmel,
    /// `preg_uten_hjemmel`.
    UtenHjemmel,
    /// `preg_hjelpenummer`: as uten hjemmel, and may ask for help numbers and change them.
    Hjelpenummer,
}

/// A right beside what is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rett {
    /// Ask for, revise, link and unlink help numbers. Of the profile alone.
    Fh,
    /// Send files. Given to a user beside the profile.
    Filematch,
}

/// A field that is withheld.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holdt {
    /// Of the person.
    Person(Personfelt),
    /// Of each address.
    Adresse(Adressefelt),
    /// Of each former address.
    TidligereAdresse(Adressefelt),
}

impl Holdt {
    /// The name for the audit record: no value, no person.
    #[must_use]
    pub fn navn(self) -> &'static str {
        match self {
            Holdt::Person(felt) => felt.beskrivelse().navn,
            Holdt::Adresse(felt) | Holdt::TidligereAdresse(felt) => felt.beskrivelse().navn,
        }
    }
}

/// What was withheld of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blanking {
    /// Every field that the profile is not shown, in the contract's order. The same for every person.
    pub felter: Vec<Holdt>,
    /// Those of them that had a value when they were withheld: with the right projection before it, there should be none but dates of former addresses.
    pub med_verdi: Vec<Holdt>,
}

/// The one table: may each profile see a group?
///
/// Source: `rettighetspakker.yaml`: the entities of the packages that the profiles mirror.
const SER: [(Gruppe, [bool; 2]); 7] = [
    //                        med    uten hjemmel
    (Gruppe::Person, [true, true]),
    (Gruppe::Sivilstand, [true, true]),
    (Gruppe::Slekt, [true, false]),
    (Gruppe::Foreldreansvar, [true, false]),
    (Gruppe::Handleevne, [true, true]),
    (Gruppe::Opphold, [true, false]),
    (Gruppe::Adresse, [true, true]),
];

impl Profil {
    /// Every profile.
    pub const ALLE: [Profil; 3] = [Profil::MedHjemmel, Profil::UtenHjemmel, Profil::Hjelpenummer];

    /// The name in the access matrix.
    #[must_use]
    pub fn navn(self) -> &'static str {
        match self {
            Profil::MedHjemmel => "preg_med_hjemmel",
            Profil::UtenHjemmel => "preg_uten_hjemmel",
            Profil::Hjelpenummer => "preg_hjelpenummer",
        }
    }

    /// The profile of a name.
    #[must_use]
    pub fn fra_navn(navn: &str) -> Option<Self> {
        Profil::ALLE.into_iter().find(|profil| profil.navn() == navn)
    }

    /// What the document must be a projection of: none has a graded address.
    #[must_use]
    pub fn projeksjon(self) -> Projeksjon {
        match self {
            Profil::MedHjemmel => Projeksjon::MedHjemmelUtenGraderte,
            Profil::UtenHjemmel | Profil::Hjelpenummer => Projeksjon::OffentligUtenHjemmel,
        }
    }

    /// Whether the profile is shown a group of fields.
    #[must_use]
    pub fn ser(self, gruppe: Gruppe) -> bool {
        let rad = SER.iter().find(|(rad, _)| *rad == gruppe);
        rad.is_some_and(|(_, [med, uten])| match self {
            Profil::MedHjemmel => *med,
            Profil::UtenHjemmel | Profil::Hjelpenummer => *uten,
        })
    }

    /// The entities to ask the projection for, history with them: those that the profile's fields come of. Some are in no default delivery.
    #[must_use]
    pub fn entiteter(self) -> BTreeSet<Entitet> {
        let person = Personfelt::ALLE.iter().map(|felt| felt.beskrivelse());
        let felter = person.chain(Adressefelt::ALLE.iter().map(|felt| felt.beskrivelse()));
        let navn: BTreeSet<&str> = felter
            .filter(|felt| self.ser(felt.gruppe))
            .flat_map(|felt| felt.freg)
            .filter_map(|sti| sti.split('.').next())
            .collect();
        Entitet::ALLE
            .iter()
            .copied()
            .filter(|entitet| navn.contains(entitet.navn()))
            .collect()
    }

    /// Every field that the profile is not shown, in the contract's order.
    #[must_use]
    pub fn holder_tilbake(self) -> Vec<Holdt> {
        let person = Personfelt::ALLE
            .iter()
            .filter(|felt| !self.ser(felt.beskrivelse().gruppe));
        let adresse = Adressefelt::ALLE
            .iter()
            .filter(|felt| !self.ser(felt.beskrivelse().gruppe));
        let mut ut: Vec<Holdt> = person.map(|felt| Holdt::Person(*felt)).collect();
        ut.extend(adresse.map(|felt| Holdt::Adresse(*felt)));
        // Source: `metadata.flyttedato_paa_historisk_adresse`: the day of a former move is for med hjemmel alone. That the day
        // from which the entry is valid goes too is our choice: it is the same day.
        if self != Profil::MedHjemmel {
            ut.push(Holdt::TidligereAdresse(Adressefelt::DateAdrFrom));
        }
        ut
    }

    /// Withholds what the profile is not shown. Every field stays where it was, and rows of addresses stay as many.
    #[must_use = "the audit record tells what was withheld"]
    pub fn blank(self, person: &mut Person) -> Blanking {
        let felter = self.holder_tilbake();
        let mut med_verdi = Vec::new();
        for &holdt in &felter {
            let hadde = match holdt {
                Holdt::Person(felt) => person.hold_tilbake(felt),
                Holdt::Adresse(felt) => person
                    .adresser
                    .iter_mut()
                    .fold(false, |hadde, adresse| adresse.hold_tilbake(felt) | hadde),
                Holdt::TidligereAdresse(felt) => person
                    .adresser
                    .iter_mut()
                    .filter(|adresse| adresse.gjeldende.verdi() != Some(&true))
                    .fold(false, |hadde, adresse| adresse.hold_tilbake(felt) | hadde),
            };
            if hadde {
                med_verdi.push(holdt);
            }
        }
        Blanking { felter, med_verdi }
    }
}

/// What one user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brukerrett {
    /// What is seen.
    pub profil: Profil,
    /// Whether files may be sent.
    pub filematch: bool,
}

impl Brukerrett {
    /// Whether the user has a right.
    ///
    /// Source: `rettighetspakker.yaml`: `hjelpenummer` is `les` in two profiles and `rekvirere_og_endre` in one; Filematch is a right of
    /// its own in preg reference 5.
    #[must_use]
    pub fn har(self, rett: Rett) -> bool {
        match rett {
            Rett::Fh => self.profil == Profil::Hjelpenummer,
            Rett::Filematch => self.filematch,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdi::{Felt, Vist};
    use crate::{Adresse, Skjult};

    fn full() -> Person {
        let tekst = || Felt::Verdi("A".to_owned());
        let rad = |gjeldende| Adresse {
            gjeldende: Felt::Verdi(gjeldende),
            dato_fra: Felt::from(informasjonsmodell::Dato::bare_aar(2020)),
            ..Adresse::default()
        };
        Person {
            nin: tekst(),
            ektefelle: tekst(),
            duf_nummer: tekst(),
            adresser: vec![rad(true), rad(false)],
            ..Person::default()
        }
    }

    #[test]
    fn withholding_keeps_every_row_and_tells_what_had_a_value() {
        let mut person = full();
        let blanking = Profil::UtenHjemmel.blank(&mut person);
        assert_eq!(person.nin.verdi().map(String::as_str), Some("A"));
        assert_eq!(person.vis(Personfelt::SpouseNin), Vist::HoldtTilbake);
        // Also what had no value: else the answer would tell.
        assert_eq!(person.vis(Personfelt::MothersNin), Vist::HoldtTilbake);
        assert_eq!(person.adresser.len(), 2);
        assert!(person.adresser[0].dato_fra.verdi().is_some());
        assert!(person.adresser[1].dato_fra.er_holdt_tilbake());
        assert_eq!(
            blanking.med_verdi,
            [
                Holdt::Person(Personfelt::SpouseNin),
                Holdt::Person(Personfelt::DufNo),
                Holdt::TidligereAdresse(Adressefelt::DateAdrFrom)
            ]
        );
        assert!(blanking.felter.iter().any(|holdt| holdt.navn() == "Custody"));
        // Once more changes nothing.
        let foer = person.clone();
        assert_eq!(Profil::Hjelpenummer.blank(&mut person).med_verdi, []);
        assert!(person == foer);
    }

    #[test]
    fn med_hjemmel_is_shown_all_and_nobody_a_graded_address() {
        let mut person = full();
        assert_eq!(Profil::MedHjemmel.blank(&mut person), Blanking::default());
        assert!(person == full());
        let rad = Skjult::Fortrolig.rad(Felt::Ingen);
        for profil in Profil::ALLE {
            let mut person = Person {
                adresser: vec![rad.clone()],
                ..Person::default()
            };
            let _ = profil.blank(&mut person);
            assert!(person.adresser == [rad.clone()]);
            assert!(!profil.projeksjon().viser_graderte());
            assert_eq!(Profil::fra_navn(profil.navn()), Some(profil));
        }
    }

    #[test]
    fn a_profile_asks_for_what_its_fields_come_of_and_no_more() {
        let med = Profil::MedHjemmel.entiteter();
        let uten = Profil::UtenHjemmel.entiteter();
        let bare_med: Vec<&str> = med.difference(&uten).map(|entitet| entitet.navn()).collect();
        assert_eq!(
            bare_med,
            [
                "utlendingsmyndighetenesIdentifikasjonsnummer",
                "familierelasjon",
                "foreldreansvar",
                "opphold"
            ]
        );
        assert!(uten.is_subset(&med) && uten == Profil::Hjelpenummer.entiteter());
        assert!(uten.contains(&Entitet::Adressebeskyttelse) && !med.contains(&Entitet::DeltBosted));
    }

    #[test]
    fn every_group_stands_in_the_table_once() {
        for felt in Personfelt::ALLE
            .iter()
            .map(|f| f.beskrivelse())
            .chain(Adressefelt::ALLE.iter().map(|f| f.beskrivelse()))
        {
            assert_eq!(
                SER.iter().filter(|(gruppe, _)| *gruppe == felt.gruppe).count(),
                1,
                "{}",
                felt.navn
            );
        }
    }

    #[test]
    fn help_numbers_are_asked_for_by_one_profile_and_files_sent_by_who_has_that() {
        for profil in Profil::ALLE {
            for filematch in [false, true] {
                let rett = Brukerrett { profil, filematch };
                assert_eq!(rett.har(Rett::Fh), profil == Profil::Hjelpenummer);
                assert_eq!(rett.har(Rett::Filematch), filematch);
            }
        }
    }
}
