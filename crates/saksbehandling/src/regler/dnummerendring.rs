//! Something about somebody with a D-number is new or wrong.

use identifikator::{Folkeregisteridentifikator, Identifikatortype};
use informasjonsmodell::{Endring, Entitet, Innhold};
use meldinger::tre::Element;
use register::{Feil, Personbilde};
use serde_json::{Value, json};

use super::endring::{self, Hvordan, Slag};
use super::{Kontekst, Utfall, adresse, fylt, identitet};
use crate::bygg::Aarsak;
use crate::person::Person as _;
use crate::tid;
use crate::vedtak::{Grunn, Vedtak};

/// Who handles all of the register. Source: `KildeForEndringAvPersonMedDNummer`.
const FOLKEREGISTERET: &str = "folkeregisteret";

/// Effect: exactly one entity changed, in the way that the message says.
///
/// Source: folkeregister reference 9.4. That whoever asked for the number may change who the person is, and others where the
/// person is: our choice, ADR 0032.
pub(super) fn endring(k: &mut Kontekst<'_, '_>, forespoersel: &Element) -> Result<Utfall, Feil> {
    let Some(e) = forespoersel.ett("person") else {
        k.innvend(Grunn::MangelfullMelding);
        return Ok(Utfall::Avvist);
    };
    let (Some(person), Some(dag)) = (k.person(e.tekst("dNummer"))?, k.dato(forespoersel, "forespoerselsdato")) else {
        return Ok(Utfall::Avvist);
    };
    k.krev(er_dnummer(&person.nummer), Grunn::IkkeDNummer);
    let Some(naar) = k.midnatt(dag).filter(|_| k.er_uten_innvendinger()) else {
        return Ok(Utfall::Avvist);
    };
    k.gjelder = Some(person.nummer.clone());
    k.gyldig = Some(naar);
    k.krev(!person.er_doed(), Grunn::MaaVurderes);
    k.proev_duf_paa(&person, e)?;
    let hvordan = Hvordan {
        slag: Slag::les(e),
        aarsak: Aarsak::DNUMMER,
        naar,
    };
    let Some((entitet, endringer)) = endringer(k, &person, e, hvordan)? else {
        k.innvend(Grunn::MangelfullMelding);
        return Ok(Utfall::Avvist);
    };
    let nye: Vec<_> = endringer.iter().filter_map(nytt).cloned().collect();
    k.proev_steder(Some(&person), &nye, &[])?;
    if er_om_hvem(entitet) && forespoersel.tekst("kilde") != Some(FOLKEREGISTERET) {
        let sted = [b"R", person.nummer.as_bytes()].concat();
        let rekvirent = k.register.sak(&sted)?;
        let organisasjon = k.organisasjon.as_bytes();
        k.krev(
            rekvirent.is_some_and(|r| r.starts_with(organisasjon)),
            Grunn::IkkeRekvirent,
        );
    }
    if endringer.is_empty() && k.er_uten_innvendinger() {
        return Ok(Utfall::Alt(Vedtak::AlleredeRegistrert));
    }
    k.hendelse(&person.nummer, endring::hendelsestype(entitet), endringer);
    Utfall::INGEN_NY
}

// What a change adds.
fn nytt(endring: &Endring) -> Option<&Innhold> {
    match endring {
        Endring::RegistrereNy(ny) | Endring::Korrigere { ny, .. } => Some(&ny.innhold),
        _ => None,
    }
}

fn er_dnummer(nummer: &str) -> bool {
    Folkeregisteridentifikator::parse(nummer).is_ok_and(|n| n.identifikatortype() == Identifikatortype::DNummer)
}

// What tells who somebody is, and not where.
fn er_om_hvem(entitet: Entitet) -> bool {
    matches!(
        entitet,
        Entitet::Foedsel | Entitet::Statsborgerskap | Entitet::Status | Entitet::Navn | Entitet::Kjoenn
    )
}

// The one of eleven that the message has.
fn endringer(
    k: &mut Kontekst<'_, '_>,
    person: &Personbilde,
    e: &Element,
    hvordan: Hvordan,
) -> Result<Option<(Entitet, Vec<Endring>)>, Feil> {
    let en = |k: &mut Kontekst<'_, '_>, entitet: Entitet, verdi: Value| {
        Ok(Some((entitet, k.endre_den_ene(person, entitet, hvordan, verdi))))
    };
    if let Some(foedt) = e.ett("foedselsdato") {
        let Some(dag) = foedt.tekst("foedselsdato").and_then(tid::dato) else {
            return Ok(None);
        };
        k.krev(dag.dager() <= k.tid.dag.dager(), Grunn::DatoIFramtiden);
        let kjent = (foedt.ja("foedselsdatoErKjent") == Some(true)).then_some(dag);
        let verdi = k.foedsel_med(person, Some((kjent, dag)));
        return en(k, Entitet::Foedsel, verdi);
    }
    if let Some(liste) = e.ett("statsborgerskapListe").or_else(|| e.ett("statsborgerskap")) {
        let nye = endring::statsborgerskap(liste);
        return Ok(Some((
            Entitet::Statsborgerskap,
            k.endre_statsborgerskap(person, hvordan, &nye),
        )));
    }
    if let Some(status) = fylt(e, "personstatus") {
        return en(k, Entitet::Status, json!({"status": status}));
    }
    if let Some(navn) = e.ett("navn") {
        return en(k, Entitet::Navn, identitet::navn(navn));
    }
    if let Some(kjoenn) = fylt(e, "kjoenn") {
        let slag = if kjoenn == "ukjent" {
            Slag::Annullere
        } else {
            hvordan.slag
        };
        let hvordan = Hvordan { slag, ..hvordan };
        let endringer = k.endre_den_ene(person, Entitet::Kjoenn, hvordan, json!({"kjoenn": kjoenn}));
        return Ok(Some((Entitet::Kjoenn, endringer)));
    }
    if let Some(land) = fylt(e, "foedeland") {
        let mut verdi = k.foedsel_med(person, None);
        if let Some(felt) = verdi.as_object_mut() {
            felt.insert("foedeland".to_owned(), json!(land));
        }
        return en(k, Entitet::Foedsel, verdi);
    }
    if e.ja("oppholdsadresseErIkkeAktuell") == Some(true) || e.ja("harUoppgittOppholdsadresse") == Some(true) {
        let slag = Slag::Opphoere;
        let hvordan = Hvordan { slag, ..hvordan };
        let endringer = k.endre_den_ene(person, Entitet::Oppholdsadresse, hvordan, Value::Null);
        return Ok(Some((Entitet::Oppholdsadresse, endringer)));
    }
    if e.ja("harUkjentOppholdsadresse") == Some(true) {
        let grad = adresse::gradering(Some(person), None);
        let verdi = json!({"adressenErUkjent": true, "adressegradering": grad});
        return en(k, Entitet::Oppholdsadresse, verdi);
    }
    if let Some(opphold) = e.ett("oppholdsadresse") {
        let verdi = adresse::opphold(k, Some(person), opphold);
        return en(k, Entitet::Oppholdsadresse, verdi);
    }
    if let Some(post) = e.ett("postadresse") {
        // What version 2 calls a postal address may be one abroad.
        return match adresse::post_i_utlandet(k, Some(person), post) {
            Some(verdi) => en(k, Entitet::PostadresseIUtlandet, verdi),
            None => en(k, Entitet::Postadresse, adresse::post(Some(person), post)),
        };
    }
    if let Some(post) = e.ett("postadresseIUtlandet") {
        return match adresse::post_i_utlandet(k, Some(person), post) {
            Some(verdi) => en(k, Entitet::PostadresseIUtlandet, verdi),
            None => Ok(None),
        };
    }
    let Some(nummer) = e.ett("utenlandskPersonidentifikasjon") else {
        return Ok(None);
    };
    let Some(tall) = fylt(nummer, "identifikasjonsnummer").map(|nr| identitet::uten_mellomrom(&nr)) else {
        return Ok(None);
    };
    if nummer.tekst("identifikasjonsnummertype") == Some(identitet::DUF) {
        let entitet = Entitet::UtlendingsmyndighetenesIdentifikasjonsnummer;
        if matches!(hvordan.slag, Slag::Endre | Slag::Korrigere) {
            identitet::proev_duf(k, &[tall.clone()].into(), Some(person.person))?;
        }
        let endringer = k.endre_nummer(person, entitet, hvordan, identitet::duf(&tall));
        return Ok(Some((entitet, endringer)));
    }
    let entitet = Entitet::UtenlandskPersonidentifikasjon;
    let endringer = k.endre_nummer(person, entitet, hvordan, identitet::utenlandsk(nummer, &tall));
    Ok(Some((entitet, endringer)))
}
