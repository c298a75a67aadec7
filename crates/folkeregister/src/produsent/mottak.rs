//! Mottak: a message in, and a receipt out when it is durable.
//!
//! Source: folkeregister reference 9.1. 202 says that it is received, never that it is registered.

use std::borrow::Cow;
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::request::Parts;
use http::{StatusCode, header};
use meldinger::Meldingstype;
use meldinger::tre::{BYTE_MAKS, Element};
use saksbehandling::{Avslag, Mottatt};
use tjenesteflate::arbeid::utenfor_loekka;
use tjenesteflate::forhandling::{Aksept, Innholdstype, InnholdstypeError, Medietype};
use tjenesteflate::kropp;

use super::Produsenter;
use super::adgang::Adgang;
use super::feil::Feil;

const MOTTA: &str = "POST mottak/{ressurs}";
const PROEV: &str = "HEAD mottak/{ressurs}";

/// Takes in a message.
pub(super) async fn ta_imot(
    api: Arc<Produsenter>,
    adgang: Adgang,
    meldingstype: Meldingstype,
    deler: &Parts,
    kropp: Body,
) -> Result<Response, Feil> {
    let utfall = motta(&api, &adgang, meldingstype, deler, kropp).await;
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
    meldingstype: Meldingstype,
    deler: &Parts,
    kropp: Body,
) -> Result<Mottatt, Feil> {
    adgang.krev(meldingstype)?;
    Aksept::from_headers(&deler.headers).choose(&[Medietype::XML])?;
    let som_tekst = Medietype::new("text", "xml");
    let tekst_xml = |type_: &Innholdstype| type_.is(&Medietype::XML) || type_.is(&som_tekst);
    if Innholdstype::from_headers(&deler.headers)?.is_some_and(|type_| !tekst_xml(&type_)) {
        return Err(InnholdstypeError::Ugyldig.into());
    }
    let grense = kropp::Grense {
        bytes_maks: BYTE_MAKS,
        ..kropp::Grense::default()
    };
    let xml = kropp::read(kropp, &deler.headers, grense).await?;
    let tid = api.tid()?;
    let (api, organisasjon, produsent) = (api.clone(), adgang.organisasjon.clone(), adgang.produsent.clone());
    // Waits for the disk, and holds up no other call meanwhile.
    let utfall = utenfor_loekka(move || {
        let tillatt = |kilde: &str| produsent.kan_sende_med(meldingstype.kode(), kilde);
        api.saker.ta_imot(&organisasjon, meldingstype, &xml, &tillatt, &tid)
    });
    utfall.await.ok_or(Feil::Intern)?.map_err(|avslag| match avslag {
        Avslag::Xml(feil) => Feil::Xml(feil),
        Avslag::Skjema(avvik) => Feil::Skjema(avvik),
        Avslag::MeldingsidBrukt => {
            Feil::Meldingsid("avsendersMeldingsidentifikator er brukt i en annen melding fra samme avsender")
        }
        Avslag::Meldingsid => Feil::Meldingsid("avsendersMeldingsidentifikator må ha fra 1 til 255 tegn"),
        Avslag::Vedlegg => Feil::Vedlegg,
        Avslag::Kilde => Feil::UtenRettTilKilde(meldingstype),
        // No route leads here for a kind without rules.
        Avslag::Meldingstype => Feil::Intern,
        Avslag::Feil(feil) => feil.into(),
    })
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
