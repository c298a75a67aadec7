//! Tries the rules one by one and says how each went.
//!
//! The types' own `parse` stops at the first broken rule; here every rule that can be tried is. A property test holds
//! the two to the same verdict.

use crate::klassifisering::{Klassifisering, Nummertype};
use crate::kontroll::{Kontrollregime, RESTER_K2, VEKTER_K1, VEKTER_K2};
use crate::organisasjonsnummer;
use crate::serie::{Datofelt, Identifikatortype, Serie, read_dag, read_maaned};
use crate::siffer::Siffer;

use super::{Betydning, Kontroll, Regel, Regelutfall, TEGN_MAKS, Utfall};

/// Arithmetic and rules of one text.
pub(super) struct Vurdering {
    pub(super) kontroller: Vec<Kontroll>,
    pub(super) regler: Vec<Regelutfall>,
}

/// Tries the rules of the kind the text is read as.
pub(super) fn vurder(lest_som: Option<Nummertype>, tegn: &[char], avkortet: bool) -> Vurdering {
    let mut regler = vec![lengde(lest_som, tegn.len(), avkortet), bare_siffer(tegn)];
    let tekst: String = tegn.iter().collect();
    let kontroller = match lest_som {
        None | Some(Nummertype::DufNummer) => Vec::new(),
        Some(Nummertype::Organisasjonsnummer) => match Siffer::<9>::read(&tekst) {
            Ok(siffer) => organisasjon(&siffer.verdier(), &mut regler),
            Err(_) => uten_siffer(&[Regel::Kontrollsiffer], &mut regler),
        },
        Some(Nummertype::FellesHjelpenummer) => match Siffer::<11>::read(&tekst) {
            Ok(siffer) => elleve_siffer(&siffer.verdier(), &[None], &mut regler),
            Err(_) => uten_siffer(&[Regel::Kontrollsiffer1, Regel::Kontrollsiffer2], &mut regler),
        },
        Some(Nummertype::Foedselsnummer | Nummertype::DNummer | Nummertype::InterntHjelpenummer) => {
            match Siffer::<11>::read(&tekst) {
                Ok(siffer) => {
                    let verdier = siffer.verdier();
                    dato(&verdier, &mut regler);
                    elleve_siffer(&verdier, &Kontrollregime::ALLE.map(Some), &mut regler)
                }
                Err(_) => uten_siffer(
                    &[
                        Regel::Dag,
                        Regel::Maaned,
                        Regel::Dato,
                        Regel::Kontrollsiffer1,
                        Regel::Kontrollsiffer2,
                    ],
                    &mut regler,
                ),
            }
        }
    };
    Vurdering { kontroller, regler }
}

fn utfall(regel: Regel, oppfylt: bool, begrunnelse: String) -> Regelutfall {
    let utfall = if oppfylt { Utfall::Oppfylt } else { Utfall::Brutt };
    Regelutfall {
        regel,
        regime: None,
        utfall,
        begrunnelse,
    }
}

fn uten_siffer(ikke_vurdert: &[Regel], regler: &mut Vec<Regelutfall>) -> Vec<Kontroll> {
    regler.extend(
        ikke_vurdert
            .iter()
            .map(|&regel| ikke_vurder(regel, "teksten har annet enn siffer")),
    );
    Vec::new()
}

fn ikke_vurder(regel: Regel, begrunnelse: &str) -> Regelutfall {
    Regelutfall {
        regel,
        regime: None,
        utfall: Utfall::IkkeVurdert,
        begrunnelse: begrunnelse.to_owned(),
    }
}

fn lengde(lest_som: Option<Nummertype>, antall: usize, avkortet: bool) -> Regelutfall {
    let begrunnelse = match lest_som {
        Some(nummertype) => format!("{antall} tegn, som et {}", nummertype.navn()),
        None if avkortet => format!("mer enn {TEGN_MAKS} tegn; et nummer har 9, 11 eller 12"),
        None => format!("{antall} tegn; et nummer har 9, 11 eller 12"),
    };
    utfall(Regel::Lengde, lest_som.is_some(), begrunnelse)
}

fn bare_siffer(tegn: &[char]) -> Regelutfall {
    match (1..).zip(tegn).find(|(_, tegn)| !tegn.is_ascii_digit()) {
        Some((posisjon, _)) => utfall(Regel::Siffer, false, format!("tegn {posisjon} er ikke et siffer 0-9")),
        None if tegn.is_empty() => ikke_vurder(Regel::Siffer, "teksten er tom"),
        None => utfall(Regel::Siffer, true, "alle tegn er siffer".to_owned()),
    }
}

fn dato(verdier: &[u8; 11], regler: &mut Vec<Regelutfall>) {
    let [d1, d2, m1, m2, a1, a2, ..] = *verdier;
    let dag = read_dag(d1 * 10 + d2);
    regler.push(match dag {
        Some((Identifikatortype::Foedselsnummer, dag)) => utfall(Regel::Dag, true, format!("{dag:02}")),
        Some((Identifikatortype::DNummer, dag)) => utfall(
            Regel::Dag,
            true,
            format!("{d1}{d2} er {dag:02} pluss 40, altså et D-nummer"),
        ),
        None => utfall(
            Regel::Dag,
            false,
            format!("{d1}{d2} er ingen dag; tillatt er 01-31, eller 41-71 i et D-nummer"),
        ),
    });
    let identifikatortype = dag.map_or(Identifikatortype::Foedselsnummer, |(identifikatortype, _)| {
        identifikatortype
    });
    let maaned = read_maaned(m1 * 10 + m2, identifikatortype);
    regler.push(match maaned {
        Some(([Serie::Ordinaer], maaned)) => utfall(Regel::Maaned, true, format!("{maaned:02}")),
        Some((serier, maaned)) => {
            let tillegg = serier.first().map_or(0, |s| s.maanedstillegg());
            utfall(Regel::Maaned, true, format!("{m1}{m2} er {maaned:02} pluss {tillegg}"))
        }
        None => utfall(
            Regel::Maaned,
            false,
            format!("{m1}{m2} er ingen måned; tillatt er 01-12, eller måneden pluss 40, 65 eller 80"),
        ),
    });
    regler.push(match (dag, maaned) {
        (Some((_, dag)), Some((_, maaned))) => {
            let finnes = Datofelt::read(verdier).is_ok();
            let verb = if finnes { "finnes" } else { "finnes ikke" };
            utfall(
                Regel::Dato,
                finnes,
                format!("{dag:02}.{maaned:02}. {verb} i et år som ender på {a1}{a2}"),
            )
        }
        _ => ikke_vurder(Regel::Dato, "dagen eller måneden er feil"),
    });
}

/// Both control digits of eleven digits; `regimer` holds `None` for a number with one calculation only.
fn elleve_siffer(
    verdier: &[u8; 11],
    regimer: &[Option<Kontrollregime>],
    regler: &mut Vec<Regelutfall>,
) -> Vec<Kontroll> {
    let [.., siffer1, siffer2] = *verdier;
    let k1 = Kontroll::new(Betydning::Kontrollsiffer1, verdier, &VEKTER_K1, siffer1);
    let k2 = Kontroll::new(Betydning::Kontrollsiffer2, verdier, &VEKTER_K2, siffer2);
    for &regime in regimer {
        let rester = regime.unwrap_or(Kontrollregime::Til2031).rester_k1();
        regler.push(Regelutfall {
            regime,
            ..kontrollutfall(Regel::Kontrollsiffer1, &k1, rester)
        });
    }
    regler.push(kontrollutfall(Regel::Kontrollsiffer2, &k2, RESTER_K2));
    vec![k1, k2]
}

fn organisasjon(verdier: &[u8; 9], regler: &mut Vec<Regelutfall>) -> Vec<Kontroll> {
    let [.., siffer] = *verdier;
    let kontroll = Kontroll::new(Betydning::Kontrollsiffer, verdier, &organisasjonsnummer::VEKTER, siffer);
    regler.push(kontrollutfall(Regel::Kontrollsiffer, &kontroll, RESTER_K2));
    vec![kontroll]
}

fn kontrollutfall(regel: Regel, kontroll: &Kontroll, rester: &[u8]) -> Regelutfall {
    let riktige = match kontroll.riktige_siffer(rester).as_slice() {
        [] => "ville blitt 10".to_owned(),
        siffer => oppregning(siffer),
    };
    let begrunnelse = format!(
        "{} + {} gir rest {}; godtar rest {} ({} {riktige})",
        kontroll.sum,
        kontroll.siffer,
        kontroll.rest,
        oppregning(rester),
        kontroll.kontrollsiffer.kortnavn(),
    );
    utfall(regel, rester.contains(&kontroll.rest), begrunnelse)
}

/// "0", "0 eller 1", "0, 1 eller 2".
fn oppregning(siffer: &[u8]) -> String {
    let tekster: Vec<String> = siffer.iter().map(u8::to_string).collect();
    match tekster.split_last() {
        Some((siste, foran)) if !foran.is_empty() => format!("{} eller {siste}", foran.join(", ")),
        Some((siste, _)) => siste.clone(),
        None => String::new(),
    }
}

/// What is worth knowing beside the rules.
pub(super) fn merknader(klassifisering: &Klassifisering) -> Vec<String> {
    let mut merknader = Vec::new();
    if let Some(identifikator) = klassifisering.folkeregisteridentifikator() {
        for serie in identifikator.serier() {
            merknader.push(serienavn(*serie).to_owned());
        }
        merknader.push("registrert fødselsdato og kjønn går alltid foran det sifrene antyder".to_owned());
    }
    for nummertype in klassifisering.nummertyper() {
        match nummertype {
            Nummertype::InterntHjelpenummer => {
                merknader.push("et internt hjelpenummer skal aldri sendes ut av virksomheten".to_owned());
            }
            Nummertype::FellesHjelpenummer => {
                merknader.push("riktig bygd betyr ikke at nummeret er utstedt; slå det opp".to_owned());
            }
            Nummertype::DufNummer => merknader.push("ingen kjent kontroll utover tolv siffer".to_owned()),
            Nummertype::Foedselsnummer | Nummertype::DNummer | Nummertype::Organisasjonsnummer => {}
        }
    }
    merknader
}

const fn serienavn(serie: Serie) -> &'static str {
    match serie {
        Serie::Ordinaer => "ordinær serie",
        Serie::Nav => "måned pluss 40: syntetisk, NAV",
        Serie::InterntHjelpenummer => "måned pluss 40: internt hjelpenummer",
        Serie::Nhn => "måned pluss 65: syntetisk, NHN",
        Serie::Tenor => "måned pluss 80: syntetisk, Tenor",
    }
}

/// The control digits alone are right though another rule is broken; worth saying, for it points at the other rule.
pub(super) fn bare_kontrollsifrene_stemmer(regler: &[Regelutfall]) -> bool {
    let er_kontroll = |r: &&Regelutfall| matches!(r.regel, Regel::Kontrollsiffer1 | Regel::Kontrollsiffer2);
    let k1 = regler
        .iter()
        .any(|r| r.regel == Regel::Kontrollsiffer1 && r.utfall == Utfall::Oppfylt);
    let k2 = regler
        .iter()
        .any(|r| r.regel == Regel::Kontrollsiffer2 && r.utfall == Utfall::Oppfylt);
    k1 && k2
        && regler
            .iter()
            .filter(|r| !er_kontroll(r))
            .any(|r| r.utfall == Utfall::Brutt)
}

/// Whether a calculation accepts all eleven digits; used where the verdict names both calculations.
pub(super) fn godtas(regler: &[Regelutfall], regime: Kontrollregime) -> bool {
    regler
        .iter()
        .filter(|r| r.regime.is_none_or(|r| r == regime))
        .all(|r| r.utfall == Utfall::Oppfylt)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_written_as_people_write_them() {
        assert_eq!(oppregning(&[0]), "0");
        assert_eq!(oppregning(&[0, 1]), "0 eller 1");
        assert_eq!(oppregning(&[0, 1, 2, 3]), "0, 1, 2 eller 3");
    }
}
