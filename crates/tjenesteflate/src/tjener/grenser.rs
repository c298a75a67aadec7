//! What a connection may cost. Every limit is one named constant with its source, and a field that tests and
//! configuration may set.

use std::{sync::Arc, time::Duration};

/// Open connections at once; above it the accept loop waits, so new clients queue in the kernel's backlog.
/// Source: our choice; twice the slow clients of the figure that an honest client must survive (2 700), with room.
pub const TILKOBLINGER_MAKS: usize = 8_192;
/// Connections that the system holds until they are accepted, where it lets so many wait.
/// Source: our choice. With the library's 128 a crowd that comes at once fills it, and an honest client is heard a second
/// later, or holds a connection that we never had.
pub const KOE: u32 = 4_096;
/// Bytes of answers that the system holds for one connection; Linux takes it twice. Source: our choice. Left to itself the
/// system holds 4 MB, and a client that asks and does not read gets ten pages of a feed made for it; with this, one or two.
/// A client 30 ms away still gets 17 MB a second.
pub const SENDEBUFFER_BYTES: u32 = 256 * 1024;
/// From accept to a known protocol, and then for one HTTP/1.1 request head; also how long an idle HTTP/1.1
/// connection is kept. Source: our figure for slow clients, "closed within 10 s of header".
pub const HODETID_MAKS: Duration = Duration::from_secs(10);
/// For what wraps the accepted stream (a TLS handshake). Source: our choice, as for headers.
pub const HAANDTRYKK_MAKS: Duration = Duration::from_secs(10);
/// A write that makes no progress at all. Source: our figure for slow clients, "30 s of body".
pub const SKRIVESTANS_MAKS: Duration = Duration::from_secs(30);
/// The age at which a connection is asked to finish, however busy: it bounds what a client that reads a crumb at a
/// time can hold. Source: our choice.
pub const ALDER_MAKS: Duration = Duration::from_secs(600);
/// From being asked to finish by age until it is cut. Source: our choice, as for bodies.
pub const ALDERSNAADE: Duration = Duration::from_secs(30);
/// From stop until what still runs is cut. Source: the product's promise that Ctrl-C stops within one second,
/// less what else must close.
pub const AVSLUTNING_MAKS: Duration = Duration::from_millis(500);
/// The request line and headers together, and the HTTP/2 header list. Source: our choice; an access token is at most
/// 16 kB, and a DPoP proof comes beside it. Above it the answer is 431.
pub const HODE_BYTES_MAKS: u32 = 32 * 1024;
/// Headers in one request. Source: what the HTTP/1.1 library takes; the same for HTTP/2.
pub const HODER_MAKS: usize = 100;
/// How many times [`HODE_BYTES_MAKS`] an HTTP/2 header list is read, so that the interface called can answer 431 itself.
/// Source: our choice.
pub const H2_HODE_GANGER: u32 = 4;
/// Concurrent HTTP/2 streams per connection. Source: RFC 9113, 6.5.2, which recommends no less than 100.
pub const H2_STROEMMER_MAKS: u32 = 100;
/// HTTP/2 streams reset by the peer and not yet accepted ("rapid reset"). Source: the default of the h2 library
/// since CVE-2023-44487, stated so that an upgrade cannot change it unseen.
pub const H2_AVBRUTTE_MAKS: usize = 20;
/// HTTP/2 streams that we reset because the peer broke the rules. Source: the default of the h2 library, as above.
pub const H2_EGNE_AVBRUDD_MAKS: usize = 1_024;
/// Between pings on an HTTP/2 connection. Source: our choice.
pub const H2_PING_MELLOMROM: Duration = Duration::from_secs(20);
/// For the answer to an HTTP/2 ping. Source: our choice, as for headers.
pub const H2_PING_MAKS: Duration = Duration::from_secs(10);
/// Bytes that one HTTP/2 stream may send before we have read them. Source: RFC 9113, 6.5.2, initial value.
pub const H2_STROEMVINDU_BYTES: u32 = 64 * 1024;
/// The same for a whole HTTP/2 connection. Source: our choice; four streams' worth.
pub const H2_FORBINDELSESVINDU_BYTES: u32 = 256 * 1024;
/// Bytes of answer buffered for one HTTP/2 stream. Source: our choice, as for the window.
pub const H2_SENDEBUFFER_BYTES: usize = 64 * 1024;
/// After our last byte: how long we go on reading what the client was still sending, so that it gets to read the
/// answer (a 413, say) before the connection is reset. Source: our choice; RFC 9112, 9.6 asks for such a wait.
pub const ETTERLESING_MAKS: Duration = Duration::from_millis(300);
/// And how many bytes of it. Source: our choice.
pub const ETTERLESING_BYTES_MAKS: usize = 1024 * 1024;

/// Steps between the shortest time for a head and the longest.
const TRINN: u32 = 16;

/// The smallest head limit that the HTTP/1.1 library accepts.
const HODE_BYTES_MINST: u32 = 8 * 1024;

/// The limits of one listening port. [`Default`] gives the named constants of this module.
#[derive(Clone, Debug)]
pub struct Grenser {
    /// See [`TILKOBLINGER_MAKS`]. Zero is read as one.
    pub tilkoblinger_maks: usize,
    /// See [`HODETID_MAKS`].
    pub hodetid_maks: Duration,
    /// See [`HAANDTRYKK_MAKS`].
    pub haandtrykk_maks: Duration,
    /// See [`SKRIVESTANS_MAKS`].
    pub skrivestans_maks: Duration,
    /// See [`ALDER_MAKS`].
    pub alder_maks: Duration,
    /// See [`ALDERSNAADE`].
    pub aldersnaade: Duration,
    /// See [`AVSLUTNING_MAKS`].
    pub avslutning_maks: Duration,
    /// See [`HODE_BYTES_MAKS`]. Less than 8 KiB is read as 8 KiB.
    pub hode_bytes_maks: u32,
    /// See [`H2_STROEMMER_MAKS`].
    pub h2_stroemmer_maks: u32,
    /// See [`H2_PING_MELLOMROM`].
    pub h2_ping_mellomrom: Duration,
    /// See [`H2_PING_MAKS`].
    pub h2_ping_maks: Duration,
    /// See [`ETTERLESING_MAKS`].
    pub etterlesing_maks: Duration,
    /// See [`ETTERLESING_BYTES_MAKS`].
    pub etterlesing_bytes_maks: usize,
}

impl Default for Grenser {
    fn default() -> Self {
        Self {
            tilkoblinger_maks: TILKOBLINGER_MAKS,
            hodetid_maks: HODETID_MAKS,
            haandtrykk_maks: HAANDTRYKK_MAKS,
            skrivestans_maks: SKRIVESTANS_MAKS,
            alder_maks: ALDER_MAKS,
            aldersnaade: ALDERSNAADE,
            avslutning_maks: AVSLUTNING_MAKS,
            hode_bytes_maks: HODE_BYTES_MAKS,
            h2_stroemmer_maks: H2_STROEMMER_MAKS,
            h2_ping_mellomrom: H2_PING_MELLOMROM,
            h2_ping_maks: H2_PING_MAKS,
            etterlesing_maks: ETTERLESING_MAKS,
            etterlesing_bytes_maks: ETTERLESING_BYTES_MAKS,
        }
    }
}

impl Grenser {
    /// The number of places for open connections, at least one: with none the server could never answer.
    pub(super) fn plasser(&self) -> usize {
        self.tilkoblinger_maks.clamp(1, tokio::sync::Semaphore::MAX_PERMITS)
    }

    /// The same limits for one connection after another, with up to a fifth less time for heads: a crowd that came at once
    /// is not sent away at once, in the middle of what others ask.
    pub(super) fn fordelte(&self) -> [Arc<Self>; TRINN as usize] {
        let mut trinn = 0;
        [(); TRINN as usize].map(|()| {
            trinn += 1;
            Arc::new(Self {
                hodetid_maks: self.hodetid_maks * (TRINN * 4 + trinn) / (TRINN * 5),
                ..self.clone()
            })
        })
    }

    /// The head limit, raised to what the HTTP/1.1 library can hold to.
    pub(super) fn hode_bytes(&self) -> u32 {
        self.hode_bytes_maks.max(HODE_BYTES_MINST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_is_given_different_times_none_above_the_limit() {
        let tider = Grenser::default().fordelte().map(|g| g.hodetid_maks);
        assert!(tider.is_sorted() && tider[0] > HODETID_MAKS * 4 / 5);
        assert_eq!(tider.last(), Some(&HODETID_MAKS));
        assert!(tider.windows(2).all(|to| to[1] - to[0] < Duration::from_millis(200)));
    }

    #[test]
    fn limits_that_could_stop_the_server_are_raised() {
        let grenser = Grenser {
            tilkoblinger_maks: 0,
            hode_bytes_maks: 1,
            ..Grenser::default()
        };
        assert_eq!((grenser.plasser(), grenser.hode_bytes()), (1, 8 * 1024));
        let grenser = Grenser {
            tilkoblinger_maks: usize::MAX,
            ..Grenser::default()
        };
        assert!(grenser.plasser() < usize::MAX);
    }

    #[test]
    fn the_stop_is_within_the_promised_second() {
        assert!(Grenser::default().avslutning_maks < Duration::from_secs(1));
    }
}
