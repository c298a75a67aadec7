//! What is known of whoever has a common help number, as a person document of the register's model.
//!
//! What lives here: which fact becomes which entry. What does not: who may see an entry, which the projections of the views decide as of any
//! person. What a newcomer gets wrong: to take these for facts of Folkeregisteret. Nobody has checked them, so nothing is made of them that
//! only that register can say: no status but that somebody is dead, and no protection.
//!
//! Ways to reach the person and other ids are of whoever sent them, and are not in the copy (PREG reference 4.8). Nor is an address at work
//! (our choice).

use ::hjelpenummer::{Adresse, Adressebruk, Delvisdato, Fakta, Kjoenn, Oppslag};
use identifikator::FellesHjelpenummer;
use informasjonsmodell::{Entitet, Forskyvning, Persondokument, Tidspunkt, land};
use serde_json::{Map, Value, json};

use crate::Feil;

/// The type of a felles hjelpenummer among the numbers of a document. Source: our choice, ADR 0052; the register has no word for it.
pub(crate) const TYPE: &str = "fellesHjelpenummer";
/// Norway, as addresses name it. Source: ISO 3166-1, the codes of PREG, and how it is written.
const NORGE: [&str; 6] = ["", "NO", "NOR", "000", "NORGE", "NORWAY"];
/// Marital status by PREG's code. Source: PREG reference 6.3.
const SIVILSTAND: [&str; 10] = [
    "uoppgitt",
    "ugift",
    "gift",
    "enkeEllerEnkemann",
    "skilt",
    "separert",
    "registrertPartner",
    "separertPartner",
    "skiltPartner",
    "gjenlevendePartner",
];

/// A time without fractions.
pub(crate) fn tid(sekunder: i64) -> Result<Tidspunkt, Feil> {
    Tidspunkt::new(sekunder, 0, 0, Forskyvning::Utc).ok_or(Feil::Skadet("tidspunkt for et hjelpenummer"))
}

/// The document of whoever has a number, with that number alone. What cannot be said in the model is left out; where the rest cannot be either,
/// the number is all there is.
///
/// # Errors
/// [`Feil::Skadet`] if it has been issued outside of time.
pub(crate) fn dokument(oppslag: &Oppslag) -> Result<Persondokument, Feil> {
    let nummer = json!([{
        "erGjeldende": true,
        "ajourholdstidspunkt": tid(oppslag.utstedt_s)?.to_string(),
        "status": "iBruk",
        "foedselsEllerDNummer": oppslag.nummer.as_str(),
        "identifikatortype": TYPE,
    }]);
    let mut alt = Map::new();
    alt.insert("identifikasjonsnummer".to_owned(), nummer);
    let bare_nummer = alt.clone();
    fakta(&oppslag.fakta, &tid(oppslag.endret_s)?.to_string(), &mut alt);
    match Persondokument::les(Value::Object(alt)) {
        Ok(dokument) => Ok(dokument),
        Err(feil) => {
            tracing::warn!(feil = %feil, "det som er registrert på et hjelpenummer, kan ikke sies i modellen; bare nummeret vises");
            Persondokument::les(Value::Object(bare_nummer)).map_err(|_| Feil::Skadet("et hjelpenummer"))
        }
    }
}

/// The document of a number that was issued and that nothing is known of: ended.
///
/// # Errors
/// [`Feil::Skadet`] never, as the model is.
pub(crate) fn endt(nummer: FellesHjelpenummer) -> Result<Persondokument, Feil> {
    let dokument = json!({
        "identifikasjonsnummer": [{"erGjeldende": true, "status": "opphoert",
            "foedselsEllerDNummer": nummer.as_str(), "identifikatortype": TYPE}],
        "status": [{"erGjeldende": true, "status": "opphoert"}],
    });
    Persondokument::les(dokument).map_err(|_| Feil::Skadet("et hjelpenummer"))
}

fn fakta(fakta: &Fakta, ajourholdt: &str, ut: &mut Map<String, Value>) {
    let mut legg_til = |entitet: &str, felt: Value| {
        let Value::Object(felt) = felt else { return };
        let mut rad = Map::new();
        rad.insert("erGjeldende".to_owned(), Value::Bool(true));
        rad.insert("ajourholdstidspunkt".to_owned(), Value::from(ajourholdt));
        // What is not known is not there.
        rad.extend(felt.into_iter().filter(|(_, verdi)| !verdi.is_null()));
        // Of all but a few entities there may be several.
        let er_liste = Entitet::ALLE.iter().any(|e| e.navn() == entitet && e.er_liste());
        let rad = Value::Object(rad);
        ut.insert(entitet.to_owned(), if er_liste { Value::Array(vec![rad]) } else { rad });
    };
    if let Some(navn) = &fakta.navn {
        let mellomnavn = Some(navn.mellomnavn.trim()).filter(|navn| !navn.is_empty());
        if ![&navn.fornavn, &navn.mellomnavn, &navn.etternavn]
            .iter()
            .all(|del| del.trim().is_empty())
        {
            legg_til(
                "navn",
                json!({"fornavn": navn.fornavn.trim(), "mellomnavn": mellomnavn, "etternavn": navn.etternavn.trim()}),
            );
        }
    }
    match fakta.kjoenn {
        Some(Kjoenn::Kvinne) => legg_til("kjoenn", json!({"kjoenn": "kvinne"})),
        Some(Kjoenn::Mann) => legg_til("kjoenn", json!({"kjoenn": "mann"})),
        _ => {}
    }
    if let Some(foedt) = fakta.foedselsdato {
        let sted = fakta.foedested.as_ref();
        let sted_tekst = sted.map(|f| f.sted.trim()).filter(|sted| !sted.is_empty());
        let foedeland = sted.and_then(|f| tre_bokstaver(&f.land));
        legg_til(
            "foedsel",
            json!({
                "foedselsdato": hel_dato(foedt),
                "foedselsaar": format!("{:04}", foedt.aar),
                "foedested": sted_tekst,
                "foedeland": foedeland,
            }),
        );
    }
    if fakta.doed == Some(true) || fakta.doedsdato.is_some() {
        legg_til("doedsfall", json!({"doedsdato": fakta.doedsdato.and_then(hel_dato)}));
        legg_til("status", json!({"status": "doed"}));
    }
    if let Some(sivilstand) = fakta.sivilstand.and_then(|kode| SIVILSTAND.get(usize::from(kode))) {
        legg_til("sivilstand", json!({"sivilstand": sivilstand}));
    }
    for (entitet, adresse) in adresser(&fakta.adresser) {
        legg_til(entitet, adresse);
    }
}

/// A date that is known to the day.
fn hel_dato(dato: Delvisdato) -> Option<String> {
    let (maaned, dag) = dato.maaned.zip(dato.dag)?;
    Some(format!("{:04}-{maaned:02}-{dag:02}", dato.aar))
}

fn tre_bokstaver(land: &str) -> Option<&str> {
    let land = land.trim();
    land::alfa2(land).map(|_| land)
}

/// Addresses by entity, one of each: where somebody lives, where they stay, and where post goes in Norway or abroad.
///
/// A line of street holds house number and letter too. Source: Person API v3, `StreetAddress.addressName`, of persons with a help number.
fn adresser(alle: &[Adresse]) -> Vec<(&'static str, Value)> {
    let mut ut: Vec<(&'static str, Value)> = Vec::new();
    for adresse in alle {
        let bruk = match adresse.bruk {
            Adressebruk::Hjem => Some("bostedsadresse"),
            Adressebruk::Midlertidig => Some("oppholdsadresse"),
            Adressebruk::Post => None,
            Adressebruk::Arbeid => continue,
        };
        let land = adresse.land.trim().to_uppercase();
        let funnet = if NORGE.contains(&land.as_str()) {
            let vei = bruk.zip(vegadresse(adresse));
            vei.or_else(|| Some(("postadresse", i_fritt_format(adresse)?)))
        } else {
            let landkode = land::alfa2(&land).map(str::to_owned);
            let to = || land.bytes().all(|b| b.is_ascii_uppercase()).then_some(land.clone());
            let landkode = landkode.or_else(|| to().filter(|land| land.len() == 2));
            landkode.and_then(|landkode| Some(("postadresseIUtlandet", i_utlandet(adresse, &landkode)?)))
        };
        if let Some((entitet, verdi)) = funnet
            && ut.iter().all(|(har, _)| *har != entitet)
        {
            ut.push((entitet, verdi));
        }
    }
    ut
}

fn linjer(adresse: &Adresse) -> Vec<&str> {
    let linjer = adresse.linjer.iter().map(|linje| linje.trim());
    linjer.filter(|linje| !linje.is_empty()).collect()
}

fn ikke_tom(tekst: &str) -> Option<&str> {
    Some(tekst.trim()).filter(|tekst| !tekst.is_empty())
}

fn fire_siffer(tekst: &str) -> Option<&str> {
    ikke_tom(tekst).filter(|tekst| tekst.len() == 4 && tekst.bytes().all(|b| b.is_ascii_digit()))
}

fn poststed(adresse: &Adresse) -> Value {
    let (postnummer, navn) = (fire_siffer(&adresse.postnummer), ikke_tom(&adresse.poststed));
    let mut ut = Map::new();
    if let Some(navn) = navn {
        ut.insert("poststedsnavn".to_owned(), Value::from(navn));
    }
    if let Some(postnummer) = postnummer {
        ut.insert("postnummer".to_owned(), Value::from(postnummer));
    }
    if ut.is_empty() { Value::Null } else { Value::Object(ut) }
}

/// A street address; none without a kommune by number and a line.
fn vegadresse(adresse: &Adresse) -> Option<Value> {
    let (kommune, linjer) = (fire_siffer(&adresse.kommune)?, linjer(adresse));
    if linjer.is_empty() {
        return None;
    }
    let mut vei = Map::new();
    vei.insert("kommunenummer".to_owned(), Value::from(kommune));
    vei.insert("adressenavn".to_owned(), Value::from(linjer.join(", ")));
    let poststed = poststed(adresse);
    if !poststed.is_null() {
        vei.insert("poststed".to_owned(), poststed);
    }
    if let Some(co) = ikke_tom(&adresse.co) {
        vei.insert("coAdressenavn".to_owned(), Value::from(co));
    }
    Some(json!({"adressegradering": "ugradert", "vegadresse": vei}))
}

fn i_fritt_format(adresse: &Adresse) -> Option<Value> {
    let (linjer, poststed) = (med_co(adresse), poststed(adresse));
    if linjer.is_empty() && poststed.is_null() {
        return None;
    }
    let mut fritt = Map::new();
    if !linjer.is_empty() {
        fritt.insert("adresselinje".to_owned(), Value::from(linjer));
    }
    if !poststed.is_null() {
        fritt.insert("poststed".to_owned(), poststed);
    }
    Some(json!({"adressegradering": "ugradert", "postadresseIFrittFormat": fritt}))
}

fn i_utlandet(adresse: &Adresse, landkode: &str) -> Option<Value> {
    let linjer = med_co(adresse);
    let (kode, by) = (ikke_tom(&adresse.postnummer), ikke_tom(&adresse.poststed));
    if linjer.is_empty() && by.is_none() {
        return None;
    }
    let mut fritt = Map::new();
    if !linjer.is_empty() {
        fritt.insert("adresselinje".to_owned(), Value::from(linjer));
    }
    for (navn, verdi) in [
        ("postkode", kode),
        ("byEllerStedsnavn", by),
        ("landkode", Some(landkode)),
    ] {
        if let Some(verdi) = verdi {
            fritt.insert(navn.to_owned(), Value::from(verdi));
        }
    }
    Some(json!({"adressegradering": "ugradert", "utenlandskAdresseIFrittFormat": fritt}))
}

fn med_co(adresse: &Adresse) -> Vec<String> {
    let co = ikke_tom(&adresse.co).map(|co| format!("c/o {co}"));
    let linjer = linjer(adresse).into_iter().map(str::to_owned);
    co.into_iter().chain(linjer).collect()
}

#[cfg(test)]
mod tests;
