//! The server that every reading test shares, its tokens, its named cases and its persons.

use std::collections::{BTreeMap, BTreeSet};
use std::io::PipeWriter;
use std::process::{Command, Stdio};
use std::sync::{LazyLock, Mutex};

use serde_json::Value;
use tilgang::Pakke;

use crate::http::Kall;
use crate::program::{PROGRAM, Tjener, ny_mappe};

/// Persons in the shared nation.
pub const PERSONER: u32 = 1_500;

// A static is never dropped. The shell waits for the end of its input, which is ours until this process ends, and then
// stops the server and removes its folder.
const VAKT: &str = r#""$1" demo $4 --personer "$2" --data "$3" --port 0 </dev/null & barn=$!
cat >/dev/null; kill -TERM $barn; wait $barn; rm -rf "$3" "$3.stderr""#;

static LEVETID: Mutex<Vec<PipeWriter>> = Mutex::new(Vec::new());

static DELT: LazyLock<Tjener> = LazyLock::new(|| til_slutten(PERSONER, "--uten-helsekopi"));

/// Starts a demo that runs until this process ends.
pub fn til_slutten(personer: u32, valg: &str) -> Tjener {
    let mappe = ny_mappe();
    let mut kommando = Command::new("sh");
    kommando
        .args(["-c", VAKT, "sh", PROGRAM, &personer.to_string()])
        .arg(&mappe)
        .arg(valg);
    let (les, skriv) = std::io::pipe().unwrap();
    kommando.stdin(Stdio::from(les));
    let tjener = Tjener::med(kommando, &mappe, &[]);
    LEVETID.lock().unwrap().push(skriv);
    tjener
}

/// The shared server.
pub fn delt() -> &'static Tjener {
    &DELT
}

/// A token of the shared server.
pub fn token(pakke: Pakke) -> String {
    static TOKENER: LazyLock<BTreeMap<Pakke, String>> = LazyLock::new(|| {
        let ett = |pakke: Pakke| {
            let ut = delt().kommando(&["token", "--pakke", pakke.kortnavn()]).lyktes();
            (pakke, ut.trim_end().to_owned())
        };
        Pakke::ALLE.into_iter().map(ett).collect()
    });
    TOKENER[&pakke].clone()
}

/// A call to the shared server: `GET`, with the package's own token.
pub fn kall(pakke: Pakke, sti: &str) -> Kall {
    Kall::ny(delt(), pakke, sti).token(&token(pakke))
}

/// The identifier of a named case in the shared nation.
pub fn navngitt(navn: &str) -> String {
    static NAVNGITTE: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
        let ut = delt().kommando(&["navngitte", "--json"]).lyktes();
        serde_json::from_str(&ut).unwrap()
    });
    NAVNGITTE[navn].clone()
}

/// Every item of a package's feed in the shared nation, page by page.
pub fn hele_feeden(pakke: Pakke) -> Vec<Value> {
    let mut ut: Vec<Value> = Vec::new();
    loop {
        let seq = ut.last().map_or(1, |h| h["sekvensnummer"].as_u64().unwrap() + 1);
        let side = kall(pakke, &format!("hendelser/feed?seq={seq}")).send().ok().json();
        let side = side.as_array().unwrap();
        if side.is_empty() {
            return ut;
        }
        ut.extend(side.iter().cloned());
    }
}

/// The identifiers of everybody in the shared nation.
pub fn alle_numre() -> &'static BTreeSet<String> {
    static NUMRE: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let nummer = |h: &Value| h["hendelse"]["folkeregisteridentifikator"].as_str().unwrap().to_owned();
        hele_feeden(Pakke::OffentligMedHjemmel).iter().map(nummer).collect()
    });
    &NUMRE
}

/// The packages that look persons up by number.
pub fn med_oppslag() -> impl Iterator<Item = Pakke> {
    Pakke::ALLE.into_iter().filter(|p| {
        !matches!(
            p,
            Pakke::Privat
                | Pakke::PrivatUtenFolkeregisteridentifikator
                | Pakke::Presse
                | Pakke::PresseUtenFolkeregisteridentifikator
        )
    })
}

/// Persons of the shared nation as a package sees them, in bulk.
pub fn personer(pakke: Pakke, spoerring: &str, numre: &[String]) -> Vec<Value> {
    let mut ut = Vec::new();
    for del in numre.chunks(1_000) {
        let kropp = serde_json::json!({ "foedselsEllerDNummer": del }).to_string();
        let svar = kall(pakke, &format!("personer/bulkoppslag{spoerring}"))
            .post("application/json", kropp)
            .send()
            .ok()
            .json();
        let oppslag = svar["oppslag"].as_array().unwrap();
        ut.extend(oppslag.iter().map(|o| o["folkeregisterperson"].clone()));
    }
    ut
}
