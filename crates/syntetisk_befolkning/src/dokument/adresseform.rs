//! The forms an address can have: street, cadastral number, unknown, post box, free lines, and abroad.
//!
//! Contents only; who has which address, and since when, is decided elsewhere.

use informasjonsmodell::Innhold;
use informasjonsmodell::entiteter as e;
use informasjonsmodell::kodeverk::{Adressegradering, Bruksenhetstype, OppholdAnnetSted};
use informasjonsmodell::typer::{
    Adressenummer, InternasjonalAdresse, InternasjonalAdresseIFrittFormat, Matrikkeladresse, Matrikkelnummer,
    PostadresseIFrittFormat, Postboksadresse, Poststed, UkjentBosted, Vegadresse, VegadresseForPost,
};

use crate::land::Landvalg;
use crate::navn::adjektiv;
use crate::plan::{Bolig, Boligslag, Oppholdsslag, Postadresse};
use crate::tekst::{fri, husbokstav, husnummer, identifikator, kommunenummer, land2, land3, postnummer};
use crate::tid::{self, Dag};

use super::ingen;

/// Kommunenummer of Svalbard in addresses. Source: general knowledge of the matrikkel.
const SVALBARD: &str = "2100";

/// An address as one of the forms an entity may have.
pub(crate) struct Adresseform {
    pub(crate) vegadresse: Option<Vegadresse>,
    pub(crate) matrikkeladresse: Option<Matrikkeladresse>,
    pub(crate) ukjent_bosted: Option<UkjentBosted>,
}

impl Adresseform {
    /// The address of a dwelling, with the number its kommune had.
    pub(crate) fn new(bolig: &Bolig, kommune: &str) -> Self {
        let mut form = Adresseform {
            vegadresse: None,
            matrikkeladresse: None,
            ukjent_bosted: None,
        };
        match bolig.slag {
            Boligslag::Veg => form.vegadresse = Some(vegadresse(bolig, kommune)),
            Boligslag::Matrikkel => form.matrikkeladresse = Some(matrikkeladresse(bolig, kommune)),
            Boligslag::Ukjent { kommune_kjent } => {
                let bostedskommune = kommune_kjent.then(|| kommunenummer(kommune));
                form.ukjent_bosted = Some(UkjentBosted {
                    bostedskommune,
                    ukjente: ingen(),
                });
            }
        }
        form
    }
}

fn poststed((nummer, navn): (&str, &str)) -> Poststed {
    Poststed {
        poststedsnavn: Some(fri(navn)),
        postnummer: Some(postnummer(nummer)),
        ukjente: ingen(),
    }
}

fn bruksenhetsnummer(bolig: &Bolig) -> String {
    format!("H{:02}{:02}", bolig.etasje, bolig.enhet)
}

fn adressenummer(bolig: &Bolig) -> Adressenummer {
    let bokstav = bolig.husbokstav.checked_sub(1).map(|nr| char::from(b'A' + nr));
    Adressenummer {
        husnummer: husnummer(&bolig.husnummer.to_string()),
        husbokstav: bokstav.map(|b| husbokstav(b.encode_utf8(&mut [0; 4]))),
        ukjente: ingen(),
    }
}

fn tilleggsnavn(bolig: &Bolig) -> Option<String> {
    // The last digits of the matrikkel id choose the word; the remainder always fits.
    let kast = u16::try_from(bolig.matrikkel_id % 50_000).unwrap_or(0);
    bolig.tilleggsnavn.then(|| format!("{} gård", adjektiv(kast)))
}

fn vegadresse(bolig: &Bolig, kommune: &str) -> Vegadresse {
    Vegadresse {
        kommunenummer: kommunenummer(kommune),
        bruksenhetsnummer: Some(fri(&bruksenhetsnummer(bolig))),
        bruksenhetstype: Some(Bruksenhetstype::Bolig),
        adressenavn: fri(&bolig.gate.navn()),
        adressenummer: Some(adressenummer(bolig)),
        adressekode: Some(fri(&bolig.gate.kode().to_string())),
        adressetilleggsnavn: tilleggsnavn(bolig).map(|navn| fri(&navn)),
        poststed: Some(poststed(bolig.gate.poststed())),
        co_adressenavn: bolig.co.then(|| fri("c/o Synteseborettslaget")),
        ukjente: ingen(),
    }
}

fn matrikkeladresse(bolig: &Bolig, kommune: &str) -> Matrikkeladresse {
    let id = i64::from(bolig.matrikkel_id);
    Matrikkeladresse {
        bruksenhetsnummer: Some(fri(&bruksenhetsnummer(bolig))),
        bruksenhetstype: Some(if id % 9 == 0 {
            Bruksenhetstype::Fritidsbolig
        } else {
            Bruksenhetstype::Bolig
        }),
        matrikkelnummer: Matrikkelnummer {
            kommunenummer: kommunenummer(kommune),
            gaardsnummer: Some(id % 197 + 1),
            bruksnummer: Some(id / 197 % 89 + 1),
            festenummer: Some(if id % 5 == 0 { id % 31 } else { 0 }),
            ukjente: ingen(),
        },
        undernummer: Some(id % 3),
        adressetilleggsnavn: tilleggsnavn(bolig).map(|navn| fri(&navn)),
        poststed: Some(poststed(bolig.gate.poststed())),
        co_adressenavn: None,
        ukjente: ingen(),
    }
}

/// The bostedsadresse of a dwelling.
pub(crate) fn bostedsadresse(bolig: &Bolig, kommune: &str, flyttet: Dag, gradering: Adressegradering) -> Innhold {
    let form = Adresseform::new(bolig, kommune);
    let kjent = form.ukjent_bosted.is_none();
    let gate = i64::from(bolig.gate.kode());
    let id = kjent.then(|| identifikator(&bolig.matrikkel_id.to_string()));
    // Where the dwelling has no address of its own, the matrikkel points at the nearest.
    let naer = form.matrikkeladresse.is_some() && bolig.matrikkel_id.is_multiple_of(4);
    Innhold::Bostedsadresse(e::Bostedsadresse {
        ukjent_bosted: form.ukjent_bosted,
        vegadresse: form.vegadresse,
        matrikkeladresse: form.matrikkeladresse,
        adresse_identifikator_fra_matrikkelen: id.clone().filter(|_| !naer),
        naer_adresse_identifikator_fra_matrikkelen: id.filter(|_| naer),
        adressegradering: gradering,
        flyttedato: Some(tid::dato(flyttet)),
        grunnkrets: kjent.then(|| bolig.gate.grunnkrets()),
        stemmekrets: kjent.then_some(gate % 9 + 1),
        skolekrets: kjent.then_some(gate % 14 + 1),
        kirkekrets: kjent.then_some(gate % 4 + 1),
        ukjente: ingen(),
    })
}

/// An oppholdsadresse.
pub(crate) fn oppholdsadresse(
    bolig: &Bolig,
    slag: Oppholdsslag,
    land: Option<Landvalg>,
    fra: Dag,
    gradering: Adressegradering,
) -> Innhold {
    let kommune = bolig.gate.kommune().nummer(fra);
    let mut innhold = e::Oppholdsadresse {
        vegadresse: None,
        matrikkeladresse: None,
        utenlandsk_adresse: None,
        adressen_er_ukjent: None,
        adresse_identifikator_fra_matrikkelen: None,
        adressegradering: gradering,
        oppholdsadressedato: Some(tid::dato(fra)),
        opphold_annet_sted: None,
        ukjente: ingen(),
    };
    match slag {
        Oppholdsslag::Ukjent => innhold.adressen_er_ukjent = Some(true),
        Oppholdsslag::Utenriks => {
            innhold.utenlandsk_adresse = Some(utenlandsk(bolig, land));
            innhold.opphold_annet_sted = Some(OppholdAnnetSted::Utenriks);
        }
        Oppholdsslag::PaaSvalbard => {
            let mut adresse = vegadresse(bolig, SVALBARD);
            adresse.poststed = Some(poststed(("9170", "LONGYEARBYEN")));
            innhold.vegadresse = Some(adresse);
            innhold.opphold_annet_sted = Some(OppholdAnnetSted::PaaSvalbard);
        }
        Oppholdsslag::Militaer | Oppholdsslag::Pendler | Oppholdsslag::Norge => {
            let form = Adresseform::new(bolig, kommune);
            innhold.vegadresse = form.vegadresse;
            innhold.matrikkeladresse = form.matrikkeladresse;
            innhold.adressen_er_ukjent = form.ukjent_bosted.map(|_| true);
            innhold.opphold_annet_sted = match slag {
                Oppholdsslag::Militaer => Some(OppholdAnnetSted::Militaer),
                Oppholdsslag::Pendler => Some(OppholdAnnetSted::Pendler),
                _ => None,
            };
        }
    }
    if innhold.vegadresse.is_some() || innhold.matrikkeladresse.is_some() {
        innhold.adresse_identifikator_fra_matrikkelen = Some(identifikator(&bolig.matrikkel_id.to_string()));
    }
    Innhold::Oppholdsadresse(innhold)
}

fn utenlandsk(bolig: &Bolig, land: Option<Landvalg>) -> InternasjonalAdresse {
    let (by, landkode) = land.map_or(("Påhittsköping", "SE"), |land| (land.land().by, land.land().alfa2));
    let kast = bolig.matrikkel_id;
    InternasjonalAdresse {
        co_adressenavn: kast.is_multiple_of(7).then(|| fri("c/o Testvertskap")),
        adressenavn: (!kast.is_multiple_of(5)).then(|| fri(&format!("Testadressenavn {}", kast % 400))),
        bygning: kast
            .is_multiple_of(3)
            .then(|| fri(&format!("Testbygning {}", kast % 90))),
        etasjenummer: kast.is_multiple_of(3).then(|| fri(&(kast % 20).to_string())),
        boenhet: kast
            .is_multiple_of(4)
            .then(|| fri(&format!("Testboenhet {}", kast % 60))),
        postboks: kast.is_multiple_of(5).then(|| fri(&(kast % 900).to_string())),
        postkode: Some(fri(&format!("T-{}", kast % 100_000))),
        by_eller_stedsnavn: Some(fri(by)),
        distriktsnavn: kast
            .is_multiple_of(6)
            .then(|| fri(&format!("Testdistrikt {}", kast % 200))),
        region: kast
            .is_multiple_of(8)
            .then(|| fri(&format!("Testregion {}", kast % 50))),
        landkode: land2(landkode),
        ukjente: ingen(),
    }
}

/// A postadresse abroad, in fields or in free lines. `kast` decides the details.
pub(crate) fn postadresse_i_utlandet(
    bolig: Option<&Bolig>,
    land: Landvalg,
    i_felt: bool,
    kast: u16,
    gradering: Adressegradering,
) -> Innhold {
    let strukturert = bolig.filter(|_| i_felt).map(|bolig| utenlandsk(bolig, Some(land)));
    let fritt = strukturert.is_none().then(|| InternasjonalAdresseIFrittFormat {
        adresselinje: vec![fri(&format!("Testadressenavn {}", kast % 400)), fri("Testoppgang B")],
        postkode: Some(fri(&format!("T-{kast:05}"))),
        by_eller_stedsnavn: Some(fri(land.land().by)),
        landkode: land2(land.land().alfa2),
        ukjente: ingen(),
    });
    Innhold::PostadresseIUtlandet(e::KontaktadresseIUtlandet {
        adressegradering: gradering,
        utenlandsk_adresse: strukturert,
        utenlandsk_adresse_i_fritt_format: fritt,
        ukjente: ingen(),
    })
}

/// A postadresse in Norway near a dwelling.
pub(crate) fn postadresse(bolig: &Bolig, form: Postadresse, kast: u16, gradering: Adressegradering) -> Innhold {
    let mut innhold = tom_postadresse(gradering);
    let sted = Some(poststed(bolig.gate.poststed()));
    match form {
        Postadresse::Boks => {
            innhold.postboksadresse = Some(Postboksadresse {
                postbokseier: kast.is_multiple_of(3).then(|| fri("Synteseforeningen")),
                postboks: fri(&format!("Postboks {}", kast % 900 + 1)),
                poststed: sted,
                ukjente: ingen(),
            });
        }
        Postadresse::Veg => {
            innhold.vegadresse = Some(VegadresseForPost {
                co_adressenavn: kast.is_multiple_of(4).then(|| fri("c/o Synteseborettslaget")),
                adressenavn: Some(fri(&bolig.gate.navn())),
                adressenummer: Some(adressenummer(bolig)),
                poststed: sted,
                adressekode: Some(fri(&bolig.gate.kode().to_string())),
                adressetilleggsnavn: tilleggsnavn(bolig).map(|navn| fri(&navn)),
                bruksenhetsnummer: Some(fri(&bruksenhetsnummer(bolig))),
                ukjente: ingen(),
            });
            innhold.adresse_identifikator_fra_matrikkelen = Some(identifikator(&bolig.matrikkel_id.to_string()));
        }
        Postadresse::Fri => {
            innhold.postadresse_i_fritt_format = Some(PostadresseIFrittFormat {
                adresselinje: vec![fri("Postmottak"), fri(&format!("Testlinje {}", kast % 90))],
                poststed: sted,
                ukjente: ingen(),
            });
        }
    }
    Innhold::Postadresse(innhold)
}

fn tom_postadresse(gradering: Adressegradering) -> e::Kontaktadresse {
    e::Kontaktadresse {
        adressegradering: gradering,
        postboksadresse: None,
        vegadresse: None,
        postadresse_i_fritt_format: None,
        adresse_identifikator_fra_matrikkelen: None,
        ukjente: ingen(),
    }
}

/// The open postadresse of a strengt fortrolig person, held by the police or the tax office.
///
/// Source: folkeregister reference 6.5; the box numbers are made up.
pub(crate) fn aapen_postadresse(kast: u16) -> Innhold {
    let (eier, boks, sted) = if kast.is_multiple_of(2) {
        ("Kripos", "Testpostboks 6", ("0150", "OSLO"))
    } else {
        ("Skatt Nord", "Testpostboks 7", ("9008", "TROMSØ"))
    };
    let mut innhold = tom_postadresse(Adressegradering::Ugradert);
    innhold.postboksadresse = Some(Postboksadresse {
        postbokseier: Some(fri(eier)),
        postboks: fri(boks),
        poststed: Some(poststed(sted)),
        ukjente: ingen(),
    });
    Innhold::Postadresse(innhold)
}

/// The delt bosted of a child.
pub(crate) fn delt_bosted(bolig: &Bolig, fra: Dag, slutt: Option<Dag>, gradering: Adressegradering) -> Innhold {
    let form = Adresseform::new(bolig, bolig.gate.kommune().nummer(fra));
    let id = form
        .ukjent_bosted
        .is_none()
        .then(|| identifikator(&bolig.matrikkel_id.to_string()));
    Innhold::DeltBosted(e::DeltBosted {
        vegadresse: form.vegadresse,
        matrikkeladresse: form.matrikkeladresse,
        ukjent_bosted: form.ukjent_bosted,
        startdato_for_kontrakt: tid::dato(fra),
        sluttdato_for_kontrakt: slutt.map(tid::dato),
        adresse_identifikator_fra_matrikkelen: id,
        naer_adresse_identifikator_fra_matrikkelen: None,
        adressegradering: gradering,
        ukjente: ingen(),
    })
}

/// Immigration.
pub(crate) fn innflytting(land: Landvalg, med_sted: bool) -> Innhold {
    Innhold::Innflytting(e::InnflyttingTilNorge {
        fraflyttingsland: Some(land3(land.land().alfa3)),
        fraflyttingssted_i_utlandet: med_sted.then(|| fri(land.land().by)),
        ukjente: ingen(),
    })
}

/// Emigration.
pub(crate) fn utflytting(land: Landvalg, dag: Dag, med_sted: bool) -> Innhold {
    Innhold::Utflytting(e::UtflyttingFraNorge {
        tilflyttingsland: Some(land3(land.land().alfa3)),
        tilflyttingssted_i_utlandet: med_sted.then(|| fri(land.land().by)),
        // The date the person states is registered since January 2021.
        utflyttingsdato: (dag >= tid::dag(2021, 1, 1)).then(|| tid::dato(dag)),
        ukjente: ingen(),
    })
}
