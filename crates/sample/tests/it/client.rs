//! A few lines that make requests short to write.

use http::{Request, Response, StatusCode};
use seaworthy_sample::{ORIGIN, Sample};
use serde_json::Value;

/// A sample, and what it answers.
pub(crate) struct Client(pub(crate) Sample);

/// An answer, its body read as JSON (null when it is none).
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) response: Response<Vec<u8>>,
    pub(crate) json: Value,
}

impl Client {
    pub(crate) fn new() -> Self {
        Self(Sample::new())
    }

    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        accept: &str,
        body: Option<&Value>,
    ) -> Answer {
        let uri = if path.starts_with("https://") {
            path.to_owned()
        } else {
            format!("{ORIGIN}{path}")
        };
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .header("accept", accept);
        let body = body
            .map(|body| body.to_string().into_bytes())
            .unwrap_or_default();
        Answer::from(self.0.respond(request.body(body).unwrap()))
    }

    /// GET that must succeed, below the main repository when the path is relative.
    pub(crate) fn get(&self, path: &str) -> Value {
        let answer = self.try_get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.json);
        answer.json
    }

    pub(crate) fn try_get(&self, path: &str) -> Answer {
        self.send("GET", &full(path), "application/vnd.github+json", None)
    }

    /// GET with another media type.
    pub(crate) fn get_as(&self, path: &str, kind: &str) -> Answer {
        self.send(
            "GET",
            &full(path),
            &format!("application/vnd.github.{kind}"),
            None,
        )
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers write the body in place"
    )]
    pub(crate) fn write(&self, method: &str, path: &str, body: Value) -> Answer {
        self.send(
            method,
            &full(path),
            "application/vnd.github+json",
            Some(&body),
        )
    }

    /// All pages of a list.
    pub(crate) fn all(&self, path: &str) -> Vec<Value> {
        let mut next = Some(full(path));
        let mut items = Vec::new();
        while let Some(path) = next {
            let answer = self.try_get(&path);
            items.extend(answer.json.as_array().unwrap().iter().cloned());
            next = answer.link("next");
        }
        items
    }
}

fn full(path: &str) -> String {
    if path.starts_with('/') || path.starts_with("https://") {
        path.to_owned()
    } else {
        format!("/repos/tidewatch/harbor/{path}")
    }
}

impl Answer {
    fn from(response: Response<Vec<u8>>) -> Self {
        let json = serde_json::from_slice(response.body()).unwrap_or_default();
        Self {
            status: response.status(),
            json,
            response,
        }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.response
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap())
            .unwrap_or_default()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(self.response.body()).unwrap()
    }

    /// The address of a `Link` relation.
    pub(crate) fn link(&self, rel: &str) -> Option<String> {
        let links = self.header("link").split(", ");
        let found = links
            .filter_map(|link| link.split_once("; "))
            .find(|(_, name)| *name == format!("rel=\"{rel}\""));
        found.map(|(address, _)| address.trim_matches(['<', '>']).to_owned())
    }
}
