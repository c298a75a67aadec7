//! The rules of change: what a request does to the rows of one person. No files, no clock.

use informasjonsmodell::kodeverk::{Adressegradering, Identifikatorstatuskode};
use informasjonsmodell::skjema::{Feltklasse, Spenn};
use informasjonsmodell::verdi::Skriver;
use informasjonsmodell::{Endring, Entitet, Innhold, Opplysning, Tidspunkt, Utvelger, json};
use tilgang::{Grad, er_skjult_status};

use crate::post::{Nummer, Personpost};
use crate::rad::{Opprinnelse, Rad, Slutt};
use crate::tekster::Tekster;
use crate::{Feil, Regelbrudd, Sekvens};

/// The event that a change belongs to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hendelse<'t> {
    pub seq: Sekvens,
    pub tidspunkt: Tidspunkt,
    pub tekster: &'t Tekster,
}

/// Makes a row of an opplysning. Metadata are taken as they are.
pub(crate) fn lag_rad(
    opplysning: &Opplysning,
    plass: i64,
    hendelse: Hendelse<'_>,
    opprinnelse: Opprinnelse,
) -> Result<Rad, Feil> {
    let mut skriver = Skriver::default();
    opplysning.innhold.skriv(&mut skriver);
    let m = &opplysning.metadata;
    let tekst =
        |t: Option<&informasjonsmodell::tekst::Tekst>| t.map(|t| hendelse.tekster.nummer(t.som_tekst())).transpose();
    Ok(Rad {
        entitet: Some(opplysning.entitet()),
        plass,
        fra: hendelse.seq.0,
        opprinnelse,
        til: None,
        er_gjeldende: m.er_gjeldende,
        ajourholdstidspunkt: m.ajourholdstidspunkt,
        kilde: tekst(m.kilde.as_ref())?,
        aarsak: tekst(m.aarsak.as_ref())?,
        gyldighetstidspunkt: m.gyldighetstidspunkt,
        opphoerstidspunkt: m.opphoerstidspunkt,
        grad: opplysning.innhold.gradering().map_or(Grad::Ugradert, Grad::fra_kode),
        skjult_status: matches!(&opplysning.innhold, Innhold::Status(s) if er_skjult_status(&s.status)),
        kropp: skriver.ut,
        spenn: skriver.spenn,
    })
}

/// What a row's body says, read back into the model.
pub(crate) fn les_innhold(rad: &Rad) -> Result<Innhold, Feil> {
    let skadet = Feil::Skadet("opplysning");
    let entitet = rad.entitet.ok_or(Feil::Skadet("opplysning"))?;
    let verdi = json::les(&uten_erstatning(rad)).map_err(|_| skadet)?;
    Innhold::les(entitet, verdi, &informasjonsmodell::Sti::rot()).map_err(|_| Feil::Skadet("opplysning"))
}

/// The body as a document gives it: without what the register put beside an estate contact's number.
pub(crate) fn uten_erstatning(rad: &Rad) -> Vec<u8> {
    let mut ut = Vec::with_capacity(rad.kropp.len());
    tilgang::kopier_uten(&mut ut, &rad.kropp, &rad.spenn, Feltklasse::KontaktErstatning.bit());
    ut
}

/// Carries out changes on a person within one event.
pub(crate) fn utfoer(post: &mut Personpost, endringer: &[Endring], hendelse: Hendelse<'_>) -> Result<(), Feil> {
    for endring in endringer {
        match endring {
            Endring::RegistrereNy(opplysning) => registrer_ny(post, opplysning, hendelse)?,
            Endring::Korrigere { hvilken, ny } => {
                let nr = finn(post, hvilken)?;
                korriger(post, nr, ny, hendelse)?;
            }
            Endring::Annullere { hvilken } => {
                let nr = finn(post, hvilken)?;
                if let Some(rad) = post.rader.get_mut(nr) {
                    rad.til = Some((hendelse.seq.0, Slutt::Annullert));
                }
            }
            Endring::Opphoere {
                hvilken,
                opphoerstidspunkt,
            } => {
                let nr = finn(post, hvilken)?;
                avslutt(post, nr, Opprinnelse::Opphoert, Some(*opphoerstidspunkt), hendelse);
            }
        }
    }
    oppdater_hode(post)?;
    Ok(())
}

fn finn(post: &Personpost, hvilken: &Utvelger) -> Result<usize, Feil> {
    match hvilken {
        Utvelger::Gjeldende(entitet) => {
            let mut funn = post.gjeldende(*entitet).map(|(nr, _)| nr);
            let nr = funn.next().ok_or(Regelbrudd::FantIkkeOppfoering(*entitet))?;
            if funn.next().is_some() {
                Err(Regelbrudd::FlereOppfoeringer(*entitet).into())
            } else {
                Ok(nr)
            }
        }
        Utvelger::Lik(innhold) => {
            let mut skriver = Skriver::default();
            innhold.skriv(&mut skriver);
            let entitet = innhold.entitet();
            let funn = post
                .gjeldende(entitet)
                .find(|(_, rad)| uten_erstatning(rad) == skriver.ut);
            Ok(funn.map(|(nr, _)| nr).ok_or(Regelbrudd::FantIkkeOppfoering(entitet))?)
        }
    }
}

/// A new value: what was current of a one-at-a-time entity becomes history.
pub(crate) fn registrer_ny(post: &mut Personpost, opplysning: &Opplysning, hendelse: Hendelse<'_>) -> Result<(), Feil> {
    let entitet = opplysning.entitet();
    if post.hode.vern == Grad::StrengtFortrolig && entitet.er_adresse() {
        let aapen =
            entitet == Entitet::Postadresse && opplysning.innhold.gradering() == Some(&Adressegradering::Ugradert);
        if !aapen {
            return Err(Regelbrudd::StrengtFortrolig.into());
        }
    }
    if !entitet.er_parallell() && opplysning.metadata.er_gjeldende != Some(false) {
        let forrige: Vec<usize> = post.gjeldende(entitet).map(|(nr, _)| nr).collect();
        for nr in forrige {
            if entitet.er_liste() {
                avslutt(post, nr, Opprinnelse::Avloest, None, hendelse);
            } else if let Some(rad) = post.rader.get_mut(nr) {
                // A single object has no room for history.
                rad.til = Some((hendelse.seq.0, Slutt::Erstattet));
            }
        }
    }
    let plass = post.holdte(entitet).map(|(_, r)| r.plass).min().map_or(0, |p| p - 1);
    let mut rad = lag_rad(opplysning, plass, hendelse, Opprinnelse::Ny)?;
    rad.ajourholdstidspunkt.get_or_insert(hendelse.tidspunkt);
    rad.er_gjeldende.get_or_insert(true);
    post.rader.push(rad);
    Ok(())
}

fn korriger(post: &mut Personpost, nr: usize, ny: &Opplysning, hendelse: Hendelse<'_>) -> Result<(), Feil> {
    let Some(gammel) = post.rader.get_mut(nr) else {
        return Err(Feil::Skadet("rad"));
    };
    if gammel.entitet != Some(ny.entitet()) {
        return Err(Regelbrudd::FantIkkeOppfoering(ny.entitet()).into());
    }
    if post.hode.vern == Grad::StrengtFortrolig
        && ny.entitet().er_adresse()
        && ny.innhold.gradering() != Some(&Adressegradering::Ugradert)
    {
        return Err(Regelbrudd::StrengtFortrolig.into());
    }
    let (plass, er_gjeldende) = (gammel.plass, gammel.er_gjeldende);
    gammel.til = Some((hendelse.seq.0, Slutt::Korrigert));
    let mut rad = lag_rad(ny, plass, hendelse, Opprinnelse::Korrigert)?;
    rad.ajourholdstidspunkt.get_or_insert(hendelse.tidspunkt);
    rad.er_gjeldende = rad.er_gjeldende.or(er_gjeldende);
    post.rader.push(rad);
    Ok(())
}

/// Closes a row and makes a new one over the same body: history from now on.
fn avslutt(
    post: &mut Personpost,
    nr: usize,
    opprinnelse: Opprinnelse,
    opphoer: Option<Tidspunkt>,
    hendelse: Hendelse<'_>,
) {
    let Some(gammel) = post.rader.get_mut(nr) else { return };
    gammel.til = Some((hendelse.seq.0, Slutt::Videre));
    let mut rad = gammel.clone();
    rad.til = None;
    rad.fra = hendelse.seq.0;
    rad.opprinnelse = opprinnelse;
    rad.er_gjeldende = Some(false);
    rad.ajourholdstidspunkt = Some(hendelse.tidspunkt);
    rad.opphoerstidspunkt = opphoer.or(rad.opphoerstidspunkt);
    post.rader.push(rad);
}

/// Sets the status of one of the person's numbers.
pub(crate) fn sett_nummerstatus(
    post: &mut Personpost,
    nummer: u64,
    status: Identifikatorstatuskode,
    gjeldende: bool,
    hendelse: Hendelse<'_>,
) -> Result<(), Feil> {
    let entitet = Entitet::Identifikasjonsnummer;
    let treff = post
        .holdte(entitet)
        .filter(|(_, r)| nummer_i(r) == Some(nummer))
        .map(|(nr, _)| nr)
        .next();
    let nr = treff.ok_or(Regelbrudd::FantIkkeOppfoering(entitet))?;
    let Some(gammel) = post.rader.get(nr) else {
        return Err(Feil::Skadet("rad"));
    };
    let Innhold::Identifikasjonsnummer(mut innhold) = les_innhold(gammel)? else {
        return Err(Feil::Skadet("rad"));
    };
    innhold.status = status;
    let mut rad = gammel.clone();
    let mut skriver = Skriver::default();
    Innhold::Identifikasjonsnummer(innhold).skriv(&mut skriver);
    rad.kropp = skriver.ut;
    rad.spenn = skriver.spenn;
    rad.fra = hendelse.seq.0;
    rad.opprinnelse = if gjeldende {
        Opprinnelse::Korrigert
    } else {
        Opprinnelse::Avloest
    };
    rad.er_gjeldende = Some(gjeldende);
    rad.ajourholdstidspunkt = Some(hendelse.tidspunkt);
    if let Some(gammel) = post.rader.get_mut(nr) {
        gammel.til = Some((hendelse.seq.0, Slutt::Videre));
    }
    post.rader.push(rad);
    oppdater_hode(post)
}

/// Ends the person: what remains is the number, `opphoert`, and what `endringer` of the event registered.
pub(crate) fn opphoer_person(post: &mut Personpost, hendelse: Hendelse<'_>) -> Result<(), Feil> {
    let gjeldende: Vec<u64> = post
        .gjeldende(Entitet::Identifikasjonsnummer)
        .filter_map(|(_, r)| nummer_i(r))
        .collect();
    for nummer in gjeldende {
        sett_nummerstatus(post, nummer, Identifikatorstatuskode::Opphoert, true, hendelse)?;
    }
    for rad in &mut post.rader {
        let beholdes = matches!(
            rad.entitet,
            Some(Entitet::Identifikasjonsnummer | Entitet::Adressebeskyttelse)
        ) || rad.fra == hendelse.seq.0;
        if rad.holdt() && !beholdes {
            rad.til = Some((hendelse.seq.0, Slutt::PersonOpphoert));
        }
    }
    // The status before is not history of an ended person: the minimal document has one status.
    for rad in &mut post.rader {
        if rad.entitet == Some(Entitet::Status)
            && rad.holdt()
            && rad.opprinnelse == Opprinnelse::Avloest
            && rad.fra == hendelse.seq.0
        {
            rad.til = Some((hendelse.seq.0, Slutt::PersonOpphoert));
        }
    }
    post.rader.retain(|rad| rad.til.is_none_or(|(til, _)| til > rad.fra));
    oppdater_hode(post)
}

/// Restores a person that was ended: the number is in use again, and what the ending closed is held again.
pub(crate) fn reaktiver_person(post: &mut Personpost, hendelse: Hendelse<'_>) -> Result<(), Feil> {
    if post.hode.numre.iter().any(|n| n.i_bruk) {
        return Ok(());
    }
    let opphoert_ved = post.rader.iter().filter_map(|r| match r.til {
        Some((til, Slutt::PersonOpphoert)) => Some(til),
        _ => None,
    });
    let Some(opphoert_ved) = opphoert_ved.max() else {
        return Ok(());
    };
    let gjeldende: Vec<u64> = post
        .gjeldende(Entitet::Identifikasjonsnummer)
        .filter_map(|(_, r)| nummer_i(r))
        .collect();
    for nummer in gjeldende {
        sett_nummerstatus(post, nummer, Identifikatorstatuskode::IBruk, true, hendelse)?;
    }
    let gjenopptatte: Vec<Rad> = post
        .rader
        .iter()
        .filter(|r| r.til == Some((opphoert_ved, Slutt::PersonOpphoert)))
        .map(|r| Rad {
            til: None,
            fra: hendelse.seq.0,
            opprinnelse: Opprinnelse::Gjenopptatt,
            ..r.clone()
        })
        .collect();
    post.rader.extend(gjenopptatte);
    oppdater_hode(post)
}

/// Everything of a person's addresses is removed, in every version: rows, bodies, and what other entries tell of a place.
///
/// The one open postadresse that was registered in the same event stays.
pub(crate) fn slett_adresser(post: &mut Personpost, hendelse: Hendelse<'_>) {
    post.rader.retain(|rad| {
        let Some(entitet) = rad.entitet else { return true };
        let aapen = entitet == Entitet::Postadresse
            && rad.grad == Grad::Ugradert
            && rad.fra == hendelse.seq.0
            && rad.holdt()
            && rad.opprinnelse == Opprinnelse::Ny;
        !entitet.er_adresse() || aapen
    });
    let stedfestende = Feltklasse::FlyttingSted.bit()
        | Feltklasse::FlyttingLand.bit()
        | Feltklasse::DoedsboAdresse.bit()
        | Feltklasse::SvalbardFraflytting.bit();
    for rad in &mut post.rader {
        if rad.spenn.iter().any(|s| stedfestende & s.klasse.bit() != 0) {
            let (kropp, spenn) = skjaer_bort(&rad.kropp, &rad.spenn, stedfestende);
            rad.kropp = kropp;
            rad.spenn = spenn;
        }
    }
}

/// A body without some of its removable members, and where the others lie now.
///
/// Cuts exactly as [`tilgang::kopier_uten`] copies.
fn skjaer_bort(kropp: &[u8], spenn: &[Spenn], bort: u32) -> (Vec<u8>, Vec<Spenn>) {
    // What is cut, in order, without overlap.
    let mut kutt: Vec<(usize, usize)> = Vec::new();
    for s in spenn.iter().filter(|s| bort & s.klasse.bit() != 0) {
        let (mut fra, mut til) = (s.fra as usize, s.til as usize);
        let slutt = kutt.last().map_or(0, |k| k.1);
        if fra < slutt {
            continue;
        }
        if kropp.get(til) == Some(&b',') {
            til += 1;
        } else {
            // The comma before stands in front of this cut, or of the cut that ends where this begins.
            let start = if fra == slutt {
                kutt.pop().map_or(fra, |k| k.0)
            } else {
                fra
            };
            fra = if start > 0 && kropp.get(start - 1) == Some(&b',') {
                start - 1
            } else {
                start
            };
        }
        kutt.push((fra, til));
    }
    let kuttet_foer = |plass: usize| -> usize { kutt.iter().map(|(fra, til)| plass.clamp(*fra, *til) - fra).sum() };
    let mut ut = Vec::with_capacity(kropp.len());
    let mut plass = 0;
    for (fra, til) in &kutt {
        ut.extend_from_slice(kropp.get(plass..*fra).unwrap_or_default());
        plass = *til;
    }
    ut.extend_from_slice(kropp.get(plass..).unwrap_or_default());
    let mut igjen = Vec::new();
    for s in spenn.iter().filter(|s| bort & s.klasse.bit() == 0) {
        let (fra, til) = (s.fra as usize, s.til as usize);
        let (ny_fra, ny_til) = (fra - kuttet_foer(fra), til - kuttet_foer(til));
        if let (true, Ok(fra), Ok(til)) = (ny_til > ny_fra, u32::try_from(ny_fra), u32::try_from(ny_til)) {
            igjen.push(Spenn {
                klasse: s.klasse,
                fra,
                til,
            });
        }
    }
    (ut, igjen)
}

/// The number that an identifikasjonsnummer row says.
pub(crate) fn nummer_i(rad: &Rad) -> Option<u64> {
    // The body is ours: `"foedselsEllerDNummer":"` and eleven digits.
    const NAVN: &[u8] = b"\"foedselsEllerDNummer\":\"";
    let fra = rad.kropp.windows(NAVN.len()).position(|v| v == NAVN)? + NAVN.len();
    std::str::from_utf8(rad.kropp.get(fra..fra + 11)?).ok()?.parse().ok()
}

/// Derives the header from the rows: numbers and present protection.
pub(crate) fn oppdater_hode(post: &mut Personpost) -> Result<(), Feil> {
    let mut numre = Vec::new();
    for (_, rad) in post.holdte(Entitet::Identifikasjonsnummer) {
        let verdi = nummer_i(rad).ok_or(Feil::Skadet("identifikasjonsnummer"))?;
        let i_bruk = rad.gjeldende() && rad.kropp.starts_with(b"{\"status\":\"iBruk\"");
        if !numre.iter().any(|n: &Nummer| n.verdi == verdi) {
            numre.push(Nummer { verdi, i_bruk });
        }
    }
    numre.sort_by_key(|n| !n.i_bruk);
    post.hode.numre = numre;
    let vern = post
        .gjeldende(Entitet::Adressebeskyttelse)
        .map(|(_, rad)| les_vern(rad))
        .collect::<Result<Vec<_>, _>>()?;
    post.hode.vern = vern.into_iter().max().unwrap_or_default();
    Ok(())
}

fn les_vern(rad: &Rad) -> Result<Grad, Feil> {
    match les_innhold(rad)? {
        Innhold::Adressebeskyttelse(a) => Ok(Grad::fra_kode(&a.graderingsnivaa)),
        _ => Err(Feil::Skadet("adressebeskyttelse")),
    }
}

/// Marks the current addresses of a person who has become fortrolig.
///
/// Source: every address of a person with fortrolig carries `adressegradering: fortrolig`.
pub(crate) fn grader_adresser(post: &mut Personpost, hendelse: Hendelse<'_>) -> Result<(), Feil> {
    let numre: Vec<usize> = Entitet::ADRESSER
        .iter()
        .flat_map(|e| {
            post.gjeldende(*e)
                .filter(|(_, r)| r.grad < Grad::Fortrolig)
                .map(|(nr, _)| nr)
                .collect::<Vec<_>>()
        })
        .collect();
    for nr in numre {
        let Some(gammel) = post.rader.get(nr) else { continue };
        let innhold = med_gradering(les_innhold(gammel)?, Adressegradering::Fortrolig);
        let mut skriver = Skriver::default();
        innhold.skriv(&mut skriver);
        let mut rad = gammel.clone();
        rad.kropp = skriver.ut;
        rad.spenn = skriver.spenn;
        rad.grad = Grad::Fortrolig;
        rad.ajourholdstidspunkt = Some(hendelse.tidspunkt);
        if gammel.fra == hendelse.seq.0 {
            if let Some(plass) = post.rader.get_mut(nr) {
                *plass = rad;
            }
            continue;
        }
        rad.fra = hendelse.seq.0;
        rad.opprinnelse = Opprinnelse::Korrigert;
        if let Some(gammel) = post.rader.get_mut(nr) {
            gammel.til = Some((hendelse.seq.0, Slutt::Korrigert));
        }
        post.rader.push(rad);
    }
    Ok(())
}

fn med_gradering(innhold: Innhold, grad: Adressegradering) -> Innhold {
    let mut innhold = innhold;
    match &mut innhold {
        Innhold::Bostedsadresse(a) => a.adressegradering = grad,
        Innhold::DeltBosted(a) => a.adressegradering = grad,
        Innhold::Oppholdsadresse(a) => a.adressegradering = grad,
        Innhold::Postadresse(a) => a.adressegradering = grad,
        Innhold::PostadresseIUtlandet(a) => a.adressegradering = grad,
        _ => {}
    }
    innhold
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn cutting_away_is_copying_without_and_the_rest_is_found_again(
            medlemmer in prop::collection::vec((0u8..3, 0u8..3), 0..7),
            indre in prop::collection::vec(0u8..3, 0..4),
        ) {
            // Classes: 0 stays and is removable, 1 is cut, 2 is not removable. The last member is an object with members.
            let mut kropp = String::from("{");
            let mut spenn = Vec::new();
            let klasse = |slag: u8| match slag { 0 => Some(Feltklasse::Kretser), 1 => Some(Feltklasse::FlyttingSted), _ => None };
            for (nr, (verdi, slag)) in medlemmer.iter().enumerate() {
                if kropp.len() > 1 { kropp.push(','); }
                let fra = kropp.len() as u32;
                kropp.push_str(&format!("\"m{nr}\":{verdi}"));
                if let Some(klasse) = klasse(*slag) { spenn.push(Spenn { klasse, fra, til: kropp.len() as u32 }); }
            }
            if kropp.len() > 1 { kropp.push(','); }
            kropp.push_str("\"o\":{");
            for (nr, slag) in indre.iter().enumerate() {
                if nr > 0 { kropp.push(','); }
                let fra = kropp.len() as u32;
                kropp.push_str(&format!("\"i{nr}\":1"));
                if let Some(klasse) = klasse(*slag) { spenn.push(Spenn { klasse, fra, til: kropp.len() as u32 }); }
            }
            kropp.push_str("}}");
            let bort = Feltklasse::FlyttingSted.bit();
            let (kuttet, igjen) = skjaer_bort(kropp.as_bytes(), &spenn, bort);
            let mut kopi = Vec::new();
            tilgang::kopier_uten(&mut kopi, kropp.as_bytes(), &spenn, bort);
            prop_assert_eq!(&kuttet, &kopi);
            let beholdt: Vec<_> = spenn.iter().filter(|s| s.klasse == Feltklasse::Kretser).collect();
            prop_assert_eq!(igjen.len(), beholdt.len());
            for (foer, etter) in beholdt.iter().zip(&igjen) {
                prop_assert_eq!(&kropp.as_bytes()[foer.fra as usize..foer.til as usize], &kuttet[etter.fra as usize..etter.til as usize]);
            }
        }
    }
}
