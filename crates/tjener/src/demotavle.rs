//! What the demo tells when it begins: something planned, something solved, something new, dated by the nation's own calendar.

use anyhow::{Context, Result};
use driftsmeldinger::{
    Endring, Gyldighet, Innhold, Miljoe, Nyhetsinnhold, Nyhetsslag, Sak, Slag, Tidsrom, Tilstand, Tjeneste, Virkning,
    tid,
};
use jiff::Timestamp;
use syntetisk_befolkning::REFERANSEDATO;

use crate::mappe::Aapen;

/// Who the board says did it.
const AV: &str = "persontjenesten demo";

/// A time some days from the nation's reference date.
fn tid_fra_referanse(dager: i64, klokken: &str) -> Result<Timestamp> {
    let dato: jiff::civil::Date = REFERANSEDATO.to_string().parse()?;
    let dag = dato.checked_add(jiff::Span::new().try_days(dager)?)?;
    tid::les(&format!("{dag}T{klokken}")).context("tidspunktet i en eksempelmelding")
}

/// Publishes what is not there from an earlier start.
pub fn publiser(aapen: &Aapen) -> Result<()> {
    let tavle = aapen.tavle()?;
    let mangler = |slug: &str| tavle.finn(slug).is_none();
    if mangler("forsinket-hendelsesliste-for-finans") {
        let innhold = Innhold {
            tjenester: [Tjeneste::Hendelsesliste].into(),
            pakker: [tilgang::Pakke::Finans].into(),
            faktisk: Tidsrom {
                fra: Some(tid_fra_referanse(-10, "16:25")?),
                til: None,
            },
            virkning: Virkning::Forsinket,
            ..Innhold::ny(
                Slag::Driftsfeil,
                "Forsinket hendelsesliste for finans",
                "Feil oppstod kl. 16:25. Hendelser for finans kommer senere enn de skal. Oppslag er ikke berørt. \
                 Dette er et eksempel som demoen har laget.",
            )
        };
        tavle.publiser(innhold, Tilstand::Paagaar, AV, tid_fra_referanse(-10, "16:40")?)?;
    }
    if let Some(Sak::Melding(feil)) = tavle.finn("forsinket-hendelsesliste-for-finans")
        && feil.tilstand == Tilstand::Paagaar
        && feil.versjon == 1
    {
        let loest = tid_fra_referanse(-10, "18:05")?;
        let endring = Endring {
            tilstand: Some(Tilstand::Loest),
            tekst: Some("Feil løst kl. 18:05. Hendelseslisten er à jour.".to_owned()),
            ..Endring::default()
        };
        tavle.endre(feil.nummer, &endring, AV, loest)?;
    }
    if mangler("nye-syntetiske-testpersoner") {
        let innhold = Nyhetsinnhold {
            gjelder: vec![Gyldighet {
                miljoe: Some(Miljoe::Konsumenttest),
                fra: tid_fra_referanse(0, "00:00")?,
            }],
            ..Nyhetsinnhold::ny(
                Nyhetsslag::Testdata,
                "Nye syntetiske testpersoner",
                "Befolkningen i demoen er laget på nytt. Numrene er av testserien, med 80 lagt til måneden. \
                 Dette er et eksempel som demoen har laget.",
            )
        };
        tavle.publiser_nyhet(&innhold, AV, tid_fra_referanse(-3, "10:00")?)?;
    }
    if mangler("planlagt-vedlikehold-14-januar") {
        let innhold = Innhold {
            tjenester: [Tjeneste::Konsument].into(),
            planlagt: Tidsrom {
                fra: Some(tid_fra_referanse(13, "18:00")?),
                til: Some(tid_fra_referanse(13, "20:00")?),
            },
            virkning: Virkning::IkkeOppdatert,
            automatisk: true,
            ..Innhold::ny(
                Slag::PlanlagtVedlikehold,
                "Planlagt vedlikehold 14. januar",
                "Tjenestene svarer som vanlig, men oppdateres ikke fra kl. 18:00 til kl. 20:00. \
                 Dette er et eksempel som demoen har laget.",
            )
        };
        tavle.publiser(innhold, Tilstand::Varslet, AV, tid_fra_referanse(0, "09:00")?)?;
    }
    Ok(())
}
