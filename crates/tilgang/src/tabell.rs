//! The access table: compiled once from our data file into masks, so that a decision is a few bit tests.
//!
//! Rules about a whole person (fortrolig, strengt fortrolig) stand in [`Rett::avgjoer`]; cells stand in the data file.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use informasjonsmodell::kodeverk::Personstatus;
use informasjonsmodell::skjema::Feltklasse;
use informasjonsmodell::{Entitet, Hendelsestype};
use serde::Deserialize;

use crate::{Grad, Pakke, Projeksjon};

const DATA: &str = include_str!("../data/rettighetspakker.toml");

/// A set of entities as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entitetsmengde(u64);

impl Entitetsmengde {
    /// The set of one.
    #[must_use]
    pub fn av(entitet: Entitet) -> Self {
        Entitetsmengde(1 << (entitet as u8))
    }

    /// Whether an entity is in the set.
    #[must_use]
    pub fn har(self, entitet: Entitet) -> bool {
        self.0 & Entitetsmengde::av(entitet).0 != 0
    }

    /// Both sets together.
    #[must_use]
    pub fn og(self, annen: Self) -> Self {
        Entitetsmengde(self.0 | annen.0)
    }

    /// What is in both.
    #[must_use]
    pub fn felles(self, annen: Self) -> Self {
        Entitetsmengde(self.0 & annen.0)
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn er_tom(self) -> bool {
        self.0 == 0
    }

    /// The entities, in wire order.
    pub fn entiteter(self) -> impl Iterator<Item = Entitet> {
        Entitet::ALLE.iter().copied().filter(move |e| self.har(*e))
    }
}

impl FromIterator<Entitet> for Entitetsmengde {
    fn from_iter<I: IntoIterator<Item = Entitet>>(iter: I) -> Self {
        iter.into_iter()
            .fold(Entitetsmengde::default(), |sum, e| sum.og(Entitetsmengde::av(e)))
    }
}

/// What one projection may see and call.
#[derive(Clone, Debug)]
pub struct Rett {
    projeksjon: Projeksjon,
    /// Delivered without `part`.
    pub basis: Entitetsmengde,
    /// Everything the package may see.
    pub kan: Entitetsmengde,
    /// Entities whose historical entries it may see.
    pub historikk: Entitetsmengde,
    /// What `identitetsgrunnlag-utvidet` gives; `None` where the package lacks the alias.
    pub identitetsgrunnlag_utvidet: Option<Entitetsmengde>,
    /// What `relasjon-utvidet` gives; `None` where the package lacks the alias.
    pub relasjon_utvidet: Option<Entitetsmengde>,
    nektet_felt: u32,
    nektet_felt_historisk: u32,
    ajourholdstidspunkt: bool,
    kilde: bool,
    aarsak: bool,
    maskerer_status: bool,
    flytting_ved_fortrolig: bool,
    /// Feed items carry the identifier.
    pub feed_identifikator: bool,
    /// Feed items carry document identifiers.
    pub feed_dokumenter: bool,
    /// Feed items carry the time.
    pub feed_ajourholdstidspunkt: bool,
    /// Every change is endringIPerson.
    pub generaliserte_hendelser: bool,
    endepunkter: Vec<String>,
}

/// What is to be left out of an entry that may be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nekt {
    /// Field classes refused, as bits.
    pub felt: u32,
    /// Leave out `ajourholdstidspunkt`.
    pub ajourholdstidspunkt: bool,
    /// Leave out `kilde`.
    pub kilde: bool,
    /// Leave out `aarsak`.
    pub aarsak: bool,
}

// A person who is strengt fortrolig: no place, no country, no address of an estate.
const STRENGT_NEKTET: [Feltklasse; 4] = [
    Feltklasse::FlyttingSted,
    Feltklasse::FlyttingLand,
    Feltklasse::DoedsboAdresse,
    Feltklasse::SvalbardFraflytting,
];

impl Rett {
    /// Decides on one entry of a person whose present protection is `vern`: `None` = left out whole.
    ///
    /// Source: the access matrix, `adresser_etter_gradering` and `strengt_fortrolig_person`; the effective grade is the
    /// stricter of the entry's own and the person's present one.
    #[must_use]
    pub fn avgjoer(&self, vern: Grad, entitet: Entitet, gjeldende: bool, grad: Grad) -> Option<Nekt> {
        if !self.kan.har(entitet) || (!gjeldende && !self.historikk.har(entitet)) {
            return None;
        }
        if entitet.er_adresse() && !self.ser_adresse(vern, entitet, gjeldende, grad) {
            return None;
        }
        if vern >= Grad::Klientadresse
            && matches!(entitet, Entitet::Innflytting | Entitet::Utflytting)
            && !self.flytting_ved_fortrolig
        {
            return None;
        }
        let mut felt = self.nektet_felt;
        if !gjeldende {
            felt |= self.nektet_felt_historisk;
        }
        if vern == Grad::StrengtFortrolig {
            felt |= STRENGT_NEKTET.iter().fold(0, |sum, k| sum | k.bit());
        }
        // The address of an estate is the contact's, and guarded as the stricter of the two persons' own (our choice).
        if entitet == Entitet::KontaktinformasjonForDoedsbo && !self.ser_gradert(grad.max(vern)) {
            felt |= Feltklasse::DoedsboAdresse.bit();
        }
        Some(Nekt {
            felt,
            ajourholdstidspunkt: !self.ajourholdstidspunkt,
            kilde: !self.kilde,
            aarsak: !self.aarsak,
        })
    }

    fn ser_adresse(&self, vern: Grad, entitet: Entitet, gjeldende: bool, grad: Grad) -> bool {
        match vern {
            // What exists is one open postadresse, and everyone receives it.
            Grad::StrengtFortrolig => entitet == Entitet::Postadresse && gjeldende && grad == Grad::Ugradert,
            _ => self.ser_gradert(grad.max(vern)),
        }
    }

    fn ser_gradert(&self, grad: Grad) -> bool {
        match grad {
            Grad::Ugradert => true,
            Grad::Klientadresse | Grad::Fortrolig => self.projeksjon.viser_graderte(),
            Grad::StrengtFortrolig => false,
        }
    }

    /// Whether graded addresses are delivered.
    #[must_use]
    pub fn ser_graderte(&self) -> bool {
        self.projeksjon.viser_graderte()
    }

    /// Whether a class of fields is delivered, of a person without protection.
    #[must_use]
    pub fn ser_felt(&self, klasse: Feltklasse) -> bool {
        self.nektet_felt & klasse.bit() == 0
    }

    /// Whether the package sees `aktiv` in place of a status.
    #[must_use]
    pub fn maskerer(&self, skjult_status: bool) -> bool {
        self.maskerer_status && skjult_status
    }

    /// Whether the package may call an endpoint, named as in the access matrix: `GET personer/{personidentifikator}`.
    #[must_use]
    pub fn kan_kalle(&self, endepunkt: &str) -> bool {
        self.endepunkter.iter().any(|e| e == endepunkt)
    }

    /// Endpoints the package may call.
    pub fn endepunkter(&self) -> impl Iterator<Item = &str> {
        self.endepunkter.iter().map(String::as_str)
    }

    /// Which event types a package gets for a change, when the entries of `endret` changed in its projection.
    ///
    /// The type of the cause if the whole of what it tells of may be seen and some of it was seen to change, else the types
    /// of the single entities in wire order. What may be seen is decided by the table alone, never by the entries, and a
    /// cause of which only a hidden entry changed is not told of by the change that came with it: so no hidden entry shows
    /// itself through the type. Empty when nothing changed.
    #[must_use]
    pub fn hendelsestyper(&self, aarsak: Hendelsestype, endret: Entitetsmengde) -> Vec<Hendelsestype> {
        if endret.er_tom() {
            return Vec::new();
        }
        if self.generaliserte_hendelser {
            return vec![Hendelsestype::EndringIPerson];
        }
        let omfang = aarsak.entiteter();
        let sett = omfang.is_empty() || omfang.iter().any(|e| endret.har(*e));
        if sett && omfang.iter().all(|e| self.kan.har(*e)) {
            return vec![aarsak];
        }
        let mut typer: Vec<_> = endret.entiteter().filter_map(Hendelsestype::for_entitet).collect();
        typer.dedup();
        typer
    }
}

/// The whole table.
#[derive(Debug)]
pub struct Tabell {
    retter: Vec<Rett>,
}

static TABELL: LazyLock<Tabell> = LazyLock::new(|| {
    #[expect(
        clippy::panic,
        reason = "the data file is part of the program; the tests of this module read it"
    )]
    Tabell::les(DATA).unwrap_or_else(|feil| panic!("rettighetspakker.toml: {feil}"))
});

impl Tabell {
    /// The table of this program.
    #[must_use]
    pub fn felles() -> &'static Tabell {
        &TABELL
    }

    /// What a projection may see.
    #[must_use]
    pub fn rett(&self, projeksjon: Projeksjon) -> &Rett {
        #[expect(
            clippy::indexing_slicing,
            reason = "the table is built with one entry for each projection, in order"
        )]
        &self.retter[projeksjon as usize]
    }

    fn les(tekst: &str) -> Result<Self, String> {
        let fil: Fil = toml::from_str(tekst).map_err(|f| f.to_string())?;
        if fil.versjon != 1 {
            return Err("ukjent versjon".to_owned());
        }
        let skjulte: Vec<&str> = fil.skjulte_statuser.iter().map(String::as_str).collect();
        if skjulte != SKJULTE_STATUSER {
            return Err("skjulte_statuser avviker fra koden".to_owned());
        }
        Projeksjon::ALLE
            .into_iter()
            .map(|p| fil.rett(p))
            .collect::<Result<_, _>>()
            .map(|retter| Tabell { retter })
    }
}

const SKJULTE_STATUSER: [&str; 4] = ["forsvunnet", "foedselsregistrert", "midlertidig", "ikkeBosatt"];

/// Whether a status is one that only med hjemmel sees. A status the model does not know is one too (our choice).
#[must_use]
pub fn er_skjult_status(status: &Personstatus) -> bool {
    matches!(status, Personstatus::Annen(_)) || SKJULTE_STATUSER.contains(&status.som_tekst())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fil {
    versjon: u32,
    skjulte_statuser: Vec<String>,
    metadata: BTreeMap<String, Vec<String>>,
    vern: BTreeMap<String, Vec<String>>,
    nektet_felt: BTreeMap<String, Vec<String>>,
    nektet_felt_historisk: BTreeMap<String, Vec<String>>,
    pakke: BTreeMap<String, Pakkefil>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pakkefil {
    endepunkter: Vec<String>,
    basis: Vec<String>,
    alias: Vec<String>,
    eksplisitt: Vec<String>,
    historikk: Vec<String>,
    part_alias: Vec<String>,
    hendelsesfelt: Vec<String>,
    generaliserte_hendelser: bool,
}

impl Fil {
    fn rett(&self, projeksjon: Projeksjon) -> Result<Rett, String> {
        let pakke = projeksjon.pakke();
        let egen = self
            .pakke
            .get(pakke.kortnavn())
            .ok_or_else(|| format!("mangler pakke {pakke}"))?;
        let basis = mengde(&egen.basis)?;
        let kan = basis.og(mengde(&egen.alias)?).og(mengde(&egen.eksplisitt)?);
        let alias = |navn: &str, innhold: &[Entitet]| {
            egen.part_alias
                .iter()
                .any(|a| a == navn)
                .then(|| innhold.iter().copied().collect::<Entitetsmengde>().felles(kan))
        };
        let har = |felt: &str| egen.hendelsesfelt.iter().any(|f| f == felt);
        let i = |liste: &BTreeMap<String, Vec<String>>, navn: &str| -> Result<bool, String> {
            Ok(liste
                .get(navn)
                .ok_or_else(|| format!("mangler {navn}"))?
                .iter()
                .any(|p| p == pakke.kortnavn()))
        };
        let mut nektet_felt = klasser(&self.nektet_felt, pakke)?;
        // The replacement for a contact's number goes to those who may not see the number, and to nobody else.
        if nektet_felt & Feltklasse::KontaktNummer.bit() == 0 {
            nektet_felt |= Feltklasse::KontaktErstatning.bit();
        }
        Ok(Rett {
            projeksjon,
            basis,
            kan,
            historikk: mengde(&egen.historikk)?,
            identitetsgrunnlag_utvidet: alias(
                "identitetsgrunnlag-utvidet",
                &[
                    Entitet::FalskIdentitet,
                    Entitet::Legitimasjonsdokument,
                    Entitet::UtenlandskPersonidentifikasjon,
                ],
            ),
            relasjon_utvidet: alias(
                "relasjon-utvidet",
                &[
                    Entitet::Familierelasjon,
                    Entitet::Foreldreansvar,
                    Entitet::VergemaalEllerFremtidsfullmakt,
                ],
            ),
            nektet_felt,
            nektet_felt_historisk: klasser(&self.nektet_felt_historisk, pakke)?,
            ajourholdstidspunkt: i(&self.metadata, "ajourholdstidspunkt")?,
            kilde: i(&self.metadata, "kilde")?,
            aarsak: i(&self.metadata, "aarsak")?,
            maskerer_status: pakke != Pakke::OffentligMedHjemmel,
            flytting_ved_fortrolig: i(&self.vern, "flytting_ved_fortrolig")?,
            feed_identifikator: har("folkeregisteridentifikator"),
            feed_dokumenter: har("persondokument"),
            feed_ajourholdstidspunkt: har("ajourholdstidspunkt"),
            generaliserte_hendelser: egen.generaliserte_hendelser,
            endepunkter: egen.endepunkter.clone(),
        })
    }
}

fn mengde(navn: &[String]) -> Result<Entitetsmengde, String> {
    navn.iter()
        .map(|n| Entitet::fra_navn(n).ok_or_else(|| format!("ukjent entitet {n}")))
        .collect()
}

fn klasser(liste: &BTreeMap<String, Vec<String>>, pakke: Pakke) -> Result<u32, String> {
    let mut ut = 0;
    for (navn, pakker) in liste {
        let klasse = Feltklasse::ALLE.into_iter().find(|k| format!("{k:?}") == *navn);
        let klasse = klasse.ok_or_else(|| format!("ukjent feltklasse {navn}"))?;
        if pakker.iter().any(|p| p == pakke.kortnavn()) {
            ut |= klasse.bit();
        }
    }
    Ok(ut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_file_can_be_read() {
        let tabell = Tabell::les(DATA).unwrap();
        assert_eq!(tabell.retter.len(), Projeksjon::ALLE.len());
        for (nr, projeksjon) in Projeksjon::ALLE.into_iter().enumerate() {
            assert_eq!(projeksjon as usize, nr);
        }
    }

    #[test]
    fn a_graded_address_goes_to_med_hjemmel_alone() {
        for projeksjon in Projeksjon::ALLE {
            let rett = Tabell::felles().rett(projeksjon);
            for (vern, grad) in [
                (Grad::Ugradert, Grad::Fortrolig),
                (Grad::Fortrolig, Grad::Ugradert),
                (Grad::Ugradert, Grad::Klientadresse),
            ] {
                for gjeldende in [true, false] {
                    let ser = rett.avgjoer(vern, Entitet::Bostedsadresse, gjeldende, grad).is_some();
                    assert_eq!(ser, projeksjon == Projeksjon::MedHjemmel, "{projeksjon:?}");
                }
            }
        }
    }

    #[test]
    fn nobody_sees_an_address_of_a_strengt_fortrolig_person_but_the_open_postadresse() {
        for projeksjon in Projeksjon::ALLE {
            let rett = Tabell::felles().rett(projeksjon);
            for entitet in Entitet::ADRESSER {
                for gjeldende in [true, false] {
                    for grad in [
                        Grad::Ugradert,
                        Grad::Klientadresse,
                        Grad::Fortrolig,
                        Grad::StrengtFortrolig,
                    ] {
                        let ser = rett.avgjoer(Grad::StrengtFortrolig, entitet, gjeldende, grad).is_some();
                        assert_eq!(
                            ser,
                            entitet == Entitet::Postadresse && gjeldende && grad == Grad::Ugradert
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn a_strict_address_of_an_open_person_is_seen_by_nobody() {
        for projeksjon in Projeksjon::ALLE {
            let rett = Tabell::felles().rett(projeksjon);
            assert!(
                rett.avgjoer(Grad::Ugradert, Entitet::Postadresse, true, Grad::StrengtFortrolig)
                    .is_none()
            );
        }
    }

    #[test]
    fn the_address_of_an_estate_is_guarded_as_the_stricter_of_the_dead_and_the_contact() {
        let grader = [
            Grad::Ugradert,
            Grad::Klientadresse,
            Grad::Fortrolig,
            Grad::StrengtFortrolig,
        ];
        for projeksjon in Projeksjon::ALLE {
            let rett = Tabell::felles().rett(projeksjon);
            for (vern, grad) in grader.into_iter().flat_map(|v| grader.map(|g| (v, g))) {
                let nekt = rett.avgjoer(vern, Entitet::KontaktinformasjonForDoedsbo, true, grad);
                let Some(nekt) = nekt else {
                    assert!(!rett.kan.har(Entitet::KontaktinformasjonForDoedsbo));
                    continue;
                };
                let ser = match vern.max(grad) {
                    Grad::Ugradert => true,
                    Grad::Klientadresse | Grad::Fortrolig => projeksjon == Projeksjon::MedHjemmel,
                    Grad::StrengtFortrolig => false,
                };
                assert_eq!(nekt.felt & Feltklasse::DoedsboAdresse.bit() == 0, ser, "{projeksjon:?}");
            }
        }
    }

    #[test]
    fn an_event_that_a_package_sees_in_part_is_split_by_the_table_and_not_by_the_entries() {
        let eid = Tabell::felles().rett(Projeksjon::UtstederEid);
        let endret: Entitetsmengde = [Entitet::Status, Entitet::Bostedsadresse].into_iter().collect();
        assert_eq!(
            eid.hendelsestyper(Hendelsestype::PersonErBosatt, endret),
            [Hendelsestype::EndringIStatus, Hendelsestype::EndringIBostedsadresse]
        );
        let offentlig = Tabell::felles().rett(Projeksjon::OffentligUtenHjemmel);
        let bare_post = Entitetsmengde::av(Entitet::Postadresse);
        assert_eq!(
            offentlig.hendelsestyper(Hendelsestype::EndringIStatus, bare_post),
            [Hendelsestype::EndringIKontaktinformasjon]
        );
        let privat = Tabell::felles().rett(Projeksjon::Privat);
        assert_eq!(
            privat.hendelsestyper(Hendelsestype::PersonErDoed, endret),
            [Hendelsestype::EndringIPerson]
        );
        assert!(
            privat
                .hendelsestyper(Hendelsestype::PersonErDoed, Entitetsmengde::default())
                .is_empty()
        );
    }
}
