//! Names: our phonetic keys beside Soundex, Double Metaphone and Norphone, on the labelled pairs of `soek`.
//!
//! Each gets a name as suits it: ours and the two of English the normal form of the register's search, Norphone the
//! Norwegian letters. Norphone is written here from the rules that its author published; no code of it is used.

use std::hint::black_box;
use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use soek::{fonetikk, navn};

use super::metaphone::double_metaphone;

const PAR: &str = include_str!("../../../crates/soek/data/navnepar.tsv");
/// How long each is timed.
const TID: Duration = Duration::from_secs(1);
/// Names between two looks at the clock.
const OMGANGER: usize = 20;

struct Par<'a> {
    a: &'a str,
    b: &'a str,
    lik: bool,
    /// Taken in as near by edits, and not by Soundex alone.
    avstand: bool,
    del: &'a str,
}

/// A name as each method takes it.
struct Former {
    normal: String,
    norsk: String,
}

impl Former {
    fn new(navn: &str) -> Self {
        Former {
            normal: navn::words(navn).concat(),
            norsk: norsk(navn),
        }
    }
}

/// What a method makes of a name: keys, of which one in common is enough.
type Metode<'a> = (&'a str, Box<dyn Fn(&Former) -> Vec<String>>);

/// Prints the table: part of the true pairs found and of the near ones joined, for each half, and names a second.
pub fn maal() -> Result<()> {
    let par = PAR
        .lines()
        .filter(|l| !l.starts_with('#'))
        .map(les)
        .collect::<Result<Vec<_>>>()?;
    let metoder: [Metode<'_>; 4] = [
        (
            "ours",
            Box::new(|f| {
                fonetikk::keys(&f.normal)
                    .iter()
                    .map(|n| format!("{:x?}", n.0))
                    .collect()
            }),
        ),
        ("Norphone", Box::new(|f| vec![norphone(&f.norsk)])),
        ("Double Metaphone", Box::new(|f| double_metaphone(&f.normal).to_vec())),
        ("Soundex", Box::new(|f| vec![soundex(&f.normal)])),
    ];
    let mut ut = std::io::stdout();
    writeln!(
        ut,
        "| method | found, a | found, b | joined, a | joined, b | joined of near by edits | names/s |"
    )?;
    writeln!(ut, "| --- | --- | --- | --- | --- | --- | --- |")?;
    let former: Vec<Former> = par.iter().map(|p| Former::new(p.a)).collect();
    for (navn, metode) in &metoder {
        let like = |p: &Par<'_>| {
            let b = metode(&Former::new(p.b));
            metode(&Former::new(p.a)).iter().any(|n| b.contains(n))
        };
        let andel = |med: &dyn Fn(&Par<'_>) -> bool| {
            let (alle, joint) = par
                .iter()
                .filter(|p| med(p))
                .fold((0_u32, 0_u32), |(n, l), p| (n + 1, l + u32::from(like(p))));
            format!("{:.2} %", 100.0 * f64::from(joint) / f64::from(alle))
        };
        let per_sekund = if *navn == "ours" {
            takt(&former, |f| {
                black_box(fonetikk::keys(black_box(&f.normal)));
            })
        } else {
            takt(&former, |f| {
                black_box(metode(black_box(f)));
            })
        };
        writeln!(
            ut,
            "| {navn} | {} | {} | {} | {} | {} | {:.1} million |",
            andel(&|p| p.lik && p.del == "a"),
            andel(&|p| p.lik && p.del == "b"),
            andel(&|p| !p.lik && p.del == "a"),
            andel(&|p| !p.lik && p.del == "b"),
            andel(&|p| !p.lik && p.avstand),
            per_sekund / 1e6,
        )?;
    }
    let antall = |lik| par.iter().filter(|p| p.lik == lik).count();
    writeln!(ut, "\n{} true pairs, {} near ones", antall(true), antall(false))?;
    let normal: Vec<&str> = par.iter().map(|p| p.a).collect();
    let takt_normal = takt(&normal, |n| {
        black_box(navn::normalise(black_box(n)));
    });
    writeln!(ut, "normalising: {:.1} million names/s", takt_normal / 1e6)?;
    Ok(())
}

fn les(linje: &str) -> Result<Par<'_>> {
    let felt: Vec<&str> = linje.split('\t').collect();
    let [a, b, merke, klasse, del] = felt[..] else {
        bail!("fem felt: {linje}");
    };
    Ok(Par {
        a,
        b,
        lik: merke == "lik",
        avstand: klasse.starts_with("avstand"),
        del: Some(del)
            .filter(|d| ["a", "b"].contains(d))
            .context("del er a eller b")?,
    })
}

/// Names a second, one core.
fn takt<T>(navn: &[T], mut gjoer: impl FnMut(&T)) -> f64 {
    let start = Instant::now();
    let mut antall = 0_u64;
    while start.elapsed() < TID {
        for _ in 0..OMGANGER {
            navn.iter().for_each(&mut gjoer);
            antall += navn.len() as u64;
        }
    }
    antall as f64 / start.elapsed().as_secs_f64()
}

/// Lower case with æ, ø and å; other letters as the normal form has them.
fn norsk(navn: &str) -> String {
    let mut ut = String::new();
    for c in navn.to_lowercase().chars() {
        match c {
            'æ' | 'ø' | 'å' => ut.push(c),
            'ä' => ut.push('æ'),
            'ö' => ut.push('ø'),
            _ => ut.push_str(&navn::normalise(c.encode_utf8(&mut [0; 4]))),
        }
    }
    ut
}

/// American Soundex of a word in lower case a to z.
fn soundex(ord: &str) -> String {
    /// By letter; `0` a vowel, `-` what does not part two of a kind.
    const SIFFER: &[u8; 26] = b"01230120022455012623010202";
    let siffer = |b: u8| match b {
        b'h' | b'w' => b'-',
        _ => SIFFER.get(usize::from(b.wrapping_sub(b'a'))).copied().unwrap_or(b'0'),
    };
    let mut kode: String = ord.chars().take(1).collect();
    let mut forrige = ord.bytes().next().map_or(b'0', siffer);
    for s in ord.bytes().skip(1).map(siffer).filter(|s| *s != b'-') {
        if s != b'0' && s != forrige && kode.len() < 4 {
            kode.push(char::from(s));
        }
        forrige = s;
    }
    format!("{kode:0<4}")
}

/// Norphone's key: consonants and the first vowel. Source: the rules that Lars Marius Garshol lists as implemented in
/// his Duke (`NorphoneComparator`), 2011.
fn norphone(navn: &str) -> String {
    const VOKALER: &str = "aeiouyæøå";
    /// What is rewritten, whether only first or last in the name, and to what.
    const REGLER: &[(&str, bool, bool, &str)] = &[
        ("aa", true, false, "å"),
        ("ch", false, false, "k"),
        ("ck", false, false, "k"),
        ("c", false, false, "k"),
        ("dt", false, true, "t"),
        ("gh", false, false, "g"),
        ("gj", false, false, "j"),
        ("gi", true, false, "j"),
        ("hg", false, false, "g"),
        ("hj", false, false, "j"),
        ("hl", false, false, "l"),
        ("hr", false, false, "r"),
        ("kj", false, false, "x"),
        ("ki", false, false, "x"),
        ("ld", false, true, "l"),
        ("nd", false, false, "n"),
        ("ph", false, false, "f"),
        ("th", false, false, "t"),
        ("w", false, false, "v"),
        ("x", false, false, "ks"),
        ("z", false, false, "s"),
    ];
    let mut ut = String::new();
    let mut rest = navn;
    let mut forrige = None;
    while let Some(c) = rest.chars().next() {
        let foerst = forrige.is_none();
        let etter = rest.split_at(c.len_utf8()).1;
        let regel = REGLER.iter().find(|(fra, bare_foerst, bare_sist, _)| {
            rest.starts_with(fra) && (foerst || !bare_foerst) && (rest.len() == fra.len() || !bare_sist)
        });
        if etter.starts_with(c) && !(foerst && c == 'a') {
            // The first of two alike is left out, whatever it is.
            rest = etter;
        } else if let Some((fra, _, _, til)) = regel {
            ut.push_str(til);
            rest = rest.split_at(fra.len()).1;
        } else {
            let stum_d = c == 'd' && etter.is_empty() && forrige.is_some_and(|f| VOKALER.contains(f));
            if !stum_d && (foerst || !VOKALER.contains(c)) {
                ut.push(c);
            }
            rest = etter;
        }
        forrige = Some(c);
    }
    ut
}

#[cfg(test)]
mod tests {
    use super::{norphone, norsk, soundex};

    /// The pairs that the author tries it on.
    #[test]
    fn norphone_joins_what_its_author_says() {
        for (a, b) in [
            ("Aarrestad", "Årrestad"),
            ("Andreasen", "Andreassen"),
            ("Arntsen", "Arntzen"),
            ("Bache", "Bakke"),
            ("Frank", "Franck"),
            ("Christian", "Kristian"),
            ("Kielland", "Kjelland"),
            ("Krogh", "Krog"),
            ("Krog", "Krohg"),
            ("Jendal", "Jendahl"),
            ("Jendal", "Hjendal"),
            ("Jendal", "Gjendal"),
            ("Vold", "Wold"),
            ("Aamodt", "Aamot"),
            ("Aksel", "Axel"),
            ("Kristoffersen", "Christophersen"),
            ("Granli", "Granlid"),
            ("Gjever", "Giever"),
            ("Sannerhaugen", "Sanderhaugen"),
            ("Jahren", "Jaren"),
            ("Amundsrud", "Amundsrød"),
        ] {
            assert_eq!(norphone(&norsk(a)), norphone(&norsk(b)), "{a} {b}");
        }
        assert_eq!(norphone("hansen"), "hnsn");
    }

    #[test]
    fn soundex_gives_the_codes_of_the_national_archives() {
        for (ord, kode) in [
            ("washington", "w252"),
            ("lee", "l000"),
            ("gutierrez", "g362"),
            ("pfister", "p236"),
            ("jackson", "j250"),
            ("tymczak", "t522"),
            ("ashcraft", "a261"),
        ] {
            assert_eq!(soundex(ord), kode, "{ord}");
        }
    }
}
