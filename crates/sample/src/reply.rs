//! Answers, good and bad, before the common headers are added.

use http::StatusCode;
use serde_json::{Value, json};

/// Where GitHub's errors send their readers.
const DOCS: &str = "https://docs.github.com/rest";

/// A good answer.
pub(crate) struct Reply {
    /// Status code.
    pub(crate) status: StatusCode,
    /// Body as sent.
    pub(crate) body: Vec<u8>,
    /// Media type of the body.
    pub(crate) content_type: &'static str,
    /// Further headers (`link`, `location`, ...).
    pub(crate) headers: Vec<(&'static str, String)>,
}

/// What every route answers.
pub(crate) type Answer = Result<Reply, Problem>;

impl Reply {
    fn with(status: StatusCode, value: &Value) -> Self {
        Self {
            status,
            body: value.to_string().into_bytes(),
            content_type: "application/json; charset=utf-8",
            headers: Vec::new(),
        }
    }

    /// 200 with JSON.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers build the value in place"
    )]
    pub(crate) fn json(value: Value) -> Self {
        Self::with(StatusCode::OK, &value)
    }

    /// 201 with JSON.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers build the value in place"
    )]
    pub(crate) fn created(value: Value) -> Self {
        Self::with(StatusCode::CREATED, &value)
    }

    /// 204 without a body.
    pub(crate) fn no_content() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            ..Self::raw(Vec::new(), "")
        }
    }

    /// 200 with bytes of another media type.
    pub(crate) fn raw(body: Vec<u8>, content_type: &'static str) -> Self {
        Self {
            status: StatusCode::OK,
            body,
            content_type,
            headers: Vec::new(),
        }
    }

    /// 302 to another address.
    pub(crate) fn redirect(to: String) -> Self {
        Self {
            status: StatusCode::FOUND,
            headers: vec![("location", to)],
            ..Self::raw(Vec::new(), "")
        }
    }

    /// Adds a header when there is a value for it.
    pub(crate) fn header(mut self, name: &'static str, value: Option<String>) -> Self {
        self.headers.extend(value.map(|value| (name, value)));
        self
    }
}

/// A refusal, in GitHub's form.
#[derive(Debug)]
pub(crate) struct Problem {
    status: u16,
    message: String,
    errors: Vec<Value>,
}

impl Problem {
    /// A refusal with a status and a message.
    pub(crate) fn new(status: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            errors: Vec::new(),
        }
    }

    /// 404: missing, or invisible to the token.
    pub(crate) fn not_found() -> Self {
        Self::new(404, "Not Found")
    }

    /// 422 that names a field.
    pub(crate) fn field(resource: &str, field: &str, code: &str) -> Self {
        let mut problem = Self::new(422, "Validation Failed");
        problem
            .errors
            .push(json!({"resource": resource, "field": field, "code": code}));
        problem
    }

    /// 422 whose single error carries a sentence.
    pub(crate) fn custom(resource: &str, message: &str) -> Self {
        let mut problem = Self::new(422, "Validation Failed");
        problem
            .errors
            .push(json!({"resource": resource, "code": "custom", "message": message}));
        problem
    }

    /// The same with one more error that names a field and explains itself.
    pub(crate) fn with_field(mut self, resource: &str, field: &str, code: &str, why: &str) -> Self {
        let error = json!({"resource": resource, "field": field, "code": code, "message": why});
        self.errors.push(error);
        self
    }

    /// The same with one more error, as a bare sentence.
    pub(crate) fn with_error(mut self, sentence: &str) -> Self {
        self.errors.push(sentence.into());
        self
    }

    /// The answer that carries this refusal.
    pub(crate) fn reply(&self) -> Reply {
        let mut body = json!({
            "message": self.message,
            "documentation_url": DOCS,
            "status": self.status.to_string(),
        });
        if !self.errors.is_empty() {
            body["errors"] = Value::Array(self.errors.clone());
        }
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        Reply::with(status, &body)
    }
}
