//! What the engine has to know of a person when it begins: read from the person's document.

use informasjonsmodell::kodeverk::{Adressegradering, Familierelasjontype, Kjoenn, Personstatus, Sivilstandstype};
use informasjonsmodell::tekst::Foedselsnummer;
use informasjonsmodell::{Innhold, Opplysning, Persondokument};

use crate::tid::Dag;

/// Where a person stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stand {
    Bosatt,
    /// Has a D-number that is in use.
    DNummer,
    Utflyttet,
    Doed,
    Annet,
}

/// Married or not, as far as it matters to what may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sivil {
    Ledig,
    Gift,
    Separert,
}

/// A person, as the engine begins with it. Numbers of others are those of their documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Innbygger {
    pub(super) nummer: u64,
    pub(super) tidligere: Vec<u64>,
    pub(super) foedt: Dag,
    pub(super) kvinne: bool,
    pub(super) stand: Stand,
    pub(super) sivil: Sivil,
    /// Since when the person is married or separated.
    pub(super) siden: Dag,
    pub(super) ektefelle: Option<u64>,
    pub(super) mor: Option<u64>,
    pub(super) annen: Option<u64>,
    pub(super) norsk: bool,
    pub(super) vernet: bool,
    pub(super) verge: bool,
    /// Whoever has the same lives together.
    pub(super) bolig: Option<u64>,
}

fn tall(nummer: &Foedselsnummer) -> Option<u64> {
    nummer.som_tekst().parse().ok()
}

impl Innbygger {
    /// Reads a document. `None` of somebody whose number has ended or whose birth date is not known: nothing happens to
    /// them any more.
    #[must_use]
    pub fn fra_dokument(dokument: &Persondokument) -> Option<Self> {
        let mut ut = Innbygger {
            nummer: 0,
            tidligere: Vec::new(),
            foedt: Dag::MIN,
            kvinne: false,
            stand: Stand::Annet,
            sivil: Sivil::Ledig,
            siden: Dag::MIN,
            ektefelle: None,
            mor: None,
            annen: None,
            norsk: false,
            vernet: false,
            verge: false,
            bolig: None,
        };
        let mut doed = false;
        for opplysning in &dokument.opplysninger {
            let gjelder = opplysning.metadata.er_gjeldende == Some(true);
            match &opplysning.innhold {
                Innhold::Identifikasjonsnummer(i) => {
                    let i_bruk = gjelder && i.status.som_tekst() == "iBruk";
                    match (tall(&i.foedselsnummer), i_bruk) {
                        (Some(nummer), true) => ut.nummer = nummer,
                        (Some(nummer), false) => ut.tidligere.push(nummer),
                        (None, _) => {}
                    }
                }
                Innhold::Doedsfall(_) if gjelder => doed = true,
                _ if gjelder => ut.ta(opplysning),
                _ => {}
            }
        }
        if doed {
            ut.stand = Stand::Doed;
        }
        (ut.nummer != 0 && ut.foedt != Dag::MIN).then_some(ut)
    }

    fn ta(&mut self, opplysning: &Opplysning) {
        match &opplysning.innhold {
            Innhold::Foedsel(f) => {
                if let Some(dag) = f.foedselsdato.and_then(|d| d.dager()) {
                    self.foedt = dag;
                }
            }
            Innhold::Kjoenn(k) => self.kvinne = k.kjoenn == Kjoenn::Kvinne,
            Innhold::Status(s) => {
                self.stand = match s.status {
                    Personstatus::Bosatt => Stand::Bosatt,
                    Personstatus::Midlertidig => Stand::DNummer,
                    Personstatus::Utflyttet => Stand::Utflyttet,
                    Personstatus::Doed => Stand::Doed,
                    _ => Stand::Annet,
                };
            }
            Innhold::Sivilstand(s) => {
                self.sivil = match s.sivilstand {
                    Sivilstandstype::Gift | Sivilstandstype::RegistrertPartner => Sivil::Gift,
                    Sivilstandstype::Separert | Sivilstandstype::SeparertPartner => Sivil::Separert,
                    _ => Sivil::Ledig,
                };
                self.siden = s.sivilstandsdato.and_then(|d| d.dager()).unwrap_or(Dag::MIN);
                self.ektefelle = s.relatert_ved_sivilstand.as_ref().and_then(tall);
            }
            Innhold::Familierelasjon(r) => {
                let hvem = r.relatert_person.as_ref().and_then(tall);
                match r.relatert_persons_rolle {
                    Familierelasjontype::Mor => self.mor = hvem,
                    Familierelasjontype::Far | Familierelasjontype::Medmor => self.annen = hvem,
                    _ => {}
                }
            }
            Innhold::Statsborgerskap(s) => self.norsk |= s.statsborgerskap.som_tekst() == "NOR",
            Innhold::Adressebeskyttelse(_) => self.vernet = true,
            Innhold::VergemaalEllerFremtidsfullmakt(_) => self.verge = true,
            Innhold::Bostedsadresse(b) => {
                self.vernet |= b.adressegradering != Adressegradering::Ugradert;
                self.bolig = b
                    .adresse_identifikator_fra_matrikkelen
                    .as_ref()
                    .and_then(|id| id.som_tekst().parse().ok());
            }
            _ => {}
        }
    }
}
