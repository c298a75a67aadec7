//! Getting documents in and out: import takes a persondokument as it is, export gives it back.

use informasjonsmodell::kodeverk::Identifikatorstatuskode;
use informasjonsmodell::{Entitet, Persondokument, Tidspunkt};
use tilgang::Grad;

use crate::endring::{self, Hendelse};
use crate::lesing::{Lesing, Personnummer};
use crate::post::{Hode, Personpost};
use crate::rad::{Opprinnelse, Rad, Slutt};
use crate::register::Register;
use crate::transaksjon::Transaksjon;
use crate::{Feil, Regelbrudd, ajourhold, sletting};

/// What an import of one document led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Importutfall {
    /// A person the register did not have: personErOpprettet.
    Ny,
    /// A person that was known and differed: personErOppdatert.
    Endret,
    /// The register had exactly this.
    Lik,
}

impl Register {
    /// Takes in one document: a new person, a change to a known one, or nothing when it is equal.
    ///
    /// Metadata are kept verbatim; relatives need not be in the register.
    ///
    /// # Errors
    /// [`Feil::Regel`] if the document cannot be a person here; nothing of it is stored then.
    pub fn importer(
        &self,
        dokument: &Persondokument,
        tidspunkt: Tidspunkt,
        naa_sekunder: i64,
    ) -> Result<Importutfall, Feil> {
        let mut transaksjon = Transaksjon::new(self, naa_sekunder)?;
        let utfall = importer_i(&mut transaksjon, dokument, tidspunkt);
        match utfall {
            Ok(Importutfall::Lik) => {
                transaksjon.avbryt();
                Ok(Importutfall::Lik)
            }
            Ok(utfall) => transaksjon.bekreft().map(|_| utfall),
            Err(feil) => {
                transaksjon.avbryt();
                Err(feil)
            }
        }
    }
}

fn importer_i(
    transaksjon: &mut Transaksjon<'_>,
    dokument: &Persondokument,
    tidspunkt: Tidspunkt,
) -> Result<Importutfall, Feil> {
    let mut kjent = None;
    for opplysning in dokument.av(Entitet::Identifikasjonsnummer) {
        let informasjonsmodell::Innhold::Identifikasjonsnummer(innhold) = &opplysning.innhold else {
            continue;
        };
        let Ok(nummer) = innhold.foedselsnummer.som_tekst().parse() else {
            continue;
        };
        match (kjent, transaksjon.finn_tall(nummer)?) {
            (Some(en), Some(annen)) if en != annen => return Err(Regelbrudd::FlerePersoner.into()),
            (None, funnet) => kjent = funnet,
            _ => {}
        }
    }
    match kjent {
        None => {
            transaksjon.opprett(dokument, tidspunkt)?;
            transaksjon.meld_grader(tidspunkt)?;
            Ok(Importutfall::Ny)
        }
        Some(person) => {
            let endret = transaksjon.oppdater(person, dokument, tidspunkt)?;
            transaksjon.meld_grader(tidspunkt)?;
            Ok(if endret {
                Importutfall::Endret
            } else {
                Importutfall::Lik
            })
        }
    }
}

/// Whether two rows say the same about the same entry.
fn samme(a: &Rad, b: &Rad) -> bool {
    a.entitet == b.entitet
        && a.er_gjeldende == b.er_gjeldende
        && a.ajourholdstidspunkt == b.ajourholdstidspunkt
        && a.kilde == b.kilde
        && a.aarsak == b.aarsak
        && a.gyldighetstidspunkt == b.gyldighetstidspunkt
        && a.opphoerstidspunkt == b.opphoerstidspunkt
        && endring::uten_erstatning(a) == endring::uten_erstatning(b)
}

/// Replaces the held rows of a record by those of a document; `false` if they are the same.
///
/// Order alone is no change; where something changed, the document's order is taken over. A number that the document does
/// not mention stays: every number a person has had finds the person.
pub(crate) fn bytt_rader(post: &mut Personpost, ny: Personpost, hendelse: Hendelse<'_>) -> Result<bool, Feil> {
    let seq = hendelse.seq.0;
    // An erasure is about to take every address that did not come with the event.
    let slettes = ny.hode.vern == Grad::StrengtFortrolig && post.hode.vern != Grad::StrengtFortrolig;
    if slettes {
        // The document may have been without what tells of places already: rows are the same that are the same without it.
        sletting::fjern_steder(post);
    }
    let mut nye: Vec<Option<Rad>> = ny.rader.into_iter().map(Some).collect();
    let mut flyttet = Vec::new();
    let mut borte = Vec::new();
    let mut utelatte = Vec::new();
    for (nr, rad) in post.rader.iter().enumerate().filter(|(_, r)| r.holdt()) {
        let adresse = rad.entitet.is_some_and(Entitet::er_adresse);
        let lik = nye
            .iter_mut()
            .find(|n| n.as_ref().is_some_and(|n| samme(rad, n)) && !(slettes && adresse))
            .and_then(Option::take);
        match lik {
            Some(ny) if ny.plass == rad.plass => {}
            Some(ny) => flyttet.push((nr, ny.plass)),
            None => match utelatt_nummer(rad, &ny.hode) {
                Some(nummer) if rad.gjeldende() => utelatte.push(nummer),
                Some(_) => {}
                None => borte.push(nr),
            },
        }
    }
    let mut tilkomne: Vec<Rad> = nye.into_iter().flatten().collect();
    if borte.is_empty() && tilkomne.is_empty() && utelatte.is_empty() {
        return Ok(false);
    }
    for nr in borte {
        let Some(rad) = post.rader.get_mut(nr) else { continue };
        rad.til = Some((seq, Slutt::Korrigert));
        // The document has it as history now: then what is current beside it came after it, and is no correction of it.
        let avloest = rad.gjeldende() && tilkomne.iter().any(|t| er_avloest(rad, t));
        let makker = tilkomne
            .iter_mut()
            .find(|t| t.entitet == rad.entitet && t.kjede.is_empty() && (!avloest || t.gjeldende()));
        if let Some(makker) = makker {
            ajourhold::arv(rad, makker, avloest);
        }
    }
    // A row that moves is a new row over the same body: the archive shows the order there was.
    for (nr, plass) in flyttet {
        let Some(rad) = post.rader.get_mut(nr) else { continue };
        rad.til = Some((seq, Slutt::Videre));
        let flyttet = Rad {
            plass,
            fra: seq,
            til: None,
            ..rad.clone()
        };
        post.rader.push(flyttet);
    }
    for nummer in utelatte {
        let (status, opprinnelse) = (Identifikatorstatuskode::Opphoert, Opprinnelse::Avloest);
        endring::sett_nummerstatus(post, nummer, status, false, opprinnelse, hendelse)?;
    }
    post.rader.extend(tilkomne.into_iter().map(|r| Rad {
        opprinnelse: Opprinnelse::Korrigert,
        ..r
    }));
    Ok(true)
}

/// Whether a row of a document is what a current one became when another took its place.
fn er_avloest(rad: &Rad, ny: &Rad) -> bool {
    ny.entitet == rad.entitet
        && ny.er_gjeldende == Some(false)
        && ny.gyldighetstidspunkt == rad.gyldighetstidspunkt
        && endring::uten_erstatning(ny) == endring::uten_erstatning(rad)
}

// The number of a row, when the document has nothing about that number.
fn utelatt_nummer(rad: &Rad, dokument: &Hode) -> Option<u64> {
    if rad.entitet != Some(Entitet::Identifikasjonsnummer) {
        return None;
    }
    endring::nummer_i(rad).filter(|n| !dokument.har(*n))
}

impl Lesing<'_> {
    /// The whole document of a person, as an import would take it: every entry held now, nothing masked.
    ///
    /// For export by the operator of the register; no caller of an interface is given this.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn eksporter(&self, person: Personnummer) -> Result<Option<Persondokument>, Feil> {
        let post = self.post(person)?.ok_or(Feil::Skadet("post"))?;
        if post.hode.viderefoert_til.is_some() {
            return Ok(None);
        }
        let mut dokument = Persondokument::default();
        for rad in post.rader.iter().filter(|r| r.holdt()) {
            if rad.entitet.is_none() {
                let verdi = informasjonsmodell::json::les(&rad.kropp).map_err(|_| Feil::Skadet("ukjente felt"))?;
                if let serde_json::Value::Object(felt) = verdi {
                    dokument.ukjente = felt;
                }
                continue;
            }
            let tekst = |nummer: Option<u32>| -> Result<_, Feil> {
                let tekst = nummer.map(|n| self.tekst(n)).transpose()?;
                Ok(tekst.and_then(informasjonsmodell::tekst::Tekst::new))
            };
            dokument.opplysninger.push(informasjonsmodell::Opplysning {
                metadata: informasjonsmodell::Registermetadata {
                    ajourholdstidspunkt: rad.ajourholdstidspunkt,
                    er_gjeldende: rad.er_gjeldende,
                    kilde: tekst(rad.kilde)?,
                    aarsak: tekst(rad.aarsak)?,
                    gyldighetstidspunkt: rad.gyldighetstidspunkt,
                    opphoerstidspunkt: rad.opphoerstidspunkt,
                },
                innhold: endring::les_innhold(rad)?,
            });
        }
        Ok(Some(dokument))
    }

    /// Every person of the register that is not merged into another, in the order they came.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn personer(&self) -> Result<impl Iterator<Item = Personnummer>, Feil> {
        Ok((1..self.neste_person()?).map(Personnummer))
    }
}
