//! The health sector's copy beside a register that lives: read over HTTP, killed now and then, and equal to its source.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use helsekopi::{Kopi, Kopihendelse, Omfang};
use identifikator::Folkeregisteridentifikator;
use informasjonsmodell::Hendelsestype;
use register::{Personnummer, Register};
use serde_json::Value;
use tilgang::token::Framtid;
use tilgang::{Format, Frigivelse, Pakke, Projeksjon, Revisjon, RevisjonUtilgjengelig, Revisjonspost, Svar, Utvalg};

use crate::http::Kall;
use crate::program::{Tjener, ny_mappe};

const MH: Projeksjon = Projeksjon::MedHjemmel;
const VALG: [&str; 3] = ["--personer", "1500", "--helsekopi"];
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
fn vent_til_ajour(tjener: &Tjener) {
    let (siste, frist) = (siste(tjener), Instant::now() + AJOUR_MAKS);
    loop {
        let lest = maalt(tjener, "healthcopy_source_sequence") >= siste;
        if lest && maalt(tjener, "healthcopy_loading") == 0 && maalt(tjener, "healthcopy_lag_events") == 0 {
            return;
        }
        assert!(Instant::now() < frist, "{}", tjener.logglinjer());
        std::thread::sleep(Duration::from_millis(20));
    }
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
        let tjener = Tjener::i_mappe(&mappe, &VALG, &[]);
        std::thread::sleep(Duration::from_millis(ms));
        drept(tjener);
    }
    for runde in 0..4 {
        let tjener = Tjener::i_mappe(&mappe, &VALG, &[]);
        if runde == 2 {
            vent_til_ajour(&tjener);
        }
        let fram: Value =
            serde_json::from_str(&tjener.kommando(&["liv", "fram", "--json", "--dager", "20"]).lyktes()).unwrap();
        assert!(fram["telling"]["meldinger"].as_u64().unwrap() > 0, "{fram}");
        drept(tjener);
    }
    let mut tjener = Tjener::i_mappe(&mappe, &VALG, &[]);
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
