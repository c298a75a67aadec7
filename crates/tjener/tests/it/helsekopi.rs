//! The health sector's copy beside a register that lives: read over HTTP, killed now and then, and equal to its source.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use helsekopi::{Kopi, Kopihendelse, Omfang};
use identifikator::Folkeregisteridentifikator;
use informasjonsmodell::{Hendelsestype, Tidspunkt};
use klienter::krr;
use register::{Personnummer, Register};
use serde_json::Value;
use tilgang::token::Framtid;
use tilgang::{Format, Frigivelse, Pakke, Projeksjon, Revisjon, RevisjonUtilgjengelig, Revisjonspost, Svar, Utvalg};

use crate::http::Kall;
use crate::program::{Tjener, ny_mappe};

const MH: Projeksjon = Projeksjon::MedHjemmel;
const VALG: [&str; 2] = ["--personer", "1500"];
/// Longest wait for the copy to have all, on a machine that builds at the same time.
const AJOUR_MAKS: Duration = Duration::from_secs(120);

struct Ingen;

impl Revisjon for Ingen {
    fn skriv<'a>(&'a self, _: &Revisjonspost<'_>) -> Framtid<'a, Result<(), RevisjonUtilgjengelig>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// What med hjemmel is shown of whoever has a number, history included.
fn vist(register: &Register, nummer: &Folkeregisteridentifikator) -> Option<String> {
    let les = register.les().unwrap();
    let person = les.finn(nummer).unwrap()?;
    let mut svar = Svar::new(Format::Json);
    les.vis(person, &mut svar, MH, Utvalg::alt(MH), nummer.to_u64())
        .unwrap();
    let post = Revisjonspost::new("prøve", "GET personer/{personidentifikator}", "", 200);
    let frigivelse = Frigivelse::new(Arc::new(Ingen));
    let kjoretid = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let frigitt = kjoretid.block_on(frigivelse.frigi(svar, &post)).unwrap();
    Some(String::from_utf8(frigitt.til_kropp()).unwrap())
}

fn maalt(tjener: &Tjener, navn: &str) -> u64 {
    let side = Kall::admin(tjener, "/metrics").send_utenom().ok().tekst();
    let linje = side
        .lines()
        .find_map(|l| l.strip_prefix(&format!("persontjenesten_{navn} ")));
    linje.unwrap_or_else(|| panic!("{navn} vises ikke")).parse().unwrap()
}

fn siste(tjener: &Tjener) -> u64 {
    let pakke = Pakke::OffentligMedHjemmel;
    let token = tjener.kommando(&["token", "--pakke", pakke.kortnavn()]).lyktes();
    let svar = Kall::ny(tjener, pakke, "hendelser/siste/sekvensnummer").token(token.trim_end());
    svar.send().ok().tekst().trim().parse().unwrap()
}

#[track_caller]
pub fn vent_til_ajour(tjener: &Tjener) {
    let (siste, frist) = (siste(tjener), Instant::now() + AJOUR_MAKS);
    loop {
        let lest = maalt(tjener, "healthcopy_source_sequence") >= siste;
        let ajour = maalt(tjener, "healthcopy_loading") == 0 && maalt(tjener, "healthcopy_lag_events") == 0;
        // After the first load it is opened anew, with what persons are found by.
        if lest && ajour && !tjener.kommando(&["status"]).lyktes().contains("fylles for første gang") {
            return;
        }
        assert!(Instant::now() < frist, "{}", tjener.logglinjer());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// KRR is asked as the copy asks it: everybody with a number in use of the numbers that the copy has.
fn fasit(tjener: &Tjener, mappe: &Path, numre: &[u64]) -> BTreeMap<u64, Option<Vec<u8>>> {
    let adresser: Value = serde_json::from_slice(&std::fs::read(mappe.join("adresser.json")).unwrap()).unwrap();
    let noekkel = utsteder::les_eller_lag_noekkel(&mappe.join("noekler/demokrr.pk8")).unwrap();
    let token = klienter::maskinporten::Innstillinger {
        utsteder: adresser["maskinporten"].as_str().unwrap().to_owned(),
        klient_id: "persontjenesten-demo-krr".to_owned(),
        noekkel: Arc::new(noekkel),
        konsument: None,
        valg: klienter::Valg::default(),
    };
    let token = klienter::maskinporten::Klient::new(token, Arc::new(jiff::Timestamp::now)).unwrap();
    let innstillinger = krr::Innstillinger {
        adresse: format!("{}/kontaktregister", adresser["folkeregister"].as_str().unwrap()),
        behov: krr::Behov::Alt,
        valg: klienter::Valg::default(),
    };
    let klient = krr::Klient::new(&innstillinger, Arc::new(token)).unwrap();
    let kjoretid = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut ut = BTreeMap::new();
    for del in numre.chunks(1000) {
        let del: Vec<_> = del
            .iter()
            .map(|n| Folkeregisteridentifikator::from_u64(*n).unwrap())
            .collect();
        let svar = kjoretid.block_on(klient.personer(&del)).unwrap();
        assert!(
            svar.uleselige.is_empty() && svar.uten_svar.is_empty(),
            "{}",
            tjener.logglinjer()
        );
        ut.extend(svar.personer.iter().map(|p| {
            let kjent = p.status != krr::Status::IkkeRegistrert;
            (p.personidentifikator.to_u64(), kjent.then(|| p.til_json()))
        }));
    }
    ut
}

/// Until KRR has nothing that is not asked for, twice with a pause between: changes come by a clock of their own.
#[track_caller]
fn vent_paa_krr(tjener: &Tjener) {
    let frist = Instant::now() + AJOUR_MAKS;
    let mut foer = None;
    loop {
        let stille = ["healthcopy_krr_lag_changes", "healthcopy_krr_waiting"];
        let stille = stille.iter().all(|navn| maalt(tjener, navn) == 0);
        let ferdig = stille && maalt(tjener, "healthcopy_krr_valid_timestamp_seconds") > 0;
        let spurt = maalt(tjener, "healthcopy_krr_persons_total");
        if ferdig && foer == Some(spurt) {
            return;
        }
        foer = ferdig.then_some(spurt);
        assert!(Instant::now() < frist, "{}", tjener.logglinjer());
        std::thread::sleep(Duration::from_secs(2));
    }
}

/// Numbers in use, in the register that answers.
fn i_bruk(register: &Register) -> Vec<u64> {
    let les = register.les().unwrap();
    let alle = les.personer().unwrap();
    alle.filter_map(|p| les.nummer_i_bruk(p).unwrap()).collect()
}

/// Everybody of the source is shown alike by the copy. Gives how many there were.
fn lik(mappe: &Path) -> usize {
    let kilde = Register::aapne(mappe).unwrap();
    let kopi = Kopi::aapne(&mappe.join("helsekopi")).unwrap();
    let les = kilde.les().unwrap();
    let antall = kilde.antall_personer().unwrap();
    let mut sett = 0;
    for nummer in (1..=antall).flat_map(|p| les.numre(Personnummer::fra_indeks(p)).unwrap()) {
        let nummer = Folkeregisteridentifikator::parse(&format!("{nummer:011}")).unwrap();
        assert_eq!(vist(kopi.register(), &nummer), vist(&kilde, &nummer));
        sett += 1;
    }
    assert_eq!(kopi.register().verifiser(&mut |_| {}).unwrap(), []);
    sett
}

/// What goes is killed.
fn drept(mut tjener: Tjener) {
    tjener.behold_mappen();
}

#[test]
fn a_copy_that_is_killed_now_and_then_while_the_nation_moves_is_equal_to_its_source() {
    let mappe = ny_mappe();
    // Killed while it is filled, too.
    for ms in [150, 400, 900] {
        let tjener = Tjener::hele(&mappe, &VALG, &[]);
        std::thread::sleep(Duration::from_millis(ms));
        drept(tjener);
    }
    for runde in 0..4 {
        let tjener = Tjener::hele(&mappe, &VALG, &[]);
        if runde == 2 {
            vent_til_ajour(&tjener);
        }
        let fram: Value =
            serde_json::from_str(&tjener.kommando(&["liv", "fram", "--json", "--dager", "20"]).lyktes()).unwrap();
        assert!(fram["telling"]["meldinger"].as_u64().unwrap() > 0, "{fram}");
        drept(tjener);
    }
    let mut tjener = Tjener::hele(&mappe, &VALG, &[]);
    vent_til_ajour(&tjener);
    let alle: Value = serde_json::from_str(&tjener.kommando(&["navngitte", "--json"]).lyktes()).unwrap();
    let nummer = alle["tvilling"].as_str().unwrap().to_owned();
    tjener.kommando(&["hendelse", "doedsfall", &nummer]).lyktes();
    vent_til_ajour(&tjener);
    tjener.behold_mappen();
    let (status, _) = tjener.avbryt();
    assert!(status.success());
    assert!(lik(&mappe) > 1_500);
    let kopi = Kopi::aapne(&mappe.join("helsekopi")).unwrap();
    let les = kopi.les().unwrap();
    let person = les.register().finn(&nummer.parse().unwrap()).unwrap().unwrap();
    for omfang in Omfang::ALLE {
        let sist = les.sekvensnummer(person, omfang).unwrap();
        let hendelser = les.hendelser(omfang, 1, usize::MAX).unwrap();
        assert!(hendelser.iter().map(|h| h.sekvensnummer).eq(1..=hendelser.len() as u64));
        let doed = |h: &&helsekopi::Hendelse| h.hendelse == Kopihendelse::Freg(Hendelsestype::PersonErDoed);
        let mine: Vec<_> = hendelser.iter().filter(|h| h.person == person).collect();
        assert_eq!(mine.iter().copied().filter(doed).count(), 1, "{omfang:?}");
        assert_eq!(mine.last().unwrap().sekvensnummer, sist);
        // Everybody came once, whatever was killed.
        let befolket = hendelser.iter().filter(|h| h.hendelse == Kopihendelse::Befolket);
        let mut hvem: Vec<_> = befolket.map(|h| h.person).collect();
        let antall = hvem.len();
        hvem.sort_unstable();
        hvem.dedup();
        assert_eq!(hvem.len(), antall);
    }
    std::fs::remove_dir_all(&mappe).unwrap();
}

/// The nation lives, both sides are killed now and then, and the copy has what KRR says: those who are shown it, and no others.
#[test]
fn contact_data_are_what_krr_says_whatever_is_killed() {
    let mappe = ny_mappe();
    for ms in [1_500, 2_500] {
        let tjener = Tjener::hele(&mappe, &VALG, &[]);
        std::thread::sleep(Duration::from_millis(ms));
        drept(tjener);
    }
    for _ in 0..3 {
        let tjener = Tjener::hele(&mappe, &VALG, &[]);
        tjener.kommando(&["liv", "fram", "--dager", "20"]).lyktes();
        std::thread::sleep(Duration::from_millis(700));
        drept(tjener);
    }
    let mut tjener = Tjener::hele(&mappe, &VALG, &[]);
    tjener.kommando(&["liv", "fram", "--dager", "20"]).lyktes();
    vent_til_ajour(&tjener);
    vent_paa_krr(&tjener);
    let status = tjener.kommando(&["status"]).lyktes();
    for del in [
        "kontaktregisteret etterslep 0 endringer",
        "etterslep 0 hendelser",
        "syntetisk tabell",
    ] {
        assert!(status.contains(del), "{status}");
    }
    tjener.kommando(&["helsekopi", "sammenlign"]).lyktes();
    drept(tjener);
    let numre = i_bruk(Kopi::aapne(&mappe.join("helsekopi")).unwrap().register());
    tjener = Tjener::hele(&mappe, &VALG, &[]);
    vent_paa_krr(&tjener);
    let fasit = fasit(&tjener, &mappe, &numre);
    tjener.behold_mappen();
    assert!(tjener.avbryt().0.success());
    let kopi = Kopi::aapne(&mappe.join("helsekopi")).unwrap();
    let les = kopi.les().unwrap();
    let (mut har, mut fortalt) = (0, 0);
    for (nummer, ventet) in &fasit {
        let person = les.register().finn_nummer(*nummer).unwrap().unwrap();
        assert_eq!(les.kontakt(person, Omfang::Full).unwrap(), *ventet);
        assert_eq!(les.kontakt(person, Omfang::Begrenset).unwrap(), None);
        assert_eq!(les.kontakt(person, Omfang::UtenHjemmel).unwrap(), None);
        har += u32::from(ventet.is_some());
    }
    assert!(fasit.len() > 1_000 && har > 500, "{} {har}", fasit.len());
    for omfang in Omfang::ALLE {
        let feed = les.hendelser(omfang, 1, usize::MAX).unwrap();
        let om_krr = feed
            .iter()
            .filter(|h| h.hendelse == Kopihendelse::Kontaktregister)
            .count();
        assert_eq!(om_krr > 0, omfang.ser_kontaktregister(), "{omfang:?}");
        fortalt = fortalt.max(om_krr);
    }
    // Somebody changed after they were first read.
    assert!(fortalt > usize::try_from(har).unwrap(), "{fortalt} {har}");
    std::fs::remove_dir_all(&mappe).unwrap();
}

#[test]
fn a_table_of_addresses_is_imported_and_told_of_and_a_copy_that_differs_is_found_out() {
    let mappe = ny_mappe();
    let valg = ["--personer", "300"];
    let mut tjener = Tjener::hele(&mappe, &valg, &[]);
    vent_til_ajour(&tjener);
    let topp = "lokalid;kommunenummer;adressetype;adressekode;nummer;bokstav;gardsnummer;bruksnummer;festenummer;undernummer;grunnkretsnummer;grunnkretsnavn";
    let fil = mappe.join("adresser.csv");
    std::fs::write(
        &fil,
        format!("{topp}\n1;0301;vegadresse;1000;1;;;;;;03010101;Kretsen\nx\n"),
    )
    .unwrap();
    let ut = tjener
        .kommando(&["kartverk", "importer", fil.to_str().unwrap()])
        .lyktes();
    assert!(
        ut.contains("2 rader, 1 utelatt") && ut.contains("1 vegadresser"),
        "{ut}"
    );
    assert!(tjener.kommando(&["status"]).lyktes().contains(", 1 adresser"));
    let frist = Instant::now() + AJOUR_MAKS;
    while mappe.join("helsekopi/kartverk/forrige").exists() {
        assert!(Instant::now() < frist);
        std::thread::sleep(Duration::from_millis(50));
    }
    vent_til_ajour(&tjener);
    std::thread::sleep(Duration::from_secs(2));
    tjener.behold_mappen();
    assert!(tjener.avbryt().0.success());
    {
        let kopi = Kopi::aapne(&mappe.join("helsekopi")).unwrap();
        let les = kopi.les().unwrap();
        let stilling = kopi.stedsstilling().unwrap().unwrap();
        assert_eq!(stilling.fortelles, None);
        let feed = les.hendelser(Omfang::Full, 1, usize::MAX).unwrap();
        assert!(feed.iter().filter(|h| h.hendelse == Kopihendelse::Rettet).count() > 100);
        // Somebody is made to be without a name here.
        let person = Personnummer::fra_indeks(5);
        let mut dokument: Value =
            serde_json::from_slice(&les.register().eksporter(person).unwrap().unwrap().til_json()).unwrap();
        dokument.as_object_mut().unwrap().remove("navn").unwrap();
        let bolk = helsekopi::Bolk {
            dokumenter: vec![(None, register::les_vist(dokument).unwrap())],
            ..helsekopi::Bolk::default()
        };
        drop(les);
        let naa = Tidspunkt::parse("2026-01-02T00:00:00Z").unwrap();
        assert_eq!(kopi.ta_inn(&bolk, naa).unwrap().endret, 1);
    }
    let mut tjener = Tjener::hele(&mappe, &valg, &[]);
    vent_til_ajour(&tjener);
    assert!(tjener.kommando(&["status"]).lyktes().contains(", 1 adresser"));
    let ut = tjener.kommando(&["helsekopi", "sammenlign"]);
    assert!(ut.ut.contains("1 er ulike") && ut.ut.contains("navn"), "{ut:?}");
    ut.sluttet_med(3);
    assert!(tjener.avbryt().0.success());
    // Nobody runs there any more.
    crate::program::kjoer_paa(&mappe, &["status"]).feilet();
    std::fs::remove_dir_all(&mappe).ok();
}
