//! Hostile files, made of the recipes in `tests/ondsinnet`: what would be megabytes is a line.
//!
//! ```text
//! name: what it tries
//!   hver a b c            a file for each word, which is put in the place of @; `typer` are the types of the schema
//!   melding doedsfall     begin with this good message, and judge as one of its kind; without it, with `doedsfall`
//!   tekst …               begin with this instead
//!   bytt … => …           put something in the place of the first …
//!   foran …, bak …        put something before or after
//!   koding utf-16le       in another encoding
//!   dom gyldig | nektet … | ugyldig … | ikke | etter_type …
//! ```
//! A verdict's words are in the answer: `nektet` is refused by the reader, `ugyldig` by the judge, `ikke` by one of them.
//! In what is put in, `{{9*…}}` is nine times, with `§` for which of them and `§+` for the next; `\xE6` is a byte, and
//! `\u{..}`, `\n`, `\r`, `\t`, `\\` are characters.

use meldinger::Meldingstype;

/// What must become of a file.
#[derive(Clone, Debug)]
pub enum Dom {
    Gyldig,
    Nektet(String),
    Ugyldig(String),
    Ikke,
}

pub struct Fil {
    pub navn: String,
    pub byte: Vec<u8>,
    pub meldingstype: Meldingstype,
    pub dom: Dom,
}

const OPPSKRIFTER: [&str; 5] = [
    include_str!("../ondsinnet/1_entiteter_og_tegnsett.oppskrift"),
    include_str!("../ondsinnet/2_navnerom_og_typer.oppskrift"),
    include_str!("../ondsinnet/3_innpakning_og_kommentarer.oppskrift"),
    include_str!("../ondsinnet/4_stoerrelser.oppskrift"),
    include_str!("../ondsinnet/5_verdier.oppskrift"),
];

/// Good messages, and what kind each is of.
pub const GYLDIGE: [(&str, Meldingstype, &str); 3] = [
    (
        "doedsfall",
        Meldingstype::Doedsfall,
        include_str!("../ondsinnet/doedsfall.xml"),
    ),
    (
        "dnummer",
        Meldingstype::RekvisisjonAvDNummerV5,
        include_str!("../ondsinnet/dnummer.xml"),
    ),
    ("fnr", Meldingstype::FnrEndring, include_str!("../ondsinnet/fnr.xml")),
];

// A byte of its own is a character of the private planes until the end.
const BYTE: u32 = 0xF_0000;

/// Every file.
pub fn alle() -> Vec<Fil> {
    let mut ut = Vec::new();
    for oppskrift in OPPSKRIFTER {
        let mut linjer = oppskrift
            .lines()
            .filter(|l| !l.is_empty() && !l.starts_with('#'))
            .peekable();
        while let Some(linje) = linjer.next() {
            let (navn, hva) = linje.split_once(": ").unwrap_or_else(|| panic!("{linje}"));
            assert!(!hva.is_empty());
            let mut trinn = Vec::new();
            while let Some(linje) = linjer.next_if(|l| l.starts_with("  ")) {
                trinn.push(linje.trim_start());
            }
            let ord = match trinn.first().and_then(|l| l.strip_prefix("hver ")) {
                Some("typer") => {
                    let skjema = Meldingstype::Doedsfall.versjoner()[0].skjema().unwrap();
                    skjema.typer.into_iter().map(|(navn, _)| navn).collect()
                }
                Some(ord) => ord.split(' ').map(str::to_owned).collect(),
                None => vec![String::new()],
            };
            for (nr, ord) in ord.iter().enumerate() {
                ut.push(en(format!("{navn}_{nr}"), &trinn, ord));
            }
        }
    }
    ut
}

fn en(navn: String, trinn: &[&str], ord: &str) -> Fil {
    let (_, mut meldingstype, tekst) = GYLDIGE[0];
    let (mut tekst, mut koding, mut dom) = (tekst.to_owned(), String::new(), None);
    for trinn in trinn {
        let trinn = if ord.is_empty() {
            (*trinn).to_owned()
        } else {
            trinn.replace('@', ord)
        };
        let (hva, resten) = trinn.split_once(' ').unwrap();
        match hva {
            "hver" => {}
            "melding" => {
                let (_, t, m) = GYLDIGE.iter().find(|(navn, ..)| *navn == resten).unwrap();
                (meldingstype, tekst) = (*t, (*m).to_owned());
            }
            "tekst" => tekst = utvid(resten),
            "foran" => tekst.insert_str(0, &utvid(resten)),
            "bak" => tekst.push_str(&utvid(resten)),
            "bytt" => {
                let (fra, til) = resten.split_once(" => ").unwrap();
                assert!(tekst.contains(fra), "{navn}: {fra}");
                tekst = tekst.replacen(fra, &utvid(til), 1);
            }
            "koding" => resten.clone_into(&mut koding),
            "dom" => {
                let (hva, ord_i_dommen) = resten.split_once(' ').unwrap_or((resten, ""));
                dom = Some(match hva {
                    "gyldig" => Dom::Gyldig,
                    "nektet" => Dom::Nektet(ord_i_dommen.to_owned()),
                    "ugyldig" => Dom::Ugyldig(ord_i_dommen.to_owned()),
                    "ikke" => Dom::Ikke,
                    "etter_type" if ord_i_dommen == ord => Dom::Gyldig,
                    "etter_type" => Dom::Ugyldig("xsi:type".to_owned()),
                    annet => panic!("{navn}: {annet}"),
                });
            }
            annet => panic!("{navn}: {annet}"),
        }
    }
    let byte = kodet(&tekst, &koding);
    let dom = dom.unwrap_or_else(|| panic!("{navn} har ingen dom"));
    Fil {
        navn,
        byte,
        meldingstype,
        dom,
    }
}

fn utvid(tekst: &str) -> String {
    let mut ut = String::new();
    let mut resten = tekst.chars();
    while let Some(tegn) = resten.next() {
        if tegn != '\\' {
            ut.push(tegn);
            continue;
        }
        match resten.next().unwrap() {
            'n' => ut.push('\n'),
            'r' => ut.push('\r'),
            't' => ut.push('\t'),
            '\\' => ut.push('\\'),
            'x' => {
                let heks: String = resten.by_ref().take(2).collect();
                ut.extend(char::from_u32(BYTE + u32::from_str_radix(&heks, 16).unwrap()));
            }
            'u' => {
                let heks: String = resten.by_ref().take_while(|t| *t != '}').collect();
                ut.push(char::from_u32(u32::from_str_radix(&heks[1..], 16).unwrap()).unwrap());
            }
            annet => panic!("\\{annet}"),
        }
    }
    gjentatt(&ut)
}

fn gjentatt(tekst: &str) -> String {
    let Some((foran, resten)) = tekst.split_once("{{") else {
        return tekst.to_owned();
    };
    let (antall, resten) = resten.split_once('*').unwrap();
    // The innermost end is the one that belongs to the innermost beginning.
    let mut dybde = 1;
    let mut slutt = 0;
    while dybde > 0 {
        let (apen, lukket) = (resten[slutt..].find("{{"), resten[slutt..].find("}}").unwrap());
        match apen {
            Some(apen) if apen < lukket => (dybde, slutt) = (dybde + 1, slutt + apen + 2),
            _ => (dybde, slutt) = (dybde - 1, slutt + lukket + 2),
        }
    }
    let (inni, bak) = (gjentatt(&resten[..slutt - 2]), &resten[slutt..]);
    let mut ut = foran.to_owned();
    for nr in 0..antall.parse::<u32>().unwrap() {
        if inni.contains('§') {
            ut.push_str(&inni.replace("§+", &(nr + 1).to_string()).replace('§', &nr.to_string()));
        } else {
            ut.push_str(&inni);
        }
    }
    ut + &gjentatt(bak)
}

fn kodet(tekst: &str, koding: &str) -> Vec<u8> {
    let (koding, merke) = koding.strip_suffix("-merke").map_or((koding, ""), |k| (k, "\u{FEFF}"));
    let tekst = format!("{merke}{tekst}");
    let utf16 = |f: fn(u16) -> [u8; 2]| tekst.encode_utf16().flat_map(f).collect();
    let utf32 = |f: fn(u32) -> [u8; 4]| tekst.chars().flat_map(|t| f(u32::from(t))).collect();
    match koding {
        "" | "utf-8" => {
            let mut ut = Vec::with_capacity(tekst.len());
            for tegn in tekst.chars() {
                match u32::from(tegn).checked_sub(BYTE).and_then(|b| u8::try_from(b).ok()) {
                    Some(byte) => ut.push(byte),
                    None => ut.extend(tegn.encode_utf8(&mut [0; 4]).bytes()),
                }
            }
            ut
        }
        "utf-16le" => utf16(u16::to_le_bytes),
        "utf-16be" => utf16(u16::to_be_bytes),
        "utf-32le" => utf32(u32::to_le_bytes),
        "utf-32be" => utf32(u32::to_be_bytes),
        "utf-7" => tekst.replace('<', "+ADw-").replace('>', "+AD4-").into_bytes(),
        "ebcdic" => tekst
            .chars()
            .map(|t| EBCDIC.get(t as usize).copied().unwrap_or(0x6F))
            .collect(),
        annet => panic!("{annet}"),
    }
}

/// ASCII in IBM code page 37.
const EBCDIC: [u8; 128] = [
    0x00, 0x01, 0x02, 0x03, 0x37, 0x2D, 0x2E, 0x2F, 0x16, 0x05, 0x25, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x10, 0x11, 0x12,
    0x13, 0x3C, 0x3D, 0x32, 0x26, 0x18, 0x19, 0x3F, 0x27, 0x1C, 0x1D, 0x1E, 0x1F, 0x40, 0x5A, 0x7F, 0x7B, 0x5B, 0x6C,
    0x50, 0x7D, 0x4D, 0x5D, 0x5C, 0x4E, 0x6B, 0x60, 0x4B, 0x61, 0xF0, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8,
    0xF9, 0x7A, 0x5E, 0x4C, 0x7E, 0x6E, 0x6F, 0x7C, 0xC1, 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xD1, 0xD2,
    0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xBA, 0xE0, 0xBB, 0xB0,
    0x6D, 0x79, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98,
    0x99, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xC0, 0x4F, 0xD0, 0xA1, 0x07,
];
