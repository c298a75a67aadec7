//! What a call in a conversation shows instead of a password: which context, and a signature over its timestamp.
//!
//! ```text
//!  Security
//!  ├ Timestamp Id            what is signed, and what the window is held on: one element, found by its place
//!  ├ SecurityContextToken    Identifier, Instance or not
//!  ├ DerivedKeyToken         or not; then the signature is by it, and it is of the token above
//!  └ Signature
//!    ├ SignedInfo            exclusive C14N, HMAC-SHA1, one Reference to the Timestamp: exclusive C14N, SHA-1
//!    ├ SignatureValue        20 bytes, all of them
//!    └ KeyInfo               a reference to one of the tokens above
//! ```
//! Every element and attribute that is not in the drawing is refused, an output length and a list of prefixes among them. The
//! reference must name the timestamp by an id that nothing else in the document has; which element that is was decided by its
//! place before the id was looked at.
//!
//! What newcomers get wrong: a read [`Bevis`] is not a true one. The digest has been held against the timestamp; whether
//! whoever signed has the key is [`super::Samtaler`]'s to say.
//!
//! Source: the published policy (Basic256, endorsing token, transport binding); Web Services Security 1.1; XML Signature, second
//! edition; WS-SecureConversation, 2 and 7; bounds are our choice, ADR 0056.

use aws_lc_rs::{constant_time, digest, hmac};
use meldinger::signatur::NAVNEROM as DS;
use meldinger::tre::Element;
use signatur::EKSKLUSIV;

use super::form::{Peker, bare, barn, base64, er, id, peker, tall, tekst};
use super::psha1::{Avledning, NOEKKEL_BYTE, SHA1_BYTE};
use super::utgave::Utgave;
use crate::feil::Feil;
use crate::konvolutt::{NS_SIKKERHET, NS_SIKKERHETSVERKTOEY, attributt};

const HMAC_SHA1: &str = "http://www.w3.org/2000/09/xmldsig#hmac-sha1";
const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";
/// Shortest derived key. Units: bytes. Source: WS-SecurityPolicy July 2005, 7.1: 192 bits for signatures of Basic256.
const AVLEDET_MIN: usize = 24;
/// Longest derived key, and how far into what is derived it may begin. Units: bytes. Source: our choice; WCF's are 32 and 0.
const AVLEDET_MAKS: usize = 64;
/// Length of whoever states none. Units: bytes. Source: WS-SecureConversation February 2005, 7.2.
const AVLEDET_VANLIG: usize = 32;
/// Longest label. Units: bytes. Source: our choice, as WCF's.
const ETIKETT_MAKS: usize = 128;
/// Longest nonce. Units: bytes. Source: our choice, as WCF's; its own have 16.
const ENGANGSVERDI_MAKS: usize = 128;
/// Shortest nonce. Units: bytes. Source: our choice.
const ENGANGSVERDI_MIN: usize = 16;

/// A context, and a signature that says it is used by whoever has its key.
pub struct Bevis {
    pub(super) utgave: Utgave,
    pub(super) samtale: String,
    pub(super) generasjon: Option<String>,
    avledning: Option<Avledning>,
    /// `SignedInfo`, canonical.
    info: Vec<u8>,
    verdi: Vec<u8>,
}

impl std::fmt::Debug for Bevis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bevis(***)")
    }
}

impl Bevis {
    /// Whether it was signed by this key. Takes as long whether it was or not.
    pub(super) fn stemmer(&self, noekkel: &[u8; NOEKKEL_BYTE]) -> bool {
        let ny = |byte: &[u8]| hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, byte);
        let noekkel = match &self.avledning {
            Some(avledning) => ny(&avledning.noekkel(noekkel)),
            None => ny(noekkel),
        };
        hmac::verify(&noekkel, &self.info, &self.verdi).is_ok()
    }

    /// Whether a target of a request is the context that the request is made in.
    pub(super) fn er_i(&self, maal: &(String, Option<String>)) -> bool {
        (&self.samtale, &self.generasjon) == (&maal.0, &maal.1)
    }
}

/// Whether an element of a security header is read here.
pub(crate) fn er_del(element: &Element) -> bool {
    er(element, DS, "Signature")
        || (Utgave::med_samtale(&element.navnerom).is_some()
            && matches!(element.navn.as_str(), "SecurityContextToken" | "DerivedKeyToken"))
}

/// Reads what a message shows of a conversation; `None` where there is nothing of one.
///
/// # Errors
/// [`Feil::Sikkerhet`], whatever is wrong.
pub(crate) fn les(xml: &[u8], rot: &Element) -> Result<Option<Bevis>, Feil> {
    let Some(hode) = rot.barn.first().filter(|h| er(h, &rot.navnerom, "Header")) else {
        return Ok(None);
    };
    let sikkerhet = |b: &&Element| er(b, NS_SIKKERHET, "Security");
    let noe = |b: &Element| b.barn.iter().any(er_del);
    if !hode.barn.iter().filter(sikkerhet).any(noe) {
        return Ok(None);
    }
    // One security header of any role: none other may be taken for it.
    if hode.barn.iter().filter(sikkerhet).count() != 1 {
        return Err(Feil::Sikkerhet);
    }
    let plass = hode.barn.iter().position(|b| sikkerhet(&b)).ok_or(Feil::Sikkerhet)?;
    let sikkerhet = hode.barn.get(plass).ok_or(Feil::Sikkerhet)?;
    les_hode(xml, rot, sikkerhet, plass).map(Some).ok_or(Feil::Sikkerhet)
}

fn les_hode(xml: &[u8], rot: &Element, sikkerhet: &Element, plass: usize) -> Option<Bevis> {
    let ett = |er_det: &dyn Fn(&Element) -> bool| -> Option<Option<(usize, &Element)>> {
        let mut alle = sikkerhet.barn.iter().enumerate().filter(|(_, b)| er_det(b));
        match (alle.next(), alle.next()) {
            (funnet, None) => Some(funnet),
            _ => None,
        }
    };
    let av_samtale =
        |navn: &'static str| move |b: &Element| b.navn == navn && Utgave::med_samtale(&b.navnerom).is_some();
    let (tid_nr, tid) = ett(&|b: &Element| er(b, NS_SIKKERHETSVERKTOEY, "Timestamp"))??;
    let (_, token) = ett(&av_samtale("SecurityContextToken"))??;
    let avledet = ett(&av_samtale("DerivedKeyToken"))?.map(|(_, avledet)| avledet);
    let (signatur_nr, signatur) = ett(&|b: &Element| er(b, DS, "Signature"))??;

    let utgave = Utgave::med_samtale(&token.navnerom)?;
    let (samtale, generasjon) = les_token(token, utgave)?;
    // A token is pointed to by an id of its own, or by what it says.
    let til_token = |peker: &Peker<'_>| match peker {
        Peker::Her(id) => egen_id(rot, token) == Some(*id),
        Peker::Samtale(id, g) => *id == samtale && g.is_none_or(|g| Some(g) == generasjon.as_deref()),
    };
    let (noekkelinfo, sammendrag, verdi) = les_signatur(rot, signatur, tid)?;
    let brukt = peker(noekkelinfo, utgave)?;
    let avledning = match avledet {
        None if til_token(&brukt) => None,
        None => return None,
        Some(avledet) => {
            let (avledning, av) = les_avledet(avledet, utgave)?;
            let er_brukt = matches!(brukt, Peker::Her(id) if egen_id(rot, avledet) == Some(id));
            if !er_brukt || !til_token(&av) {
                return None;
            }
            Some(avledning)
        }
    };
    let steder: [&[usize]; 2] = [&[0, plass, tid_nr], &[0, plass, signatur_nr, 0]];
    let [tid, info] = signatur::eksklusivt(xml, rot, steder).ok()?;
    let lest = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &tid);
    constant_time::verify_slices_are_equal(lest.as_ref(), &sammendrag).ok()?;
    Some(Bevis {
        utgave,
        samtale,
        generasjon,
        avledning,
        info,
        verdi,
    })
}

// The id of an element, if it has one that nothing else in the document has, whatever the attribute is called there.
fn egen_id<'e>(rot: &Element, element: &'e Element) -> Option<&'e str> {
    let id = attributt(element, NS_SIKKERHETSVERKTOEY, "Id").filter(|id| !id.is_empty())?;
    (antall(rot, id) == 1).then_some(id)
}

// As deep as the guard lets a message be.
fn antall(element: &Element, id: &str) -> usize {
    let er_id = |(_, navn, verdi): &&(String, String, String)| navn.eq_ignore_ascii_case("id") && verdi == id;
    let her = element.attributter.iter().filter(er_id).count();
    her + element.barn.iter().map(|b| antall(b, id)).sum::<usize>()
}

fn les_token(token: &Element, utgave: Utgave) -> Option<(String, Option<String>)> {
    if !bare(token, &[(NS_SIKKERHETSVERKTOEY, "Id")]) {
        return None;
    }
    if let Some([samtale]) = barn(token, utgave.samtale(), ["Identifier"]) {
        return Some((id(samtale)?, None));
    }
    let [samtale, generasjon] = barn(token, utgave.samtale(), ["Identifier", "Instance"])?;
    Some((id(samtale)?, Some(id(generasjon)?)))
}

fn les_avledet(element: &Element, utgave: Utgave) -> Option<(Avledning, Peker<'_>)> {
    let algoritmer = [
        ("", "Algorithm"),
        (utgave.samtale(), "Algorithm"),
        (NS_SIKKERHET, "Algorithm"),
    ];
    let [a, b, c] = algoritmer;
    if !bare(element, &[(NS_SIKKERHETSVERKTOEY, "Id"), a, b, c]) || !element.verdi().is_empty() {
        return None;
    }
    let mut oppgitt = algoritmer
        .into_iter()
        .filter_map(|(ns, navn)| attributt(element, ns, navn));
    if !oppgitt.all(|oppgitt| oppgitt == utgave.avledning()) {
        return None;
    }
    let (mut av, mut nr, mut fra, mut lengde, mut etikett, mut engangsverdi) = (None, None, None, None, None, None);
    for del in &element.barn {
        let her = del.navnerom == utgave.samtale();
        let kjent = if her {
            bare(del, &[])
        } else {
            er(del, NS_SIKKERHET, "SecurityTokenReference")
        };
        if !kjent {
            return None;
        }
        let sett = match (her, del.navn.as_str()) {
            (false, _) => av.replace(peker(del, utgave)?).is_some(),
            (true, "Generation") => nr.replace(tall(del)?).is_some(),
            (true, "Offset") => fra.replace(tall(del)?).is_some(),
            (true, "Length") => lengde.replace(tall(del)?).is_some(),
            (true, "Label") => etikett.replace(tekst(del)?.to_owned()).is_some(),
            (true, "Nonce") => {
                let lest = base64(del, ENGANGSVERDI_MIN..=ENGANGSVERDI_MAKS)?;
                engangsverdi.replace(lest.to_vec()).is_some()
            }
            _ => true,
        };
        if sett {
            return None;
        }
    }
    let lengde = lengde.unwrap_or(AVLEDET_VANLIG);
    // A generation is so many lengths into it.
    let fra = match (nr, fra) {
        (Some(_), Some(_)) => return None,
        (Some(nr), None) => nr.checked_mul(lengde)?,
        (None, fra) => fra.unwrap_or(0),
    };
    let innenfor = (AVLEDET_MIN..=AVLEDET_MAKS).contains(&lengde) && fra <= AVLEDET_MAKS;
    if !innenfor || etikett.as_ref().is_some_and(|e: &String| e.len() > ETIKETT_MAKS) {
        return None;
    }
    let avledning = Avledning {
        etikett,
        engangsverdi: engangsverdi?,
        fra,
        lengde,
    };
    Some((avledning, av?))
}

// What points to the key, the digest, and the value.
fn les_signatur<'e>(rot: &Element, signatur: &'e Element, tid: &Element) -> Option<(&'e Element, Vec<u8>, Vec<u8>)> {
    let [info, verdi, noekkel] = barn(signatur, DS, ["SignedInfo", "SignatureValue", "KeyInfo"])?;
    let uten = [info, verdi, noekkel].into_iter().all(|e| bare(e, &[]));
    if !uten || !bare(signatur, &[("", "Id")]) {
        return None;
    }
    let [kanonisering, metode, referanse] = barn(info, DS, ["CanonicalizationMethod", "SignatureMethod", "Reference"])?;
    let [transformasjoner, sammendragsmetode, sammendrag] =
        barn(referanse, DS, ["Transforms", "DigestMethod", "DigestValue"])?;
    let [transformasjon] = barn(transformasjoner, DS, ["Transform"])?;
    for (element, algoritme) in [
        (kanonisering, EKSKLUSIV),
        (metode, HMAC_SHA1),
        (transformasjon, EKSKLUSIV),
        (sammendragsmetode, SHA1),
    ] {
        // Nothing in it: no list of prefixes, no output length, no parameters.
        let alene = bare(element, &[("", "Algorithm")]) && tekst(element)?.is_empty();
        if !alene || attributt(element, "", "Algorithm") != Some(algoritme) {
            return None;
        }
    }
    if !bare(referanse, &[("", "URI")]) || !bare(transformasjoner, &[]) || !bare(sammendrag, &[]) {
        return None;
    }
    let uri = attributt(referanse, "", "URI")?.strip_prefix('#')?;
    if egen_id(rot, tid) != Some(uri) {
        return None;
    }
    if noekkel.barn.len() != 1 || !noekkel.verdi().is_empty() {
        return None;
    }
    let sammendrag = base64(sammendrag, SHA1_BYTE..=SHA1_BYTE)?.to_vec();
    let verdi = base64(verdi, SHA1_BYTE..=SHA1_BYTE)?.to_vec();
    Some((noekkel.barn.first()?, sammendrag, verdi))
}
