//! Starting the roles: listeners, routers, signals, an orderly stop.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use folkeregister::konsument::{self, Folkeregister, Strupegrenser, Struping, Uttrekk};
use folkeregister::produsent::{self, Produsenter};
use klienter::jwks::HttpKilde;
use register::Register;
use revisjonslogg::Revisor;
use saksbehandling::Saksbehandler;
use tilgang::token::Maskinportenverifikator;
use tilgang::{Frigivelse, Pakke};
use tjenesteflate::drift::{Drift, Klarhet};
use tjenesteflate::maalinger::Maalere;
use tjenesteflate::stopp::{self, Stopp};
use tjenesteflate::tjener::{Grenser, Tjener};
use tjenesteflate::tls::{Klientutstedere, Sertifikatfiler, Sertifikatkilde, Tls};
use tjenesteflate::utforsker::{Dokument, Utforsker};
use tjenesteflate::vern::{Feilgjengivelse, Feilkontekst, Problem, Ramme, Rammefeil, Vakt, Vaktgrenser};
use tokio::task::JoinSet;
use uttrekk::Uttrekkslager;

use crate::bytte::Bytte;
use crate::mappe::{Aapen, Adresser, klokke};
use crate::omstart::StartPaaNytt;
use crate::personapi;
use crate::preg;
use crate::testmiljoe::Testmiljoe;
use crate::vernevakt::Vernevakt;
use crate::vert::Vert;

/// How often what is past retention is looked for.
const DOEGN: Duration = Duration::from_secs(24 * 3600);

/// How often it is looked after whether something is to be renewed or copied.
const TIME: Duration = Duration::from_secs(3600);

/// How often it is looked after whether the disk has failed.
const SJEKK_DISK: Duration = Duration::from_millis(200);

/// How the roles are to run.
#[derive(Clone, Debug)]
pub struct Oppsett {
    /// Where the interfaces listen.
    pub adresse: SocketAddr,
    /// Where health and metrics listen.
    pub admin: SocketAddr,
    /// Address as consumers see it; made from the listener when absent.
    pub base: Option<String>,
    /// Another issuer of tokens; the built-in one when absent.
    pub utsteder: Option<String>,
    /// Months of retention.
    pub oppbevaring_maaneder: u32,
    /// Whether the Svalbard package is served.
    pub svalbard: bool,
    /// How much of extracts each organisation may have.
    pub uttrekk: uttrekk::Grenser,
    /// Months that audit records are kept.
    pub revisjon_maaneder: u32,
    /// Protected persons in an hour to one consumer, above which it is told of.
    pub vernede_per_time: Option<NonZeroU32>,
    /// How the audit log is kept.
    pub revisjon: revisjonslogg::Innstillinger,
    /// Where daily copies go, if anywhere.
    pub kopi: Option<Kopioppsett>,
    /// Whether this is a test environment: people are synthetic, and what is only for tests is open.
    pub testmiljoe: bool,
    /// The file of the secret that opens test control to callers elsewhere; without one it answers this machine alone.
    pub testhemmelighet: Option<PathBuf>,
    /// How many times faster than real time the nation moves, if it does.
    pub liv: Option<u32>,
    /// Whether the explorer is handed tokens of the demo's client.
    pub demo: bool,
    /// Whether the built-in Kontakt- og reservasjonsregister answers under `/kontaktregister`: a demo alone.
    pub kontaktregister: bool,
    /// How the Person API is served, where this process keeps the health sector's copy.
    pub personapi: Option<personapi::Oppsett>,
    /// How PREG is served, where this process keeps the health sector's copy.
    pub preg: Option<preg::Oppsett>,
    /// The listener with TLS.
    pub tls: Option<Tlsoppsett>,
    /// What each consumer may use.
    pub struping: Strupegrenser,
    /// What each address may use, and how much is under way at once.
    pub vakt: Vaktgrenser,
}

/// A listener with TLS.
#[derive(Clone, Debug)]
pub struct Tlsoppsett {
    /// Where it listens.
    pub adresse: SocketAddr,
    /// Its certificate.
    pub filer: Sertifikatfiler,
    /// Issuers of client certificates; absent: nobody is asked for one.
    pub klientutstedere: Option<PathBuf>,
}

/// Daily copies.
#[derive(Clone, Debug)]
pub struct Kopioppsett {
    /// The folder of copies.
    pub mappe: PathBuf,
    /// How many are kept.
    pub behold: usize,
}

/// Listeners that are bound and not yet serving: their ports are known.
pub struct Bundet {
    api: Tjener,
    tls: Option<Tjener>,
    admin: Tjener,
    /// Where the roles will answer.
    pub adresser: Adresser,
    oppsett: Oppsett,
    maalere: Maalere,
}

impl Bundet {
    /// Proofs may be made for these host names too, on the ports that were bound.
    pub fn with_navn(mut self, navn: &[String]) -> Result<Self> {
        let porter = [("http", Some(&self.api)), ("https", self.tls.as_ref())];
        let Some(personapi) = &mut self.oppsett.personapi else {
            return Ok(self);
        };
        for (skjema, tjener) in porter {
            let Some(tjener) = tjener else { continue };
            let port = tjener.address().port();
            let alle = std::iter::once("localhost").chain(navn.iter().map(String::as_str));
            let adresser = alle.map(|navn| format!("{skjema}://{navn}:{port}"));
            personapi.offentlige_adresser.extend(adresser);
        }
        Ok(self)
    }
}

/// Binds the listeners.
pub async fn bind(oppsett: Oppsett) -> Result<Bundet> {
    let maalere = Maalere::new();
    let bundet = |adresse: SocketAddr| async move {
        Tjener::bind(adresse, Grenser::default())
            .await
            .with_context(|| format!("kunne ikke lytte på {adresse}; er porten i bruk? Velg en annen: --port for demo, adressen i innstillingene for serve"))
    };
    let api = bundet(oppsett.adresse).await?.with_maalere("api", &maalere);
    let admin = bundet(oppsett.admin).await?.with_maalere("admin", &maalere);
    let tls = match &oppsett.tls {
        Some(tls) => Some(bundet(tls.adresse).await?.with_maalere("tls", &maalere)),
        None => None,
    };
    let base = oppsett
        .base
        .clone()
        .unwrap_or_else(|| format!("http://{}", api.address()));
    let maskinporten = oppsett
        .utsteder
        .clone()
        .unwrap_or_else(|| format!("{base}/maskinporten/"));
    let helseid = oppsett.personapi.as_ref().map(|personapi| {
        let andre = personapi.helseid.clone();
        andre.unwrap_or_else(|| personapi::helseid_under(&base))
    });
    let adresser = Adresser {
        folkeregister: base,
        maskinporten,
        admin: format!("http://{}", admin.address()),
        helseid,
        tls: tls.as_ref().map(|t| format!("https://{}", t.address())),
    };
    Ok(Bundet {
        api,
        tls,
        admin,
        adresser,
        oppsett,
        maalere,
    })
}

/// What the roles have that outlives a change of the nation they serve.
struct Felles {
    adresser: Adresser,
    oppsett: Oppsett,
    maalere: Maalere,
    vakt: Vakt,
    revisjon: Arc<revisjonslogg::Logg>,
    verifikator: Arc<Maskinportenverifikator>,
    utstedere: Option<Arc<Klientutstedere>>,
    kontaktregister: Option<Arc<kontaktregister::Kontaktregister>>,
    frigivelse: Frigivelse,
    personapi: Option<Arc<personapi::Rolle>>,
    preg: Option<preg::Rolle>,
}

/// The roles on one nation: routes, and what runs beside them.
struct Roller {
    ruter: Router,
    maalere: Maalere,
    stopp: stopp::Signal,
    /// What ends when it hears the stop.
    lyttende: JoinSet<()>,
    /// What has no end.
    endeloese: JoinSet<()>,
    /// Of the nation that they look at.
    register: Arc<Register>,
}

impl Roller {
    fn start(felles: &Felles, aapen: &Arc<Aapen>) -> Result<Self> {
        let Felles {
            adresser,
            oppsett,
            vakt,
            verifikator,
            utstedere,
            ..
        } = felles;
        // All that looks at this nation, and at no other.
        let maalere = felles.maalere.under();
        let (signal, stoppet) = stopp::pair();
        let (mut lyttende, mut endeloese) = (JoinSet::new(), JoinSet::new());
        aapen.start_arkivstroem()?;
        lyttende.spawn(aapen.klokke.clone().hold_lagret(stoppet.clone()));
        endeloese.spawn(rydd_daglig(aapen.clone(), oppsett.revisjon_maaneder));
        let uttrekkslager = aapen.aapne_uttrekk(oppsett.uttrekk)?;
        endeloese.spawn(ta_vare_paa(aapen.clone(), uttrekkslager.clone(), oppsett.kopi.clone()));
        let saker = aapen.saker()?;
        crate::maalinger::registrer(&maalere, &aapen.register, &saker, verifikator)?;
        let etag = lager::Noekkelfil::les_eller_lag(&aapen.mappe.sti().join("noekler").join("etag"))?;
        let tilstand = Arc::new(Folkeregister {
            register: aapen.register.clone(),
            tavle: aapen.tavle()?,
            uttrekk: Uttrekk::new(uttrekkslager, &maalere)?,
            frigivelse: felles.frigivelse.clone(),
            verifikator: verifikator.clone(),
            avtaler: aapen.avtaler.clone(),
            etag: tjenesteflate::etag::Noekkel::new(etag.hele()),
            klokke: klokke(),
            registerklokke: aapen.klokke.les(),
            base: adresser.folkeregister.clone(),
            oppbevaring_maaneder: oppsett.oppbevaring_maaneder,
            svalbard: oppsett.svalbard,
            struping: Struping::new(oppsett.struping, Arc::new(Instant::now), &maalere)?,
            vakt: Some(vakt.clone()),
        });
        endeloese.spawn(se_til_saker(aapen.clone(), saker.clone()));
        let produsenter = Arc::new(Produsenter {
            saker,
            utstedere: utstedere.clone(),
            tavle: tilstand.tavle.clone(),
            avtaler: aapen.avtaler.clone(),
            frigivelse: tilstand.frigivelse.clone(),
            etag: tjenesteflate::etag::Noekkel::new(etag.hele()),
            klokke: klokke(),
            registerklokke: aapen.klokke.les(),
            base: adresser.tls.clone().unwrap_or_else(|| adresser.folkeregister.clone()),
            vakt: Some(vakt.clone()),
        });
        let ramme = |navn| Ramme::new(navn, Problem, &maalere).with_vakt(vakt);
        let mut ruter = ramme("rot")
            .rundt(Router::new())
            .merge(konsument::ruter(&tilstand, &maalere))
            .merge(produsent::ruter(&produsenter, &maalere))
            .merge(ramme("utforsker").rundt_uten_resten(utforsker(felles, aapen)));
        if oppsett.utsteder.is_none() {
            let utsteder = utsteder::ruter(aapen.utsteder.clone(), klokke());
            let ramme = Ramme::new("maskinporten", Maskinportenform, &maalere).with_vakt(vakt);
            ruter = ruter.nest("/maskinporten", ramme.rundt(utsteder));
        }
        if let Some(register) = &felles.kontaktregister {
            let krr = kontaktregister::ruter(register.clone(), verifikator.clone(), klokke());
            let ramme = Ramme::new("kontaktregister", Maskinportenform, &maalere).with_vakt(vakt);
            ruter = ruter.nest("/kontaktregister", ramme.rundt(krr));
            let driv = crate::kontaktdrift::driv(aapen.clone(), register.clone(), stoppet.clone());
            lyttende.spawn(driv);
        }
        aapen.sett_stopp(stoppet.clone());
        if let Some(faktor) = oppsett.liv {
            crate::liv::still_klokka(aapen, faktor)?;
            lyttende.spawn(crate::liv::foelg(aapen.clone(), stoppet.clone()));
        } else {
            crate::liv::stans(aapen)?;
        }
        lyttende.spawn(crate::korreksjonsdrift::driv(aapen.clone(), stoppet.clone()));
        lyttende.spawn(crate::koedrift::driv(aapen.clone(), stoppet.clone()));
        lyttende.spawn(konsument::skriv_ut(tilstand, stoppet));
        Ok(Roller {
            ruter,
            maalere,
            stopp: signal,
            lyttende,
            endeloese,
            register: aapen.register.clone(),
        })
    }

    /// Stops in order. Calls under way hold on to the nation still.
    async fn stopp(self) {
        let Roller {
            ruter,
            maalere,
            stopp,
            mut lyttende,
            mut endeloese,
            register,
        } = self;
        drop(ruter);
        stopp.stopp();
        // It may have minutes left, and is taken up again within an hour of the next start.
        register.avbryter().avbryt();
        drop(register);
        endeloese.shutdown().await;
        while lyttende.join_next().await.is_some() {}
        maalere.toem();
    }
}

/// Serves until a signal to stop: interrupt, termination, or a command.
pub async fn kjoer(
    bundet: Bundet,
    aapen: Arc<Aapen>,
    helsekopi: Option<crate::helsekopi::Oppsett>,
    naar_klar: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let Bundet {
        api,
        tls,
        admin,
        adresser,
        oppsett,
        maalere,
    } = bundet;
    aapen.sett_testmiljoe(oppsett.testmiljoe)?;
    aapen.mappe.skriv_adresser(&adresser)?;
    let revisjon = aapen.revisjon(oppsett.revisjon.clone())?;
    maal_revisjon(&maalere, &revisjon)?;
    let (signal, stoppet) = stopp::pair();
    let (tls, utstedere) = match (tls, &oppsett.tls) {
        (Some(tjener), Some(valg)) => {
            let (innpakning, utstedere) = innpakning(valg, &oppsett, &maalere, &stoppet)?;
            (Some(tjener.with_innpakning(innpakning)), utstedere)
        }
        _ => (None, None),
    };
    let vakt = Vakt::new(oppsett.vakt.clone(), Arc::new(Instant::now), &maalere);
    vakt.register()?;
    let knyttede = aapen.tavle()?;
    maalere.register_reading(
        "notices_tied",
        "Driftsmeldinger som er i kraft, og som tjenestene følger",
        move || u64::try_from(knyttede.antall_knyttede(klokke()())).unwrap_or(u64::MAX),
    )?;
    let noekler = HttpKilde::new(&adresser.maskinporten, klienter::Valg::default()).context("utsteder av token")?;
    let verifikator = Maskinportenverifikator::new(tilgang::token::Innstillinger::new(
        &adresser.maskinporten,
        Arc::new(noekler),
    ));
    let kontaktregister = match oppsett.kontaktregister {
        true => Some(crate::kontaktdrift::aapne(&aapen.mappe)?),
        false => None,
    };
    let revisor = Revisor::new(revisjon.clone(), aapen.mappe.revisjonsforsegler()?, klokke());
    let vernevakt = Vernevakt::new(Arc::new(revisor), oppsett.vernede_per_time, &maalere)?;
    let frigivelse = Frigivelse::new(Arc::new(vernevakt));
    // It asks the roles below as anybody would, so it begins after them, and stops before.
    let kopi = match helsekopi {
        Some(oppsett) => Some(crate::helsekopi::Rolle::new(oppsett, &maalere)?),
        None => None,
    };
    let personapi = match (&oppsett.personapi, &kopi) {
        (Some(valg), Some(kopi)) => {
            let tilstand = kopi.tilstand();
            let der = (&*aapen, &adresser);
            let rolle = personapi::Rolle::new(valg, der, &tilstand, frigivelse.clone(), &vakt, &maalere)?;
            Some(Arc::new(rolle))
        }
        _ => None,
    };
    let (kopi, preg) = match (&oppsett.preg, kopi) {
        (Some(valg), Some(kopi)) => {
            let hjelpenumre = preg::aapne_hjelpenumre(valg, &aapen)?;
            let tilstand = kopi.tilstand();
            let her = (&*tilstand, &hjelpenumre);
            let rolle = preg::Rolle::new(valg, &aapen, her, frigivelse.clone(), &vakt, &maalere)?;
            (Some(kopi.with_hjelpenumre(hjelpenumre)), Some(rolle))
        }
        (_, kopi) => (kopi, None),
    };
    let felles = Felles {
        kontaktregister,
        frigivelse,
        personapi,
        preg,
        adresser,
        oppsett,
        maalere,
        vakt,
        revisjon,
        verifikator: Arc::new(verifikator),
        utstedere,
    };
    let mut roller = Roller::start(&felles, &aapen)?;
    let mappe = aapen.mappe.clone();
    let vert = Arc::new(Vert::new(aapen));
    if let Some(rolle) = &kopi {
        vert.sett_helsekopi(rolle.tilstand());
    }
    let test = Testmiljoe::for_oppsett(&felles.oppsett, &vert)?;
    let (ruter, tls_ruter) = match &test {
        // Where this is no test environment, nothing of it is there.
        None => (roller.ruter.clone(), roller.ruter.clone()),
        Some(test) => {
            test.sluse.aapne(roller.ruter.clone());
            let ramme = Ramme::new("testkontroll", Problem, &felles.maalere).with_vakt(&felles.vakt);
            (test.ruter(&ramme), test.sluse.ruter())
        }
    };
    let (ruter, tls_ruter) = match &felles.personapi {
        None => (ruter, tls_ruter),
        Some(personapi) => {
            let egne = egne_ruter(personapi, &felles);
            (ruter.merge(egne.clone()), tls_ruter.merge(egne))
        }
    };
    let (ruter, tls_ruter) = match &felles.preg {
        None => (ruter, tls_ruter),
        Some(preg) => {
            let [uten, med] = preg.ruter();
            (ruter.merge(uten), tls_ruter.merge(med))
        }
    };
    let kontroll = test.as_ref().map(|test| test.kontroll.clone());
    let styring = crate::styring::start(&mappe, vert.clone(), kontroll, stoppet.clone())?;
    let tls = tls.map(|tls| tokio::spawn(tls.serve(tls_ruter, stoppet.clone())));
    let api = tokio::spawn(api.serve(ruter, stoppet.clone()));
    let admin = tokio::spawn(admin.serve(drift(&felles, &vert).ruter(), stoppet));
    let (kopisignal, kopi_stoppet) = stopp::pair();
    let kopi = kopi.map(|rolle| tokio::spawn(rolle.driv(kopi_stoppet)));
    let mut bestillinger = test;
    let mut stoppes = std::pin::pin!(Signaler::new()?.vent());
    naar_klar()?;
    let sviktet = loop {
        tokio::select! {
            vent = stoppes.as_mut() => break vent.map(|()| false)?,
            () = vent_paa_svikt(&vert) => break true,
            bytte = neste_bytte(&mut bestillinger) => {
                roller = bytte.utfoer(&vert, roller, |aapen| {
                    let roller = Roller::start(&felles, aapen)?;
                    Ok((roller.ruter.clone(), roller))
                }, Roller::stopp).await?;
            }
        }
    };
    kopisignal.stopp();
    if let Some(kopi) = kopi {
        kopi.await?;
    }
    // What runs beside the calls may itself be calling, so it stops while calls are answered.
    roller.stopp().await;
    signal.stopp();
    api.await?;
    if let Some(tls) = tls {
        tls.await?;
    }
    admin.await?;
    styring.stopp().await;
    if sviktet {
        return Err(StartPaaNytt.into());
    }
    Ok(())
}

/// The Person API and the HelseID beside it: they stand on nothing of the nation.
fn egne_ruter(personapi: &personapi::Rolle, felles: &Felles) -> Router {
    let ruter = personapi.ruter();
    let Some(helseid) = personapi.helseid() else {
        return ruter;
    };
    let ramme = Ramme::new("helseid", Maskinportenform, &felles.maalere).with_vakt(&felles.vakt);
    ruter.nest(personapi::HELSEIDSTI, ramme.rundt(helseid))
}

/// The next change of the nation that somebody asks for; in other than test environments nobody can.
async fn neste_bytte(test: &mut Option<Testmiljoe>) -> Bytte {
    match test {
        Some(test) => test.neste_bytte().await,
        None => std::future::pending().await,
    }
}

fn drift(felles: &Felles, vert: &Arc<Vert>) -> Drift {
    let (vert, kopi_vert, revisjon) = (vert.clone(), vert.clone(), felles.revisjon.clone());
    let drift = Drift::new(&felles.maalere).with_sjekk("register", move || match vert.straks() {
        None => Klarhet::IkkeKlar("nasjonen er under bytte".into()),
        Some(aapen) => match aapen.register.siste_sekvens() {
            Ok(_) => Klarhet::Klar,
            Err(_) => Klarhet::IkkeKlar("registeret kan ikke leses".into()),
        },
    });
    let drift = drift.with_sjekk("helsekopi", move || match kopi_vert.helsekopi() {
        // A source that is down is no reason: what is here is served, and how old it is can be seen.
        Some(kopi) if kopi.er_stanset() => Klarhet::IkkeKlar("helsekopien er stanset; se loggen".into()),
        _ => Klarhet::Klar,
    });
    drift.with_sjekk("revisjon", move || {
        let helse = revisjon.helse();
        if helse.feiler {
            Klarhet::IkkeKlar("revisjonsloggen kan ikke skrives".into())
        } else {
            Klarhet::Klar
        }
    })
}

/// TLS with the certificate and the issuers of client certificates in the files, which are followed until the stop; and those
/// issuers, for whoever else asks them.
fn innpakning(
    valg: &Tlsoppsett,
    oppsett: &Oppsett,
    maalere: &Maalere,
    stoppet: &Stopp,
) -> Result<(Tls, Option<Arc<Klientutstedere>>)> {
    let kilde = Sertifikatkilde::les(valg.filer.clone()).context("sertifikatet for TLS")?;
    kilde.register(maalere)?;
    let sekunder = || klokke()().as_second();
    tokio::spawn(kilde.clone().foelg(sekunder, stoppet.clone()));
    let utstedere = valg.klientutstedere.clone().map(Klientutstedere::les).transpose();
    let utstedere = utstedere.context("utstederne av klientsertifikater")?;
    if let Some(utstedere) = &utstedere {
        utstedere.register(maalere)?;
        tokio::spawn(utstedere.clone().foelg(sekunder, stoppet.clone()));
    }
    // The demo is tied to its terminal, and ends with it.
    #[cfg(unix)]
    if !oppsett.demo {
        use tokio::signal::unix::{SignalKind, signal};
        let mut be = signal(SignalKind::hangup())?;
        let (kilde, utstedere) = (kilde.clone(), utstedere.clone());
        tokio::spawn(async move {
            while be.recv().await.is_some() {
                kilde.se_etter_og_si(sekunder());
                if let Some(utstedere) = &utstedere {
                    utstedere.se_etter_og_si(sekunder());
                }
            }
        });
    }
    #[cfg(not(unix))]
    let _ = oppsett;
    Ok((Tls::new(kilde, utstedere.clone())?, utstedere))
}

/// What the frame refuses at the token endpoint, in the form that OAuth clients read.
struct Maskinportenform;

impl Feilgjengivelse for Maskinportenform {
    fn render(&self, feil: &Rammefeil, kontekst: &Feilkontekst) -> Response {
        if feil.vent().is_none() {
            return Problem.render(feil, kontekst);
        }
        // Source: RFC 6749, 5.2, asks for ASCII; the word is that of section 4.1.2.1, our choice for this endpoint.
        let kropp = r#"{"error":"temporarily_unavailable","error_description":"Too many requests; wait as long as Retry-After says"}"#;
        let mut svar = Response::new(kropp.into());
        *svar.status_mut() = feil.status();
        let hoder = svar.headers_mut();
        hoder.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        svar
    }
}

/// What the operator sees of the audit log. An alarm belongs on the last three.
fn maal_revisjon(maalere: &Maalere, logg: &Arc<revisjonslogg::Logg>) -> Result<()> {
    let les = |verdi: fn(revisjonslogg::Helse) -> u64| {
        let logg = logg.clone();
        move || verdi(logg.helse())
    };
    maalere.register_reading("audit_records", "Poster i revisjonsloggen", les(|h| h.poster))?;
    maalere.register_reading(
        "audit_signed_records",
        "Poster i det siste signerte hodet",
        les(|h| h.signert),
    )?;
    maalere.register_reading(
        "audit_reserve_bytes",
        "Plass som er holdt av til en full disk",
        les(|h| h.reserve_byte),
    )?;
    maalere.register_reading(
        "audit_failing",
        "1 når den siste skrivingen ikke lyktes og ingenting utleveres",
        les(|h| u64::from(h.feiler)),
    )?;
    maalere.register_reading(
        "audit_export_failed_seconds",
        "Hvor lenge det andre stedet har nektet å ta imot signerte hoder",
        les(|h| h.eksport_feilet.map_or(0, |siden| siden.as_secs())),
    )?;
    Ok(())
}

/// Removes audit records whose time is over, when the roles start and each day after.
async fn rydd_daglig(aapen: Arc<Aapen>, maaneder: u32) {
    let mut hver_dag = tokio::time::interval(DOEGN);
    loop {
        hver_dag.tick().await;
        let aapen = aapen.clone();
        let ryddet = tokio::task::spawn_blocking(move || crate::styring::rydd_revisjon(&aapen, maaneder)).await;
        match ryddet {
            Ok(Ok(None)) => {}
            Ok(Ok(Some(ryddet))) => {
                tracing::info!(
                    fra = ryddet.fra,
                    til = ryddet.til,
                    "poster i revisjonsloggen er slettet etter fristen"
                )
            }
            Ok(Err(feil)) => tracing::error!(feil = %feil, "revisjonsloggen kunne ikke ryddes"),
            Err(_) => tracing::error!("ryddingen av revisjonsloggen stoppet"),
        }
    }
}

/// Waits until the disk has failed so that the register must be opened anew.
async fn vent_paa_svikt(vert: &Vert) {
    let mut ofte = tokio::time::interval(SJEKK_DISK);
    while !vert.straks().is_some_and(|aapen| aapen.register.maa_aapnes_paa_nytt()) {
        ofte.tick().await;
    }
    tracing::error!("disken sviktet midt i en bekreftelse; programmet stopper i orden og starter på nytt");
}

/// Hour by hour: leaves nothing of keys that were destroyed nor of extracts that are too old, and takes a copy when the last
/// one is a day old.
// Messages of cases are not kept longer than they are needed.
async fn se_til_saker(aapen: Arc<Aapen>, saker: Arc<Saksbehandler>) {
    let mut hver_time = tokio::time::interval(TIME);
    loop {
        hver_time.tick().await;
        let (aapen, saker) = (aapen.clone(), saker.clone());
        let arbeid = tokio::task::spawn_blocking(move || anyhow::Ok(saker.ajourhold(&aapen.tid()?)?));
        match arbeid.await {
            Ok(Ok(0)) => {}
            Ok(Ok(stoppet)) => tracing::info!(stoppet, "saker uten melding er avbrutt"),
            Ok(Err(feil)) => {
                tracing::error!(feil = %feil, "sakene kunne ikke ryddes; meldinger som ikke trengs lenger, ligger der fortsatt");
            }
            Err(_) => tracing::error!("ryddingen av saker stoppet"),
        }
    }
}

async fn ta_vare_paa(aapen: Arc<Aapen>, uttrekk: Arc<Uttrekkslager>, oppsett: Option<Kopioppsett>) {
    let mut hver_time = tokio::time::interval(TIME);
    loop {
        hver_time.tick().await;
        let (aapen, uttrekk, oppsett) = (aapen.clone(), uttrekk.clone(), oppsett.clone());
        let arbeid = tokio::task::spawn_blocking(move || {
            // Before the register forgets that something was erased: a stop in between is made good an hour later.
            if let Err(feil) = rydd_uttrekk(&aapen, &uttrekk) {
                tracing::error!(feil = %feil, "uttrekkene kunne ikke ryddes; de som er slettet fra registeret, kan ligge i dem");
                return;
            }
            let fornyet = forny_noekler(&aapen, oppsett.as_ref());
            if fornyet.as_ref().is_err_and(er_avbrutt) {
                return;
            }
            if let Err(feil) = fornyet {
                tracing::error!(feil = %feil, "nøkkellageret kunne ikke skrives på nytt; ødelagte nøkler ligger i frie sider");
            }
            if let Some(oppsett) = &oppsett
                && let Err(feil) = daglig_kopi(&aapen, oppsett)
            {
                tracing::error!(feil = %feil, "den daglige sikkerhetskopien ble ikke tatt");
            }
        });
        if arbeid.await.is_err() {
            tracing::error!("vedlikeholdet stoppet");
        }
    }
}

/// The program is about to stop.
fn er_avbrutt(feil: &anyhow::Error) -> bool {
    matches!(feil.downcast_ref(), Some(register::Feil::Lager(lager::Feil::Avbrutt)))
}

fn rydd_uttrekk(aapen: &Aapen, uttrekk: &Uttrekkslager) -> Result<()> {
    if aapen.register.maa_fornyes()? {
        let renset = uttrekk.rens(&aapen.register)?;
        if renset > 0 {
            tracing::info!(renset, "uttrekk er skrevet på nytt etter slettinger");
        }
    }
    let utloept = uttrekk.rydd(klokke()().as_second())?;
    if utloept > 0 {
        tracing::info!(utloept, "uttrekk som var for gamle, er slettet");
    }
    Ok(())
}

fn forny_noekler(aapen: &Aapen, oppsett: Option<&Kopioppsett>) -> Result<()> {
    if !aapen.register.maa_fornyes()? {
        return Ok(());
    }
    let fornyet = aapen.register.forny_noekler(false)?;
    tracing::info!(
        noekler = fornyet.noekler,
        "nøkkellageret er skrevet på nytt etter slettinger"
    );
    if let Some(oppsett) = oppsett.filter(|o| o.mappe.is_dir()) {
        aapen.register.kopier_noekler(&oppsett.mappe)?;
    }
    Ok(())
}

fn daglig_kopi(aapen: &Aapen, oppsett: &Kopioppsett) -> Result<()> {
    if let Some(alder) = crate::styring::siste_kopis_alder(&oppsett.mappe)
        && alder < DOEGN
    {
        return Ok(());
    }
    let tatt = crate::styring::ta_kopi(aapen, &oppsett.mappe, Some(oppsett.behold))?;
    tracing::info!(
        sekvensnummer = tatt.kopi.seq.0,
        byte = tatt.kopi.byte,
        fjernet = tatt.fjernet,
        "daglig sikkerhetskopi er tatt"
    );
    Ok(())
}

fn utforsker(felles: &Felles, aapen: &Arc<Aapen>) -> Router {
    let oppsett = &felles.oppsett;
    let pakker: Vec<Pakke> = Pakke::ALLE
        .into_iter()
        .filter(|p| *p != Pakke::Svalbard || oppsett.svalbard)
        .collect();
    // The open operations stand last, and are handed no token.
    let navn = pakker
        .iter()
        .map(|p| p.kortnavn())
        .chain([folkeregister::openapi::NYHETER]);
    let dokumenter = navn.map(|navn| Dokument {
        tittel: navn.to_owned(),
        url: format!("/folkeregisteret/openapi/{navn}.json"),
    });
    let testkontroll = oppsett.testmiljoe.then(|| Dokument {
        tittel: "testkontroll".to_owned(),
        url: testkontroll::OPENAPI.to_owned(),
    });
    let personapi = felles.personapi.iter().flat_map(|personapi| personapi.dokumenter());
    let dokumenter = dokumenter.chain(testkontroll).chain(personapi).collect();
    let mut utforsker = Utforsker::new("/utforsker", dokumenter);
    if oppsett.demo && oppsett.utsteder.is_none() {
        let (aapen, personapi) = (aapen.clone(), felles.personapi.clone());
        utforsker = utforsker.with_token(move |dokument| match Pakke::fra_kortnavn(&dokument.tittel) {
            Some(pakke) => crate::demo::token(&aapen, pakke, false).ok(),
            None => personapi.as_ref()?.token_til_utforsker(&aapen, &dokument.tittel),
        });
    }
    let ruter = utforsker.ruter();
    if oppsett.demo {
        ruter.layer(middleware::from_fn(bare_herfra))
    } else {
        ruter
    }
}

/// The demo's explorer hands out tokens, so it answers only a browser that was told to go to this machine: a page from
/// elsewhere whose name is made to point here carries another `Host`.
async fn bare_herfra(foresporsel: Request, neste: Next) -> Response {
    let vert = foresporsel
        .headers()
        .get(header::HOST)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let navn = vert.rsplit_once(':').map_or(vert, |(navn, _)| navn);
    if matches!(navn, "127.0.0.1" | "localhost" | "[::1]") {
        return neste.run(foresporsel).await;
    }
    Problem::with(
        StatusCode::MISDIRECTED_REQUEST,
        "Åpne siden på 127.0.0.1 eller localhost",
        &Feilkontekst::of(&foresporsel),
    )
}

/// The signals that stop the program. Listened for from when it is made, so that none is missed.
struct Signaler {
    #[cfg(unix)]
    avbrudd: tokio::signal::unix::Signal,
    #[cfg(unix)]
    avslutt: tokio::signal::unix::Signal,
}

impl Signaler {
    fn new() -> Result<Self> {
        #[cfg(unix)]
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signaler {
            #[cfg(unix)]
            avbrudd: signal(SignalKind::interrupt())?,
            #[cfg(unix)]
            avslutt: signal(SignalKind::terminate())?,
        })
    }

    #[cfg(unix)]
    async fn vent(mut self) -> Result<()> {
        tokio::select! {
            _ = self.avbrudd.recv() => {}
            _ = self.avslutt.recv() => {}
        }
        Ok(())
    }

    #[cfg(not(unix))]
    async fn vent(self) -> Result<()> {
        Ok(tokio::signal::ctrl_c().await?)
    }
}
