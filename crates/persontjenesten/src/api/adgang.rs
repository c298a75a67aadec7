//! The door: from a request to a caller with a view of the copy, or a refusal; and what the audit record is told of it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use helsekopi::Omfang as Visning;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, header};
use identifikator::Organisasjonsnummer;
use tilgang::Revisjonspost;
use tilgang::avtale::{Avtaletekst, Scopekaller, avgjoer_scope};
use tilgang::token::Sluttbruker;
use tilgang::token::dpop::Brukt;
use tilgang::token::helseid::{Godtar, Helseidtoken, Kall as Vist, Scope};
use tjenesteflate::sporing::{SporId, Sportekst};
use tjenesteflate::vern::Adressebruk;

use super::feil::Feil;
use super::tilstand::PersonApi;
use crate::Versjon;
use crate::openapi::{Omfang, Operasjon, VERSJONSHODE, ruter};

/// The service's name in audit records.
pub(super) const TJENESTE: &str = "persontjenesten";

/// The name of each operation in audit records: method and path, which say the scope too.
static ENDEPUNKTER: LazyLock<BTreeMap<(Omfang, Operasjon), String>> = LazyLock::new(|| {
    let alle = Versjon::ALLE.into_iter().flat_map(ruter);
    alle.filter_map(|rute| {
        let navn = format!("{} {}", rute.operasjon.metode().navn().to_ascii_uppercase(), rute.sti);
        Some(((rute.omfang?, rute.operasjon), navn))
    })
    .collect()
});

fn endepunkt(omfang: Omfang, operasjon: Operasjon) -> &'static str {
    ENDEPUNKTER.get(&(omfang, operasjon)).map_or("", String::as_str)
}

/// The scope that opens a branch.
fn scope(omfang: Omfang) -> Scope {
    match omfang {
        Omfang::MedHjemmel => Scope::LesMedHjemmel,
        Omfang::UtenHjemmel => Scope::LesUtenHjemmel,
        Omfang::Full => Scope::FullTilgang,
        Omfang::Begrenset => Scope::BegrensetTilgang,
    }
}

/// What of the copy a branch is shown. Source: ruling 3; access matrix, `persontjenesten.scopes`.
fn visning(omfang: Omfang, graderte: bool) -> Visning {
    match omfang {
        Omfang::MedHjemmel | Omfang::Full if graderte => Visning::FullMedGraderte,
        Omfang::MedHjemmel | Omfang::Full => Visning::Full,
        Omfang::Begrenset => Visning::Begrenset,
        Omfang::UtenHjemmel => Visning::UtenHjemmel,
    }
}

/// A caller that may use a branch.
#[derive(Clone, Debug)]
pub(super) struct Adgang {
    pub omfang: Omfang,
    pub visning: Visning,
    pub operasjon: Operasjon,
    kaller: Scopekaller,
    pub forelder: Organisasjonsnummer,
    leverandoer: Option<Organisasjonsnummer>,
    avtale: Avtaletekst,
    sporing: Sportekst,
}

impl Adgang {
    /// What the audit record is told; the deliveries are filled in on release.
    pub fn post(&self, status: u16) -> Revisjonspost<'_> {
        Revisjonspost {
            projeksjon: Some(self.visning.projeksjon()),
            konsument: self.forelder.as_str(),
            leverandoer: self.leverandoer.as_ref().map(Organisasjonsnummer::as_str),
            klient: self.kaller.klient_id(),
            avtale: self.avtale.as_str(),
            token: self.kaller.jti().unwrap_or_default(),
            sluttbruker: self.kaller.sluttbruker().map(Sluttbruker::siffer),
            enkelt: matches!(self.operasjon, Operasjon::PersonById | Operasjon::PersonGetByNin),
            ..Revisjonspost::new(
                TJENESTE,
                endepunkt(self.omfang, self.operasjon),
                self.sporing.as_str(),
                status,
            )
        }
    }
}

/// Checks the version header: absent, or one that the path has. Source: our choice, ADR 0036.
pub(super) fn sjekk_versjon(hoder: &HeaderMap, versjon: Versjon) -> Result<(), Feil> {
    let mut verdier = hoder.get_all(VERSJONSHODE).iter();
    let godtatt = |verdi: &HeaderValue| verdi.to_str().is_ok_and(|verdi| versjon.godtar(verdi));
    if verdier.all(godtatt) {
        Ok(())
    } else {
        Err(Feil::Versjon(versjon))
    }
}

impl PersonApi {
    /// Records a refusal, and gives it back; or that it could not be recorded.
    pub(super) async fn noter_avslag(
        &self,
        adgang: &Adgang,
        kriterier: &[Cow<'static, str>],
        spurt: &[u64],
        feil: Feil,
    ) -> Feil {
        let post = Revisjonspost {
            kriterier,
            spurt,
            feilkode: Some(feil.kode()),
            ..adgang.post(feil.status().as_u16())
        };
        match self.frigivelse.noter(&post).await {
            Ok(()) => feil,
            Err(_) => Feil::Utilgjengelig,
        }
    }

    /// Records the refusal of one who has a good token and no way in.
    async fn noter_ute(
        &self,
        token: &Helseidtoken,
        (omfang, operasjon): (Omfang, Operasjon),
        sporing: SporId,
        feil: Feil,
    ) -> Feil {
        let (forelder, leverandoer, sporing) = (token.forelder(), token.leverandoer(), sporing.tekst());
        let post = Revisjonspost {
            konsument: forelder.as_ref().map_or("", Organisasjonsnummer::as_str),
            leverandoer: leverandoer.as_ref().map(Organisasjonsnummer::as_str),
            klient: token.klient_id(),
            token: token.jti().unwrap_or_default(),
            sluttbruker: token.sluttbruker().map(Sluttbruker::siffer),
            feilkode: Some(feil.kode()),
            ..Revisjonspost::new(
                TJENESTE,
                endepunkt(omfang, operasjon),
                sporing.as_str(),
                feil.status().as_u16(),
            )
        };
        match self.frigivelse.noter(&post).await {
            Ok(()) => feil,
            Err(_) => Feil::Utilgjengelig,
        }
    }

    /// Lets a request in, or says why not; the proof that it came with must be written before it is answered. In order: token and proof, then the consumer's budget, then blocks, scope, parent organisation and grant,
    /// then whether the consumer tries numbers.
    ///
    /// Who is refused with a token that is good is known, and the refusal is recorded. Without one nobody is known; such calls
    /// are counted and not recorded, for they would fill the log on behalf of anyone at all (our choice). For the same reason only the
    /// first of a row of throttled calls is recorded: nothing was looked at, and nothing left.
    pub(super) async fn slipp_inn(
        &self,
        deler: &Parts,
        omfang: Omfang,
        operasjon: Operasjon,
        sporing: SporId,
    ) -> Result<(Adgang, Brukt), Feil> {
        let naa = (self.klokke)();
        let godtar = match omfang.versjon() {
            Versjon::V2 => Godtar::Begge,
            Versjon::V3 => Godtar::KunDpop,
        };
        let authorization = verdier(&deler.headers, header::AUTHORIZATION.as_str());
        let dpop = verdier(&deler.headers, "dpop");
        let vist = Vist {
            authorization: &authorization,
            dpop: &dpop,
            metode: deler.method.as_str(),
            sti: deler.uri.path(),
        };
        let (token, brukt) = self
            .verifikator
            .slipp_inn_med_bevis(&vist, godtar, naa)
            .await
            .map_err(Feil::Adgang)?;
        // A call that no consumer answers for stays on the address's budget.
        if let Some(forelder) = token.forelder() {
            if let Some(bruk) = deler.extensions.get::<Adressebruk>() {
                bruk.gi_tilbake();
            }
            if let Err(over) = self.struping.bruk(forelder) {
                return Err(if over.foerste {
                    self.noter_ute(&token, (omfang, operasjon), sporing, over.feil).await
                } else {
                    over.feil
                });
            }
        }
        let adgang = match avgjoer_scope(&self.avtaler, &token, scope(omfang), naa) {
            Ok(kaller) => Adgang {
                omfang,
                visning: visning(omfang, kaller.ser_graderte_adresser()),
                operasjon,
                forelder: kaller.forelder(),
                leverandoer: kaller.leverandoer(),
                avtale: kaller.avtale().tekst(),
                sporing: sporing.tekst(),
                kaller,
            },
            Err(avslag) => {
                let hva = (omfang, operasjon);
                return Err(self.noter_ute(&token, hva, sporing, Feil::Avslag(avslag)).await);
            }
        };
        match self.struping.sjekk_bom(adgang.forelder, operasjon) {
            Ok(()) => Ok((adgang, brukt)),
            Err(over) if over.foerste => Err(self.noter_avslag(&adgang, &[], &[], over.feil).await),
            Err(over) => Err(over.feil),
        }
    }
}

fn verdier<'h>(hoder: &'h HeaderMap, navn: &str) -> Vec<&'h [u8]> {
    hoder.get_all(navn).iter().map(HeaderValue::as_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_is_opened_by_its_own_scope_and_named_in_the_record() {
        for omfang in Omfang::ALLE {
            assert_eq!(scope(omfang).navn(), omfang.scope());
            assert_eq!(visning(omfang, true).ser_kontaktregister(), omfang.ser_kontaktdata());
            assert_eq!(visning(omfang, false).ser_kontaktregister(), omfang.ser_kontaktdata());
            let navn = endepunkt(omfang, Operasjon::PersonGetByNin);
            assert_eq!(navn, format!("POST {}/person/get-by-nin", omfang.sti()));
        }
    }

    #[test]
    fn a_version_header_must_ask_for_what_the_path_has() {
        let sjekk = |verdier: &[&'static str], versjon| {
            let mut hoder = HeaderMap::new();
            for verdi in verdier {
                hoder.append(VERSJONSHODE, HeaderValue::from_static(verdi));
            }
            sjekk_versjon(&hoder, versjon).is_ok()
        };
        assert!(sjekk(&[], Versjon::V2) && sjekk(&[], Versjon::V3));
        assert!(sjekk(&["2.1"], Versjon::V2) && !sjekk(&["2.1"], Versjon::V3));
        assert!(!sjekk(&["2", "3"], Versjon::V2) && sjekk(&["3", "3.0"], Versjon::V3));
        assert!(!sjekk(&[""], Versjon::V2) && !sjekk(&["latest"], Versjon::V3));
    }
}
