//! What the operator sees of the store, the tokens and the process. HTTP and the audit log have their own.
//!
//! Everything here is read when `/metrics` is, from a value at hand. A reading that fails gives nothing or 0: an alarm on
//! a store that cannot be read belongs on readiness.

use std::sync::Arc;

use register::Register;
use saksbehandling::Saksbehandler;
use tilgang::Projeksjon;
use tilgang::token::Maskinportenverifikator;
use tjenesteflate::maalinger::{Error, Maalere};

/// Registers them all.
pub fn registrer(
    maalere: &Maalere,
    register: &Arc<Register>,
    saker: &Arc<Saksbehandler>,
    token: &Arc<Maskinportenverifikator>,
) -> Result<(), Error> {
    registeret(maalere, register)?;
    let saker = saker.clone();
    maalere.register_reading(
        "messages_queued",
        "Meldinger fra produsenter som venter i kø, fordi mottak er fryst eller var det",
        move || u64::try_from(saker.antall_i_koe().unwrap_or(0)).unwrap_or(u64::MAX),
    )?;
    let oppslag = token.clone();
    maalere.register_counting("token_cache_hits", "Token som var husket som kontrollert", move || {
        oppslag.oppslag().0
    })?;
    let oppslag = token.clone();
    maalere.register_counting("token_cache_misses", "Token som måtte kontrolleres", move || {
        oppslag.oppslag().1
    })?;
    prosessen(maalere)
}

fn registeret(maalere: &Maalere, register: &Arc<Register>) -> Result<(), Error> {
    let r = register.clone();
    maalere.register_reading("register_persons", "Personer i registeret", move || {
        r.antall_personer().map_or(0, u64::from)
    })?;
    let r = register.clone();
    maalere.register_reading(
        "register_last_sequence",
        "Sekvensnummeret til den siste hendelsen",
        move || r.siste_sekvens().map_or(0, |s| s.0),
    )?;
    let r = register.clone();
    let siste = move || {
        let bekreftet = r.siste_bekreftet().ok().flatten().unwrap_or(0);
        u64::try_from(bekreftet).unwrap_or(0)
    };
    let hjelp = "Da den siste hendelsen ble ført i registeret, i sekunder siden 1970; 0 uten noen";
    maalere.register_reading("register_last_event_timestamp_seconds", hjelp, siste)?;
    let r = register.clone();
    let lengder = move || {
        let Ok(les) = r.les() else { return Vec::new() };
        let lengde = |p: Projeksjon| Some((navn(p), les.siste_sekvensnummer(p).ok()?));
        Projeksjon::ALLE.into_iter().filter_map(lengde).collect()
    };
    maalere.register_readings(
        "feed_length",
        "Hendelser i hendelseslisten, for hver projeksjon",
        "projeksjon",
        lengder,
    )?;
    let status = |verdi: fn(register::Feedstatus) -> u64| {
        let r = register.clone();
        move || {
            let Ok(les) = r.les() else { return Vec::new() };
            let en = |p: Projeksjon| Some((navn(p), verdi(les.feedstatus(p).ok()?)));
            Projeksjon::ALLE.into_iter().filter_map(en).collect()
        }
    };
    maalere.register_readings(
        "feed_held",
        "1 når hendelseslisten står stille, for hver projeksjon",
        "projeksjon",
        status(|s| u64::from(s.holdt)),
    )?;
    maalere.register_readings(
        "feed_waiting_entries",
        "Innføringer i journalen siden hendelseslisten ble holdt; høyst så mange hendelser venter",
        "projeksjon",
        status(|s| s.oppfoeringer),
    )?;
    let kart = |verdi: fn(lager::Kart) -> u64| {
        let r = register.clone();
        move || vec![("register", verdi(r.kart())), ("personnoekler", verdi(r.noekkelkart()))]
    };
    for (navn, hjelp, verdi) in [
        (
            "store_bytes",
            "Det som er tatt i bruk av en lagerfil",
            (|k| k.brukt_byte) as fn(lager::Kart) -> u64,
        ),
        ("store_bytes_limit", "Størrelsen som lagerfilen kan vokse til", |k| {
            k.byte
        }),
        ("store_readers", "Leserplasser som har vært i bruk samtidig", |k| {
            u64::from(k.lesere)
        }),
        ("store_readers_limit", "Leserplasser som finnes", |k| {
            u64::from(k.lesere_maks)
        }),
    ] {
        maalere.register_readings(navn, hjelp, "lager", kart(verdi))?;
    }
    Ok(())
}

/// A projection in a label: its package, apart from the one package that has two.
fn navn(projeksjon: Projeksjon) -> &'static str {
    match projeksjon {
        Projeksjon::MedHjemmelUtenGraderte => "offentlig-med-hjemmel-uten-graderte-adresser",
        annen => annen.pakke().kortnavn(),
    }
}

/// The process, where the system tells. Names as in Prometheus' own libraries, below our prefix.
#[cfg(target_os = "linux")]
fn prosessen(maalere: &Maalere) -> Result<(), Error> {
    let status = |felt: &'static str| {
        move || {
            let tekst = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
            let kib = tekst
                .lines()
                .find_map(|l| l.strip_prefix(felt)?.split_whitespace().next()?.parse::<u64>().ok());
            kib.unwrap_or(0).saturating_mul(1024)
        }
    };
    maalere.register_reading("process_resident_memory_bytes", "Minne i bruk", status("VmRSS:"))?;
    let filer =
        || std::fs::read_dir("/proc/self/fd").map_or(0, |filer| u64::try_from(filer.count()).unwrap_or(u64::MAX));
    maalere.register_reading("process_open_fds", "Åpne filer og forbindelser", filer)?;
    let grense = || {
        let tekst = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
        let linje = tekst.lines().find_map(|l| l.strip_prefix("Max open files"));
        linje
            .and_then(|l| l.split_whitespace().next()?.parse().ok())
            .unwrap_or(0)
    };
    maalere.register_reading("process_max_fds", "Åpne filer og forbindelser, høyst", grense)
}

#[cfg(not(target_os = "linux"))]
fn prosessen(_: &Maalere) -> Result<(), Error> {
    Ok(())
}
