//! The estate contact without a number: birth date and name, put beside the number for those who may not see it.
//!
//! The two are facts of another person, read from that person's own record when the contact is registered; never out of
//! the number. In the body they are members of class `KontaktErstatning`, which med hjemmel, export and comparison leave out.

use informasjonsmodell::skjema::Feltklasse;
use informasjonsmodell::typer::Personnavn;
use informasjonsmodell::verdi::Skriver;
use informasjonsmodell::{Dato, Entitet, Innhold};
use lager::Les;

use crate::post::Hode;
use crate::rad::Rad;
use crate::ramme::{self, Ramme};
use crate::register::Register;
use crate::sletting::skjaer_bort;
use crate::{Feil, endring};

/// What is shown in place of a contact's number.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Kontakt {
    foedselsdato: Option<Dato>,
    personnavn: Option<Personnavn>,
}

impl Kontakt {
    /// Reads it out of the current rows of the contact; `None` if they hold neither.
    pub fn av_rader<'a>(rader: impl IntoIterator<Item = &'a Rad>) -> Result<Option<Self>, Feil> {
        let mut kontakt = Kontakt {
            foedselsdato: None,
            personnavn: None,
        };
        for rad in rader.into_iter().filter(|r| r.holdt() && r.gjeldende()) {
            if !matches!(rad.entitet, Some(Entitet::Foedsel | Entitet::Navn)) {
                continue;
            }
            match endring::les_innhold(rad)? {
                Innhold::Foedsel(foedsel) => kontakt.foedselsdato = foedsel.foedselsdato,
                Innhold::Navn(navn) => {
                    kontakt.personnavn = Some(Personnavn {
                        fornavn: navn.fornavn,
                        mellomnavn: navn.mellomnavn,
                        etternavn: navn.etternavn,
                        ukjente: serde_json::Map::new(),
                    });
                }
                _ => {}
            }
        }
        let noe = kontakt.foedselsdato.is_some() || kontakt.personnavn.is_some();
        Ok(noe.then_some(kontakt))
    }
}

impl Register {
    /// What is shown in place of a person's number when the person is a contact. Birth and name stand in the head.
    pub(crate) fn kontakt(&self, les: &Les<'_>, person: u32) -> Result<Option<Kontakt>, Feil> {
        let Some(byte) = self.tabeller.personer.hent(les, &Ramme::Hode.plass(person))? else {
            return Ok(None);
        };
        let (_, rest) = Hode::les(ramme::aapne_hode(person, byte)?)?;
        let mut rader = Vec::new();
        ramme::les_rader(rest, |rad| {
            if matches!(rad.entitet, Some(Entitet::Foedsel | Entitet::Navn)) {
                rader.push(rad.til_rad()?);
            }
            Ok(())
        })?;
        Kontakt::av_rader(&rader)
    }
}

/// The number of a contact that has nothing beside it.
pub(crate) fn mangler(rad: &Rad) -> Option<u64> {
    if rad.entitet != Some(Entitet::KontaktinformasjonForDoedsbo) {
        return None;
    }
    let har = |klasse| rad.spenn.iter().find(|s| s.klasse == klasse);
    let nummer = har(Feltklasse::KontaktNummer).filter(|_| har(Feltklasse::KontaktErstatning).is_none())?;
    // `"foedselsEllerDNummer":"` and eleven digits: the span ends after the closing quote.
    let til = usize::try_from(nummer.til).ok()?.checked_sub(1)?;
    std::str::from_utf8(rad.kropp.get(til.checked_sub(11)?..til)?)
        .ok()?
        .parse()
        .ok()
}

/// Puts birth date and name beside the number.
pub(crate) fn fyll(rad: &mut Rad, kontakt: &Kontakt) -> Result<(), Feil> {
    let Innhold::KontaktinformasjonForDoedsbo(mut innhold) = endring::les_innhold(rad)? else {
        return Err(Feil::Skadet("kontaktinformasjonForDoedsbo"));
    };
    let person = innhold
        .person
        .as_mut()
        .ok_or(Feil::Skadet("kontaktinformasjonForDoedsbo"))?;
    person.foedselsdato.clone_from(&kontakt.foedselsdato);
    person.personnavn.clone_from(&kontakt.personnavn);
    let mut skriver = Skriver::default();
    Innhold::KontaktinformasjonForDoedsbo(innhold).skriv(&mut skriver);
    // An address that was erased is not to come back as the words that stand for it.
    let slettet = !rad.spenn.iter().any(|s| s.klasse == Feltklasse::DoedsboAdresse);
    (rad.kropp, rad.spenn) = if slettet {
        skjaer_bort(&skriver.ut, &skriver.spenn, Feltklasse::DoedsboAdresse.bit())
    } else {
        (skriver.ut, skriver.spenn)
    };
    Ok(())
}
