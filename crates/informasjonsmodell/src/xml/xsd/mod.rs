//! The schemas (XSD) of person, hendelse and feed, made from the tables.
//!
//! Three rules shape them, and each is a choice between two readers (ADR 0002):
//!
//! - A field that some package may be refused ([`crate::skjema::Feltklasse`]) is optional, and so is every choice, so that
//!   each projection of a valid document validates.
//! - Code lists are closed: the published values and those that came later. A consumer that validates expects that, and
//!   fetches the schema anew when the contract grows. A document that was imported with an unknown code does not validate.
//! - Dates are whole (`xsd:date`), as published, so that generated clients keep their date types. A date of which only the
//!   year or the month is known, which the model can carry, does not validate.
//!
//! Lists have no upper bound, since the model has none. A newcomer's mistake is to look for the bulk roots here: the
//! contract serves schemas for documents, not for calls.

mod skriver;

use std::collections::BTreeMap;

use crate::entitet::Entitet;
use crate::hendelse::{Entitetsendring, Hendelsestype};
use crate::metadata::Registermetadata;
use crate::skjema::{Felt, Skjema};
use crate::tekst;
use crate::xml::{NS_ATOM, NS_HENDELSE, NS_PERSON, ROT_HENDELSE, ROT_PERSON, Side};

use skriver::{Antall, Skriver};

/// The schema of the persondokument, as `personer/xsd` serves it.
///
/// Source: `PersondokumentMedHistorikk_v1BETA2`, with what OpenAPI 1.5 and later news added.
#[must_use]
pub fn person() -> String {
    let mut ut = Skriver::new(NS_PERSON, "Persondokument med historikk");
    ut.rot(ROT_PERSON, "Folkeregisterperson");
    ut.start_type("Folkeregisterperson");
    for entitet in Entitet::ALLE {
        let antall = if entitet.er_liste() {
            Antall::Flere
        } else {
            Antall::HoeyestEn
        };
        ut.element(entitet.navn(), entitet.skjema().navn, antall);
    }
    ut.slutt_type();
    modelltyper(&mut ut, Side::Person, Entitet::ALLE.iter().copied());
    ut.slutt()
}

/// The schema of the hendelsesdokument, as `hendelser/xsd` serves it.
///
/// Source: `Hendelsedokument_v1.4`, with what OpenAPI 1.5 and later news added.
#[must_use]
pub fn hendelse() -> String {
    let mut ut = Skriver::new(NS_HENDELSE, "Hendelsesdokument");
    ut.rot(ROT_HENDELSE, "DokumentForHendelse");
    ut.start_type("DokumentForHendelse");
    ut.element("dokumentidentifikator", "Identifikator", Antall::En);
    ut.element("skjemaversjon", "Tekst", Antall::En);
    ut.element("hendelse", "Hendelse", Antall::En);
    ut.slutt_type();
    ut.start_type("Hendelse");
    ut.element("folkeregisteridentifikator", "Foedselsnummer", Antall::En);
    ut.element("hendelsestype", "Hendelsestype", Antall::En);
    ut.element("ajourholdstidspunkt", "DatoKlokkeslett", Antall::En);
    ut.element("egenskapshendelse", "Registerdata", Antall::Flere);
    ut.element("hendelsesaarsakIDsf", "Tekst", Antall::HoeyestEn);
    ut.slutt_type();
    let entiteter: Vec<Entitet> = Entitet::ALLE
        .iter()
        .copied()
        .filter(|entitet| entitet.hendelsesnavn().entitet.is_some())
        .collect();
    ut.start_type("Registerdata");
    ut.start_valg();
    for entitet in &entiteter {
        ut.element(entitet.hendelsesnavn().egenskap, entitet.skjema().navn, Antall::En);
    }
    ut.slutt_valg();
    ut.element("entitet", "Entitetsnavn", Antall::En);
    ut.element("entitetsendring", "Entitetsendring", Antall::En);
    ut.slutt_type();
    ut.kodeliste(
        "Entitetsnavn",
        entiteter.iter().filter_map(|e| e.hendelsesnavn().entitet),
    );
    ut.kodeliste("Entitetsendring", Entitetsendring::VERDIER);
    hendelsestyper(&mut ut);
    modelltyper(&mut ut, Side::Hendelse, entiteter.into_iter());
    ut.slutt()
}

/// The schema of the feed's items, as `hendelser/feedxsd` serves it: `lagretHendelse`, the content of each Atom entry.
///
/// Shape: the items have another namespace than the feed around them, and a schema has one; [`atom`] is the other half.
/// Source: not published; derived from the Atom example and OpenAPI 1.5, our choice (ADR 0002).
#[must_use]
pub fn feed() -> String {
    let mut ut = Skriver::new(NS_HENDELSE, "Hendelser i feed");
    ut.rot("lagretHendelse", "LagretHendelseMedDokumentIdentifikatorer");
    ut.start_type("LagretHendelseMedDokumentIdentifikatorer");
    ut.element("sekvensnummer", "Heltall", Antall::En);
    ut.element("hendelse", "HendelseMedDokumentIdentifikatorer", Antall::En);
    ut.slutt_type();
    ut.start_type("HendelseMedDokumentIdentifikatorer");
    ut.element("folkeregisteridentifikator", "Foedselsnummer", Antall::HoeyestEn);
    ut.element("hendelsetype", "Hendelsestype", Antall::En);
    ut.element("hendelsesdokument", "Identifikator", Antall::HoeyestEn);
    ut.element("persondokument", "Identifikator", Antall::HoeyestEn);
    ut.element("ajourholdstidspunkt", "DatoKlokkeslett", Antall::HoeyestEn);
    ut.slutt_type();
    hendelsestyper(&mut ut);
    ut.grunntype("DatoKlokkeslett", "xsd:dateTime");
    ut.grunntype("Heltall", "xsd:long");
    for form in [
        &tekst::Tekst::FORM,
        &tekst::Foedselsnummer::FORM,
        &tekst::Identifikator::FORM,
    ] {
        ut.tekstform(form);
    }
    ut.slutt()
}

/// The schema of the Atom frame around the feed's items: the part of RFC 4287 that the feed uses.
///
/// Shape: the content of an entry is left to [`feed`].
/// Source: RFC 4287; documentation of the feed, Atom example.
#[must_use]
pub fn atom() -> String {
    let mut ut = Skriver::new(NS_ATOM, "Atom-rammen rundt hendelser i feed");
    ut.rot("feed", "Feed");
    ut.start_type("Feed");
    for navn in ["id", "title"] {
        ut.element(navn, "xsd:string", Antall::En);
    }
    ut.element("author", "Person", Antall::En);
    ut.element("link", "Link", Antall::MinstEn);
    ut.element("updated", "xsd:dateTime", Antall::En);
    ut.element("entry", "Entry", Antall::Flere);
    ut.slutt_type();
    ut.start_type("Person");
    ut.element("name", "xsd:string", Antall::En);
    ut.slutt_type();
    ut.start_type("Entry");
    for (navn, navn_paa_type) in [
        ("title", "xsd:string"),
        ("id", "xsd:string"),
        ("updated", "xsd:dateTime"),
    ] {
        ut.element(navn, navn_paa_type, Antall::En);
    }
    ut.element("content", "Content", Antall::En);
    ut.slutt_type();
    ut.start_type("Content");
    ut.hva_som_helst(NS_HENDELSE);
    ut.slutt_type();
    ut.attributtype("Link", &["rel", "type", "href"]);
    ut.slutt()
}

fn hendelsestyper(ut: &mut Skriver) {
    ut.kodeliste("Hendelsestype", Hendelsestype::ALLE.iter().map(|t| t.navn()));
}

/// Every type that the entities use: complex types by name, then simple types by name.
fn modelltyper(ut: &mut Skriver, side: Side, entiteter: impl Iterator<Item = Entitet>) {
    let metadata: Vec<&Felt> = METADATA
        .iter()
        .filter(|felt| side == Side::Person || felt.navn != "erGjeldende")
        .collect();
    ut.start_type(METADATATYPE);
    for felt in &metadata {
        ut.felt(side, felt);
    }
    ut.slutt_type();
    let mut typer: BTreeMap<&str, (&'static Skjema, bool)> = BTreeMap::new();
    let mut enkle = skriver::Enkle::default();
    for felt in metadata {
        enkle.noter(felt.art);
    }
    // The forms that the frames use, whether or not an entity does.
    for form in [
        &tekst::Tekst::FORM,
        &tekst::Foedselsnummer::FORM,
        &tekst::Identifikator::FORM,
    ] {
        enkle.tekstform(form);
    }
    let mut igjen: Vec<(&'static Skjema, bool)> = entiteter.map(|entitet| (entitet.skjema(), true)).collect();
    while let Some((skjema, er_entitet)) = igjen.pop() {
        if typer.insert(skjema.navn, (skjema, er_entitet)).is_some() {
            continue;
        }
        for felt in skjema.felter {
            enkle.noter(felt.art);
            if let crate::skjema::Art::Objekt(under) = felt.art {
                igjen.push((under, false));
            }
        }
    }
    for (skjema, er_entitet) in typer.into_values() {
        if er_entitet {
            ut.start_utvidelse(skjema.navn, METADATATYPE);
        } else {
            ut.start_type(skjema.navn);
        }
        ut.felter(side, skjema);
        if er_entitet {
            ut.slutt_utvidelse();
        } else {
            ut.slutt_type();
        }
    }
    enkle.skriv(ut);
}

/// Name of the type that every entity extends.
const METADATATYPE: &str = "Registermetadata";

static METADATA: [Felt; 6] = Registermetadata::FELTER;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_that_exclude_each_other_stand_together_in_every_table() {
        let mut igjen: Vec<&Skjema> = Entitet::ALLE.iter().map(|e| e.skjema()).collect();
        while let Some(skjema) = igjen.pop() {
            let plasser: Vec<usize> = skjema
                .felter
                .iter()
                .enumerate()
                .filter(|(_, felt)| skjema.valg.contains(&felt.navn))
                .map(|(nr, _)| nr)
                .collect();
            assert_eq!(plasser.len(), skjema.valg.len(), "{}", skjema.navn);
            assert!(plasser.windows(2).all(|to| to[1] == to[0] + 1), "{}", skjema.navn);
            igjen.extend(skjema.felter.iter().filter_map(|felt| match felt.art {
                crate::skjema::Art::Objekt(under) => Some(under),
                _ => None,
            }));
        }
    }

    #[test]
    fn a_field_that_may_be_refused_is_optional() {
        let xsd = person();
        assert!(xsd.contains(r#"<xsd:element name="adresse" type="KontaktadresseForDoedsbo" minOccurs="0"/>"#));
        assert!(xsd.contains(r#"<xsd:element name="skifteform" type="Skifteform"/>"#));
    }

    #[test]
    fn the_two_sides_differ_where_the_contract_does() {
        let (person, hendelse) = (person(), hendelse());
        for (tekst, paa_person, paa_hendelse) in [
            (r#"name="erGjeldende""#, true, false),
            (r#"name="identitetsgrunnlagstatus""#, true, false),
            (r#"name="legitimasjonskontroll""#, false, true),
            (r#"name="PreferertKontaktadresse""#, true, false),
            (r#"value="unik""#, true, true),
            (r#"value="kontaktadresseIUtlandet""#, false, true),
            (r#"name="startdato" type="Dato"/>"#, true, false),
        ] {
            assert_eq!(
                (person.contains(tekst), hendelse.contains(tekst)),
                (paa_person, paa_hendelse),
                "{tekst}"
            );
        }
    }
}
