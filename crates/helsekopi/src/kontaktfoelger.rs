//! Reading KRR: what its list of changes tells of, whoever is new here, and everybody in turn.
//!
//! ```text
//!  somebody new, or by another number ──▶ waits (w) ─┐
//!  list of changes, where there is one ──────────────┼──▶ personer, 1000 at a time ──▶ compared, taken in, told of
//!  everybody, a round as long as the settings say ───┘      by the number in use
//! ```
//! The list only says who: the person is then asked about like anybody else, so that what is kept has one form, with varslingsstatus,
//! which the list has not. A round goes on beside the list, slowly, since varslingsstatus changes by time alone and no list tells of
//! it. Where it stands is in the commit that takes an answer in; it can be cut off anywhere.
//!
//! What a newcomer gets wrong: an answer that is refused may be one person's fault. The question is then cut in two until the fault is
//! alone, so that one number that KRR does not take keeps nobody else from being read.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use identifikator::Folkeregisteridentifikator;
use informasjonsmodell::{Forskyvning, Tidspunkt};
use klienter::krr::{ANTALL_MAKS, Feil as Krrfeil, Kontaktperson, Status};
use register::Personnummer;
use tilgang::token::Klokke;

use crate::kontakt::{Kontaktbolk, Kontaktutfall};
use crate::kontaktkilde::Kontaktkilde;
use crate::kontaktmaaling::Kontaktmaaling;
use crate::kontaktstilling::{Kontaktstilling, Liste, Runde, les_venterad, ventenoekkel};
use crate::{Feil, Kopi};

/// Most calls that one step makes to find whose fault a refusal is. Source: our choice: one in a thousand takes some twenty.
const KALL_MAKS: u32 = 64;
/// How often it is written down at least that the list has nothing new. Units: seconds. Source: our choice.
const AJOUR_S: i64 = 60;
/// How long the list is left alone after an answer that cannot be used. Units: seconds. Source: our choice.
const LISTE_VENT_S: i64 = 60;
/// Persons of the copy that one step of a round looks through at most. Source: our choice.
const SETT_MAKS: u32 = 5_000;
/// Rows of those who wait that one step looks through at most. Source: our choice.
const VENTENDE_MAKS: usize = 5_000;

/// What one step did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kontaktsteg {
    /// Persons were asked about; there may be more.
    TokInn {
        /// How many.
        spurt: u64,
        /// Of how many KRR said something else than before.
        endret: u64,
    },
    /// Where the reading stands changed, and nothing else.
    Videre,
    /// There is nothing to ask now.
    Ajour,
}

/// Reads one KRR into one copy.
pub struct Kontaktfoelger {
    kopi: Arc<Kopi>,
    kilde: Arc<dyn Kontaktkilde>,
    klokke: Klokke,
    runde: Duration,
    maaling: Arc<Kontaktmaaling>,
    /// Where those who wait are looked through next.
    ventende_fra: Personnummer,
    /// Not before this is the list asked for again. Seconds since 1970.
    liste_etter: i64,
}

impl std::fmt::Debug for Kontaktfoelger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kontaktfoelger")
            .field("kopi", &self.kopi)
            .finish_non_exhaustive()
    }
}

type Spurt = (Personnummer, Folkeregisteridentifikator);

impl Kontaktfoelger {
    /// One that goes on where the copy stands. `runde`: how long a round over everybody takes; the first goes as fast as KRR answers.
    #[must_use]
    pub fn new(kopi: Arc<Kopi>, kilde: Arc<dyn Kontaktkilde>, klokke: Klokke, runde: Duration) -> Self {
        Kontaktfoelger {
            kopi,
            kilde,
            klokke,
            runde,
            maaling: Arc::default(),
            ventende_fra: Personnummer::fra_indeks(0),
            liste_etter: i64::MIN,
        }
    }

    /// Tells of itself in the same place as one before it.
    #[must_use]
    pub fn with_maaling(mut self, maaling: Arc<Kontaktmaaling>) -> Self {
        self.maaling = maaling;
        self
    }

    /// Does a piece.
    ///
    /// # Errors
    /// [`Feil::Kontaktregister`] where KRR is the reason: try again later, nothing is lost, and what there is stays. Others where the copy
    /// itself is.
    pub async fn steg(&mut self) -> Result<Kontaktsteg, Feil> {
        let utfall = self.forsoek().await;
        self.maaling.noter(&utfall, (self.klokke)());
        utfall
    }

    async fn forsoek(&mut self) -> Result<Kontaktsteg, Feil> {
        let naa_s = (self.klokke)().as_second();
        let Some(stilling) = self.kopi.kontaktstilling()? else {
            return self.begynn(naa_s).await;
        };
        self.maaling.sett_stilling(Some(stilling.clone()));
        let (ventende, uten_nummer) = self.ventende(naa_s)?;
        if !ventende.is_empty() || !uten_nummer.is_empty() {
            return self.spoer_og_ta_inn(ventende, uten_nummer, None).await;
        }
        if let Some(liste) = stilling.liste.filter(|_| naa_s >= self.liste_etter)
            && let Some(steg) = self.les_liste(&stilling, liste, naa_s).await?
        {
            return Ok(steg);
        }
        self.gaa_runden(stilling, naa_s).await
    }

    /// The first step: from where the list tells of what changes, if there is one, and then everybody.
    async fn begynn(&mut self, naa_s: i64) -> Result<Kontaktsteg, Feil> {
        let stilling = Kontaktstilling {
            liste: self.finn_liste(naa_s).await?,
            runde: Runde {
                startet: naa_s,
                ..Runde::default()
            },
            ..Kontaktstilling::default()
        };
        self.lagre(stilling).await
    }

    /// The end of the list, before a round begins: what changes from then on is told of.
    async fn finn_liste(&self, naa_s: i64) -> Result<Option<Liste>, Feil> {
        // Nobody on that page is wanted: everybody is asked about in the round.
        match self.kilde.endringer(1, &|_| false).await {
            Ok(side) => {
                self.maaling.svarte((self.klokke)());
                self.maaling.sett_seneste(side.seneste);
                Ok(Some(Liste {
                    neste: side.seneste.saturating_add(1),
                    siden: naa_s,
                }))
            }
            Err(Krrfeil::UtenEndringsliste) => Ok(None),
            Err(feil) if feil.gjelder_spoersmaalet() => {
                tracing::warn!(feil = %feil, "endringslisten i kontaktregisteret kan ikke brukes; alle spørres det om på nytt");
                Ok(None)
            }
            Err(feil) => Err(feil.into()),
        }
    }

    /// One page of the list. `None`: nothing is new there, and something else can be done.
    async fn les_liste(
        &mut self,
        stilling: &Kontaktstilling,
        liste: Liste,
        naa_s: i64,
    ) -> Result<Option<Kontaktsteg>, Feil> {
        // An error of the files is met again, and told of, where the persons are looked up.
        let er_her = |nummer: &Folkeregisteridentifikator| {
            let les = self.kopi.les();
            les.is_ok_and(|les| !matches!(les.register().finn(nummer), Ok(None)))
        };
        let side = match self.kilde.endringer(liste.neste, &er_her).await {
            Ok(side) => side,
            Err(Krrfeil::UtenEndringsliste) => {
                tracing::warn!("kontaktregisteret har ikke lenger noen endringsliste; alle spørres det om på nytt");
                let uten = Kontaktstilling {
                    liste: None,
                    ajour: None,
                    ..stilling.clone()
                };
                return self.lagre(uten).await.map(Some);
            }
            Err(feil) if feil.gjelder_spoersmaalet() => {
                tracing::warn!(feil = %feil, "endringslisten i kontaktregisteret kan ikke brukes nå; det prøves igjen");
                self.liste_etter = naa_s.saturating_add(LISTE_VENT_S);
                return Ok(None);
            }
            Err(feil) => return Err(feil.into()),
        };
        self.maaling.svarte((self.klokke)());
        self.maaling.sett_seneste(side.seneste);
        if side.seneste.saturating_add(1) < liste.neste {
            tracing::warn!("endringslisten i kontaktregisteret er satt tilbake; alle spørres det om på nytt");
            let om_igjen = Kontaktstilling {
                liste: Some(Liste {
                    neste: side.seneste.saturating_add(1),
                    siden: naa_s,
                }),
                runde: Runde {
                    startet: naa_s,
                    ..Runde::default()
                },
                ferdig: stilling.ferdig,
                ajour: None,
            };
            return self.lagre(om_igjen).await.map(Some);
        }
        let (mut hvem, mut uten) = (Vec::new(), Vec::new());
        {
            let les = self.kopi.les()?;
            let nevnt = side.personer.iter().map(|p| &p.personidentifikator);
            for nummer in nevnt.chain(&side.uleselige) {
                let Some(person) = les.register().finn(nummer)? else {
                    continue;
                };
                match i_bruk(&les, person)? {
                    Some(nummer) if hvem.iter().all(|(p, _)| *p != person) => hvem.push((person, nummer)),
                    Some(_) => {}
                    None => uten.push(person),
                }
            }
        }
        let er_siste = side.er_siste();
        let ny = Kontaktstilling {
            liste: Some(Liste {
                neste: side.til.saturating_add(1).max(liste.neste),
                ..liste
            }),
            ajour: if er_siste { Some(naa_s) } else { stilling.ajour },
            ..stilling.clone()
        };
        if !hvem.is_empty() || !uten.is_empty() {
            return self.spoer_og_ta_inn(hvem, uten, Some(ny)).await.map(Some);
        }
        if ny.liste != stilling.liste {
            return self.lagre(ny).await.map(Some);
        }
        // That nothing is new is written down now and then, lest what is here look old.
        if stilling.ajour.is_none_or(|da| naa_s < da || naa_s - da >= AJOUR_S) {
            self.lagre(ny).await?;
        }
        Ok(None)
    }

    /// Those whose turn it is in the round, if it is anybody's.
    async fn gaa_runden(&mut self, mut stilling: Kontaktstilling, naa_s: i64) -> Result<Kontaktsteg, Feil> {
        // What nothing was new in has been written down since.
        if let Some(lagret) = self.kopi.kontaktstilling()? {
            stilling = lagret;
        }
        let antall = self.kopi.register().antall_personer()?;
        let runde = stilling.runde;
        if !runde.hast && naa_s < self.tur(runde, antall) {
            return Ok(Kontaktsteg::Ajour);
        }
        if runde.neste > antall {
            return self.neste_runde(stilling, naa_s).await;
        }
        let (mut hvem, mut uten, mut neste) = (Vec::new(), Vec::new(), runde.neste);
        {
            let les = self.kopi.les()?;
            let slutt = runde.neste.saturating_add(SETT_MAKS);
            while neste <= antall && neste < slutt && hvem.len() < ANTALL_MAKS {
                let person = Personnummer::fra_indeks(neste);
                neste += 1;
                match i_bruk(&les, person)? {
                    Some(nummer) => hvem.push((person, nummer)),
                    None if les.har_kontakt(person)? => uten.push(person),
                    None => {}
                }
            }
        }
        stilling.runde.neste = neste;
        self.spoer_og_ta_inn(hvem, uten, Some(stilling)).await
    }

    /// When whoever is next in a round is to be asked about: the round is spread over its time.
    fn tur(&self, runde: Runde, antall: u32) -> i64 {
        let varighet = i64::try_from(self.runde.as_secs()).unwrap_or(i64::MAX);
        let gaatt = i128::from(varighet) * i128::from(runde.neste.saturating_sub(1)) / i128::from(antall.max(1));
        runde
            .startet
            .saturating_add(i64::try_from(gaatt).unwrap_or(i64::MAX).min(varighet))
    }

    async fn neste_runde(&mut self, stilling: Kontaktstilling, naa_s: i64) -> Result<Kontaktsteg, Feil> {
        let varighet = i64::try_from(self.runde.as_secs()).unwrap_or(i64::MAX);
        let startet = stilling.runde.startet.saturating_add(varighet).max(naa_s);
        // A list may have come since, or be one that could be used.
        let liste = match stilling.liste {
            Some(liste) => Some(liste),
            None => self.finn_liste(naa_s).await?,
        };
        let ny = Kontaktstilling {
            liste,
            runde: Runde {
                startet,
                neste: 1,
                hast: false,
            },
            ferdig: Some(stilling.runde.startet),
            ajour: stilling.ajour,
        };
        self.lagre(ny).await
    }

    /// Those who wait and whose time has come, at most a thousand with a number in use; and those of them who have none.
    fn ventende(&mut self, naa_s: i64) -> Result<(Vec<Spurt>, Vec<Personnummer>), Feil> {
        let les = self.kopi.les()?;
        let fra = ventenoekkel(self.ventende_fra);
        let mut rader = les.register().saker(b"w", &fra, VENTENDE_MAKS)?;
        if rader.is_empty() && self.ventende_fra.nummer() > 0 {
            self.ventende_fra = Personnummer::fra_indeks(0);
            rader = les.register().saker(b"w", b"w", VENTENDE_MAKS)?;
        }
        self.maaling.sett_ventende(rader.len() as u64);
        let (mut hvem, mut uten) = (Vec::new(), Vec::new());
        let mut sist = None;
        for rad in &rader {
            let (person, venter) = les_venterad(rad)?;
            if hvem.len() == ANTALL_MAKS {
                break;
            }
            sist = Some(person);
            if venter.neste <= naa_s {
                match i_bruk(&les, person)? {
                    Some(nummer) => hvem.push((person, nummer)),
                    None => uten.push(person),
                }
            }
        }
        let etter_siste = |p: Personnummer| Personnummer::fra_indeks(p.nummer().saturating_add(1));
        let alle_sett = rader.len() < VENTENDE_MAKS && hvem.len() < ANTALL_MAKS;
        self.ventende_fra = match sist {
            Some(person) if !alle_sett => etter_siste(person),
            _ => Personnummer::fra_indeks(0),
        };
        Ok((hvem, uten))
    }

    async fn spoer_og_ta_inn(
        &mut self,
        hvem: Vec<Spurt>,
        uten_nummer: Vec<Personnummer>,
        stilling: Option<Kontaktstilling>,
    ) -> Result<Kontaktsteg, Feil> {
        let svar = self.spoer(&hvem).await?;
        let bolk = Kontaktbolk {
            svar,
            uten_nummer,
            stilling,
        };
        let spurt = bolk.svar.len() as u64;
        let utfall = self.skriv(bolk).await?;
        self.maaling.tok_inn(spurt, utfall.endret, utfall.utsatt);
        Ok(Kontaktsteg::TokInn {
            spurt,
            endret: utfall.endret,
        })
    }

    /// Asks about persons; none of one who was not answered so that it can be used.
    async fn spoer(&self, hvem: &[Spurt]) -> Result<Vec<Svart>, Feil> {
        let mut ut = Vec::with_capacity(hvem.len());
        let hele = 0..hvem.len();
        let mut igjen: Vec<Range<usize>> = if hele.is_empty() { Vec::new() } else { vec![hele] };
        let mut kall = 0;
        while let Some(del) = igjen.pop() {
            let spurte = hvem.get(del.clone()).unwrap_or_default();
            let numre: Vec<_> = spurte.iter().map(|(_, nummer)| *nummer).collect();
            kall += 1;
            match self.kilde.personer(&numre).await {
                Ok(svar) => {
                    self.maaling.svarte((self.klokke)());
                    let mut sagt: BTreeMap<u64, &Kontaktperson> = BTreeMap::new();
                    sagt.extend(svar.personer.iter().map(|p| (p.personidentifikator.to_u64(), p)));
                    ut.extend(spurte.iter().map(|(person, nummer)| {
                        let svar = sagt.get(&nummer.to_u64()).map(|person| innhold(person));
                        (*person, nummer.to_u64(), svar)
                    }));
                }
                Err(feil) if feil.gjelder_spoersmaalet() && kall < KALL_MAKS => match spurte {
                    // Asked about again later, so that whoever comes after is read.
                    [(person, nummer)] => ut.push((*person, nummer.to_u64(), None)),
                    [] => return Err(feil.into()),
                    _ => {
                        let midt = del.start + del.len() / 2;
                        igjen.push(midt..del.end);
                        igjen.push(del.start..midt);
                    }
                },
                Err(feil) => return Err(feil.into()),
            }
        }
        Ok(ut)
    }

    async fn lagre(&mut self, stilling: Kontaktstilling) -> Result<Kontaktsteg, Feil> {
        let bolk = Kontaktbolk {
            stilling: Some(stilling),
            ..Kontaktbolk::default()
        };
        self.skriv(bolk).await?;
        Ok(Kontaktsteg::Videre)
    }

    async fn skriv(&self, bolk: Kontaktbolk) -> Result<Kontaktutfall, Feil> {
        let (kopi, naa) = (self.kopi.clone(), (self.klokke)());
        let maaling = self.maaling.clone();
        let skriver = tokio::task::spawn_blocking(move || {
            let tidspunkt = Tidspunkt::new(naa.as_second(), 0, 0, Forskyvning::Utc).ok_or(Feil::Skadet("klokka"))?;
            let utfall = kopi.ta_inn_krr(&bolk, tidspunkt)?;
            maaling.sett_stilling(kopi.kontaktstilling()?);
            Ok(utfall)
        });
        skriver.await.map_err(|_| Feil::Skadet("skrivingen stoppet"))?
    }
}

/// Whom was asked about, by which number, and what KRR said; none where that cannot be used.
pub(crate) type Svart = (Personnummer, u64, Option<Option<Vec<u8>>>);

/// What is kept of an entry: nothing of one whom KRR does not know, unless it says that they are reserved (our choice: a reservation
/// is never lost).
fn innhold(person: &Kontaktperson) -> Option<Vec<u8>> {
    let ukjent = person.status == Status::IkkeRegistrert && !person.reservert;
    (!ukjent).then(|| person.til_json())
}

fn som_id(nummer: u64) -> Option<Folkeregisteridentifikator> {
    Folkeregisteridentifikator::parse(&format!("{nummer:011}")).ok()
}

fn i_bruk(les: &crate::Kopilesing<'_>, person: Personnummer) -> Result<Option<Folkeregisteridentifikator>, Feil> {
    Ok(les.register().nummer_i_bruk(person)?.and_then(som_id))
}
