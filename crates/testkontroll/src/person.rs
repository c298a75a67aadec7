//! A person with chosen facts: what is chosen, what is taken for granted, and what it does to the family.
//!
//! What is not chosen: a woman born on 1 January 1990, resident, unmarried, Norwegian, without a known address. Source: our
//! choice, ADR 0030.

use identifikator::{Bestilling, Folkeregisteridentifikator, Identifikatortype, Kjoenn, Tildeler};
use informasjonsmodell::kodeverk::Sivilstandstype;
use informasjonsmodell::tekst::Foedselsnummer;
use informasjonsmodell::{
    Dato, Endring, Entitet, Handling, Hendelsestype, Innhold, Opplysning, Persondokument, Registermetadata,
    Registrering, Sti, Tidspunkt,
};
use register::{Behandling, Personnummer};
use saksbehandling::{Tid, midnatt};
use serde_json::{Map, Value, json};

use crate::hendelse::{Svar, utfoer};
use crate::leser::Leser;
use crate::{Feil, Nasjon};

const FELT: &str = "persondokument alene, eller identifikator, foedselsdato, kjoenn, navn, status, adressebeskyttelse, \
                    bostedsadresse, statsborgerskap, sivilstand, ektefelle, mor, far, medmor, barn og opplysninger";

/// Statuses that a person may begin with. Source: the model's `Personstatus`, without those that are ends of another.
const STATUSER: &[&str] = &[
    "bosatt",
    "utflyttet",
    "forsvunnet",
    "foedselsregistrert",
    "midlertidig",
    "inaktiv",
    "ikkeBosatt",
    "aktiv",
    "doed",
];
const GRADER: &[&str] = &["ugradert", "klientadresse", "fortrolig", "strengtFortrolig"];
const SIVILSTANDER: &[&str] = &[
    "uoppgitt",
    "ugift",
    "gift",
    "enkeEllerEnkemann",
    "skilt",
    "separert",
    "registrertPartner",
    "separertPartner",
    "skiltPartner",
    "gjenlevendePartner",
];

/// Makes the person. Answers with number, document id, and where the events stand in the feeds.
pub(crate) fn opprett(nasjon: &Nasjon, verdi: Value) -> Result<Value, Feil> {
    let mut leser = Leser::new("", verdi)?;
    if let Some(dokument) = leser.verdi("persondokument") {
        leser.slutt("persondokument alene")?;
        let dokument = les_dokument(dokument)?;
        let nummer = nummer_i(&dokument)?;
        return ferdig(nasjon, &nummer, &utfoer(nasjon, &[opprettet(&nasjon.tid, dokument)])?);
    }
    let ny = Ny::les(&mut leser, &nasjon.tid)?;
    leser.slutt(FELT)?;
    // The number is found and taken in one transaction, so that nobody else gets it meanwhile.
    let (nummer, kvittering) = nasjon.register.behandle(nasjon.tid.sekunder, |b| {
        let nummer = match &ny.nummer {
            Some(nummer) => nummer.clone(),
            None => tildel(b, &nasjon.tid, &ny)?,
        };
        b.utfoer(&opprettet(&nasjon.tid, ny.dokument(nasjon, &nummer)?))?;
        for registrering in ny.familien(nasjon, &nummer)? {
            b.utfoer(&registrering)?;
        }
        Ok::<_, Feil>(nummer)
    })?;
    ferdig(nasjon, &nummer, &Svar(kvittering.sekvenser))
}

fn opprettet(tid: &Tid, dokument: Persondokument) -> Registrering {
    Registrering {
        tidspunkt: tid.tidspunkt,
        handling: Handling::Opprett(Box::new(dokument)),
    }
}

fn ferdig(nasjon: &Nasjon, nummer: &str, utfoert: &Svar) -> Result<Value, Feil> {
    let les = nasjon.register.les()?;
    let person = finn(nasjon, "identifikator", nummer)?;
    let dokument = les.persondokument(person, utfoert.siste_for(0));
    Ok(json!({
        "folkeregisteridentifikator": nummer,
        "dokumentidentifikator": dokument.to_string(),
        "sekvensnummer": utfoert.feednumre(&les)?,
    }))
}

pub(crate) fn finn(nasjon: &Nasjon, felt: &str, nummer: &str) -> Result<Personnummer, Feil> {
    let tall = Folkeregisteridentifikator::parse(nummer)
        .map_err(|_| Feil::ugyldig(felt, "er ikke et fødselsnummer eller D-nummer"))?;
    let funnet = nasjon.register.les()?.finn(&tall)?;
    funnet.ok_or_else(|| Feil::ugyldig(felt, "ingen person i registeret har identifikatoren"))
}

fn les_dokument(verdi: Value) -> Result<Persondokument, Feil> {
    Persondokument::les(verdi).map_err(|feil| Feil::ugyldig("persondokument", feil.to_string()))
}

fn nummer_i(dokument: &Persondokument) -> Result<String, Feil> {
    let numre = dokument
        .av(Entitet::Identifikasjonsnummer)
        .filter_map(|o| match &o.innhold {
            Innhold::Identifikasjonsnummer(n) if o.metadata.er_gjeldende != Some(false) => {
                Some(n.foedselsnummer.som_tekst().to_owned())
            }
            _ => None,
        });
    let nummer = numre.last();
    nummer.ok_or_else(|| Feil::ugyldig("persondokument", "mangler et gjeldende identifikasjonsnummer"))
}

pub(crate) fn opplysning(entitet: Entitet, verdi: Value, felt: &str, gyldig: Tidspunkt) -> Result<Opplysning, Feil> {
    let innhold = Innhold::les(entitet, verdi, &Sti::rot()).map_err(|feil| Feil::ugyldig(felt, feil.to_string()))?;
    Ok(Opplysning {
        metadata: Registermetadata {
            ajourholdstidspunkt: None,
            er_gjeldende: Some(true),
            kilde: None,
            aarsak: None,
            gyldighetstidspunkt: Some(gyldig),
            opphoerstidspunkt: None,
        },
        innhold,
    })
}

/// What was chosen.
struct Ny {
    nummer: Option<String>,
    foedt: Dato,
    kjoenn: String,
    navn: Value,
    status: String,
    grad: Option<String>,
    bosted: Option<Value>,
    land: Vec<Value>,
    sivilstand: String,
    ektefelle: Option<String>,
    foreldre: Vec<(&'static str, String)>,
    barn: Vec<String>,
    opplysninger: Map<String, Value>,
}

impl Ny {
    fn les(leser: &mut Leser, tid: &Tid) -> Result<Self, Feil> {
        let foedt = leser.tekst("foedselsdato")?.unwrap_or_else(|| "1990-01-01".to_owned());
        let foedt = Dato::parse(&foedt).filter(|dato| dato.dag().is_some());
        let foedt = foedt.ok_or_else(|| leser.feil("foedselsdato", "må være en hel dato, som 1990-01-31"))?;
        if foedt.dager() > tid.dag.dager() {
            return Err(leser.feil(
                "foedselsdato",
                "kan ikke være etter registerets dag; still klokka først",
            ));
        }
        let nummer = leser.tekst("identifikator")?;
        if let Some(nummer) = &nummer {
            let lest = Folkeregisteridentifikator::parse(nummer);
            if !lest.is_ok_and(|n| n.er_syntetisk()) {
                return Err(leser.feil("identifikator", "må være et gyldig nummer i en syntetisk serie"));
            }
        }
        let valg = |leser: &mut Leser, navn: &str, valg, standard: &str| {
            leser
                .valg(navn, valg)
                .map(|valgt| valgt.unwrap_or_else(|| standard.to_owned()))
        };
        let ektefelle = leser.tekst("ektefelle")?;
        let standard = if ektefelle.is_some() { "gift" } else { "ugift" };
        let sivilstand = valg(leser, "sivilstand", SIVILSTANDER, standard)?;
        if ektefelle.is_some() && !matches!(sivilstand.as_str(), "gift" | "registrertPartner") {
            return Err(leser.feil(
                "sivilstand",
                "må være gift eller registrertPartner når ektefelle er oppgitt",
            ));
        }
        let mut foreldre = Vec::new();
        for rolle in ["mor", "far", "medmor"] {
            if let Some(nummer) = leser.tekst(rolle)? {
                foreldre.push((rolle, nummer));
            }
        }
        let barn = leser.liste("barn")?.unwrap_or_default().into_iter();
        let barn = barn.map(|verdi| match verdi {
            Value::String(nummer) => Ok(nummer),
            _ => Err(Feil::ugyldig("barn", "må være en liste av identifikatorer")),
        });
        let barn = barn.collect::<Result<_, _>>()?;
        let land = match leser.verdi("statsborgerskap") {
            None => vec![json!("NOR")],
            Some(Value::Array(land)) => land,
            Some(land) => vec![land],
        };
        let opplysninger = match leser.verdi("opplysninger") {
            None => Map::new(),
            Some(Value::Object(felt)) => felt,
            Some(_) => return Err(leser.feil("opplysninger", "må være et objekt med opplysninger under sine navn")),
        };
        Ok(Ny {
            nummer,
            foedt,
            kjoenn: valg(leser, "kjoenn", &["kvinne", "mann"], "kvinne")?,
            navn: leser
                .verdi("navn")
                .unwrap_or_else(|| json!({"fornavn": "PRØVE", "etternavn": "TESTPERSON"})),
            status: valg(leser, "status", STATUSER, "bosatt")?,
            grad: leser.valg("adressebeskyttelse", GRADER)?,
            bosted: leser.verdi("bostedsadresse"),
            land,
            sivilstand,
            ektefelle,
            foreldre,
            barn,
            opplysninger,
        })
    }

    // The day of the marriage, and its first moment.
    fn gift(&self, tid: &Tid) -> (Dato, Tidspunkt) {
        let dag = tid.dag.dager().and_then(|dag| Dato::fra_dager(dag - GIFT_DAGER));
        let dag = dag.unwrap_or(tid.dag).max(self.foedt);
        (dag, midnatt(dag).unwrap_or(tid.tidspunkt))
    }

    fn rolle_for_barn(&self) -> &'static str {
        if self.kjoenn == "kvinne" { "mor" } else { "far" }
    }

    fn dokument(&self, nasjon: &Nasjon, nummer: &str) -> Result<Persondokument, Feil> {
        let tid = &nasjon.tid;
        let mut ut = Dokument::new(tid, self.foedt);
        let slag = Folkeregisteridentifikator::parse(nummer).map(|n| n.identifikatortype().kode());
        let slag = slag.unwrap_or(Identifikatortype::Foedselsnummer.kode());
        let identifikator = json!({"status": "iBruk", "foedselsEllerDNummer": nummer, "identifikatortype": slag});
        ut.ta(Entitet::Identifikasjonsnummer, "identifikator", identifikator)?;
        ut.ta(Entitet::Status, "status", json!({"status": self.status}))?;
        ut.ta(Entitet::Kjoenn, "kjoenn", json!({"kjoenn": self.kjoenn}))?;
        let foedsel = json!({
            "foedselsdato": self.foedt.to_string(),
            "foedselsaar": format!("{:04}", self.foedt.aar()),
            "foedeland": "NOR",
        });
        ut.ta(Entitet::Foedsel, "foedselsdato", foedsel)?;
        ut.ta(Entitet::Navn, "navn", self.navn.clone())?;
        for land in &self.land {
            ut.ta(
                Entitet::Statsborgerskap,
                "statsborgerskap",
                json!({"statsborgerskap": land}),
            )?;
        }
        let mut sivilstand = json!({"sivilstand": self.sivilstand});
        if let (Some(annen), Value::Object(felt)) = (&self.ektefelle, &mut sivilstand) {
            finn(nasjon, "ektefelle", annen)?;
            felt.insert("sivilstandsdato".to_owned(), json!(self.gift(tid).0.to_string()));
            felt.insert("relatertVedSivilstand".to_owned(), json!(annen));
        }
        if let Some(annen) = &self.ektefelle {
            let fra = self.gift(tid).1;
            ut.ta_fra(Entitet::Sivilstand, "sivilstand", sivilstand, fra)?;
            ut.ta_fra(Entitet::Familierelasjon, "ektefelle", ektefelle(annen), fra)?;
        } else {
            ut.ta(Entitet::Sivilstand, "sivilstand", sivilstand)?;
        }
        for (rolle, forelder) in &self.foreldre {
            finn(nasjon, rolle, forelder)?;
            ut.ta(Entitet::Familierelasjon, rolle, relasjon(forelder, rolle, "barn"))?;
        }
        for barn in &self.barn {
            finn(nasjon, "barn", barn)?;
            ut.ta(
                Entitet::Familierelasjon,
                "barn",
                relasjon(barn, "barn", self.rolle_for_barn()),
            )?;
        }
        if let Some(grad) = self.grad.as_ref().filter(|grad| *grad != "ugradert") {
            ut.ta(
                Entitet::Adressebeskyttelse,
                "adressebeskyttelse",
                json!({"graderingsnivaa": grad}),
            )?;
        }
        self.adresse(&mut ut)?;
        for (navn, verdi) in &self.opplysninger {
            let entitet = Entitet::fra_navn(navn)
                .ok_or_else(|| Feil::ugyldig("opplysninger", "har et navn som ikke er en opplysning"))?;
            let liste = match verdi {
                Value::Array(liste) => liste.clone(),
                en => vec![en.clone()],
            };
            for verdi in liste {
                ut.ta(entitet, entitet.navn(), verdi)?;
            }
        }
        Ok(Persondokument {
            opplysninger: ut.opplysninger,
            ukjente: Map::new(),
        })
    }

    // The address is as protected as the person is, unless it says otherwise itself.
    fn adresse(&self, ut: &mut Dokument<'_>) -> Result<(), Feil> {
        let strengt = self.grad.as_deref() == Some("strengtFortrolig");
        let bosted = match (&self.bosted, self.status.as_str()) {
            (Some(_), _) if strengt => {
                let regel = "kan ikke oppgis for den som er strengt fortrolig";
                return Err(Feil::ugyldig("bostedsadresse", regel));
            }
            (Some(bosted), _) => bosted.clone(),
            (None, "bosatt") if !strengt => json!({"ukjentBosted": {}}),
            (None, _) => return Ok(()),
        };
        let Value::Object(mut felt) = bosted else {
            return Err(Feil::ugyldig("bostedsadresse", "må være et objekt"));
        };
        let grad = self.grad.as_deref().unwrap_or("ugradert");
        felt.entry("adressegradering").or_insert_with(|| json!(grad));
        ut.ta(Entitet::Bostedsadresse, "bostedsadresse", Value::Object(felt))
    }

    /// What it does to those that the person is related to.
    fn familien(&self, nasjon: &Nasjon, nummer: &str) -> Result<Vec<Registrering>, Feil> {
        let tid = &nasjon.tid;
        let mut ut = Vec::new();
        let (gift, gift_fra) = self.gift(tid);
        let mut ny = |hvem: &str, felt: &str, type_, endringer: Vec<(Entitet, Value)>| {
            let person = Foedselsnummer::new(hvem).ok_or_else(|| Feil::ugyldig(felt, "er ikke et nummer"))?;
            let endringer = endringer.into_iter().map(|(entitet, verdi)| {
                let fra = if felt == "ektefelle" { gift_fra } else { tid.tidspunkt };
                opplysning(entitet, verdi, felt, fra).map(|o| Endring::RegistrereNy(Box::new(o)))
            });
            ut.push(Registrering {
                tidspunkt: tid.tidspunkt,
                handling: Handling::Registrer {
                    person,
                    hendelsestype: type_,
                    endringer: endringer.collect::<Result<_, Feil>>()?,
                },
            });
            Ok::<(), Feil>(())
        };
        use Hendelsestype::{EndringIFamilierelasjon, EndringISivilstand};
        for (rolle, forelder) in &self.foreldre {
            let relasjon = relasjon(nummer, "barn", rolle);
            ny(
                forelder,
                rolle,
                EndringIFamilierelasjon,
                vec![(Entitet::Familierelasjon, relasjon)],
            )?;
        }
        for barn in &self.barn {
            let relasjon = relasjon(nummer, self.rolle_for_barn(), "barn");
            ny(
                barn,
                "barn",
                EndringIFamilierelasjon,
                vec![(Entitet::Familierelasjon, relasjon)],
            )?;
        }
        if let Some(annen) = &self.ektefelle {
            er_ugift(nasjon, annen)?;
            let sivilstand = json!({
                "sivilstand": self.sivilstand,
                "sivilstandsdato": gift.to_string(),
                "relatertVedSivilstand": nummer,
            });
            ny(
                annen,
                "ektefelle",
                EndringISivilstand,
                vec![(Entitet::Sivilstand, sivilstand)],
            )?;
            let relasjon = ektefelle(nummer);
            ny(
                annen,
                "ektefelle",
                EndringIFamilierelasjon,
                vec![(Entitet::Familierelasjon, relasjon)],
            )?;
        }
        Ok(ut)
    }
}

fn er_ugift(nasjon: &Nasjon, nummer: &str) -> Result<(), Feil> {
    let person = finn(nasjon, "ektefelle", nummer)?;
    let dokument = nasjon.register.les()?.eksporter(person)?.unwrap_or_default();
    let gift = dokument.av(Entitet::Sivilstand).any(|o| {
        let Innhold::Sivilstand(s) = &o.innhold else {
            return false;
        };
        let i_kraft = o.metadata.er_gjeldende == Some(true);
        use Sivilstandstype as S;
        i_kraft
            && matches!(
                s.sivilstand,
                S::Gift | S::RegistrertPartner | S::Separert | S::SeparertPartner
            )
    });
    if gift {
        return Err(Feil::ugyldig("ektefelle", "er gift med en annen"));
    }
    Ok(())
}

fn relasjon(nummer: &str, er: &str, jeg_er: &str) -> Value {
    json!({"relatertPerson": nummer, "relatertPersonsRolle": er, "minRolleForPerson": jeg_er})
}

fn ektefelle(nummer: &str) -> Value {
    relasjon(nummer, "ektefelleEllerPartner", "ektefelleEllerPartner")
}

/// When somebody who is married was, where a test does not say. Units: days before now. Source: our choice: so long ago that what a
/// test lets happen next comes after it.
const GIFT_DAGER: i32 = 365;

/// A document on its way.
struct Dokument<'t> {
    tid: &'t Tid,
    /// What is said of somebody has been so since they were born.
    foedt: Tidspunkt,
    opplysninger: Vec<Opplysning>,
}

impl<'t> Dokument<'t> {
    fn new(tid: &'t Tid, foedt: Dato) -> Self {
        Dokument {
            tid,
            foedt: midnatt(foedt).unwrap_or(tid.tidspunkt),
            opplysninger: Vec::new(),
        }
    }

    fn ta(&mut self, entitet: Entitet, felt: &str, verdi: Value) -> Result<(), Feil> {
        self.ta_fra(entitet, felt, verdi, self.foedt)
    }

    fn ta_fra(&mut self, entitet: Entitet, felt: &str, verdi: Value, gyldig: Tidspunkt) -> Result<(), Feil> {
        let mut ny = opplysning(entitet, verdi, felt, gyldig)?;
        // A document is taken as it is, so it says itself when it was registered.
        ny.metadata.ajourholdstidspunkt = Some(self.tid.tidspunkt);
        self.opplysninger.push(ny);
        Ok(())
    }
}

fn tildel(b: &Behandling<'_>, tid: &Tid, ny: &Ny) -> Result<String, Feil> {
    let kalender = |d: Dato| identifikator::Dato::new(d.aar(), d.maaned()?, d.dag()?);
    let (Some(i_dag), Some(foedt)) = (kalender(tid.dag), kalender(ny.foedt)) else {
        return Err(Feil::ugyldig("foedselsdato", "kan ikke ha et nummer"));
    };
    let kjoenn = if ny.kjoenn == "kvinne" {
        Kjoenn::Kvinne
    } else {
        Kjoenn::Mann
    };
    let slag = Identifikatortype::Foedselsnummer;
    // Of the test environments' series, whatever the register's own is.
    let bestilling = Bestilling::paa_dag(i_dag, slag, foedt, kjoenn, identifikator::Serie::Tenor);
    let mut feil = None;
    let tildelt = Tildeler::new().tildel_ledig(&bestilling, |nummer| match b.finn(nummer.as_str()) {
        Ok(funnet) => funnet.is_some(),
        Err(annet) => {
            feil = Some(annet);
            true
        }
    });
    if let Some(feil) = feil {
        return Err(feil.into());
    }
    match tildelt {
        Ok(tildelt) => Ok(tildelt.identifikator.to_string()),
        Err(_) => Err(Feil::ugyldig(
            "foedselsdato",
            "har ingen ledige numre; velg en annen dato",
        )),
    }
}
