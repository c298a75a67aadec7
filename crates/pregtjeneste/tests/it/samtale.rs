//! Conversations over the port: a client of others' making opens one, calls in it, renews it and ends it. It is `preg`'s, which shares nothing
//! with us; what it may not do is tried there. Here it is that the port lets it, and for how long.

use std::process::Command;

use pregtjeneste::{Port, STI};

use preg::Operasjon;

use crate::kontrakter::hopp_over;
use crate::oppsett::{Konvolutt, MED, PASSORD, Prove, naa, oppslag};
use crate::zeep::kjoer;

async fn klient(prove: &Prove) -> Option<String> {
    let mut sjekk = Command::new("python3");
    sjekk.args(["-c", "import lxml.etree"]);
    if !kjoer(sjekk).await.is_ok_and(|svar| svar.status.success()) {
        hopp_over("python3 med lxml er ikke installert");
        return None;
    }
    let (_, nummer) = prove
        .alle()
        .into_iter()
        .find(|(_, nummer)| nummer.starts_with(['0', '1', '2', '3']))
        .unwrap();
    let mut program = Command::new("python3");
    program
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/samtale_klient.py"))
        .arg(format!("{}{STI}", prove.base))
        .args([MED, PASSORD, &naa().to_string()])
        .arg(Konvolutt::ny(MED, Operasjon::GetDemographics, &oppslag(&nummer)).kropp());
    let svar = kjoer(program).await.unwrap();
    let ut = String::from_utf8(svar.stdout).unwrap();
    assert!(svar.status.success(), "{ut}{}", String::from_utf8_lossy(&svar.stderr));
    Some(ut)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_is_opened_called_in_renewed_and_ended_over_the_port() {
    let prove = Prove::med(None, Port::Tls).await;
    let Some(ut) = klient(&prove).await else { return };
    let ett = [
        "called GetDemographicsResponse",
        "renewed",
        "called GetDemographicsResponse",
        "password GetDemographicsResponse",
        "cancelled",
        "refused BadContextToken",
    ];
    let ventet: Vec<&str> = ["feb", "des"]
        .into_iter()
        .flat_map(|utgave| std::iter::once(utgave).chain(ett))
        .collect();
    assert_eq!(ut.lines().collect::<Vec<_>>(), ventet);
    // Three lookups in each edition: told of as any other, by the user's name.
    let noterte = prove.logg.ta();
    assert_eq!(noterte.len(), 6);
    assert!(noterte.iter().all(|en| en.klient == MED && en.levert.len() == 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_port_without_tls_has_no_conversations() {
    let prove = Prove::ny().await;
    let Some(ut) = klient(&prove).await else { return };
    assert_eq!(
        ut.lines().collect::<Vec<_>>(),
        ["feb", "not opened", "des", "not opened"]
    );
}
