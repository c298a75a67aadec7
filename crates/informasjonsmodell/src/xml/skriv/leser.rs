//! JSON read forwards, without a tree: what a body is made of, and where it goes wrong.

use crate::feil::{Grunn, Lesefeil, Sti};
use crate::json::DYBDE_MAKS;

/// A fault on its way out: the rule, and the fields around the place, innermost first.
pub(super) struct Feil {
    grunn: Grunn,
    felter: Vec<&'static str>,
}

impl Feil {
    pub(super) fn new(grunn: Grunn) -> Self {
        Feil {
            grunn,
            felter: Vec::new(),
        }
    }

    /// The fault as it looks from outside a field.
    pub(super) fn i(mut self, felt: &'static str) -> Self {
        self.felter.push(felt);
        self
    }

    /// The fault with its path below an entity.
    pub(super) fn ved(self, entitet: &'static str) -> Lesefeil {
        let rot = Sti::rot().felt(entitet);
        let sti = self.felter.iter().rev().fold(rot, |sti, felt| sti.felt(felt));
        Lesefeil::new(&sti, self.grunn)
    }
}

/// A place in a body.
pub(super) struct Leser<'a> {
    b: &'a [u8],
    pos: usize,
}

impl<'a> Leser<'a> {
    pub(super) fn new(kropp: &'a [u8]) -> Result<Self, Feil> {
        match std::str::from_utf8(kropp) {
            Ok(_) => Ok(Leser { b: kropp, pos: 0 }),
            Err(feil) => Err(Feil::new(ikke_json(kropp, feil.valid_up_to()))),
        }
    }

    /// How far it has come; [`Leser::gaa_til`] goes back.
    pub(super) fn plass(&self) -> usize {
        self.pos
    }

    pub(super) fn gaa_til(&mut self, plass: usize) {
        self.pos = plass;
    }

    pub(super) fn se(&self) -> Option<u8> {
        self.b.get(self.pos).copied()
    }

    pub(super) fn feil(&self) -> Feil {
        Feil::new(ikke_json(self.b, self.pos))
    }

    pub(super) fn blank(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.se() {
            self.pos += 1;
        }
    }

    /// Takes one byte if it is next.
    pub(super) fn hvis(&mut self, tegn: u8) -> bool {
        let er = self.se() == Some(tegn);
        if er {
            self.pos += 1;
        }
        er
    }

    fn ta(&mut self, tegn: u8) -> Result<(), Feil> {
        if self.hvis(tegn) { Ok(()) } else { Err(self.feil()) }
    }

    fn ord(&mut self, ord: &[u8]) -> bool {
        let er = self.b.get(self.pos..).is_some_and(|rest| rest.starts_with(ord));
        if er {
            self.pos += ord.len();
        }
        er
    }

    /// The fault of a value of the wrong kind: `null` has a rule of its own, and what is no JSON at all has another.
    pub(super) fn feil_type(&self, ventet: &'static str) -> Feil {
        match self.se() {
            Some(b'n') => Feil::new(Grunn::Null),
            Some(b'"' | b'{' | b'[' | b't' | b'f' | b'-' | b'0'..=b'9') => Feil::new(Grunn::FeilType(ventet)),
            _ => self.feil(),
        }
    }

    pub(super) fn objekt_start(&mut self) -> Result<bool, Feil> {
        if !self.hvis(b'{') {
            return Err(self.feil_type("objekt"));
        }
        self.blank();
        Ok(!self.hvis(b'}'))
    }

    /// After a member or an item: whether another follows.
    pub(super) fn neste(&mut self, slutt: u8) -> Result<bool, Feil> {
        self.blank();
        if self.hvis(b',') {
            self.blank();
            Ok(true)
        } else {
            self.ta(slutt).map(|()| false)
        }
    }

    /// Reads a member's name and the colon after it.
    pub(super) fn navn(&mut self) -> Result<Navn<'a>, Feil> {
        self.ta(b'"')?;
        let rest = self.b.get(self.pos..).unwrap_or_default();
        let n = rest.iter().position(|b| er_spesiell(*b)).unwrap_or(rest.len());
        let (vanlig, fra) = rest.split_at(n);
        let navn = if fra.first() == Some(&b'"') {
            self.pos += n + 1;
            Navn::Vanlig(vanlig)
        } else {
            let mut tekst = Vec::new();
            let mut skriv = |ut: &mut Vec<u8>, tegn: char| ut.extend(tegn.encode_utf8(&mut [0; 4]).bytes());
            self.tekst(&mut skriv, &mut tekst)?;
            Navn::Rekonstruert(tekst)
        };
        self.blank();
        self.ta(b':')?;
        self.blank();
        Ok(navn)
    }

    /// Reads the rest of a string, after its first quote. `ut` gets the ordinary runs as they are; `skriv` gets each
    /// character that is escaped in JSON or may have to be in XML.
    pub(super) fn tekst(&mut self, skriv: &mut dyn FnMut(&mut Vec<u8>, char), ut: &mut Vec<u8>) -> Result<(), Feil> {
        loop {
            let rest = self.b.get(self.pos..).unwrap_or_default();
            let n = rest.iter().position(|b| er_spesiell(*b)).unwrap_or(rest.len());
            let (vanlig, fra) = rest.split_at(n);
            ut.extend_from_slice(vanlig);
            self.pos += n;
            match fra {
                [b'"', ..] => {
                    self.pos += 1;
                    return Ok(());
                }
                [b'\\', ..] => {
                    let tegn = self.escape()?;
                    skriv(ut, tegn);
                }
                [0xEF, 0xBF, siste @ (0xBE | 0xBF), ..] => {
                    self.pos += 3;
                    skriv(ut, if *siste == 0xBE { '\u{FFFE}' } else { '\u{FFFF}' });
                }
                [0xEF, ..] => {
                    self.pos += 1;
                    ut.push(0xEF);
                }
                [b @ (b'&' | b'<' | b'>'), ..] => {
                    self.pos += 1;
                    skriv(ut, char::from(*b));
                }
                _ => return Err(self.feil()),
            }
        }
    }

    /// Reads an escape, from its backslash. Half of a surrogate pair becomes the replacement character.
    fn escape(&mut self) -> Result<char, Feil> {
        self.ta(b'\\')?;
        let tegn = match self.se() {
            Some(b @ (b'"' | b'\\' | b'/')) => char::from(b),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{C}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.pos += 1;
                let foerste = self.fire_siffer()?;
                if !(0xD800..0xDC00).contains(&foerste) {
                    return Ok(char::from_u32(foerste).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                let etter_foerste = self.pos;
                if self.ord(b"\\u") {
                    let andre = self.fire_siffer()?;
                    if (0xDC00..0xE000).contains(&andre) {
                        let kode = 0x10000 + ((foerste - 0xD800) << 10) + (andre - 0xDC00);
                        return Ok(char::from_u32(kode).unwrap_or(char::REPLACEMENT_CHARACTER));
                    }
                    self.pos = etter_foerste;
                }
                return Ok(char::REPLACEMENT_CHARACTER);
            }
            _ => return Err(self.feil()),
        };
        self.pos += 1;
        Ok(tegn)
    }

    fn fire_siffer(&mut self) -> Result<u32, Feil> {
        let siffer = self.b.get(self.pos..self.pos.saturating_add(4)).unwrap_or_default();
        let verdi = siffer
            .iter()
            .try_fold(0, |sum, b| Some(sum * 16 + char::from(*b).to_digit(16)?));
        match verdi {
            Some(verdi) if siffer.len() == 4 => {
                self.pos += 4;
                Ok(verdi)
            }
            _ => Err(self.feil()),
        }
    }

    /// Reads a number that must be an integer of 64 bits; gives it as it stands.
    pub(super) fn heltall(&mut self) -> Result<&'a [u8], Feil> {
        let fra = self.pos;
        if !matches!(self.se(), Some(b'-' | b'0'..=b'9')) {
            return Err(self.feil_type("heltall"));
        }
        self.tall()?;
        let tall = self.b.get(fra..self.pos).unwrap_or_default();
        match std::str::from_utf8(tall) {
            Ok(tekst) if tekst.parse::<i64>().is_ok() => Ok(tall),
            _ => Err(Feil::new(Grunn::FeilType("heltall"))),
        }
    }

    /// Reads `true` or `false`.
    pub(super) fn boolsk(&mut self) -> Result<&'static str, Feil> {
        ["true", "false"]
            .into_iter()
            .find(|ord| self.ord(ord.as_bytes()))
            .ok_or_else(|| self.feil_type("true eller false"))
    }

    fn sifre(&mut self) -> Result<(), Feil> {
        let fra = self.pos;
        while self.se().is_some_and(|b| b.is_ascii_digit()) {
            self.pos += 1;
        }
        if self.pos == fra { Err(self.feil()) } else { Ok(()) }
    }

    fn tall(&mut self) -> Result<(), Feil> {
        self.hvis(b'-');
        if !self.hvis(b'0') {
            self.sifre()?;
        }
        if self.hvis(b'.') {
            self.sifre()?;
        }
        if self.hvis(b'e') || self.hvis(b'E') {
            if !self.hvis(b'+') {
                self.hvis(b'-');
            }
            self.sifre()?;
        }
        Ok(())
    }

    /// Passes over a value that is not wanted, and checks that it is one.
    pub(super) fn hopp(&mut self, dybde: usize) -> Result<(), Feil> {
        if dybde > DYBDE_MAKS {
            return Err(Feil::new(Grunn::ForDyp(DYBDE_MAKS)));
        }
        match self.se() {
            Some(b'{') => {
                let mut flere = self.objekt_start()?;
                while flere {
                    self.navn()?;
                    self.hopp(dybde + 1)?;
                    flere = self.neste(b'}')?;
                }
                Ok(())
            }
            Some(b'[') => {
                self.pos += 1;
                self.blank();
                let mut flere = !self.hvis(b']');
                while flere {
                    self.hopp(dybde + 1)?;
                    flere = self.neste(b']')?;
                }
                Ok(())
            }
            Some(b'"') => self.hopp_tekst(),
            Some(b'-' | b'0'..=b'9') => self.tall(),
            _ if self.ord(b"true") || self.ord(b"false") || self.ord(b"null") => Ok(()),
            _ => Err(self.feil()),
        }
    }

    fn hopp_tekst(&mut self) -> Result<(), Feil> {
        self.ta(b'"')?;
        loop {
            match self.se() {
                Some(b'"') => {
                    self.pos += 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    self.escape()?;
                }
                Some(b) if b >= 0x20 => self.pos += 1,
                _ => return Err(self.feil()),
            }
        }
    }
}

fn ikke_json(tekst: &[u8], pos: usize) -> Grunn {
    let foer = tekst.get(..pos).unwrap_or(tekst);
    let linje = 1 + foer.iter().filter(|b| **b == b'\n').count();
    let kolonne = 1 + foer.iter().rev().take_while(|b| **b != b'\n').count();
    Grunn::IkkeJson { linje, kolonne }
}

/// A member's name: almost always plain bytes of the body.
pub(super) enum Navn<'a> {
    Vanlig(&'a [u8]),
    Rekonstruert(Vec<u8>),
}

impl Navn<'_> {
    pub(super) fn er(&self, navn: &str) -> bool {
        match self {
            Navn::Vanlig(b) => *b == navn.as_bytes(),
            Navn::Rekonstruert(b) => b == navn.as_bytes(),
        }
    }
}

/// Bytes of a string that cannot be copied blindly: what JSON escapes or forbids, what XML escapes, and the first byte of
/// U+FFFE and U+FFFF among others.
static SPESIELL: [bool; 256] = {
    let mut tabell = [false; 256];
    let mut rest: &mut [bool] = &mut tabell;
    let mut b: u8 = 0;
    while let Some((plass, etter)) = rest.split_first_mut() {
        *plass = b < 0x20 || matches!(b, b'"' | b'\\' | b'&' | b'<' | b'>' | 0xEF);
        rest = etter;
        b = b.wrapping_add(1);
    }
    tabell
};

fn er_spesiell(b: u8) -> bool {
    SPESIELL.get(usize::from(b)).copied().unwrap_or(true)
}
