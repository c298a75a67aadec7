//! TLS 1.2 and 1.3 over the accepted stream, with a certificate that can be changed while the server runs.
//!
//! ```text
//! files ──read──▶ chain and key, that fit each other ──swap──▶ next handshake
//!   └─ looked at every few seconds, and when asked      └─ a bad one: the former stays, and the operator is told
//! ```
//! Not here: who may do what with a client certificate. It is asked for where there are issuers to hold it against
//! ([`Klientutstedere`]), is never demanded, and is handed on as [`Klientsertifikat`].
//!
//! What newcomers get wrong: nothing redirects from the port without TLS. A client that is sent on has already shown the
//! number it asked for.

use std::{
    fmt,
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use aws_lc_rs::digest;
use rustls::{
    HandshakeKind, ServerConfig, ServerConnection,
    crypto::aws_lc_rs as leverandoer,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::{ClientHello, ResolvesServerCert, danger::ClientCertVerifier},
    sign::CertifiedKey,
    time_provider::{DefaultTimeProvider, TimeProvider},
    version::{TLS12, TLS13},
};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::{
    maalinger::{self, Maalere},
    stopp::Stopp,
    tjener::Innpakning,
};

mod klientutstedere;

pub use klientutstedere::Klientutstedere;

/// Between looks at the files. Source: our choice; a change is in use within seconds without anyone saying so.
pub const SE_ETTER: Duration = Duration::from_secs(5);
/// Bytes of a certificate or key file. Source: our choice; a long chain is some 20 kB.
const FIL_BYTES_MAKS: u64 = 256 * 1024;
/// What is offered, best first. Source: RFC 7301; RFC 9113, 3.2.
const ALPN: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Why a certificate is not used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error("{fil} kan ikke leses", fil = fil.display())]
    Fil {
        /// Which.
        fil: PathBuf,
        /// Why.
        #[source]
        kilde: io::Error,
    },
    /// Others than the owner can read the key.
    #[error("{fil} kan leses av andre enn eieren; sett rettighetene til 0600", fil = fil.display())]
    Rettigheter {
        /// Which.
        fil: PathBuf,
    },
    /// Not PEM, or not what it should hold.
    #[error("{fil} har ikke {hva} i PEM-form", fil = fil.display())]
    Pem {
        /// Which.
        fil: PathBuf,
        /// What is missing.
        hva: &'static str,
    },
    /// The certificate and the key are not a pair, or of a kind that is not supported.
    #[error("sertifikatet og nøkkelen hører ikke sammen, eller er av et slag som ikke støttes")]
    Passer(#[source] rustls::Error),
    /// The new certificate has expired and the one in use has not.
    #[error("sertifikatet er utløpt")]
    Utloept,
    /// The set-up is refused by the library.
    #[error("TLS kan ikke settes opp")]
    Oppsett(#[source] rustls::Error),
    /// The file is longer than is read. Half of it would be another set of certificates.
    #[error("{fil} er større enn {FIL_BYTES_MAKS} byte", fil = fil.display())]
    ForStor {
        /// Which.
        fil: PathBuf,
    },
    /// A certificate in the file is not one that issues others.
    #[error(
        "sertifikat nummer {nr} i {fil} er ikke en utsteders; den som har nøkkelen til det, kunne gitt seg ut for hvem som helst",
        fil = fil.display()
    )]
    IkkeUtsteder {
        /// Which file.
        fil: PathBuf,
        /// Which certificate, from 1.
        nr: usize,
    },
    /// The issuers of client certificates cannot be used.
    #[error("utstederne av klientsertifikater kan ikke brukes")]
    Klientutstedere,
}

/// Where a certificate lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sertifikatfiler {
    /// The chain, the server's own first.
    pub sertifikat: PathBuf,
    /// Its key.
    pub noekkel: PathBuf,
}

/// A certificate with its key, and what tells it from another.
#[derive(Debug)]
struct Lest {
    par: Arc<CertifiedKey>,
    /// Seconds since 1970.
    utloeper: i64,
    avtrykk: [u8; 32],
}

/// The certificate in use.
pub struct Sertifikatkilde {
    filer: Sertifikatfiler,
    gjeldende: RwLock<Lest>,
    byttet: AtomicU64,
    feiler: AtomicBool,
    /// Hash of the files that were refused last, so that each is told of once.
    avvist: RwLock<Option<[u8; 32]>>,
}

impl fmt::Debug for Sertifikatkilde {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sertifikatkilde").field(&self.filer).finish()
    }
}

impl Sertifikatkilde {
    /// Reads the files for the first time.
    ///
    /// # Errors
    /// [`Error`]: without a certificate there is no listener.
    pub fn les(filer: Sertifikatfiler) -> Result<Arc<Self>, Error> {
        let lest = filer.les()?;
        Ok(Arc::new(Self {
            filer,
            gjeldende: RwLock::new(lest),
            byttet: AtomicU64::new(0),
            feiler: AtomicBool::new(false),
            avvist: RwLock::new(None),
        }))
    }

    /// Looks at the files again, at a time in seconds since 1970. Whether there was something new, which is then in use.
    ///
    /// # Errors
    /// [`Error`]: the former one stays in use.
    pub fn se_etter(&self, naa: i64) -> Result<bool, Error> {
        let utfall = self.filer.les().and_then(|ny| self.bytt(ny, naa));
        self.feiler.store(utfall.is_err(), Ordering::Relaxed);
        utfall
    }

    fn bytt(&self, ny: Lest, naa: i64) -> Result<bool, Error> {
        let mut gjeldende = self.gjeldende.write().unwrap_or_else(PoisonError::into_inner);
        if ny.avtrykk == gjeldende.avtrykk {
            return Ok(false);
        }
        if ny.utloeper <= naa && gjeldende.utloeper > naa {
            return Err(Error::Utloept);
        }
        *gjeldende = ny;
        self.byttet.fetch_add(1, Ordering::Relaxed);
        Ok(true)
    }

    /// As [`Sertifikatkilde::se_etter`], and tells the operator what came of it, a refusal once for each try.
    pub fn se_etter_og_si(&self, naa: i64) {
        match self.se_etter(naa) {
            Ok(false) => {}
            Ok(true) => {
                // The same bad pair again is a new try.
                *self.avvist.write().unwrap_or_else(PoisonError::into_inner) = None;
                tracing::info!(utloeper = self.utloeper(), "a new TLS certificate is in use");
            }
            Err(feil) => {
                let avtrykk = self.filer.avtrykk();
                let mut avvist = self.avvist.write().unwrap_or_else(PoisonError::into_inner);
                if *avvist != Some(avtrykk) {
                    *avvist = Some(avtrykk);
                    tracing::error!(feil = %feil, "the new TLS certificate is not used; the former one still is");
                }
            }
        }
    }

    /// Looks at the files from time to time until the stop.
    pub async fn foelg(self: Arc<Self>, klokke: impl Fn() -> i64 + Send, mut stopp: Stopp) {
        loop {
            tokio::select! {
                () = stopp.wait() => return,
                () = tokio::time::sleep(SE_ETTER) => self.se_etter_og_si(klokke()),
            }
        }
    }

    /// When the certificate in use expires. Seconds since 1970.
    pub fn utloeper(&self) -> i64 {
        self.gjeldende.read().unwrap_or_else(PoisonError::into_inner).utloeper
    }

    /// Shows the certificate's state among the metrics.
    ///
    /// # Errors
    /// As [`Maalere::register`].
    pub fn register(self: &Arc<Self>, maalere: &Maalere) -> Result<(), maalinger::Error> {
        let kilde = Arc::clone(self);
        maalere.register_reading(
            "tls_certificate_expiry_timestamp_seconds",
            "When the certificate in use expires, since 1970",
            move || u64::try_from(kilde.utloeper()).unwrap_or(0),
        )?;
        let kilde = Arc::clone(self);
        maalere.register_reading(
            "tls_certificate_changes",
            "Certificates taken into use since the start",
            move || kilde.byttet.load(Ordering::Relaxed),
        )?;
        let kilde = Arc::clone(self);
        maalere.register_reading(
            "tls_certificate_refused",
            "1 when the files hold a certificate that is not used",
            move || u64::from(kilde.feiler.load(Ordering::Relaxed)),
        )
    }
}

impl ResolvesServerCert for Sertifikatkilde {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let gjeldende = self.gjeldende.read().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&gjeldende.par))
    }
}

impl Sertifikatfiler {
    fn les(&self) -> Result<Lest, Error> {
        let sertifikat = les_fil(&self.sertifikat, false)?;
        let noekkel = les_fil(&self.noekkel, true)?;
        let kjede = les_kjede(&self.sertifikat, &sertifikat)?;
        let privat = PrivateKeyDer::from_pem_slice(&noekkel).map_err(|_| Error::Pem {
            fil: self.noekkel.clone(),
            hva: "en privat nøkkel",
        })?;
        let utloeper = kjede.first().and_then(|eget| utloep(eget)).ok_or_else(|| Error::Pem {
            fil: self.sertifikat.clone(),
            hva: "et lesbart sertifikat",
        })?;
        let par = CertifiedKey::from_der(kjede, privat, &leverandoer::default_provider()).map_err(Error::Passer)?;
        Ok(Lest {
            par: Arc::new(par),
            utloeper,
            avtrykk: avtrykk(&sertifikat, &noekkel),
        })
    }

    fn avtrykk(&self) -> [u8; 32] {
        let les = |fil: &Path| les_fil(fil, false).unwrap_or_default();
        avtrykk(&les(&self.sertifikat), &les(&self.noekkel))
    }
}

/// The time that a certificate is valid until. Whether it is right is for the other end to say.
fn utloep(der: &[u8]) -> Option<i64> {
    let (_, sertifikat) = X509Certificate::from_der(der).ok()?;
    Some(sertifikat.validity().not_after.timestamp())
}

fn avtrykk(sertifikat: &[u8], noekkel: &[u8]) -> [u8; 32] {
    let mut sum = digest::Context::new(&digest::SHA256);
    for del in [sertifikat, noekkel] {
        sum.update(&u64::try_from(del.len()).unwrap_or(0).to_be_bytes());
        sum.update(del);
    }
    let mut ut = [0; 32];
    ut.copy_from_slice(sum.finish().as_ref());
    ut
}

fn les_kjede(fil: &Path, byte: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let kjede: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(byte).collect();
    kjede.ok().filter(|k| !k.is_empty()).ok_or_else(|| Error::Pem {
        fil: fil.to_owned(),
        hva: "et sertifikat",
    })
}

fn les_fil(fil: &Path, hemmelig: bool) -> Result<Vec<u8>, Error> {
    let feil = |kilde| Error::Fil {
        fil: fil.to_owned(),
        kilde,
    };
    let aapen = File::open(fil).map_err(feil)?;
    if hemmelig && kan_leses_av_andre(&aapen).map_err(feil)? {
        return Err(Error::Rettigheter { fil: fil.to_owned() });
    }
    let mut byte = Vec::new();
    aapen.take(FIL_BYTES_MAKS + 1).read_to_end(&mut byte).map_err(feil)?;
    if u64::try_from(byte.len()).is_ok_and(|lengde| lengde > FIL_BYTES_MAKS) {
        return Err(Error::ForStor { fil: fil.to_owned() });
    }
    Ok(byte)
}

#[cfg(unix)]
fn kan_leses_av_andre(fil: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    Ok(fil.metadata()?.mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn kan_leses_av_andre(_: &File) -> io::Result<bool> {
    Ok(false)
}

/// The chain that a client showed, its own first, as an extension on each request of the connection. It is valid under
/// the issuers we were given.
#[derive(Clone, PartialEq, Eq)]
pub struct Klientsertifikat(pub Arc<[CertificateDer<'static>]>);

impl Klientsertifikat {
    /// The client's own certificate, DER, without those it was issued by.
    #[must_use]
    pub fn eget(&self) -> Option<&[u8]> {
        self.0.first().map(AsRef::as_ref)
    }
}

impl fmt::Debug for Klientsertifikat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // It may name a person.
        f.write_str("Klientsertifikat(***)")
    }
}

/// Wraps accepted streams in TLS.
#[derive(Clone)]
pub struct Tls(Arc<Indre>);

struct Indre {
    kilde: Arc<Sertifikatkilde>,
    klientutstedere: Option<Arc<Klientutstedere>>,
    tid: Arc<dyn TimeProvider>,
    gjeldende: RwLock<Oppsett>,
}

/// What new connections are set up by, as long as the issuers of client certificates are the same.
#[derive(Clone)]
struct Oppsett {
    /// Which set of issuers.
    sett: u64,
    config: Arc<ServerConfig>,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
}

impl Tls {
    /// With the certificates of `kilde`. Client certificates are asked for where there are issuers to hold them against.
    ///
    /// # Errors
    /// [`Error`].
    pub fn new(kilde: Arc<Sertifikatkilde>, klientutstedere: Option<Arc<Klientutstedere>>) -> Result<Self, Error> {
        Self::with_tid(kilde, klientutstedere, Arc::new(DefaultTimeProvider))
    }

    /// As [`Tls::new`], with another clock than the system's.
    ///
    /// # Errors
    /// [`Error`].
    pub fn with_tid(
        kilde: Arc<Sertifikatkilde>,
        klientutstedere: Option<Arc<Klientutstedere>>,
        tid: Arc<dyn TimeProvider>,
    ) -> Result<Self, Error> {
        let gjeldende = RwLock::new(lag_oppsett(&kilde, klientutstedere.as_deref(), &tid)?);
        Ok(Self(Arc::new(Indre {
            kilde,
            klientutstedere,
            tid,
            gjeldende,
        })))
    }
}

impl Indre {
    /// The set-up by the issuers as they are now.
    ///
    /// A new set of issuers is a new set-up with no memory of sessions: one that was begun under the former set cannot be
    /// taken up again under the new one.
    fn oppsett(&self) -> Result<Oppsett, Error> {
        let sett = self.klientutstedere.as_ref().map_or(0, |u| u.gjeldende().0);
        {
            let gjeldende = self.gjeldende.read().unwrap_or_else(PoisonError::into_inner);
            if gjeldende.sett == sett {
                return Ok(gjeldende.clone());
            }
        }
        let mut gjeldende = self.gjeldende.write().unwrap_or_else(PoisonError::into_inner);
        if gjeldende.sett != sett {
            *gjeldende = lag_oppsett(&self.kilde, self.klientutstedere.as_deref(), &self.tid)?;
        }
        Ok(gjeldende.clone())
    }

    /// A session that is taken up again brings the client's certificate from its first handshake, and the library does not
    /// hold it against the clock or the issuers once more. This does.
    fn sjekk_gjenopptatt(&self, forbindelse: &ServerConnection) -> Result<(), rustls::Error> {
        let kjede = forbindelse.peer_certificates().and_then(<[_]>::split_first);
        let (Some((eget, mellom)), Some(utstedere)) = (kjede, &self.klientutstedere) else {
            return Ok(());
        };
        match forbindelse.handshake_kind() {
            Some(HandshakeKind::Full | HandshakeKind::FullWithHelloRetryRequest) => Ok(()),
            Some(HandshakeKind::Resumed) | None => {
                let naa = self.tid.current_time().ok_or(rustls::Error::FailedToGetCurrentTime)?;
                let (_, kontroll) = utstedere.gjeldende();
                kontroll.verify_client_cert(eget, mellom, naa).map(|_| ())
            }
        }
    }
}

fn lag_oppsett(
    kilde: &Arc<Sertifikatkilde>,
    klientutstedere: Option<&Klientutstedere>,
    tid: &Arc<dyn TimeProvider>,
) -> Result<Oppsett, Error> {
    let bygger = ServerConfig::builder_with_details(Arc::new(leverandoer::default_provider()), Arc::clone(tid))
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(Error::Oppsett)?;
    let (sett, kontroll): (u64, Option<Arc<dyn ClientCertVerifier>>) =
        match klientutstedere.map(Klientutstedere::gjeldende) {
            None => (0, None),
            Some((sett, kontroll)) => (sett, Some(kontroll)),
        };
    let bygger = match kontroll {
        None => bygger.with_no_client_auth(),
        Some(kontroll) => bygger.with_client_cert_verifier(kontroll),
    };
    let mut config = bygger.with_cert_resolver(Arc::clone(kilde) as Arc<dyn ResolvesServerCert>);
    config.alpn_protocols = ALPN.map(<[u8]>::to_vec).into();
    Ok(Oppsett {
        sett,
        config: Arc::new(config),
    })
}

impl Innpakning for Tls {
    type Stroem = TlsStream<TcpStream>;

    async fn wrap(&self, tcp: TcpStream) -> io::Result<Self::Stroem> {
        let oppsett = self.0.oppsett().map_err(io::Error::other)?;
        let stroem = TlsAcceptor::from(oppsett.config).accept(tcp).await?;
        let utfall = self.0.sjekk_gjenopptatt(stroem.get_ref().1);
        utfall.map_err(|feil| io::Error::new(io::ErrorKind::InvalidData, feil))?;
        Ok(stroem)
    }

    fn klientsertifikat(stroem: &Self::Stroem) -> Option<Klientsertifikat> {
        let kjede = stroem.get_ref().1.peer_certificates()?;
        Some(Klientsertifikat(kjede.into()))
    }
}
