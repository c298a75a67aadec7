//! Bytes from outside as numbers of every kind: read or refused, and never shown.

use identifikator::{
    Dato, DufNummer, FellesHjelpenummer, Folkeregisteridentifikator, InterntHjelpenummer, Organisasjonsnummer,
    Tildelingstid, forklar, klassifiser,
};

const ORD: &[&str] = &[
    "30908299902",
    "01810050032",
    "01912499975",
    "310000000",
    "８",
    "٣",
    "0192:",
    "-",
    " ",
];

fn gyldige() -> Vec<Vec<u8>> {
    ORD.iter().map(|o| o.as_bytes().to_vec()).collect()
}

fn proev(byte: &[u8]) {
    let Ok(tekst) = std::str::from_utf8(byte) else { return };
    if let Ok(nummer) = Folkeregisteridentifikator::parse(tekst) {
        assert_eq!(nummer.as_str(), tekst);
        assert!(tekst.len() == 11 && !format!("{nummer:?}").contains(tekst));
        let _ = nummer.mulige_foedselsdatoer(Tildelingstid::Ukjent);
    }
    if let Err(feil) = Folkeregisteridentifikator::parse(tekst) {
        // Nothing of what was sent comes back; a short text could stand in ours by accident.
        assert!(tekst.len() < 6 || !feil.to_string().contains(tekst));
    }
    let _ = FellesHjelpenummer::parse(tekst);
    let _ = InterntHjelpenummer::parse(tekst);
    let _ = DufNummer::parse(tekst);
    let _ = tekst.parse::<Dato>();
    if let Ok(nummer) = Organisasjonsnummer::parse(tekst) {
        assert_eq!(nummer.to_string(), tekst);
    }
    let forklaring = forklar(tekst);
    let _ = (forklaring.er_gyldig(), format!("{forklaring}"));
    let _ = klassifiser(tekst).nummertyper().count();
}

fuzz::maal!(paalitelighet_15_fuzz_numre, 6_000, ORD, gyldige, proev);
