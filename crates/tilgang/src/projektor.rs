//! The projector: the only way from stored entries to bytes that may leave.
//!
//! It decides on each entry by the table, copies what is left, and remembers what it delivered. What it makes is
//! [`Svar`], which nobody can read before it is released ([`crate::Frigivelse`]).

use informasjonsmodell::Entitet;
use informasjonsmodell::json::{self, Metadatafelter};
use informasjonsmodell::skjema::{Feltklasse, Spenn};
use informasjonsmodell::xml::{self, Side};
use sha2::{Digest as _, Sha256};

use crate::part::Utvalg;
use crate::tabell::{Entitetsmengde, Nekt, Rett, Tabell};
use crate::{Grad, Projeksjon};

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `application/json`.
    Json,
    /// `application/xml`, and Atom for the feed.
    Xml,
}

/// One stored entry, as the projector needs it.
#[derive(Clone, Copy, Debug)]
pub struct Rad<'a> {
    /// Which entity.
    pub entitet: Entitet,
    /// Current, at the moment asked about.
    pub gjeldende: bool,
    /// Its own grade; of the contact for an estate the contact's; `Ugradert` for what holds no address.
    pub grad: Grad,
    /// It is a status that most packages see as `aktiv`.
    pub skjult_status: bool,
    /// Registermetadata.
    pub metadata: Metadatafelter<'a>,
    /// The entry without metadata, as JSON text.
    pub kropp: &'a [u8],
    /// Removable members of `kropp`.
    pub spenn: &'a [Spenn],
}

/// What was delivered about one person: what the audit record will say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leveranse {
    /// The number the person was found by.
    pub identifikator: u64,
    /// Entities delivered.
    pub entiteter: Entitetsmengde,
    /// Entities that were asked for and there, and not delivered: not to this caller, or not with this protection.
    pub tilbakeholdt: Entitetsmengde,
    /// Historical entries among them.
    pub historikk: bool,
    /// Strictest grade among delivered addresses.
    pub grad: Grad,
    /// The person's present protection, whether any address was delivered or not.
    pub vern: Grad,
}

/// What a caller would have been shown, fit only to be compared: whether two views are the same.
#[derive(PartialEq, Eq)]
pub struct Sammenlikning(Vec<u8>);

/// An answer under construction: frame text, and projected persons, events and feed items.
#[derive(Debug)]
pub struct Svar {
    pub(crate) ut: Vec<u8>,
    pub(crate) format: Format,
    pub(crate) leveranser: Vec<Leveranse>,
    pub(crate) ukjente_i_xml: usize,
    pub(crate) skadet: bool,
    pub(crate) har_feed: bool,
}

// Eleven digits, leading zeros included.
fn siffer(nummer: u64) -> [u8; 11] {
    let mut ut = [b'0'; 11];
    // Two halves, each short enough for a word of 32 bits.
    let (foran, bak) = ut.split_at_mut(5);
    for (til, tall) in [(foran, nummer / 1_000_000 % 100_000), (bak, nummer % 1_000_000)] {
        let mut rest = u32::try_from(tall).unwrap_or_default();
        for til in til.iter_mut().rev() {
            *til = b'0' + u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
        }
    }
    ut
}

impl Svar {
    /// An empty answer.
    #[must_use]
    pub fn new(format: Format) -> Self {
        Svar {
            ut: Vec::with_capacity(4096),
            format,
            leveranser: Vec::new(),
            ukjente_i_xml: 0,
            skadet: false,
            har_feed: false,
        }
    }

    /// The form of the answer.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// Lets text of the frame be appended: brackets, names of the contract, what the caller sent itself. Never a fact of
    /// a person.
    pub fn ramme(&mut self, skriv: impl FnOnce(&mut Vec<u8>)) {
        // What is there already cannot be read or changed by the frame: it writes to a buffer of its own.
        let mut tekst = Vec::new();
        skriv(&mut tekst);
        self.ut.extend_from_slice(&tekst);
    }

    /// Lets items of a feed whose form is another contract's be appended. They leave only with a record that says which they are:
    /// [`crate::Revisjonspost::feed`].
    pub fn feedlinjer(&mut self, skriv: impl FnOnce(&mut Vec<u8>)) {
        self.har_feed = true;
        self.ramme(skriv);
    }

    /// Says of the person who was written last that these were asked for and kept back, whether there or not, for another reason
    /// than the caller's rights.
    pub fn holdt_tilbake(&mut self, entiteter: Entitetsmengde) {
        if let Some(siste) = self.leveranser.last_mut() {
            siste.tilbakeholdt = siste.tilbakeholdt.og(entiteter);
        }
    }

    /// Starts a person. `vern` is the person's *present* protection, whatever version is shown.
    pub fn person(&mut self, projeksjon: Projeksjon, utvalg: Utvalg, vern: Grad) -> Projektor<'_> {
        if self.format == Format::Xml {
            xml::skriv::start(&mut self.ut, xml::skriv::Rot::Folkeregisterperson);
        }
        Projektor {
            rett: Tabell::felles().rett(projeksjon),
            utvalg,
            vern,
            aapen: None,
            levert: Leveranse {
                identifikator: 0,
                entiteter: Entitetsmengde::default(),
                tilbakeholdt: Entitetsmengde::default(),
                historikk: false,
                grad: Grad::Ugradert,
                vern,
            },
            kladd: Vec::new(),
            svar: self,
        }
    }

    /// Writes a number that a search found, as an element of a list. `vern` is the person's present protection.
    pub fn nummer(&mut self, nummer: u64, vern: Grad) {
        // A search may give ten thousand of them: nothing is set aside for each.
        let siffer = siffer(nummer);
        match self.format {
            Format::Json => {
                self.ut.push(b'"');
                self.ut.extend_from_slice(&siffer);
                self.ut.push(b'"');
            }
            Format::Xml => xml::skriv::nummer(&mut self.ut, std::str::from_utf8(&siffer).unwrap_or_default()),
        }
        self.leveranser.push(Leveranse {
            identifikator: nummer,
            entiteter: Entitetsmengde::av(Entitet::Identifikasjonsnummer),
            tilbakeholdt: Entitetsmengde::default(),
            historikk: false,
            grad: Grad::Ugradert,
            vern,
        });
    }

    /// Appends the numbers of several, as [`Svar::nummer`] does, with what stands between them in a list.
    ///
    /// # Errors
    /// Those of the numbers; what came before stands.
    pub fn numre<F>(&mut self, numre: impl ExactSizeIterator<Item = Result<(u64, Grad), F>>) -> Result<(), F> {
        self.ut.reserve(numre.len() * 16);
        self.leveranser.reserve(numre.len());
        for (nr, nummer) in numre.enumerate() {
            let (nummer, vern) = nummer?;
            if nr > 0 && self.format == Format::Json {
                self.ut.push(b',');
            }
            self.nummer(nummer, vern);
        }
        Ok(())
    }

    /// Writes what a service calls a person whom a search found, as an element of a list in JSON: a name of the service's own, that says
    /// nothing. `nummer` is who it is, for the audit record; `vern` the person's present protection.
    ///
    /// Shape: letters, digits and hyphens of ASCII. With anything else the answer is damaged, and is never released.
    pub fn navngitt(&mut self, navn: &str, nummer: u64, vern: Grad) {
        let ugjennomsiktig = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        self.skadet |= self.format != Format::Json || !navn.bytes().all(ugjennomsiktig);
        self.ut.push(b'"');
        self.ut.extend_from_slice(navn.as_bytes());
        self.ut.push(b'"');
        self.leveranser.push(Leveranse {
            identifikator: nummer,
            entiteter: Entitetsmengde::default(),
            tilbakeholdt: Entitetsmengde::default(),
            historikk: false,
            grad: Grad::Ugradert,
            vern,
        });
    }

    /// Appends another answer of the same form, with what it delivered.
    pub fn ta_med(&mut self, annet: Svar) {
        self.skadet |= annet.skadet || annet.format != self.format;
        self.har_feed |= annet.har_feed;
        self.ut.extend_from_slice(&annet.ut);
        self.leveranser.extend(annet.leveranser);
        self.ukjente_i_xml += annet.ukjente_i_xml;
    }

    /// What has been delivered so far.
    #[must_use]
    pub fn leveranser(&self) -> &[Leveranse] {
        &self.leveranser
    }

    /// How many members XML left out because the model does not know them.
    #[must_use]
    pub fn ukjente_i_xml(&self) -> usize {
        self.ukjente_i_xml
    }

    /// Whether a stored entry could not be written; such an answer is never released.
    #[must_use]
    pub fn er_skadet(&self) -> bool {
        self.skadet
    }

    /// SHA-256 of the answer as it stands: what it is known by without being read.
    #[must_use]
    pub fn avtrykk(&self) -> [u8; 32] {
        Sha256::digest(&self.ut).into()
    }

    /// Turns the answer into something that can be compared with another and nothing else.
    #[must_use]
    pub fn sammenlikning(self) -> Sammenlikning {
        Sammenlikning(self.ut)
    }
}

/// Writes one person into an answer.
#[derive(Debug)]
pub struct Projektor<'s> {
    rett: &'static Rett,
    utvalg: Utvalg,
    vern: Grad,
    aapen: Option<Entitet>,
    levert: Leveranse,
    kladd: Vec<u8>,
    svar: &'s mut Svar,
}

// The whole of a masked entry. Its times are left out too: they would tell of changes between hidden statuses.
pub(crate) const MASKERT_STATUS: &[u8] = b"{\"status\":\"aktiv\"}";

impl Projektor<'_> {
    /// Whether an entry of this kind can be delivered at all: lets a reader skip what it need not open.
    #[must_use]
    pub fn vil_ha(&self, entitet: Entitet, gjeldende: bool) -> bool {
        self.utvalg.entiteter.har(entitet) && (gjeldende || self.utvalg.historikk)
    }

    /// Shows one entry. Entries must come in wire order of their entities.
    pub fn vis(&mut self, rad: &Rad<'_>) {
        if !self.vil_ha(rad.entitet, rad.gjeldende) {
            return;
        }
        let Some(nekt) = self.rett.avgjoer(self.vern, rad.entitet, rad.gjeldende, rad.grad) else {
            self.levert.tilbakeholdt = self.levert.tilbakeholdt.og(Entitetsmengde::av(rad.entitet));
            return;
        };
        if rad.entitet == Entitet::Status && self.rett.maskerer(rad.skjult_status) {
            let metadata = Metadatafelter {
                er_gjeldende: rad.metadata.er_gjeldende,
                ..Metadatafelter::default()
            };
            self.skriv(rad.entitet, &metadata, MASKERT_STATUS);
        } else {
            let metadata = synlig_metadata(&rad.metadata, nekt);
            if rad.spenn.iter().any(|s| nekt.felt & s.klasse.bit() != 0) {
                let mut kladd = std::mem::take(&mut self.kladd);
                kladd.clear();
                kopier_uten(&mut kladd, rad.kropp, rad.spenn, nekt.felt);
                self.skriv(rad.entitet, &metadata, &kladd);
                self.kladd = kladd;
            } else {
                self.skriv(rad.entitet, &metadata, rad.kropp);
            }
        }
        self.levert.entiteter = self.levert.entiteter.og(Entitetsmengde::av(rad.entitet));
        self.levert.historikk |= !rad.gjeldende;
        let bo = rad.spenn.iter().any(|s| s.klasse == Feltklasse::DoedsboAdresse);
        if rad.entitet.er_adresse() || (bo && nekt.felt & Feltklasse::DoedsboAdresse.bit() == 0) {
            self.levert.grad = self.levert.grad.max(rad.grad.max(self.vern));
        }
    }

    fn skriv(&mut self, entitet: Entitet, metadata: &Metadatafelter<'_>, kropp: &[u8]) {
        match self.svar.format {
            Format::Json => {
                self.start_oppfoering(entitet);
                json::skriv_oppfoering(&mut self.svar.ut, metadata, kropp);
            }
            Format::Xml => match xml::skriv::oppfoering(&mut self.svar.ut, Side::Person, entitet, metadata, kropp) {
                Ok(ukjente) => self.svar.ukjente_i_xml += ukjente,
                Err(_) => self.svar.skadet = true,
            },
        }
    }

    fn start_oppfoering(&mut self, entitet: Entitet) {
        let ut = &mut self.svar.ut;
        match self.aapen {
            Some(samme) if samme == entitet => ut.push(b','),
            forrige => {
                match forrige {
                    Some(forrige) if forrige.er_liste() => ut.extend_from_slice(b"],"),
                    Some(_) => ut.push(b','),
                    None => ut.push(b'{'),
                }
                ut.push(b'"');
                ut.extend_from_slice(entitet.navn().as_bytes());
                ut.extend_from_slice(if entitet.er_liste() { b"\":[" } else { b"\":" });
                self.aapen = Some(entitet);
            }
        }
    }

    /// Ends the person. `identifikator` is the number it was found by, for the audit record.
    pub fn ferdig(mut self, identifikator: u64) {
        let ut = &mut self.svar.ut;
        match (self.svar.format, self.aapen) {
            (Format::Xml, _) => xml::skriv::slutt(ut, xml::skriv::Rot::Folkeregisterperson),
            (Format::Json, None) => ut.extend_from_slice(b"{}"),
            (Format::Json, Some(siste)) if siste.er_liste() => ut.extend_from_slice(b"]}"),
            (Format::Json, Some(_)) => ut.push(b'}'),
        }
        self.levert.identifikator = identifikator;
        self.svar.leveranser.push(self.levert);
    }
}

pub(crate) fn synlig_metadata<'a>(metadata: &Metadatafelter<'a>, nekt: Nekt) -> Metadatafelter<'a> {
    Metadatafelter {
        ajourholdstidspunkt: metadata.ajourholdstidspunkt.filter(|_| !nekt.ajourholdstidspunkt),
        kilde: metadata.kilde.filter(|_| !nekt.kilde),
        aarsak: metadata.aarsak.filter(|_| !nekt.aarsak),
        ..*metadata
    }
}

/// Copies a body without the members whose class is refused.
///
/// A refused member takes one comma with it: the one after, or, when it is the last, the one before.
pub fn kopier_uten(ut: &mut Vec<u8>, kropp: &[u8], spenn: &[Spenn], nektet: u32) {
    let start = ut.len();
    let mut plass = 0usize;
    for s in spenn {
        let (fra, til) = (s.fra as usize, s.til as usize);
        // A span inside one that is already cut away is behind us.
        if nektet & s.klasse.bit() == 0 || fra < plass {
            continue;
        }
        ut.extend_from_slice(kropp.get(plass..fra).unwrap_or_default());
        plass = til;
        if kropp.get(plass) == Some(&b',') {
            plass += 1;
        } else if ut.len() > start && ut.last() == Some(&b',') {
            ut.pop();
        }
    }
    ut.extend_from_slice(kropp.get(plass..).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(kropp: &str, nektede: &[&str], ventet: &str) {
        let mut spenn = Vec::new();
        for navn in ["a", "b", "c", "d"] {
            if let Some(fra) = kropp.find(&format!("\"{navn}\":")) {
                let klasse = if nektede.contains(&navn) {
                    Feltklasse::Kretser
                } else {
                    Feltklasse::Flyttedato
                };
                let rest = &kropp[fra + 4..];
                let til = if rest.starts_with('{') {
                    rest.find('}').unwrap() + 1
                } else {
                    rest.find([',', '}']).unwrap()
                };
                spenn.push(Spenn {
                    klasse,
                    fra: fra as u32,
                    til: (fra + 4 + til) as u32,
                });
            }
        }
        spenn.sort_by_key(|s| s.fra);
        let mut ut = Vec::new();
        kopier_uten(&mut ut, kropp.as_bytes(), &spenn, Feltklasse::Kretser.bit());
        assert_eq!(String::from_utf8(ut).unwrap(), ventet);
    }

    #[test]
    fn a_cut_member_takes_one_comma_with_it() {
        check(r#"{"a":1,"b":2,"c":3}"#, &["a"], r#"{"b":2,"c":3}"#);
        check(r#"{"a":1,"b":2,"c":3}"#, &["b"], r#"{"a":1,"c":3}"#);
        check(r#"{"a":1,"b":2,"c":3}"#, &["c"], r#"{"a":1,"b":2}"#);
        check(r#"{"a":1,"b":2,"c":3}"#, &["b", "c"], r#"{"a":1}"#);
        check(r#"{"a":1,"b":2,"c":3}"#, &["a", "b", "c"], "{}");
        check(r#"{"x":{"a":1},"b":2}"#, &["a"], r#"{"x":{},"b":2}"#);
        check(r#"{"a":{"b":1},"c":2}"#, &["a", "b"], r#"{"c":2}"#);
    }

    proptest! {
        #[test]
        fn whatever_is_cut_json_remains(medlemmer in prop::collection::vec((0u8..3, any::<bool>()), 0..8)) {
            let mut kropp = String::from("{");
            let mut spenn = Vec::new();
            for (nr, (verdi, nektes)) in medlemmer.iter().enumerate() {
                if nr > 0 {
                    kropp.push(',');
                }
                let fra = kropp.len() as u32;
                kropp.push_str(&format!("\"m{nr}\":{verdi}"));
                let klasse = if *nektes { Feltklasse::Kretser } else { Feltklasse::Ukjent };
                spenn.push(Spenn { klasse, fra, til: kropp.len() as u32 });
            }
            kropp.push('}');
            let mut ut = Vec::new();
            kopier_uten(&mut ut, kropp.as_bytes(), &spenn, Feltklasse::Kretser.bit());
            let lest: serde_json::Value = serde_json::from_slice(&ut).unwrap();
            for (nr, (verdi, nektes)) in medlemmer.iter().enumerate() {
                let felt = lest.get(format!("m{nr}"));
                prop_assert_eq!(felt.is_none(), *nektes);
                if let Some(felt) = felt {
                    prop_assert_eq!(felt, verdi);
                }
            }
        }
    }
}
