//! An entry written back as KRR's REST interface writes it, version 2, for whoever keeps it.
//!
//! What a newcomer gets wrong: what is written is what was read and held to its rules, not what came. A field that was not asked for, or
//! that nobody knows, is not in it.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::person::{Kanal, Kontaktperson, Status, Varslingsstatus};

impl Kontaktperson {
    /// The entry as a JSON object without the number of the person.
    ///
    /// Shape: the same entry gives the same bytes; what is absent is left out; times in UTC.
    /// Source: tokens, section 5.1.
    #[must_use]
    pub fn til_json(&self) -> Vec<u8> {
        let mut ut = Map::new();
        let status = match self.status {
            Status::Aktiv => "AKTIV",
            Status::Slettet => "SLETTET",
            Status::IkkeRegistrert => "IKKE_REGISTRERT",
        };
        ut.insert("status".to_owned(), json!(status));
        ut.insert("reservasjon".to_owned(), ja_nei(self.reservert));
        tid(&mut ut, "reservasjonstidspunkt", self.reservasjonstidspunkt);
        tid(&mut ut, "reservasjon_oppdatert", self.reservasjon_oppdatert);
        if let Some(varsling) = self.varslingsstatus {
            let varsling = match varsling {
                Varslingsstatus::KanVarsles => "KAN_VARSLES",
                Varslingsstatus::KanIkkeVarsles => "KAN_IKKE_VARSLES",
            };
            ut.insert("varslingsstatus".to_owned(), json!(varsling));
        }
        if let Some(info) = &self.kontaktinformasjon {
            let mut inn = Map::new();
            kanal(&mut inn, "epostadresse", info.epost.as_ref());
            kanal(&mut inn, "mobiltelefonnummer", info.mobil.as_ref());
            ut.insert("kontaktinformasjon".to_owned(), Value::Object(inn));
        }
        if let Some(post) = &self.digital_post {
            let mut inn = Map::new();
            inn.insert("postkasseadresse".to_owned(), json!(post.postkasseadresse));
            inn.insert(
                "postkasseleverandoeradresse".to_owned(),
                json!(post.leverandoer.as_str()),
            );
            if let Some(navn) = &post.leverandoernavn {
                inn.insert("navn".to_owned(), json!(navn));
            }
            ut.insert("digital_post".to_owned(), Value::Object(inn));
        }
        if let Some(sertifikat) = &self.sertifikat {
            ut.insert("sertifikat".to_owned(), json!(sertifikat));
        }
        tid(&mut ut, "sertifikat_utloeper", self.sertifikat_utloeper);
        if let Some(spraak) = self.spraak {
            ut.insert("spraak".to_owned(), json!(spraak.kode()));
        }
        tid(&mut ut, "spraak_oppdatert", self.spraak_oppdatert);
        Value::Object(ut).to_string().into_bytes()
    }
}

fn kanal(ut: &mut Map<String, Value>, navn: &str, kanal: Option<&Kanal>) {
    let Some(kanal) = kanal else { return };
    ut.insert(navn.to_owned(), json!(kanal.verdi));
    tid(ut, &format!("{navn}_oppdatert"), kanal.oppdatert);
    tid(ut, &format!("{navn}_sist_verifisert"), kanal.sist_verifisert);
    tid(ut, &format!("{navn}_sist_validert"), kanal.sist_validert);
    if let Some(duplisert) = kanal.duplisert {
        ut.insert(format!("{navn}_duplisert"), ja_nei(duplisert));
    }
}

fn ja_nei(er: bool) -> Value {
    json!(if er { "JA" } else { "NEI" })
}

fn tid(ut: &mut Map<String, Value>, navn: &str, tid: Option<Timestamp>) {
    if let Some(tid) = tid {
        ut.insert(navn.to_owned(), json!(tid.to_string()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::krr::Behov;

    const ALT: &str = r#"{"status":"AKTIV","reservasjon":"JA","reservasjonstidspunkt":"2024-01-01T00:00:00+02",
        "reservasjon_oppdatert":"2024-01-02T00:00:00Z","varslingsstatus":"KAN_IKKE_VARSLES","kontaktinformasjon":{
        "epostadresse":"a@b.example","epostadresse_oppdatert":"2024-01-01T00:00:00Z","epostadresse_sist_verifisert":"2024-01-02T00:00:00Z",
        "epostadresse_sist_validert":"2024-01-03T00:00:00Z","epostadresse_duplisert":"JA","mobiltelefonnummer":"+999123456789",
        "mobiltelefonnummer_duplisert":"NEI"},"digital_post":{"postkasseadresse":"syntese#0AAA",
        "postkasseleverandoeradresse":"984661185","navn":"Postkassen"},"sertifikat":"MIIB","sertifikat_utloeper":"2040-01-01T00:00:00Z",
        "spraak":"nn","spraak_oppdatert":"2024-01-01T00:00:00.5Z"}"#;

    #[test]
    fn what_is_written_is_read_back_as_the_same_entry() {
        let nummer = identifikator::Folkeregisteridentifikator::parse("30908299902").unwrap();
        let les = |tekst: &str| {
            let felt: Map<String, Value> = serde_json::from_str(tekst).unwrap();
            Kontaktperson::les(nummer, &felt, Behov::Alt).unwrap()
        };
        for tekst in [
            ALT,
            r#"{"status":"SLETTET"}"#,
            r#"{"status":"IKKE_REGISTRERT","reservasjon":"JA","varslingsstatus":"KAN_VARSLES"}"#,
        ] {
            let person = les(tekst);
            let skrevet = String::from_utf8(person.til_json()).unwrap();
            assert!(les(&skrevet) == person, "{skrevet}");
            assert!(!skrevet.contains("personidentifikator"));
            assert_eq!(les(&skrevet).til_json(), skrevet.as_bytes());
        }
    }
}
