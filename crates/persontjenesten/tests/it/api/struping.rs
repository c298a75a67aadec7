//! What a consumer may use: calls, and numbers that nobody has. Whose budget it is, and what is recorded.

use std::num::NonZeroU32;
use std::sync::atomic::Ordering;

use persontjenesten::api::{Innstillinger, Strupegrenser};
use persontjenesten::openapi::Omfang;

use super::kjoer;
use super::oppsett::{MED, NAA_S, Prove, UTEN};

async fn prove(kall: u32, bom: u32) -> Prove {
    let grenser = Strupegrenser {
        kall: NonZeroU32::new(kall),
        bom: NonZeroU32::new(bom),
    };
    Prove::med_grenser(Innstillinger::default(), 200, grenser).await
}

/// More than the window's slots can be off by.
const ET_MINUTT_OG_LITT_S: i64 = 62;

#[test]
fn a_consumer_has_so_many_calls_a_minute_in_all_branches_together_and_none_of_another_s() {
    kjoer(async {
        let prove = prove(12, 0).await;
        for _ in 0..3 {
            for omfang in Omfang::ALLE {
                assert_eq!(prove.kall(MED, omfang, "/event/latest", None).await.status, 200);
            }
        }
        prove.logg.ta();
        for nr in 0..3 {
            let svar = prove.kall(MED, Omfang::Full, "/event/latest", None).await;
            assert_eq!((svar.status, svar.json()["status"].as_u64()), (429, Some(429)));
            let vent: u32 = svar.hode("retry-after").unwrap().parse().unwrap();
            assert!((1..=60).contains(&vent), "{vent}");
            // Of a row the first alone is recorded.
            assert_eq!(prove.logg.ta().len(), usize::from(nr == 0));
        }
        assert_eq!(prove.kall(UTEN, Omfang::Full, "/event/latest", None).await.status, 200);
        // A refused call uses nothing.
        prove.klokke.store(NAA_S + ET_MINUTT_OG_LITT_S, Ordering::SeqCst);
        assert_eq!(prove.kall(MED, Omfang::Full, "/event/latest", None).await.status, 200);
    });
}

#[test]
fn whoever_tries_numbers_gets_no_lookup_by_number_whatever_the_number() {
    kjoer(async {
        let prove = prove(0, 5).await;
        let (_, nummer, id) = prove.alle()[0].clone();
        let (en, flere) = (
            "/person/get-by-nin?informationParts=Name",
            "/person/bulk-by-nin?informationParts=Name",
        );
        // Whoever is there costs nothing, and neither does an id that nobody has.
        for _ in 0..8 {
            let svar = prove.kall(MED, Omfang::Full, en, Some(&format!("nin={nummer}"))).await;
            assert_eq!(svar.status, 200);
            let ukjent = "/person/00000000-0000-0000-0000-000000000000?informationParts=Name";
            assert_eq!(prove.kall(MED, Omfang::Full, ukjent, None).await.status, 404);
        }
        // Alone and in lists, and what was never a number too.
        let svar = prove.kall(MED, Omfang::UtenHjemmel, en, Some("nin=12345678901")).await;
        assert_eq!(svar.status, 404);
        let liste = format!("nins={nummer},201501234599,tull,12345678902,12345678903");
        let svar = prove.kall(MED, Omfang::MedHjemmel, flere, Some(&liste)).await;
        assert_eq!(svar.json().as_array().unwrap().len(), 1);
        prove.logg.ta();
        for (nr, (sti, skjema)) in [
            (en, format!("nin={nummer}")),
            (en, "nin=12345678901".to_owned()),
            (flere, format!("nins={nummer}")),
        ]
        .into_iter()
        .enumerate()
        {
            let svar = prove.kall(MED, Omfang::Full, sti, Some(&skjema)).await;
            assert_eq!(svar.status, 429, "{sti}");
            assert!(svar.hode("retry-after").is_some());
            assert_eq!(prove.logg.ta().len(), usize::from(nr == 0));
        }
        // By id, by events and by search they go on; and so do others.
        let sti = format!("/person/{id}?informationParts=Name");
        assert_eq!(prove.kall(MED, Omfang::Full, &sti, None).await.status, 200);
        assert_eq!(
            prove
                .kall(MED, Omfang::Full, "/search/match-count", Some(""))
                .await
                .status,
            200
        );
        let skjema = format!("nin={nummer}");
        assert_eq!(prove.kall(UTEN, Omfang::Full, en, Some(&skjema)).await.status, 200);
        prove.klokke.store(NAA_S + ET_MINUTT_OG_LITT_S, Ordering::SeqCst);
        assert_eq!(prove.kall(MED, Omfang::Full, en, Some(&skjema)).await.status, 200);
    });
}
