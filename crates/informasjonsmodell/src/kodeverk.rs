//! Code lists of the persondokument and the hendelsesdokument.
//!
//! Source: OpenAPI 1.5 "offentlig med hjemmel", the enumerations; values after it from dated news.

kodelister! {
    /// Life of a number, apart from the person's status.
    Identifikatorstatuskode { IBruk "iBruk", Opphoert "opphoert" }
    /// Kind of identifier.
    Folkeregisteridentifikatortype { Foedselsnummer "foedselsnummer", DNummer "dNummer" }
    /// A person's status.
    Personstatus {
        Bosatt "bosatt", Utflyttet "utflyttet", Forsvunnet "forsvunnet", Doed "doed", Opphoert "opphoert",
        Foedselsregistrert "foedselsregistrert", Midlertidig "midlertidig", Inaktiv "inaktiv", IkkeBosatt "ikkeBosatt",
        Aktiv "aktiv",
    }
    /// How well the identity is established.
    Identitetsgrunnlagstatus { IngenStatus "ingenStatus", IkkeKontrollert "ikkeKontrollert", Kontrollert "kontrollert" }
        | { Unik "unik" }
    /// Protection of one address, or of a person.
    Adressegradering { Ugradert "ugradert", Klientadresse "klientadresse", Fortrolig "fortrolig", StrengtFortrolig "strengtFortrolig" }
    /// What kind of unit an address is.
    Bruksenhetstype {
        Bolig "bolig", AnnetEnnBolig "annetEnnBolig", Fritidsbolig "fritidsbolig", IkkeGodkjentBolig "ikkeGodkjentBolig",
        UnummerertBruksenhet "unummerertBruksenhet",
    }
    /// Why the present address is elsewhere.
    OppholdAnnetSted { Militaer "militaer", Utenriks "utenriks", PaaSvalbard "paaSvalbard", Pendler "pendler" }
    /// Gender as registered.
    Kjoenn { Kvinne "kvinne", Mann "mann" }
    /// Marital status.
    Sivilstandstype {
        Uoppgitt "uoppgitt", Ugift "ugift", Gift "gift", EnkeEllerEnkemann "enkeEllerEnkemann", Skilt "skilt",
        Separert "separert", RegistrertPartner "registrertPartner", SeparertPartner "separertPartner",
        SkiltPartner "skiltPartner", GjenlevendePartner "gjenlevendePartner",
    }
    /// Role in a family relation.
    Familierelasjontype {
        Mor "mor", Far "far", Medmor "medmor", Barn "barn", Soesken "soesken",
        EktefelleEllerPartner "ektefelleEllerPartner", DoedfoedtBarn "doedfoedtBarn",
    }
    /// Who has parental responsibility.
    Foreldreansvarstype { Felles "felles", Mor "mor", Far "far", Medmor "medmor", Andre "andre", Ukjent "ukjent" }
    /// How an estate is settled.
    Skifteform { Offentlig "offentlig", Annet "annet" }
    /// Relation to the Sami electoral roll; withdrawn 2023-04-03.
    ForholdTilSametingetsValgmanntall { Innmeldt "innmeldt", Utmeldt "utmeldt", AldriInnmeldt "aldriInnmeldt" }
    /// Kept Norwegian citizenship.
    Bibehold {
        HarBibehold "harBibehold", HarIkkeLengerBibehold "harIkkeLengerBibehold",
        NorskStatsborgerTrengerIkkeBibehold "norskStatsborgerTrengerIkkeBibehold",
    }
    /// Residence permit.
    Oppholdstillatelsetype { Midlertidig "midlertidig", Permanent "permanent", OpplysningMangler "opplysningMangler" }
    /// Expected length of a stay on Svalbard.
    OppholdsvarighetType {
        UnderSeksMaaneder "underSeksMaaneder", OverSeksMaaneder "overSeksMaaneder", OverTolvMaaneder "overTolvMaaneder",
        Ukjent "ukjent",
    }
    /// A Sami language.
    SamiskSpraakType { Nordsamisk "nordsamisk", Soersamisk "soersamisk", Lulesamisk "lulesamisk" }
    /// Which address a person preferred; retired 2021-10-16.
    Adressetype {
        Bostedsadresse "bostedsadresse", Oppholdsadresse "oppholdsadresse", Postadresse "postadresse",
        PostadresseIUtlandet "postadresseIUtlandet",
    }
    /// Kind of guardianship.
    Vergemaaltype {
        EnsligMindreaarigAsylsoeker "ensligMindreaarigAsylsoeker", EnsligMindreaarigFlyktning "ensligMindreaarigFlyktning",
        Voksen "voksen", MidlertidigForVoksen "midlertidigForVoksen", Mindreaarig "mindreaarig",
        MidlertidigForMindreaarig "midlertidigForMindreaarig", ForvaltningUtenforVergemaal "forvaltningUtenforVergemaal",
        StadfestetFremtidsfullmakt "stadfestetFremtidsfullmakt",
    }
    /// What a guardianship covered until 2023-11-01.
    Vergemaalsomfang {
        UtlendingssakerPersonligeOgOekonomiskeInteresser "utlendingssakerPersonligeOgOekonomiskeInteresser",
        PersonligeOgOekonomiskeInteresser "personligeOgOekonomiskeInteresser",
        OekonomiskeInteresser "oekonomiskeInteresser", PersonligeInteresser "personligeInteresser",
    }
}
