//! Messages about those who are new, or whose identity is new: as the tables write them.

use meldinger::Meldingstype as M;
use meldinger::tre::Element;

use crate::felles::{Folk, el, tekst};

/// `navn=verdi` of a step.
struct Ord<'o>(&'o [&'o str]);

impl<'o> Ord<'o> {
    fn verdi(&self, navn: &str) -> Option<&'o str> {
        self.0.iter().find_map(|o| o.strip_prefix(navn)?.strip_prefix('='))
    }

    fn har(&self, ord: &str) -> bool {
        self.0.contains(&ord)
    }
}

// Of a name of the tables, or a number as it is.
fn hvem(folk: &Folk, navn: &str) -> String {
    if navn.len() == 11 && navn.bytes().all(|b| b.is_ascii_digit()) {
        navn.to_owned()
    } else {
        folk.nr(navn)
    }
}

fn ja(er: bool) -> &'static str {
    if er { "true" } else { "false" }
}

fn navn(begge: &str) -> Element {
    let (fornavn, etternavn) = begge.split_once('/').unwrap();
    el("navn", vec![tekst("fornavn", fornavn), tekst("etternavn", etternavn)])
}

fn poststed() -> Element {
    el(
        "poststed",
        vec![tekst("poststedsnavn", "BERGEN"), tekst("postnummer", "5003")],
    )
}

fn vegadresse(gate: &str, kommune: bool) -> Element {
    let mut deler = vec![
        tekst("adressenavn", gate),
        el("adressenummer", vec![tekst("husnummer", "7")]),
        poststed(),
    ];
    if kommune {
        deler.push(tekst("kommunenummer", "4601"));
    }
    el("vegadresse", deler)
}

fn postboks() -> Element {
    el("postboksadresse", vec![tekst("postboks", "77"), poststed()])
}

fn utland(navn: &str, land: &str) -> Element {
    el(navn, vec![tekst("adressenavn", "Ulica 1"), tekst("landkode", land)])
}

fn identifikasjon(o: &Ord<'_>) -> Vec<Element> {
    let mut ut = Vec::new();
    if let Some(duf) = o.verdi("duf") {
        ut.push(el("identifikasjon", vec![nummer("personidentifikasjon", "duf", duf)]));
    }
    if let Some(utl) = o.verdi("utl") {
        ut.push(el("identifikasjon", vec![nummer("personidentifikasjon", "utl", utl)]));
    }
    if let Some(pass) = o.verdi("pass") {
        let mut deler = vec![
            tekst("identifikasjonsdokumentnummer", pass),
            tekst("identifikasjonsdokumenttype", "pass"),
            tekst("utstederland", "POL"),
        ];
        if o.har("kopi") {
            deler.push(el(
                "dokumentkopi",
                vec![
                    tekst("rettkjentKopiBekreftetAv", "NAV"),
                    tekst("multipartnavn", "pass.pdf"),
                ],
            ));
        }
        ut.push(el("identifikasjon", vec![el("dokumentgrunnlag", deler)]));
    }
    ut
}

fn nummer(element: &str, slag: &str, verdi: &str) -> Element {
    let slag = if slag == "duf" {
        "utlendingsmyndighetenesIdentifikasjonsnummer"
    } else {
        "utenlandskIdentifikasjonsnummer"
    };
    let land = if slag.starts_with("utlendings") { "NOR" } else { "POL" };
    el(
        element,
        vec![
            tekst("identifikasjonsnummer", verdi),
            tekst("identifikasjonsnummertype", slag),
            tekst("utstederland", land),
        ],
    )
}

/// `rekvisisjon FORNAVN/ETTERNAVN DATO ...`
fn rekvisisjon(ord: &[&str]) -> Element {
    let o = Ord(ord);
    let klient = tekst("erKlientadresse", ja(o.har("klient")));
    let mut kandidat = vec![
        navn(ord[0]),
        tekst("foedselsdatoErKjent", ja(!o.har("ukjentdag"))),
        tekst("foedselsdato", ord[1]),
        tekst("foedeland", "POL"),
        tekst("kjoenn", o.verdi("kjoenn").unwrap_or("kvinne")),
    ];
    if o.har("opphold") {
        kandidat.push(el(
            "oppholdsadresse",
            vec![
                vegadresse("Oppholdsveien", true),
                klient.clone(),
                tekst("oppholdsadressedato", "2026-01-02"),
            ],
        ));
    }
    if o.har("post") {
        kandidat.push(el("postadresse", vec![postboks(), klient.clone()]));
    }
    if let Some(land) = o.verdi("hjemme") {
        kandidat.push(el("postadresseIUtlandet", vec![utland("postadresse", land), klient]));
    }
    kandidat.push(tekst("statsborgerskap", o.verdi("land").unwrap_or("POL")));
    kandidat.push(tekst("harUkjentOppholdsadresse", ja(!o.har("opphold"))));
    kandidat.push(tekst("skalFaaUtskrift", "false"));
    let mut deler = vec![
        el("kandidat", kandidat),
        tekst("kilde", "nav"),
        tekst("rekvireringsdato", "2026-01-14"),
    ];
    deler.extend(identifikasjon(&o));
    deler.push(tekst("avsendersSaksbehandler", "vakt"));
    deler.push(tekst("identitetskontrollKreves", ja(o.har("kontroll"))));
    el("forespoersel", deler)
}

// What is changed: one of the members that both kinds of changes have.
fn endret(o: &Ord<'_>, liste: &str) -> Element {
    if let Some(nytt) = o.verdi("navn") {
        return navn(nytt);
    }
    if let Some(land) = o.verdi("land") {
        let v2 = o.har("v2");
        let alle = land.split('+').map(|l| {
            let ett = tekst("statsborgerskap", l);
            if v2 { ett } else { el("statsborgerskap", vec![ett]) }
        });
        return el(liste, alle.collect());
    }
    let felt = ["kjoenn", "foedeland", "foedested", "personstatus"]
        .into_iter()
        .find_map(|felt| Some((felt, o.verdi(felt)?)));
    if let Some((felt, verdi)) = felt {
        return tekst(felt, verdi);
    }
    panic!("hva endres?")
}

/// `dnrendring HVEM hva=verdi [slag=...] [kilde=...]`
fn dnummerendring(folk: &Folk, ord: &[&str]) -> Element {
    let o = Ord(ord);
    let klient = tekst("erKlientadresse", ja(o.har("klient")));
    let hva = if let Some(dato) = o.verdi("foedt") {
        el(
            "foedselsdato",
            vec![tekst("foedselsdatoErKjent", "true"), tekst("foedselsdato", dato)],
        )
    } else if o.har("ikkeopphold") {
        tekst(
            if o.har("v2") {
                "harUoppgittOppholdsadresse"
            } else {
                "oppholdsadresseErIkkeAktuell"
            },
            "true",
        )
    } else if let Some(gate) = o.verdi("opphold") {
        el(
            "oppholdsadresse",
            vec![
                vegadresse(gate, true),
                klient,
                tekst("oppholdsadressedato", "2026-01-02"),
            ],
        )
    } else if o.har("post") {
        el("postadresse", vec![postboks(), klient])
    } else if let Some(land) = o.verdi("hjemme") {
        el("postadresseIUtlandet", vec![utland("postadresse", land), klient])
    } else if let Some(duf) = o.verdi("nyduf") {
        nummer("utenlandskPersonidentifikasjon", "duf", duf)
    } else if let Some(utl) = o.verdi("utl") {
        nummer("utenlandskPersonidentifikasjon", "utl", utl)
    } else {
        endret(
            &o,
            if o.har("v2") {
                "statsborgerskap"
            } else {
                "statsborgerskapListe"
            },
        )
    };
    let mut person = vec![hva, tekst("dNummer", &hvem(folk, ord[0]))];
    person.extend(o.verdi("duf").map(|duf| tekst("dufNummer", duf)));
    if !o.har("v2") {
        person.push(tekst("endringstype", o.verdi("slag").unwrap_or("endre")));
    }
    el(
        "forespoersel",
        vec![
            tekst("kilde", o.verdi("kilde").unwrap_or("nav")),
            tekst("forespoerselsdato", o.verdi("dag").unwrap_or("2026-01-14")),
            tekst("avsendersSaksbehandler", "vakt"),
            el("person", person),
        ],
    )
}

/// `fnrendring HVEM hva=verdi [slag=...] [vedtak] [kilde=...]`
fn fnrendring(folk: &Folk, ord: &[&str]) -> Element {
    let o = Ord(ord);
    let hva = match o.verdi("foedt") {
        Some(dato) => tekst("foedselsdato", dato),
        None => endret(&o, "statsborgerskap"),
    };
    let person = vec![
        hva,
        tekst("foedselsnummer", &hvem(folk, ord[0])),
        tekst("endringstype", o.verdi("slag").unwrap_or("endre")),
        tekst("erVedtakOmIdentitetsendring", ja(o.har("vedtak"))),
    ];
    el(
        "forespoersel",
        vec![
            tekst("kilde", o.verdi("kilde").unwrap_or("utlendingsmyndigheten")),
            tekst("forespoerselsdato", "2026-01-14"),
            tekst("avsendersSaksbehandler", "vakt"),
            el("person", person),
        ],
    )
}

/// `innflytting HVEM|FORNAVN/ETTERNAVN DATO [sivilstand=...] [mor=...] [ektefelle=HVEM,DATO] [paastand] ...`
fn innflytting(folk: &Folk, ord: &[&str]) -> Element {
    let o = Ord(ord);
    let (nummer, kandidatnavn) = if ord[0].contains('/') {
        (None, ord[0].to_owned())
    } else {
        let navn = folk
            .navn(&hvem(folk, ord[0]))
            .to_uppercase()
            .replace(|c: char| c.is_ascii_digit(), "");
        (Some(hvem(folk, ord[0])), format!("{navn}/PRØVE"))
    };
    let mut kandidat = Vec::new();
    kandidat.extend(nummer.map(|nr| tekst("foedselsEllerDNummer", &nr)));
    kandidat.extend([
        navn(&kandidatnavn),
        tekst("foedselsdato", ord[1]),
        tekst("foedeland", "POL"),
        tekst("foedested", "Próbkowo"),
        tekst("kjoenn", o.verdi("kjoenn").unwrap_or("kvinne")),
        el(
            "sivilstand",
            vec![
                tekst("sivilstand", o.verdi("sivilstand").unwrap_or("ugift")),
                tekst("erPaastandsbasert", ja(o.har("paastand"))),
            ],
        ),
        el("statsborgerskap", vec![tekst("statsborgerskap", "POL")]),
        el(
            "bostedsadresse",
            vec![
                vegadresse("Nyveien", true),
                tekst("erKlientadresse", ja(o.har("klient"))),
            ],
        ),
        tekst("fraflyttingsland", "POL"),
        tekst("legitimasjonskontroll", "kontrollert"),
    ]);
    for rolle in ["mor", "far", "barn", "soesken", "ektefelle"] {
        let Some(annen) = o.verdi(rolle) else { continue };
        let (annen, dag) = annen.split_once(',').map_or((annen, None), |(a, d)| (a, Some(d)));
        let mut deler = Vec::new();
        if !annen.contains('/') {
            deler.push(tekst("foedselsEllerDNummer", &hvem(folk, annen)));
        }
        let kode = if rolle == "ektefelle" {
            "ektefelleEllerPartner"
        } else {
            rolle
        };
        deler.push(tekst("relatertPersonsRolle", kode));
        if annen.contains('/') {
            deler.push(navn(annen));
        }
        deler.extend(dag.map(|dag| tekst("vigselsdato", dag)));
        deler.push(tekst("erPaastandsbasert", "false"));
        kandidat.push(el("familierelasjon", deler));
    }
    kandidat.push(el(
        "opphold",
        vec![
            tekst("oppholdstillatelse", "midlertidig"),
            tekst("oppholdFra", "2026-01-02"),
        ],
    ));
    let mut deler = vec![
        tekst("kilde", "utlendingsdirektoratet"),
        tekst("registreringsdato", "2026-01-14"),
        tekst("avsendersSaksbehandler", "vakt"),
        el("kandidat", kandidat),
    ];
    deler.extend(identifikasjon(&o));
    el("forespoersel", deler)
}

/// `posten HVEM[+HVEM] veg|boks|LAND [ja|nei] [id=...] [annullering]`
fn posten(folk: &Folk, ord: &[&str]) -> Element {
    let o = Ord(ord);
    let (adresse, samtykke) = match ord[1] {
        "veg" => (vegadresse("Flytteveien", false), "vegadresse"),
        "boks" => (postboks(), "postadresse"),
        land => (utland("utenlandskPostadresse", land), "utenlandskAdresse"),
    };
    let mut deler: Vec<Element> = ord[0]
        .split('+')
        .map(|navn| el("personSomFlytter", vec![tekst("foedselsnummer", &hvem(folk, navn))]))
        .collect();
    deler.push(el("nyAdresse", vec![adresse, tekst("flyttedato", "2026-01-12")]));
    deler.push(tekst("registreringsdato", "2026-01-13"));
    let verdi = if o.har("nei") {
        "samtykkeErIkkeGitt"
    } else {
        "samtykkeErGitt"
    };
    deler.push(el(
        "samtykke",
        vec![tekst("samtykketype", samtykke), tekst("samtykkeverdi", verdi)],
    ));
    deler.push(tekst("adresseendringsidentifikator", o.verdi("id").unwrap_or("F-1")));
    deler.push(tekst("erAnnullering", ja(o.har("annullering"))));
    let innsender = ord[0].split('+').next().unwrap();
    deler.push(tekst("innsender", &hvem(folk, innsender)));
    el("forespoersel", deler)
}

/// The message of a step, if it is of one of these kinds.
pub fn les(folk: &Folk, slag: &str, ord: &[&str]) -> Option<(M, Element)> {
    Some(match slag {
        "rekvisisjon" if ord.contains(&"v4") => (M::RekvisisjonAvDNummerV4, rekvisisjon(ord)),
        "rekvisisjon" => (M::RekvisisjonAvDNummerV5, rekvisisjon(ord)),
        "dnrendring" if ord.contains(&"v2") => (M::EndringAvDNummerpersonV2, dnummerendring(folk, ord)),
        "dnrendring" => (M::EndringAvDNummerpersonV3, dnummerendring(folk, ord)),
        "fnrendring" => (M::FnrEndring, fnrendring(folk, ord)),
        "innflytting" => (M::Innflytting, innflytting(folk, ord)),
        "posten" => (M::FlyttemeldingFraPosten, posten(folk, ord)),
        _ => return None,
    })
}
