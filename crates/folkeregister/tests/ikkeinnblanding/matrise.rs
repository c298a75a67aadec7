//! Figure 9: every package, every field of every entity, every endpoint, in JSON, XML and Atom, held against the public
//! access matrix. What is expected is cut out of the document by the matrix alone; the access table of the program is not
//! asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use http::{Method, header};
use informasjonsmodell::skjema::{Art, Felt, Skjema};
use informasjonsmodell::{Dato, Entitet, Persondokument, Registermetadata, Tidspunkt};
use saphyr::{LoadableYamlNode, Yaml};
use serde_json::{Map, Value, json};

use crate::egenskaper::kjoer;
use crate::felles::{NAA, nr, tid};
use crate::flate::{Api, Kaller};
use crate::tid::tall;

/// The matrix, or `None` when it is absent and that is allowed.
fn matrise() -> Option<String> {
    let fil = std::env::var_os("PERSONTJENESTEN_KONTRAKTER")
        .map(|k| std::path::PathBuf::from(k).join("tilgang/rettighetspakker.yaml"));
    match fil {
        Some(fil) if fil.is_file() => Some(std::fs::read_to_string(fil).unwrap()),
        _ if std::env::var("KREV_ALT").as_deref() == Ok("1") => panic!("KREV_ALT=1 og ingen offentlige kontrakter"),
        _ => {
            // A direct write: the harness keeps what a passing test prints with a macro.
            let _ = std::io::Write::write_fmt(
                &mut std::io::stderr(),
                format_args!("HOPPET OVER: PERSONTJENESTEN_KONTRAKTER peker ikke på de offentlige kontraktene\n"),
            );
            None
        }
    }
}

fn felt<'a, 'b>(yaml: &'b Yaml<'a>, navn: &str) -> &'b Yaml<'a> {
    yaml.as_mapping_get(navn)
        .unwrap_or_else(|| panic!("matrisen mangler {navn}"))
}

fn liste(yaml: &Yaml<'_>) -> BTreeSet<String> {
    yaml.as_sequence()
        .unwrap()
        .iter()
        .map(|v| v.as_str().unwrap().to_owned())
        .collect()
}

fn medlemmer<'a, 'b>(yaml: &'b Yaml<'a>) -> impl Iterator<Item = (&'b str, &'b Yaml<'a>)> {
    yaml.as_mapping()
        .unwrap()
        .iter()
        .map(|(navn, verdi)| (navn.as_str().unwrap(), verdi))
}

/// What the matrix calls a caller's package; Svalbard, which it does not have, is left to other tests.
fn i_matrisen(kaller: Kaller) -> Option<&'static str> {
    Some(match kaller {
        Kaller::MedHjemmel | Kaller::PrivatMedTilgang | Kaller::PrivatUtenTilgang => "offentlig_med_hjemmel",
        Kaller::OffentligUten => "offentlig_uten_hjemmel",
        Kaller::PrivatUten => "privat_uten_hjemmel",
        Kaller::Privat => "privat",
        Kaller::PrivatUtenNummer => "privat_uten_folkeregisteridentifikator",
        Kaller::Finans => "finans",
        Kaller::Presse => "presse",
        Kaller::PresseUtenNummer => "presse_uten_folkeregisteridentifikator",
        Kaller::Eid => "utsteder_eid",
        Kaller::Svalbard => return None,
    })
}

struct Regler<'m, 'y> {
    matrise: &'m Yaml<'y>,
    kaller: Kaller,
    navn: &'static str,
}

impl Regler<'_, '_> {
    fn pakke(&self) -> &Yaml<'_> {
        felt(felt(self.matrise, "rettighetspakker"), self.navn)
    }

    fn endepunkt(&self, navn: &str) -> bool {
        felt(felt(felt(self.pakke(), "endepunkter"), navn), "tilgang").as_str() == Some("ja")
    }

    fn tilgang(&self, entitet: &str) -> &str {
        felt(felt(felt(self.pakke(), "entiteter"), entitet), "tilgang")
            .as_str()
            .unwrap()
    }

    fn historikk(&self, entitet: &str) -> bool {
        let celle = felt(felt(self.pakke(), "entiteter"), entitet);
        celle.as_mapping_get("historikk").and_then(|h| h.as_str()) == Some("ja")
    }

    fn i(&self, pakker: &Yaml<'_>) -> bool {
        pakker.as_str() == Some("alle_pakker") || (pakker.as_str().is_none() && liste(pakker).contains(self.navn))
    }

    fn metadata(&self, navn: &str) -> bool {
        self.i(felt(felt(felt(self.matrise, "metadata"), navn), "leveres_til"))
    }

    fn gradering(&self, grad: &str) -> bool {
        let rett = self.i(felt(
            felt(felt(self.matrise, "adresser_etter_gradering"), grad),
            "leveres_til",
        ));
        rett && (grad == "ugradert" || self.kaller != Kaller::PrivatUtenTilgang)
    }

    /// An entry as the package may see it; `None` if not at all.
    fn vis(&self, entitet: &str, oppfoering: &Value, vern: &str, med_historikk: bool) -> Option<Value> {
        let gjeldende = oppfoering["erGjeldende"] != json!(false);
        let i_tiden = gjeldende || (med_historikk && self.historikk(entitet));
        if self.tilgang(entitet) == "aldri" || !i_tiden {
            return None;
        }
        let mut ut = oppfoering.clone();
        let felter = ut.as_object_mut().unwrap();
        let er_adresse = liste(felt(felt(self.matrise, "adresser_etter_gradering"), "gjelder")).contains(entitet);
        if er_adresse {
            let egen = felter["adressegradering"].as_str().unwrap();
            let skjult = match (vern, egen) {
                ("strengtFortrolig", _) => !(entitet == "postadresse" && egen == "ugradert" && gjeldende),
                ("fortrolig", _) if !gjeldende => !self.gradering("historiske_adresser_ved_gjeldende_fortrolig"),
                ("fortrolig", "ugradert") => !self.gradering("fortrolig"),
                (_, grad) => !self.gradering(grad),
            };
            if skjult {
                return None;
            }
        }
        // Beyond the matrix, both the strictest: an estate's address is guarded as the person (ADR 0011), and moves of a
        // fortrolig person go to public bodies alone (ADR 0004).
        if vern == "fortrolig" && entitet == "kontaktinformasjonForDoedsbo" && !self.gradering("fortrolig") {
            felter.shift_remove("adresse");
        }
        if vern == "fortrolig"
            && ["innflytting", "utflytting"].contains(&entitet)
            && !self.navn.starts_with("offentlig")
        {
            return None;
        }
        for navn in [
            "ajourholdstidspunkt",
            "kilde",
            "aarsak",
            "gyldighetstidspunkt",
            "opphoerstidspunkt",
        ] {
            if !self.metadata(navn) {
                felter.shift_remove(navn);
            }
        }
        if entitet == "bostedsadresse" {
            if !gjeldende && !self.metadata("flyttedato_paa_historisk_adresse") {
                felter.shift_remove("flyttedato");
            }
            let kretser = felt(felt(self.matrise, "metadata"), "kretser_paa_bostedsadresse");
            if !self.i(felt(kretser, "leveres_til")) {
                for navn in liste(felt(kretser, "felter")) {
                    felter.shift_remove(&navn);
                }
            }
        }
        if let Some(fjernes) = felt(self.matrise, "fjern_felt").as_mapping_get(entitet) {
            for (sti, celle) in medlemmer(fjernes) {
                if self.i(felt(celle, "fjernes_i")) && sti != "*" {
                    fjern(&mut ut, &sti.split('.').collect::<Vec<_>>());
                }
            }
        }
        Some(ut)
    }

    /// The whole document as the package may see it when it asks for one part.
    fn dokument(&self, dokument: &Value, vern: &str, parter: &[&str]) -> Value {
        let historikk = parter.contains(&"historikk");
        let mut ut = Map::new();
        for entitet in Entitet::ALLE.iter().map(|e| e.navn()) {
            let bedt = parter.contains(&entitet)
                || (parter.contains(&"person-basis") && self.tilgang(entitet) == "basis")
                || (entitet == "identifikasjonsnummer" && self.tilgang(entitet) == "basis");
            let Some(verdi) = dokument.get(entitet).filter(|_| bedt) else {
                continue;
            };
            if let Value::Array(liste) = verdi {
                let vist: Vec<Value> = liste
                    .iter()
                    .filter_map(|o| self.vis(entitet, o, vern, historikk))
                    .collect();
                if !vist.is_empty() {
                    ut.insert(entitet.to_owned(), vist.into());
                }
            } else if let Some(vist) = self.vis(entitet, verdi, vern, historikk) {
                ut.insert(entitet.to_owned(), vist);
            }
        }
        Value::Object(ut)
    }
}

fn fjern(verdi: &mut Value, sti: &[&str]) {
    match (verdi, sti) {
        (Value::Array(liste), _) => liste.iter_mut().for_each(|v| fjern(v, sti)),
        (Value::Object(felter), [navn]) => {
            felter.shift_remove(*navn);
        }
        (Value::Object(felter), [navn, rest @ ..]) => {
            if let Some(indre) = felter.get_mut(*navn) {
                fjern(indre, rest);
            }
        }
        _ => {}
    }
}

/// Makes values that are all different, for every field of a type. `valg` says which of exclusive fields is chosen.
struct Fyller {
    valg: usize,
    neste: u32,
}

impl Fyller {
    fn objekt(&mut self, skjema: &Skjema) -> Map<String, Value> {
        let valgt = (!skjema.valg.is_empty()).then(|| skjema.valg[self.valg % skjema.valg.len()]);
        let mut ut = Map::new();
        for felt in skjema.felter {
            if skjema.valg.contains(&felt.navn) && Some(felt.navn) != valgt {
                continue;
            }
            let verdi = self.verdi(felt);
            ut.insert(felt.navn.to_owned(), if felt.liste { json!([verdi]) } else { verdi });
        }
        ut
    }

    fn verdi(&mut self, felt: &Felt) -> Value {
        self.neste += 1;
        let n = self.neste;
        match felt.art {
            Art::Tekst(form) => {
                let forslag = [
                    format!("t{n}x"),
                    format!("{:04}", 1000 + n % 8999),
                    format!("{:02}", n % 90 + 10),
                    nr(700 + n % 50),
                    "SWE".to_owned(),
                    "SE".to_owned(),
                    "A".to_owned(),
                    "310000000".to_owned(),
                    format!("{:05}", 10_000 + n),
                    format!("H{:04}", n % 9999),
                    "7".to_owned(),
                ];
                let passer = |t: &&String| (form.passer)(t) && t.chars().count() <= form.lengde_maks;
                let tekst = forslag.iter().find(passer);
                json!(tekst.unwrap_or_else(|| panic!("ingen verdi for {}", form.navn)))
            }
            Art::Heltall => json!(n),
            Art::Boolsk => json!(true),
            Art::Dato => json!(Dato::fra_dager(i32::try_from(n).unwrap() + 7_000).unwrap().to_string()),
            Art::Tidspunkt => {
                let utc = informasjonsmodell::Forskyvning::Utc;
                json!(
                    Tidspunkt::new(1_600_000_000 + i64::from(n) * 60, 0, 0, utc)
                        .unwrap()
                        .to_string()
                )
            }
            Art::Kode(liste) => json!(liste.verdier[usize::try_from(n).unwrap() % liste.verdier.len()]),
            Art::Objekt(skjema) => Value::Object(self.objekt(skjema)),
        }
    }

    fn oppfoering(&mut self, entitet: Entitet, gjeldende: bool, grad: &str) -> Value {
        let mut ut = Map::new();
        for felt in &Registermetadata::FELTER {
            let verdi = self.verdi(felt);
            ut.insert(felt.navn.to_owned(), verdi);
        }
        ut["erGjeldende"] = gjeldende.into();
        for (navn, verdi) in self.objekt(entitet.skjema()) {
            ut.insert(navn, verdi);
        }
        if ut.contains_key("adressegradering") {
            ut["adressegradering"] = grad.into();
        }
        Value::Object(ut)
    }

    /// A person with every field of every entity, current and historical.
    fn person(&mut self, n: u32, vern: &str, grad: &str) -> Value {
        let mut ut = Map::new();
        for &entitet in Entitet::ALLE {
            let mut gjeldende = self.oppfoering(entitet, true, grad);
            let mut foer = self.oppfoering(entitet, false, grad);
            match entitet {
                Entitet::Identifikasjonsnummer => {
                    gjeldende["status"] = "iBruk".into();
                    gjeldende["foedselsEllerDNummer"] = nr(n).into();
                    foer["status"] = "opphoert".into();
                    foer["foedselsEllerDNummer"] = nr(n + 1).into();
                }
                Entitet::Status => {
                    gjeldende["status"] = "bosatt".into();
                    foer["status"] = "utflyttet".into();
                }
                Entitet::Adressebeskyttelse => {
                    gjeldende["graderingsnivaa"] = vern.into();
                    foer["graderingsnivaa"] = "ugradert".into();
                }
                // Birth date and name stand in for a number, and are not given beside it.
                Entitet::KontaktinformasjonForDoedsbo => {
                    for o in [&mut gjeldende, &mut foer] {
                        if o.pointer("/person/foedselsEllerDNummer").is_some() {
                            fjern(o, &["person", "foedselsdato"]);
                        }
                    }
                }
                _ => {}
            }
            let verdi = if entitet.er_liste() {
                json!([gjeldende, foer])
            } else {
                gjeldende
            };
            ut.insert(entitet.navn().to_owned(), verdi);
        }
        Value::Object(ut)
    }
}

/// Every leaf of a value, with its path; the places of lists left out.
fn blader(sti: &str, verdi: &Value, ut: &mut Vec<(String, String)>) {
    match verdi {
        Value::Object(felter) => felter
            .iter()
            .for_each(|(navn, v)| blader(&format!("{sti}/{navn}"), v, ut)),
        Value::Array(liste) => liste.iter().for_each(|v| blader(sti, v, ut)),
        Value::String(tekst) => ut.push((sti.to_owned(), tekst.clone())),
        annet => ut.push((sti.to_owned(), annet.to_string())),
    }
}

fn blader_av(verdi: &Value) -> Vec<(String, String)> {
    let mut ut = Vec::new();
    blader("", verdi, &mut ut);
    ut.sort();
    ut
}

/// The leaves of an XML document below an element, by their names without prefix.
fn xml_blader(xml: &str, under: &str) -> Vec<(String, String)> {
    let (mut ut, mut sti, mut tekst) = (Vec::new(), Vec::<String>::new(), String::new());
    let mut rest = xml;
    let mut nettopp_aapnet = false;
    while let Some((foer, etter)) = rest.split_once('<') {
        tekst.push_str(foer);
        let (merke, neste) = etter.split_once('>').unwrap();
        rest = neste;
        if merke.starts_with('?') || merke.ends_with('/') {
            continue;
        }
        let navn = merke.trim_start_matches('/').split([' ', ':']).next().unwrap();
        let navn = if merke.contains(':') && !merke.contains(' ') {
            merke.rsplit(':').next().unwrap()
        } else if let Some((_, lokalt)) = merke.split(' ').next().unwrap().split_once(':') {
            lokalt
        } else {
            navn
        };
        if merke.starts_with('/') {
            if nettopp_aapnet && let Some(plass) = sti.iter().position(|s| s == under) {
                let rein = ["&lt;", "&gt;", "&quot;", "&apos;", "&amp;"]
                    .iter()
                    .zip(["<", ">", "\"", "'", "&"]);
                let rein = rein.fold(tekst.clone(), |t, (fra, til)| t.replace(fra, til));
                ut.push((format!("/{}", sti[plass + 1..].join("/")), rein));
            }
            sti.pop();
            nettopp_aapnet = false;
        } else {
            sti.push(navn.to_owned());
            nettopp_aapnet = true;
        }
        tekst.clear();
    }
    // An object that lost all its members is an empty element, and has no leaf in JSON.
    ut.retain(|(_, tekst)| !tekst.is_empty());
    ut.sort();
    ut
}

/// What was compared.
#[derive(Default)]
struct Telling {
    celler: usize,
    lekket: Vec<String>,
    mangler: Vec<String>,
}

impl Telling {
    /// Compares what came with what the matrix gives, leaf by leaf. `alt`: what there was to give.
    fn sammenlikn(&mut self, hvor: &str, alt: usize, fikk: &[(String, String)], ventet: &[(String, String)]) {
        self.celler += alt;
        let (f, v): (BTreeSet<_>, BTreeSet<_>) = (fikk.iter().collect(), ventet.iter().collect());
        self.lekket
            .extend(f.difference(&v).map(|(sti, verdi)| format!("{hvor}: {sti} = {verdi}")));
        self.mangler
            .extend(v.difference(&f).map(|(sti, verdi)| format!("{hvor}: {sti} = {verdi}")));
        if fikk.len() != ventet.len() && f == v {
            self.lekket
                .push(format!("{hvor}: {} blader for {}", fikk.len(), ventet.len()));
        }
    }
}

const OPPSLAG: &str = "GET personer/{personidentifikator}";
const BULK: &str = "POST personer/bulkoppslag";
const ARKIV: &str = "GET personer/arkiv/{dokumentidentifikator}";
const BULK_ARKIV: &str = "POST personer/bulkoppslag/arkiv";
const HENDELSE: &str = "GET hendelser/{hendelsesidentifikator}";
const BULK_HENDELSE: &str = "POST hendelser/bulkoppslag";

#[test]
fn paalitelighet_09_rettighetsmatrise() {
    let Some(yaml) = matrise() else { return };
    let matrise = &Yaml::load_from_str(&yaml).unwrap()[0];
    // Persons so that every exclusive field is chosen by someone, and every grade is someone's.
    let mut fyller = Fyller { valg: 0, neste: 0 };
    let mut personer: Vec<(u32, Value, &str)> = Vec::new();
    for (plass, (vern, grad)) in [
        ("ugradert", "ugradert"),
        ("ugradert", "ugradert"),
        ("ugradert", "ugradert"),
        ("ugradert", "ugradert"),
        ("ugradert", "klientadresse"),
        ("ugradert", "fortrolig"),
        ("fortrolig", "fortrolig"),
        ("fortrolig", "ugradert"),
    ]
    .into_iter()
    .enumerate()
    {
        fyller.valg = plass;
        let n = 1 + 2 * u32::try_from(plass).unwrap();
        personer.push((n, fyller.person(n, vern, grad), vern));
    }
    alle_felter_finnes(&personer);
    let mut telling = Telling::default();
    kjoer(async {
        let mappe = tempfile::tempdir().unwrap();
        let register = Arc::new(crate::bygg::aapne(mappe.path()));
        for (_, dokument, _) in &personer {
            let lest = Persondokument::les(dokument.clone()).unwrap();
            register.importer(&lest, tid(1), NAA).unwrap();
        }
        let api = Api::ny(register, vec![nr(1)]).await;
        for kaller in Kaller::ALLE {
            let Some(navn) = i_matrisen(kaller) else { continue };
            let regler = Regler { matrise, kaller, navn };
            for (plass, (n, dokument, vern)) in personer.iter().enumerate() {
                en_person(&api, &regler, (plass, *n, dokument, vern), &mut telling).await;
            }
            hendelsesliste(&api, &regler, personer.len(), &mut telling).await;
        }
    });
    tall(9, "celler", telling.celler, "felt", ">= 50000");
    tall(9, "lekkede_felt", telling.lekket.len(), "felt", "= 0");
    tall(9, "manglende_felt", telling.mangler.len(), "felt", "= 0");
    tall(9, "dekning", 100, "prosent", "= 100");
    let vis = |navn: &str, hva: &[String]| {
        assert!(
            hva.is_empty(),
            "{navn}, {}:\n{}",
            hva.len(),
            hva[..hva.len().min(12)].join("\n")
        );
    };
    vis("LEKKET", &telling.lekket);
    vis("MANGLER", &telling.mangler);
    assert!(telling.celler >= 50_000, "{}", telling.celler);
}

/// That somebody has every field: what makes the coverage whole.
fn alle_felter_finnes(personer: &[(u32, Value, &str)]) {
    fn stier(sti: &str, skjema: &Skjema, ut: &mut BTreeSet<String>) {
        for felt in skjema.felter {
            let sti = format!("{sti}/{}", felt.navn);
            match felt.art {
                Art::Objekt(indre) => stier(&sti, indre, ut),
                _ => {
                    ut.insert(sti);
                }
            }
        }
    }
    let mut ventet = BTreeSet::new();
    for entitet in Entitet::ALLE {
        stier(&format!("/{}", entitet.navn()), entitet.skjema(), &mut ventet);
    }
    let alle = personer.iter().flat_map(|(_, dokument, _)| blader_av(dokument));
    let finnes: BTreeSet<String> = alle.map(|(sti, _)| sti).collect();
    let mangler: Vec<_> = ventet.difference(&finnes).collect();
    assert!(mangler.is_empty(), "ingen person har {mangler:?}");
}

async fn en_person(
    api: &Api,
    regler: &Regler<'_, '_>,
    (plass, n, dokument, vern): (usize, u32, &Value, &str),
    telling: &mut Telling,
) {
    let kaller = regler.kaller;
    let nummer = nr(n);
    let mut spoerringer: Vec<Vec<&str>> = vec![vec!["person-basis"], vec!["person-basis", "historikk"]];
    for entitet in Entitet::ALLE.iter().map(|e| e.navn()) {
        spoerringer.push(vec![entitet]);
        spoerringer.push(vec![entitet, "historikk"]);
    }
    let dokumenter = api.dokumenter.get(&kaller).and_then(|d| d.get(plass));
    for parter in &spoerringer {
        let spoerring = format!("?part={}", parter.join("&part="));
        let lov = parter
            .iter()
            .all(|p| ["person-basis", "historikk"].contains(p) || regler.tilgang(p) != "aldri");
        let ventet = regler.dokument(dokument, vern, parter);
        let alt = parter
            .iter()
            .filter_map(|p| dokument.get(*p))
            .chain((parter[0] == "person-basis").then_some(dokument))
            .map(|v| blader_av(v).len())
            .sum();
        let arkiv = dokumenter.and_then(|d| d.person.clone());
        let mut steder = vec![(
            OPPSLAG,
            format!("personer/{nummer}{spoerring}"),
            None,
            Some(ventet.clone()),
        )];
        let i_bulk = json!({"oppslag": [{"foedselsEllerDNummer": nummer, "folkeregisterperson": ventet}]});
        let kropp = json!({"foedselsEllerDNummer": [nummer]});
        steder.push((
            BULK,
            format!("personer/bulkoppslag{spoerring}"),
            Some(kropp),
            Some(i_bulk),
        ));
        let id = arkiv.unwrap_or_else(|| "0".repeat(32));
        steder.push((
            ARKIV,
            format!("personer/arkiv/{id}{spoerring}"),
            None,
            Some(ventet.clone()),
        ));
        let kropp = json!({"dokumentidentifikator": [id]});
        steder.push((
            BULK_ARKIV,
            format!("personer/bulkoppslag/arkiv{spoerring}"),
            Some(kropp),
            Some(json!([ventet])),
        ));
        for (endepunkt, sti, kropp, ventet) in steder {
            let ventet = ventet.filter(|_| lov && regler.endepunkt(endepunkt));
            let status = if !regler.endepunkt(endepunkt) {
                403
            } else if lov {
                200
            } else {
                400
            };
            for aksept in ["application/json", "application/xml"] {
                let hvor = format!("{kaller:?} {endepunkt} {spoerring} {vern} {aksept}");
                let svar = api.spoer(&foresporsel(kaller, &sti, aksept, kropp.as_ref())).await;
                assert_eq!(svar.status, status, "{hvor}");
                let Some(ventet) = &ventet else {
                    telling.celler += alt;
                    continue;
                };
                let (fikk, ventet) = if aksept.ends_with("json") {
                    (
                        blader_av(&serde_json::from_slice(&svar.kropp).unwrap()),
                        blader_av(ventet),
                    )
                } else {
                    let person = match ventet {
                        Value::Array(liste) => &liste[0],
                        annet => annet.pointer("/oppslag/0/folkeregisterperson").unwrap_or(annet),
                    };
                    (xml_blader(svar.tekst(), "folkeregisterperson"), blader_av(person))
                };
                telling.sammenlikn(&hvor, alt, &fikk, &ventet);
            }
        }
    }
    if let Some(id) = dokumenter.and_then(|d| d.hendelse.clone()) {
        hendelsesdokument(api, regler, &id, (dokument, vern), telling).await;
    }
}

fn foresporsel(kaller: Kaller, sti: &str, aksept: &str, kropp: Option<&Value>) -> ikkeinnblanding::Foresporsel {
    let f = kaller.get(sti, Some(aksept));
    match kropp {
        None => f,
        Some(kropp) => f
            .metode(Method::POST)
            .hode(header::CONTENT_TYPE, "application/json")
            .kropp(kropp.to_string()),
    }
}

/// The event that created a person: what it tells of each entity is what the person has.
async fn hendelsesdokument(
    api: &Api,
    regler: &Regler<'_, '_>,
    id: &str,
    (dokument, vern): (&Value, &str),
    telling: &mut Telling,
) {
    let kaller = regler.kaller;
    let mut ventet: Vec<(String, String)> = Vec::new();
    for entitet in Entitet::ALLE {
        let Some(navn) = entitet.hendelsesnavn().entitet else {
            continue;
        };
        let Some(verdi) = dokument.get(entitet.navn()) else {
            continue;
        };
        let oppfoeringer = verdi.as_array().cloned().unwrap_or_else(|| vec![verdi.clone()]);
        for o in oppfoeringer.iter().filter(|o| o["erGjeldende"] == json!(true)) {
            let Some(mut vist) = regler.vis(entitet.navn(), o, vern, false) else {
                continue;
            };
            let felter = vist.as_object_mut().unwrap();
            felter.shift_remove("erGjeldende");
            if let Some(grunnlag) = felter.shift_remove("identitetsgrunnlagstatus") {
                felter.insert("legitimasjonskontroll".to_owned(), grunnlag);
            }
            let egenskap = entitet.hendelsesnavn().egenskap;
            blader(
                "",
                &json!({egenskap: vist, "entitet": navn, "entitetsendring": "registrereNy"}),
                &mut ventet,
            );
        }
    }
    ventet.sort();
    let alt = blader_av(dokument).len();
    for (endepunkt, sti, kropp) in [
        (HENDELSE, format!("hendelser/{id}"), None),
        (
            BULK_HENDELSE,
            "hendelser/bulkoppslag".to_owned(),
            Some(json!({"dokumentidentifikator": [id]})),
        ),
    ] {
        assert!(regler.endepunkt(endepunkt));
        for aksept in ["application/json", "application/xml"] {
            let hvor = format!("{kaller:?} {endepunkt} {vern} {aksept}");
            let svar = api.spoer(&foresporsel(kaller, &sti, aksept, kropp.as_ref())).await;
            assert_eq!(svar.status, 200, "{hvor}");
            let fikk = if aksept.ends_with("json") {
                let verdi: Value = serde_json::from_slice(&svar.kropp).unwrap();
                let en = verdi.get(0).unwrap_or(&verdi);
                blader_av(&en["hendelse"]["egenskapshendelse"])
            } else {
                xml_blader(svar.tekst(), "egenskapshendelse")
            };
            telling.sammenlikn(&hvor, alt, &fikk, &ventet);
        }
    }
}

/// The feed: each item carries the fields of the matrix, in JSON and in Atom.
async fn hendelsesliste(api: &Api, regler: &Regler<'_, '_>, antall: usize, telling: &mut Telling) {
    let kaller = regler.kaller;
    let felter = liste(felt(felt(felt(regler.matrise, "hendelser"), regler.navn), "felter"));
    let alle = [
        "folkeregisteridentifikator",
        "hendelsetype",
        "hendelsesdokument",
        "persondokument",
        "ajourholdstidspunkt",
    ];
    for aksept in ["application/json", "application/atom+xml", "application/xml"] {
        let hvor = format!("{kaller:?} feed {aksept}");
        let svar = api
            .spoer(&foresporsel(kaller, "hendelser/feed?seq=1", aksept, None))
            .await;
        assert_eq!(svar.status, 200, "{hvor}");
        let fikk = if aksept.ends_with("json") {
            blader_av(&serde_json::from_slice(&svar.kropp).unwrap())
        } else {
            xml_blader(svar.tekst(), "lagretHendelse")
        };
        let mut per_sti: BTreeMap<&str, usize> = BTreeMap::new();
        for (sti, _) in &fikk {
            *per_sti.entry(sti).or_default() += 1;
        }
        telling.celler += alle.len() * antall;
        for navn in alle {
            let sti = format!("/hendelse/{navn}");
            let fikk = per_sti.remove(sti.as_str()).unwrap_or(0);
            match (felter.contains(navn), fikk) {
                (true, fikk) if fikk == antall => {}
                (false, 0) => {}
                (true, _) => telling.mangler.push(format!("{hvor}: {navn}")),
                (false, _) => telling.lekket.push(format!("{hvor}: {navn}")),
            }
        }
        assert_eq!(per_sti.remove("/sekvensnummer"), Some(antall), "{hvor}");
        telling
            .lekket
            .extend(per_sti.keys().map(|sti| format!("{hvor}: {sti}")));
    }
}
