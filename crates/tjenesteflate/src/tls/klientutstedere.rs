//! The issuers of client certificates, which can be changed while the server runs.
//!
//! ```text
//! file ──read──▶ issuers, every one fit to issue ──swap──▶ next handshake, also one that takes up a session
//!   └─ looked at every few seconds, and when asked   └─ a bad one: the former set stays, and the operator is told
//! ```
//! The file is the whole truth of who is trusted: an issuer that is taken out of it is trusted no more from the next
//! handshake on, and connections that are open go on.
//!
//! What newcomers get wrong: whoever stands here can say of anybody that it is anybody. A certificate that is not an
//! issuer's is refused with the whole file, also when the chain would hold without it.

use std::{
    fmt,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use rustls::{
    RootCertStore,
    crypto::aws_lc_rs as leverandoer,
    pki_types::{CertificateDer, UnixTime},
    server::{WebPkiClientVerifier, danger::ClientCertVerifier},
};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::{Error, SE_ETTER, avtrykk, les_fil, les_kjede};
use crate::{
    maalinger::{self, Maalere},
    stopp::Stopp,
};

/// A set of issuers, and what tells it from another.
struct Lest {
    /// The number of the set since the start.
    sett: u64,
    kontroll: Arc<dyn ClientCertVerifier>,
    /// When the first of them expires, and the last. Seconds since 1970.
    utloeper: (i64, i64),
    avtrykk: [u8; 32],
}

/// The issuers of client certificates in use.
pub struct Klientutstedere {
    fil: PathBuf,
    gjeldende: RwLock<Lest>,
    byttet: AtomicU64,
    feiler: AtomicBool,
    /// Hash of the file that was refused last, so that each is told of once.
    avvist: Mutex<Option<[u8; 32]>>,
}

impl fmt::Debug for Klientutstedere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Klientutstedere").field(&self.fil).finish()
    }
}

impl Klientutstedere {
    /// Reads the file, PEM, for the first time.
    ///
    /// # Errors
    /// [`Error`]: a listener that was to know its clients does not start without.
    pub fn les(fil: PathBuf) -> Result<Arc<Self>, Error> {
        let gjeldende = RwLock::new(les(&fil)?);
        Ok(Arc::new(Self {
            fil,
            gjeldende,
            byttet: AtomicU64::new(0),
            feiler: AtomicBool::new(false),
            avvist: Mutex::new(None),
        }))
    }

    /// Looks at the file again, at a time in seconds since 1970. Whether there was something new, which is then in use.
    ///
    /// # Errors
    /// [`Error`]: the former set stays in use.
    pub fn se_etter(&self, naa: i64) -> Result<bool, Error> {
        let utfall = les(&self.fil).and_then(|ny| self.bytt(ny, naa));
        self.feiler.store(utfall.is_err(), Ordering::Relaxed);
        utfall
    }

    fn bytt(&self, ny: Lest, naa: i64) -> Result<bool, Error> {
        let mut gjeldende = self.gjeldende.write().unwrap_or_else(PoisonError::into_inner);
        if ny.avtrykk == gjeldende.avtrykk {
            return Ok(false);
        }
        // One that has expired among others may be on its way out; a file of nothing else is the wrong file.
        if ny.utloeper.1 <= naa && gjeldende.utloeper.1 > naa {
            return Err(Error::Utloept);
        }
        let sett = gjeldende.sett.wrapping_add(1);
        *gjeldende = Lest { sett, ..ny };
        self.byttet.fetch_add(1, Ordering::Relaxed);
        Ok(true)
    }

    /// As [`Klientutstedere::se_etter`], and tells the operator what came of it, a refusal once for each try.
    pub fn se_etter_og_si(&self, naa: i64) {
        let utfall = self.se_etter(naa);
        let mut avvist = self.avvist.lock().unwrap_or_else(PoisonError::into_inner);
        match utfall {
            Ok(false) => {}
            Ok(true) => {
                // The same bad file again is a new try.
                *avvist = None;
                tracing::info!(
                    utloeper = self.utloeper(),
                    "new issuers of client certificates are in use"
                );
            }
            Err(feil) => {
                let avtrykk = avtrykk(&les_fil(&self.fil, false).unwrap_or_default(), &[]);
                if *avvist != Some(avtrykk) {
                    *avvist = Some(avtrykk);
                    tracing::error!(feil = %feil, "the new issuers of client certificates are not used; the former ones still are");
                }
            }
        }
    }

    /// Looks at the file from time to time until the stop.
    pub async fn foelg(self: Arc<Self>, klokke: impl Fn() -> i64 + Send, mut stopp: Stopp) {
        loop {
            tokio::select! {
                () = stopp.wait() => return,
                () = tokio::time::sleep(SE_ETTER) => self.se_etter_og_si(klokke()),
            }
        }
    }

    /// When the first of those in use expires. Seconds since 1970.
    pub fn utloeper(&self) -> i64 {
        self.gjeldende.read().unwrap_or_else(PoisonError::into_inner).utloeper.0
    }

    /// Whether a certificate, DER, is one that a connection could be made with at a time in seconds since 1970: by those in
    /// use now, with the others to build the path by. For certificates that come in another way than by the connection.
    ///
    /// Shape: chain, validity, and `clientAuth` where there is extended key usage; what the key may do besides is not asked.
    pub fn godtar(&self, eget: &[u8], andre: &[Vec<u8>], naa: i64) -> bool {
        let Ok(naa) = u64::try_from(naa) else { return false };
        let naa = UnixTime::since_unix_epoch(Duration::from_secs(naa));
        let andre: Vec<CertificateDer<'_>> = andre.iter().map(|der| der.as_slice().into()).collect();
        let (_, kontroll) = self.gjeldende();
        kontroll.verify_client_cert(&eget.into(), &andre, naa).is_ok()
    }

    /// Which set is in use, and what holds certificates against it.
    pub(super) fn gjeldende(&self) -> (u64, Arc<dyn ClientCertVerifier>) {
        let gjeldende = self.gjeldende.read().unwrap_or_else(PoisonError::into_inner);
        (gjeldende.sett, Arc::clone(&gjeldende.kontroll))
    }

    /// Shows the state of the issuers among the metrics.
    ///
    /// # Errors
    /// As [`Maalere::register`].
    pub fn register(self: &Arc<Self>, maalere: &Maalere) -> Result<(), maalinger::Error> {
        let utstedere = Arc::clone(self);
        maalere.register_reading(
            "tls_client_issuers_expiry_timestamp_seconds",
            "When the first of the issuers of client certificates expires, since 1970",
            move || u64::try_from(utstedere.utloeper()).unwrap_or(0),
        )?;
        let utstedere = Arc::clone(self);
        maalere.register_reading(
            "tls_client_issuers_changes",
            "Sets of issuers of client certificates taken into use since the start",
            move || utstedere.byttet.load(Ordering::Relaxed),
        )?;
        let utstedere = Arc::clone(self);
        maalere.register_reading(
            "tls_client_issuers_refused",
            "1 when the file holds issuers of client certificates that are not used",
            move || u64::from(utstedere.feiler.load(Ordering::Relaxed)),
        )
    }
}

fn les(fil: &std::path::Path) -> Result<Lest, Error> {
    let byte = les_fil(fil, false)?;
    let mut roetter = RootCertStore::empty();
    let (mut foerst, mut sist) = (i64::MAX, i64::MIN);
    for (plass, rot) in les_kjede(fil, &byte)?.into_iter().enumerate() {
        let utloeper = utsteders_utloep(&rot).ok_or_else(|| Error::IkkeUtsteder {
            fil: fil.to_owned(),
            nr: plass + 1,
        })?;
        (foerst, sist) = (foerst.min(utloeper), sist.max(utloeper));
        roetter.add(rot).map_err(|_| Error::Klientutstedere)?;
    }
    let leverandoer = Arc::new(leverandoer::default_provider());
    let kontroll = WebPkiClientVerifier::builder_with_provider(Arc::new(roetter), leverandoer)
        .allow_unauthenticated()
        .build()
        .map_err(|_| Error::Klientutstedere)?;
    Ok(Lest {
        sett: 0,
        kontroll,
        utloeper: (foerst, sist),
        avtrykk: avtrykk(&byte, &[]),
    })
}

/// When an issuer's certificate expires; nothing when it is not one.
///
/// The library takes whatever stands among its roots for an issuer, and does not ask. Source: RFC 5280, 4.2.1.3, 4.2.1.9.
fn utsteders_utloep(der: &[u8]) -> Option<i64> {
    let (_, sertifikat) = X509Certificate::from_der(der).ok()?;
    let er_utsteder = sertifikat.basic_constraints().ok()??.value.ca;
    let kan_signere = sertifikat
        .key_usage()
        .ok()?
        .is_none_or(|bruk| bruk.value.key_cert_sign());
    (er_utsteder && kan_signere).then(|| sertifikat.validity().not_after.timestamp())
}
