//! Two numbers that turn out to be one person, and two that turn out not to be.
//!
//! ```text
//!  A merged into B, B into C      C ── overtatt ── B ── overtatt ── A      the index leads every number to C
//!  B split from C                 C        B ── overtatt ── A              B's and A's numbers lead to B again
//! ```
//! A person who was merged keeps its record: its documents are in the archive, and a splitting restores it.

use std::collections::BTreeSet;

use informasjonsmodell::kodeverk::Identifikatorstatuskode;
use informasjonsmodell::{Entitet, Hendelsestype, Opplysning, Registermetadata, Tidspunkt};
use tilgang::Grad;

use crate::endring::{self, Hendelse};
use crate::post::Personpost;
use crate::rad::{Opprinnelse, Rad, Slutt};
use crate::transaksjon::Transaksjon;
use crate::{Feil, Regelbrudd};

impl<'r> Transaksjon<'r> {
    /// Joins two persons: one event on the number that ends, one on the survivor.
    pub(crate) fn slaa_sammen(&mut self, gjeldende: &str, dublett: &str, tidspunkt: Tidspunkt) -> Result<(), Feil> {
        let (over, under) = (self.finn(gjeldende)?, self.finn(dublett)?);
        if over == under {
            return Err(Regelbrudd::SammePerson.into());
        }
        if !self.aapen(over)?.post.hode.er_i_bruk() {
            return Err(Regelbrudd::Opphoert.into());
        }
        let foer = self.avslutt_som_dublett(under, over, tidspunkt)?;
        self.viderefoer(over, under, &foer, tidspunkt)
    }

    pub(crate) fn avslutt_som_dublett(
        &mut self,
        under: u32,
        over: u32,
        tidspunkt: Tidspunkt,
    ) -> Result<Personpost, Feil> {
        let hendelse = self.hendelse(tidspunkt)?;
        let aapen = self.aapen(under)?;
        let foer = aapen.post.clone();
        let nummer = foer.hode.gjeldende_nummer().ok_or(Feil::Skadet("hode"))?;
        for n in foer.hode.numre.iter().filter(|n| n.i_bruk) {
            endring::sett_nummerstatus(
                &mut aapen.post,
                n.verdi,
                Identifikatorstatuskode::Opphoert,
                false,
                Opprinnelse::Korrigert,
                hendelse,
            )?;
        }
        aapen.post.hode.viderefoert_til = Some(over);
        aapen.endret = true;
        for n in &foer.hode.numre {
            self.sett_identifikator(n.verdi, over)?;
        }
        self.foer_journal(
            under,
            Hendelsestype::PersonErOpphoertSomDublett,
            nummer,
            tidspunkt,
            &foer,
        )?;
        Ok(foer)
    }

    // `dublett` is the other person as it was.
    fn viderefoer(&mut self, over: u32, under: u32, dublett: &Personpost, tidspunkt: Tidspunkt) -> Result<(), Feil> {
        let hendelse = self.hendelse(tidspunkt)?;
        let aapen = self.aapen(over)?;
        let foer = aapen.post.clone();
        for (_, rad) in dublett.holdte(Entitet::Identifikasjonsnummer) {
            let verdi = endring::nummer_i(rad).ok_or(Feil::Skadet("identifikasjonsnummer"))?;
            let plasser = aapen.post.holdte(Entitet::Identifikasjonsnummer).map(|(_, r)| r.plass);
            let plass = plasser.max().map_or(0, |p| p.saturating_add(1));
            aapen.post.rader.push(Rad {
                plass,
                fra: hendelse.seq.0,
                er_gjeldende: Some(false),
                ..rad.clone()
            });
            endring::sett_nummerstatus(
                &mut aapen.post,
                verdi,
                Identifikatorstatuskode::Opphoert,
                false,
                Opprinnelse::Ny,
                hendelse,
            )?;
        }
        // The stricter protection of the two wins.
        if dublett.hode.vern > foer.hode.vern {
            let rad = dublett
                .gjeldende(Entitet::Adressebeskyttelse)
                .map(|(_, r)| r.clone())
                .next();
            arv_beskyttelse(&mut aapen.post, rad, hendelse)?;
        }
        endring::oppdater_hode(&mut aapen.post)?;
        aapen.post.hode.overtatt.push(under);
        let vern = aapen.post.hode.vern;
        let nummer = foer.hode.gjeldende_nummer().ok_or(Feil::Skadet("hode"))?;
        self.etter_vern(over, foer.hode.vern, vern, hendelse)?;
        self.foer_journal(
            over,
            Hendelsestype::PersonErViderefoertSomGjeldendeVedSammenslaaing,
            nummer,
            tidspunkt,
            &foer,
        )
    }

    /// Persons merged into one, and into those, at any depth.
    pub(crate) fn etterkommere(&mut self, person: u32) -> Result<BTreeSet<u32>, Feil> {
        let mut ut = BTreeSet::new();
        let mut venter = self.aapen(person)?.post.hode.overtatt.clone();
        while let Some(neste) = venter.pop() {
            if ut.insert(neste) {
                venter.extend(&self.aapen(neste)?.post.hode.overtatt);
            }
        }
        Ok(ut)
    }

    // From the person who lives on down to the one whose number it was.
    pub(crate) fn vei_til(&mut self, over: u32, nummer: u64) -> Result<Vec<u32>, Feil> {
        let mut vei = vec![over];
        let mut her = over;
        'ned: loop {
            for barn in self.aapen(her)?.post.hode.overtatt.clone() {
                if !vei.contains(&barn) && self.aapen(barn)?.post.hode.har(nummer) {
                    vei.push(barn);
                    her = barn;
                    continue 'ned;
                }
            }
            return Ok(vei);
        }
    }

    /// Splits what was joined: one event on the person who goes on, one on the person restored.
    pub(crate) fn splitt(&mut self, gjeldende: &str, gjenopprettet: &str, tidspunkt: Tidspunkt) -> Result<(), Feil> {
        let over = self.finn(gjeldende)?;
        let tilbake: u64 = gjenopprettet.parse().map_err(|_| Regelbrudd::UkjentPerson)?;
        let mut vei = self.vei_til(over, tilbake)?;
        let under = vei.pop().filter(|p| *p != over).ok_or(Regelbrudd::IkkeSlaattSammen)?;
        let hode = self.aapen(under)?.post.hode.clone();
        // The number that comes back is the one that ended; those before it had ended already.
        if hode.gjeldende_nummer() != Some(tilbake) {
            return Err(Regelbrudd::IkkeSlaattSammen.into());
        }
        let hendelse = self.hendelse(tidspunkt)?;
        let foer = self.aapen(over)?.post.clone();
        for person in &vei {
            let aapen = self.aapen(*person)?;
            for rad in &mut aapen.post.rader {
                let flyttes = rad.entitet == Some(Entitet::Identifikasjonsnummer)
                    && rad.holdt()
                    && endring::nummer_i(rad).is_some_and(|n| hode.har(n));
                if flyttes {
                    rad.til = Some((hendelse.seq.0, Slutt::Annullert));
                }
            }
            aapen.post.hode.overtatt.retain(|p| *p != under);
            let vern = aapen.post.hode.vern;
            endring::oppdater_hode(&mut aapen.post)?;
            // Of a person who is merged itself, the protection is that of the one who lives on.
            aapen.post.hode.vern = vern;
            aapen.endret = true;
        }
        let nummer = self
            .aapen(over)?
            .post
            .hode
            .gjeldende_nummer()
            .ok_or(Feil::Skadet("hode"))?;
        for n in &hode.numre {
            self.sett_identifikator(n.verdi, under)?;
        }
        self.foer_journal(
            over,
            Hendelsestype::PersonErEndretVedSplitting,
            nummer,
            tidspunkt,
            &foer,
        )?;
        let arvet = foer
            .gjeldende(Entitet::Adressebeskyttelse)
            .map(|(_, r)| r.clone())
            .next();
        self.gjenopprett(under, tilbake, arvet, tidspunkt)
    }

    fn gjenopprett(
        &mut self,
        person: u32,
        nummer: u64,
        beskyttelse: Option<Rad>,
        tidspunkt: Tidspunkt,
    ) -> Result<(), Feil> {
        let hendelse = self.hendelse(tidspunkt)?;
        let aapen = self.aapen(person)?;
        let arvet = aapen.post.hode.vern;
        endring::sett_nummerstatus(
            &mut aapen.post,
            nummer,
            Identifikatorstatuskode::IBruk,
            true,
            Opprinnelse::Korrigert,
            hendelse,
        )?;
        aapen.post.hode.viderefoert_til = None;
        // Nobody can tell which of the two was in danger: both keep the stricter protection (our choice).
        if arvet > aapen.post.hode.vern {
            arv_beskyttelse(&mut aapen.post, beskyttelse, hendelse)?;
        }
        let vern = aapen.post.hode.vern;
        self.etter_vern(person, arvet, vern, hendelse)?;
        // For everyone outside, this person did not exist a moment ago.
        let ingen = Personpost::default();
        self.foer_journal(
            person,
            Hendelsestype::PersonErGjenopprettetVedSplitting,
            nummer,
            tidspunkt,
            &ingen,
        )
    }

    /// A person merged into another is protected as the other is: its documents are still in the archive.
    pub(crate) fn arv_vern(&mut self, person: u32, vern: Grad, hendelse: Hendelse<'r>) -> Result<(), Feil> {
        let aapen = self.aapen(person)?;
        let foer = aapen.post.hode.vern;
        if foer != vern {
            aapen.post.hode.vern = vern;
            aapen.endret = true;
            self.slett_ved_strengt(person, foer, hendelse)?;
        }
        Ok(())
    }
}

fn arv_beskyttelse(post: &mut Personpost, rad: Option<Rad>, hendelse: Hendelse<'_>) -> Result<(), Feil> {
    let rad = rad.ok_or(Feil::Skadet("adressebeskyttelse"))?;
    let opplysning = Opplysning {
        metadata: Registermetadata {
            gyldighetstidspunkt: rad.gyldighetstidspunkt,
            ..Registermetadata::default()
        },
        innhold: endring::les_innhold(&rad)?,
    };
    endring::registrer_ny(post, &opplysning, hendelse)?;
    endring::oppdater_hode(post)
}
