//! Runs every table of `eksempler/produsent`.

use meldinger::Meldingstype as M;
use saksbehandling::{Avgjoerelse, Hva, Sak, Tillegg, Tilstand};
use serde_json::Value;
use tilgang::Projeksjon;

use crate::felles::{
    Farskap, Folk, SYKEHUS, TINGRETT, annullering, brudd, doedsbo, doedsfall, farskap, foedsel, naa, vigsel,
};
use crate::nye;

pub fn mappe() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../eksempler/produsent")
}

#[derive(Default)]
pub struct Utfall {
    pub sagt: Vec<String>,
    pub siste: u32,
}

fn sagt(sak: &Sak) -> String {
    match sak.hendelser.last().map(|h| &h.hva) {
        None => {
            assert_eq!(sak.tilstand, Tilstand::VenterPaaFoedsel);
            "venter".to_owned()
        }
        Some(Hva::TilManuellBehandling { grunner, .. }) => {
            let koder: Vec<&str> = grunner.iter().map(|g| g.kode()).collect();
            format!("manuell: {}", koder.join(", "))
        }
        Some(Hva::Beslutning {
            beslutning, resultat, ..
        }) => match resultat.kode() {
            "registrert" => beslutning.kode().to_owned(),
            kode => format!("{}: {kode}", beslutning.kode()),
        },
    }
}

pub fn gjoer(folk: &mut Folk, steg: &str, utfall: &mut Utfall) {
    let ord: Vec<&str> = steg.split_whitespace().collect();
    let (slag, resten) = ord.split_first().unwrap();
    let nr = |plass: usize| folk.nr(resten[plass]);
    let har = |ord: &str| resten.contains(&ord);
    let (meldingstype, forespoersel) = match *slag {
        "doedsfall" => (M::Doedsfall, doedsfall(&nr(0), resten[1])),
        "annullering" => (M::AnnulleringAvDoedsfall, annullering(&nr(0))),
        "vigsel" => (M::Vigsel, vigsel(&nr(0), &nr(1), resten[2], har("uvisst"))),
        "separasjon" => (M::Separasjon, brudd("separasjon", &nr(0), &nr(1), resten[2])),
        "skilsmisse" => (M::Skilsmisse, brudd("skilsmisse", &nr(0), &nr(1), resten[2])),
        "foedsel" | "doedfoedt" => {
            let plass = resten.iter().copied().find(|o| o.len() == 2);
            (
                M::Foedsel,
                foedsel(&nr(0), resten[1], har("gift"), *slag == "foedsel", plass),
            )
        }
        "farskap" => {
            let mor = resten
                .iter()
                .find_map(|o| o.strip_prefix("mor="))
                .map(|navn| folk.nr(navn));
            let barn = (resten[0] != "ufoedt").then(|| nr(0));
            let f = Farskap {
                barn: barn.as_deref(),
                far: &nr(1),
                mor: mor.as_deref(),
                sammen: har("sammen"),
                uvisst: har("uvisst"),
            };
            (M::Farskap, farskap(&f))
        }
        "doedsbo" => {
            let person = resten
                .iter()
                .find_map(|o| o.strip_prefix("person="))
                .map(|navn| folk.nr(navn));
            (
                M::KontaktopplysningerDoedsbo,
                doedsbo(&nr(0), person.as_deref(), resten.last().unwrap()),
            )
        }
        "godkjenn" | "avvis" | "avslaa" => {
            let avgjoerelse = match *slag {
                "godkjenn" => Avgjoerelse::Godkjenn,
                "avvis" => Avgjoerelse::Avvis,
                _ => Avgjoerelse::Avslaa,
            };
            let verdi = |navn: &str| resten.iter().find_map(|o| o.strip_prefix(navn)?.strip_prefix('='));
            let tillegg = Tillegg {
                kommunenummer: verdi("kommune").map(str::to_owned),
                eksisterende: verdi("har").map(|navn| folk.nr(navn)),
            };
            utfall.sagt.push(
                match folk.saker.avgjoer_med(utfall.siste, avgjoerelse, &tillegg, &naa()) {
                    Ok(sak) => sagt(&sak),
                    Err(saksbehandling::Hindring::Grunner(grunner)) => {
                        let koder: Vec<&str> = grunner.iter().map(|g| g.kode()).collect();
                        format!("hindret: {}", koder.join(", "))
                    }
                    Err(feil) => panic!("{feil}"),
                },
            );
            return;
        }
        annet => nye::les(folk, annet, resten).unwrap_or_else(|| panic!("hva er {annet:?}?")),
    };
    let organisasjon = if har("annen") { TINGRETT } else { SYKEHUS };
    let mottatt = folk.send(organisasjon, meldingstype, forespoersel).unwrap();
    let sak = folk.saker.sak(mottatt.sak).unwrap().unwrap();
    utfall.siste = sak.nr;
    utfall.sagt.push(sagt(&sak));
    if let Some(Hva::Beslutning {
        opprettet: Some(opprettet),
        ..
    }) = sak.hendelser.last().map(|h| &h.hva)
    {
        let (en, to) = if meldingstype == M::Foedsel {
            ("nyfoedt", "nyfoedt2")
        } else {
            ("ny", "ny2")
        };
        let navn = if folk.numre.contains_key(en) { to } else { en };
        folk.numre.insert(navn.to_owned(), opprettet.nummer.clone());
    }
}

// What is told of somebody, in the words of the tables.
fn verdi(folk: &Folk, navn: &str, felt: &str) -> String {
    let nr = folk.nr(navn);
    let tekst = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let alle = |entitet: &str, felt: &str| -> Vec<String> {
        folk.gjeldende(&nr, entitet).iter().map(|o| tekst(&o[felt])).collect()
    };
    let med_rolle = |rolle: &str| -> Vec<String> {
        let alle = folk.gjeldende(&nr, "familierelasjon").into_iter();
        alle.filter(|o| {
            o["relatertPersonsRolle"] == rolle || (rolle == "barn" && o["relatertPersonsRolle"] == "doedfoedtBarn")
        })
        .map(|o| match o["relatertPerson"].as_str() {
            Some(nr) => folk.navn(nr),
            None => "uten".to_owned(),
        })
        .collect()
    };
    let funnet = match felt {
        "status" => alle("status", "status"),
        "sivilstand" => alle("sivilstand", "sivilstand"),
        "doedsdato" => alle("doedsfall", "doedsdato"),
        "land" => alle("statsborgerskap", "statsborgerskap"),
        "beskyttelse" => alle("adressebeskyttelse", "graderingsnivaa"),
        "postadresse" => alle("postadresse", "adressegradering"),
        "bosted" => alle("bostedsadresse", "adressegradering")
            .into_iter()
            .map(|grad| if grad == "ugradert" { "ja".to_owned() } else { grad })
            .collect(),
        "ansvar" => alle("foreldreansvar", "ansvar"),
        "ektefelle" => med_rolle("ektefelleEllerPartner"),
        "mor" | "far" | "barn" | "soesken" => med_rolle(felt),
        "navn" => folk
            .gjeldende(&nr, "navn")
            .iter()
            .map(|o| format!("{}/{}", tekst(&o["fornavn"]), tekst(&o["etternavn"])))
            .collect(),
        "foedt" => folk
            .gjeldende(&nr, "foedsel")
            .iter()
            .map(|o| {
                o["foedselsdato"]
                    .as_str()
                    .map_or(tekst(&o["foedselsaar"]), str::to_owned)
            })
            .collect(),
        "kjoenn" => alle("kjoenn", "kjoenn"),
        "foedeland" => alle("foedsel", "foedeland"),
        "foedested" => alle("foedsel", "foedested"),
        "duf" => alle("utlendingsmyndighetenesIdentifikasjonsnummer", "identifikasjonsnummer"),
        "utl" => alle("utenlandskPersonidentifikasjon", "identifikasjonsnummer"),
        "pass" => alle("legitimasjonsdokument", "identifikasjonsdokumentnummer"),
        "grunnlag" => alle("identitetsgrunnlag", "identitetsgrunnlagstatus"),
        "slag" => alle("identifikasjonsnummer", "identifikatortype"),
        "opphold" => alle("oppholdsadresse", "adressegradering"),
        "hjemme" => alle("postadresseIUtlandet", "adressegradering"),
        "fra" => alle("innflytting", "fraflyttingsland"),
        "tillatelse" => alle("opphold", "oppholdstillatelse"),
        "gate" => folk
            .gjeldende(&nr, "bostedsadresse")
            .iter()
            .map(|o| {
                format!(
                    "{},{}",
                    tekst(&o["vegadresse"]["adressenavn"]),
                    tekst(&o["vegadresse"]["kommunenummer"])
                )
            })
            .collect(),
        "bo" => folk
            .gjeldende(&nr, "kontaktinformasjonForDoedsbo")
            .iter()
            .map(|o| match o["person"]["foedselsEllerDNummer"].as_str() {
                Some(nr) => folk.navn(nr),
                None => "advokat".to_owned(),
            })
            .collect(),
        annet => panic!("hva er feltet {annet:?}?"),
    };
    if funnet.is_empty() {
        "-".to_owned()
    } else {
        sortert(funnet)
    }
}

fn sortert(mut alle: Vec<String>) -> String {
    alle.sort();
    alle.join("+")
}

#[test]
fn what_messages_lead_to_is_what_the_tables_say() {
    let mut kjoert = 0;
    let mut filer: Vec<_> = std::fs::read_dir(mappe()).unwrap().map(|f| f.unwrap().path()).collect();
    filer.sort();
    let mut avvik = Vec::new();
    for fil in filer.iter().filter(|f| !f.ends_with("README.md")) {
        let innhold = std::fs::read_to_string(fil).unwrap();
        for rad in innhold.lines().filter(|l| l.starts_with("| ")).skip(1) {
            let celler: Vec<&str> = rad.trim_matches('|').split('|').map(str::trim).collect();
            let [meldinger, sagt, hendelser, etter] = celler.as_slice() else {
                panic!("{rad}")
            };
            let mut folk = Folk::new();
            let foer = folk
                .register
                .les()
                .unwrap()
                .feed(Projeksjon::MedHjemmel, 1, 10_000)
                .unwrap()
                .len();
            let mut utfall = Utfall::default();
            for steg in meldinger.split(';') {
                gjoer(&mut folk, steg, &mut utfall);
            }
            let feed = folk
                .register
                .les()
                .unwrap()
                .feed(Projeksjon::MedHjemmel, 1, 10_000)
                .unwrap();
            let skjedd: Vec<String> = feed[foer..]
                .iter()
                .map(|e| {
                    format!(
                        "{} {}",
                        folk.navn(&e.folkeregisteridentifikator),
                        e.hendelsestype.navn()
                    )
                })
                .collect();
            let mut sjekk = |hva: &str, ble: String, ventet: &str| {
                if ble != ventet {
                    avvik.push(format!(
                        "{}: {meldinger}: {hva}\n  ble    {ble}\n  ventet {ventet}",
                        fil.file_name().unwrap().display()
                    ));
                }
            };
            sjekk("sagt", utfall.sagt.join("; "), sagt);
            sjekk("hendelser", skjedd.join(", "), hendelser);
            for krav in etter.split_whitespace() {
                let (sted, ventet) = krav.split_once('=').unwrap();
                let (navn, felt) = sted.split_once('.').unwrap();
                let ventet = sortert(ventet.split('+').map(str::to_owned).collect());
                sjekk(sted, verdi(&folk, navn, felt), &ventet);
            }
            assert_eq!(folk.register.verifiser(&mut |_| {}).unwrap(), []);
            kjoert += 1;
        }
    }
    assert!(avvik.is_empty(), "{}", avvik.join("\n"));
    assert!(kjoert > 110, "{kjoert}");
}
