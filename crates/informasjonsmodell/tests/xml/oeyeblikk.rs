//! What the documents look like: one person, one event, one page of the feed, the small frames.

use informasjonsmodell::xml::{NS_HENDELSE, skriv, xsd};
use informasjonsmodell::{Entitet, Entitetsendring, Hendelsestype, Persondokument, Tidspunkt};

use crate::valider;

/// One element a line, for reading.
fn linjer(xml: &[u8]) -> String {
    String::from_utf8(xml.to_vec()).unwrap().replace("><", ">\n<")
}

fn tid(tekst: &str) -> Tidspunkt {
    Tidspunkt::parse(tekst).unwrap()
}

#[test]
fn a_person() {
    let json = r#"{"identifikasjonsnummer":[{"ajourholdstidspunkt":"2024-03-01T09:12:44.120+01:00","erGjeldende":true,
        "kilde":"folkeregisteret","aarsak":"Tildele fødselsnummer","gyldighetstidspunkt":"2024-03-01T00:00:00+01:00",
        "status":"iBruk","foedselsEllerDNummer":"01912499975","identifikatortype":"foedselsnummer"}],
        "bostedsadresse":[{"erGjeldende":false,"opphoerstidspunkt":"2025-01-01T00:00:00+01:00","adressegradering":"ugradert",
        "grunnkrets":101,"vegadresse":{"kommunenummer":"4601","adressenavn":"Prøveveien <nedre>",
        "adressenummer":{"husnummer":"12","husbokstav":"B"},"poststed":{"postnummer":"5003"}}}],
        "brukAvSamiskSpraak":[{"spraak":["nordsamisk","lulesamisk"]}],"doedsfall":{"fremtid":1}}"#;
    let dokument = Persondokument::les_json(json.as_bytes()).unwrap();
    let mut xml = Vec::new();
    assert_eq!(skriv::persondokument(&mut xml, &dokument), Ok(1));
    assert_eq!(valider::feil(&xsd::person(), &xml), Vec::<String>::new());
    insta::assert_snapshot!(linjer(&xml));
}

#[test]
fn an_event() {
    let mut xml = Vec::new();
    skriv::deklarasjon(&mut xml);
    let hode = skriv::Hendelsehode {
        dokumentidentifikator: "0123456789abcdef0123456789abcdef",
        skjemaversjon: "1.0",
        folkeregisteridentifikator: "01912499975",
        hendelsestype: Hendelsestype::EndringIKontaktinformasjon,
        ajourholdstidspunkt: tid("2026-01-15T10:11:12.345+01:00"),
    };
    skriv::dokument_start(&mut xml, &hode);
    let metadata = informasjonsmodell::json::Metadatafelter {
        er_gjeldende: Some(true),
        gyldighetstidspunkt: Some(tid("2026-01-15T00:00:00+01:00")),
        ..Default::default()
    };
    let ukjente = skriv::egenskapshendelse(
        &mut xml,
        Entitet::Postadresse,
        Entitetsendring::RegistrereNy,
        Some((
            &metadata,
            br#"{"adressegradering":"ugradert","postboksadresse":{"postboks":"12"}}"#,
        )),
    );
    assert_eq!(ukjente, Ok(0));
    skriv::egenskapshendelse(
        &mut xml,
        Entitet::PostadresseIUtlandet,
        Entitetsendring::Annullere,
        None,
    )
    .unwrap();
    skriv::dokument_slutt(&mut xml, None);
    assert_eq!(valider::feil(&xsd::hendelse(), &xml), Vec::<String>::new());
    insta::assert_snapshot!(linjer(&xml));
}

#[test]
fn an_entity_that_events_do_not_have_is_refused() {
    let mut xml = Vec::new();
    let svar = skriv::egenskapshendelse(
        &mut xml,
        Entitet::PreferertKontaktadresse,
        Entitetsendring::Annullere,
        None,
    );
    assert_eq!(
        svar.unwrap_err().to_string(),
        "preferertKontaktadresse har et element som ikke finnes i modellen"
    );
    assert_eq!(xml, b"");
}

fn side() -> Vec<u8> {
    let mut xml = Vec::new();
    let feed = skriv::Feed {
        base: "https://eksempel.invalid/folkeregisteret/api/privat/v1?a=1&b=\"2\"",
        tittel: "Offentlig hendelsesliste",
        utgiver: "Eksempel & Co",
        seq: 1,
        neste: Some(1001),
        oppdatert: tid("2026-01-15T10:11:13+01:00"),
    };
    skriv::feed_start(&mut xml, &feed);
    let ajourholdt = tid("2026-01-15T10:11:12.345+01:00");
    for (sekvensnummer, nummer, dokument, ajourholdstidspunkt) in [
        (
            1,
            Some("01912499975"),
            Some("0123456789abcdef0123456789abcdef"),
            Some(ajourholdt),
        ),
        (1000, None, None, None),
    ] {
        skriv::lagret_hendelse(
            &mut xml,
            &skriv::Hendelseslinje {
                sekvensnummer,
                folkeregisteridentifikator: nummer,
                hendelsestype: Hendelsestype::EndringINavn,
                hendelsesdokument: dokument,
                persondokument: dokument,
                ajourholdstidspunkt,
                publisert: tid("2026-01-15T10:11:12.600999999+01:00"),
            },
        );
    }
    skriv::feed_slutt(&mut xml);
    xml
}

#[test]
fn a_page_of_the_feed() {
    insta::assert_snapshot!(linjer(&side()));
}

#[test]
fn the_feed_validates_frame_and_items_apart() {
    let xml = side();
    assert_eq!(valider::feil(&xsd::atom(), &xml), Vec::<String>::new());
    let tekst = String::from_utf8(xml.clone()).unwrap();
    let innhold: Vec<Vec<u8>> = tekst
        .split("<content>")
        .skip(1)
        .map(|del| {
            let (innhold, _) = del.split_once("</content>").unwrap();
            let med_navnerom = format!("<ns2:lagretHendelse xmlns:ns2=\"{NS_HENDELSE}\"");
            innhold.replacen("<ns2:lagretHendelse", &med_navnerom, 1).into_bytes()
        })
        .collect();
    assert_eq!(innhold.len(), 2);
    for xml in &innhold {
        assert_eq!(valider::feil(&xsd::feed(), xml), Vec::<String>::new());
    }
    let Some(dommer) = valider::med_lxml("feed-innhold", &xsd::feed(), &innhold) else {
        return;
    };
    assert_eq!(dommer, [true, true]);
    let Some(dommer) = valider::med_lxml("feed-ramme", &xsd::atom(), &[xml]) else {
        return;
    };
    assert_eq!(dommer, [true]);
}

#[test]
fn the_small_frames() {
    let mut bulk = Vec::new();
    skriv::deklarasjon(&mut bulk);
    skriv::start(&mut bulk, skriv::Rot::PersonBulkoppslagResponse);
    skriv::oppslag_start(&mut bulk, "01912499975");
    skriv::start(&mut bulk, skriv::Rot::Folkeregisterperson);
    skriv::slutt(&mut bulk, skriv::Rot::Folkeregisterperson);
    skriv::oppslag_slutt(&mut bulk);
    skriv::oppslag_feil(&mut bulk, "01912499975", "Ukjent person");
    skriv::slutt(&mut bulk, skriv::Rot::PersonBulkoppslagResponse);
    insta::assert_snapshot!(linjer(&bulk));

    let mut ut = Vec::new();
    skriv::liste(
        &mut ut,
        skriv::Rot::PersonsoekResponse,
        "foedselsEllerDNummer",
        ["01912499975"],
    );
    ut.push(b'\n');
    skriv::uttrekk_jobb(&mut ut, "jobb-1");
    ut.push(b'\n');
    skriv::liste(&mut ut, skriv::Rot::UttrekkDataResponse, "dokumentidentifikator", []);
    ut.push(b'\n');
    skriv::uttrekk_feil(&mut ut, "Jobben er ikke ferdig");
    ut.push(b'\n');
    skriv::sekvensnummer(&mut ut, 4711);
    ut.push(b'\n');
    skriv::feilmelding(
        &mut ut,
        &skriv::Feilmelding {
            http_status: 403,
            alvorlighetsgrad: "WARNING",
            feilkode: "FREG-002",
            feilmelding: "Ingen tilgang",
            tilleggsinformasjon: &[("rettighetspakke", "privat & <annet>")],
        },
    );
    ut.push(b'\n');
    skriv::feedfeil(
        &mut ut,
        &skriv::Feedfeil {
            code: "FREG-404",
            feilreferanse: "r-1",
            http_status: 404,
            message: "Ikke funnet",
        },
    );
    insta::assert_snapshot!(String::from_utf8(ut).unwrap());
}

#[test]
fn every_root_has_a_name_and_a_namespace_of_its_own() {
    let mut sett = std::collections::BTreeSet::new();
    for rot in skriv::Rot::ALLE {
        assert!(sett.insert((rot.navnerom(), rot.navn())), "{}", rot.navn());
        let mut xml = Vec::new();
        skriv::start(&mut xml, rot);
        skriv::slutt(&mut xml, rot);
        assert!(informasjonsmodell::xml::vern::sjekk(&xml).is_ok());
    }
}
