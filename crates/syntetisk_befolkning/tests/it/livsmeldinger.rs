//! What the living nation sends is valid, by the program's own judges and by the public schemas.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use meldinger::{Kontroller, Meldingstype, tre};
use syntetisk_befolkning::Nasjon;
use syntetisk_befolkning::liv::{Innbygger, Liv, PRODUSENTER, RESSURSER};

/// Messages of each kind that are looked at.
const AV_HVER: usize = 60;

fn meldinger() -> BTreeMap<&'static str, Vec<String>> {
    let nasjon = Nasjon::new(2026, 6_000).unwrap();
    let dokumenter = (0..nasjon.grupper()).flat_map(|nr| nasjon.gruppe(nr));
    let mut liv = Liv::new(2026, dokumenter.filter_map(|d| Innbygger::fra_dokument(&d)));
    let slutt = liv.start_sekunder() + 2 * 365 * 86_400;
    let mut ut: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    let mut numre = std::collections::BTreeSet::new();
    while let Some(hendelse) = liv.neste(slutt) {
        if let Some(melding) = liv.melding(&hendelse) {
            assert!(PRODUSENTER.contains(&melding.produsent));
            assert!(
                numre.insert((melding.produsent, melding.navn.clone())),
                "to meldinger med ett navn"
            );
            let alle = ut.entry(melding.ressurs).or_default();
            if alle.len() < AV_HVER {
                alle.push(melding.xml);
            }
        }
        // Any number will do for a message.
        if let Some(ny) = hendelse.hva.ny() {
            liv.laer(ny, 12_859_000_000 + u64::from(ny));
        }
    }
    ut
}

#[test]
fn every_kind_of_message_is_sent_and_is_valid_by_our_judges_and_by_the_public_schemas() {
    let alle = meldinger();
    let sendt: Vec<_> = alle.keys().copied().collect();
    let mut ventet = RESSURSER;
    ventet.sort_unstable();
    assert_eq!(sendt, ventet);
    let kontroller = Kontroller::les().unwrap();
    for (ressurs, meldinger) in &alle {
        let slag = Meldingstype::fra_ressurs(ressurs).unwrap();
        for xml in meldinger {
            let melding = tre::les(xml.as_bytes()).unwrap();
            if let Err(avvik) = kontroller.sjekk(slag, &melding) {
                panic!("{ressurs}: {} i {xml}", avvik[0]);
            }
        }
    }
    let Some(kontrakter) = kontrakter() else { return };
    for (ressurs, meldinger) in &alle {
        let Some(dommer) = lxml(&kontrakter.join(fil(ressurs)), meldinger) else {
            return;
        };
        for (xml, gyldig) in meldinger.iter().zip(dommer) {
            assert!(gyldig, "{ressurs}: {xml}");
        }
    }
}

fn fil(ressurs: &str) -> &'static str {
    match ressurs {
        "doedsfall_v1" => "MeldingOmDoedsfall_v1.2.xsd",
        "foedsel_v1" => "Foedselsmelding_v1.1.xsd",
        "farskap_v1" => "MeldingOmRegistreringAvFarskap_v1.0.xsd",
        "vigsel_v1" => "MeldingOmVigsel_v1.0.xsd",
        "separasjon_v1" => "MeldingOmSeparasjon_v1.0.xsd",
        "skilsmisse_v1" => "MeldingOmSkilsmisse_v1.0.xsd",
        "kontaktopplysninger_doedsbo_v1" => "MeldingOmKontaktopplysningerForDoedsbo_v1.0.xsd",
        "innflytting_v1" => "MeldingOmInnflytting_v1.0.xsd",
        "rekvisisjon_av_dnummer_v5" => "RekvisisjonAvDNummer_5.0.xsd",
        "flyttemelding_fra_posten_v1" => "MeldingOmFlyttingFraPosten_v1.0.xsd",
        "endring_av_dnummerperson_v3" => "MeldingOmEndringAvPersonMedDNummer_v3.0.xsd",
        "fnr_endring_v1" => "MeldingOmEndringAvPersonMedFoedselsnummer_v1.0.xsd",
        annen => panic!("{annen}"),
    }
}

fn hopp_over(grunn: &str) {
    assert!(std::env::var("KREV_ALT").as_deref() != Ok("1"), "KREV_ALT=1 og {grunn}");
    let _ = std::io::stderr().write_fmt(format_args!("HOPPET OVER: {grunn}\n"));
}

/// The public schemas, in a folder in which they find the one of signatures: the published set refers to one that is not there.
fn kontrakter() -> Option<PathBuf> {
    let sted =
        std::env::var_os("PERSONTJENESTEN_KONTRAKTER").map(|k| PathBuf::from(k).join("folkeregister/kontrakter"));
    let Some(sted) = sted.filter(|sted| sted.exists()) else {
        hopp_over("PERSONTJENESTEN_KONTRAKTER peker ikke på de offentlige kontraktene");
        return None;
    };
    let ny = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("liv-{}", std::process::id()))
        .join("k");
    for til in [ny.clone(), ny.parent().unwrap().join("nyfolkeregisterperson")] {
        std::fs::create_dir_all(&til).unwrap();
        for fil in std::fs::read_dir(&sted).unwrap().flatten() {
            std::fs::copy(fil.path(), til.join(fil.file_name())).unwrap();
        }
    }
    Some(ny)
}

/// libxml2, behind Python; `None` when it is not there and that is allowed.
fn lxml(skjema: &Path, meldinger: &[String]) -> Option<Vec<bool>> {
    const DOMMER: &str = "import sys\nfrom lxml import etree\n\
        p = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)\n\
        s = etree.XMLSchema(etree.parse(sys.argv[1], p))\n\
        for m in sys.stdin.buffer.read().split(b'\\0')[:-1]:\n    print('gyldig' if s.validate(etree.fromstring(m, p)) else 'ugyldig')\n";
    let finnes = Command::new("python3").args(["-c", "import lxml.etree"]).output();
    if !finnes.is_ok_and(|svar| svar.status.success()) {
        hopp_over("python3 med lxml er ikke installert");
        return None;
    }
    let mut barn = Command::new("python3")
        .args(["-c", DOMMER])
        .arg(skjema)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut inn = barn.stdin.take().unwrap();
    let tekst: String = meldinger.iter().map(|m| m.clone() + "\0").collect();
    let skriver = std::thread::spawn(move || inn.write_all(tekst.as_bytes()).unwrap());
    let svar = barn.wait_with_output().unwrap();
    skriver.join().unwrap();
    assert!(svar.status.success(), "{}", skjema.display());
    let ut: Vec<bool> = String::from_utf8(svar.stdout)
        .unwrap()
        .lines()
        .map(|l| l == "gyldig")
        .collect();
    assert_eq!(ut.len(), meldinger.len());
    Some(ut)
}
