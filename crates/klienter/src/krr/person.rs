//! One person's entry: what it has, and the rules that each field is held to.
//!
//! `Debug` of everything here shows how much there is, never what it says.

use std::fmt;

use identifikator::{Folkeregisteridentifikator, Organisasjonsnummer};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::Behov;

/// Longest e-mail address. Units: characters. Source: tokens, section 5.1.
const EPOST_TEGN_MAKS: usize = 50;
/// Shortest and longest mobile number. Units: characters. Source: tokens, section 5.1.
const MOBIL_TEGN: std::ops::RangeInclusive<usize> = 8..=20;
/// Longest mailbox address and name of its provider. Units: characters. Source: our choice.
const TEKST_TEGN_MAKS: usize = 100;
/// Longest certificate, as base64. Units: bytes. Source: our choice; those seen have some 2 kB.
const SERTIFIKAT_BYTES_MAKS: usize = 16 * 1024;
/// Longest time. Units: bytes. Source: nanoseconds and an offset have 35.
const TID_BYTES_MAKS: usize = 35;

/// Whether KRR knows the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// AKTIV.
    Aktiv,
    /// SLETTET: was registered; carries no contact data.
    Slettet,
    /// IKKE_REGISTRERT: never was; carries no contact data.
    IkkeRegistrert,
}

/// Whether the person can be notified. Source: eForvaltningsforskriften § 32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Varslingsstatus {
    /// KAN_VARSLES.
    KanVarsles,
    /// KAN_IKKE_VARSLES: contact data too old, reserved, deleted or not known.
    KanIkkeVarsles,
}

/// The language that the person wants to be written to in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spraak {
    /// nb.
    Bokmaal,
    /// nn.
    Nynorsk,
    /// en.
    Engelsk,
    /// se.
    Nordsamisk,
}

impl Spraak {
    /// As KRR writes it.
    #[must_use]
    pub fn kode(self) -> &'static str {
        match self {
            Spraak::Bokmaal => "nb",
            Spraak::Nynorsk => "nn",
            Spraak::Engelsk => "en",
            Spraak::Nordsamisk => "se",
        }
    }
}

/// An e-mail address or a mobile number, with what is known of how fresh it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Kanal {
    /// The address or the number.
    pub verdi: String,
    /// When it was last new or changed.
    pub oppdatert: Option<Timestamp>,
    /// When the person last said that it is right.
    pub sist_verifisert: Option<Timestamp>,
    /// When a code that was sent to it last came back.
    pub sist_validert: Option<Timestamp>,
    /// Whether somebody else has it too.
    pub duplisert: Option<bool>,
}

/// How the person may be notified.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Kontaktinformasjon {
    /// E-mail.
    pub epost: Option<Kanal>,
    /// Mobile number.
    pub mobil: Option<Kanal>,
}

/// The person's digital mailbox.
#[derive(Clone, PartialEq, Eq)]
pub struct DigitalPost {
    /// `name#CODE`.
    pub postkasseadresse: String,
    /// The organisation that keeps it.
    pub leverandoer: Organisasjonsnummer,
    /// What that organisation calls itself.
    pub leverandoernavn: Option<String>,
}

/// One person as KRR has them.
#[derive(Clone, PartialEq, Eq)]
pub struct Kontaktperson {
    /// Who.
    pub personidentifikator: Folkeregisteridentifikator,
    /// Whether KRR knows them.
    pub status: Status,
    /// Whether they have said no to electronic communication (eForvaltningsforskriften § 15 a).
    pub reservert: bool,
    /// Since when; only of one who is reserved.
    pub reservasjonstidspunkt: Option<Timestamp>,
    /// When that was last changed.
    pub reservasjon_oppdatert: Option<Timestamp>,
    /// Whether they can be notified; not in the list of changes.
    pub varslingsstatus: Option<Varslingsstatus>,
    /// Channels.
    pub kontaktinformasjon: Option<Kontaktinformasjon>,
    /// Mailbox.
    pub digital_post: Option<DigitalPost>,
    /// Certificate of the mailbox: X.509 as base64 of DER, in one piece.
    pub sertifikat: Option<String>,
    /// When the certificate expires.
    pub sertifikat_utloeper: Option<Timestamp>,
    /// Language.
    pub spraak: Option<Spraak>,
    /// When it was last changed.
    pub spraak_oppdatert: Option<Timestamp>,
}

/// The field of an entry that breaks its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Uleselig(pub &'static str);

impl Kontaktperson {
    /// Reads an entry. What was not asked for is not read; contact data of one who is not active is not kept, since there can be
    /// none (our choice).
    pub(super) fn les(
        personidentifikator: Folkeregisteridentifikator,
        felt: &Map<String, Value>,
        behov: Behov,
    ) -> Result<Self, Uleselig> {
        let status = kode(
            felt,
            "status",
            &[
                ("AKTIV", Status::Aktiv),
                ("SLETTET", Status::Slettet),
                ("IKKE_REGISTRERT", Status::IkkeRegistrert),
            ],
        )?
        .ok_or(Uleselig("status"))?;
        let reservert = ja_nei(felt, "reservasjon")?.unwrap_or(false);
        let mut person = Kontaktperson {
            personidentifikator,
            status,
            reservert,
            reservasjonstidspunkt: tid(felt, "reservasjonstidspunkt")?.filter(|_| reservert),
            reservasjon_oppdatert: tid(felt, "reservasjon_oppdatert")?,
            varslingsstatus: None,
            kontaktinformasjon: None,
            digital_post: None,
            sertifikat: None,
            sertifikat_utloeper: None,
            spraak: None,
            spraak_oppdatert: None,
        };
        if behov.kontaktinformasjon() {
            person.varslingsstatus = kode(
                felt,
                "varslingsstatus",
                &[
                    ("KAN_VARSLES", Varslingsstatus::KanVarsles),
                    ("KAN_IKKE_VARSLES", Varslingsstatus::KanIkkeVarsles),
                ],
            )?;
        }
        if status != Status::Aktiv {
            return Ok(person);
        }
        if behov.kontaktinformasjon() {
            person.kontaktinformasjon = objekt(felt, "kontaktinformasjon")?
                .map(les_kontaktinformasjon)
                .transpose()?;
            person.spraak = kode(felt, "spraak", &SPRAAK)?;
            person.spraak_oppdatert = tid(felt, "spraak_oppdatert")?;
        }
        if behov.digital_post() {
            person.digital_post = objekt(felt, "digital_post")?.map(les_digital_post).transpose()?;
            person.sertifikat = tekst(felt, "sertifikat", SERTIFIKAT_BYTES_MAKS)?
                .map(les_sertifikat)
                .transpose()?;
            person.sertifikat_utloeper = tid(felt, "sertifikat_utloeper")?;
        }
        Ok(person)
    }
}

const SPRAAK: [(&str, Spraak); 4] = [
    ("nb", Spraak::Bokmaal),
    ("nn", Spraak::Nynorsk),
    ("en", Spraak::Engelsk),
    ("se", Spraak::Nordsamisk),
];

fn les_kontaktinformasjon(felt: &Map<String, Value>) -> Result<Kontaktinformasjon, Uleselig> {
    let epost = tekst(felt, "epostadresse", EPOST_TEGN_MAKS)?;
    if epost.is_some_and(|epost| !er_epost(epost)) {
        return Err(Uleselig("epostadresse"));
    }
    let mobil = tekst(felt, "mobiltelefonnummer", *MOBIL_TEGN.end())?;
    if mobil.is_some_and(|mobil| !er_mobil(mobil)) {
        return Err(Uleselig("mobiltelefonnummer"));
    }
    let epost = epost.map(|verdi| {
        Ok(Kanal {
            verdi: verdi.to_owned(),
            oppdatert: tid(felt, "epostadresse_oppdatert")?,
            sist_verifisert: tid(felt, "epostadresse_sist_verifisert")?,
            sist_validert: tid(felt, "epostadresse_sist_validert")?,
            duplisert: ja_nei(felt, "epostadresse_duplisert")?,
        })
    });
    let mobil = mobil.map(|verdi| {
        Ok(Kanal {
            verdi: verdi.to_owned(),
            oppdatert: tid(felt, "mobiltelefonnummer_oppdatert")?,
            sist_verifisert: tid(felt, "mobiltelefonnummer_sist_verifisert")?,
            sist_validert: tid(felt, "mobiltelefonnummer_sist_validert")?,
            duplisert: ja_nei(felt, "mobiltelefonnummer_duplisert")?,
        })
    });
    Ok(Kontaktinformasjon {
        epost: epost.transpose()?,
        mobil: mobil.transpose()?,
    })
}

fn les_digital_post(felt: &Map<String, Value>) -> Result<DigitalPost, Uleselig> {
    let adresse = tekst(felt, "postkasseadresse", TEKST_TEGN_MAKS)?;
    // A name, one mark, a code; no blanks.
    let er_adresse = |a: &&str| {
        let delt = a.split_once('#');
        delt.is_some_and(|(navn, kode)| !navn.is_empty() && !kode.is_empty() && !kode.contains('#')) && !a.contains(' ')
    };
    let adresse = adresse.filter(er_adresse).ok_or(Uleselig("postkasseadresse"))?;
    let leverandoer = tekst(felt, "postkasseleverandoeradresse", TEKST_TEGN_MAKS)?;
    let leverandoer = leverandoer.and_then(|nummer| Organisasjonsnummer::parse(nummer).ok());
    Ok(DigitalPost {
        postkasseadresse: adresse.to_owned(),
        leverandoer: leverandoer.ok_or(Uleselig("postkasseleverandoeradresse"))?,
        leverandoernavn: tekst(felt, "navn", TEKST_TEGN_MAKS)?.map(str::to_owned),
    })
}

/// One mark with something on both sides, and no blanks. Whether it leads anywhere is not ours to say.
fn er_epost(tekst: &str) -> bool {
    let delt = tekst.rsplit_once('@');
    delt.is_some_and(|(foran, bak)| !foran.is_empty() && !bak.is_empty()) && !tekst.contains(char::is_whitespace)
}

/// Digits with or without a plus in front; Norwegian ones begin with 9 or 4. Source: tokens, section 5.1.
fn er_mobil(tekst: &str) -> bool {
    let sifre = tekst.strip_prefix('+').unwrap_or(tekst);
    let norsk = if tekst.len() == 8 && sifre.len() == 8 {
        Some(tekst)
    } else {
        tekst.strip_prefix("+47").or(tekst.strip_prefix("0047"))
    };
    MOBIL_TEGN.contains(&tekst.len())
        && sifre.bytes().all(|b| b.is_ascii_digit())
        && norsk.is_none_or(|norsk| norsk.len() == 8 && norsk.starts_with(['9', '4']))
}

/// Base64 of a DER sequence, with or without the lines of PEM around it.
fn les_sertifikat(tekst: &str) -> Result<String, Uleselig> {
    let innhold = tekst.trim();
    let innhold = innhold.strip_prefix("-----BEGIN CERTIFICATE-----").unwrap_or(innhold);
    let innhold = innhold.strip_suffix("-----END CERTIFICATE-----").unwrap_or(innhold);
    let renset: String = innhold.split_ascii_whitespace().collect();
    let uten_fyll = renset.trim_end_matches('=');
    let er_base64 = uten_fyll
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'));
    // A sequence begins with 0x30, which is M in base64.
    let hel = renset.len().is_multiple_of(4) && renset.len() - uten_fyll.len() <= 2 && renset.starts_with('M');
    if er_base64 && hel {
        Ok(renset)
    } else {
        Err(Uleselig("sertifikat"))
    }
}

/// A text that is there, with something in it and no control characters but those of a line's end. Null is absent.
fn tekst<'f>(felt: &'f Map<String, Value>, navn: &'static str, tegn_maks: usize) -> Result<Option<&'f str>, Uleselig> {
    match felt.get(navn) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(tekst)) => {
            // Bytes are looked at first, so that a long text costs nothing.
            let kort = tekst.len() <= tegn_maks * 4 && tekst.chars().count() <= tegn_maks;
            let rent = !tekst.contains(|c: char| c.is_control() && !(navn == "sertifikat" && matches!(c, '\n' | '\r')));
            if kort && rent && !tekst.is_empty() {
                Ok(Some(tekst))
            } else {
                Err(Uleselig(navn))
            }
        }
        Some(_) => Err(Uleselig(navn)),
    }
}

fn objekt<'f>(felt: &'f Map<String, Value>, navn: &'static str) -> Result<Option<&'f Map<String, Value>>, Uleselig> {
    match felt.get(navn) {
        None | Some(Value::Null) => Ok(None),
        // KRR leaves out what is absent; one that writes it empty means the same.
        Some(Value::Object(objekt)) if objekt.is_empty() => Ok(None),
        Some(Value::Object(objekt)) => Ok(Some(objekt)),
        Some(_) => Err(Uleselig(navn)),
    }
}

/// A time with its offset, in hours, in hours and minutes, or as Z. Source: tokens, section 5.1.
fn tid(felt: &Map<String, Value>, navn: &'static str) -> Result<Option<Timestamp>, Uleselig> {
    let Some(tekst) = tekst(felt, navn, TID_BYTES_MAKS)? else {
        return Ok(None);
    };
    // The library would take a time zone by name too, and then hold the two against each other.
    let tid = Some(tekst)
        .filter(|t| t.is_ascii() && !t.contains('['))
        .and_then(|t| t.parse().ok());
    tid.map(Some).ok_or(Uleselig(navn))
}

fn kode<T: Copy>(felt: &Map<String, Value>, navn: &'static str, koder: &[(&str, T)]) -> Result<Option<T>, Uleselig> {
    let Some(tekst) = tekst(felt, navn, TEKST_TEGN_MAKS)? else {
        return Ok(None);
    };
    let treff = koder.iter().find(|(kode, _)| *kode == tekst);
    treff.map(|(_, verdi)| Some(*verdi)).ok_or(Uleselig(navn))
}

fn ja_nei(felt: &Map<String, Value>, navn: &'static str) -> Result<Option<bool>, Uleselig> {
    kode(felt, navn, &[("JA", true), ("NEI", false)])
}

/// Shows that there is something, and nothing of it.
macro_rules! uten_innhold {
    ($($type:ident),*) => {$(
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($type), "(…)"))
            }
        }
    )*};
}

uten_innhold!(Kanal, Kontaktinformasjon, DigitalPost, Kontaktperson);

#[cfg(test)]
#[path = "person_test.rs"]
mod tests;
