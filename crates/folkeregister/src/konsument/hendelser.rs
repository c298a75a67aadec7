//! `hendelser/…`: the feed, its last number, event documents, schemas.

use axum::body::Body;
use axum::response::Response;
use http::{StatusCode, header};
use informasjonsmodell::xml::les::Bulk;
use informasjonsmodell::xml::skriv::Rot;
use informasjonsmodell::{Forskyvning, Tidspunkt, xml};
use register::Dokumentidentifikator;
use std::borrow::Cow;
use tilgang::{Atomside, Feedleveranse, Feedlinje, Format, Revisjonspost, Svar};
use tjenesteflate::etag::IfNoneMatch;
use tjenesteflate::forhandling::{Aksept, Medietype};
use tjenesteflate::spoerring;

use super::feil::Feil;
use super::kall::{Kall, med_kropp};
use super::personer::{dokumentliste, fra_mangel, utenfor_loekka};

/// Items on a page.
///
/// Source: page "Hendelsesliste".
pub const SIDE_ELEMENTER: usize = 1_000;

/// `GET hendelser/feed`.
///
/// Shape: items in rising order from `seq`, included; `[]` when there is nothing more. `application/xml` gives the same
/// Atom document as `application/atom+xml` (our choice).
pub(crate) async fn feed(kall: Kall) -> Result<Response, Feil> {
    let aksept = Aksept::from_headers(&kall.deler.headers);
    let medietype = *aksept.choose(&[Medietype::JSON, Medietype::ATOM, Medietype::XML])?;
    let seq = spoerring::require("seq", kall.spoerring()?.int64("seq")?)?;
    let seq = u64::try_from(seq).map_err(|_| Feil::UgyldigSekvensnummer)?;
    let (kall, ut, levert) = utenfor_loekka(move || {
        let (ut, levert) = side(&kall, medietype, seq)?;
        Ok((kall, ut, levert))
    })
    .await?;
    let etag = kall.api.etag.tag(&[&[kall.adgang.projeksjon as u8], &ut.avtrykk()]);
    let uendret = IfNoneMatch::from_headers(&kall.deler.headers).matches(&etag);
    let post = Revisjonspost {
        kriterier: &[Cow::Borrowed("seq")],
        feed: levert.filter(|_| !uendret),
        ..kall.adgang.post(if uendret { 304 } else { 200 })
    };
    let frigitt = kall.api.frigivelse.frigi(ut, &post).await?;
    let mut svar = if uendret {
        let mut svar = Response::new(Body::empty());
        *svar.status_mut() = StatusCode::NOT_MODIFIED;
        svar
    } else {
        med_kropp(frigitt, medietype)
    };
    svar.headers_mut().insert(header::ETAG, etag.header());
    Ok(svar)
}

// A page, and which items it holds.
fn side(kall: &Kall, medietype: Medietype, seq: u64) -> Result<(Svar, Option<Feedleveranse>), Feil> {
    let projeksjon = kall.adgang.projeksjon;
    let les = kall.api.register.les()?;
    // One more than a page tells whether there is a next one.
    let mut elementer = les.feed(projeksjon, seq, SIDE_ELEMENTER + 1)?;
    let flere = elementer.len() > SIDE_ELEMENTER;
    elementer.truncate(SIDE_ELEMENTER);
    if elementer
        .first()
        .is_some_and(|e| e.bekreftet_sekunder < kall.api.eldste_sekunder())
    {
        return Err(Feil::UlovligSekvensnummer {
            maaneder: kall.api.oppbevaring_maaneder,
        });
    }
    let siste = elementer.last();
    let neste = siste.filter(|_| flere).map(|e| e.sekvensnummer + 1);
    let publisert = |sekunder: i64| Tidspunkt::new(sekunder, 0, 0, Forskyvning::Utc).ok_or(Feil::Intern);
    let base = format!("{}/{}/v1", kall.api.base, projeksjon.pakke().sti());
    let oppdatert = publisert(siste.map_or(0, |e| e.bekreftet_sekunder))?;
    let tekst = |id: Option<Dokumentidentifikator>| id.map(|id| id.to_string());
    let dokumenter: Vec<_> = elementer
        .iter()
        .map(|e| (tekst(e.hendelsesdokument), tekst(e.persondokument)))
        .collect();
    let linjer: Result<Vec<_>, Feil> = elementer
        .iter()
        .zip(&dokumenter)
        .map(|(e, (hendelsesdokument, persondokument))| {
            Ok(Feedlinje {
                sekvensnummer: e.sekvensnummer,
                folkeregisteridentifikator: &e.folkeregisteridentifikator,
                hendelsestype: e.hendelsestype,
                hendelsesdokument: hendelsesdokument.as_deref(),
                persondokument: persondokument.as_deref(),
                ajourholdstidspunkt: e.ajourholdstidspunkt,
                publisert: publisert(e.bekreftet_sekunder)?,
            })
        })
        .collect();
    let format = if medietype == Medietype::JSON {
        Format::Json
    } else {
        Format::Xml
    };
    let mut ut = Svar::new(format);
    ut.feedside(
        projeksjon,
        &Atomside {
            base: &base,
            seq,
            neste,
            oppdatert,
        },
        linjer?,
    );
    let levert = elementer.first().zip(siste).map(|(a, b)| Feedleveranse {
        fra: a.sekvensnummer,
        til: b.sekvensnummer,
        avtrykk: [0; 32],
    });
    Ok((ut, levert))
}

/// `GET hendelser/siste/sekvensnummer`: a bare number in JSON and text.
pub(crate) async fn siste(kall: &Kall) -> Result<Response, Feil> {
    let aksept = Aksept::from_headers(&kall.deler.headers);
    let medietype = *aksept.choose(&[Medietype::JSON, Medietype::XML, Medietype::TEKST])?;
    let nummer = kall.api.register.les()?.siste_sekvensnummer(kall.adgang.projeksjon)?;
    let kropp = if medietype == Medietype::XML {
        let mut ut = Vec::new();
        xml::skriv::sekvensnummer(&mut ut, nummer);
        ut
    } else {
        nummer.to_string().into_bytes()
    };
    kall.svar_uten_personer(kropp, medietype).await
}

/// `GET hendelser/{hendelsesidentifikator}`.
pub(crate) async fn oppslag(kall: &Kall) -> Result<Response, Feil> {
    let ut = vis_en(kall)?;
    kall.frigi(ut, &[]).await
}

fn vis_en(kall: &Kall) -> Result<Svar, Feil> {
    let format = kall.format()?;
    let id = kall
        .ledd
        .as_deref()
        .and_then(Dokumentidentifikator::parse)
        .ok_or(Feil::UkjentDokument)?;
    let les = kall.api.register.les()?;
    let hendelse = les
        .hendelse(id, kall.api.eldste_sekunder(), kall.adgang.projeksjon)?
        .map_err(|mangel| fra_mangel(mangel, kall))?;
    let mut ut = Svar::new(format);
    if format == Format::Xml {
        ut.ramme(xml::skriv::deklarasjon);
    }
    les.vis_hendelse(&hendelse, &mut ut, kall.adgang.projeksjon)?;
    Ok(ut)
}

/// `POST hendelser/bulkoppslag`: the documents that there are, in the order asked.
pub(crate) async fn bulkoppslag(kall: Kall) -> Result<Response, Feil> {
    dokumentliste(
        kall,
        Bulk::Hendelser,
        Rot::HendelseBulkoppslagResponse,
        |les, kall, id, ut| {
            let Ok(hendelse) = les.hendelse(id, kall.api.eldste_sekunder(), kall.adgang.projeksjon)? else {
                return Ok(false);
            };
            les.vis_hendelse(&hendelse, ut, kall.adgang.projeksjon)?;
            Ok(true)
        },
    )
    .await
}

/// `GET hendelser/xsd`.
pub(crate) async fn xsd(kall: &Kall) -> Result<Response, Feil> {
    Aksept::from_headers(&kall.deler.headers).choose(&[Medietype::XML])?;
    kall.svar_uten_personer(xml::xsd::hendelse(), Medietype::XML).await
}

/// `GET hendelser/feedxsd`.
pub(crate) async fn feedxsd(kall: &Kall) -> Result<Response, Feil> {
    Aksept::from_headers(&kall.deler.headers).choose(&[Medietype::XML])?;
    kall.svar_uten_personer(xml::xsd::feed(), Medietype::XML).await
}
