//! The same lists over a socket, through a small router that uses the verifier as an API does: every header byte for byte,
//! also those that no client library would send.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::forfalskninger::forfalskninger;
use super::tilfeller::{Oppsett, Tilfelle, Utkast, godtar, naa, oppsett, oppsett_med, rette};
use super::*;

async fn svar(State(oppsett): State<Arc<Oppsett>>, forespoersel: Request) -> Response {
    let (deler, _) = forespoersel.into_parts();
    fn verdier<'a>(hoder: &'a HeaderMap, navn: &str) -> Vec<&'a [u8]> {
        hoder.get_all(navn).iter().map(HeaderValue::as_bytes).collect()
    }
    let authorization = verdier(&deler.headers, AUTHORIZATION.as_str());
    let dpop = verdier(&deler.headers, "dpop");
    let sti = deler.uri.path_and_query().map_or("", |sti| sti.as_str());
    let kall = Kall {
        authorization: &authorization,
        dpop: &dpop,
        metode: deler.method.as_str(),
        sti,
    };
    let godtar = godtar(sti);
    match oppsett.verifikator.slipp_inn(&kall, godtar, naa()).await {
        Ok(_) => StatusCode::OK.into_response(),
        Err(feil) if feil.er_midlertidig() => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Err(feil) => {
            let mut svar = StatusCode::UNAUTHORIZED.into_response();
            for verdi in feil.utfordringer(godtar) {
                svar.headers_mut().append(WWW_AUTHENTICATE, verdi.parse().unwrap());
            }
            svar
        }
    }
}

async fn server() -> (SocketAddr, Arc<Oppsett>) {
    server_for(oppsett()).await
}

async fn server_for(oppsett: Oppsett) -> (SocketAddr, Arc<Oppsett>) {
    let oppsett = Arc::new(oppsett);
    let lytter = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let adresse = lytter.local_addr().unwrap();
    let router = Router::new().fallback(svar).with_state(Arc::clone(&oppsett));
    tokio::spawn(async move { axum::serve(lytter, router).await });
    (adresse, oppsett)
}

/// Makes the call; status and the whole answer. A connection that is closed without an answer gives status 0.
async fn kall(adresse: SocketAddr, tilfelle: &Tilfelle) -> (u16, String) {
    let mut byte = format!(
        "{} {} HTTP/1.1\r\nHost: angriper.example\r\n",
        tilfelle.metode, tilfelle.sti
    )
    .into_bytes();
    byte.extend(b"X-Forwarded-Host: angriper.example\r\nContent-Length: 0\r\nConnection: close\r\n");
    for (navn, verdier) in [("Authorization", &tilfelle.authorization), ("DPoP", &tilfelle.dpop)] {
        for verdi in verdier {
            byte.extend(navn.as_bytes());
            byte.extend(b": ");
            byte.extend(verdi);
            byte.extend(b"\r\n");
        }
    }
    byte.extend(b"\r\n");
    let mut forbindelse = TcpStream::connect(adresse).await.unwrap();
    let mut ut = Vec::new();
    if forbindelse.write_all(&byte).await.is_ok() {
        let _ = forbindelse.read_to_end(&mut ut).await;
    }
    let tekst = String::from_utf8_lossy(&ut).into_owned();
    let status = tekst
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or(0);
    (status, tekst)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paalitelighet_11_angrep_no_forged_call_gets_in_over_a_socket_and_the_answer_says_how_to_come_again() {
    let (adresse, oppsett) = server().await;
    let alle = forfalskninger();
    let mut godtatt = Vec::new();
    for tilfelle in &alle {
        let (status, svar) = kall(adresse, tilfelle).await;
        if status == 200 {
            godtatt.push(tilfelle.navn.clone());
        }
        // What is no HTTP falls before us, with 400 or 431.
        assert!([401, 400, 431].contains(&status), "{}: {status}", tilfelle.navn);
        if status == 401 {
            let hode = svar.to_ascii_lowercase();
            assert!(hode.contains("\r\nwww-authenticate: dpop algs="), "{}", tilfelle.navn);
            assert_eq!(
                hode.contains("\r\nwww-authenticate: bearer"),
                godtar(&tilfelle.sti) == Godtar::Begge,
                "{}",
                tilfelle.navn
            );
        }
    }
    println!("TALL 11 helseid_forfalskninger_sokkel {} stk >= 150", alle.len());
    println!(
        "TALL 11 helseid_godtatte_forfalskninger_sokkel {} stk = 0",
        godtatt.len()
    );
    assert_eq!(godtatt, Vec::<String>::new());
    assert_eq!(oppsett.verifikator.antall_brukte_bevis(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paalitelighet_11_angrep_no_right_call_is_refused_over_a_socket() {
    let (adresse, _oppsett) = server().await;
    let alle = rette();
    let mut avvist = Vec::new();
    for tilfelle in &alle {
        let (status, _) = kall(adresse, tilfelle).await;
        if status != 200 {
            avvist.push(format!("{}: {status}", tilfelle.navn));
        }
    }
    println!("TALL 11 helseid_rette_kall_sokkel {} stk >= 100", alle.len());
    println!("TALL 11 helseid_avviste_rette_kall_sokkel {} stk = 0", avvist.len());
    assert_eq!(avvist, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paalitelighet_12_angrep_of_sixty_four_copies_at_once_over_sockets_one_gets_in() {
    let (adresse, _oppsett) = server().await;
    let mut for_mange = 0;
    for runde in 0..5 {
        let tilfelle = Arc::new(Utkast::bundet().rett(format!("round {runde}")));
        let kopier: Vec<_> = (0..64)
            .map(|_| {
                let tilfelle = Arc::clone(&tilfelle);
                tokio::spawn(async move { kall(adresse, &tilfelle).await.0 })
            })
            .collect();
        let mut statuser = Vec::new();
        for kopi in kopier {
            statuser.push(kopi.await.unwrap());
        }
        let sluppet_inn = statuser.iter().filter(|status| **status == 200).count();
        let avvist = statuser.iter().filter(|status| **status == 401).count();
        assert_eq!((sluppet_inn, avvist), (1, 63), "{statuser:?}");
        for_mange += sluppet_inn - 1;
    }
    println!("TALL 12 gjentakelser_godtatt_av_64_samtidige {for_mange} stk = 0");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn angrep_a_flood_of_new_proofs_is_answered_busy_and_pushes_nothing_out() {
    let (adresse, oppsett) = server_for(oppsett_med(20)).await;
    let flom: Vec<Tilfelle> = (0..80).map(|nr| Utkast::bundet().rett(nr.to_string())).collect();
    let mut statuser = Vec::new();
    for tilfelle in &flom {
        statuser.push(kall(adresse, tilfelle).await.0);
    }
    assert_eq!(statuser[..20], [200; 20]);
    assert_eq!(statuser[20..], [503; 60]);
    assert_eq!(oppsett.verifikator.antall_brukte_bevis(), 20);
    for tilfelle in &flom[..20] {
        assert_eq!(kall(adresse, tilfelle).await.0, 401, "used, and still remembered");
    }
    // Who has no proof to remember is not hindered.
    assert_eq!(kall(adresse, &Utkast::ubundet().rett("bearer")).await.0, 200);
}
