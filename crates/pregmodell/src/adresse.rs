//! The address of the contract: one row holds where somebody lives and where post is sent.
//!
//! What a newcomer gets wrong: PREG has one current address. A stay elsewhere is a code of it (`PostalType`), and post goes by the lines in
//! the same row. Source: preg reference 6.6.

use informasjonsmodell::Dato;

use crate::verdi::Desimal;

kontrakt! {
    /// An address as PREG knows one.
    Adresse,
    /// A field of [`Adresse`].
    Adressefelt,
    {} {
        nin Nin "NIN" String, 11 Person Kontrakt "PersonId" ["identifikasjonsnummer.foedselsEllerDNummer"] ["norwegianIdentificationNumber.identificationNumber"] Videre
            "Eieren.";
        gjeldende CurrentAddress "CurrentAddress" bool, 1 Adresse Kontrakt "CurrentAddress" ["bostedsadresse.erGjeldende", "oppholdsadresse.erGjeldende", "postadresse.erGjeldende", "postadresseIUtlandet.erGjeldende"] ["residentialAddress.isValid", "presentAddress.isValid", "postalAddress.isValid", "foreignPostalAddress.isValid"] Utledet
            "Akkurat én når personen har noen. Uten gjeldende adresse i registeret er det den siste gyldige.";
        dato_fra DateAdrFrom "DateAdrFrom" Dato, 0 Adresse Kontrakt "ValidFrom" ["bostedsadresse.flyttedato", "oppholdsadresse.oppholdsadressedato", "bostedsadresse.gyldighetstidspunkt"] ["residentialAddress.moveDate", "presentAddress.presentAddressDate", "residentialAddress.validFrom"] Videre
            "Flyttedato eller oppholdsadressedato, ellers dagen oppføringen gjelder fra.";
        posttype PostalType "PostalType" i32, 1 Adresse Kontrakt "Code" ["adressebeskyttelse.graderingsnivaa", "bostedsadresse.adressegradering", "bostedsadresse.ukjentBosted", "oppholdsadresse.oppholdAnnetSted"] ["addressProtection.protectionLevel", "residentialAddress.addressConfidentiality", "residentialAddress.unknownResidence", "presentAddress.stayElsewhere"] Endret
            "Se kodetabellen.";
        dato_posttype DatePostalType "DatePostalType" Dato, 0 Adresse Kontrakt "CodeValidFrom" ["oppholdsadresse.oppholdsadressedato", "bostedsadresse.flyttedato"] ["presentAddress.presentAddressDate", "residentialAddress.moveDate"] Utledet
            "Dagen koden gjelder fra; blank for kode 0, 4, 6 og 7.";
        gatenavn StreetName "StreetName" String, 0 Adresse Kontrakt "StreetName" ["bostedsadresse.vegadresse.adressenavn", "oppholdsadresse.vegadresse.adressenavn", "postadresse.vegadresse.adressenavn"] ["residentialAddress.streetAddress.addressName", "presentAddress.streetAddress.addressName", "postalAddress.streetAddress.addressName"] Videre
            "";
        gatekode StreetNumber "StreetNumber" String, 4 Adresse Kontrakt "StreetNumber" ["bostedsadresse.vegadresse.adressekode", "oppholdsadresse.vegadresse.adressekode", "postadresse.vegadresse.adressekode"] ["residentialAddress.streetAddress.addressCode", "presentAddress.streetAddress.addressCode", "postalAddress.streetAddress.addressCode"] Videre
            "Gatekoden, ikke husnummeret. Blank når koden har fem siffer.";
        husnummer HouseNumber "HouseNumber" i32, 4 Adresse Kontrakt "HouseNumber" ["bostedsadresse.vegadresse.adressenummer.husnummer", "oppholdsadresse.vegadresse.adressenummer.husnummer", "postadresse.vegadresse.adressenummer.husnummer"] ["residentialAddress.streetAddress.addressNumber.houseNumber", "presentAddress.streetAddress.addressNumber.houseNumber", "postalAddress.streetAddress.streetAddressNumber.houseNumber"] Videre
            "";
        husbokstav HouseLetter "HouseLetter" String, 1 Adresse Kontrakt "HouseLetter" ["bostedsadresse.vegadresse.adressenummer.husbokstav", "oppholdsadresse.vegadresse.adressenummer.husbokstav", "postadresse.vegadresse.adressenummer.husbokstav"] ["residentialAddress.streetAddress.addressNumber.houseLetter", "presentAddress.streetAddress.addressNumber.houseLetter", "postalAddress.streetAddress.streetAddressNumber.houseLetter"] Videre
            "Stor bokstav.";
        bolignummer ApartmentNumber "ApartmentNumber" String, 5 Adresse Kontrakt "ApartmentNumber" ["bostedsadresse.vegadresse.bruksenhetsnummer", "bostedsadresse.matrikkeladresse.bruksenhetsnummer", "oppholdsadresse.vegadresse.bruksenhetsnummer"] ["residentialAddress.streetAddress.separatelyOccupiedUnitNumber", "residentialAddress.cadastralAddress.separatelyOccupiedUnitNumber", "presentAddress.streetAddress.separatelyOccupiedUnitNumber"] Videre
            "";
        gaardsnummer CadastralNumber "CadastralNumber" String, 5 Adresse Kontrakt "CadastralNumber" ["bostedsadresse.matrikkeladresse.matrikkelnummer.gaardsnummer", "oppholdsadresse.matrikkeladresse.matrikkelnummer.gaardsnummer"] ["residentialAddress.cadastralAddress.cadastralNumber.municipalityLandNumber", "presentAddress.cadastralAddress.cadastralNumber.municipalityLandNumber"] Videre
            "Festenummer og undernummer har ikke noe felt i PREG.";
        bruksnummer PropertyNumber "PropertyNumber" String, 5 Adresse Kontrakt "PropertyNumber" ["bostedsadresse.matrikkeladresse.matrikkelnummer.bruksnummer", "oppholdsadresse.matrikkeladresse.matrikkelnummer.bruksnummer"] ["residentialAddress.cadastralAddress.cadastralNumber.titleNumber", "presentAddress.cadastralAddress.cadastralNumber.titleNumber"] Videre
            "";
        co_adresse CoAddress "CoAddress" String, 25 Adresse Kontrakt "CoAddress" ["bostedsadresse.vegadresse.coAdressenavn", "bostedsadresse.matrikkeladresse.coAdressenavn", "oppholdsadresse.vegadresse.coAdressenavn", "postadresse.vegadresse.coAdressenavn"] ["residentialAddress.streetAddress.coAddressName", "residentialAddress.cadastralAddress.coAddressName", "presentAddress.streetAddress.coAddressName", "postalAddress.streetAddress.coAddressName"] Videre
            "Hele ord til og med 25 tegn.";
        linje_1 AddressLine1 "AddressLine1" String, 30 Adresse Kontrakt "AddressLine1" ["postadresse.postadresseIFrittFormat.adresselinje", "postadresse.postboksadresse.postboks", "postadresse.vegadresse.adressenavn", "postadresseIUtlandet.utenlandskAdresse.adressenavn", "postadresseIUtlandet.utenlandskAdresseIFrittFormat.adresselinje", "oppholdsadresse.utenlandskAdresse.adressenavn"] ["postalAddress.freeFormPostalAddress.addressLine", "postalAddress.postBoxAddress.postBoxIdentification", "postalAddress.streetAddress.addressName", "foreignPostalAddress.foreignAddress.addressName", "foreignPostalAddress.freeFormForeignAddress.addressLine", "presentAddress.foreignAddress.addressName"] Endret
            "Postadressen som linjer. Den faste teksten når adressen er gradert.";
        linje_2 AddressLine2 "AddressLine2" String, 30 Adresse Kontrakt "AddressLine2" ["postadresse.postadresseIFrittFormat.adresselinje"] ["postalAddress.freeFormPostalAddress.addressLine"] Endret
            "Fortsetter.";
        linje_3 AddressLine3 "AddressLine3" String, 30 Adresse Kontrakt "AddressLine3" ["postadresse.postadresseIFrittFormat.poststed.poststedsnavn", "postadresseIUtlandet.utenlandskAdresse.byEllerStedsnavn"] ["postalAddress.freeFormPostalAddress.city.cityName", "foreignPostalAddress.foreignAddress.cityOrPlaceName"] Endret
            "Fortsetter; sted og land beholdes når linjene er for mange.";
        dato_postadresse PostalAddressValidFrom "PostalAddressValidFrom" Dato, 0 Adresse Kontrakt "AddressLineValidFrom" ["postadresse.gyldighetstidspunkt", "postadresseIUtlandet.gyldighetstidspunkt"] ["postalAddress.validFrom", "foreignPostalAddress.validFrom"] Videre
            "";
        adresselinje PostalAddress "PostalAddress" String, 0 Adresse Kontrakt "ComputedStreetAddressLine" ["bostedsadresse.vegadresse.adressenavn", "bostedsadresse.matrikkeladresse.adressetilleggsnavn"] ["residentialAddress.streetAddress.addressName", "residentialAddress.cadastralAddress.addressAdditionalName"] Utledet
            "Gatenavn, nummer og bokstav; gårdens navn eller matrikkelnummer når det ikke er noen gate. Den faste teksten når adressen er gradert.";
        postnummer PostalCode "PostalCode" String, 4 Adresse Kontrakt "ZipCode" ["bostedsadresse.vegadresse.poststed.postnummer", "bostedsadresse.matrikkeladresse.poststed.postnummer", "oppholdsadresse.vegadresse.poststed.postnummer", "postadresse.postboksadresse.poststed.postnummer"] ["residentialAddress.streetAddress.city.postalCode", "residentialAddress.cadastralAddress.city.postalCode", "presentAddress.streetAddress.city.postalCode", "postalAddress.postBoxAddress.city.postalCode"] Videre
            "Fire siffer; utenlandske postkoder står i linjene.";
        poststed PostalPlace "PostalPlace" String, 27 Adresse Kontrakt "" ["bostedsadresse.vegadresse.poststed.poststedsnavn", "bostedsadresse.matrikkeladresse.poststed.poststedsnavn", "oppholdsadresse.vegadresse.poststed.poststedsnavn", "postadresse.postboksadresse.poststed.poststedsnavn"] ["residentialAddress.streetAddress.city.cityName", "residentialAddress.cadastralAddress.city.cityName", "presentAddress.streetAddress.city.cityName", "postalAddress.postBoxAddress.city.cityName"] Videre
            "";
        kommunenavn Municipality "Municipality" String, 0 Adresse Kontrakt "" ["bostedsadresse.vegadresse.kommunenummer"] ["residentialAddress.streetAddress.municipalityName", "residentialAddress.cadastralAddress.cadastralNumber.municipalityName", "residentialAddress.unknownResidence.municipalityName", "presentAddress.streetAddress.municipalityName"] Utledet
            "Navnet på kommunen i St.";
        kommunenummer St "St" String, 4 Adresse Kontrakt "MunicipalityCode" ["bostedsadresse.vegadresse.kommunenummer", "bostedsadresse.matrikkeladresse.matrikkelnummer.kommunenummer", "bostedsadresse.ukjentBosted.bostedskommune", "oppholdsadresse.vegadresse.kommunenummer"] ["residentialAddress.streetAddress.municipalityNumber", "residentialAddress.cadastralAddress.cadastralNumber.municipalityNumber", "residentialAddress.unknownResidence.municipalityNumber", "presentAddress.streetAddress.municipalityNumber"] Videre
            "Rekvirenten av et D-nummer, som PREG hadde her, finnes ikke lenger.";
        land Country "Country" String, 0 Adresse Kontrakt "Country" ["postadresseIUtlandet.utenlandskAdresse.landkode", "postadresseIUtlandet.utenlandskAdresseIFrittFormat.landkode", "oppholdsadresse.utenlandskAdresse.landkode"] ["foreignPostalAddress.foreignAddress.countryCode", "foreignPostalAddress.freeFormForeignAddress.countryCode", "presentAddress.foreignAddress.countryCode"] Endret
            "Norge, eller navnet på landet; landkoden selv når landet er ukjent for PREG.";
        grunnkrets BasicStatisticalUnit "BasicStatisticalUnit" i32, 4 Adresse Kontrakt "BasicStatisticalUnit" ["bostedsadresse.grunnkrets"] ["residentialAddress.basicStatisticalUnit", "presentAddress.basicStatisticalUnit"] Videre
            "De fire siste sifrene, lest som tall.";
        bydelskode DistrictCode "DistrictCode" String, 4 Adresse Kontrakt "DistrictCode" ["bostedsadresse.grunnkrets"] ["residentialAddress.urbanDistrictCode", "presentAddress.urbanDistrictCode"] Utledet
            "Bydelens to siste sifre med to nuller foran; bydelen som gir helse- og sosialtjenester.";
        bydelsnavn DistrictName "DistrictName" String, 40 Adresse Kontrakt "DistrictName" ["bostedsadresse.grunnkrets"] ["residentialAddress.urbanDistrictName", "presentAddress.urbanDistrictName"] Utledet
            "";
        valgkrets Constituency "Constituency" String, 4 Adresse Kontrakt "Constituency" ["bostedsadresse.stemmekrets"] ["residentialAddress.constituency"] Videre
            "Fire siffer.";
        skolekrets SchoolDistrict "SchoolDistrict" String, 4 Adresse Kontrakt "SchoolDistrict" ["bostedsadresse.skolekrets"] ["residentialAddress.schoolDistrict"] Videre
            "Fire siffer.";
        x_koordinat XCoord "XCoord" Desimal, 0 Adresse Kontrakt "XCoord" [] [] Borte
            "Folkeregisteret og Persontjenesten har ikke koordinater.";
        y_koordinat YCoord "YCoord" Desimal, 0 Adresse Kontrakt "YCoord" [] [] Borte
            "Folkeregisteret og Persontjenesten har ikke koordinater.";
    }
}
