//! What an order holds, and who has it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use informasjonsmodell::Hendelsestype as H;
use proptest::prelude::*;
use register::Sekvens;
use serde_json::json;
use soek::{Personstatustype, Soekevisning, Uttrekkskriterier};
use tilgang::{Pakke, Projeksjon};
use uttrekk::{Bestiller, Bestilling, Feil, Grenser, Jobbid, Porsjon, Uttrekkslager};

use crate::felles::{NAA, Prove, bosted, nr, ny, person, sammenslaaing, splitting, tilfeller};

const MH: Projeksjon = Projeksjon::MedHjemmel;

/// A register and a store of orders.
pub struct Sted {
    pub prove: Prove,
    pub mappe: tempfile::TempDir,
    pub grenser: Grenser,
    pub lager: Uttrekkslager,
}

pub fn sted() -> Sted {
    let mappe = tempfile::tempdir().unwrap();
    let grenser = Grenser::default();
    Sted {
        prove: Prove::med_visning(Arc::new(Soekevisning)),
        lager: aapne(&mappe, grenser).unwrap(),
        mappe,
        grenser,
    }
}

fn aapne(mappe: &tempfile::TempDir, grenser: Grenser) -> Result<Uttrekkslager, Feil> {
    Uttrekkslager::aapne(&mappe.path().join("uttrekk"), &mappe.path().join("noekkel"), grenser)
}

pub fn bestiller(organisasjon: &str, pakke: Pakke) -> Bestiller {
    Bestiller {
        organisasjon: organisasjon.to_owned(),
        pakke,
    }
}

pub fn oss() -> Bestiller {
    bestiller("310000000", Pakke::OffentligMedHjemmel)
}

pub fn av(statuser: &[Personstatustype]) -> Bestilling {
    Bestilling::Tilpasset(Uttrekkskriterier {
        statuser: statuser.to_vec(),
        ..Uttrekkskriterier::default()
    })
}

impl Sted {
    pub fn gjenaapne(self) -> Self {
        let Sted {
            mut prove,
            mappe,
            grenser,
            lager,
        } = self;
        drop(lager);
        prove.gjenaapne();
        Sted {
            prove,
            lager: aapne(&mappe, grenser).unwrap(),
            mappe,
            grenser,
        }
    }

    pub fn bestill(&self, bestilling: &Bestilling) -> Result<Jobbid, Feil> {
        self.lager.bestill(self.prove.register(), MH, &oss(), bestilling, NAA)
    }

    pub fn skriv_ut(&self) {
        while self.lager.skriv_neste(self.prove.register(), || true).unwrap() {}
    }

    pub fn porsjon(&self, id: Jobbid, nr: u64) -> Porsjon {
        self.lager.porsjon(id, &oss(), MH, nr, NAA).unwrap()
    }

    pub fn numre(&self, id: Jobbid) -> Vec<u64> {
        let mut ut = Vec::new();
        let les = self.prove.register().les().unwrap();
        for nr in 0.. {
            match self.porsjon(id, nr) {
                Porsjon::Personer { personer, .. } => {
                    ut.extend(personer.into_iter().map(|p| les.nummer(p).unwrap()));
                }
                Porsjon::Slutt => break,
                annet => panic!("{annet:?}"),
            }
        }
        ut
    }

    fn dokumenter(&self, id: Jobbid) -> Vec<(u32, Sekvens)> {
        let mut ut = Vec::new();
        for nr in 0.. {
            match self.porsjon(id, nr) {
                Porsjon::Dokumenter(dokumenter) => ut.extend(dokumenter.into_iter().map(|(p, s)| (p.nummer(), s))),
                Porsjon::Slutt => break,
                annet => panic!("{annet:?}"),
            }
        }
        ut
    }
}

/// The newest document of each person up to a number of the feed, read item by item.
fn ventet(prove: &Prove, til: u64) -> BTreeMap<u32, String> {
    let les = prove.register().les().unwrap();
    let mut ut = BTreeMap::new();
    for element in les.feed(MH, 1, usize::MAX).unwrap() {
        if element.sekvensnummer > til {
            break;
        }
        let nummer = element.folkeregisteridentifikator.parse().unwrap();
        let person = les.finn_nummer(nummer).unwrap().unwrap();
        if let Some(dokument) = element.persondokument {
            ut.insert(person.nummer(), dokument.to_string());
        }
    }
    ut
}

#[test]
fn a_complete_order_is_the_feed_at_its_number_whatever_comes_after() {
    let mut proever = proptest::test_runner::TestRunner::new(tilfeller(30));
    let historie = prop::collection::vec((0u32..6, 0u8..3), 1..40);
    let steg = |prove: &Prove, n: u32, slag: u8| {
        let finnes = {
            let les = prove.register().les().unwrap();
            les.finn_nummer(nr(n).parse().unwrap()).unwrap().is_some()
        };
        match (finnes, slag) {
            (false, _) => prove.opprett(&person(n)),
            (true, 0) => {
                let _ = prove.proev(
                    n,
                    H::EndringIBostedsadresse,
                    vec![ny("bostedsadresse", bosted("Storgata", "ugradert"))],
                );
            }
            (true, _) => {
                let navn = json!({"fornavn": format!("A{slag}"), "etternavn": "Bekk"});
                let _ = prove.proev(n, H::EndringINavn, vec![ny("navn", navn)]);
            }
        }
    };
    let utfall = proever.run(&(historie.clone(), historie), |(foer, etter)| {
        let mut her = sted();
        for (n, slag) in foer {
            steg(&her.prove, n, slag);
        }
        let siste = her.prove.register().les().unwrap().siste_sekvensnummer(MH).unwrap();
        let tall: Vec<u64> = (0..=siste + 1).step_by(7).chain([siste, u64::MAX]).collect();
        let bestilt: Vec<_> = tall
            .into_iter()
            .take(8)
            .map(|til| (til.min(siste), her.bestill(&Bestilling::Komplett { til }).unwrap()))
            .collect();
        for (_, id) in &bestilt {
            prop_assert_eq!(her.porsjon(*id, 0), Porsjon::IkkeKlar);
        }
        // What comes after the order is not in it, and a stop in the middle changes nothing.
        for (n, slag) in etter {
            steg(&her.prove, n, slag);
        }
        her = her.gjenaapne();
        her.skriv_ut();
        her = her.gjenaapne();
        for (til, id) in bestilt {
            let les = her.prove.register().les().unwrap();
            let dokumenter = her.dokumenter(id).into_iter();
            let funnet: Vec<_> = dokumenter
                .map(|(p, s)| {
                    (
                        p,
                        les.persondokument(register::Personnummer::fra_indeks(p), s).to_string(),
                    )
                })
                .collect();
            let ventet: Vec<_> = ventet(&her.prove, til).into_iter().collect();
            prop_assert_eq!(funnet, ventet, "{}", til);
        }
        Ok(())
    });
    utfall.unwrap();
}

#[test]
fn a_tailored_order_is_decided_when_it_is_made() {
    let mut her = sted();
    for n in 0..4 {
        her.prove.opprett(&person(n));
    }
    her.prove
        .registrer(3, H::EndringIStatus, vec![ny("status", json!({"status": "utflyttet"}))]);
    let bosatte = her.bestill(&av(&[Personstatustype::Bosatt])).unwrap();
    let alle = her.bestill(&av(&Personstatustype::ALLE)).unwrap();
    let ingen = her.bestill(&av(&[Personstatustype::Doed])).unwrap();
    // Afterwards one dies and one is born.
    her.prove
        .registrer(0, H::EndringIStatus, vec![ny("status", json!({"status": "doed"}))]);
    her.prove.opprett(&person(4));
    let numre = |alle: &[u32]| -> Vec<u64> { alle.iter().map(|n| nr(*n).parse().unwrap()).collect() };
    for _ in 0..2 {
        assert_eq!(her.numre(bosatte), numre(&[0, 1, 2]));
        assert_eq!(her.numre(alle), numre(&[0, 1, 2, 3]));
        assert_eq!(her.porsjon(ingen, 0), Porsjon::Slutt);
        her = her.gjenaapne();
    }
}

#[test]
fn two_who_are_one_have_one_document_from_the_merger_on_and_two_after_a_splitting() {
    let her = sted();
    her.prove.opprett(&person(0));
    her.prove.opprett(&person(1));
    her.prove.utfoer(vec![sammenslaaing(0, 1)]).unwrap();
    let sammen = her.prove.register().les().unwrap().siste_sekvensnummer(MH).unwrap();
    her.prove.utfoer(vec![splitting(0, 1)]).unwrap();
    for (til, ventet) in [(2, vec![1, 2]), (sammen, vec![1]), (u64::MAX, vec![1, 2])] {
        let id = her.bestill(&Bestilling::Komplett { til }).unwrap();
        her.skriv_ut();
        let dokumenter = her.dokumenter(id);
        assert_eq!(dokumenter.iter().map(|(p, _)| *p).collect::<Vec<_>>(), ventet, "{til}");
        // Each is there to be fetched.
        let les = her.prove.register().les().unwrap();
        for (p, s) in dokumenter {
            let id = les.persondokument(register::Personnummer::fra_indeks(p), s);
            assert!(her.prove.arkiv_om_det_finnes(id, MH).is_some());
        }
    }
}

#[test]
fn an_order_is_its_orderers_alone_and_for_a_time() {
    let her = sted();
    her.prove.opprett(&person(0));
    let id = her.bestill(&av(&[Personstatustype::Bosatt])).unwrap();
    let komplett = her.bestill(&Bestilling::Komplett { til: 1 }).unwrap();
    her.skriv_ut();
    let les = |id, hvem: &Bestiller, projeksjon, naa| her.lager.porsjon(id, hvem, projeksjon, 0, naa).unwrap();
    assert!(matches!(les(id, &oss(), MH, NAA), Porsjon::Personer { .. }));
    let andre = bestiller("310000019", Pakke::OffentligMedHjemmel);
    assert_eq!(les(id, &andre, MH, NAA), Porsjon::FinnesIkke);
    let annen_pakke = bestiller("310000000", Pakke::Finans);
    assert_eq!(les(id, &annen_pakke, Projeksjon::Finans, NAA), Porsjon::FinnesIkke);
    // A feed of another projection has other numbers.
    let uten = Projeksjon::MedHjemmelUtenGraderte;
    assert_eq!(les(komplett, &oss(), uten, NAA), Porsjon::FinnesIkke);
    assert!(matches!(les(komplett, &oss(), MH, NAA), Porsjon::Dokumenter(_)));
    let ukjent = Jobbid::parse(&"0f".repeat(16)).unwrap();
    assert_eq!(les(ukjent, &oss(), MH, NAA), Porsjon::FinnesIkke);
    // One place after the last batch says so, and no other does.
    assert_eq!(her.porsjon(id, 1), Porsjon::Slutt);
    assert_eq!(her.porsjon(id, 2), Porsjon::FinnesIkke);
    assert_eq!(her.porsjon(id, u64::MAX), Porsjon::FinnesIkke);

    let sent = NAA + her.grenser.levetid_s;
    assert!(matches!(les(id, &oss(), MH, sent - 1), Porsjon::Personer { .. }));
    assert_eq!(les(id, &oss(), MH, sent), Porsjon::FinnesIkke);
    assert_eq!(her.lager.rydd(sent - 1).unwrap(), 0);
    assert_eq!(her.lager.rydd(sent).unwrap(), 2);
    assert_eq!(les(id, &oss(), MH, NAA), Porsjon::FinnesIkke);
    let her = her.gjenaapne();
    assert_eq!(her.porsjon(id, 0), Porsjon::FinnesIkke);
    assert_eq!(her.lager.tall(), uttrekk::Tall::default());
}

#[test]
fn ten_wait_for_one_organisation_and_the_others_are_not_held_up() {
    let her = sted();
    her.prove.opprett(&person(0));
    let komplett = Bestilling::Komplett { til: u64::MAX };
    for _ in 0..10 {
        her.bestill(&komplett).unwrap();
    }
    assert!(matches!(her.bestill(&komplett), Err(Feil::ForMange)));
    assert!(matches!(
        her.bestill(&av(&[Personstatustype::Bosatt])),
        Err(Feil::ForMange)
    ));
    // Another package of the same organisation is the same organisation; another organisation is not.
    let bestill = |hvem: &Bestiller| her.lager.bestill(her.prove.register(), MH, hvem, &komplett, NAA);
    assert!(matches!(
        bestill(&bestiller("310000000", Pakke::Svalbard)),
        Err(Feil::ForMange)
    ));
    bestill(&bestiller("310000019", Pakke::OffentligMedHjemmel)).unwrap();
    assert_eq!((her.lager.tall().venter, her.lager.tall().klare), (11, 0));
    let her = her.gjenaapne();
    assert!(matches!(her.bestill(&komplett), Err(Feil::ForMange)));
    her.lager.skriv_neste(her.prove.register(), || true).unwrap();
    her.bestill(&komplett).unwrap();
}

#[test]
fn the_oldest_that_was_read_makes_way_and_an_unread_one_does_not() {
    let mut her = sted();
    her.grenser.lagrede = 3;
    her = her.gjenaapne();
    her.prove.opprett(&person(0));
    let bestilling = av(&[Personstatustype::Bosatt]);
    let alle: Vec<_> = (0..3).map(|_| her.bestill(&bestilling).unwrap()).collect();
    assert!(matches!(her.bestill(&bestilling), Err(Feil::ForMange)));
    her.numre(alle[1]);
    let ny = her.bestill(&bestilling).unwrap();
    assert_eq!(her.porsjon(alle[1], 0), Porsjon::FinnesIkke);
    for id in [alle[0], alle[2], ny] {
        assert_eq!(her.numre(id).len(), 1);
    }
}

#[test]
fn writing_out_stops_when_told_to_and_is_taken_up_again() {
    let her = sted();
    for n in 0..5 {
        her.prove.opprett(&person(n));
    }
    let id = her.bestill(&Bestilling::Komplett { til: u64::MAX }).unwrap();
    assert!(her.lager.skriv_neste(her.prove.register(), || true).unwrap());
    let ferdig = her.dokumenter(id);
    assert_eq!(ferdig.len(), 5);
    let annen = her.bestill(&Bestilling::Komplett { til: u64::MAX }).unwrap();
    // In a small register nothing is asked before it is done; the one that is there is not written out twice.
    let spurt = AtomicU32::new(0);
    let fortsett = || {
        spurt.fetch_add(1, Ordering::Relaxed);
        false
    };
    while her.lager.skriv_neste(her.prove.register(), fortsett).unwrap() {}
    let her = her.gjenaapne();
    her.skriv_ut();
    assert_eq!(her.dokumenter(annen), ferdig);
    assert_eq!(her.dokumenter(id), ferdig);
}

#[test]
fn a_store_opens_with_its_own_key_alone() {
    let her = sted();
    her.prove.opprett(&person(0));
    let id = her.bestill(&av(&[Personstatustype::Bosatt])).unwrap();
    let Sted {
        mappe, grenser, lager, ..
    } = her;
    drop(lager);
    std::fs::rename(mappe.path().join("noekkel"), mappe.path().join("borte")).unwrap();
    assert!(aapne(&mappe, grenser).is_err());
    let _ = std::fs::remove_dir_all(mappe.path().join("noekkel"));
    std::fs::rename(mappe.path().join("borte"), mappe.path().join("noekkel")).unwrap();
    let lager = aapne(&mappe, grenser).unwrap();
    let porsjon = lager.porsjon(id, &oss(), MH, 0, NAA).unwrap();
    assert!(matches!(porsjon, Porsjon::Personer { .. }));
}
