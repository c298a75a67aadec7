//! Texts of the model: free text and texts of a given form, with the limits of the published schemas.

use crate::feil::Grunn;
use crate::skjema::Tekstform;

/// Which rule a text breaks, if any.
pub(crate) fn mangel(tekst: &str, form: &Tekstform) -> Option<Grunn> {
    // Bytes are never fewer than characters, so the common short text is settled without counting.
    if tekst.len() > form.lengde_maks && tekst.chars().count() > form.lengde_maks {
        return Some(Grunn::ForLang(form.lengde_maks));
    }
    if !tekst.chars().all(kan_staa_i_xml) {
        return Some(Grunn::Tegn);
    }
    (!(form.passer)(tekst)).then_some(Grunn::Form(form.beskrivelse))
}

/// Whether XML 1.0 can carry the character, and carry it unchanged (a carriage return would come back as a newline).
pub(crate) fn kan_staa_i_xml(tegn: char) -> bool {
    matches!(tegn, '\t' | '\n' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}

/// A code is a short word: letters and digits, as in every published list.
pub(crate) fn er_kode(tekst: &str) -> bool {
    (1..=100).contains(&tekst.len()) && tekst.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn alt(_: &str) -> bool {
    true
}

fn siffer(tekst: &str, antall: usize) -> bool {
    tekst.len() == antall && tekst.bytes().all(|b| b.is_ascii_digit())
}

fn store_bokstaver(tekst: &str, antall: usize) -> bool {
    tekst.len() == antall && tekst.bytes().all(|b| b.is_ascii_uppercase())
}

teksttyper! {
    /// Free text.
    ///
    /// Source: XSD type `Tekst`.
    Tekst { maks 4000, passer alt, "tekst" }
    /// A part of a name.
    ///
    /// Source: information model, "Name parts max 200".
    Navnedel { maks 200, passer alt, "navn" }
    /// A shortened name.
    ///
    /// Source: information model, `forkortetNavn`.
    ForkortetNavn { maks 40, passer alt, "forkortet navn" }
    /// Name of an organisation.
    Organisasjonsnavn { maks 175, passer alt, "organisasjonsnavn" }
    /// A foedselsnummer or D-nummer that is referred to: eleven digits, control digits not required.
    ///
    /// Source: XSD type `Foedselsnummer`.
    Foedselsnummer { maks 11, moenster "[0-9]{11}", passer |t| siffer(t, 11), "11 siffer" }
    /// An organisation number: nine digits.
    Organisasjonsnummer { maks 9, moenster "[0-9]{9}", passer |t| siffer(t, 9), "9 siffer" }
    /// A kommune: four digits, zero first kept.
    Kommunenummer { maks 4, moenster "[0-9]{4}", passer |t| siffer(t, 4), "4 siffer" }
    /// A postnummer: four digits, zero first kept.
    Postnummer { maks 4, moenster "[0-9]{4}", passer |t| siffer(t, 4), "4 siffer" }
    /// A year: four digits.
    Aarstall { maks 4, moenster "[0-9]{4}", passer |t| siffer(t, 4), "4 siffer" }
    /// A country in two letters (foreign addresses).
    Land2 { maks 2, moenster "[A-Z]{2}", passer |t| store_bokstaver(t, 2), "landkode med to bokstaver" }
    /// A country in three letters.
    Land3 { maks 3, moenster "[A-Z]{3}", passer |t| store_bokstaver(t, 3), "landkode med tre bokstaver" }
    /// A house number: one to four digits.
    Husnummer { maks 4, moenster "[0-9]{1,4}", passer |t| (1..=4).contains(&t.len()) && siffer(t, t.len()), "1 til 4 siffer" }
    /// The letter of a house number.
    Husbokstav { maks 1, moenster "[A-Za-zæøåÆØÅ]", passer |t| matches!(t, "æ" | "ø" | "å" | "Æ" | "Ø" | "Å") || (t.len() == 1 && t.bytes().all(|b| b.is_ascii_alphabetic())), "én bokstav" }
    /// An identifier that another register made.
    Identifikator { maks 4000, passer alt, "identifikator" }
}
