//! Whether one person fits: what sets of persons cannot say, the entries do.
//!
//! Two words that stand in two different names, or a street and a number of two different addresses, lead to the person
//! each, and are together nobody's.

use informasjonsmodell::Entitet;
use register::Opplysning;

use crate::innhold::{self, Adresse};
use crate::kriterier::{Adressekriterier, Entydigkriterier, Husnummer, Kriterier, Navnekriterier};
use crate::termer::{Adresseslag, Del, landnummer};
use crate::{fonetikk, minne};

/// How the letter of a house number is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bokstav {
    /// A number without one fits whatever letter there is.
    Valgfri,
    /// It is there or it is not, as in the address.
    Eksakt,
}

/// Whether a person that the sets lead to fits as a whole.
pub(crate) fn passer(opplysninger: &[Opplysning], kriterier: &Kriterier) -> bool {
    let bosted = |slag| match slag {
        Adresseslag::Bosted => true,
        Adresseslag::BostedFoer => kriterier.historisk,
        Adresseslag::Opphold => kriterier.oppholdsadresse,
        Adresseslag::OppholdFoer => kriterier.oppholdsadresse && kriterier.historisk,
    };
    let navn = kriterier.navn.ord.is_empty()
        || et_navn(opplysninger, kriterier.historisk, |lest| {
            kriterier
                .navn
                .ord
                .iter()
                .all(|ord| deler(lest).any(|(_, del)| har_ord(del, ord, kriterier.navn.fonetisk)))
        });
    navn && (kriterier.adresse.antall() == 0
        || en_adresse(opplysninger, bosted, |slag, lest| {
            adresse_passer(slag, lest, &kriterier.adresse, Bokstav::Valgfri)
        }))
}

/// Whether a person is one that the criteria of `entydigsoek` mean.
pub(crate) fn passer_entydig(opplysninger: &[Opplysning], kriterier: &Entydigkriterier) -> bool {
    let finnes = |entitet: Entitet, historisk: bool, sier: &dyn Fn(&[u8]) -> bool| {
        let mut av = opplysninger
            .iter()
            .filter(|o| o.entitet == entitet && (historisk || o.gjeldende));
        av.any(|o| sier(&o.kropp))
    };
    let navn = kriterier.navn.ord.is_empty()
        || et_navn(opplysninger, kriterier.historisk, |lest| {
            entydig_navn(lest, &kriterier.navn)
        });
    let bosted = |slag| match slag {
        Adresseslag::Bosted => true,
        Adresseslag::BostedFoer => kriterier.historisk,
        Adresseslag::Opphold | Adresseslag::OppholdFoer => false,
    };
    let adresse = (kriterier.adresse.antall() == 0 && !kriterier.uten_husnummer)
        || en_adresse(opplysninger, bosted, |slag, lest| {
            adresse_passer(slag, lest, &kriterier.adresse, Bokstav::Eksakt)
                && (!kriterier.uten_husnummer || lest.husnummer().is_none())
        });
    navn && adresse
        && kriterier.foedselsdato.as_ref().is_none_or(|dato| {
            finnes(Entitet::Foedsel, false, &|kropp| {
                innhold::les::<innhold::Foedsel>(kropp).foedselsdato.as_deref() == Some(dato.as_str())
            })
        })
        && kriterier.identifikasjonsnummer.is_none_or(|nummer| {
            finnes(Entitet::Identifikasjonsnummer, true, &|kropp| {
                let lest: innhold::Identifikasjonsnummer = innhold::les(kropp);
                lest.foedsels_eller_d_nummer.and_then(|n| n.parse().ok()) == Some(nummer)
            })
        })
        && kriterier.duf.as_ref().is_none_or(|duf| {
            finnes(Entitet::UtlendingsmyndighetenesIdentifikasjonsnummer, false, &|kropp| {
                innhold::les::<innhold::Personidentifikasjon>(kropp)
                    .identifikasjonsnummer
                    .as_deref()
                    == Some(duf.as_str())
            })
        })
        && kriterier.utenlandsk.as_ref().is_none_or(|ventet| {
            finnes(Entitet::UtenlandskPersonidentifikasjon, false, &|kropp| {
                let lest: innhold::Personidentifikasjon = innhold::les(kropp);
                landnummer(lest.utstederland.as_deref(), lest.identifikasjonsnummer.as_deref()) == Some(ventet.tekst())
            })
        })
        && kriterier.legitimasjon.as_ref().is_none_or(|ventet| {
            finnes(Entitet::Legitimasjonsdokument, false, &|kropp| {
                let lest: innhold::Legitimasjonsdokument = innhold::les(kropp);
                landnummer(lest.utstederland.as_deref(), lest.nummer.as_deref()) == Some(ventet.tekst())
            })
        })
}

fn et_navn(opplysninger: &[Opplysning], historisk: bool, passer: impl Fn(&innhold::Navn<'_>) -> bool) -> bool {
    let mut navn = opplysninger
        .iter()
        .filter(|o| o.entitet == Entitet::Navn && (historisk || o.gjeldende));
    navn.any(|o| passer(&innhold::les(&o.kropp)))
}

fn en_adresse(
    opplysninger: &[Opplysning],
    hvilke: impl Fn(Adresseslag) -> bool,
    passer: impl Fn(Adresseslag, &Adresse<'_>) -> bool,
) -> bool {
    opplysninger.iter().any(|o| {
        Adresseslag::av(o.entitet, o.gjeldende)
            .is_some_and(|slag| hvilke(slag) && passer(slag, &Adresse::les(&o.kropp)))
    })
}

fn deler<'a>(lest: &'a innhold::Navn<'_>) -> impl Iterator<Item = (Del, &'a str)> {
    [
        (Del::Fornavn, &lest.fornavn),
        (Del::Mellomnavn, &lest.mellomnavn),
        (Del::Etternavn, &lest.etternavn),
    ]
    .into_iter()
    .filter_map(|(del, tekst)| Some((del, tekst.as_deref()?)))
}

fn har_ord(del: &str, ord: &str, fonetisk: bool) -> bool {
    let mut har = false;
    minne::ordene(del, |alle| {
        har = alle.iter().any(|annet| {
            if fonetisk {
                fonetikk::keys(ord).iter().any(|lyd| annet.lyder.contains(lyd))
            } else {
                annet.ord == ord
            }
        });
    });
    har
}

fn entydig_navn(lest: &innhold::Navn<'_>, kriterier: &Navnekriterier) -> bool {
    let siste = kriterier.ord.len().saturating_sub(1);
    kriterier.ord.iter().enumerate().all(|(nr, ord)| {
        deler(lest).any(|(del, tekst)| {
            let riktig = match nr {
                0 => del == Del::Fornavn,
                nr if nr == siste => del == Del::Etternavn,
                _ => true,
            };
            riktig && har_ord(tekst, ord, kriterier.fonetisk)
        })
    })
}

fn adresse_passer(slag: Adresseslag, lest: &Adresse<'_>, ventet: &Adressekriterier, bokstav: Bokstav) -> bool {
    let en_av = |ventet: &Option<String>, lest: &[Option<&str>]| ventet.is_none() || lest.contains(&ventet.as_deref());
    en_av(&ventet.postnummer, &[lest.postnummer.as_deref()])
        && en_av(&ventet.kommunenummer, &lest.kommuner(slag))
        && en_av(&ventet.fylkesnummer, &lest.fylker(slag))
        && ventet.gate.as_ref().is_none_or(|gate| {
            let mut begynner = false;
            if let Some(navn) = lest.adressenavn.as_deref() {
                minne::gate(navn, |navn| begynner = navn.starts_with(gate));
            }
            begynner
        })
        && ventet.husnummer.is_none_or(|ventet| {
            let lest = lest.husnummer();
            lest.is_some_and(|lest| husnummer_passer(lest, ventet, bokstav))
        })
}

fn husnummer_passer(lest: Husnummer, ventet: Husnummer, bokstav: Bokstav) -> bool {
    lest.tall == ventet.tall
        && (lest.bokstav == ventet.bokstav || (bokstav == Bokstav::Valgfri && ventet.bokstav.is_none()))
}
