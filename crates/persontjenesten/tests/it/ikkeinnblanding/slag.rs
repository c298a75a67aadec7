//! The kinds of what a branch may not see, each with the hand-written list of who must not notice it, and of who must.
//!
//! Source of the lists: the access matrix, `persontjenesten.scopes` and `entiteter_per_scope`, and of the two packages that scopes mirror
//! `entiteter`, `fjern_felt`, `metadata`, `personstatus`; its README, sections 3, 5 and 9; ruling 3 for the grant.

use informasjonsmodell::{Entitet, Hendelsestype as H};
use serde_json::{Value, json};

use super::bygg::{Bygg, Dok, adresse, historisk, nr, rik};
use super::flate::Kaller::{self, *};

/// Tells a story of person 1, whose next nine numbers are free to use, to two copies.
type Historie = Box<dyn Fn(&mut Bygg) + Send + Sync>;

/// A kind of difference.
pub struct Slag {
    pub navn: String,
    /// Who must be answered alike. Written by hand; never asked of the code under test.
    pub skjult_for: Vec<Kaller>,
    /// Who must be found to notice: else nobody asked the right thing.
    pub ser: Vec<Kaller>,
    pub bygg: Historie,
}

/// Confidential addresses and klientadresser: without the grant, and where no grant helps.
const UTEN_GRADERTE: [Kaller; 4] = [FullUten, Begrenset, HjemmelUten, UtenHjemmel];
const SER_GRADERTE: [Kaller; 2] = [FullMed, HjemmelMed];
/// What takes a legal basis. Restricted access has it: it is not the heir of version 2 without.
const UTEN_HJEMMEL: [Kaller; 1] = [UtenHjemmel];
const MED_HJEMMEL: [Kaller; 5] = [FullMed, FullUten, Begrenset, HjemmelMed, HjemmelUten];
/// Contact data of KRR.
const UTEN_KRR: [Kaller; 2] = [Begrenset, UtenHjemmel];
const SER_KRR: [Kaller; 4] = [FullMed, FullUten, HjemmelMed, HjemmelUten];

fn slag(
    navn: impl Into<String>,
    skjult_for: &[Kaller],
    ser: &[Kaller],
    bygg: impl Fn(&mut Bygg) + Send + Sync + 'static,
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

/// A small thing that everybody sees, so that there is something after.
fn synlig(b: &mut Bygg, dok: &Dok) {
    b.hendelse(1, H::EndringINavn, &dok.clone().heter("NY"));
}

/// Every kind.
pub fn alle() -> Vec<Slag> {
    let mut ut = adresser();
    ut.extend(vern_og_steder());
    ut.extend(kontaktdata());
    ut.extend(statuser());
    ut.extend(entiteter());
    ut.extend(felter());
    ut.extend(historikk());
    ut
}

fn adresser() -> Vec<Slag> {
    let mut ut = Vec::new();
    for entitet in Entitet::ADRESSER.map(|e| e.navn()) {
        ut.push(slag(
            format!("innholdet i en fortrolig persons {entitet}"),
            &UTEN_GRADERTE,
            &SER_GRADERTE,
            move |b| {
                let dok = |tekst: &str| {
                    rik(1)
                        .gradering("fortrolig")
                        .i_stedet(entitet, adresse(entitet, tekst, "fortrolig"))
                        .med(
                            entitet,
                            historisk(adresse(entitet, &format!("{tekst} foer"), "ugradert")),
                        )
                };
                b.fra_start_ulikt(1, &dok("Ekorngata"), &dok("Den lange og bratte veien"));
                let flyttet = |tekst: &str| dok(tekst).i_stedet(entitet, adresse(entitet, tekst, "ugradert"));
                b.ulikt(
                    1,
                    type_for(entitet),
                    Some(&flyttet("Maursti")),
                    Some(&flyttet("Gaupeliveien")),
                );
                b.ulikt(
                    1,
                    H::EndringINavn,
                    Some(&flyttet("Maursti").heter("NY")),
                    Some(&flyttet("Gaupeliveien").heter("NY")),
                );
            },
        ));
        ut.push(slag(
            format!("flyttinger av en fortrolig persons {entitet}, og at den finnes"),
            &UTEN_GRADERTE,
            &SER_GRADERTE,
            move |b| {
                let uten = rik(1).uten(entitet).gradering("fortrolig");
                let med = |tekst: &str| uten.clone().med(entitet, adresse(entitet, tekst, "fortrolig"));
                b.fra_start(1, &uten);
                b.ulikt(1, type_for(entitet), Some(&med("Ekorngata")), None);
                b.ulikt(1, type_for(entitet), Some(&med("Maursti")), None);
                b.ulikt(
                    1,
                    H::EndringINavn,
                    Some(&med("Maursti").heter("NY")),
                    Some(&uten.clone().heter("NY")),
                );
                b.ulikt(1, type_for(entitet), Some(&med("Gaupeliveien").heter("NY")), None);
            },
        ));
        for grad in ["klientadresse", "fortrolig"] {
            ut.push(slag(
                format!("en enkelt {entitet} som er {grad}, og at den finnes"),
                &UTEN_GRADERTE,
                &SER_GRADERTE,
                move |b| {
                    let uten = rik(1).uten(entitet);
                    let med = |dok: &Dok, tekst: &str| dok.clone().med(entitet, adresse(entitet, tekst, grad));
                    b.fra_start(1, &uten);
                    let annen = rik(2).uten(entitet);
                    b.fra_start_ulikt(2, &med(&annen, "Ekorngata"), &med(&annen, "Den lange og bratte veien"));
                    b.ulikt(1, type_for(entitet), Some(&med(&uten, "Maursti")), None);
                    b.ulikt(1, type_for(entitet), Some(&med(&uten, "Gaupeliveien")), None);
                    b.ulikt(
                        1,
                        H::EndringINavn,
                        Some(&med(&uten.clone().heter("NY"), "Gaupeliveien")),
                        Some(&uten.clone().heter("NY")),
                    );
                    b.ulikt(1, type_for(entitet), Some(&uten.clone().heter("NY")), None);
                    b.ulikt(2, type_for(entitet), None, Some(&med(&annen, "Rådyrstien")));
                },
            ));
        }
    }
    ut
}

fn bo(kontakt: &str, linje: &str) -> Value {
    json!({"person": {"foedselsEllerDNummer": kontakt}, "skifteform": "annet", "attestutstedelsesdato": "2025-05-05",
        "adresse": {"adresselinje": [linje], "poststedsnavn": "OSLO", "postnummer": "0001"}})
}

fn vern_og_steder() -> Vec<Slag> {
    const BO: &str = "kontaktinformasjonForDoedsbo";
    let bosted = |tekst: &str, grad: &str| adresse("bostedsadresse", tekst, grad);
    vec![
        slag(
            "en åpen adresse blir klientadresse, og så en annen, og en tredje",
            &UTEN_GRADERTE,
            &SER_GRADERTE,
            move |b| {
                let dok = |tekst: &str, grad: &str| rik(1).i_stedet("bostedsadresse", bosted(tekst, grad));
                b.fra_start(1, &rik(1));
                b.ulikt(
                    1,
                    H::EndringIBostedsadresse,
                    Some(&dok("Ekorngata", "klientadresse")),
                    Some(&dok("Den lange og bratte veien", "klientadresse")),
                );
                b.ulikt(
                    1,
                    H::EndringIBostedsadresse,
                    Some(&dok("Maursti", "klientadresse")),
                    None,
                );
                b.hendelse(1, H::EndringIBostedsadresse, &dok("Bjørkeveien", "ugradert"));
            },
        ),
        slag(
            "hvor en person bodde da adressen ble fortrolig",
            &UTEN_GRADERTE,
            &SER_GRADERTE,
            move |b| {
                // Open and the same; then protected, and the move that came with it is of one alone.
                b.fra_start(1, &rik(1));
                let dok = |tekst: &str, grad: &str| {
                    rik(1)
                        .gradering("fortrolig")
                        .i_stedet("bostedsadresse", bosted(tekst, grad))
                };
                b.ulikt(
                    1,
                    H::EndringIAdressebeskyttelse,
                    Some(&dok("Revegata", "ugradert")),
                    Some(&dok("Ekorngata", "fortrolig")),
                );
                b.ulikt(1, H::EndringIBostedsadresse, Some(&dok("Maursti", "fortrolig")), None);
            },
        ),
        slag(
            "en skjult endring i samme hendelse som en synlig",
            &UTEN_GRADERTE,
            &SER_GRADERTE,
            move |b| {
                let dok = |tekst: &str, navn: &str| {
                    rik(1)
                        .gradering("fortrolig")
                        .i_stedet("bostedsadresse", bosted(tekst, "fortrolig"))
                        .heter(navn)
                };
                b.fra_start(1, &dok("Revegata", "STILLE"));
                b.ulikt(
                    1,
                    H::EndringIBostedsadresse,
                    Some(&dok("Ekorngata", "ELG")),
                    Some(&dok("Den lange og bratte veien", "ELG")),
                );
                // The type of the cause is that of the hidden part in one of them.
                b.ulikt(
                    1,
                    H::EndringINavn,
                    Some(&dok("Ekorngata", "REV")),
                    Some(&dok("Maursti", "REV")),
                );
            },
        ),
        slag(
            "grunnkretsen som en fortrolig oppholdsadresse ligger i",
            &UTEN_GRADERTE,
            &SER_GRADERTE,
            move |b| {
                // Streets of one name, and so alike in all but what is derived from them.
                let dok = |kode: &str| {
                    let mut sted = adresse("oppholdsadresse", "Skjergata", "fortrolig");
                    sted["vegadresse"]["adressekode"] = kode.into();
                    rik(1).gradering("fortrolig").med("oppholdsadresse", sted)
                };
                b.fra_start_ulikt(1, &dok("1007"), &dok("1003"));
            },
        ),
        slag(
            "adressen til et dødsbo hvis kontakt er fortrolig",
            &UTEN_GRADERTE,
            &SER_GRADERTE,
            |b| {
                b.fra_start(2, &rik(2).gradering("fortrolig"));
                let dok = |linje: &str| rik(1).med(BO, bo(&nr(2), linje));
                b.fra_start_ulikt(1, &dok("Ekorngata 1"), &dok("Den lange og bratte veien 22"));
                b.ulikt(
                    1,
                    H::EndringIKontaktopplysningerForDoedsbo,
                    Some(&dok("Et helt annet sted")),
                    None,
                );
            },
        ),
        slag(
            "adressen til et dødsbo etter en fortrolig person",
            &UTEN_GRADERTE,
            &SER_GRADERTE,
            |b| {
                b.fra_start(2, &rik(2));
                let dok = |linje: &str| rik(1).gradering("fortrolig").med(BO, bo(&nr(2), linje));
                b.fra_start_ulikt(1, &dok("Ekorngata 1"), &dok("Den lange og bratte veien 22"));
            },
        ),
    ]
}

const KRR: &str = r#"{"reservasjon":"NEI","status":"AKTIV","varslingsstatus":"KAN_VARSLES","kontaktinformasjon":{"epostadresse":"en@post.example"},"spraak":"nb"}"#;
const KRR_ANNEN: &str = r#"{"reservasjon":"NEI","status":"AKTIV","varslingsstatus":"KAN_VARSLES","kontaktinformasjon":{"epostadresse":"noen.helt.andre@post.example","mobiltelefonnummer":"+4799999999"},"spraak":"nn"}"#;
const KRR_RESERVERT: &str = r#"{"reservasjon":"JA","status":"AKTIV","varslingsstatus":"KAN_IKKE_VARSLES"}"#;

fn kontaktdata() -> Vec<Slag> {
    vec![
        slag("hva KRR har om noen", &UTEN_KRR, &SER_KRR, |b| {
            b.fra_start(1, &rik(1));
            b.kontakt(1, Some(Some(KRR)), Some(Some(KRR_ANNEN)));
            synlig(b, &rik(1));
        }),
        slag("at noen har reservert seg", &UTEN_KRR, &SER_KRR, |b| {
            b.fra_start(1, &rik(1));
            b.kontakt(1, Some(Some(KRR)), Some(Some(KRR)));
            b.kontakt(1, Some(Some(KRR_RESERVERT)), None);
            synlig(b, &rik(1));
        }),
        slag("at KRR kjenner noen, og så ikke lenger", &UTEN_KRR, &SER_KRR, |b| {
            b.fra_start(1, &rik(1));
            b.fra_start(2, &rik(2));
            b.kontakt(1, Some(Some(KRR)), Some(None));
            b.kontakt(2, Some(Some(KRR)), Some(Some(KRR)));
            synlig(b, &rik(1));
            b.kontakt(2, Some(None), None);
        }),
        slag("endringer i KRR om og om igjen", &UTEN_KRR, &SER_KRR, |b| {
            b.fra_start(1, &rik(1));
            for nr in 0..6 {
                let svar = if nr % 2 == 0 { KRR } else { KRR_ANNEN };
                b.kontakt(1, Some(Some(svar)), None);
            }
            synlig(b, &rik(1));
            b.kontakt(1, Some(Some(KRR_RESERVERT)), None);
        }),
    ]
}

fn statuser() -> Vec<Slag> {
    let dok = |kode: &str| rik(1).i_stedet("status", json!({"status": kode}));
    vec![
        slag("hvilken skjult status", &UTEN_HJEMMEL, &MED_HJEMMEL, move |b| {
            b.fra_start_ulikt(1, &dok("forsvunnet"), &dok("midlertidig"));
        }),
        slag(
            "endringer mellom skjulte statuser",
            &UTEN_HJEMMEL,
            &MED_HJEMMEL,
            move |b| {
                b.fra_start(1, &dok("foedselsregistrert"));
                for kode in ["ikkeBosatt", "midlertidig", "forsvunnet"] {
                    b.ulikt(1, H::EndringIStatus, Some(&dok(kode)), None);
                }
                b.ulikt(
                    1,
                    H::EndringINavn,
                    Some(&dok("forsvunnet").heter("NY")),
                    Some(&dok("foedselsregistrert").heter("NY")),
                );
            },
        ),
        slag(
            "fra åpen til skjult status, og videre",
            &UTEN_HJEMMEL,
            &MED_HJEMMEL,
            move |b| {
                b.fra_start(1, &dok("bosatt"));
                b.ulikt(1, H::EndringIStatus, Some(&dok("forsvunnet")), Some(&dok("ikkeBosatt")));
                b.ulikt(1, H::EndringIStatus, Some(&dok("midlertidig")), None);
                b.hendelse(1, H::EndringIStatus, &dok("utflyttet"));
            },
        ),
    ]
}

/// An entity, who is not shown it, who is, and two contents of it.
type Innhold = (&'static str, &'static [Kaller], &'static [Kaller], Value, Value);

/// Entities that some may never see: contents, that they exist, their events.
fn entiteter() -> Vec<Slag> {
    const DUF: &str = "utlendingsmyndighetenesIdentifikasjonsnummer";
    let familie = |n: &str| json!({"relatertPerson": n, "relatertPersonsRolle": "barn", "minRolleForPerson": "mor"});
    let ansvar = |n: &str| json!({"ansvar": "felles", "ansvarssubjekt": n});
    let id = |n: &str| json!({"identifikasjonsnummer": n, "identifikasjonsnummertype": "skattenummer", "utstederland": "SWE"});
    let dokument = |n: &str| json!({"identifikasjonsdokumentnummer": n, "identifikasjonsdokumenttype": "pass", "utstederland": "SWE"});
    let opphold = |hva: &str| json!({"oppholdstillatelse": hva});
    let svalbard = |land: &str| json!({"antattOppholdsvarighet": "overSeksMaaneder", "startdato": "2024-04-04", "fraflyttingsland": land});
    let (uten, med): (&'static [Kaller], &'static [Kaller]) = (&UTEN_HJEMMEL, &MED_HJEMMEL);
    let tabell: [Innhold; 10] = [
        ("familierelasjon", uten, med, familie(&nr(701)), familie(&nr(702))),
        ("foreldreansvar", uten, med, ansvar(&nr(701)), ansvar(&nr(702))),
        ("utenlandskPersonidentifikasjon", uten, med, id("1"), id("22222222")),
        ("legitimasjonsdokument", uten, med, dokument("1"), dokument("22222222")),
        (DUF, uten, med, id("201012345601"), id("201112345602")),
        ("opphold", uten, med, opphold("midlertidig"), opphold("permanent")),
        (
            "bibehold",
            uten,
            med,
            json!({"bibeholdstatus": "harBibehold"}),
            json!({"bibeholdstatus": "harIkkeLengerBibehold"}),
        ),
        (
            "brukAvSamiskSpraak",
            uten,
            med,
            json!({"spraak": ["nordsamisk"]}),
            json!({"spraak": ["lulesamisk", "soersamisk"]}),
        ),
        (
            "foedselINorge",
            uten,
            med,
            json!({"foedselsinstitusjonsnavn": "A"}),
            json!({"foedselsinstitusjonsnavn": "Blåfjell"}),
        ),
        // Given to nobody: the packages that the scopes mirror do not have it.
        (
            "oppholdPaaSvalbard",
            &Kaller::ALLE,
            &[],
            svalbard("SWE"),
            svalbard("DNK"),
        ),
    ];
    let mut ut = Vec::new();
    for (entitet, skjult_for, ser, a, b_) in tabell {
        let (a1, b1) = (a.clone(), b_.clone());
        ut.push(slag(format!("innholdet i {entitet}"), skjult_for, ser, move |b| {
            b.fra_start_ulikt(1, &rik(1).med(entitet, a1.clone()), &rik(1).med(entitet, b1.clone()));
            // And of somebody who had none.
            b.fra_start(2, &rik(2));
            b.ulikt(
                2,
                type_for(entitet),
                Some(&rik(2).med(entitet, a1.clone())),
                Some(&rik(2).med(entitet, b1.clone())),
            );
        }));
        ut.push(slag(
            format!("at det finnes {entitet}, og dens hendelser"),
            skjult_for,
            ser,
            move |b| {
                b.fra_start(1, &rik(1));
                b.fra_start(2, &rik(2));
                let type_ = type_for(entitet);
                b.ulikt(1, type_, Some(&rik(1).med(entitet, a.clone())), None);
                b.ulikt(1, type_, Some(&rik(1).med(entitet, b_.clone())), None);
                b.ulikt(
                    1,
                    H::EndringINavn,
                    Some(&rik(1).med(entitet, b_.clone()).heter("NY")),
                    Some(&rik(1).heter("NY")),
                );
                // One with a long history.
                let mange = (0..6).fold(rik(2), |d, _| d.med(entitet, historisk(a.clone())));
                b.ulikt(2, type_, Some(&mange.med(entitet, a.clone())), None);
            },
        ));
    }
    ut
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

/// Fields and metadata of what is otherwise open.
fn felter() -> Vec<Slag> {
    const VERGE: &str = "vergemaalEllerFremtidsfullmakt";
    vec![
        slag(
            "ektefellen i sivilstand, og at en er nevnt",
            &UTEN_HJEMMEL,
            &MED_HJEMMEL,
            |b| {
                let dok = |innhold: Value| rik(1).i_stedet("sivilstand", innhold);
                b.fra_start_ulikt(1, &dok(gift(&nr(701))), &dok(gift(&nr(702))));
                let uten = dok(json!({"sivilstand": "gift", "sivilstandsdato": "2019-01-01"}));
                b.ulikt(1, H::EndringISivilstand, Some(&uten), None);
                b.ulikt(
                    1,
                    H::EndringINavn,
                    Some(&uten.clone().heter("NY")),
                    Some(&dok(gift(&nr(702))).heter("NY")),
                );
            },
        ),
        slag("vergens nummer og tjenesteområde", &UTEN_HJEMMEL, &MED_HJEMMEL, |b| {
            let dok = |n: u32, oppgave: &str| {
                rik(1).med(
                    VERGE,
                    verge(
                        json!({"foedselsEllerDNummer": nr(n), "tjenesteomraade": [{"vergeTjenesteoppgave": oppgave}]}),
                    ),
                )
            };
            b.fra_start_ulikt(1, &dok(701, "a"), &dok(702, "en helt annen oppgave"));
            b.ulikt(1, H::EndringIVergemaal, Some(&dok(703, "a")), None);
        }),
        slag(
            "stedet i utlandet for inn- og utflytting",
            &UTEN_HJEMMEL,
            &MED_HJEMMEL,
            |b| {
                let dok = |sted: &str| {
                    rik(1)
                        .i_stedet(
                            "innflytting",
                            json!({"fraflyttingsland": "SWE", "fraflyttingsstedIUtlandet": sted}),
                        )
                        .med(
                            "utflytting",
                            json!({"tilflyttingsland": "DNK", "tilflyttingsstedIUtlandet": sted}),
                        )
                };
                b.fra_start_ulikt(1, &dok("Elgby"), &dok("Det lange stedet"));
                b.ulikt(1, H::EndringIUtflytting, Some(&dok("Aalborg")), None);
            },
        ),
        slag(
            "flyttedatoen på en tidligere adresse",
            &UTEN_HJEMMEL,
            &MED_HJEMMEL,
            |b| {
                let dok = |dato: &str| {
                    let mut foer = historisk(adresse("bostedsadresse", "Elgveien", "ugradert"));
                    foer["flyttedato"] = dato.into();
                    rik(1).med("bostedsadresse", foer)
                };
                b.fra_start_ulikt(1, &dok("1999-09-09"), &dok("2001-01-01"));
            },
        ),
        slag("kilde og aarsak", &UTEN_HJEMMEL, &MED_HJEMMEL, |b| {
            let dok = |kilde: &str| {
                rik(1).i_stedet(
                    "kjoenn",
                    json!({"kjoenn": "kvinne", "kilde": kilde, "aarsak": format!("{kilde} b")}),
                )
            };
            b.fra_start_ulikt(1, &dok("KILDE_DSF"), &dok("EN_ANNEN_KILDE"));
            b.ulikt(1, H::EndringIKjoenn, Some(&dok("EN_TREDJE")), None);
        }),
    ]
}

/// History of what the package without legal basis sees only as it is now.
fn historikk() -> Vec<Slag> {
    let tabell = [
        ("identitetsgrunnlag", json!({"identitetsgrunnlagstatus": "ingenStatus"})),
        ("status", json!({"status": "utflyttet"})),
        ("sivilstand", json!({"sivilstand": "ugift"})),
        ("statsborgerskap", json!({"statsborgerskap": "SWE"})),
        ("kjoenn", json!({"kjoenn": "mann"})),
        ("kontaktinformasjonForDoedsbo", bo(&nr(701), "Ekorngata 1")),
        ("vergemaalEllerFremtidsfullmakt", verge(json!({}))),
        ("innflytting", json!({"fraflyttingsland": "DNK"})),
        ("utflytting", json!({"tilflyttingsland": "DNK"})),
    ];
    tabell
        .into_iter()
        .map(|(entitet, innhold)| {
            slag(
                format!("historikken til {entitet}"),
                &UTEN_HJEMMEL,
                &MED_HJEMMEL,
                move |b| {
                    let dok =
                        |antall: usize| (0..antall).fold(rik(1), |d, _| d.med(entitet, historisk(innhold.clone())));
                    b.fra_start_ulikt(1, &dok(3), &dok(0));
                    b.ulikt(1, type_for(entitet), Some(&dok(1)), None);
                },
            )
        })
        .collect()
}
