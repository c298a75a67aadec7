//! `personer/soek` and `personer/entydigsoek`.
//!
//! The one thing a newcomer gets wrong: the register passes over a parameter that it does not know, so a criterion that
//! is misspelled, or that belongs to the other search, finds more people than were meant. Both are refused here.

use std::fmt;

use identifikator::Folkeregisteridentifikator;
use reqwest::StatusCode;
use serde::Deserialize;

use super::forsoek::Forespoersel;
use super::svar::les_objekt;
use super::{Feil, Klient, PERSON_BYTES_MAKS, Persondokument, UKJENT_ADRESSE, kode};
use crate::tilkobling;

/// Most persons that a search gives. Source: OpenAPI 1.5, `maksTreff`.
pub const TREFF_MAKS: usize = 10_000;
/// Longest answer to a search. Units: bytes. Source: our choice; the longest that is promised is 140 kB.
const TREFF_BYTES_MAKS: usize = 1024 * 1024;

macro_rules! kriterier {
    ($( $(#[$doc:meta])* $felt:ident $navn:literal : $type:ty, $personsoek:literal, $entydig:literal; )*) => {
        /// What a search is asked by: the parameters of both searches, as the contract names them.
        #[derive(Clone, Default, PartialEq, Eq, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Kriterier {
            $( $(#[$doc])* #[serde(rename = $navn)] pub $felt: Option<$type>, )*
        }

        impl Kriterier {
            /// Every criterion there is, by its name in the contract.
            pub const NAVN: &'static [&'static str] = &[$($navn),*];

            /// The criteria that are given: name, value, and which of the two searches has them.
            fn gitt(&self) -> Vec<(&'static str, String, bool, bool)> {
                let mut ut = Vec::new();
                $( ut.extend(self.$felt.as_ref().map(|v| ($navn, v.to_string(), $personsoek, $entydig))); )*
                ut
            }

            /// These and those of another; the name of one that both have is the error.
            ///
            /// # Errors
            /// The name of a criterion that is given twice.
            pub fn og(self, annen: Self) -> Result<Self, &'static str> {
                Ok(Kriterier { $( $felt: match (self.$felt, annen.$felt) {
                    (Some(_), Some(_)) => return Err($navn),
                    (en, to) => en.or(to),
                }, )* })
            }
        }
    };
}

kriterier! {
    /// Whole words of a name.
    navn "navn": String, true, true;
    /// `mann` or `kvinne`.
    kjoenn "kjoenn": String, true, false;
    /// YYYYMMDD.
    foedselsdato "foedselsdato": String, true, true;
    /// First year of birth.
    foedselsaar_fra_og_med "foedselsaarFraOgMed": String, true, false;
    /// Last year of birth.
    foedselsaar_til_og_med "foedselsaarTilOgMed": String, true, false;
    /// The beginning of a street name.
    adressenavn "adressenavn": String, true, true;
    /// House number, with or without a letter.
    husnummer "husnummer": String, true, true;
    /// Four digits.
    postnummer "postnummer": String, true, true;
    /// Four digits.
    kommunenummer "kommunenummer": String, true, false;
    /// Two digits.
    fylkesnummer "fylkesnummer": String, true, false;
    /// Also by oppholdsadresse.
    inkluder_oppholdsadresse "inkluderOppholdsadresse": bool, true, false;
    /// Also by names that sound alike.
    soek_fonetisk "soekFonetisk": bool, true, true;
    /// Also the dead.
    inkluder_doede "inkluderDoede": bool, true, false;
    /// `gjeldende` or `historisk`.
    opplysningsgrunnlag "opplysningsgrunnlag": String, true, true;
    /// Most persons to be given.
    maks_treff "maksTreff": u32, true, false;
    /// Fødselsnummer or D-number, present or former.
    identifikasjonsnummer "identifikasjonsnummer": String, false, true;
    /// Country and number, as `AFG-1458-4555`.
    utenlandskpersonidentifikasjon "utenlandskpersonidentifikasjon": String, false, true;
    /// Country and number, as `IRL-195509132386`.
    legitimasjonsdokument "legitimasjonsdokument": String, false, true;
    /// The DUF number.
    duf "utlendingsmyndighetenesidentifikasjonsnummer": String, false, true;
}

/// Where criteria cannot be read. What the reader says of its own may repeat a value, so it is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "kriteriene er ikke et JSON-objekt med kjente felt (linje {linje}, kolonne {kolonne}); feltene er {}, og verdiene er \
     tekst, utenom true, false og maksTreff",
    Kriterier::NAVN.join(", ")
)]
pub struct Kriteriefeil {
    /// From 1; 0 when the whole is something else.
    pub linje: usize,
    /// From 1; 0 when the whole is something else.
    pub kolonne: usize,
}

impl Kriterier {
    /// Reads criteria from a JSON object.
    ///
    /// # Errors
    /// [`Kriteriefeil`] for what is no object, a field that is none, and a value of another kind.
    pub fn les(tekst: &[u8]) -> Result<Self, Kriteriefeil> {
        serde_json::from_slice::<Self>(tekst).map_err(|feil| Kriteriefeil {
            linje: feil.line(),
            kolonne: feil.column(),
        })?;
        les_objekt(tekst).ok_or(Kriteriefeil { linje: 0, kolonne: 0 })
    }
}

/// Shows which criteria are given, never by what.
impl fmt::Debug for Kriterier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.gitt().iter().map(|k| k.0)).finish()
    }
}

impl Klient {
    /// The numbers of those who fit, at most [`TREFF_MAKS`].
    ///
    /// # Errors
    /// [`Feil::Kriterium`] for one that this search does not have, [`Feil::Avvist`] with the register's words, and the
    /// others.
    pub async fn soek(&self, kriterier: &Kriterier) -> Result<Vec<Folkeregisteridentifikator>, Feil> {
        let gitt = kriterier.gitt();
        if let Some((navn, ..)) = gitt.iter().find(|k| !k.2) {
            return Err(Feil::Kriterium(navn));
        }
        let spoerring: Vec<_> = gitt.iter().map(|k| (k.0, k.1.as_str())).collect();
        let url = self.adresse("personer/soek", &[], &spoerring);
        let svar = self.send(Forespoersel::hent(url, TREFF_BYTES_MAKS)).await?;
        match svar.status {
            StatusCode::OK => Ok(les_treff(&svar.kropp)?),
            _ => Err(self.avvist(&svar)),
        }
    }

    /// The one person whom the criteria mean. `None`: nobody, or several; the register does not say which.
    ///
    /// # Errors
    /// As [`Klient::soek`].
    pub async fn entydigsoek(&self, kriterier: &Kriterier, part: &[&str]) -> Result<Option<Persondokument>, Feil> {
        let gitt = kriterier.gitt();
        if let Some((navn, ..)) = gitt.iter().find(|k| !k.3) {
            return Err(Feil::Kriterium(navn));
        }
        let mut spoerring: Vec<_> = gitt.iter().map(|k| (k.0, k.1.as_str())).collect();
        spoerring.extend(super::parter(part));
        let url = self.adresse("personer/entydigsoek", &[], &spoerring);
        let svar = self.send(Forespoersel::hent(url, PERSON_BYTES_MAKS)).await?;
        match svar.status {
            StatusCode::OK => Ok(Some(Persondokument::les(&svar.kropp)?)),
            StatusCode::NOT_FOUND if kode(&svar).as_deref() != Some(UKJENT_ADRESSE) => Ok(None),
            _ => Err(self.avvist(&svar)),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Treffliste {
    // An answer without persons may leave the list out, as every empty list.
    #[serde(default)]
    foedsels_eller_d_nummer: Vec<String>,
}

/// Reads a list of numbers; one that is none makes the whole list suspect.
pub(super) fn les_treff(kropp: &[u8]) -> Result<Vec<Folkeregisteridentifikator>, tilkobling::Feil> {
    let liste: Treffliste = les_objekt(kropp).ok_or(tilkobling::Feil::Format(
        "svaret har ikke en liste «foedselsEllerDNummer»",
    ))?;
    if liste.foedsels_eller_d_nummer.len() > TREFF_MAKS {
        return Err(tilkobling::Feil::Format("søket ga mer enn 10 000 treff"));
    }
    les_numre(&liste.foedsels_eller_d_nummer)
}

pub(super) fn les_numre(numre: &[String]) -> Result<Vec<Folkeregisteridentifikator>, tilkobling::Feil> {
    let les = |tekst: &String| Folkeregisteridentifikator::parse(tekst);
    let lest: Result<Vec<_>, _> = numre.iter().map(les).collect();
    lest.map_err(|_| tilkobling::Feil::Format("listen har noe som ikke er et fødselsnummer eller D-nummer"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn criteria_are_read_by_the_contracts_names_and_shown_by_nothing_else() {
        let lest = Kriterier::les(br#"{"navn":"STILLE FJELLBEKK","soekFonetisk":true,"maksTreff":7}"#).unwrap();
        assert_eq!(
            (lest.navn.as_deref(), lest.soek_fonetisk, lest.maks_treff),
            (Some("STILLE FJELLBEKK"), Some(true), Some(7))
        );
        assert_eq!(format!("{lest:?}"), r#"{"navn", "soekFonetisk", "maksTreff"}"#);
        for galt in [
            r#"{"FJELLBEKK":"x"}"#,
            r#"{"soekFonetisk":"FJELLBEKK"}"#,
            r#"{"navn":7}"#,
            r#"["FJELLBEKK"]"#,
            "[]",
            "",
        ] {
            let feil = Kriterier::les(galt.as_bytes()).unwrap_err();
            assert!(!format!("{feil} {feil:?}").contains("FJELLBEKK"), "{feil}");
        }
    }

    #[test]
    fn two_sets_of_criteria_are_one_unless_they_say_the_same_twice() {
        let les = |tekst: &str| Kriterier::les(tekst.as_bytes()).unwrap();
        let begge = les(r#"{"navn":"A"}"#)
            .og(les(r#"{"foedselsdato":"20000101"}"#))
            .unwrap();
        assert_eq!(begge, les(r#"{"navn":"A","foedselsdato":"20000101"}"#));
        assert_eq!(les(r#"{"navn":"A"}"#).og(les(r#"{"navn":"A"}"#)), Err("navn"));
    }

    #[test]
    fn a_list_of_hits_is_numbers_and_nothing_else() {
        let antall = |kropp: &str| les_treff(kropp.as_bytes()).map(|l| l.len()).ok();
        assert_eq!(antall(r#"{"foedselsEllerDNummer":["12859012335"],"nytt":1}"#), Some(1));
        assert_eq!(antall("{}"), Some(0));
        for galt in [
            "",
            "[]",
            r#"{"foedselsEllerDNummer":"12859012335"}"#,
            r#"{"foedselsEllerDNummer":["12859012335","x"]}"#,
        ] {
            assert_eq!(antall(galt), None, "{galt}");
        }
        let for_mange = serde_json::json!({ "foedselsEllerDNummer": vec!["12859012335"; TREFF_MAKS + 1] });
        assert_eq!(antall(&for_mange.to_string()), None);
    }
}
