//! Somebody needs a D-number.

use identifikator::Identifikatortype;
use informasjonsmodell::Entitet;
use meldinger::tre::Element;
use register::Feil;
use serde_json::json;

use super::identitet::{self, Identifikasjon};
use super::nytt::{self, Dokumentbygger};
use super::{Kontekst, Utfall, adresse};
use crate::bygg::Aarsak;
use crate::vedtak::Grunn;

/// Effects: a new person with a D-number, status midlertidig, and what the requisition tells.
///
/// Both versions in use are read alike: where they differ is in what they may leave out, and in what an address abroad is
/// called. A requisition that can be no requisition is refused at once; one for somebody who may have a number waits.
///
/// Source: folkeregister reference 9.3 and 9.4. What becomes of each field: our choice, ADR 0032.
pub(super) fn rekvisisjon(k: &mut Kontekst<'_, '_>, forespoersel: &Element) -> Result<Utfall, Feil> {
    let Some(kandidat) = forespoersel.ett("kandidat") else {
        k.innvend(Grunn::MangelfullMelding);
        return Utfall::INGEN_NY;
    };
    let (Some(dag), Some(rekvirert)) = (
        k.dato(kandidat, "foedselsdato"),
        k.dato(forespoersel, "rekvireringsdato"),
    ) else {
        return Ok(Utfall::Avvist);
    };
    if !k.er_uten_innvendinger() {
        return Ok(Utfall::Avvist);
    }
    let identifikasjon = Identifikasjon::les(forespoersel);
    let land: Vec<String> = kandidat.alle("statsborgerskap").map(|l| l.verdi().to_owned()).collect();
    let er_kjent = kandidat.ja("foedselsdatoErKjent") == Some(true);
    let foedt = if er_kjent {
        Some(dag)
    } else {
        informasjonsmodell::Dato::parse(&format!("{:04}", dag.aar()))
    };
    let Some(foedt) = foedt else {
        k.innvend(Grunn::MangelfullMelding);
        return Utfall::INGEN_NY;
    };
    identitet::proev_dublett(k, kandidat, foedt, &land, &identifikasjon)?;
    let kjoenn = identitet::kjoenn(kandidat.tekst("kjoenn"));
    if !k.er_uten_innvendinger() {
        return Utfall::INGEN_NY;
    }
    let Some(tildelt) = nytt::tildel(k, Identifikatortype::DNummer, dag, kjoenn)? else {
        return Utfall::INGEN_NY;
    };
    let Some(naar) = k.midnatt(rekvirert) else {
        return Ok(Utfall::Avvist);
    };
    k.gyldig = Some(naar);
    let mut ut = Dokumentbygger::new(Aarsak::DNUMMER, naar);
    ut.ta(Entitet::Identifikasjonsnummer, tildelt.verdi());
    let grunnlag = identifikasjon.grunnlag(forespoersel.ja("identitetskontrollKreves") == Some(true));
    ut.ta(
        Entitet::Identitetsgrunnlag,
        json!({"identitetsgrunnlagstatus": grunnlag}),
    );
    ut.ta(Entitet::Status, json!({"status": "midlertidig"}));
    if kjoenn.is_some() {
        ut.ta(Entitet::Kjoenn, json!({"kjoenn": kandidat.tekst("kjoenn")}));
    }
    let foedeland = kandidat.tekst("foedeland").filter(|l| !l.is_empty());
    ut.ta(Entitet::Foedsel, identitet::foedsel(dag, er_kjent, foedeland, None));
    ut.ta_alle(Entitet::Navn, kandidat.ett("navn").map(identitet::navn));
    ut.ta_alle(
        Entitet::Statsborgerskap,
        land.iter().map(|l| json!({"statsborgerskap": l})),
    );
    for (entitet, verdi) in identifikasjon.entiteter() {
        ut.ta(entitet, verdi);
    }
    if let Some(e) = kandidat.ett("oppholdsadresse") {
        let verdi = adresse::opphold(k, None, e);
        ut.ta(Entitet::Oppholdsadresse, verdi);
    } else if kandidat.ja("harUkjentOppholdsadresse") == Some(true) {
        ut.ta(
            Entitet::Oppholdsadresse,
            json!({"adressenErUkjent": true, "adressegradering": "ugradert"}),
        );
    }
    // What version 4 calls a postal address may be one abroad.
    for e in kandidat
        .alle("postadresse")
        .chain(kandidat.alle("postadresseIUtlandet"))
    {
        match adresse::post_i_utlandet(k, None, e) {
            Some(verdi) => ut.ta(Entitet::PostadresseIUtlandet, verdi),
            None if e.ett("vegadresse").is_some() || e.ett("postboksadresse").is_some() => {
                ut.ta(Entitet::Postadresse, adresse::post(None, e));
            }
            None => {}
        }
    }
    ut.opprett(k);
    let kilde = forespoersel.tekst("kilde").unwrap_or_default();
    k.rekvirert = Some((tildelt.nummer.clone(), kilde.to_owned()));
    Ok(Utfall::Registrert(Some(tildelt.opprettet())))
}
