//! Where the system has no sockets in folders: a folder that is open cannot be commanded from another process.

use std::sync::Arc;

use anyhow::Result;
use tjenesteflate::stopp::Stopp;

use super::{Kommando, Svar};
use crate::mappe::Mappe;
use crate::testmiljoe::Kontroll;
use crate::vert::Vert;

/// Nothing is listening.
pub struct Styring;

impl Styring {
    /// Nothing to wait for.
    pub async fn stopp(self) {}
}

/// Starts nothing.
pub fn start(_: &Mappe, _: Arc<Vert>, _: Option<Arc<Kontroll>>, _: Stopp) -> Result<Styring> {
    Ok(Styring)
}

/// There is never one.
pub enum Klient {}

impl Klient {
    /// Never finds a process.
    pub fn koble(_: &Mappe) -> Result<Option<Self>> {
        Ok(None)
    }

    /// Cannot be called.
    pub fn utfoer(&self, _: &Kommando) -> Result<Svar> {
        match *self {}
    }
}
