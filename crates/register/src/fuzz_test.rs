//! Bytes of a damaged store as what this crate reads there: read or refused, never a panic and never out of proportion.
//!
//! Checksums and seals are put on by the target, so that what lies behind them is reached.

use informasjonsmodell::skjema::Spenn;
use lager::forsegling::Noekkel;
use lager::journal::Journal as _;

use crate::dokumentid::Dokumentidentifikator;
use crate::felles::{Prove, person};
use crate::koding::{Leser, skriv_lengde};
use crate::oppfoering::Oppfoering;
use crate::post::{Hode, Personpost};
use crate::ramme::{self, Ramme};
use crate::sikkerhetskopi::{self, Kopi};
use crate::{ajourhold, arkiv, feed, ordbok, sjekksum, tekster};

const ORD: &[&str] = &["\u{1}", "\u{7f}", "\"fornavn\":\"STILLE\"", "{", "}"];

/// A register with three persons, one of them with a graded address.
fn prove() -> Prove {
    let prove = Prove::new();
    for n in 1..4 {
        let grad = if n == 2 { "fortrolig" } else { "ugradert" };
        prove.opprett(&person(n).bosatt("Elgveien").gradering(grad));
    }
    prove
}

/// Their frames, unpacked.
fn rammer() -> Vec<Vec<u8>> {
    let mut ut = Vec::new();
    let prove = prove();
    let register = prove.register();
    let (les, noekler) = (register.miljoe.les().unwrap(), register.noekler.les().unwrap());
    let mut noekkel = None;
    for rad in register.tabeller.personer.fra(&les, &[]).unwrap() {
        let (plass, byte) = rad.unwrap();
        let (person, ramme) = plass.split_first_chunk::<4>().unwrap();
        let person = u32::from_be_bytes(*person);
        let ramme = Ramme::ALLE[usize::from(ramme[0])];
        ut.push(if ramme == Ramme::Hode {
            let byte = ramme::aapne_hode(person, byte).unwrap();
            let generasjon = Hode::les(byte).unwrap().0.noekkelgenerasjon;
            noekkel = noekler.hent(person, generasjon).unwrap();
            byte.to_vec()
        } else {
            ramme::pakk_opp(ramme, person, byte, noekkel.as_ref()).unwrap()
        });
    }
    assert!(ut.len() > 5, "{}", ut.len());
    ut
}

fn proev_ramme(byte: &[u8]) {
    let mut spenn: Vec<Spenn> = Vec::new();
    let mut se = |rad: crate::rad::Radvisning<'_>| {
        spenn.clear();
        let _ = rad.les_spenn(&mut spenn);
        let _ = rad.les_kjede();
        rad.til_rad().map(drop)
    };
    let _ = ramme::les_rader(byte, &mut se);
    if let Ok((hode, rest)) = Hode::les(byte) {
        let _ = (hode.gjeldende_nummer(), hode.er_i_bruk(), hode.har(7));
        let _ = ramme::les_rader(rest, &mut se);
    }
    let _ = ajourhold::les(byte);
    // A whole record of which every frame is these bytes.
    let noekkel = Noekkel::fra_byte([7; 32]);
    let pakket: Vec<Vec<u8>> = Ramme::ALLE
        .map(|r| ramme::pakk(r, 1, byte.to_vec(), Some(&noekkel)).unwrap())
        .into();
    let hent = |r: Ramme| Ok(pakket.get(r as usize).map(Vec::as_slice));
    if let Ok(Some(mut post)) = Personpost::les(1, hent, |_| Ok(Some(noekkel.clone()))) {
        let _ = post.skriv(1, Some(&noekkel));
    }
}

fn pakkede() -> Vec<Vec<u8>> {
    let ramme = ordbok::pakk(&b"{\"fornavn\":\"STILLE\",\"etternavn\":\"FJELLBEKK\"}".repeat(9)).unwrap();
    let mut stor = vec![1];
    skriv_lengde(&mut stor, ordbok::RAMME_BYTE_MAKS);
    vec![ramme, stor, vec![0, 1, 2, 3]]
}

fn proev_pakket(byte: &[u8]) {
    let _ = ordbok::pakk_opp(byte);
    for ramme in Ramme::ALLE {
        let mut med_sum = byte.to_vec();
        sjekksum::legg_paa(&ramme.plass(1), &mut med_sum);
        let noekkel = Noekkel::fra_byte([7; 32]);
        let _ = ramme::aapne_hode(1, &med_sum);
        let _ = ramme::pakk_opp(ramme, 1, &med_sum, Some(&noekkel));
        assert!(!ramme.forsegles() || ramme::pakk_opp(ramme, 1, byte, None).is_err());
        if let Ok(forseglet) = noekkel.forsegl(&ramme.plass(1), byte) {
            let _ = ramme::pakk_opp(ramme, 1, &forseglet, Some(&noekkel));
        }
    }
}

/// Their journal entries and chunks of feeds, without checksums.
fn oppfoeringer() -> Vec<Vec<u8>> {
    let mut ut = Vec::new();
    let prove = prove();
    let register = prove.register();
    let les = register.miljoe.les().unwrap();
    let mut se = |_: u64, byte: &[u8]| {
        ut.push(byte.split_last_chunk::<4>().unwrap().0.to_vec());
        true
    };
    register.journal.gjennomgaa(&les, 1, &mut se).unwrap();
    for rad in register.tabeller.feed.fra(&les, &[]).unwrap() {
        ut.push(rad.unwrap().1.to_vec());
    }
    assert!(ut.len() > 3, "{}", ut.len());
    ut
}

fn proev_oppfoering(byte: &[u8]) {
    let _ = Oppfoering::les(byte);
    let mut med_sum = byte.to_vec();
    sjekksum::legg_paa(b"journal", &mut med_sum);
    if let Ok(lest) = Oppfoering::les(&med_sum) {
        let _ = lest.feedrader(crate::Sekvens(u64::MAX)).count();
        // One way to write an entry is enough; read again it says the same.
        assert_eq!(Oppfoering::les(&lest.skriv()).unwrap(), lest);
    }
    let _ = feed::les_blokk(byte, |_| {});
    let _ = tekster::les_tekst(1, byte);
    if let Some(id) = std::str::from_utf8(byte).ok().and_then(Dokumentidentifikator::parse) {
        assert!(id.to_string().as_bytes().eq_ignore_ascii_case(byte));
        let _ = crate::dokumentid::Dokumentnoekkel::new([7; 16]).aapne(id);
    }
}

/// A register that nothing is ever committed to, and entries of a stream that follow on what it has.
struct Arkivprove {
    prove: Prove,
    fra: u64,
    poster: Vec<Vec<u8>>,
}

fn arkivprove() -> Arkivprove {
    let (kilde, stroem) = (prove(), tempfile::tempdir().unwrap());
    kilde.register().start_arkivstroem(stroem.path()).unwrap();
    let fra = kilde.register().siste_sekvens().unwrap().0;
    kilde.opprett(&person(4).bosatt("Ulveveien"));
    let id = kilde.register().id;
    let mut poster = Vec::new();
    let mut ta = |o: lager::arkivstroem::Oppfoering| {
        poster.push(o.byte);
        Ok(())
    };
    lager::arkivstroem::spill_av(stroem.path(), &id, fra, u64::MAX, &mut ta).unwrap();
    assert_eq!(poster.len(), 1);
    Arkivprove {
        prove: prove(),
        fra: fra + 1,
        poster,
    }
}

fn arkivposter() -> Vec<Vec<u8>> {
    arkivprove().poster
}

std::thread_local! {
    static ARKIV: Arkivprove = arkivprove();
}

/// An entry is taken apart and put back together as it was, and put into a register that is then left as it was.
fn proev_arkivpost(byte: &[u8]) {
    let mut leser = Leser::new(byte);
    while !leser.er_tom() {
        let Ok((_, noekkel, verdi)) = arkiv::les_en(&mut leser) else {
            break;
        };
        assert!(noekkel.len() + verdi.map_or(0, <[u8]>::len) <= byte.len());
    }
    ARKIV.with(|a| {
        let register = a.prove.register();
        for (fra, til) in [(a.fra, a.fra), (a.fra, a.fra + 2), (1, u64::MAX), (u64::MAX, u64::MAX)] {
            let oppfoering = lager::arkivstroem::Oppfoering {
                fra,
                til,
                byte: byte.to_vec(),
            };
            let mut skriv = register.miljoe.skriv().unwrap();
            let satt = register.sett_inn(&mut skriv, &oppfoering).is_ok();
            drop(skriv);
            assert!(til == a.fra || !satt || byte.len() > a.poster[0].len());
            assert!(satt || byte != a.poster[0] || til != a.fra);
        }
        assert_eq!(register.siste_sekvens().unwrap().0 + 1, a.fra);
    });
}

fn kopier() -> Vec<Vec<u8>> {
    let (prove, rot) = (prove(), tempfile::tempdir().unwrap());
    let kopi = prove.register().sikkerhetskopier(rot.path()).unwrap();
    vec![std::fs::read(kopi.sti.join("kopi.json")).unwrap()]
}

/// What a copy says it is, is read or refused; a folder that says anything is no whole copy before its file is held to it.
fn proev_kopi(byte: &[u8]) {
    let rot = tempfile::tempdir().unwrap();
    let sti = rot.path().join("1");
    std::fs::create_dir_all(sti.join("register")).unwrap();
    std::fs::write(sti.join("kopi.json"), byte).unwrap();
    std::fs::write(sti.join("register/data.mdb"), b"ikke noe lager").unwrap();
    let lest = Kopi::les(&sti);
    assert_eq!(
        sikkerhetskopi::kopier(rot.path()).unwrap().len(),
        usize::from(lest.is_ok())
    );
    if let Ok(kopi) = lest {
        assert!(kopi.kontroller().is_err());
    }
}

fuzz::maal!(
    paalitelighet_15_fuzz_arkivpost,
    1_000,
    ORD,
    arkivposter,
    proev_arkivpost
);
fuzz::maal!(
    paalitelighet_15_fuzz_kopi_json,
    1_500,
    &[
        "\"sekvensnummer\"",
        "\"lager\"",
        "\"byte\"",
        "18446744073709551616",
        "null"
    ],
    kopier,
    proev_kopi
);
fuzz::maal!(paalitelighet_15_fuzz_ramme, 2_500, ORD, rammer, proev_ramme);
fuzz::maal!(paalitelighet_15_fuzz_pakket_ramme, 2_000, ORD, pakkede, proev_pakket);
fuzz::maal!(
    paalitelighet_15_fuzz_journal_og_feed,
    5_000,
    ORD,
    oppfoeringer,
    proev_oppfoering
);
