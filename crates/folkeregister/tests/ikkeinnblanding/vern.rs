//! The moment of protection, and persons who are strengt fortrolig: before it the difference is seen, after it by nobody.

use ikkeinnblanding::Foresporsel;
use informasjonsmodell::{Endring, Hendelsestype as H};
use serde_json::json;

use crate::bygg::{Bygg, adresse, historisk, rik};
use crate::egenskaper::{funn, kjoer};
use crate::felles::{korriger, nr, ny, opphoer, person, postboks, sammenslaaing, splitting};
use crate::flate::{Api, Kaller};

fn beskyttelse(grad: &str) -> Endring {
    ny("adressebeskyttelse", json!({"graderingsnivaa": grad}))
}

/// Who notices a difference.
fn merker(bygg: &Bygg, til: usize) -> Vec<Kaller> {
    kjoer(async {
        let (_mappe, par) = bygg.par_til(til).await;
        let mut ut = Vec::new();
        for kaller in Kaller::ALLE {
            if funn(&par, bygg, kaller, 1).await.is_some() {
                ut.push(kaller);
            }
        }
        ut
    })
}

/// A person whose address and move differ, and an estate that names the person as contact.
fn foer(bygg: &mut Bygg) {
    let (a1, b1) = bygg.par_av_tekster();
    let dok = |tekst: &str| {
        rik(1)
            .uten("bostedsadresse")
            .med("bostedsadresse", adresse("bostedsadresse", tekst, "ugradert"))
            .med(
                "bostedsadresse",
                historisk(adresse("bostedsadresse", &format!("{tekst} før"), "ugradert")),
            )
            .med("oppholdsadresse", adresse("oppholdsadresse", tekst, "ugradert"))
    };
    bygg.spoer_om(1);
    bygg.opprett_ulikt(&dok(&a1), &dok(&b1));
    let flytt = |tekst: &str| {
        vec![ny(
            "bostedsadresse",
            adresse("bostedsadresse", &format!("{tekst} nå"), "ugradert"),
        )]
    };
    bygg.ulikt(1, H::EndringIBostedsadresse, flytt(&a1), flytt(&b1));
    bygg.spoer_om(2);
    let bo = |linje: &str| {
        rik(2).med(
            "kontaktinformasjonForDoedsbo",
            json!({"person": {"foedselsEllerDNummer": nr(1)}, "skifteform": "annet", "attestutstedelsesdato": "2025-05-05",
                "adresse": {"adresselinje": [linje], "poststedsnavn": "OSLO", "postnummer": "0001"}}),
        )
    };
    bygg.opprett_ulikt(&bo(&a1), &bo(&b1));
}

/// Those who can look a person up.
const MED_OPPSLAG: [Kaller; 8] = [
    Kaller::MedHjemmel,
    Kaller::PrivatMedTilgang,
    Kaller::PrivatUtenTilgang,
    Kaller::OffentligUten,
    Kaller::PrivatUten,
    Kaller::Finans,
    Kaller::Eid,
    Kaller::Svalbard,
];

#[test]
fn at_the_event_that_sets_fortrolig_the_addresses_vanish_for_all_but_med_hjemmel() {
    let mut bygg = Bygg::ny(1);
    foer(&mut bygg);
    let til = bygg.antall();
    // Some by lookup, everybody by the search for one.
    assert_eq!(merker(&bygg, til), Kaller::ALLE);
    bygg.hendelse(1, H::EndringIAdressebeskyttelse, vec![beskyttelse("fortrolig")]);
    assert_eq!(merker(&bygg, til + 1), MED_OPPSLAG[..2]);
}

#[test]
fn at_the_event_that_sets_strengt_fortrolig_everything_of_a_place_vanishes_for_everyone() {
    let mut bygg = Bygg::ny(2);
    let (a1, b1) = bygg.par_av_tekster();
    foer(&mut bygg);
    let utland = |land: &str, sted: &str| {
        vec![ny(
            "utflytting",
            json!({"tilflyttingsland": land, "tilflyttingsstedIUtlandet": sted}),
        )]
    };
    bygg.ulikt(1, H::EndringIUtflytting, utland("SWE", &a1), utland("DNK", &b1));
    let svalbard = |land: &str, kommune: &str| {
        vec![ny(
            "oppholdPaaSvalbard",
            json!({"antattOppholdsvarighet": "ukjent", "startdato": "2024-04-04",
            "fraflyttingsland": land, "fraflyttingskommunenummer": kommune}),
        )]
    };
    bygg.ulikt(
        1,
        H::EndringIOppholdPaaSvalbard,
        svalbard("SWE", "0301"),
        svalbard("DNK", "4601"),
    );
    // What replaces what: corrections and ends before the protection, of what then is erased.
    let rettet = |tekst: &str| {
        vec![korriger(
            "oppholdsadresse",
            adresse("oppholdsadresse", tekst, "ugradert"),
        )]
    };
    bygg.ulikt(1, H::EndringIOppholdsadresse, rettet(&b1), rettet(&a1));
    bygg.hendelse(1, H::EndringIOppholdsadresse, vec![opphoer("oppholdsadresse")]);
    // Two grades on the way, the second with its own address.
    bygg.hendelse(1, H::EndringIAdressebeskyttelse, vec![beskyttelse("fortrolig")]);
    let skjult = |tekst: &str| vec![ny("bostedsadresse", adresse("bostedsadresse", tekst, "fortrolig"))];
    bygg.ulikt(1, H::EndringIBostedsadresse, skjult(&a1), skjult(&b1));
    let til = bygg.antall();
    assert_eq!(merker(&bygg, 3), Kaller::ALLE);
    let ser = merker(&bygg, til);
    assert!(
        ser.contains(&Kaller::MedHjemmel) && ser.contains(&Kaller::PrivatMedTilgang),
        "{ser:?}"
    );
    let postadresse = ny("postadresse", postboks("KRIPOS"));
    bygg.hendelse(
        1,
        H::EndringIAdressebeskyttelse,
        vec![postadresse, beskyttelse("strengtFortrolig")],
    );
    assert_eq!(merker(&bygg, til + 1), []);
    // A move afterwards tells of nothing but that there was one.
    bygg.ulikt(1, H::EndringIUtflytting, utland("SWE", &a1), utland("DNK", &b1));
    assert_eq!(merker(&bygg, til + 2), []);
    // Lifted: what was erased stays so.
    let slutt = vec![
        ny("bostedsadresse", adresse("bostedsadresse", "Nygata", "ugradert")),
        opphoer("adressebeskyttelse"),
    ];
    bygg.hendelse(1, H::EndringIAdressebeskyttelse, slutt);
    assert_eq!(merker(&bygg, til + 3), []);
}

#[test]
fn the_stricter_protection_of_two_who_become_one_hides_what_both_had() {
    for (grad, ventet) in [("fortrolig", &MED_OPPSLAG[..2]), ("strengtFortrolig", &[][..])] {
        for (gjeldende, dublett) in [(1, 3), (3, 1)] {
            let mut bygg = Bygg::ny(3);
            foer(&mut bygg);
            bygg.spoer_om(3);
            bygg.opprett(&person(3).gradering(grad).med("postadresse", postboks("KRIPOS")));
            let til = bygg.antall();
            bygg.begge(sammenslaaing(gjeldende, dublett));
            assert_eq!(merker(&bygg, til + 1), ventet, "{grad} {gjeldende}");
            bygg.begge(splitting(gjeldende, dublett));
            assert_eq!(merker(&bygg, til + 2), ventet, "{grad} {gjeldende}, splittet");
        }
    }
}

#[test]
fn an_old_and_a_new_number_of_the_same_person_give_the_same() {
    let mut bygg = Bygg::ny(4);
    bygg.opprett(&rik(1).gradering("fortrolig"));
    bygg.opprett(&rik(2));
    bygg.spoer_om(1);
    bygg.begge(sammenslaaing(1, 2));
    bygg.begge(crate::felles::skifte(1, 4, None));
    kjoer(async {
        let (_mappe, par) = bygg.par().await;
        for kaller in MED_OPPSLAG {
            let svar = |n: u32, spoerring: &str| kaller.get(&format!("personer/{}{spoerring}", nr(n)), None);
            for spoerring in ["", "?part=person-basis&part=historikk&part=relasjon-utvidet"] {
                let ventet = par.a.spoer(&svar(4, spoerring)).await;
                assert_eq!(ventet.status, 200);
                for n in [1, 2] {
                    assert_eq!(
                        par.a.spoer(&svar(n, spoerring)).await.kropp,
                        ventet.kropp,
                        "{kaller:?} {n}"
                    );
                }
            }
        }
    });
}

/// What an answer says when the number that was asked for is taken out of it.
fn form(svar: &ikkeinnblanding::Svar, nummer: &str) -> (u16, Vec<(String, Vec<u8>)>, String) {
    let mut hoder = svar.hoder.clone();
    hoder.retain(|(navn, _)| navn != "traceparent");
    (svar.status, hoder, svar.tekst().replace(nummer, "#"))
}

async fn former(api: &Api, kaller: Kaller, numre: &[String], lag: impl Fn(&str) -> Foresporsel) {
    let foerste = form(&api.spoer(&lag(&numre[0])).await, &numre[0]);
    for nummer in numre {
        let denne = form(&api.spoer(&lag(nummer)).await, nummer);
        assert_eq!(denne, foerste, "{kaller:?} {nummer}");
    }
}

#[test]
fn a_number_that_no_one_has_is_answered_in_one_way_whatever_the_reason() {
    let mut bygg = Bygg::ny(5);
    bygg.opprett(&rik(1));
    bygg.opprett(&rik(2).gradering("strengtFortrolig"));
    kjoer(async {
        let (_mappe, par) = bygg.par().await;
        // Never issued: of several series, and one that is a known relative's.
        let ukjente: Vec<String> = [700, 800, 900].map(nr).into();
        let finnes: Vec<String> = [1, 2, 900].map(nr).into();
        for kaller in Kaller::ALLE {
            let kan = MED_OPPSLAG.contains(&kaller);
            let oppslag = |nummer: &str| kaller.get(&format!("personer/{nummer}"), None);
            let bulk = |nummer: &str| {
                let kropp = json!({"foedselsEllerDNummer": [nummer]}).to_string();
                kaller
                    .get("personer/bulkoppslag?somBestilt=true", None)
                    .metode(http::Method::POST)
                    .hode(http::header::CONTENT_TYPE, "application/json")
                    .kropp(kropp)
            };
            // Those without lookup are not told who is there either.
            let numre = if kan { &ukjente } else { &finnes };
            former(&par.a, kaller, numre, oppslag).await;
            former(&par.a, kaller, numre, bulk).await;
            let status = par.a.spoer(&oppslag(&ukjente[0])).await.status;
            assert_eq!(status, if kan { 404 } else { 403 }, "{kaller:?}");
        }
    });
}

#[test]
fn the_message_of_a_bulk_answer_is_one_for_unknown_and_malformed_numbers() {
    let mut bygg = Bygg::ny(6);
    bygg.opprett(&rik(1));
    kjoer(async {
        let (_mappe, par) = bygg.par().await;
        for kaller in MED_OPPSLAG {
            let liste = [
                nr(900),
                nr(700),
                "00000000000".to_owned(),
                "abc".to_owned(),
                "1".to_owned(),
            ];
            let f = kaller
                .get("personer/bulkoppslag?somBestilt=true", None)
                .metode(http::Method::POST)
                .hode(http::header::CONTENT_TYPE, "application/json")
                .kropp(json!({"foedselsEllerDNummer": liste}).to_string());
            let svar = par.a.json(&f).await;
            let oppslag = svar["oppslag"].as_array().unwrap();
            assert_eq!(oppslag.len(), liste.len());
            for (en, nummer) in oppslag.iter().zip(&liste) {
                let ventet = json!({"foedselsEllerDNummer": nummer, "feilmelding": oppslag[0]["feilmelding"]});
                assert_eq!(*en, ventet, "{kaller:?}");
            }
        }
    });
}

#[test]
fn an_event_has_the_same_documents_in_both_feeds_that_name_documents() {
    let mut bygg = Bygg::ny(7);
    bygg.opprett(&rik(1));
    bygg.hendelse(1, H::EndringIAdressebeskyttelse, vec![beskyttelse("fortrolig")]);
    let skjult = vec![ny("bostedsadresse", adresse("bostedsadresse", "Sti", "fortrolig"))];
    bygg.hendelse(1, H::EndringIBostedsadresse, skjult);
    bygg.hendelse(
        1,
        H::EndringINavn,
        vec![ny("navn", json!({"fornavn": "NY", "etternavn": "HEGGELI"}))],
    );
    kjoer(async {
        let (_mappe, par) = bygg.par().await;
        let ider = |kaller: Kaller| -> Vec<_> {
            let dokumenter = par.a.dokumenter[&kaller].iter();
            dokumenter.map(|d| (d.hendelse.clone(), d.person.clone())).collect()
        };
        let (med, uten) = (ider(Kaller::MedHjemmel), ider(Kaller::PrivatUtenTilgang));
        assert_eq!(med, ider(Kaller::PrivatMedTilgang));
        assert_eq!(med.len(), uten.len() + 1);
        assert!(uten.iter().all(|id| med.contains(id)));
        // What it never heard of it cannot have: as if there were no such document.
        let skjult = med.iter().find(|id| !uten.contains(id)).unwrap();
        let ukjent = "00112233445566778899aabbccddeeff".to_owned();
        for (sti, id) in [("hendelser", &skjult.0), ("personer/arkiv", &skjult.1)] {
            let id = id.clone().unwrap();
            for kaller in [Kaller::MedHjemmel, Kaller::PrivatUtenTilgang] {
                let svar = par.a.spoer(&kaller.get(&format!("{sti}/{id}"), None)).await;
                let finnes = kaller == Kaller::MedHjemmel;
                assert_eq!(svar.status, if finnes { 200 } else { 404 }, "{kaller:?} {sti}");
            }
            let lag = |id: &str| Kaller::PrivatUtenTilgang.get(&format!("{sti}/{id}"), None);
            former(&par.a, Kaller::PrivatUtenTilgang, &[id, ukjent.clone()], lag).await;
        }
    });
}
