//! Contact information: news when it changes, for those who may see it, and gone when it is taken away.

use helsekopi::{Hendelse, Kopihendelse, Omfang};
use informasjonsmodell::Tidspunkt;

use crate::foelging::alle;
use crate::kilde::{Prove, Registerkilde, kjoer, tid};

const NAAR: fn() -> Tidspunkt = || tid(0);

fn om_kontakt(prove: &Prove, omfang: Omfang) -> Vec<Hendelse> {
    let feed = alle(prove, omfang).into_iter();
    feed.filter(|h| h.hendelse == Kopihendelse::Kontaktregister).collect()
}

#[test]
fn contact_information_is_kept_told_of_and_taken_away() {
    kjoer(async {
        let (kilde, _) = Registerkilde::med_nasjon(31, 300);
        let mut prove = Prove::new(&kilde);
        prove.til_ajour().await;
        let numre: Vec<u64> = kilde.numre().iter().map(|n| n.parse().unwrap()).collect();
        let en = |nr: usize, tekst: &str| (numre[nr], Some(format!("{{\"spraak\":\"{tekst}\"}}").into_bytes()));
        let kopi = prove.kopi();
        let ta_inn = |svar: &[_]| kopi.ta_inn_kontakt(svar, NAAR()).unwrap();
        assert_eq!(ta_inn(&[en(0, "nb"), en(1, "nn"), (numre[2], None)]), 2);
        assert_eq!(ta_inn(&[en(0, "nb"), en(1, "nn")]), 0);
        assert_eq!(ta_inn(&[en(0, "se"), en(0, "en")]), 1);
        // Whom the copy does not know is passed over.
        assert_eq!(ta_inn(&[(1, Some(b"{}".to_vec()))]), 0);
        let les = prove.kopi().les().unwrap();
        let person = |nr: usize| les.register().finn_nummer(numre[nr]).unwrap().unwrap();
        let har = |nr: usize, omfang| les.kontakt(person(nr), omfang).unwrap();
        assert_eq!(har(0, Omfang::Full), Some(br#"{"spraak":"se"}"#.to_vec()));
        assert_eq!(har(1, Omfang::FullMedGraderte), Some(br#"{"spraak":"nn"}"#.to_vec()));
        for omfang in [Omfang::Begrenset, Omfang::UtenHjemmel] {
            assert_eq!(har(0, omfang), None);
            assert_eq!(om_kontakt(&prove, omfang), []);
        }
        for omfang in [Omfang::Full, Omfang::FullMedGraderte] {
            let fortalt = om_kontakt(&prove, omfang);
            assert_eq!(
                fortalt.iter().map(|h| h.person).collect::<Vec<_>>(),
                [person(0), person(1), person(0)]
            );
            assert_eq!(les.sekvensnummer(person(0), omfang).unwrap(), fortalt[2].sekvensnummer);
        }
        drop(les);
        assert_eq!(ta_inn(&[(numre[0], None)]), 1);
        prove.gjenaapne();
        let les = prove.kopi().les().unwrap();
        let person = |nr: usize| les.register().finn_nummer(numre[nr]).unwrap().unwrap();
        assert_eq!(les.kontakt(person(0), Omfang::Full).unwrap(), None);
        assert!(les.kontakt(person(1), Omfang::Full).unwrap().is_some());
        prove.lik();
    });
}

#[test]
fn contact_information_is_never_on_the_disk_in_clear() {
    kjoer(async {
        let (kilde, _) = Registerkilde::med_nasjon(32, 300);
        let mut prove = Prove::new(&kilde);
        prove.til_ajour().await;
        let nummer: u64 = kilde.numre()[0].parse().unwrap();
        let svar = |tekst: &str| [(nummer, Some(tekst.as_bytes().to_vec()))];
        for tekst in ["FOERSTE@POST.EXAMPLE", "ANDRE@POST.EXAMPLE"] {
            prove.kopi().ta_inn_kontakt(&svar(tekst), NAAR()).unwrap();
        }
        prove.kopi().ajourhold(NAAR()).unwrap();
        let les = prove.kopi().les().unwrap();
        let person = les.register().finn_nummer(nummer).unwrap().unwrap();
        assert_eq!(
            les.kontakt(person, Omfang::Full).unwrap().unwrap(),
            b"ANDRE@POST.EXAMPLE"
        );
        let mut mapper = vec![prove.mappe.path().to_path_buf()];
        while let Some(mappe) = mapper.pop() {
            for fil in std::fs::read_dir(mappe).unwrap().map(|f| f.unwrap().path()) {
                if fil.is_dir() {
                    mapper.push(fil);
                    continue;
                }
                let byte = std::fs::read(&fil).unwrap();
                assert!(!byte.windows(12).any(|b| b == b"POST.EXAMPLE"), "{}", fil.display());
            }
        }
    });
}
