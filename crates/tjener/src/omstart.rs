//! Starting anew after the disk failed in the middle of a commit.
//!
//! LMDB then takes no more reads or writes before it is opened again, which a process that many share cannot do by itself.
//! The roles are stopped in order and the program takes its own place, so that nobody has to be woken.

use std::process::ExitCode;

/// Why the roles stopped: they are to be started anew.
#[derive(Debug, thiserror::Error)]
#[error("disken sviktet midt i en bekreftelse; programmet starter på nytt")]
pub struct StartPaaNytt;

/// Starts the program in place of this one, with the same arguments. Comes back only if the system refuses.
pub fn start_paa_nytt() -> ExitCode {
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        let argumenter: Vec<_> = std::env::args_os().collect();
        if let (Ok(program), Some((navn, resten))) = (std::env::current_exe(), argumenter.split_first()) {
            let feil = std::process::Command::new(program).arg0(navn).args(resten).exec();
            tracing::error!(feil = %feil, "programmet kunne ikke starte på nytt");
        }
    }
    // Where a program cannot take its own place, whoever watches over it starts it: EX_TEMPFAIL.
    ExitCode::from(75)
}
