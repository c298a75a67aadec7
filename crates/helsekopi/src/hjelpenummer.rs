//! Common help numbers in the copy: whom each leads to, and what views are told of them.
//!
//! ```text
//!  h nummer u64             the number that it is under, u64; 0: none
//!  g over u64, under u64    when it was put there, i64: seconds since 1970
//!  j                        the entry of the log that is read next, u64, and of the one before it: nummer u64, tid i64, over u64, what u8
//! ```
//! All big-endian. Whoever has a help number is a person of the copy, with a record of their own. One that is put under another number is a number
//! of that person's document from then on, and that two have become one, or one two, follows of the document as it does of any
//! ([`register::Behandling::speil`]); the document that comes from Folkeregisteret gets it when it is taken in.
//!
//! What lives here: one entry of the log, taken in and told of in one commit with how far the log is read. What does not: reading the log
//! (`hjelpenummerfoelger.rs`), and what is known of whoever has a number (`hjelpenummerdokument.rs`). What a newcomer gets wrong: to tell of a
//! link as of two persons who became one. Folkeregisteret did not say so; it is the help number's own event, for each of the two.

use std::borrow::Cow;
use std::collections::BTreeMap;

use ::hjelpenummer::{Handling, Innfoering, Oppslag};
use identifikator::FellesHjelpenummer;
use informasjonsmodell::entiteter::Folkeregisteridentifikator;
use informasjonsmodell::kodeverk::{Folkeregisteridentifikatortype, Identifikatorstatuskode};
use informasjonsmodell::tekst::Foedselsnummer;
use informasjonsmodell::{Entitet, Innhold, Opplysning, Persondokument, Registermetadata, Tidspunkt};
use register::{Behandling, Lesing, Personnummer};
use tilgang::Tabell;

use crate::hendelse::Kopihendelse;
use crate::hjelpenummerdokument::{TYPE, dokument, endt, tid};
use crate::rader::{self, Feedskriver, Rader};
use crate::{Feil, Kopi, Omfang};

const NESTE: &[u8] = b"j";
const LEDD: &[u8] = b"g";
pub(crate) const INGEN: u64 = 0;
pub(crate) const SKADET: Feil = Feil::Skadet("hjelpenumre");

/// What is known of numbers, by number.
pub(crate) type Kjent = BTreeMap<u64, Oppslag>;
/// Whom something is told of, on which number, and what.
type Fortalt = (Personnummer, u64, Kopihendelse);

pub(crate) fn plassnoekkel(nummer: u64) -> [u8; 9] {
    let [a, b, c, d, e, f, g, h] = nummer.to_be_bytes();
    [b'h', a, b, c, d, e, f, g, h]
}

fn leddprefiks(over: u64) -> [u8; 9] {
    let [a, b, c, d, e, f, g, h] = over.to_be_bytes();
    [b'g', a, b, c, d, e, f, g, h]
}

fn leddnoekkel(over: u64, under: u64) -> Vec<u8> {
    [leddprefiks(over).as_slice(), &under.to_be_bytes()].concat()
}

fn tall(byte: &[u8]) -> Result<u64, Feil> {
    byte.try_into().map(u64::from_be_bytes).map_err(|_| SKADET)
}

pub(crate) fn som_hjelpenummer(nummer: u64) -> Option<FellesHjelpenummer> {
    FellesHjelpenummer::parse(&format!("{nummer:011}")).ok()
}

/// How far the log is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lest {
    /// The entry that is read next.
    pub neste: u64,
    /// What the one before it was: a log that says something else there is not the one that was read.
    pub sist: Vec<u8>,
}

impl Default for Lest {
    /// None of it.
    fn default() -> Self {
        Lest {
            neste: 1,
            sist: Vec::new(),
        }
    }
}

impl Lest {
    /// Up to and with an entry.
    pub fn etter(innfoering: &Innfoering) -> Self {
        Lest {
            neste: innfoering.seq.saturating_add(1),
            sist: kjennemerke(innfoering),
        }
    }
}

pub(crate) fn sett_lest(b: &mut Behandling<'_>, lest: &Lest) -> Result<(), Feil> {
    let byte = [lest.neste.to_be_bytes().as_slice(), &lest.sist].concat();
    Ok(b.sett_sak(NESTE, Some(&byte))?)
}

pub(crate) fn lest(rader: &impl Rader) -> Result<Lest, Feil> {
    let Some(byte) = rader.rad(NESTE)? else {
        return Ok(Lest::default());
    };
    let (neste, sist) = byte.split_first_chunk::<8>().ok_or(SKADET)?;
    Ok(Lest {
        neste: u64::from_be_bytes(*neste),
        sist: sist.to_vec(),
    })
}

/// An entry as it is recognised by. The number is drawn, so two that were never the same are not told apart once in a hundred million.
pub(crate) fn kjennemerke(innfoering: &Innfoering) -> Vec<u8> {
    let (hva, over) = match innfoering.handling {
        Handling::Utstedt => (1, INGEN),
        Handling::Revidert => (2, INGEN),
        Handling::Knyttet { over } => (3, over),
        Handling::Loest { over } => (4, over),
    };
    let mut ut = innfoering.nummer.to_u64().to_be_bytes().to_vec();
    ut.extend_from_slice(&innfoering.tid_s.to_be_bytes());
    ut.extend_from_slice(&over.to_be_bytes());
    ut.push(hva);
    ut
}

/// The number that a help number is under, as far as the log is read: [`INGEN`] where it is its own; none of one the copy has not met.
pub(crate) fn over(rader: &impl Rader, nummer: u64) -> Result<Option<u64>, Feil> {
    rader.rad(&plassnoekkel(nummer))?.map(|byte| tall(&byte)).transpose()
}

/// Whether any help number is under another: else no document has one.
pub(crate) fn har_knyttede(b: &Behandling<'_>) -> Result<bool, Feil> {
    Ok(b.har_sak(LEDD)?)
}

fn nummeret(opplysning: &Opplysning) -> Option<u64> {
    match &opplysning.innhold {
        Innhold::Identifikasjonsnummer(i) => i.foedselsnummer.som_tekst().parse().ok(),
        _ => None,
    }
}

fn er_hjelpenummer(opplysning: &Opplysning) -> bool {
    nummeret(opplysning).and_then(som_hjelpenummer).is_some()
}

/// Whether a document says that somebody has a help number: the source has none to give.
pub(crate) fn har_hjelpenummer(dokument: &Persondokument) -> bool {
    dokument.av(Entitet::Identifikasjonsnummer).any(er_hjelpenummer)
}

/// A document as it came, without what was added here.
pub(crate) fn uten_hjelpenumre(mut dokument: Persondokument) -> Persondokument {
    dokument.opplysninger.retain(|opplysning| !er_hjelpenummer(opplysning));
    dokument
}

/// A document with the help numbers that are under any of its numbers: ended, as any number that another has taken the place of.
pub(crate) fn med_knyttede<'d>(
    b: &Behandling<'_>,
    dokument: &'d Persondokument,
) -> Result<Cow<'d, Persondokument>, Feil> {
    let mut under: BTreeMap<u64, i64> = BTreeMap::new();
    for nummer in dokument.av(Entitet::Identifikasjonsnummer).filter_map(nummeret) {
        let prefiks = leddprefiks(nummer);
        for (noekkel, verdi) in b.rader(&prefiks, usize::MAX)? {
            let nummer = tall(noekkel.get(prefiks.len()..).ok_or(SKADET)?)?;
            under.insert(nummer, i64::from_be_bytes(verdi.try_into().map_err(|_| SKADET)?));
        }
    }
    if under.is_empty() {
        return Ok(Cow::Borrowed(dokument));
    }
    let mut ut = dokument.clone();
    let er_nummer = |o: &Opplysning| o.entitet() == Entitet::Identifikasjonsnummer;
    let plass = ut.opplysninger.iter().rposition(er_nummer).map_or(0, |plass| plass + 1);
    let nye: Vec<Opplysning> = under
        .into_iter()
        .map(|(nummer, fra_s)| knyttet(nummer, tid(fra_s)?))
        .collect::<Result<_, Feil>>()?;
    ut.opplysninger.splice(plass..plass, nye);
    Ok(Cow::Owned(ut))
}

fn knyttet(nummer: u64, tidspunkt: Tidspunkt) -> Result<Opplysning, Feil> {
    Ok(Opplysning {
        metadata: Registermetadata {
            ajourholdstidspunkt: Some(tidspunkt),
            er_gjeldende: Some(false),
            opphoerstidspunkt: Some(tidspunkt),
            ..Registermetadata::default()
        },
        innhold: Innhold::Identifikasjonsnummer(Folkeregisteridentifikator {
            status: Identifikatorstatuskode::Opphoert,
            foedselsnummer: Foedselsnummer::new(&format!("{nummer:011}")).ok_or(SKADET)?,
            identifikatortype: Folkeregisteridentifikatortype::Annen(TYPE.into()),
            ukjente: serde_json::Map::new(),
        }),
    })
}

impl Kopi {
    /// Takes entries of the log in, in their order, and tells of each: all of it or nothing, and on the disk when this returns. Gives how many events
    /// that was, over all views. Those before the one that is next have been taken in, and are passed by.
    ///
    /// `kjent`: what is known of every help number that the entries name.
    ///
    /// Source: Person API, `CreatedAlternateIdentificationNumber` and `UpdatedAlternateIdentificationNumber`; PREG reference 4.10: which
    /// operation raises which.
    pub(crate) fn ta_inn_hjelpenumre(
        &self,
        innfoeringer: &[Innfoering],
        kjent: &Kjent,
        tidspunkt: Tidspunkt,
    ) -> Result<u64, Feil> {
        self.med_inntak((kjent, tidspunkt, false), |inntak, b| {
            let mut sted = lest(b)?;
            let foerste = sted.neste;
            let mut fortalt = Vec::new();
            for innfoering in innfoeringer.iter().filter(|i| i.seq >= foerste) {
                if innfoering.seq != sted.neste {
                    return Err(Feil::Skadet("loggen over hjelpenumre har hull"));
                }
                inntak.ta_inn(b, innfoering, &mut fortalt)?;
                sted = Lest::etter(innfoering);
            }
            sett_lest(b, &sted)?;
            fortell(b, &fortalt)
        })
    }

    /// One commit, in which help numbers are taken in; gives what `gjoer` does.
    pub(crate) fn med_inntak(
        &self,
        (kjent, tidspunkt, avstemmer): (&Kjent, Tidspunkt, bool),
        gjoer: impl FnOnce(&Inntak<'_, '_>, &mut Behandling<'_>) -> Result<u64, Feil>,
    ) -> Result<u64, Feil> {
        let (antall, _) = self
            .register()
            .behandle(tidspunkt.sekunder(), |b| -> Result<u64, Feil> {
                b.speilende();
                // Nobody else writes meanwhile: what came of the source is there as it is now.
                let les = self.register().les()?;
                let inntak = Inntak {
                    les: &les,
                    kjent,
                    tidspunkt,
                    avstemmer,
                };
                gjoer(&inntak, b)
            })?;
        Ok(antall)
    }
}

/// One commit's taking in.
pub(crate) struct Inntak<'i, 'r> {
    /// What was there before this commit.
    pub les: &'i Lesing<'r>,
    pub kjent: &'i Kjent,
    pub tidspunkt: Tidspunkt,
    /// A number that nothing is known of has ended; else it cannot be.
    pub avstemmer: bool,
}

impl Inntak<'_, '_> {
    fn ta_inn(&self, b: &mut Behandling<'_>, innfoering: &Innfoering, ut: &mut Vec<Fortalt>) -> Result<(), Feil> {
        let nummer = innfoering.nummer.to_u64();
        let mut annen = None;
        let hendelse = match innfoering.handling {
            Handling::Utstedt => {
                b.sett_sak(&plassnoekkel(nummer), Some(&INGEN.to_be_bytes()))?;
                self.eget(b, nummer)?;
                Kopihendelse::HjelpenummerUtstedt
            }
            Handling::Revidert => {
                self.eget(b, nummer)?;
                Kopihendelse::HjelpenummerEndret
            }
            Handling::Knyttet { over: ny } => {
                self.flytt(b, nummer, ny, innfoering.tid_s)?;
                annen = self.over(b, ny)?;
                Kopihendelse::HjelpenummerEndret
            }
            Handling::Loest { over } => {
                self.flytt(b, nummer, INGEN, innfoering.tid_s)?;
                // First the one that leaves, so that it is its own again; then what is left says that it has left.
                self.eget(b, nummer)?;
                annen = self.over(b, over)?;
                Kopihendelse::HjelpenummerEndret
            }
        };
        let person = b.eier(nummer)?.ok_or(SKADET)?;
        ut.push((person, nummer, hendelse));
        ut.extend(
            annen
                .filter(|annen| *annen != person)
                .map(|annen| (annen, nummer, hendelse)),
        );
        Ok(())
    }

    pub fn flytt(&self, b: &mut Behandling<'_>, nummer: u64, til: u64, tid_s: i64) -> Result<(), Feil> {
        let fra = over(b, nummer)?.ok_or(SKADET)?;
        if fra != INGEN {
            b.sett_sak(&leddnoekkel(fra, nummer), None)?;
        }
        if til != INGEN {
            b.sett_sak(&leddnoekkel(til, nummer), Some(&tid_s.to_be_bytes()))?;
        }
        Ok(b.sett_sak(&plassnoekkel(nummer), Some(&til.to_be_bytes()))?)
    }

    /// Takes in what is known of a help number that is under no other.
    pub fn eget(&self, b: &mut Behandling<'_>, nummer: u64) -> Result<(), Feil> {
        if over(b, nummer)? == Some(INGEN) {
            let eget = match self.kjent.get(&nummer) {
                Some(oppslag) => dokument(oppslag)?,
                None if self.avstemmer => endt(som_hjelpenummer(nummer).ok_or(SKADET)?)?,
                None => return Err(SKADET),
            };
            let eget = med_knyttede(b, &eget)?;
            b.speil(&eget, self.tidspunkt)?;
        }
        Ok(())
    }

    /// Takes in the person that a number is under, with the help numbers that are under it now. None: the copy has nobody by that number yet;
    /// when it has, they are found by what is written here.
    pub fn over(&self, b: &mut Behandling<'_>, over: u64) -> Result<Option<Personnummer>, Feil> {
        if som_hjelpenummer(over).is_some() {
            self.eget(b, over)?;
            return Ok(b.finn(&format!("{over:011}"))?);
        }
        let Some(person) = self.les.finn_nummer(over)? else {
            return Ok(None);
        };
        if let Some(dokument) = self.les.eksporter(person)? {
            let dokument = uten_hjelpenumre(dokument);
            b.speil(&*med_knyttede(b, &dokument)?, self.tidspunkt)?;
        }
        Ok(Some(person))
    }
}

/// Tells each view, in order.
///
/// Source: access matrix: identification numbers are shown in every scope.
pub(crate) fn fortell(b: &mut Behandling<'_>, hendelser: &[Fortalt]) -> Result<u64, Feil> {
    let ser = |omfang: &Omfang| {
        let rett = Tabell::felles().rett(omfang.projeksjon());
        rett.kan.har(Entitet::Identifikasjonsnummer)
    };
    let (mut skriver, mut fortalt) = (Feedskriver::default(), 0);
    for (person, nummer, hendelse) in hendelser {
        let mut sist = rader::person_sist(b, *person)?;
        for (plass, omfang) in Omfang::ALLE.into_iter().enumerate().filter(|(_, omfang)| ser(omfang)) {
            let gitt = skriver.legg_til(b, omfang, *person, *hendelse, *nummer)?;
            fortalt += 1;
            if let Some(plass) = sist.get_mut(plass) {
                *plass = gitt;
            }
        }
        rader::sett_person_sist(b, *person, sist)?;
    }
    skriver.lukk(b)?;
    Ok(fortalt)
}
