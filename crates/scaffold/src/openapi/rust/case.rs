//! The tests of a tool: its [`case`] as JSON, which the template's `stubs.rs` tries.

use serde_json::{Map, Value, json};

use super::{
    super::{
        arguments::Arguments,
        calls::Class,
        case::{self, Case},
        group::{Proposal, Task},
    },
    literal,
};

/// The tests of a tool, as its file ends with them.
pub(super) fn tests(
    classes: &[Class<'_>],
    proposal: &Proposal,
    arguments: &Arguments<'_>,
) -> String {
    let case = case::of(classes, proposal, arguments);
    let lists = ("it_lists_by_pages", "lists");
    let reads = ("it_reads_in_full", "reads");
    let tests = match &proposal.task {
        Task::Find { item: Some(_), .. } => vec![lists, reads],
        Task::Find { item: None, .. } => vec![lists],
        Task::Read { .. } => vec![reads],
        Task::Act { confirm: true, .. } => vec![("it_previews_then_acts_once", "confirms")],
        Task::Act { confirm: false, .. } => vec![("it_acts", "acts")],
    };
    let tests = tests
        .iter()
        .map(|(name, how)| {
            format!(
                "\n    #[tokio::test]\n    async fn {name}() {{\n        \
                 stubs::{how}(&TOOL, CASE).await;\n    }}\n"
            )
        })
        .collect::<Vec<_>>()
        .concat();
    format!(
        "\n#[cfg(test)]\nmod tests {{\n    use super::TOOL;\n    use crate::stubs;\n\n{}{tests}}}\n",
        literal::json("CASE", &value(case, &proposal.noun), 4)
    )
}

/// A case as `stubs.rs` reads it.
fn value(case: Case, noun: &str) -> Value {
    let mut value = Map::new();
    let mut put = |key: &str, part: Value| value.insert(key.to_owned(), part);
    if let Some(next) = case.lists.and_then(|lists| lists.next) {
        put("next", json!(next));
    }
    if let Some(reads) = case.reads {
        if let Some((name, given)) = reads.by {
            put("reads_by", json!({ name: given }));
        }
        put("noun", json!(noun));
        put("calls", json!(reads.calls));
    }
    if let Some(acts) = case.acts {
        if !acts.body.is_empty() {
            put("body", Value::Object(acts.body));
        }
        put("calls", json!([acts.call]));
    }
    put("replies", Value::Object(case.replies));
    put("arguments", Value::Object(case.given));
    value.into()
}
