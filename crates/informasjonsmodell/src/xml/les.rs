//! Reading XML: a persondokument for import, and the identifiers of a bulk request.
//!
//! Everything goes through [`vern`] first. A person is turned into the JSON value that the tables describe and read from
//! that, so XML and JSON are held to the same rules and a fault has the same path in both. A newcomer's mistake is to
//! expect XML to keep what the model does not know: an unknown element is a fault here.

use quick_xml::NsReader;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use serde_json::{Map, Value};

use super::skriv::Rot;
use super::vern;
use crate::entitet::Entitet;
use crate::feil::{Grunn, Lesefeil, Sti};
use crate::metadata::Registermetadata;
use crate::opplysning::Persondokument;
use crate::skjema::{Art, Felt};

/// Reads a persondokument.
///
/// Shape: root `folkeregisterperson` in the contract's namespace, under any prefix. Elements may come in any order, which
/// is kept where it means something: among entries of one entity. White space around numbers, dates and booleans is
/// passed over, in texts it is kept.
/// Errors: [`Lesefeil`] with the place and the rule, never the value. Nothing is repaired: a document is taken whole or not.
pub fn persondokument(xml: &[u8]) -> Result<Persondokument, Lesefeil> {
    let mut leser = Leser::new(xml, Rot::Folkeregisterperson)?;
    let rot = Sti::rot();
    let mut dokument = Map::new();
    while let Some(element) = leser.barn(&rot)? {
        let Some(entitet) = Entitet::fra_navn(element.local_name().as_ref()) else {
            return Err(Lesefeil::new(&rot.ukjent(), Grunn::UkjentElement));
        };
        let navn = entitet.navn();
        let sti = sti_til(&rot, navn, entitet.er_liste(), &dokument);
        let felter = [&METADATA[..], entitet.skjema().felter];
        let oppfoering = leser.objekt(&felter, &sti)?;
        legg_til(&mut dokument, navn, entitet.er_liste(), Value::Object(oppfoering), &sti)?;
    }
    Persondokument::les(Value::Object(dokument))
}

/// The kinds of bulk request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bulk {
    /// `personBulkoppslagRequest`: numbers of persons.
    Personer,
    /// `arkivDokumentBulkoppslagRequest`: identifiers of persondokumenter.
    Arkiv,
    /// `hendelseBulkoppslagRequest`: identifiers of hendelsesdokumenter.
    Hendelser,
}

impl Bulk {
    /// Its root.
    #[must_use]
    pub fn rot(self) -> Rot {
        match self {
            Bulk::Personer => Rot::PersonBulkoppslagRequest,
            Bulk::Arkiv => Rot::ArkivDokumentBulkoppslagRequest,
            Bulk::Hendelser => Rot::HendelseBulkoppslagRequest,
        }
    }

    /// The element, or the JSON member, that holds the identifiers.
    #[must_use]
    pub fn element(self) -> &'static str {
        match self {
            Bulk::Personer => "foedselsEllerDNummer",
            Bulk::Arkiv | Bulk::Hendelser => "dokumentidentifikator",
        }
    }
}

/// Reads the identifiers of a bulk request, in order, duplicates kept, at most `maks`.
///
/// Shape: the namespace is required (our choice), the prefix free. White space around an identifier is passed over; what
/// is left is not judged here, and may be empty.
/// Errors: [`Lesefeil`] with the place and the rule, never the value; [`Grunn::ForMangeIdentifikatorer`] beyond `maks`.
pub fn bulk(xml: &[u8], bulk: Bulk, maks: usize) -> Result<Vec<String>, Lesefeil> {
    let mut leser = Leser::new(xml, bulk.rot())?;
    let rot = Sti::rot();
    let mut ut = Vec::new();
    while let Some(element) = leser.barn(&rot)? {
        if element.local_name().as_ref() != bulk.element() {
            return Err(Lesefeil::new(&rot.ukjent(), Grunn::UkjentElement));
        }
        if ut.len() == maks {
            return Err(Lesefeil::new(
                &rot.felt(bulk.element()),
                Grunn::ForMangeIdentifikatorer(maks),
            ));
        }
        let tekst = leser.tekst(&rot.felt(bulk.element()).indeks(ut.len()))?;
        ut.push(trim(&tekst).to_owned());
    }
    Ok(ut)
}

static METADATA: [Felt; 6] = Registermetadata::FELTER;

/// Attributes of this namespace say where a schema lies. They are never followed.
const NS_XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

struct Leser<'a> {
    leser: NsReader<&'a [u8]>,
    navnerom: &'static str,
}

impl<'a> Leser<'a> {
    /// Guards the document and reads up to and with the start of its root.
    fn new(xml: &'a [u8], rot: Rot) -> Result<Self, Lesefeil> {
        let mut leser = NsReader::from_str(vern::sjekk(xml)?);
        leser.config_mut().expand_empty_elements = true;
        let mut leser = Leser {
            leser,
            navnerom: rot.navnerom(),
        };
        let sti = Sti::rot();
        loop {
            if let Event::Start(element) = leser.neste(&sti)? {
                if element.local_name().as_ref() != rot.navn() {
                    return Err(Lesefeil::new(&sti, Grunn::Rotelement(rot.navn())));
                }
                return Ok(leser);
            }
        }
    }

    /// The next event; an element is checked for namespace and attributes.
    fn neste(&mut self, sti: &Sti) -> Result<Event<'a>, Lesefeil> {
        let Ok(hendelse) = self.leser.read_event() else {
            return Err(self.ikke_velformet());
        };
        match &hendelse {
            Event::Start(element) => self.sjekk(element, sti)?,
            // The guard has seen the end of the root; one who asks for more has lost count.
            Event::Eof => return Err(self.ikke_velformet()),
            _ => {}
        }
        Ok(hendelse)
    }

    fn ikke_velformet(&self) -> Lesefeil {
        Lesefeil::new(&Sti::rot(), Grunn::IkkeXml(self.leser.buffer_position()))
    }

    fn sjekk(&self, element: &BytesStart<'_>, sti: &Sti) -> Result<(), Lesefeil> {
        let navnerom = self.leser.resolver().resolve_element(element.name()).0;
        if navnerom != ResolveResult::Bound(Namespace(self.navnerom)) {
            return Err(Lesefeil::new(sti, Grunn::Navnerom(self.navnerom)));
        }
        for attributt in element.attributes() {
            let navn = attributt.map_err(|_| self.ikke_velformet())?.key;
            let (navnerom, lokalt) = self.leser.resolver().resolve_attribute(navn);
            let er_skjemasted = navnerom == ResolveResult::Bound(Namespace(NS_XSI))
                && matches!(lokalt.as_ref(), "schemaLocation" | "noNamespaceSchemaLocation");
            if navn.as_namespace_binding().is_none() && !er_skjemasted {
                return Err(Lesefeil::new(sti, Grunn::UkjentAttributt));
            }
        }
        Ok(())
    }

    /// The next element within an object; `None` at its end. Text between elements may only be white space.
    fn barn(&mut self, sti: &Sti) -> Result<Option<BytesStart<'a>>, Lesefeil> {
        loop {
            match self.neste(sti)? {
                Event::Start(element) => return Ok(Some(element)),
                Event::End(_) => return Ok(None),
                Event::Text(tekst) if trim(&tekst).is_empty() => {}
                Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) => {
                    return Err(Lesefeil::new(sti, Grunn::FeilType("objekt")));
                }
                _ => {}
            }
        }
    }

    /// The text of an element without elements in it, up to and with its end.
    fn tekst(&mut self, sti: &Sti) -> Result<String, Lesefeil> {
        let mut ut = String::new();
        loop {
            match self.neste(sti)? {
                Event::Text(tekst) => ut.push_str(&tekst.xml10_content()),
                Event::CData(tekst) => ut.push_str(&tekst.xml10_content()),
                Event::GeneralRef(navn) => match vern::referanse(&navn) {
                    Some(tegn) => ut.push(tegn),
                    None => return Err(self.ikke_velformet()),
                },
                Event::End(_) => return Ok(ut),
                Event::Start(_) => return Err(Lesefeil::new(sti, Grunn::FeilType("tekst"))),
                _ => {}
            }
        }
    }

    fn objekt(&mut self, tabeller: &[&'static [Felt]], sti: &Sti) -> Result<Map<String, Value>, Lesefeil> {
        let mut ut = Map::new();
        while let Some(element) = self.barn(sti)? {
            let navn = element.local_name();
            let mut felter = tabeller.iter().flat_map(|tabell| tabell.iter());
            let Some(felt) = felter.find(|felt| felt.navn == navn.as_ref()) else {
                return Err(Lesefeil::new(&sti.ukjent(), Grunn::UkjentElement));
            };
            let sti = sti_til(sti, felt.navn, felt.liste, &ut);
            let verdi = self.verdi(felt.art, &sti)?;
            legg_til(&mut ut, felt.navn, felt.liste, verdi, &sti)?;
        }
        Ok(ut)
    }

    /// The value of an element as JSON has it. Recursion follows the tables, which are six deep.
    fn verdi(&mut self, art: Art, sti: &Sti) -> Result<Value, Lesefeil> {
        let feil = |ventet| Lesefeil::new(sti, Grunn::FeilType(ventet));
        Ok(match art {
            Art::Objekt(skjema) => Value::Object(self.objekt(&[skjema.felter], sti)?),
            Art::Tekst(_) | Art::Kode(_) => Value::String(self.tekst(sti)?),
            Art::Dato | Art::Tidspunkt => Value::String(trim(&self.tekst(sti)?).to_owned()),
            Art::Heltall => match trim(&self.tekst(sti)?).parse::<i64>() {
                Ok(tall) => Value::from(tall),
                Err(_) => return Err(feil("heltall")),
            },
            Art::Boolsk => match trim(&self.tekst(sti)?) {
                "true" | "1" => Value::Bool(true),
                "false" | "0" => Value::Bool(false),
                _ => return Err(feil("true eller false")),
            },
        })
    }
}

fn trim(tekst: &str) -> &str {
    tekst.trim_matches([' ', '\t', '\n', '\r'])
}

fn sti_til(sti: &Sti, navn: &'static str, liste: bool, objekt: &Map<String, Value>) -> Sti {
    let sti = sti.felt(navn);
    if !liste {
        return sti;
    }
    sti.indeks(objekt.get(navn).and_then(Value::as_array).map_or(0, Vec::len))
}

fn legg_til(
    objekt: &mut Map<String, Value>,
    navn: &'static str,
    liste: bool,
    verdi: Value,
    sti: &Sti,
) -> Result<(), Lesefeil> {
    match objekt.get_mut(navn) {
        None if liste => {
            objekt.insert(navn.to_owned(), Value::Array(vec![verdi]));
        }
        None => {
            objekt.insert(navn.to_owned(), verdi);
        }
        Some(Value::Array(verdier)) if liste => verdier.push(verdi),
        Some(_) => return Err(Lesefeil::new(sti, Grunn::Duplikat)),
    }
    Ok(())
}
