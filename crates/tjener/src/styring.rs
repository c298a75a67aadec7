//! Commands to the process that has a data folder: a socket in the folder, readable by its owner alone.
//!
//! What a command does is the same with and without a process that has the folder: [`Arbeid`]. Two processes never write
//! one store.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use identifikator::Organisasjonsnummer;
use informasjonsmodell::{Persondokument, Tidspunkt, xml};
use jiff::Timestamp;
use register::Importutfall;
use serde::{Deserialize, Serialize};
use tilgang::Pakke;
use tilgang::avtale::{self, Avtaleid, NyAvtale, NyKlient, Rettighet, Sperret};
use tilgang::token::Offentlignoekkel;

use crate::mappe::{Aapen, Mappe, klokke};
use crate::testmiljoe::Kontroll;
use crate::vert::Vert;

mod audit;
mod helsekopi;
mod kopi;
mod korreksjon;
mod liv;
mod preg;
mod produsent;
mod regler;
mod sak;
mod tavle;
pub use audit::{innstillinger as revisjonsinnstillinger, rydd_revisjon};
pub use kopi::{siste_kopis_alder, ta_kopi};
pub use korreksjon::{Feedvisning, Korreksjonsoppdrag, NyKorreksjon, Proevevisning};
pub use preg::{Passordtekst, Pregoppdrag, Pregvisning};
pub use produsent::{ProdusentGi, Produsentvisning};
pub use sak::{Saksvalg, Saksvisning, Vedleggsvisning};
pub use tavle::{Meldingsendring, NyMelding, NyNyhet, Tavleoppdrag};
#[cfg(unix)]
mod sokkel;
#[cfg(unix)]
pub use sokkel::{Klient, start};
#[cfg(not(unix))]
mod uten_sokkel;
#[cfg(not(unix))]
pub use uten_sokkel::{Klient, start};

/// Who the history of grants and clients says did it.
const UTFOERT_AV: &str = "persontjenesten";

/// What one hears who would control what is no running test environment.
const IKKE_TESTMILJOE: &str =
    "FREG-061: dette er ikke et testmiljø som kjører; start demo, eller serve med testmiljoe = true";

/// What one hears who asks of a folder that nobody serves.
const KJOERER_IKKE: &str = "ingen prosess kjører i denne datamappen; start med demo eller serve";

/// Documents in one step of an export.
const EKSPORT_ANTALL: usize = 500;

/// Largest document that is imported. Units: bytes.
///
/// Source: our choice; a person with a long history takes some tens of kilobytes.
pub const DOKUMENT_BYTE_MAKS: usize = 8 << 20;

/// A command.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kommando")]
pub enum Kommando {
    /// A token for a package.
    Token {
        /// The package's short name.
        pakke: String,
        /// Asked for by the demo's supplier on the consumer's behalf.
        som_leverandoer: bool,
    },
    /// Takes in one document.
    Import {
        /// The document as text, JSON or XML.
        dokument: String,
        /// It is XML.
        xml: bool,
    },
    /// Gives documents from a person on.
    Eksport {
        /// Where to begin.
        fra: u32,
    },
    /// Checks the store.
    Verifiser,
    /// Holds some persons up against the register's rules.
    VerifiserRegler {
        /// The first, by its number inside the store.
        fra: u32,
        /// With the numbers of those who break one; recorded in the audit log.
        personer: bool,
    },
    /// Rebuilds every view.
    Replay,
    /// Takes a copy of the register.
    Sikkerhetskopi {
        /// The folder of copies.
        mappe: PathBuf,
        /// How many are to be kept; all of them if absent.
        behold: Option<usize>,
    },
    /// Writes the key store anew.
    NoeklerForny {
        /// Under a new key.
        ny_noekkel: bool,
    },
    /// Registers a client with the built-in issuer.
    KlientRegistrer {
        /// Its identifier.
        id: String,
        /// The organisation it belongs to.
        organisasjon: String,
        /// What it may ask for.
        scope: Vec<String>,
        /// Its public key, as JWK text.
        jwk: String,
    },
    /// Gives a client one more key.
    KlientNoekkel {
        /// The client.
        id: String,
        /// The public key, as JWK text.
        jwk: String,
    },
    /// Takes a key from a client.
    KlientFjernNoekkel {
        /// The client.
        id: String,
        /// The key's name.
        kid: String,
    },
    /// Shows cases, or decides one.
    Sak(Saksvalg),
    /// Does something about mass corrections.
    Korreksjon {
        /// What.
        oppdrag: Korreksjonsoppdrag,
    },
    /// Lets one thing happen to somebody, in a test environment.
    Hendelse(crate::liv::Hendelsesvalg),
    /// Lets time pass in the nation, in a test environment.
    LivFram {
        /// How far.
        maal: crate::liv::Maal,
    },
    /// Closes a client.
    KlientAvslutt {
        /// The client.
        id: String,
    },
    /// Lists the clients.
    KlientVis,
    /// Gives an organisation a grant.
    AvtaleGi(AvtaleGi),
    /// Withdraws a grant.
    AvtaleTrekk {
        /// Its number.
        nummer: u64,
        /// Why.
        grunn: String,
    },
    /// Lists the grants.
    AvtaleVis,
    /// Blocks an organisation or a client.
    Sperr {
        /// Whom.
        hvem: Sperremaal,
        /// Why.
        grunn: String,
    },
    /// Lifts a block.
    SperrOpphev {
        /// Whose.
        hvem: Sperremaal,
        /// Why.
        grunn: String,
    },
    /// Lists the blocks that hold.
    SperrListe,
    /// Lets a producer send more kinds of messages.
    ProdusentGi(ProdusentGi),
    /// Withdraws what a producer may send.
    ProdusentTrekk {
        /// The organisation.
        organisasjon: String,
        /// The kinds, by code; all of them when there are none.
        meldinger: Vec<String>,
        /// Why.
        grunn: String,
    },
    /// Lists the producers.
    ProdusentListe {
        /// With everything that happened to each.
        historikk: bool,
    },
    /// Does something about who may sign in to PREG.
    Preg {
        /// What.
        oppdrag: Pregoppdrag,
    },
    /// Checks the audit log.
    AuditVerifiser {
        /// Signed heads that were kept elsewhere.
        hoder: Vec<String>,
    },
    /// Who has asked about a person.
    AuditInnsyn {
        /// One of the person's numbers.
        nummer: String,
        /// Everything, and not only what the person may see.
        alt: bool,
    },
    /// Lists disclosures about protected persons.
    AuditVernede {
        /// From when.
        fra: Option<Timestamp>,
        /// Until when, not included.
        til: Option<Timestamp>,
        /// With the persons' numbers.
        personer: bool,
    },
    /// Proves that a record is in the audit log.
    AuditBevis {
        /// The record's number.
        post: u64,
    },
    /// Proves that the audit log has only grown.
    AuditVekst {
        /// The older signed head.
        fra: String,
    },
    /// Signs a head of the audit log now.
    AuditHode,
    /// Does something on the board of news and notices.
    Tavle {
        /// What.
        oppdrag: Tavleoppdrag,
        /// The answer as JSON.
        json: bool,
    },
    /// Does something to a test environment; only the process that runs one can.
    Test(testkontroll::Oppdrag),
    /// What runs here, and lag and age of each source; only the process that runs can.
    Status,
    /// Holds the health sector's copy up against its source; only the process that keeps it can.
    HelsekopiSammenlign,
    /// Takes a table of addresses into use; only the process that keeps the health sector's copy can.
    KartverkLeggInn {
        /// The table, in a file.
        fil: PathBuf,
    },
}

/// Who is to be blocked.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Sperremaal {
    /// An organisation.
    Konsument {
        /// Its number.
        organisasjon: String,
    },
    /// A client.
    Klient {
        /// Its identifier.
        id: String,
    },
}

impl Sperremaal {
    fn les(self) -> Result<Sperret> {
        Ok(match self {
            Sperremaal::Konsument { organisasjon } => Sperret::Organisasjon(Organisasjonsnummer::parse(&organisasjon)?),
            Sperremaal::Klient { id } => Sperret::Klient(id),
        })
    }
}

/// A grant to be given.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AvtaleGi {
    /// The consumer.
    pub organisasjon: String,
    /// The scope, which for a package's scope means the package.
    pub scope: String,
    /// The consumer is private.
    pub privat: bool,
    /// A private consumer is to see graded addresses.
    pub graderte_adresser: bool,
    /// The purpose.
    pub formaal: String,
    /// The legal basis.
    pub hjemmel: String,
    /// From when; now when absent.
    pub fra: Option<Timestamp>,
    /// Until when; without end when absent.
    pub til: Option<Timestamp>,
}

/// The answer to a command.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "svar")]
pub enum Svar {
    /// A token.
    Token {
        /// The token.
        token: String,
    },
    /// What an import led to.
    Import {
        /// `ny`, `endret`, `lik` or `avvist`.
        utfall: String,
        /// Why it was refused.
        grunn: Option<String>,
        /// Members that the model does not know, which are kept.
        ukjente: Vec<String>,
    },
    /// Documents, and where to go on.
    Eksport {
        /// Number and document.
        dokumenter: Vec<(String, String)>,
        /// Next person; `None` when there are no more.
        neste: Option<u32>,
    },
    /// What a check of the audit log came to.
    AuditVerifiser {
        /// The findings, one line each.
        funn: Vec<String>,
        /// Records that the log has had.
        poster: u64,
        /// Records that were read.
        lest: u64,
        /// Signed heads that were held against them.
        hoder: u64,
    },
    /// What was found, one line each; empty when nothing.
    Verifiser {
        /// The findings.
        funn: Vec<String>,
        /// Persons checked.
        personer: u32,
    },
    /// What some persons break of the register's rules.
    Regler {
        /// How many break each rule, by its name.
        brudd: Vec<(String, u64)>,
        /// Who breaks which, where it was asked for: the rule's name and the number.
        hvem: Vec<(String, String)>,
        /// Persons looked at.
        sett: u64,
        /// Persons that cannot be read.
        uleselige: u64,
        /// Where to go on; `None` when there are no more.
        neste: Option<u32>,
        /// How many persons there are.
        av: u32,
    },
    /// Hash of the views before and after.
    Replay {
        /// Before.
        foer: String,
        /// After.
        etter: String,
    },
    /// What has happened to the nation.
    Liv {
        /// How many of each.
        telling: crate::liv::Telling,
        /// How long it took. Units: milliseconds.
        varighet_ms: u64,
    },
    /// Cases.
    Saker {
        /// The cases.
        saker: Vec<Saksvisning>,
    },
    /// Files that came with a message.
    Vedlegg {
        /// The files.
        vedlegg: Vec<Vedleggsvisning>,
    },
    /// Mass corrections, and the feeds that wait.
    Korreksjoner {
        /// The jobs.
        jobber: Vec<::korreksjon::Jobb>,
        /// Feeds that are held, or have not got everything since.
        feeder: Vec<Feedvisning>,
    },
    /// What a part of a trial came to.
    Proevd(Proevevisning),
    /// Producers, in the order that they were given rights.
    Produsenter {
        /// The rights.
        produsenter: Vec<Produsentvisning>,
    },
    /// Who has ordered PREG.
    Preg {
        /// Organisations, by number.
        organisasjoner: Vec<Pregvisning>,
    },
    /// A user of PREG who was given a password.
    Pregbruker {
        /// The user.
        brukernavn: String,
        /// The password, where it was drawn here.
        passord: Option<Passordtekst>,
    },
    /// What a comparison of the health sector's copy with its source came to.
    Sammenlignet {
        /// The findings, one line each.
        linjer: Vec<String>,
        /// Whether they are the same.
        lik: bool,
    },
    /// Lines for the one who asked.
    Linjer {
        /// The lines.
        linjer: Vec<String>,
    },
    /// What a test environment answers.
    Test {
        /// As its interface shows it.
        verdi: serde_json::Value,
    },
    /// The command failed.
    Feil {
        /// Why.
        melding: String,
    },
}

/// Carries out a command in the process that serves.
fn utfoer_her(vert: &Vert, test: Option<&Kontroll>, kommando: Kommando) -> Svar {
    let svar = match (kommando, test) {
        (Kommando::Test(oppdrag), Some(kontroll)) => testkontroll::utfoer(kontroll, oppdrag)
            .map(|verdi| Svar::Test { verdi })
            .map_err(|feil| anyhow!("{}: {feil}", feil.kode().som_tekst())),
        (Kommando::Status, _) => helsekopi::status(vert),
        (Kommando::HelsekopiSammenlign, _) => helsekopi::sammenlign(vert),
        (Kommando::KartverkLeggInn { fil }, _) => helsekopi::legg_inn_steder(vert, &fil),
        (kommando, _) => vert.naa().map(|aapen| Arbeid(aapen).utfoer(kommando)),
    };
    svar.unwrap_or_else(|feil| Svar::Feil {
        melding: format!("{feil:#}"),
    })
}

/// Carries out commands on an open folder.
pub struct Arbeid(pub Arc<Aapen>);

impl Arbeid {
    /// Carries out one command.
    pub fn utfoer(&self, kommando: Kommando) -> Svar {
        self.forsoek(kommando).unwrap_or_else(|feil| Svar::Feil {
            melding: format!("{feil:#}"),
        })
    }

    fn forsoek(&self, kommando: Kommando) -> Result<Svar> {
        let register = &self.0.register;
        Ok(match kommando {
            Kommando::Token { pakke, som_leverandoer } => {
                let pakke = Pakke::fra_kortnavn(&pakke).context("ukjent rettighetspakke")?;
                Svar::Token {
                    token: crate::demo::token(&self.0, pakke, som_leverandoer)?,
                }
            }
            Kommando::Import { dokument, xml } => match self.importer(&dokument, xml) {
                Ok((utfall, ukjente)) => Svar::Import {
                    utfall: utfallsnavn(utfall).to_owned(),
                    grunn: None,
                    ukjente,
                },
                Err(grunn) => Svar::Import {
                    utfall: "avvist".to_owned(),
                    grunn: Some(format!("{grunn:#}")),
                    ukjente: Vec::new(),
                },
            },
            Kommando::Eksport { fra } => self.eksporter(fra)?,
            Kommando::Verifiser => {
                let funn = register.verifiser(&mut |_| {})?;
                let funn = funn.into_iter().map(|f| format!("{}: {}", f.sted, f.hva)).collect();
                Svar::Verifiser {
                    funn,
                    personer: register.antall_personer()?,
                }
            }
            Kommando::VerifiserRegler { fra, personer } => self.verifiser_regler(fra, personer)?,
            Kommando::Replay => {
                let (foer, etter) = register.bygg_om(&mut |_| {})?;
                Svar::Replay { foer, etter }
            }
            Kommando::Sikkerhetskopi { mappe, behold } => self.sikkerhetskopi(&mappe, behold)?,
            Kommando::NoeklerForny { ny_noekkel } => self.forny_noekler(ny_noekkel)?,
            Kommando::KlientRegistrer {
                id,
                organisasjon,
                scope,
                jwk,
            } => {
                let klient = NyKlient {
                    klient_id: id,
                    organisasjon: Organisasjonsnummer::parse(&organisasjon)?,
                    scopes: scope.into_iter().collect(),
                    noekler: vec![Offentlignoekkel::fra_klient(jwk.as_bytes())?],
                };
                let klient = self.0.avtaler.registrer_klient(&klient, UTFOERT_AV, klokke()())?;
                linje(format!("registrert {}", klient.klient_id))
            }
            Kommando::KlientNoekkel { id, jwk } => {
                let noekkel = Offentlignoekkel::fra_klient(jwk.as_bytes())?;
                let klient = self.0.avtaler.legg_til_noekkel(&id, &noekkel, UTFOERT_AV, klokke()())?;
                Svar::Linjer {
                    linjer: noekkellinjer(&klient).collect(),
                }
            }
            Kommando::KlientFjernNoekkel { id, kid } => {
                let klient = self.0.avtaler.fjern_noekkel(&id, &kid, UTFOERT_AV, klokke()())?;
                Svar::Linjer {
                    linjer: noekkellinjer(&klient).collect(),
                }
            }
            Kommando::KlientAvslutt { id } => {
                let klient = self.0.avtaler.avslutt_klient(&id, UTFOERT_AV, klokke()())?;
                linje(format!("avsluttet {}", klient.klient_id))
            }
            Kommando::KlientVis => {
                let klienter = self.0.avtaler.klienter();
                let tekst = klienter.iter().flat_map(|k| {
                    let scopes: Vec<_> = k.scopes.iter().map(String::as_str).collect();
                    let slutt = k.avsluttet.map_or_else(String::new, |t| format!("  avsluttet {t}"));
                    let om = format!("{:<32} {}  {}{slutt}", k.klient_id, k.organisasjon, scopes.join(" "));
                    std::iter::once(om).chain(noekkellinjer(k))
                });
                Svar::Linjer {
                    linjer: tekst.collect(),
                }
            }
            Kommando::AvtaleGi(ny) => {
                let naa = klokke()();
                let avtale = NyAvtale {
                    organisasjon: Organisasjonsnummer::parse(&ny.organisasjon)?,
                    rettighet: Rettighet::fra_scope(&ny.scope).context("ukjent scope")?,
                    graderte_adresser: ny.graderte_adresser,
                    er_privat: ny.privat,
                    formaal: ny.formaal,
                    hjemmel: ny.hjemmel,
                    fra: ny.fra.unwrap_or(naa),
                    til: ny.til,
                };
                let avtale = self.0.avtaler.gi(&avtale, UTFOERT_AV, naa)?;
                linje(format!("avtale {} gitt", avtale.id.0))
            }
            Kommando::AvtaleTrekk { nummer, grunn } => {
                self.0.avtaler.trekk(Avtaleid(nummer), &grunn, UTFOERT_AV, klokke()())?;
                linje(format!("avtale {nummer} trukket"))
            }
            Kommando::Sperr { hvem, grunn } => {
                let hvem = hvem.les()?;
                let utfall = self.0.avtaler.sperr(&hvem, &grunn, UTFOERT_AV, klokke()());
                utfall.with_context(|| hvem.to_string())?;
                let mut linjer = vec![format!("sperret {hvem}")];
                // One that another issuer knows may be blocked before it is seen here; a name that is mistyped is too.
                let kjent = match &hvem {
                    Sperret::Klient(id) => self.0.avtaler.klienter().iter().any(|k| k.klient_id == *id),
                    Sperret::Organisasjon(org) => {
                        let produsenter = self.0.avtaler.produsenter();
                        self.0.avtaler.alle().iter().any(|a| a.organisasjon == *org)
                            || produsenter.iter().any(|p| p.organisasjon == *org)
                    }
                };
                if !kjent {
                    linjer
                        .push("MERK: ingen klient eller avtale her har dette navnet; er det skrevet rett?".to_owned());
                }
                Svar::Linjer { linjer }
            }
            Kommando::SperrOpphev { hvem, grunn } => {
                let hvem = hvem.les()?;
                let utfall = self.0.avtaler.opphev_sperre(&hvem, &grunn, UTFOERT_AV, klokke()());
                utfall.with_context(|| hvem.to_string())?;
                linje(format!("opphevet {hvem}"))
            }
            Kommando::SperrListe => {
                let sperrer = self.0.avtaler.sperrer();
                let tekst = sperrer
                    .iter()
                    .map(|(hvem, s)| format!("{hvem}  siden {}  {}", s.tid, s.grunn));
                Svar::Linjer {
                    linjer: tekst.collect(),
                }
            }
            Kommando::Sak(valg) => self.sak(valg)?,
            Kommando::Korreksjon { oppdrag } => self.korreksjon(oppdrag)?,
            Kommando::Hendelse(valg) => self.hendelse(valg)?,
            Kommando::LivFram { maal } => self.liv_fram(maal)?,
            Kommando::ProdusentGi(ny) => self.produsent_gi(&ny)?,
            Kommando::ProdusentTrekk {
                organisasjon,
                meldinger,
                grunn,
            } => self.produsent_trekk(&organisasjon, &meldinger, &grunn)?,
            Kommando::ProdusentListe { historikk } => self.produsent_liste(historikk),
            Kommando::Preg { oppdrag } => self.preg(oppdrag)?,
            Kommando::AuditVerifiser { hoder } => self.audit_verifiser(&hoder)?,
            Kommando::AuditInnsyn { nummer, alt } => self.audit_innsyn(&nummer, alt)?,
            Kommando::AuditVernede { fra, til, personer } => self.audit_vernede(fra, til, personer)?,
            Kommando::AuditBevis { post } => self.audit_bevis(post)?,
            Kommando::AuditVekst { fra } => self.audit_vekst(&fra)?,
            Kommando::AuditHode => self.audit_hode()?,
            Kommando::Tavle { oppdrag, json } => self.tavle(oppdrag, json)?,
            Kommando::Test(_) => bail!(IKKE_TESTMILJOE),
            Kommando::Status | Kommando::HelsekopiSammenlign | Kommando::KartverkLeggInn { .. } => bail!(KJOERER_IKKE),
            Kommando::AvtaleVis => {
                let avtaler = self.0.avtaler.alle();
                let tekst = avtaler.iter().map(|a| {
                    let til = a.til.map_or_else(|| "uten slutt".to_owned(), |t| t.to_string());
                    let trukket = a.trukket.map_or_else(String::new, |t| format!("  trukket {t}"));
                    format!(
                        "{:>5}  {}  {}  fra {} til {til}{trukket}",
                        a.id.0, a.organisasjon, a.rettighet, a.fra
                    )
                });
                Svar::Linjer {
                    linjer: tekst.collect(),
                }
            }
        })
    }

    fn importer(&self, dokument: &str, er_xml: bool) -> Result<(Importutfall, Vec<String>)> {
        if dokument.len() > DOKUMENT_BYTE_MAKS {
            bail!("dokumentet er større enn {DOKUMENT_BYTE_MAKS} byte");
        }
        let dokument = if er_xml {
            xml::les::persondokument(dokument.as_bytes())?
        } else {
            Persondokument::les_json(dokument.as_bytes())?
        };
        let naa = self.0.klokke.naa();
        let tidspunkt = Tidspunkt::parse(&naa.to_string()).context("klokken")?;
        let utfall = self.0.register.importer(&dokument, tidspunkt, naa.as_second())?;
        Ok((utfall, dokument.ukjente_medlemmer().into_iter().collect()))
    }

    fn eksporter(&self, fra: u32) -> Result<Svar> {
        let les = self.0.register.les()?;
        let mut dokumenter = Vec::new();
        for person in les.personer()?.skip(usize::try_from(fra)?) {
            if dokumenter.len() == EKSPORT_ANTALL {
                return Ok(Svar::Eksport {
                    dokumenter,
                    neste: Some(person.nummer() - 1),
                });
            }
            let Some(dokument) = les.eksporter(person)? else {
                continue;
            };
            let nummer = les.gjeldende_nummer(person)?.context("en person uten nummer")?;
            dokumenter.push((nummer, String::from_utf8(dokument.til_json())?));
        }
        Ok(Svar::Eksport {
            dokumenter,
            neste: None,
        })
    }
}

/// A client's keys, a line each.
fn noekkellinjer(klient: &avtale::Klient) -> impl Iterator<Item = String> {
    let noekler = klient.noekler.iter();
    noekler.map(|(kid, noekkel)| format!("  nøkkel {kid}  til {}", noekkel.utloeper))
}

fn linje(tekst: String) -> Svar {
    Svar::Linjer { linjer: vec![tekst] }
}

fn utfallsnavn(utfall: Importutfall) -> &'static str {
    match utfall {
        Importutfall::Ny => "ny",
        Importutfall::Endret => "endret",
        Importutfall::Lik => "lik",
    }
}

/// Somebody who carries out commands: this process, or the one that has the folder.
pub enum Utfoerer {
    /// This process has the folder.
    Her(Arbeid),
    /// Another has it.
    Der(Klient),
}

impl Utfoerer {
    /// Opens the folder, or finds the process that has it.
    pub fn finn(mappe: &Mappe) -> Result<Self> {
        if let Some(klient) = Klient::koble(mappe)? {
            return Ok(Utfoerer::Der(klient));
        }
        if !mappe.sti().is_dir() {
            bail!("fant ikke datamappen {}", mappe.sti().display());
        }
        let aapen = Aapen::aapne(mappe, &Aapen::kjent_utsteder(mappe))?;
        aapen.start_arkivstroem()?;
        Ok(Utfoerer::Her(Arbeid(Arc::new(aapen))))
    }

    /// The process that has the folder.
    ///
    /// # Errors
    /// Where there is none.
    pub fn finn_kjoerende(mappe: &Mappe) -> Result<Self> {
        Klient::koble(mappe)?.map(Utfoerer::Der).context(KJOERER_IKKE)
    }

    /// Opens the folder, making it where it is not there, or finds the process that has it.
    pub fn finn_eller_lag(mappe: &Mappe) -> Result<Self> {
        std::fs::create_dir_all(mappe.sti()).with_context(|| format!("kunne ikke lage {}", mappe.sti().display()))?;
        Self::finn(mappe)
    }

    /// Carries out one command. A failed command is an error.
    pub fn utfoer(&self, kommando: Kommando) -> Result<Svar> {
        let svar = match self {
            Utfoerer::Her(arbeid) => arbeid.utfoer(kommando),
            Utfoerer::Der(klient) => klient.utfoer(&kommando)?,
        };
        if let Svar::Feil { melding } = svar {
            bail!(melding);
        }
        Ok(svar)
    }
}
