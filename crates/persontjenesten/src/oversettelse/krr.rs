//! Contact data: a person of the contact register's REST version 2, as the Person API has it.
//!
//! By the same table and the same translator as the rest. What a newcomer gets wrong: whoever is not to be notified still has an
//! e-mail here. Service messages may use it; what may be done with it is told by `notificationStatus`.

use super::arbeid::Utfall;
use super::oversetter::{Oversetter, Telling};
use super::skjemaer::COMMON_CONTACT_REGISTER_INFORMATION;

/// Names that are known and not translated.
pub(super) const UTELATT: [&str; 1] = ["personidentifikator"];

/// Fields that only a person who is active in the contact register has.
const BARE_AKTIV: [&str; 4] = [
    "contactInformation",
    "digitalPost",
    "certificate",
    "certificateExpireDate",
];

/// Contact data in English, ready to stand in a person.
///
/// Made by [`Oversetter::kontaktdata`] alone, so what stands here has been through the table.
#[derive(Clone, PartialEq, Eq)]
pub struct Kontaktdata {
    json: Vec<u8>,
    telling: Telling,
}

impl Kontaktdata {
    /// The object, as JSON text.
    #[must_use]
    pub fn json(&self) -> &[u8] {
        &self.json
    }

    /// What was not translated.
    #[must_use]
    pub fn telling(&self) -> Telling {
        self.telling
    }
}

impl std::fmt::Debug for Kontaktdata {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Kontaktdata(***)")
    }
}

impl Oversetter<'_> {
    /// Translates one person of KRR's answer: an element of `personer`.
    ///
    /// Who is not active has no contact data, mailbox or certificate there; should the source say any, they are left out (our choice).
    /// The number of the person is never written.
    /// Source: KRR REST v2; Person API v2 and v3, `CommonContactRegisterInformation`.
    ///
    /// # Errors
    /// [`super::Oversettelsesfeil`] for what is not such a person.
    pub fn kontaktdata(&mut self, krr: &[u8]) -> Utfall<Kontaktdata> {
        let mut json = Vec::new();
        let telling = self.kjoer(krr, &mut json, |arbeid| {
            let mut o = arbeid.start(&COMMON_CONTACT_REGISTER_INFORMATION)?;
            arbeid.medlemmer(&mut o)?;
            if arbeid.skrevet(&o, "status") != Some(&b"\"Active\""[..]) {
                arbeid.stryk(&mut o, &BARE_AKTIV);
            }
            arbeid.slutt(&o);
            Ok(())
        })?;
        Ok(Kontaktdata { json, telling })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Versjon;
    use crate::oversettelse::IngenBerikelse;

    fn oversett(versjon: Versjon, krr: &str) -> Kontaktdata {
        Oversetter::new(versjon, &IngenBerikelse)
            .kontaktdata(krr.as_bytes())
            .unwrap()
    }

    #[track_caller]
    fn check(versjon: Versjon, krr: &str, ventet: &str) {
        let ut = oversett(versjon, krr);
        assert_eq!(std::str::from_utf8(ut.json()).unwrap(), ventet);
        assert!(ut.telling().er_tom());
    }

    const AKTIV: &str = r#"{"personidentifikator":"12855700628","reservasjon":"NEI","reservasjon_oppdatert":"2024-01-02T03:04:05+02",
        "status":"AKTIV","varslingsstatus":"KAN_IKKE_VARSLES","kontaktinformasjon":{"epostadresse":"a@example.test",
        "epostadresse_oppdatert":"2023-05-06T07:08:09Z","epostadresse_duplisert":"JA","mobiltelefonnummer":"+4799999999"},
        "digital_post":{"postkasseadresse":"navn#0AAA","postkasseleverandoeradresse":"999999999","navn":"Postkassen"},
        "sertifikat":"MIIB","spraak":"se"}"#;

    #[test]
    fn contact_data_are_written_as_each_version_has_them() {
        check(
            Versjon::V3,
            AKTIV,
            r##"{"reservation":"No","status":"Active","reservationUpdated":"2024-01-02T03:04:05+02","notificationStatus":"CanNotBeNotified","contactInformation":{"email":"a@example.test","emailLastUpdated":"2023-05-06T07:08:09Z","emailDuplicated":"Yes","phoneNumber":"+4799999999"},"digitalPost":{"digitalPostAddress":"navn#0AAA","digitalPostVendorAddress":"999999999","digitalPostVendorName":"Postkassen"},"certificate":"MIIB","language":"se"}"##,
        );
        check(
            Versjon::V2,
            AKTIV,
            r##"{"reservation":"No","status":"Active","notificationStatus":"CanNotBeNotified","contactInformation":{"email":"a@example.test","emailLastUpdated":"2023-05-06T07:08:09Z","phoneNumber":"+4799999999"},"digitalPost":{"digitalPostAddress":"navn#0AAA","digitalPostVendorAddress":"999999999"},"certificate":"MIIB","language":"se"}"##,
        );
    }

    #[test]
    fn who_is_not_active_has_no_contact_data_whatever_the_source_says() {
        for status in [r#""SLETTET""#, r#""IKKE_REGISTRERT""#, "null", r#""NOE_NYTT""#] {
            let krr = AKTIV.replace(r#""AKTIV""#, status);
            for versjon in Versjon::ALLE {
                let tekst = String::from_utf8(oversett(versjon, &krr).json().to_vec()).unwrap();
                for hemmelig in ["example.test", "99999999", "0AAA", "MIIB", "12855700628"] {
                    assert!(!tekst.contains(hemmelig), "{tekst}");
                }
                assert!(tekst.contains(r#""reservation":"No""#), "{tekst}");
            }
        }
        check(
            Versjon::V2,
            r#"{"sertifikat":"MIIB","status":"SLETTET","reservasjon":"JA"}"#,
            r#"{"reservation":"Yes","status":"Deleted"}"#,
        );
    }
}
