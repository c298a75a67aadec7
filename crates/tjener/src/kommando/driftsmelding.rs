//! `driftsmelding` and `nyhet`: tell consumers what is planned, what is wrong, and what is new.

use anyhow::Result;
use clap::{Args, Subcommand};
use driftsmeldinger::{Miljoe, Nyhetsslag, Slag, Tilstand, Tjeneste, Tredjepart, Virkning, tid};
use jiff::Timestamp;
use tilgang::Pakke;

use super::{Datavalg, klient::utfoer, les_pakke};
use crate::styring::{Kommando, Meldingsendring, NyMelding, NyNyhet, Tavleoppdrag};

fn velg<T: Copy>(alle: &[T], kode: fn(T) -> &'static str, tekst: &str) -> Result<T, String> {
    alle.iter().copied().find(|k| kode(*k) == tekst).ok_or_else(|| {
        let alle: Vec<_> = alle.iter().map(|k| kode(*k)).collect();
        format!("velg en av: {}", alle.join(", "))
    })
}

fn les_slag(tekst: &str) -> Result<Slag, String> {
    velg(Slag::ALLE, Slag::kode, tekst)
}

fn les_nyhetsslag(tekst: &str) -> Result<Nyhetsslag, String> {
    velg(Nyhetsslag::ALLE, Nyhetsslag::kode, tekst)
}

fn les_tjeneste(tekst: &str) -> Result<Tjeneste, String> {
    velg(Tjeneste::ALLE, Tjeneste::kode, tekst)
}

fn les_miljoe(tekst: &str) -> Result<Miljoe, String> {
    velg(Miljoe::ALLE, Miljoe::kode, tekst)
}

fn les_virkning(tekst: &str) -> Result<Virkning, String> {
    velg(Virkning::ALLE, Virkning::kode, tekst)
}

fn les_tilstand(tekst: &str) -> Result<Tilstand, String> {
    velg(Tilstand::ALLE, Tilstand::kode, tekst)
}

fn les_tredjepart(tekst: &str) -> Result<Tredjepart, String> {
    velg(Tredjepart::ALLE, Tredjepart::kode, tekst)
}

fn les_tid(tekst: &str) -> Result<Timestamp, String> {
    tid::les(tekst).ok_or_else(|| "skriv som 2026-01-14T18:00, norsk tid, eller med tidssone".to_owned())
}

/// `finans=2026-01-01T09:00`.
fn les_pakkestart(tekst: &str) -> Result<(String, Timestamp), String> {
    let (pakke, fra) = tekst.split_once('=').ok_or("skriv som PAKKE=TID")?;
    Ok((les_pakke(pakke)?.kortnavn().to_owned(), les_tid(fra)?))
}

/// `konsumenttest=2026-01-01`, or the time alone.
fn les_gyldighet(tekst: &str) -> Result<(Option<Miljoe>, Timestamp), String> {
    match tekst.split_once('=') {
        Some((miljoe, fra)) => Ok((Some(les_miljoe(miljoe)?), les_tid(fra)?)),
        None => Ok((None, les_tid(tekst)?)),
    }
}

#[derive(Args)]
pub struct Utskrift {
    /// Som JSON, slik grensesnittet viser det.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: Datavalg,
}

#[derive(Subcommand)]
pub enum Driftsmelding {
    /// Publiser en melding.
    Ny(Box<Ny>),
    /// Endre en melding, eller si noe nytt om den.
    Endre(Box<Endre>),
    /// Si at noe er over; en knyttet tjeneste åpner igjen.
    Loes {
        /// Meldingens nummer.
        nummer: u64,
        /// Da det var over; standard er nå.
        #[arg(long, value_parser = les_tid)]
        faktisk_til: Option<Timestamp>,
        /// Hva som skal sies om det.
        #[arg(long)]
        tekst: Option<String>,
        #[command(flatten)]
        utskrift: Utskrift,
    },
    /// Utsett noe som er varslet, til en ny tid eller inntil videre.
    Utsett {
        /// Meldingens nummer.
        nummer: u64,
        /// Ny planlagt start.
        #[arg(long, value_parser = les_tid)]
        fra: Option<Timestamp>,
        /// Ny planlagt slutt.
        #[arg(long, value_parser = les_tid)]
        til: Option<Timestamp>,
        /// Hva som skal sies om det.
        #[arg(long)]
        tekst: Option<String>,
        #[command(flatten)]
        utskrift: Utskrift,
    },
    /// Avlys noe som er varslet.
    Avlys {
        /// Meldingens nummer.
        nummer: u64,
        /// Hva som skal sies om det.
        #[arg(long)]
        tekst: Option<String>,
        #[command(flatten)]
        utskrift: Utskrift,
    },
    /// Vis meldingene, de nyeste først.
    Liste(Utskrift),
    /// Vis én melding.
    Vis {
        /// Nummeret, eller navnet i adressen.
        melding: String,
        #[command(flatten)]
        utskrift: Utskrift,
    },
}

#[derive(Args)]
pub struct Ny {
    /// Hva det gjelder.
    #[arg(long, value_parser = les_slag)]
    slag: Slag,
    /// Én linje; adressen lages av den.
    #[arg(long)]
    tittel: String,
    /// Teksten.
    #[arg(long)]
    tekst: String,
    /// Tjeneste det gjelder; kan gjentas.
    #[arg(long, value_parser = les_tjeneste)]
    tjeneste: Vec<Tjeneste>,
    /// Rettighetspakke det gjelder; kan gjentas. Uten: alle.
    #[arg(long, value_parser = les_pakke)]
    pakke: Vec<Pakke>,
    /// Et annet miljø enn denne installasjonen.
    #[arg(long, value_parser = les_miljoe)]
    miljoe: Option<Miljoe>,
    /// Planlagt start, norsk tid.
    #[arg(long, value_parser = les_tid)]
    fra: Option<Timestamp>,
    /// Planlagt slutt.
    #[arg(long, value_parser = les_tid)]
    til: Option<Timestamp>,
    /// Da det begynte, eller siden når noe ikke er oppdatert.
    #[arg(long, value_parser = les_tid)]
    faktisk_fra: Option<Timestamp>,
    /// Da det var over.
    #[arg(long, value_parser = les_tid)]
    faktisk_til: Option<Timestamp>,
    /// Hva det gjør med tjenestene.
    #[arg(long, value_parser = les_virkning, default_value = "ingen")]
    virkning: Virkning,
    /// Hvor den står. Uten: varslet når --fra er gitt, loest når --faktisk-til er gitt, ellers paagaar.
    #[arg(long, value_parser = les_tilstand)]
    tilstand: Option<Tilstand>,
    /// Hvem feilen ligger hos, for slaget tredjepart.
    #[arg(long, value_parser = les_tredjepart)]
    tredjepart: Option<Tredjepart>,
    /// Nummeret på en tidligere sak.
    #[arg(long)]
    viser_til: Option<u64>,
    /// Antall hendelser av en masseendring; 0 når det ikke gis noen.
    #[arg(long)]
    hendelser: Option<u64>,
    /// Hendelsestype av en masseendring; kan gjentas.
    #[arg(long = "type")]
    type_: Vec<String>,
    /// Når en pakke får sin del av en masseendring, som finans=2026-01-01T09:00; kan gjentas.
    #[arg(long, value_parser = les_pakkestart)]
    pakkestart: Vec<(String, Timestamp)>,
    /// La tjenestene gjøre som meldingen sier så lenge den er i kraft: nedetid gir 503, ikkeOppdatert holder
    /// hendelseslistene, og lar det mottak tar imot, vente i kø.
    #[arg(long)]
    knyttet: bool,
    /// La den ende av seg selv ved planlagt slutt. Uten dette er den i kraft til noen sier at den er over.
    #[arg(long, requires = "til")]
    automatisk: bool,
    #[command(flatten)]
    utskrift: Utskrift,
}

#[derive(Args)]
pub struct Endre {
    /// Meldingens nummer.
    nummer: u64,
    /// Tilstanden den får.
    #[arg(long, value_parser = les_tilstand)]
    tilstand: Option<Tilstand>,
    /// Hva som skal sies om det.
    #[arg(long)]
    tekst: Option<String>,
    /// Ny planlagt start.
    #[arg(long, value_parser = les_tid)]
    fra: Option<Timestamp>,
    /// Ny planlagt slutt.
    #[arg(long, value_parser = les_tid)]
    til: Option<Timestamp>,
    /// Da det begynte.
    #[arg(long, value_parser = les_tid)]
    faktisk_fra: Option<Timestamp>,
    /// Hva det gjør med tjenestene.
    #[arg(long, value_parser = les_virkning)]
    virkning: Option<Virkning>,
    /// Tjenestene det gjelder, i stedet for dem som stod; kan gjentas.
    #[arg(long, value_parser = les_tjeneste)]
    tjeneste: Vec<Tjeneste>,
    /// Rettighetspakkene det gjelder, i stedet for dem som stod; kan gjentas.
    #[arg(long, value_parser = les_pakke, conflicts_with = "alle_pakker")]
    pakke: Vec<Pakke>,
    /// Det gjelder alle pakker.
    #[arg(long)]
    alle_pakker: bool,
    /// Om tjenestene skal gjøre som meldingen sier.
    #[arg(long)]
    knyttet: Option<bool>,
    /// Om den skal ende av seg selv ved planlagt slutt.
    #[arg(long)]
    automatisk: Option<bool>,
    #[command(flatten)]
    utskrift: Utskrift,
}

#[derive(Subcommand)]
pub enum Nyhet {
    /// Publiser en nyhet.
    Ny(Box<Nytt>),
    /// Vis nyhetene, de nyeste først.
    Liste(Utskrift),
    /// Vis én nyhet.
    Vis {
        /// Nummeret, eller navnet i adressen.
        nyhet: String,
        #[command(flatten)]
        utskrift: Utskrift,
    },
}

#[derive(Args)]
pub struct Nytt {
    /// Hva det gjelder.
    #[arg(long, value_parser = les_nyhetsslag)]
    slag: Nyhetsslag,
    /// Én linje; adressen lages av den.
    #[arg(long)]
    tittel: String,
    /// Teksten.
    #[arg(long)]
    tekst: String,
    /// Fra når det gjelder, som 2026-04-01 eller konsumenttest=2026-03-15; kan gjentas, det første først.
    #[arg(long, value_parser = les_gyldighet)]
    gjelder: Vec<(Option<Miljoe>, Timestamp)>,
    /// Om en kontraktsendring gir hendelser.
    #[arg(long)]
    gir_hendelser: Option<bool>,
    /// Om en klient av i dag går videre som den er.
    #[arg(long)]
    bakoverkompatibel: Option<bool>,
    /// Nummeret på en tidligere sak.
    #[arg(long)]
    viser_til: Option<u64>,
    #[command(flatten)]
    utskrift: Utskrift,
}

fn navn(pakker: &[Pakke]) -> Vec<String> {
    pakker.iter().map(|p| p.kortnavn().to_owned()).collect()
}

fn gjoer(utskrift: &Utskrift, oppdrag: Tavleoppdrag) -> Result<()> {
    let json = utskrift.json;
    utfoer(&utskrift.data, Kommando::Tavle { oppdrag, json })
}

fn endre(utskrift: &Utskrift, nummer: u64, endring: Meldingsendring) -> Result<()> {
    let endring = Box::new(endring);
    gjoer(utskrift, Tavleoppdrag::EndreMelding { nummer, endring })
}

pub fn driftsmelding(valg: &Driftsmelding) -> Result<()> {
    match valg {
        Driftsmelding::Ny(ny) => {
            let antatt = match (ny.faktisk_til, ny.fra) {
                (Some(_), _) => Tilstand::Loest,
                (None, Some(_)) => Tilstand::Varslet,
                (None, None) => Tilstand::Paagaar,
            };
            let melding = NyMelding {
                slag: ny.slag,
                tittel: ny.tittel.clone(),
                tekst: ny.tekst.clone(),
                tjenester: ny.tjeneste.clone(),
                pakker: navn(&ny.pakke),
                miljoe: ny.miljoe,
                fra: ny.fra,
                til: ny.til,
                faktisk_fra: ny.faktisk_fra,
                faktisk_til: ny.faktisk_til,
                virkning: ny.virkning,
                tilstand: ny.tilstand.unwrap_or(antatt),
                tredjepart: ny.tredjepart,
                viser_til: ny.viser_til,
                hendelser: ny.hendelser,
                typer: ny.type_.clone(),
                rekkefoelge: ny.pakkestart.clone(),
                knyttet: ny.knyttet,
                automatisk: ny.automatisk,
            };
            gjoer(&ny.utskrift, Tavleoppdrag::NyMelding(Box::new(melding)))
        }
        Driftsmelding::Endre(e) => endre(
            &e.utskrift,
            e.nummer,
            Meldingsendring {
                tilstand: e.tilstand,
                tekst: e.tekst.clone(),
                fra: e.fra,
                til: e.til,
                faktisk_fra: e.faktisk_fra,
                faktisk_til: None,
                virkning: e.virkning,
                tjenester: e.tjeneste.clone(),
                pakker: navn(&e.pakke),
                alle_pakker: e.alle_pakker,
                knyttet: e.knyttet,
                automatisk: e.automatisk,
            },
        ),
        Driftsmelding::Loes {
            nummer,
            faktisk_til,
            tekst,
            utskrift,
        } => endre(
            utskrift,
            *nummer,
            Meldingsendring {
                tilstand: Some(Tilstand::Loest),
                faktisk_til: *faktisk_til,
                tekst: tekst.clone(),
                ..Meldingsendring::default()
            },
        ),
        Driftsmelding::Utsett {
            nummer,
            fra,
            til,
            tekst,
            utskrift,
        } => endre(
            utskrift,
            *nummer,
            Meldingsendring {
                tilstand: Some(Tilstand::Utsatt),
                fra: *fra,
                til: *til,
                tekst: tekst.clone(),
                ..Meldingsendring::default()
            },
        ),
        Driftsmelding::Avlys {
            nummer,
            tekst,
            utskrift,
        } => endre(
            utskrift,
            *nummer,
            Meldingsendring {
                tilstand: Some(Tilstand::Avlyst),
                tekst: tekst.clone(),
                ..Meldingsendring::default()
            },
        ),
        Driftsmelding::Liste(utskrift) => gjoer(utskrift, Tavleoppdrag::Meldinger),
        Driftsmelding::Vis { melding, utskrift } => gjoer(
            utskrift,
            Tavleoppdrag::VisMelding {
                hvilken: melding.clone(),
            },
        ),
    }
}

pub fn nyhet(valg: &Nyhet) -> Result<()> {
    match valg {
        Nyhet::Ny(ny) => {
            let nyhet = NyNyhet {
                slag: ny.slag,
                tittel: ny.tittel.clone(),
                tekst: ny.tekst.clone(),
                gjelder: ny.gjelder.clone(),
                gir_hendelser: ny.gir_hendelser,
                bakoverkompatibel: ny.bakoverkompatibel,
                viser_til: ny.viser_til,
            };
            gjoer(&ny.utskrift, Tavleoppdrag::NyNyhet(Box::new(nyhet)))
        }
        Nyhet::Liste(utskrift) => gjoer(utskrift, Tavleoppdrag::Nyheter),
        Nyhet::Vis { nyhet, utskrift } => gjoer(utskrift, Tavleoppdrag::VisNyhet { hvilken: nyhet.clone() }),
    }
}
