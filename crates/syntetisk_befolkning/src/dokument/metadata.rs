//! Registermetadata: when the register wrote an entry, from whom, and why.

use informasjonsmodell::{Registermetadata, Tidspunkt};

use crate::tekst::fri;
use crate::terning::Terning;
use crate::tid::{self, Dag, GRUNNLAG, OVERFOERT};

use super::Skriver;

/// Why an entry was written; decides `kilde` and `aarsak`.
///
/// Source: the texts are those seen in documents of the live service (folkeregister reference 4.1); which `kilde` goes
/// with which `aarsak` is our choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aarsak {
    Foedsel,
    Doedsfall,
    Flytting,
    Innflytting,
    Utflytting,
    Adresseoppdatering,
    Kommuneregulering,
    Adressebeskyttelse,
    Navn,
    Navnevalg,
    Vigsel,
    Separasjon,
    Skilsmisse,
    Foreldreansvar,
    Statsborgerskap,
    Vergemaal,
    DNummer,
    DNummerInaktivt,
    Opphoer,
    Postadresse,
    Doedsbo,
    Identitet,
    Utlendingsforvaltning,
    Annet,
}

impl Aarsak {
    fn tekster(self) -> (&'static str, &'static str) {
        match self {
            Aarsak::Foedsel => ("folkeregisteret", "Fødsel"),
            Aarsak::Doedsfall => ("folkeregisteret", "Dødsfall"),
            Aarsak::Flytting => ("folkeregisteret", "Flytting innenlands"),
            Aarsak::Innflytting => ("folkeregistermyndigheten", "Innflytting"),
            Aarsak::Utflytting => ("folkeregistermyndigheten", "Utflytting"),
            Aarsak::Adresseoppdatering => ("Matrikkelen", "Adresseoppdatering"),
            Aarsak::Kommuneregulering => ("Matrikkelen", "Kommuneregulering"),
            Aarsak::Adressebeskyttelse => ("skatteetaten", "Adressebeskyttelse"),
            Aarsak::Navn => ("folkeregistermyndigheten", "Navn"),
            Aarsak::Navnevalg => ("forelder", "Første gangs navnevalg"),
            Aarsak::Vigsel => ("folkeregisteret", "Vigsel"),
            Aarsak::Separasjon => ("folkeregisteret", "Separasjon"),
            Aarsak::Skilsmisse => ("folkeregisteret", "Skilsmisse"),
            Aarsak::Foreldreansvar => ("folkeregisteret", "Foreldreansvar"),
            Aarsak::Statsborgerskap => ("folkeregistermyndigheten", "Statsborgerskap"),
            Aarsak::Vergemaal => ("Statens Sivilrettsforvaltning", "Vergemål"),
            Aarsak::DNummer => ("skatteetaten", "Tildele d-nummer"),
            Aarsak::DNummerInaktivt => ("FREG automatisk", "Person med d-nummer"),
            Aarsak::Opphoer => ("skatteetaten", "Opphøre person"),
            Aarsak::Postadresse => ("folkeregisteret", "Postadresse"),
            Aarsak::Doedsbo => ("folkeregisteret", "Kontaktinformasjon for dødsbo"),
            Aarsak::Identitet => ("skatteetaten", "Identitet"),
            Aarsak::Utlendingsforvaltning => ("folkeregistermyndigheten", "Oppholdstillatelse"),
            Aarsak::Annet => ("folkeregistermyndigheten", "Historisk"),
        }
    }

    /// Metadata of a new entry that the register itself stamps with the time.
    pub(crate) fn ny(self, gyldig: Tidspunkt) -> Registermetadata {
        let (kilde, aarsak) = self.tekster();
        Registermetadata {
            ajourholdstidspunkt: None,
            er_gjeldende: Some(true),
            kilde: Some(fri(kilde)),
            aarsak: Some(fri(aarsak)),
            gyldighetstidspunkt: Some(gyldig),
            opphoerstidspunkt: None,
        }
    }
}

/// When a person was carried over from the old register: one of six weeks, by the millisecond.
pub(super) fn overfoert(terning: &mut Terning) -> Tidspunkt {
    let dag = OVERFOERT + terning.mellom(1, 42);
    let sekund = i64::from(terning.mellom(0, 86_399));
    tid::tidspunkt(dag, sekund, terning.under(1_000_000_000), 3)
}

impl Skriver<'_> {
    /// The register time of what happened on a day: some days later, always before the baseline; the same for all
    /// entries of the group on that day.
    pub(super) fn tid_for(&mut self, dag: Dag) -> Tidspunkt {
        if let Some((_, tid)) = self.tider.iter().find(|(d, _)| *d == dag) {
            return *tid;
        }
        let etter = if self.terning.promille(700) {
            0
        } else {
            self.terning.mellom(1, 12)
        };
        let skrevet = (dag + etter).min((GRUNNLAG - 1).max(dag));
        let sekund = i64::from(self.terning.mellom(6 * 3600, 20 * 3600));
        // Some parts of the service tell microseconds, others nanoseconds.
        let siffer = if self.terning.promille(350) { 6 } else { 9 };
        let tid = tid::tidspunkt(skrevet, sekund, self.terning.under(1_000_000_000), siffer);
        self.tider.push((dag, tid));
        tid
    }

    /// Metadata of an entry that is valid from midnight of a day.
    pub(super) fn meta(&mut self, gjeldende: bool, dag: Dag, aarsak: Aarsak) -> Registermetadata {
        if dag < OVERFOERT {
            return Registermetadata {
                ajourholdstidspunkt: Some(self.overfoert),
                er_gjeldende: Some(gjeldende),
                kilde: Some(fri("KILDE_DSF")),
                aarsak: None,
                gyldighetstidspunkt: Some(tid::midnatt(dag)),
                opphoerstidspunkt: None,
            };
        }
        let ajourhold = self.tid_for(dag);
        Registermetadata {
            ajourholdstidspunkt: Some(ajourhold),
            er_gjeldende: Some(gjeldende),
            ..aarsak.ny(tid::midnatt(dag))
        }
    }

    /// Closes an entry that has no successor.
    pub(super) fn opphoer(&mut self, metadata: &mut Registermetadata, dag: Dag) {
        metadata.er_gjeldende = Some(false);
        metadata.opphoerstidspunkt = Some(tid::midnatt(dag));
        metadata.ajourholdstidspunkt = Some(if dag < OVERFOERT {
            self.overfoert
        } else {
            self.tid_for(dag)
        });
    }
}
