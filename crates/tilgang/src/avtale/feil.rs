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
    /// A file of changes could not be read or written.
    #[error(transparent)]
    Logg(#[from] endringslogg::Feil),
    /// Another process has the folder open.
    #[error("{mappe} er i bruk av en annen prosess", mappe = mappe.display())]
    Opptatt {
        /// The folder.
        mappe: PathBuf,
    },
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
    /// Graded addresses exist for one package and two scopes only.
    #[error(
        "graderte adresser kan bare gis for pakken offentlig-med-hjemmel og for Person API med full-access eller read-with-legal-basis"
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

impl From<privatfil::Feil> for Feil {
    fn from(feil: privatfil::Feil) -> Self {
        Feil::Logg(feil.into())
    }
}
