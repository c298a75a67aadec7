//! Messages of a conversation that are made here, for the bounds of the store and for the fuzzer; the wire is tried by a client of
//! others' making (`tests/it/samtale.rs`).

use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::konvolutt::{NS_ADRESSERING, NS_SIKKERHET, NS_SIKKERHETSVERKTOEY, Soapversjon};

/// What a password looks like in the texts below, so that it can be looked for.
const PASSORD: &str = "hemmelig-ord-9f31";
const ENTROPI: [u8; 32] = [0x5a; 32];
const LAGET: &str = "2026-01-14T09:59:00.000Z";

pub(super) fn naa() -> Timestamp {
    "2026-01-14T10:00:00Z".parse().unwrap()
}

fn konvolutt(handling: &str, sikkerhet: &str, kropp: &str) -> String {
    format!(
        "<s:Envelope xmlns:s='{}' xmlns:a='{NS_ADRESSERING}'><s:Header><a:Action s:mustUnderstand='1'>{handling}</a:Action>\
         <a:MessageID>urn:uuid:1</a:MessageID><o:Security xmlns:o='{NS_SIKKERHET}' s:mustUnderstand='1'>{sikkerhet}</o:Security>\
         </s:Header><s:Body>{kropp}</s:Body></s:Envelope>",
        Soapversjon::V12.navnerom(),
    )
}

// As it is in its canonical form.
fn tidsstempel() -> String {
    format!(
        "<u:Timestamp xmlns:u=\"{NS_SIKKERHETSVERKTOEY}\" u:Id=\"_0\"><u:Created>{LAGET}</u:Created>\
         <u:Expires>2026-01-14T10:04:00.000Z</u:Expires></u:Timestamp>"
    )
}

/// An opening, by a user whose name is `b`.
pub(super) fn aapning(utgave: Utgave) -> String {
    let t = utgave.tillit();
    konvolutt(
        &utgave.handling(Aerend::Aapning),
        &format!(
            "{}<o:UsernameToken><o:Username>b</o:Username><o:Password>{PASSORD}</o:Password></o:UsernameToken>",
            tidsstempel()
        ),
        &format!(
            "<t:RequestSecurityToken xmlns:t='{t}' Context='k'><t:TokenType>{}</t:TokenType><t:RequestType>{t}/Issue</t:RequestType>\
             <t:Entropy><t:BinarySecret Type='{t}/Nonce'>{}</t:BinarySecret></t:Entropy><t:KeySize>256</t:KeySize>\
             </t:RequestSecurityToken>",
            utgave.tokentype(),
            STANDARD.encode(ENTROPI)
        ),
    )
}

/// Signed by a key: with the token itself, or with a key derived from it.
fn signert(handling: &str, kropp: &str, noekkel: &[u8], id: &str, utgave: Utgave, avledet: bool) -> String {
    let c = utgave.samtale();
    let tid = tidsstempel();
    let token = format!(
        "<c:SecurityContextToken xmlns:c='{c}' xmlns:u='{NS_SIKKERHETSVERKTOEY}' u:Id='uuid-1'><c:Identifier>{id}</c:Identifier>\
         </c:SecurityContextToken>"
    );
    let peker = |uri: &str| format!("<o:SecurityTokenReference><o:Reference URI='{uri}'/></o:SecurityTokenReference>");
    let (dkt, mulig, til) = if avledet {
        let avledning = psha1::Avledning {
            etikett: None,
            engangsverdi: vec![7; 16],
            fra: 0,
            lengde: 32,
        };
        let dkt = format!(
            "<c:DerivedKeyToken xmlns:c='{c}' xmlns:u='{NS_SIKKERHETSVERKTOEY}' u:Id='_1'>{}<c:Offset>0</c:Offset>\
             <c:Length>32</c:Length><c:Nonce>{}</c:Nonce></c:DerivedKeyToken>",
            peker(id),
            STANDARD.encode([7; 16])
        );
        (dkt, avledning.noekkel(noekkel).to_vec(), peker("#_1"))
    } else {
        (String::new(), noekkel.to_vec(), peker("#uuid-1"))
    };
    let sammendrag = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, tid.as_bytes());
    let ds = meldinger::signatur::NAVNEROM;
    let exc = signatur::EKSKLUSIV;
    let info = format!(
        "<SignedInfo xmlns=\"{ds}\"><CanonicalizationMethod Algorithm=\"{exc}\"></CanonicalizationMethod><SignatureMethod \
         Algorithm=\"{ds}hmac-sha1\"></SignatureMethod><Reference URI=\"#_0\"><Transforms><Transform \
         Algorithm=\"{exc}\"></Transform></Transforms><DigestMethod Algorithm=\"{ds}sha1\"></DigestMethod><DigestValue>{}\
         </DigestValue></Reference></SignedInfo>",
        STANDARD.encode(sammendrag)
    );
    let mulig = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &mulig);
    let verdi = STANDARD.encode(hmac::sign(&mulig, info.as_bytes()));
    let signatur = format!(
        "<Signature xmlns='{ds}'>{info}<SignatureValue>{verdi}</SignatureValue><KeyInfo>{til}</KeyInfo></Signature>"
    );
    konvolutt(handling, &format!("{tid}{token}{dkt}{signatur}"), kropp)
}

struct Alle;

impl Brukere for Alle {
    type Innlogget = String;

    fn fortsatt(&self, brukernavn: &str, _merke: u64, _naa: Timestamp) -> Option<String> {
        Some(brukernavn.to_owned())
    }
}

/// A store with one conversation, its id and its key.
fn en_samtale(utgave: Utgave) -> (Samtaler, String, Vec<u8>) {
    let samtaler = Samtaler::new(Innstillinger::default());
    let xml = aapning(utgave);
    let Ok(Henvendelse::Aapning(aapning)) = les(xml.as_bytes(), None, naa()) else {
        panic!("{xml}");
    };
    let byte = std::array::from_fn(|i| u8::try_from(i).unwrap());
    let eier = Eier {
        brukernavn: "b",
        merke: 1,
    };
    let svar = samtaler.aapne(&aapning, eier, naa(), &Tilfeldig::av(byte));
    let id = svar
        .split("Identifier>")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap()
        .to_owned();
    let noekkel = psha1::samtalenoekkel(&ENTROPI, &byte[..32]).to_vec();
    (samtaler, id, noekkel)
}

fn gyldige() -> Vec<Vec<u8>> {
    let mut ut = Vec::new();
    for utgave in Utgave::ALLE {
        let (_, id, noekkel) = en_samtale(utgave);
        ut.push(aapning(utgave));
        let t = utgave.tillit();
        let avslutning = format!(
            "<t:RequestSecurityToken xmlns:t='{t}'><t:RequestType>{t}/Cancel</t:RequestType><t:CancelTarget>\
             <o:SecurityTokenReference xmlns:o='{NS_SIKKERHET}'><o:Reference URI='{id}' ValueType='{}'/></o:SecurityTokenReference>\
             </t:CancelTarget></t:RequestSecurityToken>",
            utgave.tokentype()
        );
        for avledet in [false, true] {
            let kall = "<AddPerson xmlns='http://tempuri.org/'/>";
            let handling = Operasjon::AddPerson.handling();
            ut.push(signert(&handling, kall, &noekkel, &id, utgave, avledet));
            let handling = utgave.handling(Aerend::Avslutning);
            ut.push(signert(&handling, &avslutning, &noekkel, &id, utgave, avledet));
        }
    }
    ut.into_iter().map(String::into_bytes).collect()
}

#[test]
fn what_is_made_here_is_let_in_and_ended() {
    let mut utfall = String::new();
    for xml in gyldige() {
        let tekst = String::from_utf8(xml.clone()).unwrap();
        let utgave = Utgave::ALLE
            .into_iter()
            .find(|u| tekst.contains(u.tillit()) || tekst.contains(u.samtale()));
        let (samtaler, ..) = en_samtale(utgave.unwrap());
        utfall.push(match les(&xml, None, naa()).unwrap() {
            Henvendelse::Kall(Kall {
                hvem: Hvem::Samtale(bevis),
                ..
            }) => {
                assert_eq!(samtaler.slipp_inn(&bevis, &Alle, naa()), Ok("b".to_owned()));
                'k'
            }
            Henvendelse::Aapning(_) => 'a',
            Henvendelse::Avslutning(avslutning) => {
                let svar = samtaler.avslutt(&avslutning, &Alle, naa()).unwrap();
                assert!(svar.contains("RequestedTokenCancelled") && samtaler.antall() == 0);
                's'
            }
            annen => panic!("{annen:?}"),
        });
    }
    assert_eq!(utfall, "aksksaksks");
}

#[test]
fn the_narrow_door_takes_nothing_of_a_conversation() {
    for xml in gyldige() {
        let avslag = crate::konvolutt::les(&xml, None, naa()).unwrap_err();
        assert!(
            matches!(avslag.feil, Feil::Sikkerhet | Feil::UkjentHandling),
            "{}",
            avslag.feil
        );
    }
}

// The signed timestamp is the only one there is, whatever else a message says: what is let in was made when it says.
fn proev(byte: &[u8]) {
    let henvendelse = match les(byte, None, naa()) {
        Ok(henvendelse) => henvendelse,
        Err(avslag) => {
            let svar = avslag.svar();
            assert!(meldinger::tre::les(svar.kropp.as_bytes()).is_ok(), "{}", svar.kropp);
            let id = avslag.retur.melding_id.as_deref().unwrap_or_default();
            assert!(!svar.kropp.contains(PASSORD) || id.contains(PASSORD));
            return;
        }
    };
    assert!(!format!("{henvendelse:?}").contains(PASSORD));
    for utgave in Utgave::ALLE {
        let (samtaler, ..) = en_samtale(utgave);
        let inne = match &henvendelse {
            Henvendelse::Kall(Kall {
                hvem: Hvem::Samtale(bevis),
                ..
            }) => samtaler.slipp_inn(bevis, &Alle, naa()).is_ok(),
            Henvendelse::Avslutning(avslutning) => samtaler.avslutt(avslutning, &Alle, naa()).is_ok(),
            Henvendelse::Fornyelse(fornyelse) => {
                let eier = Eier {
                    brukernavn: "b",
                    merke: 1,
                };
                let tilfeldig = Tilfeldig::av([3; Tilfeldig::BYTE]);
                samtaler.forny(fornyelse, eier, &Alle, naa(), &tilfeldig).is_ok()
            }
            Henvendelse::Kall(_) | Henvendelse::Aapning(_) => false,
        };
        if inne {
            let rot = meldinger::tre::les(byte).unwrap();
            let hode = rot.barn.first().unwrap();
            let sikkerhet = hode
                .barn
                .iter()
                .filter(|b| b.navnerom == NS_SIKKERHET && b.navn == "Security");
            let stempler = sikkerhet.flat_map(|s| &s.barn).filter(|b| b.navn == "Timestamp");
            let laget: Vec<_> = stempler.filter_map(|s| s.tekst("Created")).collect();
            assert_eq!(laget, [LAGET]);
        }
    }
}

const ORD: &[&str] = &[
    "<u:Timestamp u:Id=\"_0\">",
    "</u:Timestamp>",
    "<u:Created>2026-01-14T10:00:00Z</u:Created>",
    "2026-01-14T09:59:30.000Z",
    " u:Id=\"_0\"",
    " Id=\"_0\"",
    " URI=\"#_0\"",
    " URI=\"\"",
    "<c:Instance>urn:uuid:1</c:Instance>",
    "<c:Offset>1</c:Offset>",
    "<c:Length>24</c:Length>",
    "<c:Label>x</c:Label>",
    "<HMACOutputLength>8</HMACOutputLength>",
    "<Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></Transform>",
    "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
    "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
    "<Signature xmlns='http://www.w3.org/2000/09/xmldsig#'>",
    "<o:Security>",
    "/Renew",
    "<t:RenewTarget>",
    "<!-- k -->",
    "<?p i?>",
    "<![CDATA[",
    "&#13;",
    " xmlns:u=\"urn:x\"",
];

fuzz::maal!(paalitelighet_15_fuzz_preg_samtale, 4_000, ORD, gyldige, proev);
