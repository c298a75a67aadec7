//! Our own judge: a message beside its schema, element by element, so that what is wrong can be told with place and rule.
//!
//! A schema never leaves it open which of its parts an element is (XML Schema part 1, "unique particle attribution"), so
//! one look at the next element is enough, and the work grows with the message alone. What stands where it may not is
//! passed over and told of, so that one fault does not become many.

use std::collections::{BTreeMap, BTreeSet};

use super::tekst;
use super::{AVVIK_MAKS, Avvik, Galt, Xsdkontroll};
use crate::signatur;
use crate::skjema::{Gruppe, Hva, INNEBYGDE, Ledd, Teksttype, Type};
use crate::tre::{Element, uten_blanke};

const XS: &str = "http://www.w3.org/2001/XMLSchema";
const XSI: &str = uppsala::XSI_NAMESPACE;

/// Longer lists of elements that one of should have stood are not told one by one. Source: our choice.
const NAVN_MAKS: usize = 12;

/// What is wrong with a message, at most [`AVVIK_MAKS`].
pub(super) fn doem(kontroll: &Xsdkontroll, melding: &Element) -> Vec<Avvik> {
    let mut gang = Gang {
        kontroll,
        sti: Vec::new(),
        prefikser: Vec::new(),
        ut: Vec::new(),
    };
    match gang.rottype(melding) {
        Some(rottype) => gang.element(melding, Holder::Navn(rottype), false),
        None => gang.si(None, Galt::Rot),
    }
    gang.ut
}

/// What an element holds.
#[derive(Clone, Copy)]
enum Holder<'s> {
    /// What stands under a name.
    Navn(&'s str),
    /// A text without a name.
    Tekst(&'s Teksttype),
    Noe,
    Signatur,
}

impl<'s> From<&'s Hva> for Holder<'s> {
    fn from(hva: &'s Hva) -> Self {
        match hva {
            Hva::Type(navn) => Holder::Navn(navn),
            Hva::Tekst(tekst) => Holder::Tekst(tekst),
            Hva::Noe => Holder::Noe,
            Hva::Signatur => Holder::Signatur,
        }
    }
}

/// An element that the schema has a place for.
struct Plassert<'s, 'e> {
    element: &'e Element,
    holder: Holder<'s>,
    nillable: bool,
    /// Its number among those of its name, where there may be several.
    nr: Option<usize>,
}

struct Gang<'k, 'e> {
    kontroll: &'k Xsdkontroll,
    sti: Vec<(&'e str, Option<usize>)>,
    prefikser: Vec<(&'e str, &'e str)>,
    ut: Vec<Avvik>,
}

/// How far among the elements of a group.
struct Lesing<'s, 'e, 'b> {
    barn: &'b [(usize, &'e Element)],
    plass: usize,
    funnet: Vec<(usize, &'s Ledd)>,
    /// What was not there when its turn came, with the names that would have done.
    mangler: Vec<(Galt, Vec<&'s str>)>,
}

impl<'k, 'e> Gang<'k, 'e> {
    fn fullt(&self) -> bool {
        self.ut.len() >= AVVIK_MAKS
    }

    // At the element itself, or at one of its children.
    fn si(&mut self, barn: Option<(&str, Option<usize>)>, hva: Galt) {
        let mut sti = String::new();
        for (navn, nr) in self.sti.iter().copied().chain(barn) {
            if !sti.is_empty() {
                sti.push('/');
            }
            sti.push_str(navn);
            if let Some(nr) = nr {
                sti.push_str(&format!("[{nr}]"));
            }
        }
        let element = barn.or(self.sti.last().copied()).map(|(navn, _)| navn.to_owned());
        let avvik = Avvik { sti, element, hva };
        if !self.fullt() && !self.ut.contains(&avvik) {
            self.ut.push(avvik);
        }
    }

    fn rottype(&self, element: &Element) -> Option<&'k str> {
        let skjema = &self.kontroll.skjema;
        let rot = skjema.roetter.iter().find(|(navn, _)| *navn == element.navn)?;
        (element.navnerom == skjema.navnerom).then_some(&rot.1)
    }

    fn element(&mut self, element: &'e Element, holder: Holder<'k>, nillable: bool) {
        if matches!(holder, Holder::Signatur) {
            return;
        }
        let foer = self.prefikser.len();
        let prefikser = element.prefikser.iter().map(|(p, ns)| (p.as_str(), ns.as_str()));
        self.prefikser.extend(prefikser);
        if let Some((holder, er_nil)) = self.attributter(element, holder, nillable) {
            if !er_nil {
                self.innhold(element, holder);
            } else if !element.tekst.is_empty() || !element.barn.is_empty() {
                self.si(None, Galt::NilMedInnhold);
            }
        }
        self.prefikser.truncate(foer);
    }

    // What the element holds by its attributes, and whether it is nil; `None` when that cannot be known.
    fn attributter(&mut self, element: &'e Element, holder: Holder<'k>, nillable: bool) -> Option<(Holder<'k>, bool)> {
        let (mut er, mut nil) = (Some(holder), false);
        for (navnerom, navn, verdi) in &element.attributter {
            match (navnerom.as_str(), navn.as_str()) {
                (XSI, "nil") => match uten_blanke(verdi) {
                    "true" | "1" if nillable => nil = true,
                    "false" | "0" if nillable => {}
                    _ => self.si(None, Galt::Nil),
                },
                (XSI, "type") => {
                    er = self.xsi_type(uten_blanke(verdi), holder);
                    if er.is_none() {
                        self.si(None, Galt::Type);
                    }
                }
                // Where somebody thinks that the schema lies: nothing is fetched from there.
                (XSI, "schemaLocation" | "noNamespaceSchemaLocation") => {}
                (XSI, _) => self.si(None, Galt::Attributt),
                _ if matches!(holder, Holder::Noe) => {}
                _ => self.si(None, Galt::Attributt),
            }
        }
        Some((er?, nil))
    }

    // A type of the schema that is the declared one or is made of it, or the declared one itself if it is XML Schema's own.
    // Types of XML Schema's own that are narrower (`token` for `string`) are refused. Source: our choice; no sender needs them.
    fn xsi_type(&self, verdi: &str, holder: Holder<'k>) -> Option<Holder<'k>> {
        let (prefiks, navn) = match verdi.split_once(':') {
            Some(("", _)) => return None,
            Some(delt) => delt,
            None => ("", verdi),
        };
        let navnerom = self.prefikser.iter().rev().find(|(p, _)| *p == prefiks)?.1;
        let skjema = &self.kontroll.skjema;
        let egen = if navnerom == XS {
            if navn == "anyType" && matches!(holder, Holder::Noe) {
                return Some(Holder::Noe);
            }
            INNEBYGDE.iter().find(|n| **n == navn).copied()?
        } else if navnerom == skjema.navnerom {
            let (egen, innhold) = skjema.typer.iter().find(|(n, _)| n == navn)?;
            if matches!(innhold, Type::Gruppe(gruppe) if gruppe.abstrakt) {
                return None;
            }
            egen.as_str()
        } else {
            return None;
        };
        let ventet = match holder {
            Holder::Noe => return Some(Holder::Navn(egen)),
            Holder::Navn(ventet) => ventet,
            Holder::Tekst(_) | Holder::Signatur => return None,
        };
        let mut her = egen;
        // No type stands on itself, and no more than so many are there.
        for _ in 0..=skjema.typer.len() {
            if her == ventet {
                return Some(Holder::Navn(egen));
            }
            her = match skjema.type_av(her)? {
                Type::Gruppe(gruppe) => gruppe.av.as_deref()?,
                Type::Tekst(tekst) => &tekst.av,
            };
        }
        None
    }

    fn innhold(&mut self, element: &'e Element, holder: Holder<'k>) {
        match holder {
            Holder::Noe => self.noe(element),
            Holder::Signatur => {}
            Holder::Tekst(tekst) => self.tekst(element, tekst),
            Holder::Navn(navn) => match self.kontroll.skjema.type_av(navn) {
                Some(Type::Gruppe(gruppe)) => self.gruppe(element, gruppe),
                Some(Type::Tekst(tekst)) => self.tekst(element, tekst),
                None => {
                    let tekst = Teksttype {
                        av: navn.to_owned(),
                        ..Teksttype::default()
                    };
                    self.tekst(element, &tekst);
                }
            },
        }
    }

    fn tekst(&mut self, element: &Element, tekst: &Teksttype) {
        if !element.barn.is_empty() {
            self.si(None, Galt::Elementer);
        } else if let Some(galt) = tekst::galt(self.kontroll, tekst, &element.tekst) {
            self.si(None, galt);
        }
    }

    // Anything, but a whole message in it is one (XML Schema part 1, 3.10, lax). What is inside may not choose types of its
    // own. Source for the last: our choice, so that nothing is read in two ways.
    fn noe(&mut self, element: &'e Element) {
        for barn in &element.barn {
            if self.fullt() {
                return;
            }
            if let Some(rottype) = self.rottype(barn) {
                self.sti.push((&barn.navn, None));
                self.element(barn, Holder::Navn(rottype), false);
                self.sti.pop();
                continue;
            }
            if barn.attributter.iter().any(|(ns, navn, _)| ns == XSI && navn == "type") {
                self.si(None, Galt::Type);
            }
            self.noe(barn);
        }
    }

    fn gruppe(&mut self, element: &'e Element, gruppe: &'k Gruppe) {
        if !uten_blanke(&element.tekst).is_empty() {
            self.si(None, Galt::Tekst);
        }
        // What it stands on comes first.
        let mut grupper = vec![gruppe];
        while let Some(av) = grupper.last().and_then(|g| g.av.as_deref()) {
            match self.kontroll.skjema.type_av(av) {
                Some(Type::Gruppe(gruppe)) if grupper.len() <= self.kontroll.skjema.typer.len() => grupper.push(gruppe),
                _ => break,
            }
        }
        let ledd: Vec<&'k Ledd> = grupper.iter().rev().flat_map(|g| &g.innhold).collect();
        for plassert in self.plasser(element, &ledd) {
            if self.fullt() {
                return;
            }
            self.sti.push((&plassert.element.navn, plassert.nr));
            self.element(plassert.element, plassert.holder, plassert.nillable);
            self.sti.pop();
        }
    }

    // Which element is which part of a group; tells of those that are none, and of parts that are missing.
    fn plasser(&mut self, element: &'e Element, ledd: &[&'k Ledd]) -> Vec<Plassert<'k, 'e>> {
        let mut barn = Vec::with_capacity(element.barn.len());
        // Each told of once.
        let (mut navnerom, mut ukjent, mut fremmede) = (false, false, BTreeSet::new());
        for (nr, b) in element.barn.iter().enumerate() {
            if ledd
                .iter()
                .any(|l| finn(l, &|navn, hva| self.er(b, navn, hva)).is_some())
            {
                barn.push((nr, b));
            } else if b.navnerom != self.kontroll.skjema.navnerom && b.navnerom != signatur::NAVNEROM {
                navnerom = true;
            } else if self.kontroll.navn.contains(&b.navn) {
                fremmede.insert(b.navn.as_str());
            } else {
                ukjent = true;
            }
        }
        if navnerom {
            self.si(None, Galt::Navnerom);
        }
        if ukjent {
            self.si(None, Galt::Ukjent);
        }
        for navn in fremmede {
            self.si(Some((navn, None)), Galt::Plass);
        }
        let mut lesing = Lesing {
            barn: &barn,
            plass: 0,
            funnet: Vec::with_capacity(barn.len()),
            mangler: Vec::new(),
        };
        let mut feilplassert: Vec<&'e Element> = Vec::new();
        for nr in 0..=ledd.len() {
            let resten = ledd.get(nr..).unwrap_or_default();
            while let Some((_, b)) = lesing
                .naa()
                .filter(|(_, b)| !resten.iter().any(|l| self.kan_begynne(l, b)))
            {
                feilplassert.push(b);
                lesing.plass += 1;
            }
            if let Some(ledd) = resten.first() {
                self.ett_ledd(ledd, &mut lesing);
            }
        }
        let Lesing { funnet, mangler, .. } = lesing;
        let et_annet_sted: BTreeSet<&str> = feilplassert.iter().map(|b| b.navn.as_str()).collect();
        for (galt, navn) in mangler {
            // It is there, in another place, and that is told of below.
            if navn.iter().any(|navn| et_annet_sted.contains(navn)) {
                continue;
            }
            match galt {
                Galt::Ingen(_) => self.si(None, galt),
                _ => self.si(navn.first().map(|n| (*n, None)), galt),
            }
        }
        let mut sett: BTreeMap<&str, u32> = BTreeMap::new();
        if !feilplassert.is_empty() {
            barn.iter().for_each(|(_, b)| *sett.entry(&b.navn).or_default() += 1);
        }
        for b in feilplassert {
            let like = sett.remove(b.navn.as_str());
            // Told of once for each name.
            let Some(like) = like else { continue };
            let hoeyst = ledd.iter().find_map(|l| finn(l, &|navn, hva| self.er(b, navn, hva)));
            let galt = match hoeyst {
                Some(Ledd::Element { antall, .. }) => antall.hoeyst.filter(|hoeyst| like > *hoeyst),
                _ => None,
            };
            let galt = galt.map_or(Galt::Plass, Galt::ForMange);
            self.si(Some((&b.navn, None)), galt);
        }
        nummerert(element, &funnet)
    }

    fn er(&self, element: &Element, navn: &str, hva: &Hva) -> bool {
        let navnerom = match hva {
            Hva::Signatur => signatur::NAVNEROM,
            _ => &self.kontroll.skjema.navnerom,
        };
        element.navn == navn && element.navnerom == navnerom
    }

    fn kan_begynne(&self, ledd: &Ledd, element: &Element) -> bool {
        match ledd {
            Ledd::Element { navn, hva, .. } => self.er(element, navn, hva),
            Ledd::Enten(deler, _) => deler.iter().any(|del| self.kan_begynne(del, element)),
            Ledd::Og(deler, _) => {
                let til_og_med = deler
                    .iter()
                    .position(|del| !kan_vaere_tom(del))
                    .map_or(deler.len(), |p| p + 1);
                deler.iter().take(til_og_med).any(|del| self.kan_begynne(del, element))
            }
        }
    }

    // As deep as the schema is nested.
    fn ett_ledd(&self, ledd: &'k Ledd, lesing: &mut Lesing<'k, 'e, '_>) {
        let (Ledd::Element { antall, .. } | Ledd::Enten(_, antall) | Ledd::Og(_, antall)) = ledd;
        let mut funnet = 0;
        while antall.hoeyst.is_none_or(|hoeyst| funnet < hoeyst) {
            let Some((nr, barn)) = lesing.naa().filter(|(_, b)| self.kan_begynne(ledd, b)) else {
                break;
            };
            match ledd {
                Ledd::Element { .. } => {
                    lesing.funnet.push((nr, ledd));
                    lesing.plass += 1;
                }
                Ledd::Enten(deler, _) => {
                    if let Some(del) = deler.iter().find(|del| self.kan_begynne(del, barn)) {
                        self.ett_ledd(del, lesing);
                    }
                }
                Ledd::Og(deler, _) => deler.iter().for_each(|del| self.ett_ledd(del, lesing)),
            }
            funnet += 1;
        }
        if funnet >= antall.minst {
            return;
        }
        match ledd {
            Ledd::Element { navn, antall, .. } => lesing.mangler.push((Galt::Mangler(antall.minst), vec![navn])),
            Ledd::Enten(deler, _) if !deler.iter().any(kan_vaere_tom) => {
                let mut navn = Vec::new();
                deler.iter().for_each(|del| foerste(del, &mut navn));
                let kort = navn.iter().take(NAVN_MAKS).map(|n| (*n).to_owned()).collect();
                lesing.mangler.push((Galt::Ingen(kort), navn));
            }
            Ledd::Og(deler, _) if !deler.iter().all(kan_vaere_tom) => {
                deler.iter().for_each(|del| self.ett_ledd(del, lesing));
            }
            Ledd::Enten(..) | Ledd::Og(..) => {}
        }
    }
}

impl<'e> Lesing<'_, 'e, '_> {
    fn naa(&self) -> Option<(usize, &'e Element)> {
        self.barn.get(self.plass).copied()
    }
}

// The first declaration of an element in a part that is what is looked for.
fn finn<'s>(ledd: &'s Ledd, er: &impl Fn(&str, &Hva) -> bool) -> Option<&'s Ledd> {
    match ledd {
        Ledd::Element { navn, hva, .. } => er(navn, hva).then_some(ledd),
        Ledd::Enten(deler, _) | Ledd::Og(deler, _) => deler.iter().find_map(|del| finn(del, er)),
    }
}

fn kan_vaere_tom(ledd: &Ledd) -> bool {
    match ledd {
        Ledd::Element { antall, .. } => antall.minst == 0,
        Ledd::Enten(deler, antall) => antall.minst == 0 || deler.iter().any(kan_vaere_tom),
        Ledd::Og(deler, antall) => antall.minst == 0 || deler.iter().all(kan_vaere_tom),
    }
}

// Names of the elements that a part may begin with.
fn foerste<'s>(ledd: &'s Ledd, ut: &mut Vec<&'s str>) {
    match ledd {
        Ledd::Element { navn, .. } => ut.push(navn),
        Ledd::Enten(deler, _) => deler.iter().for_each(|del| foerste(del, ut)),
        Ledd::Og(deler, _) => {
            for del in deler {
                foerste(del, ut);
                if !kan_vaere_tom(del) {
                    break;
                }
            }
        }
    }
}

fn nummerert<'k, 'e>(element: &'e Element, funnet: &[(usize, &'k Ledd)]) -> Vec<Plassert<'k, 'e>> {
    let mut sett: BTreeMap<&str, usize> = BTreeMap::new();
    let mut ut = Vec::with_capacity(funnet.len());
    for (nr, ledd) in funnet {
        let (
            Some(barn),
            Ledd::Element {
                navn,
                hva,
                antall,
                nillable,
            },
        ) = (element.barn.get(*nr), ledd)
        else {
            continue;
        };
        let nr = sett.entry(navn).or_default();
        *nr += 1;
        ut.push(Plassert {
            element: barn,
            holder: hva.into(),
            nillable: *nillable,
            nr: (antall.hoeyst != Some(1)).then_some(*nr),
        });
    }
    ut
}
