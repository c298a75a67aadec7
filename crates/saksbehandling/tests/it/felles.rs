//! A register with a few people, and the messages that may be sent about them. Every number is synthetic (month + 80).

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use identifikator::{Bestilling, Dato, Identifikatortype, Kjoenn, Serie, Tildeler};
use informasjonsmodell::{Handling, Persondokument, Registrering};
use meldinger::Meldingstype;
use meldinger::tre::Element;
use register::{Register, Steder};
use saksbehandling::{Avslag, Innsendt, Mottatt, Saksbehandler, Tid};
use serde_json::{Value, json};
use soek::Soekevisning;

/// The day of the examples.
pub fn naa() -> Tid {
    Tid::new("2026-01-15T11:00:00Z".parse().unwrap()).unwrap()
}

/// Organisations of the examples.
pub const SYKEHUS: &str = "889640782";
pub const TINGRETT: &str = "974761076";

pub struct Folk {
    pub mappe: tempfile::TempDir,
    pub register: Arc<Register>,
    pub saker: Saksbehandler,
    pub numre: BTreeMap<String, String>,
    pub sendt: std::cell::Cell<u32>,
}

/// Who they are, in the order that the register has them.
pub const FOLK: [(&str, &str, &str); 18] = [
    ("hustru", "kvinne", "1985-04-01"),
    ("ektemann", "mann", "1984-03-02"),
    ("datter", "kvinne", "2015-02-03"),
    ("soenn", "mann", "2004-02-03"),
    ("ugift", "kvinne", "1995-05-05"),
    ("ungkar", "mann", "1994-06-06"),
    ("enslig", "mann", "2020-07-07"),
    ("separert", "kvinne", "1980-08-08"),
    ("eksmann", "mann", "1979-09-09"),
    ("partner1", "mann", "1970-01-01"),
    ("partner2", "mann", "1971-01-01"),
    ("ung", "kvinne", "2009-01-01"),
    ("skjult", "kvinne", "1990-10-10"),
    ("fortrolig", "kvinne", "1991-11-11"),
    ("avdoed", "mann", "1940-12-12"),
    ("gjest", "kvinne", "1988-02-03"),
    ("hemmelig", "mann", "1987-04-05"),
    ("utflyttet", "kvinne", "1960-06-07"),
];

/// Who has a D-number.
fn har_dnummer(navn: &str) -> bool {
    matches!(navn, "gjest" | "hemmelig")
}

fn oppfoering(mut innhold: Value) -> Value {
    innhold["erGjeldende"] = json!(true);
    if innhold.get("gyldighetstidspunkt").is_none() {
        innhold["gyldighetstidspunkt"] = json!("2020-01-01T00:00:00+01:00");
    }
    innhold["ajourholdstidspunkt"] = json!("2020-01-01T12:00:00+01:00");
    innhold
}

impl Folk {
    pub fn new() -> Self {
        let mappe = tempfile::tempdir().unwrap();
        let mut tildeler = Tildeler::new();
        let mut numre = BTreeMap::new();
        for (navn, kjoenn, foedt) in FOLK.into_iter().chain([("ukjent", "mann", "1999-09-09")]) {
            let kjoenn = if kjoenn == "kvinne" {
                Kjoenn::Kvinne
            } else {
                Kjoenn::Mann
            };
            let i_dag: Dato = "2026-01-15".parse().unwrap();
            let slag = if har_dnummer(navn) {
                Identifikatortype::DNummer
            } else {
                Identifikatortype::Foedselsnummer
            };
            let bestilling = Bestilling::paa_dag(i_dag, slag, foedt.parse().unwrap(), kjoenn, Serie::Tenor);
            numre.insert(
                navn.to_owned(),
                tildeler.tildel(&bestilling).unwrap().identifikator.to_string(),
            );
        }
        let register = aapne_register(mappe.path());
        let mut folk = Folk {
            saker: aapne(&register, mappe.path()),
            mappe,
            register,
            numre,
            sendt: std::cell::Cell::new(0),
        };
        folk.befolk();
        folk
    }

    /// Closed, and opened anew after something was done to the files below.
    pub fn aapnet_etter(self, gjoer: impl FnOnce(&Path)) -> Self {
        let Folk {
            mappe,
            register,
            saker,
            numre,
            sendt,
        } = self;
        drop((saker, register));
        gjoer(mappe.path());
        let register = aapne_register(mappe.path());
        Folk {
            saker: aapne(&register, mappe.path()),
            mappe,
            register,
            numre,
            sendt,
        }
    }

    pub fn nr(&self, navn: &str) -> String {
        self.numre
            .get(navn)
            .unwrap_or_else(|| panic!("hvem er {navn:?}?"))
            .clone()
    }

    pub fn navn(&self, nr: &str) -> String {
        let funnet = self.numre.iter().find(|(_, n)| *n == nr);
        funnet.map_or_else(|| "?".to_owned(), |(navn, _)| navn.clone())
    }

    fn befolk(&mut self) {
        let registreringer: Vec<Registrering> = FOLK
            .into_iter()
            .map(|(navn, kjoenn, foedt)| Registrering {
                tidspunkt: naa().tidspunkt,
                handling: Handling::Opprett(Box::new(self.dokument(navn, kjoenn, foedt))),
            })
            .collect();
        self.register.utfoer(&registreringer, naa().sekunder).unwrap();
    }

    fn dokument(&self, navn: &str, kjoenn: &str, foedt: &str) -> Persondokument {
        let mut ut: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        let mut med = |entitet: &'static str, innhold: Value| ut.entry(entitet).or_default().push(oppfoering(innhold));
        med(
            "identifikasjonsnummer",
            json!({"status": "iBruk", "foedselsEllerDNummer": self.nr(navn),
                "identifikatortype": if har_dnummer(navn) { "dNummer" } else { "foedselsnummer" }}),
        );
        let doed = navn == "avdoed";
        let status = match navn {
            "avdoed" => "doed",
            "gjest" | "hemmelig" => "midlertidig",
            "utflyttet" => "utflyttet",
            _ => "bosatt",
        };
        med("status", json!({"status": status}));
        med("kjoenn", json!({"kjoenn": kjoenn}));
        med("foedsel", json!({"foedselsdato": foedt, "foedselsaar": foedt.get(..4)}));
        med("navn", json!({"fornavn": navn.to_uppercase(), "etternavn": "PRØVE"}));
        med(
            "statsborgerskap",
            json!({"statsborgerskap": match navn { "ugift" => "ESP", "gjest" | "hemmelig" => "POL", _ => "NOR" }}),
        );
        let sivilstand = |slag: &str, dato: &str, med: &str| {
            json!({"sivilstand": slag, "sivilstandsdato": dato, "relatertVedSivilstand": self.nr(med),
                "gyldighetstidspunkt": format!("{dato}T00:00:00+01:00")})
        };
        let relasjon = |til: &str, er: &str, jeg: &str| json!({"relatertPerson": self.nr(til), "relatertPersonsRolle": er, "minRolleForPerson": jeg});
        let ektefelle = |til: &str| relasjon(til, "ektefelleEllerPartner", "ektefelleEllerPartner");
        let ansvar = |slag: &str, barn: &str, hvem: &str| json!({"ansvar": slag, "ansvarssubjekt": self.nr(barn), "ansvarlig": self.nr(hvem)});
        let par = |med: &str| match med {
            "hustru" => Some(("ektemann", "gift", "2010-06-05")),
            "ektemann" => Some(("hustru", "gift", "2010-06-05")),
            "separert" => Some(("eksmann", "separert", "2023-01-10")),
            "eksmann" => Some(("separert", "separert", "2023-01-10")),
            "partner1" => Some(("partner2", "registrertPartner", "2005-01-01")),
            "partner2" => Some(("partner1", "registrertPartner", "2005-01-01")),
            _ => None,
        };
        match par(navn) {
            Some((annen, slag, dato)) => {
                med("sivilstand", sivilstand(slag, dato, annen));
                med("familierelasjon", ektefelle(annen));
            }
            None => med("sivilstand", json!({"sivilstand": "ugift"})),
        }
        match navn {
            "hustru" | "ektemann" => {
                let rolle = if navn == "hustru" { "mor" } else { "far" };
                med("familierelasjon", relasjon("datter", "barn", rolle));
                med("familierelasjon", relasjon("soenn", "barn", rolle));
                med("foreldreansvar", ansvar("felles", "datter", navn));
            }
            "datter" | "soenn" => {
                med("familierelasjon", relasjon("hustru", "mor", "barn"));
                med("familierelasjon", relasjon("ektemann", "far", "barn"));
                if navn == "datter" {
                    med("foreldreansvar", ansvar("felles", "datter", "hustru"));
                    med("foreldreansvar", ansvar("felles", "datter", "ektemann"));
                }
            }
            "ugift" => {
                med("familierelasjon", relasjon("enslig", "barn", "mor"));
                med("foreldreansvar", ansvar("mor", "enslig", "ugift"));
            }
            "enslig" => {
                med("familierelasjon", relasjon("ugift", "mor", "barn"));
                med("foreldreansvar", ansvar("mor", "enslig", "ugift"));
            }
            _ => {}
        }
        match navn {
            "skjult" => {
                med("adressebeskyttelse", json!({"graderingsnivaa": "strengtFortrolig"}));
                med(
                    "postadresse",
                    json!({"adressegradering": "ugradert", "postboksadresse": {"postboks": "12",
                    "poststed": {"postnummer": "0001", "poststedsnavn": "OSLO"}}}),
                );
            }
            "avdoed" | "utflyttet" => {}
            "gjest" | "hemmelig" => {
                let grad = if navn == "hemmelig" { "fortrolig" } else { "ugradert" };
                if navn == "hemmelig" {
                    med("adressebeskyttelse", json!({"graderingsnivaa": "fortrolig"}));
                }
                let duf = if navn == "gjest" {
                    "201912345603"
                } else {
                    "201912345611"
                };
                med(
                    "utlendingsmyndighetenesIdentifikasjonsnummer",
                    json!({"identifikasjonsnummer": duf, "utstederland": "NOR",
                        "identifikasjonsnummertype": "utlendingsmyndighetenesIdentifikasjonsnummer"}),
                );
                med(
                    "oppholdsadresse",
                    json!({"adressegradering": grad, "oppholdsadressedato": "2020-01-01",
                        "vegadresse": {"kommunenummer": "0301", "adressenavn": "Gjesteveien",
                        "adressenummer": {"husnummer": "1"}, "poststed": {"postnummer": "0001", "poststedsnavn": "OSLO"}}}),
                );
            }
            navn => {
                let grad = if navn == "fortrolig" { "fortrolig" } else { "ugradert" };
                if navn == "fortrolig" {
                    med("adressebeskyttelse", json!({"graderingsnivaa": "fortrolig"}));
                }
                med(
                    "bostedsadresse",
                    json!({"adressegradering": grad, "vegadresse": {"kommunenummer": "0301",
                        "adressenavn": format!("{navn}veien"), "adressenummer": {"husnummer": "1"},
                        "poststed": {"postnummer": "0001", "poststedsnavn": "OSLO"}}}),
                );
            }
        }
        let mut dokument = json!(ut);
        if doed {
            dokument["doedsfall"] = oppfoering(json!({"doedsdato": "2025-12-01"}));
        }
        Persondokument::les(dokument).unwrap()
    }

    /// Everything that is held of somebody, as a document with its history.
    pub fn dokument_av(&self, nr: &str) -> Value {
        let id = identifikator::Folkeregisteridentifikator::parse(nr).unwrap();
        let les = self.register.les().unwrap();
        let person = les.finn(&id).unwrap().unwrap();
        serde_json::from_slice(&les.eksporter(person).unwrap().unwrap().til_json()).unwrap()
    }

    /// What the entries of an entity say that are current.
    pub fn gjeldende(&self, nr: &str, entitet: &str) -> Vec<Value> {
        let dokument = self.dokument_av(nr);
        let alle = match &dokument[entitet] {
            Value::Array(alle) => alle.clone(),
            Value::Null => Vec::new(),
            en => vec![en.clone()],
        };
        alle.into_iter().filter(|o| o["erGjeldende"] == true).collect()
    }

    pub fn send(
        &self,
        organisasjon: &str,
        meldingstype: Meldingstype,
        forespoersel: Element,
    ) -> Result<Mottatt, Avslag> {
        self.sendt.set(self.sendt.get() + 1);
        let id = format!("M{}", self.sendt.get());
        let xml = melding(meldingstype, &id, forespoersel);
        self.saker.ta_imot(
            organisasjon,
            meldingstype,
            &uten_filer(xml.as_bytes()),
            &|_| true,
            &naa(),
        )
    }
}

/// A message without files.
pub fn uten_filer(xml: &[u8]) -> Innsendt<'_> {
    Innsendt {
        xml,
        filer: &[],
        signatur: None,
    }
}

fn aapne_register(mappe: &Path) -> Arc<Register> {
    let (mappe, visning) = (mappe.join("register"), Arc::new(Soekevisning));
    Arc::new(Register::aapne_med_visning(&mappe, &Steder::default(), visning).unwrap())
}

pub fn aapne(register: &Arc<Register>, mappe: &Path) -> Saksbehandler {
    let (saker, noekkel) = (mappe.join("saker"), mappe.join("noekler-saker"));
    Saksbehandler::aapne(register.clone(), &saker, &noekkel, Serie::Tenor).unwrap()
}

/// A message around what it asks for.
pub fn melding(meldingstype: Meldingstype, id: &str, forespoersel: Element) -> String {
    let skjema = meldingstype.versjoner()[0].skjema().unwrap();
    let mut rot = el(&skjema.roetter[0].0, vec![]);
    rot.barn.push(el(
        "innsending",
        vec![
            tekst("avsendersMeldingsidentifikator", id),
            tekst("avsendersInnsendingstidspunkt", "2026-01-15T10:00:00+01:00"),
        ],
    ));
    rot.barn.push(forespoersel);
    i_navnerom(&mut rot, &skjema.navnerom);
    rot.til_xml()
}

fn i_navnerom(element: &mut Element, navnerom: &str) {
    navnerom.clone_into(&mut element.navnerom);
    element.barn.iter_mut().for_each(|barn| i_navnerom(barn, navnerom));
}

pub fn el(navn: &str, barn: Vec<Element>) -> Element {
    let mut ut = Element::new("", navn);
    ut.barn = barn;
    ut
}

pub fn tekst(navn: &str, verdi: &str) -> Element {
    let mut ut = Element::new("", navn);
    verdi.clone_into(&mut ut.tekst);
    ut
}

pub fn doedsfall(nr: &str, dato: &str) -> Element {
    el(
        "forespoersel",
        vec![
            tekst("forespoerselssdato", "2026-01-15"),
            tekst("kilde", "helse"),
            tekst("avsendersSaksreferanse", "S-1"),
            tekst("avsendersSaksbehandler", "vakt"),
            el(
                "doedPerson",
                vec![tekst("foedselsnummer", nr), tekst("doedsdato", dato)],
            ),
        ],
    )
}

pub fn annullering(nr: &str) -> Element {
    el(
        "forespoersel",
        vec![
            tekst("forespoerselssdato", "2026-01-15"),
            tekst("kilde", "helse"),
            tekst("avsendersSaksbehandler", "vakt"),
            el("levendePerson", vec![tekst("foedselsnummer", nr)]),
        ],
    )
}

pub fn vigsel(a: &str, b: &str, dato: &str, uvisst: bool) -> Element {
    let ektefelle = |nr: &str| el("ektefelle", vec![tekst("foedselsEllerDNummer", nr)]);
    el(
        "forespoersel",
        vec![
            tekst("kilde", "ansattIKommune"),
            ektefelle(a),
            ektefelle(b),
            el(
                "vigsel",
                vec![
                    tekst("vigselsdato", dato),
                    tekst("vigselssted", "Prøverådhuset"),
                    tekst("vigselsmyndighet", "ansattIKommune"),
                    tekst("vigselsmyndighetSomKommune", "0301"),
                    tekst("vigselstype", "borgerlig"),
                    tekst(
                        "vigslerHarGyldigVigselsmyndighet",
                        if uvisst { "vetIkke" } else { "ja" },
                    ),
                ],
            ),
        ],
    )
}

pub fn brudd(slag: &str, a: &str, b: &str, dato: &str) -> Element {
    let part = |nr: &str| {
        let mut ut = el("ektefelleEllerPartner", vec![tekst("foedselsEllerDNummer", nr)]);
        if slag == "skilsmisse" {
            ut.barn.push(tekst("erBegjaererAvSkilsmisse", "false"));
        }
        ut
    };
    let hjemmel = if slag == "skilsmisse" {
        "skilsmisseEtterSeparasjon"
    } else {
        "enEktefelleKreverSeparasjon"
    };
    let hva = el(
        slag,
        vec![
            tekst(
                &format!("{slag}sdato").replace("skilsmissesdato", "skilsmissedato"),
                dato,
            ),
            tekst("hjemmel", hjemmel),
            tekst("sivilstandsmyndighet", "fylkesmannen"),
        ],
    );
    let deler = vec![tekst("kilde", "statsforvalter"), part(a), part(b), hva];
    el("forespoersel", deler)
}

pub fn foedsel(mor: &str, dato: &str, gift: bool, levende: bool, plass: Option<&str>) -> Element {
    let mut barn = vec![
        tekst("foedselsdato", dato),
        tekst("erLevendefoedt", if levende { "true" } else { "false" }),
    ];
    barn.extend(plass.map(|plass| tekst("rekkefoelgenummerVedFlerfoedsel", plass)));
    barn.push(tekst("kjoenn", "kvinne"));
    let foedested = el(
        "foedested",
        vec![
            tekst("foedselsinstitusjonsnavn", "Prøvesykehuset"),
            tekst("foedekommunenummer", "0301"),
            tekst("foedekommunenavn", "Oslo"),
        ],
    );
    el(
        "forespoersel",
        vec![
            el(
                "foedsel",
                vec![
                    tekst("foreldreBorSammen", "true"),
                    tekst("foreldreErGift", if gift { "true" } else { "false" }),
                    el("barn", barn),
                    el("mor", vec![tekst("foedselsEllerDNummer", mor)]),
                    foedested,
                ],
            ),
            tekst("registreringsdato", "2026-01-15"),
            tekst("erKorrigertForespoersel", "false"),
        ],
    )
}

/// What is said of a paternity.
pub struct Farskap<'f> {
    pub barn: Option<&'f str>,
    pub far: &'f str,
    pub mor: Option<&'f str>,
    pub sammen: bool,
    pub uvisst: bool,
}

pub fn farskap(f: &Farskap<'_>) -> Element {
    let mut barnet = Vec::new();
    barnet.extend(f.barn.map(|nr| tekst("foedselsEllerDNummer", nr)));
    barnet.push(tekst("erFoedt", if f.barn.is_some() { "true" } else { "false" }));
    let mut deler = vec![
        tekst("registreringsdato", "2026-01-15"),
        el("innsender", vec![tekst("innsendertype", "nav")]),
        el(
            "saksbehandlersVurdering",
            vec![
                tekst("skjemaErAttestert", if f.uvisst { "false" } else { "true" }),
                tekst("vedlagtFarskapsskjemaErOriginalt", "true"),
            ],
        ),
        el("barnet", barnet),
        el(
            "far",
            vec![
                tekst("foedselsEllerDNummer", f.far),
                tekst("datoForErklaeringen", "2026-01-02"),
                tekst("harSignert", "true"),
            ],
        ),
    ];
    deler.extend(f.mor.map(|mor| {
        el(
            "mor",
            vec![tekst("foedselsEllerDNummer", mor), tekst("harSignert", "true")],
        )
    }));
    deler.push(tekst("foreldreBorSammen", if f.sammen { "true" } else { "false" }));
    el("forespoersel", deler)
}

pub fn doedsbo(avdoed: &str, person: Option<&str>, dato: &str) -> Element {
    let navn = || {
        el(
            "personnavn",
            vec![tekst("fornavn", "ADVOKAT"), tekst("etternavn", "PRØVE")],
        )
    };
    let hvem = match person {
        Some(nr) => el("person", vec![tekst("foedselsEllerDNummer", nr)]),
        None => el(
            "advokat",
            vec![navn(), tekst("organisasjonsnavn", "Prøve advokatfirma")],
        ),
    };
    let adresse = el(
        "adresse",
        vec![
            tekst("adresselinje", "Boveien 3"),
            tekst("poststedsnavn", "OSLO"),
            tekst("postnummer", "0001"),
            tekst("landkode", "NOR"),
        ],
    );
    let mut saksbehandler = navn();
    "saksbehandler".clone_into(&mut saksbehandler.navn);
    el(
        "forespoersel",
        vec![
            el("avdoed", vec![tekst("foedselsEllerDNummer", avdoed)]),
            el("kontaktinformasjon", vec![hvem, adresse]),
            el(
                "avsender",
                vec![tekst("virksomhetsnavn", "Prøve tingrett"), saksbehandler],
            ),
            tekst("skifteform", "annet"),
            tekst("attestutstedelsesdato", dato),
        ],
    )
}
