//! The rules, one file for each kind of message: what it may be objected to, and what it leads to.
//!
//! Rules see the register as it is in the transaction that they decide in, and nothing else; time is a parameter. What they
//! lead to is written down as tables that people read and tests run (`eksempler/produsent/`).

mod adresse;
mod brudd;
mod dnummer;
mod dnummerendring;
mod doedsbo;
mod doedsfall;
mod endring;
mod familie;
mod farskap;
mod flyttemelding;
mod fnrendring;
mod foedsel;
mod identitet;
mod innflytting;
mod nytt;
mod steder;
mod vigsel;

use std::collections::BTreeSet;

use identifikator::{Serie, Tildeler};
use informasjonsmodell::{Dato, Endring, Entitet, Hendelsestype, Registrering, Tidspunkt};
use meldinger::Meldingstype;
use meldinger::tre::Element;
use register::{Behandling, Feil, Personbilde, Register};
use serde_json::Value;

use crate::bygg::{self, Aarsak};
use crate::tid::{self, Tid};
use crate::vedtak::{Grunn, Opprettet, Vedtak};

/// What rules work with.
pub(crate) struct Kontekst<'k, 'r> {
    pub register: &'k mut Behandling<'r>,
    pub tid: &'k Tid,
    pub numre: &'k mut Tildeler,
    /// The series that new numbers are of.
    pub serie: Serie,
    /// A person has found that what may be overridden is all right.
    pub overstyrer: bool,
    /// A child that was not born when the message was sent, and is now.
    pub foedt: Option<String>,
    /// The register as it was before this, which can be searched.
    pub lager: &'k Register,
    /// Who sent the message.
    pub organisasjon: &'k str,
    /// The kommune that somebody has said that an address is in.
    pub kommune: Option<String>,
    /// Numbers of those who may be somebody in the message.
    pub mulige: BTreeSet<String>,
    /// A number that was asked for, and the `kilde` that did.
    pub rekvirert: Option<(String, String)>,
    /// Whom the sender is told that it was about.
    pub gjelder: Option<String>,
    /// From when what was decided holds, where that is told.
    pub gyldig: Option<Tidspunkt>,
    /// Where it is noted which case an address came with.
    pub adresseendring: Option<Vec<u8>>,
    innvendinger: BTreeSet<Grunn>,
    registreringer: Vec<Registrering>,
}

/// What rules came to, and what is noted with it.
#[derive(Debug)]
pub(crate) struct Vurdering {
    pub vedtak: Vedtak,
    pub mulige: Vec<String>,
    pub rekvirert: Option<(String, String)>,
    pub gjelder: Option<String>,
    pub gyldig: Option<Tidspunkt>,
    pub adresseendring: Option<Vec<u8>>,
}

impl From<Vedtak> for Vurdering {
    fn from(vedtak: Vedtak) -> Self {
        Vurdering {
            vedtak,
            mulige: Vec::new(),
            rekvirert: None,
            gjelder: None,
            gyldig: None,
            adresseendring: None,
        }
    }
}

/// What a rule came to, apart from objections.
pub(crate) enum Utfall {
    Registrert(Option<Opprettet>),
    /// It can be nothing that the register takes in, for what has been objected.
    Avvist,
    Alt(Vedtak),
}

impl Utfall {
    pub const INGEN_NY: Result<Utfall, Feil> = Ok(Utfall::Registrert(None));
}

/// Decides about a message.
///
/// # Errors
/// [`Feil`] if the store is damaged; what the message says is never an error.
pub(crate) fn behandle(
    register: &mut Behandling<'_>,
    meldingstype: Meldingstype,
    melding: &Element,
    rammer: Rammer<'_>,
) -> Result<Vurdering, Feil> {
    let mut k = Kontekst {
        register,
        tid: rammer.tid,
        numre: rammer.numre,
        serie: rammer.serie,
        overstyrer: rammer.overstyrer,
        foedt: rammer.foedt,
        lager: rammer.lager,
        organisasjon: rammer.organisasjon,
        kommune: rammer.kommune,
        mulige: BTreeSet::new(),
        rekvirert: None,
        gjelder: None,
        gyldig: None,
        adresseendring: None,
        innvendinger: BTreeSet::new(),
        registreringer: Vec::new(),
    };
    let Some(forespoersel) = melding.ett("forespoersel") else {
        return Ok(Vedtak::Manuell(vec![Grunn::MangelfullMelding]).into());
    };
    let utfall = match meldingstype {
        Meldingstype::Doedsfall => doedsfall::doedsfall(&mut k, forespoersel)?,
        Meldingstype::AnnulleringAvDoedsfall => doedsfall::annullering(&mut k, forespoersel)?,
        Meldingstype::Foedsel => foedsel::foedsel(&mut k, forespoersel)?,
        Meldingstype::Farskap => farskap::farskap(&mut k, forespoersel)?,
        Meldingstype::Vigsel => vigsel::vigsel(&mut k, forespoersel)?,
        Meldingstype::Separasjon => brudd::separasjon(&mut k, forespoersel)?,
        Meldingstype::Skilsmisse => brudd::skilsmisse(&mut k, forespoersel)?,
        Meldingstype::KontaktopplysningerDoedsbo => doedsbo::doedsbo(&mut k, forespoersel)?,
        Meldingstype::RekvisisjonAvDNummerV4 | Meldingstype::RekvisisjonAvDNummerV5 => {
            dnummer::rekvisisjon(&mut k, forespoersel)?
        }
        Meldingstype::EndringAvDNummerpersonV2 | Meldingstype::EndringAvDNummerpersonV3 => {
            dnummerendring::endring(&mut k, forespoersel)?
        }
        Meldingstype::FnrEndring => fnrendring::endring(&mut k, forespoersel)?,
        Meldingstype::Innflytting => innflytting::innflytting(&mut k, forespoersel)?,
        Meldingstype::FlyttemeldingFraPosten => flyttemelding::flytting(&mut k, forespoersel)?,
    };
    let staar = |grunn: &Grunn| !(k.overstyrer && grunn.kan_overstyres());
    let innvendinger: Vec<Grunn> = k.innvendinger.iter().copied().filter(staar).collect();
    let vedtak = match utfall {
        Utfall::Avvist => Vedtak::Avvist(k.innvendinger.into_iter().collect()),
        _ if !innvendinger.is_empty() => Vedtak::Manuell(innvendinger),
        Utfall::Alt(vedtak) => vedtak,
        Utfall::Registrert(opprettet) => Vedtak::Godkjent {
            registreringer: k.registreringer,
            opprettet,
        },
    };
    Ok(Vurdering {
        vedtak,
        mulige: k.mulige.into_iter().collect(),
        rekvirert: k.rekvirert,
        gjelder: k.gjelder,
        gyldig: k.gyldig,
        adresseendring: k.adresseendring,
    })
}

/// The text of the first element in another with a name, if it says something.
pub(crate) fn fylt(e: &Element, navn: &str) -> Option<String> {
    e.tekst(navn).filter(|t| !t.is_empty()).map(str::to_owned)
}

/// What a decision is made within.
pub(crate) struct Rammer<'k> {
    pub tid: &'k Tid,
    pub numre: &'k mut Tildeler,
    pub serie: Serie,
    pub overstyrer: bool,
    pub foedt: Option<String>,
    pub lager: &'k Register,
    pub organisasjon: &'k str,
    pub kommune: Option<String>,
}

impl Kontekst<'_, '_> {
    /// Objects to the message.
    pub fn innvend(&mut self, grunn: Grunn) {
        self.innvendinger.insert(grunn);
    }

    /// Objects unless something is so.
    pub fn krev(&mut self, er_i_orden: bool, grunn: Grunn) {
        if !er_i_orden {
            self.innvend(grunn);
        }
    }

    /// Whether nothing speaks against the message that somebody has not found to be all right.
    pub fn er_uten_innvendinger(&self) -> bool {
        self.innvendinger
            .iter()
            .all(|grunn| self.overstyrer && grunn.kan_overstyres())
    }

    /// Who has a number that a message gives. Objects if there is nobody, or somebody whose number has ended.
    pub fn person(&mut self, nummer: Option<&str>) -> Result<Option<Personbilde>, Feil> {
        let Some(nummer) = nummer.filter(|n| !n.is_empty()) else {
            self.innvend(Grunn::ManglerIdentifikator);
            return Ok(None);
        };
        let Some(person) = self.register.finn(nummer)? else {
            self.innvend(Grunn::UkjentPerson);
            return Ok(None);
        };
        let bilde = self.register.person(person)?;
        self.krev(bilde.er_i_bruk, Grunn::PersonOpphoert);
        Ok(Some(bilde))
    }

    /// Somebody the register itself names; nobody if there is no such person here.
    pub fn kjent(&mut self, nummer: &str) -> Result<Option<Personbilde>, Feil> {
        match self.register.finn(nummer)? {
            Some(person) => Ok(Some(self.register.person(person)?)),
            None => Ok(None),
        }
    }

    /// A whole date that is not to come, in a message; objects otherwise.
    pub fn dato(&mut self, forelder: &Element, navn: &str) -> Option<Dato> {
        let Some(dato) = forelder.tekst(navn).and_then(tid::dato) else {
            self.innvend(Grunn::MangelfullMelding);
            return None;
        };
        self.krev(dato.dager() <= self.tid.dag.dager(), Grunn::DatoIFramtiden);
        Some(dato)
    }

    /// The first moment of a day.
    pub fn midnatt(&mut self, dato: Dato) -> Option<Tidspunkt> {
        let midnatt = tid::midnatt(dato);
        self.krev(midnatt.is_some(), Grunn::MangelfullMelding);
        midnatt
    }

    /// Objects to what happens to a person before it was born.
    pub fn etter_foedsel(&mut self, person: &Personbilde, dato: Dato) {
        use crate::person::Person as _;
        if let Some(foedt) = person.foedselsdato().and_then(Dato::dager) {
            self.krev(dato.dager().is_some_and(|dag| dag >= foedt), Grunn::DatoFoerFoedsel);
        }
    }

    /// Objects to what happens before something that is held of a person: then two would have held at once. Of the entries of
    /// an entity that are `med`: those that the message leaves standing.
    pub fn etter_alt(
        &mut self,
        person: &Personbilde,
        naar: Tidspunkt,
        entitet: Entitet,
        med: impl Fn(&informasjonsmodell::Opplysning) -> bool,
    ) {
        let senere = |t: Option<Tidspunkt>| t.is_some_and(|t| t.rekkefoelge() > naar.rekkefoelge());
        let mut held = person.opplysninger.iter().filter(|o| o.entitet() == entitet && med(o));
        let holder = !held.any(|o| senere(o.metadata.gyldighetstidspunkt) || senere(o.metadata.opphoerstidspunkt));
        self.krev(holder, Grunn::DatoFoerRegistrert);
    }

    /// A new value, valid from a moment on; objects if the register cannot hold it.
    pub fn ny(&mut self, aarsak: Aarsak, gyldig: Tidspunkt, entitet: Entitet, verdi: Value) -> Vec<Endring> {
        match bygg::innhold(entitet, verdi) {
            Ok(innhold) => vec![bygg::ny(aarsak, gyldig, innhold)],
            Err(bygg::PasserIkke) => {
                self.innvend(Grunn::MangelfullMelding);
                Vec::new()
            }
        }
    }

    /// An event of a person, unless nothing changes.
    pub fn hendelse(&mut self, nummer: &str, hendelsestype: Hendelsestype, endringer: Vec<Endring>) {
        if endringer.is_empty() {
            return;
        }
        match bygg::hendelse(self.tid.tidspunkt, nummer, hendelsestype, endringer) {
            Ok(registrering) => self.registreringer.push(registrering),
            Err(bygg::PasserIkke) => self.innvend(Grunn::MangelfullMelding),
        }
    }

    /// A request of another kind.
    pub fn registrer(&mut self, registrering: Registrering) {
        self.registreringer.push(registrering);
    }
}
