//! zeep, a client of others' making, against the served WSDL and the service: all six operations over a socket.

use std::process::{Command, Output};

use pregtjeneste::STI;

use crate::oppsett::{Prove, naa};

fn hopp_over(grunn: &str) {
    if std::env::var("KREV_ALT").as_deref() == Ok("1") {
        panic!("KREV_ALT=1 og {grunn}");
    }
    // A direct write: the harness keeps what a passing test prints with a macro.
    let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("HOPPET OVER: {grunn}\n"));
}

/// Runs a program beside the service.
async fn kjoer(mut program: Command) -> std::io::Result<Output> {
    tokio::task::spawn_blocking(move || program.output()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn zeep_calls_all_six_operations_by_the_served_wsdl() {
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
    let mut klient = Command::new(&tolk);
    klient
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/zeep_klient.py"))
        .arg(format!("{}{STI}?wsdl", prove.base))
        .args([nummer.clone(), naa().to_string(), slutt.to_string()]);
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
