//! What a view may not see makes no difference to what it is told, and protection is taken in first.

use std::sync::atomic::Ordering;

use helsekopi::{Kopihendelse, Omfang};
use informasjonsmodell::tekst::Foedselsnummer;
use informasjonsmodell::{Endring, Entitet, Handling, Hendelsestype as H, Persondokument, Registrering};
use register::Personnummer;
use serde_json::{Value, json};

use crate::foelging::alle;
use crate::kilde::{MH, NAA, Prove, Registerkilde, kjoer, tid, vist};

/// Those who may not see what is hidden.
const UTEN: [Omfang; 2] = [Omfang::Begrenset, Omfang::UtenHjemmel];

pub fn ny(entitet: &str, innhold: Value) -> Endring {
    let liste = Entitet::fra_navn(entitet).unwrap().er_liste();
    let verdi = if liste { json!([innhold]) } else { innhold };
    let dokument = Persondokument::les(json!({ entitet: verdi })).unwrap();
    Endring::RegistrereNy(Box::new(dokument.opplysninger.into_iter().next().unwrap()))
}

fn registrering(minutt: u32, nummer: &str, hendelsestype: H, endringer: Vec<Endring>) -> Registrering {
    Registrering {
        tidspunkt: tid(minutt),
        handling: Handling::Registrer {
            person: Foedselsnummer::new(nummer).unwrap(),
            hendelsestype,
            endringer,
        },
    }
}

pub fn utfoer(kilde: &Registerkilde, minutt: u32, nummer: &str, hendelsestype: H, endringer: Vec<Endring>) {
    let registrering = registrering(minutt, nummer, hendelsestype, endringer);
    kilde.register.utfoer(&[registrering], NAA).unwrap();
}

pub fn bosted(gate: &str) -> Value {
    json!({"vegadresse": {"kommunenummer": "0301", "adressenavn": gate, "adressenummer": {"husnummer": "7"},
        "poststed": {"poststedsnavn": "OSLO", "postnummer": "0001"}},
        "adressegradering": "ugradert", "flyttedato": "2020-01-01", "grunnkrets": 1234})
}

fn navn(fornavn: &str) -> Vec<Endring> {
    vec![ny("navn", json!({"fornavn": fornavn, "etternavn": "BREKKE"}))]
}

/// Numbers of those who live somewhere and are not protected.
pub fn bosatte(kilde: &Registerkilde) -> Vec<String> {
    let les = kilde.register.les().unwrap();
    let antall = kilde.register.antall_personer().unwrap();
    let alle = (1..=antall)
        .map(Personnummer::fra_indeks)
        .filter(|p| les.er_noen(*p).unwrap());
    let aapne = alle.filter(|p| les.vern(*p).unwrap() == tilgang::Grad::Ugradert);
    let numre = aapne.filter_map(|p| les.gjeldende_nummer(p).unwrap());
    let bosatt = |n: &String| vist(&kilde.register, n, MH).unwrap().contains("\"bosatt\"");
    numre.filter(bosatt).collect()
}

/// What those who may not see it were told and shown when somebody in hiding moved, or did not.
async fn spilt(skjult: bool) -> (String, usize) {
    let (kilde, _) = Registerkilde::med_nasjon(21, 300);
    let noen = bosatte(&kilde);
    let (skjermet, annen) = (&noen[3], &noen[5]);
    let mut prove = Prove::new(&kilde);
    prove.til_ajour().await;
    let fortrolig = ny("adressebeskyttelse", json!({"graderingsnivaa": "fortrolig"}));
    utfoer(&kilde, 1, skjermet, H::EndringIAdressebeskyttelse, vec![fortrolig]);
    prove.til_ajour().await;
    for minutt in 2..12 {
        if skjult {
            let gate = bosted(&format!("Skjulgata{minutt}"));
            utfoer(
                &kilde,
                minutt,
                skjermet,
                H::EndringIBostedsadresse,
                vec![ny("bostedsadresse", gate)],
            );
            let opphold = json!({"adressegradering": "fortrolig", "adressenErUkjent": true});
            utfoer(
                &kilde,
                minutt,
                skjermet,
                H::PersonErOppdatert,
                vec![ny("oppholdsadresse", opphold)],
            );
        }
        if minutt % 3 == 0 {
            // In the same page as what is hidden.
            for nummer in [skjermet, annen] {
                utfoer(&kilde, minutt, nummer, H::EndringINavn, navn(&format!("NY{minutt}")));
            }
        }
        prove.til_ajour().await;
    }
    prove.lik();
    let les = prove.kopi().les().unwrap();
    let person = les.register().finn(&skjermet.parse().unwrap()).unwrap().unwrap();
    let ut = UTEN.map(|o| {
        let sist = les.sekvensnummer(person, o).unwrap();
        (
            alle(&prove, o),
            vist(prove.kopi().register(), skjermet, o.projeksjon()),
            sist,
        )
    });
    (format!("{ut:?}"), alle(&prove, Omfang::FullMedGraderte).len())
}

#[test]
fn what_happens_to_a_hidden_address_makes_no_difference_to_those_who_may_not_see_it() {
    kjoer(async {
        let ((uten, fortalt_uten), (med, fortalt_med)) = (spilt(false).await, spilt(true).await);
        assert_eq!(uten, med);
        // And whoever may see it is told.
        assert!(fortalt_med > fortalt_uten + 10, "{fortalt_med} {fortalt_uten}");
    });
}

#[test]
fn protection_is_taken_in_before_what_stands_before_it_in_a_long_feed() {
    kjoer(async {
        let (kilde, _) = Registerkilde::med_nasjon(22, 2_500);
        let noen = bosatte(&kilde);
        let (skjermet, andre) = noen.split_last().unwrap();
        let mut prove = Prove::new(&kilde);
        prove.til_ajour().await;
        let registreringer: Vec<_> = (1..)
            .zip(andre.iter().take(1_300))
            .map(|(minutt, nummer)| registrering(minutt, nummer, H::EndringINavn, navn("NY")))
            .collect();
        assert_eq!(registreringer.len(), 1_300);
        kilde.register.utfoer(&registreringer, NAA).unwrap();
        let vern = vec![
            ny("adressebeskyttelse", json!({"graderingsnivaa": "strengtFortrolig"})),
            ny(
                "postadresse",
                json!({"adressegradering": "ugradert", "postboksadresse": {"postboks": "KRIPOS"}}),
            ),
        ];
        utfoer(&kilde, 1_400, skjermet, H::EndringIAdressebeskyttelse, vern);
        let maaling = prove.foelger.as_ref().unwrap().maaling();
        let bor = |prove: &Prove| {
            vist(prove.kopi().register(), skjermet, MH)
                .unwrap()
                .contains("bostedsadresse")
        };
        assert!(bor(&prove));
        prove.steg().await.unwrap();
        assert!(maaling.er_ulest(andre[0].parse().unwrap()) && maaling.uleste() > 500);
        assert!(!bor(&prove));
        prove.til_ajour().await;
        assert_eq!(maaling.uleste(), 0);
        prove.lik();
        // It was told of once.
        let om_vern = |h: &&helsekopi::Hendelse| h.hendelse == Kopihendelse::Freg(H::EndringIAdressebeskyttelse);
        assert_eq!(alle(&prove, Omfang::UtenHjemmel).iter().filter(om_vern).count(), 1);
    });
}

#[test]
fn a_source_that_is_gone_leaves_what_there_is() {
    kjoer(async {
        let (kilde, maaned) = Registerkilde::med_nasjon(23, 300);
        let mut prove = Prove::new(&kilde);
        prove.til_ajour().await;
        let foer = prove.kopi().register().avtrykk_av_primaerdata().unwrap();
        kilde.svikt.store(1, Ordering::Relaxed);
        for transaksjon in &maaned {
            kilde.register.utfoer(transaksjon, NAA).unwrap();
        }
        for _ in 0..50 {
            assert!(prove.steg().await.is_err());
        }
        let maaling = prove.foelger.as_ref().unwrap().maaling();
        assert_eq!(maaling.tall().feil_paa_rad, 50);
        assert_eq!(prove.kopi().register().avtrykk_av_primaerdata().unwrap(), foer);
        kilde.svikt.store(0, Ordering::Relaxed);
        prove.til_ajour().await;
        assert_eq!(maaling.tall().feil_paa_rad, 0);
        prove.lik();
    });
}
