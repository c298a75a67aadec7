//! One message of each kind that may be signed, of synthetic persons.

use meldinger::Meldingstype;

/// Where the signature goes.
pub const PLASS: &str = "{S}";

/// The kinds that may be signed.
pub const SIGNERTE: [Meldingstype; 5] = [
    Meldingstype::RekvisisjonAvDNummerV4,
    Meldingstype::RekvisisjonAvDNummerV5,
    Meldingstype::EndringAvDNummerpersonV2,
    Meldingstype::EndringAvDNummerpersonV3,
    Meldingstype::FnrEndring,
];

/// A message with [`PLASS`] where the schema has the signature, the root's name, and what comes before what is asked for.
pub fn melding(meldingstype: Meldingstype) -> String {
    let skjema = meldingstype.versjoner()[0].skjema().unwrap();
    let (rot, _) = &skjema.roetter[0];
    let navnerom = &skjema.navnerom;
    let innsending = "<innsending><avsendersMeldingsidentifikator>S-1</avsendersMeldingsidentifikator>\
                      <avsendersInnsendingstidspunkt>2026-01-02T12:00:00+01:00</avsendersInnsendingstidspunkt></innsending>";
    let sak = "<forespoerselsdato>2026-01-02</forespoerselsdato><avsendersSaksbehandler>VÅR BRATT &amp; S&#xF8;nn\
               </avsendersSaksbehandler>";
    let navn = "<navn><fornavn>Darja</fornavn><etternavn>Skogheimen</etternavn></navn>";
    let inni = match meldingstype {
        Meldingstype::RekvisisjonAvDNummerV4 | Meldingstype::RekvisisjonAvDNummerV5 => format!(
            "<kandidat>{navn}<foedselsdatoErKjent>true</foedselsdatoErKjent><foedselsdato>1990-05-12</foedselsdato>\
             <foedeland>POL</foedeland><kjoenn>kvinne</kjoenn><statsborgerskap>POL</statsborgerskap>\
             <harUkjentOppholdsadresse>true</harUkjentOppholdsadresse><skalFaaUtskrift>false</skalFaaUtskrift></kandidat>\
             <kilde>nav</kilde><rekvireringsdato>2026-01-02</rekvireringsdato>\
             <avsendersSaksbehandler>vakt</avsendersSaksbehandler>\
             <identitetskontrollKreves>false</identitetskontrollKreves></forespoersel>\n  {PLASS}"
        ),
        Meldingstype::EndringAvDNummerpersonV2 => {
            format!(
                "<kilde>nav</kilde>{sak}<person>{navn}<dNummer>70908299902</dNummer></person></forespoersel>\n{PLASS}"
            )
        }
        Meldingstype::EndringAvDNummerpersonV3 => format!(
            "<kilde>nav</kilde>{sak}<person>{navn}<dNummer>70908299902</dNummer><endringstype>endre</endringstype></person>\
             </forespoersel>{PLASS}"
        ),
        Meldingstype::FnrEndring => format!(
            "<kilde>annet</kilde>{sak}<person><foedeland>SWE</foedeland><foedselsnummer>30908299902</foedselsnummer>\
             <endringstype>endre</endringstype><erVedtakOmIdentitetsendring>false</erVedtakOmIdentitetsendring></person>\
             <innsender><innsendertype>noe</innsendertype></innsender>{PLASS}</forespoersel>"
        ),
        _ => panic!("not one that may be signed"),
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{rot} xmlns=\"{navnerom}\" \
         xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>\n{innsending}<forespoersel>{inni}\n</{rot}>\n"
    )
}

/// What somebody who wraps a message would have read instead.
pub fn forfalsket(melding: &str) -> String {
    let falsk = melding
        .replace("<etternavn>Skogheimen<", "<etternavn>Fjelltoppheim<")
        .replace("<foedeland>SWE<", "<foedeland>POL<");
    assert_ne!(falsk, melding);
    falsk
}
