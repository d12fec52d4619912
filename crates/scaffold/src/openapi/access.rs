//! Where an API is, and how it takes its key.

use super::{
    ApiError,
    read::{Document, Part},
};

/// How an API takes its key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum KeyPlace {
    /// `Authorization: Bearer KEY`.
    Bearer,
    /// `Authorization: Basic`, of `USER:PASSWORD`.
    Basic,
    /// A header of this name.
    Header(String),
    /// A parameter of the query of this name.
    Query(String),
}

/// The first server's address, if a key may be sent there.
pub(super) fn base(root: &Part<'_>, notes: &mut Vec<String>) -> Option<String> {
    let servers = root.field("servers");
    let server = servers.elements().next();
    let mut url = server
        .as_ref()
        .and_then(|server| server.text("url"))
        .unwrap_or_default()
        .to_owned();
    if let Some(server) = &server
        && let Some(variables) = server.field("variables").value.as_object()
    {
        for (name, variable) in variables.iter().take(20) {
            if let Some(value) = variable["default"]
                .as_str()
                .filter(|value| value.len() < 200)
            {
                url = url.replace(&format!("{{{name}}}"), value);
            }
        }
    }
    let url = url.trim_end_matches('/');
    let rest = [
        "https://",
        "http://127.0.0.1",
        "http://localhost",
        "http://[::1]",
    ]
    .iter()
    .find_map(|start| Some((*start, url.strip_prefix(start)?)));
    let fits = rest.is_some_and(|(start, rest)| {
        let ends_host = start == "https://" || rest.is_empty() || rest.starts_with([':', '/']);
        let named = start != "https://" || rest.starts_with(|c: char| c.is_ascii_alphanumeric());
        ends_host && named && !rest.contains("..")
    }) && url.len() <= 200
        && url
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b":/.-_~[]".contains(&byte));
    if fits {
        return Some(url.to_owned());
    }
    // the address itself stays out: it becomes part of a document
    notes.push(
        "its first server is no https address: the variable of the API's address must be set"
            .to_owned(),
    );
    None
}

pub(super) fn key(
    document: &Document,
    root: &Part<'_>,
    notes: &mut Vec<String>,
) -> Result<Option<KeyPlace>, ApiError> {
    let schemes = root.field("components").field("securitySchemes");
    let Some(named) = schemes.value.as_object().filter(|named| !named.is_empty()) else {
        return Ok(None);
    };
    // the first that all operations need, else the first that there is
    let wanted = root
        .field("security")
        .elements()
        .find_map(|one| {
            one.value
                .as_object()
                .and_then(|one| one.keys().next().cloned())
        })
        .filter(|name| named.contains_key(name));
    let names = wanted.iter().chain(named.keys());
    for name in names {
        let scheme = document.follow(schemes.field(name))?;
        let place = match (
            scheme.text("type"),
            scheme.text("scheme"),
            scheme.text("in"),
        ) {
            (Some("http"), Some(scheme), _) if scheme.eq_ignore_ascii_case("basic") => {
                KeyPlace::Basic
            }
            (Some("http" | "oauth2" | "openIdConnect"), ..) => KeyPlace::Bearer,
            (Some("apiKey"), _, Some(place @ ("header" | "query"))) => {
                let name = scheme.text("name").unwrap_or_default();
                let sound = (1..=60).contains(&name.len())
                    && name
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
                if !sound {
                    return Err(ApiError::new(
                        &format!("{}/name", scheme.at),
                        "it is no name of a header or parameter".to_owned(),
                        "correct it",
                    ));
                }
                if place == "header" {
                    KeyPlace::Header(name.to_owned())
                } else {
                    notes.push(format!(
                        "the key goes into the address (?{name}=...), where proxies and logs of the API see it"
                    ));
                    KeyPlace::Query(name.to_owned())
                }
            }
            _ => continue,
        };
        return Ok(Some(place));
    }
    notes
        .push("none of its ways to show a key is known: the key goes as a bearer token".to_owned());
    Ok(Some(KeyPlace::Bearer))
}
