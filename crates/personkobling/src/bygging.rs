//! How persons are taken in.

use soek::fonetikk::NOEKLER_MAKS;
use soek::navn::words;

use crate::adresse::Gate;
use crate::blokk::{Blokk, noekkel};
use crate::navn::lyder;
use crate::ordliste::{Ordliste, Ordnummer};
use crate::personer::{Navneord, ORD_MAKS, Personer, Plass, Sted};
use crate::{Foedt, Innfoering, Navn};

/// Takes persons in, one after the other.
#[derive(Default)]
pub struct Bygger {
    noekkel: Vec<u64>,
    foedt: Vec<Foedt>,
    kjoenn: Vec<u8>,
    navn_til: Vec<u32>,
    navn: Vec<Navneord>,
    steder_til: Vec<u32>,
    steder: Vec<Sted>,
    ord: Ordliste,
    gater: Ordliste,
    lyder: Vec<[u64; NOEKLER_MAKS]>,
}

impl std::fmt::Debug for Bygger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bygger")
            .field("antall", &self.noekkel.len())
            .finish_non_exhaustive()
    }
}

/// Persons that there is room for.
const PERSONER_MAKS: usize = 100_000_000;

impl Bygger {
    /// Takes one in. Of more than a hundred million, no more are.
    pub fn legg_til(&mut self, en: &Innfoering<'_>) {
        if self.noekkel.len() >= PERSONER_MAKS {
            return;
        }
        self.noekkel.push(en.noekkel);
        self.foedt.push(en.foedt);
        self.kjoenn.push(en.kvinne.map_or(2, u8::from));
        for navn in en.navn {
            self.legg_til_navn(navn);
        }
        self.navn_til.push(u32::try_from(self.navn.len()).unwrap_or(u32::MAX));
        for adresse in en.adresser {
            let gate = Gate::les(adresse.gate);
            let sted = Sted {
                gate: self.gater.legg_til(&gate.navn),
                nummer: gate.nummer,
                bokstav: gate.bokstav,
                gjeldende: adresse.gjeldende,
                postnummer: adresse.postnummer,
                kommune: adresse.kommune,
            };
            self.steder.push(sted);
        }
        self.steder_til
            .push(u32::try_from(self.steder.len()).unwrap_or(u32::MAX));
    }

    fn legg_til_navn(&mut self, navn: &Navn<'_>) {
        let deler = [
            (navn.fornavn, Plass::Fornavn),
            (navn.mellomnavn, Plass::Mellomnavn),
            (navn.etternavn, Plass::Etternavn),
        ];
        let mut foerst = true;
        for (tekst, plass) in deler {
            for ord in words(tekst) {
                let nr = self.ord.legg_til(&ord);
                if nr as usize == self.lyder.len() {
                    let mut plasser = [0; NOEKLER_MAKS];
                    for (plass, lyd) in plasser.iter_mut().zip(lyder(&ord)) {
                        *plass = lyd;
                    }
                    self.lyder.push(plasser);
                }
                self.navn.push(Navneord::new(nr, plass, foerst, navn.gjeldende));
                foerst = false;
            }
        }
    }

    /// All of them, ready to be asked.
    #[must_use]
    pub fn ferdig(mut self) -> Personer {
        let (mut postnumre, mut kommuner) = (vec![0u32; 10_000], vec![0u32; 10_000]);
        for sted in &self.steder {
            for (tabell, nummer) in [(&mut postnumre, sted.postnummer), (&mut kommuner, sted.kommune)] {
                if let Some(antall) = tabell.get_mut(usize::from(nummer)) {
                    *antall += 1;
                }
            }
        }
        self.navn.shrink_to_fit();
        self.steder.shrink_to_fit();
        let mut ut = Personer {
            noekkel: self.noekkel,
            foedt: self.foedt,
            kjoenn: self.kjoenn,
            navn_til: self.navn_til,
            navn: self.navn,
            steder_til: self.steder_til,
            steder: self.steder,
            ord: self.ord,
            lyder: self.lyder,
            gater: self.gater,
            postnumre,
            kommuner,
            dag: Blokk::av(Vec::new()),
            navnepar: Blokk::av(Vec::new()),
            bolig: Blokk::av(Vec::new()),
            fornavn_aar: Blokk::av(Vec::new()),
            etternavn_aar: Blokk::av(Vec::new()),
        };
        // One after the other, so that there is room for the pairs of one of them at a time.
        ut.dag = ut.blokk(|alle, person, ut| {
            let foedt = alle.foedt_av(person);
            if foedt.hel() {
                ut.push(dagnoekkel(foedt));
            }
        });
        ut.navnepar = ut.blokk(|alle, person, ut| {
            for navn in alle.navn_av(person).chunk_by(|_, neste| !neste.foerst()) {
                for a in navn.iter().filter(|en| en.plass() == Plass::Fornavn) {
                    for b in navn.iter().filter(|en| en.plass() != Plass::Fornavn) {
                        for (a, b) in alle.lydpar(a.ord(), b.ord()) {
                            ut.push(parnoekkel(a, b));
                        }
                    }
                }
            }
        });
        ut.bolig = ut.blokk(|alle, person, ut| {
            for sted in alle.steder_av(person) {
                if sted.nummer != 0 {
                    ut.push(bolignoekkel(alle.gater.ord(sted.gate), sted.nummer, sted.postnummer));
                }
            }
        });
        ut.fornavn_aar = ut.blokk(|alle, person, ut| alle.navn_og_aar(person, Plass::Fornavn, ut));
        ut.etternavn_aar = ut.blokk(|alle, person, ut| alle.navn_og_aar(person, Plass::Etternavn, ut));
        ut
    }
}

impl Personer {
    fn blokk(&self, noekler: impl Fn(&Personer, u32, &mut Vec<u64>)) -> Blokk {
        let antall = u32::try_from(self.antall()).unwrap_or(u32::MAX);
        let mut par = Vec::with_capacity(self.antall());
        let mut egne = Vec::new();
        for person in 0..antall {
            egne.clear();
            noekler(self, person, &mut egne);
            par.extend(egne.iter().map(|noekkel| (*noekkel, person)));
        }
        Blokk::av(par)
    }

    pub(crate) fn foedt_av(&self, person: u32) -> Foedt {
        self.foedt.get(person as usize).copied().unwrap_or_default()
    }

    pub(crate) fn lyder_av(&self, ord: Ordnummer) -> [u64; NOEKLER_MAKS] {
        self.lyder.get(ord as usize).copied().unwrap_or_default()
    }

    fn lydpar(&self, a: Ordnummer, b: Ordnummer) -> impl Iterator<Item = (u64, u64)> {
        let (a, b) = (self.lyder_av(a.min(ORD_MAKS)), self.lyder_av(b.min(ORD_MAKS)));
        let a = a.into_iter().filter(|lyd| *lyd != 0);
        a.flat_map(move |a| b.into_iter().filter(|lyd| *lyd != 0).map(move |b| (a, b)))
    }

    fn navn_og_aar(&self, person: u32, plass: Plass, ut: &mut Vec<u64>) {
        let aar = self.foedt_av(person).aar;
        if aar == 0 {
            return;
        }
        for ord in self.navn_av(person).iter().filter(|en| en.plass() == plass) {
            let lyder = self.lyder_av(ord.ord()).into_iter().filter(|lyd| *lyd != 0);
            ut.extend(lyder.map(|lyd| parnoekkel(lyd, u64::from(aar))));
        }
    }
}

pub(crate) fn dagnoekkel(foedt: Foedt) -> u64 {
    // One bucket a day where there are more persons than days.
    (u64::from(foedt.aar) * 12 + u64::from(foedt.maaned)) * 31 + u64::from(foedt.dag)
}

pub(crate) fn parnoekkel(a: u64, b: u64) -> u64 {
    noekkel(&[a, b])
}

pub(crate) fn bolignoekkel(gate: &str, nummer: u16, postnummer: u16) -> u64 {
    let gate = gate.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |foer, byte| {
        (foer ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    noekkel(&[gate, u64::from(nummer), u64::from(postnummer)])
}
