//! zeep, a client of others' making, against the served WSDL and the service: all six operations over a socket.

use std::process::{Command, Output};

use pregtjeneste::STI;

use crate::kontrakter::{self, hopp_over};
use crate::oppsett::{FH, PASSORD, Prove, naa};

/// Runs a program beside the service.
pub async fn kjoer(mut program: Command) -> std::io::Result<Output> {
    tokio::task::spawn_blocking(move || program.output()).await.unwrap()
}

async fn proev_alle_seks(publisert: bool) {
    let tolk = std::env::var_os("ZEEP_PYTHON").unwrap_or_else(|| "python3".into());
    let mut sjekk = Command::new(&tolk);
    sjekk.args(["-c", "import zeep"]);
    let finnes = kjoer(sjekk).await;
    if !finnes.is_ok_and(|svar| svar.status.success()) {
        return hopp_over("python3 med zeep er ikke installert");
    }
    let prove = Prove::ny().await;
    let (_, nummer) = prove
        .alle()
        .into_iter()
        .find(|(_, nummer)| nummer.starts_with(['0', '1', '2', '3']))
        .unwrap();
    let slutt = naa() + jiff::SignedDuration::from_mins(5);
    let tjenesten = format!("{}{STI}", prove.base);
    let mut klient = Command::new(&tolk);
    klient.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/zeep_klient.py"));
    if publisert {
        let Some(mappe) = kontrakter::preg() else { return };
        klient.arg(mappe.join("PersonRegistry.wsdl"));
    } else {
        klient.arg(format!("{tjenesten}?wsdl"));
    }
    klient.args([nummer.clone(), naa().to_string(), slutt.to_string()]);
    klient.args([FH, PASSORD]).args(publisert.then_some(tjenesten));
    let svar = kjoer(klient).await.unwrap();
    let ut = String::from_utf8(svar.stdout).unwrap();
    let ventet = [
        format!("GetDemographics\tAA\tOK {nummer}"),
        "AddPerson\tAA\t".to_owned(),
        "RevisePersonRecord\tAA\t198502".to_owned(),
        "LinkPersonRecords\tAA\t".to_owned(),
        format!("GetDemographics\tAA\tOK {nummer}"),
        "UnlinkPersonRecords\tAA\t".to_owned(),
        "FindCandidates\tAA\t1".to_owned(),
        "Fault\tAt least one security token in the message could not be validated.".to_owned(),
    ];
    assert!(svar.status.success(), "{ut}{}", String::from_utf8_lossy(&svar.stderr));
    assert_eq!(ut.lines().collect::<Vec<_>>(), ventet);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn zeep_calls_all_six_operations_by_the_served_wsdl() {
    proev_alle_seks(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn zeep_calls_all_six_operations_by_the_published_wsdl() {
    proev_alle_seks(true).await;
}
