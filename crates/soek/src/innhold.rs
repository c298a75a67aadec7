//! The members of entries that something is found by, read from an entry's own text.
//!
//! A member that is not there, or is not what the model says, is not found by; nothing is refused here.

mod leser;

use std::borrow::Cow;

use leser::{Heltall, Les, Leser};

use crate::kommune;
use crate::kriterier::Husnummer;
use crate::termer::Adresseslag;

/// Reads an entry; what cannot be read says nothing.
pub(crate) fn les<'a, T: Les<'a> + Default>(kropp: &'a [u8]) -> T {
    leser::les(kropp).unwrap_or_default()
}

/// A text as it lies in the entry, copied only where it is written with escapes.
pub(crate) type Tekst<'a> = Option<Cow<'a, str>>;

/// Types that are members of an entry, each with its name there.
macro_rules! medlemmer {
    ($($(#[$dok:meta])* $type:ident { $($felt:ident: $av:ty = $navn:literal,)* })*) => {$(
        $(#[$dok])*
        #[derive(Debug, Default)]
        pub(crate) struct $type<'a> {
            $(pub $felt: $av,)*
        }

        impl<'a> Les<'a> for $type<'a> {
            fn les(leser: &mut Leser<'a>) -> Option<Self> {
                let mut ut = $type::default();
                leser.objekt(|leser, navn| {
                    match navn {
                        $($navn => ut.$felt = Les::les(leser)?,)*
                        _ => leser.hopp()?,
                    }
                    Some(())
                })?;
                Some(ut)
            }
        }
    )*};
}

medlemmer! {
    Navn {
        fornavn: Tekst<'a> = "fornavn",
        mellomnavn: Tekst<'a> = "mellomnavn",
        etternavn: Tekst<'a> = "etternavn",
    }
    Foedsel {
        foedselsdato: Tekst<'a> = "foedselsdato",
        foedselsaar: Tekst<'a> = "foedselsaar",
    }
    Kjoenn {
        kjoenn: Tekst<'a> = "kjoenn",
    }
    Nummer {
        identifikatortype: Tekst<'a> = "identifikatortype",
    }
    Status {
        status: Tekst<'a> = "status",
    }
    Statsborgerskap {
        statsborgerskap: Tekst<'a> = "statsborgerskap",
    }
    Sivilstand {
        sivilstand: Tekst<'a> = "sivilstand",
    }
    Doedsfall {
        doedsdato: Tekst<'a> = "doedsdato",
    }
    Identifikasjonsnummer {
        foedsels_eller_d_nummer: Tekst<'a> = "foedselsEllerDNummer",
    }
    /// A number that another country or the immigration authorities gave.
    Personidentifikasjon {
        identifikasjonsnummer: Tekst<'a> = "identifikasjonsnummer",
        utstederland: Tekst<'a> = "utstederland",
    }
    Legitimasjonsdokument {
        nummer: Tekst<'a> = "identifikasjonsdokumentnummer",
        utstederland: Tekst<'a> = "utstederland",
    }
    Adresseform {
        vegadresse: Option<Vegadresse<'a>> = "vegadresse",
        matrikkeladresse: Option<Matrikkeladresse<'a>> = "matrikkeladresse",
        ukjent_bosted: Option<UkjentBosted<'a>> = "ukjentBosted",
        grunnkrets: Option<Heltall> = "grunnkrets",
    }
    Vegadresse {
        kommunenummer: Tekst<'a> = "kommunenummer",
        adressenavn: Tekst<'a> = "adressenavn",
        adressekode: Tekst<'a> = "adressekode",
        adressenummer: Option<Adressenummer<'a>> = "adressenummer",
        poststed: Option<Poststed<'a>> = "poststed",
    }
    Adressenummer {
        husnummer: Tekst<'a> = "husnummer",
        husbokstav: Tekst<'a> = "husbokstav",
    }
    Matrikkeladresse {
        matrikkelnummer: Option<Matrikkelnummer<'a>> = "matrikkelnummer",
        undernummer: Option<Heltall> = "undernummer",
        poststed: Option<Poststed<'a>> = "poststed",
    }
    Matrikkelnummer {
        kommunenummer: Tekst<'a> = "kommunenummer",
        gaardsnummer: Option<Heltall> = "gaardsnummer",
        bruksnummer: Option<Heltall> = "bruksnummer",
        festenummer: Option<Heltall> = "festenummer",
    }
    UkjentBosted {
        bostedskommune: Tekst<'a> = "bostedskommune",
    }
    Poststed {
        postnummer: Tekst<'a> = "postnummer",
        poststedsnavn: Tekst<'a> = "poststedsnavn",
    }
}

/// What an address is found by.
#[derive(Debug, Default)]
pub(crate) struct Adresse<'a> {
    pub kommunenummer: Tekst<'a>,
    pub adressenavn: Tekst<'a>,
    pub husnummer: Tekst<'a>,
    pub husbokstav: Tekst<'a>,
    pub postnummer: Tekst<'a>,
}

impl<'a> Adresse<'a> {
    pub fn les(kropp: &'a [u8]) -> Self {
        let form: Adresseform<'_> = les(kropp);
        let mut ut = Adresse::default();
        if let Some(veg) = form.vegadresse {
            let nummer = veg.adressenummer.unwrap_or_default();
            ut.kommunenummer = veg.kommunenummer;
            ut.adressenavn = veg.adressenavn;
            ut.husnummer = nummer.husnummer;
            ut.husbokstav = nummer.husbokstav;
            ut.postnummer = veg.poststed.and_then(|p| p.postnummer);
        } else if let Some(matrikkel) = form.matrikkeladresse {
            ut.kommunenummer = matrikkel.matrikkelnummer.and_then(|m| m.kommunenummer);
            ut.postnummer = matrikkel.poststed.and_then(|p| p.postnummer);
        } else if let Some(ukjent) = form.ukjent_bosted {
            ut.kommunenummer = ukjent.bostedskommune;
        }
        ut
    }
}

impl Adresse<'_> {
    /// The kommuner that the address is found in: the one it is shown with and, while it is current, the one that this is
    /// today. Former addresses keep their own (contract: "the kommunenummer valid when the person lived there").
    pub fn kommuner(&self, slag: Adresseslag) -> [Option<&str>; 2] {
        let egen = self.kommunenummer.as_deref();
        [egen, self.idag(slag).kommune]
    }

    /// The fylker that the address is found in, likewise.
    pub fn fylker(&self, slag: Adresseslag) -> [Option<&str>; 2] {
        let egen = self.kommunenummer.as_deref().and_then(kommune::fylke);
        [egen, self.idag(slag).fylke]
    }

    fn idag(&self, slag: Adresseslag) -> kommune::Idag {
        let nummer = self.kommunenummer.as_deref().filter(|_| slag.gjeldende());
        nummer.map(kommune::idag).unwrap_or_default()
    }

    pub fn husnummer(&self) -> Option<Husnummer> {
        let tall = self.husnummer.as_deref()?.parse().ok()?;
        let bokstav = self.husbokstav.as_deref().and_then(Husnummer::bokstav);
        Some(Husnummer { tall, bokstav })
    }
}

/// The status of the dead.
pub(crate) const DOED: &str = "doed";
