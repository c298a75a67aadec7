//! HTTP/2 spoken by hand and against the rules: the connection ends, the server and its other clients do not notice.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, routing::get};
use tjenesteflate::tjener::Grenser;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::hjelp::{KORT, Oppe, h2_klient, start, within};

const INNLEDNING: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
/// `:method GET`, `:scheme http`, `:path /`, `:authority x`.
const GET: &[u8] = b"\x82\x86\x84\x41\x01x";

fn ramme(art: u8, flagg: u8, stroem: u32, innhold: &[u8]) -> Vec<u8> {
    let lengde = u32::try_from(innhold.len()).unwrap().to_be_bytes();
    [&lengde[1..], &[art, flagg], &stroem.to_be_bytes(), innhold].concat()
}

struct Angriper(TcpStream);

impl Angriper {
    async fn ny(oppe: &Oppe) -> Self {
        let mut tcp = oppe.raw().await;
        tcp.write_all(&[INNLEDNING, &ramme(SETTINGS, 0, 0, &[])].concat())
            .await
            .unwrap();
        Self(tcp)
    }

    /// Sends what `lag` makes until the server has had enough, reading meanwhile. How many bytes it took, and the code of
    /// its GOAWAY.
    async fn til_slutt(
        self,
        bytes_maks: usize,
        mut lag: impl FnMut(u32) -> Vec<u8> + Send + 'static,
    ) -> (usize, Option<u32>) {
        let (mut les, mut skriv) = self.0.into_split();
        let skriver = tokio::spawn(async move {
            let (mut sendt, mut nr) = (0, 0);
            while sendt < bytes_maks {
                let stykke = lag(nr);
                if skriv.write_all(&stykke).await.is_err() {
                    break;
                }
                (sendt, nr) = (sendt + stykke.len(), nr + 1);
            }
            // Kept open, so that the end is the server's.
            (sendt, skriv)
        });
        let mut svar = Vec::new();
        let mut stykke = vec![0; 64 * 1024];
        within(async {
            while let Ok(antall @ 1..) = les.read(&mut stykke).await {
                svar.extend_from_slice(&stykke[..antall]);
            }
        })
        .await;
        let (sendt, _) = within(skriver).await.unwrap();
        (sendt, goaway(&svar))
    }
}

/// The error code of the GOAWAY among frames.
fn goaway(mut rammer: &[u8]) -> Option<u32> {
    while let Some((hode, rest)) = rammer.split_at_checked(9) {
        let lengde = u32::from_be_bytes([0, hode[0], hode[1], hode[2]]) as usize;
        let (innhold, etter) = rest.split_at_checked(lengde)?;
        if hode[3] == GOAWAY {
            return Some(u32::from_be_bytes(innhold.get(4..8)?.try_into().ok()?));
        }
        rammer = etter;
    }
    None
}

fn ruter(kjoert: &Arc<AtomicUsize>) -> Router {
    let kjoert = Arc::clone(kjoert);
    Router::new().route(
        "/",
        get(move || async move {
            kjoert.fetch_add(1, Ordering::SeqCst);
            "ja"
        }),
    )
}

async fn serveres(oppe: &Oppe) {
    assert_eq!(super::hjelp::get(&h2_klient(), oppe.url("/")).await.1, "ja");
}

#[tokio::test]
async fn rapid_reset_ends_the_connection_before_it_costs_anything() {
    let kjoert = Arc::new(AtomicUsize::new(0));
    let oppe = start(ruter(&kjoert), Grenser::default()).await;
    let (sendt, kode) = Angriper::ny(&oppe)
        .await
        .til_slutt(64 << 20, |nr| {
            let mut ut = Vec::new();
            for stroem in (0..500).map(|n| (nr * 500 + n) * 2 + 1) {
                ut.extend(ramme(HEADERS, END_STREAM | END_HEADERS, stroem, GET));
                ut.extend(ramme(RST_STREAM, 0, stroem, &8_u32.to_be_bytes()));
            }
            ut
        })
        .await;
    assert!(sendt < 8 << 20, "{sendt}");
    // ENHANCE_YOUR_CALM, unless the reset of the connection took it.
    assert!(matches!(kode, Some(11) | None), "{kode:?}");
    assert!(
        kjoert.load(Ordering::SeqCst) < 2_000,
        "{}",
        kjoert.load(Ordering::SeqCst)
    );
    serveres(&oppe).await;
}

#[tokio::test]
async fn a_header_block_without_end_is_cut() {
    let kjoert = Arc::new(AtomicUsize::new(0));
    let oppe = start(ruter(&kjoert), Grenser::default()).await;
    // A literal of 100 bytes, not indexed, again and again; then empty frames; then one name a thousand times by index.
    let felt = [&b"\x00\x01a\x64"[..], &[b'x'; 100]].concat();
    let stort = felt.repeat(150);
    for innhold in [stort, Vec::new(), b"\x00\x01a\x01b".repeat(10)] {
        let foerste = [GET, innhold.as_slice()].concat();
        let (sendt, _) = Angriper::ny(&oppe)
            .await
            .til_slutt(64 << 20, move |nr| match nr {
                0 => ramme(HEADERS, END_STREAM, 1, &foerste),
                _ => ramme(CONTINUATION, 0, 1, &innhold),
            })
            .await;
        assert!(sendt < 16 << 20, "{sendt}");
        serveres(&oppe).await;
    }
    // The table of names: large fields put in it and then named by one byte each, a hundred times their size.
    let innsatt = [&b"\x40\x01a\x7f\x81\x1e"[..], &[b'x'; 4_000]].concat();
    let bombe = [GET, &innsatt, &[0xbe; 12_000]].concat();
    let (_, kode) = Angriper::ny(&oppe)
        .await
        .til_slutt(8 << 20, move |nr| {
            ramme(HEADERS, END_STREAM | END_HEADERS, nr * 2 + 1, &bombe)
        })
        .await;
    assert_ne!(kode, Some(0));
    assert_eq!(kjoert.load(Ordering::SeqCst), 4 - 1, "only the honest ones ran");
    serveres(&oppe).await;
}

#[tokio::test]
async fn floods_of_settings_and_pings_slow_down_nobody_else_and_end_when_answers_are_not_read() {
    let kjoert = Arc::new(AtomicUsize::new(0));
    let grenser = Grenser {
        skrivestans_maks: KORT,
        ..Grenser::default()
    };
    let oppe = start(ruter(&kjoert), grenser).await;
    for flom in [
        ramme(SETTINGS, 0, 0, b"\0\x04\0\0\xff\xff").repeat(1_000),
        ramme(PING, 0, 0, b"pingping").repeat(1_000),
    ] {
        let Angriper(mut tcp) = Angriper::ny(&oppe).await;
        let uavlest = tokio::spawn(async move {
            let mut sendt = 0_usize;
            // Nothing is read, so the server stops reading, and then gives up.
            while tcp.write_all(&flom).await.is_ok() {
                sendt += flom.len();
            }
            sendt
        });
        for _ in 0..20 {
            serveres(&oppe).await;
        }
        let sendt = within(uavlest).await.unwrap();
        assert!(sendt < 256 << 20, "{sendt}");
    }
}

#[tokio::test]
async fn frames_that_break_the_rules_end_the_connection() {
    let kjoert = Arc::new(AtomicUsize::new(0));
    let oppe = start(ruter(&kjoert), Grenser::default()).await;
    for rammer in [
        ramme(HEADERS, END_STREAM | END_HEADERS, 2, GET),
        ramme(HEADERS, END_STREAM | END_HEADERS, 0, GET),
        ramme(CONTINUATION, END_HEADERS, 1, GET),
        ramme(SETTINGS, 0, 0, b"x"),
        ramme(SETTINGS, 0, 1, &[]),
        ramme(PING, 0, 0, b"kort"),
        ramme(WINDOW_UPDATE, 0, 0, &0_u32.to_be_bytes()),
        ramme(WINDOW_UPDATE, 0, 0, &0x7fff_ffff_u32.to_be_bytes()),
        ramme(0, 0, 0, b"data"),
        ramme(HEADERS, END_STREAM | END_HEADERS, 1, b"\xff\xff\xff\xff\xff\xff"),
        b"\xff\xff\xff\x01\x05\0\0\0\x01".to_vec(),
    ] {
        let Angriper(mut tcp) = Angriper::ny(&oppe).await;
        tcp.write_all(&rammer).await.unwrap();
        let mut svar = Vec::new();
        let lest = tokio::time::timeout(Duration::from_secs(20), tcp.read_to_end(&mut svar)).await;
        assert!(lest.is_ok(), "still open after {rammer:?}");
        assert!(goaway(&svar).is_none_or(|kode| kode != 0), "{rammer:?}");
    }
    assert_eq!(kjoert.load(Ordering::SeqCst), 0);
    serveres(&oppe).await;
}
