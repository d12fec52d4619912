//! What a server shows of itself: everything that a model or a client may come to read.

use serde_json::Value;

use crate::{finding::ExchangeId, wire::Era};

/// A server's lists, all pages of them, and what it said of itself.
#[derive(Clone, Debug, Default)]
pub struct Surface {
    /// The era in which it was read; tools that only the other era shows are added, and say so.
    pub era: Option<Era>,
    /// `serverInfo`.
    pub server_info: Value,
    /// Its instructions to the model.
    pub instructions: Option<String>,
    /// `capabilities`, as declared.
    pub capabilities: Value,
    /// Its tools, in its order.
    pub tools: Vec<Tool>,
    /// Its prompts, as listed.
    pub prompts: Vec<Value>,
    /// Its resources, as listed.
    pub resources: Vec<Value>,
    /// Its resource templates, as listed.
    pub templates: Vec<Value>,
    /// How the walk over each list went, for the lists that were asked for.
    pub walks: Vec<Walk>,
}

impl Surface {
    /// The tool of that name.
    pub fn tool(&self, name: &str) -> Option<&Tool> {
        self.tools.iter().find(|tool| tool.name == name)
    }

    /// The walk over a list, by its method.
    pub fn walk(&self, method: &str) -> Option<&Walk> {
        self.walks.iter().find(|walk| walk.method == method)
    }
}

/// A tool as listed. What is missing or of a wrong type is empty here; [`Tool::raw`] has it as it came.
#[derive(Clone, Debug, Default)]
pub struct Tool {
    /// Its name; empty where it has none.
    pub name: String,
    /// Its title: `title`, or `annotations.title`.
    pub title: Option<String>,
    /// Its description; empty where it has none.
    pub description: String,
    /// `inputSchema`; null where it has none.
    pub input_schema: Value,
    /// `outputSchema`.
    pub output_schema: Option<Value>,
    /// `annotations.readOnlyHint`, as claimed.
    pub read_only: Option<bool>,
    /// `annotations.destructiveHint`, as claimed.
    pub destructive: Option<bool>,
    /// `annotations.idempotentHint`, as claimed.
    pub idempotent: Option<bool>,
    /// `annotations.openWorldHint`, as claimed.
    pub open_world: Option<bool>,
    /// The page on which it is listed, from 1.
    pub page: usize,
    /// The whole definition.
    pub raw: Value,
    /// The era that alone shows it, where the eras differ.
    pub only_in: Option<Era>,
}

impl Tool {
    /// Reads an entry of `tools/list`.
    pub fn read(raw: &Value, page: usize) -> Self {
        Self::take(raw.clone(), page)
    }

    /// Takes over an entry of `tools/list`.
    pub fn take(raw: Value, page: usize) -> Self {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let hints = &raw["annotations"];
        Self {
            name: text(&raw["name"]).unwrap_or_default(),
            title: text(&raw["title"]).or_else(|| text(&hints["title"])),
            description: text(&raw["description"]).unwrap_or_default(),
            input_schema: raw["inputSchema"].clone(),
            output_schema: raw
                .get("outputSchema")
                .filter(|schema| !schema.is_null())
                .cloned(),
            read_only: hints["readOnlyHint"].as_bool(),
            destructive: hints["destructiveHint"].as_bool(),
            idempotent: hints["idempotentHint"].as_bool(),
            open_world: hints["openWorldHint"].as_bool(),
            page,
            raw,
            only_in: None,
        }
    }

    /// Its parameters: the properties of the input schema at the top, with their schemas.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.input_schema["properties"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, schema)| (name.as_str(), schema))
    }

    /// The names of the parameters that must be given.
    pub fn required(&self) -> impl Iterator<Item = &str> {
        self.input_schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
    }

    /// Whether it has a parameter of that name.
    pub fn takes(&self, parameter: &str) -> bool {
        self.input_schema["properties"].get(parameter).is_some()
    }
}

/// How a walk over the pages of a list went.
#[derive(Clone, Debug)]
pub struct Walk {
    /// The method, such as `tools/list`.
    pub method: &'static str,
    /// The number of entries of each page, in order.
    pub pages: Vec<usize>,
    /// The cursors that were followed, in order.
    pub cursors: Vec<Value>,
    /// The exchanges, one a page.
    pub exchanges: Vec<ExchangeId>,
    /// The results without their entries, one a page: `ttlMs`, `cacheScope`, `resultType` and so on.
    pub envelopes: Vec<Value>,
    /// Entries that came more than once: their name or URI, the page that had them first, and the page
    /// that had them again, from 1. The first [`thresholds::REPEATS`](crate::thresholds::REPEATS) of them.
    pub repeated: Vec<(String, usize, usize)>,
    /// How it ended.
    pub end: WalkEnd,
}

impl Walk {
    /// The number of entries of all pages.
    pub fn len(&self) -> usize {
        self.pages.iter().sum()
    }

    /// Whether it found nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// How a walk over the pages of a list ended.
#[derive(Clone, Debug, PartialEq)]
pub enum WalkEnd {
    /// A page had no `nextCursor`.
    Last,
    /// A cursor came back that was followed before: the list never ends.
    Loop(Value),
    /// More pages or entries than are walked, too many pages in a row that brought nothing new, or more
    /// time than a walk may take.
    TooMany,
    /// `nextCursor` is not a string.
    BadCursor(Value),
    /// The list's field is missing or no array.
    BadPage(Value),
    /// An error of the protocol: code and message.
    Refused(i64, String),
    /// No answer: the reason.
    Lost(String),
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_malformed_tool_is_read_as_far_as_it_goes() {
        let tool = Tool::read(
            &json!({"name": 7, "annotations": [], "inputSchema": "x"}),
            2,
        );
        assert_eq!((tool.name.as_str(), tool.page), ("", 2));
        assert_eq!(tool.parameters().count() + tool.required().count(), 0);
    }
}
