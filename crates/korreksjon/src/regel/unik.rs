//! Identitetsgrunnlag `unik`, from February 2027: one person, one number.
//!
//! Source: news of 2026-07-07, about five million persons; that it is those who are bosatt is our choice, ADR 0028. Unik
//! overrides kontrollert.

use informasjonsmodell::entiteter::Identitetsgrunnlag;
use informasjonsmodell::kodeverk::{Identitetsgrunnlagstatus, Personstatus};
use informasjonsmodell::{Endring, Entitet, Hendelsestype, Innhold, Opplysning, Registermetadata, Tidspunkt};
use register::{Personbilde, Rettelse};

use super::rettelse;

pub(super) const ENTITETER: [Entitet; 2] = [Entitet::Status, Entitet::Identitetsgrunnlag];

pub(super) fn vurder(person: &Personbilde, fra: Tidspunkt) -> Vec<Rettelse> {
    let bosatt = person
        .gjeldende(Entitet::Status)
        .any(|o| matches!(&o.innhold, Innhold::Status(s) if s.status == Personstatus::Bosatt));
    let er_unik = person.gjeldende(Entitet::Identitetsgrunnlag).any(|o| {
        matches!(&o.innhold, Innhold::Identitetsgrunnlag(i) if i.identitetsgrunnlagstatus == Identitetsgrunnlagstatus::Unik)
    });
    if !bosatt || er_unik {
        return Vec::new();
    }
    let ny = Opplysning {
        metadata: Registermetadata {
            gyldighetstidspunkt: Some(fra),
            ..Registermetadata::default()
        },
        innhold: Innhold::Identitetsgrunnlag(Identitetsgrunnlag {
            identitetsgrunnlagstatus: Identitetsgrunnlagstatus::Unik,
            ukjente: serde_json::Map::new(),
        }),
    };
    rettelse(
        Hendelsestype::EndringIIdentitetsgrunnlag,
        vec![Endring::RegistrereNy(Box::new(ny))],
    )
}
