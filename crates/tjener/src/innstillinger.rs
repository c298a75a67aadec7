//! The settings file: one TOML, every key with a default and a comment, unknown keys refused with a suggestion.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use folkeregister::konsument::Strupegrenser;
use serde::Deserialize;
use tjenesteflate::struping::{Adressehode, Mellomledd, Nett, Ventform};
use tjenesteflate::tls::Sertifikatfiler;
use tjenesteflate::vern::Vaktgrenser;

use crate::mappe::Sted;
use crate::oppstart::{Kopioppsett, Oppsett, Tlsoppsett};

mod persontjenesten;
mod preg;

/// The file as it is written by `config default`.
pub const STANDARD: &str = include_str!("innstillinger.toml");

/// Settings of `serve`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Innstillinger {
    /// The data folder.
    pub data: PathBuf,
    /// Whether this is a test environment.
    testmiljoe: bool,
    /// What may be done to a test environment, and by whom.
    testkontroll: TestkontrollInnstillinger,
    /// Listeners.
    pub tjener: TjenerInnstillinger,
    /// The listener with TLS.
    pub tls: TlsInnstillinger,
    /// What callers may use.
    pub struping: StrupeInnstillinger,
    /// Folkeregisteret.
    pub folkeregister: FolkeregisterInnstillinger,
    /// The audit log.
    pub revisjon: RevisjonInnstillinger,
    /// Copies.
    pub sikkerhetskopi: KopiInnstillinger,
    /// Tokens.
    pub maskinporten: MaskinportenInnstillinger,
    /// The health sector's copy.
    helsekopi: HelsekopiInnstillinger,
    /// The Person API on it.
    persontjenesten: persontjenesten::PersontjenestenInnstillinger,
    /// PREG on it.
    preg: preg::PregInnstillinger,
}

/// `[testkontroll]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestkontrollInnstillinger {
    hemmelighet: PathBuf,
}

/// `[tjener]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TjenerInnstillinger {
    adresse: SocketAddr,
    admin: SocketAddr,
    base: String,
    samtidige_kall: usize,
}

/// `[tls]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsInnstillinger {
    adresse: SocketAddr,
    sertifikat: PathBuf,
    noekkel: PathBuf,
    klientutstedere: PathBuf,
}

/// `[struping]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StrupeInnstillinger {
    kall_per_konsument: u32,
    kall_per_adresse: u32,
    ukjente_per_konsument: u32,
    betrodde_mellomledd: Vec<String>,
    adressehode: Hode,
    retry_after: Enhet,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Hode {
    XForwardedFor,
    Forwarded,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Enhet {
    Sekunder,
    Millisekunder,
}

impl StrupeInnstillinger {
    fn mellomledd(&self) -> Result<Mellomledd> {
        let les = |tekst: &String| {
            let nett = tekst.parse::<Nett>();
            nett.with_context(|| format!("struping.betrodde_mellomledd: {tekst}"))
        };
        Ok(Mellomledd {
            nett: self.betrodde_mellomledd.iter().map(les).collect::<Result<_>>()?,
            hode: match self.adressehode {
                Hode::XForwardedFor => Adressehode::XForwardedFor,
                Hode::Forwarded => Adressehode::Forwarded,
            },
        })
    }

    fn form(&self) -> Ventform {
        match self.retry_after {
            Enhet::Sekunder => Ventform::Sekunder,
            Enhet::Millisekunder => Ventform::Millisekunder,
        }
    }
}

/// `[folkeregister]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FolkeregisterInnstillinger {
    oppbevaring_maaneder: u32,
    svalbard: bool,
    uttrekk_samtidige: u32,
    uttrekk_lagrede: u32,
    uttrekk_levetid_timer: u32,
}

/// `[revisjon]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevisjonInnstillinger {
    /// Where the log lies; empty: in the data folder.
    pub mappe: PathBuf,
    eksport: PathBuf,
    eksport_naade_s: u64,
    oppbevaring_maaneder: u32,
    reserve_mib: u64,
    vernede_per_time: u32,
}

/// `[sikkerhetskopi]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KopiInnstillinger {
    mappe: PathBuf,
    behold: usize,
    arkivstroem: PathBuf,
    slettinger: PathBuf,
    noekkelspeil: PathBuf,
}

/// `[maskinporten]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaskinportenInnstillinger {
    utsteder: String,
}

/// `[helsekopi]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HelsekopiInnstillinger {
    folkeregister: String,
    maskinporten: String,
    klient_id: String,
    noekkel: PathBuf,
    mappe: PathBuf,
    intervall_ms: u64,
    krr: KrrInnstillinger,
    kartverk: KartverkInnstillinger,
}

/// `[helsekopi.krr]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct KrrInnstillinger {
    adresse: String,
    maskinporten: String,
    klient_id: String,
    noekkel: PathBuf,
    intervall_ms: u64,
    runde_timer: u64,
    alder_maks_timer: u64,
}

/// `[helsekopi.kartverk]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct KartverkInnstillinger {
    mappe: PathBuf,
}

impl KrrInnstillinger {
    fn sjekk(&self) -> Result<()> {
        if self.adresse.is_empty() {
            return Ok(());
        }
        if !self.maskinporten.ends_with('/') {
            bail!("helsekopi.krr.maskinporten må settes, med skråstrek til slutt");
        }
        if self.klient_id.is_empty() || self.noekkel.as_os_str().is_empty() {
            bail!("helsekopi.krr.klient_id og helsekopi.krr.noekkel må settes når helsekopi.krr.adresse er satt");
        }
        for (navn, verdi) in [
            ("intervall_ms", self.intervall_ms),
            ("runde_timer", self.runde_timer),
            ("alder_maks_timer", self.alder_maks_timer),
        ] {
            if verdi == 0 {
                bail!("helsekopi.krr.{navn} må være minst 1");
            }
        }
        Ok(())
    }

    /// Reads the client's key.
    fn oppsett(&self) -> Result<Option<crate::helsekopi::Krroppsett>> {
        if self.adresse.is_empty() {
            return Ok(None);
        }
        if !self.noekkel.exists() {
            bail!("fant ikke helsekopi.krr.noekkel: {}", self.noekkel.display());
        }
        let noekkel = utsteder::les_eller_lag_noekkel(&self.noekkel).context("helsekopi.krr.noekkel")?;
        Ok(Some(crate::helsekopi::Krroppsett {
            adresse: self.adresse.clone(),
            maskinporten: self.maskinporten.clone(),
            klient_id: self.klient_id.clone(),
            noekkel: Arc::new(noekkel),
            intervall: Duration::from_millis(self.intervall_ms),
            runde: timer(self.runde_timer),
            alder_maks: timer(self.alder_maks_timer),
        }))
    }
}

impl Innstillinger {
    /// Reads a file; what it leaves out is as in [`STANDARD`].
    pub fn les(sti: &Path) -> Result<Self> {
        let tekst = std::fs::read_to_string(sti).with_context(|| format!("kunne ikke lese {}", sti.display()))?;
        Self::fra_tekst(&tekst).with_context(|| format!("{} er ikke gyldig", sti.display()))
    }

    /// Reads settings from a text.
    pub fn fra_tekst(tekst: &str) -> Result<Self> {
        let standard: toml::Table = STANDARD.parse().context("standardinnstillingene")?;
        // The library's own text shows the line that is wrong, and it may be another file than it was meant to be.
        let egne: toml::Table = tekst.parse().map_err(|feil: toml::de::Error| {
            let foer = feil.span().and_then(|sted| tekst.get(..sted.start)).unwrap_or_default();
            let linje = foer.matches('\n').count() + 1;
            anyhow!("filen er ikke gyldig TOML, linje {linje}: {}", feil.message())
        })?;
        sjekk_noekler("", &egne, &standard)?;
        let mut samlet = standard;
        flett(&mut samlet, egne);
        let innstillinger: Innstillinger = samlet.try_into()?;
        innstillinger.sjekk()?;
        Ok(innstillinger)
    }

    fn sjekk(&self) -> Result<()> {
        if self.folkeregister.oppbevaring_maaneder == 0 {
            bail!("folkeregister.oppbevaring_maaneder må være minst 1");
        }
        let folkeregister = &self.folkeregister;
        for (navn, verdi) in [
            ("uttrekk_samtidige", folkeregister.uttrekk_samtidige),
            ("uttrekk_lagrede", folkeregister.uttrekk_lagrede),
            ("uttrekk_levetid_timer", folkeregister.uttrekk_levetid_timer),
        ] {
            if verdi == 0 {
                bail!("folkeregister.{navn} må være minst 1");
            }
        }
        if self.sikkerhetskopi.behold == 0 {
            bail!("sikkerhetskopi.behold må være minst 1");
        }
        if self.revisjon.oppbevaring_maaneder == 0 {
            bail!("revisjon.oppbevaring_maaneder må være minst 1");
        }
        for (navn, verdi) in [
            ("tjener.base", &self.tjener.base),
            ("maskinporten.utsteder", &self.maskinporten.utsteder),
        ] {
            if !verdi.is_empty() && !verdi.starts_with("http://") && !verdi.starts_with("https://") {
                bail!("{navn} må begynne med http:// eller https://");
            }
        }
        self.struping.mellomledd()?;
        if !self.testkontroll.hemmelighet.as_os_str().is_empty() && !self.testmiljoe {
            bail!("testkontroll.hemmelighet er satt uten testmiljoe = true");
        }
        if self.tls.sertifikat.as_os_str().is_empty() != self.tls.noekkel.as_os_str().is_empty() {
            bail!("tls.sertifikat og tls.noekkel må settes begge eller ingen av dem");
        }
        if !self.tls.klientutstedere.as_os_str().is_empty() && self.tls.sertifikat.as_os_str().is_empty() {
            bail!("tls.klientutstedere er satt uten tls.sertifikat");
        }
        let kopi = &self.helsekopi;
        if !kopi.folkeregister.is_empty() {
            if kopi.folkeregister.ends_with('/') {
                bail!("helsekopi.folkeregister skal ikke slutte med skråstrek");
            }
            if !kopi.maskinporten.ends_with('/') {
                bail!("helsekopi.maskinporten må settes, med skråstrek til slutt");
            }
            if kopi.klient_id.is_empty() || kopi.noekkel.as_os_str().is_empty() {
                bail!("helsekopi.klient_id og helsekopi.noekkel må settes når helsekopi.folkeregister er satt");
            }
            if kopi.intervall_ms == 0 {
                bail!("helsekopi.intervall_ms må være minst 1");
            }
            kopi.krr.sjekk()?;
        } else if !kopi.krr.adresse.is_empty() {
            bail!("helsekopi.krr.adresse er satt uten helsekopi.folkeregister");
        }
        self.persontjenesten.sjekk()?;
        self.preg.sjekk(self.testmiljoe, !kopi.folkeregister.is_empty())?;
        if self.tjener.base.ends_with('/') {
            bail!("tjener.base skal ikke slutte med skråstrek");
        }
        Ok(())
    }

    /// What lies outside the data folder, or nowhere else where the path is empty.
    pub fn steder(&self) -> [(Sted, PathBuf); 4] {
        [
            (Sted::Revisjon, self.revisjon.mappe.clone()),
            (Sted::Arkivstroem, self.sikkerhetskopi.arkivstroem.clone()),
            (Sted::Slettinger, self.sikkerhetskopi.slettinger.clone()),
            (Sted::Noekkelspeil, self.sikkerhetskopi.noekkelspeil.clone()),
        ]
    }

    /// The health sector's copy, if there is to be one. Reads the client's key.
    pub fn helsekopi(&self) -> Result<Option<crate::helsekopi::Oppsett>> {
        let kopi = &self.helsekopi;
        if kopi.folkeregister.is_empty() {
            return Ok(None);
        }
        if !kopi.noekkel.exists() {
            bail!("fant ikke helsekopi.noekkel: {}", kopi.noekkel.display());
        }
        let noekkel = utsteder::les_eller_lag_noekkel(&kopi.noekkel).context("helsekopi.noekkel")?;
        let valgt = |sti: &PathBuf, ellers: PathBuf| {
            Some(sti.clone())
                .filter(|m| !m.as_os_str().is_empty())
                .unwrap_or(ellers)
        };
        let mappe = valgt(&kopi.mappe, self.data.join("helsekopi"));
        Ok(Some(crate::helsekopi::Oppsett {
            krr: kopi.krr.oppsett()?,
            steder: crate::helsekopi::Stedsoppsett {
                mappe: valgt(&kopi.kartverk.mappe, mappe.join("kartverk")),
                ellers_syntetisk: false,
            },
            mappe,
            folkeregister: kopi.folkeregister.clone(),
            maskinporten: kopi.maskinporten.clone(),
            klient_id: kopi.klient_id.clone(),
            noekkel: Arc::new(noekkel),
            valg: klienter::Valg::default(),
            intervall: Duration::from_millis(kopi.intervall_ms),
            testmiljoe: self.testmiljoe,
        }))
    }

    /// The settings as the start-up takes them.
    pub fn oppsett(&self) -> Result<Oppsett> {
        let fil = |sti: &PathBuf| Some(sti.clone()).filter(|s| !s.as_os_str().is_empty());
        let filer = fil(&self.tls.sertifikat).zip(fil(&self.tls.noekkel));
        let valgfri = |t: &String| Some(t.clone()).filter(|t| !t.is_empty());
        Ok(Oppsett {
            adresse: self.tjener.adresse,
            tls: filer.map(|(sertifikat, noekkel)| Tlsoppsett {
                adresse: self.tls.adresse,
                filer: Sertifikatfiler { sertifikat, noekkel },
                klientutstedere: fil(&self.tls.klientutstedere),
            }),
            struping: Strupegrenser {
                kall: NonZeroU32::new(self.struping.kall_per_konsument),
                bom: NonZeroU32::new(self.struping.ukjente_per_konsument),
                form: self.struping.form(),
            },
            vakt: Vaktgrenser {
                kall_per_adresse: NonZeroU32::new(self.struping.kall_per_adresse),
                mellomledd: self.struping.mellomledd()?,
                samtidige: self.tjener.samtidige_kall,
                ventform: self.struping.form(),
            },
            admin: self.tjener.admin,
            base: valgfri(&self.tjener.base),
            utsteder: valgfri(&self.maskinporten.utsteder),
            oppbevaring_maaneder: self.folkeregister.oppbevaring_maaneder,
            svalbard: self.folkeregister.svalbard,
            uttrekk: uttrekk::Grenser {
                samtidige: self.folkeregister.uttrekk_samtidige,
                lagrede: self.folkeregister.uttrekk_lagrede,
                levetid_s: i64::from(self.folkeregister.uttrekk_levetid_timer) * 3600,
            },
            revisjon_maaneder: self.revisjon.oppbevaring_maaneder,
            vernede_per_time: NonZeroU32::new(self.revisjon.vernede_per_time),
            revisjon: revisjonslogg::Innstillinger {
                eksport: Some(self.revisjon.eksport.clone()).filter(|e| !e.as_os_str().is_empty()),
                eksport_naade: Duration::from_secs(self.revisjon.eksport_naade_s),
                reserve_byte: self.revisjon.reserve_mib.saturating_mul(1024 * 1024),
                ..revisjonslogg::Innstillinger::default()
            },
            kopi: Some(self.sikkerhetskopi.mappe.clone())
                .filter(|m| !m.as_os_str().is_empty())
                .map(|mappe| Kopioppsett {
                    mappe,
                    behold: self.sikkerhetskopi.behold,
                }),
            testmiljoe: self.testmiljoe,
            testhemmelighet: fil(&self.testkontroll.hemmelighet),
            liv: None,
            demo: false,
            kontaktregister: false,
            preg: self.preg.oppsett(self.testmiljoe)?,
            personapi: match self.helsekopi.folkeregister.is_empty() {
                true => None,
                false => {
                    let alder_maks = timer(self.helsekopi.krr.alder_maks_timer);
                    let struping = ::persontjenesten::api::Strupegrenser {
                        kall: NonZeroU32::new(self.struping.kall_per_konsument),
                        bom: NonZeroU32::new(self.struping.ukjente_per_konsument),
                    };
                    self.persontjenesten.oppsett(self.testmiljoe, alder_maks, struping)?
                }
            },
        })
    }
}

fn timer(timer: u64) -> Duration {
    Duration::from_secs(timer.saturating_mul(3600))
}

fn flett(inn: &mut toml::Table, egne: toml::Table) {
    for (navn, verdi) in egne {
        match (inn.get_mut(&navn), verdi) {
            (Some(toml::Value::Table(under)), toml::Value::Table(egen)) => flett(under, egen),
            (_, verdi) => {
                inn.insert(navn, verdi);
            }
        }
    }
}

fn sjekk_noekler(sti: &str, egne: &toml::Table, kjente: &toml::Table) -> Result<()> {
    for (navn, verdi) in egne {
        match (kjente.get(navn), verdi) {
            (Some(toml::Value::Table(under)), toml::Value::Table(egen)) => {
                sjekk_noekler(&format!("{sti}{navn}."), egen, under)?
            }
            (Some(_), _) => {}
            (None, _) => {
                let naermest = kjente
                    .keys()
                    .map(|k| (strsim::jaro_winkler(navn, k), k))
                    .max_by(|a, b| a.0.total_cmp(&b.0));
                match naermest {
                    Some((likhet, forslag)) if likhet > 0.7 => {
                        bail!("ukjent nøkkel {sti}{navn}; mente du {sti}{forslag}?")
                    }
                    _ => bail!("ukjent nøkkel {sti}{navn}; se persontjenesten config default"),
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_file_is_valid_and_an_empty_one_is_the_default() {
        assert_eq!(
            Innstillinger::fra_tekst(STANDARD)
                .unwrap()
                .folkeregister
                .oppbevaring_maaneder,
            36
        );
        assert_eq!(Innstillinger::fra_tekst("").unwrap().data, PathBuf::from("data"));
    }

    #[test]
    fn an_unknown_key_is_refused_with_a_suggestion() {
        let feil = Innstillinger::fra_tekst("[folkeregister]\noppbevaring_maneder = 12\n").unwrap_err();
        assert_eq!(
            feil.to_string(),
            "ukjent nøkkel folkeregister.oppbevaring_maneder; mente du folkeregister.oppbevaring_maaneder?"
        );
        let feil = Innstillinger::fra_tekst("qqq = 1\n").unwrap_err();
        assert!(feil.to_string().contains("config default"));
    }

    #[test]
    fn a_value_that_cannot_be_used_is_refused() {
        for tekst in [
            "[folkeregister]\noppbevaring_maaneder = 0",
            "[folkeregister]\nuttrekk_samtidige = 0",
            "[tjener]\nbase = \"ftp://x\"",
            "[tjener]\nadresse = \"her\"",
            "[struping]\nbetrodde_mellomledd = [\"10.0.0.0/33\"]",
            "[struping]\nretry_after = \"minutter\"",
            "[struping]\nkall_per_konsument = -1",
            "[tls]\nsertifikat = \"a.pem\"",
            "[tls]\nklientutstedere = \"a.pem\"",
            "[testkontroll]\nhemmelighet = \"a\"",
            "[preg]\nmodus = \"test\"",
            "[preg]\nmodus = \"prod\"",
            "[preg]\nuten_tls = \"utvikling\"",
            "[preg]\nslutt = \"snart\"",
            "[preg]\nadresse = \"preg.example\"",
            "[helsekopi]\nfolkeregister = \"https://x\"\nmaskinporten = \"https://m/\"\nklient_id = \"k\"\nnoekkel = \"n\"\n[helsekopi.krr]\nadresse = \"https://k\"",
            "= =",
        ] {
            assert!(Innstillinger::fra_tekst(tekst).is_err(), "{tekst}");
        }
    }

    fn gyldige() -> Vec<Vec<u8>> {
        vec![STANDARD.into(), "[tjener]\nadresse = \"127.0.0.1:1\"\n".into()]
    }

    fn proev(byte: &[u8]) {
        let Ok(tekst) = std::str::from_utf8(byte) else { return };
        if let Ok(innstillinger) = Innstillinger::fra_tekst(tekst) {
            let _ = innstillinger.oppsett();
        }
        // The commands over the socket come from whoever owns the folder; they are read all the same.
        let _ = serde_json::from_slice::<crate::styring::Kommando>(byte);
    }

    const ORD: &[&str] = &[
        "[tjener]",
        "[revisjon]",
        "= true",
        "= 1979-05-27T07:32:00Z",
        "\"\"\"",
        "'''",
        "[[a]]",
        "a.b.c = 1",
        "inf",
        "0x7fffffffffffffff",
        "{\"kommando\":\"",
    ];

    fuzz::maal!(paalitelighet_15_fuzz_innstillinger, 1_000, ORD, gyldige, proev);
}
