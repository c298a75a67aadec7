//! Whom a tailored extract holds, held against everybody one by one; and whom it goes on showing.

use std::cell::Cell;
use std::sync::Arc;

use informasjonsmodell::Hendelsestype as H;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use soek::{Kommune, Personstatustype, Soekevisning, Uttrekkskriterier, finn_alle, vises_fremdeles};
use tilgang::Projeksjon;

use crate::fasit;
use crate::felles::{Prove, ny, tilfeller};
use crate::historier::{KOMMUNER, PERSONER, Steg, alle, steg, tall, utfoer};

const SIVILSTANDER: [&str; 3] = ["ugift", "gift", "skilt"];
const LAND: [&str; 3] = ["NOR", "SWE", "AFG"];
const DOEDSDATOER: [&str; 2] = ["2023-12-31", "2024-01-01"];

#[derive(Clone, Debug)]
enum Hendelse {
    Felles(Steg),
    Sivilstand(u32, usize),
    Statsborgerskap(u32, usize),
    Doedsfall(u32, usize),
}

fn hendelse() -> impl Strategy<Value = Hendelse> {
    let p = || 0..PERSONER;
    prop_oneof![
        6 => steg().prop_map(Hendelse::Felles),
        1 => (p(), 0..SIVILSTANDER.len()).prop_map(|(p, s)| Hendelse::Sivilstand(p, s)),
        1 => (p(), 0..LAND.len()).prop_map(|(p, l)| Hendelse::Statsborgerskap(p, l)),
        1 => (p(), 0..DOEDSDATOER.len()).prop_map(|(p, d)| Hendelse::Doedsfall(p, d)),
    ]
}

fn skje(prove: &mut Prove, hendelse: &Hendelse) {
    // What the rules forbid is refused, and changes nothing.
    let _ = match hendelse {
        Hendelse::Felles(steg) => {
            utfoer(prove, steg);
            return;
        }
        Hendelse::Sivilstand(n, s) => prove.proev(
            *n,
            H::EndringISivilstand,
            vec![ny("sivilstand", json!({"sivilstand": SIVILSTANDER[*s]}))],
        ),
        Hendelse::Statsborgerskap(n, l) => prove.proev(
            *n,
            H::EndringIStatsborgerskap,
            vec![ny("statsborgerskap", json!({"statsborgerskap": LAND[*l]}))],
        ),
        Hendelse::Doedsfall(n, d) => prove.proev(
            *n,
            H::PersonErDoed,
            vec![
                ny("doedsfall", json!({"doedsdato": DOEDSDATOER[*d]})),
                ny("status", json!({"status": "doed"})),
            ],
        ),
    };
}

fn kriterier() -> impl Strategy<Value = Uttrekkskriterier> {
    let ett_av = |verdier: &[&str]| {
        let verdier: Vec<String> = verdier.iter().map(|v| (*v).to_owned()).collect();
        prop::option::weighted(0.2, prop::sample::select(verdier))
    };
    let aar = |fra: u16, til: u16| {
        let ett = || prop::option::weighted(0.15, fra..til);
        (ett(), ett())
    };
    let kommune = (any::<bool>(), prop::sample::select(KOMMUNER.to_vec())).prop_map(|(opphold, nummer)| Kommune {
        opphold,
        nummer: nummer.to_owned(),
    });
    (
        prop::sample::subsequence(Personstatustype::ALLE.to_vec(), 1..=5),
        prop::option::weighted(0.4, kommune),
        aar(1989, 2003),
        aar(2022, 2026),
        ett_av(&["mann", "kvinne"]),
        ett_av(&LAND),
        ett_av(&SIVILSTANDER),
    )
        .prop_map(
            |(statuser, kommune, foedselsaar, doedsaar, kjoenn, statsborgerskap, sivilstand)| Uttrekkskriterier {
                statuser,
                kommune,
                foedselsaar,
                doedsaar,
                kjoenn,
                statsborgerskap,
                sivilstand,
            },
        )
}

fn kommunenummer(adresse: &Value) -> Option<&str> {
    [
        &adresse["vegadresse"]["kommunenummer"],
        &adresse["matrikkeladresse"]["matrikkelnummer"]["kommunenummer"],
        &adresse["ukjentBosted"]["bostedskommune"],
    ]
    .into_iter()
    .find_map(|v| v.as_str())
}

fn bor(person: &Value, kommune: &Kommune, historisk: bool) -> bool {
    let entitet = if kommune.opphold {
        "oppholdsadresse"
    } else {
        "bostedsadresse"
    };
    let adresser = fasit::av(person, entitet, historisk);
    // What has been current lies where it lay then.
    adresser
        .iter()
        .any(|a| kommunenummer(a).is_some_and(|k| fasit::ligger_i(&kommune.nummer, k, true)))
}

fn passer(person: &Value, k: &Uttrekkskriterier) -> bool {
    const AKTIVE: [&str; 5] = ["aktiv", "midlertidig", "ikkeBosatt", "forsvunnet", "foedselsregistrert"];
    let har = |entitet: &str, felt: &str, sier: &dyn Fn(&str) -> bool| {
        let liste = fasit::av(person, entitet, false);
        liste.iter().any(|o| o[felt].as_str().is_some_and(sier))
    };
    let lik = |entitet: &str, felt: &str, ventet: &Option<String>| {
        ventet.as_ref().is_none_or(|v| har(entitet, felt, &|har| har == v))
    };
    let mellom = |entitet: &str, felt: &str, (fra, til): (Option<u16>, Option<u16>)| {
        (fra.is_none() && til.is_none())
            || har(entitet, felt, &|verdi| {
                let aar: u16 = verdi[..4].parse().unwrap();
                fra.is_none_or(|f| f <= aar) && til.is_none_or(|t| aar <= t)
            })
    };
    har("status", "status", &|status| {
        k.statuser.iter().any(|s| match s {
            Personstatustype::Aktiv => AKTIVE.contains(&status),
            annen => annen.navn() == status,
        })
    }) && k.kommune.as_ref().is_none_or(|kommune| bor(person, kommune, false))
        && mellom("foedsel", "foedselsaar", k.foedselsaar)
        && mellom("doedsfall", "doedsdato", k.doedsaar)
        && lik("kjoenn", "kjoenn", &k.kjoenn)
        && lik("statsborgerskap", "statsborgerskap", &k.statsborgerskap)
        && lik("sivilstand", "sivilstand", &k.sivilstand)
}

#[test]
fn paalitelighet_08_et_uttrekk_er_en_gjennomgang_av_alle() {
    let lang = std::env::var("PAALITELIGHET").as_deref() == Ok("lang");
    let mut proever = TestRunner::new(tilfeller(if lang { 400 } else { 40 }));
    let strategi = (
        prop::collection::vec(hendelse(), 1..60),
        prop::collection::vec(kriterier(), 40),
    );
    let (spurt, treff) = (Cell::new(0), Cell::new(0));
    let utfall = proever.run(&strategi, |(historie, spoersmaal)| {
        let mut prove = Prove::med_visning(Arc::new(Soekevisning));
        for hendelse in &historie {
            skje(&mut prove, hendelse);
        }
        for projeksjon in Projeksjon::ALLE {
            let alle = alle(&prove, projeksjon);
            let les = prove.register().les().unwrap();
            for k in &spoersmaal {
                let ventet: Vec<u32> = alle
                    .iter()
                    .filter(|(_, p)| passer(p, k))
                    .map(|(n, _)| n.nummer())
                    .collect();
                spurt.set(spurt.get() + 1);
                treff.set(treff.get() + usize::from(!ventet.is_empty()));
                let funnet: Vec<u32> = finn_alle(&les, projeksjon, k).unwrap().into_iter().collect();
                prop_assert_eq!(funnet, ventet, "{:?} {:?}", projeksjon, k);
            }
            // Whoever is shown to have lived there goes on being delivered, and nobody else.
            for nummer in KOMMUNER {
                for opphold in [false, true] {
                    let kommune = Kommune {
                        opphold,
                        nummer: nummer.to_owned(),
                    };
                    for (person, vist) in &alle {
                        let fremdeles = vises_fremdeles(&les, projeksjon, *person, &kommune).unwrap();
                        prop_assert_eq!(fremdeles, bor(vist, &kommune, true), "{:?} {:?}", projeksjon, kommune);
                    }
                }
            }
        }
        Ok(())
    });
    if let Err(feil) = utfall {
        panic!("{feil}");
    }
    let minst = if lang { ">= 100000" } else { ">= 10000" };
    tall("uttrekk_spoersmaal", spurt.get(), "antall", minst);
    assert!(treff.get() * 20 >= spurt.get(), "{} av {}", treff.get(), spurt.get());
    tall("uttrekk_manglende_eller_overfloedige", 0, "rader", "= 0");
}
