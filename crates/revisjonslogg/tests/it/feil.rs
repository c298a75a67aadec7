//! An operating system that refuses: nothing is said to be written that is not, and the log goes on when it can.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use revisjonslogg::{Innstillinger, Logg, Sted};

use super::{aapne, aapne_med, innstillinger, post, poster, verifiser};

type Nekt = Arc<Mutex<Option<(Sted, io::ErrorKind)>>>;

fn med_feil(mappe: &std::path::Path, reserve_byte: u64) -> (Logg, Nekt) {
    let nekt: Nekt = Arc::default();
    let sett = nekt.clone();
    let feilpunkt = move |sted: Sted| match *sett.lock().unwrap() {
        Some((her, slag)) if her == sted => Err(slag.into()),
        _ => Ok(()),
    };
    let innstillinger = Innstillinger {
        feilpunkt: Some(Arc::new(feilpunkt)),
        reserve_byte,
        ..innstillinger()
    };
    (aapne_med(mappe, innstillinger).unwrap(), nekt)
}

#[test]
fn a_record_that_is_not_durable_is_refused_and_the_log_goes_on_unaided() {
    for slag in [
        io::ErrorKind::StorageFull,
        io::ErrorKind::ReadOnlyFilesystem,
        io::ErrorKind::Other,
        io::ErrorKind::PermissionDenied,
    ] {
        for sted in [Sted::Skriv, Sted::Synk, Sted::Segment] {
            let mappe = tempfile::tempdir().unwrap();
            let (logg, nekt) = med_feil(mappe.path(), 0);
            let mut varige = Vec::new();
            for nr in 0..30 {
                let nektes = nr % 3 == 1;
                *nekt.lock().unwrap() = nektes.then_some((sted, slag));
                match logg.skriv_og_vent(post(nr)) {
                    Ok(plass) => {
                        assert!(!nektes || sted == Sted::Segment, "{sted:?}");
                        assert_eq!(plass, varige.len() as u64);
                        varige.push(post(nr));
                        assert!(!logg.helse().feiler);
                    }
                    Err(_) => {
                        assert!(nektes && logg.helse().feiler, "{sted:?}");
                    }
                }
            }
            assert!(varige.len() < 30);
            *nekt.lock().unwrap() = None;
            drop(logg);
            assert_eq!(poster(mappe.path()), varige, "{sted:?} {slag:?}");
            assert_eq!(verifiser(mappe.path(), &[]).funn, Vec::<String>::new());
            drop(aapne(mappe.path()));
        }
    }
}

#[test]
fn the_last_bytes_of_a_full_disk_are_the_logs() {
    let mappe = tempfile::tempdir().unwrap();
    let nekt: Arc<Mutex<bool>> = Arc::default();
    let (sett, reserve) = (nekt.clone(), mappe.path().join("reserve"));
    let innstillinger = Innstillinger {
        // A disk that is full as long as the reserve lies on it.
        feilpunkt: Some(Arc::new(move |sted| {
            if *sett.lock().unwrap() && sted == Sted::Skriv && reserve.exists() {
                return Err(io::ErrorKind::StorageFull.into());
            }
            Ok(())
        })),
        reserve_byte: 1024 * 1024,
        ..innstillinger()
    };
    let logg = aapne_med(mappe.path(), innstillinger).unwrap();
    let vent_paa = |byte: u64| {
        let start = std::time::Instant::now();
        while logg.helse().reserve_byte != byte {
            assert!(start.elapsed().as_secs() < 20);
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    vent_paa(1024 * 1024);
    *nekt.lock().unwrap() = true;
    assert_eq!(logg.skriv_og_vent(post(0)).unwrap(), 0);
    *nekt.lock().unwrap() = false;
    vent_paa(1024 * 1024);
    drop(logg);
    assert_eq!(poster(mappe.path()), [post(0)]);
}

#[test]
fn a_second_place_that_refuses_heads_is_borne_for_a_while_and_catches_up() {
    let mappe = tempfile::tempdir().unwrap();
    let annet_sted = tempfile::tempdir().unwrap();
    let eksport = annet_sted.path().join("hoder");
    let nekt: Arc<Mutex<bool>> = Arc::new(Mutex::new(true));
    let sett = nekt.clone();
    let innstillinger = Innstillinger {
        feilpunkt: Some(Arc::new(move |sted| match (sted, *sett.lock().unwrap()) {
            (Sted::Eksport, true) => Err(io::ErrorKind::Other.into()),
            _ => Ok(()),
        })),
        eksport: Some(eksport.clone()),
        eksport_naade: Duration::from_millis(1_500),
        hode_poster: 1,
        ..innstillinger()
    };
    let logg = aapne_med(mappe.path(), innstillinger).unwrap();
    for nr in 0..3 {
        logg.skriv_og_vent(post(nr)).unwrap();
    }
    std::thread::sleep(Duration::from_millis(1_600));
    assert!(logg.helse().eksport_feilet.is_some());
    assert!(logg.skriv_og_vent(post(3)).is_err());
    *nekt.lock().unwrap() = false;
    let start = std::time::Instant::now();
    while logg.skriv_og_vent(post(3)).is_err() {
        assert!(start.elapsed().as_secs() < 10);
        std::thread::sleep(Duration::from_millis(50));
    }
    drop(logg);
    let her = std::fs::read_to_string(mappe.path().join("hoder.jsonl")).unwrap();
    assert_eq!(her, std::fs::read_to_string(eksport).unwrap());
}
