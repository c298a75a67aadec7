use meldinger::tre;

use super::typer::Dato;
use super::*;
use crate::Operasjon;

fn les(operasjon: Operasjon, handling: &str) -> (Hode, Foresporsel, Vec<Detalj>) {
    les_melding(
        operasjon,
        &format!("<h:controlActProcess moodCode='APT'>{handling}</h:controlActProcess>"),
    )
}

fn les_melding(operasjon: Operasjon, melding: &str) -> (Hode, Foresporsel, Vec<Detalj>) {
    let (navn, del) = (operasjon.navn(), operasjon.del());
    let xml = format!(
        "<{navn} xmlns='http://tempuri.org/' xmlns:h='urn:hl7-org:v3' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>\
         <{del}>{melding}</{del}></{navn}>"
    );
    Foresporsel::les(operasjon, &tre::les(xml.as_bytes()).unwrap())
}

fn soek(parametre: &str) -> (Soek, Vec<Detalj>) {
    let xml = format!("<h:queryByParameter><h:parameterList>{parametre}</h:parameterList></h:queryByParameter>");
    match les(Operasjon::FindCandidates, &xml) {
        (_, Foresporsel::Soek(soek), detaljer) => (soek, detaljer),
        _ => panic!(),
    }
}

fn registrering(operasjon: Operasjon, rolle: &str) -> (Registrering, Vec<Detalj>) {
    let xml = format!(
        "<h:subject><h:registrationRequest><h:subject1><h:identifiedPerson>{rolle}</h:identifiedPerson></h:subject1>\
         <h:author xsi:nil='true'/></h:registrationRequest></h:subject>"
    );
    match les(operasjon, &xml) {
        (_, Foresporsel::Ny(r) | Foresporsel::Endring(r), detaljer) => (r, detaljer),
        _ => panic!(),
    }
}

fn kobling(operasjon: Operasjon, rolle: &str) -> (Kobling, Vec<Detalj>) {
    let xml = format!(
        "<h:subject><h:registrationRequest><h:subject1><h:identifiedPerson>{rolle}</h:identifiedPerson></h:subject1>\
         </h:registrationRequest></h:subject>"
    );
    match les(operasjon, &xml) {
        (_, Foresporsel::Kobling(k) | Foresporsel::Frakobling(k), detaljer) => (k, detaljer),
        _ => panic!(),
    }
}

fn koder(detaljer: &[Detalj]) -> Vec<&'static str> {
    detaljer.iter().map(|d| d.kode.kode().0).collect()
}

fn navn(fornavn: &str, mellomnavn: &str, etternavn: &str) -> Navn {
    let felt = |t: &str| Felt::av((!t.is_empty()).then(|| t.to_owned()));
    Navn {
        fornavn: felt(fornavn),
        mellomnavn: felt(mellomnavn),
        etternavn: felt(etternavn),
    }
}

#[test]
fn a_name_is_read_however_clients_divide_it() {
    for (xml, ventet) in [
        (
            "<h:given>Kari</h:given><h:given>Anne</h:given><h:family>Test</h:family>",
            navn("Kari Anne", "", "Test"),
        ),
        (
            "<h:given qualifier=''>Kari Anne</h:given><h:family use='x' qualifier='MID'>Mo</h:family><h:family>Test Lie</h:family>",
            navn("Kari Anne", "Mo", "Test Lie"),
        ),
        (
            "<h:family qualifier='BR MID'>Mo</h:family><h:family>Test</h:family><h:given> Kari\n </h:given>",
            navn("Kari", "Mo", "Test"),
        ),
        (
            "<h:given xsi:nil='true'>Kari</h:given><h:family>Test</h:family><h:delimiter>,</h:delimiter>",
            navn("", "", "Test"),
        ),
    ] {
        let (soek, _) = soek(&format!("<h:personName><h:value>{xml}</h:value></h:personName>"));
        assert!(soek.navn == [ventet], "{xml}");
    }
    // A former name is searched by as any other, and of a registration it is told that it is not kept.
    let (tidligere, _) = soek("<h:personName><h:value use='OLD'><h:family>Lie</h:family></h:value></h:personName>");
    assert!(tidligere.navn == [navn("", "", "Lie")]);
    // Of a registration, several elements are one name.
    let (r, detaljer) = registrering(
        Operasjon::AddPerson,
        "<h:identifiedPerson><h:name><h:given>Kari</h:given></h:name><h:name use='OLD'><h:family>Lie</h:family></h:name>\
         <h:name><h:family>Test</h:family></h:name><h:organDonorInd value='true'/></h:identifiedPerson>",
    );
    assert!(r.navn.verdi() == Some(&navn("Kari", "", "Test")));
    assert_eq!(koder(&detaljer), ["SYN102", "SYN102"]);
    assert!(detaljer.iter().all(|d| d.alvor == Alvor::Advarsel));
}

#[test]
fn a_search_has_a_name_and_one_thing_more() {
    let navn = "<h:personName><h:value><h:family>Test</h:family></h:value></h:personName>";
    let tid = "<h:personBirthTime><h:value value='19840317'/></h:personBirthTime>";
    let adresse =
        "<h:identifiedPersonAddress><h:value><h:postalCode>0470</h:postalCode></h:value></h:identifiedPersonAddress>";
    let kjoenn = "<h:personAdministrativeGender><h:value code='2'/></h:personAdministrativeGender>";
    let id = "<h:personId><h:value root='2.16.578.1.12.4.1.4.3' extension='80000000000'/></h:personId>";
    for xml in [format!("{navn}{tid}"), format!("{navn}{adresse}"), id.to_owned()] {
        assert_eq!(koder(&soek(&xml).1), [""; 0], "{xml}");
    }
    for xml in [
        String::new(),
        navn.to_owned(),
        format!("{tid}{kjoenn}"),
        format!("{navn}{kjoenn}"),
    ] {
        assert_eq!(koder(&soek(&xml).1), ["SYN105"], "{xml}");
    }
    // Empty values of early clients are no values, and no errors.
    let tomme = format!(
        "{navn}{tid}<h:personAdministrativeGender><h:value/></h:personAdministrativeGender><h:personBirthTime><h:value/>\
         </h:personBirthTime><h:personDeceased><h:value xsi:nil='true'/></h:personDeceased><h:personId><h:value/></h:personId>\
         <h:mothersMaidenName/>"
    );
    let (lest, detaljer) = soek(&tomme);
    assert!(detaljer.is_empty() && lest.kjoenn.is_empty() && lest.foedt.len() == 1 && lest.id.is_empty());
}

#[test]
fn a_time_of_birth_is_a_date_or_a_range() {
    let navn = "<h:personName><h:value><h:family>Test</h:family></h:value></h:personName>";
    let les = |xml: &str| soek(&format!("{navn}<h:personBirthTime><h:value {xml}</h:personBirthTime>"));
    let dato = |t: &str| Dato::les(t).unwrap();
    let (lest, _) = les("value='1984'/>");
    assert!(lest.foedt == [Foedselstid::Dato(dato("1984"))]);
    let (lest, _) = les("><h:low value='19840101'/><h:high value='198512'/></h:value>");
    assert!(lest.foedt == [Foedselstid::Mellom(Some(dato("19840101")), Some(dato("198512")))]);
    let (lest, _) = les("><h:high value='1985'/></h:value>");
    assert!(lest.foedt == [Foedselstid::Mellom(None, Some(dato("1985")))]);
    for xml in [
        "value='19840230'/>",
        "><h:low value='1985'/><h:high value='1984'/></h:value>",
        "><h:low value='x'/></h:value>",
    ] {
        assert_eq!(koder(&les(xml).1), ["SYN102", "SYN105"], "{xml}");
    }
}

#[test]
fn what_is_not_searched_by_is_told_of() {
    let (_, detaljer) = soek(
        "<h:personId><h:value root='1.2' extension='17000000000'/></h:personId>\
         <h:mothersMaidenName><h:value><h:family>Test</h:family></h:value></h:mothersMaidenName>",
    );
    assert_eq!(koder(&detaljer), ["SYN102", "SYN102"]);
    assert!(detaljer.iter().all(|d| d.alvor == Alvor::Advarsel));
    assert_eq!(Kvittering::av(detaljer).kode, Kvitteringskode::Godtatt);
    let xml = "<h:queryByParameter><h:sortControl><h:sequenceNumber value='1'/></h:sortControl><h:matchCriterionList/>\
         <h:parameterList><h:personId><h:value root='2.16.578.1.12.4.1.4.1' extension='17000000000'/></h:personId></h:parameterList></h:queryByParameter>";
    let (_, _, detaljer) = les(Operasjon::FindCandidates, xml);
    assert_eq!(koder(&detaljer), ["SYN102"]);
    assert!(detaljer.iter().all(|d| d.alvor == Alvor::Advarsel));
}

#[test]
fn a_lookup_has_one_identifier() {
    let les = |verdier: &str| {
        let xml = format!(
            "<h:queryByParameter><h:parameterList><h:identifiedPersonIdentifier>{verdier}</h:identifiedPersonIdentifier>\
             </h:parameterList></h:queryByParameter>"
        );
        koder(&les(Operasjon::GetDemographics, &xml).2)
    };
    let id = "<h:value root='2.16.578.1.12.4.1.4.3' extension='80000000000'/>";
    assert_eq!(les(id), [""; 0]);
    assert_eq!(les(""), ["SYN105"]);
    assert_eq!(les(&id.repeat(2)), ["SYN102"]);
    assert_eq!(les("<h:value extension='8000000000'/>"), ["SYN102"]);
}

#[test]
fn a_field_of_a_change_is_kept_cleared_or_set() {
    let rolle = "<h:id root='2.16.578.1.12.4.1.4.3' extension='80000000000'/><h:identifiedPerson>\
        <h:telecom value='tel:1' nullFlavor='NI' use='MC x'/><h:birthTime nullFlavor='NI'/><h:deceasedInd nullFlavor='UNK'/>\
        <h:addr use='TMP' nullFlavor='NI'/><h:addr use='H x'><h:city>X</h:city></h:addr><h:maritalStatusCode code='1'/>\
        <h:asOtherIDs><h:id extension='XX1'/><h:scopingOrganization xsi:nil='true'/></h:asOtherIDs>\
        <h:birthPlace><h:addr nullFlavor='NI'/></h:birthPlace></h:identifiedPerson>";
    let (r, detaljer) = registrering(Operasjon::RevisePersonRecord, rolle);
    assert!(detaljer.is_empty(), "{detaljer:?}");
    assert!(
        r.foedt == Oensket::Slett && r.doed == Oensket::Ikke && r.kjoenn == Oensket::Ikke && r.navn == Oensket::Ikke
    );
    assert!(r.foedested == Oensket::Slett);
    let telekom = r.telekom.verdi().unwrap();
    assert!(telekom[0].verdi == "tel:1" && telekom[0].bruk == ["MC"]);
    assert!(r.slett_adresser == [[typer::Adressebruk::Tmp]] && r.adresser.len() == 1);
    assert!(r.adresser[0].bruk == [typer::Adressebruk::H]);
    assert!(r.sivilstand.verdi().is_some_and(|s| s.kode == "1") && r.andre_id.verdi().is_some_and(|a| a.len() == 1));
    assert!(!format!("{r:?} {:?}", r.telekom).contains("tel:"));
}

#[test]
fn what_is_wrong_with_a_registration_is_told_of() {
    let i = |inni: &str| format!("<h:identifiedPerson>{inni}</h:identifiedPerson>");
    let ny = |rolle: &str| koder(&registrering(Operasjon::AddPerson, rolle).1);
    assert_eq!(ny(&i("")), ["ADD-INSUFFICIENT"]);
    assert_eq!(ny(""), ["SYN105", "ADD-INSUFFICIENT"]);
    assert_eq!(ny(&i("<h:desc>Unknown, unconscious</h:desc>")), [""; 0]);
    assert_eq!(ny(&i("<h:birthTime value='1984'/>")), [""; 0]);
    assert_eq!(ny(&i("<h:administrativeGenderCode code='1'/>")), [""; 0]);
    assert_eq!(
        ny(&i("<h:administrativeGenderCode code='X'/><h:birthTime value='1984'/>")),
        ["SYN102"]
    );
    let endring = |rolle: String| koder(&registrering(Operasjon::RevisePersonRecord, &rolle).1);
    assert_eq!(endring(i("")), ["SYN105"]);
    let id = |nr: &str, rot: &str| format!("<h:id root='2.16.578.1.12.4.1.4.{rot}' extension='{nr}'/>{}", i(""));
    assert_eq!(endring(id("17000000000", "1")), ["REVISE-NOT-FH"]);
    assert_eq!(endring(id("17000000000", "3")), ["SYN102", "REVISE-NOT-FH"]);
    assert_eq!(endring(id("90000000000", "3")), [""; 0]);
    let to = "<h:subject/><h:subject/>";
    assert!(koder(&les(Operasjon::AddPerson, to).2).contains(&"SYN102"));
}

#[test]
fn what_is_wrong_with_a_link_is_told_of() {
    let b = |nr: &str| format!("<h:id extension='{nr}' root='{}'/>", Id::person(nr).rot);
    let a = |nr: &str| {
        format!(
            "<h:identifiedBy><h:otherIdentifiedPerson>{}</h:otherIdentifiedPerson></h:identifiedBy>",
            b(nr)
        )
    };
    let kobl = |rolle: String| koder(&kobling(Operasjon::LinkPersonRecords, &rolle).1);
    let f = "17000000000";
    let (h, g) = ("80000000000", "90000000000");
    assert_eq!(kobl(b(f) + &a(h) + &a(g)), [""; 0]);
    assert_eq!(kobl(b(f)), ["SYN105"]);
    assert_eq!(kobl(a(h)), ["SYN105"]);
    assert_eq!(kobl(b(h) + &a(f)), ["LINK-OFFICIAL-ID"]);
    assert_eq!(kobl(b(h) + &a(h)), ["LINK-SELF"]);
    assert_eq!(kobl(b(f) + &b(g) + &a(h)), ["SYN102"]);
    let (lest, detaljer) = kobling(Operasjon::UnlinkPersonRecords, &(b(f) + &a(h) + &a(g)));
    assert_eq!(koder(&detaljer), ["SYN102"]);
    assert!(lest.gjenstaar == Some(Id::person(f)) && lest.utgaar == [Id::person(h), Id::person(g)]);
}

#[test]
fn the_head_is_held_against_operation_and_mode() {
    let hode = |endring: &dyn Fn(&mut Hode)| {
        let mut hode = Hode {
            id: Some(Id::default()),
            versjon: Some("NE2010NO".to_owned()),
            interaksjon: Some(Id {
                rot: "2.16.840.1.113883.1.6".to_owned(),
                nummer: Some("PRPA_IN101307NO01".to_owned()),
            }),
            modus: Some("T".to_owned()),
            behandlingsmodus: Some("T".to_owned()),
            avsender: None,
        };
        endring(&mut hode);
        hode.sjekk(Operasjon::GetDemographics, Modus::Test)
    };
    assert_eq!(hode(&|_| {}), Ok(Vec::new()));
    let advarsel = hode(&|h| h.versjon = None).unwrap();
    assert_eq!((koder(&advarsel), advarsel[0].alvor), (vec!["NS203"], Alvor::Advarsel));
    let avvist = |endring: &dyn Fn(&mut Hode)| {
        let kvittering = hode(endring).unwrap_err();
        assert_eq!(kvittering.kode, Kvitteringskode::Avvist);
        koder(&kvittering.detaljer)
    };
    assert_eq!(avvist(&|h| h.modus = Some("P".to_owned())), ["NS202"]);
    assert_eq!(avvist(&|h| h.behandlingsmodus = Some("A".to_owned())), ["NS250"]);
    assert_eq!(avvist(&|h| h.interaksjon = Some(Id::default())), ["NS200"]);
    assert_eq!(avvist(&|h| *h = Hode::default()), ["SYN105"; 4]);
    // What was sent is not repeated.
    let kvittering = hode(&|h| h.modus = Some("hemmelig".to_owned())).unwrap_err();
    assert!(!kvittering.detaljer[0].tekst.contains("hemmelig"));
}
