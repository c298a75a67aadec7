//! A stored body as elements: the table of the type says which members there are, in which order, and what each holds.
//!
//! Our own bodies have their members in contract order and are written in one pass. A body in another order is taken
//! too: its object is then read twice, first for where each member lies.

use super::leser::{Feil, Leser};
use super::tegn::skriv_tegn;
use super::{aapne, lukk};
use crate::feil::Grunn;
use crate::skjema::{Art, Felt, Skjema};
use crate::xml::Side;

/// Writes the fields of a body; answers how many members the model does not know.
pub(super) fn skriv(ut: &mut Vec<u8>, side: Side, skjema: &'static Skjema, kropp: &[u8]) -> Result<usize, Feil> {
    let mut kropp = Kropp {
        leser: Leser::new(kropp)?,
        side,
        ukjente: 0,
    };
    kropp.leser.blank();
    kropp.objekt(skjema, ut)?;
    kropp.leser.blank();
    if kropp.leser.se().is_some() {
        return Err(kropp.leser.feil());
    }
    Ok(kropp.ukjente)
}

struct Kropp<'a> {
    leser: Leser<'a>,
    side: Side,
    ukjente: usize,
}

impl Kropp<'_> {
    /// Writes the members of an object as elements in the order of the table.
    fn objekt(&mut self, skjema: &'static Skjema, ut: &mut Vec<u8>) -> Result<(), Feil> {
        let (plass, lengde, ukjente) = (self.leser.plass(), ut.len(), self.ukjente);
        if self.objekt_i_rekkefoelge(skjema, ut)? {
            return Ok(());
        }
        self.leser.gaa_til(plass);
        self.ukjente = ukjente;
        ut.truncate(lengde);
        self.objekt_i_uorden(skjema, ut)
    }

    /// One pass; `false` as soon as a member comes out of order, with `ut` half written.
    fn objekt_i_rekkefoelge(&mut self, skjema: &'static Skjema, ut: &mut Vec<u8>) -> Result<bool, Feil> {
        let mut resten = skjema.felter.iter();
        let mut flere = self.leser.objekt_start()?;
        while flere {
            let navn = self.leser.navn()?;
            let fra_her = resten.clone();
            if let Some(felt) = resten.find(|felt| navn.er(felt.navn)) {
                self.felt(felt, ut)?;
            } else if skjema.felter.iter().any(|felt| navn.er(felt.navn)) {
                return Ok(false);
            } else {
                resten = fra_her;
                self.ukjente += 1;
                self.leser.hopp(1)?;
            }
            flere = self.leser.neste(b'}')?;
        }
        Ok(true)
    }

    /// Two passes: where each member lies, then the members by the table.
    fn objekt_i_uorden(&mut self, skjema: &'static Skjema, ut: &mut Vec<u8>) -> Result<(), Feil> {
        let mut plasser: Vec<Option<usize>> = vec![None; skjema.felter.len()];
        let mut flere = self.leser.objekt_start()?;
        while flere {
            let navn = self.leser.navn()?;
            let mut felter = skjema.felter.iter().zip(&mut plasser);
            match felter.find(|(felt, _)| navn.er(felt.navn)) {
                Some((felt, Some(_))) => return Err(Feil::new(Grunn::Duplikat).i(felt.navn)),
                Some((_, plass)) => *plass = Some(self.leser.plass()),
                None => self.ukjente += 1,
            }
            self.leser.hopp(1)?;
            flere = self.leser.neste(b'}')?;
        }
        let slutt = self.leser.plass();
        for (felt, plass) in skjema.felter.iter().zip(plasser) {
            if let Some(plass) = plass {
                self.leser.gaa_til(plass);
                self.felt(felt, ut)?;
            }
        }
        self.leser.gaa_til(slutt);
        Ok(())
    }

    fn felt(&mut self, felt: &'static Felt, ut: &mut Vec<u8>) -> Result<(), Feil> {
        let navn = match self.side {
            Side::Person => felt.navn,
            Side::Hendelse => felt.navn_i_hendelse(),
        };
        if !felt.liste {
            return self.element(navn, felt.art, ut).map_err(|feil| feil.i(felt.navn));
        }
        if !self.leser.hvis(b'[') {
            return Err(self.leser.feil_type("liste").i(felt.navn));
        }
        self.leser.blank();
        let mut flere = !self.leser.hvis(b']');
        while flere {
            self.element(navn, felt.art, ut).map_err(|feil| feil.i(felt.navn))?;
            flere = self.leser.neste(b']')?;
        }
        Ok(())
    }

    fn element(&mut self, navn: &str, art: Art, ut: &mut Vec<u8>) -> Result<(), Feil> {
        aapne(ut, navn);
        match art {
            Art::Objekt(skjema) => self.objekt(skjema, ut)?,
            Art::Tekst(_) | Art::Kode(_) | Art::Dato | Art::Tidspunkt => {
                if !self.leser.hvis(b'"') {
                    return Err(self.leser.feil_type("tekst"));
                }
                self.leser.tekst(&mut skriv_tegn, ut)?;
            }
            Art::Boolsk => ut.extend_from_slice(self.leser.boolsk()?.as_bytes()),
            Art::Heltall => ut.extend_from_slice(self.leser.heltall()?),
        }
        lukk(ut, navn);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Entitet;
    use crate::feil::Lesefeil;
    use crate::json::DYBDE_MAKS;
    use proptest::prelude::*;

    fn xml(entitet: Entitet, kropp: &str) -> Result<(String, usize), Lesefeil> {
        let mut ut = b"foer".to_vec();
        let svar = super::super::oppfoering(&mut ut, Side::Person, entitet, &Default::default(), kropp.as_bytes());
        let tekst = String::from_utf8(ut).unwrap();
        let skrevet = tekst.strip_prefix("foer").unwrap().to_owned();
        if svar.is_err() {
            assert_eq!(skrevet, "", "nothing is left behind by a fault");
        }
        svar.map(|ukjente| (skrevet, ukjente))
    }

    #[test]
    fn members_come_in_the_order_of_the_table_whatever_order_they_had() {
        let ventet = "<navn><fornavn>STILLE</fornavn><etternavn>FJELLBEKK</etternavn></navn>";
        for kropp in [
            r#"{"fornavn":"STILLE","etternavn":"FJELLBEKK"}"#,
            r#" { "etternavn" : "FJELLBEKK" , "fornavn" : "STILLE" } "#,
            r#"{"\u0066ornavn":"STI\u004cLE","etternavn":"FJELLBEKK"}"#,
        ] {
            assert_eq!(xml(Entitet::Navn, kropp).unwrap(), (ventet.to_owned(), 0), "{kropp}");
        }
    }

    #[test]
    fn what_the_model_does_not_know_is_dropped_and_counted() {
        let (tekst, ukjente) = xml(
            Entitet::Bostedsadresse,
            r#"{"vegadresse":{"ny":[{"a":[]},1e5,null,"\"}"],"adressenavn":"Prøveveien"},"fremtid":{},"adressegradering":"ugradert"}"#,
        )
        .unwrap();
        assert_eq!(ukjente, 2);
        assert_eq!(
            tekst,
            "<bostedsadresse><vegadresse><adressenavn>Prøveveien</adressenavn></vegadresse>\
             <adressegradering>ugradert</adressegradering></bostedsadresse>"
        );
    }

    #[test]
    fn text_is_unescaped_from_json_and_escaped_for_xml() {
        let (tekst, _) = xml(
            Entitet::Navn,
            r#"{"fornavn":"A&\u003c\"\\\/>\n\t\r\ud834\udd1e","etternavn":"\ud834x\u0000\ufffe"}"#,
        )
        .unwrap();
        assert_eq!(
            tekst,
            "<navn><fornavn>A&amp;&lt;\"\\/&gt;\n\t&#13;\u{1D11E}</fornavn>\
             <etternavn>\u{FFFD}x\u{FFFD}\u{FFFD}</etternavn></navn>"
        );
    }

    #[test]
    fn what_is_no_body_is_refused_with_place_and_rule() {
        for (kropp, ventet) in [
            ("", "navn er ikke gyldig JSON (linje 1, kolonne 1)"),
            ("[]", "navn har feil type; ventet objekt"),
            ("{\"fornavn\":null}", "navn.fornavn er null; utelat feltet i stedet"),
            ("{\"fornavn\":1}", "navn.fornavn har feil type; ventet tekst"),
            (
                "{\"fornavn\":\"A\",\"fornavn\":\"B\"}",
                "navn.fornavn har samme felt to ganger",
            ),
            (
                "{\"originaltNavn\":{\"fornavn\":{}}}",
                "navn.originaltNavn.fornavn har feil type; ventet tekst",
            ),
            ("{\"fornavn\":\"A\",}", "navn er ikke gyldig JSON (linje 1, kolonne 16)"),
            ("{,\"fornavn\":\"A\"}", "navn er ikke gyldig JSON (linje 1, kolonne 2)"),
            (
                "{\"fornavn\":\"A\nB\"}",
                "navn.fornavn er ikke gyldig JSON (linje 1, kolonne 14)",
            ),
            (
                "{\"fornavn\":\"A\"} x",
                "navn er ikke gyldig JSON (linje 1, kolonne 17)",
            ),
            (
                "{\"fornavn\":\"A",
                "navn.fornavn er ikke gyldig JSON (linje 1, kolonne 14)",
            ),
        ] {
            assert_eq!(xml(Entitet::Navn, kropp).unwrap_err().to_string(), ventet, "{kropp}");
        }
        let dyp = format!("{{\"x\":{}}}", "[".repeat(100_000));
        assert_eq!(xml(Entitet::Navn, &dyp).unwrap_err().grunn, Grunn::ForDyp(DYBDE_MAKS));
        let ikke_utf8 = super::super::oppfoering(
            &mut Vec::new(),
            Side::Person,
            Entitet::Navn,
            &Default::default(),
            b"{\xFF}",
        );
        assert_eq!(ikke_utf8.unwrap_err().grunn, Grunn::IkkeJson { linje: 1, kolonne: 2 });
    }

    #[test]
    fn a_number_is_an_integer_of_64_bits() {
        assert_eq!(
            xml(Entitet::FoedselINorge, r#"{"rekkefoelgenummer":-21}"#).unwrap().0,
            "<foedselINorge><rekkefoelgenummer>-21</rekkefoelgenummer></foedselINorge>"
        );
        for tall in ["1e3", "1.0", "9223372036854775808", "\"1\"", "true"] {
            let feil = xml(Entitet::FoedselINorge, &format!("{{\"rekkefoelgenummer\":{tall}}}")).unwrap_err();
            assert_eq!(feil.grunn, Grunn::FeilType("heltall"), "{tall}");
        }
        for tall in ["01", "-", "1.", "+1"] {
            let feil = xml(Entitet::FoedselINorge, &format!("{{\"rekkefoelgenummer\":{tall}}}")).unwrap_err();
            assert!(matches!(feil.grunn, Grunn::IkkeJson { .. }), "{tall}");
        }
    }

    #[test]
    fn an_event_calls_the_control_of_identity_by_its_other_name() {
        let mut ut = Vec::new();
        let metadata = crate::json::Metadatafelter {
            er_gjeldende: Some(true),
            kilde: Some("A&B"),
            ..Default::default()
        };
        let kropp = br#"{"identitetsgrunnlagstatus":"kontrollert"}"#;
        super::super::oppfoering(&mut ut, Side::Hendelse, Entitet::Identitetsgrunnlag, &metadata, kropp).unwrap();
        assert_eq!(
            String::from_utf8(ut).unwrap(),
            "<identitetsgrunnlag><kilde>A&amp;B</kilde><legitimasjonskontroll>kontrollert</legitimasjonskontroll></identitetsgrunnlag>"
        );
    }

    proptest! {
        #[test]
        fn any_bytes_give_elements_or_a_fault(kropp in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut ut = Vec::new();
            let _ = super::super::oppfoering(&mut ut, Side::Person, Entitet::Navn, &Default::default(), &kropp);
        }

        #[test]
        fn a_body_is_taken_exactly_when_it_is_json(kropp in r#"[ \n]?\{("(x|fornavn)" ?: ?("[a-z\\"nu0/]{0,5}"|[0-9.eE+-]{0,4}|true|nul|\[[,1]{0,3}\]|\{\}) ?,?){0,3}\}?"#) {
            let er_json = serde_json::from_str::<serde::de::IgnoredAny>(&kropp).is_ok();
            let svar = xml(Entitet::Doedsfall, &kropp);
            prop_assert_eq!(svar.is_ok(), er_json, "{}", kropp);
        }
    }
}
