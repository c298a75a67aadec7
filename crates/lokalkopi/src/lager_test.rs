use serde_json::json;

use super::*;

fn valg() -> Valg {
    Valg {
        tjeneste: "https://a.example".to_owned(),
        ..Valg::default()
    }
}

fn post(id: &str, seq: u64, navn: Option<&str>) -> Post {
    fylt(id, seq, navn, 20)
}

fn fylt(id: &str, seq: u64, navn: Option<&str>, fyll: usize) -> Post {
    let person = navn.map(|navn| json!({"id": id, "name": [{"givenName": navn}], "fyll": "x".repeat(fyll)}));
    Post {
        id: id.to_owned(),
        seq: Some(seq),
        runde: 0,
        person: person.and_then(|person| person.as_object().cloned()),
    }
}

const FOELGER: Fase = Fase::Foelger { anker: None };

fn innhold(mappe: &Path) -> Vec<u8> {
    let filer = fs::read_dir(mappe).unwrap();
    filer.flat_map(|fil| fs::read(fil.unwrap().path()).unwrap()).collect()
}

fn har(mappe: &Path, tekst: &str) -> bool {
    innhold(mappe).windows(tekst.len()).any(|del| del == tekst.as_bytes())
}

#[test]
fn the_latest_of_an_id_counts_and_nothing_is_left_of_the_one_before() {
    let mappe = tempfile::tempdir().unwrap();
    let mut lager = Lager::aapne(mappe.path(), &valg()).unwrap();
    lager
        .skriv(&[post("a", 1, Some("FOERSTE")), post("b", 1, Some("ANNEN"))])
        .unwrap();
    lager.lagre(FOELGER).unwrap();
    lager
        .skriv(&[post("a", 2, Some("SENERE")), post("b", 2, None)])
        .unwrap();
    assert!(har(mappe.path(), "FOERSTE"), "kept until what comes after is durable");
    lager.lagre(FOELGER).unwrap();
    assert!(!har(mappe.path(), "FOERSTE") && !har(mappe.path(), "ANNEN") && har(mappe.path(), "SENERE"));
    for _ in 0..2 {
        assert_eq!((lager.antall(), lager.ider()), (1, vec!["a".to_owned()]));
        assert_eq!(lager.person("a").unwrap().unwrap()["name"][0]["givenName"], "SENERE");
        assert_eq!((lager.person("b").unwrap(), lager.person("c").unwrap()), (None, None));
        drop(lager);
        lager = Lager::aapne(mappe.path(), &valg()).unwrap();
    }
}

#[test]
fn one_process_at_a_time_and_files_that_are_the_owners_alone() {
    let mappe = tempfile::tempdir().unwrap();
    let mut lager = Lager::aapne(mappe.path(), &valg()).unwrap();
    lager.skriv(&[post("a", 1, Some("N"))]).unwrap();
    lager.lagre(FOELGER).unwrap();
    assert!(matches!(
        Lager::aapne(mappe.path(), &valg()),
        Err(Feil::Mappe(::lager::Feil::IBruk(_)))
    ));
    #[cfg(unix)]
    for fil in fs::read_dir(mappe.path()).unwrap() {
        let fil = fil.unwrap();
        let tilgang = std::os::unix::fs::PermissionsExt::mode(&fil.metadata().unwrap().permissions()) & 0o077;
        let tom = fil.metadata().unwrap().len() == 0;
        assert!(tilgang == 0 || tom, "{:?}", fil.file_name());
    }
}

#[test]
fn a_file_that_is_mostly_old_is_written_anew() {
    let mappe = tempfile::tempdir().unwrap();
    let mut lager = Lager::aapne(mappe.path(), &valg()).unwrap();
    for runde in 1..=60 {
        let poster: Vec<Post> = (0..4)
            .map(|nr| fylt(&format!("p{nr}"), runde, Some(&format!("N{runde}")), 2_000))
            .collect();
        lager.skriv(&poster).unwrap();
        lager.skriv(&[post("borte", runde, None)]).unwrap();
        lager.lagre(FOELGER).unwrap();
        assert!(lager.lengde < 2 * OMSKRIV_BYTES_MIN);
    }
    assert!(lager.stilling.fil > 3);
    drop(lager);
    let lager = Lager::aapne(mappe.path(), &valg()).unwrap();
    assert_eq!(lager.antall(), 4);
    assert_eq!(lager.person("p3").unwrap().unwrap()["name"][0]["givenName"], "N60");
    let filer = fs::read_dir(mappe.path()).unwrap().count();
    assert_eq!(filer, 3, "lock, place and persons");
}

/// Carries out the same work with a stop at each step to disk in turn, and opens the copy after each.
#[test]
fn a_stop_at_any_step_leaves_what_was_saved_and_perhaps_what_came_after() {
    let arbeid = |lager: &mut Lager, fra: u64, runder: u64| -> Result<(), Feil> {
        for runde in fra..fra + runder {
            let navn = format!("N{runde}");
            let poster: Vec<Post> = (0..8)
                .map(|nr| fylt(&format!("p{nr}"), runde, Some(&navn), 2_000))
                .collect();
            lager.skriv(&poster)?;
            let seq = runde;
            lager.lagre(Fase::Foelger {
                anker: Some(crate::Anker {
                    sekvensnummer: seq,
                    person_id: "p".to_owned(),
                    type_: "t".to_owned(),
                }),
            })?;
        }
        Ok(())
    };
    let mut sett = std::collections::BTreeSet::new();
    for stopp in 0..u32::MAX {
        let mappe = tempfile::tempdir().unwrap();
        let igjen = std::sync::atomic::AtomicU32::new(stopp);
        let ved = Arc::new(std::sync::Mutex::new(None));
        let vakt: Vakt = {
            let ved = ved.clone();
            Arc::new(move |skritt| {
                if igjen.fetch_sub(1, std::sync::atomic::Ordering::SeqCst) == 0 {
                    *ved.lock().unwrap() = Some(skritt);
                    return Err(io::Error::other("stanset"));
                }
                Ok(())
            })
        };
        let utfall = Lager::aapne_med(mappe.path(), &valg(), vakt).and_then(|mut lager| {
            let utfall = arbeid(&mut lager, 1, 6);
            if utfall.is_err() {
                assert!(matches!(lager.skriv(&[post("x", 1, Some("N"))]), Err(Feil::Stanset)));
                assert!(matches!(lager.lagre(Fase::Start), Err(Feil::Stanset)));
            }
            utfall
        });
        let Some(skritt) = *ved.lock().unwrap() else {
            utfall.unwrap();
            break;
        };
        assert!(matches!(utfall, Err(Feil::Fil { .. })));
        sett.insert(skritt as u8);
        let mut lager = Lager::aapne(mappe.path(), &valg()).unwrap();
        let fast = match lager.fase() {
            Fase::Foelger { anker: Some(anker) } => anker.sekvensnummer,
            _ => 0,
        };
        for id in lager.ider() {
            let person = lager.person(&id).unwrap().unwrap();
            let navn = person["name"][0]["givenName"].as_str().unwrap();
            let runde: u64 = navn.strip_prefix('N').unwrap().parse().unwrap();
            assert!(runde == fast || runde == fast + 1, "{stopp} {skritt:?}");
        }
        assert!(lager.antall() == 8 || fast == 0);
        arbeid(&mut lager, fast + 1, 2).unwrap();
        assert!(!har(mappe.path(), &format!("\"N{fast}\"")), "{stopp} {skritt:?}");
    }
    assert_eq!(sett.len(), 6);
}

#[test]
fn a_tail_that_was_torn_is_cut_and_damage_before_it_is_told() {
    let mappe = tempfile::tempdir().unwrap();
    let mut lager = Lager::aapne(mappe.path(), &valg()).unwrap();
    lager
        .skriv(&[post("a", 1, Some("A")), post("b", 1, Some("B"))])
        .unwrap();
    lager.lagre(FOELGER).unwrap();
    lager.skriv(&[post("c", 1, Some("C"))]).unwrap();
    let (fast, lengde) = (lager.stilling.lengde, lager.lengde);
    drop(lager);
    let sti = mappe.path().join(filnavn(1));
    let hel = fs::read(&sti).unwrap();
    for til in fast..=lengde {
        fs::write(&sti, &hel[..usize::try_from(til).unwrap()]).unwrap();
        let lager = Lager::aapne(mappe.path(), &valg()).unwrap();
        assert_eq!(lager.antall(), if til == lengde { 3 } else { 2 }, "{til}");
        drop(lager);
        assert_eq!(
            fs::metadata(&sti).unwrap().len(),
            if til == lengde { lengde } else { fast }
        );
    }
    for (plass, med) in [
        (0, b'['),
        (40, b'?'),
        (40, BLANK),
        (usize::try_from(fast).unwrap() - 1, b' '),
    ] {
        let mut skadet = hel.clone();
        skadet[plass] = med;
        fs::write(&sti, &skadet).unwrap();
        assert!(
            matches!(Lager::aapne(mappe.path(), &valg()), Err(Feil::Skadet(_))),
            "{plass}"
        );
    }
    fs::write(&sti, &hel[..10]).unwrap();
    assert!(matches!(Lager::aapne(mappe.path(), &valg()), Err(Feil::Skadet(_))));
    fs::remove_file(&sti).unwrap();
    assert!(matches!(Lager::aapne(mappe.path(), &valg()), Err(Feil::Skadet(_))));
    Lager::kast(mappe.path()).unwrap();
    assert_eq!(Lager::aapne(mappe.path(), &valg()).unwrap().antall(), 0);
}
