//! Addresses: which rows there are, which is current, and what stands in each.
//!
//! What a newcomer gets wrong: the register has five kinds of address that apply at the same time, PREG one. The order here is our choice (ADR 0048):
//! bostedsadresse, else oppholdsadresse, else postadresse, else postadresse i utlandet. A second home (`deltBosted`) never gives a row.

use std::cmp::Reverse;

use identifikator::Dato as Kalenderdato;
use informasjonsmodell::{Dato, Entitet};
use kartverk::{Stedsangivelse, Tabell};

use super::Grunnlag;
use super::dokument::{Dokument, Post, siste};
use super::vern::{er_aapen, skjult};
use crate::Adresse;
use crate::koder::{POSTAL_TYPE, land_fra_alfa2};
use crate::tekst::{er_siffer, kutt, linjer};
use crate::verdi::Felt;

/// Width of a line. Source: preg reference 6.6.
const LINJE: usize = 30;
/// Width of `CoAddress`. Source: preg reference 6.6.
const CO: usize = 25;
/// Width of `PostalPlace`. Source: preg reference 8.4.
const POSTSTED: usize = 27;
/// Width of `DistrictName`. Source: preg reference 8.4.
const BYDELSNAVN: usize = 40;

const KILDER: [Entitet; 4] = [
    Entitet::Bostedsadresse,
    Entitet::Oppholdsadresse,
    Entitet::Postadresse,
    Entitet::PostadresseIUtlandet,
];

/// A row before it is known which is current.
struct Rad {
    adresse: Adresse,
    fra: Option<Dato>,
}

/// The addresses of a person: none, one that is current, or that one first and the former newest first.
pub(super) fn adresser(dokument: &Dokument, grunnlag: &Grunnlag<'_>, nin: &Felt<String>) -> Vec<Adresse> {
    if let Some(skjult) = skjult(dokument, grunnlag.klientadresse) {
        return vec![skjult.rad(nin.clone())];
    }
    let mut rader: Vec<Rad> = naavaerende(dokument, grunnlag).into_iter().collect();
    let har_naavaerende = !rader.is_empty();
    for kilde in KILDER {
        let tidligere = dokument
            .av(kilde)
            .filter(|post| !post.er_gjeldende() && er_aapen(*post));
        rader.extend(tidligere.filter_map(|post| rad(kilde, post, grunnlag)));
    }
    // Stable, and a date that is not known is the oldest. The current one stays first.
    if let Some(tidligere) = rader.get_mut(usize::from(har_naavaerende)..) {
        tidligere.sort_by_key(|rad| Reverse(rad.fra));
    }
    rader
        .into_iter()
        .enumerate()
        .map(|(plass, rad)| Adresse {
            nin: nin.clone(),
            // Whoever has no address now has the last valid one. Source: preg reference 6.1 (exactly one) and 6.8 (P22-1).
            gjeldende: Felt::Verdi(plass == 0),
            dato_fra: rad.fra.into(),
            ..rad.adresse
        })
        .collect()
}

fn naavaerende(dokument: &Dokument, grunnlag: &Grunnlag<'_>) -> Option<Rad> {
    let den = |kilde| siste(dokument.gjeldende(kilde).filter(|post| er_aapen(*post)));
    let (kilde, mut funnet) = KILDER
        .into_iter()
        .find_map(|kilde| Some((kilde, rad(kilde, den(kilde)?, grunnlag)?)))?;
    if kilde == Entitet::Bostedsadresse {
        // A stay elsewhere is a code of where one lives.
        if let Some(opphold) = den(Entitet::Oppholdsadresse)
            && let Some(kode) = oppholdskode(opphold)
        {
            funnet.adresse.posttype = Felt::Verdi(kode);
            funnet.adresse.dato_posttype = fra(Entitet::Oppholdsadresse, opphold).into();
        }
    }
    if matches!(kilde, Entitet::Bostedsadresse | Entitet::Oppholdsadresse) {
        let post = [Entitet::Postadresse, Entitet::PostadresseIUtlandet]
            .into_iter()
            .find_map(|kilde| rad(kilde, den(kilde)?, grunnlag));
        if let Some(Rad { adresse: post, .. }) = post {
            funnet.adresse.linje_1 = post.linje_1;
            funnet.adresse.linje_2 = post.linje_2;
            funnet.adresse.linje_3 = post.linje_3;
            funnet.adresse.dato_postadresse = post.dato_postadresse;
        }
    }
    Some(funnet)
}

/// One entry as a row; `None` where it holds no address.
fn rad(kilde: Entitet, post: Post<'_>, grunnlag: &Grunnlag<'_>) -> Option<Rad> {
    let mut adresse = Adresse::default();
    match kilde {
        Entitet::Bostedsadresse | Entitet::Oppholdsadresse => bolig(kilde, post, grunnlag, &mut adresse)?,
        _ => postmottak(post, &mut adresse)?,
    }
    Some(Rad {
        adresse,
        fra: fra(kilde, post),
    })
}

/// The day it is from.
fn fra(kilde: Entitet, post: Post<'_>) -> Option<Dato> {
    let egen = match kilde {
        Entitet::Bostedsadresse => post.dato("flyttedato"),
        Entitet::Oppholdsadresse => post.dato("oppholdsadressedato"),
        _ => None,
    };
    egen.or_else(|| post.gyldig_fra())
}

fn oppholdskode(post: Post<'_>) -> Option<i32> {
    POSTAL_TYPE.fra_freg(post.raa("oppholdAnnetSted")?)?.tall()
}

fn bolig(kilde: Entitet, post: Post<'_>, grunnlag: &Grunnlag<'_>, ut: &mut Adresse) -> Option<()> {
    let kode = |ord| POSTAL_TYPE.fra_freg(ord).and_then(|rad| rad.tall());
    let bosted = kilde == Entitet::Bostedsadresse;
    let mut sted = Stedsangivelse::default();
    if let Some(veg) = post.objekt("vegadresse") {
        gate(veg, ut);
        ut.bolignummer = bolignummer(veg).into();
        sted.kommunenummer = veg.raa("kommunenummer");
        sted.adressekode = veg.raa("adressekode");
        let nummer = veg.objekt("adressenummer");
        sted.husnummer = nummer.and_then(|nummer| nummer.raa("husnummer"));
        sted.husbokstav = nummer.and_then(|nummer| nummer.raa("husbokstav"));
    } else if let Some(matrikkel) = post.objekt("matrikkeladresse") {
        let nummer = matrikkel.objekt("matrikkelnummer");
        let del = |navn| {
            nummer
                .and_then(|nummer| nummer.tall(navn))
                .filter(|tall| (0..=99_999).contains(tall))
        };
        (sted.gaardsnummer, sted.bruksnummer) = (del("gaardsnummer"), del("bruksnummer"));
        (sted.festenummer, sted.undernummer) = (del("festenummer"), matrikkel.tall("undernummer"));
        sted.kommunenummer = nummer.and_then(|nummer| nummer.raa("kommunenummer"));
        ut.gaardsnummer = sted.gaardsnummer.map(|tall| tall.to_string()).into();
        ut.bruksnummer = sted.bruksnummer.map(|tall| tall.to_string()).into();
        ut.bolignummer = bolignummer(matrikkel).into();
        ut.co_adresse = matrikkel.kuttet("coAdressenavn", CO).into();
        let nummer = sted.gaardsnummer.zip(sted.bruksnummer);
        let linje = matrikkel
            .tekst("adressetilleggsnavn")
            .or_else(|| nummer.map(|(g, b)| format!("{g}/{b}")));
        ut.adresselinje = linje.into();
        poststed(matrikkel, ut);
    } else if let Some(ukjent) = post.objekt("ukjentBosted").filter(|_| bosted) {
        sted.kommunenummer = ukjent.raa("bostedskommune");
        ut.posttype = kode("ukjentBosted").into();
        ut.dato_posttype = fra(kilde, post).into();
    } else if let Some(utland) = post.objekt("utenlandskAdresse").filter(|_| !bosted) {
        utenlandsk(utland, ut)?;
        ut.dato_postadresse = post.gyldig_fra().into();
    } else {
        return None;
    }
    if !ut.land.er_verdi() {
        ut.land = Felt::Verdi(NORGE.to_owned());
    }
    if bosted {
        if !ut.posttype.er_verdi() {
            ut.posttype = kode("bostedsadresse").into();
        }
        sted.grunnkrets = post.tall("grunnkrets").filter(|tall| (1..=9_999).contains(tall));
        ut.valgkrets = krets(post, "stemmekrets").into();
        ut.skolekrets = krets(post, "skolekrets").into();
    } else if let Some(opphold) = oppholdskode(post) {
        ut.posttype = Felt::Verdi(opphold);
        ut.dato_posttype = fra(kilde, post).into();
    }
    plasser(&sted, grunnlag, ut);
    Some(())
}

/// What `Country` says of an address in Norway. Source: preg reference 6.6.
const NORGE: &str = "Norge";

fn krets(post: Post<'_>, navn: &str) -> Option<String> {
    let tall = post.tall(navn).filter(|tall| (0..=9_999).contains(tall))?;
    Some(format!("{tall:04}"))
}

fn bolignummer(adresse: Post<'_>) -> Option<String> {
    let nummer = adresse.tekst("bruksenhetsnummer")?;
    (nummer.chars().count() <= 5).then_some(nummer)
}

/// Street, number, letter, c/o, postal place, and the line of them.
fn gate(veg: Post<'_>, ut: &mut Adresse) {
    let navn = veg.tekst("adressenavn");
    let nummer = veg.objekt("adressenummer");
    let husnummer = nummer.and_then(|nummer| nummer.raa("husnummer")).and_then(|tekst| {
        let siffer = !tekst.is_empty() && tekst.len() <= 4 && tekst.bytes().all(|b| b.is_ascii_digit());
        siffer.then(|| tekst.parse::<i32>().ok()).flatten()
    });
    let bokstav = nummer.and_then(|nummer| nummer.raa("husbokstav")).and_then(|tekst| {
        let mut tegn = tekst.chars();
        let bokstav = tegn
            .next()
            .filter(|c| c.is_ascii_alphabetic() || "æøåÆØÅ".contains(*c))?;
        tegn.next().is_none().then(|| bokstav.to_uppercase().to_string())
    });
    ut.adresselinje = navn
        .as_ref()
        .map(|navn| match husnummer {
            Some(nummer) => format!("{navn} {nummer}{}", bokstav.as_deref().unwrap_or_default()),
            None => navn.clone(),
        })
        .into();
    ut.gatenavn = navn.into();
    ut.gatekode = veg
        .raa("adressekode")
        .filter(|kode| er_siffer(kode, 4))
        .map(str::to_owned)
        .into();
    ut.husnummer = husnummer.into();
    ut.husbokstav = bokstav.into();
    ut.co_adresse = veg.kuttet("coAdressenavn", CO).into();
    poststed(veg, ut);
}

fn poststed(adresse: Post<'_>, ut: &mut Adresse) {
    let Some(sted) = adresse.objekt("poststed") else { return };
    ut.postnummer = sted
        .raa("postnummer")
        .filter(|tekst| er_siffer(tekst, 4))
        .map(str::to_owned)
        .into();
    ut.poststed = sted.kuttet("poststedsnavn", POSTSTED).into();
}

/// Kommune, grunnkrets and bydel.
fn plasser(sted: &Stedsangivelse<'_>, grunnlag: &Grunnlag<'_>, ut: &mut Adresse) {
    let kommunenummer = sted.kommunenummer.filter(|nummer| er_siffer(nummer, 4));
    let kommune = kommunenummer.and_then(kartverk::kommune_uansett_dag);
    ut.kommunenavn = kommune.map(|kommune| kommune.navn.to_owned()).into();
    ut.kommunenummer = kommunenummer.map(str::to_owned).into();
    ut.grunnkrets = sted.grunnkrets.and_then(|tall| i32::try_from(tall).ok()).into();
    let Some((tabell, dag)): Option<(&Tabell, Kalenderdato)> = grunnlag.steder else {
        return;
    };
    let Some(omraade) = tabell.omraade(sted, dag) else {
        return;
    };
    if !ut.grunnkrets.er_verdi() {
        ut.grunnkrets = i32::try_from(omraade.grunnkretsnummer.freg()).ok().into();
    }
    if let Some(bydel) = omraade.tjenestebydel {
        // Six digits, of which the kommune is four. Four characters that begin with 0: preg reference 6.6; how is our choice.
        ut.bydelskode = bydel.kode.get(4..6).map(|to| format!("00{to}")).into();
        ut.bydelsnavn = Felt::Verdi(kutt(bydel.navn, BYDELSNAVN));
    }
}

/// Where post goes, in Norway or abroad.
fn postmottak(post: Post<'_>, ut: &mut Adresse) -> Option<()> {
    if let Some(boks) = post.objekt("postboksadresse") {
        poststed(boks, ut);
        let nummer = boks.tekst("postboks").map(|nummer| {
            let har_ord = nummer.to_lowercase().starts_with("postboks");
            if har_ord { nummer } else { format!("Postboks {nummer}") }
        });
        sett_linjer(boks.tekst("postbokseier").into_iter().chain(nummer), norsk_sted(ut), ut);
    } else if let Some(veg) = post.objekt("vegadresse") {
        gate(veg, ut);
        ut.bolignummer = bolignummer(veg).into();
        let linje = ut.adresselinje.verdi().cloned();
        sett_linjer(veg.tekst("coAdressenavn").into_iter().chain(linje), norsk_sted(ut), ut);
    } else if let Some(fri) = post.objekt("postadresseIFrittFormat") {
        poststed(fri, ut);
        sett_linjer(fri.tekster("adresselinje"), norsk_sted(ut), ut);
    } else if let Some(utland) = post.objekt("utenlandskAdresse") {
        utenlandsk(utland, ut)?;
    } else if let Some(fri) = post.objekt("utenlandskAdresseIFrittFormat") {
        utenlands_linjer(fri.tekster("adresselinje"), fri, ut);
    } else {
        return None;
    }
    if !ut.land.er_verdi() {
        ut.land = Felt::Verdi(NORGE.to_owned());
    }
    ut.dato_postadresse = post.gyldig_fra().into();
    Some(())
}

fn norsk_sted(ut: &Adresse) -> Option<String> {
    sammen([ut.postnummer.verdi().cloned(), ut.poststed.verdi().cloned()])
}

fn utenlandsk(adresse: Post<'_>, ut: &mut Adresse) -> Option<()> {
    // A stub with nothing in it is no address.
    let innhold = [
        "coAdressenavn",
        "adressenavn",
        "bygning",
        "etasjenummer",
        "boenhet",
        "postboks",
        "postkode",
        "byEllerStedsnavn",
        "distriktsnavn",
        "region",
        "landkode",
    ];
    innhold.iter().any(|navn| adresse.har(navn)).then_some(())?;
    let hus = sammen(["bygning", "etasjenummer", "boenhet"].map(|navn| adresse.tekst(navn)));
    let omraade = sammen(["distriktsnavn", "region"].map(|navn| adresse.tekst(navn)));
    let enkel = |navn| adresse.tekst(navn);
    let deler = [
        enkel("coAdressenavn"),
        enkel("adressenavn"),
        hus,
        enkel("postboks"),
        omraade,
    ];
    ut.co_adresse = adresse.kuttet("coAdressenavn", CO).into();
    utenlands_linjer(deler.into_iter().flatten().collect(), adresse, ut);
    Some(())
}

/// Lines that end with place and country.
fn utenlands_linjer(deler: Vec<String>, adresse: Post<'_>, ut: &mut Adresse) {
    let land = adresse
        .tekst("landkode")
        .map(|kode| land_fra_alfa2(&kode).map_or(kode, |land| land.navn.to_owned()));
    let sted = sammen([adresse.tekst("postkode"), adresse.tekst("byEllerStedsnavn")]);
    sett_linjer(deler, sammen([sted, land.clone()]), ut);
    ut.land = land.into();
}

fn sett_linjer(deler: impl IntoIterator<Item = String>, sist: Option<String>, ut: &mut Adresse) {
    let deler: Vec<String> = deler.into_iter().collect();
    let [en, to, tre] = linjer(&deler, sist.as_deref(), LINJE);
    (ut.linje_1, ut.linje_2, ut.linje_3) = (en.into(), to.into(), tre.into());
}

fn sammen<const N: usize>(deler: [Option<String>; N]) -> Option<String> {
    let deler: Vec<String> = deler.into_iter().flatten().collect();
    (!deler.is_empty()).then(|| deler.join(" "))
}
