//! Throttling on the whole program: the contract's form, the address of a client, and who is counted where.

use tilgang::Pakke;

use crate::delt::navngitt;
use crate::http::Kall;
use crate::program::{Tjener, ny_mappe};

const MH: Pakke = Pakke::OffentligMedHjemmel;

fn vent(svar: &crate::http::Svar) -> u32 {
    svar.hode("retry-after").parse().unwrap()
}

#[test]
fn a_consumer_above_its_limit_gets_429_in_the_contracts_form_and_the_others_go_on() {
    let tjener = Tjener::i_mappe(&ny_mappe(), &["--personer", "150", "--kall-per-minutt", "200"], &[]);
    let token = tjener.kommando(&["token", "--pakke", MH.kortnavn()]).lyktes();
    let sti = format!("personer/{}", navngitt("doed"));
    let kall = || Kall::ny(&tjener, MH, &sti).token(token.trim());
    for _ in 0..200 {
        kall().send().ok();
    }
    let svar = kall().send().med_status(429);
    assert_eq!(svar.json()["kode"], "FREG-025");
    assert!((1..=60).contains(&vent(&svar)), "{}", vent(&svar));
    let xml = kall().aksept("application/xml").send().med_status(429);
    assert!(xml.tekst().contains("<feilkode>FREG-025</feilkode>"), "{}", xml.tekst());
    // The consumer's calls were not on the address's budget; those without a token are.
    for _ in 0..190 {
        kall().uten_token().send().med_status(401);
    }
    let token_kall = || {
        Kall::rot(&tjener, "/maskinporten/token")
            .post("application/x-www-form-urlencoded", "x=y")
            .send()
    };
    let svar = loop {
        let svar = token_kall();
        if svar.status != 400 {
            break svar;
        }
    };
    assert_eq!(svar.status, 429);
    assert_eq!(svar.json()["error"], "temporarily_unavailable");
    assert!((1..=60).contains(&vent(&svar)));
    kall().uten_token().send().med_status(429);
    // Health and metrics are on a port of their own.
    Kall::admin(&tjener, "/livez").send_utenom().ok();
    let tekst = Kall::admin(&tjener, "/metrics").send_utenom().ok().tekst();
    for grunn in ["konsument\"} 2", "adresse\"} 1"] {
        assert!(tekst.contains(&format!("grunn=\"{grunn}")), "{tekst}");
    }
    // Told of once each, without saying who is behind an address.
    let logg = tjener.logglinjer();
    assert_eq!(logg.matches("is over its limit of calls").count(), 2, "{logg}");
    assert!(!logg.contains("127.0.0.1"), "{logg}");
}
