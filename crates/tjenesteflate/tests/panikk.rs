//! The panic hook, alone in its process since the hook is the process's.

use std::{
    io,
    sync::{Arc, Mutex},
};

#[derive(Clone, Default)]
struct Opptak(Arc<Mutex<Vec<u8>>>);

impl io::Write for Opptak {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .map_err(|_| io::ErrorKind::Other)?
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_panic_is_logged_by_its_place_and_never_by_its_text() {
    let opptak = Opptak::default();
    let kilde = opptak.clone();
    let abonnent = tracing_subscriber::fmt()
        .json()
        .with_writer(move || kilde.clone())
        .finish();
    let _vakt = tracing::subscriber::set_default(abonnent);
    tjenesteflate::vern::install_panic_hook();
    assert!(std::panic::catch_unwind(|| panic!("HEMMELIG")).is_err());
    drop(std::panic::take_hook());
    let tekst = String::from_utf8(opptak.0.lock().unwrap().clone()).unwrap();
    assert!(tekst.contains("panikk.rs") && !tekst.contains("HEMMELIG"), "{tekst}");
}
