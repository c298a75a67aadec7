//! The whole text for one right and one wrong number; the fields for the rest.

use super::*;
use crate::serie::Serie;

#[track_caller]
fn check_brutt(tekst: &str, ventet: &[(Regel, Option<Kontrollregime>)]) -> Forklaring {
    let forklaring = forklar(tekst);
    let brutt: Vec<_> = forklaring
        .regler
        .iter()
        .filter(|r| r.utfall == Utfall::Brutt)
        .map(|r| (r.regel, r.regime))
        .collect();
    assert_eq!(brutt, ventet);
    forklaring
}

const TIL_2031: Option<Kontrollregime> = Some(Kontrollregime::Til2031);
const FRA_2032: Option<Kontrollregime> = Some(Kontrollregime::Fra2032);

#[test]
fn a_d_number_of_2032_is_explained_digit_by_digit() {
    let ventet = "\
Lest som: D-nummer

posisjon     1   2   3   4   5   6   7   8   9  10  11
tegn         4   1   8   1   9   0   7   7   9   0   6
betydning  dag dag mnd mnd  år  år ind ind ind  k1  k2
vekt k1      3   7   6   1   8   9   4   5   2
produkt     12   7  48   1  72   0  28  35  18
sum        S1 = 221, S1 delt på 11 gir rest 1
vekt k2      5   4   3   2   7   6   5   4   3   2
produkt     20   4  24   2  63   0  35  28  27   0
sum        S2 = 203, S2 delt på 11 gir rest 5

Regler
  ja  lengde                     11 tegn, som et D-nummer
  ja  bare siffer                alle tegn er siffer
  ja  dag                        41 er 01 pluss 40, altså et D-nummer
  ja  måned                      81 er 01 pluss 80
  ja  dato                       01.01. finnes i et år som ender på 90
  NEI kontrollsiffer 1, til 2031 221 + 0 gir rest 1; godtar rest 0 (k1 ville blitt 10)
  ja  kontrollsiffer 1, fra 2032 221 + 0 gir rest 1; godtar rest 0, 1, 2 eller 3 (k1 0, 1 eller 2)
  ja  kontrollsiffer 2           203 + 6 gir rest 0; godtar rest 0 (k2 6)

Resultat: gyldig som D-nummer
  til 2031: ugyldig
  fra 2032: gyldig
Mulige fødselsdatoer
  tildelt fra 2032                   1990-01-01, 2090-01-01; sier verken kjønn eller århundre
- måned pluss 80: syntetisk, Tenor
- registrert fødselsdato og kjønn går alltid foran det sifrene antyder
";
    let forklaring = check_brutt("41819077906", &[(Regel::Kontrollsiffer1, TIL_2031)]);
    assert_eq!(forklaring.to_string(), ventet);
}

#[test]
fn right_control_digits_on_a_date_that_does_not_exist_are_said_to_be_just_that() {
    let forklaring = check_brutt("29020105729", &[(Regel::Dato, None)]);
    assert!(!forklaring.er_gyldig());
    let tekst = forklaring.to_string();
    assert!(
        tekst.contains("NEI dato                       29.02. finnes ikke i et år som ender på 01\n"),
        "{tekst}"
    );
    assert!(
        tekst.contains("Resultat: ugyldig\n  til 2031: ugyldig\n  fra 2032: ugyldig\n"),
        "{tekst}"
    );
    assert!(
        tekst.contains("kontrollsifrene stemmer, men datodelen gjør det ikke"),
        "{tekst}"
    );
}

#[test]
fn every_rule_that_can_be_tried_is_tried() {
    check_brutt(
        "20036914712",
        &[(Regel::Kontrollsiffer1, TIL_2031), (Regel::Kontrollsiffer2, None)],
    );
    check_brutt(
        "13108138812",
        &[
            (Regel::Kontrollsiffer1, TIL_2031),
            (Regel::Kontrollsiffer1, FRA_2032),
            (Regel::Kontrollsiffer2, None),
        ],
    );
    check_brutt("16117548867", &[(Regel::Kontrollsiffer2, None)]);
    let dag_og_maaned = check_brutt("00000000000", &[(Regel::Dag, None), (Regel::Maaned, None)]);
    let dato = dag_og_maaned
        .regler
        .iter()
        .find(|r| r.regel == Regel::Dato)
        .map(|r| r.utfall);
    assert_eq!(dato, Some(Utfall::IkkeVurdert));
}

#[test]
fn a_d_number_of_2021_names_the_dates_of_each_time() {
    let forklaring = check_brutt("41810021827", &[]);
    let datoer: Vec<(Regelsett, Vec<String>)> = forklaring
        .muligheter
        .iter()
        .map(|m| (m.regelsett, m.foedselsdatoer.iter().map(ToString::to_string).collect()))
        .collect();
    assert_eq!(
        datoer,
        [
            (Regelsett::DNummer1964, vec!["1900-01-01".to_owned()]),
            (Regelsett::DNummer2021, vec!["2000-01-01".to_owned()]),
            (Regelsett::DNummer2032, vec!["2000-01-01".to_owned()]),
        ]
    );
    let tekst = forklaring.to_string();
    assert!(
        tekst.contains("  tildelt 16.11.2021-31.12.2031      2000-01-01; niende siffer er partall: kvinne\n"),
        "{tekst}"
    );
}

#[test]
fn a_felles_hjelpenummer_has_one_calculation_and_no_date() {
    let forklaring = check_brutt("80012345287", &[]);
    assert_eq!(forklaring.lest_som, Some(Nummertype::FellesHjelpenummer));
    assert!(forklaring.muligheter.is_empty() && forklaring.serier.is_empty());
    assert!(
        forklaring
            .to_string()
            .contains("Resultat: gyldig som felles hjelpenummer\n- riktig bygd betyr ikke")
    );
    check_brutt("80012345288", &[(Regel::Kontrollsiffer2, None)]);
}

#[test]
fn organisasjonsnummer_and_duf_nummer_are_explained_too() {
    let organisasjon = check_brutt("984661185", &[]);
    assert!(
        organisasjon
            .to_string()
            .contains("vekt k       3   2   7   6   5   4   3   2\n")
    );
    check_brutt("984661186", &[(Regel::Kontrollsiffer, None)]);
    let duf = check_brutt("195509132386", &[]);
    assert!(duf.kontroller.is_empty());
    assert!(duf.to_string().contains("betydning   år  år  år  år løp løp"));
}

#[test]
fn any_text_is_explained_within_bounds() {
    let tom = check_brutt("", &[(Regel::Lengde, None)]);
    assert_eq!(tom.lest_som, None);
    check_brutt("0191249997X", &[(Regel::Siffer, None)]);
    check_brutt("019124 99975", &[(Regel::Siffer, None)]);
    check_brutt("98466118\u{1b}", &[(Regel::Siffer, None)]);
    check_brutt("8001234528½", &[(Regel::Siffer, None)]);
    check_brutt("0123456789", &[(Regel::Lengde, None)]);

    let langt = check_brutt(&"9".repeat(1_000_000), &[(Regel::Lengde, None)]);
    assert!(langt.avkortet);
    assert_eq!(langt.posisjoner.len(), TEGN_MAKS);
    assert!(langt.to_string().len() < 2_000);
    assert!(!forklar(&"9".repeat(TEGN_MAKS)).avkortet);
}

#[test]
fn no_character_of_the_text_can_steer_a_terminal() {
    let tekst = forklar("0\u{1b}[2J\n\u{202e}æ9").to_string();
    assert!(tekst.chars().all(|t| t == '\n' || !t.is_control()), "{tekst:?}");
    assert!(
        tekst.contains("tegn         0   ?   [   2   J   ?   ?   æ   9\n"),
        "{tekst}"
    );
}

#[test]
fn a_month_plus_40_is_explained_as_both_kinds() {
    let forklaring = check_brutt("01412499944", &[]);
    assert_eq!(forklaring.serier, [Serie::Nav, Serie::InterntHjelpenummer]);
    assert!(
        forklaring
            .to_string()
            .contains("Resultat: gyldig som fødselsnummer og som internt hjelpenummer\n")
    );
}

#[test]
fn debug_shows_no_digit_of_the_text() {
    let tekst = format!("{:?}", forklar("41819077906"));
    assert_eq!(tekst, "Forklaring { lest_som: Some(DNummer), er_gyldig: true, .. }");
}
