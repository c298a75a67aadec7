//! An entry as KRR writes it: what a scope may see, in the older form and in the newer.
//!
//! ```text
//!                                  any KRR scope   kontaktinformasjon.read   digitalpost.read
//!  personidentifikator, status,          x
//!  reservasjon and its times
//!  varslingsstatus, channels, spraak                         x
//!  digital_post, sertifikat                                                        x
//! ```
//!
//! Who may see varslingsstatus and cannot be notified is given no contact data, mailbox or certificate (our choice, where KRR's
//! pages disagree). The list of changes has no varslingsstatus and so leaves nothing out. Version 1 lacks the fields that came
//! with version 2, and writes its times with an offset in hours; both forms are out there, so both are spoken here. Absent
//! values are left out.

use identifikator::Folkeregisteridentifikator;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use crate::oppfoering::{Kanal, Oppfoering};

/// The offset of version 1. Units: hours. Source: our choice; the samples have it.
const FORSKYVNING_TIMER: i64 = 2;

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `rest/v1`.
    V1,
    /// `rest/v2`.
    V2,
    /// The list of changes: as version 2, without varslingsstatus.
    Endringsliste,
}

/// What a caller may see and has asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Innsyn {
    pub(crate) kontaktinformasjon: bool,
    pub(crate) digital_post: bool,
    pub(crate) sertifikat: bool,
}

/// One person at a time.
pub(crate) fn person(
    nummer: Folkeregisteridentifikator,
    oppfoering: Option<&Oppfoering>,
    innsyn: Innsyn,
    form: Form,
    naa: Timestamp,
) -> Value {
    let skriver = Skriver { form };
    let mut ut = Map::new();
    ut.insert("personidentifikator".to_owned(), json!(nummer.as_str()));
    let reservert = oppfoering.and_then(|o| o.reservert_s);
    ut.insert(
        "reservasjon".to_owned(),
        json!(if reservert.is_some() { "JA" } else { "NEI" }),
    );
    if form != Form::V1 {
        skriver.tid(&mut ut, "reservasjonstidspunkt", reservert);
        skriver.tid(
            &mut ut,
            "reservasjon_oppdatert",
            oppfoering.and_then(|o| o.reservasjon_oppdatert_s),
        );
    }
    let status = match oppfoering {
        None => "IKKE_REGISTRERT",
        Some(oppfoering) if oppfoering.slettet => "SLETTET",
        Some(_) => "AKTIV",
    };
    ut.insert("status".to_owned(), json!(status));
    let kan_varsles = oppfoering.is_some_and(|o| o.kan_varsles(naa));
    let viser_varsling = innsyn.kontaktinformasjon && form != Form::Endringsliste;
    if viser_varsling {
        let status = if kan_varsles { "KAN_VARSLES" } else { "KAN_IKKE_VARSLES" };
        ut.insert("varslingsstatus".to_owned(), json!(status));
    }
    let Some(oppfoering) = oppfoering.filter(|o| !o.slettet) else {
        return Value::Object(ut);
    };
    let viser_data = kan_varsles || !viser_varsling;
    if innsyn.kontaktinformasjon {
        if viser_data {
            let mut info = Map::new();
            skriver.kanal(&mut info, "epostadresse", oppfoering.epost.as_ref());
            skriver.kanal(&mut info, "mobiltelefonnummer", oppfoering.mobil.as_ref());
            if !info.is_empty() {
                ut.insert("kontaktinformasjon".to_owned(), Value::Object(info));
            }
        }
        if let Some(spraak) = oppfoering.spraak {
            ut.insert("spraak".to_owned(), json!(spraak.kode()));
            skriver.tid(&mut ut, "spraak_oppdatert", oppfoering.spraak_oppdatert_s);
        }
    }
    if let Some(postkasse) = oppfoering.postkasse.as_ref().filter(|_| viser_data) {
        let leverandoer = postkasse.leverandoer;
        if innsyn.digital_post {
            let mut post = Map::new();
            post.insert("postkasseadresse".to_owned(), json!(postkasse.adresse));
            post.insert(
                "postkasseleverandoeradresse".to_owned(),
                json!(leverandoer.organisasjonsnummer()),
            );
            if form != Form::V1 {
                post.insert("navn".to_owned(), json!(leverandoer.navn()));
            }
            ut.insert("digital_post".to_owned(), Value::Object(post));
        }
        if innsyn.sertifikat {
            ut.insert("sertifikat".to_owned(), json!(leverandoer.sertifikat()));
            if form != Form::V1 {
                skriver.tid(
                    &mut ut,
                    "sertifikat_utloeper",
                    Some(leverandoer.sertifikat_utloeper_s()),
                );
            }
        }
    }
    Value::Object(ut)
}

struct Skriver {
    form: Form,
}

impl Skriver {
    fn kanal(&self, ut: &mut Map<String, Value>, navn: &str, kanal: Option<&Kanal>) {
        let Some(kanal) = kanal else { return };
        ut.insert(navn.to_owned(), json!(kanal.verdi));
        self.tid(ut, &format!("{navn}_oppdatert"), Some(kanal.oppdatert_s));
        self.tid(ut, &format!("{navn}_sist_verifisert"), kanal.verifisert_s);
        if self.form != Form::V1 {
            self.tid(ut, &format!("{navn}_sist_validert"), kanal.validert_s);
            let duplisert = if kanal.duplisert { "JA" } else { "NEI" };
            ut.insert(format!("{navn}_duplisert"), json!(duplisert));
        }
    }

    fn tid(&self, ut: &mut Map<String, Value>, navn: &str, tid_s: Option<i64>) {
        let Some(tid) = tid_s.and_then(|s| Timestamp::from_second(s).ok()) else {
            return;
        };
        let tekst = if self.form == Form::V1 {
            let lokal = tid
                .checked_add(SignedDuration::from_hours(FORSKYVNING_TIMER))
                .unwrap_or(tid);
            format!("{}+{FORSKYVNING_TIMER:02}", lokal.to_string().trim_end_matches('Z'))
        } else {
            tid.to_string()
        };
        ut.insert(navn.to_owned(), json!(tekst));
    }
}
