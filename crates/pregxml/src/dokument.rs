//! The contract as a page for those who build against it, in Norwegian, made of the same table as the schema.
//!
//! What newcomers get wrong: `docs/personregister-xml.md` is not written by hand. A test says when it is not this, and writes it when it is
//! run with `SKRIV_DOKUMENT=1`.

use crate::kontrakt::{self, Antall, Felt, Slag, Type};
use crate::{NAVNEROM, Operasjon, STI, STI_XML};

/// The page.
#[must_use]
pub fn markdown() -> String {
    let mut ut = innledning();
    ut.push_str("\n## Operasjoner\n");
    for operasjon in Operasjon::ALLE {
        let (foresporsel, svar) = (kontrakt::foresporsel(operasjon), kontrakt::svar(operasjon));
        ut.push_str(&format!("\n### {}\n\n{}\n", operasjon.navn(), foresporsel.merknad));
        tabell(&mut ut, &foresporsel);
        ut.push_str(&format!("\nSvar, `{}`: {}\n", svar.navn, svar.merknad));
        tabell(&mut ut, &svar);
    }
    ut.push_str("\n## Typer\n");
    for type_ in kontrakt::typer() {
        ut.push_str(&format!("\n### {}\n\n{}\n", type_.navn, type_.merknad));
        tabell(&mut ut, &type_);
    }
    ut.push_str("\n## Koder\n");
    for liste in kontrakt::KODELISTER {
        ut.push_str(&format!("\n### {}\n\n| kode | betydning |\n|---|---|\n", liste.navn));
        for (kode, tekst) in liste.koder {
            ut.push_str(&format!("| `{kode}` | {tekst} |\n"));
        }
    }
    for tabell in pregmodell::koder::ALLE {
        // Columns of PREG's own are not in this contract, nor are their codes.
        let alle = kontrakt::typer();
        if !alle.iter().flat_map(|t| &t.felter).any(|felt| felt.navn == tabell.felt) {
            continue;
        }
        ut.push_str(&format!(
            "\n### {}\n\n| kode | betydning | merknad |\n|---|---|---|\n",
            tabell.felt
        ));
        for rad in tabell.rader {
            ut.push_str(&format!("| `{}` | {} | {} |\n", rad.kode, rad.tekst, rad.merknad));
        }
    }
    ut
}

fn innledning() -> String {
    format!(
        "# Personregister-XML\n\n\
         <!-- Laget av crates/pregxml/src/dokument.rs; SKRIV_DOKUMENT=1 cargo test -p pregxml skriver den på nytt. -->\n\n\
         Kontrakten for oppslag og søk i PREGs person- og adresseform. Navnene på operasjonene er kjent; navnerom, parametre og grenser er \
         våre egne (ADR 0053).\n\n\
         - Navnerom: `{NAVNEROM}`.\n\
         - SOAP 1.2 og 1.1: POST til `{STI}`, med WSDL på `{STI}?wsdl` og skjema på `{STI}?xsd`. Brukernavn og passord som \
         WS-Security UsernameToken med PasswordText, og et tidsstempel.\n\
         - Uten SOAP: POST av elementet alene til `{STI_XML}` med `Content-Type: application/xml`, og brukernavn og passord som HTTP Basic.\n\
         - Bare over TLS.\n\
         - En melding er høyst 128 kB, UTF-8, uten DTD. Rekkefølgen i en forespørsel er uten betydning; tomme elementer er som om de ikke var der.\n\
         - I en person og en adresse er hvert element alltid med, i denne rekkefølgen. Det som ikke har verdi, og det som brukeren ikke får \
         se, er likt: tekst er et tomt element, alt annet er `xsi:nil=\"true\"`.\n\
         - Gradert adresse vises aldri: personen har én adresse, med kode i `PostalType` og fast tekst i `PostalAddress` og `AddressLine1`.\n\
         - Feil i selve forespørselen er en typet feil, `Fault`, med `ErrorCode` og `Message`. Feil i innlogging, tidsstempel og adressering er \
         SOAP-feil uten detalj. Uten SOAP er statusene 400 (feil i forespørselen), 401 (innlogging), 403 (ikke rett), 410 (avviklet), 413 (for stort), 500 og 503.\n\
         - De siste 90 dagene før tjenesten avvikles har hvert svar hodet `Sunset` med tidspunktet; etterpå er svaret `ServiceRetired`.\n\n\
         Prøv uten SOAP:\n\n```sh\ncurl -u bruker:passord -H 'Content-Type: application/xml' \\\n  \
         -d '<GetPerson xmlns=\"{NAVNEROM}\"><NIN>…</NIN></GetPerson>' https://vert{STI_XML}\n```\n"
    )
}

fn tabell(ut: &mut String, type_: &Type) {
    ut.push_str("\n| element | form | antall | merknad |\n|---|---|---|---|\n");
    for felt in &type_.felter {
        ut.push_str(&format!(
            "| `{}` | {} | {} | {} |\n",
            felt.navn,
            form(felt),
            antall(felt.antall),
            felt.merknad
        ));
    }
}

fn form(felt: &Felt) -> String {
    let mut ut = match felt.slag {
        Slag::Tekst(None) => "tekst".to_owned(),
        Slag::Tekst(Some(bredde)) => format!("tekst, høyst {bredde} tegn"),
        Slag::Siffer(antall) => format!("{antall} siffer"),
        Slag::Heltall => "heltall".to_owned(),
        Slag::Dato => "dato: ÅÅÅÅ-MM-DD, ÅÅÅÅ-MM eller ÅÅÅÅ".to_owned(),
        Slag::Boolsk => "true eller false".to_owned(),
        Slag::Desimal => "desimaltall".to_owned(),
        Slag::Kode(liste) => format!("kode, {}", liste.navn),
        Slag::Type(navn) => navn.to_owned(),
    };
    if felt.nil {
        ut.push_str("; kan være nil");
    }
    if let Some(standard) = felt.standard {
        ut.push_str(&format!("; ellers {standard}"));
    }
    ut
}

fn antall(antall: Antall) -> String {
    match antall {
        Antall::Ett => "1".to_owned(),
        Antall::NullEllerEtt => "0 eller 1".to_owned(),
        Antall::Flere => "0 eller flere".to_owned(),
        Antall::EttTil(maks) => format!("1 til {maks}"),
    }
}
