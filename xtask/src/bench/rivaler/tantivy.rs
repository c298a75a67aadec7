//! tantivy: an index made for these questions, one segment, one thread, no scores; the numbers from a fast field.
//!
//! What is in its favour: our own normal forms and phonetic keys; every beginning of a street's name is a term of its own,
//! so that a prefix is one posting list; years as terms, as a set of terms and as a fast field, of which the fastest
//! counts, and so with the dead left out or the living asked for; names of the past in an index of their own. The index is
//! open and its searcher kept. Nothing is sealed, and everybody may see everything.

use std::ops::Bound;
use std::path::Path;
use std::sync::Arc;

use ::tantivy::collector::{Collector, SegmentCollector};
use ::tantivy::columnar::ColumnValues;
use ::tantivy::query::{BooleanQuery, FuzzyTermQuery, Occur, Query, RangeQuery, TermQuery, TermSetQuery};
use ::tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, NumericOptions, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};
use ::tantivy::{DocId, Index, ReloadPolicy, Score, Searcher, SegmentOrdinal, SegmentReader, TantivyDocument, Term};
use anyhow::{Context, Result};
use register::Register;
use soek::{Adressekriterier, Kriterier, fonetikk};

use super::Rival;
use super::spoersmaal::{Slag, Spoersmaal};
use super::utdrag::{self, Person, husnummer};

/// Memory of the writer.
const SKRIVER_BYTE: usize = 400 << 20;
/// The version that the lock file has.
const VERSJON: &str = "0.27";
/// Letters that a beginning of a street's name has at least.
const BEGYNNELSE_TEGN: usize = 3;

/// The fields of the index of persons.
struct Felt {
    ord: Field,
    lyd: Field,
    fornavn: Field,
    etternavn: Field,
    dato: Field,
    aar: Field,
    aar_tall: Field,
    kjoenn: Field,
    doed: Field,
    gate: Field,
    husnummer: Field,
    postnummer: Field,
    kommune: Field,
    nummer: Field,
}

/// The fields of the index of names, present and past.
struct Navnefelt {
    ord: Field,
    doed: Field,
    nummer: Field,
}

pub struct Tantivy {
    felt: Felt,
    personer: Searcher,
    navnefelt: Navnefelt,
    navnene: Searcher,
    slag: Slag,
    maate: usize,
    byte: u64,
}

fn term_alene() -> TextOptions {
    let indeksert = TextFieldIndexing::default()
        .set_tokenizer("raw")
        .set_fieldnorms(false)
        .set_index_option(IndexRecordOption::Basic);
    TextOptions::default().set_indexing_options(indeksert)
}

impl Felt {
    fn lag(skjema: &mut SchemaBuilder) -> Self {
        let mut term = |navn: &str| skjema.add_text_field(navn, term_alene());
        let (ord, lyd, fornavn, etternavn) = (term("ord"), term("lyd"), term("fornavn"), term("etternavn"));
        let (dato, aar, kjoenn, doed) = (term("dato"), term("aar"), term("kjoenn"), term("doed"));
        let (gate, husnummer) = (term("gate"), term("husnummer"));
        let (postnummer, kommune) = (term("postnummer"), term("kommune"));
        Felt {
            ord,
            lyd,
            fornavn,
            etternavn,
            dato,
            aar,
            aar_tall: skjema.add_u64_field("aar_tall", NumericOptions::from(INDEXED | FAST)),
            kjoenn,
            doed,
            gate,
            husnummer,
            postnummer,
            kommune,
            nummer: skjema.add_u64_field("nummer", FAST),
        }
    }

    fn dokument(&self, person: &Person) -> TantivyDocument {
        let mut ut = TantivyDocument::new();
        if let Some(navn) = person.gjeldende_navn() {
            let mut lyder = Vec::new();
            for ord in navn.ord() {
                ut.add_text(self.ord, ord);
                lyder.extend(fonetikk::keys(ord).iter().map(|n| lyd(n.0)));
            }
            lyder.sort_unstable();
            lyder.dedup();
            lyder.iter().for_each(|l| ut.add_text(self.lyd, l));
            navn.fornavn.iter().for_each(|o| ut.add_text(self.fornavn, o));
            navn.etternavn.iter().for_each(|o| ut.add_text(self.etternavn, o));
        }
        let mut tekst = |felt: Field, verdi: Option<&str>| {
            if let Some(verdi) = verdi {
                ut.add_text(felt, verdi);
            }
        };
        tekst(self.dato, person.foedselsdato.as_deref());
        tekst(self.aar, person.foedselsaar.map(|a| a.to_string()).as_deref());
        tekst(self.kjoenn, person.kjoenn.as_deref());
        tekst(self.doed, Some(doed(person.doed)));
        let bosted = &person.bosted;
        tekst(self.husnummer, bosted.husnummer.map(husnummer).as_deref());
        tekst(self.postnummer, bosted.postnummer.as_deref());
        tekst(self.kommune, bosted.kommune.as_deref());
        if let Some(gate) = &bosted.gate {
            for (plass, tegn) in gate.char_indices().skip(BEGYNNELSE_TEGN - 1) {
                tekst(self.gate, gate.get(..plass + tegn.len_utf8()));
            }
        }
        if let Some(aar) = person.foedselsaar {
            ut.add_u64(self.aar_tall, u64::from(aar));
        }
        ut.add_u64(self.nummer, person.nummer);
        ut
    }
}

fn lyd(byte: [u8; 8]) -> String {
    format!("{:016x}", u64::from_be_bytes(byte))
}

fn doed(er: bool) -> &'static str {
    if er { "1" } else { "0" }
}

/// Gathers the numbers.
struct Numre;

struct Segment {
    kolonne: Arc<dyn ColumnValues<u64>>,
    ut: Vec<u64>,
}

impl Collector for Numre {
    type Fruit = Vec<u64>;
    type Child = Segment;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> ::tantivy::Result<Segment> {
        // Every document has one, so that the values stand by the documents' own numbers.
        let kolonne = segment.fast_fields().u64("nummer")?.values;
        Ok(Segment {
            kolonne,
            ut: Vec::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, deler: Vec<Vec<u64>>) -> ::tantivy::Result<Vec<u64>> {
        Ok(deler.concat())
    }
}

impl SegmentCollector for Segment {
    type Fruit = Vec<u64>;

    fn collect(&mut self, dokument: DocId, _: Score) {
        self.ut.push(self.kolonne.get_val(dokument));
    }

    fn collect_block(&mut self, dokumenter: &[DocId]) {
        let fra = self.ut.len();
        self.ut.resize(fra + dokumenter.len(), 0);
        if let Some(til) = self.ut.get_mut(fra..) {
            self.kolonne.get_vals(dokumenter, til);
        }
    }

    fn harvest(self) -> Vec<u64> {
        self.ut
    }
}

impl Tantivy {
    /// Opens what was made before, or makes it.
    pub fn start(mappe: &Path, register: &Register) -> Result<Self> {
        let mut skjema = Schema::builder();
        let felt = Felt::lag(&mut skjema);
        let personer = aapne(
            &mappe.join("tantivy-personer"),
            skjema.build(),
            register,
            |person, ta| ta(felt.dokument(person)),
        )?;
        let mut skjema = Schema::builder();
        let navnefelt = Navnefelt {
            ord: skjema.add_text_field("ord", term_alene()),
            doed: skjema.add_text_field("doed", term_alene()),
            nummer: skjema.add_u64_field("nummer", FAST),
        };
        let navnene = aapne(&mappe.join("tantivy-navn"), skjema.build(), register, |person, ta| {
            for navn in &person.navn {
                let mut dokument = TantivyDocument::new();
                navn.ord().iter().for_each(|o| dokument.add_text(navnefelt.ord, o));
                dokument.add_text(navnefelt.doed, doed(person.doed));
                dokument.add_u64(navnefelt.nummer, person.nummer);
                ta(dokument)?;
            }
            Ok(())
        })?;
        let byte = |searcher: &Searcher| -> Result<u64> { Ok(searcher.space_usage()?.total().get_bytes()) };
        let byte = byte(&personer)? + byte(&navnene)?;
        Ok(Tantivy {
            felt,
            personer,
            navnefelt,
            navnene,
            slag: Slag::Navn,
            maate: 0,
            byte,
        })
    }

    /// Bytes of the index.
    pub fn stoerrelse(&self, antall: u32) -> Result<String> {
        Ok(format!(
            "- index, tantivy: {:.0} B a person",
            self.byte as f64 / f64::from(antall)
        ))
    }

    fn spoersmaal(&self, spoersmaal: &Spoersmaal) -> Result<Box<dyn Query>> {
        let felt = &self.felt;
        let mut deler: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        match spoersmaal {
            Spoersmaal::Entydig(k) => {
                let siste = k.navn.ord.len().saturating_sub(1);
                for (nr, ord) in k.navn.ord.iter().enumerate() {
                    let felt = match nr {
                        0 => felt.fornavn,
                        nr if nr == siste => felt.etternavn,
                        _ => felt.ord,
                    };
                    deler.push(maa(felt, ord));
                }
                if let Some(dato) = &k.foedselsdato {
                    deler.push(maa(felt.dato, dato));
                }
                self.adresse(&k.adresse, &mut deler);
            }
            Spoersmaal::Soek(k) => self.soek(k, &mut deler)?,
        }
        Ok(Box::new(BooleanQuery::new(deler)))
    }

    fn soek(&self, k: &Kriterier, deler: &mut Vec<(Occur, Box<dyn Query>)>) -> Result<()> {
        let felt = &self.felt;
        if k.historisk {
            deler.extend(k.navn.ord.iter().map(|ord| maa(self.navnefelt.ord, ord)));
            deler.push(self.levende(self.navnefelt.doed));
            return Ok(());
        }
        for ord in &k.navn.ord {
            deler.push(if self.slag == Slag::Omtrent {
                let omtrent = FuzzyTermQuery::new(Term::from_field_text(felt.ord, ord), 1, true);
                (Occur::Must, Box::new(omtrent))
            } else if k.navn.fonetisk {
                let lyder = fonetikk::keys(ord);
                let lyder = lyder.iter().map(|n| term(felt.lyd, &lyd(n.0)));
                (Occur::Must, noen(lyder.collect()))
            } else {
                maa(felt.ord, ord)
            });
        }
        if let Some(kjoenn) = &k.kjoenn {
            deler.push(maa(felt.kjoenn, kjoenn));
        }
        if let Some(dato) = &k.foedselsdato {
            deler.push(maa(felt.dato, dato));
        }
        if let (Some(fra), Some(til)) = (k.foedselsaar_fra, k.foedselsaar_til) {
            let aar = || (fra..=til).map(|aar| Term::from_field_text(felt.aar, &aar.to_string()));
            deler.push((
                Occur::Must,
                match self.maate / 2 {
                    0 => noen(aar().map(alene).collect()),
                    1 => Box::new(TermSetQuery::new(aar())),
                    _ => {
                        let grense = |aar: u16| Bound::Included(Term::from_field_u64(felt.aar_tall, u64::from(aar)));
                        Box::new(RangeQuery::new(grense(fra), grense(til)))
                    }
                },
            ));
        }
        self.adresse(&k.adresse, deler);
        deler.push(self.levende(felt.doed));
        Ok(())
    }

    fn levende(&self, felt: Field) -> (Occur, Box<dyn Query>) {
        if self.maate.is_multiple_of(2) {
            (Occur::MustNot, term(felt, doed(true)))
        } else {
            maa(felt, doed(false))
        }
    }

    fn adresse(&self, adresse: &Adressekriterier, deler: &mut Vec<(Occur, Box<dyn Query>)>) {
        let felt = &self.felt;
        let hus = adresse.husnummer.map(husnummer);
        for (felt, verdi) in [
            (felt.gate, &adresse.gate),
            (felt.husnummer, &hus),
            (felt.postnummer, &adresse.postnummer),
            (felt.kommune, &adresse.kommunenummer),
        ] {
            if let Some(verdi) = verdi {
                deler.push(maa(felt, verdi));
            }
        }
    }
}

fn alene(term: Term) -> Box<dyn Query> {
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

fn term(felt: Field, verdi: &str) -> Box<dyn Query> {
    alene(Term::from_field_text(felt, verdi))
}

fn maa(felt: Field, verdi: &str) -> (Occur, Box<dyn Query>) {
    (Occur::Must, term(felt, verdi))
}

fn noen(mut deler: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    if deler.len() == 1
        && let Some(en) = deler.pop()
    {
        return en;
    }
    Box::new(BooleanQuery::new(
        deler.into_iter().map(|d| (Occur::Should, d)).collect(),
    ))
}

fn aapne(
    mappe: &Path,
    skjema: Schema,
    register: &Register,
    lag: impl Fn(&Person, &mut dyn FnMut(TantivyDocument) -> Result<()>) -> Result<()>,
) -> Result<Searcher> {
    // The index of a run that was stopped is not whole.
    let ferdig = mappe.join("ferdig");
    if !ferdig.exists() {
        if mappe.exists() {
            std::fs::remove_dir_all(mappe)?;
        }
        std::fs::create_dir_all(mappe)?;
        let indeks = Index::create_in_dir(mappe, skjema)?;
        let mut skriver = indeks.writer_with_num_threads::<TantivyDocument>(1, SKRIVER_BYTE)?;
        let les = register.les()?;
        for plass in 1..=register.antall_personer()? {
            let Some(person) = utdrag::les(&les, plass)? else {
                continue;
            };
            lag(&person, &mut |dokument| {
                skriver.add_document(dokument)?;
                Ok(())
            })?;
        }
        skriver.commit()?;
        skriver.wait_merging_threads()?;
        let mut skriver = indeks.writer_with_num_threads::<TantivyDocument>(1, SKRIVER_BYTE)?;
        let segmenter = indeks.searchable_segment_ids()?;
        if segmenter.len() > 1 {
            skriver.merge(&segmenter).wait()?;
        }
        skriver.garbage_collect_files().wait()?;
        skriver.wait_merging_threads()?;
        std::fs::write(&ferdig, b"")?;
    }
    let indeks = Index::open_in_dir(mappe)?;
    let leser = indeks.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
    let searcher = leser.searcher();
    (searcher.segment_readers().len() == 1)
        .then_some(searcher)
        .context("tantivy har mer enn ett segment")
}

impl Rival for Tantivy {
    fn navn(&self) -> String {
        format!("tantivy {VERSJON}")
    }

    fn maater(&self, slag: Slag) -> usize {
        match slag {
            Slag::EntydigNavnDato | Slag::EntydigNavnGateNummer => 1,
            Slag::Flere | Slag::HundreTreff | Slag::TitusenTreff => 6,
            _ => 2,
        }
    }

    fn velg(&mut self, slag: Slag, maate: usize) -> Result<()> {
        self.slag = slag;
        self.maate = maate;
        Ok(())
    }

    fn spoer(&mut self, spoersmaal: &Spoersmaal) -> Result<usize> {
        Ok(self.numre(spoersmaal)?.len())
    }

    fn numre(&mut self, spoersmaal: &Spoersmaal) -> Result<Vec<u64>> {
        let historisk = matches!(spoersmaal, Spoersmaal::Soek(k) if k.historisk);
        let searcher = if historisk { &self.navnene } else { &self.personer };
        let mut numre = searcher.search(self.spoersmaal(spoersmaal)?.as_ref(), &Numre)?;
        if historisk {
            numre.sort_unstable();
            numre.dedup();
        }
        // Several fit: nobody is meant.
        if matches!(spoersmaal, Spoersmaal::Entydig(_)) && numre.len() > 1 {
            numre.clear();
        }
        Ok(numre)
    }
}
