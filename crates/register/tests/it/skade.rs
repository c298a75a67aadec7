//! A damaged store: it is noticed, it is named, and nothing panics.

use std::path::Path;

use lager::{Miljoe, Tabell};
use proptest::prelude::*;
use register::{Funn, Register};
use serde_json::json;
use sha2::Digest as _;
use tilgang::{Format, Projeksjon, Svar, Utvalg};

use crate::felles::{Prove, annuller, bosted, ny, person, postboks, skifte, tilfeller};
use informasjonsmodell::Hendelsestype as H;

const TABELLER: [&str; 8] = [
    "personer",
    "identifikatorer",
    "feed",
    "tekster",
    "meta",
    "kontakter",
    "journal",
    "tilbakehold",
];

/// Opens the files below the register, which must be closed.
fn under<T>(mappe: &Path, gjoer: impl FnOnce(&Miljoe, [Tabell; TABELLER.len()]) -> T) -> T {
    let (miljoe, tabeller) = Miljoe::aapne(&mappe.join("register"), TABELLER).unwrap();
    gjoer(&miljoe, tabeller)
}

fn rader(miljoe: &Miljoe, tabell: Tabell) -> Vec<(Vec<u8>, Vec<u8>)> {
    let les = miljoe.les().unwrap();
    let rader = tabell.fra(&les, &[]).unwrap();
    rader
        .map(|r| r.map(|(n, v)| (n.to_vec(), v.to_vec())).unwrap())
        .collect()
}

fn skriv(miljoe: &Miljoe, gjoer: impl FnOnce(&mut lager::Skriv<'_>)) {
    let mut skriv = miljoe.skriv().unwrap();
    gjoer(&mut skriv);
    Miljoe::bekreft(skriv).unwrap();
}

impl Prove {
    /// Empties a table below the register. Says whether it was empty already.
    pub fn toem(&mut self, tabell: &str) -> bool {
        let nr = TABELLER.iter().position(|t| *t == tabell).unwrap();
        let mut tom = false;
        self.endre(|miljoe, tabeller| {
            tom = rader(miljoe, tabeller[nr]).is_empty();
            skriv(miljoe, |s| tabeller[nr].toem(s).unwrap());
        });
        tom
    }

    fn endre(&mut self, gjoer: impl FnOnce(&Miljoe, [Tabell; TABELLER.len()])) {
        self.lukk();
        under(self.mappe.path(), gjoer);
        self.gjenaapne();
    }
}

/// Persons with something in every kind of frame.
fn befolket() -> Prove {
    let prove = Prove::new();
    let bred = person(1)
        .bosatt("Ekorngata")
        .med("postadresse", postboks("77"))
        .med("opphold", json!({"oppholdstillatelse": "permanent"}))
        .med(
            "deltBosted",
            json!({"ukjentBosted": {}, "adressegradering": "klientadresse", "startdatoForKontrakt": "2020-01-01"}),
        )
        .med(
            "familierelasjon",
            json!({"relatertPerson": crate::felles::nr(2), "relatertPersonsRolle": "barn"}),
        )
        .med("innflytting", json!({"fraflyttingsland": "SWE"}))
        .med("kontaktinformasjonForDoedsbo", crate::doedsbo::kontakt(2));
    prove.opprett(&bred);
    prove.opprett(&person(2).bosatt("Elggata").gradering("fortrolig"));
    prove.opprett(&person(3));
    prove.opprett(
        &person(4)
            .med("falskIdentitet", json!({"erFalsk": true, "rettIdentitetErUkjent": true}))
            .med("legitimasjonsdokument", json!({"identifikasjonsdokumentnummer": "1", "identifikasjonsdokumenttype": "pass", "utstederland": "SWE"}))
            .med("familierelasjon", json!({"relatertPerson": crate::felles::nr(1), "relatertPersonsRolle": "far"}))
            .med("innflytting", json!({"fraflyttingsland": "SWE", "fraflyttingsstedIUtlandet": "Umeå"}))
            .med("utflytting", json!({"tilflyttingsland": "SWE"}))
            .med("rettsligHandleevne", json!({"rettsligHandleevneomfang": ["x"]}))
            .med("vergemaalEllerFremtidsfullmakt", json!({"vergemaaltype": "voksen", "embete": "statsforvalteren", "verge": {"navn": {"fornavn": "VERA", "etternavn": "HEGGELI"}}}))
            .med(
                "oppholdPaaSvalbard",
                json!({"antattOppholdsvarighet": "overSeksMaaneder", "startdato": "2024-04-04", "fraflyttingsland": "SWE"}),
            )
            .med("forholdTilSametingetsValgmanntall", json!({"forhold": "innmeldt", "vedtaksdato": "2020-01-01"}))
            .med("sivilstand", json!({"sivilstand": "ugift"})),
    );
    for (hendelse, entitet, innhold) in [
        (H::EndringISivilstand, "sivilstand", json!({"sivilstand": "gift"})),
        (H::EndringIStatus, "status", json!({"status": "ikkeBosatt"})),
    ] {
        prove.registrer(4, hendelse, vec![ny(entitet, innhold)]);
    }
    prove.registrer(
        1,
        H::EndringIBostedsadresse,
        vec![ny("bostedsadresse", bosted("Nygata", "ugradert"))],
    );
    prove.registrer(
        1,
        H::EndringINavn,
        vec![ny("navn", json!({"fornavn": "LYS", "etternavn": "BREKKE"}))],
    );
    prove.registrer(1, H::EndringIFamilierelasjon, vec![annuller("familierelasjon")]);
    prove.utfoer(vec![skifte(1, 11, None)]).unwrap();
    prove.slaa_sammen(2, 3);
    prove.sjekk();
    prove
}

/// Reads everything there is to read; what cannot be read is an error and never a panic.
fn les_alt(register: &Register) {
    let Ok(les) = register.les() else { return };
    for projeksjon in Projeksjon::ALLE {
        for person in les.personer().into_iter().flatten().take(20) {
            let mut svar = Svar::new(Format::Json);
            let _ = les.vis(person, &mut svar, projeksjon, Utvalg::alt(projeksjon), 0);
            let _ = les.eksporter(person);
        }
        for element in les.feed(projeksjon, 1, 1_000).into_iter().flatten() {
            let mut svar = Svar::new(Format::Json);
            if let Some(id) = element.persondokument {
                let _ = les.vis_arkiv(id, 0, &mut svar, projeksjon, Utvalg::alt(projeksjon));
            }
            if let Some(Ok(Ok(hendelse))) = element.hendelsesdokument.map(|id| les.hendelse(id, 0, projeksjon)) {
                let _ = les.vis_hendelse(&hendelse, &mut svar, projeksjon);
            }
        }
    }
    let _ = register.bygg_om(&mut |_| {});
}

/// What the check says of the store after something was done to its files.
fn funn(gjoer: impl FnOnce(&Miljoe, [Tabell; TABELLER.len()])) -> Vec<Funn> {
    let mut prove = befolket();
    prove.endre(gjoer);
    prove.register().verifiser(&mut |_| {}).unwrap()
}

#[track_caller]
fn sier(funn: &[Funn], sted: &str, hva: &str) {
    assert!(funn.iter().any(|f| f.sted == sted && f.hva == hva), "{funn:?}");
}

#[test]
fn every_single_bit_of_every_frame_is_guarded() {
    let mut prove = befolket();
    prove.lukk();
    let alle = under(prove.mappe.path(), |miljoe, t| rader(miljoe, t[0]));
    let slag: std::collections::BTreeSet<u8> = alle.iter().map(|(noekkel, _)| noekkel[4]).collect();
    assert_eq!(slag.into_iter().collect::<Vec<_>>(), (0..=20).collect::<Vec<u8>>());
    for (noekkel, verdi) in &alle {
        for plass in (0..verdi.len()).step_by(verdi.len() / 6 + 1) {
            let mut skadet = verdi.clone();
            skadet[plass] ^= 1 << (plass % 8);
            prove.endre(|miljoe, t| skriv(miljoe, |s| t[0].sett(s, noekkel, &skadet).unwrap()));
            assert_ne!(
                prove.register().verifiser(&mut |_| {}).unwrap(),
                [],
                "ramme {}",
                noekkel[4]
            );
            les_alt(prove.register());
            prove.lukk();
        }
        under(prove.mappe.path(), |miljoe, t| {
            skriv(miljoe, |s| t[0].sett(s, noekkel, verdi).unwrap())
        });
    }
    prove.gjenaapne();
    prove.sjekk();
}

#[test]
fn a_missing_key_is_a_record_that_cannot_be_read() {
    let mut prove = befolket();
    prove.lukk();
    let (miljoe, [noekler]) = Miljoe::aapne(&prove.mappe.path().join("personnoekler").join("1"), ["noekler"]).unwrap();
    skriv(&miljoe, |s| {
        let foerste = noekler.fra(s, &[]).unwrap().next().unwrap().unwrap().0.to_vec();
        noekler.slett(s, &foerste).unwrap();
    });
    drop(miljoe);
    prove.gjenaapne();
    sier(
        &prove.register().verifiser(&mut |_| {}).unwrap(),
        "post 1",
        "kan ikke leses",
    );
    les_alt(prove.register());
}

#[test]
fn an_index_that_is_wrong_is_named_from_both_sides() {
    let funnet = funn(|miljoe, [_, indeks, ..]| {
        let foerste = rader(miljoe, indeks)[0].clone();
        let annen = if foerste.1[..4] == 1u32.to_be_bytes() { 2u32 } else { 1 };
        // As one who knows the checksum would write it.
        let mut verdi = annen.to_be_bytes().to_vec();
        let sum = sha2::Sha256::digest([&foerste.0[..], &verdi].concat());
        verdi.extend_from_slice(&sum[..4]);
        skriv(miljoe, |s| indeks.sett(s, &foerste.0, &verdi).unwrap());
    });
    assert!(
        funnet
            .iter()
            .any(|f| f.sted.starts_with("post ") && f.hva == "et nummer peker ikke på personen")
    );
    assert!(
        funnet
            .iter()
            .any(|f| f.sted.starts_with("indeks, post ") && f.hva == "personen har ikke nummeret")
    );
    let funnet = funn(|miljoe, [_, indeks, ..]| skriv(miljoe, |s| indeks.sett(s, b"kort", b"").unwrap()));
    sier(&funnet, "indeks", "en oppføring kan ikke leses");
    let funnet = funn(|miljoe, [_, indeks, ..]| {
        let (noekkel, mut verdi) = rader(miljoe, indeks)[0].clone();
        verdi[3] ^= 3;
        skriv(miljoe, |s| indeks.sett(s, &noekkel, &verdi).unwrap());
    });
    sier(&funnet, "indeks", "en oppføring kan ikke leses");
}

#[test]
fn an_index_of_contacts_that_is_wrong_is_named_from_both_sides() {
    let tabell = |t: [Tabell; TABELLER.len()]| t[5];
    let funnet = funn(|miljoe, t| skriv(miljoe, |s| tabell(t).toem(s).unwrap()));
    sier(&funnet, "post 1", "en kontakt for dødsboet står ikke i indeksen");
    let funnet = funn(|miljoe, t| {
        let mut noekkel = rader(miljoe, tabell(t))[0].0.clone();
        *noekkel.last_mut().unwrap() = 3;
        skriv(miljoe, |s| tabell(t).sett(s, &noekkel, &[]).unwrap());
    });
    sier(&funnet, "kontakter, post 3", "dødsboet har ikke kontakten");
    let funnet = funn(|miljoe, t| skriv(miljoe, |s| tabell(t).sett(s, b"kort", &[]).unwrap()));
    sier(&funnet, "kontakter", "en oppføring har feil form");
}

#[test]
fn a_journal_with_a_hole_or_a_cut_tail_is_noticed() {
    let funnet =
        funn(|miljoe, [.., journal, _]| skriv(miljoe, |s| assert!(journal.slett(s, &4u64.to_be_bytes()).unwrap())));
    sier(&funnet, "journal", "har et hull");
    let funnet = funn(|miljoe, [.., journal, _]| {
        let siste = rader(miljoe, journal).pop().unwrap().0;
        skriv(miljoe, |s| assert!(journal.slett(s, &siste).unwrap()));
    });
    sier(&funnet, "post 2", "en rad gjelder for et sekvensnummer som ikke finnes");
    sier(&funnet, "feed MedHjemmel", "stemmer ikke med journalen");
}

#[test]
fn a_feed_with_a_row_too_many_or_in_a_place_of_its_own_is_noticed() {
    let funnet = funn(|miljoe, [_, _, feed, ..]| {
        let (noekkel, mut verdi) = rader(miljoe, feed)[0].clone();
        verdi.extend_from_slice(&[1, 1, 1]);
        skriv(miljoe, |s| feed.sett(s, &noekkel, &verdi).unwrap());
    });
    assert_eq!(funnet.len(), 1, "{funnet:?}");
    sier(&funnet, "feed MedHjemmel", "stemmer ikke med journalen");
    let funnet =
        funn(|miljoe, [_, _, feed, ..]| skriv(miljoe, |s| feed.sett(s, &[7, 0, 0, 0, 9], &[1, 1, 1]).unwrap()));
    sier(&funnet, "feed Presse", "stemmer ikke med journalen");
    let funnet = funn(|miljoe, [_, _, feed, ..]| skriv(miljoe, |s| feed.sett(s, &[99, 0], &[1]).unwrap()));
    sier(&funnet, "feed", "det ligger noe som ikke hører til noen feed");
}

#[test]
fn a_frame_without_a_person_and_a_person_without_a_frame_are_noticed() {
    let funnet = funn(|miljoe, [personer, ..]| skriv(miljoe, |s| personer.sett(s, &[0, 0, 0, 99, 0], &[1]).unwrap()));
    sier(&funnet, "poster", "det ligger rammer som ikke hører til noen person");
    let funnet =
        funn(|miljoe, [personer, ..]| skriv(miljoe, |s| assert!(personer.slett(s, &[0, 0, 0, 3, 0]).unwrap())));
    sier(&funnet, "post 3", "mangler");
    let funnet =
        funn(|miljoe, [personer, ..]| skriv(miljoe, |s| assert!(personer.slett(s, &[0, 0, 0, 1, 3]).unwrap())));
    sier(&funnet, "post 1", "kan ikke leses");
    let funnet = funn(|miljoe, [_, _, _, _, meta, ..]| {
        skriv(miljoe, |s| {
            meta.sett(s, b"neste_person", &u32::MAX.to_be_bytes()).unwrap()
        });
    });
    sier(&funnet, "post 5", "mangler");
    let funnet =
        funn(|miljoe, [_, _, _, _, meta, ..]| skriv(miljoe, |s| meta.sett(s, b"neste_person", &[0; 4]).unwrap()));
    sier(&funnet, "register", "meta");
}

proptest! {
    #![proptest_config(tilfeller(32))]

    #[test]
    fn random_damage_is_never_passed_over_and_never_panics(
        slag in 0usize..5,
        hvilken in any::<prop::sample::Index>(),
        skader in prop::collection::vec((any::<prop::sample::Index>(), 1u8..=255), 1..4),
    ) {
        let mut prove = befolket();
        prove.lukk();
        let tabell = [0, 1, 2, 3, 6][slag];
        let endret = under(prove.mappe.path(), |miljoe, t| {
            let alle = rader(miljoe, t[tabell]);
            let (noekkel, verdi) = hvilken.get(&alle);
            let mut skadet = verdi.clone();
            for (plass, bit) in &skader {
                let plass = plass.index(skadet.len());
                skadet[plass] ^= bit;
            }
            skriv(miljoe, |s| t[tabell].sett(s, noekkel, &skadet).unwrap());
            skadet != *verdi
        });
        // A store that refuses to open has said so.
        if let Ok(register) = Register::aapne(prove.mappe.path()) {
            let funn = register.verifiser(&mut |_| {}).unwrap();
            prop_assert_eq!(!funn.is_empty(), endret, "{}", TABELLER[tabell]);
            les_alt(&register);
        }
    }
}
