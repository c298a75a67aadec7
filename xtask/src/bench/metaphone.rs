//! Double Metaphone, to measure against: Lawrence Philips, "The Double Metaphone Search Algorithm", C/C++ Users Journal,
//! June 2000. Written here since the crate that has it brings a licence that is not on our list. Words of a to z.

/// Sounds that are kept of a word.
const LENGDE: usize = 4;

/// The two codes of a word in lower case a to z.
pub fn double_metaphone(ord: &str) -> [String; 2] {
    let ord = ord.as_bytes();
    let slavisk = ord.iter().any(|b| b"wk".contains(b)) || ord.windows(2).any(|w| w == b"cz");
    let mut les = Leser {
        ord,
        plass: 0,
        slavisk,
        koder: [String::new(), String::new()],
    };
    if les.en(0, &["gn", "kn", "pn", "wr", "ps"]) {
        les.plass = 1;
    }
    if les.tegn(0) == b'x' {
        les.ut("S", 1);
    }
    while les.plass < ord.len() && les.koder.iter().any(|k| k.len() < LENGDE) {
        les.neste();
    }
    les.koder.map(|k| k.chars().take(LENGDE).collect())
}

struct Leser<'a> {
    ord: &'a [u8],
    plass: usize,
    slavisk: bool,
    koder: [String; 2],
}

impl Leser<'_> {
    /// The letter so far from here, 0 outside the word.
    fn tegn(&self, fra: isize) -> u8 {
        let plass = self.plass.checked_add_signed(fra);
        plass.and_then(|p| self.ord.get(p)).copied().unwrap_or(0)
    }

    /// Whether one of these stands so far from here.
    fn her(&self, fra: isize, en_av: &[&str]) -> bool {
        let rest = self.plass.checked_add_signed(fra).and_then(|p| self.ord.get(p..));
        rest.is_some_and(|r| en_av.iter().any(|e| r.starts_with(e.as_bytes())))
    }

    /// Whether one of these stands at a place of the word.
    fn en(&self, plass: usize, en_av: &[&str]) -> bool {
        let rest = self.ord.get(plass..).unwrap_or_default();
        en_av.iter().any(|e| rest.starts_with(e.as_bytes()))
    }

    fn vokal(&self, fra: isize) -> bool {
        b"aeiouy".contains(&self.tegn(fra))
    }

    fn foerst(&self) -> bool {
        self.plass == 0
    }

    fn sist(&self) -> bool {
        self.plass + 1 == self.ord.len()
    }

    fn ut(&mut self, lyd: &str, videre: usize) {
        self.to(lyd, lyd, videre);
    }

    fn to(&mut self, hoved: &str, annen: &str, videre: usize) {
        for (kode, lyd) in self.koder.iter_mut().zip([hoved, annen]) {
            kode.push_str(lyd);
        }
        self.plass += videre;
    }

    /// One sound, and past the letter when it is doubled.
    fn dobbel(&mut self, lyd: &str) {
        let videre = if self.tegn(1) == self.tegn(0) { 2 } else { 1 };
        self.ut(lyd, videre);
    }

    fn neste(&mut self) {
        match self.tegn(0) {
            b'a' | b'e' | b'i' | b'o' | b'u' | b'y' => self.ut(if self.foerst() { "A" } else { "" }, 1),
            b'b' => self.dobbel("P"),
            b'c' => self.c(),
            b'd' if self.tegn(1) == b'g' && self.her(2, &["i", "e", "y"]) => self.ut("J", 3),
            b'd' if self.tegn(1) == b'g' => self.ut("TK", 2),
            b'd' => {
                let videre = if self.her(1, &["t", "d"]) { 2 } else { 1 };
                self.ut("T", videre);
            }
            b'f' | b'v' => self.dobbel("F"),
            b'g' => self.g(),
            b'h' if (self.foerst() || self.vokal(-1)) && self.vokal(1) => self.ut("H", 2),
            b'j' => self.j(),
            b'k' | b'q' => self.dobbel("K"),
            b'l' => self.l(),
            b'm' => {
                let stum_b = self.her(-1, &["umb"]) && (self.plass + 2 == self.ord.len() || self.her(2, &["er"]));
                self.ut("M", if stum_b || self.tegn(1) == b'm' { 2 } else { 1 });
            }
            b'n' => self.dobbel("N"),
            b'p' if self.tegn(1) == b'h' => self.ut("F", 2),
            b'p' => {
                let videre = if self.her(1, &["p", "b"]) { 2 } else { 1 };
                self.ut("P", videre);
            }
            b'r' if self.sist() && !self.slavisk && self.her(-2, &["ie"]) && !self.her(-4, &["me", "ma"]) => {
                self.to("", "R", 1);
            }
            b'r' => self.dobbel("R"),
            b's' => self.s(),
            b't' => self.t(),
            b'w' => self.w(),
            b'x' => {
                let stum = self.sist() && (self.her(-3, &["iau", "eau"]) || self.her(-2, &["au", "ou"]));
                let videre = if self.her(1, &["c", "x"]) { 2 } else { 1 };
                self.ut(if stum { "" } else { "KS" }, videre);
            }
            b'z' if self.tegn(1) == b'h' => self.ut("J", 2),
            b'z' => {
                let to_lyder =
                    self.her(1, &["zo", "zi", "za"]) || (self.slavisk && !self.foerst() && self.tegn(-1) != b't');
                let videre = if self.tegn(1) == b'z' { 2 } else { 1 };
                self.to("S", if to_lyder { "TS" } else { "S" }, videre);
            }
            _ => self.plass += 1,
        }
    }

    fn c(&mut self) {
        let germansk = self.plass > 1
            && !self.vokal(-2)
            && self.her(-1, &["ach"])
            && self.tegn(2) != b'i'
            && (self.tegn(2) != b'e' || self.her(-2, &["bacher", "macher"]));
        if germansk || self.her(0, &["chia"]) {
            self.ut("K", 2);
        } else if self.foerst() && self.her(0, &["caesar"]) {
            self.ut("S", 2);
        } else if self.tegn(1) == b'h' {
            self.ch();
        } else if self.tegn(1) == b'z' && !self.her(-2, &["wicz"]) {
            self.to("S", "X", 2);
        } else if self.her(1, &["cia"]) {
            self.ut("X", 3);
        } else if self.tegn(1) == b'c' && !(self.plass == 1 && self.en(0, &["m"])) {
            if self.her(2, &["i", "e", "h"]) && !self.her(2, &["hu"]) {
                let to_lyder = (self.plass == 1 && self.tegn(-1) == b'a') || self.her(-1, &["uccee", "ucces"]);
                self.ut(if to_lyder { "KS" } else { "X" }, 3);
            } else {
                self.ut("K", 2);
            }
        } else if self.her(1, &["k", "g", "q"]) {
            self.ut("K", 2);
        } else if self.her(1, &["io", "ie", "ia"]) {
            self.to("S", "X", 2);
        } else if self.her(1, &["i", "e", "y"]) {
            self.ut("S", 2);
        } else {
            self.ut("K", 1);
        }
    }

    fn ch(&mut self) {
        let gresk_foerst =
            self.foerst() && self.her(1, &["harac", "haris", "hor", "hym", "hia", "hem"]) && !self.en(0, &["chore"]);
        let foer = self.foerst() || self.her(-1, &["a", "o", "u", "e"]);
        let etter = self.her(2, &["l", "r", "n", "m", "b", "h", "f", "v", "w"]) || self.plass + 2 == self.ord.len();
        if !self.foerst() && self.her(2, &["ae"]) {
            self.to("K", "X", 2);
        } else if gresk_foerst
            || self.en(0, &["sch"])
            || self.her(-2, &["orches", "archit", "orchid"])
            || self.her(2, &["t", "s"])
            || (foer && etter)
        {
            self.ut("K", 2);
        } else if self.foerst() {
            self.ut("X", 2);
        } else if self.en(0, &["mc"]) {
            self.ut("K", 2);
        } else {
            self.to("X", "K", 2);
        }
    }

    fn g(&mut self) {
        if self.tegn(1) == b'h' {
            self.gh();
        } else if self.tegn(1) == b'n' {
            if self.plass == 1 && self.vokal(-1) && !self.slavisk {
                self.to("KN", "N", 2);
            } else if !self.her(2, &["ey"]) && !self.slavisk {
                self.to("N", "KN", 2);
            } else {
                self.ut("KN", 2);
            }
        } else if self.her(1, &["li"]) && !self.slavisk {
            self.to("KL", "L", 2);
        } else if (self.foerst()
            && self.her(
                1,
                &["y", "es", "ep", "eb", "el", "ey", "ib", "il", "in", "ie", "ei", "er"],
            ))
            || (self.her(1, &["er", "y"])
                && !self.en(0, &["danger", "ranger", "manger"])
                && !self.her(-1, &["e", "i", "rgy", "ogy"]))
        {
            self.to("K", "J", 2);
        } else if self.her(1, &["e", "i", "y"]) || self.her(-1, &["aggi", "oggi"]) {
            if self.en(0, &["sch"]) || self.her(1, &["et"]) {
                self.ut("K", 2);
            } else if self.her(1, &["ier"]) {
                self.ut("J", 2);
            } else {
                self.to("J", "K", 2);
            }
        } else {
            self.dobbel("K");
        }
    }

    fn gh(&mut self) {
        if !self.foerst() && !self.vokal(-1) {
            self.ut("K", 2);
        } else if self.foerst() {
            self.ut(if self.tegn(2) == b'i' { "J" } else { "K" }, 2);
        } else if self.her(-2, &["b", "h", "d"]) || self.her(-3, &["b", "h", "d"]) || self.her(-4, &["b", "h"]) {
            self.plass += 2;
        } else if self.plass > 2 && self.tegn(-1) == b'u' && self.her(-3, &["c", "g", "l", "r", "t"]) {
            self.ut("F", 2);
        } else {
            self.ut(if self.tegn(-1) == b'i' { "" } else { "K" }, 2);
        }
    }

    fn j(&mut self) {
        let videre = if self.tegn(1) == b'j' { 2 } else { 1 };
        if self.her(0, &["jose"]) {
            self.to(if self.ord.len() == 4 { "H" } else { "J" }, "H", 1);
        } else if self.foerst() {
            self.to("J", "A", videre);
        } else if self.vokal(-1) && !self.slavisk && self.her(1, &["a", "o"]) {
            self.to("J", "H", videre);
        } else if self.sist() {
            self.to("J", "", videre);
        } else if !self.her(1, &["l", "t", "k", "s", "n", "m", "b", "z"]) && !self.her(-1, &["s", "k", "l"]) {
            self.ut("J", videre);
        } else {
            self.plass += videre;
        }
    }

    fn l(&mut self) {
        let lengde = self.ord.len();
        let spansk = (self.plass + 3 == lengde && self.her(-1, &["illo", "illa", "alle"]))
            || (self.her(-1, &["alle"])
                && (self.en(lengde.saturating_sub(2), &["as", "os"]) || self.en(lengde - 1, &["a", "o"])));
        if self.tegn(1) == b'l' && spansk {
            self.to("L", "", 2);
        } else {
            self.dobbel("L");
        }
    }

    fn s(&mut self) {
        let slutt = |les: &Self| if les.her(1, &["s", "z"]) { 2 } else { 1 };
        if self.her(-1, &["isl", "ysl"]) {
            self.plass += 1;
        } else if self.foerst() && self.her(0, &["sugar"]) {
            self.to("X", "S", 1);
        } else if self.tegn(1) == b'h' {
            let navn = self.her(1, &["heim", "hoek", "holm", "holz"]);
            self.ut(if navn { "S" } else { "X" }, 2);
        } else if self.her(0, &["sio", "sia"]) {
            self.to("S", if self.slavisk { "S" } else { "X" }, 3);
        } else if (self.foerst() && self.her(1, &["m", "n", "l", "w"])) || self.tegn(1) == b'z' {
            let videre = if self.tegn(1) == b'z' { 2 } else { 1 };
            self.to("S", "X", videre);
        } else if self.tegn(1) == b'c' {
            self.sc();
        } else if self.sist() && self.her(-2, &["ai", "oi"]) {
            self.to("", "S", 1);
        } else {
            let videre = slutt(self);
            self.ut("S", videre);
        }
    }

    fn sc(&mut self) {
        if self.tegn(2) != b'h' {
            let lyd = if self.her(2, &["i", "e", "y"]) { "S" } else { "SK" };
            self.ut(lyd, 3);
        } else if self.her(3, &["er", "en"]) {
            self.to("X", "SK", 3);
        } else if self.her(3, &["oo", "uy", "ed", "em"]) {
            self.ut("SK", 3);
        } else if self.foerst() && !self.vokal(3) && self.tegn(3) != b'w' {
            self.to("X", "S", 3);
        } else {
            self.ut("X", 3);
        }
    }

    fn t(&mut self) {
        if self.her(0, &["tion", "tia", "tch"]) {
            self.ut("X", 3);
        } else if self.her(0, &["th", "tth"]) {
            if self.her(2, &["om", "am"]) || self.en(0, &["sch"]) {
                self.ut("T", 2);
            } else {
                self.to("0", "T", 2);
            }
        } else {
            let videre = if self.her(1, &["t", "d"]) { 2 } else { 1 };
            self.ut("T", videre);
        }
    }

    fn w(&mut self) {
        if self.tegn(1) == b'r' {
            self.ut("R", 2);
        } else if self.foerst() && (self.vokal(1) || self.tegn(1) == b'h') {
            self.to("A", if self.vokal(1) { "F" } else { "A" }, 1);
        } else if (self.sist() && self.vokal(-1))
            || self.her(-1, &["ewski", "ewsky", "owski", "owsky"])
            || self.en(0, &["sch"])
        {
            self.to("", "F", 1);
        } else if self.her(0, &["wicz", "witz"]) {
            self.to("TS", "FX", 4);
        } else {
            self.plass += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::double_metaphone;

    /// Codes that the article and the implementations in wide use agree on.
    #[test]
    fn codes_are_those_that_others_give() {
        for (ord, hoved, annen) in [
            ("smith", "SM0", "XMT"),
            ("schmidt", "XMT", "SMT"),
            ("thomas", "TMS", "TMS"),
            ("christian", "KRSX", "KRSX"),
            ("michael", "MKL", "MXL"),
            ("knut", "NT", "NT"),
            ("wagner", "AKNR", "FKNR"),
            ("jensen", "JNSN", "ANSN"),
            ("gjertsen", "KJRT", "KJRT"),
            ("xavier", "SF", "SFR"),
            ("filipowicz", "FLPT", "FLPF"),
            ("bacchus", "PKS", "PKS"),
        ] {
            assert_eq!(double_metaphone(ord), [hoved, annen], "{ord}");
        }
    }
}
