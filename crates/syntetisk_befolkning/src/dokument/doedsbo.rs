//! Death, and who to contact about the estate.

use informasjonsmodell::Innhold;
use informasjonsmodell::entiteter as e;
use informasjonsmodell::kodeverk::Skifteform;
use informasjonsmodell::tekst::Foedselsnummer;
use informasjonsmodell::typer::{
    AdvokatSomKontakt, KontaktadresseForDoedsbo, OrganisasjonSomKontakt, PersonSomKontakt, Personnavn,
};

use crate::navn::{Navnevalg, adjektiv, trekk_etternavn};
use crate::plan::{Doedsbokontakt, Person, Pnr, Slutt};
use crate::tekst::{fri, land3, organisasjonsnavn, organisasjonsnummer};
use crate::terning::Terning;
use crate::tid::{self, AAR, Dag, GRUNNLAG};

use super::person::personnavn;
use super::{Aarsak, Skriver, ingen};

/// Well-formed organisation numbers that begin with 3, a digit no organisation's number begins with.
const ORGANISASJONSNUMRE: [&str; 4] = ["311111116", "333333333", "344444447", "355555550"];

fn et_navn(terning: &mut Terning) -> Personnavn {
    let etternavn = trekk_etternavn(terning);
    personnavn(&Navnevalg::trekk(terning, etternavn))
}

/// The contact for an estate. `arving` is a relative with a number, for the kind that has one.
pub(crate) fn doedsbo(
    terning: &mut Terning,
    slag: Doedsbokontakt,
    arving: Option<Foedselsnummer>,
    attest: Dag,
) -> Innhold {
    let nummer = terning.en_av(&ORGANISASJONSNUMRE).map(|nr| organisasjonsnummer(nr));
    let navn = adjektiv(terning.middels(60_000));
    let mut innhold = e::KontaktinformasjonForDoedsbo {
        person: None,
        advokat: None,
        organisasjon: None,
        skifteform: if slag == Doedsbokontakt::Organisasjon {
            Skifteform::Offentlig
        } else {
            Skifteform::Annet
        },
        attestutstedelsesdato: tid::dato(attest),
        adresse: KontaktadresseForDoedsbo {
            adresselinje: vec![fri(&format!("{navn} gate {}", 1 + terning.under(90)))],
            poststedsnavn: fri("OSLO"),
            postnummer: fri("0150"),
            landkode: Some(land3("NOR")),
            ukjente: ingen(),
        },
        ukjente: ingen(),
    };
    match (slag, arving) {
        (Doedsbokontakt::Person, Some(foedselsnummer)) => {
            innhold.person = Some(PersonSomKontakt {
                foedselsdato: None,
                personnavn: None,
                foedselsnummer: Some(foedselsnummer),
                ukjente: ingen(),
            });
        }
        (Doedsbokontakt::Person | Doedsbokontakt::PersonUtenNummer, _) => {
            innhold.person = Some(PersonSomKontakt {
                foedselsdato: Some(tid::dato(attest - 45 * AAR - terning.mellom(0, 20 * AAR))),
                personnavn: Some(et_navn(terning)),
                foedselsnummer: None,
                ukjente: ingen(),
            });
        }
        (Doedsbokontakt::Advokat, _) => {
            innhold.advokat = Some(AdvokatSomKontakt {
                personnavn: et_navn(terning),
                organisasjonsnavn: Some(organisasjonsnavn(&format!("Advokatfirmaet {navn} Test"))),
                organisasjonsnummer: nummer,
                ukjente: ingen(),
            });
        }
        (Doedsbokontakt::Organisasjon, _) => {
            innhold.organisasjon = Some(OrganisasjonSomKontakt {
                organisasjonsnavn: organisasjonsnavn(&format!("{navn} testtingrett")),
                organisasjonsnummer: nummer,
                kontaktpersonnavn: terning.promille(500).then(|| et_navn(terning)),
                ukjente: ingen(),
            });
        }
    }
    Innhold::KontaktinformasjonForDoedsbo(innhold)
}

/// The entry of a death.
pub(crate) fn doedsfall(dag: Dag) -> Innhold {
    Innhold::Doedsfall(e::Doedsfall {
        doedsdato: Some(tid::dato(dag)),
        ukjente: ingen(),
    })
}

impl Skriver<'_> {
    pub(super) fn doed(&mut self, nr: Pnr, person: &Person) {
        let Slutt::Doed(dag) = person.slutt else { return };
        let metadata = self.meta(true, dag, Aarsak::Doedsfall);
        self.legg(metadata, doedsfall(dag));
        if let Some(slag) = person.trekk.doedsbo {
            let attest = (dag + 10 + Dag::from(person.trekk.kast % 40)).min(GRUNNLAG - 1);
            let arving = self.arving(nr);
            let innhold = doedsbo(&mut self.terning, slag, arving, attest);
            let metadata = self.meta(true, attest, Aarsak::Doedsbo);
            self.legg(metadata, innhold);
        }
    }

    /// A grown-up child or a spouse who lives.
    pub(crate) fn arving(&self, nr: Pnr) -> Option<Foedselsnummer> {
        let plan = self.plan;
        let ektefelle = plan.ekteskap_av(nr).map(|e| e.annen(nr));
        let voksen = |p: Pnr| plan.er_bosatt(p) && tid::alder(plan.person(p).foedt, GRUNNLAG) >= 18;
        plan.barn(nr).chain(ektefelle).find(|&p| voksen(p)).map(|p| self.fnr(p))
    }
}
