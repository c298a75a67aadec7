//! The rival: the same lookup served from PostgreSQL through the same HTTP stack, on the same core as ours.
//!
//! What is in its favour: the table holds at most [`PERSONER_MAKS`] persons and lies in its shared buffers; every
//! document lies in its row, neither compressed nor moved aside; statements are prepared and connections pipelined, as
//! many as serve it best; it checks no token, decides on no rights, logs nothing. Since a record on the disk before each
//! answer is most of what ours does, the same is measured once more with a row in a log committed by each lookup; that log
//! has no index, no seal and no tree.

use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::extract::{Path as Sti, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use clap::Args;
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls, Statement};

use super::last::Last;
use super::{prosess, tak};

/// Persons in the table: the first of the nation, so that the working set is in memory.
pub const PERSONER_MAKS: usize = 100_000;
/// Connections from the HTTP front that are tried; the best is measured.
const PULJER: [usize; 5] = [1, 2, 4, 8, 16];
/// The same with a log: who waits for the disk holds up those behind on its connection.
const PULJER_MED_LOGG: [usize; 3] = [8, 16, 32];
/// Bytes of a log row's record, as ours is on average. Source: ADR 0013.
const POST_BYTE: usize = 762;
/// Length of a trial.
const PROEVE: Duration = Duration::from_secs(2);
/// How long a server may take to come up.
const OPPSTART_MAKS: Duration = Duration::from_secs(60);
/// The core of the server, and of its HTTP front.
const SERVERKJERNE: u32 = 0;
/// Answers compared with ours before anything is measured.
const SAMMENLIGNES: usize = 200;

const BRUKER: &str = "bench";
const BASE: &str = "postgres";

/// A running PostgreSQL with the table filled, and its HTTP fronts.
pub struct Rival {
    /// Lookups and nothing else.
    pub oppslag: Front,
    /// Lookups that each commit a row in a log.
    pub med_logg: Front,
    // Stopped after the fronts, and before its folder is removed.
    _postgres: Postgres,
    _mappe: TempDir,
    /// Major version.
    pub versjon: String,
    /// Persons in the table.
    pub personer: usize,
}

/// One HTTP front.
pub struct Front {
    _prosess: prosess::Tjener,
    pub last: Last,
    /// Connections to PostgreSQL.
    pub pulje: usize,
}

impl Rival {
    /// Starts it with the documents of `numre` as our server answers them, or says why there is none.
    pub fn start(bin: &Path, last: &Last, oppslag: &[String], forbindelser: usize) -> Result<Option<Self>> {
        if !bin.join("initdb").exists() {
            writeln!(
                std::io::stdout(),
                "PostgreSQL is not in {}: its rows are left out (apt-get install postgresql-15, or --postgres)",
                bin.display()
            )?;
            return Ok(None);
        }
        let oppslag = oppslag.get(..PERSONER_MAKS).unwrap_or(oppslag);
        let mappe = TempDir::new()?;
        // fsync and the rest as delivered. No maintenance of its own while it is measured.
        let innstillinger = ["shared_buffers=512MB", "jit=off", "autovacuum=off"];
        let postgres = Postgres::start(bin, mappe.path(), Some(SERVERKJERNE), &innstillinger)?;
        let fil = mappe.path().join("person.copy");
        last.skriv_copy(oppslag, forbindelser, &fil)?;
        let kjoretid = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (versjon, personer) = kjoretid.block_on(fyll(mappe.path(), &fil))?;
        std::fs::remove_file(&fil)?;
        let best = |logg: bool, puljer: &[usize]| -> Result<Front> {
            let mut best = (0.0, 0);
            for &pulje in puljer {
                let front = Front::start(mappe.path(), pulje, logg)?;
                front
                    .last
                    .sammenlign(last, oppslag.get(..SAMMENLIGNES).unwrap_or(oppslag))?;
                let maalt = front.last.kjoer(oppslag, "application/json", forbindelser, PROEVE)?;
                writeln!(
                    std::io::stdout(),
                    "PostgreSQL {} log, {pulje} connections: {:.0} requests/s",
                    if logg { "with" } else { "without" },
                    maalt.per_sekund
                )?;
                if maalt.per_sekund > best.0 {
                    best = (maalt.per_sekund, pulje);
                }
            }
            Front::start(mappe.path(), best.1, logg)
        };
        Ok(Some(Rival {
            oppslag: best(false, &PULJER)?,
            med_logg: best(true, &PULJER_MED_LOGG)?,
            _postgres: postgres,
            _mappe: mappe,
            versjon,
            personer,
        }))
    }
}

impl Front {
    fn start(sokkel: &Path, pulje: usize, logg: bool) -> Result<Self> {
        let mut kommando = Command::new("taskset");
        kommando
            .args(["-c", "0"])
            .arg(std::env::current_exe()?)
            .args(["postgresfront", "--pulje", &pulje.to_string(), "--sokkel"])
            .arg(sokkel);
        if logg {
            kommando.arg("--logg");
        }
        let prosess = prosess::Tjener::vent(kommando)?;
        let last = Last::new(&prosess.base, "ingen")?;
        Ok(Front {
            _prosess: prosess,
            last,
            pulje,
        })
    }
}

/// A running server.
pub struct Postgres(Child);

impl Postgres {
    /// Starts it as delivered but for `innstillinger`, on a folder of its own that is made when it is not there; the socket
    /// lies in `mappe`. `kjerne`: the core it is kept on.
    pub fn start(bin: &Path, mappe: &Path, kjerne: Option<u32>, innstillinger: &[&str]) -> Result<Self> {
        let bruker = Bruker::finn()?;
        bruker.eie(mappe)?;
        let data = mappe.join("data");
        if !data.join("PG_VERSION").exists() {
            let utfall = bruker
                .kommando(&bin.join("initdb"), kjerne)
                .args(["-U", BRUKER, "-A", "trust", "-E", "UTF8", "--no-locale", "-D"])
                .arg(&data)
                .output()?;
            if !utfall.status.success() {
                bail!("initdb: {}", String::from_utf8_lossy(&utfall.stderr));
            }
        }
        let barn = bruker
            .kommando(&bin.join("postgres"), kjerne)
            .arg("-D")
            .arg(&data)
            .args(["-c", "listen_addresses=", "-c"])
            .arg(format!("unix_socket_directories={}", mappe.display()))
            .args(innstillinger.iter().flat_map(|i| ["-c", i]))
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(mappe.join("postgres.log"))?)
            .spawn()?;
        Ok(Postgres(barn))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGINT is PostgreSQL's "fast": sessions are ended, files are left in order.
        let _ = Command::new("kill").args(["-INT", &self.0.id().to_string()]).status();
        let _ = self.0.wait();
    }
}

/// Who PostgreSQL runs as: it refuses root.
struct Bruker(Option<(String, u32, u32)>);

impl Bruker {
    fn finn() -> Result<Self> {
        if std::fs::metadata("/proc/self")?.uid() != 0 {
            return Ok(Bruker(None));
        }
        let passwd = std::fs::read_to_string("/etc/passwd")?;
        for navn in ["postgres", "nobody"] {
            let felt = passwd
                .lines()
                .map(|l| l.split(':').collect::<Vec<_>>())
                .find(|f| f.first() == Some(&navn));
            if let Some([_, _, uid, gid, ..]) = felt.as_deref() {
                return Ok(Bruker(Some((navn.to_owned(), uid.parse()?, gid.parse()?))));
            }
        }
        bail!("root kan ikke kjøre PostgreSQL, og brukeren postgres finnes ikke")
    }

    fn eie(&self, mappe: &Path) -> Result<()> {
        if let Some((_, uid, gid)) = &self.0 {
            chown(mappe, Some(*uid), Some(*gid))?;
        }
        Ok(())
    }

    /// The program as this user, on the server's core.
    fn kommando(&self, program: &Path, kjerne: Option<u32>) -> Command {
        let mut ord: Vec<std::ffi::OsString> = Vec::new();
        if let Some((_, uid, gid)) = &self.0 {
            ord.extend(["setpriv", "--reuid"].map(Into::into));
            ord.extend([uid.to_string().into(), "--regid".into(), gid.to_string().into()]);
            ord.push("--clear-groups".into());
        }
        if let Some(kjerne) = kjerne {
            ord.extend(["taskset".into(), "-c".into(), kjerne.to_string().into()]);
        }
        ord.push(program.into());
        let mut ord = ord.into_iter();
        let mut kommando = Command::new(ord.next().unwrap_or_default());
        kommando.args(ord).current_dir("/");
        kommando
    }
}

/// Waits until it serves.
pub async fn vent(mappe: &Path) -> Result<Client> {
    let start = Instant::now();
    loop {
        match koble_til(mappe).await {
            Ok(klient) => return Ok(klient),
            Err(feil) if start.elapsed() > OPPSTART_MAKS => return Err(feil.context("PostgreSQL svarer ikke")),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// One connection over its socket.
pub async fn koble_til(mappe: &Path) -> Result<Client> {
    let (klient, forbindelse) = tokio_postgres::Config::new()
        .host_path(mappe)
        .user(BRUKER)
        .dbname(BASE)
        .connect(NoTls)
        .await?;
    tokio::spawn(forbindelse);
    Ok(klient)
}

/// Fills the table and brings it into memory. Gives the server's major version and the number of rows.
async fn fyll(mappe: &Path, fil: &Path) -> Result<(String, usize)> {
    let klient = vent(mappe).await?;
    // Else a document of more than 2 kB is compressed and often moved aside, and each lookup pays for it.
    klient
        .batch_execute(
            "create table person (nummer text primary key, dokument jsonb) with (toast_tuple_target = 8160); \
             create table revisjon (nr bigint generated always as identity, tid timestamptz default now(), \
             nummer text, post text); \
             create extension pg_prewarm",
        )
        .await?;
    klient
        .batch_execute(&format!("copy person from '{}'", fil.display()))
        .await
        .context("copy")?;
    // Each of these in a transaction of its own.
    for setning in [
        "vacuum analyze person",
        "checkpoint",
        "select pg_prewarm('person') + pg_prewarm('person_pkey')",
    ] {
        klient.batch_execute(setning).await?;
    }
    let rad = klient
        .query_one("select count(*), current_setting('server_version') from person", &[])
        .await?;
    let (antall, versjon): (i64, String) = (rad.try_get(0)?, rad.try_get(1)?);
    let hoved = versjon.split('.').next().unwrap_or_default().to_owned();
    Ok((hoved, usize::try_from(antall)?))
}

/// How its HTTP front runs.
#[derive(Args)]
pub struct Valg {
    /// Folder of PostgreSQL's socket.
    #[arg(long)]
    sokkel: PathBuf,
    /// Connections to PostgreSQL.
    #[arg(long)]
    pulje: usize,
    /// Each lookup commits a row in a log before its answer.
    #[arg(long)]
    logg: bool,
}

struct Pulje {
    /// What each log row holds besides the number; none without a log.
    post: Option<String>,
    klienter: Vec<(Client, Statement)>,
    neste: AtomicUsize,
}

/// The HTTP front: the stack of the ceiling with a statement behind it.
pub fn kjoer(valg: &Valg) -> Result<()> {
    tak::kjoeretid()?.block_on(async {
        let mut klienter = Vec::new();
        for _ in 0..valg.pulje {
            let klient = koble_til(&valg.sokkel).await?;
            let setning = if valg.logg {
                "with logget as (insert into revisjon (nummer, post) values ($1, $2)) \
                 select dokument::text from person where nummer = $1"
            } else {
                "select dokument::text from person where nummer = $1"
            };
            let setning = klient.prepare(setning).await?;
            klienter.push((klient, setning));
        }
        let pulje = Arc::new(Pulje {
            post: valg.logg.then(|| "x".repeat(POST_BYTE)),
            klienter,
            neste: AtomicUsize::new(0),
        });
        tak::tjen(
            Router::new()
                .route("/personer/{nummer}", get(slaa_opp))
                .with_state(pulje),
        )
        .await
    })
}

async fn slaa_opp(State(pulje): State<Arc<Pulje>>, Sti(nummer): Sti<String>) -> Response {
    // A connection carries many calls at once: PostgreSQL answers in order what came in one packet.
    let nr = pulje.neste.fetch_add(1, Ordering::Relaxed) % pulje.klienter.len().max(1);
    let Some((klient, setning)) = pulje.klienter.get(nr) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let svar = match &pulje.post {
        Some(post) => klient.query_opt(setning, &[&nummer, post]).await,
        None => klient.query_opt(setning, &[&nummer]).await,
    };
    match svar {
        Ok(Some(rad)) => match rad.try_get::<_, String>(0) {
            Ok(dokument) => ([(header::CONTENT_TYPE, "application/json")], dokument).into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        },
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// A row as COPY reads it.
pub fn copyrad(nummer: &str, dokument: &str) -> String {
    let mut rad = String::with_capacity(nummer.len() + dokument.len() + 2);
    let _ = write!(rad, "{nummer}\t");
    for tegn in dokument.chars() {
        match tegn {
            '\\' => rad.push_str("\\\\"),
            '\n' => rad.push_str("\\n"),
            '\r' => rad.push_str("\\r"),
            '\t' => rad.push_str("\\t"),
            _ => rad.push(tegn),
        }
    }
    rad.push('\n');
    rad
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_copy_keeps_backslashes_and_line_breaks_apart() {
        assert_eq!(
            copyrad("1", "{\"a\":\"\\u0041\\\"\",\n\t\"b\":1}"),
            "1\t{\"a\":\"\\\\u0041\\\\\"\",\\n\\t\"b\":1}\n"
        );
    }
}
