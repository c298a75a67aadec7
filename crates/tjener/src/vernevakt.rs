//! Watches disclosures about persons who are fortrolig or strengt fortrolig: counted by package, and told of when one
//! consumer has many in an hour.
//!
//! It stands where records are written, so what is counted is what left. The list itself is made from the log, by
//! `audit vernede`. A page of a feed names everybody alike and is not counted (our choice, ADR 0015).

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use identifikator::Organisasjonsnummer;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::{counter::Counter, family::Family};
use tilgang::token::Framtid;
use tilgang::{Grad, Revisjon, RevisjonUtilgjengelig, Revisjonspost};
use tjenesteflate::maalinger::{self, Maalere};
use tjenesteflate::struping::Struper;

const TIME: Duration = Duration::from_secs(3_600);

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Pakkeetikett {
    pakke: &'static str,
}

/// Passes records on, and watches those about protected persons.
pub struct Vernevakt {
    indre: Arc<dyn Revisjon>,
    konsumenter: Option<Struper<Organisasjonsnummer>>,
    utleveringer: Family<Pakkeetikett, Counter>,
    alarmer: Counter,
}

impl Vernevakt {
    /// Records go to `indre`. More than `per_time` such persons in an hour is told of; absent: never.
    pub fn new(
        indre: Arc<dyn Revisjon>,
        per_time: Option<NonZeroU32>,
        maalere: &Maalere,
    ) -> Result<Self, maalinger::Error> {
        let (utleveringer, alarmer) = (Family::default(), Counter::default());
        maalere.register(
            "protected_disclosures",
            "Persons disclosed who are fortrolig or strengt fortrolig, by package",
            Family::clone(&utleveringer),
        )?;
        maalere.register(
            "protected_disclosures_alarm",
            "Times that a consumer passed the hourly limit on such persons",
            Counter::clone(&alarmer),
        )?;
        Ok(Vernevakt {
            indre,
            konsumenter: per_time.map(|n| Struper::new(n.saturating_add(1), TIME, Instant::now())),
            utleveringer,
            alarmer,
        })
    }

    fn merk(&self, konsument: Option<Organisasjonsnummer>, pakke: &'static str, antall: usize) {
        let etikett = Pakkeetikett { pakke };
        self.utleveringer
            .get_or_create(&etikett)
            .inc_by(u64::try_from(antall).unwrap_or(u64::MAX));
        let (Some(konsumenter), Some(konsument)) = (&self.konsumenter, konsument) else {
            return;
        };
        if konsumenter.legg_til(&konsument, u32::try_from(antall).unwrap_or(u32::MAX), Instant::now()) {
            self.alarmer.inc();
            tracing::warn!(
                %konsument,
                pakke,
                "a consumer has been given many protected persons in an hour; see audit vernede"
            );
        }
    }
}

impl Revisjon for Vernevakt {
    fn skriv<'a>(&'a self, post: &Revisjonspost<'_>) -> Framtid<'a, Result<(), RevisjonUtilgjengelig>> {
        let varig = self.indre.skriv(post);
        let antall = post.leveranser.iter().filter(|l| l.vern >= Grad::Fortrolig).count();
        if antall == 0 {
            return varig;
        }
        let konsument = Organisasjonsnummer::parse(post.konsument).ok();
        let pakke = post.projeksjon.map_or("-", |p| p.pakke().kortnavn());
        Box::pin(async move {
            varig.await?;
            self.merk(konsument, pakke, antall);
            Ok(())
        })
    }
}
