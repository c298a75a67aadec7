//! `Accept`: which of our representations the client wants. Source: RFC 9110, 12.5.1.

use std::borrow::Cow;

use http::{HeaderMap, header};

use super::{
    Medietype,
    leser::{Leser, Ugyldig},
};

/// Media ranges in one request. Source: our choice; browsers send some ten.
const OMRAADER_MAKS: usize = 64;
/// Full weight: the header has at most three decimals.
const VEKT_FULL: u16 = 1_000;

/// Nothing that we offer is acceptable, or the header cannot be read: 406.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Accept må angi en medietype som ressursen kan leveres i")]
pub struct IkkeAkseptabel;

/// What a request accepts.
///
/// No header, or an empty one, accepts anything. A header that does not follow the grammar accepts nothing: guessing
/// would hide a client's fault until the day the guess is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aksept(Result<Omraader, Ugyldig>);

/// Most requests name one type, so one has its place without the heap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Omraader {
    foerste: Option<Omraade>,
    resten: Vec<Omraade>,
}

impl Omraader {
    fn antall(&self) -> usize {
        self.resten.len() + usize::from(self.foerste.is_some())
    }

    fn er_tom(&self) -> bool {
        self.foerste.is_none()
    }

    fn legg_til(&mut self, omraade: Omraade) {
        if self.foerste.is_none() {
            self.foerste = Some(omraade);
        } else {
            self.resten.push(omraade);
        }
    }

    fn alle(&self) -> impl Iterator<Item = &Omraade> {
        self.foerste.iter().chain(&self.resten)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Omraade {
    hovedtype: Cow<'static, str>,
    undertype: Cow<'static, str>,
    parametre: Vec<(String, String)>,
    vekt: u16,
}

impl Omraade {
    /// What nearly everyone sends, known by sight.
    fn kjent(linje: &[u8]) -> Option<Self> {
        let undertype = match linje {
            b"application/json" => "json",
            b"application/xml" => "xml",
            _ => return None,
        };
        Some(Omraade {
            hovedtype: Cow::Borrowed("application"),
            undertype: Cow::Borrowed(undertype),
            parametre: Vec::new(),
            vekt: VEKT_FULL,
        })
    }
}

impl Aksept {
    /// Reads the header, which may be spread over several lines.
    pub fn from_headers(hoder: &HeaderMap) -> Self {
        let mut omraader = Omraader::default();
        let mut linjer = hoder.get_all(header::ACCEPT).iter();
        if let (Some(en), None) = (linjer.next(), linjer.next())
            && let Some(kjent) = Omraade::kjent(en.as_bytes())
        {
            omraader.legg_til(kjent);
            return Self(Ok(omraader));
        }
        for linje in hoder.get_all(header::ACCEPT) {
            let lest = linje
                .to_str()
                .map_err(|_| Ugyldig)
                .and_then(|linje| parse_line(linje, &mut omraader));
            if let Err(feil) = lest {
                return Self(Err(feil));
            }
        }
        Self(Ok(omraader))
    }

    /// Whether the client leaves the choice to us, by sending no header or an empty one.
    pub fn is_open(&self) -> bool {
        self.0.as_ref().is_ok_and(Omraader::er_tom)
    }

    /// Chooses among offers, given in our own order of preference.
    ///
    /// Shape: for each offer the most precise range that covers it gives the weight; the highest weight wins, and the
    /// earlier of equals. A weight of zero excludes. `charset=utf-8` in a range is always met; any other parameter
    /// must be one of the offer's.
    pub fn choose<'t>(&self, tilbud: &'t [Medietype]) -> Result<&'t Medietype, IkkeAkseptabel> {
        let omraader = self.0.as_ref().map_err(|Ugyldig| IkkeAkseptabel)?;
        if omraader.er_tom() {
            return tilbud.first().ok_or(IkkeAkseptabel);
        }
        let mut valgt = None;
        let mut beste = 0;
        for type_ in tilbud {
            let vekt = weight(omraader, type_);
            // Strictly more, so that the earlier of two equals stays, and zero never wins.
            if vekt > beste {
                beste = vekt;
                valgt = Some(type_);
            }
        }
        valgt.ok_or(IkkeAkseptabel)
    }
}

/// The weight that the most precise covering range gives a type. Of equally precise ranges the heaviest counts.
fn weight(omraader: &Omraader, type_: &Medietype) -> u16 {
    omraader
        .alle()
        .filter_map(|omraade| Some((precision(omraade, type_)?, omraade.vekt)))
        .max()
        .map_or(0, |(_, vekt)| vekt)
}

/// How precisely a range covers a type, if it does: `*/*`, then `type/*`, then `type/subtype`, then parameters.
fn precision(omraade: &Omraade, type_: &Medietype) -> Option<usize> {
    let moett = |(navn, verdi): &&(String, String)| {
        (navn == "charset" && verdi.eq_ignore_ascii_case("utf-8"))
            || type_
                .parametre
                .iter()
                .any(|(n, v)| n == navn && v.eq_ignore_ascii_case(verdi))
    };
    if omraade.parametre.iter().filter(moett).count() < omraade.parametre.len() {
        return None;
    }
    match (&*omraade.hovedtype, &*omraade.undertype) {
        ("*", "*") => Some(0),
        (hoved, "*") if hoved == type_.hovedtype => Some(1),
        (hoved, under) if hoved == type_.hovedtype && under == type_.undertype => Some(2 + omraade.parametre.len()),
        _ => None,
    }
}

fn parse_line(linje: &str, omraader: &mut Omraader) -> Result<(), Ugyldig> {
    let mut leser = Leser::new(linje);
    loop {
        leser.skip(&[' ', '\t', ',']);
        if leser.is_empty() {
            return Ok(());
        }
        if omraader.antall() == OMRAADER_MAKS {
            return Err(Ugyldig);
        }
        omraader.legg_til(parse_range(&mut leser)?);
        leser.skip_space();
        if !leser.is_empty() && !leser.take(',') {
            return Err(Ugyldig);
        }
    }
}

/// A part of a type's name in lower case; the usual ones cost nothing.
fn navn(tekst: &str) -> Cow<'static, str> {
    const KJENTE: [&str; 5] = ["application", "json", "xml", "atom+xml", "*"];
    match KJENTE.into_iter().find(|kjent| *kjent == tekst) {
        Some(kjent) => Cow::Borrowed(kjent),
        None => Cow::Owned(tekst.to_ascii_lowercase()),
    }
}

fn parse_range(leser: &mut Leser<'_>) -> Result<Omraade, Ugyldig> {
    let hovedtype = navn(leser.token().ok_or(Ugyldig)?);
    let undertype = if leser.take('/') {
        navn(leser.token().ok_or(Ugyldig)?)
    } else if hovedtype == "*" {
        // Outside the grammar, but what Java's own HTTP client sends when told nothing: `*; q=.2`.
        Cow::Borrowed("*")
    } else {
        return Err(Ugyldig);
    };
    if (hovedtype == "*" && undertype != "*") || hovedtype.contains('*') && hovedtype != "*" {
        return Err(Ugyldig);
    }
    let mut omraade = Omraade {
        hovedtype,
        undertype,
        parametre: Vec::new(),
        vekt: VEKT_FULL,
    };
    let mut vektet = false;
    while let Some((navn, verdi)) = leser.parameter()? {
        if navn.eq_ignore_ascii_case("q") {
            if vektet {
                return Err(Ugyldig);
            }
            vektet = true;
            omraade.vekt = parse_weight(&verdi).ok_or(Ugyldig)?;
        } else if !vektet {
            // What follows the weight is an extension, which says nothing of the type.
            omraade.parametre.push((navn.to_ascii_lowercase(), verdi.into_owned()));
        }
    }
    Ok(omraade)
}

/// Reads `0`, `1`, `0.5`, `1.000`, in thousandths. `.2` is outside the grammar, and accepted for Java's sake.
fn parse_weight(tekst: &str) -> Option<u16> {
    let (hel, desimaler) = tekst.split_once('.').unwrap_or((tekst, ""));
    let hel = match hel {
        "0" => 0,
        "1" => VEKT_FULL,
        "" if !desimaler.is_empty() => 0,
        _ => return None,
    };
    if desimaler.len() > 3 || !desimaler.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let tusendeler: u16 = format!("{desimaler:0<3}").parse().ok()?;
    let vekt = hel + tusendeler;
    (vekt <= VEKT_FULL).then_some(vekt)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    const FEED: Medietype = Medietype {
        parametre: &[("type", "feed")],
        ..Medietype::ATOM
    };
    const TILBUD: &[Medietype] = &[Medietype::JSON, Medietype::XML, FEED];

    fn hoder(linjer: &[&[u8]]) -> HeaderMap {
        linjer
            .iter()
            .map(|linje| (header::ACCEPT, HeaderValue::from_bytes(linje).unwrap()))
            .collect()
    }

    #[track_caller]
    fn check(aksept: &str, forventet: Option<Medietype>) {
        let valgt = Aksept::from_headers(&hoder(&[aksept.as_bytes()]))
            .choose(TILBUD)
            .copied();
        assert_eq!(valgt, forventet.ok_or(IkkeAkseptabel), "{aksept}");
    }

    #[test]
    fn absent_and_empty_leave_the_choice_to_us() {
        let uten = Aksept::from_headers(&HeaderMap::new());
        assert_eq!(uten.choose(TILBUD), Ok(&Medietype::JSON));
        assert!(uten.is_open());
        assert_eq!(uten.choose(&[]), Err(IkkeAkseptabel));
        for tom in ["", " ", " , ,"] {
            check(tom, Some(Medietype::JSON));
        }
        assert!(!Aksept::from_headers(&hoder(&[b"*/*"])).is_open());
    }

    #[test]
    fn types_and_wildcards_are_met_by_the_first_offer_they_cover() {
        check("application/json", Some(Medietype::JSON));
        check("APPLICATION/XML", Some(Medietype::XML));
        check("application/*", Some(Medietype::JSON));
        check("*/*", Some(Medietype::JSON));
        check("text/html", None);
        check("text/*", None);
        check("application/jso", None);
    }

    #[test]
    fn the_weight_decides_and_our_order_decides_between_equals() {
        check("application/json;q=0.5, application/xml", Some(Medietype::XML));
        check("application/xml, application/json", Some(Medietype::JSON));
        check("application/json;q=0.1, */*;q=0.2", Some(Medietype::XML));
        check(
            "application/json;q=0.999, application/xml;q=1.000",
            Some(Medietype::XML),
        );
        check(
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            Some(Medietype::XML),
        );
    }

    #[test]
    fn zero_excludes_and_the_most_precise_range_wins() {
        check("application/json;q=0", None);
        check("application/json;q=0, */*", Some(Medietype::XML));
        check("application/*;q=0, application/xml", Some(Medietype::XML));
        check("*/*;q=0", None);
        check("*/*;q=0.000, application/json;q=0.001", Some(Medietype::JSON));
    }

    #[test]
    fn parameters_must_be_met() {
        check("application/atom+xml", Some(FEED));
        check("application/atom+xml;type=feed", Some(FEED));
        check("application/atom+xml;type=entry", None);
        check("application/xml; charset=UTF-8", Some(Medietype::XML));
        check("application/xml;charset=\"utf-8\"", Some(Medietype::XML));
        check("application/xml;charset=iso-8859-1", None);
        check("application/xml;q=1;utvidelse=\"a,b\"", Some(Medietype::XML));
        check(
            "application/json;versjon=2, application/xml;q=0.1",
            Some(Medietype::XML),
        );
    }

    #[test]
    fn javas_own_default_is_understood() {
        check(
            "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
            Some(Medietype::JSON),
        );
    }

    #[test]
    fn several_lines_are_one_list() {
        let linjer = hoder(&[b"application/json;q=0.1", b"application/xml"]);
        assert_eq!(Aksept::from_headers(&linjer).choose(TILBUD), Ok(&Medietype::XML));
        let linjer = hoder(&[b"application/json", b"tull"]);
        assert_eq!(Aksept::from_headers(&linjer).choose(TILBUD), Err(IkkeAkseptabel));
    }

    #[test]
    fn what_cannot_be_read_accepts_nothing() {
        for daarlig in [
            "json",
            "application/",
            "/json",
            "application/json/xml",
            "*/json",
            "a*/json",
            "application/json;q",
            "application/json;q=",
            "application/json;q=2",
            "application/json;q=1.001",
            "application/json;q=0.1234",
            "application/json;q=.",
            "application/json;q=-1",
            "application/json;q=0.1;q=0.2",
            "application/json application/xml",
            "application/json;a=\"b",
            "application/json\u{e6}",
        ] {
            check(daarlig, None);
        }
        check(&"*/*,".repeat(OMRAADER_MAKS), Some(Medietype::JSON));
        check(&"*/*,".repeat(OMRAADER_MAKS + 1), None);
    }

    proptest! {
        #[test]
        fn any_header_gives_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            if HeaderValue::from_bytes(&bytes).is_ok() {
                let _ = Aksept::from_headers(&hoder(&[&bytes])).choose(TILBUD);
            }
        }

        #[test]
        fn what_is_chosen_was_offered(aksept in "(application|text|\\*)/(json|xml|\\*)(;q=[01](\\.[0-9])?)?") {
            if let Ok(valgt) = Aksept::from_headers(&hoder(&[aksept.as_bytes()])).choose(TILBUD) {
                prop_assert!(TILBUD.contains(valgt));
            }
        }
    }
}
