//! A register that is a copy of another: documents are taken in as the source says them, also who is one person and who is two.
//!
//! What lives here: how one document becomes the copy's record, and what changed by it in what each projection is shown. What does
//! not: where documents come from, and who is told of what (`helsekopi`). No feed of the register hears of a copy's changes.
//!
//! The one thing a newcomer gets wrong: a document says nothing of who anybody was. Two persons of the copy whose numbers stand in
//! one document are one by now, and a number that stands in a document of somebody else than its owner here has been split off.
//!
//! ```text
//!  document of A: numbers a, b        copy: A has a, B has b         B ends, and A takes its numbers
//!  document of B: number b            copy: A has a, b (B within)    B is somebody again
//!  document of B: number b            copy: A has a, b               A gives b up, and B is new
//! ```

use std::collections::BTreeMap;

use informasjonsmodell::{Entitet, Hendelsestype, Lesefeil, Persondokument, Tidspunkt};
use tilgang::{Entitetsmengde, Projeksjon};

use crate::Feil;
use crate::behandling::Behandling;
use crate::lesing::{Personnummer, som_tekst};
use crate::post::{Hode, Personpost};
use crate::rad::Slutt;
use crate::transaksjon::{Transaksjon, er_noen, post_av};
use crate::utsending::synlig_endret;
use crate::{endring, kontakt};

/// Reads a document as a consumer is shown it. The address of an estate's contact, which the model requires, may have been withheld:
/// it is then as one that was erased.
///
/// # Errors
/// [`Lesefeil`] with the place and the rule, never the value.
pub fn les_vist(mut dokument: serde_json::Value) -> Result<Persondokument, Lesefeil> {
    let boer = dokument.get_mut(Entitet::KontaktinformasjonForDoedsbo.navn());
    for bo in boer.and_then(serde_json::Value::as_array_mut).into_iter().flatten() {
        if let serde_json::Value::Object(felt) = bo {
            felt.entry("adresse").or_insert_with(kontakt::slettet_adresse);
        }
    }
    Persondokument::les(dokument)
}

/// What a write to a copy changed of one person, as each projection sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speilendring {
    /// Who.
    pub person: Personnummer,
    /// The number in use, or the last that was; of whoever was merged, its own last one.
    pub nummer: u64,
    /// The copy did not have the person before.
    pub ny: bool,
    /// The person was merged into another in this write.
    pub opphoert: bool,
    /// What changed in what each of the projections asked for is shown; those in which nothing did are left out.
    pub synlig: Vec<(Projeksjon, Entitetsmengde)>,
}

impl Behandling<'_> {
    /// Makes this a write to a copy: no feed of the register hears of it, and [`Behandling::speilet`] tells what changed.
    ///
    /// To be called before anything else.
    pub fn speilende(&mut self) {
        self.deler().0.speil = Some(BTreeMap::new());
    }

    /// Takes a document of the source in: a new person, or the present state of one that is known. Gives who it is.
    ///
    /// Persons whose numbers it has become one; a number of it that somebody else has here is taken from them.
    ///
    /// # Errors
    /// [`Feil::Regel`] if the document cannot be a person. The whole write is then to be given up.
    pub fn speil(&mut self, dokument: &Persondokument, tidspunkt: Tidspunkt) -> Result<Personnummer, Feil> {
        self.deler().0.speil_dokument(dokument, tidspunkt).map(Personnummer)
    }

    /// The person whose own a number is: of one who was merged into another, the one who was merged.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn eier(&mut self, nummer: u64) -> Result<Option<Personnummer>, Feil> {
        let transaksjon = self.deler().0;
        let Some(over) = transaksjon.finn_tall(nummer)? else {
            return Ok(None);
        };
        Ok(transaksjon.vei_til(over, nummer)?.last().copied().map(Personnummer))
    }

    /// Everybody of whom something changed in this write to a copy, for some projections, in the order of their numbers here.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn speilet(&mut self, projeksjoner: &[Projeksjon]) -> Result<Vec<Speilendring>, Feil> {
        self.deler().0.speilendringer(projeksjoner)
    }
}

impl Transaksjon<'_> {
    fn speil_dokument(&mut self, dokument: &Persondokument, tidspunkt: Tidspunkt) -> Result<u32, Feil> {
        let serier = self.nummerserier();
        let hode = post_av(dokument, self.hendelse(tidspunkt)?, serier)?.hode;
        let samme = self.rydd_numre(&hode, tidspunkt)?;
        let foerste = hode.gjeldende_nummer();
        let mut over = None;
        for person in &samme {
            let deres = self.aapen(*person)?.post.hode.gjeldende_nummer();
            if over.is_none() || deres == foerste {
                over = Some(*person);
            }
        }
        let Some(over) = over else {
            let person = self.opprett(dokument, tidspunkt)?;
            self.meld_grader(tidspunkt)?;
            return Ok(person);
        };
        for under in samme.into_iter().filter(|p| *p != over) {
            let hendelse = self.hendelse(tidspunkt)?;
            self.avslutt_som_dublett(under, over, tidspunkt)?;
            let aapen = self.aapen(over)?;
            aapen.post.hode.overtatt.push(under);
            aapen.endret = true;
            // Protected as the one who lives on is; what the document says of that comes next, for all of them.
            let vern = aapen.post.hode.vern;
            for annen in self.etterkommere(over)? {
                self.arv_vern(annen, vern, hendelse)?;
            }
        }
        self.oppdater(over, dokument, tidspunkt)?;
        self.meld_grader(tidspunkt)?;
        Ok(over)
    }

    /// Takes the numbers of a document from those who are somebody else, and gives those of the copy who are this person.
    fn rydd_numre(&mut self, hode: &Hode, tidspunkt: Tidspunkt) -> Result<Vec<u32>, Feil> {
        let mut samme = Vec::new();
        for nummer in &hode.numre {
            // A splitting moves several numbers at once, and may have to be done level by level.
            while let Some(person) = self.finn_tall(nummer.verdi)? {
                let deres = self
                    .aapen(person)?
                    .post
                    .hode
                    .gjeldende_nummer()
                    .ok_or(Feil::Skadet("hode"))?;
                if hode.har(deres) {
                    if !samme.contains(&person) {
                        samme.push(person);
                    }
                    break;
                }
                match self.kan_splittes(person, nummer.verdi, hode)? {
                    Some(tilbake) => {
                        let (gjeldende, tilbake) = (som_tekst(deres), som_tekst(tilbake));
                        self.splitt(&gjeldende, &tilbake, tidspunkt)?;
                    }
                    None => {
                        self.gi_fra_seg(person, nummer.verdi, tidspunkt)?;
                        break;
                    }
                }
            }
        }
        Ok(samme)
    }

    /// The number in use of whoever was merged into a person with a number, if the document has all that is theirs: nobody else's
    /// number would go with them.
    fn kan_splittes(&mut self, person: u32, nummer: u64, hode: &Hode) -> Result<Option<u64>, Feil> {
        let mut vei = self.vei_til(person, nummer)?;
        let Some(under) = vei.pop().filter(|under| *under != person) else {
            return Ok(None);
        };
        let deres = self.aapen(under)?.post.hode.clone();
        if !deres.numre.iter().all(|n| hode.har(n.verdi)) {
            return Ok(None);
        }
        for paa_veien in vei {
            let igjen = &self.aapen(paa_veien)?.post.hode.numre;
            if igjen.iter().all(|n| deres.har(n.verdi)) {
                return Ok(None);
            }
        }
        Ok(deres.gjeldende_nummer())
    }

    /// Takes a number from a person to whom it never belonged, as the source says now. Nobody has it afterwards.
    fn gi_fra_seg(&mut self, person: u32, nummer: u64, tidspunkt: Tidspunkt) -> Result<(), Feil> {
        let hendelse = self.hendelse(tidspunkt)?;
        // Those merged into the person may say that they have it too.
        let mut alle = vec![person];
        alle.extend(self.etterkommere(person)?);
        let foer = self.aapen(person)?.post.clone();
        for denne in alle {
            let aapen = self.aapen(denne)?;
            let mut funnet = false;
            for rad in &mut aapen.post.rader {
                let er = rad.entitet == Some(Entitet::Identifikasjonsnummer) && rad.holdt();
                if er && endring::nummer_i(rad) == Some(nummer) {
                    rad.til = Some((hendelse.seq.0, Slutt::Annullert));
                    funnet = true;
                }
            }
            if funnet {
                let vern = aapen.post.hode.vern;
                endring::oppdater_hode(&mut aapen.post)?;
                aapen.post.hode.vern = vern;
                aapen.endret = true;
            }
        }
        self.fjern_identifikator(nummer)?;
        let naa = self
            .aapen(person)?
            .post
            .hode
            .gjeldende_nummer()
            .ok_or(Feil::Skadet("hode"))?;
        self.foer_journal(person, Hendelsestype::PersonErOppdatert, naa, tidspunkt, &foer)
    }

    fn speilendringer(&mut self, projeksjoner: &[Projeksjon]) -> Result<Vec<Speilendring>, Feil> {
        let foer = self.speil.take().ok_or(Feil::Skadet("ikke en kopi"))?;
        let mut ut = Vec::new();
        for (person, foer) in &foer {
            let aapen = self.aapen(*person)?;
            if !aapen.endret {
                continue;
            }
            let post = &aapen.post;
            // Somebody merged whose last number is another's by now: nobody, then and now.
            let Some(nummer) = post.hode.gjeldende_nummer() else {
                continue;
            };
            let (ny, var) = (foer.rader.is_empty(), er_noen(foer).is_some());
            let opphoert = var && er_noen(post).is_none();
            let tom = Personpost::default();
            let (endret, _) = synlig_endret(if var { foer } else { &tom }, er_noen(post), projeksjoner);
            ut.push(Speilendring {
                person: Personnummer(*person),
                nummer,
                ny,
                opphoert,
                synlig: endret.into_iter().filter(|(_, e)| !e.er_tom()).collect(),
            });
        }
        self.speil = Some(foer);
        Ok(ut)
    }
}
