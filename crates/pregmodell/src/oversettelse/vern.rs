//! Whether anything of a person's addresses is hidden, and how strictly.
//!
//! The document is of a projection without graded addresses, and this must not depend on it: a grade that is found all the same hides everything, and one
//! that is not known is the strictest. What a newcomer gets wrong: klientadresse is a grade of the address alone, so the right projection has no trace of it;
//! who holds the store must say so ([`super::Grunnlag::klientadresse`]).

use informasjonsmodell::Entitet;
use informasjonsmodell::kodeverk::Adressegradering;
use tilgang::Grad;

use super::dokument::{Dokument, Post};
use crate::Skjult;

/// Every entity that has an address with a grade.
const ADRESSER: [Entitet; 5] = [
    Entitet::Bostedsadresse,
    Entitet::Oppholdsadresse,
    Entitet::DeltBosted,
    Entitet::Postadresse,
    Entitet::PostadresseIUtlandet,
];

/// The grade of one entry. None told, or told in another form: the strictest.
pub(super) fn grad(post: Post<'_>, felt: &str) -> Grad {
    post.raa(felt).map_or(Grad::StrengtFortrolig, |kode| {
        Grad::fra_kode(&Adressegradering::fra_tekst(kode))
    })
}

/// What is hidden of the person, by what applies now.
pub(super) fn skjult(dokument: &Dokument, klientadresse: bool) -> Option<Skjult> {
    let beskyttelse = dokument
        .gjeldende(Entitet::Adressebeskyttelse)
        .map(|post| grad(post, "graderingsnivaa"));
    let adresser = ADRESSER
        .into_iter()
        .flat_map(|entitet| dokument.gjeldende(entitet))
        .map(|post| grad(post, "adressegradering"));
    let klient = klientadresse.then_some(Skjult::Klientadresse);
    beskyttelse
        .chain(adresser)
        .filter_map(Skjult::fra_grad)
        .chain(klient)
        .max()
}

/// Whether an address may be shown of somebody who hides nothing now: it has no grade.
pub(super) fn er_aapen(post: Post<'_>) -> bool {
    grad(post, "adressegradering") == Grad::Ugradert
}
