//! The table itself: releases with the newest on top, version 3 before version 2.
//!
//! How to add: a release that has no day takes more entries. When it has one, begin the next, with `dato: None`; then record the
//! answers of the one that was released (`tests/opptak/LES.md`).

use super::{Endring, Slag, Utgivelse};
use crate::Versjon;

/// Every release of both versions.
pub const UTGIVELSER: &[Utgivelse] = &[
    Utgivelse {
        versjon: Versjon::V3,
        under: 0,
        dato: None,
        endringer: &[
            Endring {
                slag: Slag::Endret,
                hva: "Addresses are below /api/v3/full-access and /api/v3/restricted-access, opened by the scopes of those names. The version \
                      is in the address, and the header api-version may be left out. A token is bound to a key and shown with a proof (DPoP), \
                      and must name the parent organisation.",
                elementer: &["api-version"],
            },
            Endring {
                slag: Slag::Endret,
                hva: "Contact data are given under full access alone.",
                elementer: &[],
            },
            Endring {
                slag: Slag::Endret,
                hva: "Past the end of the feed, event answers 200 with an empty list, where version 2 answers 404.",
                elementer: &["GET event 404"],
            },
            Endring {
                slag: Slag::Fjernet,
                hva: "search/match-list, which gives every id at once, is gone; use search/paged-match-list.",
                elementer: &["POST search/match-list", "MatchListForm"],
            },
            Endring {
                slag: Slag::Endret,
                hva: "search/match-count has a form of its own, without pages.",
                elementer: &["POST search/match-count form"],
            },
            Endring {
                slag: Slag::LagtTil,
                hva: "The form of search/match-count.",
                elementer: &["MatchCountForm"],
            },
            Endring {
                slag: Slag::LagtTil,
                hva: "Names that are searched by may hold an apostrophe and begin with a blank; streets may hold punctuation.",
                elementer: &[
                    "PersonSearchForm.FullName",
                    "PersonSearchForm.GivenName",
                    "PersonSearchForm.MiddleName",
                    "PersonSearchForm.FamilyName",
                    "PersonSearchForm.StreetAddress",
                    "PersonSearchForm.CityName",
                    "PagedMatchListForm.FullName",
                    "PagedMatchListForm.GivenName",
                    "PagedMatchListForm.MiddleName",
                    "PagedMatchListForm.FamilyName",
                    "PagedMatchListForm.StreetAddress",
                ],
            },
            Endring {
                slag: Slag::Endret,
                hva: "The contract tells the least sequenceNumber of event as a number and no longer as a pattern. The same numbers are taken.",
                elementer: &["GET event?sequenceNumber"],
            },
            Endring {
                slag: Slag::LagtTil,
                hva: "Search by the day of death.",
                elementer: &["PagedMatchListForm.DeathDateFrom", "PagedMatchListForm.DeathDateTo"],
            },
            Endring {
                slag: Slag::LagtTil,
                hva: "An event has the number that it was issued on, and a call says how many events it wants.",
                elementer: &["EventDocument.nin", "GET event?maxLimit"],
            },
            Endring {
                slag: Slag::LagtTil,
                hva: "More of what the contact register knows: when a reservation was made, when a certificate expires, who else has the same \
                      address or number, when they were validated, and who delivers the digital mailbox.",
                elementer: &[
                    "CommonContactRegisterInformation.certificateExpireDate",
                    "CommonContactRegisterInformation.reservationTime",
                    "CommonContactRegisterInformation.reservationUpdated",
                    "ContactInformationResource.emailDuplicated",
                    "ContactInformationResource.emailLastValidated",
                    "ContactInformationResource.phoneNumberDuplicated",
                    "ContactInformationResource.phoneNumberLastValidated",
                    "DigitalPostResource.digitalPostVendorName",
                    "Duplicated",
                ],
            },
            Endring {
                slag: Slag::LagtTil,
                hva: "Whether the service is there, without a token.",
                elementer: &["GET ping"],
            },
        ],
    },
    Utgivelse {
        versjon: Versjon::V2,
        under: 0,
        dato: None,
        endringer: &[Endring {
            slag: Slag::Foerste,
            hva: "The first release of this service: persons by id and by number, one or up to a hundred; search; the feed of events. It answers \
                  as version 2 of the public contract says.",
            elementer: &[],
        }],
    },
];
