//! Names of classes, fields and arguments. They are free in every language, so that a tool is the same
//! in all of them.

use std::collections::BTreeSet;

use super::plain::snake;

/// Names that a field or an argument cannot have, sorted: keywords of Python and Rust, built-in types
/// that annotations use, methods of pydantic's models, and arguments that every tool may have.
const RESERVED: &[&str] = &[
    "abstract",
    "and",
    "as",
    "assert",
    "async",
    "await",
    "become",
    "bool",
    "box",
    "break",
    "bytes",
    "class",
    "confirm",
    "confirm_token",
    "const",
    "construct",
    "continue",
    "copy",
    "crate",
    "cursor",
    "def",
    "del",
    "dict",
    "do",
    "dyn",
    "elif",
    "else",
    "enum",
    "except",
    "extern",
    "false",
    "final",
    "finally",
    "float",
    "fn",
    "for",
    "from",
    "from_orm",
    "gen",
    "global",
    "if",
    "impl",
    "import",
    "in",
    "int",
    "is",
    "json",
    "l",
    "lambda",
    "let",
    "list",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "none",
    "nonlocal",
    "not",
    "object",
    "or",
    "override",
    "page_size",
    "parse_file",
    "parse_obj",
    "parse_raw",
    "pass",
    "print",
    "priv",
    "pub",
    "raise",
    "ref",
    "request",
    "return",
    "schema",
    "schema_json",
    "self",
    "set",
    "start",
    "static",
    "str",
    "struct",
    "super",
    "trait",
    "true",
    "try",
    "tuple",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "update_forward_refs",
    "use",
    "validate",
    "virtual",
    "where",
    "while",
    "with",
    "yield",
];

/// Parts of the names of Python's built-in classes, sorted.
const BUILT_IN: &[&str] = &[
    "Error",
    "Exception",
    "Exit",
    "Implemented",
    "Interrupt",
    "Iteration",
    "Warning",
];

/// A name for the words that is free, and takes it.
pub(super) fn field(words: &[String], taken: &mut BTreeSet<String>) -> String {
    free(&argument(words), "_", taken)
}

/// A name for the words, whatever is taken.
pub(super) fn argument(words: &[String]) -> String {
    let mut name = snake(words, "value");
    if name.starts_with("model_") {
        // pydantic keeps these for itself
        name = format!("the_{name}");
    }
    if RESERVED.binary_search(&name.as_str()).is_ok() {
        name.push_str("_value");
    }
    name
}

/// A name for a class.
pub(super) fn class(words: &[String], taken: &mut BTreeSet<String>) -> String {
    let mut name: String = words
        .iter()
        .map(|word| super::group::capital(word))
        .collect();
    if BUILT_IN.iter().any(|part| name.contains(part)) || words.len() < 2 {
        name.push_str("Call");
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert_str(0, "Call");
    }
    free(&name, "", taken)
}

fn free(name: &str, between: &str, taken: &mut BTreeSet<String>) -> String {
    let mut unique = name.to_owned();
    let mut number = 2;
    while !taken.insert(unique.clone()) {
        unique = format!("{name}{between}{number}");
        number += 1;
    }
    unique
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reserved_names_are_sorted() {
        assert!(RESERVED.is_sorted());
    }
}
