//! Whose address a call comes from.
//!
//! It is the peer of the connection, except where that peer is a proxy that the settings name; then it is what that
//! proxy says, in the one header that it is known to set. A header that anyone can send moves nobody's budget.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
    str::FromStr,
};

use http::{HeaderMap, HeaderName, header};

/// The key of a client's budget: an IPv4 address, or the first 64 bits of an IPv6 one, which one client has all of.
///
/// Source: RFC 6177; our choice.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Klientadresse(IpAddr);

impl fmt::Debug for Klientadresse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An address can point at a person.
        f.write_str("Klientadresse(***)")
    }
}

impl Klientadresse {
    /// The key of an address.
    #[must_use]
    pub fn new(adresse: IpAddr) -> Self {
        match adresse.to_canonical() {
            IpAddr::V6(v6) => {
                let nett = u128::from(v6) >> 64 << 64;
                Self(IpAddr::V6(Ipv6Addr::from(nett)))
            }
            v4 @ IpAddr::V4(_) => Self(v4),
        }
    }
}

/// A network: `10.0.0.0/8`, `2001:db8::/32`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nett {
    adresse: IpAddr,
    bit: u8,
}

/// Not a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("ikke en IP-adresse eller et nett som 10.0.0.0/8")]
pub struct Nettfeil;

impl FromStr for Nett {
    type Err = Nettfeil;

    fn from_str(tekst: &str) -> Result<Self, Nettfeil> {
        let (adresse, bit) = match tekst.split_once('/') {
            Some((adresse, bit)) => (adresse, Some(bit)),
            None => (tekst, None),
        };
        let adresse: IpAddr = adresse.parse().map_err(|_| Nettfeil)?;
        let maks = if adresse.is_ipv4() { 32 } else { 128 };
        let bit = match bit {
            None => maks,
            Some(bit) => bit.parse().ok().filter(|b| *b <= maks).ok_or(Nettfeil)?,
        };
        Ok(Self { adresse, bit })
    }
}

impl Nett {
    fn har(&self, adresse: IpAddr) -> bool {
        let like = |a: u128, b: u128, bredde: u8| {
            let skift = u32::from(bredde - self.bit);
            a.checked_shr(skift).unwrap_or(0) == b.checked_shr(skift).unwrap_or(0)
        };
        match (self.adresse, adresse) {
            (IpAddr::V4(a), IpAddr::V4(b)) => like(u128::from(u32::from(a)), u128::from(u32::from(b)), 32),
            (IpAddr::V6(a), IpAddr::V6(b)) => like(u128::from(a), u128::from(b), 128),
            _ => false,
        }
    }
}

/// The header in which the proxies say whom they speak for.
///
/// One and not both: a proxy sets the one it knows and lets the other through as the client wrote it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Adressehode {
    /// `X-Forwarded-For`.
    #[default]
    XForwardedFor,
    /// `Forwarded`, RFC 7239.
    Forwarded,
}

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The proxies whose word is taken.
#[derive(Clone, Debug, Default)]
pub struct Mellomledd {
    /// Where they are.
    pub nett: Vec<Nett>,
    /// What they write.
    pub hode: Adressehode,
}

impl Mellomledd {
    /// Who is at the other end.
    ///
    /// Shape: the header is read from its end, where the nearest proxy wrote; the first address that is no trusted proxy
    /// is the client. What cannot be read stops there: the last that could be is the answer.
    #[must_use]
    pub fn klient(&self, motpart: IpAddr, hoder: &HeaderMap) -> Klientadresse {
        let mut siste = motpart.to_canonical();
        if !self.er_betrodd(siste) {
            return Klientadresse::new(siste);
        }
        let navn = match self.hode {
            Adressehode::XForwardedFor => X_FORWARDED_FOR,
            Adressehode::Forwarded => header::FORWARDED,
        };
        let verdier: Vec<_> = hoder.get_all(navn).iter().collect();
        let ledd = verdier
            .iter()
            .rev()
            .flat_map(|verdi| verdi.to_str().unwrap_or_default().rsplit(','));
        for tekst in ledd {
            let adresse = match self.hode {
                Adressehode::XForwardedFor => les_node(tekst.trim()),
                Adressehode::Forwarded => les_forwarded(tekst),
            };
            let Some(adresse) = adresse.map(|a| a.to_canonical()) else {
                break;
            };
            siste = adresse;
            if !self.er_betrodd(siste) {
                break;
            }
        }
        Klientadresse::new(siste)
    }

    fn er_betrodd(&self, adresse: IpAddr) -> bool {
        self.nett.iter().any(|nett| nett.har(adresse))
    }
}

/// `for=` of one element.
fn les_forwarded(element: &str) -> Option<IpAddr> {
    let par = element.split(';').map(str::trim);
    let verdi = par
        .filter_map(|p| p.split_once('='))
        .find(|(navn, _)| navn.eq_ignore_ascii_case("for"))?
        .1;
    les_node(verdi.trim().trim_matches('"'))
}

/// An address, with or without brackets and port.
fn les_node(tekst: &str) -> Option<IpAddr> {
    if let Ok(adresse) = tekst.parse() {
        return Some(adresse);
    }
    if let Ok(med_port) = tekst.parse::<std::net::SocketAddr>() {
        return Some(med_port.ip());
    }
    tekst.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use proptest::prelude::*;

    fn mellomledd(hode: Adressehode) -> Mellomledd {
        let nett = ["10.0.0.0/8", "192.0.2.7", "2001:db8:1::/48"].map(|n| n.parse().unwrap());
        Mellomledd {
            nett: nett.into(),
            hode,
        }
    }

    #[track_caller]
    fn check(hode: Adressehode, motpart: &str, verdier: &[&str], forventet: &str) {
        let mut hoder = HeaderMap::new();
        for navn in [X_FORWARDED_FOR, header::FORWARDED] {
            let riktig = (navn == header::FORWARDED) == (hode == Adressehode::Forwarded);
            for verdi in verdier {
                let annet = HeaderValue::from_static("203.0.113.66, for=203.0.113.66");
                let verdi = if riktig { verdi.parse().unwrap() } else { annet };
                hoder.append(navn.clone(), verdi);
            }
        }
        let funnet = mellomledd(hode).klient(motpart.parse().unwrap(), &hoder);
        assert!(funnet == Klientadresse::new(forventet.parse().unwrap()), "{verdier:?}");
    }

    #[test]
    fn a_header_is_believed_from_a_trusted_proxy_only_and_from_its_end() {
        use Adressehode::{Forwarded, XForwardedFor};
        for (hode, motpart, verdier, forventet) in [
            (XForwardedFor, "198.51.100.1", &["203.0.113.9"][..], "198.51.100.1"),
            (XForwardedFor, "10.1.2.3", &["203.0.113.9"], "203.0.113.9"),
            (XForwardedFor, "10.1.2.3", &["1.1.1.1, 203.0.113.9"], "203.0.113.9"),
            (
                XForwardedFor,
                "10.1.2.3",
                &["1.1.1.1", "203.0.113.9,10.9.9.9"],
                "203.0.113.9",
            ),
            (XForwardedFor, "10.1.2.3", &["203.0.113.9:4711"], "203.0.113.9"),
            (XForwardedFor, "10.1.2.3", &["1.1.1.1, tull"], "10.1.2.3"),
            (XForwardedFor, "10.1.2.3", &["1.1.1.1, tull, 10.0.0.9"], "10.0.0.9"),
            (XForwardedFor, "10.1.2.3", &[], "10.1.2.3"),
            (XForwardedFor, "::ffff:10.1.2.3", &["203.0.113.9"], "203.0.113.9"),
            (XForwardedFor, "192.0.2.8", &["203.0.113.9"], "192.0.2.8"),
            (XForwardedFor, "2001:db8:1::5", &["2001:db8:2::1"], "2001:db8:2::1"),
            (
                Forwarded,
                "192.0.2.7",
                &["for=1.1.1.1, for=203.0.113.9;proto=http"],
                "203.0.113.9",
            ),
            (
                Forwarded,
                "192.0.2.7",
                &["proto=http; For=\"[2001:db8:2::1]:4711\""],
                "2001:db8:2::1",
            ),
            (Forwarded, "192.0.2.7", &["for=1.1.1.1, for=unknown"], "192.0.2.7"),
            (Forwarded, "192.0.2.7", &["203.0.113.9"], "192.0.2.7"),
        ] {
            check(hode, motpart, verdier, forventet);
        }
    }

    #[test]
    fn an_ipv6_client_is_its_64_bits() {
        let noekkel = |tekst: &str| Klientadresse::new(tekst.parse().unwrap());
        assert!(noekkel("2001:db8:2::1") == noekkel("2001:db8:2::ffff:1"));
        assert!(noekkel("2001:db8:2::1") != noekkel("2001:db8:2:1::1"));
        assert!(noekkel("::ffff:192.0.2.1") == noekkel("192.0.2.1"));
        assert_eq!(format!("{:?}", noekkel("192.0.2.1")), "Klientadresse(***)");
    }

    #[test]
    fn a_network_is_an_address_and_a_length_that_fits_it() {
        for tekst in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/", "a", "10.0.0.0/-1"] {
            assert_eq!(tekst.parse::<Nett>(), Err(Nettfeil), "{tekst}");
        }
        let alt: Nett = "0.0.0.0/0".parse().unwrap();
        assert!(alt.har("203.0.113.9".parse().unwrap()) && !alt.har("::1".parse().unwrap()));
    }

    proptest! {
        #[test]
        fn any_header_gives_an_address(tekst in "[ -~]{0,80}") {
            for hode in [Adressehode::XForwardedFor, Adressehode::Forwarded] {
                let mut hoder = HeaderMap::new();
                hoder.insert(X_FORWARDED_FOR, tekst.parse().unwrap());
                hoder.insert(header::FORWARDED, tekst.parse().unwrap());
                let _ = mellomledd(hode).klient("10.0.0.1".parse().unwrap(), &hoder);
            }
        }
    }
}
