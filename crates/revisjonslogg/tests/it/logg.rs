//! Writing and opening again.

use std::sync::Arc;

use super::{aapne, aapne_med, innstillinger, logg_med, noekkel, post, poster, verifiser};

#[test]
fn what_was_written_is_there_when_the_log_is_opened_again() {
    let mappe = tempfile::tempdir().unwrap();
    for runde in 0..7u64 {
        let logg = aapne(mappe.path());
        assert_eq!(logg.helse().poster, runde * 5);
        for nr in runde * 5..runde * 5 + 5 {
            assert_eq!(logg.skriv_og_vent(post(nr)).unwrap(), nr);
        }
    }
    assert_eq!(poster(mappe.path()), (0..35).map(post).collect::<Vec<_>>());
    let rapport = verifiser(mappe.path(), &[]);
    assert_eq!((rapport.poster, rapport.lest, rapport.hoder), (35, 35, 7));
    assert_eq!(rapport.funn, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_writers_at_once_get_each_its_number_and_the_order_is_one() {
    let mappe = tempfile::tempdir().unwrap();
    let logg = Arc::new(aapne(mappe.path()));
    let mut oppgaver = Vec::new();
    for skriver in 0..40u64 {
        let logg = logg.clone();
        oppgaver.push(tokio::spawn(async move {
            let mut numre = Vec::new();
            for nr in 0..25 {
                numre.push((
                    logg.skriv(post(skriver * 1_000 + nr)).await.unwrap(),
                    skriver * 1_000 + nr,
                ));
            }
            numre
        }));
    }
    let mut alle = Vec::new();
    for oppgave in oppgaver {
        let numre = oppgave.await.unwrap();
        assert!(numre.is_sorted());
        alle.extend(numre);
    }
    alle.sort_unstable();
    assert_eq!(
        alle.iter().map(|(nr, _)| *nr).collect::<Vec<_>>(),
        (0..1_000).collect::<Vec<_>>()
    );
    let hode = tokio::task::spawn_blocking({
        let logg = logg.clone();
        move || logg.signer_og_vent().unwrap()
    });
    assert_eq!(hode.await.unwrap().hode.antall, 1_000);
    // Checked while it is open.
    let til = Some(logg.helse().poster);
    let rapport = revisjonslogg::verifiser(mappe.path(), &noekkel(), &[], til, &mut |_| {}).unwrap();
    assert_eq!((rapport.poster, rapport.funn.len()), (1_000, 0), "{:?}", rapport.funn);
    let lest = poster(mappe.path());
    for (nr, innhold) in alle {
        assert_eq!(lest[nr as usize], post(innhold));
    }
}

#[test]
fn a_head_is_signed_by_number_by_time_on_demand_and_at_the_end() {
    let mappe = tempfile::tempdir().unwrap();
    let annet_sted = tempfile::tempdir().unwrap();
    let eksport = annet_sted.path().join("hoder");
    let logg = aapne_med(
        mappe.path(),
        revisjonslogg::Innstillinger {
            eksport: Some(eksport.clone()),
            hode_poster: 5,
            hode_tid: std::time::Duration::from_millis(200),
            ..innstillinger()
        },
    )
    .unwrap();
    assert!(logg.signer_og_vent().is_none());
    for nr in 0..5 {
        logg.skriv_og_vent(post(nr)).unwrap();
    }
    assert_eq!(logg.signer_og_vent().unwrap().hode.antall, 5);
    logg.skriv_og_vent(post(5)).unwrap();
    let start = std::time::Instant::now();
    while logg.siste_hode().unwrap().hode.antall < 6 {
        assert!(start.elapsed().as_secs() < 10);
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    logg.skriv_og_vent(post(6)).unwrap();
    drop(logg);
    let her = std::fs::read_to_string(mappe.path().join("hoder.jsonl")).unwrap();
    assert_eq!(her, std::fs::read_to_string(eksport).unwrap());
    let noter: Vec<String> = her.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let antall: Vec<u64> = noter
        .iter()
        .map(|n| noekkel().verifiser(n).unwrap().hode.antall)
        .collect();
    assert_eq!(antall, [5, 6, 7]);
}

#[test]
fn the_reserve_is_made_and_an_empty_or_enormous_record_is_refused() {
    let mappe = tempfile::tempdir().unwrap();
    let mut innstillinger = innstillinger();
    innstillinger.reserve_byte = 9 * 1024 * 1024;
    let logg = aapne_med(mappe.path(), innstillinger).unwrap();
    assert!(logg.skriv_og_vent(Vec::new()).is_err());
    assert!(logg.skriv_og_vent(vec![1; revisjonslogg::POST_BYTE_MAKS + 1]).is_err());
    assert_eq!(logg.skriv_og_vent(vec![1; revisjonslogg::POST_BYTE_MAKS]).unwrap(), 0);
    let start = std::time::Instant::now();
    while logg.helse().reserve_byte < 9 * 1024 * 1024 {
        assert!(start.elapsed().as_secs() < 20);
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(
        std::fs::metadata(mappe.path().join("reserve")).unwrap().len(),
        9 * 1024 * 1024
    );
}

#[test]
fn a_log_is_not_opened_with_another_level_or_another_key() {
    let mappe = logg_med(9);
    let mut annet = innstillinger();
    annet.nivaa = 4;
    assert!(aapne_med(mappe.path(), annet).is_err());
    let andre = revisjonslogg::hode::Signerer::new("prøve/revisjon", &[8; 32]).unwrap();
    let klokke = Arc::new(|| jiff::Timestamp::UNIX_EPOCH);
    assert!(revisjonslogg::Logg::aapne(mappe.path(), innstillinger(), andre, klokke).is_err());
    drop(aapne(mappe.path()));
}
