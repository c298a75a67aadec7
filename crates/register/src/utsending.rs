//! Which feeds an event reaches: what each projection shows before and after is compared.

use informasjonsmodell::json::Metadatafelter;
use informasjonsmodell::{Entitet, Hendelsestype};
use tilgang::{Entitetsmengde, Format, Projeksjon, Svar, Tabell, Utvalg};

use crate::ajourhold;
use crate::post::{Personpost, orden};
use crate::rad::Rad;

/// Which feeds get what: the projections before and after are compared, entity by entity.
///
/// Only entities with a row that came or went are looked at, unless the person's protection changed; then all are.
pub(crate) fn endrede_projeksjoner(
    foer: &Personpost,
    etter: Option<&Personpost>,
    aarsak: Hendelsestype,
) -> Vec<(Projeksjon, Vec<Hendelsestype>)> {
    let tom = Personpost::default();
    let etter = etter.unwrap_or(&tom);
    let alt = foer.hode.vern != etter.hode.vern;
    let beroerte: Vec<Entitet> = Entitet::ALLE
        .iter()
        .copied()
        .filter(|e| {
            let holdte = |post: &Personpost| post.holdte(*e).map(|(_, r)| r.clone()).collect::<Vec<_>>();
            alt || holdte(foer) != holdte(etter)
        })
        .collect();
    let mut ut = Vec::new();
    for projeksjon in Projeksjon::ALLE {
        let rett = Tabell::felles().rett(projeksjon);
        let endret: Entitetsmengde = beroerte
            .iter()
            .copied()
            .filter(|e| rett.kan.har(*e) && projiser(foer, *e, projeksjon) != projiser(etter, *e, projeksjon))
            .collect();
        let typer = rett.hendelsestyper(aarsak, endret);
        if !typer.is_empty() {
            ut.push((projeksjon, typer));
        }
    }
    ut
}

/// What a projection shows of one entity, history included. Not an answer: it is compared and thrown away.
fn projiser(post: &Personpost, entitet: Entitet, projeksjon: Projeksjon) -> tilgang::Sammenlikning {
    let mut svar = Svar::new(Format::Json);
    let utvalg = Utvalg {
        entiteter: Entitetsmengde::av(entitet),
        historikk: true,
    };
    let mut projektor = svar.person(projeksjon, utvalg, post.hode.vern);
    let mut rader: Vec<&Rad> = post.holdte(entitet).map(|(_, r)| r).collect();
    rader.sort_by(|a, b| orden(a.orden(), b.orden(), &a.kropp, &b.kropp));
    for rad in rader {
        // Texts have one number each, which is enough to compare.
        let (kilde, aarsak) = (rad.kilde.map(|n| n.to_string()), rad.aarsak.map(|n| n.to_string()));
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
                    post.hode.vern,
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
