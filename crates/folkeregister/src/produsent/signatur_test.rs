use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use identifikator::Organisasjonsnummer;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use tempfile::TempDir;
use tilgang::avtale::{Meldingskode, NyProdusent, Sperret};

use super::*;

const NAV: &str = "314200020";
const UDI: &str = "314200039";

fn naa() -> Timestamp {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

struct Ca {
    utsteder: Issuer<'static, KeyPair>,
    pem: String,
}

/// What a certificate says.
#[derive(Clone, Copy)]
struct Form<'a> {
    /// Attributes of the subject, by the last number of their identifier.
    emne: &'a [(u64, &'a str)],
    bruk: &'a [KeyUsagePurpose],
    utvidet: &'a [ExtendedKeyUsagePurpose],
    aar: (i32, i32),
}

const GODT: Form<'static> = Form {
    emne: &[(97, "NTRNO-314200020")],
    bruk: &[KeyUsagePurpose::ContentCommitment],
    utvidet: &[],
    aar: (2025, 2028),
};

impl Ca {
    fn under(over: Option<&Ca>) -> (Self, Certificate) {
        let noekkel = KeyPair::generate().unwrap();
        let mut ca = CertificateParams::default();
        ca.distinguished_name
            .push(DnType::CommonName, if over.is_some() { "mellom" } else { "rot" });
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let sertifikat = match over {
            None => ca.self_signed(&noekkel).unwrap(),
            Some(over) => ca.signed_by(&noekkel, &over.utsteder).unwrap(),
        };
        let pem = sertifikat.pem();
        let utsteder = Issuer::new(ca, noekkel);
        (Ca { utsteder, pem }, sertifikat)
    }

    fn gi(&self, form: Form<'_>) -> Vec<u8> {
        let mut s = CertificateParams::default();
        for (nr, tekst) in form.emne {
            let attributt = DnType::CustomDnType(vec![2, 5, 4, *nr]);
            s.distinguished_name.push(attributt, *tekst);
        }
        s.key_usages = form.bruk.to_vec();
        s.extended_key_usages = form.utvidet.to_vec();
        s.not_before = rcgen::date_time_ymd(form.aar.0, 1, 1);
        s.not_after = rcgen::date_time_ymd(form.aar.1, 1, 1);
        s.signed_by(&KeyPair::generate().unwrap(), &self.utsteder)
            .unwrap()
            .der()
            .to_vec()
    }
}

struct Oppsett {
    mappe: TempDir,
    rot: Ca,
    utstedere: Arc<Klientutstedere>,
    avtaler: Avtaleregister,
}

impl Oppsett {
    fn ny() -> Self {
        let mappe = tempfile::tempdir().unwrap();
        let (rot, _) = Ca::under(None);
        let fil = mappe.path().join("utstedere.pem");
        std::fs::write(&fil, &rot.pem).unwrap();
        let avtaler = Avtaleregister::aapne(&mappe.path().join("tilgang")).unwrap();
        for nummer in [NAV, UDI] {
            let ny = NyProdusent {
                organisasjon: Organisasjonsnummer::parse(nummer).unwrap(),
                meldinger: BTreeSet::from([Meldingskode::parse("FNR_ENDRING_V1").unwrap()]),
                kilder: BTreeMap::new(),
                formaal: "prøve".to_owned(),
                fra: "2026-01-01T00:00:00Z".parse().unwrap(),
                til: None,
            };
            avtaler.gi_produsent(&ny, "prøve", naa()).unwrap();
        }
        Oppsett {
            utstedere: Klientutstedere::les(fil).unwrap(),
            mappe,
            rot,
            avtaler,
        }
    }

    fn avsender<'a>(&'a self, organisasjon: &'a str) -> Avsender<'a> {
        Avsender {
            utstedere: Some(&self.utstedere),
            avtaler: &self.avtaler,
            organisasjon,
            naa: naa(),
        }
    }

    fn godta(&self, der: &[u8]) -> Result<(), Usann> {
        self.avsender(NAV).godta(der, &[])
    }
}

#[test]
fn the_senders_own_certificate_for_signing_is_taken_and_no_other() {
    let o = Oppsett::ny();
    let gi = |form| o.godta(&o.rot.gi(form));
    assert_eq!(gi(GODT), Ok(()));
    let bruk = |bruk| gi(Form { bruk, ..GODT });
    assert_eq!(bruk(&[KeyUsagePurpose::DigitalSignature]), Ok(()));
    assert_eq!(bruk(&[KeyUsagePurpose::KeyEncipherment]), Err(Usann::Virksomhet));
    assert_eq!(bruk(&[]), Err(Usann::Virksomhet));
    let utvidet = |utvidet| gi(Form { utvidet, ..GODT });
    assert_eq!(utvidet(&[ExtendedKeyUsagePurpose::ClientAuth]), Ok(()));
    assert_eq!(utvidet(&[ExtendedKeyUsagePurpose::ServerAuth]), Err(Usann::Sertifikat));
    let emne = |emne| gi(Form { emne, ..GODT });
    assert_eq!(emne(&[(5, NAV)]), Ok(()));
    assert_eq!(emne(&[(97, "NTRNO-314200039")]), Err(Usann::Avsender));
    assert_eq!(
        emne(&[(5, "UN:NO-9578-1"), (97, "NTRNO-314200020")]),
        Err(Usann::Virksomhet)
    );
    assert_eq!(emne(&[(11, NAV)]), Err(Usann::Virksomhet));
    assert_eq!(emne(&[]), Err(Usann::Virksomhet));
    let aar = |aar| gi(Form { aar, ..GODT });
    assert_eq!(aar((2020, 2026)), Err(Usann::Sertifikat));
    assert_eq!(aar((2027, 2030)), Err(Usann::Sertifikat));
    // As another sender it is somebody else's.
    assert_eq!(o.avsender(UDI).godta(&o.rot.gi(GODT), &[]), Err(Usann::Avsender));
    assert_eq!(o.godta(b"ikke et sertifikat"), Err(Usann::Sertifikat));
    let uten = Avsender {
        utstedere: None,
        ..o.avsender(NAV)
    };
    assert_eq!(uten.godta(&o.rot.gi(GODT), &[]), Err(Usann::IngenKontroll));
}

#[test]
fn the_issuers_are_those_of_connections_as_they_are_now() {
    let o = Oppsett::ny();
    let (fremmed, fremmed_rot) = Ca::under(None);
    let (mellom, mellomsertifikat) = Ca::under(Some(&o.rot));
    let (av_fremmed, av_mellom) = (fremmed.gi(GODT), mellom.gi(GODT));
    assert_eq!(o.godta(&av_fremmed), Err(Usann::Sertifikat));
    // What comes beside it builds its path and is trusted for nothing.
    assert_eq!(o.godta(&av_mellom), Err(Usann::Sertifikat));
    let andre = [mellomsertifikat.der().to_vec()];
    assert_eq!(o.avsender(NAV).godta(&av_mellom, &andre), Ok(()));
    let andre = [fremmed_rot.der().to_vec()];
    assert_eq!(o.avsender(NAV).godta(&av_fremmed, &andre), Err(Usann::Sertifikat));

    std::fs::write(o.mappe.path().join("utstedere.pem"), &fremmed.pem).unwrap();
    assert!(o.utstedere.se_etter(naa().as_second()).unwrap());
    assert_eq!(o.godta(&av_fremmed), Ok(()));
    assert_eq!(o.godta(&o.rot.gi(GODT)), Err(Usann::Sertifikat));
}

#[test]
fn a_certificate_that_is_blocked_signs_nothing() {
    let o = Oppsett::ny();
    let (en, annen) = (o.rot.gi(GODT), o.rot.gi(GODT));
    let avtrykk = Virksomhetssertifikat::les_for_signatur(&en).unwrap().avtrykk();
    let sperr = |hvem: &Sperret| o.avtaler.sperr(hvem, "borte", "prøve", naa()).unwrap();
    sperr(&Sperret::Klient(avtrykk));
    assert_eq!(o.godta(&en), Err(Usann::Sperret));
    assert_eq!(o.godta(&annen), Ok(()));
    sperr(&Sperret::Organisasjon(Organisasjonsnummer::parse(NAV).unwrap()));
    assert_eq!(o.godta(&annen), Err(Usann::Sperret));
}
