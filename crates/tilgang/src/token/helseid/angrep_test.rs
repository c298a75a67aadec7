//! The lists of forged and right calls, held up to the verifier itself.

use super::forfalskninger::forfalskninger;
use super::tilfeller::{Oppsett, Steg, Utkast, oppsett, rette};

/// Tries every forged call; gives the names of those that got in.
async fn proev_forfalskninger(oppsett: &Oppsett) -> (usize, Vec<String>) {
    let alle = forfalskninger();
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
    (alle.len(), godtatt)
}

#[tokio::test]
async fn paalitelighet_11_angrep_no_forged_call_of_the_lists_gets_in_and_each_falls_where_it_must() {
    let oppsett = oppsett();
    let (antall, godtatt) = proev_forfalskninger(&oppsett).await;
    assert!(antall >= 150, "{antall}");
    println!("TALL 11 helseid_forfalskninger {antall} stk >= 150");
    println!("TALL 11 helseid_godtatte_forfalskninger {} stk = 0", godtatt.len());
    assert_eq!(godtatt, Vec::<String>::new());
    assert_eq!(
        oppsett.verifikator.antall_brukte_bevis(),
        0,
        "no forged proof is remembered"
    );
}

#[tokio::test]
async fn paalitelighet_11_angrep_what_is_remembered_of_a_right_call_lets_no_forged_one_in() {
    let oppsett = oppsett();
    // Most forged calls show this token, and many a proof with this header: both are known by then.
    assert!(Utkast::bundet().rett("").proev(&oppsett.verifikator).await.is_ok());
    assert!(Utkast::ubundet().rett("").proev(&oppsett.verifikator).await.is_ok());
    let (_, godtatt) = proev_forfalskninger(&oppsett).await;
    assert_eq!(godtatt, Vec::<String>::new());
    assert_eq!(oppsett.verifikator.antall_brukte_bevis(), 1);
    let (funnet, _) = oppsett.verifikator.oppslag();
    assert!(funnet >= 50, "{funnet}");
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
