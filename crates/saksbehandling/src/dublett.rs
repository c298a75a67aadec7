//! Who may be the same person: before somebody new is given a number.
//!
//! The register is asked for those who could be meant (by a number, by the birth date, by the whole name), and each is compared.
//! What is alike enough is `eksempler/dublett`, which came first. A newcomer's mistake is to decide here: somebody looks at
//! every one that may be the same, and nobody is joined by a machine.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use informasjonsmodell::{Dato, Entitet};
use register::{Feil, Lesing, Personnummer};
use serde_json::Value;
use soek::{Kjennetegn, Kriterier, Landnummer, Navnekriterier, Personliste, TREFF_MAKS};
use tilgang::Projeksjon;

/// Letters that a word has before one of them may be wrong, and before two may. Source: our choice, by `eksempler/dublett`.
const BOKSTAVER_FOR_EN_FEIL: usize = 5;
const BOKSTAVER_FOR_TO_FEIL: usize = 8;
/// Words of a name that are compared. Source: our choice; schemas let a name be of 4 000 characters, and nobody has twenty.
const ORD_MAKS: usize = 20;
/// Words that must be alike. Source: our choice: a first name and a last name at least.
const ORD_MIN: usize = 2;

/// A number and the country that gave it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Landet(String, String);

impl Landet {
    /// Case, spaces and signs are nothing.
    pub fn new(land: &str, nummer: &str) -> Option<Self> {
        let nummer: String = nummer.chars().filter(|c| c.is_alphanumeric()).collect();
        (!nummer.is_empty()).then(|| Landet(land.to_uppercase(), nummer.to_uppercase()))
    }
}

/// What a person is known by.
#[derive(Clone, Default)]
pub(crate) struct Trekk {
    /// Names, the present and former ones, each as its words.
    pub navn: Vec<Vec<String>>,
    /// A date, or a year.
    pub foedt: Option<Dato>,
    /// Citizenships.
    pub land: BTreeSet<String>,
    /// Documents.
    pub dokumenter: BTreeSet<Landet>,
    /// Numbers that other countries gave.
    pub utenlandske: BTreeSet<Landet>,
}

impl Trekk {
    /// Adds a name.
    pub fn med_navn(&mut self, deler: &[&str]) {
        let ord = deler.iter().flat_map(|del| soek::navn::words(del));
        self.navn.push(ord.take(ORD_MAKS).collect());
    }

    // A year, where the day is not known: the first of January is often written then.
    fn dag(&self) -> Option<Dato> {
        self.foedt
            .filter(|d| d.dag().is_some() && (d.maaned(), d.dag()) != (Some(1), Some(1)))
    }
}

/// Whether two may be the same person.
pub(crate) fn kan_vaere_samme(a: &Trekk, b: &Trekk) -> bool {
    if !a.dokumenter.is_disjoint(&b.dokumenter) || !a.utenlandske.is_disjoint(&b.utenlandske) {
        return true;
    }
    let (Some(foedt_a), Some(foedt_b)) = (a.foedt, b.foedt) else {
        return false;
    };
    let noen_navn = |like: fn(&[String], &[String]) -> bool| a.navn.iter().any(|x| b.navn.iter().any(|y| like(x, y)));
    if foedt_a == foedt_b && foedt_a.dag().is_some() {
        return noen_navn(er_like);
    }
    let naer = match (a.dag(), b.dag()) {
        (Some(x), Some(y)) => er_naer(x, y),
        _ => foedt_a.aar() == foedt_b.aar(),
    };
    naer && !a.land.is_disjoint(&b.land) && noen_navn(er_samme)
}

// Every word of the shorter is like a word of its own in the longer.
fn er_like(a: &[String], b: &[String]) -> bool {
    let (kort, lang) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let like: Vec<Vec<usize>> = kort
        .iter()
        .map(|ord| {
            let plasser = lang.iter().enumerate().filter(|(_, annet)| ord_er_like(ord, annet));
            plasser.map(|(plass, _)| plass).collect()
        })
        .collect();
    let mut har = vec![None; lang.len()];
    kort.len() >= ORD_MIN && (0..kort.len()).all(|nr| finn_plass(nr, &like, &mut har, &mut vec![false; lang.len()]))
}

// A place of its own for a word; whoever has it finds another, if there is one. Source: Kuhn's augmenting paths, so that a name of
// many equal words takes no longer than its words times their pairs.
fn finn_plass(nr: usize, like: &[Vec<usize>], har: &mut [Option<usize>], sett: &mut [bool]) -> bool {
    for plass in like.get(nr).into_iter().flatten() {
        match sett.get_mut(*plass) {
            Some(sett) if !*sett => *sett = true,
            _ => continue,
        }
        let opptatt = har.get(*plass).copied().flatten();
        if opptatt.is_none_or(|annen| finn_plass(annen, like, har, sett)) {
            if let Some(her) = har.get_mut(*plass) {
                *her = Some(nr);
            }
            return true;
        }
    }
    false
}

fn er_samme(a: &[String], b: &[String]) -> bool {
    let sortert = |ord: &[String]| {
        let mut ut = ord.to_vec();
        ut.sort_unstable();
        ut
    };
    a.len() >= ORD_MIN && sortert(a) == sortert(b)
}

fn ord_er_like(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let (a, b) = (hoert(a), hoert(b));
    if a.noekler.iter().any(|noekkel| b.noekler.contains(noekkel)) {
        return true;
    }
    // One sound may be wrong where two letters may.
    naer(&a.tegn, &b.tegn, 2) || a.lyder.iter().any(|x| b.lyder.iter().any(|y| naer(x, y, 1)))
}

fn naer(a: &[char], b: &[char], hoeyst: usize) -> bool {
    let feil = match a.len().min(b.len()) {
        0..BOKSTAVER_FOR_EN_FEIL => 0,
        BOKSTAVER_FOR_EN_FEIL..BOKSTAVER_FOR_TO_FEIL => 1,
        _ => 2,
    };
    let feil = feil.min(hoeyst);
    // Each letter that one has more of is a fault.
    a.len().abs_diff(b.len()) <= feil && avstand(a, b) <= feil
}

/// A word, and how it is heard.
struct Hoert {
    tegn: Vec<char>,
    noekler: soek::fonetikk::Noekler,
    lyder: Vec<Vec<char>>,
}

/// Words that are remembered, and bytes of the longest: everybody born on a day is compared, and names are few.
const HUSKES: usize = 16 * 1024;
const HUSKES_BYTE: usize = 48;

thread_local! {
    static HOERTE: RefCell<HashMap<Box<str>, Rc<Hoert>>> = RefCell::default();
}

/// How a word is heard: a function of the word alone, remembered.
fn hoert(ord: &str) -> Rc<Hoert> {
    HOERTE.with_borrow_mut(|hoerte| {
        if let Some(kjent) = hoerte.get(ord) {
            return kjent.clone();
        }
        let lyder = soek::fonetikk::sounds(ord);
        let ny = Rc::new(Hoert {
            tegn: ord.chars().collect(),
            noekler: soek::fonetikk::keys(ord),
            lyder: lyder.iter().map(|lyd| lyd.chars().collect()).collect(),
        });
        if ord.len() <= HUSKES_BYTE {
            if hoerte.len() >= HUSKES {
                hoerte.clear();
            }
            hoerte.insert(ord.into(), ny.clone());
        }
        ny
    })
}

/// Letters to put in, take out, change, or swap with the next. Source: optimal string alignment.
fn avstand(a: &[char], b: &[char]) -> usize {
    let mut foer_foer: Vec<usize> = Vec::new();
    let mut foer: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut rad = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let i_rad = |rad: &[usize], plass: usize| rad.get(plass).copied().unwrap_or(usize::MAX / 2);
            let mut best = (i_rad(&foer, j) + usize::from(x != y))
                .min(i_rad(&foer, j + 1) + 1)
                .min(i_rad(&rad, j) + 1);
            if let (Some(forrige_i), Some(forrige_j)) = (i.checked_sub(1), j.checked_sub(1))
                && a.get(forrige_i) == Some(y)
                && b.get(forrige_j) == Some(x)
            {
                best = best.min(i_rad(&foer_foer, forrige_j) + 1);
            }
            rad.push(best);
        }
        foer_foer = std::mem::replace(&mut foer, rad);
    }
    foer.last().copied().unwrap_or(0)
}

// Day and month the other way round, or one digit another.
fn er_naer(a: Dato, b: Dato) -> bool {
    let byttet = a.aar() == b.aar() && a.maaned() == b.dag() && a.dag() == b.maaned();
    let ulike = a
        .to_string()
        .bytes()
        .zip(b.to_string().bytes())
        .filter(|(x, y)| x != y)
        .count();
    byttet || ulike <= 1
}

/// Those in the register who may be a person, in the order of their numbers there.
///
/// # Errors
/// [`Feil`] if the store is damaged or has no index.
pub(crate) fn finn(les: &Lesing<'_>, trekk: &Trekk) -> Result<Vec<Personnummer>, Feil> {
    let mut mulige = BTreeSet::new();
    let mut ta = |hva: &Kjennetegn| -> Result<(), Feil> {
        mulige.extend(soek::finn_med(les, Projeksjon::MedHjemmel, hva)?);
        Ok(())
    };
    for Landet(land, nummer) in &trekk.dokumenter {
        ta(&Kjennetegn::Legitimasjon(landnummer(land, nummer)))?;
    }
    for Landet(land, nummer) in &trekk.utenlandske {
        ta(&Kjennetegn::Utenlandsk(landnummer(land, nummer)))?;
    }
    if let Some(dato) = trekk.foedt.filter(|d| d.dag().is_some()) {
        ta(&Kjennetegn::Foedselsdato(dato.to_string()))?;
    }
    for ord in trekk.navn.iter().filter(|ord| ord.len() >= ORD_MIN) {
        let kriterier = Kriterier {
            navn: Navnekriterier {
                ord: ord.clone(),
                fonetisk: false,
            },
            doede: true,
            historisk: true,
            ..Kriterier::default()
        };
        if let Personliste::Personer(funnet) = soek::finn(les, Projeksjon::MedHjemmel, &kriterier)? {
            mulige.extend(funnet);
        }
    }
    let mut ut = Vec::new();
    for person in mulige.into_iter().take(TREFF_MAKS) {
        if kan_vaere_samme(trekk, &registrert(les, person, trekk)?) {
            ut.push(person);
        }
    }
    Ok(ut)
}

fn landnummer(land: &str, nummer: &str) -> Landnummer {
    Landnummer {
        land: land.to_owned(),
        nummer: nummer.to_owned(),
    }
}

// What the register has of somebody, as far as it can be compared with the one asked for: what is sealed is opened for a reason.
fn registrert(les: &Lesing<'_>, person: Personnummer, soekt: &Trekk) -> Result<Trekk, Feil> {
    let entiteter = [
        (Entitet::Navn, true),
        (Entitet::Foedsel, true),
        (Entitet::Statsborgerskap, true),
        (Entitet::Legitimasjonsdokument, !soekt.dokumenter.is_empty()),
        (Entitet::UtenlandskPersonidentifikasjon, !soekt.utenlandske.is_empty()),
    ];
    let entiteter = entiteter
        .into_iter()
        .filter_map(|(e, trengs)| trengs.then_some(e))
        .collect();
    let mut ut = Trekk::default();
    for o in les.opplysninger(person, Projeksjon::MedHjemmel, entiteter)? {
        let verdi: Value = serde_json::from_slice(&o.kropp).unwrap_or_default();
        let felt = |navn: &str| verdi.get(navn).and_then(Value::as_str);
        let land = felt("utstederland").unwrap_or_default();
        match o.entitet {
            Entitet::Navn => {
                let deler = ["fornavn", "mellomnavn", "etternavn"].map(|del| felt(del).unwrap_or_default());
                ut.med_navn(&deler);
            }
            Entitet::Foedsel if o.gjeldende => {
                let dato = felt("foedselsdato").or(felt("foedselsaar"));
                ut.foedt = dato.and_then(Dato::parse);
            }
            Entitet::Statsborgerskap if o.gjeldende => ut.land.extend(felt("statsborgerskap").map(str::to_owned)),
            Entitet::Legitimasjonsdokument if o.gjeldende => {
                ut.dokumenter
                    .extend(felt("identifikasjonsdokumentnummer").and_then(|nr| Landet::new(land, nr)));
            }
            Entitet::UtenlandskPersonidentifikasjon if o.gjeldende => {
                ut.utenlandske
                    .extend(felt("identifikasjonsnummer").and_then(|nr| Landet::new(land, nr)));
            }
            _ => {}
        }
    }
    Ok(ut)
}

#[cfg(test)]
mod tests;
