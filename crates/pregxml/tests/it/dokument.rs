//! The page of the contract is what the table says.

use std::path::Path;

use pregxml::{Operasjon, dokument, kontrakt, wsdl, xsd};

#[test]
fn the_page_of_the_contract_is_current() {
    let sti = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/personregister-xml.md");
    let ventet = dokument::markdown();
    if std::env::var("SKRIV_DOKUMENT").as_deref() == Ok("1") {
        std::fs::write(&sti, &ventet).unwrap();
    }
    let funnet = std::fs::read_to_string(&sti).unwrap();
    assert!(
        funnet == ventet,
        "docs/personregister-xml.md is not what the table says; SKRIV_DOKUMENT=1 writes it anew"
    );
}

#[test]
fn what_the_page_names_is_in_schema_and_wsdl() {
    let (side, skjema) = (dokument::markdown(), xsd::xsd());
    let wsdl = wsdl::wsdl("https://preg.example.test/x", "x?xsd");
    for operasjon in Operasjon::ALLE {
        assert!(side.contains(&format!("### {}\n", operasjon.navn())));
        assert_eq!(
            wsdl.matches(&format!("<wsdl:operation name=\"{}\">", operasjon.navn()))
                .count(),
            3
        );
        for type_ in [kontrakt::foresporsel(operasjon), kontrakt::svar(operasjon)] {
            assert!(skjema.contains(&format!("<xs:element name=\"{}\">", type_.navn)));
        }
    }
    for type_ in kontrakt::typer() {
        assert!(side.contains(&format!("### {}\n", type_.navn)), "{}", type_.navn);
        assert!(
            skjema.contains(&format!("<xs:complexType name=\"{}\">", type_.navn)),
            "{}",
            type_.navn
        );
        for felt in type_.felter {
            assert!(
                side.contains(&format!("| `{}` |", felt.navn)) && skjema.contains(&format!("name=\"{}\"", felt.navn))
            );
        }
    }
    for liste in kontrakt::KODELISTER {
        assert!(side.contains(&format!("### {}\n", liste.navn)));
    }
}

/// The tables of the reference, in their order: what clients rely on.
#[test]
fn fields_are_those_of_the_reference_and_in_its_order() {
    let navn = |type_: &str| -> Vec<&str> {
        let typer = kontrakt::typer();
        let type_ = typer.iter().find(|t| t.navn == type_).unwrap();
        type_.felter.iter().map(|felt| felt.navn).collect()
    };
    assert_eq!(
        navn("Person").join(" "),
        "NIN GivenName MiddleName Sn DateOfBirth RegStatus DateStatus StatusCountryCode MaritalStatus DateMaritalStatus SpouseNIN \
         MothersNIN FathersNIN OldNIN NewNIN Citizenship DateCitizenship CitizenshipCode Custody DateCustody ParentalResponsibility \
         DateParentalResponsibility WithoutLegalCapacity DateWithoutLegalCapacity WorkPermit DateWorkPermit DufNo Addresses"
    );
    assert_eq!(
        navn("Address").join(" "),
        "NIN CurrentAddress DateAdrFrom PostalType DatePostalType StreetName StreetNumber HouseNumber HouseLetter ApartmentNumber \
         CadastralNumber PropertyNumber CoAddress AddressLine1 AddressLine2 AddressLine3 PostalAddressValidFrom PostalAddress PostalCode \
         PostalPlace Municipality St Country BasicStatisticalUnit DistrictCode DistrictName Constituency SchoolDistrict XCoord YCoord"
    );
}
