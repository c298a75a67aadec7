//! A record: what was asked, by whom, by what right, and what left; numbers of persons sealed.
//!
//! ```text
//!  one JSON object, members in this order     readable by whoever has the log
//!  "personer": base64                         sealed under the audit key: who was asked for, who was delivered
//!
//!  sealed, before sealing:  1 │ asked: count, numbers │ delivered: count, (number, group) │ end user: number or 0
//! ```
//! Kinds of criteria stand in clear, their values nowhere. What was delivered stands as groups: the same entities, history
//! and grade, and how many persons got them.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use informasjonsmodell::Entitet;
use jiff::Timestamp;
use lager::forsegling::Noekkel;
use serde::{Deserialize, Serialize, Serializer};
use tilgang::{Entitetsmengde, Grad, Revisjonspost};

use crate::Feil;

/// The form of what is sealed.
const FORM: u8 = 1;
/// Bytes of a number of eleven digits.
const NUMMER_BYTE: usize = 5;

/// A record as it lies in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// When the answer was ready to leave.
    pub tid: Timestamp,
    /// Trace id of the request.
    pub sporing: String,
    /// The service.
    pub tjeneste: String,
    /// The endpoint.
    pub endepunkt: String,
    /// The package; absent where the caller was refused before there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pakke: Option<String>,
    /// Whether graded addresses could be delivered.
    pub graderte: bool,
    /// Organisation number of the consumer.
    pub konsument: String,
    /// Organisation number of the supplier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leverandoer: Option<String>,
    /// Where the delegation stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegeringskilde: Option<String>,
    /// The client.
    pub klient: String,
    /// `jti` of the token.
    pub token: String,
    /// The grant.
    pub avtale: String,
    /// Kinds of criteria.
    pub kriterier: Vec<String>,
    /// One person was asked for, and not a list.
    pub enkelt: bool,
    /// How many persons were asked for by number.
    pub spurt: usize,
    /// HTTP status.
    pub status: u16,
    /// Code of a refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feilkode: Option<String>,
    /// Items of a feed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feed: Option<Feed>,
    /// What was delivered.
    pub utlevert: Vec<Gruppe>,
    /// The audit key that sealed `personer`, as its first four bytes of a hash.
    pub noekkel: String,
    /// Who was asked for and who was delivered, sealed, base64; absent where nobody was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personer: Option<String>,
}

/// Items of a feed that were delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    /// First number of the package's own sequence.
    pub fra: u64,
    /// Last number, included.
    pub til: u64,
    /// SHA-256 of the page, base64.
    pub sha256: String,
}

/// Persons who were delivered alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gruppe {
    /// Entities delivered.
    pub entiteter: Vec<String>,
    /// Entities asked for and there, and withheld.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tilbakeholdt: Vec<String>,
    /// Historical entries among them.
    pub historikk: bool,
    /// Strictest grade among delivered addresses.
    pub gradering: String,
    /// The persons' own protection at the time; absent where there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vern: Option<String>,
    /// How many persons.
    pub antall: usize,
}

/// The persons of a record, opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Personer {
    /// Asked for.
    pub spurt: Vec<u64>,
    /// Delivered, and the group of [`Post::utlevert`] each is in.
    pub utlevert: Vec<(u64, usize)>,
    /// The person that the token was restricted to.
    pub sluttbruker: Option<u64>,
}

/// Seals and opens the persons of records.
///
/// Each process seals under a key of its own, made of the audit key and a random salt that stands before what is sealed;
/// with it the number of a record is a nonce that never comes twice.
#[derive(Debug)]
pub struct Forsegler {
    noekkel: Noekkel,
    navn: String,
    salt: [u8; SALT_BYTE],
    egen: LessSafeKey,
    neste: AtomicU64,
}

/// Bytes of the salt of a process.
const SALT_BYTE: usize = 16;
/// Bytes before what is sealed: the salt and the number.
const FORAN_BYTE: usize = SALT_BYTE + 8;
/// Characters of a time, at most.
const TID_TEGN: usize = 40;

/// A record on its way to the log: as [`Post`], with nothing copied.
#[derive(Serialize)]
struct NyPost<'a> {
    tid: &'a str,
    sporing: &'a str,
    tjeneste: &'a str,
    endepunkt: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pakke: Option<&'a str>,
    graderte: bool,
    konsument: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    leverandoer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delegeringskilde: Option<&'a str>,
    klient: &'a str,
    token: &'a str,
    avtale: &'a str,
    kriterier: &'a [Cow<'static, str>],
    enkelt: bool,
    spurt: usize,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    feilkode: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feed: Option<Feed>,
    utlevert: &'a [NyGruppe],
    noekkel: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    personer: Option<String>,
}

#[derive(Serialize)]
struct NyGruppe {
    #[serde(serialize_with = "skriv_entiteter")]
    entiteter: Entitetsmengde,
    #[serde(serialize_with = "skriv_entiteter", skip_serializing_if = "er_tom")]
    tilbakeholdt: Entitetsmengde,
    historikk: bool,
    #[serde(serialize_with = "skriv_gradering")]
    gradering: Grad,
    #[serde(serialize_with = "skriv_gradering", skip_serializing_if = "er_ugradert")]
    vern: Grad,
    antall: usize,
}

fn skriv_entiteter<S: Serializer>(entiteter: &Entitetsmengde, ut: S) -> Result<S::Ok, S::Error> {
    ut.collect_seq(entiteter.entiteter().map(Entitet::navn))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn er_tom(entiteter: &Entitetsmengde) -> bool {
    entiteter.er_tom()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn er_ugradert(grad: &Grad) -> bool {
    *grad == Grad::Ugradert
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn skriv_gradering<S: Serializer>(grad: &Grad, ut: S) -> Result<S::Ok, S::Error> {
    ut.serialize_str(gradering(*grad))
}

impl Forsegler {
    /// With the audit key.
    ///
    /// # Errors
    /// [`Feil::Noekkel`] if the system has no randomness to give.
    pub fn new(noekkel: Noekkel) -> Result<Self, Feil> {
        let mut salt = [0; SALT_BYTE];
        SystemRandom::new().fill(&mut salt).map_err(|_| Feil::Noekkel)?;
        let merke = hmac::sign(
            &hmac::Key::new(hmac::HMAC_SHA256, noekkel.hele()),
            b"persontjenesten revisjon navn 1",
        );
        Ok(Forsegler {
            navn: BASE64.encode(merke.as_ref().get(..4).unwrap_or_default()),
            egen: prosessnoekkel(&noekkel, &salt)?,
            noekkel,
            salt,
            neste: AtomicU64::new(0),
        })
    }

    /// Makes the bytes of a record.
    ///
    /// # Errors
    /// [`Feil::Noekkel`] if the library cannot seal.
    pub fn lag(&self, post: &Revisjonspost<'_>, tid: Timestamp) -> Result<Vec<u8>, Feil> {
        // Nearly all records tell of one person, so these do as they are.
        let mut utlevert: Vec<NyGruppe> = Vec::with_capacity(post.leveranser.len().min(1));
        let sluttbruker: Option<u64> = post.sluttbruker.and_then(|s| s.parse().ok());
        let mut personer = Personskriver::new(post.spurt, post.leveranser.len());
        for levert in post.leveranser {
            let lik = |g: &NyGruppe| {
                (g.entiteter, g.tilbakeholdt, g.historikk, g.gradering, g.vern)
                    == (
                        levert.entiteter,
                        levert.tilbakeholdt,
                        levert.historikk,
                        levert.grad,
                        levert.vern,
                    )
            };
            let nr = utlevert.iter().position(lik).unwrap_or_else(|| {
                utlevert.push(NyGruppe {
                    entiteter: levert.entiteter,
                    tilbakeholdt: levert.tilbakeholdt,
                    historikk: levert.historikk,
                    gradering: levert.grad,
                    vern: levert.vern,
                    antall: 0,
                });
                utlevert.len() - 1
            });
            if let Some(gruppe) = utlevert.get_mut(nr) {
                gruppe.antall += 1;
            }
            personer.utlevert(levert.identifikator, nr);
        }
        let mut tidstekst = String::with_capacity(TID_TEGN);
        let _ = write!(tidstekst, "{tid}");
        let ingen = post.spurt.is_empty() && post.leveranser.is_empty() && sluttbruker.is_none();
        let forseglet = if ingen {
            None
        } else {
            let tilhoerer = tilhoerer(post.sporing, &tidstekst);
            Some(BASE64.encode(self.forsegl(&tilhoerer, personer.ferdig(sluttbruker))?))
        };
        let ny = NyPost {
            tid: &tidstekst,
            sporing: post.sporing,
            tjeneste: post.tjeneste,
            endepunkt: post.endepunkt,
            pakke: post.projeksjon.map(|p| p.pakke().kortnavn()),
            graderte: post.projeksjon.is_some_and(tilgang::Projeksjon::viser_graderte),
            konsument: post.konsument,
            leverandoer: post.leverandoer,
            delegeringskilde: post.delegeringskilde,
            klient: post.klient,
            token: post.token,
            avtale: post.avtale,
            kriterier: post.kriterier,
            enkelt: post.enkelt,
            spurt: post.spurt.len(),
            status: post.status,
            feilkode: post.feilkode,
            feed: post.feed.map(|f| Feed {
                fra: f.fra,
                til: f.til,
                sha256: BASE64.encode(f.avtrykk),
            }),
            utlevert: &utlevert,
            noekkel: &self.navn,
            personer: forseglet,
        };
        let mut ut = Vec::with_capacity(1024);
        serde_json::to_writer(&mut ut, &ny).map_err(|_| Feil::Post)?;
        Ok(ut)
    }

    // Salt, number, ciphertext, tag. `ut` has room for the first two before what is sealed.
    fn forsegl(&self, tilhoerer: &[u8], mut ut: Vec<u8>) -> Result<Vec<u8>, Feil> {
        let nr = self.neste.fetch_add(1, Ordering::Relaxed);
        let (salt, rest) = ut.split_first_chunk_mut::<SALT_BYTE>().ok_or(Feil::Noekkel)?;
        let (nummer, innhold) = rest.split_first_chunk_mut::<8>().ok_or(Feil::Noekkel)?;
        (*salt, *nummer) = (self.salt, nr.to_be_bytes());
        let merke = self
            .egen
            .seal_in_place_separate_tag(nonce(nr), Aad::from(tilhoerer), innhold)
            .map_err(|_| Feil::Noekkel)?;
        ut.extend_from_slice(merke.as_ref());
        Ok(ut)
    }

    fn aapne_forseglet(&self, tilhoerer: &[u8], byte: &[u8]) -> Option<Vec<u8>> {
        let (salt, rest) = byte.split_first_chunk::<SALT_BYTE>()?;
        let (nr, rest) = rest.split_first_chunk::<8>()?;
        let mut rest = rest.to_vec();
        let noekkel = prosessnoekkel(&self.noekkel, salt).ok()?;
        let aapnet = noekkel.open_in_place(nonce(u64::from_be_bytes(*nr)), Aad::from(tilhoerer), &mut rest);
        aapnet.ok().map(|a| a.to_vec())
    }

    /// Opens the persons of a record.
    ///
    /// # Errors
    /// [`Feil::Post`] if they were sealed under another key, or are damaged.
    pub fn aapne(&self, post: &Post) -> Result<Personer, Feil> {
        let Some(forseglet) = &post.personer else {
            return Ok(Personer::default());
        };
        let byte = BASE64.decode(forseglet).map_err(|_| Feil::Post)?;
        let aapnet = self.aapne_forseglet(&tilhoerer(&post.sporing, &post.tid.to_string()), &byte);
        aapnet.and_then(|byte| Personer::les(&byte)).ok_or(Feil::Post)
    }

    /// What a number is known by in the index: keyed, so that the index tells nothing without the audit key.
    #[must_use]
    pub(crate) fn indeksord(&self, nummer: u64) -> [u8; 16] {
        let noekkel = hmac::Key::new(hmac::HMAC_SHA256, self.noekkel.hele());
        let mut tekst = b"persontjenesten revisjon indeks 1".to_vec();
        tekst.extend_from_slice(&nummer.to_be_bytes());
        let mut ut = [0; 16];
        for (til, fra) in ut.iter_mut().zip(hmac::sign(&noekkel, &tekst).as_ref()) {
            *til = *fra;
        }
        ut
    }
}

impl Gruppe {
    /// Whether the persons were fortrolig or strengt fortrolig: every such disclosure is to be reviewed.
    #[must_use]
    pub fn er_vernet(&self) -> bool {
        // What is not known is taken for the strictest.
        !matches!(self.vern.as_deref(), None | Some("ugradert" | "klientadresse"))
    }
}

impl Post {
    /// Reads a record.
    ///
    /// # Errors
    /// [`Feil::Post`].
    pub fn les(byte: &[u8]) -> Result<Self, Feil> {
        serde_json::from_slice(byte).map_err(|_| Feil::Post)
    }
}

fn prosessnoekkel(noekkel: &Noekkel, salt: &[u8; SALT_BYTE]) -> Result<LessSafeKey, Feil> {
    let mut avtrykk = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, noekkel.hele()));
    avtrykk.update(b"persontjenesten revisjon forsegling 1");
    avtrykk.update(salt);
    let noekkel = UnboundKey::new(&AES_256_GCM, avtrykk.sign().as_ref()).map_err(|_| Feil::Noekkel)?;
    Ok(LessSafeKey::new(noekkel))
}

fn nonce(nr: u64) -> Nonce {
    let mut byte = [0; NONCE_LEN];
    for (til, fra) in byte.iter_mut().skip(NONCE_LEN - 8).zip(nr.to_be_bytes()) {
        *til = fra;
    }
    Nonce::assume_unique_for_key(byte)
}

// Where what is sealed belongs: it does not open in another record.
fn tilhoerer(sporing: &str, tid: &str) -> Vec<u8> {
    [sporing.as_bytes(), b" ", tid.as_bytes()].concat()
}

fn gradering(grad: Grad) -> &'static str {
    match grad {
        Grad::Ugradert => "ugradert",
        Grad::Klientadresse => "klientadresse",
        Grad::Fortrolig => "fortrolig",
        Grad::StrengtFortrolig => "strengtFortrolig",
    }
}

/// Writes what is sealed, behind the room for what stands before it.
struct Personskriver(Vec<u8>);

impl Personskriver {
    fn new(spurt: &[u64], utlevert: usize) -> Self {
        let byte = 1 + 4 + spurt.len() * NUMMER_BYTE + 4 + utlevert * (NUMMER_BYTE + 2) + NUMMER_BYTE;
        let mut ut = Vec::with_capacity(FORAN_BYTE + byte + AES_256_GCM.tag_len());
        ut.resize(FORAN_BYTE, 0);
        ut.push(FORM);
        let mut ny = Personskriver(ut);
        ny.antall(spurt.len());
        spurt.iter().for_each(|n| ny.nummer(*n));
        ny.antall(utlevert);
        ny
    }

    fn antall(&mut self, n: usize) {
        self.0
            .extend_from_slice(&u32::try_from(n).unwrap_or(u32::MAX).to_be_bytes());
    }

    fn nummer(&mut self, n: u64) {
        self.0.extend_from_slice(n.to_be_bytes().get(3..).unwrap_or_default());
    }

    /// As many times as it was said that there are.
    fn utlevert(&mut self, person: u64, gruppe: usize) {
        self.nummer(person);
        self.0
            .extend_from_slice(&u16::try_from(gruppe).unwrap_or(u16::MAX).to_be_bytes());
    }

    fn ferdig(mut self, sluttbruker: Option<u64>) -> Vec<u8> {
        self.nummer(sluttbruker.unwrap_or(0));
        self.0
    }
}

impl Personer {
    #[cfg(test)]
    fn skriv(&self) -> Vec<u8> {
        let mut ut = Personskriver::new(&self.spurt, self.utlevert.len());
        for (person, gruppe) in &self.utlevert {
            ut.utlevert(*person, *gruppe);
        }
        ut.ferdig(self.sluttbruker).split_off(FORAN_BYTE)
    }

    fn les(byte: &[u8]) -> Option<Self> {
        let (&FORM, mut rest) = byte.split_first()? else {
            return None;
        };
        let mut ta = |antall: usize| -> Option<&[u8]> {
            let (foran, bak) = rest.split_at_checked(antall)?;
            rest = bak;
            Some(foran)
        };
        let tall = |byte: &[u8]| byte.iter().fold(0u64, |sum, b| sum << 8 | u64::from(*b));
        let mut ut = Personer::default();
        for _ in 0..tall(ta(4)?) {
            ut.spurt.push(tall(ta(NUMMER_BYTE)?));
        }
        for _ in 0..tall(ta(4)?) {
            let person = tall(ta(NUMMER_BYTE)?);
            ut.utlevert.push((person, usize::try_from(tall(ta(2)?)).ok()?));
        }
        ut.sluttbruker = Some(tall(ta(NUMMER_BYTE)?)).filter(|n| *n != 0);
        rest.is_empty().then_some(ut)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tilgang::{Leveranse, Projeksjon};

    fn forsegler(byte: u8) -> Forsegler {
        Forsegler::new(Noekkel::fra_byte([byte; 32])).unwrap()
    }

    fn leveranse(identifikator: u64, entitet: Entitet) -> Leveranse {
        Leveranse {
            identifikator,
            entiteter: Entitetsmengde::av(entitet),
            tilbakeholdt: Entitetsmengde::av(Entitet::Bostedsadresse),
            historikk: false,
            grad: Grad::Ugradert,
            vern: Grad::Ugradert,
        }
    }

    #[test]
    fn a_record_says_what_left_in_clear_and_of_whom_under_seal() {
        let tid = "2026-11-22T08:00:00Z".parse().unwrap();
        let leveranser = [
            leveranse(29_911_799_853, Entitet::Navn),
            leveranse(28_899_149_892, Entitet::Status),
            Leveranse {
                vern: Grad::Fortrolig,
                ..leveranse(1, Entitet::Navn)
            },
            leveranse(2, Entitet::Navn),
        ];
        let spurt = [29_911_799_853, 28_899_149_892, 1, 2];
        let post = Revisjonspost {
            projeksjon: Some(Projeksjon::Finans),
            konsument: "310000000",
            kriterier: &["personidentifikator".into(), "part=navn".into()],
            spurt: &spurt,
            leveranser: &leveranser,
            sluttbruker: Some("29911799853"),
            ..Revisjonspost::new("folkeregister", "POST personer/bulkoppslag", "spor", 200)
        };
        let byte = forsegler(1).lag(&post, tid).unwrap();
        let tekst = String::from_utf8(byte.clone()).unwrap();
        assert!(
            !tekst.contains("29911799853") && !tekst.contains("28899149892"),
            "{tekst}"
        );
        let lest = Post::les(&byte).unwrap();
        assert_eq!(lest.utlevert.iter().map(|g| g.antall).collect::<Vec<_>>(), [2, 1, 1]);
        // Who is protected stands apart, whatever was delivered.
        let vernet: Vec<_> = lest
            .utlevert
            .iter()
            .map(|g| (g.er_vernet(), g.vern.as_deref()))
            .collect();
        assert_eq!(vernet, [(false, None), (false, None), (true, Some("fortrolig"))]);
        assert_eq!(lest.utlevert[0].entiteter, ["navn"]);
        assert_eq!(lest.utlevert[0].tilbakeholdt, ["bostedsadresse"]);
        let personer = forsegler(1).aapne(&lest).unwrap();
        assert_eq!(personer.spurt, spurt);
        assert_eq!(
            personer.utlevert,
            [(29_911_799_853, 0), (28_899_149_892, 1), (1, 2), (2, 0)]
        );
        assert_eq!(personer.sluttbruker, Some(29_911_799_853));
        // Not under another key, and not moved to another record.
        assert!(forsegler(2).aapne(&lest).is_err());
        let flyttet = Post {
            sporing: "annet".to_owned(),
            ..lest
        };
        assert!(forsegler(1).aapne(&flyttet).is_err());
        assert_ne!(forsegler(1).indeksord(1), forsegler(2).indeksord(1));
    }

    #[test]
    fn a_record_of_nobody_has_nothing_under_seal() {
        let tid = Timestamp::UNIX_EPOCH;
        let post = Revisjonspost::new("folkeregister", "GET personer/xsd", "spor", 200);
        let lest = Post::les(&forsegler(1).lag(&post, tid).unwrap()).unwrap();
        assert_eq!(lest.personer, None);
        assert_eq!(forsegler(1).aapne(&lest).unwrap(), Personer::default());
    }

    proptest! {
        #[test]
        fn persons_come_back_as_they_were(
            spurt in prop::collection::vec(0u64..100_000_000_000, 0..50),
            utlevert in prop::collection::vec((0u64..100_000_000_000, 0usize..60_000), 0..50),
            sluttbruker in prop::option::of(1u64..100_000_000_000),
        ) {
            let personer = Personer { spurt, utlevert, sluttbruker };
            prop_assert_eq!(Personer::les(&personer.skriv()), Some(personer));
        }

        #[test]
        fn any_bytes_are_persons_or_refused(byte in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = (Personer::les(&byte), Post::les(&byte));
        }
    }

    fn gyldige() -> Vec<Vec<u8>> {
        let personer = Personer {
            spurt: vec![7, 8],
            utlevert: vec![(7, 0), (8, 1)],
            ..Personer::default()
        };
        let post = Revisjonspost::new("prøve", "GET hendelser/feed", "4bf92f3577b34da6a3ce929d0e0e4736", 200);
        let post = forsegler(1).lag(&post, Timestamp::UNIX_EPOCH).unwrap();
        assert!(Post::les(&post).is_ok());
        vec![personer.skriv(), post]
    }

    fn proev(byte: &[u8]) {
        if let Ok(post) = Post::les(byte) {
            // Nothing opens that was not sealed.
            let _ = forsegler(1).aapne(&post);
        }
        if let Some(personer) = Personer::les(byte) {
            assert_eq!(Personer::les(&personer.skriv()), Some(personer));
        }
        let _ = forsegler(1).aapne_forseglet(b"x", byte);
    }

    const ORD: &[&str] = &["\"sporing\":\"", "\"personer\":\"", "\"tid\":\"", "null"];

    fuzz::maal!(paalitelighet_15_fuzz_revisjonspost, 3_000, ORD, gyldige, proev);
}
