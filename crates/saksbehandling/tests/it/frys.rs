//! Mottak is frozen: messages get their receipts and wait in line, and are decided afterwards, in the order that they came.

use std::path::Path;

use informasjonsmodell::tekst::Foedselsnummer;
use informasjonsmodell::{Endring, Handling, Hendelsestype, Persondokument, Registrering};
use lager::{Miljoe, Skriv, Tabell};
use meldinger::Meldingstype as M;
use meldinger::tre::Element;
use saksbehandling::{Avgjoerelse, Avslag, Fil, Hindring, Hva, Innsendt, Mottatt, Tid, Tilstand};
use serde_json::json;
use tilgang::Projeksjon;

use crate::felles::{
    FOLK, Farskap, Folk, SYKEHUS, TINGRETT, aapne, annullering, doedsfall, farskap, foedsel, melding, naa, uten_filer,
    vigsel,
};

const MH: Projeksjon = Projeksjon::MedHjemmel;

/// When mottak is open again: the day after.
pub fn etterpaa() -> Tid {
    Tid::new("2026-01-16T09:30:00Z".parse().unwrap()).unwrap()
}

fn ta(folk: &Folk, organisasjon: &str, slag: M, xml: &str, frosset: bool) -> Result<Mottatt, Avslag> {
    let innsendt = uten_filer(xml.as_bytes());
    let lest = folk.saker.les(organisasjon, slag, &innsendt, &|_| true, &naa())?;
    folk.saker.avgjoer_lest(if frosset { lest.i_koe() } else { lest })
}

pub fn send(folk: &Folk, organisasjon: &str, id: &str, (slag, hva): (M, Element), frosset: bool) -> u32 {
    let mottatt = ta(folk, organisasjon, slag, &melding(slag, id, hva), frosset).unwrap();
    assert!(!mottatt.gjentatt);
    mottatt.sak
}

pub fn doed(folk: &Folk, navn: &str) -> (M, Element) {
    (M::Doedsfall, doedsfall(&folk.nr(navn), "2026-01-10"))
}

fn tilstand(folk: &Folk, sak: u32) -> Tilstand {
    folk.saker.sak(sak).unwrap().unwrap().tilstand
}

/// What its sender has been told of a case, in words.
pub fn fortalt(folk: &Folk, sak: u32) -> Vec<String> {
    let sak = folk.saker.sak(sak).unwrap().unwrap();
    let ord = sak.hendelser.iter().map(|h| match &h.hva {
        Hva::TilManuellBehandling { grunner, .. } => {
            let koder: Vec<&str> = grunner.iter().map(|g| g.kode()).collect();
            format!("manuell {}", koder.join(" "))
        }
        Hva::Beslutning {
            beslutning, resultat, ..
        } => format!("{} {}", beslutning.kode(), resultat.kode()),
    });
    ord.collect()
}

/// Cases in the order that an organisation has been told of them.
fn rekkefoelge(folk: &Folk, organisasjon: &str) -> Vec<u32> {
    let alle = folk.saker.tilbakemeldinger(organisasjon, 1, true, 1_000).unwrap();
    alle.iter().map(|t| t.sak.nr).collect()
}

fn i_feeden(folk: &Folk) -> u64 {
    folk.register.les().unwrap().siste_sekvensnummer(MH).unwrap()
}

pub fn toem(folk: &Folk) -> usize {
    let mut tatt = 0;
    loop {
        match folk.saker.behandle_koe(&etterpaa()).unwrap() {
            0 => break,
            n => tatt += n,
        }
    }
    assert_eq!(folk.saker.antall_i_koe().unwrap(), 0);
    assert!(!folk.saker.noen_i_koe().unwrap());
    assert_eq!(folk.register.verifiser(&mut |_| {}).unwrap(), []);
    tatt
}

fn skjul(folk: &Folk, navn: &str) {
    let vern = json!({"adressebeskyttelse": [{"graderingsnivaa": "strengtFortrolig"}]});
    let vern = Persondokument::les(vern).unwrap().opplysninger.remove(0);
    let registrering = Registrering {
        tidspunkt: naa().tidspunkt,
        handling: Handling::Registrer {
            person: Foedselsnummer::new(&folk.nr(navn)).unwrap(),
            hendelsestype: Hendelsestype::EndringIAdressebeskyttelse,
            endringer: vec![Endring::RegistrereNy(Box::new(vern))],
        },
    };
    folk.register.utfoer(&[registrering], naa().sekunder).unwrap();
}

#[test]
fn what_comes_while_mottak_is_frozen_is_decided_afterwards_in_the_order_that_it_came() {
    let folk = Folk::new();
    let foer = i_feeden(&folk);
    // Decided in another order, the annulment has nothing to annul, and the second death is a first.
    let doedsfall = send(&folk, SYKEHUS, "A-1", doed(&folk, "ungkar"), true);
    let levende = (M::AnnulleringAvDoedsfall, annullering(&folk.nr("ungkar")));
    let annullering = send(&folk, SYKEHUS, "A-2", levende, true);
    let igjen = send(&folk, TINGRETT, "A-3", doed(&folk, "ungkar"), true);
    let annen = send(&folk, SYKEHUS, "A-4", doed(&folk, "ugift"), true);
    for sak in [doedsfall, annullering, igjen, annen] {
        assert_eq!(tilstand(&folk, sak), Tilstand::IKoe);
        assert!(folk.saker.melding(sak).unwrap().is_some());
    }
    assert_eq!((i_feeden(&folk), folk.saker.antall_i_koe().unwrap()), (foer, 4));
    assert_eq!(rekkefoelge(&folk, SYKEHUS), Vec::<u32>::new());
    assert_eq!(folk.saker.aapne_saker(0, 10).unwrap().len(), 4);
    assert_eq!(folk.saker.ajourhold(&naa()).unwrap(), 0);

    assert_eq!(toem(&folk), 4);
    assert_eq!(rekkefoelge(&folk, SYKEHUS), [doedsfall, annullering, annen]);
    for sak in [doedsfall, annullering, igjen, annen] {
        assert_eq!(fortalt(&folk, sak), ["godkjent registrert"], "{sak}");
        assert_eq!(folk.saker.melding(sak).unwrap(), None);
    }
    assert_eq!(folk.saker.aapne_saker(0, 10).unwrap(), []);
    // What is registered is so from when it was decided, and the case from when it came.
    let sak = folk.saker.sak(doedsfall).unwrap().unwrap();
    assert_eq!(sak.opprettet, naa().tidspunkt.to_string());
    assert_eq!(sak.hendelser[0].tidspunkt, etterpaa().tidspunkt.to_string());
    let doedsfall = &folk.gjeldende(&folk.nr("ugift"), "doedsfall")[0];
    let ajour: jiff::Timestamp = doedsfall["ajourholdstidspunkt"].as_str().unwrap().parse().unwrap();
    assert_eq!(ajour.as_second(), etterpaa().sekunder);
}

#[test]
fn what_comes_when_mottak_is_open_again_stands_behind_those_who_wait() {
    let folk = Folk::new();
    let foerst = send(&folk, SYKEHUS, "A-1", doed(&folk, "ungkar"), true);
    let sist = send(&folk, SYKEHUS, "A-2", doed(&folk, "ungkar"), false);
    assert_eq!(tilstand(&folk, sist), Tilstand::IKoe);
    assert_eq!(toem(&folk), 2);
    assert_eq!(fortalt(&folk, foerst), ["godkjent registrert"]);
    assert_eq!(fortalt(&folk, sist), ["registrert alleredeRegistrert"]);
    // Nobody waits: what comes now is decided at once.
    let straks = send(&folk, SYKEHUS, "A-3", doed(&folk, "ugift"), false);
    assert_eq!(fortalt(&folk, straks), ["godkjent registrert"]);
}

#[test]
fn a_message_in_line_that_is_sent_again_gets_the_same_receipt_and_is_decided_once() {
    let folk = Folk::new();
    let xml = melding(M::Doedsfall, "A-1", doed(&folk, "ungkar").1);
    let foerste = ta(&folk, SYKEHUS, M::Doedsfall, &xml, true).unwrap();
    for frosset in [true, false] {
        let igjen = ta(&folk, SYKEHUS, M::Doedsfall, &xml, frosset).unwrap();
        assert_eq!(
            (&igjen.referanse, igjen.sak, igjen.gjentatt),
            (&foerste.referanse, foerste.sak, true)
        );
    }
    let annen = melding(M::Doedsfall, "A-1", doed(&folk, "ugift").1);
    let avslag = ta(&folk, SYKEHUS, M::Doedsfall, &annen, true);
    assert!(matches!(avslag, Err(Avslag::MeldingsidBrukt)));
    assert_eq!(toem(&folk), 1);
    let igjen = ta(&folk, SYKEHUS, M::Doedsfall, &xml, true).unwrap();
    assert!(igjen.gjentatt && igjen.referanse == foerste.referanse);
    assert_eq!(rekkefoelge(&folk, SYKEHUS), [foerste.sak]);
}

#[test]
fn a_fatherhood_and_the_birth_that_it_waits_for_meet_in_line() {
    let folk = Folk::new();
    let f = Farskap {
        barn: None,
        far: &folk.nr("ungkar"),
        mor: Some(&folk.nr("ugift")),
        sammen: false,
        uvisst: false,
    };
    let far = send(&folk, TINGRETT, "F-1", (M::Farskap, farskap(&f)), true);
    let foedt = (M::Foedsel, foedsel(&folk.nr("ugift"), "2026-01-12", false, true, None));
    let barn = send(&folk, SYKEHUS, "B-1", foedt, true);
    assert_eq!(toem(&folk), 2);
    assert_eq!(fortalt(&folk, barn), ["godkjent registrert"]);
    assert_eq!(fortalt(&folk, far), ["godkjent registrert"]);
    assert_eq!(folk.saker.melding(far).unwrap(), None);
}

#[test]
fn what_the_register_forbids_is_for_somebody_to_look_at_and_the_others_go_on() {
    let folk = Folk::new();
    let (slag, forbudt) = crate::nye::les(&folk, "posten", &["skjult", "boks", "id=P-1"]).unwrap();
    let foer = send(&folk, SYKEHUS, "A-1", doed(&folk, "ungkar"), true);
    let sak = send(&folk, SYKEHUS, "P-1", (slag, forbudt), true);
    let etter = send(&folk, SYKEHUS, "A-2", doed(&folk, "ugift"), true);
    assert_eq!(toem(&folk), 3);
    assert_eq!(tilstand(&folk, sak), Tilstand::TilManuellBehandling);
    assert!(folk.saker.melding(sak).unwrap().is_some());
    for sak in [foer, etter] {
        assert_eq!(fortalt(&folk, sak), ["godkjent registrert"]);
    }
    // And it can be decided as any other.
    folk.saker.avgjoer(sak, Avgjoerelse::Avslaa, &etterpaa()).unwrap();
}

#[test]
fn a_restart_between_receipt_and_decision_changes_nothing() {
    let mut folk = Folk::new();
    let saker: Vec<u32> = ["ungkar", "ugift", "separert"]
        .iter()
        .map(|navn| send(&folk, SYKEHUS, navn, doed(&folk, navn), true))
        .collect();
    // Closed, and opened anew.
    folk.saker = aapne(&folk.register, &folk.mappe.path().join("annet"));
    folk.saker = aapne(&folk.register, folk.mappe.path());
    let bak = send(&folk, SYKEHUS, "bak", doed(&folk, "ungkar"), false);
    assert_eq!(tilstand(&folk, bak), Tilstand::IKoe);
    assert_eq!(folk.saker.ajourhold(&etterpaa()).unwrap(), 0);
    assert_eq!(toem(&folk), 4);
    assert_eq!(rekkefoelge(&folk, SYKEHUS), [saker, vec![bak]].concat());
}

#[test]
fn a_message_in_line_that_is_gone_must_be_sent_again_and_the_others_go_on() {
    for ved_ajourhold in [true, false] {
        let mut folk = Folk::new();
        let borte = send(&folk, SYKEHUS, "A-1", doed(&folk, "ungkar"), true);
        // As a restore to another folder gives it: cases are in the register, messages are not.
        let annet = tempfile::tempdir().unwrap();
        folk.saker = aapne(&folk.register, annet.path());
        let her = send(&folk, SYKEHUS, "A-2", doed(&folk, "ugift"), true);
        if ved_ajourhold {
            assert_eq!(folk.saker.ajourhold(&naa()).unwrap(), 1);
            assert_eq!(folk.saker.antall_i_koe().unwrap(), 1);
        }
        assert_eq!(toem(&folk), 2 - usize::from(ved_ajourhold));
        assert_eq!(fortalt(&folk, borte), ["avbrutt maaSendesPaaNytt"]);
        assert_eq!(fortalt(&folk, her), ["godkjent registrert"]);
        assert_eq!(rekkefoelge(&folk, SYKEHUS), [borte, her]);
        assert_eq!(folk.saker.aapne_saker(0, 10).unwrap(), []);
    }
}

#[test]
fn a_damaged_message_in_line_must_be_sent_again_and_the_others_go_on() {
    skadet_melding(false);
    skadet_melding(true);
}

fn skadet_melding(ved_ajourhold: bool) {
    // Kept under the key of another store: it does not open.
    let folk = Folk::new();
    let skadet = send(&folk, SYKEHUS, "A-1", doed(&folk, "ungkar"), true);
    let her = send(&folk, SYKEHUS, "A-2", doed(&folk, "ugift"), true);
    let annen = Folk::new();
    send(&annen, SYKEHUS, "A-1", doed(&annen, "ungkar"), true);
    send(&annen, SYKEHUS, "A-2", doed(&annen, "ugift"), true);
    let Folk {
        mappe: andres,
        saker: andres_saker,
        ..
    } = annen;
    drop(andres_saker);
    let folk = folk.aapnet_etter(|mappe| {
        for fil in std::fs::read_dir(andres.path().join("saker/meldinger")).unwrap() {
            let fil = fil.unwrap();
            std::fs::copy(fil.path(), mappe.join("saker/meldinger").join(fil.file_name())).unwrap();
        }
    });
    assert!(folk.saker.melding(skadet).is_err());
    if ved_ajourhold {
        assert_eq!(folk.saker.ajourhold(&naa()).unwrap(), 2);
    }
    let frisk = send(&folk, SYKEHUS, "A-3", doed(&folk, "separert"), false);
    assert_eq!(toem(&folk), if ved_ajourhold { 0 } else { 3 });
    for sak in [skadet, her] {
        assert_eq!(fortalt(&folk, sak), ["avbrutt maaSendesPaaNytt"]);
    }
    assert_eq!(fortalt(&folk, frisk), ["godkjent registrert"]);
}

/// Changes rows of a table below the register.
fn skad(mappe: &Path, tabell: &str, gjoer: impl FnOnce(&mut Skriv<'_>, Tabell)) {
    let (miljoe, [tabell]) = Miljoe::aapne(&mappe.join("register/register"), [tabell]).unwrap();
    let mut skriv = miljoe.skriv().unwrap();
    gjoer(&mut skriv, tabell);
    Miljoe::bekreft(skriv).unwrap();
}

#[test]
fn a_damaged_place_in_line_stops_neither_what_comes_nor_those_behind() {
    let folk = Folk::new();
    let foerst = send(&folk, SYKEHUS, "A-1", doed(&folk, "ungkar"), true);
    let bak = send(&folk, SYKEHUS, "A-2", doed(&folk, "ugift"), true);
    let folk = folk.aapnet_etter(|mappe| {
        skad(mappe, "saker", |s, saker| {
            let plass = [b"L".as_slice(), &foerst.to_be_bytes()].concat();
            assert!(saker.hent(s, &plass).unwrap().is_some());
            // One that does not open, and some that are nobody's: before, behind, and of a case that is not in line.
            for plass in [plass.as_slice(), b"L", b"L\xff\xff\xff\xff\xff", b"L\0\0\0\x09"] {
                saker.sett(s, plass, b"ikke forseglet").unwrap();
            }
        });
    });
    assert_ne!(folk.register.verifiser(&mut |_| {}).unwrap(), []);
    assert_eq!(folk.saker.antall_i_koe().unwrap(), 5);
    let ny = send(&folk, SYKEHUS, "A-3", doed(&folk, "separert"), false);
    assert_eq!(tilstand(&folk, ny), Tilstand::IKoe);
    assert_eq!(folk.saker.ajourhold(&naa()).unwrap(), 0);
    assert_eq!(toem(&folk), 6);
    for sak in [foerst, bak, ny] {
        assert_eq!(fortalt(&folk, sak), ["godkjent registrert"]);
    }
    let straks = send(&folk, SYKEHUS, "A-4", doed(&folk, "skjult"), false);
    assert_eq!(tilstand(&folk, straks), Tilstand::Avgjort);
}

#[test]
fn a_message_in_line_about_somebody_who_cannot_be_read_does_not_hold_those_behind() {
    let folk = Folk::new();
    let skadet = send(&folk, SYKEHUS, "A-1", doed(&folk, "ungkar"), true);
    let bak = send(&folk, SYKEHUS, "A-2", doed(&folk, "ugift"), true);
    let plass = FOLK.iter().position(|(navn, ..)| *navn == "ungkar").unwrap() as u32 + 1;
    let folk = folk.aapnet_etter(|mappe| {
        skad(mappe, "personer", |s, personer| {
            let prefiks = plass.to_be_bytes();
            let alle = personer.med_prefiks(s, &prefiks).unwrap();
            let alle: Vec<Vec<u8>> = alle.map(|rad| rad.unwrap().0.to_vec()).collect();
            assert!(!alle.is_empty());
            for noekkel in alle {
                personer.sett(s, &noekkel, b"ikke en ramme").unwrap();
            }
        });
    });
    while folk.saker.behandle_koe(&etterpaa()).unwrap() > 0 {}
    assert_eq!(folk.saker.antall_i_koe().unwrap(), 0);
    // Whether the person has come into hiding nobody can say.
    assert_eq!(fortalt(&folk, skadet), ["avbrutt maaSendesPaaNytt"]);
    assert_eq!(fortalt(&folk, bak), ["godkjent registrert"]);
}

#[test]
fn a_message_in_line_about_somebody_who_has_come_into_hiding_must_be_sent_again() {
    for ved_ajourhold in [true, false] {
        let folk = Folk::new();
        let skjult = send(&folk, SYKEHUS, "A-1", doed(&folk, "ungkar"), true);
        let alt = send(&folk, SYKEHUS, "A-2", doed(&folk, "skjult"), true);
        let annen = send(&folk, SYKEHUS, "A-3", doed(&folk, "ugift"), true);
        skjul(&folk, "ungkar");
        if ved_ajourhold {
            assert_eq!(folk.saker.ajourhold(&naa()).unwrap(), 1);
            assert_eq!(folk.saker.melding(skjult).unwrap(), None);
        }
        toem(&folk);
        assert_eq!(fortalt(&folk, skjult), ["avbrutt maaSendesPaaNytt"]);
        for sak in [alt, annen] {
            assert_eq!(fortalt(&folk, sak), ["godkjent registrert"], "{ved_ajourhold}");
        }
    }
}

#[test]
fn nobody_decides_about_a_case_in_line() {
    let folk = Folk::new();
    let sak = send(&folk, SYKEHUS, "A-1", doed(&folk, "ungkar"), true);
    for avgjoerelse in [
        Avgjoerelse::Godkjenn,
        Avgjoerelse::Avvis,
        Avgjoerelse::Avslaa,
        Avgjoerelse::Avbryt,
    ] {
        let hindring = folk.saker.avgjoer(sak, avgjoerelse, &naa()).unwrap_err();
        assert!(matches!(hindring, Hindring::IKoe), "{hindring}");
    }
    assert_eq!(toem(&folk), 1);
    let avgjort = folk.saker.avgjoer(sak, Avgjoerelse::Godkjenn, &naa());
    assert!(matches!(avgjort, Err(Hindring::Avgjort)));
}

#[test]
fn files_wait_with_their_message_and_what_searches_comes_in_its_turn() {
    let folk = Folk::new();
    let ord = ["NY/PRØVE", "1990-01-02", "pass=AB1234567", "kopi"];
    let (slag, forespoersel) = crate::nye::les(&folk, "rekvisisjon", &ord).unwrap();
    let fil = Fil {
        navn: "pass.pdf".to_owned(),
        innhold: b"en kopi".to_vec(),
    };
    let mut saker = Vec::new();
    for id in ["R-1", "R-2"] {
        let xml = melding(slag, id, forespoersel.clone());
        let innsendt = Innsendt {
            xml: xml.as_bytes(),
            filer: std::slice::from_ref(&fil),
            signatur: None,
        };
        let lest = folk.saker.les(SYKEHUS, slag, &innsendt, &|_| true, &naa()).unwrap();
        saker.push(folk.saker.avgjoer_lest(lest.i_koe()).unwrap().sak);
        saker.push(send(&folk, SYKEHUS, &format!("V{id}"), doed(&folk, "ukjent"), true));
    }
    assert_eq!(folk.saker.filer(saker[0]).unwrap(), [fil]);
    assert_eq!(toem(&folk), 4);
    // The second requisition is of the same person as the first, which its search finds.
    let en_gang = |sak| fortalt(&folk, sak).len() == 1;
    assert!(saker.iter().all(|sak| en_gang(*sak)), "{saker:?}");
    assert_eq!(fortalt(&folk, saker[0]), ["godkjent registrert"]);
    assert_ne!(fortalt(&folk, saker[2]), ["godkjent registrert"]);
}

#[test]
fn many_who_wait_are_decided_as_if_they_had_come_one_by_one() {
    // From threads of their own, frozen and not: each has one place in line, and is decided once.
    let folk = Folk::new();
    let navn = ["ungkar", "ugift", "separert", "ukjent", "skjult", "enslig"];
    let xml: Vec<String> = (0..600)
        .map(|nr| {
            let hvem = folk.nr(navn[nr % navn.len()]);
            melding(M::Doedsfall, &format!("S-{}", nr % 400), doedsfall(&hvem, "2026-01-10"))
        })
        .collect();
    let foerste = send(
        &folk,
        SYKEHUS,
        "foerst",
        (
            M::Vigsel,
            vigsel(&folk.nr("ung"), &folk.nr("ungkar"), "2026-01-10", false),
        ),
        true,
    );
    let saker = &folk.saker;
    std::thread::scope(|s| {
        for (traad, del) in xml.chunks(30).enumerate() {
            s.spawn(move || {
                for xml in del {
                    let innsendt = uten_filer(xml.as_bytes());
                    let lest = saker.les(SYKEHUS, M::Doedsfall, &innsendt, &|_| true, &naa()).unwrap();
                    let lest = if traad % 2 == 0 { lest.i_koe() } else { lest };
                    // A name that comes again may be somebody else's message.
                    match saker.avgjoer_lest(lest) {
                        Ok(_) | Err(Avslag::MeldingsidBrukt) => {}
                        Err(feil) => panic!("{feil}"),
                    }
                }
            });
        }
    });
    assert_eq!(saker.antall_i_koe().unwrap(), 401);
    assert_eq!(toem(&folk), 401);
    assert_eq!(rekkefoelge(&folk, SYKEHUS), (foerste..=401).collect::<Vec<_>>());
    assert_eq!(tilstand(&folk, foerste), Tilstand::TilManuellBehandling);
}
