//! A call, from bytes to answer: SOAP by the envelope of `preg`, and the same elements alone.
//!
//! No socket and no clock: whoever serves gives both, and calls this where it holds up nobody. What newcomers get wrong: a person is blanked
//! here too, after whoever had it did: it changes nothing when they did, and shows nothing when they forgot.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use meldinger::tre::{self, Element};
use preg::feil::{Feil as Konvoluttfeil, Feilsvar};
use preg::konvolutt;
use pregbrukere::{Avslag, Innlogget, Passord};
use pregmodell::{Person, Profil};
use zeroize::Zeroizing;

use crate::feil::element;
use crate::svar::{self, Resultat};
use crate::{
    Feil, Foresporsel, Innslipp, Kaller, NAVNEROM, Nummer, Nummerstatus, Operasjon, Personregister, Registerfeil, Soek,
};

/// Bytes of an answer to `GetPersons`. Source: our choice; a thousand persons with five addresses each are some 12 MB.
pub const SVAR_BYTE_MAKS: usize = 32 * 1024 * 1024;

/// How long before its end every answer tells of it. Units: seconds. Source: preg reference 9, 90 days.
pub const VARSEL_S: i64 = 90 * 86_400;

/// Longest user name and longest password. Units: characters. Source: as in `preg::konvolutt`.
const TEGN_MAKS: usize = 256;

/// Which way a call comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inngang {
    /// In an envelope.
    Soap,
    /// The element alone.
    Xml,
}

/// A call.
#[derive(Clone, Copy)]
pub struct Kall<'k> {
    /// Which way it comes.
    pub inngang: Inngang,
    /// The action of the transport, where there is one.
    pub handling: Option<&'k str>,
    /// `Authorization`, which plain XML is let in by.
    pub autorisasjon: Option<&'k str>,
    /// The bytes.
    pub kropp: &'k [u8],
    /// Where it comes from, such as an address.
    pub sted: &'k str,
    /// When.
    pub naa: Timestamp,
    /// The trace id.
    pub spor: &'k str,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Httpsvar {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`.
    pub innholdstype: Option<&'static str>,
    /// The body.
    pub kropp: String,
}

impl From<Feilsvar> for Httpsvar {
    fn from(svar: Feilsvar) -> Self {
        Httpsvar {
            status: svar.status,
            innholdstype: svar.innholdstype,
            kropp: svar.kropp,
        }
    }
}

const XML: &str = "application/xml; charset=utf-8";

/// The five operations over a register.
pub struct Tjeneste<R> {
    register: R,
    innslipp: Arc<dyn Innslipp>,
    slutt: Option<Timestamp>,
}

impl<R: Personregister> Tjeneste<R> {
    /// Over a register, for the users of a door.
    #[must_use]
    pub fn new(register: R, innslipp: Arc<dyn Innslipp>) -> Self {
        Tjeneste {
            register,
            innslipp,
            slutt: None,
        }
    }

    /// With a day that it comes to its end: from then on users are told to go to Persontjenesten. Source: preg reference 9.
    #[must_use]
    pub fn with_slutt(mut self, slutt: Timestamp) -> Self {
        self.slutt = Some(slutt);
        self
    }

    /// When it comes to its end, where that is near enough to be told of, or past.
    #[must_use]
    pub fn varslet_slutt(&self, naa: Timestamp) -> Option<Timestamp> {
        self.slutt
            .filter(|slutt| slutt.as_second() - naa.as_second() <= VARSEL_S)
    }

    /// Answers a call.
    #[must_use]
    pub fn svar(&self, kall: &Kall<'_>) -> Httpsvar {
        match kall.inngang {
            Inngang::Soap => self.soap(kall),
            Inngang::Xml => self.xml(kall),
        }
    }

    fn soap(&self, kall: &Kall<'_>) -> Httpsvar {
        let konvolutt = match konvolutt::les_til::<Operasjon>(kall.kropp, kall.handling, kall.naa) {
            Ok(konvolutt) => konvolutt,
            Err(avslag) => return avslag.svar().into(),
        };
        let retur = &konvolutt.retur;
        let passord = std::str::from_utf8(konvolutt.bruker.passord.byte()).unwrap_or_default();
        let passord = Passord::new(passord.to_owned());
        let slipp_inn = self
            .innslipp
            .slipp_inn(&konvolutt.bruker.brukernavn, &passord, kall.sted, kall.naa);
        let innlogget = match slipp_inn {
            Ok(innlogget) => innlogget,
            Err(Avslag::Opptatt) => return Feil::Utilgjengelig.soap(retur).into(),
            Err(Avslag::Feil) => {
                let id = retur.melding_id.as_deref();
                return Konvoluttfeil::Innlogging
                    .svar(retur.versjon, retur.adressert, id)
                    .into();
            }
        };
        match self.utfoer(kall, innlogget, konvolutt.operasjon, &konvolutt.kropp) {
            Ok(xml) => Httpsvar {
                status: 200,
                innholdstype: Some(retur.versjon.innholdstype()),
                kropp: konvolutt::skriv(retur, konvolutt.operasjon, kall.naa, &xml),
            },
            Err(feil) => feil.soap(retur).into(),
        }
    }

    fn xml(&self, kall: &Kall<'_>) -> Httpsvar {
        // Who asks comes first: nothing of the message is told to strangers, not even that it is no XML.
        let innlogget = match self.basic(kall) {
            Ok(innlogget) => innlogget,
            Err(Avslag::Opptatt) => return fra_feil(Feil::Utilgjengelig),
            Err(Avslag::Feil) => return alene(401, "NotAuthorised", "Brukernavn eller passord er feil."),
        };
        let utfall = tre::les(kall.kropp)
            .map_err(|_| Feil::Forespoersel("meldingen er ikke XML som leses her"))
            .and_then(|rot| {
                let mut alle = Operasjon::ALLE.into_iter();
                let operasjon = alle.find(|o| o.navn() == rot.navn && rot.navnerom == NAVNEROM);
                let operasjon = operasjon.ok_or(Feil::Forespoersel("elementet er ikke en av operasjonene"))?;
                Ok((operasjon, rot))
            });
        let utfall = match utfall {
            Ok((operasjon, rot)) => self.utfoer(kall, innlogget, operasjon, &rot),
            Err(feil) => Err(self.avslaa(&innlogget, None, feil, kall.spor)),
        };
        match utfall {
            Ok(xml) => Httpsvar {
                status: 200,
                innholdstype: Some(XML),
                kropp: format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>{xml}"),
            },
            Err(feil) => fra_feil(feil),
        }
    }

    // Source: RFC 7617.
    fn basic(&self, kall: &Kall<'_>) -> Result<Innlogget, Avslag> {
        let (ordning, verdi) = kall.autorisasjon.and_then(|h| h.split_once(' ')).ok_or(Avslag::Feil)?;
        if !ordning.eq_ignore_ascii_case("basic") || verdi.len() > 8 * TEGN_MAKS {
            return Err(Avslag::Feil);
        }
        let byte = Zeroizing::new(BASE64_STANDARD.decode(verdi.trim()).map_err(|_| Avslag::Feil)?);
        let tekst = std::str::from_utf8(&byte).map_err(|_| Avslag::Feil)?;
        let (navn, passord) = tekst.split_once(':').ok_or(Avslag::Feil)?;
        let i_orden = |tekst: &str| !tekst.is_empty() && tekst.chars().count() <= TEGN_MAKS;
        if !i_orden(navn) || !i_orden(passord) {
            return Err(Avslag::Feil);
        }
        self.innslipp
            .slipp_inn(navn, &Passord::new(passord.to_owned()), kall.sted, kall.naa)
    }

    /// Records a refusal, and gives it; what could not be recorded is not recorded by saying so.
    fn avslaa(&self, innlogget: &Innlogget, operasjon: Option<Operasjon>, feil: Feil, spor: &str) -> Feil {
        if feil == Feil::Utilgjengelig {
            return feil;
        }
        let notert = self.register.noter_avslag(innlogget, operasjon, feil.kode().0, spor);
        notert.map_err(fra_register).err().unwrap_or(feil)
    }

    fn utfoer(
        &self,
        kall: &Kall<'_>,
        innlogget: Innlogget,
        operasjon: Operasjon,
        kropp: &Element,
    ) -> Result<String, Feil> {
        let utfall = self.gjoer(kall, &innlogget, operasjon, kropp);
        utfall.map_err(|feil| self.avslaa(&innlogget, Some(operasjon), feil, kall.spor))
    }

    fn gjoer(
        &self,
        kall: &Kall<'_>,
        innlogget: &Innlogget,
        operasjon: Operasjon,
        kropp: &Element,
    ) -> Result<String, Feil> {
        if self.slutt.is_some_and(|slutt| kall.naa >= slutt) {
            return Err(Feil::Avviklet);
        }
        let profil = Profil::fra_navn(&innlogget.rettigheter.profil).ok_or(Feil::IkkeRett)?;
        let kaller = Kaller {
            innlogget: innlogget.clone(),
            profil,
            operasjon,
            naa: kall.naa,
            spor: kall.spor.to_owned(),
        };
        match Foresporsel::les(operasjon, kropp)? {
            Foresporsel::Person(nummer) => {
                let person = self.en(&kaller, &nummer)?;
                Ok(svar::get_person(nummer.as_str(), person.as_ref()))
            }
            Foresporsel::Adresser(nummer, bare_gjeldende) => {
                let person = self.en(&kaller, &nummer)?;
                Ok(svar::get_addresses(nummer.as_str(), person.as_ref(), bare_gjeldende))
            }
            Foresporsel::Soek(soek) => self.soek(&kaller, &soek),
            Foresporsel::Personer(numre) => self.mange(&kaller, &numre),
            Foresporsel::Sjekk(tekst) => {
                let status = match Nummer::elleve_eller_duf(&tekst) {
                    Some(nummer) => self.register.sjekk(&kaller, &nummer).map_err(fra_register)?,
                    None => {
                        // Answered, and of nobody: recorded all the same, as any number that is none.
                        let kode = Feil::UgyldigNummer.kode().0;
                        let notert = self.register.noter_avslag(innlogget, Some(operasjon), kode, kall.spor);
                        notert.map_err(fra_register)?;
                        Nummerstatus::default()
                    }
                };
                Ok(svar::check_nin(&tekst, &status))
            }
        }
    }

    fn en(&self, kaller: &Kaller, nummer: &Nummer) -> Result<Option<Person>, Feil> {
        let mut personer = self.personer(kaller, std::slice::from_ref(nummer))?;
        Ok(personer.pop().flatten())
    }

    fn personer(&self, kaller: &Kaller, numre: &[Nummer]) -> Result<Vec<Option<Person>>, Feil> {
        let mut personer = self.register.personer(kaller, numre).map_err(fra_register)?;
        if personer.len() != numre.len() {
            tracing::error!("registeret svarte med et annet antall enn det ble spurt om");
            return Err(Feil::Intern);
        }
        personer.iter_mut().flatten().for_each(|person| blank(kaller, person));
        Ok(personer)
    }

    fn mange(&self, kaller: &Kaller, spurt: &[Result<Nummer, String>]) -> Result<String, Feil> {
        let numre: Vec<Nummer> = spurt
            .iter()
            .filter_map(|nummer| nummer.as_ref().ok().cloned())
            .collect();
        // Where none of them is a number too: it was asked, and that is recorded.
        let personer = self.personer(kaller, &numre)?;
        let mut personer = personer.iter();
        let resultater = spurt.iter().map(|nummer| match nummer {
            Err(tekst) => (tekst.as_str(), Resultat::Ugyldig),
            Ok(nummer) => {
                let person = personer.next().and_then(Option::as_ref);
                (nummer.as_str(), person.map_or(Resultat::IkkeFunnet, Resultat::Funnet))
            }
        });
        svar::get_persons(resultater, SVAR_BYTE_MAKS).ok_or(Feil::ForMange)
    }

    fn soek(&self, kaller: &Kaller, soek: &Soek) -> Result<String, Feil> {
        let mut funnet = self.register.soek(kaller, soek).map_err(fra_register)?;
        funnet
            .personer
            .truncate(usize::try_from(soek.treff_maks).unwrap_or_default());
        for person in &mut funnet.personer {
            person
                .adresser
                .retain(|adresse| adresse.gjeldende.verdi() == Some(&true));
            blank(kaller, person);
        }
        Ok(svar::search_persons(&funnet))
    }
}

// What was withheld is in the register's audit record already.
fn blank(kaller: &Kaller, person: &mut Person) {
    let _ = kaller.profil.blank(person);
}

fn alene(status: u16, kode: &str, melding: &str) -> Httpsvar {
    Httpsvar {
        status,
        innholdstype: Some(XML),
        kropp: element(kode, melding),
    }
}

fn fra_feil(feil: Feil) -> Httpsvar {
    let (kode, status) = feil.kode();
    alene(status, kode, &feil.to_string())
}

fn fra_register(feil: Registerfeil) -> Feil {
    match feil {
        Registerfeil::ForMange => Feil::ForMange,
        Registerfeil::IkkeRett => Feil::IkkeRett,
        Registerfeil::Utilgjengelig => Feil::Utilgjengelig,
        Registerfeil::Intern => Feil::Intern,
    }
}
