//! Reading: from frames to an answer, and from the journal to a feed page. One moment of the register per reading.

use std::collections::{BTreeMap, BTreeSet};

use identifikator::Folkeregisteridentifikator;
use informasjonsmodell::json::Metadatafelter;
use informasjonsmodell::skjema::Spenn;
use informasjonsmodell::{Entitet, Entitetsendring, Hendelsestype, Tidspunkt};
use lager::forsegling::Noekkel;
use lager::journal::Journal;
use lager::{Les, Noekkellesing};
use tilgang::{Entitetsmengde, Grad, Projeksjon, Projektor, Rett, Svar, Utvalg};

use crate::ajourhold;
use crate::dokumentid::{Dokumentidentifikator, Dokumenttype};
use crate::feed;
use crate::indeks::Indekslesing;
use crate::oppfoering::{Journalpost, Oppfoering};
use crate::post::{Hode, Personpost, orden};
use crate::rad::{Opprinnelse, Rad, Radvisning, Slutt};
use crate::ramme::{self, Ramme, Rammer};
use crate::register::Register;
use crate::tekster::Tekstbilde;
use crate::{Feil, Sekvens};

/// A person's number inside the store. Means nothing outside it and never leaves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Personnummer(pub(crate) u32);

impl Personnummer {
    /// The person that a number of the index means.
    #[must_use]
    pub fn fra_indeks(nummer: u32) -> Self {
        Personnummer(nummer)
    }

    /// The bare number, counted from 1.
    #[must_use]
    pub fn nummer(self) -> u32 {
        self.0
    }
}

/// The register as it was at one moment.
pub struct Lesing<'r> {
    pub(crate) register: &'r Register,
    pub(crate) les: Les<'r>,
    // Opened before `les`, so that a key destroyed by an erasure that `les` does not see is still here.
    noekler: Noekkellesing,
    tekster: Tekstbilde,
}

/// One item of a feed page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feedelement {
    /// Number in the package's own sequence.
    pub sekvensnummer: u64,
    /// The number the event was issued on.
    pub folkeregisteridentifikator: String,
    /// Type as this package sees it.
    pub hendelsestype: Hendelsestype,
    /// The event document; `None` where there is none.
    pub hendelsesdokument: Option<Dokumentidentifikator>,
    /// The person after the event; `None` where there is none.
    pub persondokument: Option<Dokumentidentifikator>,
    /// When the register says it happened.
    pub ajourholdstidspunkt: Tidspunkt,
    /// When it was committed, seconds since 1970: what retention counts from.
    pub bekreftet_sekunder: i64,
}

/// An entry, as one projection is shown it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opplysning {
    /// Which entity.
    pub entitet: Entitet,
    /// Current.
    pub gjeldende: bool,
    /// What it says, without metadata, as JSON text.
    pub kropp: Vec<u8>,
}

/// Why a document cannot be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dokumentmangel {
    /// The identifier names nothing.
    Ukjent,
    /// It named something, which is older than retention allows.
    ForGammelt,
}

/// An event, ready to be written: what the event document says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hendelsesvisning {
    /// The number the event was issued on.
    pub folkeregisteridentifikator: String,
    /// The type.
    pub hendelsestype: Hendelsestype,
    /// When the register says it happened.
    pub ajourholdstidspunkt: Tidspunkt,
    // What it was registered as.
    aarsak: Hendelsestype,
    dokumentidentifikator: Dokumentidentifikator,
    person: u32,
    seq: Sekvens,
}

/// A number as eleven digits.
pub(crate) fn som_tekst(nummer: u64) -> String {
    format!("{nummer:011}")
}

impl<'r> Lesing<'r> {
    pub(crate) fn new(register: &'r Register) -> Result<Self, Feil> {
        let noekler = register.noekler.les()?;
        // Texts after the transaction: a snapshot that is newer knows more than is needed, never less.
        let les = register.miljoe.les()?;
        Ok(Lesing {
            register,
            les,
            noekler,
            tekster: register.tekster.bilde(),
        })
    }

    /// Finds the person who has or has had a number.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn finn(&self, identifikator: &Folkeregisteridentifikator) -> Result<Option<Personnummer>, Feil> {
        self.finn_tall(identifikator.to_u64())
    }

    /// As [`Lesing::finn`], by the number itself.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn finn_nummer(&self, nummer: u64) -> Result<Option<Personnummer>, Feil> {
        self.finn_tall(nummer)
    }

    /// Somebody to look at in place of whoever has a number, where the look is all that matters; by the number, so that it is
    /// not the same one each time. `None`: there is nobody.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn stedfortreder(&self, nummer: u64) -> Result<Option<Personnummer>, Feil> {
        let antall = u64::from(self.neste_person()?.saturating_sub(1));
        let valgt = nummer.checked_rem(antall).and_then(|rest| u32::try_from(rest + 1).ok());
        Ok(valgt.map(Personnummer))
    }

    pub(crate) fn finn_tall(&self, nummer: u64) -> Result<Option<Personnummer>, Feil> {
        self.register.finn(&self.les, nummer)
    }

    /// The number of the last event in a package's feed; 0 when there is none.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn siste_sekvensnummer(&self, projeksjon: Projeksjon) -> Result<u64, Feil> {
        feed::siste(self.register.tabeller.feed, &self.les, projeksjon)
    }

    /// Items of a feed from `fra` (included), at most `antall`, in rising order.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn feed(&self, projeksjon: Projeksjon, fra: u64, antall: usize) -> Result<Vec<Feedelement>, Feil> {
        let rader = feed::les(self.register.tabeller.feed, &self.les, projeksjon, fra, antall)?;
        let element = |(sekvensnummer, rad): (u64, feed::Feedrad)| {
            let dokument =
                |har: bool, slag| har.then(|| self.register.dokumentnoekkel.lag(rad.person, rad.global, slag));
            Feedelement {
                sekvensnummer,
                folkeregisteridentifikator: som_tekst(rad.nummer),
                hendelsestype: rad.hendelsestype,
                hendelsesdokument: dokument(rad.hendelsesdokument, Dokumenttype::Hendelsesdokument),
                persondokument: dokument(rad.persondokument, Dokumenttype::Persondokument),
                ajourholdstidspunkt: rad.ajourholdstidspunkt,
                bekreftet_sekunder: rad.bekreftet_sekunder,
            }
        };
        Ok(rader.into_iter().map(element).collect())
    }

    /// Where events issued on some numbers stand: package sequence numbers, in rising order, by feed. Goes through every
    /// feed: for the rare question of who has been told.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn feedplasser(&self, numre: &[u64]) -> Result<BTreeMap<Projeksjon, Vec<u64>>, Feil> {
        let mut ut = BTreeMap::new();
        for projeksjon in Projeksjon::ALLE {
            let mut plasser = Vec::new();
            feed::alle(self.register.tabeller.feed, &self.les, projeksjon, |nummer, rad| {
                if numre.contains(&rad.nummer) {
                    plasser.push(nummer);
                }
            })?;
            ut.insert(projeksjon, plasser);
        }
        Ok(ut)
    }

    /// Where events stand in the feeds: package sequence numbers, in rising order, by feed. A feed that was told of none of them
    /// is left out. `fra` and `til` are the first and the last event.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn feednumre(&self, fra: Sekvens, til: Sekvens) -> Result<BTreeMap<Projeksjon, Vec<u64>>, Feil> {
        const STEG: u64 = 64;
        let mut ut = BTreeMap::new();
        for projeksjon in Projeksjon::ALLE {
            let mut numre = Vec::new();
            let mut slutt = self.siste_sekvensnummer(projeksjon)?;
            // From the end, where they are as a rule, back to the first that came before them.
            while slutt > 0 {
                let start = slutt.saturating_sub(STEG) + 1;
                let antall = usize::try_from(slutt - start + 1).unwrap_or(usize::MAX);
                let rader = feed::les(self.register.tabeller.feed, &self.les, projeksjon, start, antall)?;
                let foerste = rader.first().map_or(Sekvens(0), |(_, rad)| rad.global);
                let innenfor = rader.iter().filter(|(_, rad)| rad.global >= fra && rad.global <= til);
                numre.extend(innenfor.map(|(nummer, _)| *nummer));
                if foerste < fra {
                    break;
                }
                slutt = start - 1;
            }
            if !numre.is_empty() {
                numre.sort_unstable();
                ut.insert(projeksjon, numre);
            }
        }
        Ok(ut)
    }

    /// The newest person document of each person in a feed as it stood at one of its numbers: which persons there are, and at
    /// which event each was last changed.
    ///
    /// Shape: a place for each number that a person can have; 0 for whoever the feed had no document of, and for whoever had
    /// been merged into another. Units: `til` is a
    /// number of the feed, included. `fortsett` is asked now and then, with the number that has been come to: it says whether
    /// to go on, and `None` is the answer if not.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn persondokumenter(
        &self,
        projeksjon: Projeksjon,
        til: u64,
        mut fortsett: impl FnMut(u64) -> bool,
    ) -> Result<Option<Vec<Sekvens>>, Feil> {
        const HVER: u64 = 8_192;
        // By the number of the event, and whether there is a document after it: items that waited stand after others that
        // did not, so the last that is read need not be the newest.
        let mut sist = vec![0u64; self.neste_person()? as usize];
        let (mut stoppet, mut skadet) = (false, false);
        feed::fra_begynnelsen(self.register.tabeller.feed, &self.les, projeksjon, |nummer, rad| {
            if nummer > til {
                return false;
            }
            // Who was merged into another is nobody from then on, until a splitting brings them back.
            let er_dublett = rad.hendelsestype == Hendelsestype::PersonErOpphoertSomDublett;
            if er_dublett || rad.persondokument {
                let denne = rad.global.0 << 1 | u64::from(!er_dublett);
                match sist.get_mut(rad.person as usize) {
                    Some(plass) => *plass = denne.max(*plass),
                    None => skadet = true,
                }
            }
            stoppet = nummer.is_multiple_of(HVER) && !fortsett(nummer);
            !stoppet && !skadet
        })?;
        if skadet {
            return Err(Feil::Skadet("feed"));
        }
        let dokument = |sist: u64| Sekvens(if sist & 1 == 1 { sist >> 1 } else { 0 });
        Ok((!stoppet).then(|| sist.into_iter().map(dokument).collect()))
    }

    /// The identifier of the document of a person as it was after an event.
    #[must_use]
    pub fn persondokument(&self, person: Personnummer, seq: Sekvens) -> Dokumentidentifikator {
        self.register
            .dokumentnoekkel
            .lag(person.0, seq, Dokumenttype::Persondokument)
    }

    /// Whether a person is somebody still: whoever was merged into another is not.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn er_noen(&self, person: Personnummer) -> Result<bool, Feil> {
        let hode = self.hode(person)?.ok_or(Feil::Skadet("post"))?;
        Ok(hode.viderefoert_til.is_none())
    }

    /// Whether all that the register had of a person's addresses is erased, and is erased whenever more comes.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn er_strengt_fortrolig(&self, person: Personnummer) -> Result<bool, Feil> {
        Ok(self.vern(person)? == Grad::StrengtFortrolig)
    }

    /// A person's present protection: what the audit record says of whoever was delivered.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn vern(&self, person: Personnummer) -> Result<Grad, Feil> {
        Ok(self.hode(person)?.ok_or(Feil::Skadet("post"))?.vern)
    }

    pub(crate) fn oppfoering(&self, seq: Sekvens) -> Result<Option<Oppfoering>, Feil> {
        let byte = self.register.journal.hent(&self.les, seq.0)?;
        Ok(match byte.map(Journalpost::les).transpose()? {
            Some(Journalpost::Hendelse(oppfoering)) => Some(oppfoering),
            Some(Journalpost::Saker | Journalpost::Hold(_) | Journalpost::Slipp(_) | Journalpost::Publiser(..))
            | None => None,
        })
    }

    pub(crate) fn neste_person(&self) -> Result<u32, Feil> {
        self.register.neste_person(&self.les)
    }

    pub(crate) fn hode(&self, person: Personnummer) -> Result<Option<Hode>, Feil> {
        self.hode_byte(person.0)?.map(|byte| Ok(Hode::les(byte)?.0)).transpose()
    }

    fn hode_byte(&self, person: u32) -> Result<Option<&[u8]>, Feil> {
        let byte = self.ramme(Ramme::Hode, person)?;
        byte.map(|byte| ramme::aapne_hode(person, byte)).transpose()
    }

    pub(crate) fn ramme(&self, ramme: Ramme, person: u32) -> Result<Option<&[u8]>, Feil> {
        Ok(self.register.tabeller.personer.hent(&self.les, &ramme.plass(person))?)
    }

    pub(crate) fn noekkel(&self, person: u32, generasjon: u8) -> Result<Option<Noekkel>, Feil> {
        match self.noekler.hent(person, generasjon)? {
            Some(noekkel) => Ok(Some(noekkel)),
            // A key is written before the record it belongs to, so one that came since is there by now.
            None => Ok(self.register.noekler.les()?.hent(person, generasjon)?),
        }
    }

    /// Shows the person as it is now. `identifikator` is the number it was asked for by; it goes to the audit record.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged; the answer is then to be thrown away.
    pub fn vis(
        &self,
        person: Personnummer,
        svar: &mut Svar,
        projeksjon: Projeksjon,
        utvalg: Utvalg,
        identifikator: u64,
    ) -> Result<(), Feil> {
        self.vis_ved(person.0, None, svar, projeksjon, utvalg, identifikator)
    }

    /// The index, as a projection may be led by it.
    ///
    /// # Errors
    /// [`Feil`] if the register was opened without a view, or the index is damaged.
    pub fn indeks(&self, projeksjon: Projeksjon) -> Result<Indekslesing<'_>, Feil> {
        let indeks = self.register.indeks.as_ref().ok_or(Feil::Skadet("indeksen mangler"))?;
        let t = &self.register.tabeller;
        Indekslesing::new(indeks, t.meta, &self.les, projeksjon, || self.neste_person())
    }

    /// What a projection is shown of some entities of a person as it is now, one by one: for whoever must decide whether a
    /// person fits, and for nobody who answers. What leaves goes by [`Lesing::vis`].
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn opplysninger(
        &self,
        person: Personnummer,
        projeksjon: Projeksjon,
        entiteter: Entitetsmengde,
    ) -> Result<Vec<Opplysning>, Feil> {
        let hode_byte = self.hode_byte(person.0)?.ok_or(Feil::Skadet("post"))?;
        let (hode, rest) = Hode::les(hode_byte)?;
        let rett = tilgang::Tabell::felles().rett(projeksjon);
        let utvalg = Utvalg {
            entiteter: entiteter.felles(rett.kan),
            historikk: true,
        };
        let rammer = ramme::rammer_for(rett, utvalg, hode.vern, false);
        let aapnede = self.aapne_rammer(person.0, &hode, rammer)?;
        let mut ut = Vec::new();
        let mut spenn = Vec::new();
        for byte in std::iter::once(rest).chain(aapnede.iter().map(Vec::as_slice)) {
            ramme::les_rader(byte, |rad| {
                let entitet = rad.entitet.filter(|e| utvalg.entiteter.har(*e));
                let Some(entitet) = entitet.filter(|_| rad.til.is_none()) else {
                    return Ok(());
                };
                if ramme::finnes_fullere(rad.mangler, rammer) {
                    return Ok(());
                }
                rad.les_spenn(&mut spenn)?;
                let vist = tilgang::Rad {
                    entitet,
                    gjeldende: rad.gjeldende(),
                    grad: rad.grad,
                    skjult_status: rad.skjult_status,
                    metadata: Metadatafelter::default(),
                    kropp: rad.kropp,
                    spenn: &spenn,
                };
                let utgaver = tilgang::utgaver(hode.vern, &vist);
                if let Some((_, kropp)) = utgaver.into_iter().find(|(p, _)| p.har(projeksjon)) {
                    ut.push(Opplysning {
                        entitet,
                        gjeldende: vist.gjeldende,
                        kropp: kropp.into_owned(),
                    });
                }
                Ok(())
            })?;
        }
        Ok(ut)
    }

    /// The number a person goes by now, or went by last.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn nummer(&self, person: Personnummer) -> Result<u64, Feil> {
        let hode = self.hode(person)?.ok_or(Feil::Skadet("post"))?;
        hode.gjeldende_nummer().ok_or(Feil::Skadet("hode"))
    }

    /// Writes the number of a person whom a search found, as an element of a list. Whoever is shown no number of a person
    /// is not given it.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn vis_nummer(&self, person: Personnummer, svar: &mut Svar, projeksjon: Projeksjon) -> Result<(), Feil> {
        let (nummer, vern) = self.nummer_og_vern(person)?;
        if tilgang::Tabell::felles()
            .rett(projeksjon)
            .kan
            .har(Entitet::Identifikasjonsnummer)
        {
            svar.nummer(nummer, vern);
        }
        Ok(())
    }

    /// As [`Lesing::vis_nummer`], of several after each other, with what stands between them in a list.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn vis_numre(&self, personer: &[Personnummer], svar: &mut Svar, projeksjon: Projeksjon) -> Result<(), Feil> {
        let rett = tilgang::Tabell::felles().rett(projeksjon);
        if rett.kan.har(Entitet::Identifikasjonsnummer) {
            // All are fetched before any is written, so that waits for memory overlap.
            let numre: Vec<_> = personer.iter().map(|person| self.nummer_og_vern(*person)).collect();
            svar.numre(numre.into_iter())?;
        }
        Ok(())
    }

    /// Writes what a service calls the persons whom a search found, with what stands between them in a list; the audit record is told
    /// who they are.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn vis_navngitt<N: AsRef<str>>(
        &self,
        personer: &[Personnummer],
        svar: &mut Svar,
        navn: impl Fn(Personnummer) -> N,
    ) -> Result<(), Feil> {
        for (nr, person) in personer.iter().enumerate() {
            let (nummer, vern) = self.nummer_og_vern(*person)?;
            if nr > 0 {
                svar.ramme(|ut| ut.push(b','));
            }
            svar.navngitt(navn(*person).as_ref(), nummer, vern);
        }
        Ok(())
    }

    // From memory where it is there: a search may give thousands, whose records lie apart.
    fn nummer_og_vern(&self, person: Personnummer) -> Result<(u64, Grad), Feil> {
        let transaksjon = self.les.id();
        if let Some(funnet) = self.register.numre.hent(person.0, transaksjon) {
            return Ok(funnet);
        }
        let hode = self.hode(person)?.ok_or(Feil::Skadet("post"))?;
        let nummer = hode.gjeldende_nummer().ok_or(Feil::Skadet("hode"))?;
        self.register.numre.husk(person.0, transaksjon, nummer, hode.vern);
        Ok((nummer, hode.vern))
    }

    // Shows the person as it was held at an event, under the protection it has now.
    fn vis_ved(
        &self,
        person: u32,
        seq: Option<Sekvens>,
        svar: &mut Svar,
        projeksjon: Projeksjon,
        utvalg: Utvalg,
        identifikator: u64,
    ) -> Result<(), Feil> {
        let hode_byte = self.hode_byte(person)?.ok_or(Feil::Skadet("post"))?;
        let (hode, rest) = Hode::les(hode_byte)?;
        let rett = tilgang::Tabell::felles().rett(projeksjon);
        let rammer = ramme::rammer_for(rett, utvalg, hode.vern, seq.is_some());
        let aapnede = self.aapne_rammer(person, &hode, rammer)?;
        let mut rader: Vec<Radvisning<'_>> = Vec::with_capacity(32);
        let mut projektor = svar.person(projeksjon, utvalg, hode.vern);
        for byte in std::iter::once(rest).chain(aapnede.iter().map(Vec::as_slice)) {
            ramme::les_rader(byte, |rad| {
                let holdt = seq.map_or(rad.til.is_none(), |s| rad.holdt_ved(s.0));
                let vil_ha = rad.entitet.is_some_and(|e| projektor.vil_ha(e, rad.gjeldende()));
                if holdt && vil_ha && !ramme::finnes_fullere(rad.mangler, rammer) {
                    rader.push(rad);
                }
                Ok(())
            })?;
        }
        rader.sort_by(|a, b| orden(a.orden(), b.orden(), a.kropp, b.kropp));
        let mut spenn = Vec::new();
        for rad in &rader {
            self.vis_rad(rad, rett, hode.vern, &mut projektor, &mut spenn)?;
        }
        projektor.ferdig(identifikator);
        Ok(())
    }

    // Opens those of the frames that the record has. The key is fetched only for what is opened: whether a person has
    // one at all may be a matter of frames that the caller may not see.
    fn aapne_rammer(&self, person: u32, hode: &Hode, rammer: Rammer) -> Result<Vec<Vec<u8>>, Feil> {
        let rammer = rammer.felles(hode.rammer);
        let mut noekkel = None;
        if rammer.alle().any(Ramme::forsegles) {
            noekkel = self.noekkel(person, hode.noekkelgenerasjon)?;
        }
        rammer
            .alle()
            .map(|r| {
                let byte = self.ramme(r, person)?.ok_or(Feil::Skadet("post"))?;
                ramme::pakk_opp(r, person, byte, noekkel.as_ref())
            })
            .collect()
    }

    // Every version of every row in the frames that a projection may be shown anything of, in document order. No other
    // frame is opened: neither what lies there nor how much may show in what is made of the rows.
    fn rader(&self, person: u32, projeksjon: Projeksjon) -> Result<(Hode, Vec<Rad>), Feil> {
        let hode_byte = self.hode_byte(person)?.ok_or(Feil::Skadet("post"))?;
        let (hode, rest) = Hode::les(hode_byte)?;
        let rett = tilgang::Tabell::felles().rett(projeksjon);
        let rammer = ramme::rammer_for(rett, Utvalg::alt(projeksjon), hode.vern, true);
        let aapnede = self.aapne_rammer(person, &hode, rammer)?;
        let mut rader = Vec::new();
        for byte in std::iter::once(rest).chain(aapnede.iter().map(Vec::as_slice)) {
            ramme::les_rader(byte, |rad| {
                if !ramme::finnes_fullere(rad.mangler, rammer) {
                    rader.push(rad.til_rad()?);
                }
                Ok(())
            })?;
        }
        rader.sort_by(|a, b| orden(a.orden(), b.orden(), &a.kropp, &b.kropp));
        Ok((hode, rader))
    }

    fn vis_rad(
        &self,
        rad: &Radvisning<'_>,
        rett: &Rett,
        vern: Grad,
        projektor: &mut Projektor<'_>,
        spenn: &mut Vec<Spenn>,
    ) -> Result<(), Feil> {
        let Some(entitet) = rad.entitet else { return Ok(()) };
        rad.les_spenn(spenn)?;
        let mut metadata = self.metadata(rad)?;
        metadata.ajourholdstidspunkt = ajourhold::synlig(
            rad.ajourholdstidspunkt,
            &rad.les_kjede()?,
            rett,
            vern,
            (entitet, rad.gjeldende(), rad.grad),
        );
        projektor.vis(&tilgang::Rad {
            entitet,
            gjeldende: rad.gjeldende(),
            grad: rad.grad,
            skjult_status: rad.skjult_status,
            metadata,
            kropp: rad.kropp,
            spenn,
        });
        Ok(())
    }

    fn metadata(&self, rad: &Radvisning<'_>) -> Result<Metadatafelter<'_>, Feil> {
        let tekst = |nummer: Option<u32>| nummer.map(|n| self.tekst(n)).transpose();
        Ok(Metadatafelter {
            ajourholdstidspunkt: rad.ajourholdstidspunkt,
            er_gjeldende: rad.er_gjeldende,
            kilde: tekst(rad.kilde)?,
            aarsak: tekst(rad.aarsak)?,
            gyldighetstidspunkt: rad.gyldighetstidspunkt,
            opphoerstidspunkt: rad.opphoerstidspunkt,
        })
    }

    pub(crate) fn tekst(&self, nummer: u32) -> Result<&str, Feil> {
        self.register.tekster.hent(&self.tekster, &self.les, nummer)
    }

    /// Shows a document of the archive: the person as it stood after an event.
    ///
    /// `eldste_sekunder`: a version that was superseded before this moment is past retention. What superseded it is an event
    /// that the projection heard of, and of events that it did not hear of there are no documents.
    /// The inner answer says why there is none.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn vis_arkiv(
        &self,
        id: Dokumentidentifikator,
        eldste_sekunder: i64,
        svar: &mut Svar,
        projeksjon: Projeksjon,
        utvalg: Utvalg,
    ) -> Result<Result<(), Dokumentmangel>, Feil> {
        let Some((person, seq, Dokumenttype::Persondokument)) = self.register.dokumentnoekkel.aapne(id) else {
            return Ok(Err(Dokumentmangel::Ukjent));
        };
        let Some(oppfoering) = self.oppfoering(seq)? else {
            return Ok(Err(Dokumentmangel::Ukjent));
        };
        let hoert = oppfoering.type_for(projeksjon).is_some();
        if oppfoering.person != person || !oppfoering.har_persondokument() || !hoert {
            return Ok(Err(Dokumentmangel::Ukjent));
        }
        // What superseded a version came after it: one that is young enough itself need not be asked of.
        if oppfoering.bekreftet_sekunder < eldste_sekunder
            && self
                .neste_hendelse(person, seq, projeksjon)?
                .is_some_and(|avloest| avloest.bekreftet_sekunder < eldste_sekunder)
        {
            return Ok(Err(Dokumentmangel::ForGammelt));
        }
        self.vis_ved(person, Some(seq), svar, projeksjon, utvalg, oppfoering.nummer)?;
        Ok(Ok(()))
    }

    // The first event after `seq` that changed the person as the projection sees it.
    fn neste_hendelse(&self, person: u32, seq: Sekvens, projeksjon: Projeksjon) -> Result<Option<Oppfoering>, Feil> {
        let (_, rader) = self.rader(person, projeksjon)?;
        let grenser = rader.iter().flat_map(|r| [Some(r.fra), r.til.map(|(til, _)| til)]);
        let senere: BTreeSet<u64> = grenser.flatten().filter(|s| *s > seq.0).collect();
        for seq in senere {
            let oppfoering = self.oppfoering(Sekvens(seq))?.ok_or(Feil::Skadet("journal"))?;
            if oppfoering.type_for(projeksjon).is_some() {
                return Ok(Some(oppfoering));
            }
        }
        Ok(None)
    }

    /// The unpacked frames of a person other than the head: what a compression dictionary is trained on.
    ///
    /// For jobs on a synthetic nation; a dictionary is published with the program.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn utpakkede_rammer(&self, person: Personnummer) -> Result<Vec<Vec<u8>>, Feil> {
        let Some(hode) = self.hode(person)? else {
            return Ok(Vec::new());
        };
        let noekkel = self.noekkel(person.0, hode.noekkelgenerasjon)?;
        let mut ut = Vec::new();
        for r in Ramme::ALLE.into_iter().filter(|r| *r != Ramme::Hode) {
            if let Some(byte) = self.ramme(r, person.0)? {
                ut.push(ramme::pakk_opp(r, person.0, byte, noekkel.as_ref())?);
            }
        }
        Ok(ut)
    }

    /// The whole record, for checking and changing.
    pub(crate) fn post(&self, person: Personnummer) -> Result<Option<Personpost>, Feil> {
        Personpost::les(
            person.0,
            |r| self.ramme(r, person.0),
            |generasjon| self.noekkel(person.0, generasjon),
        )
    }

    /// Finds an event by its document identifier, with the type that the projection's feed has.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn hendelse(
        &self,
        id: Dokumentidentifikator,
        eldste_sekunder: i64,
        projeksjon: Projeksjon,
    ) -> Result<Result<Hendelsesvisning, Dokumentmangel>, Feil> {
        let Some((person, seq, Dokumenttype::Hendelsesdokument)) = self.register.dokumentnoekkel.aapne(id) else {
            return Ok(Err(Dokumentmangel::Ukjent));
        };
        let Some(oppfoering) = self.oppfoering(seq)? else {
            return Ok(Err(Dokumentmangel::Ukjent));
        };
        let Some(hendelsestype) = oppfoering.type_for(projeksjon) else {
            return Ok(Err(Dokumentmangel::Ukjent));
        };
        if oppfoering.person != person || !oppfoering.har_hendelsesdokument() {
            return Ok(Err(Dokumentmangel::Ukjent));
        }
        if oppfoering.bekreftet_sekunder < eldste_sekunder {
            return Ok(Err(Dokumentmangel::ForGammelt));
        }
        Ok(Ok(Hendelsesvisning {
            folkeregisteridentifikator: som_tekst(oppfoering.nummer),
            hendelsestype,
            ajourholdstidspunkt: oppfoering.ajourholdstidspunkt,
            aarsak: oppfoering.hendelsestype,
            dokumentidentifikator: id,
            person,
            seq,
        }))
    }

    /// Shows what an event did, entry by entry, under the person's present protection. A change that lies wholly in what the
    /// projection is refused is left out.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged; the answer is then to be thrown away.
    pub fn vis_hendelse(
        &self,
        hendelse: &Hendelsesvisning,
        svar: &mut Svar,
        projeksjon: Projeksjon,
    ) -> Result<(), Feil> {
        let (hode, rader) = self.rader(hendelse.person, projeksjon)?;
        let rett = tilgang::Tabell::felles().rett(projeksjon);
        let seq = hendelse.seq.0;
        let dokumentidentifikator = hendelse.dokumentidentifikator.to_string();
        let mut projektor = svar.hendelse(
            projeksjon,
            hode.vern,
            &tilgang::Hendelsesopplysning {
                dokumentidentifikator: &dokumentidentifikator,
                folkeregisteridentifikator: &hendelse.folkeregisteridentifikator,
                hendelsestype: hendelse.hendelsestype,
                ajourholdstidspunkt: hendelse.ajourholdstidspunkt,
            },
        );
        for rad in &rader {
            let Some(entitet) = rad.entitet else { continue };
            // A merger gives the survivor a number that was; elsewhere what is history from the start is no news.
            let nytt =
                rad.gjeldende() || hendelse.aarsak == Hendelsestype::PersonErViderefoertSomGjeldendeVedSammenslaaing;
            let endring = match (rad.fra == seq, rad.opprinnelse, rad.til) {
                (true, Opprinnelse::Ny | Opprinnelse::Gjenopptatt, _) if nytt => Entitetsendring::RegistrereNy,
                (true, Opprinnelse::Korrigert | Opprinnelse::Opphoert, _) => Entitetsendring::Korrigere,
                (_, _, Some((til, Slutt::Annullert))) if til == seq => Entitetsendring::Annullere,
                _ => continue,
            };
            let hva = (entitet, rad.gjeldende(), rad.grad);
            if endring != Entitetsendring::Annullere && ajourhold::er_skjult(&rad.kjede, rett, hode.vern, hva) {
                continue;
            }
            let tekst = |nummer: Option<u32>| nummer.map(|n| self.tekst(n)).transpose();
            let metadata = Metadatafelter {
                ajourholdstidspunkt: rad.ajourholdstidspunkt,
                er_gjeldende: None,
                kilde: tekst(rad.kilde)?,
                aarsak: tekst(rad.aarsak)?,
                gyldighetstidspunkt: rad.gyldighetstidspunkt,
                opphoerstidspunkt: rad.opphoerstidspunkt,
            };
            projektor.vis(
                endring,
                &tilgang::Rad {
                    entitet,
                    gjeldende: true,
                    grad: rad.grad,
                    skjult_status: rad.skjult_status,
                    metadata,
                    kropp: &rad.kropp,
                    spenn: &rad.spenn,
                },
            );
        }
        projektor.ferdig();
        Ok(())
    }

    /// Every number the person has or has had, those of persons merged into it included.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn numre(&self, person: Personnummer) -> Result<Vec<u64>, Feil> {
        let hode = self.hode(person)?.ok_or(Feil::Skadet("post"))?;
        Ok(hode.numre.iter().map(|n| n.verdi).collect())
    }

    /// The person's number in use, or the last one.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn gjeldende_nummer(&self, person: Personnummer) -> Result<Option<String>, Feil> {
        Ok(self
            .hode(person)?
            .and_then(|hode| hode.gjeldende_nummer())
            .map(som_tekst))
    }

    /// The person's number, while one is in use: none of whoever has ended or was merged into another.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn nummer_i_bruk(&self, person: Personnummer) -> Result<Option<u64>, Feil> {
        let hode = self.hode(person)?.ok_or(Feil::Skadet("post"))?;
        let i_bruk = hode.viderefoert_til.is_none() && hode.er_i_bruk();
        Ok(hode.gjeldende_nummer().filter(|_| i_bruk))
    }
}
