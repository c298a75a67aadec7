//! Everything that is answered over the socket is valid by the published schema, as lxml judges it.

use preg::Operasjon::{
    self, AddPerson, FindCandidates, GetDemographics, LinkPersonRecords, RevisePersonRecord, UnlinkPersonRecords,
};

use crate::kontrakter::{preg, python};
use crate::oppsett::*;

const LIV: &str = "<h:name><h:given>Liv</h:given><h:family>Haugstad</h:family></h:name>\
    <h:administrativeGenderCode code='F'/><h:birthTime value='19840417'/>";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_over_the_socket_is_valid_by_the_published_schema() {
    let Some(deres) = preg() else { return };
    let prove = Prove::ny().await;
    for (n, (gradering, beskyttelse)) in [
        ("klientadresse", None),
        ("fortrolig", Some("fortrolig")),
        ("ugradert", Some("strengtFortrolig")),
    ]
    .into_iter()
    .enumerate()
    {
        prove.ta_inn(dokument(&nummer(n), ("SKJERMA", "PROEVE"), gradering, beskyttelse));
    }
    let mut alle: Vec<(Operasjon, String, &str)> = Vec::new();
    for (_, nummer) in prove.alle() {
        alle.extend([MED, UTEN].map(|bruker| (GetDemographics, oppslag(&nummer), bruker)));
    }
    let (_, kjent) = prove.alle()[0].clone();
    let svar = prove.kall(FH, AddPerson, &rolle(None, LIV, &[])).await;
    let fh = id_i(&svar);
    for bruker in [MED, UTEN, FH, FH_ANNEN] {
        alle.extend([
            (GetDemographics, oppslag(&fh), bruker),
            (GetDemographics, oppslag(&nummer(9)), bruker),
            (GetDemographics, parametre(""), bruker),
            (FindCandidates, soek("", "PROEVE", ""), bruker),
            (FindCandidates, soek("", "HAUGSTAD", ""), bruker),
            (FindCandidates, soek("", "A", ""), bruker),
            (FindCandidates, parametre(""), bruker),
            (AddPerson, rolle(None, LIV, &[]), bruker),
            (AddPerson, rolle(None, "", &[]), bruker),
            (RevisePersonRecord, rolle(Some(&fh), LIV, &[]), bruker),
            (RevisePersonRecord, rolle(Some(&kjent), LIV, &[]), bruker),
            (LinkPersonRecords, rolle(Some(&kjent), "", &[&fh]), bruker),
            (GetDemographics, oppslag(&fh), bruker),
            (GetDemographics, oppslag(&kjent), bruker),
            (LinkPersonRecords, rolle(Some(&nummer(9)), "", &[&fh]), bruker),
            (UnlinkPersonRecords, rolle(Some(&kjent), "", &[&fh]), bruker),
            (UnlinkPersonRecords, rolle(Some(&kjent), "", &[&fh]), bruker),
        ]);
    }
    let mut inn = Vec::new();
    for (operasjon, innhold, bruker) in &alle {
        let svar = prove.post(&Konvolutt::ny(bruker, *operasjon, innhold).xml()).await;
        assert_eq!(svar.status, 200, "{}", svar.tekst());
        inn.extend(svar.kropp);
        inn.push(0);
    }
    let skjema = deres.join("PersonRegistry1.xsd");
    let doem = move || python("lxml.etree", "doem_konvolutter.py", &[&skjema], &inn);
    let Some(dommer) = tokio::task::spawn_blocking(doem).await.unwrap() else {
        return;
    };
    assert!(alle.len() > 400, "{}", alle.len());
    assert_eq!(dommer.lines().count(), alle.len());
    for ((operasjon, innhold, bruker), dom) in alle.iter().zip(dommer.lines()) {
        assert_eq!(dom, "gyldig", "{} {bruker} {innhold}", operasjon.navn());
    }
}
