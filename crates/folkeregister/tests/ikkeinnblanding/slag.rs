//! The kinds of what a caller may not see, each with the hand-written list of who must not notice it, and of who must.
//!
//! Source of the lists: the access matrix (`entiteter`, `fjern_felt`, `metadata`, `adresser_etter_gradering`,
//! `personstatus`) and its README, sections 3, 4 and 9; where they are silent, the decision named at the kind. Svalbard,
//! which the matrix does not have, is as offentlig uten hjemmel, and has the stay.

use informasjonsmodell::{Endring, Entitet, Hendelsestype as H, Utvelger};
use serde_json::{Value, json};

use crate::bygg::{Bygg, adresse, historisk, rik};
use crate::felles::{annuller, gjeldende, korriger, nr, ny, opphoer, opplysning, person, skifte};
use crate::flate::Kaller::{self, *};

/// Tells a story of a person to two registers.
type Historie = Box<dyn Fn(&mut Bygg, u32) + Send + Sync>;

/// A kind of difference.
pub struct Slag {
    pub navn: String,
    /// Who must be answered alike. Written by hand; never asked of the code under test.
    pub skjult_for: Vec<Kaller>,
    /// Who must be found to notice: else nobody asked the right thing.
    pub ser: Vec<Kaller>,
    /// Tells the story of person `n`, whose number and the next nine are free to use.
    pub bygg: Historie,
}

const MED_HJEMMEL: [Kaller; 3] = [MedHjemmel, PrivatMedTilgang, PrivatUtenTilgang];
const SER_GRADERTE: [Kaller; 2] = [MedHjemmel, PrivatMedTilgang];
const UTEN_GRADERTE: [Kaller; 10] = [
    PrivatUtenTilgang,
    OffentligUten,
    PrivatUten,
    Privat,
    PrivatUtenNummer,
    Finans,
    Presse,
    PresseUtenNummer,
    Eid,
    Svalbard,
];
const UTEN_HJEMMEL: [Kaller; 9] = [
    OffentligUten,
    PrivatUten,
    Privat,
    PrivatUtenNummer,
    Finans,
    Presse,
    PresseUtenNummer,
    Eid,
    Svalbard,
];
const UTEN_RELASJONER: [Kaller; 8] = [
    OffentligUten,
    PrivatUten,
    Privat,
    PrivatUtenNummer,
    Presse,
    PresseUtenNummer,
    Eid,
    Svalbard,
];
const UTEN_KONTAKTNUMMER: [Kaller; 5] = [Privat, PrivatUtenNummer, Presse, PresseUtenNummer, Eid];
const UTEN_NUMMER: [Kaller; 2] = [PrivatUtenNummer, PresseUtenNummer];
const UTEN_REGISTRERINGSTID: [Kaller; 4] = [Privat, PrivatUtenNummer, Presse, PresseUtenNummer];

fn slag(
    navn: impl Into<String>,
    skjult_for: &[Kaller],
    ser: &[Kaller],
    bygg: impl Fn(&mut Bygg, u32) + Send + Sync + 'static,
) -> Slag {
    Slag {
        navn: navn.into(),
        skjult_for: skjult_for.to_vec(),
        ser: ser.to_vec(),
        bygg: Box::new(bygg),
    }
}

/// The event type of an entity.
fn type_for(entitet: &str) -> H {
    H::for_entitet(Entitet::fra_navn(entitet).unwrap()).unwrap()
}

/// An entry with the validity and the source that entries of a document have: a correction of nothing but what it says.
fn samme_tid(mut innhold: Value) -> Value {
    let felter = innhold.as_object_mut().unwrap();
    for (navn, verdi) in [
        ("gyldighetstidspunkt", "2020-01-01T00:00:00+01:00"),
        ("kilde", "KILDE_DSF"),
    ] {
        felter.entry(navn).or_insert(verdi.into());
    }
    innhold
}

/// A correction of the one current entry of a document.
fn rett(entitet: &str, innhold: Value) -> Endring {
    korriger(entitet, samme_tid(innhold))
}

/// A small thing that everybody sees, so that there is something after.
fn synlig(b: &mut Bygg, n: u32) {
    b.hendelse(
        n,
        H::EndringINavn,
        vec![ny("navn", json!({"fornavn": "NY", "etternavn": "HEGGELI"}))],
    );
}

/// Every kind.
pub fn alle() -> Vec<Slag> {
    let mut ut = Vec::new();
    ut.extend(adresser());
    ut.extend(statuser());
    ut.extend(relasjoner());
    ut.extend(entiteter());
    ut.extend(doedsbo());
    ut.extend(metadata());
    ut.extend(historikk());
    ut.extend(numre());
    ut
}

fn adresser() -> Vec<Slag> {
    let mut ut = Vec::new();
    for entitet in Entitet::ADRESSER.map(|e| e.navn()) {
        ut.push(slag(
            format!("innholdet i en fortrolig persons {entitet}"),
            &UTEN_GRADERTE,
            &SER_GRADERTE,
            move |b, n| {
                let (a1, b1) = b.par_av_tekster();
                let (a2, b2) = b.par_av_tekster();
                let dok = |tekst: &str| {
                    let foer = historisk(adresse(entitet, &format!("{tekst} foer"), "ugradert"));
                    rik(n)
                        .uten(entitet)
                        .gradering("fortrolig")
                        .med(entitet, adresse(entitet, tekst, "fortrolig"))
                        .med(entitet, foer)
                };
                b.opprett_ulikt(&dok(&a1), &dok(&b1));
                let flytt = |tekst: &str| vec![ny(entitet, adresse(entitet, tekst, "ugradert"))];
                b.ulikt(n, type_for(entitet), flytt(&a2), flytt(&b2));
                synlig(b, n);
            },
        ));
        ut.push(slag(
            format!("flyttinger av en fortrolig persons {entitet}, og at den finnes"),
            &UTEN_GRADERTE,
            &SER_GRADERTE,
            move |b, n| {
                let (a1, a2) = b.par_av_tekster();
                b.opprett(&rik(n).uten(entitet).gradering("fortrolig"));
                b.bare_a(
                    n,
                    type_for(entitet),
                    vec![ny(entitet, adresse(entitet, &a1, "fortrolig"))],
                );
                b.bare_a(
                    n,
                    type_for(entitet),
                    vec![ny(entitet, adresse(entitet, &a2, "fortrolig"))],
                );
                synlig(b, n);
                b.bare_a(
                    n,
                    type_for(entitet),
                    vec![korriger(entitet, adresse(entitet, &a1, "fortrolig"))],
                );
                b.bare_a(n, type_for(entitet), vec![opphoer(entitet)]);
                synlig(b, n);
            },
        ));
        for grad in ["klientadresse", "fortrolig"] {
            ut.push(slag(
                format!("en enkelt {entitet} som er {grad}, og at den finnes"),
                &UTEN_GRADERTE,
                &SER_GRADERTE,
                move |b, n| {
                    let (a1, b1) = b.par_av_tekster();
                    let a2 = b.tekst();
                    b.opprett(&rik(n).uten(entitet));
                    b.opprett_ulikt(
                        &person(n + 1).med(entitet, adresse(entitet, &a1, grad)),
                        &person(n + 1).med(entitet, adresse(entitet, &b1, grad)),
                    );
                    b.spoer_om(n + 1);
                    b.bare_a(n, type_for(entitet), vec![ny(entitet, adresse(entitet, &a1, grad))]);
                    b.bare_a(
                        n,
                        type_for(entitet),
                        vec![korriger(entitet, adresse(entitet, &a2, grad))],
                    );
                    synlig(b, n);
                    b.bare_a(n, type_for(entitet), vec![annuller(entitet)]);
                },
            ));
        }
    }
    ut.push(slag(
        "en åpen adresse blir klientadresse, og så en annen, og en tredje",
        &UTEN_GRADERTE,
        &SER_GRADERTE,
        |b, n| {
            let (a1, b1) = b.par_av_tekster();
            let a2 = b.tekst();
            b.opprett(&rik(n));
            let til = |tekst: &str, grad: &str| vec![ny("bostedsadresse", adresse("bostedsadresse", tekst, grad))];
            b.ulikt(
                n,
                H::EndringIBostedsadresse,
                til(&a1, "klientadresse"),
                til(&b1, "klientadresse"),
            );
            b.bare_a(n, H::EndringIBostedsadresse, til(&a2, "klientadresse"));
            synlig(b, n);
            b.hendelse(n, H::EndringIBostedsadresse, til("Bjørkeveien", "ugradert"));
        },
    ));
    ut.push(slag(
        "en skjult endring i samme hendelse som en synlig",
        &UTEN_GRADERTE,
        &SER_GRADERTE,
        |b, n| {
            let (a1, b1) = b.par_av_tekster();
            b.opprett(&rik(n).gradering("fortrolig"));
            let med = |tekst: &str| {
                vec![
                    ny("bostedsadresse", adresse("bostedsadresse", tekst, "fortrolig")),
                    ny("navn", json!({"fornavn": "ELG", "etternavn": "HEGGELI"})),
                ]
            };
            b.ulikt(n, H::EndringIBostedsadresse, med(&a1), med(&b1));
            let bare_navn = vec![ny("navn", json!({"fornavn": "REV", "etternavn": "HEGGELI"}))];
            let mut begge = bare_navn.clone();
            begge.push(ny("bostedsadresse", adresse("bostedsadresse", "Ekornsti", "fortrolig")));
            b.ulikt(n, H::EndringIBostedsadresse, begge, bare_navn.clone());
            // The type of the cause is that of the hidden part in one of them.
            let navn = vec![ny("navn", json!({"fornavn": "GAUPE", "etternavn": "HEGGELI"}))];
            let mut med = navn.clone();
            med.push(ny("bostedsadresse", adresse("bostedsadresse", "Maursti", "fortrolig")));
            b.ulike_typer(n, (H::EndringIBostedsadresse, med), (H::EndringINavn, navn));
        },
    ));
    ut.push(slag(
        "kretsene på en bostedsadresse",
        &[
            PrivatUten,
            Privat,
            PrivatUtenNummer,
            Finans,
            Presse,
            PresseUtenNummer,
            Eid,
        ],
        &[MedHjemmel, PrivatMedTilgang, PrivatUtenTilgang, OffentligUten, Svalbard],
        |b, n| {
            let med = |krets: i64| {
                let mut adresse = adresse("bostedsadresse", "Revegata", "ugradert");
                adresse["grunnkrets"] = krets.into();
                adresse["skolekrets"] = (krets * 7).into();
                adresse
            };
            let dok = |krets| person(n).med("bostedsadresse", med(krets));
            b.opprett_ulikt(&dok(1), &dok(99_999));
            b.bare_a(
                n,
                H::EndringIBostedsadresseUtenFlytting,
                vec![rett("bostedsadresse", med(4_711))],
            );
            synlig(b, n);
        },
    ));
    ut.push(slag(
        "flyttedatoen på en tidligere adresse",
        &UTEN_HJEMMEL,
        &MED_HJEMMEL,
        |b, n| {
            let dok = |dato: &str| {
                let mut foer = historisk(adresse("bostedsadresse", "Elgveien", "ugradert"));
                foer["flyttedato"] = dato.into();
                rik(n).med("bostedsadresse", foer)
            };
            b.opprett_ulikt(&dok("1999-09-09"), &dok("2001-01-01"));
        },
    ));
    ut.push(slag(
        "stedet i utlandet for inn- og utflytting",
        &UTEN_HJEMMEL,
        &MED_HJEMMEL,
        |b, n| {
            let (a1, b1) = b.par_av_tekster();
            let dok = |sted: &str| {
                rik(n)
                    .uten("innflytting")
                    .med(
                        "innflytting",
                        json!({"fraflyttingsland": "SWE", "fraflyttingsstedIUtlandet": sted}),
                    )
                    .med(
                        "utflytting",
                        json!({"tilflyttingsland": "DNK", "tilflyttingsstedIUtlandet": sted}),
                    )
            };
            b.opprett_ulikt(&dok(&a1), &dok(&b1));
            let nytt = json!({"tilflyttingsland": "DNK", "tilflyttingsstedIUtlandet": "Aalborg"});
            b.bare_a(n, H::EndringIUtflytting, vec![rett("utflytting", nytt)]);
            synlig(b, n);
        },
    ));
    ut
}

fn statuser() -> Vec<Slag> {
    let status = |kode: &str| json!({"status": kode});
    vec![
        slag("hvilken skjult status", &UTEN_HJEMMEL, &MED_HJEMMEL, move |b, n| {
            b.opprett_ulikt(
                &rik(n).uten("status").med("status", status("forsvunnet")),
                &rik(n).uten("status").med("status", status("midlertidig")),
            );
            synlig(b, n);
        }),
        slag(
            "endringer mellom skjulte statuser",
            &UTEN_HJEMMEL,
            &MED_HJEMMEL,
            move |b, n| {
                b.opprett(&rik(n).uten("status").med("status", status("foedselsregistrert")));
                for kode in ["ikkeBosatt", "midlertidig", "forsvunnet"] {
                    b.bare_a(n, H::EndringIStatus, vec![ny("status", status(kode))]);
                }
                b.bare_a(n, H::EndringIStatus, vec![korriger("status", status("ikkeBosatt"))]);
                synlig(b, n);
                b.hendelse(n, H::EndringIStatus, vec![ny("status", status("bosatt"))]);
            },
        ),
        slag(
            "fra åpen til skjult status, og videre",
            &UTEN_HJEMMEL,
            &MED_HJEMMEL,
            move |b, n| {
                b.opprett(&rik(n));
                b.ulikt(
                    n,
                    H::EndringIStatus,
                    vec![ny("status", status("forsvunnet"))],
                    vec![ny("status", status("ikkeBosatt"))],
                );
                b.bare_a(n, H::EndringIStatus, vec![ny("status", status("midlertidig"))]);
                b.hendelse(n, H::EndringIStatus, vec![ny("status", status("utflyttet"))]);
            },
        ),
    ]
}

fn gift(med: &str) -> Value {
    json!({"sivilstand": "gift", "sivilstandsdato": "2019-01-01", "relatertVedSivilstand": med})
}

fn verge(felter: Value) -> Value {
    let mut verge = json!({"navn": {"fornavn": "VERA", "etternavn": "HEGGELI"}, "omfang": "oekonomiskeInteresser"});
    for (navn, verdi) in felter.as_object().unwrap() {
        verge[navn] = verdi.clone();
    }
    json!({"vergemaaltype": "voksen", "embete": "statsforvalteren", "verge": verge})
}

fn lik(entitet: &str, innhold: Value) -> Utvelger {
    Utvelger::Lik(Box::new(opplysning(entitet, innhold).innhold))
}

fn relasjoner() -> Vec<Slag> {
    const VERGE: &str = "vergemaalEllerFremtidsfullmakt";
    vec![
        slag(
            "ektefellen i sivilstand",
            &UTEN_RELASJONER,
            &[MedHjemmel, PrivatMedTilgang, PrivatUtenTilgang, Finans],
            |b, n| {
                let dok = |med: u32| rik(n).uten("sivilstand").med("sivilstand", gift(&nr(med)));
                b.opprett_ulikt(&dok(701), &dok(702));
                b.bare_a(n, H::EndringISivilstand, vec![rett("sivilstand", gift(&nr(703)))]);
                synlig(b, n);
                b.bare_a(n, H::EndringISivilstand, vec![rett("sivilstand", gift(&nr(704)))]);
            },
        ),
        slag(
            "at sivilstanden nevner en ektefelle",
            &UTEN_RELASJONER,
            &[MedHjemmel, PrivatMedTilgang, PrivatUtenTilgang, Finans],
            |b, n| {
                let uten = json!({"sivilstand": "gift", "sivilstandsdato": "2019-01-01"});
                let dok = |innhold| rik(n).uten("sivilstand").med("sivilstand", innhold);
                b.opprett_ulikt(&dok(gift(&nr(701))), &dok(uten.clone()));
                b.bare_a(n, H::EndringISivilstand, vec![rett("sivilstand", uten)]);
                b.bare_a(n, H::EndringISivilstand, vec![rett("sivilstand", gift(&nr(703)))]);
                synlig(b, n);
            },
        ),
        slag(
            "vergens nummer og tjenesteområde",
            &UTEN_RELASJONER,
            &[MedHjemmel, PrivatMedTilgang, PrivatUtenTilgang, Finans],
            |b, n| {
                let (a1, b1) = b.par_av_tekster();
                let a =
                    verge(json!({"foedselsEllerDNummer": nr(701), "tjenesteomraade": [{"vergeTjenesteoppgave": a1}]}));
                let b_ =
                    verge(json!({"foedselsEllerDNummer": nr(702), "tjenesteomraade": [{"vergeTjenesteoppgave": b1}]}));
                b.opprett_ulikt(&rik(n).med(VERGE, a.clone()), &rik(n).med(VERGE, b_));
                let rettet = Endring::Korrigere {
                    hvilken: lik(VERGE, a),
                    ny: Box::new(opplysning(
                        VERGE,
                        samme_tid(verge(json!({"foedselsEllerDNummer": nr(703)}))),
                    )),
                };
                b.bare_a(n, H::EndringIVergemaal, vec![rettet]);
                synlig(b, n);
            },
        ),
        slag(
            "flere verger i én hendelse: rekkefølgen",
            &UTEN_RELASJONER,
            &[MedHjemmel, PrivatMedTilgang, PrivatUtenTilgang, Finans],
            |b, n| {
                b.opprett(&rik(n));
                let med = |x: u32, navn: &str| {
                    let mut v = verge(json!({"foedselsEllerDNummer": nr(x)}));
                    v["embete"] = navn.into();
                    ny(VERGE, v)
                };
                b.ulikt(
                    n,
                    H::EndringIVergemaal,
                    vec![med(701, "oslo"), med(702, "agder")],
                    vec![med(702, "oslo"), med(701, "agder")],
                );
            },
        ),
        slag(
            "vergens fødselsdato",
            &UTEN_REGISTRERINGSTID,
            &[
                MedHjemmel,
                PrivatUtenTilgang,
                OffentligUten,
                PrivatUten,
                Finans,
                Eid,
                Svalbard,
            ],
            |b, n| {
                let med = |dato: &str| {
                    verge(
                        json!({"navnFoedselsdato": {"personnavn": {"fornavn": "VERA", "etternavn": "LI"}, "foedselsdato": dato}}),
                    )
                };
                b.opprett_ulikt(
                    &rik(n).med(VERGE, med("1970-01-01")),
                    &rik(n).med(VERGE, med("1980-01-01")),
                );
            },
        ),
    ]
}

/// Entities that some may never see: contents, that they exist, their events.
fn entiteter() -> Vec<Slag> {
    const DUF: &str = "utlendingsmyndighetenesIdentifikasjonsnummer";
    let familie = |n: &str| json!({"relatertPerson": n, "relatertPersonsRolle": "barn", "minRolleForPerson": "mor"});
    let ansvar = |n: &str| json!({"ansvar": "felles", "ansvarssubjekt": n});
    let id = |n: &str| json!({"identifikasjonsnummer": n, "identifikasjonsnummertype": "skattenummer", "utstederland": "SWE"});
    let dokument = |n: &str| json!({"identifikasjonsdokumentnummer": n, "identifikasjonsdokumenttype": "pass", "utstederland": "SWE"});
    let svalbard = |land: &str| json!({"antattOppholdsvarighet": "overSeksMaaneder", "startdato": "2024-04-04", "fraflyttingsland": land});
    let falsk = |n: &str| json!({"erFalsk": true, "rettIdentitetVedIdentifikasjonsnummer": n});
    let bare_med: Vec<Kaller> = UTEN_HJEMMEL.to_vec();
    let uten_eid: Vec<Kaller> = UTEN_HJEMMEL.into_iter().filter(|k| *k != Eid).collect();
    let tabell: Vec<(&'static str, Vec<Kaller>, Value, Value)> = vec![
        (
            "familierelasjon",
            UTEN_RELASJONER.to_vec(),
            familie(&nr(701)),
            familie(&nr(702)),
        ),
        (
            "foreldreansvar",
            UTEN_RELASJONER.to_vec(),
            ansvar(&nr(701)),
            ansvar(&nr(702)),
        ),
        (
            "utenlandskPersonidentifikasjon",
            uten_eid.clone(),
            id("1"),
            id("22222222"),
        ),
        ("legitimasjonsdokument", uten_eid, dokument("1"), dokument("22222222")),
        (DUF, bare_med.clone(), id("201012345601"), id("201112345602")),
        (
            "opphold",
            bare_med.clone(),
            json!({"oppholdstillatelse": "midlertidig"}),
            json!({"oppholdstillatelse": "permanent"}),
        ),
        (
            "bibehold",
            bare_med.clone(),
            json!({"bibeholdstatus": "harBibehold"}),
            json!({"bibeholdstatus": "harIkkeLengerBibehold"}),
        ),
        (
            "brukAvSamiskSpraak",
            bare_med.clone(),
            json!({"spraak": ["nordsamisk"]}),
            json!({"spraak": ["lulesamisk", "soersamisk"]}),
        ),
        (
            "foedselINorge",
            bare_med,
            json!({"foedselsinstitusjonsnavn": "A"}),
            json!({"foedselsinstitusjonsnavn": "Blåfjell"}),
        ),
        (
            "falskIdentitet",
            vec![PrivatUten, Privat, PrivatUtenNummer, Presse, PresseUtenNummer],
            falsk(&nr(701)),
            falsk(&nr(702)),
        ),
        (
            "rettsligHandleevne",
            vec![Privat, PrivatUtenNummer, Presse, PresseUtenNummer, Eid],
            json!({"rettsligHandleevneomfang": ["x"]}),
            json!({"rettsligHandleevneomfang": ["y", "zzzz"]}),
        ),
        (
            "oppholdPaaSvalbard",
            Kaller::ALLE.into_iter().filter(|k| *k != Svalbard).collect(),
            svalbard("SWE"),
            svalbard("DNK"),
        ),
    ];
    let mut ut = Vec::new();
    for (entitet, skjult_for, a, b_) in tabell {
        let ser: Vec<Kaller> = Kaller::ALLE.into_iter().filter(|k| !skjult_for.contains(k)).collect();
        let (a1, b1) = (a.clone(), b_.clone());
        ut.push(slag(
            format!("innholdet i {entitet}"),
            &skjult_for,
            &ser,
            move |b, n| {
                b.opprett_ulikt(&rik(n).med(entitet, a1.clone()), &rik(n).med(entitet, b1.clone()));
                // As it comes from outside: the same person again, differing in nothing else.
                b.opprett(&rik(n + 1));
                b.spoer_om(n + 1);
                b.importer(
                    Some(&rik(n + 1).med(entitet, a1.clone())),
                    Some(&rik(n + 1).med(entitet, b1.clone())),
                );
                synlig(b, n);
            },
        ));
        ut.push(slag(
            format!("at det finnes {entitet}, og dens hendelser"),
            &skjult_for,
            &ser,
            move |b, n| {
                let type_ = type_for(entitet);
                let rettet = Endring::Korrigere {
                    hvilken: gjeldende(entitet),
                    ny: Box::new(opplysning(entitet, b_.clone())),
                };
                b.opprett(&rik(n));
                b.bare_a(n, type_, vec![ny(entitet, a.clone())]);
                b.bare_a(n, type_, vec![rettet]);
                synlig(b, n);
                // One that is gone again, and one with a long history.
                b.bare_a(n, type_, vec![annuller(entitet)]);
                b.bare_a(n, type_, vec![ny(entitet, a.clone())]);
                if Entitet::fra_navn(entitet).unwrap().er_liste() {
                    b.bare_a(n, type_, vec![opphoer(entitet)]);
                    b.bare_a(n, type_, vec![ny(entitet, b_.clone())]);
                }
                b.opprett(&rik(n + 1));
                b.spoer_om(n + 1);
                let mange = (0..12).fold(rik(n + 1), |d, _| {
                    if Entitet::fra_navn(entitet).unwrap().er_liste() {
                        d.med(entitet, historisk(a.clone()))
                    } else {
                        d
                    }
                });
                b.importer(Some(&mange.med(entitet, a.clone())), None);
                synlig(b, n + 1);
            },
        ));
    }
    // Part of a model that no caller is given any more.
    for (entitet, a) in [
        (
            "forholdTilSametingetsValgmanntall",
            json!({"forhold": "innmeldt", "vedtaksdato": "2020-01-01"}),
        ),
        ("preferertKontaktadresse", json!({"valg": "bostedsadresse"})),
        ("fratattRettsligHandleevne", json!({})),
    ] {
        ut.push(slag(
            format!("at det finnes {entitet}"),
            &Kaller::ALLE,
            &[],
            move |b, n| {
                b.opprett_ulikt(&rik(n).med(entitet, a.clone()), &rik(n));
                b.opprett(&rik(n + 1));
                b.spoer_om(n + 1);
                b.importer(Some(&rik(n + 1).med(entitet, a.clone())), None);
                synlig(b, n + 1);
            },
        ));
    }
    ut
}

fn bo(kontakt: &str, linje: &str) -> Value {
    json!({"person": {"foedselsEllerDNummer": kontakt}, "skifteform": "annet", "attestutstedelsesdato": "2025-05-05",
        "adresse": {"adresselinje": [linje], "poststedsnavn": "OSLO", "postnummer": "0001"}})
}

fn doedsbo() -> Vec<Slag> {
    const BO: &str = "kontaktinformasjonForDoedsbo";
    let ser_nummer: Vec<Kaller> = Kaller::ALLE
        .into_iter()
        .filter(|k| !UTEN_KONTAKTNUMMER.contains(k))
        .collect();
    vec![
        slag(
            "nummeret til kontakten for et dødsbo",
            &UTEN_KONTAKTNUMMER,
            &ser_nummer,
            |b, n| {
                // Two who have everything in common but the number.
                for k in [n + 1, n + 2] {
                    let navn = json!({"fornavn": "LIK", "etternavn": "TVILLING"});
                    b.opprett(&person(k).uten("navn").med("navn", navn));
                }
                let dok = |k: u32| rik(n).med(BO, bo(&nr(k), "Ekorngata 1"));
                b.opprett_ulikt(&dok(n + 1), &dok(n + 2));
                let to = |x: u32, y: u32| vec![ny(BO, bo(&nr(x), "Rådyrstien 2")), ny(BO, bo(&nr(y), "Gaupelia 3"))];
                b.ulikt(
                    n,
                    H::EndringIKontaktopplysningerForDoedsbo,
                    to(n + 1, n + 2),
                    to(n + 2, n + 1),
                );
                synlig(b, n);
            },
        ),
        slag(
            "adressen til et dødsbo hvis kontakt er fortrolig",
            &UTEN_GRADERTE,
            &SER_GRADERTE,
            |b, n| {
                let (a1, b1) = b.par_av_tekster();
                b.opprett(&person(n + 1).gradering("fortrolig"));
                let dok = |linje: &str| rik(n).med(BO, bo(&nr(n + 1), linje));
                b.opprett_ulikt(&dok(&a1), &dok(&b1));
                let rettet = |linje: &str| vec![rett(BO, bo(&nr(n + 1), linje))];
                b.bare_a(
                    n,
                    H::EndringIKontaktopplysningerForDoedsbo,
                    rettet("Et helt annet sted"),
                );
                synlig(b, n);
                // Hidden and visible in one event.
                let mut begge = rettet("Enda et sted");
                let navn = ny("navn", json!({"fornavn": "NYERE", "etternavn": "HEGGELI"}));
                begge.push(navn.clone());
                b.ulikt(n, H::EndringINavn, begge, vec![navn]);
            },
        ),
        slag(
            "adressen til et dødsbo etter en fortrolig person",
            &UTEN_GRADERTE,
            &SER_GRADERTE,
            |b, n| {
                let (a1, b1) = b.par_av_tekster();
                b.opprett(&person(n + 1));
                let dok = |linje: &str| rik(n).gradering("fortrolig").med(BO, bo(&nr(n + 1), linje));
                b.opprett_ulikt(&dok(&a1), &dok(&b1));
            },
        ),
        slag(
            "adressen til et dødsbo hvis kontakt er strengt fortrolig",
            &Kaller::ALLE,
            &[],
            |b, n| {
                let (a1, b1) = b.par_av_tekster();
                b.opprett(&person(n + 1).gradering("strengtFortrolig"));
                let dok = |linje: &str| rik(n).med(BO, bo(&nr(n + 1), linje));
                b.opprett_ulikt(&dok(&a1), &dok(&b1));
                let rettet = |linje: &str| vec![rett(BO, bo(&nr(n + 1), linje))];
                b.ulikt(n, H::EndringIKontaktopplysningerForDoedsbo, rettet(&b1), rettet(&a1));
                b.opprett(&rik(n + 2));
                b.spoer_om(n + 2);
                let med = |linje: &str| rik(n + 2).med(BO, bo(&nr(n + 1), linje));
                b.importer(Some(&med(&a1)), Some(&med(&b1)));
                synlig(b, n);
            },
        ),
        slag(
            "hvilken gradering kontaktens skjulte adresse har",
            &UTEN_GRADERTE,
            &SER_GRADERTE,
            |b, n| {
                let (a1, b1) = b.par_av_tekster();
                let kontakt = |tekst: &str, grad: &str| {
                    person(n + 1).med("bostedsadresse", adresse("bostedsadresse", tekst, grad))
                };
                b.opprett_ulikt(&kontakt(&a1, "klientadresse"), &kontakt(&b1, "fortrolig"));
                b.opprett(&rik(n).med(BO, bo(&nr(n + 1), "Ekorngata 1")));
                b.spoer_om(n + 1);
                let til = vec![ny("bostedsadresse", adresse("bostedsadresse", "Sti 3", "fortrolig"))];
                b.bare_a(n + 1, H::EndringIBostedsadresse, til);
                synlig(b, n);
            },
        ),
    ]
}

fn metadata() -> Vec<Slag> {
    vec![
        slag("kilde og aarsak", &UTEN_HJEMMEL, &MED_HJEMMEL, |b, n| {
            let dok = |kilde: &str| {
                rik(n).uten("kjoenn").med(
                    "kjoenn",
                    json!({"kjoenn": "kvinne", "kilde": kilde, "aarsak": format!("{kilde} b")}),
                )
            };
            b.opprett_ulikt(&dok("KILDE_DSF"), &dok("EN_ANNEN_KILDE"));
            // Corrections of nothing but source and cause, in turn and many times.
            for x in 0..24 {
                let hva = if x % 2 == 0 {
                    json!({"statsborgerskap": "NOR", "kilde": format!("K{x}"), "aarsak": format!("A{}", x / 2)})
                } else {
                    json!({"statsborgerskap": "NOR", "kilde": format!("K{}", x - 1), "aarsak": format!("A{x}")})
                };
                b.bare_a(n, H::EndringIStatsborgerskap, vec![rett("statsborgerskap", hva)]);
            }
            synlig(b, n);
        }),
        slag(
            "kilde og aarsak om og om igjen etter en synlig endring av ektefellen",
            &UTEN_HJEMMEL,
            &MED_HJEMMEL,
            |b, n| {
                b.opprett(&rik(n));
                let med = |felt: &str, x: u32| {
                    let mut s = gift(&nr(705));
                    s[felt] = format!("{felt}{x}").into();
                    vec![rett("sivilstand", s)]
                };
                b.hendelse(n, H::EndringISivilstand, med("kilde", 0));
                for x in 1..12 {
                    b.bare_a(
                        n,
                        H::EndringISivilstand,
                        med(if x % 2 == 0 { "kilde" } else { "aarsak" }, x),
                    );
                }
                synlig(b, n);
            },
        ),
        slag(
            "tidspunktet noe ble ført",
            &UTEN_REGISTRERINGSTID,
            &[
                MedHjemmel,
                PrivatUtenTilgang,
                OffentligUten,
                PrivatUten,
                Finans,
                Eid,
                Svalbard,
            ],
            |b, n| {
                let dok = |tid: &str| {
                    rik(n)
                        .uten("kjoenn")
                        .med("kjoenn", json!({"kjoenn": "mann", "ajourholdstidspunkt": tid}))
                };
                b.opprett_ulikt(&dok("2021-01-01T00:00:00+01:00"), &dok("2022-02-02T00:00:00.123+01:00"));
            },
        ),
        slag(
            "felt som modellen ikke kjenner",
            &UTEN_HJEMMEL,
            // The archive of ADR 0002: who sees everything sees what came later.
            &MED_HJEMMEL,
            |b, n| {
                let dok = |verdi: &str| {
                    rik(n)
                        .uten("kjoenn")
                        .med("kjoenn", json!({"kjoenn": "mann", "nyttFelt": verdi}))
                };
                b.opprett_ulikt(&dok("a"), &dok("bbbbbb"));
                b.importer(Some(&dok("ccc")), None);
                synlig(b, n);
            },
        ),
        slag("en entitet som modellen ikke kjenner", &Kaller::ALLE, &[], |b, n| {
            let mut a = rik(n);
            a.0["nyEntitet"] = json!([{"hemmelig": "x"}]);
            b.opprett_ulikt(&a, &rik(n));
            b.opprett(&rik(n + 1));
            b.spoer_om(n + 1);
            let mut a = rik(n + 1);
            a.0["nyEntitet"] = json!([{"hemmelig": "x"}]);
            b.importer(Some(&a), None);
            synlig(b, n + 1);
        }),
    ]
}

/// History of what a package sees only as it is now.
fn historikk() -> Vec<Slag> {
    let uten: Vec<Kaller> = UTEN_HJEMMEL.to_vec();
    let tabell: Vec<(&'static str, Vec<Kaller>, Value)> = vec![
        (
            "identitetsgrunnlag",
            uten.clone(),
            json!({"identitetsgrunnlagstatus": "ingenStatus"}),
        ),
        ("status", uten.clone(), json!({"status": "utflyttet"})),
        (
            "sivilstand",
            uten.iter().copied().filter(|k| *k != Finans).collect(),
            json!({"sivilstand": "ugift"}),
        ),
        ("statsborgerskap", uten.clone(), json!({"statsborgerskap": "SWE"})),
        ("kjoenn", uten.clone(), json!({"kjoenn": "mann"})),
        (
            "kontaktinformasjonForDoedsbo",
            uten.clone(),
            bo(&nr(701), "Ekorngata 1"),
        ),
        ("vergemaalEllerFremtidsfullmakt", uten.clone(), verge(json!({}))),
        ("innflytting", uten.clone(), json!({"fraflyttingsland": "DNK"})),
        ("utflytting", uten, json!({"tilflyttingsland": "DNK"})),
        // No package at all is given the history of these.
        ("foedsel", Kaller::ALLE.to_vec(), json!({"foedselsaar": "1991"})),
        (
            "adressebeskyttelse",
            Kaller::ALLE.to_vec(),
            json!({"graderingsnivaa": "fortrolig"}),
        ),
    ];
    tabell
        .into_iter()
        .map(|(entitet, skjult_for, innhold)| {
            let ser: Vec<Kaller> = Kaller::ALLE.into_iter().filter(|k| !skjult_for.contains(k)).collect();
            slag(format!("historikken til {entitet}"), &skjult_for, &ser, move |b, n| {
                let dok = |antall: usize| (0..antall).fold(rik(n), |d, _| d.med(entitet, historisk(innhold.clone())));
                b.opprett_ulikt(&dok(3), &dok(0));
                b.importer(Some(&dok(1)), None);
                synlig(b, n);
            })
        })
        .collect()
}

fn numre() -> Vec<Slag> {
    let andre: Vec<Kaller> = Kaller::ALLE.into_iter().filter(|k| !UTEN_NUMMER.contains(k)).collect();
    vec![
        slag("hvilket nummer personen har", &UTEN_NUMMER, &andre, |b, n| {
            b.opprett_ulikt(&rik(n), &Bygg::med_nummer(rik(n), n + 3));
            b.spoer_om(n + 3);
        }),
        slag("at personen får et nytt nummer", &UTEN_NUMMER, &andre, |b, n| {
            b.opprett(&rik(n));
            b.spoer_om(n + 3);
            b.handling_a(skifte(n, n + 3, None));
            synlig(b, n);
        }),
    ]
}

impl Bygg {
    /// The same person with another number.
    pub fn med_nummer(dokument: crate::felles::Bygger, n: u32) -> crate::felles::Bygger {
        dokument.uten("identifikasjonsnummer").med(
            "identifikasjonsnummer",
            json!({"status": "iBruk", "foedselsEllerDNummer": nr(n), "identifikatortype": "foedselsnummer"}),
        )
    }
}
