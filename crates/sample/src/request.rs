//! One request, taken apart: decoded path, query and headers.

use http::{HeaderMap, Request, header};
use serde_json::Value;

use crate::reply::Problem;

/// A request as the routes see it.
pub(crate) struct Call {
    /// Upper-case method.
    pub(crate) method: String,
    /// Scheme and authority that the request was sent to; links point back there.
    pub(crate) origin: String,
    /// Decoded segments. One that held an encoded slash still is one segment.
    pub(crate) path: Vec<String>,
    /// The path as sent, for links.
    pub(crate) raw_path: String,
    /// Decoded query.
    pub(crate) query: Vec<(String, String)>,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Call {
    /// Takes a request apart.
    pub(crate) fn new(request: Request<Vec<u8>>) -> Self {
        let (parts, body) = request.into_parts();
        let raw_path = parts.uri.path().to_owned();
        let query = parts.uri.query().unwrap_or_default();
        let host = parts
            .headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok());
        let origin = match (parts.uri.scheme_str(), parts.uri.authority(), host) {
            (Some(scheme), Some(authority), _) => format!("{scheme}://{authority}"),
            (_, _, Some(host)) => format!("http://{host}"),
            _ => crate::ORIGIN.to_owned(),
        };
        Self {
            method: parts.method.as_str().to_owned(),
            origin,
            path: raw_path
                .split('/')
                .filter(|part| !part.is_empty())
                .map(decode)
                .collect(),
            query: form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
            raw_path,
            headers: parts.headers,
            body,
        }
    }

    /// A query parameter; an empty one counts as absent.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let (_, value) = self.query.iter().find(|(key, _)| key == name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    /// A header's value, when it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether the `Accept` header names this media type (`raw`, `diff`, `text-match`, ...).
    pub(crate) fn accepts(&self, kind: &str) -> bool {
        self.header("accept").is_some_and(|accept| {
            accept
                .split(',')
                .filter_map(|media| media.trim().strip_prefix("application/vnd.github."))
                .any(|media| media.split(['.', '+', ';']).any(|part| part == kind))
        })
    }

    /// The body as a JSON object; an absent body is an empty object.
    pub(crate) fn json(&self) -> Result<Value, Problem> {
        if self.body.is_empty() {
            return Ok(Value::Object(serde_json::Map::new()));
        }
        match serde_json::from_slice(&self.body) {
            Ok(value @ (Value::Object(_) | Value::Array(_))) => Ok(value),
            Ok(_) => Err(Problem::new(400, "Body should be a JSON object")),
            Err(_) => Err(Problem::new(400, "Problems parsing JSON")),
        }
    }
}

/// Undoes percent encoding. What is not valid UTF-8 afterwards is replaced, and matches nothing.
fn decode(part: &str) -> String {
    let bytes = part.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = part
            .get(at + 1..at + 3)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        if let (b'%', Some(value)) = (byte, hex) {
            out.push(value);
            at += 3;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A text field of a JSON body; null counts as absent.
pub(crate) fn text<'a>(body: &'a Value, name: &str) -> Option<&'a str> {
    body.get(name)?.as_str()
}

/// A list of texts of a JSON body.
pub(crate) fn texts(body: &Value, name: &str) -> Option<Vec<String>> {
    let list = body.get(name)?.as_array()?;
    let name_of = |value: &Value| {
        value
            .as_str()
            .or_else(|| value.get("name")?.as_str())
            .map(str::to_owned)
    };
    Some(list.iter().filter_map(name_of).collect())
}

#[cfg(test)]
mod tests {
    use super::{Call, decode};

    #[test]
    fn encoded_slash_stays_inside_its_segment() {
        let request = http::Request::get("https://x.test/repos/a/b/branches/fix%2Fdst?page=2&q=")
            .header("accept", "application/vnd.github.v3.raw+json")
            .body(Vec::new())
            .unwrap();
        let call = Call::new(request);
        assert_eq!(call.path, ["repos", "a", "b", "branches", "fix/dst"]);
        assert_eq!(call.origin, "https://x.test");
        assert_eq!(call.query("page"), Some("2"));
        assert_eq!(call.query("q"), None);
        assert!(call.accepts("raw") && !call.accepts("diff"));
    }

    #[test]
    fn stray_percent_is_kept() {
        assert_eq!(decode("100%25%"), "100%%");
    }
}
