//! One person's entry as the register keeps it, and what follows from it at a time.

use identifikator::Folkeregisteridentifikator;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::terning::Terning;

/// How long contact data may be used for notification. Units: months. Source: eForvaltningsforskriften § 32.
const FERSK_MAANEDER: i32 = 18;

/// The language that somebody wants to be written to in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    pub(crate) fn kode(self) -> &'static str {
        match self {
            Spraak::Bokmaal => "nb",
            Spraak::Nynorsk => "nn",
            Spraak::Engelsk => "en",
            Spraak::Nordsamisk => "se",
        }
    }
}

/// Who keeps a digital mailbox. The numbers are those of the two real providers; mailbox and certificate are made up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Leverandoer {
    /// 984661185.
    Digipost,
    /// 922020175.
    EBoks,
}

impl Leverandoer {
    /// Source: tokens, section 5.1.
    pub(crate) fn organisasjonsnummer(self) -> &'static str {
        match self {
            Leverandoer::Digipost => "984661185",
            Leverandoer::EBoks => "922020175",
        }
    }

    pub(crate) fn navn(self) -> &'static str {
        match self {
            Leverandoer::Digipost => "Digipost",
            Leverandoer::EBoks => "e-Boks",
        }
    }

    /// A self-signed certificate whose key was thrown away, as base64 of DER.
    pub(crate) fn sertifikat(self) -> &'static str {
        match self {
            Leverandoer::Digipost => include_str!("../data/sertifikat-1.b64").trim_ascii(),
            Leverandoer::EBoks => include_str!("../data/sertifikat-2.b64").trim_ascii(),
        }
    }

    /// When it expires. Units: seconds since 1970; 2040-01-01.
    pub(crate) fn sertifikat_utloeper_s(self) -> i64 {
        2_208_988_800
    }
}

/// An e-mail address or a mobile number. Units: seconds since 1970.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kanal {
    pub(crate) verdi: String,
    pub(crate) oppdatert_s: i64,
    pub(crate) verifisert_s: Option<i64>,
    pub(crate) validert_s: Option<i64>,
    pub(crate) duplisert: bool,
}

impl Kanal {
    /// An address that is new at a time, and proven by a code.
    pub(crate) fn ny(verdi: String, naa_s: i64) -> Self {
        Kanal {
            verdi,
            oppdatert_s: naa_s,
            verifisert_s: Some(naa_s),
            validert_s: Some(naa_s),
            duplisert: false,
        }
    }

    /// Whether it was changed or confirmed since a time.
    fn er_fersk(&self, grense_s: i64) -> bool {
        self.oppdatert_s.max(self.verifisert_s.unwrap_or(i64::MIN)) >= grense_s
    }
}

/// A digital mailbox.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Postkasse {
    pub(crate) adresse: String,
    pub(crate) leverandoer: Leverandoer,
}

/// Somebody who is or was registered. Units: seconds since 1970.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Oppfoering {
    pub(crate) slettet: bool,
    pub(crate) reservert_s: Option<i64>,
    pub(crate) reservasjon_oppdatert_s: Option<i64>,
    pub(crate) epost: Option<Kanal>,
    pub(crate) mobil: Option<Kanal>,
    pub(crate) postkasse: Option<Postkasse>,
    pub(crate) spraak: Option<Spraak>,
    pub(crate) spraak_oppdatert_s: Option<i64>,
}

impl Oppfoering {
    pub(crate) fn kanaler(&mut self) -> impl Iterator<Item = &mut Kanal> {
        self.epost.iter_mut().chain(&mut self.mobil)
    }

    /// Whether the person can be notified: registered, not reserved, and with at least one channel that was changed or
    /// confirmed in the last eighteen months.
    ///
    /// Source: eForvaltningsforskriften § 32; that one fresh channel is enough is our choice (tokens, section 5.1).
    pub(crate) fn kan_varsles(&self, naa: Timestamp) -> bool {
        let grense_s = ferskgrense_s(naa);
        let fersk = |kanal: &Option<Kanal>| kanal.as_ref().is_some_and(|k| k.er_fersk(grense_s));
        !self.slettet && self.reservert_s.is_none() && (fersk(&self.epost) || fersk(&self.mobil))
    }
}

/// The moment eighteen months before another, by the calendar.
pub(crate) fn ferskgrense_s(naa: Timestamp) -> i64 {
    let foer = naa
        .to_zoned(TimeZone::UTC)
        .checked_sub(Span::new().months(FERSK_MAANEDER));
    foer.map_or(i64::MIN, |foer| foer.timestamp().as_second())
}

/// An e-mail address that leads nowhere. Source: RFC 2606.
pub(crate) fn epostadresse(terning: &mut Terning) -> String {
    let navn = terning.tegn(10);
    let vert = match terning.under(3) {
        0 => "post",
        1 => "innboks",
        _ => "brev",
    };
    format!("{navn}@{vert}.example")
}

/// A mobile number that is nobody's. Source: ITU-T E.164, list of country codes: 999 is assigned to nobody.
pub(crate) fn mobilnummer(terning: &mut Terning) -> String {
    format!("+999{:09}", terning.under(1_000_000_000))
}

/// A mailbox that is nobody's.
pub(crate) fn postkasse(terning: &mut Terning, leverandoer: Leverandoer) -> Postkasse {
    Postkasse {
        adresse: format!("syntese.{}#{}", terning.tegn(6), terning.tegn(4).to_ascii_uppercase()),
        leverandoer,
    }
}

/// Whether a person may have an entry at all: nobody real is given contact data here.
pub(crate) fn kan_ha_oppfoering(person: Folkeregisteridentifikator) -> bool {
    person.er_syntetisk()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tid(tekst: &str) -> Timestamp {
        tekst.parse().unwrap()
    }

    fn kanal(oppdatert: &str, verifisert: Option<&str>) -> Option<Kanal> {
        Some(Kanal {
            verifisert_s: verifisert.map(|v| tid(v).as_second()),
            ..Kanal::ny("x".to_owned(), tid(oppdatert).as_second())
        })
    }

    #[test]
    fn eighteen_months_are_counted_by_the_calendar() {
        assert_eq!(
            ferskgrense_s(tid("2026-01-01T12:00:00Z")),
            tid("2024-07-01T12:00:00Z").as_second()
        );
        assert_eq!(
            ferskgrense_s(tid("2025-08-31T00:00:00Z")),
            tid("2024-02-29T00:00:00Z").as_second()
        );
    }

    #[test]
    fn one_fresh_channel_is_enough_and_a_confirmation_makes_an_old_one_fresh() {
        let naa = tid("2026-01-01T00:00:00Z");
        for (epost, mobil, kan) in [
            (kanal("2024-07-01T00:00:00Z", None), None, true),
            (kanal("2024-06-30T23:59:59Z", None), None, false),
            (kanal("2010-01-01T00:00:00Z", Some("2024-07-01T00:00:00Z")), None, true),
            (
                kanal("2010-01-01T00:00:00Z", Some("2011-01-01T00:00:00Z")),
                kanal("2025-01-01T00:00:00Z", None),
                true,
            ),
            (
                kanal("2010-01-01T00:00:00Z", None),
                kanal("2010-01-01T00:00:00Z", None),
                false,
            ),
            (None, None, false),
        ] {
            let mut person = Oppfoering {
                epost,
                mobil,
                ..Oppfoering::default()
            };
            assert_eq!(person.kan_varsles(naa), kan);
            person.reservert_s = Some(0);
            assert!(!person.kan_varsles(naa), "reserved");
            (person.reservert_s, person.slettet) = (None, true);
            assert!(!person.kan_varsles(naa), "deleted");
        }
    }

    #[test]
    fn certificates_are_ones_and_expire_when_they_say() {
        use base64::Engine;
        for leverandoer in [Leverandoer::Digipost, Leverandoer::EBoks] {
            let der = base64::engine::general_purpose::STANDARD
                .decode(leverandoer.sertifikat())
                .unwrap();
            let (rest, sertifikat) = x509_parser::parse_x509_certificate(&der).unwrap();
            assert!(rest.is_empty() && sertifikat.subject().to_string().contains("Syntetisk postkasse"));
            assert_eq!(
                sertifikat.validity().not_after.timestamp(),
                leverandoer.sertifikat_utloeper_s()
            );
        }
    }
}
