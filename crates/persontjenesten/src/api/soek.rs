//! `search/…`: whoever fits, as documents, as ids, in pages, or counted.
//!
//! What lives here: what each operation demands of its criteria, the contract's words for them in the register's, and the answers. Who
//! fits is `helsekopi`'s to say, by what the caller is shown.
//!
//! What a newcomer gets wrong: the order of a page is that of the copy's own numbers, which nobody is told. It is the same from page to
//! page, and whoever is new comes last, so that a walk meets all who were there when it began.

use axum::response::Response;
use helsekopi::{Ajour, Kopilesing};
use informasjonsmodell::Dato;
use register::Personnummer;
use soek::kopi::{Adressekriterier, Datointervall, FOERSTE_MAKS, Gateadresse, Kriterier, Navneord};
use tilgang::{Format, Svar};

use super::feil::Feil;
use super::kall::{Kall, Parametre, svar, utenfor_loekka};
use super::personer::{self, HOLDT};
use crate::Versjon;
use crate::openapi::Brudd;
use crate::oversettelse::kodelister::{GENDER, PERSON_STATUS_TYPE};
use crate::oversettelse::tabell::Kodeliste;

/// Letters that the names of a search for documents have together, at least. Source: Person API, `search/person`.
const BOKSTAVER_MIN: usize = 3;
/// Letters of a street that is enough beside a name. Source: as above.
const GATE_BOKSTAVER_MIN: usize = 3;
/// Ids of a page when the caller does not say. Source: Person API, `PageSize`.
const SIDE_STANDARD: u64 = 1_000;

const NAVN: [&str; 4] = ["FullName", "GivenName", "MiddleName", "FamilyName"];

/// `search/person`: documents of the first [`FOERSTE_MAKS`]; that there were more is not said.
pub(super) async fn personer(kall: &Kall) -> Result<Response, Feil> {
    let kriterier = les(&kall.parametre, |galt| {
        krev_navn_og_ett_til(&kall.parametre, kall.adgang.omfang.versjon(), galt);
    })?;
    let til = kall.clone();
    let lest = utenfor_loekka(move || {
        i_kopien(&til, &kriterier, |soek| {
            let funnet = soek.side(0, FOERSTE_MAKS)?;
            let hvem = funnet.into_iter().map(|person| Ok((person, None)));
            let mut lest = personer::vis(&til, &soek.les, soek.ajour, hvem)?;
            if !soek.uten.is_empty() {
                lest.merk(HOLDT);
            }
            Ok(lest)
        })
    })
    .await?;
    let bak = slutt(0, lest.antall());
    personer::liste(kall, lest, START, bak).await
}

/// `search/match-list`, version 2: every id at once, where they are not too many.
pub(super) async fn alle_ider(kall: &Kall) -> Result<Response, Feil> {
    let kriterier = les(&kall.parametre, |_| {})?;
    let maks = kall.api.innstillinger.match_list_maks;
    ider(kall, kriterier, "[", move |soek| {
        if soek.antall()? > maks {
            return Err(Feil::ForMangeTreff);
        }
        let mut ut: Vec<Personnummer> = Vec::new();
        loop {
            let side = soek.side(ut.len() as u64, soek::kopi::SIDE_MAKS)?;
            let siste = side.len() < soek::kopi::SIDE_MAKS;
            ut.extend(side);
            if siste {
                return Ok((ut, "]".to_owned()));
            }
        }
    })
    .await
}

/// `search/paged-match-list`: ids from an offset on.
pub(super) async fn side(kall: &Kall) -> Result<Response, Feil> {
    let kriterier = les(&kall.parametre, |_| {})?;
    let fra = kall.parametre.heltall("IndexOffset").unwrap_or_default();
    let antall = kall.parametre.heltall("PageSize").unwrap_or(SIDE_STANDARD);
    let antall = usize::try_from(antall).unwrap_or(soek::kopi::SIDE_MAKS);
    ider(kall, kriterier, START, move |soek| {
        let funnet = soek.side(fra, antall)?;
        let bak = slutt(fra, funnet.len());
        Ok((funnet, bak))
    })
    .await
}

/// `search/match-count`.
pub(super) async fn antall(kall: &Kall) -> Result<Response, Feil> {
    let kriterier = les(&kall.parametre, |_| {})?;
    ider(kall, kriterier, "", |soek| {
        Ok((Vec::new(), format!("{{\"matchCount\":{}}}", soek.antall()?)))
    })
    .await
}

/// How an answer of a search begins.
const START: &str = "{\"results\":[";

/// How it ends. The place of the last is the only handle for the next page: of an empty one it is the place before the first.
fn slutt(fra: u64, antall: usize) -> String {
    // Neither is more than the contract's 32 bits hold: an offset has its limit, and there are not as many persons.
    let neste = i128::from(fra) + antall as i128;
    format!("],\"startIndex\":{fra},\"endIndex\":{}}}", neste - 1)
}

/// Answers with ids: those found, between what stands before and after them.
async fn ider(
    kall: &Kall,
    kriterier: Kriterier,
    foran: &'static str,
    finn: impl FnOnce(&Soek<'_>) -> Result<(Vec<Personnummer>, String), Feil> + Send + 'static,
) -> Result<Response, Feil> {
    let til = kall.clone();
    let (ut, merker) = utenfor_loekka(move || {
        i_kopien(&til, &kriterier, |soek| {
            let (funnet, bak) = finn(soek)?;
            let mut ut = Svar::new(Format::Json);
            ut.ramme(|ut| ut.extend_from_slice(foran.as_bytes()));
            let id = |person| soek.les.id(person).to_string();
            soek.les.register().vis_navngitt(&funnet, &mut ut, id)?;
            ut.ramme(|ut| ut.extend_from_slice(bak.as_bytes()));
            let merker = if soek.uten.is_empty() {
                Vec::new()
            } else {
                vec![HOLDT.into()]
            };
            Ok((ut, merker))
        })
    })
    .await?;
    let frigitt = kall.frigi(ut, merker, None).await?;
    Ok(svar(frigitt.til_kropp()))
}

/// A search at one moment of the copy.
struct Soek<'k> {
    les: Kopilesing<'k>,
    ajour: Ajour,
    visning: helsekopi::Omfang,
    kriterier: &'k Kriterier,
    /// Whoever is not to be found: by an address, those whose addresses are kept back.
    uten: Vec<Personnummer>,
}

impl Soek<'_> {
    fn side(&self, hopp: u64, antall: usize) -> Result<Vec<Personnummer>, Feil> {
        Ok(self
            .les
            .finn_side_uten(self.visning, self.kriterier, &self.uten, hopp, antall)?)
    }

    fn antall(&self) -> Result<u64, Feil> {
        Ok(self.les.tell_uten(self.visning, self.kriterier, &self.uten)?)
    }
}

fn i_kopien<T>(
    kall: &Kall,
    kriterier: &Kriterier,
    gjoer: impl FnOnce(&Soek<'_>) -> Result<T, Feil>,
) -> Result<T, Feil> {
    let api = &kall.api;
    let kopi = api.kopi.hent().ok_or(Feil::Fylles)?;
    let med_adresse = kriterier.adresse != Adressekriterier::default();
    // Before the moment that is read, as of documents.
    let ajour = api.ajour();
    let uleste = if med_adresse {
        api.uten_adresse(ajour)?
    } else {
        Vec::new()
    };
    let les = kopi.les()?;
    let mut uten = Vec::new();
    for nummer in uleste {
        uten.extend(les.register().finn_nummer(nummer)?);
    }
    gjoer(&Soek {
        les,
        ajour,
        visning: kall.adgang.visning,
        kriterier,
        uten,
    })
}

/// Reads the criteria of a form; `ogsaa` adds what else is wrong, so that all is told at once.
fn les(p: &Parametre, ogsaa: impl FnOnce(&mut Vec<(&'static str, Brudd)>)) -> Result<Kriterier, Feil> {
    let mut galt = Vec::new();
    let mut dato = |navn: &'static str| -> Option<Dato> {
        let tekst = p.en(navn)?;
        let lest = Dato::parse(tekst);
        if lest.is_none() {
            galt.push((navn, Brudd::Dato));
        }
        lest
    };
    let mut mellom = |fra, til| Datointervall {
        fra: dato(fra),
        til: dato(til),
    };
    let foedt = mellom("BirthDateFrom", "BirthDateTo");
    let doed = mellom("DeathDateFrom", "DeathDateTo");
    let foedselsdato = dato("BirthDate");
    ogsaa(&mut galt);
    if !galt.is_empty() {
        return Err(Feil::Ugyldig(galt));
    }
    let tekst = |navn| p.en(navn).map(str::to_owned);
    let del = |navn| p.en(navn).map(Navneord::av_del);
    Ok(Kriterier {
        fullt_navn: p.en("FullName").map(Navneord::av_fullt_navn),
        fornavn: del("GivenName"),
        mellomnavn: del("MiddleName"),
        etternavn: del("FamilyName"),
        foedselsdato,
        foedt,
        doed,
        kjoenn: p.en("Gender").and_then(|verdi| norsk(&GENDER, verdi)),
        statuser: {
            let verdier = p.alle("PersonStatuses").iter();
            verdier.filter_map(|verdi| norsk(&PERSON_STATUS_TYPE, verdi)).collect()
        },
        adresse: Adressekriterier {
            gate: p.en("StreetAddress").map(Gateadresse::les),
            postnummer: tekst("PostalCode"),
            poststed: tekst("CityName"),
            kommunenummer: tekst("MunicipalityNumber"),
            grunnkrets: tekst("BasicStatisticalUnit"),
        },
        ogsaa_hjelpenumre: p.sann("includeAinResults"),
    })
}

/// The register's word for one of the contract's. That it is one of the list was held against the contract before.
fn norsk(liste: &'static Kodeliste, engelsk: &str) -> Option<String> {
    let kode = liste.koder.iter().find(|kode| kode.engelsk == engelsk)?;
    Some(kode.norsk.to_owned())
}

/// Of a search for documents: a name, three letters in all names together, and one thing more.
///
/// Source: Person API v2 and v3, `search/person`; postal code is enough in version 3 alone.
fn krev_navn_og_ett_til(p: &Parametre, versjon: Versjon, galt: &mut Vec<(&'static str, Brudd)>) {
    let bokstaver = |navn: &str| {
        p.en(navn)
            .map_or(0, |tekst| tekst.chars().filter(|c| c.is_alphabetic()).count())
    };
    let navnene: Vec<&'static str> = NAVN.into_iter().filter(|navn| p.en(navn).is_some()).collect();
    if navnene.is_empty() {
        galt.push(("FullName", Brudd::UtenNavn));
    } else if navnene.iter().map(|navn| bokstaver(navn)).sum::<usize>() < BOKSTAVER_MIN {
        galt.extend(navnene.into_iter().map(|navn| (navn, Brudd::FaaBokstaver)));
    }
    let gate = bokstaver("StreetAddress") >= GATE_BOKSTAVER_MIN;
    let har = |navn| p.en(navn).is_some();
    let nok = gate || har("BirthDate") || har("MunicipalityNumber");
    match versjon {
        Versjon::V2 if !nok => galt.push(("BirthDate", Brudd::UtenStedEllerDato)),
        Versjon::V3 if !nok && !har("PostalCode") => galt.push(("BirthDate", Brudd::UtenStedPostnummerEllerDato)),
        Versjon::V2 | Versjon::V3 => {}
    }
}
