//! Changes of one entity at a time.

use informasjonsmodell::entiteter as e;
use informasjonsmodell::kodeverk::{Adressegradering, Bibehold, Identitetsgrunnlagstatus, Oppholdstillatelsetype};
use informasjonsmodell::{Endring, Entitet, Hendelsestype as H, Innhold, Utvelger};

use crate::dokument::{self, Aarsak, ingen};
use crate::navn::adjektiv;
use crate::plan::{Enkeltendring as E, Falsk, Oppholdsslag, Pnr, Postadresse, Verge, Vergemaal, Vergemaalsslag};
use crate::tekst::{fri, navnedel};
use crate::tid::{self, AAR};

use super::{Transaksjon, gjeldende, ny, rettelse, slutt_paa};

impl Transaksjon<'_> {
    pub(super) fn enkelt(&mut self, nr: Pnr, endring: E) {
        match endring {
            E::DoedsfallRettet => return self.doedsfall_rettet(nr),
            E::Doedsbo => return self.doedsbo(nr),
            E::Foreldreansvar => return self.foreldreansvar(nr),
            _ => {}
        }
        let dokument = self.dokument(nr);
        if let Some((hendelsestype, endring)) = self.rettet(&dokument, endring) {
            return self.registrer(nr, hendelsestype, vec![endring]);
        }
        if let Some((hendelsestype, endringer)) = self.nytt(nr, endring) {
            self.registrer(nr, hendelsestype, endringer);
        }
    }

    /// Corrections, and the end of entries.
    fn rettet(&mut self, dokument: &informasjonsmodell::Persondokument, endring: E) -> Option<(H, Endring)> {
        let kast = self.skriver.terning.middels(60_000);
        let (hendelsestype, entitet) = match endring {
            E::FoedestedRettet => (H::EndringIFoedsel, Entitet::Foedsel),
            E::FoedselINorgeRettet => (H::EndringIFoedselINorge, Entitet::FoedselINorge),
            E::NavnRettet => (H::EndringINavn, Entitet::Navn),
            E::BostedsadresseRettet => (H::EndringIBostedsadresseUtenFlytting, Entitet::Bostedsadresse),
            E::InnflyttingRettet => (H::EndringIInnflytting, Entitet::Innflytting),
            E::UtflyttingRettet => (H::EndringIUtflytting, Entitet::Utflytting),
            E::PostadresseAnnullert => (H::EndringIKontaktinformasjon, Entitet::Postadresse),
            E::VergemaalSlutt => (H::EndringIVergemaal, Entitet::VergemaalEllerFremtidsfullmakt),
            E::Oppholdstillatelse => (H::EndringIOpphold, Entitet::Opphold),
            _ => return None,
        };
        let foer = gjeldende(dokument, entitet)?;
        let mut innhold = foer.innhold.clone();
        match &mut innhold {
            Innhold::Foedsel(f) => f.foedested = Some(fri(&format!("{} sykehus", adjektiv(kast)))),
            Innhold::FoedselINorge(f) => {
                f.foedselsinstitusjonsnavn = Some(fri(&format!("{} Testinstitusjon", adjektiv(kast))))
            }
            Innhold::Navn(n) => {
                // A mellomnavn was forgotten, or should not have been there.
                n.mellomnavn = n.mellomnavn.is_none().then(|| navnedel(&adjektiv(kast).to_uppercase()));
                n.forkortet_navn = None;
            }
            Innhold::Bostedsadresse(a) => match &mut a.vegadresse {
                Some(veg) => veg.adressetilleggsnavn = Some(fri(&format!("{} gård", adjektiv(kast)))),
                None => a.grunnkrets = Some(101),
            },
            Innhold::Innflytting(i) => i.fraflyttingssted_i_utlandet = Some(fri("Testby")),
            Innhold::Utflytting(u) => u.tilflyttingssted_i_utlandet = Some(fri("Testby")),
            Innhold::Opphold(o) => {
                (o.oppholdstillatelse, o.opphold_til) = (Oppholdstillatelsetype::Permanent, None);
                o.opphold_fra = Some(tid::dato(self.dag));
                return Some((hendelsestype, ny(self.dag, Aarsak::Utlendingsforvaltning, innhold)));
            }
            Innhold::Postadresse(_) => {
                return Some((
                    hendelsestype,
                    Endring::Annullere {
                        hvilken: Utvelger::Gjeldende(entitet),
                    },
                ));
            }
            Innhold::VergemaalEllerFremtidsfullmakt(_) => return Some((hendelsestype, slutt_paa(innhold, self.dag))),
            _ => return None,
        }
        Some((hendelsestype, rettelse(foer, innhold)))
    }

    /// New values.
    fn nytt(&mut self, nr: Pnr, endring: E) -> Option<(H, Vec<Endring>)> {
        let plan = self.plan;
        let person = plan.person(nr);
        let (dag, kast) = (self.dag, person.trekk.kast);
        let land = self.land(nr);
        let terning = &mut self.skriver.terning;
        let ugradert = Adressegradering::Ugradert;
        let bolig = person.bosteder.last().and_then(|b| plan.siste_bolig(b.husholdning));
        let (hendelsestype, aarsak, innhold) = match endring {
            E::Identitetsgrunnlag => {
                let identitetsgrunnlagstatus = Identitetsgrunnlagstatus::Kontrollert;
                let innhold = e::Identitetsgrunnlag {
                    identitetsgrunnlagstatus,
                    ukjente: ingen(),
                };
                (
                    H::EndringIIdentitetsgrunnlag,
                    Aarsak::Identitet,
                    Innhold::Identitetsgrunnlag(innhold),
                )
            }
            E::UtenlandskNummer => {
                let innhold = dokument::utenlandsk_nummer(terning, land);
                (H::EndringIUtenlandskPersonidentifikasjon, Aarsak::Identitet, innhold)
            }
            E::Duf => {
                let innhold = dokument::dufnummer(terning, dag);
                (
                    H::EndringIUtlendingsmyndighetenesIdentifikasjonsnummer,
                    Aarsak::Utlendingsforvaltning,
                    innhold,
                )
            }
            E::Legitimasjon => (
                H::EndringILegitimasjonsdokument,
                Aarsak::Identitet,
                dokument::legitimasjon(terning, land, dag),
            ),
            E::FalskIdentitet => {
                let innhold = dokument::falsk_identitet(terning, Falsk::Opplysninger, None);
                (H::EndringIFalskIdentitet, Aarsak::Identitet, innhold)
            }
            E::Oppholdsadresse(bolig) => {
                let bolig = plan.bolig(bolig);
                let innhold = dokument::oppholdsadresse(bolig, Oppholdsslag::Norge, None, dag, ugradert);
                (H::EndringIOppholdsadresse, Aarsak::Adresseoppdatering, innhold)
            }
            E::Postadresse => {
                let form = match kast % 3 {
                    0 => Postadresse::Veg,
                    1 => Postadresse::Boks,
                    _ => Postadresse::Fri,
                };
                let innhold = dokument::postadresse(plan.bolig(bolig?), form, kast, ugradert);
                (H::EndringIKontaktinformasjon, Aarsak::Postadresse, innhold)
            }
            E::PostadresseIUtlandet => {
                let innhold = dokument::postadresse_i_utlandet(None, land, false, kast, ugradert);
                (H::EndringIKontaktinformasjon, Aarsak::Postadresse, innhold)
            }
            E::SamiskSpraak => (H::EndringIBrukAvSamiskSpraak, Aarsak::Annet, dokument::samisk(1)),
            E::Statsborgerskap => (
                H::EndringIStatsborgerskap,
                Aarsak::Statsborgerskap,
                dokument::norsk(dag),
            ),
            E::Bibehold => {
                let innhold = e::BibeholdAvNorskStatsborgerskap {
                    bibeholdstatus: Bibehold::HarBibehold,
                    dato_for_bibehold: Some(tid::dato(dag)),
                    ukjente: ingen(),
                };
                (
                    H::EndringIStatsborgerskap,
                    Aarsak::Statsborgerskap,
                    Innhold::Bibehold(innhold),
                )
            }
            E::Svalbard => {
                let kommune = bolig.map(|b| plan.bolig(b).gate.kommune());
                let innhold = dokument::svalbard(dag, kommune, kast);
                (H::EndringIOppholdPaaSvalbard, Aarsak::Adresseoppdatering, innhold)
            }
            E::Vergemaal => {
                let verge = Verge::Navn(kast);
                let maal = Vergemaal {
                    slag: Vergemaalsslag::Voksen,
                    fra: dag,
                    verge,
                };
                (
                    H::EndringIVergemaal,
                    Aarsak::Vergemaal,
                    dokument::vergemaal(&maal, None, kast),
                )
            }
            E::RettsligHandleevne => (
                H::EndringIRettsligHandleevne,
                Aarsak::Vergemaal,
                dokument::begrenset_handleevne(),
            ),
            E::DeltBosted(bolig) => {
                let slutt = person.foedt + 18 * AAR;
                let innhold = dokument::delt_bosted(plan.bolig(bolig), dag, Some(slutt), ugradert);
                (H::EndringIDeltBosted, Aarsak::Flytting, innhold)
            }
            _ => return None,
        };
        Some((hendelsestype, vec![ny(dag, aarsak, innhold)]))
    }

    /// The mother alone takes over shared responsibility.
    fn foreldreansvar(&mut self, barn: Pnr) {
        let plan = self.plan;
        let mut ledd = Vec::new();
        dokument::ansvar(plan, barn, &mut ledd);
        let felles: Vec<_> = ledd
            .into_iter()
            .filter(|l| l.til.is_none() && l.ansvarlig.is_some())
            .collect();
        let (Some(mor), true) = (plan.person(barn).mor, felles.len() == 2) else {
            return;
        };
        let dag = self.dag;
        let foreldre: Vec<Pnr> = felles.iter().filter_map(|l| l.ansvarlig).collect();
        for person in foreldre.into_iter().chain([barn]) {
            let mut endringer = Vec::new();
            for l in felles.iter().filter(|l| person == barn || l.ansvarlig == Some(person)) {
                endringer.push(slutt_paa(self.skriver.ansvarsinnhold(barn, *l), dag));
            }
            if person == barn || person == mor {
                let innhold = dokument::alene(self.skriver.fnr(barn), self.skriver.fnr(mor));
                endringer.push(ny(dag, Aarsak::Foreldreansvar, innhold));
            }
            self.registrer(person, H::EndringIForeldreansvar, endringer);
        }
    }
}
