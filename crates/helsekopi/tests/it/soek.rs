//! The copy is searched by what each view is shown, and by the table of addresses that it is opened with.

use std::sync::Arc;

use ::soek::kopi::{Adressekriterier, Gateadresse, Kriterier};
use helsekopi::{Kopi, Omfang};
use informasjonsmodell::Hendelsestype as H;
use kartverk::Tabell;
use register::Personnummer;
use serde_json::json;

use crate::kilde::{Prove, Registerkilde, kjoer};
use crate::vern::{bosatte, ny, utfoer};

/// Where a street with this code lies in the synthetic table.
const KRETS: &str = "50010808";

fn kriterier(gate: Option<&str>, krets: Option<&str>) -> Kriterier {
    Kriterier {
        adresse: Adressekriterier {
            gate: gate.map(Gateadresse::les),
            grunnkrets: krets.map(str::to_owned),
            ..Adressekriterier::default()
        },
        ..Kriterier::default()
    }
}

fn funnet(kopi: &Kopi, omfang: Omfang, kriterier: &Kriterier) -> Vec<Personnummer> {
    let les = kopi.les().unwrap();
    let ut = les.finn_foerste(omfang, kriterier).unwrap();
    assert_eq!(les.tell(omfang, kriterier).unwrap(), ut.len() as u64);
    ut
}

#[test]
fn each_view_finds_by_what_it_is_shown_and_by_the_table_of_the_opening() {
    kjoer(soekt());
}

async fn soekt() {
    let (kilde, _) = Registerkilde::med_nasjon(21, 300);
    let nummer = bosatte(&kilde)[3].clone();
    let mut prove = Prove::new(&kilde);
    prove.til_ajour().await;
    let opphold = json!({"adressegradering": "ugradert", "vegadresse": {"kommunenummer": "5001", "adressenavn": "Prøvegjelet",
        "adressekode": "1007", "adressenummer": {"husnummer": "12"}, "poststed": {"poststedsnavn": "TRONDHEIM", "postnummer": "7010"}}});
    utfoer(
        &kilde,
        1,
        &nummer,
        H::EndringIOppholdsadresse,
        vec![ny("oppholdsadresse", opphold)],
    );
    prove.til_ajour().await;
    let person = {
        let les = prove.kopi().les().unwrap();
        les.register().finn(&nummer.parse().unwrap()).unwrap().unwrap()
    };
    let (gate, begge) = (
        kriterier(Some("prøvegjelet 12"), None),
        kriterier(Some("Prøvegj"), Some(KRETS)),
    );
    for omfang in Omfang::ALLE {
        assert_eq!(funnet(prove.kopi(), omfang, &gate), [person], "{omfang:?}");
        // No table, no grunnkrets that is not the register's own.
        assert_eq!(funnet(prove.kopi(), omfang, &begge), [], "{omfang:?}");
        // Everybody who is somebody, page by page.
        let les = prove.kopi().les().unwrap();
        let antall = prove.kopi().register().antall_personer().unwrap();
        let alle = (1..=antall).map(Personnummer::fra_indeks);
        let alle: Vec<_> = alle.filter(|p| les.register().er_noen(*p).unwrap()).collect();
        let hva = Kriterier::default();
        let sider = (0..).map(|nr| les.finn_side(omfang, &hva, nr * 37, 37).unwrap());
        assert_eq!(
            sider.take_while(|side| !side.is_empty()).collect::<Vec<_>>().concat(),
            alle
        );
        assert_eq!(les.tell(omfang, &hva).unwrap(), alle.len() as u64);
    }
    let mappe = prove.mappe.path().to_path_buf();
    (prove.foelger, prove.kopi) = (None, None);
    let kopi = Kopi::aapne_med_kart(&mappe, Arc::new(Tabell::syntetisk())).unwrap();
    for omfang in Omfang::ALLE {
        assert_eq!(funnet(&kopi, omfang, &begge), [person], "{omfang:?}");
    }
    drop(kopi);
    // Once somebody is protected, neither street nor grunnkrets leads whoever may not see it.
    prove.gjenaapne();
    let fortrolig = ny("adressebeskyttelse", json!({"graderingsnivaa": "fortrolig"}));
    utfoer(&kilde, 2, &nummer, H::EndringIAdressebeskyttelse, vec![fortrolig]);
    prove.til_ajour().await;
    (prove.foelger, prove.kopi) = (None, None);
    let kopi = Kopi::aapne_med_kart(&mappe, Arc::new(Tabell::syntetisk())).unwrap();
    for omfang in Omfang::ALLE {
        let ventet: &[Personnummer] = if omfang == Omfang::FullMedGraderte {
            &[person]
        } else {
            &[]
        };
        assert_eq!(funnet(&kopi, omfang, &gate), ventet, "{omfang:?}");
        assert_eq!(funnet(&kopi, omfang, &begge), ventet, "{omfang:?}");
    }
}
