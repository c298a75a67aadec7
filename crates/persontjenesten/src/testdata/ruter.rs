//! The routes: one for each [`Rute`], through the door, recorded.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{RawPathParams, Request};
use axum::response::Response;
use axum::routing::{any_service, get, on};
use helsekopi::Kopi;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use identifikator::{Dato, Folkeregisteridentifikator, Organisasjonsnummer};
use informasjonsmodell::{Forskyvning, Tidspunkt};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};
use tilgang::Revisjonspost;
use tilgang::avtale::{Scopekaller, avgjoer_scope};
use tilgang::token::Sluttbruker;
use tilgang::token::helseid::{Godtar, Helseidtoken, Kall, Scope};
use tjenesteflate::forhandling::{Aksept, Innholdstype, InnholdstypeError, Medietype};
use tjenesteflate::kropp::{self, Grense};
use tjenesteflate::maalinger::Maalere;
use tjenesteflate::vern::{Adressebruk, Feilkontekst, Ramme};

use super::feil::Gjengivelse;
use super::openapi::{self, OPENAPI};
use super::{DOKUMENT_BYTE_MAKS, Feil, RESERVERING_BYTE_MAKS, ROT, Rute, Testdata, Testmiljoe, dokument, foresporsel};

/// The service's name in audit records and metrics.
const TJENESTE: &str = "reservert-testdata";

/// The router, framed: errors as ProblemDetails, traces, metrics. It cannot be made elsewhere than in a test environment.
///
/// Shape: whole paths below [`ROT`], to be merged with those of other services on the port. What lies below it and is no operation is answered
/// here too, as 404.
pub fn ruter(_: Testmiljoe, testdata: &Arc<Testdata>, maalere: &Maalere) -> Router {
    let ramme = Ramme::new(TJENESTE, Gjengivelse, maalere);
    let ramme = match &testdata.vakt {
        Some(vakt) => ramme.with_vakt(vakt),
        None => ramme,
    };
    let mut ruter = Router::new();
    for rute in Rute::ALLE {
        let testdata = testdata.clone();
        let behandler = move |kontekst: Feilkontekst, ledd: RawPathParams, foresporsel: Request| {
            let testdata = testdata.clone();
            let ledd = ledd.iter().next().map(|(_, verdi)| verdi.to_owned());
            async move {
                let utfall = behandle(&testdata, rute, &kontekst, ledd, foresporsel).await;
                utfall.unwrap_or_else(|feil| feil.svar(&kontekst))
            }
        };
        ruter = ruter.route(&rute.hele_stien(), on(rute.filter(), behandler));
    }
    ruter = ruter.route(
        OPENAPI,
        get(|| async { json_svar(StatusCode::OK, openapi::dokument()) }),
    );
    let resten: Router = ramme.rundt(Router::new());
    ramme
        .rundt_uten_resten(ruter)
        .nest(ROT, resten.clone())
        .route(&format!("{ROT}/"), any_service(resten))
}

/// Somebody who was let in.
struct Adgang {
    eier: Organisasjonsnummer,
    kaller: Scopekaller,
    endepunkt: &'static str,
    sporing: String,
    naa: Timestamp,
}

impl Adgang {
    fn post(&self, status: u16) -> Revisjonspost<'_> {
        Revisjonspost {
            konsument: self.eier.as_str(),
            klient: self.kaller.klient_id(),
            token: self.kaller.jti().unwrap_or_default(),
            sluttbruker: self.kaller.sluttbruker().map(Sluttbruker::siffer),
            ..Revisjonspost::new(TJENESTE, self.endepunkt, &self.sporing, status)
        }
    }

    /// The time that is registered, with its zone.
    fn tidspunkt(&self) -> Result<Tidspunkt, Feil> {
        Tidspunkt::new(self.naa.as_second(), 0, 0, Forskyvning::Utc).ok_or(Feil::Intern)
    }

    fn dag(&self) -> Result<Dato, Feil> {
        let dag = self.naa.to_zoned(TimeZone::UTC).date();
        let del = |tall: i8| u8::try_from(tall).map_err(|_| Feil::Intern);
        let aar = u16::try_from(dag.year()).map_err(|_| Feil::Intern)?;
        Dato::new(aar, del(dag.month())?, del(dag.day())?).ok_or(Feil::Intern)
    }
}

impl Testdata {
    async fn noter(&self, post: &Revisjonspost<'_>) -> Result<(), Feil> {
        self.frigivelse.noter(post).await.map_err(|_| Feil::Utilgjengelig)
    }

    async fn slipp_inn(&self, deler: &Parts, rute: Rute, kontekst: &Feilkontekst) -> Result<Adgang, Feil> {
        let naa = (self.klokke)();
        let authorization = verdier(&deler.headers, header::AUTHORIZATION.as_str());
        let dpop = verdier(&deler.headers, "dpop");
        let vist = Kall {
            authorization: &authorization,
            dpop: &dpop,
            metode: deler.method.as_str(),
            sti: deler.uri.path(),
        };
        let token = self.verifikator.slipp_inn(&vist, Godtar::Begge, naa).await;
        let token = token.map_err(Feil::Adgang)?;
        if let Some(bruk) = deler.extensions.get::<Adressebruk>() {
            bruk.gi_tilbake();
        }
        let sporing = kontekst.spor.id().to_string();
        match avgjoer_scope(&self.avtaler, &token, Scope::Testdata, naa) {
            Ok(kaller) => Ok(Adgang {
                eier: kaller.forelder(),
                kaller,
                endepunkt: rute.endepunkt(),
                sporing,
                naa,
            }),
            Err(avslag) => {
                let feil = Feil::Avslag(avslag);
                self.noter_ute(&token, rute, &sporing, &feil).await?;
                Err(feil)
            }
        }
    }

    async fn noter_ute(&self, token: &Helseidtoken, rute: Rute, sporing: &str, feil: &Feil) -> Result<(), Feil> {
        let forelder = token.forelder();
        let post = Revisjonspost {
            konsument: forelder.as_ref().map_or("", Organisasjonsnummer::as_str),
            klient: token.klient_id(),
            token: token.jti().unwrap_or_default(),
            sluttbruker: token.sluttbruker().map(Sluttbruker::siffer),
            feilkode: Some(feil.kode()),
            ..Revisjonspost::new(TJENESTE, rute.endepunkt(), sporing, feil.status().as_u16())
        };
        self.noter(&post).await
    }
}

fn verdier<'h>(hoder: &'h HeaderMap, navn: &str) -> Vec<&'h [u8]> {
    hoder.get_all(navn).iter().map(HeaderValue::as_bytes).collect()
}

async fn behandle(
    testdata: &Arc<Testdata>,
    rute: Rute,
    kontekst: &Feilkontekst,
    ledd: Option<String>,
    foresporsel: Request,
) -> Result<Response, Feil> {
    let (deler, kropp) = foresporsel.into_parts();
    let adgang = testdata.slipp_inn(&deler, rute, kontekst).await?;
    // What cannot be a number is nobody's, as one that is not reserved.
    let nummer = ledd.and_then(|tekst| Folkeregisteridentifikator::parse(&tekst).ok());
    let utfall = utfoer(testdata, &adgang, rute, nummer, &deler, kropp).await;
    let spurt: Vec<u64> = nummer.iter().map(|n| n.to_u64()).collect();
    // Of what is done the record is written when it is done, and before it is told.
    match utfall {
        Ok((status, verdi)) => {
            let post = Revisjonspost {
                spurt: &spurt,
                ..adgang.post(status.as_u16())
            };
            testdata.noter(&post).await?;
            Ok(match verdi {
                Some(verdi) => json_svar(status, verdi.to_string().into_bytes()),
                None => {
                    let mut svar = Response::default();
                    *svar.status_mut() = status;
                    svar
                }
            })
        }
        Err(feil) => {
            if let Feil::Testperson(helsekopi::Testfeil::Kopi(feil)) = &feil {
                tracing::error!(feil = %feil, "kopien kunne ikke leses eller skrives");
            }
            let post = Revisjonspost {
                spurt: &spurt,
                feilkode: Some(feil.kode()),
                ..adgang.post(feil.status().as_u16())
            };
            testdata.noter(&post).await?;
            Err(feil)
        }
    }
}

async fn utfoer(
    testdata: &Arc<Testdata>,
    adgang: &Adgang,
    rute: Rute,
    nummer: Option<Folkeregisteridentifikator>,
    deler: &Parts,
    kropp: Body,
) -> Result<(StatusCode, Option<Value>), Feil> {
    Aksept::from_headers(&deler.headers)
        .choose(&[Medietype::JSON])
        .map_err(|feil| Feil::Ramme(feil.into()))?;
    let byte = match rute.kropp_maks() {
        Some(maks) => les_kropp(deler, kropp, maks).await?,
        None => Vec::new(),
    };
    let (eier, tidspunkt, dag) = (adgang.eier, adgang.tidspunkt()?, adgang.dag()?);
    let kopi = testdata.kopi.hent().ok_or(Feil::Fylles)?;
    let arbeid = move || gjoer(&kopi, rute, eier, nummer, &byte, dag, tidspunkt);
    let utfall = tjenesteflate::arbeid::utenfor_loekka(arbeid).await;
    utfall.unwrap_or(Err(Feil::Intern))
}

fn gjoer(
    kopi: &Kopi,
    rute: Rute,
    eier: Organisasjonsnummer,
    nummer: Option<Folkeregisteridentifikator>,
    byte: &[u8],
    dag: Dato,
    tidspunkt: Tidspunkt,
) -> Result<(StatusCode, Option<Value>), Feil> {
    let liste = |numre: Vec<helsekopi::Reservasjon>| Value::Array(numre.iter().map(foresporsel::til_json).collect());
    let nummer = || nummer.ok_or(Feil::Testperson(helsekopi::Testfeil::Ureservert));
    match rute {
        Rute::Reserver => {
            let reservering = foresporsel::les(byte)?;
            let gitt = kopi.reserver(eier, &reservering, dag, tidspunkt)?;
            Ok((StatusCode::CREATED, Some(liste(gitt))))
        }
        Rute::Reserverte => {
            let har = kopi.reserverte(eier).map_err(helsekopi::Testfeil::from)?;
            Ok((StatusCode::OK, Some(liste(har))))
        }
        Rute::LagrePerson => {
            let nummer = nummer()?;
            let sendt = dokument::les(byte)?;
            let lagret = kopi.lagre_testperson(eier, nummer, sendt.dokument, &sendt.navngitt, tidspunkt)?;
            let status = if lagret.ny { StatusCode::CREATED } else { StatusCode::OK };
            let svar = json!({"created": lagret.ny, "changed": lagret.endret, "unknownMembers": sendt.ukjente});
            Ok((status, Some(svar)))
        }
        Rute::HentPerson => {
            let dokument = kopi.testperson(eier, nummer()?)?;
            let verdi = serde_json::from_slice(&dokument.til_json()).map_err(|_| Feil::Intern)?;
            Ok((StatusCode::OK, Some(verdi)))
        }
        Rute::SlettPerson => {
            kopi.avslutt_testperson(eier, nummer()?, tidspunkt)?;
            Ok((StatusCode::NO_CONTENT, None))
        }
    }
}

async fn les_kropp(deler: &Parts, kropp: Body, bytes_maks: usize) -> Result<Vec<u8>, Feil> {
    let type_ = Innholdstype::from_headers(&deler.headers).map_err(|feil| Feil::Ramme(feil.into()))?;
    if !type_.is_some_and(|type_| type_.is(&Medietype::JSON)) {
        return Err(Feil::Ramme(InnholdstypeError::Ugyldig.into()));
    }
    let grense = Grense {
        bytes_maks,
        ..Grense::default()
    };
    let byte = kropp::read(kropp, &deler.headers, grense).await;
    Ok(byte.map_err(|feil| Feil::Ramme(feil.into()))?.to_vec())
}

fn json_svar(status: StatusCode, kropp: Vec<u8>) -> Response {
    let mut svar = Response::new(Body::from(kropp));
    *svar.status_mut() = status;
    svar.headers_mut()
        .insert(header::CONTENT_TYPE, Medietype::JSON.header());
    svar
}

impl Rute {
    fn kropp_maks(self) -> Option<usize> {
        match self {
            Rute::Reserver => Some(RESERVERING_BYTE_MAKS),
            Rute::LagrePerson => Some(DOKUMENT_BYTE_MAKS),
            Rute::Reserverte | Rute::HentPerson | Rute::SlettPerson => None,
        }
    }
}
