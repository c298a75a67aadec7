//! Where a protected person lives shows nowhere else.
//!
//! Looked at from whoever's record might show it: a home that a child has with another, a place somebody stays, and the
//! contact of an estate. A spouse's or a child's own bosted is not among them: who lives with a protected person is
//! protected by the authority, or not.

use std::collections::BTreeSet;

use informasjonsmodell::entiteter::{Bostedsadresse, DeltBosted, KontaktinformasjonForDoedsbo, Oppholdsadresse};
use informasjonsmodell::typer::{Matrikkeladresse, Vegadresse};
use informasjonsmodell::{Entitet, Innhold};
use register::{Feil, Personbilde};
use tilgang::Grad;

use super::krev;
use crate::kjente::Kjente;
use crate::person::{Person, er_forelder, med, til};
use crate::regel::Regel;

/// Source: folkeregister reference 6.5 (strengt fortrolig); the rest is our choice, ADR 0011 and 0031.
pub(super) fn vern(kjente: &mut Kjente<'_, '_>, p: &Personbilde, brudd: &mut BTreeSet<Regel>) -> Result<(), Feil> {
    if p.vern == Grad::StrengtFortrolig {
        // Also of one who was merged into somebody else, whose documents are in the archive.
        let bare_aapen = p.opplysninger.iter().zip(&p.grader).all(|(o, grad)| {
            // An open one that was replaced, or ended as the person died, is no more than it was.
            let aapen_post = o.entitet() == Entitet::Postadresse && *grad == Grad::Ugradert;
            !o.entitet().er_adresse() || aapen_post
        });
        krev(brudd, bare_aapen, Regel::StrengtFortrolig);
    }
    if p.viderefoert_til.is_some() {
        return Ok(());
    }
    let viste: Vec<(Sted, Grad)> = p
        .adresser()
        .filter_map(|(o, grad)| match &o.innhold {
            Innhold::DeltBosted(d) => Some((Sted::av_delt(d)?, grad)),
            Innhold::Oppholdsadresse(a) => Some((Sted::av_opphold(a)?, grad)),
            _ => None,
        })
        .collect();
    let har_delt = p
        .adresser()
        .any(|(o, grad)| o.entitet() == Entitet::DeltBosted && grad < Grad::StrengtFortrolig);
    let boer: Vec<(&KontaktinformasjonForDoedsbo, Grad)> = p
        .opplysninger
        .iter()
        .zip(&p.grader)
        .filter_map(|(o, grad)| match &o.innhold {
            Innhold::KontaktinformasjonForDoedsbo(k) => Some((k, p.vern.max(*grad))),
            _ => None,
        })
        .collect();
    for (bo, vist) in &boer {
        let nummer = bo.person.as_ref().and_then(|k| k.foedselsnummer.as_ref());
        let Some(kontakt) = nummer.map(|n| kjente.finn(n.som_tekst())).transpose()?.flatten() else {
            continue;
        };
        let strengest = kontakt
            .adresser()
            .filter(|(o, _)| o.metadata.er_gjeldende == Some(true))
            .fold(kontakt.vern, |sum, (_, grad)| sum.max(grad));
        krev(brudd, *vist >= strengest, Regel::VernetAdresse);
    }
    if viste.is_empty() && !har_delt && boer.is_empty() {
        return Ok(());
    }
    for (nummer, er_forelder) in naere(p) {
        let Some(annen) = kjente.finn(nummer)?.filter(|annen| annen.person != p.person) else {
            continue;
        };
        // Where a parent is that nobody may know of, a child's other home may be there: it cannot be held against anything.
        if annen.vern == Grad::StrengtFortrolig && er_forelder {
            krev(brudd, !har_delt, Regel::VernetAdresse);
        }
        for (sted, grad) in hjem(&annen) {
            let holder = viste.iter().all(|(vist, deres)| *vist != sted || *deres >= grad);
            krev(brudd, holder, Regel::VernetAdresse);
            let holder = boer.iter().all(|(bo, deres)| *deres >= grad || !sted.staar_i(bo));
            krev(brudd, holder, Regel::VernetAdresse);
        }
    }
    Ok(())
}

// Whom somebody is or was related or married to; and whether it is a parent now.
fn naere(p: &Personbilde) -> impl Iterator<Item = (&str, bool)> {
    p.opplysninger.iter().filter_map(|o| match &o.innhold {
        Innhold::Familierelasjon(r) => {
            let forelder = o.metadata.er_gjeldende == Some(true) && er_forelder(&r.relatert_persons_rolle);
            Some((til(r)?, forelder))
        }
        Innhold::Sivilstand(s) => Some((med(s)?, false)),
        _ => None,
    })
}

// The places where somebody lives or stays now that not everybody may know of.
fn hjem(p: &Personbilde) -> Vec<(Sted, Grad)> {
    let gjeldende = p
        .adresser()
        .filter(|(o, grad)| o.metadata.er_gjeldende == Some(true) && *grad > Grad::Ugradert);
    gjeldende
        .filter_map(|(o, grad)| {
            let sted = match &o.innhold {
                Innhold::Bostedsadresse(a) => Sted::av_bosted(a),
                Innhold::Oppholdsadresse(a) => Sted::av_opphold(a),
                Innhold::DeltBosted(a) => Sted::av_delt(a),
                _ => None,
            };
            Some((sted?, grad))
        })
        .collect()
}

/// A place as it is told from another: a street and a number, or a number of land. Which flat of a house does not tell two
/// places apart here, nor does a number that the kommune had before.
#[derive(Clone, Debug)]
enum Sted {
    Veg {
        kommune: String,
        navn: String,
        nummer: String,
        postnummer: String,
    },
    Matrikkel {
        kommune: String,
        numre: [Option<i64>; 3],
    },
    /// Every word of an address abroad.
    Utland(String),
}

impl PartialEq for Sted {
    fn eq(&self, annet: &Self) -> bool {
        match (self, annet) {
            (
                Sted::Veg {
                    kommune,
                    navn,
                    nummer,
                    postnummer,
                },
                Sted::Veg {
                    kommune: k,
                    navn: n,
                    nummer: nr,
                    postnummer: p,
                },
            ) => navn == n && nummer == nr && (kommune == k || (postnummer == p && !p.is_empty())),
            (Sted::Matrikkel { kommune, numre }, Sted::Matrikkel { kommune: k, numre: n }) => {
                kommune == k && numre == n
            }
            (Sted::Utland(a), Sted::Utland(b)) => a == b,
            _ => false,
        }
    }
}

impl Sted {
    fn av_bosted(a: &Bostedsadresse) -> Option<Self> {
        Self::av(a.vegadresse.as_ref(), a.matrikkeladresse.as_ref())
    }

    fn av_delt(a: &DeltBosted) -> Option<Self> {
        Self::av(a.vegadresse.as_ref(), a.matrikkeladresse.as_ref())
    }

    fn av_opphold(a: &Oppholdsadresse) -> Option<Self> {
        if let Some(u) = &a.utenlandsk_adresse {
            let deler = [
                &u.adressenavn,
                &u.bygning,
                &u.postboks,
                &u.postkode,
                &u.by_eller_stedsnavn,
            ];
            let ord: String = deler.into_iter().flatten().map(|t| flat(t.som_tekst())).collect();
            return (!ord.is_empty()).then(|| Sted::Utland(u.landkode.som_tekst().to_owned() + &ord));
        }
        Self::av(a.vegadresse.as_ref(), a.matrikkeladresse.as_ref())
    }

    fn av(veg: Option<&Vegadresse>, matrikkel: Option<&Matrikkeladresse>) -> Option<Self> {
        if let Some(veg) = veg {
            let nummer = veg.adressenummer.as_ref().map(|n| {
                let bokstav = n.husbokstav.as_ref().map_or("", |b| b.som_tekst());
                format!("{}{bokstav}", n.husnummer.som_tekst())
            });
            let postnummer = veg.poststed.as_ref().and_then(|p| p.postnummer.as_ref());
            return Some(Sted::Veg {
                kommune: veg.kommunenummer.som_tekst().to_owned(),
                navn: flat(veg.adressenavn.som_tekst()),
                nummer: flat(&nummer.unwrap_or_default()),
                postnummer: postnummer.map_or("", |p| p.som_tekst()).to_owned(),
            });
        }
        let numre = &matrikkel?.matrikkelnummer;
        Some(Sted::Matrikkel {
            kommune: numre.kommunenummer.som_tekst().to_owned(),
            numre: [numre.gaardsnummer, numre.bruksnummer, numre.festenummer],
        })
    }

    /// Whether an estate's address is this place, as far as its lines tell.
    fn staar_i(&self, bo: &KontaktinformasjonForDoedsbo) -> bool {
        let Sted::Veg {
            navn,
            nummer,
            postnummer,
            ..
        } = self
        else {
            return false;
        };
        let gate = format!("{navn}{nummer}");
        let samme_post = postnummer.is_empty() || bo.adresse.postnummer.som_tekst() == postnummer;
        samme_post && bo.adresse.adresselinje.iter().any(|l| flat(l.som_tekst()) == gate)
    }
}

// As a reader takes it: capitals, spaces and full stops apart.
fn flat(tekst: &str) -> String {
    tekst
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
