//! What a person is found by: the terms that each entry gives to those who are shown it.

use informasjonsmodell::Entitet;
use register::{Bilde, Bildeoppfoering, ORDNET, Termer, Visning};
use tilgang::{Entitetsmengde, Projeksjon, Publikum};

use crate::innhold::{self, Adresse};
use crate::minne;

/// The kinds of terms: the first byte of each. What they are followed by is text, normalised where names are.
pub(crate) mod slag {
    /// Date of birth, as the model writes it.
    pub const FOEDSELSDATO: u8 = 5;
    /// Year of birth.
    pub const FOEDSELSAAR: u8 = 6;
    /// Gender.
    pub const KJOENN: u8 = 7;
    /// Status, as it is shown: `aktiv` where the real one is not.
    pub const STATUS: u8 = 8;
    /// Everybody who is not shown as dead.
    pub const LEVENDE: u8 = 9;
    /// Everybody who is.
    pub const DOED: u8 = 10;
    /// A citizenship.
    pub const STATSBORGERSKAP: u8 = 11;
    /// Marital status.
    pub const SIVILSTAND: u8 = 12;
    /// Year of death.
    pub const DOEDSAAR: u8 = 13;
    /// A number of the immigration authorities.
    pub const DUF: u8 = 14;
    /// Country and number of a document.
    pub const LEGITIMASJON: u8 = 15;
    /// Country and number that another country gave.
    pub const UTENLANDSK: u8 = 16;
    /// Everybody who is shown with one former name; several may have a word of what is asked for each.
    pub const ETT_NAVN_FOER: u8 = 17;
    /// Everybody who is shown with one former bostedsadresse.
    pub const EN_BOSTED_FOER: u8 = 18;
    /// Everybody who is shown with one former oppholdsadresse.
    pub const EN_OPPHOLD_FOER: u8 = 19;

    /// The kinds of an address's terms come four times, in the order of [`super::Adresseslag`].
    pub const POSTNUMMER: u8 = 32;
    /// Kommune, as it is shown and, of what is current, as it is numbered today.
    pub const KOMMUNE: u8 = 36;
    /// Fylke, likewise.
    pub const FYLKE: u8 = 40;
    /// House number with its letter, as in `12B`; and without it where there is one, as [`super::med_bokstav`] writes it; of
    /// an address that has none, [`super::UTEN_HUSNUMMER`].
    pub const HUSNUMMER: u8 = 44;
    /// Words of names, and from six further on what they sound like: of the present name's three parts, then of a former
    /// one's, see [`super::Del::slag`].
    pub const NAVN: u8 = 48;
    /// The name of the street, which can be listed by how it begins.
    pub const GATE: u8 = register::ORDNET;
}

const _: () = assert!(slag::GATE == ORDNET);

/// A house number with some letter.
pub(crate) fn med_bokstav(tall: u16) -> String {
    format!("{tall}*")
}

/// No house number.
pub(crate) const UTEN_HUSNUMMER: &str = "-";

/// A part of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Del {
    Fornavn = 0,
    Mellomnavn = 1,
    Etternavn = 2,
}

impl Del {
    pub const ALLE: [Del; 3] = [Del::Fornavn, Del::Mellomnavn, Del::Etternavn];

    /// The kind of its words, or of what they sound like.
    pub fn slag(self, gjeldende: bool, lyd: bool) -> u8 {
        slag::NAVN + self as u8 + if gjeldende { 0 } else { 3 } + if lyd { 6 } else { 0 }
    }
}

/// Which of a person's addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Adresseslag {
    Bosted = 0,
    BostedFoer = 1,
    Opphold = 2,
    OppholdFoer = 3,
}

impl Adresseslag {
    pub fn av(entitet: Entitet, gjeldende: bool) -> Option<Self> {
        match (entitet, gjeldende) {
            (Entitet::Bostedsadresse, true) => Some(Adresseslag::Bosted),
            (Entitet::Bostedsadresse, false) => Some(Adresseslag::BostedFoer),
            (Entitet::Oppholdsadresse, true) => Some(Adresseslag::Opphold),
            (Entitet::Oppholdsadresse, false) => Some(Adresseslag::OppholdFoer),
            _ => None,
        }
    }

    /// The address is the present one.
    pub fn gjeldende(self) -> bool {
        matches!(self, Adresseslag::Bosted | Adresseslag::Opphold)
    }

    /// Of a former one: the term of everybody who is shown with one such.
    pub fn ett(self) -> Option<u8> {
        match self {
            Adresseslag::Bosted | Adresseslag::Opphold => None,
            Adresseslag::BostedFoer => Some(slag::EN_BOSTED_FOER),
            Adresseslag::OppholdFoer => Some(slag::EN_OPPHOLD_FOER),
        }
    }

    /// The kind of one of its terms.
    pub fn slag(self, foerste: u8) -> u8 {
        foerste.saturating_add(self as u8)
    }
}

/// The view that both searches stand on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Soekevisning;

/// Goes up when a record gives other terms than before.
const VERSJON: u32 = 3;

const ENTITETER: [Entitet; 12] = [
    Entitet::Navn,
    Entitet::Foedsel,
    Entitet::Kjoenn,
    Entitet::Status,
    Entitet::Statsborgerskap,
    Entitet::Sivilstand,
    Entitet::Doedsfall,
    Entitet::Bostedsadresse,
    Entitet::Oppholdsadresse,
    Entitet::UtlendingsmyndighetenesIdentifikasjonsnummer,
    Entitet::Legitimasjonsdokument,
    Entitet::UtenlandskPersonidentifikasjon,
];

impl Visning for Soekevisning {
    fn versjon(&self) -> u32 {
        VERSJON
    }

    fn entiteter(&self) -> Entitetsmengde {
        ENTITETER.into_iter().collect()
    }

    fn termer(&self, bilde: &Bilde<'_>, ut: &mut Termer) {
        if !bilde.finnes {
            return;
        }
        let mut doed = Publikum::default();
        let mut tidligere = [
            (Entitet::Navn, slag::ETT_NAVN_FOER, Telling::default()),
            (Entitet::Bostedsadresse, slag::EN_BOSTED_FOER, Telling::default()),
            (Entitet::Oppholdsadresse, slag::EN_OPPHOLD_FOER, Telling::default()),
        ];
        for oppfoering in &bilde.oppfoeringer {
            ta(oppfoering, ut, &mut doed);
            for (entitet, _, telling) in &mut tidligere {
                if *entitet == oppfoering.entitet && !oppfoering.gjeldende {
                    telling.ta(oppfoering.publikum);
                }
            }
        }
        for (_, slag, telling) in tidligere {
            ut.legg_til(telling.ett(), slag, b"");
        }
        let alle = Projeksjon::ALLE.into_iter().map(Publikum::av);
        let levende = alle
            .filter(|p| p.felles(doed).er_tomt())
            .fold(Publikum::default(), Publikum::og);
        ut.legg_til(levende, slag::LEVENDE, b"");
        ut.legg_til(doed, slag::DOED, b"");
    }
}

/// Who has been shown something once, and who more often.
#[derive(Clone, Copy, Default)]
struct Telling {
    noe: Publikum,
    flere: Publikum,
}

impl Telling {
    fn ta(&mut self, publikum: Publikum) {
        self.flere = self.flere.og(self.noe.felles(publikum));
        self.noe = self.noe.og(publikum);
    }

    /// Who has been shown it once.
    fn ett(self) -> Publikum {
        let alle = Projeksjon::ALLE.into_iter().map(Publikum::av);
        alle.filter(|p| !self.noe.felles(*p).er_tomt() && self.flere.felles(*p).er_tomt())
            .fold(Publikum::default(), Publikum::og)
    }
}

fn ta(oppfoering: &Bildeoppfoering<'_>, ut: &mut Termer, doed: &mut Publikum) {
    let Bildeoppfoering {
        entitet,
        gjeldende,
        publikum,
        kropp,
    } = oppfoering;
    let publikum = *publikum;
    if let Some(slag) = Adresseslag::av(*entitet, *gjeldende) {
        return adresse(slag, publikum, &Adresse::les(kropp), ut);
    }
    if *entitet == Entitet::Navn {
        return navnet(*gjeldende, publikum, &innhold::les(kropp), ut);
    }
    // Of the rest, only what is current is found by.
    if !gjeldende {
        return;
    }
    let mut legg_til = |slag: u8, verdi: Option<&str>| {
        if let Some(verdi) = verdi {
            ut.legg_til(publikum, slag, verdi.as_bytes());
        }
    };
    match entitet {
        Entitet::Foedsel => {
            let lest: innhold::Foedsel<'_> = innhold::les(kropp);
            legg_til(slag::FOEDSELSDATO, lest.foedselsdato.as_deref());
            legg_til(slag::FOEDSELSAAR, lest.foedselsaar.as_deref());
        }
        Entitet::Kjoenn => legg_til(
            slag::KJOENN,
            innhold::les::<innhold::Kjoenn<'_>>(kropp).kjoenn.as_deref(),
        ),
        Entitet::Status => {
            let status = innhold::les::<innhold::Status<'_>>(kropp).status;
            if status.as_deref() == Some(innhold::DOED) {
                *doed = doed.og(publikum);
            }
            legg_til(slag::STATUS, status.as_deref());
        }
        Entitet::Statsborgerskap => {
            let lest: innhold::Statsborgerskap<'_> = innhold::les(kropp);
            legg_til(slag::STATSBORGERSKAP, lest.statsborgerskap.as_deref());
        }
        Entitet::Sivilstand => {
            let lest: innhold::Sivilstand<'_> = innhold::les(kropp);
            legg_til(slag::SIVILSTAND, lest.sivilstand.as_deref());
        }
        Entitet::Doedsfall => {
            let dato = innhold::les::<innhold::Doedsfall<'_>>(kropp).doedsdato;
            legg_til(slag::DOEDSAAR, dato.as_deref().and_then(|d| d.get(..4)));
        }
        Entitet::UtlendingsmyndighetenesIdentifikasjonsnummer => {
            let lest: innhold::Personidentifikasjon<'_> = innhold::les(kropp);
            legg_til(slag::DUF, lest.identifikasjonsnummer.as_deref());
        }
        Entitet::UtenlandskPersonidentifikasjon => {
            let lest: innhold::Personidentifikasjon<'_> = innhold::les(kropp);
            let nummer = landnummer(lest.utstederland.as_deref(), lest.identifikasjonsnummer.as_deref());
            legg_til(slag::UTENLANDSK, nummer.as_deref());
        }
        Entitet::Legitimasjonsdokument => {
            let lest: innhold::Legitimasjonsdokument<'_> = innhold::les(kropp);
            let nummer = landnummer(lest.utstederland.as_deref(), lest.nummer.as_deref());
            legg_til(slag::LEGITIMASJON, nummer.as_deref());
        }
        _ => {}
    }
}

/// Country and number as one text.
pub(crate) fn landnummer(land: Option<&str>, nummer: Option<&str>) -> Option<String> {
    Some(format!("{}-{}", land?, nummer?))
}

fn navnet(gjeldende: bool, publikum: Publikum, lest: &innhold::Navn<'_>, ut: &mut Termer) {
    let deler = [&lest.fornavn, &lest.mellomnavn, &lest.etternavn];
    for (del, tekst) in Del::ALLE.into_iter().zip(deler) {
        let Some(tekst) = tekst else { continue };
        let (ordet, lyden) = (del.slag(gjeldende, false), del.slag(gjeldende, true));
        minne::ordene(tekst, |alle| {
            for ord in alle {
                ut.legg_til(publikum, ordet, ord.ord.as_bytes());
                for lyd in ord.lyder.iter() {
                    ut.legg_til(publikum, lyden, &lyd.0);
                }
            }
        });
    }
}

fn adresse(slag: Adresseslag, publikum: Publikum, lest: &Adresse<'_>, ut: &mut Termer) {
    let mut legg_til = |foerste: u8, verdi: Option<&str>| {
        if let Some(verdi) = verdi.filter(|v| !v.is_empty()) {
            ut.legg_til(publikum, slag.slag(foerste), verdi.as_bytes());
        }
    };
    legg_til(slag::POSTNUMMER, lest.postnummer.as_deref());
    for kommune in lest.kommuner(slag).iter().flatten() {
        legg_til(slag::KOMMUNE, Some(kommune));
    }
    for fylke in lest.fylker(slag).iter().flatten() {
        legg_til(slag::FYLKE, Some(fylke));
    }
    if let Some(gate) = lest.adressenavn.as_deref() {
        minne::gate(gate, |gate| legg_til(slag::GATE, Some(gate)));
    }
    match lest.husnummer() {
        None => legg_til(slag::HUSNUMMER, Some(UTEN_HUSNUMMER)),
        Some(husnummer) => {
            legg_til(slag::HUSNUMMER, Some(&husnummer.tekst()));
            if husnummer.bokstav.is_some() {
                legg_til(slag::HUSNUMMER, Some(&med_bokstav(husnummer.tall)));
            }
        }
    }
}
