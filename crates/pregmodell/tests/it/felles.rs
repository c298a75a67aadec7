//! A person written out, and what must hold of every one.

use pregmodell::{Adresse, Adressefelt, Beskrivelse, Person, Personfelt, Skjult, Vist};

/// Every field that is not blank, one a line; withheld ones as `***`.
pub fn utskrift(person: &Person) -> String {
    let mut ut = String::new();
    for felt in Personfelt::ALLE {
        linje(&mut ut, "", felt.beskrivelse(), person.vis(*felt));
    }
    for (nr, adresse) in person.adresser.iter().enumerate() {
        for felt in Adressefelt::ALLE {
            linje(&mut ut, &format!("A{nr}."), felt.beskrivelse(), adresse.vis(*felt));
        }
    }
    ut
}

fn linje(ut: &mut String, foran: &str, felt: &Beskrivelse, vist: Vist<'_>) {
    let tekst = match vist {
        Vist::HoldtTilbake => Some("***".to_owned()),
        vist => vist.som_tekst(),
    };
    if let Some(tekst) = tekst {
        ut.push_str(&format!("{foran}{}={tekst}\n", felt.navn));
    }
}

/// Whether a row is what stands in place of a hidden address.
pub fn er_skjult(adresse: &Adresse) -> bool {
    Skjult::ALLE
        .iter()
        .any(|skjult| Some(&skjult.kode()) == adresse.posttype.verdi())
}

/// What holds of every person that is translated.
#[track_caller]
pub fn holder(person: &Person) {
    assert!(person.nin.er_verdi());
    for (nr, adresse) in person.adresser.iter().enumerate() {
        assert_eq!(
            adresse.gjeldende.verdi(),
            Some(&(nr == 0)),
            "the first is current and no other"
        );
        assert!(adresse.nin == person.nin);
        if er_skjult(adresse) {
            assert_eq!(person.adresser.len(), 1);
            for felt in Adressefelt::ALLE {
                let ventet = matches!(
                    felt,
                    Adressefelt::Nin
                        | Adressefelt::CurrentAddress
                        | Adressefelt::PostalType
                        | Adressefelt::AddressLine1
                        | Adressefelt::PostalAddress
                );
                assert_eq!(adresse.vis(*felt) != Vist::Ingen, ventet, "{felt:?}");
            }
        }
        for felt in Adressefelt::ALLE {
            passer(felt.beskrivelse(), adresse.vis(*felt));
        }
    }
    let datoer: Vec<_> = person
        .adresser
        .iter()
        .skip(1)
        .map(|a| a.dato_fra.verdi().copied())
        .collect();
    assert!(
        datoer.windows(2).all(|par| par[0] >= par[1]),
        "the former stand newest first"
    );
    for felt in Personfelt::ALLE {
        passer(felt.beskrivelse(), person.vis(*felt));
    }
}

#[track_caller]
fn passer(felt: &Beskrivelse, vist: Vist<'_>) {
    let Some(tekst) = vist.som_tekst() else { return };
    assert!(!tekst.is_empty() && !tekst.contains(char::is_control), "{}", felt.navn);
    if let Some(bredde) = felt.bredde {
        assert!(tekst.chars().count() <= bredde, "{} is wider than {bredde}", felt.navn);
    }
}
