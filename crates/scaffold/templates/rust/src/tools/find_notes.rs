//! `find_notes`: lists notes, by pages.

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    input::Query,
    kit::{
        Answer, Hints, Run, Tool, ToolError, cursor,
        input::{self, Opaque, PageSize},
        schema,
        tool::TIMEOUT,
        untrusted::one_line,
    },
    server::State,
    store::Summary,
};

/// The longest first line that is shown, in characters.
const EXCERPT: usize = 80;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// Text that the name or content holds; empty finds all notes.
    #[serde(default)]
    query: Query,
    /// Notes on a page, at most 50.
    #[serde(default)]
    page_size: PageSize,
    /// Where to go on: the cursor of the page before, with the same `query`.
    #[serde(default)]
    cursor: Option<Opaque>,
}

pub(super) static TOOL: Tool<State> = Tool {
    name: "find_notes",
    title: "Find notes",
    description: "Finds notes whose name or content holds `query` (capitals do not matter), \
        sorted by name. Returns one line a note behind `| `: name, first line, length, day of the \
        last change; and at the end, where there are more, the `cursor` of the next page of \
        `page_size` notes. Changes nothing. Not for the text of a note: use read_note.",
    hints: Hints {
        read_only: true,
        destructive: false,
        idempotent: true,
        open_world: false,
    },
    timeout: TIMEOUT,
    input: schema::input::<Arguments>,
    run: Run::Blocking(run),
};

fn run(state: &State, arguments: JsonObject) -> Result<String, ToolError> {
    let Arguments {
        query,
        page_size,
        cursor,
    } = input::parse(arguments)?;
    let after = match &cursor {
        Some(cursor) => cursor::open(&state.sealer, &query, cursor)?,
        None => String::new(),
    };
    let (found, total) = state.store.find(&query, &after, page_size.get())?;
    if found.is_empty() {
        return Ok(nothing(&query, cursor.is_some()));
    }
    let mut answer = Answer::new();
    let shown = found
        .iter()
        .take_while(|note| answer.entry(&entry(note)))
        .count();
    let further = total - shown as u64;
    if further > 0 {
        let next = cursor::seal(&state.sealer, &query, &found[shown - 1].name);
        answer.more(&format!("{further} further"), &format!("cursor={next}"));
    }
    Ok(answer.finish())
}

fn entry(note: &Summary) -> String {
    let first_line = note.start.lines().find(|line| !line.trim().is_empty());
    let excerpt = one_line(first_line.unwrap_or_default(), EXCERPT);
    let (name, length) = (&note.name, note.length);
    format!(
        "{name} - {excerpt} ({length} characters, changed {})",
        note.day()
    )
}

fn nothing(query: &str, is_further_page: bool) -> String {
    if is_further_page {
        return "No further notes. Call find_notes without cursor to start again.".to_owned();
    }
    if query.is_empty() {
        return "There are no notes yet. Add one with add_note.".to_owned();
    }
    format!(
        "No note holds '{}'. Try a shorter or another word, or an empty query to see all notes.",
        one_line(query, 100)
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use crate::server::tests::{call, state};

    #[tokio::test]
    async fn pages_join_to_the_whole_list() {
        let state = Arc::new(state());
        for number in 0..120 {
            state
                .store
                .add(&format!("{number:03}"), "\n first\nsecond", false)
                .unwrap();
        }
        let (mut lines, mut cursor) = (Vec::new(), None);
        loop {
            let arguments = json!({"page_size": 1_000, "cursor": cursor});
            let page = call(&state, "find_notes", arguments).await.unwrap();
            let notes = page.lines().filter(|line| line.starts_with("| "));
            lines.extend(notes.map(str::to_owned));
            let Some((_, next)) = page.split_once("call again with cursor=") else {
                break;
            };
            assert!(page.contains(&format!("MORE AVAILABLE: {} further", 120 - lines.len())));
            assert_eq!(lines.len() % 50, 0);
            cursor = Some(next.to_owned());
        }
        assert_eq!(lines.len(), 120);
        assert!(lines.is_sorted());
        assert!(
            lines[7].starts_with("| 007 - first (14 characters, changed 2"),
            "{}",
            lines[7]
        );
    }

    #[tokio::test]
    async fn long_entries_stay_within_the_budget_and_lose_nothing() {
        let state = Arc::new(state());
        for number in 0..50 {
            let name = format!("{number:02} {}", "n".repeat(200));
            state.store.add(&name, &"x".repeat(300), false).unwrap();
        }
        let page = call(&state, "find_notes", json!({"page_size": 50}))
            .await
            .unwrap();
        assert!(page.chars().count() <= 8_000);
        let shown = page.lines().count() - 1;
        assert!(
            page.contains(&format!("MORE AVAILABLE: {} further", 50 - shown)),
            "{page}"
        );
    }

    #[tokio::test]
    async fn nothing_found_says_what_to_try() {
        let state = Arc::new(state());
        let said = call(&state, "find_notes", json!({})).await.unwrap();
        assert_eq!(said, "There are no notes yet. Add one with add_note.");
        let said = call(&state, "find_notes", json!({"query": "tea"}))
            .await
            .unwrap();
        assert!(said.starts_with("No note holds 'tea'. Try"), "{said}");
    }
}
