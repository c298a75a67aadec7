//! A producer's whole way on the whole program: certificate, message, receipt, decision, feedback, and what consumers then see.
//!
//! Needs no contracts but its own: the documents that come back are held against the schemas that are served.

use std::time::{Duration, Instant};

use meldinger::kontroll::{Skjemakontroll as _, Xsdkontroll};
use meldinger::{Svardokument, tre};
use revisjonslogg::post::Post;
use serde_json::Value;
use tilgang::Pakke;
use tokio::runtime::Runtime;

use crate::http::Kall;
use crate::produsent::{kjoeretid, klient, tls_base};
use crate::program::Tjener;

const MOTTAK: &str = "/folkeregisteret/mottak/api";
const TILBAKEMELDING: &str = "/folkeregisteret/tilbakemelding/api/v2/hendelser";

/// A server with producers, and how each of them calls it.
pub struct Mottak {
    pub tjener: Tjener,
    kjoeretid: Runtime,
    pub base: String,
    ca: String,
}

#[derive(Debug)]
pub struct Svar {
    pub status: u16,
    pub medietype: String,
    pub etag: String,
    pub kropp: String,
}

impl Mottak {
    pub fn start() -> Self {
        Self::om(Tjener::start(150))
    }

    pub fn om(tjener: Tjener) -> Self {
        Mottak {
            base: tls_base(&tjener.mappe),
            ca: tjener.kommando(&["tls", "ca"]).lyktes(),
            kjoeretid: kjoeretid(),
            tjener,
        }
    }

    /// A demo's producer, or somebody without a certificate.
    pub fn som(&self, navn: Option<&str>) -> reqwest::Client {
        let mappe = self.tjener.mappe.join("tls/produsenter");
        let les = |navn: &str, ende: &str| std::fs::read_to_string(mappe.join(format!("{navn}.{ende}"))).unwrap();
        let identitet = navn.map(|navn| les(navn, "pem") + &les(navn, "noekkel"));
        klient(&self.ca, identitet.as_deref())
    }

    pub fn kall(&self, bygger: reqwest::RequestBuilder) -> Svar {
        self.kjoeretid.block_on(async {
            let svar = bygger.timeout(Duration::from_secs(20)).send().await.unwrap();
            let hode = |navn: &str| svar.headers().get(navn).map_or("", |v| v.to_str().unwrap()).to_owned();
            Svar {
                status: svar.status().as_u16(),
                medietype: hode("content-type"),
                etag: hode("etag"),
                kropp: svar.text().await.unwrap(),
            }
        })
    }

    pub fn url(&self, ressurs: &str) -> String {
        format!("{}{MOTTAK}/{ressurs}", self.base)
    }

    pub fn proev(&self, navn: Option<&str>, ressurs: &str) -> u16 {
        self.kall(self.som(navn).head(self.url(ressurs))).status
    }

    pub fn send(&self, navn: Option<&str>, ressurs: &str, xml: impl Into<String>) -> Svar {
        let bygger = self
            .som(navn)
            .post(self.url(ressurs))
            .header("content-type", "application/xml");
        self.kall(bygger.body(xml.into()))
    }

    pub fn hent(&self, navn: Option<&str>, spoerring: &str, hoder: &[(&str, &str)]) -> Svar {
        let bygger = self.som(navn).get(format!("{}{TILBAKEMELDING}{spoerring}", self.base));
        self.kall(hoder.iter().fold(bygger, |b, (navn, verdi)| b.header(*navn, *verdi)))
    }

    pub fn hendelser(&self, navn: &str) -> Vec<Value> {
        let svar = self.hent(Some(navn), "", &[("accept", "application/json")]);
        assert_eq!(
            (svar.status, svar.medietype.as_str()),
            (200, "application/json"),
            "{svar:?}"
        );
        serde_json::from_str(&svar.kropp).unwrap()
    }

    pub fn person(&self, nr: &str) -> Value {
        let alt = "?part=person-basis&part=historikk";
        self.konsument(&format!("personer/{nr}{alt}"))
    }

    pub fn konsument(&self, sti: &str) -> Value {
        let pakke = Pakke::OffentligMedHjemmel;
        let token = self.tjener.kommando(&["token", "--pakke", pakke.kortnavn()]).lyktes();
        Kall::ny(&self.tjener, pakke, sti)
            .token(token.trim_end())
            .send()
            .ok()
            .json()
    }

    pub fn siste(&self) -> u64 {
        let pakke = Pakke::OffentligMedHjemmel;
        let token = self.tjener.kommando(&["token", "--pakke", pakke.kortnavn()]).lyktes();
        let svar = Kall::ny(&self.tjener, pakke, "hendelser/siste/sekvensnummer").token(token.trim_end());
        svar.send().ok().tekst().trim().parse().unwrap()
    }

    pub fn navngitt(&self, navn: &str) -> String {
        let alle = self.tjener.kommando(&["navngitte", "--json"]).lyktes();
        let alle: Value = serde_json::from_str(&alle).unwrap();
        alle[navn].as_str().unwrap().to_owned()
    }

    /// Until what came while mottak was frozen has been decided.
    pub fn vent_til_koeen_er_tom(&self) {
        let frist = Instant::now() + Duration::from_secs(20);
        while self.saker().iter().any(|sak| sak["tilstand"] == "i kø") {
            assert!(Instant::now() < frist, "køen ble ikke tom");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub fn saker(&self) -> Vec<Value> {
        serde_json::from_str(&self.tjener.kommando(&["sak", "liste", "--json"]).lyktes()).unwrap()
    }
}

/// A synthetic number that nobody has been given in a demo: a month of eighty more, far from what a demo gives out first.
const UKJENT: &str = "12855700628";

pub fn doedsfall(id: &str, nr: &str, dato: &str, kilde: &str) -> String {
    let tidspunkt = format!("{dato}T12:00:00+01:00");
    format!(
        "<meldingOmDoedsfall xmlns='folkeregisteret:melding:doedsfall:v1'><innsending>\
         <avsendersMeldingsidentifikator>{id}</avsendersMeldingsidentifikator>\
         <avsendersInnsendingstidspunkt>{tidspunkt}</avsendersInnsendingstidspunkt></innsending><forespoersel>\
         <forespoerselssdato>{dato}</forespoerselssdato><kilde>{kilde}</kilde>\
         <avsendersSaksreferanse>S-{id}</avsendersSaksreferanse><avsendersSaksbehandler>vakt</avsendersSaksbehandler>\
         <doedPerson><foedselsnummer>{nr}</foedselsnummer><doedsdato>{dato}</doedsdato></doedPerson>\
         </forespoersel></meldingOmDoedsfall>"
    )
}

pub fn foedsel(id: &str, mor: &str, dato: &str) -> String {
    format!(
        "<foedselsmelding xmlns='folkeregisteret:melding:nyfolkeregisterperson:foedselsmelding:v1'><innsending>\
         <avsendersMeldingsidentifikator>{id}</avsendersMeldingsidentifikator>\
         <avsendersInnsendingstidspunkt>{dato}T12:00:00+01:00</avsendersInnsendingstidspunkt></innsending><forespoersel>\
         <foedsel><foreldreBorSammen>false</foreldreBorSammen><foreldreErGift>false</foreldreErGift>\
         <barn><foedselsdato>{dato}</foedselsdato><erLevendefoedt>true</erLevendefoedt><kjoenn>kvinne</kjoenn></barn>\
         <mor><foedselsEllerDNummer>{mor}</foedselsEllerDNummer></mor>\
         <foedested><foedselsinstitusjonsnavn>Prøvesykehuset</foedselsinstitusjonsnavn>\
         <foedekommunenummer>0301</foedekommunenummer><foedekommunenavn>Oslo</foedekommunenavn></foedested></foedsel>\
         <registreringsdato>{dato}</registreringsdato><erKorrigertForespoersel>false</erKorrigertForespoersel>\
         </forespoersel></foedselsmelding>"
    )
}

/// A fatherhood that waits for the mother's child.
pub fn farskap_foer_foedsel(id: &str, far: &str, mor: &str, dato: &str) -> String {
    format!(
        "<meldingOmRegistreringAvFarskap xmlns='folkeregisteret:melding:farskap:v1'><innsending>\
         <avsendersMeldingsidentifikator>{id}</avsendersMeldingsidentifikator>\
         <avsendersInnsendingstidspunkt>{dato}T12:00:00+01:00</avsendersInnsendingstidspunkt></innsending><forespoersel>\
         <registreringsdato>{dato}</registreringsdato><innsender><innsendertype>nav</innsendertype></innsender>\
         <saksbehandlersVurdering><skjemaErAttestert>true</skjemaErAttestert>\
         <vedlagtFarskapsskjemaErOriginalt>true</vedlagtFarskapsskjemaErOriginalt></saksbehandlersVurdering>\
         <barnet><erFoedt>false</erFoedt></barnet>\
         <far><foedselsEllerDNummer>{far}</foedselsEllerDNummer><datoForErklaeringen>{dato}</datoForErklaeringen>\
         <harSignert>true</harSignert></far>\
         <mor><foedselsEllerDNummer>{mor}</foedselsEllerDNummer><harSignert>true</harSignert></mor>\
         <foreldreBorSammen>false</foreldreBorSammen></forespoersel></meldingOmRegistreringAvFarskap>"
    )
}

pub fn i_gaar() -> String {
    let naa = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
    naa.date().yesterday().unwrap().to_string()
}

/// What is between an element's tags.
pub fn mellom<'a>(xml: &'a str, navn: &str) -> &'a str {
    let (_, etter) = xml
        .split_once(&format!("<{navn}>"))
        .unwrap_or_else(|| panic!("{navn}: {xml}"));
    etter.split_once("</").unwrap().0
}

#[test]
fn a_message_is_received_decided_told_of_and_seen_by_consumers() {
    let m = Mottak::start();
    let (nr, dato) = (m.navngitt("gift"), i_gaar());
    let foer = m.siste();
    let melding = doedsfall("A1", &nr, &dato, "helse");
    let kvittering = m.send(Some("sykehus"), "doedsfall_v1", &melding);
    assert_eq!(
        (kvittering.status, kvittering.medietype.as_str()),
        (202, "application/xml"),
        "{kvittering:?}"
    );
    assert!(kvittering.kropp.contains("<meldingMottatt>"), "{}", kvittering.kropp);
    let referanse = mellom(&kvittering.kropp, "folkeregisterReferanse").to_owned();
    assert_eq!(mellom(&kvittering.kropp, "avsendersMeldingsidentifikator"), "A1");
    // The same again is the same, and does nothing.
    let igjen = m.send(Some("sykehus"), "doedsfall_v1", &melding);
    assert_eq!((igjen.status, igjen.kropp.as_str()), (202, kvittering.kropp.as_str()));
    // Another under the same name is refused.
    let annen = m.send(
        Some("sykehus"),
        "doedsfall_v1",
        doedsfall("A1", &nr, "2020-01-01", "helse"),
    );
    assert_eq!(
        (annen.status, mellom(&annen.kropp, "feilkode")),
        (400, "FREG-045"),
        "{annen:?}"
    );

    // Consumers have it at once.
    let person = m.person(&nr);
    assert_eq!(person["doedsfall"]["doedsdato"], dato.as_str(), "{person}");
    let status = person["status"]
        .as_array()
        .unwrap()
        .iter()
        .find(|s| s["erGjeldende"] == true)
        .unwrap();
    assert_eq!(status["status"], "doed");
    let feed = m.konsument(&format!("hendelser/feed?seq={}", foer + 1));
    let slag = |h: &Value| {
        (
            h["hendelse"]["folkeregisteridentifikator"].as_str().unwrap().to_owned(),
            h["hendelse"]["hendelsetype"].as_str().unwrap().to_owned(),
        )
    };
    let alle: Vec<(String, String)> = feed.as_array().unwrap().iter().map(slag).collect();
    assert_eq!(
        alle.iter()
            .filter(|(hvem, slag)| *hvem == nr && slag == "personErDoed")
            .count(),
        1,
        "{alle:?}"
    );
    assert!(
        alle.iter()
            .any(|(hvem, slag)| *hvem != nr && slag == "endringISivilstand"),
        "{alle:?}"
    );

    // The sender is told, in both forms, and nobody else is.
    let hendelser = m.hendelser("sykehus");
    assert_eq!(hendelser.len(), 1);
    let info = &hendelser[0]["hendelseinfo"];
    assert_eq!(hendelser[0]["title"], "Hendelse i sak");
    assert_eq!(info["sakstype"], "doedsfall_v1");
    assert_eq!(info["avsendersSaksreferanse"], "S-A1");
    assert_eq!(info["meldingsreferanse"]["folkeregisterReferanse"], referanse.as_str());
    assert_eq!(info["saksbeslutning"]["beslutning"], "godkjent");
    assert_eq!(m.hendelser("tingrett"), Vec::<Value>::new());
    let atom = m.hent(Some("sykehus"), "", &[("accept", "application/atom+xml")]);
    assert_eq!((atom.status, atom.medietype.as_str()), (200, "application/atom+xml"));
    let feed = tre::les(atom.kropp.as_bytes()).unwrap();
    let oppfoering = feed.barn.iter().find(|b| b.navn == "entry").unwrap();
    let innhold = oppfoering.barn.iter().find(|b| b.navn == "content").unwrap();
    let dokument = &innhold.barn[0];
    let skjema = Svardokument::Folkeregistrering.skjema().unwrap();
    assert_eq!(Xsdkontroll::new(skjema).unwrap().sjekk(dokument), []);
    // What is unchanged is not sent again.
    let uendret = m.hent(
        Some("sykehus"),
        "",
        &[("accept", "application/atom+xml"), ("if-none-match", &atom.etag)],
    );
    assert_eq!(
        (uendret.status, uendret.kropp.as_str(), &uendret.etag),
        (304, "", &atom.etag)
    );
    let andre = m.hent(
        Some("tingrett"),
        "",
        &[("accept", "application/atom+xml"), ("if-none-match", &atom.etag)],
    );
    assert_eq!(andre.status, 200);
    assert!(!andre.kropp.contains(&referanse));
    // Nothing of it is in the log.
    let logg = m.tjener.logglinjer();
    assert!(!logg.contains(&nr) && !logg.contains("A1"), "{logg}");
}

#[test]
fn what_was_in_doubt_waits_for_somebody_and_is_then_decided() {
    let m = Mottak::start();
    let kvittering = m.send(
        Some("sykehus"),
        "doedsfall_v1",
        doedsfall("U1", UKJENT, &i_gaar(), "helse"),
    );
    assert_eq!(kvittering.status, 202, "{kvittering:?}");
    let hendelser = m.hendelser("sykehus");
    let venter = &hendelser[0]["hendelseinfo"]["sakTilManuellBehandling"];
    assert_eq!(venter["begrunnelse"].as_array().unwrap().len(), 1, "{hendelser:?}");
    assert!(venter["saksfrist"].is_string());
    let saker = m.saker();
    assert_eq!(saker.len(), 1, "{saker:?}");
    assert_eq!(saker[0]["tilstand"], "til manuell behandling");
    let sak = saker[0]["nr"].to_string();
    // Whoever lists sees nobody; whoever decides may see the message.
    assert!(!m.tjener.kommando(&["sak", "liste"]).lyktes().contains(UKJENT));
    assert!(!m.tjener.kommando(&["sak", "vis", &sak]).lyktes().contains(UKJENT));
    assert!(
        m.tjener
            .kommando(&["sak", "vis", &sak, "--melding"])
            .lyktes()
            .contains(UKJENT)
    );
    // Who read it is in the audit log.
    let mut lest = 0;
    revisjonslogg::gjennomgaa(&m.tjener.mappe.join("revisjon"), 0, &mut |post| {
        lest += usize::from(Post::les(&post.byte).unwrap().endepunkt == "sak vis --melding");
        true
    })
    .unwrap();
    assert_eq!(lest, 1);
    let feil = m.tjener.kommando(&["sak", "godkjenn", &sak]).feilet();
    assert!(!feil.contains(UKJENT), "{feil}");
    m.tjener.kommando(&["sak", "avvis", &sak]).lyktes();
    let hendelser = m.hendelser("sykehus");
    assert_eq!(hendelser.len(), 2);
    assert_eq!(hendelser[1]["hendelseinfo"]["saksbeslutning"]["beslutning"], "avvist");
    assert_eq!(m.saker(), Vec::<Value>::new());
    // Decided is decided, and the message is no longer kept.
    m.tjener.kommando(&["sak", "avvis", &sak]).feilet();
    assert!(
        !m.tjener
            .kommando(&["sak", "vis", &sak, "--melding"])
            .lyktes()
            .contains(UKJENT)
    );
    // In pages, both ways.
    let side = |spoerring: &str| -> Vec<String> {
        let svar = m.hent(Some("sykehus"), spoerring, &[("accept", "application/json")]);
        assert_eq!(svar.status, 200, "{svar:?}");
        let alle: Vec<Value> = serde_json::from_str(&svar.kropp).unwrap();
        alle.iter().map(|h| h["id"].as_str().unwrap().to_owned()).collect()
    };
    let numre: Vec<String> = hendelser.iter().map(|h| h["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(side("?pageSize=1"), numre[..1]);
    assert_eq!(side(&format!("?seq={}&pageSize=5", numre[1])), numre[1..]);
    assert_eq!(side("?direction=eldre&pageSize=1"), numre[1..]);
}

/// A new number is told to whoever sent the message; whoever has it can be told who that was.
#[test]
fn a_reading_that_tells_of_a_new_number_is_found_by_whoever_has_it() {
    let m = Mottak::start();
    let mor = m.navngitt("fortrolig");
    let svar = m.send(Some("sykehus"), "foedsel_v1", foedsel("F1", &mor, &i_gaar()));
    assert_eq!(svar.status, 202, "{svar:?}");
    let innsyn = |nr: &str| m.tjener.kommando(&["audit", "innsyn", nr, "--alt"]).lyktes();
    let lesninger = |nr: &str| -> Vec<String> {
        let alle = innsyn(nr);
        let av_tilbakemelding = alle.lines().filter(|l| l.contains("GET tilbakemelding/hendelser"));
        av_tilbakemelding.map(str::to_owned).collect()
    };
    // Another producer's reading, and one that is told nothing new, are no readings of the child's number.
    assert_eq!(m.hendelser("tingrett"), Vec::<Value>::new());
    let json = &[("accept", "application/json")];
    let svar = m.hent(Some("sykehus"), "", json);
    let alle: Vec<Value> = serde_json::from_str(&svar.kropp).unwrap();
    let opprettet = &alle[0]["hendelseinfo"]["saksbeslutning"]["opprettetFolkeregisterperson"];
    let barn = opprettet["foedselsEllerDNummer"].as_str().unwrap().to_owned();
    let uendret = [json[0], ("if-none-match", svar.etag.as_str())];
    assert_eq!(m.hent(Some("sykehus"), "", &uendret).status, 304);
    let funnet = lesninger(&barn);
    assert_eq!(funnet.len(), 1, "{funnet:?}");
    assert!(
        funnet[0].contains("  314200004  ")
            && funnet[0].contains("  identifikasjonsnummer  ")
            && funnet[0].ends_with("200"),
        "{funnet:?}"
    );
    // The mother was not told of, and the child sees no lookups of public bodies.
    assert_eq!(lesninger(&mor), Vec::<String>::new());
    assert!(
        m.tjener
            .kommando(&["audit", "innsyn", &barn])
            .lyktes()
            .ends_with("0 oppslag\n")
    );
    // A child of somebody protected is protected, and whoever was told of it is among those to be looked into.
    let vernede = m.tjener.kommando(&["audit", "vernede", "--personer"]).lyktes();
    assert!(
        vernede
            .lines()
            .any(|l| l.contains("  314200004  ") && l.ends_with(&barn)),
        "{vernede}"
    );
    // Told again is told again, in the other form too.
    m.hent(Some("sykehus"), "", &[("accept", "application/atom+xml")]);
    assert_eq!(lesninger(&barn).len(), 2);
    // Sealed as any other number of the log.
    for fil in std::fs::read_dir(m.tjener.mappe.join("revisjon")).unwrap() {
        let byte = std::fs::read(fil.unwrap().path()).unwrap_or_default();
        assert!(!byte.windows(11).any(|v| v == barn.as_bytes()));
    }
}

#[test]
fn whoever_may_not_send_is_told_so_and_what_is_not_a_message_is_refused() {
    let m = Mottak::start();
    assert_eq!(m.proev(Some("sykehus"), "doedsfall_v1"), 200);
    assert_eq!(m.proev(Some("sykehus"), "separasjon_v1"), 403);
    assert_eq!(m.proev(None, "doedsfall_v1"), 401);
    let (nr, dato) = (m.navngitt("gift"), i_gaar());
    let god = doedsfall("B1", &nr, &dato, "helse");
    let kode = |svar: &Svar| {
        assert!(svar.medietype.starts_with("application/xml"), "{svar:?}");
        assert!(!svar.kropp.contains(&nr), "{}", svar.kropp);
        (svar.status, mellom(&svar.kropp, "feilkode").to_owned())
    };
    let sendt = |navn, ressurs, xml: &str| kode(&m.send(navn, ressurs, xml));
    assert_eq!(sendt(None, "doedsfall_v1", &god), (401, "FREG-040".to_owned()));
    assert_eq!(
        sendt(Some("sykehus"), "separasjon_v1", &god),
        (403, "FREG-042".to_owned())
    );
    // The right kind of message, from a source it cannot speak for.
    let fra_retten = doedsfall("B2", &nr, &dato, "tingretten");
    assert_eq!(sendt(Some("sykehus"), "doedsfall_v1", &fra_retten).0, 403);
    assert_eq!(
        sendt(Some("sykehus"), "doedsfall_v1", "<a"),
        (400, "FREG-043".to_owned())
    );
    let uten_dato = god.replace(&format!("<doedsdato>{dato}</doedsdato>"), "");
    assert_eq!(
        sendt(Some("sykehus"), "doedsfall_v1", &uten_dato),
        (400, "FREG-044".to_owned())
    );
    let ekstern = format!("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/hostname'>]>{god}");
    assert_eq!(
        sendt(Some("sykehus"), "doedsfall_v1", &ekstern),
        (400, "FREG-043".to_owned())
    );
    let stor = format!("{god}<!--{}-->", "x".repeat(200_000));
    assert_eq!(sendt(Some("sykehus"), "doedsfall_v1", &stor).0, 413);
    let som = |hode: &str, verdi: &str| {
        let bygger = m.som(Some("sykehus")).post(m.url("doedsfall_v1"));
        kode(&m.kall(bygger.header(hode, verdi).body(god.clone()))).0
    };
    assert_eq!(som("content-type", "application/json"), 415);
    assert_eq!(som("accept", "application/json"), 406);
    // A kind of message that does not exist, and a method that is not one.
    assert_eq!(m.send(Some("sykehus"), "finnes_ikke_v1", &god).status, 404);
    assert_eq!(m.kall(m.som(Some("sykehus")).get(m.url("doedsfall_v1"))).status, 405);
    for spoerring in [
        "?seq=-1",
        "?seq=x",
        "?direction=opp",
        "?pageSize=0",
        "?pageSize=1001",
        "?pageSize=x",
    ] {
        let svar = m.hent(Some("sykehus"), spoerring, &[("accept", "application/json")]);
        assert_eq!(svar.status, 400, "{spoerring} {svar:?}");
        assert_eq!(
            serde_json::from_str::<Value>(&svar.kropp).unwrap()["kode"],
            "FREG-008",
            "{svar:?}"
        );
    }
    // Nothing of all this came into the register, and nobody is told of it.
    assert!(m.person(&nr).get("doedsfall").is_none());
    assert_eq!(m.hendelser("sykehus"), Vec::<Value>::new());
    // Blocked is blocked at once, for both interfaces.
    m.tjener
        .kommando(&["sperr", "--konsument", "314200004", "--grunn", "mistanke"])
        .lyktes();
    assert_eq!(m.proev(Some("sykehus"), "doedsfall_v1"), 403);
    assert_eq!(m.hent(Some("sykehus"), "", &[]).status, 403);
}

#[test]
fn no_route_of_producers_answers_without_a_certificate() {
    let m = Mottak::start();
    let uten = m.som(None);
    for rute in folkeregister::produsent::ruteliste() {
        for (base, hvor) in [(&m.base, "TLS"), (&m.tjener.base, "uten TLS")] {
            let url = format!("{base}{}", rute.sti);
            let kall = match rute.handling {
                folkeregister::produsent::Handling::Mottak(..) => vec![uten.head(&url), uten.post(&url).body("<a/>")],
                folkeregister::produsent::Handling::Tilbakemelding => vec![uten.get(&url)],
            };
            for bygger in kall {
                assert_eq!(m.kall(bygger).status, 401, "{url} {hvor}");
            }
        }
    }
    let alle = folkeregister::produsent::ruteliste().filter(|r| r.sti.contains("/mottak/"));
    // Two kinds have a resource for files beside their own.
    assert_eq!(alle.count(), 2 * (meldinger::Meldingstype::ALLE.len() + 2));
}

/// Publishes a tied notice that is in force, and gives its number.
fn notis(m: &Mottak, tjeneste: &str, virkning: &str) -> String {
    let hva = ["--slag", "planlagtVedlikehold", "--tilstand", "paagaar"];
    let tekst = ["--tittel", "Vedlikehold", "--tekst", "Vi arbeider."];
    let hvordan = ["--tjeneste", tjeneste, "--virkning", virkning, "--knyttet"];
    let ut = m
        .tjener
        .kommando(&[&["driftsmelding", "ny"], &hva[..], &tekst, &hvordan].concat())
        .lyktes();
    let fryst = "MERK: mottak er fryst, og meldinger venter i kø, til noen kjører: driftsmelding loes";
    assert_eq!(ut.contains(fryst), virkning == "ikkeOppdatert", "{ut}");
    ut.split([' ', ':']).nth(1).unwrap().to_owned()
}

#[test]
fn while_a_tied_notice_freezes_mottak_messages_are_received_and_decided_in_order_afterwards() {
    let m = Mottak::start();
    let (gift, dato) = (m.navngitt("gift"), i_gaar());
    let foer = m.siste();
    let nummer = notis(&m, "mottak", "ikkeOppdatert");
    assert_eq!(m.proev(Some("sykehus"), "doedsfall_v1"), 200);
    let melding = doedsfall("F1", &gift, &dato, "helse");
    let kvittering = m.send(Some("sykehus"), "doedsfall_v1", &melding);
    assert_eq!(kvittering.status, 202, "{kvittering:?}");
    let igjen = m.send(Some("sykehus"), "doedsfall_v1", &melding);
    assert_eq!((igjen.status, &igjen.kropp), (202, &kvittering.kropp));
    let andre = doedsfall("F2", &gift, &dato, "tingretten");
    assert_eq!(m.send(Some("tingrett"), "doedsfall_v1", andre).status, 202);
    let tvil = doedsfall("F3", UKJENT, &dato, "helse");
    assert_eq!(m.send(Some("sykehus"), "doedsfall_v1", tvil).status, 202);
    // What is no message, or may not be sent, is refused as ever.
    assert_eq!(m.send(Some("sykehus"), "doedsfall_v1", "<a/>").status, 400);
    let galt = doedsfall("F4", &gift, &dato, "tingretten");
    assert_eq!(m.send(Some("sykehus"), "doedsfall_v1", galt).status, 403);

    // Nobody sees anything of it, but whoever runs the program.
    assert_eq!(m.siste(), foer);
    assert!(m.person(&gift).get("doedsfall").is_none());
    assert_eq!(m.hendelser("sykehus"), Vec::<Value>::new());
    let saker = m.saker();
    let tilstander: Vec<&str> = saker.iter().map(|s| s["tilstand"].as_str().unwrap()).collect();
    assert_eq!(tilstander, ["i kø"; 3]);
    let sak = saker[0]["nr"].to_string();
    assert!(m.tjener.kommando(&["sak", "vis", &sak]).lyktes().contains("i kø"));
    let feil = m.tjener.kommando(&["sak", "godkjenn", &sak]).feilet();
    assert!(feil.contains("saken står i kø"), "{feil}");
    let metrikker = Kall::admin(&m.tjener, "/metrics").send_utenom().ok().tekst();
    assert!(
        metrikker.contains("\npersontjenesten_messages_queued 3\n"),
        "{metrikker}"
    );
    // An event by hand is sent as any message, and says that it waits.
    let enke = m.navngitt("enke");
    let linjer = m.tjener.kommando(&["hendelse", "doedsfall", &enke]).lyktes();
    assert!(linjer.contains("venter i kø"), "{linjer}");
    let feil = m.tjener.kommando(&["liv", "fram", "--dager", "1"]).feilet();
    assert!(feil.contains("mottak er fryst"), "{feil}");

    m.tjener.kommando(&["driftsmelding", "loes", &nummer]).lyktes();
    // Sent at once: it may have to stand behind the others.
    let sist = doedsfall("F5", &gift, &dato, "helse");
    assert_eq!(m.send(Some("sykehus"), "doedsfall_v1", sist).status, 202);
    m.vent_til_koeen_er_tom();
    let navn = |h: &Value| {
        let referanse = &h["hendelseinfo"]["meldingsreferanse"];
        referanse["avsendersMeldingsidentifikator"].as_str().unwrap().to_owned()
    };
    let utfall = |h: &Value| {
        let beslutning = h["hendelseinfo"]["saksbeslutning"]["beslutning"].as_str();
        (navn(h), beslutning.unwrap_or("manuell").to_owned())
    };
    let hendelser: Vec<(String, String)> = m.hendelser("sykehus").iter().map(utfall).collect();
    let ventet = [("F1", "godkjent"), ("F3", "manuell"), ("F5", "registrert")];
    let egne = hendelser.iter().filter(|(navn, _)| navn.starts_with('F'));
    assert!(egne.map(|(n, u)| (n.as_str(), u.as_str())).eq(ventet), "{hendelser:?}");
    assert_eq!(
        m.hendelser("tingrett").iter().map(utfall).collect::<Vec<_>>(),
        [("F2".to_owned(), "registrert".to_owned())]
    );
    assert!(m.siste() > foer);
    for nr in [&gift, &enke] {
        assert_eq!(m.person(nr)["doedsfall"]["erGjeldende"], true, "{nr}");
    }
    let tilstander: Vec<Value> = m.saker().iter().map(|s| s["tilstand"].clone()).collect();
    assert_eq!(tilstander, ["til manuell behandling"]);
    // And the nation goes on.
    m.tjener.kommando(&["liv", "fram", "--dager", "1"]).lyktes();
}

#[test]
fn while_a_tied_notice_says_that_mottak_is_down_nothing_is_taken_in_and_consumers_go_on() {
    let m = Mottak::start();
    let (nr, dato) = (m.navngitt("gift"), i_gaar());
    let melding = doedsfall("N1", &nr, &dato, "helse");
    let notis = |tjeneste: &str| notis(&m, tjeneste, "nedetid");
    let nummer = notis("mottak");
    let nede = m.send(Some("sykehus"), "doedsfall_v1", &melding);
    assert_eq!(
        (nede.status, mellom(&nede.kropp, "feilkode")),
        (503, "FREG-050"),
        "{nede:?}"
    );
    assert_eq!(m.proev(Some("sykehus"), "doedsfall_v1"), 503);
    // Whoever reads goes on, and so does what producers are told.
    assert!(m.person(&nr).get("doedsfall").is_none());
    assert_eq!(m.hendelser("sykehus"), Vec::<Value>::new());
    m.tjener.kommando(&["driftsmelding", "loes", &nummer]).lyktes();
    assert_eq!(m.send(Some("sykehus"), "doedsfall_v1", &melding).status, 202);
    let nummer = notis("tilbakemelding");
    let json = [("accept", "application/json")];
    let nede = m.hent(Some("sykehus"), "", &json);
    assert!(nede.kropp.contains("FREG-050") && nede.status == 503, "{nede:?}");
    assert_eq!(m.proev(Some("sykehus"), "doedsfall_v1"), 200);
    m.tjener.kommando(&["driftsmelding", "loes", &nummer]).lyktes();
    assert_eq!(m.hendelser("sykehus").len(), 1);
}
