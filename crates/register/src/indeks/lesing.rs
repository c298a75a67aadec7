//! Reading: where terms lead, for one projection at one moment.

use std::borrow::Cow;
use std::sync::Arc;

use lager::{Les, Tabell};
use tilgang::{Projeksjon, Publikum};

use super::blokkmengde::Blokkmengde;
use super::mengde::{Oversikt, kortsegl, les_mengde};
use super::minne::{Grunnlag, Minne, Rom};
use super::treff::{Blokkleser, Blokkrad, Intervalldel, Termbilde, Treff};
use super::{Indeks, Merke, Noekkel, ORDBOK, REGISTER, SKADET, begynnelse, hent, hver_tekst, les_noekkel, noekkel};
use crate::Feil;

/// The index, as one projection may be led by it, at one moment.
pub struct Indekslesing<'l> {
    tabell: Tabell,
    les: &'l Les<'l>,
    projeksjon: Projeksjon,
    /// Of its publics, the ones with this projection in them are read.
    grunnlag: Grunnlag,
    minne: &'l Minne,
}

impl std::fmt::Debug for Indekslesing<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Indekslesing")
    }
}

/// What is kept in memory: a term, all that begin so, several as one, or a range of them.
#[derive(Clone, Copy)]
enum Sporsmaal {
    Term = 0,
    Begynnelse = 1,
    Noen = 2,
    Intervall = 3,
}

impl<'l> Indekslesing<'l> {
    pub(crate) fn new(
        indeks: &'l Indeks,
        meta: Tabell,
        les: &'l Les<'l>,
        projeksjon: Projeksjon,
        personer: impl FnOnce() -> Result<u32, Feil>,
    ) -> Result<Self, Feil> {
        let grunnlag = indeks.minne.grunnlag(les.id(), || {
            indeks.minne.gi_plass(personer()?);
            let sted = indeks.sted(meta, les)?.ok_or(Feil::Skadet("indeksen mangler"))?;
            Ok::<_, Feil>(Grunnlag {
                publikum: publikum(sted.tabell, les)?.into(),
                tabell: sted.tabell,
                noekkel: sted.noekkel,
            })
        })?;
        Ok(Indekslesing {
            tabell: grunnlag.tabell,
            les,
            grunnlag,
            projeksjon,
            minne: &indeks.minne,
        })
    }

    fn mine(&self) -> impl Iterator<Item = Publikum> + '_ {
        self.grunnlag
            .publikum
            .iter()
            .copied()
            .filter(|p| p.har(self.projeksjon))
    }

    /// Where a term leads.
    ///
    /// # Errors
    /// [`Feil`] if the index is damaged.
    pub fn term(&self, slag: u8, verdi: &[u8]) -> Result<Treff, Feil> {
        self.husket(Sporsmaal::Term, &[&[slag], verdi], || {
            let merke = self.grunnlag.noekkel.merke(&term(slag, verdi));
            let mut deler = Vec::new();
            self.les_term(merke, &mut deler)?;
            Ok(Termbilde::new(&[merke], deler))
        })
    }

    /// Where terms of a kind lead, as one.
    ///
    /// # Errors
    /// [`Feil`] if the index is damaged.
    pub fn noen(&self, termer: &[(u8, &[u8])]) -> Result<Treff, Feil> {
        if let [(slag, verdi)] = termer {
            return self.term(*slag, verdi);
        }
        let mut deler = Vec::with_capacity(termer.len() * 3);
        let hoder: Vec<[u8; 3]> = termer
            .iter()
            .map(|(slag, verdi)| {
                let [a, b] = u16::try_from(verdi.len()).unwrap_or(u16::MAX).to_be_bytes();
                [*slag, a, b]
            })
            .collect();
        for (hode, (_, verdi)) in hoder.iter().zip(termer) {
            deler.extend_from_slice(&[hode.as_slice(), verdi]);
        }
        self.husket(Sporsmaal::Noen, &deler, || {
            let merker: Vec<Merke> = termer
                .iter()
                .map(|(s, v)| self.grunnlag.noekkel.merke(&term(*s, v)))
                .collect();
            let mut deler = Vec::new();
            for merke in &merker {
                self.les_term(*merke, &mut deler)?;
            }
            Ok(Termbilde::new(&merker, deler))
        })
    }

    // The first rows of a term.
    fn les_term(&self, merke: Merke, ut: &mut Vec<(Publikum, Merke, Oversikt)>) -> Result<(), Feil> {
        for publikum in self.mine() {
            if let Some(byte) = self.hent(&noekkel(publikum, &merke, REGISTER))? {
                ut.push((publikum, merke, Oversikt::les(&byte)?));
            }
        }
        Ok(())
    }

    /// Where all terms of a kind lead whose text begins so; at least three characters.
    ///
    /// # Errors
    /// [`Feil`] if the index is damaged.
    pub fn som_begynner(&self, slag: u8, start: &str) -> Result<Treff, Feil> {
        self.husket(Sporsmaal::Begynnelse, &[&[slag], start.as_bytes()], || {
            let begynnelse = self.grunnlag.noekkel.merke(&begynnelse(slag, start));
            let (mut merker, mut deler) = (vec![begynnelse], Vec::new());
            for publikum in self.mine() {
                let Some(byte) = self.hent(&noekkel(publikum, &begynnelse, ORDBOK))? else {
                    continue;
                };
                hver_tekst(&byte, |tekst| {
                    if tekst.starts_with(start) {
                        let merke = self.grunnlag.noekkel.merke(&term(slag, tekst.as_bytes()));
                        // A text is listed while somebody has it.
                        let byte = self.hent(&noekkel(publikum, &merke, REGISTER))?.ok_or(SKADET)?;
                        merker.push(merke);
                        deler.push((publikum, merke, Oversikt::les(&byte)?));
                    }
                    Ok(())
                })?;
            }
            Ok(Termbilde::new(&merker, deler))
        })
    }

    /// Where the terms of a range lead, kept as one under what the range is called; no other terms may go by that. Its
    /// values are kept too, alone and in tens: they are parts of many ranges.
    ///
    /// # Errors
    /// [`Feil`] if the index is damaged.
    pub fn intervall(
        &self,
        slag: u8,
        navn: &[&[u8]],
        verdier: impl FnOnce() -> Vec<Intervalldel>,
    ) -> Result<Treff, Feil> {
        let mut sted: Vec<&[u8]> = vec![std::slice::from_ref(&slag)];
        sted.extend_from_slice(navn);
        self.som_en(Rom::Intervaller, slag, &sted, verdier)
    }

    fn som_en(
        &self,
        rom: Rom,
        slag: u8,
        sted: &[&[u8]],
        verdier: impl FnOnce() -> Vec<Intervalldel>,
    ) -> Result<Treff, Feil> {
        self.husket_i(rom, Sporsmaal::Intervall, sted, || {
            let verdier = verdier();
            let mut treff = Treff::default();
            for verdi in &verdier {
                treff.og(self.intervalldel(slag, verdi)?);
            }
            Ok(Termbilde::av_flere(slag, verdier.into(), &treff))
        })
    }

    // From memory, or else read and kept there.
    fn husket(
        &self,
        sporsmaal: Sporsmaal,
        hva: &[&[u8]],
        les: impl FnOnce() -> Result<Termbilde, Feil>,
    ) -> Result<Treff, Feil> {
        self.husket_i(Rom::Termer, sporsmaal, hva, les)
    }

    fn husket_i(
        &self,
        rom: Rom,
        sporsmaal: Sporsmaal,
        hva: &[&[u8]],
        les: impl FnOnce() -> Result<Termbilde, Feil>,
    ) -> Result<Treff, Feil> {
        let (kontroll, transaksjon) = (self.grunnlag.noekkel.kontroll(), self.les.id());
        let mut sted = Vec::with_capacity(64);
        sted.extend_from_slice(&[self.projeksjon as u8, sporsmaal as u8]);
        hva.iter().for_each(|del| sted.extend_from_slice(del));
        let bilde = match self.minne.hent(rom, kontroll, &sted, transaksjon) {
            Some(bilde) => bilde,
            None => {
                let bilde = Arc::new(les()?);
                self.minne.husk(rom, kontroll, &sted, transaksjon, &bilde);
                bilde
            }
        };
        // One that leads nobody is there too: what it is a part of depends on it.
        Ok(bilde.into())
    }

    /// Everybody whom a term leads to, in rising order, each once.
    ///
    /// # Errors
    /// [`Feil`] if the index is damaged.
    pub fn liste(&self, treff: &Treff) -> Result<Vec<u32>, Feil> {
        treff.liste(self)
    }

    /// Leaves those of a list whom a term leads to as well. The list is in rising order, and stays so.
    ///
    /// # Errors
    /// [`Feil`] if the index is damaged.
    pub fn behold(&self, personer: &mut Vec<u32>, treff: &Treff) -> Result<(), Feil> {
        treff.behold(personer, self)
    }

    /// The persons of a block that a term leads to, by the low 16 bits of their numbers.
    ///
    /// # Errors
    /// [`Feil`] if the index is damaged.
    pub fn personer<'t>(&self, treff: &'t Treff, blokk: u16) -> Result<Cow<'t, Blokkmengde>, Feil> {
        treff.personer(blokk, self)
    }

    /// Those of some persons of a block whom a term leads to as well.
    ///
    /// # Errors
    /// [`Feil`] if the index is damaged.
    pub fn felles(&self, personer: &Blokkmengde, treff: &Treff, blokk: u16) -> Result<Blokkmengde, Feil> {
        treff.felles(personer, blokk, self)
    }

    fn hent(&self, sted: &Noekkel) -> Result<Option<Vec<u8>>, Feil> {
        hent(self.tabell, &self.grunnlag.noekkel, self.les, sted)
    }
}

impl Blokkleser for Indekslesing<'_> {
    fn les(&self, rad: &Blokkrad) -> Result<Blokkmengde, Feil> {
        // The first row says that they are there, and under which seal.
        let forseglet = self.tabell.hent(self.les, &rad.sted)?.ok_or(SKADET)?;
        if kortsegl(forseglet) != rad.segl {
            return Err(SKADET);
        }
        let mengde = les_mengde(&self.grunnlag.noekkel.aapne(&rad.sted, forseglet)?)?;
        if mengde.antall() == u64::from(rad.antall) {
            Ok(mengde)
        } else {
            Err(SKADET)
        }
    }

    fn intervalldel(&self, slag: u8, del: &Intervalldel) -> Result<Treff, Feil> {
        match del {
            Intervalldel::En(verdi) => self.term(slag, verdi),
            Intervalldel::Ti(start) => self.som_en(Rom::Termer, slag, &[&[slag], start, b"*"], || {
                let siste = |siffer| [start, [siffer].as_slice()].concat().into();
                (b'0'..=b'9').map(|siffer| Intervalldel::En(siste(siffer))).collect()
            }),
        }
    }
}

fn term(slag: u8, verdi: &[u8]) -> Vec<u8> {
    let mut ut = Vec::with_capacity(verdi.len() + 1);
    ut.push(slag);
    ut.extend_from_slice(verdi);
    ut
}

fn publikum(tabell: Tabell, les: &Les<'_>) -> Result<Vec<Publikum>, Feil> {
    let mut ut = Vec::new();
    let mut neste = Some(0u16);
    while let Some(fra) = neste {
        let Some(rad) = tabell.fra(les, &fra.to_be_bytes())?.next() else {
            break;
        };
        let (funnet, _, _) = les_noekkel(rad?.0)?;
        ut.push(funnet);
        neste = funnet.tall().checked_add(1);
    }
    Ok(ut)
}
