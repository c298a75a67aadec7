//! Writing: requests become rows, events and feed items, all in one commit or not at all.

use std::collections::BTreeMap;

use informasjonsmodell::json::Metadatafelter;
use informasjonsmodell::kodeverk::Identifikatorstatuskode;
use informasjonsmodell::{
    Endring, Entitet, Handling, Hendelsestype, Innhold, Opplysning, Persondokument, Registermetadata, Registrering,
    Tidspunkt,
};
use lager::forsegling::Noekkel;
use lager::journal::Journal;
use lager::{Miljoe, Skriv};
use tilgang::{Entitetsmengde, Format, Grad, Projeksjon, Svar, Tabell, Utvalg};

use crate::endring::{self, Hendelse};
use crate::feed::{Feedrad, Feedskriver};
use crate::lesing::{Personnummer, som_tekst};
use crate::oppfoering::Oppfoering;
use crate::post::Personpost;
use crate::rad::{Opprinnelse, Rad};
use crate::ramme::Ramme;
use crate::register::Register;
use crate::{Feil, Regelbrudd, Sekvens};

/// What a commit led to: one number for each event, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kvittering {
    /// Numbers in the journal.
    pub sekvenser: Vec<Sekvens>,
}

/// A person in a transaction.
struct Aapen {
    post: Personpost,
    noekkel: Option<Noekkel>,
    /// Written to the key store at commit.
    ny_noekkel: bool,
    endret: bool,
}

/// A write under way.
pub(crate) struct Transaksjon<'r> {
    register: &'r Register,
    skriv: Skriv<'r>,
    feed: Feedskriver,
    aapne: BTreeMap<u32, Aapen>,
    neste_person: u32,
    bekreftet_sekunder: i64,
    sekvenser: Vec<Sekvens>,
    slettede_noekler: Vec<(u32, u8)>,
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
                drop(transaksjon);
                self.tekster.forkast();
                Err(feil)
            }
        }
    }
}

impl<'r> Transaksjon<'r> {
    pub fn new(register: &'r Register, bekreftet_sekunder: i64) -> Result<Self, Feil> {
        let skriv = register.miljoe.skriv()?;
        let neste_person = register.neste_person(&skriv)?;
        Ok(Transaksjon {
            register,
            skriv,
            feed: Register::feedskriver(),
            aapne: BTreeMap::new(),
            neste_person,
            bekreftet_sekunder,
            sekvenser: Vec::new(),
            slettede_noekler: Vec::new(),
        })
    }

    pub fn utfoer(&mut self, registrering: &Registrering) -> Result<(), Feil> {
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

    fn finn(&self, nummer: &str) -> Result<u32, Feil> {
        let tall = nummer.parse().map_err(|_| Regelbrudd::UkjentPerson)?;
        Ok(self.finn_tall(tall)?.ok_or(Regelbrudd::UkjentPerson)?)
    }

    fn neste_seq(&self) -> Result<Sekvens, Feil> {
        Ok(Sekvens(self.register.journal.siste(&self.skriv)? + 1))
    }

    fn hendelse(&self, tidspunkt: Tidspunkt) -> Result<Hendelse<'r>, Feil> {
        Ok(Hendelse {
            seq: self.neste_seq()?,
            tidspunkt,
            tekster: &self.register.tekster,
        })
    }

    /// The person's record, read once in a transaction.
    fn aapen(&mut self, person: u32) -> Result<&mut Aapen, Feil> {
        if !self.aapne.contains_key(&person) {
            let personer = self.register.tabeller.personer;
            let noekler = &self.register.noekler;
            let les_noekler = noekler.les()?;
            let mut funnet = None;
            let post = Personpost::les(
                person,
                |r| Ok(personer.hent(&self.skriv, &r.plass(person))?),
                |generasjon| {
                    funnet = noekler.hent(&les_noekler, person, generasjon)?;
                    Ok(funnet.clone())
                },
            )?;
            let post = post.ok_or(Feil::Skadet("post"))?;
            self.aapne.insert(
                person,
                Aapen {
                    post,
                    noekkel: funnet,
                    ny_noekkel: false,
                    endret: false,
                },
            );
        }
        self.aapne.get_mut(&person).ok_or(Feil::Skadet("post"))
    }

    /// Makes a new person of a document. Gives personErOpprettet.
    pub fn opprett(&mut self, dokument: &Persondokument, tidspunkt: Tidspunkt) -> Result<u32, Feil> {
        let person = self.neste_person;
        let hendelse = self.hendelse(tidspunkt)?;
        let post = post_av(dokument, hendelse)?;
        for nummer in &post.hode.numre {
            if self.finn_tall(nummer.verdi)?.is_some() {
                return Err(Regelbrudd::IdentifikatorIBruk.into());
            }
        }
        let nummer = post.hode.gjeldende_nummer().ok_or(Regelbrudd::ManglerIdentifikator)?;
        self.neste_person = person.checked_add(1).ok_or(Feil::Skadet("for mange personer"))?;
        for n in &post.hode.numre {
            self.register.sett_identifikator(&mut self.skriv, n.verdi, person)?;
        }
        self.aapne.insert(
            person,
            Aapen {
                post,
                noekkel: None,
                ny_noekkel: false,
                endret: true,
            },
        );
        let foer = Personpost::default();
        self.foer_journal(person, Hendelsestype::PersonErOpprettet, nummer, tidspunkt, &foer)?;
        Ok(person)
    }

    /// Changes one person; one event.
    fn registrer(
        &mut self,
        person: u32,
        hendelsestype: Hendelsestype,
        endringer: &[Endring],
        tidspunkt: Tidspunkt,
    ) -> Result<(), Feil> {
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
        let hendelse = self.hendelse(tidspunkt)?;
        let aapen = self.aapen(person)?;
        if aapen.post.hode.viderefoert_til.is_some() {
            return Err(Regelbrudd::Opphoert.into());
        }
        let foer = aapen.post.clone();
        let nummer = foer.hode.gjeldende_nummer().ok_or(Feil::Skadet("hode"))?;
        if hendelsestype == H::PersonErReaktivert {
            endring::reaktiver_person(&mut aapen.post, hendelse)?;
        }
        let vern_foer = foer.hode.vern;
        endring::utfoer(&mut aapen.post, &vern_foerst(endringer), hendelse)?;
        if hendelsestype == H::PersonErOpphoert {
            endring::opphoer_person(&mut aapen.post, hendelse)?;
        }
        let vern = aapen.post.hode.vern;
        let overtatt = aapen.post.hode.overtatt.clone();
        self.etter_vern(person, vern_foer, vern, hendelse)?;
        for annen in overtatt {
            self.arv_vern(annen, vern, hendelse)?;
        }
        self.foer_journal(person, hendelsestype, nummer, tidspunkt, &foer)
    }

    /// What a change of protection leads to beyond the entry itself.
    fn etter_vern(&mut self, person: u32, foer: Grad, etter: Grad, hendelse: Hendelse<'r>) -> Result<(), Feil> {
        let aapen = self.aapen(person)?;
        aapen.endret = true;
        if etter == Grad::Fortrolig {
            endring::grader_adresser(&mut aapen.post, hendelse)?;
        }
        if etter == Grad::StrengtFortrolig && foer != Grad::StrengtFortrolig {
            endring::slett_adresser(&mut aapen.post, hendelse);
            let gammel = aapen.post.hode.noekkelgenerasjon;
            aapen.post.hode.noekkelgenerasjon = gammel.wrapping_add(1);
            let hadde_noekkel = aapen.noekkel.take().is_some();
            aapen.ny_noekkel = false;
            if hadde_noekkel {
                self.slettede_noekler.push((person, gammel));
            }
        }
        Ok(())
    }

    /// A person merged into another is protected as the other is: its documents are still in the archive.
    fn arv_vern(&mut self, person: u32, vern: Grad, hendelse: Hendelse<'r>) -> Result<(), Feil> {
        let aapen = self.aapen(person)?;
        let foer = aapen.post.hode.vern;
        if foer != vern {
            aapen.post.hode.vern = vern;
            self.etter_vern(person, foer, vern, hendelse)?;
        }
        Ok(())
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
        let hendelse = self.hendelse(tidspunkt)?;
        let gammelt = gammel.parse().map_err(|_| Regelbrudd::UkjentPerson)?;
        let aapen = self.aapen(person)?;
        let foer = aapen.post.clone();
        endring::sett_nummerstatus(
            &mut aapen.post,
            gammelt,
            Identifikatorstatuskode::Opphoert,
            false,
            hendelse,
        )?;
        endring::registrer_ny(&mut aapen.post, ny, hendelse)?;
        endring::oppdater_hode(&mut aapen.post)?;
        aapen.endret = true;
        self.register.sett_identifikator(&mut self.skriv, nytt, person)?;
        self.foer_journal(
            person,
            Hendelsestype::EndringIIdentifikasjonsnummer,
            gammelt,
            tidspunkt,
            &foer,
        )
    }

    fn slaa_sammen(&mut self, gjeldende: &str, dublett: &str, tidspunkt: Tidspunkt) -> Result<(), Feil> {
        let (over, under) = (self.finn(gjeldende)?, self.finn(dublett)?);
        if over == under {
            return Err(Regelbrudd::SammePerson.into());
        }
        let hendelse = self.hendelse(tidspunkt)?;
        let aapen = self.aapen(under)?;
        let foer = aapen.post.clone();
        let numre: Vec<u64> = foer.hode.numre.iter().map(|n| n.verdi).collect();
        let nummer = foer.hode.gjeldende_nummer().ok_or(Feil::Skadet("hode"))?;
        let rad_numre: Vec<Rad> = foer
            .holdte(Entitet::Identifikasjonsnummer)
            .map(|(_, r)| r.clone())
            .collect();
        for n in foer.hode.numre.iter().filter(|n| n.i_bruk) {
            endring::sett_nummerstatus(
                &mut aapen.post,
                n.verdi,
                Identifikatorstatuskode::Opphoert,
                false,
                hendelse,
            )?;
        }
        aapen.post.hode.viderefoert_til = Some(over);
        let overtatt = std::mem::take(&mut aapen.post.hode.overtatt);
        aapen.endret = true;
        for n in &numre {
            self.register.sett_identifikator(&mut self.skriv, *n, over)?;
        }
        self.foer_journal(
            under,
            Hendelsestype::PersonErOpphoertSomDublett,
            nummer,
            tidspunkt,
            &foer,
        )?;

        let hendelse = self.hendelse(tidspunkt)?;
        let vern_under = foer.hode.vern;
        let beskyttelse: Option<Rad> = foer
            .gjeldende(Entitet::Adressebeskyttelse)
            .map(|(_, r)| r.clone())
            .next();
        let aapen = self.aapen(over)?;
        if aapen.post.hode.viderefoert_til.is_some() {
            return Err(Regelbrudd::Opphoert.into());
        }
        let foer = aapen.post.clone();
        for rad in rad_numre {
            let verdi = endring::nummer_i(&rad).ok_or(Feil::Skadet("identifikasjonsnummer"))?;
            let plass = aapen
                .post
                .holdte(Entitet::Identifikasjonsnummer)
                .map(|(_, r)| r.plass)
                .max()
                .map_or(0, |p| p + 1);
            aapen.post.rader.push(Rad {
                plass,
                fra: hendelse.seq.0,
                til: None,
                opprinnelse: Opprinnelse::Ny,
                ..rad
            });
            endring::oppdater_hode(&mut aapen.post)?;
            endring::sett_nummerstatus(
                &mut aapen.post,
                verdi,
                Identifikatorstatuskode::Opphoert,
                false,
                hendelse,
            )?;
        }
        aapen.post.rader.retain(|r| r.til.is_none_or(|(til, _)| til > r.fra));
        // The stricter protection of the two wins.
        if let Some(rad) = beskyttelse.filter(|_| vern_under > foer.hode.vern) {
            let opplysning = Opplysning {
                metadata: Registermetadata::default(),
                innhold: endring::les_innhold(&rad)?,
            };
            endring::registrer_ny(&mut aapen.post, &opplysning, hendelse)?;
        }
        endring::oppdater_hode(&mut aapen.post)?;
        aapen.post.hode.overtatt.push(under);
        aapen.post.hode.overtatt.extend(overtatt);
        let vern = aapen.post.hode.vern;
        let alle = aapen.post.hode.overtatt.clone();
        let nummer = foer.hode.gjeldende_nummer().ok_or(Feil::Skadet("hode"))?;
        self.etter_vern(over, foer.hode.vern, vern, hendelse)?;
        for annen in alle {
            self.arv_vern(annen, vern, hendelse)?;
        }
        self.foer_journal(
            over,
            Hendelsestype::PersonErViderefoertSomGjeldendeVedSammenslaaing,
            nummer,
            tidspunkt,
            &foer,
        )
    }

    fn splitt(&mut self, gjeldende: &str, gjenopprettet: &str, tidspunkt: Tidspunkt) -> Result<(), Feil> {
        let over = self.finn(gjeldende)?;
        let tilbake: u64 = gjenopprettet.parse().map_err(|_| Regelbrudd::UkjentPerson)?;
        let kandidater = self.aapen(over)?.post.hode.overtatt.clone();
        let mut under = None;
        for kandidat in kandidater {
            if self.aapen(kandidat)?.post.hode.har(tilbake) {
                under = Some(kandidat);
            }
        }
        let under = under.ok_or(Regelbrudd::IkkeSlaattSammen)?;
        let numre: Vec<u64> = self.aapen(under)?.post.hode.numre.iter().map(|n| n.verdi).collect();

        let hendelse = self.hendelse(tidspunkt)?;
        let aapen = self.aapen(over)?;
        let foer = aapen.post.clone();
        for rad in &mut aapen.post.rader {
            let flyttes = rad.entitet == Some(Entitet::Identifikasjonsnummer)
                && rad.holdt()
                && endring::nummer_i(rad).is_some_and(|n| numre.contains(&n));
            if flyttes {
                rad.til = Some((hendelse.seq.0, crate::rad::Slutt::Annullert));
            }
        }
        aapen.post.hode.overtatt.retain(|p| *p != under);
        endring::oppdater_hode(&mut aapen.post)?;
        aapen.endret = true;
        let nummer = aapen.post.hode.gjeldende_nummer().ok_or(Feil::Skadet("hode"))?;
        for n in &numre {
            self.register.sett_identifikator(&mut self.skriv, *n, under)?;
        }
        self.foer_journal(
            over,
            Hendelsestype::PersonErEndretVedSplitting,
            nummer,
            tidspunkt,
            &foer,
        )?;

        let hendelse = self.hendelse(tidspunkt)?;
        let aapen = self.aapen(under)?;
        endring::sett_nummerstatus(&mut aapen.post, tilbake, Identifikatorstatuskode::IBruk, true, hendelse)?;
        aapen.post.hode.viderefoert_til = None;
        endring::oppdater_hode(&mut aapen.post)?;
        aapen.endret = true;
        // For everyone outside, this person did not exist a moment ago.
        let ingen = Personpost::default();
        self.foer_journal(
            under,
            Hendelsestype::PersonErGjenopprettetVedSplitting,
            tilbake,
            tidspunkt,
            &ingen,
        )
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
        let seq = self.neste_seq()?;
        let bekreftet_sekunder = self.bekreftet_sekunder;
        let bilde = self.register.tekster.bilde();
        let aapen = self.aapen(person)?;
        aapen.endret = true;
        let forsvant = aapen.post.hode.viderefoert_til.is_some();
        let tekst = |nummer: u32| {
            bilde
                .get(nummer as usize)
                .map_or_else(|| nummer.to_string(), |t| t.to_string())
        };
        let feeder = endrede_projeksjoner(
            foer,
            if forsvant { None } else { Some(&aapen.post) },
            hendelsestype,
            &tekst,
        );
        let oppfoering = Oppfoering {
            hendelsestype,
            person,
            nummer,
            ajourholdstidspunkt: tidspunkt,
            bekreftet_sekunder,
            feeder,
        };
        let skrevet = self.register.journal.legg_til(&mut self.skriv, &oppfoering.skriv())?;
        debug_assert_eq!(skrevet, seq.0);
        for (projeksjon, typer) in &oppfoering.feeder {
            for hendelsestype in typer {
                let rad = Feedrad {
                    global: seq,
                    person,
                    hendelsestype: *hendelsestype,
                };
                self.feed
                    .legg_til(self.register.tabeller.feed, &mut self.skriv, *projeksjon, rad)?;
            }
        }
        self.sekvenser.push(seq);
        Ok(())
    }

    /// Replaces a person's rows by those of a document, as an import does. Gives personErOppdatert, if anything changed.
    pub fn oppdater(&mut self, person: u32, dokument: &Persondokument, tidspunkt: Tidspunkt) -> Result<bool, Feil> {
        let hendelse = self.hendelse(tidspunkt)?;
        let ny = post_av(dokument, hendelse)?;
        for n in &ny.hode.numre {
            if self.finn_tall(n.verdi)?.is_some_and(|p| p != person) {
                return Err(Regelbrudd::FlerePersoner.into());
            }
        }
        let aapen = self.aapen(person)?;
        let foer = aapen.post.clone();
        if !crate::import::bytt_rader(&mut aapen.post, ny.rader, hendelse.seq) {
            return Ok(false);
        }
        let vern_foer = foer.hode.vern;
        endring::oppdater_hode(&mut aapen.post)?;
        let vern = aapen.post.hode.vern;
        let numre: Vec<u64> = aapen.post.hode.numre.iter().map(|n| n.verdi).collect();
        let nummer = aapen
            .post
            .hode
            .gjeldende_nummer()
            .ok_or(Regelbrudd::ManglerIdentifikator)?;
        for n in numre {
            self.register.sett_identifikator(&mut self.skriv, n, person)?;
        }
        self.etter_vern(person, vern_foer, vern, hendelse)?;
        self.foer_journal(person, Hendelsestype::PersonErOppdatert, nummer, tidspunkt, &foer)?;
        Ok(true)
    }

    /// Makes it all durable.
    pub fn bekreft(mut self) -> Result<Kvittering, Feil> {
        let register = self.register;
        let skrevet = self.skriv_alt();
        match skrevet.and_then(|nye_tekster| {
            Miljoe::bekreft(self.skriv)?;
            Ok(nye_tekster)
        }) {
            Ok(nye_tekster) => register.tekster.bekreft(nye_tekster),
            Err(feil) => {
                register.tekster.forkast();
                return Err(feil);
            }
        }
        if !self.slettede_noekler.is_empty() {
            register.oedelegg_utestaaende()?;
        }
        Ok(Kvittering {
            sekvenser: self.sekvenser,
        })
    }

    fn skriv_alt(&mut self) -> Result<usize, Feil> {
        let mut nye_noekler = Vec::new();
        for (person, aapen) in &mut self.aapne {
            if !aapen.endret {
                continue;
            }
            if aapen.noekkel.is_none() && aapen.post.har_adresser() {
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
            for (ramme, byte) in aapen.post.skriv(*person, aapen.noekkel.as_ref())? {
                let plass = ramme.plass(*person);
                match byte {
                    Some(byte) => self.register.tabeller.personer.sett(&mut self.skriv, &plass, &byte)?,
                    None if ramme == Ramme::Hode => return Err(Feil::Skadet("hode")),
                    None => {
                        self.register.tabeller.personer.slett(&mut self.skriv, &plass)?;
                    }
                }
            }
        }
        self.feed.lukk(self.register.tabeller.feed, &mut self.skriv)?;
        self.register.sett_neste_person(&mut self.skriv, self.neste_person)?;
        for (person, generasjon) in &self.slettede_noekler {
            self.register
                .merk_noekkel_for_sletting(&mut self.skriv, *person, *generasjon)?;
        }
        let nye_tekster = self.register.tekster.skriv_nye(&mut self.skriv)?;
        // Keys first: a key without a record is harmless, a record without its key is not.
        if !nye_noekler.is_empty() {
            let mut skriv = self.register.noekler.skriv()?;
            for (person, generasjon, pakket) in &nye_noekler {
                self.register
                    .noekler
                    .sett_pakket(&mut skriv, *person, *generasjon, pakket)?;
            }
            Miljoe::bekreft(skriv)?;
        }
        Ok(nye_tekster)
    }
}

/// Puts a change of protection before the changes of addresses that came with it: they are judged by the new one.
fn vern_foerst(endringer: &[Endring]) -> Vec<Endring> {
    let vern = |e: &&Endring| matches!(e, Endring::RegistrereNy(o) if o.entitet() == Entitet::Adressebeskyttelse);
    endringer
        .iter()
        .filter(vern)
        .chain(endringer.iter().filter(|e| !vern(e)))
        .cloned()
        .collect()
}

/// The record of a document, metadata verbatim.
pub(crate) fn post_av(dokument: &Persondokument, hendelse: Hendelse<'_>) -> Result<Personpost, Feil> {
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
        gyldig_nummer(&som_tekst(n.verdi))?;
    }
    if post.hode.vern == Grad::StrengtFortrolig {
        // A document from outside may still carry what must not be kept.
        let seq = hendelse.seq;
        let har_aapen = |r: &Rad| r.entitet == Some(Entitet::Postadresse) && r.grad == Grad::Ugradert && r.gjeldende();
        post.rader
            .retain(|r| !r.entitet.is_some_and(Entitet::er_adresse) || har_aapen(r));
        endring::slett_adresser(&mut post, Hendelse { seq, ..hendelse });
    }
    Ok(post)
}

fn gyldig_nummer(tekst: &str) -> Result<u64, Feil> {
    let nummer =
        identifikator::Folkeregisteridentifikator::parse(tekst).map_err(|_| Regelbrudd::UgyldigIdentifikator)?;
    Ok(nummer.to_u64())
}

/// Which feeds get what: the projections before and after are compared, entity by entity.
///
/// Only entities with a row that came or went are looked at, unless the person's protection changed; then all are.
fn endrede_projeksjoner(
    foer: &Personpost,
    etter: Option<&Personpost>,
    aarsak: Hendelsestype,
    tekst: &dyn Fn(u32) -> String,
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
            .filter(|e| {
                rett.kan.har(*e) && projiser(foer, *e, projeksjon, tekst) != projiser(etter, *e, projeksjon, tekst)
            })
            .collect();
        let typer = rett.hendelsestyper(aarsak, endret);
        if !typer.is_empty() {
            ut.push((projeksjon, typer));
        }
    }
    ut
}

/// What a projection shows of one entity, history included. Not an answer: it is compared and thrown away.
fn projiser(
    post: &Personpost,
    entitet: Entitet,
    projeksjon: Projeksjon,
    tekst: &dyn Fn(u32) -> String,
) -> tilgang::Sammenlikning {
    let mut svar = Svar::new(Format::Json);
    let utvalg = Utvalg {
        entiteter: Entitetsmengde::av(entitet),
        historikk: true,
    };
    let mut projektor = svar.person(projeksjon, utvalg, post.hode.vern);
    let mut rader: Vec<&Rad> = post.holdte(entitet).map(|(_, r)| r).collect();
    rader.sort_by_key(|r| (r.plass, r.fra));
    for rad in rader {
        let (kilde, aarsak) = (rad.kilde.map(tekst), rad.aarsak.map(tekst));
        projektor.vis(&tilgang::Rad {
            entitet,
            gjeldende: rad.gjeldende(),
            grad: rad.grad,
            skjult_status: rad.skjult_status,
            metadata: Metadatafelter {
                ajourholdstidspunkt: rad.ajourholdstidspunkt,
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
