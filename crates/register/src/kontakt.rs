//! The estate contact: another person, named by number in the record of the one who is dead.
//!
//! ```text
//!  the dead person's row      number, [birth date and name], address        grade: the contact's
//!  index `kontakter`          (contact's number, dead person)
//!  a contact becomes protected ─▶ index ─▶ grade raised in every version; strengt: address cut, key of the dead renewed
//! ```
//! Birth date and name are put beside the number for those who may not see it, read from the contact's own record when the
//! contact is registered; never out of the number. They are members of class `KontaktErstatning`, which med hjemmel,
//! export and comparison leave out. They stay as they were: who later takes a new name is not to be found by it here.
//!
//! The estate's address is as a rule the contact's home, so it is guarded as the contact's own addresses are (our choice).
//! A grade is raised and never lowered: what was registered of a hidden person stays hidden until it is registered anew.

use informasjonsmodell::skjema::Feltklasse;
use informasjonsmodell::tekst::Tekst;
use informasjonsmodell::typer::{KontaktadresseForDoedsbo, Personnavn};
use informasjonsmodell::verdi::Skriver;
use informasjonsmodell::{Dato, Entitet, Innhold};
use tilgang::Grad;

use crate::post::Personpost;
use crate::rad::Rad;
use crate::sletting::skjaer_bort;
use crate::{Feil, endring};

/// A person as the contact of an estate.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Kontakt {
    grad: Grad,
    foedselsdato: Option<Dato>,
    personnavn: Option<Personnavn>,
}

impl Kontakt {
    /// Reads it out of the contact's record.
    pub fn av_post(post: &Personpost) -> Result<Self, Feil> {
        let mut kontakt = Kontakt {
            grad: grad(post),
            foedselsdato: None,
            personnavn: None,
        };
        for entitet in [Entitet::Foedsel, Entitet::Navn] {
            for (_, rad) in post.gjeldende(entitet) {
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
        }
        Ok(kontakt)
    }
}

/// How a person's address is guarded where it stands as an estate's: by the strictest of the person's present protection
/// and the grades of the person's current addresses.
pub(crate) fn grad(post: &Personpost) -> Grad {
    let adresser = Entitet::ADRESSER.into_iter().flat_map(|e| post.gjeldende(e));
    adresser.fold(post.hode.vern, |sum, (_, rad)| sum.max(rad.grad))
}

/// The number of the person that a row names as contact for the estate.
pub(crate) fn nummer(rad: &Rad) -> Option<u64> {
    if rad.entitet != Some(Entitet::KontaktinformasjonForDoedsbo) {
        return None;
    }
    let nummer = rad.spenn.iter().find(|s| s.klasse == Feltklasse::KontaktNummer)?;
    // `"foedselsEllerDNummer":"` and eleven digits: the span ends after the closing quote.
    let til = usize::try_from(nummer.til).ok()?.checked_sub(1)?;
    std::str::from_utf8(rad.kropp.get(til.checked_sub(11)?..til)?)
        .ok()?
        .parse()
        .ok()
}

/// Makes a row that was just registered what it is to be: birth date and name beside the number, the contact's grade.
pub(crate) fn registrer(rad: &mut Rad, kontakt: &Kontakt) -> Result<(), Feil> {
    if !har(rad, Feltklasse::KontaktErstatning) && (kontakt.foedselsdato.is_some() || kontakt.personnavn.is_some()) {
        fyll(rad, kontakt)?;
    }
    verne(rad, kontakt.grad);
    Ok(())
}

/// Guards the address of a row as the contact's own. Says what that changed.
pub(crate) fn verne(rad: &mut Rad, grad: Grad) -> Vernet {
    let hevet = rad.grad < grad;
    rad.grad = rad.grad.max(grad);
    if grad == Grad::StrengtFortrolig && har(rad, Feltklasse::DoedsboAdresse) {
        skjaer_bort_adresse(rad);
        return Vernet::Slettet;
    }
    if hevet { Vernet::Gradert } else { Vernet::Uendret }
}

/// What guarding a row changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Vernet {
    #[default]
    Uendret,
    Gradert,
    /// The address is cut out of the row; what lies on the disk is to lose its key.
    Slettet,
}

/// Takes the address out of an estate's row.
pub(crate) fn skjaer_bort_adresse(rad: &mut Rad) {
    (rad.kropp, rad.spenn) = skjaer_bort(&rad.kropp, &rad.spenn, Feltklasse::DoedsboAdresse.bit());
}

/// Whether a row has a removable member.
pub(crate) fn har(rad: &Rad, klasse: Feltklasse) -> bool {
    rad.spenn.iter().any(|s| s.klasse == klasse)
}

/// The address that stands for one that was erased, where the model requires an address.
///
/// Source: our choice; it goes out in an export and is known again when it comes back.
pub(crate) fn slettet_adresse() -> serde_json::Value {
    serde_json::json!({"adresselinje": ["SLETTET"], "poststedsnavn": "SLETTET", "postnummer": "0000"})
}

/// Whether an estate's address says that there was one.
pub(crate) fn er_slettet(adresse: &KontaktadresseForDoedsbo) -> bool {
    let linjer: Vec<&str> = adresse.adresselinje.iter().map(Tekst::som_tekst).collect();
    linjer == ["SLETTET"] && adresse.poststedsnavn.som_tekst() == "SLETTET" && adresse.postnummer.som_tekst() == "0000"
}

// Puts birth date and name beside the number.
fn fyll(rad: &mut Rad, kontakt: &Kontakt) -> Result<(), Feil> {
    let Innhold::KontaktinformasjonForDoedsbo(mut innhold) = endring::les_innhold(rad)? else {
        return Err(Feil::Skadet("kontaktinformasjonForDoedsbo"));
    };
    let person = innhold
        .person
        .as_mut()
        .ok_or(Feil::Skadet("kontaktinformasjonForDoedsbo"))?;
    person.foedselsdato.clone_from(&kontakt.foedselsdato);
    person.personnavn.clone_from(&kontakt.personnavn);
    let slettet = !har(rad, Feltklasse::DoedsboAdresse);
    let mut skriver = Skriver::default();
    Innhold::KontaktinformasjonForDoedsbo(innhold).skriv(&mut skriver);
    (rad.kropp, rad.spenn) = (skriver.ut, skriver.spenn);
    // An address that was erased is not to come back as the words that stand for it.
    if slettet {
        skjaer_bort_adresse(rad);
    }
    Ok(())
}

/// The key of an entry in the index of contacts.
pub(crate) fn indeksnoekkel(kontakt: u64, person: u32) -> [u8; 12] {
    let mut ut = [0; 12];
    let (foran, bak) = ut.split_at_mut(8);
    foran.copy_from_slice(&kontakt.to_be_bytes());
    bak.copy_from_slice(&person.to_be_bytes());
    ut
}

/// The contact's number and the person, of a key of the index; `None` if it is none.
pub(crate) fn les_indeksnoekkel(noekkel: &[u8]) -> Option<(u64, u32)> {
    let (kontakt, person) = noekkel.split_first_chunk::<8>()?;
    Some((
        u64::from_be_bytes(*kontakt),
        u32::from_be_bytes(person.try_into().ok()?),
    ))
}
