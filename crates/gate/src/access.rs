//! How a server over HTTP lets its callers in: what the user gave for it, and what the server says of it.

use serde_json::Value;
use url::Url;

use crate::{
    live::Live,
    probe,
    wire::{
        Lost,
        http::{self, Endpoint, HttpAnswer, Request},
    },
};

/// What the user gave to be let in.
#[derive(Clone, Debug, PartialEq)]
pub enum Credential<'a> {
    /// `Authorization: Bearer TOKEN`: the token.
    Bearer(&'a str),
    /// Another header: its name and value.
    Header(&'a str, &'a str),
    /// The address has a password, or a query with a value that is named like one.
    Address,
}

/// What the user gave to be let in, if anything. Of a header whose name does not say so, nobody knows.
pub fn credential(live: &Live) -> Option<Credential<'_>> {
    let headers = &live.options.headers;
    let named = |is: fn(&str) -> bool| headers.iter().find(|(name, _)| is(name));
    if let Some((name, value)) =
        named(|name| name.eq_ignore_ascii_case("authorization")).or_else(|| {
            named(|name| http::is_named_like_a_secret(name) || name.eq_ignore_ascii_case("cookie"))
        })
    {
        return Some(match value.split_once(' ') {
            Some((scheme, token))
                if name.eq_ignore_ascii_case("authorization")
                    && scheme.eq_ignore_ascii_case("bearer") =>
            {
                Credential::Bearer(token.trim())
            }
            _ => Credential::Header(name, value),
        });
    }
    let url = &live.http()?.url;
    let in_query = url
        .query_pairs()
        .any(|(name, _)| http::is_named_like_a_secret(&name));
    (url.password().is_some() || in_query).then_some(Credential::Address)
}

/// The challenges of a refusal: the values of `WWW-Authenticate`.
pub fn challenges(answer: &HttpAnswer) -> Vec<String> {
    answer
        .headers
        .get_all("www-authenticate")
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect()
}

/// A parameter of a challenge, such as `resource_metadata` (RFC 9110, section 11.2).
pub fn parameter(challenge: &str, name: &str) -> Option<String> {
    let lower = challenge.to_ascii_lowercase();
    let mut from = 0;
    while let Some(found) = lower.get(from..)?.find(name) {
        let start = from + found;
        from = start + name.len();
        let alone = lower[..start]
            .chars()
            .next_back()
            .is_none_or(|before| before == ' ' || before == ',' || before == '\t');
        let Some(value) = challenge[from..].trim_start().strip_prefix('=') else {
            continue;
        };
        if !alone {
            continue;
        }
        let value = value.trim_start();
        return Some(match value.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next().unwrap_or_default().to_owned(),
            None => value
                .split([',', ' ', '\t'])
                .next()
                .unwrap_or_default()
                .to_owned(),
        });
    }
    None
}

/// Where the metadata of the protected resource is, and what is there.
#[derive(Debug)]
pub enum Metadata {
    /// Something answers there.
    Found(Found),
    /// The challenge names an address of another host, and nothing like it is served here.
    Elsewhere(String),
    /// The challenge names an address that does not answer, or is none.
    Broken(String, String),
    /// Nothing is named, and the well-known paths have nothing.
    Missing,
}

/// A document, or what stands in its place.
#[derive(Debug)]
pub struct Found {
    /// Its path.
    pub path: String,
    /// Whether the challenge names it.
    pub named: bool,
    /// The answer.
    pub answer: HttpAnswer,
}

impl Found {
    /// The document, where it is an object of JSON.
    pub fn document(&self) -> Option<&Value> {
        self.answer
            .messages
            .first()
            .filter(|document| document.is_object())
    }
}

/// Looks for the metadata as clients do (2026-07-28, Authorization Server Discovery): where the
/// challenge says, else at the well-known paths. No other host is asked: it is the server who names it.
pub async fn metadata(live: &Live, endpoint: &Endpoint, challenge: Option<&str>) -> Metadata {
    if let Some(named) = challenge {
        let Ok(url) = endpoint.url.join(named) else {
            return Metadata::Broken(named.to_owned(), "it is no address".to_owned());
        };
        let own = url.origin() == endpoint.url.origin();
        return match get(live, endpoint, url.path()).await {
            Ok(answer) if own || answer.status == 200 => Metadata::Found(Found {
                path: url.path().to_owned(),
                named: true,
                answer,
            }),
            _ if !own => Metadata::Elsewhere(host(&url)),
            Ok(answer) => Metadata::Broken(url.path().to_owned(), probe::shown(&answer)),
            Err(lost) => Metadata::Broken(url.path().to_owned(), lost.to_string()),
        };
    }
    let path = endpoint.url.path().trim_end_matches('/');
    let root = "/.well-known/oauth-protected-resource";
    let mut places = vec![format!("{root}{path}"), root.to_owned()];
    places.dedup();
    for path in places {
        if let Ok(answer) = get(live, endpoint, &path).await
            && answer.status == 200
        {
            let found = Found {
                path,
                named: false,
                answer,
            };
            // a page for people that answers every path is no metadata
            if found.document().is_some() {
                return Metadata::Found(found);
            }
        }
    }
    Metadata::Missing
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

/// Gets a document without the user's headers, over a few redirections within the same origin.
async fn get(live: &Live, endpoint: &Endpoint, path: &str) -> Result<HttpAnswer, Lost> {
    let mut path = path.to_owned();
    for _ in 0..3 {
        let request = Request {
            method: "GET",
            path: Some(&path),
            headers: vec![("Accept", "application/json".to_owned())],
            bare: true,
            peek: true,
            ..Request::default()
        };
        let answer = endpoint.send(request, probe::patience(live)).await?;
        let next = match answer.status {
            301..=303 => endpoint.url.join(answer.header("location")).ok(),
            _ => None,
        };
        match next {
            Some(next) if next.origin() == endpoint.url.origin() => {
                next.path().clone_into(&mut path);
            }
            _ => return Ok(answer),
        }
    }
    Err(Lost::Network("it redirects in a circle".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_read() {
        let of = |challenge| parameter(challenge, "resource_metadata");
        assert_eq!(
            of("Bearer realm=\"a, b\", resource_metadata=\"https://a.example/x\", scope=\"y\"")
                .as_deref(),
            Some("https://a.example/x")
        );
        assert_eq!(
            of("Bearer Resource_Metadata = /x, b=c").as_deref(),
            Some("/x")
        );
        assert_eq!(of("Bearer error=\"invalid_token\""), None);
        assert_eq!(of("Bearer x_resource_metadata=\"no\""), None);
        assert_eq!(of("Bearer resource_metadata"), None);
        assert_eq!(of("Bé resource_metadata=\"ü\"").as_deref(), Some("ü"));
    }
}
