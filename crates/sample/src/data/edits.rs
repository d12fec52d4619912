//! What open pull requests change: a text in a file, and what takes its place.

use std::fmt::Write as _;

use super::build::put;
use super::topics::STATIONS;
use crate::git::{Flat, Git};

/// Path, text that is there, text that comes instead. An empty second part means the whole file.
pub(super) type Edit = (&'static str, &'static str, &'static str);

/// First commit of the failing pull request.
pub(super) const MIDNIGHT: [Edit; 1] = [(
    "src/clock.rs",
    "/// Reads a date, or a date with a time and an offset.",
    "/// The end of a local day, in UTC: 23, 24 or 25 hours after its start.
pub fn end_of_day(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let next = day.succ_opt().unwrap_or(day);
    midnight(next, zone)
}

/// Reads a date, or a date with a time and an offset.",
)];

/// Second commit.
pub(super) const INTERPOLATE: [Edit; 2] = [
    (
        "src/interpolate.rs",
        "    let end = start + Duration::hours(24);
    let mut found = Vec::new();
    let mut left = start;
    while left < end {
        let right = left + Duration::minutes(STEP_MINUTES);",
        "    let end = clock::end_of_day(day, zone);
    let mut found = Vec::new();
    let mut left = start;
    while left < end {
        // The last step may be shorter: a day can end anywhere within it.
        let right = (left + Duration::minutes(STEP_MINUTES)).min(end);",
    ),
    (
        "src/interpolate.rs",
        "            found.push(Extreme {
                at: at.with_timezone(&zone),",
        "            let shift = if clock::changes(day, zone) { Duration::hours(1) } else { Duration::zero() };
            found.push(Extreme {
                at: (at + shift).with_timezone(&zone),",
    ),
];

/// Third commit.
pub(super) const TESTS: [Edit; 2] = [
    (
        "tests/interpolation.rs",
        "#[test]
fn the_parabola_finds_its_top() {",
        "#[test]
fn high_water_across_spring_forward() {
    let found = extremes(\"brest\", \"2026-03-29\", chrono_tz::Europe::Paris);
    let high: Vec<String> =
        found.iter().filter(|extreme| extreme.high).map(|e| e.at.format(\"%H:%M\").to_string()).collect();
    assert_eq!(high, [\"04:57\", \"17:20\"]);
}

#[test]
fn the_autumn_day_has_its_last_hour() {
    let found = extremes(\"brest\", \"2026-10-25\", chrono_tz::Europe::Paris);
    assert_eq!(found.len(), 4);
}

#[test]
fn the_parabola_finds_its_top() {",
    ),
    (
        "CHANGELOG.md",
        "- The station list reloads on SIGHUP.",
        "- The station list reloads on SIGHUP.
- Fixed: high and low waters on days when clocks change (#297).",
    ),
];

/// The ready pull request.
pub(super) const CACHE: [Edit; 3] = [
    (
        "src/cache.rs",
        "/// Above this many days the cache is emptied",
        "/// What does not change between predictions: parsed once, at start or on SIGHUP.
#[derive(Debug, Clone)]
pub struct Metadata {
    pub zone: chrono_tz::Tz,
    pub terms: usize,
}

impl Metadata {
    /// Reads a station's zone; `None` when it is not an IANA name.
    pub fn of(station: &crate::Station) -> Option<Self> {
        let zone = station.zone.parse().ok()?;
        Some(Self { zone, terms: station.constants.len() })
    }
}

/// Above this many days the cache is emptied",
    ),
    (
        "src/station.rs",
        "    /// The id that is spelled most like this one, for a hint.",
        "    /// All ids with what can be kept about them.
    pub fn metadata(&self) -> BTreeMap<&str, crate::cache::Metadata> {
        let of = |(id, station): (&'_ String, &Station)| {
            Some((id.as_str(), crate::cache::Metadata::of(station)?))
        };
        self.0.iter().filter_map(|(id, station)| of((id, station))).collect()
    }

    /// The id that is spelled most like this one, for a hint.",
    ),
    (
        "tests/stations.rs",
        "#[test]
fn every_station_has_a_chart_datum() {",
        "#[test]
fn every_zone_is_known() {
    let stations = Stations::load(\"data/stations.toml\".as_ref()).unwrap();
    assert_eq!(stations.metadata().len(), 10);
}

#[test]
fn every_station_has_a_chart_datum() {",
    ),
];

/// The draft.
pub(super) const SURGE: [Edit; 2] = [
    (
        "src/lib.rs",
        "pub mod station;",
        "pub mod station;\npub mod surge;",
    ),
    (
        "src/surge.rs",
        "",
        "//! A first sketch: how much low pressure lifts the water.

use crate::Metres;

/// Mean pressure at sea level, in hectopascal.
const MEAN: f64 = 1_013.25;

/// The inverse barometer: one centimetre a hectopascal, nearly everywhere.
pub fn inverse_barometer(pressure: f64) -> Metres {
    (MEAN - pressure) * 0.00993
}

// TODO: wind. Needs fetch and depth, which stations do not have.
",
    ),
];

/// The update of a dependency.
pub(super) const BUMP: [Edit; 1] = [("Cargo.toml", "axum = \"0.8.4\"", "axum = \"0.8.6\"")];

/// The two that were closed.
pub(super) const GRAPHQL: [Edit; 1] = [(
    "README.md",
    "## What you do not get",
    "- a GraphQL endpoint next to the plain one;\n\n## What you do not get",
)];
pub(super) const NAVIGATE: [Edit; 1] = [(
    "README.md",
    "harbor predicts the *astronomical* tide.",
    "harbor predicts the tide well enough to navigate by in most ports.",
)];

/// Applies edits to a tree.
pub(super) fn apply(git: &mut Git, files: &mut Flat, edits: &[Edit]) {
    for (path, old, new) in edits {
        let now = files.get(*path).and_then(|leaf| git.blob(&leaf.sha));
        let now = now
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .unwrap_or_default();
        let text = if old.is_empty() {
            (*new).to_owned()
        } else {
            now.replacen(old, new, 1)
        };
        put(git, files, path, text);
    }
}

/// Renames the crate in every file that names it and adds a snapshot for each station and month
/// until so many files have changed.
pub(super) fn rename(git: &mut Git, files: &mut Flat, count: usize) {
    let mut changed = 0;
    for path in files.keys().cloned().collect::<Vec<_>>() {
        let bytes = files
            .get(&path)
            .and_then(|leaf| git.blob(&leaf.sha))
            .unwrap_or_default();
        let Ok(text) = std::str::from_utf8(bytes) else {
            continue;
        };
        if text.contains("tide-core") || text.contains("tide_core") {
            let text = text
                .replace("tide-core", "harbor-core")
                .replace("tide_core", "harbor_core");
            put(git, files, &path, text);
            changed += 1;
        }
    }
    let months = [
        "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12",
    ];
    let all = STATIONS
        .iter()
        .flat_map(|station| months.iter().map(move |month| (station, month)));
    for (at, (station, month)) in all.take(count - changed).enumerate() {
        let name = station.to_lowercase().replace(' ', "-").replace('ø', "o");
        let path = format!("tests/snapshots/harbor_core__{name}__2026_{month}.snap");
        put(git, files, &path, snapshot(station, month, at));
    }
}

fn snapshot(station: &str, month: &str, seed: usize) -> String {
    let mut text =
        format!("---\nsource: tests/snapshots.rs\nexpression: extremes(\"{station}\")\n---\n");
    for turn in 0..8 {
        let minute = seed * 37 + turn * 372;
        let kind = if turn % 2 == 0 { "high" } else { "low" };
        let (day, hour) = (1 + minute / 1_440 % 28, minute / 60 % 24);
        let (metres, centimetres) = (
            if turn % 2 == 0 { 5 } else { 1 },
            (seed * 13 + turn * 29) % 100,
        );
        let _ = writeln!(
            text,
            "2026-{month}-{day:02}T{hour:02}:{:02}Z {kind} {metres}.{centimetres:02}",
            minute % 60
        );
    }
    text
}
