//! A server that is killed at any moment between receipt and feed: what it acknowledged leads to one outcome, once.
//!
//! Several senders send over mutual TLS, each in its own words and some with files, while somebody decides what waits for
//! somebody; the process is killed while they do, with `SIGKILL`, and started again on the same folder. Whoever was not answered
//! sends again, and now and then whoever was. At the end each message is held against the register, the feeds, the cases and
//! what its sender is told, and each decision that was acknowledged against its case. In some of the rounds mottak is frozen, and
//! in others the line that came of it is being decided. `SIGKILL` leaves the page cache: this shows that a process may die, not
//! that a machine may lose power.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use identifikator::Serie;
use informasjonsmodell::{Entitet, Innhold};
use konsistens::gjennomgaa;
use register::{Personnummer, Register};
use saksbehandling::{Beslutning, Hva, Resultat, Saksbehandler, Tilstand};
use serde_json::Value;
use syntetisk_befolkning::Nasjon;
use tilgang::Projeksjon;

use crate::dnummer::{REKVISISJON, flerdelt, rekvisisjon};
use crate::mottak::{doedsfall, farskap_foer_foedsel, foedsel, mellom};
use crate::produsent::{kjoeretid, klient, tls_base};
use crate::program::{PROGRAM, Tjener, kjoer_paa, ny_mappe};

const PERSONER: u32 = 300;
/// The demo's producers that send here, and the `kilde` of each in messages of deaths.
const AVSENDERE: [(&str, &str, &str); 4] = [
    ("sykehus", "314200004", "helse"),
    ("tingrett", "314200012", "tingretten"),
    ("nav", "314200020", "nav"),
    ("folkeregistermyndigheten", "314200055", "helse"),
];

/// A stream of its own, the same each time.
#[derive(Clone)]
struct Lodd(u64);

impl Lodd {
    fn under(&mut self, antall: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % antall
    }
}

/// A message, and the receipt that its sender has had.
struct Melding {
    id: String,
    ressurs: &'static str,
    xml: String,
    /// What the file holds that comes with it.
    fil: Option<String>,
    kvittering: Option<String>,
}

/// What the file is called.
const FILNAVN: &str = "pass.pdf";

impl Melding {
    /// Where it is sent, as what, and how.
    fn innsending(&self) -> (String, String, String) {
        match &self.fil {
            None => (self.ressurs.to_owned(), "application/xml".to_owned(), self.xml.clone()),
            Some(fil) => {
                let (kropp, type_) = flerdelt(&self.xml, &[(FILNAVN, fil)]);
                (format!("{}.vedlegg", self.ressurs), type_, kropp)
            }
        }
    }
}

/// One sender, and everything that it has sent.
struct Avsender {
    navn: &'static str,
    kilde: &'static str,
    lodd: Lodd,
    meldinger: Vec<Melding>,
    /// Receipts that came again, and were the same.
    gjentatt: usize,
}

struct Folk {
    alle: Vec<String>,
    kvinner: Vec<String>,
}

impl Folk {
    fn i_nasjonen() -> Self {
        let nasjon = Nasjon::new(2026, PERSONER).unwrap();
        let mut folk = Folk {
            alle: Vec::new(),
            kvinner: Vec::new(),
        };
        for dokument in (0..nasjon.grupper()).flat_map(|g| nasjon.gruppe(g)) {
            let gjeldende = |entitet| dokument.av(entitet).find(|o| o.metadata.er_gjeldende == Some(true));
            let Some(Innhold::Identifikasjonsnummer(nr)) =
                gjeldende(Entitet::Identifikasjonsnummer).map(|o| &o.innhold)
            else {
                continue;
            };
            let nr = nr.foedselsnummer.som_tekst().to_owned();
            let kvinne = gjeldende(Entitet::Kjoenn).is_some_and(
                |o| matches!(&o.innhold, Innhold::Kjoenn(k) if k.kjoenn == informasjonsmodell::kodeverk::Kjoenn::Kvinne),
            );
            if kvinne {
                folk.kvinner.push(nr.clone());
            }
            folk.alle.push(nr);
        }
        folk
    }
}

impl Avsender {
    /// A new message: births most, since they have no end; and what waits, what is in doubt, and what is searched for.
    fn ny(&mut self, folk: &Folk, dag: &str) {
        let id = format!("{}-{}", self.navn, self.meldinger.len());
        let mor = folk.kvinner[self.lodd.under(folk.kvinner.len())].clone();
        let noen = folk.alle[self.lodd.under(folk.alle.len())].clone();
        let slag = match self.navn {
            "tingrett" => 5,
            "nav" => 2 + self.lodd.under(6),
            "folkeregistermyndigheten" => self.lodd.under(8),
            _ => self.lodd.under(6),
        };
        let mut fil = None;
        let (ressurs, xml) = match slag {
            0 | 1 => ("foedsel_v1", foedsel(&id, &mor, dag)),
            2 | 3 => ("farskap_v1", farskap_foer_foedsel(&id, &noen, &mor, dag)),
            4 | 5 => ("doedsfall_v1", doedsfall(&id, &noen, dag, self.kilde)),
            // Of so few days that some may be the same as one before.
            _ => {
                let fornavn = ["Darja", "Milena", "Oksana"][self.lodd.under(3)];
                let foedt = format!("19{}-05-{:02}", 60 + self.lodd.under(30), 1 + self.lodd.under(3));
                fil = Some(format!("kopien til {id}"));
                (REKVISISJON, rekvisisjon(&id, fornavn, &foedt, &[FILNAVN]))
            }
        };
        self.meldinger.push(Melding {
            id,
            ressurs,
            xml,
            fil,
            kvittering: None,
        });
    }

    /// Sends until the server is gone or `maks` were answered: first what nobody answered, then some that was, then new ones.
    async fn send(&mut self, klient: &reqwest::Client, base: &str, folk: &Folk, dag: &str, maks: usize) {
        let mut venter: Vec<usize> = (0..self.meldinger.len())
            .filter(|nr| self.meldinger[*nr].kvittering.is_none())
            .collect();
        for _ in 0..3 {
            if !self.meldinger.is_empty() {
                venter.push(self.lodd.under(self.meldinger.len()));
            }
        }
        let mut besvart = 0;
        let mut venter = venter.into_iter();
        while besvart < maks {
            let nr = venter.next().unwrap_or_else(|| {
                self.ny(folk, dag);
                self.meldinger.len() - 1
            });
            let melding = &mut self.meldinger[nr];
            let (ressurs, type_, kropp) = melding.innsending();
            let url = format!("{base}/folkeregisteret/mottak/api/{ressurs}");
            let kall = klient.post(url).header("content-type", type_).body(kropp);
            let Ok(svar) = kall.send().await else { return };
            let status = svar.status().as_u16();
            let Ok(kropp) = svar.text().await else { return };
            assert_eq!(status, 202, "{kropp}");
            besvart += 1;
            match &melding.kvittering {
                // The same message has the same receipt, whatever came between.
                Some(foer) => {
                    assert_eq!(*foer, kropp);
                    self.gjentatt += 1;
                }
                None => melding.kvittering = Some(kropp),
            }
        }
    }
}

/// Somebody who decides what waits for somebody, by the command: while the server runs, and when it has just been killed.
struct Vakt {
    lodd: Lodd,
    /// Cases whose decision was acknowledged.
    bekreftet: BTreeMap<u32, &'static str>,
}

impl Vakt {
    fn avgjoer(&mut self, mappe: &Path, ferdig: &AtomicBool) {
        while !ferdig.load(Ordering::Relaxed) {
            let liste = kjoer_paa(mappe, &["sak", "liste", "--json", "--antall", "100000"]);
            // The server was killed in the middle of its answer.
            if liste.kode != Some(0) {
                continue;
            }
            let alle: Vec<Value> = serde_json::from_str(&liste.ut).unwrap();
            let mut venter = alle.iter().filter(|sak| sak["tilstand"] == "til manuell behandling");
            let antall = venter.clone().count();
            if antall == 0 {
                std::thread::sleep(Duration::from_millis(5));
                continue;
            }
            let sak = venter.nth(self.lodd.under(antall)).unwrap();
            let hvordan = ["godkjenn", "avvis"][self.lodd.under(2)];
            let nr = sak["nr"].as_u64().unwrap();
            if kjoer_paa(mappe, &["sak", hvordan, &nr.to_string()]).kode != Some(0) {
                continue;
            }
            let foer = self.bekreftet.insert(u32::try_from(nr).unwrap(), hvordan);
            // A fatherhood that was approved waits for the birth, and may be in doubt once more.
            let igjen = foer == Some("godkjenn") && sak["meldingstype"] == "farskap_v1";
            assert!(foer.is_none() || igjen, "sak {nr} var avgjort: {foer:?}");
        }
    }
}

/// What was counted over all rounds.
#[derive(Default)]
struct Regnskap {
    runder: u32,
    /// Rounds in which the server was killed before it had said that it was ready.
    under_oppstart: u32,
    /// Rounds in which mottak was frozen.
    fryst: u32,
}

// Publishes a notice that freezes mottak, and gives its number.
fn frys(mappe: &Path) -> String {
    let hva = [
        "--slag",
        "planlagtVedlikehold",
        "--tilstand",
        "paagaar",
        "--tjeneste",
        "mottak",
    ];
    let hvordan = [
        "--virkning",
        "ikkeOppdatert",
        "--knyttet",
        "--tittel",
        "Frys",
        "--tekst",
        "x",
    ];
    let ut = kjoer_paa(mappe, &[&["driftsmelding", "ny"], &hva[..], &hvordan].concat()).lyktes();
    ut.split([' ', ':']).nth(1).unwrap().to_owned()
}

// The freeze is over.
fn tin(mappe: &Path, frysing: Option<String>) {
    if let Some(nummer) = frysing {
        kjoer_paa(mappe, &["driftsmelding", "loes", &nummer]).lyktes();
    }
}

// Until nobody waits in line.
fn vent_paa_koeen(tjener: &Tjener) {
    let frist = Instant::now() + Duration::from_secs(60);
    while tjener
        .kommando(&["sak", "liste", "--antall", "100000"])
        .lyktes()
        .contains("i kø")
    {
        assert!(Instant::now() < frist, "køen ble ikke tom");
        std::thread::sleep(Duration::from_millis(50));
    }
}

// Sends from all at once, and kills the server meanwhile.
fn runde(
    mappe: &Path,
    avsendere: &[Mutex<Avsender>],
    vakt: &mut Vakt,
    folk: &Arc<Folk>,
    dag: &str,
    drep_etter: Option<Duration>,
) {
    let mut tjener = Tjener::i_mappe(mappe, &[], &[]);
    tjener.behold_mappen();
    let ca =
        std::fs::read_to_string(mappe.join("tls/ca.pem")).unwrap_or_else(|_| tjener.kommando(&["tls", "ca"]).lyktes());
    let base = tls_base(mappe);
    let ferdig = AtomicBool::new(false);
    std::thread::scope(|alle| {
        alle.spawn(|| vakt.avgjoer(mappe, &ferdig));
        let mut sender = Vec::new();
        for avsender in avsendere {
            let (ca, base, folk) = (ca.clone(), base.clone(), folk.clone());
            sender.push(alle.spawn(move || {
                let mut avsender = avsender.lock().unwrap();
                let les = |ende: &str| {
                    std::fs::read_to_string(mappe.join(format!("tls/produsenter/{}.{ende}", avsender.navn))).unwrap()
                };
                let klient = klient(&ca, Some(&(les("pem") + &les("noekkel"))));
                let maks = if drep_etter.is_some() {
                    usize::MAX
                } else {
                    avsender.ubesvart() + 20
                };
                kjoeretid().block_on(avsender.send(&klient, &base, &folk, dag, maks));
            }));
        }
        if let Some(etter) = drep_etter {
            std::thread::sleep(etter);
            tjener.signal("KILL");
        }
        let sendt = sender.into_iter().map(|s| s.join()).filter(Result::is_err).count();
        ferdig.store(true, Ordering::Relaxed);
        assert_eq!(sendt, 0, "en avsender stoppet");
    });
    if drep_etter.is_none() {
        vent_paa_koeen(&tjener);
        assert_eq!(tjener.avbryt().0.code(), Some(0));
    }
}

impl Avsender {
    fn ubesvart(&self) -> usize {
        self.meldinger.iter().filter(|m| m.kvittering.is_none()).count() + 3
    }
}

// Killed while it opens the folder.
fn drep_under_oppstart(mappe: &Path, etter: Duration) {
    let mut kommando = Command::new(PROGRAM);
    kommando
        .args(["demo", "--uten-helsekopi", "--port", "0", "--data"])
        .arg(mappe);
    let mut barn = kommando.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(etter);
    barn.kill().unwrap();
    barn.wait().unwrap();
}

/// How many of each came of what was sent.
#[derive(Debug, Default)]
struct Utfall {
    meldinger: usize,
    godkjent: BTreeMap<&'static str, u64>,
    aapne: usize,
    ventet: usize,
    /// Those that came with a file.
    med_fil: usize,
    /// Cases that were decided by somebody, and acknowledged.
    av_noen: usize,
}

// Every message that was acknowledged against cases, feedback, register and feeds.
fn regnskap(mappe: &Path, avsendere: &[Mutex<Avsender>], vakt: &Vakt, foer: u64) -> Utfall {
    let register = Arc::new(Register::aapne(mappe).unwrap());
    let (saksmappe, noekkel) = (mappe.join("saker"), mappe.join("noekler/saksmeldinger"));
    let saker = Saksbehandler::aapne(register.clone(), &saksmappe, &noekkel, Serie::Tenor).unwrap();
    let mut ut = Utfall::default();
    let mut sett = BTreeSet::new();
    let (mut nye, mut doede) = (BTreeSet::new(), BTreeSet::new());
    for ((_, organisasjon, _), avsender) in AVSENDERE.iter().zip(avsendere) {
        let avsender = avsender.lock().unwrap();
        let mut fortalt: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        let (mut seq, mut forrige) = (1, 0);
        loop {
            let side = saker.tilbakemeldinger(organisasjon, seq, true, 1_000).unwrap();
            let Some(siste) = side.last() else { break };
            assert!(
                side.iter().map(|t| t.seq).eq(seq..=siste.seq),
                "tilbakemeldingene har hull"
            );
            seq = siste.seq + 1;
            for t in side {
                // First told of in the order that they were received, frozen or not; a fatherhood may wait for a birth.
                if t.sak.ressurs != "farskap_v1" && !fortalt.contains_key(&t.sak.melding) {
                    assert!(t.sak.nr > forrige, "sak {} ble avgjort etter {forrige}", t.sak.nr);
                    forrige = t.sak.nr;
                }
                fortalt.entry(t.sak.melding.clone()).or_default().push(t.sak.nr);
            }
        }
        for melding in &avsender.meldinger {
            let kvittering = melding.kvittering.as_ref().expect("alle er besvart til slutt");
            let (id, referanse) = (&melding.id, mellom(kvittering, "folkeregisterReferanse"));
            // One case, whatever was sent again.
            let numre: BTreeSet<u32> = fortalt.get(id).into_iter().flatten().copied().collect();
            let nr = match numre.first() {
                Some(nr) if numre.len() == 1 => *nr,
                // A case that waits has told nobody anything.
                None => {
                    ut.ventet += 1;
                    let sted = finn_ventende(&saker, organisasjon, id);
                    sted.unwrap_or_else(|| panic!("{id} har ingen sak"))
                }
                Some(_) => panic!("{id} har sakene {numre:?}"),
            };
            let sak = saker.sak(nr).unwrap().unwrap();
            assert!(sett.insert(nr), "sak {nr} er to meldingers");
            assert_eq!((sak.referanse.as_str(), sak.melding.as_str()), (referanse, id.as_str()));
            ut.meldinger += 1;
            ut.med_fil += usize::from(melding.fil.is_some());
            let filer: Vec<_> = saker.filer(nr).unwrap().into_iter().map(|f| f.innhold).collect();
            let beslutninger: Vec<&Hva> = sak
                .hendelser
                .iter()
                .map(|h| &h.hva)
                .filter(|h| matches!(h, Hva::Beslutning { .. }))
                .collect();
            assert_ne!(sak.tilstand, Tilstand::IKoe, "sak {nr} er i kø");
            if sak.tilstand == Tilstand::Avgjort {
                assert_eq!(beslutninger.len(), 1, "sak {nr}");
                assert_eq!(saker.melding(nr).unwrap(), None, "meldingen i sak {nr} er ikke kastet");
                assert!(filer.is_empty(), "filene i sak {nr} er ikke kastet");
                if let Some(Hva::Beslutning {
                    beslutning,
                    resultat,
                    opprettet,
                    ..
                }) = beslutninger.first()
                {
                    assert_ne!(*resultat, Resultat::MaaSendesPaaNytt, "meldingen i sak {nr} ble borte");
                    if beslutning.kode() == "godkjent" {
                        *ut.godkjent.entry(melding.ressurs).or_default() += 1;
                        if melding.ressurs == "doedsfall_v1" {
                            assert!(doede.insert(mellom(&melding.xml, "foedselsnummer").to_owned()));
                        }
                        nye.extend(opprettet.as_ref().map(|ny| ny.nummer.clone()));
                    }
                }
            } else {
                assert_eq!(beslutninger.len(), 0, "sak {nr}");
                let lagret = saker.melding(nr).unwrap();
                assert_eq!(lagret.as_deref(), Some(melding.xml.as_bytes()), "meldingen i sak {nr}");
                let sendt = melding.fil.iter().map(String::as_bytes);
                assert!(sendt.eq(&filer), "filene i sak {nr}");
                ut.aapne += 1;
            }
        }
        assert_eq!(
            fortalt.len() + ut_ventende(&avsender, &fortalt),
            avsender.meldinger.len()
        );
    }
    for (nr, hvordan) in &vakt.bekreftet {
        let sak = saker.sak(*nr).unwrap().unwrap();
        let besluttet = sak.hendelser.iter().find_map(|h| match &h.hva {
            Hva::Beslutning { beslutning, .. } => Some(*beslutning),
            Hva::TilManuellBehandling { .. } => None,
        });
        let staar = match *hvordan {
            "avvis" => besluttet == Some(Beslutning::Avvist),
            // A fatherhood that was approved before the child is born waits for the birth.
            _ if sak.ressurs == "farskap_v1" => sak.tilstand != Tilstand::IKoe,
            _ => matches!(besluttet, Some(Beslutning::Godkjent | Beslutning::Registrert)),
        };
        assert!(staar, "sak {nr} ble bekreftet med {hvordan}, og er {besluttet:?}");
        ut.av_noen += 1;
    }
    // No case but these.
    assert_eq!(sett, (1..=u32::try_from(sett.len()).unwrap()).collect());
    assert!(saker.sak(u32::try_from(sett.len()).unwrap() + 1).unwrap().is_none());
    let les = register.les().unwrap();
    for projeksjon in Projeksjon::ALLE {
        let (mut neste, siste) = (1, les.siste_sekvensnummer(projeksjon).unwrap());
        while neste <= siste {
            for e in les.feed(projeksjon, neste, 1_000).unwrap() {
                assert_eq!(e.sekvensnummer, neste, "{projeksjon:?}");
                neste += 1;
            }
        }
    }
    // Each birth and each death once, and none that no message told of.
    let mut hendelser: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut fra = foer + 1;
    loop {
        let side = les.feed(Projeksjon::MedHjemmel, fra, 1_000).unwrap();
        let Some(siste) = side.last() else { break };
        fra = siste.sekvensnummer + 1;
        for e in side {
            let slag = e.hendelsestype.navn().to_owned();
            hendelser.entry(slag).or_default().push(e.folkeregisteridentifikator);
        }
    }
    // By person: a message may give a number that somebody has had, and an event stands on the one in use.
    let hvem = |nummer: &String| les.finn_nummer(nummer.parse().unwrap()).unwrap().unwrap();
    let mut en_gang = |slag: &str, ventet: &BTreeSet<String>| {
        let ventet: BTreeSet<Personnummer> = ventet.iter().map(hvem).collect();
        let mut ble: Vec<Personnummer> = hendelser.remove(slag).unwrap_or_default().iter().map(hvem).collect();
        ble.sort_unstable();
        assert!(
            ble.iter().eq(&ventet),
            "{slag}: {} hendelser, ventet {}",
            ble.len(),
            ventet.len()
        );
    };
    en_gang("personErOpprettet", &nye);
    en_gang("personErDoed", &doede);
    drop(les);
    assert_eq!(register.verifiser(&mut |_| {}).unwrap(), []);
    let rapport = gjennomgaa(&register.les().unwrap(), 1, usize::MAX, &mut |_, _| {}).unwrap();
    assert_eq!((rapport.brudd, rapport.uleselige), (BTreeMap::new(), 0));
    ut
}

fn finn_ventende(saker: &Saksbehandler, organisasjon: &str, id: &str) -> Option<u32> {
    let alle = saker.aapne_saker(0, usize::MAX).unwrap();
    let mut funnet = alle
        .iter()
        .filter(|s| s.organisasjon == organisasjon && s.melding == id);
    let sak = funnet.next()?;
    assert!(
        funnet.next().is_none() && sak.tilstand == Tilstand::VenterPaaFoedsel,
        "{id}"
    );
    Some(sak.nr)
}

fn ut_ventende(avsender: &Avsender, fortalt: &BTreeMap<String, Vec<u32>>) -> usize {
    avsender
        .meldinger
        .iter()
        .filter(|m| !fortalt.contains_key(&m.id))
        .count()
}

/// Eight rounds here, 500 in the long form; `RUNDER` says otherwise.
#[test]
fn paalitelighet_02_drap_i_mottak_gir_hver_melding_ett_utfall() {
    let lang = std::env::var("PAALITELIGHET").is_ok_and(|v| v == "lang");
    let oensket = std::env::var("RUNDER").ok().and_then(|r| r.parse().ok());
    let runder: u32 = oensket.unwrap_or(if lang { 500 } else { 8 });
    let mappe = ny_mappe();
    {
        let mut tjener = Tjener::i_mappe(&mappe, &["--personer", &PERSONER.to_string()], &[]);
        tjener.behold_mappen();
        assert_eq!(tjener.avbryt().0.code(), Some(0));
    }
    let foer = {
        let register = Register::aapne(&mappe).unwrap();
        let les = register.les().unwrap();
        les.siste_sekvensnummer(Projeksjon::MedHjemmel).unwrap()
    };
    let folk = Arc::new(Folk::i_nasjonen());
    let dag = crate::mottak::i_gaar();
    let avsendere: Vec<Mutex<Avsender>> = AVSENDERE
        .into_iter()
        .enumerate()
        .map(|(nr, (navn, _, kilde))| {
            Mutex::new(Avsender {
                navn,
                kilde,
                lodd: Lodd(nr as u64 + 1),
                meldinger: Vec::new(),
                gjentatt: 0,
            })
        })
        .collect();
    let mut vakt = Vakt {
        lodd: Lodd(5),
        bekreftet: BTreeMap::new(),
    };
    let (mut lodd, mut regnet) = (Lodd(500), Regnskap::default());
    let mut frysing = None;
    while regnet.runder < runder {
        regnet.runder += 1;
        // Two rounds frozen, two in which those who waited are decided while others come.
        match regnet.runder % 4 {
            2 => frysing = Some(frys(&mappe)),
            0 => tin(&mappe, frysing.take()),
            _ => {}
        }
        regnet.fryst += u32::from(frysing.is_some());
        let etter = |lodd: &mut Lodd, maks| Duration::from_millis(lodd.under(maks) as u64);
        if regnet.runder % 10 == 5 {
            drep_under_oppstart(&mappe, etter(&mut lodd, 300));
            regnet.under_oppstart += 1;
        } else {
            let naar = Duration::from_millis(20) + etter(&mut lodd, 330);
            runde(&mappe, &avsendere, &mut vakt, &folk, &dag, Some(naar));
        }
    }
    tin(&mappe, frysing);
    // Nobody kills any more: what was not answered is.
    runde(&mappe, &avsendere, &mut vakt, &folk, &dag, None);
    let revisjon = kjoer_paa(&mappe, &["audit", "verify"]).lyktes();
    assert!(revisjon.contains(" 0 funn"), "{revisjon}");
    let utfall = regnskap(&mappe, &avsendere, &vakt, foer);
    let gjentatt: usize = avsendere.iter().map(|a| a.lock().unwrap().gjentatt).sum();
    // What never happened was never tried.
    assert!(
        gjentatt > 0 && utfall.aapne > utfall.ventet && utfall.ventet > 0,
        "{gjentatt} {utfall:?}"
    );
    for ressurs in ["foedsel_v1", "doedsfall_v1", REKVISISJON] {
        assert!(utfall.godkjent.get(ressurs).is_some_and(|n| *n > 0), "{utfall:?}");
    }
    println!("TALL 02 drap_i_mottak {} drap >= 8", regnet.runder);
    println!(
        "TALL 02 drap_i_mottak_under_oppstart {} drap >= 1",
        regnet.under_oppstart
    );
    println!("TALL 02 drap_i_mottak_fryst {} drap >= 4", regnet.fryst);
    println!("TALL 02 drap_i_mottak_meldinger {} meldinger >= 50", utfall.meldinger);
    println!("TALL 02 drap_i_mottak_med_fil {} meldinger >= 10", utfall.med_fil);
    println!("TALL 02 drap_i_mottak_avgjort_av_noen {} saker >= 5", utfall.av_noen);
    println!("TALL 02 drap_i_mottak_uten_ett_utfall 0 meldinger = 0");
    std::fs::remove_dir_all(&mappe).unwrap();
}
