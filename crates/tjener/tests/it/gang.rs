//! The thin line through every room: real documents into a folder that is served, and out again over HTTP.

use std::collections::BTreeMap;

use serde_json::Value;
use tilgang::{Pakke, Projeksjon, Tabell};

use crate::delt::med_oppslag;
use crate::http::{Kall, Svar};
use crate::program::{Tjener, kontrakter, ny_mappe};

struct Gang {
    tjener: Tjener,
    tokener: BTreeMap<Pakke, String>,
}

impl Gang {
    fn ny() -> Self {
        let tjener = Tjener::i_mappe(&ny_mappe(), &["--personer", "150"], &[]);
        let token = |pakke: Pakke| {
            let ut = tjener.kommando(&["token", "--pakke", pakke.kortnavn()]).lyktes();
            (pakke, ut.trim_end().to_owned())
        };
        let tokener = Pakke::ALLE.into_iter().map(token).collect();
        Gang { tjener, tokener }
    }

    fn kall(&self, pakke: Pakke, sti: &str) -> Kall {
        Kall::ny(&self.tjener, pakke, sti).token(&self.tokener[&pakke])
    }

    fn hent(&self, pakke: Pakke, sti: &str) -> Svar {
        self.kall(pakke, sti).send().ok()
    }

    fn siste(&self, pakke: Pakke) -> u64 {
        self.hent(pakke, "hendelser/siste/sekvensnummer")
            .tekst()
            .parse()
            .unwrap()
    }
}

/// The eleven documents, by number.
fn ekte() -> Option<(std::path::PathBuf, BTreeMap<String, Value>)> {
    let mappe = kontrakter("../data/persondokument")?;
    let filer = std::fs::read_dir(&mappe).unwrap().map(|f| f.unwrap().path());
    let les = |fil: std::path::PathBuf| {
        let navn = fil.file_stem().unwrap().to_str().unwrap().to_owned();
        (navn, serde_json::from_slice(&std::fs::read(fil).unwrap()).unwrap())
    };
    let alle: BTreeMap<String, Value> = filer.map(les).collect();
    assert_eq!(alle.len(), 11);
    Some((mappe, alle))
}

// Order within an array is not promised.
fn sortert(dokument: &Value) -> Value {
    let Value::Object(felter) = dokument else {
        panic!("ikke et dokument")
    };
    let en = |(navn, verdi): (&String, &Value)| {
        let mut verdi = verdi.clone();
        if let Value::Array(liste) = &mut verdi {
            liste.sort_by_key(Value::to_string);
        }
        (navn.clone(), verdi)
    };
    Value::Object(felter.iter().map(en).collect())
}

#[test]
fn a_real_document_goes_in_while_served_and_comes_out_of_every_interface() {
    let Some((mappe, dokumenter)) = ekte() else { return };
    let gang = Gang::ny();
    let foer: BTreeMap<Pakke, u64> = Pakke::ALLE.into_iter().map(|p| (p, gang.siste(p))).collect();
    let inn = ["import", "persondokument", mappe.to_str().unwrap()];
    assert_eq!(
        gang.tjener.kommando(&inn).lyktes(),
        "11 nye, 0 endret, 0 uendret, 0 avvist\n"
    );
    assert_eq!(
        gang.tjener.kommando(&inn).lyktes(),
        "0 nye, 0 endret, 11 uendret, 0 avvist\n"
    );
    gang.tjener.kommando(&["verify"]).lyktes();

    for pakke in Pakke::ALLE {
        assert_eq!(gang.siste(pakke), foer[&pakke] + 11, "{pakke}");
    }
    for pakke in med_oppslag() {
        let rett = Tabell::felles().rett(Projeksjon::for_pakke(pakke, true));
        let deler: String = rett.kan.entiteter().map(|e| format!("&part={}", e.navn())).collect();
        for (nr, kilde) in &dokumenter {
            let alt = gang.hent(pakke, &format!("personer/{nr}?part=historikk{deler}")).json();
            gang.kall(pakke, &format!("personer/{nr}?part=historikk{deler}"))
                .aksept("application/xml")
                .send()
                .ok();
            for (entitet, verdi) in alt.as_object().unwrap() {
                let liste = verdi.as_array().map_or(1, Vec::len);
                assert!(
                    liste <= kilde[entitet].as_array().map_or(1, Vec::len),
                    "{pakke} {entitet}"
                );
            }
            if pakke == Pakke::OffentligMedHjemmel {
                // Whatever no package has stays behind; the rest is as it came.
                let mut ventet = kilde.clone();
                let ventet_felter = ventet.as_object_mut().unwrap();
                ventet_felter.retain(|navn, _| rett.kan.entiteter().any(|e| e.navn() == navn));
                assert_eq!(sortert(&alt), sortert(&ventet));
            }
        }
    }
    feed_og_dokumenter(&gang, &dokumenter, foer[&Pakke::OffentligMedHjemmel]);
    let ut = ny_mappe();
    gang.tjener.kommando(&["export", ut.to_str().unwrap()]).lyktes();
    for (nr, kilde) in &dokumenter {
        let eksportert: Value = serde_json::from_slice(&std::fs::read(ut.join(format!("{nr}.json"))).unwrap()).unwrap();
        assert_eq!(sortert(&eksportert), sortert(kilde));
    }
    std::fs::remove_dir_all(ut).unwrap();
}

fn feed_og_dokumenter(gang: &Gang, dokumenter: &BTreeMap<String, Value>, foer: u64) {
    let mh = Pakke::OffentligMedHjemmel;
    let side = gang.hent(mh, &format!("hendelser/feed?seq={}", foer + 1)).json();
    let side = side.as_array().unwrap();
    assert_eq!(side.len(), 11);
    for linje in side {
        let hendelse = &linje["hendelse"];
        assert_eq!(hendelse["hendelsetype"], "personErOpprettet");
        let nr = hendelse["folkeregisteridentifikator"].as_str().unwrap();
        assert!(dokumenter.contains_key(nr));
        let id = hendelse["hendelsesdokument"].as_str().unwrap();
        let tykk = gang.hent(mh, &format!("hendelser/{id}")).json();
        assert_eq!(tykk["dokumentidentifikator"], id);
        assert_eq!(tykk["hendelse"]["folkeregisteridentifikator"], nr);
        assert!(!tykk["hendelse"]["egenskapshendelse"].as_array().unwrap().is_empty());
        gang.kall(mh, &format!("hendelser/{id}"))
            .aksept("application/xml")
            .send()
            .ok();
        let id = hendelse["persondokument"].as_str().unwrap();
        for part in ["", "?part=historikk&part=navn"] {
            let arkivert = gang.hent(mh, &format!("personer/arkiv/{id}{part}"));
            let gjeldende = gang.hent(mh, &format!("personer/{nr}{part}"));
            assert_eq!(arkivert.json(), gjeldende.json());
            gang.kall(mh, &format!("personer/arkiv/{id}{part}"))
                .aksept("application/xml")
                .send()
                .ok();
        }
    }
}
