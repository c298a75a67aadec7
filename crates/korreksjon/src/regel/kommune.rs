//! A kommune reform: current addresses get the new kommunenummer, and nobody moved.
//!
//! What was true of the old kommune stays true of it: former addresses, place of birth, who made a marriage. Names of
//! streets, gårdsnummer and kretser are not in the table and stay as they are.
//! Source: 2024-01-01, 2 100 000 addresses; that the old address becomes history, valid until the new one, and which
//! addresses are meant, are our choice, ADR 0028.

use std::collections::BTreeMap;

use informasjonsmodell::tekst::{Kommunenummer, Tekst};
use informasjonsmodell::{Endring, Entitet, Hendelsestype, Innhold, Tidspunkt};
use register::{Personbilde, Rettelse};

use super::{rettelse, som};

pub(super) const ENTITETER: [Entitet; 3] = [Entitet::Bostedsadresse, Entitet::DeltBosted, Entitet::Oppholdsadresse];

/// Most lines of a table. Source: our choice; there have never been a thousand kommuner.
const LINJER_MAKS: usize = 2_000;

/// Which number becomes which.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kommunetabell(BTreeMap<String, Kommunenummer>);

/// Why a table cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Tabellfeil {
    /// The rule needs one.
    #[error("regelen trenger en tabell; oppgi --tabell")]
    Mangler,
    /// The rule has none.
    #[error("regelen har ingen tabell; ta bort --tabell")]
    Overfloedig,
    /// A line that is not two numbers.
    #[error("linje {0} i tabellen er ikke to kommunenumre; skriv som 1507 1508")]
    Form(usize),
    /// A number that becomes two, or that becomes itself.
    #[error("linje {0} i tabellen: et nummer blir til ett annet, og bare ett; bruk en fil for en kommune som deles")]
    Deling(usize),
    /// More lines than there can be kommuner.
    #[error("tabellen har for mange linjer")]
    Stor,
    /// No line.
    #[error("tabellen er tom")]
    Tom,
}

impl Kommunetabell {
    /// Reads a table: a line each, the old number and the new one, with space, tab, comma or semicolon between. What follows
    /// `#` is not read.
    ///
    /// # Errors
    /// [`Tabellfeil`], with the line.
    pub fn les(tekst: &str) -> Result<Self, Tabellfeil> {
        let mut ut = BTreeMap::new();
        for (nr, linje) in (1..).zip(tekst.lines()) {
            let linje = linje.split('#').next().unwrap_or_default();
            let mut deler = linje
                .split(|c: char| c.is_whitespace() || c == ',' || c == ';')
                .filter(|del| !del.is_empty());
            let (fra, til) = match (deler.next(), deler.next(), deler.next()) {
                (None, ..) => continue,
                (Some(fra), Some(til), None) => (Kommunenummer::new(fra), Kommunenummer::new(til)),
                _ => return Err(Tabellfeil::Form(nr)),
            };
            let (Some(fra), Some(til)) = (fra, til) else {
                return Err(Tabellfeil::Form(nr));
            };
            if fra == til || ut.insert(fra.som_tekst().to_owned(), til).is_some() {
                return Err(Tabellfeil::Deling(nr));
            }
            if ut.len() > LINJER_MAKS {
                return Err(Tabellfeil::Stor);
            }
        }
        if ut.is_empty() {
            return Err(Tabellfeil::Tom);
        }
        Ok(Kommunetabell(ut))
    }

    // Whether the number was another's.
    fn bytt(&self, nummer: &mut Kommunenummer) -> bool {
        match self.0.get(nummer.som_tekst()) {
            Some(nytt) => {
                *nummer = nytt.clone();
                true
            }
            None => false,
        }
    }

    fn bytt_i(&self, innhold: &mut Innhold) -> bool {
        macro_rules! steder {
            ($adresse:expr) => {{
                let veg = $adresse.vegadresse.as_mut().map(|v| &mut v.kommunenummer);
                let matrikkel = $adresse
                    .matrikkeladresse
                    .as_mut()
                    .map(|m| &mut m.matrikkelnummer.kommunenummer);
                veg.into_iter()
                    .chain(matrikkel)
                    .fold(false, |sum, nummer| self.bytt(nummer) | sum)
            }};
        }
        macro_rules! ukjent {
            ($adresse:expr) => {{
                let kommune = $adresse
                    .ukjent_bosted
                    .as_mut()
                    .and_then(|u| u.bostedskommune.as_mut());
                kommune.is_some_and(|nummer| self.bytt(nummer))
            }};
        }
        match innhold {
            Innhold::Bostedsadresse(a) => steder!(a) | ukjent!(a),
            Innhold::DeltBosted(a) => steder!(a) | ukjent!(a),
            Innhold::Oppholdsadresse(a) => steder!(a),
            _ => false,
        }
    }
}

pub(super) fn vurder(person: &Personbilde, tabell: &Kommunetabell, fra: Tidspunkt) -> Vec<Rettelse> {
    let hendelser = [
        (
            Entitet::Bostedsadresse,
            Hendelsestype::EndringIBostedsadresseUtenFlytting,
        ),
        (Entitet::DeltBosted, Hendelsestype::EndringIDeltBosted),
        (Entitet::Oppholdsadresse, Hendelsestype::EndringIOppholdsadresse),
    ];
    let mut ut = Vec::new();
    for (entitet, hendelsestype) in hendelser {
        let mut gjeldende = person.gjeldende(entitet);
        let (Some(naa), None) = (gjeldende.next(), gjeldende.next()) else {
            continue;
        };
        let mut innhold = naa.innhold.clone();
        if tabell.bytt_i(&mut innhold) {
            let mut ny = som(naa, innhold, Some(fra));
            ny.metadata.aarsak = Tekst::new("Kommuneregulering");
            ut.extend(rettelse(hendelsestype, vec![Endring::RegistrereNy(ny)]));
        }
    }
    ut
}
