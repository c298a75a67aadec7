//! Which parameters and fields the operations have: the lists themselves.
//!
//! The two versions differ in patterns, and version 3 searches by date of death too. Source: Person API v2 and v3.

use super::parameter::{Liste, Moenster, Parameter, Skjema, Sted, Verdiform};
use crate::oversettelse::kodelister::{GENDER, PERSON_STATUS_TYPE};

const fn spoerring(navn: &'static str, krevd: bool, form: Verdiform, tekst: &'static str) -> Parameter {
    Parameter {
        navn,
        sted: Sted::Spoerring,
        krevd,
        form,
        tekst,
    }
}

const fn felt(navn: &'static str, form: Verdiform, tekst: &'static str) -> Parameter {
    Parameter {
        navn,
        sted: Sted::Skjema,
        krevd: false,
        form,
        tekst,
    }
}

const fn krevd(navn: &'static str, form: Verdiform, tekst: &'static str) -> Parameter {
    Parameter {
        navn,
        sted: Sted::Skjema,
        krevd: true,
        form,
        tekst,
    }
}

const fn tekst(min: usize, maks: usize, moenster: Moenster) -> Verdiform {
    Verdiform::Tekst { min, maks, moenster }
}

const fn heltall32(min: i64, maks: i64, standard: i64) -> Verdiform {
    Verdiform::Heltall {
        langt: false,
        min: Some(min),
        maks: Some(maks),
        standard: Some(standard),
    }
}

const ID: Parameter = Parameter {
    navn: "id",
    sted: Sted::Sti,
    krevd: true,
    form: tekst(1, 64, Moenster::Ingen),
    tekst: "Person id.",
};
const INFORMATION_PARTS: Parameter = spoerring(
    "informationParts",
    true,
    Verdiform::Flere {
        liste: Liste::InformationPart,
        min: 1,
    },
    "The parts that are needed, at least one. What is not asked for is not given.",
);
const INCLUDE_HISTORY: Parameter = spoerring("includeHistory", false, Verdiform::Boolsk, "Give what is over too.");
const INCLUDE_AIN: Parameter = spoerring(
    "includeAinResults",
    false,
    Verdiform::Boolsk,
    "Find persons who are known by a felles hjelpenummer too.",
);
const SEQUENCE_NUMBER: Parameter = spoerring(
    "sequenceNumber",
    false,
    Verdiform::Heltall {
        langt: true,
        min: Some(1),
        maks: None,
        standard: None,
    },
    "The first number that is wanted.",
);
const EVENT_TYPES: Parameter = spoerring(
    "eventTypes",
    false,
    Verdiform::Flere {
        liste: Liste::EventType,
        min: 0,
    },
    "Only events of these types. None: all.",
);
const MAX_LIMIT: Parameter = spoerring(
    "maxLimit",
    false,
    Verdiform::Heltall {
        langt: false,
        min: None,
        maks: None,
        standard: None,
    },
    "The most events that are wanted.",
);

/// Of `event`, version 2.
pub const EVENT_V2: &[Parameter] = &[SEQUENCE_NUMBER, EVENT_TYPES];
/// Of `event`, version 3.
pub const EVENT_V3: &[Parameter] = &[SEQUENCE_NUMBER, EVENT_TYPES, MAX_LIMIT];
/// Of a person by id.
pub const MED_ID: &[Parameter] = &[ID, INFORMATION_PARTS, INCLUDE_HISTORY];
/// Of the other lookups.
pub const DELER: &[Parameter] = &[INFORMATION_PARTS, INCLUDE_HISTORY];
/// Of a search for persons.
pub const DELER_OG_AIN: &[Parameter] = &[INFORMATION_PARTS, INCLUDE_HISTORY, INCLUDE_AIN];
/// Of a search for ids.
pub const AIN: &[Parameter] = &[INCLUDE_AIN];

/// `nin`. Source: Person API; the most characters are one more than any number has.
pub static GET_BY_NIN: Skjema = Skjema {
    navn: "GetByNinForm",
    krevd: true,
    felter: &[krevd("nin", tekst(1, 12, Moenster::Ingen), "A number of the person.")],
};
/// `personIds`.
pub static BULK_BY_ID: Skjema = Skjema {
    navn: "BulkByIdForm",
    krevd: true,
    felter: &[krevd("personIds", HUNDRE, "Person ids.")],
};
/// `nins`.
pub static BULK_BY_NIN: Skjema = Skjema {
    navn: "BulkByNinForm",
    krevd: true,
    felter: &[krevd("nins", HUNDRE, "Numbers of persons.")],
};
const HUNDRE: Verdiform = Verdiform::Tekster { min: 1, maks: 100 };

const KJOENN: Parameter = felt("Gender", Verdiform::En(Liste::Kode(&GENDER)), "Gender.");
const STATUSER: Parameter = felt(
    "PersonStatuses",
    Verdiform::Flere {
        liste: Liste::Kode(&PERSON_STATUS_TYPE),
        min: 0,
    },
    "One of these statuses.",
);
const POSTNUMMER: Parameter = felt("PostalCode", tekst(4, 4, Moenster::Siffer4), "Postal code.");
const KOMMUNENUMMER: Parameter = felt(
    "MunicipalityNumber",
    tekst(4, 4, Moenster::Siffer4),
    "Number of the municipality.",
);
const GRUNNKRETS: Parameter = felt(
    "BasicStatisticalUnit",
    tekst(8, 8, Moenster::Siffer8),
    "Number of the basic statistical unit, with the municipality.",
);
const SIDESTOERRELSE: Parameter = felt("PageSize", heltall32(1, 10_000, 1000), "The most ids of a page.");
const FRA_INDEKS: Parameter = felt(
    "IndexOffset",
    heltall32(0, 2_147_483_647, 0),
    "Where the page begins, from 0. The next begins at endIndex plus 1.",
);

const fn fullt_navn(min: usize, moenster: Moenster) -> Parameter {
    felt(
        "FullName",
        tekst(min, 600, moenster),
        "Beginnings of parts of the name, in any order; the first three words count.",
    )
}

const fn fornavn(min: usize, moenster: Moenster) -> Parameter {
    felt("GivenName", tekst(min, 200, moenster), "How the given name begins.")
}

const fn mellomnavn(min: usize, moenster: Moenster) -> Parameter {
    felt("MiddleName", tekst(min, 200, moenster), "How the middle name begins.")
}

const fn etternavn(min: usize, moenster: Moenster) -> Parameter {
    felt("FamilyName", tekst(min, 200, moenster), "How the family name begins.")
}

const fn gate(min: usize, moenster: Moenster) -> Parameter {
    felt("StreetAddress", tekst(min, 200, moenster), "The street.")
}

const fn sted(moenster: Moenster) -> Parameter {
    felt("CityName", tekst(1, 100, moenster), "The postal place.")
}

const fn dato(navn: &'static str, hva: &'static str) -> Parameter {
    felt(navn, tekst(1, 10, Moenster::Dato), hva)
}

const FOEDT: Parameter = dato("BirthDate", "Birth date: YYYY, YYYY-MM or YYYY-MM-DD.");
const FOEDT_FRA: Parameter = dato("BirthDateFrom", "Born on or after.");
const FOEDT_TIL: Parameter = dato("BirthDateTo", "Born on or before.");
const DOED_FRA: Parameter = dato("DeathDateFrom", "Dead on or after.");
const DOED_TIL: Parameter = dato("DeathDateTo", "Dead on or before.");

macro_rules! personsoek {
    ($navn:expr, $gate:expr) => {
        &[
            FOEDT,
            KJOENN,
            fullt_navn(1, $navn),
            fornavn(1, $navn),
            mellomnavn(1, $navn),
            etternavn(1, $navn),
            gate(1, $gate),
            POSTNUMMER,
            sted($navn),
            KOMMUNENUMMER,
        ]
    };
}

macro_rules! idsoek {
    ($navn:expr, $gate:expr, [$($foerst:expr),*], [$($doed:expr),*]) => {
        &[
            $($foerst,)*
            fullt_navn(3, $navn),
            fornavn(3, $navn),
            mellomnavn(3, $navn),
            etternavn(3, $navn),
            gate(5, $gate),
            POSTNUMMER,
            KOMMUNENUMMER,
            GRUNNKRETS,
            FOEDT_FRA,
            FOEDT_TIL,
            $($doed,)*
            KJOENN,
            STATUSER,
        ]
    };
}

/// Of a search for persons, version 2.
pub static PERSON_SEARCH_V2: Skjema = Skjema {
    navn: "PersonSearchForm",
    krevd: false,
    felter: personsoek!(Moenster::NavnV2, Moenster::GateV2),
};
/// Of a search for persons, version 3.
pub static PERSON_SEARCH_V3: Skjema = Skjema {
    navn: "PersonSearchForm",
    krevd: false,
    felter: personsoek!(Moenster::NavnV3, Moenster::GateV3),
};
/// Of a search for ids in pages, and of a count, version 2.
pub static PAGED_MATCH_LIST_V2: Skjema = Skjema {
    navn: "PagedMatchListForm",
    krevd: false,
    felter: idsoek!(Moenster::NavnV2, Moenster::GateV2, [SIDESTOERRELSE, FRA_INDEKS], []),
};
/// Of a search for ids in pages, version 3.
pub static PAGED_MATCH_LIST_V3: Skjema = Skjema {
    navn: "PagedMatchListForm",
    krevd: false,
    felter: idsoek!(
        Moenster::NavnV3,
        Moenster::GateV3,
        [SIDESTOERRELSE, FRA_INDEKS],
        [DOED_FRA, DOED_TIL]
    ),
};
/// Of a search for ids all at once, version 2.
pub static MATCH_LIST_V2: Skjema = Skjema {
    navn: "MatchListForm",
    krevd: false,
    felter: idsoek!(Moenster::NavnV2, Moenster::GateV2, [], []),
};
/// Of a count, version 3.
pub static MATCH_COUNT_V3: Skjema = Skjema {
    navn: "MatchCountForm",
    krevd: false,
    felter: idsoek!(Moenster::NavnV3, Moenster::GateV3, [], [DOED_FRA, DOED_TIL]),
};

#[cfg(test)]
mod tests {
    use super::super::Brudd;
    use super::*;

    #[test]
    fn values_are_held_to_their_limits() {
        let tekst = tekst(3, 5, Moenster::NavnV3);
        assert_eq!(tekst.sjekk(&["æøå"]), Ok(()));
        assert_eq!(tekst.sjekk(&["ab"]), Err(Brudd::ForKort));
        assert_eq!(tekst.sjekk(&["abcdef"]), Err(Brudd::ForLang));
        assert_eq!(tekst.sjekk(&["ab1"]), Err(Brudd::Form));
        assert_eq!(tekst.sjekk(&[]), Err(Brudd::ForFaa));
        assert_eq!(tekst.sjekk(&["abc", "abc"]), Err(Brudd::ForMange));
        for (verdi, ventet) in [
            ("1", Ok(())),
            ("10000", Ok(())),
            ("0", Err(Brudd::Tall)),
            ("10001", Err(Brudd::Tall)),
            ("01", Err(Brudd::Tall)),
            ("+1", Err(Brudd::Tall)),
            ("-1", Err(Brudd::Tall)),
            ("", Err(Brudd::Tall)),
            ("99999999999999999999", Err(Brudd::Tall)),
        ] {
            assert_eq!(SIDESTOERRELSE.form.sjekk(&[verdi]), ventet, "{verdi}");
        }
        assert_eq!(SEQUENCE_NUMBER.form.sjekk(&["9223372036854775807"]), Ok(()));
        assert_eq!(MAX_LIMIT.form.sjekk(&["2147483648"]), Err(Brudd::Tall));
        assert_eq!(INFORMATION_PARTS.form.sjekk(&[]), Err(Brudd::ForFaa));
        assert_eq!(INFORMATION_PARTS.form.sjekk(&["Name", "Death"]), Ok(()));
        assert_eq!(INFORMATION_PARTS.form.sjekk(&["name"]), Err(Brudd::UkjentVerdi));
        assert_eq!(EVENT_TYPES.form.sjekk(&[]), Ok(()));
        assert_eq!(INCLUDE_AIN.form.sjekk(&["True"]), Ok(()));
        assert_eq!(INCLUDE_AIN.form.sjekk(&["1"]), Err(Brudd::Boolsk));
        assert_eq!(HUNDRE.sjekk(&["1"; 100]), Ok(()));
        assert_eq!(HUNDRE.sjekk(&["1"; 101]), Err(Brudd::ForMange));
        assert_eq!(HUNDRE.sjekk(&["1", ""]), Err(Brudd::ForKort));
    }
}
