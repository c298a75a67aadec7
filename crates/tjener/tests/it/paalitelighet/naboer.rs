//! Figure 19, the part of the others: one consumer asks at full cry and is turned away, and what another notices of it.

use serde_json::json;

use super::*;
use crate::tokenangrep::naa;
use crate::tokenangrep::utsteder::Noekkel;

/// A second consumer: a synthetic organisation, as no other in the demo.
const NABO: &str = "312000008";
/// Connections of the one who is turned away.
const LINJER: usize = 64;

/// A token of a consumer that the demo does not have, got as anyone's own client gets one.
fn nabotoken(tjener: &Tjener) -> String {
    let noekkel = Noekkel::ny("nabo");
    let fil = tjener.mappe.join("nabo.jwk");
    std::fs::write(&fil, noekkel.jwk(json!({})).to_string()).unwrap();
    let (fil, scope) = (fil.to_str().unwrap(), MH.scope());
    let klient = ["klient", "registrer", "--id", "nabo", "--organisasjon", NABO];
    tjener
        .kommando(&[&klient[..], &["--scope", scope, "--jwk", fil]].concat())
        .lyktes();
    let avtale = ["avtale", "gi", "--organisasjon", NABO, "--scope", scope];
    tjener
        .kommando(&[&avtale[..], &["--formaal", "måling", "--hjemmel", "ingen; syntetisk"]].concat())
        .lyktes();
    let krav = json!({
        "aud": format!("{}/maskinporten/", tjener.base), "iss": "nabo", "scope": scope,
        "iat": naa(), "exp": naa() + 100, "jti": "nabo",
    });
    let grant = noekkel.signer(r#"{"alg":"RS256","kid":"nabo"}"#, krav.to_string());
    let skjema = format!("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={grant}");
    let svar = Kall::rot(tjener, "/maskinporten/token").post("application/x-www-form-urlencoded", skjema);
    svar.send_utenom().ok().json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// One who asks again at once, on many connections: the answers, and how many of them were refusals for its rate.
struct Skrikhals {
    strupet: Arc<AtomicU64>,
    annet: Arc<AtomicU64>,
    slutt: Arc<AtomicBool>,
    linjer: tokio::task::JoinSet<()>,
}

impl Skrikhals {
    async fn start(vert: std::net::SocketAddr, foresporsel: &[u8]) -> Self {
        let mut ny = Skrikhals {
            strupet: Arc::default(),
            annet: Arc::default(),
            slutt: Arc::default(),
            linjer: tokio::task::JoinSet::new(),
        };
        for _ in 0..LINJER {
            let (strupet, annet, slutt) = (ny.strupet.clone(), ny.annet.clone(), ny.slutt.clone());
            let mut klient = Klient::ny(vert, foresporsel).await.unwrap();
            ny.linjer.spawn(async move {
                while !slutt.load(Ordering::Relaxed) {
                    match klient.spoer().await {
                        Ok(429) => strupet.fetch_add(1, Ordering::Relaxed),
                        _ => annet.fetch_add(1, Ordering::Relaxed),
                    };
                }
            });
        }
        ny
    }

    fn antall(&self) -> (u64, u64) {
        (self.strupet.load(Ordering::Relaxed), self.annet.load(Ordering::Relaxed))
    }

    /// Ends it: how many were refusals, and how many were anything else.
    async fn stopp(self) -> (u64, u64) {
        self.slutt.store(true, Ordering::Relaxed);
        self.linjer.join_all().await;
        (self.strupet.load(Ordering::Relaxed), self.annet.load(Ordering::Relaxed))
    }
}

/// Windows without the one who is turned away and with it take turns, so that both have the same of the disk's good and bad
/// moments; what is used at the start of a minute comes back at its end, so that a minute is as long as it goes on.
#[test]
fn paalitelighet_19_andre_merker_det_ikke() {
    let _en = EN.lock();
    let (grense, minutter, par, vindu) = if lang() {
        (60_000, 2, 20, 1.25)
    } else {
        (6_000, 1, 2, 1.5)
    };
    let vindu = Duration::from_secs_f64(vindu);
    let tjener = start_med(Some("0"), grense);
    fest_lasten();
    let (vert, egen, andres) = (vert(&tjener), token(&tjener), nabotoken(&tjener));
    let (egen, andres) = (oppslag(&tjener, &egen), oppslag(&tjener, &andres));
    kjoeretid().block_on(async {
        let (mut uten, mut med) = (Vec::new(), Vec::new());
        let (mut strupet, mut tid) = (0, Duration::ZERO);
        for _ in 0..minutter {
            let minutt = Instant::now();
            // Its budget is its own to use; the figure begins when it is used up.
            let skrikhals = Skrikhals::start(vert, &egen).await;
            while skrikhals.antall().0 < 1_000 {
                assert!(minutt.elapsed() < Duration::from_secs(50), "{:?}", skrikhals.antall());
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            skrikhals.stopp().await;
            for _ in 0..par {
                uten.extend(svartider(vert, &andres, vindu).await);
                let (skrikhals, start) = (Skrikhals::start(vert, &egen).await, Instant::now());
                med.extend(svartider(vert, &andres, vindu).await);
                tid += start.elapsed();
                let (refusert, annet) = skrikhals.stopp().await;
                assert_eq!(annet, 0, "only refusals, when the budget is used up");
                strupet += refusert;
            }
            if minutter > 1 {
                let slutt = minutt + Duration::from_secs(61);
                tokio::time::sleep_until(slutt.into()).await;
            }
        }
        let (uten_ms, med_ms) = (prosentil(&mut uten, 99), prosentil(&mut med, 99));
        let vekst = med_ms / uten_ms;
        println!("TALL 19 andres_p99_vekst {vekst:.2} ganger <= 1.1");
        println!(
            "andres p99 {uten_ms:.2} ms, {med_ms:.2} ms mens en annen får {:.0} avslag/s; {} og {} kall",
            strupet as f64 / tid.as_secs_f64(),
            uten.len(),
            med.len()
        );
        // A short run on a busy machine has few samples.
        let maks = if lang() {
            uten_ms * 1.1
        } else {
            f64::max(uten_ms * 5.0, 20.0)
        };
        assert!(strupet > 0 && med_ms <= maks, "{uten_ms} {med_ms}");
    });
}
