//! One of the candidates, or nobody.

use crate::adresse::Gate;
use crate::bygging::{bolignoekkel, dagnoekkel, parnoekkel};
use crate::navn::{Likhet, Ord};
use crate::personer::{Navneord, Personer, Plass, Sted};
use crate::vekt::{self, Felt, Funn, Grunn, Ordpar};
use crate::{Foedt, KANDIDATER_MAKS, Spoerring};

/// How likely it must be that a row is of the one who is given. Source: our choice, strict (ADR 0055): the rows that are given are surer than this on
/// average by far, and it is the average that is published.
const SIKKER: f64 = 0.9995;
/// As [`SIKKER`], where name and birth date are the whole of them the same and there is no other of whom they are.
const SIKKER_FULL: f64 = 0.99;
/// How many rows are of somebody who is here. Source: our choice; customers' files have fewer strangers.
const HER: f64 = 0.9;
/// Others in a household, whom the row may be of when they are not here.
const HUSSTAND: f64 = 3.0;
/// Siblings of the same day, per person. Source: about three in a hundred are twins, Statistics Norway, rounded.
const TVILLINGER: f64 = 0.03;

/// Somebody whom a row may be of.
#[derive(Clone, Debug, PartialEq)]
pub struct Treff {
    /// What they are known by, as they were taken in.
    pub noekkel: u64,
    /// The whole name that they have now and the birth date are the same.
    pub fullt: bool,
    /// The sum of the reasons, in bits.
    pub poeng: f32,
    /// How likely it is that the row is of them, of 1.
    pub sannsynlig: f64,
    /// What it comes of.
    pub grunner: Vec<Grunn>,
}

/// Whom a row is of.
#[derive(Clone, Debug, PartialEq)]
pub enum Utfall {
    /// One.
    En(Treff),
    /// It cannot be told of whom: so many may it be, and the likeliest of them, at most [`KANDIDATER_MAKS`], the likeliest first.
    Flere(usize, Vec<Treff>),
    /// Nobody here.
    Ingen,
}

/// A row, made ready.
struct Klar<'a> {
    spurt: &'a Spoerring<'a>,
    fornavn: Vec<Ord>,
    mellomnavn: Vec<Ord>,
    etternavn: Vec<Ord>,
    gate: Gate,
}

/// A candidate, weighed.
#[derive(Clone, Copy)]
struct Veid {
    person: u32,
    navn: Navnevekt,
    dato: Option<(Funn, f32)>,
    kjoenn: f32,
    adresse: Option<(Funn, f32)>,
}

#[derive(Clone, Copy)]
struct Navnevekt {
    fornavn: (Funn, f32),
    etternavn: (Funn, f32),
    andre: f32,
    tidligere: bool,
    fullt: bool,
}

impl Navnevekt {
    fn sum(&self) -> f32 {
        let tidligere = if self.tidligere { vekt::TIDLIGERE } else { 0.0 };
        self.fornavn.1 + self.etternavn.1 + self.andre + tidligere
    }
}

impl Veid {
    fn sum(&self) -> f32 {
        self.navn.sum() + self.dato.map_or(0.0, |en| en.1) + self.kjoenn + self.adresse.map_or(0.0, |en| en.1)
    }

    fn fullt(&self) -> bool {
        self.navn.fullt && !self.navn.tidligere && matches!(self.dato, Some((Funn::Lik, _)))
    }

    fn grunner(&self) -> Vec<Grunn> {
        let mut ut = Vec::with_capacity(6);
        let mut legg = |felt, funn, bit: f32| {
            if bit != 0.0 {
                ut.push(Grunn { felt, funn, bit });
            }
        };
        if let Some((funn, bit)) = self.dato {
            legg(Felt::Foedselsdato, funn, bit);
        }
        legg(Felt::Fornavn, self.navn.fornavn.0, self.navn.fornavn.1);
        let tidligere = if self.navn.tidligere { vekt::TIDLIGERE } else { 0.0 };
        let etternavn = if self.navn.tidligere {
            Funn::Tidligere
        } else {
            self.navn.etternavn.0
        };
        legg(Felt::Etternavn, etternavn, self.navn.etternavn.1 + tidligere);
        let andre = if self.navn.andre < 0.0 { Funn::Ulik } else { Funn::Lik };
        legg(Felt::AndreNavn, andre, self.navn.andre);
        legg(Felt::Kjoenn, Funn::Ulik, self.kjoenn);
        if let Some((funn, bit)) = self.adresse {
            legg(Felt::Adresse, funn, bit);
        }
        ut
    }
}

impl Personer {
    /// Whom a row is of.
    ///
    /// Units: some tens of microseconds; the commonest names of five million take some hundreds.
    #[must_use]
    pub fn finn(&self, spurt: &Spoerring<'_>) -> Utfall {
        let klar = Klar {
            spurt,
            fornavn: Ord::alle(spurt.fornavn, &self.ord),
            mellomnavn: Ord::alle(spurt.mellomnavn, &self.ord),
            etternavn: Ord::alle(spurt.etternavn, &self.ord),
            gate: Gate::les(spurt.gate),
        };
        let (mut sett, mut veide) = (Vec::new(), Vec::new());
        self.vei(&klar, self.med_dagen(&klar), &mut sett, &mut veide);
        // Whoever has all of it is found by the day; nobody whom another key leads to comes near.
        if !veide.iter().any(Veid::fullt) {
            let mut kandidater = self.med_navnene(&klar);
            kandidater.extend_from_slice(self.med_boligen(&klar));
            self.vei(&klar, kandidater, &mut sett, &mut veide);
            let hittil = self.avgjoer(&veide);
            if matches!(hittil, Utfall::En(_)) {
                return hittil;
            }
            self.vei(&klar, self.med_navn_og_aar(&klar), &mut sett, &mut veide);
        }
        self.avgjoer(&veide)
    }

    fn med_dagen(&self, klar: &Klar<'_>) -> Vec<u32> {
        let foedt = klar.spurt.foedt;
        let dager = [foedt.hel().then_some(foedt), foedt.byttet()];
        let alle = dager.into_iter().flatten();
        alle.flat_map(|dag| self.dag.finn(dagnoekkel(dag))).copied().collect()
    }

    fn med_navnene(&self, klar: &Klar<'_>) -> Vec<u32> {
        let andre: Vec<u64> = klar
            .etternavn
            .iter()
            .chain(&klar.mellomnavn)
            .flat_map(|ord| ord.lyder.clone())
            .collect();
        let fornavn = klar.fornavn.iter().flat_map(|ord| &ord.lyder);
        let par = fornavn.flat_map(|a| andre.iter().map(|b| parnoekkel(*a, *b)));
        par.flat_map(|noekkel| self.navnepar.finn(noekkel)).copied().collect()
    }

    fn med_boligen(&self, klar: &Klar<'_>) -> &[u32] {
        if klar.gate.nummer == 0 {
            return &[];
        }
        let noekkel = bolignoekkel(&klar.gate.navn, klar.gate.nummer, klar.spurt.postnummer);
        self.bolig.finn(noekkel)
    }

    fn med_navn_og_aar(&self, klar: &Klar<'_>) -> Vec<u32> {
        let aar = u64::from(klar.spurt.foedt.aar);
        let mut ut = Vec::new();
        if aar == 0 {
            return ut;
        }
        for (ord, blokk) in [
            (&klar.fornavn, &self.fornavn_aar),
            (&klar.etternavn, &self.etternavn_aar),
        ] {
            for lyd in ord.iter().flat_map(|ord| &ord.lyder) {
                ut.extend_from_slice(blokk.finn(parnoekkel(*lyd, aar)));
            }
        }
        ut
    }

    /// Weighs those who are not weighed yet, and keeps those for whom more speaks than against.
    fn vei(&self, klar: &Klar<'_>, mut kandidater: Vec<u32>, sett: &mut Vec<u32>, ut: &mut Vec<Veid>) {
        kandidater.sort_unstable();
        kandidater.dedup();
        kandidater.retain(|person| sett.binary_search(person).is_err());
        for person in &kandidater {
            let veid = self.vei_en(klar, *person);
            ut.extend(veid.filter(|veid| veid.sum() > 0.0));
        }
        sett.extend(kandidater);
        sett.sort_unstable();
    }

    fn vei_en(&self, klar: &Klar<'_>, person: u32) -> Option<Veid> {
        let har = self.foedt_av(person);
        let andel =
            |foedt: Foedt| self.andel(u32::try_from(self.dag.finn(dagnoekkel(foedt)).len()).unwrap_or(u32::MAX));
        let dato = vekt::dato(klar.spurt.foedt, har, andel);
        let adresse = self.adresse(klar, self.steder_av(person));
        let navn = self.navnevekt(klar, self.navn_av(person))?;
        let kjoenn = match (klar.spurt.kvinne, self.kjoenn.get(person as usize)) {
            (Some(spurt), Some(har @ 0..=1)) if u8::from(spurt) != *har => vekt::KJOENN_ULIK,
            _ => 0.0,
        };
        Some(Veid {
            person,
            navn,
            dato,
            kjoenn,
            adresse,
        })
    }

    /// The name of theirs that speaks most for them.
    fn navnevekt(&self, klar: &Klar<'_>, alle: &[Navneord]) -> Option<Navnevekt> {
        let navn = alle
            .chunk_by(|_, neste| !neste.foerst())
            .map(|navn| self.ett_navn(klar, navn));
        navn.max_by(|a, b| a.sum().total_cmp(&b.sum()))
    }

    fn ett_navn(&self, klar: &Klar<'_>, navn: &[Navneord]) -> Navnevekt {
        let fornavn = self.fornavn(klar, navn);
        let etternavn = self.etternavn(klar, navn);
        let (andre, alle_likt) = self.andre(klar, navn);
        let spurt = klar.fornavn.len() + klar.mellomnavn.len() + klar.etternavn.len();
        Navnevekt {
            fullt: alle_likt && fornavn.0 == Funn::Lik && etternavn.0 == Funn::Lik && spurt == navn.len(),
            fornavn,
            etternavn,
            andre,
            tidligere: navn.first().is_some_and(|en| !en.gjeldende()),
        }
    }

    fn hold(&self, ord: &Ord, mot: Navneord, foerste: bool) -> (Likhet, f32) {
        let tekst = self.ord.ord(mot.ord());
        let likhet = ord.likhet(tekst, self.lyder_av(mot.ord()));
        let par = Ordpar {
            likhet,
            andel: self.andel(self.ord.antall(mot.ord())),
            spurt_andel: ord.antall.map_or(0.0, |antall| self.andel(antall)),
            lengde: ord.tekst.len().min(tekst.len()),
        };
        (likhet, vekt::ord(&par, foerste))
    }

    fn fornavn(&self, klar: &Klar<'_>, navn: &[Navneord]) -> (Funn, f32) {
        let Some(spurt) = klar.fornavn.first() else {
            return (Funn::Ulik, 0.0);
        };
        let mut har = navn.iter().filter(|en| en.plass() == Plass::Fornavn);
        let Some(foerste) = har.next() else {
            return (Funn::Ulik, 0.0);
        };
        let (likhet, bit) = self.hold(spurt, *foerste, true);
        let mut best = (Funn::from(likhet), bit);
        // Called by the second of the names, or all of them in one word.
        for andre in har.chain(navn.iter().filter(|en| en.plass() == Plass::Mellomnavn)) {
            let (likhet, bit) = self.hold(spurt, *andre, true);
            if likhet == Likhet::Lik && bit - 4.0 > best.1 {
                best = (Funn::AnnenPlass, bit - 4.0);
            }
        }
        best
    }

    fn etternavn(&self, klar: &Klar<'_>, navn: &[Navneord]) -> (Funn, f32) {
        let mut best: Option<(Funn, f32)> = None;
        for spurt in &klar.etternavn {
            for har in navn.iter().filter(|en| en.plass() != Plass::Fornavn) {
                let (likhet, bit) = self.hold(spurt, *har, false);
                let egen = har.plass() == Plass::Etternavn;
                let (funn, bit) = if egen {
                    (Funn::from(likhet), bit)
                } else {
                    (Funn::AnnenPlass, bit - 3.0)
                };
                // That it is none of the middle names either says no more than that it is another.
                let bit = if likhet == Likhet::Ulik {
                    vekt::ETTERNAVN_ULIK
                } else {
                    bit
                };
                if best.is_none_or(|best| bit > best.1) {
                    best = Some((if likhet == Likhet::Ulik { Funn::Ulik } else { funn }, bit));
                }
            }
        }
        best.unwrap_or((Funn::Ulik, 0.0))
    }

    /// The names beside the first and the last, and whether each of the row's is the candidate's.
    fn andre(&self, klar: &Klar<'_>, navn: &[Navneord]) -> (f32, bool) {
        let (mut sum, mut alle_likt) = (0.0f32, true);
        let fornavn = klar.fornavn.iter().skip(1);
        let etternavn = klar.etternavn.iter().skip(1);
        for spurt in fornavn.chain(&klar.mellomnavn).chain(etternavn) {
            let holdt = navn.iter().map(|har| self.hold(spurt, *har, false));
            let best = holdt.max_by(|a, b| a.1.total_cmp(&b.1));
            match best {
                Some((likhet, bit)) if likhet != Likhet::Ulik => {
                    sum += bit * 0.6;
                    alle_likt &= likhet == Likhet::Lik;
                }
                _ => {
                    sum += vekt::ANDRE_ULIK;
                    alle_likt = false;
                }
            }
        }
        (sum.min(vekt::ANDRE_MAKS), alle_likt)
    }

    fn adresse(&self, klar: &Klar<'_>, steder: &[Sted]) -> Option<(Funn, f32)> {
        let spurt = klar.spurt;
        if (klar.gate.navn.is_empty() && spurt.postnummer == 0 && spurt.kommune == 0) || steder.is_empty() {
            return None;
        }
        let alle = steder.iter().map(|sted| {
            let (funn, bit) = self.ett_sted(klar, sted);
            if sted.gjeldende || bit <= 0.0 {
                (funn, bit)
            } else {
                (Funn::Tidligere, (bit + vekt::TIDLIGERE).max(0.0))
            }
        });
        alle.max_by(|a, b| a.1.total_cmp(&b.1))
    }

    fn ett_sted(&self, klar: &Klar<'_>, sted: &Sted) -> (Funn, f32) {
        let spurt = klar.spurt;
        let lik = |a: u16, b: u16| a != 0 && a == b;
        let post = lik(spurt.postnummer, sted.postnummer);
        let kommune = lik(spurt.kommune, sted.kommune);
        let gate = self.gater.ord(sted.gate);
        let har_gate = !klar.gate.navn.is_empty() && !gate.is_empty();
        let samme_gate = har_gate && klar.gate.navn == gate;
        let nesten_gate = har_gate && !samme_gate && strsim_naer(&klar.gate.navn, gate);
        let nummer = lik(klar.gate.nummer, sted.nummer);
        let bokstav = klar.gate.bokstav == sted.bokstav;
        let omraade = post || kommune;
        let antall = |tabell: &[u32], nr: u16| tabell.get(usize::from(nr)).copied().unwrap_or(0);
        match () {
            () if samme_gate && nummer && bokstav && omraade => (Funn::Lik, vekt::ADRESSE_MAKS),
            () if (samme_gate || nesten_gate) && nummer && omraade => (Funn::EnFeil, vekt::ADRESSE_MAKS - 2.0),
            () if samme_gate && omraade => (Funn::Delvis, 7.0),
            () if samme_gate && nummer => (Funn::Delvis, 6.0),
            () if post => {
                let bit = vekt::bit(0.5, self.andel(antall(&self.postnumre, sted.postnummer)));
                (Funn::Delvis, bit.clamp(0.0, 7.0))
            }
            () if kommune => {
                let bit = vekt::bit(0.5, self.andel(antall(&self.kommuner, sted.kommune)));
                (Funn::Delvis, bit.clamp(0.0, 5.0))
            }
            () => (Funn::Ulik, vekt::ADRESSE_ULIK),
        }
    }

    /// One, if all the others together are unlikely enough beside them.
    fn avgjoer(&self, veide: &[Veid]) -> Utfall {
        let Some(best) = veide.iter().max_by(|a, b| a.sum().total_cmp(&b.sum())) else {
            return Utfall::Ingen;
        };
        let vekt = |bit: f32| f64::from(bit).exp2();
        let ukjent = self.fremmed(best);
        let alle: f64 = veide.iter().map(|en| vekt(en.sum())).sum::<f64>() + ukjent;
        let treff = |en: &Veid| Treff {
            noekkel: self.noekkel.get(en.person as usize).copied().unwrap_or_default(),
            fullt: en.fullt(),
            poeng: en.sum(),
            sannsynlig: vekt(en.sum()) / alle,
            grunner: en.grunner(),
        };
        let fulle = veide.iter().filter(|en| en.fullt()).count();
        let krav = if best.fullt() && fulle == 1 {
            SIKKER_FULL
        } else {
            SIKKER
        };
        // Two of whom all of it is true are two, whatever else tells them apart.
        if fulle <= 1 && vekt(best.sum()) / alle >= krav {
            return Utfall::En(treff(best));
        }
        // Who is likelier than that a stranger happens to be so.
        let grense = ukjent.log2();
        let mut mulige: Vec<&Veid> = veide
            .iter()
            .filter(|en| f64::from(en.sum()) >= grense || en.fullt())
            .collect();
        if mulige.is_empty() {
            return Utfall::Ingen;
        }
        mulige.sort_by(|a, b| b.sum().total_cmp(&a.sum()));
        Utfall::Flere(
            mulige.len(),
            mulige.into_iter().take(KANDIDATER_MAKS).map(treff).collect(),
        )
    }

    /// The weight of all whom the row may be of and who are not here: anybody, one who lives with the likeliest, a twin of theirs.
    #[expect(clippy::cast_precision_loss, reason = "a weight")]
    fn fremmed(&self, best: &Veid) -> f64 {
        let odds = (1.0 - HER) / HER;
        let pluss = |bit: f32| f64::from(bit.max(0.0)).exp2();
        let felles = pluss(best.navn.etternavn.1) * pluss(best.adresse.map_or(0.0, |en| en.1));
        let dato = pluss(best.dato.map_or(0.0, |en| en.1));
        let bor_der = if best.adresse.is_some_and(|en| en.1 > 0.0) {
            HUSSTAND
        } else {
            0.0
        };
        odds * (self.antall() as f64 + bor_der * felles + TVILLINGER * felles * dato)
    }
}

fn strsim_naer(a: &str, b: &str) -> bool {
    let lengst = a.len().max(b.len());
    let tillatt = if lengst >= 8 { 2 } else { 1 };
    let args = rapidfuzz::distance::osa::Args::default().score_cutoff(tillatt);
    lengst >= 4 && rapidfuzz::distance::osa::distance_with_args(a.bytes(), b.bytes(), &args).is_some()
}
