//! Ours, as the handler of the two searches asks it: a reading of its own for each question, and the numbers of those
//! that were found written as the answer has them.

use anyhow::{Result, bail};
use register::{Personnummer, Register};
use soek::Personliste;
use tilgang::{Format, Svar};

use super::Rival;
use super::spoersmaal::{Slag, Spoersmaal};
use super::utdrag::PROJEKSJON;

pub struct Vaar<'r> {
    pub register: &'r Register,
}

impl Vaar<'_> {
    fn finn(les: &register::Lesing<'_>, spoersmaal: &Spoersmaal) -> Result<Vec<Personnummer>> {
        match spoersmaal {
            Spoersmaal::Soek(k) => match soek::finn(les, PROJEKSJON, k)? {
                Personliste::Personer(personer) => Ok(personer),
                Personliste::ForMange => bail!("et spørsmål har for mange treff"),
            },
            Spoersmaal::Entydig(k) => Ok(soek::finn_entydig(les, PROJEKSJON, k)?.into_iter().collect()),
        }
    }
}

impl Rival for Vaar<'_> {
    fn navn(&self) -> String {
        "ours".to_owned()
    }

    fn maater(&self, _slag: Slag) -> usize {
        1
    }

    fn velg(&mut self, _slag: Slag, _maate: usize) -> Result<()> {
        Ok(())
    }

    fn spoer(&mut self, spoersmaal: &Spoersmaal) -> Result<usize> {
        let les = self.register.les()?;
        let funnet = Self::finn(&les, spoersmaal)?;
        let antall = funnet.len();
        let mut svar = Svar::new(Format::Json);
        les.vis_numre(&funnet, &mut svar, PROJEKSJON)?;
        std::hint::black_box(&svar);
        Ok(antall)
    }

    fn numre(&mut self, spoersmaal: &Spoersmaal) -> Result<Vec<u64>> {
        let les = self.register.les()?;
        let funnet = Self::finn(&les, spoersmaal)?;
        funnet.into_iter().map(|person| Ok(les.nummer(person)?)).collect()
    }
}
