//! A new table of addresses is told of to exactly those views whose places it changes.

use std::collections::{BTreeMap, BTreeSet};

use helsekopi::{Kopihendelse, Omfang, Stedssteg};
use identifikator::Dato;
use kartverk::Tabell;
use register::Personnummer;
use serde_json::Value;

use crate::foelging::alle;
use crate::kilde::{NAA, Prove, Registerkilde, kjoer, tid};

fn dag() -> Dato {
    Dato::new(2026, 1, 1).unwrap()
}

/// Whom each view was told of, each once.
fn fortalt(prove: &Prove) -> BTreeMap<Omfang, BTreeSet<Personnummer>> {
    let ett = |omfang| {
        let feed = alle(prove, omfang).into_iter();
        let rettet: Vec<_> = feed
            .filter(|h| h.hendelse == Kopihendelse::Rettet)
            .map(|h| h.person)
            .collect();
        let hvem: BTreeSet<_> = rettet.iter().copied().collect();
        assert_eq!(hvem.len(), rettet.len(), "{omfang:?}");
        (omfang, hvem)
    };
    Omfang::ALLE.into_iter().map(ett).collect()
}

/// Who is shown a current address with a street, a cadastral number or a grunnkrets, in a view.
fn med_sted(prove: &Prove, omfang: Omfang) -> BTreeSet<Personnummer> {
    use informasjonsmodell::Entitet::{Bostedsadresse, DeltBosted, Oppholdsadresse};
    let les = prove.kopi().les().unwrap();
    let alle = les.register().personer().unwrap();
    let har = |person: &Personnummer| {
        let entiteter = [Bostedsadresse, DeltBosted, Oppholdsadresse].into_iter().collect();
        let vist = les
            .register()
            .opplysninger(*person, omfang.projeksjon(), entiteter)
            .unwrap();
        vist.iter().filter(|o| o.gjeldende).any(|o| {
            let innhold: Value = serde_json::from_slice(&o.kropp).unwrap();
            !innhold["grunnkrets"].is_null() || innhold["vegadresse"]["adressekode"].is_string()
        })
    };
    alle.filter(|p| les.register().er_noen(*p).unwrap())
        .filter(har)
        .collect()
}

#[test]
fn views_that_are_shown_other_places_hear_of_it_and_no_others_whatever_is_cut_off() {
    kjoer(async {
        let (kilde, maaned) = Registerkilde::med_nasjon(51, 2_500);
        let mut prove = Prove::new(&kilde);
        prove.til_ajour().await;
        for transaksjon in &maaned {
            kilde.register.utfoer(transaksjon, NAA).unwrap();
        }
        prove.til_ajour().await;
        let (tom, syntetisk) = (Tabell::tom(), Tabell::syntetisk());
        prove.kopi().sett_steder(&tom, tid(0)).unwrap();
        // Nothing is new: nobody hears of anything.
        let steg = prove.kopi().fortell_om_steder(&tom, &tom, dag(), tid(1)).unwrap();
        assert_eq!(steg, Stedssteg::Ferdig);
        let mut steg = 0;
        loop {
            let gjort = prove.kopi().fortell_om_steder(&tom, &syntetisk, dag(), tid(1)).unwrap();
            steg += 1;
            prove.gjenaapne();
            if gjort == Stedssteg::Ferdig {
                break;
            }
        }
        assert!(steg >= 4, "{steg}");
        let stilling = prove.kopi().stedsstilling().unwrap().unwrap();
        assert_eq!(
            (stilling.utgave, stilling.fortelles),
            (syntetisk.utgave().to_string(), None)
        );
        let fortalt = fortalt(&prove);
        for omfang in Omfang::ALLE {
            let (hoert, ser) = (&fortalt[&omfang], med_sted(&prove, omfang));
            assert!(
                hoert.is_subset(&ser),
                "{omfang:?}: somebody heard of an address that is not shown"
            );
            assert!(
                hoert.len() * 10 > ser.len() * 9,
                "{omfang:?} {} {}",
                hoert.len(),
                ser.len()
            );
        }
        // Those whose address some are not shown are there, so that the sets can differ.
        assert!(fortalt[&Omfang::FullMedGraderte].len() > fortalt[&Omfang::Begrenset].len());
        prove.lik();
    });
}

#[test]
fn a_table_that_differs_where_nobody_lives_is_told_of_to_nobody() {
    kjoer(async {
        let (kilde, _) = Registerkilde::med_nasjon(52, 300);
        let mut prove = Prove::new(&kilde);
        prove.til_ajour().await;
        let tom = Tabell::tom();
        let topp = "lokalid;kommunenummer;adressetype;adressekode;nummer;bokstav;gardsnummer;bruksnummer;festenummer;undernummer;grunnkretsnummer;grunnkretsnavn";
        let adresser = format!("{topp}\n1;0301;vegadresse;99998;9999;;;;;;03019999;Ingensteds\n");
        let bydeler = "grunnkretsnummer,bydelskode,gyldigFra,gyldigTil\n03019999,030101,2004-01-01,\n";
        let (ny, rapport) =
            kartverk::innlesing::les_inn(adresser.as_bytes(), bydeler.as_bytes(), None, &mut |_| {}).unwrap();
        assert_eq!((rapport.adresser.antall_avvist(), ny.antall_adresser()), (0, (1, 0)));
        while prove.kopi().fortell_om_steder(&tom, &ny, dag(), tid(1)).unwrap() != Stedssteg::Ferdig {}
        assert!(fortalt(&prove).values().all(BTreeSet::is_empty));
    });
}
