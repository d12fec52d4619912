//! Lock files under another name: `Cargo.lock` and `uv.lock` list packages by name, so that the
//! project's own entry moves when it is renamed. `cargo build --locked` refuses one that is not sorted.

/// The start of an entry, in both formats.
const ENTRY: &str = "[[package]]\n";

/// Whether a file is one.
pub fn is_lockfile(path: &str) -> bool {
    matches!(path, "Cargo.lock" | "uv.lock")
}

/// The lock file with its packages sorted by name; equal names stay in order.
pub(crate) fn sorted(text: &str) -> String {
    let Some(first) = text.find(ENTRY) else {
        return text.to_owned();
    };
    let (head, rest) = text.split_at(first);
    let mut entries: Vec<_> = rest
        .split(ENTRY)
        .skip(1)
        .map(|entry| entry.trim_end_matches('\n'))
        .collect();
    entries.sort_by_key(|entry| name(entry));
    let mut result = head.to_owned();
    for (at, entry) in entries.iter().enumerate() {
        if at > 0 {
            result.push('\n');
        }
        result.push_str(ENTRY);
        result.push_str(entry);
        result.push('\n');
    }
    result
}

fn name(entry: &str) -> &str {
    let line = entry.lines().next().unwrap_or_default();
    line.strip_prefix("name = \"")
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_renamed_entry_moves_and_nothing_else_changes() {
        let text = "version = 4\n\n[[package]]\nname = \"zebra\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"bytes\"\n\n[[package]]\nname = \"toml\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"toml\"\nversion = \"2.0.0\"\n";
        assert_eq!(
            sorted(text),
            "version = 4\n\n[[package]]\nname = \"bytes\"\n\n[[package]]\nname = \"toml\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"toml\"\nversion = \"2.0.0\"\n\n[[package]]\nname = \"zebra\"\nversion = \"1.0.0\"\n"
        );
        assert_eq!(sorted(&sorted(text)), sorted(text));
        assert_eq!(sorted("version = 4\n"), "version = 4\n");
    }
}
