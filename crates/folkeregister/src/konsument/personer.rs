//! `personer/…`: lookup, bulk, archive, schema.

use axum::response::Response;
use identifikator::Folkeregisteridentifikator;
use informasjonsmodell::verdi::skriv_tekst;
use informasjonsmodell::xml::les::Bulk;
use informasjonsmodell::xml::skriv::{self as xml, Rot};
use register::{Dokumentidentifikator, Dokumentmangel, Lesing};
use tilgang::{Format, Svar, Utvalg};
use tjenesteflate::forhandling::{Aksept, Medietype};

use super::feil::Feil;
use super::kall::Kall;

/// What an entry of a bulk answer says in place of a person: one text, whatever the reason.
///
/// Source: requirement that unknown, ended and hidden look the same; the text is our choice.
const BULK_UKJENT: &str = "Fant ingen person med oppgitt identifikator";

/// `GET personer/{personidentifikator}`.
pub(crate) async fn oppslag(kall: &Kall) -> Result<Response, Feil> {
    let ut = vis_en(kall)?;
    kall.frigi(ut, kall.spurt().as_slice()).await
}

fn vis_en(kall: &Kall) -> Result<Svar, Feil> {
    let format = kall.format()?;
    let utvalg = kall.utvalg()?;
    let tekst = kall.ledd.as_deref().unwrap_or_default();
    let id = Folkeregisteridentifikator::parse(tekst).map_err(|_| Feil::UgyldigIdentifikator)?;
    let les = kall.api.register.les()?;
    let person = les.finn(&id)?.ok_or(Feil::UkjentPerson)?;
    let mut ut = Svar::new(format);
    if format == Format::Xml {
        ut.ramme(xml::deklarasjon);
    }
    les.vis(person, &mut ut, kall.adgang.projeksjon, utvalg, id.to_u64())?;
    Ok(ut)
}

/// `POST personer/bulkoppslag`.
pub(crate) async fn bulkoppslag(mut kall: Kall) -> Result<Response, Feil> {
    let utvalg = kall.utvalg()?;
    let som_bestilt = kall.spoerring()?.boolean("somBestilt")?.unwrap_or(false);
    let (identifikatorer, format) = kall.les_bulk(Bulk::Personer).await?;
    let (kall, ut, spurt) = utenfor_loekka(move || {
        let les = kall.api.register.les()?;
        let mut ut = Svar::new(format);
        start_liste(&mut ut, Rot::PersonBulkoppslagResponse, b"{\"oppslag\":[");
        let mut sett = std::collections::BTreeSet::new();
        let mut spurt = Vec::with_capacity(identifikatorer.len());
        let (mut foerste, mut bom) = (true, 0);
        for tekst in &identifikatorer {
            if !som_bestilt && !sett.insert(tekst.as_str()) {
                continue;
            }
            let id = Folkeregisteridentifikator::parse(tekst).ok();
            spurt.extend(id.map(|id| id.to_u64()));
            let funnet = bulkoppslag_en(&les, &kall, utvalg, (tekst, id), som_bestilt, &mut ut, &mut foerste)?;
            bom += usize::from(id.is_some() && !funnet);
        }
        kall.api.struping.bom(kall.adgang.organisasjon, bom);
        slutt_liste(&mut ut, Rot::PersonBulkoppslagResponse, b"]}");
        drop(les);
        Ok((kall, ut, spurt))
    })
    .await?;
    kall.frigi(ut, &spurt).await
}

// Whether somebody has the number.
fn bulkoppslag_en(
    les: &Lesing<'_>,
    kall: &Kall,
    utvalg: Utvalg,
    (tekst, id): (&str, Option<Folkeregisteridentifikator>),
    som_bestilt: bool,
    ut: &mut Svar,
    foerste: &mut bool,
) -> Result<bool, Feil> {
    let funnet = id.map(|id| les.finn(&id)).transpose()?.flatten();
    if funnet.is_none() && !som_bestilt {
        return Ok(false);
    }
    let komma = !std::mem::replace(foerste, false);
    let json = ut.format() == Format::Json;
    ut.ramme(|ut| {
        if json {
            ut.extend_from_slice(if komma {
                b",{\"foedselsEllerDNummer\":"
            } else {
                b"{\"foedselsEllerDNummer\":"
            });
            skriv_tekst(ut, tekst);
        }
    });
    match (funnet, id) {
        (Some(person), Some(id)) => {
            ut.ramme(|ut| {
                if json {
                    ut.extend_from_slice(b",\"folkeregisterperson\":")
                } else {
                    xml::oppslag_start(ut, tekst)
                }
            });
            les.vis(person, ut, kall.adgang.projeksjon, utvalg, id.to_u64())?;
            ut.ramme(|ut| if json { ut.push(b'}') } else { xml::oppslag_slutt(ut) });
        }
        _ => ut.ramme(|ut| {
            if json {
                ut.extend_from_slice(b",\"feilmelding\":{\"feilmelding\":");
                skriv_tekst(ut, BULK_UKJENT);
                ut.extend_from_slice(b"}}");
            } else {
                xml::oppslag_feil(ut, tekst, BULK_UKJENT);
            }
        }),
    }
    Ok(funnet.is_some())
}

/// `GET personer/arkiv/{dokumentidentifikator}`.
pub(crate) async fn arkiv(kall: &Kall) -> Result<Response, Feil> {
    let ut = vis_arkiv(kall)?;
    kall.frigi(ut, &[]).await
}

fn vis_arkiv(kall: &Kall) -> Result<Svar, Feil> {
    let format = kall.format()?;
    let utvalg = kall.utvalg()?;
    let id = kall
        .ledd
        .as_deref()
        .and_then(Dokumentidentifikator::parse)
        .ok_or(Feil::UkjentDokument)?;
    let les = kall.api.register.les()?;
    let mut ut = Svar::new(format);
    if format == Format::Xml {
        ut.ramme(xml::deklarasjon);
    }
    let utfall = les.vis_arkiv(id, kall.api.eldste_sekunder(), &mut ut, kall.adgang.projeksjon, utvalg)?;
    utfall.map_err(|mangel| fra_mangel(mangel, kall))?;
    Ok(ut)
}

/// `POST personer/bulkoppslag/arkiv`: the documents that there are, in the order asked.
pub(crate) async fn bulkoppslag_arkiv(kall: Kall) -> Result<Response, Feil> {
    let utvalg = kall.utvalg()?;
    dokumentliste(
        kall,
        Bulk::Arkiv,
        Rot::ArkivDokumentBulkoppslagResponse,
        move |les, kall, id, ut| {
            let funnet = les.vis_arkiv(id, kall.api.eldste_sekunder(), ut, kall.adgang.projeksjon, utvalg)?;
            Ok(funnet.is_ok())
        },
    )
    .await
}

/// A list of the documents that there are, in the order asked. `vis` writes one, and says whether there is one.
pub(crate) async fn dokumentliste(
    mut kall: Kall,
    bulk: Bulk,
    rot: Rot,
    vis: impl Fn(&Lesing<'_>, &Kall, Dokumentidentifikator, &mut Svar) -> Result<bool, Feil> + Send + 'static,
) -> Result<Response, Feil> {
    let (identifikatorer, format) = kall.les_bulk(bulk).await?;
    let (kall, ut) = utenfor_loekka(move || {
        let les = kall.api.register.les()?;
        let mut ut = Svar::new(format);
        start_liste(&mut ut, rot, b"[");
        let mut foerste = true;
        for id in identifikatorer.iter().filter_map(|t| Dokumentidentifikator::parse(t)) {
            let mut en = Svar::new(format);
            if vis(&les, &kall, id, &mut en)? {
                let komma = !std::mem::replace(&mut foerste, false);
                if komma && format == Format::Json {
                    ut.ramme(|ut| ut.push(b','));
                }
                ut.ta_med(en);
            }
        }
        slutt_liste(&mut ut, rot, b"]");
        drop(les);
        Ok((kall, ut))
    })
    .await?;
    kall.frigi(ut, &[]).await
}

/// `GET personer/xsd`.
pub(crate) async fn xsd(kall: &Kall) -> Result<Response, Feil> {
    Aksept::from_headers(&kall.deler.headers).choose(&[Medietype::XML])?;
    kall.svar_uten_personer(informasjonsmodell::xml::xsd::person(), Medietype::XML)
        .await
}

pub(crate) fn fra_mangel(mangel: Dokumentmangel, kall: &Kall) -> Feil {
    match mangel {
        Dokumentmangel::Ukjent => Feil::UkjentDokument,
        Dokumentmangel::ForGammelt => Feil::ForGammelt {
            maaneder: kall.api.oppbevaring_maaneder,
        },
    }
}

pub(super) fn start_liste(ut: &mut Svar, rot: Rot, json: &[u8]) {
    let format = ut.format();
    ut.ramme(|ut| match format {
        Format::Json => ut.extend_from_slice(json),
        Format::Xml => {
            xml::deklarasjon(ut);
            xml::start(ut, rot);
        }
    });
}

pub(super) fn slutt_liste(ut: &mut Svar, rot: Rot, json: &[u8]) {
    let format = ut.format();
    ut.ramme(|ut| match format {
        Format::Json => ut.extend_from_slice(json),
        Format::Xml => xml::slutt(ut, rot),
    });
}

/// Runs what takes milliseconds where it does not hold up other calls.
pub(crate) async fn utenfor_loekka<T: Send + 'static>(
    arbeid: impl FnOnce() -> Result<T, Feil> + Send + 'static,
) -> Result<T, Feil> {
    tjenesteflate::arbeid::utenfor_loekka(arbeid)
        .await
        .unwrap_or(Err(Feil::Intern))
}
