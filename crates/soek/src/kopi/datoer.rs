//! Dates as terms: a date is under its year, its month and its day, as far as it is known, and a range is put together of as few of
//! them as can be: whole tens of years, whole years, whole months, days.
//!
//! So a range of a century and a half is some eighty terms at most, however many people there are. What is known in part is under what is
//! known alone: a year without a month is in a range that has the whole year, and in no smaller one.

use informasjonsmodell::Dato;
use register::Intervalldel;

use super::kriterier::Datointervall;
use crate::finn::{FOERSTE_AAR, SISTE_AAR, aarene};

/// Year, month, day.
type Dag = (u16, u8, u8);

/// The terms that a date is under, as far as it is known.
pub(super) fn termer(dato: &str) -> impl Iterator<Item = &str> {
    let lest = Dato::parse(dato).is_some();
    [4, 7, 10]
        .into_iter()
        .filter_map(move |byte| dato.get(..byte).filter(|_| lest))
}

/// What a range is put together of.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Dekning {
    /// There is no day in it.
    Ingen,
    /// Terms, under what the range is called: its first and last day.
    Deler([String; 2], Vec<Intervalldel>),
}

/// The terms of a range. Years outside those that the register can have are left out.
pub(super) fn dekning(intervall: Datointervall) -> Dekning {
    let foerste = intervall.fra.map_or((FOERSTE_AAR, 1, 1), |fra| {
        (fra.aar(), fra.maaned().unwrap_or(1), fra.dag().unwrap_or(1))
    });
    let siste = intervall.til.map_or((SISTE_AAR, 12, 31), |til| {
        let maaned = til.maaned().unwrap_or(12);
        (
            til.aar(),
            maaned,
            til.dag().unwrap_or_else(|| siste_dag(til.aar(), maaned)),
        )
    });
    let (fra, til) = (foerste.max((FOERSTE_AAR, 1, 1)), siste.min((SISTE_AAR, 12, 31)));
    if fra > til {
        return Dekning::Ingen;
    }
    Dekning::Deler([fra, til].map(som_tekst), deler(fra, til))
}

fn deler(fra: Dag, til: Dag) -> Vec<Intervalldel> {
    let (hel_foerst, hel_sist) = ((fra.1, fra.2) == (1, 1), (til.1, til.2) == (12, 31));
    let mut ut = Vec::new();
    if fra.0 == til.0 && !(hel_foerst && hel_sist) {
        i_aaret(fra.0, (fra.1, fra.2), (til.1, til.2), &mut ut);
        return ut;
    }
    if !hel_foerst {
        i_aaret(fra.0, (fra.1, fra.2), (12, 31), &mut ut);
    }
    let foerste_hele = fra.0 + u16::from(!hel_foerst);
    let siste_hele = til.0 - u16::from(!hel_sist);
    ut.extend(aarene(foerste_hele, siste_hele));
    if !hel_sist {
        i_aaret(til.0, (1, 1), (til.1, til.2), &mut ut);
    }
    ut
}

// A part of a year.
fn i_aaret(aar: u16, fra: (u8, u8), til: (u8, u8), ut: &mut Vec<Intervalldel>) {
    let (hel_foerst, hel_sist) = (fra.1 == 1, til.1 == siste_dag(aar, til.0));
    if fra.0 == til.0 && !(hel_foerst && hel_sist) {
        return dagene(aar, fra.0, fra.1, til.1, ut);
    }
    if !hel_foerst {
        dagene(aar, fra.0, fra.1, siste_dag(aar, fra.0), ut);
    }
    let hele = fra.0 + u8::from(!hel_foerst)..=til.0 - u8::from(!hel_sist);
    ut.extend(hele.map(|maaned| en(format!("{aar:04}-{maaned:02}"))));
    if !hel_sist {
        dagene(aar, til.0, 1, til.1, ut);
    }
}

fn dagene(aar: u16, maaned: u8, fra: u8, til: u8, ut: &mut Vec<Intervalldel>) {
    ut.extend((fra..=til).map(|dag| en(som_tekst((aar, maaned, dag)))));
}

fn en(verdi: String) -> Intervalldel {
    Intervalldel::En(verdi.into_bytes().into())
}

fn som_tekst((aar, maaned, dag): Dag) -> String {
    format!("{aar:04}-{maaned:02}-{dag:02}")
}

fn siste_dag(aar: u16, maaned: u8) -> u8 {
    let finnes = |dag: &u8| Dato::hel(aar, maaned, *dag).is_some();
    (28..=31).rev().find(finnes).unwrap_or(28)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn dato(tekst: &str) -> Dato {
        Dato::parse(tekst).unwrap()
    }

    fn av(fra: &str, til: &str) -> Vec<String> {
        let les = |tekst: &str| (!tekst.is_empty()).then(|| dato(tekst));
        let intervall = Datointervall {
            fra: les(fra),
            til: les(til),
        };
        let Dekning::Deler(_, deler) = dekning(intervall) else {
            return Vec::new();
        };
        let tekst = |byte: &[u8]| String::from_utf8(byte.to_vec()).unwrap();
        let del = |del: &Intervalldel| match del {
            Intervalldel::En(verdi) => tekst(verdi),
            Intervalldel::Ti(start) => format!("{}*", tekst(start)),
        };
        deler.iter().map(del).collect()
    }

    #[test]
    fn a_range_is_as_few_terms_as_can_be() {
        assert_eq!(av("1980", "1980"), ["1980"]);
        assert_eq!(av("1980-01-01", "1980-12-31"), ["1980"]);
        assert_eq!(av("1980-02", "1980-02-29"), ["1980-02"]);
        assert_eq!(
            av("1981-02-27", "1981-03-01"),
            ["1981-02-27", "1981-02-28", "1981-03-01"]
        );
        assert_eq!(av("1979-12-31", "1990-01"), ["1979-12-31", "198*", "1990-01"]);
        assert_eq!(av("1980-05-17", "1980-05-17"), ["1980-05-17"]);
        assert_eq!(av("1981", "1980"), [""; 0]);
        assert_eq!(av("", "1699-12-31"), [""; 0]);
        assert_eq!(av("", "").len(), 51);
        // The worst there is.
        assert!(av("1701-01-02", "2199-12-30").len() < 2 * (30 + 11 + 9) + 48);
    }

    fn noen() -> impl Strategy<Value = Dato> {
        (1995u16..2006, 0u8..13, 0u8..32).prop_map(|(aar, maaned, dag)| {
            let hel = Dato::hel(aar, maaned, dag);
            hel.or(Dato::aar_maaned(aar, maaned)).or(Dato::bare_aar(aar)).unwrap()
        })
    }

    // First and last day that a date can be.
    fn kan_vaere(dato: Dato) -> (i32, i32) {
        let (aar, maaned) = (dato.aar(), dato.maaned());
        let siste = dato.dag().unwrap_or_else(|| siste_dag(aar, maaned.unwrap_or(12)));
        let foerste = Dato::hel(aar, maaned.unwrap_or(1), dato.dag().unwrap_or(1));
        let siste = Dato::hel(aar, maaned.unwrap_or(12), siste);
        (foerste.unwrap().dager().unwrap(), siste.unwrap().dager().unwrap())
    }

    proptest! {
        #[test]
        fn a_date_is_in_a_range_when_every_day_it_can_be_is(
            fra in prop::option::of(noen()), til in prop::option::of(noen()), datoer in prop::collection::vec(noen(), 40),
        ) {
            let tekst = |d: Option<Dato>| d.map(|d| d.to_string()).unwrap_or_default();
            let deler = av(&tekst(fra), &tekst(til));
            for dato in datoer {
                let (foerste, siste) = kan_vaere(dato);
                let innenfor = fra.is_none_or(|fra| kan_vaere(fra).0 <= foerste) && til.is_none_or(|til| siste <= kan_vaere(til).1);
                let dato = dato.to_string();
                let funnet = termer(&dato).any(|term| deler.iter().any(|del| match del.strip_suffix('*') {
                    Some(start) => term.len() == start.len() + 1 && term.starts_with(start),
                    None => term == del,
                }));
                prop_assert_eq!(funnet, innenfor, "{} {:?}", dato, deler);
            }
        }
    }

    #[test]
    fn what_is_no_date_is_under_nothing() {
        for tekst in [
            "",
            "198",
            "1980-13",
            "1980-02-30",
            "1980-",
            "19800101",
            "1980-1-1",
            "æøå1980",
        ] {
            assert_eq!(termer(tekst).count(), 0, "{tekst}");
        }
        assert_eq!(
            termer("1980-05-17").collect::<Vec<_>>(),
            ["1980", "1980-05", "1980-05-17"]
        );
        assert_eq!(termer("1980").collect::<Vec<_>>(), ["1980"]);
    }
}
