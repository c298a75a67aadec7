//! `personer/soek` and `personer/entydigsoek`.
//!
//! What a caller asks by is read here and refused here; what it finds is decided in `soek`, by what its projection is
//! shown. A parameter that the operation does not have is passed over, as everywhere.

use axum::response::Response;
use identifikator::{Dato, Folkeregisteridentifikator};
use informasjonsmodell::xml::skriv::{self as xml, Rot};
use soek::{Adressekriterier, Entydigkriterier, Husnummer, Kriterier, Landnummer, Navnekriterier, Personliste, navn};
use tilgang::{Format, Kriterium, Projeksjon, Svar, kan_soekes_med, rett_til_treff};
use tjenesteflate::spoerring::Spoerring;

use super::feil::Feil;
use super::kall::Kall;
use super::personer::{slutt_liste, start_liste, utenfor_loekka};

/// What `personer/soek` is asked by, for the audit record.
pub(super) const PERSONSOEK: &[&str] = &[
    "navn",
    "kjoenn",
    "foedselsdato",
    "foedselsaarFraOgMed",
    "foedselsaarTilOgMed",
    "adressenavn",
    "husnummer",
    "postnummer",
    "kommunenummer",
    "fylkesnummer",
    "inkluderOppholdsadresse",
    "soekFonetisk",
    "inkluderDoede",
    "opplysningsgrunnlag",
    "maksTreff",
];

/// What `personer/entydigsoek` is asked by, for the audit record.
pub(super) const ENTYDIGSOEK: &[&str] = &[
    "navn",
    "identifikasjonsnummer",
    "utenlandskpersonidentifikasjon",
    "legitimasjonsdokument",
    DUF,
    DUF_SOM_SKREVET,
    "foedselsdato",
    "postnummer",
    "adressenavn",
    "husnummer",
    "soekFonetisk",
    "opplysningsgrunnlag",
];

/// OpenAPI has it in lower case, and the documentation as the entity is written; both are taken.
const DUF: &str = "utlendingsmyndighetenesidentifikasjonsnummer";
const DUF_SOM_SKREVET: &str = "utlendingsmyndighetenesIdentifikasjonsnummer";

/// Words of a name that are looked for at once. Source: our choice; nobody has as many.
const ORD_MAKS: usize = 20;

/// Characters of a name, a street or a number that are looked at. Source: our choice.
const TEGN_MAKS: usize = 200;

/// `GET personer/soek`.
pub(crate) async fn personsoek(kall: Kall) -> Result<Response, Feil> {
    let format = kall.format()?;
    let spoerring = kall.spoerring()?;
    let kriterier = les_kriterier(&spoerring)?;
    let maks = maks_treff(&spoerring)?;
    let (kall, ut) = utenfor_loekka(move || {
        let les = kall.api.register.les()?;
        let projeksjon = kall.adgang.projeksjon;
        let Personliste::Personer(funnet) = soek::finn(&les, projeksjon, &kriterier)? else {
            return Err(Feil::ForMangeTreff { maks: soek::TREFF_MAKS });
        };
        let mut ut = Svar::new(format);
        start_liste(&mut ut, Rot::PersonsoekResponse, b"{\"foedselsEllerDNummer\":[");
        les.vis_numre(funnet.get(..maks).unwrap_or(&funnet), &mut ut, projeksjon)?;
        slutt_liste(&mut ut, Rot::PersonsoekResponse, b"]}");
        drop(les);
        Ok((kall, ut))
    })
    .await?;
    kall.frigi(ut, &[]).await
}

/// `GET personer/entydigsoek`.
pub(crate) async fn entydigsoek(kall: Kall) -> Result<Response, Feil> {
    let format = kall.format()?;
    let utvalg = kall.utvalg()?;
    let kriterier = les_entydig(&kall.spoerring()?, kall.adgang.projeksjon)?;
    let (kall, ut) = utenfor_loekka(move || {
        let les = kall.api.register.les()?;
        let projeksjon = kall.adgang.projeksjon;
        let person = soek::finn_entydig(&les, projeksjon, &kriterier)?.ok_or(Feil::IkkeEntydig)?;
        let mut ut = Svar::new(format);
        if format == Format::Xml {
            ut.ramme(xml::deklarasjon);
        }
        les.vis(person, &mut ut, projeksjon, utvalg, les.nummer(person)?)?;
        drop(les);
        Ok((kall, ut))
    })
    .await?;
    kall.frigi(ut, kall.spurt().as_slice()).await
}

fn ugyldig(navn: &'static str, regel: &'static str) -> Feil {
    Feil::UgyldigKriterium { navn, regel }
}

// The text of a parameter that is there, short enough to be looked at.
fn tekst<'s>(spoerring: &'s Spoerring, navn: &'static str) -> Result<Option<&'s str>, Feil> {
    match spoerring.text(navn)? {
        Some(tekst) if tekst.trim().is_empty() => Err(ugyldig(navn, "mangler verdi")),
        Some(tekst) if tekst.chars().count() > TEGN_MAKS => Err(ugyldig(navn, "er for lang")),
        tekst => Ok(tekst),
    }
}

fn siffer(
    spoerring: &Spoerring,
    navn: &'static str,
    antall: usize,
    regel: &'static str,
) -> Result<Option<String>, Feil> {
    match tekst(spoerring, navn)? {
        Some(tekst) if tekst.len() == antall && tekst.bytes().all(|b| b.is_ascii_digit()) => Ok(Some(tekst.to_owned())),
        Some(_) => Err(ugyldig(navn, regel)),
        None => Ok(None),
    }
}

fn aarstall(spoerring: &Spoerring, navn: &'static str) -> Result<Option<u16>, Feil> {
    let aar = siffer(spoerring, navn, 4, "må være et årstall med fire siffer")?;
    Ok(aar.and_then(|aar| aar.parse().ok()))
}

fn foedselsdato(spoerring: &Spoerring) -> Result<Option<String>, Feil> {
    const NAVN: &str = "foedselsdato";
    const REGEL: &str = "må være en dato på formen ÅÅÅÅMMDD";
    let Some(tekst) = siffer(spoerring, NAVN, 8, REGEL)? else {
        return Ok(None);
    };
    let (aar, rest) = tekst.split_at_checked(4).unwrap_or_default();
    let (maaned, dag) = rest.split_at_checked(2).unwrap_or_default();
    let dato = match (aar.parse(), maaned.parse(), dag.parse()) {
        (Ok(aar), Ok(maaned), Ok(dag)) => Dato::new(aar, maaned, dag),
        _ => None,
    };
    dato.ok_or(ugyldig(NAVN, REGEL))?;
    Ok(Some(format!("{aar}-{maaned}-{dag}")))
}

fn navnet(spoerring: &Spoerring) -> Result<Navnekriterier, Feil> {
    let fonetisk = spoerring.boolean("soekFonetisk")?.unwrap_or(false);
    let Some(tekst) = tekst(spoerring, "navn")? else {
        return Ok(Navnekriterier {
            ord: Vec::new(),
            fonetisk,
        });
    };
    let ord = navn::words(tekst);
    match ord.len() {
        0 => Err(ugyldig("navn", "må ha minst ett ord")),
        antall if antall > ORD_MAKS => Err(ugyldig("navn", "har for mange ord")),
        _ => Ok(Navnekriterier { ord, fonetisk }),
    }
}

fn historisk(spoerring: &Spoerring) -> Result<bool, Feil> {
    match spoerring.text("opplysningsgrunnlag")? {
        None | Some("gjeldende") => Ok(false),
        Some("historisk") => Ok(true),
        Some(_) => Err(ugyldig("opplysningsgrunnlag", "må være gjeldende eller historisk")),
    }
}

fn adresse(spoerring: &Spoerring) -> Result<Adressekriterier, Feil> {
    let gate = tekst(spoerring, "adressenavn")?.map(navn::normalise);
    if gate.as_ref().is_some_and(|g| g.chars().count() < soek::GATE_TEGN_MIN) {
        return Err(ugyldig("adressenavn", "må ha minst tre tegn"));
    }
    let husnummer = match tekst(spoerring, "husnummer")? {
        None => None,
        Some(tekst) => {
            let lest = Husnummer::les(tekst.trim());
            Some(lest.ok_or(ugyldig("husnummer", "må være et tall, med eller uten en bokstav"))?)
        }
    };
    Ok(Adressekriterier {
        gate,
        husnummer,
        postnummer: siffer(spoerring, "postnummer", 4, "må være fire siffer")?,
        ..Adressekriterier::default()
    })
}

fn les_kriterier(spoerring: &Spoerring) -> Result<Kriterier, Feil> {
    let kjoenn = match tekst(spoerring, "kjoenn")? {
        None => None,
        Some(kjoenn @ ("mann" | "kvinne")) => Some(kjoenn.to_owned()),
        Some(_) => return Err(ugyldig("kjoenn", "må være mann eller kvinne")),
    };
    let foedselsaar_fra = aarstall(spoerring, "foedselsaarFraOgMed")?;
    let foedselsaar_til = aarstall(spoerring, "foedselsaarTilOgMed")?;
    if let (Some(fra), Some(til)) = (foedselsaar_fra, foedselsaar_til)
        && fra > til
    {
        return Err(ugyldig("foedselsaarFraOgMed", "må ikke være etter foedselsaarTilOgMed"));
    }
    Ok(Kriterier {
        navn: navnet(spoerring)?,
        kjoenn,
        foedselsdato: foedselsdato(spoerring)?,
        foedselsaar_fra,
        foedselsaar_til,
        adresse: Adressekriterier {
            kommunenummer: siffer(spoerring, "kommunenummer", 4, "må være fire siffer")?,
            fylkesnummer: siffer(spoerring, "fylkesnummer", 2, "må være to siffer")?,
            ..adresse(spoerring)?
        },
        oppholdsadresse: spoerring.boolean("inkluderOppholdsadresse")?.unwrap_or(false),
        doede: spoerring.boolean("inkluderDoede")?.unwrap_or(false),
        historisk: historisk(spoerring)?,
    })
}

fn maks_treff(spoerring: &Spoerring) -> Result<usize, Feil> {
    let Some(maks) = spoerring.int64("maksTreff")? else {
        return Ok(soek::TREFF_MAKS);
    };
    let lest = usize::try_from(maks)
        .ok()
        .filter(|m| (1..=soek::TREFF_MAKS).contains(m));
    lest.ok_or(ugyldig("maksTreff", "må være et tall fra 1 til 10000"))
}

fn les_entydig(spoerring: &Spoerring, projeksjon: Projeksjon) -> Result<Entydigkriterier, Feil> {
    const LANDNUMMER: &str = "må være en landkode på tre bokstaver, en bindestrek og et nummer";
    let landnummer = |navn: &'static str| -> Result<Option<Landnummer>, Feil> {
        let Some(tekst) = tekst(spoerring, navn)? else {
            return Ok(None);
        };
        Ok(Some(Landnummer::les(tekst.trim()).ok_or(ugyldig(navn, LANDNUMMER))?))
    };
    let identifikasjonsnummer = match tekst(spoerring, "identifikasjonsnummer")? {
        None => None,
        Some(tekst) => {
            let id = Folkeregisteridentifikator::parse(tekst).map_err(|_| Feil::UgyldigIdentifikator)?;
            Some(id.to_u64())
        }
    };
    let duf = match (tekst(spoerring, DUF)?, tekst(spoerring, DUF_SOM_SKREVET)?) {
        (Some(_), Some(_)) => return Err(ugyldig(DUF, "er oppgitt på to måter")),
        (en, annen) => en.or(annen).map(|t| t.trim().to_owned()),
    };
    let mut ut = Entydigkriterier {
        navn: navnet(spoerring)?,
        identifikasjonsnummer,
        utenlandsk: landnummer("utenlandskpersonidentifikasjon")?,
        legitimasjon: landnummer("legitimasjonsdokument")?,
        duf,
        foedselsdato: foedselsdato(spoerring)?,
        adresse: adresse(spoerring)?,
        uten_husnummer: false,
        historisk: historisk(spoerring)?,
    };
    if ut.navn.ord.len() == 1 {
        return Err(ugyldig("navn", "må ha minst et fornavn og et etternavn"));
    }
    let oppgitt = [
        (Kriterium::Navn, !ut.navn.ord.is_empty()),
        (Kriterium::Identifikasjonsnummer, ut.identifikasjonsnummer.is_some()),
        (Kriterium::UtenlandskPersonidentifikasjon, ut.utenlandsk.is_some()),
        (Kriterium::Legitimasjonsdokument, ut.legitimasjon.is_some()),
        (
            Kriterium::UtlendingsmyndighetenesIdentifikasjonsnummer,
            ut.duf.is_some(),
        ),
        (Kriterium::Foedselsdato, ut.foedselsdato.is_some()),
        (Kriterium::Adressenavn, ut.adresse.gate.is_some()),
        (Kriterium::Husnummer, ut.adresse.husnummer.is_some()),
        (Kriterium::Postnummer, ut.adresse.postnummer.is_some()),
    ];
    let oppgitte = || oppgitt.into_iter().filter(|(_, med)| *med).map(|(k, _)| k);
    if let Some(utenfor) = oppgitte().find(|k| !kan_soekes_med(projeksjon, *k)) {
        return Err(ugyldig(utenfor.navn(), "kan ikke brukes med rettighetspakken"));
    }
    if !rett_til_treff(projeksjon, oppgitte().collect()) {
        // A street alone will do for an address that has no number.
        let med_nummer = oppgitte().chain([Kriterium::Husnummer]).collect();
        if ut.adresse.gate.is_none() || !rett_til_treff(projeksjon, med_nummer) {
            return Err(Feil::IkkeRettTilTreff);
        }
        ut.uten_husnummer = true;
    }
    Ok(ut)
}
