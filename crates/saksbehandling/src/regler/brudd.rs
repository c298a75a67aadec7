//! Two have separated, or divorced.

use informasjonsmodell::entiteter::Familierelasjon;
use informasjonsmodell::kodeverk::{Familierelasjontype, Sivilstandstype};
use informasjonsmodell::{Entitet, Hendelsestype, Innhold};
use meldinger::tre::Element;
use register::{Feil, Personbilde};
use serde_json::json;

use super::{Kontekst, Utfall, vigsel};
use crate::bygg::{self, Aarsak};
use crate::person::{Person, er_partnerskap};
use crate::tid;
use crate::vedtak::{Grunn, Vedtak};

/// Effects: sivilstand separert, or separertPartner, on both.
///
/// Source: folkeregister reference 9.4.
pub(super) fn separasjon(k: &mut Kontekst<'_, '_>, forespoersel: &Element) -> Result<Utfall, Feil> {
    let hva = Brudd {
        element: "separasjon",
        dato: "separasjonsdato",
        blir: ("separert", "separertPartner"),
        aarsak: Aarsak::SEPARASJON,
    };
    brudd(k, forespoersel, &hva)
}

/// Effects: sivilstand skilt, or skiltPartner, on both, and the relation between them ends.
///
/// Source: folkeregister reference 9.4.
pub(super) fn skilsmisse(k: &mut Kontekst<'_, '_>, forespoersel: &Element) -> Result<Utfall, Feil> {
    let hva = Brudd {
        element: "skilsmisse",
        dato: "skilsmissedato",
        blir: ("skilt", "skiltPartner"),
        aarsak: Aarsak::SKILSMISSE,
    };
    // A marriage that never was is no divorce: what the two are then is for somebody to say.
    let hjemmel = forespoersel.ett("skilsmisse").and_then(|s| s.tekst("hjemmel"));
    k.krev(hjemmel != Some("ugyldiggjoeringAvEkteskap"), Grunn::MaaVurderes);
    brudd(k, forespoersel, &hva)
}

struct Brudd {
    element: &'static str,
    dato: &'static str,
    /// Of a marriage, and of a partnership.
    blir: (&'static str, &'static str),
    aarsak: Aarsak,
}

fn brudd(k: &mut Kontekst<'_, '_>, forespoersel: &Element, hva: &Brudd) -> Result<Utfall, Feil> {
    let Some(element) = forespoersel.ett(hva.element) else {
        k.innvend(Grunn::MangelfullMelding);
        return Utfall::INGEN_NY;
    };
    let dag = k.dato(element, hva.dato);
    let mut parter = Vec::new();
    for part in forespoersel.alle("ektefelleEllerPartner") {
        parter.push(k.person(part.tekst("foedselsEllerDNummer"))?);
    }
    let ([Some(en), Some(annen)], Some(dag)) = (parter.as_slice(), dag) else {
        return Utfall::INGEN_NY;
    };
    if en.person == annen.person {
        k.innvend(Grunn::SammePerson);
        return Utfall::INGEN_NY;
    }
    let er_brutt = |p: &Personbilde| {
        p.sivilstand().is_some_and(|s| {
            let slik = [hva.blir.0, hva.blir.1].contains(&s.sivilstand.som_tekst());
            slik && s.sivilstandsdato == Some(dag)
        })
    };
    if er_brutt(en) && er_brutt(annen) {
        return Ok(Utfall::Alt(Vedtak::AlleredeRegistrert));
    }
    let Some(naar) = k.midnatt(dag) else {
        return Utfall::INGEN_NY;
    };
    for (a, b) in [(en, annen), (annen, en)] {
        k.krev(!a.er_doed(), Grunn::PersonErDoed);
        let Some((sivilstand, _)) = a.ektefelle().filter(|(_, nummer)| b.har_nummer(nummer)) else {
            k.innvend(Grunn::IkkeGiftMedHverandre);
            continue;
        };
        // Who has separated does not separate again.
        let separert = matches!(
            sivilstand.sivilstand,
            Sivilstandstype::Separert | Sivilstandstype::SeparertPartner
        );
        k.krev(!(separert && hva.element == "separasjon"), Grunn::IkkeGiftMedHverandre);
        let fra = sivilstand.sivilstandsdato.and_then(|d| d.dager());
        k.krev(
            fra.is_none_or(|fra| dag.dager().is_some_and(|dag| dag >= fra)),
            Grunn::DatoFoerInngaaelse,
        );
        k.etter_alt(a, naar, Entitet::Sivilstand, |_| true);
        vigselsdato(k, forespoersel, a);
        let blir = if er_partnerskap(&sivilstand.sivilstand) {
            hva.blir.1
        } else {
            hva.blir.0
        };
        let verdi = json!({
            "sivilstand": blir,
            "sivilstandsdato": dag.to_string(),
            "myndighet": element.tekst("sivilstandsmyndighet").map(vigsel::myndighet),
            "relatertVedSivilstand": b.nummer,
        });
        let endringer = k.ny(hva.aarsak, naar, Entitet::Sivilstand, verdi);
        k.hendelse(&a.nummer, Hendelsestype::EndringISivilstand, endringer);
        if hva.element == "skilsmisse" {
            let er_ektefelle = |r: &Familierelasjon| {
                let nummer = r.relatert_person.as_ref();
                r.relatert_persons_rolle == Familierelasjontype::EktefelleEllerPartner
                    && nummer.is_some_and(|nummer| b.har_nummer(nummer.som_tekst()))
            };
            k.etter_alt(a, naar, Entitet::Familierelasjon, |o| {
                let gjeldende = o.metadata.er_gjeldende == Some(true);
                gjeldende && matches!(&o.innhold, Innhold::Familierelasjon(r) if er_ektefelle(r))
            });
            let ektefelle = a.relasjoner().filter(|r| er_ektefelle(r));
            let endringer = ektefelle
                .map(|r| bygg::opphoer(&Innhold::Familierelasjon(r.clone()), naar))
                .collect();
            k.hendelse(&a.nummer, Hendelsestype::EndringIFamilierelasjon, endringer);
        }
    }
    Utfall::INGEN_NY
}

// The date of the marriage that a message gives is the one that was dissolved.
fn vigselsdato(k: &mut Kontekst<'_, '_>, forespoersel: &Element, person: &Personbilde) {
    let Some(oppgitt) = forespoersel.tekst("vigselsEllerPartnerskapsdato").and_then(tid::dato) else {
        return;
    };
    let inngaatt = |s: &informasjonsmodell::entiteter::Sivilstand| {
        matches!(s.sivilstand, Sivilstandstype::Gift | Sivilstandstype::RegistrertPartner)
    };
    let alle = person.opplysninger.iter().filter_map(|o| match &o.innhold {
        Innhold::Sivilstand(s) if inngaatt(s) => s.sivilstandsdato,
        _ => None,
    });
    let datoer: Vec<_> = alle.collect();
    k.krev(datoer.is_empty() || datoer.contains(&oppgitt), Grunn::SivilstandAvviker);
}
