//! Whom to speak to about an estate.

use informasjonsmodell::{Entitet, Hendelsestype};
use meldinger::tre::Element;
use register::Feil;
use serde_json::{Value, json};

use super::{Kontekst, Utfall};
use crate::bygg::Aarsak;
use crate::person::Person as _;
use crate::vedtak::Grunn;

/// Effect: kontaktinformasjonForDoedsbo, beside what is there.
///
/// Source: folkeregister reference 9.4: the person must be dead.
pub(super) fn doedsbo(k: &mut Kontekst<'_, '_>, forespoersel: &Element) -> Result<Utfall, Feil> {
    let avdoed = forespoersel.ett("avdoed").and_then(|a| a.tekst("foedselsEllerDNummer"));
    let Some(person) = k.person(avdoed)? else {
        return Utfall::INGEN_NY;
    };
    k.krev(person.er_doed(), Grunn::PersonErIkkeDoed);
    let (Some(kontakt), Some(dag)) = (
        forespoersel.ett("kontaktinformasjon"),
        k.dato(forespoersel, "attestutstedelsesdato"),
    ) else {
        k.innvend(Grunn::MangelfullMelding);
        return Utfall::INGEN_NY;
    };
    if let Some(Some(doed)) = person.doedsdato() {
        k.krev(dag.dager() >= doed.dager(), Grunn::DatoFoerInngaaelse);
    }
    let Some(naar) = k.midnatt(dag) else {
        return Utfall::INGEN_NY;
    };
    let tekst = |e: &Element, navn: &str| e.tekst(navn).filter(|t| !t.is_empty()).map(str::to_owned);
    let navn = |e: &Element, element: &str| {
        e.ett(element).map(|n| {
            json!({"fornavn": tekst(n, "fornavn"), "mellomnavn": tekst(n, "mellomnavn"), "etternavn": tekst(n, "etternavn")})
        })
    };
    let adresse = kontakt.ett("adresse").map(|a| {
        let linjer: Vec<String> = a.alle("adresselinje").map(|l| l.verdi().to_owned()).collect();
        json!({
            "adresselinje": linjer,
            "poststedsnavn": tekst(a, "poststedsnavn"),
            "postnummer": tekst(a, "postnummer"),
            "landkode": tekst(a, "landkode"),
        })
    });
    let person_som_kontakt = kontakt.ett("person").map(|p| {
        json!({
            "foedselsEllerDNummer": tekst(p, "foedselsEllerDNummer"),
            "foedselsdato": p.tekst("foedselsdato").and_then(|d| d.get(..10)),
            "personnavn": navn(p, "personnavn"),
        })
    });
    let advokat = kontakt.ett("advokat").map(|a| {
        json!({
            "personnavn": navn(a, "personnavn"),
            "organisasjonsnavn": tekst(a, "organisasjonsnavn"),
            "organisasjonsnummer": tekst(a, "organisasjonsnummer"),
        })
    });
    let organisasjon = kontakt.ett("organisasjon").map(|o| {
        json!({
            "organisasjonsnavn": tekst(o, "organisasjonsnavn"),
            "organisasjonsnummer": tekst(o, "organisasjonsnummer"),
            "kontaktpersonnavn": navn(o, "kontaktpersonnavn"),
        })
    });
    // A contact that is named by a number nobody has could be guarded by nobody.
    if let Some(nummer) = kontakt.ett("person").and_then(|p| p.tekst("foedselsEllerDNummer")) {
        k.person(Some(nummer))?;
    }
    let verdi: Value = json!({
        "person": person_som_kontakt,
        "advokat": advokat,
        "organisasjon": organisasjon,
        "skifteform": forespoersel.tekst("skifteform"),
        "attestutstedelsesdato": dag.to_string(),
        "adresse": adresse,
    });
    let endringer = k.ny(Aarsak::DOEDSBO, naar, Entitet::KontaktinformasjonForDoedsbo, verdi);
    k.hendelse(
        &person.nummer,
        Hendelsestype::EndringIKontaktopplysningerForDoedsbo,
        endringer,
    );
    Utfall::INGEN_NY
}
