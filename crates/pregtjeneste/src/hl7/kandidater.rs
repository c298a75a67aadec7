//! `FindCandidates`, and whether somebody is known who is about to be registered.
//!
//! What a newcomer gets wrong: a parameter that is given twice with two values is not "either": it is refused, so that nobody takes a list for what it is
//! not. Addresses may be several, and all of them are asked for. Source: PREG reference 4.5 and 4.8; ADR 0051.

use informasjonsmodell::Dato as Modelldato;
use preg::hl7::typer::{Dato, Kjoenn};
use preg::hl7::{
    Adresse, Detalj, Detaljkode, Felt, Foresporsel, Innhold, Kvittering, Navn, Registrering, Soek, Svarkode, Svarperson,
};
use pregmodell::koder::{land, land_fra_alfa2};
use soek::kopi::Datointervall;

use super::Melding;
use super::svarperson::svarperson;
use crate::Feil;
use crate::kaller::Kall;
use crate::oppslag::utenfor_loekka;
use crate::soek::{Adressekriterium, Gate, Klasse, Kriterier, Utfall};

/// Persons in an answer when the asker does not say. Source: PREG reference 4.5 (ours).
const STANDARD: u32 = 25;
/// Most persons in an answer. Source: as above.
const MAKS: u32 = 100;
const PARAMETRE: &str = "controlActProcess/queryByParameter/parameterList";

impl Melding {
    /// `FindCandidates`.
    pub(super) async fn soek(&mut self, foresporsel: &Foresporsel, soek: &Soek) -> Result<String, Feil> {
        let kriterier = match les(soek, &mut self.detaljer) {
            Ok(kriterier) => kriterier,
            Err(detalj) => return self.si_nei(foresporsel, detalj).await,
        };
        let antall = soek.antall.unwrap_or(STANDARD).min(MAKS) as usize;
        let mut kall = Kall::ny(self.operasjon.navn());
        kall.spurt = super::spurt(foresporsel);
        for slag in kriterier.slag() {
            kall.merk(slag);
        }
        let (register, profil) = (self.tjeneste.register.clone(), self.kaller.profil);
        let treff = match utenfor_loekka(move || register.soek(profil, &kriterier, antall)).await? {
            Utfall::Treff(treff) => treff,
            Utfall::ForMange => {
                let tekst = "More persons fit than are told of; narrow the search.";
                let detalj = Detalj::feil(Detaljkode::Syn102, tekst).ved(PARAMETRE);
                return self.si_nei(foresporsel, detalj).await;
            }
        };
        kall.merk(format!("totalt={}", treff.totalt));
        let register = self.tjeneste.register.clone();
        let funnet = register.frigi(treff.uttak, &self.kaller, kall).await?;
        let organisasjon = &self.kaller.organisasjon;
        let personer: Vec<Svarperson> = funnet.iter().flatten().map(|en| svarperson(en, organisasjon)).collect();
        let innhold = Innhold::Soek {
            kode: if treff.totalt == 0 {
                Svarkode::IngenTreff
            } else {
                Svarkode::Ok
            },
            totalt: treff.totalt as u64,
            gjenstaar: treff.totalt.saturating_sub(personer.len()) as u64,
            treff: &personer,
            soek,
        };
        Ok(self.svar(&Kvittering::av(self.detaljer.clone()), &innhold))
    }

    async fn si_nei(&mut self, foresporsel: &Foresporsel, detalj: Detalj) -> Result<String, Feil> {
        self.detaljer.push(detalj);
        let kvittering = Kvittering::av(std::mem::take(&mut self.detaljer));
        self.avslaa(foresporsel, kvittering).await
    }

    /// Whether somebody is known by exactly the name and the date of birth that are to be registered. Records that it was looked for.
    pub(super) async fn finnes_fra_foer(&self, fra: &Registrering) -> Result<bool, Feil> {
        let (Some(navn), Some(foedt)) = (fra.navn.verdi(), fra.foedt.verdi()) else {
            return Ok(false);
        };
        let mut kriterier = Kriterier::default();
        ta_navn(navn, &mut kriterier);
        kriterier.foedt = mellom(Some(*foedt), Some(*foedt));
        if kriterier.gitte.is_empty() && kriterier.etternavn.is_none() {
            return Ok(false);
        }
        let mut kall = self.kall("AA");
        kall.merk("mulig-dublett");
        self.noter(&kall, None).await?;
        let (register, profil) = (self.tjeneste.register.clone(), self.kaller.profil);
        let utfall = utenfor_loekka(move || register.soek(profil, &kriterier, 0)).await?;
        Ok(match utfall {
            Utfall::Treff(treff) => treff.beste == Some(Klasse::Noeyaktig),
            Utfall::ForMange => true,
        })
    }
}

fn tekst(felt: &Felt<String>) -> Option<String> {
    match felt {
        Felt::Verdi(tekst) => Some(tekst.clone()),
        Felt::Mangler | Felt::HoldtTilbake => None,
    }
}

fn ta_navn(navn: &Navn, ut: &mut Kriterier) {
    ut.gitte
        .extend([&navn.fornavn, &navn.mellomnavn].into_iter().filter_map(tekst));
    ut.etternavn = tekst(&navn.etternavn);
}

/// From the first day of one date to the last of another.
fn mellom(fra: Option<Dato>, til: Option<Dato>) -> Datointervall {
    // The same form as the model's, with hyphens.
    let modell = |dag: jiff::civil::Date| Modelldato::parse(&dag.to_string());
    Datointervall {
        fra: fra.and_then(|dato| modell(dato.foerste())),
        til: til.and_then(|dato| modell(dato.siste())),
    }
}

/// The one value of a parameter.
fn ett<'s, T: PartialEq>(alle: &'s [T], navn: &str) -> Result<Option<&'s T>, Detalj> {
    match alle {
        [] => Ok(None),
        [en, flere @ ..] if flere.iter().all(|annen| annen == en) => Ok(Some(en)),
        _ => {
            let tekst = format!("Parameter {navn} has more than one value.");
            Err(Detalj::feil(Detaljkode::Syn102, tekst).ved(PARAMETRE))
        }
    }
}

fn les(soek: &Soek, detaljer: &mut Vec<Detalj>) -> Result<Kriterier, Detalj> {
    use preg::hl7::Foedselstid;
    let mut ut = Kriterier::default();
    if let Some(navn) = ett(&soek.navn, "personName")? {
        ta_navn(navn, &mut ut);
    }
    if let Some(tid) = ett(&soek.foedt, "personBirthTime")? {
        ut.foedt = match tid {
            Foedselstid::Dato(dato) => mellom(Some(*dato), Some(*dato)),
            Foedselstid::Mellom(fra, til) => mellom(*fra, *til),
        };
    }
    ut.kjoenn = match ett(&soek.kjoenn, "personAdministrativeGender")? {
        Some(Kjoenn::Kvinne) => Some(0),
        Some(Kjoenn::Mann) => Some(1),
        // Whoever does not know it does not ask by it.
        Some(Kjoenn::Ukjent) | None => None,
    };
    ut.doed = ett(&soek.doed, "personDeceased")?.copied();
    for adresse in &soek.adresser {
        ut.adresser.push(adressen(adresse, detaljer)?);
    }
    let numre = soek.id.iter().chain(&soek.rolle_id);
    ut.numre = numre.filter_map(|id| id.sifre().map(str::to_owned)).collect();
    ut.numre.dedup();
    Ok(ut)
}

fn adressen(fra: &Adresse, detaljer: &mut Vec<Detalj>) -> Result<Adressekriterium, Detalj> {
    let ikke_brukt = [
        ("careOf", &fra.c_o),
        ("unitID", &fra.bolignummer),
        ("postBox", &fra.postboks),
        ("censusTract", &fra.grunnkrets),
        ("precinct", &fra.bydel),
    ];
    for (navn, _) in ikke_brukt.iter().filter(|(_, felt)| **felt != Felt::Mangler) {
        let tekst = format!("{navn} of an address is not searched by.");
        detaljer.push(Detalj::advarsel(Detaljkode::Syn102, tekst).ved(PARAMETRE));
    }
    let linjer: Vec<String> = fra.adresselinjer.iter().filter_map(tekst).collect();
    let gate = match linjer.as_slice() {
        [] => [&fra.gatenavn, &fra.husnummer]
            .into_iter()
            .filter_map(tekst)
            .collect::<Vec<_>>()
            .join(" "),
        [en] => en.clone(),
        _ => {
            let tekst = "One streetAddressLine is searched by.";
            return Err(Detalj::feil(Detaljkode::Syn102, tekst).ved(PARAMETRE));
        }
    };
    let landet = |kode: String| match kode.chars().count() {
        2 => land_fra_alfa2(&kode.to_uppercase()).map_or(kode, |land| land.navn.to_owned()),
        3 => land(&kode.to_uppercase()).map_or(kode, |land| land.navn.to_owned()),
        _ => kode,
    };
    let krav = Adressekriterium {
        gate: Gate::les(&gate),
        postnummer: tekst(&fra.postnummer),
        poststed: tekst(&fra.poststed),
        kommune: tekst(&fra.kommune),
        land: tekst(&fra.land).map(landet),
    };
    if krav == Adressekriterium::default() {
        let tekst = "An address says nothing that is searched by.";
        return Err(Detalj::feil(Detaljkode::Syn105, tekst).ved(PARAMETRE));
    }
    Ok(krav)
}
