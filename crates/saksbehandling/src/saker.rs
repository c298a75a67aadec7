//! Cases: opened by a message, decided by the rules or by somebody, told of to the sender.
//!
//! ```text
//!  N                                         the number of the last case
//!  S ‖ case u32                              the case
//!  A ‖ case u32                              it is open
//!  I ‖ organisation (9) ‖ hash of its id     the case that a message opened, and a hash of the message
//!  R ‖ number (11)                           who asked for the D-number: organisation (9), `kilde`
//!  P ‖ organisation (9) ‖ hash of its name   the case that a change of address came with
//!  V ‖ mother (11) ‖ case u32                a case that waits for her child to be born
//!  L ‖ case u32                              a case that waits in line ([`crate::frys`])
//! ```
//! What senders are told has rows beside these ([`crate::tilbakemeldinger`]). Rows of the register, in the transaction that
//! changes it: a message that was acknowledged has led to one case and to one outcome, whatever stopped between.
//!
//! How a message is read is in [`crate::innsendt`]; what somebody decides is in [`crate::avgjoerelse`].

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use identifikator::{Serie, Tildeler};
use informasjonsmodell::{Dato, Tidspunkt};
use meldinger::tre::{self, Element};
use meldinger::{Kontroller, Meldingstype};
use register::{Behandling, Lesing, Register};
use sha2::{Digest, Sha256};
use tilgang::Grad;

use crate::feil::{Avslag, Feil, Stans};
use crate::frys;
use crate::innsendt::{Fil, Innsendt, Lest, Mottatt, verdier};
use crate::koe::Koe;
use crate::meldingslager::{Kladd, Meldingslager};
use crate::regler::{self, Rammer, Vurdering};
use crate::sak::{Beslutning, FRIST_DAGER, Hva, Resultat, Sak, Saksnr, Tilstand};
use crate::tid::Tid;
use crate::tilbakemeldinger::{SIDE_MAKS, si};
use crate::vedtak::{Grunn, Opprettet, Vedtak};

/// Takes in messages and decides about them.
pub struct Saksbehandler {
    pub(crate) register: Arc<Register>,
    pub(crate) meldinger: Meldingslager,
    pub(crate) kontroller: Kontroller,
    numre: Mutex<Tildeler>,
    // Held from a message is kept until its case is committed, so that upkeep does not take it for one whose case is gone.
    pub(crate) under_arbeid: Mutex<()>,
    pub(crate) koe: Koe,
    serie: Serie,
}

impl std::fmt::Debug for Saksbehandler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Saksbehandler")
            .field("serie", &self.serie)
            .finish_non_exhaustive()
    }
}

/// While it is held no message comes or goes: [`Saksbehandler::stille`].
#[derive(Debug)]
pub struct Stillhet<'s>(#[expect(dead_code, reason = "held, never read")] MutexGuard<'s, ()>);

pub(crate) fn saksplass(bokstav: u8, nr: Saksnr) -> Vec<u8> {
    let mut ut = vec![bokstav];
    ut.extend_from_slice(&nr.to_be_bytes());
    ut
}

pub(crate) fn tall(byte: &[u8]) -> Result<u32, Feil> {
    byte.try_into().map(u32::from_be_bytes).map_err(|_| Feil::Skadet)
}

impl Saksbehandler {
    /// Cases of a register. Messages of open cases lie in `mappe`, the key that wraps their keys in `noekkelmappe`, which is
    /// for it alone; new numbers are of a series.
    ///
    /// # Errors
    /// [`Feil`] if the files refuse.
    pub fn aapne(register: Arc<Register>, mappe: &Path, noekkelmappe: &Path, serie: Serie) -> Result<Self, Feil> {
        Ok(Saksbehandler {
            register,
            meldinger: Meldingslager::aapne(mappe, noekkelmappe)?,
            kontroller: Kontroller::les()?,
            numre: Mutex::new(Tildeler::new()),
            under_arbeid: Mutex::new(()),
            koe: Koe::default(),
            serie,
        })
    }

    /// Keeps messages from being taken in, decided and tidied away until it is let go. For one who copies the files as they are.
    pub fn stille(&self) -> Stillhet<'_> {
        Stillhet(self.under_arbeid.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Where new numbers are taken from.
    pub fn serie(&self) -> Serie {
        self.serie
    }

    /// Takes in a message: when this returns, it has led to one case, which is durable, and the case to its outcome where the
    /// rules could decide.
    ///
    /// Whoever sends the same message again is told the same again. `tillatt` says whether the sender may send the kind with a
    /// `kilde`.
    ///
    /// # Errors
    /// [`Avslag`]; nothing of it is kept then.
    pub fn ta_imot(
        &self,
        organisasjon: &str,
        meldingstype: Meldingstype,
        innsendt: &Innsendt<'_>,
        tillatt: &dyn Fn(&str) -> bool,
        tid: &Tid,
    ) -> Result<Mottatt, Avslag> {
        self.avgjoer_lest(self.les(organisasjon, meldingstype, innsendt, tillatt, tid)?)
    }

    /// Decides about a message that was read: the second part of [`Saksbehandler::ta_imot`], which waits for those before it and
    /// for the disk, and shares a commit with those that wait beside it.
    ///
    /// # Errors
    /// [`Avslag`]; nothing of it is kept then.
    pub fn avgjoer_lest(&self, lest: Lest) -> Result<Mottatt, Avslag> {
        let Lest { jobb, filer } = lest;
        if filer.is_empty() {
            return self.avgjoer_sammen(jobb);
        }
        let innkommen = Innkommen {
            filer: Some(&filer),
            ..jobb.innkommen()
        };
        let utfall = self.forsoek(&jobb.tid, |b, tvunget| {
            self.aapne_alene(b, jobb.sak.clone(), &innkommen, tvunget, &jobb.tid)
        });
        utfall.map_err(Avslag::from)
    }

    // As one transaction; and once more, for somebody to look at, if the register forbids what the rules asked for. What is
    // decided is thrown away afterwards.
    pub(crate) fn forsoek<T>(
        &self,
        tid: &Tid,
        arbeid: impl Fn(&mut Behandling<'_>, bool) -> Result<(T, Vec<Saksnr>), Stans>,
    ) -> Result<T, Stans> {
        let _laas = self.under_arbeid.lock().unwrap_or_else(PoisonError::into_inner);
        self.forsoek_laast(tid, arbeid)
    }

    pub(crate) fn forsoek_laast<T>(
        &self,
        tid: &Tid,
        arbeid: impl Fn(&mut Behandling<'_>, bool) -> Result<(T, Vec<Saksnr>), Stans>,
    ) -> Result<T, Stans> {
        let utfall = match self.register.behandle(tid.sekunder, |b| arbeid(b, false)) {
            Err(Stans::Registerregel) => self.register.behandle(tid.sekunder, |b| arbeid(b, true)),
            utfall => utfall,
        };
        let ((svar, avgjorte), _) = utfall?;
        self.kast(&avgjorte);
        Ok(svar)
    }

    /// Throws messages of decided cases away.
    pub(crate) fn kast(&self, avgjorte: &[Saksnr]) {
        if let Err(feil) = self.meldinger.kast(avgjorte) {
            tracing::error!(saker = ?avgjorte, feil = %feil, "meldingene i avgjorte saker er ikke slettet ennå; det tas ved neste ajourhold");
        }
    }

    /// As [`Saksbehandler::aapne_sak`], of one message: it is kept before the case is committed, if it waits in line.
    pub(crate) fn aapne_alene(
        &self,
        b: &mut Behandling<'_>,
        sak: Sak,
        innkommen: &Innkommen<'_>,
        tvunget: bool,
        tid: &Tid,
    ) -> Result<(Mottatt, Vec<Saksnr>), Stans> {
        let aapnet = self.aapne_sak(b, sak, innkommen, tvunget, tid)?;
        self.meldinger.ta_vare_paa(aapnet.kladd(innkommen).as_slice())?;
        Ok((aapnet.mottatt, aapnet.avgjorte))
    }

    pub(crate) fn aapne_sak(
        &self,
        b: &mut Behandling<'_>,
        mut sak: Sak,
        innkommen: &Innkommen<'_>,
        tvunget: bool,
        tid: &Tid,
    ) -> Result<Aapnet, Stans> {
        let sted = (!sak.melding.is_empty()).then(|| {
            let id: [u8; 32] = Sha256::digest(sak.melding.as_bytes()).into();
            [b"I", sak.organisasjon.as_bytes(), &id].concat()
        });
        if let Some(sted) = &sted
            && let Some(foer) = b.sak(sted)?
        {
            let (nr, avtrykk) = foer.split_at_checked(4).ok_or(Feil::Skadet)?;
            if avtrykk != innkommen.avtrykk {
                return Err(Stans::Avslag(Avslag::MeldingsidBrukt));
            }
            let foer = les_sak(b.sak(&saksplass(b'S', tall(nr)?))?)?.ok_or(Feil::Skadet)?;
            let mottatt = Mottatt {
                referanse: foer.referanse,
                melding: foer.melding,
                sak: foer.nr,
                gjentatt: true,
            };
            return Ok(Aapnet::ny(mottatt));
        }
        let siste = b.sak(b"N")?.map(|byte| tall(&byte)).transpose()?.unwrap_or(0);
        sak.nr = siste.checked_add(1).ok_or(Feil::Skadet)?;
        b.sett_sak(b"N", Some(&sak.nr.to_be_bytes()))?;
        if let Some(sted) = sted {
            let verdi = [sak.nr.to_be_bytes().as_slice(), &innkommen.avtrykk].concat();
            b.sett_sak(&sted, Some(&verdi))?;
        }
        let mottatt = Mottatt {
            referanse: sak.referanse.clone(),
            melding: sak.melding.clone(),
            sak: sak.nr,
            gjentatt: false,
        };
        let mut aapnet = Aapnet::ny(mottatt);
        if innkommen.frosset || frys::noen_i_koe(b)? {
            self.still_i_koe(b, sak, innkommen)?;
            aapnet.i_koe = true;
            return Ok(aapnet);
        }
        let vurdering = if tvunget {
            Vedtak::Manuell(vec![Grunn::Registerregel]).into()
        } else {
            let hvem = Paa {
                organisasjon: &sak.organisasjon,
                ..Paa::default()
            };
            self.vurder(b, innkommen.meldingstype, innkommen.melding, tid, hvem)?
        };
        self.sett_i_verk(b, sak, innkommen, vurdering, tid, &mut aapnet.avgjorte)?;
        Ok(aapnet)
    }

    pub(crate) fn vurder(
        &self,
        b: &mut Behandling<'_>,
        meldingstype: Meldingstype,
        melding: &Element,
        tid: &Tid,
        paa: Paa<'_>,
    ) -> Result<Vurdering, Stans> {
        let mut numre = self.numre.lock().unwrap_or_else(PoisonError::into_inner);
        let rammer = Rammer {
            tid,
            numre: &mut numre,
            serie: self.serie,
            overstyrer: paa.overstyrer,
            foedt: paa.foedt,
            lager: &self.register,
            organisasjon: paa.organisasjon,
            kommune: paa.kommune,
        };
        Ok(regler::behandle(b, meldingstype, melding, rammer)?)
    }

    pub(crate) fn sett_i_verk(
        &self,
        b: &mut Behandling<'_>,
        mut sak: Sak,
        innkommen: &Innkommen<'_>,
        vurdering: Vurdering,
        tid: &Tid,
        avgjorte: &mut Vec<Saksnr>,
    ) -> Result<(), Stans> {
        let ny = sak.hendelser.is_empty() && sak.tilstand == Tilstand::Avgjort;
        let (gjelder, gyldig) = (vurdering.gjelder, vurdering.gyldig);
        if let Some(sted) = vurdering.adresseendring {
            b.sett_sak(&sted, Some(&sak.nr.to_be_bytes()))?;
        }
        match vurdering.vedtak {
            Vedtak::Godkjent {
                registreringer,
                opprettet,
            } => {
                for registrering in &registreringer {
                    b.utfoer(registrering)?;
                }
                if let Some((nummer, kilde)) = vurdering.rekvirert {
                    let verdi = [sak.organisasjon.as_bytes(), kilde.as_bytes()].concat();
                    b.sett_sak(&[b"R", nummer.as_bytes()].concat(), Some(&verdi))?;
                }
                let utfall = Utfall {
                    opprettet: opprettet.clone(),
                    gjelder,
                    gyldig,
                    ..Utfall::new(Beslutning::Godkjent, Resultat::Registrert)
                };
                self.avslutt(b, &mut sak, utfall, tid)?;
                avgjorte.extend((!ny).then_some(sak.nr));
                if let (Meldingstype::Foedsel, Some(barn)) = (innkommen.meldingstype, &opprettet) {
                    self.foedt(b, innkommen.melding, barn, tid, avgjorte)?;
                }
            }
            Vedtak::AlleredeRegistrert => {
                let utfall = Utfall {
                    gjelder,
                    ..Utfall::new(Beslutning::Registrert, Resultat::AlleredeRegistrert)
                };
                self.avslutt(b, &mut sak, utfall, tid)?;
                avgjorte.extend((!ny).then_some(sak.nr));
            }
            Vedtak::Tilbakekalt(nr) => {
                let mut annen = les_sak(b.sak(&saksplass(b'S', nr))?)?.ok_or(Feil::Skadet)?;
                let utfall = Utfall::new(Beslutning::Avbrutt, Resultat::IkkeRegistrert);
                self.avslutt(b, &mut annen, utfall, tid)?;
                avgjorte.push(nr);
                let utfall = Utfall::new(Beslutning::Godkjent, Resultat::Registrert);
                self.avslutt(b, &mut sak, utfall, tid)?;
                avgjorte.extend((!ny).then_some(sak.nr));
            }
            Vedtak::Avvist(grunner) => {
                let utfall = Utfall {
                    grunner,
                    gjelder,
                    ..Utfall::new(Beslutning::Avvist, Resultat::IkkeRegistrert)
                };
                self.avslutt(b, &mut sak, utfall, tid)?;
                avgjorte.extend((!ny).then_some(sak.nr));
            }
            Vedtak::Manuell(grunner) => {
                self.hold_aapen(b, &mut sak, innkommen, Tilstand::TilManuellBehandling)?;
                sak.mulige = vurdering.mulige;
                let frist = tid.dag.dager().and_then(|dag| Dato::fra_dager(dag + FRIST_DAGER));
                let hva = Hva::TilManuellBehandling {
                    frist: frist.unwrap_or(tid.dag).to_string(),
                    grunner,
                };
                si(b, &mut sak, hva, tid)?;
            }
            Vedtak::VenterPaaFoedsel { mor } => {
                self.hold_aapen(b, &mut sak, innkommen, Tilstand::VenterPaaFoedsel)?;
                b.sett_sak(&ventested(&mor, sak.nr), Some(&[]))?;
                lagre(b, &sak)?;
            }
        }
        Ok(())
    }

    // Keeps the message until the case is decided; durable before the case is.
    pub(crate) fn hold_aapen(
        &self,
        b: &mut Behandling<'_>,
        sak: &mut Sak,
        innkommen: &Innkommen<'_>,
        tilstand: Tilstand,
    ) -> Result<(), Stans> {
        if let Some(filer) = innkommen.filer {
            let (nr, xml) = (sak.nr, innkommen.xml);
            self.meldinger.ta_vare_paa(&[Kladd { nr, xml, filer }])?;
        }
        frys::ta_ut_av_koen(b, sak)?;
        sak.tilstand = tilstand;
        if sak.personer.is_empty() {
            sak.personer = nevnte(innkommen.melding);
            for nummer in &sak.personer {
                if let Some(person) = b.finn(nummer)?
                    && b.person(person)?.vern == Grad::StrengtFortrolig
                {
                    sak.skjulte.push(nummer.clone());
                }
            }
        }
        Ok(b.sett_sak(&saksplass(b'A', sak.nr), Some(&[]))?)
    }

    pub(crate) fn avslutt(
        &self,
        b: &mut Behandling<'_>,
        sak: &mut Sak,
        utfall: Utfall,
        tid: &Tid,
    ) -> Result<(), Stans> {
        frys::ta_ut_av_koen(b, sak)?;
        sak.tilstand = Tilstand::Avgjort;
        sak.personer.clear();
        sak.mulige.clear();
        sak.skjulte.clear();
        b.sett_sak(&saksplass(b'A', sak.nr), None)?;
        let hva = Hva::Beslutning {
            beslutning: utfall.beslutning,
            resultat: utfall.resultat,
            grunner: utfall.grunner,
            opprettet: utfall.opprettet,
            gjelder: utfall.gjelder,
            gyldig: utfall.gyldig.map(|t| t.to_string()),
        };
        si(b, sak, hva, tid)
    }

    // What waited for a child to be born goes on.
    fn foedt(
        &self,
        b: &mut Behandling<'_>,
        foedselsmelding: &Element,
        barn: &Opprettet,
        tid: &Tid,
        avgjorte: &mut Vec<Saksnr>,
    ) -> Result<(), Stans> {
        let mor = foedselsmelding
            .ett("forespoersel")
            .and_then(|f| f.ett("foedsel"))
            .and_then(|f| f.ett("mor"))
            .and_then(|m| m.tekst("foedselsEllerDNummer"));
        let Some(mor) = mor.map(|mor| b.finn(mor)).transpose()?.flatten() else {
            return Ok(());
        };
        let mor = b.person(mor)?.nummer;
        let prefiks = [b"V", mor.as_bytes()].concat();
        for (sted, _) in b.saker(&prefiks, &prefiks, SIDE_MAKS)? {
            let nr = tall(sted.get(prefiks.len()..).ok_or(Feil::Skadet)?)?;
            b.sett_sak(&sted, None)?;
            let Some(sak) = les_sak(b.sak(&saksplass(b'S', nr))?)? else {
                continue;
            };
            let Some(meldingstype) = sak.meldingstype() else {
                continue;
            };
            // Its case is stopped when it is tidied up.
            let Some(xml) = self.meldinger.hent_hel(nr)? else {
                continue;
            };
            let melding = tre::les(&xml).map_err(|_| Feil::Skadet)?;
            let innkommen = Innkommen::kjent(meldingstype, &melding, &xml);
            // Somebody has looked at what spoke against it, if anything did, before it was let wait.
            let organisasjon = sak.organisasjon.clone();
            let paa = Paa {
                organisasjon: &organisasjon,
                overstyrer: true,
                foedt: Some(barn.nummer.clone()),
                kommune: None,
            };
            let vurdering = self.vurder(b, meldingstype, &melding, tid, paa)?;
            self.sett_i_verk(b, sak, &innkommen, vurdering, tid, avgjorte)?;
        }
        Ok(())
    }

    /// A case.
    ///
    /// # Errors
    /// [`Feil`] if it is damaged.
    pub fn sak(&self, nr: Saksnr) -> Result<Option<Sak>, Feil> {
        les_sak(self.register.les()?.sak(&saksplass(b'S', nr))?)
    }

    /// The message of an open case, as it was sent.
    ///
    /// For whoever handles the case: not for a log, and not for an answer to anybody else.
    ///
    /// # Errors
    /// [`Feil`] if it is damaged.
    pub fn melding(&self, nr: Saksnr) -> Result<Option<Vec<u8>>, Feil> {
        self.meldinger.hent(nr)
    }

    /// The files that came with the message of an open case. For whom: as [`Saksbehandler::melding`].
    ///
    /// # Errors
    /// [`Feil`] if one is damaged.
    pub fn filer(&self, nr: Saksnr) -> Result<Vec<Fil>, Feil> {
        self.meldinger.filer(nr)
    }

    /// Open cases, in the order that they were opened, from one on.
    ///
    /// # Errors
    /// [`Feil`] if one is damaged.
    pub fn aapne_saker(&self, fra: Saksnr, maks: usize) -> Result<Vec<Sak>, Feil> {
        aapne_saker(&self.register.les()?, fra, maks)
    }
}

/// A message on its way in.
pub(crate) struct Innkommen<'m> {
    pub meldingstype: Meldingstype,
    pub melding: &'m Element,
    pub xml: &'m [u8],
    /// None: it is kept already, with its files.
    pub filer: Option<&'m [Fil]>,
    pub avtrykk: [u8; 32],
    /// It is to wait in line.
    pub frosset: bool,
}

/// What became of a message on its way in.
pub(crate) struct Aapnet {
    pub mottatt: Mottatt,
    /// Cases that were decided, and whose messages are to be thrown away.
    pub avgjorte: Vec<Saksnr>,
    /// It waits in line: the message must be kept before the transaction is committed.
    i_koe: bool,
}

impl Aapnet {
    fn ny(mottatt: Mottatt) -> Self {
        Aapnet {
            mottatt,
            avgjorte: Vec::new(),
            i_koe: false,
        }
    }

    /// What must be kept, if anything.
    pub fn kladd<'m>(&self, innkommen: &Innkommen<'m>) -> Option<Kladd<'m>> {
        self.i_koe.then_some(Kladd {
            nr: self.mottatt.sak,
            xml: innkommen.xml,
            filer: innkommen.filer.unwrap_or_default(),
        })
    }
}

impl<'m> Innkommen<'m> {
    pub(crate) fn kjent(meldingstype: Meldingstype, melding: &'m Element, xml: &'m [u8]) -> Self {
        Innkommen {
            meldingstype,
            melding,
            xml,
            filer: None,
            avtrykk: [0; 32],
            frosset: false,
        }
    }
}

/// For whom, and how, a message is looked at.
#[derive(Default)]
pub(crate) struct Paa<'m> {
    pub organisasjon: &'m str,
    pub overstyrer: bool,
    pub foedt: Option<String>,
    pub kommune: Option<String>,
}

/// How a case ends.
pub(crate) struct Utfall {
    pub beslutning: Beslutning,
    pub resultat: Resultat,
    pub grunner: Vec<Grunn>,
    pub opprettet: Option<Opprettet>,
    pub gjelder: Option<String>,
    pub gyldig: Option<Tidspunkt>,
}

impl Utfall {
    pub(crate) fn new(beslutning: Beslutning, resultat: Resultat) -> Self {
        Utfall {
            beslutning,
            resultat,
            grunner: Vec::new(),
            opprettet: None,
            gjelder: None,
            gyldig: None,
        }
    }
}

/// Where it is noted which case an organisation's change of address came with.
pub(crate) fn adresseendring(organisasjon: &str, id: &str) -> Vec<u8> {
    let avtrykk: [u8; 32] = Sha256::digest(id.as_bytes()).into();
    [b"P", organisasjon.as_bytes(), &avtrykk].concat()
}

fn ventested(mor: &str, nr: Saksnr) -> Vec<u8> {
    [b"V", mor.as_bytes(), &nr.to_be_bytes()].concat()
}

// The numbers that a message names somebody by.
fn nevnte(melding: &Element) -> Vec<String> {
    let er_nummer = |e: &Element| e.verdi().len() == 11 && e.verdi().bytes().all(|b| b.is_ascii_digit());
    verdier(melding, er_nummer).into_iter().map(str::to_owned).collect()
}

pub(crate) fn les_sak(byte: Option<Vec<u8>>) -> Result<Option<Sak>, Feil> {
    byte.map(|byte| serde_json::from_slice(&byte).map_err(|_| Feil::Skadet))
        .transpose()
}

pub(crate) fn lagre(b: &mut Behandling<'_>, sak: &Sak) -> Result<(), Stans> {
    let byte = serde_json::to_vec(sak).map_err(|_| Feil::Skadet)?;
    Ok(b.sett_sak(&saksplass(b'S', sak.nr), Some(&byte))?)
}

fn aapne_saker(les: &Lesing<'_>, fra: Saksnr, maks: usize) -> Result<Vec<Sak>, Feil> {
    let mut ut = Vec::new();
    for (sted, _) in les.saker(b"A", &saksplass(b'A', fra), maks)? {
        let nr = tall(sted.get(1..).ok_or(Feil::Skadet)?)?;
        ut.push(les_sak(les.sak(&saksplass(b'S', nr))?)?.ok_or(Feil::Skadet)?);
    }
    Ok(ut)
}
