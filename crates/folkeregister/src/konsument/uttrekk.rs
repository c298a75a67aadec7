//! `uttrekk/…`: orders of many persons at once, and the batches they are read in.
//!
//! Whom an order holds is `uttrekk`'s; an order is read here, and what is delivered is decided when a batch is read. What
//! newcomers get wrong: a batch that is delivered as it was ordered tells where somebody lives who has been hidden since.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use informasjonsmodell::xml::skriv::{self as xml, Rot};
use informasjonsmodell::{Grunn, Lesefeil, Sti, json};
use serde_json::{Map, Value};
use soek::{Kommune, Personstatustype, Uttrekkskriterier};
use tilgang::{Format, Projeksjon, Svar, Tabell};
use tjenesteflate::forhandling::{Innholdstype, InnholdstypeError, Medietype};
use tjenesteflate::kropp;
use tjenesteflate::maalinger::{self, Maalere};
use tjenesteflate::stopp::Stopp;
use tokio::sync::Notify;
use uttrekk::{Bestiller, Bestilling, Jobbid, Porsjon, Uttrekkslager};

use super::feil::Feil;
use super::kall::{Kall, Kriterier, medietype};
use super::personer::{slutt_liste, start_liste, utenfor_loekka};
use super::tilstand::Folkeregister;

/// What `uttrekk/komplett` is asked by, for the audit record.
pub(super) const KOMPLETT: &[&str] = &[SEKVENSNUMMER];

const SEKVENSNUMMER: &str = "feedsekvensnr";

/// How long a failed order waits before it is tried again. Source: our choice.
const PROEV_IGJEN: Duration = Duration::from_secs(60);

/// Extracts that were ordered, and word of new ones.
#[derive(Debug)]
pub struct Uttrekk {
    lager: Arc<Uttrekkslager>,
    nytt: Notify,
}

impl Uttrekk {
    /// Over a store of orders, with metrics.
    ///
    /// # Errors
    /// [`maalinger::Error`] if the metrics are there already.
    pub fn new(lager: Arc<Uttrekkslager>, maalere: &Maalere) -> Result<Self, maalinger::Error> {
        let les = |verdi: fn(uttrekk::Tall) -> u64| {
            let lager = lager.clone();
            move || verdi(lager.tall())
        };
        let jobber = lager.clone();
        maalere.register_readings(
            "extract_jobs",
            "Uttrekk som er bestilt og ikke utløpt",
            "tilstand",
            move || {
                let tall = jobber.tall();
                vec![("venter", tall.venter), ("klar", tall.klare)]
            },
        )?;
        let hjelp = "Hendelser som er gått gjennom for uttrekket som skrives nå";
        maalere.register_reading("extract_events_read", hjelp, les(|t| t.lest))?;
        let hjelp = "Hendelser å gå gjennom for uttrekket som skrives nå; 0 uten noe";
        maalere.register_reading("extract_events_to_read", hjelp, les(|t| t.av))?;
        let hjelp = "Det som er tatt i bruk av filen med uttrekk";
        let byte = lager.clone();
        maalere.register_reading("extract_store_bytes", hjelp, move || byte.kart().brukt_byte)?;
        Ok(Uttrekk {
            lager,
            nytt: Notify::new(),
        })
    }
}

/// Writes orders out in their turn, until the stop.
///
/// What is cut off is taken up again when the program starts.
pub async fn skriv_ut(api: Arc<Folkeregister>, mut stoppet: Stopp) {
    loop {
        let (arbeid, slutt) = (api.clone(), stoppet.clone());
        let utfall = utenfor_loekka(move || {
            let fortsett = || !slutt.is_stopped();
            Ok(arbeid.uttrekk.lager.skriv_neste(&arbeid.register, fortsett)?)
        })
        .await;
        if stoppet.is_stopped() {
            return;
        }
        if !matches!(utfall, Ok(true)) {
            // Nothing waits, or it failed: that is tried again, whether more is ordered or not.
            tokio::select! {
                () = api.uttrekk.nytt.notified() => {}
                () = tokio::time::sleep(PROEV_IGJEN) => {}
                () = stoppet.wait() => return,
            }
        }
    }
}

/// `GET uttrekk/komplett`.
pub(crate) async fn komplett(kall: Kall) -> Result<Response, Feil> {
    kall.format()?;
    let til = match kall.spoerring()?.text(SEKVENSNUMMER)? {
        None => u64::MAX,
        // What is too large to be a number of the feed is beyond its end.
        Some(tekst) if !tekst.is_empty() && tekst.bytes().all(|b| b.is_ascii_digit()) => {
            tekst.parse().unwrap_or(u64::MAX)
        }
        Some(_) => {
            return Err(Feil::UgyldigKriterium {
                navn: SEKVENSNUMMER,
                regel: "må være et heltall som ikke er negativt",
            });
        }
    };
    bestill(kall, Bestilling::Komplett { til }).await
}

/// `POST uttrekk/tilpasset`.
pub(crate) async fn tilpasset(mut kall: Kall) -> Result<Response, Feil> {
    kall.format()?;
    match Innholdstype::from_headers(&kall.deler.headers)? {
        Some(type_) if type_.is(&Medietype::JSON) => {}
        _ => return Err(InnholdstypeError::Ugyldig.into()),
    }
    let byte = kropp::read(kall.ta_kropp(), &kall.deler.headers, kropp::Grense::default()).await?;
    let (kriterier, navn) = les_bestilling(&byte)?;
    let kan = Tabell::felles().rett(kall.adgang.projeksjon).kan;
    if let Some(entitet) = kriterier.entiteter().entiteter().find(|e| !kan.har(*e)) {
        return Err(Feil::UgyldigKriterium {
            navn: entitet.navn(),
            regel: "kan ikke brukes med rettighetspakken",
        });
    }
    kall.kriterier = Kriterier::Flere(navn.into_iter().map(Cow::Borrowed).collect());
    bestill(kall, Bestilling::Tilpasset(kriterier)).await
}

async fn bestill(kall: Kall, bestilling: Bestilling) -> Result<Response, Feil> {
    let (kall, id) = utenfor_loekka(move || {
        if let Bestilling::Komplett { til } = bestilling {
            kan_hentes(&kall, til)?;
        }
        let api = &kall.api;
        let naa = (api.klokke)().as_second();
        let projeksjon = kall.adgang.projeksjon;
        let id = api
            .uttrekk
            .lager
            .bestill(&api.register, projeksjon, &bestiller(&kall), &bestilling, naa)?;
        api.uttrekk.nytt.notify_one();
        Ok((kall, id))
    })
    .await?;
    let format = kall.format()?;
    let id = id.to_string();
    let byte = match format {
        Format::Json => serde_json::json!({"jobbId": id}).to_string().into_bytes(),
        Format::Xml => {
            let mut ut = Vec::new();
            xml::uttrekk_jobb(&mut ut, &id);
            ut
        }
    };
    kall.svar_uten_personer(byte, medietype(format)).await
}

// What superseded a document came after the number that is asked for: when even the first event after it is past
// retention, some of the documents may be, and could not be fetched.
fn kan_hentes(kall: &Kall, til: u64) -> Result<(), Feil> {
    let Some(neste) = til.checked_add(1) else { return Ok(()) };
    let etter = kall.api.register.les()?.feed(kall.adgang.projeksjon, neste, 1)?;
    let eldste = kall.api.eldste_sekunder();
    if etter.first().is_some_and(|e| e.bekreftet_sekunder < eldste) {
        return Err(Feil::UgyldigKriterium {
            navn: SEKVENSNUMMER,
            regel: "er eldre enn hendelsene som kan leses",
        });
    }
    Ok(())
}

fn bestiller(kall: &Kall) -> Bestiller {
    Bestiller {
        organisasjon: kall.adgang.organisasjon.as_str().to_owned(),
        pakke: kall.adgang.projeksjon.pakke(),
    }
}

/// `GET uttrekk/{jobbid}/batch/{batchnr}`.
pub(crate) async fn porsjon(kall: Kall) -> Result<Response, Feil> {
    let format = kall.format()?;
    let nr = kall.neste_ledd.as_deref().unwrap_or_default();
    let nr = nr.parse::<i64>().ok().and_then(|nr| u64::try_from(nr).ok());
    let nr = nr.ok_or(Feil::UgyldigKriterium {
        navn: "batchnr",
        regel: "må være et heltall som ikke er negativt",
    })?;
    let id = kall
        .ledd
        .as_deref()
        .and_then(Jobbid::parse)
        .ok_or(Feil::UkjentUttrekk)?;
    let (kall, ut) = utenfor_loekka(move || {
        let mut ut = Svar::new(format);
        les_porsjon(&kall, id, nr, &mut ut)?;
        Ok((kall, ut))
    })
    .await?;
    kall.frigi(ut, &[]).await
}

fn les_porsjon(kall: &Kall, id: Jobbid, nr: u64, ut: &mut Svar) -> Result<(), Feil> {
    let (api, projeksjon) = (&kall.api, kall.adgang.projeksjon);
    let naa = (api.klokke)().as_second();
    let porsjon = api.uttrekk.lager.porsjon(id, &bestiller(kall), projeksjon, nr, naa)?;
    let les = api.register.les()?;
    match porsjon {
        Porsjon::FinnesIkke => return Err(Feil::UkjentUttrekk),
        Porsjon::IkkeKlar => return Err(Feil::UttrekkIkkeKlart),
        Porsjon::Slutt => tom(ut),
        Porsjon::Dokumenter(dokumenter) => {
            let id = |(person, seq)| les.persondokument(person, seq).to_string();
            dokumentliste(ut, dokumenter.into_iter().map(id));
        }
        Porsjon::Personer {
            personer,
            kommune,
            siste,
        } => {
            let mut vises = Vec::with_capacity(personer.len());
            for person in personer {
                let sees = |kommune| soek::vises_fremdeles(&les, projeksjon, person, kommune);
                if les.er_noen(person)? && kommune.as_ref().map_or(Ok(true), sees)? {
                    vises.push(person);
                }
            }
            if vises.is_empty() && siste {
                // Nobody is left of it: the end, as whoever asks for one batch more would be told.
                tom(ut);
            } else {
                personliste(&les, ut, projeksjon, &vises)?;
            }
        }
    }
    Ok(())
}

fn tom(ut: &mut Svar) {
    start_liste(ut, Rot::UttrekkDataResponse, b"{");
    slutt_liste(ut, Rot::UttrekkDataResponse, b"}");
}

fn dokumentliste(ut: &mut Svar, identifikatorer: impl Iterator<Item = String>) {
    const NAVN: &str = "dokumentidentifikator";
    let format = ut.format();
    ut.ramme(|byte| match format {
        Format::Json => {
            let liste: Vec<String> = identifikatorer.collect();
            byte.extend_from_slice(serde_json::json!({NAVN: liste}).to_string().as_bytes());
        }
        Format::Xml => {
            let liste: Vec<String> = identifikatorer.collect();
            xml::liste(byte, Rot::UttrekkDataResponse, NAVN, liste.iter().map(String::as_str));
        }
    });
}

fn personliste(
    les: &register::Lesing<'_>,
    ut: &mut Svar,
    projeksjon: Projeksjon,
    personer: &[register::Personnummer],
) -> Result<(), Feil> {
    start_liste(ut, Rot::UttrekkDataResponse, b"{\"foedselsEllerDNummer\":[");
    les.vis_numre(personer, ut, projeksjon)?;
    slutt_liste(ut, Rot::UttrekkDataResponse, b"]}");
    Ok(())
}

/// Codes of `sivilstandstype`. Source: OpenAPI 1.5.
const SIVILSTANDER: [&str; 10] = [
    "uoppgitt",
    "ugift",
    "gift",
    "enkeEllerEnkemann",
    "skilt",
    "separert",
    "registrertPartner",
    "separertPartner",
    "skiltPartner",
    "gjenlevendePartner",
];

/// The members of an order, as they are taken out: what is left in the end is none of them.
struct Felter {
    felter: Map<String, Value>,
    sti: Sti,
    tatt: Vec<&'static str>,
}

impl Felter {
    fn new(verdi: Value, sti: Sti) -> Result<Self, Lesefeil> {
        match verdi {
            Value::Object(felter) => Ok(Felter {
                felter,
                sti,
                tatt: Vec::new(),
            }),
            _ => Err(Lesefeil::new(&sti, Grunn::FeilType("objekt"))),
        }
    }

    // An absent member and `null` are the same: serialisers write what was not chosen so (our choice).
    fn ta(&mut self, navn: &'static str) -> Option<(Value, Sti)> {
        let verdi = self.felter.shift_remove(navn).filter(|v| !v.is_null())?;
        self.tatt.push(navn);
        Some((verdi, self.sti.felt(navn)))
    }

    fn tekst(&mut self, navn: &'static str) -> Result<Option<(String, Sti)>, Lesefeil> {
        match self.ta(navn) {
            None => Ok(None),
            Some((Value::String(tekst), sti)) => Ok(Some((tekst, sti))),
            Some((_, sti)) => Err(Lesefeil::new(&sti, Grunn::FeilType("tekst"))),
        }
    }

    fn som(
        &mut self,
        navn: &'static str,
        form: &'static str,
        er: impl Fn(&str) -> bool,
    ) -> Result<Option<String>, Lesefeil> {
        match self.tekst(navn)? {
            Some((tekst, sti)) if !er(&tekst) => Err(Lesefeil::new(&sti, Grunn::Form(form))),
            tekst => Ok(tekst.map(|(tekst, _)| tekst)),
        }
    }

    fn siffer(&mut self, navn: &'static str) -> Result<Option<String>, Lesefeil> {
        let er = |t: &str| t.len() == 4 && t.bytes().all(|b| b.is_ascii_digit());
        self.som(navn, "fire siffer", er)
    }

    fn aar(&mut self, fra: &'static str, til: &'static str) -> Result<(Option<u16>, Option<u16>), Lesefeil> {
        let tall = |tekst: Option<String>| tekst.and_then(|t| t.parse::<u16>().ok());
        let (tidligst, senest) = (tall(self.siffer(fra)?), tall(self.siffer(til)?));
        match (tidligst, senest) {
            (Some(a), Some(b)) if a > b => {
                let form = "et år som ikke er etter det siste";
                Err(Lesefeil::new(&self.sti.felt(fra), Grunn::Form(form)))
            }
            aar => Ok(aar),
        }
    }

    fn ferdig(self) -> Result<Vec<&'static str>, Lesefeil> {
        if self.felter.values().any(|v| !v.is_null()) {
            return Err(Lesefeil::new(&self.sti.ukjent(), Grunn::UkjentElement));
        }
        Ok(self.tatt)
    }
}

// Reads an order strictly: a filter that is not understood would give more persons than were meant.
fn les_bestilling(byte: &[u8]) -> Result<(Uttrekkskriterier, Vec<&'static str>), Lesefeil> {
    let mut felter = Felter::new(json::les(byte)?, Sti::rot())?;
    let (mut bosted, mut opphold) = (None, None);
    if let Some((verdi, sti)) = felter.ta("kommunenummer") {
        let mut kommune = Felter::new(verdi, sti)?;
        bosted = kommune.siffer("bostedskommunenummer")?;
        opphold = kommune.siffer("oppholdskommunenummer")?;
        if bosted.is_some() && opphold.is_some() {
            return Err(Lesefeil::new(&kommune.sti, Grunn::FlereValg));
        }
        kommune.ferdig()?;
    }
    let opphold_valgt = opphold.is_some();
    let kriterier = Uttrekkskriterier {
        statuser: statuser(&mut felter)?,
        kommune: bosted.or(opphold).map(|nummer| Kommune {
            opphold: opphold_valgt,
            nummer,
        }),
        foedselsaar: felter.aar("foedselsaarFraOgMed", "foedselsaarTilOgMed")?,
        doedsaar: felter.aar("doedsaarFraOgMed", "doedsaarTilOgMed")?,
        kjoenn: felter.som("kjoenn", "mann eller kvinne", |t| matches!(t, "mann" | "kvinne"))?,
        statsborgerskap: felter.som("statsborgerskap", "tre store bokstaver", |t| {
            t.len() == 3 && t.bytes().all(|b| b.is_ascii_uppercase())
        })?,
        sivilstand: felter.som("sivilstandstype", "en sivilstand fra kodelisten", |t| {
            SIVILSTANDER.contains(&t)
        })?,
    };
    Ok((kriterier, felter.ferdig()?))
}

fn statuser(felter: &mut Felter) -> Result<Vec<Personstatustype>, Lesefeil> {
    const NAVN: &str = "personstatustyper";
    let (verdi, sti) = match felter.ta(NAVN) {
        Some(verdi) => verdi,
        None => return Err(Lesefeil::new(&felter.sti.felt(NAVN), Grunn::Mangler)),
    };
    let Value::Array(liste) = verdi else {
        return Err(Lesefeil::new(&sti, Grunn::FeilType("liste")));
    };
    let mut ut = Vec::new();
    for (nr, verdi) in liste.iter().enumerate() {
        let tekst = verdi.as_str();
        let tekst = tekst.ok_or_else(|| Lesefeil::new(&sti.indeks(nr), Grunn::FeilType("tekst")))?;
        let funnet = Personstatustype::ALLE.into_iter().find(|s| s.navn() == tekst);
        let status = funnet.ok_or_else(|| Lesefeil::new(&sti.indeks(nr), Grunn::Form("en personstatustype")))?;
        if !ut.contains(&status) {
            ut.push(status);
        }
    }
    if ut.is_empty() {
        return Err(Lesefeil::new(&sti, Grunn::Mangler));
    }
    Ok(ut)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn les(tekst: &str) -> Result<Uttrekkskriterier, String> {
        les_bestilling(tekst.as_bytes())
            .map(|(kriterier, _)| kriterier)
            .map_err(|feil| feil.to_string())
    }

    #[test]
    fn the_documented_order_is_read() {
        let lest = les(
            r#"{ "personstatustyper": ["bosatt","aktiv"], "kommunenummer": { "bostedskommunenummer": "4601" },
            "foedselsaarFraOgMed": "2018", "foedselsaarTilOgMed": "2018", "kjoenn": "kvinne", "statsborgerskap": "NOR",
            "sivilstandstype": "ugift", "doedsaarFraOgMed": null }"#,
        )
        .unwrap();
        assert_eq!(
            lest,
            Uttrekkskriterier {
                statuser: vec![Personstatustype::Bosatt, Personstatustype::Aktiv],
                kommune: Some(Kommune {
                    opphold: false,
                    nummer: "4601".to_owned()
                }),
                foedselsaar: (Some(2018), Some(2018)),
                doedsaar: (None, None),
                kjoenn: Some("kvinne".to_owned()),
                statsborgerskap: Some("NOR".to_owned()),
                sivilstand: Some("ugift".to_owned()),
            }
        );
    }

    #[test]
    fn what_is_not_an_order_is_refused_with_its_place() {
        for (tekst, ventet) in [
            ("{}", "personstatustyper"),
            (r#"{"personstatustyper":[]}"#, "personstatustyper"),
            (r#"{"personstatustyper":["levende"]}"#, "personstatustyper[0]"),
            (r#"{"personstatustyper":["bosatt",1]}"#, "personstatustyper[1]"),
            (
                r#"{"personstatustyper":["bosatt"],"kommunenummer":"4601"}"#,
                "kommunenummer",
            ),
            (
                r#"{"personstatustyper":["bosatt"],"kommunenummer":{"bostedskommunenummer":"4601","oppholdskommunenummer":"4601"}}"#,
                "kommunenummer har flere",
            ),
            (
                r#"{"personstatustyper":["bosatt"],"kommunenummer":{"bostedskommunenummer":"460"}}"#,
                "kommunenummer.bostedskommunenummer",
            ),
            (
                r#"{"personstatustyper":["bosatt"],"kommunenummer":{"fylke":"46"}}"#,
                "kommunenummer.*",
            ),
            (
                r#"{"personstatustyper":["bosatt"],"foedselsaarFraOgMed":"2019","foedselsaarTilOgMed":"2018"}"#,
                "foedselsaarFraOgMed",
            ),
            (
                r#"{"personstatustyper":["bosatt"],"foedselsaarFraOgMed":2018}"#,
                "foedselsaarFraOgMed",
            ),
            (r#"{"personstatustyper":["bosatt"],"kjoenn":"annet"}"#, "kjoenn"),
            (
                r#"{"personstatustyper":["bosatt"],"statsborgerskap":"no"}"#,
                "statsborgerskap",
            ),
            (
                r#"{"personstatustyper":["bosatt"],"sivilstandstype":"samboer"}"#,
                "sivilstandstype",
            ),
            (r#"{"personstatustyper":["bosatt"],"sivilstand":"ugift"}"#, "*"),
            ("[]", "$"),
        ] {
            let feil = les(tekst).unwrap_err();
            assert!(feil.contains(ventet), "{tekst}: {feil}");
        }
    }

    const ORD: &[&str] = &[
        "\"personstatustyper\":[",
        "\"kommunenummer\":{",
        "\"bosatt\"",
        "null",
        "\\u0000",
        "1e400",
    ];

    fn gyldige() -> Vec<Vec<u8>> {
        vec![
            br#"{"personstatustyper":["bosatt","doed"],"doedsaarFraOgMed":"2020","kommunenummer":{"oppholdskommunenummer":"0301"}}"#
                .to_vec(),
        ]
    }

    fn proev(byte: &[u8]) {
        if let Ok((kriterier, _)) = les_bestilling(byte) {
            assert!(!kriterier.statuser.is_empty());
        }
    }

    fuzz::maal!(paalitelighet_15_fuzz_uttrekk_json, 4_000, ORD, gyldige, proev);
}
