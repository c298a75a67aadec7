//! What a person of the copy is found by: the terms that each current entry gives to those who are shown it.
//!
//! Words are under each of their first three beginnings, and those of more letters are listed as well. Nobody reads thousands of terms to
//! find who is called something with `mar`; what is asked with four letters or more is a few of those that are listed.

use std::sync::Arc;

use informasjonsmodell::Entitet;
use register::{Bilde, Bildeoppfoering, ORDNET, Termer, Visning};
use tilgang::{Entitetsmengde, Projeksjon, Publikum};

use super::adresse::{Grunnkretser, Lest, Slag};
use super::datoer;
use crate::innhold;
use crate::minne;

/// The kinds of terms: the first byte of each. They are this view's own, and mean nothing in the other.
pub(super) mod slag {
    /// Everybody who is somebody.
    pub const ALLE: u8 = 1;
    /// Year, month and day of birth, each as far as it is known.
    pub const FOEDT: u8 = 2;
    /// Likewise of death.
    pub const DOED: u8 = 3;
    /// Gender.
    pub const KJOENN: u8 = 4;
    /// Status, as it is shown.
    pub const STATUS: u8 = 5;
    /// DUF number, which no search has: a person is asked for by it.
    pub const DUF: u8 = 6;
    /// Beginnings of one, two and three letters of a word of a name; and of the two other parts.
    pub const NAVNESTART: u8 = 8;

    /// The kinds of an address's terms come three times, in the order of [`super::Slag`].
    pub const POSTNUMMER: u8 = 16;
    /// Post town, normalised.
    pub const POSTSTED: u8 = 20;
    /// Kommune, as it is shown and as it is numbered today.
    pub const KOMMUNE: u8 = 24;
    /// Grunnkrets, eight digits.
    pub const GRUNNKRETS: u8 = 28;
    /// House number, and once more with its letter where it has one.
    pub const HUSNUMMER: u8 = 32;
    /// Beginnings of one, two and three letters of the name of the street.
    pub const GATESTART: u8 = 36;

    /// Added to each kind of whoever is known by a felles hjelpenummer alone: no search that does not ask for them meets any of their terms.
    pub const HJELPENUMMER: u8 = 64;

    /// Words of names of more than three letters, which can be listed; and of the two other parts.
    pub const NAVN: u8 = super::ORDNET;
    /// Names of streets of more than three letters, which can be listed.
    pub const GATE: u8 = super::ORDNET + 4;
}

/// Letters of the longest beginning that has a term of its own. What can be listed is listed by as many.
pub(super) const START_TEGN: usize = 3;

/// Parts of a name, in the order of their terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Del {
    Fornavn = 0,
    Mellomnavn = 1,
    Etternavn = 2,
}

impl Del {
    pub const ALLE: [Del; 3] = [Del::Fornavn, Del::Mellomnavn, Del::Etternavn];
}

/// Goes up when a record gives other terms than before.
const VERSJON: u32 = 3;

const ENTITETER: [Entitet; 10] = [
    Entitet::Identifikasjonsnummer,
    Entitet::Navn,
    Entitet::Foedsel,
    Entitet::Kjoenn,
    Entitet::Status,
    Entitet::Doedsfall,
    Entitet::Bostedsadresse,
    Entitet::Oppholdsadresse,
    Entitet::DeltBosted,
    Entitet::UtlendingsmyndighetenesIdentifikasjonsnummer,
];

/// The type of a felles hjelpenummer among the numbers of a document. Source: our choice, ADR 0052; the register has no word for it.
const HJELPENUMMERTYPE: &str = "fellesHjelpenummer";

/// The terms of one person, each of a kind moved by as much.
struct Skriver<'t> {
    termer: &'t mut Termer,
    skift: u8,
}

impl Skriver<'_> {
    fn legg_til(&mut self, publikum: Publikum, slag: u8, verdi: &[u8]) {
        self.termer.legg_til(publikum, slag.saturating_add(self.skift), verdi);
    }
}

// Whether a person is known by a felles hjelpenummer alone: of whoever has another number it is not current.
fn har_bare_hjelpenummer(bilde: &Bilde<'_>) -> bool {
    let mut numre = bilde
        .oppfoeringer
        .iter()
        .filter(|o| o.gjeldende && o.entitet == Entitet::Identifikasjonsnummer);
    numre.any(|o| {
        let lest: innhold::Nummer<'_> = innhold::les(&o.kropp);
        lest.identifikatortype.as_deref() == Some(HJELPENUMMERTYPE)
    })
}

/// The view that searches of the copy stand on.
///
/// It has the table that derived grunnkretser come from for as long as it lives. A new table is another view: what is searched by is made
/// anew when the copy is opened with it.
#[derive(Clone)]
pub struct Kopivisning {
    grunnkretser: Arc<dyn Grunnkretser>,
}

impl std::fmt::Debug for Kopivisning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Kopivisning")
    }
}

impl Kopivisning {
    /// With the table that grunnkretser of oppholdsadresse and deltBosted are derived from.
    #[must_use]
    pub fn new(grunnkretser: Arc<dyn Grunnkretser>) -> Self {
        Kopivisning { grunnkretser }
    }
}

impl Visning for Kopivisning {
    /// Of the program and the table. The highest bit is set, which the register's own view never has; of two tables, one in two thousand
    /// million has the version of the other.
    fn versjon(&self) -> u32 {
        let [a, b, c, d, e, f, g, h] = self.grunnkretser.utgave().to_be_bytes();
        let utgave = u32::from_be_bytes([a, b, c, d]) ^ u32::from_be_bytes([e, f, g, h]);
        (utgave ^ VERSJON.rotate_right(8)) | 1 << 31
    }

    fn entiteter(&self) -> Entitetsmengde {
        ENTITETER.into_iter().collect()
    }

    fn termer(&self, bilde: &Bilde<'_>, ut: &mut Termer) {
        if !bilde.finnes {
            return;
        }
        let skift = if har_bare_hjelpenummer(bilde) {
            slag::HJELPENUMMER
        } else {
            0
        };
        let ut = &mut Skriver { termer: ut, skift };
        let alle = Projeksjon::ALLE.into_iter().map(Publikum::av);
        ut.legg_til(alle.fold(Publikum::default(), Publikum::og), slag::ALLE, b"");
        for oppfoering in bilde.oppfoeringer.iter().filter(|o| o.gjeldende) {
            self.ta(oppfoering, ut);
        }
    }
}

impl Kopivisning {
    fn ta(&self, oppfoering: &Bildeoppfoering<'_>, ut: &mut Skriver<'_>) {
        let Bildeoppfoering {
            entitet,
            publikum,
            kropp,
            ..
        } = oppfoering;
        let publikum = *publikum;
        if let Some(slag) = Slag::av(*entitet) {
            return self.adresse(slag, publikum, &Lest::les(kropp), ut);
        }
        let mut legg_til = |slag: u8, verdi: &str| ut.legg_til(publikum, slag, verdi.as_bytes());
        match entitet {
            Entitet::Navn => navnet(publikum, &innhold::les(kropp), ut),
            Entitet::Foedsel => {
                let lest: innhold::Foedsel<'_> = innhold::les(kropp);
                let dato = lest.foedselsdato.or(lest.foedselsaar).unwrap_or_default();
                datoer::termer(&dato).for_each(|dato| legg_til(slag::FOEDT, dato));
            }
            Entitet::Doedsfall => {
                let dato = innhold::les::<innhold::Doedsfall<'_>>(kropp)
                    .doedsdato
                    .unwrap_or_default();
                datoer::termer(&dato).for_each(|dato| legg_til(slag::DOED, dato));
            }
            Entitet::Kjoenn => {
                let lest: innhold::Kjoenn<'_> = innhold::les(kropp);
                lest.kjoenn.iter().for_each(|kjoenn| legg_til(slag::KJOENN, kjoenn));
            }
            Entitet::Status => {
                let lest: innhold::Status<'_> = innhold::les(kropp);
                lest.status.iter().for_each(|status| legg_til(slag::STATUS, status));
            }
            Entitet::UtlendingsmyndighetenesIdentifikasjonsnummer => {
                let lest: innhold::Personidentifikasjon<'_> = innhold::les(kropp);
                let nummer = lest.identifikasjonsnummer.iter();
                nummer.for_each(|nummer| legg_til(slag::DUF, nummer));
            }
            _ => {}
        }
    }

    fn adresse(&self, hvilken: Slag, publikum: Publikum, lest: &Lest<'_>, ut: &mut Skriver<'_>) {
        let mut legg_til = |foerste: u8, verdi: &str| {
            if !verdi.is_empty() {
                ut.legg_til(publikum, foerste + hvilken as u8, verdi.as_bytes());
            }
        };
        legg_til(slag::POSTNUMMER, lest.postnummer.as_deref().unwrap_or_default());
        if let Some(poststed) = lest.poststed.as_deref() {
            minne::gate(poststed, |poststed| legg_til(slag::POSTSTED, poststed));
        }
        for kommune in lest.kommuner().into_iter().flatten() {
            legg_til(slag::KOMMUNE, kommune);
        }
        if let Some(krets) = lest.grunnkrets(hvilken, &*self.grunnkretser) {
            legg_til(slag::GRUNNKRETS, &krets);
        }
        if let Some(husnummer) = lest.husnummer() {
            legg_til(slag::HUSNUMMER, &husnummer.tall.to_string());
            legg_til(slag::HUSNUMMER, &husnummer.tekst());
        }
        if let Some(gate) = lest.gate.as_deref() {
            minne::gate(gate, |gate| {
                hver_start(gate, slag::GATESTART, slag::GATE, &mut legg_til);
            });
        }
    }
}

fn navnet(publikum: Publikum, lest: &innhold::Navn<'_>, ut: &mut Skriver<'_>) {
    let deler = [&lest.fornavn, &lest.mellomnavn, &lest.etternavn];
    for (del, tekst) in Del::ALLE.into_iter().zip(deler) {
        let mut legg_til = |slag: u8, verdi: &str| ut.legg_til(publikum, slag + del as u8, verdi.as_bytes());
        minne::ordene(tekst.as_deref().unwrap_or_default(), |alle| {
            for ord in alle {
                hver_start(&ord.ord, slag::NAVNESTART, slag::NAVN, &mut legg_til);
            }
        });
    }
}

// The beginnings of a text that have terms of their own, and the text itself where it is longer than they.
fn hver_start(tekst: &str, start: u8, hele: u8, ta: &mut impl FnMut(u8, &str)) {
    let mut slutt = tekst.char_indices().map(|(plass, _)| plass).skip(1);
    for _ in 0..START_TEGN {
        match slutt.next().and_then(|slutt| tekst.get(..slutt)) {
            Some(begynnelse) => ta(start, begynnelse),
            None => return ta(start, tekst),
        }
    }
    ta(hele, tekst);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_under_its_first_beginnings_and_listed_when_there_is_more_of_it() {
        let av = |tekst: &str| {
            let mut ut = Vec::new();
            hver_start(tekst, 1, 2, &mut |slag, verdi| ut.push((slag, verdi.to_owned())));
            ut.into_iter()
                .map(|(slag, verdi)| format!("{slag}{verdi}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(av("aase"), ["1a", "1aa", "1aas", "2aase"]);
        assert_eq!(av("bie"), ["1b", "1bi", "1bie"]);
        assert_eq!(av("bo"), ["1b", "1bo"]);
        assert_eq!(av("ж"), ["1ж"]);
        assert_eq!(av("андрей"), ["1а", "1ан", "1анд", "2андрей"]);
    }

    struct Utgave(u64);

    impl Grunnkretser for Utgave {
        fn utgave(&self) -> u64 {
            self.0
        }

        fn grunnkrets(&self, _: &super::super::Adresse<'_>) -> Option<u32> {
            None
        }
    }

    #[test]
    fn another_table_is_another_version_and_none_is_the_register_s_own() {
        let versjon = |utgave| Kopivisning::new(Arc::new(Utgave(utgave))).versjon();
        assert_eq!(versjon(7), versjon(7));
        assert_ne!(versjon(7), versjon(8));
        assert_ne!(versjon(7 << 40), versjon(8 << 40));
        assert_ne!(versjon(0), crate::Soekevisning.versjon());
        assert!(crate::Soekevisning.versjon() < 1 << 31);
    }
}
