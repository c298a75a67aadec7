//! Who the father of a child is.

use informasjonsmodell::kodeverk::{Familierelasjontype, Foreldreansvarstype, Kjoenn};
use informasjonsmodell::{Endring, Entitet, Hendelsestype, Innhold};
use meldinger::tre::Element;
use register::{Feil, Personbilde};

use super::{Kontekst, Utfall, familie};
use crate::bygg::{self, Aarsak};
use crate::person::Person;
use crate::tid::aar_mellom;
use crate::vedtak::{Grunn, Vedtak};

/// Youngest father. Source: our choice; below it somebody must look.
const FAR_AAR_MINST: u16 = 14;

/// Effects: a relation each way; shared responsibility where the parents live together or have agreed on it.
///
/// Source: folkeregister reference 9.4; an unborn child's is held until the birth.
pub(super) fn farskap(k: &mut Kontekst<'_, '_>, forespoersel: &Element) -> Result<Utfall, Feil> {
    let (Some(barnet), Some(far)) = (forespoersel.ett("barnet"), forespoersel.ett("far")) else {
        k.innvend(Grunn::MangelfullMelding);
        return Utfall::INGEN_NY;
    };
    let vurdering = forespoersel.ett("saksbehandlersVurdering");
    let sier = |navn: &str| vurdering.and_then(|v| v.ja(navn));
    k.krev(sier("skjemaErAttestert") == Some(true), Grunn::MaaVurderes);
    k.krev(
        sier("vedlagtFarskapsskjemaErOriginalt") == Some(true),
        Grunn::MaaVurderes,
    );
    k.krev(sier("manuellBehandlingErOensket") != Some(true), Grunn::MaaVurderes);
    k.krev(far.ja("harSignert") == Some(true), Grunn::MaaVurderes);
    let mor = forespoersel.ett("mor");
    k.krev(
        mor.is_none_or(|mor| mor.ja("harSignert") == Some(true)),
        Grunn::MaaVurderes,
    );
    k.dato(far, "datoForErklaeringen");
    let mors_nummer = mor.and_then(|mor| mor.tekst("foedselsEllerDNummer"));
    let Some(far) = k.person(far.tekst("foedselsEllerDNummer"))? else {
        return Utfall::INGEN_NY;
    };
    let foedt = k.foedt.clone();
    if barnet.ja("erFoedt") == Some(false) && foedt.is_none() {
        let Some(mor) = k.person(mors_nummer)? else {
            return Utfall::INGEN_NY;
        };
        if k.er_uten_innvendinger() {
            return Ok(Utfall::Alt(Vedtak::VenterPaaFoedsel { mor: mor.nummer }));
        }
        return Utfall::INGEN_NY;
    }
    let Some(barn) = k.person(foedt.as_deref().or(barnet.tekst("foedselsEllerDNummer")))? else {
        return Utfall::INGEN_NY;
    };
    let mors = barn.som_er(&Familierelasjontype::Mor);
    let mor = match mors.first() {
        Some(nummer) => k.kjent(nummer)?,
        None => None,
    };
    if let (Some(oppgitt), Some(mor)) = (mors_nummer, &mor) {
        k.krev(mor.har_nummer(oppgitt), Grunn::AnnenMor);
    }
    let fedre = [Familierelasjontype::Far, Familierelasjontype::Medmor]
        .iter()
        .flat_map(|r| barn.som_er(r))
        .collect::<Vec<_>>();
    if fedre.iter().any(|nummer| far.har_nummer(nummer)) {
        return Ok(Utfall::Alt(Vedtak::AlleredeRegistrert));
    }
    k.krev(fedre.is_empty(), Grunn::HarForelder);
    k.krev(
        !mors.iter().any(|nummer| far.har_nummer(nummer)) && far.person != barn.person,
        Grunn::SammePerson,
    );
    k.proev_steder(Some(&barn), &[], &[&far])?;
    k.krev(far.kjoenn() != Some(Kjoenn::Kvinne), Grunn::MaaVurderes);
    let Some(foedselsdato) = barn.foedselsdato() else {
        k.innvend(Grunn::MangelfullMelding);
        return Utfall::INGEN_NY;
    };
    if let Some(fars) = far.foedselsdato() {
        k.krev(
            aar_mellom(fars, foedselsdato).is_some_and(|aar| aar >= FAR_AAR_MINST),
            Grunn::ForUng,
        );
    }
    let Some(naar) = k.midnatt(foedselsdato) else {
        return Utfall::INGEN_NY;
    };
    let til_far = k.ny(
        Aarsak::FARSKAP,
        naar,
        Entitet::Familierelasjon,
        familie::relasjon(&far.nummer, "far", "barn"),
    );
    k.hendelse(&barn.nummer, Hendelsestype::EndringIFamilierelasjon, til_far);
    let til_barn = k.ny(
        Aarsak::FARSKAP,
        naar,
        Entitet::Familierelasjon,
        familie::relasjon(&barn.nummer, "barn", "far"),
    );
    k.hendelse(&far.nummer, Hendelsestype::EndringIFamilierelasjon, til_barn);
    let bor_sammen = forespoersel.ja("foreldreBorSammen") == Some(true);
    let avtalt = forespoersel.ett("foreldreansvar").is_some();
    if let Some(mor) = mor
        && (bor_sammen || avtalt)
        && familie::er_mindreaarig(&barn, k.tid.dag)
        && !far.er_doed()
    {
        del_ansvar(k, forespoersel, &barn, &mor, &far)?;
    }
    Utfall::INGEN_NY
}

// The mother's responsibility alone becomes one that both share.
fn del_ansvar(
    k: &mut Kontekst<'_, '_>,
    forespoersel: &Element,
    barn: &Personbilde,
    mor: &Personbilde,
    far: &Personbilde,
) -> Result<(), Feil> {
    let har_alene: Vec<_> = familie::ansvar_for(barn, barn, mor).cloned().collect();
    // Somebody else has been given it: that is not undone by who the father is.
    if !har_alene.iter().any(|a| a.ansvar == Foreldreansvarstype::Mor) || barn.ansvar().count() != har_alene.len() {
        return Ok(());
    }
    let avtalt = forespoersel
        .ett("foreldreansvar")
        .and_then(|f| f.tekst("datoForAvtalen"))
        .and_then(crate::tid::dato);
    // An agreement of before the birth holds from the birth, and none before the mother had it.
    let dag = avtalt.max(barn.foedselsdato()).unwrap_or(k.tid.dag);
    let Some(naar) = k.midnatt(dag) else { return Ok(()) };
    for paa in [barn, mor] {
        k.etter_alt(paa, naar, Entitet::Foreldreansvar, |o| {
            let gjeldende = o.metadata.er_gjeldende == Some(true);
            gjeldende && matches!(&o.innhold, Innhold::Foreldreansvar(a) if har_alene.contains(a))
        });
    }
    let felles = |hvem: &Personbilde| familie::ansvar("felles", &barn.nummer, &hvem.nummer);
    let slutter = |paa: &Personbilde| -> Vec<Endring> {
        let alene = familie::ansvar_for(paa, barn, mor);
        alene
            .map(|a| bygg::opphoer(&Innhold::Foreldreansvar(a.clone()), naar))
            .collect()
    };
    let mut paa_barnet = slutter(barn);
    for hvem in [mor, far] {
        paa_barnet.extend(k.ny(Aarsak::FORELDREANSVAR, naar, Entitet::Foreldreansvar, felles(hvem)));
    }
    k.hendelse(&barn.nummer, Hendelsestype::EndringIForeldreansvar, paa_barnet);
    let mut paa_mor = slutter(mor);
    paa_mor.extend(k.ny(Aarsak::FORELDREANSVAR, naar, Entitet::Foreldreansvar, felles(mor)));
    k.hendelse(&mor.nummer, Hendelsestype::EndringIForeldreansvar, paa_mor);
    let paa_far = k.ny(Aarsak::FORELDREANSVAR, naar, Entitet::Foreldreansvar, felles(far));
    k.hendelse(&far.nummer, Hendelsestype::EndringIForeldreansvar, paa_far);
    Ok(())
}
