//! The lists of forged and right calls, held up to the verifier itself.

use super::forfalskninger::forfalskninger;
use super::tilfeller::{Steg, oppsett, rette};

#[tokio::test]
async fn paalitelighet_11_angrep_no_forged_call_of_the_lists_gets_in_and_each_falls_where_it_must() {
    let oppsett = oppsett();
    let alle = forfalskninger();
    assert!(alle.len() >= 150, "{}", alle.len());
    let mut godtatt = Vec::new();
    for tilfelle in &alle {
        match tilfelle.proev(&oppsett.verifikator).await {
            Ok(_) => godtatt.push(tilfelle.navn.clone()),
            Err(feil) => {
                assert_eq!(Some(Steg::av(feil)), tilfelle.steg, "{}: {feil:?}", tilfelle.navn);
                assert!(!feil.er_midlertidig(), "{}", tilfelle.navn);
                // Nothing of the call in what is said of it.
                let sagt = format!("{feil} {feil:?} {:?}", feil.utfordringer(super::Godtar::Begge));
                let token = tilfelle
                    .authorization
                    .first()
                    .map(|verdi| String::from_utf8_lossy(verdi).into_owned());
                let ord = token
                    .as_deref()
                    .and_then(|token| token.split(' ').nth(1))
                    .filter(|ord| ord.len() > 20);
                assert!(ord.is_none_or(|ord| !sagt.contains(ord)), "{}", tilfelle.navn);
            }
        }
    }
    println!("TALL 11 helseid_forfalskninger {} stk >= 150", alle.len());
    println!("TALL 11 helseid_godtatte_forfalskninger {} stk = 0", godtatt.len());
    assert_eq!(godtatt, Vec::<String>::new());
    assert_eq!(
        oppsett.verifikator.antall_brukte_bevis(),
        0,
        "no forged proof is remembered"
    );
}

#[tokio::test]
async fn paalitelighet_11_angrep_no_right_call_is_refused_and_none_gets_in_twice() {
    let oppsett = oppsett();
    let alle = rette();
    assert!(alle.len() >= 100, "{}", alle.len());
    let mut avvist = Vec::new();
    for tilfelle in &alle {
        let foerste = tilfelle.proev(&oppsett.verifikator).await;
        let bundet = tilfelle.dpop.len() == 1 && tilfelle.authorization[0][0].eq_ignore_ascii_case(&b'd');
        match foerste {
            Err(feil) => avvist.push(format!("{}: {feil:?}", tilfelle.navn)),
            Ok(token) => {
                assert_eq!(token.er_bundet(), bundet, "{}", tilfelle.navn);
                let igjen = tilfelle.proev(&oppsett.verifikator).await;
                assert_eq!(igjen.is_ok(), !bundet, "{}", tilfelle.navn);
            }
        }
    }
    println!("TALL 11 helseid_rette_kall {} stk >= 100", alle.len());
    println!("TALL 11 helseid_avviste_rette_kall {} stk = 0", avvist.len());
    assert_eq!(avvist, Vec::<String>::new());
}
