//! What is kept of one tool call: sizes, times and counts, never arguments, never answers.
//!
//! A new figure is a field here, a migration and a column in `store/mod.rs`, and wherever it is read
//! (`report.rs`, `simulate.rs`).

/// How many characters of a client's declared name are kept.
pub const CLIENT_CHARS: usize = 80;
/// How many characters of the other names (tool, era, error class, transport) are kept.
pub const NAME_CHARS: usize = 128;

/// One tool call.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record {
    /// When the call was answered: milliseconds since the Unix epoch.
    pub time_ms: u64,
    /// The tool's name.
    pub tool: String,
    /// The protocol version that the call was made under, for example `2026-07-28`.
    pub era: String,
    /// The name that the client declared, at most [`CLIENT_CHARS`] characters.
    pub client: String,
    /// Tokens of the answer, estimated as its characters divided by four.
    pub tokens: u32,
    /// Tokens of the answer by the `o200k_base` tokenizer, where exact counting was asked for.
    pub exact_tokens: Option<u32>,
    /// Bytes of the answer's text.
    pub bytes: u32,
    /// Items that the answer listed; `None` where the tool lists none.
    pub items: Option<u32>,
    /// The page size in force for this call, in items; `None` where the tool has no pages.
    pub page_size: Option<u32>,
    /// Whether the caller gave the page size, rather than leaving it to the server.
    pub page_size_asked: bool,
    /// The budget of the answer in force, in tokens.
    pub budget: Option<u32>,
    /// Whether the answer was cut: it said that more is available.
    pub cut: bool,
    /// Digest of the cursor that a cut answer gave out.
    pub next: Option<i64>,
    /// Digest of the cursor that this call came with.
    pub follows: Option<i64>,
    /// How long the call took, in microseconds.
    pub micros: u64,
    /// Requests that the call sent upstream.
    pub upstream_requests: u32,
    /// Requests that were answered from the cache instead.
    pub cache_hits: u32,
    /// Requests that the upstream still allows, as it last said.
    pub upstream_left: Option<u32>,
    /// The class of the error that the call ended in; `None` for a success.
    pub error: Option<String>,
    /// Calls that sandboxed code made through the server on behalf of this one.
    pub bridged_calls: u32,
    /// `stdio` or `http`.
    pub transport: String,
}

impl Record {
    /// Cuts the names to their bounds: clients choose them.
    pub(crate) fn bound(&mut self) {
        shorten(&mut self.client, CLIENT_CHARS);
        for name in [&mut self.tool, &mut self.era, &mut self.transport] {
            shorten(name, NAME_CHARS);
        }
        if let Some(error) = &mut self.error {
            shorten(error, NAME_CHARS);
        }
    }
}

fn shorten(name: &mut String, chars: usize) {
    if name.len() > chars
        && let Some((end, _)) = name.char_indices().nth(chars)
    {
        name.truncate(end);
        name.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_by_characters_and_short_ones_kept() {
        let mut record = Record {
            client: "é".repeat(200),
            tool: "find_items".to_owned(),
            error: Some("x".repeat(1_000)),
            ..Record::default()
        };
        record.bound();
        assert_eq!(record.client, "é".repeat(CLIENT_CHARS));
        assert_eq!(record.tool, "find_items");
        assert_eq!(record.error.unwrap().len(), NAME_CHARS);
    }
}
