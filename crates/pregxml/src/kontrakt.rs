//! The contract as data: every type, every field, in order. The reader, the writer, the XSD and the page of the contract are made of it.
//!
//! Fields of persons and addresses are those of `pregmodell`, in its order, and are declared nowhere else. What newcomers get wrong: a
//! field is never absent from a person or an address. A text without a value is an empty element, and everything else is nil.
//! Source: preg reference 6.1, 6.6 and 6.8; ADR 0053.

use pregmodell::{Adressefelt, Art, Beskrivelse, Personfelt, Plass};

use crate::Operasjon;

/// Numbers in one `GetPersons`. Source: preg reference 6.8.
pub const NUMRE_MAKS: usize = 1_000;
/// Persons in an answer to a search, whatever is asked. Source: preg reference 6.8, as the next.
pub const TREFF_MAKS: u32 = 100;
/// Persons in an answer to a search that does not say.
pub const TREFF_VANLIG: u32 = 25;
/// Longest number that is read, of whatever kind. Units: characters. Source: our choice; the longest kind has 12.
pub const NUMMER_TEGN_MAKS: usize = 32;
/// Longest text of a search. Units: characters. Source: our choice; names have 50 in the contract.
pub const SOEKETEKST_TEGN_MAKS: usize = 100;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slag {
    /// Text, of at most so many characters.
    Tekst(Option<usize>),
    /// So many digits.
    Siffer(usize),
    /// Whole number.
    Heltall,
    /// Date; may be a year, or a year and a month.
    Dato,
    /// Yes or no.
    Boolsk,
    /// Number with two decimals.
    Desimal,
    /// One of a list of codes.
    Kode(&'static Kodeliste),
    /// Another type.
    Type(&'static str),
}

/// How many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Antall {
    /// One.
    Ett,
    /// None or one.
    NullEllerEtt,
    /// None or more.
    Flere,
    /// One or more, and at most so many.
    EttTil(usize),
}

/// A field of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Felt {
    /// Name of the element.
    pub navn: &'static str,
    /// What it holds.
    pub slag: Slag,
    /// How many.
    pub antall: Antall,
    /// Whether it may be nil.
    pub nil: bool,
    /// What it is where it is not given.
    pub standard: Option<&'static str>,
    /// What it means, in Norwegian.
    pub merknad: &'static str,
}

/// A type of elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Type {
    /// Its name; of a request or an answer, that of the element.
    pub navn: &'static str,
    /// Its fields, in order.
    pub felter: Vec<Felt>,
    /// What it is, in Norwegian.
    pub merknad: &'static str,
}

/// A list of codes of the contract itself.
#[derive(Debug, PartialEq, Eq)]
pub struct Kodeliste {
    /// Its name.
    pub navn: &'static str,
    /// The codes, and what each means in Norwegian.
    pub koder: &'static [(&'static str, &'static str)],
}

/// `Gender` of a search. Source: preg reference 6.1, column `GenderBackingValue`.
pub static KJOENN: Kodeliste = Kodeliste {
    navn: "Gender",
    koder: &[("0", "Kvinne."), ("1", "Mann.")],
};

/// `Status` of a number among many.
pub static STATUS: Kodeliste = Kodeliste {
    navn: "LookupStatus",
    koder: &[
        ("Found", "Personen står i svaret."),
        ("NotFound", "Ingen person har nummeret."),
        ("InvalidNin", "Det som ble sendt, er ikke elleve siffer."),
    ],
};

/// `Kind` of a number. Source: preg reference 6.8 and 7.
pub static NUMMERSLAG: Kodeliste = Kodeliste {
    navn: "NumberKind",
    koder: &[
        ("F", "Fødselsnummer."),
        ("D", "D-nummer."),
        (
            "H",
            "Internt hjelpenummer. De samme sifrene kan være et syntetisk fødselsnummer.",
        ),
        ("FH", "Felles nasjonalt hjelpenummer."),
        ("DUF", "Utlendingsmyndighetenes nummer."),
    ],
};

/// `ErrorCode` of a fault. Source: preg reference 6.8, and 9 for the last but one; the last is our choice.
pub static FEILKODE: Kodeliste = Kodeliste {
    navn: "ErrorCode",
    koder: &[
        ("InvalidNin", "Nummeret er ikke elleve siffer."),
        (
            "TooFewCriteria",
            "Søket trenger fornavn eller etternavn, og i tillegg fødselsdato eller en del av adressen.",
        ),
        (
            "TooManyHits",
            "Flere enn 1000 treff, eller et svar som blir for stort. Spør smalere.",
        ),
        ("NotAuthorised", "Brukeren har ikke rett til dette."),
        (
            "Internal",
            "Feil i tjenesten. Ingenting er utlevert; prøv igjen senere.",
        ),
        ("ServiceRetired", "Tjenesten er avviklet. Bruk Persontjenesten."),
        (
            "InvalidRequest",
            "Forespørselen følger ikke kontrakten: ukjent, gjentatt eller manglende element, eller en verdi av feil form.",
        ),
    ],
};

/// Every list of codes.
pub static KODELISTER: [&Kodeliste; 4] = [&KJOENN, &STATUS, &NUMMERSLAG, &FEILKODE];

const fn felt(navn: &'static str, slag: Slag, antall: Antall, merknad: &'static str) -> Felt {
    Felt {
        navn,
        slag,
        antall,
        nil: false,
        standard: None,
        merknad,
    }
}

const fn med_standard(mut felt: Felt, standard: &'static str) -> Felt {
    felt.standard = Some(standard);
    felt
}

/// As the contract shows a field of the model.
fn av_modellen(felt: &'static Beskrivelse) -> Felt {
    let slag = match felt.art {
        Art::Tekst | Art::Tekster => Slag::Tekst(felt.bredde),
        Art::Heltall => Slag::Heltall,
        Art::Dato => Slag::Dato,
        Art::Boolsk => Slag::Boolsk,
        Art::Desimal => Slag::Desimal,
    };
    Felt {
        navn: felt.navn,
        slag,
        antall: Antall::Ett,
        nil: !matches!(slag, Slag::Tekst(_)),
        standard: None,
        merknad: felt.merknad,
    }
}

/// Fields of a person that are in the contract.
pub(crate) fn personfelter() -> impl Iterator<Item = (Personfelt, &'static Beskrivelse)> {
    let alle = Personfelt::ALLE.iter().map(|felt| (*felt, felt.beskrivelse()));
    alle.filter(|(_, felt)| felt.plass == Plass::Kontrakt)
}

/// Fields of an address that are in the contract.
pub(crate) fn adressefelter() -> impl Iterator<Item = (Adressefelt, &'static Beskrivelse)> {
    let alle = Adressefelt::ALLE.iter().map(|felt| (*felt, felt.beskrivelse()));
    alle.filter(|(_, felt)| felt.plass == Plass::Kontrakt)
}

const NUMMER: Slag = Slag::Tekst(Some(NUMMER_TEGN_MAKS));
const SOEKETEKST: Slag = Slag::Tekst(Some(SOEKETEKST_TEGN_MAKS));
const SPURT: Felt = felt("RequestedNIN", NUMMER, Antall::Ett, "Nummeret som ble sendt.");
const PERSON: Felt = felt(
    "Person",
    Slag::Type("Person"),
    Antall::NullEllerEtt,
    "Ikke med når ingen har nummeret. NIN er et annet enn det som ble sendt, når nummeret er avløst.",
);

/// The types that requests and answers are made of.
#[must_use]
pub fn typer() -> Vec<Type> {
    let mut person: Vec<Felt> = personfelter().map(|(_, felt)| av_modellen(felt)).collect();
    person.push(felt(
        "Addresses",
        Slag::Type("Addresses"),
        Antall::Ett,
        "Den gjeldende først. I søkesvar bare den.",
    ));
    let type_ = |navn, felter, merknad| Type { navn, felter, merknad };
    vec![
        type_(
            "Person",
            person,
            "En person. Felter uten verdi og felter som brukeren ikke får se, er blanke på samme måte.",
        ),
        type_(
            "Addresses",
            vec![felt("Address", Slag::Type("Address"), Antall::Flere, "En adresse.")],
            "Adresser; nøyaktig én er gjeldende når det er noen.",
        ),
        type_(
            "Address",
            adressefelter().map(|(_, felt)| av_modellen(felt)).collect(),
            "En adresse. Den som har gradert adresse, har én, med fast tekst og kode.",
        ),
        type_(
            "Persons",
            vec![felt("Person", Slag::Type("Person"), Antall::Flere, "En person.")],
            "Personer.",
        ),
        type_(
            "PersonResult",
            vec![
                SPURT,
                felt("Status", Slag::Kode(&STATUS), Antall::Ett, "Hva som ble funnet."),
                PERSON,
            ],
            "Ett av mange oppslag.",
        ),
        type_(
            "Fault",
            vec![
                felt("ErrorCode", Slag::Kode(&FEILKODE), Antall::Ett, "Hva som er galt."),
                felt(
                    "Message",
                    Slag::Tekst(None),
                    Antall::Ett,
                    "En setning om regelen. Aldri noe om en person.",
                ),
            ],
            "En feil: detaljen i en SOAP-feil, og hele svaret uten SOAP.",
        ),
    ]
}

/// The element of a request.
#[must_use]
pub fn foresporsel(operasjon: Operasjon) -> Type {
    use Antall::{Ett, EttTil, NullEllerEtt};
    let nin = |antall, merknad| felt("NIN", NUMMER, antall, merknad);
    let valgfri = |navn, slag, merknad| felt(navn, slag, NullEllerEtt, merknad);
    let (felter, merknad) = match operasjon {
        Operasjon::GetPerson => (
            vec![nin(Ett, "Fødselsnummer, D-nummer eller felles hjelpenummer.")],
            "Henter en person med alle adresser. Avløste numre følges til den som har dem nå.",
        ),
        Operasjon::GetAddresses => (
            vec![
                nin(Ett, "Fødselsnummer, D-nummer eller felles hjelpenummer."),
                med_standard(
                    valgfri(
                        "CurrentOnly",
                        Slag::Boolsk,
                        "Bare den gjeldende, eller den siste gyldige.",
                    ),
                    "false",
                ),
            ],
            "Henter adressene til en person.",
        ),
        Operasjon::SearchPersons => (
            vec![
                valgfri(
                    "GivenName",
                    SOEKETEKST,
                    "Fornavn; hvert ord kan være begynnelsen av et navn.",
                ),
                valgfri("MiddleName", SOEKETEKST, "Mellomnavn."),
                valgfri("Sn", SOEKETEKST, "Etternavn."),
                valgfri(
                    "DateOfBirth",
                    Slag::Dato,
                    "Fødselsdato. Bare år, eller år og måned, er enhver dag i det. Ikke sammen med de to neste.",
                ),
                valgfri("DateOfBirthFrom", Slag::Dato, "Født tidligst."),
                valgfri("DateOfBirthTo", Slag::Dato, "Født senest."),
                valgfri("Gender", Slag::Kode(&KJOENN), "Kjønn."),
                valgfri("PostalCode", Slag::Siffer(4), "Postnummer."),
                valgfri("St", Slag::Siffer(4), "Kommunenummer."),
                valgfri("StreetName", SOEKETEKST, "Gatenavn."),
                med_standard(valgfri("IncludeDead", Slag::Boolsk, "Om døde er med."), "true"),
                med_standard(
                    valgfri(
                        "MaxHits",
                        Slag::Heltall,
                        "Flest personer i svaret, fra 1; aldri flere enn 100.",
                    ),
                    "25",
                ),
            ],
            "Søker. Trenger fornavn eller etternavn, og i tillegg fødselsdato eller en del av adressen.",
        ),
        Operasjon::GetPersons => (
            vec![nin(EttTil(NUMRE_MAKS), "Numre, i den rekkefølgen svaret skal ha.")],
            "Henter mange personer.",
        ),
        Operasjon::CheckNin => (
            vec![nin(Ett, "Et nummer av et hvilket som helst slag.")],
            "Sier hva slags nummer det er, og om det er kjent. Sier ingenting om personen.",
        ),
    };
    Type {
        navn: operasjon.navn(),
        felter,
        merknad,
    }
}

/// The element of an answer.
#[must_use]
pub fn svar(operasjon: Operasjon) -> Type {
    use Antall::{Ett, Flere, NullEllerEtt};
    let (felter, merknad) = match operasjon {
        Operasjon::GetPerson => (vec![SPURT, PERSON], "Personen, eller ingenting."),
        Operasjon::GetAddresses => (
            vec![
                SPURT,
                felt(
                    "Addresses",
                    Slag::Type("Addresses"),
                    NullEllerEtt,
                    "Nyeste DateAdrFrom først; uten dato til sist, men den gjeldende foran alle når den ikke har dato. Ikke med når ingen har nummeret, tom når personen ikke har adresser.",
                ),
            ],
            "Adressene.",
        ),
        Operasjon::SearchPersons => (
            vec![
                felt(
                    "TotalHits",
                    Slag::Heltall,
                    Ett,
                    "Hvor mange som passer, også utover dem i svaret.",
                ),
                felt("Truncated", Slag::Boolsk, Ett, "Om det er flere enn dem i svaret."),
                felt(
                    "Persons",
                    Slag::Type("Persons"),
                    Ett,
                    "Personer uten tidligere adresser.",
                ),
            ],
            "De som passer.",
        ),
        Operasjon::GetPersons => (
            vec![felt(
                "Result",
                Slag::Type("PersonResult"),
                Flere,
                "Én for hvert nummer, i samme rekkefølge.",
            )],
            "Hvert nummer med personen sin.",
        ),
        Operasjon::CheckNin => (
            vec![
                SPURT,
                felt(
                    "ValidForm",
                    Slag::Boolsk,
                    Ett,
                    "Om sifre og kontrollsifre er etter reglene. Noen få numre i registeret er det ikke.",
                ),
                felt("Kind", Slag::Kode(&NUMMERSLAG), Flere, "Hvert slag sifrene kan være."),
                felt("Known", Slag::Boolsk, Ett, "Om noen har eller har hatt nummeret."),
                felt(
                    "SupersededBy",
                    Slag::Tekst(Some(11)),
                    Ett,
                    "Nummeret som har avløst det; tomt når ingenting har.",
                ),
            ],
            "Om nummeret.",
        ),
    };
    Type {
        navn: operasjon.svarnavn(),
        felter,
        merknad,
    }
}
