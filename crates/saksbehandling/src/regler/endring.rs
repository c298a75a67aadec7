//! One entity of somebody is changed, ended, taken back or corrected: what `endringstype` stands for.

use informasjonsmodell::{Dato, Endring, Entitet, Hendelsestype, Innhold, Tidspunkt, Utvelger};
use meldinger::tre::Element;
use register::Personbilde;
use serde_json::{Value, json};

use super::Kontekst;
use crate::bygg::{self, Aarsak};
use crate::person::Person as _;
use crate::vedtak::Grunn;

/// `endringstype`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slag {
    Endre,
    Opphoere,
    Annullere,
    Korrigere,
}

impl Slag {
    /// Older messages have none: something is new.
    pub fn les(e: &Element) -> Self {
        match e.tekst("endringstype") {
            Some("opphoere") => Slag::Opphoere,
            Some("annullere") => Slag::Annullere,
            Some("korrigere") => Slag::Korrigere,
            _ => Slag::Endre,
        }
    }
}

/// When, why and how.
#[derive(Clone, Copy)]
pub(super) struct Hvordan {
    pub slag: Slag,
    pub aarsak: Aarsak,
    pub naar: Tidspunkt,
}

fn gjeldende(person: &Personbilde, entitet: Entitet) -> Vec<&Innhold> {
    person.gjeldende(entitet).map(|o| &o.innhold).collect()
}

impl Kontekst<'_, '_> {
    fn innhold(&mut self, entitet: Entitet, verdi: Value) -> Option<Innhold> {
        let innhold = bygg::innhold(entitet, verdi).ok();
        self.krev(innhold.is_some(), Grunn::MangelfullMelding);
        innhold
    }

    /// A change of what somebody has one of at a time. Nothing where it says so already.
    pub(super) fn endre_den_ene(
        &mut self,
        person: &Personbilde,
        entitet: Entitet,
        hvordan: Hvordan,
        verdi: Value,
    ) -> Vec<Endring> {
        let Hvordan { slag, aarsak, naar } = hvordan;
        let hvilken = Utvelger::Gjeldende(entitet);
        let foer = gjeldende(person, entitet);
        if slag != Slag::Endre && foer.is_empty() {
            self.innvend(Grunn::IngenOpplysning);
            return Vec::new();
        }
        if matches!(slag, Slag::Endre | Slag::Opphoere) {
            self.etter_alt(person, naar, entitet, |_| true);
        }
        match slag {
            Slag::Opphoere => vec![Endring::Opphoere {
                hvilken,
                opphoerstidspunkt: naar,
            }],
            // What it took over from is current again, where there is such.
            Slag::Annullere if !entitet.er_adresse() && person.historiske(entitet).next().is_some() => {
                vec![Endring::Angre { entitet }]
            }
            Slag::Annullere if er_noedvendig(entitet) => {
                self.innvend(Grunn::IngenOpplysning);
                Vec::new()
            }
            Slag::Annullere => vec![Endring::Annullere { hvilken }],
            Slag::Endre | Slag::Korrigere => {
                let Some(innhold) = self.innhold(entitet, verdi) else {
                    return Vec::new();
                };
                if foer.contains(&&innhold) {
                    return Vec::new();
                }
                match slag {
                    Slag::Korrigere => vec![Endring::Korrigere {
                        hvilken,
                        ny: Box::new(self.med_gyldighet_fra(person, entitet, aarsak, naar, innhold)),
                    }],
                    _ => vec![bygg::ny(aarsak, naar, innhold)],
                }
            }
        }
    }

    // What is corrected has been valid since what it corrects was.
    fn med_gyldighet_fra(
        &self,
        person: &Personbilde,
        entitet: Entitet,
        aarsak: Aarsak,
        naar: Tidspunkt,
        innhold: Innhold,
    ) -> informasjonsmodell::Opplysning {
        let foer = person.gjeldende(entitet).find_map(|o| o.metadata.gyldighetstidspunkt);
        bygg::opplysning(aarsak, foer.unwrap_or(naar), innhold)
    }

    /// Citizenships: `endre` says all that somebody has; `opphoere` and `annullere` those that end; `korrigere` all again.
    pub(super) fn endre_statsborgerskap(
        &mut self,
        person: &Personbilde,
        hvordan: Hvordan,
        nye: &[(String, Option<String>)],
    ) -> Vec<Endring> {
        let Hvordan { slag, aarsak, naar } = hvordan;
        let foer = gjeldende(person, Entitet::Statsborgerskap);
        if matches!(slag, Slag::Endre | Slag::Opphoere) {
            self.etter_alt(person, naar, Entitet::Statsborgerskap, er_gjeldende);
        }
        let land = |innhold: &Innhold| match innhold {
            Innhold::Statsborgerskap(s) => Some(s.statsborgerskap.som_tekst().to_owned()),
            _ => None,
        };
        let nevnt = |innhold: &Innhold| land(innhold).is_some_and(|l| nye.iter().any(|(n, _)| *n == l));
        let hvilken = |innhold: &Innhold| Utvelger::Lik(Box::new(innhold.clone()));
        let mut ut = Vec::new();
        for innhold in &foer {
            let slutter = matches!(slag, Slag::Opphoere | Slag::Annullere) == nevnt(innhold);
            if !slutter {
                continue;
            }
            ut.push(match slag {
                Slag::Endre | Slag::Opphoere => bygg::opphoer(innhold, naar),
                Slag::Annullere | Slag::Korrigere => Endring::Annullere {
                    hvilken: hvilken(innhold),
                },
            });
        }
        if matches!(slag, Slag::Opphoere | Slag::Annullere) {
            self.krev(!ut.is_empty(), Grunn::IngenOpplysning);
            return ut;
        }
        for (ny, dato) in nye {
            if foer.iter().any(|i| land(i).as_ref() == Some(ny)) {
                continue;
            }
            let verdi = json!({"statsborgerskap": ny, "ervervsdato": dato});
            ut.extend(self.ny(aarsak, naar, Entitet::Statsborgerskap, verdi));
        }
        ut
    }

    /// A number that another country, or the immigration authorities, gave: somebody may have several.
    pub(super) fn endre_nummer(
        &mut self,
        person: &Personbilde,
        entitet: Entitet,
        hvordan: Hvordan,
        verdi: Value,
    ) -> Vec<Endring> {
        let Hvordan { slag, aarsak, naar } = hvordan;
        let Some(innhold) = self.innhold(entitet, verdi) else {
            return Vec::new();
        };
        if slag == Slag::Opphoere {
            self.etter_alt(person, naar, entitet, er_gjeldende);
        }
        let foer = gjeldende(person, entitet);
        let finnes = foer.contains(&&innhold);
        let hvilken = Utvelger::Lik(Box::new(innhold.clone()));
        match slag {
            Slag::Endre if finnes => Vec::new(),
            Slag::Endre => vec![bygg::ny(aarsak, naar, innhold)],
            Slag::Opphoere | Slag::Annullere if !finnes => {
                self.innvend(Grunn::IngenOpplysning);
                Vec::new()
            }
            Slag::Opphoere => vec![bygg::opphoer(&innhold, naar)],
            Slag::Annullere => vec![Endring::Annullere { hvilken }],
            Slag::Korrigere if finnes => Vec::new(),
            // Which one is wrong is only told where there is one of the kind and the country.
            Slag::Korrigere => {
                let like: Vec<&&Innhold> = foer.iter().filter(|f| er_samme_slag(f, &innhold)).collect();
                let [en] = like.as_slice() else {
                    self.innvend(Grunn::IngenOpplysning);
                    return Vec::new();
                };
                vec![Endring::Korrigere {
                    hvilken: Utvelger::Lik(Box::new((**en).clone())),
                    ny: Box::new(bygg::opplysning(aarsak, naar, innhold)),
                }]
            }
        }
    }

    /// What somebody's birth says, with a part of it another.
    pub(super) fn foedsel_med(&mut self, person: &Personbilde, dag: Option<(Option<Dato>, Dato)>) -> Value {
        let naa = gjeldende(person, Entitet::Foedsel).into_iter().find_map(|i| match i {
            Innhold::Foedsel(f) => Some(f.clone()),
            _ => None,
        });
        let mut ut = match naa {
            Some(f) => json!({
                "foedselsdato": f.foedselsdato.map(|d| d.to_string()),
                "foedselsaar": f.foedselsaar.som_tekst(),
                "foedested": f.foedested.as_ref().map(|t| t.som_tekst().to_owned()),
                "foedekommuneINorge": f.foedekommune_i_norge.as_ref().map(|t| t.som_tekst().to_owned()),
                "foedeland": f.foedeland.as_ref().map(|t| t.som_tekst().to_owned()),
            }),
            None => json!({}),
        };
        if let (Some((kjent, dag)), Some(felt)) = (dag, ut.as_object_mut()) {
            felt.insert("foedselsdato".to_owned(), json!(kjent.map(|d| d.to_string())));
            felt.insert("foedselsaar".to_owned(), json!(format!("{:04}", dag.aar())));
        }
        ut
    }

    /// Objects where a message names another number of the immigration authorities than the register has, or another's.
    pub(super) fn proev_duf_paa(&mut self, person: &Personbilde, e: &Element) -> Result<(), register::Feil> {
        let Some(nummer) = super::fylt(e, "dufNummer").map(|nr| super::identitet::uten_mellomrom(&nr)) else {
            return Ok(());
        };
        let egne: Vec<String> = person.dufnumre();
        self.krev(egne.is_empty() || egne.contains(&nummer), Grunn::DufNummerAvviker);
        super::identitet::proev_duf(self, &[nummer].into(), Some(person.person))
    }
}

fn er_gjeldende(o: &informasjonsmodell::Opplysning) -> bool {
    o.metadata.er_gjeldende == Some(true)
}

// What everybody has: it can be changed and not taken away.
fn er_noedvendig(entitet: Entitet) -> bool {
    matches!(
        entitet,
        Entitet::Foedsel | Entitet::Navn | Entitet::Status | Entitet::Identifikasjonsnummer
    )
}

fn er_samme_slag(a: &Innhold, b: &Innhold) -> bool {
    match (a, b) {
        (Innhold::UtenlandskPersonidentifikasjon(a), Innhold::UtenlandskPersonidentifikasjon(b)) => {
            a.identifikasjonsnummertype == b.identifikasjonsnummertype && a.utstederland == b.utstederland
        }
        (
            Innhold::UtlendingsmyndighetenesIdentifikasjonsnummer(_),
            Innhold::UtlendingsmyndighetenesIdentifikasjonsnummer(_),
        ) => true,
        _ => false,
    }
}

/// What the event is called that changes an entity alone.
pub(super) fn hendelsestype(entitet: Entitet) -> Hendelsestype {
    Hendelsestype::for_entitet(entitet).unwrap_or(Hendelsestype::PersonErOppdatert)
}

/// `statsborgerskap` of a message: country, and since when.
pub(super) fn statsborgerskap(liste: &Element) -> Vec<(String, Option<String>)> {
    let alle = liste.alle("statsborgerskap").map(|e| {
        // Newer messages have an element in the element.
        let land = e.tekst("statsborgerskap").unwrap_or(e.verdi());
        let dag = e.tekst("ervervsdato").and_then(|t| t.get(..10));
        (land.to_owned(), dag.map(str::to_owned))
    });
    alle.collect()
}
