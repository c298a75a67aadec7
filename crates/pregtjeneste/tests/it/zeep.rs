//! zeep, a client of others' making, against the served WSDL and the service: all six operations over a socket.

use std::process::Stdio;

use pregtjeneste::STI;
use tokio::process::Command;

use crate::oppsett::{Prove, naa};

fn hopp_over(grunn: &str) {
    if std::env::var("KREV_ALT").as_deref() == Ok("1") {
        panic!("KREV_ALT=1 og {grunn}");
    }
    // A direct write: the harness keeps what a passing test prints with a macro.
    let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("HOPPET OVER: {grunn}\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn zeep_calls_all_six_operations_by_the_served_wsdl() {
    let tolk = std::env::var_os("ZEEP_PYTHON").unwrap_or_else(|| "python3".into());
    let finnes = Command::new(&tolk).args(["-c", "import zeep"]).output().await;
    if !finnes.is_ok_and(|svar| svar.status.success()) {
        return hopp_over("python3 med zeep er ikke installert");
    }
    let prove = Prove::ny().await;
    let (_, nummer) = prove
        .alle()
        .into_iter()
        .find(|(_, nummer)| nummer.starts_with(['0', '1', '2', '3']))
        .unwrap();
    let svar = Command::new(&tolk)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/zeep_klient.py"))
        .arg(format!("{}{STI}?wsdl", prove.base))
        .args([nummer.clone(), naa().to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
        .wait_with_output()
        .await
        .unwrap();
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
    assert!(svar.status.success(), "{ut}");
    assert_eq!(ut.lines().collect::<Vec<_>>(), ventet);
}
