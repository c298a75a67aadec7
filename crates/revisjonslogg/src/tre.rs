//! The Merkle tree over the records, as RFC 6962 section 2.1 defines it: roots, inclusion proofs, consistency proofs.
//!
//! ```text
//!  leaf = SHA-256(0x00 ‖ record)      node = SHA-256(0x01 ‖ left ‖ right)
//!
//!  a tree of 7      root
//!                 /      \
//!              k=4         .          k: the greatest power of two below the size
//!             /   \      /   \
//!            .     .    .     6
//!           0 1   2 3  4 5
//! ```
//! A record never changes its place, so the root of a whole block of records never changes either: what is kept of a
//! block that is gone is one hash.

use sha2::{Digest as _, Sha256};

/// A SHA-256 hash.
pub type Avtrykk = [u8; 32];

/// The hash of a record as a leaf.
#[must_use]
pub fn blad(post: &[u8]) -> Avtrykk {
    let mut avtrykk = Sha256::new();
    avtrykk.update([0]);
    avtrykk.update(post);
    avtrykk.finalize().into()
}

/// The hash of two subtrees together.
#[must_use]
pub fn node(venstre: &Avtrykk, hoeyre: &Avtrykk) -> Avtrykk {
    let mut avtrykk = Sha256::new();
    avtrykk.update([1]);
    avtrykk.update(venstre);
    avtrykk.update(hoeyre);
    avtrykk.finalize().into()
}

/// The root of a tree without leaves.
#[must_use]
pub fn tom() -> Avtrykk {
    Sha256::digest([]).into()
}

/// A tree that only grows: its whole subtrees, the largest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tre {
    antall: u64,
    topper: Vec<(u32, Avtrykk)>,
}

impl Tre {
    /// Number of leaves.
    #[must_use]
    pub fn antall(&self) -> u64 {
        self.antall
    }

    /// Adds a leaf.
    pub fn legg_til(&mut self, blad: Avtrykk) {
        self.legg_til_helt(0, blad);
    }

    /// Adds a whole subtree of 2^`nivaa` leaves. The tree so far must be made of subtrees at least as large.
    pub fn legg_til_helt(&mut self, nivaa: u32, rot: Avtrykk) {
        let (mut nivaa, mut rot) = (nivaa, rot);
        self.antall += 1 << nivaa;
        while let Some((forrige, venstre)) = self.topper.last() {
            if *forrige != nivaa {
                break;
            }
            rot = node(venstre, &rot);
            nivaa += 1;
            self.topper.pop();
        }
        self.topper.push((nivaa, rot));
    }

    /// Adds all of another tree. This one must be made of subtrees at least as large as the largest of it.
    pub fn legg_til_tre(&mut self, annet: &Tre) {
        for (nivaa, rot) in &annet.topper {
            self.legg_til_helt(*nivaa, *rot);
        }
    }

    /// The root.
    #[must_use]
    pub fn rot(&self) -> Avtrykk {
        let mut topper = self.topper.iter().rev().map(|(_, rot)| *rot);
        let Some(siste) = topper.next() else {
            return tom();
        };
        topper.fold(siste, |hoeyre, venstre| node(&venstre, &hoeyre))
    }
}

/// Gives roots of parts of a tree, which may be asked for in any order.
pub trait Deler {
    /// Why a part cannot be given.
    type Feil;

    /// The root of a whole, aligned subtree of 2^`nivaa` leaves from leaf `fra`.
    ///
    /// # Errors
    /// The keeper's own.
    fn hel(&mut self, fra: u64, nivaa: u32) -> Result<Avtrykk, Self::Feil>;
}

/// The root of the leaves `fra..til`, where `fra` is where a subtree begins.
///
/// # Errors
/// The keeper's own.
pub fn rot_av<D: Deler>(deler: &mut D, fra: u64, til: u64) -> Result<Avtrykk, D::Feil> {
    let antall = til.saturating_sub(fra);
    match antall {
        0 => Ok(tom()),
        n if n.is_power_of_two() => deler.hel(fra, n.trailing_zeros()),
        n => {
            let k = skille(n);
            Ok(node(&rot_av(deler, fra, fra + k)?, &rot_av(deler, fra + k, til)?))
        }
    }
}

/// The inclusion proof of leaf `nr` in a tree of `antall`: the hashes beside the way up. Source: RFC 6962, 2.1.1.
///
/// # Errors
/// The keeper's own. `nr` must be below `antall`.
pub fn innslagsbevis<D: Deler>(deler: &mut D, nr: u64, antall: u64) -> Result<Vec<Avtrykk>, D::Feil> {
    let mut bevis = Vec::new();
    let (mut fra, mut til) = (0, antall);
    while til - fra > 1 {
        let k = skille(til - fra);
        if nr < fra + k {
            bevis.push(rot_av(deler, fra + k, til)?);
            til = fra + k;
        } else {
            bevis.push(rot_av(deler, fra, fra + k)?);
            fra += k;
        }
    }
    bevis.reverse();
    Ok(bevis)
}

/// The root that an inclusion proof leads to; `None` if the proof has not the right length. Source: RFC 9162, 2.1.3.2.
#[must_use]
pub fn rot_av_innslag(blad: Avtrykk, nr: u64, antall: u64, bevis: &[Avtrykk]) -> Option<Avtrykk> {
    if nr >= antall {
        return None;
    }
    let (mut f, mut s) = (nr, antall - 1);
    let mut rot = blad;
    for side in bevis {
        if s == 0 {
            return None;
        }
        if f & 1 == 1 || f == s {
            rot = node(side, &rot);
            while f & 1 == 0 && f != 0 {
                f >>= 1;
                s >>= 1;
            }
        } else {
            rot = node(&rot, side);
        }
        f >>= 1;
        s >>= 1;
    }
    (s == 0).then_some(rot)
}

/// The proof that a tree of `ny` leaves holds all of one of `gammel`, unchanged. Source: RFC 6962, 2.1.2.
///
/// # Errors
/// The keeper's own. `gammel` must be from 1 to `ny`.
pub fn vekstbevis<D: Deler>(deler: &mut D, gammel: u64, ny: u64) -> Result<Vec<Avtrykk>, D::Feil> {
    let mut bevis = Vec::new();
    let (mut fra, mut til) = (0, ny);
    let mut hel = true;
    // Down to the subtree that ends where the old tree ended.
    while gammel != til {
        let k = skille(til - fra);
        if gammel - fra <= k {
            bevis.push(rot_av(deler, fra + k, til)?);
            til = fra + k;
        } else {
            bevis.push(rot_av(deler, fra, fra + k)?);
            fra += k;
            hel = false;
        }
    }
    if !hel {
        bevis.push(rot_av(deler, fra, til)?);
    }
    bevis.reverse();
    Ok(bevis)
}

/// Whether a proof shows that the tree of `gammel` leaves under `gammel_rot` grew into that of `ny` under `ny_rot`.
/// Source: RFC 9162, 2.1.4.2.
#[must_use]
pub fn er_vekst(gammel: u64, gammel_rot: &Avtrykk, ny: u64, ny_rot: &Avtrykk, bevis: &[Avtrykk]) -> bool {
    if gammel == 0 || gammel > ny {
        return false;
    }
    if gammel == ny {
        return bevis.is_empty() && gammel_rot == ny_rot;
    }
    let (mut f, mut s) = (gammel - 1, ny - 1);
    while f & 1 == 1 {
        f >>= 1;
        s >>= 1;
    }
    let mut resten = bevis.iter();
    let foerste = if gammel.is_power_of_two() {
        Some(gammel_rot)
    } else {
        resten.next()
    };
    let Some(foerste) = foerste else { return false };
    let (mut a, mut b) = (*foerste, *foerste);
    for side in resten {
        if s == 0 {
            return false;
        }
        if f & 1 == 1 || f == s {
            a = node(side, &a);
            b = node(side, &b);
            while f & 1 == 0 && f != 0 {
                f >>= 1;
                s >>= 1;
            }
        } else {
            b = node(&b, side);
        }
        f >>= 1;
        s >>= 1;
    }
    s == 0 && a == *gammel_rot && b == *ny_rot
}

/// The greatest power of two below `n`, which is at least 2.
fn skille(n: u64) -> u64 {
    1 << (63 - (n - 1).leading_zeros())
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, reason = "the trees of a test are small")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition of RFC 6962, word for word.
    fn mth(d: &[Avtrykk]) -> Avtrykk {
        match d {
            [] => tom(),
            [en] => *en,
            _ => {
                let k = skille(d.len() as u64) as usize;
                node(&mth(&d[..k]), &mth(&d[k..]))
            }
        }
    }

    struct Alle(Vec<Avtrykk>);

    impl Deler for Alle {
        type Feil = std::convert::Infallible;

        fn hel(&mut self, fra: u64, nivaa: u32) -> Result<Avtrykk, Self::Feil> {
            let (fra, antall) = (fra as usize, 1usize << nivaa);
            assert_eq!(fra % antall, 0, "aligned");
            Ok(mth(&self.0[fra..fra + antall]))
        }
    }

    fn blader(n: u64) -> Vec<Avtrykk> {
        (0..n).map(|n| blad(&n.to_be_bytes())).collect()
    }

    fn heks(byte: &[u8]) -> String {
        byte.iter().map(|b| format!("{b:02x}")).collect()
    }

    #[test]
    fn the_published_roots_come_out() {
        // Source: the test vectors of the Certificate Transparency project, eight leaves.
        let blader: [&[u8]; 8] = [
            b"",
            b"\0",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let roetter = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut tre = Tre::default();
        assert_eq!(
            heks(&tre.rot()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        for (post, rot) in blader.into_iter().zip(roetter) {
            tre.legg_til(blad(post));
            assert_eq!(heks(&tre.rot()), rot);
        }
    }

    #[test]
    fn every_proof_of_every_small_tree_holds_and_no_other_leaf_or_root_does() {
        let mut alle = Alle(blader(40));
        let mut tre = Tre::default();
        for antall in 1..=40u64 {
            tre.legg_til(alle.0[antall as usize - 1]);
            let rot = mth(&alle.0[..antall as usize]);
            assert_eq!((tre.rot(), tre.antall()), (rot, antall));
            for nr in 0..antall {
                let bevis = innslagsbevis(&mut alle, nr, antall).unwrap();
                let blad = alle.0[nr as usize];
                assert_eq!(rot_av_innslag(blad, nr, antall, &bevis), Some(rot));
                assert_ne!(rot_av_innslag(super::blad(b"annet"), nr, antall, &bevis), Some(rot));
                for annet in (0..antall).filter(|n| *n != nr) {
                    assert_ne!(rot_av_innslag(blad, annet, antall, &bevis), Some(rot));
                }
                assert_eq!(rot_av_innslag(blad, antall, antall, &bevis), None);
            }
            for gammel in 1..=antall {
                let bevis = vekstbevis(&mut alle, gammel, antall).unwrap();
                let gammel_rot = mth(&alle.0[..gammel as usize]);
                assert!(er_vekst(gammel, &gammel_rot, antall, &rot, &bevis));
                assert!(!er_vekst(gammel, &tom(), antall, &rot, &bevis));
                assert!(!er_vekst(gammel, &gammel_rot, antall, &tom(), &bevis));
                let mut lengre = bevis.clone();
                lengre.push(rot);
                assert!(!er_vekst(gammel, &gammel_rot, antall, &rot, &lengre));
                if !bevis.is_empty() {
                    assert!(!er_vekst(gammel, &gammel_rot, antall, &rot, &bevis[1..]));
                }
            }
        }
    }

    #[test]
    fn whole_subtrees_are_added_as_their_leaves_would_be() {
        let blader = blader(23);
        let mut helt = Tre::default();
        helt.legg_til_helt(3, mth(&blader[..8]));
        helt.legg_til_helt(3, mth(&blader[8..16]));
        let mut enkelt = Tre::default();
        for (nr, blad) in blader.iter().enumerate() {
            enkelt.legg_til(*blad);
            if nr >= 16 {
                helt.legg_til(*blad);
            }
        }
        assert_eq!(helt, enkelt);
    }

    proptest! {
        #[test]
        fn any_proof_is_judged_and_never_panics(
            nr in any::<u64>(),
            antall in any::<u64>(),
            bevis in prop::collection::vec(any::<[u8; 32]>(), 0..70),
        ) {
            prop_assert_ne!(rot_av_innslag([7; 32], nr, antall, &bevis), Some([7; 32]).filter(|_| antall != 1));
            prop_assert!(nr == antall || !er_vekst(nr, &[1; 32], antall, &[2; 32], &bevis));
        }
    }
}
