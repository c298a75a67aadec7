//! Timing: the same request on two stores, interleaved in random order, and Welch's t over several crops.
//!
//! ```text
//!  a a b a b b a b …      the order is drawn, so that what drifts drifts alike for both
//!  all times ─▶ crop at the p-th percentile of both together ─▶ means, variances ─▶ t
//! ```
//! Two stores are never the same to a machine, even when they hold the same: pages, heap and caches lie otherwise, and at a
//! hundred thousand calls that shows in Welch's t as clearly as a leak would. So several pairs of stores are built of the
//! same two stories, and the question is put to them ([`t_over_lagre`]): is one story slower than the other in pair after
//! pair? What lies in the stores is; where it happens to lie is not (ADR 0014).
//!
//! The times have a long tail of interrupts and scheduling that drowns small differences; a crop takes it away, and several
//! are tried, because a leak may lie in the tail too. Source: Reparaz, Balasch, Verbauwhede, "dude, is my code constant
//! time?", DATE 2017: |t| above 4.5 at 10^5 measurements is a leak for certain; below it nothing is proven.

use std::time::Instant;

use axum::Router;

use crate::{Foresporsel, Par, Tilfeldig, spoer};

/// Percentiles at which the times are cropped; the last is no crop.
pub const KUTT: [f64; 6] = [0.5, 0.7, 0.8, 0.9, 0.99, 1.0];

/// What a measurement gave.
#[derive(Clone, Debug)]
pub struct Maaling {
    /// Pairs measured.
    pub par: usize,
    /// Welch's t for each of [`KUTT`]; positive when `a` is the slower.
    pub t: Vec<f64>,
    /// How much longer `a` took on average, nanoseconds, for each of [`KUTT`].
    pub lenger_ns: Vec<f64>,
    /// Medians, nanoseconds.
    pub median_ns: Par<f64>,
    /// Pairs whose answers were not equal in status and length; must be none, else it is not the same request.
    pub ulike: usize,
}

impl Maaling {
    /// The largest |t| over the crops.
    #[must_use]
    pub fn verste(&self) -> f64 {
        self.t.iter().fold(0.0, |mest, t| mest.max(t.abs()))
    }
}

/// Measures `antall` pairs after a tenth as many for warming up.
pub async fn maal(router: &Par<Router>, foresporsel: &Par<Foresporsel>, antall: usize, froe: u64) -> Maaling {
    let mut tilfeldig = Tilfeldig::new(froe);
    let mut tider = Par {
        a: Vec::with_capacity(antall),
        b: Vec::with_capacity(antall),
    };
    let mut ulike = 0;
    for nr in 0..antall + antall / 10 {
        let a_foerst = tilfeldig.en_av(2);
        let (mut form_a, mut form_b) = ((0, 0), (0, 0));
        for er_a in [a_foerst, !a_foerst] {
            let (router, foresporsel) = if er_a {
                (&router.a, &foresporsel.a)
            } else {
                (&router.b, &foresporsel.b)
            };
            let start = Instant::now();
            let svar = spoer(router, foresporsel).await;
            let brukt = start.elapsed();
            let form = (svar.status, svar.kropp.len());
            let ns = u32::try_from(brukt.as_nanos()).map_or(f64::from(u32::MAX), f64::from);
            let (til, sett) = if er_a {
                (&mut tider.a, &mut form_a)
            } else {
                (&mut tider.b, &mut form_b)
            };
            *sett = form;
            if nr >= antall / 10 {
                til.push(ns);
            }
        }
        ulike += usize::from(form_a != form_b);
    }
    Maaling {
        par: antall,
        t: KUTT.iter().map(|p| t_verdi(&tider, *p)).collect(),
        lenger_ns: KUTT.iter().map(|p| lenger(&tider, *p)).collect(),
        median_ns: Par {
            a: persentil(&tider.a, 0.5),
            b: persentil(&tider.b, 0.5),
        },
        ulike,
    }
}

/// Student's t over pairs of stores, for each of [`KUTT`]: the differences of the pairs' means against how they vary from pair
/// to pair. 0 when there is too little to tell.
#[must_use]
pub fn t_over_lagre(maalinger: &[Maaling]) -> Vec<f64> {
    let kutt = |nr: usize| {
        let (n, snitt, varians) = moment(maalinger.iter().filter_map(|m| m.lenger_ns.get(nr).copied()));
        let nevner = (varians / n).sqrt();
        if n < 2.0 || nevner == 0.0 || !nevner.is_finite() {
            0.0
        } else {
            snitt / nevner
        }
    };
    (0..KUTT.len()).map(kutt).collect()
}

/// How much longer one took on average, cropped at a percentile of both together.
fn lenger(tider: &Par<Vec<f64>>, persentilen: f64) -> f64 {
    let [(_, a, _), (_, b, _)] = kuttet(tider, persentilen);
    a - b
}

/// Welch's t of two samples, cropped at a percentile of both together; 0 when there is too little to tell.
#[must_use]
pub fn t_verdi(tider: &Par<Vec<f64>>, persentilen: f64) -> f64 {
    let [(na, ma, va), (nb, mb, vb)] = kuttet(tider, persentilen);
    let nevner = (va / na + vb / nb).sqrt();
    if na < 2.0 || nb < 2.0 || nevner == 0.0 || !nevner.is_finite() {
        0.0
    } else {
        (ma - mb) / nevner
    }
}

/// Count, mean and variance of each, cropped at a percentile of both together.
fn kuttet(tider: &Par<Vec<f64>>, persentilen: f64) -> [(f64, f64, f64); 2] {
    let alle: Vec<f64> = tider.a.iter().chain(&tider.b).copied().collect();
    let grense = persentil(&alle, persentilen);
    [&tider.a, &tider.b].map(|t| moment(t.iter().copied().filter(|x| *x <= grense)))
}

/// Count, mean and variance, by Welford's method.
fn moment(verdier: impl Iterator<Item = f64>) -> (f64, f64, f64) {
    let (mut n, mut snitt, mut m2) = (0.0, 0.0, 0.0);
    for x in verdier {
        n += 1.0;
        let avvik = x - snitt;
        snitt += avvik / n;
        m2 += avvik * (x - snitt);
    }
    (n, snitt, if n > 1.0 { m2 / (n - 1.0) } else { 0.0 })
}

/// The value that a share of the values does not pass.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a place in a list of at most millions, from a share between 0 and 1"
)]
fn persentil(verdier: &[f64], p: f64) -> f64 {
    let mut sortert = verdier.to_vec();
    sortert.sort_by(f64::total_cmp);
    let plass = (sortert.len().saturating_sub(1) as f64 * p) as usize;
    sortert.get(plass).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stoey(froe: u64, antall: usize, pluss: f64) -> Vec<f64> {
        let mut t = Tilfeldig::new(froe);
        // A sum of eight even draws, and now and then an interrupt.
        (0..antall)
            .map(|_| {
                let sum: u32 = (0..8).map(|_| u32::try_from(t.under(1_000)).unwrap()).sum();
                let brudd = if t.en_av(50) { 50_000.0 } else { 0.0 };
                f64::from(sum) + pluss + brudd
            })
            .collect()
    }

    fn verste(pluss: f64) -> f64 {
        let tider = Par {
            a: stoey(1, 20_000, pluss),
            b: stoey(2, 20_000, 0.0),
        };
        KUTT.iter().map(|p| t_verdi(&tider, *p).abs()).fold(0.0, f64::max)
    }

    #[test]
    fn two_samples_of_the_same_are_not_told_apart_and_a_small_shift_is() {
        assert!(verste(0.0) < 4.5, "{}", verste(0.0));
        assert!(verste(100.0) > 4.5, "{}", verste(100.0));
    }

    #[test]
    fn a_difference_in_every_pair_of_stores_is_seen_and_one_that_comes_and_goes_is_not() {
        let maaling = |lenger: f64| Maaling {
            par: 1,
            t: Vec::new(),
            lenger_ns: vec![lenger; KUTT.len()],
            median_ns: Par { a: 0.0, b: 0.0 },
            ulike: 0,
        };
        let t = |ns: &[f64]| t_over_lagre(&ns.iter().map(|x| maaling(*x)).collect::<Vec<_>>())[0].abs();
        assert!(t(&[100.0, 110.0, 90.0, 105.0, 95.0, 100.0]) > 4.5);
        assert!(t(&[100.0, -110.0, 90.0, -105.0, -95.0, 100.0]) < 4.5);
        assert!(t(&[100.0]) < f64::EPSILON);
    }

    #[test]
    fn too_little_says_nothing() {
        let en = Par {
            a: vec![1.0],
            b: vec![2.0],
        };
        assert!(t_verdi(&en, 1.0).abs() < f64::EPSILON);
        let like = Par {
            a: vec![1.0; 9],
            b: vec![1.0; 9],
        };
        assert!(t_verdi(&like, 1.0).abs() < f64::EPSILON);
    }
}
