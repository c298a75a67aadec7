//! The list of entities: names, order, and what each holds. Everything that goes through all entities goes through here.

use serde_json::Value;

use crate::entiteter as e;
use crate::feil::{Lesefeil, Sti};
use crate::kodeverk::Adressegradering;
use crate::skjema::{Feltklasse, Skjema};
use crate::verdi::{Skriver, Verdi, les_objekt};

/// How an entity stands in the event documents of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hendelsesnavn {
    /// The property that carries the entity.
    pub egenskap: &'static str,
    /// The value of `entitet`; `None` where the event documents have no such entity.
    pub entitet: Option<&'static str>,
}

macro_rules! entitetsliste {
    ($( $variant:ident $navn:literal $type:ident $antall:ident $omraade:ident $([$hendelse:literal])? $(<$senere:ident>)? ),* $(,)?) => {
        /// An entity of the persondokument. The order is the wire order, in JSON as in XML.
        ///
        /// Source: sequence of `PersondokumentMedHistorikk_v1BETA2`; entities that came later stand last (our choice).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Entitet {
            $( #[doc = concat!("`", $navn, "`.")] $variant, )*
        }

        impl Entitet {
            /// Every entity, in wire order.
            pub const ALLE: &'static [Entitet] = &[ $( Entitet::$variant ),* ];

            /// The property name in the persondokument.
            #[must_use]
            pub fn navn(self) -> &'static str {
                match self { $( Entitet::$variant => $navn ),* }
            }

            /// The table of its fields, registermetadata apart.
            #[must_use]
            pub fn skjema(self) -> &'static Skjema {
                match self { $( Entitet::$variant => &e::$type::SKJEMA ),* }
            }

            /// `doedsfall` and `falskIdentitet` are single objects; the others are lists.
            #[must_use]
            pub fn er_liste(self) -> bool {
                match self { $( Entitet::$variant => entitetsliste!(@liste $antall) ),* }
            }

            /// Several entries may be current at the same time.
            #[must_use]
            pub fn er_parallell(self) -> bool {
                match self { $( Entitet::$variant => entitetsliste!(@parallell $antall) ),* }
            }

            /// Which part of a record its entries are kept in.
            #[must_use]
            pub fn omraade(self) -> Omraade {
                match self { $( Entitet::$variant => Omraade::$omraade ),* }
            }

            /// Its names in event documents.
            #[must_use]
            pub fn hendelsesnavn(self) -> Hendelsesnavn {
                match self { $( Entitet::$variant => entitetsliste!(@hendelse $navn $($hendelse)?) ),* }
            }

            /// Later than OpenAPI 1.5.
            #[must_use]
            pub fn er_senere(self) -> bool {
                match self { $( Entitet::$variant => entitetsliste!(@senere $($senere)?) ),* }
            }
        }

        /// What one entry says, by entity.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Innhold {
            $( #[doc = concat!("`", $navn, "`.")] $variant(e::$type), )*
        }

        impl Innhold {
            /// Which entity it is.
            #[must_use]
            pub fn entitet(&self) -> Entitet {
                match self { $( Innhold::$variant(_) => Entitet::$variant ),* }
            }

            /// Reads an entry that has had its registermetadata taken out.
            ///
            /// # Errors
            /// [`Lesefeil`] with the place and the rule.
            pub fn les(entitet: Entitet, verdi: Value, sti: &Sti) -> Result<Self, Lesefeil> {
                let objekt = les_objekt(verdi, sti)?;
                match entitet { $( Entitet::$variant => e::$type::les_medlemmer(objekt, sti).map(Innhold::$variant) ),* }
            }

            fn skriv_objekt(&self, skriver: &mut Skriver) {
                match self { $( Innhold::$variant(verdi) => verdi.skriv(skriver) ),* }
            }
        }
    };
    (@liste enkel) => { false };
    (@liste $_:ident) => { true };
    (@parallell flere) => { true };
    (@parallell $_:ident) => { false };
    (@hendelse $navn:literal) => { Hendelsesnavn { egenskap: $navn, entitet: Some($navn) } };
    (@hendelse $navn:literal $hendelse:literal) => {
        // A captured literal cannot be told from another by the macro itself.
        Hendelsesnavn { egenskap: $navn, entitet: if $hendelse.is_empty() { None } else { Some($hendelse) } }
    };
    (@senere $senere:ident) => { true };
    (@senere) => { false };
}

/// The part of a record that an entity's entries are kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Omraade {
    /// What most packages may see.
    Aapen,
    /// What some packages may never see.
    Taushet,
    /// Addresses: sealed under a key of the person.
    Adresse,
}

entitetsliste! {
    FalskIdentitet "falskIdentitet" FalskIdentitet enkel Taushet,
    Identifikasjonsnummer "identifikasjonsnummer" Folkeregisteridentifikator en Aapen,
    Identitetsgrunnlag "identitetsgrunnlag" Identitetsgrunnlag en Aapen,
    KontaktinformasjonForDoedsbo "kontaktinformasjonForDoedsbo" KontaktinformasjonForDoedsbo flere Aapen,
    Legitimasjonsdokument "legitimasjonsdokument" Identifikasjonsdokument flere Taushet,
    Status "status" Folkeregisterpersonstatus en Aapen,
    UtlendingsmyndighetenesIdentifikasjonsnummer "utlendingsmyndighetenesIdentifikasjonsnummer" Personidentifikasjon flere Taushet,
    UtenlandskPersonidentifikasjon "utenlandskPersonidentifikasjon" Personidentifikasjon flere Taushet,
    Doedsfall "doedsfall" Doedsfall enkel Aapen,
    Sivilstand "sivilstand" Sivilstand en Aapen,
    Familierelasjon "familierelasjon" Familierelasjon flere Taushet,
    Bostedsadresse "bostedsadresse" Bostedsadresse en Adresse,
    DeltBosted "deltBosted" DeltBosted en Adresse,
    Oppholdsadresse "oppholdsadresse" Oppholdsadresse en Adresse,
    Postadresse "postadresse" Kontaktadresse en Adresse ["kontaktadresse"],
    PostadresseIUtlandet "postadresseIUtlandet" KontaktadresseIUtlandet en Adresse ["kontaktadresseIUtlandet"],
    Adressebeskyttelse "adressebeskyttelse" GraderingAvAdresse en Aapen,
    PreferertKontaktadresse "preferertKontaktadresse" PreferertKontaktadresse en Adresse [""],
    Innflytting "innflytting" InnflyttingTilNorge en Aapen,
    Utflytting "utflytting" UtflyttingFraNorge en Aapen,
    ForholdTilSametingetsValgmanntall "forholdTilSametingetsValgmanntall" SametingetsValgmanntall en Taushet,
    Kjoenn "kjoenn" Personkjoenn en Aapen,
    Statsborgerskap "statsborgerskap" Statsborgerskap flere Aapen,
    Foreldreansvar "foreldreansvar" Foreldreansvar flere Taushet,
    Foedsel "foedsel" Foedsel en Aapen,
    Navn "navn" Folkeregisterpersonnavn en Aapen,
    FoedselINorge "foedselINorge" FoedselINorge en Taushet,
    VergemaalEllerFremtidsfullmakt "vergemaalEllerFremtidsfullmakt" VergemaalRepresentasjonEllerFremtidsfullmakt flere Aapen,
    Opphold "opphold" Opphold en Taushet,
    Bibehold "bibehold" BibeholdAvNorskStatsborgerskap en Taushet,
    BrukAvSamiskSpraak "brukAvSamiskSpraak" SamiskSpraak en Taushet,
    OppholdPaaSvalbard "oppholdPaaSvalbard" OppholdPaaSvalbard en Taushet,
    FratattRettsligHandleevne "fratattRettsligHandleevne" FratattRettsligHandleevne en Taushet [""] <senere>,
    RettsligHandleevne "rettsligHandleevne" RettsligHandleevne en Aapen <senere>,
}

impl Entitet {
    /// The five kinds of address that a caller may be delivered; protection concerns exactly these.
    pub const ADRESSER: [Entitet; 5] = [
        Entitet::Bostedsadresse,
        Entitet::DeltBosted,
        Entitet::Oppholdsadresse,
        Entitet::Postadresse,
        Entitet::PostadresseIUtlandet,
    ];

    /// Reads the stored number back.
    #[must_use]
    pub fn fra_tall(tall: u8) -> Option<Self> {
        Entitet::ALLE.get(usize::from(tall)).copied()
    }

    /// The entity with a property name, exactly as in the schema.
    #[must_use]
    pub fn fra_navn(navn: &str) -> Option<Self> {
        Entitet::ALLE.iter().copied().find(|entitet| entitet.navn() == navn)
    }

    /// Whether entries of it are addresses.
    #[must_use]
    pub fn er_adresse(self) -> bool {
        self.omraade() == Omraade::Adresse
    }
}

impl Innhold {
    /// Writes the entry without registermetadata, and where its removable members lie.
    pub fn skriv(&self, skriver: &mut Skriver) {
        let fra = skriver.spenn.len();
        self.skriv_objekt(skriver);
        // Birth date and name of an estate contact are a replacement only where a number stands beside them.
        let har_nummer = skriver
            .spenn
            .iter()
            .skip(fra)
            .any(|s| s.klasse == Feltklasse::KontaktNummer);
        if !har_nummer {
            skriver.spenn.retain(|s| s.klasse != Feltklasse::KontaktErstatning);
        }
    }

    /// The grade the entry carries itself; `None` for what is not an address.
    #[must_use]
    pub fn gradering(&self) -> Option<&Adressegradering> {
        match self {
            Innhold::Bostedsadresse(a) => Some(&a.adressegradering),
            Innhold::DeltBosted(a) => Some(&a.adressegradering),
            Innhold::Oppholdsadresse(a) => Some(&a.adressegradering),
            Innhold::Postadresse(a) => Some(&a.adressegradering),
            Innhold::PostadresseIUtlandet(a) => Some(&a.adressegradering),
            Innhold::PreferertKontaktadresse(a) => {
                Some(a.adressegradering.as_ref().unwrap_or(&Adressegradering::Ugradert))
            }
            _ => None,
        }
    }
}
