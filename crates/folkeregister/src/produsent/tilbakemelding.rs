//! Tilbakemelding: what became of an organisation's own messages, in order.
//!
//! Source: folkeregister reference 9.3. Defaults where a parameter is left out are our choice: from the first, newer, 100.

use std::borrow::Cow;
use std::sync::Arc;

use aws_lc_rs::digest;
use axum::body::Body;
use axum::response::Response;
use http::request::Parts;
use http::{StatusCode, header};
use informasjonsmodell::Entitet;
use meldinger::tre::Element;
use saksbehandling::{SIDE_MAKS, Tilbakemelding};
use serde_json::{Value, json};
use tilgang::{Entitetsmengde, Feedleveranse, Grad, Leveranse, Revisjonspost};
use tjenesteflate::arbeid::utenfor_loekka;
use tjenesteflate::etag::IfNoneMatch;
use tjenesteflate::forhandling::{Aksept, Medietype};
use tjenesteflate::spoerring::Spoerring;

use super::Produsenter;
use super::adgang::Adgang;
use super::feil::Feil;
use super::svardokument::{dokument, i_navnerom, med, objekt, tekst};

const ENDEPUNKT: &str = "GET tilbakemelding/hendelser";
/// Items where nothing is said. Source: the contract's example.
const SIDE: i64 = 100;
/// What an item is called. Source: the contract's example.
const TITTEL: &str = "Hendelse i sak";
const NS_ATOM: &str = "http://www.w3.org/2005/Atom";

/// Which way it is read.
struct Side {
    seq: u64,
    nyere: bool,
    maks: usize,
}

/// `GET tilbakemelding/api/v2/hendelser`.
pub(super) async fn hendelser(api: Arc<Produsenter>, adgang: Adgang, deler: &Parts) -> Result<Response, Feil> {
    let aksept = Aksept::from_headers(&deler.headers);
    let medietype = *aksept.choose(&[Medietype::JSON, Medietype::ATOM, Medietype::XML])?;
    let side = les_side(&Spoerring::parse(deler.uri.query())?)?;
    let organisasjon = adgang.organisasjon.clone();
    let lager = api.clone();
    let hentet = utenfor_loekka(move || {
        lager
            .saker
            .tilbakemeldinger(&organisasjon, side.seq, side.nyere, side.maks)
    });
    let funnet = hentet.await.ok_or(Feil::Intern)??;
    let kropp = if medietype == Medietype::JSON {
        let alle: Vec<Value> = funnet.iter().map(som_json).collect::<Result<_, _>>()?;
        Value::Array(alle).to_string()
    } else {
        atom(&api.base, &funnet)?
    };
    let etag = api.etag.tag(&[adgang.organisasjon.as_bytes(), kropp.as_bytes()]);
    let uendret = IfNoneMatch::from_headers(&deler.headers).matches(&etag);
    let mut avtrykk = [0; 32];
    avtrykk.copy_from_slice(digest::digest(&digest::SHA256, kropp.as_bytes()).as_ref());
    let numre = funnet.iter().map(|t| t.seq);
    let levert = numre
        .clone()
        .min()
        .zip(numre.max())
        .map(|(fra, til)| Feedleveranse { fra, til, avtrykk });
    let kriterier = ["seq", "direction", "pageSize"].map(Cow::Borrowed);
    let leveranser = leveranser(&funnet);
    let post = Revisjonspost {
        feed: levert.filter(|_| !uendret),
        leveranser: if uendret { &[] } else { &leveranser },
        ..adgang.post(ENDEPUNKT, &kriterier, if uendret { 304 } else { 200 })
    };
    // It may tell of somebody's new number: who that is, is recorded before it leaves.
    api.frigivelse.noter(&post).await.map_err(|_| Feil::Utilgjengelig)?;
    let mut svar = if uendret {
        let mut svar = Response::new(Body::empty());
        *svar.status_mut() = StatusCode::NOT_MODIFIED;
        svar
    } else {
        let mut svar = Response::new(Body::from(kropp));
        svar.headers_mut().insert(header::CONTENT_TYPE, medietype.header());
        svar
    };
    svar.headers_mut().insert(header::ETAG, etag.header());
    Ok(svar)
}

// Who is told of by number. No package has this feed, so the record names each of them, as that of a list does, and is found
// by the person.
fn leveranser(funnet: &[Tilbakemelding]) -> Vec<Leveranse> {
    let en = |(identifikator, vern)| Leveranse {
        identifikator,
        entiteter: Entitetsmengde::av(Entitet::Identifikasjonsnummer),
        tilbakeholdt: Entitetsmengde::default(),
        historikk: false,
        grad: Grad::Ugradert,
        vern,
    };
    funnet
        .iter()
        .flat_map(|t| t.navngitte.iter().copied().map(en))
        .collect()
}

fn les_side(spoerring: &Spoerring) -> Result<Side, Feil> {
    let feil = |navn, regel| Feil::Parameter { navn, regel };
    let nyere = match spoerring.text("direction")? {
        None | Some("nyere") => true,
        Some("eldre") => false,
        Some(_) => return Err(feil("direction", "må være nyere eller eldre")),
    };
    let seq = spoerring.int64("seq")?.unwrap_or(if nyere { 1 } else { i64::MAX });
    let seq = u64::try_from(seq).map_err(|_| feil("seq", "må være et heltall som ikke er negativt"))?;
    let maks = usize::try_from(spoerring.int64("pageSize")?.unwrap_or(SIDE)).ok();
    let maks = maks.filter(|maks| (1..=SIDE_MAKS).contains(maks));
    Ok(Side {
        seq,
        nyere,
        maks: maks.ok_or(feil("pageSize", "må være et heltall fra 1 til 1000"))?,
    })
}

fn som_json(t: &Tilbakemelding) -> Result<Value, Feil> {
    Ok(json!({
        "title": TITTEL,
        "id": t.seq.to_string(),
        "updated": t.hendelse.tidspunkt,
        "hendelseinfo": objekt(&dokument(t)?),
    }))
}

fn atom(base: &str, funnet: &[Tilbakemelding]) -> Result<String, Feil> {
    let sted = format!("{base}/folkeregisteret/tilbakemelding/api/v2/hendelser");
    let mut feed = vec![
        tekst("id", &sted),
        tekst("title", "Tilbakemeldinger"),
        med("author", vec![tekst("name", "Folkeregisteret")]),
    ];
    let nyeste = funnet.iter().max_by_key(|t| t.seq);
    // A feed has a time even when it is empty. Source: RFC 4287, 4.1.1.
    feed.push(tekst(
        "updated",
        nyeste.map_or("1970-01-01T00:00:00Z", |t| t.hendelse.tidspunkt.as_str()),
    ));
    for t in funnet {
        feed.push(med(
            "entry",
            vec![
                tekst("title", TITTEL),
                tekst("id", &format!("{sted}/{}", t.seq)),
                tekst("updated", &t.hendelse.tidspunkt),
            ],
        ));
    }
    let mut ut = med("feed", feed);
    i_navnerom(&mut ut, NS_ATOM);
    let oppfoeringer = ut.barn.iter_mut().filter(|barn| barn.navn == "entry");
    for (oppfoering, t) in oppfoeringer.zip(funnet) {
        let mut innhold = Element::new(NS_ATOM, "content");
        innhold
            .attributter
            .push((String::new(), "type".to_owned(), "application/xml".to_owned()));
        innhold.barn.push(dokument(t)?);
        oppfoering.barn.push(innhold);
    }
    Ok(ut.til_xml())
}
