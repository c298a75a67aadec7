//! Numbers: from D-number to fødselsnummer, after a change of gender, inactive, ended and taken up again.

use identifikator::Identifikatortype;
use informasjonsmodell::entiteter as e;
use informasjonsmodell::kodeverk::{Kjoenn, Personstatus};
use informasjonsmodell::{Endring, Entitet, Handling, Hendelsestype, Innhold, Opplysning, Utvelger};

use crate::dokument::{self, Aarsak, Skriver, ingen};
use crate::plan::{Bnr, Nnr, Opphav, Pnr, Slutt};

use super::{Transaksjon, gyldig_fra, ny};

impl Transaksjon<'_> {
    pub(super) fn dnummer_til_foedselsnummer(&mut self, nr: Pnr, nytt: Nnr, bolig: Bnr) {
        let land = self.land(nr);
        let mut endringer = self.bosetting(bolig, land);
        endringer.extend(self.slutter(nr, &[Entitet::Oppholdsadresse], self.dag));
        self.skift(
            nr,
            nytt,
            Aarsak::Innflytting,
            (Hendelsestype::PersonErBosatt, endringer),
        );
    }

    /// A fødselsnummer tells the gender, so a new one follows.
    pub(super) fn endret_kjoenn(&mut self, nr: Pnr, nytt: Nnr) {
        let kjoenn = match self.plan.person(nr).kjoenn {
            identifikator::Kjoenn::Kvinne => Kjoenn::Mann,
            identifikator::Kjoenn::Mann => Kjoenn::Kvinne,
        };
        let innhold = Innhold::Kjoenn(e::Personkjoenn {
            kjoenn,
            ukjente: ingen(),
        });
        let endring = ny(self.dag, Aarsak::Identitet, innhold);
        self.skift(
            nr,
            nytt,
            Aarsak::Identitet,
            (Hendelsestype::EndringIKjoenn, vec![endring]),
        );
    }

    fn skift(&mut self, nr: Pnr, nytt: Nnr, aarsak: Aarsak, etter: (Hendelsestype, Vec<Endring>)) {
        let nummer = self.skriver.nummer(nytt);
        let innhold = dokument::identifikasjonsnummer(nummer, Identifikatortype::Foedselsnummer, true);
        let ny = gyldig_fra(self.dag, aarsak, innhold);
        let gammel = self.skriver.fnr(nr);
        self.gjoer(Handling::SkiftIdentifikator {
            gammel,
            ny,
            etter: Some(etter),
        });
    }

    /// Only the status changes, from the time of the decision; the number stays in use.
    ///
    /// Source: folkeregister reference 6.5, "Inactive D-number".
    pub(super) fn inaktivering(&mut self, nr: Pnr) {
        self.ny_status(
            nr,
            Personstatus::Inaktiv,
            Aarsak::DNummerInaktivt,
            Hendelsestype::EndringIStatus,
        );
    }

    pub(super) fn reaktivering(&mut self, nr: Pnr) {
        self.ny_status(
            nr,
            Personstatus::Midlertidig,
            Aarsak::DNummer,
            Hendelsestype::EndringIStatus,
        );
    }

    fn ny_status(&mut self, nr: Pnr, status: Personstatus, aarsak: Aarsak, hendelsestype: Hendelsestype) {
        let opplysning = Opplysning {
            metadata: aarsak.ny(self.tid),
            innhold: dokument::status(status),
        };
        self.registrer(nr, hendelsestype, vec![Endring::RegistrereNy(Box::new(opplysning))]);
    }

    pub(super) fn forsvinning(&mut self, nr: Pnr) {
        let endring = ny(self.dag, Aarsak::Annet, dokument::status(Personstatus::Forsvunnet));
        self.registrer(nr, Hendelsestype::EndringIStatus, vec![endring]);
    }

    pub(super) fn opphoer(&mut self, nr: Pnr) {
        let endringer = vec![
            self.rettet_nummer(nr, false),
            ny(self.dag, Aarsak::Opphoer, dokument::status(Personstatus::Opphoert)),
        ];
        self.registrer(nr, Hendelsestype::PersonErOpphoert, endringer);
    }

    /// The number is in use again, and with it what the minimal document of an ended person left out.
    pub(super) fn gjenaapning(&mut self, nr: Pnr) {
        let igjen = self.plan.med_slutt(nr, Slutt::Ingen);
        let mut skriver = Skriver::new(&igjen, self.numre, self.skriver.terning.clone());
        let mut endringer = vec![
            self.rettet_nummer(nr, true),
            ny(self.dag, Aarsak::DNummer, dokument::status(Personstatus::Midlertidig)),
        ];
        let resten = skriver.dokument(nr).opplysninger.into_iter().filter(|o| {
            let gjeldende = o.metadata.er_gjeldende == Some(true);
            gjeldende && !matches!(o.entitet(), Entitet::Identifikasjonsnummer | Entitet::Status)
        });
        endringer.extend(resten.map(|mut o| {
            o.metadata.ajourholdstidspunkt = None;
            Endring::RegistrereNy(Box::new(o))
        }));
        self.registrer(nr, Hendelsestype::PersonErReaktivert, endringer);
    }

    fn rettet_nummer(&mut self, nr: Pnr, i_bruk: bool) -> Endring {
        let slag = match self.plan.person(nr).opphav {
            Opphav::DNummer { .. } => Identifikatortype::DNummer,
            _ => Identifikatortype::Foedselsnummer,
        };
        let innhold = dokument::identifikasjonsnummer(self.skriver.fnr(nr), slag, i_bruk);
        let aarsak = if i_bruk { Aarsak::DNummer } else { Aarsak::Opphoer };
        Endring::Korrigere {
            hvilken: Utvelger::Gjeldende(Entitet::Identifikasjonsnummer),
            ny: gyldig_fra(self.dag, aarsak, innhold),
        }
    }
}
