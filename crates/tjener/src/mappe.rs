//! The data folder: what lies where, and opening it for one process.
//!
//! ```text
//!  laas                 held by the process that has the folder
//!  register/            LMDB: records, journal, feeds, index
//!  personnoekler/       LMDB: one key a person
//!  noekler/             key files, mode 0600
//!  slettinger/          the erasure list; or `slettinger.sti`, which says where it lies
//!  arkivstroem/         what each commit changed; or `arkivstroem.sti`
//!  noekkelspeil.sti     where the mirror of the key store lies, if there is one
//!  tilgang/             grants, clients and producers
//!  driftsmeldinger/     news and notices
//!  uttrekk/             LMDB: extracts that were ordered, and their keys
//!  helsekopi/           the health sector's copy: a folder of its own form, with a lock of its own
//!  dpop/                proofs that were used at the Person API, so that none is used again
//!  kontaktregister/     the demo's own Kontakt- og reservasjonsregister, with a lock of its own
//!  preg/brukere/        who has ordered PREG, and users with hashes of their passwords
//!  preg/hjelpenummer/   LMDB: common help numbers, and what is known of whoever has one
//!  preg/utstedt/        every help number ever issued, never in a backup of the store; or where the settings say
//!  oeyeblikksbilder/    copies of the nation, in a test environment alone
//!  revisjon/            the audit log; or `revisjon.sti`, which says where it lies
//!  tls/                 the demo's own issuer and certificate, and its producers'
//!  liv                  the nation that moves, as it was last kept (test environments)
//!  klokke.json          the register's clock, where somebody has set it (test environments)
//!  adresser.json        where the roles answer, or answered last
//!  navngitte.json       the named cases of a synthetic nation
//!  styring.sock         commands to the process that has the folder
//! ```

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use driftsmeldinger::Tavle;
use identifikator::Serie;
use jiff::Timestamp;
use korreksjon::Verk;
use lager::Noekkelfil;
use lager::mappe::Laas;
use pregbrukere::Brukerregister;
use register::{Register, Steder};
use revisjonslogg::Logg;
use revisjonslogg::hode::Signerer;
use revisjonslogg::post::Forsegler;
use saksbehandling::Saksbehandler;
use serde::{Deserialize, Serialize};
use tilgang::avtale::Avtaleregister;
use tilgang::token::Klokke;
use tjenesteflate::stopp::Stopp;
use utsteder::Utsteder;
use uttrekk::Uttrekkslager;

use crate::liv::Livsloep;

/// The clock of the program, real time; read here and, for the register, in [`crate::klokke`].
pub fn klokke() -> Klokke {
    Arc::new(Timestamp::now)
}

/// The audit log's name, in its signed heads.
const REVISJON: &str = "persontjenesten/revisjon";

/// Where the roles answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Adresser {
    /// Base address of Folkeregisteret, without a slash at the end.
    pub folkeregister: String,
    /// Issuer of tokens, with its slash at the end.
    pub maskinporten: String,
    /// Health and metrics.
    pub admin: String,
    /// The authority of tokens to the Person API, where that is served.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub helseid: Option<String>,
    /// Base address of the same interfaces over TLS, where that is set up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<String>,
}

/// A named case of the synthetic nation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Navngitt {
    /// Its name.
    pub navn: String,
    /// The person.
    pub identifikator: String,
    /// What is to be seen.
    pub beskrivelse: String,
}

/// What can lie outside the data folder.
#[derive(Clone, Copy, Debug)]
pub enum Sted {
    /// The audit log.
    Revisjon,
    /// The archive stream.
    Arkivstroem,
    /// The erasure list.
    Slettinger,
    /// The mirror of the key store.
    Noekkelspeil,
}

impl Sted {
    fn fil(self) -> &'static str {
        match self {
            Sted::Revisjon => "revisjon.sti",
            Sted::Arkivstroem => "arkivstroem.sti",
            Sted::Slettinger => "slettinger.sti",
            Sted::Noekkelspeil => "noekkelspeil.sti",
        }
    }
}

/// Paths of a data folder.
#[derive(Clone, Debug)]
pub struct Mappe(PathBuf);

impl Mappe {
    /// The folder at a path; nothing is opened.
    pub fn new(sti: impl Into<PathBuf>) -> Self {
        Mappe(sti.into())
    }

    /// The path.
    pub fn sti(&self) -> &Path {
        &self.0
    }

    /// Where commands to the process go.
    pub fn sokkel(&self) -> PathBuf {
        self.0.join("styring.sock")
    }

    /// The key of the demo's own client.
    pub fn klientnoekkel(&self) -> PathBuf {
        self.0.join("noekler").join("demoklient.pk8")
    }

    /// The key of the demo's client that keeps the health sector's copy.
    pub fn kopinoekkel(&self) -> PathBuf {
        self.0.join("noekler").join("demohelsekopi.pk8")
    }

    /// Where the demo's copy for the health sector lies.
    pub fn helsekopi(&self) -> PathBuf {
        self.0.join("helsekopi")
    }

    /// The keys of the built-in HelseID.
    pub fn helseidnoekler(&self) -> PathBuf {
        self.0.join("noekler").join("helseid")
    }

    /// PREG's users, and the register of help numbers.
    pub fn preg(&self) -> PathBuf {
        self.0.join("preg")
    }

    /// The password of the demo's user of PREG.
    pub fn demopassord(&self) -> PathBuf {
        self.0.join("noekler").join("demopreg")
    }

    /// Where proofs that were used are remembered.
    pub fn brukte_bevis(&self) -> PathBuf {
        self.0.join("dpop")
    }

    /// The key of the demo's client that reads the Kontakt- og reservasjonsregister.
    pub fn krrnoekkel(&self) -> PathBuf {
        self.0.join("noekler").join("demokrr.pk8")
    }

    /// Where the demo's own Kontakt- og reservasjonsregister lies.
    pub fn kontaktregister(&self) -> PathBuf {
        self.0.join("kontaktregister")
    }

    /// Where the audit log lies.
    pub fn revisjon(&self) -> PathBuf {
        self.valgt(Sted::Revisjon).unwrap_or_else(|| self.0.join("revisjon"))
    }

    /// Where the archive stream lies.
    pub fn arkivstroem(&self) -> PathBuf {
        self.valgt(Sted::Arkivstroem)
            .unwrap_or_else(|| self.0.join("arkivstroem"))
    }

    /// Where the register's other files lie.
    pub fn steder(&self) -> Steder {
        Steder {
            slettinger: self.valgt(Sted::Slettinger),
            noekkelspeil: self.valgt(Sted::Noekkelspeil),
        }
    }

    /// Whether something of the nation lies outside the folder.
    pub fn er_spredt(&self) -> bool {
        let steder = [Sted::Arkivstroem, Sted::Slettinger, Sted::Noekkelspeil];
        steder.into_iter().any(|sted| self.valgt(sted).is_some())
    }

    fn valgt(&self, sted: Sted) -> Option<PathBuf> {
        let valgt = std::fs::read_to_string(self.0.join(sted.fil())).ok()?;
        Some(PathBuf::from(valgt.trim())).filter(|sti| !sti.as_os_str().is_empty())
    }

    /// Writes down that something lies elsewhere, so that every command finds it.
    pub fn velg(&self, sted: Sted, sti: &Path) -> Result<()> {
        let sti = std::path::absolute(sti).context("stien")?;
        self.skriv(sted.fil(), sti.to_string_lossy().as_bytes())
    }

    /// Who signs the heads of the audit log.
    pub fn revisjonssignerer(&self) -> Result<Signerer> {
        let noekkel = Noekkelfil::les_eller_lag(&self.0.join("noekler").join("revisjonssignering"))?;
        Ok(Signerer::new(REVISJON, noekkel.hele())?)
    }

    /// What seals the persons of audit records.
    pub fn revisjonsforsegler(&self) -> Result<Forsegler> {
        let noekkel = Noekkelfil::les_eller_lag(&self.0.join("noekler").join("revisjon"))?;
        Ok(Forsegler::new(noekkel)?)
    }

    /// Opens the store of extracts.
    pub fn uttrekk(&self, grenser: uttrekk::Grenser) -> Result<Uttrekkslager> {
        let (sti, noekkel) = (self.0.join("uttrekk"), self.0.join("noekler").join("uttrekk"));
        Uttrekkslager::aapne(&sti, &noekkel, grenser).with_context(|| {
            format!(
                "uttrekkene i {0}; de kan bestilles på nytt: flytt {0} bort og start igjen",
                sti.display()
            )
        })
    }

    /// Reads where the roles answer, or answered last.
    pub fn adresser(&self) -> Result<Adresser> {
        let sti = self.0.join("adresser.json");
        let tekst = std::fs::read(&sti).with_context(|| {
            format!(
                "fant ikke {}; start først: persontjenesten demo --data {}",
                sti.display(),
                self.0.display()
            )
        })?;
        serde_json::from_slice(&tekst).with_context(|| format!("{} kan ikke leses", sti.display()))
    }

    /// Writes where the roles answer.
    pub fn skriv_adresser(&self, adresser: &Adresser) -> Result<()> {
        self.skriv("adresser.json", &serde_json::to_vec_pretty(adresser)?)
    }

    /// Reads the named cases, as they were written.
    pub fn navngitte(&self) -> Result<Vec<Navngitt>> {
        let sti = self.0.join("navngitte.json");
        let tekst = std::fs::read(&sti)
            .with_context(|| format!("fant ikke {}; mappen har ingen syntetisk nasjon", sti.display()))?;
        serde_json::from_slice(&tekst).with_context(|| format!("{} kan ikke leses", sti.display()))
    }

    /// Writes the named cases.
    pub fn skriv_navngitte(&self, navngitte: &[Navngitt]) -> Result<()> {
        self.skriv("navngitte.json", &serde_json::to_vec_pretty(navngitte)?)
    }

    fn skriv(&self, navn: &str, byte: &[u8]) -> Result<()> {
        let sti = self.0.join(navn);
        let ny = self.0.join(format!("{navn}.ny"));
        std::fs::write(&ny, byte)
            .and_then(|()| std::fs::rename(&ny, &sti))
            .with_context(|| format!("kunne ikke skrive {}", sti.display()))
    }
}

/// A data folder that this process has opened.
pub struct Aapen {
    /// The paths.
    pub mappe: Mappe,
    /// The register.
    pub register: Arc<Register>,
    /// Grants and clients.
    pub avtaler: Arc<Avtaleregister>,
    /// The built-in Maskinporten.
    pub utsteder: Arc<Utsteder>,
    /// The register's clock.
    pub klokke: crate::klokke::Klokke,
    testmiljoe: AtomicBool,
    livsloep: tokio::sync::OnceCell<Arc<tokio::sync::Mutex<Livsloep>>>,
    stopp: std::sync::OnceLock<Stopp>,
    // Opened by whoever needs it first, so that a damaged log hinders nobody else.
    revisjon: Arc<Mutex<Option<Arc<Logg>>>>,
    // Likewise.
    saker: Mutex<Option<Arc<Saksbehandler>>>,
    // So is this.
    verk: Mutex<Option<Arc<Verk>>>,
    // And this.
    tavle: Arc<Mutex<Option<Arc<Tavle>>>>,
    pregbrukere: Arc<Mutex<Option<Arc<Brukerregister>>>>,
    // As the settings say, so by whoever runs the roles.
    uttrekk: Mutex<Option<Arc<Uttrekkslager>>>,
    // Let go last.
    laas: Arc<Laas>,
}

/// What of an open folder outlives a change of its nation: everything but the register and the cases.
pub struct Bestaar {
    mappe: Mappe,
    avtaler: Arc<Avtaleregister>,
    utsteder: Arc<Utsteder>,
    testmiljoe: bool,
    revisjon: Arc<Mutex<Option<Arc<Logg>>>>,
    tavle: Arc<Mutex<Option<Arc<Tavle>>>>,
    pregbrukere: Arc<Mutex<Option<Arc<Brukerregister>>>>,
    laas: Arc<Laas>,
}

impl Bestaar {
    /// Opens the nation that lies in the folder now.
    pub fn aapne(self) -> Result<Aapen> {
        let register = Arc::new(aapne_register(&self.mappe)?);
        self.med(register, None)
    }

    /// With what is open still.
    pub fn med(self, register: Arc<Register>, uttrekk: Option<Arc<Uttrekkslager>>) -> Result<Aapen> {
        Ok(Aapen {
            klokke: crate::klokke::Klokke::aapne(self.mappe.sti())?,
            testmiljoe: AtomicBool::new(self.testmiljoe),
            mappe: self.mappe,
            register,
            avtaler: self.avtaler,
            utsteder: self.utsteder,
            livsloep: tokio::sync::OnceCell::new(),
            stopp: std::sync::OnceLock::new(),
            revisjon: self.revisjon,
            saker: Mutex::new(None),
            verk: Mutex::new(None),
            tavle: self.tavle,
            pregbrukere: self.pregbrukere,
            uttrekk: Mutex::new(uttrekk),
            laas: self.laas,
        })
    }
}

fn aapne_register(mappe: &Mappe) -> Result<Register> {
    Ok(Register::aapne_med_visning(
        mappe.sti(),
        &mappe.steder(),
        Arc::new(soek::Soekevisning),
    )?)
}

impl Aapen {
    /// Opens the folder, making it where it is not there. `utsteder` is the issuer's name.
    pub fn aapne(mappe: &Mappe, utsteder: &str) -> Result<Self> {
        let laas = Laas::ta(mappe.sti())?;
        Self::aapne_laast(mappe, utsteder, laas)
    }

    /// As [`Aapen::aapne`], for one who has the folder already.
    pub fn aapne_laast(mappe: &Mappe, utsteder: &str, laas: Laas) -> Result<Self> {
        if lager::oeyeblikksbilde::fullfoer(mappe.sti())? {
            tracing::warn!("en gjenoppretting som ble avbrutt, er gjort ferdig: nasjonen er den fra øyeblikksbildet");
        }
        let register = Arc::new(aapne_register(mappe)?);
        let klokken = crate::klokke::Klokke::aapne(mappe.sti())?;
        let avtaler = Arc::new(Avtaleregister::aapne(&mappe.sti().join("tilgang"))?);
        let innstillinger = utsteder::Innstillinger {
            delegeringer: crate::demo::delegeringer()?,
            token_levetid_s: DEMOTOKEN_LEVETID_S,
            ..utsteder::Innstillinger::new(utsteder)
        };
        let noekler = mappe.sti().join("noekler").join("maskinporten");
        let utsteder = Arc::new(Utsteder::aapne(innstillinger, &noekler, avtaler.clone(), klokke()())?);
        Ok(Aapen {
            mappe: mappe.clone(),
            register,
            avtaler,
            utsteder,
            klokke: klokken,
            testmiljoe: AtomicBool::new(false),
            livsloep: tokio::sync::OnceCell::new(),
            stopp: std::sync::OnceLock::new(),
            revisjon: Arc::default(),
            saker: Mutex::new(None),
            verk: Mutex::new(None),
            tavle: Arc::default(),
            pregbrukere: Arc::default(),
            uttrekk: Mutex::new(None),
            laas: Arc::new(laas),
        })
    }

    /// What is kept when the nation is changed for another.
    pub fn bestaar(&self) -> Bestaar {
        Bestaar {
            mappe: self.mappe.clone(),
            avtaler: self.avtaler.clone(),
            utsteder: self.utsteder.clone(),
            testmiljoe: self.testmiljoe(),
            revisjon: self.revisjon.clone(),
            tavle: self.tavle.clone(),
            pregbrukere: self.pregbrukere.clone(),
            laas: self.laas.clone(),
        }
    }

    /// Whether this is a test environment, where people are synthetic and the clock may be set. False until the settings say
    /// otherwise.
    pub fn testmiljoe(&self) -> bool {
        self.testmiljoe.load(Ordering::Relaxed)
    }

    /// What the settings say of the environment.
    ///
    /// # Errors
    /// When this is no test environment and the register's clock was set: what is registered would have wrong times.
    pub fn sett_testmiljoe(&self, er: bool) -> Result<()> {
        anyhow::ensure!(
            er || self.klokke.faktor().is_none(),
            "klokka i {} er stilt, og det er bare tillatt i et testmiljø; sett testmiljoe = true, eller fjern {}",
            self.mappe.sti().display(),
            crate::klokke::FIL
        );
        self.testmiljoe.store(er, Ordering::Relaxed);
        Ok(())
    }

    /// The nation that moves, opened if it is not open yet. Asks for the addresses of a running demo.
    ///
    /// # Errors
    /// Outside a test environment, and when the files refuse.
    pub async fn livsloep(self: &Arc<Self>) -> Result<Arc<tokio::sync::Mutex<Livsloep>>> {
        anyhow::ensure!(self.testmiljoe(), "dette er ikke et testmiljø");
        let loep = self.livsloep.get_or_try_init(async || {
            let denne = self.clone();
            let aapnet = tokio::task::spawn_blocking(move || Livsloep::aapne(&denne));
            anyhow::Ok(Arc::new(tokio::sync::Mutex::new(aapnet.await??)))
        });
        Ok(loep.await?.clone())
    }

    /// The same, where it has been opened.
    pub fn livsloep_hvis_aapnet(&self) -> Option<Arc<tokio::sync::Mutex<Livsloep>>> {
        self.livsloep.get().cloned()
    }

    /// The stop of the server that has the folder, if there is one.
    pub fn stopp(&self) -> Option<&Stopp> {
        self.stopp.get()
    }

    /// A server has the folder until this stop.
    pub fn sett_stopp(&self, stopp: Stopp) {
        // Set once, by the one server.
        let _ = self.stopp.set(stopp);
    }

    /// The register's time.
    pub fn tid(&self) -> Result<saksbehandling::Tid> {
        self.klokke.tid()
    }

    /// Who takes in messages. New numbers are of the test environments' series where the register is a synthetic nation.
    pub fn saker(&self) -> Result<Arc<Saksbehandler>> {
        let mut aapnet = self.saker.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(saker) = aapnet.as_ref() {
            return Ok(saker.clone());
        }
        let (sti, noekkel) = (
            self.mappe.sti().join("saker"),
            self.mappe.sti().join("noekler").join("saksmeldinger"),
        );
        let serie = if crate::nasjon::er_syntetisk(&self.register)? {
            Serie::Tenor
        } else {
            Serie::Ordinaer
        };
        let saker = Saksbehandler::aapne(self.register.clone(), &sti, &noekkel, serie);
        let saker = Arc::new(saker.with_context(|| format!("sakene i {}", sti.display()))?);
        *aapnet = Some(saker.clone());
        Ok(saker)
    }

    /// Who carries out mass corrections, with a thread for each core.
    pub fn verk(&self) -> Arc<Verk> {
        let mut verk = self.verk.lock().unwrap_or_else(PoisonError::into_inner);
        verk.get_or_insert_with(|| {
            let traader = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
            Arc::new(Verk::new(self.register.clone(), traader))
        })
        .clone()
    }

    /// Opens the store of extracts, for as long as the folder is open.
    pub fn aapne_uttrekk(&self, grenser: uttrekk::Grenser) -> Result<Arc<Uttrekkslager>> {
        let mut aapnet = self.uttrekk.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(uttrekk) = aapnet.as_ref() {
            return Ok(uttrekk.clone());
        }
        let uttrekk = Arc::new(self.mappe.uttrekk(grenser)?);
        *aapnet = Some(uttrekk.clone());
        Ok(uttrekk)
    }

    /// The store of extracts, if it is open.
    pub fn uttrekk(&self) -> Option<Arc<Uttrekkslager>> {
        self.uttrekk.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets every change from now on be entered in the archive stream before it is made.
    pub fn start_arkivstroem(&self) -> Result<()> {
        let sti = self.mappe.arkivstroem();
        let status = self.register.start_arkivstroem(&sti);
        let status = status.with_context(|| format!("arkivstrømmen i {}", sti.display()))?;
        if status.mangler && status.siste > 0 {
            tracing::warn!(
                til = status.siste,
                "arkivstrømmen mangler endringer som registeret har; ta en ny sikkerhetskopi"
            );
        }
        Ok(())
    }

    /// The audit log, opened as `innstillinger` says if it is not open yet. It ends, with a last signed head, when the last
    /// holder lets it go.
    pub fn revisjon(&self, innstillinger: revisjonslogg::Innstillinger) -> Result<Arc<Logg>> {
        let mut revisjon = self.revisjon.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(aapen) = revisjon.as_ref() {
            return Ok(aapen.clone());
        }
        let sti = self.mappe.revisjon();
        let logg = Logg::aapne(&sti, innstillinger, self.mappe.revisjonssignerer()?, klokke());
        let logg = Arc::new(logg.with_context(|| format!("revisjonsloggen i {}", sti.display()))?);
        *revisjon = Some(logg.clone());
        Ok(logg)
    }

    /// The board of news and notices, opened if it is not open yet.
    pub fn tavle(&self) -> Result<Arc<Tavle>> {
        let mut tavle = self.tavle.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(aapen) = tavle.as_ref() {
            return Ok(aapen.clone());
        }
        let sti = self.mappe.sti().join("driftsmeldinger");
        let ny = Arc::new(Tavle::aapne(&sti).context("driftsmeldingene")?);
        *tavle = Some(ny.clone());
        Ok(ny)
    }

    /// Who has ordered PREG, opened if it is not open yet.
    pub fn pregbrukere(&self) -> Result<Arc<Brukerregister>> {
        let mut brukere = self.pregbrukere.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(aapne) = brukere.as_ref() {
            return Ok(aapne.clone());
        }
        let profiler = pregmodell::Profil::ALLE.map(pregmodell::Profil::navn);
        let sti = self.mappe.sti().join("preg").join("brukere");
        let nytt = Arc::new(Brukerregister::aapne(&sti, &profiler).context("PREGs brukere")?);
        *brukere = Some(nytt.clone());
        Ok(nytt)
    }

    /// The issuer's name when nobody has said otherwise: that of the last time, or of the demo's own port.
    pub fn kjent_utsteder(mappe: &Mappe) -> String {
        mappe.adresser().map_or_else(
            |_| format!("http://127.0.0.1:{}/maskinporten/", crate::demo::PORT),
            |a| a.maskinporten,
        )
    }
}

/// Life of a token of the built-in issuer. Units: seconds.
///
/// Source: our choice; Maskinporten's own two minutes are short for one who tries commands by hand.
const DEMOTOKEN_LEVETID_S: i64 = 3_600;
