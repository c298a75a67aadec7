//! Messages of those who are new, of addresses, and of changes by the immigration authorities.

use informasjonsmodell::entiteter as e;
use informasjonsmodell::typer::{Poststed, Vegadresse};
use informasjonsmodell::{Entitet, Innhold, Persondokument};

use super::super::ny::Nykommer;
use super::super::tilstand::Pid;
use super::super::xml::{Xml, enkle_tegn};
use super::{Ferdig, Meldingsskriver, SAKSBEHANDLER, postboks};
use crate::land::Landvalg;
use crate::tid;

impl Meldingsskriver<'_> {
    // Schema: MeldingOmFlyttingFraPosten_v1.0.
    pub(super) fn postmelding(&mut self, person: Pid) -> Ferdig {
        let nummer = self.nummer(person)?;
        let Innhold::Postadresse(e::Kontaktadresse {
            postboksadresse: Some(boks),
            ..
        }) = postboks(&mut self.kast)
        else {
            return None;
        };
        let xml = self.dokument(
            "meldingOmFlyttingFraPosten",
            "folkeregisteret:melding:endringavfolkeregisterperson:meldingomflyttingfraposten:v1",
            |x| {
                x.i("personSomFlytter", |x| x.t("foedselsnummer", &nummer));
                x.i("nyAdresse", |x| {
                    x.i("postboksadresse", |x| {
                        x.kanskje("postbokseier", boks.postbokseier.as_ref().map(|e| e.som_tekst()));
                        x.t("postboks", boks.postboks.som_tekst());
                        poststed(x, boks.poststed.as_ref());
                    });
                    x.t("flyttedato", &self.dato);
                });
                x.t("registreringsdato", &self.dato);
                x.i("samtykke", |x| {
                    x.t("samtykketype", "postadresse");
                    x.t("samtykkeverdi", "samtykkeErGitt");
                });
                x.t("adresseendringsidentifikator", self.navn);
                x.er("erAnnullering", false);
                x.t("innsender", &nummer);
            },
        );
        Some(("posten", "flyttemelding_fra_posten_v1", xml))
    }

    // Schema: MeldingOmInnflytting_v1.0.
    pub(super) fn innflytting(&self) -> Ferdig {
        let ny = self.liv.nykommer(self.hendelse)?;
        let om = Kandidat::av(&ny)?;
        let veg = om.adresse.clone()?;
        let xml = self.dokument(
            "meldingOmInnflytting",
            "folkeregisteret:melding:nyfolkeregisterperson:innflytting:v1",
            |x| {
                x.t("kilde", "utlendingsdirektoratet");
                x.t("registreringsdato", &self.dato);
                x.t("avsendersSaksreferanse", self.navn);
                x.t("avsendersSaksbehandler", SAKSBEHANDLER);
                x.i("kandidat", |x| {
                    om.navn(x);
                    x.t("foedselsdato", &om.foedt);
                    x.t("foedeland", om.land);
                    x.t("kjoenn", om.kjoenn);
                    x.i("sivilstand", |x| {
                        x.t("sivilstand", "ugift");
                        x.er("erPaastandsbasert", false);
                    });
                    x.i("statsborgerskap", |x| x.t("statsborgerskap", om.land));
                    x.i("bostedsadresse", |x| {
                        x.i("vegadresse", |x| vegadresse(x, &veg, true));
                        x.er("erKlientadresse", false);
                    });
                    x.t("fraflyttingsland", om.land);
                    x.t("legitimasjonskontroll", "kontrollert");
                    x.i("opphold", |x| {
                        x.t("oppholdstillatelse", "midlertidig");
                        x.t("oppholdFra", &self.dato);
                        x.t("oppholdTil", tid::dato(self.dag + 3 * tid::AAR).to_string());
                    });
                });
            },
        );
        Some(("udi", "innflytting_v1", xml))
    }

    // Schema: RekvisisjonAvDNummer_5.0.
    pub(super) fn rekvisisjon(&self) -> Ferdig {
        let ny = self.liv.nykommer(self.hendelse)?;
        let om = Kandidat::av(&ny)?;
        let xml = self.dokument(
            "rekvisisjonAvDNummer",
            "folkeregisteret:melding:nyfolkeregisterperson:rekvisisjonavdnummer:v5",
            |x| {
                x.i("kandidat", |x| {
                    om.navn(x);
                    x.er("foedselsdatoErKjent", true);
                    x.t("foedselsdato", &om.foedt);
                    x.t("foedeland", om.land);
                    x.t("kjoenn", om.kjoenn);
                    x.i("postadresseIUtlandet", |x| {
                        x.i("postadresse", |x| utland(x, om.by, om.land));
                        x.er("erKlientadresse", false);
                    });
                    x.t("statsborgerskap", om.land);
                    x.er("harUkjentOppholdsadresse", true);
                    x.er("skalFaaUtskrift", false);
                });
                x.t("kilde", "nav");
                x.t("rekvireringsdato", &self.dato);
                x.i("identifikasjon", |x| {
                    x.i("dokumentgrunnlag", |x| {
                        x.t("identifikasjonsdokumentnummer", format!("TEST{}", self.hendelse.id));
                        x.t("identifikasjonsdokumenttype", "pass");
                        x.t("utstederland", om.land);
                        x.t("gyldigTil", tid::dato(self.dag + 5 * tid::AAR).to_string());
                    });
                });
                x.t("avsendersSaksreferanse", self.navn);
                x.t("avsendersSaksbehandler", SAKSBEHANDLER);
                x.er("identitetskontrollKreves", false);
            },
        );
        Some(("nav", "rekvisisjon_av_dnummer_v5", xml))
    }

    // Schema: MeldingOmEndringAvPersonMedDNummer_v3.0.
    pub(super) fn dnummerendring(&mut self, person: Pid) -> Ferdig {
        let nummer = self.nummer(person)?;
        let land = Landvalg::trekk(&mut self.kast).land();
        let xml = self.dokument(
            "meldingOmEndringAvPersonMedDNummer",
            "folkeregisteret:melding:nyfolkeregisterperson:endringavpersonmeddnummer:v3",
            |x| {
                x.t("kilde", "nav");
                x.t("forespoerselsdato", &self.dato);
                x.t("avsendersSaksreferanse", self.navn);
                x.t("avsendersSaksbehandler", SAKSBEHANDLER);
                x.i("person", |x| {
                    x.i("postadresseIUtlandet", |x| {
                        x.i("postadresse", |x| utland(x, land.by, land.alfa3));
                        x.er("erKlientadresse", false);
                    });
                    x.t("dNummer", &nummer);
                    x.t("endringstype", "endre");
                });
            },
        );
        Some(("nav", "endring_av_dnummerperson_v3", xml))
    }

    // Schema: MeldingOmEndringAvPersonMedFoedselsnummer_v1.0.
    pub(super) fn statsborgerskap(&self, person: Pid) -> Ferdig {
        let nummer = self.nummer(person)?;
        let xml = self.dokument(
            "meldingOmEndringAvPersonMedFoedselsnummer",
            "folkeregisteret:melding:endringavfolkeregisterperson:endringavpersonmedfoedselsnummer:v1",
            |x| {
                x.t("kilde", "utlendingsmyndigheten");
                x.t("forespoerselsdato", &self.dato);
                x.t("avsendersSaksreferanse", self.navn);
                x.t("avsendersSaksbehandler", SAKSBEHANDLER);
                x.i("person", |x| {
                    x.i("statsborgerskap", |x| {
                        x.i("statsborgerskap", |x| {
                            x.t("statsborgerskap", "NOR");
                            x.t("ervervsdato", &self.dato);
                        });
                    });
                    x.t("foedselsnummer", &nummer);
                    x.t("endringstype", "endre");
                    x.er("erVedtakOmIdentitetsendring", false);
                });
            },
        );
        Some(("udi", "fnr_endring_v1", xml))
    }
}

fn poststed(x: &mut Xml, sted: Option<&Poststed>) {
    let Some(sted) = sted else { return };
    x.i("poststed", |x| {
        x.kanskje(
            "poststedsnavn",
            sted.poststedsnavn.as_ref().map(|n| enkle_tegn(n.som_tekst())),
        );
        x.kanskje("postnummer", sted.postnummer.as_ref().map(|n| n.som_tekst()));
    });
}

fn vegadresse(x: &mut Xml, veg: &Vegadresse, med_kommune: bool) {
    x.t("adressenavn", enkle_tegn(veg.adressenavn.som_tekst()));
    if let Some(nummer) = &veg.adressenummer {
        x.i("adressenummer", |x| {
            x.t("husnummer", nummer.husnummer.som_tekst());
            x.kanskje("husbokstav", nummer.husbokstav.as_ref().map(|b| b.som_tekst()));
        });
    }
    x.kanskje(
        "bruksenhetsnummer",
        veg.bruksenhetsnummer.as_ref().map(|b| b.som_tekst()),
    );
    poststed(x, veg.poststed.as_ref());
    x.kanskje("adressekode", veg.adressekode.as_ref().map(|k| k.som_tekst()));
    if med_kommune {
        x.t("kommunenummer", veg.kommunenummer.som_tekst());
    }
}

fn utland(x: &mut Xml, by: &str, land: &str) {
    x.t("adressenavn", "Testgaten 1");
    x.t("byEllerStedsnavn", enkle_tegn(by));
    x.t("landkode", land);
}

/// What messages say of somebody new, read from the document that would be made of the one.
struct Kandidat {
    fornavn: String,
    mellomnavn: Option<String>,
    etternavn: String,
    foedt: String,
    kjoenn: &'static str,
    land: &'static str,
    by: &'static str,
    adresse: Option<Vegadresse>,
}

impl Kandidat {
    fn av(ny: &Nykommer) -> Option<Self> {
        // No number is in what is read of it.
        let dokument = ny.dokument(0);
        let person = ny.plan.person(ny.nr);
        let land = match person.opphav {
            crate::plan::Opphav::Innvandret { land, .. } | crate::plan::Opphav::DNummer { land, .. } => land.land(),
            _ => return None,
        };
        let navn = gjeldende(&dokument, Entitet::Navn).find_map(|i| match i {
            Innhold::Navn(n) => Some(n),
            _ => None,
        })?;
        let adresse = gjeldende(&dokument, Entitet::Bostedsadresse).find_map(|i| match i {
            Innhold::Bostedsadresse(b) => Some(b.vegadresse.clone()),
            _ => None,
        });
        Some(Kandidat {
            fornavn: enkle_tegn(navn.fornavn.som_tekst()),
            mellomnavn: navn.mellomnavn.as_ref().map(|m| enkle_tegn(m.som_tekst())),
            etternavn: enkle_tegn(navn.etternavn.som_tekst()),
            foedt: tid::dato(person.foedt).to_string(),
            kjoenn: match person.kjoenn {
                identifikator::Kjoenn::Kvinne => "kvinne",
                identifikator::Kjoenn::Mann => "mann",
            },
            land: land.alfa3,
            by: land.by,
            adresse: adresse.flatten(),
        })
    }

    fn navn(&self, x: &mut Xml) {
        x.i("navn", |x| {
            x.t("fornavn", &self.fornavn);
            x.kanskje("mellomnavn", self.mellomnavn.as_ref());
            x.t("etternavn", &self.etternavn);
        });
    }
}

fn gjeldende(dokument: &Persondokument, entitet: Entitet) -> impl Iterator<Item = &Innhold> {
    let alle = dokument.av(entitet);
    alle.filter(|o| o.metadata.er_gjeldende == Some(true))
        .map(|o| &o.innhold)
}
