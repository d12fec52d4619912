//! People, the organisation and a bot.

use crate::state::{User, Users};

/// Those who review, merge and are assigned.
pub(super) const MAINTAINERS: [&str; 5] = [
    "mira-okafor",
    "jonas-lindqvist",
    "priya-raman",
    "elin-haugen",
    "tomas-varga",
];

/// Those who use harbor and say so.
pub(super) const REPORTERS: [&str; 8] = [
    "yuki-tanabe",
    "saoirse-byrne",
    "d-almeida",
    "kwame-boateng",
    "lucia-ferrer",
    "pilot-rotterdam",
    "noor-haddad",
    "wren-castellan",
];

/// login, name, kind, bio, location, association.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

const ROWS: [Row; 15] = [
    (
        "mira-okafor",
        "Mira Okafor",
        "User",
        "Tides, Rust, long walks on mudflats",
        "Bristol",
        "MEMBER",
    ),
    (
        "jonas-lindqvist",
        "Jonas Lindqvist",
        "User",
        "Numerics at sea level",
        "Gothenburg",
        "MEMBER",
    ),
    (
        "priya-raman",
        "Priya Raman",
        "User",
        "Oceanographer who codes",
        "Chennai",
        "MEMBER",
    ),
    (
        "elin-haugen",
        "Elin Haugen",
        "User",
        "Docs first",
        "Bergen",
        "MEMBER",
    ),
    (
        "tomas-varga",
        "Tomas Varga",
        "User",
        "CI, packaging, and the odd parser",
        "Trieste",
        "COLLABORATOR",
    ),
    (
        "yuki-tanabe",
        "Yuki Tanabe",
        "User",
        "Harbour master's assistant",
        "Kobe",
        "CONTRIBUTOR",
    ),
    (
        "saoirse-byrne",
        "Saoirse Byrne",
        "User",
        "Sails a gaff cutter, badly",
        "Cork",
        "CONTRIBUTOR",
    ),
    (
        "d-almeida",
        "Diogo Almeida",
        "User",
        "Embedded and marine electronics",
        "Porto",
        "NONE",
    ),
    (
        "kwame-boateng",
        "Kwame Boateng",
        "User",
        "Port logistics",
        "Tema",
        "NONE",
    ),
    (
        "lucia-ferrer",
        "Lucia Ferrer",
        "User",
        "Coastal flooding research",
        "Valencia",
        "CONTRIBUTOR",
    ),
    (
        "pilot-rotterdam",
        "Rotterdam Pilot Desk",
        "User",
        "",
        "Rotterdam",
        "NONE",
    ),
    (
        "noor-haddad",
        "Noor Haddad",
        "User",
        "Maps and small boats",
        "Tyre",
        "NONE",
    ),
    (
        "wren-castellan",
        "Wren Castellan",
        "User",
        "Self-hosts everything",
        "Hobart",
        "NONE",
    ),
    (
        "dependabot[bot]",
        "dependabot[bot]",
        "Bot",
        "",
        "",
        "CONTRIBUTOR",
    ),
    (
        "tidewatch",
        "Tidewatch",
        "Organization",
        "Open tools for the intertidal zone",
        "",
        "NONE",
    ),
];

/// All accounts; ids count from 1, and the token's user is the first.
pub(super) fn all() -> Users {
    let user = |(id, (login, name, kind, bio, location, association))| User {
        id,
        login,
        name,
        kind,
        bio,
        location,
        association,
    };
    Users((1..).zip(ROWS).map(user).collect())
}
