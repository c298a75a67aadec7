//! The project's client against the stand-in.

use std::collections::BTreeMap;

use klienter::krr::{Behov, Feil, Status, Varslingsstatus};
use kontaktregister::{Endring, Leverandoer};

use crate::oppsett::{numre, oppsett};

#[tokio::test]
async fn a_thousand_persons_are_read_in_one_call_and_every_kind_is_met() {
    let oppsett = oppsett().await;
    let alle = numre(1_000);
    let klient = oppsett.klient(Behov::Alt);
    let svar = klient.personer(&alle).await.unwrap();
    assert!(svar.uleselige.is_empty() && svar.uten_svar.is_empty());
    let rekkefoelge: Vec<_> = svar.personer.iter().map(|p| p.personidentifikator).collect();
    assert_eq!(rekkefoelge, alle);
    let tell =
        |passer: &dyn Fn(&klienter::krr::Kontaktperson) -> bool| svar.personer.iter().filter(|p| passer(p)).count();
    assert!(tell(&|p| p.status == Status::IkkeRegistrert) > 40);
    assert!(tell(&|p| p.status == Status::Slettet) > 10);
    assert!(tell(&|p| p.reservert && p.reservasjonstidspunkt.is_some()) > 10);
    assert!(
        tell(&|p| p
            .kontaktinformasjon
            .as_ref()
            .is_some_and(|k| k.epost.is_some() && k.mobil.is_some()))
            > 500
    );
    assert!(tell(&|p| p.digital_post.is_some() && p.sertifikat.is_some() && p.sertifikat_utloeper.is_some()) > 200);
    // Who cannot be notified is shown with no channel, since varslingsstatus comes too.
    let kan_ikke = |p: &klienter::krr::Kontaktperson| p.varslingsstatus == Some(Varslingsstatus::KanIkkeVarsles);
    assert!(tell(&|p| kan_ikke(p) && p.status == Status::Aktiv) > 50);
    assert_eq!(
        tell(&|p| kan_ikke(p) && (p.kontaktinformasjon.is_some() || p.digital_post.is_some())),
        0
    );
    assert!(matches!(klient.personer(&numre(1_001)).await, Err(Feil::Antall)));
    assert!(matches!(klient.personer(&[]).await, Err(Feil::Antall)));
}

#[tokio::test]
async fn the_scopes_of_the_token_decide_what_comes() {
    let oppsett = oppsett().await;
    let person = oppsett.registrert(&[Endring::Postkasse(Some(Leverandoer::EBoks))]);
    let les = async |behov| {
        oppsett
            .klient(behov)
            .personer(&[person])
            .await
            .unwrap()
            .personer
            .remove(0)
    };
    let kontakt = les(Behov::Kontaktinformasjon).await;
    assert!(kontakt.kontaktinformasjon.is_some() && kontakt.varslingsstatus == Some(Varslingsstatus::KanVarsles));
    assert!(kontakt.digital_post.is_none() && kontakt.sertifikat.is_none());
    let post = les(Behov::DigitalPost).await;
    assert!(post.kontaktinformasjon.is_none() && post.varslingsstatus.is_none() && post.spraak.is_none());
    let digital = post.digital_post.unwrap();
    assert_eq!(
        (
            digital.leverandoer.to_string().as_str(),
            digital.leverandoernavn.as_deref()
        ),
        ("922020175", Some("e-Boks"))
    );
}

#[tokio::test]
async fn contact_data_are_too_old_after_eighteen_months_by_the_clock() {
    let oppsett = oppsett().await;
    // The client's key is good for a year, so it is the entry that is old and not the key.
    oppsett.frem(-540 * 86_400);
    let person = oppsett.registrert(&[]);
    oppsett.frem(540 * 86_400);
    let les = async || {
        oppsett
            .klient(Behov::Alt)
            .personer(&[person])
            .await
            .unwrap()
            .personer
            .remove(0)
    };
    let status = async || les().await.varslingsstatus.unwrap();
    assert_eq!(status().await, Varslingsstatus::KanVarsles);
    oppsett.frem(12 * 86_400);
    assert_eq!(status().await, Varslingsstatus::KanIkkeVarsles);
    assert!(les().await.kontaktinformasjon.is_none());
    oppsett.register.endre(person, Endring::Bekreft, oppsett.naa()).unwrap();
    assert_eq!(status().await, Varslingsstatus::KanVarsles);
    assert!(les().await.kontaktinformasjon.is_some());
}

/// A copy kept by the list of changes is what reading everybody again gives, apart from what the list does not tell.
#[tokio::test]
async fn a_copy_that_follows_the_list_of_changes_is_what_lookups_say() {
    let oppsett = oppsett().await;
    let alle = numre(2_300);
    oppsett.register.fyll(alle.iter().copied()).unwrap();
    let klient = oppsett.klient(Behov::Alt);
    let (mut kopi, mut fra, mut sider) = (BTreeMap::new(), 1, 0);
    for runde in 0..3 {
        loop {
            let side = klient.endringer(fra, &|_| true).await.unwrap();
            assert!(side.uleselige.is_empty() && side.personer.iter().all(|p| p.status != Status::IkkeRegistrert));
            kopi.extend(side.personer.iter().map(|p| (p.personidentifikator, p.clone())));
            (fra, sider) = (side.til + 1, sider + 1);
            if side.er_siste() {
                break;
            }
        }
        if runde == 0 {
            for person in alle.iter().step_by(7) {
                oppsett.register.endre_tilfeldig(*person, oppsett.naa()).unwrap();
            }
        }
    }
    assert!(sider >= 5, "{sider}");
    for bunt in alle.chunks(1_000) {
        for mut person in klient.personer(bunt).await.unwrap().personer {
            let Some(kopiert) = kopi.get(&person.personidentifikator) else {
                assert_eq!(person.status, Status::IkkeRegistrert);
                continue;
            };
            // The list has no varslingsstatus, and so leaves nothing out; a lookup does.
            if person.varslingsstatus == Some(Varslingsstatus::KanIkkeVarsles) && person.status == Status::Aktiv {
                person.kontaktinformasjon.clone_from(&kopiert.kontaktinformasjon);
                person.digital_post.clone_from(&kopiert.digital_post);
                person.sertifikat.clone_from(&kopiert.sertifikat);
                person.sertifikat_utloeper = kopiert.sertifikat_utloeper;
            }
            person.varslingsstatus = None;
            assert!(*kopiert == person);
        }
    }
    // Of those we do not want, nothing is kept.
    let en = alle[0];
    let side = klient.endringer(1, &|person| *person == en).await.unwrap();
    assert!(side.personer.iter().all(|p| p.personidentifikator == en) && side.personer.len() <= 1);
}

#[tokio::test]
async fn a_register_without_a_list_of_changes_says_so() {
    let oppsett = oppsett().await;
    let uten = crate::oppsett::server(|_| axum::Router::new()).await;
    let innstillinger = klienter::krr::Innstillinger {
        adresse: uten.adresse.clone(),
        behov: Behov::Alt,
        valg: klienter::Valg::default(),
    };
    let token: std::sync::Arc<dyn klienter::folkeregister::Tokenkilde> =
        std::sync::Arc::new(FastToken(oppsett.token(Behov::Alt.scope()).await));
    let klient = klienter::krr::Klient::new(&innstillinger, token).unwrap();
    assert!(matches!(
        klient.endringer(1, &|_| true).await,
        Err(Feil::UtenEndringsliste)
    ));
    assert!(matches!(
        klient.personer(&numre(1)).await,
        Err(Feil::Tilkobling(klienter::Feil::Status { status: 404, .. }))
    ));
}

struct FastToken(std::sync::Arc<str>);

impl klienter::folkeregister::Tokenkilde for FastToken {
    fn token<'a>(
        &'a self,
        _: &'a str,
    ) -> tilgang::token::Framtid<'a, Result<std::sync::Arc<str>, klienter::folkeregister::Tokenfeil>> {
        Box::pin(async { Ok(std::sync::Arc::clone(&self.0)) })
    }

    fn forkast<'a>(&'a self, _: &'a str, _: &'a str) -> tilgang::token::Framtid<'a, ()> {
        Box::pin(async {})
    }
}
