//! The operations: what each is called with, what it answers, where it stands. Routes and documents are made of this list.

use super::felter;
use super::parameter::{Parameter, Skjema};
use crate::Versjon;

/// Whom an operation is for: the branch of the path, and the scope that opens it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Omfang {
    /// Version 2, with legal basis.
    MedHjemmel,
    /// Version 2, without.
    UtenHjemmel,
    /// Version 3, everything.
    Full,
    /// Version 3, without confidential addresses and contact data.
    Begrenset,
}

impl Omfang {
    /// Every one.
    pub const ALLE: [Omfang; 4] = [Omfang::MedHjemmel, Omfang::UtenHjemmel, Omfang::Full, Omfang::Begrenset];

    /// The version it belongs to.
    #[must_use]
    pub fn versjon(self) -> Versjon {
        match self {
            Omfang::MedHjemmel | Omfang::UtenHjemmel => Versjon::V2,
            Omfang::Full | Omfang::Begrenset => Versjon::V3,
        }
    }

    /// Where its paths begin.
    #[must_use]
    pub fn sti(self) -> &'static str {
        match self {
            Omfang::MedHjemmel => "/api/legal-basis",
            Omfang::UtenHjemmel => "/api/no-legal-basis",
            Omfang::Full => "/api/v3/full-access",
            Omfang::Begrenset => "/api/v3/restricted-access",
        }
    }

    /// The HelseID scope that opens it.
    #[must_use]
    pub fn scope(self) -> &'static str {
        match self {
            Omfang::MedHjemmel => "nhn:hgd-persontjenesten-api/read-with-legal-basis",
            Omfang::UtenHjemmel => "nhn:hgd-persontjenesten-api/read-no-legal-basis",
            Omfang::Full => "nhn:hgd-persontjenesten-api/full-access",
            Omfang::Begrenset => "nhn:hgd-persontjenesten-api/restricted-access",
        }
    }

    /// Whether it sees contact data and hears of changes in them.
    ///
    /// Source: Person API v3; for v2 without legal basis our choice, as the contract says nothing of access.
    #[must_use]
    pub fn ser_kontaktdata(self) -> bool {
        matches!(self, Omfang::MedHjemmel | Omfang::Full)
    }

    fn navn(self) -> &'static str {
        match self {
            Omfang::MedHjemmel => "with legal basis",
            Omfang::UtenHjemmel => "no legal basis",
            Omfang::Full => "full access",
            Omfang::Begrenset => "restricted access",
        }
    }
}

/// A method of HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metode {
    /// GET.
    Get,
    /// POST with a form, so that no number reaches an address or a log.
    Post,
}

impl Metode {
    /// Its name in a document.
    #[must_use]
    pub fn navn(self) -> &'static str {
        match self {
            Metode::Get => "get",
            Metode::Post => "post",
        }
    }
}

/// What an operation answers when it goes well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Innhold {
    /// Nothing.
    Ingenting,
    /// One object of a schema.
    En(&'static str),
    /// A list of objects of a schema.
    Liste(&'static str),
    /// A list of texts.
    Tekster,
}

/// An operation, in whichever scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operasjon {
    /// The newest event.
    EventLatest,
    /// Events from a number on.
    Event,
    /// A person by id.
    PersonById,
    /// A person by a number.
    PersonGetByNin,
    /// Persons by ids.
    PersonBulkById,
    /// Persons by numbers.
    PersonBulkByNin,
    /// Search for persons.
    SearchPerson,
    /// Search for ids, all at once; version 2.
    SearchMatchList,
    /// Search for ids, in pages.
    SearchPagedMatchList,
    /// How many a search finds.
    SearchMatchCount,
    /// Whether the service is there; version 3, without scope.
    Ping,
}

impl Operasjon {
    /// Every one.
    pub const ALLE: [Operasjon; 11] = [
        Operasjon::EventLatest,
        Operasjon::Event,
        Operasjon::PersonById,
        Operasjon::PersonGetByNin,
        Operasjon::PersonBulkById,
        Operasjon::PersonBulkByNin,
        Operasjon::SearchPerson,
        Operasjon::SearchMatchList,
        Operasjon::SearchPagedMatchList,
        Operasjon::SearchMatchCount,
        Operasjon::Ping,
    ];

    /// Whether a version has it.
    #[must_use]
    pub fn finnes_i(self, versjon: Versjon) -> bool {
        match self {
            Operasjon::SearchMatchList => versjon == Versjon::V2,
            Operasjon::Ping => versjon == Versjon::V3,
            _ => true,
        }
    }

    /// The method.
    #[must_use]
    pub fn metode(self) -> Metode {
        match self {
            Operasjon::EventLatest | Operasjon::Event | Operasjon::PersonById | Operasjon::Ping => Metode::Get,
            _ => Metode::Post,
        }
    }

    /// The path below the scope's.
    #[must_use]
    pub fn sti(self) -> &'static str {
        match self {
            Operasjon::EventLatest => "/event/latest",
            Operasjon::Event => "/event",
            Operasjon::PersonById => "/person/{id}",
            Operasjon::PersonGetByNin => "/person/get-by-nin",
            Operasjon::PersonBulkById => "/person/bulk-by-id",
            Operasjon::PersonBulkByNin => "/person/bulk-by-nin",
            Operasjon::SearchPerson => "/search/person",
            Operasjon::SearchMatchList => "/search/match-list",
            Operasjon::SearchPagedMatchList => "/search/paged-match-list",
            Operasjon::SearchMatchCount => "/search/match-count",
            Operasjon::Ping => "/ping",
        }
    }

    /// Its parameters in the path and the query, the version header apart.
    #[must_use]
    pub fn parametre(self, versjon: Versjon) -> &'static [Parameter] {
        match (self, versjon) {
            (Operasjon::Event, Versjon::V2) => felter::EVENT_V2,
            (Operasjon::Event, Versjon::V3) => felter::EVENT_V3,
            (Operasjon::PersonById, _) => felter::MED_ID,
            (Operasjon::PersonGetByNin | Operasjon::PersonBulkById | Operasjon::PersonBulkByNin, _) => felter::DELER,
            (Operasjon::SearchPerson, _) => felter::DELER_OG_AIN,
            (Operasjon::SearchPagedMatchList | Operasjon::SearchMatchCount, _) => felter::AIN,
            (Operasjon::EventLatest | Operasjon::SearchMatchList | Operasjon::Ping, _) => &[],
        }
    }

    /// The form in its body.
    #[must_use]
    pub fn skjema(self, versjon: Versjon) -> Option<&'static Skjema> {
        match (self, versjon) {
            (Operasjon::PersonGetByNin, _) => Some(&felter::GET_BY_NIN),
            (Operasjon::PersonBulkById, _) => Some(&felter::BULK_BY_ID),
            (Operasjon::PersonBulkByNin, _) => Some(&felter::BULK_BY_NIN),
            (Operasjon::SearchPerson, Versjon::V2) => Some(&felter::PERSON_SEARCH_V2),
            (Operasjon::SearchPerson, Versjon::V3) => Some(&felter::PERSON_SEARCH_V3),
            // Version 2 gives the count the form of the pages, and does not say what a page is to a count. It is nothing.
            (Operasjon::SearchPagedMatchList | Operasjon::SearchMatchCount, Versjon::V2) => {
                Some(&felter::PAGED_MATCH_LIST_V2)
            }
            (Operasjon::SearchMatchList, Versjon::V2) => Some(&felter::MATCH_LIST_V2),
            (Operasjon::SearchPagedMatchList, Versjon::V3) => Some(&felter::PAGED_MATCH_LIST_V3),
            (Operasjon::SearchMatchCount, Versjon::V3) => Some(&felter::MATCH_COUNT_V3),
            (Operasjon::SearchMatchList, Versjon::V3) => None,
            (Operasjon::EventLatest | Operasjon::Event | Operasjon::PersonById | Operasjon::Ping, _) => None,
        }
    }

    /// What it answers.
    #[must_use]
    pub fn innhold(self) -> Innhold {
        match self {
            Operasjon::EventLatest => Innhold::En("EventDocument"),
            Operasjon::Event => Innhold::En("EventDocumentSearchResult"),
            Operasjon::PersonById | Operasjon::PersonGetByNin => Innhold::En("Person"),
            Operasjon::PersonBulkById | Operasjon::PersonBulkByNin => Innhold::Liste("Person"),
            Operasjon::SearchPerson => Innhold::En("PersonSearchResult"),
            Operasjon::SearchMatchList => Innhold::Tekster,
            Operasjon::SearchPagedMatchList => Innhold::En("StringSearchResult"),
            Operasjon::SearchMatchCount => Innhold::En("SearchMatchCountResult"),
            Operasjon::Ping => Innhold::Ingenting,
        }
    }

    /// Whether 404 is an answer of it: one thing is asked for, and it is not there.
    #[must_use]
    pub fn kan_mangle(self, versjon: Versjon) -> bool {
        match self {
            Operasjon::EventLatest | Operasjon::PersonById | Operasjon::PersonGetByNin => true,
            Operasjon::Event => versjon == Versjon::V2,
            _ => false,
        }
    }

    /// The contract calls it deprecated.
    #[must_use]
    pub fn foreldet(self) -> bool {
        self == Operasjon::SearchMatchList
    }

    pub(super) fn sammendrag(self) -> &'static str {
        match self {
            Operasjon::EventLatest => "The newest event",
            Operasjon::Event => "Events from a sequence number on",
            Operasjon::PersonById => "One person, by person id",
            Operasjon::PersonGetByNin => "One person, by a number the person has or has had",
            Operasjon::PersonBulkById => "At most 100 persons, by person id",
            Operasjon::PersonBulkByNin => "At most 100 persons, by number",
            Operasjon::SearchPerson => "Persons that fit, at most 100",
            Operasjon::SearchMatchList => "Ids of persons that fit, all at once",
            Operasjon::SearchPagedMatchList => "Ids of persons that fit, in pages",
            Operasjon::SearchMatchCount => "How many persons fit",
            Operasjon::Ping => "Whether the service is there",
        }
    }

    pub(super) fn beskrivelse(self) -> &'static str {
        match self {
            Operasjon::EventLatest => {
                "An event names a person and says nothing about them. Its number is where a local copy begins."
            }
            Operasjon::Event => {
                "At most 1000, in rising order, from the number given and with it. Without a number: from the oldest there is. \
                 Ask for the last number seen plus 1."
            }
            Operasjon::PersonById => "A person id is not a number of the person, and a number is not accepted here.",
            Operasjon::PersonGetByNin => {
                "Fødselsnummer, D-number, felles hjelpenummer or DUF number, today's or an earlier one. Sent as a form, so that it stands in no address."
            }
            Operasjon::PersonBulkById | Operasjon::PersonBulkByNin => {
                "Whoever is not found is left out. Repeat the field, or put commas between. The order of the answer means nothing."
            }
            Operasjon::SearchPerson => {
                "What is current, and addresses in Norway. Needs a name, three letters in all of the names together, and one more: birth date, \
                 municipality, street of three letters, or in version 3 postal code."
            }
            Operasjon::SearchMatchList => "Use paged-match-list instead.",
            Operasjon::SearchPagedMatchList => {
                "The order is the same from page to page. Without criteria: everybody. A page that is shorter than asked for is the last."
            }
            Operasjon::SearchMatchCount => "The criteria are those of paged-match-list.",
            Operasjon::Ping => "No token, no body.",
        }
    }

    pub(super) fn gruppe(self) -> &'static str {
        match self {
            Operasjon::EventLatest | Operasjon::Event => "Event",
            Operasjon::PersonById
            | Operasjon::PersonGetByNin
            | Operasjon::PersonBulkById
            | Operasjon::PersonBulkByNin => "Person",
            Operasjon::SearchPerson
            | Operasjon::SearchMatchList
            | Operasjon::SearchPagedMatchList
            | Operasjon::SearchMatchCount => "Search",
            Operasjon::Ping => "Ping",
        }
    }
}

/// An operation at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rute {
    /// What is done.
    pub operasjon: Operasjon,
    /// Whom for; `None`: anybody, without a token.
    pub omfang: Option<Omfang>,
    /// The version.
    pub versjon: Versjon,
    /// The whole path, parameters in braces.
    pub sti: String,
}

impl Rute {
    /// Its `operationId`. Version 2 has two, and they have blanks.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        let grein = match self.omfang {
            None => return Some("ping".into()),
            Some(Omfang::MedHjemmel | Omfang::UtenHjemmel) if self.operasjon != Operasjon::Event => return None,
            Some(Omfang::MedHjemmel) => return Some("Event with-legal-basis".into()),
            Some(Omfang::UtenHjemmel) => return Some("Event no-legal-basis".into()),
            Some(Omfang::Full) => "full",
            Some(Omfang::Begrenset) => "restricted",
        };
        let navn = match self.operasjon {
            Operasjon::PersonById => "/person/by-id",
            annen => annen.sti(),
        };
        let navn = navn.trim_start_matches('/').replace(['/', '-'], "_");
        Some(format!("{navn}_{grein}"))
    }

    pub(super) fn tagg(&self) -> String {
        match self.omfang {
            Some(omfang) => format!("{} {}", self.operasjon.gruppe(), omfang.navn()),
            None => self.operasjon.gruppe().into(),
        }
    }
}

/// The routes of a version.
#[must_use]
pub fn ruter(versjon: Versjon) -> Vec<Rute> {
    let mut ut = Vec::new();
    for operasjon in Operasjon::ALLE.into_iter().filter(|o| o.finnes_i(versjon)) {
        if operasjon == Operasjon::Ping {
            ut.push(Rute {
                operasjon,
                omfang: None,
                versjon,
                sti: operasjon.sti().into(),
            });
            continue;
        }
        for omfang in Omfang::ALLE.into_iter().filter(|o| o.versjon() == versjon) {
            ut.push(Rute {
                operasjon,
                omfang: Some(omfang),
                versjon,
                sti: format!("{}{}", omfang.sti(), operasjon.sti()),
            });
        }
    }
    ut
}
