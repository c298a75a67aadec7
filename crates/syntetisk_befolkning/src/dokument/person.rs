//! Who a person is: number, status, birth, gender, name, citizenship.

use identifikator::Identifikatortype;
use informasjonsmodell::entiteter as e;
use informasjonsmodell::kodeverk::{
    Folkeregisteridentifikatortype, Identifikatorstatuskode, Identitetsgrunnlagstatus, Personstatus,
};
use informasjonsmodell::tekst::Foedselsnummer;
use informasjonsmodell::typer::Personnavn;
use informasjonsmodell::{Innhold, Registermetadata};

use crate::navn::{Navnevalg, trekk_adjektiv};
use crate::plan::{Opphav, Person, Pnr, Slutt};
use crate::tekst::{aarstall, forkortet, fri, kommunenummer, land3, navnedel};
use crate::tid::{self, AAR, Dag, GRUNNLAG, INSTITUSJON_FRA, OVERFOERT};

use super::{Aarsak, Skriver, ingen, kjoenn};

/// Longest name that is not shortened, in characters. Source: shortest and longest seen in documents of the live service.
const UFORKORTET_MAKS: usize = 25;

/// The entry of a number.
pub(crate) fn identifikasjonsnummer(nummer: Foedselsnummer, slag: Identifikatortype, i_bruk: bool) -> Innhold {
    Innhold::Identifikasjonsnummer(e::Folkeregisteridentifikator {
        status: if i_bruk {
            Identifikatorstatuskode::IBruk
        } else {
            Identifikatorstatuskode::Opphoert
        },
        foedselsnummer: nummer,
        identifikatortype: match slag {
            Identifikatortype::Foedselsnummer => Folkeregisteridentifikatortype::Foedselsnummer,
            Identifikatortype::DNummer => Folkeregisteridentifikatortype::DNummer,
        },
        ukjente: ingen(),
    })
}

/// The entry of a status.
pub(crate) fn status(status: Personstatus) -> Innhold {
    Innhold::Status(e::Folkeregisterpersonstatus {
        status,
        ukjente: ingen(),
    })
}

/// The entry of Norwegian citizenship.
pub(crate) fn norsk(fra: Dag) -> Innhold {
    statsborgerskap("NOR", fra)
}

fn statsborgerskap(land: &str, fra: Dag) -> Innhold {
    Innhold::Statsborgerskap(e::Statsborgerskap {
        statsborgerskap: land3(land),
        ervervsdato: Some(tid::dato(fra)),
        ukjente: ingen(),
    })
}

/// The entry of a name, shortened when it is long.
pub(crate) fn navn_innhold(valg: &Navnevalg, originalt: bool) -> Innhold {
    let fornavn = valg.fornavn();
    let (mellomnavn, etternavn) = (valg.mellomnavn(), valg.etternavn());
    let tegn = |tekst: &str| tekst.chars().count();
    let lengde = tegn(&fornavn) + mellomnavn.map_or(0, |m| tegn(m) + 1) + 1 + tegn(etternavn);
    let kort = (lengde > UFORKORTET_MAKS).then(|| {
        let uten = format!("{fornavn} {etternavn}");
        if tegn(&uten) <= UFORKORTET_MAKS {
            return forkortet(&uten);
        }
        let initial: String = fornavn.chars().take(1).collect();
        forkortet(&format!("{initial}. {etternavn}"))
    });
    Innhold::Navn(e::Folkeregisterpersonnavn {
        originalt_navn: originalt.then(|| personnavn(valg)),
        fornavn: navnedel(&fornavn),
        mellomnavn: mellomnavn.map(navnedel),
        etternavn: navnedel(etternavn),
        forkortet_navn: kort,
        ukjente: ingen(),
    })
}

/// A name in parts.
pub(crate) fn personnavn(valg: &Navnevalg) -> Personnavn {
    Personnavn {
        fornavn: navnedel(&valg.fornavn()),
        mellomnavn: valg.mellomnavn().map(navnedel),
        etternavn: navnedel(valg.etternavn()),
        ukjente: ingen(),
    }
}

/// When a person came to the register.
pub(super) fn kommet(person: &Person) -> Dag {
    match person.opphav {
        Opphav::Norge | Opphav::Foedselsregistrert => person.foedt,
        Opphav::Innvandret { dag, .. } | Opphav::IkkeBosatt { dag, .. } => dag,
        Opphav::DNummer { tildelt, .. } => tildelt,
    }
}

impl Skriver<'_> {
    pub(super) fn er_opphoert(&self, nr: Pnr) -> bool {
        matches!(self.plan.person(nr).slutt, Slutt::Opphoert(_))
    }

    /// Number, status and grounds of the identity.
    pub(super) fn identitet(&mut self, nr: Pnr) {
        let plan = self.plan;
        let person = plan.person(nr);
        let fra = kommet(person);
        let (slag, aarsak) = match person.opphav {
            Opphav::Norge | Opphav::Foedselsregistrert => (Identifikatortype::Foedselsnummer, Aarsak::Foedsel),
            Opphav::Innvandret { .. } | Opphav::IkkeBosatt { .. } => {
                (Identifikatortype::Foedselsnummer, Aarsak::Innflytting)
            }
            Opphav::DNummer { .. } => (Identifikatortype::DNummer, Aarsak::DNummer),
        };
        if let Slutt::Opphoert(dag) = person.slutt {
            let metadata = self.meta(true, dag, Aarsak::Opphoer);
            self.legg(metadata.clone(), identifikasjonsnummer(self.fnr(nr), slag, false));
            self.legg(metadata, status(Personstatus::Opphoert));
            return;
        }
        if let Some(foer) = person.tidligere_nummer {
            let mut metadata = self.meta(false, foer.tildelt, Aarsak::DNummer);
            self.opphoer(&mut metadata, foer.opphoert);
            self.legg(
                metadata,
                identifikasjonsnummer(self.nummer(foer.nummer), Identifikatortype::DNummer, false),
            );
        }
        let mut metadata = self.meta(true, fra, aarsak);
        // Numbers carried over have no start of validity, as seen in documents of the live service.
        metadata.gyldighetstidspunkt = metadata.gyldighetstidspunkt.filter(|_| fra >= OVERFOERT);
        self.legg(metadata, identifikasjonsnummer(self.fnr(nr), slag, true));
        self.statuser(person, fra, aarsak);
        self.grunnlag(person, fra);
    }

    fn statuser(&mut self, person: &Person, fra: Dag, aarsak: Aarsak) {
        let slutt = person.slutt.dag();
        if let Some(foer) = person.tidligere_nummer.filter(|foer| !foer.dublett) {
            let metadata = self.meta(false, foer.tildelt, Aarsak::DNummer);
            self.legg(metadata, status(Personstatus::Midlertidig));
        }
        let foerste = match person.opphav {
            Opphav::Norge | Opphav::Innvandret { .. } => Personstatus::Bosatt,
            Opphav::DNummer { .. } => Personstatus::Midlertidig,
            Opphav::Foedselsregistrert => Personstatus::Foedselsregistrert,
            Opphav::IkkeBosatt { .. } => Personstatus::IkkeBosatt,
        };
        let metadata = self.meta(slutt.is_none(), fra, aarsak);
        self.legg(metadata, status(foerste));
        let (naa, aarsak, dag) = match person.slutt {
            Slutt::Ingen | Slutt::Opphoert(_) => return,
            Slutt::Doed(dag) => (Personstatus::Doed, Aarsak::Doedsfall, dag),
            Slutt::Utflyttet(dag, _) => (Personstatus::Utflyttet, Aarsak::Utflytting, dag),
            Slutt::Forsvunnet(dag) => (Personstatus::Forsvunnet, Aarsak::Annet, dag),
            Slutt::Inaktiv(dag) => (Personstatus::Inaktiv, Aarsak::DNummerInaktivt, dag),
        };
        let metadata = self.meta(true, dag, aarsak);
        self.legg(metadata, status(naa));
    }

    fn grunnlag(&mut self, person: &Person, fra: Dag) {
        let siden = (GRUNNLAG - 900).max(fra);
        let foer = match person.opphav {
            Opphav::DNummer { .. } => Identitetsgrunnlagstatus::IngenStatus,
            _ => Identitetsgrunnlagstatus::IkkeKontrollert,
        };
        let skriv = |skriver: &mut Self, metadata: Registermetadata, status: Identitetsgrunnlagstatus| {
            let innhold = e::Identitetsgrunnlag {
                identitetsgrunnlagstatus: status,
                ukjente: ingen(),
            };
            skriver.legg(metadata, Innhold::Identitetsgrunnlag(innhold));
        };
        // A number from before the electronic register has no entry unless the identity was looked at since.
        if person.trekk.kontrollert {
            let metadata = self.meta(true, siden.min(GRUNNLAG - 2).max(fra), Aarsak::Identitet);
            skriv(self, metadata, Identitetsgrunnlagstatus::Kontrollert);
        } else if fra > OVERFOERT || !person.trekk.kast.is_multiple_of(4) {
            let metadata = self.meta(true, fra, Aarsak::Identitet);
            skriv(self, metadata, foer);
        }
    }

    /// Birth, gender and citizenship.
    pub(super) fn foedsel(&mut self, nr: Pnr) {
        let plan = self.plan;
        let person = plan.person(nr);
        let dato = tid::dato(person.foedt);
        let fra = kommet(person);
        let aarsak = match person.opphav {
            Opphav::Norge | Opphav::Foedselsregistrert => Aarsak::Foedsel,
            Opphav::DNummer { .. } => Aarsak::DNummer,
            _ => Aarsak::Innflytting,
        };
        let mut innhold = e::Foedsel {
            foedselsdato: Some(dato),
            foedselsaar: aarstall(dato.aar()),
            foedested: None,
            foedekommune_i_norge: None,
            foedeland: None,
            ukjente: ingen(),
        };
        let elektronisk = person.foedt >= OVERFOERT || person.trekk.kast.is_multiple_of(2);
        match person.opphav {
            Opphav::Norge | Opphav::Foedselsregistrert => {
                innhold.foedeland = Some(land3("NOR"));
                let gate = plan
                    .person(person.mor.unwrap_or(nr))
                    .bosteder
                    .iter()
                    .rev()
                    .find(|b| b.fra <= person.foedt)
                    .or(person.bosteder.first())
                    .and_then(|b| plan.bolig_paa(b.husholdning, person.foedt))
                    .map(|bolig| plan.bolig(bolig).gate);
                if let Some(gate) = gate {
                    innhold.foedekommune_i_norge = Some(kommunenummer(gate.kommune().nummer(person.foedt)));
                    innhold.foedested = elektronisk.then(|| fri(gate.kommune().kommune().navn));
                }
            }
            Opphav::Innvandret { land, .. } | Opphav::DNummer { land, .. } | Opphav::IkkeBosatt { land, .. } => {
                innhold.foedeland = Some(land3(land.land().alfa3));
                innhold.foedested = elektronisk.then(|| fri(land.land().by));
            }
        }
        let mut metadata = self.meta(true, fra, aarsak);
        if fra < OVERFOERT {
            (metadata.ajourholdstidspunkt, metadata.gyldighetstidspunkt) = (None, None);
        }
        self.legg(metadata, Innhold::Foedsel(innhold));
        self.foedsel_i_norge(person);
        let metadata = self.meta(true, fra, aarsak);
        let innhold = e::Personkjoenn {
            kjoenn: kjoenn(person.kjoenn),
            ukjente: ingen(),
        };
        self.legg(metadata, Innhold::Kjoenn(innhold));
        self.statsborgerskap(person, fra, aarsak);
    }

    fn foedsel_i_norge(&mut self, person: &Person) {
        let i_norge = matches!(person.opphav, Opphav::Norge | Opphav::Foedselsregistrert);
        if !i_norge || person.foedt < INSTITUSJON_FRA {
            return;
        }
        let institusjon = format!("{} Testinstitusjon", trekk_adjektiv(&mut self.terning));
        let metadata = self.meta(true, person.foedt, Aarsak::Foedsel);
        self.legg(
            metadata,
            Innhold::FoedselINorge(e::FoedselINorge {
                foedselsinstitusjonsnavn: Some(fri(&institusjon)),
                rekkefoelgenummer: Some(person.rekkefoelge),
                ukjente: ingen(),
            }),
        );
    }

    fn statsborgerskap(&mut self, person: &Person, fra: Dag, aarsak: Aarsak) {
        let fremmed = match person.opphav {
            Opphav::Norge => None,
            // A child that is only registered as born here has the citizenship of parents who are not resident.
            Opphav::Foedselsregistrert => Some("SWE"),
            Opphav::Innvandret { land, .. } | Opphav::DNummer { land, .. } | Opphav::IkkeBosatt { land, .. } => {
                Some(land.land().alfa3)
            }
        };
        let metadata = self.meta(true, fra, aarsak);
        match fremmed {
            None => self.legg(metadata, norsk(person.foedt)),
            Some(land) => {
                self.legg(metadata, statsborgerskap(land, person.foedt));
                if let Some(dag) = person.trekk.norsk_fra {
                    let metadata = self.meta(true, dag, Aarsak::Statsborgerskap);
                    self.legg(metadata, norsk(dag));
                }
            }
        }
    }

    /// Name, with the one before.
    pub(super) fn navn(&mut self, nr: Pnr) {
        let plan = self.plan;
        let person = plan.person(nr);
        let fra = kommet(person);
        let nyfoedt = matches!(person.opphav, Opphav::Norge) && person.foedt > GRUNNLAG - 40;
        let aarsak = match person.opphav {
            Opphav::Norge | Opphav::Foedselsregistrert if nyfoedt => Aarsak::Foedsel,
            Opphav::Norge | Opphav::Foedselsregistrert => Aarsak::Navnevalg,
            Opphav::DNummer { .. } => Aarsak::DNummer,
            _ => Aarsak::Innflytting,
        };
        if person.foedt >= GRUNNLAG && person.mor.is_some() {
            // No name is chosen yet: the mother's first name and the child's gender stand for it.
            let metadata = self.meta(true, fra, Aarsak::Foedsel);
            let innhold = forelopig_navn(plan.person(person.mor.unwrap_or(nr)), person);
            self.legg(metadata, innhold);
            return;
        }
        // A foreign spelling is told apart from the one the register writes.
        let originalt = !matches!(person.opphav, Opphav::Norge) && person.trekk.kast.is_multiple_of(20);
        let mut siden = fra;
        if let Some((valg, dag)) = &person.tidligere_navn {
            let metadata = self.meta(false, fra, aarsak);
            self.legg(metadata, navn_innhold(valg, false));
            siden = *dag;
        }
        let aarsak = if siden == fra { aarsak } else { Aarsak::Navn };
        let metadata = self.meta(true, siden.min(GRUNNLAG + AAR), aarsak);
        self.legg(metadata, navn_innhold(&person.navn, originalt));
    }
}

/// `<mother's first name>*PIKE` or `*GUTT`. Source: folkeregister reference 6.5, first name choice.
fn forelopig_navn(mor: &Person, barn: &Person) -> Innhold {
    let merke = match barn.kjoenn {
        identifikator::Kjoenn::Kvinne => "*PIKE",
        identifikator::Kjoenn::Mann => "*GUTT",
    };
    Innhold::Navn(e::Folkeregisterpersonnavn {
        fornavn: navnedel(&[mor.navn.fornavn().as_str(), merke].concat()),
        mellomnavn: None,
        etternavn: navnedel(mor.navn.etternavn()),
        forkortet_navn: None,
        originalt_navn: None,
        ukjente: ingen(),
    })
}
