//! The trace that our own calls carry on: W3C Trace Context, `traceparent`.
//!
//! Whoever makes calls on behalf of a request says so with [`med_spor`]; then every call inside carries on the request's
//! trace, with a step of its own. A call that is made on nobody's behalf begins a trace.

use std::future::Future;

use reqwest::header::HeaderValue;
use uuid::Uuid;

tokio::task_local! {
    static SPOR: Spor;
}

/// A trace: its id and its flags, as text that has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Spor {
    id: String,
    flagg: String,
}

impl Spor {
    /// Reads a `traceparent` of version 00; anything else is none.
    fn les(traceparent: &str) -> Option<Self> {
        let deler: Vec<&str> = traceparent.split('-').collect();
        let [versjon, id, ledd, flagg] = deler[..] else {
            return None;
        };
        let heks = |tekst: &str, lengde: usize| {
            tekst.len() == lengde && tekst.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        };
        let ikke_null = |tekst: &str| tekst.bytes().any(|b| b != b'0');
        let gyldig =
            versjon == "00" && heks(id, 32) && heks(ledd, 16) && heks(flagg, 2) && ikke_null(id) && ikke_null(ledd);
        gyldig.then(|| Spor {
            id: id.to_owned(),
            flagg: flagg.to_owned(),
        })
    }

    fn ny() -> Self {
        Spor {
            id: Uuid::new_v4().simple().to_string(),
            flagg: "00".to_owned(),
        }
    }
}

/// Runs something in which every call of ours carries on a trace. `traceparent` is that of the request on whose behalf the
/// calls are made; one that cannot be read counts as none.
pub async fn med_spor<F: Future>(traceparent: &str, framtid: F) -> F::Output {
    match Spor::les(traceparent) {
        Some(spor) => SPOR.scope(spor, framtid).await,
        None => framtid.await,
    }
}

/// The header of one call: the trace of whoever it is made for, and a step of its own.
pub(crate) fn traceparent() -> Option<HeaderValue> {
    let spor = SPOR.try_with(Clone::clone).unwrap_or_else(|_| Spor::ny());
    // A version 4 uuid is never all zeros in its first half.
    let ledd = Uuid::new_v4().simple().to_string();
    let ledd = ledd.get(..16)?;
    HeaderValue::try_from(format!("00-{}-{ledd}-{}", spor.id, spor.flagg)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const INN: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn ut() -> String {
        traceparent().unwrap().to_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn a_call_carries_on_the_trace_of_the_request_with_a_step_of_its_own() {
        let (en, to) = med_spor(INN, async { (ut(), ut()) }).await;
        for ut in [&en, &to] {
            assert!(
                ut.starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-") && ut.ends_with("-01"),
                "{ut}"
            );
            assert!(Spor::les(ut).is_some() && ut != INN);
        }
        assert_ne!(en, to);
    }

    #[tokio::test]
    async fn without_a_trace_or_with_one_that_cannot_be_read_a_new_one_begins() {
        let uten = ut();
        assert!(Spor::les(&uten).is_some());
        for galt in [
            "",
            "00",
            &INN.to_uppercase(),
            &INN.replacen("00", "ff", 1),
            &format!("{INN}-mer"),
            &INN.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32)),
        ] {
            let ut = med_spor(galt, async { ut() }).await;
            assert!(
                Spor::les(&ut).is_some_and(|s| s.flagg == "00" && s.id != "4bf92f3577b34da6a3ce929d0e0e4736"),
                "{galt} {ut}"
            );
        }
    }
}
