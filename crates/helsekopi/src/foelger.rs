//! Reading the source: everybody at first, and then what it tells of.
//!
//! ```text
//!  siste sekvensnummer S ──▶ uttrekk komplett at S ──▶ batches ──▶ arkiv, 1000 at a time ──▶ the feed from S + 1
//!                                     ▲                                                          │ 406: S is too old by now
//!                                     └──────────────────────────────────────────────────────────┘ the source has gone back
//! ```
//! One [`Foelger::steg`] does a piece and says how long there is no reason to do another. Where it stands is in the copy's own
//! commit, so it can be cut off anywhere; what it knows besides is only what spares the source a question.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use identifikator::Folkeregisteridentifikator;
use informasjonsmodell::{Entitet, Hendelsestype, Innhold, Persondokument, Tidspunkt};
use klienter::folkeregister::{
    BULK_ANTALL_MAKS, Batch, Bulksvar, Feedhendelse, Feedsvar, Feil as Kildefeil, Identifikatorer, Jobb, Pauser,
};
use register::Personnummer;
use tilgang::token::Klokke;

use crate::inntak::{Bolk, Inntatt};
use crate::kopi::{Stilling, les_stilling};
use crate::maaling::Maaling;
use crate::{Feil, Kilde, Kopi, rader, testpersoner};

/// Events that are read ahead of those that are taken in: protection among them is taken in first. Source: our choice.
pub const FORAN: usize = 50_000;
/// Waiting numbers that are asked for again at a time. Source: our choice.
const VENTENDE_MAKS: usize = 500;
/// Pages of so many waiting numbers that are looked through in a step. Source: our choice.
const VENTENDE_SIDER: usize = 4;
/// First and longest wait before everybody is read again from a source that had already been read again and refuses the number that
/// comes next all the same; each is twice the former. Source: our choice.
const OMLASTING: Duration = Duration::from_secs(60);
const OMLASTING_MAKS: Duration = Duration::from_secs(900);
/// Empty answers between two questions of whether the source has gone back. Source: our choice.
const SPOER_HVER: u32 = 50;

/// What one step did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Steg {
    /// Something was taken in; there may be more.
    TokInn(Inntatt),
    /// Where the reading stands changed, and nothing else.
    Videre,
    /// The source is making the extract ready, or would have everybody read again and again: how long to wait.
    Vent(Duration),
    /// There is nothing that is not taken in.
    Ajour,
}

/// Reads one source into one copy.
pub struct Foelger {
    kopi: Arc<Kopi>,
    kilde: Arc<dyn Kilde>,
    klokke: Klokke,
    maaling: Arc<Maaling>,
    /// Read and not taken in.
    koe: VecDeque<Feedhendelse>,
    /// The number that is read next; what is in `koe` is below it.
    leses: Option<u64>,
    etag: Option<(u64, String)>,
    /// Numbers whose protection was taken in ahead of its turn.
    foregrepet: BTreeSet<String>,
    pauser: Pauser,
    /// Pauses between orders of an extract that the source loses, so that it is not asked for one after the other.
    bestillinger: Pauser,
    tomme: u32,
    /// Where the next look at what waits begins: whoever waits long keeps nobody out.
    ventende_fra: u64,
    omlasting: Omlasting,
    /// Who was in the extract; none where it is not known of everybody.
    sett: Option<BTreeSet<Personnummer>>,
}

/// What holds back reading everybody again, and again.
#[derive(Default)]
struct Omlasting {
    /// Everybody has been read since the feed last went on.
    nylig: bool,
    /// The wait before the next time is over.
    ventet: bool,
    /// The last wait.
    sist: Option<Duration>,
}

impl Omlasting {
    /// How long to wait before everybody is read again; none when it may be done now.
    fn vent(&mut self) -> Option<Duration> {
        if self.nylig && !self.ventet {
            let vent = self.sist.map_or(OMLASTING, |sist| (sist * 2).min(OMLASTING_MAKS));
            (self.ventet, self.sist) = (true, Some(vent));
            return Some(vent);
        }
        (self.nylig, self.ventet) = (true, false);
        None
    }
}

impl std::fmt::Debug for Foelger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Foelger")
            .field("kopi", &self.kopi)
            .finish_non_exhaustive()
    }
}

impl Foelger {
    /// One that goes on where the copy stands.
    #[must_use]
    pub fn new(kopi: Arc<Kopi>, kilde: Arc<dyn Kilde>, klokke: Klokke) -> Self {
        Foelger {
            kopi,
            kilde,
            klokke,
            maaling: Arc::default(),
            koe: VecDeque::new(),
            leses: None,
            etag: None,
            foregrepet: BTreeSet::new(),
            pauser: Pauser::default(),
            bestillinger: Pauser::default(),
            tomme: 0,
            ventende_fra: 0,
            omlasting: Omlasting::default(),
            sett: None,
        }
    }

    /// Tells of itself in the same place as one before it.
    #[must_use]
    pub fn with_maaling(mut self, maaling: Arc<Maaling>) -> Self {
        self.maaling = maaling;
        self
    }

    /// How far it has come, for metrics and for whoever serves the copy.
    #[must_use]
    pub fn maaling(&self) -> Arc<Maaling> {
        self.maaling.clone()
    }

    /// Does a piece.
    ///
    /// # Errors
    /// [`Feil::Kilde`] and [`Feil::Loegn`] where the source is the reason: try again later, nothing is lost. Others where the copy
    /// itself is.
    pub async fn steg(&mut self) -> Result<Steg, Feil> {
        let stilling = self.kopi.stilling()?;
        self.maaling.sett_stilling(&stilling);
        let utfall = match stilling {
            Stilling::Laster {
                jobb: None, foerste, ..
            } => self.bestill(foerste).await,
            Stilling::Laster {
                seq,
                jobb: Some(jobb),
                batch,
                deler,
                foerste,
            } => self.last(seq, jobb, batch, deler, foerste).await,
            Stilling::Foelger { neste } => self.foelg(neste).await,
        };
        self.maaling.noter(&utfall, (self.klokke)());
        utfall
    }

    async fn bestill(&mut self, foerste: bool) -> Result<Steg, Feil> {
        let seq = self.kilde.siste().await?;
        self.maaling.sett_kildens_siste(seq);
        let stilling = if seq == 0 {
            Stilling::Foelger { neste: 1 }
        } else {
            let jobb = self.kilde.bestill(seq).await?;
            // Whoever begins here sees all of it.
            self.sett = Some(BTreeSet::new());
            Stilling::Laster {
                seq,
                jobb: Some(jobb.to_string()),
                batch: 0,
                deler: 0,
                foerste,
            }
        };
        self.lagre(stilling).await?;
        Ok(Steg::Videre)
    }

    async fn last(&mut self, seq: u64, jobb: String, batch: u64, deler: u64, foerste: bool) -> Result<Steg, Feil> {
        let om_igjen = Stilling::Laster {
            seq,
            jobb: None,
            batch: 0,
            deler: 0,
            foerste,
        };
        let Some(id) = Jobb::les(&jobb) else {
            self.lagre(om_igjen).await?;
            return Ok(Steg::Videre);
        };
        let dokumenter = match self.kilde.batch(&id, batch).await {
            Ok(Batch::Identifikatorer(Identifikatorer::Dokumenter(dokumenter))) => dokumenter,
            Ok(Batch::Identifikatorer(Identifikatorer::Personer(_))) => {
                return Err(Feil::Loegn("et komplett uttrekk har personer i stedet for dokumenter"));
            }
            Ok(Batch::IkkeKlar(vent_s)) => return Ok(Steg::Vent(self.pauser.neste(vent_s))),
            Ok(Batch::Slutt) => {
                if !foerste {
                    self.spoer_om_usette().await?;
                }
                self.sett = None;
                self.bestillinger = Pauser::default();
                self.lagre(Stilling::Foelger {
                    neste: seq.saturating_add(1),
                })
                .await?;
                return Ok(Steg::Videre);
            }
            // Too late: from the beginning. Who is taken in already is no news.
            Err(Kildefeil::UkjentJobb) => {
                self.sett = None;
                self.lagre(om_igjen).await?;
                return Ok(Steg::Vent(self.bestillinger.neste(None)));
            }
            Err(feil) => return Err(feil.into()),
        };
        if !dokumenter.is_empty() {
            self.pauser = Pauser::default();
        }
        self.last_batch(seq, &jobb, batch, deler, foerste, &dokumenter).await
    }

    /// Takes in a batch; the next piece is fetched while one is written.
    async fn last_batch(
        &mut self,
        seq: u64,
        jobb: &str,
        batch: u64,
        deler: u64,
        foerste: bool,
        dokumenter: &[String],
    ) -> Result<Steg, Feil> {
        let hopp = usize::try_from(deler).unwrap_or(usize::MAX);
        let alle: Vec<&[String]> = dokumenter.chunks(BULK_ANTALL_MAKS).collect();
        let mut rest = alle.iter().enumerate().skip(hopp);
        let mut sum = Inntatt::default();
        let mut skrives: Option<tokio::task::JoinHandle<Result<Inntatt, Feil>>> = None;
        loop {
            let neste = rest.next();
            let hentet = match neste {
                Some((nr, del)) => Some((nr, del.len(), self.kilde.arkiv(del).await)),
                None => None,
            };
            if let Some(skriver) = skrives.take() {
                let inntatt = skriver.await.map_err(|_| Feil::Skadet("skrivingen stoppet"))??;
                self.husk(&inntatt);
                legg_sammen(&mut sum, inntatt);
            }
            let Some((nr, antall, svar)) = hentet else { break };
            let svar = svar?;
            if svar.len() < antall {
                self.maaling.utelatt((antall - svar.len()) as u64);
            }
            let siste = nr + 1 == alle.len();
            let mut bolk = Bolk {
                stilling: Some(Stilling::Laster {
                    seq,
                    jobb: Some(jobb.to_owned()),
                    batch: if siste { batch.saturating_add(1) } else { batch },
                    deler: if siste { 0 } else { nr as u64 + 1 },
                    foerste,
                }),
                foerste_lasting: foerste,
                ..Bolk::default()
            };
            for dokument in svar {
                let dokument = dokument.into_objekt();
                let nummer = et_nummer(&dokument);
                match register::les_vist(dokument.into()) {
                    Ok(dokument) => bolk.dokumenter.push((nummer, dokument)),
                    // Asked for again by the number, like any other that could not be read.
                    Err(_) => {
                        self.maaling.uleselig(1);
                        bolk.mangler.extend(nummer);
                    }
                }
            }
            skrives = Some(self.skriv(bolk));
        }
        if alle.is_empty() {
            // An empty batch is followed by others.
            self.lagre(Stilling::Laster {
                seq,
                jobb: Some(jobb.to_owned()),
                batch: batch.saturating_add(1),
                deler: 0,
                foerste,
            })
            .await?;
            // One that never ends costs the source and us no more than a question now and then.
            return Ok(Steg::Vent(self.pauser.neste(None)));
        }
        Ok(Steg::TokInn(sum))
    }

    fn husk(&mut self, inntatt: &Inntatt) {
        if let Some(sett) = &mut self.sett {
            sett.extend(&inntatt.personer);
        }
    }

    /// Asks for everybody of the copy who was not in the extract, or of whom that is not known.
    async fn spoer_om_usette(&mut self) -> Result<(), Feil> {
        let mut fra = 1;
        loop {
            let (numre, neste) = {
                let les = self.kopi.les()?;
                let mut numre = Vec::new();
                let slutt = self.kopi.register().antall_personer()?;
                while fra <= slutt && numre.len() < BULK_ANTALL_MAKS {
                    let person = Personnummer::fra_indeks(fra);
                    fra += 1;
                    let sett = self.sett.as_ref().is_some_and(|sett| sett.contains(&person));
                    if sett || !les.register().er_noen(person)? {
                        continue;
                    }
                    let nummer = les.register().gjeldende_nummer(person)?;
                    let nummer = nummer.and_then(|n| Folkeregisteridentifikator::parse(&n).ok());
                    // The source does not have the test persons that are made here.
                    if let Some(nummer) = nummer
                        && !testpersoner::er_reservert(les.register(), nummer.to_u64())?
                    {
                        numre.push(nummer);
                    }
                }
                (numre, fra <= slutt)
            };
            if !numre.is_empty() {
                let bolk = self.slaa_opp(&numre).await?;
                self.ta_inn(bolk).await?;
            }
            if !neste {
                return Ok(());
            }
        }
    }

    async fn foelg(&mut self, neste: u64) -> Result<Steg, Feil> {
        if self.leses.is_none_or(|leses| leses < neste) {
            self.koe.clear();
            self.leses = Some(neste);
        }
        if let Some(steg) = self.les_foran(neste).await? {
            return Ok(steg);
        }
        if let Some(inntatt) = self.ta_vern_foerst().await? {
            return Ok(Steg::TokInn(inntatt));
        }
        let antall = self.koe.len().min(BULK_ANTALL_MAKS);
        let ventende = self.ventende()?;
        if antall == 0 && ventende.is_empty() {
            return Ok(Steg::Ajour);
        }
        let mut numre = Vec::new();
        let mut hendelser = Vec::new();
        let mut til = None;
        for hendelse in self.koe.iter().take(antall) {
            til = Some(hendelse.sekvensnummer);
            let identifikator = hendelse.folkeregisteridentifikator.as_deref();
            // One without a number, or with none that can be, tells of nobody we could ask for.
            let Some(nummer) = identifikator.and_then(|i| Folkeregisteridentifikator::parse(i).ok()) else {
                self.maaling.uleselig(1);
                continue;
            };
            hendelser.push((nummer.to_u64(), Hendelsestype::fra_navn(&hendelse.hendelsetype)));
            if !numre.contains(&nummer) {
                numre.push(nummer);
            }
        }
        for nummer in ventende {
            if numre.len() < BULK_ANTALL_MAKS && !numre.contains(&nummer) {
                numre.push(nummer);
            }
        }
        let mut bolk = if numre.is_empty() {
            Bolk::default()
        } else {
            self.slaa_opp(&numre).await?
        };
        bolk.hendelser = hendelser;
        bolk.stilling = til.map(|til| Stilling::Foelger {
            neste: til.saturating_add(1),
        });
        let inntatt = self.ta_inn(bolk).await?;
        self.koe.drain(..antall);
        if self.koe.is_empty() {
            self.foregrepet.clear();
        }
        self.maaling.sett_uleste(&self.koe);
        Ok(Steg::TokInn(inntatt))
    }

    /// Reads pages until the end, or until enough is ahead. `Some`: the reading goes on elsewhere.
    async fn les_foran(&mut self, neste: u64) -> Result<Option<Steg>, Feil> {
        while self.koe.len() < FORAN {
            let fra = self.leses.unwrap_or(neste);
            let etag = self
                .etag
                .as_ref()
                .filter(|(ved, _)| *ved == fra)
                .map(|(_, etag)| etag.clone());
            let side = match self.kilde.feed(fra, etag.as_deref()).await {
                Ok(side) => side,
                Err(Kildefeil::ForGammelt) if self.koe.is_empty() || !self.omlasting.nylig => {
                    return match self.omlasting.vent() {
                        Some(vent) => Ok(Some(Steg::Vent(vent))),
                        None => self.last_paa_nytt().await.map(Some),
                    };
                }
                // What is read already is taken in all the same.
                Err(_) if !self.koe.is_empty() => return Ok(None),
                Err(feil) => return Err(feil.into()),
            };
            let (hendelser, etag) = match side {
                Feedsvar::Uendret => (Vec::new(), None),
                Feedsvar::Side { hendelser, etag } => {
                    let tom = hendelser.is_empty();
                    (hendelser, etag.filter(|_| tom))
                }
            };
            if let Some(etag) = etag {
                self.etag = Some((fra, etag));
            }
            let Some(siste) = hendelser.last().map(|h| h.sekvensnummer) else {
                return self.ved_enden(fra).await;
            };
            self.tomme = 0;
            self.omlasting = Omlasting::default();
            let full = hendelser.len() >= BULK_ANTALL_MAKS;
            self.koe.extend(hendelser);
            self.leses = Some(siste.saturating_add(1));
            self.maaling.minst(siste);
            self.maaling.sett_uleste(&self.koe);
            if !full {
                break;
            }
        }
        Ok(None)
    }

    /// Nothing is new: now and then that is because the source has been put back to an earlier day.
    async fn ved_enden(&mut self, fra: u64) -> Result<Option<Steg>, Feil> {
        let spoer = self.tomme == 0 || self.tomme.is_multiple_of(SPOER_HVER);
        self.tomme = self.tomme.saturating_add(1);
        if spoer && self.koe.is_empty() {
            let siste = self.kilde.siste().await?;
            if siste.saturating_add(1) < fra {
                tracing::warn!(
                    siste,
                    lest = fra.saturating_sub(1),
                    "kilden er satt tilbake; alt leses på nytt"
                );
                return self.last_paa_nytt().await.map(Some);
            }
            self.omlasting = Omlasting::default();
            self.maaling.minst(siste);
        }
        Ok(None)
    }

    async fn last_paa_nytt(&mut self) -> Result<Steg, Feil> {
        self.koe.clear();
        (self.leses, self.etag, self.tomme) = (None, None, 0);
        self.maaling.sett_uleste(&self.koe);
        self.lagre(Stilling::Laster {
            seq: 0,
            jobb: None,
            batch: 0,
            deler: 0,
            foerste: false,
        })
        .await?;
        Ok(Steg::Videre)
    }

    /// Takes in those whose protection is told of further on than what is next. Source: ruling 19.
    async fn ta_vern_foerst(&mut self) -> Result<Option<Inntatt>, Feil> {
        let om_vern = |h: &&Feedhendelse| h.hendelsetype == Hendelsestype::EndringIAdressebeskyttelse.navn();
        let numre: BTreeSet<String> = self
            .koe
            .iter()
            .skip(BULK_ANTALL_MAKS)
            .filter(om_vern)
            .filter_map(|h| h.folkeregisteridentifikator.clone())
            .filter(|n| !self.foregrepet.contains(n))
            .take(BULK_ANTALL_MAKS)
            .collect();
        let spurte: Vec<_> = numre
            .iter()
            .filter_map(|n| Folkeregisteridentifikator::parse(n).ok())
            .collect();
        if spurte.is_empty() {
            return Ok(None);
        }
        let bolk = self.slaa_opp(&spurte).await?;
        let inntatt = self.ta_inn(bolk).await?;
        self.foregrepet.extend(numre);
        Ok(Some(inntatt))
    }

    /// Numbers that wait and whose time has come, on from where the last look ended.
    fn ventende(&mut self) -> Result<Vec<Folkeregisteridentifikator>, Feil> {
        let naa = (self.klokke)().as_second();
        let kopi = self.kopi.clone();
        let les = kopi.register().les()?;
        let mut ut = Vec::new();
        let mut fra_begynnelsen = self.ventende_fra == 0;
        for _ in 0..VENTENDE_SIDER {
            let side = rader::ventende(&les, self.ventende_fra, VENTENDE_MAKS)?;
            let slutt = side.len() < VENTENDE_MAKS;
            for venter in side {
                if ut.len() >= VENTENDE_MAKS {
                    return Ok(ut);
                }
                self.ventende_fra = venter.nummer.saturating_add(1);
                if venter.neste_sekunder <= naa {
                    ut.extend(Folkeregisteridentifikator::parse(&format!("{:011}", venter.nummer)).ok());
                }
            }
            if slutt {
                self.ventende_fra = 0;
                if fra_begynnelsen || !ut.is_empty() {
                    break;
                }
                fra_begynnelsen = true;
            }
        }
        Ok(ut)
    }

    /// Asks for persons, and holds every answer against what was asked.
    async fn slaa_opp(&self, numre: &[Folkeregisteridentifikator]) -> Result<Bolk, Feil> {
        let svar = self.kilde.oppslag(numre).await?;
        if svar.len() != numre.len() {
            return Err(Feil::Loegn("et bulkoppslag har et annet antall svar enn spørsmål"));
        }
        let mut bolk = Bolk::default();
        for (nummer, svar) in numre.iter().zip(svar) {
            match les_svar(nummer, svar) {
                Ok(Some(dokument)) => bolk.dokumenter.push((Some(nummer.to_u64()), dokument)),
                Ok(None) => bolk.mangler.push(nummer.to_u64()),
                Err(Loegn) => {
                    self.maaling.uleselig(1);
                    bolk.mangler.push(nummer.to_u64());
                }
            }
        }
        Ok(bolk)
    }

    async fn ta_inn(&mut self, bolk: Bolk) -> Result<Inntatt, Feil> {
        let inntatt = self
            .skriv(bolk)
            .await
            .map_err(|_| Feil::Skadet("skrivingen stoppet"))??;
        self.husk(&inntatt);
        Ok(inntatt)
    }

    fn skriv(&self, bolk: Bolk) -> tokio::task::JoinHandle<Result<Inntatt, Feil>> {
        let (kopi, naa) = (self.kopi.clone(), (self.klokke)());
        let maaling = self.maaling.clone();
        tokio::task::spawn_blocking(move || {
            let tidspunkt = Tidspunkt::new(naa.as_second(), 0, 0, informasjonsmodell::Forskyvning::Utc)
                .ok_or(Feil::Skadet("klokka"))?;
            let inntatt = kopi.ta_inn(&bolk, tidspunkt)?;
            maaling.tok_inn(&inntatt, les_stilling(&kopi.register().les()?)?);
            Ok(inntatt)
        })
    }

    async fn lagre(&mut self, stilling: Stilling) -> Result<(), Feil> {
        self.ta_inn(Bolk {
            stilling: Some(stilling),
            ..Bolk::default()
        })
        .await
        .map(|_| ())
    }
}

struct Loegn;

/// A document is of whoever was asked for, or it is nobody's.
fn les_svar(nummer: &Folkeregisteridentifikator, svar: Bulksvar) -> Result<Option<Persondokument>, Loegn> {
    if svar.foedsels_eller_d_nummer != nummer.as_str() {
        return Err(Loegn);
    }
    let Some(person) = svar.person else { return Ok(None) };
    let dokument = register::les_vist(person.into_objekt().into()).map_err(|_| Loegn)?;
    let er = dokument.av(Entitet::Identifikasjonsnummer).any(
        |o| matches!(&o.innhold, Innhold::Identifikasjonsnummer(i) if i.foedselsnummer.som_tekst() == nummer.as_str()),
    );
    if er { Ok(Some(dokument)) } else { Err(Loegn) }
}

/// A number of a document that may not be readable as a whole.
fn et_nummer(dokument: &serde_json::Map<String, serde_json::Value>) -> Option<u64> {
    let numre = dokument.get(Entitet::Identifikasjonsnummer.navn())?.as_array()?;
    let nummer = |n: &serde_json::Value| {
        let tekst = n.get("foedselsEllerDNummer")?.as_str()?;
        Some(Folkeregisteridentifikator::parse(tekst).ok()?.to_u64())
    };
    numre.iter().find_map(nummer)
}

fn legg_sammen(sum: &mut Inntatt, del: Inntatt) {
    sum.dokumenter += del.dokumenter;
    sum.endret += del.endret;
    sum.nye += del.nye;
    sum.avvist += del.avvist;
    sum.hendelser += del.hendelser;
    sum.personer.extend(del.personer);
}
