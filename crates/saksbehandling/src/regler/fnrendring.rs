//! Something about somebody with a foedselsnummer is new or wrong.

use identifikator::{Folkeregisteridentifikator, Identifikatortype, Kjoenn};
use informasjonsmodell::{Dato, Endring, Entitet, Handling, Registrering, kodeverk, tekst::Foedselsnummer};
use meldinger::tre::Element;
use register::{Feil, Personbilde};
use serde_json::{Value, json};

use super::endring::{self, Hvordan, Slag};
use super::{Kontekst, Utfall, fylt, identitet, nytt};
use crate::bygg::{self, Aarsak};
use crate::person::Person as _;
use crate::tid;
use crate::vedtak::{Grunn, Vedtak};

/// From this year numbers say nothing of gender, and no number follows it. Source: folkeregister reference 10.1.
const KJOENNSNOEYTRALE_FRA: u16 = 2032;

/// Effects: one entity changed or corrected; another birth date or gender gives a new number.
///
/// Source: folkeregister reference 9.4. Nobody is given another identity without a decision on it, and what others than the
/// immigration authorities send is looked at: our choice, ADR 0032.
pub(super) fn endring(k: &mut Kontekst<'_, '_>, forespoersel: &Element) -> Result<Utfall, Feil> {
    let Some(e) = forespoersel.ett("person") else {
        k.innvend(Grunn::MangelfullMelding);
        return Utfall::INGEN_NY;
    };
    let (Some(person), Some(dag)) = (
        k.person(e.tekst("foedselsnummer"))?,
        k.dato(forespoersel, "forespoerselsdato"),
    ) else {
        return Utfall::INGEN_NY;
    };
    let slag = Folkeregisteridentifikator::parse(&person.nummer).map(|n| n.identifikatortype());
    k.krev(slag == Ok(Identifikatortype::Foedselsnummer), Grunn::IkkeFoedselsnummer);
    k.krev(!person.er_doed(), Grunn::PersonErDoed);
    k.krev(
        forespoersel.tekst("kilde") == Some("utlendingsmyndigheten"),
        Grunn::MaaVurderes,
    );
    k.proev_duf_paa(&person, e)?;
    let Some(naar) = k.midnatt(dag) else {
        return Utfall::INGEN_NY;
    };
    let hvordan = Hvordan {
        slag: Slag::les(e),
        aarsak: Aarsak::IDENTITET,
        naar,
    };
    let Some((entitet, endringer, nytt)) = endringer(k, &person, e, hvordan) else {
        k.innvend(Grunn::MangelfullMelding);
        return Utfall::INGEN_NY;
    };
    if endringer.is_empty() && k.er_uten_innvendinger() {
        return Ok(Utfall::Alt(Vedtak::AlleredeRegistrert));
    }
    let Some((foedt, kjoenn)) = nytt else {
        k.hendelse(&person.nummer, endring::hendelsestype(entitet), endringer);
        return Utfall::INGEN_NY;
    };
    k.krev(e.ja("erVedtakOmIdentitetsendring") == Some(true), Grunn::MaaVurderes);
    k.etter_alt(&person, naar, Entitet::Identifikasjonsnummer, |_| true);
    if !k.er_uten_innvendinger() {
        return Utfall::INGEN_NY;
    }
    let Some(tildelt) = nytt::tildel(k, Identifikatortype::Foedselsnummer, foedt, kjoenn)? else {
        return Utfall::INGEN_NY;
    };
    let (Ok(innhold), Some(gammel)) = (
        bygg::innhold(Entitet::Identifikasjonsnummer, tildelt.verdi()),
        Foedselsnummer::new(&person.nummer),
    ) else {
        k.innvend(Grunn::MangelfullMelding);
        return Utfall::INGEN_NY;
    };
    k.registrer(Registrering {
        tidspunkt: k.tid.tidspunkt,
        handling: Handling::SkiftIdentifikator {
            gammel,
            ny: Box::new(bygg::opplysning(Aarsak::IDENTITET, naar, innhold)),
            etter: Some((endring::hendelsestype(entitet), endringer)),
        },
    });
    Ok(Utfall::Registrert(Some(tildelt.opprettet())))
}

// The one of six that the message has; and the birth date and gender that a new number is to carry.
#[expect(clippy::type_complexity, reason = "what changes, and what the new number is made of")]
fn endringer(
    k: &mut Kontekst<'_, '_>,
    person: &Personbilde,
    e: &Element,
    hvordan: Hvordan,
) -> Option<(Entitet, Vec<Endring>, Option<(Dato, Option<Kjoenn>)>)> {
    let naa = match person.kjoenn() {
        Some(kodeverk::Kjoenn::Kvinne) => Some(Kjoenn::Kvinne),
        Some(kodeverk::Kjoenn::Mann) => Some(Kjoenn::Mann),
        None => None,
        // A code of a later model.
        _ => None,
    };
    if let Some(liste) = e.ett("statsborgerskap") {
        let nye = endring::statsborgerskap(liste);
        let endringer = k.endre_statsborgerskap(person, hvordan, &nye);
        return Some((Entitet::Statsborgerskap, endringer, None));
    }
    if let Some(dag) = e.tekst("foedselsdato") {
        let dag = tid::dato(dag)?;
        k.krev(dag.dager() <= k.tid.dag.dager(), Grunn::DatoIFramtiden);
        let verdi = k.foedsel_med(person, Some((Some(dag), dag)));
        let endringer = k.endre_den_ene(person, Entitet::Foedsel, hvordan, verdi);
        return Some((Entitet::Foedsel, endringer, Some((dag, naa))));
    }
    if let Some(navn) = e.ett("navn") {
        let endringer = k.endre_den_ene(person, Entitet::Navn, hvordan, identitet::navn(navn));
        return Some((Entitet::Navn, endringer, None));
    }
    if let Some(kjoenn) = fylt(e, "kjoenn") {
        let nytt = identitet::kjoenn(Some(&kjoenn));
        let endringer = k.endre_den_ene(person, Entitet::Kjoenn, hvordan, json!({"kjoenn": kjoenn}));
        let foelger = k.tid.dag.aar() < KJOENNSNOEYTRALE_FRA;
        let foedt = person.foedselsdato();
        k.krev(!foelger || foedt.is_some(), Grunn::MangelfullMelding);
        return Some((Entitet::Kjoenn, endringer, foedt.filter(|_| foelger).map(|f| (f, nytt))));
    }
    let felt = ["foedested", "foedeland"]
        .into_iter()
        .find(|felt| e.ett(felt).is_some())?;
    let mut verdi = k.foedsel_med(person, None);
    if let Some(alle) = verdi.as_object_mut() {
        alle.insert(felt.to_owned(), fylt(e, felt).map_or(Value::Null, Value::String));
    }
    let endringer = k.endre_den_ene(person, Entitet::Foedsel, hvordan, verdi);
    Some((Entitet::Foedsel, endringer, None))
}
