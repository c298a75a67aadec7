//! Loading many persons at once into an empty register: several threads pack, one writes.
//!
//! Persons get their numbers by their place in the order, not by who was ready first, so that the register is the same
//! whatever the number of threads. A load that fails or is cut off leaves an empty register and a mark.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::sync_channel;

use informasjonsmodell::skjema::Feltklasse;
use informasjonsmodell::{Hendelsestype, Persondokument, Tidspunkt};
use lager::forsegling::Noekkel;
use lager::journal::Journal;
use lager::slettinger::{Slag, Sletting};
use lager::{Les, Miljoe, Noekkelskriving, PAKKET_BYTE};

use crate::endring::Hendelse;
use crate::feed::Feedskriver;
use crate::indeks;
use crate::kontakt::{self, Kontakt};
use crate::oppfoering::{Feeder, Oppfoering};
use crate::post::Personpost;
use crate::ramme::Ramme;
use crate::register::{Register, Steg, antallsverdi, indeksverdi, tell_grupper};
use crate::tilbakehold::Tilbakehold;
use crate::transaksjon::{Nummerserier, post_av};
use crate::utsending::der_den_vises;
use crate::visning::Termer;
use crate::{Feil, Regelbrudd, Sekvens};

/// Persons in one commit of a load.
const PERSONER_PER_BEKREFTELSE: u32 = 50_000;

/// Groups that may wait for the writer.
const KOE: usize = 64;

const MERKE: &str = "innlasting";

/// Where the persons come from: groups in a fixed order.
pub trait Kilde: Sync {
    /// Number of groups.
    fn grupper(&self) -> u32;
    /// Number of persons in the groups before this one.
    fn foer(&self, gruppe: u32) -> u32;
    /// The documents of one group. Called from several threads.
    fn dokumenter(&self, gruppe: u32) -> Vec<Persondokument>;
}

struct Ferdig {
    person: u32,
    rammer: Vec<(Ramme, Vec<u8>)>,
    noekkel: Option<(u8, [u8; PAKKET_BYTE])>,
    numre: Vec<u64>,
    /// Somebody is named as contact for the estate.
    har_kontakt: bool,
    oppfoering: Oppfoering,
    termer: Termer,
}

impl Register {
    /// Loads every person of a source, each with one personErOpprettet, with `traader` threads that pack.
    ///
    /// `tidspunkt` is what the register says of when it happened, `naa_sekunder` when it was committed. `framdrift` is told
    /// how many persons are loaded.
    ///
    /// # Errors
    /// [`Feil::Regel`] if the register is not empty or a document cannot be a person; [`Feil::Lager`] if the files refuse.
    pub fn last_inn(
        &self,
        kilde: &dyn Kilde,
        traader: usize,
        tidspunkt: Tidspunkt,
        naa_sekunder: i64,
        framdrift: &mut dyn FnMut(u32),
    ) -> Result<u32, Feil> {
        let _laas = self.laas_skriving();
        if self.antall_personer()? != 0 {
            return Err(Regelbrudd::IdentifikatorIBruk.into());
        }
        // Whoever comes first is nobody's change: there is nothing to be held back from anyone.
        if !Tilbakehold::les(self.tabeller.tilbakehold, &self.miljoe.les()?)?.er_tomt() {
            return Err(Regelbrudd::FeedHoldt.into());
        }
        self.sett_merke(MERKE, b"underveis")?;
        self.glem_indeks()?;
        let grupper = kilde.grupper();
        let neste = AtomicU32::new(0);
        let stopp = AtomicBool::new(false);
        let foerste_seq = self.siste_sekvens()?.0 + 1;
        let (send, motta) = sync_channel::<(u32, Result<Vec<Ferdig>, Feil>)>(KOE);
        // Workers stay within a window of the writer, so that what waits to be put in order is bounded.
        let skrevet = Mutex::new(0u32);
        let plass = std::sync::Condvar::new();
        let antall = std::thread::scope(|omraade| {
            for _ in 0..traader.max(1) {
                let send = send.clone();
                let (neste, stopp, skrevet, plass) = (&neste, &stopp, &skrevet, &plass);
                omraade.spawn(move || {
                    loop {
                        let gruppe = neste.fetch_add(1, Ordering::Relaxed);
                        if gruppe >= grupper || stopp.load(Ordering::Relaxed) {
                            break;
                        }
                        let mut til = skrevet.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                        while gruppe > til.saturating_add(4096) && !stopp.load(Ordering::Relaxed) {
                            til = plass.wait(til).unwrap_or_else(std::sync::PoisonError::into_inner);
                        }
                        drop(til);
                        // A source that panics must not leave the others waiting for its group.
                        let ferdig = catch_unwind(AssertUnwindSafe(|| {
                            self.pakk_gruppe(kilde, gruppe, foerste_seq, tidspunkt, naa_sekunder)
                        }))
                        .unwrap_or(Err(Feil::Skadet("kilden stoppet")));
                        if send.send((gruppe, ferdig)).is_err() {
                            break;
                        }
                    }
                });
            }
            drop(send);
            let utfall = self.skriv_grupper(&motta, grupper, &skrevet, &plass, framdrift);
            stopp.store(true, Ordering::Relaxed);
            plass.notify_all();
            drop(motta);
            utfall
        });
        let antall = antall.and_then(|antall| {
            self.steg(Steg::Innlasting)?;
            Ok(antall)
        });
        if antall.is_err() {
            self.tekster.forkast();
            self.toem()?;
        }
        let antall = antall?;
        self.sett_merke(MERKE, b"ferdig")?;
        Ok(antall)
    }

    /// Whether a load was begun here and never finished.
    ///
    /// # Errors
    /// [`Feil::Lager`].
    pub fn avbrutt_innlasting(&self) -> Result<bool, Feil> {
        Ok(self.merke(MERKE)?.as_deref() == Some(b"underveis"))
    }

    /// A load that was cut off is half a register: nothing of it is to be seen when the register is opened.
    pub(crate) fn toem_uferdig_innlasting(&self) -> Result<(), Feil> {
        if self.avbrutt_innlasting()? && self.antall_personer()? != 0 {
            self.toem()?;
        }
        Ok(())
    }

    fn toem(&self) -> Result<(), Feil> {
        let mut skriv = self.miljoe.skriv()?;
        let t = &self.tabeller;
        for tabell in [
            t.personer,
            t.identifikatorer,
            t.antall,
            t.kontakter,
            t.feed,
            t.tilbakehold,
            self.journal.tabell(),
        ] {
            tabell.toem(&mut skriv)?;
        }
        self.sett_neste_person(&mut skriv, 1)?;
        // Of nobody, it is whole.
        match &self.indeks {
            Some(indeks) => {
                let sted = indeks.nullstill(&mut skriv)?;
                indeks.sett_hel(t.meta, &mut skriv, &sted)?;
            }
            None => {
                for tabell in t.indeks.begge() {
                    tabell.toem(&mut skriv)?;
                }
                indeks::stryk(t.meta, &mut skriv)?;
            }
        }
        Ok(Miljoe::bekreft(skriv)?)
    }

    fn pakk_gruppe(
        &self,
        kilde: &dyn Kilde,
        gruppe: u32,
        foerste_seq: u64,
        tidspunkt: Tidspunkt,
        naa: i64,
    ) -> Result<Vec<Ferdig>, Feil> {
        let foer = kilde.foer(gruppe);
        (foer..)
            .zip(kilde.dokumenter(gruppe))
            .map(|(nr, dokument)| {
                let person = nr.checked_add(1).ok_or(Feil::Skadet("for mange personer"))?;
                let seq = Sekvens(foerste_seq + u64::from(nr));
                let mut post = post_av(
                    &dokument,
                    Hendelse {
                        seq,
                        tidspunkt,
                        tekster: &self.tekster,
                    },
                    Nummerserier::Folkeregisteret,
                )?;
                let noekkel = if post.forsegles() {
                    Some(Noekkel::tilfeldig()?)
                } else {
                    None
                };
                let rammer = post.skriv(person, noekkel.as_ref())?;
                let termer = self.indeks.as_ref().map(|i| i.termer(&post)).unwrap_or_default();
                let nummer = post.hode.gjeldende_nummer().ok_or(Regelbrudd::ManglerIdentifikator)?;
                Ok(Ferdig {
                    person,
                    rammer: rammer.into_iter().filter_map(|(r, byte)| Some((r, byte?))).collect(),
                    noekkel: noekkel
                        .map(|n| self.noekler.pakk(&n))
                        .transpose()?
                        .map(|p| (post.hode.noekkelgenerasjon, p)),
                    numre: post.hode.numre.iter().map(|n| n.verdi).collect(),
                    har_kontakt: !post.hode.kontakter.is_empty(),
                    oppfoering: Oppfoering {
                        hendelsestype: Hendelsestype::PersonErOpprettet,
                        person,
                        nummer,
                        ajourholdstidspunkt: tidspunkt,
                        bekreftet_sekunder: naa,
                        feeder: der_den_vises(&post, Hendelsestype::PersonErOpprettet),
                        straks: Feeder::default(),
                    },
                    termer,
                })
            })
            .collect()
    }

    fn skriv_grupper(
        &self,
        motta: &std::sync::mpsc::Receiver<(u32, Result<Vec<Ferdig>, Feil>)>,
        grupper: u32,
        skrevet: &Mutex<u32>,
        plass: &std::sync::Condvar,
        framdrift: &mut dyn FnMut(u32),
    ) -> Result<u32, Feil> {
        let mut venter = BTreeMap::new();
        let mut neste = 0u32;
        let mut antall = 0u32;
        let mut numre: Vec<(u64, u32)> = Vec::new();
        let mut med_kontakt = Vec::new();
        let mut skriver = Gruppeskriver::new(self)?;
        let mut bygger = self
            .indeks
            .as_ref()
            .map(|i| indeks::Bygger::new(i.noekkel(), &self.mappe))
            .transpose()?;
        while neste < grupper {
            let Some(ferdig) = venter.remove(&neste) else {
                let (gruppe, ferdig) = motta.recv().map_err(|_| Feil::Skadet("innlasting"))?;
                venter.insert(gruppe, ferdig);
                continue;
            };
            for ferdig in ferdig? {
                numre.extend(ferdig.numre.iter().map(|n| (*n, ferdig.person)));
                antall += 1;
                if ferdig.person != antall {
                    return Err(Feil::Skadet("kilden teller ikke sine egne personer"));
                }
                if ferdig.har_kontakt {
                    med_kontakt.push(ferdig.person);
                }
                skriver.skriv_person(&ferdig)?;
                if let Some(bygger) = &mut bygger {
                    bygger.ta(ferdig.person, &ferdig.termer)?;
                }
                if antall.is_multiple_of(PERSONER_PER_BEKREFTELSE) {
                    skriver.bekreft(ferdig.person)?;
                    skriver = Gruppeskriver::new(self)?;
                }
            }
            neste += 1;
            *skrevet.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = neste;
            plass.notify_all();
            framdrift(antall);
        }
        if let (Some(bygger), Some(indeks)) = (bygger, &self.indeks) {
            let sted = indeks.nullstill(&mut skriver.skriv)?;
            bygger.ferdig(sted.tabell, &mut skriver.skriv)?;
            indeks.sett_hel(self.tabeller.meta, &mut skriver.skriv, &sted)?;
        }
        skriver.bekreft(antall)?;
        self.skriv_numre(numre)?;
        self.registrer_kontakter(&med_kontakt)?;
        Ok(antall)
    }

    // Contacts may stand anywhere in the source, so this waits until everybody is in.
    fn registrer_kontakter(&self, personer: &[u32]) -> Result<(), Feil> {
        for bolk in personer.chunks(PERSONER_PER_BEKREFTELSE as usize) {
            let mut skriv = self.miljoe.skriv()?;
            let mut noekler = self.noekler.skriv();
            for &person in bolk {
                self.registrer_kontakter_til(person, &mut skriv, &mut noekler)?;
            }
            noekler.bekreft()?;
            Miljoe::bekreft(skriv)?;
        }
        self.oedelegg_utestaaende()
    }

    fn registrer_kontakter_til(
        &self,
        person: u32,
        skriv: &mut lager::Skriv<'_>,
        noekler: &mut Noekkelskriving<'_>,
    ) -> Result<(), Feil> {
        let (mut post, mut noekkel) = self.post_og_noekkel(person, skriv, noekler)?;
        let termer = self.indeks.as_ref().map(|i| (i, i.termer(&post)));
        let hadde_adresse = |post: &Personpost| {
            let rader = post.rader.iter();
            rader.filter(|r| kontakt::har(r, Feltklasse::DoedsboAdresse)).count()
        };
        let foer = hadde_adresse(&post);
        for rad in &mut post.rader {
            let Some(nummer) = kontakt::nummer(rad) else { continue };
            let plass = kontakt::indeksnoekkel(nummer, person);
            self.tabeller.kontakter.sett(skriv, &plass, &[])?;
            if let Some(funnet) = self.finn(skriv, nummer)? {
                let (funnet, _) = self.post_og_noekkel(funnet.0, skriv, noekler)?;
                kontakt::registrer(rad, &Kontakt::av_post(&funnet)?)?;
            }
        }
        if hadde_adresse(&post) < foer {
            // The address lies on the disk already: its key is not to be kept.
            let gammel = post.hode.noekkelgenerasjon;
            post.hode.noekkelgenerasjon = gammel.wrapping_add(1);
            let ny = Noekkel::tilfeldig()?;
            let pakket = self.noekler.pakk(&ny)?;
            noekler.sett_pakket(person, post.hode.noekkelgenerasjon, &pakket);
            let sletting = Sletting {
                person,
                seq: self.journal.siste(skriv)?,
                generasjon: gammel,
                slag: Slag::Innhold,
            };
            self.merk_noekkel_for_sletting(skriv, sletting)?;
            noekkel = Some(ny);
        }
        if let Some((indeks, foer)) = termer
            && let Some(sted) = indeks.sted(self.tabeller.meta, skriv)?
        {
            indeks.endrede().noter(person);
            let mut endrer = indeks::Endrer::new(sted, indeks);
            endrer.endre(person, &foer, &indeks.termer(&post));
            endrer.skriv(skriv)?;
        }
        self.numre.merk(person, skriv.id());
        for (ramme, byte) in post.skriv(person, noekkel.as_ref())? {
            let plass = ramme.plass(person);
            match byte {
                Some(byte) => self.tabeller.personer.sett(skriv, &plass, &byte)?,
                None => {
                    self.tabeller.personer.slett(skriv, &plass)?;
                }
            }
        }
        Ok(())
    }

    fn post_og_noekkel(
        &self,
        person: u32,
        les: &Les<'_>,
        noekler: &Noekkelskriving<'_>,
    ) -> Result<(Personpost, Option<Noekkel>), Feil> {
        let mut noekkel = None;
        let post = Personpost::les(
            person,
            |r| Ok(self.tabeller.personer.hent(les, &r.plass(person))?),
            |generasjon| {
                noekkel = noekler.hent(person, generasjon)?;
                Ok(noekkel.clone())
            },
        )?;
        Ok((post.ok_or(Feil::Skadet("post"))?, noekkel))
    }

    // In order, so that the pages of the index are full.
    fn skriv_numre(&self, mut numre: Vec<(u64, u32)>) -> Result<(), Feil> {
        numre.sort_unstable();
        if numre.windows(2).any(|par| matches!(par, [a, b] if a.0 == b.0)) {
            return Err(Regelbrudd::IdentifikatorIBruk.into());
        }
        let mut skriv = self.miljoe.skriv()?;
        for (gruppe, antall) in tell_grupper(&numre) {
            self.tabeller
                .antall
                .legg_til(&mut skriv, &gruppe.to_be_bytes(), &antallsverdi(gruppe, antall))?;
        }
        for (nummer, person) in numre {
            self.tabeller
                .identifikatorer
                .legg_til(&mut skriv, &nummer.to_be_bytes(), &indeksverdi(nummer, person))?;
        }
        Ok(Miljoe::bekreft(skriv)?)
    }
}

struct Gruppeskriver<'r> {
    register: &'r Register,
    skriv: lager::Skriv<'r>,
    noekler: Noekkelskriving<'r>,
    feed: Feedskriver,
}

impl<'r> Gruppeskriver<'r> {
    fn new(register: &'r Register) -> Result<Self, Feil> {
        Ok(Gruppeskriver {
            register,
            skriv: register.miljoe.skriv()?,
            noekler: register.noekler.skriv(),
            feed: Feedskriver::default(),
        })
    }

    fn skriv_person(&mut self, ferdig: &Ferdig) -> Result<(), Feil> {
        let t = &self.register.tabeller;
        for (ramme, byte) in &ferdig.rammer {
            t.personer
                .legg_til(&mut self.skriv, &ramme.plass(ferdig.person), byte)?;
        }
        if let Some((generasjon, pakket)) = &ferdig.noekkel {
            self.noekler.sett_pakket(ferdig.person, *generasjon, pakket);
        }
        let seq = Sekvens(
            self.register
                .journal
                .legg_til(&mut self.skriv, &ferdig.oppfoering.skriv())?,
        );
        for (projeksjon, rad) in ferdig.oppfoering.feedrader(seq) {
            self.feed.legg_til(t.feed, &mut self.skriv, projeksjon, rad)?;
        }
        Ok(())
    }

    fn bekreft(mut self, siste_person: u32) -> Result<(), Feil> {
        self.feed.lukk(self.register.tabeller.feed, &mut self.skriv)?;
        let neste = siste_person.checked_add(1).ok_or(Feil::Skadet("for mange personer"))?;
        self.register.sett_neste_person(&mut self.skriv, neste)?;
        let nye_tekster = self.register.tekster.skriv_nye(&mut self.skriv)?;
        self.noekler.bekreft()?;
        Miljoe::bekreft(self.skriv)?;
        self.register.tekster.bekreft(nye_tekster);
        Ok(())
    }
}
