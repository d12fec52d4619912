//! What can be wrong with where records should go. No variant holds a header's value.

/// Why nothing can be exported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OtlpError {
    /// The endpoint cannot be read.
    #[error("the OTLP endpoint is no URL: {0}")]
    NotAUrl(#[from] url::ParseError),
    /// The endpoint is of another protocol.
    #[error("the OTLP endpoint must begin with http:// or https://")]
    Scheme,
    /// The endpoint holds a user name or a password.
    #[error("the OTLP endpoint holds credentials")]
    Credentials,
    /// The endpoint has a query or a fragment, to which no path can be added.
    #[error("the OTLP endpoint has a query or a fragment")]
    Query,
    /// A header's name is none. It is not repeated: a misplaced secret could stand there.
    #[error("the name of OTLP header {position} is not a header's name")]
    HeaderName {
        /// Which header, counted from 1.
        position: usize,
    },
    /// A header's value has characters that no header may have.
    #[error("the value of the OTLP header {name} cannot be sent")]
    HeaderValue {
        /// The header's name.
        name: String,
    },
    /// A header is the exporter's own business.
    #[error("the OTLP header {name} is set by the exporter")]
    Reserved {
        /// The header's name.
        name: String,
    },
    /// The exporter's part that talks HTTP cannot be set up.
    #[error("the OTLP exporter cannot start: {0}")]
    Start(String),
}

impl OtlpError {
    /// What helps, in one line.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotAUrl(_) | Self::Scheme => {
                "give the collector's address as in http://127.0.0.1:4318"
            }
            Self::Credentials => "give credentials as a header, for example authorization",
            Self::Query => "leave it out; /v1/traces and /v1/metrics are added to the path",
            Self::HeaderName { .. } => "give headers as name=value, separated by commas",
            Self::HeaderValue { .. } => "remove line breaks and control characters",
            Self::Reserved { .. } => "leave it out",
            Self::Start(_) => "check the system's certificates and the limit of threads",
        }
    }
}
