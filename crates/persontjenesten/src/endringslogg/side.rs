//! The page that people read: HTML without script, readable by anything.

use super::{Endring, LOEFTE, Slutt, Utgivelse, tjent, utgivelser};
use crate::Versjon;

/// What the browser may load for the page: its own style and nothing else.
pub const REGLER: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const STIL: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem;color-scheme:light dark}\
table{border-collapse:collapse;width:100%}caption{text-align:left;font-weight:bold;padding:.5rem 0}\
th,td{text-align:left;vertical-align:top;padding:.4rem .8rem .4rem 0;border-bottom:1px solid}\
code{overflow-wrap:anywhere}";

/// The page of a version. `annen`: where the page of the other one is; `json`: where the same is as JSON.
///
/// Shape: HTML; the same bytes for the same arguments. All of it is text of the program.
#[must_use]
pub fn html(versjon: Versjon, slutt: Option<&Slutt>, annen: (Versjon, &str), json: &str) -> Vec<u8> {
    let mut ut = String::new();
    let nummer = versjon.nummer();
    let tittel = format!("Person API version {nummer}: changelog");
    ut.push_str("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    ut.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    legg_til(&mut ut, "title", &tittel);
    ut.push_str(&format!("<style>{STIL}</style>\n</head>\n<body>\n<main>\n"));
    legg_til(&mut ut, "h1", &tittel);
    legg_til(
        &mut ut,
        "p",
        &format!("The service answers as version {} now.", tjent(versjon)),
    );
    if let Some(slutt) = slutt {
        let tekst = format!(
            "Version {nummer} is deprecated since {}. It is served until {} at least.",
            slutt.foreldet, slutt.slutt
        );
        ut.push_str("<p><strong>");
        ut.push_str(&tegn(&tekst));
        ut.push_str("</strong></p>\n");
    }
    ut.push_str(&format!(
        "<p><a href=\"{}\">The same as JSON</a>. <a href=\"{}\">The changelog of version {}</a>.</p>\n",
        tegn(json),
        tegn(annen.1),
        annen.0.nummer()
    ));
    ut.push_str("<h2 id=\"promise\">What may change, and when</h2>\n<ul>\n");
    for linje in LOEFTE {
        legg_til(&mut ut, "li", linje);
    }
    ut.push_str("</ul>\n");
    for utgivelse in utgivelser(versjon) {
        skriv_utgivelse(&mut ut, utgivelse);
    }
    ut.push_str("</main>\n</body>\n</html>\n");
    ut.into_bytes()
}

fn skriv_utgivelse(ut: &mut String, utgivelse: &Utgivelse) {
    let nummer = utgivelse.nummer();
    let dag = match utgivelse.dato {
        Some(dato) => format!("<time datetime=\"{0}\">{0}</time>", tegn(dato)),
        None => "not released yet".to_owned(),
    };
    ut.push_str(&format!("<h2 id=\"v{nummer}\">Version {nummer}, {dag}</h2>\n"));
    ut.push_str(&format!("<table>\n<caption>Changes in version {nummer}</caption>\n"));
    ut.push_str("<thead><tr>");
    for navn in ["Version", "Date", "Kind", "What", "Elements"] {
        ut.push_str(&format!("<th scope=\"col\">{navn}</th>"));
    }
    ut.push_str("</tr></thead>\n<tbody>\n");
    for Endring { slag, hva, elementer } in utgivelse.endringer {
        let elementer: Vec<String> = elementer.iter().map(|e| format!("<code>{}</code>", tegn(e))).collect();
        ut.push_str(&format!(
            "<tr><th scope=\"row\">{nummer}</th><td>{dag}</td><td>{}{}</td><td>{}</td><td>{}</td></tr>\n",
            slag.navn(),
            if slag.bryter() { " (breaking)" } else { "" },
            tegn(hva),
            elementer.join(", ")
        ));
    }
    ut.push_str("</tbody>\n</table>\n");
}

fn legg_til(ut: &mut String, element: &str, tekst: &str) {
    ut.push_str(&format!("<{element}>{}</{element}>\n", tegn(tekst)));
}

/// Text as it stands in HTML, also within quotes.
fn tegn(tekst: &str) -> String {
    let mut ut = String::with_capacity(tekst.len());
    for tegn in tekst.chars() {
        match tegn {
            '&' => ut.push_str("&amp;"),
            '<' => ut.push_str("&lt;"),
            '>' => ut.push_str("&gt;"),
            '"' => ut.push_str("&quot;"),
            annet => ut.push(annet),
        }
    }
    ut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_on_the_page_and_the_page_is_well_formed() {
        let slutt = Slutt {
            foreldet: "2026-08-31".into(),
            slutt: "2027-02-28".into(),
        };
        for versjon in Versjon::ALLE {
            let side = html(versjon, Some(&slutt), (Versjon::V3, "/a\"b"), "/j");
            let side = String::from_utf8(side).unwrap();
            for utgivelse in utgivelser(versjon) {
                for endring in utgivelse.endringer {
                    assert!(side.contains(&tegn(endring.hva)));
                    assert!(endring.elementer.iter().all(|e| side.contains(&tegn(e))));
                }
            }
            assert!(LOEFTE.iter().all(|linje| side.contains(&tegn(linje))));
            assert!(side.contains("since 2026-08-31") && side.contains("href=\"/a&quot;b\""));
            let mut aapne = Vec::new();
            for del in side.split('<').skip(1) {
                let navn: String = del
                    .chars()
                    .take_while(|t| t.is_ascii_alphanumeric() || *t == '/')
                    .collect();
                match navn.strip_prefix('/') {
                    Some(navn) => assert_eq!(aapne.pop().as_deref(), Some(navn)),
                    None if matches!(navn.as_str(), "" | "meta") => {}
                    None => aapne.push(navn),
                }
            }
            assert_eq!(aapne, Vec::<String>::new());
            // Nobody else is asked for anything.
            assert!(!side.contains("http") && !side.contains("<script"));
        }
    }
}
