//! Whoever issues common help numbers tells every view of them, on the number, in order, and the copy goes on as before.

use helsekopi::{Feil, Hjelpenummerhendelse, Kopihendelse, Omfang};
use identifikator::FellesHjelpenummer;
use register::Personnummer;

use crate::foelging::alle;
use crate::kilde::{Prove, Registerkilde, kjoer, tid};

#[test]
fn a_help_number_is_told_of_in_every_view_and_a_stranger_in_none() {
    kjoer(async {
        let (kilde, _) = Registerkilde::med_nasjon(7, 60);
        let mut prove = Prove::new(&kilde);
        prove.til_ajour().await;
        let kopi = prove.kopi();
        let nummer = (800_000_000..).find_map(|grunntall| FellesHjelpenummer::from_grunntall(grunntall).ok());
        let nummer = nummer.unwrap();
        let (en, annen) = (Personnummer::fra_indeks(3), Personnummer::fra_indeks(4));
        let foer: Vec<usize> = Omfang::ALLE.map(|omfang| alle(&prove, omfang).len()).to_vec();
        let fortelles = [
            (en, nummer, Hjelpenummerhendelse::Utstedt),
            (annen, nummer, Hjelpenummerhendelse::Utstedt),
            (en, nummer, Hjelpenummerhendelse::Endret),
        ];
        let fortalt = kopi.fortell_om_hjelpenumre(&fortelles, tid(900)).unwrap();
        assert_eq!(fortalt, 3 * Omfang::ALLE.len() as u64);
        let ukjent = Personnummer::fra_indeks(kopi.register().antall_personer().unwrap() + 1);
        let feil = kopi.fortell_om_hjelpenumre(
            &[fortelles[0], (ukjent, nummer, Hjelpenummerhendelse::Endret)],
            tid(900),
        );
        assert!(matches!(feil, Err(Feil::UkjentPerson)));
        let les = kopi.les().unwrap();
        for (omfang, foer) in Omfang::ALLE.into_iter().zip(foer) {
            let feed = alle(&prove, omfang);
            assert!(feed.iter().map(|h| h.sekvensnummer).eq(1..=feed.len() as u64));
            let nye: Vec<_> = feed[foer..].iter().map(|h| (h.person, h.hendelse, h.nummer)).collect();
            let ventet = [
                (en, Kopihendelse::HjelpenummerUtstedt, nummer.to_u64()),
                (annen, Kopihendelse::HjelpenummerUtstedt, nummer.to_u64()),
                (en, Kopihendelse::HjelpenummerEndret, nummer.to_u64()),
            ];
            assert_eq!(nye, ventet, "{omfang:?}");
            assert_eq!(les.sekvensnummer(en, omfang).unwrap(), feed.len() as u64);
            assert_eq!(les.sekvensnummer(annen, omfang).unwrap(), feed.len() as u64 - 1);
        }
    });
}
