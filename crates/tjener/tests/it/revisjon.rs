//! The audit log on the whole program: nothing leaves without a record, and the log proves what it says.

use std::collections::BTreeSet;
use std::path::Path;

use revisjonslogg::post::{Forsegler, Post};
use serde_json::Value;
use tilgang::Pakke;

use crate::delt::navngitt;
use crate::http::Kall;
use crate::operasjoner::ledig_nummer;
use crate::program::{PROGRAM, Tjener, kjoer, kjoer_paa, ny_mappe};

const MH: Pakke = Pakke::OffentligMedHjemmel;

/// The records of a data folder's log, in order.
fn poster(mappe: &Path) -> Vec<Post> {
    let mut ut = Vec::new();
    revisjonslogg::gjennomgaa(&mappe.join("revisjon"), 0, &mut |lest| {
        ut.push(Post::les(&lest.byte).unwrap());
        true
    })
    .unwrap();
    ut
}

fn forsegler(mappe: &Path) -> Forsegler {
    let noekkel = lager::Noekkelfil::les_eller_lag(&mappe.join("noekler/revisjon")).unwrap();
    Forsegler::new(noekkel).unwrap()
}

fn token(tjener: &Tjener, pakke: Pakke) -> String {
    let token = tjener.kommando(&["token", "--pakke", pakke.kortnavn()]).lyktes();
    token.trim().to_owned()
}

/// The trace id that an answer carries, and its record too.
fn sporing(svar: &crate::http::Svar) -> String {
    svar.hode("traceparent").split('-').nth(1).unwrap().to_owned()
}

#[test]
fn a_search_is_recorded_by_its_kinds_of_criteria_and_everybody_it_gave() {
    // More than a search gives.
    let tjener = Tjener::start(10_500);
    let token = token(&tjener, MH);
    let soek = |sti: &str| Kall::ny(&tjener, MH, &format!("personer/{sti}")).token(&token).send();
    let for_mange = soek("soek?inkluderDoede=true");
    assert_eq!(for_mange.json()["kode"], "FREG-030");
    assert_eq!(soek("soek?inkluderDoede=true&maksTreff=1").status, 400);
    let mange = soek("soek?kjoenn=kvinne&inkluderDoede=true");
    let numre = mange.json()["foedselsEllerDNummer"].as_array().unwrap().len();
    let resten = soek("soek?kjoenn=mann&inkluderDoede=true").json();
    assert!(numre > 4_000 && numre + resten["foedselsEllerDNummer"].as_array().unwrap().len() > 10_000);
    let foerste = mange.json()["foedselsEllerDNummer"][0].as_str().unwrap().to_owned();
    let ukjent = soek(&format!("entydigsoek?navn=ingen+slik&identifikasjonsnummer={foerste}"));
    let poster = poster(&tjener.mappe);
    let finn = |svar: &crate::http::Svar| poster.iter().find(|p| p.sporing == sporing(svar)).unwrap();
    let aapne = |post: &Post| forsegler(&tjener.mappe).aapne(post).unwrap();

    assert_eq!(finn(&for_mange).feilkode.as_deref(), Some("FREG-030"));
    assert!(finn(&for_mange).utlevert.is_empty());
    let post = finn(&mange);
    assert_eq!(post.kriterier, ["kjoenn", "inkluderDoede"]);
    assert!(!post.enkelt && post.spurt == 0);
    assert_eq!(post.utlevert.iter().map(|g| g.antall).sum::<usize>(), numre);
    assert!(post.utlevert.iter().all(|g| g.entiteter == ["identifikasjonsnummer"]));
    assert_eq!(aapne(post).utlevert.len(), numre);
    let post = finn(&ukjent);
    assert_eq!((post.status, post.feilkode.as_deref()), (404, Some("FREG-031")));
    assert_eq!(post.kriterier, ["navn", "identifikasjonsnummer"]);
    assert_eq!(aapne(post).spurt, [foerste.parse::<u64>().unwrap()]);
    assert!(post.enkelt && aapne(post).utlevert.is_empty());
}

#[test]
fn every_answer_and_every_refusal_has_a_record_of_what_left() {
    let tjener = Tjener::start(150);
    let (doed, fortrolig, ledig) = (navngitt("doed"), navngitt("fortrolig"), ledig_nummer());
    let kall = |pakke: Pakke, sti: &str| Kall::ny(&tjener, pakke, sti).token(&token(&tjener, pakke));
    let ett = kall(
        Pakke::Finans,
        &format!("personer/{fortrolig}?part=navn&part=bostedsadresse&part=historikk"),
    )
    .send();
    let ukjent = kall(MH, &format!("personer/{ledig}")).send();
    let bulk = format!("{{\"foedselsEllerDNummer\":[\"{doed}\",\"{fortrolig}\",\"{ledig}\"]}}");
    let liste = kall(MH, "personer/bulkoppslag").post("application/json", bulk).send();
    let feed = kall(MH, "hendelser/feed?seq=1").send();
    let etag = feed.hode("etag").to_owned();
    let uendret = kall(MH, "hendelser/feed?seq=1").hode("if-none-match", &etag).send();
    let nektet = kall(Pakke::Presse, &format!("personer/{doed}")).send();
    let feil_pakke = Kall::ny(&tjener, MH, &format!("personer/{doed}"))
        .token(&token(&tjener, Pakke::Finans))
        .send();
    let uten_token = Kall::ny(&tjener, MH, &format!("personer/{doed}")).send();
    let ugyldig = kall(MH, "personer/123?part=tull").send();
    let poster = poster(&tjener.mappe);
    let finn = |svar: &crate::http::Svar| {
        let spor = sporing(svar);
        let mut funnet = poster.iter().filter(|p| p.sporing == spor);
        let post = funnet.next();
        assert!(funnet.next().is_none());
        post.inspect(|p| assert_eq!(p.status, svar.status)).cloned()
    };
    let aapne = |post: &Post| forsegler(&tjener.mappe).aapne(post).unwrap();
    let tall = |nr: &str| nr.parse::<u64>().unwrap();

    let post = finn(&ett).unwrap();
    assert_eq!(post.pakke.as_deref(), Some("finans"));
    assert_eq!(
        post.kriterier,
        [
            "personidentifikator",
            "part=navn",
            "part=bostedsadresse",
            "part=historikk"
        ]
    );
    assert!(post.enkelt && post.spurt == 1 && post.utlevert.len() == 1);
    assert!(post.utlevert[0].entiteter.contains(&"navn".to_owned()));
    // The graded address is not delivered to finans, and the record knows that it was there to be withheld or not opened.
    assert!(!post.utlevert[0].entiteter.contains(&"bostedsadresse".to_owned()));
    assert_eq!(aapne(&post).spurt, [tall(&fortrolig)]);
    assert_eq!(aapne(&post).utlevert, [(tall(&fortrolig), 0)]);

    let post = finn(&ukjent).unwrap();
    assert_eq!((post.feilkode.as_deref(), post.utlevert.len()), (Some("FREG-006"), 0));
    assert_eq!(aapne(&post).spurt, [tall(&ledig)]);

    let post = finn(&liste).unwrap();
    assert!(!post.enkelt && post.spurt == 3);
    assert_eq!(post.utlevert.iter().map(|g| g.antall).sum::<usize>(), 2);
    let levert: BTreeSet<u64> = aapne(&post).utlevert.iter().map(|(nr, _)| *nr).collect();
    assert_eq!(levert, BTreeSet::from([tall(&doed), tall(&fortrolig)]));

    let post = finn(&feed).unwrap();
    let side = post.feed.unwrap();
    assert_eq!(
        (side.fra, post.kriterier.as_slice()),
        (1, ["seq".to_owned()].as_slice())
    );
    assert_eq!(side.til, feed.json().as_array().unwrap().len() as u64);
    assert_eq!(finn(&uendret).unwrap().feed, None);

    assert_eq!(finn(&nektet).unwrap().feilkode.as_deref(), Some("FREG-004"));
    let post = finn(&feil_pakke).unwrap();
    assert_eq!((post.feilkode.as_deref(), post.pakke), (Some("FREG-003"), None));
    assert!(!post.konsument.is_empty() && !post.klient.is_empty());
    assert_eq!(finn(&ugyldig).unwrap().kriterier, ["personidentifikator"]);
    // Nobody is known without a token.
    assert_eq!((uten_token.status, finn(&uten_token)), (401, None));

    let maalinger = Kall::admin(&tjener, "/metrics").send_utenom().ok().tekst();
    let poster = poster.len();
    for linje in [
        format!("persontjenesten_audit_records {poster}"),
        "persontjenesten_audit_failing 0".to_owned(),
        "persontjenesten_audit_export_failed_seconds 0".to_owned(),
    ] {
        assert!(maalinger.lines().any(|l| l == linje), "{linje}\n{maalinger}");
    }

    // No number stands in clear anywhere in the log.
    for fil in std::fs::read_dir(tjener.mappe.join("revisjon")).unwrap() {
        let byte = std::fs::read(fil.unwrap().path()).unwrap_or_default();
        for nr in [&doed, &fortrolig] {
            assert!(!byte.windows(11).any(|v| v == nr.as_bytes()));
        }
    }
}

#[test]
fn invariant_4_hver_utlevering_har_en_varig_post_foer_svaret() {
    let mappe = ny_mappe();
    let mut svar = BTreeSet::new();
    for runde in 0..4 {
        let mut tjener = Tjener::i_mappe(&mappe, &["--personer", "150"], &[]);
        tjener.behold_mappen();
        let token = token(&tjener, MH);
        let doed = navngitt("doed");
        let base = tjener.base.clone();
        let sti = format!("/{}/v1/personer/{doed}", MH.sti());
        let (send, motta) = std::sync::mpsc::channel();
        let klienter: Vec<_> = (0..4)
            .map(|_| {
                let (base, sti, token, send) = (base.clone(), sti.clone(), token.clone(), send.clone());
                // Asks until the server is gone; every answer that came whole is told of.
                std::thread::spawn(move || {
                    while let Some(svar) = Kall::til(&base, &sti).token(&token).forsoek() {
                        let _ = send.send(sporing(&svar));
                    }
                })
            })
            .collect();
        drop(send);
        std::thread::sleep(std::time::Duration::from_millis(150 + runde * 70));
        // SIGKILL, in the middle of whatever it does.
        drop(tjener);
        svar.extend(motta.iter());
        klienter.into_iter().for_each(|k| k.join().unwrap());
    }
    assert!(svar.len() > 50, "{}", svar.len());
    // Opened again after the kill, it is whole, and has every answer that anyone was given.
    let ut = kjoer_paa(&mappe, &["audit", "verify"]).lyktes();
    assert!(ut.contains(" 0 funn"), "{ut}");
    let foert: BTreeSet<String> = poster(&mappe).into_iter().map(|p| p.sporing).collect();
    let mangler: Vec<_> = svar.difference(&foert).collect();
    assert_eq!(mangler, Vec::<&String>::new());
    std::fs::remove_dir_all(mappe).unwrap();
}

#[test]
fn a_person_sees_single_lookups_by_private_parties_and_those_who_follow_up_see_all() {
    let tjener = Tjener::start(150);
    let doed = navngitt("doed");
    for pakke in [MH, Pakke::PrivatUtenHjemmel, Pakke::Finans] {
        tjener
            .kommando(&["oppslag", &doed, "--pakke", pakke.kortnavn(), "--part", "navn"])
            .lyktes();
    }
    let egne = tjener.kommando(&["audit", "innsyn", &doed]).lyktes();
    assert!(
        egne.contains("  privatutenhjemmel  ") && egne.ends_with("1 oppslag\n"),
        "{egne}"
    );
    assert!(!egne.contains(" finans ") && egne.contains("navn"), "{egne}");
    let alle = tjener.kommando(&["audit", "innsyn", &doed, "--alt"]).lyktes();
    for pakke in ["offentlig-med-hjemmel", "privatutenhjemmel", "finans"] {
        assert!(alle.contains(&format!("  {pakke}  ")), "{alle}");
    }
    // Who read the log is in the log.
    assert!(alle.contains("audit innsyn") && alle.ends_with("4 oppslag\n"), "{alle}");
    // Whoever follows the feed has been told of everybody in it: those who follow up see that too, and the person does not.
    tjener.kommando(&["feed", "--seq", "1", "--pakke", "finans"]).lyktes();
    let egne = tjener.kommando(&["audit", "innsyn", &doed]).lyktes();
    assert!(egne.ends_with("1 oppslag\n"), "{egne}");
    let alle = tjener.kommando(&["audit", "innsyn", &doed, "--alt"]).lyktes();
    let fortalt = |l: &str| l.contains("  finans  ") && l.contains(" hendelse") && l.contains("GET hendelser/feed");
    assert!(alle.lines().any(fortalt), "{alle}");
    // By a number that the person had before, the same.
    let (ny, gammel) = to_numre(&tjener);
    tjener
        .kommando(&["oppslag", &ny, "--pakke", "privatutenhjemmel"])
        .lyktes();
    let egne = tjener.kommando(&["audit", "innsyn", &gammel]).lyktes();
    assert!(egne.ends_with("1 oppslag\n"), "{egne}");
}

fn to_numre(tjener: &Tjener) -> (String, String) {
    let nr = navngitt("d-nummer-til-foedselsnummer");
    let person: Value =
        serde_json::from_str(&tjener.kommando(&["oppslag", &nr, "--part", "historikk"]).lyktes()).unwrap();
    let numre = person["identifikasjonsnummer"].as_array().unwrap();
    let nummer = |gjeldende: bool| {
        let funnet = numre.iter().find(|n| n["erGjeldende"] == gjeldende).unwrap();
        funnet["foedselsEllerDNummer"].as_str().unwrap().to_owned()
    };
    (nummer(true), nummer(false))
}

#[test]
fn an_auditor_with_an_old_head_and_the_key_checks_the_log_without_us() {
    let mappe = ny_mappe();
    let mut tjener = Tjener::i_mappe(&mappe, &["--personer", "150"], &[]);
    tjener.behold_mappen();
    let doed = navngitt("doed");
    let fil = |navn: &str| mappe.with_extension(navn);
    let skriv = |navn: &str, tekst: &str| {
        std::fs::write(fil(navn), tekst).unwrap();
        fil(navn).to_str().unwrap().to_owned()
    };
    tjener.kommando(&["audit", "hode"]).feilet();
    tjener.kommando(&["oppslag", &doed]).lyktes();
    let gammelt = skriv("hode", &tjener.kommando(&["audit", "hode"]).lyktes());
    for _ in 0..20 {
        tjener.kommando(&["oppslag", &doed]).lyktes();
    }
    let noekkel = tjener.kommando(&["audit", "noekkel"]).lyktes().trim().to_owned();
    let bevis = skriv("bevis", &tjener.kommando(&["audit", "bevis", "0"]).lyktes());
    let vekst = skriv(
        "vekst",
        &tjener.kommando(&["audit", "vekst", "--fra", &gammelt]).lyktes(),
    );
    let verify = tjener.kommando(&["audit", "verify", "--hode", &gammelt]).lyktes();
    assert!(verify.contains(" 0 funn"), "{verify}");
    assert_eq!(tjener.avbryt().0.code(), Some(0));
    drop(tjener);
    let sjekk = |fil: &str| kjoer(&["audit", "sjekk", fil, "--noekkel", &noekkel]);
    assert!(sjekk(&bevis).lyktes().contains("post 0 står i loggen"));
    assert!(sjekk(&vekst).lyktes().contains("står uendret"));
    let annen = noekkel.replace("revisjon+", "annen+");
    kjoer(&["audit", "sjekk", &bevis, "--noekkel", &annen]).feilet();

    // With nobody serving, and after someone has changed one record.
    let verify = kjoer_paa(&mappe, &["audit", "verify", "--hode", &gammelt]).lyktes();
    assert!(verify.contains(" 0 funn"), "{verify}");
    let segment = mappe.join("revisjon/0000000000.segment");
    let mut byte = std::fs::read(&segment).unwrap();
    byte[100] ^= 1;
    std::fs::write(&segment, byte).unwrap();
    kjoer_paa(&mappe, &["audit", "verify", "--hode", &gammelt]).feilet();
    for navn in ["hode", "bevis", "vekst"] {
        std::fs::remove_file(fil(navn)).unwrap();
    }
    std::fs::remove_dir_all(mappe).unwrap();
}

#[test]
fn a_log_that_lies_elsewhere_is_found_by_every_command_and_its_heads_are_copied() {
    let (mappe, annet_sted) = (ny_mappe(), ny_mappe());
    let fil = mappe.with_extension("toml");
    let innstillinger = format!(
        "data = \"{}\"\n[tjener]\nadresse = \"127.0.0.1:0\"\nadmin = \"127.0.0.1:0\"\n\
         [revisjon]\nmappe = \"{}\"\neksport = \"{}\"\nreserve_mib = 1\n",
        mappe.display(),
        annet_sted.join("logg").display(),
        annet_sted.join("hoder").display()
    );
    std::fs::write(&fil, innstillinger).unwrap();
    let mut kommando = std::process::Command::new(PROGRAM);
    kommando.args(["serve", "--config"]).arg(&fil);
    let mut tjener = Tjener::med(kommando, &mappe, &[]);
    // Nobody has a grant; reading the log is a record too.
    tjener.kommando(&["audit", "innsyn", &navngitt("doed")]).lyktes();
    tjener.behold_mappen();
    assert_eq!(tjener.avbryt().0.code(), Some(0));
    drop(tjener);
    assert!(!mappe.join("revisjon").exists());
    let hoder = annet_sted.join("hoder");
    assert_eq!(std::fs::read_to_string(&hoder).unwrap().lines().count(), 1);
    let verify = kjoer_paa(&mappe, &["audit", "verify", "--hode", hoder.to_str().unwrap()]).lyktes();
    assert!(verify.starts_with("1 poster og 2 signerte hoder"), "{verify}");
    std::fs::remove_file(fil).unwrap();
    for mappe in [mappe, annet_sted] {
        std::fs::remove_dir_all(mappe).unwrap();
    }
}
