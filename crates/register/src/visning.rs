//! What a person is found by: the view that another crate defines, and that the register commits with each record.

use std::borrow::Cow;

use informasjonsmodell::Entitet;
use informasjonsmodell::json::Metadatafelter;
use tilgang::{Entitetsmengde, Publikum, utgaver};

use crate::post::Personpost;
use crate::rad::Rad;

/// What persons are found by. The register keeps the terms that a view gives, and puts each person under them in the
/// transaction that changes the person.
///
/// A view is a function of what a record holds now, and of nothing else: the same record gives the same terms.
pub trait Visning: Send + Sync {
    /// Changes when the same record gives other terms than before; what was made by another version is made anew.
    fn versjon(&self) -> u32;

    /// The entities that terms come from; others are not shown.
    fn entiteter(&self) -> Entitetsmengde;

    /// Gives a person's terms.
    fn termer(&self, bilde: &Bilde<'_>, ut: &mut Termer);
}

/// A person as the register holds it now, each entry as somebody is shown it.
#[derive(Debug)]
pub struct Bilde<'a> {
    /// `false` of whoever was merged into another, and is nobody.
    pub finnes: bool,
    /// In document order of their entities; an entry that is shown to some in one way and to others in another stands once
    /// for each.
    pub oppfoeringer: Vec<Bildeoppfoering<'a>>,
}

/// One entry, as some are shown it.
#[derive(Debug)]
pub struct Bildeoppfoering<'a> {
    /// Which entity.
    pub entitet: Entitet,
    /// Current.
    pub gjeldende: bool,
    /// Who is shown it so.
    pub publikum: Publikum,
    /// What they are shown, without metadata, as JSON text.
    pub kropp: Cow<'a, [u8]>,
}

/// A person's terms, each with those who may find the person by it.
#[derive(Clone, Debug, Default)]
pub struct Termer {
    byte: Vec<u8>,
    /// In order and each once when it is read.
    liste: Vec<Plass>,
}

/// Where a term lies, and whose it is.
#[derive(Clone, Copy, Debug)]
struct Plass {
    /// Its first eight bytes as a number, which tells most terms apart.
    begynnelse: u64,
    fra: u32,
    til: u32,
    publikum: Publikum,
}

/// First byte of terms that can be listed by how they begin: those from this one on.
pub const ORDNET: u8 = 0x80;

impl Termer {
    /// None yet, with room for those of most persons.
    pub(crate) fn ingen() -> Self {
        Termer {
            byte: Vec::with_capacity(512),
            liste: Vec::with_capacity(64),
        }
    }

    /// Adds a term: a byte for its kind, and what it says. Of a kind from [`ORDNET`] on, the rest is text, and terms of it
    /// can be listed by their first letters.
    pub fn legg_til(&mut self, publikum: Publikum, slag: u8, verdi: &[u8]) {
        let fra = self.byte.len();
        self.byte.push(slag);
        self.byte.extend_from_slice(verdi);
        // A record is bounded far below what this could not count.
        if let (Ok(fra), Ok(til), false) = (u32::try_from(fra), u32::try_from(self.byte.len()), publikum.er_tomt()) {
            let mut begynnelse = [0; 8];
            let byte = std::iter::once(&slag).chain(verdi);
            begynnelse.iter_mut().zip(byte).for_each(|(til, fra)| *til = *fra);
            self.liste.push(Plass {
                begynnelse: u64::from_be_bytes(begynnelse),
                fra,
                til,
                publikum,
            });
        }
    }

    /// Puts the terms in order, each once with all of those who may find by it.
    pub(crate) fn ordne(&mut self) {
        let byte = &self.byte;
        let term = |plass: &Plass| byte.get(plass.fra as usize..plass.til as usize).unwrap_or_default();
        self.liste
            .sort_unstable_by(|a, b| a.begynnelse.cmp(&b.begynnelse).then_with(|| term(a).cmp(term(b))));
        self.liste.dedup_by(|senere, foer| {
            let like = senere.begynnelse == foer.begynnelse && term(senere) == term(foer);
            if like {
                foer.publikum = foer.publikum.og(senere.publikum);
            }
            like
        });
    }

    /// The terms.
    pub(crate) fn alle(&self) -> impl Iterator<Item = (&[u8], Publikum)> {
        let term = |plass: &Plass| {
            self.byte
                .get(plass.fra as usize..plass.til as usize)
                .unwrap_or_default()
        };
        self.liste.iter().map(move |plass| (term(plass), plass.publikum))
    }
}

/// The picture that a record gives.
pub(crate) fn bilde(post: &Personpost, entiteter: Entitetsmengde) -> Bilde<'_> {
    let mut oppfoeringer = Vec::with_capacity(16);
    let finnes = post.hode.viderefoert_til.is_none();
    if finnes {
        for rad in post.rader.iter().filter(|r| r.holdt()) {
            ta_rad(post, rad, entiteter, &mut oppfoeringer);
        }
    }
    Bilde { finnes, oppfoeringer }
}

fn ta_rad<'a>(post: &Personpost, rad: &'a Rad, entiteter: Entitetsmengde, ut: &mut Vec<Bildeoppfoering<'a>>) {
    let Some(entitet) = rad.entitet.filter(|e| entiteter.har(*e)) else {
        return;
    };
    let gjeldende = rad.gjeldende();
    let vist = tilgang::Rad {
        entitet,
        gjeldende,
        grad: rad.grad,
        skjult_status: rad.skjult_status,
        metadata: Metadatafelter::default(),
        kropp: &rad.kropp,
        spenn: &rad.spenn,
    };
    ut.extend(
        utgaver(post.hode.vern, &vist)
            .into_iter()
            .map(|(publikum, kropp)| Bildeoppfoering {
                entitet,
                gjeldende,
                publikum,
                kropp,
            }),
    );
}
