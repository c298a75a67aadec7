//! A file of a million addresses becomes a table, and the process does not grow by more than it must. In a test program of its
//! own, since what is looked at is the whole process.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test: what it measures is printed"
)]

use std::io::{BufReader, Read};
use std::time::Instant;

use identifikator::Dato;
use kartverk::innlesing::{Framdrift, les_inn};
use kartverk::{Adresse, Tabell, Vegadresse};

const RADER: u32 = 1_000_000;

/// The parts of row `nr`: kommune, code, number, grunnkrets.
fn deler(nr: u32) -> (&'static str, u32, u32, u32) {
    let kommune = ["0301", "1103", "4601", "5001", "3301", "5601", "1804", "3420"][usize::try_from(nr % 8).unwrap()];
    let rest = nr / 8;
    (kommune, 1_000 + rest / 50, 1 + rest % 50, 101 + rest % 997)
}

fn rad(nr: u32, ut: &mut Vec<u8>) {
    let (kommune, kode, nummer, krets) = deler(nr);
    let linje = format!(
        "{nr};{kommune};Kommunen;vegadresse;;{kode};Prøvegata;{nummer};;{};{};0;0;Prøvegata {nummer};25833;6649000.52;262000.11;0001;STEDET;{kommune}{krets:04};Prøvekrets {krets};2026-01-01;2026-01-01\n",
        nr % 300 + 1,
        nr % 77 + 1
    );
    ut.extend_from_slice(linje.as_bytes());
}

/// A file that is made as it is read.
struct Fil {
    neste: u32,
    klart: Vec<u8>,
    lest: usize,
}

impl Read for Fil {
    fn read(&mut self, til: &mut [u8]) -> std::io::Result<usize> {
        if self.lest == self.klart.len() {
            self.klart.clear();
            self.lest = 0;
            if self.neste < RADER {
                rad(self.neste, &mut self.klart);
                self.neste += 1;
            }
        }
        let antall = til.len().min(self.klart.len() - self.lest);
        til[..antall].copy_from_slice(&self.klart[self.lest..self.lest + antall]);
        self.lest += antall;
        Ok(antall)
    }
}

/// The most that the process has held so far. Units: KiB. Linux alone tells.
fn topp_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let linje = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    linje.trim().strip_suffix(" kB")?.parse().ok()
}

#[test]
fn a_million_rows_are_read_in_little_memory_and_looked_up_at_once() {
    let topp = b"lokalid;kommunenummer;kommunenavn;adressetype;adressetilleggsnavn;adressekode;adressenavn;nummer;bokstav;gardsnummer;bruksnummer;festenummer;undernummer;adresseTekst;EPSG-kode;Nord;Ost;postnummer;poststed;grunnkretsnummer;grunnkretsnavn;oppdateringsdato;datauttaksdato\n";
    let bydeler = "grunnkretsnummer,bydelskode,gyldigFra,gyldigTil\n03010101,030101,,\n";
    let foer = topp_kib();
    let mut siste = Framdrift { rader: 0, byte: 0 };
    let mut ganger = 0;
    let start = Instant::now();
    let fil = Fil {
        neste: 0,
        klart: topp.to_vec(),
        lest: 0,
    };
    let (tabell, rapporter) = les_inn(
        BufReader::with_capacity(64 * 1024, fil),
        bydeler.as_bytes(),
        None,
        &mut |f| {
            assert!(f.rader >= siste.rader && f.byte >= siste.byte);
            siste = f;
            ganger += 1;
        },
    )
    .unwrap();
    let brukt = start.elapsed();
    assert_eq!(
        (
            rapporter.adresser.rader,
            rapporter.adresser.antall_avvist(),
            rapporter.tvetydige
        ),
        (u64::from(RADER), 0, 0)
    );
    assert_eq!(tabell.antall_adresser(), (usize::try_from(RADER).unwrap(), 0));
    assert!(
        siste.rader == u64::from(RADER) && siste.byte > 100_000_000 && ganger == 21,
        "{siste:?} {ganger}"
    );
    // Eight bytes an address, and some for grunnkretser.
    assert!(tabell.byte() < 9_000_000, "{}", tabell.byte());

    let mappe = tempfile::tempdir().unwrap();
    let sti = mappe.path().join("tabell");
    tabell.skriv(&sti).unwrap();
    drop(tabell);
    let tabell = Tabell::les(&sti).unwrap();
    if let (Some(foer), Some(etter)) = (foer, topp_kib()) {
        println!(
            "lest på {} ms, vokst {} KiB, {} MB fil",
            brukt.as_millis(),
            etter - foer,
            siste.byte / 1_000_000
        );
        // The rows as they come and once more as their list grows, or the table and its file: three times the table.
        assert!(etter - foer < 48 * 1024, "{} KiB", etter - foer);
    }

    let dag = Dato::new(2026, 1, 1).unwrap();
    let start = Instant::now();
    let antall = 200_000;
    for nr in 0..antall {
        // Far apart, so that no look-up is helped by the one before.
        let (kommune, kode, nummer, krets) = deler(nr * 7_919 % RADER);
        let (kode, nummer) = (kode.to_string(), nummer.to_string());
        let adresse = Vegadresse {
            kommunenummer: kommune,
            adressekode: &kode,
            husnummer: &nummer,
            husbokstav: None,
        };
        let omraade = tabell.omraade_for_adresse(&Adresse::Veg(adresse), dag).unwrap();
        assert_eq!(omraade.grunnkretsnummer.freg(), i64::from(krets));
    }
    let ns = start.elapsed().as_nanos() / u128::from(antall);
    println!("oppslag {ns} ns");
    // What a test program may take; a figure for the program itself is another matter.
    assert!(ns < 20_000, "{ns} ns");
}
