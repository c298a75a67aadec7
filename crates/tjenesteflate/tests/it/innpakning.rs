//! What wraps the accepted stream: the seam where TLS goes in.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{Router, routing::get};
use tjenesteflate::{
    stopp,
    tjener::{Grenser, Innpakning, Tjener},
};
use tokio::{
    io::{AsyncReadExt as _, BufStream},
    net::TcpStream,
};

use super::hjelp::{KORT, klient, read_to_close, within};

/// The first connection never finishes its handshake, the second fails it, the others must send a word first.
#[derive(Clone, Default)]
struct Haandtrykk(Arc<AtomicUsize>);

impl Innpakning for Haandtrykk {
    type Stroem = BufStream<TcpStream>;

    async fn wrap(&self, mut tcp: TcpStream) -> io::Result<Self::Stroem> {
        match self.0.fetch_add(1, Ordering::SeqCst) {
            0 => std::future::pending().await,
            1 => Err(io::ErrorKind::InvalidData.into()),
            _ => {
                let mut ord = [0; 4];
                tcp.read_exact(&mut ord).await?;
                assert_eq!(&ord, b"hei!");
                Ok(BufStream::new(tcp))
            }
        }
    }
}

#[tokio::test]
async fn a_slow_or_failed_handshake_costs_that_connection_only() {
    let grenser = Grenser {
        haandtrykk_maks: KORT,
        ..Grenser::default()
    };
    let tjener = Tjener::bind(([127, 0, 0, 1], 0).into(), grenser).await.unwrap();
    let adresse = tjener.address();
    let (signal, stopp) = stopp::pair();
    let app = Router::new().route("/", get(|| async { "innpakket" }));
    let kjoerer = tokio::spawn(tjener.with_innpakning(Haandtrykk::default()).serve(app, stopp));

    let mut treg = TcpStream::connect(adresse).await.unwrap();
    let mut feil = TcpStream::connect(adresse).await.unwrap();
    assert_eq!(read_to_close(&mut feil).await, "");
    let mut god = TcpStream::connect(adresse).await.unwrap();
    super::hjelp::write(&mut god, b"hei!GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(
        super::hjelp::read_until(&mut god, "innpakket")
            .await
            .starts_with("HTTP/1.1 200 ")
    );
    assert_eq!(
        read_to_close(&mut treg).await,
        "",
        "closed when its handshake took too long"
    );

    signal.stopp();
    assert_eq!(within(kjoerer).await.unwrap().avbrutte_tilkoblinger, 0);
}

#[tokio::test]
async fn a_port_that_is_taken_is_an_error_and_not_a_panic() {
    let foerste = Tjener::bind(([127, 0, 0, 1], 0).into(), Grenser::default())
        .await
        .unwrap();
    let andre = Tjener::bind(foerste.address(), Grenser::default()).await;
    assert_eq!(andre.map(drop).unwrap_err().kind(), io::ErrorKind::AddrInUse);
    drop(foerste);
    let svar = within(klient().get("http://127.0.0.1:1/".parse().unwrap())).await;
    assert!(svar.is_err());
}
