//! Addresses of neighbours, checked once.

use std::fmt;

use reqwest::Url;

use crate::tilkobling::Valg;

/// Longest address. Units: bytes. Source: our choice.
const ADRESSE_BYTES_MAKS: usize = 1024;

/// Why an address is not taken. Does not repeat it: an address may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Adressefeil {
    /// Not an absolute http or https URL.
    #[error("adressen er ikke en fullstendig http- eller https-adresse")]
    Form,
    /// User name, password, query or fragment in it.
    #[error("adressen kan ikke ha brukernavn, passord, spørring eller fragment")]
    Ekstra,
    /// Plain HTTP to another machine.
    #[error("adressen er ukryptert (http) til en annen maskin; bruk https, eller slå på tillat_ukryptert")]
    Ukryptert,
}

/// An address whose scheme we may use.
#[derive(Clone, PartialEq, Eq)]
pub struct Adresse(Url);

impl Adresse {
    /// Reads an address: https to anywhere, http to this machine, http elsewhere only when [`Valg`] says so.
    ///
    /// # Errors
    /// [`Adressefeil`].
    pub fn les(tekst: &str, valg: &Valg) -> Result<Self, Adressefeil> {
        if tekst.len() > ADRESSE_BYTES_MAKS {
            return Err(Adressefeil::Form);
        }
        let url = Url::parse(tekst).map_err(|_| Adressefeil::Form)?;
        if url.cannot_be_a_base() || !url.has_host() {
            return Err(Adressefeil::Form);
        }
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
            return Err(Adressefeil::Ekstra);
        }
        match url.scheme() {
            "https" => {}
            "http" if valg.tillat_ukryptert || er_denne_maskinen(&url) => {}
            "http" => return Err(Adressefeil::Ukryptert),
            _ => return Err(Adressefeil::Form),
        }
        Ok(Adresse(url))
    }

    /// The address of something below this one; `deler` are encoded, `sti` is not.
    pub(crate) fn under(&self, sti: &str, deler: &[&str], spoerring: &[(&str, &str)]) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut stideler) = url.path_segments_mut() {
            stideler
                .pop_if_empty()
                .extend(sti.split('/').filter(|del| !del.is_empty()))
                .extend(deler);
        }
        if !spoerring.is_empty() {
            url.query_pairs_mut().extend_pairs(spoerring);
        }
        url
    }

    /// The address itself.
    pub(crate) fn url(&self) -> &Url {
        &self.0
    }

    pub(crate) fn er_kryptert(&self) -> bool {
        self.0.scheme() == "https"
    }
}

fn er_denne_maskinen(url: &Url) -> bool {
    // The host of an IPv6 address comes in brackets.
    let vert = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    vert == "localhost" || vert.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

impl fmt::Display for Adresse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Adresse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Adresse({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_only() {
        let strengt = Valg::default();
        let aapent = Valg {
            tillat_ukryptert: true,
            ..Valg::default()
        };
        for (tekst, uten, med) in [
            ("https://a.example/x", Ok(()), Ok(())),
            ("http://127.0.0.1:8080", Ok(()), Ok(())),
            ("http://127.9.9.9/", Ok(()), Ok(())),
            ("http://[::1]:80/", Ok(()), Ok(())),
            ("http://localhost/", Ok(()), Ok(())),
            ("http://a.example/", Err(Adressefeil::Ukryptert), Ok(())),
            ("http://10.0.0.1/", Err(Adressefeil::Ukryptert), Ok(())),
            ("http://localhost.example/", Err(Adressefeil::Ukryptert), Ok(())),
            ("http://127.0.0.1.example/", Err(Adressefeil::Ukryptert), Ok(())),
            (
                "https://bruker:passord@a.example/",
                Err(Adressefeil::Ekstra),
                Err(Adressefeil::Ekstra),
            ),
            (
                "https://a.example/?x=1",
                Err(Adressefeil::Ekstra),
                Err(Adressefeil::Ekstra),
            ),
            (
                "https://a.example/#x",
                Err(Adressefeil::Ekstra),
                Err(Adressefeil::Ekstra),
            ),
            ("file:///etc/passwd", Err(Adressefeil::Form), Err(Adressefeil::Form)),
            ("ftp://127.0.0.1/", Err(Adressefeil::Form), Err(Adressefeil::Form)),
            ("a.example", Err(Adressefeil::Form), Err(Adressefeil::Form)),
            ("", Err(Adressefeil::Form), Err(Adressefeil::Form)),
        ] {
            assert_eq!(Adresse::les(tekst, &strengt).map(drop), uten, "{tekst}");
            assert_eq!(Adresse::les(tekst, &aapent).map(drop), med, "{tekst}");
        }
    }

    #[test]
    fn what_is_put_below_an_address_cannot_leave_it() {
        for rot in ["https://a.example/x", "https://a.example/x/"] {
            let rot = Adresse::les(rot, &Valg::default()).unwrap();
            let under = |deler: &[&str]| rot.under("/b/c", deler, &[]).to_string();
            assert_eq!(under(&["1"]), "https://a.example/x/b/c/1");
            assert_eq!(under(&["a/b?c#d"]), "https://a.example/x/b/c/a%2Fb%3Fc%23d");
            let med = rot.under("b", &[], &[("part", "navn"), ("part", "a&b=c")]);
            assert_eq!(med.query(), Some("part=navn&part=a%26b%3Dc"));
        }
    }
}
