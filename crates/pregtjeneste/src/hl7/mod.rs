//! The six operations: from what a message asks to what is answered.
//!
//! What lives here: what each operation does, its codes, and what the audit record is told. What does not: bytes, envelopes and passwords
//! (`ruter`), who is found (`oppslag`, `soek`). What a newcomer gets wrong: a number that was issued is issued, also when the answer gets lost; the
//! sender asks again with the same message, and gets the same number. Source: PREG reference 3.5 and 4; ADR 0047, 0049 and 0051.

mod kandidater;
mod registrering;
mod svarperson;

use std::sync::Arc;

use hjelpenummer::{Avsender, Hjelpenumre, OverNummer};
use identifikator::{FellesHjelpenummer, Folkeregisteridentifikator, Nummer};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use meldinger::tre::Element;
use preg::Operasjon;
use preg::hl7::{
    Detalj, Detaljkode, Foresporsel, Hode, Id, Innhold, Kobling, Kvittering, Kvitteringskode, Oppslag, PREG,
    Registrering, Soek, Svarhode, Svarkode, skriv,
};
use pregmodell::Rett;
use tilgang::Revisjonspost;

use self::svarperson::svarperson;
use crate::kaller::{Kall, Kaller};
use crate::oppslag::utenfor_loekka;
use crate::tilstand::{Fase, PregTjeneste};
use crate::{Feil, Funnet};

static NORGE: TimeZone = jiff::tz::get!("Europe/Oslo");
/// Longest id of a message that is remembered. Units: bytes. Source: our choice; a UUID under an OID has some 60.
const MELDINGSID_MAKS: usize = 300;

/// One message of one user.
pub(crate) struct Melding {
    pub tjeneste: Arc<PregTjeneste>,
    pub kaller: Kaller,
    pub operasjon: Operasjon,
    pub naa: Timestamp,
    hode: Hode,
    detaljer: Vec<Detalj>,
}

/// Why a change was not made.
enum Nei {
    /// For something in the message.
    Detaljer(Vec<Detalj>),
    Feil(Feil),
}

impl From<Feil> for Nei {
    fn from(feil: Feil) -> Self {
        Nei::Feil(feil)
    }
}

fn nei(kode: Detaljkode, tekst: &'static str) -> Nei {
    Nei::Detaljer(vec![Detalj::feil(kode, tekst)])
}

/// What the register of help numbers says no to, as the contract has it. Source: PREG reference 4.2, 4.8-4.10.
fn av_lageret(feil: hjelpenummer::Feil) -> Nei {
    use hjelpenummer::Feil as F;
    match feil {
        F::Ukjent => nei(Detaljkode::Key204, "The identifier is not in the register."),
        F::IkkeHjelpenummer => nei(
            Detaljkode::LinkOfficialId,
            "The identifier is not a common help number.",
        ),
        F::Erstattet => nei(Detaljkode::LinkSuperseded, "The identifier is superseded by another."),
        F::TilSegSelv => nei(Detaljkode::LinkSelf, "An identifier is not linked with itself."),
        F::IkkeKnyttet => nei(
            Detaljkode::LinkNone,
            "The one identifier is not linked under the other.",
        ),
        F::AnnetInnhold => nei(Detaljkode::Key205, "The same message came before, with other content."),
        F::Ugyldig(_) => nei(Detaljkode::Syn102, "A value is not one that can be registered."),
        F::ForLite => nei(
            Detaljkode::AddInsufficient,
            "A name, a gender or a year of birth is needed, or a description that says unknown.",
        ),
        F::ForMange => nei(Detaljkode::Syn102, "Too many identifiers at a time."),
        F::Trekning | F::ManglerUtstedte { .. } | F::Lager(_) | F::Skadet(_) => Nei::Feil(feil.into()),
    }
}

impl Melding {
    /// Answers a message: the wrapper of the answer.
    ///
    /// # Errors
    /// [`Feil`]: there is no answer, and a fault is to be sent.
    pub async fn besvar(
        tjeneste: &Arc<PregTjeneste>,
        kaller: Kaller,
        operasjon: Operasjon,
        kropp: &Element,
        naa: Timestamp,
    ) -> Result<String, Feil> {
        let (hode, foresporsel, detaljer) = Foresporsel::les(operasjon, kropp);
        let mut selv = Melding {
            tjeneste: tjeneste.clone(),
            kaller,
            operasjon,
            naa,
            hode,
            detaljer: Vec::new(),
        };
        if let Fase::Avvikles(slutt) = tjeneste.innstillinger.fase(naa) {
            let dag = slutt.to_zoned(NORGE.clone()).date();
            let tekst = format!("This service ends on {dag}; use Persontjenesten.");
            selv.detaljer
                .push(Detalj::opplysning(Detaljkode::ServiceRetiring, tekst));
        }
        let utfall = selv.gjoer(&foresporsel, detaljer).await;
        // What could not be recorded is not recorded by saying so.
        if let Err(feil) = &utfall
            && *feil != Feil::Utilgjengelig
        {
            let mut kall = Kall::ny(operasjon.navn());
            kall.spurt = spurt(&foresporsel);
            selv.noter(&kall, Some(feil.kode())).await?;
        }
        utfall
    }

    async fn gjoer(&mut self, foresporsel: &Foresporsel, detaljer: Vec<Detalj>) -> Result<String, Feil> {
        match self.hode.sjekk(self.operasjon, self.tjeneste.innstillinger.modus) {
            Ok(advarsler) => self.detaljer.extend(advarsler),
            Err(avvist) => {
                self.detaljer.extend(avvist.detaljer);
                let kvittering = Kvittering {
                    kode: Kvitteringskode::Avvist,
                    detaljer: std::mem::take(&mut self.detaljer),
                };
                return self.avslaa(foresporsel, kvittering).await;
            }
        }
        self.detaljer.extend(detaljer);
        let kvittering = Kvittering::av(self.detaljer.clone());
        if kvittering.kode != Kvitteringskode::Godtatt {
            return self.avslaa(foresporsel, kvittering).await;
        }
        match foresporsel {
            Foresporsel::Oppslag(oppslag) => self.slaa_opp(oppslag).await,
            Foresporsel::Soek(soek) => self.soek(foresporsel, soek).await,
            Foresporsel::Ny(ny) => {
                let utfall = self.ny(ny).await;
                self.etter_endring(foresporsel, utfall).await
            }
            Foresporsel::Endring(endring) => {
                let utfall = self.endre(endring).await;
                self.etter_endring(foresporsel, utfall).await
            }
            Foresporsel::Kobling(kobling) => {
                let utfall = self.koble(kobling, true).await.map(|()| None);
                self.etter_endring(foresporsel, utfall).await
            }
            Foresporsel::Frakobling(kobling) => {
                let utfall = self.koble(kobling, false).await.map(|()| None);
                self.etter_endring(foresporsel, utfall).await
            }
        }
    }

    fn svar(&self, kvittering: &Kvittering, innhold: &Innhold<'_>) -> String {
        let hode = Svarhode {
            id: Id {
                rot: PREG.to_owned(),
                nummer: Some((self.tjeneste.ider)()),
            },
            opprettet: self.naa,
            forskyvning: NORGE.to_offset(self.naa),
            modus: self.tjeneste.innstillinger.modus,
        };
        skriv(self.operasjon, &hode, &self.hode, kvittering, innhold)
    }

    /// What the audit record is told, with the code of the answer.
    pub(crate) fn kall(&self, kode: &'static str) -> Kall {
        let mut kall = Kall::ny(self.operasjon.navn());
        kall.merk(format!("kode={kode}"));
        kall
    }

    /// Records a call that discloses nobody.
    async fn noter(&self, kall: &Kall, feilkode: Option<&str>) -> Result<(), Feil> {
        let post = Revisjonspost {
            feilkode,
            ..self.kaller.post(kall)
        };
        let frigivelse = &self.tjeneste.register.frigivelse;
        frigivelse.noter(&post).await.map_err(|_| Feil::Utilgjengelig)
    }

    /// Says no, and records it.
    async fn avslaa(&self, foresporsel: &Foresporsel, kvittering: Kvittering) -> Result<String, Feil> {
        let kode = match kvittering.kode {
            Kvitteringskode::Godtatt => "AA",
            Kvitteringskode::Feil => "AE",
            Kvitteringskode::Avvist => "AR",
        };
        let mut kall = self.kall(kode);
        kall.spurt = spurt(foresporsel);
        self.noter(&kall, Some(kode)).await?;
        let svarkode = Svarkode::FeilISporring;
        Ok(match foresporsel {
            Foresporsel::Soek(soek) => {
                let innhold = Innhold::Soek {
                    kode: svarkode,
                    totalt: 0,
                    gjenstaar: 0,
                    treff: &[],
                    soek,
                };
                self.svar(&kvittering, &innhold)
            }
            Foresporsel::Oppslag(oppslag) => {
                let innhold = Innhold::Oppslag {
                    kode: svarkode,
                    treff: None,
                    oppslag,
                };
                self.svar(&kvittering, &innhold)
            }
            Foresporsel::Ny(_) | Foresporsel::Endring(_) => self.svar(&kvittering, &Innhold::Registrering(None)),
            Foresporsel::Kobling(_) | Foresporsel::Frakobling(_) => self.svar(&kvittering, &Innhold::Kobling),
        })
    }

    /// `GetDemographics`.
    async fn slaa_opp(&self, oppslag: &Oppslag) -> Result<String, Feil> {
        let nummer = oppslag.id.first().and_then(Id::sifre).unwrap_or_default().to_owned();
        let register = &self.tjeneste.register;
        let kall = Kall::ny(self.operasjon.navn());
        let funnet = register
            .slaa_opp(&self.kaller, kall, vec![nummer])
            .await?
            .pop()
            .flatten();
        let treff = funnet.map(|funnet| svarperson(&funnet, &self.kaller.organisasjon));
        let innhold = Innhold::Oppslag {
            kode: if treff.is_some() {
                Svarkode::Ok
            } else {
                Svarkode::IngenTreff
            },
            treff: treff.as_ref(),
            oppslag,
        };
        Ok(self.svar(&Kvittering::av(self.detaljer.clone()), &innhold))
    }

    fn avsender(&self) -> Avsender {
        Avsender {
            organisasjon: self.kaller.organisasjon.clone(),
            bruker: self.kaller.brukernavn.clone(),
        }
    }

    fn krev_fh(&self) -> Result<(), Nei> {
        if self.kaller.har(Rett::Fh) {
            return Ok(());
        }
        let tekst = "The user has not the right to common help numbers.";
        Err(nei(Detaljkode::ProfileDenied, tekst))
    }

    /// Does something with the register of help numbers where it holds up nobody.
    async fn i_lageret<T: Send + 'static>(
        &self,
        gjoer: impl FnOnce(&Hjelpenumre) -> Result<T, hjelpenummer::Feil> + Send + 'static,
    ) -> Result<T, Nei> {
        let lager = self.tjeneste.register.hjelpenumre.clone();
        utenfor_loekka(move || Ok(gjoer(&lager))).await?.map_err(av_lageret)
    }

    /// `AddPerson`: the record of the number that was issued, or was before to the same message.
    async fn ny(&mut self, fra: &Registrering) -> Result<Option<Funnet>, Nei> {
        self.krev_fh()?;
        let fakta = registrering::fakta(fra).map_err(Nei::Detaljer)?;
        let ukjent = registrering::sier_ukjent(fra);
        let Some(melding) = self.meldingsid() else {
            return Err(nei(Detaljkode::Syn102, "The id of the message is too long."));
        };
        if self.finnes_fra_foer(fra).await? {
            let tekst = "Possible duplicate: somebody with this name and date of birth is known.";
            self.detaljer.push(Detalj::advarsel(Detaljkode::AddDuplicate, tekst));
        }
        let (avsender, tid_s) = (self.avsender(), self.naa.as_second());
        let utstedt = self
            .i_lageret(move |lager| {
                lager.utsted(
                    &fakta,
                    ukjent,
                    Some(&melding),
                    &avsender,
                    tid_s,
                    &mut hjelpenummer::tilfeldig,
                )
            })
            .await?;
        self.vis_registrert(utstedt.nummer.as_str()).await
    }

    /// `RevisePersonRecord`.
    async fn endre(&self, fra: &Registrering) -> Result<Option<Funnet>, Nei> {
        self.krev_fh()?;
        let nummer = hjelpenummer_av(fra.id.as_ref())?;
        let revisjon = registrering::revisjon(fra).map_err(Nei::Detaljer)?;
        let (avsender, tid_s) = (self.avsender(), self.naa.as_second());
        self.i_lageret(move |lager| lager.revider(&Nummer::FellesHjelpenummer(nummer), revisjon, &avsender, tid_s))
            .await?;
        self.vis_registrert(nummer.as_str()).await
    }

    async fn vis_registrert(&self, nummer: &str) -> Result<Option<Funnet>, Nei> {
        let register = &self.tjeneste.register;
        let kall = self.kall("AA");
        let funnet = register.slaa_opp(&self.kaller, kall, vec![nummer.to_owned()]).await?;
        Ok(funnet.into_iter().next().flatten())
    }

    /// `LinkPersonRecords` and `UnlinkPersonRecords`.
    async fn koble(&self, kobling: &Kobling, sammen: bool) -> Result<(), Nei> {
        self.krev_fh()?;
        let over = kobling
            .gjenstaar
            .as_ref()
            .and_then(Id::sifre)
            .unwrap_or_default()
            .to_owned();
        let under = kobling.utgaar.iter().map(|id| hjelpenummer_av(Some(id)));
        let under = under.collect::<Result<Vec<_>, _>>()?;
        // Before anything is changed: what is not recorded is not done.
        let mut kall = self.kall("AA");
        kall.spurt = kobling
            .utgaar
            .iter()
            .chain(&kobling.gjenstaar)
            .filter_map(som_tall)
            .collect();
        self.noter(&kall, None).await?;
        let register = self.tjeneste.register.clone();
        let (avsender, tid_s) = (self.avsender(), self.naa.as_second());
        let utfall = utenfor_loekka(move || {
            Ok(match sammen {
                true => register.knytt(&over, &under, &avsender, tid_s),
                false => register.loes(&over, &under, &avsender, tid_s),
            })
        });
        utfall.await?.map_err(|nei| match nei {
            Koblingsfeil::Lager(feil) => av_lageret(feil),
            Koblingsfeil::Feil(feil) => Nei::Feil(feil),
        })
    }

    /// Answers after a change was tried.
    async fn etter_endring(
        &mut self,
        foresporsel: &Foresporsel,
        utfall: Result<Option<Funnet>, Nei>,
    ) -> Result<String, Feil> {
        match utfall {
            Ok(funnet) => {
                let person = funnet.map(|funnet| svarperson(&funnet, &self.kaller.organisasjon));
                let kvittering = Kvittering::av(self.detaljer.clone());
                Ok(match self.operasjon {
                    Operasjon::LinkPersonRecords | Operasjon::UnlinkPersonRecords => {
                        self.svar(&kvittering, &Innhold::Kobling)
                    }
                    _ => self.svar(&kvittering, &Innhold::Registrering(person.as_ref())),
                })
            }
            Err(Nei::Detaljer(detaljer)) => {
                self.detaljer.extend(detaljer);
                let kvittering = Kvittering::av(std::mem::take(&mut self.detaljer));
                self.avslaa(foresporsel, kvittering).await
            }
            Err(Nei::Feil(feil)) => Err(feil),
        }
    }

    /// What the sender calls the message.
    fn meldingsid(&self) -> Option<String> {
        let id = self.hode.id.as_ref()?;
        let tekst = format!("{}^{}", id.rot, id.nummer.as_deref().unwrap_or_default());
        (tekst.len() <= MELDINGSID_MAKS).then_some(tekst)
    }
}

/// Why two numbers were not linked, or not let go.
enum Koblingsfeil {
    Lager(hjelpenummer::Feil),
    Feil(Feil),
}

macro_rules! fra {
    ($($type:ty),*) => { $( impl From<$type> for Koblingsfeil {
        fn from(feil: $type) -> Self {
            Koblingsfeil::Feil(feil.into())
        }
    } )* };
}

fra!(Feil, register::Feil, helsekopi::Feil, hjelpenummer::Feil);

impl crate::Personregister {
    fn knytt(
        &self,
        over: &str,
        under: &[FellesHjelpenummer],
        avsender: &Avsender,
        tid_s: i64,
    ) -> Result<(), Koblingsfeil> {
        let over = if let Ok(nummer) = FellesHjelpenummer::parse(over) {
            OverNummer::Hjelpenummer(nummer)
        } else {
            let ukjent = || Koblingsfeil::Lager(hjelpenummer::Feil::Ukjent);
            let nummer = Folkeregisteridentifikator::parse(over).map_err(|_| ukjent())?;
            let kopi = (self.kopi)().ok_or(Feil::Fylles)?;
            let les = kopi.les()?;
            let person = les.register().finn(&nummer)?.ok_or_else(ukjent)?;
            // Only under the number in use: the others are superseded by it.
            if les.register().nummer_i_bruk(person)? != Some(nummer.to_u64()) {
                return Err(Koblingsfeil::Lager(hjelpenummer::Feil::Erstattet));
            }
            OverNummer::Folkeregister(nummer)
        };
        let under: Vec<Nummer> = under.iter().copied().map(Nummer::FellesHjelpenummer).collect();
        self.hjelpenumre
            .knytt(over, &under, avsender, tid_s)
            .map_err(Koblingsfeil::Lager)
    }

    fn loes(
        &self,
        over: &str,
        under: &[FellesHjelpenummer],
        avsender: &Avsender,
        tid_s: i64,
    ) -> Result<(), Koblingsfeil> {
        let ikke = || Koblingsfeil::Lager(hjelpenummer::Feil::IkkeKnyttet);
        let [under] = under else { return Err(ikke()) };
        let oppgitt = crate::oppslag::tall(over).ok_or_else(ikke)?;
        let funnet = self.hjelpenumre.slaa_opp(*under)?;
        let funnet = funnet.ok_or(Koblingsfeil::Lager(hjelpenummer::Feil::Ukjent))?;
        let har = funnet.over.ok_or_else(ikke)?;
        // The number that it was put under may be superseded by now; the person is the same.
        if har != oppgitt {
            let kopi = (self.kopi)().ok_or(Feil::Fylles)?;
            let les = kopi.les()?;
            let person = |nummer| les.register().finn_nummer(nummer);
            let (a, b) = (person(har)?, person(oppgitt)?);
            if a.is_none() || a != b {
                return Err(ikke());
            }
        }
        self.hjelpenumre
            .loes(har, &Nummer::FellesHjelpenummer(*under), avsender, tid_s)
            .map_err(Koblingsfeil::Lager)
    }
}

/// A help number; what has not the form of one is in no register.
fn hjelpenummer_av(id: Option<&Id>) -> Result<FellesHjelpenummer, Nei> {
    let sifre = id.and_then(Id::sifre).unwrap_or_default();
    FellesHjelpenummer::parse(sifre).map_err(|_| av_lageret(hjelpenummer::Feil::Ukjent))
}

fn som_tall(id: &Id) -> Option<u64> {
    id.sifre().and_then(crate::oppslag::tall)
}

/// The numbers that a message names.
fn spurt(foresporsel: &Foresporsel) -> Vec<u64> {
    let alle: Vec<&Id> = match foresporsel {
        Foresporsel::Soek(Soek { id, rolle_id, .. }) => id.iter().chain(rolle_id).collect(),
        Foresporsel::Oppslag(Oppslag { id, .. }) => id.iter().collect(),
        Foresporsel::Ny(ny) | Foresporsel::Endring(ny) => ny.id.iter().collect(),
        Foresporsel::Kobling(k) | Foresporsel::Frakobling(k) => k.utgaar.iter().chain(&k.gjenstaar).collect(),
    };
    // As many as one message may reasonably name.
    alle.into_iter().take(100).filter_map(som_tall).collect()
}
