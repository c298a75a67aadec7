//! PostgreSQL: the nation in tables made for these questions, one connection over a unix socket, statements prepared.
//!
//! What is in its favour: columns for what is asked for and no more; our own normal forms and phonetic keys, ready made;
//! a table of words, so that a word meets a date, a street or a kommune within one index; index-only scans; everything
//! drawn into memory beforehand; all numbers in one row. Of several ways to ask, each under a plan made once and a plan
//! made anew, the fastest counts. Nothing is sealed, and everybody may see everything.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use anyhow::{Context, Result};
use register::Register;
use soek::fonetikk;
use tokio::runtime::Runtime;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Statement};

use super::super::postgres as tjener;
use super::Rival;
use super::spoersmaal::{Slag, Spoersmaal};
use super::utdrag::{self, Person, husnummer};

/// Memory: a quarter of the machine's. The rest is for loading, and for one who asks alone.
const INNSTILLINGER: [&str; 17] = [
    "work_mem=256MB",
    "maintenance_work_mem=1GB",
    "max_parallel_maintenance_workers=2",
    "max_parallel_workers_per_gather=0",
    "random_page_cost=1.1",
    "effective_cache_size=12GB",
    "jit=off",
    "autovacuum=off",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=4GB",
    "min_wal_size=100MB",
    "pg_trgm.similarity_threshold=0.6",
    "shared_preload_libraries=",
];

const TABELLER: &str = "
    create extension if not exists pg_trgm;
    create extension if not exists pg_prewarm;
    drop table if exists person, navneord, navnene, ferdig;
    create unlogged table person (
        id int, nummer bigint, navn text, ord text[], lyd bigint[], fornavn text[], etternavn text[],
        dato int, aar smallint, kvinne bool, doed bool,
        gate text, husnummer text, postnummer text, kommune text);
    create unlogged table navneord (
        person int, nummer bigint, ord text, del smallint, dato int, aar smallint, kvinne bool, doed bool,
        gate text, husnummer text, kommune text);
    create unlogged table navnene (person int, nummer bigint, ord text[], doed bool);
";

const INDEKSER: [&str; 14] = [
    "create index on person (id) include (nummer)",
    "create index on person (dato)",
    "create index on person (postnummer, dato, kvinne) include (nummer) where not doed",
    "create index on person (postnummer, aar, kvinne) include (nummer) where not doed",
    "create index on person (kommune, kvinne, aar) include (nummer) where not doed",
    "create index on person (husnummer, gate text_pattern_ops)",
    "create index on person using gin (ord) with (fastupdate=off)",
    "create index on person using gin (lyd) with (fastupdate=off)",
    "create index on person using gin (navn gin_trgm_ops) with (fastupdate=off)",
    "create index on navneord (ord, dato) include (person, del, nummer, doed)",
    "create index on navneord (ord, gate) include (person, del, nummer, husnummer, doed)",
    "create index on navneord (ord, kommune, kvinne, aar) include (nummer, doed)",
    "create index on navneord (ord, person) include (nummer, doed, del)",
    "create index on navnene using gin (ord) with (fastupdate=off)",
];

/// Parts of a name as bits.
const FORNAVN: i16 = 1;
const MELLOMNAVN: i16 = 2;
const ETTERNAVN: i16 = 4;

pub struct Postgres {
    // Let go before the server is stopped.
    klient: Client,
    kjoretid: Runtime,
    _tjener: tjener::Postgres,
    versjon: String,
    /// The statements of the kind that is asked now: by postnummer, and all else.
    setninger: Option<(Statement, Statement)>,
    slag: Slag,
    byte: (i64, i64),
}

type Parameter = Box<dyn ToSql + Sync>;

impl Postgres {
    /// Starts it on what was filled before, or fills it; says why there is none.
    pub fn start(bin: &Path, rivaler: &Path, register: &Register) -> Result<Option<Self>> {
        if !bin.join("initdb").exists() {
            writeln!(
                std::io::stdout(),
                "PostgreSQL is not in {}: its column is left out (apt-get install postgresql-15, or --postgres)",
                bin.display()
            )?;
            return Ok(None);
        }
        let mappe = rivaler.join("postgres");
        std::fs::create_dir_all(&mappe)?;
        let minne = format!("shared_buffers={}MB", minne_mb()? / 4);
        let mut innstillinger = INNSTILLINGER.to_vec();
        innstillinger.push(&minne);
        let tjeneren = tjener::Postgres::start(bin, &mappe, None, &innstillinger)?;
        let kjoretid = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let antall = i64::from(register.antall_personer()?);
        kjoretid.block_on(async {
            let klient = tjener::vent(&mappe).await?;
            let ferdig = klient.query_opt("select antall from ferdig", &[]).await;
            if let Ok(Some(rad)) = ferdig
                && rad.try_get::<_, i64>(0)? == antall
            {
                return Ok(());
            }
            fyll(&klient, &mappe, register).await?;
            klient
                .batch_execute(&format!("create table ferdig as select {antall}::bigint as antall"))
                .await?;
            anyhow::Ok(())
        })?;
        let (klient, versjon, byte) = kjoretid.block_on(async {
            let klient = tjener::koble_til(&mappe).await?;
            klient
                .batch_execute(
                    "select sum(pg_prewarm(oid::regclass)) from pg_class \
                     where relnamespace = 'public'::regnamespace and relkind in ('r', 'i')",
                )
                .await?;
            let rad = klient
                .query_one(
                    "select current_setting('server_version'), \
                     (select sum(pg_relation_size(indexrelid))::bigint from pg_index i join pg_class c on c.oid = i.indrelid \
                      where c.relnamespace = 'public'::regnamespace), \
                     (pg_table_size('navneord') + pg_table_size('navnene'))::bigint",
                    &[],
                )
                .await?;
            let versjon: String = rad.try_get(0)?;
            let versjon = versjon.split_whitespace().next().unwrap_or_default().to_owned();
            anyhow::Ok((klient, versjon, (rad.try_get(1)?, rad.try_get(2)?)))
        })?;
        Ok(Some(Postgres {
            klient,
            kjoretid,
            _tjener: tjeneren,
            versjon,
            setninger: None,
            slag: Slag::Navn,
            byte,
        }))
    }

    /// Bytes of its indexes.
    pub fn stoerrelse(&self, antall: u32) -> Result<String> {
        let per = |byte: i64| byte as f64 / f64::from(antall);
        Ok(format!(
            "- index, PostgreSQL: {:.0} B a person in indexes, and {:.0} B in the tables of words and names that they are on",
            per(self.byte.0),
            per(self.byte.1)
        ))
    }

    async fn svar(
        klient: &Client,
        setninger: &(Statement, Statement),
        slag: Slag,
        spoersmaal: &Spoersmaal,
    ) -> Result<Vec<u64>> {
        let parametre = parametre(slag, spoersmaal)?;
        let parametre: Vec<&(dyn ToSql + Sync)> = parametre.iter().map(AsRef::as_ref).collect();
        let setning = if spoersmaal.adresse().postnummer.is_some() {
            &setninger.0
        } else {
            &setninger.1
        };
        let rad = klient.query_one(setning, &parametre).await?;
        let numre: Vec<i64> = rad.try_get(0)?;
        // Several fit: nobody is meant.
        if matches!(spoersmaal, Spoersmaal::Entydig(_)) && numre.len() > 1 {
            return Ok(Vec::new());
        }
        numre.into_iter().map(|n| Ok(u64::try_from(n)?)).collect()
    }
}

fn minne_mb() -> Result<u64> {
    let tekst = std::fs::read_to_string("/proc/meminfo")?;
    let linje = tekst.lines().find_map(|l| l.strip_prefix("MemTotal:"));
    let kb = linje.and_then(|l| l.split_whitespace().next()).context("MemTotal")?;
    Ok(kb.parse::<u64>()? / 1_024)
}

// Ways of asking a kind, in SQL. `{sted}` is postnummer or kommune.
fn sql(slag: Slag) -> &'static [&'static str] {
    match slag {
        Slag::EntydigNavnDato => &[
            "select nummer from person where dato = $3 and fornavn @> array[$1] and etternavn @> array[$2] limit 2",
            "select a.nummer from navneord a where a.ord = $2 and a.dato = $3 and a.del & 4 <> 0 and exists (select from \
             navneord b where b.ord = $1 and b.dato = $3 and b.person = a.person and b.del & 1 <> 0) limit 2",
        ],
        Slag::EntydigNavnGateNummer => &[
            "select nummer from person where husnummer = $5 and gate ~>=~ $3 and gate ~<~ $4 and fornavn @> array[$1] \
             and etternavn @> array[$2] limit 2",
            "select a.nummer from navneord a where a.ord = $2 and a.gate >= $3 and a.gate < $4 and a.husnummer = $5 and \
             a.del & 4 <> 0 and exists (select from navneord b where b.ord = $1 and b.person = a.person and \
             b.del & 1 <> 0) limit 2",
        ],
        Slag::EtternavnDato => &[
            "select nummer from navneord where ord = $1 and dato = $2 and not doed",
            "select nummer from person where dato = $2 and ord @> array[$1] and not doed",
        ],
        Slag::GateEtternavn => {
            &["select nummer from navneord where ord = $1 and gate >= $2 and gate < $3 and not doed"]
        }
        Slag::Flere => &[
            "select nummer from navneord where ord = $1 and kommune = $2 and kvinne = $3 and aar between $4 and $5 and not doed",
        ],
        Slag::Navn => &[
            "select nummer from person where ord @> array[$1, $2] and not doed",
            "select a.nummer from navneord a join navneord b on b.person = a.person \
             where a.ord = $1 and b.ord = $2 and not a.doed",
        ],
        Slag::Fonetisk => &["select nummer from person where lyd && $1 and lyd && $2 and not doed"],
        Slag::Historisk => &["select distinct nummer from navnene where ord @> array[$1, $2] and not doed"],
        Slag::EttTreff => &["select nummer from person where {sted} = $1 and dato = $2 and kvinne = $3 and not doed"],
        Slag::HundreTreff | Slag::TitusenTreff => &[
            "select nummer from person where {sted} = $1 and (kvinne = $2 or $2 is null) and aar between $3 and $4 and not doed",
            "select nummer from person where {sted} = $1 and kvinne = any($5) and aar between $3 and $4 and not doed \
             and ($2 or true)",
        ],
        Slag::Omtrent => &["select nummer from person where navn % $1 and not doed"],
    }
}

// Where texts that begin so end: the last letter, one on.
fn slutt(start: &str) -> Result<String> {
    let mut tegn: Vec<char> = start.chars().collect();
    let siste = tegn.pop().context("gate")?;
    tegn.push(char::from_u32(u32::from(siste) + 1).context("gate")?);
    Ok(tegn.into_iter().collect())
}

fn dato(tekst: &str) -> Result<i32> {
    Ok(tekst.replace('-', "").parse()?)
}

fn lyder(ord: &str) -> Vec<i64> {
    fonetikk::keys(ord).iter().map(|n| i64::from_be_bytes(n.0)).collect()
}

fn parametre(slag: Slag, spoersmaal: &Spoersmaal) -> Result<Vec<Parameter>> {
    let mut ut: Vec<Parameter> = Vec::new();
    match spoersmaal {
        Spoersmaal::Entydig(k) => {
            for ord in &k.navn.ord {
                ut.push(Box::new(ord.clone()));
            }
            if let Some(d) = &k.foedselsdato {
                ut.push(Box::new(dato(d)?));
            }
            if let Some(gate) = &k.adresse.gate {
                ut.push(Box::new(gate.clone()));
                ut.push(Box::new(slutt(gate)?));
                ut.push(Box::new(k.adresse.husnummer.map(husnummer)));
            }
        }
        Spoersmaal::Soek(k) if slag == Slag::Omtrent => ut.push(Box::new(k.navn.ord.join(" "))),
        Spoersmaal::Soek(k) => {
            for ord in &k.navn.ord {
                if slag == Slag::Fonetisk {
                    ut.push(Box::new(lyder(ord)));
                } else {
                    ut.push(Box::new(ord.clone()));
                }
            }
            for sted in [&k.adresse.postnummer, &k.adresse.kommunenummer].into_iter().flatten() {
                ut.push(Box::new(sted.clone()));
            }
            if let Some(gate) = &k.adresse.gate {
                ut.push(Box::new(gate.clone()));
                ut.push(Box::new(slutt(gate)?));
            }
            if let Some(d) = &k.foedselsdato {
                ut.push(Box::new(dato(d)?));
            }
            let kvinne = k.kjoenn.as_ref().map(|kjoenn| kjoenn == "kvinne");
            let omraade = matches!(slag, Slag::HundreTreff | Slag::TitusenTreff);
            if kvinne.is_some() || omraade {
                ut.push(Box::new(kvinne));
            }
            if let (Some(fra), Some(til)) = (k.foedselsaar_fra, k.foedselsaar_til) {
                ut.push(Box::new(i16::try_from(fra)?));
                ut.push(Box::new(i16::try_from(til)?));
            }
            if omraade {
                ut.push(Box::new(kvinne.map_or(vec![false, true], |k| vec![k])));
            }
        }
    }
    Ok(ut)
}

impl Rival for Postgres {
    fn navn(&self) -> String {
        format!("PostgreSQL {}", self.versjon)
    }

    fn maater(&self, slag: Slag) -> usize {
        sql(slag).len() * 2
    }

    fn velg(&mut self, slag: Slag, maate: usize) -> Result<()> {
        let setning = sql(slag).get(maate / 2).context("måte")?;
        let plan = if maate.is_multiple_of(2) {
            "force_generic_plan"
        } else {
            "force_custom_plan"
        };
        let Postgres { klient, kjoretid, .. } = self;
        let setninger = kjoretid.block_on(async {
            klient.batch_execute(&format!("set plan_cache_mode = {plan}")).await?;
            // A parameter that one way has no use for is there all the same.
            let femte = if setning.contains("$5") || !matches!(slag, Slag::HundreTreff | Slag::TitusenTreff) {
                ""
            } else {
                " and $5::bool[] is not null"
            };
            let hele = |sted: &str| {
                format!(
                    "select coalesce(array_agg(nummer), '{{}}') from ({}{femte}) s",
                    setning.replace("{sted}", sted)
                )
            };
            let med_postnummer = klient.prepare(&hele("postnummer")).await?;
            anyhow::Ok((med_postnummer, klient.prepare(&hele("kommune")).await?))
        })?;
        self.setninger = Some(setninger);
        self.slag = slag;
        Ok(())
    }

    fn spoer(&mut self, spoersmaal: &Spoersmaal) -> Result<usize> {
        Ok(self.numre(spoersmaal)?.len())
    }

    fn numre(&mut self, spoersmaal: &Spoersmaal) -> Result<Vec<u64>> {
        let setninger = self.setninger.as_ref().context("velg")?;
        self.kjoretid
            .block_on(Self::svar(&self.klient, setninger, self.slag, spoersmaal))
    }
}

/// The rows of one person, as COPY reads them.
#[derive(Default)]
struct Rader {
    person: String,
    navneord: String,
    navnene: String,
}

// All that stands here is normalised text, numbers and codes: nothing needs to be escaped but what is missing.
fn felt<T: std::fmt::Display>(verdi: Option<T>) -> String {
    verdi.map_or_else(|| "\\N".to_owned(), |v| v.to_string())
}

fn liste<T: std::fmt::Display>(verdier: &[T]) -> String {
    let mut ut = String::from("{");
    for (nr, verdi) in verdier.iter().enumerate() {
        let _ = write!(ut, "{}{verdi}", if nr == 0 { "" } else { "," });
    }
    ut.push('}');
    ut
}

impl Rader {
    fn ta(&mut self, person: &Person) {
        let Person {
            plass, nummer, doed, ..
        } = person;
        let dato_ = felt(person.foedselsdato.as_ref().map(|d| d.replace('-', "")));
        let aar = felt(person.foedselsaar);
        let kvinne = felt(person.kjoenn.as_ref().map(|k| k == "kvinne"));
        let bosted = &person.bosted;
        let (gate, kommune) = (felt(bosted.gate.as_ref()), felt(bosted.kommune.as_ref()));
        let hus = felt(bosted.husnummer.map(husnummer));
        let navn = person.gjeldende_navn();
        let ord = navn.map(utdrag::Navn::ord).unwrap_or_default();
        let mut lyd: Vec<i64> = ord.iter().flat_map(|o| lyder(o)).collect();
        lyd.sort_unstable();
        lyd.dedup();
        let deler = |velg: fn(&utdrag::Navn) -> &Vec<String>| navn.map(velg).cloned().unwrap_or_default();
        let (fornavn, mellomnavn, etternavn) =
            (deler(|n| &n.fornavn), deler(|n| &n.mellomnavn), deler(|n| &n.etternavn));
        let hele = [fornavn.as_slice(), &mellomnavn, &etternavn].concat().join(" ");
        let _ = writeln!(
            self.person,
            "{plass}\t{nummer}\t{hele}\t{}\t{}\t{}\t{}\t{dato_}\t{aar}\t{kvinne}\t{doed}\t{gate}\t{hus}\t{}\t{kommune}",
            liste(&ord),
            liste(&lyd),
            liste(&fornavn),
            liste(&etternavn),
            felt(bosted.postnummer.as_ref()),
        );
        for ord in &ord {
            let har = |del: &[String], bit: i16| if del.iter().any(|o| o == ord) { bit } else { 0 };
            let del = har(&fornavn, FORNAVN) | har(&mellomnavn, MELLOMNAVN) | har(&etternavn, ETTERNAVN);
            let _ = writeln!(
                self.navneord,
                "{plass}\t{nummer}\t{ord}\t{del}\t{dato_}\t{aar}\t{kvinne}\t{doed}\t{gate}\t{hus}\t{kommune}"
            );
        }
        for navn in &person.navn {
            let _ = writeln!(self.navnene, "{plass}\t{nummer}\t{}\t{doed}", liste(&navn.ord()));
        }
    }
}

const TABELLNAVN: [&str; 3] = ["person", "navneord", "navnene"];

async fn fyll(klient: &Client, mappe: &Path, register: &Register) -> Result<()> {
    let filer = TABELLNAVN.map(|t| mappe.join(t));
    let mut ut = filer
        .iter()
        .map(|fil| Ok(BufWriter::with_capacity(1 << 20, File::create(fil)?)))
        .collect::<Result<Vec<_>>>()?;
    let les = register.les()?;
    let mut rader = Rader::default();
    for plass in 1..=register.antall_personer()? {
        let Some(person) = utdrag::les(&les, plass)? else {
            continue;
        };
        rader.ta(&person);
        for (ut, rad) in ut
            .iter_mut()
            .zip([&mut rader.person, &mut rader.navneord, &mut rader.navnene])
        {
            ut.write_all(rad.as_bytes())?;
            rad.clear();
        }
    }
    for mut en in ut {
        en.flush()?;
    }
    klient.batch_execute(TABELLER).await?;
    for (tabell, fil) in TABELLNAVN.iter().zip(&filer) {
        let setning = format!("copy {tabell} from '{}'", fil.display());
        klient.batch_execute(&setning).await.context("copy")?;
        std::fs::remove_file(fil)?;
    }
    for setning in INDEKSER {
        klient.batch_execute(setning).await?;
    }
    // Each of these in a transaction of its own.
    klient.batch_execute("vacuum (analyze)").await?;
    Ok(klient.batch_execute("checkpoint").await?)
}
