//! Routers that leak on purpose: the control that the comparison can fail at all.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::{HeaderValue, Method, header};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

/// What leaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lekkasje {
    /// The answer is that of someone who may see more.
    Kropp,
    /// A `Content-Length`, as a HEAD request would be told, of the answer that someone who may see more would get.
    Lengde,
    /// An `ETag` over the answer that someone who may see more would get.
    Etag,
    /// A `Retry-After` that grows with the answer that someone who may see more would get.
    Vent,
}

impl Lekkasje {
    /// Every kind.
    pub const ALLE: [Lekkasje; 4] = [Lekkasje::Kropp, Lekkasje::Lengde, Lekkasje::Etag, Lekkasje::Vent];
}

/// Wraps a router so that it leaks. `som_mer` gives a request as someone who may see more would send it; `None` leaves the
/// answer as it is.
pub fn lekk(
    router: Router,
    lekkasje: Lekkasje,
    som_mer: impl Fn(&http::request::Parts) -> Option<Request> + Send + Sync + 'static,
) -> Router {
    let som_mer = Arc::new(som_mer);
    Router::new().fallback(move |foresporsel: Request| {
        let (router, som_mer) = (router.clone(), som_mer.clone());
        async move {
            let (deler, kropp) = foresporsel.into_parts();
            let mer = (deler.method == Method::GET).then(|| som_mer(&deler)).flatten();
            let Ok(svar) = router.clone().oneshot(Request::from_parts(deler, kropp)).await;
            let Some(mer) = mer else { return svar };
            let Ok(mer) = router.oneshot(mer).await;
            forskjoenn(svar, mer, lekkasje).await
        }
    })
}

async fn forskjoenn(mut svar: Response, mer: Response, lekkasje: Lekkasje) -> Response {
    let (deler, kropp) = mer.into_parts();
    let Ok(kropp) = kropp.collect().await else { return svar };
    let kropp = kropp.to_bytes();
    let sett = |svar: &mut Response, navn, verdi: String| {
        if let Ok(verdi) = HeaderValue::from_str(&verdi) {
            svar.headers_mut().insert(navn, verdi);
        }
    };
    match lekkasje {
        Lekkasje::Kropp => return Response::from_parts(deler, Body::from(kropp)),
        Lekkasje::Lengde => sett(&mut svar, header::CONTENT_LENGTH, kropp.len().to_string()),
        Lekkasje::Etag => {
            let sum = kropp.iter().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
                (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
            });
            sett(&mut svar, header::ETAG, format!("\"{sum:016x}\""));
        }
        Lekkasje::Vent => sett(&mut svar, header::RETRY_AFTER, (1 + kropp.len() % 60).to_string()),
    }
    svar
}
