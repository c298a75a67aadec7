//! What is true of a person, out of a document with history.

use serde_json::Value;

use crate::{Adresse, Fasit, Navn};

impl Fasit {
    /// Of a document in the register's JSON, history with it; `None` of somebody without a name, a birth date or a gender, and of an entry that ended.
    ///
    /// Nobody with a protected address has any here.
    #[must_use]
    pub fn av_dokument(json: &[u8]) -> Option<Self> {
        let dokument: Value = serde_json::from_slice(json).ok()?;
        let alle = |navn: &str| {
            dokument
                .get(navn)
                .and_then(Value::as_array)
                .map_or(&[][..], Vec::as_slice)
        };
        let gjelder = |en: &&Value| en.get("erGjeldende").and_then(Value::as_bool) != Some(false);
        if alle("status").iter().find(gjelder).and_then(|en| tekst(en, "/status")) == Some("opphoert") {
            return None;
        }
        let navn = alle("navn").iter().find(gjelder).and_then(les_navn)?;
        let mut tidligere_navn: Vec<Navn> = alle("navn")
            .iter()
            .filter(|en| !gjelder(en))
            .filter_map(les_navn)
            .collect();
        tidligere_navn.retain(|tidligere| *tidligere != navn);
        let foedt = alle("foedsel").iter().find(gjelder)?;
        let mut dato = tekst(foedt, "/foedselsdato")?.split('-');
        let foedselsdato = (
            dato.next()?.parse().ok()?,
            dato.next()?.parse().ok()?,
            dato.next()?.get(..2)?.parse().ok()?,
        );
        let kvinne = tekst(alle("kjoenn").iter().find(gjelder)?, "/kjoenn")? == "kvinne";
        let vernet = alle("adressebeskyttelse")
            .iter()
            .any(|en| tekst(en, "/graderingsnivaa") != Some("ugradert"));
        let bosteder = if vernet { &[][..] } else { alle("bostedsadresse") };
        let adresse = bosteder.iter().find(gjelder).and_then(les_adresse);
        let mut tidligere_adresser: Vec<Adresse> = bosteder
            .iter()
            .filter(|en| !gjelder(en))
            .filter_map(les_adresse)
            .collect();
        tidligere_adresser.retain(|tidligere| adresse.as_ref() != Some(tidligere));
        Some(Fasit {
            navn,
            tidligere_navn,
            foedselsdato,
            kvinne,
            adresse,
            tidligere_adresser,
        })
    }
}

fn tekst<'a>(verdi: &'a Value, sti: &str) -> Option<&'a str> {
    verdi.pointer(sti).and_then(Value::as_str)
}

fn les_navn(verdi: &Value) -> Option<Navn> {
    Some(Navn::ny(
        tekst(verdi, "/fornavn")?,
        tekst(verdi, "/mellomnavn"),
        tekst(verdi, "/etternavn")?,
    ))
}

fn les_adresse(verdi: &Value) -> Option<Adresse> {
    if tekst(verdi, "/adressegradering") != Some("ugradert") {
        return None;
    }
    let veg = verdi.get("vegadresse")?;
    let mut gate = tekst(veg, "/adressenavn")?.to_owned();
    for del in ["/adressenummer/husnummer", "/adressenummer/husbokstav"] {
        if let Some(del) = tekst(veg, del) {
            gate.push(' ');
            gate.push_str(del);
        }
    }
    Some(Adresse::ny(
        &gate,
        tekst(veg, "/poststed/postnummer").unwrap_or_default(),
        tekst(veg, "/kommunenummer").unwrap_or_default(),
    ))
}
