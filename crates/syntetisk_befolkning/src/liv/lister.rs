//! Many short lists of persons, each in rising order: eight bytes a person, and four a list.

use super::tilstand::INGEN;

/// Lists by number. A person is in one of them at most.
#[derive(Clone, Debug, Default)]
pub(super) struct Lister {
    foerste: Vec<u32>,
    neste: Vec<u32>,
}

fn les(fra: &[u32], plass: u32) -> u32 {
    let plass = usize::try_from(plass).unwrap_or(usize::MAX);
    fra.get(plass).copied().unwrap_or(INGEN)
}

fn sett(i: &mut Vec<u32>, plass: u32, verdi: u32) {
    let plass = usize::try_from(plass).unwrap_or(usize::MAX);
    if plass >= i.len() {
        i.resize(plass.saturating_add(1), INGEN);
    }
    if let Some(sted) = i.get_mut(plass) {
        *sted = verdi;
    }
}

impl Lister {
    /// Those of a list, in rising order.
    pub fn ledd(&self, liste: u32) -> impl Iterator<Item = u32> + '_ {
        let mut naa = les(&self.foerste, liste);
        std::iter::from_fn(move || {
            let denne = (naa != INGEN).then_some(naa)?;
            naa = les(&self.neste, denne);
            Some(denne)
        })
    }

    /// Puts somebody who is in no list into one; nothing where the list is [`INGEN`].
    pub fn legg(&mut self, liste: u32, hvem: u32) {
        if liste == INGEN || hvem == INGEN {
            return;
        }
        let foer = self.ledd(liste).take_while(|p| *p < hvem).last();
        let etter = match foer {
            Some(foer) => les(&self.neste, foer),
            None => les(&self.foerste, liste),
        };
        if etter == hvem {
            return;
        }
        sett(&mut self.neste, hvem, etter);
        match foer {
            Some(foer) => sett(&mut self.neste, foer, hvem),
            None => sett(&mut self.foerste, liste, hvem),
        }
    }

    /// Takes somebody out of a list, if they are in it.
    pub fn fjern(&mut self, liste: u32, hvem: u32) {
        let foer = self.ledd(liste).take_while(|p| *p < hvem).last();
        let denne = match foer {
            Some(foer) => les(&self.neste, foer),
            None => les(&self.foerste, liste),
        };
        if denne != hvem || hvem == INGEN {
            return;
        }
        let etter = les(&self.neste, hvem);
        match foer {
            Some(foer) => sett(&mut self.neste, foer, etter),
            None => sett(&mut self.foerste, liste, etter),
        }
        sett(&mut self.neste, hvem, INGEN);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_in_order_whatever_the_order_it_was_made_in() {
        let mut lister = Lister::default();
        for hvem in [5, 1, 9, 3, 3] {
            lister.legg(2, hvem);
        }
        lister.legg(0, 4);
        lister.legg(INGEN, 7);
        assert_eq!(lister.ledd(2).collect::<Vec<_>>(), [1, 3, 5, 9]);
        lister.fjern(2, 1);
        lister.fjern(2, 9);
        lister.fjern(2, 4);
        assert_eq!(lister.ledd(2).collect::<Vec<_>>(), [3, 5]);
        lister.legg(0, 9);
        assert_eq!(lister.ledd(0).collect::<Vec<_>>(), [4, 9]);
        assert_eq!(lister.ledd(77).count() + lister.ledd(INGEN).count(), 0);
    }
}
