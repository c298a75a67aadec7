//! Somebody is dead, and somebody who was said to be is not.

use informasjonsmodell::kodeverk::Sivilstandstype;
use informasjonsmodell::{Dato, Endring, Entitet, Hendelsestype, Opplysning, Tidspunkt};
use meldinger::tre::Element;
use register::{Feil, Personbilde};
use serde_json::json;

use super::{Kontekst, Utfall};
use crate::bygg::{self, Aarsak};
use crate::person::{Person, er_partnerskap};
use crate::tid;
use crate::vedtak::{Grunn, Vedtak};

/// Effects: doedsfall, status doed, no current address; the spouse is a widow or widower; responsibility for children passes.
///
/// Source: folkeregister reference 9.4 and 4.3; that a date which differs is taken back and registered anew, 6.5.
pub(super) fn doedsfall(k: &mut Kontekst<'_, '_>, forespoersel: &Element) -> Result<Utfall, Feil> {
    let Some(doed) = forespoersel.ett("doedPerson") else {
        k.innvend(Grunn::MangelfullMelding);
        return Utfall::INGEN_NY;
    };
    let (Some(person), Some(dag)) = (k.person(doed.tekst("foedselsnummer"))?, k.dato(doed, "doedsdato")) else {
        return Utfall::INGEN_NY;
    };
    k.etter_foedsel(&person, dag);
    let Some(naar) = k.midnatt(dag) else {
        return Utfall::INGEN_NY;
    };
    match person.doedsdato() {
        Some(foer) if foer == Some(dag) => return Ok(Utfall::Alt(Vedtak::AlleredeRegistrert)),
        // Somebody must say which is right; then the old one is taken back and the new one registered.
        Some(foer) => {
            k.innvend(Grunn::DoedsdatoAvviker);
            let Some(foer_naar) = foer.and_then(tid::midnatt) else {
                k.innvend(Grunn::EndretSiden);
                return Utfall::INGEN_NY;
            };
            let adresser = tilbake(k, &person, foer_naar);
            // What the first death ended is not what the second is held against.
            k.etter_alt(&person, naar, Entitet::Status, |o| {
                o.metadata.er_gjeldende != Some(true)
            });
            let adresser: Vec<Adresse> = adresser
                .into_iter()
                .map(|(entitet, o)| (entitet, slutter(&o, naar)))
                .collect();
            doe(k, &person, dag, naar, &adresser);
            // The spouse and the children have been told: nothing changes for them but a date.
            ektefelles_dato(k, &person, dag, naar)?;
            return Utfall::INGEN_NY;
        }
        None if person.er_doed() => k.innvend(Grunn::PersonErDoed),
        None => {}
    }
    let adresser: Vec<Adresse> = Entitet::ADRESSER
        .iter()
        .filter_map(|entitet| Some((*entitet, slutter(person.gjeldende(*entitet).next()?, naar))))
        .collect();
    k.etter_alt(&person, naar, Entitet::Status, |_| true);
    doe(k, &person, dag, naar, &adresser);
    if let Some(etterlatt) = ektefelle_av(k, &person)? {
        k.etter_alt(&etterlatt, naar, Entitet::Sivilstand, |_| true);
        let slag = etterlattes_sivilstand(&etterlatt);
        let verdi =
            json!({"sivilstand": slag, "sivilstandsdato": dag.to_string(), "relatertVedSivilstand": person.nummer});
        let endringer = k.ny(Aarsak::DOEDSFALL, naar, Entitet::Sivilstand, verdi);
        k.hendelse(&etterlatt.nummer, Hendelsestype::EndringISivilstand, endringer);
    }
    k.ansvar_etter_doed(&person, dag, naar)?;
    Utfall::INGEN_NY
}

/// An address that ends, and when.
type Adresse = (Entitet, Tidspunkt);

// An address ends with the death; one that was registered as of later held for no time at all.
fn slutter(o: &Opplysning, naar: Tidspunkt) -> Tidspunkt {
    let fra = o.metadata.gyldighetstidspunkt;
    fra.filter(|fra| fra.rekkefoelge() > naar.rekkefoelge()).unwrap_or(naar)
}

fn doe(k: &mut Kontekst<'_, '_>, person: &Personbilde, dag: Dato, naar: Tidspunkt, adresser: &[Adresse]) {
    let mut endringer = k.ny(
        Aarsak::DOEDSFALL,
        naar,
        Entitet::Doedsfall,
        json!({"doedsdato": dag.to_string()}),
    );
    endringer.extend(k.ny(Aarsak::DOEDSFALL, naar, Entitet::Status, json!({"status": "doed"})));
    endringer.extend(adresser.iter().map(|(entitet, slutt)| Endring::Opphoere {
        hvilken: informasjonsmodell::Utvelger::Gjeldende(*entitet),
        opphoerstidspunkt: *slutt,
    }));
    k.hendelse(&person.nummer, Hendelsestype::PersonErDoed, endringer);
}

// The person is alive again; gives the addresses that are current again.
fn tilbake(k: &mut Kontekst<'_, '_>, person: &Personbilde, naar: Tidspunkt) -> Vec<(Entitet, Opplysning)> {
    // A status that took over from none was never registered by a death.
    let hadde_status = person.historiske(Entitet::Status).next().is_some();
    k.krev(
        hadde_status && person.gjeldende(Entitet::Status).count() == 1,
        Grunn::EndretSiden,
    );
    let endte = |entitet: &Entitet| {
        let ingen = person.gjeldende(*entitet).next().is_none();
        let endte = person
            .historiske(*entitet)
            .filter(|o| o.metadata.opphoerstidspunkt == Some(slutter(o, naar)));
        let sist = endte.max_by_key(|o| o.metadata.gyldighetstidspunkt.map(Tidspunkt::rekkefoelge));
        Some((*entitet, sist.filter(|_| ingen)?.clone()))
    };
    let adresser: Vec<(Entitet, Opplysning)> = Entitet::ADRESSER.iter().filter_map(endte).collect();
    let mut endringer = vec![
        bygg::annuller(Entitet::Doedsfall),
        Endring::Angre {
            entitet: Entitet::Status,
        },
    ];
    endringer.extend(adresser.iter().map(|(entitet, o)| Endring::Gjenoppta {
        entitet: *entitet,
        opphoert: slutter(o, naar),
    }));
    k.hendelse(&person.nummer, Hendelsestype::PersonErReaktivert, endringer);
    adresser
}

// Whoever was married to a person, if both say so and the other is alive.
fn ektefelle_av(k: &mut Kontekst<'_, '_>, person: &Personbilde) -> Result<Option<Personbilde>, Feil> {
    let Some((_, nummer)) = person.ektefelle() else {
        return Ok(None);
    };
    let annen = k.kjent(&nummer)?.filter(|annen| annen.er_i_bruk && !annen.er_doed());
    Ok(annen.filter(|annen| annen.ektefelle().is_some_and(|(_, nummer)| person.har_nummer(&nummer))))
}

fn etterlattes_sivilstand(etterlatt: &Personbilde) -> &'static str {
    match etterlatt.sivilstand() {
        Some(s) if er_partnerskap(&s.sivilstand) => "gjenlevendePartner",
        _ => "enkeEllerEnkemann",
    }
}

// Whoever became a widow or widower by a person's death, and is so still.
fn etterlatt_etter(k: &mut Kontekst<'_, '_>, person: &Personbilde) -> Result<Option<Personbilde>, Feil> {
    let Some((_, nummer)) = person.ektefelle() else {
        return Ok(None);
    };
    let Some(annen) = k.kjent(&nummer)? else {
        return Ok(None);
    };
    let er_etterlatt = annen.sivilstand().is_some_and(|s| {
        let relatert = s.relatert_ved_sivilstand.as_ref();
        matches!(
            s.sivilstand,
            Sivilstandstype::EnkeEllerEnkemann | Sivilstandstype::GjenlevendePartner
        ) && relatert.is_some_and(|nummer| person.har_nummer(nummer.som_tekst()))
    });
    Ok(er_etterlatt.then_some(annen))
}

// The date that somebody was left is the date of the death.
fn ektefelles_dato(k: &mut Kontekst<'_, '_>, person: &Personbilde, dag: Dato, naar: Tidspunkt) -> Result<(), Feil> {
    let Some(etterlatt) = etterlatt_etter(k, person)? else {
        // Whoever was left and has married since, or never was, is not what this death made of them.
        let annen = person
            .ektefelle()
            .map(|(_, nummer)| k.kjent(&nummer))
            .transpose()?
            .flatten();
        k.krev(annen.is_none(), Grunn::EndretSiden);
        return Ok(());
    };
    // Nobody is left by somebody who died later.
    k.krev(!etterlatt.er_doed(), Grunn::EndretSiden);
    k.etter_alt(&etterlatt, naar, Entitet::Sivilstand, |o| {
        o.metadata.er_gjeldende != Some(true)
    });
    let slag = etterlatt.sivilstand().map(|s| s.sivilstand.som_tekst().to_owned());
    let verdi = json!({"sivilstand": slag, "sivilstandsdato": dag.to_string(), "relatertVedSivilstand": person.nummer});
    match bygg::innhold(Entitet::Sivilstand, verdi) {
        Ok(innhold) => {
            let endring = Endring::Korrigere {
                hvilken: informasjonsmodell::Utvelger::Gjeldende(Entitet::Sivilstand),
                ny: Box::new(bygg::opplysning(Aarsak::DOEDSFALL, naar, innhold)),
            };
            k.hendelse(&etterlatt.nummer, Hendelsestype::EndringISivilstand, vec![endring]);
        }
        Err(bygg::PasserIkke) => k.innvend(Grunn::MangelfullMelding),
    }
    Ok(())
}

/// Effects: doedsfall is removed, status and addresses are what they were; so is the spouse's sivilstand, and responsibility.
///
/// Source: folkeregister reference 9.4.
pub(super) fn annullering(k: &mut Kontekst<'_, '_>, forespoersel: &Element) -> Result<Utfall, Feil> {
    let levende = forespoersel
        .ett("levendePerson")
        .and_then(|p| p.tekst("foedselsnummer"));
    let Some(person) = k.person(levende)? else {
        return Utfall::INGEN_NY;
    };
    let Some(dag) = person.doedsdato() else {
        k.innvend(Grunn::PersonErIkkeDoed);
        return Utfall::INGEN_NY;
    };
    let Some(naar) = dag.and_then(tid::midnatt) else {
        k.innvend(Grunn::EndretSiden);
        return Utfall::INGEN_NY;
    };
    tilbake(k, &person, naar);
    if let Some((_, nummer)) = person.ektefelle()
        && let Some(annen) = k.kjent(&nummer)?
    {
        match etterlatt_etter(k, &person)? {
            Some(etterlatt) => {
                let hadde = etterlatt.historiske(Entitet::Sivilstand).next().is_some();
                // Whoever has died since was left by then, and the one who is alive is now left in turn: somebody must say how.
                k.krev(hadde && !etterlatt.er_doed(), Grunn::EndretSiden);
                let angre = Endring::Angre {
                    entitet: Entitet::Sivilstand,
                };
                k.hendelse(&etterlatt.nummer, Hendelsestype::EndringISivilstand, vec![angre]);
            }
            // Still married, which the death then never changed; or married again, or dead: somebody must look at it.
            None => {
                let uendret = annen.ektefelle().is_some_and(|(_, nummer)| person.har_nummer(&nummer));
                k.krev(uendret && !annen.er_doed(), Grunn::EndretSiden);
            }
        }
    }
    k.ansvar_tilbake(&person, naar)?;
    Utfall::INGEN_NY
}
