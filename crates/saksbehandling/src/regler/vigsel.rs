//! Two have married.

use informasjonsmodell::kodeverk::Familierelasjontype;
use informasjonsmodell::{Dato, Entitet, Hendelsestype};
use meldinger::tre::Element;
use register::{Feil, Personbilde};
use serde_json::json;

use super::{Kontekst, Utfall, familie};
use crate::bygg::Aarsak;
use crate::person::{Person, er_inngaatt};
use crate::tid::{MYNDIG_AAR, aar_mellom};
use crate::vedtak::{Grunn, Vedtak};

/// Effects: sivilstand gift on both, with date, authority and place, and a relation between them.
///
/// Source: folkeregister reference 9.4. Who may marry: ekteskapsloven §§ 1 a, 3 and 4.
pub(super) fn vigsel(k: &mut Kontekst<'_, '_>, forespoersel: &Element) -> Result<Utfall, Feil> {
    let Some(vigsel) = forespoersel.ett("vigsel") else {
        k.innvend(Grunn::MangelfullMelding);
        return Utfall::INGEN_NY;
    };
    let dag = k.dato(vigsel, "vigselsdato");
    let mut parter = Vec::new();
    for ektefelle in forespoersel.alle("ektefelle") {
        parter.push(k.person(ektefelle.tekst("foedselsEllerDNummer"))?);
    }
    let [en, annen] = parter.as_slice() else {
        k.innvend(Grunn::MangelfullMelding);
        return Utfall::INGEN_NY;
    };
    for (ord, element) in [
        (forespoersel, "vigselsmeldingErKorrektUnderskrevet"),
        (forespoersel, "personeneStemmerMedProevingsattest"),
        (vigsel, "vigslerHarGyldigVigselsmyndighet"),
        (vigsel, "vigselsbokErIOrden"),
        (vigsel, "vigselErUtfoertPaaStedHvorVigslerHarMyndighet"),
    ] {
        k.krev(
            !matches!(ord.tekst(element), Some("nei" | "vetIkke")),
            Grunn::MaaVurderes,
        );
    }
    let (Some(en), Some(annen), Some(dag)) = (en, annen, dag) else {
        return Utfall::INGEN_NY;
    };
    if en.person == annen.person {
        k.innvend(Grunn::SammePerson);
        return Utfall::INGEN_NY;
    }
    let alt_gift = [(en, annen), (annen, en)].into_iter().all(|(a, b)| {
        let dato = a.sivilstand().and_then(|s| s.sivilstandsdato);
        dato == Some(dag) && a.ektefelle().is_some_and(|(_, nummer)| b.har_nummer(&nummer))
    });
    if alt_gift {
        return Ok(Utfall::Alt(Vedtak::AlleredeRegistrert));
    }
    k.krev(!er_naer_slekt(en, annen), Grunn::NaerSlekt);
    k.proev_steder(Some(en), &[], &[annen])?;
    let Some(naar) = k.midnatt(dag) else {
        return Utfall::INGEN_NY;
    };
    let land = vigsel.tekst("vigselsland").filter(|land| *land != "NOR");
    for (a, b) in [(en, annen), (annen, en)] {
        part(k, a, dag);
        k.etter_alt(a, naar, Entitet::Sivilstand, |_| true);
        let verdi = json!({
            "sivilstand": "gift",
            "sivilstandsdato": dag.to_string(),
            "myndighet": vigsel.tekst("vigselsmyndighet").map(myndighet),
            "kommune": vigsel.tekst("vigselsmyndighetSomKommune"),
            "sted": vigsel.tekst("vigselssted").filter(|sted| !sted.is_empty()),
            "utland": land,
            "relatertVedSivilstand": b.nummer,
        });
        let endringer = k.ny(Aarsak::VIGSEL, naar, Entitet::Sivilstand, verdi);
        k.hendelse(&a.nummer, Hendelsestype::EndringISivilstand, endringer);
        let verdi = familie::relasjon(&b.nummer, "ektefelleEllerPartner", "ektefelleEllerPartner");
        let endringer = k.ny(Aarsak::VIGSEL, naar, Entitet::Familierelasjon, verdi);
        k.hendelse(&a.nummer, Hendelsestype::EndringIFamilierelasjon, endringer);
    }
    Utfall::INGEN_NY
}

// What one of them must be.
fn part(k: &mut Kontekst<'_, '_>, person: &Personbilde, dag: Dato) {
    k.krev(!person.er_doed(), Grunn::PersonErDoed);
    // Also with somebody whom the register does not have.
    let gift = person.sivilstand().is_some_and(|s| er_inngaatt(&s.sivilstand));
    k.krev(!gift, Grunn::AlleredeGift);
    k.etter_foedsel(person, dag);
    let alder = person.foedselsdato().and_then(|foedt| aar_mellom(foedt, dag));
    k.krev(alder.is_none_or(|alder| alder >= MYNDIG_AAR), Grunn::ForUng);
}

fn er_naer_slekt(a: &Personbilde, b: &Personbilde) -> bool {
    use Familierelasjontype as F;
    let slekt = [F::Mor, F::Far, F::Medmor, F::Barn, F::Soesken];
    let foreldre = |p: &Personbilde| {
        [F::Mor, F::Far, F::Medmor]
            .iter()
            .flat_map(|r| p.som_er(r))
            .collect::<Vec<_>>()
    };
    let er =
        |p: &Personbilde, annen: &Personbilde| slekt.iter().any(|r| p.som_er(r).iter().any(|n| annen.har_nummer(n)));
    let felles_forelder = foreldre(a).iter().any(|forelder| foreldre(b).contains(forelder));
    er(a, b) || er(b, a) || felles_forelder
}

/// The codes of a message as documents have them. Source: the first two and STATSFORVALTEREN are seen in documents of the live
/// service; the others are written alike (our choice).
pub(super) fn myndighet(kode: &str) -> String {
    let mut ut = String::with_capacity(kode.len() + 8);
    match kode {
        "fylkesmannen" => return "STATSFORVALTEREN".to_owned(),
        "domstolen" => return "DOMSTOLEN".to_owned(),
        _ => {}
    }
    for tegn in kode.chars() {
        if tegn.is_uppercase() {
            ut.push('_');
        }
        ut.extend(tegn.to_uppercase());
    }
    ut
}

#[cfg(test)]
mod tests {
    use super::myndighet;

    #[test]
    fn an_authority_is_named_as_documents_name_it() {
        for (kode, navn) in [
            ("ansattIKommune", "ANSATT_I_KOMMUNE"),
            ("denNorskeKirke", "DEN_NORSKE_KIRKE"),
            ("fylkesmannen", "STATSFORVALTEREN"),
            ("utenlandskMyndighetUtenomNorden", "UTENLANDSK_MYNDIGHET_UTENOM_NORDEN"),
        ] {
            assert_eq!(myndighet(kode), navn);
        }
    }
}
