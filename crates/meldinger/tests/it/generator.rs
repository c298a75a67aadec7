//! Messages by lot: valid ones by a schema, and ones that something was done to.

use meldinger::skjema::{Antall, Hva, Ledd, Skjema, Teksttype, Type};
use meldinger::{signatur, tre::Element};

const XS: &str = "http://www.w3.org/2001/XMLSchema";
pub const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Chance from a seed. Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators".
pub struct Lodd(pub u64);

impl Lodd {
    pub fn tall(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn under(&mut self, antall: usize) -> usize {
        (self.tall() % antall.max(1) as u64) as usize
    }

    pub fn en_av<'t, T>(&mut self, alle: &'t [T]) -> &'t T {
        &alle[self.under(alle.len())]
    }
}

pub struct Generator<'s> {
    pub skjema: &'s Skjema,
    pub lodd: Lodd,
}

impl Generator<'_> {
    pub fn melding(&mut self) -> Element {
        let (navn, rottype) = self.lodd.en_av(&self.skjema.roetter).clone();
        self.element(&navn, &Hva::Type(rottype))
    }

    fn element(&mut self, navn: &str, hva: &Hva) -> Element {
        let mut ut = Element::new(&self.skjema.navnerom, navn);
        match hva {
            Hva::Noe => ut.tekst = "noe".to_owned(),
            Hva::Tekst(tekst) => ut.tekst = self.tekst(tekst),
            Hva::Signatur => return signatur_(),
            Hva::Type(navn) => match self.skjema.type_av(navn) {
                Some(Type::Gruppe(_)) => self.gruppe(navn, &mut ut.barn),
                Some(Type::Tekst(tekst)) => ut.tekst = self.tekst(tekst),
                None => {
                    let av = Teksttype {
                        av: navn.clone(),
                        ..Teksttype::default()
                    };
                    ut.tekst = self.tekst(&av);
                }
            },
        }
        ut
    }

    fn gruppe(&mut self, navn: &str, ut: &mut Vec<Element>) {
        let Some(Type::Gruppe(gruppe)) = self.skjema.type_av(navn) else {
            panic!("{navn}")
        };
        if let Some(av) = &gruppe.av {
            self.gruppe(av, ut);
        }
        self.leddene(&gruppe.innhold, ut);
    }

    fn leddene(&mut self, ledd: &[Ledd], ut: &mut Vec<Element>) {
        for del in ledd {
            match del {
                Ledd::Element {
                    navn,
                    hva,
                    antall,
                    nillable,
                } => {
                    for _ in 0..self.antall(*antall) {
                        let mut barn = self.element(navn, hva);
                        if *nillable && self.lodd.under(3) == 0 {
                            barn.tekst.clear();
                            barn.attributter
                                .push((XSI.to_owned(), "nil".to_owned(), "true".to_owned()));
                        }
                        ut.push(barn);
                    }
                }
                Ledd::Enten(deler, antall) => {
                    for _ in 0..self.antall(*antall) {
                        let del = self.lodd.en_av(deler).clone();
                        self.leddene(&[del], ut);
                    }
                }
                Ledd::Og(deler, antall) => {
                    for _ in 0..self.antall(*antall) {
                        self.leddene(deler, ut);
                    }
                }
            }
        }
    }

    fn antall(&mut self, antall: Antall) -> u32 {
        let hoeyst = antall.hoeyst.unwrap_or(antall.minst + 3);
        antall.minst + self.lodd.under((hoeyst - antall.minst + 1) as usize) as u32
    }

    pub fn tekst(&mut self, tekst: &Teksttype) -> String {
        let (mut moenstre, mut minst, mut hoeyst) = (Vec::new(), 0, 40);
        let mut her = tekst;
        loop {
            if !her.koder.is_empty() {
                return self.lodd.en_av(&her.koder).clone();
            }
            if !her.moenstre.is_empty() {
                moenstre.push(&her.moenstre);
            }
            minst = minst.max(her.minst.or(her.lengde).unwrap_or(0));
            hoeyst = hoeyst.min(her.hoeyst.or(her.lengde).unwrap_or(40));
            match self.skjema.type_av(&her.av) {
                Some(Type::Tekst(neste)) => her = neste,
                _ => break,
            }
        }
        let lodd = &mut self.lodd;
        match her.av.as_str() {
            "date" => (*lodd.en_av(&[
                "2024-02-29",
                "1999-12-31",
                "2026-01-01Z",
                " 2025-06-07 ",
                "2025-06-07+02:00",
            ]))
            .to_owned(),
            "dateTime" => (*lodd.en_av(&[
                "2026-01-15T10:11:12.345+01:00",
                "2024-02-29T23:59:59Z",
                "2025-06-07T00:00:00",
            ]))
            .to_owned(),
            "boolean" => (*lodd.en_av(&["true", "false", "1", "0", " true "])).to_owned(),
            "int" | "long" => lodd.under(1_000).to_string(),
            _ => {
                let regler: Vec<Vec<uppsala::XsdRegex>> = moenstre
                    .iter()
                    .map(|m| m.iter().map(|m| uppsala::XsdRegex::compile(m).unwrap()).collect())
                    .collect();
                let utvalg = ["0123456789", "ABCXYZ", "Prøveveien 1 Åse-Lill", "1234567", "abcÅ"];
                for _ in 0..400 {
                    let lengde = minst + lodd.under((hoeyst.max(minst) - minst + 1) as usize) as u32;
                    let mut tegn: Vec<char> = lodd.en_av(&utvalg).chars().collect();
                    // No number here is anybody's.
                    if lengde >= 9 {
                        tegn.iter_mut().filter(|t| t.is_ascii_digit()).for_each(|t| *t = '9');
                    }
                    let forslag: String = (0..lengde).map(|_| *lodd.en_av(&tegn)).collect();
                    if regler.iter().all(|r| r.iter().any(|r| r.is_match(&forslag))) {
                        return forslag;
                    }
                }
                "21".to_owned()
            }
        }
    }
}

// One with what a sender's tool puts in.
fn signatur_() -> Element {
    let ds = |navn: &str, attributter: &[(&str, &str)], tekst: &str, barn: Vec<Element>| {
        let mut ut = Element::new(signatur::NAVNEROM, navn);
        for (navn, verdi) in attributter {
            ut.attributter
                .push((String::new(), (*navn).to_owned(), (*verdi).to_owned()));
        }
        tekst.clone_into(&mut ut.tekst);
        ut.barn = barn;
        ut
    };
    let algoritme = |navn: &str, a: &str| ds(navn, &[("Algorithm", a)], "", Vec::new());
    let referanse = ds(
        "Reference",
        &[("URI", "")],
        "",
        vec![
            ds(
                "Transforms",
                &[],
                "",
                vec![algoritme(
                    "Transform",
                    "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
                )],
            ),
            algoritme("DigestMethod", "http://www.w3.org/2001/04/xmlenc#sha256"),
            ds("DigestValue", &[], "AAAA", Vec::new()),
        ],
    );
    let info = ds(
        "SignedInfo",
        &[],
        "",
        vec![
            algoritme("CanonicalizationMethod", "http://www.w3.org/2001/10/xml-exc-c14n#"),
            algoritme("SignatureMethod", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"),
            referanse,
        ],
    );
    let sertifikat = ds("X509Certificate", &[], "AAAA", Vec::new());
    let noekkel = ds(
        "KeyInfo",
        &[("Id", "k1")],
        "",
        vec![ds("X509Data", &[], "", vec![sertifikat])],
    );
    ds(
        "Signature",
        &[("Id", "s1")],
        "",
        vec![info, ds("SignatureValue", &[], "AAAA", Vec::new()), noekkel],
    )
}

/// Does something to a message that may make it invalid, or not.
pub fn forvansk(melding: &mut Element, lodd: &mut Lodd, navn: &[String], typenavn: &[String]) {
    let dybde = lodd.under(5);
    let mut her = melding;
    for _ in 0..dybde {
        if her.barn.is_empty() {
            break;
        }
        let nr = lodd.under(her.barn.len());
        her = &mut her.barn[nr];
    }
    let barn = lodd.under(her.barn.len());
    let har_barn = !her.barn.is_empty();
    match lodd.under(22) {
        0 if har_barn => drop(her.barn.remove(barn)),
        1 if har_barn => her.barn.insert(barn, her.barn[barn].clone()),
        2 if har_barn => {
            let annet = lodd.under(her.barn.len());
            her.barn.swap(barn, annet);
        }
        3 => her.navn = lodd.en_av(navn).clone(),
        4 => her.navnerom = "urn:et:annet".to_owned(),
        5 => her.barn.push(Element::new(&her.navnerom, "ukjent")),
        6 => sett(her, "", "id", "1"),
        7 => sett(her, XSI, "nil", ["true", "false", "1"][lodd.under(3)]),
        8 => sett(her, XSI, "schemaLocation", "urn:a b.xsd"),
        9 if har_barn => her.tekst = (*lodd.en_av(&["tekst", " ", "\n"])).to_owned(),
        10 => her
            .tekst
            .push(*lodd.en_av(&['x', '1', ' ', 'Å', '*', '"', '‘', '\u{1F600}', ';', '+'])),
        11 => {
            her.tekst.pop();
        }
        12 => {
            let rart = [
                "",
                " ",
                "\n",
                "0000-01-01",
                "2025-02-29",
                "2025-06-07T24:00:00",
                "2025-13-01",
                "-1",
                "+1",
                "9223372036854775807",
                "9223372036854775808",
                "2147483648",
                "1.0",
                "TRUE",
                "NOR",
                "nor",
                "2025-06-07+14:01",
                "12345678901",
                "１２３４",
                "-0001-06-07",
                "12025-06-07",
            ];
            (*lodd.en_av(&rart)).clone_into(&mut her.tekst);
        }
        13 => her.tekst = "å".repeat(*lodd.en_av(&[200, 201, 254, 255, 4_000, 4_001])),
        // Not in a signature, where ours takes none; see `slipper_gjennom` in `signatur.rs`.
        14 | 15 if her.navnerom != signatur::NAVNEROM => {
            let typer = [
                "xs:string",
                "xs:date",
                "xs:dateTime",
                "xs:boolean",
                "xs:int",
                "xs:long",
                "xs:anyType",
                "xs:finnesIkke",
                "p:ukjent",
                "",
                ":",
                "x:y:z",
            ];
            let verdi = if lodd.under(2) == 0 {
                typenavn[lodd.under(typenavn.len())].as_str()
            } else {
                typer[lodd.under(typer.len())]
            };
            sett(her, XSI, "type", verdi);
            her.prefikser = vec![("xs".to_owned(), XS.to_owned())];
        }
        16 if har_barn => {
            her.tekst = (*lodd.en_av(&["\u{A0}", "\u{2003}", "\u{85}", "\t\r\n ", "\u{FEFF}", "\u{200B}"])).to_owned()
        }
        17 => sett(
            her,
            "http://www.w3.org/XML/1998/namespace",
            ["lang", "base", "space"][lodd.under(3)],
            "nb",
        ),
        18 => sett(her, "urn:et:annet", "id", "1"),
        19 => {
            // A signature where there is none, another thing of its namespace, twice, or first.
            let mut annet = signatur_();
            if lodd.under(2) == 0 {
                (*lodd.en_av(&["Object", "KeyInfo", "SignedInfo", "SignatureValue", "Signaturen"]))
                    .clone_into(&mut annet.navn);
            }
            let sted = if lodd.under(2) == 0 { her.barn.len() } else { barn };
            her.barn.insert(sted.min(her.barn.len()), annet);
        }
        20 if har_barn => {
            // An element wrapped in another of its own kind, or in something that takes anything.
            let mut ytre = Element::new(&her.navnerom, &her.barn[barn].navn);
            let indre = her.barn.remove(barn);
            if lodd.under(2) == 0 {
                ytre.navn = "innsendertype".to_owned();
            }
            ytre.barn.push(indre);
            her.barn.insert(barn, ytre);
        }
        21 => {
            let i = her.barn.iter_mut().find(|b| b.navn == "innsendertype");
            if let Some(noe) = i {
                noe.barn.push(Element::new(
                    ["", &noe.navnerom.clone(), "urn:et:annet"][lodd.under(3)],
                    &navn[lodd.under(navn.len())],
                ));
                sett(noe, "", "hva", "som helst");
            }
        }
        _ => {}
    }
}

fn sett(element: &mut Element, ns: &str, navn: &str, verdi: &str) {
    element.attributter.retain(|(_, annet, _)| annet != navn);
    element
        .attributter
        .push((ns.to_owned(), navn.to_owned(), verdi.to_owned()));
}
