//! Whose GitHub token is used for whom: the file of `--credentials`.
//!
//! ```text
//! # PRINCIPAL=VARIABLE or PRINCIPAL=file:PATH
//! mira=GITHUB_TOKEN_MIRA
//! oidc:248289761001=file:/run/secrets/jonas
//! ```
//!
//! The file names where tokens are and holds none. A principal is the name of a bearer token, or
//! `oidc:SUBJECT`.

use std::{collections::HashMap, path::Path};

use seaworthy_github::Token;

use crate::{environment, failure::Failure};

/// The tokens by principal.
pub(crate) fn read(file: &Path) -> Result<HashMap<String, Token>, Failure> {
    let wrong = |problem: String| {
        Failure::usage(
            format_args!("{}: {problem}", file.display()),
            "correct the file of --credentials: lines PRINCIPAL=VARIABLE or PRINCIPAL=file:PATH",
        )
    };
    let text = std::fs::read_to_string(file)
        .map_err(|error| wrong(format!("could not be read: {error}")))?;
    let mut tokens = HashMap::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let wrong = |problem: String| wrong(format!("line {} {problem}", at + 1));
        let (principal, source) = line
            .rsplit_once('=')
            .filter(|(principal, source)| !principal.is_empty() && !source.is_empty())
            .ok_or_else(|| wrong("is not PRINCIPAL=VARIABLE or PRINCIPAL=file:PATH".to_owned()))?;
        let (principal, source) = (principal.trim(), source.trim());
        let token = match source.strip_prefix("file:") {
            Some(path) => std::fs::read_to_string(path).map_err(|error| {
                wrong(format!("names {path}, which could not be read: {error}"))
            })?,
            // what looks like a token is one, and must not be repeated here
            None if !is_variable(source) => {
                return Err(wrong("has no name of a variable after the `=`".to_owned()));
            }
            None => environment::named(source)?
                .ok_or_else(|| wrong(format!("names {source}, which is not set")))?,
        };
        let token = Token::parse(token.trim())
            .map_err(|reason| wrong(format!("leads to a token that {reason}")))?;
        if tokens.insert(principal.to_owned(), token).is_some() {
            return Err(wrong(format!("names {principal} a second time")));
        }
    }
    if tokens.is_empty() {
        return Err(wrong("names nobody".to_owned()));
    }
    Ok(tokens)
}

/// Whether a text can be the name of a variable by custom: capitals, digits, underscores.
fn is_variable(name: &str) -> bool {
    name.len() <= 100
        && name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && name
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(text: &str) -> Result<HashMap<String, Token>, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("credentials");
        std::fs::write(folder.path().join("token"), "ghp_0123456789\n").unwrap();
        let text = text.replace("HERE", folder.path().to_str().unwrap());
        std::fs::write(&file, text).unwrap();
        read(&file).map_err(|failure| failure.what().to_owned())
    }

    #[test]
    fn principals_lead_to_tokens() {
        let tokens =
            tried("# people\n\nmira=file:HERE/token\noidc:a=b = file:HERE/token\n").unwrap();
        let mut names: Vec<_> = tokens.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["mira", "oidc:a=b"]);
        assert!(!format!("{tokens:?}").contains("ghp_"));
    }

    #[test]
    fn a_wrong_line_is_named_and_no_token_is_repeated() {
        for (text, said) in [
            ("mira", "line 1 is not"),
            ("\n=X", "line 2 is not"),
            ("mira=ghp_0123456789", "line 1 has no name of a variable"),
            ("mira=NO_SUCH_VARIABLE", "which is not set"),
            ("mira=file:HERE/missing", "could not be read"),
            ("mira=file:HERE/credentials", "leads to a token that"),
            (
                "a=file:HERE/token\na=file:HERE/token",
                "names a a second time",
            ),
            ("# nobody", "names nobody"),
        ] {
            let error = tried(text).unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
            assert!(!error.contains("ghp_"), "{error}");
        }
    }
}
