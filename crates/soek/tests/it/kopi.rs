//! The copy's search held against a plain scan of what each projection is shown, after any history.

use std::cell::Cell;
use std::sync::Arc;

use informasjonsmodell::Hendelsestype as H;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use register::Personnummer;
use serde_json::{Value, json};
use soek::kopi::{
    Adresse, Adressekriterier, Datointervall, Gateadresse, Grunnkretser, Kopivisning, Kriterier, Navneord,
    finn_foerste, finn_side, finn_side_uten, tell, tell_uten,
};
use soek::navn;
use tilgang::Projeksjon;

use crate::fasit;
use crate::felles::{Prove, ny, person, tilfeller};
use crate::historier::{KOMMUNER, PERSONER, Steg, alle, steg, utfoer};

const FORNAVN: [&str; 7] = ["Kari", "Kari Anne", "Anne-Marie", "Åse", "Aa", "Bo", "Ian"];
const MELLOMNAVN: [&str; 3] = ["Dal", "O'Hara", "Kari"];
const ETTERNAVN: [&str; 6] = ["Dahl", "O’Hara Berg", "Åsen", "Sæther", "Dal-Åsen", "Bø"];
const GATER: [&str; 5] = ["Storgata", "Stor gate", "Felt 3", "Åsveien", "Ås"];
const STEDER: [(&str, &str); 3] = [("0001", "OSLO"), ("5003", "BERGEN"), ("1430", "ÅS")];
const DATOER: [&str; 6] = [
    "1990-01-01",
    "1990-01-31",
    "1990-02",
    "1990",
    "2001-12-24",
    "1989-12-31",
];
const GRADER: [&str; 3] = ["ugradert", "klientadresse", "fortrolig"];
const STATUSER: [&str; 6] = ["bosatt", "utflyttet", "doed", "midlertidig", "forsvunnet", "aktiv"];

/// A table that puts a house in the grunnkrets of its number.
pub struct Proevetabell;

impl Grunnkretser for Proevetabell {
    fn utgave(&self) -> u64 {
        1
    }

    fn grunnkrets(&self, adresse: &Adresse<'_>) -> Option<u32> {
        krets(adresse.kommunenummer?, adresse.husnummer?)
    }
}

fn krets(kommune: &str, husnummer: &str) -> Option<u32> {
    Some(kommune.parse::<u32>().ok()? * 10_000 + husnummer.parse::<u32>().ok()?)
}

pub fn visning() -> Arc<Kopivisning> {
    Arc::new(Kopivisning::new(Arc::new(Proevetabell)))
}

#[derive(Clone, Debug)]
struct Bolig {
    gate: usize,
    hus: Option<(u16, Option<char>)>,
    sted: usize,
    kommune: usize,
    grad: usize,
    /// 0 by street, 1 cadastral, 2 abroad or unknown.
    form: u8,
    krets: Option<u16>,
}

fn bolig() -> impl Strategy<Value = Bolig> {
    (
        0..GATER.len(),
        prop::option::weighted(0.8, (1u16..4, prop::option::of(prop::sample::select(vec!['A', 'b'])))),
        0..STEDER.len(),
        0..KOMMUNER.len(),
        prop_oneof![4 => Just(0usize), 1 => 1..GRADER.len()],
        prop_oneof![8 => Just(0u8), 1 => Just(1u8), 1 => Just(2u8)],
        prop::option::weighted(0.7, 1u16..4),
    )
        .prop_map(|(gate, hus, sted, kommune, grad, form, krets)| Bolig {
            gate,
            hus,
            sted,
            kommune,
            grad,
            form,
            krets,
        })
}

impl Bolig {
    fn json(&self, entitet: &str) -> Value {
        let (postnummer, poststed) = STEDER[self.sted];
        let sted = json!({"poststedsnavn": poststed, "postnummer": postnummer});
        let kommune = KOMMUNER[self.kommune];
        let mut ut = json!({"adressegradering": GRADER[self.grad]});
        match (self.form, entitet) {
            (1, _) => {
                ut["matrikkeladresse"] = json!({"poststed": sted, "undernummer": 3,
                    "matrikkelnummer": {"kommunenummer": kommune, "gaardsnummer": 1, "bruksnummer": 2, "festenummer": 0}});
            }
            (2, "oppholdsadresse") => {
                ut["utenlandskAdresse"] = json!({"adressenavn": GATER[self.gate], "landkode": "SE", "byEllerStedsnavn": poststed, "postkode": postnummer});
            }
            (2, _) => ut["ukjentBosted"] = json!({"bostedskommune": kommune}),
            _ => {
                ut["vegadresse"] = json!({"kommunenummer": kommune, "adressenavn": GATER[self.gate], "adressekode": "1000", "poststed": sted});
                if let Some((tall, bokstav)) = self.hus {
                    ut["vegadresse"]["adressenummer"] = json!({"husnummer": tall.to_string()});
                    if let Some(bokstav) = bokstav {
                        ut["vegadresse"]["adressenummer"]["husbokstav"] = bokstav.to_string().into();
                    }
                }
            }
        }
        match (entitet, self.krets) {
            ("bostedsadresse", Some(krets)) => ut["grunnkrets"] = krets.into(),
            ("deltBosted", _) => ut["startdatoForKontrakt"] = "2020-01-01".into(),
            _ => {}
        }
        ut
    }
}

#[derive(Clone, Debug)]
enum Kopisteg {
    Felles(Steg),
    Navn(u32, usize, Option<usize>, usize),
    Bolig(u32, usize, Bolig),
    Foedt(u32, usize),
    Doed(u32, usize),
    Status(u32, usize),
}

fn kopisteg() -> impl Strategy<Value = Kopisteg> {
    let p = || 0..PERSONER;
    prop_oneof![
        8 => steg().prop_map(Kopisteg::Felles),
        4 => (p(), 0..FORNAVN.len(), prop::option::of(0..MELLOMNAVN.len()), 0..ETTERNAVN.len())
            .prop_map(|(p, f, m, e)| Kopisteg::Navn(p, f, m, e)),
        8 => (p(), 0usize..3, bolig()).prop_map(|(p, slag, bolig)| Kopisteg::Bolig(p, slag, bolig)),
        2 => (p(), 0..DATOER.len()).prop_map(|(p, d)| Kopisteg::Foedt(p, d)),
        1 => (p(), 0..DATOER.len()).prop_map(|(p, d)| Kopisteg::Doed(p, d)),
        1 => (p(), 0..STATUSER.len()).prop_map(|(p, s)| Kopisteg::Status(p, s)),
    ]
}

const SLAG: [(&str, H); 3] = [
    ("bostedsadresse", H::EndringIBostedsadresse),
    ("oppholdsadresse", H::EndringIOppholdsadresse),
    ("deltBosted", H::EndringIDeltBosted),
];

fn skje(prove: &mut Prove, hendelse: &Kopisteg) {
    // What the rules forbid is refused, and changes nothing.
    let _ = match hendelse {
        Kopisteg::Felles(steg) => return utfoer(prove, steg),
        Kopisteg::Navn(n, f, m, e) => {
            let mut navn = json!({"fornavn": FORNAVN[*f], "etternavn": ETTERNAVN[*e]});
            if let Some(m) = m {
                navn["mellomnavn"] = MELLOMNAVN[*m].into();
            }
            prove.proev(*n, H::EndringINavn, vec![ny("navn", navn)])
        }
        Kopisteg::Bolig(n, slag, bolig) => {
            let (entitet, hendelse) = SLAG[*slag];
            prove.proev(*n, hendelse, vec![ny(entitet, bolig.json(entitet))])
        }
        Kopisteg::Foedt(n, d) => {
            let foedsel = json!({"foedselsdato": DATOER[*d], "foedselsaar": &DATOER[*d][..4]});
            prove.proev(*n, H::EndringIFoedsel, vec![ny("foedsel", foedsel)])
        }
        Kopisteg::Doed(n, d) => prove.proev(
            *n,
            H::PersonErDoed,
            vec![
                ny("doedsfall", json!({"doedsdato": DATOER[*d]})),
                ny("status", json!({"status": "doed"})),
            ],
        ),
        Kopisteg::Status(n, s) => prove.proev(
            *n,
            H::EndringIStatus,
            vec![ny("status", json!({"status": STATUSER[*s]}))],
        ),
    };
}

/// A street, with a house and a letter of it where they are asked for.
type Gate = (String, Option<(u16, Option<char>)>);

/// A question as a caller writes it.
#[derive(Clone, Debug, Default)]
struct Spoersmaal {
    fullt: Option<String>,
    deler: [Option<String>; 3],
    foedt: Option<String>,
    foedt_mellom: [Option<String>; 2],
    doed_mellom: [Option<String>; 2],
    kjoenn: Option<String>,
    statuser: Vec<String>,
    gate: Option<Gate>,
    postnummer: Option<String>,
    poststed: Option<String>,
    kommune: Option<String>,
    krets: Option<String>,
}

fn dato(tekst: &str) -> informasjonsmodell::Dato {
    informasjonsmodell::Dato::parse(tekst).unwrap()
}

fn gatetekst((gate, hus): &(String, Option<(u16, Option<char>)>)) -> String {
    match hus {
        None => gate.clone(),
        Some((tall, None)) => format!("{gate} {tall}"),
        Some((tall, Some(bokstav))) => format!("{gate}, {tall} {bokstav}"),
    }
}

impl Spoersmaal {
    fn kriterier(&self) -> Kriterier {
        let [fornavn, mellomnavn, etternavn] = self.deler.each_ref().map(|d| d.as_deref().map(Navneord::av_del));
        let mellom = |[fra, til]: &[Option<String>; 2]| Datointervall {
            fra: fra.as_deref().map(dato),
            til: til.as_deref().map(dato),
        };
        Kriterier {
            fullt_navn: self.fullt.as_deref().map(Navneord::av_fullt_navn),
            fornavn,
            mellomnavn,
            etternavn,
            foedselsdato: self.foedt.as_deref().map(dato),
            foedt: mellom(&self.foedt_mellom),
            doed: mellom(&self.doed_mellom),
            kjoenn: self.kjoenn.clone(),
            statuser: self.statuser.clone(),
            adresse: Adressekriterier {
                gate: self.gate.as_ref().map(|g| Gateadresse::les(&gatetekst(g))),
                postnummer: self.postnummer.clone(),
                poststed: self.poststed.clone(),
                kommunenummer: self.kommune.clone(),
                grunnkrets: self.krets.clone(),
            },
            ogsaa_hjelpenumre: false,
        }
    }

    fn passer(&self, person: &Value) -> bool {
        let av = |entitet: &str| fasit::av(person, entitet, false);
        let sier = |entitet: &str, felt: &str| {
            let foerste = av(entitet).into_iter().next();
            foerste.and_then(|o| o[felt].as_str().map(str::to_owned))
        };
        let adresser = ["bostedsadresse", "oppholdsadresse", "deltBosted"];
        let ber_om_adresse = self.gate.is_some()
            || [&self.postnummer, &self.poststed, &self.kommune, &self.krets]
                .iter()
                .any(|k| k.is_some());
        let status = sier("status", "status");
        let foedt = sier("foedsel", "foedselsdato").or_else(|| sier("foedsel", "foedselsaar"));
        let doed = sier("doedsfall", "doedsdato");
        self.navnet_passer(&av("navn"))
            && self
                .foedt
                .as_ref()
                .is_none_or(|f| foedt.as_ref().is_some_and(|har| har.starts_with(f.as_str())))
            && innenfor(&self.foedt_mellom, foedt.as_deref())
            && innenfor(&self.doed_mellom, doed.as_deref())
            && self
                .kjoenn
                .as_ref()
                .is_none_or(|k| sier("kjoenn", "kjoenn").as_ref() == Some(k))
            && (self.statuser.is_empty() || status.is_some_and(|s| self.statuser.contains(&s)))
            && (!ber_om_adresse
                || adresser
                    .iter()
                    .any(|entitet| av(entitet).iter().any(|a| self.adressen_passer(entitet, a))))
    }

    fn navnet_passer(&self, navnene: &[&Value]) -> bool {
        let begynner = |ord: &str, i: &[String]| i.iter().any(|har| har.starts_with(ord));
        let felt = ["fornavn", "mellomnavn", "etternavn"];
        let spurt = self.fullt.is_some() || self.deler.iter().any(Option::is_some);
        !spurt
            || navnene.iter().any(|navn_| {
                let ordene = felt.map(|f| navn::words(navn_[f].as_str().unwrap_or("")));
                let deler = self.deler.iter().zip(&ordene).all(|(spurt, har)| {
                    spurt.as_ref().is_none_or(|spurt| {
                        let ord = navn::words(spurt);
                        !ord.is_empty() && ord.iter().all(|o| begynner(o, har))
                    })
                });
                let alle = ordene.concat();
                let fullt = self.fullt.as_ref().is_none_or(|spurt| {
                    let tre = spurt.split(' ').filter(|o| o.contains(char::is_alphabetic)).take(3);
                    let ord: Vec<String> = tre.flat_map(navn::words).collect();
                    !ord.is_empty() && ord.iter().all(|o| begynner(o, &alle))
                });
                deler && fullt
            })
    }

    fn adressen_passer(&self, entitet: &str, a: &Value) -> bool {
        let veg = &a["vegadresse"];
        let matrikkel = &a["matrikkeladresse"];
        let tekst = |verdier: &[&Value]| verdier.iter().find_map(|v| v.as_str()).map(str::to_owned);
        let kommune = tekst(&[
            &veg["kommunenummer"],
            &matrikkel["matrikkelnummer"]["kommunenummer"],
            &a["ukjentBosted"]["bostedskommune"],
        ]);
        let er = |ventet: &Option<String>, har: Option<String>| ventet.is_none() || *ventet == har;
        let husnummer = veg["adressenummer"]["husnummer"].as_str();
        let bokstav = veg["adressenummer"]["husbokstav"].as_str().map(str::to_uppercase);
        let grunnkrets = if entitet == "bostedsadresse" {
            a["grunnkrets"]
                .as_i64()
                .and_then(|k| Some(format!("{}{k:04}", kommune.clone()?)))
        } else {
            let krets = kommune.as_deref().and_then(|k| krets(k, husnummer?));
            krets.map(|k| format!("{k:08}"))
        };
        let gaten = |spurt: &(String, Option<(u16, Option<char>)>)| {
            veg["adressenavn"].as_str().is_some_and(|har| {
                let har = navn::normalise(har);
                let begynner =
                    |tekst: &str| !navn::normalise(tekst).is_empty() && har.starts_with(&navn::normalise(tekst));
                let som_hus = spurt.1.is_none_or(|(tall, b)| {
                    husnummer == Some(tall.to_string().as_str())
                        && b.is_none_or(|b| bokstav == Some(b.to_uppercase().to_string()))
                });
                begynner(&gatetekst(spurt)) || (begynner(&spurt.0) && som_hus)
            })
        };
        er(
            &self.postnummer,
            tekst(&[&veg["poststed"]["postnummer"], &matrikkel["poststed"]["postnummer"]]),
        ) && self.poststed.as_ref().is_none_or(|spurt| {
            let har = tekst(&[
                &veg["poststed"]["poststedsnavn"],
                &matrikkel["poststed"]["poststedsnavn"],
            ]);
            har.is_some_and(|har| navn::normalise(&har) == navn::normalise(spurt))
        }) && self
            .kommune
            .as_ref()
            .is_none_or(|spurt| kommune.as_ref().is_some_and(|har| fasit::ligger_i(spurt, har, true)))
            && er(&self.krets, grunnkrets)
            && self.gate.as_ref().is_none_or(gaten)
    }
}

// By text: a date that is known in part is its first day at one end, and the last there may be at the other.
fn innenfor([fra, til]: &[Option<String>; 2], har: Option<&str>) -> bool {
    let foerste = |tekst: &str| format!("{tekst}{}", &"-01-01"[tekst.len() - 4..]);
    let siste = |tekst: &str| format!("{tekst}{}", &"-12-31"[tekst.len() - 4..]);
    if fra.is_none() && til.is_none() {
        return true;
    }
    har.is_some_and(|har| {
        fra.as_ref().is_none_or(|fra| foerste(fra) <= foerste(har))
            && til.as_ref().is_none_or(|til| siste(har) <= siste(til))
    })
}

fn spoersmaal() -> impl Strategy<Value = Spoersmaal> {
    fn en(verdier: &[&str], vekt: f64) -> impl Strategy<Value = Option<String>> + use<> {
        let verdier: Vec<String> = verdier.iter().map(|v| (*v).to_owned()).collect();
        prop::option::weighted(vekt, prop::sample::select(verdier))
    }
    const ORD: [&str; 24] = [
        "k", "ka", "kar", "KARI", "Karin", "an", "Anne", "Anne-Ma", "a", "å", "aa", "AASE", "Ås", "bo", "bø", "Ber",
        "ian", "o'h", "O’Hara", "ohar", "Da", "Dahl", "Sæt", "-",
    ];
    let del = || {
        let ord = prop::sample::select(ORD.to_vec());
        prop::option::weighted(0.15, prop::collection::vec(ord, 1..3).prop_map(|ord| ord.join(" ")))
    };
    let fullt = prop::collection::vec(prop::sample::select(ORD.to_vec()), 1..6).prop_map(|ord| ord.join(" "));
    let dag = |vekt| {
        en(
            &[
                "1990",
                "1990-01",
                "1990-01-31",
                "1990-02",
                "1989-12-31",
                "2001",
                "2000-05-17",
            ],
            vekt,
        )
    };
    let gate = (
        prop::sample::select(vec![
            "Storgata", "stor", "s", "st", "Felt", "Felt 3", "Ås", "aasv", "ÅSVEI", "-",
        ]),
        prop::option::of((1u16..4, prop::option::of(prop::sample::select(vec!['a', 'B'])))),
    );
    let kretser = ["03010001", "03010002", "46010001", "46010003", "12010002", "02190001"];
    let poststeder = ["oslo", "Ås", "AAS", "Bergen", "Ber", "-"];
    let kommuner = ["0301", "4601", "1201", "0219", "3201"];
    (
        prop::option::weighted(0.25, fullt),
        [del(), del(), del()],
        (dag(0.15), [dag(0.15), dag(0.15)], [dag(0.08), dag(0.08)]),
        en(&["mann", "kvinne"], 0.15),
        prop_oneof![
            4 => Just(Vec::new()),
            1 => prop::sample::subsequence(STATUSER.to_vec(), 1..4)
        ],
        prop::option::weighted(0.3, gate),
        (
            en(&["0001", "5003", "1430"], 0.2),
            en(&poststeder, 0.15),
            en(&kommuner, 0.2),
            en(&kretser, 0.15),
        ),
    )
        .prop_map(
            |(
                fullt,
                deler,
                (foedt, foedt_mellom, doed_mellom),
                kjoenn,
                statuser,
                gate,
                (postnummer, poststed, kommune, krets),
            )| {
                Spoersmaal {
                    fullt,
                    deler,
                    foedt,
                    foedt_mellom,
                    doed_mellom,
                    kjoenn,
                    statuser: statuser.into_iter().map(str::to_owned).collect(),
                    gate: gate.map(|(gate, hus)| (gate.to_owned(), hus)),
                    postnummer,
                    poststed,
                    kommune,
                    krets,
                }
            },
        )
}

#[test]
fn a_search_of_the_copy_is_a_look_at_everybody() {
    let mut proever = TestRunner::new(tilfeller(60));
    let strategi = (
        prop::collection::vec(kopisteg(), 1..70),
        prop::collection::vec(spoersmaal(), 60),
        1usize..4,
    );
    let (spurt, treff, ved_adresse) = (Cell::new(0), Cell::new(0), Cell::new([0; 3]));
    let utfall = proever.run(&strategi, |(historie, spoersmaal, side)| {
        let mut prove = Prove::med_visning(visning());
        for steg in &historie {
            skje(&mut prove, steg);
        }
        for projeksjon in Projeksjon::ALLE {
            let alle = alle(&prove, projeksjon);
            let les = prove.register().les().unwrap();
            for s in spoersmaal.iter().chain([&Spoersmaal::default()]) {
                let ventet: Vec<_> = alle.iter().filter(|(_, p)| s.passer(p)).map(|(n, _)| *n).collect();
                spurt.set(spurt.get() + 1);
                treff.set(treff.get() + usize::from(!ventet.is_empty()));
                let mut ved = ved_adresse.get();
                for (_, p) in alle.iter().filter(|(n, _)| ventet.contains(n) && s.gate.is_some()) {
                    for ((entitet, _), antall) in SLAG.iter().zip(&mut ved) {
                        *antall += fasit::av(p, entitet, false)
                            .iter()
                            .filter(|a| s.adressen_passer(entitet, a))
                            .count();
                    }
                }
                ved_adresse.set(ved);
                let k = s.kriterier();
                let funnet = finn_foerste(&les, projeksjon, &k).unwrap();
                prop_assert_eq!(&funnet, &ventet, "{:?} {:?}", projeksjon, s);
                prop_assert_eq!(tell(&les, projeksjon, &k).unwrap(), ventet.len() as u64);
                // Page after page, until one is not full.
                let mut gaatt: Vec<Personnummer> = Vec::new();
                loop {
                    let denne = finn_side(&les, projeksjon, &k, gaatt.len() as u64, side).unwrap();
                    gaatt.extend(&denne);
                    if denne.len() < side {
                        break;
                    }
                }
                prop_assert_eq!(&gaatt, &ventet);
                // As if every other of them all were not there.
                let uten: Vec<Personnummer> = alle.iter().map(|(n, _)| *n).rev().step_by(2).collect();
                let ventet: Vec<_> = ventet.into_iter().filter(|n| !uten.contains(n)).collect();
                prop_assert_eq!(tell_uten(&les, projeksjon, &k, &uten).unwrap(), ventet.len() as u64);
                for hopp in 0..=ventet.len() {
                    let denne = finn_side_uten(&les, projeksjon, &k, &uten, hopp as u64, side).unwrap();
                    let skal: Vec<_> = ventet.iter().copied().skip(hopp).take(side).collect();
                    prop_assert_eq!(denne, skal, "{:?} {:?} {}", projeksjon, s, hopp);
                }
            }
        }
        prove.sjekk();
        Ok(())
    });
    if let Err(feil) = utfall {
        panic!("{feil}");
    }
    // A question that nobody answers to shows little, and each kind of address must have made a hit.
    assert!(treff.get() * 20 >= spurt.get(), "{} av {}", treff.get(), spurt.get());
    assert!(
        ved_adresse.get().iter().all(|antall| *antall > 20),
        "{:?}",
        ved_adresse.get()
    );
}

/// Somebody who is protected, or whose one address is, and lives in a place; and somebody who does not.
fn skjult(bosted: &Bolig, annen: &Bolig, vern: bool) -> Prove {
    let prove = Prove::med_visning(visning());
    for (n, bolig) in [(1, bosted), (2, annen)] {
        let mut bygger = person(n).uten("bostedsadresse");
        if vern && n == 1 {
            bygger = bygger.gradering("fortrolig");
        }
        for (entitet, _) in SLAG {
            bygger = bygger.med(entitet, bolig.json(entitet));
        }
        prove.opprett(&bygger);
    }
    prove
}

#[test]
fn what_is_hidden_makes_no_difference() {
    let mut proever = TestRunner::new(tilfeller(40));
    let strategi = (
        (bolig(), bolig(), bolig()),
        any::<bool>(),
        1usize..3,
        prop::collection::vec(spoersmaal(), 80),
    );
    let skilte_seg = Cell::new(0);
    let utfall = proever.run(&strategi, |((mut en, mut to, mut annen), vern, grad, spoersmaal)| {
        // Both are hidden alike, and the other person's is not.
        (en.grad, to.grad, annen.grad) = if vern { (0, 0, 0) } else { (grad, grad, 0) };
        let (en, to) = (skjult(&en, &annen, vern), skjult(&to, &annen, vern));
        let svar = |prove: &Prove, projeksjon, k: &Kriterier| {
            let les = prove.register().les().unwrap();
            let funnet = finn_side(&les, projeksjon, k, 0, 10).unwrap();
            let rest = finn_side(&les, projeksjon, k, 1, 10).unwrap();
            (funnet, rest, tell(&les, projeksjon, k).unwrap())
        };
        for s in &spoersmaal {
            let k = s.kriterier();
            for projeksjon in Projeksjon::ALLE {
                let like = svar(&en, projeksjon, &k) == svar(&to, projeksjon, &k);
                if projeksjon == Projeksjon::MedHjemmel {
                    skilte_seg.set(skilte_seg.get() + usize::from(!like));
                } else if en.vis(1, projeksjon) == to.vis(1, projeksjon) {
                    prop_assert!(like, "{:?} {:?}", projeksjon, s);
                }
            }
            for projeksjon in [Projeksjon::MedHjemmelUtenGraderte, Projeksjon::OffentligUtenHjemmel] {
                prop_assert_eq!(en.vis(1, projeksjon), to.vis(1, projeksjon));
            }
        }
        Ok(())
    });
    if let Err(feil) = utfall {
        panic!("{feil}");
    }
    // Whoever sees them tells the two apart.
    assert!(skilte_seg.get() > 20, "{}", skilte_seg.get());
}
