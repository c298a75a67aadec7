//! The rules of change: what a request does to the rows of one person. No files, no clock.

use informasjonsmodell::entiteter::Folkeregisterpersonstatus;
use informasjonsmodell::kodeverk::{Adressegradering, Identifikatorstatuskode, Personstatus};
use informasjonsmodell::skjema::Feltklasse;
use informasjonsmodell::verdi::Skriver;
use informasjonsmodell::{Endring, Entitet, Innhold, Opplysning, Registermetadata, Tidspunkt, Utvelger, json};
use tilgang::{Grad, er_skjult_status};

use crate::ajourhold;
use crate::post::{Nummer, Personpost};
use crate::rad::{Opprinnelse, Rad, Slutt};
use crate::tekster::Tekster;
use crate::{Feil, Regelbrudd, Sekvens, kontakt, sletting};

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
    let mut skriver = Skriver::med_plass();
    opplysning.innhold.skriv(&mut skriver);
    let m = &opplysning.metadata;
    let tekst =
        |t: Option<&informasjonsmodell::tekst::Tekst>| t.map(|t| hendelse.tekster.nummer(t.som_tekst())).transpose();
    let mut rad = Rad {
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
        kjede: Vec::new(),
        kropp: skriver.ut,
        spenn: skriver.spenn,
    };
    // What was erased and went out in an export comes back as erased.
    if matches!(&opplysning.innhold, Innhold::KontaktinformasjonForDoedsbo(k) if kontakt::er_slettet(&k.adresse)) {
        kontakt::skjaer_bort_adresse(&mut rad);
    }
    Ok(rad)
}

/// What a row's body says, read back into the model.
pub(crate) fn les_innhold(rad: &Rad) -> Result<Innhold, Feil> {
    let skadet = Feil::Skadet("opplysning");
    let entitet = rad.entitet.ok_or(Feil::Skadet("opplysning"))?;
    let mut verdi = json::les(&uten_erstatning(rad)).map_err(|_| skadet)?;
    if entitet == Entitet::KontaktinformasjonForDoedsbo
        && let serde_json::Value::Object(felt) = &mut verdi
    {
        // An erasure takes the address, which the model requires: an address that says so stands in its place.
        felt.entry("adresse").or_insert_with(kontakt::slettet_adresse);
    }
    Innhold::les(entitet, verdi, &informasjonsmodell::Sti::rot()).map_err(|_| Feil::Skadet("opplysning"))
}

/// A row as the model has it. `tekst` gives texts by number; without it there is no `kilde` and no `aarsak`.
pub(crate) fn les_opplysning<'t>(
    rad: &Rad,
    tekst: Option<&dyn Fn(u32) -> Result<&'t str, Feil>>,
) -> Result<Opplysning, Feil> {
    let tekst = |nummer: Option<u32>| match (tekst, nummer) {
        (Some(tekst), Some(nummer)) => {
            let funnet = informasjonsmodell::tekst::Tekst::new(tekst(nummer)?);
            funnet.map(Some).ok_or(Feil::Skadet("tekst"))
        }
        _ => Ok(None),
    };
    Ok(Opplysning {
        metadata: Registermetadata {
            ajourholdstidspunkt: rad.ajourholdstidspunkt,
            er_gjeldende: Some(rad.gjeldende()),
            kilde: tekst(rad.kilde)?,
            aarsak: tekst(rad.aarsak)?,
            gyldighetstidspunkt: rad.gyldighetstidspunkt,
            opphoerstidspunkt: rad.opphoerstidspunkt,
        },
        innhold: les_innhold(rad)?,
    })
}

/// The body as a document gives it: without what the register put beside an estate contact's number.
pub(crate) fn uten_erstatning(rad: &Rad) -> Vec<u8> {
    let mut ut = Vec::with_capacity(rad.kropp.len());
    tilgang::kopier_uten(&mut ut, &rad.kropp, &rad.spenn, Feltklasse::KontaktErstatning.bit());
    ut
}

/// Which entity a change concerns.
pub(crate) fn beroert(endring: &Endring) -> Entitet {
    match endring {
        Endring::RegistrereNy(opplysning) => opplysning.entitet(),
        Endring::Gjenoppta { entitet, .. } | Endring::Angre { entitet } => *entitet,
        Endring::Korrigere { hvilken, .. } | Endring::Annullere { hvilken } | Endring::Opphoere { hvilken, .. } => {
            match hvilken {
                Utvelger::Gjeldende(entitet) => *entitet,
                Utvelger::Lik(innhold) => innhold.entitet(),
            }
        }
    }
}

/// Carries out changes on a person within one event.
///
/// A change of protection comes first, whatever the order: the addresses that came with it are judged by the new one.
pub(crate) fn utfoer(post: &mut Personpost, endringer: &[Endring], hendelse: Hendelse<'_>) -> Result<(), Feil> {
    let er_vern = |e: &&Endring| beroert(e) == Entitet::Adressebeskyttelse;
    for endring in endringer.iter().filter(er_vern) {
        utfoer_en(post, endring, hendelse)?;
    }
    oppdater_hode(post)?;
    for endring in endringer.iter().filter(|e| !er_vern(e)) {
        utfoer_en(post, endring, hendelse)?;
    }
    fjern_tomme(post);
    oppdater_hode(post)
}

fn utfoer_en(post: &mut Personpost, endring: &Endring, hendelse: Hendelse<'_>) -> Result<(), Feil> {
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
        Endring::Gjenoppta { entitet, opphoert } => gjenoppta(post, *entitet, *opphoert, hendelse)?,
        Endring::Angre { entitet } => angre(post, *entitet, hendelse)?,
        Endring::Opphoere {
            hvilken,
            opphoerstidspunkt,
        } => {
            let nr = finn(post, hvilken)?;
            avslutt(post, nr, Opprinnelse::Opphoert, Some(*opphoerstidspunkt), hendelse);
        }
    }
    Ok(())
}

/// Rows that came and went within one event were never held.
pub(crate) fn fjern_tomme(post: &mut Personpost) {
    post.rader.retain(|rad| rad.til.is_none_or(|(til, _)| til > rad.fra));
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
            let kropp = if post.hode.vern == Grad::StrengtFortrolig && !entitet.er_adresse() {
                sletting::uten_steder(skriver.ut, skriver.spenn).0
            } else {
                skriver.ut
            };
            let uten_adresse = (entitet == Entitet::KontaktinformasjonForDoedsbo).then(|| uten_adresse(innhold));
            let funn = post.gjeldende(entitet).find(|(_, rad)| {
                let har = uten_erstatning(rad);
                // Who names an estate's entry need not know that its address was erased.
                har == kropp || (uten_adresse.as_ref() == Some(&har) && !kontakt::har(rad, Feltklasse::DoedsboAdresse))
            });
            Ok(funn.map(|(nr, _)| nr).ok_or(Regelbrudd::FantIkkeOppfoering(entitet))?)
        }
    }
}

fn uten_adresse(innhold: &Innhold) -> Vec<u8> {
    let mut skriver = Skriver::default();
    innhold.skriv(&mut skriver);
    let mut ut = Vec::with_capacity(skriver.ut.len());
    tilgang::kopier_uten(&mut ut, &skriver.ut, &skriver.spenn, Feltklasse::DoedsboAdresse.bit());
    ut
}

/// A new value: what was current of a one-at-a-time entity becomes history.
pub(crate) fn registrer_ny(post: &mut Personpost, opplysning: &Opplysning, hendelse: Hendelse<'_>) -> Result<(), Feil> {
    let entitet = opplysning.entitet();
    sjekk_strengt(post, opplysning)?;
    let mut avloest = None;
    if !entitet.er_parallell() && opplysning.metadata.er_gjeldende != Some(false) {
        let forrige: Vec<usize> = post.gjeldende(entitet).map(|(nr, _)| nr).collect();
        for nr in forrige {
            avloest = post.rader.get(nr).cloned();
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
    if let Some(avloest) = avloest {
        ajourhold::arv(&avloest, &mut rad, true);
    }
    post.rader.push(rad);
    Ok(())
}

/// A strengt fortrolig person gets no address but an open postadresse.
fn sjekk_strengt(post: &Personpost, opplysning: &Opplysning) -> Result<(), Feil> {
    let entitet = opplysning.entitet();
    let aapen = entitet == Entitet::Postadresse
        && opplysning.innhold.gradering() == Some(&Adressegradering::Ugradert)
        && opplysning.metadata.er_gjeldende != Some(false);
    if post.hode.vern == Grad::StrengtFortrolig && entitet.er_adresse() && !aapen {
        return Err(Regelbrudd::StrengtFortrolig.into());
    }
    Ok(())
}

fn korriger(post: &mut Personpost, nr: usize, ny: &Opplysning, hendelse: Hendelse<'_>) -> Result<(), Feil> {
    sjekk_strengt(post, ny)?;
    let Some(gammel) = post.rader.get_mut(nr) else {
        return Err(Feil::Skadet("rad"));
    };
    if gammel.entitet != Some(ny.entitet()) {
        return Err(Regelbrudd::FantIkkeOppfoering(ny.entitet()).into());
    }
    // What the same event registered is still new to everyone.
    let opprinnelse = if gammel.fra == hendelse.seq.0 {
        gammel.opprinnelse
    } else {
        Opprinnelse::Korrigert
    };
    gammel.til = Some((hendelse.seq.0, Slutt::Korrigert));
    let gammel = gammel.clone();
    let mut rad = lag_rad(ny, gammel.plass, hendelse, opprinnelse)?;
    rad.ajourholdstidspunkt.get_or_insert(hendelse.tidspunkt);
    rad.er_gjeldende = rad.er_gjeldende.or(gammel.er_gjeldende);
    ajourhold::arv(&gammel, &mut rad, false);
    post.rader.push(rad);
    Ok(())
}

// What ended at a time is current again.
fn gjenoppta(post: &mut Personpost, entitet: Entitet, opphoert: Tidspunkt, hendelse: Hendelse<'_>) -> Result<(), Feil> {
    let endte = |rad: &Rad| !rad.gjeldende() && rad.opphoerstidspunkt == Some(opphoert);
    let numre: Vec<usize> = post
        .holdte(entitet)
        .filter(|(_, rad)| endte(rad))
        .map(|(nr, _)| nr)
        .collect();
    if numre.is_empty() {
        return Err(Regelbrudd::FantIkkeOppfoering(entitet).into());
    }
    if !entitet.er_parallell() && (numre.len() > 1 || post.gjeldende(entitet).next().is_some()) {
        return Err(Regelbrudd::FlereGjeldende(entitet).into());
    }
    numre.into_iter().for_each(|nr| aapne(post, nr, hendelse));
    Ok(())
}

// The current one is removed, and the one it took over from is current again.
fn angre(post: &mut Personpost, entitet: Entitet, hendelse: Hendelse<'_>) -> Result<(), Feil> {
    let nr = finn(post, &Utvelger::Gjeldende(entitet))?;
    let avloest = |rad: &Rad| !rad.gjeldende() && rad.opprinnelse == Opprinnelse::Avloest;
    let forrige = post.holdte(entitet).filter(|(_, rad)| avloest(rad));
    let (forrige, _) = forrige
        .max_by_key(|(_, rad)| rad.fra)
        .ok_or(Regelbrudd::FantIkkeOppfoering(entitet))?;
    if let Some(rad) = post.rader.get_mut(nr) {
        rad.til = Some((hendelse.seq.0, Slutt::Annullert));
    }
    aapne(post, forrige, hendelse);
    Ok(())
}

/// Closes a row and makes a new one over the same body: current from now on.
fn aapne(post: &mut Personpost, nr: usize, hendelse: Hendelse<'_>) {
    let Some(gammel) = post.rader.get_mut(nr) else { return };
    gammel.til = Some((hendelse.seq.0, Slutt::Videre));
    let mut rad = gammel.clone();
    rad.til = None;
    rad.fra = hendelse.seq.0;
    rad.opprinnelse = Opprinnelse::Gjenopptatt;
    rad.er_gjeldende = Some(true);
    rad.ajourholdstidspunkt = Some(hendelse.tidspunkt);
    rad.opphoerstidspunkt = None;
    rad.kjede.clear();
    post.rader.push(rad);
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
    rad.kjede.clear();
    post.rader.push(rad);
}

/// Sets the status of one of the person's numbers.
pub(crate) fn sett_nummerstatus(
    post: &mut Personpost,
    nummer: u64,
    status: Identifikatorstatuskode,
    gjeldende: bool,
    opprinnelse: Opprinnelse,
    hendelse: Hendelse<'_>,
) -> Result<(), Feil> {
    let entitet = Entitet::Identifikasjonsnummer;
    let treff = post
        .holdte(entitet)
        .filter(|(_, r)| nummer_i(r) == Some(nummer))
        .max_by_key(|(_, r)| r.gjeldende());
    let (nr, gammel) = treff.ok_or(Regelbrudd::FantIkkeOppfoering(entitet))?;
    let Innhold::Identifikasjonsnummer(mut innhold) = les_innhold(gammel)? else {
        return Err(Feil::Skadet("rad"));
    };
    innhold.status = status;
    let mut skriver = Skriver::default();
    Innhold::Identifikasjonsnummer(innhold).skriv(&mut skriver);
    let rad = Rad {
        kropp: skriver.ut,
        spenn: skriver.spenn,
        fra: hendelse.seq.0,
        opprinnelse,
        er_gjeldende: Some(gjeldende),
        ajourholdstidspunkt: Some(hendelse.tidspunkt),
        kjede: Vec::new(),
        ..gammel.clone()
    };
    if let Some(gammel) = post.rader.get_mut(nr) {
        gammel.til = Some((hendelse.seq.0, Slutt::Videre));
    }
    post.rader.push(rad);
    fjern_tomme(post);
    oppdater_hode(post)
}

/// Ends the person: what remains is the number, `opphoert`, and what `endringer` of the event registered.
pub(crate) fn opphoer_person(post: &mut Personpost, hendelse: Hendelse<'_>) -> Result<(), Feil> {
    sett_status_paa_gjeldende(post, Identifikatorstatuskode::Opphoert, hendelse)?;
    let seq = hendelse.seq.0;
    // The event may name the status itself, with its own metadata.
    if !post.gjeldende(Entitet::Status).any(|(_, r)| r.fra == seq) {
        let status = Opplysning {
            metadata: Registermetadata {
                gyldighetstidspunkt: Some(hendelse.tidspunkt),
                ..Registermetadata::default()
            },
            innhold: Innhold::Status(Folkeregisterpersonstatus {
                status: Personstatus::Opphoert,
                ukjente: serde_json::Map::new(),
            }),
        };
        registrer_ny(post, &status, hendelse)?;
    }
    for rad in &mut post.rader {
        let beholdes = matches!(
            rad.entitet,
            Some(Entitet::Identifikasjonsnummer | Entitet::Adressebeskyttelse)
        );
        // The status before is not history of an ended person: the minimal document has one status.
        let forrige_status = rad.entitet == Some(Entitet::Status);
        match rad.til {
            None if !beholdes && (rad.fra != seq || (forrige_status && rad.opprinnelse == Opprinnelse::Avloest)) => {
                rad.til = Some((seq, Slutt::PersonOpphoert));
            }
            Some((til, Slutt::Videre)) if forrige_status && til == seq => {
                rad.til = Some((seq, Slutt::PersonOpphoert));
            }
            _ => {}
        }
    }
    fjern_tomme(post);
    oppdater_hode(post)
}

/// Restores a person that was ended: the number is in use again, and what the ending closed is held again.
///
/// What the event says itself (`endringer`) is not taken from before: only the history of those entities is.
pub(crate) fn reaktiver_person(
    post: &mut Personpost,
    endringer: &[Endring],
    hendelse: Hendelse<'_>,
) -> Result<(), Feil> {
    if post.hode.er_i_bruk() {
        return Ok(());
    }
    sett_status_paa_gjeldende(post, Identifikatorstatuskode::IBruk, hendelse)?;
    let opphoert_ved = post.rader.iter().filter_map(|r| match r.til {
        Some((til, Slutt::PersonOpphoert)) => Some(til),
        _ => None,
    });
    // A person that came here as ended brought nothing to restore but the number.
    let Some(opphoert_ved) = opphoert_ved.max() else {
        return Ok(());
    };
    let sies = |entitet| {
        endringer
            .iter()
            .any(|e| matches!(e, Endring::RegistrereNy(o) if o.entitet() == entitet))
    };
    if !sies(Entitet::Status) {
        let opphoert: Vec<usize> = post.gjeldende(Entitet::Status).map(|(nr, _)| nr).collect();
        for nr in opphoert {
            avslutt(post, nr, Opprinnelse::Avloest, None, hendelse);
        }
    }
    let lukkede: Vec<Rad> = post
        .rader
        .iter()
        .filter(|r| r.til == Some((opphoert_ved, Slutt::PersonOpphoert)))
        .cloned()
        .collect();
    for mut rad in lukkede {
        rad.til = None;
        rad.fra = hendelse.seq.0;
        rad.opprinnelse = Opprinnelse::Gjenopptatt;
        if let Some(entitet) = rad.entitet.filter(|_| rad.gjeldende()) {
            if sies(entitet) && entitet != Entitet::Status {
                continue;
            }
            let opptatt = !entitet.er_parallell() && post.gjeldende(entitet).next().is_some();
            if opptatt || sies(entitet) {
                rad.er_gjeldende = Some(false);
            }
        }
        post.rader.push(rad);
    }
    oppdater_hode(post)
}

fn sett_status_paa_gjeldende(
    post: &mut Personpost,
    status: Identifikatorstatuskode,
    hendelse: Hendelse<'_>,
) -> Result<(), Feil> {
    let gjeldende: Vec<u64> = post
        .gjeldende(Entitet::Identifikasjonsnummer)
        .filter_map(|(_, r)| nummer_i(r))
        .collect();
    for nummer in gjeldende {
        sett_nummerstatus(post, nummer, status.clone(), true, Opprinnelse::Korrigert, hendelse)?;
    }
    Ok(())
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
    let mut funnet = Vec::new();
    for (_, rad) in post.holdte(Entitet::Identifikasjonsnummer) {
        let verdi = nummer_i(rad).ok_or(Feil::Skadet("identifikasjonsnummer"))?;
        let i_bruk = rad.gjeldende() && rad.kropp.starts_with(b"{\"status\":\"iBruk\"");
        // In use, then current, then what changed last: the first is the person's number.
        let orden = (!i_bruk, !rad.gjeldende(), std::cmp::Reverse(rad.fra), rad.plass, verdi);
        funnet.push((orden, Nummer { verdi, i_bruk }));
    }
    funnet.sort_by_key(|(orden, _)| *orden);
    let mut numre: Vec<Nummer> = Vec::with_capacity(funnet.len());
    for (_, nummer) in funnet {
        if !numre.iter().any(|n| n.verdi == nummer.verdi) {
            numre.push(nummer);
        }
    }
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
        rad.kjede.clear();
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

/// An address with another grade.
pub(crate) fn med_gradering(innhold: Innhold, grad: Adressegradering) -> Innhold {
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
