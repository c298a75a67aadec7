//! Frames: the parts of a record, each with rows and bodies of one protection class, each packed apart.
//!
//! A record is several values under one person number: (person, frame). All rows of a frame have one audience: whoever may
//! see one of them may see all. A caller's answer reads the frames it may see and no other, so neither the size nor the time
//! of one depends on what lies in another.
//!
//! ```text
//!  Hode                 identifiers and present protection, then what every package sees of now; plain bytes, checksum
//!  Gjeldende            the same, of what is an address without a grade or tells of a place; sealed
//!  AdresseHistorisk     former addresses without a grade
//!  AdresseGradert       every graded address
//!  FalskIdentitet … Svalbard        what some packages see of now, by who they are
//!  NummerHistorisk … Historikk      what is held of what was, by who sees it; the first two lie open
//!  Tidligere            versions that are no longer held: the archive alone
//!  Usett                what is kept and delivered to nobody
//!  Fullt, FulltBo       rows with a text that some may not see; the frame of the row itself has them without it
//! ```
//! What is compressed and not sealed ends in a checksum too. Bytes of a frame before packing: `basis`, number of rows, the
//! rows' bytes with their length first, the bodies.
//!
//! What newcomers get wrong: a row that is read and then refused has been read. It takes time, a little, and a caller who
//! asks a hundred thousand times sees how many there are.

use std::borrow::Cow;

use informasjonsmodell::Entitet;
use informasjonsmodell::skjema::Feltklasse;
use lager::forsegling::Noekkel;
use tilgang::Grad;

use crate::Feil;
use crate::koding::{Leser, skriv_lengde, skriv_tall};
use crate::ordbok;
use crate::rad::{Rad, Radvisning, Rammetilstand, les_rad, skriv_rad};
use crate::{sjekksum, sletting};

const SKADET: Feil = Feil::Skadet("ramme");

/// A part of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Ramme {
    Hode = 0,
    Gjeldende = 1,
    AdresseHistorisk = 2,
    AdresseGradert = 3,
    FalskIdentitet = 4,
    Dokument = 5,
    Familie = 6,
    Innflytting = 7,
    Utflytting = 8,
    Handleevne = 9,
    Vergemaal = 10,
    MedHjemmel = 11,
    Svalbard = 12,
    NummerHistorisk = 13,
    NavnHistorisk = 14,
    SivilstandHistorisk = 15,
    Historikk = 16,
    Tidligere = 17,
    Usett = 18,
    Fullt = 19,
    FulltBo = 20,
}

/// Frames as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rammer(pub u32);

impl Rammer {
    pub fn har(self, ramme: Ramme) -> bool {
        self.0 & Rammer::av(ramme).0 != 0
    }

    pub fn av(ramme: Ramme) -> Self {
        Rammer(1 << ramme as u8)
    }

    pub fn legg_til(&mut self, ramme: Ramme) {
        self.0 |= Rammer::av(ramme).0;
    }

    /// Those that are in both.
    pub fn felles(self, annen: Self) -> Self {
        Rammer(self.0 & annen.0)
    }

    /// In order.
    pub fn alle(self) -> impl Iterator<Item = Ramme> {
        Ramme::ALLE.into_iter().filter(move |r| self.har(*r))
    }
}

/// Fields with a text that only med hjemmel sees.
const BARE_MED_HJEMMEL: [Feltklasse; 2] = [Feltklasse::FlyttingSted, Feltklasse::Ukjent];

/// Why a row of a frame is not the whole row: the rest of it lies in [`Ramme::Fullt`].
const MANGLER_TEKST: u8 = 1;
/// The rest of it lies in [`Ramme::FulltBo`].
const MANGLER_BO: u8 = 2;

/// A row as one frame has it.
#[derive(Clone, Debug)]
pub(crate) struct Utgave<'a> {
    pub rad: Cow<'a, Rad>,
    /// What it lacks, as bits; 0: it is the whole row.
    pub mangler: u8,
}

impl Ramme {
    pub const ALLE: [Ramme; 21] = [
        Ramme::Hode,
        Ramme::Gjeldende,
        Ramme::AdresseHistorisk,
        Ramme::AdresseGradert,
        Ramme::FalskIdentitet,
        Ramme::Dokument,
        Ramme::Familie,
        Ramme::Innflytting,
        Ramme::Utflytting,
        Ramme::Handleevne,
        Ramme::Vergemaal,
        Ramme::MedHjemmel,
        Ramme::Svalbard,
        Ramme::NummerHistorisk,
        Ramme::NavnHistorisk,
        Ramme::SivilstandHistorisk,
        Ramme::Historikk,
        Ramme::Tidligere,
        Ramme::Usett,
        Ramme::Fullt,
        Ramme::FulltBo,
    ];

    /// The frame of an entity's current entries that are no addresses and tell of no place.
    ///
    /// Who sees an entity stands in the access table; here stands who sees it *together with* others. A test holds the one
    /// against the other.
    pub fn naa(entitet: Entitet) -> Ramme {
        match entitet {
            Entitet::FalskIdentitet => Ramme::FalskIdentitet,
            Entitet::Legitimasjonsdokument | Entitet::UtenlandskPersonidentifikasjon => Ramme::Dokument,
            Entitet::Familierelasjon | Entitet::Foreldreansvar => Ramme::Familie,
            Entitet::Innflytting => Ramme::Innflytting,
            Entitet::Utflytting => Ramme::Utflytting,
            Entitet::RettsligHandleevne => Ramme::Handleevne,
            Entitet::VergemaalEllerFremtidsfullmakt => Ramme::Vergemaal,
            Entitet::UtlendingsmyndighetenesIdentifikasjonsnummer
            | Entitet::FoedselINorge
            | Entitet::Opphold
            | Entitet::Bibehold
            | Entitet::BrukAvSamiskSpraak => Ramme::MedHjemmel,
            Entitet::OppholdPaaSvalbard => Ramme::Svalbard,
            Entitet::ForholdTilSametingetsValgmanntall
            | Entitet::FratattRettsligHandleevne
            | Entitet::PreferertKontaktadresse => Ramme::Usett,
            Entitet::Bostedsadresse
            | Entitet::DeltBosted
            | Entitet::Oppholdsadresse
            | Entitet::Postadresse
            | Entitet::PostadresseIUtlandet => Ramme::Gjeldende,
            _ => Ramme::Hode,
        }
    }

    /// The frame of an entity's entries that were, and are held.
    pub fn foer(entitet: Entitet) -> Ramme {
        match entitet {
            Entitet::Identifikasjonsnummer => Ramme::NummerHistorisk,
            Entitet::Navn => Ramme::NavnHistorisk,
            Entitet::Sivilstand => Ramme::SivilstandHistorisk,
            _ if Entitet::ADRESSER.contains(&entitet) => Ramme::AdresseHistorisk,
            Entitet::Identitetsgrunnlag
            | Entitet::KontaktinformasjonForDoedsbo
            | Entitet::Status
            | Entitet::Familierelasjon
            | Entitet::Innflytting
            | Entitet::Utflytting
            | Entitet::Kjoenn
            | Entitet::Statsborgerskap
            | Entitet::Foreldreansvar
            | Entitet::VergemaalEllerFremtidsfullmakt => Ramme::Historikk,
            _ => Ramme::Usett,
        }
    }

    /// Whether the archive, which is med hjemmel's alone, tells of an entity.
    fn i_arkivet(entitet: Entitet) -> bool {
        !matches!(Ramme::naa(entitet), Ramme::Usett | Ramme::Svalbard)
    }

    /// Which frame a row belongs in, for a person whose present protection is `vern`.
    pub fn for_rad(rad: &Rad, vern: Grad) -> Ramme {
        let Some(entitet) = rad.entitet else {
            return Ramme::Usett;
        };
        if Entitet::ADRESSER.contains(&entitet) {
            // What a strengt fortrolig person has is one open postadresse.
            let grad = if vern == Grad::StrengtFortrolig {
                rad.grad
            } else {
                vern.max(rad.grad)
            };
            if grad > Grad::Ugradert {
                return Ramme::AdresseGradert;
            }
        }
        match (rad.holdt(), rad.gjeldende()) {
            (false, _) if Ramme::i_arkivet(entitet) => Ramme::Tidligere,
            (false, _) => Ramme::Usett,
            (true, false) => Ramme::foer(entitet),
            (true, true) => match Ramme::naa(entitet) {
                Ramme::Hode if sletting::kan_nevne_sted(entitet) => Ramme::Gjeldende,
                ramme => ramme,
            },
        }
    }

    /// Sealed under the person's key: every frame that can hold an address or tell of a place.
    pub fn forsegles(self) -> bool {
        !matches!(self, Ramme::Hode | Ramme::NummerHistorisk | Ramme::NavnHistorisk)
    }

    /// Read by every answer, or nearly, and kept as it is: to compress them saves little and takes long.
    fn pakkes(self) -> bool {
        !matches!(self, Ramme::Hode | Ramme::Gjeldende)
    }

    /// The key in the table of records.
    pub fn plass(self, person: u32) -> [u8; 5] {
        let [a, b, c, d] = person.to_be_bytes();
        [a, b, c, d, self as u8]
    }
}

/// The frames of a row, and the row as each of them has it: one as a rule.
///
/// A text that some of a frame's audience may not see lies in a frame of its own, with the row that it belongs to.
pub(crate) fn utgaver<'r>(rad: &'r Rad, vern: Grad, mut ta: impl FnMut(Ramme, Utgave<'r>)) {
    let ramme = Ramme::for_rad(rad, vern);
    let klasser = rad.spenn.iter().fold(0, |sum, s| sum | s.klasse.bit());
    let tekst = match ramme {
        // Med hjemmel's alone, or nobody's.
        Ramme::AdresseGradert | Ramme::MedHjemmel | Ramme::Historikk | Ramme::Tidligere | Ramme::Usett => 0,
        _ => klasser & BARE_MED_HJEMMEL.iter().fold(0, |sum, k| sum | k.bit()),
    };
    let bo = if rad.entitet == Some(Entitet::KontaktinformasjonForDoedsbo) && rad.grad.max(vern) > Grad::Ugradert {
        klasser & Feltklasse::DoedsboAdresse.bit()
    } else {
        0
    };
    let uten = |bort: u32| {
        let (kropp, spenn) = sletting::skjaer_bort(&rad.kropp, &rad.spenn, bort);
        Cow::Owned(Rad {
            kropp,
            spenn,
            ..rad.clone()
        })
    };
    let hel = || Cow::Borrowed(rad);
    let mangler = |klasser: u32, bit: u8| if klasser == 0 { 0 } else { bit };
    let utgave = |rad, mangler| Utgave { rad, mangler };
    if tekst | bo == 0 {
        return ta(ramme, utgave(hel(), 0));
    }
    let bit_bo = mangler(bo, MANGLER_BO);
    ta(ramme, utgave(uten(tekst | bo), mangler(tekst, MANGLER_TEKST) | bit_bo));
    if tekst != 0 {
        let fullt = if ramme == Ramme::Svalbard {
            Ramme::Usett
        } else {
            Ramme::Fullt
        };
        ta(fullt, utgave(if bo == 0 { hel() } else { uten(bo) }, bit_bo));
    }
    if bo != 0 {
        ta(Ramme::FulltBo, utgave(hel(), 0));
    }
}

/// Whether a reader of some frames finds more of a row in one of them than here.
pub(crate) fn finnes_fullere(mangler: u8, leses: Rammer) -> bool {
    (mangler & MANGLER_TEKST != 0 && leses.har(Ramme::Fullt))
        || (mangler & MANGLER_BO != 0 && leses.har(Ramme::FulltBo))
}

/// Which frames an answer needs besides the head. Depends on the request, the projection and the person's protection.
///
/// `arkiv`: versions that are no longer held as well.
pub(crate) fn rammer_for(rett: &tilgang::Rett, utvalg: tilgang::Utvalg, vern: Grad, arkiv: bool) -> Rammer {
    let mut ut = Rammer::default();
    let kan = |entitet: Entitet, gjeldende: bool| {
        utvalg.entiteter.har(entitet) && rett.avgjoer(vern, entitet, gjeldende, Grad::Ugradert).is_some()
    };
    let historikk = utvalg.historikk || arkiv;
    for entitet in utvalg.entiteter.entiteter() {
        if kan(entitet, true) {
            ut.legg_til(Ramme::naa(entitet));
            if sletting::kan_nevne_sted(entitet) {
                ut.legg_til(Ramme::Gjeldende);
            }
        }
        if historikk && kan(entitet, false) {
            ut.legg_til(Ramme::foer(entitet));
        }
        if entitet.er_adresse() && rett.ser_graderte() {
            ut.legg_til(Ramme::AdresseGradert);
        }
        if entitet == Entitet::KontaktinformasjonForDoedsbo && rett.ser_graderte() {
            ut.legg_til(Ramme::FulltBo);
        }
    }
    if arkiv {
        ut.legg_til(Ramme::Tidligere);
    }
    if BARE_MED_HJEMMEL.iter().all(|k| rett.ser_felt(*k)) {
        ut.legg_til(Ramme::Fullt);
    }
    ut.0 &= !(Rammer::av(Ramme::Hode).0 | Rammer::av(Ramme::Usett).0);
    ut
}

/// Writes the rows of a frame, unpacked. Rows are in wire order of entity, then place, then `fra`.
pub(crate) fn skriv_rader(ut: &mut Vec<u8>, rader: &[Utgave<'_>]) {
    let basis = rader.iter().map(|r| r.rad.fra).min().unwrap_or(0);
    skriv_tall(ut, basis);
    skriv_lengde(ut, rader.len());
    let mut hoder = Vec::with_capacity(rader.len() * 24);
    let mut kropper = Vec::with_capacity(rader.iter().map(|r| r.rad.kropp.len()).sum());
    let mut tilstand = Rammetilstand::default();
    let mut forrige: Option<&Rad> = None;
    for Utgave { rad, mangler } in rader {
        let samme = forrige.is_some_and(|f| f.kropp == rad.kropp && f.spenn == rad.spenn);
        skriv_rad(&mut hoder, rad, *mangler, basis, samme, &mut tilstand);
        if !samme {
            kropper.extend_from_slice(&rad.kropp);
        }
        forrige = Some(rad);
    }
    skriv_lengde(ut, hoder.len());
    ut.extend_from_slice(&hoder);
    ut.extend_from_slice(&kropper);
}

/// Goes through the rows of an unpacked frame.
pub(crate) fn les_rader<'a>(
    byte: &'a [u8],
    mut se: impl FnMut(Radvisning<'a>) -> Result<(), Feil>,
) -> Result<(), Feil> {
    let mut leser = Leser::new(byte);
    let basis = leser.tall()?;
    let antall = leser.lengde()?;
    let lengde = leser.lengde()?;
    let mut hoder = Leser::new(leser.ta(lengde)?);
    let mut kropper = Leser::new(leser.rest());
    let mut forrige: (&[u8], &[u8]) = (&[], &[]);
    let mut tilstand = Rammetilstand::default();
    // A row takes at least five bytes, so a damaged count cannot make this long.
    if antall > lengde {
        return Err(SKADET);
    }
    for _ in 0..antall {
        se(les_rad(&mut hoder, basis, &mut kropper, &mut forrige, &mut tilstand)?)?;
    }
    if hoder.er_tom() && kropper.er_tom() {
        Ok(())
    } else {
        Err(SKADET)
    }
}

/// Packs the bytes of a frame: compressed where that is shorter, then sealed where it must be, else with a checksum.
pub(crate) fn pakk(ramme: Ramme, person: u32, byte: Vec<u8>, noekkel: Option<&Noekkel>) -> Result<Vec<u8>, Feil> {
    let plass = ramme.plass(person);
    let mut pakket = if ramme.pakkes() { ordbok::pakk(&byte)? } else { byte };
    match (ramme.forsegles(), noekkel) {
        (false, _) => {
            sjekksum::legg_paa(&plass, &mut pakket);
            Ok(pakket)
        }
        (true, Some(noekkel)) => Ok(noekkel.forsegl(&plass, &pakket)?),
        (true, None) => Err(SKADET),
    }
}

/// The bytes of a head: nothing is copied.
pub(crate) fn aapne_hode(person: u32, byte: &[u8]) -> Result<&[u8], Feil> {
    sjekksum::ta_av(&Ramme::Hode.plass(person), byte, "hode")
}

/// Unpacks a frame other than the head, which needs none.
pub(crate) fn pakk_opp(ramme: Ramme, person: u32, byte: &[u8], noekkel: Option<&Noekkel>) -> Result<Vec<u8>, Feil> {
    let plass = ramme.plass(person);
    match (ramme.forsegles(), noekkel) {
        (false, _) => ordbok::pakk_opp(sjekksum::ta_av(&plass, byte, "ramme")?),
        (true, Some(noekkel)) => {
            let byte = noekkel.aapne(&plass, byte)?;
            if ramme.pakkes() {
                ordbok::pakk_opp(&byte)
            } else {
                Ok(byte)
            }
        }
        (true, None) => Err(SKADET),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ajourhold::Ledd;
    use crate::post::{Hode, Nummer};
    use crate::rad::{Opprinnelse, Slutt};
    use informasjonsmodell::Tidspunkt;
    use informasjonsmodell::skjema::{Feltklasse, Spenn};
    use proptest::prelude::*;

    fn tidspunkt() -> impl Strategy<Value = Option<Tidspunkt>> {
        prop::option::of(
            (0i64..4_000_000_000)
                .prop_map(|s| Tidspunkt::new(s, 0, 0, informasjonsmodell::Forskyvning::Minutter(60)).unwrap()),
        )
    }

    fn rad() -> impl Strategy<Value = Rad> {
        let entitet = prop::option::of((0..Entitet::ALLE.len()).prop_map(|n| Entitet::ALLE[n]));
        let opprinnelse = prop::sample::select(vec![
            Opprinnelse::Ny,
            Opprinnelse::Korrigert,
            Opprinnelse::Avloest,
            Opprinnelse::Opphoert,
            Opprinnelse::Gjenopptatt,
        ]);
        let slutt = prop::sample::select(vec![
            Slutt::Videre,
            Slutt::Korrigert,
            Slutt::Annullert,
            Slutt::PersonOpphoert,
            Slutt::Erstattet,
        ]);
        let kjede = prop::collection::vec((any::<u32>(), tidspunkt()), 0..4);
        (
            (
                entitet,
                -5i64..5,
                1u64..1_000_000,
                opprinnelse,
                prop::option::of((1u64..1_000, slutt)),
            ),
            (
                prop::option::of(any::<bool>()),
                tidspunkt(),
                prop::option::of(0u32..300),
                prop::option::of(0u32..300),
            ),
            (tidspunkt(), tidspunkt(), 0u8..4, any::<bool>(), kjede),
            (
                prop::collection::vec(any::<u8>(), 0..40),
                prop::collection::vec((0usize..14, 0u32..40, 0u32..40), 0..3),
            ),
        )
            .prop_map(|(a, b, c, d)| {
                let har_kjede = matches!(a.3, Opprinnelse::Ny | Opprinnelse::Korrigert | Opprinnelse::Gjenopptatt);
                let lengde = d.0.len() as u32;
                let mut spenn: Vec<Spenn> =
                    d.1.iter()
                        .map(|(klasse, x, y)| {
                            let (x, y) = (x % (lengde + 1), y % (lengde + 1));
                            Spenn {
                                klasse: Feltklasse::ALLE[*klasse],
                                fra: x.min(y),
                                til: x.max(y),
                            }
                        })
                        .collect();
                spenn.sort_by_key(|s| s.fra);
                Rad {
                    entitet: a.0,
                    plass: a.1,
                    fra: a.2,
                    opprinnelse: a.3,
                    til: a.4.map(|(til, slutt)| (a.2 + til, slutt)),
                    er_gjeldende: b.0,
                    ajourholdstidspunkt: b.1,
                    kilde: b.2,
                    aarsak: b.3,
                    gyldighetstidspunkt: c.0,
                    opphoerstidspunkt: c.1,
                    grad: Grad::fra_tall(c.2),
                    skjult_status: c.3,
                    kjede: if har_kjede {
                        c.4.into_iter().map(|(gjelder, foer)| Ledd { gjelder, foer }).collect()
                    } else {
                        Vec::new()
                    },
                    kropp: d.0,
                    spenn,
                }
            })
    }

    fn utgitt(rader: &[(Rad, u8)]) -> Vec<Utgave<'_>> {
        let utgave = |(rad, mangler): &'_ (Rad, u8)| (rad.clone(), *mangler);
        let utgitt = rader.iter().map(utgave);
        utgitt
            .map(|(rad, mangler)| Utgave {
                rad: Cow::Owned(rad),
                mangler,
            })
            .collect()
    }

    /// What the frames are for: a reader who may see one row of a frame may see all of them.
    #[test]
    fn all_rows_of_a_frame_have_one_audience() {
        let tabell = tilgang::Tabell::felles();
        let verne = [
            Grad::Ugradert,
            Grad::Klientadresse,
            Grad::Fortrolig,
            Grad::StrengtFortrolig,
        ];
        for (projeksjon, vern) in tilgang::Projeksjon::ALLE
            .into_iter()
            .flat_map(|p| verne.map(|v| (p, v)))
        {
            let rett = tabell.rett(projeksjon);
            let ser = |entitet, gjeldende| rett.avgjoer(vern, entitet, gjeldende, Grad::Ugradert).is_some();
            for gjeldende in [true, false] {
                let ramme_for = if gjeldende { Ramme::naa } else { Ramme::foer };
                for ramme in Ramme::ALLE.into_iter().filter(|r| *r != Ramme::Hode) {
                    let i_rammen = |e: &Entitet| {
                        ramme_for(*e) == ramme
                            // One who lives at a strengt fortrolig address has no other address to be seen.
                            && !(vern == Grad::StrengtFortrolig && e.er_adresse())
                    };
                    let sett: Vec<bool> = Entitet::ALLE
                        .iter()
                        .copied()
                        .filter(i_rammen)
                        .map(|e| ser(e, gjeldende))
                        .collect();
                    assert!(
                        sett.windows(2).all(|to| to[0] == to[1]),
                        "{ramme:?} {projeksjon:?} {vern:?}"
                    );
                    assert!(ramme != Ramme::Usett || !sett.contains(&true), "{projeksjon:?}");
                }
            }
            // What every answer reads, everybody with a lookup sees.
            let slaar_opp = rett.kan_kalle("GET personer/{personidentifikator}");
            let i_hodet = |e: &Entitet| Ramme::naa(*e) == Ramme::Hode;
            let hodet = Entitet::ALLE.iter().copied().filter(i_hodet);
            assert!(!slaar_opp || hodet.clone().all(|e| ser(e, true)), "{projeksjon:?}");
            assert!(!slaar_opp || hodet.clone().all(|e| rett.basis.har(e)), "{projeksjon:?}");
            let arkiv = rett.kan_kalle("GET personer/arkiv/{dokumentidentifikator}")
                || rett.kan_kalle("GET hendelser/{hendelsesidentifikator}");
            let tidligere = Entitet::ALLE.iter().copied().filter(|e| Ramme::i_arkivet(*e));
            assert!(!arkiv || tidligere.clone().all(|e| rett.kan.har(e)), "{projeksjon:?}");
            let tekster = BARE_MED_HJEMMEL.map(|k| rett.ser_felt(k));
            assert_eq!(tekster[0], tekster[1], "{projeksjon:?}");
        }
    }

    proptest! {
        #[test]
        fn rows_come_back_as_they_were(rader in prop::collection::vec((rad(), 0u8..4), 0..8)) {
            let mut byte = Vec::new();
            skriv_rader(&mut byte, &utgitt(&rader));
            let mut lest = Vec::new();
            les_rader(&byte, |rad| { lest.push((rad.til_rad()?, rad.mangler)); Ok(()) }).unwrap();
            prop_assert_eq!(lest, rader);
        }

        #[test]
        fn a_row_is_whole_in_one_frame_and_whoever_reads_that_reads_it_there_alone(rad in rad(), vern in 0u8..4) {
            let mut ut = Vec::new();
            utgaver(&rad, Grad::fra_tall(vern), |ramme, utgave| ut.push((ramme, utgave)));
            let hele: Vec<_> = ut.iter().filter(|(_, u)| u.mangler == 0).collect();
            prop_assert_eq!(hele.len(), 1);
            prop_assert_eq!(hele[0].1.rad.as_ref(), &rad);
            let alle = Rammer(ut.iter().fold(0, |sum, (ramme, _)| sum | Rammer::av(*ramme).0));
            // Nobody reads what nobody sees.
            for leses in [alle, Rammer(alle.0 & !Rammer::av(Ramme::FulltBo).0), Rammer::av(ut[0].0)] {
                let leses = Rammer(leses.0 & !(Rammer::av(Ramme::Usett).0 & !Rammer::av(ut[0].0).0));
                let sett = ut.iter().filter(|(r, u)| leses.har(*r) && !finnes_fullere(u.mangler, leses));
                prop_assert_eq!(sett.count(), 1);
            }
        }

        #[test]
        fn damaged_rows_are_read_or_refused(
            rader in prop::collection::vec((rad(), 0u8..4), 1..5),
            skader in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        ) {
            let mut byte = Vec::new();
            skriv_rader(&mut byte, &utgitt(&rader));
            for (plass, verdi) in skader {
                let plass = plass.index(byte.len());
                byte[plass] = verdi;
            }
            let _ = les_rader(&byte, |rad| rad.til_rad().map(|_| ()));
        }

        #[test]
        fn any_bytes_are_rows_a_head_and_a_frame_or_refused(byte in prop::collection::vec(any::<u8>(), 0..120)) {
            let _ = les_rader(&byte, |rad| rad.til_rad().map(|_| ()));
            if let Ok((_, rest)) = Hode::les(&byte) {
                let _ = les_rader(rest, |rad| rad.til_rad().map(|_| ()));
            }
            let noekkel = Noekkel::fra_byte([7; 32]);
            for ramme in Ramme::ALLE {
                let _ = pakk_opp(ramme, 1, &byte, Some(&noekkel));
            }
        }

        #[test]
        fn a_head_comes_back_as_it_was(
            vern in 0u8..4,
            generasjon in any::<u8>(),
            rammer in any::<u32>().prop_map(Rammer),
            numre in prop::collection::vec((0u64..100_000_000_000, any::<bool>()), 0..4),
            viderefoert_til in prop::option::of(0..u32::MAX),
            overtatt in prop::collection::vec(any::<u32>(), 0..3),
            kontakter in prop::collection::vec(0u64..100_000_000_000, 0..3),
            rest in prop::collection::vec(any::<u8>(), 0..9),
        ) {
            let numre = numre.into_iter().map(|(verdi, i_bruk)| Nummer { verdi, i_bruk }).collect();
            let vern = Grad::fra_tall(vern);
            let hode = Hode { vern, noekkelgenerasjon: generasjon, numre, viderefoert_til, rammer, overtatt, kontakter };
            let mut byte = Vec::new();
            hode.skriv(&mut byte);
            byte.extend_from_slice(&rest);
            let lest = Hode::les(&byte).unwrap();
            prop_assert_eq!(lest, (hode, rest.as_slice()));
        }
    }
}
