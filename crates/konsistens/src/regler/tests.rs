//! Rules that the register itself keeps, broken by hand: a check that nothing could fail would be none.

use std::collections::BTreeSet;

use informasjonsmodell::{Entitet, Persondokument, Tidspunkt};
use register::{Personbilde, Personnummer, Register};
use serde_json::json;
use tilgang::Grad;

use super::ALLE;
use crate::kjente::Kjente;
use crate::regel::Regel;

fn brudd(endre: impl FnOnce(&mut Personbilde)) -> BTreeSet<Regel> {
    let mappe = tempfile::tempdir().unwrap();
    let register = Register::aapne(mappe.path()).unwrap();
    let fra = |mut verdi: serde_json::Value| {
        verdi["erGjeldende"] = json!(true);
        json!([verdi])
    };
    let mut dokument = json!({
        "identifikasjonsnummer": fra(json!({"status": "iBruk", "foedselsEllerDNummer": "", "identifikatortype": "foedselsnummer"})),
        "status": fra(json!({"status": "bosatt"})),
        "bostedsadresse": fra(json!({"ukjentBosted": {}, "adressegradering": "ugradert"})),
    });
    let naa = Tidspunkt::parse("2026-01-15T12:00:00+01:00").unwrap();
    let nummer = (0..1_000u32)
        .map(|n| format!("018190{:05}", 99_999 - n))
        .find(|n| identifikator::Folkeregisteridentifikator::parse(n).is_ok())
        .unwrap();
    dokument["identifikasjonsnummer"][0]["foedselsEllerDNummer"] = json!(nummer);
    let dokument = Persondokument::les(dokument).unwrap();
    register.importer(&dokument, naa, naa.sekunder()).unwrap();
    let les = register.les().unwrap();
    let mut bilde = les.personbilde(Personnummer::fra_indeks(1)).unwrap();
    endre(&mut bilde);
    let mut kjente = Kjente::new(&les);
    let mut ut = BTreeSet::new();
    for regel in ALLE {
        regel(&mut kjente, &bilde, &mut ut).unwrap();
    }
    ut
}

#[test]
fn what_the_register_never_does_is_seen_all_the_same() {
    let bare = |regel| BTreeSet::from([regel]);
    assert_eq!(brudd(|_| {}), BTreeSet::new());
    assert_eq!(
        brudd(|p| p.vern = Grad::StrengtFortrolig),
        BTreeSet::from([Regel::StrengtFortrolig, Regel::EttBosted])
    );
    let to = brudd(|p| {
        let status = p.gjeldende(Entitet::Status).next().unwrap().clone();
        p.opplysninger.push(status);
        p.grader.push(Grad::Ugradert);
    });
    assert_eq!(to, bare(Regel::EnGjeldende));
    // A number that leads to nobody, or is not among the entries, and one in use that the head does not know of.
    assert_eq!(brudd(|p| p.numre.push(1)), bare(Regel::Numre));
    assert_eq!(brudd(|p| p.numre.clear()), bare(Regel::Numre));
    assert_eq!(brudd(|p| p.er_i_bruk = false), bare(Regel::Numre));
    // Merged into somebody to whom the number does not lead.
    assert_eq!(brudd(|p| p.viderefoert_til = Some(p.person)), bare(Regel::Numre));
}
