//! The two editions of WS-Trust and WS-SecureConversation, as one table of names.
//!
//! The published policy asks for that of February 2005; that of December 2005 differs by its names and little else. What
//! newcomers get wrong: to mix them. A context lives in the edition that it was opened in.

/// An edition, of both specifications together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Utgave {
    /// February 2005: that of the published policy (`Trust10`), and what WCF's `wsHttpBinding` speaks.
    Feb2005,
    /// December 2005: WS-Trust 1.3 and WS-SecureConversation 1.3, OASIS.
    Des2005,
}

/// What is asked for with a `RequestSecurityToken`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aerend {
    Aapning,
    Fornyelse,
    Avslutning,
}

impl Aerend {
    pub(crate) const ALLE: [Aerend; 3] = [Aerend::Aapning, Aerend::Fornyelse, Aerend::Avslutning];
}

/// Trust's namespace, February 2005.
pub(crate) const TILLIT_FEB: &str = "http://schemas.xmlsoap.org/ws/2005/02/trust";
/// Conversations' namespace, February 2005.
pub(crate) const SAMTALE_FEB: &str = "http://schemas.xmlsoap.org/ws/2005/02/sc";
/// Trust's namespace, December 2005.
pub(crate) const TILLIT_DES: &str = "http://docs.oasis-open.org/ws-sx/ws-trust/200512";
/// Conversations' namespace, December 2005.
pub(crate) const SAMTALE_DES: &str = "http://docs.oasis-open.org/ws-sx/ws-secureconversation/200512";

impl Utgave {
    /// Both.
    pub const ALLE: [Utgave; 2] = [Utgave::Feb2005, Utgave::Des2005];

    /// Namespace of WS-Trust.
    #[must_use]
    pub fn tillit(self) -> &'static str {
        match self {
            Utgave::Feb2005 => TILLIT_FEB,
            Utgave::Des2005 => TILLIT_DES,
        }
    }

    /// Namespace of WS-SecureConversation.
    #[must_use]
    pub fn samtale(self) -> &'static str {
        match self {
            Utgave::Feb2005 => SAMTALE_FEB,
            Utgave::Des2005 => SAMTALE_DES,
        }
    }

    pub(crate) fn med_tillit(navnerom: &str) -> Option<Self> {
        Self::ALLE.into_iter().find(|u| u.tillit() == navnerom)
    }

    pub(crate) fn med_samtale(navnerom: &str) -> Option<Self> {
        Self::ALLE.into_iter().find(|u| u.samtale() == navnerom)
    }

    /// Type of a context token, also as `ValueType` of what points to one.
    pub(crate) fn tokentype(self) -> String {
        format!("{}/sct", self.samtale())
    }

    /// `ValueType` of what points to a derived key.
    pub(crate) fn avledet_type(self) -> String {
        format!("{}/dk", self.samtale())
    }

    /// How derived keys are derived.
    pub(crate) fn avledning(self) -> String {
        format!("{}/dk/p_sha1", self.samtale())
    }

    /// How the key of a context is made of the entropy of both.
    pub(crate) fn beregning(self) -> String {
        format!("{}/CK/PSHA1", self.tillit())
    }

    /// Type of entropy.
    pub(crate) fn engangsverdi(self) -> String {
        format!("{}/Nonce", self.tillit())
    }

    /// `RequestType`.
    pub(crate) fn anmodningstype(self, aerend: Aerend) -> String {
        let navn = match aerend {
            Aerend::Aapning => "Issue",
            Aerend::Fornyelse => "Renew",
            Aerend::Avslutning => "Cancel",
        };
        format!("{}/{navn}", self.tillit())
    }

    /// `wsa:Action` of a request.
    pub(crate) fn handling(self, aerend: Aerend) -> String {
        format!("{}/RST/SCT{}", self.tillit(), slutt(aerend))
    }

    /// `wsa:Action` of its answer.
    pub(crate) fn svarhandling(self, aerend: Aerend) -> String {
        format!("{}/RSTR/SCT{}", self.tillit(), slutt(aerend))
    }
}

fn slutt(aerend: Aerend) -> &'static str {
    match aerend {
        Aerend::Aapning => "",
        Aerend::Fornyelse => "/Renew",
        Aerend::Avslutning => "/Cancel",
    }
}
