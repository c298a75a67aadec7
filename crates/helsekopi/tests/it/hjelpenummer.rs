//! Common help numbers in the copy: whoever has one is a person, one that is under another number leads there, and each thing that is done with
//! one is told of once.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use ::hjelpenummer::{
    Adresse, Adressebruk, Avsender, Delvisdato, Endring, Fakta, Hjelpenumre, Kjoenn, Navn, OverNummer, Revisjon, Steder,
};
use helsekopi::{Hjelpenummerfoelger, Hjelpenummersteg, Kopi, Kopihendelse, Omfang, Rapport, sammenlikn};
use identifikator::{FellesHjelpenummer, Folkeregisteridentifikator, Nummer};
use informasjonsmodell::{Handling, Registrering};
use register::Personnummer;
use serde_json::Value;
use soek::kopi::{Kriterier, Navneord};

use crate::foelging::alle;
use crate::kilde::{MH, NAA, Prove, Registerkilde, frigi, kjoer, tid};
use crate::tjeneste::venter;

use Kopihendelse::{HjelpenummerEndret as Endret, HjelpenummerUtstedt as Utstedt};

fn hvem() -> Avsender {
    Avsender {
        organisasjon: "312000008".to_owned(),
        bruker: "a".to_owned(),
    }
}

fn fakta(etternavn: &str) -> Fakta {
    Fakta {
        navn: Some(Navn {
            fornavn: "Lys".to_owned(),
            etternavn: etternavn.to_owned(),
            ..Navn::default()
        }),
        kjoenn: Some(Kjoenn::Kvinne),
        foedselsdato: Delvisdato::les("19840317"),
        adresser: vec![Adresse {
            bruk: Adressebruk::Hjem,
            co: String::new(),
            linjer: vec!["Prøveveien 7 B".to_owned()],
            postnummer: "0150".to_owned(),
            poststed: "OSLO".to_owned(),
            kommune: "0301".to_owned(),
            land: String::new(),
        }],
        ..Fakta::default()
    }
}

/// A copy with a nation, and a store of help numbers beside it.
struct Helse {
    prove: Prove,
    lager: Arc<Hjelpenumre>,
    _mappe: tempfile::TempDir,
}

impl Helse {
    async fn ny(personer: u32) -> Self {
        let (kilde, _) = Registerkilde::med_nasjon(7, personer);
        let mut prove = Prove::new(&kilde);
        prove.til_ajour().await;
        let mappe = tempfile::tempdir().unwrap();
        let lager = Arc::new(Hjelpenumre::aapne(mappe.path(), &Steder::default()).unwrap());
        Helse {
            prove,
            lager,
            _mappe: mappe,
        }
    }

    fn utsted(&self, etternavn: &str) -> FellesHjelpenummer {
        let fakta = fakta(etternavn);
        let utstedt = self
            .lager
            .utsted(&fakta, false, None, &hvem(), NAA, &mut ::hjelpenummer::tilfeldig);
        utstedt.unwrap().nummer
    }

    fn knytt(&self, over: &str, under: FellesHjelpenummer) {
        let over = match FellesHjelpenummer::parse(over) {
            Ok(nummer) => OverNummer::Hjelpenummer(nummer),
            Err(_) => OverNummer::Folkeregister(Folkeregisteridentifikator::parse(over).unwrap()),
        };
        let under = [Nummer::FellesHjelpenummer(under)];
        self.lager.knytt(over, &under, &hvem(), NAA).unwrap();
    }

    fn loes(&self, over: &str, under: FellesHjelpenummer) {
        let under = Nummer::FellesHjelpenummer(under);
        self.lager.loes(over.parse().unwrap(), &under, &hvem(), NAA).unwrap();
    }

    fn foelger(&self) -> Hjelpenummerfoelger {
        foelger(self.prove.kopi.as_ref().unwrap(), &self.lager)
    }

    fn foelg(&self) {
        til_ajour(&self.foelger());
    }

    /// Who has a number, and their number in the copy.
    fn finn(&self, nummer: &str) -> Option<Personnummer> {
        let les = self.prove.kopi().les().unwrap();
        les.register().finn_nummer(nummer.parse().unwrap()).unwrap()
    }

    /// Every number of a person, and whether it is current, as it is shown.
    fn numre(&self, person: Personnummer) -> BTreeMap<String, bool> {
        let vist = vist(self.prove.kopi(), person);
        let numre = vist["identifikasjonsnummer"].as_array().unwrap();
        let nummer = |n: &Value| n["foedselsEllerDNummer"].as_str().unwrap().to_owned();
        numre.iter().map(|n| (nummer(n), n["erGjeldende"] == true)).collect()
    }

    async fn sammenlikn(&self) -> Rapport {
        let (kopi, kilde) = (self.prove.kopi.clone().unwrap(), self.prove.kilde.clone());
        sammenlikn(&kopi, &*kilde, &venter(), &mut |_| {}).await.unwrap()
    }

    /// Of the help numbers' own events in a view: who, which number, what.
    fn fortalt(&self, omfang: Omfang) -> Vec<(Personnummer, u64, Kopihendelse)> {
        let egne = |h: &helsekopi::Hendelse| matches!(h.hendelse, Utstedt | Endret);
        let feed = alle(&self.prove, omfang).into_iter().filter(egne);
        feed.map(|h| (h.person, h.nummer, h.hendelse)).collect()
    }

    fn folk(&self, nr: u32) -> String {
        let les = self.prove.kopi().les().unwrap();
        let nummer = les.register().gjeldende_nummer(Personnummer::fra_indeks(nr)).unwrap();
        nummer.unwrap()
    }
}

fn foelger(kopi: &Arc<Kopi>, lager: &Arc<Hjelpenumre>) -> Hjelpenummerfoelger {
    let klokke: tilgang::token::Klokke = Arc::new(|| jiff::Timestamp::from_second(NAA).unwrap());
    Hjelpenummerfoelger::new(kopi.clone(), lager.clone(), klokke)
}

fn til_ajour(foelger: &Hjelpenummerfoelger) {
    while foelger.steg().unwrap() != Hjelpenummersteg::Ajour {}
    assert_eq!(foelger.igjen().unwrap(), 0);
}

fn vist(kopi: &Kopi, person: Personnummer) -> Value {
    let les = kopi.les().unwrap();
    let mut svar = tilgang::Svar::new(tilgang::Format::Json);
    les.register()
        .vis(person, &mut svar, MH, tilgang::Utvalg::alt(MH), 0)
        .unwrap();
    serde_json::from_slice(&frigi(svar)).unwrap()
}

#[test]
fn whoever_has_a_help_number_is_a_person_and_is_told_of_once_in_every_view() {
    kjoer(async {
        let helse = Helse::ny(60).await;
        let fra_foer = Omfang::ALLE.map(|o| alle(&helse.prove, o).len());
        assert_eq!(helse.foelger().steg().unwrap(), Hjelpenummersteg::Ajour);
        let nummer = helse.utsted("Sprettehumle");
        assert_eq!(helse.foelger().igjen().unwrap(), 1);
        let ventet = Hjelpenummersteg::TokInn {
            innfoeringer: 1,
            hendelser: 4,
        };
        assert_eq!(helse.foelger().steg().unwrap(), ventet);
        assert_eq!(helse.foelger().steg().unwrap(), Hjelpenummersteg::Ajour);
        let person = helse.finn(nummer.as_str()).unwrap();
        let ny = Revisjon {
            sivilstand: Endring::Sett(2),
            ..Revisjon::default()
        };
        let som_nummer = Nummer::FellesHjelpenummer(nummer);
        helse.lager.revider(&som_nummer, ny, &hvem(), NAA + 60).unwrap();
        helse.foelg();
        assert_eq!(helse.finn(nummer.as_str()), Some(person));
        let norsk = vist(helse.prove.kopi(), person);
        assert_eq!(norsk["navn"][0]["etternavn"], "Sprettehumle");
        assert_eq!(norsk["sivilstand"][0]["sivilstand"], "gift");
        for (omfang, foer) in Omfang::ALLE.into_iter().zip(fra_foer) {
            // Nothing but the help number's own events.
            assert_eq!(alle(&helse.prove, omfang).len(), foer + 2);
            let ventet = [(person, nummer.to_u64(), Utstedt), (person, nummer.to_u64(), Endret)];
            assert_eq!(helse.fortalt(omfang), ventet);
            let les = helse.prove.kopi().les().unwrap();
            // Known by a help number alone: found by name where it is asked for, and by nothing else.
            let mut kriterier = Kriterier {
                etternavn: Some(Navneord::av_del("Sprettehum")),
                ..Kriterier::default()
            };
            assert_eq!(les.tell(omfang, &kriterier).unwrap(), 0);
            kriterier.ogsaa_hjelpenumre = true;
            assert_eq!(les.finn_foerste(omfang, &kriterier).unwrap(), [person]);
            let alle = |ogsaa_hjelpenumre| Kriterier {
                ogsaa_hjelpenumre,
                ..Kriterier::default()
            };
            assert_eq!(les.tell(omfang, &alle(false)).unwrap(), 60);
            assert_eq!(les.tell(omfang, &alle(true)).unwrap(), 61);
        }
        let rapport = helse.sammenlikn().await;
        assert!(rapport.er_lik() && rapport.med_bare_hjelpenummer == 1, "{rapport:?}");
        assert_eq!(helse.prove.kopi().register().verifiser(&mut |_| {}).unwrap(), []);
    });
}

#[test]
fn a_number_that_is_put_under_another_leads_there_and_back_and_to_somebody_else() {
    kjoer(async {
        let helse = Helse::ny(60).await;
        let nummer = helse.utsted("Sprettehumle");
        helse.foelg();
        let eget = helse.finn(nummer.as_str()).unwrap();
        let (en, annen) = (helse.folk(3), helse.folk(4));
        let foer = Omfang::ALLE.map(|o| alle(&helse.prove, o).len());
        let foer_en = vist(helse.prove.kopi(), Personnummer::fra_indeks(3));
        let norsk = vist(helse.prove.kopi(), eget);
        helse.knytt(&en, nummer);
        helse.foelg();
        let person = helse.finn(&en).unwrap();
        assert_eq!(helse.finn(nummer.as_str()), Some(person));
        // Ended, as any number that another has taken the place of.
        assert_eq!(helse.numre(person).get(nummer.as_str()), Some(&false));
        assert!(!helse.prove.kopi().les().unwrap().register().er_noen(eget).unwrap());
        assert!(helse.sammenlikn().await.er_lik());
        helse.loes(&en, nummer);
        helse.foelg();
        // What it was, as whom it was, and nothing is left of it where it was.
        assert_eq!(helse.finn(nummer.as_str()), Some(eget));
        assert_eq!(vist(helse.prove.kopi(), eget), norsk);
        assert_eq!(vist(helse.prove.kopi(), person), foer_en);
        helse.knytt(&annen, nummer);
        helse.foelg();
        assert_eq!(helse.finn(nummer.as_str()), helse.finn(&annen));
        assert_eq!(vist(helse.prove.kopi(), person), foer_en);
        let til = helse.finn(&annen).unwrap();
        for (omfang, foer) in Omfang::ALLE.into_iter().zip(foer) {
            let ventet = [eget, person, eget, person, eget, til].map(|p| (p, nummer.to_u64(), Endret));
            assert_eq!(helse.fortalt(omfang)[1..], ventet);
            assert_eq!(alle(&helse.prove, omfang).len(), foer + ventet.len());
        }
        assert!(helse.sammenlikn().await.er_lik());
        assert_eq!(helse.prove.kopi().register().verifiser(&mut |_| {}).unwrap(), []);
    });
}

#[test]
fn numbers_under_one_that_moves_move_along_and_stay() {
    kjoer(async {
        let helse = Helse::ny(60).await;
        let [a, b, c] = ["A", "B", "C"].map(|navn| helse.utsted(navn));
        helse.foelg();
        let egne = [a, b, c].map(|n| helse.finn(n.as_str()).unwrap());
        let en = helse.folk(3);
        helse.knytt(b.as_str(), c);
        helse.foelg();
        assert_eq!(helse.finn(c.as_str()), Some(egne[1]));
        assert_eq!(helse.numre(egne[1]).len(), 2);
        helse.knytt(a.as_str(), b);
        helse.knytt(&en, a);
        helse.foelg();
        let person = helse.finn(&en).unwrap();
        for nummer in [a, b, c] {
            assert_eq!(helse.finn(nummer.as_str()), Some(person));
        }
        // Those that came along stay, and each is itself again when it leaves.
        helse.loes(&en, b);
        helse.foelg();
        assert_eq!(
            [a, b, c].map(|n| helse.finn(n.as_str())),
            [Some(person), Some(egne[1]), Some(person)]
        );
        helse.loes(&en, a);
        helse.loes(&en, c);
        helse.foelg();
        assert_eq!([a, b, c].map(|n| helse.finn(n.as_str())), egne.map(Some));
        assert!(helse.sammenlikn().await.er_lik());
        assert_eq!(helse.prove.kopi().register().verifiser(&mut |_| {}).unwrap(), []);
    });
}

#[test]
fn what_the_source_joins_and_splits_keeps_its_help_numbers_and_a_reload_changes_nothing() {
    kjoer(async {
        let mut helse = Helse::ny(60).await;
        let [a, b] = ["A", "B"].map(|navn| helse.utsted(navn));
        let alene = helse.utsted("Alene");
        let (en, annen) = (helse.folk(3), helse.folk(4));
        helse.knytt(&en, a);
        helse.knytt(&annen, b);
        helse.foelg();
        let [person, under] = [&en, &annen].map(|n| helse.finn(n).unwrap());
        let gjoer = |helse: &Helse, handling| {
            let registrering = Registrering {
                tidspunkt: tid(90),
                handling,
            };
            helse.prove.kilde.register.utfoer(&[registrering], NAA).unwrap();
        };
        let nummer = |tekst: &str| informasjonsmodell::tekst::Foedselsnummer::new(tekst).unwrap();
        gjoer(
            &helse,
            Handling::SlaaSammen {
                gjeldende: nummer(&en),
                dublett: nummer(&annen),
            },
        );
        helse.prove.til_ajour().await;
        for nummer in [a.as_str(), b.as_str(), &annen] {
            assert_eq!(helse.finn(nummer), Some(person));
        }
        assert!(helse.sammenlikn().await.er_lik());
        // The feed is lost, and everybody is read again.
        let foer = Omfang::ALLE.map(|o| alle(&helse.prove, o));
        let alle_vist = |helse: &Helse| {
            let antall = helse.prove.kopi().register().antall_personer().unwrap();
            let hver = (1..=antall).map(Personnummer::fra_indeks);
            hver.map(|p| vist(helse.prove.kopi(), p)).collect::<Vec<_>>()
        };
        let vist_foer = alle_vist(&helse);
        helse.prove.kilde.eldste.store(u64::MAX, Ordering::Relaxed);
        helse.prove.steg().await.unwrap();
        helse.prove.kilde.eldste.store(0, Ordering::Relaxed);
        helse.prove.gjenaapne();
        helse.prove.til_ajour().await;
        helse.foelg();
        assert_eq!(Omfang::ALLE.map(|o| alle(&helse.prove, o)), foer);
        assert_eq!(alle_vist(&helse), vist_foer);
        gjoer(
            &helse,
            Handling::Splitt {
                gjeldende: nummer(&en),
                gjenopprettet: nummer(&annen),
            },
        );
        helse.prove.til_ajour().await;
        assert_eq!([a, b].map(|n| helse.finn(n.as_str())), [Some(person), Some(under)]);
        assert!(helse.finn(alene.as_str()).is_some());
        let rapport = helse.sammenlikn().await;
        assert!(rapport.er_lik() && rapport.med_bare_hjelpenummer == 1, "{rapport:?}");
        assert_eq!(helse.prove.kopi().register().verifiser(&mut |_| {}).unwrap(), []);
    });
}

#[test]
fn a_number_waits_for_whoever_is_not_in_the_copy_yet_and_the_first_load_is_waited_for() {
    kjoer(async {
        let (kilde, _) = Registerkilde::med_nasjon(7, 60);
        let prove = Prove::new(&kilde);
        let mappe = tempfile::tempdir().unwrap();
        let lager = Arc::new(Hjelpenumre::aapne(mappe.path(), &Steder::default()).unwrap());
        let mut helse = Helse {
            prove,
            lager,
            _mappe: mappe,
        };
        let nummer = helse.utsted("Sprettehumle");
        assert_eq!(helse.foelger().steg().unwrap(), Hjelpenummersteg::Vent);
        let ukjent = "03819000000".parse::<u64>().unwrap()..;
        let ukjent = ukjent
            .filter_map(|n| Folkeregisteridentifikator::parse(&format!("{n:011}")).ok())
            .find(|n| !kilde.numre().contains(&n.as_str().to_owned()))
            .unwrap();
        helse.prove.til_ajour().await;
        helse.knytt(ukjent.as_str(), nummer);
        helse.foelg();
        let eget = helse.finn(nummer.as_str()).unwrap();
        assert!(helse.finn(ukjent.as_str()).is_none());
        // Somebody new, with that number.
        let mut dokument = vist(helse.prove.kopi(), Personnummer::fra_indeks(5));
        dokument["identifikasjonsnummer"] = serde_json::json!([{"erGjeldende": true, "status": "iBruk",
            "foedselsEllerDNummer": ukjent.as_str(), "identifikatortype": "foedselsnummer"}]);
        let dokument = register::les_vist(dokument).unwrap();
        let bolk = helsekopi::Bolk {
            dokumenter: vec![(None, dokument)],
            ..helsekopi::Bolk::default()
        };
        assert_eq!(helse.prove.kopi().ta_inn(&bolk, tid(91)).unwrap().avvist, 0);
        let person = helse.finn(ukjent.as_str()).unwrap();
        assert_eq!(helse.finn(nummer.as_str()), Some(person));
        // Who waited under that number is that person, and keeps the id.
        assert_eq!(person, eget);
        assert_eq!(helse.numre(person).get(nummer.as_str()), Some(&false));
        // A source that says that it has help numbers of its own is not believed.
        let mut dokument = vist(helse.prove.kopi(), Personnummer::fra_indeks(5));
        dokument["identifikasjonsnummer"][0]["foedselsEllerDNummer"] = nummer.as_str().into();
        let bolk = helsekopi::Bolk {
            dokumenter: vec![(None, register::les_vist(dokument).unwrap())],
            ..helsekopi::Bolk::default()
        };
        assert_eq!(helse.prove.kopi().ta_inn(&bolk, tid(92)).unwrap().avvist, 1);
        assert_eq!(helse.finn(nummer.as_str()), Some(person));
    });
}

fn kopier(fra: &Path, til: &Path) {
    std::fs::create_dir_all(til).unwrap();
    for fil in std::fs::read_dir(fra).unwrap() {
        let fil = fil.unwrap();
        std::fs::copy(fil.path(), til.join(fil.file_name())).unwrap();
    }
}

#[test]
fn a_store_that_was_put_back_is_found_and_the_copy_says_what_it_says() {
    kjoer(async {
        let mappe = tempfile::tempdir().unwrap();
        let mut helse = Helse::ny(60).await;
        let aapne = || Arc::new(Hjelpenumre::aapne(mappe.path(), &Steder::default()).unwrap());
        // Held while the files are not to be open.
        let et_annet_sted = tempfile::tempdir().unwrap();
        let annet = || Arc::new(Hjelpenumre::aapne(et_annet_sted.path(), &Steder::default()).unwrap());
        let data = mappe.path().join("hjelpenummer/data");
        let kopi = mappe.path().join("sikkerhetskopi");
        helse.lager = aapne();
        let (en, annen) = (helse.folk(3), helse.folk(4));
        let [a, b] = ["A", "B"].map(|navn| helse.utsted(navn));
        helse.knytt(&en, a);
        helse.foelg();
        let egne = [a, b].map(|n| {
            helse
                .prove
                .kopi()
                .register()
                .les()
                .unwrap()
                .finn_nummer(n.to_u64())
                .unwrap()
        });
        // A backup has the store, and neither the list of issued numbers nor the keys.
        helse.lager = annet();
        kopier(&data, &kopi);
        helse.lager = aapne();
        helse.loes(&en, a);
        let c = helse.utsted("C");
        helse.knytt(&annen, b);
        helse.knytt(c.as_str(), a);
        helse.foelg();
        let borte = helse.finn(c.as_str()).unwrap();
        assert_eq!(helse.finn(a.as_str()), Some(borte));
        helse.lager = annet();
        std::fs::remove_dir_all(&data).unwrap();
        kopier(&kopi, &data);
        helse.lager = aapne();
        // It gets as far again, by another way.
        let d = helse.utsted("D");
        helse.knytt(&annen, d);
        while helse.lager.siste().unwrap() < 12 {
            helse.utsted("Flere");
        }
        assert!(helse.foelger().igjen().unwrap() > 0);
        helse.foelg();
        let [en, annen] = [&en, &annen].map(|n| helse.finn(n).unwrap());
        assert_eq!(
            [a, b, d].map(|n| helse.finn(n.as_str())),
            [Some(en), egne[1], Some(annen)]
        );
        // One that somebody was told of and the store does not know is nobody's, for ever.
        assert_eq!(helse.finn(c.as_str()), Some(borte));
        let norsk = vist(helse.prove.kopi(), borte);
        assert!(norsk.get("navn").is_none());
        assert_eq!(norsk["status"][0]["status"], "opphoert");
        assert!(helse.sammenlikn().await.er_lik());
        assert_eq!(helse.prove.kopi().register().verifiser(&mut |_| {}).unwrap(), []);
        for omfang in Omfang::ALLE {
            let feed = helse.fortalt(omfang);
            let utstedt = |n: FellesHjelpenummer| feed.iter().filter(|h| h.1 == n.to_u64() && h.2 == Utstedt).count();
            assert_eq!([a, b, c, d].map(utstedt), [1; 4]);
            assert!(feed.contains(&(borte, c.to_u64(), Endret)));
        }
        let foer = helse.fortalt(Omfang::Full).len();
        helse.loes(&helse.folk(4), d);
        helse.foelg();
        assert_eq!(helse.fortalt(Omfang::Full).len(), foer + 2);
    });
}

const MAPPE: &str = "PERSONTJENESTEN_PROVE_HJELPENUMMER";

fn aapne(mappe: &Path) -> (Arc<Kopi>, Arc<Hjelpenumre>) {
    let kopi = Kopi::aapne(&mappe.join("kopi")).unwrap();
    let lager = Hjelpenumre::aapne(&mappe.join("lager"), &Steder::default()).unwrap();
    (Arc::new(kopi), Arc::new(lager))
}

#[test]
#[ignore = "startes av en annen prøve"]
fn barn_som_utsteder_og_foelger() {
    let Some(mappe) = std::env::var_os(MAPPE) else { return };
    let (kopi, lager) = aapne(mappe.as_ref());
    let folk = {
        let les = kopi.les().unwrap();
        let nummer = les.register().gjeldende_nummer(Personnummer::fra_indeks(2)).unwrap();
        nummer.unwrap()
    };
    let over = OverNummer::Folkeregister(Folkeregisteridentifikator::parse(&folk).unwrap());
    let foelger = foelger(&kopi, &lager);
    std::thread::scope(|alle| {
        alle.spawn(|| {
            loop {
                let utstedt = lager.utsted(&fakta("A"), false, None, &hvem(), NAA, &mut ::hjelpenummer::tilfeldig);
                let under = [Nummer::FellesHjelpenummer(utstedt.unwrap().nummer)];
                lager.knytt(over, &under, &hvem(), NAA).unwrap();
                lager.loes(folk.parse().unwrap(), &under[0], &hvem(), NAA).unwrap();
                if lager.antall_utstedt() % 2 == 0 {
                    lager.knytt(over, &under, &hvem(), NAA).unwrap();
                }
            }
        });
        alle.spawn(|| {
            loop {
                if let Hjelpenummersteg::TokInn { .. } = foelger.steg().unwrap() {
                    let mut ut = std::io::stdout();
                    writeln!(ut, "TOK INN").unwrap();
                    ut.flush().unwrap();
                }
            }
        });
    });
}

#[test]
fn whatever_is_killed_each_entry_of_the_log_is_told_of_once() {
    let mappe = tempfile::tempdir().unwrap();
    let sti = mappe.path().join("kopi");
    std::fs::create_dir_all(&sti).unwrap();
    {
        let kopi = Kopi::aapne(&sti).unwrap();
        let nasjon = syntetisk_befolkning::Nasjon::new(7, 50).unwrap();
        let bolk = helsekopi::Bolk {
            dokumenter: (0..nasjon.grupper())
                .flat_map(|nr| nasjon.gruppe(nr))
                .map(|d| (None, d))
                .collect(),
            stilling: Some(helsekopi::Stilling::Foelger { neste: 1 }),
            foerste_lasting: true,
            ..helsekopi::Bolk::default()
        };
        kopi.ta_inn(&bolk, tid(1)).unwrap();
    }
    let (mut drept_imellom, mut sist) = (0, 0);
    for runde in 0..crate::drap::runder(8, 200) {
        let mut barn = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "hjelpenummer::barn_som_utsteder_og_foelger",
                "--ignored",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(MAPPE, mappe.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut linjer = BufReader::new(barn.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok);
        assert!(linjer.any(|l| l.contains("TOK INN")), "a process ended by itself");
        std::thread::sleep(Duration::from_millis(runde * 7 % 30));
        barn.kill().unwrap();
        barn.wait().unwrap();
        let (kopi, lager) = aapne(mappe.path());
        let foelger = foelger(&kopi, &lager);
        drept_imellom += u64::from(foelger.igjen().unwrap() > 0);
        til_ajour(&foelger);
        let logg = lager.logg(1, usize::MAX).unwrap();
        assert!(logg.len() > sist);
        sist = logg.len();
        let les = kopi.les().unwrap();
        for omfang in Omfang::ALLE {
            let feed = les.hendelser(omfang, 1, usize::MAX).unwrap();
            let egne = feed.iter().filter(|h| matches!(h.hendelse, Utstedt | Endret));
            // One for whoever has the number, and one for whoever it is or was under.
            let fortalt: Vec<_> = egne.map(|h| (h.nummer, h.hendelse)).collect();
            let ventet = logg.iter().flat_map(|i| match i.handling {
                ::hjelpenummer::Handling::Utstedt => vec![(i.nummer.to_u64(), Utstedt)],
                _ => vec![(i.nummer.to_u64(), Endret); 2],
            });
            assert!(ventet.eq(fortalt), "runde {runde} {omfang:?}");
        }
        for innfoering in &logg {
            let nummer = innfoering.nummer.to_u64();
            let over = lager.slaa_opp(innfoering.nummer).unwrap().unwrap().over;
            let over = over.map(|over| les.register().finn_nummer(over).unwrap().unwrap());
            let funnet = les.register().finn_nummer(nummer).unwrap().unwrap();
            assert_eq!(over.is_some(), over == Some(funnet));
        }
    }
    assert!(drept_imellom > 0);
    let (kopi, _) = aapne(mappe.path());
    assert_eq!(kopi.register().verifiser(&mut |_| {}).unwrap(), []);
}
