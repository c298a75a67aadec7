//! The source is down for a day: what is read of the copy is what it was, nothing grows, and when the source is back with a month
//! of changes the copy has them soon.
//!
//! A process of its own, since its memory is measured. The source is Folkeregisteret's real interface on a socket, which is closed;
//! the day is one of a clock that the test turns. The pauses after a failure are those of the role (`tjener/src/helsekopi.rs`), said
//! again here: half a second, doubled up to a minute.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use helsekopi::{Feil, Foelger, Kilde, Kopi, Omfang, Steg, Stilling};
use informasjonsmodell::{Forskyvning, Tidspunkt};
use register::{Personnummer, Register};
use syntetisk_befolkning::Nasjon;
use tracing::{Event, Level, Metadata, Subscriber, span};

use crate::barn::MILJOE;
use crate::drap::{ledig, tall};
use crate::kilde::{MH, NAA, kjoer};
use crate::tilstand::{Fortalt, Tilstand, vist_av};
use crate::tjeneste::{Tjeneste, VENT_MAKS, klient, lag_noekler, lytt};
use crate::uro::Plan;

const PERSONER: u32 = 500;
const FROE: u64 = 24;
/// The role's pauses after a failure.
const ETTER_FEIL: Duration = Duration::from_millis(500);
const ETTER_FEIL_MAKS: Duration = Duration::from_secs(60);
const DOEGN_S: i64 = 86_400;
/// Anonymous memory may breathe by so much; a leak of eight kilobytes a question is more. Units: kilobytes.
const MINNE_KB_MAKS: u64 = 8_192;
/// Inhabitants of the country, for what is a national rate.
const LANDET: f64 = 5_600_000.0;

#[test]
fn paalitelighet_21_kilden_er_nede_i_et_doegn_og_kopien_tar_det_igjen() {
    let mappe = tempfile::tempdir().unwrap();
    let status = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "nede::barn_uten_kilde",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(MILJOE, mappe.path())
        .status()
        .unwrap();
    assert!(status.success());
}

/// Counts what an operator would see in the log.
struct Teller(Arc<AtomicU64>);

impl Subscriber for Teller {
    fn enabled(&self, om: &Metadata<'_>) -> bool {
        *om.level() <= Level::INFO
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, _: &Event<'_>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// The source, in a runtime that can be ended with everything in it.
fn start_kilden(register: &Arc<Register>, mappe: &Path, adresse: std::net::SocketAddr) -> tokio::runtime::Runtime {
    let mut bygger = tokio::runtime::Builder::new_multi_thread();
    let kjoretid = bygger.worker_threads(1).enable_all().build().unwrap();
    let register = register.clone();
    let mappe = mappe.to_owned();
    kjoretid.block_on(async move {
        let base = format!("http://{adresse}");
        let tjeneste = Tjeneste::over(register, &mappe.join("kilde"), &mappe.join("noekler"), &base, NAA);
        let lytter = lytt(adresse).await;
        tokio::spawn(async move {
            // Whole: what is in it stops when it goes.
            let hele = tjeneste;
            axum::serve(lytter, hele.ruter.clone()).await
        });
    });
    kjoretid
}

/// Everything that every view is shown and told.
fn lest(kopi: &Kopi) -> String {
    let les = kopi.les().unwrap();
    let antall = kopi.register().antall_personer().unwrap();
    let mut ut = String::new();
    for omfang in Omfang::ALLE {
        for person in (1..=antall).map(Personnummer::fra_indeks) {
            ut += &vist_av(les.register(), person, omfang.projeksjon());
            ut += &les.sekvensnummer(person, omfang).unwrap().to_string();
        }
        ut += &format!("{:?}", les.hendelser(omfang, 1, usize::MAX).unwrap());
    }
    ut
}

/// Anonymous memory of this process, where that can be known. Units: kilobytes.
fn minne_kb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let linje = status.lines().find_map(|l| l.strip_prefix("RssAnon:"))?;
    linje.trim().strip_suffix(" kB")?.trim().parse().ok()
}

fn byte_i(mappe: &Path) -> u64 {
    let i = std::fs::read_dir(mappe).unwrap().map(Result::unwrap);
    i.map(|post| {
        let om = post.metadata().unwrap();
        if om.is_dir() { byte_i(&post.path()) } else { om.len() }
    })
    .sum()
}

/// Follows until there is nothing more.
async fn til_ajour(foelger: &mut Foelger) {
    loop {
        match foelger.steg().await.unwrap() {
            Steg::Ajour => return,
            Steg::Vent(vent) => tokio::time::sleep(vent.min(VENT_MAKS)).await,
            Steg::TokInn(_) | Steg::Videre => {}
        }
    }
}

#[test]
#[ignore = "startes av en annen prøve"]
fn barn_uten_kilde() {
    let Some(mappe) = std::env::var_os(MILJOE) else { return };
    let mappe = Path::new(&mappe);
    let linjer = Arc::new(AtomicU64::new(0));
    tracing::subscriber::set_global_default(Teller(linjer.clone())).unwrap();
    std::fs::create_dir_all(mappe.join("kilde")).unwrap();
    lag_noekler(&mappe.join("noekler"));
    let register = Register::aapne_med_visning(
        &mappe.join("kilde/register"),
        &register::Steder::default(),
        Arc::new(soek::Soekevisning),
    );
    let register = Arc::new(register.unwrap());
    let plan = Plan::ny(FROE, PERSONER);
    plan.befolk(&register, NAA);
    let adresse = ledig(FROE);
    let kilden = start_kilden(&register, mappe, adresse);
    let ur = Arc::new(AtomicI64::new(NAA));
    let tid = ur.clone();
    let klokke: tilgang::token::Klokke =
        Arc::new(move || jiff::Timestamp::from_second(tid.load(Ordering::SeqCst)).unwrap());
    kjoer(async {
        let kopi = Arc::new(Kopi::aapne(&mappe.join("kopi")).unwrap());
        let kilde: Arc<dyn Kilde> = Arc::new(klient(&format!("http://{adresse}"), &mappe.join("noekler")));
        let mut foelger = Foelger::new(kopi.clone(), kilde, klokke);
        til_ajour(&mut foelger).await;
        let mut holdt = Fortalt::default();
        holdt.hold_mot(&kopi);
        Tilstand::av(&register).lik(&Tilstand::av(kopi.register()));

        tokio::task::block_in_place(|| kilden.shutdown_timeout(Duration::from_secs(5)));
        let maaling = foelger.maaling();
        let foer = (lest(&kopi), kopi.register().avtrykk_av_primaerdata().unwrap());
        let (nede_fra, mut etter_feil, mut pause_ms, mut sett) = (NAA, ETTER_FEIL, 0i64, 0);
        let (mut feilet, mut minne, mut byte) = (0u64, None, 0);
        let begynt = linjer.load(Ordering::Relaxed);
        while ur.load(Ordering::SeqCst) < nede_fra + DOEGN_S {
            let utfall = foelger.steg().await;
            assert!(matches!(utfall, Err(Feil::Kilde(_))), "{utfall:?}");
            feilet += 1;
            pause_ms += i64::try_from(etter_feil.as_millis()).unwrap();
            etter_feil = (etter_feil * 2).min(ETTER_FEIL_MAKS);
            ur.store(nede_fra + pause_ms / 1_000, Ordering::SeqCst);
            let time = pause_ms / 3_600_000;
            if time > sett {
                sett = time;
                let naa = Tidspunkt::new(ur.load(Ordering::SeqCst), 0, 0, Forskyvning::Utc).unwrap();
                kopi.ajourhold(naa).unwrap();
                assert!(lest(&kopi) == foer.0, "something is shown otherwise");
                if time == 2 {
                    (minne, byte) = (minne_kb(), byte_i(&mappe.join("kopi")));
                }
            }
        }
        assert_eq!(sett, 24);
        assert_eq!(kopi.register().avtrykk_av_primaerdata().unwrap(), foer.1);
        assert_eq!((maaling.tall().feil_paa_rad, maaling.uleste()), (feilet, 0));
        assert_eq!(byte_i(&mappe.join("kopi")), byte);
        let vokst = minne_kb().zip(minne).map(|(etter, foer)| etter.saturating_sub(foer));
        assert!(vokst.is_none_or(|vokst| vokst <= MINNE_KB_MAKS), "{vokst:?} kB");
        let logget = linjer.load(Ordering::Relaxed) - begynt;
        tall(21, "nede_simulert", sett, "timer", ">= 24");
        tall(21, "nede_forsoek", feilet, "forsøk", "<= 1500");
        tall(21, "nede_minne", vokst.unwrap_or(0), "kB", "<= 8192");
        tall(21, "nede_logglinjer_i_kopien", logget, "linjer", "<= 10");
        // A question now and then, and not a line for each.
        assert!(feilet < 1_500 && logget <= 10, "{feilet} {logget}");

        let siste = || register.les().unwrap().siste_sekvensnummer(MH).unwrap();
        let foer = siste();
        for nr in 0..plan.antall() {
            plan.spill(nr, &register, NAA);
        }
        let hendelser = siste() - foer;
        let kilden = tokio::task::block_in_place(|| start_kilden(&register, mappe, adresse));
        let start = Instant::now();
        til_ajour(&mut foelger).await;
        let sekunder = start.elapsed().as_secs_f64();
        assert_eq!(kopi.stilling().unwrap(), Stilling::Foelger { neste: siste() + 1 });
        holdt.hold_mot(&kopi);
        Tilstand::av(&register).lik(&Tilstand::av(kopi.register()));
        assert_eq!(kopi.register().verifiser(&mut |_| {}).unwrap(), []);
        assert_eq!(maaling.tall().feil_paa_rad, 0);
        let landets = landets_hendelser_per_sekund();
        let hastighet = hendelser as f64 / sekunder;
        tall(21, "nede_hendelser_tatt_igjen", hendelser, "hendelser", ">= 1");
        tall(21, "nede_tatt_igjen", format!("{hastighet:.0}"), "hendelser/s", ">= 1");
        tall(21, "nede_landets_takt", format!("{landets:.3}"), "hendelser/s", ">= 0");
        tall(
            21,
            "nede_mot_landets_takt",
            format!("{:.0}", hastighet / landets),
            "ganger",
            ">= 10",
        );
        std::io::stdout().flush().unwrap();
        tokio::task::block_in_place(|| kilden.shutdown_timeout(Duration::from_secs(5)));
    });
}

/// What happens a second in the whole country, by the nation's own month, in which what is rare happens too often.
fn landets_hendelser_per_sekund() -> f64 {
    const UTVALG: u32 = 5_000;
    let nasjon = Nasjon::new(FROE, UTVALG).unwrap();
    let registreringer: usize = nasjon.siste_maaned().map(|transaksjon| transaksjon.len()).sum();
    registreringer as f64 / (30.0 * 86_400.0) * LANDET / f64::from(UTVALG)
}
