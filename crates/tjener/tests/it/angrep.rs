//! Hostile requests at the socket: smuggling, paths dressed up, headers that some servers obey. None gets further than it
//! would have got asking plainly, and none is answered twice.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use tilgang::Pakke;

use crate::delt::{delt, kall, navngitt, token};
use crate::http::{Kall, send_byte, svarer_fortsatt};

const MH: Pakke = Pakke::OffentligMedHjemmel;
const TID_MAKS: Duration = Duration::from_secs(5);
const STILLHET: Duration = Duration::from_millis(300);

/// Statuses of the answers that bytes get, in order, until the server closes or has no more to say.
fn statuser(byte: &[u8]) -> Vec<u16> {
    let mut tcp = TcpStream::connect(delt().base.strip_prefix("http://").unwrap()).unwrap();
    let _ = tcp.write_all(byte);
    let mut svar = Vec::new();
    tcp.set_read_timeout(Some(STILLHET)).unwrap();
    if tcp.read_to_end(&mut svar).is_err() {
        // What is still silent is half a request, and is ended here. Not before: a whole one would lose its answer, since
        // who closes while the answer is made is taken for gone.
        let _ = tcp.shutdown(std::net::Shutdown::Write);
        tcp.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let _ = tcp.read_to_end(&mut svar);
    }
    let tekst = String::from_utf8_lossy(&svar);
    tekst
        .match_indices("HTTP/1.1 ")
        .map(|(sted, _)| tekst[sted + 9..sted + 12].parse().unwrap())
        .collect()
}

#[test]
fn a_request_whose_end_is_in_doubt_is_refused_and_what_follows_is_never_a_request() {
    let sti = format!("/{}/v1/personer/bulkoppslag", MH.sti());
    let hode = format!(
        "POST {sti} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer {}\r\n",
        token(MH)
    );
    // Had it been taken for a request, it would have been answered 401.
    let smugler = format!(
        "GET /{}/v1/personer/xsd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        MH.sti()
    );
    let lengde = smugler.len();
    for ramme in [
        format!("Content-Length: {lengde}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        format!("Transfer-Encoding: chunked\r\nContent-Length: {lengde}\r\n\r\n0\r\n\r\n"),
        format!("Content-Length: 0\r\nContent-Length: {lengde}\r\n\r\n"),
        format!("Content-Length: 0, {lengde}\r\n\r\n"),
        "Content-Length: +5\r\n\r\n".to_owned(),
        "Content-Length: 0x5\r\n\r\n".to_owned(),
        "Content-Length : 5\r\n\r\n".to_owned(),
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n".to_owned(),
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n".to_owned(),
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n".to_owned(),
        "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n".to_owned(),
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n".to_owned(),
        "Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n".to_owned(),
        "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n".to_owned(),
        "X: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n".to_owned(),
        "Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n".to_owned(),
        "Transfer-Encoding: chunked\r\n\r\n-1\r\na\r\n0\r\n\r\n".to_owned(),
        "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\na\r\n0\r\n\r\n".to_owned(),
        "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n".to_owned(),
        "Transfer-Encoding: chunked\r\n\r\n1;\n\r\na\r\n0\r\n\r\n".to_owned(),
    ] {
        let svar = statuser(format!("{hode}{ramme}{smugler}").as_bytes());
        // Refused, or read to an end that we and everybody else agree on; never 401 from what was hidden inside.
        assert!(svar.len() <= 1 && svar.iter().all(|s| *s == 400), "{ramme:?}: {svar:?}");
    }
    svarer_fortsatt(delt(), MH, &token(MH));
}

#[test]
fn a_bare_line_feed_ends_no_header_that_another_reader_would_go_on_with() {
    let sti = format!("/{}/v1/personer/xsd", MH.sti());
    // A line end of one byte is read as one, which RFC 9112 2.2 allows; what matters is that a value cannot hold one.
    let svar = statuser(format!("GET {sti} HTTP/1.1\nHost: x\nConnection: close\n\n").as_bytes());
    assert!(svar == [401] || svar == [400], "{svar:?}");
    for verdi in ["a\rb", "a\r b", "a\0b", "a\nb: c\r d"] {
        let svar = statuser(format!("GET {sti} HTTP/1.1\r\nHost: x\r\nX: {verdi}\r\n\r\n").as_bytes());
        assert_eq!(svar, [400], "{verdi:?}");
    }
}

#[test]
fn no_way_of_writing_a_path_opens_what_the_plain_path_does_not() {
    let nr = navngitt("doed");
    let (mh, finans) = (MH.sti(), Pakke::Finans.sti());
    let mellom = mh.replace('/', "//");
    let kodet = mh.replace('o', "%6f");
    let stor = mh.to_uppercase();
    // A token of one package, and paths that some reader might take for the other's.
    for sti in [
        format!("/{finans}/v1/../../../{mh}/v1/personer/{nr}"),
        format!("/{finans}/v1/%2e%2e/%2e%2e/%2e%2e/{mh}/v1/personer/{nr}"),
        format!("/{finans}/v1/..%2f..%2f{mh}/v1/personer/{nr}"),
        format!("/{finans}/..;/{mh}/v1/personer/{nr}"),
        format!("/{mh};x=y/v1/personer/{nr}"),
        format!("/{mh}/v1;/personer/{nr}"),
        format!("/{mellom}/v1/personer/{nr}"),
        format!("//{mh}/v1/personer/{nr}"),
        format!("/./{mh}/v1/personer/{nr}"),
        format!("/{mh}/v1/personer//{nr}"),
        format!("/{mh}\\v1\\personer\\{nr}"),
        format!("/{mh}%2fv1%2fpersoner%2f{nr}"),
        format!("/{kodet}/v1/personer/{nr}"),
        format!("/{stor}/v1/personer/{nr}"),
        format!("/{mh}/V1/personer/{nr}"),
        format!("/{mh}/v1/personer/{nr}%00"),
        format!("/{mh}/v1/personer/{nr}%20"),
        format!("/{mh}/v1/personer/{nr}/../{nr}"),
        format!("/{mh}/v1/personer/{nr};a"),
        format!("/{mh}/v1/personer/{nr}.json"),
        format!("http://x/{mh}/v1/personer/{nr}"),
        format!("http://x@y/{mh}/v1/personer/{nr}"),
        format!("/{mh}/v1/personer/{nr}#/{finans}"),
        "*".to_owned(),
        "/..".to_owned(),
        "/metrics".to_owned(),
        "/../metrics".to_owned(),
        "/livez".to_owned(),
    ] {
        let foresporsel = format!(
            "GET {sti} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\r\n",
            token(Pakke::Finans)
        );
        let svar = send_byte(delt(), foresporsel.as_bytes(), TID_MAKS);
        assert!(matches!(svar.status, 400 | 403 | 404), "{sti}: {}", svar.status);
        assert!(
            !svar.tekst().contains("fornavn") && !svar.tekst().contains(&nr),
            "{sti}"
        );
    }
    // The absolute form is the path it names, with the right that goes with it, and no more.
    let absolutt = format!(
        "GET http://annet.eksempel.test/{mh}/v1/personer/{nr} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
         Authorization: Bearer {}\r\n\r\n",
        token(MH)
    );
    assert!(matches!(
        send_byte(delt(), absolutt.as_bytes(), TID_MAKS).status,
        200 | 400
    ));
    svarer_fortsatt(delt(), MH, &token(MH));
}

#[test]
fn a_method_is_what_the_request_line_says_and_what_headers_and_queries_say_of_it_is_not_read() {
    let sti = format!("personer/{}", navngitt("doed"));
    let hele = kall(MH, &sti).send().ok();
    for (navn, verdi) in [
        ("x-http-method-override", "DELETE"),
        ("x-http-method", "PUT"),
        ("x-method-override", "POST"),
        ("x-original-url", "/metrics"),
        ("x-rewrite-url", "/metrics"),
        ("x-forwarded-prefix", "/metrics"),
        ("x-forwarded-host", "annet.eksempel.test"),
        ("forwarded", "host=annet.eksempel.test"),
    ] {
        let svar = kall(MH, &sti).hode(navn, verdi).send().ok();
        assert_eq!(svar.kropp, hele.kropp, "{navn}");
    }
    // The other way: what is no GET is not made one.
    for metode in ["DELETE", "PUT", "PATCH", "TRACE", "CONNECT", "PROPFIND", "get"] {
        let linje = format!(
            "{metode} /{}/v1/{sti} HTTP/1.1\r\nHost: x\r\nX-HTTP-Method-Override: GET\r\nConnection: close\r\n\
             Authorization: Bearer {}\r\n\r\n",
            MH.sti(),
            token(MH)
        );
        let svar = send_byte(delt(), linje.as_bytes(), TID_MAKS);
        assert!(matches!(svar.status, 400 | 404 | 405), "{metode} {}", svar.status);
        assert!(!svar.tekst().contains("fornavn"), "{metode}");
    }
}

#[test]
fn a_part_of_a_person_and_a_person_only_if_changed_are_not_given() {
    let sti = format!("personer/{}", navngitt("doed"));
    let hele = kall(MH, &sti).send().ok();
    for (navn, verdi) in [
        ("range", "bytes=0-10"),
        ("range", "bytes=0-0,1-1,2-2,3-3"),
        ("range", "bytes=-1"),
        ("if-range", "\"x\""),
        ("if-none-match", "*"),
        ("if-none-match", "\"x\""),
        ("if-match", "\"x\""),
        ("if-match", "*"),
        ("if-modified-since", "Sat, 01 Jan 2050 00:00:00 GMT"),
        ("if-unmodified-since", "Sat, 01 Jan 2000 00:00:00 GMT"),
    ] {
        let svar = kall(MH, &sti).hode(navn, verdi).send().ok();
        assert_eq!(svar.kropp, hele.kropp, "{navn}: {verdi}");
        for hode in ["content-range", "accept-ranges", "last-modified"] {
            assert_eq!(svar.hode(hode), "", "{navn}");
        }
    }
    // A tag of one package's page is no tag of another's.
    let feed = |pakke: Pakke| Kall::ny(delt(), pakke, "hendelser/feed?seq=1").token(&token(pakke));
    let tag = feed(MH).send().ok().hode("etag").to_owned();
    feed(MH).hode("if-none-match", &tag).send().med_status(304);
    feed(Pakke::Finans).hode("if-none-match", &tag).send().ok();
}

#[test]
fn a_coded_body_is_refused_however_it_is_nested_and_unread() {
    for koding in [
        "gzip",
        "zstd",
        "br",
        "deflate",
        "gzip, gzip",
        "identity, gzip",
        "GZIP",
        "x-gzip",
        "tull",
        "gzip;q=1",
    ] {
        let svar = kall(MH, "personer/bulkoppslag")
            .post("application/json", b"\x1f\x8b\x08\0".repeat(1_000))
            .hode("content-encoding", koding)
            .send();
        assert_eq!(svar.med_status(415).json()["kode"], "FREG-020", "{koding}");
    }
}
