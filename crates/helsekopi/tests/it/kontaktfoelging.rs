//! KRR is read by the number in use, by its list and in rounds; whatever fails on the way, the copy ends with what KRR says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use helsekopi::{
    Feil, Gjelder, Kontakt, Kontaktfoelger, Kontaktkilde, Kontaktmaaling, Kontaktsteg, Kopihendelse, Omfang,
};
use identifikator::Folkeregisteridentifikator;
use klienter::krr::{Endringer, Feil as Krrfeil, Kontaktperson, Spraak, Status, Svar};
use proptest::prelude::*;
use tilgang::token::Framtid;

use crate::foelging::alle;
use crate::kilde::{NAA, Prove, Registerkilde, kjoer};

const DOEGN: i64 = 86_400;

/// A KRR for the tests: what it says, and what is wrong with the way to it.
#[derive(Default)]
struct Krr {
    sier: Mutex<BTreeMap<u64, (Status, Spraak)>>,
    /// Change number to person, each person at their newest change.
    liste: Mutex<Vec<u64>>,
    uten_liste: AtomicBool,
    /// One call in so many fails; 0: none.
    svikt: AtomicU32,
    kall: AtomicU32,
    ber_vente: AtomicBool,
    /// Entries that break the contract, and numbers that refuse the whole question.
    uleselige: Mutex<BTreeSet<u64>>,
    avvises: Mutex<BTreeSet<u64>>,
    spurt: Mutex<BTreeMap<u64, u32>>,
}

impl Krr {
    fn endre(&self, nummer: u64, sier: (Status, Spraak)) {
        self.sier.lock().unwrap().insert(nummer, sier);
        self.liste.lock().unwrap().push(nummer);
    }

    fn innom(&self) -> Result<(), Krrfeil> {
        if self.ber_vente.load(Ordering::Relaxed) {
            return Err(Krrfeil::ForMange { vent_s: 7 });
        }
        let nr = u64::from(self.kall.fetch_add(1, Ordering::Relaxed));
        let svikt = u64::from(self.svikt.load(Ordering::Relaxed));
        let kast = nr.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33;
        if svikt > 0 && kast.is_multiple_of(svikt) {
            return Err(Krrfeil::Uautentisert);
        }
        Ok(())
    }

    fn person(&self, nummer: Folkeregisteridentifikator) -> Kontaktperson {
        let sier = self.sier.lock().unwrap().get(&nummer.to_u64()).copied();
        let (status, spraak) = sier.unwrap_or((Status::IkkeRegistrert, Spraak::Bokmaal));
        Kontaktperson {
            personidentifikator: nummer,
            status,
            reservert: false,
            reservasjonstidspunkt: None,
            reservasjon_oppdatert: None,
            varslingsstatus: None,
            kontaktinformasjon: None,
            digital_post: None,
            sertifikat: None,
            sertifikat_utloeper: None,
            spraak: (status == Status::Aktiv).then_some(spraak),
            spraak_oppdatert: None,
        }
    }

    fn svar(&self, personer: &[Folkeregisteridentifikator]) -> Result<Svar, Krrfeil> {
        self.innom()?;
        let avvises = self.avvises.lock().unwrap();
        if personer.iter().any(|p| avvises.contains(&p.to_u64())) {
            let feil = klienter::Feil::Status {
                status: 400,
                kode: None,
            };
            return Err(feil.into());
        }
        let uleselig = self.uleselige.lock().unwrap();
        let mut svar = Svar {
            personer: Vec::new(),
            uleselige: Vec::new(),
            uten_svar: Vec::new(),
        };
        for person in personer {
            *self.spurt.lock().unwrap().entry(person.to_u64()).or_default() += 1;
            if uleselig.contains(&person.to_u64()) {
                svar.uleselige.push(*person);
            } else {
                svar.personer.push(self.person(*person));
            }
        }
        Ok(svar)
    }

    fn side(&self, fra: u64, gjelder: Gjelder<'_>) -> Result<Endringer, Krrfeil> {
        if self.uten_liste.load(Ordering::Relaxed) {
            return Err(Krrfeil::UtenEndringsliste);
        }
        self.innom()?;
        let liste = self.liste.lock().unwrap();
        let seneste = liste.len() as u64;
        let sist: BTreeMap<u64, usize> = liste.iter().enumerate().map(|(plass, n)| (*n, plass)).collect();
        let mut til = seneste;
        let mut personer = Vec::new();
        for (plass, nummer) in liste.iter().enumerate().skip(fra.saturating_sub(1) as usize) {
            if sist[nummer] != plass {
                continue;
            }
            if personer.len() == 10 {
                break;
            }
            til = plass as u64 + 1;
            personer.push(Folkeregisteridentifikator::from_u64(*nummer).unwrap());
        }
        if personer.len() < 10 {
            til = seneste;
        }
        personer.retain(|p| gjelder(p));
        let (personer, uleselige) = (personer.into_iter().map(|p| self.person(p)).collect(), Vec::new());
        Ok(Endringer {
            fra,
            til,
            seneste,
            personer,
            uleselige,
        })
    }
}

impl Kontaktkilde for Krr {
    fn personer<'a>(&'a self, personer: &'a [Folkeregisteridentifikator]) -> Framtid<'a, Result<Svar, Krrfeil>> {
        Box::pin(std::future::ready(self.svar(personer)))
    }

    fn endringer<'a>(&'a self, fra: u64, gjelder: Gjelder<'a>) -> Framtid<'a, Result<Endringer, Krrfeil>> {
        Box::pin(std::future::ready(self.side(fra, gjelder)))
    }
}

/// A copy that is loaded, its KRR, and a clock that goes when told to.
struct Oppsett {
    prove: Prove,
    krr: Arc<Krr>,
    naa: Arc<AtomicI64>,
    maaling: Arc<Kontaktmaaling>,
}

impl Oppsett {
    async fn ny(froe: u64, personer: u32) -> (Self, Vec<Vec<informasjonsmodell::Registrering>>) {
        let (kilde, maaned) = Registerkilde::med_nasjon(froe, personer);
        let mut prove = Prove::new(&kilde);
        prove.til_ajour().await;
        let oppsett = Oppsett {
            prove,
            krr: Arc::default(),
            naa: Arc::new(AtomicI64::new(NAA)),
            maaling: Arc::default(),
        };
        (oppsett, maaned)
    }

    fn naa(&self) -> i64 {
        self.naa.load(Ordering::Relaxed)
    }

    fn fram(&self, sekunder: i64) {
        self.naa.fetch_add(sekunder, Ordering::Relaxed);
    }

    /// As after a stop: nothing but what is on the disk. A round takes a day.
    fn foelger(&self) -> Kontaktfoelger {
        let naa = self.naa.clone();
        let klokke: tilgang::token::Klokke =
            Arc::new(move || jiff::Timestamp::from_second(naa.load(Ordering::Relaxed)).unwrap());
        let doegn = Duration::from_secs(DOEGN as u64);
        Kontaktfoelger::new(self.prove.kopi.clone().unwrap(), self.krr.clone(), klokke, doegn)
            .with_maaling(self.maaling.clone())
    }

    /// Goes on, each step by somebody new, until there is nothing to ask.
    async fn til_ajour(&self) {
        for _ in 0..20_000 {
            if let Ok(Kontaktsteg::Ajour) = self.foelger().steg().await {
                return;
            }
        }
        panic!("never caught up: {:?}", self.foelger().steg().await);
    }

    fn kontakt(&self, nummer: u64, omfang: Omfang, alder_maks: i64) -> Kontakt {
        let les = self.prove.kopi().les().unwrap();
        let person = les.register().finn_nummer(nummer).unwrap().unwrap();
        les.fersk_kontakt(person, omfang, self.naa(), alder_maks).unwrap()
    }

    /// Everybody in use in the copy, by number.
    fn i_bruk(&self) -> BTreeSet<u64> {
        let les = self.prove.kopi().les().unwrap();
        let alle = les.register().personer().unwrap();
        alle.filter_map(|p| les.register().nummer_i_bruk(p).unwrap()).collect()
    }

    #[track_caller]
    fn lik(&self) {
        let i_bruk = self.i_bruk();
        assert!(i_bruk.len() > 100);
        for nummer in &i_bruk {
            let person = self.krr.person(Folkeregisteridentifikator::from_u64(*nummer).unwrap());
            let ventet = match person.status {
                Status::IkkeRegistrert => Kontakt::Ingen,
                _ => Kontakt::Svar(person.til_json()),
            };
            assert!(self.kontakt(*nummer, Omfang::Full, 2 * DOEGN) == ventet);
            assert_eq!(self.kontakt(*nummer, Omfang::Begrenset, 2 * DOEGN), Kontakt::IkkeVist);
        }
        let spurt: BTreeSet<u64> = self.krr.spurt.lock().unwrap().keys().copied().collect();
        let les = self.prove.kopi().les().unwrap();
        for nummer in spurt {
            assert!(les.register().finn_nummer(nummer).unwrap().is_some());
        }
        for omfang in [Omfang::Begrenset, Omfang::UtenHjemmel] {
            let feed = alle(&self.prove, omfang);
            assert!(feed.iter().all(|h| h.hendelse != Kopihendelse::Kontaktregister));
        }
    }

    fn fortalt(&self) -> usize {
        let feed = alle(&self.prove, Omfang::Full);
        feed.iter()
            .filter(|h| h.hendelse == Kopihendelse::Kontaktregister)
            .count()
    }

    fn registrer_hver(&self, hver: usize) -> Vec<u64> {
        let noen: Vec<u64> = self.i_bruk().into_iter().step_by(hver).collect();
        for nummer in &noen {
            self.krr.endre(*nummer, (Status::Aktiv, Spraak::Bokmaal));
        }
        noen
    }
}

#[test]
fn everybody_with_a_number_in_use_is_read_and_then_what_the_list_tells_of() {
    kjoer(async {
        let (o, _) = Oppsett::ny(41, 300).await;
        let noen = o.registrer_hver(3);
        assert_eq!(o.kontakt(noen[0], Omfang::Full, DOEGN), Kontakt::IkkeLest);
        o.til_ajour().await;
        o.lik();
        assert_eq!(o.fortalt(), noen.len());
        let spurt: BTreeSet<u64> = o.krr.spurt.lock().unwrap().keys().copied().collect();
        assert_eq!(spurt, o.i_bruk(), "nobody else is asked about");
        o.krr.spurt.lock().unwrap().clear();
        o.krr.endre(noen[0], (Status::Aktiv, Spraak::Nynorsk));
        o.krr.endre(noen[1], (Status::Slettet, Spraak::Nynorsk));
        // Told of twice, and the same in the end: no news.
        o.krr.endre(noen[2], (Status::Aktiv, Spraak::Engelsk));
        o.krr.endre(noen[2], (Status::Aktiv, Spraak::Bokmaal));
        o.krr.endre(1_912_499_975, (Status::Aktiv, Spraak::Engelsk));
        o.til_ajour().await;
        assert_eq!(o.krr.spurt.lock().unwrap().len(), 3);
        assert_eq!(o.fortalt(), noen.len() + 2);
        o.lik();
        let tall = o.maaling.tall();
        assert_eq!((tall.etterslep(), tall.feil, tall.ventende), (0, 0, 0));
    });
}

#[test]
fn without_a_list_a_round_finds_what_changed_spread_over_its_time() {
    kjoer(async {
        let (o, _) = Oppsett::ny(42, 2_500).await;
        o.krr.uten_liste.store(true, Ordering::Relaxed);
        let noen = o.registrer_hver(5);
        o.til_ajour().await;
        o.lik();
        o.krr.spurt.lock().unwrap().clear();
        for nummer in &noen {
            o.krr.endre(*nummer, (Status::Aktiv, Spraak::Nordsamisk));
        }
        // Nobody is asked about before the next round, and in the middle of it half of them have been.
        o.fram(DOEGN - 10);
        o.til_ajour().await;
        assert_eq!(o.krr.spurt.lock().unwrap().len(), 0);
        o.fram(DOEGN / 2);
        o.til_ajour().await;
        let midt = o.krr.spurt.lock().unwrap().len();
        assert!((1_000..=2_000).contains(&midt), "{midt}");
        o.fram(DOEGN / 2 + 10);
        o.til_ajour().await;
        o.lik();
        assert_eq!(o.fortalt(), 2 * noen.len());
    });
}

#[test]
fn what_is_older_than_it_may_be_is_not_given_and_what_krr_says_again_is() {
    kjoer(async {
        let (o, _) = Oppsett::ny(43, 300).await;
        let noen = o.registrer_hver(2);
        o.til_ajour().await;
        assert!(matches!(o.kontakt(noen[0], Omfang::Full, 3_600), Kontakt::Svar(_)));
        o.krr.ber_vente.store(true, Ordering::Relaxed);
        o.fram(3_601);
        for _ in 0..3 {
            let Err(Feil::Kontaktregister(feil)) = o.foelger().steg().await else {
                panic!("nobody asked");
            };
            assert_eq!(feil.vent(), Some(Duration::from_secs(7)));
        }
        assert_eq!(o.kontakt(noen[0], Omfang::Full, 3_600), Kontakt::ForGammel);
        assert_eq!(o.kontakt(noen[0], Omfang::UtenHjemmel, 3_600), Kontakt::IkkeVist);
        assert!(matches!(o.kontakt(noen[0], Omfang::Full, 2 * 3_600), Kontakt::Svar(_)));
        let tall = o.maaling.tall();
        assert_eq!((tall.feil, tall.feil_paa_rad), (3, 3));
        o.krr.ber_vente.store(false, Ordering::Relaxed);
        o.til_ajour().await;
        assert!(matches!(o.kontakt(noen[0], Omfang::Full, 3_600), Kontakt::Svar(_)));
        o.lik();
    });
}

#[test]
fn one_odd_entry_or_number_keeps_nobody_else_from_being_read() {
    kjoer(async {
        let (o, _) = Oppsett::ny(44, 600).await;
        let noen = o.registrer_hver(1);
        o.krr.uleselige.lock().unwrap().insert(noen[10]);
        o.krr.avvises.lock().unwrap().insert(noen[20]);
        o.til_ajour().await;
        assert_eq!(o.fortalt(), noen.len() - 2);
        for odd in [noen[10], noen[20]] {
            assert_eq!(o.kontakt(odd, Omfang::Full, DOEGN), Kontakt::IkkeLest);
        }
        assert_eq!(o.maaling.tall().ventende, 2);
        // They are asked about again and refused again, and whoever comes after them is read.
        o.krr.endre(noen[30], (Status::Aktiv, Spraak::Nynorsk));
        o.fram(10);
        o.til_ajour().await;
        assert_eq!(o.fortalt(), noen.len() - 1);
        o.krr.uleselige.lock().unwrap().clear();
        o.fram(20);
        o.til_ajour().await;
        assert_eq!((o.maaling.tall().ventende, o.fortalt()), (1, noen.len()));
        o.krr.avvises.lock().unwrap().clear();
        o.fram(60);
        o.til_ajour().await;
        o.lik();
        // A list that was put back is begun at its end, and everybody is asked about again.
        o.krr.liste.lock().unwrap().clear();
        o.krr
            .sier
            .lock()
            .unwrap()
            .insert(noen[5], (Status::Aktiv, Spraak::Engelsk));
        o.til_ajour().await;
        o.lik();
    });
}

#[test]
fn contact_data_follow_the_person_over_changes_of_number_and_whoever_ends_has_none() {
    kjoer(async {
        let (mut o, maaned) = Oppsett::ny(45, 3_000).await;
        o.registrer_hver(1);
        o.til_ajour().await;
        let foer = o.i_bruk();
        for transaksjon in &maaned {
            o.prove.kilde.register.utfoer(transaksjon, NAA).unwrap();
        }
        o.prove.til_ajour().await;
        let etter = o.i_bruk();
        let nye: Vec<u64> = etter.difference(&foer).copied().collect();
        assert!(
            nye.len() > 5 && foer.difference(&etter).next().is_some(),
            "{}",
            nye.len()
        );
        for nummer in &nye {
            o.krr
                .sier
                .lock()
                .unwrap()
                .insert(*nummer, (Status::Aktiv, Spraak::Nordsamisk));
        }
        o.krr.spurt.lock().unwrap().clear();
        o.fram(60);
        o.til_ajour().await;
        // Soon, and without waiting for the round.
        let spurt: BTreeSet<u64> = o.krr.spurt.lock().unwrap().keys().copied().collect();
        assert!(nye.iter().all(|n| spurt.contains(n)));
        assert!(spurt.iter().all(|n| etter.contains(n)));
        assert!(spurt.len() < etter.len() / 2);
        o.lik();
        let les = o.prove.kopi().les().unwrap();
        for person in (1..=o.prove.kopi().register().antall_personer().unwrap()).map(register::Personnummer::fra_indeks)
        {
            if les.register().nummer_i_bruk(person).unwrap().is_none() {
                assert_eq!(les.kontakt(person, Omfang::Full).unwrap(), None);
            }
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]
    /// Whatever fails, and wherever it is cut off, the copy ends with what KRR says, and each change is told of at most as often as it happened.
    #[test]
    fn a_krr_that_fails_now_and_then_is_read_in_the_end(
        svikt in 2u32..6,
        uten_liste in any::<bool>(),
        endringer in prop::collection::vec((0usize..300, 0u8..4), 1..60),
    ) {
        kjoer(async {
            let (o, _) = Oppsett::ny(46, 300).await;
            let noen = o.registrer_hver(1);
            o.krr.uten_liste.store(uten_liste, Ordering::Relaxed);
            o.krr.svikt.store(svikt, Ordering::Relaxed);
            for bolk in endringer.chunks(7) {
                for (plass, hva) in bolk {
                    let nummer = noen[plass % noen.len()];
                    let sier = match hva {
                        0 => (Status::Slettet, Spraak::Bokmaal),
                        1 => (Status::Aktiv, Spraak::Nynorsk),
                        2 => (Status::Aktiv, Spraak::Engelsk),
                        _ => (Status::Aktiv, Spraak::Nordsamisk),
                    };
                    o.krr.endre(nummer, sier);
                }
                for _ in 0..3 {
                    let _ = o.foelger().steg().await;
                }
                o.fram(5);
            }
            o.til_ajour().await;
            for _ in 0..4 {
                o.fram(DOEGN / 2 + 1);
                o.til_ajour().await;
            }
            o.lik();
            assert!(o.fortalt() <= noen.len() + endringer.len());
        });
    }
}
