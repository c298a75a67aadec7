//! Reserved test persons: numbers that are given once, owners, and a copy that keeps them whatever its source does.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use helsekopi::{
    Kopihendelse, Lagret, Omfang, RESERVERTE_MAKS, Reservasjon, Reservering, Stilling, Testfeil, sammenlikn,
};
use identifikator::{Dato, Folkeregisteridentifikator, Identifikatortype, Kjoenn, Organisasjonsnummer, Serie};
use informasjonsmodell::{Hendelsestype, Persondokument};
use klienter::folkeregister::Venter;
use serde_json::{Value, json};

use crate::foelging::alle;
use crate::kilde::{Prove, Registerkilde, kjoer, tid};

const DAG: Dato = match Dato::new(2026, 2, 1) {
    Some(dag) => dag,
    None => panic!("en dag"),
};

fn org(nummer: &str) -> Organisasjonsnummer {
    Organisasjonsnummer::parse(nummer).unwrap()
}

fn eier() -> Organisasjonsnummer {
    org("310000000")
}

fn annen() -> Organisasjonsnummer {
    org("310000019")
}

fn ber(slag: Identifikatortype, kjoenn: Kjoenn, antall: u16) -> Reservering {
    Reservering {
        identifikatortype: slag,
        foedselsdato: Dato::new(1990, 1, 31).unwrap(),
        kjoenn,
        antall,
    }
}

fn reserver(prove: &Prove, eier: Organisasjonsnummer, antall: u16) -> Vec<Folkeregisteridentifikator> {
    let ber = ber(Identifikatortype::Foedselsnummer, Kjoenn::Kvinne, antall);
    let gitt = prove.kopi().reserver(eier, &ber, DAG, tid(1)).unwrap();
    gitt.into_iter().map(|r| r.nummer).collect()
}

fn verdi(nummer: &Folkeregisteridentifikator) -> Value {
    let tid = "2026-02-01T00:00:00Z";
    json!({
        "identifikasjonsnummer": [{"erGjeldende": true, "status": "iBruk", "foedselsEllerDNummer": nummer.as_str(),
            "identifikatortype": "foedselsnummer", "gyldighetstidspunkt": tid}],
        "navn": [{"erGjeldende": true, "fornavn": "PRØVE", "etternavn": "PERSON", "gyldighetstidspunkt": tid}],
        "kjoenn": [{"erGjeldende": true, "kjoenn": "kvinne"}],
        "foedsel": [{"erGjeldende": true, "foedselsdato": "1990-01-31", "foedselsaar": "1990"}],
        "status": [{"erGjeldende": true, "status": "bosatt"}],
    })
}

fn les(verdi: Value) -> Persondokument {
    Persondokument::les(verdi).unwrap()
}

fn lagre(
    prove: &Prove,
    eier: Organisasjonsnummer,
    nummer: Folkeregisteridentifikator,
    verdi: Value,
) -> Result<Lagret, Testfeil> {
    prove
        .kopi()
        .lagre_testperson(eier, nummer, les(verdi), &BTreeSet::new(), tid(2))
}

fn typer(prove: &Prove, fra: usize) -> Vec<Kopihendelse> {
    alle(prove, Omfang::Full).iter().skip(fra).map(|h| h.hendelse).collect()
}

#[test]
fn a_number_is_of_the_series_and_is_given_once_also_after_a_stop() {
    kjoer(async {
        let (kilde, _) = Registerkilde::med_nasjon(21, 50);
        let mut prove = Prove::new(&kilde);
        prove.til_ajour().await;
        assert!(!prove.kopi().har_testpersoner().unwrap());
        let mut gitt = BTreeSet::new();
        for runde in 0..3 {
            for slag in [Identifikatortype::Foedselsnummer, Identifikatortype::DNummer] {
                for kjoenn in [Kjoenn::Kvinne, Kjoenn::Mann] {
                    let hvem = if runde == 1 { annen() } else { eier() };
                    let nye = prove
                        .kopi()
                        .reserver(hvem, &ber(slag, kjoenn, 40), DAG, tid(runde))
                        .unwrap();
                    assert_eq!(nye.len(), 40);
                    for r in &nye {
                        assert_eq!(
                            (r.nummer.serier(), r.nummer.identifikatortype()),
                            (&[Serie::Nhn][..], slag)
                        );
                        let forventet = if slag == Identifikatortype::DNummer {
                            "7166"
                        } else {
                            "3166"
                        };
                        assert!(r.avviker || r.nummer.as_str().starts_with(forventet));
                        assert_eq!((r.person, r.kjoenn, r.identifikatortype), (false, kjoenn, slag));
                        assert!(gitt.insert(r.nummer.to_u64()), "gitt to ganger");
                    }
                }
            }
            prove.gjenaapne();
        }
        let egne = prove.kopi().reserverte(eier()).unwrap();
        let andres = prove.kopi().reserverte(annen()).unwrap();
        assert_eq!((egne.len(), andres.len()), (320, 160));
        let numre = |r: &[Reservasjon]| -> BTreeSet<u64> { r.iter().map(|r| r.nummer.to_u64()).collect() };
        assert!(numre(&egne).is_disjoint(&numre(&andres)));
        assert_eq!(&numre(&egne) | &numre(&andres), gitt);
        assert!(prove.kopi().har_testpersoner().unwrap());
        // Nobody of the source, whose series is another.
        assert!(prove.kilde.numre().iter().all(|n| !gitt.contains(&n.parse().unwrap())));
        for (dato, dag) in [((2026, 2, 2), DAG), ((1850, 1, 1), DAG)] {
            let ber = Reservering {
                foedselsdato: Dato::new(dato.0, dato.1, dato.2).unwrap(),
                ..ber(Identifikatortype::Foedselsnummer, Kjoenn::Mann, 1)
            };
            assert!(matches!(
                prove.kopi().reserver(eier(), &ber, dag, tid(3)),
                Err(Testfeil::Tildeling(_))
            ));
        }
        prove.lik();
    });
}

#[test]
fn an_organisation_has_no_more_than_it_may() {
    kjoer(async {
        let (kilde, _) = Registerkilde::med_nasjon(22, 50);
        let prove = Prove::new(&kilde);
        let mut antall = 0;
        for aar in 1960.. {
            let ber = Reservering {
                foedselsdato: Dato::new(aar, 5, 17).unwrap(),
                ..ber(Identifikatortype::Foedselsnummer, Kjoenn::Mann, 1_000)
            };
            match prove.kopi().reserver(eier(), &ber, DAG, tid(1)) {
                Ok(gitt) => antall += gitt.len(),
                Err(feil) => {
                    assert!(matches!(feil, Testfeil::ForMange), "{feil}");
                    break;
                }
            }
        }
        assert_eq!(antall, RESERVERTE_MAKS);
        // The others have theirs.
        assert_eq!(reserver(&prove, annen(), 3).len(), 3);
    });
}

#[test]
fn a_person_is_made_changed_ended_and_made_again_and_each_is_told_of() {
    kjoer(async {
        let (kilde, _) = Registerkilde::med_nasjon(23, 60);
        let mut prove = Prove::new(&kilde);
        prove.til_ajour().await;
        let nummer = reserver(&prove, eier(), 1)[0];
        let foer = alle(&prove, Omfang::Full).len();
        assert!(matches!(
            prove.kopi().testperson(eier(), nummer),
            Err(Testfeil::IngenPerson)
        ));
        let ny = lagre(&prove, eier(), nummer, verdi(&nummer)).unwrap();
        assert_eq!(ny, Lagret { ny: true, endret: true });
        let freg = Kopihendelse::Freg;
        assert_eq!(typer(&prove, foer), [freg(Hendelsestype::PersonErOpprettet)]);
        let igjen = lagre(&prove, eier(), nummer, verdi(&nummer)).unwrap();
        assert_eq!(
            (igjen, typer(&prove, foer).len()),
            (
                Lagret {
                    ny: false,
                    endret: false
                },
                1
            )
        );
        let mut endret = verdi(&nummer);
        endret["navn"][0]["fornavn"] = "ANNET".into();
        assert_eq!(
            lagre(&prove, eier(), nummer, endret.clone()).unwrap(),
            Lagret {
                ny: false,
                endret: true
            }
        );
        assert_eq!(typer(&prove, foer + 1), [freg(Hendelsestype::EndringINavn)]);
        let holdt = prove.kopi().testperson(eier(), nummer).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&holdt.til_json()).unwrap(), endret);
        assert!(prove.kopi().reserverte(eier()).unwrap()[0].person);
        let id = |prove: &Prove| {
            let les = prove.kopi().les().unwrap();
            let person = les.register().finn(&nummer).unwrap().unwrap();
            les.id(person)
        };
        let foerste = id(&prove);
        prove.kopi().avslutt_testperson(eier(), nummer, tid(3)).unwrap();
        let slutt = typer(&prove, foer + 2);
        assert_eq!(slutt[0], freg(Hendelsestype::PersonErOpphoert));
        assert!(
            slutt.contains(&freg(Hendelsestype::EndringINavn)),
            "det som er borte, er fortalt"
        );
        assert!(!prove.kopi().reserverte(eier()).unwrap()[0].person);
        for _ in 0..2 {
            assert!(matches!(
                prove.kopi().testperson(eier(), nummer),
                Err(Testfeil::IngenPerson)
            ));
            assert!(matches!(
                prove.kopi().avslutt_testperson(eier(), nummer, tid(4)),
                Err(Testfeil::IngenPerson)
            ));
            prove.gjenaapne();
        }
        let les = prove.kopi().les().unwrap();
        let person = les.register().finn(&nummer).unwrap().unwrap();
        let rest: Value =
            serde_json::from_slice(&les.register().eksporter(person).unwrap().unwrap().til_json()).unwrap();
        drop(les);
        assert_eq!(
            rest.as_object().unwrap().keys().collect::<Vec<_>>(),
            ["identifikasjonsnummer", "status"]
        );
        assert_eq!(rest["status"][0]["status"], "opphoert");
        assert!(!rest.to_string().contains("ANNET"));
        assert!(lagre(&prove, eier(), nummer, verdi(&nummer)).unwrap().ny);
        assert_eq!(
            typer(&prove, foer + 2 + slutt.len())[0],
            freg(Hendelsestype::PersonErReaktivert)
        );
        assert_eq!(id(&prove), foerste, "samme person, samme id");
        assert!(prove.kopi().reserverte(eier()).unwrap()[0].person);
        prove.lik();
    });
}

#[test]
fn nobody_touches_what_is_somebody_elses() {
    kjoer(async {
        let (kilde, _) = Registerkilde::med_nasjon(24, 60);
        let mut prove = Prove::new(&kilde);
        prove.til_ajour().await;
        let min = reserver(&prove, eier(), 2);
        let andres = reserver(&prove, annen(), 1)[0];
        lagre(&prove, annen(), andres, verdi(&andres)).unwrap();
        let kildens = Folkeregisteridentifikator::parse(&prove.kilde.numre()[0]).unwrap();
        let foer = (
            alle(&prove, Omfang::Full).len(),
            prove.kopi().register().antall_personer().unwrap(),
        );
        for (nummer, ventet) in [(andres, "fremmed"), (kildens, "ureservert")] {
            let utfall = [
                lagre(&prove, eier(), nummer, verdi(&nummer)).map(drop),
                prove.kopi().testperson(eier(), nummer).map(drop),
                prove.kopi().avslutt_testperson(eier(), nummer, tid(3)),
            ];
            for utfall in utfall {
                let fikk = match utfall {
                    Err(Testfeil::Fremmed) => "fremmed",
                    Err(Testfeil::Ureservert) => "ureservert",
                    annet => panic!("{annet:?}"),
                };
                assert_eq!(fikk, ventet);
            }
        }
        for fremmed in [andres, kildens] {
            // A number of the document's own that is somebody else's, in use or not.
            for gjeldende in [true, false] {
                let mut dokument = verdi(&min[0]);
                let mut nummer = verdi(&fremmed)["identifikasjonsnummer"][0].clone();
                nummer["erGjeldende"] = gjeldende.into();
                dokument["identifikasjonsnummer"].as_array_mut().unwrap().push(nummer);
                assert!(matches!(
                    lagre(&prove, eier(), min[0], dokument),
                    Err(Testfeil::EgetNummer)
                ));
            }
            // Somebody else's as a relative.
            let navngitt = BTreeSet::from([min[0].to_u64(), fremmed.to_u64()]);
            let utfall = prove
                .kopi()
                .lagre_testperson(eier(), min[0], les(verdi(&min[0])), &navngitt, tid(2));
            assert!(matches!(utfall, Err(Testfeil::Navngitt)));
        }
        assert!(matches!(
            lagre(&prove, eier(), min[0], verdi(&min[1])),
            Err(Testfeil::AnnetNummer)
        ));
        let mut uten = verdi(&min[0]);
        uten.as_object_mut().unwrap().remove("identifikasjonsnummer");
        assert!(matches!(
            lagre(&prove, eier(), min[0], uten),
            Err(Testfeil::AnnetNummer)
        ));
        let mut to = verdi(&min[0]);
        let navn = to["navn"][0].clone();
        to["navn"].as_array_mut().unwrap().push(navn);
        assert!(matches!(lagre(&prove, eier(), min[0], to), Err(Testfeil::Regel(_))));
        let naa = (
            alle(&prove, Omfang::Full).len(),
            prove.kopi().register().antall_personer().unwrap(),
        );
        assert_eq!(naa, foer, "ingenting er endret");
        // One's own numbers may name each other, and become one person.
        let navngitt = BTreeSet::from([min[1].to_u64()]);
        prove
            .kopi()
            .lagre_testperson(eier(), min[0], les(verdi(&min[0])), &navngitt, tid(2))
            .unwrap();
        lagre(&prove, eier(), min[1], verdi(&min[1])).unwrap();
        let mut begge = verdi(&min[0]);
        let mut nummer = verdi(&min[1])["identifikasjonsnummer"][0].clone();
        nummer["erGjeldende"] = false.into();
        nummer["status"] = "opphoert".into();
        begge["identifikasjonsnummer"].as_array_mut().unwrap().push(nummer);
        lagre(&prove, eier(), min[0], begge).unwrap();
        let en = prove.kopi().testperson(eier(), min[1]).unwrap();
        assert_eq!(en, prove.kopi().testperson(eier(), min[0]).unwrap());
        prove.lik();
    });
}

#[test]
fn a_reading_of_everybody_keeps_them_a_comparison_leaves_them_and_no_source_takes_them() {
    kjoer(async {
        let (kilde, maaned) = Registerkilde::med_nasjon(25, 200);
        let mut prove = Prove::new(&kilde);
        prove.til_ajour().await;
        let numre = reserver(&prove, eier(), 3);
        lagre(&prove, eier(), numre[0], verdi(&numre[0])).unwrap();
        lagre(&prove, eier(), numre[1], verdi(&numre[1])).unwrap();
        prove.kopi().avslutt_testperson(eier(), numre[1], tid(3)).unwrap();
        let feed = alle(&prove, Omfang::Full).len();
        // 406: everybody is read again, from a source that does not know these.
        kilde.eldste.store(u64::MAX, Ordering::Relaxed);
        prove.steg().await.unwrap();
        assert!(matches!(
            prove.kopi().stilling().unwrap(),
            Stilling::Laster { foerste: false, .. }
        ));
        kilde.eldste.store(0, Ordering::Relaxed);
        prove.gjenaapne();
        prove.til_ajour().await;
        assert_eq!(alle(&prove, Omfang::Full).len(), feed, "ingen nyhet");
        let holdt = prove.kopi().testperson(eier(), numre[0]).unwrap();
        assert_eq!(
            serde_json::from_slice::<Value>(&holdt.til_json()).unwrap(),
            verdi(&numre[0])
        );
        // Nobody waits to be asked for.
        prove.foelg_fra(crate::kilde::NAA + 100_000);
        let vent: Venter = Arc::new(|_| Box::pin(std::future::ready(())));
        let kopi = prove.kopi.clone().unwrap();
        let rapport = sammenlikn(&kopi, &*kilde, &vent, &mut |_| {}).await.unwrap();
        assert!(rapport.er_lik(), "{rapport:?}");
        assert_eq!(rapport.testpersoner, 2);
        drop(kopi);
        // A source that says that one of them is its own is not believed, and the rest of what it says is.
        let bolk = helsekopi::Bolk {
            dokumenter: vec![(
                Some(numre[0].to_u64()),
                les(verdi(&numre[0])
                    .as_object()
                    .map(|o| {
                        let mut o = o.clone();
                        o["navn"][0]["fornavn"] = "LØGN".into();
                        Value::Object(o)
                    })
                    .unwrap()),
            )],
            ..helsekopi::Bolk::default()
        };
        let inntatt = prove.kopi().ta_inn(&bolk, tid(5)).unwrap();
        assert_eq!((inntatt.avvist, inntatt.endret), (1, 0));
        let holdt = prove.kopi().testperson(eier(), numre[0]).unwrap();
        assert!(!String::from_utf8(holdt.til_json()).unwrap().contains("LØGN"));
        for transaksjon in &maaned {
            kilde.register.utfoer(transaksjon, crate::kilde::NAA).unwrap();
        }
        prove.til_ajour().await;
        prove.lik();
    });
}
