//! Checking a whole store, and rebuilding what can be rebuilt from the rest.
//!
//! Primary: the records, the journal, the key store. Views: the index of numbers and the feeds.

use lager::journal::Journal;
use lager::{Les, Miljoe};
use sha2::{Digest, Sha256};
use tilgang::Projeksjon;

use crate::feed::{self, Feedrad};
use crate::lesing::Personnummer;
use crate::oppfoering::Oppfoering;
use crate::register::Register;
use crate::{Feil, Sekvens, endring};

/// What is wrong with a store. Names internal numbers only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Funn {
    /// Where: a record, the journal, an index, a feed.
    pub sted: String,
    /// What.
    pub hva: &'static str,
}

/// Most findings that are listed; the check stops there.
const FUNN_MAKS: usize = 1_000;

impl Register {
    /// Checks the whole store: every record, the index both ways, the journal, every feed. Empty when nothing is wrong.
    ///
    /// # Errors
    /// [`Feil::Lager`] if the files refuse to be read at all; damaged content is a finding, not an error.
    pub fn verifiser(&self, framdrift: &mut dyn FnMut(u32)) -> Result<Vec<Funn>, Feil> {
        let mut funn = Vec::new();
        let siste = self.siste_sekvens()?;
        let lesing = self.les()?;
        for person in lesing.personer()? {
            if funn.len() >= FUNN_MAKS {
                return Ok(funn);
            }
            if let Err(hva) = self.verifiser_person(person, siste)? {
                funn.push(Funn {
                    sted: format!("post {}", person.0),
                    hva,
                });
            }
            if person.0.is_multiple_of(10_000) {
                framdrift(person.0);
            }
        }
        self.verifiser_indeks(&mut funn)?;
        self.verifiser_journal(&mut funn)?;
        Ok(funn)
    }

    fn verifiser_person(&self, person: Personnummer, siste: Sekvens) -> Result<Result<(), &'static str>, Feil> {
        let lesing = self.les()?;
        let post = match lesing.post(person) {
            Ok(Some(post)) => post,
            Ok(None) => return Ok(Err("mangler")),
            Err(_) => return Ok(Err("kan ikke leses")),
        };
        for rad in &post.rader {
            if rad.fra == 0 || rad.fra > siste.0 || rad.til.is_some_and(|(til, _)| til <= rad.fra || til > siste.0) {
                return Ok(Err("en rad gjelder for et sekvensnummer som ikke finnes"));
            }
            if rad.entitet.is_some() && endring::les_innhold(rad).is_err() {
                return Ok(Err("en opplysning følger ikke modellen"));
            }
            if [rad.kilde, rad.aarsak]
                .into_iter()
                .flatten()
                .any(|t| lesing.tekst(t).is_err())
            {
                return Ok(Err("en tekst mangler"));
            }
        }
        let mut avledet = post.clone();
        if endring::oppdater_hode(&mut avledet).is_err() {
            return Ok(Err("hodet kan ikke utledes av radene"));
        }
        if avledet.hode.numre != post.hode.numre
            || (avledet.hode.vern != post.hode.vern && post.hode.viderefoert_til.is_none())
        {
            return Ok(Err("hodet stemmer ikke med radene"));
        }
        let eier = post.hode.viderefoert_til.unwrap_or(person.0);
        for n in &post.hode.numre {
            let funnet = lesing.finn_tall(n.verdi)?;
            // A chain of mergers ends in the one who lives on.
            if funnet.is_none() || (post.hode.viderefoert_til.is_none() && funnet != Some(Personnummer(eier))) {
                return Ok(Err("et nummer peker ikke på personen"));
            }
        }
        // Packing again must give the bytes that lie there.
        if self.bygg_post(person)? {
            Ok(Ok(()))
        } else {
            Ok(Err("rammene er ikke slik de ville blitt skrevet"))
        }
    }

    /// Whether the record, read and written again, gives the same bytes.
    fn bygg_post(&self, person: Personnummer) -> Result<bool, Feil> {
        let les = self.miljoe.les()?;
        let les_noekler = self.noekler.les()?;
        let mut noekkel = None;
        let personer = self.tabeller.personer;
        let post = crate::post::Personpost::les(
            person.0,
            |r| Ok(personer.hent(&les, &r.plass(person.0))?),
            |generasjon| {
                noekkel = self.noekler.hent(&les_noekler, person.0, generasjon)?;
                Ok(noekkel.clone())
            },
        )?;
        let Some(mut post) = post else { return Ok(false) };
        for (ramme, byte) in post.skriv(person.0, noekkel.as_ref())? {
            if personer.hent(&les, &ramme.plass(person.0))? != byte.as_deref() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn verifiser_indeks(&self, funn: &mut Vec<Funn>) -> Result<(), Feil> {
        let lesing = self.les()?;
        let les = self.miljoe.les()?;
        for rad in self.tabeller.identifikatorer.fra(&les, &[])? {
            let (noekkel, verdi) = rad?;
            let (Ok(nummer), Ok(person)) = (
                noekkel.try_into().map(u64::from_be_bytes),
                verdi.try_into().map(u32::from_be_bytes),
            ) else {
                funn.push(Funn {
                    sted: "indeks".to_owned(),
                    hva: "en oppføring har feil form",
                });
                continue;
            };
            let har = lesing
                .hode(Personnummer(person))
                .ok()
                .flatten()
                .is_some_and(|h| h.har(nummer));
            if !har && funn.len() < FUNN_MAKS {
                funn.push(Funn {
                    sted: format!("indeks, post {person}"),
                    hva: "personen har ikke nummeret",
                });
            }
        }
        Ok(())
    }

    fn verifiser_journal(&self, funn: &mut Vec<Funn>) -> Result<(), Feil> {
        let les = self.miljoe.les()?;
        let neste_person = self.neste_person(&les)?;
        let mut feed = Feedsammenlikning::default();
        let mut skadet = Vec::new();
        let gjennomgang = self.journal.gjennomgaa(&les, 1, &mut |seq, byte| {
            match Oppfoering::les(byte) {
                Ok(oppfoering) if oppfoering.person < neste_person => feed.ta(seq, &oppfoering),
                Ok(_) => skadet.push((seq, "personen finnes ikke")),
                Err(_) => skadet.push((seq, "kan ikke leses")),
            }
            skadet.len() < FUNN_MAKS
        });
        if gjennomgang.is_err() {
            funn.push(Funn {
                sted: "journal".to_owned(),
                hva: "har et hull",
            });
        }
        funn.extend(skadet.into_iter().map(|(seq, hva)| Funn {
            sted: format!("journal {seq}"),
            hva,
        }));
        for projeksjon in Projeksjon::ALLE {
            if !feed.stemmer(self, &les, projeksjon)? {
                funn.push(Funn {
                    sted: format!("feed {projeksjon:?}"),
                    hva: "stemmer ikke med journalen",
                });
            }
        }
        Ok(())
    }

    /// Rebuilds every view from the primary data, in one commit, and gives the hash of the views before and after.
    ///
    /// # Errors
    /// [`Feil`] if the primary data are damaged; nothing was changed then.
    pub fn bygg_om(&self, framdrift: &mut dyn FnMut(u32)) -> Result<(String, String), Feil> {
        let foer = self.avtrykk_av_visninger()?;
        let mut skriv = self.miljoe.skriv()?;
        let t = &self.tabeller;
        let mut numre = Vec::new();
        let lesing = self.les()?;
        for person in lesing.personer()? {
            let hode = lesing.hode(person)?.ok_or(Feil::Skadet("post"))?;
            // A number of a person that was merged belongs to the one who lives on, who has it too.
            if hode.viderefoert_til.is_none() {
                numre.extend(hode.numre.iter().map(|n| (n.verdi, person.0)));
            }
            if person.0.is_multiple_of(10_000) {
                framdrift(person.0);
            }
        }
        drop(lesing);
        numre.sort_unstable();
        t.identifikatorer.toem(&mut skriv)?;
        for (nummer, person) in numre {
            t.identifikatorer
                .legg_til(&mut skriv, &nummer.to_be_bytes(), &person.to_be_bytes())?;
        }
        t.feed.toem(&mut skriv)?;
        let siste = self.journal.siste(&skriv)?;
        let mut feed = Register::feedskriver();
        for seq in 1..=siste {
            let byte = self.journal.hent(&skriv, seq)?.ok_or(Feil::Skadet("journal"))?;
            let oppfoering = Oppfoering::les(byte)?;
            for (projeksjon, typer) in &oppfoering.feeder {
                for hendelsestype in typer {
                    let rad = Feedrad {
                        global: Sekvens(seq),
                        person: oppfoering.person,
                        hendelsestype: *hendelsestype,
                    };
                    feed.legg_til(t.feed, &mut skriv, *projeksjon, rad)?;
                }
            }
        }
        feed.lukk(t.feed, &mut skriv)?;
        Miljoe::bekreft(skriv)?;
        Ok((foer, self.avtrykk_av_visninger()?))
    }

    /// Hash of the index of numbers and of every feed: equal when and only when they are byte for byte the same.
    ///
    /// # Errors
    /// [`Feil::Lager`].
    pub fn avtrykk_av_visninger(&self) -> Result<String, Feil> {
        let les = self.miljoe.les()?;
        let mut avtrykk = Sha256::new();
        for tabell in [self.tabeller.identifikatorer, self.tabeller.feed] {
            ta_tabell(&mut avtrykk, tabell, &les)?;
        }
        Ok(heks(&avtrykk.finalize()))
    }

    /// Hash of the records and the journal.
    ///
    /// # Errors
    /// [`Feil::Lager`].
    pub fn avtrykk_av_primaerdata(&self) -> Result<String, Feil> {
        let les = self.miljoe.les()?;
        let mut avtrykk = Sha256::new();
        for tabell in [self.tabeller.personer, self.journal.tabell()] {
            ta_tabell(&mut avtrykk, tabell, &les)?;
        }
        Ok(heks(&avtrykk.finalize()))
    }
}

fn ta_tabell(avtrykk: &mut Sha256, tabell: lager::Tabell, les: &Les<'_>) -> Result<(), Feil> {
    for rad in tabell.fra(les, &[])? {
        let (noekkel, verdi) = rad?;
        for byte in [noekkel, verdi] {
            avtrykk.update(u64::try_from(byte.len()).unwrap_or(u64::MAX).to_be_bytes());
            avtrykk.update(byte);
        }
    }
    Ok(())
}

fn heks(byte: &[u8]) -> String {
    byte.iter().fold(String::with_capacity(byte.len() * 2), |mut ut, b| {
        use std::fmt::Write;
        // Writing to a String has no way to fail.
        let _ = write!(ut, "{b:02x}");
        ut
    })
}

/// What the feeds should hold, as a running hash for each, so that a large journal needs little memory.
#[derive(Default)]
struct Feedsammenlikning {
    per_projeksjon: std::collections::BTreeMap<Projeksjon, (u64, Sha256)>,
}

fn ta_rad(avtrykk: &mut Sha256, rad: &Feedrad) {
    avtrykk.update(rad.global.0.to_be_bytes());
    avtrykk.update(rad.person.to_be_bytes());
    avtrykk.update([rad.hendelsestype as u8]);
}

impl Feedsammenlikning {
    fn ta(&mut self, seq: u64, oppfoering: &Oppfoering) {
        for (projeksjon, typer) in &oppfoering.feeder {
            let (antall, avtrykk) = self.per_projeksjon.entry(*projeksjon).or_default();
            for hendelsestype in typer {
                ta_rad(
                    avtrykk,
                    &Feedrad {
                        global: Sekvens(seq),
                        person: oppfoering.person,
                        hendelsestype: *hendelsestype,
                    },
                );
                *antall += 1;
            }
        }
    }

    fn stemmer(&mut self, register: &Register, les: &Les<'_>, projeksjon: Projeksjon) -> Result<bool, Feil> {
        let (ventet_antall, ventet) = self.per_projeksjon.remove(&projeksjon).unwrap_or_default();
        let mut antall = 0;
        let mut avtrykk = Sha256::new();
        loop {
            let Ok(rader) = feed::les(register.tabeller.feed, les, projeksjon, antall + 1, 10_000) else {
                return Ok(false);
            };
            if rader.is_empty() {
                break;
            }
            for (_, rad) in &rader {
                ta_rad(&mut avtrykk, rad);
                antall += 1;
            }
        }
        Ok(antall == ventet_antall && avtrykk.finalize() == ventet.finalize())
    }
}
