//! Strings that match a pattern: the shortest by the plainest characters, or a longer one by rare ones.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// Characters that a string is made of, where a class has them.
const PLAIN: &str = "a0A1b2c3_-./: @";
const RARE: &str = "z9Z8y7q5_-./: @";
/// The longest string that is made, in characters.
const LONGEST: usize = 4_096;
/// Repetitions beyond the required ones, for a long string.
const MORE: u32 = 6;

/// A string that should match a pattern of ECMA 262; none for patterns that have look-around or
/// back-references. `long` takes more repetitions and rarer characters; `chance` shifts choices.
pub(super) fn matching(pattern: &str, long: bool, chance: usize) -> Option<String> {
    if pattern.len() > LONGEST {
        return None;
    }
    let hir = regex_syntax::ParserBuilder::new()
        .nest_limit(50)
        .build()
        .parse(&ecma(pattern))
        .ok()?;
    let mut made = String::new();
    write(&hir, long, chance, &mut made)?;
    Some(made)
}

/// What ECMA writes otherwise: `\/`, `\-` and `\d` of ASCII alone.
fn ecma(pattern: &str) -> String {
    pattern
        .replace("\\/", "/")
        .replace("\\d", "[0-9]")
        .replace("[[0-9]", "[0-9")
}

fn write(hir: &Hir, long: bool, chance: usize, made: &mut String) -> Option<()> {
    if made.len() > LONGEST {
        return None;
    }
    match hir.kind() {
        HirKind::Empty => {}
        HirKind::Literal(literal) => made.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(class) => made.push(member(class, long, chance)?),
        HirKind::Look(look) => {
            // word boundaries are hoped for, ends are by nature
            if matches!(look, Look::WordAsciiNegate | Look::WordUnicodeNegate) {
                return None;
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, long, chance, made)?,
        HirKind::Concat(parts) => {
            for part in parts {
                write(part, long, chance, made)?;
            }
        }
        HirKind::Alternation(parts) => {
            let index = if long {
                parts.len() - 1
            } else {
                chance % parts.len()
            };
            write(parts.get(index)?, long, chance, made)?;
        }
        HirKind::Repetition(repetition) => {
            let least = repetition.min;
            let times = if long {
                repetition
                    .max
                    .unwrap_or(u32::MAX)
                    .min(least.saturating_add(MORE))
            } else {
                least
            };
            if times as usize > LONGEST {
                return None;
            }
            for _ in 0..times {
                write(&repetition.sub, long, chance, made)?;
            }
        }
    }
    Some(())
}

fn member(class: &Class, long: bool, chance: usize) -> Option<char> {
    let Class::Unicode(class) = class else {
        return None;
    };
    let has = |wanted: char| {
        class
            .iter()
            .any(|range| range.start() <= wanted && wanted <= range.end())
    };
    let preferred: Vec<char> = (if long { RARE } else { PLAIN })
        .chars()
        .filter(|one| has(*one))
        .collect();
    if preferred.is_empty() {
        return class
            .iter()
            .next()
            .map(regex_syntax::hir::ClassUnicodeRange::start);
    }
    preferred
        .get(if long {
            0
        } else {
            chance % preferred.len().min(3)
        })
        .copied()
}
