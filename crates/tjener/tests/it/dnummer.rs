//! D-numbers on the whole program: a requisition with files, one that may be somebody, a change, and what each sender is told.

use meldinger::kontroll::{Skjemakontroll as _, Xsdkontroll};
use meldinger::tre::{self, Element};
use meldinger::{Meldingstype, Svardokument};
use serde_json::Value;

use crate::mottak::{Mottak, Svar, mellom};

pub const REKVISISJON: &str = "rekvisisjon_av_dnummer_v5";
const FOEDT: &str = "1990-05-12";

fn innsending(id: &str) -> String {
    format!(
        "<innsending><avsendersMeldingsidentifikator>{id}</avsendersMeldingsidentifikator>\
         <avsendersInnsendingstidspunkt>2026-01-02T12:00:00+01:00</avsendersInnsendingstidspunkt></innsending>"
    )
}

/// Somebody needs a D-number; a message that names files.
pub fn rekvisisjon(id: &str, fornavn: &str, foedt: &str, filer: &[&str]) -> String {
    let navnerom = Meldingstype::RekvisisjonAvDNummerV5.versjoner()[0]
        .skjema()
        .unwrap()
        .navnerom;
    let kopier: String = filer
        .iter()
        .map(|fil| {
            format!(
                "<identifikasjon><dokumentgrunnlag><identifikasjonsdokumenttype>pass</identifikasjonsdokumenttype>\
                 <utstederland>POL</utstederland><dokumentkopi><rettkjentKopiBekreftetAv>Prøve</rettkjentKopiBekreftetAv>\
                 <multipartnavn>{fil}</multipartnavn></dokumentkopi></dokumentgrunnlag></identifikasjon>"
            )
        })
        .collect();
    format!(
        "<rekvisisjonAvDNummer xmlns='{navnerom}'>{}<forespoersel><kandidat>\
         <navn><fornavn>{fornavn}</fornavn><etternavn>Fjelltoppheim</etternavn></navn>\
         <foedselsdatoErKjent>true</foedselsdatoErKjent><foedselsdato>{foedt}</foedselsdato><foedeland>POL</foedeland>\
         <kjoenn>kvinne</kjoenn><statsborgerskap>POL</statsborgerskap>\
         <harUkjentOppholdsadresse>true</harUkjentOppholdsadresse><skalFaaUtskrift>false</skalFaaUtskrift></kandidat>\
         <kilde>nav</kilde><rekvireringsdato>2026-01-02</rekvireringsdato>{kopier}\
         <avsendersSaksbehandler>vakt</avsendersSaksbehandler>\
         <identitetskontrollKreves>false</identitetskontrollKreves></forespoersel></rekvisisjonAvDNummer>",
        innsending(id)
    )
}

fn navneendring(id: &str, nr: &str) -> String {
    let navnerom = Meldingstype::EndringAvDNummerpersonV3.versjoner()[0]
        .skjema()
        .unwrap()
        .navnerom;
    format!(
        "<meldingOmEndringAvPersonMedDNummer xmlns='{navnerom}'>{}<forespoersel><kilde>nav</kilde>\
         <forespoerselsdato>2026-01-02</forespoerselsdato><avsendersSaksbehandler>vakt</avsendersSaksbehandler><person>\
         <navn><fornavn>Darja</fornavn><etternavn>Skogheimen</etternavn></navn><dNummer>{nr}</dNummer>\
         <endringstype>endre</endringstype></person></forespoersel></meldingOmEndringAvPersonMedDNummer>",
        innsending(id)
    )
}

/// A body with files, and how it is told apart.
pub fn flerdelt(xml: &str, filer: &[(&str, &str)]) -> (String, String) {
    let del = |hode: String, innhold: &str| {
        format!("--skille\r\nContent-Disposition: form-data; {hode}\r\n\r\n{innhold}\r\n")
    };
    let mut ut = del("name=\"rekvisisjon\"".to_owned(), xml);
    for (nr, (navn, innhold)) in (1..).zip(filer) {
        ut += &del(format!("name=\"vedlegg{nr}\"; filename=\"{navn}\""), innhold);
    }
    (ut + "--skille--\r\n", "multipart/form-data; boundary=skille".to_owned())
}

fn send_flerdelt(m: &Mottak, ressurs: &str, xml: &str, filer: &[(&str, &str)]) -> Svar {
    let (kropp, type_) = flerdelt(xml, filer);
    let bygger = m.som(Some("nav")).post(m.url(ressurs)).header("content-type", type_);
    m.kall(bygger.body(kropp))
}

/// The documents that a sender has been told by, each held against the schema that its root is of.
fn dokumenter(m: &Mottak, navn: &str) -> Vec<Element> {
    let atom = m.hent(Some(navn), "", &[("accept", "application/atom+xml")]);
    assert_eq!(atom.status, 200, "{atom:?}");
    let feed = tre::les(atom.kropp.as_bytes()).unwrap();
    let innhold = |e: &Element| e.barn.iter().find(|b| b.navn == "content").unwrap().barn[0].clone();
    let alle: Vec<Element> = feed.barn.iter().filter(|b| b.navn == "entry").map(innhold).collect();
    for dokument in &alle {
        let skjemaer = Svardokument::ALLE.map(|d| d.skjema().unwrap());
        let skjema = skjemaer.into_iter().find(|s| s.navnerom == dokument.navnerom).unwrap();
        assert_eq!(Xsdkontroll::new(skjema).unwrap().sjekk(dokument), [], "{dokument:?}");
    }
    alle
}

#[test]
fn a_number_is_asked_for_with_files_and_somebody_who_has_one_is_not_given_another() {
    let m = Mottak::start();
    // Nobody keeps a file that a message does not name, and no message is taken whose file is not there.
    let xml = rekvisisjon("R1", "Darja", FOEDT, &["pass.pdf"]);
    let vedlegg = format!("{REKVISISJON}.vedlegg");
    assert_eq!(m.proev(Some("nav"), &vedlegg), 200);
    let kode = |svar: &Svar| (svar.status, mellom(&svar.kropp, "feilkode").to_owned());
    for (xml, filer) in [
        (xml.as_str(), &[][..]),
        (&xml, &[("annen.pdf", "x")]),
        (&xml, &[("pass.pdf", "x"), ("annen.pdf", "x")]),
    ] {
        assert_eq!(
            kode(&send_flerdelt(&m, &vedlegg, xml, filer)),
            (400, "FREG-046".to_owned())
        );
    }
    assert_eq!(
        kode(&m.send(Some("nav"), REKVISISJON, &*xml)),
        (400, "FREG-046".to_owned())
    );
    assert_eq!(m.send(Some("nav"), &vedlegg, &*xml).status, 415);
    assert_eq!(send_flerdelt(&m, REKVISISJON, &xml, &[("pass.pdf", "x")]).status, 415);
    let brutt = m.som(Some("nav")).post(m.url(&vedlegg));
    let brutt = brutt
        .header("content-type", "multipart/form-data; boundary=skille")
        .body("--skille");
    assert_eq!(kode(&m.kall(brutt)), (400, "FREG-047".to_owned()));
    let stort = "x".repeat(17 * 1024 * 1024);
    assert_eq!(send_flerdelt(&m, &vedlegg, &xml, &[("pass.pdf", &stort)]).status, 413);

    let kvittering = send_flerdelt(&m, &vedlegg, &xml, &[("pass.pdf", "en side")]);
    assert_eq!(kvittering.status, 202, "{kvittering:?}");
    let igjen = send_flerdelt(&m, &vedlegg, &xml, &[("pass.pdf", "en side")]);
    assert_eq!((igjen.status, igjen.kropp), (202, kvittering.kropp));
    // Another file is another message.
    let annen = send_flerdelt(&m, &vedlegg, &xml, &[("pass.pdf", "to sider")]);
    assert_eq!(kode(&annen), (400, "FREG-045".to_owned()));
    let info = m.hendelser("nav")[0]["hendelseinfo"].clone();
    let tildelt = &info["saksbeslutning"]["skalTildeleDNummer"];
    assert_eq!(info["saksbeslutning"]["beslutning"], "godkjent", "{info}");
    assert_eq!(tildelt["tildeltDnummerAvvikerFraFoedselsdato"], false);
    let nr = tildelt["dNummer"].as_str().unwrap().to_owned();
    assert_eq!(m.person(&nr)["status"][0]["status"], "midlertidig");
    let grunnlag = m.konsument(&format!("personer/{nr}?part=identitetsgrunnlag"));
    assert_eq!(
        grunnlag["identitetsgrunnlag"][0]["identitetsgrunnlagstatus"], "kontrollert",
        "{grunnlag}"
    );

    // Somebody who is heard alike, born on the day, waits; whoever decides sees who it may be, and the file.
    let xml = rekvisisjon("R2", "Daria", FOEDT, &["id.png"]);
    assert_eq!(send_flerdelt(&m, &vedlegg, &xml, &[("id.png", "et bilde")]).status, 202);
    let venter = m.hendelser("nav")[1]["hendelseinfo"]["sakTilManuellBehandling"].clone();
    assert_eq!(venter["begrunnelse"], "muligDublett", "{venter}");
    let sak = m.saker()[0]["nr"].to_string();
    assert!(!m.tjener.kommando(&["sak", "vis", &sak]).lyktes().contains(&nr));
    let vist = m.tjener.kommando(&["sak", "vis", &sak, "--melding"]).lyktes();
    assert!(vist.contains(&nr) && vist.contains("id.png"), "{vist}");
    let ut = tempfile::tempdir().unwrap();
    let mappe = ut.path().join("filer");
    m.tjener
        .kommando(&["sak", "vedlegg", &sak, "--ut", mappe.to_str().unwrap()])
        .lyktes();
    let fil = std::fs::read_to_string(mappe.join(format!("sak-{sak}-vedlegg-1"))).unwrap();
    assert_eq!(fil, "et bilde");
    m.tjener
        .kommando(&["sak", "avslaa", &sak, "--eksisterende", &nr])
        .lyktes();
    let avslag = m.hendelser("nav")[2]["hendelseinfo"]["saksbeslutning"].clone();
    assert_eq!(avslag["beslutning"], "avslaatt", "{avslag}");
    assert_eq!(avslag["skalIkkeTildeleDNummer"]["eksisterendeIdNummer"], nr.as_str());
    // The file is gone with the case.
    let borte = m
        .tjener
        .kommando(&["sak", "vedlegg", &sak, "--ut", mappe.to_str().unwrap()])
        .lyktes();
    assert!(borte.contains("ingen filer"), "{borte}");

    // Whoever asked for the number may change the name; another must be looked at, and is told as others are.
    let endre = |navn, id| {
        m.send(Some(navn), "endring_av_dnummerperson_v3", navneendring(id, &nr))
            .status
    };
    assert_eq!(endre("udi", "E1"), 202);
    let sak = m.saker()[0]["nr"].to_string();
    m.tjener.kommando(&["sak", "avslaa", &sak]).lyktes();
    assert_eq!(endre("nav", "E2"), 202);
    let sist = m.hendelser("nav")[3]["hendelseinfo"]["saksbeslutning"].clone();
    assert_eq!(sist["skalEndrePersoninformasjon"]["dNummer"], nr.as_str(), "{sist}");
    let navn = m.person(&nr)["navn"].clone();
    assert!(navn.to_string().contains("Skogheimen"), "{navn}");
    let roetter = |navn: &str| -> Vec<String> { dokumenter(&m, navn).into_iter().map(|d| d.navn).collect() };
    let om_tildeling = "hendelseISakOmTildelingAvDNummer";
    let ventet = [
        om_tildeling,
        om_tildeling,
        om_tildeling,
        "hendelseISakOmEndringAvDNummerPerson",
    ];
    assert_eq!(roetter("nav"), ventet);
    assert_eq!(roetter("udi"), ["hendelseISakOmFolkeregistrering"; 2]);
    let logg = m.tjener.logglinjer();
    assert!(
        !logg.contains(&nr) && !logg.contains("Fjelltoppheim") && !logg.contains("id.png"),
        "{logg}"
    );
}

#[test]
fn every_kind_of_message_is_taken_in_by_whoever_may_send_it() {
    let m = Mottak::start();
    for meldingstype in Meldingstype::ALLE {
        let ressurs = meldingstype.ressurs();
        assert_eq!(m.proev(Some("folkeregistermyndigheten"), ressurs), 200, "{ressurs}");
        // No kind takes another's message.
        let svar = m.send(Some("folkeregistermyndigheten"), ressurs, "<a/>");
        assert_eq!(
            (svar.status, mellom(&svar.kropp, "feilkode")),
            (400, "FREG-044"),
            "{svar:?}"
        );
    }
    assert_eq!(m.hendelser("folkeregistermyndigheten"), Vec::<Value>::new());
}
