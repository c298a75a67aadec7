//! The kill switch on the whole program: shut out by a command, at once, everywhere, over a restart.

use revisjonslogg::post::Post;
use serde_json::Value;
use tilgang::Pakke;

use crate::delt::navngitt;
use crate::http::Kall;
use crate::program::{Tjener, kjoer_paa, ny_mappe};

const MH: Pakke = Pakke::OffentligMedHjemmel;
/// The demo's consumer and client.
const KONSUMENT: &str = "310000000";
const KLIENT: &str = "persontjenesten-demo";

#[test]
fn a_block_shuts_out_a_good_token_at_once_and_a_lifted_one_lets_it_in_again() {
    let tjener = Tjener::start(150);
    let token = tjener.kommando(&["token", "--pakke", MH.kortnavn()]).lyktes();
    let token = token.trim();
    let sti = format!("personer/{}", navngitt("doed"));
    let hent = |aksept: &str| Kall::ny(&tjener, MH, &sti).token(token).aksept(aksept).send();
    for hvem in [["--konsument", KONSUMENT], ["--klient", KLIENT]] {
        hent("application/json").ok();
        let ut = tjener
            .kommando(&[&["sperr", "--grunn", "nøkkel på avveie"], &hvem[..]].concat())
            .lyktes();
        assert!(ut.starts_with("sperret ") && ut.contains(hvem[1]), "{ut}");
        let svar = hent("application/json").med_status(403);
        let kropp = svar.json();
        assert_eq!(
            (&kropp["feilkode"], &kropp["feilmelding"]),
            (&Value::from("FREG-026"), &Value::from("Tilgangen er sperret"))
        );
        let xml = hent("application/xml").med_status(403).tekst();
        assert!(
            xml.contains("<feilkode>FREG-026</feilkode>") && !xml.contains("avveie"),
            "{xml}"
        );
        // No new token either, for the command as for any client.
        let feil = tjener.kommando(&["token", "--pakke", MH.kortnavn()]).feilet();
        assert!(feil.contains("blocked"), "{feil}");
        let liste = tjener.kommando(&["sperr", "liste"]).lyktes();
        assert!(liste.contains(hvem[1]) && liste.contains("nøkkel på avveie"), "{liste}");
        let igjen = tjener
            .kommando(&[&["sperr", "--grunn", "x"], &hvem[..]].concat())
            .feilet();
        assert!(igjen.contains("allerede sperret"), "{igjen}");
        tjener
            .kommando(&[&["sperr", "opphev", "--grunn", "ny nøkkel"], &hvem[..]].concat())
            .lyktes();
        assert_eq!(tjener.kommando(&["sperr", "liste"]).lyktes(), "");
    }
    hent("application/json").ok();
    // The refusals are in the audit log, with who and which code.
    let mut avslag = Vec::new();
    revisjonslogg::gjennomgaa(&tjener.mappe.join("revisjon"), 0, &mut |lest| {
        avslag.extend(Some(Post::les(&lest.byte).unwrap()).filter(|p| p.feilkode.as_deref() == Some("FREG-026")));
        true
    })
    .unwrap();
    assert_eq!(avslag.len(), 4);
    assert!(
        avslag
            .iter()
            .all(|p| p.konsument == KONSUMENT && p.klient == KLIENT && p.utlevert.is_empty())
    );
    // Neither the reason nor the number asked for is in the log of the program.
    let logg = tjener.logglinjer();
    assert!(!logg.contains("avveie") && !logg.contains(&navngitt("doed")), "{logg}");
}

#[test]
fn a_block_is_made_without_a_server_and_holds_when_one_starts() {
    let mappe = ny_mappe();
    let mut tjener = Tjener::i_mappe(&mappe, &["--personer", "150"], &[]);
    let token = tjener.kommando(&["token", "--pakke", MH.kortnavn()]).lyktes();
    tjener.behold_mappen();
    tjener.avbryt();
    drop(tjener);
    kjoer_paa(&mappe, &["sperr", "--konsument", KONSUMENT, "--grunn", "prøve"]).lyktes();
    let tjener = Tjener::i_mappe(&mappe, &[], &[]);
    let svar = Kall::ny(&tjener, MH, "hendelser/siste/sekvensnummer")
        .token(token.trim())
        .send_utenom();
    // Another port is another issuer, so that the old token is no good; the block is met where tokens are given.
    assert_eq!(svar.status, 401);
    let feil = tjener.kommando(&["token", "--pakke", MH.kortnavn()]).feilet();
    assert!(feil.contains("blocked"), "{feil}");
}

#[test]
fn a_block_needs_one_to_block_and_a_reason() {
    let mappe = ny_mappe();
    for (argumenter, ventet) in [
        (&["sperr"][..], "--grunn"),
        (&["sperr", "--konsument", KONSUMENT], "--grunn"),
        (&["sperr", "--grunn", "x"], "--konsument"),
        (&["sperr", "--grunn", "x", "--konsument", "310000001"], "--konsument"),
        (
            &["sperr", "--grunn", "x", "--konsument", KONSUMENT, "--klient", KLIENT],
            "--klient",
        ),
        (&["sperr", "--grunn", " ", "--konsument", KONSUMENT], "grunn"),
        (
            &["sperr", "opphev", "--grunn", "x", "--konsument", KONSUMENT],
            "ikke sperret",
        ),
    ] {
        let feil = kjoer_paa(&mappe, argumenter).feilet();
        assert!(feil.contains(ventet), "{argumenter:?}: {feil}");
    }
    std::fs::remove_dir_all(mappe).unwrap();
}
