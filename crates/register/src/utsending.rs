//! Which feeds an event reaches: what each projection shows before and after is compared.

use informasjonsmodell::json::Metadatafelter;
use informasjonsmodell::{Entitet, Hendelsestype};
use tilgang::{Entitetsmengde, Format, Grad, Projeksjon, Svar, Tabell, Utvalg};

use crate::ajourhold;
use crate::post::{Personpost, orden};
use crate::rad::Rad;

/// Entities that tell of a place without being addresses: what a strengt fortrolig person has of it is taken with the addresses.
const STEDER: [Entitet; 4] = [
    Entitet::Innflytting,
    Entitet::Utflytting,
    Entitet::OppholdPaaSvalbard,
    Entitet::KontaktinformasjonForDoedsbo,
];

/// What one feed gets of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Feedendring {
    pub projeksjon: Projeksjon,
    pub typer: Vec<Hendelsestype>,
    /// It goes to the feed at once, even while the feed is held: it is about protection, as far as the projection sees.
    pub straks: bool,
}

/// Which feeds get what: the projections before and after are compared, entity by entity.
pub(crate) fn endrede_projeksjoner(
    foer: &Personpost,
    etter: Option<&Personpost>,
    aarsak: Hendelsestype,
) -> Vec<Feedendring> {
    let om_vern = etter.is_some_and(|etter| angaar_vern(foer, etter));
    let (endrede, roerte) = synlig_endret(foer, etter, &Projeksjon::ALLE);
    let mut ut = Vec::new();
    for (projeksjon, endret) in endrede {
        let rett = Tabell::felles().rett(projeksjon);
        let typer = rett.hendelsestyper(aarsak, endret);
        // What tells of a place is erased with the addresses; what changed without a row of it changing did so because of
        // the protection.
        let vernet = |e: Entitet| {
            let om_sted = e.er_adresse() || STEDER.contains(&e);
            om_sted || e == Entitet::Adressebeskyttelse || !roerte.har(e)
        };
        let straks = om_vern && endret.entiteter().any(vernet);
        if !typer.is_empty() {
            ut.push(Feedendring {
                projeksjon,
                typer,
                straks,
            });
        }
    }
    ut
}

/// The entities that changed in what each of some projections is shown, and those of which a row came or went.
///
/// Only entities with a row that came or went are looked at, unless the person's protection changed; then all are. `etter`:
/// `None` of whoever is nobody any more.
pub(crate) fn synlig_endret(
    foer: &Personpost,
    etter: Option<&Personpost>,
    projeksjoner: &[Projeksjon],
) -> (Vec<(Projeksjon, Entitetsmengde)>, Entitetsmengde) {
    let tom = Personpost::default();
    let etter = etter.unwrap_or(&tom);
    let alt = foer.hode.vern != etter.hode.vern;
    let mut roerte = Entitetsmengde::default();
    let beroerte: Vec<Entitet> = Entitet::ALLE
        .iter()
        .copied()
        .filter(|e| {
            let rader_endret = !foer.holdte(*e).map(|(_, r)| r).eq(etter.holdte(*e).map(|(_, r)| r));
            if rader_endret {
                roerte = roerte.og(Entitetsmengde::av(*e));
            }
            alt || rader_endret
        })
        .collect();
    let mut endrede: Vec<_> = projeksjoner.iter().map(|p| (*p, Entitetsmengde::default())).collect();
    for entitet in beroerte {
        let (foer, etter) = (Utstilt::new(foer, entitet), Utstilt::new(etter, entitet));
        for (projeksjon, endret) in &mut endrede {
            let kan = Tabell::felles().rett(*projeksjon).kan.har(entitet);
            if kan && foer.for_projeksjon(*projeksjon) != etter.for_projeksjon(*projeksjon) {
                *endret = endret.og(Entitetsmengde::av(entitet));
            }
        }
    }
    (endrede, roerte)
}

/// Whether an event sets, raises or lifts protection: of the person, or of an address alone. Of somebody who was nobody a
/// moment ago there is nothing to protect where the feed has not told of them.
///
/// Source: ruling 19; that the grade of a single address counts is our choice, ADR 0028.
fn angaar_vern(foer: &Personpost, etter: &Personpost) -> bool {
    if foer.rader.is_empty() {
        return false;
    }
    foer.hode.vern != etter.hode.vern
        || Entitet::ADRESSER.into_iter().any(|entitet| {
            // As it is shown: under the stricter of its own grade and the person's protection.
            let strengest = |post: &Personpost, bare_gjeldende: bool| {
                let rader = post.holdte(entitet).map(|(_, rad)| rad);
                let rader = rader.filter(|rad| !bare_gjeldende || rad.gjeldende());
                rader.map(|rad| rad.grad.max(post.hode.vern)).max()
            };
            [true, false].into_iter().any(|bare_gjeldende| {
                // One that comes where there was none, or goes, changes nobody's protection.
                let begge = strengest(foer, bare_gjeldende).zip(strengest(etter, bare_gjeldende));
                begge.is_some_and(|(foer, etter)| foer != etter)
            })
        })
}

/// Which feeds tell of a person as a whole: those where something of it can be seen.
pub(crate) fn der_den_vises(post: &Personpost, aarsak: Hendelsestype) -> Vec<(Projeksjon, Vec<Hendelsestype>)> {
    Projeksjon::ALLE
        .into_iter()
        .filter_map(|projeksjon| {
            let rett = Tabell::felles().rett(projeksjon);
            let synlig = post.rader.iter().filter(|rad| rad.holdt()).filter_map(|rad| {
                let entitet = rad.entitet?;
                rett.avgjoer(post.hode.vern, entitet, rad.gjeldende(), rad.grad)
                    .map(|_| entitet)
            });
            let typer = rett.hendelsestyper(aarsak, synlig.collect());
            (!typer.is_empty()).then_some((projeksjon, typer))
        })
        .collect()
}

/// One entity of a record, ready to be shown to one projection after another, history included.
struct Utstilt<'a> {
    vern: Grad,
    entitet: Entitet,
    /// In document order. Texts have one number each, which is enough to compare.
    rader: Vec<(&'a Rad, Option<String>, Option<String>)>,
}

impl<'a> Utstilt<'a> {
    fn new(post: &'a Personpost, entitet: Entitet) -> Self {
        let tekst = |nummer: Option<u32>| nummer.map(|n| n.to_string());
        let mut rader: Vec<_> = post
            .holdte(entitet)
            .map(|(_, rad)| (rad, tekst(rad.kilde), tekst(rad.aarsak)))
            .collect();
        rader.sort_by(|(a, ..), (b, ..)| orden(a.orden(), b.orden(), &a.kropp, &b.kropp));
        Utstilt {
            vern: post.hode.vern,
            entitet,
            rader,
        }
    }

    /// What a projection shows. Not an answer: it is compared and thrown away.
    fn for_projeksjon(&self, projeksjon: Projeksjon) -> tilgang::Sammenlikning {
        let entitet = self.entitet;
        let mut svar = Svar::new(Format::Json);
        let utvalg = Utvalg {
            entiteter: Entitetsmengde::av(entitet),
            historikk: true,
        };
        let mut projektor = svar.person(projeksjon, utvalg, self.vern);
        for (rad, kilde, aarsak) in &self.rader {
            projektor.vis(&tilgang::Rad {
                entitet,
                gjeldende: rad.gjeldende(),
                grad: rad.grad,
                skjult_status: rad.skjult_status,
                metadata: Metadatafelter {
                    ajourholdstidspunkt: ajourhold::synlig(
                        rad.ajourholdstidspunkt,
                        &rad.kjede,
                        Tabell::felles().rett(projeksjon),
                        self.vern,
                        (entitet, rad.gjeldende(), rad.grad),
                    ),
                    er_gjeldende: rad.er_gjeldende,
                    kilde: kilde.as_deref(),
                    aarsak: aarsak.as_deref(),
                    gyldighetstidspunkt: rad.gyldighetstidspunkt,
                    opphoerstidspunkt: rad.opphoerstidspunkt,
                },
                kropp: &rad.kropp,
                spenn: &rad.spenn,
            });
        }
        projektor.ferdig(0);
        svar.sammenlikning()
    }
}
