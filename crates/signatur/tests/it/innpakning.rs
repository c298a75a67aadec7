//! Signature wrapping: a signature that is true of one thing, in a document that says another (figure 14).
//!
//! Source of the forms: Somorovsky et al., "On Breaking SAML: Be Whoever You Want to Be", 2012, whose eight for a SAML answer
//! are here of a message: the answer is its root, the assertion is what it asks for.

use meldinger::{Kontroller, Meldingstype, tre};

use crate::meldingene::{PLASS, SIGNERTE, forfalsket, melding};
use crate::signerer::{ENVELOPED, EXC, Mal, RSA, kan_signere, transformasjoner};

/// A message in parts: what stands before what is asked for, what is asked for, without a signature, and the root's name.
struct Deler {
    deklarasjon: String,
    rot: String,
    start: String,
    innsending: String,
    forespoersel: String,
}

fn deler(meldingstype: Meldingstype) -> Deler {
    let xml = melding(meldingstype).replace(PLASS, "");
    let (deklarasjon, resten) = xml.split_once("?>\n").unwrap();
    let (start, resten) = resten.split_once('>').unwrap();
    let (innsending, resten) = resten.split_once("<forespoersel>").unwrap();
    let (forespoersel, _) = resten.split_once("</forespoersel>").unwrap();
    Deler {
        deklarasjon: format!("{deklarasjon}?>"),
        rot: start[1..].split(' ').next().unwrap().to_owned(),
        start: start.to_owned(),
        innsending: innsending.to_owned(),
        forespoersel: forespoersel.to_owned(),
    }
}

impl Deler {
    /// A root, and what is in it.
    fn roten(&self, id: &str, inni: &str) -> String {
        format!("{}{id}>{}{inni}</{}>", self.start, self.innsending, self.rot)
    }

    /// What is asked for, and what more is in it.
    fn spoersmaal(&self, id: &str, mer: &str) -> String {
        format!("<forespoersel{id}>{}{mer}</forespoersel>", self.forespoersel)
    }

    /// The same, by somebody who wants something else.
    fn falskt(&self, mer: &str) -> String {
        forfalsket(&self.spoersmaal("", PLASS)).replace(PLASS, mer)
    }
}

/// The eight forms. `id` is how what was signed is named, empty where a signature of the whole is moved; `s` makes a signature
/// with something more in it.
fn former(d: &Deler, id: &str, s: &dyn Fn(&str) -> String) -> [String; 8] {
    let original = d.roten(id, &d.spoersmaal("", ""));
    [
        // 1: the false root has the signature, and the signature has the true root.
        d.roten("", &format!("{}{}", d.falskt(""), s(&original))),
        // 2: the true root stands beside the signature.
        d.roten("", &format!("{}{original}{}", d.falskt(""), s(""))),
        // 3: the false question before the true one, which has the signature.
        d.roten("", &format!("{}{}", d.falskt(""), d.spoersmaal(id, &s("")))),
        // 4: the true question, signature and all, in the false one.
        d.roten("", &d.falskt(&d.spoersmaal(id, &s("")))),
        // 5: the signature in the false question, the true one after it.
        d.roten("", &format!("{}{}", d.falskt(&s("")), d.spoersmaal(id, ""))),
        // 6: the signature in the false question, the true one in the signature.
        d.roten("", &d.falskt(&s(&d.spoersmaal(id, "")))),
        // 7: the false question in an extension, where whoever looks for the first will find it.
        d.roten(
            "",
            &format!("<tillegg>{}</tillegg>{}", d.falskt(""), d.spoersmaal(id, &s(""))),
        ),
        // 8: the true question in an Object of the signature.
        d.roten(
            "",
            &format!(
                "{}{}",
                d.falskt(""),
                s(&format!("<ds:Object>{}</ds:Object>", d.spoersmaal(id, "")))
            ),
        ),
    ]
}

#[test]
fn paalitelighet_14_innpakkede_signaturer() {
    if !kan_signere() {
        return;
    }
    let kontroller = Kontroller::les().unwrap();
    let (mut proevd, mut godtatt, mut godtatt_med_skjema, mut sanne) = (0, 0, 0, 0);
    for meldingstype in SIGNERTE {
        let d = deler(meldingstype);
        // A signature of the whole, true where it was made, is taken out of its message.
        let signert = RSA.signer(&melding(meldingstype).replace(PLASS, &Mal::ny(&RSA).tekst()));
        assert_eq!(RSA.sjekk(&signert), Ok(()));
        let (_, etter) = signert.split_once("<ds:Signature ").unwrap();
        let (inni, _) = etter.split_once("</ds:Signature>").unwrap();
        let flyttet = former(&d, "", &|mer| format!("<ds:Signature {inni}{mer}</ds:Signature>"));
        // One that names what it covers, and that others say is true where it stands now.
        let navngitt = |steg: &[&str]| {
            let mal = Mal {
                referanse: "URI=\"#o\"".to_owned(),
                transformasjoner: transformasjoner(steg),
                ..Mal::ny(&RSA)
            };
            former(&d, " Id=\"o\"", &|mer| {
                // The program signs nothing that has anything else than Object here.
                let rest = if mer.is_empty() || mer.starts_with("<ds:Object>") {
                    mer.to_owned()
                } else {
                    format!("<ds:Object>{mer}</ds:Object>")
                };
                Mal { rest, ..mal.clone() }.tekst()
            })
        };
        let (utenfor, inni) = (navngitt(&[EXC]), navngitt(&[ENVELOPED, EXC]));
        let sanne_for_andre = (1..).zip(utenfor.iter().zip(&inni)).map(|(nr, (utenfor, inni))| {
            // Only in some does what is signed hold the signature.
            let xml = RSA.signer(&format!(
                "{}{}",
                d.deklarasjon,
                if [3, 4, 7].contains(&nr) { inni } else { utenfor }
            ));
            assert!(RSA.er_sann_for_andre(&xml), "{meldingstype:?} {nr}");
            sanne += 1;
            xml
        });
        let alle: Vec<String> = flyttet.into_iter().chain(sanne_for_andre).collect();
        for (nr, xml) in alle.iter().enumerate() {
            proevd += 1;
            let lest = tre::les(xml.as_bytes()).unwrap();
            let sann = RSA.sjekk(xml);
            godtatt += usize::from(sann.is_ok());
            let gyldig = kontroller.sjekk(meldingstype, &lest).is_ok();
            godtatt_med_skjema += usize::from(sann.is_ok() && gyldig);
            assert!(sann.is_err(), "{meldingstype:?} form {}: {xml}", nr % 8 + 1);
        }
    }
    assert_eq!((proevd, sanne), (80, 40));
    println!("TALL 14 innpakket_proevd {proevd} stk >= 80");
    println!("TALL 14 innpakket_sanne_for_xmlsec1 {sanne} stk >= 40");
    println!("TALL 14 innpakket_godtatt {godtatt} stk <= 0");
    println!("TALL 14 innpakket_godtatt_etter_skjema {godtatt_med_skjema} stk <= 0");
}
