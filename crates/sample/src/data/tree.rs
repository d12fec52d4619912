//! The files of `tidewatch/harbor`, as they are now, and as they once were.

use std::fmt::Write as _;

use super::random::Random;

/// Path and content of each text file; the sources are under `data/harbor/`.
pub(super) const FILES: [(&str, &str); 36] = [
    (
        ".github/CODEOWNERS",
        include_str!("../../data/harbor/.github/CODEOWNERS"),
    ),
    (
        ".github/ISSUE_TEMPLATE/bug.yml",
        include_str!("../../data/harbor/.github/ISSUE_TEMPLATE/bug.yml"),
    ),
    (
        ".github/workflows/ci.yml",
        include_str!("../../data/harbor/.github/workflows/ci.yml"),
    ),
    (
        "CHANGELOG.md",
        include_str!("../../data/harbor/CHANGELOG.md"),
    ),
    (
        "CONTRIBUTING.md",
        include_str!("../../data/harbor/CONTRIBUTING.md"),
    ),
    ("Cargo.toml", include_str!("../../data/harbor/Cargo.toml")),
    ("LICENSE", include_str!("../../data/harbor/LICENSE")),
    ("README.md", include_str!("../../data/harbor/README.md")),
    ("SECURITY.md", include_str!("../../data/harbor/SECURITY.md")),
    (
        "data/stations.toml",
        include_str!("../../data/harbor/data/stations.toml"),
    ),
    (
        "docs/accuracy.md",
        include_str!("../../data/harbor/docs/accuracy.md"),
    ),
    ("docs/api.md", include_str!("../../data/harbor/docs/api.md")),
    (
        "docs/datums.md",
        include_str!("../../data/harbor/docs/datums.md"),
    ),
    (
        "docs/index.md",
        include_str!("../../data/harbor/docs/index.md"),
    ),
    (
        "docs/operations.md",
        include_str!("../../data/harbor/docs/operations.md"),
    ),
    (
        ".gitignore",
        include_str!("../../data/harbor/gitignore.txt"),
    ),
    (
        "pyproject.toml",
        include_str!("../../data/harbor/pyproject.toml"),
    ),
    (
        "src/cache.rs",
        include_str!("../../data/harbor/src/cache.rs"),
    ),
    (
        "src/clock.rs",
        include_str!("../../data/harbor/src/clock.rs"),
    ),
    (
        "src/constituent.rs",
        include_str!("../../data/harbor/src/constituent.rs"),
    ),
    (
        "src/datum.rs",
        include_str!("../../data/harbor/src/datum.rs"),
    ),
    (
        "src/harmonic.rs",
        include_str!("../../data/harbor/src/harmonic.rs"),
    ),
    (
        "src/interpolate.rs",
        include_str!("../../data/harbor/src/interpolate.rs"),
    ),
    ("src/lib.rs", include_str!("../../data/harbor/src/lib.rs")),
    ("src/main.rs", include_str!("../../data/harbor/src/main.rs")),
    (
        "src/server/error.rs",
        include_str!("../../data/harbor/src/server/error.rs"),
    ),
    (
        "src/server/mod.rs",
        include_str!("../../data/harbor/src/server/mod.rs"),
    ),
    (
        "src/server/routes.rs",
        include_str!("../../data/harbor/src/server/routes.rs"),
    ),
    (
        "src/station.rs",
        include_str!("../../data/harbor/src/station.rs"),
    ),
    (
        "tests/fixtures/brest-2026-03.json",
        include_str!("../../data/harbor/tests/fixtures/brest-2026-03.json"),
    ),
    (
        "tests/interpolation.rs",
        include_str!("../../data/harbor/tests/interpolation.rs"),
    ),
    (
        "tests/stations.rs",
        include_str!("../../data/harbor/tests/stations.rs"),
    ),
    (
        "tools/harbor_tools/__init__.py",
        include_str!("../../data/harbor/tools/harbor_tools/__init__.py"),
    ),
    (
        "tools/harbor_tools/compare.py",
        include_str!("../../data/harbor/tools/harbor_tools/compare.py"),
    ),
    (
        "tools/harbor_tools/fetch.py",
        include_str!("../../data/harbor/tools/harbor_tools/fetch.py"),
    ),
    (
        "tools/tests/test_fetch.py",
        include_str!("../../data/harbor/tools/tests/test_fetch.py"),
    ),
];

/// The one picture.
pub(super) const IMAGE: (&str, &[u8]) = (
    "docs/images/tide-curve.png",
    include_bytes!("../../data/harbor/docs/images/tide-curve.png"),
);

/// The one file above 1 MB.
pub(super) const LARGE: &str = "data/harmonics.csv";

/// A table of constants that is too large for the contents API to inline.
pub(super) fn large() -> String {
    let mut random = Random::new(1_926);
    let mut text = String::from("station,constituent,amplitude_m,phase_deg,agency,epoch\n");
    let names = [
        "M2", "S2", "N2", "K2", "K1", "O1", "P1", "Q1", "M4", "MS4", "M6", "SA", "SSA",
    ];
    for station in 0..2_400 {
        for name in names {
            let (amplitude, phase) = (random.below(42_000), random.below(36_000));
            let _ = writeln!(
                text,
                "{:05},{name},{}.{:04},{}.{:02},{},2007-2025",
                10_000 + station * 7,
                amplitude / 10_000,
                amplitude % 10_000,
                phase / 100,
                phase % 100,
                random.pick(&["shom", "noaa", "bsh", "ukho"]),
            );
        }
    }
    text
}

/// A file as it was after `touch` of its `touches` commits: sources grow downwards, a changelog
/// upwards.
pub(super) fn version(path: &str, now: &str, touch: usize, touches: usize) -> String {
    if touch >= touches {
        return now.to_owned();
    }
    let mut text = if path == "CHANGELOG.md" {
        let (title, entries) = now.split_once("\n## ").unwrap_or((now, ""));
        let entries: Vec<&str> = entries.split("\n## ").collect();
        let kept = share(entries.len(), touch, touches);
        let oldest = &entries[entries.len() - kept..];
        format!("{title}\n## {}", oldest.join("\n## "))
    } else {
        let parts: Vec<&str> = now.split("\n\n").collect();
        parts[..share(parts.len(), touch, touches)].join("\n\n")
    };
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// So much of a file is there after so many of its commits; never nothing.
fn share(parts: usize, touch: usize, touches: usize) -> usize {
    (parts * touch).div_ceil(touches).clamp(1, parts)
}
