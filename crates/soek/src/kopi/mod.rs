//! What the health sector's copy is searched by: the Person API's criteria, beside those of the register's own search.
//!
//! What lives here: the view ([`Kopivisning`]), what may be asked ([`Kriterier`]), and the three answers: the first ([`finn_foerste`]), a
//! page ([`finn_side`]) and how many ([`tell`]). What does not: HTTP, English words, limits on what a caller must ask for, and who may
//! ask. The copy holds one current entry of each kind that is searched, so sets alone answer, and no person is ever opened.
//!
//! What a newcomer gets wrong: a word of a criterion is the beginning of a word, not a whole one; and a part of an address is asked of
//! one of the person's addresses with all the other parts, never one part here and one there.

mod adresse;
mod datoer;
mod finn;
mod kriterier;
mod visning;

pub use adresse::{Adresse, Grunnkretser, IngenGrunnkretser};
pub use finn::{FOERSTE_MAKS, SIDE_MAKS, finn_duf, finn_foerste, finn_side, finn_side_uten, tell, tell_uten};
pub use kriterier::{Adressekriterier, Datointervall, Gateadresse, Kriterier, Navneord};
pub use visning::Kopivisning;
