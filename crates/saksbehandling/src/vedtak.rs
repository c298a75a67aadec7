//! What is decided about a message, and why.

use informasjonsmodell::Registrering;

use crate::sak::Saksnr;

/// Why a case cannot be decided without a person, or is refused.
///
/// Source: `dufNummerIBruk` and `muligDublett` are the contract's; codes and names of the others are our choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Grunn {
    /// Somebody named in the message is not in the register.
    UkjentPerson,
    /// Somebody named in the message is not named by a number.
    ManglerIdentifikator,
    /// The number of somebody has ended.
    PersonOpphoert,
    /// Somebody is dead who cannot be.
    PersonErDoed,
    /// Somebody is not dead who must be.
    PersonErIkkeDoed,
    /// A date that is still to come.
    DatoIFramtiden,
    /// A date before somebody was born.
    DatoFoerFoedsel,
    /// A date before what it ends began.
    DatoFoerInngaaelse,
    /// A date before something that is registered of somebody, and holds from later on.
    DatoFoerRegistrert,
    /// Somebody is said to have died on another day than the register has.
    DoedsdatoAvviker,
    /// The message names somebody twice.
    SammePerson,
    /// Somebody is married to, or separated from, another.
    AlleredeGift,
    /// The two are not married to each other.
    IkkeGiftMedHverandre,
    /// Somebody is too young.
    ForUng,
    /// The two are near of kin.
    NaerSlekt,
    /// The sender has said that something is not in order, or not known.
    MaaVurderes,
    /// Something is missing that the register needs.
    MangelfullMelding,
    /// The child has a father or medmor.
    HarForelder,
    /// The message names another mother than the register has.
    AnnenMor,
    /// What the message says of the parents is not what the register has.
    SivilstandAvviker,
    /// There may be such a person already.
    MuligDublett,
    /// The number of the immigration authorities is another's.
    DufNummerIBruk,
    /// The number of the immigration authorities is not the one that the register has.
    DufNummerAvviker,
    /// The number is not a D-number, or not one that is in use.
    IkkeDNummer,
    /// The number is not a foedselsnummer.
    IkkeFoedselsnummer,
    /// The sender did not ask for the number, and asks for what only whoever did may change.
    IkkeRekvirent,
    /// Somebody lives here already.
    AlleredeBosatt,
    /// Somebody has not consented to what the message tells.
    UtenSamtykke,
    /// Somebody must say in which kommune an address is.
    ManglerKommunenummer,
    /// What is to be changed is not there.
    IngenOpplysning,
    /// No number is free.
    IngenLedigeNumre,
    /// What is to be taken back has been changed since.
    EndretSiden,
    /// The register's own rules forbid it.
    Registerregel,
}

impl Grunn {
    /// Every one.
    pub const ALLE: [Grunn; 33] = [
        Grunn::UkjentPerson,
        Grunn::ManglerIdentifikator,
        Grunn::PersonOpphoert,
        Grunn::PersonErDoed,
        Grunn::PersonErIkkeDoed,
        Grunn::DatoIFramtiden,
        Grunn::DatoFoerFoedsel,
        Grunn::DatoFoerInngaaelse,
        Grunn::DatoFoerRegistrert,
        Grunn::DoedsdatoAvviker,
        Grunn::SammePerson,
        Grunn::AlleredeGift,
        Grunn::IkkeGiftMedHverandre,
        Grunn::ForUng,
        Grunn::NaerSlekt,
        Grunn::MaaVurderes,
        Grunn::MangelfullMelding,
        Grunn::HarForelder,
        Grunn::AnnenMor,
        Grunn::SivilstandAvviker,
        Grunn::MuligDublett,
        Grunn::DufNummerIBruk,
        Grunn::DufNummerAvviker,
        Grunn::IkkeDNummer,
        Grunn::IkkeFoedselsnummer,
        Grunn::IkkeRekvirent,
        Grunn::AlleredeBosatt,
        Grunn::UtenSamtykke,
        Grunn::ManglerKommunenummer,
        Grunn::IngenOpplysning,
        Grunn::IngenLedigeNumre,
        Grunn::EndretSiden,
        Grunn::Registerregel,
    ];

    /// `begrunnelseskode`.
    #[must_use]
    pub fn kode(self) -> &'static str {
        self.oppslag().0
    }

    /// `begrunnelsesnavn`.
    #[must_use]
    pub fn navn(self) -> &'static str {
        self.oppslag().1
    }

    /// Whether the document of a D-number has a word for it. Source: `HendelserISakOmDNummerRekvisisjon`.
    #[must_use]
    pub fn er_om_dnummer(self) -> bool {
        matches!(self, Grunn::DufNummerIBruk | Grunn::MuligDublett)
    }

    /// Whether somebody who handles the case may find that it is all right.
    #[must_use]
    pub fn kan_overstyres(self) -> bool {
        self.oppslag().2
    }

    fn oppslag(self) -> (&'static str, &'static str, bool) {
        match self {
            Grunn::UkjentPerson => (
                "ukjentPerson",
                "En person i meldingen finnes ikke i Folkeregisteret",
                false,
            ),
            Grunn::ManglerIdentifikator => (
                "manglerIdentifikator",
                "En person i meldingen mangler fødselsnummer eller D-nummer",
                false,
            ),
            Grunn::PersonOpphoert => (
                "personOpphoert",
                "Identifikatoren til en person i meldingen er opphørt",
                false,
            ),
            Grunn::PersonErDoed => ("personErDoed", "En person i meldingen er registrert som død", false),
            Grunn::PersonErIkkeDoed => ("personErIkkeDoed", "Personen er ikke registrert som død", false),
            Grunn::DatoIFramtiden => ("datoIFramtiden", "En dato i meldingen er i framtiden", false),
            Grunn::DatoFoerFoedsel => ("datoFoerFoedsel", "En dato i meldingen er før personen ble født", false),
            Grunn::DatoFoerInngaaelse => (
                "datoFoerInngaaelse",
                "Datoen er før ekteskapet eller partnerskapet",
                false,
            ),
            Grunn::DatoFoerRegistrert => (
                "datoFoerRegistrert",
                "Datoen er før noe som er registrert og gjelder fra senere",
                false,
            ),
            Grunn::DoedsdatoAvviker => (
                "doedsdatoAvviker",
                "Personen er registrert som død på en annen dato",
                true,
            ),
            Grunn::SammePerson => ("sammePerson", "Meldingen viser til samme person to ganger", false),
            Grunn::AlleredeGift => (
                "alleredeGift",
                "En person i meldingen er registrert som gift eller separert",
                false,
            ),
            Grunn::IkkeGiftMedHverandre => (
                "ikkeGiftMedHverandre",
                "Personene er ikke registrert som gift med hverandre",
                false,
            ),
            Grunn::ForUng => ("forUng", "En person i meldingen er for ung", true),
            Grunn::NaerSlekt => ("naerSlekt", "Personene er nær slekt", false),
            Grunn::MaaVurderes => (
                "maaVurderes",
                "Avsender har opplyst at noe ikke er i orden eller ikke er kjent",
                true,
            ),
            Grunn::MangelfullMelding => ("mangelfullMelding", "Meldingen mangler opplysninger som trengs", false),
            Grunn::HarForelder => (
                "harForelder",
                "Barnet har allerede en registrert far eller medmor",
                false,
            ),
            Grunn::AnnenMor => ("annenMor", "Barnet har en annen registrert mor", false),
            Grunn::SivilstandAvviker => (
                "sivilstandAvviker",
                "Foreldrenes sivilstand er en annen i registeret",
                true,
            ),
            Grunn::MuligDublett => ("muligDublett", "Personen kan være registrert fra før", true),
            Grunn::DufNummerIBruk => ("dufNummerIBruk", "DUF-nummeret er registrert på en annen person", true),
            Grunn::DufNummerAvviker => (
                "dufNummerAvviker",
                "Personen er registrert med et annet DUF-nummer",
                true,
            ),
            Grunn::IkkeDNummer => ("ikkeDNummer", "Personen har ikke et D-nummer i bruk", false),
            Grunn::IkkeFoedselsnummer => ("ikkeFoedselsnummer", "Personen har ikke et fødselsnummer i bruk", false),
            Grunn::IkkeRekvirent => (
                "ikkeRekvirent",
                "Bare den som rekvirerte D-nummeret, kan endre denne opplysningen",
                true,
            ),
            Grunn::AlleredeBosatt => ("alleredeBosatt", "Personen er registrert som bosatt", false),
            Grunn::UtenSamtykke => (
                "utenSamtykke",
                "Det er ikke gitt samtykke til å bruke opplysningen",
                false,
            ),
            Grunn::ManglerKommunenummer => (
                "manglerKommunenummer",
                "Adressen mangler kommunenummer; den som behandler saken, må oppgi det",
                false,
            ),
            Grunn::IngenOpplysning => ("ingenOpplysning", "Opplysningen som skal endres, finnes ikke", false),
            Grunn::IngenLedigeNumre => ("ingenLedigeNumre", "Det er ingen ledige numre for fødselsåret", false),
            Grunn::EndretSiden => ("endretSiden", "Det som skal tas tilbake, er endret siden", false),
            Grunn::Registerregel => ("registerregel", "Registerets regler hindrer registreringen", false),
        }
    }
}

/// A person that a message made.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Opprettet {
    /// Its number.
    pub nummer: String,
    /// Whether it is a D-number.
    pub dnummer: bool,
    /// The date in the number is not the birth date.
    pub avviker: bool,
}

impl std::fmt::Debug for Opprettet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Opprettet(***)")
    }
}

/// What the rules make of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Vedtak {
    /// The register is to be changed so.
    Godkjent {
        /// In this order.
        registreringer: Vec<Registrering>,
        /// Who is new.
        opprettet: Option<Opprettet>,
    },
    /// The register says so already.
    AlleredeRegistrert,
    /// Another case, which waits, is stopped by it.
    Tilbakekalt(Saksnr),
    /// It is formally unfit, and nobody has to look at it.
    Avvist(Vec<Grunn>),
    /// Somebody must look at it.
    Manuell(Vec<Grunn>),
    /// It is about a child who is not born: it waits for the birth, by the mother's number.
    VenterPaaFoedsel {
        /// The mother.
        mor: String,
    },
}
