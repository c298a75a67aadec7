//! `person/…`: one or up to a hundred persons, by id or by a number; and documents of whoever a search finds.
//!
//! What a newcomer gets wrong: an id leads to its own entry, also when that was merged into another; a number leads to whoever has
//! it now. So the entry that ended is seen by its id alone, and says nothing but that it ended.

use std::borrow::Cow;
use std::collections::BTreeSet;

use axum::response::Response;
use helsekopi::{Ajour, Kontakt, Kopilesing, Omfang as Visning, Personid};
use identifikator::{FellesHjelpenummer, Folkeregisteridentifikator};
use informasjonsmodell::Entitet;
use register::Personnummer;
use tilgang::{Entitetsmengde, Format, Projeksjon, Svar, Utvalg};

use super::feil::Feil;
use super::kall::{Kall, svar, utenfor_loekka};
use super::tilstand::PersonApi;
use crate::openapi::Omfang;
use crate::oversettelse::{Hode, Oversetter};
use crate::{InformationPart, Versjon};

/// Between documents in a release: a byte that JSON never has outside an escape. Source: RFC 7464 uses it so.
const SKILLE: u8 = 0x1e;
/// Digits of a DUF number. Source: Folkeregisteret, `utlendingsmyndighetenesIdentifikasjonsnummer`.
const DUF_SIFFER: usize = 12;
/// The status of an entry that was merged into another, as the register would say it. Source: Person API, merging.
const OPPHOERT: &[u8] = br#""status":[{"erGjeldende":true,"status":"opphoert"}]"#;

/// What the audit record is told when addresses were kept back.
pub(super) const HOLDT: &str = "holdt-tilbake=adresser-med-uleste-endringer";

/// How one is asked for.
enum Hvem<'a> {
    Id(&'a str),
    Nummer(&'a str),
}

/// What the service says of a person beside what is released.
struct Ved {
    id: String,
    sekvensnummer: u64,
    kontakt: Option<Vec<u8>>,
    opphoert: bool,
}

/// What was read at one moment, not yet released.
pub(super) struct Lest {
    svar: Svar,
    personer: Vec<Ved>,
    merker: Vec<Cow<'static, str>>,
}

/// `person/{id}` and `person/get-by-nin`.
pub(super) async fn en(kall: &Kall) -> Result<Response, Feil> {
    let p = &kall.parametre;
    let hvem = p.en("id").map(Hvem::Id).or(p.en("nin").map(Hvem::Nummer));
    let lest = les(kall, hvem.into_iter())?;
    if lest.personer.is_empty() {
        return Err(Feil::IngenPerson);
    }
    let frigitt = kall.frigi(lest.svar, lest.merker, None).await?;
    // English is somewhat longer: room once, and not a little at a time.
    let mut ut = Vec::with_capacity(frigitt.byte().len() * 2);
    oversett(kall, frigitt.byte(), &lest.personer, &mut ut)?;
    Ok(svar(ut))
}

/// `person/bulk-by-id` and `person/bulk-by-nin`: whoever there is, each once, in no order that means anything.
pub(super) async fn flere(kall: &Kall) -> Result<Response, Feil> {
    let til = kall.clone();
    let lest = utenfor_loekka(move || {
        let p = til.parametre.clone();
        let ider = p.alle("personIds").iter().map(|id| Hvem::Id(id));
        let numre = p.alle("nins").iter().map(|nummer| Hvem::Nummer(nummer));
        les(&til, ider.chain(numre))
    })
    .await?;
    liste(kall, lest, "[", "]".to_owned()).await
}

/// Releases several, and answers with them between two pieces of text of the contract's.
pub(super) async fn liste(kall: &Kall, lest: Lest, foran: &'static str, bak: String) -> Result<Response, Feil> {
    let frigitt = kall.frigi(lest.svar, lest.merker, None).await?;
    let til = kall.clone();
    let ut = utenfor_loekka(move || {
        let mut ut = foran.as_bytes().to_vec();
        oversett(&til, frigitt.byte(), &lest.personer, &mut ut)?;
        ut.extend_from_slice(bak.as_bytes());
        Ok(ut)
    })
    .await?;
    Ok(svar(ut))
}

impl Lest {
    /// How many persons there are.
    pub fn antall(&self) -> usize {
        self.personer.len()
    }

    /// With a word more for the audit record.
    pub fn merk(&mut self, merke: &'static str) {
        if !self.merker.iter().any(|har| har == merke) {
            self.merker.push(Cow::Borrowed(merke));
        }
    }
}

fn les<'a>(kall: &Kall, hvem: impl Iterator<Item = Hvem<'a>>) -> Result<Lest, Feil> {
    let Kall { api, adgang, .. } = kall;
    let kopi = api.kopi.hent().ok_or(Feil::Fylles)?;
    // Before the moment that is read: what becomes known of in between is kept back, and not the other way round.
    let ajour = api.ajour();
    let les = kopi.les()?;
    let mut bom = 0;
    let funnet = hvem.map(|hvem| {
        let funnet = finn(api, &les, adgang.omfang, adgang.visning, &hvem)?;
        bom += u32::from(funnet.is_none() && matches!(hvem, Hvem::Nummer(_)));
        Ok(funnet)
    });
    let lest = vis(kall, &les, ajour, funnet.filter_map(Result::transpose));
    api.struping.bom(adgang.forelder, bom);
    lest
}

/// Shows persons, each once, with the number they were asked for by if it was by one. `ajour` is of before the moment that is read.
pub(super) fn vis(
    kall: &Kall,
    les: &Kopilesing<'_>,
    ajour: Ajour,
    hvem: impl Iterator<Item = Result<(Personnummer, Option<u64>), Feil>>,
) -> Result<Lest, Feil> {
    let Kall { api, adgang, parametre } = kall;
    let spurt: Entitetsmengde = parametre.deler().filter_map(InformationPart::entitet).collect();
    let med_kontakt = parametre.deler().any(|del| del.entitet().is_none());
    let (uten_adresser, adresser) = helsekopi::uten_adresser(spurt);
    let historikk = parametre.sann("includeHistory");
    let register = les.register();
    let (mut ut, mut personer, mut sett) = (Svar::new(Format::Json), Vec::new(), BTreeSet::new());
    let (mut holdte, mut kontakter, mut ikke_ferske) = (0, 0, 0);
    let naa_s = (api.klokke)().as_second();
    let alder_maks_s = api.innstillinger.kontaktalder_maks.as_secs();
    for hvem in hvem {
        let (person, nummer) = hvem?;
        if !sett.insert(person) {
            continue;
        }
        let opphoert = !register.er_noen(person)?;
        let holdes = !opphoert && ajour.holder(&api.maaling, register, person)?;
        let utvalg = if opphoert {
            // Whatever is asked for: the numbers that it had, and nothing else. None of them is valid.
            Utvalg {
                entiteter: spurt.felles(Entitetsmengde::av(Entitet::Identifikasjonsnummer)),
                historikk: true,
            }
        } else {
            Utvalg {
                entiteter: if holdes { uten_adresser } else { spurt },
                historikk,
            }
        };
        ut.ramme(|ut| ut.push(SKILLE));
        let nummer = match nummer {
            Some(nummer) => nummer,
            None => register.nummer(person)?,
        };
        register.vis(person, &mut ut, adgang.visning.projeksjon(), utvalg, nummer)?;
        if holdes {
            ut.holdt_tilbake(adresser);
            holdte += 1;
        }
        let kontakt = match med_kontakt && !opphoert {
            true => les.fersk_kontakt(person, adgang.visning, naa_s, alder_maks_s)?,
            false => Kontakt::IkkeVist,
        };
        let kontakt = match kontakt {
            Kontakt::Svar(svar) => Some(svar),
            // To the caller as if KRR had nothing; the record tells them apart.
            Kontakt::ForGammel | Kontakt::IkkeLest => {
                ikke_ferske += 1;
                None
            }
            Kontakt::IkkeVist | Kontakt::Ingen => None,
        };
        kontakter += u64::from(kontakt.is_some());
        personer.push(Ved {
            id: les.id(person).to_string(),
            sekvensnummer: les.sekvensnummer(person, adgang.visning)?,
            kontakt,
            opphoert,
        });
    }
    api.tellere.holdt(holdte);
    let mut merker = Vec::new();
    if holdte > 0 {
        merker.push(Cow::Borrowed(HOLDT));
    }
    if kontakter > 0 {
        merker.push(Cow::Borrowed("utlevert=kontaktopplysninger"));
    }
    if ikke_ferske > 0 {
        merker.push(Cow::Borrowed("holdt-tilbake=kontaktopplysninger-uten-fersk-lesing"));
    }
    Ok(Lest {
        svar: ut,
        personer,
        merker,
    })
}

/// Who is asked for, and the number they were asked for by. Several with one DUF number: none, as it cannot be said who.
fn finn(
    api: &PersonApi,
    les: &Kopilesing<'_>,
    omfang: Omfang,
    visning: Visning,
    hvem: &Hvem<'_>,
) -> Result<Option<(Personnummer, Option<u64>)>, Feil> {
    match hvem {
        Hvem::Id(tekst) => match Personid::les(tekst) {
            Some(id) => Ok(les.person(id)?.map(|person| (person, None))),
            None => Ok(None),
        },
        Hvem::Nummer(tekst) => {
            if let Ok(id) = Folkeregisteridentifikator::parse(tekst) {
                let funnet = les.register().finn(&id)?;
                return Ok(funnet.map(|person| (person, Some(id.to_u64()))));
            }
            if let Ok(nummer) = FellesHjelpenummer::parse(tekst) {
                let funnet = les.register().finn_nummer(nummer.to_u64())?;
                return Ok(funnet.map(|person| (person, Some(nummer.to_u64()))));
            }
            let duf = tekst.len() == DUF_SIFFER && tekst.bytes().all(|b| b.is_ascii_digit());
            // What is not shown is not found by either, save where the setting says so.
            let projeksjon = match omfang {
                Omfang::UtenHjemmel if api.innstillinger.duf_uten_hjemmel => Projeksjon::MedHjemmelUtenGraderte,
                Omfang::UtenHjemmel => return Ok(None),
                _ => visning.projeksjon(),
            };
            if !duf {
                return Ok(None);
            }
            let funnet = soek::kopi::finn_duf(les.register(), projeksjon, tekst)?;
            Ok(match funnet.as_slice() {
                [en] => Some((*en, None)),
                _ => None,
            })
        }
    }
}

/// Translates what was released, one after another with commas between.
fn oversett(kall: &Kall, frigitt: &[u8], personer: &[Ved], ut: &mut Vec<u8>) -> Result<(), Feil> {
    let Kall { api, adgang, parametre } = kall;
    let versjon: Versjon = adgang.omfang.versjon();
    let mut dokumenter = frigitt.split(|byte| *byte == SKILLE).skip(1);
    let steder = api.steder().ok_or(Feil::Intern)?;
    let mut oversetter = Oversetter::new(versjon, &steder);
    for (nr, ved) in personer.iter().enumerate() {
        let norsk = dokumenter.next().ok_or(Feil::Intern)?;
        let norsk = match (
            ved.opphoert,
            parametre.deler().any(|del| del == InformationPart::Status),
        ) {
            (true, true) => Cow::Owned(med_opphoert(norsk)?),
            _ => Cow::Borrowed(norsk),
        };
        let kontaktdata = match &ved.kontakt {
            Some(krr) => Some(oversetter.kontaktdata(krr)?),
            None => None,
        };
        if let Some(kontaktdata) = &kontaktdata {
            api.tellere.oversatt(kontaktdata.telling());
        }
        if nr > 0 {
            ut.push(b',');
        }
        let hode = Hode {
            id: &ved.id,
            sekvensnummer: ved.sekvensnummer,
            kontaktdata: kontaktdata.as_ref(),
        };
        api.tellere.oversatt(oversetter.person(&norsk, &hode, ut)?);
    }
    if dokumenter.next().is_some() {
        return Err(Feil::Intern);
    }
    Ok(())
}

/// The document of an entry that ended, with the status that says so.
fn med_opphoert(norsk: &[u8]) -> Result<Vec<u8>, Feil> {
    let uten_slutt = norsk.strip_suffix(b"}").ok_or(Feil::Intern)?;
    let mut ut = uten_slutt.to_vec();
    if uten_slutt != b"{" {
        ut.push(b',');
    }
    ut.extend_from_slice(OPPHOERT);
    ut.push(b'}');
    Ok(ut)
}
