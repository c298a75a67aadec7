//! Reading the language of schemas.

use super::{Antall, Gruppe, Hva, INNEBYGDE, Ledd, Skjema, Teksttype, Type};

/// A schema that cannot be read: our own mistake, since schemas come with the program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("skjemaet kan ikke leses, linje {linje}: {hva}")]
pub struct Feil {
    /// Line, from 1.
    pub linje: usize,
    /// What is wrong there.
    pub hva: &'static str,
}

/// Nesting of groups. Source: our choice; the schemas have three levels.
const DYBDE_MAKS: usize = 16;

/// Reads a schema.
///
/// # Errors
/// [`Feil`]; also for a name that stands for nothing.
pub fn les(kilde: &str) -> Result<Skjema, Feil> {
    let mut leser = Leser {
        ord: ord(kilde)?,
        plass: 0,
    };
    let mut skjema = Skjema {
        navnerom: String::new(),
        roetter: Vec::new(),
        typer: Vec::new(),
    };
    while let Some(navn) = leser.neste() {
        match navn.as_str() {
            "navnerom" => skjema.navnerom = leser.navn()?,
            "rot" => {
                let element = leser.navn()?;
                skjema.roetter.push((element, leser.navn()?));
            }
            _ => {
                let innhold = leser.type_()?;
                skjema.typer.push((navn, innhold));
            }
        }
    }
    sjekk(&skjema, leser.linje())?;
    Ok(skjema)
}

// Every name stands for something of the right kind, and once.
fn sjekk(skjema: &Skjema, linje: usize) -> Result<(), Feil> {
    let feil = |hva| Feil { linje, hva };
    let er_gruppe = |navn: &str| matches!(skjema.type_av(navn), Some(Type::Gruppe(_)));
    let er_tekst = |navn: &str| INNEBYGDE.contains(&navn) || matches!(skjema.type_av(navn), Some(Type::Tekst(_)));
    if skjema.navnerom.is_empty() || skjema.roetter.is_empty() {
        return Err(feil("navnerom eller rot mangler"));
    }
    for (nr, (navn, innhold)) in skjema.typer.iter().enumerate() {
        if skjema.typer.iter().take(nr).any(|(annet, _)| annet == navn) {
            return Err(feil("to typer har samme navn"));
        }
        let staar_paa_noe = match innhold {
            Type::Gruppe(gruppe) => gruppe.av.as_ref().is_none_or(|av| er_gruppe(av)),
            Type::Tekst(tekst) => er_tekst(&tekst.av) && *navn != tekst.av,
        };
        if !staar_paa_noe {
            return Err(feil("en type står på noe som ikke finnes"));
        }
    }
    let mut ukjent = skjema.roetter.iter().any(|(_, navn)| !er_gruppe(navn));
    skjema.hvert_element(|_, hva| {
        ukjent |= match hva {
            Hva::Type(navn) => !er_gruppe(navn) && !er_tekst(navn),
            Hva::Tekst(tekst) => !er_tekst(&tekst.av),
            Hva::Noe | Hva::Signatur => false,
        };
    });
    if ukjent {
        Err(feil("et element har en type som ikke finnes"))
    } else {
        Ok(())
    }
}

/// A word with its line; what stands between slashes is one word, the first slash included.
type Ord = (String, usize);

fn ord(kilde: &str) -> Result<Vec<Ord>, Feil> {
    let mut ut = Vec::new();
    for (nr, linje) in kilde.lines().enumerate() {
        let nr = nr + 1;
        let mut rest = linje.trim_start();
        while let Some(tegn) = rest.chars().next() {
            if tegn == '#' {
                break;
            }
            let lengde = if tegn == '/' {
                moenster(rest).ok_or(Feil {
                    linje: nr,
                    hva: "mønsteret slutter ikke",
                })?
            } else if matches!(tegn, '{' | '}' | '[' | ']' | '(' | ')' | '=') {
                1
            } else {
                let slutt = |c: char| c.is_whitespace() || matches!(c, '{' | '}' | '[' | ']' | '(' | ')' | '=' | '/');
                rest.find(slutt).unwrap_or(rest.len())
            };
            let (her, etter) = rest.split_at(lengde);
            ut.push((her.to_owned(), nr));
            rest = etter.trim_start();
        }
    }
    Ok(ut)
}

// How far a pattern goes, both slashes included.
fn moenster(tekst: &str) -> Option<usize> {
    let mut skraa = false;
    for (plass, tegn) in tekst.char_indices().skip(1) {
        match tegn {
            '\\' => skraa = !skraa,
            '/' if !skraa => return Some(plass + 1),
            _ => skraa = false,
        }
    }
    None
}

struct Leser {
    ord: Vec<Ord>,
    plass: usize,
}

impl Leser {
    fn linje(&self) -> usize {
        let siste = self.plass.min(self.ord.len().saturating_sub(1));
        self.ord.get(siste).map_or(0, |(_, linje)| *linje)
    }

    fn feil<T>(&self, hva: &'static str) -> Result<T, Feil> {
        Err(Feil {
            linje: self.linje(),
            hva,
        })
    }

    fn se(&self) -> Option<&str> {
        self.ord.get(self.plass).map(|(ord, _)| ord.as_str())
    }

    fn neste(&mut self) -> Option<String> {
        let ord = self.ord.get(self.plass)?.0.clone();
        self.plass += 1;
        Some(ord)
    }

    fn er(&mut self, ord: &str) -> bool {
        let er = self.se() == Some(ord);
        self.plass += usize::from(er);
        er
    }

    fn krev(&mut self, ord: &str) -> Result<(), Feil> {
        if self.er(ord) {
            Ok(())
        } else {
            self.feil("et tegn mangler")
        }
    }

    fn navn(&mut self) -> Result<String, Feil> {
        match self.neste() {
            Some(navn) if navn.starts_with(char::is_alphabetic) => Ok(navn),
            _ => self.feil("et navn mangler"),
        }
    }

    fn type_(&mut self) -> Result<Type, Feil> {
        if self.er("=") {
            return Ok(Type::Tekst(self.tekst()?));
        }
        let av = if self.er("av") { Some(self.navn()?) } else { None };
        let abstrakt = self.er("abstrakt");
        Ok(Type::Gruppe(Gruppe {
            av,
            abstrakt,
            innhold: self.innhold(0)?,
        }))
    }

    fn tekst(&mut self) -> Result<Teksttype, Feil> {
        let mut ut = Teksttype {
            av: self.navn()?,
            ..Teksttype::default()
        };
        while let Some(ord) = self.se() {
            if let Some((fra, til)) = ord.split_once("..") {
                let tall = |t: &str| if t.is_empty() { Ok(None) } else { t.parse().map(Some) };
                let (Ok(minst), Ok(hoeyst)) = (tall(fra), tall(til)) else {
                    return self.feil("lengden er ikke tall");
                };
                (ut.minst, ut.hoeyst) = (minst, hoeyst);
            } else if ord.starts_with(|c: char| c.is_ascii_digit()) {
                let Ok(lengde) = ord.parse() else {
                    return self.feil("lengden er ikke et tall");
                };
                ut.lengde = Some(lengde);
            } else if let Some(moenster) = ord.strip_prefix('/') {
                let moenster = moenster.strip_suffix('/').unwrap_or(moenster);
                ut.moenstre.push(moenster.replace("\\/", "/"));
            } else if ord == "[" {
                self.plass += 1;
                while !self.er("]") {
                    let kode = self.navn()?;
                    ut.koder.push(kode);
                }
                break;
            } else {
                break;
            }
            self.plass += 1;
        }
        Ok(ut)
    }

    fn innhold(&mut self, dybde: usize) -> Result<Vec<Ledd>, Feil> {
        if dybde > DYBDE_MAKS {
            return self.feil("for dypt nøstet");
        }
        self.krev("{")?;
        let mut ut = Vec::new();
        while !self.er("}") {
            let navn = self.navn()?;
            ut.push(match navn.as_str() {
                "enten" => {
                    let antall = self.antall()?;
                    Ledd::Enten(self.innhold(dybde + 1)?, antall)
                }
                "og" => {
                    let antall = self.antall()?;
                    Ledd::Og(self.innhold(dybde + 1)?, antall)
                }
                _ => {
                    let hva = self.hva()?;
                    Ledd::Element {
                        navn,
                        hva,
                        antall: self.antall()?,
                        nillable: self.er("nillable"),
                    }
                }
            });
        }
        Ok(ut)
    }

    fn hva(&mut self) -> Result<Hva, Feil> {
        if self.er("(") {
            let tekst = self.tekst()?;
            self.krev(")")?;
            return Ok(Hva::Tekst(tekst));
        }
        Ok(match self.navn()? {
            navn if navn == "noe" => Hva::Noe,
            navn if navn == "ds:Signature" => Hva::Signatur,
            navn => Hva::Type(navn),
        })
    }

    fn antall(&mut self) -> Result<Antall, Feil> {
        let (minst, hoeyst) = match self.se() {
            Some("?") => (0, Some(1)),
            Some("*") => (0, None),
            Some("+") => (1, None),
            Some(ord) if ord.starts_with(|c: char| c.is_ascii_digit()) => {
                let tall = ord.split_once("..").and_then(|(fra, til)| {
                    let hoeyst = if til.is_empty() { None } else { Some(til.parse().ok()?) };
                    Some((fra.parse().ok()?, hoeyst))
                });
                match tall {
                    Some(tall) => tall,
                    None => return self.feil("antallet er ikke tall"),
                }
            }
            _ => return Ok(Antall::EN),
        };
        self.plass += 1;
        Ok(Antall { minst, hoeyst })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_says_what_it_was_written_to_say() {
        let skjema = les("navnerom a:b
            rot m M
            M av G { x T ?   # ord som ikke teller
                     enten * { y (T 2 [ab cd]) og { z noe s ds:Signature } } n T nillable }
            G abstrakt { }
            T = string 1..3 /[^\\/]+/ /\\\\/")
        .unwrap();
        assert_eq!((skjema.navnerom.as_str(), skjema.roetter.len()), ("a:b", 1));
        let Some(Type::Gruppe(m)) = skjema.type_av("M") else {
            panic!()
        };
        assert_eq!((m.av.as_deref(), m.innhold.len()), (Some("G"), 3));
        let Some(Type::Tekst(t)) = skjema.type_av("T") else {
            panic!()
        };
        assert_eq!((t.minst, t.hoeyst, t.lengde), (Some(1), Some(3), None));
        assert_eq!(t.moenstre, ["[^/]+", "\\\\"]);
        let mut navn = Vec::new();
        skjema.hvert_element(|n, _| navn.push(n));
        assert_eq!(navn, ["x", "y", "z", "s", "n"]);
    }

    #[test]
    fn what_stands_for_nothing_is_told_of() {
        for (kilde, hva) in [
            ("rot m M M { }", "navnerom eller rot mangler"),
            ("navnerom a rot m M", "et element har en type som ikke finnes"),
            ("navnerom a rot m M M { x T }", "et element har en type som ikke finnes"),
            ("navnerom a rot m M M { } T = U", "en type står på noe som ikke finnes"),
            ("navnerom a rot m M M { } M { }", "to typer har samme navn"),
            ("navnerom a rot m M M { x", "et navn mangler"),
            ("navnerom a rot m M M { x string 1..z }", "antallet er ikke tall"),
            ("navnerom a rot m M M { } T = string /abc", "mønsteret slutter ikke"),
        ] {
            assert_eq!(les(kilde).unwrap_err().hva, hva, "{kilde}");
        }
    }
}
