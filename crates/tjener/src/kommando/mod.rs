//! The command line.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use tilgang::Pakke;

use crate::mappe::Mappe;

mod audit;
mod dokumenter;
mod driftsmelding;
mod helsekopi;
mod hendelse;
mod kartverk;
mod klient;
mod konfig;
mod kopi;
mod korreksjon;
mod lokalkopi;
mod nummer;
mod oppslag;
mod preg;
mod produsent;
mod sak;
mod soek;
mod sperr;
mod test;
mod token;
mod uttrekk;
mod vedlikehold;

/// The command line.
#[derive(Parser)]
#[command(
    name = "persontjenesten",
    version,
    about = "Norges personregisterkjede for helsetjenesten: Folkeregisteret, Persontjenesten og PREG.",
    arg_required_else_help = true
)]
pub struct Argumenter {
    #[command(subcommand)]
    kommando: Kommando,
}

#[derive(Args)]
struct Datavalg {
    /// Datamappen.
    #[arg(long, default_value = crate::demo::DATA)]
    data: PathBuf,
}

impl Datavalg {
    fn mappe(&self) -> Mappe {
        Mappe::new(&self.data)
    }
}

#[derive(Subcommand)]
enum Kommando {
    /// Lag eller gjenåpne en syntetisk nasjon og kjør alt på denne maskinen.
    Demo {
        /// Antall personer i nasjonen; standard er 100 000.
        #[arg(long)]
        personer: Option<u32>,
        #[command(flatten)]
        data: Datavalg,
        /// Porten på 127.0.0.1; 0 velger en ledig.
        #[arg(long, default_value_t = crate::demo::PORT)]
        port: u16,
        /// Porten med TLS på 127.0.0.1; standard er to over --port, eller en ledig.
        #[arg(long)]
        tls_port: Option<u16>,
        /// Et navn til i sertifikatet, ved siden av localhost, 127.0.0.1 og ::1; kan gjentas.
        #[arg(long)]
        vertsnavn: Vec<String>,
        /// La nasjonen leve, så mange ganger fortere enn i virkeligheten: 60 gjør et minutt til en time.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=i64::from(crate::klokke::FAKTOR_MAKS)))]
        liv: Option<u32>,
        /// Bare registeret: uten helsesektorens kopi og Person API ved siden av.
        #[arg(long)]
        uten_helsekopi: bool,
        /// Kall i minuttet fra én konsument og fra én adresse; 0 er uten grense.
        #[arg(long, default_value_t = tjenesteflate::struping::KALL_PER_MINUTT)]
        kall_per_minutt: u32,
    },
    /// Kjør med en innstillingsfil.
    Serve {
        /// Innstillingsfilen.
        #[arg(long)]
        config: PathBuf,
    },
    /// Vis eller kontroller innstillinger.
    #[command(subcommand)]
    Config(konfig::Valg),
    /// Skriv et tilgangstoken, og ingenting annet: for en rettighetspakke i Folkeregisteret, eller fra HelseID for Person API.
    Token(token::Token),
    /// Vis de navngitte personene i en syntetisk nasjon.
    Navngitte {
        #[command(flatten)]
        data: Datavalg,
        /// Som JSON-objekt fra navn til identifikator.
        #[arg(long)]
        json: bool,
    },
    /// Slå opp en person gjennom API-et.
    Oppslag(oppslag::Oppslag),
    /// Søk etter personer gjennom API-et.
    Soek(Box<soek::Soek>),
    /// Bestill og hent et uttrekk av mange personer gjennom API-et.
    #[command(subcommand)]
    Uttrekk(uttrekk::Uttrekk),
    /// Les hendelseslisten gjennom API-et.
    Feed(oppslag::Feed),
    /// Les inn dokumenter.
    #[command(subcommand)]
    Import(dokumenter::Import),
    /// Skriv ut dokumentene, ett i hver fil.
    Export(dokumenter::Export),
    /// Kontroller hele lageret, eller registeret mot reglene for det.
    Verify {
        /// Hold personene opp mot registerets regler (ektefeller, barn og foreldre, døde, numre, historikk, vern).
        #[arg(long)]
        regler: bool,
        /// Vis også hvem som bryter en regel. At det vises, føres i revisjonsloggen.
        #[arg(long, requires = "regler")]
        personer: bool,
        #[command(flatten)]
        data: Datavalg,
    },
    /// Bygg alle visninger på nytt fra primærdataene.
    Replay {
        #[command(flatten)]
        data: Datavalg,
    },
    /// Ta en sikkerhetskopi mens registeret er i bruk.
    Backup(kopi::Backup),
    /// Gjenopprett en datamappe fra en kopi, arkivstrømmen og slettingslisten.
    Restore(kopi::Restore),
    /// Nøklene som adressene er forseglet med.
    #[command(subcommand)]
    Noekler(kopi::Noekler),
    /// Registrer klienter hos den innebygde utstederen.
    #[command(subcommand)]
    Klient(klient::Klient),
    /// Gi og trekk avtaler.
    #[command(subcommand)]
    Avtale(klient::Avtale),
    /// Steng en konsument eller en klient ute, straks og uten omstart.
    Sperr(sperr::Sperr),
    /// Hvem som kan sende meldinger til registeret, og hvilke.
    #[command(subcommand)]
    Produsent(produsent::Produsent),
    /// Saker som meldinger fra produsentene har ført til: se dem, og avgjør dem.
    #[command(subcommand)]
    Sak(sak::Sak),
    /// Rett svært mange personer på én gang, etter en regel eller fra en fil.
    #[command(subcommand)]
    Korreksjon(korreksjon::Korreksjon),
    /// La noe skje med noen i en demo som kjører, som en ekte melding der det finnes en.
    #[command(subcommand)]
    Hendelse(hendelse::Hendelse),
    /// Nasjonen i en demo som kjører.
    #[command(subcommand)]
    Liv(hendelse::Liv),
    /// Fortell konsumentene om vedlikehold, feil og store endringer.
    #[command(subcommand)]
    Driftsmelding(driftsmelding::Driftsmelding),
    /// Fortell konsumentene noe nytt.
    #[command(subcommand)]
    Nyhet(driftsmelding::Nyhet),
    /// Testkontroll: øyeblikksbilder, valgte personer og hendelser, og klokka. Bare i et testmiljø som kjører.
    #[command(subcommand)]
    Test(test::Test),
    /// Demoens TLS.
    #[command(subcommand)]
    Tls(Tls),
    /// Loggen over utleveringer: kontroll, innsyn og bevis.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Identifikatorer.
    #[command(subcommand)]
    Nummer(nummer::Nummer),
    /// Hva som kjører, og hvor langt det er etter kildene sine.
    Status {
        #[command(flatten)]
        data: Datavalg,
    },
    /// Helsesektorens kopi av Folkeregisteret.
    #[command(subcommand)]
    Helsekopi(helsekopi::Helsekopi),
    /// Tabellen over adresser, som gir grunnkrets og bydel.
    #[command(subcommand)]
    Kartverk(kartverk::Kartverk),
    /// PREG: bestillinger av tilgang, og brukere.
    #[command(subcommand)]
    Preg(preg::Preg),
    /// En lokal kopi av Persontjenesten, vår eller den virkelige, holdt slik en konsument skal.
    #[command(subcommand)]
    Lokalkopi(Box<lokalkopi::Lokalkopi>),
}

#[derive(Subcommand)]
enum Tls {
    /// Skriv sertifikatet til demoens utsteder, til klienter som skal stole på den.
    Ca {
        #[command(flatten)]
        data: Datavalg,
    },
}

fn les_pakke(tekst: &str) -> Result<Pakke, String> {
    Pakke::fra_kortnavn(tekst).ok_or_else(|| {
        let alle: Vec<_> = Pakke::ALLE.iter().map(|p| p.kortnavn()).collect();
        format!("velg en av: {}", alle.join(", "))
    })
}

/// How a command ends when a script may want to act differently on it. Beside 0, 1 for an error, and 2 for a command line
/// that cannot be read. They are told in README and stay as they are.
#[derive(Clone, Copy, Debug)]
enum Avslutning {
    /// A search for one found none, or several; a copy that was compared is not as its source.
    IngenEllerFlere = 3,
    /// As many extracts as may are running.
    ForMangeUttrekk = 4,
    /// The service does not have the job any more, or never had.
    UkjentJobb = 5,
    /// Interrupted, as a shell has it of Ctrl-C.
    Avbrutt = 130,
}

impl From<Avslutning> for ExitCode {
    fn from(avslutning: Avslutning) -> Self {
        ExitCode::from(avslutning as u8)
    }
}

/// Carries out a command.
pub fn kjoer(argumenter: Argumenter) -> Result<ExitCode> {
    match argumenter.kommando {
        Kommando::Demo {
            personer,
            data,
            port,
            tls_port,
            vertsnavn,
            kall_per_minutt,
            liv,
            uten_helsekopi,
        } => {
            crate::logg::start(if liv.is_some() {
                "warn,persontjenesten::liv=info"
            } else {
                "warn"
            });
            let valg = crate::demo::Valg {
                personer,
                port,
                tls_port,
                vertsnavn,
                kall_per_minutt,
                liv,
                helsekopi: !uten_helsekopi,
            };
            crate::demo::kjoer(&data.mappe(), valg)?;
        }
        Kommando::Serve { config } => {
            crate::logg::start("info");
            konfig::serve(&config)?;
        }
        Kommando::Config(valg) => konfig::kjoer(&valg)?,
        Kommando::Token(valg) => token::kjoer(&valg)?,
        Kommando::Navngitte { data, json } => vedlikehold::navngitte(&data.mappe(), json)?,
        Kommando::Oppslag(valg) => return oppslag::oppslag(&valg),
        Kommando::Soek(valg) => return soek::kjoer(&valg),
        Kommando::Uttrekk(valg) => return uttrekk::kjoer(&valg),
        Kommando::Feed(valg) => oppslag::feed(&valg)?,
        Kommando::Import(valg) => return dokumenter::importer(&valg),
        Kommando::Export(valg) => dokumenter::eksporter(&valg)?,
        Kommando::Verify {
            regler: false, data, ..
        } => return vedlikehold::verifiser(&data.mappe()),
        Kommando::Verify { personer, data, .. } => return vedlikehold::verifiser_regler(&data.mappe(), personer),
        Kommando::Replay { data } => return vedlikehold::replay(&data.mappe()),
        Kommando::Backup(valg) => kopi::backup(&valg)?,
        Kommando::Restore(valg) => kopi::restore(&valg)?,
        Kommando::Noekler(valg) => kopi::noekler(&valg)?,
        Kommando::Klient(valg) => klient::klient(&valg)?,
        Kommando::Avtale(valg) => klient::avtale(&valg)?,
        Kommando::Sperr(valg) => sperr::kjoer(&valg)?,
        Kommando::Produsent(valg) => produsent::kjoer(&valg)?,
        Kommando::Sak(valg) => sak::kjoer(&valg)?,
        Kommando::Korreksjon(valg) => return korreksjon::kjoer(&valg),
        Kommando::Hendelse(valg) => hendelse::hendelse(&valg)?,
        Kommando::Liv(valg) => hendelse::liv(&valg)?,
        Kommando::Driftsmelding(valg) => driftsmelding::driftsmelding(&valg)?,
        Kommando::Nyhet(valg) => driftsmelding::nyhet(&valg)?,
        Kommando::Test(valg) => test::kjoer(&valg)?,
        Kommando::Tls(Tls::Ca { data }) => vedlikehold::tls_ca(&data.mappe())?,
        Kommando::Audit(valg) => return audit::kjoer(&valg),
        Kommando::Nummer(valg) => return nummer::kjoer(&valg),
        Kommando::Status { data } => helsekopi::status(&data.mappe())?,
        Kommando::Helsekopi(valg) => return helsekopi::kjoer(&valg),
        Kommando::Kartverk(valg) => kartverk::kjoer(&valg)?,
        Kommando::Preg(valg) => preg::kjoer(valg)?,
        Kommando::Lokalkopi(valg) => return lokalkopi::kjoer(&valg),
    }
    Ok(ExitCode::SUCCESS)
}

/// Nobody reads what a command writes. Said of its own output alone: a server that went away in the middle of a command breaks
/// a pipe too, and the command was not carried out.
#[derive(Debug, thiserror::Error)]
#[error("ingen leser det som skrives")]
pub struct IngenLeser;

/// Writes to whoever reads, at once.
pub fn skriv(byte: &[u8]) -> Result<()> {
    let mut ut = std::io::stdout().lock();
    match ut.write_all(byte).and_then(|()| ut.flush()) {
        Err(feil) if feil.kind() == std::io::ErrorKind::BrokenPipe => Err(IngenLeser.into()),
        utfall => Ok(utfall?),
    }
}

/// Writes an error for the person at the terminal.
pub fn skriv_feil(feil: &anyhow::Error) {
    // Nowhere is left to say that this failed.
    let _ = writeln!(std::io::stderr(), "Feil: {feil:#}");
}

fn skriv_linje(tekst: &str) -> Result<()> {
    skriv(format!("{tekst}\n").as_bytes())
}

fn meld(tekst: &str) {
    let _ = writeln!(std::io::stderr(), "{tekst}");
}
