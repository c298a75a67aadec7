//! The socket: one command and one answer a connection, each a length (u32, big-endian) and that many bytes of JSON.

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use tjenesteflate::stopp::Stopp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixListener;
use tokio::task::JoinHandle;

use super::{DOKUMENT_BYTE_MAKS, Kommando, Svar, utfoer_her};
use crate::mappe::Mappe;
use crate::testmiljoe::Kontroll;
use crate::vert::Vert;

/// Largest command: a document, with room for its escapes. Units: bytes.
const KOMMANDO_BYTE_MAKS: u32 = 32 << 20;
const _: () = assert!(KOMMANDO_BYTE_MAKS as usize >= 2 * DOKUMENT_BYTE_MAKS);
/// Largest answer: a step of an export. Units: bytes.
const SVAR_BYTE_MAKS: u32 = 1 << 30;

/// The listening socket.
pub struct Styring {
    sti: PathBuf,
    oppgave: JoinHandle<()>,
}

impl Styring {
    /// Waits for the socket to be closed, and removes it.
    pub async fn stopp(self) {
        let _ = self.oppgave.await;
        let _ = std::fs::remove_file(&self.sti);
    }
}

/// Starts listening in a folder. `test` is what is done to it where it is a test environment.
pub fn start(mappe: &Mappe, vert: Arc<Vert>, test: Option<Arc<Kontroll>>, mut stopp: Stopp) -> Result<Styring> {
    let sti = mappe.sokkel();
    // The folder's lock is ours, so a socket that lies there is left from a process that is gone.
    let _ = std::fs::remove_file(&sti);
    let lytter = UnixListener::bind(&sti).with_context(|| format!("kunne ikke lage {}", sti.display()))?;
    std::fs::set_permissions(&sti, std::fs::Permissions::from_mode(0o600))?;
    let oppgave = tokio::spawn(async move {
        loop {
            let forbindelse = tokio::select! {
                () = stopp.wait() => break,
                forbindelse = lytter.accept() => forbindelse,
            };
            if let Ok((forbindelse, _)) = forbindelse {
                tokio::spawn(betjen(vert.clone(), test.clone(), forbindelse));
            }
        }
    });
    Ok(Styring { sti, oppgave })
}

async fn betjen(vert: Arc<Vert>, test: Option<Arc<Kontroll>>, mut forbindelse: tokio::net::UnixStream) {
    let Ok(lengde) = forbindelse.read_u32().await else {
        return;
    };
    if lengde > KOMMANDO_BYTE_MAKS {
        return;
    }
    let mut byte = vec![0; usize::try_from(lengde).unwrap_or(0)];
    if forbindelse.read_exact(&mut byte).await.is_err() {
        return;
    }
    let svar = match serde_json::from_slice(&byte) {
        Ok(kommando) => tokio::task::spawn_blocking(move || utfoer_her(&vert, test.as_deref(), kommando)).await,
        Err(_) => Ok(Svar::Feil {
            melding: "ukjent kommando".to_owned(),
        }),
    };
    let svar = svar.unwrap_or_else(|_| Svar::Feil {
        melding: "kommandoen ble avbrutt".to_owned(),
    });
    let Ok(byte) = serde_json::to_vec(&svar) else { return };
    let Ok(lengde) = u32::try_from(byte.len()) else { return };
    let _ = forbindelse.write_u32(lengde).await;
    let _ = forbindelse.write_all(&byte).await;
}

/// A way to the process that has the folder.
pub struct Klient {
    sti: PathBuf,
}

impl Klient {
    /// Finds the process that has the folder; `None` when nobody answers there.
    pub fn koble(mappe: &Mappe) -> Result<Option<Self>> {
        let sti = mappe.sokkel();
        Ok(UnixStream::connect(&sti).ok().map(|_| Klient { sti }))
    }

    /// Sends one command and waits for its answer.
    pub fn utfoer(&self, kommando: &Kommando) -> Result<Svar> {
        let mut forbindelse = UnixStream::connect(&self.sti).context("prosessen som har datamappen svarer ikke")?;
        let byte = serde_json::to_vec(kommando)?;
        let (antall, mut lengde) = (u32::try_from(byte.len())?.to_be_bytes(), [0; 4]);
        forbindelse
            .write_all(&antall)
            .and_then(|()| forbindelse.write_all(&byte))
            .and_then(|()| forbindelse.read_exact(&mut lengde))
            .context("prosessen som har datamappen svarte ikke")?;
        let lengde = u32::from_be_bytes(lengde);
        if lengde > SVAR_BYTE_MAKS {
            bail!("svaret er for stort");
        }
        let mut byte = vec![0; usize::try_from(lengde)?];
        forbindelse.read_exact(&mut byte)?;
        Ok(serde_json::from_slice(&byte)?)
    }
}
