//! What few documents hold: documents of identity, foreign numbers, permits, languages, Svalbard, false identities.

use informasjonsmodell::Innhold;
use informasjonsmodell::entiteter as e;
use informasjonsmodell::kodeverk::{
    Bibehold as Bibeholdskode, Oppholdstillatelsetype, OppholdsvarighetType, SamiskSpraakType,
};
use informasjonsmodell::tekst::Foedselsnummer;
use informasjonsmodell::typer::{IdentifiserendeInformasjon, TekniskDokumentkontroll};

use crate::geografi::Kommunevalg;
use crate::land::Landvalg;
use crate::navn::{Navnevalg, trekk_etternavn};
use crate::plan::{Bibehold, Falsk, Opphav, Oppholdstillatelse, Person, Pnr};
use crate::tekst::{fri, kommunenummer, land3};
use crate::terning::Terning;
use crate::tid::{self, AAR, Dag, GRUNNLAG};

use super::person::{kommet, personnavn};
use super::{Aarsak, Skriver, ingen};

/// Sami languages, from one bit each.
pub(crate) fn samisk(bits: u8) -> Innhold {
    let alle = [
        (1, SamiskSpraakType::Nordsamisk),
        (2, SamiskSpraakType::Soersamisk),
        (4, SamiskSpraakType::Lulesamisk),
    ];
    let spraak = alle
        .into_iter()
        .filter(|(bit, _)| bits & bit != 0)
        .map(|(_, spraak)| spraak)
        .collect();
    Innhold::BrukAvSamiskSpraak(e::SamiskSpraak {
        spraak,
        ukjente: ingen(),
    })
}

/// A number of another country.
pub(crate) fn utenlandsk_nummer(terning: &mut Terning, land: Landvalg) -> Innhold {
    let slag = match terning.under(3) {
        0 => "taxIdentificationNumber",
        1 => "socialSecurityNumber",
        _ => "utenlandskIdentifikasjonsnummer",
    };
    Innhold::UtenlandskPersonidentifikasjon(e::Personidentifikasjon {
        identifikasjonsnummer: fri(&format!("T{:05}-{:04}", terning.under(100_000), terning.under(10_000))),
        identifikasjonsnummertype: fri(slag),
        utstederland: land3(land.land().alfa3),
        ukjente: ingen(),
    })
}

/// A DUF-nummer of a year. The serial number begins with 9s, which none has reached.
pub(crate) fn dufnummer(terning: &mut Terning, fra: Dag) -> Innhold {
    Innhold::UtlendingsmyndighetenesIdentifikasjonsnummer(e::Personidentifikasjon {
        identifikasjonsnummer: fri(&format!("{:04}99{:06}", tid::aar(fra), terning.under(1_000_000))),
        identifikasjonsnummertype: fri("utlendingsmyndighetenesIdentifikasjonsnummer"),
        utstederland: land3("NOR"),
        ukjente: ingen(),
    })
}

/// A document shown at an identity control.
pub(crate) fn legitimasjon(terning: &mut Terning, land: Landvalg, vist: Dag) -> Innhold {
    let utstedt = vist - terning.mellom(30, 4 * AAR);
    let typer = [
        "pass",
        "pass",
        "pass",
        "nasjonaltIdentitetskort",
        "reisebevisForFlyktninger",
        "utlendingspass",
    ];
    Innhold::Legitimasjonsdokument(e::Identifikasjonsdokument {
        identifikasjonsdokumentnummer: Some(fri(&format!("TEST{:07}", terning.under(10_000_000)))),
        identifikasjonsdokumenttype: fri(terning.en_av(&typer).copied().unwrap_or("pass")),
        utstederland: land3(land.land().alfa3),
        utstedernavn: terning.promille(500).then(|| fri("Testpassmyndigheten")),
        gyldig_fra: Some(tid::dato(utstedt)),
        gyldig_til: Some(tid::dato(utstedt + 10 * AAR)),
        dokumentkontroll: terning.promille(800).then(|| TekniskDokumentkontroll {
            dokumentkontrollstatus: fri("ekte"),
            dokumentkontrolltidspunkt: Some(tid::tidspunkt(vist, 11 * 3600, 0, 0)),
            ukjente: ingen(),
        }),
        ukjente: ingen(),
    })
}

/// A residence permit.
pub(crate) fn opphold(slag: Oppholdstillatelse, fra: Dag) -> Innhold {
    let (kode, fra_dato, til) = match slag {
        Oppholdstillatelse::Midlertidig => (Oppholdstillatelsetype::Midlertidig, Some(fra), Some(fra + 3 * AAR)),
        Oppholdstillatelse::Permanent => (Oppholdstillatelsetype::Permanent, Some(fra), None),
        Oppholdstillatelse::Mangler => (Oppholdstillatelsetype::OpplysningMangler, None, None),
    };
    Innhold::Opphold(e::Opphold {
        oppholdstillatelse: kode,
        opphold_fra: fra_dato.map(tid::dato),
        opphold_til: til.map(tid::dato),
        ukjente: ingen(),
    })
}

/// Kept citizenship.
pub(crate) fn bibehold(slag: Bibehold, fra: Dag) -> Innhold {
    let kode = match slag {
        Bibehold::Har => Bibeholdskode::HarBibehold,
        Bibehold::HarIkkeLenger => Bibeholdskode::HarIkkeLengerBibehold,
        Bibehold::TrengerIkke => Bibeholdskode::NorskStatsborgerTrengerIkkeBibehold,
    };
    Innhold::Bibehold(e::BibeholdAvNorskStatsborgerskap {
        bibeholdstatus: kode,
        dato_for_bibehold: Some(tid::dato(fra)),
        ukjente: ingen(),
    })
}

/// A stay on Svalbard.
pub(crate) fn svalbard(fra: Dag, kommune: Option<Kommunevalg>, kast: u16) -> Innhold {
    let varighet = match kast % 4 {
        0 => OppholdsvarighetType::UnderSeksMaaneder,
        1 => OppholdsvarighetType::OverSeksMaaneder,
        2 => OppholdsvarighetType::OverTolvMaaneder,
        _ => OppholdsvarighetType::Ukjent,
    };
    Innhold::OppholdPaaSvalbard(e::OppholdPaaSvalbard {
        antatt_oppholdsvarighet: varighet,
        startdato: tid::dato(fra),
        sluttdato: None,
        fraflyttingskommunenummer: kommune.map(|k| kommunenummer(k.nummer(fra))),
        fraflyttingsland: kommune.is_none().then(|| land3("SWE")),
        antall_tidligere_opphold: None,
        ukjente: ingen(),
    })
}

/// Limited legal capacity.
pub(crate) fn begrenset_handleevne() -> Innhold {
    Innhold::RettsligHandleevne(e::RettsligHandleevne {
        rettslig_handleevneomfang: vec![fri("begrenset")],
        ukjente: ingen(),
    })
}

/// A false identity. `annen` is the number of the right one, for the kind that has it.
pub(crate) fn falsk_identitet(terning: &mut Terning, slag: Falsk, annen: Option<Foedselsnummer>) -> Innhold {
    let etternavn = trekk_etternavn(terning);
    let navn = Navnevalg::trekk(terning, etternavn);
    let opplysninger = (slag == Falsk::Opplysninger).then(|| IdentifiserendeInformasjon {
        personnavn: personnavn(&navn),
        foedselsdato: Some(tid::dato(tid::dag(1985, 1, 1) + terning.mellom(0, 5_000))),
        statsborgerskap: vec![land3("XUK")],
        kjoenn: None,
        ukjente: ingen(),
    });
    Innhold::FalskIdentitet(e::FalskIdentitet {
        rett_identitet_ved_opplysninger: opplysninger,
        rett_identitet_er_ukjent: (slag == Falsk::Ukjent).then_some(true),
        rett_identitet_ved_identifikasjonsnummer: annen,
        er_falsk: Some(true),
        ukjente: ingen(),
    })
}

/// The country a person came from.
fn hjemland(person: &Person) -> Option<Landvalg> {
    match person.opphav {
        Opphav::Innvandret { land, .. } | Opphav::DNummer { land, .. } | Opphav::IkkeBosatt { land, .. } => Some(land),
        Opphav::Norge | Opphav::Foedselsregistrert => None,
    }
}

impl Skriver<'_> {
    /// Every rare entity of a person.
    pub(super) fn sjeldne(&mut self, nr: Pnr) {
        let plan = self.plan;
        let person = plan.person(nr);
        let trekk = person.trekk;
        let fra = kommet(person);
        self.doed(nr, person);
        if let Some(slag) = trekk.falsk {
            let annen = match slag {
                Falsk::Nummer(annen) => Some(self.fnr(annen)),
                _ => None,
            };
            let innhold = falsk_identitet(&mut self.terning, slag, annen);
            let metadata = self.meta(true, fra.max(GRUNNLAG - 400), Aarsak::Identitet);
            self.legg(metadata, innhold);
        }
        if let Some(land) = hjemland(person) {
            self.papirer(person, land, fra);
        }
        if let Some(slag) = trekk.bibehold {
            let dag = person
                .slutt
                .dag()
                .unwrap_or(GRUNNLAG - 1_200)
                .max(fra)
                .min(GRUNNLAG - 2);
            let metadata = self.meta(true, dag, Aarsak::Statsborgerskap);
            self.legg(metadata, bibehold(slag, dag));
        }
        if trekk.samisk != 0 {
            let dag = fra
                .max(tid::OVERFOERT + 700 + Dag::from(trekk.kast % 800))
                .min(GRUNNLAG - 2);
            let metadata = self.meta(true, dag, Aarsak::Annet);
            self.legg(metadata, samisk(trekk.samisk));
        }
        if let Some(dag) = trekk.svalbard_fra {
            let kommune = person.bosteder.last().and_then(|b| plan.siste_bolig(b.husholdning));
            let kommune = kommune.map(|b| plan.bolig(b).gate.kommune());
            let metadata = self.meta(true, dag, Aarsak::Adresseoppdatering);
            self.legg(metadata, svalbard(dag, kommune, trekk.kast));
        }
        self.verge(person);
        if let Some(dag) = trekk.begrenset_handleevne {
            let dag = dag.max(tid::dag(2023, 11, 1));
            let metadata = self.meta(true, dag.min(GRUNNLAG - 2), Aarsak::Vergemaal);
            self.legg(metadata, begrenset_handleevne());
        }
    }

    fn papirer(&mut self, person: &Person, land: Landvalg, fra: Dag) {
        let trekk = person.trekk;
        if trekk.legitimasjon {
            let innhold = legitimasjon(&mut self.terning, land, fra);
            let metadata = self.meta(true, fra, Aarsak::Identitet);
            self.legg(metadata, innhold);
        }
        if trekk.utenlandsk_nummer {
            let innhold = utenlandsk_nummer(&mut self.terning, land);
            let metadata = self.meta(true, fra, Aarsak::Identitet);
            self.legg(metadata, innhold);
        }
        if trekk.duf {
            let innhold = dufnummer(&mut self.terning, fra);
            let metadata = self.meta(true, fra, Aarsak::Utlendingsforvaltning);
            self.legg(metadata, innhold);
        }
        if let Some(slag) = trekk.opphold {
            let fra = match slag {
                Oppholdstillatelse::Permanent => (fra + 3 * AAR).min(GRUNNLAG - 2),
                _ => fra,
            };
            let metadata = self.meta(true, fra, Aarsak::Utlendingsforvaltning);
            self.legg(metadata, opphold(slag, fra));
        }
    }
}
