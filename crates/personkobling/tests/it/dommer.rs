//! Precision and recall on a synthetic nation, of which every tenth person is not here, by rows that another crate makes wrong.
//!
//! The published figures are of `xtask bench --bare kobling`, on more persons and another seed.

use std::collections::HashSet;

use matchfeil::{Fasit, Generator, Rad, Slag};
use personkobling::{Adresse, Bygger, Foedt, Innfoering, Navn, Personer, Spoerring, Utfall};
use syntetisk_befolkning::Nasjon;

const FROE: u64 = 41;
const PERSONER: u32 = 30_000;

fn foedt((aar, maaned, dag): (u16, u8, u8)) -> Foedt {
    Foedt::new(aar, maaned, dag)
}

fn navn(navn: &matchfeil::Navn, gjeldende: bool) -> Navn<'_> {
    let mellomnavn = navn.mellomnavn.as_deref().unwrap_or_default();
    Navn {
        fornavn: &navn.fornavn,
        mellomnavn,
        etternavn: &navn.etternavn,
        gjeldende,
    }
}

fn adresse(adresse: &matchfeil::Adresse, gjeldende: bool) -> Adresse<'_> {
    let tall = |tekst: &str| tekst.parse().unwrap_or(0);
    Adresse {
        gate: &adresse.gate,
        postnummer: tall(&adresse.postnummer),
        kommune: tall(&adresse.kommune),
        gjeldende,
    }
}

fn er_her(nr: usize) -> bool {
    nr % 10 != 3
}

fn personer(alle: &[Fasit]) -> Personer {
    let mut bygger = Bygger::default();
    for (nr, en) in alle.iter().enumerate().filter(|(nr, _)| er_her(*nr)) {
        let mut alle_navn = vec![navn(&en.navn, true)];
        alle_navn.extend(en.tidligere_navn.iter().map(|en| navn(en, false)));
        let mut adresser: Vec<Adresse<'_>> = en.adresse.iter().map(|en| adresse(en, true)).collect();
        adresser.extend(en.tidligere_adresser.iter().map(|en| adresse(en, false)));
        bygger.legg_til(&Innfoering {
            noekkel: nr as u64,
            navn: &alle_navn,
            foedt: foedt(en.foedselsdato),
            kvinne: Some(en.kvinne),
            adresser: &adresser,
        });
    }
    bygger.ferdig()
}

fn finn(personer: &Personer, rad: &Rad) -> Utfall {
    let navn = navn(&rad.navn, true);
    let sted = rad.adresse.as_ref().map(|en| adresse(en, true)).unwrap_or_default();
    personer.finn(&Spoerring {
        fornavn: navn.fornavn,
        mellomnavn: navn.mellomnavn,
        etternavn: navn.etternavn,
        foedt: foedt(rad.foedselsdato),
        kvinne: Some(rad.kvinne),
        gate: sted.gate,
        postnummer: sted.postnummer,
        kommune: sted.kommune,
    })
}

#[test]
fn nobody_is_guessed_and_most_are_found() {
    let nasjon = Nasjon::new(FROE, PERSONER).unwrap();
    let dokumenter = (0..nasjon.grupper()).flat_map(|nr| nasjon.gruppe(nr));
    let alle: Vec<Fasit> = dokumenter.filter_map(|en| Fasit::av_dokument(&en.til_json())).collect();
    let personer = personer(&alle);
    // Who is in the register twice is the same person, found or not: a row of one who is not here is a row of the other.
    let likhet = |en: &Fasit| (en.navn.fornavn.clone(), en.navn.etternavn.clone(), en.foedselsdato);
    let noen_her: HashSet<_> = alle
        .iter()
        .enumerate()
        .filter(|(nr, _)| er_her(*nr))
        .map(|(_, en)| likhet(en))
        .collect();
    // Of those who are here, in hundredths. Source: our choice, below what is measured.
    let krav = [(Slag::Ren, 99), (Slag::EnFeil, 95), (Slag::FlereFeil, 75)];
    let mut utfall_av = Vec::new();
    for (slag, minst) in krav {
        let mut generator = Generator::new(FROE, slag);
        let (mut riktige, mut gale, mut refusert, mut ingen, mut her, mut fremmede) = (0, 0, 0, 0, 0, 0);
        for (nr, en) in alle.iter().enumerate() {
            if !er_her(nr) && noen_her.contains(&likhet(en)) {
                continue;
            }
            let utfall = finn(&personer, &generator.rad(en));
            if er_her(nr) {
                her += 1;
            } else {
                fremmede += 1;
            }
            match utfall {
                Utfall::En(treff) if treff.noekkel == nr as u64 => riktige += 1,
                Utfall::En(treff) => {
                    gale += 1;
                    println!(
                        "wrong: {treff:?}\n  row of {en:?}\n  taken for {:?}",
                        alle.get(usize::try_from(treff.noekkel).unwrap())
                    );
                }
                Utfall::Flere(..) => refusert += 1,
                Utfall::Ingen => ingen += 1,
            }
        }
        println!(
            "{}: {riktige} of {her} found, {gale} wrong, {refusert} refused, {ingen} nobody; {fremmede} strangers",
            slag.navn()
        );
        utfall_av.push((slag, gale, riktige * 100 >= her * minst));
    }
    for (slag, gale, nok) in utfall_av {
        assert!(gale == 0 && nok, "{slag:?}: {gale} wrong");
    }
}
