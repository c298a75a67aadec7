//! The labelled set: reads the groups and draws the pairs.
//!
//! True pairs are all pairs within a group. Near pairs are names of the same kind from different groups that are at
//! most two edits apart, one where the shorter has at most four letters, or that Soundex takes for the same. Of them
//! those with the least hash are taken, so a change to one group moves few others.

use std::collections::BTreeMap;
use std::fmt::Write as _;

pub const FIL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/navnepar.tsv");
const GRUPPER: &str = include_str!("../../data/navnegrupper.tsv");
/// Class of a name that stands alone.
pub const ENKELT: &str = "enkelt";
/// Near pairs that are drawn.
const NAERE: usize = 6_000;
const KORT_NAVN: usize = 4;

pub struct Gruppe {
    pub slag: String,
    pub klasse: String,
    pub varianter: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merke {
    Lik,
    Ulik,
}

#[derive(Clone, Debug)]
pub struct Par {
    pub a: String,
    pub b: String,
    pub merke: Merke,
    pub klasse: String,
    pub del: char,
}

pub fn grupper() -> Vec<Gruppe> {
    let linjer = GRUPPER.lines().filter(|l| !l.starts_with('#'));
    linjer
        .map(|linje| {
            let felt: Vec<&str> = linje.split('\t').collect();
            let [slag, klasse, varianter] = felt[..] else {
                panic!("tre felt: {linje}");
            };
            Gruppe {
                slag: slag.to_owned(),
                klasse: klasse.to_owned(),
                varianter: varianter.split(' ').map(str::to_owned).collect(),
            }
        })
        .collect()
}

pub fn les_par() -> Vec<Par> {
    let fil = std::fs::read_to_string(FIL).unwrap();
    let linjer = fil.lines().filter(|l| !l.starts_with('#'));
    linjer
        .map(|linje| {
            let felt: Vec<&str> = linje.split('\t').collect();
            let [a, b, merke, klasse, del] = felt[..] else {
                panic!("fem felt: {linje}");
            };
            Par {
                a: a.to_owned(),
                b: b.to_owned(),
                merke: match merke {
                    "lik" => Merke::Lik,
                    "ulik" => Merke::Ulik,
                    _ => panic!("lik eller ulik: {linje}"),
                },
                klasse: klasse.to_owned(),
                del: del.chars().next().unwrap(),
            }
        })
        .collect()
}

/// A name, with what makes most comparisons short.
struct Navn<'a> {
    tekst: &'a str,
    smaa: String,
    lengde: usize,
    bokstaver: u64,
    soundex: String,
    gruppe: usize,
}

pub fn trekk_par(grupper: &[Gruppe]) -> Vec<Par> {
    let mut like = BTreeMap::new();
    for gruppe in grupper {
        for (i, a) in gruppe.varianter.iter().enumerate() {
            for b in gruppe.varianter.iter().skip(i + 1) {
                like.insert(ordnet(a, b), gruppe.klasse.clone());
            }
        }
    }
    let mut naere = BTreeMap::new();
    for slag in ["fornavn", "etternavn"] {
        let navn: Vec<Navn<'_>> = grupper
            .iter()
            .enumerate()
            .filter(|(_, g)| g.slag == slag)
            .flat_map(|(i, g)| g.varianter.iter().map(move |v| Navn::new(v, i)))
            .collect();
        for (i, a) in navn.iter().enumerate() {
            for b in navn.iter().skip(i + 1).filter(|b| b.gruppe != a.gruppe) {
                let par = ordnet(a.tekst, b.tekst);
                if let Some(klasse) = naerhet(a, b).filter(|_| !like.contains_key(&par)) {
                    naere.insert((spredt(&par.0, &par.1), par.0, par.1), klasse.to_owned());
                }
            }
        }
    }
    let like = like.into_iter().map(|((a, b), klasse)| nytt(a, b, Merke::Lik, klasse));
    let naere = naere.into_iter().take(NAERE);
    let naere = naere.map(|((_, a, b), klasse)| nytt(a, b, Merke::Ulik, klasse));
    let mut par: Vec<Par> = naere.collect();
    par.sort_by(|x, y| (&x.a, &x.b).cmp(&(&y.a, &y.b)));
    like.chain(par).collect()
}

pub fn uttrykt(par: &[Par]) -> String {
    let mut tekst = String::from(
        "# Made from navnegrupper.tsv by the tests of this crate: a, b, lik or ulik, klasse, del.\n\
         # Part a is for tuning; part b is looked at once, at the end.\n",
    );
    for p in par {
        let merke = match p.merke {
            Merke::Lik => "lik",
            Merke::Ulik => "ulik",
        };
        writeln!(tekst, "{}\t{}\t{merke}\t{}\t{}", p.a, p.b, p.klasse, p.del).unwrap();
    }
    tekst
}

fn ordnet(a: &str, b: &str) -> (String, String) {
    let (a, b) = if a <= b { (a, b) } else { (b, a) };
    (a.to_owned(), b.to_owned())
}

fn nytt(a: String, b: String, merke: Merke, klasse: String) -> Par {
    // Another bit than those that the draw is ordered by.
    let del = if spredt(&a, &b) & 1 == 0 { 'a' } else { 'b' };
    Par {
        a,
        b,
        merke,
        klasse,
        del,
    }
}

/// FNV-1a over both, then mixed so that every bit depends on all.
fn spredt(a: &str, b: &str) -> u64 {
    let mut h = 0xcbf2_9ce4_8422_2325_u64;
    for byte in a.bytes().chain([b'\t']).chain(b.bytes()) {
        h = (h ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    h = (h ^ (h >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    h = (h ^ (h >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    h ^ (h >> 33)
}

fn naerhet(a: &Navn<'_>, b: &Navn<'_>) -> Option<&'static str> {
    let maks = if a.lengde.min(b.lengde) <= KORT_NAVN { 1 } else { 2 };
    // An edit changes the set of letters by two at most, so the rest need not be compared.
    if a.lengde.abs_diff(b.lengde) <= maks && (a.bokstaver ^ b.bokstaver).count_ones() as usize <= 2 * maks {
        match strsim::osa_distance(&a.smaa, &b.smaa) {
            1 => return Some("avstand 1"),
            2 if maks == 2 => return Some("avstand 2"),
            _ => {}
        }
    }
    (a.soundex == b.soundex).then_some("soundex")
}

impl<'a> Navn<'a> {
    fn new(tekst: &'a str, gruppe: usize) -> Self {
        let smaa = tekst.to_lowercase();
        Navn {
            tekst,
            lengde: smaa.chars().count(),
            bokstaver: smaa.chars().fold(0, |sum, c| sum | 1 << (u32::from(c) % 64)),
            soundex: soundex(&smaa),
            smaa,
            gruppe,
        }
    }
}

/// American Soundex of lower case; letters beyond a-z count as vowels, æ, ø and å as they are in Norwegian.
fn soundex(smaa: &str) -> String {
    let siffer = |c| match c {
        'b' | 'f' | 'p' | 'v' => b'1',
        'c' | 'g' | 'j' | 'k' | 'q' | 's' | 'x' | 'z' => b'2',
        'd' | 't' => b'3',
        'l' => b'4',
        'm' | 'n' => b'5',
        'r' => b'6',
        'h' | 'w' => b'-',
        _ => b'0',
    };
    let mut kode: String = smaa.chars().take(1).collect();
    let mut forrige = smaa.chars().next().map_or(b'0', siffer);
    for nytt in smaa.chars().skip(1).map(siffer) {
        if nytt == b'-' {
            continue;
        }
        if nytt != b'0' && nytt != forrige {
            kode.push(char::from(nytt));
        }
        forrige = nytt;
    }
    while kode.chars().count() < 4 {
        kode.push('0');
    }
    kode.chars().take(4).collect()
}
