//! What is shown on `/metrics`, and that the dashboard and the alerts ask for nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use saphyr::{LoadableYamlNode, Yaml};
use serde_json::Value;
use tilgang::Pakke;

use crate::http::{Kall, send_byte};
use crate::program::{Tjener, ny_mappe};

const PREFIKS: &str = "persontjenesten_";
/// Labels that whoever collects the metrics puts on.
const UTENFRA: [&str; 2] = ["job", "instance"];

/// Metrics by name, each with the labels that its samples have, and the names that have a HELP.
fn les(side: &str) -> (BTreeMap<String, BTreeSet<String>>, BTreeSet<String>) {
    let mut ut: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut hjelp = BTreeSet::new();
    for linje in side.lines() {
        if let Some(rest) = linje.strip_prefix("# HELP ") {
            let (navn, tekst) = rest.split_once(' ').unwrap();
            assert!(tekst.len() > 3, "{linje}");
            hjelp.insert(navn.to_owned());
        } else if !linje.starts_with('#') {
            let navn = linje.split(['{', ' ']).next().unwrap();
            let etiketter = linje
                .split_once('{')
                .map_or("", |(_, rest)| rest.rsplit_once('}').unwrap().0);
            let navnene = etiketter
                .split("\",")
                .filter_map(|e| Some(e.split_once("=\"")?.0.to_owned()));
            ut.entry(navn.to_owned()).or_default().extend(navnene);
        }
    }
    (ut, hjelp)
}

/// The names of our metrics in an expression, each with the labels that stand in braces after it.
fn spurt(uttrykk: &str) -> Vec<(String, Vec<String>)> {
    let mut ut = Vec::new();
    for (fra, _) in uttrykk.match_indices(PREFIKS) {
        let rest = &uttrykk[fra..];
        let slutt = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        let velger = rest[slutt..]
            .strip_prefix('{')
            .map_or("", |r| r.split_once('}').unwrap().0);
        let etikett = |del: &str| del.split(['=', '!', '~']).next().unwrap().trim().to_owned();
        let etiketter = velger.split("\",").map(etikett).filter(|e| !e.is_empty()).collect();
        ut.push((rest[..slutt].to_owned(), etiketter));
    }
    ut
}

/// The labels that an expression groups by.
fn gruppert(uttrykk: &str) -> Vec<String> {
    let deler = uttrykk.split("by (").skip(1).map(|d| d.split_once(')').unwrap().0);
    deler.flat_map(|d| d.split(',').map(|e| e.trim().to_owned())).collect()
}

/// Faults of an expression.
fn feil(uttrykk: &str, finnes: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let mut ut = Vec::new();
    let mut alle: BTreeSet<String> = BTreeSet::new();
    let metrikker = spurt(uttrykk);
    if metrikker.is_empty() {
        ut.push(format!("spør om ingenting: {uttrykk}"));
    }
    for (navn, etiketter) in metrikker {
        let Some(egne) = finnes.get(&navn) else {
            ut.push(format!("{navn} finnes ikke"));
            continue;
        };
        let ukjent = etiketter
            .iter()
            .filter(|e| !egne.contains(*e) && !UTENFRA.contains(&e.as_str()));
        ut.extend(ukjent.map(|e| format!("{navn} har ikke etiketten {e}")));
        alle.extend(egne.iter().cloned());
    }
    let ukjent = gruppert(uttrykk).into_iter().filter(|e| !alle.contains(e));
    ut.extend(ukjent.map(|e| format!("ingen har etiketten {e}: {uttrykk}")));
    ut
}

fn fil(sti: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../drift").join(sti)).unwrap()
}

/// The expressions of the dashboard and of the alerts.
fn uttrykk() -> Vec<String> {
    let tavle: Value = serde_json::from_str(&fil("grafana/persontjenesten.json")).unwrap();
    let paneler = tavle["panels"].as_array().unwrap();
    let numre: BTreeSet<u64> = paneler.iter().map(|p| p["id"].as_u64().unwrap()).collect();
    assert_eq!(numre.len(), paneler.len(), "to paneler har samme nummer");
    let spoersmaal = paneler
        .iter()
        .flat_map(|p| p["targets"].as_array().into_iter().flatten());
    let mut ut: Vec<String> = spoersmaal.map(|t| t["expr"].as_str().unwrap().to_owned()).collect();
    assert!(ut.len() > 20, "{}", ut.len());
    let varsler = fil("prometheus/varsler.yml");
    let varsler = Yaml::load_from_str(&varsler).unwrap();
    let regler = varsler[0]["groups"][0]["rules"].as_sequence().unwrap();
    for regel in regler {
        for felt in ["alert", "for"] {
            assert!(regel[felt].as_str().is_some_and(|t| !t.is_empty()), "{regel:?}");
        }
        let sammendrag = regel["annotations"]["summary"].as_str();
        assert!(sammendrag.is_some_and(|t| t.ends_with('.')), "{regel:?}");
        ut.push(regel["expr"].as_str().unwrap().to_owned());
    }
    assert!(regler.len() > 8);
    ut
}

#[test]
fn the_dashboard_and_the_alerts_ask_for_what_is_there() {
    let tjener = Tjener::hele(&ny_mappe(), &["--personer", "150"], &[]);
    let token = tjener.kommando(&["token", "--pakke", "finans"]).lyktes();
    for _ in 0..3 {
        Kall::ny(&tjener, Pakke::Finans, "hendelser/feed?seq=1")
            .token(token.trim())
            .send()
            .ok();
    }
    // A head that is no head: refused before the call.
    let galt = b"GET / HTTP/1.1\r\nhost: x\r\nen linje uten kolon\r\n\r\n";
    assert_eq!(send_byte(&tjener, galt, std::time::Duration::from_secs(20)).status, 400);
    let side = Kall::admin(&tjener, "/metrics").send_utenom().ok().tekst();
    let (finnes, hjelp) = les(&side);

    // Every one of ours has a HELP that says something.
    for navn in finnes.keys() {
        let familie = ["_total", "_bucket", "_sum", "_count"]
            .into_iter()
            .find_map(|s| navn.strip_suffix(s));
        assert!(
            hjelp.contains(navn) || familie.is_some_and(|f| hjelp.contains(f)),
            "{navn} har ingen HELP"
        );
        assert!(navn.starts_with(PREFIKS), "{navn}");
    }
    let alle = uttrykk();
    let galt: Vec<String> = alle.iter().flat_map(|u| feil(u, &finnes)).collect();
    assert_eq!(galt, Vec::<String>::new());
    // And the other way: what is shown is looked at by somebody.
    let sett: BTreeSet<String> = alle.iter().flat_map(|u| spurt(u)).map(|(navn, _)| navn).collect();
    let usett = |navn: &&String| !sett.contains(*navn) && !navn.ends_with("_sum") && !navn.ends_with("_count");
    assert_eq!(finnes.keys().filter(usett).collect::<Vec<_>>(), Vec::<&String>::new());

    let verdi = |linje: &str| -> u64 {
        let funnet = side.lines().find_map(|l| l.strip_prefix(PREFIKS)?.strip_prefix(linje));
        funnet
            .unwrap_or_else(|| panic!("{linje}: {side}"))
            .trim()
            .parse()
            .unwrap()
    };
    assert!(verdi("register_persons") >= 150 && verdi("register_last_sequence") >= 150);
    assert!(verdi("register_last_event_timestamp_seconds") > 1_700_000_000);
    assert!(verdi("feed_length{projeksjon=\"finans\"}") > 0);
    assert!(verdi("store_bytes{lager=\"register\"}") > 0 && verdi("store_bytes_limit{lager=\"register\"}") > 1 << 30);
    assert!(verdi("token_cache_hits_total") >= 2 && verdi("token_cache_misses_total") >= 1);
    let avvist = "http_requests_total{tjeneste=\"rot\",rute=\"ukjent\",metode=\"ANNEN\",statuskode=\"400\"}";
    assert_eq!(verdi(avvist), 1);
    #[cfg(target_os = "linux")]
    assert!(verdi("process_resident_memory_bytes") > 1 << 20 && verdi("process_open_fds") > 3);
}

#[test]
fn an_expression_that_asks_for_what_is_not_there_is_found_out() {
    let (finnes, _) = les("# HELP persontjenesten_a Noe som telles\npersontjenesten_a{b=\"c\",d=\"e\"} 1\n");
    for (uttrykk, ventet) in [
        ("sum by (b) (rate(persontjenesten_a{d=\"e\",job=~\"x\"}[5m]))", 0),
        ("persontjenesten_a{b!=\"c\",d=~\"e|f\"} > 0.7", 0),
        ("persontjenesten_aa", 1),
        ("persontjenesten_a{x=\"y\"}", 1),
        ("sum by (b, x) (persontjenesten_a)", 1),
        ("up", 1),
    ] {
        assert_eq!(feil(uttrykk, &finnes).len(), ventet, "{uttrykk}");
    }
}
