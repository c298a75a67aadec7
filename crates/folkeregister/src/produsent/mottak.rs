//! Mottak: a message in, and a receipt out when it is durable.
//!
//! Source: folkeregister reference 9.1. 202 says that it is received, never that it is registered. While a tied notice freezes
//! mottak, what is received waits in line.

use std::borrow::Cow;
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::request::Parts;
use http::{StatusCode, header};
use meldinger::Meldingstype;
use meldinger::tre::{BYTE_MAKS, Element};
use saksbehandling::{Avslag, Fil, Innsendt, Mottatt};
use signatur::Kontroll;
use tjenesteflate::arbeid::utenfor_loekka;
use tjenesteflate::forhandling::{Aksept, Innholdstype, InnholdstypeError, Medietype};
use tjenesteflate::kropp;
use tokio::sync::Semaphore;

use super::Produsenter;
use super::adgang::Adgang;
use super::feil::Feil;
use super::flerdelt::{self, FILER_BYTE_MAKS};
use super::ruter::Filer;
use super::signatur::Avsender;

const MOTTA: &str = "POST mottak/{ressurs}";
const PROEV: &str = "HEAD mottak/{ressurs}";
/// Messages that wait for their commit at once: two full ones. Source: our choice; each holds a thread.
static VENTER: Semaphore = Semaphore::const_new(128);

/// Takes in a message.
pub(super) async fn ta_imot(
    api: Arc<Produsenter>,
    adgang: Adgang,
    (meldingstype, filer): (Meldingstype, Filer),
    deler: &Parts,
    kropp: Body,
) -> Result<Response, Feil> {
    let utfall = motta(&api, &adgang, (meldingstype, filer), deler, kropp).await;
    let status = match &utfall {
        Ok(_) => StatusCode::ACCEPTED,
        Err(feil) => feil.kode().1,
    };
    noter(&api, &adgang, MOTTA, meldingstype, status).await?;
    let mottatt = utfall?;
    let mut svar = Response::new(Body::from(kvittering(&mottatt)));
    *svar.status_mut() = StatusCode::ACCEPTED;
    svar.headers_mut().insert(header::CONTENT_TYPE, Medietype::XML.header());
    Ok(svar)
}

/// Answers a test of the connection: whoever gets 200 may send.
pub(super) async fn proev(api: &Produsenter, adgang: &Adgang, meldingstype: Meldingstype) -> Result<Response, Feil> {
    let utfall = adgang.krev(meldingstype);
    let status = utfall.as_ref().err().map_or(StatusCode::OK, |feil| feil.kode().1);
    noter(api, adgang, PROEV, meldingstype, status).await?;
    utfall?;
    let mut svar = Response::new(Body::empty());
    svar.headers_mut().insert(header::CONTENT_TYPE, Medietype::XML.header());
    Ok(svar)
}

async fn motta(
    api: &Arc<Produsenter>,
    adgang: &Adgang,
    (meldingstype, filer): (Meldingstype, Filer),
    deler: &Parts,
    kropp: Body,
) -> Result<Mottatt, Feil> {
    adgang.krev(meldingstype)?;
    Aksept::from_headers(&deler.headers).choose(&[Medietype::XML])?;
    let (xml, vedlegg) = les(filer, deler, kropp).await?;
    let tid = api.tid()?;
    let (api, organisasjon, produsent) = (api.clone(), adgang.organisasjon.clone(), adgang.produsent.clone());
    let (saker, avtaler, utstedere) = (api.saker.clone(), api.avtaler.clone(), api.utstedere.clone());
    // What is registered has a clock of its own; certificates have not.
    let naa = (api.klokke)();
    // Keeps a processor busy, so it has a turn.
    let lest = utenfor_loekka(move || {
        let tillatt = |kilde: &str| produsent.kan_sende_med(meldingstype.kode(), kilde);
        let signatur = Kontroll(Avsender {
            utstedere: utstedere.as_deref(),
            avtaler: &avtaler,
            organisasjon: &organisasjon,
            naa,
        });
        let innsendt = Innsendt {
            xml: &xml,
            filer: &vedlegg,
            signatur: Some(&signatur),
        };
        saker.les(&organisasjon, meldingstype, &innsendt, &tillatt, &tid)
    });
    let avslag = |avslag| som_feil(avslag, meldingstype);
    let lest = lest.await.ok_or(Feil::Intern)?.map_err(avslag)?;
    // Waits for the disk with those that wait beside it: they share a commit. Never closed.
    let _plass = VENTER.acquire().await;
    let utfall = tokio::task::spawn_blocking(move || {
        // Looked at as late as can be: after it, only what shares its commit comes.
        let lest = if api.er_fryst() { lest.i_koe() } else { lest };
        api.saker.avgjoer_lest(lest)
    });
    let utfall = utfall.await;
    utfall.map_err(|_| Feil::Intern)?.map_err(avslag)
}

fn som_feil(avslag: Avslag, meldingstype: Meldingstype) -> Feil {
    match avslag {
        Avslag::Xml(feil) => Feil::Xml(feil),
        Avslag::Skjema(avvik) => Feil::Skjema(avvik),
        Avslag::Signatur(usann) => Feil::Signatur(usann),
        Avslag::MeldingsidBrukt => {
            Feil::Meldingsid("avsendersMeldingsidentifikator er brukt i en annen melding fra samme avsender")
        }
        Avslag::Meldingsid => Feil::Meldingsid("avsendersMeldingsidentifikator må ha fra 1 til 255 tegn"),
        Avslag::Vedlegg => Feil::Vedlegg,
        Avslag::Kilde => Feil::UtenRettTilKilde(meldingstype),
        Avslag::Feil(feil) => feil.into(),
    }
}

// The message, and its files, as the route takes them.
async fn les(filer: Filer, deler: &Parts, kropp: Body) -> Result<(Vec<u8>, Vec<Fil>), Feil> {
    let som_tekst = Medietype::new("text", "xml");
    let tekst_xml = |type_: &Innholdstype| type_.is(&Medietype::XML) || type_.is(&som_tekst);
    let flerdelt = Medietype::new("multipart", "form-data");
    let innholdstype = Innholdstype::from_headers(&deler.headers)?;
    let er_flerdelt = innholdstype.as_ref().is_some_and(|type_| type_.is(&flerdelt));
    let passer = match filer {
        Filer::Flerdelt => er_flerdelt,
        Filer::Valgfritt if er_flerdelt => true,
        Filer::Valgfritt | Filer::Ingen => innholdstype.as_ref().is_none_or(tekst_xml),
    };
    if !passer {
        return Err(InnholdstypeError::Ugyldig.into());
    }
    let bytes_maks = if er_flerdelt {
        BYTE_MAKS.saturating_add(FILER_BYTE_MAKS)
    } else {
        BYTE_MAKS
    };
    let grense = kropp::Grense {
        bytes_maks,
        ..kropp::Grense::default()
    };
    let byte = kropp::read(kropp, &deler.headers, grense).await?;
    if er_flerdelt {
        flerdelt::les(&deler.headers, byte).await
    } else {
        Ok((byte.into(), Vec::new()))
    }
}

async fn noter(
    api: &Produsenter,
    adgang: &Adgang,
    endepunkt: &'static str,
    meldingstype: Meldingstype,
    status: StatusCode,
) -> Result<(), Feil> {
    let kriterier = [Cow::Borrowed(meldingstype.ressurs())];
    let post = adgang.post(endepunkt, &kriterier, status.as_u16());
    api.frigivelse.noter(&post).await.map_err(|_| Feil::Utilgjengelig)
}

fn kvittering(mottatt: &Mottatt) -> String {
    let tekst = |navn: &str, verdi: &str| {
        let mut ut = Element::new("", navn);
        verdi.clone_into(&mut ut.tekst);
        ut
    };
    let mut ut = Element::new("", "meldingMottatt");
    ut.barn.push(tekst("folkeregisterReferanse", &mottatt.referanse));
    ut.barn.push(tekst("avsendersMeldingsidentifikator", &mottatt.melding));
    ut.til_xml()
}
