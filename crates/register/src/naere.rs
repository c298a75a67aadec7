//! Where a protected person lives shows through nobody near.
//!
//! ```text
//!  somebody is touched ─▶ homes that not everybody may know of ─▶ a child's other home, a place to stay, an estate's address
//!                                                                 of spouses, parents and children, now and before
//!  the same place, more open ─▶ the same grade, in every version; strengt fortrolig: taken out, and the key renewed
//! ```
//! A grade is raised and never lowered, and what was raised may raise another: a place is as hidden as the strictest of
//! those near who live there. Who lives in the same house is not asked: bostedsadresser are graded by the authority.
//!
//! A parent who is strengt fortrolig may live anywhere, so a child of such a parent has no other home here. All of it is our
//! choice (ADR 0033).

use informasjonsmodell::kodeverk::{Adressegradering, Familierelasjontype};
use informasjonsmodell::verdi::Skriver;
use informasjonsmodell::{Entitet, Innhold, Tidspunkt};
use lager::slettinger::{Slag, Sletting};
use tilgang::Grad;

use crate::kontakt::{self, Vernet};
use crate::post::Personpost;
use crate::rad::Rad;
use crate::sted::Sted;
use crate::transaksjon::Transaksjon;
use crate::{Feil, Sekvens, endring};

/// Where somebody lives or stays.
const HJEM: [Entitet; 3] = [Entitet::Bostedsadresse, Entitet::Oppholdsadresse, Entitet::DeltBosted];
/// What may tell where somebody else does.
const VISER: [Entitet; 3] = [
    Entitet::Oppholdsadresse,
    Entitet::DeltBosted,
    Entitet::KontaktinformasjonForDoedsbo,
];

/// What the records of those near may not tell.
#[derive(Clone, Debug, Default)]
struct Krav {
    steder: Vec<(Sted, Grad)>,
    /// Nobody may know where they are: anything may be there.
    skjult: bool,
}

impl Krav {
    // Of a person, with the places that were just erased.
    fn av(post: &Personpost, flyktet_fra: &[Sted]) -> Result<Self, Feil> {
        let vern = post.hode.vern;
        let mut steder: Vec<(Sted, Grad)> = Vec::new();
        for (_, rad) in HJEM.into_iter().flat_map(|e| post.gjeldende(e)) {
            let grad = rad.grad.max(vern);
            if grad > Grad::Ugradert
                && let Some(sted) = Sted::av(&endring::les_innhold(rad)?)
            {
                steder.push((sted, grad));
            }
        }
        steder.extend(flyktet_fra.iter().map(|sted| (sted.clone(), Grad::StrengtFortrolig)));
        Ok(Krav {
            steder,
            skjult: vern == Grad::StrengtFortrolig,
        })
    }

    fn er_tomt(&self) -> bool {
        self.steder.is_empty() && !self.skjult
    }

    // How strictly a row of somebody near is to be guarded. `barn`: of whoever the demand is of.
    fn grad(&self, rad: &Rad, barn: bool) -> Result<Grad, Feil> {
        if self.skjult && barn && rad.entitet == Some(Entitet::DeltBosted) {
            return Ok(Grad::StrengtFortrolig);
        }
        if self.steder.is_empty() {
            return Ok(Grad::Ugradert);
        }
        let innhold = endring::les_innhold(rad)?;
        let sted = Sted::av(&innhold);
        let samme = |annet: &Sted| match &innhold {
            Innhold::KontaktinformasjonForDoedsbo(bo) => annet.staar_i(bo),
            _ => sted.as_ref() == Some(annet),
        };
        let treff = self.steder.iter().filter(|(annet, _)| samme(annet));
        Ok(treff.map(|(_, grad)| *grad).max().unwrap_or_default())
    }
}

/// Where a person lived until an event that erases it.
pub(crate) fn forlatte_hjem(post: &Personpost, seq: Sekvens) -> Result<Vec<Sted>, Feil> {
    let var_der = |rad: &&Rad| {
        rad.entitet.is_some_and(|e| HJEM.contains(&e)) && rad.gjeldende() && rad.til.is_none_or(|(til, _)| til == seq.0)
    };
    let steder = post.rader.iter().filter(var_der).map(endring::les_innhold);
    steder
        .filter_map(|innhold| innhold.map(|i| Sted::av(&i)).transpose())
        .collect()
}

/// What somebody is to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rolle {
    Barn,
    Forelder,
    Annen,
}

// Whom a person is or was related or married to.
fn naere(post: &Personpost) -> Result<Vec<(u64, Rolle)>, Feil> {
    let mut ut = Vec::new();
    for entitet in [Entitet::Familierelasjon, Entitet::Sivilstand] {
        for (_, rad) in post.holdte(entitet) {
            let (nummer, rolle) = match endring::les_innhold(rad)? {
                Innhold::Familierelasjon(r) => (r.relatert_person, rolle(&r.relatert_persons_rolle)),
                Innhold::Sivilstand(s) => (s.relatert_ved_sivilstand, Rolle::Annen),
                _ => continue,
            };
            ut.extend(nummer.and_then(|n| Some((n.som_tekst().parse().ok()?, rolle))));
        }
    }
    Ok(ut)
}

fn rolle(rolle: &Familierelasjontype) -> Rolle {
    match rolle {
        Familierelasjontype::Barn => Rolle::Barn,
        Familierelasjontype::Far | Familierelasjontype::Mor | Familierelasjontype::Medmor => Rolle::Forelder,
        _ => Rolle::Annen,
    }
}

fn viser_noe(post: &Personpost) -> bool {
    let mut rader = post.rader.iter();
    rader.any(|rad| rad.entitet.is_some_and(|e| VISER.contains(&e)) && rad.grad < Grad::StrengtFortrolig)
}

fn kode(grad: Grad) -> Adressegradering {
    match grad {
        Grad::Ugradert => Adressegradering::Ugradert,
        Grad::Klientadresse => Adressegradering::Klientadresse,
        Grad::Fortrolig => Adressegradering::Fortrolig,
        Grad::StrengtFortrolig => Adressegradering::StrengtFortrolig,
    }
}

// Guards what may tell of others' places. Says what that changed.
fn verne(post: &mut Personpost, krav: &Krav, barn: bool) -> Result<Vernet, Feil> {
    let mut ut = Vernet::Uendret;
    let mut beholdt = Vec::with_capacity(post.rader.len());
    for mut rad in std::mem::take(&mut post.rader) {
        let Some(entitet) = rad.entitet.filter(|e| VISER.contains(e)) else {
            beholdt.push(rad);
            continue;
        };
        let grad = krav.grad(&rad, barn)?;
        if entitet == Entitet::KontaktinformasjonForDoedsbo {
            ut = ut.max(kontakt::verne(&mut rad, grad));
        } else if grad == Grad::StrengtFortrolig {
            ut = Vernet::Slettet;
            continue;
        } else if rad.grad < grad {
            let mut skriver = Skriver::med_plass();
            endring::med_gradering(endring::les_innhold(&rad)?, kode(grad)).skriv(&mut skriver);
            (rad.kropp, rad.spenn, rad.grad) = (skriver.ut, skriver.spenn, grad);
            ut = ut.max(Vernet::Gradert);
        }
        beholdt.push(rad);
    }
    post.rader = beholdt;
    Ok(ut)
}

impl Transaksjon<'_> {
    /// Guards what those near tell of where protected persons live, as far as somebody in the transaction is touched by it.
    pub(crate) fn meld_naere(&mut self, tidspunkt: Tidspunkt) -> Result<(), Feil> {
        let mut arbeid: Vec<u32> = self.endret_siden_sist();
        while let Some(person) = arbeid.pop() {
            let flyktet_fra = self.flyktet.remove(&person).unwrap_or_default();
            let post = &self.aapen(person)?.post;
            if post.hode.viderefoert_til.is_some() {
                continue;
            }
            let krav = Krav::av(post, &flyktet_fra)?;
            let viser = viser_noe(post);
            if krav.er_tomt() && !viser {
                continue;
            }
            for (nummer, rolle) in naere(post)? {
                let Some(annen) = self.finn_tall(nummer)?.filter(|annen| *annen != person) else {
                    continue;
                };
                if self.vern_steder(annen, &krav, rolle == Rolle::Barn, tidspunkt)? {
                    arbeid.push(annen);
                }
                if viser {
                    let deres = Krav::av(&self.aapen(annen)?.post, &[])?;
                    if self.vern_steder(person, &deres, rolle == Rolle::Forelder, tidspunkt)? {
                        arbeid.push(person);
                    }
                }
            }
        }
        Ok(())
    }

    // Says whether it changed anything. Gives personErOppdatert where somebody can see it.
    fn vern_steder(&mut self, person: u32, krav: &Krav, barn: bool, tidspunkt: Tidspunkt) -> Result<bool, Feil> {
        if krav.er_tomt() {
            return Ok(false);
        }
        let seq = self.neste_sekvens()?.0;
        let aapen = self.aapen(person)?;
        if !viser_noe(&aapen.post) {
            return Ok(false);
        }
        let foer = aapen.post.clone();
        let vernet = verne(&mut aapen.post, krav, barn)?;
        self.meld_vernet(person, &foer, vernet, seq, tidspunkt)
    }

    /// Enters that a person's record was guarded beyond its own event, and what for: keys and events follow. Says whether it
    /// was.
    pub(crate) fn meld_vernet(
        &mut self,
        person: u32,
        foer: &Personpost,
        vernet: Vernet,
        seq: u64,
        tidspunkt: Tidspunkt,
    ) -> Result<bool, Feil> {
        let aapen = self.aapen(person)?;
        match vernet {
            Vernet::Uendret => return Ok(false),
            Vernet::Gradert => aapen.endret = true,
            Vernet::Slettet => {
                let gammel = aapen.forny_noekkel();
                self.slettede_noekler.extend(gammel.map(|generasjon| Sletting {
                    person,
                    seq,
                    generasjon,
                    slag: Slag::Innhold,
                }));
            }
        }
        self.meld_vern(person, foer, tidspunkt)?;
        Ok(true)
    }
}
