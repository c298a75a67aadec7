//! Backup, archive stream, restore to a number, and that an erasure holds through all of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use informasjonsmodell::{Endring, Hendelsestype as H};
use proptest::prelude::*;
use register::sikkerhetskopi::{Gjenopprettet, Gjenoppretting, Kopifeil, gjenopprett, kopier};
use register::{Personnummer, Register};
use serde_json::json;
use tilgang::Projeksjon;

use crate::felles::{NAA, Prove, bosted, ny, opphoer, person, postboks, tid, tilfeller};
use crate::invarianter::{Steg, befolket, spill_med_tilbakehold, steg, steg_med_tilbakehold};

/// A register with a stream, and a place for copies of it.
struct Kopiert {
    prove: Prove,
    utenfor: tempfile::TempDir,
}

impl Kopiert {
    fn new(prove: Prove) -> Self {
        let utenfor = tempfile::tempdir().unwrap();
        let kopiert = Kopiert { prove, utenfor };
        kopiert.start();
        kopiert
    }

    fn start(&self) {
        self.prove.register().start_arkivstroem(&self.stroem()).unwrap();
    }

    fn stroem(&self) -> PathBuf {
        self.utenfor.path().join("stroem")
    }

    fn rot(&self) -> PathBuf {
        self.utenfor.path().join("kopier")
    }

    fn kopier(&self) -> register::sikkerhetskopi::Kopi {
        self.prove.register().sikkerhetskopier(&self.rot()).unwrap()
    }

    fn seq(&self) -> u64 {
        self.prove.register().siste_sekvens().unwrap().0
    }

    fn bestilling(&self, til: Option<u64>, navn: &str) -> Gjenoppretting {
        Gjenoppretting {
            rot: self.rot(),
            // As a mirror has it.
            personnoekler: Some(self.prove.mappe.path().join("personnoekler")),
            noekler: self.prove.mappe.path().join("noekler"),
            arkivstroem: Some(self.stroem()),
            slettinger: self.prove.mappe.path().join("slettinger"),
            til,
            maal: self.utenfor.path().join(navn),
        }
    }

    fn gjenopprett(&self, til: Option<u64>, navn: &str) -> Result<(Gjenopprettet, Register), Kopifeil> {
        let bestilling = self.bestilling(til, navn);
        let utfall = gjenopprett(&bestilling, tid(5000), NAA)?;
        Ok((utfall, Register::aapne(&bestilling.maal)?))
    }
}

fn sett_strengt() -> Vec<Endring> {
    vec![
        ny("adressebeskyttelse", json!({"graderingsnivaa": "strengtFortrolig"})),
        ny("postadresse", postboks("KRIPOS")),
    ]
}

fn eksport(register: &Register) -> String {
    let les = register.les().unwrap();
    let personer: Vec<_> = les.personer().unwrap().collect();
    let dokumenter = personer.into_iter().filter_map(|p| les.eksporter(p).unwrap());
    dokumenter.map(|d| String::from_utf8(d.til_json()).unwrap()).collect()
}

/// Whether bytes lie anywhere in the files below a folder.
pub(crate) fn ligger(mappe: &Path, byte: &[u8]) -> bool {
    std::fs::read_dir(mappe).unwrap().any(|inne| {
        let sti = inne.unwrap().path();
        if sti.is_dir() {
            ligger(&sti, byte)
        } else {
            std::fs::read(sti)
                .unwrap()
                .windows(byte.len())
                .any(|vindu| vindu == byte)
        }
    })
}

/// Those who live at a strengt fortrolig address now.
fn strengt_beskyttede(register: &Register) -> BTreeSet<Personnummer> {
    let les = register.les().unwrap();
    let er_det = |person: &Personnummer| {
        let Some(dokument) = les.eksporter(*person).unwrap() else {
            return false;
        };
        let dokument: serde_json::Value = serde_json::from_slice(&dokument.til_json()).unwrap();
        let vern = dokument["adressebeskyttelse"].as_array();
        vern.into_iter()
            .flatten()
            .any(|v| v["erGjeldende"] == true && v["graderingsnivaa"] == "strengtFortrolig")
    };
    les.personer().unwrap().filter(er_det).collect()
}

/// Plays a history with copies taken on the way, and restores to every number of it.
fn spill_og_gjenopprett(steg: Vec<Steg>, midt: usize) {
    struct Bilde {
        seq: u64,
        tilstand: String,
        strengt: BTreeSet<Personnummer>,
    }
    let bilde = |kopiert: &Kopiert| Bilde {
        seq: kopiert.seq(),
        tilstand: kopiert.prove.register().avtrykk().unwrap(),
        strengt: strengt_beskyttede(kopiert.prove.register()),
    };
    let noen_er_ett = steg.iter().any(|s| s.0 == 30);
    let mut kopiert = Kopiert::new(befolket());
    kopiert.kopier();
    let mut bilder = vec![bilde(&kopiert)];
    for (nr, s) in steg.into_iter().enumerate() {
        spill_med_tilbakehold(&kopiert.prove, s);
        if nr == midt {
            kopiert.kopier();
        }
        if nr == midt * 2 {
            kopiert.prove.gjenaapne();
            kopiert.start();
        }
        if bilder.last().unwrap().seq != kopiert.seq() {
            bilder.push(bilde(&kopiert));
        }
    }
    for (nr, da) in bilder.iter().enumerate() {
        let seq = da.seq;
        let (utfall, register) = kopiert.gjenopprett(Some(seq), &format!("g{nr}")).unwrap();
        assert_eq!(utfall.tilstand, da.tilstand, "ved {seq}");
        assert_eq!(utfall.naadd.0, seq);
        assert_eq!(register.verifiser(&mut |_| {}).unwrap(), []);
        // What was erased then or has been since is not to be had from then.
        let les = register.les().unwrap();
        let slettede: BTreeSet<_> = bilder[nr..].iter().flat_map(|senere| &senere.strengt).collect();
        for person in les.personer().unwrap().filter(|person| slettede.contains(person)) {
            if let Some(dokument) = les.eksporter(person).unwrap() {
                let dokument = String::from_utf8(dokument.til_json()).unwrap();
                let stedene = ["veien", "Startgata", "Importgata"];
                assert!(!stedene.iter().any(|sted| dokument.contains(sted)), "{dokument}");
            }
        }
        // Who is merged into another is told of by nobody.
        let fortalt = register.siste_sekvens().unwrap() != utfall.naadd;
        assert!(fortalt == (utfall.slettet_igjen != 0) || (noen_er_ett && !fortalt));
    }
    // And all the way.
    let (utfall, register) = kopiert.gjenopprett(None, "alt").unwrap();
    assert_eq!(utfall.tilstand, bilder.last().unwrap().tilstand);
    assert_eq!(eksport(&register), eksport(kopiert.prove.register()));
}

proptest! {
    #![proptest_config(tilfeller(8))]

    #[test]
    fn a_restore_to_any_number_is_the_register_as_it_was_then(steg in steg(21), midt in 3usize..9) {
        spill_og_gjenopprett(steg, midt);
    }

    #[test]
    fn a_restore_to_any_number_gives_feeds_that_were_held_as_they_were_then(
        steg in steg_med_tilbakehold(),
        midt in 3usize..9,
    ) {
        spill_og_gjenopprett(steg, midt);
    }
}

/// An address that came after the protection had ended is no secret, and a restore gives it.
#[test]
fn what_came_after_a_protection_is_restored() {
    let prove = Prove::new();
    prove.opprett(&person(1).bosatt("Hemmeliggata"));
    let kopiert = Kopiert::new(prove);
    kopiert.kopier();
    let prove = &kopiert.prove;
    prove.registrer(1, H::EndringIAdressebeskyttelse, sett_strengt());
    prove.registrer(1, H::EndringIAdressebeskyttelse, vec![opphoer("adressebeskyttelse")]);
    prove.registrer(
        1,
        H::EndringIBostedsadresse,
        vec![ny("bostedsadresse", bosted("Nygata", "ugradert"))],
    );
    let (utfall, register) = kopiert.gjenopprett(Some(kopiert.seq()), "etter").unwrap();
    assert_eq!(utfall.slettet_igjen, 0);
    let alt = eksport(&register);
    assert!(alt.contains("Nygata") && !alt.contains("Hemmeliggata"), "{alt}");
    drop(register);
    let steg = [
        (20, 2, 5),
        (0, 4, 6),
        (33, 4, 6),
        (30, 4, 4),
        (19, 2, 8),
        (33, 4, 2),
        (14, 2, 8),
        (8, 2, 8),
        (8, 2, 8),
        (19, 3, 8),
    ];
    spill_og_gjenopprett(steg.to_vec(), 8);
}

#[test]
fn an_erased_address_is_in_no_file_copy_or_restore() {
    let prove = Prove::new();
    prove.opprett(&person(1).bosatt("Gammelgata").med(
        "utenlandskPersonidentifikasjon",
        json!({"identifikasjonsnummer": "X-77", "utstederland": "SWE", "identifikasjonsnummertype": "utenlandskIdentifikasjonsnummer"}),
    ));
    prove.opprett(&person(2).bosatt("Nabogata"));
    let mut kopiert = Kopiert::new(prove);
    let foer = kopiert.kopier();
    kopiert.prove.registrer(
        1,
        H::EndringIBostedsadresse,
        vec![ny("bostedsadresse", bosted("Hemmeliggata", "ugradert"))],
    );
    let seq_foer = kopiert.seq();
    // The control: until then a restore gives the address.
    let (_, register) = kopiert.gjenopprett(Some(seq_foer), "foer").unwrap();
    assert!(eksport(&register).contains("Hemmeliggata"));
    drop(register);

    kopiert
        .prove
        .registrer(1, H::EndringIAdressebeskyttelse, sett_strengt());
    let tilstand = kopiert.prove.register().avtrykk().unwrap();
    assert!(kopiert.prove.register().maa_fornyes().unwrap());
    let fornyet = kopiert.prove.register().forny_noekler(false).unwrap();
    assert_eq!(fornyet.noekler, 2);
    assert!(!kopiert.prove.register().maa_fornyes().unwrap());
    let etter = kopiert.kopier();
    assert!(etter.seq > foer.seq);
    for ord in ["Hemmeliggata", "Gammelgata"] {
        for mappe in [kopiert.prove.mappe.path(), &kopiert.rot(), &kopiert.stroem()] {
            assert!(!ligger(mappe, ord.as_bytes()), "{ord} i {}", mappe.display());
        }
    }
    for (nr, til) in [Some(foer.seq.0), Some(seq_foer), None].into_iter().enumerate() {
        let (utfall, register) = kopiert.gjenopprett(til, &format!("etter{nr}")).unwrap();
        assert_eq!(utfall.slettet_igjen, u32::from(til.is_some()));
        let alt = eksport(&register);
        assert!(!alt.contains("Hemmeliggata") && !alt.contains("Gammelgata"), "{alt}");
        assert!(alt.contains("strengtFortrolig") && alt.contains("Nabogata"));
        if til.is_none() {
            assert_eq!(utfall.tilstand, tilstand);
            assert!(alt.contains("KRIPOS") && alt.contains("X-77"));
        } else {
            // Everybody who follows the feed is told of the protection again.
            let les = register.les().unwrap();
            let siste = les.siste_sekvensnummer(Projeksjon::MedHjemmel).unwrap();
            let feed = les.feed(Projeksjon::MedHjemmel, siste, 1).unwrap();
            assert_eq!(feed[0].hendelsestype, H::EndringIAdressebeskyttelse);
        }
        assert_eq!(register.verifiser(&mut |_| {}).unwrap(), []);
        // And again from a copy of the restored one.
        drop(register);
    }
    kopiert.prove.sjekk();
    kopiert.prove.gjenaapne();
    kopiert.prove.sjekk();
}

/// As somebody who kept everything but the list has it: the address would come back if a list that lacks something were
/// taken for one in which nothing stands.
#[test]
fn a_list_that_is_not_the_whole_list_restores_nothing() {
    let prove = Prove::new();
    for n in 1..=3 {
        prove.opprett(&person(n).bosatt("Hemmeliggata"));
    }
    let kopiert = Kopiert::new(prove);
    kopiert
        .prove
        .registrer(1, H::EndringIAdressebeskyttelse, sett_strengt());
    kopiert
        .prove
        .registrer(2, H::EndringIAdressebeskyttelse, sett_strengt());
    let kopi = kopiert.kopier();
    let liste = kopiert.prove.mappe.path().join("slettinger/liste");
    let hel = std::fs::read(&liste).unwrap();
    let fremmed = Prove::new();
    let fremmed = std::fs::read(fremmed.mappe.path().join("slettinger/liste")).unwrap();
    let annet_sted = kopiert.utenfor.path().join("liste");
    std::fs::create_dir(&annet_sted).unwrap();
    let proev = |navn: &str| {
        let mut bestilling = kopiert.bestilling(Some(kopi.seq.0), navn);
        bestilling.slettinger.clone_from(&annet_sted);
        let utfall = gjenopprett(&bestilling, tid(5000), NAA);
        assert!(utfall.is_ok() == (navn == "hel"), "{navn}: {utfall:?}");
        assert_eq!(bestilling.maal.exists(), utfall.is_ok());
    };
    proev("borte");
    assert!(!annet_sted.join("liste").exists());
    for (navn, byte) in [
        ("tom", &b""[..]),
        ("tekst", b"hei"),
        ("kuttet", &hel[..60]),
        ("eldre", &hel[..80]),
        ("fremmed", &fremmed),
    ] {
        std::fs::write(annet_sted.join("liste"), byte).unwrap();
        proev(navn);
        // And what is read is not written.
        assert_eq!(std::fs::read(annet_sted.join("liste")).unwrap(), byte);
        std::fs::write(&liste, byte).unwrap();
        let mappe = kopiert.prove.mappe.path();
        let kopi_av_mappen = kopiert.utenfor.path().join(format!("mappe-{navn}"));
        lager::mappe::kopier(mappe, &kopi_av_mappen).unwrap();
        assert!(Register::aapne(&kopi_av_mappen).is_err(), "{navn}");
    }
    std::fs::write(annet_sted.join("liste"), &hel).unwrap();
    proev("hel");
}

#[test]
fn what_was_erased_after_a_restore_is_erased_from_copies_of_before_it_too() {
    let prove = Prove::new();
    prove.opprett(&person(1).bosatt("Hemmeliggata"));
    let kopiert = Kopiert::new(prove);
    let foer = kopiert.kopier();
    for n in 2..=6 {
        kopiert.prove.opprett(&person(n).bosatt("Nabogata"));
    }
    let senere = kopiert.kopier();
    let (_, register) = kopiert.gjenopprett(Some(foer.seq.0), "b").unwrap();
    let strengt = crate::felles::registrering(1, H::EndringIAdressebeskyttelse, sett_strengt());
    let strengt = informasjonsmodell::Registrering {
        tidspunkt: tid(6000),
        handling: strengt,
    };
    register.utfoer(&[strengt], NAA).unwrap();
    drop(register);
    // The number of the erasure is less than that of the copy, which is of the story that was left.
    let mut bestilling = kopiert.bestilling(Some(senere.seq.0), "c");
    bestilling.slettinger = kopiert.utenfor.path().join("b/slettinger");
    let utfall = gjenopprett(&bestilling, tid(7000), NAA).unwrap();
    assert_eq!(utfall.slettet_igjen, 1);
    let register = Register::aapne(&bestilling.maal).unwrap();
    assert!(!eksport(&register).contains("Hemmeliggata"));
    assert!(eksport(&register).contains("Nabogata"));
}

#[test]
fn an_old_key_store_that_somebody_kept_gives_nothing_back() {
    let prove = Prove::new();
    prove.opprett(&person(1).bosatt("Hemmeliggata"));
    let kopiert = Kopiert::new(prove);
    let foer = kopiert.kopier();
    let gamle = kopiert.utenfor.path().join("gamle-noekler");
    lager::mappe::kopier(&kopiert.rot().join("personnoekler"), &gamle).unwrap();
    kopiert
        .prove
        .registrer(1, H::EndringIAdressebeskyttelse, sett_strengt());
    let mut bestilling = kopiert.bestilling(Some(foer.seq.0), "gammel");
    bestilling.personnoekler = Some(gamle);
    // It lacks the key that the record was sealed with after the erasure, which is said.
    bestilling.til = None;
    assert!(matches!(
        gjenopprett(&bestilling, tid(5000), NAA),
        Err(Kopifeil::Uleselig(1))
    ));
    bestilling.til = Some(foer.seq.0);
    let utfall = gjenopprett(&bestilling, tid(5000), NAA).unwrap();
    assert_eq!(utfall.slettet_igjen, 1);
    let register = Register::aapne(&bestilling.maal).unwrap();
    assert!(!eksport(&register).contains("Hemmeliggata"));
    assert_eq!(register.verifiser(&mut |_| {}).unwrap(), []);
}

#[test]
fn rotation_of_the_key_goes_on_under_readers_and_outlives_a_restart() {
    let mut kopiert = Kopiert::new(befolket());
    let alt = eksport(kopiert.prove.register());
    let noekler = kopiert.prove.mappe.path().join("noekler");
    let gammel = std::fs::read(noekler.join("personnoekler")).unwrap();
    let les = kopiert.prove.register().les().unwrap();
    kopiert.prove.register().forny_noekler(true).unwrap();
    assert!(
        les.eksporter(les.personer().unwrap().next().unwrap())
            .unwrap()
            .is_some()
    );
    drop(les);
    assert_eq!(eksport(kopiert.prove.register()), alt);
    assert!(!ligger(kopiert.prove.mappe.path(), &gammel));
    kopiert.prove.gjenaapne();
    assert_eq!(eksport(kopiert.prove.register()), alt);
    kopiert.prove.opprett(&person(9).bosatt("Nygata"));
    kopiert.prove.sjekk();
}

#[test]
fn a_copy_or_a_stream_that_is_damaged_is_refused() {
    let kopiert = Kopiert::new(befolket());
    let kopi = kopiert.kopier();
    kopiert.prove.opprett(&person(8).bosatt("Stroemgata"));
    let seq = kopiert.seq();
    assert!(matches!(
        kopiert.gjenopprett(Some(seq + 1), "for-langt"),
        Err(Kopifeil::NaarIkke { naadd, .. }) if naadd == seq
    ));
    assert!(matches!(
        kopiert.gjenopprett(Some(1), "for-gammelt"),
        Err(Kopifeil::IngenKopi { .. })
    ));
    kopiert.gjenopprett(Some(seq), "helt").unwrap();
    assert!(matches!(
        kopiert.gjenopprett(Some(seq), "helt"),
        Err(Kopifeil::IkkeTom(_))
    ));
    let fil = kopi.sti.join("register/data.mdb");
    let hel = std::fs::read(&fil).unwrap();
    for plass in (0..hel.len()).step_by(hel.len() / 13) {
        let mut skadet = hel.clone();
        skadet[plass] ^= 1;
        std::fs::write(&fil, skadet).unwrap();
        assert!(
            matches!(kopiert.gjenopprett(Some(seq), "skadet"), Err(Kopifeil::Uhel(_))),
            "{plass}"
        );
    }
    std::fs::write(&fil, hel).unwrap();
    let stroem = std::fs::read_dir(kopiert.stroem())
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let mut byte = std::fs::read(&stroem).unwrap();
    let midt = byte.len() / 2;
    byte[midt] ^= 1;
    std::fs::write(&stroem, byte).unwrap();
    assert!(matches!(
        kopiert.gjenopprett(Some(seq), "av-skadet"),
        Err(Kopifeil::NaarIkke { .. })
    ));
    assert!(!kopiert.utenfor.path().join("av-skadet").exists());
    assert_eq!(kopier(&kopiert.rot()).unwrap().len(), 1);
}
