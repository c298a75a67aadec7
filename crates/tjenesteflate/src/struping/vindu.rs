//! One budget: what was used in the last period, in a ring of slots.
//!
//! ```text
//!   slots     128 of them, each 1/128 of the period          now
//!   ├──┬──┬──┬──┬──┬── … ──┬──┬──┬──┬──┬──┤──┤
//!   └── falls out as time goes ──┘          └─ counted here
//! ```
//! What is used in a slot comes back, all of it, one period after the slot began. So a budget is exact to within one
//! slot (0.8 %), and a refusal says exactly when the next call would be let in.

/// Slots in a period. Source: our choice; the promise is a limit kept within 1 %.
pub(super) const SPOR: u64 = 128;

/// The ring of one key.
#[derive(Clone, Debug)]
pub(super) struct Vindu {
    spor: Box<[u32]>,
    /// The newest slot that has been reached, counted from the start of the clock.
    siste: u64,
    sum: u64,
    /// The slot before which a refusal has been told of already.
    fortalt_til: u64,
}

/// A refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fullt {
    /// The slot at whose start there is room again.
    ledig_ved: u64,
    /// Nobody was told of a refusal for a whole period.
    pub foerste: bool,
}

impl Fullt {
    pub(super) fn ledig_ved(self) -> u64 {
        self.ledig_ved
    }
}

impl Vindu {
    pub(super) fn new(spor: u64) -> Self {
        Self {
            spor: vec![0; usize::try_from(SPOR).unwrap_or(0)].into_boxed_slice(),
            siste: spor,
            sum: 0,
            fortalt_til: 0,
        }
    }

    fn celle(&mut self, spor: u64) -> Option<&mut u32> {
        self.spor.get_mut(usize::try_from(spor % SPOR).unwrap_or(0))
    }

    /// Lets go of what has fallen out. A clock reading that is older than the last one counts as the last one.
    fn flytt(&mut self, spor: u64) {
        if spor.saturating_sub(self.siste) >= SPOR {
            self.spor.fill(0);
            self.sum = 0;
            self.siste = spor;
        }
        while self.siste < spor {
            self.siste += 1;
            let falt = self.celle(self.siste).map_or(0, std::mem::take);
            self.sum = self.sum.saturating_sub(u64::from(falt));
        }
    }

    /// Uses `antall` of `maks`, or says when there is room. A refusal uses nothing, so that asking early costs nothing.
    pub(super) fn bruk(&mut self, spor: u64, antall: u32, maks: u64) -> Result<u64, Fullt> {
        self.sjekk(spor, antall, maks)?;
        self.legg_til(spor, antall);
        Ok(self.siste)
    }

    /// Whether there is room for `antall`.
    pub(super) fn sjekk(&mut self, spor: u64, antall: u32, maks: u64) -> Result<(), Fullt> {
        self.flytt(spor);
        let over = (self.sum + u64::from(antall)).saturating_sub(maks);
        if over == 0 {
            return Ok(());
        }
        let foerste = self.siste >= self.fortalt_til;
        if foerste {
            self.fortalt_til = self.siste + SPOR;
        }
        let eldste = (self.siste + 1).saturating_sub(SPOR);
        let mut fritt = 0;
        for spor in eldste..=self.siste {
            fritt += self.celle(spor).map_or(0, |brukt| u64::from(*brukt));
            if fritt >= over {
                return Err(Fullt {
                    ledig_ved: spor + SPOR,
                    foerste,
                });
            }
        }
        // More is asked for than there ever is.
        Err(Fullt {
            ledig_ved: self.siste + SPOR,
            foerste,
        })
    }

    /// Counts `antall`, whether there is room or not; the sum afterwards.
    pub(super) fn legg_til(&mut self, spor: u64, antall: u32) -> u64 {
        self.flytt(spor);
        let siste = self.siste;
        if let Some(brukt) = self.celle(siste) {
            let foer = *brukt;
            *brukt = foer.saturating_add(antall);
            self.sum += u64::from(*brukt - foer);
        }
        self.sum
    }

    /// Gives one back that was used in `spor`, if that has not come back by itself.
    pub(super) fn gi_tilbake(&mut self, spor: u64) {
        if spor + SPOR <= self.siste || spor > self.siste {
            return;
        }
        if let Some(brukt) = self.celle(spor)
            && let Some(mindre) = brukt.checked_sub(1)
        {
            *brukt = mindre;
            self.sum = self.sum.saturating_sub(1);
        }
    }
}
