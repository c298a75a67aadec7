//! Corrections of very many persons: some thousands in a commit, made ready by several threads, written by one.
//!
//! ```text
//!  the writer's lock ───────────────────────────────────────────────────────────────────────────────▶ commit
//!     ready: read, decide, change, compare projections (threads)   number   pack (threads)   write
//! ```
//! Nobody else writes meanwhile, so what the threads read is what the write builds on. A change does to a record just what
//! the same request would do by itself ([`crate::transaksjon::endre_post`]); where a request leads to more than that, because
//! the person is protected, was merged or is named by an estate, it is carried out as any request is, after the others.
//!
//! What a newcomer gets wrong: a rule is not a way round. It sees the whole record, and what it changes reaches every package
//! as any change does, under the person's present protection.

use std::collections::BTreeSet;
use std::ops::Range;

use informasjonsmodell::skjema::Spenn;
use informasjonsmodell::{Endring, Entitet, Hendelsestype, Tidspunkt};
use lager::forsegling::Noekkel;
use tilgang::{Entitetsmengde, Grad, Projeksjon};

use crate::behandling::{Behandling, Personbilde};
use crate::endring::Hendelse;
use crate::lesing::{Lesing, som_tekst};
use crate::oppfoering::Oppfoering;
use crate::post::{Personpost, Skrevet, Utpakket};
use crate::ramme::Ramme;
use crate::register::Register;
use crate::transaksjon::{Transaksjon, endre_post};
use crate::utsending::{Feedendring, der_den_vises, endrede_projeksjoner};
use crate::visning::Termer;
use crate::{Feil, Regelbrudd, Sekvens, endring, kontakt, naere};

/// What is to be done with a person; one event each.
#[derive(Clone, Debug, PartialEq)]
pub enum Rettelse {
    /// As [`informasjonsmodell::Handling::Registrer`].
    Endre {
        /// The type of the event.
        hendelsestype: Hendelsestype,
        /// What changes.
        endringer: Vec<Endring>,
    },
    /// Nothing changes, and everybody who can see the person is told to read it again: personErOppdatert.
    ///
    /// Source: the mass corrections of 2021, where most of what changed was the order of entries.
    MeldOppdatert,
}

/// A rule: what is wrong with a person, and what is to be done about it. A function of what it sees and of nothing else.
pub trait Masseregel: Sync {
    /// The entities it looks at; entries of others are not shown to it.
    fn entiteter(&self) -> Entitetsmengde;

    /// What is to be done; nothing, for most.
    fn vurder(&self, person: &Personbilde) -> Vec<Rettelse>;
}

/// Who is to be corrected.
#[derive(Clone)]
pub enum Masseutvalg<'a> {
    /// Everybody with such a number in the store, by a rule. The numbers count from 1.
    Omraade(Range<u32>, &'a dyn Masseregel),
    /// Those who have some numbers, each with what is to be done.
    Liste(&'a [(u64, Vec<Rettelse>)]),
}

/// What a commit of corrections came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rettet {
    /// Persons looked at.
    pub sett: u64,
    /// Persons corrected.
    pub rettet: u64,
    /// Events.
    pub hendelser: u64,
    /// Items, by feed in the order of [`Projeksjon::ALLE`].
    pub elementer: [u64; Projeksjon::ALLE.len()],
    /// Those that the rules refused, by place in the list or the range; nothing of them was done.
    pub avvist: Vec<(usize, Regelbrudd)>,
}

impl Rettet {
    fn tell(&mut self, hendelser: &[Oppfoering]) {
        self.rettet += 1;
        for oppfoering in hendelser {
            self.hendelser += 1;
            for (projeksjon, typer) in &oppfoering.feeder {
                if let Some(antall) = self.elementer.get_mut(*projeksjon as usize) {
                    *antall += typer.len() as u64;
                }
            }
        }
    }
}

/// Numbers that stand for those of events that are not numbered yet: far above any that a journal reaches.
const FORELOEPIG: u64 = 1 << 62;

/// A person made ready.
enum Klar {
    /// Nothing is to be done.
    Ingenting,
    Nektet(Regelbrudd),
    /// It leads to more than the record: by the ordinary way, after the others.
    Vanlig(u32, Vec<Rettelse>),
    Rask(Box<Rask>),
}

struct Rask {
    person: u32,
    post: Personpost,
    lest: Vec<Utpakket>,
    noekkel: Option<Noekkel>,
    endret: bool,
    termer: Option<(Termer, Termer)>,
    hendelser: Vec<Oppfoering>,
    rammer: Vec<Skrevet>,
}

/// What all in a commit have in common.
#[derive(Clone, Copy)]
struct Felles<'r> {
    register: &'r Register,
    tidspunkt: Tidspunkt,
    naa_sekunder: i64,
    traader: usize,
}

impl Behandling<'_> {
    /// Corrects persons in this commit. A person whose correction the rules refuse is left as it was, and is told of; the
    /// others are corrected. Must be the first that the commit does with persons.
    ///
    /// `traader` make ready beside the one that writes.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn rett(&mut self, utvalg: &Masseutvalg<'_>, tidspunkt: Tidspunkt, traader: usize) -> Result<Rettet, Feil> {
        let (transaksjon, register) = self.deler();
        let felles = Felles {
            register,
            tidspunkt,
            naa_sekunder: transaksjon.naa_sekunder(),
            traader: traader.max(1),
        };
        felles.rett(transaksjon, utvalg)
    }
}

impl Register {
    /// What a correction would come to, were it made now. Everything is done, and nothing of it is kept.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn proev_rettelse(
        &self,
        utvalg: &Masseutvalg<'_>,
        tidspunkt: Tidspunkt,
        naa_sekunder: i64,
        traader: usize,
    ) -> Result<Rettet, Feil> {
        let mut transaksjon = Transaksjon::new(self, naa_sekunder)?;
        let felles = Felles {
            register: self,
            tidspunkt,
            naa_sekunder,
            traader: traader.max(1),
        };
        let utfall = felles.rett(&mut transaksjon, utvalg);
        transaksjon.avbryt();
        utfall
    }
}

impl Felles<'_> {
    fn rett(&self, transaksjon: &mut Transaksjon<'_>, utvalg: &Masseutvalg<'_>) -> Result<Rettet, Feil> {
        let mut ut = Rettet::default();
        let mut vanlige = Vec::new();
        let mut raske = Vec::new();
        for (plass, klar) in self.gjoer_klar(utvalg)?.into_iter().enumerate() {
            ut.sett += 1;
            match klar {
                Klar::Ingenting => {}
                Klar::Nektet(brudd) => ut.avvist.push((plass, brudd)),
                Klar::Vanlig(person, rettelser) => vanlige.push((plass, person, rettelser)),
                Klar::Rask(rask) => raske.push(rask),
            }
        }
        let mut neste = transaksjon.neste_sekvens()?.0;
        for rask in &mut raske {
            gi_numre(&mut rask.post, neste);
            neste += rask.hendelser.len() as u64;
        }
        self.fordel(&mut raske, |bolk| bolk.iter_mut().try_for_each(|rask| pakk(rask)))?;
        for rask in raske {
            ut.tell(&rask.hendelser);
            transaksjon.skriv_ferdig(rask.person, &rask.rammer, rask.termer, rask.hendelser)?;
        }
        for (plass, person, rettelser) in vanlige {
            match self.rett_vanlig(transaksjon, person, &rettelser) {
                Ok(hendelser) => ut.tell(&hendelser),
                Err(Feil::Regel(brudd)) => ut.avvist.push((plass, brudd)),
                Err(feil) => return Err(feil),
            }
        }
        ut.avvist.sort_by_key(|(plass, _)| *plass);
        Ok(ut)
    }

    // By the ordinary way. It is tried on a copy first, so that one that is refused leaves nothing.
    fn rett_vanlig(
        &self,
        transaksjon: &mut Transaksjon<'_>,
        person: u32,
        rettelser: &[Rettelse],
    ) -> Result<Vec<Oppfoering>, Feil> {
        let foer = transaksjon.aapen(person)?.post.clone();
        let mut post = foer.clone();
        let hendelser = self.utfoer(person, &foer, &mut post, rettelser)?;
        for (rettelse, oppfoering) in rettelser.iter().zip(&hendelser) {
            match rettelse {
                Rettelse::Endre {
                    hendelsestype,
                    endringer,
                } => {
                    transaksjon.registrer(person, *hendelsestype, endringer, self.tidspunkt)?;
                    transaksjon.meld_grader(self.tidspunkt)?;
                }
                Rettelse::MeldOppdatert => transaksjon.foer_hendelse(oppfoering.clone())?,
            }
        }
        Ok(hendelser)
    }

    // Does to a record what it is to be corrected with, under numbers that are not real yet. `foer` is the same record.
    fn utfoer(
        &self,
        person: u32,
        foer: &Personpost,
        post: &mut Personpost,
        rettelser: &[Rettelse],
    ) -> Result<Vec<Oppfoering>, Feil> {
        let mut ut = Vec::with_capacity(rettelser.len());
        let tider = (self.tidspunkt, self.naa_sekunder);
        let mut mellom: Option<Personpost> = None;
        for (rettelse, seq) in rettelser.iter().zip(FORELOEPIG..) {
            let hendelse = Hendelse {
                seq: Sekvens(seq),
                tidspunkt: self.tidspunkt,
                tekster: &self.register.tekster,
            };
            match rettelse {
                Rettelse::Endre {
                    hendelsestype,
                    endringer,
                } => {
                    let nummer = endre_post(post, *hendelsestype, endringer, hendelse)?;
                    let feeder = endrede_projeksjoner(mellom.as_ref().unwrap_or(foer), Some(post), *hendelsestype);
                    ut.push(Oppfoering::ny(*hendelsestype, person, nummer, tider, feeder));
                    // What the next event is compared with.
                    if ut.len() < rettelser.len() {
                        mellom = Some(post.clone());
                    }
                }
                Rettelse::MeldOppdatert => {
                    let nummer = post.hode.gjeldende_nummer().ok_or(Feil::Skadet("hode"))?;
                    let slag = Hendelsestype::PersonErOppdatert;
                    let feeder = der_den_vises(post, slag)
                        .into_iter()
                        .map(|(projeksjon, typer)| Feedendring {
                            projeksjon,
                            typer,
                            straks: false,
                        });
                    ut.push(Oppfoering::ny(slag, person, nummer, tider, feeder.collect()));
                }
            }
        }
        Ok(ut)
    }

    fn gjoer_klar(&self, utvalg: &Masseutvalg<'_>) -> Result<Vec<Klar>, Feil> {
        let les = self.register.les()?;
        match utvalg {
            Masseutvalg::Omraade(omraade, regel) => {
                let til = omraade.end.min(les.neste_person()?);
                let mut personer: Vec<u32> = (omraade.start.max(1)..til).collect();
                self.fordel_ut(&mut personer, |leser, bolk| leser.omraade(bolk, *regel))
            }
            Masseutvalg::Liste(liste) => {
                // Who stands there twice is taken in order: the second time when the first is written.
                let mut sett = BTreeSet::new();
                let mut linjer = Vec::with_capacity(liste.len());
                for (nummer, rettelser) in *liste {
                    let person = les.finn_nummer(*nummer)?.map(crate::Personnummer::nummer);
                    linjer.push((person, person.is_none_or(|p| sett.insert(p)), rettelser));
                }
                self.fordel_ut(&mut linjer, |leser, bolk| {
                    bolk.iter()
                        .map(|(person, foerste, rettelser)| match person {
                            None => Ok(Klar::Nektet(Regelbrudd::UkjentPerson)),
                            Some(person) if !foerste => Ok(Klar::Vanlig(*person, (*rettelser).clone())),
                            Some(person) => leser.en(*person, None, |_| Ok((*rettelser).clone())),
                        })
                        .collect()
                })
            }
        }
    }

    // Shares a list among the threads; what they give comes in its order.
    fn fordel_ut<T: Send>(
        &self,
        liste: &mut [T],
        arbeid: impl Fn(&Leser<'_>, &mut [T]) -> Result<Vec<Klar>, Feil> + Sync,
    ) -> Result<Vec<Klar>, Feil> {
        let per_traad = liste.len().div_ceil(self.traader).max(1);
        let deler: Result<Vec<Vec<Klar>>, Feil> = std::thread::scope(|omraade| {
            let traader: Vec<_> = liste
                .chunks_mut(per_traad)
                .map(|bolk| {
                    let arbeid = &arbeid;
                    omraade.spawn(move || {
                        let leser = Leser {
                            felles: *self,
                            les: self.register.les()?,
                        };
                        arbeid(&leser, bolk)
                    })
                })
                .collect();
            let vent = |t: std::thread::ScopedJoinHandle<'_, _>| t.join().unwrap_or(Err(Feil::Skadet("rettelsen")));
            traader.into_iter().map(vent).collect()
        });
        Ok(deler?.into_iter().flatten().collect())
    }

    fn fordel<T: Send>(
        &self,
        liste: &mut [T],
        arbeid: impl Fn(&mut [T]) -> Result<(), Feil> + Sync,
    ) -> Result<(), Feil> {
        let per_traad = liste.len().div_ceil(self.traader).max(1);
        std::thread::scope(|omraade| {
            let traader: Vec<_> = liste
                .chunks_mut(per_traad)
                .map(|bolk| {
                    let arbeid = &arbeid;
                    omraade.spawn(move || arbeid(bolk))
                })
                .collect();
            let vent = |t: std::thread::ScopedJoinHandle<'_, _>| t.join().unwrap_or(Err(Feil::Skadet("rettelsen")));
            traader.into_iter().try_for_each(vent)
        })
    }
}

/// One thread, and the moment that the write builds on.
struct Leser<'r> {
    felles: Felles<'r>,
    les: Lesing<'r>,
}

impl Leser<'_> {
    // Records lie in order: one walk along the table gives them all.
    fn omraade(&self, personer: &[u32], regel: &dyn Masseregel) -> Result<Vec<Klar>, Feil> {
        let Some(foerste) = personer.first() else {
            return Ok(Vec::new());
        };
        let entiteter = regel.entiteter();
        let tabell = self.felles.register.tabeller.personer;
        let begynnelse = Ramme::Hode.plass(*foerste);
        let mut rader = tabell.fra(&self.les.les, &begynnelse)?.peekable();
        let mut ut = Vec::with_capacity(personer.len());
        for person in personer {
            let mut rammer = [None; Ramme::ALLE.len()];
            while let Some(rad) = rader.next_if(|rad| {
                let noekkel = rad.as_ref().map(|(noekkel, _)| *noekkel);
                noekkel.map_or(true, |n| n.get(..4) == Some(&person.to_be_bytes()))
            }) {
                let (noekkel, byte) = rad?;
                let plass = noekkel.get(4).and_then(|r| rammer.get_mut(usize::from(*r)));
                *plass.ok_or(Feil::Skadet("post"))? = Some(byte);
            }
            let tekst = |nummer| self.les.tekst(nummer);
            let vurder = |post: &Personpost| {
                let bilde = Personbilde::av_post(*person, post, Some(entiteter), Some(&tekst))?;
                Ok(regel.vurder(&bilde))
            };
            ut.push(self.en(*person, Some(rammer), vurder)?);
        }
        Ok(ut)
    }

    fn en(
        &self,
        person: u32,
        rammer: Option<[Option<&[u8]>; Ramme::ALLE.len()]>,
        vurder: impl FnOnce(&Personpost) -> Result<Vec<Rettelse>, Feil>,
    ) -> Result<Klar, Feil> {
        let (mut lest, mut noekkel) = (Vec::with_capacity(12), None);
        let hent = |r: Ramme| match &rammer {
            Some(rammer) => Ok(rammer.get(r as usize).copied().flatten()),
            None => self.les.ramme(r, person),
        };
        let hent_noekkel = |generasjon| {
            noekkel = self.les.noekkel(person, generasjon)?;
            Ok(noekkel.clone())
        };
        let post = Personpost::les_og_behold(person, hent, hent_noekkel, Some(&mut lest))?;
        let foer = post.ok_or(Feil::Skadet("post"))?;
        // Who was merged into another is nobody.
        if foer.hode.viderefoert_til.is_some() {
            return Ok(Klar::Ingenting);
        }
        let rettelser = vurder(&foer)?;
        if rettelser.is_empty() {
            return Ok(Klar::Ingenting);
        }
        let mut post = foer.clone();
        let hendelser = match self.felles.utfoer(person, &foer, &mut post, &rettelser) {
            Ok(hendelser) => hendelser,
            Err(Feil::Regel(brudd)) => return Ok(Klar::Nektet(brudd)),
            Err(feil) => return Err(feil),
        };
        if foerer_til_mer(&foer, &post) || (noekkel.is_none() && post.forsegles()) {
            return Ok(Klar::Vanlig(person, rettelser));
        }
        let indeks = self.felles.register.indeks.as_ref();
        let termer = indeks
            .filter(|indeks| !finnes_likt(&foer, &post, indeks.entiteter()))
            .map(|indeks| (indeks.termer(&foer), indeks.termer(&post)));
        Ok(Klar::Rask(Box::new(Rask {
            person,
            endret: post != foer,
            post,
            lest,
            noekkel,
            termer,
            hendelser,
            rammer: Vec::new(),
        })))
    }
}

/// Whether a change leads to more than the record itself. Whoever is in doubt says yes: it takes longer, and no more.
fn foerer_til_mer(foer: &Personpost, etter: &Personpost) -> bool {
    let kontakt_roert = etter.rader.iter().any(|rad| {
        let roert = rad.fra >= FORELOEPIG || rad.til.is_some_and(|(til, _)| til >= FORELOEPIG);
        roert && rad.entitet == Some(Entitet::KontaktinformasjonForDoedsbo)
    });
    kontakt_roert
        || (naerhet_roert(etter) && naere::viser_noe(etter))
        || foer.hode.vern > Grad::Ugradert
        || etter.hode.vern > Grad::Ugradert
        || kontakt::grad(etter) > kontakt::grad(foer)
        || !foer.hode.overtatt.is_empty()
        || foer.hode.numre != etter.hode.numre
}

// Whether something is new of where somebody is, or of whom they are near.
fn naerhet_roert(etter: &Personpost) -> bool {
    let mut nye = etter.rader.iter().filter(|rad| rad.fra >= FORELOEPIG);
    nye.any(|rad| {
        rad.entitet
            .is_some_and(|e| e.er_adresse() || matches!(e, Entitet::Familierelasjon | Entitet::Sivilstand))
    })
}

/// Whether both are found by the same: of what persons are found by, what is held says the same. Metadata nobody is found by.
fn finnes_likt(foer: &Personpost, etter: &Personpost, entiteter: Entitetsmengde) -> bool {
    foer.hode.vern == etter.hode.vern && vist(foer, entiteter) == vist(etter, entiteter)
}

type Vist<'a> = (Option<u8>, bool, Grad, bool, &'a [u8], &'a [Spenn]);

// What is held, as somebody may be shown it, in an order that does not depend on when it came.
fn vist(post: &Personpost, entiteter: Entitetsmengde) -> Vec<Vist<'_>> {
    let rader = post.rader.iter().filter(|rad| rad.holdt());
    let rader = rader.filter(|rad| rad.entitet.is_some_and(|e| entiteter.har(e)));
    let mut ut: Vec<Vist<'_>> = rader
        .map(|rad| {
            let entitet = rad.entitet.map(|e| e as u8);
            let (grad, skjult) = (rad.grad, rad.skjult_status);
            (
                entitet,
                rad.gjeldende(),
                grad,
                skjult,
                rad.kropp.as_slice(),
                rad.spenn.as_slice(),
            )
        })
        .collect();
    ut.sort_by(|a, b| (a.0, a.1, a.2, a.3, a.4).cmp(&(b.0, b.1, b.2, b.3, b.4)));
    ut
}

// The numbers that events got, where those stand that were not real.
fn gi_numre(post: &mut Personpost, foerste: u64) {
    let ekte = |seq: &mut u64| {
        if let Some(nr) = seq.checked_sub(FORELOEPIG) {
            *seq = foerste + nr;
        }
    };
    for rad in &mut post.rader {
        ekte(&mut rad.fra);
        if let Some((til, _)) = &mut rad.til {
            ekte(til);
        }
    }
}

fn pakk(rask: &mut Rask) -> Result<(), Feil> {
    if rask.endret {
        rask.rammer = rask.post.skriv_endret(rask.person, rask.noekkel.as_ref(), &rask.lest)?;
    }
    Ok(())
}

impl Personbilde {
    /// What a write sees of a record. `entiteter`: entries of these alone.
    pub(crate) fn av_post<'t>(
        person: u32,
        post: &Personpost,
        entiteter: Option<Entitetsmengde>,
        tekst: Option<&dyn Fn(u32) -> Result<&'t str, Feil>>,
    ) -> Result<Self, Feil> {
        let valgt = |e: Entitet| entiteter.is_none_or(|valgte| valgte.har(e));
        let rader = post
            .rader
            .iter()
            .filter(|rad| rad.holdt() && rad.entitet.is_some_and(valgt));
        let grader = rader.clone().map(|rad| rad.grad).collect();
        let opplysninger = rader
            .map(|rad| endring::les_opplysning(rad, tekst))
            .collect::<Result<_, Feil>>()?;
        let nummer = post.hode.gjeldende_nummer().ok_or(Feil::Skadet("hode"))?;
        Ok(Personbilde {
            person: crate::Personnummer(person),
            nummer: som_tekst(nummer),
            er_i_bruk: post.hode.er_i_bruk(),
            vern: post.hode.vern,
            numre: post.hode.numre.iter().map(|n| n.verdi).collect(),
            viderefoert_til: post.hode.viderefoert_til.map(crate::Personnummer),
            opplysninger,
            grader,
        })
    }
}
