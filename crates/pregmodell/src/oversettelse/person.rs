//! Everything of a person but addresses.

use informasjonsmodell::Entitet as E;

use super::dokument::{Dokument, Feil, Post, siste};
use super::{Merknad, Oversatt};
use crate::koder::{
    CUSTODY, GENDER, Koderad, Kodetabell, Land, MARITAL_STATUS, REG_STATUS, UOPPGITT, WITHOUT_LEGAL_CAPACITY,
    WORK_PERMIT, land,
};
use crate::tekst::er_siffer;
use crate::verdi::Felt;
use crate::{Person, Personfelt};

/// Width of a name. Source: preg reference 6.1 (first names) and 8.4 (all three).
const NAVN: usize = 50;
/// Marital statuses of those who have a spouse now. Source: our choice: PREG's field is the spouse, not whoever was.
const MED_EKTEFELLE: [&str; 4] = ["gift", "registrertPartner", "separert", "separertPartner"];
/// The word for a number that is no longer in use.
const OPPHOERT: &str = "opphoert";
/// The type of a common help number that is under a person of the copy. It is nobody's former number: whoever has the register of help numbers tells of it.
const HJELPENUMMER: &str = "fellesHjelpenummer";

/// The numbers of a person, by what they are now.
pub(super) struct Numre<'d> {
    /// The one to be known by.
    pub(super) nin: &'d str,
    /// Those that are no longer in use, the last first, with their entries.
    pub(super) utgaatte: Vec<(&'d str, Post<'d>)>,
}

pub(super) fn numre(dokument: &Dokument) -> Result<Numre<'_>, Feil> {
    let alle = || {
        dokument
            .av(E::Identifikasjonsnummer)
            .filter_map(|post| Some((nummer(post, "foedselsEllerDNummer")?, post)))
    };
    let i_bruk = |post: Post<'_>| post.er_gjeldende() && post.raa("status") != Some(OPPHOERT);
    let er_foedselsnummer = |post: Post<'_>| post.raa("identifikatortype") == Some("foedselsnummer");
    let nin = alle()
        .find(|(_, post)| i_bruk(*post) && er_foedselsnummer(*post))
        .or_else(|| alle().find(|(_, post)| i_bruk(*post)))
        .or_else(|| alle().find(|(_, post)| post.er_gjeldende()))
        .or_else(|| alle().next())
        .map(|(nummer, _)| nummer)
        .ok_or(Feil::UtenNummer)?;
    let mut utgaatte: Vec<(&str, Post<'_>)> = Vec::new();
    for (gammelt, post) in alle() {
        let er_hjelpenummer = post.raa("identifikatortype") == Some(HJELPENUMMER);
        if gammelt != nin && !er_hjelpenummer && !i_bruk(post) && utgaatte.iter().all(|(sett, _)| *sett != gammelt) {
            utgaatte.push((gammelt, post));
        }
    }
    // The last first; what has no day is the oldest.
    utgaatte.sort_by_key(|(_, post)| std::cmp::Reverse(post.gyldig_fra()));
    Ok(Numre { nin, utgaatte })
}

/// Eleven digits; a number with its last five as zeros is a birth date and no number, and is not shown as one.
fn nummer<'d>(post: Post<'d>, felt: &str) -> Option<&'d str> {
    post.raa(felt)
        .filter(|tekst| er_siffer(tekst, 11) && !tekst.ends_with("00000"))
}

/// A number that is no longer in use, as a row of its own: who has it now, and nothing more.
pub(super) fn utgaatt(gammelt: &str, post: Post<'_>, nin: &str) -> Person {
    Person {
        nin: Felt::Verdi(gammelt.to_owned()),
        reg_status: REG_STATUS.fra_freg(OPPHOERT).and_then(Koderad::tall).into(),
        dato_status: post
            .tidspunkt("opphoerstidspunkt")
            .and_then(|tid| informasjonsmodell::Dato::fra_dager(tid.lokal_dag()))
            .into(),
        nytt_nummer: Felt::Verdi(nin.to_owned()),
        ..Person::default()
    }
}

/// Everything but addresses and the rows of numbers no longer in use.
pub(super) fn person(dokument: &Dokument, numre: &Numre<'_>) -> Oversatt {
    let mut ut = Oversatt::default();
    ut.person.nin = Felt::Verdi(numre.nin.to_owned());
    ut.person.gammelt_nummer = numre.utgaatte.first().map(|(gammelt, _)| (*gammelt).to_owned()).into();
    navn(dokument, &mut ut.person);
    foedsel(dokument, &mut ut.person);
    status(dokument, &mut ut);
    sivilstand_og_slekt(dokument, &mut ut.person);
    statsborgerskap(dokument, &mut ut);
    foreldreansvar(dokument, numre, &mut ut.person);
    handleevne_og_opphold(dokument, &mut ut.person);
    ut
}

fn kode(tabell: &Kodetabell, post: Option<Post<'_>>, felt: &str) -> Option<&'static Koderad> {
    tabell.fra_freg(post?.raa(felt)?)
}

fn navn(dokument: &Dokument, ut: &mut Person) {
    let Some(naa) = dokument.den(E::Navn) else { return };
    ut.fornavn = naa.kuttet("fornavn", NAVN).into();
    ut.mellomnavn = naa.kuttet("mellomnavn", NAVN).into();
    ut.etternavn = naa.kuttet("etternavn", NAVN).into();
    ut.dato_navn = naa.gyldig_fra().into();
    let annet = |post: &Post<'_>| {
        !post.er_gjeldende() && post.har("etternavn") && post.tekst("etternavn") != naa.tekst("etternavn")
    };
    let tidligere = siste(dokument.av(E::Navn).filter(annet));
    ut.tidligere_etternavn = tidligere.and_then(|post| post.kuttet("etternavn", NAVN)).into();
}

fn foedsel(dokument: &Dokument, ut: &mut Person) {
    let foedsel = dokument.den(E::Foedsel);
    let dag = foedsel.and_then(|post| post.dato("foedselsdato").or_else(|| post.dato("foedselsaar")));
    ut.foedselsdato = dag.into();
    ut.foedested = foedsel.and_then(|post| post.kuttet("foedested", NAVN)).into();
    ut.kjoenn = kode(&GENDER, dokument.den(E::Kjoenn), "kjoenn")
        .and_then(Koderad::tall)
        .into();
}

fn status(dokument: &Dokument, ut: &mut Oversatt) {
    let status = dokument.den(E::Status);
    let doedsfall = dokument.den(E::Doedsfall);
    let ord = status.and_then(|post| post.raa("status"));
    // A death without a status is a death.
    let ord = ord.or(doedsfall.map(|_| "doed"));
    ut.person.reg_status = ord
        .and_then(|ord| REG_STATUS.fra_freg(ord))
        .and_then(Koderad::tall)
        .into();
    let utflytting = dokument.den(E::Utflytting);
    let dag = match ord {
        Some("doed") => doedsfall.and_then(|post| post.dato("doedsdato")),
        Some("utflyttet") => utflytting.and_then(|post| post.dato("utflyttingsdato")),
        _ => None,
    };
    // The day of a status that has no code would tell of it.
    let gyldig_fra = || {
        status
            .filter(|_| ut.person.reg_status.er_verdi())
            .and_then(Post::gyldig_fra)
    };
    ut.person.dato_status = dag.or_else(gyldig_fra).into();
    let land = match ord {
        Some("utflyttet") => utflytting.and_then(|post| post.raa("tilflyttingsland")),
        Some("bosatt") => dokument
            .den(E::Innflytting)
            .and_then(|post| post.raa("fraflyttingsland")),
        _ => None,
    };
    if let Some(alfa3) = land {
        let nummer =
            finn_land(alfa3, Personfelt::StatusCountryCode, &mut ut.merknader).map_or(UOPPGITT, |land| land.nummer);
        ut.person.land_status = Felt::Verdi(i32::from(nummer));
    }
}

/// A country; one that is not known is noted, with its letters.
fn finn_land(alfa3: &str, felt: Personfelt, merknader: &mut Vec<Merknad>) -> Option<&'static Land> {
    let funnet = land(alfa3);
    if funnet.is_none() {
        // Three letters and nothing else: the note may not carry what is not a country.
        merknader.push(Merknad::UkjentLand {
            felt,
            landkode: er_landkode(alfa3).then(|| alfa3.to_owned()),
        });
    }
    funnet
}

fn sivilstand_og_slekt(dokument: &Dokument, ut: &mut Person) {
    let sivilstand = dokument.den(E::Sivilstand);
    ut.sivilstand = kode(&MARITAL_STATUS, sivilstand, "sivilstand")
        .and_then(Koderad::tall)
        .into();
    ut.dato_sivilstand = sivilstand
        .and_then(|post| post.dato("sivilstandsdato").or_else(|| post.gyldig_fra()))
        .into();
    let slekt = |rolle: &'static str| {
        dokument
            .gjeldende(E::Familierelasjon)
            .filter(move |post| post.raa("relatertPersonsRolle") == Some(rolle))
            .filter_map(|post| nummer(post, "relatertPerson").map(str::to_owned))
    };
    let har_ektefelle = sivilstand
        .and_then(|post| post.raa("sivilstand"))
        .is_none_or(|ord| MED_EKTEFELLE.contains(&ord));
    let ektefelle = sivilstand
        .and_then(|post| nummer(post, "relatertVedSivilstand").map(str::to_owned))
        .or_else(|| slekt("ektefelleEllerPartner").next());
    ut.ektefelle = ektefelle.filter(|_| har_ektefelle).into();
    ut.mor = slekt("mor").next().into();
    ut.far = slekt("far").next().into();
    let barn: Vec<String> = slekt("barn").collect();
    ut.barn = (!barn.is_empty()).then_some(barn).into();
}

fn statsborgerskap(dokument: &Dokument, ut: &mut Oversatt) {
    let mut alle: Vec<(Post<'_>, &str)> = dokument
        .gjeldende(E::Statsborgerskap)
        .filter_map(|post| Some((post, post.raa("statsborgerskap")?)))
        .collect();
    // Norwegian first, the rest in the document's order.
    alle.sort_by_key(|(_, land)| *land != "NOR");
    let Some(&(post, alfa3)) = alle.first() else { return };
    let felt = Personfelt::Citizenship;
    let foerste = finn_land(alfa3, felt, &mut ut.merknader);
    ut.person.dato_statsborgerskap = post.dato("ervervsdato").or_else(|| post.gyldig_fra()).into();
    ut.person.statsborgerskapskode = match foerste {
        None => Felt::from(er_landkode(alfa3).then(|| alfa3.to_owned())),
        Some(_) => {
            let andre = alle
                .get(1)
                .and_then(|(_, alfa3)| finn_land(alfa3, Personfelt::CitizenshipCode, &mut ut.merknader));
            Felt::from(andre.map(Land::tekst))
        }
    };
    ut.person.statsborgerskap = Felt::Verdi(foerste.map_or_else(|| UOPPGITT.to_string(), Land::tekst));
}

fn er_landkode(tekst: &str) -> bool {
    tekst.len() == 3 && tekst.bytes().all(|b| b.is_ascii_uppercase())
}

/// Responsibility for the person, never that which the person has for others.
fn foreldreansvar(dokument: &Dokument, numre: &Numre<'_>, ut: &mut Person) {
    let eget = |nummer: &str| nummer == numre.nin || numre.utgaatte.iter().any(|(gammelt, _)| *gammelt == nummer);
    let for_personen = |post: &Post<'_>| match post.raa("ansvarssubjekt") {
        Some(subjekt) => eget(subjekt),
        None => !post.har("ansvarssubjektUtenIdentifikator") && !post.raa("ansvarlig").is_some_and(eget),
    };
    let mut poster = dokument.gjeldende(E::Foreldreansvar).filter(for_personen);
    let Some(foerste) = poster.next() else { return };
    let koden = |post| kode(&CUSTODY, Some(post), "ansvar");
    let rad = koden(foerste);
    // Entries that say different things say nothing in one letter.
    if poster.any(|post| koden(post) != rad) {
        return;
    }
    ut.foreldreansvar = rad.map(|rad| rad.kode.to_owned()).into();
    ut.dato_foreldreansvar = rad.and_then(|_| foerste.gyldig_fra()).into();
}

fn handleevne_og_opphold(dokument: &Dokument, ut: &mut Person) {
    let begrenset = dokument.gjeldende(E::RettsligHandleevne).find_map(|post| {
        let omfang = post.tekster("rettsligHandleevneomfang");
        let rad = omfang.iter().find_map(|ord| WITHOUT_LEGAL_CAPACITY.fra_freg(ord))?;
        Some((rad, post))
    });
    ut.uten_handleevne = begrenset.map(|(rad, _)| rad.kode.to_owned()).into();
    ut.dato_uten_handleevne = begrenset.and_then(|(_, post)| post.gyldig_fra()).into();
    let opphold = dokument.den(E::Opphold);
    let tillatelse = kode(&WORK_PERMIT, opphold, "oppholdstillatelse");
    ut.arbeidstillatelse = tillatelse.map(|rad| rad.kode.to_owned()).into();
    let dag = opphold.filter(|_| tillatelse.is_some());
    ut.dato_arbeidstillatelse = dag
        .and_then(|post| post.dato("oppholdFra").or_else(|| post.gyldig_fra()))
        .into();
    ut.duf_nummer = dokument
        .gjeldende(E::UtlendingsmyndighetenesIdentifikasjonsnummer)
        .filter_map(|post| post.raa("identifikasjonsnummer"))
        .find(|tekst| er_siffer(tekst, 12))
        .map(str::to_owned)
        .into();
}
