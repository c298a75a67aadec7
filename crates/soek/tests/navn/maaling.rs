//! How well the keys tell the labelled pairs apart.

use soek::{fonetikk, navn};

use crate::merket::{Merke, Par, les_par};

/// Least part of the true pairs that must be joined, and greatest of the near ones.
const FUNNET_MINST: f64 = 0.95;
const GALT_HOEYST: f64 = 0.03;
/// `a` shows what part a misses and joins wrongly.
const VIS: &str = "SOEK_VIS";

fn like(par: &Par) -> bool {
    let ord = |navn| navn::words(navn).join("");
    fonetikk::alike(&ord(&par.a), &ord(&par.b))
}

fn andel<'a>(par: impl Iterator<Item = &'a Par>) -> f64 {
    let (like, alle) = par.fold((0_u32, 0_u32), |(l, n), p| (l + u32::from(like(p)), n + 1));
    f64::from(like) / f64::from(alle)
}

#[test]
fn true_pairs_are_found_and_near_ones_are_not_joined() {
    let par = les_par();
    if let Some(del) = std::env::var(VIS).ok().and_then(|d| d.chars().next()) {
        for p in par
            .iter()
            .filter(|p| p.del == del && like(p) != (p.merke == Merke::Lik))
        {
            println!("{:?} {} {} {}", p.merke, p.klasse, p.a, p.b);
        }
        for merke in [Merke::Lik, Merke::Ulik] {
            println!(
                "{del} {merke:?} {:.4}",
                andel(par.iter().filter(|p| p.del == del && p.merke == merke))
            );
        }
        return;
    }
    let funnet = andel(par.iter().filter(|p| p.merke == Merke::Lik));
    let galt = andel(par.iter().filter(|p| p.merke == Merke::Ulik));
    assert!(funnet >= FUNNET_MINST, "{funnet}");
    assert!(galt <= GALT_HOEYST, "{galt}");
}
