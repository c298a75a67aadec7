//! Bytes from outside as a request: carried out on a real register, or refused without a word of what stood in them.

use std::sync::{Arc, LazyLock};

use identifikator::Serie;
use jiff::Timestamp;
use lager::oeyeblikksbilde::Navn;
use register::Register;
use saksbehandling::{Saksbehandler, Tid};

use crate::{Bilde, Feil, Gjenopprettet, Klokkestand, Nasjon, Oppdrag, Testmiljoe, utfoer};

/// A test environment of a register alone.
struct Proevemiljoe {
    register: Arc<Register>,
    saker: Arc<Saksbehandler>,
    _mappe: tempfile::TempDir,
}

static MILJOE: LazyLock<Proevemiljoe> = LazyLock::new(|| {
    let mappe = tempfile::tempdir().unwrap();
    let register = Arc::new(Register::aapne(mappe.path()).unwrap());
    let (sti, noekler) = (mappe.path().join("saker"), mappe.path().join("noekler/saksmeldinger"));
    let saker = Saksbehandler::aapne(register.clone(), &sti, &noekler, Serie::Tenor).unwrap();
    Proevemiljoe {
        register,
        saker: Arc::new(saker),
        _mappe: mappe,
    }
});

impl Testmiljoe for Proevemiljoe {
    fn nasjon(&self) -> Result<Nasjon, Feil> {
        let naa: Timestamp = "2026-06-01T12:00:00Z".parse().unwrap();
        Ok(Nasjon {
            register: self.register.clone(),
            saker: self.saker.clone(),
            tid: Tid::new(naa).unwrap(),
            frosset: false,
        })
    }

    fn ta_bilde(&self, navn: &Navn) -> Result<Bilde, Feil> {
        Err(Feil::BildeFinnes(navn.clone()))
    }

    fn bilder(&self) -> Result<Vec<Bilde>, Feil> {
        Ok(Vec::new())
    }

    fn slett_bilde(&self, navn: &Navn) -> Result<(), Feil> {
        Err(Feil::UkjentBilde(navn.clone()))
    }

    fn gjenopprett(&self, _: Option<&Navn>) -> Result<Gjenopprettet, Feil> {
        Err(Feil::IngenFoerste)
    }

    fn klokke(&self) -> Result<Klokkestand, Feil> {
        Err(Feil::UnderBytte)
    }

    fn sett_klokke(&self, _: Option<(Timestamp, u32)>) -> Result<(), Feil> {
        Ok(())
    }

    fn noter(&self, _: &'static str) -> Result<(), Feil> {
        Ok(())
    }
}

/// Stands where a value stands, and in no answer.
const HEMMELIG: &str = "HEMMELIG";

const ORD: &[&str] = &[
    HEMMELIG,
    "\"person\":",
    "\"persondokument\":",
    "\"opplysninger\":",
    "\"navn\":",
    "\"mor\":",
    "\"ektefelle\":",
    "\"barn\":[",
    "\"slaaSammen\":{",
    "\"melding\":{",
    "\"xml\":\"<a/>\"",
    "\"stilt\":false",
    "strengtFortrolig",
    "endringINavn",
    "2026-02-30",
    "1e400",
    "\\ud800",
    "null",
];

fn gyldige() -> Vec<Vec<u8>> {
    [
        r#"{"foedselsdato":"1988-05-17","kjoenn":"kvinne","navn":{"fornavn":"HEMMELIG","etternavn":"HEMMELIG"},"status":"bosatt",
            "adressebeskyttelse":"fortrolig","bostedsadresse":{"vegadresse":{"kommunenummer":"0301","adressenavn":"HEMMELIG"}}}"#,
        r#"{"statsborgerskap":["NOR"],"opplysninger":{"postadresse":{"adressegradering":"ugradert","postboksadresse":{"postboks":"HEMMELIG"}}}}"#,
        r#"{"person":"12855700628","hendelsestype":"endringINavn","endringer":[{"slag":"ny","entitet":"navn",
            "innhold":{"fornavn":"HEMMELIG","etternavn":"HEMMELIG"},"gyldighetstidspunkt":"2026-02-01"}]}"#,
        r#"{"slaaSammen":{"gjeldende":"12855700628","dublett":"12855700628"}}"#,
        r#"{"melding":{"meldingstype":"doedsfall_v1","avsender":"310000000","xml":"<a>HEMMELIG</a>"}}"#,
        r#"{"naa":"2026-03-01T12:00:00Z","faktor":60}"#,
        r#"{"navn":"et-bilde"}"#,
    ]
    .map(Into::into)
    .to_vec()
}

fn proev(byte: &[u8]) {
    let Ok(verdi) = informasjonsmodell::json::les(byte) else {
        return;
    };
    for oppdrag in [
        Oppdrag::Person(verdi.clone()),
        Oppdrag::Hendelse(verdi.clone()),
        Oppdrag::SettKlokke(verdi.clone()),
        Oppdrag::TaBilde(verdi),
    ] {
        if let Err(feil) = utfoer(&*MILJOE, oppdrag) {
            assert!(!feil.to_string().contains(HEMMELIG), "{feil}");
        }
    }
}

fuzz::maal!(paalitelighet_15_fuzz_testkontroll, 500, ORD, gyldige, proev);
