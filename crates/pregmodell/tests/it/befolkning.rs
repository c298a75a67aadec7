//! A made nation through the translation.

use std::collections::BTreeMap;

use identifikator::Dato;
use informasjonsmodell::kodeverk::Adressegradering;
use informasjonsmodell::{Entitet, Innhold, Persondokument};
use kartverk::Tabell;
use pregmodell::{Grunnlag, oversett};
use syntetisk_befolkning::Nasjon;

use super::felles::{er_skjult, holder, utskrift};

const FROE: u64 = 48;
const PERSONER: u32 = 4_000;

/// As the projection without graded addresses would have it: no graded address, and no former one of somebody protected.
fn uten_graderte(dokument: &Persondokument) -> Persondokument {
    let vernet = dokument
        .av(Entitet::Adressebeskyttelse)
        .any(|o| o.metadata.er_gjeldende != Some(false) && gradert(&o.innhold));
    let er_adresse = |o: &informasjonsmodell::Opplysning| {
        matches!(
            o.entitet(),
            Entitet::Bostedsadresse
                | Entitet::DeltBosted
                | Entitet::Oppholdsadresse
                | Entitet::Postadresse
                | Entitet::PostadresseIUtlandet
        )
    };
    let mut ut = dokument.clone();
    ut.opplysninger
        .retain(|o| !er_adresse(o) || (!vernet && !gradert(&o.innhold)));
    ut
}

fn gradert(innhold: &Innhold) -> bool {
    let grad = match innhold {
        Innhold::Adressebeskyttelse(beskyttelse) => Some(&beskyttelse.graderingsnivaa),
        annet => annet.gradering(),
    };
    grad.is_some_and(|grad| *grad != Adressegradering::Ugradert)
}

#[test]
fn everybody_in_a_nation_is_translated_and_the_contract_holds() {
    let nasjon = Nasjon::new(FROE, PERSONER).unwrap();
    let tabell = Tabell::syntetisk();
    let dag = Dato::new(2026, 1, 1).unwrap();
    let mut koder: BTreeMap<String, u32> = BTreeMap::new();
    let mut antall = 0;
    for dokument in (0..nasjon.grupper()).flat_map(|nr| nasjon.gruppe(nr)) {
        antall += 1;
        let klientadresse = dokument.av(Entitet::Bostedsadresse).any(|o| {
            o.metadata.er_gjeldende != Some(false) && o.innhold.gradering() == Some(&Adressegradering::Klientadresse)
        });
        let grunnlag = Grunnlag {
            steder: Some((&tabell, dag)),
            klientadresse,
        };
        let oversatt = oversett(&uten_graderte(&dokument).til_json(), &grunnlag).unwrap();
        let person = &oversatt.person;
        holder(person);
        assert_eq!(oversatt.merknader, [], "every country of the nation has a number");
        // The rule does not depend on the projection: with the hidden addresses in the document the answer is the same.
        let med = oversett(&dokument.til_json(), &grunnlag).unwrap();
        assert_eq!(utskrift(&med.person), utskrift(person));
        if dokument.av(Entitet::Adressebeskyttelse).next().is_some() || klientadresse {
            assert!(er_skjult(person.gjeldende_adresse().unwrap()));
        }
        // Birth date and gender come of their own fields: they are there whenever those are.
        assert_eq!(person.kjoenn.er_verdi(), dokument.av(Entitet::Kjoenn).next().is_some());
        assert_eq!(
            person.foedselsdato.er_verdi(),
            dokument.av(Entitet::Foedsel).next().is_some()
        );
        let har_navn = dokument
            .av(Entitet::Navn)
            .any(|o| o.metadata.er_gjeldende != Some(false));
        assert_eq!(person.etternavn.er_verdi(), har_navn);
        let mut tell = |navn: &str, verdi: Option<String>| {
            *koder
                .entry(format!("{navn}={}", verdi.unwrap_or_default()))
                .or_default() += 1
        };
        tell("RegStatus", person.reg_status.verdi().map(i32::to_string));
        tell("MaritalStatus", person.sivilstand.verdi().map(i32::to_string));
        tell("Custody", person.foreldreansvar.verdi().cloned());
        tell("WorkPermit", person.arbeidstillatelse.verdi().cloned());
        tell(
            "PostalType",
            person
                .gjeldende_adresse()
                .and_then(|a| a.posttype.verdi())
                .map(i32::to_string),
        );
        tell("OldNIN", person.gammelt_nummer.verdi().map(|_| "ja".to_owned()));
        tell(
            "bydel",
            person
                .gjeldende_adresse()
                .and_then(|a| a.bydelskode.verdi())
                .map(|_| "ja".to_owned()),
        );
        tell("SpouseNIN", person.ektefelle.verdi().map(|_| "ja".to_owned()));
        tell("MothersNIN", person.mor.verdi().map(|_| "ja".to_owned()));
    }
    assert_eq!(antall, PERSONER);
    // The sweep is worth something only if it meets the codes.
    for vanlig in [
        "RegStatus=1",
        "RegStatus=3",
        "RegStatus=5",
        "MaritalStatus=1",
        "MaritalStatus=2",
        "MaritalStatus=3",
        "MaritalStatus=4",
        "Custody=D",
        "Custody=",
        "PostalType=0",
        "PostalType=4",
        "PostalType=5",
        "PostalType=6",
        "PostalType=7",
        "OldNIN=ja",
        "bydel=ja",
        "SpouseNIN=ja",
        "MothersNIN=ja",
    ] {
        assert!(koder.contains_key(vanlig), "nobody has {vanlig}: {koder:?}");
    }
}
