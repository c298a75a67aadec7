//! Entries and changes, as messages lead to them.

use informasjonsmodell::tekst::{Foedselsnummer, Tekst};
use informasjonsmodell::{
    Endring, Entitet, Handling, Hendelsestype, Innhold, Opplysning, Registermetadata, Registrering, Sti, Tidspunkt,
    Utvelger,
};
use serde_json::{Map, Value};

/// `kilde` and `aarsak` of what a message led to. Source: values seen in documents of the live service; which goes with
/// which is our choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Aarsak(&'static str, &'static str);

impl Aarsak {
    pub const FOEDSEL: Aarsak = Aarsak("folkeregisteret", "Fødsel");
    pub const DOEDSFALL: Aarsak = Aarsak("folkeregisteret", "Dødsfall");
    pub const FARSKAP: Aarsak = Aarsak("folkeregisteret", "Farskap");
    pub const FORELDREANSVAR: Aarsak = Aarsak("folkeregisteret", "Foreldreansvar");
    pub const VIGSEL: Aarsak = Aarsak("folkeregisteret", "Vigsel");
    pub const SEPARASJON: Aarsak = Aarsak("folkeregisteret", "Separasjon");
    pub const SKILSMISSE: Aarsak = Aarsak("folkeregisteret", "Skilsmisse");
    pub const DOEDSBO: Aarsak = Aarsak("folkeregisteret", "Kontaktinformasjon for dødsbo");
    pub const DNUMMER: Aarsak = Aarsak("skatteetaten", "Tildele d-nummer");
    pub const IDENTITET: Aarsak = Aarsak("skatteetaten", "Identitet");
    pub const INNFLYTTING: Aarsak = Aarsak("folkeregistermyndigheten", "Innflytting");
    pub const POSTEN: Aarsak = Aarsak("folkeregisteret", "Postadresse");
    pub const BESKYTTELSE: Aarsak = Aarsak("skatteetaten", "Adressebeskyttelse");
}

/// What cannot be made of a message, though its schema lets it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PasserIkke;

/// What an entry says. Members that are `null` are left out.
pub(crate) fn innhold(entitet: Entitet, verdi: Value) -> Result<Innhold, PasserIkke> {
    Innhold::les(entitet, uten_null(verdi), &Sti::rot()).map_err(|_| PasserIkke)
}

fn uten_null(verdi: Value) -> Value {
    match verdi {
        Value::Object(felt) => {
            let fylt = felt.into_iter().filter(|(_, v)| !v.is_null());
            Value::Object(fylt.map(|(navn, v)| (navn, uten_null(v))).collect::<Map<_, _>>())
        }
        Value::Array(liste) => Value::Array(liste.into_iter().map(uten_null).collect()),
        annet => annet,
    }
}

/// An entry that is valid from a moment on.
pub(crate) fn opplysning(aarsak: Aarsak, gyldig: Tidspunkt, innhold: Innhold) -> Opplysning {
    Opplysning {
        metadata: Registermetadata {
            ajourholdstidspunkt: None,
            er_gjeldende: Some(true),
            kilde: Tekst::new(aarsak.0),
            aarsak: Tekst::new(aarsak.1),
            gyldighetstidspunkt: Some(gyldig),
            opphoerstidspunkt: None,
        },
        innhold,
    }
}

pub(crate) fn ny(aarsak: Aarsak, gyldig: Tidspunkt, innhold: Innhold) -> Endring {
    Endring::RegistrereNy(Box::new(opplysning(aarsak, gyldig, innhold)))
}

/// The current entry that says this ends.
pub(crate) fn opphoer(innhold: &Innhold, naar: Tidspunkt) -> Endring {
    Endring::Opphoere {
        hvilken: Utvelger::Lik(Box::new(innhold.clone())),
        opphoerstidspunkt: naar,
    }
}

/// The one current entry of an entity was wrong altogether.
pub(crate) fn annuller(entitet: Entitet) -> Endring {
    Endring::Annullere {
        hvilken: Utvelger::Gjeldende(entitet),
    }
}

/// An event of one person.
pub(crate) fn hendelse(
    tidspunkt: Tidspunkt,
    nummer: &str,
    hendelsestype: Hendelsestype,
    endringer: Vec<Endring>,
) -> Result<Registrering, PasserIkke> {
    Ok(Registrering {
        tidspunkt,
        handling: Handling::Registrer {
            person: Foedselsnummer::new(nummer).ok_or(PasserIkke)?,
            hendelsestype,
            endringer,
        },
    })
}
