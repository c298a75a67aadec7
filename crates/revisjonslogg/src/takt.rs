//! How many records to have before they are written: most of the calls that are under way, but not those who can work while the disk does.
//!
//! A sync costs as much for one record as for a hundred, so company is worth waiting for. If it were waited for until everybody who calls is
//! here, nobody would be left to work while it is synced. How many call is not known, only how many came; so now and then more are waited for.

/// Rounds between each time that it is found out whether there are more.
const PROEVE: u32 = 16;
/// The part by which the number of calls thought to be under way falls with each round that had fewer than were waited for.
const FALL: usize = 8;

/// What is thought of those who call.
#[derive(Debug)]
pub(crate) struct Takt {
    /// Calls thought to be under way.
    samtidige: usize,
    /// How many of them there is work for while the disk works.
    i_arbeid: usize,
    runde: u32,
    lag: usize,
}

impl Default for Takt {
    fn default() -> Self {
        Takt {
            samtidige: 1,
            i_arbeid: 1,
            runde: 0,
            lag: 1,
        }
    }
}

impl Takt {
    /// How many records are enough to write.
    pub fn lag(&self) -> usize {
        self.lag
    }

    /// After a write of so many records, while which so many came.
    pub fn skrevet(&mut self, antall: usize, imens: usize) {
        let proevde = self.runde == 0;
        let var = antall + imens;
        self.samtidige = if antall >= self.lag {
            self.samtidige.max(var)
        } else {
            var.max(self.samtidige - self.samtidige.div_ceil(FALL))
        };
        // A trial leaves nobody to work, so it tells nothing of how many could have.
        if !proevde {
            let alle_kom = imens >= self.i_arbeid;
            let i_arbeid = if alle_kom { imens * 2 } else { imens + imens / 2 + 1 };
            self.i_arbeid = i_arbeid.clamp(1, self.samtidige.div_ceil(2));
        }
        self.runde = (self.runde + 1) % PROEVE;
        let lag = if self.runde == 0 {
            self.samtidige + self.samtidige / 4
        } else {
            self.samtidige.saturating_sub(self.i_arbeid)
        };
        self.lag = lag.max(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One processor: so many callers, each with so much work before its record, and a disk that takes its time. Gives records a write,
    /// and the part of the time in which nobody worked.
    fn kjoer(kallere: usize, arbeid_us: u64, synk_us: u64, runder: u32) -> (f64, f64) {
        let mut takt = Takt::default();
        let (mut i_koe, mut poster, mut tid, mut ledig) = (0, 0, 0, 0);
        for runde in 0..runder * 2 {
            let mut antall = std::mem::take(&mut i_koe);
            while antall < takt.lag().max(1) && antall < kallere {
                antall += 1;
                tid += arbeid_us;
            }
            // While the disk works, so do those who are left, until they have nothing more to do.
            let kom = usize::try_from(synk_us / arbeid_us).unwrap().min(kallere - antall);
            if runde >= runder {
                poster += antall;
                ledig += synk_us.saturating_sub(kom as u64 * arbeid_us);
            } else {
                tid = 0;
            }
            tid += synk_us;
            i_koe = kom;
            takt.skrevet(antall, kom);
        }
        (poster as f64 / f64::from(runder), ledig as f64 / tid as f64)
    }

    #[track_caller]
    fn check(kallere: usize, arbeid_us: u64, minst: f64, ledig_hoyst: f64) {
        let (poster, ledig) = kjoer(kallere, arbeid_us, 900, 400);
        assert!(
            poster >= minst && ledig <= ledig_hoyst,
            "{kallere} {arbeid_us}: {poster} {ledig}"
        );
    }

    #[test]
    fn company_is_waited_for_and_some_are_left_to_work() {
        check(64, 60, 32.0, 0.06);
        check(64, 150, 48.0, 0.06);
        check(64, 400, 54.0, 0.06);
        check(200, 60, 150.0, 0.06);
        // Few callers: a write for each or so, and nobody is waited for who does not come.
        check(1, 60, 1.0, 1.0);
        check(4, 150, 1.5, 0.9);
    }

    #[test]
    fn when_many_have_gone_few_are_waited_for() {
        let mut takt = Takt::default();
        for _ in 0..200 {
            takt.skrevet(takt.lag().min(60), 4);
        }
        assert!(takt.lag() > 40, "{}", takt.lag());
        for _ in 0..40 {
            takt.skrevet(takt.lag().min(2), 0);
        }
        assert!(takt.lag() <= 3, "{}", takt.lag());
    }
}
