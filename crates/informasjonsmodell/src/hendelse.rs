//! Hendelsestyper: their names, what each concerns, and the specific type of an entity.

use crate::Entitet;

macro_rules! hendelsestyper {
    ($( $(#[$doc:meta])* $variant:ident $navn:literal [ $( $entitet:ident ),* ] $(<$senere:ident>)? ),* $(,)?) => {
        /// What happened to one person.
        ///
        /// Source: OpenAPI 1.5, `Hendelsestype`, in its order; `endringIRettsligHandleevne` from events document 1.8.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Hendelsestype {
            $( $(#[$doc])* #[doc = concat!("`", $navn, "`.")] $variant, )*
        }

        impl Hendelsestype {
            /// Every type, in contract order.
            pub const ALLE: &'static [Hendelsestype] = &[ $( Hendelsestype::$variant ),* ];

            /// The value on the wire: `hendelsetype` in the feed, `hendelsestype` in the event document.
            #[must_use]
            pub fn navn(self) -> &'static str {
                match self { $( Hendelsestype::$variant => $navn ),* }
            }

            /// The entities that the type tells of. Empty: it tells of the person as a whole.
            ///
            /// Source: table "Alle hendelsestyper" of the events document; group 2 beyond status is our reading.
            #[must_use]
            pub fn entiteter(self) -> &'static [Entitet] {
                match self { $( Hendelsestype::$variant => &[ $( Entitet::$entitet ),* ] ),* }
            }

            /// Later than OpenAPI 1.5.
            #[must_use]
            pub fn er_senere(self) -> bool {
                match self { $( Hendelsestype::$variant => hendelsestyper!(@senere $($senere)?) ),* }
            }
        }
    };
    (@senere $senere:ident) => { true };
    (@senere) => { false };
}

hendelsestyper! {
    PersonErOpprettet "personErOpprettet" [],
    PersonErReaktivert "personErReaktivert" [],
    PersonErOppdatert "personErOppdatert" [],
    PersonErOpphoert "personErOpphoert" [Identifikasjonsnummer, Status],
    PersonErViderefoertSomGjeldendeVedSammenslaaing "personErViderefoertSomGjeldendeVedSammenslaaing" [],
    PersonErOpphoertSomDublett "personErOpphoertSomDublett" [],
    PersonErEndretVedSplitting "personErEndretVedSplitting" [],
    PersonErGjenopprettetVedSplitting "personErGjenopprettetVedSplitting" [],
    PersonErDoed "personErDoed" [Doedsfall, Status],
    PersonErBosatt "personErBosatt" [Status, Innflytting],
    PersonErUtflyttet "personErUtflyttet" [Status, Utflytting],
    EndringIStatus "endringIStatus" [Status],
    EndringIIdentitetsgrunnlag "endringIIdentitetsgrunnlag" [Identitetsgrunnlag],
    EndringIUtenlandskPersonidentifikasjon "endringIUtenlandskPersonidentifikasjon" [UtenlandskPersonidentifikasjon],
    EndringIUtlendingsmyndighetenesIdentifikasjonsnummer "endringIUtlendingsmyndighetenesIdentifikasjonsnummer" [UtlendingsmyndighetenesIdentifikasjonsnummer],
    EndringILegitimasjonsdokument "endringILegitimasjonsdokument" [Legitimasjonsdokument],
    EndringIIdentifikasjonsnummer "endringIIdentifikasjonsnummer" [Identifikasjonsnummer],
    EndringIFalskIdentitet "endringIFalskIdentitet" [FalskIdentitet],
    EndringIKontaktopplysningerForDoedsbo "endringIKontaktopplysningerForDoedsbo" [KontaktinformasjonForDoedsbo],
    EndringIDeltBosted "endringIDeltBosted" [DeltBosted],
    EndringIFoedsel "endringIFoedsel" [Foedsel],
    EndringIFoedselINorge "endringIFoedselINorge" [FoedselINorge],
    EndringIKjoenn "endringIKjoenn" [Kjoenn],
    EndringIFamilierelasjon "endringIFamilierelasjon" [Familierelasjon],
    EndringISivilstand "endringISivilstand" [Sivilstand],
    EndringIDoedsfall "endringIDoedsfall" [Doedsfall],
    EndringINavn "endringINavn" [Navn],
    EndringIAdressebeskyttelse "endringIAdressebeskyttelse" [Adressebeskyttelse],
    EndringIBostedsadresse "endringIBostedsadresse" [Bostedsadresse],
    EndringIBostedsadresseUtenFlytting "endringIBostedsadresseUtenFlytting" [Bostedsadresse],
    EndringIOppholdsadresse "endringIOppholdsadresse" [Oppholdsadresse],
    EndringIInnflytting "endringIInnflytting" [Innflytting],
    EndringIUtflytting "endringIUtflytting" [Utflytting],
    EndringIBrukAvSamiskSpraak "endringIBrukAvSamiskSpraak" [BrukAvSamiskSpraak],
    EndringISametingetsValgmanntall "endringISametingetsValgmanntall" [ForholdTilSametingetsValgmanntall],
    EndringIKontaktinformasjon "endringIKontaktinformasjon" [Postadresse, PostadresseIUtlandet],
    EndringIForeldreansvar "endringIForeldreansvar" [Foreldreansvar],
    EndringIStatsborgerskap "endringIStatsborgerskap" [Statsborgerskap, Bibehold],
    EndringIOpphold "endringIOpphold" [Opphold],
    EndringIOppholdPaaSvalbard "endringIOppholdPaaSvalbard" [OppholdPaaSvalbard],
    EndringIVergemaal "endringIVergemaal" [VergemaalEllerFremtidsfullmakt],
    EndringIPerson "endringIPerson" [],
    EndringIRettsligHandleevne "endringIRettsligHandleevne" [RettsligHandleevne] <senere>,
}

impl Hendelsestype {
    /// Reads the stored number back.
    #[must_use]
    pub fn fra_tall(tall: u8) -> Option<Self> {
        Hendelsestype::ALLE.get(usize::from(tall)).copied()
    }

    /// The type with a wire name.
    #[must_use]
    pub fn fra_navn(navn: &str) -> Option<Self> {
        Hendelsestype::ALLE.iter().copied().find(|t| t.navn() == navn)
    }

    /// The type that tells of one entity alone; what a package gets that may not see the whole of an event.
    ///
    /// `None` where the contract has no such type: `preferertKontaktadresse` and `fratattRettsligHandleevne`.
    #[must_use]
    pub fn for_entitet(entitet: Entitet) -> Option<Self> {
        use Hendelsestype as H;
        Some(match entitet {
            Entitet::FalskIdentitet => H::EndringIFalskIdentitet,
            Entitet::Identifikasjonsnummer => H::EndringIIdentifikasjonsnummer,
            Entitet::Identitetsgrunnlag => H::EndringIIdentitetsgrunnlag,
            Entitet::KontaktinformasjonForDoedsbo => H::EndringIKontaktopplysningerForDoedsbo,
            Entitet::Legitimasjonsdokument => H::EndringILegitimasjonsdokument,
            Entitet::Status => H::EndringIStatus,
            Entitet::UtlendingsmyndighetenesIdentifikasjonsnummer => {
                H::EndringIUtlendingsmyndighetenesIdentifikasjonsnummer
            }
            Entitet::UtenlandskPersonidentifikasjon => H::EndringIUtenlandskPersonidentifikasjon,
            Entitet::Doedsfall => H::EndringIDoedsfall,
            Entitet::Sivilstand => H::EndringISivilstand,
            Entitet::Familierelasjon => H::EndringIFamilierelasjon,
            Entitet::Bostedsadresse => H::EndringIBostedsadresse,
            Entitet::DeltBosted => H::EndringIDeltBosted,
            Entitet::Oppholdsadresse => H::EndringIOppholdsadresse,
            Entitet::Postadresse | Entitet::PostadresseIUtlandet => H::EndringIKontaktinformasjon,
            Entitet::Adressebeskyttelse => H::EndringIAdressebeskyttelse,
            Entitet::Innflytting => H::EndringIInnflytting,
            Entitet::Utflytting => H::EndringIUtflytting,
            Entitet::ForholdTilSametingetsValgmanntall => H::EndringISametingetsValgmanntall,
            Entitet::Kjoenn => H::EndringIKjoenn,
            Entitet::Statsborgerskap | Entitet::Bibehold => H::EndringIStatsborgerskap,
            Entitet::Foreldreansvar => H::EndringIForeldreansvar,
            Entitet::Foedsel => H::EndringIFoedsel,
            Entitet::Navn => H::EndringINavn,
            Entitet::FoedselINorge => H::EndringIFoedselINorge,
            Entitet::VergemaalEllerFremtidsfullmakt => H::EndringIVergemaal,
            Entitet::Opphold => H::EndringIOpphold,
            Entitet::BrukAvSamiskSpraak => H::EndringIBrukAvSamiskSpraak,
            Entitet::OppholdPaaSvalbard => H::EndringIOppholdPaaSvalbard,
            Entitet::RettsligHandleevne => H::EndringIRettsligHandleevne,
            Entitet::PreferertKontaktadresse | Entitet::FratattRettsligHandleevne => return None,
        })
    }
}

/// What an event did to one entry.
///
/// Source: OpenAPI 1.5, `Entitetsendring`. `korrigereHistorisk` is in the enumeration and never used. Opphoer has no code
/// of its own: it is a `korrigere` that carries the entry with `opphoerstidspunkt` (our choice, ADR 0002).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entitetsendring {
    /// A new value; the predecessor of a one-at-a-time entity becomes history.
    RegistrereNy,
    /// The value was replaced, nothing kept.
    Korrigere,
    /// The entry was removed.
    Annullere,
}

impl Entitetsendring {
    /// Every value that the contract prints, in its order; the last is never used.
    pub const VERDIER: [&'static str; 4] = ["registrereNy", "korrigere", "annullere", "korrigereHistorisk"];

    /// The value on the wire.
    #[must_use]
    pub fn navn(self) -> &'static str {
        match self {
            Entitetsendring::RegistrereNy => "registrereNy",
            Entitetsendring::Korrigere => "korrigere",
            Entitetsendring::Annullere => "annullere",
        }
    }
}
