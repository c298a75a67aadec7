//! Persons of the copy and of the register of help numbers, in PREG's contract and under a profile.
//!
//! What lives here: the one way from a number to what a user is shown of whoever has it. HL7, Personregister-XML and Filematch stand on it.
//! What does not: SOAP, files, who the user is.
//!
//! ```text
//!  number ─▶ who ─▶ read at one moment (Uttak, which nobody can look into) ─▶ audit record ─▶ translated, withheld (Funnet)
//! ```
//! What a newcomer gets wrong: to look at what was read before it is released. Between [`Personregister::hent`] and
//! [`Personregister::frigi`] it is known that there is somebody, and nothing of who that is.
//!
//! Source: PREG reference 4.6, 5 and 7; rulings 2, 6, 19 and 37; ADR 0051.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use helsekopi::{Ajour, Kopi, Kopilesing, Maaling};
use hjelpenummer::{Hjelpenumre, Oppslag};
use identifikator::{Dato, FellesHjelpenummer};
use informasjonsmodell::Entitet;
use informasjonsmodell::kodeverk::Adressegradering;
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use kartverk::Kartverk;
use pregmodell::tekst::er_siffer;
use pregmodell::{Blanking, Grunnlag, Person, Profil, oversett};
use register::{Lesing, Personnummer};
use tilgang::token::Klokke;
use tilgang::{Entitetsmengde, Format, Frigivelse, Grad, Projeksjon, Svar, Utvalg};

use crate::kaller::{Kall, Kaller};
use crate::soek::Hjelpeindeks;
use crate::{Feil, hjelpeperson};

/// How far behind the copy may be before addresses are kept back. Units: seconds. PREG was allowed to be a day old, and so might this be but for
/// addresses: somebody who was given protection today must not be found where they lived yesterday because they were asked for by the older
/// interface. Source: ruling 19; that it holds for PREG too, and the figure, are our choice, as in Persontjenesten: ADR 0051.
pub const ETTERSLEP_MAKS_S: i64 = 60;
/// Between documents in a release: a byte that JSON never has outside an escape.
const SKILLE: u8 = 0x1e;
/// The first number of those that begin with 8: help numbers, and no others.
const HJELPENUMMER_MIN: u64 = 80_000_000_000;
/// What the audit record is told when addresses were kept back.
const HOLDT: &str = "holdt-tilbake=adresser-med-uleste-endringer";
/// Entities that have an address with a grade of its own.
const GRADERTE: [Entitet; 5] = [
    Entitet::Bostedsadresse,
    Entitet::Oppholdsadresse,
    Entitet::DeltBosted,
    Entitet::Postadresse,
    Entitet::PostadresseIUtlandet,
];

/// Gives the copy that is served; none while it is being filled.
pub type Kopigiver = Arc<dyn Fn() -> Option<Arc<Kopi>> + Send + Sync>;

/// Whom PREG knows: the copy, and the register of help numbers.
#[derive(Clone)]
pub struct Personregister {
    /// The copy.
    pub kopi: Kopigiver,
    /// How far it is behind.
    pub maaling: Arc<Maaling>,
    /// See [`ETTERSLEP_MAKS_S`].
    pub etterslep_maks: SignedDuration,
    /// The register of help numbers.
    pub hjelpenumre: Arc<Hjelpenumre>,
    /// Whom of it to look at in a search; a new one for a new register.
    pub hjelpeindeks: Arc<Hjelpeindeks>,
    /// Names of places.
    pub kartverk: Arc<Kartverk>,
    /// The gate that answers go through.
    pub frigivelse: Frigivelse,
    /// Of how old the copy is, and of the day whose bydeler are given.
    pub klokke: Klokke,
}

impl std::fmt::Debug for Personregister {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Personregister")
    }
}

/// Somebody that a number leads to. Says nothing when it is printed.
pub(crate) enum Hvem {
    /// In the copy; by the number that was asked for.
    Kopien(Personnummer, u64),
    /// In the register of help numbers, and under no other number.
    Hjelpenummer(Box<Oppslag>),
}

/// What was read at one moment and is not released: of each number that was asked for, somebody or nobody.
pub struct Uttak {
    svar: Svar,
    profil: Profil,
    deler: Vec<Option<Del>>,
    holdte: usize,
}

impl std::fmt::Debug for Uttak {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Uttak")
            .field("funnet", &self.antall())
            .finish_non_exhaustive()
    }
}

impl Uttak {
    /// How many there is somebody for.
    #[must_use]
    pub fn antall(&self) -> usize {
        self.deler.iter().flatten().count()
    }
}

/// What is known of one beside the document.
enum Del {
    Kopien {
        klientadresse: bool,
        adresser_holdt: bool,
        hjelpenumre: Vec<FellesHjelpenummer>,
    },
    Hjelpenummer(Box<Oppslag>),
}

/// Somebody, as the profile is shown them.
#[derive(Clone, PartialEq, Eq)]
pub struct Funnet {
    /// Under the number in use; withheld fields are withheld.
    pub person: Person,
    /// Rows of numbers of the register that are no longer in use, the last first.
    pub utgaatte: Vec<Person>,
    /// Help numbers under the number in use.
    pub hjelpenumre: Vec<String>,
    /// What is registered, where the number in use is itself a help number.
    pub hjelpenummer: Option<Box<Oppslag>>,
    /// What was withheld.
    pub blanking: Blanking,
    /// The person has changes that are not read: no address is given.
    pub adresser_holdt: bool,
}

impl std::fmt::Debug for Funnet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Funnet(***)")
    }
}

impl Funnet {
    /// The number in use.
    #[must_use]
    pub fn nummer(&self) -> &str {
        self.person.nin.verdi().map_or("", String::as_str)
    }

    /// Every other number that leads here: those of the register first, then help numbers.
    pub fn erstattede(&self) -> impl Iterator<Item = &str> {
        let utgaatte = self.utgaatte.iter().filter_map(|rad| rad.nin.verdi());
        utgaatte.chain(&self.hjelpenumre).map(String::as_str)
    }
}

impl Personregister {
    /// Looks numbers up, records that it was done, and gives what the user is shown: for each number, in order, somebody or nobody.
    ///
    /// Shape: eleven digits each; what is no number is nobody's. Whoever has several of the numbers stands once for each.
    ///
    /// # Errors
    /// [`Feil`]; nothing is disclosed then.
    pub async fn slaa_opp(
        self: &Arc<Self>,
        kaller: &Kaller,
        mut kall: Kall,
        numre: Vec<String>,
    ) -> Result<Vec<Option<Funnet>>, Feil> {
        kall.spurt = numre.iter().filter_map(|nummer| tall(nummer)).collect();
        kall.enkelt = numre.len() == 1;
        let (selv, profil) = (self.clone(), kaller.profil);
        let uttak = utenfor_loekka(move || selv.hent(profil, numre.iter().map(String::as_str))).await?;
        self.frigi(uttak, kaller, kall).await
    }

    /// Reads whoever has each of some numbers, at one moment. Takes a millisecond for a few: to be called where that holds up nobody.
    ///
    /// # Errors
    /// [`Feil::Fylles`] without a copy, [`Feil::Intern`] if a store is damaged.
    pub fn hent<'n>(&self, profil: Profil, numre: impl IntoIterator<Item = &'n str>) -> Result<Uttak, Feil> {
        let kopi = (self.kopi)().ok_or(Feil::Fylles)?;
        // Before the moment that is read: what becomes known of in between is kept back, and not the other way round.
        let ajour = self.ajour();
        let les = kopi.les()?;
        let mut uttak = self.tomt(profil);
        for nummer in numre {
            let hvem = self.finn(&les, nummer)?;
            self.ta_med(&les, ajour, hvem, &mut uttak)?;
        }
        Ok(uttak)
    }

    /// Records what is given, and gives it: as long a list as was asked for, in its order.
    ///
    /// # Errors
    /// [`Feil::Utilgjengelig`] if it cannot be recorded; nothing is disclosed then.
    pub async fn frigi(&self, uttak: Uttak, kaller: &Kaller, mut kall: Kall) -> Result<Vec<Option<Funnet>>, Feil> {
        let Uttak {
            svar,
            profil,
            deler,
            holdte,
        } = uttak;
        let antall = deler.iter().flatten().count();
        kall.merk(format!("treff={antall}"));
        if holdte > 0 {
            kall.merk(HOLDT);
        }
        if antall > 0 {
            // The same for everybody with the profile, so it is known before anything is looked at.
            let felter: BTreeSet<&'static str> = profil.holder_tilbake().into_iter().map(|felt| felt.navn()).collect();
            let felter = felter.into_iter().map(|felt| format!("blankt={felt}"));
            kall.kriterier.extend(felter.map(Cow::Owned));
        }
        let frigitt = self.frigivelse.frigi(svar, &kaller.post(&kall)).await?;
        let (tabell, dag) = (self.kartverk.naa(), self.dag());
        let steder = dag.map(|dag| (&*tabell, dag));
        let mut dokumenter = frigitt.byte().split(|byte| *byte == SKILLE).skip(1);
        let mut ut = Vec::with_capacity(deler.len());
        for del in deler {
            let Some(del) = del else {
                ut.push(None);
                continue;
            };
            let norsk = dokumenter.next().ok_or(Feil::Intern)?;
            ut.push(Some(vis(norsk, del, steder, profil)?));
        }
        if dokumenter.next().is_some() {
            return Err(Feil::Intern);
        }
        Ok(ut)
    }

    /// How the copy stands now.
    pub(crate) fn ajour(&self) -> Ajour {
        Ajour::naa(&self.maaling, (self.klokke)(), self.etterslep_maks)
    }

    /// Nothing yet.
    pub(crate) fn tomt(&self, profil: Profil) -> Uttak {
        Uttak {
            svar: Svar::new(Format::Json),
            profil,
            deler: Vec::new(),
            holdte: 0,
        }
    }

    /// Who has a number: in the copy, also by a number that was theirs or by a help number under it, or in the register of help numbers.
    pub(crate) fn finn(&self, les: &Kopilesing<'_>, nummer: &str) -> Result<Option<Hvem>, Feil> {
        let Some(spurt) = tall(nummer) else { return Ok(None) };
        if spurt < HJELPENUMMER_MIN {
            let funnet = les.register().finn_nummer(spurt)?;
            return Ok(funnet.map(|person| Hvem::Kopien(person, spurt)));
        }
        let Ok(hjelpenummer) = FellesHjelpenummer::parse(nummer) else {
            return Ok(None);
        };
        let Some(oppslag) = self.hjelpenumre.slaa_opp(hjelpenummer)? else {
            return Ok(None);
        };
        let Some(over) = oppslag.over else {
            return Ok(Some(Hvem::Hjelpenummer(Box::new(oppslag))));
        };
        if over < HJELPENUMMER_MIN {
            // Whoever is not in the copy is nobody here, whatever was known of them by the help number.
            let funnet = les.register().finn_nummer(over)?;
            return Ok(funnet.map(|person| Hvem::Kopien(person, spurt)));
        }
        let over = FellesHjelpenummer::from_u64(over).map_err(|_| Feil::Intern)?;
        // One flat level, so that this one is under none.
        let oppslag = self.hjelpenumre.slaa_opp(over)?;
        Ok(oppslag.map(|oppslag| Hvem::Hjelpenummer(Box::new(oppslag))))
    }

    /// Reads one more, or nobody.
    pub(crate) fn ta_med(
        &self,
        les: &Kopilesing<'_>,
        ajour: Ajour,
        hvem: Option<Hvem>,
        uttak: &mut Uttak,
    ) -> Result<(), Feil> {
        let del = match hvem {
            None => None,
            Some(Hvem::Hjelpenummer(oppslag)) => {
                uttak.svar.ramme(|ut| ut.push(SKILLE));
                // What is known comes from the other store; this is for the record.
                uttak.svar.nummer(oppslag.nummer.to_u64(), Grad::Ugradert);
                Some(Del::Hjelpenummer(oppslag))
            }
            Some(Hvem::Kopien(person, spurt)) => {
                self.ta_med_fra_kopien(les.register(), ajour, (person, spurt), uttak)?
            }
        };
        uttak.deler.push(del);
        Ok(())
    }

    fn ta_med_fra_kopien(
        &self,
        les: &Lesing<'_>,
        ajour: Ajour,
        (person, spurt): (Personnummer, u64),
        uttak: &mut Uttak,
    ) -> Result<Option<Del>, Feil> {
        // A number leads to whoever has it now; an entry that ended is nobody.
        if !les.er_noen(person)? {
            return Ok(None);
        }
        let alt: Entitetsmengde = uttak.profil.entiteter().into_iter().collect();
        let (uten_adresser, adresser) = helsekopi::uten_adresser(alt);
        let holdes = ajour.holder(&self.maaling, les, person)?;
        let utvalg = Utvalg {
            entiteter: if holdes { uten_adresser } else { alt },
            historikk: true,
        };
        uttak.svar.ramme(|ut| ut.push(SKILLE));
        les.vis(person, &mut uttak.svar, uttak.profil.projeksjon(), utvalg, spurt)?;
        if holdes {
            uttak.svar.holdt_tilbake(adresser);
            uttak.holdte += 1;
        }
        Ok(Some(Del::Kopien {
            klientadresse: !holdes && har_klientadresse(les, person)?,
            adresser_holdt: holdes,
            hjelpenumre: self.hjelpenumre_under(les, person)?,
        }))
    }

    /// Help numbers under any number that a person has had.
    fn hjelpenumre_under(&self, les: &Lesing<'_>, person: Personnummer) -> Result<Vec<FellesHjelpenummer>, Feil> {
        let mut ut = BTreeSet::new();
        for nummer in les.numre(person)? {
            ut.extend(self.hjelpenumre.under(nummer)?);
        }
        Ok(ut.into_iter().collect())
    }

    /// The day whose bydeler are given, in UTC as the Person API has it.
    pub(crate) fn dag(&self) -> Option<Dato> {
        let dag = (self.klokke)().to_zoned(TimeZone::UTC).date();
        let (maaned, dag_nr) = (u8::try_from(dag.month()).ok()?, u8::try_from(dag.day()).ok()?);
        Dato::new(u16::try_from(dag.year()).ok()?, maaned, dag_nr)
    }
}

/// Eleven digits as a number. Control digits are not looked at: the register has a few numbers whose do not fit. Source: PREG reference 7.
pub(crate) fn tall(nummer: &str) -> Option<u64> {
    er_siffer(nummer, 11).then(|| nummer.parse().ok()).flatten()
}

/// Whether an address of now is graded klientadresse.
///
/// PREG shows a fixed text then, and the projection has no trace of it; this looks, and tells nothing but that. Source: PREG reference 5; access
/// matrix, `preg.gradert_adresse_tekst`.
pub(crate) fn har_klientadresse(les: &Lesing<'_>, person: Personnummer) -> Result<bool, Feil> {
    let alle = les.opplysninger(person, Projeksjon::MedHjemmel, GRADERTE.into_iter().collect())?;
    Ok(alle.iter().filter(|en| en.gjeldende).any(|en| {
        let Ok(serde_json::Value::Object(kropp)) = serde_json::from_slice(&en.kropp) else {
            return false;
        };
        let kode = kropp.get("adressegradering").and_then(serde_json::Value::as_str);
        kode.is_some_and(|kode| Grad::fra_kode(&Adressegradering::fra_tekst(kode)) == Grad::Klientadresse)
    }))
}

fn vis(norsk: &[u8], del: Del, steder: Option<(&kartverk::Tabell, Dato)>, profil: Profil) -> Result<Funnet, Feil> {
    let mut ut = match del {
        Del::Hjelpenummer(oppslag) => Funnet {
            person: hjelpeperson::person(&oppslag),
            utgaatte: Vec::new(),
            hjelpenumre: oppslag.under.iter().map(|nr| nr.as_str().to_owned()).collect(),
            hjelpenummer: Some(oppslag),
            blanking: Blanking::default(),
            adresser_holdt: false,
        },
        Del::Kopien {
            klientadresse,
            adresser_holdt,
            hjelpenumre,
        } => {
            let oversatt = oversett(norsk, &Grunnlag { steder, klientadresse })?;
            Funnet {
                person: oversatt.person,
                utgaatte: oversatt.utgaatte,
                hjelpenumre: hjelpenumre.iter().map(|nr| nr.as_str().to_owned()).collect(),
                hjelpenummer: None,
                blanking: Blanking::default(),
                adresser_holdt,
            }
        }
    };
    ut.blanking = profil.blank(&mut ut.person);
    for rad in &mut ut.utgaatte {
        let _ = profil.blank(rad);
    }
    Ok(ut)
}

/// Runs what takes milliseconds where it does not hold up other calls.
pub(crate) async fn utenfor_loekka<T: Send + 'static>(
    arbeid: impl FnOnce() -> Result<T, Feil> + Send + 'static,
) -> Result<T, Feil> {
    tjenesteflate::arbeid::utenfor_loekka(arbeid)
        .await
        .unwrap_or(Err(Feil::Intern))
}
