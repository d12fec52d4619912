//! Whether a range of versions keeps out those that do not exist yet.

/// Python's specifiers (PEP 440): `>=1.9,<2`, `==1.*`, `~=1.9`.
pub(crate) fn python(range: &str) -> bool {
    range.split(',').any(|part| {
        let part = part.trim();
        part.starts_with('<')
            || part.starts_with("~=")
            || part
                .strip_prefix("==")
                .is_some_and(|version| version.trim_start_matches('=').trim() != "*")
    })
}

/// Poetry's constraints: Python's, and `^1.9`, `~1.9`, `1.9`, `*`, with `|` or `||` between alternatives.
pub(crate) fn poetry(range: &str) -> bool {
    range
        .split('|')
        .filter(|part| !part.trim().is_empty())
        .all(|part| {
            let part = part.trim();
            python(part)
                || part.split([',', ' ']).any(|part| {
                    part.trim_start_matches(['^', '~', '='])
                        .starts_with(|first: char| first.is_ascii_digit())
                })
        })
        && !range.trim().is_empty()
}

/// Cargo's requirements: `1.2` is `^1.2`.
pub(crate) fn cargo(range: &str) -> bool {
    range.split(',').any(|part| {
        let part = part.trim();
        part.starts_with('<')
            || part
                .trim_start_matches(['^', '~', '=', ' '])
                .starts_with(|first: char| first.is_ascii_digit())
    })
}

/// npm's ranges, without the alias: `^1.2`, `1.x`, `1 - 2`, `>=1 <2`, tags, addresses.
pub(crate) fn npm(range: &str) -> bool {
    let range = range.trim();
    if range.contains("://") || range.contains(':') || range.contains('/') {
        // a repository at a commit or tag, or an archive
        return range.contains('#')
            || range.split('?').next().is_some_and(|address| {
                ["tgz", "gz"].iter().any(|end| {
                    std::path::Path::new(address)
                        .extension()
                        .is_some_and(|is| is == *end)
                })
            });
    }
    range.split("||").all(|part| {
        let part = part.trim();
        // of `1 - 2` the end is the bound
        let bound = part.split_once(" - ").map_or(part, |(_, end)| end);
        if part.contains(" - ") {
            return bound
                .trim()
                .starts_with(|first: char| first.is_ascii_digit());
        }
        part.split_whitespace().any(|word| {
            word.starts_with('<')
                || word
                    .trim_start_matches(['^', '~', '=', 'v'])
                    .starts_with(|first: char| first.is_ascii_digit())
                    // of `> 1` the sign stands alone
                    && !part.starts_with("> ")
                    && !part.starts_with(">= ")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_with_and_without_an_end() {
        for (judge, bounded, open) in [
            (
                python as fn(&str) -> bool,
                &[">=1,<2", "==1.2", "==1.*", "~=1.4", "<=3"][..],
                &["", ">=1", ">1, !=1.5", "==*", "!=2"][..],
            ),
            (
                poetry,
                &["^1.2", "~1.2", "1.2", ">=1,<2", "^1 || ^2", "1.*"],
                &["*", ">=1", "^1 || >=3", ""],
            ),
            (
                cargo,
                &["1", "^1.2", "~1.2", "=1.2.3", ">=1, <2", "1.*"],
                &["*", ">=1", "> 1"],
            ),
            (
                npm,
                &[
                    "^1.2.0",
                    "~1.2",
                    "1.2.3",
                    "1.x",
                    "v1.2.3",
                    ">=1 <2",
                    "1 - 2",
                    "^1 || ^2",
                    "<2",
                    "github:a/b#v1",
                    "https://host/a.tgz",
                ],
                &[
                    "*",
                    "",
                    "x",
                    "latest",
                    "next",
                    ">=1",
                    ">= 1",
                    "^1 || >=3",
                    "github:a/b",
                ],
            ),
        ] {
            for range in bounded {
                assert!(judge(range), "{range}");
            }
            for range in open {
                assert!(!judge(range), "{range}");
            }
        }
    }
}
