//! References to variables in an entry, as each client writes them, and what becomes of them.

use std::{collections::BTreeMap, path::Path};

use crate::Places;

/// How an entry refers to a variable of the client's environment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum References {
    /// `${NAME}` and `${NAME:-default}`; of one that is not set the text stays as it is.
    Braces,
    /// `$NAME`, `${NAME}` and `${NAME:-default}`; one that is not set is empty.
    Dollar,
    /// `${env:NAME}`, and some names of folders; one that is not set is empty.
    Env,
    /// None: every text means itself.
    None,
}

/// A text with its references resolved.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Resolved {
    /// What the client makes of it.
    pub text: String,
    /// Variables that it refers to and that are not set.
    pub unset: Vec<String>,
    /// What the client asks its user for: the ids of `${input:ID}`.
    pub asked: Vec<String>,
    /// Whether anything in it was a reference.
    pub refers: bool,
}

/// Where references lead.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// Folders.
    pub places: &'a Places,
    /// The client's environment.
    pub environment: &'a BTreeMap<String, String>,
}

impl References {
    /// Resolves the references of a text.
    pub fn resolve(self, text: &str, around: Surroundings<'_>) -> Resolved {
        let mut resolved = Resolved::default();
        let mut rest = text;
        while let Some(at) = rest.find('$').filter(|_| self != Self::None) {
            resolved.text.push_str(&rest[..at]);
            rest = &rest[at..];
            let Some((whole, inner)) = self.next(rest) else {
                resolved.text.push('$');
                rest = &rest[1..];
                continue;
            };
            match self.one(inner, around, &mut resolved) {
                Some(value) => resolved.text.push_str(&value),
                None => resolved.text.push_str(whole),
            }
            rest = &rest[whole.len()..];
        }
        resolved.text.push_str(rest);
        resolved
    }

    /// The reference that a text begins with, and what is in it.
    fn next(self, text: &str) -> Option<(&str, &str)> {
        if let Some(inner) = text.strip_prefix("${") {
            let end = inner.find('}')?;
            return Some((&text[..end + 3], &inner[..end]));
        }
        let name = text[1..]
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .map_or(&text[1..], |end| &text[1..=end]);
        (self == Self::Dollar && !name.is_empty()).then(|| (&text[..=name.len()], name))
    }

    /// The value of one reference; none where it stays as it is written.
    fn one(self, inner: &str, around: Surroundings<'_>, resolved: &mut Resolved) -> Option<String> {
        let (name, default) = match self {
            Self::Env => match inner.strip_prefix("env:") {
                Some(name) => (name, None),
                None => return folder(inner, around.places, resolved),
            },
            _ => match inner.split_once(":-") {
                Some((name, default)) => (name, Some(default)),
                None => (inner, None),
            },
        };
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return None;
        }
        resolved.refers = true;
        if let Some(value) = around.environment.get(name) {
            return Some(value.clone());
        }
        if let Some(default) = default {
            return Some(default.to_owned());
        }
        resolved.unset.push(name.to_owned());
        (self != Self::Braces).then(String::new)
    }
}

/// A folder, or what is asked for.
fn folder(inner: &str, places: &Places, resolved: &mut Resolved) -> Option<String> {
    let text = |path: &Path| Some(path.to_string_lossy().into_owned());
    let value = match inner {
        "userHome" => text(&places.home),
        "workspaceFolder" => text(&places.project),
        "workspaceFolderBasename" => text(Path::new(places.project.file_name()?)),
        "pathSeparator" | "/" => Some(std::path::MAIN_SEPARATOR.to_string()),
        _ => {
            let id = inner.strip_prefix("input:")?;
            resolved.asked.push(id.to_owned());
            Some(String::new())
        }
    };
    resolved.refers = true;
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Os;

    fn resolve(references: References, text: &str) -> Resolved {
        let places = Places {
            os: Os::Linux,
            home: "/home/u".into(),
            project: "/srv/app".into(),
            repository: "/srv/app".into(),
            variables: [].into(),
        };
        let environment = [("SET".to_owned(), "value".to_owned())].into();
        let around = Surroundings {
            places: &places,
            environment: &environment,
        };
        references.resolve(text, around)
    }

    #[test]
    fn each_syntax_is_resolved_as_its_client_does() {
        use References::{Braces, Dollar, Env, None};
        for (references, text, becomes, unset) in [
            (Braces, "Bearer ${SET}", "Bearer value", ""),
            (Braces, "${NOT}", "${NOT}", "NOT"),
            (Braces, "${NOT:-a b}", "a b", ""),
            (Braces, "${NOT:-}", "", ""),
            (Braces, "$SET ${env:SET}", "$SET ${env:SET}", ""),
            (
                Dollar,
                "$SET-${SET}-$NOT-${NOT:-d}",
                "value-value--d",
                "NOT",
            ),
            (Dollar, "5$ and $", "5$ and $", ""),
            (Dollar, "${open", "${open", ""),
            (Env, "${env:SET}:${env:NOT}", "value:", "NOT"),
            (Env, "${userHome}/x", "/home/u/x", ""),
            (Env, "${workspaceFolderBasename}", "app", ""),
            (Env, "${SET} ${other}", "${SET} ${other}", ""),
            (None, "${SET} $SET", "${SET} $SET", ""),
            (Dollar, "ä$SETä", "ävalueä", ""),
        ] {
            let resolved = resolve(references, text);
            assert_eq!(resolved.text, becomes, "{references:?} {text}");
            assert_eq!(resolved.unset.join(","), unset, "{references:?} {text}");
        }
    }

    #[test]
    fn what_is_asked_for_is_told() {
        let resolved = resolve(References::Env, "Bearer ${input:token}");
        assert_eq!(resolved.asked, ["token"]);
        assert!(resolved.refers);
        assert!(!resolve(References::Env, "Bearer x").refers);
    }
}
