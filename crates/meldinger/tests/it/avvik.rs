//! What is wrong is told with place and rule, by the schema's words.

use meldinger::kontroll::AVVIK_MAKS;
use meldinger::{Kontroller, tre};

use crate::oppskrift::GYLDIGE;

/// What is told of a good message in which something was put in the place of something else.
#[track_caller]
fn sjekk(kontroller: &Kontroller, slag: &str, bytter: &[(&str, &str)], ventet: &[&str]) {
    let (_, meldingstype, melding) = GYLDIGE.iter().find(|(navn, ..)| *navn == slag).unwrap();
    let mut melding = (*melding).to_owned();
    for (fra, til) in bytter {
        assert!(melding.contains(fra), "{fra}");
        melding = melding.replacen(fra, til, 1);
    }
    let melding = tre::les(melding.as_bytes()).unwrap();
    let avvik = kontroller.sjekk(*meldingstype, &melding).unwrap_err();
    let hoert: Vec<String> = avvik.iter().map(ToString::to_string).collect();
    assert_eq!(hoert, ventet, "{bytter:?}");
}

#[test]
fn every_rule_is_told_in_words_and_with_its_place() {
    let kontroller = Kontroller::les().unwrap();
    let lang = "a".repeat(4_001);
    for (fra, til, ventet) in [
        (
            "<meldingOmDoedsfall xmlns=",
            "<meldingOmDoedsfall xmlns:u=",
            "meldingen har et annet rotelement enn ressursen tar imot",
        ),
        (
            "<foedselsnummer>30908299902</foedselsnummer>",
            "",
            "forespoersel/doedPerson/foedselsnummer mangler",
        ),
        (
            "30908299902",
            "3090829990",
            "forespoersel/doedPerson/foedselsnummer skal være elleve siffer",
        ),
        (
            "30908299902",
            "3090829990x",
            "forespoersel/doedPerson/foedselsnummer skal være elleve siffer",
        ),
        (
            "4601",
            "460",
            "forespoersel/doedPerson/doedssted/kommune skal være fire siffer",
        ),
        (
            "2026-01-14",
            "14.01.2026",
            "forespoersel/doedPerson/doedsdato skal være en dato, ÅÅÅÅ-MM-DD",
        ),
        (
            "2026-01-15T10:11:12.345+01:00",
            "i dag",
            "innsending/avsendersInnsendingstidspunkt skal være dato og klokkeslett, ÅÅÅÅ-MM-DDTtt:mm:ss, med eller uten sone",
        ),
        (
            ">helse<",
            ">sykehus<",
            "forespoersel/kilde skal være en av kodene tingretten, helse, utenriksstasjon, lensmannskontor, nav",
        ),
        (
            "STILLE FJELLBEKK",
            lang.as_str(),
            "forespoersel/avsendersSaksbehandler kan ha høyst 4000 tegn",
        ),
        (
            "<dokumenttype>",
            "<dokumenttype/><dokumenttype a='1'>",
            "forespoersel/vedlegg[1]/dokumenttype[2] har et attributt som ikke er i skjemaet",
        ),
        (
            "<doedsdato>",
            "x<doedsdato>",
            "forespoersel/doedPerson har tekst der det bare kan stå elementer",
        ),
        (
            "4601",
            "4601<type/>",
            "forespoersel/doedPerson/doedssted/kommune har elementer der det bare kan stå tekst",
        ),
        (
            "<type>hjemme</type>",
            "<type>hjemme</type><hemmelig/>",
            "forespoersel/doedPerson/doedssted har et element som ikke er i skjemaet",
        ),
        (
            "<type>hjemme</type>",
            "<type>hjemme</type><type xmlns='urn:hemmelig'/>",
            "forespoersel/doedPerson/doedssted har et element i et annet navnerom enn skjemaets",
        ),
        (
            "<type>hjemme</type>",
            "<type>hjemme</type><kilde/>",
            "forespoersel/doedPerson/doedssted/kilde kan ikke stå der det står",
        ),
        (
            "<type>hjemme</type>",
            "<type>a</type><type>b</type>",
            "forespoersel/doedPerson/doedssted/type kan stå bare én gang",
        ),
        (
            "<kommune>",
            "<kommune xsi:nil='true'>",
            "forespoersel/doedPerson/doedssted/kommune kan ikke ha xsi:nil, eller ikke med den verdien",
        ),
        (
            "<kommune>",
            "<kommune xsi:type='Tekst'>",
            "forespoersel/doedPerson/doedssted/kommune har en xsi:type som ikke kan stå for typen i skjemaet",
        ),
    ] {
        sjekk(&kontroller, "doedsfall", &[(fra, til)], &[ventet]);
    }
    for (fra, til, ventet) in [
        (
            "<statsborgerskap>FIN",
            "<statsborgerskap>FI",
            "forespoersel/kandidat/statsborgerskap[2] skal være tre store bokstaver, A til Z",
        ),
        (
            "<skalFaaUtskrift>false",
            "<skalFaaUtskrift>nei",
            "forespoersel/kandidat/skalFaaUtskrift skal være true, false, 1 eller 0",
        ),
        (
            "PASS 7",
            "PASS\n7",
            "forespoersel/identifikasjon[1]/dokumentgrunnlag/identifikasjonsdokumentnummer skal ha et innhold, og ikke gå over flere linjer",
        ),
        (
            "<fornavn>STILLE",
            "<fornavn>STILLE2",
            "forespoersel/kandidat/navn/fornavn kan bare ha tegnene \
             a-zA-ZæøåÆØÅÁÀÂÃÄÇÐÉÈÊËÍÌÎÏÑÓÒÔÕÖÞÚÙÛÜÝŸáàâãäçðéèêëíìîïñóòôõößþúùûüýÿ -'",
        ),
        (
            "<avsendersSaksbehandler>",
            "<avsendersSaksbehandler xsi:nil='true'>",
            "forespoersel/avsendersSaksbehandler har xsi:nil og skal da være helt tomt",
        ),
        (
            "<ds:DigestValue>AAAA",
            "<ds:DigestValue>%",
            "Signature er ingen signatur etter skjemaet for XML-signaturer",
        ),
    ] {
        sjekk(&kontroller, "dnummer", &[(fra, til)], &[ventet]);
    }
    sjekk(
        &kontroller,
        "fnr",
        &[("<foedeland>SWE</foedeland>", "")],
        &[
            "forespoersel/person skal ha ett av elementene statsborgerskap, foedselsdato, navn, kjoenn, foedested, foedeland",
        ],
    );
}

#[test]
fn several_faults_are_told_each_by_its_place_and_no_more_than_so_many() {
    let kontroller = Kontroller::les().unwrap();
    sjekk(
        &kontroller,
        "doedsfall",
        &[
            ("helse", "x"),
            ("30908299902", "y"),
            ("<doedsdato>2026-01-14</doedsdato>", ""),
            ("4601", "z"),
        ],
        &[
            "forespoersel/kilde skal være en av kodene tingretten, helse, utenriksstasjon, lensmannskontor, nav",
            "forespoersel/doedPerson/doedsdato mangler",
            "forespoersel/doedPerson/foedselsnummer skal være elleve siffer",
            "forespoersel/doedPerson/doedssted/kommune skal være fire siffer",
        ],
    );
    let (_, meldingstype, melding) = GYLDIGE[1];
    let mange = melding.replace(
        "<statsborgerskap>SWE",
        &format!("{}<statsborgerskap>SWE", "<statsborgerskap/>".repeat(50)),
    );
    let melding = tre::les(mange.as_bytes()).unwrap();
    assert_eq!(kontroller.sjekk(meldingstype, &melding).unwrap_err().len(), AVVIK_MAKS);
}
