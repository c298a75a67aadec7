//! An event that comes after what it tells of was read is passed on all the same, once, and to whoever saw it.

use helsekopi::{Bolk, Kopihendelse, Omfang};
use informasjonsmodell::Hendelsestype;
use register::Personnummer;
use serde_json::{Value, json};

use crate::foelging::alle;
use crate::kilde::{Prove, Registerkilde, kjoer, tid};

#[test]
fn a_death_that_was_read_before_it_was_told_of_is_told_of_as_one() {
    kjoer(async {
        let (kilde, _) = Registerkilde::med_nasjon(7, 60);
        let mut prove = Prove::new(&kilde);
        prove.til_ajour().await;
        let kopi = prove.kopi();
        let (person, nummer, mut dokument) = {
            let les = kopi.les().unwrap();
            let mut alle = (1..=kopi.register().antall_personer().unwrap()).map(Personnummer::fra_indeks);
            let levende = |person: &Personnummer| {
                let dokument = les.register().eksporter(*person).unwrap()?;
                let dokument: Value = serde_json::from_slice(&dokument.til_json()).unwrap();
                let bosatt = dokument["status"][0]["status"] == "bosatt" && dokument["doedsfall"].is_null();
                bosatt.then_some(dokument)
            };
            let (person, dokument) = alle.find_map(|p| Some((p, levende(&p)?))).unwrap();
            (person, les.register().nummer(person).unwrap(), dokument)
        };
        dokument["doedsfall"] = json!({"erGjeldende": true, "doedsdato": "2026-01-01"});
        dokument["status"] = json!([{"erGjeldende": true, "status": "doed"}]);
        let foer: Vec<usize> = Omfang::ALLE.map(|omfang| alle(&prove, omfang).len()).to_vec();
        let om = |hendelse| vec![(nummer, Some(hendelse))];
        let lest = Bolk {
            dokumenter: vec![(Some(nummer), register::les_vist(dokument).unwrap())],
            hendelser: om(Hendelsestype::EndringISivilstand),
            ..Bolk::default()
        };
        kopi.ta_inn(&lest, tid(900)).unwrap();
        let fortalt = Bolk {
            hendelser: om(Hendelsestype::PersonErDoed),
            ..Bolk::default()
        };
        for minutt in [901, 902] {
            kopi.ta_inn(&fortalt, tid(minutt)).unwrap();
        }
        let les = kopi.les().unwrap();
        for (omfang, foer) in Omfang::ALLE.into_iter().zip(foer) {
            let feed = alle(&prove, omfang);
            let nye: Vec<_> = feed[foer..].iter().map(|h| (h.person, h.hendelse)).collect();
            let ventet = [
                Hendelsestype::EndringIStatus,
                Hendelsestype::EndringIDoedsfall,
                Hendelsestype::PersonErDoed,
            ];
            let mut sett: Vec<_> = nye[..2].to_vec();
            sett.sort_unstable();
            let mut foerst = ventet[..2].to_vec();
            foerst.sort_unstable();
            assert_eq!(
                sett,
                foerst
                    .into_iter()
                    .map(|t| (person, Kopihendelse::Freg(t)))
                    .collect::<Vec<_>>(),
                "{omfang:?}"
            );
            assert_eq!(nye[2..], [(person, Kopihendelse::Freg(ventet[2]))], "{omfang:?}");
            assert_eq!(les.sekvensnummer(person, omfang).unwrap(), feed.len() as u64);
        }
    });
}
