//! Why the register of grants, clients and producers says no. The texts are shown by the command line.

use std::path::PathBuf;

use super::modell::Avtaleid;
use super::privatfil;
use super::produsent::Produsentid;
use crate::endringslogg;
use crate::token::Jwkfeil;

/// Why grants, clients or producers could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// The file system, or a file that others may read.
    #[error(transparent)]
    Fil(#[from] privatfil::Feil),
    /// Another process has the folder open.
    #[error("{mappe} er i bruk av en annen prosess", mappe = mappe.display())]
    Opptatt {
        /// The folder.
        mappe: PathBuf,
    },
    /// A line is not what was written: damage, or somebody edited the file.
    #[error(
        "{fil} linje {linje} er skadet ({hva}); filen endres aldri på stedet, så hent den fra en sikkerhetskopi",
        fil = fil.display()
    )]
    Skadet {
        /// The file.
        fil: PathBuf,
        /// Which line, from 1.
        linje: usize,
        /// Which rule is broken.
        hva: &'static str,
    },
    /// A change would make a line that is too long.
    #[error("endringen er for stor: en linje kan ha høyst {maks} byte")]
    ForStor {
        /// The limit. Units: bytes.
        maks: usize,
    },
    /// An earlier write failed in a way that leaves the end of the file unknown.
    #[error("en tidligere skriving mislyktes; start programmet på nytt før flere endringer")]
    Stengt,
    /// No such grant.
    #[error("avtalen {0} finnes ikke")]
    UkjentAvtale(Avtaleid),
    /// The grant has been withdrawn; withdrawn grants do not come back.
    #[error("avtalen {0} er trukket")]
    Trukket(Avtaleid),
    /// The organisation already has a grant for that right in an overlapping time.
    #[error("organisasjonen har allerede avtalen {0} for samme rettighet i samme tidsrom; endre eller trekk den")]
    Overlapper(Avtaleid),
    /// `til` is not after `fra`.
    #[error("slutten er ikke etter starten")]
    Tidsrom,
    /// Graded addresses exist for one package only.
    #[error(
        "graderte adresser kan bare gis for pakken offentlig-med-hjemmel eller for et scope utenfor Folkeregisteret"
    )]
    GraderteAdresser,
    /// A text is empty or too long.
    #[error("{0} mangler eller er lengre enn 500 tegn")]
    Tekst(&'static str),
    /// A scope is not one word of visible ASCII, or names a package that must be given as such.
    #[error("scope er ikke ett ord av synlige ASCII-tegn")]
    Scope,
    /// The client identifier has the wrong form.
    #[error("klient-id må ha 1 til 64 tegn: bokstavene a til z, sifre, bindestrek, punktum og understrek")]
    Klientid,
    /// No such client, or it is closed.
    #[error("klienten finnes ikke eller er avsluttet")]
    UkjentKlient,
    /// The identifier is taken, also by a client that is closed.
    #[error("det finnes allerede en klient med denne klient-id-en")]
    KlientFinnes,
    /// Blocked already.
    #[error("er allerede sperret; se persontjenesten sperr liste")]
    AlleredeSperret,
    /// Not blocked.
    #[error("er ikke sperret; se persontjenesten sperr liste")]
    IkkeSperret,
    /// The name of a client to be blocked is empty, too long, or not visible ASCII.
    #[error("klientens identifikator må ha 1 til 256 synlige ASCII-tegn")]
    Sperreklient,
    /// The client has a key of that name already.
    #[error("klienten har allerede en nøkkel med denne kid-en")]
    NoekkelFinnes,
    /// The client has no key of that name.
    #[error("klienten har ingen nøkkel med denne kid-en")]
    UkjentNoekkel,
    /// More keys or scopes than a client may have.
    #[error("en klient kan ha høyst {maks} {hva}")]
    ForMange {
        /// Keys or scopes.
        hva: &'static str,
        /// The limit.
        maks: usize,
    },
    /// No such right of a producer.
    #[error("produsentretten {0} finnes ikke")]
    UkjentProdusent(Produsentid),
    /// The right has been withdrawn; withdrawn rights do not come back.
    #[error("produsentretten {0} er trukket")]
    ProdusentTrukket(Produsentid),
    /// The organisation already has a right in an overlapping time.
    #[error("organisasjonen har allerede produsentretten {0} i samme tidsrom; endre eller trekk den")]
    ProdusentFinnes(Produsentid),
    /// A change would give a right another organisation or another start.
    #[error("en endring kan ikke gi produsentretten {0} en annen organisasjon eller en annen start")]
    ProdusentFlyttet(Produsentid),
    /// The organisation's number is not one.
    #[error("organisasjonsnummeret er ikke gyldig")]
    Organisasjon,
    /// A code is not of the form that codes have.
    #[error("en meldingskode har 1 til 64 tegn: store bokstaver A til Z, sifre og understrek, med en bokstav først")]
    Meldingskode,
    /// No kind of message, or more than a right may have.
    #[error("en produsent må ha minst én meldingstype og kan ha høyst {maks}")]
    Meldinger {
        /// The limit.
        maks: usize,
    },
    /// Limits on `kilde` for a kind that is not given, with no value, or with values that are none.
    #[error("kilder gjelder meldingstyper som gis, og må ha 1 til 32 verdier på 1 til 100 tegn")]
    Kilder,
    /// The key is not one that we take.
    #[error(transparent)]
    Jwk(#[from] Jwkfeil),
}

impl From<endringslogg::Feil> for Feil {
    fn from(feil: endringslogg::Feil) -> Self {
        match feil {
            endringslogg::Feil::Fil(feil) => Feil::Fil(feil),
            endringslogg::Feil::Skadet { fil, linje, hva } => Feil::Skadet { fil, linje, hva },
            endringslogg::Feil::ForStor { maks } => Feil::ForStor { maks },
            endringslogg::Feil::Stengt => Feil::Stengt,
        }
    }
}
