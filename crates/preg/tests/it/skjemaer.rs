//! Our schemas and WSDL beside the published ones, and every kind of answer held against both by libxml2.

use std::path::Path;

use jiff::tz::Offset;
use meldinger::tre;
use preg::hl7::typer::{Adressebruk, Dato, Kjoenn, Rollestatus, Slektskap, Telekom};
use preg::hl7::{
    Adresse, Detalj, Detaljkode, Felt, Foedselstid, Hode, Id, Innhold, Kodet, Kvittering, Modus, Navn, Oppslag, Soek,
    Sporring, Svarhode, Svarkode, Svarperson,
};
use preg::wsdl::Lenker;
use preg::{Operasjon, hl7, skjema, wsdl};

use crate::eksempler::dybde;
use crate::kontrakter::{mappe, preg, python};

pub const ADRESSE: &str = "https://preg.example.test:8443/Personregister.HL7/HL7/PersonRegistry.svc";

/// Our files, under the published names.
pub fn skriv_vaare(mappe: &Path) {
    let lenker = Lenker {
        omslag: "PersonRegistry1.xsd".to_owned(),
        hl7: "PersonRegistry.xsd".to_owned(),
    };
    for (fil, innhold) in [
        ("PersonRegistry.wsdl", wsdl::wsdl(ADRESSE, &lenker)),
        ("PersonRegistry1.xsd", wsdl::omslag(&lenker)),
        ("PersonRegistry.xsd", skjema::til_xsd(&skjema::les().unwrap())),
    ] {
        std::fs::write(mappe.join(fil), innhold).unwrap();
    }
}

#[test]
fn our_wsdl_and_schemas_say_what_the_published_ones_say() {
    let Some(deres) = preg() else { return };
    let vaare = mappe("like");
    skriv_vaare(&vaare);
    let Some(svar) = python("lxml.etree", "skjema_like.py", &[&deres, &vaare], b"") else {
        return;
    };
    std::fs::remove_dir_all(vaare).unwrap();
    let linjer: Vec<&str> = svar.lines().collect();
    // 404 types, 70 lists of codes and two attributes of the schema itself; 12 wrappers, one import and two attributes.
    assert_eq!(linjer, ["SAMMENLIKNET 476 15 19"], "{svar}");
}

#[test]
fn the_served_wsdl_refers_to_schemas_beside_the_service() {
    let lenker = Lenker::ved(ADRESSE);
    let wsdl = wsdl::wsdl(ADRESSE, &lenker);
    let rot = tre::les(wsdl.as_bytes()).unwrap();
    assert_eq!(rot.navn, "definitions");
    assert_eq!(wsdl.matches("?xsd=xsd").count(), 2);
    assert_eq!(wsdl.matches(ADRESSE).count(), 6);
    assert!(wsdl::omslag(&lenker).contains(&lenker.hl7));
    // The port for user names alone has a policy without the conversation.
    let policyer: Vec<_> = rot.barn.iter().filter(|b| b.navn == "Policy").collect();
    let tekst = |nr: usize| policyer[nr].til_xml();
    assert!(policyer.len() == 2 && tekst(0).contains("SecureConversationToken"));
    assert!(!tekst(1).contains("SecureConversationToken") && tekst(1).contains("UsernameToken"));
}

/// A text that tries the writer.
const TEKST: &str = "Ås & <Ø>\u{1}\r\n\"é\" ]]>";

fn full(felt: impl Fn() -> Felt<String>, holdt: bool) -> Svarperson {
    fn en<T>(holdt: bool, verdi: T) -> Felt<T> {
        if holdt { Felt::HoldtTilbake } else { Felt::Verdi(verdi) }
    }
    let navn = || Navn {
        fornavn: felt(),
        mellomnavn: felt(),
        etternavn: felt(),
    };
    let adresse = |bruk: Vec<Adressebruk>| Adresse {
        bruk,
        c_o: felt(),
        adresselinjer: vec![felt(), felt()],
        gatenavn: felt(),
        husnummer: felt(),
        bolignummer: felt(),
        postboks: felt(),
        postnummer: felt(),
        poststed: felt(),
        kommune: felt(),
        land: felt(),
        grunnkrets: felt(),
        bydel: felt(),
    };
    let kode = || Kodet {
        kode: "2".to_owned(),
        system: Some("1.2.3".to_owned()),
        systemnavn: Some(TEKST.to_owned()),
        tekst: Some(TEKST.to_owned()),
    };
    let dato = Dato::les("198403").unwrap();
    let id = Id::person("80000000000");
    Svarperson {
        id: id.clone(),
        status: Rollestatus::Avsluttet,
        skjerming: en(holdt, "7".to_owned()),
        navn: navn(),
        tidligere_navn: vec![navn(), navn()],
        telekom: vec![Telekom {
            verdi: "tel:1".to_owned(),
            bruk: vec!["MC".to_owned(), "HP".to_owned()],
        }],
        kjoenn: en(holdt, Kjoenn::Ukjent),
        foedt: en(holdt, dato),
        doed: en(holdt, true),
        doedsdato: en(holdt, dato),
        adresser: vec![
            adresse(vec![Adressebruk::Hp]),
            adresse(vec![]),
            Adresse::holdt_tilbake(Adressebruk::Tmp),
            Adresse::sperret(Adressebruk::Hp, TEKST),
        ],
        sivilstand: en(holdt, kode()),
        statsborgerskap: vec![en(holdt, kode()), Felt::Mangler],
        andre_id: vec![id.clone()],
        slekt: [Slektskap::Mor, Slektskap::Far, Slektskap::Ektefelle, Slektskap::Barn]
            .map(|slag| (slag, en(holdt, id.clone())))
            .to_vec(),
        foedested: en(holdt, adresse(vec![])),
        registerstatus: en(holdt, (kode(), Some(dato))),
        erstattede: vec![id.clone(), id],
        endret: Some(dato),
    }
}

fn alle_svar() -> Vec<String> {
    let personer = [
        Svarperson::default(),
        full(|| Felt::Verdi(TEKST.to_owned()), false),
        full(|| Felt::HoldtTilbake, true),
        full(|| Felt::Mangler, false),
        full(|| Felt::Verdi(String::new()), false),
    ];
    let hode = |minutter: i32| Svarhode {
        id: Id::default(),
        opprettet: "2026-01-14T23:30:00Z".parse().unwrap(),
        forskyvning: Offset::from_seconds(minutter * 60).unwrap(),
        modus: Modus::Feilsoeking,
    };
    let detaljer = vec![
        Detalj::feil(Detaljkode::Key204, TEKST).ved("a/b"),
        Detalj::advarsel(Detaljkode::ProfileDenied, "x"),
    ];
    let fra = Dato::les("1984");
    let soek = Soek {
        sporring: Sporring {
            id: Some(Id::default()),
            status: Some(TEKST.to_owned()),
        },
        antall: Some(0),
        navn: personer.iter().map(|p| p.navn.clone()).collect(),
        foedt: vec![
            Foedselstid::Dato(fra.unwrap()),
            Foedselstid::Mellom(fra, fra),
            Foedselstid::Mellom(None, fra),
        ],
        kjoenn: vec![Kjoenn::Kvinne, Kjoenn::Mann],
        adresser: personer.iter().flat_map(|p| p.adresser.clone()).collect(),
        doed: vec![true, false],
        id: vec![Id::person("80000000000")],
        rolle_id: vec![Id::default()],
    };
    let oppslag = Oppslag {
        sporring: soek.sporring.clone(),
        id: soek.id.clone(),
    };
    let mut ut = Vec::new();
    for (nr, operasjon) in (0..).zip(Operasjon::ALLE) {
        for kvittering in [Kvittering::av(Vec::new()), Kvittering::av(detaljer.clone())] {
            for forespurt in [
                Hode::default(),
                Hode {
                    id: Some(Id::default()),
                    avsender: Some(Id::person("80000000000")),
                    ..Hode::default()
                },
            ] {
                let mut skriv = |innhold: Innhold<'_>| {
                    ut.push(hl7::skriv(
                        operasjon,
                        &hode(nr * 90 - 210),
                        &forespurt,
                        &kvittering,
                        &innhold,
                    ));
                };
                match operasjon {
                    Operasjon::FindCandidates => {
                        for soek in [&soek, &Soek::default()] {
                            skriv(Innhold::Soek {
                                kode: Svarkode::Ok,
                                totalt: 1_000,
                                gjenstaar: 995,
                                treff: &personer,
                                soek,
                            });
                        }
                    }
                    Operasjon::GetDemographics => {
                        for treff in personer.iter().map(Some).chain([None]) {
                            let kode = Svarkode::IngenTreff;
                            skriv(Innhold::Oppslag {
                                kode,
                                treff,
                                oppslag: &oppslag,
                            });
                        }
                    }
                    Operasjon::AddPerson | Operasjon::RevisePersonRecord => {
                        let alle = personer.iter().map(Some).chain([None]);
                        alle.for_each(|person| skriv(Innhold::Registrering(person)));
                    }
                    Operasjon::LinkPersonRecords | Operasjon::UnlinkPersonRecords => skriv(Innhold::Kobling),
                }
            }
        }
    }
    ut
}

#[test]
fn every_answer_that_can_be_written_is_valid_by_the_published_schema_and_by_ours() {
    let Some(deres) = preg() else { return };
    let vaare = mappe("gyldige");
    skriv_vaare(&vaare);
    let svar = alle_svar();
    assert!(svar.len() > 80, "{}", svar.len());
    let inn: String = svar.iter().map(|s| format!("{s}\0")).collect();
    for mappe in [&deres, &vaare] {
        let skjema = mappe.join("PersonRegistry1.xsd");
        let Some(dommer) = python("lxml.etree", "doem.py", &[&skjema], inn.as_bytes()) else {
            return;
        };
        let dommer: Vec<&str> = dommer.lines().collect();
        assert_eq!(dommer.len(), svar.len());
        for (svar, dom) in svar.iter().zip(dommer) {
            assert_eq!(dom, "gyldig", "{svar}");
        }
    }
    std::fs::remove_dir_all(vaare).unwrap();
    let dypest = svar
        .iter()
        .map(|s| dybde(&tre::les(s.as_bytes()).unwrap()))
        .max()
        .unwrap();
    // Envelope and body come around it. The old client stops at 32.
    assert!(dypest + 2 < 32, "{dypest}");
}
#[test]
fn the_judge_says_no_to_what_is_not_valid() {
    let Some(deres) = preg() else { return };
    let svar = &alle_svar()[0];
    let inn = [
        svar.replacen(" typeCode=\"RCV\"", "", 1),
        svar.replacen("hl7:versionCode", "hl7:versjon", 1),
        svar.replacen("use=\"L\"", "", 1),
    ];
    assert!(inn.iter().all(|i| i != svar));
    let inn: String = inn.iter().map(|s| format!("{s}\0")).collect();
    let skjema = deres.join("PersonRegistry1.xsd");
    if let Some(dommer) = python("lxml.etree", "doem.py", &[&skjema], inn.as_bytes()) {
        assert_eq!(dommer, "ugyldig\n".repeat(3));
    }
}
