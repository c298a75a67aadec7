//! `demo`: everything on one machine, with a synthetic nation and a client that may call every package.

use std::collections::BTreeSet;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;

use anyhow::Result;
use folkeregister::konsument::Strupegrenser;
use identifikator::Organisasjonsnummer;
use tilgang::Pakke;
use tilgang::avtale::{NyAvtale, NyKlient, Rettighet};
use tilgang::token::Signeringsnoekkel;
use tilgang::token::helseid::{Organisasjonsvalg, Scope};
use tjenesteflate::struping::{Mellomledd, Ventform};
use tjenesteflate::vern::Vaktgrenser;
use utsteder::Delegering;

use crate::demotls::Demotls;
use crate::mappe::{Aapen, Mappe, klokke};
use crate::oppstart::Tlsoppsett;
use crate::{demopreg, demoprodusenter, helsekopi, kommando, nasjon, oppstart, personapi};

/// The demo's port.
pub const PORT: u16 = 8642;
/// Persons in the demo's nation.
pub const PERSONER: u32 = 100_000;
/// The demo's folder.
pub const DATA: &str = "data";

/// What the demo sets aside for the audit log: a laptop's disk is no log volume.
const REVISJONSRESERVE_BYTE: u64 = 4 * 1024 * 1024;

/// Months that the demo keeps audit records. Source: our choice, as in the settings of `serve`.
const REVISJON_MAANEDER: u32 = 60;

/// Protected persons in an hour to one consumer before it is told of. Source: our choice, as in the settings of `serve`.
const VERNEDE_PER_TIME: u32 = 100;

const KLIENT: &str = "persontjenesten-demo";
/// The demo's consumer: a synthetic organisation.
pub const ORGANISASJON: &str = "310000000";
/// Who gave what the demo gives.
pub const GITT_AV: &str = "persontjenesten demo";

const HELSEKLIENT: &str = "persontjenesten-demo-helse";
const HELSELEVERANDOERKLIENT: &str = "persontjenesten-demo-helse-leverandoer";

const KOPIKLIENT: &str = "persontjenesten-demo-helsekopi";
const KRRKLIENT: &str = "persontjenesten-demo-krr";
/// Who keeps the health sector's copy in the demo: a third synthetic organisation.
const KOPIORGANISASJON: &str = "312000008";

const LEVERANDOERKLIENT: &str = "persontjenesten-demo-leverandoer";
/// The demo's supplier: another synthetic organisation, to which the consumer has delegated every package.
const LEVERANDOER: &str = "311000004";

/// The delegations that the built-in issuer knows besides those of the settings.
pub fn delegeringer() -> Result<BTreeSet<Delegering>> {
    let (konsument, leverandoer) = (
        Organisasjonsnummer::parse(ORGANISASJON)?,
        Organisasjonsnummer::parse(LEVERANDOER)?,
    );
    Ok(Pakke::ALLE
        .iter()
        .map(|p| Delegering {
            konsument,
            leverandoer,
            scope: p.scope().to_owned(),
        })
        .collect())
}

/// The delegations of the built-in HelseID: the demo's supplier may speak for its consumer.
pub fn helseid_delegeringer() -> Result<BTreeSet<utsteder::helseid::Delegering>> {
    Ok(BTreeSet::from([utsteder::helseid::Delegering {
        forelder: Organisasjonsnummer::parse(ORGANISASJON)?,
        leverandoer: Organisasjonsnummer::parse(LEVERANDOER)?,
    }]))
}

/// Makes sure that the demo's clients of the Person API are there, and that its consumer may use each branch: confidential addresses
/// under `full-access` alone.
fn sikre_helseklienter(aapen: &Aapen) -> Result<()> {
    let naa = klokke()();
    let noekkel = utsteder::les_eller_lag_noekkel(&aapen.mappe.klientnoekkel())?;
    let (organisasjon, leverandoer) = (
        Organisasjonsnummer::parse(ORGANISASJON)?,
        Organisasjonsnummer::parse(LEVERANDOER)?,
    );
    let scopes = personapi::scopes();
    sikre_en_klient(aapen, HELSEKLIENT, organisasjon, &scopes, &noekkel)?;
    sikre_en_klient(aapen, HELSELEVERANDOERKLIENT, leverandoer, &scopes, &noekkel)?;
    for scope in scopes {
        let graderte_adresser = scope == Scope::FullTilgang.navn();
        let rettighet = Rettighet::Scope(scope);
        if aapen.avtaler.finn(organisasjon, &rettighet, naa).is_none() {
            let ny = NyAvtale {
                organisasjon,
                rettighet,
                graderte_adresser,
                er_privat: false,
                formaal: "utprøving med syntetiske personer".to_owned(),
                hjemmel: "ingen; dataene er syntetiske".to_owned(),
                fra: naa,
                til: None,
            };
            aapen.avtaler.gi(&ny, GITT_AV, naa)?;
        }
    }
    Ok(())
}

/// Who the demo's client is to HelseID, or its supplier's, and for whom it asks.
pub fn helseklient(som_leverandoer: bool) -> Result<(&'static str, Option<Organisasjonsvalg>)> {
    if !som_leverandoer {
        return Ok((HELSEKLIENT, None));
    }
    let valg = Organisasjonsvalg {
        forelder: Organisasjonsnummer::parse(ORGANISASJON)?,
        underenhet: None,
    };
    Ok((HELSELEVERANDOERKLIENT, Some(valg)))
}

/// Makes sure that the demo's client and its grants are there.
pub fn sikre_klient(aapen: &Aapen) -> Result<Signeringsnoekkel> {
    let naa = klokke()();
    let noekkel = utsteder::les_eller_lag_noekkel(&aapen.mappe.klientnoekkel())?;
    let organisasjon = Organisasjonsnummer::parse(ORGANISASJON)?;
    for (klient, eier) in [
        (KLIENT, organisasjon),
        (LEVERANDOERKLIENT, Organisasjonsnummer::parse(LEVERANDOER)?),
    ] {
        sikre_en_klient(aapen, klient, eier, &pakkescopes(), &noekkel)?;
    }
    for pakke in Pakke::ALLE {
        let rettighet = Rettighet::Pakke(pakke);
        if aapen.avtaler.finn(organisasjon, &rettighet, naa).is_none() {
            let ny = NyAvtale {
                organisasjon,
                rettighet,
                graderte_adresser: false,
                er_privat: false,
                formaal: "utprøving med syntetiske personer".to_owned(),
                hjemmel: "ingen; dataene er syntetiske".to_owned(),
                fra: naa,
                til: None,
            };
            aapen.avtaler.gi(&ny, GITT_AV, naa)?;
        }
    }
    Ok(noekkel)
}

/// Makes sure that whoever keeps the health sector's copy may read what it is a copy of.
fn sikre_kopiklient(aapen: &Aapen) -> Result<Signeringsnoekkel> {
    let noekkel = utsteder::les_eller_lag_noekkel(&aapen.mappe.kopinoekkel())?;
    let organisasjon = Organisasjonsnummer::parse(KOPIORGANISASJON)?;
    sikre_en_klient(aapen, KOPIKLIENT, organisasjon, &pakkescopes(), &noekkel)?;
    sikre_kopiavtale(aapen, Rettighet::Pakke(Pakke::OffentligMedHjemmel), true)?;
    Ok(noekkel)
}

/// Makes sure that the copy may read contact data, as a client of its own with KRR's two scopes.
fn sikre_krrklient(aapen: &Aapen) -> Result<Signeringsnoekkel> {
    let noekkel = utsteder::les_eller_lag_noekkel(&aapen.mappe.krrnoekkel())?;
    let organisasjon = Organisasjonsnummer::parse(KOPIORGANISASJON)?;
    let scopes = [
        kontaktregister::SCOPE_KONTAKTINFORMASJON,
        kontaktregister::SCOPE_DIGITALPOST,
    ];
    let alle = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    sikre_en_klient(aapen, KRRKLIENT, organisasjon, &alle, &noekkel)?;
    for scope in scopes {
        sikre_kopiavtale(aapen, Rettighet::Scope(scope.to_owned()), false)?;
    }
    Ok(noekkel)
}

fn sikre_kopiavtale(aapen: &Aapen, rettighet: Rettighet, graderte_adresser: bool) -> Result<()> {
    let naa = klokke()();
    let organisasjon = Organisasjonsnummer::parse(KOPIORGANISASJON)?;
    if aapen.avtaler.finn(organisasjon, &rettighet, naa).is_none() {
        let ny = NyAvtale {
            organisasjon,
            rettighet,
            graderte_adresser,
            er_privat: false,
            formaal: "helsesektorens kopi, utprøving med syntetiske personer".to_owned(),
            hjemmel: "ingen; dataene er syntetiske".to_owned(),
            fra: naa,
            til: None,
        };
        aapen.avtaler.gi(&ny, GITT_AV, naa)?;
    }
    Ok(())
}

fn pakkescopes() -> BTreeSet<String> {
    Pakke::ALLE.iter().map(|p| p.scope().to_owned()).collect()
}

fn sikre_en_klient(
    aapen: &Aapen,
    klient_id: &str,
    organisasjon: Organisasjonsnummer,
    scopes: &BTreeSet<String>,
    noekkel: &Signeringsnoekkel,
) -> Result<()> {
    let naa = klokke()();
    match aapen.avtaler.klient(klient_id) {
        None => {
            let ny = NyKlient {
                klient_id: klient_id.to_owned(),
                organisasjon,
                scopes: scopes.clone(),
                noekler: vec![noekkel.offentlig().clone()],
            };
            aapen.avtaler.registrer_klient(&ny, GITT_AV, naa)?;
        }
        Some(kjent) if kjent.noekler.get(noekkel.kid()).is_none_or(|n| n.utloeper <= naa) => {
            aapen
                .avtaler
                .legg_til_noekkel(klient_id, noekkel.offentlig(), GITT_AV, naa)?;
        }
        Some(_) => {}
    }
    Ok(())
}

/// A token for a package, asked for as the demo's client would, or as its supplier's on the consumer's behalf.
pub fn token(aapen: &Aapen, pakke: Pakke, som_leverandoer: bool) -> Result<String> {
    let noekkel = sikre_klient(aapen)?;
    let (klient, konsument) = if som_leverandoer {
        (LEVERANDOERKLIENT, Some(Organisasjonsnummer::parse(ORGANISASJON)?))
    } else {
        (KLIENT, None)
    };
    let svar = aapen
        .utsteder
        .be_om_token(&noekkel, klient, pakke.scope(), konsument, klokke()())?;
    Ok(svar.access_token)
}

/// The identifier of the demo's client.
pub fn klient_id() -> &'static str {
    KLIENT
}

/// What the one who starts a demo may choose.
pub struct Valg {
    /// Persons in the nation.
    pub personer: Option<u32>,
    /// The port; 0: any.
    pub port: u16,
    /// The port with TLS; when absent, two above the other one.
    pub tls_port: Option<u16>,
    /// Names in the certificate besides this machine's own.
    pub vertsnavn: Vec<String>,
    /// Times faster than real time that the nation moves; absent: it stands.
    pub liv: Option<u32>,
    /// Whether the health sector's copy is kept beside the register.
    pub helsekopi: bool,
    /// Calls a minute of a consumer and from an address; 0: no limit.
    pub kall_per_minutt: u32,
}

/// Runs the demo until it is stopped.
pub fn kjoer(mappe: &Mappe, valg: Valg) -> Result<()> {
    let Valg { personer, port, .. } = valg;
    let tls_port = match (valg.tls_port, port) {
        (Some(valgt), _) => valgt,
        (None, 0) => 0,
        (None, port) => port.checked_add(2).unwrap_or(0),
    };
    let tls = Demotls::i(mappe);
    let kall = NonZeroU32::new(valg.kall_per_minutt);
    let kjoretid = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    kjoretid.block_on(async {
        let oppsett = oppstart::Oppsett {
            adresse: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            tls: Some(Tlsoppsett {
                adresse: SocketAddr::from((Ipv4Addr::LOCALHOST, tls_port)),
                klientutstedere: Some(tls.ca.clone()),
                filer: tls.filer.clone(),
            }),
            struping: Strupegrenser {
                kall,
                ..Strupegrenser::default()
            },
            vakt: Vaktgrenser {
                kall_per_adresse: kall,
                mellomledd: Mellomledd::default(),
                samtidige: 0,
                ventform: Ventform::Sekunder,
            },
            admin: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            base: None,
            utsteder: None,
            oppbevaring_maaneder: folkeregister::konsument::OPPBEVARING_MAANEDER,
            svalbard: true,
            uttrekk: uttrekk::Grenser::default(),
            revisjon_maaneder: REVISJON_MAANEDER,
            vernede_per_time: NonZeroU32::new(VERNEDE_PER_TIME),
            revisjon: revisjonslogg::Innstillinger {
                reserve_byte: REVISJONSRESERVE_BYTE,
                ..revisjonslogg::Innstillinger::default()
            },
            kopi: None,
            testmiljoe: true,
            testhemmelighet: None,
            liv: valg.liv,
            demo: true,
            kontaktregister: valg.helsekopi,
            preg: valg.helsekopi.then(demopreg::oppsett),
            personapi: valg.helsekopi.then(|| personapi::Oppsett {
                helseid: None,
                offentlige_adresser: Vec::new(),
                innstillinger: persontjenesten::api::Innstillinger::default(),
                struping: persontjenesten::api::Strupegrenser {
                    kall,
                    ..persontjenesten::api::Strupegrenser::default()
                },
                testmiljoe: true,
            }),
        };
        let bundet = oppstart::bind(oppsett).await?.with_navn(&valg.vertsnavn)?;
        let adresser = bundet.adresser.clone();
        let mappe = mappe.clone();
        let utsteder = adresser.maskinporten.clone();
        let vertsnavn = valg.vertsnavn;
        let aapen = tokio::task::spawn_blocking(move || -> Result<Aapen> {
            let aapen = nasjon::aapne_eller_lag(&mappe, &utsteder, personer, PERSONER)?;
            // Not before the folder is ours.
            let ny_utsteder = tls.lag(&vertsnavn, klokke()())?;
            sikre_klient(&aapen)?;
            sikre_helseklienter(&aapen)?;
            demopreg::sikre(&aapen)?;
            demoprodusenter::sikre(&aapen, &tls, ny_utsteder)?;
            crate::demotavle::publiser(&aapen)?;
            Ok(aapen)
        })
        .await??;
        let aapen = Arc::new(aapen);
        let velkomst = aapen.clone();
        let kopi = match valg.helsekopi {
            true => Some(helsekopi::Oppsett {
                mappe: aapen.mappe.helsekopi(),
                folkeregister: adresser.folkeregister.clone(),
                maskinporten: adresser.maskinporten.clone(),
                klient_id: KOPIKLIENT.to_owned(),
                noekkel: Arc::new(sikre_kopiklient(&aapen)?),
                valg: klienter::Valg::default(),
                intervall: helsekopi::INTERVALL,
                testmiljoe: true,
                krr: Some(helsekopi::Krroppsett {
                    adresse: format!("{}/kontaktregister", adresser.folkeregister),
                    maskinporten: adresser.maskinporten.clone(),
                    klient_id: KRRKLIENT.to_owned(),
                    noekkel: Arc::new(sikre_krrklient(&aapen)?),
                    intervall: helsekopi::INTERVALL,
                    runde: helsekopi::KRR_RUNDE,
                    alder_maks: helsekopi::KRR_ALDER_MAKS,
                }),
                steder: helsekopi::Stedsoppsett {
                    mappe: aapen.mappe.helsekopi().join("kartverk"),
                    ellers_syntetisk: true,
                },
            }),
            false => None,
        };
        oppstart::kjoer(bundet, aapen, kopi, move || skriv_velkomst(&velkomst, &adresser)).await
    })
}

// At most twenty lines: the promise of README.
fn skriv_velkomst(aapen: &Aapen, adresser: &crate::mappe::Adresser) -> Result<()> {
    let data = aapen.mappe.sti().display();
    let navngitte = aapen.mappe.navngitte()?;
    let vis = [
        "doed",
        "utflyttet",
        "fortrolig",
        "strengt-fortrolig",
        "tvilling",
        "vergemaal",
    ];
    let finn = |navn: &str| {
        navngitte
            .iter()
            .find(|n| n.navn == navn)
            .map_or("", |n| n.identifikator.as_str())
    };
    let linjer = vis.chunks(2).map(|to| {
        let to: Vec<String> = to.iter().map(|navn| format!("  {navn:<18} {}", finn(navn))).collect();
        to.concat()
    });
    let eksempel = finn("tvilling");
    let program = std::env::args().next().unwrap_or_else(|| "persontjenesten".to_owned());
    let personer = aapen.register.antall_personer()?;
    let mut ut = Vec::new();
    writeln!(ut, "Klar {} ({personer} syntetiske personer)", adresser.folkeregister)?;
    writeln!(ut, "  utforsk API-et     {}/utforsker/", adresser.folkeregister)?;
    if let Some(tls) = &adresser.tls {
        writeln!(
            ut,
            "  med TLS            {tls} (utsteder: {program} tls ca --data {data})"
        )?;
    }
    match &adresser.helseid {
        None => writeln!(ut, "  Maskinporten       {}", adresser.maskinporten)?,
        Some(helseid) => {
            writeln!(
                ut,
                "  Person API         {}/api/v3/, /api/ (v2); kopien fylles: {program} status --data {data}",
                adresser.folkeregister
            )?;
            writeln!(
                ut,
                "  PREG               {0}{1}?wsdl, {0}{2}?wsdl",
                adresser.folkeregister,
                pregtjeneste::STI,
                pregxml::STI
            )?;
            writeln!(ut, "  token              {} og {helseid}", adresser.maskinporten)?;
        }
    }
    writeln!(
        ut,
        "  helse, målinger    {}/livez  {}/metrics",
        adresser.admin, adresser.admin
    )?;
    if let Some(faktor) = aapen.klokke.faktor() {
        writeln!(
            ut,
            "  klokka             {:.0}, {faktor} ganger så fort",
            aapen.klokke.naa()
        )?;
    }
    writeln!(ut, "Navngitte personer (alle: {program} navngitte --data {data}):")?;
    for linje in linjer {
        writeln!(ut, "{linje}")?;
    }
    writeln!(ut, "Prøv:")?;
    writeln!(
        ut,
        "  curl -H \"Authorization: Bearer $({program} token --data {data} --pakke offentlig-med-hjemmel)\" \\"
    )?;
    writeln!(
        ut,
        "    {}/{}/v1/personer/{eksempel}",
        adresser.folkeregister,
        Pakke::OffentligMedHjemmel.sti()
    )?;
    if adresser.helseid.is_some() {
        let sti = "api/v3/full-access/person/get-by-nin";
        let adresse = format!("{}/{sti}", adresser.folkeregister);
        writeln!(
            ut,
            "  {program} token --data {data} --helseid --dpop POST {adresse} | \\"
        )?;
        writeln!(
            ut,
            "    curl -H @- -d nin={eksempel} '{adresse}?informationParts=Name,ResidentialAddress'"
        )?;
        writeln!(
            ut,
            "  curl -u \"$({program} preg demobruker --data {data})\" -H 'Content-Type: application/xml' \\"
        )?;
        writeln!(
            ut,
            "    -d '<GetPerson xmlns=\"{}\"><NIN>{eksempel}</NIN></GetPerson>' {}{}",
            pregxml::NAVNEROM,
            adresser.folkeregister,
            pregxml::STI_XML
        )?;
    }
    writeln!(
        ut,
        "Data ligger i {data}. Stopp med Ctrl-C; neste start finner de samme dataene."
    )?;
    kommando::skriv(&ut)
}
