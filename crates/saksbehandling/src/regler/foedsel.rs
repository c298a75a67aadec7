//! A child is born.

use identifikator::Identifikatortype;
use informasjonsmodell::kodeverk::{Adressegradering, Familierelasjontype, Kjoenn, Personstatus, Sivilstandstype};
use informasjonsmodell::{Dato, Entitet, Hendelsestype, Innhold, Tidspunkt};
use meldinger::tre::Element;
use register::{Feil, Personbilde};
use serde_json::json;
use tilgang::Grad;

use super::nytt::{self, Dokumentbygger, Nummer};
use super::{Kontekst, Utfall, familie};
use crate::bygg::Aarsak;
use crate::person::Person;
use crate::tid::aar_mellom;
use crate::vedtak::Grunn;

/// Oldest birth that nobody has to look at. Units: years. Source: our choice.
const FOEDT_FOR_AAR_MAKS: u16 = 1;
/// Ages of a mother that nobody has to look at. Units: years. Source: our choice.
const MOR_AAR: std::ops::RangeInclusive<u16> = 13..=56;
/// Shortest time between two births of a mother. Units: days. Source: our choice.
const MELLOM_FOEDSLER_DAGER: i32 = 180;

/// Effects: a new person with a foedselsnummer, who lives where the mother lives, and is as protected as she is; relations and
/// responsibility. Of a child that was dead, a relation to somebody without a number, on the parents.
///
/// Source: folkeregister reference 9.4 and 6.5 ("First name choice"). Whose spouse is a parent: barnelova § 3; who becomes
/// Norwegian: statsborgerloven § 4.
pub(super) fn foedsel(k: &mut Kontekst<'_, '_>, forespoersel: &Element) -> Result<Utfall, Feil> {
    let Some(foedsel) = forespoersel.ett("foedsel") else {
        k.innvend(Grunn::MangelfullMelding);
        return Utfall::INGEN_NY;
    };
    let (Some(barn), Some(mor)) = (foedsel.ett("barn"), foedsel.ett("mor")) else {
        k.innvend(Grunn::MangelfullMelding);
        return Utfall::INGEN_NY;
    };
    let signatur = forespoersel
        .ett("saksbehandlersVurdering")
        .and_then(|v| v.ja("signaturMangler"));
    k.krev(signatur != Some(true), Grunn::MaaVurderes);
    // What it corrects is a case of its own, and may have made a person.
    k.krev(
        forespoersel.ja("erKorrigertForespoersel") != Some(true),
        Grunn::MaaVurderes,
    );
    let (Some(mor), Some(dag)) = (
        k.person(mor.tekst("foedselsEllerDNummer"))?,
        k.dato(barn, "foedselsdato"),
    ) else {
        return Utfall::INGEN_NY;
    };
    if dag.dager() > k.tid.dag.dager() {
        return Utfall::INGEN_NY;
    }
    k.krev(
        aar_mellom(dag, k.tid.dag).is_some_and(|aar| aar < FOEDT_FOR_AAR_MAKS),
        Grunn::MaaVurderes,
    );
    k.krev(mor.kjoenn() != Some(Kjoenn::Mann), Grunn::MaaVurderes);
    let alder = mor.foedselsdato().and_then(|foedt| aar_mellom(foedt, dag));
    k.krev(alder.is_some_and(|alder| MOR_AAR.contains(&alder)), Grunn::MaaVurderes);
    if let Some(Some(doed)) = mor.doedsdato() {
        k.krev(doed.dager() >= dag.dager(), Grunn::PersonErDoed);
    }
    let annen = annen_forelder(k, foedsel, &mor)?;
    let Some(naar) = k.midnatt(dag) else {
        return Utfall::INGEN_NY;
    };
    if barn.ja("erLevendefoedt") == Some(false) {
        doedfoedt(k, barn, &mor, annen.as_ref().map(|(p, _)| p), dag, naar);
        return Utfall::INGEN_NY;
    }
    let flerfoedsel = barn.tekst("rekkefoelgenummerVedFlerfoedsel");
    soesken(k, &mor, dag, flerfoedsel)?;
    let Some(tildelt) = dokument(k, foedsel, &mor, annen.as_ref(), dag, naar)? else {
        return Utfall::INGEN_NY;
    };
    let nummer = tildelt.nummer.clone();
    let foreldre: Vec<(&Personbilde, &str)> = [(&mor, "mor")]
        .into_iter()
        .chain(annen.as_ref().map(|(p, rolle)| (p, *rolle)))
        .collect();
    // As the child has it: nobody shares with somebody dead.
    let felles = foreldre.iter().filter(|(p, _)| !p.er_doed()).count() > 1;
    for (forelder, rolle) in foreldre {
        let relasjon = familie::relasjon(&nummer, "barn", rolle);
        let endringer = k.ny(Aarsak::FOEDSEL, naar, Entitet::Familierelasjon, relasjon);
        k.hendelse(&forelder.nummer, Hendelsestype::EndringIFamilierelasjon, endringer);
        if !forelder.er_doed() {
            let slag = if felles { "felles" } else { rolle };
            let ansvar = familie::ansvar(slag, &nummer, &forelder.nummer);
            let endringer = k.ny(Aarsak::FOEDSEL, naar, Entitet::Foreldreansvar, ansvar);
            k.hendelse(&forelder.nummer, Hendelsestype::EndringIForeldreansvar, endringer);
        }
    }
    Ok(Utfall::Registrert(Some(tildelt.opprettet())))
}

// The mother's spouse: a husband is the father, a wife who is said to be medmor is that.
fn annen_forelder(
    k: &mut Kontekst<'_, '_>,
    foedsel: &Element,
    mor: &Personbilde,
) -> Result<Option<(Personbilde, &'static str)>, Feil> {
    let oppgitt = foedsel.ett("farEllerMedmor");
    let oppgitt_nummer = oppgitt.and_then(|o| o.tekst("foedselsEllerDNummer"));
    // Who has separated is not taken to be the parent.
    let gift = mor
        .ektefelle()
        .filter(|(s, _)| matches!(s.sivilstand, Sivilstandstype::Gift | Sivilstandstype::RegistrertPartner));
    k.krev(
        foedsel.ja("foreldreErGift") == Some(gift.is_some()),
        Grunn::SivilstandAvviker,
    );
    let Some((_, nummer)) = gift else { return Ok(None) };
    let Some(annen) = k.kjent(&nummer)? else {
        return Ok(None);
    };
    if let Some(oppgitt) = oppgitt_nummer.filter(|n| !n.is_empty()) {
        // Another than the spouse is a matter of paternity, and not of birth.
        k.krev(annen.har_nummer(oppgitt), Grunn::SivilstandAvviker);
    }
    if annen.kjoenn() != Some(Kjoenn::Kvinne) {
        return Ok(Some((annen, "far")));
    }
    if oppgitt.and_then(|o| o.ja("erMedmor")) == Some(true) {
        return Ok(Some((annen, "medmor")));
    }
    k.innvend(Grunn::MaaVurderes);
    Ok(None)
}

// A child of the same birth is no other child, unless there were several and each has its number in the row.
fn soesken(k: &mut Kontekst<'_, '_>, mor: &Personbilde, dag: Dato, flerfoedsel: Option<&str>) -> Result<(), Feil> {
    let Some(dag) = dag.dager() else { return Ok(()) };
    for nummer in mor.som_er(&Familierelasjontype::Barn) {
        let Some(soesken) = k.kjent(&nummer)? else { continue };
        let Some(foedt) = soesken.foedselsdato().and_then(Dato::dager) else {
            continue;
        };
        if (dag - foedt).abs() >= MELLOM_FOEDSLER_DAGER {
            continue;
        }
        let plass = soesken
            .gjeldende(Entitet::FoedselINorge)
            .find_map(|o| match &o.innhold {
                Innhold::FoedselINorge(f) => f.rekkefoelgenummer.map(|n| n.to_string()),
                _ => None,
            });
        // 21 and 22 are two of one birth, 21 twice is one child told of twice.
        let tvilling = match (flerfoedsel, plass.as_deref()) {
            (Some(denne), Some(den)) => denne != den && denne.get(..1) == den.get(..1) && (dag - foedt).abs() <= 1,
            _ => false,
        };
        k.krev(tvilling, Grunn::MuligDublett);
    }
    Ok(())
}

fn dokument(
    k: &mut Kontekst<'_, '_>,
    foedsel: &Element,
    mor: &Personbilde,
    annen: Option<&(Personbilde, &'static str)>,
    dag: Dato,
    naar: Tidspunkt,
) -> Result<Option<Nummer>, Feil> {
    let Some(barn) = foedsel.ett("barn") else {
        return Ok(None);
    };
    let jente = barn.tekst("kjoenn") == Some("kvinne");
    let kjoenn = if jente {
        identifikator::Kjoenn::Kvinne
    } else {
        identifikator::Kjoenn::Mann
    };
    let Some(tildelt) = nytt::tildel(k, Identifikatortype::Foedselsnummer, dag, Some(kjoenn))? else {
        return Ok(None);
    };
    let nummer = tildelt.nummer.clone();
    let mut ut = Dokumentbygger::new(Aarsak::FOEDSEL, naar);
    ut.ta(Entitet::Identifikasjonsnummer, tildelt.verdi());
    let bosatt = mor.status() == Some(&Personstatus::Bosatt);
    ut.ta(
        Entitet::Status,
        json!({"status": if bosatt { "bosatt" } else { "foedselsregistrert" }}),
    );
    ut.ta(
        Entitet::Kjoenn,
        json!({"kjoenn": if jente { "kvinne" } else { "mann" }}),
    );
    foedested(&mut ut, foedsel, barn, dag);
    let navn = mor.gjeldende(Entitet::Navn).find_map(|o| match &o.innhold {
        Innhold::Navn(n) => Some((n.fornavn.som_tekst().to_owned(), n.etternavn.som_tekst().to_owned())),
        _ => None,
    });
    let Some((fornavn, etternavn)) = navn else {
        k.innvend(Grunn::MangelfullMelding);
        return Ok(None);
    };
    let fornavn = format!("{fornavn}*{}", if jente { "PIKE" } else { "GUTT" });
    ut.ta(Entitet::Navn, json!({"fornavn": fornavn, "etternavn": etternavn}));
    ut.ta(Entitet::Sivilstand, json!({"sivilstand": "ugift"}));
    for land in statsborgerskap(mor, annen.map(|(p, _)| p)) {
        ut.ta(Entitet::Statsborgerskap, json!({"statsborgerskap": land}));
    }
    ut.ta(Entitet::Familierelasjon, familie::relasjon(&mor.nummer, "mor", "barn"));
    if let Some((annen, rolle)) = annen {
        ut.ta(
            Entitet::Familierelasjon,
            familie::relasjon(&annen.nummer, rolle, "barn"),
        );
    }
    let levende: Vec<(&Personbilde, &str)> = [(mor, "mor")]
        .into_iter()
        .chain(annen.map(|(p, rolle)| (p, *rolle)))
        .filter(|(p, _)| !p.er_doed())
        .collect();
    for (forelder, rolle) in &levende {
        let slag = if levende.len() > 1 { "felles" } else { *rolle };
        ut.ta(
            Entitet::Foreldreansvar,
            familie::ansvar(slag, &nummer, &forelder.nummer),
        );
    }
    bosted(&mut ut, mor, bosatt, dag);
    ut.opprett(k);
    Ok(Some(tildelt))
}

fn foedested(ut: &mut Dokumentbygger, foedsel: &Element, barn: &Element, dag: Dato) {
    let fylt = |e: &Element, navn: &str| e.tekst(navn).filter(|t| !t.is_empty()).map(str::to_owned);
    let norsk = foedsel.ett("foedested");
    let utland = foedsel.ett("foedestedIUtlandet");
    ut.ta(
        Entitet::Foedsel,
        json!({
            "foedselsdato": dag.to_string(),
            "foedselsaar": format!("{:04}", dag.aar()),
            "foedekommuneINorge": norsk.and_then(|n| fylt(n, "foedekommunenummer")),
            "foedeland": utland.map_or(Some("NOR".to_owned()), |u| fylt(u, "foedeland")),
            "foedested": utland.and_then(|u| fylt(u, "foedestedIUtlandet")),
        }),
    );
    if let Some(norsk) = norsk {
        // One of one is 11.
        let plass = barn
            .tekst("rekkefoelgenummerVedFlerfoedsel")
            .and_then(|t| t.parse::<i64>().ok())
            .unwrap_or(11);
        ut.ta(
            Entitet::FoedselINorge,
            json!({"foedselsinstitusjonsnavn": fylt(norsk, "foedselsinstitusjonsnavn"), "rekkefoelgenummer": plass}),
        );
    }
}

fn statsborgerskap(mor: &Personbilde, annen: Option<&Personbilde>) -> Vec<String> {
    let av = |p: &Personbilde| -> Vec<String> {
        let alle = p.gjeldende(Entitet::Statsborgerskap).filter_map(|o| match &o.innhold {
            Innhold::Statsborgerskap(s) => Some(s.statsborgerskap.som_tekst().to_owned()),
            _ => None,
        });
        alle.collect()
    };
    let mors = av(mor);
    let noen_norsk = mors
        .iter()
        .chain(&annen.map(av).unwrap_or_default())
        .any(|land| land == "NOR");
    if noen_norsk { vec!["NOR".to_owned()] } else { mors }
}

// Where the mother lives, as guarded as it is with her. Nobody is found through a child: a child of somebody protected is
// protected alike (our choice), and one of somebody strengt fortrolig has no address.
fn bosted(ut: &mut Dokumentbygger, mor: &Personbilde, bosatt: bool, dag: Dato) {
    let beskyttelse = mor
        .gjeldende(Entitet::Adressebeskyttelse)
        .map(|o| o.innhold.clone())
        .next();
    if let Some(beskyttelse) = beskyttelse {
        ut.ta_innhold(Aarsak::BESKYTTELSE, beskyttelse);
    }
    if mor.vern == Grad::StrengtFortrolig {
        return;
    }
    let adresse = mor.gjeldende(Entitet::Bostedsadresse).find_map(|o| match &o.innhold {
        Innhold::Bostedsadresse(b) => Some(b.clone()),
        _ => None,
    });
    match adresse.filter(|_| bosatt) {
        Some(mut adresse) => {
            adresse.flyttedato = Some(dag);
            if mor.vern == Grad::Fortrolig {
                adresse.adressegradering = Adressegradering::Fortrolig;
            }
            ut.ta_innhold(Aarsak::FOEDSEL, Innhold::Bostedsadresse(adresse));
        }
        None => ut.ta(
            Entitet::Bostedsadresse,
            json!({"ukjentBosted": {}, "adressegradering": "ugradert"}),
        ),
    }
}

fn doedfoedt(
    k: &mut Kontekst<'_, '_>,
    barn: &Element,
    mor: &Personbilde,
    annen: Option<&Personbilde>,
    dag: Dato,
    naar: Tidspunkt,
) {
    let jente = barn.tekst("kjoenn") == Some("kvinne");
    let navn = mor.gjeldende(Entitet::Navn).find_map(|o| match &o.innhold {
        Innhold::Navn(n) => Some((n.fornavn.som_tekst().to_owned(), n.etternavn.som_tekst().to_owned())),
        _ => None,
    });
    let Some((fornavn, etternavn)) = navn else {
        k.innvend(Grunn::MangelfullMelding);
        return;
    };
    let bi_person = json!({
        "navn": {"fornavn": format!("{fornavn}*{}", if jente { "PIKE" } else { "GUTT" }), "etternavn": etternavn},
        "foedselsdato": dag.to_string(),
        "kjoenn": if jente { "kvinne" } else { "mann" },
    });
    for forelder in [Some(mor), annen].into_iter().flatten() {
        let min_rolle = match (forelder.person == mor.person, forelder.kjoenn()) {
            (true, _) => "mor",
            (false, Some(Kjoenn::Kvinne)) => "medmor",
            (false, _) => "far",
        };
        let relasjon = json!({
            "relatertPersonUtenFolkeregisteridentifikator": bi_person,
            "relatertPersonsRolle": "doedfoedtBarn",
            "minRolleForPerson": min_rolle,
        });
        let endringer = k.ny(Aarsak::FOEDSEL, naar, Entitet::Familierelasjon, relasjon);
        k.hendelse(&forelder.nummer, Hendelsestype::EndringIFamilierelasjon, endringer);
    }
}
