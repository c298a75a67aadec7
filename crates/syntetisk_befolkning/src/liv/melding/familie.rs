//! Messages of births, paternity, deaths, estates, marriages and their ends.

use informasjonsmodell::Innhold;
use informasjonsmodell::entiteter as e;

use super::super::hendelse::{Doedskilde, Foedsel};
use super::super::tilstand::Pid;
use super::super::xml::Xml;
use super::{Ferdig, Meldingsskriver, SAKSBEHANDLER};
use crate::dokument;
use crate::geografi::Kommunevalg;
use crate::navn::trekk_adjektiv;
use crate::plan::Doedsbokontakt;

impl Meldingsskriver<'_> {
    // Schema: Foedselsmelding_v1.1.
    pub(super) fn foedsel(&mut self, f: Foedsel) -> Ferdig {
        let mor = self.nummer(f.mor)?;
        let ektefelle = match f.ektefelle {
            Some(pid) => Some(self.nummer(pid)?),
            None => None,
        };
        let kommune = Kommunevalg::trekk(&mut self.kast);
        let sykehus = format!("{} sykehus", trekk_adjektiv(&mut self.kast));
        let bor_sammen = ektefelle.is_some() || self.kast.promille(850);
        let xml = self.dokument(
            "foedselsmelding",
            "folkeregisteret:melding:nyfolkeregisterperson:foedselsmelding:v1",
            |x| {
                x.i("foedsel", |x| {
                    x.er("foreldreBorSammen", bor_sammen);
                    x.er("foreldreErGift", ektefelle.is_some());
                    x.kanskje(
                        "antallBarnVedFlerfoedsel",
                        f.flerfoedsel.map(|nr| (nr / 10).to_string()),
                    );
                    x.i("barn", |x| {
                        x.t("foedselsdato", &self.dato);
                        x.er("erLevendefoedt", true);
                        x.kanskje(
                            "rekkefoelgenummerVedFlerfoedsel",
                            f.flerfoedsel.map(|nr| nr.to_string()),
                        );
                        x.t("kjoenn", if f.jente { "kvinne" } else { "mann" });
                    });
                    x.i("mor", |x| x.t("foedselsEllerDNummer", &mor));
                    if let Some(ektefelle) = &ektefelle {
                        x.i("farEllerMedmor", |x| {
                            x.t("foedselsEllerDNummer", ektefelle);
                            if f.medmor {
                                x.er("erMedmor", true);
                            }
                        });
                    }
                    x.i("foedested", |x| {
                        x.t("foedselsinstitusjonsnavn", &sykehus);
                        x.t("foedekommunenummer", kommune.nummer(self.dag));
                        x.t("foedekommunenavn", kommune.kommune().navn);
                    });
                });
                x.t("registreringsdato", &self.dato);
                x.i("innsender", |x| x.t("innsendertype", "helse"));
                x.er("erKorrigertForespoersel", false);
            },
        );
        Some(("sykehus", "foedsel_v1", xml))
    }

    // Schema: MeldingOmRegistreringAvFarskap_v1.0.
    pub(super) fn farskap(&mut self, barn: Pid, far: Pid, mor: Pid) -> Ferdig {
        let (barn, far, mor) = (self.nummer(barn)?, self.nummer(far)?, self.nummer(mor)?);
        let bor_sammen = self.kast.promille(850);
        let xml = self.dokument(
            "meldingOmRegistreringAvFarskap",
            "folkeregisteret:melding:farskap:v1",
            |x| {
                x.t("registreringsdato", &self.dato);
                x.i("innsender", |x| x.t("innsendertype", "nav"));
                x.i("saksbehandlersVurdering", |x| {
                    x.er("skjemaErAttestert", true);
                    x.er("vedlagtFarskapsskjemaErOriginalt", true);
                });
                x.i("barnet", |x| {
                    x.t("foedselsEllerDNummer", &barn);
                    x.er("erFoedt", true);
                });
                x.i("far", |x| {
                    x.t("foedselsEllerDNummer", &far);
                    x.t("datoForErklaeringen", &self.dato);
                    x.er("harSignert", true);
                });
                x.i("mor", |x| {
                    x.t("foedselsEllerDNummer", &mor);
                    x.er("harSignert", true);
                });
                x.er("foreldreBorSammen", bor_sammen);
            },
        );
        Some(("nav", "farskap_v1", xml))
    }

    // Schema: MeldingOmDoedsfall_v1.0, which the later ones contain.
    pub(super) fn doedsfall(&self, person: Pid, kilde: Doedskilde, dato: &str) -> Ferdig {
        let nummer = self.nummer(person)?;
        let (produsent, kilde) = match kilde {
            Doedskilde::Helse => ("sykehus", "helse"),
            Doedskilde::Tingretten => ("tingrett", "tingretten"),
            Doedskilde::Utenriksstasjon => ("folkeregistermyndigheten", "utenriksstasjon"),
        };
        let xml = self.dokument("meldingOmDoedsfall", "folkeregisteret:melding:doedsfall:v1", |x| {
            x.t("forespoerselssdato", &self.dato);
            x.t("kilde", kilde);
            x.t("avsendersSaksreferanse", self.navn);
            x.t("avsendersSaksbehandler", SAKSBEHANDLER);
            x.i("doedPerson", |x| {
                x.t("foedselsnummer", &nummer);
                x.t("doedsdato", dato);
            });
        });
        Some((produsent, "doedsfall_v1", xml))
    }

    // Schema: MeldingOmKontaktopplysningerForDoedsbo_v1.0.
    pub(super) fn doedsbo(&mut self, person: Pid, arving: Option<Pid>) -> Ferdig {
        let nummer = self.nummer(person)?;
        let arving = arving.and_then(|a| self.nummer(a));
        let slag = match (self.kast.under(100), &arving) {
            (0..60, Some(_)) => Doedsbokontakt::Person,
            (0..10, None) => Doedsbokontakt::Organisasjon,
            _ => Doedsbokontakt::Advokat,
        };
        // The court's paper is some days old.
        let arving = arving.and_then(|a| a.parse().ok()).map(crate::tekst::foedselsnummer);
        let Innhold::KontaktinformasjonForDoedsbo(bo) = dokument::doedsbo(&mut self.kast, slag, arving, self.dag - 2)
        else {
            return None;
        };
        let xml = self.dokument(
            "meldingOmKontakopplysningerForDoedsbo",
            "folkeregisteret:melding:endringavkontaktopplysningerfordoedsbo:v1",
            |x| {
                x.i("avdoed", |x| x.t("foedselsEllerDNummer", &nummer));
                x.i("kontaktinformasjon", |x| kontakt(x, &bo));
                x.i("avsender", |x| {
                    x.t("virksomhetsnavn", "Syntetisk tingrett");
                    x.i("saksbehandler", |x| {
                        x.t("fornavn", "SYNTETISK");
                        x.t("etternavn", "SAKSBEHANDLER");
                    });
                });
                x.t("skifteform", bo.skifteform.som_tekst());
                x.t("attestutstedelsesdato", bo.attestutstedelsesdato.to_string());
            },
        );
        Some(("tingrett", "kontaktopplysninger_doedsbo_v1", xml))
    }

    // Schema: MeldingOmVigsel_v1.0.
    pub(super) fn vigsel(&mut self, en: Pid, annen: Pid) -> Ferdig {
        let (en, annen) = (self.nummer(en)?, self.nummer(annen)?);
        let kommune = Kommunevalg::trekk(&mut self.kast);
        let borgerlig = self.kast.promille(600);
        let (kilde, slag) = if borgerlig {
            ("ansattIKommune", "borgerlig")
        } else {
            ("denNorskeKirke", "kirkelig")
        };
        let xml = self.dokument("meldingOmVigsel", "folkeregisteret:melding:vigsel:v1", |x| {
            x.t("kilde", kilde);
            for nummer in [&en, &annen] {
                x.i("ektefelle", |x| x.t("foedselsEllerDNummer", nummer));
            }
            x.i("vigsel", |x| {
                x.t("vigselsdato", &self.dato);
                x.t("vigselssted", kommune.kommune().navn);
                x.t("vigselsmyndighet", kilde);
                x.t("vigselsmyndighetSomKommune", kommune.nummer(self.dag));
                x.t("vigselstype", slag);
                x.t("vigslerHarGyldigVigselsmyndighet", "ja");
                x.t("vigselsbokErIOrden", "ja");
                x.t("vigselsland", "NOR");
            });
            x.t("vigselsmeldingErKorrektUnderskrevet", "ja");
            x.t("personeneStemmerMedProevingsattest", "ja");
            x.t("mottaksdato", &self.dato);
        });
        Some(("folkeregistermyndigheten", "vigsel_v1", xml))
    }

    // Schemas: MeldingOmSeparasjon_v1.0, MeldingOmSkilsmisse_v1.0.
    pub(super) fn brudd(&self, en: Pid, annen: Pid, skilsmisse: Option<bool>) -> Ferdig {
        let (en, annen) = (self.nummer(en)?, self.nummer(annen)?);
        let felles = |x: &mut Xml, nummer: &str, begjaerer: Option<bool>| {
            x.i("ektefelleEllerPartner", |x| {
                x.t("foedselsEllerDNummer", nummer);
                if let Some(begjaerer) = begjaerer {
                    x.er("erBegjaererAvSkilsmisse", begjaerer);
                }
            });
        };
        let Some(separert) = skilsmisse else {
            let xml = self.dokument("meldingOmSeparasjon", "folkeregisteret:melding:separasjon:v1", |x| {
                x.t("kilde", "domstolen");
                felles(x, &en, None);
                felles(x, &annen, None);
                x.t("avsendersSaksreferanse", self.navn);
                x.i("separasjon", |x| {
                    x.t("separasjonsdato", &self.dato);
                    x.t("hjemmel", "enEktefelleKreverSeparasjon");
                    x.t("sivilstandsmyndighet", "domstolen");
                });
            });
            return Some(("tingrett", "separasjon_v1", xml));
        };
        let xml = self.dokument("meldingOmSkilsmisse", "folkeregisteret:melding:skilsmisse:v1", |x| {
            x.t("kilde", "domstolen");
            felles(x, &en, Some(true));
            felles(x, &annen, Some(false));
            x.i("skilsmisse", |x| {
                x.t("skilsmissedato", &self.dato);
                let hjemmel = if separert {
                    "skilsmisseEtterSeparasjon"
                } else {
                    "skilsmisseEtterSamlivsbrudd"
                };
                x.t("hjemmel", hjemmel);
                x.t("sivilstandsmyndighet", "domstolen");
            });
            x.t("avsendersSaksreferanse", self.navn);
        });
        Some(("tingrett", "skilsmisse_v1", xml))
    }
}

fn kontakt(x: &mut Xml, bo: &e::KontaktinformasjonForDoedsbo) {
    let personnavn = |x: &mut Xml, element: &str, navn: &informasjonsmodell::typer::Personnavn| {
        x.i(element, |x| {
            x.t("fornavn", navn.fornavn.som_tekst());
            x.kanskje("mellomnavn", navn.mellomnavn.as_ref().map(|m| m.som_tekst()));
            x.t("etternavn", navn.etternavn.som_tekst());
        });
    };
    if let Some(person) = &bo.person {
        x.i("person", |x| {
            if let Some(nummer) = &person.foedselsnummer {
                x.t("foedselsEllerDNummer", nummer.som_tekst());
            }
        });
    }
    if let Some(advokat) = &bo.advokat {
        x.i("advokat", |x| {
            personnavn(x, "personnavn", &advokat.personnavn);
            x.kanskje(
                "organisasjonsnavn",
                advokat.organisasjonsnavn.as_ref().map(|o| o.som_tekst()),
            );
            x.kanskje(
                "organisasjonsnummer",
                advokat.organisasjonsnummer.as_ref().map(|o| o.som_tekst()),
            );
        });
    }
    if let Some(organisasjon) = &bo.organisasjon {
        x.i("organisasjon", |x| {
            x.t("organisasjonsnavn", organisasjon.organisasjonsnavn.som_tekst());
            x.kanskje(
                "organisasjonsnummer",
                organisasjon.organisasjonsnummer.as_ref().map(|o| o.som_tekst()),
            );
            if let Some(navn) = &organisasjon.kontaktpersonnavn {
                personnavn(x, "kontaktpersonnavn", navn);
            }
        });
    }
    x.i("adresse", |x| {
        for linje in &bo.adresse.adresselinje {
            x.t("adresselinje", linje.som_tekst());
        }
        x.t("poststedsnavn", bo.adresse.poststedsnavn.som_tekst());
        x.t("postnummer", bo.adresse.postnummer.som_tekst());
        x.kanskje("landkode", bo.adresse.landkode.as_ref().map(|l| l.som_tekst()));
    });
}
