//! Where a protected person lives shows through nobody near.
//!
//! ```text
//!  somebody is touched ─▶ homes that not everybody may know of ─▶ a child's other home, a place to stay, an estate's address
//!                                                                 of spouses, parents and children, now and before
//!  the same place, more open ─▶ the same grade, in every version; strengt fortrolig: taken out, and the key renewed
//! ```
//! A grade is raised and never lowered, and what was raised may raise another: a place is as hidden as the strictest of
//! those near who live there. What is new is guarded before anybody is told of it: nobody hears of an address that they do
//! not see. Who lives in the same house is not asked: bostedsadresser are graded by the authority.
//!
//! Who was merged into another is near to whom both were, and what stands in its documents is guarded as the other's.
//!
//! A parent who is strengt fortrolig may live anywhere, so a child of such a parent has no other home here. All of it is our
//! choice (ADR 0033).

use std::collections::BTreeSet;

use informasjonsmodell::kodeverk::{Adressegradering, Familierelasjontype};
use informasjonsmodell::verdi::Skriver;
use informasjonsmodell::{Entitet, Innhold, Opplysning, Persondokument, Tidspunkt};
use lager::slettinger::{Slag, Sletting};
use tilgang::Grad;

use crate::kontakt::{self, Vernet};
use crate::post::Personpost;
use crate::rad::{Rad, Slutt};
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
    fn ta(&mut self, rad: &Rad, vern: Grad) -> Result<(), Feil> {
        let grad = rad.grad.max(vern);
        if grad > Grad::Ugradert
            && let Some(sted) = Sted::av(&endring::les_innhold(rad)?)
        {
            self.steder.push((sted, grad));
        }
        Ok(())
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
            _ => sted.as_ref().is_some_and(|sted| sted.er_samme(annet)),
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rolle {
    Barn,
    Forelder,
    Annen,
}

// Whom a record says that a person is or was related or married to, also one that was ended.
fn nevnt(post: &Personpost, ut: &mut BTreeSet<(u64, Rolle)>) -> Result<(), Feil> {
    let staar = |rad: &&Rad| {
        let relasjon = matches!(rad.entitet, Some(Entitet::Familierelasjon | Entitet::Sivilstand));
        relasjon && (rad.holdt() || matches!(rad.til, Some((_, Slutt::PersonOpphoert))))
    };
    for rad in post.rader.iter().filter(staar) {
        let (nummer, rolle) = match endring::les_innhold(rad)? {
            Innhold::Familierelasjon(r) => (r.relatert_person, rolle(&r.relatert_persons_rolle)),
            Innhold::Sivilstand(s) => (s.relatert_ved_sivilstand, Rolle::Annen),
            _ => continue,
        };
        ut.extend(nummer.and_then(|n| Some((n.som_tekst().parse().ok()?, rolle))));
    }
    Ok(())
}

// Whether what failed is one record, and not the files.
fn er_skade(feil: &Feil) -> bool {
    matches!(
        feil,
        Feil::Skadet(_) | Feil::Lager(lager::Feil::Forsegling | lager::Feil::Skadet(_))
    )
}

fn rolle(rolle: &Familierelasjontype) -> Rolle {
    match rolle {
        Familierelasjontype::Barn => Rolle::Barn,
        Familierelasjontype::Far | Familierelasjontype::Mor | Familierelasjontype::Medmor => Rolle::Forelder,
        _ => Rolle::Annen,
    }
}

fn viser(rad: &Rad) -> bool {
    rad.entitet.is_some_and(|e| VISER.contains(&e)) && rad.grad < Grad::StrengtFortrolig
}

/// Whether a record has anything that may tell where somebody else is.
pub(crate) fn viser_noe(post: &Personpost) -> bool {
    post.rader.iter().any(viser)
}

/// Where a document says that somebody lives.
pub(crate) fn hjem_i(dokument: &Persondokument) -> Vec<Sted> {
    let hjem = |o: &&Opplysning| HJEM.contains(&o.entitet()) && o.metadata.er_gjeldende != Some(false);
    let hjem = dokument.opplysninger.iter().filter(hjem);
    hjem.filter_map(|o| Sted::av(&o.innhold)).collect()
}

fn kode(grad: Grad) -> Adressegradering {
    match grad {
        Grad::Ugradert => Adressegradering::Ugradert,
        Grad::Klientadresse => Adressegradering::Klientadresse,
        Grad::Fortrolig => Adressegradering::Fortrolig,
        Grad::StrengtFortrolig => Adressegradering::StrengtFortrolig,
    }
}

/// What guarding a record changed.
#[derive(Default)]
struct Verning {
    vernet: Vernet,
    /// Where it said that the person is, and says so no more.
    tatt_ut: Vec<Sted>,
}

// Guards rows that may tell of others' places.
fn verne(post: &mut Personpost, krav: &Krav, barn: bool, hvilke: impl Fn(&Rad) -> bool) -> Result<Verning, Feil> {
    let mut ut = Verning::default();
    let mut beholdt = Vec::with_capacity(post.rader.len());
    for mut rad in std::mem::take(&mut post.rader) {
        let Some(entitet) = rad.entitet.filter(|e| VISER.contains(e) && hvilke(&rad)) else {
            beholdt.push(rad);
            continue;
        };
        let grad = krav.grad(&rad, barn)?;
        if entitet == Entitet::KontaktinformasjonForDoedsbo {
            ut.vernet = ut.vernet.max(kontakt::verne(&mut rad, grad));
        } else if grad == Grad::StrengtFortrolig {
            ut.vernet = Vernet::Slettet;
            if rad.holdt() && rad.gjeldende() {
                ut.tatt_ut.extend(Sted::av(&endring::les_innhold(&rad)?));
            }
            continue;
        } else if rad.grad < grad {
            let mut skriver = Skriver::med_plass();
            endring::med_gradering(endring::les_innhold(&rad)?, kode(grad)).skriv(&mut skriver);
            (rad.kropp, rad.spenn, rad.grad) = (skriver.ut, skriver.spenn, grad);
            ut.vernet = ut.vernet.max(Vernet::Gradert);
        }
        beholdt.push(rad);
    }
    post.rader = beholdt;
    Ok(ut)
}

impl Transaksjon<'_> {
    // Those near a person, with what they are to it: by its own record, as it is given, and those of whom were merged into it.
    // What is damaged tells of nobody; a person is protected all the same.
    fn naere(&mut self, person: u32, post: &Personpost) -> Result<Vec<(u32, Rolle)>, Feil> {
        let mut nevnte = BTreeSet::new();
        nevnt(post, &mut nevnte)?;
        for annen in self.etterkommere(person)? {
            nevnt(&self.aapen(annen)?.post, &mut nevnte)?;
        }
        let mut ut = BTreeSet::new();
        for (nummer, rolle) in nevnte {
            let Some(annen) = self.finn_tall(nummer)?.filter(|annen| *annen != person) else {
                continue;
            };
            match self.aapen(annen) {
                Ok(_) => _ = ut.insert((annen, rolle)),
                Err(feil) if er_skade(&feil) => {
                    tracing::error!(feil = %feil, "posten til noen som står en person nær, er skadet; det som står der, er ikke vernet");
                }
                Err(feil) => return Err(feil),
            }
        }
        Ok(ut.into_iter().collect())
    }

    // What a person demands of those near, with the places that were just erased: of its own homes, and of those that somebody
    // had who was merged into it.
    fn krav(&mut self, person: u32, flyktet_fra: &[Sted]) -> Result<Krav, Feil> {
        let overtatt = self.etterkommere(person)?;
        let post = &self.aapen(person)?.post;
        let vern = post.hode.vern;
        let mut krav = Krav {
            skjult: vern == Grad::StrengtFortrolig,
            ..Krav::default()
        };
        for (_, rad) in HJEM.into_iter().flat_map(|e| post.gjeldende(e)) {
            krav.ta(rad, vern)?;
        }
        for annen in overtatt {
            let siste = |rad: &&Rad| {
                let hjem = rad.entitet.is_some_and(|e| HJEM.contains(&e));
                hjem && rad.gjeldende() && matches!(rad.til, None | Some((_, Slutt::PersonOpphoert)))
            };
            for rad in self.aapen(annen)?.post.rader.iter().filter(siste) {
                krav.ta(rad, vern)?;
            }
        }
        let flyktet_fra = flyktet_fra.iter().map(|sted| (sted.clone(), Grad::StrengtFortrolig));
        krav.steder.extend(flyktet_fra);
        Ok(krav)
    }

    /// Guards what an event has made new in a record, which is not yet told to anybody, as those near demand.
    pub(crate) fn verne_nye(&mut self, person: u32, post: &mut Personpost, seq: u64) -> Result<(), Feil> {
        let ny = |rad: &Rad| rad.fra == seq;
        if !post.rader.iter().any(|rad| ny(rad) && viser(rad)) {
            return Ok(());
        }
        for (annen, rolle) in self.naere(person, post)? {
            let deres = self.krav(annen, &[])?;
            if !deres.er_tomt() {
                verne(post, &deres, rolle == Rolle::Forelder, ny)?;
            }
        }
        Ok(())
    }

    /// As [`Transaksjon::verne_nye`], of somebody in the transaction.
    pub(crate) fn verne_nye_i(&mut self, person: u32, seq: u64) -> Result<(), Feil> {
        let post = &self.aapen(person)?.post;
        if !post.rader.iter().any(|rad| rad.fra == seq && viser(rad)) {
            return Ok(());
        }
        let mut post = post.clone();
        self.verne_nye(person, &mut post, seq)?;
        self.aapen(person)?.post = post;
        Ok(())
    }

    /// Guards what those near tell of where protected persons live, as far as somebody in the transaction is touched by it.
    pub(crate) fn meld_naere(&mut self, tidspunkt: Tidspunkt) -> Result<(), Feil> {
        let mut arbeid: BTreeSet<u32> = self.endret_siden_sist().into_iter().collect();
        while let Some(person) = arbeid.pop_first() {
            let post = self.aapen(person)?.post.clone();
            let flyktet_fra = self.flyktet.remove(&person).unwrap_or_default();
            if let Some(videre) = post.hode.viderefoert_til {
                // Whoever goes on is whom others are near.
                self.flyktet.entry(videre).or_default().extend(flyktet_fra);
                arbeid.insert(videre);
                continue;
            }
            let krav = self.krav(person, &flyktet_fra)?;
            let viser = self.viser_noe(person, &post)?;
            if krav.er_tomt() && !viser {
                continue;
            }
            for (annen, rolle) in self.naere(person, &post)? {
                if self.vern_steder(annen, &krav, rolle == Rolle::Barn, tidspunkt)? {
                    arbeid.insert(annen);
                }
                if viser {
                    let deres = self.krav(annen, &[])?;
                    if self.vern_steder(person, &deres, rolle == Rolle::Forelder, tidspunkt)? {
                        arbeid.insert(person);
                    }
                }
            }
        }
        Ok(())
    }

    // Of a person, or of somebody merged into it, whose documents are in the archive.
    fn viser_noe(&mut self, person: u32, post: &Personpost) -> Result<bool, Feil> {
        if viser_noe(post) {
            return Ok(true);
        }
        for annen in self.etterkommere(person)? {
            if viser_noe(&self.aapen(annen)?.post) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    // Guards a person's record, and those of whom were merged into it. Says whether it changed anything. Gives personErOppdatert
    // where somebody can see it.
    fn vern_steder(&mut self, person: u32, krav: &Krav, barn: bool, tidspunkt: Tidspunkt) -> Result<bool, Feil> {
        if krav.er_tomt() {
            return Ok(false);
        }
        let mut noe = false;
        for post in self.etterkommere(person)?.into_iter().chain([person]) {
            noe |= self.vern_post(post, krav, barn, tidspunkt)?;
            // What was taken out there is not to stand with the next.
            if let Some(tatt_ut) = self.flyktet.remove(&post) {
                self.flyktet.entry(person).or_default().extend(tatt_ut);
            }
        }
        Ok(noe)
    }

    fn vern_post(&mut self, person: u32, krav: &Krav, barn: bool, tidspunkt: Tidspunkt) -> Result<bool, Feil> {
        let seq = self.neste_sekvens()?.0;
        let aapen = self.aapen(person)?;
        if !viser_noe(&aapen.post) {
            return Ok(false);
        }
        let foer = aapen.post.clone();
        let Verning { vernet, tatt_ut } = verne(&mut aapen.post, krav, barn, |_| true)?;
        if !tatt_ut.is_empty() {
            self.flyktet.entry(person).or_default().extend(tatt_ut);
        }
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
