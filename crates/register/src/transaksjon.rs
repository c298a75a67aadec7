//! Writing: requests become rows, events and feed items, all in one commit or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::MutexGuard;

use informasjonsmodell::kodeverk::Identifikatorstatuskode;
use informasjonsmodell::tekst::Foedselsnummer;
use informasjonsmodell::{
    Endring, Entitet, Handling, Hendelsestype, Innhold, Opplysning, Persondokument, Registrering, Tidspunkt,
};
use lager::forsegling::Noekkel;
use lager::journal::Journal;
use lager::slettinger::{Slag, Sletting};
use lager::{Les, Miljoe, Skriv};
use tilgang::{Grad, Projeksjon, Tabell};

use crate::arkiv::Arkivpost;
use crate::endring::{self, Hendelse};
use crate::feed::Feedskriver;
use crate::indeks::{Endrer, stryk};
use crate::kontakt::{self, Kontakt, Vernet};
use crate::lesing::{Personnummer, som_tekst};
use crate::oppfoering::{Journalpost, Oppfoering};
use crate::post::{Nummer, Personpost, Skrevet};
use crate::rad::{Opprinnelse, Rad, Slutt};
use crate::ramme::Ramme;
use crate::register::{Register, Steg};
use crate::sikkerhetskopi::gjeninnfoert_vern;
use crate::sletting;
use crate::sted::Sted;
use crate::tilbakehold::{Feedbygger, Tilbakehold, spill};
use crate::utsending::{Feedendring, endrede_projeksjoner};
use crate::visning::Termer;
use crate::{Feil, Regelbrudd, Sekvens, ajourhold, naere};

/// What a commit led to: one number for each event, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kvittering {
    /// Numbers in the journal.
    pub sekvenser: Vec<Sekvens>,
}

/// A person in a transaction.
pub(crate) struct Aapen {
    pub post: Personpost,
    noekkel: Option<Noekkel>,
    /// Written to the key store at commit.
    ny_noekkel: bool,
    pub endret: bool,
    /// The grade that the estates naming this person have been told of ([`kontakt::grad`]).
    meldt_grad: Grad,
    /// What the person was found by before the transaction; `None` where nobody knows.
    termer: Option<Termer>,
}

impl Aapen {
    /// Takes a new key for all that is sealed. Gives the generation to be destroyed, if there was one.
    pub(crate) fn forny_noekkel(&mut self) -> Option<u8> {
        self.endret = true;
        let gammel = self.post.hode.noekkelgenerasjon;
        self.post.hode.noekkelgenerasjon = gammel.wrapping_add(1);
        self.ny_noekkel = false;
        self.noekkel.take().map(|_| gammel)
    }
}

/// A write under way.
pub(crate) struct Transaksjon<'r> {
    register: &'r Register,
    skriv: Skriv<'r>,
    feed: Feedskriver,
    tilbakehold: Tilbakehold,
    tilbakehold_endret: bool,
    aapne: BTreeMap<u32, Aapen>,
    /// Those among them that were looked at since the estates were told.
    roert: BTreeSet<u32>,
    /// Where those lived whose addresses were erased since those near were told.
    pub(crate) flyktet: BTreeMap<u32, Vec<Sted>>,
    /// What others, whose records were written beside these, are found by: before and after.
    ferdige_termer: Vec<(u32, Termer, Termer)>,
    neste_person: u32,
    bekreftet_sekunder: i64,
    sekvenser: Vec<Sekvens>,
    pub(crate) slettede_noekler: Vec<Sletting>,
    pub(crate) arkiv: Arkivpost,
    /// In a copy of another register: everybody who was looked at, as they were before the transaction. No feed hears of
    /// anything then; whoever keeps the copy tells of it ([`crate::speil`]).
    pub(crate) speil: Option<BTreeMap<u32, Personpost>>,
    // Last, so that it is let go last.
    _laas: MutexGuard<'r, ()>,
}

impl Register {
    /// Carries out requests as one transaction: all of them, or none.
    ///
    /// `naa_sekunder` is the time of the commit, seconds since 1970: what retention counts from.
    ///
    /// # Errors
    /// [`Feil::Regel`] if the rules forbid one of them; [`Feil::Lager`] if the files refuse. Nothing was changed then.
    pub fn utfoer(&self, registreringer: &[Registrering], naa_sekunder: i64) -> Result<Kvittering, Feil> {
        let mut transaksjon = Transaksjon::new(self, naa_sekunder)?;
        let utfall = registreringer.iter().try_for_each(|r| transaksjon.utfoer(r));
        match utfall {
            Ok(()) => transaksjon.bekreft(),
            Err(feil) => {
                transaksjon.avbryt();
                Err(feil)
            }
        }
    }
}

impl<'r> Transaksjon<'r> {
    pub fn new(register: &'r Register, bekreftet_sekunder: i64) -> Result<Self, Feil> {
        let laas = register.laas_skriving();
        let skriv = register.miljoe.skriv()?;
        let neste_person = register.neste_person(&skriv)?;
        let tilbakehold = Tilbakehold::les(register.tabeller.tilbakehold, &skriv)?;
        Ok(Transaksjon {
            register,
            skriv,
            feed: Feedskriver::default(),
            tilbakehold,
            tilbakehold_endret: false,
            aapne: BTreeMap::new(),
            roert: BTreeSet::new(),
            flyktet: BTreeMap::new(),
            ferdige_termer: Vec::new(),
            neste_person,
            bekreftet_sekunder,
            sekvenser: Vec::new(),
            slettede_noekler: Vec::new(),
            arkiv: Arkivpost::new(register),
            speil: None,
            _laas: laas,
        })
    }

    /// Throws everything away: nothing was changed.
    pub fn avbryt(self) {
        drop(self.skriv);
        self.register.tekster.forkast();
    }

    pub fn utfoer(&mut self, registrering: &Registrering) -> Result<(), Feil> {
        self.utfoer_handling(registrering)?;
        self.meld_grader(registrering.tidspunkt)
    }

    fn utfoer_handling(&mut self, registrering: &Registrering) -> Result<(), Feil> {
        let tid = registrering.tidspunkt;
        match &registrering.handling {
            Handling::Opprett(dokument) => self.opprett(dokument, tid).map(|_| ()),
            Handling::Registrer {
                person,
                hendelsestype,
                endringer,
            } => {
                let person = self.finn(person.som_tekst())?;
                self.registrer(person, *hendelsestype, endringer, tid)
            }
            Handling::SkiftIdentifikator { gammel, ny, etter } => {
                let person = self.finn(gammel.som_tekst())?;
                self.skift_identifikator(person, gammel.som_tekst(), ny, tid)?;
                match etter {
                    Some((hendelsestype, endringer)) => self.registrer(person, *hendelsestype, endringer, tid),
                    None => Ok(()),
                }
            }
            Handling::SlaaSammen { gjeldende, dublett } => {
                self.slaa_sammen(gjeldende.som_tekst(), dublett.som_tekst(), tid)
            }
            Handling::Splitt {
                gjeldende,
                gjenopprettet,
            } => self.splitt(gjeldende.som_tekst(), gjenopprettet.som_tekst(), tid),
        }
    }

    pub fn finn_tall(&self, nummer: u64) -> Result<Option<u32>, Feil> {
        Ok(self.register.finn(&self.skriv, nummer)?.map(|p: Personnummer| p.0))
    }

    pub(crate) fn finn(&self, nummer: &str) -> Result<u32, Feil> {
        let tall = nummer.parse().map_err(|_| Regelbrudd::UkjentPerson)?;
        Ok(self.finn_tall(tall)?.ok_or(Regelbrudd::UkjentPerson)?)
    }

    pub(crate) fn sett_identifikator(&mut self, nummer: u64, person: u32) -> Result<(), Feil> {
        // Estates may name the number already, and know nothing of whose it is now.
        if let Some(aapen) = self.aapne.get_mut(&person) {
            aapen.meldt_grad = Grad::Ugradert;
            self.roert.insert(person);
        }
        self.register.sett_identifikator(&mut self.skriv, nummer, person)
    }

    pub(crate) fn fjern_identifikator(&mut self, nummer: u64) -> Result<(), Feil> {
        self.register.fjern_identifikator(&mut self.skriv, nummer)
    }

    fn neste_seq(&self) -> Result<Sekvens, Feil> {
        Ok(Sekvens(self.register.journal.siste(&self.skriv)? + 1))
    }

    pub(crate) fn hendelse(&self, tidspunkt: Tidspunkt) -> Result<Hendelse<'r>, Feil> {
        Ok(Hendelse {
            seq: self.neste_seq()?,
            tidspunkt,
            tekster: &self.register.tekster,
        })
    }

    /// The person's record, read once in a transaction.
    pub(crate) fn aapen(&mut self, person: u32) -> Result<&mut Aapen, Feil> {
        if !self.aapne.contains_key(&person) {
            let personer = self.register.tabeller.personer;
            let noekler = &self.register.noekler;
            let les_noekler = noekler.les()?;
            let mut funnet = None;
            let post = Personpost::les(
                person,
                |r| Ok(personer.hent(&self.skriv, &r.plass(person))?),
                |generasjon| {
                    funnet = les_noekler.hent(person, generasjon)?;
                    Ok(funnet.clone())
                },
            )?;
            let post = post.ok_or(Feil::Skadet("post"))?;
            if let Some(foer) = &mut self.speil {
                foer.insert(person, post.clone());
            }
            self.aapne.insert(
                person,
                Aapen {
                    termer: self.register.indeks.as_ref().map(|i| i.termer(&post)),
                    meldt_grad: kontakt::grad(&post),
                    post,
                    noekkel: funnet,
                    ny_noekkel: false,
                    endret: false,
                },
            );
        }
        self.roert.insert(person);
        self.aapne.get_mut(&person).ok_or(Feil::Skadet("post"))
    }

    /// A register is of Folkeregisteret's numbers; a copy may have more.
    pub(crate) fn nummerserier(&self) -> Nummerserier {
        match self.speil {
            Some(_) => Nummerserier::OgsaaHjelpenummer,
            None => Nummerserier::Folkeregisteret,
        }
    }

    /// Makes a new person of a document. Gives personErOpprettet.
    pub fn opprett(&mut self, dokument: &Persondokument, tidspunkt: Tidspunkt) -> Result<u32, Feil> {
        let person = self.neste_person;
        let hendelse = self.hendelse(tidspunkt)?;
        let post = post_av(dokument, hendelse, self.nummerserier())?;
        for nummer in &post.hode.numre {
            if self.finn_tall(nummer.verdi)?.is_some() {
                return Err(Regelbrudd::IdentifikatorIBruk.into());
            }
        }
        let nummer = post.hode.gjeldende_nummer().ok_or(Regelbrudd::ManglerIdentifikator)?;
        self.neste_person = person.checked_add(1).ok_or(Feil::Skadet("for mange personer"))?;
        for n in &post.hode.numre {
            self.sett_identifikator(n.verdi, person)?;
        }
        if let Some(foer) = &mut self.speil {
            foer.insert(person, Personpost::default());
        }
        self.aapne.insert(
            person,
            Aapen {
                post,
                noekkel: None,
                ny_noekkel: false,
                endret: true,
                meldt_grad: Grad::Ugradert,
                termer: Some(Termer::default()),
            },
        );
        self.registrer_kontakter(person, hendelse.seq)?;
        self.verne_nye_i(person, hendelse.seq.0)?;
        if self.aapen(person)?.post.hode.vern == Grad::StrengtFortrolig {
            self.flyktet.entry(person).or_default().extend(naere::hjem_i(dokument));
        }
        let foer = Personpost::default();
        self.foer_journal(person, Hendelsestype::PersonErOpprettet, nummer, tidspunkt, &foer)?;
        Ok(person)
    }

    /// Changes one person; one event.
    pub(crate) fn registrer(
        &mut self,
        person: u32,
        hendelsestype: Hendelsestype,
        endringer: &[Endring],
        tidspunkt: Tidspunkt,
    ) -> Result<(), Feil> {
        let hendelse = self.hendelse(tidspunkt)?;
        let aapen = self.aapen(person)?;
        let foer = aapen.post.clone();
        let nummer = endre_post(&mut aapen.post, hendelsestype, endringer, hendelse)?;
        aapen.endret = true;
        let vern = aapen.post.hode.vern;
        self.registrer_kontakter(person, hendelse.seq)?;
        self.etter_vern(person, foer.hode.vern, vern, hendelse)?;
        self.verne_nye_i(person, hendelse.seq.0)?;
        self.foer_journal(person, hendelsestype, nummer, tidspunkt, &foer)
    }

    /// What the person's protection leads to beyond the entry itself, for those merged into it too.
    pub(crate) fn etter_vern(
        &mut self,
        person: u32,
        foer: Grad,
        etter: Grad,
        hendelse: Hendelse<'r>,
    ) -> Result<(), Feil> {
        if etter == Grad::Fortrolig {
            endring::grader_adresser(&mut self.aapen(person)?.post, hendelse)?;
        }
        self.slett_ved_strengt(person, foer, hendelse)?;
        for annen in self.etterkommere(person)? {
            self.arv_vern(annen, etter, hendelse)?;
        }
        Ok(())
    }

    /// Erases what a strengt fortrolig person may not have. `foer` is the protection before.
    pub(crate) fn slett_ved_strengt(&mut self, person: u32, foer: Grad, hendelse: Hendelse<'r>) -> Result<(), Feil> {
        let aapen = self.aapen(person)?;
        if aapen.post.hode.vern != Grad::StrengtFortrolig {
            return Ok(());
        }
        aapen.endret = true;
        sletting::fjern_steder(&mut aapen.post);
        if foer != Grad::StrengtFortrolig {
            let forlatt = naere::forlatte_hjem(&aapen.post, hendelse.seq)?;
            sletting::slett_adresser(&mut aapen.post, hendelse.seq);
            let gammel = aapen.forny_noekkel();
            self.flyktet.entry(person).or_default().extend(forlatt);
            self.slettede_noekler.extend(gammel.map(|generasjon| Sletting {
                person,
                seq: hendelse.seq.0,
                generasjon,
                slag: Slag::StrengtFortrolig,
            }));
        }
        Ok(())
    }

    /// Makes what an event registered of contacts for an estate what it is to be, and enters them in the index.
    fn registrer_kontakter(&mut self, person: u32, seq: Sekvens) -> Result<(), Feil> {
        let nye = kontakter_fra(&self.aapen(person)?.post.rader, seq);
        for (nr, funnet) in self.finn_kontakter(person, &nye)? {
            let rader = &mut self.aapen(person)?.post.rader;
            let Some(mut rad) = rader.get(nr).cloned() else {
                continue;
            };
            kontakt::registrer(&mut rad, &funnet)?;
            // What it corrected was guarded already, and only now can the two be told apart as callers would.
            let rettet = (seq.0, Slutt::Korrigert);
            let gammel = rader
                .iter()
                .find(|r| r.entitet == rad.entitet && r.plass == rad.plass && r.til == Some(rettet));
            if let (Opprinnelse::Korrigert, Some(gammel)) = (rad.opprinnelse, gammel) {
                ajourhold::arv(gammel, &mut rad, false);
            }
            if let Some(plass) = rader.get_mut(nr) {
                *plass = rad;
            }
        }
        Ok(())
    }

    // Enters contacts in the index, and gives those who are in the register.
    fn finn_kontakter(&mut self, person: u32, nye: &[(usize, u64)]) -> Result<Vec<(usize, Kontakt)>, Feil> {
        let mut ut = Vec::new();
        for (nr, nummer) in nye {
            let noekkel = kontakt::indeksnoekkel(*nummer, person);
            let indeks = self.register.tabeller.kontakter;
            indeks.sett(&mut self.skriv, &noekkel, &[])?;
            if let Some(funnet) = self.finn_tall(*nummer)? {
                ut.push((*nr, Kontakt::av_post(&self.aapen(funnet)?.post)?));
            }
        }
        Ok(ut)
    }

    /// Those whose records were changed among those that were looked at since the estates were told.
    pub(crate) fn endret_siden_sist(&self) -> Vec<u32> {
        let endret = |person: &&u32| self.aapne.get(person).is_some_and(|a| a.endret);
        self.roert.iter().filter(endret).copied().collect()
    }

    /// Makes others' records tell no more of a person than the person's protection lets be known: those near, and the estates
    /// that name the person as contact when the person's grade has risen.
    pub(crate) fn meld_grader(&mut self, tidspunkt: Tidspunkt) -> Result<(), Feil> {
        self.meld_naere(tidspunkt)?;
        let mut hevet = Vec::new();
        for person in std::mem::take(&mut self.roert) {
            let Some(aapen) = self.aapne.get_mut(&person) else {
                continue;
            };
            let grad = kontakt::grad(&aapen.post);
            if grad > aapen.meldt_grad {
                hevet.extend(aapen.post.hode.numre.iter().map(|n| (n.verdi, grad)));
            }
            aapen.meldt_grad = grad;
        }
        for (nummer, grad) in hevet {
            let mut boer = Vec::new();
            for rad in self
                .register
                .tabeller
                .kontakter
                .med_prefiks(&self.skriv, &nummer.to_be_bytes())?
            {
                let (noekkel, _) = rad?;
                boer.push(kontakt::les_indeksnoekkel(noekkel).ok_or(Feil::Skadet("kontakter"))?.1);
            }
            for bo in boer {
                self.vern_bo(bo, nummer, grad, tidspunkt)?;
            }
        }
        Ok(())
    }

    /// Guards a contact's address in every version of an estate. Gives personErOppdatert where somebody can see it.
    fn vern_bo(&mut self, bo: u32, kontakt: u64, grad: Grad, tidspunkt: Tidspunkt) -> Result<(), Feil> {
        let seq = self.neste_seq()?.0;
        let aapen = self.aapen(bo)?;
        let foer = aapen.post.clone();
        let rader = aapen.post.rader.iter_mut();
        let vernet = rader
            .filter(|rad| kontakt::nummer(rad) == Some(kontakt))
            .map(|rad| kontakt::verne(rad, grad))
            .max();
        let vernet = vernet.unwrap_or(Vernet::Uendret);
        self.meld_vernet(bo, &foer, vernet, seq, tidspunkt).map(|_| ())
    }

    /// Gives personErOppdatert, at once, to those who see less of a person than before because somebody else is protected.
    pub(crate) fn meld_vern(&mut self, person: u32, foer: &Personpost, tidspunkt: Tidspunkt) -> Result<(), Feil> {
        let post = &self.aapen(person)?.post;
        // Who was merged into another is nobody outside.
        if post.hode.viderefoert_til.is_some() {
            return Ok(());
        }
        let mut feeder = endrede_projeksjoner(foer, Some(post), Hendelsestype::PersonErOppdatert);
        if feeder.is_empty() {
            return Ok(());
        }
        feeder.iter_mut().for_each(|f| f.straks = true);
        let nummer = post.hode.gjeldende_nummer().ok_or(Feil::Skadet("hode"))?;
        self.skriv_hendelse(person, Hendelsestype::PersonErOppdatert, nummer, tidspunkt, feeder)
    }

    fn skift_identifikator(
        &mut self,
        person: u32,
        gammel: &str,
        ny: &Opplysning,
        tidspunkt: Tidspunkt,
    ) -> Result<(), Feil> {
        let Innhold::Identifikasjonsnummer(innhold) = &ny.innhold else {
            return Err(Regelbrudd::ManglerIdentifikator.into());
        };
        let nytt = gyldig_nummer(innhold.foedselsnummer.som_tekst())?;
        if self.finn_tall(nytt)?.is_some() {
            return Err(Regelbrudd::IdentifikatorIBruk.into());
        }
        if innhold.status != Identifikatorstatuskode::IBruk || ny.metadata.er_gjeldende == Some(false) {
            return Err(Regelbrudd::ManglerIdentifikator.into());
        }
        let hendelse = self.hendelse(tidspunkt)?;
        let gammelt = gammel.parse().map_err(|_| Regelbrudd::UkjentPerson)?;
        let aapen = self.aapen(person)?;
        let foer = aapen.post.clone();
        if !foer.hode.numre.iter().any(|n| n.i_bruk && n.verdi == gammelt) {
            return Err(Regelbrudd::FantIkkeOppfoering(Entitet::Identifikasjonsnummer).into());
        }
        endring::sett_nummerstatus(
            &mut aapen.post,
            gammelt,
            Identifikatorstatuskode::Opphoert,
            false,
            Opprinnelse::Avloest,
            hendelse,
        )?;
        endring::registrer_ny(&mut aapen.post, ny, hendelse)?;
        endring::oppdater_hode(&mut aapen.post)?;
        aapen.endret = true;
        self.sett_identifikator(nytt, person)?;
        self.foer_journal(
            person,
            Hendelsestype::EndringIIdentifikasjonsnummer,
            gammelt,
            tidspunkt,
            &foer,
        )
    }

    /// What is read is of what has been written so far, apart from the persons that are open.
    pub(crate) fn les(&self) -> &Les<'_> {
        &self.skriv
    }

    /// Writes a row of cases as it is to lie there, or removes it.
    pub(crate) fn sett_sak(&mut self, noekkel: &[u8], verdi: Option<&[u8]>) -> Result<(), Feil> {
        let saker = self.register.tabeller.saker;
        match verdi {
            Some(verdi) => saker.sett(&mut self.skriv, noekkel, verdi)?,
            None => {
                saker.slett(&mut self.skriv, noekkel)?;
            }
        }
        self.arkiv.sak(noekkel, verdi);
        Ok(())
    }

    /// Gives a commit that changes cases a number, if nothing else of it does.
    pub(crate) fn foer_journal_over_saker(&mut self) -> Result<(), Feil> {
        if self.sekvenser.is_empty() {
            self.foer(&Journalpost::Saker)?;
        }
        Ok(())
    }

    /// Which feeds wait, as of what has been written so far.
    pub(crate) fn tilbakehold(&self) -> &Tilbakehold {
        &self.tilbakehold
    }

    /// Writes an entry about feeds to the journal, and does with them as it says.
    pub(crate) fn foer_om_feeder(&mut self, post: Journalpost) -> Result<(), Feil> {
        let seq = self.foer(&post)?;
        self.tilbakehold_endret = true;
        let mut bygger = Feedbygger {
            journal: self.register.journal,
            feed: self.register.tabeller.feed,
            skriv: &mut self.skriv,
            skriver: std::mem::take(&mut self.feed),
        };
        let spilt = spill(&mut self.tilbakehold, seq, post, &mut bygger);
        self.feed = bygger.skriver;
        spilt
    }

    // The next entry of the journal.
    fn foer(&mut self, post: &Journalpost) -> Result<Sekvens, Feil> {
        let byte = post.skriv();
        let seq = Sekvens(self.register.journal.legg_til(&mut self.skriv, &byte)?);
        self.arkiv.journal(seq, &byte);
        self.sekvenser.push(seq);
        Ok(seq)
    }

    /// Writes the event to the journal and to the feeds of those who can see that something happened.
    pub fn foer_journal(
        &mut self,
        person: u32,
        hendelsestype: Hendelsestype,
        nummer: u64,
        tidspunkt: Tidspunkt,
        foer: &Personpost,
    ) -> Result<(), Feil> {
        let speiler = self.speil.is_some();
        let aapen = self.aapen(person)?;
        aapen.endret = true;
        let feeder = if speiler {
            Vec::new()
        } else {
            endrede_projeksjoner(foer, er_noen(&aapen.post), hendelsestype)
        };
        self.skriv_hendelse(person, hendelsestype, nummer, tidspunkt, feeder)
    }

    fn skriv_hendelse(
        &mut self,
        person: u32,
        hendelsestype: Hendelsestype,
        nummer: u64,
        tidspunkt: Tidspunkt,
        mut feeder: Vec<Feedendring>,
    ) -> Result<(), Feil> {
        if self.speil.is_some() {
            feeder.clear();
        }
        let bekreftet_sekunder = self.bekreftet_sekunder;
        let oppfoering = Oppfoering::ny(hendelsestype, person, nummer, (tidspunkt, bekreftet_sekunder), feeder);
        self.foer_hendelse(oppfoering)
    }

    /// Writes an event that is decided to the journal, and to the feeds that do not wait.
    pub(crate) fn foer_hendelse(&mut self, oppfoering: Oppfoering) -> Result<(), Feil> {
        let post = Journalpost::Hendelse(oppfoering);
        let seq = self.foer(&post)?;
        let Journalpost::Hendelse(oppfoering) = post else {
            return Ok(());
        };
        for (projeksjon, rad) in oppfoering.feedrader(seq) {
            if self.tilbakehold.gaar_rett_ut(projeksjon, &oppfoering) {
                self.feed
                    .legg_til(self.register.tabeller.feed, &mut self.skriv, projeksjon, rad)?;
            }
        }
        Ok(())
    }

    /// Replaces a person's rows by those of a document, as an import does. Gives personErOppdatert, if anything changed.
    pub fn oppdater(&mut self, person: u32, dokument: &Persondokument, tidspunkt: Tidspunkt) -> Result<bool, Feil> {
        let hendelse = self.hendelse(tidspunkt)?;
        let mut ny = post_av(dokument, hendelse, self.nummerserier())?;
        for n in &ny.hode.numre {
            if self.finn_tall(n.verdi)?.is_some_and(|p| p != person) {
                return Err(Regelbrudd::FlerePersoner.into());
            }
        }
        // Before they are compared: a document from outside may say what has been erased here.
        let nye = kontakter_fra(&ny.rader, hendelse.seq);
        for (nr, funnet) in self.finn_kontakter(person, &nye)? {
            if let Some(rad) = ny.rader.get_mut(nr) {
                kontakt::registrer(rad, &funnet)?;
            }
        }
        self.verne_nye(person, &mut ny, hendelse.seq.0)?;
        if ny.hode.vern == Grad::StrengtFortrolig {
            self.flyktet.entry(person).or_default().extend(naere::hjem_i(dokument));
        }
        let aapen = self.aapen(person)?;
        let foer = aapen.post.clone();
        if !crate::import::bytt_rader(&mut aapen.post, ny, hendelse)? {
            return Ok(false);
        }
        aapen.endret = true;
        endring::oppdater_hode(&mut aapen.post)?;
        let vern = aapen.post.hode.vern;
        let hode = aapen.post.hode.clone();
        let nummer = hode.gjeldende_nummer().ok_or(Regelbrudd::ManglerIdentifikator)?;
        for n in &hode.numre {
            self.sett_identifikator(n.verdi, person)?;
        }
        // Not graded as a registration would: the document says itself what each address is.
        self.slett_ved_strengt(person, foer.hode.vern, hendelse)?;
        for annen in self.etterkommere(person)? {
            self.arv_vern(annen, vern, hendelse)?;
        }
        self.foer_journal(person, Hendelsestype::PersonErOppdatert, nummer, tidspunkt, &foer)?;
        Ok(true)
    }

    /// Takes a person whose keys up to `generasjon` are destroyed into the transaction as what can still be read of it,
    /// under a new key.
    pub fn berg(&mut self, person: u32, generasjon: u8) -> Result<(), Feil> {
        let personer = self.register.tabeller.personer;
        let post = Personpost::les_aapent(person, |r| Ok(personer.hent(&self.skriv, &r.plass(person))?))?;
        let mut post = post.ok_or(Feil::Skadet("post"))?;
        post.hode.noekkelgenerasjon = post.hode.noekkelgenerasjon.max(generasjon).wrapping_add(1);
        let vern = post.hode.vern;
        endring::oppdater_hode(&mut post)?;
        if post.hode.viderefoert_til.is_some() {
            // Protected as the one who lives on.
            post.hode.vern = vern;
        }
        let aapen = Aapen {
            meldt_grad: kontakt::grad(&post),
            post,
            noekkel: None,
            ny_noekkel: false,
            endret: true,
            termer: None,
        };
        self.aapne.insert(person, aapen);
        Ok(())
    }

    /// Says again that a person is strengt fortrolig, or that something of it is no longer there.
    pub fn meld_slettet(&mut self, person: u32, strengt: bool, tidspunkt: Tidspunkt) -> Result<(), Feil> {
        let hode = self.aapen(person)?.post.hode.clone();
        // Who was merged into another is protected as the other is, and is nobody outside.
        if hode.viderefoert_til.is_some() {
            return Ok(());
        }
        let nummer = hode.gjeldende_nummer().ok_or(Feil::Skadet("hode"))?;
        if strengt {
            let nummer = Foedselsnummer::new(&som_tekst(nummer)).ok_or(Feil::Skadet("hode"))?;
            return self.utfoer(&gjeninnfoert_vern(nummer, tidspunkt)?);
        }
        // Nobody can be asked what it looked like before, so everybody is told.
        let hendelsestype = Hendelsestype::PersonErOppdatert;
        let feeder = Projeksjon::ALLE.into_iter().map(|p| {
            let generell = Tabell::felles().rett(p).generaliserte_hendelser;
            Feedendring {
                projeksjon: p,
                typer: vec![if generell {
                    Hendelsestype::EndringIPerson
                } else {
                    hendelsestype
                }],
                // What it was that is gone, nobody knows: it may have been protected.
                straks: true,
            }
        });
        self.skriv_hendelse(person, hendelsestype, nummer, tidspunkt, feeder.collect())
    }

    /// Makes it all durable.
    pub fn bekreft(mut self) -> Result<Kvittering, Feil> {
        let register = self.register;
        let skrevet = self.skriv_alt();
        match skrevet.and_then(|nye_tekster| {
            // Durable in the stream before it is here: what is acknowledged can always be given back.
            register.arkiver(&self.sekvenser, &self.arkiv)?;
            register.steg(Steg::Arkivert)?;
            Miljoe::bekreft(self.skriv)?;
            Ok(nye_tekster)
        }) {
            Ok(nye_tekster) => register.tekster.bekreft(nye_tekster),
            Err(feil) => {
                register.tekster.forkast();
                return Err(feil);
            }
        }
        register.steg(Steg::Register)?;
        if !self.slettede_noekler.is_empty()
            && let Err(feil) = register.oedelegg_utestaaende()
        {
            // The erasure is committed and is finished at the next one, or when the register is opened.
            tracing::error!(feil = %feil, "en slettet persons nøkkel er ikke ødelagt ennå; det tas ved neste start");
        }
        Ok(Kvittering {
            sekvenser: self.sekvenser,
        })
    }

    /// Writes what was made ready elsewhere of a person that is not open here: frames, and the entries of its events, whose
    /// first number is given back.
    pub(crate) fn skriv_ferdig(
        &mut self,
        person: u32,
        rammer: &[Skrevet],
        termer: Option<(Termer, Termer)>,
        hendelser: Vec<Oppfoering>,
    ) -> Result<(), Feil> {
        debug_assert!(!self.aapne.contains_key(&person));
        self.register.numre.merk(person, self.skriv.id());
        let personer = self.register.tabeller.personer;
        for (ramme, byte) in rammer {
            let plass = ramme.plass(person);
            match byte {
                Some(byte) => personer.sett(&mut self.skriv, &plass, byte)?,
                None => {
                    personer.slett(&mut self.skriv, &plass)?;
                }
            }
            self.arkiv.person(&plass, byte.as_deref());
        }
        self.ferdige_termer
            .extend(termer.map(|(foer, etter)| (person, foer, etter)));
        hendelser
            .into_iter()
            .try_for_each(|oppfoering| self.foer_hendelse(oppfoering))
    }

    /// When it is committed, seconds since 1970.
    pub(crate) fn naa_sekunder(&self) -> i64 {
        self.bekreftet_sekunder
    }

    /// The number of the next entry of the journal.
    pub(crate) fn neste_sekvens(&self) -> Result<Sekvens, Feil> {
        self.neste_seq()
    }

    fn skriv_alt(&mut self) -> Result<usize, Feil> {
        let mut nye_noekler = Vec::new();
        for (person, aapen) in &mut self.aapne {
            if !aapen.endret {
                continue;
            }
            if aapen.noekkel.is_none() && aapen.post.forsegles() {
                aapen.noekkel = Some(Noekkel::tilfeldig()?);
                aapen.ny_noekkel = true;
            }
            if let (true, Some(noekkel)) = (aapen.ny_noekkel, &aapen.noekkel) {
                nye_noekler.push((
                    *person,
                    aapen.post.hode.noekkelgenerasjon,
                    self.register.noekler.pakk(noekkel)?,
                ));
            }
            self.register.numre.merk(*person, self.skriv.id());
            for (ramme, byte) in aapen.post.skriv(*person, aapen.noekkel.as_ref())? {
                let plass = ramme.plass(*person);
                let personer = self.register.tabeller.personer;
                if byte.is_none() && ramme == Ramme::Hode {
                    return Err(Feil::Skadet("hode"));
                }
                if personer.hent(&self.skriv, &plass)? == byte.as_deref() {
                    continue;
                }
                match &byte {
                    Some(byte) => personer.sett(&mut self.skriv, &plass, byte)?,
                    None => {
                        personer.slett(&mut self.skriv, &plass)?;
                    }
                }
                self.arkiv.person(&plass, byte.as_deref());
            }
        }
        self.skriv_indeks()?;
        self.feed.lukk(self.register.tabeller.feed, &mut self.skriv)?;
        if self.tilbakehold_endret {
            let tabell = self.register.tabeller.tilbakehold;
            self.tilbakehold.skriv(tabell, &mut self.skriv)?;
        }
        self.register.sett_neste_person(&mut self.skriv, self.neste_person)?;
        self.arkiv.neste_person(self.neste_person);
        for sletting in &self.slettede_noekler {
            self.register.merk_noekkel_for_sletting(&mut self.skriv, *sletting)?;
        }
        let nye_tekster = self.register.tekster.skriv_nye(&mut self.skriv)?;
        self.register.tekster.arkiver_nye(&mut self.arkiv);
        // Keys first: a key without a record is harmless, a record without its key is not.
        if !nye_noekler.is_empty() {
            let mut skriv = self.register.noekler.skriv();
            for (person, generasjon, pakket) in &nye_noekler {
                skriv.sett_pakket(*person, *generasjon, pakket);
            }
            skriv.bekreft()?;
            self.register.steg(Steg::Noekler)?;
        }
        Ok(nye_tekster)
    }
}

impl Transaksjon<'_> {
    // Puts everybody who was changed under what they are found by now.
    fn skriv_indeks(&mut self) -> Result<(), Feil> {
        let t = &self.register.tabeller;
        let kjente = self.aapne.values().all(|a| !a.endret || a.termer.is_some());
        let Some(indeks) = self.register.indeks.as_ref().filter(|_| kjente) else {
            // Made anew when the register is opened with a view.
            return stryk(t.meta, &mut self.skriv);
        };
        let endrede = self.aapne.iter().filter(|(_, a)| a.endret);
        {
            let mut noter = indeks.endrede();
            let ferdige = self.ferdige_termer.iter().map(|(person, _, _)| *person);
            let personer = endrede.clone().map(|(person, _)| *person).chain(ferdige);
            personer.for_each(|person| noter.noter(person));
        }
        // Where it is not whole there is nothing to keep in step.
        let Some(sted) = indeks.sted(t.meta, &self.skriv)? else {
            return Ok(());
        };
        let mut endrer = Endrer::new(sted, indeks);
        for (person, foer, etter) in &self.ferdige_termer {
            endrer.endre(*person, foer, etter);
        }
        for (person, aapen) in endrede {
            if let Some(foer) = &aapen.termer {
                endrer.endre(*person, foer, &indeks.termer(&aapen.post));
            }
        }
        match endrer.skriv(&mut self.skriv) {
            Err(feil @ (Feil::Skadet(_) | Feil::Lager(lager::Feil::Forsegling | lager::Feil::Skadet(_)))) => {
                // The records are what counts. Searches are refused from now on, and nobody is found wrongly.
                tracing::error!(feil = %feil, "søkeindeksen er skadet; den lages på nytt ved neste start eller fornying");
                stryk(t.meta, &mut self.skriv)
            }
            utfall => utfall,
        }
    }
}

/// The record of somebody, as it is for those outside: whoever was merged into another is nobody.
pub(crate) fn er_noen(post: &Personpost) -> Option<&Personpost> {
    post.hode.viderefoert_til.is_none().then_some(post)
}

/// Does to one record what one event says, and gives the number that the event is issued on. One that is refused may have
/// been done in part.
///
/// What it leads to beyond the record is the transaction's affair: protection, estates, the index of numbers.
pub(crate) fn endre_post(
    post: &mut Personpost,
    hendelsestype: Hendelsestype,
    endringer: &[Endring],
    hendelse: Hendelse<'_>,
) -> Result<u64, Feil> {
    use Hendelsestype as H;
    let egen = matches!(
        hendelsestype,
        H::PersonErOpprettet
            | H::EndringIPerson
            | H::PersonErViderefoertSomGjeldendeVedSammenslaaing
            | H::PersonErOpphoertSomDublett
            | H::PersonErEndretVedSplitting
            | H::PersonErGjenopprettetVedSplitting
    );
    if egen {
        return Err(Regelbrudd::Hendelsestype.into());
    }
    // An ended person is restored or protected; anything else would be a change to nobody.
    let av_opphoert = matches!(hendelsestype, H::PersonErReaktivert | H::EndringIAdressebeskyttelse);
    if !post.hode.er_i_bruk() && !av_opphoert {
        return Err(Regelbrudd::Opphoert.into());
    }
    let numre = post.hode.numre.clone();
    let nummer = post.hode.gjeldende_nummer().ok_or(Feil::Skadet("hode"))?;
    if hendelsestype == H::PersonErReaktivert {
        endring::reaktiver_person(post, endringer, hendelse)?;
    }
    endring::utfoer(post, endringer, hendelse)?;
    if hendelsestype == H::PersonErOpphoert {
        endring::opphoer_person(post, hendelse)?;
    }
    // Numbers come and go by requests of their own, which the index follows.
    let har_alle = |a: &[Nummer], b: &[Nummer]| a.iter().all(|n| b.iter().any(|m| m.verdi == n.verdi));
    if !har_alle(&numre, &post.hode.numre) || !har_alle(&post.hode.numre, &numre) {
        return Err(Regelbrudd::Hendelsestype.into());
    }
    Ok(nummer)
}

// The contacts for an estate that an event registered: place among the rows, and number.
fn kontakter_fra(rader: &[Rad], seq: Sekvens) -> Vec<(usize, u64)> {
    let nye = rader.iter().enumerate().filter(|(_, rad)| rad.fra == seq.0);
    nye.filter_map(|(nr, rad)| Some((nr, kontakt::nummer(rad)?))).collect()
}

/// Which numbers a person may go by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nummerserier {
    /// Those of Folkeregisteret alone.
    Folkeregisteret,
    /// Felles hjelpenummer too, which a copy's keeper adds. Source: ADR 0052.
    OgsaaHjelpenummer,
}

/// The record of a document, metadata verbatim.
pub(crate) fn post_av(
    dokument: &Persondokument,
    hendelse: Hendelse<'_>,
    serier: Nummerserier,
) -> Result<Personpost, Feil> {
    let mut post = Personpost::default();
    let mut plass = 0;
    let mut forrige = None;
    for opplysning in &dokument.opplysninger {
        let entitet = opplysning.entitet();
        plass = if forrige == Some(entitet) { plass + 1 } else { 0 };
        forrige = Some(entitet);
        post.rader
            .push(endring::lag_rad(opplysning, plass, hendelse, Opprinnelse::Ny)?);
    }
    if !dokument.ukjente.is_empty() {
        let mut rad = Rad {
            entitet: None,
            plass: 0,
            fra: hendelse.seq.0,
            opprinnelse: Opprinnelse::Ny,
            til: None,
            er_gjeldende: None,
            ajourholdstidspunkt: None,
            kilde: None,
            aarsak: None,
            gyldighetstidspunkt: None,
            opphoerstidspunkt: None,
            grad: Grad::Ugradert,
            skjult_status: false,
            kjede: Vec::new(),
            kropp: Vec::new(),
            spenn: Vec::new(),
        };
        rad.kropp = serde_json::to_vec(&dokument.ukjente).map_err(|_| Feil::Skadet("ukjente felt"))?;
        post.rader.push(rad);
    }
    for &entitet in Entitet::ALLE {
        if !entitet.er_parallell() && post.gjeldende(entitet).count() > 1 {
            return Err(Regelbrudd::FlereGjeldende(entitet).into());
        }
    }
    endring::oppdater_hode(&mut post)?;
    if post.hode.numre.is_empty() {
        return Err(Regelbrudd::ManglerIdentifikator.into());
    }
    for n in &post.hode.numre {
        let tekst = som_tekst(n.verdi);
        let hjelpenummer =
            serier == Nummerserier::OgsaaHjelpenummer && identifikator::FellesHjelpenummer::parse(&tekst).is_ok();
        if !hjelpenummer {
            gyldig_nummer(&tekst)?;
        }
    }
    if post.hode.vern == Grad::StrengtFortrolig {
        // A document from outside may still carry what must not be kept.
        sletting::slett_adresser(&mut post, hendelse.seq);
    }
    Ok(post)
}

fn gyldig_nummer(tekst: &str) -> Result<u64, Feil> {
    let nummer =
        identifikator::Folkeregisteridentifikator::parse(tekst).map_err(|_| Regelbrudd::UgyldigIdentifikator)?;
    Ok(nummer.to_u64())
}
