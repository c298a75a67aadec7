//! `event` and `event/latest`: the feed of the caller's view, dense and with numbers of its own.
//!
//! What a newcomer gets wrong: an empty answer to a call with `eventTypes` does not mean that the feed ends there; `event/latest`
//! says where it does. The whole feed has been looked through, from the number asked for.

use axum::response::Response;
use helsekopi::{Hendelse, Kopihendelse, Kopilesing};
use informasjonsmodell::verdi::skriv_tekst;
use tilgang::{Feedleveranse, Format, Svar};

use super::feil::Feil;
use super::kall::{Kall, svar, utenfor_loekka};
use crate::openapi::Brudd;
use crate::{EventType, Versjon};

/// Events in an answer. Source: Person API, `GET event`.
pub const HENDELSER_MAKS: usize = 1_000;

/// The Person API's word for one of the copy's events.
fn type_(hendelse: Kopihendelse) -> EventType {
    match hendelse {
        Kopihendelse::Freg(hendelsestype) => EventType::fra_hendelsestype(hendelsestype),
        Kopihendelse::Befolket => EventType::PersonPopulated,
        Kopihendelse::Rettet => EventType::PersonCorrected,
        Kopihendelse::Postadresse => EventType::ChangeInPostalAddress,
        Kopihendelse::PostadresseIUtlandet => EventType::ChangeInForeignPostalAddress,
        Kopihendelse::Oppholdstillatelse => EventType::ChangeInResidencePermit,
        Kopihendelse::HjelpenummerUtstedt => EventType::CreatedAlternateIdentificationNumber,
        Kopihendelse::HjelpenummerEndret => EventType::UpdatedAlternateIdentificationNumber,
        Kopihendelse::Kontaktregister => EventType::ChangeInCommonContactRegisterInformation,
    }
}

/// `GET event`: at most [`HENDELSER_MAKS`], or `maxLimit` where that is fewer.
pub(super) async fn fra(kall: &Kall) -> Result<Response, Feil> {
    let p = &kall.parametre;
    let maks = match p.heltall("maxLimit") {
        Some(0) => return Err(Feil::Ugyldig(vec![("maxLimit", Brudd::Tall)])),
        Some(maks) => usize::try_from(maks).unwrap_or(HENDELSER_MAKS).min(HENDELSER_MAKS),
        None => HENDELSER_MAKS,
    };
    let fra = p.heltall("sequenceNumber").unwrap_or(1);
    let typer: Vec<EventType> = p
        .alle("eventTypes")
        .iter()
        .filter_map(|navn| EventType::fra_navn(navn))
        .collect();
    let til = kall.clone();
    let (ut, levert) = utenfor_loekka(move || {
        let kopi = til.api.kopi.hent().ok_or(Feil::Fylles)?;
        let les = kopi.les()?;
        let hendelser = velg(&til, &les, fra, &typer, maks)?;
        let mut ut = Svar::new(Format::Json);
        if hendelser.is_empty() {
            ut.ramme(|ut| ut.extend_from_slice(b"{\"results\":[]}"));
            return Ok((ut, None));
        }
        ut.ramme(|ut| ut.extend_from_slice(b"{\"results\":["));
        ut.feedlinjer(|ut| {
            for (nr, hendelse) in hendelser.iter().enumerate() {
                if nr > 0 {
                    ut.push(b',');
                }
                skriv(&til, &les, hendelse, ut);
            }
        });
        let slutt = format!("],\"startIndex\":0,\"endIndex\":{}}}", hendelser.len() - 1);
        ut.ramme(|ut| ut.extend_from_slice(slutt.as_bytes()));
        Ok((ut, leveranse(&hendelser)))
    })
    .await?;
    if levert.is_none() && kall.adgang.omfang.versjon() == Versjon::V2 {
        return Err(Feil::IngenHendelse);
    }
    let frigitt = kall.frigi(ut, Vec::new(), levert).await?;
    Ok(svar(frigitt.til_kropp()))
}

/// `GET event/latest`.
pub(super) async fn siste(kall: &Kall) -> Result<Response, Feil> {
    let (ut, levert) = les_siste(kall)?;
    let frigitt = kall.frigi(ut, Vec::new(), Some(levert)).await?;
    Ok(svar(frigitt.til_kropp()))
}

fn les_siste(kall: &Kall) -> Result<(Svar, Feedleveranse), Feil> {
    let kopi = kall.api.kopi.hent().ok_or(Feil::Fylles)?;
    let les = kopi.les()?;
    let visning = kall.adgang.visning;
    let hendelser = les.hendelser(visning, les.siste(visning)?, 1)?;
    let (Some(hendelse), Some(levert)) = (hendelser.first(), leveranse(&hendelser)) else {
        return Err(Feil::IngenHendelse);
    };
    let mut ut = Svar::new(Format::Json);
    ut.feedlinjer(|ut| skriv(kall, &les, hendelse, ut));
    Ok((ut, levert))
}

fn velg(kall: &Kall, les: &Kopilesing<'_>, fra: u64, typer: &[EventType], maks: usize) -> Result<Vec<Hendelse>, Feil> {
    let visning = kall.adgang.visning;
    let mut ut = Vec::new();
    let mut neste = fra;
    loop {
        let bolk = les.hendelser(visning, neste, HENDELSER_MAKS)?;
        let Some(siste) = bolk.last() else { return Ok(ut) };
        neste = siste.sekvensnummer.saturating_add(1);
        let velges = |h: &Hendelse| typer.is_empty() || typer.contains(&type_(h.hendelse));
        for hendelse in bolk.into_iter().filter(velges) {
            if ut.len() >= maks {
                return Ok(ut);
            }
            ut.push(hendelse);
        }
        if ut.len() >= maks {
            return Ok(ut);
        }
    }
}

fn leveranse(hendelser: &[Hendelse]) -> Option<Feedleveranse> {
    let (foerste, siste) = (hendelser.first()?, hendelser.last()?);
    Some(Feedleveranse {
        fra: foerste.sekvensnummer,
        til: siste.sekvensnummer,
        avtrykk: [0; 32],
    })
}

/// One event. Version 3 has the number that it was issued on.
fn skriv(kall: &Kall, les: &Kopilesing<'_>, hendelse: &Hendelse, ut: &mut Vec<u8>) {
    ut.extend_from_slice(b"{\"sequenceNumber\":");
    skriv_tekst(ut, itoa::Buffer::new().format(hendelse.sekvensnummer));
    ut.extend_from_slice(b",\"personId\":");
    skriv_tekst(ut, &les.id(hendelse.person).to_string());
    ut.extend_from_slice(b",\"eventType\":");
    skriv_tekst(ut, type_(hendelse.hendelse).navn());
    if kall.adgang.omfang.versjon() == Versjon::V3 {
        ut.extend_from_slice(b",\"nin\":");
        skriv_tekst(ut, &format!("{:011}", hendelse.nummer));
    }
    ut.push(b'}');
}
